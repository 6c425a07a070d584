//! The outside of a mesh and who touches whom: boundary facets, facet selections, edges, and the
//! elements around a node. All results are sorted, so they are the same on every run.

use super::{ElementKind, FACES, Facet, TetMesh};
use crate::tensor::Point;

/// Lists of numbers of different lengths, one list per item, stored one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adjacency {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Adjacency {
    /// From `(owner, item)` pairs; the items of an owner keep the order of the pairs.
    pub fn from_pairs(owner_count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; owner_count + 1];
        for (owner, _) in pairs.clone() {
            starts[owner as usize + 1] += 1;
        }
        for i in 0..owner_count {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut items = vec![0; starts[owner_count] as usize];
        for (owner, item) in pairs {
            let at = &mut next[owner as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Self { starts, items }
    }

    /// The items of `owner`.
    pub fn of(&self, owner: usize) -> &[u32] {
        &self.items[self.starts[owner] as usize..self.starts[owner + 1] as usize]
    }
}

/// The facets that belong to one element only, by element, then face.
pub fn boundary_facets(mesh: &TetMesh) -> Vec<Facet> {
    let mut single = match mesh.blocks.all(ElementKind::is_tetrahedron) {
        true => unshared(triangles(mesh)),
        false => unshared(polygons(mesh)),
    };
    single.sort_unstable();
    single
}

/// The faces of tetrahedra by their sorted corners.
fn triangles(mesh: &TetMesh) -> Vec<([u32; 3], Facet)> {
    let mut faces = Vec::with_capacity(4 * mesh.element_count());
    for (e, (_, nodes)) in (0u32..).zip(mesh.blocks.elements()) {
        for (f, corners) in (0u8..).zip(FACES) {
            let facet = Facet {
                element: e,
                face: f,
            };
            faces.push((sorted(corners.map(|i| nodes[i])), facet));
        }
    }
    faces
}

/// The faces of any elements by their sorted corners; a triangle has no fourth.
fn polygons(mesh: &TetMesh) -> Vec<([u32; 4], Facet)> {
    let mut faces = Vec::with_capacity(6 * mesh.element_count());
    for (element, (kind, nodes)) in (0u32..).zip(mesh.blocks.elements()) {
        let table = kind.reference();
        for face in 0..table.face_count() {
            let mut key = [u32::MAX; 4];
            let corners = &table.face(face)[..table.face_corner_count(face)];
            for (key, &i) in key.iter_mut().zip(corners) {
                *key = nodes[i];
            }
            key.sort_unstable();
            let face = face as u8;
            faces.push((key, Facet { element, face }));
        }
    }
    faces
}

/// The items whose key no other item has, by key.
pub(crate) fn unshared<K: Ord, T: Ord + Copy>(mut keyed: Vec<(K, T)>) -> Vec<T> {
    keyed.sort_unstable();
    keyed
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() == 1)
        .map(|same| same[0].1)
        .collect()
}

/// All nodes of some facets (mid-edge nodes too), sorted, each once.
pub fn facet_node_set(mesh: &TetMesh, facets: &[Facet]) -> Vec<u32> {
    let mut nodes: Vec<u32> = facets.iter().flat_map(|&f| all_nodes(mesh, f)).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// The nodes of a facet: its corners, then its mid-edge nodes where it has some.
pub fn all_nodes(mesh: &TetMesh, facet: Facet) -> Vec<u32> {
    let e = facet.element as usize;
    let (element, table) = (mesh.element(e), mesh.kind_of(e).reference());
    let local = table.face(facet.face as usize).iter();
    local.map(|&i| element[i]).collect()
}

/// The positions of the nodes of a facet, mm, in the order of [`all_nodes`].
pub fn facet_places(mesh: &TetMesh, facet: Facet) -> Vec<Point> {
    let nodes = all_nodes(mesh, facet).into_iter();
    nodes.map(|n| mesh.nodes[n as usize]).collect()
}

/// Corner pairs joined by an edge, smaller number first, sorted, each once.
pub fn edges(mesh: &TetMesh) -> Vec<[u32; 2]> {
    let mut all = Vec::with_capacity(6 * mesh.element_count());
    for (kind, nodes) in mesh.blocks.elements() {
        let edges = kind.reference().edges().iter();
        all.extend(edges.map(|&[i, j]| ordered(nodes[i], nodes[j])));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The elements around each node (mid-edge nodes too).
pub fn elements_of_nodes(mesh: &TetMesh) -> Adjacency {
    let elements = (0u32..).zip(mesh.blocks.elements());
    let pairs = elements.flat_map(|(e, (_, nodes))| nodes.iter().map(move |&node| (node, e)));
    Adjacency::from_pairs(mesh.nodes.len(), pairs)
}

/// A pair with its smaller number first.
pub(crate) fn ordered(a: u32, b: u32) -> [u32; 2] {
    if a < b { [a, b] } else { [b, a] }
}

/// Three numbers, smallest first.
pub(crate) fn sorted(mut triple: [u32; 3]) -> [u32; 3] {
    triple.sort_unstable();
    triple
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::Vec3;

    #[test]
    fn the_boundary_of_a_box_is_closed_and_has_its_area() {
        let mesh = box_mesh(ElementKind::Tet10, [3, 2, 4], |[u, v, w]| {
            Point::new(3.0 * u, v, 2.0 * w)
        });
        let facets = boundary_facets(&mesh);
        // Two triangles per outer cell face.
        assert_eq!(facets.len(), 2 * 2 * (3 * 2 + 2 * 4 + 4 * 3));
        let sum: Vec3 = facets.iter().map(|&f| mesh.facet_area_vector(f)).sum();
        let area: f64 = facets
            .iter()
            .map(|&f| mesh.facet_area_vector(f).norm())
            .sum();
        assert!(sum.norm() < 1e-12);
        assert!((area - 22.0).abs() < 1e-12);
        let is_top = |f: &Facet| mesh.facet_area_vector(*f).z > 1e-9;
        let top: Vec<Facet> = facets.iter().copied().filter(is_top).collect();
        assert_eq!(top.len(), 12);
        // A quadratic 3 × 2 grid of cells, cut in triangles, has 7 × 5 nodes.
        assert_eq!(facet_node_set(&mesh, &top).len(), 35);
    }

    #[test]
    fn edges_obey_euler_and_adjacency_lists_each_element_once_per_node() {
        let mesh = box_mesh(ElementKind::Tet4, [2, 3, 2], Point::from);
        let (v, t) = (mesh.nodes.len() as i64, mesh.element_count() as i64);
        let e = edges(&mesh).len() as i64;
        let boundary = boundary_facets(&mesh).len() as i64;
        let faces = (4 * t + boundary) / 2;
        // A ball: V − E + F − T = 1.
        assert_eq!(v - e + faces - t, 1);
        let around = elements_of_nodes(&mesh);
        for n in 0..mesh.nodes.len() {
            for &element in around.of(n) {
                assert!(mesh.element(element as usize).contains(&(n as u32)));
            }
        }
        let total: usize = (0..mesh.nodes.len()).map(|n| around.of(n).len()).sum();
        assert_eq!(total, 4 * mesh.element_count());
    }
}

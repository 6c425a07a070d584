//! From linear to quadratic tetrahedra with straight sides: one new node at the middle of every
//! edge, shared by all elements around that edge. Surfaces and regions stay as they are, since a
//! facet keeps its element and face number.

use super::boundary::{edges, ordered};
use super::{Blocks, EDGES, ElementKind, TetMesh};

/// The mesh with quadratic elements; corner nodes keep their numbers, mid-edge nodes follow in
/// the order of their sorted corner pairs. A quadratic mesh comes back unchanged.
pub fn to_tet10(mesh: &TetMesh) -> TetMesh {
    if mesh.blocks.all(|kind| kind == ElementKind::Tet10) {
        return mesh.clone();
    }
    let pairs = edges(mesh);
    let corner_count = mesh.nodes.len();
    let mut nodes = mesh.nodes.clone();
    nodes.extend(
        pairs
            .iter()
            .map(|&[a, b]| nalgebra::center(&mesh.nodes[a as usize], &mesh.nodes[b as usize])),
    );
    // Where the pairs of a smaller corner begin: a short search instead of one over all edges.
    let mut starts = vec![0usize; corner_count + 1];
    for pair in &pairs {
        starts[pair[0] as usize + 1] += 1;
    }
    for i in 0..corner_count {
        starts[i + 1] += starts[i];
    }
    let mid_node = |a: u32, b: u32| {
        let pair = ordered(a, b);
        let first = starts[pair[0] as usize];
        let own = &pairs[first..starts[pair[0] as usize + 1]];
        (corner_count + first + own.partition_point(|p| *p < pair)) as u32
    };
    let mut connectivity = Vec::with_capacity(10 * mesh.element_count());
    for e in 0..mesh.element_count() {
        let corners = mesh.element(e);
        connectivity.extend_from_slice(corners);
        connectivity.extend(EDGES.map(|[i, j]| mid_node(corners[i], corners[j])));
    }
    TetMesh {
        nodes,
        blocks: Blocks::of(ElementKind::Tet10, connectivity),
        region_of: mesh.region_of.clone(),
        regions: mesh.regions.clone(),
        surfaces: mesh.surfaces.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::Point;

    #[test]
    fn every_edge_has_one_middle_node_at_its_middle() {
        let linear = box_mesh(ElementKind::Tet4, [2, 3, 1], Point::from);
        let quadratic = to_tet10(&linear);
        assert_eq!(
            quadratic.nodes.len(),
            linear.nodes.len() + edges(&linear).len()
        );
        for e in 0..quadratic.element_count() {
            let nodes = quadratic.element(e);
            assert_eq!(&nodes[..4], linear.element(e));
            for (k, [i, j]) in EDGES.into_iter().enumerate() {
                let at = |l: usize| quadratic.nodes[nodes[l] as usize];
                assert!((at(4 + k) - nalgebra::center(&at(i), &at(j))).norm() < 1e-15);
            }
        }
        assert_eq!(to_tet10(&quadratic), quadratic);
    }
}

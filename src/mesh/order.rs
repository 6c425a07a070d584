//! Numbers nodes and elements along a Hilbert curve, so that what is near in space is near in
//! memory. The curve is Skilling's (2004) on a grid of 2²¹ cells a side.

use super::{Blocks, TetMesh};
use crate::geometry::Aabb;
use crate::tensor::Point;

/// Bits per axis: three times 21 fill a word.
const BITS: u32 = 21;

/// The same mesh with elements in the order of their centroids along a Hilbert curve and nodes
/// in the order of theirs. Nodes that no element uses are left out.
pub fn renumbered(mesh: &TetMesh) -> TetMesh {
    let Some(bounds) = Aabb::around(&mesh.nodes) else {
        return mesh.clone();
    };
    let elements = sorted_by_key(mesh.element_count(), |e| key(&mesh.centroid(e), &bounds));
    let mut used = vec![false; mesh.nodes.len()];
    for n in mesh.blocks.node_numbers() {
        used[n as usize] = true;
    }
    let mut nodes = sorted_by_key(mesh.nodes.len(), |n| key(&mesh.nodes[n], &bounds));
    nodes.retain(|&n| used[n]);
    let mut new_node = vec![0u32; mesh.nodes.len()];
    for (new, &old) in nodes.iter().enumerate() {
        new_node[old] = new as u32;
    }
    let mut new_element = vec![0u32; mesh.element_count()];
    for (new, &old) in elements.iter().enumerate() {
        new_element[old] = new as u32;
    }
    let mut surfaces = mesh.surfaces.clone();
    for facet in surfaces.iter_mut().flat_map(|s| s.facets.iter_mut()) {
        facet.element = new_element[facet.element as usize];
    }
    for surface in &mut surfaces {
        surface.facets.sort_unstable();
    }
    let mut blocks = Blocks::default();
    let mut renamed = Vec::new();
    for &e in &elements {
        renamed.clear();
        renamed.extend(mesh.element(e).iter().map(|&n| new_node[n as usize]));
        blocks.push(mesh.kind_of(e), &renamed);
    }
    TetMesh {
        nodes: nodes.iter().map(|&n| mesh.nodes[n]).collect(),
        blocks,
        region_of: elements.iter().map(|&e| mesh.region_of[e]).collect(),
        regions: mesh.regions.clone(),
        surfaces,
    }
}

fn sorted_by_key(count: usize, key: impl Fn(usize) -> u64) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = (0..count).map(|i| (key(i), i)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, i)| i).collect()
}

fn key(p: &Point, bounds: &Aabb) -> u64 {
    let longest = bounds.size().amax().max(f64::MIN_POSITIVE);
    unit_cube_key(std::array::from_fn(|k| (p[k] - bounds.min[k]) / longest))
}

/// Place along the Hilbert curve of a point of the unit cube.
pub fn unit_cube_key(p: [f64; 3]) -> u64 {
    let cells = f64::from((1u32 << BITS) - 1);
    hilbert(p.map(|c| (c * cells) as u32))
}

/// Place along the Hilbert curve of a cell: Skilling's transpose form, then bits interleaved.
fn hilbert(mut x: [u32; 3]) -> u64 {
    let top = 1u32 << (BITS - 1);
    let mut q = top;
    while q > 1 {
        let low = q - 1;
        for i in 0..3 {
            if x[i] & q != 0 {
                x[0] ^= low;
            } else {
                let t = (x[0] ^ x[i]) & low;
                x[0] ^= t;
                x[i] ^= t;
            }
        }
        q >>= 1;
    }
    x[1] ^= x[0];
    x[2] ^= x[1];
    let mut t = 0;
    let mut q = top;
    while q > 1 {
        if x[2] & q != 0 {
            t ^= q - 1;
        }
        q >>= 1;
    }
    let mut along = 0u64;
    for bit in (0..BITS).rev() {
        for axis in x {
            along = along << 1 | u64::from((axis ^ t) >> bit & 1);
        }
    }
    along
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;

    #[test]
    fn neighbours_along_the_curve_are_neighbours_in_space() {
        // The highest bits of all cells of an 8³ grid.
        let shift = BITS - 3;
        let mut cells: Vec<[u32; 3]> = (0..512)
            .map(|i| [i & 7, i >> 3 & 7, i >> 6].map(|c| c << shift))
            .collect();
        cells.sort_by_key(|c| hilbert(*c));
        for pair in cells.windows(2) {
            let steps: u32 = (0..3)
                .map(|k| (pair[0][k] >> shift).abs_diff(pair[1][k] >> shift))
                .sum();
            assert_eq!(steps, 1, "{pair:?}");
        }
    }

    #[test]
    fn renumbering_changes_numbers_only() {
        let mut mesh = box_mesh(ElementKind::Tet10, [6, 5, 4], Point::from);
        // A node that nobody uses goes away.
        mesh.nodes.push(Point::new(0.5, 0.5, 0.5));
        let new = renumbered(&mesh);
        assert_eq!(new.nodes.len(), mesh.nodes.len() - 1);
        let volume = |m: &TetMesh| (0..m.element_count()).map(|e| m.volume(e)).sum::<f64>();
        assert!((volume(&new) - 1.0).abs() < 1e-12);
        for (a, b) in mesh.surfaces.iter().zip(&new.surfaces) {
            let area = |m: &TetMesh, s: &crate::mesh::Surface| {
                s.facets
                    .iter()
                    .map(|&f| m.facet_area_vector(f).norm())
                    .sum::<f64>()
            };
            assert!((area(&mesh, a) - area(&new, b)).abs() < 1e-12);
        }
        // The mean spread of node numbers in an element goes down.
        let spread = |m: &TetMesh| {
            let of = |e: usize| {
                let n = m.element(e);
                let (low, high) = n
                    .iter()
                    .fold((u32::MAX, 0), |(l, h), &x| (l.min(x), h.max(x)));
                f64::from(high - low)
            };
            (0..m.element_count()).map(of).sum::<f64>()
        };
        assert!(spread(&new) < spread(&mesh));
        assert_eq!(renumbered(&new), new);
    }
}

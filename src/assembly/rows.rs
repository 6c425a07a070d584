//! What a multigrid solver may know of the rows: where they are, and which lies between which.

use super::Numbering;
use crate::mesh::Mesh;
use crate::sparse::ABSENT;

/// Position of every row, mm.
pub fn positions(mesh: &Mesh, numbering: &Numbering) -> Vec<[f64; 3]> {
    (0..numbering.row_count())
        .map(|r| mesh.nodes[numbering.node(r) as usize].coords.into())
        .collect()
}

/// The rows of `nodes` (ascending), whose displacement is a rotation times `length`, mm.
pub fn turns(nodes: &[u32], length: f64, numbering: &Numbering) -> Vec<(u32, f64)> {
    let rows = nodes.iter().filter_map(|&n| numbering.row(n));
    rows.map(|r| (r as u32, length)).collect()
}

/// The rows of the two corners that each mid-edge row lies between ([`ABSENT`] for a corner
/// without a row); itself twice for a row on no edge.
pub fn parents(mesh: &Mesh, numbering: &Numbering) -> Vec<[u32; 2]> {
    let mut found: Vec<[u32; 2]> = (0..numbering.row_count() as u32).map(|r| [r; 2]).collect();
    let row = |n: u32| numbering.row(n).map_or(ABSENT, |r| r as u32);
    for (kind, nodes) in mesh.blocks.elements() {
        for (middle, [i, j]) in kind.reference().middles() {
            if let Some(r) = numbering.row(nodes[middle]) {
                let ends = [row(nodes[i]), row(nodes[j])];
                found[r] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
            }
        }
    }
    found
}

//! In how many pieces a mesh is, by its faces: pieces that only share an edge or a corner would
//! swing on it like on a hinge.

use std::collections::HashMap;

use super::torus::Periodic;
use crate::assembly::Connected;
use crate::mesh::FACES;
use crate::partition::Partition;

/// Corners of the faces of a cube.
const CUBE_FACES: [[usize; 4]; 6] = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [0, 1, 5, 4],
    [3, 2, 6, 7],
    [0, 3, 7, 4],
    [1, 2, 6, 5],
];

/// Number of pieces.
pub fn count<P: Periodic>(cell: &P) -> usize {
    let net = cell.net();
    let mut pieces = net.element_count();
    let mut parts = Partition::new(pieces);
    let mut seen: HashMap<[u32; 4], u32> = HashMap::new();
    for e in 0..net.element_count() {
        let nodes = net.element(e);
        let faces: Vec<[u32; 4]> = match nodes.len() {
            8 => CUBE_FACES.map(|f| f.map(|i| nodes[i])).to_vec(),
            _ => FACES
                .map(|[a, b, c]| [nodes[a], nodes[b], nodes[c], u32::MAX])
                .to_vec(),
        };
        for mut face in faces {
            face.sort_unstable();
            let Some(&other) = seen.get(&face) else {
                seen.insert(face, e as u32);
                continue;
            };
            pieces -= usize::from(parts.join(e as u32, other));
        }
    }
    pieces
}

//! In how many pieces a mesh is, by its faces: pieces that only share an edge or a corner would
//! swing on it like on a hinge.

use std::collections::HashMap;

use super::torus::Periodic;
use crate::mesh::FACES;

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
    let mut first: Vec<usize> = (0..cell.element_count()).collect();
    let mut pieces = first.len();
    let mut seen: HashMap<[u32; 4], usize> = HashMap::new();
    for e in 0..cell.element_count() {
        let nodes = cell.element(e);
        let faces: Vec<[u32; 4]> = match nodes.len() {
            8 => CUBE_FACES.map(|f| f.map(|i| nodes[i])).to_vec(),
            _ => FACES
                .map(|[a, b, c]| [nodes[a], nodes[b], nodes[c], u32::MAX])
                .to_vec(),
        };
        for mut face in faces {
            face.sort_unstable();
            let Some(&other) = seen.get(&face) else {
                seen.insert(face, e);
                continue;
            };
            let (a, b) = (root(&mut first, e), root(&mut first, other));
            if a != b {
                first[a.max(b)] = a.min(b);
                pieces -= 1;
            }
        }
    }
    pieces
}

/// The element that stands for the piece of `e`, halving the way to it.
fn root(first: &mut [usize], mut e: usize) -> usize {
    while first[e] != e {
        first[e] = first[first[e]];
        e = first[e];
    }
    e
}

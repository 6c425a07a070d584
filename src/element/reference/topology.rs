//! What lies on what: corners, edges and faces of the polyhedra, in Abaqus' order.

/// Nodes of the largest element.
pub const MOST_NODES: usize = 20;

/// Corner pairs of the edges of a tetrahedron: mid-edge node `4 + e` lies on `EDGES[e]`.
pub const EDGES: [[usize; 2]; 6] = [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]];

pub(super) const HEXAHEDRON_EDGES: [[usize; 2]; 12] = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
    [4, 5],
    [5, 6],
    [6, 7],
    [7, 4],
    [0, 4],
    [1, 5],
    [2, 6],
    [3, 7],
];

pub(super) const WEDGE_EDGES: [[usize; 2]; 9] = [
    [0, 1],
    [1, 2],
    [2, 0],
    [3, 4],
    [4, 5],
    [5, 3],
    [0, 3],
    [1, 4],
    [2, 5],
];

/// Corners of the four faces of a tetrahedron, counter-clockwise seen from outside.
pub const FACES: [[usize; 3]; 4] = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]];

/// Local nodes of its quadratic faces: three corners of [`FACES`], then the mid-edge nodes between
/// corners 0-1, 1-2 and 2-0 of the face.
pub const FACES_QUADRATIC: [[usize; 6]; 4] = [
    [0, 2, 1, 6, 5, 4],
    [0, 1, 3, 4, 8, 7],
    [1, 2, 3, 5, 9, 8],
    [0, 3, 2, 7, 9, 6],
];

/// The nodes of quadratic faces in the order of the labels S1, S2, ...: the corners, counter-clockwise
/// seen from outside, then the middle nodes behind each of them.
pub(super) const TETRAHEDRON_FACES: [&[usize]; 4] = [
    &FACES_QUADRATIC[0],
    &FACES_QUADRATIC[1],
    &FACES_QUADRATIC[2],
    &FACES_QUADRATIC[3],
];

pub(super) const HEXAHEDRON_FACES: [&[usize]; 6] = [
    &[0, 3, 2, 1, 11, 10, 9, 8],
    &[4, 5, 6, 7, 12, 13, 14, 15],
    &[0, 1, 5, 4, 8, 17, 12, 16],
    &[1, 2, 6, 5, 9, 18, 13, 17],
    &[2, 3, 7, 6, 10, 19, 14, 18],
    &[0, 4, 7, 3, 16, 15, 19, 11],
];

pub(super) const WEDGE_FACES: [&[usize]; 5] = [
    &[0, 2, 1, 8, 7, 6],
    &[3, 4, 5, 9, 10, 11],
    &[0, 1, 4, 3, 6, 13, 9, 12],
    &[1, 2, 5, 4, 7, 14, 10, 13],
    &[0, 3, 5, 2, 12, 11, 14, 8],
];

/// Natural coordinates of the corners.
pub(super) const TETRAHEDRON_CORNERS: [[i8; 3]; 4] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]];

pub(super) const HEXAHEDRON_CORNERS: [[i8; 3]; 8] = [
    [-1, -1, -1],
    [1, -1, -1],
    [1, 1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
    [1, -1, 1],
    [1, 1, 1],
    [-1, 1, 1],
];

pub(super) const WEDGE_CORNERS: [[i8; 3]; 6] = [
    [0, 0, -1],
    [1, 0, -1],
    [0, 1, -1],
    [0, 0, 1],
    [1, 0, 1],
    [0, 1, 1],
];

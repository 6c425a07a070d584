//! The linear tetrahedron.
//!
//! ```text
//!              3
//!             /|\            corners 0 1 2 3, right-handed:
//!            / | \             (x1−x0)×(x2−x0)·(x3−x0) > 0
//!           /  |  \
//!          0---|---2        face 0: 0 2 1   1: 0 1 3   2: 1 2 3   3: 0 3 2
//!           \  |  /
//!             \|/
//!              1
//! ```
//! N = Lᵢ, so strain is constant and one point is exact. It is too stiff in bending and locks
//! near incompressibility: for coarse looks only. Must not know the mesh around it.

/// Barycentric coordinates of the one-point rule: the centroid.
pub const POINTS: [[f64; 4]; 1] = [[0.25; 4]];

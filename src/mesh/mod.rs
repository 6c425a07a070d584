//! Tetrahedral meshes: types, tetrahedralisation, improvement, quality, surfaces and regions.
//!
//! ```text
//!   Tet10, in the order of VTK_QUADRATIC_TETRA and Abaqus C3D10
//!              3
//!             /|\            corners 0 1 2 3, right-handed:
//!            / | \             (x1−x0)×(x2−x0)·(x3−x0) > 0
//!           7  |  9          mid-edge 4 on 0-1   5 on 1-2   6 on 2-0
//!          /   8   \                  7 on 0-3   8 on 1-3   9 on 2-3
//!         0--6-|----2        face 0: 0 2 1   1: 0 1 3   2: 1 2 3   3: 0 3 2
//!          \   |   /           (Abaqus S1..S4; wound outward here)
//!            4 | 5
//!              1
//! ```
//! The only place that converts foreign node orders. Must not know moduli or forces.

pub mod error;
pub mod boundary;
pub mod coincident;
pub mod tet10;
pub mod structured;
pub mod closed;
pub mod inside;
pub mod tetgen;
pub mod quality;
mod complex;
mod freedom;
mod swap;
mod smooth;
pub mod improve;
pub mod order;
pub mod body;
pub mod combine;
pub mod msh;
#[cfg(test)]
mod tests;

pub use error::MeshError;

use crate::tensor::{Point, Vec3};

/// Corner pairs of the six edges: mid-edge node `4 + e` lies on `EDGES[e]`.
pub const EDGES: [[usize; 2]; 6] = [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]];

/// Corners of the four faces, counter-clockwise seen from outside.
pub const FACES: [[usize; 3]; 4] = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]];

/// Local nodes of the quadratic faces: three corners of [`FACES`], then the mid-edge nodes
/// between corners 0-1, 1-2 and 2-0 of the face.
pub const FACES_QUADRATIC: [[usize; 6]; 4] = [
    [0, 2, 1, 6, 5, 4],
    [0, 1, 3, 4, 8, 7],
    [1, 2, 3, 5, 9, 8],
    [0, 3, 2, 7, 9, 6],
];

/// Which element a mesh is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementKind {
    /// Linear tetrahedron, 4 nodes.
    Tet4,
    /// Quadratic tetrahedron, 10 nodes.
    Tet10,
}

impl ElementKind {
    /// Nodes per element.
    pub fn node_count(self) -> usize {
        match self {
            Self::Tet4 => 4,
            Self::Tet10 => 10,
        }
    }
}

/// One face of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facet {
    /// Element number.
    pub element: u32,
    /// Face number 0..4 of [`FACES`].
    pub face: u8,
}

/// A named set of facets.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    /// Name, unique in the mesh ("T5.inferior_endplate").
    pub name: String,
    /// Its facets.
    pub facets: Vec<Facet>,
}

/// A tetrahedral mesh. Dof of node n along axis a is 3·n + a, always.
#[derive(Debug, Clone, PartialEq)]
pub struct TetMesh {
    /// Element kind, one for the whole mesh.
    pub kind: ElementKind,
    /// Node positions, mm.
    pub nodes: Vec<Point>,
    /// Node numbers, `kind.node_count()` per element, one element after the other.
    pub connectivity: Vec<u32>,
    /// Region number of each element, into `regions`.
    pub region_of: Vec<u32>,
    /// Region names.
    pub regions: Vec<String>,
    /// Named facet sets.
    pub surfaces: Vec<Surface>,
}

impl TetMesh {
    /// Number of elements.
    pub fn element_count(&self) -> usize {
        self.region_of.len()
    }

    /// Node numbers of element `e`.
    pub fn element(&self, e: usize) -> &[u32] {
        let n = self.kind.node_count();
        &self.connectivity[n * e..n * (e + 1)]
    }

    /// The four corner positions of element `e`, mm.
    pub fn corners(&self, e: usize) -> [Point; 4] {
        let nodes = self.element(e);
        std::array::from_fn(|i| self.nodes[nodes[i] as usize])
    }

    /// Centroid of the corners of element `e`, mm.
    pub fn centroid(&self, e: usize) -> Point {
        let sum: Vec3 = self.corners(e).iter().map(|p| p.coords).sum();
        Point::from(sum / 4.0)
    }

    /// Volume of element `e` from its corners (exact where sides are straight), mm³.
    pub fn volume(&self, e: usize) -> f64 {
        let [a, b, c, d] = self.corners(e);
        (b - a).cross(&(c - a)).dot(&(d - a)) / 6.0
    }

    /// Corner node numbers of a facet, counter-clockwise seen from outside.
    pub fn facet_nodes(&self, facet: Facet) -> [u32; 3] {
        let nodes = self.element(facet.element as usize);
        FACES[facet.face as usize].map(|i| nodes[i])
    }

    /// Corner positions of a facet, counter-clockwise seen from outside, mm.
    pub fn facet_corners(&self, facet: Facet) -> [Point; 3] {
        self.facet_nodes(facet).map(|n| self.nodes[n as usize])
    }

    /// Area vector of a facet: outward normal times area, mm².
    pub fn facet_area_vector(&self, facet: Facet) -> Vec3 {
        let [a, b, c] = self.facet_corners(facet);
        0.5 * (b - a).cross(&(c - a))
    }

    /// The surface of that name.
    pub fn surface(&self, name: &str) -> Option<&Surface> {
        self.surfaces.iter().find(|s| s.name == name)
    }
}

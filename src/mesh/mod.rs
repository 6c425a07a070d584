//! Meshes: blocks of element kinds, tetrahedralisation, improvement, quality, surfaces and regions.
//! What mesh files and decks call the nodes of each kind stands in [`crate::element::reference`].
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
mod blocks;
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

pub use blocks::{Block, Blocks};
pub use error::MeshError;

pub use crate::element::reference::{EDGES, ElementKind, FACES, FACES_QUADRATIC};

use crate::element::solid::signed_volume;
use crate::tensor::{Point, Vec3};

/// One face of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facet {
    /// Element number.
    pub element: u32,
    /// Number of the face in the table of its kind, from 0.
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

/// A mesh. Dof of node n along axis a is 3·n + a, always.
#[derive(Debug, Clone, PartialEq)]
pub struct TetMesh {
    /// Node positions, mm.
    pub nodes: Vec<Point>,
    /// Elements.
    pub blocks: Blocks,
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
        self.blocks.element(e)
    }

    /// Kind of element `e`.
    pub fn kind_of(&self, e: usize) -> ElementKind {
        self.blocks.kind(e)
    }

    /// Node positions of element `e`, mm.
    pub fn places(&self, e: usize) -> Vec<Point> {
        let nodes = self.element(e).iter();
        nodes.map(|&n| self.nodes[n as usize]).collect()
    }

    /// The four corner positions of tetrahedron `e`, mm.
    pub fn corners(&self, e: usize) -> [Point; 4] {
        debug_assert!(self.kind_of(e).is_tetrahedron());
        let nodes = self.element(e);
        std::array::from_fn(|i| self.nodes[nodes[i] as usize])
    }

    /// Centroid of the corners of element `e`, mm.
    pub fn centroid(&self, e: usize) -> Point {
        let count = self.kind_of(e).reference().corner_count();
        let corners = self.element(e)[..count].iter();
        let sum: Vec3 = corners.map(|&n| self.nodes[n as usize].coords).sum();
        Point::from(sum / count as f64)
    }

    /// Volume of element `e`, mm³: of a tetrahedron from its corners (exact where sides are
    /// straight), of others by their own rule.
    pub fn volume(&self, e: usize) -> f64 {
        let kind = self.kind_of(e);
        if !kind.is_tetrahedron() {
            return signed_volume(kind, &self.places(e));
        }
        let [a, b, c, d] = self.corners(e);
        (b - a).cross(&(c - a)).dot(&(d - a)) / 6.0
    }

    /// Corner node numbers of a facet of a tetrahedron, counter-clockwise seen from outside.
    pub fn facet_nodes(&self, facet: Facet) -> [u32; 3] {
        let nodes = self.element(facet.element as usize);
        FACES[facet.face as usize].map(|i| nodes[i])
    }

    /// Corner positions of a facet of a tetrahedron, counter-clockwise seen from outside, mm.
    pub fn facet_corners(&self, facet: Facet) -> [Point; 3] {
        self.facet_nodes(facet).map(|n| self.nodes[n as usize])
    }

    /// Area vector of a facet of a tetrahedron: outward normal times area, mm².
    pub fn facet_area_vector(&self, facet: Facet) -> Vec3 {
        let [a, b, c] = self.facet_corners(facet);
        0.5 * (b - a).cross(&(c - a))
    }

    /// The surface of that name.
    pub fn surface(&self, name: &str) -> Option<&Surface> {
        self.surfaces.iter().find(|s| s.name == name)
    }
}

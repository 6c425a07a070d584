//! Shapes in millimetres in one frame (x anterior, y left, z cranial): surface files, fields,
//! implants, and the closed triangle surfaces handed to the tetrahedral mesher.
//!
//! Every solid is a signed-distance [`Field`]; resections and fits are max and min of fields;
//! one polygoniser turns a field into a [`TriSurface`]. Must not know nodes or elements.

pub mod end;
pub mod error;
pub mod field;
pub mod bvh;
mod rim;
pub mod holes;
mod patch;
pub mod primitive;
pub mod implant;
pub mod sampled_field;
pub mod surface_file;
pub(crate) mod tetrahedron;
mod extract;
pub(crate) mod triangle;
pub mod shells;
pub mod inspect;
pub mod surface_field;
pub mod steps;
pub mod mend;
mod triangulation;
mod feature;
mod relax;
mod remesh;
mod soundness;
pub mod polygonise;

pub use end::End;
pub use error::GeometryError;
pub use field::{Aabb, Field, Piece, SharedField};

use crate::tensor::Point;

/// A triangulated surface, mm; triangles wind counter-clockwise seen from outside.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TriSurface {
    /// Vertices, mm.
    pub vertices: Vec<Point>,
    /// Three vertex numbers per triangle.
    pub triangles: Vec<[u32; 3]>,
    /// Edges that must stay where they are (sharp edges), as vertex pairs, smaller number first.
    pub sharp_edges: Vec<[u32; 2]>,
}

impl TriSurface {
    /// The corners of triangle `t`.
    pub fn corners(&self, t: usize) -> [Point; 3] {
        self.triangles[t].map(|v| self.vertices[v as usize])
    }

    /// Enclosed volume, mm³: Σ a·(b × c)/6; meaningful where the surface is closed.
    pub fn volume(&self) -> f64 {
        let six: f64 = (0..self.triangles.len())
            .map(|t| {
                let [a, b, c] = self.corners(t).map(|p| p.coords);
                a.dot(&b.cross(&c))
            })
            .sum();
        six / 6.0
    }

    /// Surface area, mm².
    pub fn area(&self) -> f64 {
        let twice: f64 = (0..self.triangles.len())
            .map(|t| {
                let [a, b, c] = self.corners(t);
                (b - a).cross(&(c - a)).norm()
            })
            .sum();
        0.5 * twice
    }
}

/// The wanted edge length of a mesh, mm: `fine` on the surfaces of `near`, growing by `growth`
/// mm per mm of distance from them, never above `coarse`.
#[derive(Clone)]
pub struct SizeField {
    /// Edge length far away, mm.
    pub coarse: f64,
    /// Edge length at the surfaces of `near`, mm.
    pub fine: f64,
    /// Growth of the edge length with distance, mm per mm.
    pub growth: f64,
    /// The bodies whose neighbourhood is fine.
    pub near: Vec<SharedField>,
}

impl SizeField {
    /// One size everywhere.
    pub fn uniform(size: f64) -> Self {
        Self {
            coarse: size,
            fine: size,
            growth: 0.0,
            near: Vec::new(),
        }
    }

    /// The same with every length times `factor`.
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            coarse: factor * self.coarse,
            fine: factor * self.fine,
            growth: self.growth,
            near: self.near.clone(),
        }
    }

    /// Wanted edge length at `p`, mm.
    pub fn at(&self, p: &Point) -> f64 {
        let distance = self
            .near
            .iter()
            .map(|f| f.value(p).max(0.0))
            .fold(f64::INFINITY, f64::min);
        let graded = self.fine + self.growth * distance;
        if distance.is_finite() {
            graded.min(self.coarse)
        } else {
            self.coarse
        }
    }
}

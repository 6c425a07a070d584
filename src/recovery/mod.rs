//! From displacements back to what they mean: stress, energy, traction, forces of screws and rods, what crosses a cut.
//! Must not know the solver.

pub mod fields;
pub mod interface;
pub mod beam;
pub mod cut;
pub mod column;
pub mod indentation;
pub mod solved;

pub use fields::{element_fields, face_motion, reactions, stress_at};

use crate::tensor::{Point, Vec3, Voigt};

/// Volume averages per element.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementFields {
    /// Mean stress, MPa.
    pub stress: Vec<Voigt>,
    /// Mean strain, engineering shear.
    pub strain: Vec<Voigt>,
    /// Mean strain energy density, MPa: the mean of ½σ·ε over the quadrature points.
    pub energy_density: Vec<f64>,
    /// The same at each of the four quadrature points of a tet10; four times the mean in a tet4.
    pub energy_at_points: Vec<[f64; 4]>,
}

/// Traction on one quadrature point of a tied interface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TractionPoint {
    /// Place, mm.
    pub position: Point,
    /// Unit normal, from side A to side B.
    pub normal: Vec3,
    /// Area it stands for, mm².
    pub area: f64,
    /// Traction that B exerts on A, MPa; negative along the normal is compression.
    pub traction: Vec3,
}

#[cfg(test)]
mod tie_tests;

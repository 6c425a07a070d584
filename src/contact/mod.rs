//! Interfaces between bodies whose faces do not match: search and clipping apart from the law.
//! Ties are the bonded law. Must not know the global matrix.

use crate::assembly::LocalSystem;
use crate::tensor::{Point, Vec3};

/// A quadrature point of an interface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InterfacePoint {
    /// Common point where both displacements are taken, mm.
    pub position: Point,
    /// Unit normal from side A (first surface) to side B.
    pub normal: Vec3,
    /// Integration weight: area, mm².
    pub area: f64,
    /// Initial gap along the normal, mm (negative: overlap).
    pub gap: f64,
    /// Elements on side A and B.
    pub elements: [u32; 2],
    /// Barycentric coordinates of `position` in those elements (may lie slightly outside).
    pub barycentric: [[f64; 4]; 2],
    /// Weights of the two sides' stresses in the mean flux; they sum to 1.
    pub flux_weights: [f64; 2],
    /// Nitsche stiffness, MPa/mm.
    pub penalty: f64,
}

/// Two surfaces bonded across non-matching facets.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// Name of the interface ("cage-T5").
    pub name: String,
    /// Names of the two bodies, A then B.
    pub bodies: [String; 2],
    /// All quadrature points.
    pub points: Vec<InterfacePoint>,
    /// Local systems to assemble, one per pair of facets.
    pub systems: Vec<LocalSystem>,
    /// Area of side A's surface, mm².
    pub area: f64,
    /// Area of side A's surface that found no partner within the allowed gap, mm².
    pub untied_area: f64,
}

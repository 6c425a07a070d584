//! Interfaces between bodies whose faces do not match: search and clipping apart from the law.
//! Ties are the bonded law. Must not know the global matrix.

pub mod clip;
pub mod search;
pub mod tie;

pub use tie::{TieSettings, TieSpec, build_tie};

use crate::assembly::LocalSystem;
use crate::tensor::{Point, Vec3};

/// Why two surfaces cannot be tied.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContactError {
    /// A side without facets.
    #[error("interface {name}: the surface of {body} has no facets")]
    EmptySide {
        /// Interface name.
        name: String,
        /// Body whose surface is empty.
        body: String,
    },
    /// The surfaces do not face each other within the allowed gap.
    #[error(
        "interface {name}: {} and {} do not face each other anywhere within a gap of \
         {max_gap_mm} mm",
        .bodies[0],
        .bodies[1]
    )]
    NothingInReach {
        /// Interface name.
        name: String,
        /// The two bodies.
        bodies: [String; 2],
        /// Allowed gap, mm.
        max_gap_mm: f64,
    },
    /// Settings for which the tie is not defined or not stable.
    #[error(
        "interface {name}: the gap {max_gap_mm} mm must be finite and not negative, the angle \
         {max_angle_deg}° at least 0 and below 90, the stability factor {stability} above 1"
    )]
    Settings {
        /// Interface name.
        name: String,
        /// Allowed gap, mm.
        max_gap_mm: f64,
        /// Allowed angle between the faces, degrees.
        max_angle_deg: f64,
        /// Stability factor.
        stability: f64,
    },
    /// An element whose stiffness is zero, negative, or not a number.
    #[error("interface {name}: element {} or {} has no stiffness", .elements[0], .elements[1])]
    NoStiffness {
        /// Interface name.
        name: String,
        /// Elements of side A and B.
        elements: [u32; 2],
    },
}

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

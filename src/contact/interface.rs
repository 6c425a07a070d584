//! An interface of two bodies as it was tied.

use super::search::Piece;
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
    /// How the surfaces were tied.
    pub settings: TieSettings,
    /// The parts of the two surfaces that face each other.
    pub pieces: Vec<Piece>,
    /// All quadrature points.
    pub points: Vec<InterfacePoint>,
    /// Local systems to assemble, one per piece; what stretches an element is in its first.
    pub systems: Vec<LocalSystem>,
    /// Bound on the error of a uniform stress anywhere on the filled gap, as a share of it: twice what it
    /// leaves out of balance at the nodes; 0 where the faces touch.
    pub gap_error: f64,
    /// Area of side A's surface, mm².
    pub area: f64,
    /// Area of side A's surface that found no partner within the allowed gap, mm².
    pub untied_area: f64,
}

/// A tie that leaves out more than this share of its face, or of a uniform stress, says so.
pub const WORTH_SAYING: f64 = 0.01;

impl Tie {
    /// Share of side A that found no partner.
    pub fn untied_share(&self) -> f64 {
        self.untied_area / self.area
    }

    /// Mean gap over what is tied, overlaps counted negative, mm.
    pub fn mean_gap(&self) -> f64 {
        let area: f64 = self.points.iter().map(|p| p.area).sum();
        self.points.iter().map(|p| p.area * p.gap).sum::<f64>() / area
    }

    /// Largest gap, mm; 0 where the faces touch or overlap everywhere.
    pub fn largest_gap(&self) -> f64 {
        self.pieces.iter().map(|p| p.gaps[1]).fold(0.0, f64::max)
    }

    /// Deepest overlap, mm.
    pub fn deepest_overlap(&self) -> f64 {
        self.pieces.iter().map(|p| -p.gaps[0]).fold(0.0, f64::max)
    }

    /// What a reader must know of it, in sentences; empty where all is well.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions = Vec::new();
        if self.untied_share() > WORTH_SAYING {
            cautions.push(format!(
                "interface {}: {:.1} mm² of {:.1} mm² ({:.1} %) found no partner within {} mm and is \
                 not tied",
                self.name,
                self.untied_area,
                self.area,
                100.0 * self.untied_share(),
                self.settings.max_gap
            ));
        }
        if self.gap_error > WORTH_SAYING {
            cautions.push(format!(
                "interface {}: the faces stand up to {:.3} mm apart or in each other; bridging them \
                 changes a uniform stress by up to {:.1} % there",
                self.name,
                self.largest_gap().max(self.deepest_overlap()),
                100.0 * self.gap_error
            ));
        }
        cautions
    }
}

/// How surfaces are tied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TieSettings {
    /// Facets further apart (or deeper in each other) than this are not tied, mm.
    pub max_gap: f64,
    /// Facets are tied when one normal and the other reversed enclose no more than this, degrees.
    pub max_angle_deg: f64,
    /// s of the module's formula. 3 keeps a third of the energy where an element touches two ties.
    pub stability: f64,
}

impl Default for TieSettings {
    fn default() -> Self {
        Self {
            max_gap: 0.1,
            max_angle_deg: 60.0,
            stability: 3.0,
        }
    }
}

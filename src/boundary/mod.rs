//! Loads, supports and the couplings that carry them onto faces. An empty selection is an error.
//! Must not know the solver.

use crate::tensor::{Point, Vec3, Wrench};

/// A fixed or prescribed dof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedDof {
    /// Node number.
    pub node: u32,
    /// Axis 0, 1, 2.
    pub axis: u8,
    /// Prescribed displacement, mm.
    pub value: f64,
}

/// A distributing coupling (RBE3): carries a wrench onto a face as area-weighted nodal forces and
/// reports the face's mean motion; it adds no stiffness.
#[derive(Debug, Clone, PartialEq)]
pub struct Coupling {
    /// Reference point of the wrench, mm.
    pub reference: Point,
    /// Coupled nodes.
    pub nodes: Vec<u32>,
    /// Force on each coupled node for a unit of each wrench component
    /// `[fx, fy, fz (N), mx, my, mz (N·mm)]`; its transpose gives the mean motion
    /// `[translation (mm), rotation (rad)]` of the face at the reference point.
    pub columns: Vec<[Vec3; 6]>,
}

/// One load case on a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCase {
    /// Name, unique in the model.
    pub name: String,
    /// Wrench at the reference point of the loaded face's coupling.
    pub wrench: Wrench,
    /// Nodal forces, N (node, force); already includes the coupling's share.
    pub forces: Vec<(u32, Vec3)>,
    /// Whether the case counts as service (part of the stress-shielding mean).
    pub service: bool,
}

//! Model → solution: the one loop over assembly and solver. Turns failures of the factorisation
//! into places ("body cage is unconstrained"). Must not know file formats.

use crate::tensor::{Vec3, Wrench};

/// What the solver reports for one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct SolveInfo {
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Refinement steps or CG iterations.
    pub iterations: u32,
    /// ‖b − Ax‖/‖b‖, recomputed from the matrix.
    pub true_residual: f64,
    /// Normwise backward error ‖b − Ax‖/(‖A‖‖x‖ + ‖b‖).
    pub backward_error: f64,
    /// Seconds for this load case, its share of the factorisation included.
    pub seconds: f64,
    /// Bytes of matrix and factor held at the peak.
    pub peak_bytes: u64,
}

/// The answer to one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSolution {
    /// Load case name.
    pub name: String,
    /// Displacement of every node, mm.
    pub displacement: Vec<Vec3>,
    /// Sum of the support reactions about the loaded face's reference point (about the origin
    /// where no face is loaded), from the unreduced rows.
    pub reaction: Wrench,
    /// |applied + reaction| over the larger of applied and Σ|reactions| (force; moments likewise
    /// over a length): the larger of the two.
    pub imbalance: f64,
    /// Solver report.
    pub info: SolveInfo,
}

/// The answers to all load cases of one model, in the model's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// One entry per load case.
    pub cases: Vec<CaseSolution>,
}

//! Model → solution: the one loop over assembly and solver. Turns failures of the factorisation
//! into places ("body cage is unconstrained"). Must not know file formats.
//!
//! Before anything is factored the model is asked whether it can have an answer: numbers that are
//! numbers, materials that store energy, and supports that stop the six rigid motions of every
//! group of bodies that elements, membranes and ties hold together. Rods come in as low-rank terms
//! on top of a matrix that must stand without them, so a body held by rods alone is refused too.

mod balance;
mod check;
mod support;
mod system;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Instant;

pub use balance::Balance;

use crate::assembly::{AssemblyError, assemble};
use crate::model::Model;
use crate::progress::Progress;
use crate::solver::SolverError;
use crate::solver::cg::Stop;
use crate::solver::choice::Method;
use crate::solver::refine::Accuracy;
use crate::tensor::{Vec3, Wrench};

/// What the solver reports for one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct SolveInfo {
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Why this method.
    pub reason: String,
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
    /// What applied loads and reactions together leave over Σ|f|, or of moments over Σ|f||x − c|:
    /// the larger of the two ([`Balance`]).
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

/// How to solve.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisSettings {
    /// Which solver.
    pub method: Method,
    /// When conjugate gradients end.
    pub stop: Stop,
    /// Bytes the solver may use; what the system says is available where `None`.
    pub memory_limit: Option<u64>,
    /// Accuracy of the linear solver.
    pub accuracy: Accuracy,
    /// Largest accepted imbalance of applied load and reactions.
    pub imbalance_limit: f64,
    /// The caller has made sure that supports and equations, which are not seen here, hold every
    /// body.
    pub supports_checked: bool,
}

impl Default for AnalysisSettings {
    fn default() -> Self {
        Self {
            method: Method::Auto,
            stop: Stop::default(),
            memory_limit: None,
            accuracy: Accuracy::default(),
            imbalance_limit: 1e-8,
            supports_checked: false,
        }
    }
}

/// Why a model has no solution.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// A list of the model does not have one entry per element or per support.
    #[error("the model is inconsistent: {what} has {found} entries, {expected} are needed")]
    Inconsistent {
        /// Which list.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// An elasticity that does not store energy under every strain.
    #[error(
        "the material of {place} is not positive definite (smallest eigenvalue {smallest:.3e} MPa): \
         a modulus is zero or negative, or a Poisson ratio is impossible"
    )]
    Material {
        /// "body T5, element 12".
        place: String,
        /// Smallest eigenvalue of the stiffness, MPa.
        smallest: f64,
    },
    /// A stiffness factor that is not a positive number.
    #[error("the stiffness factor of {place} is {factor}; it must be positive and finite")]
    Factor {
        /// "body T5, element 12".
        place: String,
        /// The factor.
        factor: f64,
    },
    /// A load, support or position that is not a number, or lies on no node.
    #[error("{what} at node {node} is {value}")]
    BadValue {
        /// What it is ("the force of load case flexion").
        what: String,
        /// Node number.
        node: u32,
        /// The value, or "outside the mesh".
        value: String,
    },
    /// The supports leave rigid motions free.
    #[error("{bodies} can move as a rigid body: {motions} of 6 rigid motions are free; {advice}")]
    Unconstrained {
        /// "body cage" or "bodies cage, T5".
        bodies: String,
        /// Free rigid motions.
        motions: usize,
        /// What would help.
        advice: &'static str,
    },
    /// The matrix is singular although the supports hold every group of bodies.
    #[error(
        "the stiffness is singular near {place}: parts of a body may hang together only at a node \
         or an edge, or a tie may cover no area"
    )]
    Singular {
        /// "body T5, node 12".
        place: String,
    },
    /// Applied loads and reactions do not balance.
    #[error(
        "load case {load_case}: loads and reactions differ by {imbalance:.1e} of the load, more \
         than {limit:.0e}"
    )]
    Imbalance {
        /// Load case.
        load_case: String,
        /// Relative imbalance.
        imbalance: f64,
        /// Accepted value.
        limit: f64,
    },
    /// The matrix could not be assembled.
    #[error("{place}{source}")]
    Assembly {
        /// "body T5: " where known, else empty.
        place: String,
        /// Why.
        source: AssemblyError,
    },
    /// The solver failed.
    #[error(transparent)]
    Solver(#[from] SolverError),
}

impl AnalysisError {
    /// Whether the arithmetic failed on input that is sound as far as can be told; a model too
    /// large for memory, a free body or an impossible number is the input's.
    pub fn is_numerical(&self) -> bool {
        match self {
            Self::Singular { .. } | Self::Imbalance { .. } => true,
            Self::Solver(error) => !matches!(
                error,
                SolverError::TooLarge { .. } | SolverError::NoRoom { .. }
            ),
            _ => false,
        }
    }
}

/// Solves all load cases of a model on one factorisation or one multigrid. Matrix and factor are gone when it
/// returns.
///
/// # Errors
/// [`AnalysisError`]: bad input, an unconstrained body, a factor too large for memory, a solution
/// that is not accurate, loads and reactions that do not balance.
pub fn solve(
    model: &Model,
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Solution, AnalysisError> {
    let start = Instant::now();
    check::inputs(model)?;
    if !settings.supports_checked {
        support::rigid_motions(model)?;
    }
    progress.stage(&format!("Solve {}", model.name), 3);
    let operator = system::operator(model);
    let (fixed, prescribed) = system::constraints(model);
    let assembled = assemble(&model.mesh, &model.materials, &operator.systems, &fixed)
        .map_err(|e| check::at_body(model, e))?;
    let mut vectors = system::right_hand_sides(model, &operator, &assembled, &prescribed)?;
    progress.advance();
    let solved = system::solve(model, &assembled, &mut vectors, settings, progress)?;
    progress.advance();
    let seconds = start.elapsed().as_secs_f64() / model.load_cases.len().max(1) as f64;
    let mut cases = Vec::with_capacity(model.load_cases.len());
    for ((case, x), quality) in model.load_cases.iter().zip(&vectors).zip(&solved.quality) {
        let mut displacement = prescribed.clone();
        assembled.numbering.expand_into(x, &mut displacement);
        let info = SolveInfo {
            method: solved.method,
            reason: solved.reason.clone(),
            iterations: quality.steps,
            true_residual: quality.true_residual,
            backward_error: quality.backward_error,
            seconds,
            peak_bytes: solved.peak_bytes,
        };
        let (reaction, imbalance) = balance::reactions(model, &operator, case, &displacement)?;
        if imbalance.is_nan() || imbalance > settings.imbalance_limit {
            return Err(AnalysisError::Imbalance {
                load_case: case.name.clone(),
                imbalance,
                limit: settings.imbalance_limit,
            });
        }
        cases.push(CaseSolution {
            name: case.name.clone(),
            displacement,
            reaction,
            imbalance,
            info,
        });
    }
    Ok(Solution { cases })
}

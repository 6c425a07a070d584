//! Model → solution: the one loop over assembly and solver. Turns failures of the factorisation
//! into places ("body cage is unconstrained"). Must not know file formats.
//!
//! Before anything is factored the model is asked whether it can have an answer: numbers that are
//! numbers, materials that store energy, and supports that stop the six rigid motions of every
//! group of bodies that elements, membranes, ties, screws and rods hold together.
//!
//! Terms that follow the displacement by a law bring Newton's method: see `equilibrium`.

mod error;
mod settings;
mod check;
mod line;
mod support;
mod system;
mod one_sided;
mod equilibrium;
mod balance;
#[cfg(test)]
mod law_tests;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Instant;

pub use balance::Balance;
pub use error::AnalysisError;
pub use settings::{AnalysisSettings, Newton};

use crate::assembly::State;
use crate::model::Model;
use crate::progress::Progress;
use crate::tensor::{Vec3, Wrench};
use system::System;

/// What the solver reports for one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct SolveInfo {
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Why this method.
    pub reason: String,
    /// Steps to equilibrium, one where no law is in the model.
    pub steps: u32,
    /// Refinement steps or CG iterations, of all steps together.
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
    /// What the model's laws remember at this displacement, in their order.
    pub state: State,
    /// What each cable or hook of the model carries, N.
    pub one_sided: Vec<f64>,
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

/// Solves all load cases of a model: on one factorisation or one multigrid where it is linear, else
/// one after the other by Newton's method. Matrix and factor are gone when it returns.
///
/// # Errors
/// [`AnalysisError`]: bad input, an unconstrained body, a factor too large for memory, a solution
/// that is not accurate, a load case without equilibrium, loads and reactions that do not balance.
pub fn solve(
    model: &Model,
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Solution, AnalysisError> {
    let start = Instant::now();
    check::inputs(model)?;
    let operator = model.operator();
    if !settings.supports_checked {
        support::rigid_motions(model, &operator)?;
    }
    progress.stage(&format!("Solve {}", model.name), 3);
    let (fixed, prescribed) = system::constraints(model);
    let assembled = operator.assemble(&fixed);
    let assembled = assembled.map_err(|e| check::at_body(model, e))?;
    let system = System {
        model,
        operator: &operator,
        prescribed: &prescribed,
        settings,
        progress,
    };
    let (rests, solved) = equilibrium::find(&system, assembled)?;
    progress.advance();
    let seconds = start.elapsed().as_secs_f64() / model.load_cases.len().max(1) as f64;
    let mut cases = Vec::with_capacity(model.load_cases.len());
    for (case, rest) in model.load_cases.iter().zip(rests) {
        let info = SolveInfo {
            method: solved.method,
            reason: solved.reason.clone(),
            steps: rest.steps,
            iterations: rest.quality.steps,
            true_residual: rest.quality.true_residual,
            backward_error: rest.quality.backward_error,
            seconds,
            peak_bytes: solved.peak_bytes,
        };
        let (reaction, imbalance) = balance::reactions(model, &operator, case, &rest)?;
        if imbalance.is_nan() || imbalance > settings.imbalance_limit {
            return Err(AnalysisError::Imbalance {
                load_case: case.name.clone(),
                imbalance,
                limit: settings.imbalance_limit,
            });
        }
        cases.push(CaseSolution {
            name: case.name.clone(),
            displacement: rest.displacement,
            state: rest.state,
            one_sided: rest.one_sided,
            reaction,
            imbalance,
            info,
        });
    }
    Ok(Solution { cases })
}

//! Model → solution: the one loop over assembly and solver. Turns failures of the factorisation
//! into places ("body cage is unconstrained"). Must not know file formats.
//!
//! Before anything is factored the model is asked whether it can have an answer: numbers that are
//! numbers, materials that store energy, and supports that stop the six rigid motions of every
//! group of bodies that elements, membranes, ties and rods hold together. Rods come in as low-rank terms
//! on top of a matrix that must stand without them, so a body held by rods alone is anchored in it.

mod error;
mod settings;
mod check;
mod balance;
mod support;
mod system;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Instant;

pub use balance::Balance;
pub use error::AnalysisError;
pub use settings::AnalysisSettings;

use crate::assembly::assemble;
use crate::model::Model;
use crate::progress::Progress;
use crate::tensor::{Vec3, Wrench};
use support::Anchors;

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
    let anchors = match settings.supports_checked {
        true => Anchors::default(),
        false => support::rigid_motions(model)?,
    };
    progress.stage(&format!("Solve {}", model.name), 3);
    let mut operator = system::operator(model);
    operator.systems.extend(&anchors.systems);
    operator.terms.extend(&anchors.terms);
    let (fixed, prescribed) = system::constraints(model);
    let assembled = assemble(&model.mesh, &model.materials, &operator.systems, &fixed)
        .map_err(|e| check::at_body(model, e))?;
    let mut vectors = system::right_hand_sides(model, &operator, &assembled, &prescribed)?;
    progress.advance();
    let solved = system::solve(
        model,
        &assembled,
        &operator.terms,
        &mut vectors,
        settings,
        progress,
    )?;
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

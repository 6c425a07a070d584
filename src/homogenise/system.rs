//! Six right-hand sides on one matrix of a periodic solid.

use std::time::Instant;

use super::torus::Periodic;
use crate::assembly::Assembled;
use crate::progress::Progress;
use crate::solver::refine::Quality;
use crate::solver::{self, Geometry, Problem, Settings, SolverError};
use crate::sparse::ABSENT;

/// What the solver says of all six load cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Why this method.
    pub reason: String,
    /// Whether conjugate gradients were chosen, stalled, and the factor took their place.
    pub fell_back: bool,
    /// Most iterations or refinement steps of a load case.
    pub iterations: u32,
    /// Largest ‖b − Ax‖/‖b‖ of a load case whose load is not round-off, recomputed from the matrix.
    pub true_residual: f64,
    /// Seconds for setup and all load cases.
    pub seconds: f64,
    /// Bytes at the peak.
    pub peak_bytes: u64,
}

/// Replaces the right-hand sides by solutions.
///
/// # Errors
/// Too little memory; a matrix that is not positive definite; a solver that stalls.
pub fn solve<P: Periodic>(
    cell: &P,
    assembled: &Assembled,
    vectors: &mut [Vec<f64>],
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Solved, SolverError> {
    let matrix = &assembled.matrix;
    let clock = Instant::now();
    let solved = if drop_round_off(vectors, matrix.infinity_norm()) {
        solver::Solved::nothing(matrix, vectors.len())
    } else {
        let problem = Problem {
            name: "unit cell",
            matrix,
            free_dofs: assembled.numbering.free_dof_count(),
            geometry: &|| geometry(cell, assembled),
        };
        solver::solve(&problem, vectors, settings, progress)?
    };
    let quality = &solved.quality;
    let largest = |value: fn(&Quality) -> f64| quality.iter().map(value).fold(0.0, f64::max);
    Ok(Solved {
        method: solved.method,
        reason: solved.reason,
        fell_back: solved.fell_back,
        iterations: quality.iter().map(|q| q.steps).max().unwrap_or(0),
        true_residual: largest(|q| q.true_residual),
        seconds: clock.elapsed().as_secs_f64(),
        peak_bytes: solved.peak_bytes,
    })
}

/// Where the rows are on the torus.
fn geometry<P: Periodic>(cell: &P, assembled: &Assembled) -> Geometry {
    let numbering = &assembled.numbering;
    let rows = 0..numbering.row_count();
    let positions = rows
        .clone()
        .map(|r| cell.net().nodes[numbering.node(r) as usize])
        .collect();
    let row = |n: u32| numbering.row(n).map_or(ABSENT, |r| r as u32);
    let parents = cell.parents();
    let between = rows.map(|r| {
        let ends = parents[numbering.node(r) as usize].map(row);
        [ends[0].min(ends[1]), ends[0].max(ends[1])]
    });
    Geometry {
        positions,
        parents: between.collect(),
        turns: Vec::new(),
        periods: periods(&cell.net().translations),
    }
}

/// Every translation from a copy to one beside it.
fn periods(translations: &[[f64; 3]]) -> Vec<[f64; 3]> {
    let sides = || [-1.0, 0.0, 1.0];
    let whole = sides()
        .into_iter()
        .flat_map(|x| sides().map(|y| [x, y]))
        .flat_map(|[x, y]| sides().map(|z| [x, y, z]));
    whole
        .flat_map(|w| {
            translations
                .iter()
                .map(move |t| std::array::from_fn(|k| w[k] + t[k]))
        })
        .collect()
}

/// Loads below this share of stiffness times strain are round-off: a homogeneous solid has no
/// other, and their relative residual says nothing.
const ROUND_OFF: f64 = 1e-14;

/// Clears right-hand sides that are round-off; whether all are.
fn drop_round_off(vectors: &mut [Vec<f64>], norm: f64) -> bool {
    let mut nothing = true;
    for vector in vectors {
        let largest = vector.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        if largest <= ROUND_OFF * norm {
            vector.fill(0.0);
        } else {
            nothing = false;
        }
    }
    nothing
}

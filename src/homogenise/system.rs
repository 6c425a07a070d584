//! Six right-hand sides on one matrix: sparse Cholesky where it is quick, else conjugate gradients
//! on one multigrid.

use std::time::Instant;

use super::HomogeniseError;
use super::effective::Settings;
use super::torus::Periodic;
use crate::assembly::Assembled;
use crate::progress::Progress;
use crate::solver::cg::{self, Stop, System};
use crate::solver::choice::{Method, Prediction};
use crate::solver::cholesky::Cholesky;
use crate::solver::low_rank::{Corrected, Terms};
use crate::solver::multigrid::{Hierarchy, Rows, Settings as Multigrid};
use crate::solver::refine::{self, Accuracy, Quality};
use crate::solver::{Backend, SolverError, available_bytes};
use crate::sparse::ABSENT;

/// What the solver says of all six load cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Most iterations or refinement steps of a load case.
    pub iterations: u32,
    /// Largest ‖b − Ax‖/‖b‖ of a load case whose load is not round-off, recomputed from the matrix.
    pub true_residual: f64,
    /// Seconds for setup and all load cases.
    pub seconds: f64,
    /// Bytes at the peak.
    pub peak_bytes: u64,
}

/// Share of the available memory that a solver may take.
const USABLE: f64 = 0.9;

/// Vectors of f64 length per right-hand side while the system is solved.
const VECTORS: u64 = 10;

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
) -> Result<Solved, HomogeniseError> {
    let matrix = &assembled.matrix;
    let nothing = drop_round_off(vectors, matrix.infinity_norm());
    if nothing {
        return Ok(Solved {
            method: "cholesky",
            iterations: 0,
            true_residual: 0.0,
            seconds: 0.0,
            peak_bytes: matrix.bytes(),
        });
    }
    let clock = Instant::now();
    let usable = || available_bytes().map(|b| (USABLE * b as f64) as u64);
    let allowed = settings.memory_limit.or_else(usable);
    let prediction = Prediction::new(matrix, vectors.len());
    let threads = rayon::current_num_threads();
    let (method, reason) = prediction.choose(settings.method, threads, allowed);
    let (quality, bytes) = if method == Method::Cholesky {
        progress.note(&format!("sparse Cholesky; {reason}"));
        let backend = Cholesky {
            memory_limit: allowed,
        };
        let symbolic = backend.analyse(matrix)?;
        let factor = symbolic.factor(matrix)?;
        let accuracy = Accuracy::default();
        let quality = refine::solve(matrix, &[], factor.as_ref(), vectors, &accuracy)?;
        (quality, symbolic.peak_bytes())
    } else {
        progress.note(&format!("conjugate gradients; {reason}"));
        prediction.admit_multigrid(allowed)?;
        iterate(cell, assembled, vectors, progress)?
    };
    let largest = |value: fn(&Quality) -> f64| quality.iter().map(value).fold(0.0, f64::max);
    Ok(Solved {
        method: match method {
            Method::Cholesky => "cholesky",
            _ => "cg",
        },
        iterations: quality.iter().map(|q| q.steps).max().unwrap_or(0),
        true_residual: largest(|q| q.true_residual),
        seconds: clock.elapsed().as_secs_f64(),
        peak_bytes: matrix.bytes()
            + bytes
            + VECTORS * 8 * vectors.iter().map(|v| v.len() as u64).sum::<u64>(),
    })
}

/// Multigrid once, then all load cases side by side.
fn iterate<P: Periodic>(
    cell: &P,
    assembled: &Assembled,
    vectors: &mut [Vec<f64>],
    progress: &dyn Progress,
) -> Result<(Vec<Quality>, u64), SolverError> {
    let clock = Instant::now();
    let (matrix, numbering) = (&assembled.matrix, &assembled.numbering);
    let rows = 0..numbering.row_count();
    let places: Vec<[f64; 3]> = rows
        .clone()
        .map(|r| cell.positions()[numbering.node(r) as usize])
        .collect();
    let row = |n: u32| numbering.row(n).map_or(ABSENT, |r| r as u32);
    let parents = cell.parents();
    let between: Vec<[u32; 2]> = rows
        .map(|r| {
            let ends = parents[numbering.node(r) as usize].map(row);
            [ends[0].min(ends[1]), ends[0].max(ends[1])]
        })
        .collect();
    let known = Rows {
        positions: &places,
        parents: &between,
        periods: &periods(cell.translations()),
    };
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(matrix, known, &backend, Multigrid::default())?;
    let preconditioner = Corrected::new(&hierarchy, hierarchy.factor()?, Terms(&[]))?;
    let setup = clock.elapsed().as_secs_f64();
    let system = System {
        matrix,
        terms: Terms(&[]),
        preconditioner: &preconditioner,
    };
    let quality = cg::solve(&system, vectors, &Stop::default(), &Accuracy::default())?;
    let levels: Vec<String> = hierarchy.sizes().iter().map(|s| s.0.to_string()).collect();
    progress.note(&format!(
        "multigrid of {} block rows; setup {setup:.1} s, six load cases in {:?} iterations {:.1} s",
        levels.join(" → "),
        quality.iter().map(|q| q.steps).collect::<Vec<_>>(),
        clock.elapsed().as_secs_f64() - setup,
    ));
    Ok((quality, hierarchy.bytes()))
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

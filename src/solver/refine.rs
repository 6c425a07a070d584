//! From a factor to an answer: true residual, iterative refinement.
//!
//! The residual is always that of A itself, product by product; refinement repeats x += A⁻¹r until
//! the backward error is at round-off.

use rayon::prelude::*;

use super::{Factor, SolverError};
use crate::sparse::BlockMatrix;

/// When a solution is good enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Largest accepted ‖b − Ax‖∞/(‖A‖∞‖x‖∞ + ‖b‖∞).
    pub backward_error: f64,
    /// Refinement steps that may be made; at least one is.
    pub max_steps: u32,
}

impl Default for Accuracy {
    fn default() -> Self {
        Self {
            backward_error: 1e-14,
            max_steps: 6,
        }
    }
}

/// How good one solution is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Refinement steps made.
    pub steps: u32,
    /// ‖b − Ax‖₂/‖b‖₂, 0 where b is.
    pub true_residual: f64,
    /// ‖b − Ax‖∞/(‖A‖∞‖x‖∞ + ‖b‖∞), 0 where x and b are.
    pub backward_error: f64,
}

/// Solves A x = b for every right-hand side, replacing it by its solution.
///
/// # Errors
/// [`SolverError::NotAccurate`] where refinement stalls.
pub fn solve(
    matrix: &BlockMatrix,
    factor: &dyn Factor,
    right_hand_sides: &mut [Vec<f64>],
    accuracy: &Accuracy,
) -> Result<Vec<Quality>, SolverError> {
    let norm = matrix.infinity_norm();
    let given = right_hand_sides.to_vec();
    solve_all(factor, right_hand_sides);
    let mut quality = Vec::with_capacity(given.len());
    for (column, (b, x)) in given.iter().zip(right_hand_sides.iter_mut()).enumerate() {
        let found = refine(matrix, factor, (b, x, norm), accuracy);
        if found.backward_error.is_nan() || found.backward_error > accuracy.backward_error {
            return Err(SolverError::NotAccurate {
                column,
                backward_error: found.backward_error,
                limit: accuracy.backward_error,
                steps: found.steps,
            });
        }
        quality.push(found);
    }
    Ok(quality)
}

/// All first solves at once: one pass over the factor.
fn solve_all(factor: &dyn Factor, right_hand_sides: &mut [Vec<f64>]) {
    let columns = right_hand_sides.len();
    let mut together = right_hand_sides.concat();
    factor.solve_in_place(&mut together, columns);
    for (k, x) in right_hand_sides.iter_mut().enumerate() {
        let rows = x.len();
        x.copy_from_slice(&together[k * rows..(k + 1) * rows]);
    }
}

/// `problem` is (b, x, ‖K‖∞). Keeps the best x seen.
fn refine(
    matrix: &BlockMatrix,
    factor: &dyn Factor,
    problem: (&[f64], &mut [f64], f64),
    accuracy: &Accuracy,
) -> Quality {
    let (b, x, norm) = problem;
    let mut r = residual(matrix, b, x);
    let mut best = measure(&r, b, x, norm);
    for step in 1..=accuracy.max_steps.max(1) {
        factor.solve_in_place(&mut r, 1);
        let mut next = x.to_vec();
        next.par_iter_mut().zip(&r).for_each(|(x, d)| *x += d);
        r = residual(matrix, b, &next);
        let mut found = measure(&r, b, &next, norm);
        found.steps = step;
        let better = found.backward_error < best.backward_error;
        if better {
            x.copy_from_slice(&next);
            best = found;
        }
        best.steps = step;
        if best.backward_error <= accuracy.backward_error || !better {
            break;
        }
    }
    best
}

fn residual(matrix: &BlockMatrix, b: &[f64], x: &[f64]) -> Vec<f64> {
    let mut r = vec![0.0; x.len()];
    matrix.multiply(x, &mut r);
    r.par_iter_mut().zip(b).for_each(|(r, b)| *r = b - *r);
    r
}

pub(super) fn measure(r: &[f64], b: &[f64], x: &[f64], norm: f64) -> Quality {
    // NaN must survive: f64::max would drop it.
    let largest = |v: &[f64]| {
        v.iter()
            .fold(0.0, |m: f64, v| if v.abs() <= m { m } else { v.abs() })
    };
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let ratio = |top: f64, bottom: f64| if top == 0.0 { 0.0 } else { top / bottom };
    Quality {
        steps: 0,
        true_residual: ratio(length(r), length(b)),
        backward_error: ratio(largest(r), norm * largest(x) + largest(b)),
    }
}

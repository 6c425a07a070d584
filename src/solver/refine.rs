//! From a factor to an answer: low-rank terms, true residual, iterative refinement.
//!
//! The system is A = K + Σ W S Wᵀ with K factored. With all columns side by side in W and S block
//! diagonal (Woodbury), Z = K⁻¹W, and A⁻¹b = y − Z (I + S WᵀZ)⁻¹ S Wᵀ y with y = K⁻¹b.
//! The residual is always that of A itself, product by product; refinement repeats x += A⁻¹r until
//! the backward error is at round-off.

use nalgebra::{DMatrix, DVector, Dyn, LU};
use rayon::prelude::*;

use super::low_rank::{Terms, factored};
use super::{Factor, SolverError};
use crate::assembly::ReducedTerm;
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
/// [`SolverError::NotAccurate`] where refinement stalls, [`SolverError::SingularTerms`].
pub fn solve(
    matrix: &BlockMatrix,
    terms: &[ReducedTerm],
    factor: &dyn Factor,
    right_hand_sides: &mut [Vec<f64>],
    accuracy: &Accuracy,
) -> Result<Vec<Quality>, SolverError> {
    let woodbury = Woodbury::new(Terms(terms), factor, 3 * matrix.row_count())?;
    let norm = matrix.infinity_norm();
    let given = right_hand_sides.to_vec();
    solve_all(&woodbury, factor, right_hand_sides);
    let mut quality = Vec::with_capacity(given.len());
    for (column, (b, x)) in given.iter().zip(right_hand_sides.iter_mut()).enumerate() {
        let found = refine(matrix, &woodbury, factor, (b, x, norm), accuracy);
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
fn solve_all(woodbury: &Woodbury, factor: &dyn Factor, right_hand_sides: &mut [Vec<f64>]) {
    let columns = right_hand_sides.len();
    let mut together = right_hand_sides.concat();
    factor.solve_in_place(&mut together, columns);
    for (k, x) in right_hand_sides.iter_mut().enumerate() {
        let rows = x.len();
        x.copy_from_slice(&together[k * rows..(k + 1) * rows]);
        woodbury.correct(x);
    }
}

/// `problem` is (b, x, ‖K‖∞). Keeps the best x seen.
fn refine(
    matrix: &BlockMatrix,
    woodbury: &Woodbury,
    factor: &dyn Factor,
    problem: (&[f64], &mut [f64], f64),
    accuracy: &Accuracy,
) -> Quality {
    let (b, x, norm) = problem;
    let mut r = residual(matrix, woodbury, b, x);
    let mut best = measure(&r, b, x, norm);
    for step in 1..=accuracy.max_steps.max(1) {
        factor.solve_in_place(&mut r, 1);
        woodbury.correct(&mut r);
        let mut next = x.to_vec();
        next.par_iter_mut().zip(&r).for_each(|(x, d)| *x += d);
        r = residual(matrix, woodbury, b, &next);
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

fn residual(matrix: &BlockMatrix, woodbury: &Woodbury, b: &[f64], x: &[f64]) -> Vec<f64> {
    let mut r = vec![0.0; x.len()];
    matrix.multiply(x, &mut r);
    woodbury.terms.add_products::<1>(x, &mut r);
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

/// The low-rank terms, ready to correct a solve with K alone.
struct Woodbury<'a> {
    terms: Terms<'a>,
    /// Z = K⁻¹W, one column after the other.
    z: Vec<f64>,
    rows: usize,
    /// I + S WᵀZ, factored; `None` without terms.
    small: Option<LU<f64, Dyn, Dyn>>,
}

impl<'a> Woodbury<'a> {
    fn new(terms: Terms<'a>, factor: &dyn Factor, rows: usize) -> Result<Self, SolverError> {
        let count = terms.count();
        let mut z = vec![0.0; rows * count];
        for (k, column) in terms.0.iter().flat_map(|t| &t.columns).enumerate() {
            for &(r, w) in column {
                z[k * rows + r] += w;
            }
        }
        let mut found = Self {
            terms,
            z,
            rows,
            small: None,
        };
        if count > 0 {
            factor.solve_in_place(&mut found.z, count);
            let mut small = DMatrix::identity(count, count);
            for (k, z) in found.z.chunks_exact(rows).enumerate() {
                for (i, weight) in terms.weigh(|r| z[r]).iter().enumerate() {
                    small[(i, k)] += weight;
                }
            }
            found.small = Some(factored(small)?);
        }
        Ok(found)
    }

    /// y = K⁻¹b → A⁻¹b.
    fn correct(&self, y: &mut [f64]) {
        let Some(lu) = &self.small else { return };
        let weights = DVector::from_vec(self.terms.weigh(|r| y[r]));
        let Some(t) = lu.solve(&weights) else { return };
        for (z, t) in self.z.chunks_exact(self.rows).zip(t.iter()) {
            y.par_iter_mut().zip(z).for_each(|(y, z)| *y -= t * z);
        }
    }
}

//! Conjugate gradients in double precision, preconditioned by multigrid in single.
//!
//! Several right-hand sides run side by side, each with its own step lengths: one pass over the
//! matrix serves all of them. The preconditioner is not quite linear (it iterates inside), so each
//! direction is made A-orthogonal to the one before explicitly. Low-rank terms W S Wᵀ belong to the
//! operator exactly; the preconditioner doesn't see them.
//!
//! A solution counts by its true residual b − A x, recomputed from the matrix. Where that cannot
//! be had, because the arithmetic ends sooner, the backward error decides, as for a factorisation.

use super::SolverError;
use super::multigrid::vectors::{add_scaled, dots, ratios, scale_and_add};
use super::multigrid::{Hierarchy, Multigrid, Work};
use super::refine::{Accuracy, Quality, Terms, measure};
use crate::sparse::BlockMatrix;

/// When the iteration ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Wanted ‖b − Ax‖₂/‖b‖₂.
    pub residual: f64,
    /// Iterations that may be made.
    pub max_iterations: u32,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            residual: 1e-10,
            max_iterations: 1000,
        }
    }
}

/// Iterations in which the residual must fall by [`PROGRESS`], else the iteration stalls.
const PATIENCE: u32 = 100;
const PROGRESS: f64 = 0.1;

/// A fresh start from the true residual that gains less than this has met the round-off floor.
const FLOOR: f64 = 0.5;

/// The recurrence aims below the wanted residual by this, as the true one differs a little.
const AIM: f64 = 0.7;

/// The system A = K + Σ W S Wᵀ and what is needed to iterate on it.
pub struct System<'a> {
    /// K.
    pub matrix: &'a BlockMatrix,
    /// The low-rank terms.
    pub terms: Terms<'a>,
    /// The levels behind `preconditioner`.
    pub hierarchy: &'a Hierarchy,
    /// Approximate inverse of K.
    pub preconditioner: &'a Multigrid<'a>,
}

/// Solves A x = b for every right-hand side, replacing it by its solution.
///
/// # Errors
/// [`SolverError::Indefinite`] where a direction has no positive energy,
/// [`SolverError::Stalled`] where the residual stops falling above what `accuracy` accepts.
pub fn solve(
    system: &System<'_>,
    right_hand_sides: &mut [Vec<f64>],
    stop: &Stop,
    accuracy: &Accuracy,
) -> Result<Vec<Quality>, SolverError> {
    let norm = system.matrix.infinity_norm();
    let mut quality = Vec::with_capacity(right_hand_sides.len());
    let mut first = 0;
    while first < right_hand_sides.len() {
        let left = right_hand_sides.len() - first;
        let count = left.min(if left > 4 { 8 } else { 4 });
        let some = &mut right_hand_sides[first..first + count];
        let task = (system, norm, stop, accuracy, first);
        quality.extend(match count {
            1 => together::<1>(task, some)?,
            2 => together::<2>(task, some)?,
            3 | 4 => together::<4>(task, some)?,
            _ => together::<8>(task, some)?,
        });
        first += count;
    }
    Ok(quality)
}

type Given<'a> = (&'a System<'a>, f64, &'a Stop, &'a Accuracy, usize);

/// Up to K right-hand sides side by side.
fn together<const K: usize>(
    (system, norm, stop, accuracy, first): Given<'_>,
    sides: &mut [Vec<f64>],
) -> Result<Vec<Quality>, SolverError> {
    let n = 3 * system.matrix.row_count();
    let mut b = vec![0.0; K * n];
    for (k, side) in sides.iter().enumerate() {
        for (i, v) in side.iter().enumerate() {
            b[K * i + k] = *v;
        }
    }
    let mut state = State::<K>::new(system, b);
    let end = state.run(stop);
    if let Err((k, iteration)) = end {
        return Err(SolverError::Indefinite {
            column: first + k,
            iteration,
        });
    }
    let mut found = Vec::with_capacity(sides.len());
    for (k, side) in sides.iter_mut().enumerate() {
        let of = |v: &[f64]| -> Vec<f64> { v.iter().skip(k).step_by(K).copied().collect() };
        let x = of(&state.x);
        let mut quality = measure(&of(&state.r), side, &x, norm);
        quality.steps = state.iterations[k];
        let enough = quality.true_residual <= stop.residual
            || quality.backward_error <= accuracy.backward_error;
        if !enough {
            return Err(SolverError::Stalled {
                column: first + k,
                residual: quality.true_residual,
                backward_error: quality.backward_error,
                iterations: quality.steps,
            });
        }
        side.copy_from_slice(&x);
        found.push(quality);
    }
    Ok(found)
}

struct State<'a, const K: usize> {
    system: &'a System<'a>,
    work: Work<K>,
    b: Vec<f64>,
    x: Vec<f64>,
    /// Residual: by recurrence while iterating, true at the end.
    r: Vec<f64>,
    p: Vec<f64>,
    /// A p.
    product: Vec<f64>,
    z: Vec<f64>,
    given: [f64; K],
    active: [bool; K],
    iterations: [u32; K],
}

impl<'a, const K: usize> State<'a, K> {
    fn new(system: &'a System<'a>, b: Vec<f64>) -> Self {
        let n = b.len();
        let given = dots::<f64, K>(&b, &b).map(f64::sqrt);
        Self {
            system,
            work: Work::new(system.hierarchy),
            x: vec![0.0; n],
            r: b.clone(),
            p: vec![0.0; n],
            product: vec![0.0; n],
            z: vec![0.0; n],
            b,
            given,
            active: given.map(|g| g > 0.0),
            iterations: [0; K],
        }
    }

    /// Iterates, and starts again from the true residual until that is small enough or gains no
    /// more. Leaves the true residual in `r`; fails with (column, iteration) of a direction
    /// without positive energy.
    fn run(&mut self, stop: &Stop) -> Result<(), (usize, u32)> {
        let mut before = self.given;
        while self.active.contains(&true) {
            let open = self.active;
            self.iterate(stop)?;
            self.true_residual();
            let now = self.residuals();
            for k in 0..K {
                let wanted = now[k] > stop.residual * self.given[k];
                let gains = now[k] < FLOOR * before[k];
                let allowed = self.iterations[k] < stop.max_iterations;
                self.active[k] = open[k] && wanted && gains && allowed;
            }
            before = now;
        }
        Ok(())
    }

    fn residuals(&self) -> [f64; K] {
        dots::<f64, K>(&self.r, &self.r).map(f64::sqrt)
    }

    fn true_residual(&mut self) {
        let (system, b) = (self.system, &self.b);
        system
            .matrix
            .multiply_columns::<K>(&self.x, &mut self.product);
        system.terms.add_products::<K>(&self.x, &mut self.product);
        self.r.copy_from_slice(b);
        add_scaled::<f64, K>(&mut self.r, [-1.0; K], &self.product);
    }

    /// Conjugate gradients from the residual in `r`, until every active column is small or stalls.
    fn iterate(&mut self, stop: &Stop) -> Result<(), (usize, u32)> {
        let mut curvature = [0.0; K];
        let mut milestone = self.residuals();
        let mut since = 0;
        for step in 0.. {
            self.system
                .preconditioner
                .apply::<K>(&self.r, &mut self.z, &mut self.work);
            if step == 0 {
                self.p.copy_from_slice(&self.z);
            } else {
                let along = dots::<f64, K>(&self.z, &self.product);
                let beta = ratios(along, curvature).map(|v| -v);
                scale_and_add::<f64, K>(&mut self.p, beta, &self.z);
            }
            self.system
                .matrix
                .multiply_columns::<K>(&self.p, &mut self.product);
            self.system
                .terms
                .add_products::<K>(&self.p, &mut self.product);
            curvature = dots::<f64, K>(&self.p, &self.product);
            let mut alpha = ratios(dots::<f64, K>(&self.p, &self.r), curvature);
            for k in 0..K {
                if self.active[k] {
                    self.iterations[k] += 1;
                    // A NaN is not positive either.
                    if !(curvature[k] > 0.0) {
                        return Err((k, self.iterations[k]));
                    }
                } else {
                    alpha[k] = 0.0;
                }
            }
            add_scaled::<f64, K>(&mut self.x, alpha, &self.p);
            add_scaled::<f64, K>(&mut self.r, alpha.map(|a| -a), &self.product);
            let left = self.residuals();
            since += 1;
            let mut moved = false;
            for k in 0..K {
                self.active[k] &= left[k] > AIM * stop.residual * self.given[k]
                    && self.iterations[k] < stop.max_iterations;
                moved |= self.active[k] && left[k] <= PROGRESS * milestone[k];
            }
            if moved {
                (milestone, since) = (left, 0);
            }
            if since >= PATIENCE || !self.active.contains(&true) {
                break;
            }
        }
        Ok(())
    }
}

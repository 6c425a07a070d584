//! Conjugate gradients in double precision, preconditioned by multigrid in single.
//!
//! Several right-hand sides run side by side, each with its own step lengths: one pass over the
//! matrix serves all of them; those that are sums of others are not solved for. The preconditioner is not quite linear (it iterates inside), so each
//! direction is made A-orthogonal to the one before explicitly.
//!
//! A solution counts by its true residual b − A x, recomputed from the matrix. Where that cannot
//! be had, because the arithmetic ends sooner, the backward error decides, as for a factorisation.

use rayon::prelude::*;

use super::SolverError;
use super::multigrid::vectors::{add_scaled, advance, dots, ratios, two_dots, update_rows};
use super::multigrid::{Hierarchy, Multigrid, Work};
use super::refine::{Accuracy, Quality, measure};
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

/// The system and what is needed to iterate on it.
pub struct System<'a> {
    /// A.
    pub matrix: &'a BlockMatrix,
    /// The levels that the preconditioner runs on.
    pub hierarchy: &'a Hierarchy,
    /// Approximate inverse of A.
    pub preconditioner: &'a Multigrid<'a>,
}

/// Solves A x = b for every right-hand side, replacing it by its solution.
///
/// # Errors
/// [`SolverError::NotFinite`], [`SolverError::Indefinite`] where a direction has no positive energy,
/// [`SolverError::Stalled`] where the residual stops falling above what `accuracy` accepts.
pub fn solve(
    system: &System<'_>,
    right_hand_sides: &mut [Vec<f64>],
    stop: &Stop,
    accuracy: &Accuracy,
) -> Result<Vec<Quality>, SolverError> {
    let broken = |side: &Vec<f64>| !side.iter().all(|v| v.is_finite());
    if let Some(column) = right_hand_sides.iter().position(broken) {
        return Err(SolverError::NotFinite { column });
    }
    let Span { basis, shares } = Span::of(right_hand_sides);
    // A sum of m solutions has at most √m times their relative residual.
    let each = Stop {
        residual: stop.residual / (basis.len().max(1) as f64).sqrt(),
        ..*stop
    };
    let (mut solutions, mut iterations) = (Vec::new(), Vec::new());
    let mut rest = basis.as_slice();
    while !rest.is_empty() {
        let (some, others) = rest.split_at(rest.len().min(if rest.len() > 4 { 8 } else { 4 }));
        let (x, steps) = match some.len() {
            1 => together::<1>(system, some, &each),
            2 => together::<2>(system, some, &each),
            3 | 4 => together::<4>(system, some, &each),
            _ => together::<8>(system, some, &each),
        }
        .map_err(|(k, iteration)| SolverError::Indefinite {
            column: solutions.len() + k,
            iteration,
        })?;
        solutions.extend(x);
        iterations.extend(steps);
        rest = others;
    }
    let norm = system.matrix.infinity_norm();
    let mut quality = Vec::with_capacity(right_hand_sides.len());
    for (column, (side, shares)) in right_hand_sides.iter_mut().zip(shares).enumerate() {
        let mut x = vec![0.0; side.len()];
        for (solution, share) in solutions.iter().zip(&shares) {
            add_scaled::<f64, 1>(&mut x, [*share], solution);
        }
        let mut r = vec![0.0; side.len()];
        system.matrix.multiply(&x, &mut r);
        r.par_iter_mut().zip(&*side).for_each(|(r, b)| *r = b - *r);
        let mut found = measure(&r, side, &x, norm);
        let used = iterations.iter().zip(&shares).filter(|(_, s)| **s != 0.0);
        found.steps = used.map(|(i, _)| *i).max().unwrap_or(0);
        if !(found.true_residual <= stop.residual
            || found.backward_error <= accuracy.backward_error)
        {
            return Err(SolverError::Stalled {
                column,
                residual: found.true_residual,
                backward_error: found.backward_error,
                iterations: found.steps,
            });
        }
        *side = x;
        quality.push(found);
    }
    Ok(quality)
}

/// Right-hand sides as sums of fewer: load cases are often sums of a few forces and moments.
struct Span {
    /// Orthonormal.
    basis: Vec<Vec<f64>>,
    /// Per right-hand side, its shares of the basis.
    shares: Vec<Vec<f64>>,
}

impl Span {
    /// By Gram-Schmidt, twice.
    fn of(sides: &[Vec<f64>]) -> Self {
        let length = |v: &[f64]| dots::<f64, f64, 1>(v, v)[0].sqrt();
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let mut shares = Vec::with_capacity(sides.len());
        for side in sides {
            let mut rest = side.clone();
            let mut mine = vec![0.0; basis.len()];
            for _ in 0..2 {
                for (q, share) in basis.iter().zip(&mut mine) {
                    let [along] = dots::<f64, f64, 1>(q, &rest);
                    add_scaled::<f64, 1>(&mut rest, [-along], q);
                    *share += along;
                }
            }
            let left = length(&rest);
            if left > DEPENDENT * length(side) {
                rest.par_iter_mut().for_each(|v| *v /= left);
                basis.push(rest);
                mine.push(left);
            }
            shares.push(mine);
        }
        Self { basis, shares }
    }
}

/// What is left of a right-hand side outside the span of those before it, as a share of it, that
/// still counts: less is far below the wanted residual.
const DEPENDENT: f64 = 1e-13;

/// Solutions and their iterations.
type Solved = (Vec<Vec<f64>>, Vec<u32>);

/// Solves for up to K right-hand sides side by side, or gives the (column, iteration) of a
/// direction without positive energy.
fn together<const K: usize>(
    system: &System<'_>,
    sides: &[Vec<f64>],
    stop: &Stop,
) -> Result<Solved, (usize, u32)> {
    let mut b = vec![0.0; K * 3 * system.matrix.row_count()];
    for (i, b) in b.as_chunks_mut::<K>().0.iter_mut().enumerate() {
        for (b, side) in b.iter_mut().zip(sides) {
            *b = side[i];
        }
    }
    let mut state = State::<K>::new(system, b);
    state.run(stop)?;
    let rows = state.x.as_chunks::<K>().0;
    let solutions = (0..sides.len())
        .map(|k| rows.iter().map(|x| x[k]).collect())
        .collect();
    Ok((solutions, state.iterations[..sides.len()].to_vec()))
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
    given: [f64; K],
    active: [bool; K],
    iterations: [u32; K],
}

impl<'a, const K: usize> State<'a, K> {
    fn new(system: &'a System<'a>, b: Vec<f64>) -> Self {
        let n = b.len();
        let given = dots::<f64, f64, K>(&b, &b).map(f64::sqrt);
        Self {
            system,
            work: Work::new(system.hierarchy),
            x: vec![0.0; n],
            r: b.clone(),
            p: vec![0.0; n],
            product: vec![0.0; n],
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
        dots::<f64, f64, K>(&self.r, &self.r).map(f64::sqrt)
    }

    fn true_residual(&mut self) {
        let (system, b) = (self.system, &self.b);
        system
            .matrix
            .multiply_columns::<K>(&self.x, &mut self.product);
        self.r.copy_from_slice(b);
        add_scaled::<f64, K>(&mut self.r, [-1.0; K], &self.product);
    }

    /// Conjugate gradients from the residual in `r`, until every active column is small or stalls.
    fn iterate(&mut self, stop: &Stop) -> Result<(), (usize, u32)> {
        let mut curvature = [0.0; K];
        let mut left = self.residuals();
        let mut milestone = left;
        let mut since = 0;
        for step in 0.. {
            self.direction(left, (step > 0).then_some(curvature));
            let matrix = self.system.matrix;
            matrix.multiply_columns::<K>(&self.p, &mut self.product);
            let along;
            [curvature, along] = two_dots::<f64, K>(&self.p, &self.product, &self.r);
            let mut alpha = ratios(along, curvature);
            for k in 0..K {
                if self.active[k] {
                    self.iterations[k] += 1;
                    // A NaN is not positive either.
                    if curvature[k].is_nan() || curvature[k] <= 0.0 {
                        return Err((k, self.iterations[k]));
                    }
                } else {
                    alpha[k] = 0.0;
                }
            }
            let squares =
                advance::<f64, K>((&mut self.x, &mut self.r), alpha, (&self.p, &self.product));
            left = squares.map(f64::sqrt);
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

    /// The preconditioned residual, made A-orthogonal to the last direction where there is one;
    /// `lengths` are those of the residual.
    fn direction(&mut self, lengths: [f64; K], curvature: Option<[f64; K]>) {
        let z = self
            .system
            .preconditioner
            .apply::<K>(&self.r, lengths, &mut self.work);
        let beta = match curvature {
            Some(curvature) => {
                let along = dots::<f32, f64, K>(z, &self.product);
                let along = std::array::from_fn(|k| -lengths[k] * along[k]);
                ratios(along, curvature)
            }
            None => [0.0; K],
        };
        update_rows::<f64, f32, K>(&mut self.p, z, |k, p, z| {
            *p = lengths[k] * f64::from(z) + beta[k] * *p;
        });
    }
}

//! Low-rank terms (rods) in the operator and in its preconditioner.
//!
//! With B ≈ K⁻¹ and Z = B W, the matrix B − Z (I + S WᵀZ)⁻¹ S Wᵀ B is the exact inverse of
//! B⁻¹ + W S Wᵀ (Woodbury): it is as near to the inverse of A = K + W S Wᵀ as B is to that of K,
//! however stiff the rods are.

use nalgebra::{DMatrix, DVector, Dyn, LU};
use rayon::prelude::*;

use super::SolverError;
use super::multigrid::vectors::dots;
use super::multigrid::{Hierarchy, Multigrid, Work};
use crate::assembly::ReducedTerm;

/// The low-rank terms Σ W S Wᵀ of the operator.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a>(pub &'a [ReducedTerm]);

impl Terms<'_> {
    /// Adds Σ W S Wᵀ x to `y`, K interleaved columns each.
    pub fn add_products<const K: usize>(&self, x: &[f64], y: &mut [f64]) {
        for k in 0..K {
            let weights = self.weigh(|r| x[K * r + k]);
            let columns = self.0.iter().flat_map(|t| &t.columns);
            for (column, weight) in columns.zip(&weights) {
                for &(r, w) in column {
                    y[K * r + k] += weight * w;
                }
            }
        }
    }

    /// Columns of W in all terms.
    pub fn count(&self) -> usize {
        self.0.iter().map(|t| t.columns.len()).sum()
    }

    /// S Wᵀ v, all terms one after the other.
    pub(super) fn weigh(&self, v: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut weights = Vec::with_capacity(self.count());
        for term in self.0 {
            let products = DVector::from_iterator(
                term.columns.len(),
                term.columns
                    .iter()
                    .map(|c| c.iter().map(|&(r, w)| w * v(r)).sum()),
            );
            weights.extend((&term.stiffness * products).iter());
        }
        weights
    }
}

/// I + S WᵀZ, factored.
///
/// # Errors
/// [`SolverError::SingularTerms`].
pub(super) fn factored(small: DMatrix<f64>) -> Result<LU<f64, Dyn, Dyn>, SolverError> {
    let lu = small.lu();
    match lu.is_invertible() {
        true => Ok(lu),
        false => Err(SolverError::SingularTerms),
    }
}

/// Multigrid corrected for the low-rank terms.
pub struct Corrected<'a> {
    hierarchy: &'a Hierarchy,
    multigrid: Multigrid<'a>,
    terms: Terms<'a>,
    /// Z, row by row.
    z: Vec<f32>,
    /// I + S WᵀZ, factored; `None` without terms.
    small: Option<LU<f64, Dyn, Dyn>>,
}

/// Columns of Z made together.
const TOGETHER: usize = 8;

impl<'a> Corrected<'a> {
    /// Applies `multigrid`, which is that of `hierarchy`, to every column of the terms.
    ///
    /// # Errors
    /// [`SolverError::SingularTerms`].
    pub fn new(
        hierarchy: &'a Hierarchy,
        multigrid: Multigrid<'a>,
        terms: Terms<'a>,
    ) -> Result<Self, SolverError> {
        let mut found = Self {
            hierarchy,
            multigrid,
            terms,
            z: Vec::new(),
            small: None,
        };
        let count = terms.count();
        if count == 0 {
            return Ok(found);
        }
        let n = hierarchy.sizes().first().map_or(0, |s| 3 * s.0);
        let mut small = DMatrix::identity(count, count);
        found.z = vec![0.0; n * count];
        let columns: Vec<&Vec<(usize, f64)>> = terms.0.iter().flat_map(|t| &t.columns).collect();
        let mut work = Work::<TOGETHER>::new(hierarchy);
        for (group, some) in columns.chunks(TOGETHER).enumerate() {
            let mut w = vec![0.0; TOGETHER * n];
            for (k, column) in some.iter().enumerate() {
                for &(r, v) in column.iter() {
                    w[TOGETHER * r + k] += v;
                }
            }
            let lengths = dots::<f64, f64, TOGETHER>(&w, &w).map(f64::sqrt);
            let applied = found.multigrid.apply::<TOGETHER>(&w, lengths, &mut work);
            for (k, length) in lengths.iter().enumerate().take(some.len()) {
                let c = TOGETHER * group + k;
                for (row, v) in found
                    .z
                    .chunks_exact_mut(count)
                    .zip(applied.as_chunks::<TOGETHER>().0)
                {
                    row[c] = (length * f64::from(v[k])) as f32;
                }
                let weights = terms.weigh(|r| f64::from(found.z[count * r + c]));
                for (i, weight) in weights.iter().enumerate() {
                    small[(i, c)] += weight;
                }
            }
        }
        found.small = Some(factored(small)?);
        Ok(found)
    }

    /// Vectors to work in.
    pub fn work<const K: usize>(&self) -> Work<K> {
        Work::new(self.hierarchy)
    }

    /// As [`Multigrid::apply`], for A.
    pub fn apply<'w, const K: usize>(
        &self,
        r: &[f64],
        lengths: [f64; K],
        work: &'w mut Work<K>,
    ) -> &'w mut [f32] {
        let y = self.multigrid.apply::<K>(r, lengths, work);
        let Some(lu) = &self.small else { return y };
        let count = self.terms.count();
        let mut t = vec![[0.0f32; K]; count];
        for k in 0..K {
            let weights = DVector::from_vec(self.terms.weigh(|r| f64::from(y[K * r + k])));
            let Some(found) = lu.solve(&weights) else {
                continue;
            };
            for (t, v) in t.iter_mut().zip(found.iter()) {
                t[k] = *v as f32;
            }
        }
        y.par_chunks_mut(K * ROWS)
            .zip(self.z.par_chunks(count * ROWS))
            .for_each(|(y, z)| {
                let rows = y
                    .as_chunks_mut::<K>()
                    .0
                    .iter_mut()
                    .zip(z.chunks_exact(count));
                for (y, z) in rows {
                    for (z, t) in z.iter().zip(&t) {
                        for k in 0..K {
                            y[k] -= z * t[k];
                        }
                    }
                }
            });
        y
    }
}

/// Scalar rows handled by one task.
const ROWS: usize = 4096;

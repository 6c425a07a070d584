//! A matrix of 3×3 blocks in compressed rows, and its product with interleaved vectors.

use rayon::prelude::*;

use super::instructions::{Task, best};
use super::sweep::{Real, block_product, rows_of, rows_of_mut};

/// A matrix in compressed rows of 3×3 blocks; of a symmetric one both halves are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockMatrix<T = f64> {
    row_start: Vec<usize>,
    columns: Vec<u32>,
    blocks: Vec<[T; 9]>,
}

/// Rows handled by one task: enough work to be worth a task, small enough to balance.
pub(crate) const ROWS_PER_TASK: usize = 256;

impl<T: Real> BlockMatrix<T> {
    /// A matrix from its parts: block k of the rows' columns is `blocks[k]`, the columns of row r
    /// stand at `row_start[r]..row_start[r + 1]`, ascending.
    pub fn from_parts(row_start: Vec<usize>, columns: Vec<u32>, blocks: Vec<[T; 9]>) -> Self {
        Self {
            row_start,
            columns,
            blocks,
        }
    }

    /// A zero matrix with the given pattern: `columns` of row r, ascending, at
    /// `row_start[r]..row_start[r + 1]`.
    pub fn from_pattern(row_start: Vec<usize>, columns: Vec<u32>) -> Self {
        let blocks = vec![[T::ZERO; 9]; columns.len()];
        Self {
            row_start,
            columns,
            blocks,
        }
    }

    /// Number of block rows (three scalar rows each).
    pub fn row_count(&self) -> usize {
        self.row_start.len() - 1
    }

    /// Number of stored blocks.
    pub fn block_count(&self) -> usize {
        self.columns.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        (self.row_start.len() * size_of::<usize>()
            + self.columns.len() * size_of::<u32>()
            + self.blocks.len() * size_of::<[T; 9]>()) as u64
    }

    /// Columns of row `r`, ascending.
    pub fn columns(&self, r: usize) -> &[u32] {
        &self.columns[self.row_start[r]..self.row_start[r + 1]]
    }

    /// Blocks of row `r`, row-major, in the order of [`columns`](Self::columns).
    pub fn blocks(&self, r: usize) -> &[[T; 9]] {
        &self.blocks[self.row_start[r]..self.row_start[r + 1]]
    }

    /// The same matrix in single precision.
    pub fn to_single(&self) -> BlockMatrix<f32> {
        let mut blocks = vec![[0.0; 9]; self.blocks.len()];
        blocks
            .par_chunks_mut(4096)
            .zip(self.blocks.par_chunks(4096))
            .for_each(|(to, from)| {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = from.map(|v| v.to_f64() as f32);
                }
            });
        BlockMatrix {
            row_start: self.row_start.clone(),
            columns: self.columns.clone(),
            blocks,
        }
    }

    /// The diagonal blocks; zero where there is none.
    pub fn diagonal(&self) -> Vec<[T; 9]> {
        (0..self.row_count())
            .into_par_iter()
            .map(|r| match self.columns(r).binary_search(&(r as u32)) {
                Ok(k) => self.blocks(r)[k],
                Err(_) => [T::ZERO; 9],
            })
            .collect()
    }

    /// Y = A X for K interleaved columns.
    pub fn multiply_columns<const K: usize>(&self, x: &[T], y: &mut [T]) {
        let x = rows_of::<T, K>(x);
        rows_of_mut::<T, K>(y)
            .par_chunks_mut(ROWS_PER_TASK)
            .enumerate()
            .for_each(|(task, y)| {
                best(Multiply {
                    matrix: self,
                    first: task * ROWS_PER_TASK,
                    x,
                    y,
                });
            });
    }

    /// y = A x, both of length 3 × rows.
    pub fn multiply(&self, x: &[T], y: &mut [T]) {
        self.multiply_columns::<1>(x, y);
    }
}

struct Multiply<'a, T, const K: usize> {
    matrix: &'a BlockMatrix<T>,
    first: usize,
    x: &'a [[[T; K]; 3]],
    y: &'a mut [[[T; K]; 3]],
}

impl<T: Real, const K: usize> Task for Multiply<'_, T, K> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (k, y) in self.y.iter_mut().enumerate() {
            *y = row_product::<T, K, FMA>(self.matrix, self.first + k, self.x);
        }
    }
}

impl BlockMatrix {
    /// Fills the rows in parallel: `fill(r, columns, blocks)` once for each row.
    pub(crate) fn fill_rows<F>(&mut self, fill: F)
    where
        F: Fn(usize, &[u32], &mut [[f64; 9]]) + Sync,
    {
        let rows = self.row_start.len() - 1;
        let mut tasks = Vec::with_capacity(rows.div_ceil(ROWS_PER_TASK));
        let mut rest = self.blocks.as_mut_slice();
        for first in (0..rows).step_by(ROWS_PER_TASK) {
            let last = (first + ROWS_PER_TASK).min(rows);
            let (mine, others) = rest.split_at_mut(self.row_start[last] - self.row_start[first]);
            tasks.push((first..last, mine));
            rest = others;
        }
        let (row_start, columns) = (&self.row_start, &self.columns);
        tasks.into_par_iter().for_each(|(range, blocks)| {
            let offset = row_start[range.start];
            for r in range {
                let span = row_start[r]..row_start[r + 1];
                let mine = &mut blocks[span.start - offset..span.end - offset];
                fill(r, &columns[span], mine);
            }
        });
    }

    /// Columns and blocks of row `r`.
    pub(crate) fn row_mut(&mut self, r: usize) -> (&[u32], &mut [[f64; 9]]) {
        let span = self.row_start[r]..self.row_start[r + 1];
        (&self.columns[span.clone()], &mut self.blocks[span])
    }

    /// ‖A‖∞: the largest sum of magnitudes in a scalar row.
    pub fn infinity_norm(&self) -> f64 {
        (0..self.row_count())
            .into_par_iter()
            .map(|r| {
                let mut sum = [0.0; 3];
                for b in self.blocks(r) {
                    for (a, s) in sum.iter_mut().enumerate() {
                        *s += b[3 * a].abs() + b[3 * a + 1].abs() + b[3 * a + 2].abs();
                    }
                }
                sum[0].max(sum[1]).max(sum[2])
            })
            .reduce(|| 0.0, f64::max)
    }
}

/// Row `r` of A X.
#[inline(always)]
pub fn row_product<T: Real, const K: usize, const FMA: bool>(
    matrix: &BlockMatrix<T>,
    r: usize,
    x: &[[[T; K]; 3]],
) -> [[T; K]; 3] {
    let mut sum = [[T::ZERO; K]; 3];
    // The block's product is summed first: chains of dependent additions stay one long a block.
    for (&c, block) in matrix.columns(r).iter().zip(matrix.blocks(r)) {
        let product = block_product::<T, K, FMA>(block, &x[c as usize]);
        for (sum, product) in sum.iter_mut().zip(&product) {
            for (s, p) in sum.iter_mut().zip(product) {
                *s += *p;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_and_the_norm_agree_with_a_dense_matrix() {
        let mut a = BlockMatrix::from_pattern(vec![0, 2, 4, 5], vec![0, 1, 0, 1, 2]);
        a.fill_rows(|r, columns, blocks| {
            for (c, b) in columns.iter().zip(blocks) {
                for (k, v) in b.iter_mut().enumerate() {
                    *v = (r * 31 + *c as usize * 17 + k * 5) as f64 % 7.0 - 3.0;
                }
            }
        });
        let mut dense = nalgebra::DMatrix::zeros(9, 9);
        for r in 0..3 {
            for (&c, b) in a.columns(r).iter().zip(a.blocks(r)) {
                for k in 0..9 {
                    dense[(3 * r + k / 3, 3 * c as usize + k % 3)] = b[k];
                }
            }
        }
        let x: Vec<f64> = (0..9).map(|i| (i as f64).sin()).collect();
        let mut y = vec![0.0; 9];
        a.multiply(&x, &mut y);
        let expected = &dense * nalgebra::DVector::from_vec(x);
        assert!((0..9).all(|i| (y[i] - expected[i]).abs() < 1e-14));
        let norm = (0..9).map(|i| dense.row(i).abs().sum()).fold(0.0, f64::max);
        assert_eq!(a.infinity_norm(), norm);
        assert_eq!(a.block_count(), 5);
    }
}

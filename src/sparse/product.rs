//! Products of sparse block matrices, row by row (Gustavson 1978), and transposes. Rows are made
//! in parallel and each by itself, so the bits do not depend on the number of threads.

use rayon::prelude::*;

use super::{BlockMatrix, Real};

/// Rows of a product made by one task.
const ROWS_PER_TASK: usize = 128;

/// One row of blocks being summed; remembers where each column stands.
pub struct RowSum {
    place: Vec<u32>,
    columns: Vec<u32>,
    blocks: Vec<[f64; 9]>,
}

const NOWHERE: u32 = u32::MAX;

impl RowSum {
    /// For rows with columns below `column_count`.
    pub fn new(column_count: usize) -> Self {
        Self {
            place: vec![NOWHERE; column_count],
            columns: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// The block of that column, zero when new.
    #[inline]
    pub fn block(&mut self, column: u32) -> &mut [f64; 9] {
        let place = &mut self.place[column as usize];
        if *place == NOWHERE {
            *place = self.columns.len() as u32;
            self.columns.push(column);
            self.blocks.push([0.0; 9]);
        }
        &mut self.blocks[*place as usize]
    }

    /// Adds weight × block to the block of that column.
    #[inline]
    pub fn add(&mut self, column: u32, weight: f64, block: &[f64; 9]) {
        for (sum, v) in self.block(column).iter_mut().zip(block) {
            *sum += weight * v;
        }
    }

    /// Moves the row, columns ascending, to the end of `rows`.
    fn finish(&mut self, rows: &mut Rows) {
        let mut order = std::mem::take(&mut rows.order);
        order.clear();
        order.extend(self.columns.iter().zip(0u32..).map(|(&c, k)| (c, k)));
        order.sort_unstable();
        for &(c, k) in &order {
            rows.columns.push(c);
            rows.blocks.push(self.blocks[k as usize]);
            self.place[c as usize] = NOWHERE;
        }
        rows.lengths.push(order.len());
        rows.order = order;
        self.columns.clear();
        self.blocks.clear();
    }
}

#[derive(Default)]
struct Rows {
    lengths: Vec<usize>,
    columns: Vec<u32>,
    blocks: Vec<[f64; 9]>,
    order: Vec<(u32, u32)>,
}

/// A matrix of `rows` × `column_count` blocks whose row r is what `row(r, sum)` puts into the sum.
pub fn gathered(
    rows: usize,
    column_count: usize,
    row: impl Fn(usize, &mut RowSum) + Sync,
) -> BlockMatrix {
    let parts: Vec<Rows> = (0..rows.div_ceil(ROWS_PER_TASK))
        .into_par_iter()
        .map_init(
            || RowSum::new(column_count),
            |sum, task| {
                let mut part = Rows::default();
                for r in task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(rows) {
                    row(r, sum);
                    sum.finish(&mut part);
                }
                part
            },
        )
        .collect();
    let count = parts.iter().map(|p| p.columns.len()).sum();
    let mut row_start = Vec::with_capacity(rows + 1);
    let mut columns = Vec::with_capacity(count);
    let mut blocks = Vec::with_capacity(count);
    row_start.push(0);
    let mut end = 0;
    for part in parts {
        for length in part.lengths {
            end += length;
            row_start.push(end);
        }
        columns.extend_from_slice(&part.columns);
        blocks.extend_from_slice(&part.blocks);
    }
    BlockMatrix::from_parts(row_start, columns, blocks)
}

/// A B, with `column_count` the columns of B.
pub fn multiplied(a: &BlockMatrix, b: &BlockMatrix, column_count: usize) -> BlockMatrix {
    gathered(a.row_count(), column_count, |r, sum| {
        for (&k, left) in a.columns(r).iter().zip(a.blocks(r)) {
            let k = k as usize;
            for (&c, right) in b.columns(k).iter().zip(b.blocks(k)) {
                add_product(sum.block(c), left, right);
            }
        }
    })
}

#[inline]
fn add_product(sum: &mut [f64; 9], a: &[f64; 9], b: &[f64; 9]) {
    for i in 0..3 {
        for j in 0..3 {
            sum[3 * i + j] += a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
        }
    }
}

/// Aᵀ, with `column_count` the columns of A.
pub fn transposed<T: Real>(a: &BlockMatrix<T>, column_count: usize) -> BlockMatrix<T> {
    let mut row_start = vec![0usize; column_count + 1];
    for r in 0..a.row_count() {
        for &c in a.columns(r) {
            row_start[c as usize + 1] += 1;
        }
    }
    for c in 0..column_count {
        row_start[c + 1] += row_start[c];
    }
    let mut next = row_start.clone();
    let mut columns = vec![0; a.block_count()];
    let mut blocks = vec![[T::ZERO; 9]; a.block_count()];
    for r in 0..a.row_count() {
        for (&c, block) in a.columns(r).iter().zip(a.blocks(r)) {
            let slot = &mut next[c as usize];
            columns[*slot] = r as u32;
            blocks[*slot] = std::array::from_fn(|k| block[3 * (k % 3) + k / 3]);
            *slot += 1;
        }
    }
    BlockMatrix::from_parts(row_start, columns, blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    fn dense(a: &BlockMatrix, columns: usize) -> DMatrix<f64> {
        let mut full = DMatrix::zeros(3 * a.row_count(), 3 * columns);
        for r in 0..a.row_count() {
            for (&c, b) in a.columns(r).iter().zip(a.blocks(r)) {
                for k in 0..9 {
                    full[(3 * r + k / 3, 3 * c as usize + k % 3)] = b[k];
                }
            }
        }
        full
    }

    fn sample(rows: usize, columns: usize) -> BlockMatrix {
        gathered(rows, columns, |r, sum| {
            for c in (0..columns).filter(|c| (c * 5 + r * 3) % 4 != 0) {
                let block = std::array::from_fn(|k| ((r * 7 + c * 11 + k * 3) as f64).sin());
                sum.add(c as u32, 0.5, &block);
                sum.add(c as u32, 0.5, &block);
            }
        })
    }

    #[test]
    fn products_and_transposes_agree_with_dense_ones() {
        let (a, b) = (sample(300, 40), sample(40, 9));
        let product = multiplied(&a, &b, 9);
        assert!((dense(&product, 9) - dense(&a, 40) * dense(&b, 9)).amax() < 1e-13);
        assert_eq!(dense(&transposed(&a, 40), 300), dense(&a, 40).transpose());
        for r in 0..300 {
            assert!(product.columns(r).is_sorted());
        }
    }
}

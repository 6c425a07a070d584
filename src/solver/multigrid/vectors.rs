//! Sums over long vectors of interleaved columns. Chunks are fixed, and their sums are added in
//! order: the bits do not depend on the number of threads.

use rayon::prelude::*;

use crate::sparse::Real;

/// Scalar rows summed by one task.
const CHUNK: usize = 8192;

/// One dot product per column.
pub fn dots<T: Real, const K: usize>(a: &[T], b: &[T]) -> [f64; K] {
    let parts: Vec<[f64; K]> = a
        .par_chunks(K * CHUNK)
        .zip(b.par_chunks(K * CHUNK))
        .map(|(a, b)| {
            let mut sum = [0.0; K];
            for (a, b) in a.as_chunks::<K>().0.iter().zip(b.as_chunks::<K>().0) {
                for ((s, a), b) in sum.iter_mut().zip(a).zip(b) {
                    *s += a.to_f64() * b.to_f64();
                }
            }
            sum
        })
        .collect();
    let mut total = [0.0; K];
    for part in parts {
        for (t, p) in total.iter_mut().zip(part) {
            *t += p;
        }
    }
    total
}

/// y += α x, one α per column.
pub fn add_scaled<T: Real, const K: usize>(y: &mut [T], alpha: [f64; K], x: &[T]) {
    let alpha = alpha.map(T::from_f64);
    y.par_chunks_mut(K * CHUNK)
        .zip(x.par_chunks(K * CHUNK))
        .for_each(|(y, x)| {
            let rows = y
                .as_chunks_mut::<K>()
                .0
                .iter_mut()
                .zip(x.as_chunks::<K>().0);
            for (y, x) in rows {
                for k in 0..K {
                    y[k] += alpha[k] * x[k];
                }
            }
        });
}

/// y = x + β y, one β per column.
pub fn scale_and_add<T: Real, const K: usize>(y: &mut [T], beta: [f64; K], x: &[T]) {
    let beta = beta.map(T::from_f64);
    y.par_chunks_mut(K * CHUNK)
        .zip(x.par_chunks(K * CHUNK))
        .for_each(|(y, x)| {
            let rows = y
                .as_chunks_mut::<K>()
                .0
                .iter_mut()
                .zip(x.as_chunks::<K>().0);
            for (y, x) in rows {
                for k in 0..K {
                    y[k] = x[k] + beta[k] * y[k];
                }
            }
        });
}

/// a/b per column, 0 where b is 0.
pub fn ratios<const K: usize>(a: [f64; K], b: [f64; K]) -> [f64; K] {
    std::array::from_fn(|k| if b[k] == 0.0 { 0.0 } else { a[k] / b[k] })
}

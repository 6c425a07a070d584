//! Sums over long vectors of interleaved columns. Chunks are fixed, and their sums are added in
//! order: the bits do not depend on the number of threads.

use rayon::prelude::*;

use crate::sparse::Real;

/// Scalar rows summed by one task.
const CHUNK: usize = 8192;

/// One dot product per column.
pub fn dots<T: Real, U: Real, const K: usize>(a: &[T], b: &[U]) -> [f64; K] {
    let parts: Vec<[f64; K]> = a
        .par_chunks(K * CHUNK)
        .zip(b.par_chunks(K * CHUNK))
        .map(|(a, b)| {
            let mut sum = [0.0; K];
            for (a, b) in a.as_chunks::<K>().0.iter().zip(b.as_chunks::<K>().0) {
                for k in 0..K {
                    sum[k] += a[k].to_f64() * b[k].to_f64();
                }
            }
            sum
        })
        .collect();
    total(parts)
}

/// a·b and a·c per column, in one pass.
pub fn two_dots<T: Real, const K: usize>(a: &[T], b: &[T], c: &[T]) -> [[f64; K]; 2] {
    let parts: Vec<[[f64; K]; 2]> = a
        .par_chunks(K * CHUNK)
        .zip(b.par_chunks(K * CHUNK))
        .zip(c.par_chunks(K * CHUNK))
        .map(|((a, b), c)| {
            let mut sum = [[0.0; K]; 2];
            let others = b.as_chunks::<K>().0.iter().zip(c.as_chunks::<K>().0);
            for (a, (b, c)) in a.as_chunks::<K>().0.iter().zip(others) {
                for k in 0..K {
                    sum[0][k] += a[k].to_f64() * b[k].to_f64();
                    sum[1][k] += a[k].to_f64() * c[k].to_f64();
                }
            }
            sum
        })
        .collect();
    let first = total(parts.iter().map(|p| p[0]).collect());
    [first, total(parts.iter().map(|p| p[1]).collect())]
}

/// x += α p and r −= α q, one α per column; the squared lengths of r.
pub fn advance<T: Real, const K: usize>(
    (x, r): (&mut [T], &mut [T]),
    alpha: [f64; K],
    (p, q): (&[T], &[T]),
) -> [f64; K] {
    let alpha = alpha.map(T::from_f64);
    let parts: Vec<[f64; K]> = x
        .par_chunks_mut(K * CHUNK)
        .zip(r.par_chunks_mut(K * CHUNK))
        .zip(p.par_chunks(K * CHUNK).zip(q.par_chunks(K * CHUNK)))
        .map(|((x, r), (p, q))| {
            let mut sum = [0.0; K];
            let made = x
                .as_chunks_mut::<K>()
                .0
                .iter_mut()
                .zip(r.as_chunks_mut::<K>().0);
            let given = p.as_chunks::<K>().0.iter().zip(q.as_chunks::<K>().0);
            for ((x, r), (p, q)) in made.zip(given) {
                for k in 0..K {
                    x[k] += alpha[k] * p[k];
                    r[k] = r[k] - alpha[k] * q[k];
                    sum[k] += r[k].to_f64() * r[k].to_f64();
                }
            }
            sum
        })
        .collect();
    total(parts)
}

fn total<const K: usize>(parts: Vec<[f64; K]>) -> [f64; K] {
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
    update_rows::<T, T, K>(y, x, |k, y, x| *y += alpha[k] * x);
}

/// y = x + β y, one β per column.
pub fn scale_and_add<T: Real, const K: usize>(y: &mut [T], beta: [f64; K], x: &[T]) {
    let beta = beta.map(T::from_f64);
    update_rows::<T, T, K>(y, x, |k, y, x| *y = x + beta[k] * *y);
}

/// Gives every entry of y its new value from that of x: column, y's entry, x's.
#[inline(always)]
pub fn update_rows<T: Send, U: Copy + Sync, const K: usize>(
    y: &mut [T],
    x: &[U],
    update: impl Fn(usize, &mut T, U) + Sync,
) {
    y.par_chunks_mut(K * CHUNK)
        .zip(x.par_chunks(K * CHUNK))
        .for_each(|(y, x)| {
            let (y, x) = (y.as_chunks_mut::<K>().0, x.as_chunks::<K>().0);
            for (y, x) in y.iter_mut().zip(x) {
                for k in 0..K {
                    update(k, &mut y[k], x[k]);
                }
            }
        });
}

/// a/b per column, 0 where b is 0.
pub fn ratios<const K: usize>(a: [f64; K], b: [f64; K]) -> [f64; K] {
    std::array::from_fn(|k| if b[k] == 0.0 { 0.0 } else { a[k] / b[k] })
}

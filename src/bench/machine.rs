//! What the machine can do: the rate at which its threads read memory, and that of its dense
//! matrix product. Kernels are judged by their share of these, measured in the same process on
//! the same threads.

use std::hint::black_box;
use std::time::Instant;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat};
use rayon::prelude::*;

use crate::solver::cholesky::parallelism;

/// Rates of the machine on one number of threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    /// Threads used.
    pub threads: usize,
    /// Bytes read per second from an array far larger than any cache.
    pub read_bytes_per_s: f64,
    /// Floating-point operations per second of a dense f64 product.
    pub product_flops_per_s: f64,
}

/// Bytes of the array that is read: more than four times any last-level cache of one socket.
const READ_BYTES: usize = 2_200_000_000;
/// Order of the dense product.
const ORDER: usize = 2_000;
/// The best of so many passes counts: what disturbs can only slow down.
const PASSES: usize = 3;

impl Machine {
    /// Measures on the threads of the current pool; reads `bytes` or 2.2 GB, at most half of what
    /// memory is available.
    pub fn measure() -> Self {
        let half = crate::solver::available_bytes().map_or(READ_BYTES, |b| b as usize / 2);
        Self {
            threads: rayon::current_num_threads(),
            read_bytes_per_s: read_rate(READ_BYTES.min(half)),
            product_flops_per_s: product_rate(ORDER),
        }
    }
}

/// Each thread sums its own contiguous part, as the kernels do.
fn read_rate(bytes: usize) -> f64 {
    let threads = rayon::current_num_threads();
    let per_thread = (bytes / size_of::<f64>() / threads).max(1);
    let parts: Vec<Vec<f64>> = (0..threads)
        .into_par_iter()
        .map(|t| vec![1.0 + t as f64; per_thread])
        .collect();
    let seconds = best_of(PASSES, || {
        let sum: f64 = parts.par_iter().with_max_len(1).map(|p| sum_of(p)).sum();
        black_box(sum);
    });
    (threads * per_thread * size_of::<f64>()) as f64 / seconds
}

/// Sixteen running sums, so that additions do not wait for each other.
fn sum_of(values: &[f64]) -> f64 {
    let mut sums = [0.0; 16];
    for chunk in values.chunks_exact(16) {
        for (s, v) in sums.iter_mut().zip(chunk) {
            *s += v;
        }
    }
    sums.iter().sum()
}

fn product_rate(order: usize) -> f64 {
    let a = Mat::from_fn(order, order, |i, j| ((i * 7 + j * 3) % 11) as f64);
    let b = Mat::from_fn(order, order, |i, j| ((i * 5 + j * 2) % 13) as f64);
    let mut c = Mat::<f64>::zeros(order, order);
    let seconds = best_of(PASSES, || {
        matmul(
            c.as_mut(),
            Accum::Replace,
            a.as_ref(),
            b.as_ref(),
            1.0,
            parallelism(),
        );
        black_box(c[(0, 0)]);
    });
    2.0 * (order as f64).powi(3) / seconds
}

/// Least seconds of `passes` calls.
pub fn best_of(passes: usize, mut work: impl FnMut()) -> f64 {
    let timed = |_| {
        let clock = Instant::now();
        work();
        clock.elapsed().as_secs_f64()
    };
    (0..passes.max(1)).map(timed).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_read_is_summed() {
        // Sixteen at a time: whole groups of the thread's part, as in the measurement.
        let values: Vec<f64> = (0..160).map(f64::from).collect();
        assert_eq!(sum_of(&values), 159.0 * 80.0);
    }

    #[test]
    fn rates_are_positive_numbers() {
        assert!(read_rate(1 << 20) > 0.0 && read_rate(1 << 20).is_finite());
        assert!(product_rate(64) > 0.0 && product_rate(64).is_finite());
    }
}

//! Chebyshev polynomials of the fourth kind in D⁻¹A, D the diagonal blocks (Lottes 2023, Numer.
//! Linear Algebra Appl. 30:e2518, with his optimal weights): they need the largest eigenvalue only,
//! have no lower bound to guess, and are products with the matrix and nothing else. Every step is
//! one pass over the matrix.
//!
//! With r₀ = b − A x₀: z₁ = 4/(3λ) D⁻¹r₀, rᵢ = rᵢ₋₁ − A zᵢ,
//! zᵢ₊₁ = (2i−1)/(2i+3) zᵢ + (8i+4)/((2i+3) λ) D⁻¹rᵢ, x = x₀ + Σ βᵢ zᵢ.

use rayon::prelude::*;

use super::vectors::{add_scaled, dots, ratios, scale_and_add};
use crate::solver::SolverError;
use crate::sparse::instructions::{Task, best};
use crate::sparse::{BlockMatrix, row_product, rows_of, rows_of_mut};

/// Weights βᵢ of degrees 1 to 4 (Lottes 2023, table 1).
const WEIGHTS: [&[f32]; 4] = [
    &[1.125],
    &[1.023_872_9, 1.264_089],
    &[1.008_425_5, 1.088_678_4, 1.337_531_3],
    &[1.003_913, 1.040_358_1, 1.148_635, 1.382_688_7],
];

/// Lanczos steps for the largest eigenvalue, and what its estimate from below is raised by.
const LANCZOS_STEPS: usize = 12;
const MARGIN: f64 = 1.05;

/// Rows handled by one task.
const ROWS: usize = 512;

/// A smoother for one matrix.
pub struct Smoother {
    inverse: Vec<[f32; 9]>,
    /// Largest eigenvalue of D⁻¹A, with a margin.
    pub largest: f64,
    weights: &'static [f32],
}

/// Vectors that a smoother works in.
pub struct Scratch {
    /// Residual.
    pub r: Vec<f32>,
    z: Vec<f32>,
    next: Vec<f32>,
}

impl Scratch {
    pub fn new(length: usize) -> Self {
        Self {
            r: vec![0.0; length],
            z: vec![0.0; length],
            next: vec![0.0; length],
        }
    }
}

impl Smoother {
    /// Inverts the diagonal blocks and looks for the largest eigenvalue.
    ///
    /// # Errors
    /// [`SolverError::NotPositiveDefinite`] where a diagonal block is not.
    pub fn new(
        matrix: &BlockMatrix<f32>,
        diagonal: &[[f64; 9]],
        degree: usize,
    ) -> Result<Self, SolverError> {
        let inverse = inverses(diagonal)?;
        let inverse: Vec<[f32; 9]> = inverse.iter().map(|b| b.map(|v| v as f32)).collect();
        let mut smoother = Self {
            inverse,
            largest: 1.0,
            weights: WEIGHTS[degree.clamp(1, WEIGHTS.len()) - 1],
        };
        smoother.largest = MARGIN * smoother.largest_eigenvalue(matrix);
        Ok(smoother)
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        size_of_val(self.inverse.as_slice()) as u64
    }

    /// x = p(D⁻¹A) b from a zero start.
    pub fn start<const K: usize>(
        &self,
        matrix: &BlockMatrix<f32>,
        (b, x): (&[f32], &mut [f32]),
        scratch: &mut Scratch,
    ) {
        let factor = (4.0 / (3.0 * self.largest)) as f32;
        scratch.r.copy_from_slice(b);
        self.scale::<K>(factor, b, &mut scratch.z);
        self.rest::<K>(matrix, (x, true), scratch);
    }

    /// Improves x by the same polynomial of its residual.
    pub fn improve<const K: usize>(
        &self,
        matrix: &BlockMatrix<f32>,
        (b, x): (&[f32], &mut [f32]),
        scratch: &mut Scratch,
    ) {
        let first = (4.0 / (3.0 * self.largest)) as f32;
        let chunk = 3 * K * ROWS;
        scratch
            .r
            .par_chunks_mut(chunk)
            .zip(scratch.z.par_chunks_mut(chunk))
            .zip(b.par_chunks(chunk))
            .enumerate()
            .for_each(|(task, ((r, z), b))| {
                best(Begin::<K> {
                    matrix,
                    inverse: &self.inverse,
                    start: task * ROWS,
                    factor: first,
                    x,
                    b,
                    r,
                    z,
                });
            });
        self.rest::<K>(matrix, (x, false), scratch);
    }

    /// Steps 2 to the last; z holds the first. A fresh x is taken as zero.
    fn rest<const K: usize>(
        &self,
        matrix: &BlockMatrix<f32>,
        (x, fresh): (&mut [f32], bool),
        scratch: &mut Scratch,
    ) {
        let chunk = 3 * K * ROWS;
        let last = self.weights.len() - 1;
        for (i, pair) in self.weights.windows(2).enumerate() {
            let i = (i + 1) as f64;
            let keep = ((2.0 * i - 1.0) / (2.0 * i + 3.0)) as f32;
            let factor = ((8.0 * i + 4.0) / ((2.0 * i + 3.0) * self.largest)) as f32;
            let carry = if fresh && i == 1.0 { 0.0 } else { 1.0 };
            let after = if i as usize == last { pair[1] } else { 0.0 };
            let z = &scratch.z;
            scratch
                .r
                .par_chunks_mut(chunk)
                .zip(scratch.next.par_chunks_mut(chunk))
                .zip(x.par_chunks_mut(chunk))
                .enumerate()
                .for_each(|(task, ((r, next), x))| {
                    best(Step::<K> {
                        matrix,
                        inverse: &self.inverse,
                        start: task * ROWS,
                        coefficients: [keep, factor, pair[0], after, carry],
                        z,
                        r,
                        next,
                        x,
                    });
                });
            std::mem::swap(&mut scratch.z, &mut scratch.next);
        }
        if last == 0 {
            if fresh {
                x.fill(0.0);
            }
            add_scaled::<f32, K>(x, [f64::from(self.weights[0]); K], &scratch.z);
        }
    }

    /// z = factor · D⁻¹ r.
    fn scale<const K: usize>(&self, factor: f32, r: &[f32], z: &mut [f32]) {
        let (r, z) = (rows_of::<f32, K>(r), rows_of_mut::<f32, K>(z));
        z.par_chunks_mut(ROWS)
            .zip(r.par_chunks(ROWS))
            .zip(self.inverse.par_chunks(ROWS))
            .for_each(|((z, r), inverse)| {
                for ((z, r), inverse) in z.iter_mut().zip(r).zip(inverse) {
                    write_scaled(z, factor, &times::<K, false>(inverse, r));
                }
            });
    }

    /// Largest eigenvalue of D⁻¹A from below, by the tridiagonal matrix of conjugate gradients
    /// preconditioned with D, from a rough start.
    fn largest_eigenvalue(&self, matrix: &BlockMatrix<f32>) -> f64 {
        let n = 3 * matrix.row_count();
        let mut r: Vec<f32> = (0..n as u64).map(rough).collect();
        let (mut z, mut product) = (vec![0.0; n], vec![0.0; n]);
        self.scale::<1>(1.0, &r, &mut z);
        let mut p = z.clone();
        let mut rho = dots::<f32, f32, 1>(&r, &z);
        let steps = LANCZOS_STEPS.min(n);
        let mut tridiagonal = nalgebra::DMatrix::<f64>::zeros(steps, steps);
        let (mut alpha_before, mut beta_before) = (1.0, 0.0);
        let mut made = 0;
        for k in 0..steps {
            matrix.multiply(&p, &mut product);
            let curvature = dots::<f32, f32, 1>(&p, &product);
            if !(curvature[0] > 0.0 && rho[0] > 0.0) {
                break;
            }
            let alpha = rho[0] / curvature[0];
            tridiagonal[(k, k)] = 1.0 / alpha + beta_before / alpha_before;
            made = k + 1;
            add_scaled::<f32, 1>(&mut r, [-alpha], &product);
            self.scale::<1>(1.0, &r, &mut z);
            let next = dots::<f32, f32, 1>(&r, &z);
            let [beta] = ratios(next, rho);
            if k + 1 < steps {
                let off = beta.max(0.0).sqrt() / alpha;
                tridiagonal[(k, k + 1)] = off;
                tridiagonal[(k + 1, k)] = off;
            }
            scale_and_add::<f32, 1>(&mut p, [beta], &z);
            (alpha_before, beta_before, rho) = (alpha, beta, next);
        }
        let found = tridiagonal
            .view((0, 0), (made, made))
            .into_owned()
            .symmetric_eigenvalues();
        found.iter().fold(1.0, |m: f64, &v| m.max(v))
    }
}

/// A number in −1..1 that looks like chance (splitmix64).
fn rough(i: u64) -> f32 {
    let mut x = i.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x >> 40) as f32) / (1u64 << 23) as f32 - 1.0
}

/// Inverses of symmetric positive definite 3×3 blocks.
///
/// # Errors
/// [`SolverError::NotPositiveDefinite`] with the scalar row of the first that is not.
pub fn inverses(diagonal: &[[f64; 9]]) -> Result<Vec<[f64; 9]>, SolverError> {
    diagonal
        .iter()
        .enumerate()
        .map(|(r, block)| {
            let found = nalgebra::Matrix3::from_row_slice(block)
                .cholesky()
                .map(|c| c.inverse());
            match found {
                Some(m) => Ok(std::array::from_fn(|k| m[(k / 3, k % 3)])),
                None => Err(SolverError::NotPositiveDefinite { row: 3 * r }),
            }
        })
        .collect()
}

#[inline(always)]
fn times<const K: usize, const FMA: bool>(block: &[f32; 9], x: &[[f32; K]; 3]) -> [[f32; K]; 3] {
    crate::sparse::block_product::<f32, K, FMA>(block, x)
}

/// to = factor · from.
#[inline(always)]
fn write_scaled<const K: usize>(to: &mut [[f32; K]; 3], factor: f32, from: &[[f32; K]; 3]) {
    for a in 0..3 {
        for k in 0..K {
            to[a][k] = factor * from[a][k];
        }
    }
}

/// r = b − product.
#[inline(always)]
fn write_residual<const K: usize>(
    r: &mut [[f32; K]; 3],
    b: &[[f32; K]; 3],
    product: &[[f32; K]; 3],
) {
    for a in 0..3 {
        for k in 0..K {
            r[a][k] = b[a][k] - product[a][k];
        }
    }
}

/// r = b − A x; z = factor · D⁻¹ r.
struct Begin<'a, const K: usize> {
    matrix: &'a BlockMatrix<f32>,
    inverse: &'a [[f32; 9]],
    start: usize,
    factor: f32,
    x: &'a [f32],
    b: &'a [f32],
    r: &'a mut [f32],
    z: &'a mut [f32],
}

impl<const K: usize> Task for Begin<'_, K> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (x, b) = (rows_of::<f32, K>(self.x), rows_of::<f32, K>(self.b));
        let rows = rows_of_mut::<f32, K>(self.r)
            .iter_mut()
            .zip(rows_of_mut::<f32, K>(self.z));
        for (i, ((r, z), b)) in rows.zip(b).enumerate() {
            let row = self.start + i;
            write_residual(r, b, &row_product::<f32, K, FMA>(self.matrix, row, x));
            write_scaled(z, self.factor, &times::<K, FMA>(&self.inverse[row], r));
        }
    }
}

/// r −= A z; next = keep z + factor D⁻¹ r; x = carry x + before z + after next.
struct Step<'a, const K: usize> {
    matrix: &'a BlockMatrix<f32>,
    inverse: &'a [[f32; 9]],
    start: usize,
    /// keep, factor, before, after, carry.
    coefficients: [f32; 5],
    z: &'a [f32],
    r: &'a mut [f32],
    next: &'a mut [f32],
    x: &'a mut [f32],
}

impl<const K: usize> Task for Step<'_, K> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let [keep, factor, before, after, carry] = self.coefficients;
        let z = rows_of::<f32, K>(self.z);
        let rows = rows_of_mut::<f32, K>(self.r)
            .iter_mut()
            .zip(rows_of_mut::<f32, K>(self.next))
            .zip(rows_of_mut::<f32, K>(self.x));
        for (i, ((r, next), x)) in rows.enumerate() {
            let row = self.start + i;
            let product = row_product::<f32, K, FMA>(self.matrix, row, z);
            for a in 0..3 {
                for k in 0..K {
                    r[a][k] -= product[a][k];
                }
            }
            let scaled = times::<K, FMA>(&self.inverse[row], r);
            let z = &z[row];
            for a in 0..3 {
                for k in 0..K {
                    next[a][k] = keep * z[a][k] + factor * scaled[a][k];
                    let step = before * z[a][k] + after * next[a][k];
                    // What a fresh x holds is old, but finite.
                    x[a][k] = carry * x[a][k] + step;
                }
            }
        }
    }
}

/// r = b − A x.
pub fn residual<const K: usize>(matrix: &BlockMatrix<f32>, x: &[f32], b: &[f32], r: &mut [f32]) {
    let chunk = 3 * K * ROWS;
    r.par_chunks_mut(chunk)
        .zip(b.par_chunks(chunk))
        .enumerate()
        .for_each(|(task, (r, b))| {
            best(Residual::<K> {
                matrix,
                start: task * ROWS,
                x,
                b,
                r,
            });
        });
}

struct Residual<'a, const K: usize> {
    matrix: &'a BlockMatrix<f32>,
    start: usize,
    x: &'a [f32],
    b: &'a [f32],
    r: &'a mut [f32],
}

impl<const K: usize> Task for Residual<'_, K> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (x, b) = (rows_of::<f32, K>(self.x), rows_of::<f32, K>(self.b));
        for (i, (r, b)) in rows_of_mut::<f32, K>(self.r).iter_mut().zip(b).enumerate() {
            let product = row_product::<f32, K, FMA>(self.matrix, self.start + i, x);
            write_residual(r, b, &product);
        }
    }
}

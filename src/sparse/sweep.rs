//! The innermost loop: one block row times a vector.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// f32 or f64.
pub trait Real:
    Copy
    + Send
    + Sync
    + Debug
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    /// Zero.
    const ZERO: Self;
    /// a·b + c with one rounding.
    fn fused(a: Self, b: Self, c: Self) -> Self;
    /// As f64.
    fn to_f64(self) -> f64;
    /// Rounded from f64.
    fn from_f64(v: f64) -> Self;
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn fused(a: Self, b: Self, c: Self) -> Self {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        v
    }
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn fused(a: Self, b: Self, c: Self) -> Self {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        v as f32
    }
}

/// A vector of K interleaved columns, seen row by row: `[row][axis][column]`.
#[inline(always)]
pub fn rows_of<T, const K: usize>(v: &[T]) -> &[[[T; K]; 3]] {
    v.as_chunks::<K>().0.as_chunks::<3>().0
}

/// As [`rows_of`], to be written.
#[inline(always)]
pub fn rows_of_mut<T, const K: usize>(v: &mut [T]) -> &mut [[[T; K]; 3]] {
    v.as_chunks_mut::<K>().0.as_chunks_mut::<3>().0
}

/// a·b + c.
#[inline(always)]
pub(crate) fn madd<T: Real, const FMA: bool>(a: T, b: T, c: T) -> T {
    if FMA { T::fused(a, b, c) } else { a * b + c }
}

/// A 3×3 block times three rows of columns.
#[inline(always)]
pub(crate) fn block_product<T: Real, const K: usize, const FMA: bool>(
    block: &[T; 9],
    x: &[[T; K]; 3],
) -> [[T; K]; 3] {
    let mut product = [[T::ZERO; K]; 3];
    for (a, row) in product.iter_mut().enumerate() {
        for (k, p) in row.iter_mut().enumerate() {
            let first = block[3 * a] * x[0][k];
            let second = madd::<T, FMA>(block[3 * a + 1], x[1][k], first);
            *p = madd::<T, FMA>(block[3 * a + 2], x[2][k], second);
        }
    }
    product
}

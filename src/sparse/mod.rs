//! Sparse symmetric matrices of 3×3 blocks.
//!
//! Rows are nodes, blocks are row-major, both halves are stored: a row is then all that its
//! product needs, so the product runs over rows in parallel with the same bits on any number of
//! threads. One u32 index per nine values keeps memory traffic near that of the values alone.
//! Vectors may hold several columns side by side, interleaved (all columns of a scalar row next to
//! each other), so that one pass over the matrix serves them all.
//! This leaf knows no mesh and no constraint.

pub mod instructions;
mod sweep;
mod matrix;
pub mod product;

pub(crate) use matrix::ROWS_PER_TASK;
pub use matrix::{BlockMatrix, row_product};
pub(crate) use sweep::block_product;
pub use sweep::{Real, rows_of, rows_of_mut};

/// Stands for a row that is not there.
pub const ABSENT: u32 = u32::MAX;

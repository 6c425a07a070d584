//! What can go wrong on the way.

use crate::lattice::LatticeError;

/// What can go wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// A fit or a size that cannot be made.
    #[error(transparent)]
    Lattice(#[from] LatticeError),
    /// A row of a paper's table that was typed wrongly here.
    #[error("a cell of the row `{line}` is not a number")]
    Mistyped {
        /// The row.
        line: &'static str,
    },
    /// A chart that could not be drawn.
    #[error("cannot draw {chart}: {reason}")]
    Chart {
        /// Which.
        chart: &'static str,
        /// What the drawing library said.
        reason: String,
    },
    /// A table that could not be written.
    #[error("cannot write the table: {0}")]
    Csv(#[from] csv::Error),
}

//! Solves A x = b for a symmetric positive definite block matrix. Must not know nodes, mm or
//! bones: rows are rows.
//!
//! Backends are trait objects, called a few times a run; the order analyse → factor → solve is
//! held by the types. A factor alone is not an answer: [`refine::solve`] adds the low-rank terms,
//! recomputes the true residual and refines until the normwise backward error is at round-off.

pub mod cholesky;
mod memory;
mod ordering;
pub mod refine;

pub use memory::available_bytes;
pub use ordering::nested_dissection;

use crate::sparse::BlockMatrix;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SolverError {
    /// METIS did not order the graph.
    #[error("nested dissection of {rows} rows and {links} links failed with METIS status {status}")]
    Ordering {
        /// Rows of the graph.
        rows: usize,
        /// Its links, both directions.
        links: usize,
        /// What METIS returned.
        status: i32,
    },
    /// The factor does not fit.
    #[error(
        "the factorisation needs {:.2} GiB ({gflop:.0} Gflop) and {:.2} GiB may be used: \
         coarsen the mesh or allow more memory",
        *needed as f64 / GIB, *allowed as f64 / GIB
    )]
    TooLarge {
        /// Bytes needed.
        needed: u64,
        /// Bytes that may be used.
        allowed: u64,
        /// Floating-point operations of the factorisation, 1e9.
        gflop: f64,
    },
    /// The symbolic or numeric step failed for another reason than the pivots.
    #[error("the sparse factorisation failed: {reason}")]
    Factorisation {
        /// What the library says.
        reason: String,
    },
    /// A pivot is not positive: the matrix is singular or indefinite.
    #[error("the stiffness matrix is not positive definite at row {row}")]
    NotPositiveDefinite {
        /// Scalar row of the matrix.
        row: usize,
    },
    /// Refinement stalls above the accepted backward error.
    #[error(
        "the solution of right-hand side {column} stays at a backward error of {backward_error:.1e} \
         (accepted: {limit:.0e}) after {steps} refinement steps"
    )]
    NotAccurate {
        /// Which right-hand side.
        column: usize,
        /// ‖b − Ax‖/(‖A‖‖x‖ + ‖b‖).
        backward_error: f64,
        /// Accepted value.
        limit: f64,
        /// Steps made.
        steps: u32,
    },
    /// The low-rank terms cannot be folded in.
    #[error("the low-rank terms (rods) make the system singular")]
    SingularTerms,
}

const GIB: f64 = 1_073_741_824.0;

/// A way to factor block matrices.
pub trait Backend {
    /// Orders and analyses the pattern of `matrix`; its values are not looked at.
    ///
    /// # Errors
    /// [`SolverError::Ordering`], [`SolverError::Factorisation`].
    fn analyse(&self, matrix: &BlockMatrix) -> Result<Box<dyn Symbolic>, SolverError>;
}

/// An analysed pattern, good for every matrix that has it.
pub trait Symbolic {
    /// Bytes of the factor.
    fn factor_bytes(&self) -> u64;
    /// Bytes of factor and workspace at the peak of the factorisation, the matrix left out.
    fn peak_bytes(&self) -> u64;
    /// Floating-point operations of the factorisation.
    fn flops(&self) -> f64;
    /// Factors a matrix of this pattern.
    ///
    /// # Errors
    /// [`SolverError::TooLarge`], [`SolverError::NotPositiveDefinite`].
    fn factor(&self, matrix: &BlockMatrix) -> Result<Box<dyn Factor + '_>, SolverError>;
}

/// A factored matrix.
pub trait Factor {
    /// Replaces `columns` right-hand sides, one after the other in `rhs`, by their solutions.
    fn solve_in_place(&self, rhs: &mut [f64], columns: usize);
}

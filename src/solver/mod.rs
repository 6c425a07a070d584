//! Solves A x = b for a symmetric positive definite block matrix. Must not know nodes, mm or
//! bones: rows are rows.
//!
//! [`solve`] is the one way in: it predicts, chooses, admits, and turns to the factor where conjugate
//! gradients stall. Backends are trait objects, called a few times a run; the order analyse → factor → solve is
//! held by the types. A factor alone is not an answer: [`refine::solve`]
//! recomputes the true residual and refines until the normwise backward error is at round-off.

mod memory;
pub mod choice;
pub mod multigrid;
mod ordering;
pub mod cholesky;
pub mod refine;
pub mod cg;
mod solve;

pub use memory::{allowed_bytes, available_bytes};
pub use ordering::nested_dissection;
pub use solve::{Geometry, Problem, Settings, Solved, solve};

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
    /// Multigrid does not fit.
    #[error(
        "multigrid needs {:.2} GiB beside the matrix and {:.2} GiB may be used: coarsen the mesh or \
         allow more memory",
        *needed as f64 / GIB, *allowed as f64 / GIB
    )]
    NoRoom {
        /// Bytes needed.
        needed: u64,
        /// Bytes that may be used.
        allowed: u64,
    },
    /// A coarse matrix of multigrid is not positive definite, so the matrix is not.
    #[error(
        "the stiffness matrix is not positive definite: its coarse matrix of level {level} is not"
    )]
    CoarseIndefinite {
        /// Level, 0 being the matrix itself.
        level: usize,
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
    /// A direction without positive energy met by conjugate gradients.
    #[error(
        "the stiffness matrix is not positive definite: in iteration {iteration} for right-hand \
         side {column} a displacement has no positive energy"
    )]
    Indefinite {
        /// Which right-hand side.
        column: usize,
        /// In which iteration.
        iteration: u32,
    },
    /// A right-hand side that is not a number.
    #[error("right-hand side {column} is not finite")]
    NotFinite {
        /// Which right-hand side.
        column: usize,
    },
    /// Conjugate gradients stall above the accepted error.
    #[error(
        "conjugate gradients for right-hand side {column} stay at a residual of {residual:.1e} \
         (backward error {backward_error:.1e}) after {iterations} iterations: badly shaped elements, \
         a material near incompressible or stiffnesses far apart; use the direct solver"
    )]
    Stalled {
        /// Which right-hand side.
        column: usize,
        /// ‖b − Ax‖/‖b‖ reached.
        residual: f64,
        /// ‖b − Ax‖/(‖A‖‖x‖ + ‖b‖) reached.
        backward_error: f64,
        /// Iterations made.
        iterations: u32,
    },
}

const GIB: f64 = 1_073_741_824.0;

/// A way to factor block matrices.
pub trait Backend {
    /// Orders and analyses the pattern of `matrix`; its values are not looked at.
    ///
    /// # Errors
    /// [`SolverError::Ordering`].
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

#[cfg(test)]
mod tests {
    use super::refine::Accuracy;
    use super::*;

    /// A chain of `n` nodes joined by springs of stiffness 1 in all axes, its ends held.
    fn chain(n: usize) -> BlockMatrix {
        let (mut row_start, mut columns) = (vec![0], Vec::new());
        for r in 0..n {
            columns.extend((r.saturating_sub(1)..(r + 2).min(n)).map(|c| c as u32));
            row_start.push(columns.len());
        }
        let mut matrix = BlockMatrix::from_pattern(row_start, columns);
        matrix.fill_rows(|r, columns, blocks| {
            for (&c, block) in columns.iter().zip(blocks) {
                let value = if c as usize == r { 2.0 } else { -1.0 };
                (0..3).for_each(|a| block[4 * a] = value);
            }
        });
        matrix
    }

    #[test]
    fn nested_dissection_is_a_permutation_and_the_same_every_time() {
        let matrix = chain(500);
        let order = nested_dissection(&matrix).unwrap();
        assert_eq!(order, nested_dissection(&matrix).unwrap());
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..500));
        assert_ne!(order, (0..500).collect::<Vec<u32>>());
    }

    #[test]
    fn a_chain_under_its_own_weight_hangs_in_a_parabola() {
        // 2xᵢ − xᵢ₋₁ − xᵢ₊₁ = 1 with x₀ = xₙ₊₁ = 0: x = i (n + 1 − i)/2.
        let n = 200;
        let matrix = chain(n);
        let symbolic = cholesky::Cholesky::default().analyse(&matrix).unwrap();
        assert!(symbolic.factor_bytes() > 0 && symbolic.flops() > 0.0);
        let factor = symbolic.factor(&matrix).unwrap();
        let mut sides = vec![vec![1.0; 3 * n], vec![0.0; 3 * n]];
        let accuracy = Accuracy::default();
        let quality = refine::solve(&matrix, factor.as_ref(), &mut sides, &accuracy).unwrap();
        for i in 1..=n {
            let exact = 0.5 * (i * (n + 1 - i)) as f64;
            assert!((sides[0][3 * (i - 1) + 1] - exact).abs() < 1e-9 * exact);
        }
        assert!(quality[0].backward_error < 1e-15 && sides[1].iter().all(|x| *x == 0.0));
    }

    #[test]
    fn an_indefinite_matrix_is_refused_with_its_row() {
        let mut matrix = chain(50);
        matrix.fill_rows(|r, columns, blocks| {
            for (&c, block) in columns.iter().zip(blocks) {
                *block = [0.0; 9];
                if c as usize == r {
                    (0..3).for_each(|a| block[4 * a] = if (r, a) == (17, 1) { -1.0 } else { 2.0 });
                }
            }
        });
        let symbolic = cholesky::Cholesky::default().analyse(&matrix).unwrap();
        let error = symbolic.factor(&matrix).err();
        assert_eq!(
            error,
            Some(SolverError::NotPositiveDefinite { row: 3 * 17 + 1 })
        );
    }
}

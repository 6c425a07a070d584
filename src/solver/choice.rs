//! Which solver, from bytes and operations predicted before anything large is made.
//!
//! A nested dissection of a three-dimensional mesh fills as n^(4/3) and costs as n² (George 1973);
//! the constants are those of a compact body (two vertebral bodies and a cage, 98,000 dofs: 71 M
//! entries, 84 Gflop). Slender chains need less, so the direct solver is never underestimated.
//! Multigrid costs passes over the matrix. Both rates are those of one ordinary core.

pub use crate::method::Method;
use serde::Serialize;

use super::SolverError;
use crate::sparse::BlockMatrix;

/// The solvers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// Sparse Cholesky.
    Cholesky,
    /// Conjugate gradients preconditioned by multigrid.
    Cg,
}

impl Solver {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cholesky => "cholesky",
            Self::Cg => "cg",
        }
    }
}

/// What each solver would need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Bytes of the factor and its workspace.
    pub factor_bytes: f64,
    /// Operations of the factorisation.
    pub factor_flops: f64,
    /// Bytes of multigrid and vectors beside the matrix.
    pub multigrid_bytes: f64,
    /// Bytes that multigrid moves from and to memory.
    pub multigrid_traffic: f64,
}

const REFERENCE_DOFS: f64 = 98_310.0;
const REFERENCE_BYTES: f64 = 8.0 * 71e6;
const REFERENCE_FLOPS: f64 = 84e9;

/// Workspace and scalar pattern of a factorisation, as a share of the factor.
const WORKSPACE: f64 = 0.5;

/// Of the f32 matrix for all coarser levels and their transfers.
const COARSE_SHARE: f64 = 0.3;

/// Bytes of interleaved vectors per dof and column: seven of f64 outside, five of f32 inside.
const VECTOR_BYTES: f64 = 7.0 * 8.0 + 5.0 * 4.0;

/// Most columns that are iterated side by side.
const SIDE_BY_SIDE: usize = 8;

/// Passes over the matrix: setup, and a solve alone or as one of several side by side.
const SETUP_PASSES: f64 = 80.0;
const SOLVE_PASSES: f64 = 130.0;
const SHARED_PASSES: f64 = 60.0;

/// Operations and bytes per second and thread.
const FLOP_RATE: f64 = 20e9;
const BYTE_RATE: f64 = 8e9;

/// Below this many seconds the direct solver is taken even where multigrid is predicted faster: it
/// does not depend on how the elements are shaped.
const QUICK: f64 = 1.0;

impl Prediction {
    /// For a matrix and a number of right-hand sides.
    pub fn new(matrix: &BlockMatrix, columns: usize) -> Self {
        let dofs = 3.0 * matrix.row_count() as f64;
        let scale = dofs / REFERENCE_DOFS;
        let together = columns.clamp(1, SIDE_BY_SIDE);
        let single = 40.0 * matrix.block_count() as f64;
        let passes = match columns {
            0 | 1 => SETUP_PASSES + SOLVE_PASSES,
            many => SETUP_PASSES + SOLVE_PASSES + SHARED_PASSES * (many - 1) as f64,
        };
        Self {
            factor_bytes: (1.0 + WORKSPACE) * REFERENCE_BYTES * scale.powf(4.0 / 3.0),
            factor_flops: REFERENCE_FLOPS * scale * scale,
            multigrid_bytes: (1.0 + COARSE_SHARE) * single + VECTOR_BYTES * dofs * together as f64,
            multigrid_traffic: passes * matrix.bytes() as f64,
        }
    }

    /// The solver for a wish, and why in words for a person.
    pub fn choose(&self, wish: Method, threads: usize, allowed: Option<u64>) -> (Solver, String) {
        let asked_for = |solver| (solver, "as asked for".to_owned());
        match wish {
            Method::Cholesky => return asked_for(Solver::Cholesky),
            Method::Cg => return asked_for(Solver::Cg),
            Method::Auto => {}
        }
        let direct = self.factor_flops / (FLOP_RATE * threads as f64);
        let iterative = self.multigrid_traffic / (BYTE_RATE * threads as f64);
        let needs = format!(
            "a factor needs about {:.2} GB and {:.0} Gflop ({direct:.1} s), multigrid {:.2} GB and \
             {:.0} GB of memory traffic ({iterative:.1} s)",
            1e-9 * self.factor_bytes,
            1e-9 * self.factor_flops,
            1e-9 * self.multigrid_bytes,
            1e-9 * self.multigrid_traffic,
        );
        let fits = allowed.is_none_or(|a| self.factor_bytes <= a as f64);
        match (fits, direct <= iterative.max(QUICK)) {
            (true, true) => (
                Solver::Cholesky,
                format!("{needs}: the direct one is quick"),
            ),
            (true, false) => (Solver::Cg, format!("{needs}: multigrid is quicker")),
            (false, _) => (Solver::Cg, format!("{needs}: a factor does not fit")),
        }
    }

    /// Refuses multigrid where it does not fit.
    ///
    /// # Errors
    /// [`SolverError::NoRoom`].
    pub fn admit_multigrid(&self, allowed: Option<u64>) -> Result<(), SolverError> {
        match allowed {
            Some(allowed) if self.multigrid_bytes > allowed as f64 => Err(SolverError::NoRoom {
                needed: self.multigrid_bytes as u64,
                allowed,
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(dofs: f64) -> Prediction {
        let scale = dofs / REFERENCE_DOFS;
        Prediction {
            factor_bytes: 1e9 * scale.powf(4.0 / 3.0),
            factor_flops: REFERENCE_FLOPS * scale * scale,
            multigrid_bytes: 4e7 * scale,
            multigrid_traffic: 200.0 * 6.5e7 * scale,
        }
    }

    #[test]
    fn small_models_are_factored_and_large_ones_iterated() {
        let choose = |dofs, allowed| sized(dofs).choose(Method::Auto, 2, allowed);
        assert_eq!(choose(3e4, None).0, Solver::Cholesky);
        let (solver, why) = choose(1e6, None);
        assert_eq!(solver, Solver::Cg);
        assert!(why.contains("multigrid is quicker"), "{why}");
        let (solver, why) = choose(3e4, Some(1_000_000));
        assert_eq!(solver, Solver::Cg);
        assert!(why.contains("does not fit"), "{why}");
        assert_eq!(
            sized(1e6).choose(Method::Cholesky, 2, None).0,
            Solver::Cholesky
        );
    }

    #[test]
    fn multigrid_that_does_not_fit_is_refused_with_the_estimate() {
        let prediction = sized(REFERENCE_DOFS);
        assert_eq!(prediction.admit_multigrid(Some(40_000_000)), Ok(()));
        let refused = prediction.admit_multigrid(Some(39_000_000));
        let expected = SolverError::NoRoom {
            needed: 40_000_000,
            allowed: 39_000_000,
        };
        assert_eq!(refused, Err(expected));
    }
}

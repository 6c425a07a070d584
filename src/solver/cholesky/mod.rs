//! Sparse Cholesky: nested dissection, then a multifrontal factorisation whose dense kernels are
//! faer's. Subtrees of the assembly tree run on one thread each, the fronts above them on all.

mod numeric;
mod share;
mod solve;
mod tree;

use faer::Par;

use self::numeric::BadPivot;
use self::share::Shares;
use self::solve::{Substitution, top_places};
use self::tree::FrontTree;
use super::{Backend, Factor, SolverError, Symbolic, available_bytes, nested_dissection};
use crate::sparse::BlockMatrix;

/// Sparse Cholesky.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cholesky {
    /// Bytes the factorisation may use; what the system says is available where `None`.
    pub memory_limit: Option<u64>,
}

/// Share of the available memory that a factorisation may take: the rest of the program and the
/// machine need the remainder.
const USABLE: f64 = 0.9;

impl Backend for Cholesky {
    fn analyse(&self, matrix: &BlockMatrix) -> Result<Box<dyn Symbolic>, SolverError> {
        let tree = FrontTree::new(matrix, &nested_dissection(matrix)?);
        let shares = Shares::new(&tree, rayon::current_num_threads());
        Ok(Box::new(Analysed {
            flops: (0..tree.len()).map(|f| tree.flops(f)).sum(),
            passed_bytes: shares.passed_bytes(&tree, rayon::current_num_threads()),
            tree,
            shares,
            memory_limit: self.memory_limit,
        }))
    }
}

/// One thread's or rayon's current pool, whichever serves.
pub(crate) fn parallelism() -> Par {
    match rayon::current_num_threads() {
        1 => Par::Seq,
        n => Par::rayon(n),
    }
}

struct Analysed {
    tree: FrontTree,
    shares: Shares,
    flops: f64,
    passed_bytes: u64,
    memory_limit: Option<u64>,
}

impl Symbolic for Analysed {
    fn factor_bytes(&self) -> u64 {
        (self.tree.value_count() * size_of::<f64>()) as u64
    }

    fn peak_bytes(&self) -> u64 {
        self.factor_bytes() + self.passed_bytes + self.tree.bytes()
    }

    fn flops(&self) -> f64 {
        self.flops
    }

    fn factor(&self, matrix: &BlockMatrix) -> Result<Box<dyn Factor + '_>, SolverError> {
        let needed = self.peak_bytes();
        let usable = || available_bytes().map(|b| (USABLE * b as f64) as u64);
        if let Some(allowed) = self.memory_limit.or_else(usable)
            && needed > allowed
        {
            return Err(SolverError::TooLarge {
                needed,
                allowed,
                gflop: 1e-9 * self.flops,
            });
        }
        let values = numeric::factor(&self.tree, &self.shares, matrix, parallelism()).map_err(
            |BadPivot(place)| SolverError::NotPositiveDefinite {
                row: 3 * self.tree.order[place / 3] as usize + place % 3,
            },
        )?;
        Ok(Box::new(Factored {
            analysed: self,
            values,
            top_place: top_places(&self.tree, &self.shares),
        }))
    }
}

struct Factored<'a> {
    analysed: &'a Analysed,
    values: Vec<f64>,
    top_place: Vec<u32>,
}

impl Factor for Factored<'_> {
    fn solve_in_place(&self, rhs: &mut [f64], columns: usize) {
        let substitution = Substitution {
            tree: &self.analysed.tree,
            shares: &self.analysed.shares,
            values: &self.values,
            top_place: &self.top_place,
        };
        substitution.solve(rhs, columns, parallelism());
    }
}

//! Supernodal sparse Cholesky by faer, ordered by METIS. The only file that knows faer.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltError, LltRegularization};
use faer::perm::PermRef;
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, LltRef, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering,
    factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par, Side, Spec};

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
        let (forward, inverse) = scalar_order(&nested_dissection(matrix)?);
        let lower = LowerPattern::new(matrix);
        let n = 3 * matrix.row_count();
        let order = PermRef::new_checked(&forward, &inverse, n);
        let symbolic = factorize_symbolic_cholesky(
            lower.symbolic(),
            Side::Lower,
            SymmetricOrdering::Custom(order),
            CholeskySymbolicParams::default(),
        )
        .map_err(|e| SolverError::Factorisation {
            reason: format!("{e:?}"),
        })?;
        Ok(Box::new(Analysed {
            flops: flops(symbolic.raw()),
            symbolic,
            lower,
            memory_limit: self.memory_limit,
        }))
    }
}

/// Scalar permutation and its inverse from the order of the blocks.
fn scalar_order(blocks: &[u32]) -> (Vec<usize>, Vec<usize>) {
    let forward: Vec<usize> = blocks
        .iter()
        .flat_map(|&b| (0..3).map(move |a| 3 * b as usize + a))
        .collect();
    let mut inverse = vec![0; forward.len()];
    for (new, &old) in forward.iter().enumerate() {
        inverse[old] = new;
    }
    (forward, inverse)
}

/// The lower half in compressed scalar columns. Column j of the lower half is row j of the upper
/// one, so the blocks right of the diagonal give it in order.
struct LowerPattern {
    column_start: Vec<usize>,
    rows: Vec<usize>,
}

impl LowerPattern {
    fn new(matrix: &BlockMatrix) -> Self {
        let entries = (9 * matrix.block_count() + 3 * matrix.row_count()) / 2;
        let mut column_start = Vec::with_capacity(3 * matrix.row_count() + 1);
        let mut rows = Vec::with_capacity(entries);
        column_start.push(0);
        for r in 0..matrix.row_count() {
            for a in 0..3 {
                for &c in matrix.columns(r).iter().filter(|&&c| c as usize >= r) {
                    let first = if c as usize == r { a } else { 0 };
                    rows.extend((first..3).map(|b| 3 * c as usize + b));
                }
                column_start.push(rows.len());
            }
        }
        Self { column_start, rows }
    }

    fn values(&self, matrix: &BlockMatrix) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.rows.len());
        for r in 0..matrix.row_count() {
            for a in 0..3 {
                for (&c, block) in matrix.columns(r).iter().zip(matrix.blocks(r)) {
                    if c as usize >= r {
                        let first = if c as usize == r { a } else { 0 };
                        values.extend_from_slice(&block[3 * a + first..3 * a + 3]);
                    }
                }
            }
        }
        values
    }

    fn symbolic(&self) -> SymbolicSparseColMatRef<'_, usize> {
        let n = self.column_start.len() - 1;
        SymbolicSparseColMatRef::new_checked(n, n, &self.column_start, None, &self.rows)
    }
}

/// Operations of the factorisation: per block of s columns over p further rows,
/// s³/3 + s² p + s p².
fn flops(raw: &SymbolicCholeskyRaw<usize>) -> f64 {
    match raw {
        SymbolicCholeskyRaw::Simplicial(s) => s
            .col_ptr()
            .windows(2)
            .map(|w| ((w[1] - w[0]) as f64).powi(2))
            .sum(),
        SymbolicCholeskyRaw::Supernodal(s) => (0..s.n_supernodes())
            .map(|k| {
                let columns = (s.supernode_end()[k] - s.supernode_begin()[k]) as f64;
                let below = s.nnz_per_super()[k] as f64;
                columns * (columns * columns / 3.0 + columns * below + below * below)
            })
            .sum(),
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
    symbolic: SymbolicCholesky<usize>,
    lower: LowerPattern,
    flops: f64,
    memory_limit: Option<u64>,
}

impl Symbolic for Analysed {
    fn factor_bytes(&self) -> u64 {
        (self.symbolic.len_val() * size_of::<f64>()) as u64
    }

    fn peak_bytes(&self) -> u64 {
        let workspace = self
            .symbolic
            .factorize_numeric_llt_scratch::<f64>(parallelism(), Spec::default());
        let pattern = size_of::<usize>() * (self.lower.rows.len() + self.lower.column_start.len());
        let values = size_of::<f64>() * self.lower.rows.len();
        self.factor_bytes() + (workspace.unaligned_bytes_required() + pattern + values) as u64
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
        let par = parallelism();
        let request = self
            .symbolic
            .factorize_numeric_llt_scratch::<f64>(par, Spec::default());
        let no_memory = |_| SolverError::Factorisation {
            reason: format!("no memory for {needed} bytes"),
        };
        let mut memory = MemBuffer::try_new(request).map_err(no_memory)?;
        let values = self.lower.values(matrix);
        let mut l_values = vec![0.0; self.symbolic.len_val()];
        self.symbolic
            .factorize_numeric_llt(
                &mut l_values,
                SparseColMatRef::new(self.lower.symbolic(), &values),
                Side::Lower,
                LltRegularization::default(),
                par,
                MemStack::new(&mut memory),
                Spec::default(),
            )
            .map_err(|e| self.explain(e))?;
        Ok(Box::new(Factored {
            symbolic: &self.symbolic,
            l_values,
        }))
    }
}

impl Analysed {
    fn explain(&self, error: LltError) -> SolverError {
        let LltError::NonPositivePivot { index } = error;
        // faer counts pivots from one in its simplicial path, from zero in its supernodal one.
        let index = match self.symbolic.raw() {
            SymbolicCholeskyRaw::Simplicial(_) => index.saturating_sub(1),
            SymbolicCholeskyRaw::Supernodal(_) => index,
        };
        let row = match self.symbolic.perm() {
            Some(order) => order.arrays().0.get(index).copied().unwrap_or(index),
            None => index,
        };
        SolverError::NotPositiveDefinite { row }
    }
}

struct Factored<'a> {
    symbolic: &'a SymbolicCholesky<usize>,
    l_values: Vec<f64>,
}

impl Factor for Factored<'_> {
    fn solve_in_place(&self, rhs: &mut [f64], columns: usize) {
        let par = parallelism();
        let rows = self.symbolic.nrows();
        let mut memory = MemBuffer::new(self.symbolic.solve_in_place_scratch::<f64>(columns, par));
        LltRef::new(self.symbolic, &self.l_values).solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(rhs, rows, columns),
            par,
            MemStack::new(&mut memory),
        );
    }
}

//! Sparse Cholesky: nested dissection, then a multifrontal factorisation whose dense kernels are
//! faer's. Subtrees of the assembly tree run on one thread each, the fronts above them on all.

mod tree;
mod share;
mod numeric;
mod solve;

use faer::Par;

use self::numeric::BadPivot;
use self::share::Shares;
use self::solve::{Substitution, top_places};
use self::tree::FrontTree;
use super::{Backend, Factor, SolverError, Symbolic, allowed_bytes, nested_dissection};
use crate::sparse::BlockMatrix;

/// Sparse Cholesky.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cholesky {
    /// Bytes the factorisation may use; what the system says is available where `None`.
    pub memory_limit: Option<u64>,
}

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
        if let Some(allowed) = allowed_bytes(self.memory_limit)
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

#[cfg(test)]
mod tests {
    use super::tree::tests::grid;
    use super::*;

    fn solved(threads: usize, columns: usize) -> Vec<f64> {
        let matrix = grid([8, 7, 9]);
        let rows = 3 * matrix.row_count();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let symbolic = Cholesky::default().analyse(&matrix).unwrap();
            let factor = symbolic.factor(&matrix).unwrap();
            let load: Vec<f64> = (0..rows * columns).map(|i| (i % 17) as f64 - 8.0).collect();
            let mut x = load.clone();
            factor.solve_in_place(&mut x, columns);
            let mut product = vec![0.0; rows];
            for (x, b) in x.chunks_exact(rows).zip(load.chunks_exact(rows)) {
                matrix.multiply(x, &mut product);
                // Condition below 14, entries of the load up to 8.
                assert!(product.iter().zip(b).all(|(p, b)| (p - b).abs() < 1e-12));
            }
            x
        })
    }

    #[test]
    fn many_right_hand_sides_are_solved_on_any_number_of_threads() {
        let alone = solved(1, 37);
        for threads in [2, 3] {
            let together = solved(threads, 37);
            assert!(
                alone
                    .iter()
                    .zip(&together)
                    .all(|(a, b)| (a - b).abs() < 1e-14)
            );
        }
    }

    #[test]
    fn one_number_of_threads_gives_the_same_bits_every_time() {
        for threads in [1, 2, 3] {
            assert_eq!(solved(threads, 2), solved(threads, 2));
        }
    }

    #[test]
    fn separate_parts_are_separate_trees() {
        // Two chains without a link between them.
        let links = |r: usize| match r {
            0 | 3 => vec![r, r + 1],
            2 | 5 => vec![r - 1, r],
            _ => vec![r - 1, r, r + 1],
        };
        let (mut start, mut columns) = (vec![0], Vec::new());
        for r in 0..6 {
            columns.extend(links(r).into_iter().map(|c| c as u32));
            start.push(columns.len());
        }
        let mut matrix = BlockMatrix::from_pattern(start, columns);
        matrix.fill_rows(|r, columns, blocks| {
            for (&c, block) in columns.iter().zip(blocks) {
                let value = if c as usize == r { 3.0 } else { -1.0 };
                (0..3).for_each(|a| block[4 * a] = value);
            }
        });
        let symbolic = Cholesky::default().analyse(&matrix).unwrap();
        let factor = symbolic.factor(&matrix).unwrap();
        let mut x = vec![1.0; 18];
        factor.solve_in_place(&mut x, 1);
        let mut product = vec![0.0; 18];
        matrix.multiply(&x, &mut product);
        assert!(product.iter().all(|p| (p - 1.0).abs() < 1e-14));
    }
}

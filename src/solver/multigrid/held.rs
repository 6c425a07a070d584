//! Dofs that couple to nothing: fixed ones, and coarse ones that no fine dof follows.

use rayon::prelude::*;

use crate::sparse::BlockMatrix;

/// Which axes of each row are held; empty where none is.
#[derive(Debug, Clone, Default)]
pub struct Held(Vec<[bool; 3]>);

impl From<Vec<[bool; 3]>> for Held {
    fn from(axes: Vec<[bool; 3]>) -> Self {
        match axes.iter().any(|a| *a != [false; 3]) {
            true => Self(axes),
            false => Self::default(),
        }
    }
}

impl Held {
    /// Dofs whose row is zero off the diagonal.
    pub fn uncoupled(matrix: &BlockMatrix) -> Self {
        let axes: Vec<[bool; 3]> = (0..matrix.row_count())
            .into_par_iter()
            .map(|r| {
                let mut held = [true; 3];
                for (&c, block) in matrix.columns(r).iter().zip(matrix.blocks(r)) {
                    for k in 0..9 {
                        let diagonal = c as usize == r && k % 4 == 0;
                        held[k / 3] &= diagonal || block[k] == 0.0;
                    }
                    if held == [false; 3] {
                        break;
                    }
                }
                held
            })
            .collect();
        Self::from(axes)
    }

    /// Dofs whose diagonal is nothing beside the largest.
    pub fn empty(matrix: &BlockMatrix) -> Self {
        let diagonal = matrix.diagonal();
        let largest = diagonal
            .iter()
            .flat_map(|d| [d[0], d[4], d[8]])
            .fold(0.0, f64::max);
        let axes: Vec<[bool; 3]> = diagonal
            .iter()
            .map(|d| [d[0], d[4], d[8]].map(|v| v <= 1e-14 * largest))
            .collect();
        Self::from(axes)
    }

    /// Of row `r`.
    pub fn of(&self, r: usize) -> [bool; 3] {
        self.0.get(r).copied().unwrap_or([false; 3])
    }

    /// Rows with a held axis.
    pub fn listed(&self) -> Vec<(u32, [bool; 3])> {
        (0u32..)
            .zip(self.0.iter().copied())
            .filter(|(_, a)| *a != [false; 3])
            .collect()
    }

    /// The diagonal block of row `r` without its held dofs.
    pub fn without(&self, r: usize, block: &[f64; 9]) -> [f64; 9] {
        let held = self.of(r);
        std::array::from_fn(|k| {
            if held[k / 3] || held[k % 3] {
                0.0
            } else {
                block[k]
            }
        })
    }
}

/// Uncouples the held dofs and gives them a diagonal of their row's size.
pub fn hold(matrix: &mut BlockMatrix, held: &Held) {
    if held.0.is_empty() {
        return;
    }
    let largest = matrix
        .diagonal()
        .iter()
        .flat_map(|d| [d[0], d[4], d[8]])
        .fold(f64::MIN_POSITIVE, f64::max);
    matrix.fill_rows(|r, columns, blocks| {
        let mine = held.of(r);
        for (&c, block) in columns.iter().zip(blocks) {
            let theirs = held.of(c as usize);
            for k in 0..9 {
                if mine[k / 3] || theirs[k % 3] {
                    block[k] = if c as usize == r && k % 4 == 0 {
                        largest
                    } else {
                        0.0
                    };
                }
            }
        }
    });
}

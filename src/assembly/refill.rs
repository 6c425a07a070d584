//! The rows that laws stand in, filled again: the pattern is never made twice, and no other row is
//! touched.

use rayon::prelude::*;

use super::AssemblyError;
use super::gather::Assembled;
use super::law::{Law, Trial};
use crate::tensor::Vec3;

/// Pieces whose tangents are held at once: enough for all threads, and little beside the matrix.
const PIECES_AT_ONCE: usize = 256;

/// What the rows of the laws' nodes hold without the laws.
#[derive(Debug)]
pub struct Refill<'a> {
    laws: Vec<&'a dyn Law>,
    /// Rows, ascending.
    rows: Vec<usize>,
    /// Their blocks, row after row.
    constant: Vec<[f64; 9]>,
}

impl<'a> Refill<'a> {
    /// Takes note of the rows of a matrix that was assembled with room for the laws and holds none
    /// of them yet.
    pub fn new(assembled: &Assembled, laws: impl Iterator<Item = &'a dyn Law>) -> Self {
        let laws: Vec<_> = laws.collect();
        let nodes = laws.iter().flat_map(|law| law.pieces()).flatten();
        let mut rows: Vec<usize> = nodes.filter_map(|&n| assembled.numbering.row(n)).collect();
        rows.sort_unstable();
        rows.dedup();
        let blocks = rows.iter().flat_map(|&r| assembled.matrix.blocks(r));
        let constant = blocks.copied().collect();
        Self {
            laws,
            rows,
            constant,
        }
    }

    /// Puts the laws' tangents at a displacement (mm, every node) in the place of those before.
    ///
    /// # Errors
    /// [`AssemblyError::NotFinite`]; [`AssemblyError::State`] where `state` is not one list a law.
    pub fn fill(
        &self,
        assembled: &mut Assembled,
        displacement: &[Vec3],
        state: &[Vec<f64>],
    ) -> Result<(), AssemblyError> {
        let (found, expected) = (state.len(), self.laws.len());
        if found != expected {
            return Err(AssemblyError::State { found, expected });
        }
        let mut constant = self.constant.as_slice();
        for &r in &self.rows {
            let (_, blocks) = assembled.matrix.row_mut(r);
            let (mine, others) = constant.split_at(blocks.len());
            blocks.copy_from_slice(mine);
            constant = others;
        }
        for (law, state) in self.laws.iter().zip(state) {
            let trial = Trial {
                displacement,
                state,
            };
            add_tangents(*law, trial, assembled);
        }
        let finite = |r: &&usize| {
            assembled
                .matrix
                .blocks(**r)
                .iter()
                .flatten()
                .all(|v| v.is_finite())
        };
        match self.rows.iter().find(|r| !finite(r)) {
            Some(&r) => Err(AssemblyError::NotFinite {
                node: assembled.numbering.node(r),
            }),
            None => Ok(()),
        }
    }
}

/// Adds piece after piece, so that any number of threads gives the same bits.
fn add_tangents(law: &dyn Law, trial: Trial<'_>, assembled: &mut Assembled) {
    let pieces = law.pieces();
    for first in (0..pieces.len()).step_by(PIECES_AT_ONCE) {
        let last = (first + PIECES_AT_ONCE).min(pieces.len());
        let tangents: Vec<Vec<f64>> = (first..last)
            .into_par_iter()
            .map(|piece| {
                let mut tangent = vec![0.0; 9 * pieces[piece].len().pow(2)];
                law.tangent(piece, trial, &mut tangent);
                tangent
            })
            .collect();
        for (nodes, tangent) in pieces[first..last].iter().zip(&tangents) {
            add_piece(assembled, nodes, tangent);
        }
    }
}

/// Adds a piece's tangent but what couples fixed dofs, whose diagonal stays.
fn add_piece(assembled: &mut Assembled, nodes: &[u32], tangent: &[f64]) {
    let Assembled { matrix, numbering } = assembled;
    let width = 3 * nodes.len();
    for (i, &n) in nodes.iter().enumerate() {
        let Some(r) = numbering.row(n) else { continue };
        let mine = numbering.fixed(n as usize);
        let (columns, blocks) = matrix.row_mut(r);
        for (j, &m) in nodes.iter().enumerate() {
            let column = numbering.row(m).map(|c| c as u32);
            let place = column.and_then(|c| columns.binary_search(&c).ok());
            let Some(place) = place else { continue };
            let theirs = numbering.fixed(m as usize);
            for (k, value) in blocks[place].iter_mut().enumerate() {
                let (a, b) = (k / 3, k % 3);
                if !(mine[a] || theirs[b]) || (i == j && a == b) {
                    *value += tangent[(3 * i + a) * width + 3 * j + b];
                }
            }
        }
    }
}

//! Nested dissection of the block graph by METIS.
//!
//! The graph has one vertex per block row, so the three dofs of a node stay together, and rows
//! that a neighbour covers are left out of it.

use std::sync::Mutex;

use metis_sys::{
    METIS_NOPTIONS, METIS_NodeND, METIS_SetDefaultOptions, idx_t, moptions_et_METIS_OPTION_SEED,
    rstatus_et_METIS_OK,
};

use rayon::prelude::*;

use super::SolverError;
use crate::sparse::BlockMatrix;

/// METIS draws from the C library's one random sequence: two calls at once would disturb each
/// other's order.
static METIS: Mutex<()> = Mutex::new(());

/// A fill-reducing order of the block rows: entry `k` is the row eliminated as the k-th.
/// Deterministic: the seed is fixed.
///
/// METIS sees the rows that no neighbour covers; the others follow. A row is covered by a
/// neighbour whose links include all of its own: then it may be eliminated just before that
/// neighbour without more fill (George & Liu's outmatching). In a quadratic mesh the mid-edge nodes
/// are covered by their edge's corners: an eighth of the graph is left, its separators are
/// surfaces of whole elements, and a covered row goes to the side where its first coverer is
/// eliminated.
///
/// # Errors
/// [`SolverError::Ordering`] where the graph is too large for METIS' 32-bit indices or METIS fails.
pub fn nested_dissection(matrix: &BlockMatrix) -> Result<Vec<u32>, SolverError> {
    let cover = Cover::new(matrix);
    let kept: Vec<u32> = (0..matrix.row_count() as u32)
        .filter(|&r| cover.of(r).is_empty())
        .collect();
    let mut place = vec![u32::MAX; matrix.row_count()];
    for (k, &r) in kept.iter().enumerate() {
        place[r as usize] = k as u32;
    }
    let mut starts: Vec<idx_t> = Vec::with_capacity(kept.len() + 1);
    let mut neighbours: Vec<idx_t> = Vec::new();
    starts.push(0);
    for &r in &kept {
        let others = matrix.columns(r as usize).iter().filter(|&&c| c != r);
        let others = others
            .map(|&c| place[c as usize])
            .filter(|&p| p != u32::MAX);
        neighbours.extend(others.map(|p| p as idx_t));
        let end = idx_t::try_from(neighbours.len()).map_err(|_| SolverError::Ordering {
            rows: kept.len(),
            links: neighbours.len(),
            status: 0,
        })?;
        starts.push(end);
    }
    let order = dissect(starts, neighbours)?;
    Ok(cover.with_covered(order.into_iter().map(|k| kept[k as usize])))
}

/// Which neighbours cover a row.
struct Cover {
    start: Vec<usize>,
    by: Vec<u32>,
}

impl Cover {
    fn new(matrix: &BlockMatrix) -> Self {
        // A row's links as bits of a hash: most rows that do not cover are told by that alone.
        let signature = |r: usize| {
            let bit = |c: &u32| 1u64 << (c.wrapping_mul(0x9e37_79b1) >> 26);
            matrix.columns(r).iter().fold(0, |bits, c| bits | bit(c))
        };
        let rows = 0..matrix.row_count();
        let signatures: Vec<u64> = rows.clone().into_par_iter().map(signature).collect();
        let found: Vec<Vec<u32>> = rows
            .into_par_iter()
            .map(|r| {
                let mine = matrix.columns(r);
                let covers = |&c: &u32| {
                    let theirs = matrix.columns(c as usize);
                    let larger =
                        theirs.len() > mine.len() || theirs.len() == mine.len() && (c as usize) < r;
                    larger && signatures[r] & !signatures[c as usize] == 0 && includes(theirs, mine)
                };
                mine.iter().copied().filter(covers).collect()
            })
            .collect();
        let mut start = vec![0];
        start.extend(found.iter().scan(0, |end, by| {
            *end += by.len();
            Some(*end)
        }));
        Self {
            start,
            by: found.concat(),
        }
    }

    fn of(&self, r: u32) -> &[u32] {
        &self.by[self.start[r as usize]..self.start[r as usize + 1]]
    }

    /// The order of the rows that are not covered, every covered row put just before the first of
    /// those that cover it.
    fn with_covered(&self, order: impl Iterator<Item = u32>) -> Vec<u32> {
        let rows = self.start.len() - 1;
        let mut covered: Vec<Vec<u32>> = vec![Vec::new(); rows];
        for r in 0..rows as u32 {
            self.of(r).iter().for_each(|&c| covered[c as usize].push(r));
        }
        let mut placed = vec![false; rows];
        let mut all = Vec::with_capacity(rows);
        for r in order {
            // Coverers of coverers cover too, so one level finds every row.
            for &m in covered[r as usize].iter().chain([&r]) {
                if !std::mem::replace(&mut placed[m as usize], true) {
                    all.push(m);
                }
            }
        }
        all
    }
}

/// Whether the ascending list `all` holds every entry of the ascending list `some`.
fn includes(all: &[u32], some: &[u32]) -> bool {
    let mut all = all.iter();
    some.iter().all(|s| all.find(|a| *a >= s) == Some(s))
}

/// METIS' nested dissection of a graph, its vertices in the order of elimination.
fn dissect(mut starts: Vec<idx_t>, mut neighbours: Vec<idx_t>) -> Result<Vec<u32>, SolverError> {
    let rows = starts.len() - 1;
    // METIS warns on stdout about graphs without edges.
    if neighbours.is_empty() {
        return Ok((0..rows as u32).collect());
    }
    let links = neighbours.len();
    let failed = |status| SolverError::Ordering {
        rows,
        links,
        status,
    };
    let mut count = rows as idx_t;
    let (mut order, mut place) = (vec![0; rows], vec![0; rows]);
    let mut options = [0; METIS_NOPTIONS as usize];
    let guard = METIS
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: the arrays have the lengths METIS documents: starts rows + 1, neighbours
    // starts[rows], order and place rows, options METIS_NOPTIONS; no weights (null) is allowed.
    let status = unsafe {
        METIS_SetDefaultOptions(options.as_mut_ptr());
        options[moptions_et_METIS_OPTION_SEED as usize] = 1;
        METIS_NodeND(
            &mut count,
            starts.as_mut_ptr(),
            neighbours.as_mut_ptr(),
            std::ptr::null_mut(),
            options.as_mut_ptr(),
            order.as_mut_ptr(),
            place.as_mut_ptr(),
        )
    };
    drop(guard);
    if status != rstatus_et_METIS_OK {
        return Err(failed(status));
    }
    let mut seen = vec![false; rows];
    for &r in &order {
        match seen.get_mut(r as usize) {
            Some(s) if !*s => *s = true,
            _ => return Err(failed(status)),
        }
    }
    Ok(order.into_iter().map(|r| r as u32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix whose row r is linked to the rows listed.
    fn linked(rows: &[&[u32]]) -> BlockMatrix {
        let mut start = vec![0];
        start.extend(rows.iter().scan(0, |end, r| {
            *end += r.len();
            Some(*end)
        }));
        BlockMatrix::from_pattern(start, rows.concat())
    }

    #[test]
    fn rows_within_one_element_are_covered_and_those_between_two_are_not() {
        // Two quadratic bars in a row: corners 0, 2, 4, middles 1 and 3.
        let matrix = linked(&[
            &[0, 1, 2],
            &[0, 1, 2],
            &[0, 1, 2, 3, 4],
            &[2, 3, 4],
            &[2, 3, 4],
        ]);
        let cover = Cover::new(&matrix);
        assert_eq!(cover.of(0), [2]);
        assert_eq!(cover.of(1), [0, 2]);
        assert!(cover.of(2).is_empty());
        assert_eq!(cover.of(4), [2, 3]);
        let order = nested_dissection(&matrix).unwrap();
        assert_eq!(order, [0, 1, 3, 4, 2]);
    }

    #[test]
    fn ends_of_a_chain_are_covered_by_their_neighbours_only() {
        let matrix = linked(&[&[0, 1], &[0, 1, 2], &[1, 2, 3], &[2, 3]]);
        let cover = Cover::new(&matrix);
        let by: Vec<&[u32]> = (0..4).map(|r| cover.of(r)).collect();
        assert_eq!(by, [&[1u32][..], &[], &[], &[2]]);
    }

    #[test]
    fn lists_include_what_they_hold() {
        assert!(includes(&[1, 3, 5], &[1, 5]) && includes(&[1, 3], &[]));
        assert!(!includes(&[1, 3, 5], &[1, 4]) && !includes(&[1, 3], &[3, 7]));
    }
}

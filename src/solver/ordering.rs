//! Nested dissection of the block graph by METIS.
//!
//! The graph has one vertex per block row, so the three dofs of a node stay together and METIS
//! sees a third of the rows and a ninth of the entries.

use std::sync::Mutex;

use metis_sys::{
    METIS_NOPTIONS, METIS_NodeND, METIS_SetDefaultOptions, idx_t, moptions_et_METIS_OPTION_SEED,
    rstatus_et_METIS_OK,
};

use super::SolverError;
use crate::sparse::BlockMatrix;

/// METIS draws from the C library's one random sequence: two calls at once would disturb each
/// other's order.
static METIS: Mutex<()> = Mutex::new(());

/// A fill-reducing order of the block rows: entry `k` is the row eliminated as the k-th.
/// Deterministic: the seed is fixed.
///
/// # Errors
/// [`SolverError::Ordering`] where the graph is too large for METIS' 32-bit indices or METIS fails.
pub fn nested_dissection(matrix: &BlockMatrix) -> Result<Vec<u32>, SolverError> {
    let rows = matrix.row_count();
    let links = matrix.block_count().saturating_sub(rows);
    // METIS warns on stdout about graphs without edges.
    if links == 0 {
        return Ok((0..rows as u32).collect());
    }
    let failed = |status| SolverError::Ordering {
        rows,
        links,
        status,
    };
    if links > idx_t::MAX as usize {
        return Err(failed(0));
    }
    let mut starts: Vec<idx_t> = Vec::with_capacity(rows + 1);
    let mut neighbours: Vec<idx_t> = Vec::with_capacity(links);
    starts.push(0);
    for r in 0..rows {
        let others = matrix.columns(r).iter().filter(|&&c| c as usize != r);
        neighbours.extend(others.map(|&c| c as idx_t));
        starts.push(neighbours.len() as idx_t);
    }
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

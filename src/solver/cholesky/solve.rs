//! Forward and backward substitution, many right-hand sides at once: one pass over the factor
//! serves all columns of a batch.
//!
//! Subtrees run side by side as in the factorisation. Each keeps its own rows of the vectors and
//! collects apart what it adds to rows above; these are summed in the order of the subtrees, so
//! the bits do not depend on who was first.

use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::share::Shares;
use super::tree::FrontTree;

/// Right-hand sides taken together; more would not fit a cache beside the panel.
const BATCH: usize = 32;
/// Panels with fewer values are not worth a second thread.
const SHARED_VALUES: usize = 1 << 16;

/// A factor ready for substitution.
pub(super) struct Substitution<'a> {
    pub tree: &'a FrontTree,
    pub shares: &'a Shares,
    pub values: &'a [f64],
    /// Place of each block row of the order among those of the top fronts.
    pub top_place: &'a [u32],
}

/// The block rows that one pass works on, `columns` vectors of them side by side.
struct Part {
    start: usize,
    end: usize,
    values: Vec<f64>,
}

impl Part {
    fn height(&self) -> usize {
        3 * (self.end - self.start)
    }
}

/// Place of each block row among the rows of the top fronts.
pub(super) fn top_places(tree: &FrontTree, shares: &Shares) -> Vec<u32> {
    let mut places = vec![u32::MAX; tree.order.len()];
    let rows = shares.top.iter().flat_map(|&f| tree.columns(f));
    for (count, j) in rows.enumerate() {
        places[j] = count as u32;
    }
    places
}

impl Substitution<'_> {
    /// Replaces `columns` right-hand sides, one after the other in `rhs`, by their solutions.
    pub fn solve(&self, rhs: &mut [f64], columns: usize, par: Par) {
        let rows = 3 * self.tree.order.len();
        for batch in rhs
            .chunks_mut((BATCH * rows).max(1))
            .take(columns.div_ceil(BATCH))
        {
            self.solve_batch(batch, batch.len() / rows, par);
        }
    }

    fn solve_batch(&self, rhs: &mut [f64], columns: usize, par: Par) {
        let top_rows: Vec<usize> = self
            .shares
            .top
            .iter()
            .flat_map(|&f| self.tree.columns(f))
            .collect();
        let mut parts: Vec<Part> = self
            .shares
            .subtrees
            .iter()
            .map(|fronts| {
                let start = self.tree.columns(fronts.start).start;
                let end = self.tree.columns(fronts.end - 1).end;
                let values = self.taken(rhs, start..end);
                Part { start, end, values }
            })
            .collect();
        let mut top = self.taken(rhs, top_rows.iter().copied());
        let forward = |(part, fronts): (&mut Part, &std::ops::Range<usize>)| {
            let mut above = vec![0.0; top.len()];
            for f in fronts.clone() {
                self.forward(f, part, (&mut above, columns));
            }
            above
        };
        let sums: Vec<Vec<f64>> = in_turn(&mut parts, &self.shares.subtrees, par, forward);
        for sum in sums {
            top.iter_mut().zip(&sum).for_each(|(t, s)| *t += s);
        }
        for &f in &self.shares.top {
            self.forward_top(f, &mut top, columns, par);
        }
        for &f in self.shares.top.iter().rev() {
            self.backward_top(f, &mut top, columns, par);
        }
        let backward = |(part, fronts): (&mut Part, &std::ops::Range<usize>)| {
            for f in fronts.clone().rev() {
                self.backward(f, part, (&top, columns));
            }
        };
        in_turn(&mut parts, &self.shares.subtrees, par, backward);
        for part in &parts {
            self.give(rhs, part.start..part.end, &part.values);
        }
        self.give(rhs, top_rows.iter().copied(), &top);
    }

    /// Rows of the right-hand sides by their places in the order, column after column.
    fn taken(&self, rhs: &[f64], places: impl Iterator<Item = usize> + Clone) -> Vec<f64> {
        let rows = 3 * self.tree.order.len();
        let mut taken = Vec::new();
        for column in rhs.chunks_exact(rows) {
            for j in places.clone() {
                let old = 3 * self.tree.order[j] as usize;
                taken.extend_from_slice(&column[old..old + 3]);
            }
        }
        taken
    }

    fn give(&self, rhs: &mut [f64], places: impl Iterator<Item = usize> + Clone, values: &[f64]) {
        let rows = 3 * self.tree.order.len();
        let mut values = values.chunks_exact(3);
        for column in rhs.chunks_exact_mut(rows) {
            for (j, value) in places.clone().zip(&mut values) {
                let old = 3 * self.tree.order[j] as usize;
                column[old..old + 3].copy_from_slice(value);
            }
        }
    }

    /// L₁₁ over L₂₁ of a front.
    fn panel(&self, f: usize) -> (MatRef<'_, f64>, MatRef<'_, f64>) {
        let (height, width) = self.tree.panel_size(f);
        let values = &self.values[self.tree.value_start[f]..self.tree.value_start[f + 1]];
        MatRef::from_column_major_slice(values, height, width).split_at_row(width)
    }

    fn forward(&self, f: usize, part: &mut Part, (above, columns): (&mut [f64], usize)) {
        let (pivots, below) = self.panel(f);
        let (height, start) = (part.height(), part.start);
        let first = 3 * (self.tree.columns(f).start - start);
        let mut x = MatMut::from_column_major_slice_mut(&mut part.values, height, columns)
            .subrows_mut(first, pivots.nrows());
        solve_lower_triangular_in_place(pivots, x.rb_mut(), Par::Seq);
        let mut sent = vec![0.0; below.nrows() * columns];
        multiply((&mut sent, columns), below, x.rb(), Par::Seq);
        let rows = self.tree.rows(f);
        let inside = rows.partition_point(|&r| (r as usize) < part.end);
        let top_height = above.len() / columns;
        for (k, sent) in sent.chunks_exact(below.nrows().max(1)).enumerate() {
            let (mine, theirs) = sent.split_at(3 * inside);
            let x = &mut part.values[k * height..(k + 1) * height];
            for (&r, s) in rows.iter().zip(mine.chunks_exact(3)) {
                subtract(&mut x[3 * (r as usize - start)..], s);
            }
            let x = &mut above[k * top_height..(k + 1) * top_height];
            for (&r, s) in rows[inside..].iter().zip(theirs.chunks_exact(3)) {
                subtract(&mut x[3 * self.top_place[r as usize] as usize..], s);
            }
        }
    }

    fn backward(&self, f: usize, part: &mut Part, (top, columns): (&[f64], usize)) {
        let (pivots, below) = self.panel(f);
        let (height, start) = (part.height(), part.start);
        let rows = self.tree.rows(f);
        let inside = rows.partition_point(|&r| (r as usize) < part.end);
        let top_height = top.len() / columns;
        let mut known = Vec::with_capacity(below.nrows() * columns);
        for k in 0..columns {
            let x = &part.values[k * height..(k + 1) * height];
            for &r in &rows[..inside] {
                let at = 3 * (r as usize - start);
                known.extend_from_slice(&x[at..at + 3]);
            }
            let x = &top[k * top_height..(k + 1) * top_height];
            for &r in &rows[inside..] {
                let at = 3 * self.top_place[r as usize] as usize;
                known.extend_from_slice(&x[at..at + 3]);
            }
        }
        let first = 3 * (self.tree.columns(f).start - start);
        let x = MatMut::from_column_major_slice_mut(&mut part.values, height, columns)
            .subrows_mut(first, pivots.nrows());
        substitute_back((pivots, below), &known, x, Par::Seq);
    }

    fn forward_top(&self, f: usize, top: &mut [f64], columns: usize, par: Par) {
        let (pivots, below) = self.panel(f);
        let height = top.len() / columns;
        let first = 3 * self.top_place[self.tree.columns(f).start] as usize;
        let mut x = MatMut::from_column_major_slice_mut(&mut *top, height, columns)
            .subrows_mut(first, pivots.nrows());
        solve_lower_triangular_in_place(pivots, x.rb_mut(), par);
        let mut sent = vec![0.0; below.nrows() * columns];
        multiply((&mut sent, columns), below, x.rb(), par);
        for (k, sent) in sent.chunks_exact(below.nrows().max(1)).enumerate() {
            let x = &mut top[k * height..(k + 1) * height];
            for (&r, s) in self.tree.rows(f).iter().zip(sent.chunks_exact(3)) {
                subtract(&mut x[3 * self.top_place[r as usize] as usize..], s);
            }
        }
    }

    fn backward_top(&self, f: usize, top: &mut [f64], columns: usize, par: Par) {
        let (pivots, below) = self.panel(f);
        let height = top.len() / columns;
        let mut known = Vec::with_capacity(below.nrows() * columns);
        for x in top.chunks_exact(height.max(1)) {
            for &r in self.tree.rows(f) {
                let at = 3 * self.top_place[r as usize] as usize;
                known.extend_from_slice(&x[at..at + 3]);
            }
        }
        let first = 3 * self.top_place[self.tree.columns(f).start] as usize;
        let x = MatMut::from_column_major_slice_mut(top, height, columns)
            .subrows_mut(first, pivots.nrows());
        substitute_back((pivots, below), &known, x, par);
    }
}

/// `work` on every part: side by side where there are threads, results in the parts' order.
fn in_turn<R: Send>(
    parts: &mut [Part],
    fronts: &[std::ops::Range<usize>],
    par: Par,
    work: impl Fn((&mut Part, &std::ops::Range<usize>)) -> R + Sync + Send,
) -> Vec<R> {
    match par {
        Par::Seq => parts.iter_mut().zip(fronts).map(work).collect(),
        _ => parts
            .par_iter_mut()
            .zip(fronts)
            .with_max_len(1)
            .map(work)
            .collect(),
    }
}

fn subtract(x: &mut [f64], s: &[f64]) {
    for (x, s) in x.iter_mut().zip(s) {
        *x -= s;
    }
}

/// `to` = L x; for one column the rows are shared out, since the dense product would not.
fn multiply((to, columns): (&mut [f64], usize), l: MatRef<'_, f64>, x: MatRef<'_, f64>, par: Par) {
    let rows = l.nrows();
    if rows == 0 {
        return;
    }
    let shared = par.degree() > 1 && columns == 1 && rows * l.ncols() > SHARED_VALUES;
    if !shared {
        let to = MatMut::from_column_major_slice_mut(to, rows, columns);
        return matmul(to, Accum::Replace, l, x, 1.0, par);
    }
    let each = rows.div_ceil(par.degree());
    to.par_chunks_mut(each).enumerate().for_each(|(k, to)| {
        let l = l.subrows(k * each, to.len());
        let to = MatMut::from_column_major_slice_mut(to, l.nrows(), 1);
        matmul(to, Accum::Replace, l, x, 1.0, Par::Seq);
    });
}

/// x = L₁₁⁻ᵀ (x − L₂₁ᵀ known).
fn substitute_back(
    (pivots, below): (MatRef<'_, f64>, MatRef<'_, f64>),
    known: &[f64],
    mut x: MatMut<'_, f64>,
    par: Par,
) {
    let columns = x.ncols();
    let shared = par.degree() > 1 && columns == 1 && below.nrows() * below.ncols() > SHARED_VALUES;
    if below.nrows() > 0 {
        let known = MatRef::from_column_major_slice(known, below.nrows(), columns);
        if shared {
            let mut sums = vec![0.0; below.ncols()];
            let each = below.ncols().div_ceil(par.degree());
            sums.par_chunks_mut(each).enumerate().for_each(|(k, sums)| {
                let l = below.subcols(k * each, sums.len());
                let sums = MatMut::from_column_major_slice_mut(sums, l.ncols(), 1);
                matmul(sums, Accum::Replace, l.transpose(), known, 1.0, Par::Seq);
            });
            for (i, sum) in sums.iter().enumerate() {
                x[(i, 0)] -= sum;
            }
        } else {
            matmul(x.rb_mut(), Accum::Add, below.transpose(), known, -1.0, par);
        }
    }
    solve_upper_triangular_in_place(pivots.transpose(), x, par);
}

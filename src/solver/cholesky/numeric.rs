//! The multifrontal factorisation (Duff & Reid 1983; Liu 1992). A front gathers the matrix entries
//! of its columns and what its children pass up, eliminates its columns densely and passes the
//! rest, −L₂₁L₂₁ᵀ plus what the children had for rows further up, to its parent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{
    LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, MatMut, Par, Spec};
use rayon::prelude::*;

use super::share::Shares;
use super::tree::{FrontTree, children_of};
use crate::sparse::BlockMatrix;

/// What a front passes up: a square of three times its rows, of which the lower half counts.
struct Update {
    front: usize,
    /// At least as many as the square has.
    values: Vec<f64>,
}

/// The pivot of this scalar place in the order is not positive.
pub(super) struct BadPivot(pub usize);

/// What one thread works with.
struct Workspace {
    /// Squares that nobody needs any more, kept because fresh memory costs a page fault every
    /// 4 KiB.
    spare: Vec<Vec<f64>>,
    /// For each block row, its place among the rows of the present front.
    local: Vec<u32>,
    dense: MemBuffer,
}

impl Workspace {
    fn new(tree: &FrontTree) -> Self {
        let widest = (0..tree.len()).map(|f| 3 * tree.column_count(f)).max();
        let request =
            cholesky_in_place_scratch::<f64>(widest.unwrap_or(0), Par::Seq, Spec::default());
        Self {
            spare: Vec::new(),
            local: vec![0; tree.order.len()],
            dense: MemBuffer::new(request),
        }
    }
}

impl Workspace {
    /// Spare squares kept at most, and the least values worth keeping.
    const SPARES: usize = 4;
    const WORTH: usize = 1 << 13;

    /// At least `length` values, of any content.
    fn take(&mut self, length: usize) -> Vec<f64> {
        let fits = |k: &usize| self.spare[*k].len() >= length;
        let best = (0..self.spare.len())
            .filter(fits)
            .min_by_key(|&k| self.spare[k].len());
        match best {
            Some(k) if length >= Self::WORTH => self.spare.swap_remove(k),
            _ => vec![0.0; length],
        }
    }

    fn give_back(&mut self, updates: Vec<Update>) {
        let worth = updates
            .into_iter()
            .map(|u| u.values)
            .filter(|v| v.len() >= Self::WORTH);
        self.spare.extend(worth);
        self.spare.sort_by_key(|v| std::cmp::Reverse(v.len()));
        self.spare.truncate(Self::SPARES);
    }
}

/// Values of all panels, front after front, each column-major.
pub(super) fn factor(
    tree: &FrontTree,
    shares: &Shares,
    matrix: &BlockMatrix,
    par: Par,
) -> Result<Vec<f64>, BadPivot> {
    let elimination = Elimination { tree, matrix };
    let mut values = vec![0.0; tree.value_count()];
    let mut panels = Panels::cut(tree, shares, &mut values);
    let mut updates = elimination.subtrees(&mut panels.subtrees, par.degree())?;
    let children = children_of(&tree.parent);
    let mut space = Workspace::new(tree);
    for (f, panel) in panels.top {
        let below: Vec<Update> = children[f]
            .iter()
            .filter_map(|&child| updates[child].take())
            .collect();
        updates[f] = Some(elimination.front(f, (panel, &below), &mut space, par)?);
        space.give_back(below);
    }
    Ok(values)
}

/// The values cut to the shares.
struct Panels<'a> {
    subtrees: Vec<Mutex<(std::ops::Range<usize>, &'a mut [f64])>>,
    top: Vec<(usize, &'a mut [f64])>,
}

impl<'a> Panels<'a> {
    fn cut(tree: &FrontTree, shares: &Shares, values: &'a mut [f64]) -> Self {
        let mut parts: Vec<(std::ops::Range<usize>, Option<usize>)> =
            shares.top.iter().map(|&f| (f..f + 1, None)).collect();
        let subtrees = shares.subtrees.iter().enumerate();
        parts.extend(subtrees.map(|(k, range)| (range.clone(), Some(k))));
        parts.sort_by_key(|part| part.0.start);
        let (mut rest, mut top, mut cut) = (values, Vec::new(), Vec::new());
        for (range, subtree) in parts {
            let length = tree.value_start[range.end] - tree.value_start[range.start];
            let (mine, others) = rest.split_at_mut(length);
            rest = others;
            match subtree {
                Some(k) => cut.push((k, Mutex::new((range, mine)))),
                None => top.push((range.start, mine)),
            }
        }
        // Back to the order of the shares, the heaviest first.
        cut.sort_by_key(|c| c.0);
        Self {
            subtrees: cut.into_iter().map(|c| c.1).collect(),
            top,
        }
    }
}

struct Elimination<'a> {
    tree: &'a FrontTree,
    matrix: &'a BlockMatrix,
}

impl Elimination<'_> {
    /// Eliminates the subtrees, each by one thread, and gives what their roots pass up, by front.
    fn subtrees(
        &self,
        subtrees: &mut [Mutex<(std::ops::Range<usize>, &mut [f64])>],
        threads: usize,
    ) -> Result<Vec<Option<Update>>, BadPivot> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new((Vec::new(), None::<usize>));
        let work = || {
            let mut space = Workspace::new(self.tree);
            while let Some(subtree) = subtrees.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut subtree = subtree.lock().unwrap_or_else(PoisonError::into_inner);
                let (range, values) = &mut *subtree;
                let passed = self.subtree(range.clone(), values, &mut space);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                match passed {
                    Ok(update) => done.0.push(update),
                    // The first in the order, whichever thread finds one first.
                    Err(BadPivot(at)) => done.1 = Some(done.1.map_or(at, |b| b.min(at))),
                }
            }
        };
        match threads {
            1 => work(),
            _ => rayon::scope(|scope| (0..threads).for_each(|_| scope.spawn(|_| work()))),
        }
        let (passed, bad) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = bad {
            return Err(BadPivot(at));
        }
        let mut updates: Vec<Option<Update>> = (0..self.tree.len()).map(|_| None).collect();
        for update in passed {
            let front = update.front;
            updates[front] = Some(update);
        }
        Ok(updates)
    }

    /// Eliminates one subtree; gives what its root passes up.
    fn subtree(
        &self,
        range: std::ops::Range<usize>,
        values: &mut [f64],
        space: &mut Workspace,
    ) -> Result<Update, BadPivot> {
        let base = self.tree.value_start[range.start];
        let mut stack: Vec<Update> = Vec::new();
        for f in range {
            // In postorder the children of a front are the last on the stack.
            let own = stack.iter().rev();
            let count = own
                .take_while(|u| self.tree.parent[u.front] == Some(f))
                .count();
            let children = stack.split_off(stack.len() - count);
            let span = self.tree.value_start[f] - base..self.tree.value_start[f + 1] - base;
            let update = self.front(f, (&mut values[span], &children), space, Par::Seq)?;
            space.give_back(children);
            stack.push(update);
        }
        Ok(stack.pop().unwrap_or(Update {
            front: 0,
            values: Vec::new(),
        }))
    }

    /// Eliminates the columns of front `f`.
    fn front(
        &self,
        f: usize,
        (panel, children): (&mut [f64], &[Update]),
        space: &mut Workspace,
        par: Par,
    ) -> Result<Update, BadPivot> {
        let (height, width) = self.tree.panel_size(f);
        self.gather(f, panel, &mut space.local);
        let columns = self.tree.column_count(f);
        let arrivals = self.arrivals(f, children);
        self.extend((panel, height), 0, (&arrivals, 0..columns), par);
        let (mut pivots, mut below) =
            MatMut::from_column_major_slice_mut(panel, height, width).split_at_row_mut(width);
        let stack = MemStack::new(&mut space.dense);
        cholesky_in_place(
            pivots.rb_mut(),
            LltRegularization::default(),
            par,
            stack,
            Spec::default(),
        )
        .map_err(|LltError::NonPositivePivot { index }| {
            BadPivot(3 * self.tree.first[f] as usize + index)
        })?;
        let rows = height - width;
        let mut values = space.take(rows * rows);
        if rows > 0 {
            solve_lower_triangular_in_place(pivots.rb(), below.rb_mut().transpose_mut(), par);
            triangular::matmul(
                MatMut::from_column_major_slice_mut(&mut values[..rows * rows], rows, rows),
                BlockStructure::TriangularLower,
                Accum::Replace,
                below.rb(),
                BlockStructure::Rectangular,
                below.rb().transpose(),
                BlockStructure::Rectangular,
                -1.0,
                par,
            );
            let all = columns + rows / 3;
            self.extend(
                (&mut values[..rows * rows], rows),
                columns,
                (&arrivals, columns..all),
                par,
            );
        }
        Ok(Update { front: f, values })
    }

    /// Puts the matrix entries of the columns of front `f` into its panel.
    fn gather(&self, f: usize, panel: &mut [f64], local: &mut [u32]) {
        let (height, _) = self.tree.panel_size(f);
        let columns = self.tree.columns(f);
        for (k, &row) in self.tree.rows(f).iter().enumerate() {
            local[row as usize] = (columns.len() + k) as u32;
        }
        for (c, j) in columns.clone().enumerate() {
            let old = self.tree.order[j] as usize;
            for (&m, block) in self.matrix.columns(old).iter().zip(self.matrix.blocks(old)) {
                let i = self.tree.place[m as usize] as usize;
                if i < j {
                    continue;
                }
                let r = match i < columns.end {
                    true => i - columns.start,
                    false => local[i] as usize,
                };
                // Row a of the block is column a of its mirror image below the diagonal.
                for (a, values) in block.chunks_exact(3).enumerate() {
                    let start = (3 * c + a) * height + 3 * r;
                    panel[start..start + 3].copy_from_slice(values);
                }
            }
        }
    }

    /// For each child of front `f`, which of its columns lands in each column of the front.
    fn arrivals<'u>(&self, f: usize, children: &'u [Update]) -> Vec<(&'u Update, Vec<u32>)> {
        let all = self.tree.column_count(f) + self.tree.rows(f).len();
        let lands = |child: &Update| {
            let mut column = vec![u32::MAX; all];
            for (k, &place) in self.tree.relative(child.front).iter().enumerate() {
                column[place as usize] = k as u32;
            }
            column
        };
        children.iter().map(|child| (child, lands(child))).collect()
    }

    /// Adds what arrives in the block columns `range` of a front to `target`, which holds them with
    /// `height` scalar rows each, the first being block row `offset` of the front.
    fn extend(
        &self,
        (target, height): (&mut [f64], usize),
        offset: usize,
        (arrivals, range): (&[(&Update, Vec<u32>)], std::ops::Range<usize>),
        par: Par,
    ) {
        if arrivals.is_empty() || range.is_empty() {
            return;
        }
        let add = |(k, target): (usize, &mut [f64])| {
            for (child, column) in arrivals {
                let from = column[range.start + k];
                if from != u32::MAX {
                    self.add_column(child, from as usize, (target, height), offset);
                }
            }
        };
        match par {
            Par::Seq => target.chunks_mut(3 * height).enumerate().for_each(add),
            _ => target.par_chunks_mut(3 * height).enumerate().for_each(add),
        }
    }

    /// Adds block column `from` of a child's update to one of its parent.
    fn add_column(
        &self,
        child: &Update,
        from: usize,
        (target, height): (&mut [f64], usize),
        offset: usize,
    ) {
        let relative = self.tree.relative(child.front);
        let rows = 3 * relative.len();
        let columns = child.values[3 * from * rows..].chunks_exact(rows);
        for (source, target) in columns.zip(target.chunks_exact_mut(height)) {
            let blocks = source[3 * from..].chunks_exact(3);
            for (&place, block) in relative[from..].iter().zip(blocks) {
                let at = 3 * (place as usize - offset);
                if let Some(t) = target.get_mut(at..at + 3) {
                    t[0] += block[0];
                    t[1] += block[1];
                    t[2] += block[2];
                }
            }
        }
    }
}

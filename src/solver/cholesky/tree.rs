//! The assembly tree: which columns are eliminated together and which rows they touch.
//!
//! Everything happens on the graph of block rows, a third of the rows and a ninth of the entries
//! of the scalar matrix. Elimination tree (Liu 1990), postorder, column counts (Gilbert, Ng &
//! Peyton 1994), supernodes, and amalgamation: a front takes in a child where the zeros that this
//! stores are few, for small fronts cost more in overhead than in arithmetic. Columns are
//! numbered anew so that a front's columns, and a subtree's fronts, stand side by side.

use std::ops::Range;

use crate::sparse::BlockMatrix;

const NONE: u32 = u32::MAX;

/// Fronts are joined where the joined one has at most that many block columns and stores at most
/// that share of zeros. Wide fronts gain nothing: their panels are rectangles, so that joining them
/// stores half a square more above the diagonal.
const JOIN: [(usize, f64); 3] = [(4, 0.9), (12, 0.4), (32, 0.12)];

/// Fronts in the order of elimination, children before parents.
#[derive(Debug, Clone)]
pub(super) struct FrontTree {
    /// `order[new]` is the block row of the matrix.
    pub order: Vec<u32>,
    /// `place[old]` is its place in the order.
    pub place: Vec<u32>,
    /// First column of each front, and the number of columns.
    pub first: Vec<u32>,
    /// Parent of each front; `None` for a root.
    pub parent: Vec<Option<usize>>,
    /// Where the rows below each front begin in `rows` and `relative`.
    row_start: Vec<usize>,
    rows: Vec<u32>,
    relative: Vec<u32>,
    /// Where the values of each front's panel begin.
    pub value_start: Vec<usize>,
}

impl FrontTree {
    pub fn new(matrix: &BlockMatrix, dissection: &[u32]) -> Self {
        let order = postordered(matrix, dissection);
        let graph = Graph::new(matrix, &order);
        let parent = graph.elimination_tree();
        let counts = graph.column_counts(&parent);
        let groups = Groups::new(&parent, &counts);
        let (order, first, parent) = groups.numbered(&order);
        Self::with_rows(matrix, order, (first, parent))
    }

    fn with_rows(
        matrix: &BlockMatrix,
        order: Vec<u32>,
        (first, parent): (Vec<u32>, Vec<Option<usize>>),
    ) -> Self {
        let place = inverse(&order);
        let mut tree = Self {
            order,
            place,
            first,
            parent,
            row_start: vec![0],
            rows: Vec::new(),
            relative: Vec::new(),
            value_start: vec![0],
        };
        let children = children_of(&tree.parent);
        let mut seen = vec![NONE; tree.order.len()];
        for (f, children) in children.iter().enumerate() {
            let mut below = tree.rows_below(matrix, f, (children, &mut seen));
            below.sort_unstable();
            tree.rows.extend_from_slice(&below);
            tree.row_start.push(tree.rows.len());
            let (height, width) = tree.panel_size(f);
            tree.value_start.push(tree.value_start[f] + height * width);
        }
        tree.relative = vec![0; tree.rows.len()];
        for (f, children) in children.iter().enumerate() {
            for (k, &row) in tree.rows(f).iter().enumerate() {
                seen[row as usize] = (tree.column_count(f) + k) as u32;
            }
            for &child in children {
                for k in tree.row_start[child]..tree.row_start[child + 1] {
                    let row = tree.rows[k];
                    tree.relative[k] = match row < tree.first[f + 1] {
                        true => row - tree.first[f],
                        false => seen[row as usize],
                    };
                }
            }
        }
        tree
    }

    /// Rows that the columns of front `f` reach, its own left out; `seen[row]` is the front that
    /// met it last.
    fn rows_below(
        &self,
        matrix: &BlockMatrix,
        f: usize,
        (children, seen): (&[usize], &mut [u32]),
    ) -> Vec<u32> {
        let mut below = Vec::new();
        let mut meet = |row: u32| {
            if row >= self.first[f + 1] && seen[row as usize] != f as u32 {
                seen[row as usize] = f as u32;
                below.push(row);
            }
        };
        for j in self.columns(f) {
            let neighbours = matrix.columns(self.order[j] as usize).iter();
            neighbours.for_each(|&c| meet(self.place[c as usize]));
        }
        for &child in children {
            self.rows(child).iter().for_each(|&row| meet(row));
        }
        below
    }

    /// Number of fronts.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Columns of front `f`, as places in the order.
    pub fn columns(&self, f: usize) -> Range<usize> {
        self.first[f] as usize..self.first[f + 1] as usize
    }

    /// Block columns of front `f`.
    pub fn column_count(&self, f: usize) -> usize {
        self.columns(f).len()
    }

    /// Block rows below the columns of front `f`, ascending.
    pub fn rows(&self, f: usize) -> &[u32] {
        &self.rows[self.row_start[f]..self.row_start[f + 1]]
    }

    /// Places of [`rows`](Self::rows) in the parent's front: its columns first, then its rows.
    pub fn relative(&self, f: usize) -> &[u32] {
        &self.relative[self.row_start[f]..self.row_start[f + 1]]
    }

    /// Scalar rows and columns of the panel of front `f`.
    pub fn panel_size(&self, f: usize) -> (usize, usize) {
        let columns = self.column_count(f);
        (3 * (columns + self.rows(f).len()), 3 * columns)
    }

    /// Values of all panels.
    pub fn value_count(&self) -> usize {
        self.value_start[self.len()]
    }

    /// Bytes held by the tree itself.
    pub fn bytes(&self) -> u64 {
        let words = self.order.len() + self.place.len() + self.rows.len() + self.relative.len();
        (4 * words + 28 * self.len()) as u64
    }

    /// Operations of front `f`, of s columns over p further rows: s³/3 + s² p + s p².
    pub fn flops(&self, f: usize) -> f64 {
        let (height, width) = self.panel_size(f);
        let (s, p) = (width as f64, (height - width) as f64);
        s * (s * s / 3.0 + s * p + p * p)
    }

    /// First front of the subtree under each front, itself where it has no child.
    pub fn subtree_start(&self) -> Vec<usize> {
        let mut start: Vec<usize> = (0..self.len()).collect();
        for f in 0..self.len() {
            if let Some(parent) = self.parent[f] {
                start[parent] = start[parent].min(start[f]);
            }
        }
        start
    }
}

pub(super) fn children_of(parent: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); parent.len()];
    for (f, parent) in parent.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(f);
        }
    }
    children
}

fn inverse(order: &[u32]) -> Vec<u32> {
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old as usize] = new as u32;
    }
    place
}

/// The dissection's order, turned so that every subtree of the elimination tree is contiguous; the
/// fill stays the same.
fn postordered(matrix: &BlockMatrix, dissection: &[u32]) -> Vec<u32> {
    let parent = Graph::new(matrix, dissection).elimination_tree();
    postorder(&parent)
        .into_iter()
        .map(|j| dissection[j as usize])
        .collect()
}

fn postorder(parent: &[u32]) -> Vec<u32> {
    let count = parent.len();
    // Children as linked lists, first child first.
    let (mut child, mut sibling) = (vec![NONE; count], vec![NONE; count]);
    let mut roots = Vec::new();
    for j in (0..count).rev() {
        match parent[j] {
            NONE => roots.push(j as u32),
            p => {
                sibling[j] = child[p as usize];
                child[p as usize] = j as u32;
            }
        }
    }
    let mut order = Vec::with_capacity(count);
    let mut stack = roots;
    while let Some(&j) = stack.last() {
        match child[j as usize] {
            NONE => {
                order.push(j);
                stack.pop();
            }
            c => {
                child[j as usize] = sibling[c as usize];
                stack.push(c);
            }
        }
    }
    order
}

/// The graph of the matrix in a given order.
struct Graph<'a> {
    matrix: &'a BlockMatrix,
    order: &'a [u32],
    place: Vec<u32>,
}

impl<'a> Graph<'a> {
    fn new(matrix: &'a BlockMatrix, order: &'a [u32]) -> Self {
        Self {
            matrix,
            order,
            place: inverse(order),
        }
    }

    fn neighbours(&self, j: usize) -> impl Iterator<Item = usize> + '_ {
        let row = self.matrix.columns(self.order[j] as usize);
        row.iter().map(|&c| self.place[c as usize] as usize)
    }

    /// Parent of each column, with path compression through ancestors.
    fn elimination_tree(&self) -> Vec<u32> {
        let count = self.order.len();
        let (mut parent, mut ancestor) = (vec![NONE; count], vec![NONE; count]);
        for j in 0..count {
            for i in self.neighbours(j).filter(|&i| i < j) {
                let mut r = i;
                loop {
                    let next = ancestor[r];
                    if next == j as u32 {
                        break;
                    }
                    ancestor[r] = j as u32;
                    if next == NONE {
                        parent[r] = j as u32;
                        break;
                    }
                    r = next as usize;
                }
            }
        }
        parent
    }

    /// Entries of each column of the factor, the diagonal included; the order is a postorder.
    fn column_counts(&self, parent: &[u32]) -> Vec<u32> {
        let count = self.order.len();
        let mut first = vec![NONE; count];
        let mut counts = vec![0i64; count];
        for k in 0..count {
            counts[k] = i64::from(first[k] == NONE);
            let mut j = k;
            while first[j] == NONE {
                first[j] = k as u32;
                if parent[j] == NONE {
                    break;
                }
                j = parent[j] as usize;
            }
        }
        let mut last_first = vec![-1i64; count];
        let mut last_leaf = vec![NONE; count];
        let mut ancestor: Vec<u32> = (0..count as u32).collect();
        for j in 0..count {
            if parent[j] != NONE {
                counts[parent[j] as usize] -= 1;
            }
            for i in self.neighbours(j).filter(|&i| i > j) {
                // j is a leaf of the subtree of row i where no descendant of j has met i.
                if i64::from(first[j]) <= last_first[i] {
                    continue;
                }
                last_first[i] = i64::from(first[j]);
                counts[j] += 1;
                let before = std::mem::replace(&mut last_leaf[i], j as u32);
                if before != NONE {
                    counts[common_ancestor(&mut ancestor, before)] -= 1;
                }
            }
            if parent[j] != NONE {
                ancestor[j] = parent[j];
            }
        }
        for j in 0..count {
            if parent[j] != NONE {
                counts[parent[j] as usize] += counts[j];
            }
        }
        counts.into_iter().map(|c| c as u32).collect()
    }
}

/// The representative of `leaf`; paths are compressed on the way.
fn common_ancestor(ancestor: &mut [u32], leaf: u32) -> usize {
    let mut top = leaf;
    while ancestor[top as usize] != top {
        top = ancestor[top as usize];
    }
    let mut at = leaf;
    while at != top {
        at = std::mem::replace(&mut ancestor[at as usize], top);
    }
    top as usize
}

/// Supernodes while they are being joined.
struct Groups {
    /// First column of each supernode and the number of columns.
    first: Vec<u32>,
    parent: Vec<u32>,
    /// Block columns, with those of joined descendants.
    width: Vec<usize>,
    /// Block rows below.
    below: Vec<usize>,
    /// Blocks stored that are zero.
    zeros: Vec<usize>,
    /// The supernode each one was joined to, or itself.
    joined_to: Vec<u32>,
}

impl Groups {
    fn new(parent: &[u32], counts: &[u32]) -> Self {
        let count = parent.len();
        let mut first: Vec<u32> = Vec::new();
        let mut group_of = vec![0u32; count];
        for j in 0..count {
            let goes_on = j > 0 && parent[j - 1] == j as u32 && counts[j - 1] == counts[j] + 1;
            if !goes_on {
                first.push(j as u32);
            }
            group_of[j] = first.len() as u32 - 1;
        }
        let groups = first.len();
        first.push(count as u32);
        let width: Vec<usize> = first.windows(2).map(|w| (w[1] - w[0]) as usize).collect();
        let of_first = |g: usize| counts[first[g] as usize] as usize - width[g];
        let above = |g: usize| match parent[first[g + 1] as usize - 1] {
            NONE => NONE,
            p => group_of[p as usize],
        };
        let mut found = Self {
            below: (0..groups).map(of_first).collect(),
            parent: (0..groups).map(above).collect(),
            zeros: vec![0; groups],
            joined_to: (0..groups as u32).collect(),
            first,
            width,
        };
        found.join();
        found
    }

    /// Children before parents; a child's children have been judged when it is.
    fn join(&mut self) {
        let mut children = vec![Vec::new(); self.width.len()];
        for g in 0..self.width.len() {
            if self.parent[g] != NONE {
                children[self.parent[g] as usize].push(g);
            }
        }
        for (g, mine) in children.iter_mut().enumerate() {
            // Those that add the fewest zeros first.
            mine.sort_by_key(|&c| (self.added_zeros(c, g), c));
            for &c in mine.iter() {
                let width = self.width[g] + self.width[c];
                let zeros = self.zeros[g] + self.zeros[c] + self.added_zeros(c, g);
                let blocks = width * (width + 1) / 2 + width * self.below[g];
                let share = zeros as f64 / blocks as f64;
                if JOIN
                    .iter()
                    .any(|&(most, limit)| width <= most && share <= limit)
                {
                    self.joined_to[c] = g as u32;
                    (self.width[g], self.zeros[g]) = (width, zeros);
                }
            }
        }
    }

    /// Zeros stored when `child` becomes part of `parent`.
    fn added_zeros(&self, child: usize, parent: usize) -> usize {
        self.width[child]
            * (self.width[parent] + self.below[parent]).saturating_sub(self.below[child])
    }

    /// Block rows in the order of the fronts, the first column of each front, and its parent.
    fn numbered(&self, order: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<Option<usize>>) {
        let count = self.width.len();
        // Parents stand after children, so going down finds every front above settled.
        let mut front = vec![0u32; count];
        let mut members = vec![Vec::new(); count];
        for g in (0..count).rev() {
            front[g] = match self.joined_to[g] as usize {
                same if same == g => g as u32,
                other => front[other],
            };
        }
        for g in 0..count {
            members[front[g] as usize].push(g);
        }
        let mut above = vec![NONE; count];
        for g in (0..count).filter(|&g| front[g] == g as u32) {
            if self.parent[g] != NONE {
                above[g] = front[self.parent[g] as usize];
            }
        }
        let (mut rows, mut first) = (Vec::with_capacity(order.len()), vec![0]);
        let mut number = vec![NONE; count];
        let mut fronts = Vec::new();
        // A postorder of the fronts: those joined away stand alone in it and have no members.
        for g in postorder(&above).into_iter().map(|g| g as usize) {
            if front[g] != g as u32 {
                continue;
            }
            number[g] = fronts.len() as u32;
            fronts.push(g);
            for &m in &members[g] {
                rows.extend_from_slice(&order[self.first[m] as usize..self.first[m + 1] as usize]);
            }
            first.push(rows.len() as u32);
        }
        let parent = fronts.iter().map(|&g| match above[g] {
            NONE => None,
            p => Some(number[p as usize] as usize),
        });
        let parent = parent.collect();
        (rows, first, parent)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::solver::nested_dissection;

    /// A grid of rows, each linked to those that share a cell with it; strongly diagonal.
    pub fn grid(size: [usize; 3]) -> BlockMatrix {
        let around = |i: usize, n: usize| i.saturating_sub(1)..(i + 2).min(n);
        let number = |i: usize, j: usize, k: usize| (i + size[0] * (j + size[1] * k)) as u32;
        let (mut row_start, mut columns) = (vec![0], Vec::new());
        for k in 0..size[2] {
            for j in 0..size[1] {
                for i in 0..size[0] {
                    for c in around(k, size[2]) {
                        for b in around(j, size[1]) {
                            columns.extend(around(i, size[0]).map(|a| number(a, b, c)));
                        }
                    }
                    row_start.push(columns.len());
                }
            }
        }
        let mut matrix = BlockMatrix::from_pattern(row_start, columns);
        matrix.fill_rows(|r, columns, blocks| {
            for (&c, block) in columns.iter().zip(blocks) {
                let (low, high) = (r.min(c as usize), r.max(c as usize));
                for (k, v) in block.iter_mut().enumerate() {
                    let (a, b) = if r <= c as usize {
                        (k / 3, k % 3)
                    } else {
                        (k % 3, k / 3)
                    };
                    *v = ((low * 7 + high * 3 + 2 * a.min(b) + a.max(b)) % 5) as f64 - 2.0;
                    // Blocks off the diagonal need not be symmetric, the matrix must.
                    if low != high {
                        *v += 0.1 * a as f64;
                    } else if a == b {
                        *v = 200.0;
                    }
                }
            }
        });
        matrix
    }

    pub fn tree_of(matrix: &BlockMatrix) -> FrontTree {
        FrontTree::new(matrix, &nested_dissection(matrix).unwrap())
    }

    /// Block rows of each column of the factor by elimination of a dense graph.
    fn filled(matrix: &BlockMatrix, order: &[u32]) -> Vec<Vec<bool>> {
        let count = order.len();
        let place = inverse(order);
        let mut linked = vec![vec![false; count]; count];
        for (j, &old) in order.iter().enumerate() {
            for &c in matrix.columns(old as usize) {
                linked[j][place[c as usize] as usize] = true;
            }
        }
        for j in 0..count {
            let below: Vec<usize> = (j + 1..count).filter(|&i| linked[j][i]).collect();
            for &a in &below {
                for &b in &below {
                    linked[a][b] = true;
                }
            }
        }
        linked
    }

    #[test]
    fn fronts_hold_every_entry_of_the_factor() {
        let matrix = grid([5, 4, 6]);
        let tree = tree_of(&matrix);
        let linked = filled(&matrix, &tree.order);
        let mut sorted = tree.order.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().enumerate().all(|(k, &r)| k == r as usize));
        let mut stored = 0;
        for f in 0..tree.len() {
            let rows = tree.rows(f);
            assert!(rows.is_sorted() && tree.columns(f).end <= matrix.row_count());
            for j in tree.columns(f) {
                for i in (tree.columns(f).end..matrix.row_count()).filter(|&i| linked[j][i]) {
                    assert!(rows.contains(&(i as u32)), "row {i} of column {j}");
                }
            }
            stored += tree.column_count(f) * (tree.column_count(f) + rows.len());
        }
        // Joining stores zeros, but not many times the factor.
        let entries: usize = (0..matrix.row_count())
            .map(|j| (j..matrix.row_count()).filter(|&i| linked[j][i]).count())
            .sum();
        assert!(stored < 2 * entries, "{stored} {entries}");
    }

    #[test]
    fn column_counts_are_those_of_the_filled_graph() {
        let matrix = grid([4, 5, 3]);
        let order = postordered(&matrix, &nested_dissection(&matrix).unwrap());
        let graph = Graph::new(&matrix, &order);
        let counts = graph.column_counts(&graph.elimination_tree());
        for (j, row) in filled(&matrix, &order).iter().enumerate() {
            let expected = row[j..].iter().filter(|l| **l).count();
            assert_eq!(counts[j] as usize, expected, "column {j}");
        }
    }

    #[test]
    fn a_front_finds_its_rows_in_its_parent() {
        let tree = tree_of(&grid([6, 6, 6]));
        let mut met = 0;
        for f in 0..tree.len() {
            let Some(parent) = tree.parent[f] else {
                assert!(tree.rows(f).is_empty());
                continue;
            };
            let of_parent: Vec<u32> = tree
                .columns(parent)
                .map(|j| j as u32)
                .chain(tree.rows(parent).iter().copied())
                .collect();
            for (&row, &place) in tree.rows(f).iter().zip(tree.relative(f)) {
                assert_eq!(of_parent[place as usize], row);
                met += 1;
            }
        }
        assert!(met > 100);
    }
}

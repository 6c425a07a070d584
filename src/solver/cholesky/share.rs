//! Who does what: subtrees that do not meet are eliminated side by side, one thread each; the
//! fronts above them one after the other, all threads in each.

use super::tree::{FrontTree, children_of};

/// The tree cut into subtrees and what stands above.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    /// Fronts of each subtree, contiguous, the largest work first.
    pub subtrees: Vec<std::ops::Range<usize>>,
    /// Fronts above all subtrees, in order.
    pub top: Vec<usize>,
}

/// More subtrees than this per thread add overhead and no balance.
const MOST_PER_THREAD: usize = 24;
/// The busiest thread may have this much more than its share.
const BALANCED: f64 = 1.04;

impl Shares {
    /// Cut so that `threads` threads have about the same to do and as little as possible is left
    /// for the top. Depends on the tree and the number of threads alone.
    pub fn new(tree: &FrontTree, threads: usize) -> Self {
        let start = tree.subtree_start();
        let mut work: Vec<f64> = (0..tree.len()).map(|f| tree.flops(f)).collect();
        for f in 0..tree.len() {
            if let Some(parent) = tree.parent[f] {
                work[parent] += work[f];
            }
        }
        let children = children_of(&tree.parent);
        let mut cut: Vec<usize> = (0..tree.len())
            .filter(|&f| tree.parent[f].is_none())
            .collect();
        let mut top = Vec::new();
        let heavier = |a: &usize, b: &usize| work[*b].total_cmp(&work[*a]).then(a.cmp(b));
        cut.sort_by(heavier);
        while threads > 1
            && cut.len() < MOST_PER_THREAD * threads
            && !is_balanced(&cut, &work, threads)
        {
            let Some(divisible) = cut.iter().position(|&f| !children[f].is_empty()) else {
                break;
            };
            let f = cut.remove(divisible);
            top.push(f);
            cut.extend_from_slice(&children[f]);
            cut.sort_by(heavier);
        }
        top.sort_unstable();
        Self {
            subtrees: cut.iter().map(|&f| start[f]..f + 1).collect(),
            top,
        }
    }
}

impl Shares {
    /// Bytes of what fronts pass up, at most, while `threads` threads factor: each thread's
    /// largest subtree at once, and what all subtrees leave for the top.
    pub fn passed_bytes(&self, tree: &FrontTree, threads: usize) -> u64 {
        let bytes = |f: usize| 8 * (9 * tree.rows(f).len().pow(2)) as u64;
        let children = children_of(&tree.parent);
        let stacked = |held: &mut u64, f: usize| {
            *held += bytes(f);
            let most = *held;
            *held -= children[f].iter().map(|&c| bytes(c)).sum::<u64>();
            most
        };
        let mut peaks: Vec<u64> = Vec::new();
        for fronts in &self.subtrees {
            let mut held = 0;
            peaks.push(
                fronts
                    .clone()
                    .map(|f| stacked(&mut held, f))
                    .max()
                    .unwrap_or(0),
            );
        }
        let roots: u64 = self.subtrees.iter().map(|s| bytes(s.end - 1)).sum();
        peaks.sort_unstable_by(|a, b| b.cmp(a));
        let below = roots + peaks.iter().take(threads).sum::<u64>();
        let mut held = roots;
        let above = self
            .top
            .iter()
            .map(|&f| stacked(&mut held, f))
            .max()
            .unwrap_or(0);
        below.max(above)
    }
}

/// Whether handing the subtrees out, the heaviest first, to whoever is free loads all alike.
fn is_balanced(cut: &[usize], work: &[f64], threads: usize) -> bool {
    let mut load = vec![0.0f64; threads];
    for &f in cut {
        if let Some(least) = load.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *least += work[f];
        }
    }
    let most = load.iter().copied().fold(0.0, f64::max);
    most * threads as f64 <= BALANCED * load.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::{grid, tree_of};
    use super::*;

    #[test]
    fn every_front_is_in_one_share_and_the_top_lies_above() {
        let tree = tree_of(&grid([9, 9, 9]));
        for threads in [1, 2, 4] {
            let shares = Shares::new(&tree, threads);
            let mut seen = vec![0; tree.len()];
            let below = shares.subtrees.iter().cloned().flatten();
            below
                .chain(shares.top.iter().copied())
                .for_each(|f| seen[f] += 1);
            assert!(seen.iter().all(|n| *n == 1));
            for range in &shares.subtrees {
                for f in range.clone() {
                    let leaves = tree.parent[f].is_some_and(|p| !range.contains(&p));
                    assert_eq!(leaves, f + 1 == range.end && tree.parent[f].is_some());
                }
            }
            assert_eq!(threads == 1, shares.top.is_empty());
            assert!(shares.subtrees.len() >= threads);
        }
    }

    #[test]
    fn what_is_passed_up_is_at_least_the_largest_square() {
        let tree = tree_of(&grid([9, 9, 9]));
        let largest = (0..tree.len())
            .map(|f| 72 * tree.rows(f).len().pow(2) as u64)
            .max();
        for threads in [1, 2] {
            let bytes = Shares::new(&tree, threads).passed_bytes(&tree, threads);
            assert!(Some(bytes) >= largest);
        }
    }
}

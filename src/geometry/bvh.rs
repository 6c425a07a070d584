//! A bounding-volume hierarchy: finds the items near a point or a box without looking at all.
//!
//! A binary tree of boxes; an inner node's two children stand next to each other and its items are
//! those of both, in one run of [`Bvh::order`]. Must not know what the items are.

use super::field::Aabb;
use crate::tensor::Point;

/// Items a leaf holds at most.
const LEAF: usize = 4;

/// One box of the tree.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// Box around all items below, mm.
    pub bounds: Aabb,
    /// First child (the other is the next node); 0 in a leaf.
    pub child: u32,
    /// Run of `order` that holds the items below.
    pub items: [u32; 2],
}

impl Node {
    /// Whether the node has no children.
    pub fn is_leaf(&self) -> bool {
        self.child == 0
    }

    /// Squared distance from `p` to the box, mm²; 0 inside.
    pub fn distance_squared(&self, p: &Point) -> f64 {
        let mut sum = 0.0;
        for k in 0..3 {
            let d = (self.bounds.min[k] - p[k])
                .max(p[k] - self.bounds.max[k])
                .max(0.0);
            sum += d * d;
        }
        sum
    }
}

/// The tree; the root is node 0.
#[derive(Debug, Clone)]
pub struct Bvh {
    /// All nodes, parents before children.
    pub nodes: Vec<Node>,
    /// Item numbers in the order of the leaves.
    pub order: Vec<u32>,
}

impl Bvh {
    /// Builds the tree over the items' boxes, halving at the median of the longest side. `None` if
    /// there are no items.
    pub fn new(boxes: &[Aabb]) -> Option<Self> {
        let first = *boxes.first()?;
        let centres: Vec<Point> = boxes
            .iter()
            .map(|b| nalgebra::center(&b.min, &b.max))
            .collect();
        let mut order: Vec<u32> = (0..boxes.len() as u32).collect();
        let mut nodes = vec![Node {
            bounds: first,
            child: 0,
            items: [0, boxes.len() as u32],
        }];
        let mut n = 0;
        while n < nodes.len() {
            let [from, to] = nodes[n].items.map(|i| i as usize);
            let run = &mut order[from..to];
            nodes[n].bounds = run
                .iter()
                .map(|&i| boxes[i as usize])
                .reduce(|a, b| a.union(&b))
                .unwrap_or(first);
            if run.len() > LEAF {
                let middle = halve(run, &centres);
                let at = (from + middle) as u32;
                nodes[n].child = nodes.len() as u32;
                for items in [[from as u32, at], [at, to as u32]] {
                    nodes.push(Node {
                        bounds: first,
                        child: 0,
                        items,
                    });
                }
            }
            n += 1;
        }
        Some(Self { nodes, order })
    }

    /// Calls `visit` with every item whose leaf's box meets `bounds`.
    pub fn overlapping(&self, bounds: &Aabb, mut visit: impl FnMut(u32)) {
        let mut stack = vec![0u32];
        while let Some(n) = stack.pop() {
            let node = &self.nodes[n as usize];
            let b = &node.bounds;
            if (0..3).any(|k| b.min[k] > bounds.max[k] || b.max[k] < bounds.min[k]) {
                continue;
            }
            if node.is_leaf() {
                let [from, to] = node.items.map(|i| i as usize);
                self.order[from..to].iter().for_each(|&i| visit(i));
            } else {
                stack.extend([node.child, node.child + 1]);
            }
        }
    }
}

/// Parts a run of items at the median along the longest side of their centres; where.
fn halve(run: &mut [u32], centres: &[Point]) -> usize {
    let middle = run.len() / 2;
    let spread = Aabb::around(run.iter().map(|&i| &centres[i as usize]));
    let axis = spread.map_or(0, |s| s.size().imax());
    run.select_nth_unstable_by(middle, |&a, &b| {
        let along = |i: u32| centres[i as usize][axis];
        along(a).total_cmp(&along(b)).then(a.cmp(&b))
    });
    middle
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit boxes at scattered places (a linear congruential sequence).
    fn scattered(n: usize) -> Vec<Aabb> {
        let mut state = 12345u64;
        let mut next = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 40) as f64 / 1e5
        };
        (0..n)
            .map(|_| {
                let p = Point::new(next(), next(), next());
                Aabb { min: p, max: p }.grown(1.0)
            })
            .collect()
    }

    #[test]
    fn overlap_search_finds_what_a_look_at_every_item_finds() {
        let boxes = scattered(500);
        let tree = Bvh::new(&boxes).unwrap();
        for wanted in boxes.iter().step_by(37).map(|b| b.grown(20.0)) {
            let mut found = Vec::new();
            tree.overlapping(&wanted, |i| found.push(i));
            for (i, b) in boxes.iter().enumerate() {
                let common = b.intersection(&wanted);
                if (0..3).all(|k| common.min[k] <= common.max[k]) {
                    assert!(found.contains(&(i as u32)));
                }
            }
            found.sort_unstable();
            found.dedup();
            assert!(found.len() < boxes.len() / 2);
        }
    }

    #[test]
    fn every_item_stands_in_one_leaf_and_inside_its_box() {
        let boxes = scattered(101);
        let tree = Bvh::new(&boxes).unwrap();
        let mut seen = vec![0; boxes.len()];
        for node in tree.nodes.iter().filter(|n| n.is_leaf()) {
            for &i in &tree.order[node.items[0] as usize..node.items[1] as usize] {
                seen[i as usize] += 1;
                let all = node.bounds.union(&boxes[i as usize]);
                assert_eq!(all, node.bounds);
            }
        }
        assert!(seen.iter().all(|&n| n == 1));
        assert!(Bvh::new(&[]).is_none());
    }
}

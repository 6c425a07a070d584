//! From quadratic to linear elements: a mid-edge row is the mean of its two parents.
//!
//! The coarse matrix is the Galerkin product PᵀAP, so that whatever is in the matrix (ties,
//! membranes, moduli that vary inside an element) is in the coarse one. A dof without coupling in
//! the fine matrix is a fixed one; P leaves it out on both sides.

use rayon::prelude::*;

use super::held::{Held, hold};
use crate::sparse::product::gathered;
use crate::sparse::{ABSENT, BlockMatrix, rows_of, rows_of_mut};

const ROWS: usize = 1024;

/// The prolongation of linear elements into quadratic ones.
pub struct Refined {
    /// Coarse parents of every fine row; the same twice for a row that is kept.
    parents: Vec<[u32; 2]>,
    /// Fine rows that a coarse row gives to, itself included.
    children: Vec<u32>,
    child_start: Vec<usize>,
    /// Fine row of each coarse row.
    pub kept: Vec<u32>,
    fine_held: Vec<(u32, [bool; 3])>,
    coarse_held: Vec<(u32, [bool; 3])>,
}

impl Refined {
    /// From the parents of every row in fine numbers ([`ABSENT`] where a parent has no row); a row
    /// that is its own parent twice is kept.
    pub fn new(parents: &[[u32; 2]], held: &Held) -> Self {
        let mut coarse_of = vec![ABSENT; parents.len()];
        let mut kept = Vec::new();
        for (r, p) in parents.iter().enumerate() {
            if *p == [r as u32; 2] {
                coarse_of[r] = kept.len() as u32;
                kept.push(r as u32);
            }
        }
        let parents: Vec<[u32; 2]> = parents
            .iter()
            .map(|p| p.map(|p| coarse_of.get(p as usize).copied().unwrap_or(ABSENT)))
            .collect();
        let mut child_start = vec![0usize; kept.len() + 1];
        let of = |p: &[u32; 2]| {
            let second = if p[1] == p[0] { ABSENT } else { p[1] };
            [p[0], second].into_iter().filter(|&p| p != ABSENT)
        };
        for c in parents.iter().flat_map(of) {
            child_start[c as usize + 1] += 1;
        }
        for c in 0..kept.len() {
            child_start[c + 1] += child_start[c];
        }
        let mut next = child_start.clone();
        let mut children = vec![0; child_start[kept.len()]];
        for (r, p) in parents.iter().enumerate() {
            for c in of(p) {
                children[next[c as usize]] = r as u32;
                next[c as usize] += 1;
            }
        }
        let coarse_held: Vec<[bool; 3]> = kept.iter().map(|&r| held.of(r as usize)).collect();
        Self {
            parents,
            children,
            child_start,
            kept,
            fine_held: held.listed(),
            coarse_held: Held::from(coarse_held).listed(),
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        (size_of_val(self.parents.as_slice())
            + size_of_val(self.children.as_slice())
            + size_of_val(self.child_start.as_slice())
            + size_of_val(self.kept.as_slice())) as u64
    }

    fn children(&self, coarse: usize) -> &[u32] {
        &self.children[self.child_start[coarse]..self.child_start[coarse + 1]]
    }

    fn weight(&self, coarse: usize, fine: u32) -> f64 {
        if self.kept[coarse] == fine { 1.0 } else { 0.5 }
    }

    /// PᵀAP.
    pub fn galerkin(&self, fine: &BlockMatrix, held: &Held) -> BlockMatrix {
        let rows = self.kept.len();
        let mut coarse = gathered(rows, rows, |c, sum| {
            for &i in self.children(c) {
                let weight = self.weight(c, i);
                for (&j, block) in fine.columns(i as usize).iter().zip(fine.blocks(i as usize)) {
                    let mine;
                    let block = if j == i {
                        mine = held.without(i as usize, block);
                        &mine
                    } else {
                        block
                    };
                    let [p, q] = self.parents[j as usize];
                    if p == q {
                        if p != ABSENT {
                            sum.add(p, weight, block);
                        }
                        continue;
                    }
                    for p in [p, q] {
                        if p != ABSENT {
                            sum.add(p, 0.5 * weight, block);
                        }
                    }
                }
            }
        });
        let mut axes = vec![[false; 3]; rows];
        for &(r, held) in &self.coarse_held {
            axes[r as usize] = held;
        }
        hold(&mut coarse, &Held::from(axes));
        coarse
    }

    /// coarse = Pᵀ fine.
    pub fn restrict<const K: usize>(&self, fine: &[f32], coarse: &mut [f32]) {
        let fine = rows_of::<f32, K>(fine);
        let coarse = rows_of_mut::<f32, K>(coarse);
        coarse
            .par_chunks_mut(ROWS)
            .enumerate()
            .for_each(|(task, coarse)| {
                for (i, sum) in coarse.iter_mut().enumerate() {
                    let c = task * ROWS + i;
                    *sum = [[0.0; K]; 3];
                    for &r in self.children(c) {
                        let weight = self.weight(c, r) as f32;
                        for (sum, v) in sum.iter_mut().zip(&fine[r as usize]) {
                            for (s, v) in sum.iter_mut().zip(v) {
                                *s += weight * v;
                            }
                        }
                    }
                }
            });
        clear::<K>(&self.coarse_held, coarse);
    }

    /// fine += P coarse.
    pub fn prolong<const K: usize>(&self, coarse: &[f32], fine: &mut [f32]) {
        let coarse = rows_of::<f32, K>(coarse);
        let fine = rows_of_mut::<f32, K>(fine);
        fine.par_chunks_mut(ROWS)
            .zip(self.parents.par_chunks(ROWS))
            .for_each(|(fine, parents)| {
                for (fine, parents) in fine.iter_mut().zip(parents) {
                    for &p in parents.iter().filter(|&&p| p != ABSENT) {
                        for (sum, v) in fine.iter_mut().zip(&coarse[p as usize]) {
                            for (s, v) in sum.iter_mut().zip(v) {
                                *s += 0.5 * v;
                            }
                        }
                    }
                }
            });
        clear::<K>(&self.fine_held, fine);
    }
}

fn clear<const K: usize>(held: &[(u32, [bool; 3])], v: &mut [[[f32; K]; 3]]) {
    for (r, axes) in held {
        for a in (0..3).filter(|&a| axes[a]) {
            v[*r as usize][a] = [0.0; K];
        }
    }
}

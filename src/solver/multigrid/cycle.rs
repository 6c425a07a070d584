//! One application of the preconditioner.

use rayon::prelude::*;

use super::smoother::{Scratch, residual};
use super::vectors::{advance, dots, ratios, scale_and_add, two_dots};
use super::{Hierarchy, Multigrid, Transfer};
use crate::sparse::instructions::{Task, best};
use crate::sparse::{BlockMatrix, row_product, rows_of, rows_of_mut};

const ROWS: usize = 512;

/// Vectors of one level, for a number of interleaved columns.
struct LevelWork {
    b: Vec<f32>,
    x: Vec<f32>,
    scratch: Scratch,
    /// For inner conjugate gradients: solution, residual, direction, product.
    inner: Option<[Vec<f32>; 4]>,
}

/// Vectors of all levels for K columns; made once, used in every iteration.
pub struct Work<const K: usize> {
    levels: Vec<LevelWork>,
    bottom: Vec<f64>,
}

impl<const K: usize> Work<K> {
    /// For a hierarchy.
    pub fn new(hierarchy: &Hierarchy) -> Self {
        let mut sizes: Vec<usize> = hierarchy.sizes().iter().map(|s| 3 * K * s.0).collect();
        let bottom = vec![0.0; sizes.last().copied().unwrap_or(0)];
        let inner_of = |l: usize| l > 0 && hierarchy.levels[l - 1].inner;
        let last = sizes.pop().unwrap_or(0);
        let mut levels: Vec<LevelWork> = sizes
            .iter()
            .enumerate()
            .map(|(l, &n)| LevelWork {
                b: vec![0.0; n],
                x: vec![0.0; n],
                scratch: Scratch::new(n),
                inner: inner_of(l).then(|| std::array::from_fn(|_| vec![0.0; n])),
            })
            .collect();
        levels.push(LevelWork {
            b: vec![0.0; last],
            x: vec![0.0; last],
            scratch: Scratch::new(0),
            inner: None,
        });
        Self { levels, bottom }
    }
}

impl Multigrid<'_> {
    /// z = B r for K interleaved columns: z is the returned vector times `lengths`, those of r's
    /// columns. Inside they are one, so that single precision has room.
    pub fn apply<'w, const K: usize>(
        &self,
        r: &[f64],
        lengths: [f64; K],
        work: &'w mut Work<K>,
    ) -> &'w mut [f32] {
        let down = lengths.map(|l| if l > 0.0 { 1.0 / l } else { 0.0 });
        scaled::<K>(r, down, &mut work.levels[0].b);
        self.cycle::<K>(0, &mut work.levels, &mut work.bottom);
        &mut work.levels[0].x
    }

    /// x = one cycle's answer to b, on `levels[0]`, which is level `l`.
    fn cycle<const K: usize>(&self, l: usize, levels: &mut [LevelWork], bottom: &mut [f64]) {
        let Some((here, below)) = levels.split_first_mut() else {
            return;
        };
        let Some(level) = self.hierarchy.levels.get(l) else {
            return self.solve_bottom::<K>(here, bottom);
        };
        let (matrix, smoother) = (&level.matrix, &level.smoother);
        smoother.start::<K>(matrix, (&here.b, &mut here.x), &mut here.scratch);
        residual::<K>(matrix, &here.x, &here.b, &mut here.scratch.r);
        let Some(next) = below.first_mut() else {
            return;
        };
        match &level.transfer {
            Transfer::Refined(refined) => refined.restrict::<K>(&here.scratch.r, &mut next.b),
            Transfer::Aggregates { restriction, .. } => {
                restriction.multiply_columns::<K>(&here.scratch.r, &mut next.b);
            }
        }
        if level.inner && l + 1 < self.hierarchy.levels.len() {
            self.solve_inner::<K>(l + 1, below, bottom);
        } else {
            self.cycle::<K>(l + 1, below, bottom);
        }
        let coarse = &below[0].x;
        match &level.transfer {
            Transfer::Refined(refined) => refined.prolong::<K>(coarse, &mut here.x),
            Transfer::Aggregates { prolongation, .. } => {
                add_product::<K>(prolongation, coarse, &mut here.x);
            }
        }
        smoother.improve::<K>(matrix, (&here.b, &mut here.x), &mut here.scratch);
    }

    /// Conjugate gradients, each direction made orthogonal to the one before, preconditioned by
    /// the cycle.
    fn solve_inner<const K: usize>(&self, l: usize, levels: &mut [LevelWork], bottom: &mut [f64]) {
        let settings = &self.hierarchy.settings;
        let Some([mut x, mut r, mut p, mut product]) = levels[0].inner.take() else {
            return self.cycle::<K>(l, levels, bottom);
        };
        x.fill(0.0);
        r.copy_from_slice(&levels[0].b);
        let given = dots::<f32, f32, K>(&r, &r);
        let mut curvature = [0.0; K];
        for step in 0..settings.inner_iterations {
            levels[0].b.copy_from_slice(&r);
            self.cycle::<K>(l, levels, bottom);
            let z = &levels[0].x;
            if step == 0 {
                p.copy_from_slice(z);
            } else {
                let along = dots::<f32, f32, K>(z, &product);
                scale_and_add::<f32, K>(&mut p, ratios(along, curvature).map(|v| -v), z);
            }
            self.hierarchy.levels[l]
                .matrix
                .multiply_columns::<K>(&p, &mut product);
            let along;
            [curvature, along] = two_dots::<f32, K>(&p, &product, &r);
            let alpha = ratios(along, curvature);
            let left = advance::<f32, K>((&mut x, &mut r), alpha, (&p, &product));
            let limit = settings.inner_tolerance * settings.inner_tolerance;
            if (0..K).all(|k| left[k] <= limit * given[k]) {
                break;
            }
        }
        std::mem::swap(&mut levels[0].x, &mut x);
        levels[0].inner = Some([x, r, p, product]);
    }

    fn solve_bottom<const K: usize>(&self, here: &mut LevelWork, columns: &mut [f64]) {
        let rows = columns.len() / K;
        for (i, b) in here.b.as_chunks::<K>().0.iter().enumerate() {
            for (k, v) in b.iter().enumerate() {
                columns[k * rows + i] = f64::from(*v);
            }
        }
        self.factor.solve_in_place(columns, K);
        for (i, x) in here.x.as_chunks_mut::<K>().0.iter_mut().enumerate() {
            for (k, v) in x.iter_mut().enumerate() {
                *v = columns[k * rows + i] as f32;
            }
        }
    }
}

/// to = factor · from in single precision, one factor per column.
fn scaled<const K: usize>(from: &[f64], factor: [f64; K], to: &mut [f32]) {
    to.par_chunks_mut(K * 8192)
        .zip(from.par_chunks(K * 8192))
        .for_each(|(to, from)| {
            let rows = to
                .as_chunks_mut::<K>()
                .0
                .iter_mut()
                .zip(from.as_chunks::<K>().0);
            for (to, from) in rows {
                for k in 0..K {
                    to[k] = (factor[k] * from[k]) as f32;
                }
            }
        });
}

/// fine += P coarse.
fn add_product<const K: usize>(p: &BlockMatrix<f32>, coarse: &[f32], fine: &mut [f32]) {
    fine.par_chunks_mut(3 * K * ROWS)
        .enumerate()
        .for_each(|(task, fine)| {
            best(AddProduct::<K> {
                p,
                start: task * ROWS,
                coarse,
                fine,
            });
        });
}

struct AddProduct<'a, const K: usize> {
    p: &'a BlockMatrix<f32>,
    start: usize,
    coarse: &'a [f32],
    fine: &'a mut [f32],
}

impl<const K: usize> Task for AddProduct<'_, K> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let coarse = rows_of::<f32, K>(self.coarse);
        for (i, fine) in rows_of_mut::<f32, K>(self.fine).iter_mut().enumerate() {
            let product = row_product::<f32, K, FMA>(self.p, self.start + i, coarse);
            for (fine, product) in fine.iter_mut().zip(&product) {
                for (f, p) in fine.iter_mut().zip(product) {
                    *f += p;
                }
            }
        }
    }
}

//! Patches: the smooth parts of a body's surface, and how points are brought back onto them,
//! onto the curves where two meet, and onto the corners where three do.
//!
//! A patch is the zero set of one smooth piece of the body's field (or of several that meet
//! without an edge worth keeping). Pieces stay smooth beyond the curve that ends them, so Newton's
//! method on one, two or three of them at once is well behaved right at edges and corners:
//! the smallest step d with G d = −f, where the rows of G are the gradients.

use nalgebra::{DMatrix, DVector};

use super::field::{Field, Piece, active_pieces};
use crate::tensor::{Point, Vec3};

/// Newton steps at most.
const STEPS: usize = 8;

/// A point counts as on a piece below this value, mm.
pub(super) const ON_SURFACE_MM: f64 = 1e-6;

/// The patches of one body.
pub(super) struct Patches<'a> {
    pieces: Vec<Piece<'a>>,
    /// The patch of each piece.
    patch_of: Vec<u32>,
}

impl<'a> Patches<'a> {
    pub fn new() -> Self {
        Self {
            pieces: Vec::new(),
            patch_of: Vec::new(),
        }
    }

    /// The piece that decides `field` at `p`.
    pub fn deciding(field: &'a dyn Field, p: &Point) -> Piece<'a> {
        let active = active_pieces(field, p, 0.0);
        active
            .first()
            .copied()
            .unwrap_or(Piece { field, sign: 1.0 })
    }

    /// The number of a piece, entered if it is new.
    pub fn number(&mut self, piece: Piece<'a>) -> u32 {
        let known = self
            .pieces
            .iter()
            .position(|k| std::ptr::addr_eq(k.field, piece.field) && k.sign == piece.sign);
        let n = known.unwrap_or_else(|| {
            self.patch_of.push(self.pieces.len() as u32);
            self.pieces.push(piece);
            self.pieces.len() - 1
        });
        n as u32
    }

    pub fn piece(&self, n: u32) -> &Piece<'a> {
        &self.pieces[n as usize]
    }

    pub fn patch_of(&self, piece: u32) -> u32 {
        self.patch_of[piece as usize]
    }

    /// Makes the patches of two pieces one.
    pub fn merge(&mut self, a: u32, b: u32) {
        let (keep, drop) = (self.patch_of(a), self.patch_of(b));
        let (keep, drop) = (keep.min(drop), keep.max(drop));
        for p in &mut self.patch_of {
            if *p == drop {
                *p = keep;
            }
        }
    }

    /// The piece of `patch` whose surface is nearest to `p`, and its value there.
    fn nearest(&self, patch: u32, p: &Point) -> (&Piece<'a>, f64) {
        let members = (0..self.pieces.len()).filter(|&n| self.patch_of[n] == patch);
        let mut best = (&self.pieces[patch as usize], f64::INFINITY);
        for n in members {
            let value = self.pieces[n].value(p);
            if value.abs() < best.1.abs() || best.1.is_infinite() {
                best = (&self.pieces[n], value);
            }
        }
        best
    }

    /// `p` brought onto `patch`, first along `normal` (the surface's there, unit), which spares
    /// gradients, then by Newton's method, last by walking along the normal. `None` if the surface
    /// is farther than `reach` mm.
    pub fn onto_patch(&self, patch: u32, p: &Point, normal: &Vec3, reach: f64) -> Option<Point> {
        let mut q = *p;
        let mut value = self.nearest(patch, &q).1;
        for _ in 0..4 {
            if value.abs() < ON_SURFACE_MM {
                return Some(q);
            }
            let next = q - normal * value;
            let next_value = self.nearest(patch, &next).1;
            if next_value.abs() > 0.25 * value.abs() || (next - p).norm() > reach {
                break;
            }
            (q, value) = (next, next_value);
        }
        self.newton(patch, p, q, reach)
            .or_else(|| self.walk(patch, p, normal, reach))
    }

    /// Newton's method from `q`, not farther than `reach` from `p`. Where the gradient is short
    /// (between two sides of a thin part, on a crease) the step is the distance along it.
    fn newton(&self, patch: u32, p: &Point, mut q: Point, reach: f64) -> Option<Point> {
        const STEEP: f64 = 0.7;
        let (mut piece, mut value) = self.nearest(patch, &q);
        for _ in 0..2 * STEPS {
            if value.abs() < ON_SURFACE_MM {
                return Some(q);
            }
            let gradient = piece.gradient(&q);
            let steepness = gradient.norm();
            if steepness < 1e-3 {
                return None;
            }
            let length = value / if steepness > STEEP { steepness } else { 1.0 };
            let mut step = gradient * (length / steepness);
            let mut tries = 0;
            let (next, (next_piece, next_value)) = loop {
                let next = q - step;
                let found = self.nearest(patch, &next);
                if found.1.abs() < 0.9 * value.abs() {
                    break (next, found);
                }
                tries += 1;
                if tries > 2 {
                    return None;
                }
                step *= 0.5;
            };
            if (next - p).norm() > reach {
                return None;
            }
            (q, piece, value) = (next, next_piece, next_value);
        }
        (value.abs() < ON_SURFACE_MM).then_some(q)
    }

    /// Walks along the normal, never farther than the distance allows (so that the first crossing
    /// is not jumped over), then halves: works on creases and where gradients mean nothing.
    fn walk(&self, patch: u32, p: &Point, normal: &Vec3, reach: f64) -> Option<Point> {
        let at = |t: f64| p + normal * t;
        let value_at = |t: f64| self.nearest(patch, &at(t)).1;
        let start = value_at(0.0);
        let direction = -start.signum();
        let (mut t, mut value) = (0.0, start);
        let mut before = t;
        while value.signum() == start.signum() {
            before = t;
            t += direction * (1.01 * value.abs()).max(1e-3 * reach);
            if t.abs() > reach {
                return None;
            }
            value = value_at(t);
        }
        let mut bracket = [before, t];
        for _ in 0..40 {
            let middle = 0.5 * (bracket[0] + bracket[1]);
            let value = value_at(middle);
            if value.abs() < ON_SURFACE_MM {
                return Some(at(middle));
            }
            bracket[usize::from(value.signum() != start.signum())] = middle;
        }
        Some(at(bracket[1]))
    }

    /// `p` brought onto all of `patches` at once (two: their curve; three or more: the corner).
    pub fn onto_all(&self, patches: &[u32], p: &Point, reach: f64) -> Option<Point> {
        let mut q = *p;
        for _ in 0..STEPS {
            let near: Vec<(&Piece<'a>, f64)> =
                patches.iter().map(|&n| self.nearest(n, &q)).collect();
            let values = DVector::from_iterator(near.len(), near.iter().map(|n| n.1));
            if values.amax() < ON_SURFACE_MM {
                return Some(q);
            }
            let mut rows = DMatrix::zeros(near.len(), 3);
            for (r, (piece, _)) in near.iter().enumerate() {
                rows.set_row(r, &piece.gradient(&q).transpose());
            }
            // Pieces that touch at a shallow angle would throw the point far along their curve.
            let step = rows.svd(true, true).solve(&values, 0.05).ok()?;
            q -= Vec3::new(step[0], step[1], step[2]);
            let travelled = (q - p).norm();
            if travelled > reach || travelled.is_nan() {
                return None;
            }
        }
        let worst = patches
            .iter()
            .map(|&n| self.nearest(n, &q).1.abs())
            .fold(0.0, f64::max);
        (worst < 1e3 * ON_SURFACE_MM).then_some(q)
    }

    /// The unit normal (outward) of `patch` at `p`.
    pub fn normal(&self, patch: u32, p: &Point) -> Vec3 {
        let gradient = self.nearest(patch, p).0.gradient(p);
        gradient.try_normalize(1e-9).unwrap_or_else(Vec3::zeros)
    }
}

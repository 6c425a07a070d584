//! Solids as signed-distance fields and the Boolean operations on them.
//!
//! A [`Field`] is negative inside, positive outside, zero on the surface, with a gradient of
//! length near one close to the surface (so that a value is a distance there, and a lower bound
//! of it elsewhere: |f(p) − f(q)| ≤ |p − q|). Hard intersections, unions and differences are
//! max and min and keep sharp edges; where such an edge runs, two smooth [`Field::pieces`] decide
//! the value together, which is how the surface mesher finds and keeps it.
//! This module must not know nodes or elements.

use std::sync::Arc;

use crate::tensor::{Point, Vec3};

/// An axis-aligned box, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aabb {
    /// Smallest coordinates.
    pub min: Point,
    /// Largest coordinates.
    pub max: Point,
}

impl Aabb {
    /// The smallest box around `points`; `None` if there are none.
    pub fn around<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = *points.next()?;
        let mut all = Self {
            min: first,
            max: first,
        };
        for p in points {
            all.min = all.min.inf(p);
            all.max = all.max.sup(p);
        }
        Some(all)
    }

    /// The box grown by `margin` mm on every side.
    pub fn grown(&self, margin: f64) -> Self {
        let m = Vec3::repeat(margin);
        Self {
            min: self.min - m,
            max: self.max + m,
        }
    }

    /// The smallest box around both.
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: self.min.inf(&other.min),
            max: self.max.sup(&other.max),
        }
    }

    /// The common part; empty (`min > max` on some axis) where there is none.
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            min: self.min.sup(&other.min),
            max: self.max.inf(&other.max),
        }
    }

    /// Edge lengths, mm.
    pub fn size(&self) -> Vec3 {
        self.max - self.min
    }

    /// Whether `p` lies in the box, borders included.
    pub fn contains(&self, p: &Point) -> bool {
        (0..3).all(|k| self.min[k] <= p[k] && p[k] <= self.max[k])
    }
}

/// A smooth part of a field, with the sign it enters with (−1 where it was subtracted).
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    /// The smooth field.
    pub field: &'a dyn Field,
    /// +1 or −1: the piece's own value is `sign * field.value(p)`.
    pub sign: f64,
}

impl Piece<'_> {
    /// Value of the piece at `p`, mm.
    pub fn value(&self, p: &Point) -> f64 {
        self.sign * self.field.value(p)
    }

    /// Gradient of the piece at `p`.
    pub fn gradient(&self, p: &Point) -> Vec3 {
        self.sign * self.field.gradient(p)
    }
}

/// A solid as a signed-distance function.
pub trait Field: Send + Sync {
    /// Signed distance at `p`, mm: negative inside.
    fn value(&self, p: &Point) -> f64;

    /// A box that holds the whole solid. Half-spaces may be unbounded (±infinity).
    fn bounds(&self) -> Aabb;

    /// Gradient at `p`; by central differences unless a field knows better.
    fn gradient(&self, p: &Point) -> Vec3 {
        const STEP_MM: f64 = 1e-4;
        Vec3::from_fn(|k, _| {
            let mut step = Vec3::zeros();
            step[k] = STEP_MM;
            (self.value(&(p + step)) - self.value(&(p - step))) / (2.0 * STEP_MM)
        })
    }

    /// Whether the field is a Boolean of others, so that it may have sharp edges of its own.
    /// Such a field overrides [`pieces`](Self::pieces) too.
    fn is_compound(&self) -> bool {
        false
    }

    /// The smooth pieces of a compound field within `tolerance` mm of deciding the value at `p`.
    /// A smooth field has none: it is its own only piece, which [`active_pieces`] supplies.
    fn pieces<'a>(&'a self, _p: &Point, _tolerance: f64, _sign: f64, _out: &mut Vec<Piece<'a>>) {}
}

/// The smooth pieces that decide `field` at `p` within `tolerance` mm: one on a smooth part of
/// the surface, two on an edge, three or more at a corner.
pub fn active_pieces<'a>(field: &'a dyn Field, p: &Point, tolerance: f64) -> Vec<Piece<'a>> {
    let mut out = Vec::with_capacity(2);
    collect(field, p, tolerance, 1.0, &mut out);
    out
}

fn collect<'a>(field: &'a dyn Field, p: &Point, tol: f64, sign: f64, out: &mut Vec<Piece<'a>>) {
    if field.is_compound() {
        field.pieces(p, tol, sign, out);
    } else {
        out.push(Piece { field, sign });
    }
}

/// A field shared between bodies.
pub type SharedField = Arc<dyn Field>;

/// The part common to all: max of the values. At least one field.
pub struct Intersection(pub Vec<SharedField>);

/// Everything outside a solid.
pub struct Complement(pub SharedField);

/// A solid grown outward by a distance (shrunk where negative), mm.
pub struct Offset(pub SharedField, pub f64);

/// A solid whose distances are averaged over a window of twice `step` mm along each axis: steps of that
/// height become slopes, and edges are rounded by about as much.
pub struct Smoothed {
    /// The solid.
    pub field: SharedField,
    /// Height of its steps, mm.
    pub step: f64,
}

/// A box of one step's width folded with itself, at quarters of the window.
const WINDOW: [(f64, f64); 5] = [
    (-1.0, 1.0 / 9.0),
    (-0.5, 2.0 / 9.0),
    (0.0, 3.0 / 9.0),
    (0.5, 2.0 / 9.0),
    (1.0, 1.0 / 9.0),
];

impl Field for Smoothed {
    fn value(&self, p: &Point) -> f64 {
        let middle = self.field.value(p);
        // So far off that the mean would have the same sign.
        if middle.abs() > 2.0 * self.step {
            return middle;
        }
        let mut mean = 0.0;
        for (x, a) in WINDOW {
            for (y, b) in WINDOW {
                for (z, c) in WINDOW {
                    let at = p + self.step * Vec3::new(x, y, z);
                    mean += a * b * c * self.field.value(&at);
                }
            }
        }
        mean
    }
    fn bounds(&self) -> Aabb {
        self.field.bounds().grown(self.step)
    }
}

impl Field for Intersection {
    fn value(&self, p: &Point) -> f64 {
        self.0
            .iter()
            .map(|f| f.value(p))
            .fold(f64::NEG_INFINITY, f64::max)
    }
    fn bounds(&self) -> Aabb {
        self.0
            .iter()
            .map(|f| f.bounds())
            .reduce(|a, b| a.intersection(&b))
            .unwrap_or(EMPTY)
    }
    fn is_compound(&self) -> bool {
        true
    }
    fn pieces<'a>(&'a self, p: &Point, tol: f64, sign: f64, out: &mut Vec<Piece<'a>>) {
        let values: Vec<f64> = self.0.iter().map(|f| f.value(p)).collect();
        let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (f, v) in self.0.iter().zip(values) {
            if v >= top - tol {
                collect(f.as_ref(), p, tol, sign, out);
            }
        }
    }
}

impl Field for Complement {
    fn value(&self, p: &Point) -> f64 {
        -self.0.value(p)
    }
    fn bounds(&self) -> Aabb {
        EVERYWHERE
    }
    fn is_compound(&self) -> bool {
        true
    }
    fn pieces<'a>(&'a self, p: &Point, tol: f64, sign: f64, out: &mut Vec<Piece<'a>>) {
        collect(self.0.as_ref(), p, tol, -sign, out);
    }
}

impl Field for Offset {
    fn value(&self, p: &Point) -> f64 {
        self.0.value(p) - self.1
    }
    fn bounds(&self) -> Aabb {
        self.0.bounds().grown(self.1)
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        self.0.gradient(p)
    }
}

/// Polynomial smooth minimum: equal to `min` where |a − b| ≥ k, lower by at most k/4 between.
pub fn smooth_min(a: f64, b: f64, k: f64) -> f64 {
    if k <= 0.0 {
        return a.min(b);
    }
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.min(b) - 0.25 * k * h * h
}

const EMPTY: Aabb = Aabb {
    min: Point::new(f64::INFINITY, f64::INFINITY, f64::INFINITY),
    max: Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
};

/// The box of an unbounded solid.
pub const EVERYWHERE: Aabb = Aabb {
    min: Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
    max: Point::new(f64::INFINITY, f64::INFINITY, f64::INFINITY),
};

#[cfg(test)]
mod tests {
    use super::*;

    struct Ball(Point, f64);
    impl Field for Ball {
        fn value(&self, p: &Point) -> f64 {
            (p - self.0).norm() - self.1
        }
        fn bounds(&self) -> Aabb {
            Aabb {
                min: self.0,
                max: self.0,
            }
            .grown(self.1)
        }
    }

    #[test]
    fn an_edge_of_an_intersection_has_two_pieces_and_a_smooth_place_one() {
        let lens = Intersection(vec![
            Arc::new(Ball(Point::new(-1.0, 0.0, 0.0), 2.0)),
            Arc::new(Ball(Point::new(1.0, 0.0, 0.0), 2.0)),
        ]);
        let edge = Point::new(0.0, 3f64.sqrt(), 0.0);
        assert_eq!(active_pieces(&lens, &edge, 1e-6).len(), 2);
        assert_eq!(
            active_pieces(&lens, &Point::new(1.0, 0.0, 0.0), 1e-6).len(),
            1
        );
        let outside = Complement(Arc::new(lens));
        let pieces = active_pieces(&outside, &Point::new(1.0, 0.0, 0.0), 1e-6);
        assert!((pieces[0].gradient(&Point::new(1.0, 0.0, 0.0)).x + 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_smooth_minimum_is_the_minimum_away_from_the_blend() {
        assert_eq!(smooth_min(1.0, 3.0, 2.0), 1.0);
        assert!((smooth_min(1.0, 1.0, 2.0) - 0.5).abs() < 1e-15);
    }
}

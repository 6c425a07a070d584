//! Places in the cage's own coordinates: height, radius, distance from its end surfaces.

use super::{Cage, EndShape};
use crate::geometry::End;
use crate::geometry::error::GeometryError;
use crate::tensor::{Point, Vec3};

/// Distance between the rings on which fitted ends are sampled, at most, mm.
const RING_MM: f64 = 0.25;
/// Places on each ring.
const SPOKES: usize = 96;

impl Cage {
    /// A point in the cage's frame, mm: origin in the middle of its lower end, x anterior across
    /// its axis, y left, z along the axis.
    pub fn to_local(&self, p: &Point) -> [f64; 3] {
        let off = p - self.base;
        let left = self.axis.cross(&self.anterior);
        [off.dot(&self.anterior), off.dot(&left), off.dot(&self.axis)]
    }

    /// How far it reaches from its axis, mm.
    pub fn half_width(&self) -> f64 {
        0.5 * self.spec.diameter
    }

    /// Lowest and highest place of the cage along its axis, mm, by the box around it.
    pub fn reach(&self) -> [f64; 2] {
        let bounds = self.field.bounds();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for corner in 0..8 {
            let p = Point::from(Vec3::from_fn(|k, _| match corner >> k & 1 {
                0 => bounds.min[k],
                _ => bounds.max[k],
            }));
            let height = (p - self.base).dot(&self.axis);
            (low, high) = (low.min(height), high.max(height));
        }
        [low, high]
    }

    /// The point at a place in the cage's frame.
    pub fn to_global(&self, [x, y, z]: [f64; 3]) -> Point {
        let left = self.axis.cross(&self.anterior);
        self.base + self.anterior * x + left * y + self.axis * z
    }
}

/// Heights of the two end surfaces over the whole section, on rings and spokes; bilinear between
/// them. The error is that of a chord l, κ l²/8 for an end of curvature κ: l is 0.25 mm along a
/// spoke and at most a fifteenth of the radius around a ring.
#[derive(Debug, Clone, PartialEq)]
pub struct EndHeights {
    ring: f64,
    rings: usize,
    /// \[inferior, superior\] at ring r, spoke s: number r·SPOKES + s; ring 0 is the axis.
    heights: Vec<[f64; 2]>,
}

impl EndHeights {
    /// Finds the ends of a cage.
    ///
    /// # Errors
    /// Bones that are not met under a fitted end.
    pub fn new(cage: &Cage) -> Result<Self, GeometryError> {
        let radius = 0.5 * cage.spec.diameter;
        let rings = (radius / RING_MM).ceil().max(1.0) as usize;
        let ring = radius / rings as f64;
        let mut heights = Vec::with_capacity((rings + 1) * SPOKES);
        for r in 0..=rings {
            for s in 0..SPOKES {
                let turn = 360.0 * s as f64 / SPOKES as f64;
                let offset = cage.radial(turn) * (ring * r as f64);
                let of = |end| cage.end_height(end, offset);
                heights.push([of(End::Inferior)?, of(End::Superior)?]);
            }
        }
        Ok(Self {
            ring,
            rings,
            heights,
        })
    }

    /// Distance along the axis from a place in the cage's frame to the nearer end surface, mm;
    /// 0 beyond it.
    pub fn distance(&self, [x, y, z]: [f64; 3]) -> f64 {
        let [low, high] = self.at(x, y);
        (z - low).min(high - z).max(0.0)
    }

    /// Heights of the inferior and the superior end beside the axis, mm.
    fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let along = (x.hypot(y) / self.ring).min(self.rings as f64);
        let r = (along.floor() as usize).min(self.rings - 1);
        let turn = y.atan2(x).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
        let around = turn * SPOKES as f64;
        let s = around.floor() as usize % SPOKES;
        let (u, v) = (along - r as f64, around - around.floor());
        let node = |r: usize, s: usize| self.heights[r * SPOKES + s % SPOKES];
        [0, 1].map(|end| {
            let on = |r| (1.0 - v) * node(r, s)[end] + v * node(r, s + 1)[end];
            (1.0 - u) * on(r) + u * on(r + 1)
        })
    }
}

impl Cage {
    /// Height of an end's surface over the base, beside the axis by `offset`, mm.
    fn end_height(&self, end: End, offset: Vec3) -> Result<f64, GeometryError> {
        if self.spec.ends == EndShape::Fitted {
            return self.bone_height(end, offset);
        }
        let (point, normal) = self.end_plane(end);
        let height = (point - self.base).dot(&self.axis);
        Ok(height - normal.dot(&offset) / normal.dot(&self.axis))
    }
}

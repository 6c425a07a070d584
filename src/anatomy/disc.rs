//! Intervertebral discs between two bones, with their nucleus and local axes.
//!
//! A disc is its outline (a wall along the disc's axis), minus both bones, so that its faces lie on
//! the bones' endplates exactly. For made vertebrae the wall is the kidney section of the two
//! endplates, drawn in by a share of the rim's rounding so that it meets the bone at a wide angle.
//! A measured disc overlaps its bones here and falls short of them there, and its sides run over
//! their rims in a feather edge that no mesh can follow. It keeps its outline, drawn in to where
//! both bones face it with less than 45° of lean, and is extended along its axis to both of them.
//!
//! The outline in polar form r(θ) about the disc's middle gives the rest: the nucleus is where the
//! distance from the middle is below 0.66 r(θ), and the annulus' local axes are outward from the
//! nucleus, around it and along the disc. Must not know elements or materials.

use std::f64::consts::TAU;
use std::sync::Arc;

use crate::anatomy::AnatomyError;
use crate::anatomy::body_end::Placement;
use crate::anatomy::vertebra::Vertebra;
use crate::geometry::End;
use crate::geometry::field::{Complement, Intersection};
use crate::geometry::{Aabb, Field, SharedField};
use crate::tensor::{Point, Vec3};
/// A made disc's wall stands in from the section by this share of the rim's radius: the disc stands
/// on the endplate and leaves its rounded rim free, whose facets are too coarse to be tied to.
const WALL_INSET: f64 = 1.0;
/// How far a made disc's column reaches into the bones beyond the hollows, mm.
const REACH_INTO_BONE_MM: f64 = 1.0;
/// What an endplate may rise above or fall below its mean plane, mm.
const ENDPLATE_RELIEF_MM: f64 = 3.0;
/// A measured disc's wall stands in from where its bones begin to lean away, mm.
const TRIM_INSET_MM: f64 = 0.3;
/// Samples of the outline around the axis.
const OUTLINE_SAMPLES: usize = 180;

/// A disc between two vertebrae.
#[derive(Clone)]
pub struct Disc {
    field: SharedField,
    outline: Outline,
    measured_area: Option<f64>,
}

impl Disc {
    /// The disc between two made vertebrae that face each other.
    ///
    /// # Errors
    /// [`AnatomyError::DiscNotClosed`] where they do not.
    pub fn parametric(upper: &Arc<Vertebra>, lower: &Arc<Vertebra>) -> Result<Self, AnatomyError> {
        let (above, below) = (upper.lower_endplate(), lower.upper_endplate());
        let gap = below.inverse() * Point::from(above.translation.vector);
        let mut pose = below;
        pose.translation.vector += below * Vec3::new(0.0, 0.0, 0.5 * gap.z);
        let hollow = |v: &Vertebra| {
            v.morphometry()
                .upper_concavity
                .mm
                .max(v.morphometry().lower_concavity.mm)
        };
        let half = 0.5 * gap.z + hollow(upper).max(hollow(lower)) + REACH_INTO_BONE_MM;
        let wall = Arc::new(Wall {
            to_disc: pose.inverse(),
            half_height: half,
            upper: upper.clone(),
            lower: lower.clone(),
        });
        let outline = Outline::of(wall.as_ref(), pose, &[0.0])?;
        Ok(Self {
            field: between(wall, upper.clone(), lower.clone()),
            outline,
            measured_area: None,
        })
    }

    /// A measured disc between two bones: the outline of `surface` across the z axis of `pose`
    /// (origin in the disc's middle, z cranial), trimmed to the endplates, and between them
    /// whatever the bones leave. A bone is looked for as far as `reach` mm beyond half of
    /// `thickness` mm plus what its endplate may rise or fall.
    ///
    /// # Errors
    /// [`AnatomyError::DiscNotClosed`] where the pose's origin lies outside the disc or not between
    /// the two bones.
    pub fn measured(
        surface: SharedField,
        bones: [SharedField; 2],
        pose: Placement,
        thickness: f64,
        reach: f64,
    ) -> Result<Self, AnatomyError> {
        let levels = [-0.25, 0.0, 0.25].map(|share| share * thickness);
        let seen = Outline::of(surface.as_ref(), pose, &levels)?;
        let limit = 0.5 * thickness + reach + ENDPLATE_RELIEF_MM;
        let (outline, half_height) = seen.trimmed(&bones, limit)?;
        let column = Arc::new(Column {
            outline: outline.clone(),
            half_height: half_height + REACH_INTO_BONE_MM,
        });
        let [upper, lower] = bones;
        Ok(Self {
            field: between(column, upper, lower),
            outline,
            measured_area: Some(seen.area()),
        })
    }

    /// The disc as a solid.
    pub fn field(&self) -> SharedField {
        self.field.clone()
    }

    /// Area inside the outline of the surface it was measured by, mm²; none for a made disc.
    pub fn measured_area(&self) -> Option<f64> {
        self.measured_area
    }

    /// Its outline.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }
}

fn between(wall: SharedField, upper: SharedField, lower: SharedField) -> SharedField {
    Arc::new(Intersection(vec![
        wall,
        Arc::new(Complement(upper)),
        Arc::new(Complement(lower)),
    ]))
}

/// The column under the outline of two facing made endplates, rounded off inside the bones.
struct Wall {
    to_disc: Placement,
    half_height: f64,
    upper: Arc<Vertebra>,
    lower: Arc<Vertebra>,
}

impl Field for Wall {
    fn value(&self, p: &Point) -> f64 {
        let q = self.to_disc * p;
        // From the lower bone's section at the bottom to the upper one's at the top.
        let t = (0.5 + 0.5 * q.z / self.half_height).clamp(0.0, 1.0);
        let side = (1.0 - t) * self.lower.section_distance(&q, End::Superior)
            + t * self.upper.section_distance(&q, End::Inferior);
        let rim = 0.5 * (self.upper.rim_radius() + self.lower.rim_radius());
        (side + WALL_INSET * rim).max(q.z.abs() - self.half_height)
    }

    fn bounds(&self) -> Aabb {
        let centre = self.to_disc.inverse() * Point::origin();
        let reach = 0.5
            * self
                .lower
                .body_size()
                .norm()
                .max(self.upper.body_size().norm());
        Aabb {
            min: centre,
            max: centre,
        }
        .grown(reach)
    }
}

/// The straight column over an outline, closed inside the bones.
struct Column {
    outline: Outline,
    half_height: f64,
}

impl Field for Column {
    fn value(&self, p: &Point) -> f64 {
        let q = self.outline.pose.inverse_transform_point(p);
        let (r, angle) = (q.x.hypot(q.y), q.y.atan2(q.x));
        // |∇(r − R(θ))|² = 1 + (R'/r)²; near the axis, far from the wall, r is held off zero.
        let edge = self.outline.radius_at(angle);
        let turn = self.outline.turn_at(angle) / r.max(0.5 * edge);
        ((r - edge) / (1.0 + turn * turn).sqrt()).max(q.z.abs() - self.half_height)
    }

    fn bounds(&self) -> Aabb {
        let radius = self.outline.radius.iter().copied().fold(0.0, f64::max);
        let centre = Point::from(self.outline.pose.translation.vector);
        Aabb {
            min: centre,
            max: centre,
        }
        .grown(radius.hypot(self.half_height))
    }
}

/// The outline of a disc seen along its axis, r(θ) about the disc's middle.
#[derive(Debug, Clone)]
pub struct Outline {
    pose: Placement,
    radius: Vec<f64>,
}

impl Outline {
    /// Looks outward from the origin of `pose` at the given heights and keeps the furthest edge.
    fn of(solid: &dyn Field, pose: Placement, levels: &[f64]) -> Result<Self, AnatomyError> {
        const STEP_MM: f64 = 0.5;
        let reach = solid.bounds().size().norm();
        let edge = |angle: f64, z: f64| {
            let at =
                |r: f64| solid.value(&(pose * Point::new(r * angle.cos(), r * angle.sin(), z)));
            let steps = (reach / STEP_MM).ceil() as usize;
            let last = (0..=steps).rev().find(|&k| at(k as f64 * STEP_MM) < 0.0)?;
            let (mut inside, mut outside) = (last as f64 * STEP_MM, (last + 1) as f64 * STEP_MM);
            for _ in 0..30 {
                let middle = 0.5 * (inside + outside);
                if at(middle) < 0.0 {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            Some(0.5 * (inside + outside))
        };
        let radius = (0..OUTLINE_SAMPLES)
            .map(|k| {
                let angle = TAU * k as f64 / OUTLINE_SAMPLES as f64;
                levels
                    .iter()
                    .filter_map(|&z| edge(angle, z))
                    .max_by(f64::total_cmp)
                    .ok_or(AnatomyError::DiscNotClosed {
                        centre: Point::from(pose.translation.vector),
                    })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { pose, radius })
    }

    /// The outline drawn in to where both bones face it, and the largest distance from the middle
    /// plane at which they were met, mm.
    fn trimmed(&self, bones: &[SharedField; 2], limit: f64) -> Result<(Self, f64), AnatomyError> {
        const STEP_MM: f64 = 0.25;
        let mut highest = 0.0f64;
        let mut raw = Vec::with_capacity(self.radius.len());
        for (k, edge) in self.radius.iter().enumerate() {
            let (sin, cos) = (TAU * k as f64 / self.radius.len() as f64).sin_cos();
            let mut kept = 0.0;
            let mut r = 0.0;
            while r <= *edge {
                let middle = Point::new(r * cos, r * sin, 0.0);
                let met = self.meets(bones[0].as_ref(), middle, 1.0, limit);
                let both = met.zip(self.meets(bones[1].as_ref(), middle, -1.0, limit));
                let Some((up, down)) = both else { break };
                highest = highest.max(up).max(down);
                kept = r;
                r += STEP_MM;
            }
            raw.push(kept - TRIM_INSET_MM);
        }
        // The lowest of the neighbours, then their mean: a smooth wall inside the trimmed one.
        let lowest = around(&raw, 2, |w| w.iter().copied().fold(f64::INFINITY, f64::min));
        let smooth = around(&lowest, 3, |w| w.iter().sum::<f64>() / w.len() as f64);
        let radius = around(&smooth, 3, |w| w.iter().sum::<f64>() / w.len() as f64);
        if radius.iter().any(|r| *r <= TRIM_INSET_MM) {
            return Err(AnatomyError::DiscNotClosed {
                centre: Point::from(self.pose.translation.vector),
            });
        }
        let pose = self.pose;
        Ok((Self { pose, radius }, highest))
    }

    /// Distance along ±z from a point of the middle plane to a bone that faces it within 45°.
    fn meets(&self, bone: &dyn Field, middle: Point, side: f64, limit: f64) -> Option<f64> {
        const STEP_MM: f64 = 0.25;
        let at = |s: f64| self.pose * (middle + Vec3::new(0.0, 0.0, side * s));
        let steps = (limit / STEP_MM).ceil() as usize;
        let s = (0..=steps)
            .map(|k| k as f64 * STEP_MM)
            .find(|s| bone.value(&at(*s)) < 0.0)?;
        let slope = bone.gradient(&at((s - 0.5 * STEP_MM).max(0.0)));
        let along = -side * slope.dot(&(self.pose * Vec3::z()));
        (along > std::f64::consts::FRAC_1_SQRT_2 * slope.norm()).then_some(s)
    }

    /// Pose of the disc: origin in its middle, x anterior, z cranial along its axis.
    pub fn pose(&self) -> &Placement {
        &self.pose
    }

    /// Distance from the axis over the outline's radius in that direction: 0 on the axis, 1 on
    /// the outline.
    pub fn relative_radius(&self, p: &Point) -> f64 {
        let q = self.pose.inverse_transform_point(p);
        q.x.hypot(q.y) / self.radius_at(q.y.atan2(q.x))
    }

    /// Unit local axes at `p`: outward across the rings of equal relative radius, around them
    /// (right-handed with the axis), and along the disc's axis.
    pub fn axes(&self, p: &Point) -> [Vec3; 3] {
        let q = self.pose.inverse_transform_point(p);
        let (r, angle) = (q.x.hypot(q.y), q.y.atan2(q.x));
        let edge = self.radius_at(angle);
        let turn = self.turn_at(angle);
        // ∇(r / R(θ)) ∝ e_r − (R'/R) e_θ; on the axis itself any direction serves.
        let (sin, cos) = if r > 1e-9 {
            angle.sin_cos()
        } else {
            (0.0, 1.0)
        };
        let radial = Vec3::new(cos, sin, 0.0) - Vec3::new(-sin, cos, 0.0) * (turn / edge);
        let radial = radial.normalize();
        [radial, Vec3::z().cross(&radial), Vec3::z()].map(|axis| self.pose * axis)
    }

    /// Area inside the outline, mm².
    pub fn area(&self) -> f64 {
        let square: f64 = self.radius.iter().map(|r| r * r).sum();
        0.5 * square * TAU / self.radius.len() as f64
    }

    /// R'(θ), mm per radian.
    fn turn_at(&self, angle: f64) -> f64 {
        const STEP: f64 = 1e-4;
        (self.radius_at(angle + STEP) - self.radius_at(angle - STEP)) / (2.0 * STEP)
    }

    /// Cubic (Catmull–Rom) interpolation around the circle.
    fn radius_at(&self, angle: f64) -> f64 {
        let n = self.radius.len();
        let place = angle.rem_euclid(TAU) / TAU * n as f64;
        let k = place.floor() as usize;
        let t = place - k as f64;
        let [a, b, c, d] = [n - 1, 0, 1, 2].map(|step| self.radius[(k + step) % n]);
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    }
}

/// Each sample replaced by `pick` of the samples up to `reach` places away from it.
fn around(samples: &[f64], reach: usize, pick: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let n = samples.len();
    (0..n)
        .map(|k| {
            let window: Vec<f64> = (0..=2 * reach)
                .map(|i| samples[(k + n + i - reach) % n])
                .collect();
            pick(&window)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{Level, column};
    use crate::geometry::primitive::{HalfSpace, Sphere};

    fn t5_t6() -> (Vec<Arc<Vertebra>>, Disc) {
        let stack = column::stack(&[Level::T5, Level::T6], &[]).unwrap();
        let disc = Disc::parametric(&stack[0], &stack[1]).unwrap();
        (stack, disc)
    }

    /// Where the disc ends above and below the point (x, y) of its middle plane.
    fn faces(disc: &dyn Field, pose: &Placement, x: f64, y: f64) -> Option<[Point; 2]> {
        let at = |z: f64| pose * Point::new(x, y, z);
        if disc.value(&at(0.0)) >= 0.0 {
            return None;
        }
        Some([1.0, -1.0].map(|side| {
            let (mut inside, mut outside) = (0.0, 8.0);
            for _ in 0..50 {
                let middle = 0.5 * (inside + outside);
                if disc.value(&at(side * middle)) < 0.0 {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            at(side * inside)
        }))
    }

    #[test]
    fn a_made_disc_lies_on_both_endplates_and_has_its_height() {
        let (stack, disc) = t5_t6();
        let (field, pose) = (disc.field(), *disc.outline().pose());
        let mut seen = 0;
        for i in -12..=12 {
            for j in -12..=12 {
                let (x, y) = (f64::from(i), f64::from(j));
                // The wall leans from one endplate's outline to the other's.
                let middle = pose * Point::new(x, y, 0.0);
                if disc.outline().relative_radius(&middle) > 0.92 {
                    continue;
                }
                let [top, bottom] = faces(field.as_ref(), &pose, x, y).unwrap();
                seen += 1;
                assert!(stack[0].value(&top).abs() < 1e-6, "{top}");
                assert!(stack[1].value(&bottom).abs() < 1e-6, "{bottom}");
            }
        }
        assert!(seen > 250, "{seen}");
        let [top, bottom] = faces(field.as_ref(), &pose, 0.0, 0.0).unwrap();
        // Between the rims 3.1 mm, and the hollows of both endplates.
        assert!(((top - bottom).norm() - (3.1 + 0.8)).abs() < 1e-3);
    }

    #[test]
    fn local_axes_are_square_to_each_other_and_point_outward() {
        let (_, disc) = t5_t6();
        let (outline, pose) = (disc.outline(), *disc.outline().pose());
        for k in 0..36 {
            let (sin, cos) = (TAU * f64::from(k) / 36.0).sin_cos();
            let p = pose * Point::new(8.0 * cos, 8.0 * sin, 0.5);
            let [radial, around, axial] = outline.axes(&p);
            let turn = nalgebra::Matrix3::from_columns(&[radial, around, axial]);
            assert!((turn.determinant() - 1.0).abs() < 1e-12);
            assert!((turn.transpose() * turn - nalgebra::Matrix3::identity()).amax() < 1e-12);
            let step = 1e-3;
            let ahead = outline.relative_radius(&(p + step * radial));
            let beside = outline.relative_radius(&(p + step * around));
            let here = outline.relative_radius(&p);
            assert!(ahead > here && (beside - here).abs() < 0.02 * (ahead - here));
        }
    }

    /// A lens that dips into the bone below and leaves a gap to the one above.
    #[test]
    fn a_measured_disc_is_made_to_touch_both_bones() {
        let lens: SharedField = Arc::new(Intersection(vec![
            Arc::new(Sphere::new(Point::origin(), 15.0).unwrap()),
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, 1.8), Vec3::z()).unwrap()),
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, -2.4), -Vec3::z()).unwrap()),
        ]));
        let upper: SharedField =
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, 2.0), -Vec3::z()).unwrap());
        let lower: SharedField =
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, -2.0), Vec3::z()).unwrap());
        let pose = Placement::identity();
        let disc = Disc::measured(lens, [upper, lower], pose, 4.0, 0.5).unwrap();
        for (x, y) in [(0.0, 0.0), (10.0, 0.0), (0.0, -13.0)] {
            let [top, bottom] = faces(disc.field().as_ref(), &pose, x, y).unwrap();
            assert!((top.z - 2.0).abs() < 1e-9 && (bottom.z + 2.0).abs() < 1e-9);
        }
        let measured = disc.measured_area().unwrap();
        assert!((measured / (225.0 * std::f64::consts::PI) - 1.0).abs() < 1e-3);
        // The ball's equator, drawn in by 0.3 mm and by less than a search step.
        let area = disc.outline().area() / std::f64::consts::PI;
        assert!((14.4f64.powi(2)..14.8f64.powi(2)).contains(&area), "{area}");
        let away: SharedField = Arc::new(Sphere::new(Point::new(90.0, 0.0, 0.0), 5.0).unwrap());
        let none = Disc::measured(away.clone(), [away.clone(), away], pose, 4.0, 0.5);
        assert!(matches!(none, Err(AnatomyError::DiscNotClosed { .. })));
    }
}

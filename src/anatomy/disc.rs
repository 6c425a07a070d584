//! Intervertebral discs between two bones, with their nucleus and local axes.
//!
//! A disc is its outline (a wall along the disc's axis), minus both bones, so that its faces lie on
//! the bones' endplates exactly. For made vertebrae the wall is the kidney section of the two
//! endplates, drawn in by a share of the rim's rounding so that it meets the bone at a wide angle.
//! A measured disc is not cut as it is: its surface runs within 0.2 mm of the bones' and in and out
//! of them, so that the cuts would be ragged. Of it the outline seen along its axis is kept, drawn
//! in by 1 mm, and further where a bone's rim leans by more than 35°, and smoothed; the column under
//! that outline is cut by both bones. So a measured disc has its bones' endplates for faces, stands
//! on both without a gap and meets them at a wide angle; it loses its bulge and its brim.
//!
//! The outline in polar form r(θ) about the disc's middle gives the rest: the nucleus is where the
//! distance from the middle is below 0.66 r(θ), and the annulus' local axes are outward from the
//! nucleus, around it and along the disc. Must not know elements or materials.

use std::f64::consts::TAU;
use std::sync::Arc;

use crate::anatomy::AnatomyError;
use crate::anatomy::landmarks::largest_component;
use crate::anatomy::vertebra::{End, Placement, Vertebra};
use crate::geometry::field::{Complement, Intersection};
use crate::geometry::{Aabb, Field, SharedField, TriSurface};
use crate::tensor::{Point, Vec3};

/// Share of the outline's radius that is nucleus.
pub const NUCLEUS_SCALE: f64 = 0.66;
/// A made disc's wall stands in from the section by this share of the rim's radius: there the rim
/// leans by 24°.
const WALL_INSET: f64 = 0.6;
/// How far a made disc's column reaches into the bones beyond the hollows, mm.
const REACH_INTO_BONE_MM: f64 = 1.0;
/// Samples of the outline around the axis.
const OUTLINE_SAMPLES: usize = 180;
/// A measured disc's wall stands in from its outline by this much, mm.
const BRIM_MM: f64 = 1.0;
/// A measured disc stands only where both bones lean by no more than this, degrees.
const STEEPEST_SEAT_DEG: f64 = 35.0;
/// A seat is looked for this far beyond half of a measured disc's thickness, mm.
const SEAT_REACH_MM: f64 = 2.5;
/// The outline of a measured disc is smoothed over this many samples on either side: 8°.
const SMOOTHING: usize = 4;

/// A disc between two vertebrae.
pub struct Disc {
    field: SharedField,
    outline: Outline,
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
        })
    }

    /// A measured disc between two bones: the column under the drawn-in outline of `surface`, seen
    /// along the z axis of `pose` (origin in the disc's middle, z cranial), cut by both bones.
    /// `thickness` is the disc's in its middle, mm.
    ///
    /// # Errors
    /// [`AnatomyError::DiscNotClosed`] where the pose's origin lies outside the disc, or both bones
    /// are not found above and below it.
    pub fn measured(
        surface: &dyn Field,
        bones: [SharedField; 2],
        pose: Placement,
        thickness: f64,
    ) -> Result<Self, AnatomyError> {
        let levels = [-0.25, 0.0, 0.25].map(|share| share * thickness);
        let seat = Seat {
            bones: &bones,
            pose: &pose,
            reach: 0.5 * thickness + SEAT_REACH_MM,
        };
        let outline = Outline::of(surface, pose, &levels)?.seated(&seat)?;
        let wall = Arc::new(Column {
            half_height: seat.tallest(&outline) + REACH_INTO_BONE_MM,
            outline: outline.clone(),
        });
        let [upper, lower] = bones;
        Ok(Self {
            field: between(wall, upper, lower),
            outline,
        })
    }

    /// The disc as a solid.
    pub fn field(&self) -> SharedField {
        self.field.clone()
    }

    /// Its outline.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Whether a point of the disc belongs to the nucleus.
    pub fn is_nucleus(&self, p: &Point) -> bool {
        self.outline.relative_radius(p) < NUCLEUS_SCALE
    }
}

/// The connected shell of `surface` with the largest area and how many triangles the others had:
/// measured discs come with stray ones.
pub fn largest_shell(surface: &TriSurface) -> (TriSurface, usize) {
    let corners: Vec<_> = (0..surface.triangles.len())
        .map(|t| surface.corners(t))
        .collect();
    let kept = largest_component(surface, &corners, &vec![true; corners.len()]).unwrap_or_default();
    let mut number = vec![u32::MAX; surface.vertices.len()];
    let mut shell = TriSurface::default();
    for &t in &kept {
        let triangle = surface.triangles[t as usize].map(|v| {
            let new = &mut number[v as usize];
            if *new == u32::MAX {
                *new = shell.vertices.len() as u32;
                shell.vertices.push(surface.vertices[v as usize]);
            }
            *new
        });
        shell.triangles.push(triangle);
    }
    for [a, b] in &surface.sharp_edges {
        let (a, b) = (number[*a as usize], number[*b as usize]);
        if a != u32::MAX && b != u32::MAX {
            shell.sharp_edges.push([a.min(b), a.max(b)]);
        }
    }
    (shell, corners.len() - kept.len())
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
        let side = (1.0 - t) * self.lower.section_distance(&q, End::Upper)
            + t * self.upper.section_distance(&q, End::Lower);
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

/// Where a measured disc can stand: between two bones, seen along the disc's axis.
struct Seat<'a> {
    /// Upper, then lower.
    bones: &'a [SharedField; 2],
    pose: &'a Placement,
    /// How far from the disc's middle plane bone is looked for, mm.
    reach: f64,
}

impl Seat<'_> {
    /// How far above and below the point (x, y) of the disc's middle plane the bones are, mm, and
    /// the smaller cosine of their lean; `None` where one is out of reach.
    fn at(&self, angle: f64, r: f64) -> Option<([f64; 2], f64)> {
        let (sin, cos) = angle.sin_cos();
        let start = self.pose * Point::new(r * cos, r * sin, 0.0);
        let axis = self.pose * Vec3::z();
        let mut heights = [0.0; 2];
        let mut upright = 1.0f64;
        for (k, direction) in [axis, -axis].into_iter().enumerate() {
            let bone = self.bones[k].as_ref();
            heights[k] = distance_along(bone, &start, &direction, self.reach)?;
            let normal = bone.gradient(&(start + direction * heights[k])).normalize();
            upright = upright.min(-normal.dot(&direction));
        }
        Some((heights, upright))
    }

    fn is_level(&self, angle: f64, r: f64) -> bool {
        let least = STEEPEST_SEAT_DEG.to_radians().cos();
        self.at(angle, r).is_some_and(|(_, upright)| upright >= least)
    }

    /// The furthest that a bone is from the middle plane inside the outline, mm.
    fn tallest(&self, outline: &Outline) -> f64 {
        outline
            .directions()
            .flat_map(|(angle, edge)| [0.0, 0.25, 0.5, 0.75, 1.0].map(|s| (angle, s * edge)))
            .filter_map(|(angle, r)| self.at(angle, r))
            .map(|([up, down], _)| up.max(down))
            .fold(0.0, f64::max)
    }
}

/// Distance from `start` to a solid along a unit direction, mm: a field's value is no more than the
/// distance, so that steps of it never pass the surface. `None` inside the solid or beyond `reach`.
fn distance_along(solid: &dyn Field, start: &Point, direction: &Vec3, reach: f64) -> Option<f64> {
    const CLOSE_MM: f64 = 1e-4;
    const MOST_STEPS: usize = 200;
    let mut s = 0.0;
    for _ in 0..MOST_STEPS {
        let value = solid.value(&(start + direction * s));
        if value < -CLOSE_MM {
            return None;
        }
        if value < CLOSE_MM {
            return Some(s);
        }
        s += value;
        if s > reach {
            return None;
        }
    }
    None
}

/// The column under an outline, ended flat at some height above and below its middle.
struct Column {
    outline: Outline,
    half_height: f64,
}

impl Field for Column {
    fn value(&self, p: &Point) -> f64 {
        let q = self.outline.pose.inverse_transform_point(p);
        let side = self.outline.distance(q.x, q.y);
        side.max(q.z.abs() - self.half_height)
    }

    fn bounds(&self) -> Aabb {
        let centre = self.outline.pose * Point::origin();
        let reach = self.outline.radius.iter().copied().fold(0.0, f64::max);
        Aabb {
            min: centre,
            max: centre,
        }
        .grown(reach.hypot(self.half_height))
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

    /// The outline drawn in to where both bones are level, and smoothed. Taking the least of each
    /// neighbourhood and then the mean over the same neighbourhood never leaves what was found.
    fn seated(&self, seat: &Seat<'_>) -> Result<Self, AnatomyError> {
        const STEP_MM: f64 = 0.25;
        let level: Vec<f64> = self
            .directions()
            .map(|(angle, edge)| {
                let steps = (edge / STEP_MM) as usize;
                (0..steps)
                    .map(|k| edge - BRIM_MM - STEP_MM * k as f64)
                    .take_while(|r| *r > 0.0)
                    .find(|r| seat.is_level(angle, *r))
                    .ok_or(AnatomyError::DiscNotClosed {
                        centre: Point::from(self.pose.translation.vector),
                    })
            })
            .collect::<Result<_, _>>()?;
        let n = level.len();
        let around = |values: &[f64], k: usize| -> Vec<f64> {
            let first = k + n - SMOOTHING;
            (first..=first + 2 * SMOOTHING)
                .map(|i| values[i % n])
                .collect()
        };
        let least: Vec<f64> = (0..n)
            .map(|k| around(&level, k).into_iter().fold(f64::INFINITY, f64::min))
            .collect();
        let radius = (0..n)
            .map(|k| around(&least, k).iter().sum::<f64>() / (2 * SMOOTHING + 1) as f64)
            .collect();
        Ok(Self {
            pose: self.pose,
            radius,
        })
    }

    /// The sampled directions (rad about the axis from the front) and the radius in each, mm.
    fn directions(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let step = TAU / self.radius.len() as f64;
        self.radius
            .iter()
            .enumerate()
            .map(move |(k, r)| (step * k as f64, *r))
    }

    /// Distance (to first order) of a point of the disc's middle plane from the outline, mm;
    /// negative inside.
    fn distance(&self, x: f64, y: f64) -> f64 {
        let angle = y.atan2(x);
        let edge = self.radius_at(angle);
        (x.hypot(y) - edge) / 1f64.hypot(self.turn(angle) / edge)
    }

    /// dr/dθ, mm.
    fn turn(&self, angle: f64) -> f64 {
        const STEP: f64 = 1e-4;
        (self.radius_at(angle + STEP) - self.radius_at(angle - STEP)) / (2.0 * STEP)
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
        let turn = self.turn(angle);
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
    fn the_nucleus_is_the_outline_scaled() {
        let (_, disc) = t5_t6();
        let outline = disc.outline();
        let pose = *outline.pose();
        let (mut nucleus, mut whole) = (0u32, 0u32);
        for i in -150..=150 {
            for j in -150..=150 {
                let p = pose * Point::new(0.1 * f64::from(i), 0.1 * f64::from(j), 0.3);
                whole += u32::from(outline.relative_radius(&p) < 1.0);
                nucleus += u32::from(disc.is_nucleus(&p));
            }
        }
        let share = f64::from(nucleus) / f64::from(whole);
        // Counting 0.1 mm cells along both edges.
        assert!(
            (share - NUCLEUS_SCALE * NUCLEUS_SCALE).abs() < 2e-3,
            "{share}"
        );
        assert!((f64::from(whole) * 0.01 / outline.area() - 1.0).abs() < 5e-3);
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
    fn lens() -> Intersection {
        Intersection(vec![
            Arc::new(Sphere::new(Point::origin(), 15.0).unwrap()),
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, 1.8), Vec3::z()).unwrap()),
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, -2.4), -Vec3::z()).unwrap()),
        ])
    }

    #[test]
    fn a_measured_disc_touches_both_bones_inside_its_outline() {
        let upper: SharedField =
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, 2.0), -Vec3::z()).unwrap());
        let lower: SharedField =
            Arc::new(HalfSpace::new(Point::new(0.0, 0.0, -2.0), Vec3::z()).unwrap());
        let pose = Placement::identity();
        let disc = Disc::measured(&lens(), [upper, lower], pose, 4.0).unwrap();
        for (x, y) in [(0.0, 0.0), (10.0, 0.0), (0.0, -13.0)] {
            let [top, bottom] = faces(disc.field().as_ref(), &pose, x, y).unwrap();
            assert!((top.z - 2.0).abs() < 1e-9 && (bottom.z + 2.0).abs() < 1e-9);
        }
        // The brim, 1 mm, is left out all round.
        assert!((disc.outline().area() / (196.0 * std::f64::consts::PI) - 1.0).abs() < 1e-3);
        let away: SharedField = Arc::new(Sphere::new(Point::new(90.0, 0.0, 0.0), 5.0).unwrap());
        let lens = lens();
        for solid in [away.as_ref(), &lens as &dyn Field] {
            let none = Disc::measured(solid, [away.clone(), away.clone()], pose, 4.0);
            assert!(matches!(none, Err(AnatomyError::DiscNotClosed { .. })));
        }
    }

    #[test]
    fn a_measured_disc_stays_off_a_rim_that_leans_too_far() {
        // The ball's surface leans by 35° at 10 sin 35° = 5.7 mm from the axis.
        let ball = Arc::new(Sphere::new(Point::new(0.0, 0.0, 12.0), 10.0).unwrap());
        let floor = Arc::new(HalfSpace::new(Point::new(0.0, 0.0, -2.0), Vec3::z()).unwrap());
        let pose = Placement::identity();
        let disc = Disc::measured(&lens(), [ball, floor], pose, 4.0).unwrap();
        let edge = 10.0 * STEEPEST_SEAT_DEG.to_radians().sin();
        for k in 0..12 {
            let (sin, cos) = (TAU * f64::from(k) / 12.0).sin_cos();
            let at = |r: f64| Point::new(r * cos, r * sin, -1.0);
            // It is looked for in steps of 0.25 mm.
            assert!(disc.field().value(&at(edge - 0.3)) < 0.0);
            assert!(disc.field().value(&at(edge + 0.05)) > 0.0);
        }
    }
}

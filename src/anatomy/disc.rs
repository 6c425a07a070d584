//! Intervertebral discs between two bones, with their nucleus and local axes.
//!
//! A disc is its outline (a wall along the disc's axis), minus both bones, so that its faces lie on
//! the bones' endplates exactly. For made vertebrae the wall is the kidney section of the two
//! endplates, drawn in by a share of the rim's rounding so that it meets the bone at a wide angle.
//! A measured disc is stretched along its axis first, so that it reaches both bones everywhere, and
//! then cut by them.
//!
//! The outline in polar form r(θ) about the disc's middle gives the rest: the nucleus is where the
//! distance from the middle is below 0.66 r(θ), and the annulus' local axes are outward from the
//! nucleus, around it and along the disc. Must not know elements or materials.

use std::f64::consts::TAU;
use std::sync::Arc;

use crate::anatomy::AnatomyError;
use crate::anatomy::vertebra::{End, Placement, Vertebra};
use crate::geometry::field::{Complement, Intersection};
use crate::geometry::{Aabb, Field, SharedField};
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

    /// A measured disc between two bones: `surface` stretched along the z axis of `pose` (origin
    /// in the disc's middle, z cranial) by `reach` mm on each side of `thickness` mm, then cut by
    /// both bones.
    ///
    /// # Errors
    /// [`AnatomyError::DiscNotClosed`] where the pose's origin lies outside the disc.
    pub fn measured(
        surface: SharedField,
        bones: [SharedField; 2],
        pose: Placement,
        thickness: f64,
        reach: f64,
    ) -> Result<Self, AnatomyError> {
        let stretched = Arc::new(Stretched {
            surface,
            pose,
            factor: 1.0 + 2.0 * reach / thickness,
        });
        let levels = [-0.25, 0.0, 0.25].map(|share| share * thickness);
        let outline = Outline::of(stretched.as_ref(), pose, &levels)?;
        let [upper, lower] = bones;
        Ok(Self {
            field: between(stretched, upper, lower),
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

/// A solid stretched along the z axis of a pose, about its origin.
struct Stretched {
    surface: SharedField,
    pose: Placement,
    factor: f64,
}

impl Field for Stretched {
    fn value(&self, p: &Point) -> f64 {
        let mut q = self.pose.inverse_transform_point(p);
        q.z /= self.factor;
        self.surface.value(&(self.pose * q))
    }

    fn bounds(&self) -> Aabb {
        let own = self.surface.bounds();
        own.grown(0.5 * (self.factor - 1.0) * own.size().norm())
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
        const STEP: f64 = 1e-4;
        let q = self.pose.inverse_transform_point(p);
        let (r, angle) = (q.x.hypot(q.y), q.y.atan2(q.x));
        let edge = self.radius_at(angle);
        let turn = (self.radius_at(angle + STEP) - self.radius_at(angle - STEP)) / (2.0 * STEP);
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

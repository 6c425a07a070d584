//! Exact signed-distance fields of the simple solids that implants and cuts are made of.
//!
//! Each is smooth on its whole surface; solids with edges are [`Intersection`]s of them, which is
//! how their edges stay sharp. Must not know what the solids stand for.

use std::sync::Arc;

use super::GeometryError;
use super::field::{Aabb, EVERYWHERE, Field, Intersection, Piece, SharedField};
use crate::tensor::{Point, Vec3};

/// Everything behind a plane: (p − point)·normal ≤ 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HalfSpace {
    point: Point,
    normal: Vec3,
}

impl HalfSpace {
    /// The half-space behind the plane through `point` (mm); `normal` (any length) points out.
    ///
    /// # Errors
    /// A normal without a direction.
    pub fn new(point: Point, normal: Vec3) -> Result<Self, GeometryError> {
        let normal = unit("half-space", "normal", normal)?;
        Ok(Self { point, normal })
    }
}

impl Field for HalfSpace {
    fn value(&self, p: &Point) -> f64 {
        (p - self.point).dot(&self.normal)
    }
    fn bounds(&self) -> Aabb {
        let mut all = EVERYWHERE;
        for k in 0..3 {
            if self.normal[k] == 1.0 {
                all.max[k] = self.point[k];
            } else if self.normal[k] == -1.0 {
                all.min[k] = self.point[k];
            }
        }
        all
    }
    fn gradient(&self, _p: &Point) -> Vec3 {
        self.normal
    }
}

/// A ball.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sphere {
    centre: Point,
    radius: f64,
}

impl Sphere {
    /// The ball about `centre` with `radius`, mm.
    ///
    /// # Errors
    /// A radius that is not positive and finite.
    pub fn new(centre: Point, radius: f64) -> Result<Self, GeometryError> {
        let radius = positive("sphere", "radius_mm", radius)?;
        Ok(Self { centre, radius })
    }
}

impl Field for Sphere {
    fn value(&self, p: &Point) -> f64 {
        (p - self.centre).norm() - self.radius
    }
    fn bounds(&self) -> Aabb {
        Aabb {
            min: self.centre,
            max: self.centre,
        }
        .grown(self.radius)
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        direction(p - self.centre)
    }
}

/// A cylinder without ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cylinder {
    point: Point,
    axis: Vec3,
    radius: f64,
}

impl Cylinder {
    /// The cylinder about the line through `point` along `axis` (any length) with `radius`, mm.
    ///
    /// # Errors
    /// A radius that is not positive and finite, an axis without a direction.
    pub fn new(point: Point, axis: Vec3, radius: f64) -> Result<Self, GeometryError> {
        let radius = positive("cylinder", "radius_mm", radius)?;
        let axis = unit("cylinder", "axis", axis)?;
        Ok(Self {
            point,
            axis,
            radius,
        })
    }

    fn radial(&self, p: &Point) -> Vec3 {
        let d = p - self.point;
        d - self.axis * d.dot(&self.axis)
    }
}

impl Field for Cylinder {
    fn value(&self, p: &Point) -> f64 {
        self.radial(p).norm() - self.radius
    }
    fn bounds(&self) -> Aabb {
        let mut all = EVERYWHERE;
        for k in 0..3 {
            if self.axis[k] == 0.0 {
                all.min[k] = self.point[k] - self.radius;
                all.max[k] = self.point[k] + self.radius;
            }
        }
        all
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        direction(self.radial(p))
    }
}

/// All within `radius` of a segment: a cylinder with round ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capsule {
    from: Point,
    to: Point,
    radius: f64,
}

impl Capsule {
    /// The capsule around the segment between two points, with `radius`, mm.
    ///
    /// # Errors
    /// A radius that is not positive and finite.
    pub fn new(from: Point, to: Point, radius: f64) -> Result<Self, GeometryError> {
        let radius = positive("capsule", "radius_mm", radius)?;
        Ok(Self { from, to, radius })
    }

    fn offset_from_segment(&self, p: &Point) -> Vec3 {
        let along = self.to - self.from;
        let length_squared = along.norm_squared();
        let t = if length_squared > 0.0 {
            ((p - self.from).dot(&along) / length_squared).clamp(0.0, 1.0)
        } else {
            0.0
        };
        p - (self.from + along * t)
    }
}

impl Field for Capsule {
    fn value(&self, p: &Point) -> f64 {
        self.offset_from_segment(p).norm() - self.radius
    }
    fn bounds(&self) -> Aabb {
        Aabb {
            min: self.from.inf(&self.to),
            max: self.from.sup(&self.to),
        }
        .grown(self.radius)
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        direction(self.offset_from_segment(p))
    }
}

/// A solid whose box is known better than its parts tell: an intersection of oblique half-spaces
/// and endless cylinders is bounded, none of its parts is.
pub struct Bounded {
    /// The solid.
    pub field: SharedField,
    /// A box that holds it, mm.
    pub bounds: Aabb,
}

impl Field for Bounded {
    fn value(&self, p: &Point) -> f64 {
        self.field.value(p)
    }
    fn bounds(&self) -> Aabb {
        self.field.bounds().intersection(&self.bounds)
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        self.field.gradient(p)
    }
    fn is_compound(&self) -> bool {
        self.field.is_compound()
    }
    fn pieces<'a>(&'a self, p: &Point, tolerance: f64, sign: f64, out: &mut Vec<Piece<'a>>) {
        self.field.pieces(p, tolerance, sign, out);
    }
}

/// A cylinder with flat ends at `from` and `to` (mm), square to its axis, with `radius` (mm).
///
/// # Errors
/// A radius that is not positive and finite, equal end points.
pub fn capped_cylinder(from: Point, to: Point, radius: f64) -> Result<Bounded, GeometryError> {
    let axis = to - from;
    let side = Cylinder::new(from, axis, radius)?;
    let parts: Vec<SharedField> = vec![
        Arc::new(side),
        Arc::new(HalfSpace::new(to, axis)?),
        Arc::new(HalfSpace::new(from, -axis)?),
    ];
    // A disc of radius r square to the unit axis a reaches r·√(1 − a_k²) along k.
    let reach = side.axis.map(|a| radius * (1.0 - a * a).max(0.0).sqrt());
    let bounds = Aabb {
        min: from.inf(&to) - reach,
        max: from.sup(&to) + reach,
    };
    Ok(Bounded {
        field: Arc::new(Intersection(parts)),
        bounds,
    })
}

/// A box with sharp edges along the frame's axes, from its corners (mm).
///
/// # Errors
/// An edge length that is not positive and finite.
pub fn cuboid(bounds: &Aabb) -> Result<Intersection, GeometryError> {
    let mut parts: Vec<SharedField> = Vec::with_capacity(6);
    for k in 0..3 {
        positive("cuboid", "edge length_mm", bounds.size()[k])?;
        let mut normal = Vec3::zeros();
        normal[k] = 1.0;
        parts.push(Arc::new(HalfSpace::new(bounds.max, normal)?));
        parts.push(Arc::new(HalfSpace::new(bounds.min, -normal)?));
    }
    Ok(Intersection(parts))
}

fn positive(shape: &'static str, quantity: &'static str, value: f64) -> Result<f64, GeometryError> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(GeometryError::Parameter {
        shape,
        quantity,
        value,
        expected: "greater than 0",
    })
}

fn unit(shape: &'static str, quantity: &'static str, vector: Vec3) -> Result<Vec3, GeometryError> {
    let length = vector.norm();
    if length > 0.0 && length.is_finite() {
        return Ok(vector / length);
    }
    Err(GeometryError::Parameter {
        shape,
        quantity,
        value: length,
        expected: "a vector with a direction",
    })
}

/// The unit vector along `v`; on the axis, where every direction is as good, x.
fn direction(v: Vec3) -> Vec3 {
    v.try_normalize(0.0).unwrap_or_else(Vec3::x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::field::active_pieces;

    fn check_gradient(field: &dyn Field, p: Point) {
        const STEP: f64 = 1e-5;
        let gradient = field.gradient(&p);
        for k in 0..3 {
            let mut step = Vec3::zeros();
            step[k] = STEP;
            let slope = (field.value(&(p + step)) - field.value(&(p - step))) / (2.0 * STEP);
            // Central differences: h² f''' ~ 1e-10, round-off 1e-15/1e-5.
            assert!((slope - gradient[k]).abs() < 1e-8);
        }
        assert!((gradient.norm() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn values_are_distances_and_gradients_their_slopes() {
        let axis = Vec3::new(1.0, 2.0, -0.5);
        let p = Point::new(3.0, -2.0, 4.0);
        let cylinder = Cylinder::new(Point::new(1.0, 0.0, 0.0), axis, 1.5).unwrap();
        let nearest = Point::new(1.0, 0.0, 0.0)
            + axis * ((p - Point::new(1.0, 0.0, 0.0)).dot(&axis) / axis.norm_squared());
        assert!((cylinder.value(&p) - ((p - nearest).norm() - 1.5)).abs() < 1e-14);
        let capsule = Capsule::new(Point::origin(), Point::new(0.0, 0.0, 2.0), 0.5).unwrap();
        assert!((capsule.value(&Point::new(0.0, 3.0, 6.0)) - 4.5).abs() < 1e-14);
        assert!((capsule.value(&Point::new(0.0, 3.0, 1.0)) - 2.5).abs() < 1e-14);
        let half = HalfSpace::new(Point::new(0.0, 0.0, 2.0), Vec3::new(0.0, 0.0, 3.0)).unwrap();
        assert_eq!(half.value(&Point::new(7.0, 8.0, 5.0)), 3.0);
        let sphere = Sphere::new(Point::origin(), 2.0).unwrap();
        for field in [&cylinder as &dyn Field, &capsule, &half, &sphere] {
            check_gradient(field, p);
        }
    }

    #[test]
    fn an_oblique_capped_cylinder_is_bounded_and_has_rims() {
        let (from, to) = (Point::new(1.0, 1.0, 1.0), Point::new(4.0, 1.0, 5.0));
        let solid = capped_cylinder(from, to, 2.0).unwrap();
        let bounds = solid.bounds();
        // The axis is (0.6, 0, 0.8): the end discs reach 2·0.8 along x, 2 along y, 2·0.6 along z.
        assert!((bounds.min - Point::new(1.0 - 1.6, -1.0, 1.0 - 1.2)).norm() < 1e-12);
        assert!((bounds.max - Point::new(4.0 + 1.6, 3.0, 5.0 + 1.2)).norm() < 1e-12);
        let rim = to + Vec3::new(0.0, 2.0, 0.0);
        assert_eq!(active_pieces(&solid, &rim, 1e-9).len(), 2);
        assert!(solid.value(&rim).abs() < 1e-12);
    }

    #[test]
    fn a_cuboid_has_three_pieces_at_a_corner_and_exact_bounds() {
        let bounds = Aabb {
            min: Point::new(-1.0, 0.0, 2.0),
            max: Point::new(3.0, 1.0, 4.0),
        };
        let solid = cuboid(&bounds).unwrap();
        assert_eq!(solid.bounds(), bounds);
        assert_eq!(active_pieces(&solid, &bounds.max, 1e-9).len(), 3);
    }

    #[test]
    fn shapes_without_size_or_direction_are_refused() {
        assert!(Sphere::new(Point::origin(), 0.0).is_err());
        assert!(Sphere::new(Point::origin(), f64::NAN).is_err());
        assert!(HalfSpace::new(Point::origin(), Vec3::zeros()).is_err());
        assert!(Cylinder::new(Point::origin(), Vec3::z(), -1.0).is_err());
        assert!(capped_cylinder(Point::origin(), Point::origin(), 1.0).is_err());
        let flat = Aabb {
            min: Point::origin(),
            max: Point::new(1.0, 1.0, 0.0),
        };
        assert!(cuboid(&flat).is_err());
    }
}

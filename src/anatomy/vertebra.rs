//! A vertebra as a signed-distance field, from its morphometry.
//!
//! Body: the level set ρ(x, y, z) = 1 of a superellipse bent to a kidney,
//! ρⁿ = |(x + φ)/A|ⁿ + |y/B|ⁿ with φ = c A t/(1 + t), t = (y/B)², half depth A and half width B
//! going from the lower endplate to the upper one with a waist between; divided by |∇ρ| it is a
//! distance to first order. It is cut by two endplates, tilted planes with a hollow, and the rim is
//! rounded. Posterior elements are in `posterior.rs`.
//! Origin of a vertebra's own frame: the middle of its body. Must not know elements or materials.

use crate::anatomy::AnatomyError;
use crate::anatomy::body_end::{Placement, endplate_pose, endplate_slope};
use crate::anatomy::level::{Level, Region};
use crate::anatomy::morphometry::{Morphometry, morphometry};
use crate::anatomy::posterior::PosteriorElements;
use crate::geometry::End;
use crate::geometry::{Aabb, Field};
use crate::tensor::{Point, Vec3};

/// Exponent n of the superellipse: 2 is an ellipse, more is squarer.
const SQUARENESS: f64 = 2.5;
/// Loss of half width and depth at mid-height, as a share.
const WAIST: f64 = 0.09;
/// The hollow of an endplate reaches to this share of the way from its centre to its outline.
const HOLLOW_REACH: f64 = 0.86;

/// A vertebra made from the morphometry table.
pub struct Vertebra {
    morphometry: Morphometry,
    placement: Placement,
    body: Body,
    posterior: PosteriorElements,
    bounds: Aabb,
}

impl Vertebra {
    /// The vertebra of a level, placed in the column.
    ///
    /// # Errors
    /// [`AnatomyError::NoData`] where the table lacks a number.
    pub fn parametric(level: Level, placement: Placement) -> Result<Self, AnatomyError> {
        let morphometry = morphometry(level)?;
        let body = Body::new(&morphometry);
        let posterior = PosteriorElements::drawn(&morphometry);
        let local = body.bounds().union(&posterior.bounds());
        let corners: Vec<Point> = (0..8)
            .map(|k| {
                let pick = |axis: usize| {
                    if k >> axis & 1 == 0 {
                        local.min[axis]
                    } else {
                        local.max[axis]
                    }
                };
                placement * Point::new(pick(0), pick(1), pick(2))
            })
            .collect();
        Ok(Self {
            bounds: Aabb::around(&corners).unwrap_or(local),
            morphometry,
            placement,
            body,
            posterior,
        })
    }

    /// The table's numbers it was made from.
    pub fn morphometry(&self) -> &Morphometry {
        &self.morphometry
    }

    /// Where it stands.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The pose of the upper endplate: origin at its middle, z along its outward normal (cranial).
    pub fn upper_endplate(&self) -> Placement {
        self.placement * endplate_pose(&self.morphometry, End::Superior)
    }

    /// The pose of the lower endplate: origin at its middle, z still cranial, so that its outward
    /// normal is −z.
    pub fn lower_endplate(&self) -> Placement {
        self.placement * endplate_pose(&self.morphometry, End::Inferior)
    }

    /// Distance (to first order) from the outline of one endplate, in the endplate's own plane
    /// coordinates (x anterior, y left from its middle), mm; negative inside.
    pub(crate) fn section_distance(&self, p: &Point, end: End) -> f64 {
        let section = match end {
            End::Superior => &self.body.upper,
            End::Inferior => &self.body.lower,
        };
        let (rho, gradient) = self.body.rho(p, section, [0.0, 0.0]);
        (rho - 1.0) / gradient.norm()
    }

    /// Radius of the rim's rounding, mm.
    pub(crate) fn rim_radius(&self) -> f64 {
        self.body.rim
    }

    /// Edge lengths of a box around the body alone, mm.
    pub(crate) fn body_size(&self) -> Vec3 {
        self.body.bounds().size()
    }
}

impl Field for Vertebra {
    fn value(&self, p: &Point) -> f64 {
        let own = self.placement.inverse_transform_point(p);
        self.posterior.join(self.body.value(&own), &own)
    }

    fn bounds(&self) -> Aabb {
        self.bounds
    }
}

/// Half depth A and half width B of a section.
#[derive(Debug, Clone, Copy)]
struct Section {
    half_depth: f64,
    half_width: f64,
}

#[derive(Debug, Clone)]
struct Body {
    upper: Section,
    lower: Section,
    half_height: f64,
    slope: f64,
    hollow: [f64; 2],
    kidney: f64,
    rim: f64,
}

impl Body {
    fn new(m: &Morphometry) -> Self {
        let kidney = match m.level.region() {
            Region::Cervical => 0.5,
            Region::Thoracic => 0.8,
            Region::Lumbar => 0.6,
        };
        let mean_width = 0.5 * (m.upper_width.mm + m.lower_width.mm);
        Self {
            upper: Section {
                half_depth: 0.5 * m.upper_depth.mm,
                half_width: 0.5 * m.upper_width.mm,
            },
            lower: Section {
                half_depth: 0.5 * m.lower_depth.mm,
                half_width: 0.5 * m.lower_width.mm,
            },
            half_height: 0.5 * m.mean_height(),
            slope: endplate_slope(m),
            hollow: [m.upper_concavity.mm, m.lower_concavity.mm],
            kidney,
            rim: (0.065 * mean_width).clamp(1.2, 2.2),
        }
    }

    fn bounds(&self) -> Aabb {
        let a = self.upper.half_depth.max(self.lower.half_depth);
        let b = self.upper.half_width.max(self.lower.half_width);
        let z = self.half_height + self.slope.abs() * a;
        Aabb {
            // The bend carries the sides back by half of `kidney` half depths at most.
            min: Point::new(-a * (1.0 + 0.5 * self.kidney), -b, -z),
            max: Point::new(a, b, z),
        }
    }

    /// Section at height z, and the derivatives of A and B with respect to z.
    fn section(&self, z: f64) -> (Section, [f64; 2]) {
        let reach = self.half_height - self.rim;
        let s = (z / reach).clamp(-1.0, 1.0);
        let inside = if s.abs() < 1.0 { 1.0 / reach } else { 0.0 };
        let waist = 1.0 - WAIST * (1.0 - s * s).powi(2);
        let waist_slope = 4.0 * WAIST * s * (1.0 - s * s) * inside;
        // Smooth step from the lower section to the upper, flat at both ends.
        let t = 0.5 + s * (0.75 - 0.25 * s * s);
        let t_slope = 0.75 * (1.0 - s * s) * inside;
        let blend = |low: f64, high: f64| {
            let size = low + t * (high - low);
            (
                size * waist,
                size * waist_slope + (high - low) * t_slope * waist,
            )
        };
        let (half_depth, da) = blend(self.lower.half_depth, self.upper.half_depth);
        let (half_width, db) = blend(self.lower.half_width, self.upper.half_width);
        let section = Section {
            half_depth,
            half_width,
        };
        (section, [da, db])
    }

    /// ρ and its gradient for a section whose half axes change with z at `rates`.
    fn rho(&self, p: &Point, section: &Section, rates: [f64; 2]) -> (f64, Vec3) {
        let (a, b) = (section.half_depth, section.half_width);
        let v = p.y / b;
        let t = v * v;
        let bend = self.kidney * t / (1.0 + t);
        let bend_t = self.kidney / ((1.0 + t) * (1.0 + t));
        let u = p.x / a + bend;
        let u_gradient = Vec3::new(
            1.0 / a,
            bend_t * 2.0 * v / b,
            -(p.x / a) * rates[0] / a - bend_t * 2.0 * t * rates[1] / b,
        );
        let v_gradient = Vec3::new(0.0, 1.0 / b, -v * rates[1] / b);
        let (pu, pv) = (
            u.abs().powf(SQUARENESS - 1.0),
            v.abs().powf(SQUARENESS - 1.0),
        );
        let sum = pu * u.abs() + pv * v.abs();
        if sum < 1e-12 {
            return (0.0, Vec3::new(1.0 / a, 0.0, 0.0));
        }
        let rho = sum.powf(1.0 / SQUARENESS);
        let scale = rho / sum;
        let gradient =
            u_gradient * (scale * pu * u.signum()) + v_gradient * (scale * pv * v.signum());
        (rho, gradient)
    }

    fn wall(&self, p: &Point) -> f64 {
        let (section, rates) = self.section(p.z);
        let (rho, gradient) = self.rho(p, &section, rates);
        (rho - 1.0) / gradient.norm()
    }

    fn endplate(&self, p: &Point, end: End) -> f64 {
        let (section, depth, sign) = match end {
            End::Superior => (&self.upper, self.hollow[0], 1.0),
            End::Inferior => (&self.lower, self.hollow[1], -1.0),
        };
        let (rho, gradient) = self.rho(p, section, [0.0, 0.0]);
        let q = rho / HOLLOW_REACH;
        let inside = (1.0 - q * q).max(0.0);
        let hollow = depth * inside * inside;
        let hollow_slope = -4.0 * depth * q * inside / HOLLOW_REACH;
        let height = self.half_height + self.slope * p.x - hollow;
        let dx = self.slope - hollow_slope * gradient.x;
        let dy = -hollow_slope * gradient.y;
        (sign * p.z - height) / (1.0 + dx * dx + dy * dy).sqrt()
    }

    fn value(&self, p: &Point) -> f64 {
        // Beyond a third of the height on one side the other endplate cannot decide.
        let far = 0.33 * self.half_height;
        let upper = if p.z > -far {
            self.endplate(p, End::Superior)
        } else {
            f64::NEG_INFINITY
        };
        let lower = if p.z < far {
            self.endplate(p, End::Inferior)
        } else {
            f64::NEG_INFINITY
        };
        rounded_max(self.wall(p), upper.max(lower), self.rim)
    }
}

/// Intersection of two solids whose common edge is rounded to `radius`.
fn rounded_max(a: f64, b: f64, radius: f64) -> f64 {
    let (u, v) = ((a + radius).max(0.0), (b + radius).max(0.0));
    (u * u + v * v).sqrt() + a.max(b).min(-radius)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far from `middle` along `direction` the solid reaches, looking from outside inward.
    fn reach(field: &dyn Field, middle: Point, direction: Vec3) -> f64 {
        let at = |s: f64| field.value(&(middle + direction * s));
        let mut outside = 40.0;
        while outside > -40.0 && at(outside - 0.1) > 0.0 {
            outside -= 0.1;
        }
        let mut inside = outside - 0.1;
        for _ in 0..40 {
            let half = 0.5 * (inside + outside);
            if at(half) > 0.0 {
                outside = half;
            } else {
                inside = half;
            }
        }
        inside
    }

    /// A vertebral body without its posterior elements, in its own frame.
    struct Bare(Body);

    impl Field for Bare {
        fn value(&self, p: &Point) -> f64 {
            self.0.value(p)
        }
        fn bounds(&self) -> Aabb {
            self.0.bounds()
        }
    }

    fn upright(level: Level) -> Vertebra {
        Vertebra::parametric(level, Placement::identity()).unwrap()
    }

    #[test]
    fn widths_depths_and_heights_are_the_tables_within_five_percent() {
        for level in &Level::ALL[1..] {
            let v = upright(*level);
            let (m, body) = (v.morphometry(), Bare(v.body.clone()));
            let extent = |z: f64, axis: Vec3| {
                let start = Point::new(0.0, 0.0, z);
                reach(&body, start, axis) + reach(&body, start, -axis)
            };
            let rim = 0.5 * m.mean_height() - v.rim_radius();
            // The widest line across a kidney lies behind its middle.
            let width = |z: f64| {
                (0..40)
                    .map(|k| {
                        let x = -0.25 * f64::from(k);
                        2.0 * reach(&body, Point::new(x, 0.0, z), Vec3::y())
                    })
                    .fold(0.0, f64::max)
            };
            let height = |x: f64| {
                let start = Point::new(x, 0.0, 0.0);
                reach(&body, start, Vec3::z()) + reach(&body, start, -Vec3::z())
            };
            let inset = 0.5 * m.upper_depth.mm.min(m.lower_depth.mm) * (1.0 - 0.12);
            for (name, got, wanted) in [
                ("upper width", width(rim), m.upper_width.mm),
                ("lower width", width(-rim), m.lower_width.mm),
                ("upper depth", extent(rim, Vec3::x()), m.upper_depth.mm),
                ("lower depth", extent(-rim, Vec3::x()), m.lower_depth.mm),
                ("posterior height", height(-inset), m.posterior_height.mm),
                ("anterior height", height(inset), m.anterior_height.mm),
            ] {
                assert!(
                    (got / wanted - 1.0).abs() < 0.05,
                    "{level} {name}: {got:.2} for {wanted:.2} mm"
                );
            }
        }
    }

    #[test]
    fn the_body_holds_area_times_height_within_fifteen_percent() {
        const STEP: f64 = 0.5;
        for level in [Level::C5, Level::T2, Level::T6, Level::T12, Level::L3] {
            let v = upright(level);
            let (m, body) = (v.morphometry(), Bare(v.body.clone()));
            let half = 0.5 * body.bounds().size();
            let count = |k: usize| (half[k] / STEP).ceil() as i32;
            let mut inside = 0u32;
            for i in -count(0)..=count(0) {
                for j in -count(1)..=count(1) {
                    for k in -count(2)..=count(2) {
                        let p = Point::new(f64::from(i), f64::from(j), f64::from(k)) * STEP;
                        inside += u32::from(body.value(&p) < 0.0);
                    }
                }
            }
            let volume = f64::from(inside) * STEP.powi(3);
            let ellipses =
                m.upper_width.mm * m.upper_depth.mm + m.lower_width.mm * m.lower_depth.mm;
            let wanted = std::f64::consts::FRAC_PI_8 * ellipses * m.mean_height();
            assert!(
                (volume / wanted - 1.0).abs() < 0.15,
                "{level}: {volume:.0} for {wanted:.0} mm³"
            );
        }
    }

    #[test]
    fn endplates_are_hollow_by_the_tables_depth_below_their_rim() {
        for level in [Level::C5, Level::T6, Level::L3] {
            let v = upright(level);
            let (m, body) = (v.morphometry(), Bare(v.body.clone()));
            for (end, pose, wanted) in [
                (End::Superior, v.upper_endplate(), m.upper_concavity.mm),
                (End::Inferior, v.lower_endplate(), m.lower_concavity.mm),
            ] {
                let out = if end == End::Superior {
                    Vec3::z()
                } else {
                    -Vec3::z()
                };
                let height = |y: f64| reach(&body, pose * Point::new(0.0, y, 0.0), pose * out);
                let rim = (0..200)
                    .map(|k| height(0.005 * f64::from(k) * 0.5 * m.upper_width.mm))
                    .fold(f64::NEG_INFINITY, f64::max);
                let got = rim - height(0.0);
                assert!(
                    (got - wanted).abs() < 0.05 * wanted + 0.02,
                    "{level} {end:?}: {got:.3} for {wanted:.3} mm"
                );
            }
        }
    }

    /// Smallest and largest |∇f| over points within 0.5 mm of the surface.
    fn slopes(field: &dyn Field, bounds: Aabb) -> (f64, f64) {
        let (mut near, mut smallest, mut largest) = (0, f64::INFINITY, 0.0f64);
        // A rank-1 lattice covers the box evenly without a random number generator.
        for k in 0..60_000 {
            let p = bounds.min
                + Vec3::from_fn(|axis, _| {
                    let step = [0.819_172_5, 0.671_043_6, 0.549_700_5][axis];
                    bounds.size()[axis] * (f64::from(k) * step).fract()
                });
            if field.value(&p).abs() < 0.5 {
                near += 1;
                let slope = field.gradient(&p).norm();
                smallest = smallest.min(slope);
                largest = largest.max(slope);
            }
        }
        assert!(near > 500, "only {near} points near the surface");
        (smallest, largest)
    }

    /// The body's value is a distance; where the smooth unions of posterior parts fill a pocket
    /// between three of them the value grows more slowly, never faster.
    #[test]
    fn values_are_distances_near_the_surface() {
        for level in [Level::C5, Level::T6, Level::L3] {
            let v = upright(level);
            let (low, high) = slopes(&Bare(v.body.clone()), v.bounds());
            assert!(low > 0.9 && high < 1.1, "{level} body: {low} to {high}");
            let (low, high) = slopes(&v, v.bounds());
            assert!(low > 0.3 && high < 1.1, "{level}: {low} to {high}");
        }
    }

    #[test]
    fn a_placed_vertebra_is_the_same_bone_elsewhere() {
        let pose = Placement::new(Vec3::new(1.0, 2.0, 30.0), Vec3::new(0.0, 0.2, 0.0));
        let (here, there) = (
            upright(Level::T6),
            Vertebra::parametric(Level::T6, pose).unwrap(),
        );
        let p = Point::new(3.0, -12.0, 4.0);
        assert!((here.value(&p) - there.value(&(pose * p))).abs() < 1e-12);
        assert!(there.bounds().contains(&(pose * p)));
    }
}

//! The bone in a cylinder: what a hook or a cable holds by its mean motion.
//!
//! The places are those of a product rule in the cylinder (slices of at most 1 mm with two Gauss
//! points each, two rings with equal shares of the area, eight angles: exact for cubic fields), each
//! found in the element that holds it. The mesh says only how the bone moves there: as long as bone
//! surrounds the cylinder, the weights do not depend on the mesh.

use std::ops::Range;

use super::FixationError;
use crate::boundary::Sample;
use crate::element::tet10::{barycentric, barycentric_gradients};
use crate::mesh::Mesh;
use crate::tensor::{Point, Vec3};

/// Length of a slice, mm, at most.
const SLICE_MM: f64 = 1.0;
/// Places on a ring.
const ANGLES: usize = 8;
/// A place this far outside an element, in barycentric coordinates, still lies on its border.
const ON_BORDER: f64 = 1e-9;
/// A cylinder of which less than this share lies in bone is no hold.
const LEAST_SHARE: f64 = 0.5;

/// A cylinder in bone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cylinder {
    /// One end of its axis, mm.
    pub entry: Point,
    /// The other end, mm.
    pub tip: Point,
    /// Diameter, mm.
    pub diameter: f64,
}

/// The box of an element with what finds a point in it.
struct Cell {
    element: u32,
    corners: [Point; 4],
    gradients: [Vec3; 4],
}

impl Cylinder {
    /// Length in bone, mm.
    pub fn length(&self) -> f64 {
        (self.tip - self.entry).norm()
    }

    /// Volume, mm³.
    pub fn volume(&self) -> f64 {
        0.25 * std::f64::consts::PI * self.diameter * self.diameter * self.length()
    }

    /// Whether a point lies in it.
    pub fn contains(&self, p: &Point) -> bool {
        let (axis, off) = (self.tip - self.entry, p - self.entry);
        let at = off.dot(&axis) / axis.norm_squared();
        (0.0..=1.0).contains(&at) && (off - at * axis).norm() <= 0.5 * self.diameter
    }

    /// The bone of `elements` in it, by volume.
    ///
    /// # Errors
    /// [`FixationError::LooseScrew`] where less than half of it lies in these elements.
    pub fn bone_along(
        &self,
        mesh: &Mesh,
        elements: Range<usize>,
    ) -> Result<Vec<Sample>, FixationError> {
        let cells = self.cells(mesh, elements);
        let places = self.places();
        let weight = self.volume() / places.len() as f64;
        let samples: Vec<Sample> = places
            .iter()
            .filter_map(|p| {
                cells.iter().find_map(|cell| {
                    let l = barycentric(&cell.corners, &cell.gradients, p);
                    l.iter().all(|l| *l >= -ON_BORDER).then_some(Sample {
                        element: cell.element,
                        barycentric: l,
                        weight,
                    })
                })
            })
            .collect();
        let share = samples.len() as f64 / places.len().max(1) as f64;
        if share < LEAST_SHARE {
            return Err(FixationError::LooseScrew {
                diameter_mm: self.diameter,
                length_mm: self.length(),
                held_percent: 100.0 * share,
                least_percent: 100.0 * LEAST_SHARE,
            });
        }
        Ok(samples)
    }

    /// Elements that can hold a part of it.
    fn cells(&self, mesh: &Mesh, elements: Range<usize>) -> Vec<Cell> {
        let radius = Vec3::repeat(0.5 * self.diameter);
        let low = self.entry.inf(&self.tip) - radius;
        let high = self.entry.sup(&self.tip) + radius;
        elements
            .filter_map(|e| {
                let corners = mesh.corners(e);
                let near = (0..3).all(|k| {
                    corners.iter().any(|c| c[k] <= high[k])
                        && corners.iter().any(|c| c[k] >= low[k])
                });
                near.then(|| Cell {
                    element: e as u32,
                    corners,
                    gradients: barycentric_gradients(&corners).0,
                })
            })
            .collect()
    }

    /// Places of equal weight in the cylinder; none for one without length or diameter.
    fn places(&self) -> Vec<Point> {
        let axis = self.tip - self.entry;
        let Some(along) = axis.try_normalize(0.0) else {
            return Vec::new();
        };
        let side = along.cross(&Vec3::ith(along.iamin(), 1.0)).normalize();
        let other = along.cross(&side);
        // Two-point Gauss on [0, 1], along a slice and over the square of the radius.
        let gauss = [-1.0, 1.0].map(|sign: f64| 0.5 + sign * 0.5 / 3f64.sqrt());
        let slices = (axis.norm() / SLICE_MM).ceil().max(1.0);
        let mut places = Vec::new();
        for slice in 0..slices as usize {
            for at in gauss.map(|g| (slice as f64 + g) / slices) {
                for r in gauss.map(|g| 0.5 * self.diameter * g.sqrt()) {
                    for k in 0..ANGLES {
                        let angle = std::f64::consts::TAU * k as f64 / ANGLES as f64;
                        let off = side * angle.cos() + other * angle.sin();
                        places.push(self.entry + axis * at + off * r);
                    }
                }
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::Coupling;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;

    const SCREW: Cylinder = Cylinder {
        entry: Point::new(2.0, 7.0, 6.0),
        tip: Point::new(42.0, 9.0, 8.0),
        diameter: 5.5,
    };

    fn block(parts: [usize; 3]) -> Mesh {
        box_mesh(ElementKind::Tet10, parts, |[x, y, z]| {
            Point::new(50.0 * x, 16.0 * y, 14.0 * z)
        })
    }

    /// A displacement that is quadratic in space.
    fn quadratic(p: &Point) -> Vec3 {
        1e-3 * Vec3::new(
            p.x * p.y - 0.3 * p.z * p.z,
            0.5 * p.x * p.x + p.z,
            p.y * p.y - 2.0 * p.x * p.z + 1.0,
        )
    }

    fn motion(mesh: &Mesh, reference: Point) -> [f64; 6] {
        let samples = SCREW.bone_along(mesh, 0..mesh.element_count()).unwrap();
        let u: Vec<Vec3> = mesh.nodes.iter().map(quadratic).collect();
        let coupling = Coupling::on_samples(mesh, &samples, reference).unwrap();
        coupling.mean_motion(&u)
    }

    #[test]
    fn the_weights_of_a_screw_in_bone_are_its_volume_and_its_moments() {
        let mesh = block([9, 4, 3]);
        let samples = SCREW.bone_along(&mesh, 0..mesh.element_count()).unwrap();
        let total: f64 = samples.iter().map(|s| s.weight).sum();
        let length = (1600f64 + 4.0 + 4.0).sqrt();
        let volume = std::f64::consts::PI * 2.75f64.powi(2) * length;
        assert!((total / volume - 1.0).abs() < 1e-12, "{total} {volume}");
        // Second moments of a full cylinder about its middle: L²/12 along it, r²/4 across.
        let middle = nalgebra::center(&SCREW.entry, &SCREW.tip);
        let along = (SCREW.tip - SCREW.entry) / length;
        let (mut first, mut second) = (Vec3::zeros(), [0.0; 2]);
        for s in &samples {
            let r = s.position(&mesh) - middle;
            first += r * s.weight;
            second[0] += along.dot(&r).powi(2) * s.weight;
            second[1] += along.cross(&r).norm_squared() * s.weight;
        }
        assert!(first.norm() < 1e-11 * volume * length);
        let expected = [length * length / 12.0, 2.75f64.powi(2) / 2.0];
        for (got, expected) in second.into_iter().zip(expected) {
            assert!((got / (volume * expected) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_screw_contains_its_own_places_and_nothing_beyond_its_skin() {
        let axis = SCREW.tip - SCREW.entry;
        assert!(SCREW.places().iter().all(|p| SCREW.contains(p)));
        for at in [-0.01, 1.01] {
            assert!(!SCREW.contains(&(SCREW.entry + at * axis)));
        }
        let across = axis.cross(&Vec3::z()).normalize() * 2.75;
        for (share, inside) in [(0.99, true), (1.01, false)] {
            assert_eq!(
                SCREW.contains(&(SCREW.entry + 0.3 * axis + share * across)),
                inside
            );
        }
    }

    #[test]
    fn the_mean_motion_along_a_screw_does_not_depend_on_the_mesh() {
        // Quadratic elements hold a quadratic field exactly, so only round-off may differ.
        let reference = Point::new(-15.0, 10.0, 7.0);
        let coarse = motion(&block([5, 2, 2]), reference);
        let fine = motion(&block([17, 6, 7]), reference);
        for k in 0..6 {
            let scale = if k < 3 { 1.0 } else { 0.1 };
            assert!((coarse[k] - fine[k]).abs() < 1e-12 * scale, "{k}");
        }
        // The mean of a quadratic field over a cylinder: its value in the middle plus half its
        // second derivatives times the second moments, read off by second differences.
        let middle = nalgebra::center(&SCREW.entry, &SCREW.tip);
        let axis = SCREW.tip - SCREW.entry;
        let along = axis.normalize();
        let side = along.cross(&Vec3::z()).normalize();
        let second = |d: Vec3| {
            quadratic(&(middle + d)) + quadratic(&(middle - d)) - 2.0 * quadratic(&middle)
        };
        let mean = quadratic(&middle)
            + 0.5 * second(along) * axis.norm_squared() / 12.0
            + 0.5 * (second(side) + second(along.cross(&side))) * 2.75f64.powi(2) / 4.0;
        let at_middle = motion(&block([5, 2, 2]), middle);
        for k in 0..3 {
            assert!((at_middle[k] - mean[k]).abs() < 1e-12, "{k}");
        }
    }

    #[test]
    fn a_screw_that_leaves_the_bone_counts_what_is_inside_and_is_refused_below_half() {
        let mesh = block([9, 4, 3]);
        let moved = |by: f64| Cylinder {
            entry: SCREW.entry - Vec3::x() * by,
            tip: SCREW.tip - Vec3::x() * by,
            ..SCREW
        };
        let samples = moved(12.0).bone_along(&mesh, 0..mesh.element_count());
        let inside: f64 = samples.unwrap().iter().map(|s| s.weight).sum();
        // Ten of forty millimetres stick out: one slice of 0.98 mm is what the rule can be off by.
        assert!(
            (inside / SCREW.volume() - 0.75).abs() < 0.98 / 40.0,
            "{inside}"
        );
        let loose = moved(30.0).bone_along(&mesh, 0..mesh.element_count());
        let text = loose.unwrap_err().to_string();
        assert!(text.contains("5.5 mm") && text.contains("30 %"), "{text}");
        let point = Cylinder {
            tip: SCREW.entry,
            ..SCREW
        };
        assert!(point.bone_along(&mesh, 0..mesh.element_count()).is_err());
    }
}

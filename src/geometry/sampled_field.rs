//! A field sampled on a grid near its surface, and interpolated smoothly between the samples.
//!
//! Repeated evaluation of an expensive or creased field (a triangle surface) becomes cheap and
//! C¹: tricubic Catmull–Rom convolution of the 4×4×4 samples around a point, with the exact
//! gradient of the interpolant. Details below about one grid step are rounded off. Outside the
//! band of samples the source itself answers. Must not know what the source is.

use rayon::prelude::*;

use super::GeometryError;
use super::field::{Aabb, Field, SharedField};
use crate::tensor::{Point, Vec3};

/// Nodes along the edge of a block that is sampled or left out as a whole.
const BLOCK: usize = 4;

/// Grid steps on each side of the surface that are certain to be sampled.
const BAND_STEPS: f64 = 2.5;

/// Samples at most: 4 bytes each.
const MAX_SAMPLES: f64 = 2e8;

/// The sampled field; see the module.
pub struct SampledField {
    source: SharedField,
    origin: Point,
    step: f64,
    count: [usize; 3],
    /// NaN where there is no sample.
    samples: Vec<f32>,
    bounds: Aabb,
}

impl SampledField {
    /// Samples `source` every `step` mm near its surface.
    ///
    /// # Errors
    /// A step that is not positive, a solid without a finite box, too many samples.
    pub fn new(source: SharedField, step: f64) -> Result<Self, GeometryError> {
        let bounds = source.bounds();
        if !bounds.size().iter().all(|s| s.is_finite() && *s > 0.0) {
            return Err(GeometryError::Unbounded {
                min: bounds.min,
                max: bounds.max,
            });
        }
        let margin = (BAND_STEPS + 1.0) * step;
        let count: [usize; 3] = std::array::from_fn(|k| {
            let nodes = ((bounds.size()[k] + 2.0 * margin) / step).ceil() as usize + 1;
            nodes.next_multiple_of(BLOCK)
        });
        let total: f64 = count.iter().map(|&n| n as f64).product();
        // NaN steps end here too.
        if !(step > 0.0 && total <= MAX_SAMPLES) {
            return Err(GeometryError::Parameter {
                shape: "sampled field",
                quantity: "step_mm",
                value: step,
                expected: "greater than 0 and coarse enough for 2e8 samples",
            });
        }
        let mut field = Self {
            source,
            origin: bounds.min - Vec3::repeat(margin),
            step,
            count,
            samples: Vec::new(),
            bounds,
        };
        field.samples = field.sample();
        Ok(field)
    }

    fn node(&self, n: [usize; 3]) -> Point {
        self.origin + Vec3::from_fn(|k, _| n[k] as f64) * self.step
    }

    /// All samples, slab by slab of blocks along z.
    fn sample(&self) -> Vec<f32> {
        let slab = self.count[0] * self.count[1] * BLOCK;
        let mut samples = vec![f32::NAN; slab * (self.count[2] / BLOCK)];
        samples
            .par_chunks_mut(slab)
            .enumerate()
            .for_each(|(layer, slab)| self.sample_slab(layer * BLOCK, slab));
        samples
    }

    fn sample_slab(&self, first: usize, slab: &mut [f32]) {
        let half = 0.5 * (BLOCK as f64 - 1.0);
        let reach = (half * 3f64.sqrt() + BAND_STEPS) * self.step;
        for j in (0..self.count[1]).step_by(BLOCK) {
            for i in (0..self.count[0]).step_by(BLOCK) {
                let centre = self.node([i, j, first]) + Vec3::repeat(half * self.step);
                if self.source.value(&centre).abs() > reach {
                    continue;
                }
                for k in 0..BLOCK {
                    for jj in j..j + BLOCK {
                        for ii in i..i + BLOCK {
                            let value = self.source.value(&self.node([ii, jj, first + k]));
                            slab[(k * self.count[1] + jj) * self.count[0] + ii] = value as f32;
                        }
                    }
                }
            }
        }
    }

    /// Value and gradient of the interpolant; `None` where samples are missing.
    fn interpolate(&self, p: &Point) -> Option<(f64, Vec3)> {
        let x = (p - self.origin) / self.step;
        let mut base = [0usize; 3];
        let mut weights = [[0.0; 4]; 3];
        let mut slopes = [[0.0; 4]; 3];
        for k in 0..3 {
            let cell = x[k].floor();
            if !(1.0..self.count[k] as f64 - 2.0).contains(&cell) {
                return None;
            }
            base[k] = cell as usize - 1;
            (weights[k], slopes[k]) = catmull_rom(x[k] - cell);
        }
        let (mut value, mut gradient) = (0.0, Vec3::zeros());
        for c in 0..4 {
            // Rows along x first, then along y, then along z.
            let (mut plane, mut plane_x, mut plane_y) = (0.0, 0.0, 0.0);
            for b in 0..4 {
                let at = ((base[2] + c) * self.count[1] + base[1] + b) * self.count[0] + base[0];
                let row = &self.samples[at..at + 4];
                let (mut along, mut along_x) = (0.0, 0.0);
                for a in 0..4 {
                    along += weights[0][a] * f64::from(row[a]);
                    along_x += slopes[0][a] * f64::from(row[a]);
                }
                plane += weights[1][b] * along;
                plane_x += weights[1][b] * along_x;
                plane_y += slopes[1][b] * along;
            }
            value += weights[2][c] * plane;
            gradient += Vec3::new(
                weights[2][c] * plane_x,
                weights[2][c] * plane_y,
                slopes[2][c] * plane,
            );
        }
        value.is_finite().then(|| (value, gradient / self.step))
    }
}

impl Field for SampledField {
    fn value(&self, p: &Point) -> f64 {
        match self.interpolate(p) {
            Some((value, _)) => value,
            None => self.source.value(p),
        }
    }
    fn bounds(&self) -> Aabb {
        self.bounds
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        match self.interpolate(p) {
            Some((_, gradient)) => gradient,
            None => self.source.gradient(p),
        }
    }
}

/// Weights of the four samples around a place `t` in 0..1 past the second, and their slopes.
fn catmull_rom(t: f64) -> ([f64; 4], [f64; 4]) {
    let weights = [
        0.5 * t * (-1.0 + t * (2.0 - t)),
        0.5 * (2.0 + t * t * (-5.0 + 3.0 * t)),
        0.5 * t * (1.0 + t * (4.0 - 3.0 * t)),
        0.5 * t * t * (t - 1.0),
    ];
    let slopes = [
        0.5 * (-1.0 + t * (4.0 - 3.0 * t)),
        0.5 * t * (-10.0 + 9.0 * t),
        0.5 * (1.0 + t * (8.0 - 9.0 * t)),
        0.5 * t * (3.0 * t - 2.0),
    ];
    (weights, slopes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::geometry::primitive::{HalfSpace, Sphere};

    fn near_surface(radius: f64) -> impl Iterator<Item = Point> {
        (0..200).map(move |n| {
            let (u, v) = (f64::from(n) * 0.618, f64::from(n) * 0.0317);
            let direction = Vec3::new(u.sin() * v.cos(), u.cos() * v.cos(), v.sin());
            Point::from(direction * (radius + 0.3 * (3.0 * u).sin()))
        })
    }

    #[test]
    fn a_sphere_is_met_to_third_order_and_the_gradient_is_that_of_the_value() {
        let sphere = Sphere::new(Point::origin(), 5.0).unwrap();
        let error = |step: f64| {
            let field = SampledField::new(Arc::new(sphere), step).unwrap();
            near_surface(5.0)
                .map(|p| (field.value(&p) - sphere.value(&p)).abs())
                .fold(0.0, f64::max)
        };
        let (coarse, fine) = (error(0.8), error(0.4));
        // Catmull–Rom convolution is of third order: halving divides the error by eight or so.
        assert!(coarse < 2e-3 && coarse / fine > 6.0, "{coarse} {fine}");
        let field = SampledField::new(Arc::new(sphere), 0.5).unwrap();
        for p in near_surface(5.0) {
            let gradient = field.gradient(&p);
            for k in 0..3 {
                let mut step = Vec3::zeros();
                step[k] = 1e-5;
                let slope = (field.value(&(p + step)) - field.value(&(p - step))) / 2e-5;
                // Single-precision samples are exact here for both; differences: h² f'''.
                assert!((slope - gradient[k]).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn far_from_the_surface_the_source_answers() {
        let sphere = Sphere::new(Point::origin(), 5.0).unwrap();
        let field = SampledField::new(Arc::new(sphere), 0.5).unwrap();
        for p in [Point::origin(), Point::new(20.0, 3.0, 1.0)] {
            assert_eq!(field.value(&p), sphere.value(&p));
        }
        assert_eq!(field.bounds(), sphere.bounds());
    }

    #[test]
    fn endless_solids_and_impossible_steps_are_refused() {
        let half: SharedField = Arc::new(HalfSpace::new(Point::origin(), Vec3::z()).unwrap());
        assert!(SampledField::new(half, 1.0).is_err());
        let sphere: SharedField = Arc::new(Sphere::new(Point::origin(), 5.0).unwrap());
        for step in [0.0, -1.0, 1e-4, f64::NAN] {
            assert!(SampledField::new(Arc::clone(&sphere), step).is_err());
        }
    }
}

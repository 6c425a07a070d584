//! A small z-buffer: triangles in, pixels out, seen along parallel rays.
//!
//! Every pixel is the mean of SAMPLES × SAMPLES samples. Lines are drawn where two bodies meet
//! and where the depth jumps, from the buffers themselves, so that every silhouette is drawn
//! and nothing hidden is. The same scene always gives the same bytes.

use super::colour::Rgb;
use crate::tensor::{Point, Vec3};

/// Samples per pixel along each axis.
const SAMPLES: usize = 2;
/// Pixels left free around the scene.
const MARGIN: usize = 3;
/// Width of outlines, samples.
const OUTLINE: usize = 3;

/// One triangle of a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangle {
    /// Corners, mm.
    pub corners: [Point; 3],
    /// Normals at the corners; where they are zero the triangle is shown unshaded.
    pub normals: [Vec3; 3],
    /// Colour.
    pub colour: Rgb,
    /// Outlines are drawn where this changes.
    pub group: u16,
}

/// Where the scene is looked at from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    right: Vec3,
    up: Vec3,
    /// From the scene to the eye.
    back: Vec3,
}

impl Camera {
    /// Eye at `azimuth_deg` (0 anterior, 90 left) and `elevation_deg` above the transverse
    /// plane; z points up.
    pub fn new(azimuth_deg: f64, elevation_deg: f64) -> Self {
        let (azimuth, elevation) = (azimuth_deg.to_radians(), elevation_deg.to_radians());
        let back = Vec3::new(
            elevation.cos() * azimuth.cos(),
            elevation.cos() * azimuth.sin(),
            elevation.sin(),
        );
        let right = Vec3::new(-azimuth.sin(), azimuth.cos(), 0.0);
        Self {
            right,
            up: back.cross(&right),
            back,
        }
    }

    /// Components to the right, up and towards the eye.
    pub fn project(&self, v: &Vec3) -> Vec3 {
        Vec3::new(self.right.dot(v), self.up.dot(v), self.back.dot(v))
    }
}

/// An image with transparency, rows from the top, RGBA.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

struct Buffers {
    width: usize,
    height: usize,
    depth: Vec<f32>,
    group: Vec<u16>,
    colour: Vec<[f32; 3]>,
}

const NOTHING: u16 = u16::MAX;

/// Renders the scene as large as it fits into `largest` (pixels across and down); the image is
/// no larger than the scene with a small margin. Where there is nothing it is transparent.
pub fn render(scene: &[Triangle], camera: &Camera, largest: [usize; 2]) -> Image {
    let Some((low, high)) = extent(scene, camera) else {
        return Image {
            width: 0,
            height: 0,
            rgba: Vec::new(),
        };
    };
    let size = (high - low).xy().map(|v| v.max(1e-9));
    let room = largest.map(|n| n.saturating_sub(2 * MARGIN).max(1) as f64);
    let per_pixel = (room[0] / size.x).min(room[1] / size.y);
    let [width, height] = [size.x, size.y].map(|v| (v * per_pixel).ceil() as usize + 2 * MARGIN);
    let samples = width * height * SAMPLES * SAMPLES;
    let mut buffers = Buffers {
        width: width * SAMPLES,
        height: height * SAMPLES,
        depth: vec![f32::NEG_INFINITY; samples],
        group: vec![NOTHING; samples],
        colour: vec![[0.0; 3]; samples],
    };
    let scale = per_pixel * SAMPLES as f64;
    let centre = 0.5 * (low + high);
    let origin = Vec3::new(buffers.width as f64 / 2.0, buffers.height as f64 / 2.0, 0.0);
    for triangle in scene {
        let corners = triangle.corners.map(|p| {
            let v = (camera.project(&p.coords) - centre) * scale;
            Vec3::new(origin.x + v.x, origin.y - v.y, v.z)
        });
        let normals = triangle.normals.map(|n| camera.project(&n));
        buffers.draw(&corners, &normals, triangle);
    }
    buffers.outline();
    buffers.resolve(width, height)
}

/// Lower and upper corner of the scene in the camera's frame; `None` for an empty scene.
fn extent(scene: &[Triangle], camera: &Camera) -> Option<(Vec3, Vec3)> {
    let mut low = Vec3::repeat(f64::INFINITY);
    let mut high = Vec3::repeat(f64::NEG_INFINITY);
    for p in scene.iter().flat_map(|t| &t.corners) {
        let v = camera.project(&p.coords);
        low = low.inf(&v);
        high = high.sup(&v);
    }
    let finite = low.iter().chain(&high).all(|v| v.is_finite());
    finite.then_some((low, high))
}

impl Buffers {
    /// Fills the samples a triangle covers and that nothing nearer covers.
    fn draw(&mut self, corners: &[Vec3; 3], normals: &[Vec3; 3], triangle: &Triangle) {
        let [a, b, c] = corners;
        let doubled = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        if doubled.abs() < 1e-9 {
            return;
        }
        let range = |low: f64, high: f64, size: usize| {
            let first = (low - 0.5).ceil().max(0.0) as usize;
            let end = ((high + 0.5).floor().max(0.0) as usize).min(size);
            first..end
        };
        let [low_x, high_x] = [a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x)];
        let [low_y, high_y] = [a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y)];
        let flat = normals.iter().all(|n| n.norm_squared() == 0.0);
        for row in range(low_y, high_y, self.height) {
            for column in range(low_x, high_x, self.width) {
                let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
                let w1 = ((x - a.x) * (c.y - a.y) - (y - a.y) * (c.x - a.x)) / doubled;
                let w2 = ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / doubled;
                let w0 = 1.0 - w1 - w2;
                if w0 < 0.0 || w1 < 0.0 || w2 < 0.0 {
                    continue;
                }
                let depth = (w0 * a.z + w1 * b.z + w2 * c.z) as f32;
                let at = row * self.width + column;
                if depth <= self.depth[at] {
                    continue;
                }
                let light = if flat {
                    1.0
                } else {
                    shade(&(w0 * normals[0] + w1 * normals[1] + w2 * normals[2]))
                };
                self.depth[at] = depth;
                self.group[at] = triangle.group;
                self.colour[at] = triangle.colour.0.map(|c| f32::from(c) * light as f32);
            }
        }
    }

    /// Darkens samples beside another body, beside nothing, or above a jump in depth.
    fn outline(&mut self) {
        let mut marked = vec![false; self.depth.len()];
        let jump = 12.0 * SAMPLES as f32;
        for row in 0..self.height {
            for column in 0..self.width {
                let at = row * self.width + column;
                if self.group[at] == NOTHING {
                    continue;
                }
                let mut beside = (1..=OUTLINE).flat_map(|d| {
                    [
                        (column >= d).then(|| at - d),
                        (column + d < self.width).then_some(at + d),
                        (row >= d).then(|| at - d * self.width),
                        (row + d < self.height).then_some(at + d * self.width),
                    ]
                });
                marked[at] = beside.any(|other| {
                    other.is_some_and(|other| {
                        self.group[other] != self.group[at] && self.depth[other] <= self.depth[at]
                            || self.depth[at] - self.depth[other] > jump
                    })
                });
            }
        }
        for (colour, marked) in self.colour.iter_mut().zip(marked) {
            if marked {
                *colour = colour.map(|c| 0.30 * c);
            }
        }
    }

    /// Means over the samples of each pixel.
    fn resolve(&self, width: usize, height: usize) -> Image {
        let mut rgba = Vec::with_capacity(4 * width * height);
        for row in 0..height {
            for column in 0..width {
                let mut sum = [0.0f32; 3];
                let mut covered = 0u32;
                for sample in 0..SAMPLES * SAMPLES {
                    let (r, c) = (sample / SAMPLES, sample % SAMPLES);
                    let at = (row * SAMPLES + r) * self.width + column * SAMPLES + c;
                    if self.group[at] != NOTHING {
                        covered += 1;
                        (0..3).for_each(|k| sum[k] += self.colour[at][k]);
                    }
                }
                let count = covered.max(1) as f32;
                rgba.extend(sum.map(|s| (s / count).clamp(0.0, 255.0) as u8));
                rgba.push((255 * covered / (SAMPLES * SAMPLES) as u32) as u8);
            }
        }
        Image {
            width,
            height,
            rgba,
        }
    }
}

/// Brightness of a surface with this normal in the camera's frame: a key light from the upper
/// left behind the eye, a weak one from the right.
fn shade(normal: &Vec3) -> f64 {
    let n = normal / normal.norm().max(1e-12);
    let key = n.dot(&Vec3::new(-0.42, 0.55, 0.72)).max(0.0);
    let fill = n.dot(&Vec3::new(0.75, 0.10, 0.65)).max(0.0);
    (0.52 + 0.46 * key + 0.14 * fill).min(1.06)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triangle(z: f64, colour: [u8; 3], group: u16) -> Triangle {
        Triangle {
            corners: [[-1.0, -1.0], [3.0, -1.0], [-1.0, 3.0]].map(|[x, y]| Point::new(z, x, y)),
            normals: [Vec3::zeros(); 3],
            colour: Rgb(colour),
            group,
        }
    }

    #[test]
    fn the_nearer_triangle_hides_the_farther_whatever_the_order() {
        let camera = Camera::new(0.0, 0.0);
        let (red, blue) = (triangle(1.0, [200, 0, 0], 0), triangle(0.0, [0, 0, 200], 1));
        let image = render(&[red, blue], &camera, [50, 50]);
        assert_eq!(image, render(&[blue, red], &camera, [50, 50]));
        let pixel = 4 * (35 * 50 + 10);
        assert_eq!(image.rgba[pixel..pixel + 4], [200, 0, 0, 255]);
    }

    #[test]
    fn the_picture_is_upright_and_not_mirrored() {
        // Seen from the front, the patient's left (+y) is on the right of the picture.
        let image = render(
            &[triangle(0.0, [9, 9, 9], 0)],
            &Camera::new(0.0, 0.0),
            [40, 40],
        );
        let covered = |row: usize, column: usize| image.rgba[4 * (row * 40 + column) + 3] == 255;
        assert!(covered(35, 4) && covered(35, 33) && covered(6, 4));
        assert!(!covered(6, 34));
    }

    #[test]
    fn a_triangle_covers_its_area() {
        let image = render(
            &[triangle(0.0, [9, 9, 9], 0)],
            &Camera::new(0.0, 0.0),
            [100, 100],
        );
        let covered: f64 = image.rgba.chunks(4).map(|p| f64::from(p[3]) / 255.0).sum();
        // Half of the fitted square of 94 × 94 pixels; a row of samples may round either way.
        assert!((covered - 4418.0).abs() < 60.0, "{covered}");
    }
}

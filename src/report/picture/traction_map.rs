//! The pressure on one endplate, seen from above: anterior up, the patient's left on the left.
//!
//! Quadrature points are scattered unevenly; a pixel shows the area-weighted mean of the points
//! within [`SMOOTHING_MM`], or the nearest point where there is none that close. Pixels further
//! than that from any point are outside the face. Tension is hatched in blue.

use super::colour::{Ramp, Rgb};
use super::raster::Image;
use crate::recovery::TractionPoint;
use crate::tensor::Point;

/// Radius of the disc a pixel averages over, mm.
pub const SMOOTHING_MM: f64 = 0.6;

/// The square a map shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapFrame {
    /// Its centre (x, y), mm.
    pub centre: [f64; 2],
    /// Half its side, mm.
    pub half_mm: f64,
}

impl MapFrame {
    /// The smallest square with a margin around all points; `None` without any.
    pub fn around<'a>(points: impl Iterator<Item = &'a TractionPoint>) -> Option<Self> {
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for point in points {
            for (k, v) in [point.position.x, point.position.y].into_iter().enumerate() {
                low[k] = low[k].min(v);
                high[k] = high[k].max(v);
            }
        }
        let half = 0.5 * (high[0] - low[0]).max(high[1] - low[1]);
        half.is_finite().then_some(Self {
            centre: [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])],
            half_mm: 1.06 * half + SMOOTHING_MM,
        })
    }

    /// Place of a point in the map, from the upper left corner, both axes 0..1.
    pub fn place(&self, p: &Point) -> [f64; 2] {
        let across = (self.centre[1] - p.y) / self.half_mm;
        let down = (self.centre[0] - p.x) / self.half_mm;
        [0.5 + 0.5 * across, 0.5 + 0.5 * down]
    }

    /// Inverse of [`place`](Self::place): (x, y), mm.
    fn point(&self, place: [f64; 2]) -> [f64; 2] {
        [
            self.centre[0] - (2.0 * place[1] - 1.0) * self.half_mm,
            self.centre[1] - (2.0 * place[0] - 1.0) * self.half_mm,
        ]
    }
}

/// Points sorted into square cells of [`SMOOTHING_MM`], so that a pixel asks nine of them.
struct Grid<'a> {
    frame: MapFrame,
    side: usize,
    cells: Vec<Vec<&'a TractionPoint>>,
}

impl<'a> Grid<'a> {
    fn new(points: &'a [TractionPoint], frame: MapFrame) -> Self {
        let side = ((2.0 * frame.half_mm / SMOOTHING_MM).ceil() as usize).clamp(1, 1000);
        let mut grid = Self {
            frame,
            side,
            cells: vec![Vec::new(); side * side],
        };
        for point in points {
            let [i, j] = grid.cell([point.position.x, point.position.y]);
            grid.cells[j * side + i].push(point);
        }
        grid
    }

    fn cell(&self, [x, y]: [f64; 2]) -> [usize; 2] {
        [[x, 0.0], [y, 1.0]].map(|[v, axis]| {
            let low = self.frame.centre[axis as usize] - self.frame.half_mm;
            let at = (v - low) / (2.0 * self.frame.half_mm) * self.side as f64;
            (at.max(0.0) as usize).min(self.side - 1)
        })
    }

    /// Mean pressure around a place, MPa; `None` outside the face.
    fn pressure(&self, place: [f64; 2]) -> Option<f64> {
        let [i, j] = self.cell(place);
        let (mut force, mut area) = (0.0, 0.0);
        for row in j.saturating_sub(1)..=(j + 1).min(self.side - 1) {
            for column in i.saturating_sub(1)..=(i + 1).min(self.side - 1) {
                for point in &self.cells[row * self.side + column] {
                    let (dx, dy) = (point.position.x - place[0], point.position.y - place[1]);
                    if dx * dx + dy * dy <= SMOOTHING_MM * SMOOTHING_MM {
                        force -= point.traction.dot(&point.normal) * point.area;
                        area += point.area;
                    }
                }
            }
        }
        (area > 0.0).then(|| force / area)
    }
}

/// Draws the map, `size` × `size` pixels; `full_mpa` is the pressure of the darkest colour.
pub fn draw(points: &[TractionPoint], frame: MapFrame, full_mpa: f64, size: usize) -> Image {
    let grid = Grid::new(points, frame);
    let mut rgba = Vec::with_capacity(4 * size * size);
    for row in 0..size {
        for column in 0..size {
            let place = [column, row].map(|k| (k as f64 + 0.5) / size as f64);
            match grid.pressure(frame.point(place)) {
                None => rgba.extend([0; 4]),
                Some(p) => {
                    let Rgb([r, g, b]) = map_colour(p, full_mpa, row + column, size);
                    rgba.extend([r, g, b, 255]);
                }
            }
        }
    }
    Image {
        width: size,
        height: size,
        rgba,
    }
}

/// Light blue of tension.
pub const TENSION: Rgb = Rgb([196, 221, 240]);
/// Stripes of tension.
pub const TENSION_STRIPE: Rgb = Rgb([62, 124, 177]);

fn map_colour(pressure: f64, full_mpa: f64, diagonal: usize, size: usize) -> Rgb {
    if pressure >= 0.0 {
        return Ramp::Sequential.at(pressure / full_mpa);
    }
    let period = (size / 28).max(4);
    if diagonal % period < period / 4 {
        TENSION_STRIPE
    } else {
        TENSION
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Vec3;

    fn point(x: f64, y: f64, pressure: f64) -> TractionPoint {
        TractionPoint {
            position: Point::new(x, y, 3.0),
            normal: Vec3::z(),
            area: 0.04,
            traction: Vec3::new(0.0, 0.0, -pressure),
        }
    }

    #[test]
    fn anterior_is_up_and_left_is_left() {
        let face: Vec<TractionPoint> = (0..2500)
            .map(|k| (f64::from(k % 50) / 5.0, f64::from(k / 50) / 5.0))
            .map(|(x, y)| point(x, y, if x > 5.0 && y > 5.0 { 2.0 } else { 0.0 }))
            .collect();
        let frame = MapFrame::around(face.iter()).unwrap();
        let image = draw(&face, frame, 2.0, 40);
        let at = |row: usize, column: usize| {
            Rgb([0, 1, 2].map(|c| image.rgba[4 * (row * 40 + column) + c]))
        };
        assert_eq!(at(10, 10), Ramp::Sequential.at(1.0));
        assert_eq!(at(10, 30), Ramp::Sequential.at(0.0));
        assert_eq!(at(30, 10), Ramp::Sequential.at(0.0));
        assert_eq!(image.rgba[3], 0, "the corner lies outside the face");
        let [across, down] = frame.place(&Point::new(9.0, 9.0, 0.0));
        assert!(across < 0.3 && down < 0.3);
    }

    #[test]
    fn tension_is_blue_and_never_a_colour_of_the_ramp() {
        let face: Vec<TractionPoint> = (0..400)
            .map(|k| point(f64::from(k % 20) / 5.0, f64::from(k / 20) / 5.0, -0.5))
            .collect();
        let image = draw(&face, MapFrame::around(face.iter()).unwrap(), 2.0, 56);
        for pixel in image.rgba.chunks(4).filter(|p| p[3] > 0) {
            let colour = Rgb([pixel[0], pixel[1], pixel[2]]);
            assert!(colour == TENSION || colour == TENSION_STRIPE);
        }
    }
}

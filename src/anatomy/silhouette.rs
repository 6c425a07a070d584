//! The shadow of a surface along a direction, on a grid: what it covers, how high it reaches, and
//! the holes in it (the spinal canal is the one of a vertebra).
//!
//! Must not know what the surface is of.

use crate::tensor::{Point, Vec3};

/// Edge of a grid cell, mm: a tenth of the smallest canal and endplate features.
const CELL_MM: f64 = 0.5;

/// A direction of view with two axes across it, right-handed (first, second, along).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    pub(crate) first: Vec3,
    pub(crate) second: Vec3,
    pub(crate) along: Vec3,
}

impl View {
    /// Looks along `along` with the first axis as near to `first` as can be.
    pub(crate) fn new(along: Vec3, first: Vec3) -> Self {
        let along = along.normalize();
        let first = (first - along * along.dot(&first)).normalize();
        Self {
            first,
            second: along.cross(&first),
            along,
        }
    }

    /// Coordinates (first, second, along) of a point.
    pub(crate) fn coordinates(&self, p: &Point) -> [f64; 3] {
        [&self.first, &self.second, &self.along].map(|axis| axis.dot(&p.coords))
    }

    /// The point at coordinates (first, second, along).
    pub(crate) fn point(&self, [a, b, c]: [f64; 3]) -> Point {
        Point::from(self.first * a + self.second * b + self.along * c)
    }
}

/// The shadow of triangles on a grid across a view.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Silhouette {
    view: View,
    corner: [f64; 2],
    size: [usize; 2],
    /// Lowest and highest coordinate along the view in each cell; `None` where nothing is.
    heights: Vec<Option<[f64; 2]>>,
}

/// A region of empty cells enclosed by a shadow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hole {
    /// Area, mm².
    pub(crate) area: f64,
    /// Middle, in the first two coordinates of the view.
    pub(crate) centre: [f64; 2],
    /// Largest first coordinate.
    pub(crate) first_max: f64,
}

impl Silhouette {
    /// The shadow of `triangles` seen along `view`; empty where there are none.
    pub(crate) fn of(triangles: &[[Point; 3]], view: View) -> Self {
        let flat: Vec<[[f64; 3]; 3]> = triangles
            .iter()
            .map(|t| t.map(|p| view.coordinates(&p)))
            .collect();
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for q in flat.iter().flatten() {
            for k in 0..2 {
                low[k] = low[k].min(q[k]);
                high[k] = high[k].max(q[k]);
            }
        }
        let cells = |k: usize| ((high[k] - low[k]) / CELL_MM).max(0.0).ceil() as usize + 4;
        let size = [cells(0), cells(1)];
        let mut shadow = Self {
            view,
            corner: low.map(|c| c - 2.0 * CELL_MM),
            size,
            heights: vec![None; size[0] * size[1]],
        };
        for t in &flat {
            shadow.draw(t);
        }
        shadow
    }

    fn centre(&self, i: usize, j: usize) -> [f64; 2] {
        [
            self.corner[0] + (i as f64 + 0.5) * CELL_MM,
            self.corner[1] + (j as f64 + 0.5) * CELL_MM,
        ]
    }

    fn index(&self, k: usize, coordinate: f64) -> usize {
        let cell = ((coordinate - self.corner[k]) / CELL_MM).max(0.0) as usize;
        cell.min(self.size[k] - 1)
    }

    fn draw(&mut self, t: &[[f64; 3]; 3]) {
        let twice =
            (t[1][0] - t[0][0]) * (t[2][1] - t[0][1]) - (t[2][0] - t[0][0]) * (t[1][1] - t[0][1]);
        let range = |k: usize| {
            let values = t.map(|q| q[k]);
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (self.index(k, low), self.index(k, high))
        };
        let ((i0, i1), (j0, j1)) = (range(0), range(1));
        // The corners too, so that triangles thinner than a cell leave no gaps.
        for q in t {
            let cell = self.index(1, q[1]) * self.size[0] + self.index(0, q[0]);
            self.raise(cell, q[2]);
        }
        if twice.abs() < 1e-12 {
            return;
        }
        for j in j0..=j1 {
            for i in i0..=i1 {
                let [x, y] = self.centre(i, j);
                let b = ((x - t[0][0]) * (t[2][1] - t[0][1]) - (t[2][0] - t[0][0]) * (y - t[0][1]))
                    / twice;
                let c = ((t[1][0] - t[0][0]) * (y - t[0][1]) - (x - t[0][0]) * (t[1][1] - t[0][1]))
                    / twice;
                if b >= -1e-9 && c >= -1e-9 && b + c <= 1.0 + 1e-9 {
                    let height = t[0][2] + b * (t[1][2] - t[0][2]) + c * (t[2][2] - t[0][2]);
                    self.raise(j * self.size[0] + i, height);
                }
            }
        }
    }

    fn raise(&mut self, cell: usize, height: f64) {
        let [low, high] = self.heights[cell].unwrap_or([height, height]);
        self.heights[cell] = Some([low.min(height), high.max(height)]);
    }

    /// Whether the shadow covers `p` or a cell beside it.
    pub(crate) fn covers(&self, p: &Point) -> bool {
        self.heights_near(p).is_some()
    }

    /// Lowest and highest coordinate along the view in the cell of `p` and the eight around it.
    pub(crate) fn heights_near(&self, p: &Point) -> Option<[f64; 2]> {
        let q = self.view.coordinates(p);
        let cell = |k: usize| ((q[k] - self.corner[k]) / CELL_MM).floor() as i64;
        let (ci, cj) = (cell(0), cell(1));
        let mut all: Option<[f64; 2]> = None;
        for j in cj - 1..=cj + 1 {
            for i in ci - 1..=ci + 1 {
                if i < 0 || j < 0 || i as usize >= self.size[0] || j as usize >= self.size[1] {
                    continue;
                }
                if let Some([low, high]) = self.heights[j as usize * self.size[0] + i as usize] {
                    let [l, h] = all.unwrap_or([low, high]);
                    all = Some([l.min(low), h.max(high)]);
                }
            }
        }
        all
    }

    /// The largest hole, if there is any.
    pub(crate) fn largest_hole(&self) -> Option<Hole> {
        let mut seen = vec![false; self.heights.len()];
        // The margin of empty cells around the shadow is the outside.
        self.flood(0, &mut seen);
        let mut largest: Option<Vec<usize>> = None;
        for cell in 0..self.heights.len() {
            if !seen[cell] && self.heights[cell].is_none() {
                let region = self.flood(cell, &mut seen);
                if largest.as_ref().is_none_or(|l| region.len() > l.len()) {
                    largest = Some(region);
                }
            }
        }
        let region = largest?;
        let count = region.len() as f64;
        let mut sum = [0.0; 2];
        let mut first_max = f64::NEG_INFINITY;
        for cell in &region {
            let c = self.centre(cell % self.size[0], cell / self.size[0]);
            sum = [sum[0] + c[0], sum[1] + c[1]];
            first_max = first_max.max(c[0] + 0.5 * CELL_MM);
        }
        Some(Hole {
            area: count * CELL_MM * CELL_MM,
            centre: sum.map(|s| s / count),
            first_max,
        })
    }

    /// The empty cells connected to `start`, which are marked as seen.
    fn flood(&self, start: usize, seen: &mut [bool]) -> Vec<usize> {
        let width = self.size[0];
        let mut region = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(&cell) = region.get(next) {
            next += 1;
            let (i, j) = (cell % width, cell / width);
            let mut visit = |neighbour: usize| {
                if !seen[neighbour] && self.heights[neighbour].is_none() {
                    seen[neighbour] = true;
                    region.push(neighbour);
                }
            };
            if i > 0 {
                visit(cell - 1);
            }
            if i + 1 < width {
                visit(cell + 1);
            }
            if j > 0 {
                visit(cell - width);
            }
            if j + 1 < self.size[1] {
                visit(cell + width);
            }
        }
        region
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square frame of 30 mm with a square hole of 10 mm, 3 mm in front of the origin.
    fn frame() -> Vec<[Point; 3]> {
        let p = |x: f64, y: f64| Point::new(x, y, 0.1 * x);
        let mut triangles = Vec::new();
        for [a, b, c, d] in [
            [(-15.0, -15.0), (15.0, -15.0), (15.0, -5.0), (-15.0, -5.0)],
            [(-15.0, 5.0), (15.0, 5.0), (15.0, 15.0), (-15.0, 15.0)],
            [(-15.0, -5.0), (-2.0, -5.0), (-2.0, 5.0), (-15.0, 5.0)],
            [(8.0, -5.0), (15.0, -5.0), (15.0, 5.0), (8.0, 5.0)],
        ] {
            let [a, b, c, d] = [a, b, c, d].map(|(x, y)| p(x, y));
            triangles.push([a, b, c]);
            triangles.push([a, c, d]);
        }
        triangles
    }

    #[test]
    fn a_hole_has_its_area_middle_and_front_within_a_cell() {
        let shadow = Silhouette::of(&frame(), View::new(Vec3::z(), Vec3::x()));
        let hole = shadow.largest_hole().unwrap();
        // One cell along the hole's edge of 40 mm.
        assert!((hole.area - 100.0).abs() < 40.0 * CELL_MM, "{}", hole.area);
        assert!((hole.centre[0] - 3.0).abs() < CELL_MM && hole.centre[1].abs() < CELL_MM);
        assert!((hole.first_max - 8.0).abs() <= CELL_MM);
    }

    #[test]
    fn heights_are_those_of_the_surface_over_the_cells_around() {
        let shadow = Silhouette::of(&frame(), View::new(Vec3::z(), Vec3::x()));
        let [low, high] = shadow.heights_near(&Point::new(10.0, 10.0, 50.0)).unwrap();
        // The surface rises by 0.1 mm per mm; three cells are 1.5 mm wide.
        assert!(
            low > 0.9 && high < 1.1 && low <= 1.0 && high >= 1.0,
            "{low} {high}"
        );
        assert!(!shadow.covers(&Point::new(3.0, 0.0, 0.0)));
        assert!(!shadow.covers(&Point::new(20.0, 0.0, 0.0)));
    }

    #[test]
    fn a_shadow_without_a_hole_has_none() {
        let whole = &frame()[..2];
        let shadow = Silhouette::of(whole, View::new(Vec3::z(), Vec3::x()));
        assert!(shadow.largest_hole().is_none());
        assert!(
            Silhouette::of(&[], View::new(Vec3::z(), Vec3::x()))
                .largest_hole()
                .is_none()
        );
    }
}

//! Points inside a body at the wanted spacing, for the mesher to join to the surface.
//!
//! Candidates are the points of nested body-centred cubic lattices (whose Delaunay tetrahedra are
//! the best that fill space with one shape), coarsest first; one is taken if nothing taken before,
//! surface vertices included, lies nearer than a share of the wanted edge length there. Where that
//! length is even the result is the lattice, where it grows it is a graded packing between.
//!
//! The wanted length is the size field's, held down near surface edges that are shorter so that
//! it never grows faster than `GROWTH` mm per mm: on a background grid,
//! s(x) = min over grid points y and surface vertices of (s(y) + GROWTH |x − y|).

use std::collections::HashMap;

use rayon::prelude::*;

use crate::geometry::{Aabb, Field, SizeField, TriSurface};
use crate::tensor::{Point, Vec3};

/// Largest growth of the spacing, mm per mm.
const GROWTH: f64 = 0.5;
/// Lattice constant over edge length: the mean edge of a body-centred lattice is 0.923 of it.
const LATTICE: f64 = 1.083;
/// Nearest that two points come, as a share of the wanted length (0.938 in the lattice).
const APART: f64 = 0.87;
/// Nearest that a point comes to the surface, as a share of the wanted length; a layer of regular
/// tetrahedra is 0.816 high.
const BELOW_SURFACE: f64 = 0.55;
/// Background grid points at most; beyond that the grid is coarser.
const LARGEST_GRID: f64 = 2e6;

/// Points inside `field`, whose surface is meshed by `surface`, spaced as `size` wants.
pub fn interior_points(surface: &TriSurface, field: &dyn Field, size: &SizeField) -> Vec<Point> {
    let Some(bounds) = Aabb::around(&surface.vertices) else {
        return Vec::new();
    };
    let finest = size.fine.min(size.coarse);
    let grid = Background::new(&bounds, finest, field, size, surface);
    let mut taken = Taken::new(finest);
    for p in &surface.vertices {
        taken.add(*p);
    }
    // Half the finest lattice, so that spacings between two levels find candidates too.
    let unit = 0.5 * LATTICE * finest;
    let longest = bounds.size().amax();
    let mut levels = 1;
    while unit * f64::from(1u32 << levels) < longest
        && unit * f64::from(1 << levels) < 2.0 * size.coarse
    {
        levels += 1;
    }
    let mut points = Vec::new();
    for level in (0..levels).rev() {
        let a = unit * f64::from(1u32 << level);
        for p in lattice(&bounds, a) {
            let (depth, wanted) = grid.at(&p);
            let apart = APART * wanted;
            let shallow = BELOW_SURFACE * wanted;
            // The grid's depth is good to about a step; what comes near is measured.
            if depth < shallow - grid.step || taken.any_within(&p, apart) {
                continue;
            }
            if depth > shallow + 2.0 * grid.step || -field.value(&p) > shallow {
                taken.add(p);
                points.push(p);
            }
        }
    }
    points
}

/// The body-centred cubic lattice of constant `a` in a box, about the box's least corner.
fn lattice(bounds: &Aabb, a: f64) -> impl Iterator<Item = Point> {
    let min = bounds.min;
    let count: [usize; 3] = std::array::from_fn(|k| (bounds.size()[k] / a) as usize + 1);
    let cells = count[0] * count[1] * count[2];
    (0..cells).flat_map(move |c| {
        let cell = [
            c % count[0],
            c / count[0] % count[1],
            c / count[0] / count[1],
        ];
        [0.0, 0.5].map(|half| min + Vec3::from_fn(|k, _| a * (cell[k] as f64 + half)))
    })
}

/// Depth below the surface and wanted edge length on a grid.
struct Background {
    min: Point,
    step: f64,
    count: [usize; 3],
    depth: Vec<f64>,
    wanted: Vec<f64>,
}

impl Background {
    fn new(
        bounds: &Aabb,
        finest: f64,
        field: &dyn Field,
        size: &SizeField,
        surface: &TriSurface,
    ) -> Self {
        let volume: f64 = bounds.size().iter().map(|l| l + finest).product();
        let step = finest.max((volume / LARGEST_GRID).cbrt());
        let count: [usize; 3] =
            std::array::from_fn(|k| (bounds.size()[k] / step).ceil() as usize + 1);
        let mut grid = Self {
            min: bounds.min,
            step,
            count,
            depth: Vec::new(),
            wanted: Vec::new(),
        };
        let total = count[0] * count[1] * count[2];
        let values: Vec<(f64, f64)> = (0..total)
            .into_par_iter()
            .map(|i| {
                let p = grid.point(i);
                let depth = -field.value(&p);
                // Far outside nothing is wanted.
                let wanted = if depth > -2.0 * step {
                    size.at(&p)
                } else {
                    size.coarse
                };
                (depth, wanted)
            })
            .collect();
        (grid.depth, grid.wanted) = values.into_iter().unzip();
        grid.hold_down_at(surface);
        grid.limit_growth();
        grid
    }

    fn cell(&self, i: usize) -> [usize; 3] {
        let [nx, ny, _] = self.count;
        [i % nx, i / nx % ny, i / nx / ny]
    }

    fn index(&self, cell: [usize; 3]) -> usize {
        cell[0] + self.count[0] * (cell[1] + self.count[1] * cell[2])
    }

    fn point(&self, i: usize) -> Point {
        let cell = self.cell(i);
        self.min + Vec3::from_fn(|k, _| self.step * cell[k] as f64)
    }

    /// The least corner of the cell that holds `p`, and where in the cell it lies.
    fn locate(&self, p: &Point) -> ([usize; 3], [f64; 3]) {
        let along: [f64; 3] = std::array::from_fn(|k| ((p[k] - self.min[k]) / self.step).max(0.0));
        let cell: [usize; 3] =
            std::array::from_fn(|k| (along[k] as usize).min(self.count[k].saturating_sub(2)));
        let within = std::array::from_fn(|k| (along[k] - cell[k] as f64).clamp(0.0, 1.0));
        (cell, within)
    }

    fn corner(&self, cell: [usize; 3], corner: usize) -> usize {
        self.index(std::array::from_fn(|k| {
            (cell[k] + (corner >> k & 1)).min(self.count[k] - 1)
        }))
    }

    /// No more is wanted near a surface vertex than the mean length of its edges and the growth
    /// from there.
    fn hold_down_at(&mut self, surface: &TriSurface) {
        let mut sums = vec![(0.0, 0.0); surface.vertices.len()];
        for t in &surface.triangles {
            for k in 0..3 {
                let (a, b) = (t[k] as usize, t[(k + 1) % 3] as usize);
                let length = (surface.vertices[a] - surface.vertices[b]).norm();
                for v in [a, b] {
                    sums[v].0 += length;
                    sums[v].1 += 1.0;
                }
            }
        }
        for (p, (sum, n)) in surface.vertices.iter().zip(sums) {
            if n == 0.0 {
                continue;
            }
            let (cell, _) = self.locate(p);
            for corner in 0..8 {
                let i = self.corner(cell, corner);
                let here = sum / n + GROWTH * (self.point(i) - p).norm();
                self.wanted[i] = self.wanted[i].min(here);
            }
        }
    }

    /// Sweeps the grid forward and back until no neighbour allows less.
    fn limit_growth(&mut self) {
        let total = self.wanted.len();
        for sweep in 0..4 {
            let mut changed = false;
            for n in 0..total {
                let i = if sweep % 2 == 0 { n } else { total - 1 - n };
                let cell = self.cell(i);
                let mut least = self.wanted[i];
                for k in 0..3 {
                    let mut next = cell;
                    if cell[k] > 0 {
                        next[k] = cell[k] - 1;
                        least = least.min(self.wanted[self.index(next)] + GROWTH * self.step);
                    }
                    if cell[k] + 1 < self.count[k] {
                        next[k] = cell[k] + 1;
                        least = least.min(self.wanted[self.index(next)] + GROWTH * self.step);
                    }
                }
                changed |= least < self.wanted[i];
                self.wanted[i] = least;
            }
            if !changed {
                break;
            }
        }
    }

    /// Depth and wanted length at `p`, trilinear.
    fn at(&self, p: &Point) -> (f64, f64) {
        let (cell, t) = self.locate(p);
        let (mut depth, mut wanted) = (0.0, 0.0);
        for corner in 0..8 {
            let weight: f64 = (0..3)
                .map(|k| {
                    if corner >> k & 1 == 1 {
                        t[k]
                    } else {
                        1.0 - t[k]
                    }
                })
                .product();
            let i = self.corner(cell, corner);
            depth += weight * self.depth[i];
            wanted += weight * self.wanted[i];
        }
        (depth, wanted)
    }
}

/// Points taken, in cells of a hashed grid; looked up, never walked through.
struct Taken {
    cell: f64,
    cells: HashMap<[i32; 3], Vec<Point>>,
}

impl Taken {
    fn new(cell: f64) -> Self {
        Self {
            cell,
            cells: HashMap::new(),
        }
    }

    fn cell_of(&self, p: &Point) -> [i32; 3] {
        std::array::from_fn(|k| (p[k] / self.cell).floor() as i32)
    }

    fn add(&mut self, p: Point) {
        self.cells.entry(self.cell_of(&p)).or_default().push(p);
    }

    fn any_within(&self, p: &Point, radius: f64) -> bool {
        let reach = Vec3::repeat(radius);
        let (low, high) = (self.cell_of(&(p - reach)), self.cell_of(&(p + reach)));
        let close = |q: &Point| (q - p).norm_squared() < radius * radius;
        (low[2]..=high[2]).any(|z| {
            (low[1]..=high[1]).any(|y| {
                (low[0]..=high[0]).any(|x| {
                    let found = self.cells.get(&[x, y, z]);
                    found.is_some_and(|points| points.iter().any(close))
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::primitive::Sphere;
    use crate::mesh::tests::surfaces::icosphere;
    use std::sync::Arc;

    fn nearest_other(points: &[Point], i: usize) -> f64 {
        points
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, q)| (q - points[i]).norm())
            .fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn an_even_size_gives_the_lattice_below_the_surface() {
        let field = Sphere::new(Point::origin(), 10.0).unwrap();
        let surface = icosphere(3, 10.0);
        let points = interior_points(&surface, &field, &SizeField::uniform(1.5));
        // Two points per cell of the lattice in a ball of the depth kept free.
        let inner: f64 = 10.0 - 0.7 * 1.5;
        let wanted = 4.0 / 3.0 * std::f64::consts::PI * inner.powi(3) * 2.0 / 1.6245f64.powi(3);
        assert!(
            (points.len() as f64 / wanted - 1.0).abs() < 0.1,
            "{} {wanted}",
            points.len()
        );
        for (i, p) in points.iter().enumerate() {
            assert!(field.value(p) < -0.5 * 1.5);
            assert!(nearest_other(&points, i) >= 0.87 * 1.5);
        }
    }

    #[test]
    fn a_graded_size_is_followed_and_holds_to_short_surface_edges() {
        let field = Sphere::new(Point::origin(), 20.0).unwrap();
        let surface = icosphere(3, 20.0);
        let spot: crate::geometry::SharedField =
            Arc::new(Sphere::new(Point::new(0.0, 0.0, 22.0), 4.0).unwrap());
        let size = SizeField {
            coarse: 6.0,
            fine: 1.5,
            growth: 0.3,
            near: vec![spot],
        };
        let points = interior_points(&surface, &field, &size);
        for (i, p) in points.iter().enumerate() {
            let nearest = nearest_other(&points, i);
            // Trilinear sampling of a size that grows by 0.5 a millimetre at most: half a step.
            assert!(nearest > 0.87 * size.at(p).min(2.9) - 0.75, "{p} {nearest}");
            assert!(nearest < 2.0 * size.at(p), "{p} {nearest}");
        }
        let near = points.iter().filter(|p| p.z > 14.0).count();
        let far = points.iter().filter(|p| p.z < -14.0).count();
        assert!(near > 3 * far, "{near} {far}");
    }

    #[test]
    fn a_body_too_thin_for_points_has_none() {
        let field = Sphere::new(Point::origin(), 0.7).unwrap();
        let points = interior_points(&icosphere(1, 0.7), &field, &SizeField::uniform(2.0));
        assert!(points.len() <= 1);
    }
}

//! The holes of a surface: loops of edges that one triangle alone has, how wide they are, and
//! their closing by flat caps, slits from side to side.
//!
//! A cap over a hole of width w leaves out what the surface bulges there, w²/(8R) on a radius R.
//! Vertebrae are nowhere rounder than about R = 3 mm (the tips of processes), and details below
//! the 0.6 mm grid their fields are sampled on are lost anyway: w²/(8R) ≤ 0.6 mm gives
//! [`WIDEST_HOLE_MM`]. A hole of three edges misses one flat triangle, which the cap gives back
//! whatever its size. Must not judge anything but the size of holes.

use std::collections::BTreeMap;

use super::TriSurface;
use super::field::Aabb;
use super::rim::{side_to_side, widest_gap};
use crate::tensor::{Point, Vec3};

/// A wider hole is refused, not closed, mm; see the module.
pub const WIDEST_HOLE_MM: f64 = 4.0;

/// Open edges that hang together.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// The triangles that have them, rising.
    pub triangles: Vec<u32>,
    /// The edges, each in the sense of its triangle.
    pub rim: Vec<[u32; 2]>,
    /// Its widest gap: the diameter of the largest circle within the rim, mm.
    pub width_mm: f64,
    /// Diagonal of the box around the rim, mm.
    pub extent_mm: f64,
}

impl Hole {
    /// Whether a flat cap would leave out more than can be put up with.
    pub fn is_too_wide(&self) -> bool {
        self.rim.len() > 3 && self.width_mm > WIDEST_HOLE_MM
    }

    /// Whether it is longer than a cap over a hole may be wide.
    fn is_slit(&self) -> bool {
        self.rim.len() > 3 && self.extent_mm > WIDEST_HOLE_MM
    }

    /// The rim's vertices in order, where it is one simple loop.
    fn simple_loop(&self) -> Option<Vec<u32>> {
        let next: BTreeMap<u32, u32> = self.rim.iter().map(|[a, b]| (*a, *b)).collect();
        let start = self.rim.first()?[0];
        let mut order = vec![start];
        let mut at = *next.get(&start)?;
        while at != start {
            if order.len() == self.rim.len() {
                return None;
            }
            order.push(at);
            at = *next.get(&at)?;
        }
        (order.len() == self.rim.len() && order.len() >= 3).then_some(order)
    }
}

/// The holes along the given open edges (triangle, and the edge in its sense), widest first.
pub(super) fn holes(surface: &TriSurface, open: &[(u32, [u32; 2])]) -> Vec<Hole> {
    let mut at_vertex: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (i, (_, edge)) in open.iter().enumerate() {
        for v in edge {
            at_vertex.entry(*v).or_default().push(i);
        }
    }
    let mut reached = vec![false; open.len()];
    let mut all = Vec::new();
    for start in 0..open.len() {
        if reached[start] {
            continue;
        }
        reached[start] = true;
        let mut members = vec![start];
        let mut next = 0;
        while next < members.len() {
            let edge = open[members[next]].1;
            next += 1;
            for &i in edge.iter().flat_map(|v| &at_vertex[v]) {
                if !reached[i] {
                    reached[i] = true;
                    members.push(i);
                }
            }
        }
        members.sort_unstable();
        all.push(hole(surface, open, &members));
    }
    all.sort_by(|a, b| b.width_mm.total_cmp(&a.width_mm));
    all
}

fn hole(surface: &TriSurface, open: &[(u32, [u32; 2])], members: &[usize]) -> Hole {
    let rim: Vec<[u32; 2]> = members.iter().map(|&i| open[i].1).collect();
    let edges: Vec<[Point; 2]> = rim
        .iter()
        .map(|edge| edge.map(|v| surface.vertices[v as usize]))
        .collect();
    let mut triangles: Vec<u32> = members.iter().map(|&i| open[i].0).collect();
    triangles.sort_unstable();
    triangles.dedup();
    Hole {
        triangles,
        rim,
        width_mm: widest_gap(&edges),
        extent_mm: Aabb::around(edges.iter().flatten()).map_or(0.0, |b| b.size().norm()),
    }
}

/// Closes every hole that is one simple loop: a triangle over three edges, a fan about the middle
/// over more, a slit from side to side. The new triangles come after all others. How many holes were
/// closed.
pub fn close_holes(surface: &mut TriSurface, holes: &[Hole]) -> usize {
    let mut closed = 0;
    for hole in holes {
        let Some(order) = hole.simple_loop() else {
            continue;
        };
        if hole.is_slit() {
            closed += usize::from(close_slit(surface, &order));
            continue;
        }
        closed += 1;
        // Against the sense of the neighbours, as neighbours run.
        if let [a, b, c] = order[..] {
            surface.triangles.push([a, c, b]);
            continue;
        }
        let sum: Vec3 = order
            .iter()
            .map(|&v| surface.vertices[v as usize].coords)
            .sum();
        let middle = surface.vertices.len() as u32;
        surface.vertices.push(Point::from(sum / order.len() as f64));
        for (k, &a) in order.iter().enumerate() {
            let b = order[(k + 1) % order.len()];
            surface.triangles.push([b, a, middle]);
        }
    }
    closed
}

/// Whether it was short enough to be closed.
fn close_slit(surface: &mut TriSurface, order: &[u32]) -> bool {
    let points: Vec<Point> = order
        .iter()
        .map(|&v| surface.vertices[v as usize])
        .collect();
    let caps = side_to_side(&points);
    let is_closed = caps.is_some();
    for [i, m, k] in caps.into_iter().flatten() {
        surface.triangles.push([order[i], order[k], order[m]]);
    }
    is_closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::SizeField;
    use crate::geometry::inspect::inspect;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use crate::geometry::primitive::Sphere;

    fn ball() -> TriSurface {
        let sphere = Sphere::new(Point::origin(), 10.0).unwrap();
        let settings = PolygoniseSettings::default();
        polygonise(&sphere, &SizeField::uniform(1.5), &settings).unwrap()
    }

    /// The ball without its triangles within `radius` of its topmost point.
    fn without_cap(radius: f64) -> TriSurface {
        let mut surface = ball();
        let top = Point::new(0.0, 0.0, 10.0);
        let vertices = surface.vertices.clone();
        surface.triangles.retain(|t| {
            t.iter()
                .any(|&v| (vertices[v as usize] - top).norm() > radius)
        });
        surface
    }

    #[test]
    fn a_missing_triangle_comes_back_as_it_was() {
        let whole = ball();
        let mut surface = whole.clone();
        surface.triangles.remove(17);
        let defects = inspect(&surface);
        assert_eq!(defects.holes.len(), 1);
        assert_eq!(defects.holes[0].rim.len(), 3);
        assert_eq!(defects.holes[0].triangles, defects.open);
        assert_eq!(close_holes(&mut surface, &defects.holes), 1);
        assert!(inspect(&surface).is_clean());
        // The same triangles: the same volume but for the order of the sum.
        assert!((surface.volume() / whole.volume() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_small_hole_is_capped_and_costs_what_the_ball_bulges() {
        let mut surface = without_cap(1.8);
        let before = inspect(&surface);
        assert_eq!(before.holes.len(), 1);
        let hole = &before.holes[0];
        assert!(hole.rim.len() > 3 && !hole.is_too_wide(), "{hole:?}");
        assert_eq!(close_holes(&mut surface, &before.holes), 1);
        assert!(inspect(&surface).is_clean());
        // A spherical cap of base radius a on R = 10 mm holds about π a⁴/(4R); a ≤ extent/2.
        let lost = ball().volume() - surface.volume();
        let radius = 0.5 * hole.extent_mm;
        let most = std::f64::consts::PI * radius.powi(4) / 40.0;
        assert!(lost > 0.0 && lost < 1.1 * most, "{lost} {most}");
    }

    #[test]
    fn a_slit_is_closed_however_long_it_is() {
        // Of the ball the triangles that a meridian crosses, a quarter of the way round: 15 mm.
        let mut surface = ball();
        let vertices = surface.vertices.clone();
        surface.triangles.retain(|t| {
            let corners = t.map(|v| vertices[v as usize]);
            let sum = corners[0].coords + corners[1].coords + corners[2].coords;
            let is_crossed = corners.iter().any(|p| p.y > 0.0) && corners.iter().any(|p| p.y < 0.0);
            !is_crossed || sum.x < 0.0 || sum.z < 0.0
        });
        let before = inspect(&surface);
        let hole = &before.holes[0];
        assert_eq!(before.holes.len(), 1);
        assert!(hole.extent_mm > 11.0 && !hole.is_too_wide(), "{hole:?}");
        assert_eq!(close_holes(&mut surface, &before.holes), 1);
        assert!(inspect(&surface).is_clean());
        // Chords of length w on R = 10 mm cut off w³/(12R); the triangles that were there are chords too.
        let lost = (ball().volume() - surface.volume()).abs();
        assert!(lost < 16.0 * hole.width_mm.powi(3) / 120.0, "{lost}");
    }

    #[test]
    fn a_wide_hole_and_one_that_is_no_loop_are_told() {
        let wide = inspect(&without_cap(4.0));
        assert!(wide.holes[0].is_too_wide());
        assert!(wide.refuse_if_hopeless().is_err());
        // Two triangles that meet in one corner only: a figure of eight.
        let mut eight = ball();
        let v = eight.triangles[0][0];
        let around: Vec<usize> = (0..eight.triangles.len())
            .filter(|&t| eight.triangles[t].contains(&v))
            .collect();
        assert!(around.len() >= 5);
        let apart = around[1..].iter().copied().find(|&t| {
            let shared = |v: &&u32| eight.triangles[0].contains(v);
            eight.triangles[t].iter().filter(shared).count() == 1
        });
        eight.triangles.remove(apart.unwrap());
        eight.triangles.remove(0);
        let found = inspect(&eight);
        assert_eq!((found.holes.len(), found.holes[0].rim.len()), (1, 6));
        assert_eq!(close_holes(&mut eight, &found.holes), 0);
    }
}

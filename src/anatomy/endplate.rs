//! An endplate on a vertebra's surface: found by where it faces, or named by a person.
//!
//! * Found: the largest connected patch of body triangles whose outward normal lies within 45° of
//!   the column axis, before the posterior wall, inside the disc's shadow where a disc is given.
//! * Named: the largest connected patch within a radius of a centre whose outward normal lies
//!   within 45° of a given one, whatever stands before or behind the wall.
//!
//! A patch is found on a rough surface and recognised on finer ones of the same bone by its shadow.
//! Must not know elements.

use std::collections::BTreeMap;

use crate::anatomy::silhouette::{Silhouette, View};
use crate::geometry::TriSurface;
use crate::tensor::{Point, Vec3};

/// cos 45°: how far an endplate's normal may lean from the column axis.
const LEAN_COSINE: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// How far off a patch a point may lie and still belong to it, mm: a chord of a 4 mm facet on the
/// rim's rounding stays below it, another face of the bone is further away.
const PATCH_TOLERANCE_MM: f64 = 1.0;

/// An endplate as a person names it: the surface near a point that faces a given way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedPatch {
    /// Its middle, on the surface or near it, mm.
    pub centre: Point,
    /// Unit normal, out of the bone.
    pub normal: Vec3,
    /// Distance from the centre up to which the surface belongs to it, mm.
    pub radius: f64,
}

/// An endplate on a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct EndplatePatch {
    /// Area-weighted centroid, mm.
    pub centroid: Point,
    /// Area-weighted mean of the outward normal, unit.
    pub normal: Vec3,
    /// Area, mm².
    pub area: f64,
    /// Numbers of its triangles in the surface it was found on.
    pub triangles: Vec<u32>,
    /// Corners of those triangles, mm.
    pub corners: Vec<[Point; 3]>,
    /// Whether a person named it.
    pub is_named: bool,
    /// Column axis, or the normal a person gave, pointing out of the bone.
    outward: Vec3,
    shadow: Silhouette,
    /// How far off the patch a point of it may lie, mm.
    tolerance: f64,
}

impl EndplatePatch {
    /// Whether a facet with its middle at `point` (mm) and the outward unit `normal` belongs to
    /// the endplate: for meshes of the same bone made later.
    pub fn contains(&self, point: &Point, normal: &Vec3) -> bool {
        if normal.dot(&self.outward) < LEAN_COSINE {
            return false;
        }
        let height = self.outward.dot(&point.coords);
        self.shadow.heights_near(point).is_some_and(|[low, high]| {
            (low - self.tolerance..=high + self.tolerance).contains(&height)
        })
    }

    /// The same on a bone made of steps of this height, mm, which the patch runs through the middle of.
    #[must_use]
    pub fn on_steps(self, height: f64) -> Self {
        Self {
            tolerance: self.tolerance + height,
            ..self
        }
    }
}

/// Where an endplate is looked for.
pub(super) struct Search<'a> {
    /// Out of the bone along the column axis, unit.
    pub outward: Vec3,
    /// A point on the posterior wall, mm.
    pub wall: Point,
    /// Unit normal of the posterior wall, anterior.
    pub anterior: Vec3,
    /// The disc on that side.
    pub disc: Option<&'a TriSurface>,
}

/// The endplate on a surface, if any part of it faces the right way.
pub(super) fn find_endplate(surface: &TriSurface, search: &Search<'_>) -> Option<EndplatePatch> {
    let view = View::new(search.outward, search.anterior);
    let disc_shadow = search.disc.map(|d| Silhouette::of(&all_corners(d), view));
    largest_patch(surface, view, &|centre| {
        (centre - search.wall).dot(&search.anterior) > 0.0
            && disc_shadow.as_ref().is_none_or(|s| s.covers(centre))
    })
}

/// The endplate that a person named, if any of the surface lies in it and faces its way.
pub(super) fn find_named(surface: &TriSurface, named: &NamedPatch) -> Option<EndplatePatch> {
    let view = View::new(named.normal, Vec3::x());
    let patch = largest_patch(surface, view, &|centre| {
        (centre - named.centre).norm() <= named.radius
    })?;
    Some(EndplatePatch {
        is_named: true,
        ..patch
    })
}

fn all_corners(surface: &TriSurface) -> Vec<[Point; 3]> {
    let count = surface.triangles.len();
    (0..count).map(|t| surface.corners(t)).collect()
}

/// The largest connected patch of triangles that face the viewer within 45° and whose middles are
/// `wanted`.
fn largest_patch(
    surface: &TriSurface,
    view: View,
    wanted: &dyn Fn(&Point) -> bool,
) -> Option<EndplatePatch> {
    let outward = view.along;
    let corners = all_corners(surface);
    let chosen: Vec<bool> = corners
        .iter()
        .map(|&[a, b, c]| {
            let normal = (b - a).cross(&(c - a));
            let centre = Point::from((a.coords + b.coords + c.coords) / 3.0);
            normal.dot(&outward) > LEAN_COSINE * normal.norm() && wanted(&centre)
        })
        .collect();
    let triangles = largest_component(surface, &corners, &chosen)?;
    let corners: Vec<[Point; 3]> = triangles.iter().map(|&t| corners[t as usize]).collect();
    let (mut area, mut moment, mut normal) = (0.0, Vec3::zeros(), Vec3::zeros());
    for [a, b, c] in &corners {
        let vector = 0.5 * (b - a).cross(&(c - a));
        area += vector.norm();
        moment += vector.norm() * (a.coords + b.coords + c.coords) / 3.0;
        normal += vector;
    }
    Some(EndplatePatch {
        centroid: Point::from(moment / area),
        normal: normal.normalize(),
        area,
        triangles,
        shadow: Silhouette::of(&corners, view),
        corners,
        tolerance: PATCH_TOLERANCE_MM,
        is_named: false,
        outward,
    })
}

/// The chosen triangles connected through edges, of the largest total area.
fn largest_component(
    surface: &TriSurface,
    corners: &[[Point; 3]],
    chosen: &[bool],
) -> Option<Vec<u32>> {
    let mut by_edge: BTreeMap<[u32; 2], Vec<u32>> = BTreeMap::new();
    for (t, nodes) in surface.triangles.iter().enumerate() {
        if chosen[t] {
            for k in 0..3 {
                let (a, b) = (nodes[k], nodes[(k + 1) % 3]);
                by_edge
                    .entry([a.min(b), a.max(b)])
                    .or_default()
                    .push(t as u32);
            }
        }
    }
    let mut seen: Vec<bool> = chosen.iter().map(|c| !c).collect();
    let mut largest: Option<(f64, Vec<u32>)> = None;
    for start in 0..chosen.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut component = vec![start as u32];
        let mut next = 0;
        let mut area = 0.0;
        while let Some(&t) = component.get(next) {
            next += 1;
            let [a, b, c] = corners[t as usize];
            area += 0.5 * (b - a).cross(&(c - a)).norm();
            let nodes = surface.triangles[t as usize];
            for k in 0..3 {
                let (a, b) = (nodes[k], nodes[(k + 1) % 3]);
                for &other in by_edge.get(&[a.min(b), a.max(b)]).into_iter().flatten() {
                    if !seen[other as usize] {
                        seen[other as usize] = true;
                        component.push(other);
                    }
                }
            }
        }
        if largest.as_ref().is_none_or(|(most, _)| area > *most) {
            largest = Some((area, component));
        }
    }
    let (area, mut component) = largest?;
    component.sort_unstable();
    (area > 0.0).then_some(component)
}

//! Isotropic remeshing: edges are split, collapsed and turned, and vertices relaxed, until every
//! edge has about the wanted length and every triangle is near equilateral.
//!
//! An edge is split above 4/3 of the wanted length and collapsed below 3/4 (a gap wide enough that
//! neither undoes the other). The wanted length is the caller's, shortened where the surface bends
//! more than a given angle along one edge, and graded so that neighbours fit. Feature curves are
//! remeshed along themselves, corners stay. See Botsch & Kobbelt 2004; Dunyach et al. 2013.

use std::f64::consts::PI;

use super::SizeField;
use super::patch::Patches;
use super::relax;
use super::triangulation::{Triangulation, VertexKind, smallest_angle};
use crate::tensor::{Point, Vec3};

const SPLIT_ABOVE: f64 = 4.0 / 3.0;
const COLLAPSE_BELOW: f64 = 0.75;

/// Growth of the wanted length along the surface, mm per mm.
const GRADATION: f64 = 0.3;

/// A turned edge's triangles may lean from the old ones by no more than this cosine (about 53°).
const TURN_COSINE: f64 = 0.6;

/// Edges shorter than this share of the wanted length go whatever their triangles look like.
const TINY: f64 = 0.15;

/// An edge is split only where the longer part is at most this share of it.
const PARTED: f64 = 0.95;

/// A triangle pulled by a collapse may lean from its patch by no more than this cosine (60°).
const SIDE_COSINE: f64 = 0.5;

/// What the remesher works towards.
pub(super) struct Target<'a> {
    pub size: &'a SizeField,
    /// Smallest length that curvature may ask for, mm.
    pub smallest: f64,
    /// Largest turn of the normal along one edge, rad.
    pub turn: f64,
    /// Rounds of split, collapse, turn, relax.
    pub rounds: usize,
}

/// Remeshes the surface in place.
pub(super) fn remesh(mesh: &mut Triangulation, patches: &Patches, target: &Target) {
    relax::untangle(mesh, patches, 6);
    for round in 0..target.rounds {
        set_sizes(mesh, target);
        split_long(mesh, patches);
        collapse_short(mesh, patches);
        turn_edges(mesh, round + 2 < target.rounds);
        relax::relax(mesh, patches);
    }
    finish_shapes(mesh, patches);
}

fn finish_shapes(mesh: &mut Triangulation, patches: &Patches) {
    for _ in 0..3 {
        turn_edges(mesh, false);
        relax::improve(mesh, patches);
        remove_flat(mesh, patches);
    }
}

/// Smooths out the neighbourhood of `vertices`, where the surface is folded or off its place.
pub(super) fn repair(mesh: &mut Triangulation, patches: &Patches, vertices: &[u32]) {
    relax::untangle_around(mesh, patches, vertices, 4);
    collapse_short(mesh, patches);
    finish_shapes(mesh, patches);
}

fn set_sizes(mesh: &mut Triangulation, target: &Target) {
    use rayon::prelude::*;
    let shared: &Triangulation = mesh;
    let mut size: Vec<f64> = (0..shared.points.len() as u32)
        .into_par_iter()
        .map(|v| {
            if shared.fan(v).is_empty() {
                return f64::INFINITY;
            }
            let wanted = target.size.at(&shared.point(v));
            let bend = curvature(shared, v, 0.5 * target.smallest);
            wanted.min((target.turn / bend).max(target.smallest))
        })
        .collect();
    grade(mesh, &mut size);
    mesh.size = size;
}

/// Largest curvature of the surface seen along the edges at `v` (second largest, for noise), 1/mm.
fn curvature(mesh: &Triangulation, v: u32, shortest: f64) -> f64 {
    let (mut first, mut second) = (0.0f64, 0.0f64);
    let mut own: Option<(u32, Vec3)> = None;
    for &t in mesh.fan(v) {
        let patch = mesh.patch(t);
        let n = match own {
            Some((known, n)) if known == patch => n,
            _ => mesh.normal(v, patch),
        };
        own = Some((patch, n));
        let w = mesh.after(t, v)[0];
        let bend = (mesh.normal(w, patch) - n).norm() / mesh.length(v, w).max(shortest);
        if bend > first {
            (first, second) = (bend, first);
        } else {
            second = second.max(bend);
        }
    }
    second
}

/// Lowers sizes until none exceeds a neighbour's by more than the gradation allows.
fn grade(mesh: &Triangulation, size: &mut [f64]) {
    let edges = mesh.edges();
    for _ in 0..20 {
        let mut changed = false;
        for &[a, b] in edges.iter().chain(edges.iter().rev()) {
            let step = GRADATION * mesh.length(a, b);
            let (a, b) = (a as usize, b as usize);
            if size[a] > size[b] + step {
                size[a] = size[b] + step;
                changed = true;
            } else if size[b] > size[a] + step {
                size[b] = size[a] + step;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Length of an edge relative to what is wanted there.
fn relative_length(mesh: &Triangulation, a: u32, b: u32) -> f64 {
    2.0 * mesh.length(a, b) / (mesh.size[a as usize] + mesh.size[b as usize])
}

fn edges_by_length(
    mesh: &Triangulation,
    keep: impl Fn(f64) -> bool,
    longest_first: bool,
) -> Vec<[u32; 2]> {
    let mut all: Vec<(f64, [u32; 2])> = mesh
        .edges()
        .into_iter()
        .map(|[a, b]| (relative_length(mesh, a, b), [a, b]))
        .filter(|(l, _)| keep(*l))
        .collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    if longest_first {
        all.reverse();
    }
    all.into_iter().map(|(_, e)| e).collect()
}

fn split_long(mesh: &mut Triangulation, patches: &Patches) {
    for _ in 0..4 {
        let long = edges_by_length(mesh, |l| l > SPLIT_ABOVE, true);
        if long.is_empty() {
            return;
        }
        for [a, b] in long {
            if let Some(p) = middle(mesh, patches, a, b)
                && parts(mesh, [a, b], &p)
            {
                mesh.split(a, b, p);
            }
        }
    }
}

/// Whether `p` parts an edge. The middle of one that runs through the solid, around a tip, may be brought
/// back onto one of its ends: the other part is as long as the whole and would be split for ever.
fn parts(mesh: &Triangulation, [a, b]: [u32; 2], p: &Point) -> bool {
    let longer = (mesh.point(a) - p).norm().max((mesh.point(b) - p).norm());
    longer <= PARTED * mesh.length(a, b)
}

/// The middle of an edge, brought onto the surface (or the curve); `None` if that fails: a vertex
/// inside the solid would be worse than an edge of the wrong length.
fn middle(mesh: &Triangulation, patches: &Patches, a: u32, b: u32) -> Option<Point> {
    let p = nalgebra::center(&mesh.point(a), &mesh.point(b));
    let ((s, _), (t, _)) = (mesh.beside(a, b)?, mesh.beside(b, a)?);
    let reach = mesh.length(a, b).max(0.5 * mesh.size[a as usize]);
    let both = [mesh.patch(s), mesh.patch(t)];
    if both[0] == both[1] {
        let normal = mesh.normal(a, both[0]) + mesh.normal(b, both[0]);
        let normal = normal.try_normalize(1e-9).unwrap_or_else(Vec3::zeros);
        patches.onto_patch(both[0], &p, &normal, reach)
    } else {
        patches.onto_all(&both, &p, reach)
    }
}

fn collapse_short(mesh: &mut Triangulation, patches: &Patches) {
    for _ in 0..4 {
        let short = edges_by_length(mesh, |l| l < COLLAPSE_BELOW, false);
        let mut done = 0;
        for [a, b] in short {
            // Earlier collapses may have removed or lengthened it.
            if mesh.beside(a, b).is_some() && relative_length(mesh, a, b) < COLLAPSE_BELOW {
                done += usize::from(try_collapse(mesh, patches, a, b, SPLIT_ABOVE));
            }
        }
        if done == 0 {
            return;
        }
    }
}

/// Collapses a–b if features, topology and shapes allow it, leaving no edge longer than `longest`
/// times the wanted length.
fn try_collapse(mesh: &mut Triangulation, patches: &Patches, a: u32, b: u32, longest: f64) -> bool {
    use VertexKind::{Corner, Curve, Smooth};
    let feature = mesh.is_feature(a, b);
    let halfway = || middle(mesh, patches, a, b).unwrap_or_else(|| mesh.point(b));
    let (gone, kept, p) = match (mesh.kind(a), mesh.kind(b)) {
        (Smooth, Smooth) => (a, b, halfway()),
        (Smooth, _) => (a, b, mesh.point(b)),
        (_, Smooth) => (b, a, mesh.point(a)),
        (Curve, Curve) if feature => (a, b, halfway()),
        (Curve, Corner) if feature => (a, b, mesh.point(b)),
        (Corner, Curve) if feature => (b, a, mesh.point(a)),
        // One corner found twice: both lie at the same place.
        (Corner, Corner) if feature && relative_length(mesh, a, b) < 0.05 => (a, b, mesh.point(b)),
        _ => return false,
    };
    let swallows_a_patch = feature
        && [mesh.beside(a, b), mesh.beside(b, a)]
            .into_iter()
            .flatten()
            .any(|(_, c)| mesh.is_feature(a, c) && mesh.is_feature(b, c));
    if swallows_a_patch || !mesh.may_collapse(gone, kept) {
        return false;
    }
    let allowed = if relative_length(mesh, a, b) < TINY {
        sides_allow(mesh, patches, [gone, kept], &p)
    } else {
        shapes_allow(mesh, [gone, kept], &p, longest)
    };
    if allowed {
        mesh.collapse(gone, kept, p);
    }
    allowed
}

/// Whether no triangle of some size around a tiny edge would fold if both its ends moved to `p`.
/// Tiny triangles may be folded already (points of a curve found in the wrong order), so the side
/// is the field's and they themselves do not count.
fn sides_allow(mesh: &Triangulation, patches: &Patches, ends: [u32; 2], p: &Point) -> bool {
    let mut side: Option<(u32, Vec3)> = None;
    for v in ends {
        let other = if v == ends[0] { ends[1] } else { ends[0] };
        for &t in mesh.fan(v) {
            let corners = mesh.triangles[t as usize];
            if corners.contains(&other) {
                continue;
            }
            let [x, y, z] = corners.map(|c| if c == v { *p } else { mesh.point(c) });
            let longest = (y - x).norm().max((z - y).norm()).max((x - z).norm());
            if longest < 2.0 * TINY * mesh.size[v as usize] {
                continue;
            }
            let patch = mesh.patch(t);
            let normal = match side {
                Some((known, n)) if known == patch => n,
                _ => patches.normal(patch, p),
            };
            side = Some((patch, normal));
            let after = (y - x).cross(&(z - x));
            // A needle's normal says little: only a clear fold counts.
            if after.dot(&normal) < -0.1 * longest * longest {
                return false;
            }
        }
    }
    true
}

/// Whether the triangles around an edge keep their side and a sound shape when both ends move to
/// `p`. The side is that of the patch there, not of the single triangle: needles have none.
fn shapes_allow(mesh: &Triangulation, ends: [u32; 2], p: &Point, longest: f64) -> bool {
    const POOR_DEG: f64 = 15.0;
    let (mut worst_before, mut worst_after) = (180.0f64, 180.0f64);
    let mut side: Option<(u32, Vec3)> = None;
    for v in ends {
        let other = if v == ends[0] { ends[1] } else { ends[0] };
        for &t in mesh.fan(v) {
            let corners = mesh.triangles[t as usize];
            worst_before = worst_before.min(smallest_angle(mesh.corners(t)));
            if corners.contains(&other) {
                continue;
            }
            let patch = mesh.patch(t);
            let normal = match side {
                Some((known, n)) if known == patch => n,
                _ => side_of_patch(mesh, ends, patch),
            };
            side = Some((patch, normal));
            let moved = corners.map(|c| if c == v { *p } else { mesh.point(c) });
            let [x, y, z] = moved;
            let after = (y - x).cross(&(z - x));
            if after.dot(&normal) <= SIDE_COSINE * after.norm() {
                return false;
            }
            let reaches = |c: u32| {
                let wanted = mesh.size[v as usize].max(mesh.size[c as usize]);
                c == v || (mesh.point(c) - p).norm() <= longest * wanted
            };
            if !corners.into_iter().all(reaches) {
                return false;
            }
            worst_after = worst_after.min(smallest_angle(moved));
        }
    }
    worst_after >= worst_before.min(POOR_DEG)
}

/// The unit normal of a patch around an edge, from all triangles at both ends.
fn side_of_patch(mesh: &Triangulation, ends: [u32; 2], patch: u32) -> Vec3 {
    let sum: Vec3 = ends
        .iter()
        .flat_map(|&v| mesh.fan(v))
        .filter(|&&t| mesh.patch(t) == patch)
        .map(|&t| mesh.area_vector(t))
        .sum();
    sum.try_normalize(1e-300).unwrap_or_else(Vec3::zeros)
}

/// Turns edges inside patches: towards six neighbours a vertex (`by_valence`) as long as shapes
/// stay sound, or only where the smallest angle grows.
fn turn_edges(mesh: &mut Triangulation, by_valence: bool) {
    for _ in 0..3 {
        let mut done = 0;
        for [a, b] in mesh.edges() {
            let Some(quad) = mesh.flippable(a, b) else {
                continue;
            };
            if let Some(gain) = angle_gain(mesh, quad) {
                let better = if by_valence {
                    let valence = valence_gain(mesh, quad);
                    (valence > 0 && gain > -20.0) || (valence == 0 && gain > 2.0) || gain > 25.0
                } else {
                    gain > 0.1
                };
                if better {
                    mesh.flip(quad);
                    done += 1;
                }
            }
        }
        if done == 0 {
            return;
        }
    }
}

/// How much the smallest angle grows by turning the edge, degrees; `None` if the surface folds.
fn angle_gain(mesh: &Triangulation, [a, b, c, d]: [u32; 4]) -> Option<f64> {
    let [pa, pb, pc, pd] = [a, b, c, d].map(|v| mesh.point(v));
    let normal = |x: Point, y: Point, z: Point| (y - x).cross(&(z - x));
    let old = [normal(pa, pb, pc), normal(pb, pa, pd)];
    let new = [normal(pa, pd, pc), normal(pd, pb, pc)];
    let mean = old[0] + old[1];
    let same_side =
        |n: &Vec3| n.dot(&mean) > TURN_COSINE * n.norm() * mean.norm() && n.norm() > 1e-12;
    if !new.iter().all(same_side) {
        return None;
    }
    let before = smallest_angle([pa, pb, pc]).min(smallest_angle([pb, pa, pd]));
    let after = smallest_angle([pa, pd, pc]).min(smallest_angle([pd, pb, pc]));
    // A ridge must not be bridged: the new edge may bend no more than the old one, or little.
    let bend = |m: &Vec3, n: &Vec3| m.angle(n);
    if bend(&new[0], &new[1]) > bend(&old[0], &old[1]).max(PI / 9.0) + PI / 18.0 {
        return None;
    }
    Some(after - before)
}

/// How much nearer to its ideal the number of neighbours gets by turning the edge.
fn valence_gain(mesh: &Triangulation, [a, b, c, d]: [u32; 4]) -> i64 {
    let excess = |v: u32, change: i64| {
        let ideal = if mesh.kind(v) == VertexKind::Smooth {
            6
        } else {
            0
        };
        if ideal == 0 {
            // On a curve the angle decides how many triangles fit.
            return 0;
        }
        let n = mesh.fan(v).len() as i64 + change - ideal;
        n * n
    };
    let before = excess(a, 0) + excess(b, 0) + excess(c, 0) + excess(d, 0);
    let after = excess(a, -1) + excess(b, -1) + excess(c, 1) + excess(d, 1);
    before - after
}

/// Triangles that stayed flat lose their shortest edge.
fn remove_flat(mesh: &mut Triangulation, patches: &Patches) {
    const FLAT_DEG: f64 = 22.0;
    for t in 0..mesh.triangles.len() as u32 {
        if !mesh.is_alive(t) || smallest_angle(mesh.corners(t)) > FLAT_DEG {
            continue;
        }
        let [a, b, c] = mesh.triangles[t as usize];
        let mut sides = [[a, b], [b, c], [c, a]];
        sides.sort_by(|x, y| mesh.length(x[0], x[1]).total_cmp(&mesh.length(y[0], y[1])));
        let [x, y] = sides[0];
        try_collapse(mesh, patches, x, y, 1.25 * SPLIT_ABOVE);
    }
}

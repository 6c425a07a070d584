//! Moves vertices on the surface: towards the centroid of their triangles, then back onto their
//! patch or curve; and, for the worst triangles, to wherever the smallest angle is largest.

use rayon::prelude::*;

use super::patch::Patches;
use super::triangulation::{Triangulation, VertexKind, smallest_angle};
use crate::tensor::{Point, Vec3};

/// Triangles below this angle are improved one by one, degrees.
const POOR_DEG: f64 = 32.0;

/// One step of relaxation of all vertices at once; steps that would fold a triangle are undone.
pub(super) fn relax(mesh: &mut Triangulation, patches: &Patches) {
    let shared: &Triangulation = mesh;
    let moved: Vec<Option<Point>> = (0..shared.points.len() as u32)
        .into_par_iter()
        .map(|v| relaxed(shared, patches, v))
        .collect();
    let before = mesh.points.clone();
    let normals: Vec<Vec3> = (0..mesh.triangles.len() as u32)
        .map(|t| mesh.area_vector(t))
        .collect();
    for (point, new) in mesh.points.iter_mut().zip(&moved) {
        if let Some(p) = new {
            *point = *p;
        }
    }
    for _ in 0..4 {
        let folded: Vec<u32> = mesh
            .alive_triangles()
            .filter(|&t| {
                let (old, new) = (normals[t as usize], mesh.area_vector(t));
                old.dot(&new) < 0.5 * old.norm() * new.norm()
            })
            .collect();
        if folded.is_empty() {
            break;
        }
        for t in folded {
            for v in mesh.triangles[t as usize] {
                mesh.points[v as usize] = before[v as usize];
            }
        }
    }
}

/// Brings the freshly cut curves and their neighbourhood in order. Points of a curve may have been
/// found in the wrong order, which folds the triangles beside it; the plain mean of the neighbours,
/// unlike a mean weighted by area, unfolds them. Only the connections are trusted here.
pub(super) fn untangle(mesh: &mut Triangulation, patches: &Patches, rounds: usize) {
    let curves: Vec<u32> = (0..mesh.points.len() as u32)
        .filter(|&v| mesh.kind(v) != VertexKind::Smooth)
        .collect();
    untangle_around(mesh, patches, &curves, rounds);
}

/// The same for the two rings of neighbours around `vertices`.
pub(super) fn untangle_around(
    mesh: &mut Triangulation,
    patches: &Patches,
    vertices: &[u32],
    rounds: usize,
) {
    let mut beside: Vec<u32> = vertices
        .iter()
        .flat_map(|&v| mesh.fan(v))
        .flat_map(|&t| mesh.triangles[t as usize])
        .flat_map(|v| mesh.fan(v))
        .flat_map(|&t| mesh.triangles[t as usize])
        .collect();
    beside.sort_unstable();
    beside.dedup();
    for _ in 0..rounds {
        let shared: &Triangulation = mesh;
        let moved: Vec<(u32, Point)> = beside
            .par_iter()
            .filter_map(|&v| Some((v, averaged(shared, patches, v)?)))
            .collect();
        for (v, p) in moved {
            mesh.points[v as usize] = p;
        }
    }
}

/// The mean of a vertex's neighbours (on a curve: of its two there), back on the surface.
fn averaged(mesh: &Triangulation, patches: &Patches, v: u32) -> Option<Point> {
    let kind = mesh.kind(v);
    let around = mesh.patches_at(v);
    let neighbours: Vec<u32> = match kind {
        VertexKind::Corner => return None,
        VertexKind::Curve => mesh.feature_neighbours(v),
        VertexKind::Smooth => mesh.fan(v).iter().map(|&t| mesh.after(t, v)[0]).collect(),
    };
    let sum: Vec3 = neighbours.iter().map(|&w| mesh.point(w).coords).sum();
    let p = Point::from(sum / neighbours.len() as f64);
    let reach = neighbours
        .iter()
        .map(|&w| mesh.length(v, w))
        .fold(0.0, f64::max);
    if kind == VertexKind::Curve {
        return patches.onto_all(&around, &p, reach);
    }
    let normal = patches.normal(around[0], &p);
    patches.onto_patch(around[0], &p, &normal, reach)
}

fn relaxed(mesh: &Triangulation, patches: &Patches, v: u32) -> Option<Point> {
    let fan = mesh.fan(v);
    let first = *fan.first()?;
    let reach = mesh.size[v as usize];
    match mesh.kind(v) {
        VertexKind::Smooth => {
            let patch = mesh.patch(first);
            let normal = mesh.normal(v, patch);
            let step = centroid(mesh, v) - mesh.point(v);
            let tangential = step - normal * step.dot(&normal);
            [mesh.point(v) + tangential, mesh.point(v)]
                .iter()
                .find_map(|p| patches.onto_patch(patch, p, &normal, reach))
        }
        VertexKind::Curve => {
            let p = mesh.point(v) + 0.5 * along_curve(mesh, v);
            let around = mesh.patches_at(v);
            [p, mesh.point(v)]
                .iter()
                .find_map(|p| patches.onto_all(&around, p, reach))
        }
        VertexKind::Corner => patches.onto_all(&mesh.patches_at(v), &mesh.point(v), reach),
    }
}

/// Centroid of the triangles around `v`, weighted by their area in the wanted size.
fn centroid(mesh: &Triangulation, v: u32) -> Point {
    let (mut sum, mut total) = (Vec3::zeros(), 0.0);
    for &t in mesh.fan(v) {
        let corners = mesh.triangles[t as usize];
        let size = corners.map(|c| mesh.size[c as usize]).iter().sum::<f64>() / 3.0;
        let weight = mesh.area_vector(t).norm() / (size * size);
        let middle: Vec3 = mesh.corners(t).iter().map(|p| p.coords).sum::<Vec3>() / 3.0;
        sum += weight * middle;
        total += weight;
    }
    if total > 0.0 {
        Point::from(sum / total)
    } else {
        mesh.point(v)
    }
}

/// The step along a curve that makes its two edges equally long in the wanted size.
fn along_curve(mesh: &Triangulation, v: u32) -> Vec3 {
    let ends = mesh.feature_neighbours(v);
    let [a, b] = ends[..] else {
        return Vec3::zeros();
    };
    let p = mesh.point(v);
    let (to_a, to_b) = (mesh.point(a) - p, mesh.point(b) - p);
    let weight = |w: u32| 1.0 / (mesh.size[w as usize] + mesh.size[v as usize]);
    let (wa, wb) = (weight(a), weight(b));
    let step = (to_a * wa + to_b * wb) / (wa + wb);
    let tangent = (to_b - to_a)
        .try_normalize(1e-300)
        .unwrap_or_else(Vec3::zeros);
    tangent * step.dot(&tangent)
}

/// Moves the vertices of poor triangles, one after the other, to better places nearby.
pub(super) fn improve(mesh: &mut Triangulation, patches: &Patches) {
    for _ in 0..6 {
        let mut vertices: Vec<u32> = mesh
            .alive_triangles()
            .filter(|&t| smallest_angle(mesh.corners(t)) < POOR_DEG)
            .flat_map(|t| mesh.triangles[t as usize])
            .collect();
        vertices.sort_unstable();
        vertices.dedup();
        let mut done = 0;
        for v in vertices {
            done += usize::from(improve_vertex(mesh, patches, v));
        }
        if done == 0 {
            return;
        }
    }
}

fn improve_vertex(mesh: &mut Triangulation, patches: &Patches, v: u32) -> bool {
    let kind = mesh.kind(v);
    if kind == VertexKind::Corner {
        return false;
    }
    let around = mesh.patches_at(v);
    let here = mesh.point(v);
    let reach = mesh.size[v as usize];
    let normal = mesh.normal(v, around[0]);
    let mut best = (worst_angle(mesh, v, &here).unwrap_or(0.0), here);
    let start = best.0;
    for direction in directions(mesh, v, kind, &normal) {
        for fraction in [0.5, 0.2, 0.08] {
            let p = here + direction * fraction;
            let on = match kind {
                VertexKind::Smooth => patches.onto_patch(around[0], &p, &normal, reach),
                _ => patches.onto_all(&around, &p, reach),
            };
            if let Some(p) = on
                && let Some(angle) = worst_angle(mesh, v, &p)
                && angle > best.0
            {
                best = (angle, p);
            }
        }
    }
    mesh.points[v as usize] = best.1;
    best.0 > start + 0.05
}

fn directions(mesh: &Triangulation, v: u32, kind: VertexKind, normal: &Vec3) -> Vec<Vec3> {
    if kind == VertexKind::Curve {
        let p = mesh.point(v);
        return mesh
            .feature_neighbours(v)
            .into_iter()
            .map(|w| mesh.point(w) - p)
            .collect();
    }
    let p = mesh.point(v);
    let mut all = vec![centroid(mesh, v) - p];
    for &t in mesh.fan(v) {
        all.push(mesh.point(mesh.after(t, v)[0]) - p);
    }
    for d in &mut all {
        *d -= normal * d.dot(normal);
    }
    all
}

/// The smallest angle around `v` if it stood at `p`; `None` if a triangle folded.
fn worst_angle(mesh: &Triangulation, v: u32, p: &Point) -> Option<f64> {
    let mut worst = 180.0f64;
    for &t in mesh.fan(v) {
        let moved = mesh.triangles[t as usize].map(|c| if c == v { *p } else { mesh.point(c) });
        let [x, y, z] = moved;
        let (old, new) = (mesh.area_vector(t), (y - x).cross(&(z - x)));
        if old.norm() > 1e-9 && old.dot(&new) < 0.7 * old.norm() * new.norm() {
            return None;
        }
        worst = worst.min(smallest_angle(moved));
    }
    Some(worst)
}

//! From a signed-distance field to one closed, well-shaped triangle surface with its sharp edges.
//!
//! Grid extraction, cutting along the curves where smooth pieces meet, isotropic remeshing, and a
//! check of the result. Where the check fails, the whole is done again on a finer grid; a surface
//! that fails still is never handed on.

use super::extract::extract;
use super::feature::cut_along_features;
use super::field::Field;
use super::patch::Patches;
use super::remesh::{Target, remesh, repair};
use super::soundness::{Fault, faults};
use super::triangulation::Triangulation;
use super::{GeometryError, SizeField, TriSurface};

/// How to polygonise.
#[derive(Debug, Clone, PartialEq)]
pub struct PolygoniseSettings {
    /// Spacing of the grid the surface is first found on, relative to the finest wanted length.
    /// Solid parts thinner than about two spacings may be missed.
    pub grid_fraction: f64,
    /// Edges are made shorter than wanted where the surface turns by more than this along one
    /// edge, degrees.
    pub turn_deg: f64,
    /// Smallest edge length that curvature may ask for, relative to the finest wanted length.
    pub smallest_fraction: f64,
    /// Edges between pieces that meet at more than this angle are recorded as sharp, degrees.
    pub sharp_deg: f64,
    /// Rounds of remeshing.
    pub rounds: usize,
}

impl Default for PolygoniseSettings {
    fn default() -> Self {
        Self {
            grid_fraction: 0.5,
            turn_deg: 40.0,
            smallest_fraction: 0.4,
            sharp_deg: 30.0,
            rounds: 8,
        }
    }
}

/// A grid this much finer is tried where a surface came out unsound, this many times.
const FINER: f64 = 0.6;
const TRIES: usize = 3;

/// Loose parts below this share of the finest wanted length, cubed, are left out.
const CRUMB: f64 = 0.5;

/// Rounds of local repair before a finer grid is tried.
const REPAIRS: usize = 6;

/// Makes the closed triangle surface of the solid `field` with edges of the length `size`.
/// Vertices lie on the surface, those of sharp edges on both pieces, corners on all. Loose parts
/// that enclose less than the cube of half the finest length are left out.
///
/// # Errors
/// A wanted length that is not positive; a solid without a finite box or without a surface; a
/// solid so thin or ragged for the wanted length that no sound surface was found, with the place.
pub fn polygonise(
    field: &dyn Field,
    size: &SizeField,
    settings: &PolygoniseSettings,
) -> Result<TriSurface, GeometryError> {
    let finest = size.fine.min(size.coarse);
    if finest.is_nan() || finest <= 0.0 {
        return Err(GeometryError::Parameter {
            shape: "surface mesh",
            quantity: "wanted edge length_mm",
            value: finest,
            expected: "greater than 0",
        });
    }
    let target = Target {
        size,
        smallest: settings.smallest_fraction * finest,
        turn: settings.turn_deg.to_radians(),
        rounds: settings.rounds,
    };
    let mut step = settings.grid_fraction * finest;
    let mut tries = 1;
    loop {
        let raw = extract(field, step)?;
        let (mut mesh, patches) = cut_along_features(field, raw, 4.0 * step);
        remesh(&mut mesh, &patches, &target);
        mesh.drop_crumbs((CRUMB * finest).powi(3));
        match repaired(&mut mesh, &patches, field) {
            None => return Ok(finish(&mesh, &patches, settings.sharp_deg)),
            Some(fault) if tries == TRIES => {
                return Err(GeometryError::BadMesh {
                    at: fault.at,
                    reason: fault.reason,
                });
            }
            Some(_) => {}
        }
        tries += 1;
        step *= FINER;
    }
}

/// Repairs the surface where it is not sound; the first fault that stays and cannot be borne.
fn repaired(mesh: &mut Triangulation, patches: &Patches, field: &dyn Field) -> Option<Fault> {
    for _ in 0..REPAIRS {
        let faults = faults(mesh, field);
        if faults.is_empty() {
            return None;
        }
        let mut vertices: Vec<u32> = faults.into_iter().flat_map(|f| f.vertices).collect();
        vertices.sort_unstable();
        vertices.dedup();
        repair(mesh, patches, &vertices);
    }
    faults(mesh, field).into_iter().find(|f| !f.bearable)
}

/// Numbers the living vertices and triangles anew.
fn finish(mesh: &Triangulation, patches: &Patches, sharp_deg: f64) -> TriSurface {
    let mut number = vec![u32::MAX; mesh.points.len()];
    let mut surface = TriSurface::default();
    for t in mesh.alive_triangles() {
        let corners = mesh.triangles[t as usize].map(|v| {
            if number[v as usize] == u32::MAX {
                number[v as usize] = surface.vertices.len() as u32;
                surface.vertices.push(mesh.point(v));
            }
            number[v as usize]
        });
        surface.triangles.push(corners);
    }
    for [a, b] in mesh.edges() {
        if is_sharp(mesh, patches, [a, b], sharp_deg) {
            let ends = [a, b].map(|v| number[v as usize]);
            surface
                .sharp_edges
                .push([ends[0].min(ends[1]), ends[0].max(ends[1])]);
        }
    }
    surface.sharp_edges.sort_unstable();
    surface
}

fn is_sharp(mesh: &Triangulation, patches: &Patches, [a, b]: [u32; 2], sharp_deg: f64) -> bool {
    let (Some((s, _)), Some((t, _))) = (mesh.beside(a, b), mesh.beside(b, a)) else {
        return false;
    };
    let (m, n) = (mesh.patch(s), mesh.patch(t));
    let p = nalgebra::center(&mesh.point(a), &mesh.point(b));
    m != n
        && patches
            .normal(m, &p)
            .angle(&patches.normal(n, &p))
            .to_degrees()
            > sharp_deg
}

#[cfg(test)]
mod tests;

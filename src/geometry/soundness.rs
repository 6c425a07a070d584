//! Whether a finished surface may be handed on: every vertex on the solid's surface, no two
//! triangles through each other, no edge without its second triangle. (Its construction keeps it
//! closed and oriented where the field is continuous; a field that jumps can tear it.)

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::TriSurface;
use super::field::Field;
use super::inspect::self_intersections;
use super::triangulation::Triangulation;
use crate::tensor::Point;

/// How far a vertex may lie from the zero of the field, relative to the wanted length there.
/// Projection reaches 1e-6 mm; what is off by more was not projected at all.
const OFF_SURFACE: f64 = 1e-3;

/// Put up with where repair does not help (a curve between pieces that almost touch): what the
/// middle of an edge deviates where the surface turns by 45° along it, tan(45°/4)/2.
const BEARABLE: f64 = 0.1;

/// One place where the surface is not sound.
pub(super) struct Fault {
    /// The vertices concerned.
    pub vertices: Vec<u32>,
    pub at: Point,
    pub reason: String,
    /// Whether the surface may be handed on with it.
    pub bearable: bool,
}

/// All faults of the surface.
pub(super) fn faults(mesh: &Triangulation, field: &dyn Field) -> Vec<Fault> {
    let mut all = off_surface(mesh, field);
    all.extend(crossings(mesh));
    all.extend(tears(mesh));
    all
}

/// Edges that one triangle alone has.
fn tears(mesh: &Triangulation) -> Vec<Fault> {
    mesh.alive_triangles()
        .flat_map(|t| {
            let [a, b, c] = mesh.triangles[t as usize];
            [[a, b], [b, c], [c, a]]
        })
        .filter(|&[a, b]| mesh.beside(b, a).is_none())
        .map(|edge| Fault {
            vertices: edge.to_vec(),
            at: mesh.points[edge[0] as usize],
            reason: "the surface is torn open".to_owned(),
            bearable: false,
        })
        .collect()
}

fn off_surface(mesh: &Triangulation, field: &dyn Field) -> Vec<Fault> {
    let values: Vec<f64> = mesh
        .points
        .par_iter()
        .enumerate()
        .map(|(v, p)| match mesh.fan(v as u32) {
            [] => 0.0,
            _ => field.value(p),
        })
        .collect();
    let is_off = |v: usize| values[v].abs() > OFF_SURFACE * mesh.size[v] || values[v].is_nan();
    (0..values.len())
        .filter(|&v| is_off(v))
        .map(|v| Fault {
            vertices: vec![v as u32],
            at: mesh.points[v],
            reason: format!("a vertex lies {:.3} mm off the surface", values[v]),
            bearable: values[v].abs() < BEARABLE * mesh.size[v],
        })
        .collect()
}

fn crossings(mesh: &Triangulation) -> Vec<Fault> {
    let alive: Vec<u32> = mesh.alive_triangles().collect();
    let surface = TriSurface {
        vertices: mesh.points.clone(),
        triangles: alive.iter().map(|&t| mesh.triangles[t as usize]).collect(),
        sharp_edges: Vec::new(),
    };
    self_intersections(&surface)
        .into_iter()
        .map(|pair| {
            let corners = pair.map(|t| surface.triangles[t as usize]);
            let vertices: BTreeSet<u32> = corners.into_iter().flatten().collect();
            Fault {
                vertices: vertices.into_iter().collect(),
                at: surface.corners(pair[0] as usize)[0],
                reason: "two triangles cut each other".to_owned(),
                bearable: false,
            }
        })
        .collect()
}

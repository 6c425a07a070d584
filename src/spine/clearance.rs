//! How the bodies of a state lie to each other: how deep one reaches into another, or how far
//! apart they stand.
//!
//! Measure: the smallest value of one body's distance field at the corners of the other's boundary
//! facets, the smaller of both ways. Negative, it is the deepest penetration of a corner; positive,
//! the gap (never more than the true one, since the field of a body made of several parts stays
//! below the distance). A penetration between two corners is missed, so meshes as fine as the
//! model's are wanted. Must not judge.

use super::bodies::MeshedBody;
use super::plan::BodyPlan;
use crate::case::{Case, StatePlan};
use crate::geometry::{Aabb, Field};
use crate::mesh::Mesh;
use crate::mesh::boundary::boundary_facets;
use crate::scene::Scene;
use crate::tensor::{Point, Vec3};

/// Two bodies of a state near each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Clearance {
    /// Name of the state.
    pub state: String,
    /// Their names.
    pub bodies: [String; 2],
    /// Smallest distance of a corner of one from the other, mm; negative inside.
    pub smallest_mm: f64,
    /// Corners inside the other body by more than [`TOUCH_MM`].
    pub inside: usize,
}

/// Penetrations below this are those of two meshes that lie on one surface, mm.
pub const TOUCH_MM: f64 = 0.1;

/// A body where it stands in a state.
struct Standing<'a> {
    name: &'a str,
    field: &'a dyn Field,
    shift: Vec3,
    corners: &'a [Point],
    bounds: Aabb,
}

/// All pairs of bodies that come within `reach` mm of each other, state by state.
pub fn clearances(case: &Case, scene: &Scene, bodies: &[MeshedBody], reach: f64) -> Vec<Clearance> {
    let plans = scene.plans(case);
    let corners: Vec<Vec<Point>> = bodies.iter().map(|b| boundary_corners(&b.mesh)).collect();
    let mut all = Vec::new();
    for state in &case.states {
        let standing = standing(case, scene, (&plans, bodies, &corners), state);
        for (i, one) in standing.iter().enumerate() {
            for other in &standing[i + 1..] {
                let ways = [smallest(one, other, reach), smallest(other, one, reach)];
                let smallest_mm = ways[0].0.min(ways[1].0);
                if smallest_mm <= reach {
                    all.push(Clearance {
                        state: state.name.clone(),
                        bodies: [one.name.to_owned(), other.name.to_owned()],
                        smallest_mm,
                        inside: ways[0].1 + ways[1].1,
                    });
                }
            }
        }
    }
    all
}

fn standing<'a>(
    case: &Case,
    scene: &Scene,
    (plans, bodies, corners): (&'a [BodyPlan], &'a [MeshedBody], &'a [Vec<Point>]),
    state: &StatePlan,
) -> Vec<Standing<'a>> {
    plans
        .iter()
        .zip(bodies)
        .zip(corners)
        .filter(|((plan, _), _)| state.has(plan.role))
        .filter_map(|((plan, body), corners)| {
            let shift = scene.lift(case, state, plan.role);
            let bounds = Aabb::around(corners)?;
            Some(Standing {
                name: &body.name,
                field: plan.field.as_ref(),
                shift,
                corners,
                bounds: Aabb {
                    min: bounds.min + shift,
                    max: bounds.max + shift,
                },
            })
        })
        .collect()
}

/// Smallest value of `solid`'s field at the corners of `other` near it, and how many lie inside.
fn smallest(solid: &Standing<'_>, other: &Standing<'_>, reach: f64) -> (f64, usize) {
    let near = |p: &Point| {
        (0..3).all(|k| p[k] >= solid.bounds.min[k] - reach && p[k] <= solid.bounds.max[k] + reach)
    };
    let mut found = (f64::INFINITY, 0);
    for p in other.corners.iter().map(|p| p + other.shift).filter(near) {
        let value = solid.field.value(&(p - solid.shift));
        found.0 = found.0.min(value);
        found.1 += usize::from(value < -TOUCH_MM);
    }
    found
}

/// Corners of the boundary facets.
fn boundary_corners(mesh: &Mesh) -> Vec<Point> {
    let facets = boundary_facets(mesh);
    let mut nodes: Vec<u32> = facets.iter().flat_map(|f| mesh.facet_nodes(*f)).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes.into_iter().map(|n| mesh.nodes[n as usize]).collect()
}

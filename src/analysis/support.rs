//! Do the supports stop every rigid motion?
//!
//! Nodes joined by elements and local systems form groups, each elastic on its own: its stiffness
//! is singular in its six rigid motions and (for sound elements and ties) nothing else. The
//! fixed dofs must therefore stop all six: the 6×6 matrix Σ m mᵀ over the fixed dofs, m being the
//! six rigid motions at the dof (lengths scaled by the group's size), has full rank.

use nalgebra::{Matrix6, Vector6};

use super::AnalysisError;
use crate::model::Model;
use crate::partition::Partition;
use crate::tensor::{Point, Vec3};

/// Smallest eigenvalue of the scaled motions, over the largest, that still counts as held. Three
/// supports a thousandth of the body's size apart pass.
const HELD: f64 = 1e-8;

/// Refuses a model in which a group of bodies can move as a rigid body.
pub(super) fn rigid_motions(model: &Model) -> Result<(), AnalysisError> {
    let count = model.mesh.nodes.len();
    let mut groups = Partition::new(count);
    for e in 0..model.mesh.element_count() {
        join(&mut groups, count, model.mesh.element(e));
    }
    for system in model.local_systems() {
        join(&mut groups, count, &system.nodes);
    }
    let mut members: std::collections::BTreeMap<u32, Group> = std::collections::BTreeMap::new();
    let mut used = vec![false; count];
    for &n in &model.mesh.connectivity {
        used[n as usize] = true;
    }
    for n in (0..used.len()).filter(|&n| used[n]) {
        let p = model.mesh.nodes[n];
        members.entry(groups.root(n as u32)).or_default().add(n, p);
    }
    for support in &model.supports {
        let p = model.mesh.nodes[support.node as usize];
        if let Some(group) = members.get_mut(&groups.root(support.node)) {
            group.hold(p, support.axis as usize);
        }
    }
    for group in members.values() {
        let motions = group.free_motions();
        if motions > 0 {
            return Err(unconstrained(model, &mut groups, group, motions));
        }
    }
    Ok(())
}

/// Names the bodies, and says whether a rod would have held them.
fn unconstrained(
    model: &Model,
    groups: &mut Partition,
    group: &Group,
    motions: usize,
) -> AnalysisError {
    let mine = groups.root(group.first);
    let names: Vec<&str> = model
        .bodies
        .iter()
        .filter(|b| b.nodes.clone().any(|n| groups.root(n as u32) == mine))
        .map(|b| b.name.as_str())
        .collect();
    let bodies = match names.as_slice() {
        [] => format!("the part with node {}", group.first),
        [one] => format!("body {one}"),
        many => format!("bodies {}", many.join(", ")),
    };
    let roped = model
        .rods
        .iter()
        .any(|r| r.bodies.iter().any(|b| names.contains(&b.as_str())));
    let advice = if roped {
        "a rod alone cannot hold a body: tie it to its neighbours or support it"
    } else {
        "support it or tie it to a supported body"
    };
    AnalysisError::Unconstrained {
        bodies,
        motions,
        advice,
    }
}

#[derive(Default)]
struct Group {
    first: u32,
    low: Option<Point>,
    high: Vec3,
    held: Vec<(Point, usize)>,
}

impl Group {
    fn add(&mut self, n: usize, p: Point) {
        match &mut self.low {
            None => {
                self.first = n as u32;
                self.low = Some(p);
                self.high = p.coords;
            }
            Some(low) => {
                *low = low.inf(&p);
                self.high = self.high.sup(&p.coords);
            }
        }
    }

    fn hold(&mut self, p: Point, axis: usize) {
        self.held.push((p, axis));
    }

    fn free_motions(&self) -> usize {
        let low = self.low.unwrap_or_else(Point::origin).coords;
        let centre = Point::from(0.5 * (low + self.high));
        let size = (self.high - low).norm().max(f64::MIN_POSITIVE);
        let mut gram = Matrix6::zeros();
        for (p, axis) in &self.held {
            let arm = (p - centre) / size;
            let along = Vec3::ith(*axis, 1.0);
            let turn = arm.cross(&along);
            let m = Vector6::new(along.x, along.y, along.z, turn.x, turn.y, turn.z);
            gram += m * m.transpose();
        }
        let values = gram.symmetric_eigenvalues();
        let largest = values.max();
        6 - values.iter().filter(|v| **v > HELD * largest).count()
    }
}

/// Joins nodes; those outside the mesh are refused later, by the assembly.
fn join(groups: &mut Partition, count: usize, nodes: &[u32]) {
    let mut known = nodes.iter().copied().filter(|n| (*n as usize) < count);
    let Some(first) = known.next() else { return };
    for n in known {
        groups.join(first, n);
    }
}

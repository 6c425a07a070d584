//! Do the supports stop every rigid motion?
//!
//! Nodes joined by elements and local systems form groups, each elastic on its own: its stiffness
//! is singular in its six rigid motions and (for sound elements and ties) nothing else. The
//! fixed dofs must therefore stop all six: the 6×6 matrix Σ m mᵀ over the fixed dofs, m being the
//! six rigid motions at the dof (lengths scaled by the group's size), has full rank. Cables and hooks act
//! one way and hold nothing here.

use std::collections::BTreeMap;

use nalgebra::{Matrix6, Vector6};

use super::AnalysisError;
use crate::assembly::{Operator, Term};
use crate::model::Model;
use crate::partition::Partition;
use crate::tensor::{Point, Vec3};

/// Smallest eigenvalue of the scaled motions, over the largest, that still counts as held. Three
/// supports a thousandth of the body's size apart pass.
const HELD: f64 = 1e-8;

/// Refuses a model in which a group of bodies can move as a rigid body.
pub(super) fn rigid_motions(model: &Model, operator: &Operator<'_>) -> Result<(), AnalysisError> {
    let count = model.mesh.nodes.len();
    let mut groups = Partition::new(count);
    let holds = |t: &Term| match t {
        Term::Elements(_) | Term::Systems(_) => true,
        Term::Law(law) => law.holds(),
    };
    for term in operator.terms().filter(holds) {
        term.each_part(|nodes| join(&mut groups, count, nodes));
    }
    for group in members(model, &mut groups).values() {
        let motions = group.free_motions();
        if motions > 0 {
            return Err(unconstrained(model, &mut groups, group, motions));
        }
    }
    Ok(())
}

/// The nodes of elements by the group they belong to, with the supports that hold them.
fn members(model: &Model, groups: &mut Partition) -> BTreeMap<u32, Group> {
    let mut members: BTreeMap<u32, Group> = BTreeMap::new();
    let mut used = vec![false; model.mesh.nodes.len()];
    let beams = model.construct.translations();
    for n in model.mesh.blocks.node_numbers().chain(beams) {
        used[n as usize] = true;
    }
    for n in (0..used.len()).filter(|&n| used[n]) {
        let p = model.mesh.nodes[n];
        members.entry(groups.root(n as u32)).or_default().add(n, p);
    }
    let rotations = model.construct.rotations();
    for support in &model.supports {
        let p = model.mesh.nodes[support.node as usize];
        let turns = rotations.binary_search(&support.node).is_ok();
        if let Some(group) = members.get_mut(&groups.root(support.node)) {
            group.held.push((p, support.axis as usize, turns));
        }
    }
    members
}

/// Names the bodies.
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
    AnalysisError::Unconstrained {
        bodies,
        motions,
        advice: match model.one_sided.is_empty() {
            true => "support it or tie it to a supported body",
            false => {
                "support it or tie it to a supported body: hooks and cables act one way and hold nothing \
                 by themselves"
            }
        },
    }
}

#[derive(Default)]
struct Group {
    first: u32,
    low: Option<Point>,
    high: Vec3,
    /// Where, along or about which axis, and whether it is a rotation that is held.
    held: Vec<(Point, usize, bool)>,
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

    fn free_motions(&self) -> usize {
        let low = self.low.unwrap_or_else(Point::origin).coords;
        let centre = Point::from(0.5 * (low + self.high));
        let size = (self.high - low).norm().max(f64::MIN_POSITIVE);
        let mut gram = Matrix6::zeros();
        for (p, axis, turns) in &self.held {
            let unit = Vec3::ith(*axis, 1.0);
            let (along, turn) = match turns {
                true => (Vec3::zeros(), unit),
                false => (unit, ((p - centre) / size).cross(&unit)),
            };
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

//! Do the supports stop every rigid motion?
//!
//! Nodes joined by elements and local systems form groups, each elastic on its own: its stiffness
//! is singular in its six rigid motions and (for sound elements and ties) nothing else. The
//! fixed dofs must therefore stop all six: the 6×6 matrix Σ m mᵀ over the fixed dofs, m being the
//! six rigid motions at the dof (lengths scaled by the group's size), has full rank. Rods are terms on top
//! of the matrix; what they alone hold gets springs to the ground, which further terms take away.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, Matrix6, Vector6};

use super::AnalysisError;
use crate::assembly::{LocalSystem, LowRank, Operator, Term};
use crate::model::Model;
use crate::partition::Partition;
use crate::tensor::{Point, Vec3};

/// Smallest eigenvalue of the scaled motions, over the largest, that still counts as held. Three
/// supports a thousandth of the body's size apart pass.
const HELD: f64 = 1e-8;

/// Springs to the ground that stand in the matrix, and the terms that take them away again: a group of
/// bodies that rods alone hold has a matrix of its own only with them.
#[derive(Default)]
pub(super) struct Anchors {
    /// The springs.
    pub systems: Vec<LocalSystem>,
    /// Their opposite.
    pub opposites: Vec<LowRank>,
}

/// Refuses a model in which a group of bodies can move as a rigid body; anchors the groups that only
/// rods hold.
pub(super) fn rigid_motions(
    model: &Model,
    operator: &Operator<'_>,
) -> Result<Anchors, AnalysisError> {
    let count = model.mesh.nodes.len();
    let mut groups = Partition::new(count);
    let join_all = |groups: &mut Partition, which: fn(&Term) -> bool| {
        for term in operator.terms().filter(which) {
            term.each_part(|nodes| join(groups, count, nodes));
        }
    };
    join_all(&mut groups, |t| {
        matches!(t, Term::Elements(_) | Term::Systems(_))
    });
    let elastic = members(model, &mut groups);
    // A rod holds all six motions of its ends to each other; a law may hold none.
    join_all(&mut groups, |t| matches!(t, Term::LowRank(_)));
    for group in members(model, &mut groups).values() {
        let motions = group.free_motions();
        if motions > 0 {
            return Err(unconstrained(model, &mut groups, group, motions));
        }
    }
    let mut anchors = Anchors::default();
    for group in elastic.values().filter(|group| group.free_motions() > 0) {
        anchors.hold(model, group);
    }
    Ok(anchors)
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

impl Anchors {
    /// Springs and opposites as terms.
    pub fn terms(&self) -> impl Iterator<Item = Term<'_>> {
        let opposites = self.opposites.iter().map(Term::LowRank);
        std::iter::once(Term::Systems(&self.systems)).chain(opposites)
    }

    /// Three springs on nodes of a group that are far from each other.
    fn hold(&mut self, model: &Model, group: &Group) {
        let at = |n: u32| model.mesh.nodes[n as usize];
        let farthest = |off: &dyn Fn(&Point) -> f64| -> u32 {
            let nodes = group.nodes.iter().copied();
            nodes
                .max_by(|a, b| off(&at(*a)).total_cmp(&off(&at(*b))))
                .unwrap_or(group.first)
        };
        let first = at(group.first);
        let second = farthest(&|p| (p - first).norm());
        let along = at(second) - first;
        let third = farthest(&|p| (p - first).cross(&along).norm());
        // As stiff as what holds the group: the numbers stay of one size.
        let rods = model.rods.iter().map(|rod| rod.stiffness[(0, 0)]);
        let spring = rods.fold(f64::MIN_POSITIVE, f64::max);
        let mut columns = Vec::new();
        for node in [group.first, second, third] {
            let mut stiffness = vec![0.0; 9];
            for axis in 0..3 {
                stiffness[4 * axis] = spring;
                let mut unit = [0.0; 3];
                unit[axis] = 1.0;
                columns.push(vec![(node, unit)]);
            }
            self.systems.push(LocalSystem {
                nodes: vec![node],
                stiffness,
            });
        }
        let stiffness = -spring * DMatrix::identity(columns.len(), columns.len());
        self.opposites.push(LowRank { columns, stiffness });
    }
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
        advice: "support it or tie it to a supported body",
    }
}

#[derive(Default)]
struct Group {
    first: u32,
    nodes: Vec<u32>,
    low: Option<Point>,
    high: Vec3,
    /// Where, along or about which axis, and whether it is a rotation that is held.
    held: Vec<(Point, usize, bool)>,
}

impl Group {
    fn add(&mut self, n: usize, p: Point) {
        self.nodes.push(n as u32);
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

//! What crosses a plane through a model, body by body and part by part.
//!
//! Nodes stand above or below the plane. Elements, membranes, ties, grips, beams and one-sided parts
//! each balance by themselves, so that those with nodes on both sides hand on what their upper nodes
//! put on them. At every node their forces add up to the load, so that what crosses adds up to the
//! load above, and the sum over all paths is a check of the equilibrium, not its premise.

use std::collections::BTreeMap;

use crate::assembly::{AssemblyError, Elements, LocalSystem};
use crate::fixation::construct::TURN_MM;
use crate::model::Model;
use crate::tensor::{Point, Vec3, Wrench};

/// A path that crosses: its name and what the part above exerts on it, N and N·mm, moment about the
/// plane's point.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Body, part of the construct, hook or cable.
    pub name: String,
    /// What it carries.
    pub wrench: Wrench,
}

/// A body whose force and moment are below this share of all is not named: the free tip of a process
/// that hangs past the plane. What it carries counts with the path that carries most.
const NOTHING: f64 = 1e-6;

/// A plane and which nodes stand above it.
struct Plane {
    point: Point,
    above: Vec<bool>,
    turns: Vec<bool>,
}

/// All paths across the plane through `point` square to `axis`, from the displacements (mm) of all
/// nodes and what each one-sided part carries (N).
///
/// # Errors
/// [`AssemblyError::Element`] for an inverted element.
pub fn crossings(
    model: &Model,
    displacement: &[Vec3],
    one_sided: &[f64],
    (point, axis): (&Point, &Vec3),
) -> Result<Vec<Crossing>, AssemblyError> {
    let plane = Plane::new(model, point, axis);
    let mut bodies: BTreeMap<usize, Wrench> = BTreeMap::new();
    let elements = Elements {
        mesh: &model.mesh,
        materials: &model.materials,
    };
    for (b, body) in model.bodies.iter().enumerate() {
        let mut sum = Wrench::zero();
        for e in body.elements.clone() {
            let nodes = model.mesh.element(e);
            if plane.parts(nodes) {
                let forces = elements.forces_of(e, displacement)?;
                plane.add(&mut sum, nodes, &forces, &model.mesh.nodes);
            }
        }
        bodies.insert(b, sum);
    }
    let beams = model.construct.beams.len();
    let (own, grips) = model
        .construct
        .systems
        .split_at(beams.min(model.construct.systems.len()));
    let ties = model.ties.iter().flat_map(|t| &t.systems);
    let membranes = model.membranes.iter().flat_map(|m| &m.systems);
    let others = ties
        .chain(membranes)
        .chain(&model.extra_systems)
        .chain(grips);
    for system in others.filter(|s| plane.parts(&s.nodes)) {
        let body = body_of(model, system);
        let sum = bodies.entry(body).or_insert_with(Wrench::zero);
        plane.add_system(sum, system, displacement, &model.mesh.nodes);
    }
    let mut found = Vec::new();
    for (b, wrench) in bodies {
        let name = model.bodies.get(b).map_or("", |body| body.name.as_str());
        found.push((name.to_owned(), wrench));
    }
    for part in &model.construct.parts {
        let mut sum = Wrench::zero();
        for system in own[part.beams.clone()]
            .iter()
            .filter(|s| plane.parts(&s.nodes))
        {
            plane.add_system(&mut sum, system, displacement, &model.mesh.nodes);
        }
        found.push((part.name.clone(), sum));
    }
    for (part, force) in model.one_sided.iter().zip(one_sided) {
        let (nodes, forces): (Vec<u32>, Vec<Vec3>) =
            part.column.iter().map(|(n, b)| (*n, *force * b)).unzip();
        let mut sum = Wrench::zero();
        plane.add(&mut sum, &nodes, &forces, &model.mesh.nodes);
        found.push((part.name.clone(), sum));
    }
    Ok(told(found))
}

/// The body that a system's first node belongs to.
fn body_of(model: &Model, system: &LocalSystem) -> usize {
    let first = system.nodes.first().map_or(0, |n| *n as usize);
    let own = model.bodies.iter().position(|b| b.nodes.contains(&first));
    own.unwrap_or(0)
}

/// The paths that carry something.
fn told(found: Vec<(String, Wrench)>) -> Vec<Crossing> {
    let all = found.iter().fold([0.0, 0.0], |[f, m], (_, w)| {
        [f + w.force.norm(), m + w.moment.norm()]
    });
    let carries =
        |w: &Wrench| w.force.norm() > NOTHING * all[0] || w.moment.norm() > NOTHING * all[1];
    let (kept, dropped): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, w)| carries(w));
    let mut kept: Vec<Crossing> = kept
        .into_iter()
        .map(|(name, wrench)| Crossing { name, wrench })
        .collect();
    let size = |c: &&mut Crossing| c.wrench.force.norm();
    let most = kept.iter_mut().max_by(|a, b| size(a).total_cmp(&size(b)));
    if let Some(most) = most {
        for (_, wrench) in dropped {
            most.wrench.force += wrench.force;
            most.wrench.moment += wrench.moment;
        }
    }
    kept
}

impl Plane {
    fn new(model: &Model, point: &Point, axis: &Vec3) -> Self {
        let nodes = &model.mesh.nodes;
        let mut turns = vec![false; nodes.len()];
        for n in model.construct.rotations() {
            turns[n as usize] = true;
        }
        Self {
            point: *point,
            above: nodes.iter().map(|p| (p - point).dot(axis) > 0.0).collect(),
            turns,
        }
    }

    /// Whether nodes stand on both sides.
    fn parts(&self, nodes: &[u32]) -> bool {
        let above = nodes.iter().filter(|n| self.above[**n as usize]).count();
        above > 0 && above < nodes.len()
    }

    /// Adds what nodes above put on something.
    fn add(&self, sum: &mut Wrench, nodes: &[u32], forces: &[Vec3], places: &[Point]) {
        for (&n, force) in nodes.iter().zip(forces) {
            let n = n as usize;
            if !self.above[n] {
                continue;
            }
            if self.turns[n] {
                sum.moment += TURN_MM * force;
            } else {
                sum.force += force;
                sum.moment += (places[n] - self.point).cross(force);
            }
        }
    }

    fn add_system(
        &self,
        sum: &mut Wrench,
        system: &LocalSystem,
        displacement: &[Vec3],
        places: &[Point],
    ) {
        self.add(sum, &system.nodes, &system.forces(displacement), places);
    }
}

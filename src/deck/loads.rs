//! What pushes in a step: forces, pressures and weight on the nodes of the mesh.

use std::collections::BTreeMap;

use super::error::DeckError;
use super::faces::face_rule;
use super::model::DeckModel;
use super::{Deck, StepData};
use crate::mesh::ElementKind;
use crate::tensor::{Vec3, Wrench};

impl DeckModel {
    /// Nodal forces of a step on all nodes of the mesh, N (N·mm at nodes of rotation).
    ///
    /// # Errors
    /// A load on a node that nothing holds.
    pub fn forces(&self, deck: &Deck, step: &StepData) -> Result<Vec<Vec3>, DeckError> {
        let mut force = vec![Vec3::zeros(); self.mesh.nodes.len()];
        self.concentrated(deck, step, &mut force)?;
        for (facet, pressure) in &step.pressure {
            self.add_pressure(*facet, *pressure, &mut force);
        }
        for gravity in &step.gravity {
            for &e in &gravity.elements {
                let section = &deck.sections[deck.section_of[e as usize] as usize];
                let density = deck.materials[section.material].density.unwrap_or(0.0);
                self.add_weight(e as usize, &(density * gravity.acceleration), &mut force);
            }
        }
        Ok(force)
    }

    fn concentrated(
        &self,
        deck: &Deck,
        step: &StepData,
        force: &mut [Vec3],
    ) -> Result<(), DeckError> {
        let mut wrenches: BTreeMap<u32, [f64; 6]> = BTreeMap::new();
        for (&dof, amount) in &step.forces {
            if self.couplings.contains_key(&dof.0) {
                wrenches.entry(dof.0).or_default()[dof.1 as usize] += amount.value;
                continue;
            }
            let (n, a) = self.node_dof(dof);
            let along = self.direction((n, a));
            let held = self.active.contains(&(n, a)) || step.boundary.contains_key(&dof);
            if !self.solid[n as usize] && !held {
                let label = deck.nodes.labels[dof.0 as usize];
                return Err(deck.texts.refuse(
                    amount.spot,
                    format!(
                        "node {label} is loaded along {}, but no element or coupling is there",
                        dof.1 + 1
                    ),
                ));
            }
            force[n as usize] += amount.value * along;
        }
        for (reference, w) in &wrenches {
            let wrench = Wrench {
                force: Vec3::new(w[0], w[1], w[2]),
                moment: Vec3::new(w[3], w[4], w[5]),
            };
            for (n, f) in self.couplings[reference].forces(&wrench) {
                force[n as usize] += f;
            }
        }
        Ok(())
    }

    /// −p ∫ N n dA over a face.
    fn add_pressure(&self, facet: crate::mesh::Facet, pressure: f64, force: &mut [Vec3]) {
        for (n, normal, _) in face_rule(&self.mesh, facet) {
            force[n as usize] -= pressure * normal;
        }
    }

    /// ∫ N b dV with the element's own rule.
    fn add_weight(&self, e: usize, body_force: &Vec3, force: &mut [Vec3]) {
        let nodes = self.mesh.element(e);
        match self.mesh.kind_of(e) {
            ElementKind::Tet4 => {
                let share = self.mesh.volume(e) / 4.0 * body_force;
                for &n in nodes {
                    force[n as usize] += share;
                }
            }
            ElementKind::Tet10 => {
                let straight = self.mesh.volume(e);
                let curved = self.curved.get(&(e as u32));
                for (q, l) in crate::element::tet10::POINTS.iter().enumerate() {
                    let volume = curved.map_or(straight, |placed| placed[q].volume);
                    for (&n, share) in nodes.iter().zip(crate::element::tet10::shape(l)) {
                        force[n as usize] += 0.25 * volume * share * body_force;
                    }
                }
            }
            _ => {
                let points = self.placed(e).map_or_else(|_| Vec::new(), |p| p.points);
                for point in &points {
                    for (&n, share) in nodes.iter().zip(point.values) {
                        force[n as usize] += point.volume * share * body_force;
                    }
                }
            }
        }
    }
}

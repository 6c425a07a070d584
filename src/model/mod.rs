//! What is solved: mesh, materials, loads, supports, ties, membranes, rods. Built from a case
//! (or a deck). Must not know how it is solved.

use std::ops::Range;

use crate::assembly::{LocalSystem, LowRank, MembraneSheet};
use crate::boundary::{Coupling, FixedDof, LoadCase};
use crate::contact::Tie;
use crate::fixation::Rod;
use crate::material::MaterialField;
use crate::mesh::TetMesh;

/// Where one body lies in the model's mesh.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyRange {
    /// Body name.
    pub name: String,
    /// Its elements.
    pub elements: Range<usize>,
    /// Its nodes.
    pub nodes: Range<usize>,
}

/// A linear elastostatic problem with several load cases.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name of the state ("intact", "fused").
    pub name: String,
    /// All bodies in one mesh; nodes are never shared between bodies.
    pub mesh: TetMesh,
    /// Bodies, in mesh order.
    pub bodies: Vec<BodyRange>,
    /// Elastic properties per element.
    pub materials: MaterialField,
    /// Membranes on the outside of bodies.
    pub membranes: Vec<MembraneSheet>,
    /// Ready-made local systems.
    pub extra_systems: Vec<LocalSystem>,
    /// Bonded interfaces.
    pub ties: Vec<Tie>,
    /// Rods.
    pub rods: Vec<Rod>,
    /// Fixed dofs.
    pub supports: Vec<FixedDof>,
    /// The loaded face, for its motion.
    pub loaded_face: Option<Coupling>,
    /// Load cases; all are solved on one factorisation.
    pub load_cases: Vec<LoadCase>,
}

impl Model {
    /// Low-rank terms of the global stiffness.
    pub fn low_rank(&self) -> impl Iterator<Item = &LowRank> {
        self.rods.iter().map(|r| &r.term)
    }

    /// All local systems: ready-made ones, membranes, ties.
    pub fn local_systems(&self) -> impl Iterator<Item = &LocalSystem> {
        let membranes = self.membranes.iter().flat_map(|m| &m.systems);
        let ties = self.ties.iter().flat_map(|t| &t.systems);
        self.extra_systems.iter().chain(membranes).chain(ties)
    }

    /// Number of dofs, fixed ones included.
    pub fn dof_count(&self) -> usize {
        3 * self.mesh.nodes.len()
    }
}

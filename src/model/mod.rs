//! What is solved: mesh, materials, loads, supports, ties, membranes, screws and rods, laws. Built from a case
//! (or a deck). Must not know how it is solved.

pub mod state;

use std::ops::Range;
use std::sync::Arc;

use crate::assembly::{Elements, Law, LocalSystem, MembraneSheet, Operator, Term};
use crate::boundary::{
    BoundaryError, Coupling, FixedDof, LoadCase, facet_centroid, fix_surface, select_surface,
};
use crate::contact::{Contact, Tie};
use crate::fixation::{Construct, OneSided};
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::tensor::{Elasticity, Wrench};

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

/// An interface that presses.
#[derive(Debug, Clone)]
pub struct TouchingFaces {
    /// Its number among the ties.
    pub tie: usize,
    /// What it does.
    pub contact: Arc<Contact>,
}

/// An elastostatic problem with several load cases, linear where no law is in it.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name of the state ("intact", "fused").
    pub name: String,
    /// All bodies in one mesh; nodes are never shared between bodies.
    pub mesh: Mesh,
    /// Bodies, in mesh order.
    pub bodies: Vec<BodyRange>,
    /// Elastic properties per element.
    pub materials: MaterialField,
    /// Membranes on the outside of bodies.
    pub membranes: Vec<MembraneSheet>,
    /// Ready-made local systems.
    pub extra_systems: Vec<LocalSystem>,
    /// Interfaces, bonded but for those among the contacts.
    pub ties: Vec<Tie>,
    /// Screws, rods and what joins them.
    pub construct: Construct,
    /// Cables and hooks, which act one way.
    pub one_sided: Vec<OneSided>,
    /// Interfaces that press instead of being bonded; their entry among the ties has no systems.
    pub contacts: Vec<TouchingFaces>,
    /// What else follows the displacement by a law of its own.
    pub laws: Vec<Arc<dyn Law>>,
    /// Fixed dofs.
    pub supports: Vec<FixedDof>,
    /// The loaded face, for its motion.
    pub loaded_face: Option<Coupling>,
    /// Load cases; without laws all are solved on one factorisation.
    pub load_cases: Vec<LoadCase>,
}

impl Model {
    /// One body "solid" that nothing holds or loads yet.
    pub fn solid(mesh: Mesh, materials: MaterialField) -> Self {
        let body = BodyRange {
            name: "solid".to_owned(),
            elements: 0..mesh.element_count(),
            nodes: 0..mesh.nodes.len(),
        };
        Self {
            name: body.name.clone(),
            bodies: vec![body],
            mesh,
            materials,
            membranes: Vec::new(),
            extra_systems: Vec::new(),
            ties: Vec::new(),
            construct: Construct::default(),
            one_sided: Vec::new(),
            contacts: Vec::new(),
            laws: Vec::new(),
            supports: Vec::new(),
            loaded_face: None,
            load_cases: Vec::new(),
        }
    }

    /// The same, of one elasticity everywhere.
    pub fn uniform(mesh: Mesh, elasticity: Elasticity) -> Self {
        let materials = MaterialField::uniform(elasticity, mesh.element_count());
        Self::solid(mesh, materials)
    }

    /// Gives the model and the body of the same name another name.
    pub fn named(mut self, name: &str) -> Self {
        for body in self.bodies.iter_mut().filter(|b| b.name == self.name) {
            name.clone_into(&mut body.name);
        }
        name.clone_into(&mut self.name);
        self
    }

    /// Says which bodies the mesh consists of, in mesh order.
    pub fn with_bodies(mut self, bodies: Vec<BodyRange>) -> Self {
        self.bodies = bodies;
        self
    }

    /// Adds supports.
    pub fn with_supports(mut self, supports: impl IntoIterator<Item = FixedDof>) -> Self {
        self.supports.extend(supports);
        self
    }

    /// Adds load cases.
    pub fn with_load_cases(mut self, cases: impl IntoIterator<Item = LoadCase>) -> Self {
        self.load_cases.extend(cases);
        self
    }

    /// Holds every node of the surface called `surface` along `axes` (a roller for one axis).
    ///
    /// # Errors
    /// No such surface, or one without facets.
    pub fn held(self, surface: &str, axes: &[u8]) -> Result<Self, BoundaryError> {
        let fixed = fix_surface(&self.mesh, surface, axes)?;
        Ok(self.with_supports(fixed))
    }

    /// Adds a load case: a wrench (N, N·mm) spread over the surface called `surface`, about its
    /// centroid. That surface is then the loaded face.
    ///
    /// # Errors
    /// No such surface, or one that cannot take a wrench.
    pub fn loaded(
        mut self,
        surface: &str,
        name: &str,
        wrench: Wrench,
    ) -> Result<Self, BoundaryError> {
        let facets = select_surface(&self.mesh, surface)?;
        let (_, centroid) = facet_centroid(&self.mesh, facets)?;
        let coupling = Coupling::on_surface(&self.mesh, facets, centroid)?;
        self.load_cases.push(coupling.load_case(name, wrench, true));
        self.loaded_face = Some(coupling);
        Ok(self)
    }

    /// Everything in the model that pushes back.
    pub fn operator(&self) -> Operator<'_> {
        let elements = Elements {
            mesh: &self.mesh,
            materials: &self.materials,
        };
        let mut others = vec![Term::Systems(&self.extra_systems)];
        others.extend(self.membranes.iter().map(|m| Term::Systems(&m.systems)));
        others.extend(self.ties.iter().map(|t| Term::Systems(&t.systems)));
        others.push(Term::Systems(&self.construct.systems));
        others.extend(self.contacts.iter().map(|c| Term::Law(c.contact.as_ref())));
        others.extend(self.laws.iter().map(|law| Term::Law(law.as_ref())));
        Operator::new(elements, others)
    }

    /// Number of dofs, fixed ones included.
    pub fn dof_count(&self) -> usize {
        3 * self.mesh.nodes.len()
    }
}

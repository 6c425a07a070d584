//! Everything that pushes back, as one sum of terms: each offers the nodes that it joins, its force
//! at a displacement, and its tangent in the form in which the matrix takes it.

use super::elements::Elements;
use super::gather::{Assembled, Pattern};
use super::law::{Law, State, Trial};
use super::{AssemblyError, LocalSystem};
use crate::tensor::Vec3;

/// A contribution to the system, by the way its tangent goes.
#[derive(Debug, Clone, Copy)]
pub enum Term<'a> {
    /// Elements: constant, integrated while the matrix is gathered and stored nowhere.
    Elements(Elements<'a>),
    /// Membranes, ties, ready-made systems: constant, gathered with the elements.
    Systems(&'a [LocalSystem]),
    /// What follows the displacement: filled into the matrix anew in every step.
    Law(&'a dyn Law),
}

impl Term<'_> {
    /// Shows the nodes that each of its parts joins.
    pub fn each_part(&self, mut join: impl FnMut(&[u32])) {
        match self {
            Self::Elements(Elements { mesh, .. }) => {
                (0..mesh.element_count()).for_each(|e| join(mesh.element(e)));
            }
            Self::Systems(systems) => systems.iter().for_each(|s| join(&s.nodes)),
            Self::Law(law) => law.pieces().iter().for_each(|nodes| join(nodes)),
        }
    }

    /// Adds the nodal forces (N) that hold the nodal displacements `u` (mm); a law adds none.
    fn add_linear_force(&self, u: &[Vec3], force: &mut [Vec3]) -> Result<(), AssemblyError> {
        match self {
            Self::Elements(elements) => elements.add_force(u, force)?,
            Self::Systems(systems) => systems.iter().for_each(|s| s.add_force(u, force)),
            Self::Law(_) => {}
        }
        Ok(())
    }
}

/// The sum of all terms, on all dofs, no constraint.
#[derive(Debug, Clone)]
pub struct Operator<'a> {
    elements: Elements<'a>,
    others: Vec<Term<'a>>,
}

impl<'a> Operator<'a> {
    /// Elements, whose mesh has all the nodes, and what is on them beside.
    pub fn new(elements: Elements<'a>, others: Vec<Term<'a>>) -> Self {
        Self { elements, others }
    }

    /// All terms, the elements first.
    pub fn terms(&self) -> impl Iterator<Item = Term<'a>> {
        std::iter::once(Term::Elements(self.elements)).chain(self.others.iter().copied())
    }

    /// The terms that follow the displacement.
    pub fn laws(&self) -> impl Iterator<Item = &'a dyn Law> {
        self.terms().filter_map(|term| match term {
            Term::Law(law) => Some(law),
            _ => None,
        })
    }

    /// The matrix of all constant terms in it, with room for the laws' tangents; dofs with
    /// `fixed[node][axis]` are eliminated on both sides.
    ///
    /// # Errors
    /// [`AssemblyError`] where an element is inverted, a term does not fit the mesh, or an entry is not
    /// finite.
    pub fn assemble(&self, fixed: &[[bool; 3]]) -> Result<Assembled, AssemblyError> {
        let systems = self.others.iter().flat_map(|term| match term {
            Term::Systems(systems) => *systems,
            _ => &[],
        });
        let systems: Vec<&LocalSystem> = systems.collect();
        let pieces = self.laws().flat_map(|law| law.pieces());
        let pieces: Vec<&[u32]> = pieces.map(Vec::as_slice).collect();
        let Elements { mesh, materials } = self.elements;
        Pattern::with_room(mesh, &systems, &pieces, fixed)?.fill(materials)
    }

    /// Nodal forces (N) with which the constant terms hold the nodal displacements `u` (mm).
    ///
    /// # Errors
    /// [`AssemblyError::Element`] for an inverted element.
    pub fn linear_forces(&self, u: &[Vec3]) -> Result<Vec<Vec3>, AssemblyError> {
        let mut force = vec![Vec3::zeros(); u.len()];
        for term in self.terms() {
            term.add_linear_force(u, &mut force)?;
        }
        Ok(force)
    }

    /// Adds the nodal forces (N) of the laws at the nodal displacements `u` (mm).
    ///
    /// # Errors
    /// [`AssemblyError::State`] where `state` is not one list a law.
    pub fn add_law_forces(
        &self,
        u: &[Vec3],
        state: &[Vec<f64>],
        force: &mut [Vec3],
    ) -> Result<(), AssemblyError> {
        let expected = self.laws().count();
        if state.len() != expected {
            let found = state.len();
            return Err(AssemblyError::State { found, expected });
        }
        for (law, state) in self.laws().zip(state) {
            let trial = Trial {
                displacement: u,
                state,
            };
            let mut held = Vec::new();
            for (piece, nodes) in law.pieces().iter().enumerate() {
                held.clear();
                held.resize(nodes.len(), Vec3::zeros());
                law.force(piece, trial, &mut held);
                for (&n, f) in nodes.iter().zip(&held) {
                    force[n as usize] += f;
                }
            }
        }
        Ok(())
    }

    /// Nodal forces (N) that hold the nodal displacements `u` (mm), the laws remembering `state`.
    ///
    /// # Errors
    /// [`AssemblyError::Element`] for an inverted element, [`AssemblyError::State`] where `state` is not
    /// one list a law.
    pub fn forces(&self, u: &[Vec3], state: &[Vec<f64>]) -> Result<Vec<Vec3>, AssemblyError> {
        let mut force = self.linear_forces(u)?;
        self.add_law_forces(u, state, &mut force)?;
        Ok(force)
    }

    /// What the laws remember before anything has moved.
    pub fn initial_state(&self) -> State {
        self.laws().map(|law| law.initial_state()).collect()
    }

    /// Moves the laws' trial state on to the nodal displacements `u` (mm).
    pub fn update(&self, u: &[Vec3], accepted: &State, trial: &mut State) {
        for ((law, accepted), trial) in self.laws().zip(accepted).zip(trial) {
            law.update(u, accepted, trial);
        }
    }
}

//! A state of a case as a model: which of the model's bodies and ties is which of the case's.

use std::sync::Arc;

use super::{BodyRange, Model, TouchingFaces};
use crate::case::{BodyId, StatePlan};
use crate::contact::{ContactError, Tie};
use crate::fixation::FixationError;
use crate::material::MaterialField;
use crate::material::field::concatenate;

/// A state ready to solve, with what the findings need to know of it.
pub struct BuiltState {
    /// What it is. The model's bodies are the plan's, its ties the plan's joins, in their order.
    pub plan: StatePlan,
    /// The model.
    pub model: Model,
}

/// Why a state cannot have other materials.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StateError {
    /// A tie of theirs.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// A screw in them.
    #[error(transparent)]
    Fixation(#[from] FixationError),
}

impl BuiltState {
    /// The same state with other materials, one field a body in the model's order: meshes, tied
    /// faces, membranes, supports and loads stay; screws hold on the other bone.
    ///
    /// # Errors
    /// A material that gives no stable tie, or leaves a beam without stiffness.
    pub fn with_materials(&self, fields: &[MaterialField]) -> Result<Self, StateError> {
        let model = &self.model;
        let materials = concatenate(fields);
        let (ties, contacts) = interfaces(model, &materials)?;
        let construct = model.construct.clone().in_bone(&model.mesh, &materials)?;
        Ok(Self {
            plan: self.plan.clone(),
            model: Model {
                name: model.name.clone(),
                mesh: model.mesh.clone(),
                bodies: model.bodies.clone(),
                materials,
                membranes: model.membranes.clone(),
                extra_systems: model.extra_systems.clone(),
                ties,
                construct,
                one_sided: model.one_sided.clone(),
                contacts,
                laws: model.laws.clone(),
                supports: model.supports.clone(),
                loaded_face: model.loaded_face.clone(),
                load_cases: model.load_cases.clone(),
            },
        })
    }

    /// Where a body lies in the model's mesh, if it is part of the state.
    pub fn body(&self, role: BodyId) -> Option<&BodyRange> {
        body_of(&self.plan, &self.model.bodies, role)
    }
}

/// A model's interfaces between other materials.
fn interfaces(
    model: &Model,
    materials: &MaterialField,
) -> Result<(Vec<Tie>, Vec<TouchingFaces>), ContactError> {
    let ties = model.ties.iter();
    let mut ties: Vec<Tie> = ties
        .map(|tie| tie.with_materials(&model.mesh, materials))
        .collect::<Result<_, _>>()?;
    let mut contacts = Vec::with_capacity(model.contacts.len());
    for TouchingFaces { tie, contact } in &model.contacts {
        let pressing = contact.with_materials(&mut ties[*tie], &model.mesh, materials)?;
        contacts.push(TouchingFaces {
            tie: *tie,
            contact: Arc::new(pressing),
        });
    }
    Ok((ties, contacts))
}

/// The range of the body that is `role`.
pub fn body_of<'a>(
    plan: &StatePlan,
    bodies: &'a [BodyRange],
    role: BodyId,
) -> Option<&'a BodyRange> {
    let k = plan.present.iter().position(|r| *r == role)?;
    bodies.get(k)
}

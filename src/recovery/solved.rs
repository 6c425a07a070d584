//! A solved state: of each load case the solution and what is recovered from it, each once.

use super::beam::PartForces;
use super::fields::element_fields;
use super::interface::{interface_tractions, pressing_tractions};
use super::{ElementFields, TractionPoint};
use crate::analysis::{CaseSolution, Solution};
use crate::boundary::LoadCase;
use crate::contact::unilateral::ContactPoint;
use crate::fixation::FixationError;
use crate::model::Model;
use crate::model::state::BuiltState;

/// One load case, solved.
pub struct SolvedCase {
    /// The load.
    pub load: LoadCase,
    /// Displacements, and what the solver said.
    pub solution: CaseSolution,
    /// Fields of the elements.
    pub fields: ElementFields,
    /// Tractions at the points of each tie.
    pub tractions: Vec<Vec<TractionPoint>>,
    /// The points of each tie that presses, as they are; none of what is bonded.
    pub contacts: Vec<Vec<ContactPoint>>,
    /// Forces of each part of the construct.
    pub fixation: Vec<PartForces>,
}

/// The points of each tie that presses, under a load case.
fn touching(model: &Model, solution: &CaseSolution) -> Vec<Vec<ContactPoint>> {
    let mut found = vec![Vec::new(); model.ties.len()];
    for (faces, state) in model.contacts.iter().zip(&solution.state) {
        found[faces.tie] = faces.contact.at(&solution.displacement, state);
    }
    found
}

/// A solved state with its recovered fields.
pub struct SolvedState {
    /// The state and its model.
    pub built: BuiltState,
    /// Its load cases, in the model's order.
    pub cases: Vec<SolvedCase>,
}

impl SolvedState {
    /// Recovers the fields of a solution.
    ///
    /// # Errors
    /// A beam without stiffness.
    pub fn recover(built: BuiltState, solution: Solution) -> Result<Self, FixationError> {
        let loads = built.model.load_cases.iter();
        let cases = loads.zip(solution.cases).map(|(load, solution)| {
            let model = &built.model;
            let displacement = &solution.displacement;
            let contacts = touching(model, &solution);
            let tractions = model.ties.iter().zip(&contacts);
            let tractions = tractions.map(|(tie, pressing)| match pressing.is_empty() {
                true => interface_tractions(model, tie, displacement),
                false => pressing_tractions(tie, pressing),
            });
            let parts = 0..model.construct.parts.len();
            let of_part = |part| PartForces::of(&model.construct, part, displacement);
            Ok(SolvedCase {
                load: load.clone(),
                fields: element_fields(model, displacement),
                tractions: tractions.collect(),
                contacts,
                fixation: parts.map(of_part).collect::<Result<_, _>>()?,
                solution,
            })
        });
        let cases = cases.collect::<Result<_, _>>()?;
        Ok(Self { built, cases })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.built.model.name
    }

    /// What rows call a load case of this state.
    pub fn at<'a>(&'a self, case: &'a SolvedCase) -> (&'a str, &'a str) {
        (self.name(), &case.load.name)
    }

    /// Numbers of the ties between the implant, or its grafts, and bone.
    pub fn implant_seats(&self) -> Vec<usize> {
        let joins = self.built.plan.joins.iter().enumerate();
        joins
            .filter(|(_, join)| join.implant_on_bone().is_some())
            .map(|(t, _)| t)
            .collect()
    }
}

//! A solved state: of each load case the solution and what is recovered from it, each once.

use super::fields::element_fields;
use super::interface::interface_tractions;
use super::rod::{RodForces, rod_forces};
use super::{ElementFields, TractionPoint};
use crate::analysis::{CaseSolution, Solution};
use crate::boundary::LoadCase;
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
    /// Forces of each rod.
    pub fixation: Vec<RodForces>,
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
    pub fn recover(built: BuiltState, solution: Solution) -> Self {
        let loads = built.model.load_cases.iter();
        let cases = loads.zip(solution.cases).map(|(load, solution)| {
            let model = &built.model;
            let displacement = &solution.displacement;
            let at_tie = |tie| interface_tractions(model, tie, displacement);
            let sections = built.rod_section.iter().cycle();
            let of_rod = |(rod, section)| rod_forces(rod, section, displacement);
            SolvedCase {
                load: load.clone(),
                fields: element_fields(model, displacement),
                tractions: model.ties.iter().map(at_tie).collect(),
                fixation: model.rods.iter().zip(sections).map(of_rod).collect(),
                solution,
            }
        });
        let cases = cases.collect();
        Self { built, cases }
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

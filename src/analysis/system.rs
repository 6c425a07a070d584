//! From a model to vectors and back: what is fixed, what pushes, what the factor says.

use super::{AnalysisError, AnalysisSettings, check};
use crate::assembly::{Assembled, Numbering, Operator, rows};
use crate::boundary::LoadCase;
use crate::fixation::construct::TURN_MM;
use crate::model::Model;
use crate::progress::Progress;
use crate::solver::cg::Stop;
use crate::solver::{self, Geometry, Problem, Settings, Solved, SolverError};
use crate::tensor::Vec3;

/// Which dofs are fixed, and the displacements prescribed there (zero elsewhere), mm.
pub(super) fn constraints(model: &Model) -> (Vec<[bool; 3]>, Vec<Vec3>) {
    let mut fixed = vec![[false; 3]; model.mesh.nodes.len()];
    let mut prescribed = vec![Vec3::zeros(); model.mesh.nodes.len()];
    for support in &model.supports {
        let (n, a) = (support.node as usize, support.axis as usize);
        fixed[n][a] = true;
        prescribed[n][a] = support.value;
    }
    (fixed, prescribed)
}

/// A model ready to be solved.
pub(super) struct System<'a> {
    pub model: &'a Model,
    /// Everything that pushes back.
    pub operator: &'a Operator<'a>,
    /// Displacements prescribed at fixed dofs, zero elsewhere, mm.
    pub prescribed: &'a [Vec3],
    pub settings: &'a AnalysisSettings,
    pub progress: &'a dyn Progress,
}

impl System<'_> {
    /// What the constant terms ask of the nodes at the prescribed displacements, N.
    pub fn pull(&self) -> Result<Vec<Vec3>, AnalysisError> {
        if self.prescribed.iter().all(|u| *u == Vec3::zeros()) {
            return Ok(vec![Vec3::zeros(); self.prescribed.len()]);
        }
        let pull = self.operator.linear_forces(self.prescribed);
        pull.map_err(|e| check::at_body(self.model, e))
    }

    /// Nodal forces (N) of a load case, less what the prescribed displacements pull.
    pub fn unbalanced(
        &self,
        case: &LoadCase,
        numbering: &Numbering,
        pull: &[Vec3],
    ) -> Result<Vec<Vec3>, AnalysisError> {
        let mut nodal: Vec<Vec3> = pull.iter().map(|f| -f).collect();
        for &(n, f) in &case.forces {
            let held = numbering.fixed(n as usize) == [true; 3];
            if numbering.row(n).is_none() && !held && f != Vec3::zeros() {
                return Err(AnalysisError::BadValue {
                    what: format!("the force of load case {}", case.name),
                    node: n,
                    value: "on a node that no element uses".to_string(),
                });
            }
            nodal[n as usize] += f;
        }
        Ok(nodal)
    }

    /// Replaces right-hand sides by solutions; conjugate gradients end at `stop`.
    pub fn solve(
        &self,
        assembled: &Assembled,
        vectors: &mut [Vec<f64>],
        stop: Stop,
    ) -> Result<Solved, AnalysisError> {
        let (model, numbering) = (self.model, &assembled.numbering);
        let geometry = || Geometry {
            positions: rows::positions(&model.mesh, numbering),
            parents: rows::parents(&model.mesh, numbering),
            turns: rows::turns(&model.construct.rotations(), TURN_MM, numbering),
            periods: Vec::new(),
        };
        let problem = Problem {
            name: &model.name,
            matrix: &assembled.matrix,
            free_dofs: numbering.free_dof_count(),
            geometry: &geometry,
        };
        let settings = Settings {
            method: self.settings.method,
            stop,
            memory_limit: self.settings.memory_limit,
            accuracy: self.settings.accuracy,
        };
        solver::solve(&problem, vectors, &settings, self.progress)
            .map_err(|e| name_pivot(model, assembled, e))
    }
}

/// A failed pivot is a place in a body.
fn name_pivot(model: &Model, assembled: &Assembled, error: SolverError) -> AnalysisError {
    match error {
        SolverError::NotPositiveDefinite { row } => AnalysisError::Singular {
            place: check::node_place(model, assembled.numbering.node(row / 3)),
        },
        other => AnalysisError::Solver(other),
    }
}

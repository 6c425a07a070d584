//! From a model to vectors and back: what is fixed, what pushes, what the factor says.

use super::{AnalysisError, AnalysisSettings, check};
use crate::assembly::{Assembled, LowRank, Operator, ReducedTerm, rows};
use crate::model::Model;
use crate::progress::Progress;
use crate::solver::{self, Geometry, Problem, Settings, Solved, SolverError};
use crate::tensor::Vec3;

/// Everything in the model that has stiffness.
pub(super) fn operator(model: &Model) -> Operator<'_> {
    Operator {
        mesh: &model.mesh,
        materials: &model.materials,
        systems: model.local_systems().collect(),
        terms: model.low_rank().collect(),
    }
}

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

/// One reduced right-hand side per load case: loads less what the prescribed displacements pull.
pub(super) fn right_hand_sides(
    model: &Model,
    operator: &Operator,
    assembled: &Assembled,
    prescribed: &[Vec3],
) -> Result<Vec<Vec<f64>>, AnalysisError> {
    let numbering = &assembled.numbering;
    let moved = prescribed.iter().any(|u| *u != Vec3::zeros());
    let pull = if moved {
        operator
            .forces(prescribed)
            .map_err(|e| check::at_body(model, e))?
    } else {
        vec![Vec3::zeros(); prescribed.len()]
    };
    model
        .load_cases
        .iter()
        .map(|case| {
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
            Ok(numbering.reduce(&nodal))
        })
        .collect()
}

/// Replaces the right-hand sides by solutions.
pub(super) fn solve(
    model: &Model,
    assembled: &Assembled,
    terms: &[&LowRank],
    vectors: &mut [Vec<f64>],
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Solved, AnalysisError> {
    let numbering = &assembled.numbering;
    let terms: Vec<ReducedTerm> = terms
        .iter()
        .map(|t| numbering.reduce_term(t))
        .collect::<Result<_, _>>()
        .map_err(|e| check::at_body(model, e))?;
    let geometry = || Geometry {
        positions: rows::positions(&model.mesh, numbering),
        parents: rows::parents(&model.mesh, numbering),
        periods: Vec::new(),
    };
    let problem = Problem {
        name: &model.name,
        matrix: &assembled.matrix,
        terms: &terms,
        free_dofs: numbering.free_dof_count(),
        geometry: &geometry,
    };
    let settings = Settings {
        method: settings.method,
        stop: settings.stop,
        memory_limit: settings.memory_limit,
        accuracy: settings.accuracy,
    };
    solver::solve(&problem, vectors, &settings, progress)
        .map_err(|e| name_pivot(model, assembled, e))
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

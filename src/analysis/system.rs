//! From a model to vectors and back: what is fixed, what pushes, what the factor says.

use std::time::Instant;

use super::{AnalysisError, AnalysisSettings, check};
use crate::assembly::{Assembled, Operator, ReducedTerm, rows};
use crate::model::Model;
use crate::progress::Progress;
use crate::solver::cg::{self, System};
use crate::solver::choice::{Method, Prediction};
use crate::solver::cholesky::Cholesky;
use crate::solver::low_rank::{Corrected, Terms};
use crate::solver::multigrid::{Hierarchy, Rows, Settings as Multigrid};
use crate::solver::refine::{self, Quality};
use crate::solver::{Backend, SolverError, available_bytes};
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

/// What came out of the solver beside the vectors.
pub(super) struct Solved {
    /// One entry per load case.
    pub quality: Vec<Quality>,
    /// Bytes of matrix, factor or multigrid, and vectors at the peak.
    pub peak_bytes: u64,
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Why this method.
    pub reason: String,
}

/// Replaces the right-hand sides by solutions; what the solver built is gone when it returns.
pub(super) fn solve(
    model: &Model,
    assembled: &Assembled,
    vectors: &mut [Vec<f64>],
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Solved, AnalysisError> {
    let matrix = &assembled.matrix;
    if matrix.row_count() == 0 || vectors.is_empty() {
        let nothing = Quality {
            steps: 0,
            true_residual: 0.0,
            backward_error: 0.0,
        };
        return Ok(Solved {
            quality: vec![nothing; vectors.len()],
            peak_bytes: matrix.bytes(),
            method: "cholesky",
            reason: "there is nothing to solve".to_owned(),
        });
    }
    let terms: Vec<ReducedTerm> = model
        .low_rank()
        .map(|t| assembled.numbering.reduce_term(t))
        .collect::<Result<_, _>>()
        .map_err(|e| check::at_body(model, e))?;
    let task = Task {
        model,
        assembled,
        terms: &terms,
        settings,
        progress,
    };
    let usable = || available_bytes().map(|b| (USABLE * b as f64) as u64);
    let allowed = settings.memory_limit.or_else(usable);
    let prediction = Prediction::new(matrix, vectors.len());
    let threads = rayon::current_num_threads();
    let (method, reason) = prediction.choose(settings.method, threads, allowed);
    if method == Method::Cholesky {
        progress.note(&format!("{}: sparse Cholesky; {reason}", model.name));
        return task.factor_and_solve(vectors, reason);
    }
    progress.note(&format!("{}: conjugate gradients; {reason}", model.name));
    prediction.admit_multigrid(allowed)?;
    let given = (settings.method == Method::Auto).then(|| vectors.to_vec());
    match (task.iterate(vectors, reason), given) {
        (Err(AnalysisError::Solver(stalled @ SolverError::Stalled { .. })), Some(given)) => {
            vectors.clone_from_slice(&given);
            progress.note(&format!(
                "{}: {stalled}; sparse Cholesky instead",
                model.name
            ));
            task.factor_and_solve(vectors, format!("conjugate gradients gave up: {stalled}"))
        }
        (end, _) => end,
    }
}

/// Share of the available memory that a solver may take.
const USABLE: f64 = 0.9;

/// One assembled model to be solved.
struct Task<'a> {
    model: &'a Model,
    assembled: &'a Assembled,
    terms: &'a [ReducedTerm],
    settings: &'a AnalysisSettings,
    progress: &'a dyn Progress,
}

impl Task<'_> {
    /// Multigrid once, then all load cases side by side.
    fn iterate(&self, vectors: &mut [Vec<f64>], reason: String) -> Result<Solved, AnalysisError> {
        let (model, matrix) = (self.model, &self.assembled.matrix);
        let clock = Instant::now();
        let numbering = &self.assembled.numbering;
        let places = rows::positions(&model.mesh, numbering);
        let between = rows::parents(&model.mesh, numbering);
        let known = Rows {
            positions: &places,
            parents: &between,
            periods: &[],
        };
        let backend = Cholesky {
            memory_limit: self.settings.memory_limit,
        };
        let pivot = |e| name_pivot(model, self.assembled, e);
        let hierarchy =
            Hierarchy::new(matrix, known, &backend, Multigrid::default()).map_err(pivot)?;
        self.progress.advance();
        let preconditioner = hierarchy.factor().map_err(pivot)?;
        let setup = clock.elapsed().as_secs_f64();
        let terms = Terms(self.terms);
        let preconditioner = Corrected::new(&hierarchy, preconditioner, terms)?;
        let system = System {
            matrix,
            terms,
            preconditioner: &preconditioner,
        };
        let settings = self.settings;
        let quality = cg::solve(&system, vectors, &settings.stop, &settings.accuracy)?;
        let most = quality.iter().map(|q| q.steps).max().unwrap_or(0);
        let levels: Vec<String> = hierarchy.sizes().iter().map(|s| s.0.to_string()).collect();
        self.progress.note(&format!(
            "{}: {} dofs, multigrid of {} block rows, {:.2} GB; setup {setup:.1} s, {} load cases in \
             at most {most} iterations {:.1} s",
            model.name,
            numbering.free_dof_count(),
            levels.join(" → "),
            1e-9 * hierarchy.bytes() as f64,
            vectors.len(),
            clock.elapsed().as_secs_f64() - setup,
        ));
        let vector_bytes = (VECTORS * vectors.len() * 3 * matrix.row_count() * 8) as u64;
        Ok(Solved {
            quality,
            peak_bytes: matrix.bytes() + hierarchy.bytes() + vector_bytes,
            method: "cg",
            reason,
        })
    }

    /// Factors the matrix, replaces the right-hand sides by solutions, and lets the factor go.
    fn factor_and_solve(
        &self,
        vectors: &mut [Vec<f64>],
        reason: String,
    ) -> Result<Solved, AnalysisError> {
        let Self {
            model,
            assembled,
            terms,
            settings,
            progress,
        } = self;
        let matrix = &assembled.matrix;
        let backend = Cholesky {
            memory_limit: settings.memory_limit,
        };
        let clock = Instant::now();
        let symbolic = backend.analyse(matrix)?;
        let analysed = clock.elapsed().as_secs_f64();
        progress.advance();
        let factor = symbolic
            .factor(matrix)
            .map_err(|e| name_pivot(model, assembled, e))?;
        let factored = clock.elapsed().as_secs_f64();
        let quality = refine::solve(matrix, terms, factor.as_ref(), vectors, &settings.accuracy)?;
        progress.note(&format!(
            "{}: {} dofs, factor {:.2} GB, {:.0} Gflop; ordering {:.1} s, factor {:.1} s, \
         {} load cases {:.1} s",
            model.name,
            assembled.numbering.free_dof_count(),
            1e-9 * symbolic.factor_bytes() as f64,
            1e-9 * symbolic.flops(),
            analysed,
            factored - analysed,
            vectors.len(),
            clock.elapsed().as_secs_f64() - factored,
        ));
        // Right-hand sides are held twice while they are solved together, once more as given; Z of
        // the low-rank terms beside them.
        let columns = 3 * vectors.len() + terms.iter().map(|t| t.columns.len()).sum::<usize>();
        let vectors = (columns * 3 * matrix.row_count() * size_of::<f64>()) as u64;
        Ok(Solved {
            quality,
            peak_bytes: matrix.bytes() + symbolic.peak_bytes() + vectors,
            method: "cholesky",
            reason,
        })
    }
}

/// Vectors of f64 length per right-hand side while conjugate gradients run.
const VECTORS: usize = 10;

/// A failed pivot is a place in a body.
fn name_pivot(model: &Model, assembled: &Assembled, error: SolverError) -> AnalysisError {
    match error {
        SolverError::NotPositiveDefinite { row } => AnalysisError::Singular {
            place: check::node_place(model, assembled.numbering.node(row / 3)),
        },
        other => AnalysisError::Solver(other),
    }
}

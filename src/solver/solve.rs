//! The one solve: predicts, chooses, admits, iterates or factors, and turns to the factor where
//! conjugate gradients stall. What it builds is gone when it returns.

use std::time::Instant;

use super::cg::{self, Stop, System};
use super::choice::{Method, Prediction, Solver};
use super::cholesky::Cholesky;
use super::multigrid::{Hierarchy, Rows, Settings as Multigrid};
use super::refine::{self, Accuracy, Quality};
use super::{Backend, SolverError, allowed_bytes};
use crate::progress::Progress;
use crate::sparse::BlockMatrix;

/// How to solve.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settings {
    /// Which solver.
    pub method: Method,
    /// When conjugate gradients end.
    pub stop: Stop,
    /// Bytes the solver may use; what the system says is available where `None`.
    pub memory_limit: Option<u64>,
    /// Accuracy of the solution.
    pub accuracy: Accuracy,
}

/// A system, and what is known of its rows.
pub struct Problem<'a> {
    /// What it is called in notes.
    pub name: &'a str,
    /// Its matrix.
    pub matrix: &'a BlockMatrix,
    /// Unknowns: rows of the matrix that are not fixed.
    pub free_dofs: usize,
    /// What multigrid asks of the rows, made only where it runs.
    pub geometry: &'a (dyn Fn() -> Geometry + 'a),
}

/// The rows' geometry: see [`Rows`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry {
    /// Position of each row.
    pub positions: Vec<[f64; 3]>,
    /// The two rows each row lies between.
    pub parents: Vec<[u32; 2]>,
    /// The rows that are rotations, each with the length that multiplies it.
    pub turns: Vec<(u32, f64)>,
    /// Translations from a row to its copies; empty for a body that is not periodic.
    pub periods: Vec<[f64; 3]>,
}

/// What comes out of the solver beside the vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// One entry per right-hand side.
    pub quality: Vec<Quality>,
    /// Bytes of matrix, factor or multigrid, and vectors at the peak.
    pub peak_bytes: u64,
    /// "cholesky" or "cg".
    pub method: &'static str,
    /// Why this method.
    pub reason: String,
    /// Whether conjugate gradients were chosen, stalled, and the factor took their place.
    pub fell_back: bool,
}

impl Solved {
    /// Of a system without rows, or of right-hand sides that are all nothing.
    pub fn nothing(matrix: &BlockMatrix, columns: usize) -> Self {
        let nothing = Quality {
            steps: 0,
            true_residual: 0.0,
            backward_error: 0.0,
        };
        Self {
            quality: vec![nothing; columns],
            peak_bytes: matrix.bytes(),
            method: Solver::Cholesky.name(),
            reason: "there is nothing to solve".to_owned(),
            fell_back: false,
        }
    }
}

/// Replaces the right-hand sides by solutions.
///
/// With [`Method::Auto`] a stall of conjugate gradients is answered by sparse Cholesky on the sides
/// as they were given; asked for by name, it is an error.
///
/// # Errors
/// [`SolverError`]: too little memory, a matrix that is not positive definite, a solution that is not
/// accurate.
pub fn solve(
    problem: &Problem<'_>,
    vectors: &mut [Vec<f64>],
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Solved, SolverError> {
    let (matrix, name) = (problem.matrix, problem.name);
    if matrix.row_count() == 0 || vectors.is_empty() {
        return Ok(Solved::nothing(matrix, vectors.len()));
    }
    let task = Task {
        problem,
        settings,
        progress,
    };
    let allowed = allowed_bytes(settings.memory_limit);
    let prediction = Prediction::new(matrix, vectors.len());
    let threads = rayon::current_num_threads();
    let (solver, reason) = prediction.choose(settings.method, threads, allowed);
    if solver == Solver::Cholesky {
        progress.note(&format!("{name}: sparse Cholesky; {reason}"));
        return task.factor_and_solve(vectors, reason);
    }
    progress.note(&format!("{name}: conjugate gradients; {reason}"));
    prediction.admit_multigrid(allowed)?;
    let given = (settings.method == Method::Auto).then(|| vectors.to_vec());
    match (task.iterate(vectors, reason), given) {
        (Err(stalled @ SolverError::Stalled { .. }), Some(given)) => {
            vectors.clone_from_slice(&given);
            progress.note(&format!("{name}: {stalled}; sparse Cholesky instead"));
            let reason = format!("conjugate gradients gave up: {stalled}");
            let solved = task.factor_and_solve(vectors, reason)?;
            Ok(Solved {
                fell_back: true,
                ..solved
            })
        }
        (end, _) => end,
    }
}

/// One problem on its way.
struct Task<'a> {
    problem: &'a Problem<'a>,
    settings: &'a Settings,
    progress: &'a dyn Progress,
}

impl Task<'_> {
    fn backend(&self) -> Cholesky {
        Cholesky {
            memory_limit: self.settings.memory_limit,
        }
    }

    /// Multigrid once, then all right-hand sides side by side.
    fn iterate(&self, vectors: &mut [Vec<f64>], reason: String) -> Result<Solved, SolverError> {
        let matrix = self.problem.matrix;
        let clock = Instant::now();
        let geometry = (self.problem.geometry)();
        let known = Rows {
            positions: &geometry.positions,
            parents: &geometry.parents,
            turns: &geometry.turns,
            periods: &geometry.periods,
        };
        let hierarchy = Hierarchy::new(matrix, known, &self.backend(), Multigrid::default())?;
        self.progress.advance();
        let preconditioner = hierarchy.factor()?;
        let setup = clock.elapsed().as_secs_f64();
        let system = System {
            matrix,
            hierarchy: &hierarchy,
            preconditioner: &preconditioner,
        };
        let settings = self.settings;
        let quality = cg::solve(&system, vectors, &settings.stop, &settings.accuracy)?;
        let most = quality.iter().map(|q| q.steps).max().unwrap_or(0);
        let levels: Vec<String> = hierarchy.sizes().iter().map(|s| s.0.to_string()).collect();
        self.progress.note(&format!(
            "{}: {} dofs, multigrid of {} block rows, {:.2} GB; setup {setup:.1} s, {} load cases in \
             at most {most} iterations {:.1} s",
            self.problem.name,
            self.problem.free_dofs,
            levels.join(" → "),
            1e-9 * hierarchy.bytes() as f64,
            vectors.len(),
            clock.elapsed().as_secs_f64() - setup,
        ));
        let vector_bytes = (VECTORS * vectors.len() * 3 * matrix.row_count() * 8) as u64;
        Ok(Solved {
            quality,
            peak_bytes: matrix.bytes() + hierarchy.bytes() + vector_bytes,
            method: Solver::Cg.name(),
            reason,
            fell_back: false,
        })
    }

    /// Factors the matrix, replaces the right-hand sides by solutions, and lets the factor go.
    fn factor_and_solve(
        &self,
        vectors: &mut [Vec<f64>],
        reason: String,
    ) -> Result<Solved, SolverError> {
        let matrix = self.problem.matrix;
        let clock = Instant::now();
        let symbolic = self.backend().analyse(matrix)?;
        let analysed = clock.elapsed().as_secs_f64();
        self.progress.advance();
        let factor = symbolic.factor(matrix)?;
        let factored = clock.elapsed().as_secs_f64();
        let accuracy = &self.settings.accuracy;
        let quality = refine::solve(matrix, factor.as_ref(), vectors, accuracy)?;
        self.progress.note(&format!(
            "{}: {} dofs, factor {:.2} GB, {:.0} Gflop; ordering {:.1} s, factor {:.1} s, \
         {} load cases {:.1} s",
            self.problem.name,
            self.problem.free_dofs,
            1e-9 * symbolic.factor_bytes() as f64,
            1e-9 * symbolic.flops(),
            analysed,
            factored - analysed,
            vectors.len(),
            clock.elapsed().as_secs_f64() - factored,
        ));
        // Right-hand sides are held twice while they are solved together, once more as given.
        let columns = 3 * vectors.len();
        let vectors = (columns * 3 * matrix.row_count() * size_of::<f64>()) as u64;
        Ok(Solved {
            quality,
            peak_bytes: matrix.bytes() + symbolic.peak_bytes() + vectors,
            method: Solver::Cholesky.name(),
            reason,
            fell_back: false,
        })
    }
}

/// Vectors of f64 length per right-hand side while conjugate gradients run.
const VECTORS: usize = 10;

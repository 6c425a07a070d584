//! The runs: every solver at growing size while memory lasts, every kernel on each number of
//! threads.

use std::time::Instant;

use serde::Serialize;

use super::machine::{Machine, best_of};
use super::peak::{peak_bytes, reset_peak, resident_bytes};
use super::{BenchError, Stack};
use crate::assembly::{Assembled, Pattern, rows};
use crate::model::Model;
use crate::progress::Progress;
use crate::solver::cg::{self, Stop, System};
use crate::solver::choice::{Prediction, Solver};
use crate::solver::cholesky::Cholesky;
use crate::solver::multigrid::{Hierarchy, Rows, Settings as Multigrid};
use crate::solver::refine::{self, Accuracy};
use crate::solver::{Backend, SolverError, allowed_bytes};
use crate::tensor::Vec3;
use crate::threads::on_threads;

/// Right-hand sides that are solved together.
pub const TOGETHER: usize = 32;
/// Memory of nested dissection in three dimensions grows with this power of the dofs.
const DIRECT_MEMORY_EXPONENT: f64 = 4.0 / 3.0;

/// What to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Free dofs wanted, ascending.
    pub sizes: Vec<usize>,
    /// Numbers of threads of the thread table; the largest is used for the sizes.
    pub threads: Vec<usize>,
    /// Solvers, each run at every size.
    pub solvers: Vec<Solver>,
    /// Size of the thread table; the next one that was solved below it is taken.
    pub thread_size: usize,
}

impl Settings {
    /// 30,000 dofs and then twice as many each time, as far as memory goes; 1, 2, 4 … threads up
    /// to `threads`.
    pub fn up_to(threads: usize) -> Self {
        let threads = threads.max(1);
        let mut counts: Vec<usize> = std::iter::successors(Some(1), |t| Some(2 * t))
            .take_while(|t| *t < threads)
            .collect();
        counts.push(threads);
        Self {
            sizes: (0..14).map(|k| 30_000 << k).collect(),
            threads: counts,
            solvers: vec![Solver::Cholesky, Solver::Cg],
            thread_size: 150_000,
        }
    }
}

/// One solver at one size on one number of threads; a column of the CSV each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Which solver.
    pub solver: Solver,
    /// Threads.
    pub threads: usize,
    /// Dofs that are solved for.
    pub free_dofs: usize,
    /// Tet10 elements.
    pub elements: usize,
    /// Bytes of the block matrix, both halves.
    pub matrix_bytes: u64,
    /// Pattern of the matrix, s.
    pub pattern_s: f64,
    /// Integration of the stiffness into the pattern, s.
    pub numeric_s: f64,
    /// One product with the matrix, s.
    pub product_s: f64,
    /// Ordering and symbolic step, or setup of the preconditioner, s.
    pub setup_s: f64,
    /// Numeric factorisation, s; 0 for an iterative solver.
    pub factor_s: f64,
    /// One right-hand side, s.
    pub solve_s: f64,
    /// One of [`TOGETHER`] right-hand sides solved together, s.
    pub solve_together_s: Option<f64>,
    /// Setup, factorisation and one solve, s.
    pub total_s: f64,
    /// Bytes of the factor or the hierarchy.
    pub solver_bytes: u64,
    /// Predicted peak of matrix and solver, bytes.
    pub predicted_bytes: u64,
    /// Measured peak of the process less what it held before the model, bytes.
    pub measured_bytes: Option<u64>,
    /// Floating-point operations of the factorisation, 1e9.
    pub factor_gflop: f64,
    /// Refinement steps or CG iterations.
    pub iterations: u32,
    /// ‖b − Ax‖/‖b‖ of the refined answer.
    pub true_residual: f64,
    /// Share of the machine's read rate that the product reaches.
    pub product_share: f64,
    /// Share of the machine's dense product rate that the factorisation reaches.
    pub factor_share: f64,
    /// Share of the machine's read rate that the solve reaches: the factor is read twice.
    pub solve_share: f64,
}

/// All that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// The machine on each number of threads.
    pub machines: Vec<Machine>,
    /// Growing size on all threads.
    pub sizes: Vec<Run>,
    /// One size on each number of threads.
    pub threads: Vec<Run>,
    /// Why no larger size was run, solver by solver.
    pub stopped: Vec<String>,
}

/// Measures the machine, then every solver at every size that fits, then one size on each number
/// of threads.
///
/// # Errors
/// [`BenchError`]; a size that does not fit ends the sizes of its solver and is no error.
pub fn run(settings: &Settings, progress: &dyn Progress) -> Result<Scaling, BenchError> {
    let mut found = Scaling {
        machines: Vec::new(),
        sizes: Vec::new(),
        threads: Vec::new(),
        stopped: Vec::new(),
    };
    progress.stage("Machine", settings.threads.len() as u64);
    for &threads in &settings.threads {
        let machine = on_threads(Some(threads), Machine::measure)?;
        found.machines.push(machine);
        progress.advance();
    }
    let Some(all) = found.machines.last().copied() else {
        return Ok(found);
    };
    on_threads(Some(all.threads), || {
        let mut solvers = settings.solvers.iter();
        solvers.try_for_each(|solver| grow(*solver, settings, (&all, progress), &mut found))
    })??;
    for &solver in &settings.solvers {
        let solved = found.sizes.iter().filter(|r| r.solver == solver);
        let Some(size) = solved
            .map(|r| r.free_dofs)
            .filter(|n| *n <= settings.thread_size)
            .max()
        else {
            continue;
        };
        let model = Stack::with_free_dofs(size).model();
        for machine in &found.machines {
            progress.stage(&format!("{size} dofs, {} threads", machine.threads), 0);
            let measured = on_threads(Some(machine.threads), || measure(solver, &model, machine));
            found.threads.push(measured??);
        }
    }
    match found.sizes.is_empty() {
        true => Err(BenchError::NothingFits {
            free_dofs: settings.sizes.first().copied().unwrap_or(0),
        }),
        false => Ok(found),
    }
}

/// Runs one solver at growing size until the next would not fit.
fn grow(
    solver: Solver,
    settings: &Settings,
    (machine, progress): (&Machine, &dyn Progress),
    found: &mut Scaling,
) -> Result<(), BenchError> {
    let mut last: Option<Run> = None;
    for &wanted in &settings.sizes {
        let stack = Stack::with_free_dofs(wanted);
        let size = stack.free_dofs();
        if last.as_ref().is_some_and(|l| size <= l.free_dofs) {
            continue;
        }
        let expected = last.as_ref().map_or(0, |l| extrapolated(l, size));
        let allowed = allowed_bytes(None).unwrap_or(u64::MAX);
        if expected > allowed {
            found.stopped.push(format!(
                "{}: {size} dofs would take about {:.1} GB, {:.1} GB may be used",
                solver.name(),
                1e-9 * expected as f64,
                1e-9 * allowed as f64
            ));
            return Ok(());
        }
        progress.stage(&format!("{} at {size} dofs", solver.name()), 0);
        reset_peak();
        let before = resident_bytes();
        let measured = measure(solver, &stack.model(), machine);
        let mut run = match measured {
            Err(BenchError::Solver(
                error @ (SolverError::TooLarge { .. } | SolverError::NoRoom { .. }),
            )) => {
                found
                    .stopped
                    .push(format!("{}: {size} dofs: {error}", solver.name()));
                return Ok(());
            }
            other => other?,
        };
        run.measured_bytes = peak_bytes().zip(before).map(|(p, b)| p.saturating_sub(b));
        found.sizes.push(run.clone());
        last = Some(run);
    }
    Ok(())
}

/// Bytes that `free_dofs` will take, from a smaller run.
fn extrapolated(run: &Run, free_dofs: usize) -> u64 {
    let ratio = free_dofs as f64 / run.free_dofs as f64;
    let exponent = match run.solver {
        Solver::Cholesky => DIRECT_MEMORY_EXPONENT,
        Solver::Cg => 1.0,
    };
    let solver = (run.predicted_bytes - run.matrix_bytes) as f64 * ratio.powf(exponent);
    (run.matrix_bytes as f64 * ratio + solver) as u64
}

/// Assembles and solves the model on the current pool.
///
/// # Errors
/// [`BenchError`].
pub fn measure(solver: Solver, model: &Model, machine: &Machine) -> Result<Run, BenchError> {
    let mut fixed = vec![[false; 3]; model.mesh.nodes.len()];
    for support in &model.supports {
        fixed[support.node as usize][usize::from(support.axis)] = true;
    }
    let clock = Instant::now();
    let pattern = Pattern::new(&model.mesh, &[], &fixed)?;
    let pattern_s = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    let assembled = pattern.fill(&model.materials)?;
    let numeric_s = clock.elapsed().as_secs_f64();
    let mut run = Run {
        solver,
        threads: machine.threads,
        free_dofs: 3 * assembled.matrix.row_count(),
        elements: model.mesh.element_count(),
        matrix_bytes: assembled.matrix.bytes(),
        pattern_s,
        numeric_s,
        product_s: product_seconds(&assembled),
        setup_s: 0.0,
        factor_s: 0.0,
        solve_s: 0.0,
        solve_together_s: None,
        total_s: 0.0,
        solver_bytes: 0,
        predicted_bytes: 0,
        measured_bytes: None,
        factor_gflop: 0.0,
        iterations: 0,
        true_residual: 0.0,
        product_share: 0.0,
        factor_share: 0.0,
        solve_share: 0.0,
    };
    match solver {
        Solver::Cholesky => cholesky(model, &assembled, &mut run)?,
        Solver::Cg => conjugate_gradients(model, &assembled, &mut run)?,
    }
    run.total_s = run.setup_s + run.factor_s + run.solve_s;
    let share = |amount: f64, seconds: f64, rate: f64| amount / (seconds * rate);
    let read = machine.read_bytes_per_s;
    run.product_share = share(run.matrix_bytes as f64, run.product_s, read);
    if run.solver == Solver::Cholesky {
        let product = machine.product_flops_per_s;
        run.factor_share = share(1e9 * run.factor_gflop, run.factor_s, product);
        run.solve_share = share(2.0 * run.solver_bytes as f64, run.solve_s, read);
    }
    Ok(run)
}

fn product_seconds(assembled: &Assembled) -> f64 {
    let rows = 3 * assembled.matrix.row_count();
    let x: Vec<f64> = (0..rows).map(|i| (i % 7) as f64).collect();
    let mut y = vec![0.0; rows];
    best_of(5, || assembled.matrix.multiply(&x, &mut y))
}

/// The load on the free dofs.
fn load_of(model: &Model, assembled: &Assembled) -> Vec<f64> {
    let mut nodal = vec![Vec3::zeros(); model.mesh.nodes.len()];
    for (node, force) in model.load_cases.iter().flat_map(|c| &c.forces) {
        nodal[*node as usize] += force;
    }
    assembled.numbering.reduce(&nodal)
}

/// The accuracy at which solvers are compared.
const COMPARED: Stop = Stop {
    residual: 1e-8,
    max_iterations: 1000,
};

fn conjugate_gradients(
    model: &Model,
    assembled: &Assembled,
    run: &mut Run,
) -> Result<(), BenchError> {
    let matrix = &assembled.matrix;
    let allowed = allowed_bytes(None);
    Prediction::new(matrix, 1).admit_multigrid(allowed)?;
    let positions = rows::positions(&model.mesh, &assembled.numbering);
    let parents = rows::parents(&model.mesh, &assembled.numbering);
    let known = Rows {
        positions: &positions,
        parents: &parents,
        turns: &[],
        periods: &[],
    };
    let clock = Instant::now();
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(matrix, known, &backend, Multigrid::default())?;
    let preconditioner = hierarchy.factor()?;
    run.setup_s = clock.elapsed().as_secs_f64();
    run.solver_bytes = hierarchy.bytes();
    run.predicted_bytes = matrix.bytes() + hierarchy.bytes();
    let system = System {
        matrix,
        hierarchy: &hierarchy,
        preconditioner: &preconditioner,
    };
    let mut answers = vec![load_of(model, assembled)];
    let clock = Instant::now();
    let quality = cg::solve(&system, &mut answers, &COMPARED, &Accuracy::default())?;
    run.solve_s = clock.elapsed().as_secs_f64();
    run.iterations = quality[0].steps;
    run.true_residual = quality[0].true_residual;
    Ok(())
}

fn cholesky(model: &Model, assembled: &Assembled, run: &mut Run) -> Result<(), BenchError> {
    let load = load_of(model, assembled);
    let matrix = &assembled.matrix;
    let clock = Instant::now();
    let symbolic = Cholesky::default().analyse(matrix)?;
    run.setup_s = clock.elapsed().as_secs_f64();
    run.solver_bytes = symbolic.factor_bytes();
    run.predicted_bytes = matrix.bytes() + symbolic.peak_bytes();
    run.factor_gflop = 1e-9 * symbolic.flops();
    let clock = Instant::now();
    let factor = symbolic.factor(matrix)?;
    run.factor_s = clock.elapsed().as_secs_f64();
    let mut x = load.clone();
    let clock = Instant::now();
    factor.solve_in_place(&mut x, 1);
    run.solve_s = clock.elapsed().as_secs_f64();
    let mut many: Vec<f64> = load
        .iter()
        .copied()
        .cycle()
        .take(TOGETHER * load.len())
        .collect();
    let clock = Instant::now();
    factor.solve_in_place(&mut many, TOGETHER);
    run.solve_together_s = Some(clock.elapsed().as_secs_f64() / TOGETHER as f64);
    drop(many);
    let mut answers = vec![load];
    let quality = refine::solve(matrix, factor.as_ref(), &mut answers, &Accuracy::default())?;
    run.iterations = quality[0].steps;
    run.true_residual = quality[0].true_residual;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn tiny() -> Settings {
        Settings {
            sizes: vec![1_500, 6_000],
            threads: vec![1, 2],
            solvers: vec![Solver::Cholesky],
            thread_size: 3_000,
        }
    }

    #[test]
    fn every_size_and_every_number_of_threads_is_run_and_solved() {
        let machine = Machine {
            threads: 1,
            read_bytes_per_s: 1e10,
            product_flops_per_s: 1e10,
        };
        let mut found = Scaling {
            machines: vec![machine],
            sizes: Vec::new(),
            threads: Vec::new(),
            stopped: Vec::new(),
        };
        let solver = Solver::Cholesky;
        grow(solver, &tiny(), (&machine, &Silent), &mut found).unwrap();
        assert_eq!(found.sizes.len(), 2);
        let mut iterated = found.clone();
        grow(Solver::Cg, &tiny(), (&machine, &Silent), &mut iterated).unwrap();
        let iterated = &iterated.sizes[2..];
        assert!(iterated.len() == 2 && iterated.iter().all(|r| r.true_residual <= 1e-8));
        for run in &found.sizes {
            assert!(run.true_residual < 1e-10, "{}", run.true_residual);
            assert!(run.predicted_bytes > run.matrix_bytes + run.solver_bytes);
            assert!((run.total_s - run.setup_s - run.factor_s - run.solve_s).abs() < 1e-12);
            // Nine values and a column a block, both halves.
            let share = 1e10 * run.product_s * run.product_share;
            assert!((share / run.matrix_bytes as f64 - 1.0).abs() < 1e-9);
        }
        let [small, large] = [&found.sizes[0], &found.sizes[1]];
        assert_eq!(extrapolated(small, small.free_dofs), small.predicted_bytes);
        let guess = extrapolated(small, large.free_dofs) as f64 / large.predicted_bytes as f64;
        assert!((0.5..2.0).contains(&guess), "{guess}");
    }

    #[test]
    fn threads_double_up_to_all_there_are() {
        assert_eq!(Settings::up_to(1).threads, [1]);
        assert_eq!(Settings::up_to(6).threads, [1, 2, 4, 6]);
        assert_eq!(Settings::up_to(8).threads, [1, 2, 4, 8]);
        assert_eq!(Settings::up_to(0).threads, [1]);
    }
}

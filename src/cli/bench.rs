//! `endplate bench`: how the solvers scale on this machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use endplate::bench::scaling::{self, TOGETHER};
use endplate::bench::{BenchError, Machine, Run, Scaling, Settings, chart, tables};
use endplate::lattice::fit_power_law;
use endplate::report::number::{percent, short, whole};
use endplate::solver::choice::Solver;

use super::ending::{CommandError, DONE};
use super::options::solver_parser;
use super::output::print_result;
use super::progress::progress;
use super::table::Table;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Solve one body at growing size, until memory ends, with every solver
    Scaling(ScalingOptions),
}

/// Options of `endplate bench scaling`.
#[derive(Debug, Args)]
pub struct ScalingOptions {
    /// Directory for scaling.csv, threads.csv, machine.csv, scaling.svg and summary.txt
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Free dofs, ascending; from 30000, doubled as far as memory goes, unless given
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    pub sizes: Option<Vec<usize>>,
    /// Numbers of threads of the thread table, ascending; the last is used for the sizes.
    /// 1, 2, 4 … all cores unless given
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    pub threads: Option<Vec<usize>>,
    /// Size of the thread table: the largest solved that is not above it, free dofs
    #[arg(long, value_name = "N", default_value_t = 150_000)]
    pub thread_size: usize,
    /// Solvers to run; all unless given
    #[arg(long, value_parser = solver_parser(), value_delimiter = ',')]
    pub solver: Option<Vec<Solver>>,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

/// Runs a benchmark.
///
/// # Errors
/// Options that cannot be used, results that cannot be written, a model that does not fit.
pub fn bench(command: &BenchCommand) -> Result<u8, CommandError> {
    let BenchCommand::Scaling(options) = command;
    let settings = settings(options)?;
    let failed =
        |e: BenchError| CommandError::input(e.to_string(), "ask for less, or write elsewhere");
    std::fs::create_dir_all(&options.out).map_err(|e| {
        let message = format!("cannot create {}: {e}", options.out.display());
        CommandError::input(message, "name another with `--out DIR`")
    })?;
    let progress = progress(options.quiet);
    let found = scaling::run(&settings, progress.as_ref()).map_err(failed)?;
    drop(progress);
    let text = summary(&found);
    tables::write(&options.out, &found).map_err(failed)?;
    chart::write(&options.out, &found).map_err(failed)?;
    let file = options.out.join("summary.txt");
    std::fs::write(&file, &text).map_err(|e| {
        CommandError::input(
            format!("{}: {e}", file.display()),
            "name another with `--out DIR`",
        )
    })?;
    print_result(&format!("{text}\nin {}\n", options.out.display()))?;
    Ok(DONE)
}

fn settings(options: &ScalingOptions) -> Result<Settings, CommandError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut settings = Settings::up_to(cores);
    settings.thread_size = options.thread_size;
    if let Some(sizes) = &options.sizes {
        settings.sizes = ascending(sizes, "--sizes", 1_000..=100_000_000)?;
    }
    if let Some(threads) = &options.threads {
        settings.threads = ascending(threads, "--threads", 1..=1024)?;
    }
    if let Some(solvers) = &options.solver {
        settings.solvers.clone_from(solvers);
    }
    Ok(settings)
}

fn ascending(
    given: &[usize],
    option: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<Vec<usize>, CommandError> {
    if given.is_empty() || given.windows(2).any(|w| w[1] <= w[0]) {
        return Err(CommandError::input(
            format!("{option} needs numbers that grow"),
            format!(
                "for example {option} {},{}",
                range.start(),
                2 * range.start()
            ),
        ));
    }
    match given.iter().find(|n| !range.contains(n)) {
        Some(n) => Err(CommandError::input(
            format!(
                "{option} {n} is not between {} and {}",
                range.start(),
                range.end()
            ),
            "give another number",
        )),
        None => Ok(given.to_vec()),
    }
}

/// What is printed: machine, sizes with exponents, threads, shares.
fn summary(found: &Scaling) -> String {
    let mut text = format!("Machine\n{}", machines(&found.machines).text());
    text += &format!("\nSizes (s)\n{}", runs(&found.sizes, true).text());
    for line in &found.stopped {
        text += &format!("  {line}\n");
    }
    text += &format!("\nThreads (s)\n{}", runs(&found.threads, false).text());
    text += &format!(
        "\nShare of the machine's rates\n{}",
        shares(found.sizes.iter().chain(&found.threads)).text()
    );
    text
}

fn machines(machines: &[Machine]) -> Table {
    Table::by_column(
        machines,
        &[
            ("threads", &|m| whole(m.threads)),
            ("read GB/s", &|m| short(1e-9 * m.read_bytes_per_s)),
            ("dense product GFLOP/s", &|m| {
                short(1e-9 * m.product_flops_per_s)
            }),
        ],
    )
}

/// A column of the runs' table: its head and its value, where it was measured.
type Column = (&'static str, fn(&Run) -> Option<f64>);

const COLUMNS: [Column; 10] = [
    ("pattern", |r| Some(r.pattern_s)),
    ("numeric", |r| Some(r.numeric_s)),
    ("setup", |r| Some(r.setup_s)),
    ("factor", |r| Some(r.factor_s)),
    ("solve", |r| Some(r.solve_s)),
    ("of 32 together", |r| r.solve_together_s),
    ("total", |r| Some(r.total_s)),
    ("factor GB", |r| Some(1e-9 * r.solver_bytes as f64)),
    ("predicted GB", |r| Some(1e-9 * r.predicted_bytes as f64)),
    ("measured GB", |r| r.measured_bytes.map(|b| 1e-9 * b as f64)),
];

fn runs(runs: &[Run], with_exponents: bool) -> Table {
    debug_assert_eq!(TOGETHER, 32);
    let heads: Vec<&str> = ["solver", "threads", "free dofs"]
        .into_iter()
        .chain(COLUMNS.iter().map(|c| c.0))
        .collect();
    let mut table = Table::new(&heads);
    for run in runs {
        let names = [
            run.solver.name().to_owned(),
            whole(run.threads),
            whole(run.free_dofs),
        ];
        table.row(
            names.into_iter().chain(
                COLUMNS
                    .iter()
                    .map(|c| c.1(run).map_or_else(|| "n/a".to_owned(), short)),
            ),
        );
    }
    if with_exponents {
        let exponent = |column: &Column| {
            let points: Option<Vec<[f64; 2]>> = runs
                .iter()
                .map(|r| Some([r.free_dofs as f64, column.1(r)?]))
                .collect();
            let fit = points.and_then(|p| fit_power_law(&p).ok());
            fit.map_or("–".to_owned(), |f| format!("{:.2}", f.law.exponent))
        };
        let names = ["exponent".to_owned(), String::new(), String::new()];
        if runs.windows(2).all(|w| w[0].solver == w[1].solver) {
            table.row(names.into_iter().chain(COLUMNS.iter().map(exponent)));
        }
    }
    table
}

fn shares<'a>(runs: impl Iterator<Item = &'a Run>) -> Table {
    Table::by_column(
        runs,
        &[
            ("solver", &|r| r.solver.name().to_owned()),
            ("threads", &|r| whole(r.threads)),
            ("free dofs", &|r| whole(r.free_dofs)),
            ("product of read rate", &|r| percent(r.product_share)),
            ("factor of dense product", &|r| percent(r.factor_share)),
            ("solve of read rate", &|r| percent(r.solve_share)),
            ("residual", &|r| format!("{:.0e}", r.true_residual)),
        ],
    )
}

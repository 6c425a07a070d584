//! `endplate run`: its options and what they mean for the case.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use endplate::case::Case;

use endplate::assessment::verdict::OverallVerdict;
use endplate::deck::write::Dialect;
use endplate::report::summary::summary;
use endplate::solver::choice::Method;
use endplate::spine::{self, Surroundings};

use super::ending::{CommandError, DONE, EXCEEDED};
use super::options::{method_parser, on_threads};
use super::output::{OutputDirectory, print_result};
use super::progress::progress;
use super::tetgen::MeshCache;

/// Options of `endplate run`.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// The case file
    #[arg(value_name = "CASE.toml")]
    pub case: PathBuf,
    /// Directory for the results: report.html, report.json, a .vtu per load case, .csv tables
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Where surface files are looked for when they are not beside the case file
    #[arg(long, value_name = "DIR")]
    pub surfaces: Option<PathBuf>,
    #[command(flatten)]
    pub mesh_cache: MeshCache,
    /// Threads to use; all cores unless the case file says otherwise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How the equations are solved; the case file's choice unless given
    #[arg(long, value_parser = method_parser())]
    pub solver: Option<Method>,
    /// End with code 1 when a limit is exceeded
    #[arg(long)]
    pub strict: bool,
    /// Write each state's model as a deck too, <state>.inp, or <state>-without-rods.inp where it
    /// has rods; for CalculiX unless another program is named
    #[arg(
        long,
        value_name = "PROGRAM",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "ccx"
    )]
    pub write_deck: Option<DeckOption>,
    /// Leave out the solutions at both ends of the band of the cancellous modulus
    #[arg(long)]
    pub no_error_bars: bool,
    /// Write into DIR even where it holds something else than the report of this case
    #[arg(long)]
    pub force: bool,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

impl RunOptions {
    /// Reads the case, lets the options override it and makes sure of the output directory and
    /// of every surface file, all before the work begins.
    ///
    /// # Errors
    /// Bad input.
    pub fn prepare(&self) -> Result<(Case, OutputDirectory), CommandError> {
        let mut case = Case::read(&self.case)?;
        if let Some(solver) = self.solver {
            case.solver.method = solver;
        }
        if let Some(threads) = self.threads {
            case.solver.threads = Some(usize::from(threads));
        }
        for surface in case.surfaces() {
            case.find_surface(surface, self.surfaces.as_deref())?;
        }
        let output = OutputDirectory::prepare(&self.out, &self.case, self.force)?;
        Ok((case, output))
    }
}

/// Runs a case and puts its report into the output directory.
///
/// # Errors
/// Bad input, or a failure of the method.
pub fn run(options: &RunOptions) -> Result<u8, CommandError> {
    let (case, output) = options.prepare()?;
    let progress = progress(options.quiet);
    let mesher = options.mesh_cache.mesher()?;
    let around = Surroundings {
        surfaces: options.surfaces.as_deref(),
        mesher: mesher.as_dyn(),
        progress: progress.as_ref(),
        error_bars: !options.no_error_bars,
    };
    let report = on_threads(case.solver.threads, || {
        let run = spine::run(&case, &around)?;
        let dialect = options.write_deck.map(DeckOption::dialect);
        Ok(run.write(output.staging(), dialect, progress.as_ref())?)
    })?;
    mesher.tell(progress.as_ref());
    drop(progress);
    output.publish()?;
    print_result(&summary(&report, &options.out))?;
    let exceeded = report.verdict == OverallVerdict::LimitsExceeded;
    Ok(if options.strict && exceeded {
        EXCEEDED
    } else {
        DONE
    })
}

/// The programs that decks are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeckOption {
    /// CalculiX: the cortical shell as flat solids
    Ccx,
    /// Abaqus: the cortical shell as membranes
    Abaqus,
}

impl DeckOption {
    fn dialect(self) -> Dialect {
        match self {
            Self::Ccx => Dialect::Calculix,
            Self::Abaqus => Dialect::Abaqus,
        }
    }
}

//! The program: commands, exit codes, what is printed where. Progress and errors go to stderr,
//! results to stdout and the output directory.

mod bench;
mod check;
mod diagnostic;
mod homogenise;
mod interrupt;
mod lattice;
mod laws;
mod new;
mod output;
mod progress;
mod reproduce;
mod run;
mod sizes;
mod solve;
mod table;
mod tetgen;
mod virtual_test;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use endplate::case::CaseError;
use endplate::deck::DeckError;
use endplate::homogenise::HomogeniseError;
use endplate::spine::{FailureKind, SpineError};
use endplate::virtual_test::VirtualTestError;

/// Done.
pub const DONE: u8 = 0;
/// Done, and a limit is exceeded (only with `--strict`).
pub const EXCEEDED: u8 = 1;
/// Bad input.
pub const BAD_INPUT: u8 = 2;
/// The method failed on sound input.
pub const NUMERICAL: u8 = 3;
/// An error inside the program.
pub const INTERNAL: u8 = 4;

/// What `endplate --help` ends with.
const EPILOGUE: &str = "\
A first case, from nothing to its report:
  endplate new demo --level T6
  endplate check demo.toml
  endplate run demo.toml --out out/demo

Exit codes:
  0  done
  1  done, and a limit is exceeded (only with --strict)
  2  bad input, a model that does not fit in memory included
  3  the method failed on sound input
  4  an error inside the program
  130  interrupted";

/// Finite-element check of 3D-printed porous spinal implants before they are printed.
#[derive(Debug, Parser)]
#[command(name = "endplate", version, about, long_about = None, after_help = EPILOGUE)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a case: stress shielding, traction on the endplates and subsidence, in a report
    Run(run::RunOptions),
    /// Read a case, build its meshes and print sizes, gaps and every default used; solve nothing
    Check(check::CheckOptions),
    /// Solve an Abaqus or CalculiX deck: linear statics of solids
    Solve(solve::SolveOptions),
    /// Effective stiffness of a lattice's unit cell by periodic finite elements
    Homogenise(homogenise::HomogeniseOptions),
    /// Sizes of a lattice from those given: strut, cell, pores, porosity; its metal by a law
    Lattice(lattice::LatticeOptions),
    /// Published numbers beside ours: printed, computed, difference, verdict
    Reproduce(reproduce::ReproduceOptions),
    /// Write a commented case file to start from
    New {
        /// Name of the case: NAME.toml is written
        name: PathBuf,
        /// Spinal level that is replaced
        #[arg(long, default_value = "T6")]
        level: String,
    },
    /// Measure how the solvers scale on this machine
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Compress, bend or press specimens of porous metal, solved and held against closed forms
    #[command(subcommand)]
    VirtualTest(virtual_test::VirtualTestCommand),
    /// Serve TetGen to another instance of this program
    #[command(name = "__tetgen", hide = true)]
    Tetgen,
}

/// What a command can end with, apart from success.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A fault in the case file or what it names.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A fault in a deck, or a deck that could not be solved.
    #[error(transparent)]
    Deck(Box<DeckError>),
    /// A study that stopped on the way.
    #[error(transparent)]
    Study(Box<SpineError>),
    /// A virtual test that was not run.
    #[error(transparent)]
    VirtualTest(#[from] VirtualTestError),
    /// A unit cell without a stiffness.
    #[error("{error}")]
    Homogenise {
        /// Why.
        error: HomogeniseError,
        /// What to do about it.
        help: Option<String>,
    },
    /// Bad input that is not in the case file: an option, a directory.
    #[error("{message}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
}

impl From<SpineError> for CommandError {
    fn from(error: SpineError) -> Self {
        match error {
            SpineError::Case(error) => Self::Case(error),
            error => Self::Study(Box::new(error)),
        }
    }
}

impl From<DeckError> for CommandError {
    fn from(error: DeckError) -> Self {
        Self::Deck(Box::new(error))
    }
}

impl CommandError {
    /// The exit code it ends the program with.
    pub fn code(&self) -> u8 {
        match self {
            Self::Study(error) if error.kind() == FailureKind::Numerical => NUMERICAL,
            Self::VirtualTest(error) if error.is_numerical() => NUMERICAL,
            Self::Deck(error) if error.is_numerical() => NUMERICAL,
            Self::Homogenise { error, .. } if error.is_numerical() => NUMERICAL,
            _ => BAD_INPUT,
        }
    }

    /// Bad input outside the case file.
    pub fn input(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

/// Runs the program on its arguments.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    report_panics();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too, to stdout and without an error.
            let failed = error.use_stderr();
            return match error.print() {
                Ok(()) if !failed => ExitCode::from(DONE),
                _ => ExitCode::from(BAD_INPUT),
            };
        }
    };
    match run_command(arguments.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprint!("{}", diagnostic::render(&error));
            ExitCode::from(error.code())
        }
    }
}

fn run_command(command: Command) -> Result<u8, CommandError> {
    match command {
        Command::Run(options) => run::run(&options),
        Command::Solve(options) => solve::solve(&options),
        Command::Homogenise(options) => homogenise::homogenise(&options),
        Command::Tetgen => Ok(tetgen::serve()),
        Command::Bench(command) => bench::bench(&command),
        Command::VirtualTest(command) => virtual_test::virtual_test(&command),
        Command::Check(options) => check::check(&options),
        Command::Lattice(options) => lattice::lattice(&options),
        Command::Reproduce(options) => reproduce::run(&options),
        Command::New { name, level } => new::new(&name, &level),
    }
}

/// Uses that many threads from here on.
fn use_threads(threads: usize) -> Result<(), CommandError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|e| {
            CommandError::input(
                format!("{threads} threads cannot be used: {e}"),
                "ask for fewer",
            )
        })
}

/// Writes a result to stdout. A reader that has seen enough and closed the pipe is no fault.
fn print_result(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// An unexpected panic ends the process with code 4 and one line that says where it happened.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(
            || "an unknown place".to_owned(),
            |l| format!("{}:{}", l.file(), l.line()),
        );
        let payload = panic.payload();
        let reason = payload
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".to_owned());
        // The results written so far are whole files or none, so nothing needs tidying.
        eprintln!("internal error at {place}: {reason}");
        eprintln!("this is a fault of the program, not of the case file; please report it");
        std::process::exit(i32::from(INTERNAL));
    }));
}

/// The solvers that can be asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SolverOption {
    /// The program chooses and says why
    Auto,
    /// Sparse Cholesky
    Cholesky,
    /// Conjugate gradients preconditioned by multigrid
    Cg,
}

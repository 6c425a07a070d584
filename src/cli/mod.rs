//! The program: commands, exit codes, what is printed where. Progress and errors go to stderr,
//! results to stdout and the output directory.

mod stderr;
mod ending;
mod options;
mod diagnostic;
mod interrupt;
mod output;
mod new;
mod progress;
mod solve;
mod table;
mod bench;
mod homogenise;
mod laws;
mod lattice;
mod reproduce;
mod sizes;
mod tetgen;
mod check;
mod run;
mod virtual_test;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ending::{BAD_INPUT, CommandError, DONE, INTERNAL};

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
            stderr::tell(&diagnostic::render(&error).to_string());
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
        stderr::tell(&format!(
            "internal error at {place}: {reason}\nthis is a fault of the program, not of the case \
             file; please report it\n"
        ));
        std::process::exit(i32::from(INTERNAL));
    }));
}

//! `endplate solve`: an Abaqus or CalculiX deck to its displacements and tables.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use endplate::analysis::AnalysisSettings;
use endplate::deck::output::{Clocks, summary, write_fields};
use endplate::deck::{Deck, DeckSolution, read_deck, solve_deck};
use endplate::solver::choice::Method;

use super::ending::{CommandError, DONE};
use super::options::{method_parser, on_threads};
use super::output::{OutputDirectory, SUMMARY, print_result};
use super::progress::progress;

/// Options of `endplate solve`.
#[derive(Debug, Args)]
pub struct SolveOptions {
    /// The deck: linear statics of C3D4 or C3D10 solids and membranes on them
    #[arg(value_name = "DECK.inp")]
    pub deck: PathBuf,
    /// Directory for the results: summary.json, solution.vtu and the tables, DECK.dat
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Threads to use; all cores unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How the equations are solved
    #[arg(long, value_parser = method_parser(), default_value = "auto")]
    pub solver: Method,
    /// Write into DIR even where it holds something else than the results of this deck
    #[arg(long)]
    pub force: bool,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

/// Solves a deck and puts the results into the output directory.
///
/// # Errors
/// Bad input, or a failure of the method.
pub fn solve(options: &SolveOptions) -> Result<u8, CommandError> {
    on_threads(options.threads.map(usize::from), || solve_here(options))
}

fn solve_here(options: &SolveOptions) -> Result<u8, CommandError> {
    let clock = Instant::now();
    let progress = progress(options.quiet);
    progress.stage("Read", 0);
    let deck = read_deck(&options.deck)?;
    let read = clock.elapsed().as_secs_f64();
    let output = OutputDirectory::prepare_for(SUMMARY, &options.out, &options.deck, options.force)?;
    let settings = AnalysisSettings {
        method: options.solver,
        ..AnalysisSettings::default()
    };
    let solution = solve_deck(&deck, &settings, progress.as_ref())?;
    let solved = clock.elapsed().as_secs_f64();
    let stem = options.deck.file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy();
    write_fields(output.staging(), &stem, &deck, &solution).map_err(|e| {
        CommandError::input(e.to_string(), "name another directory with `--out DIR`")
    })?;
    let total = clock.elapsed().as_secs_f64();
    let clocks = Clocks {
        read,
        write: total - solved,
        total,
    };
    let text = format!("{:#}\n", summary(&deck, &options.deck, &solution, &clocks));
    output.write(SUMMARY.file, text)?;
    drop(progress);
    output.publish()?;
    print_result(&lines(&deck, &solution, options))?;
    Ok(DONE)
}

/// What is printed: what is told about the deck, then one line a step.
fn lines(deck: &Deck, solution: &DeckSolution, options: &SolveOptions) -> String {
    let mut text: String = deck.notes.iter().map(|n| format!("note: {n}\n")).collect();
    for tie in &solution.model.ties {
        text.push_str(&format!(
            "tie {}: {:.6} of {:.6} (area) bound, largest gap {:.4}, deepest overlap {:.4}\n",
            tie.name,
            tie.area - tie.untied_area,
            tie.area,
            tie.largest_gap,
            tie.deepest_overlap
        ));
        for caution in &tie.cautions {
            text.push_str(&format!("warning: {caution}\n"));
        }
    }
    for (s, step) in solution.steps.iter().enumerate() {
        let largest = step
            .displacement
            .iter()
            .take(solution.model.mesh.nodes.len())
            .map(|u| u.norm())
            .fold(0.0, f64::max);
        let f = step.reaction.force;
        text.push_str(&format!(
            "step {}: largest displacement {largest:.6e}, reaction [{:.6e}, {:.6e}, {:.6e}], \
             imbalance {:.1e}\n",
            s + 1,
            f.x,
            f.y,
            f.z,
            step.imbalance
        ));
    }
    text.push_str(&format!("results in {}\n", options.out.display()));
    text
}

//! `endplate virtual-test`: mechanical tests of porous metal, solved.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use endplate::material::library::library_material;
use endplate::progress::Progress;
use endplate::report::number::{short, whole};
use endplate::virtual_test::{
    MetalChoice, Outcome, VirtualTestError, bending, compression, f1717, foam_block, implant,
    outcome, page,
};

use super::ending::{CommandError, DONE};
use super::output::{OutputDirectory, VIRTUAL_TEST, pretty, print_result};
use super::progress::progress;
use super::table::Table;

/// What can be tested.
#[derive(Debug, Subcommand)]
pub enum VirtualTestCommand {
    /// Compress a block of each sample between frictionless and bonded platens
    Compression(CompressionOptions),
    /// Bend a bar of each sample on two supports
    Bending(BendingOptions),
    /// Press a mock footprint and the cage on polyurethane foam, after ASTM F2267
    FoamBlock(FoamBlockOptions),
    /// Compress the implant alone: stiffness and load at bulk yield
    Implant(ImplantOptions),
    /// Bend and twist two rods between two blocks, after ASTM F1717
    F1717(F1717Options),
}

/// Options of every test.
#[derive(Debug, Args)]
pub struct Common {
    /// Directory for virtual-test.json, TEST.csv and TEST.html
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    pub json: bool,
    /// Write into DIR even where it holds something else
    #[arg(long)]
    pub force: bool,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

/// Which porous metal.
#[derive(Debug, Args)]
pub struct MetalOptions {
    /// Sample of Table 2 of Chen et al. 2025: A, B, C, D, E, or all
    #[arg(long, value_name = "NAME", default_value = "all")]
    pub sample: String,
    /// Any porosity within the law's range instead of a sample, per cent
    #[arg(long, value_name = "PERCENT", conflicts_with = "sample")]
    pub porosity_percent: Option<f64>,
}

/// Poisson ratio of the porous metal.
#[derive(Debug, Args)]
pub struct PoissonOption {
    /// Poisson ratio of the porous metal
    #[arg(long, value_name = "RATIO", default_value_t = 0.3)]
    pub poisson_ratio: f64,
}

impl MetalOptions {
    fn choice(&self) -> MetalChoice {
        match self.porosity_percent {
            Some(percent) => MetalChoice::Porosity(percent),
            None if self.sample.eq_ignore_ascii_case("all") => MetalChoice::All,
            None => MetalChoice::Sample(self.sample.clone()),
        }
    }
}

/// Options of the compression test.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct CompressionOptions {
    #[command(flatten)]
    metal: MetalOptions,
    #[command(flatten)]
    poisson: PoissonOption,
    /// Edge of the block's square section, mm
    #[arg(long, value_name = "MM", default_value_t = 10.0)]
    edge_mm: f64,
    /// Height of the block, mm
    #[arg(long, value_name = "MM", default_value_t = 15.0)]
    height_mm: f64,
    #[command(flatten)]
    common: Common,
}

/// Options of the bending test.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct BendingOptions {
    #[command(flatten)]
    metal: MetalOptions,
    #[command(flatten)]
    poisson: PoissonOption,
    /// Distances between the supports, mm
    #[arg(
        long,
        value_name = "MM,MM,…",
        value_delimiter = ',',
        default_value = "60,64"
    )]
    spans_mm: Vec<f64>,
    /// Width, height and length of the bar, mm
    #[arg(
        long,
        value_name = "MM,MM,MM",
        value_delimiter = ',',
        num_args = 1,
        default_value = "10,10,80"
    )]
    bar_mm: Vec<f64>,
    /// Outer-fibre stress by beam theory, MPa
    #[arg(long, value_name = "MPA", default_value_t = 48.0)]
    stress_mpa: f64,
    #[command(flatten)]
    common: Common,
}

/// Options of the foam block test.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct FoamBlockOptions {
    #[command(flatten)]
    metal: MetalOptions,
    /// Area of the mock footprint, mm²
    #[arg(long, value_name = "MM2", default_value_t = 900.0)]
    footprint_mm2: f64,
    /// Edge and height of a foam block, mm
    #[arg(
        long,
        value_name = "MM,MM",
        value_delimiter = ',',
        num_args = 1,
        default_value = "60,40"
    )]
    block_mm: Vec<f64>,
    /// Diameter and height of the cage, mm
    #[arg(
        long,
        value_name = "MM,MM",
        value_delimiter = ',',
        num_args = 1,
        default_value = "15,25"
    )]
    cage_mm: Vec<f64>,
    #[command(flatten)]
    common: Common,
}

/// Options of the implant test.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct ImplantOptions {
    #[command(flatten)]
    metal: MetalOptions,
    #[command(flatten)]
    poisson: PoissonOption,
    /// Diameter of the implant, mm
    #[arg(long, value_name = "MM", default_value_t = 15.0)]
    diameter_mm: f64,
    /// Height of the implant, mm
    #[arg(long, value_name = "MM", default_value_t = 25.0)]
    height_mm: f64,
    /// Load that is held against the strength, N
    #[arg(long, value_name = "N", default_value_t = 1650.0)]
    load_n: f64,
    #[command(flatten)]
    common: Common,
}

/// Options of the vertebrectomy construct's test.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct F1717Options {
    /// Diameter of the rods, mm
    #[arg(long, value_name = "MM", default_value_t = 5.5)]
    rod_mm: f64,
    /// Metal of rods and screws: ti6al4v, cocr, stainless_316l, …
    #[arg(long, value_name = "NAME", default_value = "ti6al4v")]
    rod_material: String,
    /// Diameter of the screws' core, mm
    #[arg(long, value_name = "MM", default_value_t = 5.5)]
    screw_mm: f64,
    /// Length of the screws in the block, mm
    #[arg(long, value_name = "MM", default_value_t = 40.0)]
    screw_length_mm: f64,
    /// From the block's face to the rod's axis, mm
    #[arg(long, value_name = "MM", default_value_t = 10.0)]
    free_screw_mm: f64,
    /// From the block's face to the hinge's axis, mm
    #[arg(long, value_name = "MM", default_value_t = 40.0)]
    block_arm_mm: f64,
    /// Between the screws of both blocks, mm
    #[arg(long, value_name = "MM", default_value_t = 76.0)]
    active_length_mm: f64,
    /// Rods in two pieces, joined beside each other in the middle
    #[arg(long)]
    side_by_side: bool,
    /// Young's modulus of the blocks, MPa
    #[arg(long, value_name = "MPA", default_value_t = 1000.0)]
    block_modulus_mpa: f64,
    /// Edge of the blocks' elements, mm
    #[arg(long, value_name = "MM", default_value_t = 3.0)]
    element_mm: f64,
    #[command(flatten)]
    common: Common,
}

impl F1717Options {
    fn settings(&self) -> Result<f1717::Settings, CommandError> {
        let metal = library_material(&self.rod_material).map_err(|e| {
            CommandError::input(
                e.to_string(),
                "name a metal with `--rod-material`".to_owned(),
            )
        })?;
        Ok(f1717::Settings {
            rod: self.rod_mm,
            metal,
            screw: self.screw_mm,
            screw_length: self.screw_length_mm,
            free_screw: self.free_screw_mm,
            block_arm: self.block_arm_mm,
            active_length: self.active_length_mm,
            side_by_side: self.side_by_side,
            block_modulus: self.block_modulus_mpa,
            edge: self.element_mm,
        })
    }
}

/// Runs a test.
///
/// # Errors
/// Bad options, a failure of the method, results that cannot be written.
pub fn virtual_test(command: &VirtualTestCommand) -> Result<u8, CommandError> {
    match command {
        VirtualTestCommand::Compression(options) => {
            let mut settings = compression::Settings::new(options.metal.choice());
            settings.edge = options.edge_mm;
            settings.height = options.height_mm;
            settings.poisson_ratio = options.poisson.poisson_ratio;
            carry_out("compression", &options.common, |p| {
                compression::run(&settings, p)
            })
        }
        VirtualTestCommand::Bending(options) => {
            let mut settings = bending::Settings::new(options.metal.choice());
            settings.bar = numbers(&options.bar_mm, "--bar-mm", "10,10,80")?;
            settings.spans = options.spans_mm.clone();
            settings.stress = options.stress_mpa;
            settings.poisson_ratio = options.poisson.poisson_ratio;
            carry_out("bending", &options.common, |p| bending::run(&settings, p))
        }
        VirtualTestCommand::FoamBlock(options) => {
            let mut settings = foam_block::Settings::new(options.metal.choice());
            settings.footprint = options.footprint_mm2;
            settings.block = numbers(&options.block_mm, "--block-mm", "60,40")?;
            settings.cage = numbers(&options.cage_mm, "--cage-mm", "15,25")?;
            carry_out("foam-block", &options.common, |p| {
                foam_block::run(&settings, p)
            })
        }
        VirtualTestCommand::Implant(options) => {
            let mut settings = implant::Settings::new(options.metal.choice());
            settings.size = [options.diameter_mm, options.height_mm];
            settings.load = options.load_n;
            settings.poisson_ratio = options.poisson.poisson_ratio;
            carry_out("implant", &options.common, |p| implant::run(&settings, p))
        }
        VirtualTestCommand::F1717(options) => {
            let settings = options.settings()?;
            carry_out("f1717", &options.common, |p| f1717::run(&settings, p))
        }
    }
}

/// A list of exactly `N` numbers.
fn numbers<const N: usize>(
    given: &[f64],
    option: &str,
    example: &str,
) -> Result<[f64; N], CommandError> {
    given.try_into().map_err(|_| {
        CommandError::input(
            format!("{option} needs {N} numbers, {} are given", given.len()),
            format!("for example {option} {example}"),
        )
    })
}

fn carry_out(
    name: &str,
    common: &Common,
    run: impl FnOnce(&dyn Progress) -> Result<Outcome, VirtualTestError>,
) -> Result<u8, CommandError> {
    let prepare = |out: &PathBuf| {
        OutputDirectory::prepare_for(VIRTUAL_TEST, out, Path::new(name), common.force)
    };
    let output = common.out.as_ref().map(prepare).transpose()?;
    let progress = progress(common.quiet);
    progress.stage("Solve the specimens", 0);
    let outcome = run(progress.as_ref())?;
    drop(progress);
    let json = pretty(&serde_json::json!(outcome));
    if let Some(output) = output {
        write(&output, &outcome, &json)?;
        output.publish()?;
    }
    if common.json {
        print_result(&json)?;
    } else {
        print_result(&text(&outcome, common.out.as_deref()))?;
    }
    Ok(DONE)
}

fn write(output: &OutputDirectory, outcome: &Outcome, json: &str) -> Result<(), CommandError> {
    outcome::write_csv(output.staging(), outcome)?;
    output.write(&format!("{}.html", outcome.test), page::page(outcome)?)?;
    output.write(VIRTUAL_TEST.file, json)
}

/// What is printed: the answer, the tables, what is assumed and left out.
fn text(outcome: &Outcome, out: Option<&Path>) -> String {
    let mut text = format!("{}\n", outcome.title);
    for line in &outcome.answer {
        text += &wrapped(line, "  ", "  ");
    }
    for table in &outcome.tables {
        let printed = Table::of(&table.heads, &table.rows);
        text += &format!("\n{}\n{}", table.title, printed.text());
    }
    text += "\nAssumed\n";
    for a in &outcome.assumptions {
        let line = format!("{}: {} ({}; {})", a.what, a.value, a.source, a.trust());
        text += &wrapped(&line, "  ", "    ");
    }
    text += "\nLeft out\n";
    for line in outcome.limits {
        text += &wrapped(line, "  ", "    ");
    }
    let solver = &outcome.solver;
    text += &format!(
        "\n{} models solved, the largest with {} dofs; backward error {} at most\n",
        whole(solver.models),
        whole(solver.largest_dofs),
        short(solver.backward_error)
    );
    if let Some(out) = out {
        text += &format!("{}\n", out.join(format!("{}.html", outcome.test)).display());
    }
    text
}

/// A sentence in lines of at most 100 characters.
fn wrapped(line: &str, first: &str, next: &str) -> String {
    let mut text = String::new();
    let mut current = first.to_owned();
    let mut is_empty = true;
    for word in line.split(' ') {
        if !is_empty && current.chars().count() + 1 + word.chars().count() > 100 {
            text += &format!("{current}\n");
            current = next.to_owned();
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current += word;
        is_empty = false;
    }
    text + &current + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_wrapped_between_words_and_lose_none() {
        let line = "word ".repeat(60);
        let text = wrapped(line.trim(), "  ", "    ");
        assert!(text.lines().count() > 2 && text.lines().all(|l| l.chars().count() <= 100));
        assert_eq!(text.split_whitespace().count(), 60);
    }
}

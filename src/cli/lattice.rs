//! `endplate lattice`: sizes of a lattice from those given, and its metal by a named law.

use std::fmt::Write;

use clap::Args;
use endplate::lattice::monte_carlo::{Estimate, estimate_density};
use endplate::lattice::overlap::Shape;
use endplate::lattice::{
    Cell, GibsonAshbyLaw, GivenSizes, PorousProperties, PowerFit, Sizes, law, sizes,
};
use serde_json::{Value, json};

use super::ending::{CommandError, DONE};
use super::laws;
use super::output::{pretty, print_result};

/// What is typed in place of a cell to see the laws.
const LAWS: &str = "laws";
/// Seed of the Monte Carlo check: the same points each time.
const SEED: u64 = 1;

/// Options of `endplate lattice`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct LatticeOptions {
    /// rhombic-dodecahedron, diamond, bcc, octet, kelvin, simple-cubic or gyroid; `laws` lists the
    /// laws of stiffness and strength with their fits
    #[arg(value_name = "CELL")]
    cell: String,
    /// Strut diameter (thickness of a gyroid's wall), mm
    #[arg(long, visible_alias = "wall-mm", value_name = "MM")]
    strut_mm: Option<f64>,
    /// Side of the cubic cell, mm
    #[arg(long, value_name = "MM")]
    cell_mm: Option<f64>,
    /// Porosity, per cent
    #[arg(long, visible_alias = "porosity", value_name = "%")]
    porosity_percent: Option<f64>,
    /// Diameter of the largest sphere in a pore, mm
    #[arg(long, value_name = "MM")]
    pore_body_mm: Option<f64>,
    /// Diameter of the largest sphere that passes between pores, mm
    #[arg(long, value_name = "MM")]
    pore_window_mm: Option<f64>,
    /// Thinnest strut or wall that prints, mm: is this one thick enough?
    #[arg(long, value_name = "MM")]
    min_strut_mm: Option<f64>,
    /// Largest powder grain, µm: does it leave through the windows?
    #[arg(long, value_name = "UM")]
    powder_um: Option<f64>,
    /// Take lengths that no printer makes as they are
    #[arg(long)]
    accept_size: bool,
    /// Modulus and strength by this law
    #[arg(long, value_name = "LAW")]
    law: Option<String>,
    /// Check the density by so many random points
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    monte_carlo: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was found about a lattice.
struct Found {
    sizes: Sizes,
    thickest_mm: f64,
    notes: Vec<Note>,
    law: Option<(GibsonAshbyLaw, PorousProperties)>,
    monte_carlo: Option<Estimate>,
}

/// One printability note.
struct Note {
    check: &'static str,
    holds: bool,
    text: String,
}

/// Prints the sizes of a lattice, or the laws.
///
/// # Errors
/// Sizes that do not settle a lattice or contradict each other, a density outside the law.
pub fn lattice(options: &LatticeOptions) -> Result<u8, CommandError> {
    let given = GivenSizes {
        strut_mm: options.strut_mm,
        cell_mm: options.cell_mm,
        relative_density: options.porosity_percent.map(|p| 1.0 - p / 100.0),
        pore_body_mm: options.pore_body_mm,
        pore_window_mm: options.pore_window_mm,
    };
    if options.cell == LAWS {
        if given != GivenSizes::default() || options.law.is_some() {
            let message = "`lattice laws` lists the laws and takes no sizes";
            return Err(CommandError::input(message, "name a cell for its sizes"));
        }
        let text = match options.json {
            true => laws::json()?,
            false => laws::text()?,
        };
        print_result(&text)?;
        return Ok(DONE);
    }
    let found = find(options, &given)?;
    let text = match options.json {
        true => pretty(&as_json(&found)),
        false => as_text(&found),
    };
    print_result(&text)?;
    Ok(DONE)
}

fn find(options: &LatticeOptions, given: &GivenSizes) -> Result<Found, CommandError> {
    let cell = Cell::from_name(&options.cell)?;
    let sizes = sizes(cell, given)?;
    if !options.accept_size {
        ask_for_unit(&sizes)?;
    }
    let s = 0.5 * sizes.strut_mm / sizes.cell_mm;
    let law = match &options.law {
        None => None,
        Some(id) => {
            let law = law(id)?;
            let at = law.at(sizes.relative_density)?;
            Some((law, at))
        }
    };
    Ok(Found {
        notes: notes(options, &sizes)?,
        thickest_mm: 2.0 * Shape::of(cell).largest * sizes.cell_mm,
        law,
        monte_carlo: options
            .monte_carlo
            .map(|points| estimate_density(cell, s, points, SEED)),
        sizes,
    })
}

/// Sides of cells that are printed, mm: from micro-printed scaffolds to coarse models.
const PRINTED_MM: [f64; 2] = [0.05, 100.0];

/// Asks for the unit where millimetres make a lattice that no one prints.
fn ask_for_unit(sizes: &Sizes) -> Result<(), CommandError> {
    let [least, most] = PRINTED_MM;
    let unit = match sizes.cell_mm {
        side if side < least => "metres",
        side if side > most => "micrometres",
        _ => return Ok(()),
    };
    let message = format!(
        "cells of {} mm, expected {least} to {most} mm: are the lengths given in {unit}?",
        sizes.cell_mm
    );
    let help = "give them in millimetres, or add --accept-size to take them as they are";
    Err(CommandError::input(message, help))
}

fn notes(options: &LatticeOptions, sizes: &Sizes) -> Result<Vec<Note>, CommandError> {
    let positive = |value: f64, option: &str| match value > 0.0 && value.is_finite() {
        true => Ok(value),
        false => Err(CommandError::input(
            format!("{option} {value} is not a positive length"),
            "leave it out, or give what the printer or the powder has",
        )),
    };
    let mut notes = Vec::new();
    if let Some(least) = options.min_strut_mm {
        let least = positive(least, "--min-strut-mm")?;
        let holds = sizes.strut_mm >= least;
        let word = if holds { "not below" } else { "below" };
        let what = thickness_word(sizes);
        notes.push(Note {
            check: "min_strut",
            holds,
            text: format!(
                "{what} of {:.3} mm is {word} the printable {least} mm",
                sizes.strut_mm
            ),
        });
    }
    if let Some(grain) = options.powder_um {
        let grain = positive(grain, "--powder-um")?;
        let ratio = 1000.0 * sizes.pore_window_mm / grain;
        let end = match ratio > 1.0 {
            true => "single grains leave; whether powder bridges the window is not judged",
            false => "no grain of that size leaves",
        };
        notes.push(Note {
            check: "powder",
            holds: ratio > 1.0,
            text: format!("the window is {ratio:.1} grains of {grain} µm wide: {end}"),
        });
    }
    Ok(notes)
}

fn thickness_word(sizes: &Sizes) -> &'static str {
    if sizes.cell.is_wall() {
        "wall"
    } else {
        "strut"
    }
}

fn as_text(found: &Found) -> String {
    let sizes = &found.sizes;
    let mut text = format!("{}\n", sizes.cell.name());
    let mut line = |name: &str, value: String, unit: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{}",
            format!("  {name:<22}{value:>9} {unit}").trim_end()
        );
    };
    let mm = |value: f64| format!("{value:.4}");
    line(thickness_word(sizes), mm(sizes.strut_mm), "mm");
    line("cell size", mm(sizes.cell_mm), "mm");
    if let Some(length) = sizes.strut_length_mm {
        line("strut length", mm(length), "mm");
    }
    line("pore body", mm(sizes.pore_body_mm), "mm");
    line("pore window", mm(sizes.pore_window_mm), "mm");
    let porosity = 100.0 * (1.0 - sizes.relative_density);
    line("porosity", format!("{porosity:.2}"), "%");
    line(
        "relative density",
        format!("{:.4}", sizes.relative_density),
        "",
    );
    line(
        "surface per volume",
        format!("{:.3}", sizes.surface_per_volume),
        "mm²/mm³",
    );
    if let Some(slenderness) = sizes.slenderness {
        line("slenderness (L/D)", format!("{slenderness:.2}"), "");
    }
    let _ = writeln!(
        text,
        "  Ideal geometry; density in closed form, overlap at nodes included, exact up to {:.4} mm.",
        found.thickest_mm
    );
    if let Some(check) = &found.monte_carlo {
        let z = (sizes.relative_density - check.density) / check.standard_error;
        let _ = writeln!(
            text,
            "  Monte Carlo, {} points: {:.5} ± {:.5}, {z:+.1} standard errors from it.",
            check.points, check.density, check.standard_error
        );
    }
    if !found.notes.is_empty() {
        text += "\nPrintability\n";
        for note in &found.notes {
            let _ = writeln!(
                text,
                "  {} {}",
                if note.holds { "✓" } else { "✕" },
                note.text
            );
        }
    }
    if let Some((law, at)) = &found.law {
        text += &law_lines(law, at, sizes);
    }
    text
}

fn law_lines(law: &GibsonAshbyLaw, at: &PorousProperties, sizes: &Sizes) -> String {
    let mut text = format!(
        "\n{}: {}, {}, {}\n",
        law.id, law.name, law.cell, law.process
    );
    let mut line = |name: &str, value: f64, fit: &PowerFit| {
        let [low, high] = residuals(fit);
        let _ = writeln!(
            text,
            "  {name:<22}{value:>9.1} MPa   {:.1} ρ^{:.3}, fit over samples {low:+.0} to {high:+.0} %",
            fit.law.prefactor, fit.law.exponent
        );
    };
    line("Young's modulus", at.youngs_modulus, &law.modulus);
    line("yield strength", at.yield_strength, &law.yield_strength);
    if let (Some(value), Some(fit)) = (at.plateau, &law.plateau) {
        line("plateau stress", value, fit);
    }
    let [low, high] = law.range;
    let _ = writeln!(
        text,
        "  Compression only, for relative densities of {low:.4} to {high:.4} (porosity {:.2} to {:.2} %).",
        100.0 * (1.0 - high),
        100.0 * (1.0 - low)
    );
    let _ = writeln!(
        text,
        "  Source ({}): {}.",
        law.source.flag.words(),
        law.source.citation
    );
    if let Some(warning) = other_cell(law, sizes) {
        let _ = writeln!(text, "  {warning}");
    }
    text
}

/// A law measured on another cell than the one asked about.
fn other_cell(law: &GibsonAshbyLaw, sizes: &Sizes) -> Option<String> {
    let own = sizes.cell.name().replace('-', " ");
    (own != law.cell).then(|| format!("Note: measured on {} lattices, not on {own}.", law.cell))
}

fn residuals(fit: &PowerFit) -> [f64; 2] {
    let all = || fit.residual_percent.iter().copied();
    [
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    ]
}

fn as_json(found: &Found) -> Value {
    let sizes = &found.sizes;
    let mut value = json!({
        "cell": sizes.cell.name(),
        "strut_mm": sizes.strut_mm,
        "cell_mm": sizes.cell_mm,
        "strut_length_mm": sizes.strut_length_mm,
        "pore_body_mm": sizes.pore_body_mm,
        "pore_window_mm": sizes.pore_window_mm,
        "porosity_percent": 100.0 * (1.0 - sizes.relative_density),
        "relative_density": sizes.relative_density,
        "surface_per_volume_per_mm": sizes.surface_per_volume,
        "slenderness": sizes.slenderness,
        "exact_up_to_strut_mm": found.thickest_mm,
    });
    let note = |n: &Note| json!({ "check": n.check, "holds": n.holds, "text": n.text });
    value["printability"] = found.notes.iter().map(note).collect();
    if let Some(check) = &found.monte_carlo {
        value["monte_carlo"] = json!({
            "points": check.points,
            "relative_density": check.density,
            "standard_error": check.standard_error,
        });
    }
    if let Some((law, at)) = &found.law {
        value["law"] = json!({
            "id": law.id,
            "youngs_modulus_mpa": at.youngs_modulus,
            "yield_strength_mpa": at.yield_strength,
            "plateau_stress_mpa": at.plateau,
            "relative_density_range": law.range,
            "note": other_cell(law, sizes),
            "source": law.source,
        });
    }
    value
}

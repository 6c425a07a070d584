//! `endplate lattice laws`: the laws of stiffness and strength, with all their fits.

use std::fmt::Write;

use endplate::lattice::samples::QUANTITIES;
use endplate::lattice::{GibsonAshbyLaw, LAW_IDS, PowerFit, fit_threshold_law, law};
use endplate::report::number::significant;
use serde_json::{Value, json};

use super::ending::CommandError;
use super::output::pretty;
use super::table::Table;

/// A threshold below this is none.
const NO_THRESHOLD: f64 = 1e-4;

/// The laws for a terminal.
pub(super) fn text() -> Result<String, CommandError> {
    let mut text = String::from(
        "Laws y = P ρⁿ of relative density ρ. The logarithmic fits with free exponent are the laws;\n\
         the others stand beside them. ± and intervals: 95 %. Last columns: fit over sample minus one, %.\n",
    );
    for id in LAW_IDS {
        let law = law(id)?;
        let [low, high] = law.range;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n{}: {}, {}, {}\n  relative density {low:.4} to {high:.4}, {} samples, solid {:.0} GPa\n  {}: {}",
            law.id,
            law.name,
            law.cell,
            law.process,
            law.samples.len(),
            0.001 * law.solid_modulus,
            law.source.flag.words(),
            law.source.citation
        );
        text += &fits(&law)?;
        text += &thresholds(&law)?;
    }
    Ok(text)
}

fn fits(law: &GibsonAshbyLaw) -> Result<String, CommandError> {
    let mut heads = vec![
        "quantity",
        "squares of",
        "P",
        "P, 95 %",
        "n",
        "R²",
        "R² linear",
    ];
    heads.extend(law.samples.iter().map(|s| s.name));
    let mut table = Table::new(&heads);
    for quantity in &QUANTITIES {
        for (given, fit) in quantity.fits(law.samples)? {
            let [low, high] = fit.prefactor_ci95.map(significant);
            let head = [
                format!("{}, {}", quantity.name, quantity.unit),
                fit.space.words().to_owned(),
                significant(fit.law.prefactor),
                format!("{low} to {high}"),
                match given {
                    true => format!("{} given", fit.law.exponent),
                    false => format!("{:.3} ± {:.3}", fit.law.exponent, fit.exponent_ci95),
                },
            ];
            let numbers = [fit.r_squared, fit.r_squared_linear].map(|r| format!("{r:.4}"));
            let residuals = fit.residual_percent.iter().map(|r| format!("{r:+.1}"));
            table.row(head.into_iter().chain(numbers).chain(residuals));
        }
    }
    Ok(table.text())
}

/// The threshold laws of the samples, where they find a threshold at all.
fn thresholds(law: &GibsonAshbyLaw) -> Result<String, CommandError> {
    let mut text = String::new();
    for quantity in &QUANTITIES {
        let pairs = quantity.pairs(law.samples);
        if pairs.is_empty() {
            continue;
        }
        let exponent = quantity.threshold_exponent;
        let fit = fit_threshold_law(&pairs, exponent)?;
        let name = format!("{}, {}", quantity.name, quantity.unit);
        let _ = match fit.threshold > NO_THRESHOLD {
            true => writeln!(
                text,
                "  {name}, above a threshold: {} (ρ − {:.4})^{exponent}, R² of logarithms {:.4}",
                significant(fit.prefactor),
                fit.threshold,
                fit.r_squared
            ),
            false => writeln!(text, "  {name}: no threshold with the exponent {exponent}"),
        };
    }
    Ok(text)
}

/// The laws as JSON.
pub(super) fn json() -> Result<String, CommandError> {
    let mut laws = Vec::new();
    for id in LAW_IDS {
        let law = law(id)?;
        let mut fits = Vec::new();
        for quantity in &QUANTITIES {
            let own = quantity.fits(law.samples)?;
            let value = |(given, fit): &(bool, PowerFit)| {
                json!({
                    "quantity": quantity.name,
                    "unit": quantity.unit,
                    "space": fit.space.words(),
                    "prefactor": fit.law.prefactor,
                    "prefactor_ci95": fit.prefactor_ci95,
                    "exponent": fit.law.exponent,
                    "exponent_given": given,
                    "exponent_ci95_half_width": fit.exponent_ci95,
                    "r_squared": fit.r_squared,
                    "r_squared_linear": fit.r_squared_linear,
                    "residual_percent": fit.residual_percent,
                })
            };
            fits.extend(own.iter().map(value));
        }
        laws.push(json!({
            "id": law.id,
            "name": law.name,
            "cell": law.cell,
            "process": law.process,
            "relative_density_range": law.range,
            "solid_modulus_mpa": law.solid_modulus,
            "source": law.source,
            "fits": fits,
        }));
    }
    Ok(pretty(&Value::Array(laws)))
}

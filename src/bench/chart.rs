//! Time and memory against size, both axes logarithmic, with the fitted exponents in the legend.

use std::path::Path;

use super::{BenchError, Run, Scaling};
use crate::lattice::fit_power_law;
use crate::report::chart::plot::{Axis, COLOURS, Curve, Layout, Look, Plot, svg};
use crate::solver::choice::Solver;

const SIZE: (u32, u32) = (1200, 560);

/// "factor, ~ n^1.93", where three sizes allow a fit.
fn label(name: &str, points: &[[f64; 2]]) -> String {
    match fit_power_law(points) {
        Ok(fit) => format!("{name}  ~ n^{:.2}", fit.law.exponent),
        Err(_) => name.to_owned(),
    }
}

/// Writes scaling.svg into `dir`: seconds on the left, gigabytes on the right.
///
/// # Errors
/// [`BenchError::Write`].
pub fn write(dir: &Path, scaling: &Scaling) -> Result<(), BenchError> {
    let file = "scaling.svg";
    let text = drawn(scaling).map_err(|reason| BenchError::Write {
        file: file.to_owned(),
        reason,
    })?;
    std::fs::write(dir.join(file), text).map_err(|e| BenchError::Write {
        file: file.to_owned(),
        reason: e.to_string(),
    })
}

fn drawn(scaling: &Scaling) -> Result<String, String> {
    let (time, memory) = (time_curves(&scaling.sizes), memory_curves(&scaling.sizes));
    let panels = [
        panel("Time", "time / s", time),
        panel("Memory", "memory / GB", memory),
    ];
    svg(SIZE, &panels)
}

/// What is drawn of a run: a name and the value, where there is one.
type Quantity = (&'static str, fn(&Run) -> Option<f64>);

fn curves(runs: &[Run], values: &[Quantity]) -> Vec<Curve> {
    let mut solvers: Vec<Solver> = Vec::new();
    for run in runs {
        if !solvers.contains(&run.solver) {
            solvers.push(run.solver);
        }
    }
    let mut found = Vec::new();
    for solver in solvers {
        for (name, value) in values {
            let points: Vec<[f64; 2]> = runs
                .iter()
                .filter(|r| r.solver == solver)
                .filter_map(|r| Some([r.free_dofs as f64, value(r)?]))
                // What took no time or no memory has no logarithm.
                .filter(|[_, y]| *y > 0.0)
                .collect();
            if !points.is_empty() {
                found.push(Curve {
                    name: Some(label(&format!("{}, {name}", solver.name()), &points)),
                    colour: COLOURS[found.len() % COLOURS.len()],
                    look: Look::Joined,
                    points,
                });
            }
        }
    }
    found
}

fn time_curves(runs: &[Run]) -> Vec<Curve> {
    curves(
        runs,
        &[
            ("setup + factor + solve", |r| Some(r.total_s)),
            ("factor", |r| Some(r.factor_s)),
            ("setup", |r| Some(r.setup_s)),
            ("one solve", |r| Some(r.solve_s)),
            ("assembly", |r| Some(r.pattern_s + r.numeric_s)),
        ],
    )
}

fn memory_curves(runs: &[Run]) -> Vec<Curve> {
    curves(
        runs,
        &[
            ("predicted peak", |r| Some(1e-9 * r.predicted_bytes as f64)),
            ("measured peak", |r| {
                r.measured_bytes.map(|b| 1e-9 * b as f64)
            }),
            ("factor", |r| Some(1e-9 * r.solver_bytes as f64)),
            ("matrix", |r| Some(1e-9 * r.matrix_bytes as f64)),
        ],
    )
}

/// Powers of ten around the values of one axis.
fn decades(curves: &[Curve], axis: usize) -> std::ops::Range<f64> {
    let values = || curves.iter().flat_map(|c| c.points.iter().map(|p| p[axis]));
    let low = values().fold(f64::INFINITY, f64::min).log10().floor();
    let high = values().fold(0.0, f64::max).log10().ceil().max(low + 1.0);
    10f64.powf(low)..10f64.powf(high)
}

fn panel<'a>(title: &'a str, unit: &str, curves: Vec<Curve>) -> Plot<'a> {
    let axis = |number: usize, label: &str| Axis {
        label: label.to_owned(),
        range: decades(&curves, number),
        is_log: true,
        mark: power_of_ten,
    };
    Plot {
        title,
        axes: [axis(0, "free dofs n"), axis(1, unit)],
        band: None,
        level: None,
        layout: Layout::WIDE,
        curves,
    }
}

/// "0.01", "1", "10⁵".
fn power_of_ten(value: f64) -> String {
    let text = crate::report::number::tick(value);
    let power = value.log10();
    if power < 3.5 || (power - power.round()).abs() > 1e-9 {
        return text;
    }
    let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
    let power = power.round() as usize;
    match digits.get(power) {
        Some(digit) => format!("10{digit}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::example;
    use super::*;

    #[test]
    fn the_drawing_names_its_axes_units_curves_and_exponents() {
        let scaling = Scaling {
            machines: Vec::new(),
            sizes: [30_000, 60_000, 120_000].map(example).to_vec(),
            threads: Vec::new(),
            stopped: Vec::new(),
        };
        let drawn = drawn(&scaling).unwrap();
        for text in ["free dofs n", "time / s", "memory / GB", "Time", "Memory"] {
            assert!(drawn.contains(text), "{text}");
        }
        // The example's factor takes 1e-10 n² seconds, its matrix 700 n bytes.
        assert!(drawn.contains("cholesky, factor  ~ n^2.00"));
        assert!(drawn.contains("cholesky, matrix  ~ n^1.00"));
        // Not measured, so not drawn.
        assert!(!drawn.contains("measured peak"));
        // Five curves of time and three of memory, three points each.
        assert_eq!(drawn.matches("<circle").count(), 8 * 3);
    }

    #[test]
    fn axes_begin_and_end_at_powers_of_ten() {
        let curve = Curve {
            name: None,
            colour: COLOURS[0],
            look: Look::Joined,
            points: vec![[30_000.0, 0.02], [900_000.0, 40.0]],
        };
        assert_eq!(decades(std::slice::from_ref(&curve), 0), 1e4..1e6);
        assert_eq!(decades(&[curve], 1), 0.01..100.0);
        assert_eq!(power_of_ten(1e5), "10⁵");
        assert_eq!(power_of_ten(0.01), "0.01");
    }
}

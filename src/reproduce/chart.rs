//! The charts of Chen et al. 2025 drawn again: ours over theirs.

use super::ReproduceError;
use super::chen::{SOLID_GPA, corrected_equation_4, equation_2, equation_4_favourable, fit};
use crate::lattice::samples::{CHEN_TANTALUM, QUANTITIES};
use crate::lattice::{Cell, FitSpace, fit_power_law_in, fit_threshold_law, overlap::Shape};
use crate::report::chart::plot::{
    Axis, Curve, Layout, Look, Plot, RGBColor, SeriesLabelPosition, svg,
};
use crate::report::number::tick;

const SIZE: (u32, u32) = (620, 460);
/// From thin struts to thick ones, light to dark.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0xd9, 0x8a, 0x20),
    RGBColor(0xc8, 0x6a, 0x3c),
    RGBColor(0xb5, 0x40, 0x2a),
    RGBColor(0x8f, 0x3b, 0x5a),
    RGBColor(0x6a, 0x4c, 0x93),
    RGBColor(0x3f, 0x5f, 0xa0),
    RGBColor(0x1f, 0x4e, 0x79),
    RGBColor(0x11, 0x2a, 0x44),
];
const THEIRS: RGBColor = RGBColor(0x77, 0x77, 0x77);

/// A figure before it is drawn; both axes begin at 0.
struct Figure {
    name: &'static str,
    title: &'static str,
    x: (&'static str, f64),
    y: (&'static str, f64),
    legend: SeriesLabelPosition,
    curves: Vec<Curve>,
}

/// A drawn chart and what it shows.
pub(super) struct Chart {
    /// SVG.
    pub svg: String,
    /// Under it.
    pub caption: &'static str,
}

/// The two charts of Figure 2 and the two of Figure 5.
pub(super) fn charts() -> Result<Vec<Chart>, ReproduceError> {
    let strength_caption = "Figure 5B. Points: yield strength and plateau stress of Table 2 (theirs). Lines: our fits in logarithmic space; dashed: the classical exponent 1.5, its prefactor fitted. Their figure's own fit is not in the text.";
    Ok(vec![
        Chart {
            svg: draw(&apertures())?,
            caption: "Figure 2A. Solid: the exact pore body √(2/3) M − D (ours). Dashed: equation (2), 0.816 M − D (theirs), which lies on it. The figure's own data are not in the text.",
        },
        Chart {
            svg: draw(&porosities())?,
            caption: "Figure 2B. Solid: the porosity of equations (1) to (3) (ours), to where the windows close. Dashed: the printed equation (4), read most favourably (theirs). The figure's own data are not in the text.",
        },
        Chart {
            svg: draw(&moduli()?)?,
            caption: "Figure 5A. Points: Table 2 over 186 GPa (theirs). Lines: our fits. Their figure's own fit is not in the text.",
        },
        Chart {
            svg: draw(&strengths()?)?,
            caption: strength_caption,
        },
    ])
}

/// Strut diameters 0.1, 0.2 … mm.
fn struts(count: usize) -> impl Iterator<Item = (f64, RGBColor)> {
    (0..count).map(|k| (0.1 * (k + 1) as f64, COLOURS[k % COLOURS.len()]))
}

fn theirs(colour: RGBColor, points: Vec<[f64; 2]>) -> Curve {
    Curve {
        name: None,
        colour,
        look: Look::Dashes,
        points,
    }
}

/// Nothing but a name for all dashed curves.
fn dashed_name(name: &str) -> Curve {
    Curve {
        name: Some(name.to_owned()),
        ..theirs(THEIRS, Vec::new())
    }
}

/// Evenly spaced numbers.
fn steps([low, high]: [f64; 2]) -> impl Iterator<Item = f64> {
    (0..=120).map(move |k| low + (high - low) * f64::from(k) / 120.0)
}

fn apertures() -> Figure {
    let body = Shape::of(Cell::RhombicDodecahedron).body;
    let mut curves = Vec::new();
    for (strut, colour) in struts(7) {
        let cells = || steps([0.0, 4.0]).filter(move |cell| body * cell > strut);
        curves.push(Curve {
            name: Some(format!("D = {strut:.1} mm")),
            colour,
            look: Look::Line,
            points: cells().map(|cell| [cell, body * cell - strut]).collect(),
        });
        let printed = cells()
            .map(|cell| [cell, equation_2(strut, cell)])
            .collect();
        curves.push(theirs(colour, printed));
    }
    curves.push(dashed_name("equation (2)"));
    Figure {
        name: "Figure 2A",
        title: "Pore body against cell size",
        x: ("cell size M / mm", 4.0),
        y: ("pore body H / mm", 3.5),
        legend: SeriesLabelPosition::UpperLeft,
        curves,
    }
}

fn porosities() -> Figure {
    let shape = Shape::of(Cell::RhombicDodecahedron);
    let mut curves = Vec::new();
    for (strut, colour) in struts(8) {
        // The window closes where the strut is as thick as it.
        let closed = (shape.body / shape.window - 1.0) * strut;
        let bodies = || steps([closed, 3.0]);
        curves.push(Curve {
            name: Some(format!("D = {strut:.1} mm")),
            colour,
            look: Look::Line,
            points: bodies()
                .map(|h| [h, 100.0 * corrected_equation_4(strut, h)])
                .collect(),
        });
        let printed = steps([0.02, 3.0]).map(|h| [h, 100.0 * equation_4_favourable(strut, h)]);
        curves.push(theirs(colour, printed.collect()));
    }
    curves.push(dashed_name("equation (4)"));
    Figure {
        name: "Figure 2B",
        title: "Porosity against pore body",
        x: ("pore body H / mm", 3.0),
        y: ("porosity / %", 100.0),
        legend: SeriesLabelPosition::LowerRight,
        curves,
    }
}

/// A curve from the least to the greatest density of the samples.
fn law(name: String, colour: RGBColor, look: Look, value: impl Fn(f64) -> f64) -> Curve {
    Curve {
        name: Some(name),
        colour,
        look,
        points: steps([0.1198, 0.5446])
            .map(|rho| [rho, value(rho)])
            .collect(),
    }
}

fn dots(name: &str, colour: RGBColor, pairs: &[[f64; 2]], scale: f64) -> Curve {
    Curve {
        name: Some(name.to_owned()),
        colour,
        look: Look::Points,
        points: pairs.iter().map(|p| [p[0], scale * p[1]]).collect(),
    }
}

fn moduli() -> Result<Figure, ReproduceError> {
    let pairs = QUANTITIES[0].pairs(&CHEN_TANTALUM);
    let scale = 1.0 / SOLID_GPA;
    let fit = fit(&QUANTITIES[0])?.law;
    let classical = fit_power_law_in(FitSpace::Logarithmic, &pairs, Some(2.0))?.law;
    let threshold = fit_threshold_law(&pairs, 1.5)?;
    let above = threshold.threshold;
    let curves = vec![
        dots("Table 2", COLOURS[2], &pairs, scale),
        law(
            format!("{:.4} ρ^{:.2}", scale * fit.prefactor, fit.exponent),
            COLOURS[6],
            Look::Line,
            |rho| scale * fit.value(rho),
        ),
        law(
            format!("{:.4} ρ²", scale * classical.prefactor),
            THEIRS,
            Look::Dashes,
            |rho| scale * classical.value(rho),
        ),
        law(
            format!("{:.4} (ρ − {above:.3})^1.5", scale * threshold.prefactor),
            COLOURS[0],
            Look::Dashes,
            |rho| scale * threshold.prefactor * (rho - above).powf(1.5),
        ),
    ];
    Ok(Figure {
        name: "Figure 5A",
        title: "Relative modulus against relative density",
        x: ("relative density ρ", 0.6),
        y: ("E / 186 GPa", 0.03),
        legend: SeriesLabelPosition::UpperLeft,
        curves,
    })
}

fn strengths() -> Result<Figure, ReproduceError> {
    let mut curves = Vec::new();
    for (quantity, colour) in QUANTITIES[1..].iter().zip([COLOURS[6], COLOURS[0]]) {
        let pairs = quantity.pairs(&CHEN_TANTALUM);
        let fit = fit(quantity)?.law;
        let classical = fit_power_law_in(FitSpace::Logarithmic, &pairs, Some(1.5))?.law;
        curves.push(dots(
            &format!("{}, Table 2", quantity.name),
            colour,
            &pairs,
            1.0,
        ));
        let name = |prefactor: f64, n: f64| format!("{prefactor:.0} ρ^{n:.2}");
        curves.push(law(
            name(fit.prefactor, fit.exponent),
            colour,
            Look::Line,
            |rho| fit.value(rho),
        ));
        curves.push(law(
            name(classical.prefactor, 1.5),
            colour,
            Look::Dashes,
            |rho| classical.value(rho),
        ));
    }
    Ok(Figure {
        name: "Figure 5B",
        title: "Strength against relative density",
        x: ("relative density ρ", 0.6),
        y: ("strength / MPa", 120.0),
        legend: SeriesLabelPosition::UpperLeft,
        curves,
    })
}

fn draw(figure: &Figure) -> Result<String, ReproduceError> {
    let axis = |(label, end): (&str, f64)| Axis {
        label: label.to_owned(),
        range: 0.0..end,
        is_log: false,
        mark: tick,
    };
    let mut curves = figure.curves.clone();
    for curve in &mut curves {
        curve.points.retain(|p| p[1] <= figure.y.1 && p[1] >= 0.0);
    }
    let plot = Plot {
        title: figure.title,
        axes: [axis(figure.x), axis(figure.y)],
        curves,
        band: None,
        level: None,
        layout: Layout {
            title: 18,
            room: [12, 44, 62],
            grid: RGBColor(0xf2, 0xf2, 0xf2),
            point: 5,
            legend: figure.legend.clone(),
            legend_size: 13,
        },
    };
    svg(SIZE, &[plot]).map_err(|reason| ReproduceError::Chart {
        chart: figure.name,
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chart_names_its_axes_units_and_curves() {
        let charts = charts().unwrap();
        assert_eq!(charts.len(), 4);
        let words: [&[&str]; 4] = [
            &[
                "cell size M / mm",
                "pore body H / mm",
                "D = 0.7 mm",
                "equation (2)",
            ],
            &["porosity / %", "D = 0.8 mm", "equation (4)"],
            &["E / 186 GPa", "0.1065 ρ^2.16", "Table 2"],
            &["strength / MPa", "119 ρ^1.77", "407 ρ^2.15"],
        ];
        for (chart, words) in charts.iter().zip(words) {
            for word in words {
                assert!(chart.svg.contains(word), "{word}");
            }
        }
        // Five samples and the mark in the legend.
        assert_eq!(charts[2].svg.matches("<circle").count(), 6);
    }
}

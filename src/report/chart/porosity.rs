//! Porosity in a cut of the implant, and over a coordinate.

use maud::{Markup, html};

use super::colour_bar;
use crate::assessment::porosity::PorosityReport;
use crate::report::number::tick;
use crate::report::picture::colour::Ramp;

/// The range of the colours and of the curve's axis, per cent: whole fives about the porosity.
fn range(report: &PorosityReport) -> [f64; 2] {
    let low = 5.0 * (report.lowest_percent / 5.0).floor();
    let high = 5.0 * (report.highest_percent / 5.0).ceil();
    [low, high.max(low + 5.0)]
}

/// Ticks at whole fives or tens of a range.
fn ticks([low, high]: [f64; 2]) -> Vec<f64> {
    let step = if high - low > 25.0 { 10.0 } else { 5.0 };
    let first = (low / step).ceil() as i32;
    let last = (high / step).floor() as i32;
    (first..=last).map(|k| step * f64::from(k)).collect()
}

/// The cut, dark where the metal is dense, anterior on the left; below it the colours' meaning.
pub fn section(report: &PorosityReport) -> Markup {
    const SCALE: f64 = 10.0;
    const MARGIN: f64 = 42.0;
    let section = &report.section;
    let span = |axis: usize| {
        let places = section.squares.iter().map(|(p, _)| p[axis]);
        let low = places.clone().fold(f64::INFINITY, f64::min);
        [low, places.fold(low, f64::max)]
    };
    if section.squares.is_empty() {
        return html! { p class="none" { "Nothing of it lies in the cut." } };
    }
    let ([x_low, x_high], [z_low, z_high]) = (span(0), span(1));
    let step = section.step_mm;
    let [low, high] = range(report);
    let colour = |percent: f64| Ramp::Sequential.at((high - percent) / (high - low)).hex();
    let (width, height) = (x_high - x_low + step, z_high - z_low + step);
    let left = |x: f64| MARGIN + SCALE * (x_high - x);
    let top = |z: f64| 8.0 + SCALE * (z_high - z);
    let every = if height > 40.0 { 10.0 } else { 5.0 };
    let heights = (0..=(z_high / every).max(0.0) as i32).map(|k| every * f64::from(k));
    let view = [SCALE * width + 2.0 * MARGIN, SCALE * height + 40.0];
    let labels: Vec<(f64, String)> = ticks([low, high])
        .into_iter()
        .rev()
        .map(|p| ((high - p) / (high - low), tick(p)))
        .collect();
    html! {
        svg viewBox=(format!("0 0 {} {}", view[0], view[1])) style=(format!("max-width:{}px", view[0]))
            role="img" aria-label="Porosity in a cut along the implant's axis" {
            @for ([x, z], percent) in &section.squares {
                rect x=(left(*x)) y=(top(*z)) width=(SCALE * step + 0.3) height=(SCALE * step + 0.3)
                    fill=(colour(*percent)) {}
            }
            @for z in heights {
                @let y = top(z) + 0.5 * SCALE * step;
                line x1=(MARGIN - 8.0) x2=(MARGIN - 3.0) y1=(y) y2=(y) class="axis" {}
                text x=(MARGIN - 11.0) y=(y + 4.0) class="tick end" { (tick(z)) }
            }
            text x=(MARGIN - 11.0) y=(view[1] - 8.0) class="tick end" { "mm" }
        }
        (colour_bar("porosity, % (dark: dense)", Ramp::Sequential, &labels, 240.0))
    }
}

/// Mean and range of porosity in bands of a coordinate.
pub fn curve(report: &PorosityReport) -> Markup {
    const WIDTH: f64 = 520.0;
    const HEIGHT: f64 = 300.0;
    const LEFT: f64 = 54.0;
    const BOTTOM: f64 = 44.0;
    let bands = &report.curve;
    let first = bands.first().map_or(0.0, |b| b.at_mm);
    let last = bands.last().map_or(first, |b| b.at_mm);
    let [low, high] = range(report);
    let x = |mm: f64| {
        let share = (mm - first) / (last - first).max(f64::MIN_POSITIVE);
        LEFT + share * (WIDTH - LEFT - 16.0)
    };
    let y = |percent: f64| 10.0 + (high - percent) / (high - low) * (HEIGHT - BOTTOM - 10.0);
    let points = |values: &mut dyn Iterator<Item = (f64, f64)>| {
        let words: Vec<String> = values
            .map(|(mm, percent)| format!("{:.1},{:.1}", x(mm), y(percent)))
            .collect();
        words.join(" ")
    };
    let upper = bands.iter().map(|b| (b.at_mm, b.highest_percent));
    let lower = bands.iter().rev().map(|b| (b.at_mm, b.lowest_percent));
    let area = points(&mut upper.chain(lower));
    let mean = points(&mut bands.iter().map(|b| (b.at_mm, b.mean_percent)));
    let every = if last - first > 12.0 { 5.0 } else { 1.0 };
    let places = (first / every).ceil() as i32..=(last / every).floor() as i32;
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label="Porosity along the implant" {
            @for percent in ticks([low, high]) {
                line x1=(LEFT) x2=(WIDTH - 16.0) y1=(y(percent)) y2=(y(percent)) class="axis dashed" {}
                text x=(LEFT - 6.0) y=(y(percent) + 4.0) class="tick end" { (tick(percent)) }
            }
            polygon points=(area) fill="#9fc3d3" opacity="0.55" {}
            polyline points=(mean) fill="none" stroke="#2f6f7e" stroke-width="2.2" {}
            line x1=(LEFT) x2=(WIDTH - 16.0) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) class="axis" {}
            @for mm in places.map(|k| every * f64::from(k)) {
                line x1=(x(mm)) x2=(x(mm)) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM + 5.0) class="axis" {}
                text x=(x(mm)) y=(HEIGHT - BOTTOM + 18.0) class="tick middle" { (tick(mm)) }
            }
            text x=(0.5 * (LEFT + WIDTH)) y=(HEIGHT - 6.0) class="label middle" { "mm" }
            text x="14" y=(0.5 * (HEIGHT - BOTTOM)) class="label middle"
                transform=(format!("rotate(-90 14 {})", 0.5 * (HEIGHT - BOTTOM))) { "porosity, %" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    #[test]
    fn the_axis_covers_the_porosity_and_the_cut_has_its_squares() {
        let report = &example::report().porosity[0];
        let [low, high] = range(report);
        assert!(low <= report.lowest_percent && high >= report.highest_percent);
        assert_eq!(ticks([low, high]), [60.0, 65.0, 70.0, 75.0, 80.0]);
        let svg = section(report).into_string();
        assert_eq!(
            svg.matches("<rect").count() - 76,
            report.section.squares.len()
        );
        assert!(curve(report).into_string().contains("polyline"));
    }
}

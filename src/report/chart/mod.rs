//! Charts as SVG inside the page: axes, units and legends as real text.
//!
//! Verdicts differ in lightness and carry their word, so that no chart needs colour alone.

pub mod plot;
pub mod maps;
pub mod margins;
pub mod porosity;
pub mod shares;
pub mod zones;

use maud::{Markup, html};

use super::number::tick;
use super::picture::colour::{Ramp, Rgb};
use crate::assessment::Verdict;

/// Fill of a bar under a verdict; legible on light and dark ground.
pub fn verdict_colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within => "#4f8fba",
        Verdict::Caution => "#d9a520",
        Verdict::Exceeded => "#b5402a",
    }
}

/// The word of a verdict.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within => "within",
        Verdict::Caution => "caution",
        Verdict::Exceeded => "exceeded",
    }
}

/// Black or white, whichever reads better on a colour.
pub fn ink_on(Rgb([r, g, b]): Rgb) -> &'static str {
    let luma = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    if luma > 140.0 { "#111" } else { "#fff" }
}

/// Colour bar of a sequential scale from 0 to `full`, open at its end, as wide as `columns`
/// pictures beside each other allow.
pub fn sequential_bar(title: &str, full: f64, columns: usize) -> Markup {
    let (parts, width) = if columns > 1 { (4, 360.0) } else { (2, 190.0) };
    let label = |k: u32| match f64::from(k) / f64::from(parts) {
        t if t < 1.0 => (t, tick(t * full)),
        t => (t, format!("≥ {}", tick(full))),
    };
    let ticks: Vec<(f64, String)> = (0..=parts).map(label).collect();
    colour_bar(title, Ramp::Sequential, &ticks, width)
}

/// A colour bar `width` pixels wide: the ramp from left to right with labelled ticks at places
/// 0..1.
pub fn colour_bar(title: &str, ramp: Ramp, ticks: &[(f64, String)], width: f64) -> Markup {
    const LEFT: f64 = 12.0;
    const RIGHT: f64 = 30.0;
    const STEPS: usize = 76;
    let length = width - LEFT - RIGHT;
    html! {
        svg class="bar" viewBox=(format!("0 0 {width} 52")) style=(format!("max-width:{width}px"))
            role="img" aria-label=(title) {
            text x=(LEFT) y="12" class="label" { (title) }
            @for k in 0..STEPS {
                rect x=(LEFT + length * k as f64 / STEPS as f64) y="18"
                    width=(length / STEPS as f64) height="12" shape-rendering="crispEdges"
                    fill=(ramp.at((k as f64 + 0.5) / STEPS as f64).hex()) {}
            }
            @for (place, label) in ticks {
                line x1=(LEFT + length * place) x2=(LEFT + length * place) y1="30" y2="34"
                    class="axis" {}
                text x=(LEFT + length * place) y="46" class="tick middle" { (label) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_dark_on_pale_and_pale_on_dark() {
        assert_eq!(ink_on(Ramp::Sequential.at(0.0)), "#111");
        assert_eq!(ink_on(Ramp::Sequential.at(1.0)), "#fff");
    }
}

//! Charts as SVG inside the page: axes, units and legends as real text.
//!
//! Verdicts differ in lightness and carry their word, so that no chart needs colour alone.

pub mod maps;
pub mod margins;
pub mod shares;
pub mod zones;

use maud::{Markup, html};

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

/// The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ at or above `value`; 1 for nothing positive.
pub fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|m| m * power)
        .find(|m| *m >= value * (1.0 - 1e-12))
        .unwrap_or(10.0 * power)
}

/// A colour bar: the ramp from left to right with labelled ticks at places 0..1.
pub fn colour_bar(title: &str, ramp: Ramp, ticks: &[(f64, String)]) -> Markup {
    const LEFT: f64 = 16.0;
    const LENGTH: f64 = 308.0;
    const STEPS: usize = 64;
    html! {
        svg class="bar" viewBox="0 0 340 52" role="img" aria-label=(title) {
            text x=(LEFT) y="12" class="label" { (title) }
            @for k in 0..STEPS {
                rect x=(LEFT + LENGTH * k as f64 / STEPS as f64) y="18"
                    width=(LENGTH / STEPS as f64 + 0.5) height="12"
                    fill=(ramp.at((k as f64 + 0.5) / STEPS as f64).hex()) {}
            }
            @for (place, label) in ticks {
                line x1=(LEFT + LENGTH * place) x2=(LEFT + LENGTH * place) y1="30" y2="34"
                    class="axis" {}
                text x=(LEFT + LENGTH * place) y="46" class="tick middle" { (label) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers_no_smaller_than_the_value() {
        for (value, end) in [
            (0.93, 1.0),
            (1.01, 1.5),
            (2.31, 2.5),
            (8.1, 10.0),
            (0.0, 1.0),
            (60.0, 60.0),
        ] {
            assert!(
                (round_up(value) - end).abs() < 1e-9 * end,
                "{value}: {}",
                round_up(value)
            );
        }
    }

    #[test]
    fn ink_is_dark_on_pale_and_pale_on_dark() {
        assert_eq!(ink_on(Ramp::Sequential.at(0.0)), "#111");
        assert_eq!(ink_on(Ramp::Sequential.at(1.0)), "#fff");
    }
}

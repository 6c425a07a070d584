//! Stress shielding by zone, unrolled: quadrants across, slices down, the slice at the interface
//! next to the implant. Blue is relieved, white as before, orange loaded more.

use maud::{Markup, html};

use super::{colour_bar, ink_on};
use crate::assessment::ShieldingRow;
use crate::report::number::{percent, short};
use crate::report::picture::colour::{Ramp, Rgb};

/// Quadrants in the order one meets them walking around the bone.
const QUADRANTS: [&str; 4] = ["anterior", "left", "posterior", "right"];
const CELL: [f64; 2] = [112.0, 44.0];
const LEFT: f64 = 132.0;

/// Colour of a ratio: two octaves down to two octaves up.
fn ratio_colour(ratio: f64) -> Rgb {
    let octaves = if ratio > 0.0 {
        ratio.log2()
    } else {
        f64::NEG_INFINITY
    };
    Ramp::Diverging.at(0.5 + 0.25 * octaves.clamp(-2.0, 2.0))
}

/// Colour bar of the charts.
pub fn legend() -> Markup {
    let ticks = [
        (0.0, "≤ ¼"),
        (0.25, "½"),
        (0.5, "1"),
        (0.75, "2"),
        (1.0, "≥ 4"),
    ];
    colour_bar(
        "strain energy in the zone ÷ before surgery (pure ratio)",
        Ramp::Diverging,
        &ticks.map(|(at, label)| (at, label.to_owned())),
    )
}

/// A zone's name split into slice and quadrant; the quadrant is its last word.
fn split(zone: &str) -> (&str, &str) {
    zone.rsplit_once(' ').unwrap_or((zone, ""))
}

/// The chart of one body under one load case; `rows` are all of that.
pub fn zones(body: &str, rows: &[&ShieldingRow]) -> Markup {
    let mut slices: Vec<&str> = Vec::new();
    let mut quadrants: Vec<&str> = QUADRANTS.to_vec();
    for row in rows {
        let (slice, quadrant) = split(&row.zone);
        if !slices.contains(&slice) {
            slices.push(slice);
        }
        if !quadrants.contains(&quadrant) {
            quadrants.push(quadrant);
        }
    }
    quadrants.retain(|q| rows.iter().any(|r| split(&r.zone).1 == *q));
    // Below the bone lies the implant: its nearest slice goes to the bottom.
    if slices.first().is_some_and(|s| s.starts_with("inferior")) {
        slices.reverse();
    }
    let (width, height) = (
        LEFT + CELL[0] * quadrants.len() as f64 + 2.0,
        40.0 + CELL[1] * slices.len() as f64 + 4.0,
    );
    html! {
        svg viewBox=(format!("0 0 {width} {height}")) role="img"
            aria-label=(format!("{body}: strain energy by zone")) {
            text x="0" y="16" class="group" { (body) }
            @for (k, quadrant) in quadrants.iter().enumerate() {
                text x=(LEFT + CELL[0] * (k as f64 + 0.5)) y="32" class="tick middle" { (quadrant) }
            }
            @for (s, slice) in slices.iter().enumerate() {
                text x=(LEFT - 8.0) y=(40.0 + CELL[1] * (s as f64 + 0.5) + 4.0) class="tick end" {
                    (slice)
                }
            }
            @for row in rows {
                @let (slice, quadrant) = split(&row.zone);
                @let s = slices.iter().position(|x| *x == slice).unwrap_or(0);
                @let q = quadrants.iter().position(|x| *x == quadrant).unwrap_or(0);
                (cell(row, LEFT + CELL[0] * q as f64, 40.0 + CELL[1] * s as f64))
            }
        }
    }
}

fn cell(row: &ShieldingRow, x: f64, y: f64) -> Markup {
    let colour = ratio_colour(row.sed_ratio);
    let ink = format!("fill:{}", ink_on(colour));
    let middle = x + 0.5 * CELL[0];
    let shift = if row.resorbing_fraction_s50.is_some() {
        0.0
    } else {
        7.0
    };
    html! {
        rect x=(x + 1.0) y=(y + 1.0) width=(CELL[0] - 2.0) height=(CELL[1] - 2.0) rx="3"
            fill=(colour.hex()) stroke="var(--line)" {}
        text x=(middle) y=(y + 20.0 + shift) class="number middle" style=(ink) { (short(row.sed_ratio)) }
        @if let Some(fraction) = row.resorbing_fraction_s50 {
            text x=(middle) y=(y + 35.0) class="tick middle" style=(ink) {
                (percent(fraction)) " under half"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn the_slice_at_the_implant_is_drawn_next_to_it() {
        let findings = example::findings();
        let place = |body: &str| {
            let rows: Vec<&ShieldingRow> = findings
                .stress_shielding
                .iter()
                .filter(|r| r.load_case == "all" && r.body == body)
                .collect();
            let chart = zones(body, &rows).into_string();
            let find = |text: &str| chart.find(text).unwrap();
            (find("0-3 mm"), find("3-8 mm"))
        };
        let (near, far) = place("T5");
        assert!(near > far, "T5 lies above the implant");
        let (near, far) = place("T7");
        assert!(near < far, "T7 lies below it");
    }

    #[test]
    fn a_relieved_zone_is_blue_and_one_as_before_is_white() {
        let Rgb([r, _, b]) = ratio_colour(0.3);
        assert!(b > r);
        let Rgb([r, g, b]) = ratio_colour(1.0);
        assert!(r.min(g).min(b) > 240);
        assert_eq!(ratio_colour(0.0), ratio_colour(0.1));
    }
}

//! Stress shielding by zone, unrolled: quadrants across, slices down, the slice at the interface
//! next to the implant. Blue is relieved, white as before, orange loaded more.

use maud::{Markup, html};

use super::{colour_bar, ink_on};
use crate::assessment::ShieldingRow;
use crate::report::number::{fixed, percent};
use crate::report::picture::colour::{Ramp, Rgb};

/// Quadrants in the order one meets them walking around the bone.
const QUADRANTS: [&str; 4] = ["anterior", "left", "posterior", "right"];
/// How large a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// Width and height of a cell.
    cell: [f64; 2],
    /// Room for the slices' names.
    left: f64,
    /// Whether cells also say how much of them resorbs.
    detailed: bool,
}

impl Layout {
    /// For the chart that decides.
    pub const LARGE: Self = Self {
        cell: [104.0, 44.0],
        left: 108.0,
        detailed: true,
    };
    /// For one of many.
    pub const SMALL: Self = Self {
        cell: [50.0, 26.0],
        left: 112.0,
        detailed: false,
    };
}

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
        "strain energy ÷ before surgery (a pure number)",
        Ramp::Diverging,
        &ticks.map(|(at, label)| (at, label.to_owned())),
        360.0,
    )
}

/// A zone's name, "superior 0-3 mm anterior", split into side, slice and quadrant.
fn split(zone: &str) -> [&str; 3] {
    let (rest, quadrant) = zone.rsplit_once(' ').unwrap_or((zone, ""));
    let (side, slice) = rest.split_once(' ').unwrap_or(("", rest));
    [side, slice, quadrant]
}

/// Slices and quadrants in the order they are drawn.
fn grid<'a>(rows: &[&'a ShieldingRow]) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut slices: Vec<&str> = Vec::new();
    let mut quadrants: Vec<&str> = Vec::new();
    for row in rows {
        let [_, slice, quadrant] = split(&row.zone);
        if !slices.contains(&slice) {
            slices.push(slice);
        }
        if !quadrants.contains(&quadrant) {
            quadrants.push(quadrant);
        }
    }
    quadrants.sort_by_key(|q| QUADRANTS.iter().position(|x| x == q));
    // Below the bone lies the implant: its nearest slice goes to the bottom.
    if rows
        .first()
        .is_some_and(|r| split(&r.zone)[0] == "inferior")
    {
        slices.reverse();
    }
    (slices, quadrants)
}

/// The chart of one body under one load case; `rows` are all of that.
pub fn zones(body: &str, rows: &[&ShieldingRow], layout: Layout) -> Markup {
    const TOP: f64 = 40.0;
    let Layout {
        cell: [across, down],
        left,
        ..
    } = layout;
    let (slices, quadrants) = grid(rows);
    let side = rows.first().map_or("", |r| split(&r.zone)[0]);
    let width = left + across * quadrants.len() as f64 + 2.0;
    let height = TOP + down * slices.len() as f64 + 4.0;
    html! {
        svg viewBox=(format!("0 0 {width} {height}")) role="img"
            aria-label=(format!("{body}: strain energy by zone")) {
            text x="0" y="16" class="group" { (body) " " (side) }
            @for (k, quadrant) in quadrants.iter().enumerate() {
                text x=(left + across * (k as f64 + 0.5)) y="34" class="tick middle" { (short_name(quadrant, layout)) }
            }
            @for (s, slice) in slices.iter().enumerate() {
                text x=(left - 8.0) y=(TOP + down * (s as f64 + 0.5) + 4.0) class="tick end" { (slice) }
            }
            @for row in rows {
                @let [_, slice, quadrant] = split(&row.zone);
                @let s = slices.iter().position(|x| *x == slice).unwrap_or(0);
                @let q = quadrants.iter().position(|x| *x == quadrant).unwrap_or(0);
                (cell(row, [left + across * q as f64, TOP + down * s as f64], layout))
            }
        }
    }
}

fn short_name(quadrant: &str, layout: Layout) -> &str {
    match quadrant {
        "anterior" if !layout.detailed => "ant.",
        "posterior" if !layout.detailed => "post.",
        name => name,
    }
}

fn cell(row: &ShieldingRow, [x, y]: [f64; 2], layout: Layout) -> Markup {
    let [across, down] = layout.cell;
    let colour = ratio_colour(row.sed_ratio);
    let ink = format!("fill:{}", ink_on(colour));
    let middle = x + 0.5 * across;
    let fraction = row.resorbing_fraction_s50.filter(|_| layout.detailed);
    let base = y + 0.5 * down + if fraction.is_some() { -2.0 } else { 5.0 };
    let class = if layout.detailed {
        "number middle"
    } else {
        "label middle"
    };
    html! {
        rect x=(x + 1.0) y=(y + 1.0) width=(across - 2.0) height=(down - 2.0) rx="3"
            fill=(colour.hex()) stroke="var(--line)" {}
        text x=(middle) y=(base) class=(class) style=(ink) { (fixed(row.sed_ratio, 2)) }
        @if let Some(fraction) = fraction {
            text x=(middle) y=(base + 15.0) class="tick middle" style=(ink) {
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
            let chart = zones(body, &rows, Layout::LARGE).into_string();
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

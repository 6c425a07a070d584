//! Stress shielding by zone, unrolled: quadrants across, slices down as the bone stands, so that
//! the slice at the implant is next to it. Blue is relieved, white as before, orange loaded more.

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
        cell: [98.0, 40.0],
        left: 152.0,
        detailed: true,
    };
    /// For one of many.
    pub const SMALL: Self = Self {
        cell: [46.0, 24.0],
        left: 158.0,
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

/// A zone's name, "superior 0-3 mm anterior", split into row ("superior 0-3 mm") and quadrant;
/// `None` for a zone outside the vertebral body.
fn split(zone: &str) -> Option<(&str, &str)> {
    zone.rsplit_once(' ')
        .filter(|(_, quadrant)| QUADRANTS.contains(quadrant))
}

/// The rows from the top down: superior slices from the endplate inwards, then inferior ones from
/// the middle to the endplate; the bone as it stands.
fn slices<'a>(rows: &[&'a ShieldingRow]) -> Vec<&'a str> {
    let mut slices: Vec<&str> = Vec::new();
    for (slice, _) in rows.iter().filter_map(|r| split(&r.zone)) {
        if !slices.contains(&slice) {
            slices.push(slice);
        }
    }
    let (mut ordered, mut inferior): (Vec<&str>, Vec<&str>) =
        slices.into_iter().partition(|s| !s.starts_with("inferior"));
    inferior.reverse();
    ordered.extend(inferior);
    ordered
}

/// The chart of one body under one load case; `rows` are all of that.
pub fn zones(body: &str, rows: &[&ShieldingRow], layout: Layout) -> Markup {
    const TOP: f64 = 40.0;
    let Layout {
        cell: [across, down],
        left,
        ..
    } = layout;
    let slices = slices(rows);
    let outside: Vec<&&ShieldingRow> = rows.iter().filter(|r| split(&r.zone).is_none()).collect();
    let width = left + across * QUADRANTS.len() as f64 + 2.0;
    let below = TOP + down * slices.len() as f64 + 8.0;
    let height = below + down * outside.len() as f64 + 2.0;
    html! {
        svg viewBox=(format!("0 0 {width} {height}")) role="img"
            aria-label=(format!("{body}: strain energy by zone")) {
            text x="0" y="16" class="group" { (body) }
            @for (k, quadrant) in QUADRANTS.iter().enumerate() {
                text x=(left + across * (k as f64 + 0.5)) y="34" class="tick middle" { (short_name(quadrant, layout)) }
            }
            @for (s, slice) in slices.iter().enumerate() {
                text x=(left - 8.0) y=(TOP + down * (s as f64 + 0.5) + 4.0) class="tick end" { (slice) }
            }
            @for row in rows {
                @if let Some((slice, quadrant)) = split(&row.zone) {
                    @let s = slices.iter().position(|x| *x == slice).unwrap_or(0);
                    @let q = QUADRANTS.iter().position(|x| *x == quadrant).unwrap_or(0);
                    (cell(row, [left + across * q as f64, TOP + down * s as f64], layout))
                }
            }
            @for (k, row) in outside.iter().enumerate() {
                @let y = below + down * k as f64;
                text x=(left - 8.0) y=(y + 0.5 * down + 4.0) class="tick end" { (row.zone) }
                (cell(row, [left, y], layout))
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
    use crate::report::tests::example;

    #[test]
    fn the_bone_is_drawn_as_it_stands() {
        let findings = example::findings();
        let rows: Vec<&ShieldingRow> = findings
            .stress_shielding
            .iter()
            .filter(|r| r.load_case == "all" && r.body == "T5")
            .collect();
        let order = [
            "superior 0-3 mm",
            "superior 3-8 mm",
            "superior 8 mm-mid-height",
            "inferior 8 mm-mid-height",
            "inferior 3-8 mm",
            "inferior 0-3 mm",
        ];
        assert_eq!(slices(&rows), order);
        let chart = zones("T5", &rows, Layout::LARGE).into_string();
        assert_eq!(chart.matches("<rect").count(), rows.len());
        assert!(chart.contains("posterior elements"));
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

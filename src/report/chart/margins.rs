//! How close every check comes to its limit: one bar for the worst load case of each, marks at
//! 80 % and 100 %, a whisker for the band that the default bone modulus gives.

use maud::{Markup, html};

use super::{verdict_colour, verdict_word};
use crate::report::decisive::{Check, CheckKind};
use crate::report::number::percent;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 380.0;
const RIGHT: f64 = 170.0;
const ROW: f64 = 30.0;
/// Ratios beyond this are drawn cut off, with their number.
const LARGEST: f64 = 2.5;

/// The chart; `checks` grouped by kind, in order.
pub fn margins(checks: &[Check]) -> Markup {
    let reach = checks
        .iter()
        .map(|c| c.band.map_or(c.ratio, |b| b[1].max(c.ratio)));
    let end = reach.fold(1.2, f64::max).min(LARGEST);
    let scale = Scale { end };
    let mut rows = Vec::new();
    let mut y = 34.0;
    for kind in [
        CheckKind::Subsidence,
        CheckKind::Implant,
        CheckKind::Fixation,
    ] {
        let group: Vec<&Check> = checks.iter().filter(|c| c.kind == kind).collect();
        if group.is_empty() {
            continue;
        }
        rows.push(html! { text x="0" y=(y + 16.0) class="group" { (kind.heading()) } });
        y += 26.0;
        for check in group {
            rows.push(bar(check, y, &scale));
            y += ROW;
        }
        y += 10.0;
    }
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", y + 8.0)) role="img" class="wide"
            aria-label="Value over limit of every check" {
            @for (at, label) in [(0.0, "0"), (0.8, "80 %"), (1.0, "limit")] {
                line x1=(scale.x(at)) x2=(scale.x(at)) y1="24" y2=(y)
                    class=(if at == 0.8 { "axis dashed" } else { "axis strong" }) {}
                @if at != 0.8 {
                    text x=(scale.x(at)) y="16" class="tick middle" { (label) }
                } @else {
                    text x=(scale.x(at) - 4.0) y="16" class="tick end" { (label) }
                }
            }
            @for row in rows { (row) }
        }
    }
}

struct Scale {
    end: f64,
}

impl Scale {
    fn x(&self, ratio: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (ratio / self.end).clamp(0.0, 1.0)
    }
}

fn bar(check: &Check, y: f64, scale: &Scale) -> Markup {
    let label = if check.kind == CheckKind::Subsidence {
        format!("{}: {}", check.place, check.criterion)
    } else {
        check.place.clone()
    };
    html! {
        text x=(LEFT - 10.0) y=(y + 10.0) class="label end" { (label) }
        text x=(LEFT - 10.0) y=(y + 22.0) class="tick end" { (check.load_case) }
        rect x=(LEFT) y=(y + 3.0) width=(scale.x(check.ratio) - LEFT) height="16"
            fill=(verdict_colour(check.verdict)) {}
        @if let Some([low, high]) = check.band {
            line x1=(scale.x(low)) x2=(scale.x(high)) y1=(y + 11.0) y2=(y + 11.0) class="whisker" {}
            @for end in [low, high] {
                line x1=(scale.x(end)) x2=(scale.x(end)) y1=(y + 7.0) y2=(y + 15.0) class="whisker" {}
            }
        }
        text x=(WIDTH - RIGHT + 76.0) y=(y + 15.0) class="number end" { (percent(check.ratio)) }
        text x=(WIDTH - RIGHT + 86.0) y=(y + 15.0) class=(format!("word {}", verdict_word(check.verdict))) {
            (verdict_word(check.verdict))
        }
    }
}

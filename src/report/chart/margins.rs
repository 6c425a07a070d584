//! How close every check comes to its limit: one bar for the worst load case of each, marks at
//! 80 % and 100 %, a whisker for the band that the default bone modulus gives.
//!
//! A table with a bar in each row: criteria are long, and a table wraps them.

use maud::{Markup, html};

use super::{verdict_colour, verdict_word};
use crate::assessment::judged::{Check, Group};
use crate::report::number::{percent, short};

/// Ratios beyond this are drawn cut off; their number says the rest.
const LARGEST: f64 = 2.5;

/// The chart; `checks` under the headings of `groups`, in order.
pub fn margins(groups: &[&Group], checks: &[Check]) -> Markup {
    let reach = checks
        .iter()
        .map(|c| c.band.map_or(c.ratio, |b| b[1].max(c.ratio)));
    let end = 1.02 * reach.fold(1.2, f64::max).min(LARGEST);
    html! {
        table class="margins" {
            thead {
                tr {
                    th scope="col" { "check, worst load case" }
                    th scope="col" class="n" { "value" }
                    th scope="col" class="n" { "limit" }
                    th scope="col" class="axis" {
                        @for (at, label) in [(0.8, "80\u{202f}%"), (1.0, "limit")] {
                            span class=[(at < 1.0).then_some("before")]
                                style=(format!("left:{:.2}%", 100.0 * at / end)) { (label) }
                        }
                    }
                    th scope="col" class="n" { "share" }
                    th scope="col" { "verdict" }
                }
            }
            @for group in groups {
                @let own: Vec<&Check> = checks.iter().filter(|c| c.group == *group).collect();
                @if !own.is_empty() {
                    tbody {
                        tr { th colspan="6" scope="rowgroup" class="kind" { (group.heading) } }
                        @for check in own { (row(check, end)) }
                    }
                }
            }
        }
    }
}

fn row(check: &Check, end: f64) -> Markup {
    let word = verdict_word(check.verdict);
    html! {
        tr {
            td { strong { (check.place) } ": " (check.criterion) span class="case" { (check.load_case) } }
            td class="n" { (short(check.value)) " " (check.unit) }
            td class="n" { (short(check.limit)) " " (check.unit) }
            td class="track" { (bar(check, end)) }
            td class="n" { strong { (percent(check.ratio)) } }
            td { span class=(format!("tag {word}")) { (word) } }
        }
    }
}

/// The bar, stretched to its cell: 0 at the left, `end` at the right.
fn bar(check: &Check, end: f64) -> Markup {
    let x = |ratio: f64| 1000.0 * (ratio / end).clamp(0.0, 1.0);
    html! {
        svg viewBox="0 0 1000 30" preserveAspectRatio="none" aria-hidden="true" {
            rect x="0" y="7" width=(x(check.ratio)) height="16" fill=(verdict_colour(check.verdict)) {}
            line x1=(x(0.8)) x2=(x(0.8)) y1="0" y2="30" class="axis dashed" {}
            line x1=(x(1.0)) x2=(x(1.0)) y1="0" y2="30" class="axis strong" {}
            @if let Some([low, high]) = check.band {
                line x1=(x(low)) x2=(x(high)) y1="15" y2="15" class="whisker" {}
                @for end in [low, high] {
                    line x1=(x(end)) x2=(x(end)) y1="11" y2="19" class="whisker" {}
                }
            }
        }
    }
}

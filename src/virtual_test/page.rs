//! A test's page: one self-contained HTML file, the answer first, then plots, tables,
//! assumptions and limits.

use maud::{Markup, PreEscaped, html};

use super::error::VirtualTestError;
use super::outcome::Outcome;
use crate::report::html::{document, plain_table};
use crate::report::number::{short, whole};

/// The whole page.
///
/// # Errors
/// A plot that cannot be drawn.
pub fn page(outcome: &Outcome) -> Result<String, VirtualTestError> {
    let drawings: Result<Vec<String>, VirtualTestError> =
        outcome.charts.iter().map(|c| c.svg()).collect();
    let drawings = drawings?;
    let body = html! {
        p class="kicker" { "Virtual test" }
        h1 { (outcome.title) }
        div class="verdict within" { @for line in &outcome.answer { p { (line) } } }
        @if !drawings.is_empty() {
            section { h2 { "Plots" }
                div class="blocks" {
                    @for drawing in &drawings {
                        figure style="flex:1 1 480px;max-width:760px" { (PreEscaped(drawing)) }
                    }
                }
            }
        }
        section { h2 { "Results" }
            @for t in &outcome.tables { (plain_table(&t.title, &t.heads, &t.rows)) }
        }
        section { h2 { "What is assumed" } (assumptions(outcome)) }
        section { h2 { "What the test leaves out" }
            ul class="limits" { @for line in outcome.limits { li { (line) } } }
        }
        footer { p {
            (whole(outcome.solver.models)) " models solved, the largest with "
            (whole(outcome.solver.largest_dofs)) " dofs; backward error at most "
            (short(outcome.solver.backward_error)) ", loads and reactions differ by at most "
            (short(outcome.solver.imbalance)) ". Every number with its source is in "
            code { (outcome.test) ".csv" } " and " code { "virtual-test.json" } " beside this page."
        } }
    };
    Ok(document(&outcome.title, "", &body))
}

fn assumptions(outcome: &Outcome) -> Markup {
    html! {
        div class="scroll" { table {
            thead { tr { @for head in ["what", "value", "source", "how far it may be trusted"] {
                th scope="col" { (head) }
            } } }
            tbody { @for a in &outcome.assumptions { tr {
                td { (a.what) } td { (a.value) } td { (a.source) } td { (a.trust()) }
            } } }
        } }
    }
}

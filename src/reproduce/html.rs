//! The comparison as one page: counts first, then the charts, then every number. No scripts.

use maud::{Markup, PreEscaped, html};

use super::chart::charts;
use super::{Derived, Paper, ReproduceError, Reproduction, Row, Verdict};
use crate::report::html::{document, plain_table};

const TITLE: &str = "Published numbers beside ours";
/// Beside the report's own style.
const STYLE: &str = "
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px; }
.plots figure { margin: 0; }
.plots svg text { fill: #111; }
td.said { text-align: right; min-width: 14ch; }
td.reason { max-width: 44ch; color: var(--soft); }
@media (max-width: 900px) { .plots { grid-template-columns: minmax(0, 1fr); } }
";

/// The page of these papers.
///
/// # Errors
/// A chart that cannot be drawn.
pub fn page(papers: &[Paper], found: &Reproduction) -> Result<String, ReproduceError> {
    let figures = match papers.contains(&Paper::Chen2025) {
        true => charts()?,
        false => Vec::new(),
    };
    let body = html! {
        header {
            p class="kicker" { "endplate reproduce" }
            h1 { (TITLE) }
            p class="lead" { (counts(found)) }
        }
        @for paper in papers {
            section {
                h2 { (paper.name()) }
                p { (paper.citation()) }
                @if *paper == Paper::Chen2025 {
                    div class="plots" {
                        @for figure in &figures {
                            figure { (PreEscaped(&figure.svg)) figcaption { (figure.caption) } }
                        }
                    }
                }
                (comparison(found.rows.iter().filter(|r| r.paper == paper.key())))
                @for table in found.derived.iter().filter(|d| d.paper == paper.key()) {
                    (derived(table))
                }
            }
        }
        footer {
            "Printed values: the papers. Ours: computed by endplate from the papers' own equations, \
             tables and counts. A number is reproduced where ours, rounded to its digits, is it."
        }
    };
    Ok(document(TITLE, STYLE, &body))
}

/// "92 numbers and statements: 61 reproduced, 20 inconsistent, 11 not computable."
pub fn counts(found: &Reproduction) -> String {
    let parts = Verdict::ALL.map(|v| format!("{} {}", found.count(v), v.words()));
    format!(
        "{} numbers and statements: {}",
        found.rows.len(),
        parts.join(", ")
    )
}

fn tag(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Reproduced => "within",
        Verdict::Inconsistent => "exceeded",
        Verdict::NotComputable => "caution",
    };
    html! { span class=(format!("tag {class}")) { (verdict.words()) } }
}

/// With sign and three significant digits.
pub fn difference(row: &Row) -> String {
    let text = |d: f64| match crate::report::number::short(d) {
        text if d > 0.0 => format!("+{text}"),
        text => text,
    };
    row.difference.map_or_else(String::new, text)
}

/// Numbers stay on one line, statements break.
fn alignment(text: &str) -> &'static str {
    if text.chars().count() > 24 {
        "said"
    } else {
        "n"
    }
}

fn comparison<'a>(rows: impl Iterator<Item = &'a Row>) -> Markup {
    html! {
        div class="scroll" { table {
            caption { "Printed beside ours" }
            thead { tr {
                th { "where" } th { "what" } th class="n" { "printed" } th class="n" { "ours" }
                th class="n" { "difference" } th { "unit" } th { "verdict" } th { "because" }
            } }
            tbody { @for row in rows { tr {
                td { (row.place) } td { (row.quantity) }
                td class=(alignment(&row.printed)) { (row.printed) }
                td class=(alignment(&row.ours)) { (row.ours) }
                td class="n" { (difference(row)) } td { (row.unit) }
                td { (tag(row.verdict)) } td class="reason" { (row.reason) }
            } } }
        } }
    }
}

fn derived(table: &Derived) -> Markup {
    html! {
        (plain_table(&table.title, &table.heads, &table.rows))
        p class="note" { (table.note) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reproduce;
    use super::*;

    #[test]
    fn the_page_holds_every_row_and_no_script() {
        let found = reproduce(&Paper::ALL).unwrap();
        let page = page(&Paper::ALL, &found).unwrap();
        assert_eq!(page.matches("<svg").count(), 4);
        assert!(!page.contains("<script") && !page.contains("src=\"http"));
        assert!(page.contains(&counts(&found)));
        assert_eq!(page.matches("class=\"reason\"").count(), found.rows.len());
    }
}

//! Every row of every findings table.

use maud::{Markup, html};

use super::table::{Cell, number, table, text};
use crate::assessment::Findings;
use crate::assessment::table as found;
use crate::report::number::{fixed, percent, short, vector};

/// All tables.
pub(super) fn tables(findings: &Findings) -> Markup {
    html! {
        @for shown in findings.shown() {
            @let layout = shown.rows.layout();
            @let cells = shown.rows.cells().into_iter();
            @let rows = cells.map(|row| row.into_iter().map(written).collect());
            (table(layout.caption, &shown.rows.headings(), rows.collect()))
            @if let Some(note) = layout.note { p class="small" { (note) } }
        }
    }
}

/// A cell as a person reads it.
fn written(cell: found::Cell<'_>) -> Cell {
    number(match cell {
        found::Cell::Text(words) => return text(words),
        found::Cell::Verdict(verdict) => return Cell::Verdict(verdict),
        found::Cell::Number(value) => short(value),
        found::Cell::Tenths(value) => fixed(value, 1),
        found::Cell::Share(ratio) => percent(ratio),
        found::Cell::Vector(components) => vector(&components),
        found::Cell::Point(Some(at)) => at.map(|c| fixed(c, 1)).join(", "),
        found::Cell::Point(None) => ["n/a"; 3].join(", "),
        found::Cell::Span(Some([low, high])) => format!("{} – {}", percent(low), percent(high)),
        found::Cell::Span(None) | found::Cell::Blank => "–".to_owned(),
        found::Cell::Missing => "n/a".to_owned(),
    })
}

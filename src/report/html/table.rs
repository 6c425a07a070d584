//! Tables: text to the left, numbers to the right, units in the headings.

use maud::{Markup, html};

use crate::assessment::Verdict;
use crate::report::chart::verdict_word;

/// One cell.
pub(super) enum Cell {
    /// Text.
    Text(String),
    /// A formatted number.
    Number(String),
    /// A verdict.
    Verdict(Verdict),
}

/// A column: heading and unit ("" for none).
pub(super) type Column = (&'static str, &'static str);

/// Text cell.
pub(super) fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// Number cell from formatted text.
pub(super) fn number(value: impl Into<String>) -> Cell {
    Cell::Number(value.into())
}

/// A column that says itself what it takes of a row: heading, unit ("" for none), cell.
pub(super) type ColumnOf<R> = (&'static str, &'static str, fn(&R) -> Cell);

/// A table of rows, column by column.
pub(super) fn table_of<R>(caption: &str, rows: &[R], columns: &[ColumnOf<R>]) -> Markup {
    let heads: Vec<Column> = columns.iter().map(|c| (c.0, c.1)).collect();
    let cells = |row| columns.iter().map(|c| (c.2)(row)).collect();
    table(caption, &heads, rows.iter().map(cells).collect())
}

/// A table with its caption; says so where it has no rows.
pub(super) fn table(caption: &str, columns: &[Column], rows: Vec<Vec<Cell>>) -> Markup {
    let numeric: Vec<bool> = (0..columns.len())
        .map(|k| matches!(rows.first().and_then(|r| r.get(k)), Some(Cell::Number(_))))
        .collect();
    html! {
        div class="scroll" {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for ((heading, unit), numeric) in columns.iter().zip(&numeric) {
                            th scope="col" class=[numeric.then_some("n")] {
                                (heading)
                                @if !unit.is_empty() { " " span class="unit" { (unit) } }
                            }
                        }
                    }
                }
                tbody {
                    @if rows.is_empty() {
                        tr { td colspan=(columns.len()) class="none" { "none" } }
                    }
                    @for row in &rows { tr { @for cell in row { (one(cell)) } } }
                }
            }
        }
    }
}

fn one(cell: &Cell) -> Markup {
    match cell {
        Cell::Text(value) => html! { td { (value) } },
        Cell::Number(value) => html! { td class="n" { (value) } },
        Cell::Verdict(verdict) => html! {
            td { span class=(format!("tag {}", verdict_word(*verdict))) { (verdict_word(*verdict)) } }
        },
    }
}

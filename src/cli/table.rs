//! Tables for a terminal: the first column to the left, the others to the right.

use std::fmt::Write;

/// A column: its head and what it has of a row.
pub type Column<'a, R> = (&'a str, &'a dyn Fn(&R) -> String);

/// A table with headed columns.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads.
    pub fn new(heads: &[&str]) -> Self {
        Self {
            rows: vec![heads.iter().map(|h| (*h).to_owned()).collect()],
        }
    }

    /// A table of rows, column by column.
    pub fn by_column<R>(rows: impl IntoIterator<Item = R>, columns: &[Column<'_, R>]) -> Self {
        let heads: Vec<&str> = columns.iter().map(|c| c.0).collect();
        let mut table = Self::new(&heads);
        for row in rows {
            table.row(columns.iter().map(|c| (c.1)(&row)));
        }
        table
    }

    /// A table that is filled.
    pub fn of(heads: &[&str], rows: &[Vec<String>]) -> Self {
        let mut table = Self::new(heads);
        table.rows.extend_from_slice(rows);
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there is nothing but the heads.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The lines, each with two spaces before it.
    pub fn text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|r| r.get(column));
            cells.map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::from(" ");
            for (k, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // Writing to a String cannot fail.
                let _ = match k {
                    0 => write!(line, " {cell:<width$}"),
                    _ => write!(line, "  {cell:>width$}"),
                };
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let mut table = Table::new(&["body", "mm³"]);
        table.row(["T5".to_owned(), "12\u{202f}345".to_owned()]);
        table.row(["the cage".to_owned(), "9".to_owned()]);
        assert_eq!(
            table.text(),
            "  body         mm³\n  T5        12\u{202f}345\n  the cage       9\n"
        );
    }
}

//! Results as a person reads them.

/// A table: heads with their units, text to the left, numbers to the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Heads; the first column is text.
    pub heads: Vec<&'static str>,
    /// Formatted cells.
    pub rows: Vec<Vec<String>>,
}

/// A column: its head and what it has of a row.
pub type Column<'a, R> = (&'static str, &'a dyn Fn(&R) -> String);

impl Table {
    /// A table of rows, column by column.
    pub fn of<R>(
        title: &str,
        rows: impl IntoIterator<Item = R>,
        columns: &[Column<'_, R>],
    ) -> Self {
        let cells = |row| columns.iter().map(|c| (c.1)(&row)).collect();
        Self {
            title: title.to_owned(),
            heads: columns.iter().map(|c| c.0).collect(),
            rows: rows.into_iter().map(cells).collect(),
        }
    }
}

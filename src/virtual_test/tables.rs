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

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, heads: &[&'static str]) -> Self {
        Self {
            title: title.into(),
            heads: heads.to_vec(),
            rows: Vec::new(),
        }
    }
}

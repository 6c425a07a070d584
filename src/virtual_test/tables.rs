//! Results as a person reads them, and as CSV.

use std::path::Path;

use super::{Outcome, VirtualTestError};

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

/// Writes every quantity as one row of `<test>.csv` into `dir`.
///
/// # Errors
/// [`VirtualTestError::Write`].
pub fn write_csv(dir: &Path, outcome: &Outcome) -> Result<(), VirtualTestError> {
    let file = format!("{}.csv", outcome.test);
    let failed = |reason: String| VirtualTestError::Write {
        file: file.clone(),
        reason,
    };
    let mut writer = csv::Writer::from_path(dir.join(&file)).map_err(|e| failed(e.to_string()))?;
    for quantity in &outcome.quantities {
        writer
            .serialize(quantity)
            .map_err(|e| failed(e.to_string()))?;
    }
    writer.flush().map_err(|e| failed(e.to_string()))
}

//! What a virtual test found.

use std::path::Path;

use serde::Serialize;

use super::chart::Chart;
use super::error::VirtualTestError;
use super::tables::Table;
use crate::report::csv::write_rows;
use crate::report::number::fixed;
use crate::source::{Source, SourceFlag};

/// One number of a test, beside what it should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantity {
    /// Which specimen ("A", "cage on grade 15").
    pub specimen: String,
    /// Under which condition ("bonded platens", "span 60 mm").
    pub condition: String,
    /// What it is.
    pub quantity: String,
    /// Its value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it should be, where that is known.
    pub expected: Option<f64>,
    /// 100 (value / expected − 1).
    pub difference_percent: Option<f64>,
    /// Where `expected` comes from ("law", "beam theory F L / 4 W").
    pub expected_from: String,
    /// Citation of the numbers that went in.
    pub source: String,
    /// How far they may be trusted.
    pub flag: SourceFlag,
}

impl Quantity {
    /// A number without anything to hold it against.
    pub fn new(
        [specimen, condition, quantity]: [&str; 3],
        value: f64,
        unit: &'static str,
        source: &Source,
    ) -> Self {
        Self {
            specimen: specimen.to_owned(),
            condition: condition.to_owned(),
            quantity: quantity.to_owned(),
            value,
            unit,
            expected: None,
            difference_percent: None,
            expected_from: String::new(),
            source: source.citation.clone(),
            flag: source.flag,
        }
    }

    /// The same, held against what it should be.
    #[must_use]
    pub fn against(mut self, expected: f64, from: &str) -> Self {
        self.expected = Some(expected);
        self.difference_percent = Some(difference_percent(self.value, expected));
        self.expected_from = from.to_owned();
        self
    }
}

/// A percentage with its sign, not broken from it at the end of a line: "−2.9 %".
pub(crate) fn per_cent(value: f64, decimals: usize) -> String {
    format!("{}\u{202f}%", fixed(value, decimals))
}

/// 100 (value / expected − 1).
pub fn difference_percent(value: f64, expected: f64) -> f64 {
    100.0 * (value / expected - 1.0)
}

/// Something that no source prints and that had to be chosen, or a number taken from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assumption {
    /// What.
    pub what: String,
    /// The choice, with its unit.
    pub value: String,
    /// Where it comes from.
    pub source: String,
    /// How far it may be trusted; nothing where no source has it and it is a choice.
    pub flag: Option<SourceFlag>,
}

impl Assumption {
    /// A number that has a source.
    pub fn new(what: &str, value: impl Into<String>, source: &str, flag: SourceFlag) -> Self {
        Self {
            flag: Some(flag),
            ..Self::choice(what, value, source)
        }
    }

    /// A choice that no source makes; `reason` says why it was made.
    pub fn choice(what: &str, value: impl Into<String>, reason: &str) -> Self {
        Self {
            what: what.to_owned(),
            value: value.into(),
            source: reason.to_owned(),
            flag: None,
        }
    }

    /// The words printed beside it.
    pub fn trust(&self) -> &'static str {
        self.flag.map_or("assumed", SourceFlag::words)
    }
}

/// What the solver did for a test, over all its runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Effort {
    /// Models solved.
    pub models: usize,
    /// Dofs of the largest, fixed ones included.
    pub largest_dofs: usize,
    /// Largest normwise backward error.
    pub backward_error: f64,
    /// Largest imbalance of loads and reactions, relative.
    pub imbalance: f64,
}

impl Effort {
    /// Counts a model in.
    pub fn add(&mut self, other: &Self) {
        self.models += other.models;
        self.largest_dofs = self.largest_dofs.max(other.largest_dofs);
        self.backward_error = self.backward_error.max(other.backward_error);
        self.imbalance = self.imbalance.max(other.imbalance);
    }
}

/// What a virtual test found.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Name on the command line.
    pub test: &'static str,
    /// Title.
    pub title: String,
    /// The answer in a few sentences.
    pub answer: Vec<String>,
    /// Every number.
    pub quantities: Vec<Quantity>,
    /// What had to be assumed.
    pub assumptions: Vec<Assumption>,
    /// What the test leaves out.
    pub limits: &'static [&'static str],
    /// What the solver did.
    pub solver: Effort,
    /// The numbers as a person reads them; all stand in `quantities` too.
    #[serde(skip)]
    pub tables: Vec<Table>,
    /// Drawings.
    #[serde(skip)]
    pub charts: Vec<Chart>,
}

/// Writes every quantity as one row of `<test>.csv` into `dir`.
///
/// # Errors
/// [`VirtualTestError::Write`].
pub fn write_csv(dir: &Path, outcome: &Outcome) -> Result<(), VirtualTestError> {
    let file = format!("{}.csv", outcome.test);
    write_rows(&dir.join(&file), &outcome.quantities).map_err(|e| VirtualTestError::Write {
        reason: e.to_string(),
        file,
    })
}

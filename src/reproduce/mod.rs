//! The papers' numbers beside ours: printed value, our value, difference, verdict.
//!
//! A row compares what a paper prints with what follows from its own equations, tables and counts.
//! A number is reproduced where ours rounds to it; otherwise the row says what it is inconsistent
//! with, or why it cannot be computed. The papers' numbers are data of this module, each with its
//! place. Must not know case files or meshes.

mod error;
mod paper;
mod row;
mod statistics;
mod clinical;
mod wei;
mod chen;
mod chen_claims;
mod chart;
pub mod html;

use serde::Serialize;

pub use error::ReproduceError;
pub use paper::Paper;
pub use row::{Derived, Row, Verdict};

/// The rows of one or more papers and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// Printed beside ours.
    pub rows: Vec<Row>,
    /// Ours alone.
    pub derived: Vec<Derived>,
}

impl Reproduction {
    /// How many rows have that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|r| r.verdict == verdict).count()
    }
}

/// Checks the numbers of these papers.
///
/// # Errors
/// A fit that cannot be made.
pub fn reproduce(papers: &[Paper]) -> Result<Reproduction, ReproduceError> {
    let mut found = Reproduction {
        rows: Vec::new(),
        derived: Vec::new(),
    };
    for paper in papers {
        match paper {
            Paper::Rim2022 => found.rows.extend(clinical::rim()),
            Paper::Wei2020 => {
                found.rows.extend(wei::rows()?);
                found.derived.push(wei::heights()?);
            }
            Paper::Kim2017 => found.rows.extend(clinical::kim()),
            Paper::Chen2025 => {
                found.rows.extend(chen::rows()?);
                found.rows.extend(chen_claims::rows()?);
                found.derived.extend(chen::derived()?);
            }
            Paper::Lv2023 => found.rows.extend(clinical::lv()),
        }
    }
    Ok(found)
}

/// The rows as CSV, with their keys as heads.
///
/// # Errors
/// Nothing that memory allows.
pub fn to_csv(found: &Reproduction) -> Result<Vec<u8>, ReproduceError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &found.rows {
        writer.serialize(row)?;
    }
    writer
        .into_inner()
        .map_err(|e| ReproduceError::Csv(e.into_error().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(found: &'a Reproduction, quantity: &str) -> &'a Row {
        let row = found.rows.iter().find(|r| r.quantity.contains(quantity));
        row.unwrap_or_else(|| panic!("no row {quantity}"))
    }

    #[test]
    fn every_paper_has_rows_and_every_miss_a_reason() {
        for paper in Paper::ALL {
            let found = reproduce(&[paper]).unwrap();
            assert!(!found.rows.is_empty(), "{}", paper.key());
            for row in &found.rows {
                assert_eq!(row.paper, paper.key());
                let bare = row.verdict != Verdict::Reproduced && row.reason.is_empty();
                assert!(!bare, "{row:?}");
            }
        }
    }

    #[test]
    fn the_slips_that_are_known_are_found() {
        let all = reproduce(&Paper::ALL).unwrap();
        for quantity in [
            "quadratic coefficient with H",
            "cubic coefficient with H",
            "median follow-up",
            "tumours of C2 alone",
            "volume before chemotherapy",
            "volume after chemotherapy",
            "margins in the text",
            "walking at the last follow-up",
            "porosities of the mechanical specimens",
            "modulus of PEEK",
        ] {
            assert_eq!(
                find(&all, quantity).verdict,
                Verdict::Inconsistent,
                "{quantity}"
            );
        }
        for quantity in [
            "mean age",
            "average operation time",
            "overall survival",
            "cell size over edge",
        ] {
            assert_eq!(
                find(&all, quantity).verdict,
                Verdict::Reproduced,
                "{quantity}"
            );
        }
    }

    #[test]
    fn the_csv_has_a_line_for_every_row() {
        let found = reproduce(&[Paper::Kim2017]).unwrap();
        let text = String::from_utf8(to_csv(&found).unwrap()).unwrap();
        assert!(
            text.starts_with("paper,place,quantity,unit,printed,ours,difference,verdict,reason\n")
        );
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.records().count(), found.rows.len());
    }
}

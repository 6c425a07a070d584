//! The papers' numbers beside ours: printed value, our value, difference, verdict.
//!
//! A row compares what a paper prints with what follows from its own equations, tables and counts.
//! A number is reproduced where ours rounds to it; otherwise the row says what it is inconsistent
//! with, or why it cannot be computed. The papers' numbers are data of this module, each with its
//! place. Must not know case files or meshes.

mod chart;
mod chen;
mod chen_claims;
mod clinical;
pub mod html;
mod wei;

use serde::Serialize;

use crate::lattice::LatticeError;

/// A paper whose numbers are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Rim et al. 2022.
    Rim2022,
    /// Wei et al. 2020.
    Wei2020,
    /// Kim et al. 2017.
    Kim2017,
    /// Chen et al. 2025.
    Chen2025,
    /// Lv et al. 2023.
    Lv2023,
}

impl Paper {
    /// All papers, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Rim2022,
        Self::Wei2020,
        Self::Kim2017,
        Self::Chen2025,
        Self::Lv2023,
    ];

    /// Its name as typed.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rim2022 => "rim-2022",
            Self::Wei2020 => "wei-2020",
            Self::Kim2017 => "kim-2017",
            Self::Chen2025 => "chen-2025",
            Self::Lv2023 => "lv-2023",
        }
    }

    /// Authors and year.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rim2022 => "Rim et al. 2022",
            Self::Wei2020 => "Wei et al. 2020",
            Self::Kim2017 => "Kim et al. 2017",
            Self::Chen2025 => "Chen et al. 2025",
            Self::Lv2023 => "Lv et al. 2023",
        }
    }

    /// Title and where it appeared.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Rim2022 => {
                "Three-Dimensional Printed Mesh-Cage Replacement for a Metastatic Spinal Tumor and a \
                 Vertebral Compression Fracture: A Report of Two Cases. The Nerve 8(2), \
                 doi 10.21129/nerve.2022.00122"
            }
            Self::Wei2020 => {
                "Upper cervical spine reconstruction using customized 3D-printed vertebral body in 9 \
                 patients with primary tumors involving C2. Ann Transl Med 8(6):332, \
                 doi 10.21037/atm.2020.03.32"
            }
            Self::Kim2017 => {
                "Sacral Reconstruction with a 3D-Printed Implant after Hemisacrectomy in a Patient \
                 with Sacral Osteosarcoma: 1-Year Follow-Up Result. Yonsei Med J 58(2):453-457"
            }
            Self::Chen2025 => {
                "Personalized porous tantalum implants crafted via 3D printing: new horizons in \
                 complex cervical-thoracic spinal fusion. Front Bioeng Biotechnol"
            }
            Self::Lv2023 => {
                "A novel three dimensional-printed biomechanically evaluated patient-specific sacral \
                 implant in spinopelvic reconstruction after total en bloc sacrectomy. Front Bioeng \
                 Biotechnol 11:1153801, doi 10.3389/fbioe.2023.1153801"
            }
        }
    }
}

/// What became of a printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Ours rounds to it.
    Reproduced,
    /// Ours does not; the reason says what it contradicts.
    Inconsistent,
    /// Not from what the paper gives.
    NotComputable,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 3] = [Self::Reproduced, Self::Inconsistent, Self::NotComputable];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Inconsistent => "inconsistent",
            Self::NotComputable => "not computable",
        }
    }
}

/// One printed number or statement beside ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Key of the paper.
    pub paper: &'static str,
    /// Where in the paper.
    pub place: &'static str,
    /// What.
    pub quantity: String,
    /// Unit; empty for pure numbers and statements.
    pub unit: &'static str,
    /// As printed.
    pub printed: String,
    /// As computed; empty where it cannot be.
    pub ours: String,
    /// Ours minus printed, where both are numbers.
    pub difference: Option<f64>,
    /// What became of it.
    pub verdict: Verdict,
    /// What it is inconsistent with, why it is not computable, or a remark.
    pub reason: String,
}

/// What a paper prints at one place, before it is compared.
#[derive(Debug, Clone)]
struct Printed {
    paper: Paper,
    place: &'static str,
    quantity: String,
    unit: &'static str,
}

impl Printed {
    fn new(paper: Paper, place: &'static str, quantity: impl Into<String>) -> Self {
        Self {
            paper,
            place,
            quantity: quantity.into(),
            unit: "",
        }
    }

    fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// A printed number with so many digits after the point; reproduced where ours is within half
    /// a unit of the last. `otherwise` says what it contradicts.
    fn number(self, printed: f64, decimals: usize, ours: f64, otherwise: &str) -> Row {
        let half = 0.5 * 10f64.powi(-(decimals as i32));
        // The slack is for halves that binary numbers miss.
        let agrees = (ours - printed).abs() <= half * (1.0 + 1e-6);
        let mut row = self.row(format!("{printed:.decimals$}"));
        // A count needs no digits after the point.
        let digits = if decimals == 0 && ours.fract() == 0.0 {
            0
        } else {
            decimals + 2
        };
        row.ours = format!("{ours:.digits$}");
        row.difference = Some(ours - printed);
        row.judge(agrees, otherwise)
    }

    /// A printed statement, what was computed of it and whether that bears it out.
    fn statement(self, printed: &str, ours: String, holds: bool, otherwise: &str) -> Row {
        let mut row = self.row(printed.to_owned());
        row.ours = ours;
        row.judge(holds, otherwise)
    }

    /// A printed number or statement that nothing in the paper lets one compute.
    fn not_computable(self, printed: &str, reason: &str) -> Row {
        let mut row = self.row(printed.to_owned());
        row.reason = reason.to_owned();
        row
    }

    fn row(self, printed: String) -> Row {
        Row {
            paper: self.paper.key(),
            place: self.place,
            quantity: self.quantity,
            unit: self.unit,
            printed,
            ours: String::new(),
            difference: None,
            verdict: Verdict::NotComputable,
            reason: String::new(),
        }
    }
}

impl Row {
    fn judge(mut self, agrees: bool, otherwise: &str) -> Self {
        if agrees {
            self.verdict = Verdict::Reproduced;
        } else {
            self.verdict = Verdict::Inconsistent;
            self.reason = otherwise.to_owned();
        }
        self
    }

    /// Adds what should be known of a row whatever its verdict.
    fn remark(mut self, remark: &str) -> Self {
        if !self.reason.is_empty() {
            self.reason.push_str("; ");
        }
        self.reason.push_str(remark);
        self
    }
}

/// A table of ours that no paper prints: what follows from its numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Derived {
    /// Key of the paper.
    pub paper: &'static str,
    /// What it shows.
    pub title: String,
    /// Heads with units.
    pub heads: Vec<&'static str>,
    /// Cells, one list a row.
    pub rows: Vec<Vec<String>>,
    /// How it was computed and how far it holds.
    pub note: String,
}

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

/// What can go wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// A fit or a size that cannot be made.
    #[error(transparent)]
    Lattice(#[from] LatticeError),
    /// A chart that could not be drawn.
    #[error("cannot draw {chart}: {reason}")]
    Chart {
        /// Which.
        chart: &'static str,
        /// What the drawing library said.
        reason: String,
    },
    /// A table that could not be written.
    #[error("cannot write the table: {0}")]
    Csv(#[from] csv::Error),
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
                found.rows.extend(wei::rows());
                found.derived.push(wei::heights());
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

/// Arithmetic mean; NaN of nothing.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Least and greatest.
fn range(values: &[f64]) -> [f64; 2] {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    [least, greatest]
}

/// The middle of the sorted values, or the mean of the two middle ones.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted[half],
        _ => 0.5 * (sorted[half - 1] + sorted[half]),
    }
}

/// Standard deviation of a sample: n − 1 degrees of freedom.
fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(found: &'a Reproduction, quantity: &str) -> &'a Row {
        let row = found.rows.iter().find(|r| r.quantity.contains(quantity));
        row.unwrap_or_else(|| panic!("no row {quantity}"))
    }

    #[test]
    fn a_number_is_reproduced_only_where_ours_rounds_to_it() {
        let row = |ours| Printed::new(Paper::Kim2017, "p", "q").number(2.31, 2, ours, "why");
        assert_eq!(row(2.3094).verdict, Verdict::Reproduced);
        assert_eq!(row(2.305).verdict, Verdict::Reproduced);
        let wrong = row(2.3049);
        assert_eq!(
            (wrong.verdict, wrong.reason.as_str()),
            (Verdict::Inconsistent, "why")
        );
        assert_eq!(row(f64::NAN).verdict, Verdict::Inconsistent);
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

    #[test]
    fn means_medians_and_deviations_are_those_of_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!((mean(&values), median(&values)), (5.0, 4.5));
        assert!((deviation(&values) - (32.0_f64 / 7.0).sqrt()).abs() < 1e-15);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(range(&values), [2.0, 9.0]);
    }
}

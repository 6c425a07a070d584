//! A printed number beside ours.

use serde::Serialize;

use super::paper::Paper;

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
pub(super) struct Printed {
    paper: Paper,
    place: &'static str,
    quantity: String,
    unit: &'static str,
}

impl Printed {
    pub fn new(paper: Paper, place: &'static str, quantity: impl Into<String>) -> Self {
        Self {
            paper,
            place,
            quantity: quantity.into(),
            unit: "",
        }
    }

    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// A printed number with so many digits after the point; reproduced where ours is within half
    /// a unit of the last. `otherwise` says what it contradicts.
    pub fn number(self, printed: f64, decimals: usize, ours: f64, otherwise: &str) -> Row {
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
    pub fn statement(self, printed: &str, ours: String, holds: bool, otherwise: &str) -> Row {
        let mut row = self.row(printed.to_owned());
        row.ours = ours;
        row.judge(holds, otherwise)
    }

    /// A printed number or statement that nothing in the paper lets one compute.
    pub fn not_computable(self, printed: &str, reason: &str) -> Row {
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
    pub fn remark(mut self, remark: &str) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}

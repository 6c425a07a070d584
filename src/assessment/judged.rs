//! What it is to be judged: a value in a place, held against a limit, with its source and its
//! error bar. Verdict, band, tables and charts ask a row nothing else. Must not know what rows
//! there are.

use std::borrow::Cow;

use serde::Serialize;

/// State that serves as the reference and is not judged.
pub const INTACT: &str = "intact";

/// How a value stands against its limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below 80 % of the limit.
    #[default]
    Within,
    /// From 80 % of the limit up to it.
    Caution,
    /// At or above the limit.
    Exceeded,
}

impl Verdict {
    /// within < 0.8 ≤ caution < 1 ≤ exceeded, for `value / limit`.
    pub fn of_ratio(ratio: f64) -> Self {
        match ratio {
            r if r < 0.8 => Self::Within,
            r if r < 1.0 => Self::Caution,
            _ => Self::Exceeded,
        }
    }
}

/// What checks protect, in words for a person who never saw the program.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// The word that reasons print ("subsidence").
    pub name: &'static str,
    /// The question a person asks.
    pub question: &'static str,
    /// What happens where the limit is exceeded.
    pub meaning: &'static str,
    /// Heading in charts.
    pub heading: &'static str,
}

/// Which check of which place under which load: the same in every solution of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site<'a> {
    /// What the check protects.
    pub group: &'static Group,
    /// State.
    pub state: &'a str,
    /// Load case, or "all".
    pub load_case: &'a str,
    /// What is checked ("strength"), as lists of what was not checked have it.
    pub check: &'static str,
    /// Where ("T5 inferior").
    pub place: Cow<'a, str>,
}

/// One row as it stands against its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What it protects.
    pub group: &'static Group,
    /// State.
    pub state: String,
    /// Load case, in words.
    pub load_case: String,
    /// Where ("T7 superior", "porous core", "rod left").
    pub place: String,
    /// What is compared.
    pub criterion: String,
    /// Value.
    pub value: f64,
    /// Limit.
    pub limit: f64,
    /// Unit of both.
    pub unit: &'static str,
    /// Value over limit.
    pub ratio: f64,
    /// Lowest and highest ratio within the band of the cancellous modulus, where it was solved.
    pub band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
    /// What the limit stands on: citation with its flag.
    pub source: String,
}

/// A row that may be held against a limit, and found again in another solution.
pub trait Judged {
    /// Which check it is, and where.
    fn site(&self) -> Site<'_>;

    /// How it stands against its limit; `None` where it decides nothing.
    fn check(&self) -> Option<Check>;

    /// Where and by which criterion, in words, for the reasons of the verdict.
    fn because(&self, check: &Check) -> String {
        format!("{}: {}", check.place, check.criterion)
    }

    /// Lowest and highest of what its band spans, in its own solution: value over limit, two of
    /// one unless the limit has a band of its own.
    fn spread(&self) -> Option<[f64; 2]> {
        let check = self.check()?;
        Some(check.band.unwrap_or([check.ratio; 2]))
    }

    /// Keeps the band.
    fn set_band(&mut self, band: Option<[f64; 2]>);
}

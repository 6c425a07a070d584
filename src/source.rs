//! Where a number comes from and how far it may be trusted.

/// How far a number may be trusted; the words that ship beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFlag {
    /// Printed in one of the papers the program reproduces.
    Paper,
    /// Computed by this program or for it.
    Derived,
    /// Read in an abstract or one table of the source.
    SecondarySource,
    /// Recalled from the literature, not verified against it.
    RecalledUnverified,
    /// Given by the user in the case file.
    CaseFile,
}

impl SourceFlag {
    /// The words printed beside the number.
    pub fn words(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Derived => "derived",
            Self::SecondarySource => "secondary source",
            Self::RecalledUnverified => "recalled, unverified",
            Self::CaseFile => "case file",
        }
    }
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Source {
    /// Citation, or where in the case file.
    pub citation: String,
    /// How far it may be trusted.
    pub flag: SourceFlag,
}

impl Source {
    /// The source of a number that the case file gives, by its key path.
    pub fn case_file(key: impl Into<String>) -> Self {
        Self {
            citation: key.into(),
            flag: SourceFlag::CaseFile,
        }
    }

    /// The citation with the words of its flag, as reports print it.
    pub fn cited(&self) -> String {
        format!("{} ({})", self.citation, self.flag.words())
    }
}

/// A value with where it comes from: a user's number and a default are told apart by this, never
/// by comparing them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
}

impl<T> Sourced<T> {
    /// A value with its source.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    /// Another value from the same source, as where a unit changes.
    pub fn map<U>(&self, change: impl FnOnce(&T) -> U) -> Sourced<U> {
        Sourced {
            value: change(&self.value),
            source: self.source.clone(),
        }
    }
}

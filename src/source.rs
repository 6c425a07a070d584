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

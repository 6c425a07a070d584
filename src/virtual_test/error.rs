//! Why a virtual test was not run.

use crate::analysis::AnalysisError;
use crate::fixation::FixationError;
use crate::lattice::LatticeError;
use crate::mesh::MeshError;

/// Why a virtual test was not run.
#[derive(Debug, thiserror::Error)]
pub enum VirtualTestError {
    /// A sample the table does not have.
    #[error("there is no sample `{found}` in Table 2 of Chen et al. 2025; known: {known}")]
    UnknownSample {
        /// The name asked for.
        found: String,
        /// The names there are, comma separated.
        known: String,
    },
    /// A number that no specimen or load can have.
    #[error("{what} is {found}; expected {expected}")]
    Size {
        /// What is wrong ("the span").
        what: String,
        /// What was asked for.
        found: String,
        /// What is possible.
        expected: String,
    },
    /// The law refused.
    #[error(transparent)]
    Lattice(#[from] LatticeError),
    /// The solver refused or failed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A specimen without a mesh.
    #[error(transparent)]
    Mesh(#[from] MeshError),
    /// A screw or rod that cannot be.
    #[error(transparent)]
    Fixation(#[from] FixationError),
    /// A drawing or a file could not be made.
    #[error("{file}: {reason}")]
    Write {
        /// File name.
        file: String,
        /// Why.
        reason: String,
    },
}

impl VirtualTestError {
    /// Whether the arithmetic failed on sound input.
    pub fn is_numerical(&self) -> bool {
        matches!(self, Self::Analysis(error) if error.is_numerical())
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::UnknownSample { .. } => Some("name one of them with `--sample`"),
            Self::Size { .. } => Some("give a number within these limits"),
            Self::Lattice(_) => {
                Some("give a porosity within the law's range with `--porosity-percent`")
            }
            Self::Fixation(_) => Some("give a screw that stays in its block"),
            Self::Analysis(_) | Self::Mesh(_) => None,
            Self::Write { .. } => Some("name another directory with `--out DIR`"),
        }
    }
}

/// Refuses what is not a number within `range` (ends included), both in `unit`.
pub(crate) fn within(
    what: &str,
    unit: &str,
    value: f64,
    range: [f64; 2],
) -> Result<(), VirtualTestError> {
    if (range[0]..=range[1]).contains(&value) {
        return Ok(());
    }
    let [low, high] = range.map(|v| (1e3 * v).round() / 1e3);
    Err(VirtualTestError::Size {
        what: what.to_owned(),
        found: format!("{value} {unit}").trim_end().to_owned(),
        expected: format!("{low} to {high} {unit}").trim_end().to_owned(),
    })
}

//! What can stop a run, and which kind of failure it is to the outside.

use crate::analysis::AnalysisError;
use crate::assembly::AssemblyError;
use crate::assessment::AssessmentError;
use crate::boundary::BoundaryError;
use crate::case::CaseError;
use crate::material::MaterialError;
use crate::mesh::MeshError;
use crate::model::state::StateError;
use crate::report::ReportError;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum SpineError {
    /// Something the case file says, with its place.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A body that was not meshed.
    #[error("{body} cannot be meshed")]
    Mesh {
        /// Body name.
        body: String,
        /// Cause.
        source: MeshError,
        /// What to do about it.
        help: Option<String>,
    },
    /// A material that cannot be.
    #[error("the material of {body} cannot be built")]
    Material {
        /// Body name.
        body: String,
        /// Cause.
        source: MaterialError,
    },
    /// A load or support without a face.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
    /// A membrane that was not made.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A state that cannot have other materials.
    #[error(transparent)]
    State(#[from] StateError),
    /// A state that was not solved.
    #[error("state {state} was not solved")]
    Analysis {
        /// State.
        state: String,
        /// Cause.
        source: AnalysisError,
    },
    /// Fields that cannot be assessed.
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    /// Files that were not written.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// What a failure means to a script: exit codes 2 and 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The input must change.
    BadInput,
    /// The method failed on sound input.
    Numerical,
}

impl SpineError {
    /// What to do about it, where there is something to say and no place of the case says it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Mesh { help, .. } => help.as_deref(),
            _ => None,
        }
    }

    /// Whether the input or the method is at fault.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Analysis { source, .. } if source.is_numerical() => FailureKind::Numerical,
            Self::Assessment(AssessmentError::Boundary(_)) => FailureKind::BadInput,
            Self::Mesh { .. } | Self::Assessment(_) => FailureKind::Numerical,
            _ => FailureKind::BadInput,
        }
    }
}

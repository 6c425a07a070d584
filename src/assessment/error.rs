//! What the assessment refuses: numbers that do not fit together or cannot be.

use crate::assembly::AssemblyError;
use crate::boundary::BoundaryError;

/// What the assessment can refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AssessmentError {
    /// A face that a body does not have.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
    /// An element without stiffness.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// Numbers per element that do not match the body.
    #[error("{what} of `{body}`: {found} given where {expected} were expected")]
    Length {
        /// Body or interface.
        body: String,
        /// What was given.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A strain energy that cannot be.
    #[error("strain energy density no. {index} of `{body}` in `{load_case}` is {value}")]
    NotAnEnergy {
        /// Body.
        body: String,
        /// Load case.
        load_case: String,
        /// Number of the element or the piece of bone in its body.
        index: usize,
        /// The value, MPa.
        value: f64,
    },
    /// A zone that stores nothing in the intact state.
    #[error("zone `{zone}` of `{body}` stores no energy in the intact state under `{load_case}`")]
    NoReferenceEnergy {
        /// Body.
        body: String,
        /// Zone.
        zone: String,
        /// Load case.
        load_case: String,
    },
    /// An interface, region or body without anything to judge.
    #[error("`{what}` is empty: there is nothing to assess")]
    Empty {
        /// What is empty.
        what: String,
    },
    /// A number that must be positive.
    #[error("{what} of `{body}` is {value}; it must be positive")]
    NotPositive {
        /// Body, part or interface.
        body: String,
        /// What it is.
        what: &'static str,
        /// Its value.
        value: f64,
    },
}

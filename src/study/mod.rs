//! The whole way from a case to its findings.
pub mod anatomical;
pub mod bodies;
pub mod error;
pub mod findings;
pub mod materials;
pub mod places;
pub mod scene;
pub mod states;

pub use error::{FailureKind, StudyError};

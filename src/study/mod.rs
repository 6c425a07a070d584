//! The whole way from a case to its findings.
pub mod anatomical;
pub mod bodies;
pub mod error;
pub mod materials;
pub mod scene;
pub mod states;

pub use error::{FailureKind, StudyError};

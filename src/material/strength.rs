//! The strength that a body is held against, with where it comes from.

use crate::source::Source;

/// Strength at the places of a region, MPa.
#[derive(Debug, Clone, PartialEq)]
pub enum LocalStrength {
    /// The same everywhere.
    Uniform(f64),
    /// One for each element.
    Local(Vec<f64>),
}

impl LocalStrength {
    /// Strength of an element of the region, MPa.
    pub fn at(&self, element: usize) -> f64 {
        match self {
            Self::Uniform(strength) => *strength,
            Self::Local(strengths) => strengths[element],
        }
    }
}

/// The strength a region is held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// Strength, MPa.
    pub strength: LocalStrength,
    /// Law it comes from.
    pub law: String,
    /// Citation with its flag.
    pub source: Source,
}

//! Vertebrae and discs: from a spinal level and published morphometry to signed-distance bodies,
//! and from a vertebra's surface back to its landmarks.
//!
//! Frame: x anterior, y left, z cranial, mm. Must not know elements or materials.

pub mod morphometry;
mod posterior;
pub mod vertebra;
pub mod column;

pub use morphometry::Level;

/// What can go wrong while bodies are made or landmarks sought.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnatomyError {
    /// The word is not a spinal level.
    #[error("unknown spinal level \"{given}\"; known are C2 to C7, T1 to T12 and L1 to L5")]
    UnknownLevel {
        /// What was written.
        given: String,
    },
    /// The table lacks a number that the body needs.
    #[error("the morphometry table has no {quantity} for {level}")]
    NoData {
        /// The level asked for.
        level: Level,
        /// The missing number.
        quantity: &'static str,
    },
    /// Two levels were stacked that do not follow each other.
    #[error("{below} does not follow {above}: levels are stacked from the top down without gaps")]
    NotAdjacent {
        /// The upper level.
        above: Level,
        /// The level given as the next one down.
        below: Level,
    },
    /// A column needs at least one level.
    #[error("a column of vertebrae needs at least one level")]
    EmptyColumn,
}

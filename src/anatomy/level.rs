//! The levels of the mobile spine, by name.

use std::fmt;
use std::str::FromStr;

/// A level of the mobile spine, from C2 down to L5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the levels")]
#[rustfmt::skip]
pub enum Level {
    C2, C3, C4, C5, C6, C7,
    T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12,
    L1, L2, L3, L4, L5,
}

impl Level {
    /// All levels from the top down.
    #[rustfmt::skip]
    pub const ALL: [Self; 23] = [
        Self::C2, Self::C3, Self::C4, Self::C5, Self::C6, Self::C7,
        Self::T1, Self::T2, Self::T3, Self::T4, Self::T5, Self::T6,
        Self::T7, Self::T8, Self::T9, Self::T10, Self::T11, Self::T12,
        Self::L1, Self::L2, Self::L3, Self::L4, Self::L5,
    ];

    /// The region the level belongs to.
    pub fn region(self) -> Region {
        if self <= Self::C7 {
            Region::Cervical
        } else if self <= Self::T12 {
            Region::Thoracic
        } else {
            Region::Lumbar
        }
    }

    /// The next level down; none below L5.
    pub fn below(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// The next level up; none above C2.
    pub fn above(self) -> Option<Self> {
        (self as usize)
            .checked_sub(1)
            .and_then(|k| Self::ALL.get(k).copied())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Small letters are forgiven.
    fn from_str(word: &str) -> Result<Self, UnknownLevel> {
        Self::ALL
            .into_iter()
            .find(|level| level.to_string().eq_ignore_ascii_case(word))
            .ok_or_else(|| UnknownLevel {
                given: word.to_owned(),
            })
    }
}

/// A region of the mobile spine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// C2 to C7.
    Cervical,
    /// T1 to T12.
    Thoracic,
    /// L1 to L5.
    Lumbar,
}

/// The word is not a spinal level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown spinal level \"{given}\"; known are C2 to C7, T1 to T12 and L1 to L5")]
pub struct UnknownLevel {
    /// What was written.
    pub given: String,
}

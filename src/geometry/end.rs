//! The two ends of whatever stands along the column.

/// The upper or the lower end of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Cranial.
    Superior,
    /// Caudal.
    Inferior,
}

impl End {
    /// "superior" or "inferior".
    pub fn word(self) -> &'static str {
        match self {
            Self::Superior => "superior",
            Self::Inferior => "inferior",
        }
    }

    /// The other end.
    pub fn opposite(self) -> Self {
        match self {
            Self::Superior => Self::Inferior,
            Self::Inferior => Self::Superior,
        }
    }
}

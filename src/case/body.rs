//! The bodies of a case by what they are, and their faces; what they are called is a label.

use crate::geometry::End;

/// What a body is in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyId {
    /// Vertebra of that number.
    Vertebra(usize),
    /// Disc of that number.
    Disc(usize),
    /// Implant of that number.
    Implant(usize),
    /// Graft of that number.
    Graft(usize),
}

/// An end of a body: an endplate of a vertebra, a face of what lies between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaceId {
    /// The body.
    pub body: BodyId,
    /// Which of its ends.
    pub end: End,
}

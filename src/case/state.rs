//! The states that are solved, as data: who is there, how it stands, what is joined, and whether rods
//! hold. "intact" and "fused" are presets that become such plans; `[[state]]` begins from one and
//! leaves things out, `[[join]]` joins faces that the presets leave apart.

use super::body::{BodyId, FaceId};
use crate::sliding::Sliding;

/// Which preset a state begins from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// The spine before the operation.
    Intact,
    /// Implant and bone right after surgery: they press on each other and may part.
    Immediate,
    /// Implant and bone grown together.
    Fused,
}

impl Preset {
    /// "intact", "immediate" or "fused".
    pub fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Immediate => "immediate",
            Self::Fused => "fused",
        }
    }

    /// Whether it is after surgery.
    pub fn is_operated(self) -> bool {
        self != Self::Intact
    }
}

/// How two faces act on each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JoinLaw {
    /// They move as one.
    Bonded,
    /// They press on each other, slide as said, and part.
    Contact(Sliding),
}

/// Two faces and how they act on each other. The first is that of the body cut to the other; of the
/// other, whatever of its surface faces it takes part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Join {
    /// The faces.
    pub faces: [FaceId; 2],
    /// Their law.
    pub law: JoinLaw,
}

impl Join {
    /// Number of the vertebra that the implant, or one of its grafts, sits on here.
    pub fn implant_on_bone(&self) -> Option<usize> {
        match self.faces.map(|f| f.body) {
            [BodyId::Implant(_) | BodyId::Graft(_), BodyId::Vertebra(v)] => Some(v),
            _ => None,
        }
    }

    pub(super) fn is_between(&self, faces: [FaceId; 2]) -> bool {
        self.faces == faces || self.faces == [faces[1], faces[0]]
    }
}

/// A state to solve.
#[derive(Debug, Clone, PartialEq)]
pub struct StatePlan {
    /// Its name, unique; files are named by it.
    pub name: String,
    /// The preset it begins from. After surgery what is above an implant has moved with it.
    pub from: Preset,
    /// The bodies that are there, in the order of models.
    pub present: Vec<BodyId>,
    /// What is joined.
    pub joins: Vec<Join>,
    /// Whether the rods hold.
    pub fixation: bool,
}

impl StatePlan {
    /// Whether it is the state that others are compared with, and is not judged itself.
    pub fn is_reference(&self) -> bool {
        self.name == Preset::Intact.name()
    }

    /// Whether a body is there.
    pub fn has(&self, body: BodyId) -> bool {
        self.present.contains(&body)
    }

    /// Leaves out joins of what is not there.
    pub(super) fn drop_loose_joins(&mut self) {
        let present = &self.present;
        self.joins
            .retain(|join| join.faces.iter().all(|face| present.contains(&face.body)));
    }
}

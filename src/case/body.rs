//! The bodies of a case by what they are, and their faces; what they are called is a label.

use super::{Case, End, ImplantEnds};

/// What a body is in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyId {
    /// Vertebra of that number.
    Vertebra(usize),
    /// Disc of that number.
    Disc(usize),
    /// The implant.
    Implant,
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

impl BodyId {
    /// Name of the body.
    pub fn name(self, case: &Case) -> &str {
        match self {
            Self::Vertebra(v) => &case.vertebrae[v].name,
            Self::Disc(d) => &case.discs[d].name,
            Self::Implant => case.implant.as_ref().map_or("implant", |i| &i.name),
            Self::Graft(g) => &case.grafts[g].name,
        }
    }

    /// Key path of the body's table.
    pub fn key(self, case: &Case) -> &str {
        match self {
            Self::Vertebra(v) => &case.vertebrae[v].key,
            Self::Disc(d) => &case.discs[d].key,
            Self::Implant => "implant",
            Self::Graft(g) => &case.grafts[g].key,
        }
    }

    /// The faces that a disc, the implant or a graft is cut to, each with what it sits on there.
    /// Each pair of faces is named once, by the body that is cut to the other: bones have none, the
    /// implant sits on its grafts, they on the bones.
    pub fn seats(self, case: &Case) -> Vec<[FaceId; 2]> {
        let on = |end: End, body: BodyId| {
            let (own, other) = (FaceId { body: self, end }, end.opposite());
            [own, FaceId { body, end: other }]
        };
        let ends = [End::Superior, End::Inferior];
        let on_bones = |[upper, lower]: [usize; 2]| {
            vec![
                on(End::Superior, Self::Vertebra(upper)),
                on(End::Inferior, Self::Vertebra(lower)),
            ]
        };
        let Some(implant) = &case.implant else {
            return match self {
                Self::Disc(d) => on_bones(case.discs[d].between),
                _ => Vec::new(),
            };
        };
        match self {
            Self::Vertebra(_) => Vec::new(),
            Self::Disc(d) => on_bones(case.discs[d].between),
            Self::Implant if implant.ends == ImplantEnds::Flat => ends
                .into_iter()
                .filter_map(|end| Some(on(end, Self::Graft(case.graft(end)?))))
                .collect(),
            Self::Implant => on_bones(implant.between),
            Self::Graft(g) => {
                let mut seats = on_bones(implant.between);
                seats.retain(|[own, _]| own.end == case.grafts[g].end);
                seats
            }
        }
    }
}

impl FaceId {
    /// Name of the face in the meshes: "T5.inferior_endplate", "cage.superior_face".
    pub fn name(self, case: &Case) -> String {
        let kind = match self.body {
            BodyId::Vertebra(_) => "endplate",
            BodyId::Disc(_) | BodyId::Implant | BodyId::Graft(_) => "face",
        };
        format!("{}.{}_{kind}", self.body.name(case), self.end.word())
    }

    /// Name of the face in a case: "T5.inferior_endplate", "cage.superior".
    pub fn written(self, case: &Case) -> String {
        match self.body {
            BodyId::Vertebra(_) => self.name(case),
            _ => format!("{}.{}", self.body.name(case), self.end.word()),
        }
    }
}

impl Case {
    /// All bodies, in the order in which models hold them.
    pub fn bodies(&self) -> impl Iterator<Item = BodyId> + use<> {
        let vertebrae = (0..self.vertebrae.len()).map(BodyId::Vertebra);
        let discs = (0..self.discs.len()).map(BodyId::Disc);
        let implant = self.implant.iter().map(|_| BodyId::Implant);
        let implant: Vec<BodyId> = implant.collect();
        let grafts = (0..self.grafts.len()).map(BodyId::Graft);
        vertebrae.chain(discs).chain(implant).chain(grafts)
    }

    /// Whether a body moves with the vertebra above the implant.
    pub fn is_above_implant(&self, body: BodyId) -> bool {
        let Some(implant) = &self.implant else {
            return false;
        };
        match body {
            BodyId::Vertebra(v) => v <= implant.between[0],
            BodyId::Disc(d) => self.discs[d].between[1] <= implant.between[0],
            BodyId::Implant | BodyId::Graft(_) => false,
        }
    }
}

//! The case with all names resolved and all defaults filled in, and what its parts are called in it.

use std::path::{Path, PathBuf};

use super::bodies::{Disc, DiscShape, SurfaceFile, Vertebra, VertebraShape};
use super::body::{BodyId, FaceId};
use super::cut::NamedCut;
use super::defaults::UsedDefault;
use super::error::CaseError;
use super::files;
use super::fixation::Fixation;
use super::implant::{Graft, Implant, ImplantEnds};
use super::loads::Loads;
use super::materials::{Bone, DiscMaterial, Material};
use super::places::CasePlaces;
use super::porosity::PorosityFile;
use super::settings::{Interface, Limits, MeshSizes, SolverSettings};
use super::state::StatePlan;
use crate::geometry::End;
use crate::partition::Partition;
use crate::source::Sourced;

/// A case with all names resolved and all defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Title.
    pub title: String,
    /// SHA-256 of the case file, lower-case hexadecimal.
    pub sha256: String,
    /// Where every key stands in the file.
    pub places: CasePlaces,
    /// States to solve: those of `states`, then those of the case's own.
    pub states: Vec<StatePlan>,
    /// Vertebrae from the top down.
    pub vertebrae: Vec<Vertebra>,
    /// Discs from the top down; they join all vertebrae.
    pub discs: Vec<Disc>,
    /// Numbers of the resected vertebrae, sorted; the discs beside them go with them.
    pub resected: Vec<usize>,
    /// Implants from the top down.
    pub implants: Vec<Implant>,
    /// Bodies that fill the gaps at flat ends.
    pub grafts: Vec<Graft>,
    /// Materials: those of the file, then the library ones it names.
    pub materials: Vec<Material>,
    /// Bone.
    pub bone: Bone,
    /// Discs.
    pub disc_material: DiscMaterial,
    /// What holds the spine from behind, in the fused state.
    pub fixation: Fixation,
    /// Where the shares of what crosses are told, beside the middles of implants.
    pub cuts: Vec<NamedCut>,
    /// Loads and supports.
    pub loads: Loads,
    /// Interfaces.
    pub interface: Interface,
    /// Mesh sizes.
    pub mesh: MeshSizes,
    /// Solver.
    pub solver: SolverSettings,
    /// Limits.
    pub limits: Limits,
    /// Every default used.
    pub defaults: Vec<UsedDefault>,
}

impl Case {
    /// Finds a surface file beside the case, then in `extra`.
    ///
    /// # Errors
    /// [`CaseFault::File`](super::CaseFault::File) that lists where it was looked for, or a wrong SHA-256.
    pub fn find_surface(
        &self,
        surface: &SurfaceFile,
        extra: Option<&Path>,
    ) -> Result<PathBuf, CaseError> {
        files::find_surface(&self.places, surface, extra)
    }

    /// Finds a porosity grid beside the case, then in `extra`.
    ///
    /// # Errors
    /// [`CaseFault::File`](super::CaseFault::File) that lists where it was looked for.
    pub fn find_porosity(
        &self,
        file: &PorosityFile,
        extra: Option<&Path>,
    ) -> Result<PathBuf, CaseError> {
        let named = [file.key.as_str(), file.file.as_str(), "porosity"];
        files::find_file(&self.places, named, extra)
    }

    /// Every surface file that the case names, vertebrae first.
    pub fn surfaces(&self) -> impl Iterator<Item = &SurfaceFile> {
        let vertebrae = self.vertebrae.iter().filter_map(|v| match &v.shape {
            VertebraShape::Surface(surface) => Some(surface),
            VertebraShape::Parametric => None,
        });
        let discs = self.discs.iter().filter_map(|d| match &d.shape {
            DiscShape::Surface(surface) => Some(surface),
            DiscShape::Parametric { .. } => None,
        });
        vertebrae.chain(discs)
    }

    /// Whether the vertebra is taken out in the fused state.
    pub fn is_resected(&self, vertebra: usize) -> bool {
        self.resected.contains(&vertebra)
    }

    /// Calibration factors of a disc on what resists flexion, lateral bending and rotation, and
    /// where they come from.
    pub fn disc_factors<'a>(&'a self, disc: &'a Disc) -> &'a Sourced<[f64; 3]> {
        let own = disc.calibration_factors.as_ref();
        own.unwrap_or(&self.disc_material.calibration_factors)
    }

    /// Number of the graft at an end of an implant.
    pub fn graft(&self, implant: usize, end: End) -> Option<usize> {
        let is_there = |g: &Graft| (g.implant, g.end) == (implant, end);
        self.grafts.iter().position(is_there)
    }

    /// All bodies, in the order in which models hold them.
    pub fn bodies(&self) -> impl Iterator<Item = BodyId> + use<> {
        let vertebrae = (0..self.vertebrae.len()).map(BodyId::Vertebra);
        let discs = (0..self.discs.len()).map(BodyId::Disc);
        let implants = (0..self.implants.len()).map(BodyId::Implant);
        let grafts = (0..self.grafts.len()).map(BodyId::Graft);
        vertebrae.chain(discs).chain(implants).chain(grafts)
    }

    /// Whether a body moves with the vertebra above an implant: discs join it to that vertebra on
    /// a way that does not lead through what the implant replaces.
    pub fn is_above(&self, implant: usize, body: BodyId) -> bool {
        let placed = &self.implants[implant];
        let mut joined = Partition::new(self.vertebrae.len());
        let replaced = placed.replaced();
        let stays = |v: &usize| !replaced.contains(v);
        for disc in self.discs.iter().filter(|d| d.between.iter().all(stays)) {
            let [upper, lower] = disc.between;
            joined.join(upper as u32, lower as u32);
        }
        let above = joined.root(placed.between[0] as u32);
        let mut moves = |v: usize| joined.root(v as u32) == above;
        match body {
            BodyId::Vertebra(v) => moves(v),
            BodyId::Disc(d) => self.discs[d].between.into_iter().all(moves),
            BodyId::Implant(i) => moves(self.implants[i].between[1]),
            BodyId::Graft(g) => moves(self.implants[self.grafts[g].implant].between[1]),
        }
    }
}

impl BodyId {
    /// Number of the implant that it is, or is the graft of.
    pub fn implant(self, case: &Case) -> Option<usize> {
        match self {
            Self::Implant(i) => Some(i),
            Self::Graft(g) => Some(case.grafts[g].implant),
            Self::Vertebra(_) | Self::Disc(_) => None,
        }
    }

    /// Name of the body.
    pub fn name(self, case: &Case) -> &str {
        match self {
            Self::Vertebra(v) => &case.vertebrae[v].name,
            Self::Disc(d) => &case.discs[d].name,
            Self::Implant(i) => &case.implants[i].name,
            Self::Graft(g) => &case.grafts[g].name,
        }
    }

    /// Key path of the body's table.
    pub fn key(self, case: &Case) -> &str {
        match self {
            Self::Vertebra(v) => &case.vertebrae[v].key,
            Self::Disc(d) => &case.discs[d].key,
            Self::Implant(i) => &case.implants[i].key,
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
        match self {
            Self::Vertebra(_) => Vec::new(),
            Self::Disc(d) => on_bones(case.discs[d].between),
            Self::Implant(i) => match case.implants[i].ends {
                ImplantEnds::Flat => ends
                    .into_iter()
                    .filter_map(|end| Some(on(end, Self::Graft(case.graft(i, end)?))))
                    .collect(),
                ImplantEnds::Fitted => on_bones(case.implants[i].between),
            },
            Self::Graft(g) => {
                let mut seats = on_bones(case.implants[case.grafts[g].implant].between);
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
            BodyId::Disc(_) | BodyId::Implant(_) | BodyId::Graft(_) => "face",
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

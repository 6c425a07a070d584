//! Where everything stands before it is meshed: bones, landmarks, discs, implants.
//!
//! A case's words become fields in the program's frame; whatever does not fit is told at its key.
//! Must not know nodes, elements, moduli.

pub mod measured;
pub mod placed;
mod turned;
mod plausible;
pub mod implants;
mod rods;
pub mod fixation;

use std::path::Path;
use std::sync::Arc;

use nalgebra::Matrix3;

use crate::anatomy::AnatomyError;
use crate::anatomy::Level;
use crate::anatomy::column;
use crate::anatomy::disc::Disc;
use crate::anatomy::frame::ColumnFrame;
use crate::anatomy::landmarks::{
    EndplatePatch, Landmarks, VertebraLandmarks, VertebraSurface, disc_pose, find_column,
};
use crate::anatomy::vertebra::Vertebra;
use crate::case::{
    self, BodyId, Case, CaseError, CaseFault, DiscShape, End, EndplateFace, StatePlan,
    VertebraShape,
};
use crate::geometry::field::Smoothed;
use crate::geometry::implant::{Cage, Translated};
use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
use crate::geometry::sampled_field::SampledField;
use crate::geometry::{GeometryError, SharedField, SizeField, TriSurface};
use crate::progress::Progress;
use crate::tensor::{Point, Vec3};

use fixation::PlacedFixation;
pub use implants::LARGEST_LIFT_MM;
use measured::{FileAccount, Measured, MeasuredBodies};
use turned::{ROUGH_EDGES_MM, likelier_axes};

/// What to look at where vertebrae do not stand above each other.
const LISTED_DOWN: &str =
    "vertebrae are listed from the top down, and their files must share one frame";
/// A bone is looked for this far beyond a measured disc's faces, mm: its files leave gaps up to
/// 0.2 mm.
const DISC_REACH_MM: f64 = 0.6;

/// Everything in its intact place, and the implant in its own.
pub struct Scene {
    /// Field of each vertebra.
    pub vertebrae: Vec<SharedField>,
    /// Each disc.
    pub discs: Vec<Disc>,
    /// Landmarks of all vertebrae and the column axis.
    pub landmarks: Landmarks,
    /// The implants.
    pub cages: Vec<Cage>,
    /// Field of each graft.
    pub grafts: Vec<SharedField>,
    /// What holds the spine from behind, where everything stands after surgery.
    pub fixation: PlacedFixation,
    /// What each surface file was like.
    pub files: Vec<FileAccount>,
}

impl Scene {
    /// Places everything a case names. Surface files are looked for beside the case, then in
    /// `surfaces`.
    ///
    /// # Errors
    /// A surface that is missing or unusable, anatomy that is not found, an implant that does not
    /// fit its site.
    pub fn build(
        case: &Case,
        surfaces: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<Self, CaseError> {
        progress.stage("Place the bodies", 0);
        let made = made_vertebrae(case)?;
        let measured = MeasuredBodies::read(case, surfaces, progress)?;
        plausible::check_files(case, &measured)?;
        let files = measured.files;
        let vertebrae: Vec<SharedField> = match &made {
            Some(made) => made.iter().map(|v| v.clone() as SharedField).collect(),
            None => measured.vertebrae.into_iter().map(|v| v.field).collect(),
        };
        let (landmarks, rough) = landmarks(case, &vertebrae, &files, &measured.discs)?;
        plausible::check_ends(case, &landmarks, &rough, &vertebrae)?;
        refuse_passed(case, &landmarks)?;
        let discs = discs(
            case,
            made.as_deref(),
            &vertebrae,
            &landmarks,
            measured.discs,
        )?;
        let bones = Self {
            vertebrae,
            discs,
            landmarks,
            cages: Vec::new(),
            grafts: Vec::new(),
            fixation: PlacedFixation::default(),
            files,
        };
        bones.refitted(case)
    }

    /// The same bones and discs with the implants, grafts and fixation of `case`, which says the same of
    /// bones and discs.
    ///
    /// # Errors
    /// An implant that does not fit its site.
    pub fn refitted(&self, case: &Case) -> Result<Self, CaseError> {
        let cages = implants::cages(case, &self.vertebrae, &self.landmarks)?;
        let site = fixation::Site {
            case,
            vertebrae: &self.vertebrae,
            landmarks: &self.landmarks,
            cages: &cages,
        };
        Ok(Self {
            fixation: fixation::place(&site)?,
            vertebrae: self.vertebrae.clone(),
            discs: self.discs.clone(),
            landmarks: self.landmarks.clone(),
            grafts: implants::grafts(case, &cages)?,
            cages,
            files: self.files.clone(),
        })
    }

    /// How far implants have moved a body in a state, mm.
    pub fn lift(&self, case: &Case, plan: &StatePlan, body: BodyId) -> Vec3 {
        match plan.from.is_operated() {
            true => implants::lift(case, &self.cages, body),
            false => Vec3::zeros(),
        }
    }

    /// The column frame.
    pub fn frame(&self) -> ColumnFrame {
        let z = self.landmarks.axis.direction;
        let x = (Vec3::x() - z * z.x).normalize();
        ColumnFrame {
            origin: self.landmarks.axis.origin,
            axes: Matrix3::from_columns(&[x, z.cross(&x), z]),
        }
    }

    /// Landmarks of a vertebra.
    pub fn vertebra(&self, v: usize) -> &VertebraLandmarks {
        &self.landmarks.vertebrae[v]
    }

    /// An endplate of a vertebra.
    pub fn patch(&self, role: BodyId, end: End) -> Option<&EndplatePatch> {
        let BodyId::Vertebra(v) = role else {
            return None;
        };
        Some(self.endplate(&EndplateFace { vertebra: v, end }))
    }

    /// An endplate as the case names it.
    pub fn endplate(&self, face: &EndplateFace) -> &EndplatePatch {
        let vertebra = self.vertebra(face.vertebra);
        match face.end {
            End::Superior => &vertebra.superior,
            End::Inferior => &vertebra.inferior,
        }
    }

    /// Whether a point of a vertebra (in its intact place) lies in its body.
    pub fn is_body(&self, v: usize, p: &Point) -> bool {
        self.vertebra(v).is_body(p)
    }

    /// The point of the column axis half-way between a vertebra's endplates, mm.
    pub fn mid_body(&self, v: usize) -> Point {
        let found = self.vertebra(v);
        let middle = nalgebra::center(&found.superior.centroid, &found.inferior.centroid);
        let frame = self.frame();
        frame.origin + frame.axis() * (middle - frame.origin).dot(&frame.axis())
    }

    /// The field of the body `on` that a disc, an implant or a graft sits on, as it stands to it:
    /// the bone above an implant has moved away from it by the lift.
    pub fn seat_field(&self, case: &Case, role: BodyId, on: BodyId) -> SharedField {
        let field = self.field(on);
        match role.implant(case).filter(|i| case.is_above(*i, on)) {
            Some(i) => Arc::new(Translated {
                field,
                translation: self.cages[i].upper_translation,
            }),
            None => field,
        }
    }

    /// The field of a body, in the intact place of its bones.
    pub fn field(&self, role: BodyId) -> SharedField {
        match role {
            BodyId::Vertebra(v) => self.vertebrae[v].clone(),
            BodyId::Disc(d) => self.discs[d].field(),
            BodyId::Implant(i) => self.cages[i].field.clone(),
            BodyId::Graft(g) => self.grafts[g].clone(),
        }
    }
}

/// The made vertebrae, if all are; `None` if all are measured.
fn made_vertebrae(case: &Case) -> Result<Option<Vec<Arc<Vertebra>>>, CaseError> {
    let made = |v: &case::Vertebra| matches!(v.shape, VertebraShape::Parametric);
    let count = case.vertebrae.iter().filter(|v| made(v)).count();
    if count == 0 {
        return Ok(None);
    }
    if let Some(other) = case.vertebrae.iter().find(|v| !made(v)) {
        let fault =
            CaseFault::model("a measured vertebra among made ones: their frames are unrelated");
        let help = "give every vertebra a surface, or every vertebra a level";
        return Err(case.places.error(&other.key, fault).with_help(help));
    }
    let levels: Vec<Level> = case
        .vertebrae
        .iter()
        .map(|v| {
            v.level
                .as_deref()
                .unwrap_or_default()
                .parse::<Level>()
                .map_err(|e| placed::at_key(case, &v.key, e.to_string()))
        })
        .collect::<Result<_, _>>()?;
    let heights: Vec<Option<f64>> = case
        .discs
        .iter()
        .map(|d| match d.shape {
            DiscShape::Parametric { height_mm } => Some(height_mm),
            DiscShape::Surface(_) => None,
        })
        .collect();
    column::stack(&levels, &heights)
        .map(Some)
        .map_err(|e| placed::anatomy(case, BodyId::Vertebra(0), &e))
}

/// Height of the steps that a measured vertebra is made of, mm.
fn steps_of(files: &[FileAccount], v: usize) -> Option<f64> {
    let mut files = files.iter();
    let file = files.find(|f| f.role == BodyId::Vertebra(v))?;
    file.account.steps_mm
}

/// The bone that steps of this height, mm, stand for: smoothed on samples a step apart, which reach as
/// far as the smoothing does, and sampled itself, as each of its values is a mean of many.
fn without_steps(field: &SharedField, step: f64) -> Result<SharedField, GeometryError> {
    let field: SharedField = Arc::new(SampledField::new(field.clone(), step)?);
    let smoothed = Arc::new(Smoothed { field, step });
    Ok(Arc::new(SampledField::new(smoothed, 0.5 * step)?))
}

fn rough_surfaces(
    case: &Case,
    fields: &[SharedField],
    files: &[FileAccount],
    edge_mm: f64,
) -> Result<Vec<TriSurface>, CaseError> {
    use rayon::prelude::*;
    fields
        .par_iter()
        .enumerate()
        .map(|(v, field)| {
            let size = SizeField::uniform(edge_mm);
            let refuse = |e: GeometryError| {
                let (role, reason) = (BodyId::Vertebra(v), e.to_string());
                placed::at_doubtful_file(case, files, role, &reason)
                    .unwrap_or_else(|| placed::at_body(case, role, &reason))
            };
            let field = match steps_of(files, v) {
                Some(step) => without_steps(field, step).map_err(refuse)?,
                None => field.clone(),
            };
            polygonise(field.as_ref(), &size, &PolygoniseSettings::default()).map_err(refuse)
        })
        .collect()
}

/// Refuses neighbours of which the upper one's endplate does not stand above the lower one's.
fn refuse_passed(case: &Case, landmarks: &Landmarks) -> Result<(), CaseError> {
    for [upper, lower] in case.discs.iter().map(|d| d.between) {
        let pair = [upper, lower].map(|v| &landmarks.vertebrae[v]);
        let (above, below) = (&pair[0].inferior, &pair[1].superior);
        let gap = (above.centroid - below.centroid).dot(&landmarks.axis.direction);
        if gap <= 0.0 {
            let reason = format!(
                "{}'s inferior endplate lies {:.1} mm below {}'s superior one: the two vertebrae \
                 overlap, or do not stand in the order they are listed in",
                pair[0].name, -gap, pair[1].name
            );
            let error = placed::at_body(case, BodyId::Vertebra(upper), &reason);
            return Err(error.with_help(LISTED_DOWN));
        }
    }
    Ok(())
}

/// The landmarks, and the surfaces they were found on.
fn landmarks(
    case: &Case,
    fields: &[SharedField],
    files: &[FileAccount],
    discs: &[Option<Measured>],
) -> Result<(Landmarks, Vec<TriSurface>), CaseError> {
    let [rough, fine] = ROUGH_EDGES_MM;
    let mut surfaces = rough_surfaces(case, fields, files, rough)?;
    let mut found = landmarks_on(case, files, &surfaces, discs);
    if let Err(AnatomyError::AxisUnsettled { .. }) = found {
        surfaces = rough_surfaces(case, fields, files, fine)?;
        found = landmarks_on(case, files, &surfaces, discs);
    }
    match found {
        Ok(landmarks) => Ok((landmarks, surfaces)),
        Err(error) => Err(not_found(case, fields, &error)),
    }
}

/// Why landmarks were not found, and what may mend it.
fn not_found(case: &Case, fields: &[SharedField], error: &AnatomyError) -> CaseError {
    let [upper, lower] = ends_of_column(case);
    let placed = placed::anatomy(case, BodyId::Vertebra(upper), error);
    let doubtful = match error {
        AnatomyError::NoCanal { vertebra } | AnatomyError::NoEndplate { vertebra, .. } => {
            case.vertebrae.iter().position(|v| &v.name == vertebra)
        }
        AnatomyError::UpsideDown { .. } | AnatomyError::AxisUnsettled { .. } if upper == lower => {
            Some(upper)
        }
        AnatomyError::UpsideDown { .. } => return placed.with_help(LISTED_DOWN),
        _ => None,
    };
    let axes = doubtful.and_then(|v| likelier_axes(&case.vertebrae[v], fields[v].as_ref()));
    match axes {
        Some(axes) => placed.with_help(axes),
        None => placed,
    }
}

/// The vertebrae between which the column axis runs.
fn ends_of_column(case: &Case) -> [usize; 2] {
    match (case.implants.first(), case.implants.last()) {
        (Some(first), Some(last)) => [first.between[0], last.between[1]],
        _ => [0, case.vertebrae.len() - 1],
    }
}

fn landmarks_on(
    case: &Case,
    files: &[FileAccount],
    rough: &[TriSurface],
    discs: &[Option<Measured>],
) -> Result<Landmarks, AnatomyError> {
    // Of a fork the first disc serves.
    let disc = |end: usize, v: usize| {
        let d = case.discs.iter().position(|d| d.between[end] == v)?;
        discs[d].as_ref().map(|measured| &measured.surface)
    };
    let views: Vec<VertebraSurface<'_>> = rough
        .iter()
        .enumerate()
        .map(|(v, surface)| VertebraSurface {
            name: &case.vertebrae[v].name,
            surface,
            steps: steps_of(files, v).unwrap_or(0.0),
            disc_above: disc(1, v),
            disc_below: disc(0, v),
            named: case.vertebrae[v].named,
        })
        .collect();
    let [upper, lower] = ends_of_column(case).map(|v| case.vertebrae[v].name.as_str());
    find_column(&views, upper, lower)
}

fn discs(
    case: &Case,
    made: Option<&[Arc<Vertebra>]>,
    vertebrae: &[SharedField],
    landmarks: &Landmarks,
    measured: Vec<Option<Measured>>,
) -> Result<Vec<Disc>, CaseError> {
    case.discs
        .iter()
        .zip(measured)
        .enumerate()
        .map(|(d, (disc, measured))| {
            let [upper, lower] = disc.between;
            let refuse = |e| placed::anatomy(case, BodyId::Disc(d), &e);
            match (measured, made) {
                (Some(Measured { field, .. }), _) => {
                    let above = &landmarks.vertebrae[upper].inferior;
                    let below = &landmarks.vertebrae[lower].superior;
                    let pose = disc_pose(above, below);
                    let thickness = (above.centroid - below.centroid).norm();
                    let bones = [vertebrae[upper].clone(), vertebrae[lower].clone()];
                    let help = format!(
                        "the middles of the two endplates stand {thickness:.1} mm apart: is the \
                         disc or one of the vertebrae out of place?"
                    );
                    Disc::measured(field, bones, pose, thickness, DISC_REACH_MM)
                        .map_err(|e| refuse(e).with_help(&help))
                }
                (None, Some(made)) => Disc::parametric(&made[upper], &made[lower]).map_err(refuse),
                (None, None) => {
                    let fault = CaseFault::model("a made disc between measured vertebrae");
                    let help = "give the disc a surface as well";
                    Err(case.places.error(&disc.key, fault).with_help(help))
                }
            }
        })
        .collect()
}

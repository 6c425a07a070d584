//! Where everything stands before it is meshed: bones, landmarks, discs, implant.

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
    self, BodyId, Case, CaseFault, DiscShape, End, EndplateFace, ImplantEnds, ImplantHeight,
    VertebraShape,
};
use crate::geometry::implant::{
    Cage, CageHeight, CageSite, CageSpec, EndShape, ScrewTrack, Translated,
};
use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
use crate::geometry::{SharedField, SizeField, TriSurface};
use crate::progress::Progress;
use crate::tensor::{Point, Vec3};

use super::SpineError;
use super::measured::{FileAccount, Measured, MeasuredBodies};
use super::placed;

/// Edge length of the surfaces on which landmarks are found, mm.
const ROUGH_EDGE_MM: f64 = 2.0;
/// What to look at where vertebrae do not stand above each other.
const LISTED_DOWN: &str =
    "vertebrae are listed from the top down, and their files must share one frame";
/// A bone is looked for this far beyond a measured disc's faces, mm: its files leave gaps up to
/// 0.2 mm.
const DISC_REACH_MM: f64 = 0.6;

/// A height that moves the bones by more than this is refused, mm: neither the ligaments that would
/// be torn nor the joints that would be driven into each other are in the model, so its answer
/// would look right and mean nothing. Distraction at operation is a few millimetres.
pub const LARGEST_LIFT_MM: f64 = 5.0;

/// Everything in its intact place, and the implant in its own.
pub struct Scene {
    /// Field of each vertebra.
    pub vertebrae: Vec<SharedField>,
    /// Each disc.
    pub discs: Vec<Disc>,
    /// Landmarks of all vertebrae and the column axis.
    pub landmarks: Landmarks,
    /// The implant.
    pub cage: Option<Cage>,
    /// Field of each graft.
    pub grafts: Vec<SharedField>,
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
    ) -> Result<Self, SpineError> {
        progress.stage("Place the bodies", 0);
        let made = made_vertebrae(case)?;
        let measured = MeasuredBodies::read(case, surfaces, progress)?;
        let files = measured.files;
        let vertebrae: Vec<SharedField> = match &made {
            Some(made) => made.iter().map(|v| v.clone() as SharedField).collect(),
            None => measured.vertebrae.into_iter().map(|v| v.field).collect(),
        };
        let rough = rough_surfaces(case, &vertebrae, &files)?;
        let landmarks = landmarks(case, &rough, &measured.discs)?;
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
            cage: None,
            grafts: Vec::new(),
            files,
        };
        bones.refitted(case)
    }

    /// The same bones and discs with the implant and the grafts of `case`, which says the same of
    /// bones and discs.
    ///
    /// # Errors
    /// An implant that does not fit its site.
    pub fn refitted(&self, case: &Case) -> Result<Self, SpineError> {
        let cage = cage(case, &self.vertebrae, &self.landmarks)?;
        Ok(Self {
            vertebrae: self.vertebrae.clone(),
            discs: self.discs.clone(),
            landmarks: self.landmarks.clone(),
            grafts: grafts(case, cage.as_ref())?,
            cage,
            files: self.files.clone(),
        })
    }

    /// How far bodies above the implant move in the fused state, mm.
    pub fn lift(&self) -> Vec3 {
        self.cage
            .as_ref()
            .map_or_else(Vec3::zeros, |c| c.upper_translation)
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

    /// The field of the body `on` that a disc, the implant or a graft sits on, where it stands
    /// then: the bone above an implant has moved with the lift.
    pub fn seat_field(&self, case: &Case, role: BodyId, on: BodyId) -> Option<SharedField> {
        let field = self.field(on)?;
        let of_implant = matches!(role, BodyId::Implant | BodyId::Graft(_));
        Some(match of_implant && case.is_above_implant(on) {
            true => Arc::new(Translated {
                field,
                translation: self.lift(),
            }),
            false => field,
        })
    }

    /// The field of a body, in the intact place where it has one.
    pub fn field(&self, role: BodyId) -> Option<SharedField> {
        Some(match role {
            BodyId::Vertebra(v) => self.vertebrae[v].clone(),
            BodyId::Disc(d) => self.discs[d].field(),
            BodyId::Implant => self.cage.as_ref()?.field.clone(),
            BodyId::Graft(g) => self.grafts[g].clone(),
        })
    }
}

/// The made vertebrae, if all are; `None` if all are measured.
fn made_vertebrae(case: &Case) -> Result<Option<Vec<Arc<Vertebra>>>, SpineError> {
    let made = |v: &case::Vertebra| matches!(v.shape, VertebraShape::Parametric);
    let count = case.vertebrae.iter().filter(|v| made(v)).count();
    if count == 0 {
        return Ok(None);
    }
    if let Some(other) = case.vertebrae.iter().find(|v| !made(v)) {
        let fault =
            CaseFault::model("a measured vertebra among made ones: their frames are unrelated");
        let help = "give every vertebra a surface, or every vertebra a level";
        return Err(case.places.error(&other.key, fault).with_help(help).into());
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

fn rough_surfaces(
    case: &Case,
    fields: &[SharedField],
    files: &[FileAccount],
) -> Result<Vec<TriSurface>, SpineError> {
    use rayon::prelude::*;
    fields
        .par_iter()
        .enumerate()
        .map(|(v, field)| {
            let size = SizeField::uniform(ROUGH_EDGE_MM);
            polygonise(field.as_ref(), &size, &PolygoniseSettings::default()).map_err(|e| {
                let (role, reason) = (BodyId::Vertebra(v), e.to_string());
                placed::at_doubtful_file(case, files, role, &reason)
                    .unwrap_or_else(|| placed::at_body(case, role, &reason))
            })
        })
        .collect()
}

/// Refuses neighbours of which the upper one's endplate does not stand above the lower one's.
fn refuse_passed(case: &Case, landmarks: &Landmarks) -> Result<(), SpineError> {
    for (v, pair) in landmarks.vertebrae.windows(2).enumerate() {
        let (above, below) = (&pair[0].inferior, &pair[1].superior);
        let gap = (above.centroid - below.centroid).dot(&landmarks.axis.direction);
        if gap <= 0.0 {
            let reason = format!(
                "{}'s inferior endplate lies {:.1} mm below {}'s superior one: the two vertebrae \
                 overlap, or do not stand in the order they are listed in",
                pair[0].name, -gap, pair[1].name
            );
            let error = placed::at_body(case, BodyId::Vertebra(v), &reason);
            return Err(placed::with_help(error, LISTED_DOWN));
        }
    }
    Ok(())
}

fn landmarks(
    case: &Case,
    rough: &[TriSurface],
    discs: &[Option<Measured>],
) -> Result<Landmarks, SpineError> {
    let disc = |upper: Option<usize>| {
        let upper = upper?;
        let d = case.discs.iter().position(|d| d.between[0] == upper)?;
        discs[d].as_ref().map(|measured| &measured.surface)
    };
    let views: Vec<VertebraSurface<'_>> = rough
        .iter()
        .enumerate()
        .map(|(v, surface)| VertebraSurface {
            name: &case.vertebrae[v].name,
            surface,
            disc_above: disc(v.checked_sub(1)),
            disc_below: disc(Some(v)),
            named: case.vertebrae[v].named,
        })
        .collect();
    let [upper, lower] = match &case.implant {
        Some(implant) => implant.between,
        None => [0, case.vertebrae.len() - 1],
    };
    let name = |v: usize| case.vertebrae[v].name.as_str();
    find_column(&views, name(upper), name(lower)).map_err(|e| {
        let placed = placed::anatomy(case, BodyId::Vertebra(upper), &e);
        match e {
            AnatomyError::UpsideDown { .. } => placed::with_help(placed, LISTED_DOWN),
            _ => placed,
        }
    })
}

fn discs(
    case: &Case,
    made: Option<&[Arc<Vertebra>]>,
    vertebrae: &[SharedField],
    landmarks: &Landmarks,
    measured: Vec<Option<Measured>>,
) -> Result<Vec<Disc>, SpineError> {
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
                        .map_err(|e| placed::with_help(refuse(e), &help))
                }
                (None, Some(made)) => Disc::parametric(&made[upper], &made[lower]).map_err(refuse),
                (None, None) => {
                    let fault = CaseFault::model("a made disc between measured vertebrae");
                    let help = "give the disc a surface as well";
                    Err(case.places.error(&disc.key, fault).with_help(help).into())
                }
            }
        })
        .collect()
}

fn cage(
    case: &Case,
    vertebrae: &[SharedField],
    landmarks: &Landmarks,
) -> Result<Option<Cage>, SpineError> {
    let Some(implant) = &case.implant else {
        return Ok(None);
    };
    let [upper, lower] = implant.between;
    let above = &landmarks.vertebrae[upper].inferior;
    let below = &landmarks.vertebrae[lower].superior;
    let site = CageSite {
        upper: vertebrae[upper].clone(),
        lower: vertebrae[lower].clone(),
        upper_centroid: above.centroid,
        lower_centroid: below.centroid,
        anterior: Vec3::x(),
    };
    let areas = [above.area, below.area];
    let make = |spec: &CageSpec| Cage::new(spec, &site).map_err(|e| placed::cage(case, &e, areas));
    // As high as fits first: whatever fails then is not the height's fault, and the height can be
    // judged before it moves the bones into each other.
    let fitting = CageSpec {
        height: CageHeight::Fit,
        ..cage_spec(case, implant)
    };
    let fits = make(&fitting)?;
    check_height(case, implant, &fits)?;
    check_tracks(case, implant, fits.height)?;
    match implant.height {
        ImplantHeight::Fit => Ok(Some(fits)),
        ImplantHeight::Millimetres(_) => make(&cage_spec(case, implant)).map(Some),
    }
}

fn screw_track(track: &case::ScrewTrack) -> ScrewTrack {
    ScrewTrack {
        diameter: track.diameter_mm.value,
        angle_deg: track.angle_deg,
        end: track.end,
        exit: track.exit_mm.value,
        azimuth_deg: track.azimuth_deg.value,
    }
}

/// The grafts at the ends of the cage.
fn grafts(case: &Case, cage: Option<&Cage>) -> Result<Vec<SharedField>, SpineError> {
    let Some(cage) = cage else {
        return Ok(Vec::new());
    };
    let made = |(g, graft): (usize, &case::Graft)| {
        cage.graft(graft.end)
            .map_err(|e| placed::at_body(case, BodyId::Graft(g), &e.to_string()))
    };
    case.grafts.iter().enumerate().map(made).collect()
}

fn cage_spec(case: &Case, implant: &case::Implant) -> CageSpec {
    let stand_off = |end| {
        case.graft(end)
            .map_or(0.0, |g| case.grafts[g].min_thickness_mm.value)
    };
    CageSpec {
        diameter: implant.diameter_mm,
        height: match implant.height {
            ImplantHeight::Millimetres(height) => CageHeight::Stated(height),
            ImplantHeight::Fit => CageHeight::Fit,
        },
        sagittal_angle_deg: implant.sagittal_angle_deg.value,
        ends: match implant.ends {
            ImplantEnds::Fitted => EndShape::Fitted,
            ImplantEnds::Flat => EndShape::Flat,
        },
        stand_off: [End::Superior, End::Inferior].map(stand_off),
        screw_tracks: implant.screw_tracks.iter().map(screw_track).collect(),
        solids: implant.solids.iter().flat_map(|s| s.kind.parts()).collect(),
    }
}

/// Refuses a height that would move the bones by more than [`LARGEST_LIFT_MM`].
fn check_height(case: &Case, implant: &case::Implant, fits: &Cage) -> Result<(), SpineError> {
    let ImplantHeight::Millimetres(height) = implant.height else {
        return Ok(());
    };
    let lift = height - fits.height;
    if lift.abs() <= LARGEST_LIFT_MM {
        return Ok(());
    }
    let way = if lift > 0.0 {
        "push the vertebrae apart"
    } else {
        "let the vertebra above sink"
    };
    let facing = fits.facing_distance;
    let beside = match fits.clear {
        [0.0, 0.0] => String::new(),
        [above, below] => format!(" and grafts take {:.1} mm", above + below),
    };
    let fault = CaseFault::model(format!(
        "the implant is {height} mm high where the endplates stand {facing:.1} mm apart{beside}: \
         it would {way} by {:.1} mm, at most {LARGEST_LIFT_MM} mm is taken",
        lift.abs()
    ));
    let help = format!(
        "`height_mm = {:.1}` fits, or write `height = \"fit\"`",
        fits.height
    );
    let error = case.places.error("implant.height_mm", fault);
    Err(error.with_help(help).into())
}

/// Refuses a screw track so steep that it misses the side.
fn check_tracks(case: &Case, implant: &case::Implant, fitting: f64) -> Result<(), SpineError> {
    let height = match implant.height {
        ImplantHeight::Millimetres(height) => height,
        ImplantHeight::Fit => fitting,
    };
    let radius = 0.5 * implant.diameter_mm;
    for track in &implant.screw_tracks {
        let (sin, cos) = track.angle_deg.to_radians().sin_cos();
        let way = screw_track(track).way_to_side(radius);
        let far_edge = way * sin / cos + 0.5 * track.diameter_mm.value / cos;
        if far_edge > height {
            let reason = format!(
                "the screw track does not enter through the side: at {}° it reaches {far_edge:.1} \
                 mm from its end, and the implant is {height:.1} mm high",
                track.angle_deg
            );
            let key = format!("{}.angle_deg", track.key);
            return Err(placed::at_key(case, &key, reason));
        }
    }
    Ok(())
}

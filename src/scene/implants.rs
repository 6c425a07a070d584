//! Implants and grafts in their places between the bones.

use super::placed;
use crate::anatomy::landmarks::Landmarks;
use crate::case::{
    self, BodyId, Case, CaseError, CaseFault, End, Implant, ImplantEnds, ImplantHeight,
};
use crate::geometry::implant::{Cage, CageHeight, CageSite, CageSpec, EndShape, ScrewTrack};
use crate::geometry::{GeometryError, SharedField};
use crate::tensor::Vec3;

/// A height that moves the bones by more than this is refused, mm: neither the ligaments that would
/// be torn nor the joints that would be driven into each other are in the model, so its answer
/// would look right and mean nothing. Distraction at operation is a few millimetres.
pub const LARGEST_LIFT_MM: f64 = 5.0;

/// How far implants move a body, mm.
pub(super) fn lift(case: &Case, cages: &[Cage], body: BodyId) -> Vec3 {
    let moves = |(i, _): &(usize, &Cage)| case.is_above(*i, body);
    let moving = cages.iter().enumerate().filter(moves);
    moving.map(|(_, cage)| cage.upper_translation).sum()
}

/// Every implant between its bones, where they stand before surgery.
///
/// # Errors
/// An implant that does not fit its site.
pub(super) fn cages(
    case: &Case,
    vertebrae: &[SharedField],
    landmarks: &Landmarks,
) -> Result<Vec<Cage>, CaseError> {
    let place = |i| cage(case, i, vertebrae, landmarks);
    (0..case.implants.len()).map(place).collect()
}

fn cage(
    case: &Case,
    number: usize,
    vertebrae: &[SharedField],
    landmarks: &Landmarks,
) -> Result<Cage, CaseError> {
    let implant = &case.implants[number];
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
    let make =
        |spec: &CageSpec| Cage::new(spec, &site).map_err(|e| refuse(case, implant, &e, areas));
    // As high as fits first: whatever fails then is not the height's fault, and the height can be
    // judged before it moves the bones into each other.
    let fitting = CageSpec {
        height: CageHeight::Fit,
        ..cage_spec(case, number)
    };
    let fits = make(&fitting)?;
    check_height(case, implant, &fits)?;
    check_tracks(case, implant, fits.height)?;
    match implant.height {
        ImplantHeight::Fit => Ok(fits),
        ImplantHeight::Millimetres(_) => make(&cage_spec(case, number)),
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

/// The grafts at the ends of the implants.
///
/// # Errors
/// A graft between an end and a bone that do not face each other.
pub(super) fn grafts(case: &Case, cages: &[Cage]) -> Result<Vec<SharedField>, CaseError> {
    let made = |(g, graft): (usize, &case::Graft)| {
        cages[graft.implant]
            .graft(graft.end)
            .map_err(|e| placed::at_body(case, BodyId::Graft(g), &e.to_string()))
    };
    case.grafts.iter().enumerate().map(made).collect()
}

fn cage_spec(case: &Case, number: usize) -> CageSpec {
    let implant = &case.implants[number];
    let stand_off = |end| {
        case.graft(number, end)
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
fn check_height(case: &Case, implant: &Implant, fits: &Cage) -> Result<(), CaseError> {
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
    let error = case
        .places
        .error(&format!("{}.height_mm", implant.key), fault);
    Err(error.with_help(help))
}

/// Refuses a screw track so steep that it misses the side.
fn check_tracks(case: &Case, implant: &Implant, fitting: f64) -> Result<(), CaseError> {
    let height = match implant.height {
        ImplantHeight::Millimetres(height) => height,
        ImplantHeight::Fit => fitting,
    };
    let radius = implant.half_width_mm();
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
/// An implant that cannot be made for its site: at the number that is out of range, or at its
/// diameter where its footprint leaves the endplates. `endplates_mm2` are their areas.
fn refuse(
    case: &Case,
    implant: &Implant,
    error: &GeometryError,
    endplates_mm2: [f64; 2],
) -> CaseError {
    let own = |key: &str| format!("{}.{key}", implant.key);
    match error {
        GeometryError::Parameter {
            quantity, value, ..
        } => {
            let tracks = implant.screw_tracks.iter();
            let key = match quantity.strip_prefix("screw track ") {
                Some(number) => tracks
                    .filter(|t| t.diameter_mm.value == *value || t.angle_deg == *value)
                    .map(|t| format!("{}.{number}", t.key))
                    .next()
                    .unwrap_or_else(|| own("screw_track")),
                None => own(quantity),
            };
            placed::at_key(
                case,
                &key,
                format!("the implant does not fit its site: {error}"),
            )
        }
        GeometryError::NoFacingSurface { .. } => {
            let across = endplates_mm2.map(|a| 2.0 * (a / std::f64::consts::PI).sqrt());
            let reason = format!("the implant's ends do not lie on the endplates: {error}");
            let help = format!(
                "the endplate above is as large as a circle {:.1} mm across, the one below as one \
                 of {:.1} mm",
                across[0], across[1]
            );
            let fault = CaseFault::model(reason);
            case.places
                .error(&own("diameter_mm"), fault)
                .with_help(help)
        }
        _ => placed::at_key(
            case,
            &implant.key,
            format!("the implant does not fit its site: {error}"),
        ),
    }
}

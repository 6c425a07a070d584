//! What a case says of a vertebra's endplates and posterior wall in place of what would be found.
//!
//! Places are in the case's frame (x anterior, y left, z cranial, mm; of a measured vertebra after
//! its unit and axes): the frame in which `endplate check` prints what was found.

use super::error::{CaseError, CaseFault};
use super::raw::Section;
use crate::anatomy::landmarks::{NamedPatch, NamedPlaces};
use crate::geometry::End;
use crate::tensor::{Point, Vec3};

/// The keys of a vertebra that are read here.
pub(super) const KEYS: [&str; 3] = [
    "superior_endplate",
    "inferior_endplate",
    "posterior_wall_mm",
];
const PATCH_KEYS: &[&str] = &["centre_mm", "normal", "radius_mm"];
/// Scanners place a spine up to metres from their origin.
const FURTHEST_MM: f64 = 1e4;

/// Reads what a vertebra's table names.
pub(super) fn read(vertebra: &Section<'_>) -> Result<NamedPlaces, CaseError> {
    Ok(NamedPlaces {
        superior: read_patch(vertebra, End::Superior)?,
        inferior: read_patch(vertebra, End::Inferior)?,
        posterior_wall: vertebra
            .numbers("posterior_wall_mm", -FURTHEST_MM..=FURTHEST_MM)?
            .map(Point::from),
    })
}

fn read_patch(vertebra: &Section<'_>, end: End) -> Result<Option<NamedPatch>, CaseError> {
    let key = match end {
        End::Superior => KEYS[0],
        End::Inferior => KEYS[1],
    };
    if !vertebra.has(key) {
        return Ok(None);
    }
    let patch = vertebra.section(key, PATCH_KEYS)?;
    let help = "for example `{ centre_mm = [0.0, 0.0, 9.0], normal = [0.0, 0.0, 1.0], \
                radius_mm = 12.0 }`; `endplate check` prints those it finds";
    let missing = |key: &str| patch.missing(key).with_help(help);
    let centre = patch.numbers("centre_mm", -FURTHEST_MM..=FURTHEST_MM)?;
    let radius = patch.number("radius_mm", 3.0..=60.0)?;
    Ok(Some(NamedPatch {
        centre: Point::from(centre.ok_or_else(|| missing("centre_mm"))?),
        normal: Vec3::from(read_normal(&patch, end)?.ok_or_else(|| missing("normal"))?),
        radius: radius.ok_or_else(|| missing("radius_mm"))?,
    }))
}

/// The normal made a unit vector; it must leave the bone on its own side.
fn read_normal(patch: &Section<'_>, end: End) -> Result<Option<[f64; 3]>, CaseError> {
    let Some(normal) = patch.numbers::<3>("normal", -1e6..=1e6)? else {
        return Ok(None);
    };
    let (up, sign) = match end {
        End::Superior => (normal[2], "greater"),
        End::Inferior => (-normal[2], "less"),
    };
    let length = normal.iter().map(|n| n * n).sum::<f64>().sqrt();
    if up > 0.5 * length {
        return Ok(Some(normal.map(|n| n / length)));
    }
    let side = end.word();
    let fault = CaseFault::model(format!(
        "the normal {normal:?} does not leave the bone at its {side} endplate: z is cranial"
    ));
    let help = format!("its z must be {sign} than 0 and lean less than 60° from the z axis");
    Err(patch.error("normal", fault).with_help(help))
}

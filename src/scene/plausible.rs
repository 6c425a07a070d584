//! Measured bones that cannot be what the case calls them: in the wrong unit or turned, of another level,
//! or not one bone. Told at their surface, before anything is built of them.

use super::measured::{FileAccount, MeasuredBodies};
use super::placed::at_body;
use crate::anatomy::Level;
use crate::anatomy::landmarks::Landmarks;
use crate::anatomy::morphometry::{Morphometry, morphometry};
use crate::anatomy::plausible::{Unlike, unlike_box, unlike_ends};
use crate::case::{BodyId, Case, CaseError, Vertebra, VertebraShape};
use crate::geometry::Aabb;
use crate::geometry::mend::Part;
use crate::geometry::surface_file::LengthUnit;

/// A part of at least this share of the largest one's volume is a bone of its own.
const BONE_SHARE: f64 = 0.25;

/// Refuses files that hold more than one bone, and bones of a size that their level does not have.
///
/// # Errors
/// The first one.
pub(super) fn check_files(case: &Case, read: &MeasuredBodies) -> Result<(), CaseError> {
    let is_bone = |f: &&FileAccount| matches!(f.role, BodyId::Vertebra(_));
    let mut bones = read.files.iter().filter(is_bone);
    bones.try_for_each(|f| check_parts(case, f))?;
    for (v, (vertebra, measured)) in case.vertebrae.iter().zip(&read.vertebrae).enumerate() {
        let VertebraShape::Surface(file) = &vertebra.shape else {
            continue;
        };
        let bounds = Aabb::around(&measured.surface.vertices);
        if let (Some(level), Some(bounds)) = (level(vertebra), bounds) {
            let unit = LengthUnit::of_mm(file.scale);
            refuse(case, v, unlike_box(&level, &bounds.size(), unit))?;
        }
    }
    Ok(())
}

/// Refuses bones whose endplates are not those of their level. Those that a person named are taken as
/// named.
///
/// # Errors
/// The first one.
pub(super) fn check_ends(case: &Case, landmarks: &Landmarks) -> Result<(), CaseError> {
    for (v, (vertebra, found)) in case.vertebrae.iter().zip(&landmarks.vertebrae).enumerate() {
        let is_measured = matches!(vertebra.shape, VertebraShape::Surface(_));
        let is_named = vertebra.named.superior.is_some() || vertebra.named.inferior.is_some();
        if let Some(level) = level(vertebra).filter(|_| is_measured && !is_named) {
            refuse(case, v, unlike_ends(&level, found))?;
        }
    }
    Ok(())
}

fn level(vertebra: &Vertebra) -> Option<Morphometry> {
    let level: Level = vertebra.level.as_deref()?.parse().ok()?;
    morphometry(level).ok()
}

fn refuse(case: &Case, v: usize, unlike: Option<Unlike>) -> Result<(), CaseError> {
    match unlike {
        Some(unlike) if !case.vertebrae[v].accepted.contains(&unlike.doubt) => {
            let reason = format!("{}: {}", unlike.reason, unlike.question);
            let word = unlike.doubt.word();
            let help = format!("where it is right, say `accept = [\"{word}\"]` at the vertebra");
            Err(at_body(case, BodyId::Vertebra(v), &reason).with_help(help))
        }
        _ => Ok(()),
    }
}

/// A vertebra is one bone: of two nothing says which is meant, and a loose piece nothing would hold.
fn check_parts(case: &Case, file: &FileAccount) -> Result<(), CaseError> {
    let [largest, second, ..] = &file.account.parts[..] else {
        return Ok(());
    };
    let words = |part: &Part| {
        // Without the sign of a zero.
        let p = part.middle.map(|x| x.round() + 0.0);
        let first: Vec<String> = part.first.iter().take(3).map(u32::to_string).collect();
        format!(
            "{:.0} mm³ about ({:.0}, {:.0}, {:.0}) mm (triangles {}, …)",
            part.volume_mm3,
            p.x,
            p.y,
            p.z,
            first.join(", ")
        )
    };
    let (reason, help) = match second.volume_mm3 >= BONE_SHARE * largest.volume_mm3 {
        true => (
            format!(
                "it holds {} bodies that touch nowhere, {} and {}: a vertebra is one",
                file.account.parts.len(),
                words(largest),
                words(second)
            ),
            "write each into a file of its own, and list them as vertebrae of their own",
        ),
        false => (
            format!(
                "a loose piece of {} touches nothing, so that nothing would hold it",
                words(second)
            ),
            "leave it out of the file, or join it to the bone",
        ),
    };
    Err(at_body(case, file.role, &reason).with_help(help))
}

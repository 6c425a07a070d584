//! Measured bones that cannot be what the case calls them: in the wrong unit or turned, of another level,
//! or not one bone. Told at their surface, before anything is built of them.

use super::measured::{FileAccount, Measured, MeasuredBodies, SAMPLE_MM};
use super::placed::at_body;
use super::turned::{level, likelier_axes};
use crate::anatomy::landmarks::Landmarks;
use crate::anatomy::plausible::{Doubt, Unlike, unlike_box, unlike_disc, unlike_ends};
use crate::case::{BodyId, Case, CaseError, DiscShape, VertebraShape};
use crate::geometry::mend::Part;
use crate::geometry::surface_file::LengthUnit;
use crate::geometry::{Aabb, SharedField, TriSurface};
use crate::tensor::Vec3;

/// A part of at least this share of the largest one's volume is a body of its own.
const BODY_SHARE: f64 = 0.25;
/// Walls around cavities are at least this thick in the mean, mm: two steps of the distance field's grid.
/// Thinner ones come out as all holes, after minutes.
const THINNEST_WALL_MM: f64 = 2.0 * SAMPLE_MM;

/// Refuses files that hold more than one body or but a thin shell, bones of a size that their level does
/// not have, and discs of a size that does not go with their bones.
///
/// # Errors
/// The first one.
pub(super) fn check_files(case: &Case, read: &MeasuredBodies) -> Result<(), CaseError> {
    read.files.iter().try_for_each(|f| check_parts(case, f))?;
    let discs = read.discs.iter().flatten();
    let surfaces = read.vertebrae.iter().chain(discs);
    for (file, body) in read.files.iter().zip(surfaces) {
        refuse_thin_shell(case, file, &body.surface)?;
    }
    for (v, (vertebra, measured)) in case.vertebrae.iter().zip(&read.vertebrae).enumerate() {
        let VertebraShape::Surface(file) = &vertebra.shape else {
            continue;
        };
        if let (Some(level), Some(size)) = (level(vertebra), size(measured)) {
            let unlike = unlike_box(&level, &size, LengthUnit::of_mm(file.scale));
            refuse(case, BodyId::Vertebra(v), unlike, Some(&measured.field))?;
        }
    }
    for (d, (disc, measured)) in case.discs.iter().zip(&read.discs).enumerate() {
        let bones = disc.between.map(|v| read.vertebrae.get(v).and_then(size));
        if let (DiscShape::Surface(file), Some(measured), [Some(above), Some(below)]) =
            (&disc.shape, measured, bones)
            && let Some(size) = size(measured)
        {
            let unlike = unlike_disc(&size, &[above, below], LengthUnit::of_mm(file.scale));
            refuse(case, BodyId::Disc(d), unlike, None)?;
        }
    }
    Ok(())
}

/// The sides of the box around a body, mm.
fn size(measured: &Measured) -> Option<Vec3> {
    Some(Aabb::around(&measured.surface.vertices)?.size())
}

/// Refuses bones whose endplates are not those of their level, or that stand upside down; `rough` are
/// the surfaces they were found on. Those that a person named are taken as named.
///
/// # Errors
/// The first one.
pub(super) fn check_ends(
    case: &Case,
    landmarks: &Landmarks,
    rough: &[TriSurface],
    bones: &[SharedField],
) -> Result<(), CaseError> {
    let found = landmarks.vertebrae.iter().zip(rough);
    for (v, (vertebra, (found, surface))) in case.vertebrae.iter().zip(found).enumerate() {
        let is_named = vertebra.named.superior.is_some() || vertebra.named.inferior.is_some();
        if let (VertebraShape::Surface(_), Some(level), false) =
            (&vertebra.shape, level(vertebra), is_named)
        {
            for unlike in unlike_ends(&level, found, surface) {
                let turned = (unlike.doubt == Doubt::Frame).then_some(&bones[v]);
                refuse(case, BodyId::Vertebra(v), Some(unlike), turned)?;
            }
        }
    }
    Ok(())
}

/// Refuses a body for what it is unlike, unless the case accepts that. Of one that may be turned `bone`
/// tells how it would stand right.
fn refuse(
    case: &Case,
    role: BodyId,
    unlike: Option<Unlike>,
    bone: Option<&SharedField>,
) -> Result<(), CaseError> {
    let (accepted, what) = match role {
        BodyId::Vertebra(v) => (&case.vertebrae[v].accepted, "vertebra"),
        BodyId::Disc(d) => (&case.discs[d].accepted, "disc"),
        BodyId::Implant(_) | BodyId::Graft(_) => return Ok(()),
    };
    let Some(unlike) = unlike.filter(|u| !accepted.contains(&u.doubt)) else {
        return Ok(());
    };
    let reason = format!("{}: {}", unlike.reason, unlike.question);
    let word = unlike.doubt.word();
    let mut help = format!("where it is right, say `accept = [\"{word}\"]` at the {what}");
    if let (BodyId::Vertebra(v), Some(bone)) = (role, bone)
        && let Some(axes) = likelier_axes(&case.vertebrae[v], bone.as_ref())
    {
        help = format!("{axes}; {help}");
    }
    Err(at_body(case, role, &reason).with_help(help))
}

/// A body of thin walls around a cavity.
fn refuse_thin_shell(
    case: &Case,
    file: &FileAccount,
    surface: &TriSurface,
) -> Result<(), CaseError> {
    let (volume, cavities) = (surface.volume(), file.account.cavities_mm3);
    let thickness = 2.0 * volume / surface.area();
    if cavities == 0.0 || thickness >= THINNEST_WALL_MM {
        return Ok(());
    }
    let reason = format!(
        "it is a thin shell: cavities take {cavities:.0} of the {:.0} mm³ within it, and what is left is \
         {thickness:.1} mm thick in the mean, expected at least {THINNEST_WALL_MM} mm",
        volume + cavities
    );
    let help = "leave the inner surface out of the file, and the body is filled";
    Err(at_body(case, file.role, &reason).with_help(help))
}

/// A vertebra is one bone, a disc one disc: of two nothing says which is meant. A loose piece of bone
/// nothing would hold; of a disc it is told, since what lies between the bones is used.
fn check_parts(case: &Case, file: &FileAccount) -> Result<(), CaseError> {
    let (what, others) = match file.role {
        BodyId::Disc(_) => ("a disc", "each with a [[disc]] of its own"),
        _ => ("a vertebra", "and list them as vertebrae of their own"),
    };
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
    let is_body = second.volume_mm3 >= BODY_SHARE * largest.volume_mm3;
    let (reason, help) = match (is_body, file.role) {
        (true, _) => (
            format!(
                "it holds {} bodies that touch nowhere, {} and {}: {what} is one",
                file.account.parts.len(),
                words(largest),
                words(second)
            ),
            format!("write each into a file of its own, {others}"),
        ),
        (false, BodyId::Disc(_)) => return Ok(()),
        (false, _) => (
            format!(
                "a loose piece of {} touches nothing, so that nothing would hold it",
                words(second)
            ),
            "leave it out of the file, or join it to the bone".to_owned(),
        ),
    };
    Err(at_body(case, file.role, &reason).with_help(help))
}

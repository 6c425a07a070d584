//! Failures of bodies, put at the line of the case that asked for them.
//!
//! Stages know names and numbers, not files; here a failure gets the place it came from, so that
//! the program can point at it. Must not decide what is a failure.

use std::path::PathBuf;

use super::measured::{FileAccount, doubtful};
use crate::anatomy::AnatomyError;
use crate::case::{BodyId, Case, CaseError, CaseFault, DiscShape, SurfaceFile, VertebraShape};

/// A failure of one part, at a key of the case.
pub fn at_key(case: &Case, key: &str, reason: impl Into<String>) -> CaseError {
    case.places.error(key, CaseFault::model(reason))
}

/// A failure of a body: at its surface file where it has one, at its table otherwise.
pub fn at_body(case: &Case, role: BodyId, reason: &str) -> CaseError {
    let surface: Option<&SurfaceFile> = match role {
        BodyId::Vertebra(v) => match &case.vertebrae[v].shape {
            VertebraShape::Surface(file) => Some(file),
            VertebraShape::Parametric => None,
        },
        BodyId::Disc(d) => match &case.discs[d].shape {
            DiscShape::Surface(file) => Some(file),
            DiscShape::Parametric { .. } => None,
        },
        BodyId::Implant(_) | BodyId::Graft(_) => None,
    };
    match surface {
        Some(file) => {
            let fault = CaseFault::Surface {
                path: PathBuf::from(&file.file),
                reason: reason.to_owned(),
            };
            case.places.error(&file.key, fault)
        }
        None => at_key(
            case,
            role.key(case),
            format!("{}: {reason}", role.name(case)),
        ),
    }
}

/// A body that was not meshed, where a surface file it stands on is doubtful: at that file, with
/// its faults. `None` where none is.
pub fn at_doubtful_file(
    case: &Case,
    files: &[FileAccount],
    role: BodyId,
    reason: &str,
) -> Option<CaseError> {
    let file = doubtful(case, files, role).next()?;
    let name = role.name(case);
    let sentence = file.account.sentence()?;
    let whose = match file.role == role {
        true => "its file".to_owned(),
        false => format!("the file of {}, which it stands on,", file.role.name(case)),
    };
    let reason = format!("{name} cannot be meshed ({reason}); {whose} has {sentence}");
    let help = "mend the surface where its triangles are named, or leave them out";
    Some(at_body(case, file.role, &reason).with_help(help))
}

/// Anatomy that was not found, at the vertebra concerned; at `role` where the failure names none.
pub fn anatomy(case: &Case, role: BodyId, error: &AnatomyError) -> CaseError {
    if let AnatomyError::NothingInPatch { vertebra, side, .. } = error
        && let Some(vertebra) = case.vertebrae.iter().find(|v| &v.name == vertebra)
    {
        let key = format!("{}.{side}_endplate", vertebra.key);
        let help = "leave the key out and `endplate check` prints the endplates it finds";
        let fault = CaseFault::model(error.to_string());
        return case.places.error(&key, fault).with_help(help);
    }
    let vertebra = match error {
        AnatomyError::NoCanal { vertebra } | AnatomyError::NoEndplate { vertebra, .. } => {
            case.vertebrae.iter().position(|v| &v.name == vertebra)
        }
        AnatomyError::NoData { level, .. } => {
            let level = level.to_string();
            let is_level = |l: &Option<String>| l.as_deref() == Some(level.as_str());
            case.vertebrae.iter().position(|v| is_level(&v.level))
        }
        _ => None,
    };
    at_body(
        case,
        vertebra.map_or(role, BodyId::Vertebra),
        &error.to_string(),
    )
}

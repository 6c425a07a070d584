//! Failures of bodies and parts, put at the line of the case that asked for them.
//!
//! Stages know names and numbers, not files; here a failure gets the place it came from, so that
//! the program can point at it. Must not decide what is a failure.

use std::path::PathBuf;

use super::SpineError;
use super::measured::{FileAccount, doubtful};
use crate::analysis::AnalysisError;
use crate::anatomy::AnatomyError;
use crate::case::{BodyId, Case, CaseFault, DiscShape, SurfaceFile, VertebraShape};
use crate::geometry::GeometryError;
use crate::mesh::MeshError;
use crate::solver::SolverError;

/// A failure of one part, at a key of the case.
pub fn at_key(case: &Case, key: &str, reason: impl Into<String>) -> SpineError {
    case.places.error(key, CaseFault::model(reason)).into()
}

/// A failure of a body: at its surface file where it has one, at its table otherwise.
pub fn at_body(case: &Case, role: BodyId, reason: &str) -> SpineError {
    let surface: Option<&SurfaceFile> = match role {
        BodyId::Vertebra(v) => match &case.vertebrae[v].shape {
            VertebraShape::Surface(file) => Some(file),
            VertebraShape::Parametric => None,
        },
        BodyId::Disc(d) => match &case.discs[d].shape {
            DiscShape::Surface(file) => Some(file),
            DiscShape::Parametric { .. } => None,
        },
        BodyId::Implant | BodyId::Graft(_) => None,
    };
    match surface {
        Some(file) => {
            let fault = CaseFault::Surface {
                path: PathBuf::from(&file.file),
                reason: reason.to_owned(),
            };
            case.places.error(&file.key, fault).into()
        }
        None => at_key(
            case,
            role.key(case),
            format!("{}: {reason}", role.name(case)),
        ),
    }
}

/// The same failure with a line of help, where it has a place in the case.
pub fn with_help(error: SpineError, help: &str) -> SpineError {
    match error {
        SpineError::Case(error) => error.with_help(help).into(),
        other => other,
    }
}

/// A body that was not meshed, where a surface file it stands on is doubtful: at that file, with
/// its faults. `None` where none is.
pub fn at_doubtful_file(
    case: &Case,
    files: &[FileAccount],
    role: BodyId,
    reason: &str,
) -> Option<SpineError> {
    let file = doubtful(case, files, role).next()?;
    let name = role.name(case);
    let sentence = file.account.sentence()?;
    let whose = match file.role == role {
        true => "its file".to_owned(),
        false => format!("the file of {}, which it stands on,", file.role.name(case)),
    };
    let reason = format!("{name} cannot be meshed ({reason}); {whose} has {sentence}");
    let help = "mend the surface where its triangles are named, or leave them out";
    Some(with_help(at_body(case, file.role, &reason), help))
}

/// A body whose surface mesh was not made: at a doubtful file of its own, else at the mesh size
/// that is too coarse for it.
pub fn polygonised(
    case: &Case,
    files: &[FileAccount],
    role: BodyId,
    error: &GeometryError,
) -> SpineError {
    let reason = error.to_string();
    if let Some(error) = at_doubtful_file(case, files, role, &reason) {
        return error;
    }
    let key = size_key(case, role);
    let fault = CaseFault::model(format!(
        "{} cannot be meshed with edges of this length: {reason}",
        role.name(case)
    ));
    let error = case.places.error(key, fault);
    error.with_help(size_help(case, role)).into()
}

/// A body that was not filled with elements: at a doubtful file of its own; else the method's
/// failure, with the mesh size to turn.
pub fn unmeshed(case: &Case, files: &[FileAccount], role: BodyId, source: MeshError) -> SpineError {
    at_doubtful_file(case, files, role, &source.to_string()).unwrap_or_else(|| SpineError::Mesh {
        body: role.name(case).to_owned(),
        source,
        help: Some(size_help(case, role)),
    })
}

/// The key of the mesh size that a body is made with.
fn size_key(case: &Case, role: BodyId) -> &'static str {
    match role {
        BodyId::Vertebra(v) if case.is_resected(v) => "mesh.resected_mm",
        BodyId::Vertebra(_) => "mesh.endplate_mm",
        BodyId::Disc(_) => "mesh.disc_mm",
        BodyId::Implant | BodyId::Graft(_) => "mesh.implant_mm",
    }
}

fn size_help(case: &Case, role: BodyId) -> String {
    let sizes = &case.mesh;
    let key = size_key(case, role);
    let now = match role {
        BodyId::Vertebra(v) if case.is_resected(v) => sizes.resected_mm.value,
        BodyId::Vertebra(_) => sizes.endplate_mm.value,
        BodyId::Disc(_) => sizes.disc_mm.value,
        BodyId::Implant | BodyId::Graft(_) => sizes.implant_mm.value,
    };
    format!(
        "a smaller `{key}` follows the shape of {} better; it is {now} mm",
        role.name(case)
    )
}

/// Anatomy that was not found, at the vertebra concerned; at `role` where the failure names none.
pub fn anatomy(case: &Case, role: BodyId, error: &AnatomyError) -> SpineError {
    if let AnatomyError::NothingInPatch { vertebra, side, .. } = error
        && let Some(vertebra) = case.vertebrae.iter().find(|v| &v.name == vertebra)
    {
        let key = format!("{}.{side}_endplate", vertebra.key);
        let help = "leave the key out and `endplate check` prints the endplates it finds";
        let fault = CaseFault::model(error.to_string());
        return case.places.error(&key, fault).with_help(help).into();
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

/// An implant that cannot be made for its site: at the number that is out of range, or at its
/// diameter where its footprint leaves the endplates. `endplates_mm2` are their areas.
pub fn cage(case: &Case, error: &GeometryError, endplates_mm2: [f64; 2]) -> SpineError {
    match error {
        GeometryError::Parameter {
            quantity, value, ..
        } => {
            let tracks = case.implant.iter().flat_map(|i| &i.screw_tracks);
            let key = match quantity.strip_prefix("screw track ") {
                Some(number) => tracks
                    .filter(|t| t.diameter_mm.value == *value || t.angle_deg == *value)
                    .map(|t| format!("{}.{number}", t.key))
                    .next()
                    .unwrap_or_else(|| "implant.screw_track".to_owned()),
                None => format!("implant.{quantity}"),
            };
            at_key(
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
                .error("implant.diameter_mm", fault)
                .with_help(help)
                .into()
        }
        _ => at_key(
            case,
            "implant",
            format!("the implant does not fit its site: {error}"),
        ),
    }
}

/// A state that was not solved; one too large for memory is the mesh sizes' fault.
pub fn analysis(case: &Case, state: &str, source: AnalysisError) -> SpineError {
    if let AnalysisError::Solver(SolverError::TooLarge { .. }) = source {
        return at_key(case, "mesh", format!("state {state}: {source}"));
    }
    SpineError::Analysis {
        state: state.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::FaultKind;
    use crate::spine::FailureKind;

    #[test]
    fn a_model_too_large_for_memory_is_bad_input_at_the_mesh_sizes() {
        let text = include_str!("../../validation/t6-tantalum/case.toml");
        let case = Case::from_text(Path::new("case.toml"), text.to_owned()).unwrap();
        let large = SolverError::TooLarge {
            needed: 64 << 30,
            allowed: 8 << 30,
            gflop: 1e5,
        };
        let error = analysis(&case, "fused", AnalysisError::Solver(large));
        assert_eq!(error.kind(), FailureKind::BadInput);
        let SpineError::Case(error) = error else {
            panic!("no place");
        };
        assert_eq!(error.kind(), FaultKind::Model);
        let line = text.lines().position(|l| l == "[mesh]").unwrap() + 1;
        assert_eq!(error.place.line(), line);
        assert!(error.fault.to_string().contains("64.00 GiB"));
        let singular = AnalysisError::Solver(SolverError::NotPositiveDefinite { row: 3 });
        assert_eq!(
            analysis(&case, "fused", singular).kind(),
            FailureKind::Numerical
        );
    }

    #[test]
    fn a_body_no_edge_length_does_for_is_put_at_its_mesh_size() {
        let text = include_str!("../../validation/t6-tantalum/case.toml");
        let case = Case::from_text(Path::new("case.toml"), text.to_owned()).unwrap();
        let thin = GeometryError::NoSurface {
            min: crate::tensor::Point::origin(),
            max: crate::tensor::Point::new(1.0, 1.0, 1.0),
        };
        let SpineError::Case(error) = polygonised(&case, &[], BodyId::Disc(0), &thin) else {
            panic!("no place");
        };
        let line = text.lines().position(|l| l.starts_with("disc_mm")).unwrap() + 1;
        assert_eq!(error.place.line(), line);
        assert!(error.help.unwrap().contains("`mesh.disc_mm`"));
        let source = MeshError::MesherTimedOut { seconds: 1.0 };
        let error = unmeshed(&case, &[], BodyId::Implant, source);
        assert_eq!(error.kind(), FailureKind::Numerical);
        assert!(error.help().unwrap().contains("`mesh.implant_mm`"));
    }

    #[test]
    fn a_doubtful_file_is_named_for_its_body_and_for_the_disc_on_it() {
        let text = include_str!("../../validation/t6-bodyparts3d/case.toml");
        let case = Case::from_text(Path::new("case.toml"), text.to_owned()).unwrap();
        let account = crate::geometry::mend::SurfaceAccount {
            triangles: 100,
            found: vec!["a hole of 3 edges".to_owned()],
            done: vec!["1 hole closed flat".to_owned()],
            is_doubtful: true,
        };
        let files = [FileAccount {
            role: BodyId::Vertebra(0),
            file: PathBuf::from("T5.stl"),
            account,
        }];
        for role in [BodyId::Vertebra(0), BodyId::Disc(0)] {
            let source = MeshError::TooFewTriangles { triangles: 0 };
            let error = unmeshed(&case, &files, role, source);
            assert_eq!(error.kind(), FailureKind::BadInput);
            assert!(error.to_string().contains("a hole of 3 edges"), "{error}");
        }
        let source = MeshError::TooFewTriangles { triangles: 0 };
        let error = unmeshed(&case, &files, BodyId::Vertebra(2), source);
        assert_eq!(error.kind(), FailureKind::Numerical);
    }
}

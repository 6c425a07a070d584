//! Failures of meshing and solving, put at the line of the case that asked for them.
//! Must not decide what is a failure.

use super::SpineError;
use crate::analysis::AnalysisError;
use crate::case::{BodyId, Case, CaseFault};
use crate::geometry::GeometryError;
use crate::mesh::MeshError;
use crate::scene::measured::FileAccount;
use crate::scene::placed::{at_doubtful_file, at_key};
use crate::solver::SolverError;

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
        return error.into();
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
    match at_doubtful_file(case, files, role, &source.to_string()) {
        Some(error) => error.into(),
        None => SpineError::Mesh {
            body: role.name(case).to_owned(),
            source,
            help: Some(size_help(case, role)),
        },
    }
}

/// The key of the mesh size that a body is made with.
fn size_key(case: &Case, role: BodyId) -> &'static str {
    match role {
        BodyId::Vertebra(v) if case.is_resected(v) => "mesh.resected_mm",
        BodyId::Vertebra(_) => "mesh.endplate_mm",
        BodyId::Disc(_) => "mesh.disc_mm",
        BodyId::Implant(_) | BodyId::Graft(_) => "mesh.implant_mm",
    }
}

fn size_help(case: &Case, role: BodyId) -> String {
    let sizes = &case.mesh;
    let key = size_key(case, role);
    let now = match role {
        BodyId::Vertebra(v) if case.is_resected(v) => sizes.resected_mm.value,
        BodyId::Vertebra(_) => sizes.endplate_mm.value,
        BodyId::Disc(_) => sizes.disc_mm.value,
        BodyId::Implant(_) | BodyId::Graft(_) => sizes.implant_mm.value,
    };
    format!(
        "a smaller `{key}` follows the shape of {} better; it is {now} mm",
        role.name(case)
    )
}

/// A state that was not solved; one too large for memory is the mesh sizes' fault.
pub fn analysis(case: &Case, state: &str, source: AnalysisError) -> SpineError {
    if let AnalysisError::Solver(SolverError::TooLarge { .. }) = source {
        return at_key(case, "mesh", format!("state {state}: {source}")).into();
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
        let error = unmeshed(&case, &[], BodyId::Implant(0), source);
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
            parts: Vec::new(),
            steps_mm: None,
            cavities_mm3: 0.0,
            is_doubtful: true,
        };
        let files = [FileAccount {
            role: BodyId::Vertebra(0),
            file: std::path::PathBuf::from("T5.stl"),
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

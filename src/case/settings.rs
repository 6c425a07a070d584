//! Interfaces, mesh sizes, solver and limits.

use super::defaults;
use super::error::{CaseError, CaseFault};
use super::raw::Section;
use crate::method::Method;
use crate::sliding::Sliding;
use crate::source::Sourced;

/// Interfaces between bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// Faces further apart than this are not tied, mm.
    pub gap_tolerance_mm: Sourced<f64>,
    /// How implant and bone slide on each other right after surgery; `None` where the case does not say.
    pub sliding: Option<Sliding>,
}

/// Wanted edge lengths.
#[derive(Debug, Clone, PartialEq)]
pub struct MeshSizes {
    /// In bone away from everything, mm.
    pub bone_mm: Sourced<f64>,
    /// The same in vertebrae that are resected: they carry load in the intact state, no finding
    /// is read from them, mm.
    pub resected_mm: Sourced<f64>,
    /// At the endplates, mm.
    pub endplate_mm: Sourced<f64>,
    /// In the implant, mm.
    pub implant_mm: Sourced<f64>,
    /// In the discs, mm.
    pub disc_mm: Sourced<f64>,
    /// Growth of the edge length with the distance from the endplates, mm per mm.
    pub growth: Sourced<f64>,
}

/// Solver settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolverSettings {
    /// Which solver.
    pub method: Method,
    /// Threads; `None` takes all cores.
    pub threads: Option<usize>,
}

/// Limits that findings are held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Compressive yield strain of cancellous bone, %.
    pub yield_strain_percent: Sourced<f64>,
    /// Smallest local failure load of an endplate under a 3 mm indenter, N.
    pub indentation_force_n: Sourced<f64>,
    /// Effective strain of Pistoia's criterion, µε.
    pub effective_strain_microstrain: Sourced<f64>,
    /// Share of the volume beyond it, %.
    pub effective_volume_percent: Sourced<f64>,
    /// Subsidence depth, mm.
    pub subsidence_depth_mm: Sourced<f64>,
    /// Rotation of a body beyond which the linear model is out of range, degrees.
    pub rotation_deg: Sourced<f64>,
    /// Strain beyond which the linear model is out of range, %.
    pub strain_percent: Sourced<f64>,
}

/// Reads `[interface]`.
pub(super) fn read_interface(top: &Section<'_>) -> Result<Interface, CaseError> {
    let section = top.section("interface", &["gap_tolerance_mm", "contact", "friction"])?;
    Ok(Interface {
        gap_tolerance_mm: section.number_or(&defaults::GAP)?,
        sliding: read_sliding(&section, "contact")?,
    })
}

/// A word for how faces slide, with the coefficient of `friction`, which has no default.
pub(super) fn read_sliding(section: &Section<'_>, key: &str) -> Result<Option<Sliding>, CaseError> {
    const WORDS: &[(&str, Sliding)] = &[
        ("frictionless", Sliding::Frictionless),
        ("friction", Sliding::Friction(0.0)),
        ("rough", Sliding::Rough),
    ];
    let word = section.choice(key, "kind of contact", WORDS)?;
    let coefficient = section.number("friction", 0.0..=2.0)?;
    match (word, coefficient) {
        (Some(Sliding::Friction(_)) | None, Some(coefficient)) => {
            Ok(Some(Sliding::Friction(coefficient)))
        }
        (Some(Sliding::Friction(_)), None) => {
            let help = "a coefficient: 0.74 for printed tantalum, 0.37 for printed titanium on bone, as published";
            Err(section.missing("friction").with_help(help))
        }
        (Some(_), Some(_)) => {
            let message =
                "`friction` is a coefficient, but the faces slide freely or never".to_owned();
            Err(section.error("friction", CaseFault::KeysTogether { message }))
        }
        (word, None) => Ok(word),
    }
}

const MESH_KEYS: &[&str] = &[
    "bone_mm",
    "resected_mm",
    "endplate_mm",
    "implant_mm",
    "disc_mm",
    "growth",
];

/// Reads `[mesh]`.
pub(super) fn read_mesh(top: &Section<'_>) -> Result<MeshSizes, CaseError> {
    let section = top.section("mesh", MESH_KEYS)?;
    let sizes = MeshSizes {
        bone_mm: section.number_or(&defaults::BONE_SIZE)?,
        resected_mm: section.number_or(&defaults::RESECTED_SIZE)?,
        endplate_mm: section.number_or(&defaults::ENDPLATE_SIZE)?,
        implant_mm: section.number_or(&defaults::IMPLANT_SIZE)?,
        disc_mm: section.number_or(&defaults::DISC_SIZE)?,
        growth: section.number_or(&defaults::GROWTH)?,
    };
    let (fine, coarse) = (sizes.endplate_mm.value, sizes.bone_mm.value);
    if fine > coarse {
        let reason = format!("endplates ({fine} mm) coarser than bone ({coarse} mm)");
        return Err(section.error("endplate_mm", CaseFault::model(reason)));
    }
    Ok(sizes)
}

/// Reads `[solver]`.
pub(super) fn read_solver(top: &Section<'_>) -> Result<SolverSettings, CaseError> {
    const METHODS: &[(&str, Method)] = &[
        ("auto", Method::Auto),
        ("cholesky", Method::Cholesky),
        ("cg", Method::Cg),
    ];
    let section = top.section("solver", &["method", "threads"])?;
    let method = section.choice_or("solver", METHODS, &defaults::SOLVER_METHOD)?;
    let threads = section.number("threads", 1.0..=1024.0)?;
    if threads.is_none() {
        section.left_out(&defaults::THREADS, (), "all cores");
    }
    if threads.is_some_and(|t| t.fract() != 0.0) {
        return Err(section.wrong_type("threads", "a whole number"));
    }
    Ok(SolverSettings {
        method,
        // Whole and within 1 to 1024 by the checks above.
        threads: threads.map(|t| t as usize),
    })
}

const LIMIT_KEYS: &[&str] = &[
    "yield_strain_percent",
    "indentation_force_n",
    "effective_strain_microstrain",
    "effective_volume_percent",
    "subsidence_depth_mm",
    "rotation_deg",
    "strain_percent",
];

/// Reads `[limits]`.
pub(super) fn read_limits(top: &Section<'_>) -> Result<Limits, CaseError> {
    let limits = top.section("limits", LIMIT_KEYS)?;
    Ok(Limits {
        yield_strain_percent: limits.number_or(&defaults::YIELD_STRAIN)?,
        indentation_force_n: limits.number_or(&defaults::INDENTATION)?,
        effective_strain_microstrain: limits.number_or(&defaults::EFFECTIVE_STRAIN)?,
        effective_volume_percent: limits.number_or(&defaults::EFFECTIVE_VOLUME)?,
        subsidence_depth_mm: limits.number_or(&defaults::SUBSIDENCE_DEPTH)?,
        rotation_deg: limits.number_or(&defaults::ROTATION)?,
        strain_percent: limits.number_or(&defaults::STRAIN)?,
    })
}

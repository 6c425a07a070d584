//! Interfaces, mesh sizes, solver and limits.

use super::error::{CaseError, CaseFault};
use super::raw::{NumberDefault, Section};
use crate::source::SourceFlag::{Derived, RecalledUnverified, SecondarySource};

/// Interfaces between bodies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interface {
    /// Faces further apart than this are not tied, mm.
    pub gap_tolerance_mm: f64,
}

/// Wanted edge lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeshSizes {
    /// In bone away from everything, mm.
    pub bone_mm: f64,
    /// The same in vertebrae that are resected: they carry load in the intact state, no finding
    /// is read from them, mm.
    pub resected_mm: f64,
    /// At the endplates, mm.
    pub endplate_mm: f64,
    /// In the implant, mm.
    pub implant_mm: f64,
    /// In the discs, mm.
    pub disc_mm: f64,
    /// Growth of the edge length with the distance from the endplates, mm per mm.
    pub growth: f64,
}

/// Which solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SolverMethod {
    /// The program chooses and says why.
    Auto,
    /// Sparse Cholesky.
    Cholesky,
    /// Conjugate gradients preconditioned by multigrid.
    Cg,
}

/// Solver settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolverSettings {
    /// Which solver.
    pub method: SolverMethod,
    /// Threads; `None` takes all cores.
    pub threads: Option<usize>,
}

/// Limits that findings are held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Compressive yield strain of cancellous bone, %.
    pub yield_strain_percent: f64,
    /// Smallest local failure load of an endplate under a 3 mm indenter, N.
    pub indentation_force_n: f64,
    /// Effective strain of Pistoia's criterion, µε.
    pub effective_strain_microstrain: f64,
    /// Share of the volume beyond it, %.
    pub effective_volume_percent: f64,
    /// Subsidence depth, mm.
    pub subsidence_depth_mm: f64,
    /// Rotation of a body beyond which the linear model is out of range, degrees.
    pub rotation_deg: f64,
    /// Strain beyond which the linear model is out of range, %.
    pub strain_percent: f64,
}

const GAP: NumberDefault =
    NumberDefault::new(0.1, Derived, "definition: faces further apart are not tied");

/// Reads `[interface]`.
pub(super) fn read_interface(top: &Section<'_>) -> Result<Interface, CaseError> {
    let section = top.section("interface", &["gap_tolerance_mm"])?;
    Ok(Interface {
        gap_tolerance_mm: section.number_or("gap_tolerance_mm", 0.0..=5.0, &GAP)?,
    })
}

const SIZE_SOURCE: &str = "those of validation/t6-tantalum, whose mesh study shows what finer ones \
                           change: about a minute for three vertebrae on two cores";
const BONE_SIZE: NumberDefault = NumberDefault::new(2.0, Derived, SIZE_SOURCE);
const RESECTED_SIZE: NumberDefault = NumberDefault::new(3.0, Derived, SIZE_SOURCE);
const ENDPLATE_SIZE: NumberDefault = NumberDefault::new(1.0, Derived, SIZE_SOURCE);
const IMPLANT_SIZE: NumberDefault = NumberDefault::new(1.2, Derived, SIZE_SOURCE);
const DISC_SIZE: NumberDefault = NumberDefault::new(1.5, Derived, SIZE_SOURCE);
const GROWTH: NumberDefault = NumberDefault::new(0.3, Derived, SIZE_SOURCE);
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
    let size = 0.1..=20.0;
    let sizes = MeshSizes {
        bone_mm: section.number_or("bone_mm", size.clone(), &BONE_SIZE)?,
        resected_mm: section.number_or("resected_mm", size.clone(), &RESECTED_SIZE)?,
        endplate_mm: section.number_or("endplate_mm", size.clone(), &ENDPLATE_SIZE)?,
        implant_mm: section.number_or("implant_mm", size.clone(), &IMPLANT_SIZE)?,
        disc_mm: section.number_or("disc_mm", size, &DISC_SIZE)?,
        growth: section.number_or("growth", 0.01..=2.0, &GROWTH)?,
    };
    if sizes.endplate_mm > sizes.bone_mm {
        let (fine, coarse) = (sizes.endplate_mm, sizes.bone_mm);
        let reason = format!("endplates ({fine} mm) coarser than bone ({coarse} mm)");
        return Err(section.error("endplate_mm", CaseFault::model(reason)));
    }
    Ok(sizes)
}

/// Reads `[solver]`.
pub(super) fn read_solver(top: &Section<'_>) -> Result<SolverSettings, CaseError> {
    const METHODS: &[(&str, SolverMethod)] = &[
        ("auto", SolverMethod::Auto),
        ("cholesky", SolverMethod::Cholesky),
        ("cg", SolverMethod::Cg),
    ];
    let section = top.section("solver", &["method", "threads"])?;
    let method = section.choice("method", "solver", METHODS)?;
    if method.is_none() {
        let why = "the program chooses by predicted memory and time";
        section.record_default("method", "auto", why, Derived);
    }
    let threads = section.number("threads", 1.0..=1024.0)?;
    if threads.is_none() {
        section.record_default(
            "threads",
            "all cores",
            "as many as the machine has",
            Derived,
        );
    }
    if threads.is_some_and(|t| t.fract() != 0.0) {
        return Err(section.wrong_type("threads", "a whole number"));
    }
    Ok(SolverSettings {
        method: method.unwrap_or(SolverMethod::Auto),
        // Whole and within 1 to 1024 by the checks above.
        threads: threads.map(|t| t as usize),
    })
}

const YIELD_STRAIN: NumberDefault = NumberDefault::new(
    0.77,
    RecalledUnverified,
    "vertebral cancellous bone in compression (Morgan & Keaveny 2001, J Biomech 34:569)",
);
const INDENTATION: NumberDefault = NumberDefault::new(
    50.0,
    RecalledUnverified,
    "lower end of 50-250 N under a 3 mm indenter, L3-S1 (Grant 2001, Spine 26:889)",
);
const EFFECTIVE_STRAIN: NumberDefault = NumberDefault::new(
    7000.0,
    RecalledUnverified,
    "Pistoia 2002, Bone 30:842; tuned for the distal radius",
);
const EFFECTIVE_VOLUME: NumberDefault = NumberDefault::new(
    2.0,
    RecalledUnverified,
    "Pistoia 2002, Bone 30:842; tuned for the distal radius",
);
const DEPTH: NumberDefault = NumberDefault::new(
    2.0,
    SecondarySource,
    "mild subsidence begins at 2 mm, severe above 4 mm (rs-853052)",
);
const ROTATION: NumberDefault = NumberDefault::new(
    5.0,
    Derived,
    "definition: beyond it small rotations do not hold",
);
const STRAIN: NumberDefault = NumberDefault::new(
    5.0,
    Derived,
    "definition: beyond it small strains do not hold",
);
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
        yield_strain_percent: limits.number_or(
            "yield_strain_percent",
            0.05..=5.0,
            &YIELD_STRAIN,
        )?,
        indentation_force_n: limits.number_or("indentation_force_n", 1.0..=2000.0, &INDENTATION)?,
        effective_strain_microstrain: limits.number_or(
            "effective_strain_microstrain",
            100.0..=100_000.0,
            &EFFECTIVE_STRAIN,
        )?,
        effective_volume_percent: limits.number_or(
            "effective_volume_percent",
            0.01..=100.0,
            &EFFECTIVE_VOLUME,
        )?,
        subsidence_depth_mm: limits.number_or("subsidence_depth_mm", 0.01..=20.0, &DEPTH)?,
        rotation_deg: limits.number_or("rotation_deg", 0.1..=45.0, &ROTATION)?,
        strain_percent: limits.number_or("strain_percent", 0.1..=50.0, &STRAIN)?,
    })
}

//! report.json, schema 1: what a run says, in the shape scripts rely on.
//!
//! The keys are stable; more may be added beside them. Units are in the keys or beside the value.
//! Nothing here is computed: the run fills these rows, the writers of this module print them.

use serde::Serialize;

use crate::assessment::Findings;
use crate::assessment::motion::SegmentMotion;
pub use crate::assessment::porosity::PorosityReport;
use crate::assessment::verdict::{OverallVerdict, Reason};
pub use crate::material::library::{MaterialRecord, Parameter};
use crate::source::Source;

/// The version of the layout below.
pub const SCHEMA: u32 = 1;

/// Everything one run reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunReport {
    /// Layout version, [`SCHEMA`].
    pub schema: u32,
    /// The program that wrote the report.
    pub program: Program,
    /// The case that was run.
    pub case: CaseInfo,
    /// The frame, in words.
    pub frame: String,
    /// Units of everything that has none in its key.
    pub units: Units,
    /// The verdict over all findings.
    pub verdict: OverallVerdict,
    /// Every row that is not within its limit, worst first.
    pub reasons: Vec<Reason>,
    /// Share of a zone that may resorb at s = 0.75 before the limit is exceeded, as the verdict
    /// took it.
    pub resorbing_limit: f64,
    /// What the verdict must not be read without ("without rods this is no construct anyone
    /// implants"); usually empty.
    pub verdict_notes: Vec<String>,
    /// Checks that this run could not make, each with what they would need.
    pub not_checked: Vec<String>,
    /// Every number the model used, with where it comes from.
    pub materials: Vec<MaterialRecord>,
    /// Every value the case left to the program.
    pub defaults: Vec<DefaultUsed>,
    /// How the implant sits between its neighbours.
    pub placement: Option<Placement>,
    /// How porosity runs in the implant, where it is graded or its lattice is written out.
    pub porosity: Vec<PorosityReport>,
    /// The surface files of measured bodies; empty where all were made.
    pub surfaces: Vec<SurfaceReport>,
    /// What was solved.
    pub states: Vec<StateReport>,
    /// The decks written beside the report; empty unless they were asked for.
    pub decks: Vec<WrittenDeck>,
    /// What was found.
    pub findings: Findings,
    /// Rotation of the intact segments against the published bands.
    pub segment_motion: Vec<SegmentMotion>,
    /// What a reader must know about this run in particular.
    pub warnings: Vec<String>,
    /// What the method leaves out in every run.
    pub limits_of_the_method: Vec<String>,
    /// Where the time went, in order.
    pub timing: Vec<StageTime>,
    /// Threads that shared the work.
    pub threads: usize,
    /// Largest resident memory of the process, bytes; `None` where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
}

impl RunReport {
    /// Whether a load case counts as service.
    pub fn is_service(&self, state: &str, load_case: &str) -> bool {
        let cases = self
            .states
            .iter()
            .filter(|s| s.name == state)
            .flat_map(|s| &s.load_cases);
        cases.filter(|c| c.name == load_case).any(|c| c.service)
    }
}

/// A state's model, written as a deck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenDeck {
    /// File name, beside the report.
    pub file: String,
    /// The state.
    pub state: String,
    /// The program it is written for.
    pub program: String,
    /// What the model has and the file has not; empty where it holds everything.
    pub lacks: Vec<String>,
}

impl WrittenDeck {
    /// "fused-without-rods.inp (CalculiX) lacks the 2 rods".
    pub fn line(&self) -> String {
        let Self { file, program, .. } = self;
        if self.lacks.is_empty() {
            return format!("{file} ({program}) holds the whole model");
        }
        format!("{file} ({program}) lacks {}", self.lacks.join("; "))
    }
}

/// Name and version of the program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Program {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

impl Program {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Which case was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseInfo {
    /// Title given in the case.
    pub title: String,
    /// File name as it was given.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// The units of values whose key names none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Units {
    /// Length.
    pub length: String,
    /// Force.
    pub force: String,
    /// Stress and energy density.
    pub stress: String,
    /// Moment.
    pub moment: String,
}

impl Default for Units {
    fn default() -> Self {
        Self {
            length: "mm".to_owned(),
            force: "N".to_owned(),
            stress: "MPa".to_owned(),
            moment: "N·m".to_owned(),
        }
    }
}

/// One value the case left to the program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DefaultUsed {
    /// Key path in the case file.
    pub key: String,
    /// Value used.
    pub value: String,
    /// Unit, "" for a pure number or a word.
    pub unit: String,
    /// Where the default comes from.
    pub source: Source,
}

/// How the implant sits between its neighbours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placement {
    /// Each implant in its place.
    pub implants: Vec<ImplantPlacement>,
    /// Where two bodies share space.
    pub overlaps: Vec<Overlap>,
    /// Where two faces that should meet do not.
    pub gaps: Vec<Gap>,
}

/// How an implant stands between its bones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImplantPlacement {
    /// Its name.
    pub body: String,
    /// Distance between the facing endplates along the implant's axis before anything moves, mm.
    pub facing_distance_mm: f64,
    /// Height of the implant on its axis, mm.
    pub height_mm: f64,
    /// Height, and what grafts take on the axis, minus facing distance, mm: positive distracts,
    /// negative falls short.
    pub distraction_mm: f64,
    /// Grafts between the implant's flat ends and the bones.
    pub grafts: Vec<GraftPlacement>,
}

/// A graft between a flat end of the implant and a bone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GraftPlacement {
    /// Its name.
    pub body: String,
    /// The end of the implant it lies on.
    pub end: &'static str,
    /// Its material.
    pub material: String,
    /// Thickness on the implant's axis, mm.
    pub on_axis_mm: f64,
    /// Smallest and largest thickness along the axis, mm.
    pub thickness_mm: [f64; 2],
}

/// Two bodies that share space.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// The two bodies.
    pub bodies: [String; 2],
    /// Deepest penetration, mm.
    pub depth_mm: f64,
    /// Shared volume, mm³; `None` where it was not measured.
    pub volume_mm3: Option<f64>,
}

/// Two faces with a gap between them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The two bodies.
    pub bodies: [String; 2],
    /// Mean gap, mm.
    pub mean_mm: f64,
    /// Largest gap, mm.
    pub largest_mm: f64,
}

/// What a surface file was like and what was done about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurfaceReport {
    /// The body made of it.
    pub body: String,
    /// The file.
    pub file: String,
    /// Its triangles.
    pub triangles: usize,
    /// Its faults in words, by triangle numbers of the file, counted from 0; empty where sound.
    pub found: Vec<String>,
    /// What was done about them.
    pub done: Vec<String>,
}

/// One state of the spine ("intact", "fused").
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateReport {
    /// Name.
    pub name: String,
    /// Its mesh.
    pub mesh: MeshReport,
    /// Its bonded interfaces.
    pub interfaces: Vec<Interface>,
    /// Its load cases.
    pub load_cases: Vec<LoadCaseReport>,
}

/// Two faces that are bonded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interface {
    /// Name ("cage-T5").
    pub name: String,
    /// The two bodies; areas are measured on the first.
    pub bodies: [String; 2],
    /// Area of the face, mm².
    pub area_mm2: f64,
    /// Part of it that found no partner within the gap tolerance, mm².
    pub untied_area_mm2: f64,
    /// Mean gap, overlaps counted negative, mm.
    pub mean_gap_mm: f64,
    /// Largest gap, mm.
    pub largest_gap_mm: f64,
    /// Deepest overlap, mm.
    pub deepest_overlap_mm: f64,
    /// Bound on the error of a uniform stress on the bridged gap, as a share of it.
    pub gap_error: f64,
}

/// Sizes and quality of a mesh.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeshReport {
    /// Nodes.
    pub nodes: usize,
    /// Elements.
    pub elements: usize,
    /// Dofs, fixed ones included.
    pub dofs: usize,
    /// Smallest dihedral angle, degrees.
    pub min_dihedral_deg: f64,
    /// Bodies, in mesh order.
    pub bodies: Vec<BodyReport>,
}

/// One body of a mesh.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BodyReport {
    /// Name.
    pub name: String,
    /// Elements.
    pub elements: usize,
    /// Volume, mm³.
    pub volume_mm3: f64,
    /// Smallest dihedral angle, degrees.
    pub min_dihedral_deg: f64,
    /// Largest distance of the mesh's boundary from the input surface, mm; `None` where the body
    /// came from no surface.
    pub surface_distance_mm: Option<f64>,
}

/// One load case of one state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadCaseReport {
    /// Name.
    pub name: String,
    /// Whether it counts as service (part of the stress-shielding mean).
    pub service: bool,
    /// What was applied.
    pub applied: AppliedLoad,
    /// Sum of the support reactions about the same point.
    pub reaction: ReactionLoad,
    /// What loads and reactions leave, over Σ|f|, or of moments over Σ|f||x − c|: the larger.
    pub imbalance: f64,
    /// Mean motion of the loaded face.
    pub loaded_face: FaceMotion,
    /// What the solver reports.
    pub solver: SolverReport,
    /// Name of the file with the fields.
    pub vtu: String,
}

/// A load at a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AppliedLoad {
    /// The axes of force and moment: "global", those of `frame`.
    pub axes: &'static str,
    /// Force, N.
    pub force_n: [f64; 3],
    /// Moment about `at_mm`, N·m.
    pub moment_nm: [f64; 3],
    /// Point of application, mm.
    pub at_mm: [f64; 3],
}

/// A reaction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReactionLoad {
    /// The axes of force and moment: "global", those of `frame`.
    pub axes: &'static str,
    /// Force, N.
    pub force_n: [f64; 3],
    /// Moment about the loaded point, N·m.
    pub moment_nm: [f64; 3],
}

/// Mean motion of a face.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FaceMotion {
    /// Translation of its reference point, mm.
    pub displacement_mm: [f64; 3],
    /// Rotation vector, degrees.
    pub rotation_deg: [f64; 3],
}

/// What the solver reports for one load case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolverReport {
    /// Method.
    pub method: String,
    /// Why this method.
    pub reason: String,
    /// Refinement steps or iterations.
    pub iterations: u32,
    /// ‖b − Ax‖/‖b‖, recomputed from the matrix.
    pub true_residual: f64,
    /// Normwise backward error ‖b − Ax‖/(‖A‖‖x‖ + ‖b‖).
    pub backward_error: f64,
    /// Seconds, the share of the factorisation included.
    pub seconds: f64,
    /// Bytes of matrix, factor or multigrid, and vectors at the peak.
    pub peak_bytes: u64,
}

/// Seconds spent in one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageTime {
    /// Stage.
    pub stage: String,
    /// Wall-clock seconds.
    pub seconds: f64,
}

//! The whole way from a case to its findings, in values; writing is the last step.
//!
//! ```text
//! prepare: case ─► scene (bones, landmarks, discs, implant) ─► bodies (meshes, materials, faces)
//!               ─► states (one model each)
//! solve:        ─► solutions, fields            find: ─► findings ─► Run ─► report, files
//! ```

pub mod error;
pub mod memory;
mod clock;
pub mod placed;
pub mod plan;
pub mod anatomical;
pub mod bodies;
pub mod clearance;
pub mod fixation;
pub mod states;
pub mod solved;
pub mod band;
pub mod record;

use std::path::Path;

pub use error::{FailureKind, SpineError};
pub use record::Run;
pub use solved::Solved;

use crate::analysis::{AnalysisSettings, solve as solve_model};
use crate::assessment::band::add_bands;
use crate::assessment::lattice_sizes;
use crate::case::Case;
use crate::material::ready::{ReadyMaterial, resolve};
use crate::mesh::tetgen::Mesher;
use crate::model::state::{BuiltState, StateError};
use crate::progress::Progress;
use crate::recovery::solved::SolvedState;
use crate::scene::Scene;

use bodies::{MeshedBody, mesh_bodies};
use clock::Clock;
use solved::Found;
use states::build_states;

/// What a case needs from outside.
pub struct Surroundings<'a> {
    /// Where surface files are looked for when they are not beside the case.
    pub surfaces: Option<&'a Path>,
    /// Fills surfaces with tetrahedra.
    pub mesher: &'a dyn Mesher,
    /// Hears how far the work is.
    pub progress: &'a dyn Progress,
    /// Whether every state is solved again at both ends of the band of the cancellous modulus.
    pub error_bars: bool,
}

/// A case with everything built that is needed to solve it.
pub struct Prepared {
    /// Where everything stands.
    pub scene: Scene,
    /// Its materials.
    pub materials: Vec<ReadyMaterial>,
    /// The meshed bodies.
    pub bodies: Vec<MeshedBody>,
    /// One model per state.
    pub states: Vec<BuiltState>,
    clock: Clock,
}

/// Prepares, solves and judges a case. Nothing is written: [`Run::write`] does that.
///
/// # Errors
/// [`SpineError`]: what the case says, what the bodies are, or what the solver met.
pub fn run<'a>(case: &'a Case, around: &Surroundings<'_>) -> Result<Run<'a>, SpineError> {
    let prepared = prepare(case, around)?;
    let solved = solve(case, prepared, around.progress)?;
    find(case, solved, around)
}

/// Reads, places, meshes, ties and loads a case and solves nothing: what `check` shows.
///
/// # Errors
/// As [`run`], up to the models.
pub fn prepare(case: &Case, around: &Surroundings<'_>) -> Result<Prepared, SpineError> {
    let mut clock = Clock::start();
    let questions = case
        .loads
        .cases
        .iter()
        .filter_map(|l| case.loads.question(l));
    questions.for_each(|question| around.progress.note(&question));
    let materials = resolve(case, around.surfaces)?;
    let scene = Scene::build(case, around.surfaces, around.progress)?;
    check_lattices(case, &scene, &materials)?;
    clock.lap("place the bodies");
    let bodies = mesh_bodies(case, &scene, &materials, around.mesher, around.progress)?;
    clock.lap("mesh");
    let states = build_states(case, &scene, &bodies, &materials)?;
    clock.lap("tie and load");
    Ok(Prepared {
        scene,
        materials,
        bodies,
        states,
        clock,
    })
}

/// Refuses a lattice whose cells find no place in an implant that is printed as it.
fn check_lattices(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
) -> Result<(), SpineError> {
    for (implant, cage) in case.implants.iter().zip(&scene.cages) {
        let own = implant.region_materials();
        let porous = own.iter().filter_map(|m| materials[*m].porous.as_ref());
        for porous in porous {
            if let Some(lattice) = &porous.lattice {
                lattice_sizes::check_places(case, lattice, cage, porous.metal.percent)?;
            }
        }
    }
    Ok(())
}

/// Solves every state and recovers its fields.
///
/// # Errors
/// What the solver met.
pub fn solve(
    case: &Case,
    prepared: Prepared,
    progress: &dyn Progress,
) -> Result<Solved, SpineError> {
    let settings = settings(case);
    let mut clock = prepared.clock;
    let mut states = Vec::with_capacity(prepared.states.len());
    for state in prepared.states {
        let solution = solve_model(&state.model, &settings, progress)
            .map_err(|e| placed::analysis(case, &state.model.name, e))?;
        clock.lap(&format!("solve {}", state.model.name));
        states.push(SolvedState::recover(state, solution).map_err(StateError::from)?);
        clock.lap("recover fields");
    }
    Ok(Solved {
        scene: prepared.scene,
        materials: prepared.materials,
        bodies: prepared.bodies,
        states,
        clock,
    })
}

/// Holds what was solved against its limits, at both ends of the band of the modulus too where the
/// surroundings ask for it.
///
/// # Errors
/// Fields that cannot be assessed, a band that cannot be solved.
pub fn find<'a>(
    case: &'a Case,
    solved: Solved,
    around: &Surroundings<'_>,
) -> Result<Run<'a>, SpineError> {
    around.progress.stage("Assess", 0);
    let inputs = solved.inputs(case)?;
    let mut found = Found::of(&inputs)?;
    let mut clock = solved.clock.clone();
    clock.lap("assess");
    if around.error_bars {
        let settings = settings(case);
        let ends = band::solve_ends(&inputs, &solved.bodies, &settings, around.progress)?;
        add_bands(&mut found.findings, &ends);
        clock.lap("solve the modulus band");
    }
    Ok(Run {
        case,
        found,
        timing: clock.laps,
        peak_memory_bytes: memory::peak_bytes(),
        solved,
    })
}

fn settings(case: &Case) -> AnalysisSettings {
    AnalysisSettings {
        method: case.solver.method,
        ..AnalysisSettings::default()
    }
}

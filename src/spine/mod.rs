//! The whole way from a case to its findings: the pipeline on one screen.
//!
//! ```text
//! case ─► scene (bones, landmarks, discs, implant) ─► bodies (meshes, materials, faces)
//!      ─► states (one model each) ─► solve, recover ─► findings ─► report
//! ```

pub mod error;
pub mod memory;
pub mod measured;
pub mod placed;
pub mod scene;
pub mod plan;
pub mod anatomical;
pub mod bodies;
pub mod clearance;
pub mod rods;
pub mod states;
pub mod solved;
pub mod findings;
pub mod band;
pub mod record;

use std::path::Path;
use std::time::Instant;

pub use error::{FailureKind, SpineError};

use crate::analysis::{AnalysisSettings, solve};
use crate::assessment::band::add_bands;
use crate::assessment::lattice_sizes;
use crate::case::file_name::slug;
use crate::case::{Case, SolverMethod};
use crate::deck::write::{DeckSettings, Dialect, write_deck};
use crate::material::ready::{ReadyMaterial, resolve};
use crate::mesh::tetgen::Mesher;
use crate::progress::Progress;
use crate::report::schema::{RunReport, StageTime};
use crate::report::write_all;
use crate::solver::choice::Method;

use bodies::{MeshedBody, mesh_bodies};
use findings::{Inputs, find};
use record::{Outcome, report, state_fields};
use scene::Scene;
use solved::SolvedState;
use states::{BuiltState, build_states};

/// What a study needs from outside.
pub struct Surroundings<'a> {
    /// Where surface files are looked for when they are not beside the case.
    pub surfaces: Option<&'a Path>,
    /// Fills surfaces with tetrahedra.
    pub mesher: &'a dyn Mesher,
    /// Hears how far the work is.
    pub progress: &'a dyn Progress,
    /// Whether every state is solved again at both ends of the band of the cancellous modulus.
    pub error_bars: bool,
    /// Whose deck each state is also written as; none unless asked for.
    pub write_deck: Option<Dialect>,
}

/// Runs a case and writes every file of its report into `directory`, which exists.
///
/// # Errors
/// [`SpineError`]: what the case says, what the bodies are, or what the solver met.
pub fn run(
    case: &Case,
    around: &Surroundings<'_>,
    directory: &Path,
) -> Result<RunReport, SpineError> {
    let mut clock = Clock::start();
    let (scene, ready, bodies) = prepare(case, around, &mut clock)?;
    let built = build_states(case, &scene, &bodies, &ready)?;
    clock.lap("tie and load");
    let settings = settings(case);
    let mut states = Vec::with_capacity(built.len());
    let mut decks = Vec::new();
    for state in built {
        if let Some(dialect) = around.write_deck {
            let settings = DeckSettings {
                dialect,
                tie_gap_mm: case.interface.gap_tolerance_mm.value,
            };
            let stem = slug(&state.model.name);
            decks.push(write_deck(directory, &stem, &state.model, &settings)?);
        }
        let solution = solve(&state.model, &settings, around.progress)
            .map_err(|e| placed::analysis(case, &state.model.name, e))?;
        clock.lap(&format!("solve {}", state.model.name));
        states.push(SolvedState::recover(state, solution));
        clock.lap("recover fields");
    }
    around.progress.stage("Assess", 0);
    let inputs = Inputs {
        case,
        scene: &scene,
        materials: &ready,
        states: &states,
    };
    let mut found = find(&inputs)?;
    clock.lap("assess");
    if around.error_bars {
        let ends = band::solve_ends(&inputs, &bodies, &settings, around.progress)?;
        add_bands(&mut found.findings, &ends);
        clock.lap("solve the modulus band");
    }
    let outcome = Outcome {
        inputs,
        bodies: &bodies,
        found,
        decks,
        timing: clock.laps,
        peak_memory_bytes: memory::peak_bytes(),
    };
    let report = report(&outcome)?;
    let fields: Vec<_> = states.iter().map(state_fields).collect();
    write_all(directory, &report, &fields, around.progress)?;
    Ok(report)
}

fn settings(case: &Case) -> AnalysisSettings {
    AnalysisSettings {
        method: match case.solver.method {
            SolverMethod::Auto => Method::Auto,
            SolverMethod::Cholesky => Method::Cholesky,
            SolverMethod::Cg => Method::Cg,
        },
        ..AnalysisSettings::default()
    }
}

/// A case with everything built that is needed to solve it.
pub struct Prepared {
    /// Where everything stands.
    pub scene: Scene,
    /// The meshed bodies.
    pub bodies: Vec<MeshedBody>,
    /// One model per state.
    pub states: Vec<BuiltState>,
}

/// Reads, places, meshes, ties and loads a case and solves nothing: what `check` shows.
///
/// # Errors
/// As [`run`], up to the models.
pub fn mesh(case: &Case, around: &Surroundings<'_>) -> Result<Prepared, SpineError> {
    let (scene, ready, bodies) = prepare(case, around, &mut Clock::start())?;
    let states = build_states(case, &scene, &bodies, &ready)?;
    Ok(Prepared {
        scene,
        bodies,
        states,
    })
}

fn prepare(
    case: &Case,
    around: &Surroundings<'_>,
    clock: &mut Clock,
) -> Result<(Scene, Vec<ReadyMaterial>, Vec<MeshedBody>), SpineError> {
    let ready = resolve(case, around.surfaces)?;
    let scene = Scene::build(case, around.surfaces, around.progress)?;
    if let Some(cage) = &scene.cage {
        for porous in ready.iter().filter_map(|m| m.porous.as_ref()) {
            if let Some(lattice) = &porous.lattice {
                lattice_sizes::check_places(case, lattice, cage, porous.metal.percent)?;
            }
        }
    }
    clock.lap("place the bodies");
    let bodies = mesh_bodies(case, &scene, &ready, around.mesher, around.progress)?;
    clock.lap("mesh");
    Ok((scene, ready, bodies))
}

/// Seconds by stage.
struct Clock {
    last: Instant,
    laps: Vec<StageTime>,
}

impl Clock {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    fn lap(&mut self, stage: &str) {
        let seconds = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        match self.laps.iter_mut().find(|lap| lap.stage == stage) {
            Some(lap) => lap.seconds += seconds,
            None => self.laps.push(StageTime {
                stage: stage.to_owned(),
                seconds,
            }),
        }
    }
}

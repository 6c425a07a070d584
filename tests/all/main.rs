//! Everything that runs through the public interface: architecture, verification, and the checks
//! on real anatomy, which need the folder that `ENDPLATE_DATA` names and are listed as ignored,
//! with the reason, where it is unset. So are those that need CalculiX, where no `ccx` is on the
//! PATH, and those that take minutes, unless `ENDPLATE_LONG` is 1.
//!
//! A check is a plain function that returns what is wrong; each file lists its own in `TESTS`
//! (or `DATA_TESTS`, which take the folder).

// The rows of a registry are spelt out in every file, so that each can be read alone.
#![allow(clippy::type_complexity)]

mod anatomy;
mod architecture;
mod bodyparts3d;
mod broken_surfaces;
mod checks;
mod deck_balance;
mod deck_dialects;
mod deck_habits;
mod deck_meshes;
mod decks;
mod errors;
mod expected;
mod fixation;
mod fixation_bone;
mod fixation_cases;
mod gmsh;
mod kidney_cage;
mod lattice;
mod graded;
mod mesh_cache;
mod meshes;
mod misread_bones;
mod notes;
mod numbers;
mod pipeline;
mod readme;
mod round_trip;
mod implants;
mod states;
mod stored_meshes;
mod stored_spine;
mod surface;
mod dialects;
mod new_cases;
mod surface_files;
mod template_keys;
mod tetmesh;
mod verification_composite;
mod verification_contact;
mod verification_curved;
mod verification_elements;
mod verification_graded;
mod homogenised_cells;
mod verification_homogenisation;
mod verification_invariants;
mod verification_manufactured;
mod verification_patch;
mod verification_structures;
mod verification_tie_gap;
mod verification_ties;
mod virtual_tests;
mod voxels;
mod whole_runs;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Checks that need nothing but the repository.
const TESTS: &[&[(&str, fn() -> Result<(), String>)]] = &[
    architecture::TESTS,
    meshes::TESTS,
    verification_patch::TESTS,
    verification_invariants::TESTS,
    verification_manufactured::TESTS,
    verification_curved::TESTS,
    verification_elements::TESTS,
    verification_homogenisation::TESTS,
    homogenised_cells::TESTS,
    verification_structures::TESTS,
    verification_composite::TESTS,
    verification_contact::TESTS,
    verification_graded::TESTS,
    verification_ties::TESTS,
    verification_tie_gap::TESTS,
    fixation::TESTS,
    fixation_bone::TESTS,
    fixation_cases::TESTS,
    errors::TESTS,
    lattice::TESTS,
    graded::TESTS,
    pipeline::TESTS,
    checks::TESTS,
    implants::TESTS,
    states::TESTS,
    numbers::TESTS,
    round_trip::TESTS,
    broken_surfaces::TESTS,
    dialects::TESTS,
    new_cases::TESTS,
    surface_files::TESTS,
    misread_bones::TESTS,
    stored_meshes::TESTS,
    stored_spine::TESTS,
    kidney_cage::TESTS,
    readme::TESTS,
    whole_runs::TESTS,
    mesh_cache::TESTS,
    template_keys::TESTS,
    decks::TESTS,
    deck_balance::TESTS,
    deck_dialects::TESTS,
    deck_habits::TESTS,
    gmsh::TESTS,
    notes::TESTS,
    tetmesh::TESTS,
    virtual_tests::TESTS,
    voxels::TESTS,
];

/// Checks that take more than a minute.
const LONG_TESTS: &[&[(&str, fn() -> Result<(), String>)]] =
    &[round_trip::LONG_TESTS, readme::LONG_TESTS];

/// A check on real anatomy.
type DataTest = (&'static str, fn(&Path) -> Result<(), String>);

/// Checks that need the data folder.
const DATA_TESTS: &[&[DataTest]] = &[
    bodyparts3d::DATA_TESTS,
    decks::DATA_TESTS,
    &[
        (
            "anatomy: column and endplates of the measured T5 to T7",
            anatomy::measured_column,
        ),
        (
            "anatomy: measured discs touch both bones and nothing else",
            anatomy::measured_discs,
        ),
        (
            "surface: the stray shell of a disc is found and dropped",
            surface::the_stray_shell_of_a_disc_is_found_and_dropped,
        ),
        (
            "surface: real bones become sound surface meshes",
            surface::real_bones_become_sound_surface_meshes,
        ),
        (
            "surface: a cage fitted to real endplates has sharp rims",
            surface::a_cage_fitted_to_real_endplates_has_sharp_rims,
        ),
        (
            "tetmesh: files of real bones are meshed as they are or refused",
            tetmesh::files_of_real_bones_are_meshed_as_they_are_or_refused,
        ),
        (
            "tetmesh: a real vertebra and disc reach the measures of shape",
            tetmesh::a_real_vertebra_and_disc_reach_the_measures_of_shape,
        ),
    ],
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for &(name, check) in TESTS.iter().copied().flatten() {
        trials.push(Trial::test(name, move || check().map_err(Into::into)));
    }
    let data = std::env::var_os("ENDPLATE_DATA").map(PathBuf::from);
    for &(name, check) in DATA_TESTS.iter().copied().flatten() {
        trials.push(match data.clone() {
            Some(folder) => Trial::test(name, move || check(&folder).map_err(Into::into)),
            None => ignored(name, "ENDPLATE_DATA is not set"),
        });
    }
    let ccx = on_the_path("ccx");
    let long = std::env::var_os("ENDPLATE_LONG").is_some_and(|v| v == "1");
    for &(name, check) in LONG_TESTS.iter().copied().flatten() {
        trials.push(match long {
            true => Trial::test(name, move || check().map_err(Into::into)),
            false => ignored(name, "ENDPLATE_LONG is not 1"),
        });
    }
    for &(name, takes_minutes, check) in round_trip::CCX_TESTS {
        trials.push(match (ccx.clone(), takes_minutes && !long) {
            (Some(program), false) => {
                Trial::test(name, move || check(&program).map_err(Into::into))
            }
            (None, _) => ignored(name, "ccx is not on the PATH"),
            (_, true) => ignored(name, "ENDPLATE_LONG is not 1"),
        });
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A check that is listed and not run.
fn ignored(name: &str, why: &str) -> Trial {
    Trial::test(name, || Ok(()))
        .with_kind(why)
        .with_ignored_flag(true)
}

/// The program of that name.
fn on_the_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path);
    folders.map(|f| f.join(name)).find(|p| p.is_file())
}

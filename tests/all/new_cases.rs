//! The cases that `endplate new` writes: for every level one that can be built, in the neck as well.

use std::path::Path;

use endplate::case::Case;
use endplate::case::bodies::LEVELS;
use endplate::progress::Silent;
use endplate::scene::Scene;

use crate::errors::{endplate, folder, write};

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "new: a case of every level is placed",
        every_level_is_placed,
    ),
    ("new: cases of the neck run", the_neck_runs),
];

/// What `endplate new` writes for a level.
fn made(here: &Path, level: &str) -> Result<String, String> {
    let output = endplate(here, &["new", level, "--level", level])?;
    if output.status.code() != Some(0) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let path = here.join(format!("{level}.toml"));
    std::fs::read_to_string(path).map_err(|e| e.to_string())
}

/// Endplates and axis are found, the cage fits, screws find their pedicles.
fn every_level_is_placed() -> Result<(), String> {
    let folder = folder()?;
    for level in &LEVELS[1..LEVELS.len() - 1] {
        let text = made(folder.path(), level)?;
        let case = Case::from_text(Path::new("case.toml"), text).map_err(|e| e.to_string())?;
        let scene = Scene::build(&case, None, &Silent).map_err(|e| format!("{level}: {e}"))?;
        if scene.cages.len() != 1 || scene.fixation.screws.len() != 4 {
            return Err(format!("{level}: {} screws", scene.fixation.screws.len()));
        }
    }
    Ok(())
}

/// The whole way on a coarse mesh.
fn the_neck_runs() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    for level in ["C4", "C7"] {
        let mut text = made(here, level)?;
        for (key, coarse) in [
            ("bone_mm", "3.0"),
            ("endplate_mm", "1.5"),
            ("implant_mm", "1.5"),
            ("disc_mm", "1.5"),
            ("resected_mm", "6.0"),
        ] {
            let line = text.lines().find(|l| l.starts_with(&format!("# {key} = ")));
            let line = line.ok_or_else(|| format!("no line of {key}"))?.to_owned();
            text = text.replace(&line, &format!("{key} = {coarse}"));
        }
        write(&here.join("coarse.toml"), text)?;
        let run = [
            "run",
            "coarse.toml",
            "--out",
            "out",
            "--quiet",
            "--force",
            "--no-error-bars",
        ];
        let output = endplate(here, &run)?;
        if output.status.code() != Some(0) {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{level}: {:?}\n{told}", output.status.code()));
        }
    }
    Ok(())
}

//! The commands from end to end on a coarse T6 case: `new`, `check`, `run`, and what happens to the
//! output directory.

use std::path::Path;

use crate::broken_surfaces::list;
use crate::errors::{endplate, folder, has_words, refusal, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("whole runs: the output directory", the_output_directory),
    (
        "whole runs: check prints what was built",
        check_prints_what_was_built,
    ),
];

/// The T6 case with edges so long that a run takes seconds.
fn coarse() -> String {
    const SIZES: &str = "[mesh]\nbone_mm = 7.0\nendplate_mm = 3.0\nimplant_mm = 2.5\ndisc_mm = 3.0";
    include_str!("../../validation/t6-tantalum/case.toml")
        .lines()
        .filter(|l| {
            !["bone_mm", "endplate_mm", "implant_mm", "disc_mm"]
                .iter()
                .any(|k| l.starts_with(k))
        })
        .map(|l| {
            if l == "[mesh]" {
                format!("{SIZES}\n")
            } else {
                format!("{l}\n")
            }
        })
        .collect()
}

fn done(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = endplate(folder, arguments)?;
    if output.status.code() != Some(0) {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{arguments:?}: {:?}\n{text}", output.status.code()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A run fills the directory; a second run of the same case replaces it and keeps the user's
/// files; another case, or a directory of other things, is refused unless it is forced.
fn the_output_directory() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let run = ["run", "case.toml", "--out", "out", "--quiet"];
    let text = done(here, &run)?;
    has_words(&text, &["Verdict:", "report.html"], "run")?;
    let names = list(&here.join("out"))?;
    for name in ["report.json", "report.html", "intact-axial-compression.vtu"] {
        if !names.iter().any(|n| n == name) {
            return Err(format!("no {name} among {names:?}"));
        }
    }
    if let Some(name) = names.iter().find(|n| n.starts_with('.')) {
        return Err(format!("an unfinished {name} was left"));
    }
    write(&here.join("out/notes.txt"), "mine")?;
    done(here, &run)?;
    let mut expected = names;
    expected.push("notes.txt".to_owned());
    expected.sort();
    let again = list(&here.join("out"))?;
    if again != expected {
        return Err(format!("a second run left {again:?}, not {expected:?}"));
    }

    write(&here.join("other.toml"), coarse())?;
    let other = ["run", "other.toml", "--out", "out", "--quiet"];
    let message = refusal(&endplate(here, &other)?, "another case")?;
    has_words(&message, &["another case", "--force"], "another case")?;
    std::fs::create_dir(here.join("thesis")).map_err(|e| e.to_string())?;
    write(&here.join("thesis/chapter.txt"), "mine")?;
    let thesis = ["run", "case.toml", "--out", "thesis", "--quiet"];
    let message = refusal(&endplate(here, &thesis)?, "a full directory")?;
    has_words(&message, &["is not empty", "--force"], "a full directory")?;
    if list(&here.join("thesis"))? != ["chapter.txt"] {
        return Err("a refused run wrote into the directory".to_owned());
    }
    done(here, &[&thesis[..], &["--force"]].concat())?;
    let forced = list(&here.join("thesis"))?;
    match forced.iter().any(|n| n == "chapter.txt") && forced.iter().any(|n| n == "report.json") {
        true => Ok(()),
        false => Err(format!("a forced run left {forced:?}")),
    }
}

fn check_prints_what_was_built() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let text = done(here, &["check", "case.toml", "--quiet"])?;
    let words = [
        "resected",
        "rods.diameter_mm",
        "5.5 mm",
        "recalled, unverified",
        "Meshes",
        "volume mm³",
        "smallest dihedral °",
        "distance of the endplates on its axis",
        "distraction",
        "Screw tracks",
        "dofs",
        "cage-T7",
        "corners inside",
    ];
    has_words(&text, &words, "check")?;
    if list(here)? != ["case.toml"] {
        return Err("check wrote files".to_owned());
    }
    Ok(())
}

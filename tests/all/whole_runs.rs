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
    #[cfg(unix)]
    (
        "whole runs: an interruption leaves nothing",
        an_interruption_leaves_nothing,
    ),
    (
        "whole runs: check prints what was built",
        check_prints_what_was_built,
    ),
    (
        "whole runs: a part too thin for the mesh is named",
        a_part_too_thin_for_the_mesh_is_named,
    ),
    (
        "whole runs: an endplate the case names is the one that is loaded",
        a_named_endplate_is_the_loaded_one,
    ),
];

/// The T6 case with edges so long that a run takes seconds.
pub fn coarse() -> String {
    const SIZES: &str = "[mesh]\nbone_mm = 7.0\nresected_mm = 7.0\nendplate_mm = 3.0\nimplant_mm = 2.5\ndisc_mm = 3.0";
    include_str!("../../validation/t6-tantalum/case.toml")
        .lines()
        .filter(|l| {
            ![
                "bone_mm",
                "resected_mm",
                "endplate_mm",
                "implant_mm",
                "disc_mm",
            ]
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
    // Of the same files, what takes least time.
    let fused = coarse().replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1);
    write(&here.join("case.toml"), &fused)?;
    let quick = ["--quiet", "--no-error-bars"];
    let run = [&["run", "case.toml", "--out", "out"], &quick[..]].concat();
    let text = done(here, &run)?;
    has_words(&text, &["Verdict:", "report.html"], "run")?;
    let names = list(&here.join("out"))?;
    for name in ["report.json", "report.html", "fused-axial-compression.vtu"] {
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

    write(&here.join("other.toml"), &fused)?;
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
    done(
        here,
        &[&thesis[..], &["--force", "--no-error-bars"]].concat(),
    )?;
    let forced = list(&here.join("thesis"))?;
    match forced.iter().any(|n| n == "chapter.txt") && forced.iter().any(|n| n == "report.json") {
        true => Ok(()),
        false => Err(format!("a forced run left {forced:?}")),
    }
}

/// Ctrl-C in the midst of a run: code 130, and no unfinished files.
#[cfg(unix)]
fn an_interruption_leaves_nothing() -> Result<(), String> {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let mut run = Command::new(env!("CARGO_BIN_EXE_endplate"))
        .args(["run", "case.toml", "--out", "out"])
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let unfinished = || list(&here.join("out")).is_ok_and(|names| !names.is_empty());
    let begun = Instant::now();
    while !unfinished() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(10));
    }
    // The handler stands a moment after the folder does.
    std::thread::sleep(Duration::from_millis(200));
    let sent = Command::new("kill")
        .args(["-INT", &run.id().to_string()])
        .status();
    sent.map_err(|e| format!("kill: {e}"))?;
    let code = run.wait().map_err(|e| e.to_string())?.code();
    match (code, list(&here.join("out"))?) {
        (Some(130), names) if names.is_empty() => Ok(()),
        (code, names) => Err(format!("ended with {code:?} and left {names:?}")),
    }
}

/// A shell of a tenth of an element is lost in the mesh, and that is said.
fn a_part_too_thin_for_the_mesh_is_named() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let shell = "[[implant.solid]]\nkind = \"shell\"\nthickness_mm = 0.25\nmaterial = \"ti6al4v\"\n\n\
                 [[implant.screw_track]]";
    let case = coarse().replacen("[[implant.screw_track]]", shell, 1);
    write(&here.join("case.toml"), case)?;
    let text = done(here, &["check", "case.toml", "--quiet"])?;
    has_words(
        &text,
        &["shell (ti6al4v)", "too thin for mesh.implant_mm"],
        "check",
    )
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

/// Area and middle (mm) of T5's superior endplate and the word for its source, as `check` prints.
fn loaded_endplate(text: &str) -> Result<(String, Vec<f64>), String> {
    let row = text.lines().find(|l| l.trim().starts_with("T5 superior"));
    let words: Vec<&str> = row.ok_or("no endplate")?.split_whitespace().collect();
    let numbers = words[3..].iter().map(|w| w.parse::<f64>());
    let numbers: Result<Vec<f64>, _> = numbers.collect();
    Ok((words[2].to_owned(), numbers.map_err(|e| e.to_string())?))
}

/// A case that names a patch with half the radius of the one found is told so, keeps the axis (the
/// patch is not one the axis runs through) and gets a face of that area.
fn a_named_endplate_is_the_loaded_one() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let (source, found) = loaded_endplate(&done(here, &["check", "case.toml", "--quiet"])?)?;
    if source != "found" {
        return Err(format!("the source is {source}"));
    }
    let [x, y, z] = [found[1], found[2], found[3]];
    let named = format!(
        "level = \"T5\"\nsuperior_endplate = {{ centre_mm = [{x}, {y}, {z}], normal = [0, 0, 1], \
         radius_mm = 7 }}\nposterior_wall_mm = [{}, 0, {z}]",
        x - 9.0
    );
    let text = coarse().replacen("level = \"T5\"", &named, 1);
    write(&here.join("named.toml"), text)?;
    let text = done(here, &["check", "named.toml", "--quiet"])?;
    let (source, patch) = loaded_endplate(&text)?;
    // Rough triangles of 2 mm know the rim of 44 mm to half an edge.
    let disc = std::f64::consts::PI * 49.0;
    let off = (patch[1] - x).hypot(patch[2] - y);
    if source != "case" || (patch[0] - disc).abs() > 0.15 * disc || off > 0.7 {
        return Err(format!(
            "{source} {patch:?}, named {x} {y} with {disc:.1} mm²"
        ));
    }
    has_words(&text, &["Posterior walls"], "check")?;
    let wall = text
        .lines()
        .skip_while(|l| !l.starts_with("Posterior walls"))
        .nth(2);
    let words: Vec<&str> = wall.unwrap_or_default().split_whitespace().collect();
    match words[..] {
        ["T5", "case", at, ..] if at.parse::<f64>().is_ok_and(|a| (a - x + 9.0).abs() < 2.0) => {
            Ok(())
        }
        _ => Err(format!("the wall's row is {words:?}")),
    }
}

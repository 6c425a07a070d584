//! Meshes kept between runs: the same results to the last bit, and no body meshed twice.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::broken_surfaces::list;
use crate::errors::{folder, has_words, refusal, write};
use crate::whole_runs::coarse;

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    (
        "mesh cache: bodies that did not change are found, damaged files are made again",
        what_did_not_change_is_found,
    ),
    (
        "mesh cache: a run leaves the same files with it as without",
        a_run_leaves_the_same_files,
    ),
    (
        "mesh cache: a place that is no directory is refused",
        no_directory_is_refused,
    ),
];

fn command(here: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_endplate"));
    command
        .args(arguments)
        .current_dir(here)
        .env_remove("ENDPLATE_MESH_CACHE")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What a command that ends with 0 printed, and how many meshes it found and made.
fn counted(output: Output) -> Result<(String, [usize; 2]), String> {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(0) {
        return Err(told);
    }
    let line = told.lines().find_map(|l| l.trim().strip_prefix("meshes: "));
    let numbers = line.unwrap_or_default().split_whitespace();
    let numbers: Vec<usize> = numbers.filter_map(|w| w.parse().ok()).collect();
    let counts = <[usize; 2]>::try_from(numbers).map_err(|n| format!("{n:?} in\n{told}"))?;
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), counts))
}

/// Two processes fill a directory at once; a third finds all, a changed size is missed, a file cut
/// short is made again.
fn what_did_not_change_is_found() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let words = |e: std::io::Error| e.to_string();
    let plain = command(here, &["check", "case.toml"])
        .output()
        .map_err(words)?;
    let plain = String::from_utf8_lossy(&plain.stdout).into_owned();
    let check = |case: &str| command(here, &["check", case, "--mesh-cache", "kept/meshes"]);
    let both = [check("case.toml"), check("case.toml")].map(|mut c| c.spawn());
    let mut bodies = 0;
    for one in both {
        let (text, [found, made]) =
            counted(one.and_then(|c| c.wait_with_output()).map_err(words)?)?;
        // One may be so far ahead that the other finds all.
        if text != plain || found + made == 0 {
            return Err(format!("two at once: {found} found, {made} made\n{text}"));
        }
        bodies = found + made;
    }
    let files = list(&here.join("kept/meshes"))?;
    if files.len() != bodies {
        return Err(format!("{bodies} bodies left {files:?}"));
    }
    let again = |case: &str| counted(check(case).output().map_err(words)?);
    if again("case.toml")? != (plain.clone(), [bodies, 0]) {
        return Err("a second check did not find every mesh".to_owned());
    }
    let cut = here.join("kept/meshes").join(&files[0]);
    let bytes = std::fs::read(&cut).map_err(words)?;
    write(&cut, &bytes[..bytes.len() / 2])?;
    if again("case.toml")? != (plain, [bodies - 1, 1])
        || std::fs::read(&cut).map_err(words)? != bytes
    {
        return Err("a file cut short was not made again".to_owned());
    }
    let finer = coarse().replacen("disc_mm = 3.0", "disc_mm = 2.8", 1);
    write(&here.join("finer.toml"), finer)?;
    match again("finer.toml")?.1 {
        [found, made] if found > 0 && made > 0 && found + made == bodies => Ok(()),
        counts => Err(format!("finer discs: {counts:?} of {bodies}")),
    }
}

/// Tables and fields of a run, from meshes made, kept and found.
fn a_run_leaves_the_same_files() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let fused = coarse().replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1);
    write(&here.join("case.toml"), fused)?;
    let run = |out: &str, cache: &str| -> Result<Output, String> {
        let mut run = command(here, &["run", "case.toml", "--no-error-bars", "--out", out]);
        run.env("ENDPLATE_MESH_CACHE", cache);
        run.output().map_err(|e| e.to_string())
    };
    let plain = run("plain", "")?;
    has_words(
        &String::from_utf8_lossy(&plain.stdout),
        &["Verdict:"],
        "run",
    )?;
    let (_, [none, bodies]) = counted(run("made", "meshes")?)?;
    let counts = counted(run("found", "meshes")?)?.1;
    if none != 0 || bodies == 0 || counts != [bodies, 0] {
        return Err(format!("{bodies} made, then {counts:?}"));
    }
    for name in list(&here.join("plain"))? {
        let read = |out: &str| std::fs::read(here.join(out).join(&name)).ok();
        // Reports hold times.
        let timed = name.starts_with("report.");
        if !timed && (read("made") != read("plain") || read("found") != read("plain")) {
            return Err(format!("{name} differs"));
        }
    }
    Ok(())
}

fn no_directory_is_refused() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), coarse())?;
    let arguments = ["check", "case.toml", "--mesh-cache", "case.toml"];
    let output = command(here, &arguments).output();
    let message = refusal(&output.map_err(|e| e.to_string())?, "a file")?;
    has_words(
        &message,
        &["cannot create case.toml", "--mesh-cache DIR"],
        "a file",
    )
}

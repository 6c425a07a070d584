//! The README's commands, each run as it stands in a folder of its own.

use std::path::Path;

use crate::errors::{endplate, folder};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("readme: its commands run", the_short_ones)];

/// Checks that take more than a minute.
pub const LONG_TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("readme: its long commands run", the_long_ones)];

const README: &str = include_str!("../../README.md");

/// Commands that take more than a minute begin with this.
const LONG: &str = "run ";

/// What calls the program in the README.
const CALLS: [&str; 2] = ["cargo run --release -- ", "endplate "];

/// The lines of the README's shell blocks.
fn shell_lines() -> Vec<&'static str> {
    let mut lines = Vec::new();
    let mut language = None;
    for line in README.lines() {
        match (line.strip_prefix("```"), language) {
            (Some(name), None) => language = Some(name),
            (Some(_), Some(_)) => language = None,
            (None, Some("sh" | "console")) if !line.is_empty() => lines.push(line),
            (None, _) => {}
        }
    }
    lines
}

fn commands() -> Result<Vec<&'static str>, String> {
    let mut found = Vec::new();
    for line in shell_lines() {
        match CALLS.iter().find_map(|call| line.strip_prefix(call)) {
            Some(arguments) => found.push(arguments),
            None if line == "cargo test --release" => {}
            None => return Err(format!("not a command of the program: {line}")),
        }
    }
    match found.len() {
        0..4 => Err(format!("only {} commands: {found:?}", found.len())),
        _ => Ok(found),
    }
}

/// Runs a command; files of the repository are found, what it writes goes with the folder.
fn run(command: &str) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = command.split_whitespace().map(|word| {
        match word.starts_with("validation/") || word.starts_with("meshes/") {
            true => root.join(word).display().to_string(),
            false => word.to_owned(),
        }
    });
    let words: Vec<String> = words.collect();
    let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    let folder = folder()?;
    let output = endplate(folder.path(), &arguments)?;
    match output.status.code() {
        Some(0) => Ok(()),
        code => Err(format!(
            "{command}: {code:?}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

fn the_short_ones() -> Result<(), String> {
    let short = commands()?.into_iter().filter(|c| !c.starts_with(LONG));
    short.into_iter().try_for_each(run)
}

fn the_long_ones() -> Result<(), String> {
    let mut long = commands()?.into_iter().filter(|c| c.starts_with(LONG));
    long.try_for_each(run)
}

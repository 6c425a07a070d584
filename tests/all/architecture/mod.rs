//! The order of the house: data flows down every list of modules, no files go round in a circle,
//! and a module with children has one style.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use self::source::House;

mod source;
mod token;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("architecture: data flows one way", data_flows_one_way),
    (
        "architecture: no files use each other in a circle",
        no_files_go_round,
    ),
    (
        "architecture: a module with children is a folder with its mod.rs",
        module_files_have_one_style,
    ),
];

/// The library and the program.
fn houses() -> Result<[House; 2], String> {
    Ok([House::read("lib.rs")?, House::read("main.rs")?])
}

/// A module uses what stands before it in the list it shares with what it uses.
fn data_flows_one_way() -> Result<(), String> {
    let mut wrong = Vec::new();
    for house in houses()? {
        if house.links().count() < 20 {
            return Err("hardly a use found: the check reads nothing".into());
        }
        for (user, used) in house.links() {
            let (from, to) = (house.module(user), house.module(used));
            let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            let (Some(child), Some(other)) = (from.get(shared), to.get(shared)) else {
                continue;
            };
            if house.stands_after(&from[..shared], other, child) {
                let (user, used) = (house.name(user), house.name(used));
                wrong.push(format!(
                    "{user} uses {used}, yet {other} stands after {child}"
                ));
            }
        }
    }
    none_of("flow against the lists of modules", &wrong)
}

fn no_files_go_round() -> Result<(), String> {
    let mut circles = BTreeSet::new();
    for house in houses()? {
        for file in 0..house.len() {
            circles.extend(circle_through(&house, file).map(|c| drawn(&house, &c)));
        }
    }
    let circles: Vec<String> = circles.into_iter().collect();
    none_of("circles of files", &circles)
}

/// The shortest way from a file through what it uses back to itself.
fn circle_through(house: &House, file: usize) -> Option<Vec<usize>> {
    let mut before = vec![None; house.len()];
    let mut ahead = VecDeque::from([file]);
    while let Some(at) = ahead.pop_front() {
        for &next in house.used_by(at) {
            if before[next].is_none() {
                before[next] = Some(at);
                ahead.push_back(next);
            }
        }
    }
    let mut circle = vec![before[file]?];
    while circle[circle.len() - 1] != file {
        circle.push(before[circle[circle.len() - 1]]?);
    }
    circle.reverse();
    Some(circle)
}

/// A circle in words, beginning with the same file wherever it was entered.
fn drawn(house: &House, circle: &[usize]) -> String {
    let mut names: Vec<&str> = circle.iter().map(|file| house.name(*file)).collect();
    let first = (0..names.len()).min_by_key(|k| names[*k]).unwrap_or(0);
    names.rotate_left(first);
    names.push(names[0]);
    names.join(" → ")
}

fn module_files_have_one_style() -> Result<(), String> {
    let mut wrong = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| e.to_string())? {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                let beside = path.with_extension("rs");
                if beside.exists() {
                    wrong.push(format!("{} stands beside its folder", beside.display()));
                }
                folders.push(path);
            }
        }
    }
    none_of("module files in another style", &wrong)
}

fn none_of(what: &str, found: &[String]) -> Result<(), String> {
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!("{what}:\n  {}", found.join("\n  "))),
    }
}

//! Habits of programs that write decks: order of sets, OP, names of elements, what asks for nothing.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use endplate::analysis::AnalysisSettings;
use endplate::deck::print::tables;
use endplate::deck::{Deck, DeckSolution, read_deck, solve_deck};
use endplate::progress::Silent;

use crate::decks::refused;
use crate::errors::{endplate, folder, has_words, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("decks: tables list members as their sets do", listed),
    ("decks: OP=NEW behind what it would undo is refused", mixed),
    (
        "decks: meshio's names of elements are read",
        named_by_meshio,
    ),
    (
        "decks: what changes nothing in Abaqus changes nothing here",
        idle_forms,
    ),
    (
        "command line: a closed or full stream loses no work",
        streams,
    ),
];

/// A cube of one hexahedron of `kind`, pulled along z at its top by 2 a node.
fn cube(kind: &str, more: &str, loads: &str) -> String {
    format!(
        "*NODE, NSET=WRITTEN\n8, 0, 1, 1\n7, 1, 1, 1\n6, 1, 0, 1\n5, 0, 0, 1\n\
         1, 0, 0, 0\n2, 1, 0, 0\n3, 1, 1, 0\n4, 0, 1, 0\n\
         *ELEMENT, TYPE={kind}, ELSET=E\n1, 1, 2, 3, 4, 5, 6, 7, 8\n\
         *MATERIAL, NAME=M\n*ELASTIC\n1000, 0\n*NSET, NSET=TOP\n8, 5, 7, 6\n*NSET, NSET=BOTTOM\n1, 2, 3, 4\n\
         *NSET, NSET=BOTH\nTOP, BOTTOM\n{more}\
         *STEP\n*STATIC\n*BOUNDARY\nBOTTOM, 1, 3\n{loads}*END STEP\n"
    )
}

const SECTION: &str = "*SOLID SECTION, ELSET=E, MATERIAL=M\n";
const PULL: &str = "*CLOAD\nTOP, 3, 2.\n";

fn solved(text: &str) -> Result<(Deck, DeckSolution), String> {
    let dir = folder()?;
    let path = dir.path().join("deck.inp");
    write(&path, text)?;
    let deck = read_deck(&path).map_err(|e| e.to_string())?;
    let solution = solve_deck(&deck, &AnalysisSettings::default(), &Silent);
    let solution = solution.map_err(|e| e.to_string())?;
    Ok((deck, solution))
}

/// Node numbers of the first table of displacements.
fn rows(text: &str) -> Result<Vec<u32>, String> {
    let (deck, solution) = solved(text)?;
    let printed = tables(&deck, &solution);
    let numbers = printed.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let first = words.next()?.parse().ok()?;
        (words.count() == 3).then_some(first)
    });
    Ok(numbers.collect())
}

/// As CalculiX 2.20 prints them.
fn listed() -> Result<(), String> {
    for (set, expected) in [
        ("TOP", &[8, 5, 7, 6][..]),
        ("BOTTOM", &[1, 2, 3, 4]),
        ("BOTH", &[8, 5, 7, 6, 1, 2, 3, 4]),
        ("WRITTEN", &[8, 7, 6, 5, 1, 2, 3, 4]),
    ] {
        let text = cube(
            "C3D8",
            SECTION,
            &format!("{PULL}*NODE PRINT, NSET={set}\nU\n"),
        );
        let found = rows(&text)?;
        if found != expected {
            return Err(format!("{set}: {found:?}"));
        }
    }
    Ok(())
}

/// CalculiX overlooks such an OP, Abaqus refuses it.
fn mixed() -> Result<(), String> {
    for (first, second) in [
        ("*CLOAD\nTOP, 3, -1.\n", "*CLOAD, OP=NEW\nTOP, 1, 2.\n"),
        ("", "*BOUNDARY, OP=NEW\n5, 1, 1, .3\n"),
        ("*DLOAD\nE, P2, 1.\n", "*DLOAD, OP=NEW\nE, P3, 1.\n"),
    ] {
        let text = cube("C3D8", SECTION, &format!("{first}{second}"));
        let keyword = second.split(',').next().unwrap_or_default();
        refused(
            &text,
            &second[..second.find('\n').unwrap_or(0)],
            &["OP=NEW", keyword, "same step"],
        )?;
    }
    // Two of them are one that is new, and one on its first block ends what held before.
    let new = "*CLOAD, OP=NEW\nTOP, 3, -1.\n*CLOAD, OP=NEW\nTOP, 1, 2.\n";
    let (_, solution) = solved(&cube("C3D8", SECTION, new))?;
    let force = solution.steps[0].reaction.force;
    if (force.x + 8.0).abs() > 1e-9 || (force.z - 4.0).abs() > 1e-9 {
        return Err(format!("{force}"));
    }
    Ok(())
}

fn named_by_meshio() -> Result<(), String> {
    let skin = "*ELEMENT, TYPE=R3D3\n11, 1, 2, 3\n*ELEMENT, TYPE=CAX4P\n12, 1, 2, 3, 4\n\
                *ELEMENT, TYPE=B31H\n13, 1, 2\n";
    let usual = solved(&cube("C3D8", SECTION, PULL))?.1;
    let (deck, read) = solved(&cube("C3D8RH", &format!("{skin}{SECTION}"), PULL))?;
    let notes = deck.notes.join("\n");
    has_words(
        &notes,
        &["C3D8RH elements are read as C3D8", "meshio"],
        "C3D8RH",
    )?;
    has_words(&notes, &["R3D3", "CAX4P", "B31H"], "what carries nothing")?;
    match read.steps[0].displacement == usual.steps[0].displacement {
        true => Ok(()),
        false => Err("C3D8RH: not as C3D8".to_owned()),
    }
}

fn idle_forms() -> Result<(), String> {
    let usual = solved(&cube("C3D8", SECTION, PULL))?.1;
    let controls = "*SECTION CONTROLS, NAME=C, HOURGLASS=ENHANCED\n1., 1., 1.\n\
                    *SOLID SECTION, ELSET=E, MATERIAL=M, CONTROLS=C\n";
    let silent =
        format!("{PULL}*El Print, freq=999999\n*Node Print, freq=999999\n*EL PRINT, FREQUENCY=0\n");
    let (_, read) = solved(&cube("C3D8", controls, &silent))?;
    if read.steps[0].displacement != usual.steps[0].displacement {
        return Err("controls and prints change the answer".to_owned());
    }
    for nothing in ["FREQ=0", "FREQUENCY=0"] {
        let asked = format!("{PULL}*NODE PRINT, NSET=TOP, {nothing}\nU\n");
        if !rows(&cube("C3D8", SECTION, &asked))?.is_empty() {
            return Err(format!("{nothing} prints"));
        }
    }
    // Solids have no rotations to tie.
    let body = |key: &str| {
        let more = format!("{SECTION}*NODE\n9, .5, .5, 2.\n*RIGID BODY, REF NODE=9, {key}=TOP\n");
        solved(&cube("C3D8", &more, "*CLOAD\n9, 3, 8.\n9, 1, 1.\n"))
    };
    let usual = body("NSET")?.1;
    for key in ["PIN NSET", "TIE NSET"] {
        if body(key)?.1.steps[0].displacement != usual.steps[0].displacement {
            return Err(format!("{key}: not as NSET"));
        }
    }
    Ok(())
}

/// Runs `solve` with stderr or stdout on a full disk.
fn streams() -> Result<(), String> {
    let dir = folder()?;
    write(&dir.path().join("deck.inp"), cube("C3D8", SECTION, PULL))?;
    let full = || {
        let file = OpenOptions::new().write(true).open("/dev/full");
        file.map(Stdio::from).map_err(|e| e.to_string())
    };
    let run = |out: &str, stdout: Stdio, stderr: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_endplate"));
        let command = command
            .args(["solve", "deck.inp", "--out", out])
            .current_dir(dir.path());
        let status = command.stdout(stdout).stderr(stderr).status();
        status.map(|s| s.code()).map_err(|e| e.to_string())
    };
    if !cfg!(target_os = "linux") {
        // No other system has such a file; what is left is that the usual way works.
        return match endplate(dir.path(), &["solve", "deck.inp", "--out", "out"])?
            .status
            .code()
        {
            Some(0) => Ok(()),
            code => Err(format!("{code:?}")),
        };
    }
    let told = run("told", Stdio::null(), full()?)?;
    if told != Some(0) || !dir.path().join("told/summary.json").is_file() {
        return Err(format!("stderr full: {told:?}"));
    }
    let lost = run("lost", full()?, Stdio::null())?;
    match lost {
        Some(2) => Ok(()),
        code => Err(format!("stdout full: {code:?}")),
    }
}

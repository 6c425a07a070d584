//! What `endplate solve` tells about a deck without refusing it: members that are listed twice,
//! elements on the same nodes.

use std::path::Path;

use endplate::analysis::AnalysisSettings;
use endplate::deck::{Deck, read_deck_from, solve_deck};
use endplate::progress::Silent;
use endplate::tensor::Vec3;

use crate::errors::{endplate, folder, has_words, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("notes: what is listed twice counts once", listed_twice),
    ("notes: elements on the same nodes", same_nodes),
    (
        "notes: on the terminal and in summary.json",
        told_everywhere,
    ),
];

/// A tet10 with unit edges; `model` and `load` are filled in.
fn deck(model: &str, load: &str) -> String {
    format!(
        "*NODE, NSET=NALL\n1, 0, 0, 0\n2, 1, 0, 0\n3, 0, 1, 0\n4, 0, 0, 1\n5, .5, 0, 0\n\
         6, .5, .5, 0\n7, 0, .5, 0\n8, 0, 0, .5\n9, .5, 0, .5\n10, 0, .5, .5\n\
         *ELEMENT, TYPE=C3D10, ELSET=E\n1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10\n{model}\n\
         *MATERIAL, NAME=M\n*ELASTIC\n1000, .3\n*SOLID SECTION, ELSET=E, MATERIAL=M\n\
         *BOUNDARY\n1, 1, 3\n2, 2, 3\n3, 3, 3\n*STEP\n*STATIC\n{load}\n*END STEP\n"
    )
}

fn read(text: String) -> Result<Deck, String> {
    read_deck_from(Path::new("deck.inp"), text).map_err(|e| e.to_string())
}

/// Displacement of node 4, the tip.
fn tip(deck: &Deck) -> Result<Vec3, String> {
    let solution = solve_deck(deck, &AnalysisSettings::default(), &Silent);
    Ok(solution.map_err(|e| e.to_string())?.steps[0].displacement[3])
}

/// With 2 N along x at the tip, and with 5 MPa on face 3: CalculiX 2.20, where each counts once.
const PULLED: [f64; 3] = [0.3912, -0.012, 0.06];
const PRESSED: [f64; 3] = [-0.0505, -0.0505, -0.0195];

const PULL: &str = "*CLOAD\nD, 1, 2";
/// Model, load, displacement, words of the note; no words: no note.
type Case = (
    &'static str,
    &'static str,
    [f64; 3],
    &'static [&'static str],
);
const LISTED: [Case; 11] = [
    ("*NSET, NSET=D\n4", PULL, PULLED, &[]),
    (
        "*NSET, NSET=D\n4, 4",
        PULL,
        PULLED,
        &["deck.inp:14: node set D lists more than once: node 4;"],
    ),
    (
        "*NSET, NSET=D\n4\n*NSET, NSET=D\n4",
        PULL,
        PULLED,
        &["deck.inp:14: node set D"],
    ),
    (
        "*NSET, NSET=D, GENERATE\n4, 4\n4, 4",
        PULL,
        PULLED,
        &["node set D lists more than once: node 4"],
    ),
    (
        "*NSET, NSET=A\n4\n*NSET, NSET=B\n4\n*NSET, NSET=D\nA, B",
        PULL,
        PULLED,
        &["deck.inp:18: node set D lists more than once: node 4"],
    ),
    (
        "*NSET, NSET=A\n1,1,2,2,3,3,4,4,5,5,6,6,7,7\n*NSET, NSET=D\n4",
        PULL,
        PULLED,
        &["node 1, node 2, node 3, node 4, node 5 and 2 more; each"],
    ),
    ("*ELSET, ELSET=F\n1", "*DLOAD\nF, P3, 5", PRESSED, &[]),
    (
        "*ELSET, ELSET=F\n1, 1",
        "*DLOAD\nF, P3, 5",
        PRESSED,
        &["element set F lists more than once: element 1"],
    ),
    (
        "*SURFACE, NAME=SF\n1, S3",
        "*DSLOAD\nSF, P, 5",
        PRESSED,
        &[],
    ),
    (
        "*SURFACE, NAME=SF\n1, S3\nE, S3",
        "*DSLOAD\nSF, P, 5",
        PRESSED,
        &[
            "deck.inp:14: surface SF lists more than once: face S3 of element 1; each counts once, where CalculiX puts forces and pressures on it each time",
        ],
    ),
    (
        "*NSET, NSET=D\n4\n*SURFACE, NAME=SN, TYPE=NODE\nD\n4",
        PULL,
        PULLED,
        &["surface SN lists more than once: node 4; each counts once"],
    ),
];

fn listed_twice() -> Result<(), String> {
    for (model, load, right, words) in LISTED {
        let deck = read(deck(model, load)).map_err(|e| format!("{model}: {e}"))?;
        if deck.notes.len() != usize::from(!words.is_empty()) {
            return Err(format!("{model}: {:?}", deck.notes));
        }
        has_words(&deck.notes.concat(), words, model)?;
        let u = tip(&deck)?;
        // CalculiX prints seven digits.
        if (u - Vec3::from(right)).norm() > 1e-7 {
            return Err(format!("{model}: {u} against {right:?}"));
        }
    }
    Ok(())
}

/// Each element adds its stiffness, as in CalculiX: half the displacement, and a word.
fn same_nodes() -> Result<(), String> {
    let again = "*ELEMENT, TYPE=C3D10, ELSET=E\n12, 2, 3, 1, 4, 6, 7, 5, 9, 10, 8";
    let deck = read(deck(again, "*CLOAD\n4, 1, 2"))?;
    let words = ["deck.inp:15: elements 1 and 12 lie on the same nodes"];
    has_words(&deck.notes.concat(), &words, "notes")?;
    let u = tip(&deck)?;
    match (u - 0.5 * Vec3::from(PULLED)).norm() < 1e-7 {
        true => Ok(()),
        false => Err(format!("{u}")),
    }
}

fn told_everywhere() -> Result<(), String> {
    let dir = folder()?;
    let text = deck("*NSET, NSET=D\n4, 4", "*CLOAD\nD, 1, 2");
    write(&dir.path().join("deck.inp"), text)?;
    let output = endplate(dir.path(), &["solve", "deck.inp", "--out", "o", "--quiet"])?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    has_words(
        &stdout,
        &["note: deck.inp:14: node set D lists more than once: node 4"],
        "terminal",
    )?;
    let summary = std::fs::read_to_string(dir.path().join("o/summary.json"));
    let summary = summary.map_err(|e| e.to_string())?;
    let summary: serde_json::Value = serde_json::from_str(&summary).map_err(|e| e.to_string())?;
    match summary["notes"].as_array().map(Vec::as_slice) {
        Some([note]) if note.as_str().is_some_and(|n| n.contains("deck.inp:14:")) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

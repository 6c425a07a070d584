//! `endplate homogenise` from end to end, and a case that names its file as a material.

use std::path::Path;

use crate::errors::{endplate, folder, has_words, refusal, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("homogenise: files, tables and JSON", files_tables_and_json),
    ("homogenise: bad input is refused", bad_input),
    ("homogenise: a case names the cell as a material", a_case),
];

const T6: &str = include_str!("../../validation/t6-tantalum/case.toml");
const LAW: &str = "law = \"chen-2025-tantalum\"\nporosity_percent = 80.0\n";

fn done(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = endplate(folder, arguments)?;
    match output.status.code() {
        Some(0) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        code => Err(format!(
            "{arguments:?} ends with {code:?}:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// A small cell in `out`.
const SMALL: [&str; 7] = [
    "homogenise",
    "rhombic-dodecahedron",
    "--porosity",
    "45.54",
    "--resolution",
    "12",
    "--quiet",
];

fn files_tables_and_json() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let arguments = [&SMALL[..], &["--out", "out"]].concat();
    let text = done(here, &arguments)?;
    let words = [
        "E [100]",
        "Zener",
        "sample A",
        "paper",
        "secondary source",
        "MPa",
    ];
    has_words(&text, &words, "tables")?;
    let read = |name: &str| std::fs::read(here.join("out").join(name)).map_err(|e| e.to_string());
    let record = read("cell.json")?;
    if !read("modulus.png")?.starts_with(b"\x89PNG") {
        return Err("modulus.png is no PNG".to_owned());
    }
    let svg = String::from_utf8(read("modulus.svg")?).map_err(|e| e.to_string())?;
    has_words(&svg, &["<svg", "MPa", "[110]"], "modulus.svg")?;
    let printed = done(here, &[&SMALL[..], &["--json"]].concat())?;
    let json = |bytes: &[u8]| -> Result<serde_json::Value, String> {
        serde_json::from_slice(bytes).map_err(|e| e.to_string())
    };
    let (file, printed) = (json(&record)?, json(printed.as_bytes())?);
    if file["stiffness_mpa"] != printed["stiffness_mpa"] || !file["stiffness_mpa"][5][5].is_f64() {
        return Err("the file and --json differ".to_owned());
    }
    // Replaced by the same cell, refused by another.
    done(here, &arguments)?;
    let other = ["homogenise", "octet", "--porosity", "60", "--out", "out"];
    let message = refusal(&endplate(here, &other)?, "another cell")?;
    has_words(
        &message,
        &["holds the stiffness of another", "--force"],
        "another cell",
    )
}

fn bad_input() -> Result<(), String> {
    let folder = folder()?;
    let cases: [(&[&str], &[&str]); 8] = [
        (
            &["diamont", "--porosity", "80"],
            &["no unit cell `diamont`", "did you mean `diamond`"],
        ),
        (
            &["bcc", "--porosity", "180"],
            &["porosity 180", "expected", "99.9 %"],
        ),
        (&["bcc"], &["no density is given", "--porosity"]),
        (
            &["bcc", "--porosity", "90", "--resolution", "6"],
            &[
                "cannot be meshed by 6 elements",
                "at least 14",
                "--resolution 14",
            ],
        ),
        (
            &["bcc", "--porosity", "90", "--resolution", "5000"],
            &["GiB may be used", "smaller --resolution"],
        ),
        (
            &["bcc", "--porosity", "90", "--solid", "unobtainium"],
            &["unobtainium", "ti6al4v"],
        ),
        (
            &[
                "bcc",
                "--porosity",
                "90",
                "--youngs-modulus-mpa",
                "-1",
                "--poisson-ratio",
                "0.3",
            ],
            &[],
        ),
        (
            &["bcc", "--porosity", "90", "--strut-mm", "0.3"],
            &["cannot be used with"],
        ),
    ];
    for (arguments, words) in cases {
        let what = format!("{arguments:?}");
        let arguments = [&["homogenise"], arguments].concat();
        let message = refusal(&endplate(folder.path(), &arguments)?, &what)?;
        has_words(&message, words, &what)?;
    }
    Ok(())
}

fn a_case() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    done(here, &[&SMALL[..], &["--out", "."]].concat())?;
    if !T6.contains(LAW) {
        return Err("the T6 case has changed: this test replaces its material".to_owned());
    }
    let material = "law = \"homogenised\"\nfile = \"cell.json\"\nknock_down = 0.11\n";
    let case = endplate::case::Case::from_text(&here.join("case.toml"), with(material))
        .map_err(|e| e.to_string())?;
    let ready = endplate::material::ready::resolve(&case, None).map_err(|e| e.to_string())?;
    let ready = ready
        .iter()
        .find(|m| m.name == "porous tantalum")
        .ok_or("no such material")?;
    let file = std::fs::read(here.join("cell.json")).map_err(|e| e.to_string())?;
    let record: serde_json::Value = serde_json::from_slice(&file).map_err(|e| e.to_string())?;
    for i in 0..6 {
        for j in 0..6 {
            let ideal = record["stiffness_mpa"][i][j].as_f64().ok_or("no number")?;
            let used = ready.elasticity.0[(i, j)];
            if (used - 0.11 * ideal).abs() > 1e-9 * used.abs() {
                return Err(format!("C{i}{j} is {used}, expected 0.11 of {ideal}"));
            }
        }
    }
    let source = &ready.record.source.citation;
    has_words(source, &["cell.json", "SHA-256"], "provenance")?;
    let knock_down = ready
        .record
        .parameters
        .iter()
        .find(|p| p.key == "knock_down");
    if knock_down.map(|p| p.value) != Some(0.11) {
        return Err("the report does not print the knock-down".to_owned());
    }
    bad_files(here, record)
}

/// The T6 case with another material for its cage.
fn with(material: &str) -> String {
    T6.replacen(LAW, material, 1)
}

/// What a case says of files that are no cells, of knock-downs and keys beside them.
fn bad_files(here: &Path, record: serde_json::Value) -> Result<(), String> {
    let refused = |material: &str, at: &str, words: &[&str]| -> Result<(), String> {
        let text = with(material);
        write(&here.join("case.toml"), &text)?;
        let line = text
            .lines()
            .position(|l| l.contains(at))
            .map_or(0, |l| l + 1);
        let message = refusal(&endplate(here, &["check", "case.toml"])?, material)?;
        has_words(&message, &[&format!("--> case.toml:{line}:")], material)?;
        has_words(&message, words, material)
    };
    const NAMED: &str = "law = \"homogenised\"\nfile = \"FILE\"\nknock_down = 0.11\n";
    refused(
        "law = \"homogenised\"\nfile = \"cell.json\"\n",
        "[[material]]",
        &["knock_down", "0.11 to 0.24"],
    )?;
    refused(
        "law = \"homogenised\"\nfile = \"cell.json\"\nknock_down = 1.5\n",
        "knock_down",
        &["1.5", "1"],
    )?;
    refused(
        &NAMED.replace("FILE", "absent.json"),
        "absent.json",
        &["no such file"],
    )?;
    write(&here.join("broken.json"), "{")?;
    refused(
        &NAMED.replace("FILE", "broken.json"),
        "broken.json",
        &["is not JSON"],
    )?;
    write(&here.join("other.json"), "{\"kind\": \"recipe\"}")?;
    refused(
        &NAMED.replace("FILE", "other.json"),
        "other.json",
        &["not the file of a unit cell"],
    )?;
    let mut bent = record;
    bent["stiffness_mpa"][0][0] = serde_json::json!(-1.0);
    write(&here.join("bent.json"), bent.to_string())?;
    refused(
        &NAMED.replace("FILE", "bent.json"),
        "bent.json",
        &["positive definite"],
    )?;
    refused(
        "law = \"homogenised\"\nfile = \"cell.json\"\nknock_down = 0.11\nporosity_percent = 80.0\n",
        "porosity_percent",
        &["does not use `porosity_percent`"],
    )
}

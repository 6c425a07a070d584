//! Broken input that shows only when bodies are made: surfaces that cannot be used, and parts that
//! do not fit each other in space. Each ends with code 2 and points at its line of the case.

use std::path::Path;

use endplate::geometry::mend::mended;
use endplate::geometry::surface_file::{LengthUnit, read_surface};
use endplate::tensor::Vec3;

use crate::errors::{Broken, broken, endplate, folder, has_words, refusal, refused, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("errors: files of surfaces", files),
    ("errors: shapes of surfaces", shapes),
    ("errors: winding is mended and told", winding_is_mended),
    (
        "errors: a surface in metres is read in metres",
        metres_are_metres,
    ),
    (
        "errors: measured and made vertebrae do not mix",
        measured_among_made,
    ),
    ("errors: models that do not fit in space", misfits),
    (
        "errors: a refused run leaves nothing behind",
        a_refused_run_leaves_nothing,
    ),
];

/// Two measured vertebrae and their disc; line 11 names the first one's surface.
const CASE: &str = r#"format = 1
title = "measured"
states = ["intact"]

[surfaces]
unit = "mm"
axes = { anterior = "-y", left = "+x", cranial = "+z" }

[[vertebra]]
name = "A"
surface = "broken.stl"

[[vertebra]]
name = "B"
surface = "ball.stl"

[[disc]]
name = "A-B"
between = ["A", "B"]
surface = "ball.stl"

[loads]
preset = "thoracic"
loaded_face = "A.superior_endplate"

[support]
clamped = "B.inferior_endplate"
"#;

const BALL: &[u8] = include_bytes!("../../meshes/ball.stl");

type Triangle = [[f32; 3]; 3];

/// The triangles of a ball of 12 mm.
fn ball() -> Vec<Triangle> {
    let number = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let corner = |b: &[u8]| [0, 4, 8].map(|at| number(&b[at..]));
    // After a title and a count, fifty bytes each: a normal, three corners, two bytes for nothing.
    let rows = BALL[84..].chunks_exact(50);
    rows.map(|row| [12, 24, 36].map(|at| corner(&row[at..])))
        .collect()
}

/// A binary STL file that says it holds `count` triangles.
fn stl(count: u32, triangles: &[Triangle]) -> Vec<u8> {
    let mut bytes = vec![0; 80];
    bytes.extend(count.to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        for x in triangle.iter().flatten() {
            bytes.extend(x.to_le_bytes());
        }
        bytes.extend([0; 2]);
    }
    bytes
}

fn whole_stl(triangles: &[Triangle]) -> Vec<u8> {
    stl(triangles.len() as u32, triangles)
}

fn in_metres(triangles: &[Triangle]) -> Vec<Triangle> {
    let scaled = |t: &Triangle| t.map(|p| p.map(|x| 1e-3 * x));
    triangles.iter().map(scaled).collect()
}

/// The message of a check of [`CASE`] whose first surface has these bytes.
fn message_for(bytes: &[u8], what: &str) -> Result<String, String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), CASE)?;
    write(&here.join("ball.stl"), BALL)?;
    write(&here.join("broken.stl"), bytes)?;
    refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, what)
}

/// What a file is, its bytes, words of the message.
type Refused = (&'static str, Vec<u8>, &'static [&'static str]);

fn refused_surfaces(table: Vec<Refused>) -> Result<(), String> {
    for (what, bytes, words) in table {
        let message = message_for(&bytes, what)?;
        let place = ["--> case.toml:11:", "surface", "broken.stl"];
        has_words(&message, &place, what)?;
        has_words(&message, words, what)?;
    }
    Ok(())
}

fn files() -> Result<(), String> {
    let sound = ball();
    let mut not_a_number = sound.clone();
    not_a_number[7][1][2] = f32::NAN;
    refused_surfaces(vec![
        (
            "not an STL file",
            b"<html>404 not found</html>".to_vec(),
            &["expected"],
        ),
        ("an empty file", Vec::new(), &["expected"]),
        ("no triangles", stl(0, &[]), &["no triangles"]),
        (
            "a file cut short",
            stl(sound.len() as u32, &sound[..5]),
            &["expected"],
        ),
        (
            "a coordinate that is no number",
            whole_stl(&not_a_number),
            &["finite"],
        ),
        (
            "an ASCII file with a word for a number",
            b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 zero\nendloop\nendfacet\nendsolid"
                .to_vec(),
            &["line 4", "zero"],
        ),
    ])
}

fn shapes() -> Result<(), String> {
    refused_surfaces(vec![
        (
            "metres taken for millimetres",
            whole_stl(&in_metres(&ball())),
            &["expected 2 to 600 mm", "its unit would fit m"],
        ),
        (
            "half a ball",
            include_bytes!("../../meshes/open.stl").to_vec(),
            &["inside cannot be told", "open edges", "look at triangles"],
        ),
        (
            "a ball, which is no vertebra",
            BALL.to_vec(),
            &["no spinal canal found in A"],
        ),
    ])
}

/// However a closed surface is wound, it is the same ball, and what was turned is told.
fn winding_is_mended() -> Result<(), String> {
    let mut every_other = ball();
    for triangle in every_other.iter_mut().step_by(2) {
        triangle.swap(1, 2);
    }
    let count = every_other.len();
    let table: [(&str, Vec<u8>, String); 2] = [
        (
            "inside out",
            include_bytes!("../../meshes/inside-out.stl").to_vec(),
            "inside out: 0, 1, 2, 3, 4, 5, …".to_owned(),
        ),
        (
            "every other triangle turned over",
            whole_stl(&every_other),
            format!("{} triangles wound against the neighbours", count / 2),
        ),
    ];
    for (what, bytes, words) in table {
        let folder = folder()?;
        let path = folder.path().join("ball.stl");
        write(&path, bytes)?;
        let surface = read_surface(&path, LengthUnit::Millimetre).map_err(|e| e.to_string())?;
        let mended = mended(surface).map_err(|e| format!("{what}: {e}"))?;
        let told = mended.account.sentence().unwrap_or_default();
        has_words(&told, &[&words, "Done: turned"], what)?;
        let triangles = ball();
        let sound = triangles.iter().map(|corners| {
            let [a, b, c] = corners.map(|p| Vec3::from(p.map(f64::from)));
            a.dot(&b.cross(&c)) / 6.0
        });
        let volume: f64 = sound.sum();
        if (mended.surface.volume() / volume - 1.0).abs() > 1e-9 {
            return Err(format!("{what}: {} mm³", mended.surface.volume()));
        }
    }
    Ok(())
}

/// The same ball in metres is no vertebra either, but not for its size.
fn metres_are_metres() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let text = CASE.replacen("broken.stl\"", "broken.stl\"\nunit = \"m\"", 1);
    write(&here.join("case.toml"), text)?;
    write(&here.join("ball.stl"), BALL)?;
    write(&here.join("broken.stl"), whole_stl(&in_metres(&ball())))?;
    let message = refusal(&endplate(here, &["check", "case.toml"])?, "metres")?;
    has_words(&message, &["no spinal canal found in A"], "metres")
}

fn measured_among_made() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let text = CASE
        .replacen("surface = \"ball.stl\"", "level = \"T6\"", 1)
        .replacen(
            "surface = \"broken.stl\"",
            "level = \"T5\"\nsurface = \"ball.stl\"",
            1,
        );
    write(&here.join("case.toml"), text)?;
    write(&here.join("ball.stl"), BALL)?;
    let message = refusal(&endplate(here, &["check", "case.toml"])?, "mixed")?;
    let words = ["--> case.toml:14:", "one is parametric, the other measured"];
    has_words(&message, &words, "mixed")
}

/// The T6 case with one number that no part of the file forbids.
const MISFITS: &[Broken] = &[
    broken(
        "height_mm = 25.0",
        "height_mm = 60.0",
        "height_mm = 60.0",
        &[
            "push the vertebrae apart",
            "at most 5 mm",
            "height = \"fit\"",
        ],
    ),
    broken(
        "height_mm = 25.0",
        "height_mm = 12.0",
        "height_mm = 12.0",
        &["let the vertebra above sink", "at most 5 mm", "fits"],
    ),
    broken(
        "diameter_mm = 15.0",
        "diameter_mm = 45.0",
        "diameter_mm = 45.0",
        &["do not lie on the endplates", "as large as a circle"],
    ),
    broken(
        "angle_deg = 45.0",
        "angle_deg = 75.0",
        "angle_deg = 75.0",
        &["does not enter through the side", "at 75°"],
    ),
    broken(
        "implant_mm = 1.",
        "implant_mm = 0.1",
        "[mesh]",
        &["million elements", "at most 5 million"],
    ),
    broken(
        "kind = \"default\"",
        "kind = \"default\"\nbetween = [\"T5\", \"T6\"]  # rods",
        "between = [\"T5\", \"T6\"]  # rods",
        &["the rods hold T6, which is resected"],
    ),
];

fn misfits() -> Result<(), String> {
    refused(MISFITS)
}

fn a_refused_run_leaves_nothing() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), CASE)?;
    write(&here.join("ball.stl"), BALL)?;
    write(&here.join("broken.stl"), "not a surface")?;
    let arguments = ["run", "case.toml", "--out", "out"];
    let message = refusal(&endplate(here, &arguments)?, "run")?;
    has_words(&message, &["--> case.toml:11:"], "run")?;
    let left = list(&here.join("out"))?;
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("left behind: {left:?}"))
}

/// The names in a folder, sorted.
pub fn list(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

//! What is said and done about surface files of vertebrae: holes small and wide, bodies there
//! twice, bodies in the wrong place. The files are the program's own made vertebrae, polygonised.

use std::path::Path;

use endplate::anatomy::Level;
use endplate::anatomy::column::stack;
use endplate::anatomy::disc::Disc;
use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::primitive::Sphere;
use endplate::geometry::{Field, SizeField};
use endplate::tensor::Point;

use crate::errors::{endplate, folder, has_words, refusal, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    (
        "surface files: a small hole is closed and told",
        a_small_hole_is_closed_and_told,
    ),
    (
        "surface files: what cannot be mended is refused at its file",
        what_cannot_be_mended_is_refused_at_its_file,
    ),
    (
        "surface files: vertebrae in each other or in the wrong order are told so",
        vertebrae_in_each_other,
    ),
    (
        "surface files: a bone in the wrong unit is asked about",
        a_bone_in_inches,
    ),
    (
        "surface files: a loose piece and a second bone are told apart",
        more_than_one_part,
    ),
    (
        "surface files: a disc too thin for its edges is meshed finer and told",
        a_thin_disc_is_meshed_finer,
    ),
];

/// Line 12 names T5's surface, line 17 that of T6, line 22 the disc's.
pub const CASE: &str = r#"format = 1
title = "measured"
states = ["intact"]

[surfaces]
unit = "mm"
axes = { anterior = "+x", left = "+y", cranial = "+z" }

[[vertebra]]
name = "T5"
level = "T5"
surface = "t5.stl"

[[vertebra]]
name = "T6"
level = "T6"
surface = "t6.stl"

[[disc]]
name = "T5-T6"
between = ["T5", "T6"]
surface = "disc.stl"

[loads]
preset = "thoracic"
loaded_face = "T5.superior_endplate"

[support]
clamped = "T6.inferior_endplate"

[mesh]
bone_mm = 8.0
endplate_mm = 4.0
disc_mm = 2.5
"#;

/// The corners of a triangle, mm.
pub type Triangle = [Point; 3];

/// T5, T6 and the disc between them as triangles.
pub fn spine() -> Result<[Vec<Triangle>; 3], String> {
    let made = stack(&[Level::T5, Level::T6], &[Some(4.0)]).map_err(|e| e.to_string())?;
    let disc = Disc::parametric(&made[0], &made[1]).map_err(|e| e.to_string())?;
    let triangles = |field: &dyn Field| {
        let settings = PolygoniseSettings::default();
        let surface = polygonise(field, &SizeField::uniform(1.5), &settings);
        let surface = surface.map_err(|e| e.to_string())?;
        Ok::<_, String>(
            (0..surface.triangles.len())
                .map(|t| surface.corners(t))
                .collect(),
        )
    };
    Ok([
        triangles(made[0].as_ref())?,
        triangles(made[1].as_ref())?,
        triangles(disc.field().as_ref())?,
    ])
}

/// A binary STL file.
pub fn stl(triangles: &[Triangle]) -> Vec<u8> {
    let mut bytes = vec![0; 80];
    bytes.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        for x in triangle.iter().flat_map(|p| p.coords.iter()) {
            bytes.extend((*x as f32).to_le_bytes());
        }
        bytes.extend([0; 2]);
    }
    bytes
}

/// The triangles elsewhere, mm.
pub fn moved(triangles: &[Triangle], by: [f64; 3]) -> Vec<Triangle> {
    let by = endplate::tensor::Vec3::from(by);
    triangles.iter().map(|t| t.map(|p| p + by)).collect()
}

/// The triangles without those whose middle is within `radius` mm of the foremost corner, on the front of
/// the body.
fn with_hole(triangles: &[Triangle], radius: f64) -> Vec<Triangle> {
    let corners = triangles.iter().flatten();
    let foremost = corners.max_by(|a, b| a.x.total_cmp(&b.x));
    let front = foremost.copied().unwrap_or_else(Point::origin);
    let far = |[a, b, c]: &Triangle| {
        (Point::from((a.coords + b.coords + c.coords) / 3.0) - front).norm() > radius
    };
    triangles.iter().copied().filter(|t| far(t)).collect()
}

/// Writes a case and its three files.
pub fn lay_out(here: &Path, text: &str, [t5, t6, disc]: [&[Triangle]; 3]) -> Result<(), String> {
    write(&here.join("case.toml"), text)?;
    write(&here.join("t5.stl"), stl(t5))?;
    write(&here.join("t6.stl"), stl(t6))?;
    write(&here.join("disc.stl"), stl(disc))
}

/// The whole of `check` with one triangle of T5 missing: it ends well, tells the hole while it
/// works and in what it prints, and names the other files sound.
fn a_small_hole_is_closed_and_told() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let mut open = t5.clone();
    open.remove(100);
    let folder = folder()?;
    let here = folder.path();
    lay_out(here, CASE, [&open, &t6, &disc])?;
    let output = endplate(here, &["check", "case.toml"])?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(0) {
        return Err(format!("{:?}\n{told}", output.status.code()));
    }
    let words = ["a hole of 3 edges", "1 hole closed flat"];
    has_words(&told, &words, "progress")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    has_words(&text, &["Surface files"], "check")?;
    has_words(&text, &words, "check")?;
    has_words(&text, &["T6: ", "triangles: sound"], "check")
}

fn what_cannot_be_mended_is_refused_at_its_file() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let twice = [t5.clone(), moved(&t5, [3.0, 2.0, 1.0])].concat();
    let inches: Vec<Triangle> = t5
        .iter()
        .map(|t| t.map(|p| Point::from(p.coords * 25.4)))
        .collect();
    let wide = with_hole(&t5, 4.0);
    let table: [(&str, &[Triangle], &[&str]); 3] = [
        (
            "a hole 8 mm wide",
            &wide,
            &["has a hole", "at most 4 mm is closed", "at triangles ["],
        ),
        (
            "there twice",
            &twice,
            &["lies over itself", "enclosed twice", "2 connected parts"],
        ),
        (
            "scaled by 25.4",
            &inches,
            &["expected 2 to 600 mm", "scaled twice"],
        ),
    ];
    for (what, broken, words) in table {
        let folder = folder()?;
        let here = folder.path();
        lay_out(here, CASE, [broken, &t6, &disc])?;
        let message = refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, what)?;
        has_words(&message, &["--> case.toml:12:"], what)?;
        has_words(&message, words, what)?;
        if message.matches("t5.stl:").count() != 1 {
            return Err(format!("{what}: the file is not named once\n{message}"));
        }
    }
    Ok(())
}

fn vertebrae_in_each_other() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let folder = folder()?;
    let here = folder.path();
    let low = moved(&t5, [0.0, 0.0, -12.0]);
    lay_out(here, CASE, [&low, &t6, &disc])?;
    let message = refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, "low")?;
    let words = [
        "--> case.toml:12:",
        "the endplate of T5 lies caudal",
        "listed from the top down",
    ];
    has_words(&message, &words, "low")?;

    let turned = CASE
        .replace("level = \"T5\"", "level = \"T8\"")
        .replace("name = \"T5\"", "name = \"T5\" # first");
    lay_out(here, &turned, [&t5, &t6, &disc])?;
    let message = refusal(
        &endplate(here, &["check", "case.toml", "--quiet"])?,
        "order",
    )?;
    let words = [
        "--> case.toml:14:",
        "vertebra \"T6\" is T6, but is listed below \"T5\", which is T8",
        "from the top down",
    ];
    has_words(&message, &words, "order")
}

/// 1/25.4 of the size: asked whether the unit is inch, and not asked where the case accepts it.
fn a_bone_in_inches() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let small: Vec<Triangle> = t5
        .iter()
        .map(|t| t.map(|p| Point::from(p.coords / 25.4)))
        .collect();
    let folder = folder()?;
    let here = folder.path();
    let check = |what: &str| refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, what);
    lay_out(here, CASE, [&small, &t6, &disc])?;
    let words = [
        "--> case.toml:12:",
        "read in mm, is not that of a T5",
        "is its unit inch?",
        "accept = [\"size\"]",
    ];
    has_words(&check("inches")?, &words, "inches")?;
    let accepted = CASE.replacen(
        "surface = \"t5.stl\"",
        "surface = \"t5.stl\"\naccept = [\"size\"]",
        1,
    );
    lay_out(here, &accepted, [&small, &t6, &disc])?;
    match check("accepted")? {
        asked if asked.contains("is its unit") => Err(format!("asked again: {asked}")),
        _ => Ok(()),
    }
}

/// T5 with a piece of bone beside it, and with T6 in its file: both refused, each as what it is.
fn more_than_one_part() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let sphere = Sphere::new(Point::new(0.0, 60.0, 0.0), 7.0).map_err(|e| e.to_string())?;
    let settings = PolygoniseSettings::default();
    let piece = polygonise(&sphere, &SizeField::uniform(1.5), &settings);
    let piece = piece.map_err(|e| e.to_string())?;
    let piece: Vec<Triangle> = (0..piece.triangles.len())
        .map(|t| piece.corners(t))
        .collect();
    let table: [(&str, Vec<Triangle>, &[&str]); 2] = [
        (
            "a loose piece",
            [t5.clone(), piece].concat(),
            &[
                "a loose piece of 1",
                "about (0, 60, 0) mm",
                "leave it out of the file",
            ],
        ),
        (
            "two bones",
            [t5.clone(), t6.clone()].concat(),
            &[
                "it holds 2 bodies that touch nowhere",
                "a vertebra is one",
                "a file of its own",
            ],
        ),
    ];
    for (what, triangles, words) in table {
        let folder = folder()?;
        let here = folder.path();
        lay_out(here, CASE, [&triangles, &t6, &disc])?;
        let message = refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, what)?;
        has_words(&message, &["--> case.toml:12:"], what)?;
        has_words(&message, words, what)?;
    }
    Ok(())
}

fn a_thin_disc_is_meshed_finer() -> Result<(), String> {
    let text = include_str!("../../validation/t6-tantalum/case.toml");
    let text: String = text
        .lines()
        .map(|line| match line.split(" = ").next().unwrap_or_default() {
            "disc_mm" => "disc_mm = 20.0\n".to_owned(),
            "bone_mm" => "bone_mm = 8.0\n".to_owned(),
            "endplate_mm" => "endplate_mm = 4.0\n".to_owned(),
            _ => format!("{line}\n"),
        })
        .collect();
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), &text)?;
    let output = endplate(here, &["check", "case.toml", "--quiet"])?;
    if output.status.code() != Some(0) {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{:?}\n{told}", output.status.code()));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = [
        "is meshed with edges 0.",
        "times as long as [mesh] asks for",
    ];
    has_words(&text, &words, "thin")
}

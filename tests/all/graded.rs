//! Porosity that changes from place to place: bad input by its place, and a run from case file to
//! the printer's table.

use std::path::Path;

use serde_json::Value;

use crate::errors::{Broken, broken, endplate, folder, has_words, refusal, refused, write};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("errors: porosity by place", porosity),
    ("errors: lattices to be printed", lattices),
    ("errors: porosity grids", grids),
    (
        "graded: a porosity that is the same everywhere changes nothing",
        constant_is_uniform,
    ),
    (
        "graded: a run from file to the printer's table",
        run_to_the_printer,
    ),
];

const CASE: &str = include_str!("../../validation/t6-tantalum/case.toml");
const UNIFORM: &str = "porosity_percent = 80.0";

const POROSITY: &[Broken] = &[
    broken(
        UNIFORM,
        "porosity = { by = \"hight\", points_mm = [0.0, 5.0], percent = [60.0, 80.0] }",
        "hight",
        &[
            "\"hight\"",
            "did you mean `height`?",
            "endplate-distance, grid",
        ],
    ),
    broken(
        UNIFORM,
        "porosity = { points_mm = [0.0, 5.0], percent = [60.0, 80.0] }",
        "porosity =",
        &["needs `by`", "for example"],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"radius\", points_mm = [0.0, 5.0], percent = [60.0, 70.0, 80.0] }",
        "porosity =",
        &[
            "`percent` is a list of 3",
            "2 numbers, one for each of `points_mm`",
        ],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"height\", points_mm = [0.0, 5.0, 5.0], percent = [60.0, 70.0, 80.0] }",
        "porosity =",
        &[
            "`points_mm[2]` is 5 mm",
            "more than the 5 mm before it",
            "from the smallest",
        ],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"height\", points_mm = [0.0, 5.0], percent = [60.0, 92.0] }",
        "porosity =",
        &[
            "`percent[1]` is 92 %",
            "45.54 to 88.02 %",
            "not extrapolated",
        ],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"height\", points_mm = [3.0], percent = [60.0] }",
        "porosity =",
        &["`points_mm` is a list of 1", "at least 2 numbers in mm"],
    ),
    broken(
        UNIFORM,
        "porosity_percent = 80.0\nporosity = { by = \"height\", points_mm = [0.0, 5.0], percent = [60.0, 80.0] }",
        "porosity =",
        &["`porosity_percent` and `porosity` exclude each other"],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"grid\", points_mm = [0.0, 5.0] }",
        "porosity =",
        &[
            "by \"grid\" does not use `points_mm`",
            "it uses file, frame, outside",
        ],
    ),
    broken(
        UNIFORM,
        "porosity = 80.0",
        "porosity =",
        &["`porosity` names no unit", "`porosity_percent` (%)"],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"height\", points_mm = [0.0, 5.0], percent = [60.0, 80.0] }\nstrength_mpa = 8.0",
        "strength_mpa",
        &["one `strength_mpa` cannot hold", "leave it out"],
    ),
    broken(
        UNIFORM,
        "porosity = { by = \"height\", points_mm = [0.0, 5.0], percent = [60.0, 80.0] }\n\n[[graft]]\nname = \"chips\"\nend = \"superior\"\nmaterial = \"porous tantalum\" # chips",
        "# chips",
        &[
            "only the implant can be of graded porosity",
            "`porosity_percent`",
        ],
    ),
];

fn porosity() -> Result<(), String> {
    refused(POROSITY)
}

const LATTICES: &[Broken] = &[
    broken(
        UNIFORM,
        "porosity_percent = 80.0\nlattice = { cell = \"rhombic-dodecahedron\", cell_mm = 20.0 }",
        "lattice =",
        &["no cell of 20.00 mm", "smaller cells"],
    ),
    broken(
        UNIFORM,
        "porosity_percent = 46.0\nlattice = { cell = \"kelvin\", cell_mm = 1.5 }",
        "lattice =",
        &[
            "no lattice can be printed at 46.00 % porosity",
            "open windows",
            "50.03 %",
        ],
    ),
    broken(
        UNIFORM,
        "porosity_percent = 80.0\nlattice = { cell = \"octett\", cell_mm = 1.5 }",
        "lattice =",
        &[
            "no unit cell \"octett\"",
            "did you mean `octet`?",
            "rhombic-dodecahedron",
        ],
    ),
    broken(
        UNIFORM,
        "porosity_percent = 80.0\nlattice = { cell = \"octet\" }",
        "lattice =",
        &["needs `cell_mm`", "or `strut_mm`"],
    ),
    broken(
        UNIFORM,
        "porosity_percent = 80.0\nlattice = { cell = \"octet\", cell_mm = 1.5, strut_mm = 0.3 }",
        "lattice =",
        &["`cell_mm` and `strut_mm` exclude each other"],
    ),
    broken(
        "law = \"chen-2025-tantalum\"\nporosity_percent = 80.0",
        "law = \"isotropic\"\nyoungs_modulus_mpa = 600.0\npoisson_ratio = 0.3\nlattice = { cell = \"octet\", cell_mm = 1.5 }",
        "lattice =",
        &["\"isotropic\" does not use `lattice`"],
    ),
];

fn lattices() -> Result<(), String> {
    refused(LATTICES)
}

/// A grid over the whole cage, rows x-first, porosity 75 − 0.4 |z − 12.5|.
fn grid(half: f64) -> Vec<String> {
    let mut lines = vec!["x_mm,y_mm,z_mm,porosity_percent".to_owned()];
    for z in [-4.0, 12.5, 30.0] {
        for y in [-half, half] {
            for x in [-half, half] {
                lines.push(format!("{x},{y},{z},{}", 75.0 - 0.4 * f64::abs(z - 12.5)));
            }
        }
    }
    lines
}

/// What, the line of the grid that is broken, what stands there, words of the message.
const BROKEN_LINES: [(&str, usize, &str, &[&str]); 4] = [
    (
        "a bad line",
        4,
        "1,2,3,dense",
        &["grid.csv: line 4:", "four numbers"],
    ),
    (
        "bad columns",
        1,
        "x,y,z,p",
        &["line 1: the columns are \"x,y,z,p\""],
    ),
    (
        "a porosity out of range",
        3,
        "8,-8,-4,95",
        &["line 3: porosity 95 %", "45.54 to 88.02"],
    ),
    (
        "scattered nodes",
        13,
        "7,8,30,70",
        &["the grid is not regular", "is not among them"],
    ),
];

fn grids() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let by_grid = "porosity = { by = \"grid\", file = \"grid.csv\", frame = \"implant\" } # grid";
    let text = coarse().replacen(UNIFORM, by_grid, 1);
    let line = text
        .lines()
        .position(|l| l.contains("# grid"))
        .map_or(0, |l| l + 1);
    let place = format!("--> case.toml:{line}:");
    let nameless = text.replacen(", frame = \"implant\"", "", 1);
    write(&here.join("case.toml"), nameless)?;
    let refuse = |what: &str, words: &[&str]| {
        let output = endplate(here, &["check", "case.toml", "--quiet"])?;
        let message = refusal(&output, what)?;
        has_words(&message, &[&place], what)?;
        has_words(&message, words, what)
    };
    refuse("no frame", &["needs `frame`", "\"program\""])?;
    write(&here.join("case.toml"), &text)?;
    refuse(
        "no file",
        &["grid.csv: no such porosity file", "beside the case file"],
    )?;
    for (what, number, text, words) in BROKEN_LINES {
        let mut lines = grid(8.0);
        text.clone_into(&mut lines[number - 1]);
        write(&here.join("grid.csv"), lines.join("\n"))?;
        refuse(what, words)?;
    }
    write(&here.join("grid.csv"), grid(5.0).join("\n"))?;
    let words = [
        "the grid spans x -5.00 to 5.00",
        "the implant x -7.5",
        "outside = \"nearest\"",
    ];
    refuse("a grid that is too small", &words)?;
    let nearest = text.replacen("\"implant\" }", "\"implant\", outside = \"nearest\" }", 1);
    write(&here.join("case.toml"), nearest)?;
    let output = endplate(here, &["check", "case.toml", "--quiet"])?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.code() != Some(0) {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("a clamped grid: {why}"));
    }
    let words = ["porosity from grid.csv in the implant's frame"];
    has_words(&said, &words, "check")
}

/// The T6 case's fused state on a mesh that solves in seconds.
fn coarse() -> String {
    let sizes = [
        "bone_mm = 7.0",
        "endplate_mm = 3.0",
        "implant_mm = 2.5",
        "disc_mm = 3.0",
        "resected_mm = 7.0",
    ];
    let line = |line: &str| {
        let key = line.split('=').next().unwrap_or_default();
        let own = sizes.iter().find(|s| s.starts_with(key) && !key.is_empty());
        own.map_or(line, |s| s).to_owned() + "\n"
    };
    let text: String = CASE.lines().map(line).collect();
    text.replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1)
}

fn run(here: &Path, text: &str, options: &[&str]) -> Result<Value, String> {
    write(&here.join("case.toml"), text)?;
    let run = ["run", "case.toml", "--out", "out", "--quiet", "--force"];
    let output = endplate(here, &[&run, options].concat())?;
    if output.status.code() != Some(0) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_str(&read(here, "report.json")?).map_err(|e| e.to_string())
}

fn read(here: &Path, file: &str) -> Result<String, String> {
    std::fs::read_to_string(here.join("out").join(file)).map_err(|e| format!("{file}: {e}"))
}

fn constant_is_uniform() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let uniform = run(here, &coarse(), &[])?;
    let tables = [
        "endplates.csv",
        "subsidence.csv",
        "fixation.csv",
        "load_sharing.csv",
    ];
    let before = tables.map(|t| read(here, t));
    let constant = "porosity = { by = \"height\", points_mm = [0.0, 9.0], percent = [80.0, 80.0] }";
    let graded = run(here, &coarse().replacen(UNIFORM, constant, 1), &[])?;
    for (table, before) in tables.into_iter().zip(before) {
        if read(here, table)? != before? {
            return Err(format!("{table} differs"));
        }
    }
    let rows = |report: &Value| report["findings"]["implant"].as_array().cloned();
    let (uniform, graded) = (
        rows(&uniform).ok_or("no rows")?,
        rows(&graded).ok_or("no rows")?,
    );
    if uniform.is_empty() || uniform.len() != graded.len() {
        return Err(format!("{} and {} rows", uniform.len(), graded.len()));
    }
    for (a, b) in uniform.iter().zip(&graded) {
        for key in ["stress_mpa", "strength_mpa", "safety_factor"] {
            let [a, b] = [a, b].map(|r| r[key].as_f64().unwrap_or(f64::NAN));
            // One law at one density; its density is 1 − p/100 either way, to rounding.
            let off = (a / b - 1.0).abs();
            if off.is_nan() || off > 1e-12 {
                return Err(format!("{key}: {a} and {b}"));
            }
        }
    }
    Ok(())
}

fn run_to_the_printer() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let graded = "porosity = { by = \"height\", points_mm = [4.0, 16.0], percent = [60.0, 84.0] }\n\
                  lattice = { cell = \"rhombic-dodecahedron\", strut_mm = 0.3, min_window_mm = 0.5 }";
    let report = run(here, &coarse().replacen(UNIFORM, graded, 1), &[])?;
    let found = &report["porosity"][0];
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let check = |holds: bool, what: String| if holds { Ok(()) } else { Err(what) };
    let (low, high) = (
        number(&found["lowest_percent"]),
        number(&found["highest_percent"]),
    );
    check(low == 60.0 && high == 84.0, format!("{low} to {high} %"))?;
    // 2 percentage points a millimetre, elements of 2.5 mm.
    let change = number(&found["largest_change_in_an_element_percent"]);
    check(
        change > 2.0 && change < 12.0,
        format!("{change} points in an element"),
    )?;
    let record = report["materials"][0].to_string();
    has_words(
        &record,
        &["lowest_porosity_percent", "chen-2025-tantalum", "by height"],
        "record",
    )?;
    has_words(
        &report["warnings"].to_string(),
        &["Windows are"],
        "warnings",
    )?;
    printed_as_said(here, &report)?;
    let strengths: Vec<f64> = report["findings"]["implant"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|r| number(&r["strength_mpa"]))
        .collect();
    // 118.96 ρ^1.772 MPa, the reference's fit, at 84 and 60 %.
    let law = |rho: f64| 118.96 * rho.powf(1.772);
    let within = |s: &f64| (law(0.16) * 0.999..law(0.40) * 1.001).contains(s);
    check(
        !strengths.is_empty() && strengths.iter().all(within),
        format!("strengths {strengths:?}"),
    )?;
    let html = read(here, "report.html")?;
    has_words(
        &html,
        &["How porosity runs", "lattice-sizes.csv", "<polyline"],
        "report.html",
    )?;
    // A run without a lattice leaves no table of one.
    run(here, &coarse(), &["--no-error-bars"])?;
    check(
        read(here, "lattice-sizes.csv").is_err(),
        "an old table was left".to_owned(),
    )
}

/// Each row follows the profile and the closed form of the cell; the cells fill the implant.
fn printed_as_said(here: &Path, report: &Value) -> Result<(), String> {
    let mut reader =
        csv::Reader::from_reader(std::io::Cursor::new(read(here, "lattice-sizes.csv")?));
    let mut rows = 0.0;
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let at = |k: usize| record[k].parse::<f64>().unwrap_or(f64::NAN);
        let percent = (60.0 + 2.0 * (at(2) - 4.0)).clamp(60.0, 84.0);
        let x = at(5) / at(6);
        // Chen et al. 2025, equation (1): porosity by strut over cell.
        let closed =
            1.0 - 2.0 * 3f64.sqrt() * std::f64::consts::PI * x * x + 6.0 * 6f64.sqrt() * x.powi(3);
        let off = [
            at(3) - percent,
            100.0 * closed - at(3),
            at(5) - 0.3,
            at(0).hypot(at(1)) / 7.5 - 1.0,
        ];
        if !(off[0].abs() < 1e-9 && off[1].abs() < 1e-6 && off[2].abs() < 1e-12 && off[3] < 0.0) {
            return Err(format!("{record:?}: off by {off:?}"));
        }
        rows += 1.0;
    }
    let spacing = report["porosity"][0]["lattice"]["spacing_mm"]
        .as_f64()
        .unwrap_or(f64::NAN);
    let bodies = report["states"][0]["mesh"]["bodies"].as_array();
    let cage = bodies.into_iter().flatten().find(|b| b["name"] == "cage");
    let volume = cage
        .and_then(|c| c["volume_mm3"].as_f64())
        .ok_or("no cage")?;
    // A disc of 7.5 mm holds more or fewer cells than its area, by the luck of their middles.
    let across = |k: i32| spacing * (f64::from(k) + 0.5);
    let middles = (-9..9).flat_map(|i| (-9..9).map(move |j| [i, j]));
    let held = middles.filter(|[i, j]| across(*i).hypot(across(*j)) < 7.5);
    let luck = held.count() as f64 * spacing.powi(2) / (std::f64::consts::PI * 7.5 * 7.5);
    let share = rows * spacing.powi(3) / (volume * luck);
    // Half a layer of 1.3 in 25 mm, and the bores' own luck.
    match (share - 1.0).abs() < 0.05 {
        true => Ok(()),
        false => Err(format!("the cells fill {share} of the implant")),
    }
}

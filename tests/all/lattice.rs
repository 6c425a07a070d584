//! `endplate lattice` and `endplate reproduce` as they are run: numbers, files and refusals.

use super::errors::{endplate, folder, has_words, refusal};

/// Checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("lattice: bad sizes and laws are refused", bad_input),
    ("lattice: two sizes give all the others", two_sizes),
    ("lattice: the laws are listed with their fits", laws),
    ("lattice: a case may name every law", named_in_a_case),
    (
        "lattice: names forgive case, sizes may be accepted",
        forgiven,
    ),
    ("reproduce: numbers, files and refusals", reproduce),
];

/// What is typed after `lattice`, and words of the refusal.
const REFUSED: &[(&[&str], &[&str])] = &[
    (
        &["octett", "--strut-mm", "0.3", "--cell-mm", "1"],
        &["did you mean `octet`?"],
    ),
    (
        &["bcc", "--strut-mm", "0.0003", "--cell-mm", "0.0015"],
        &["cells of 0.0015 mm", "given in metres?", "--accept-size"],
    ),
    (
        &["bcc", "--strut-mm", "300", "--cell-mm", "1500"],
        &["cells of 1500 mm", "given in micrometres?"],
    ),
    (
        &["fcc", "--strut-mm", "0.3", "--cell-mm", "1"],
        &["no unit cell `fcc`", "rhombic-dodecahedron"],
    ),
    (&["bcc"], &["nothing is given", "--cell-mm"]),
    (&["bcc", "--porosity", "70"], &["only a porosity of 70 %"]),
    (
        &["bcc", "--strut-mm", "-0.3", "--cell-mm", "1"],
        &["a strut of -0.3", "positive length"],
    ),
    (
        &["bcc", "--strut-mm", "0", "--cell-mm", "1"],
        &["a strut of 0", "positive length"],
    ),
    (&["bcc", "--strut-mm", "NaN", "--cell-mm", "1"], &["NaN"]),
    (
        &["bcc", "--porosity", "100", "--cell-mm", "1"],
        &["between 0 and 100"],
    ),
    (
        &["bcc", "--porosity", "120", "--cell-mm", "1"],
        &["between 0 and 100"],
    ),
    (
        &[
            "rhombic-dodecahedron",
            "--strut-mm",
            "0.3",
            "--cell-mm",
            "1.5",
            "--porosity",
            "75",
        ],
        &[
            "strut of 0.3 mm",
            "cell size of 1.5 mm",
            "68.226 %",
            "75 %",
            "6.77 points",
        ],
    ),
    (
        &[
            "octet",
            "--cell-mm",
            "2",
            "--pore-body-mm",
            "1.0",
            "--pore-window-mm",
            "0.5",
        ],
        &[
            "cell size of 2 mm",
            "pore body of 1 mm",
            "pore window of 0.5 mm",
            "0.0977",
            "disagree",
        ],
    ),
    (
        &["diamond", "--cell-mm", "1", "--pore-body-mm", "0.9"],
        &["contradict", "diamond"],
    ),
    (
        &[
            "rhombic-dodecahedron",
            "--strut-mm",
            "0.5",
            "--cell-mm",
            "1",
        ],
        &["windows", "closed", "0.4082 mm"],
    ),
    (
        &["kelvin", "--strut-mm", "0.4", "--cell-mm", "1"],
        &["too thick", "0.3536 mm"],
    ),
    (
        &["gyroid", "--porosity", "5", "--cell-mm", "1"],
        &["outside", "7.17 %"],
    ),
    (
        &[
            "bcc",
            "--strut-mm",
            "0.3",
            "--cell-mm",
            "1",
            "--law",
            "steel",
        ],
        &["no lattice law `steel`", "chen-2025-tantalum"],
    ),
    (
        &[
            "bcc",
            "--porosity",
            "95",
            "--cell-mm",
            "1",
            "--law",
            "bcc-ti6al4v",
        ],
        &["0.2813 to 0.6622", "33.78 % to 71.87 %"],
    ),
    (
        &[
            "bcc",
            "--strut-mm",
            "0.3",
            "--cell-mm",
            "1",
            "--powder-um",
            "0",
        ],
        &["--powder-um 0"],
    ),
    (
        &[
            "bcc",
            "--strut-mm",
            "0.3",
            "--cell-mm",
            "1",
            "--min-strut-mm=-1",
        ],
        &["--min-strut-mm -1"],
    ),
    (
        &[
            "bcc",
            "--strut-mm",
            "0.3",
            "--cell-mm",
            "1",
            "--monte-carlo",
            "3",
        ],
        &["3"],
    ),
    (&["laws", "--strut-mm", "0.3"], &["takes no sizes"]),
];

fn bad_input() -> Result<(), String> {
    let folder = folder()?;
    for (arguments, words) in REFUSED {
        let all: Vec<&str> = std::iter::once("lattice")
            .chain(arguments.iter().copied())
            .collect();
        let what = all.join(" ");
        let output = endplate(folder.path(), &all)?;
        if !output.stdout.is_empty() {
            return Err(format!("{what}: a number was printed"));
        }
        has_words(&refusal(&output, &what)?, words, &what)?;
    }
    Ok(())
}

/// What a run that must succeed prints.
fn printed(folder: &std::path::Path, arguments: &[&str]) -> Result<String, String> {
    let output = endplate(folder, arguments)?;
    if output.status.code() != Some(0) {
        return Err(format!(
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn two_sizes() -> Result<(), String> {
    let folder = folder()?;
    let arguments = [
        "lattice",
        "rhombic-dodecahedron",
        "--strut-mm",
        "0.3",
        "--cell-mm",
        "1.5",
        "--law",
        "chen-2025-tantalum",
        "--powder-um",
        "400",
        "--min-strut-mm",
        "0.2",
        "--monte-carlo",
        "200000",
    ];
    let text = printed(folder.path(), &arguments)?;
    let words = [
        "68.23 %",
        "0.9247 mm",
        "mm²/mm³",
        "1657.6 MPa",
        "paper",
        "no grain",
        "not below",
    ];
    has_words(&text, &words, "text")?;
    let json = printed(folder.path(), &[&arguments[..], &["--json"]].concat())?;
    let value: serde_json::Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
    let number = |path: &str| {
        value
            .pointer(path)
            .and_then(serde_json::Value::as_f64)
            .ok_or(format!("no {path}"))
    };
    // Equation (1) at r/a = 0.15/(1.5·√3/4).
    let r = 0.15 / (1.5 * 3f64.sqrt() / 4.0);
    let density = 1.5 * 3f64.sqrt() * std::f64::consts::PI * r * r - 6.75 * 2f64.sqrt() * r.powi(3);
    let off = number("/relative_density")? - density;
    let z = (number("/monte_carlo/relative_density")? - density)
        / number("/monte_carlo/standard_error")?;
    if off.abs() > 1e-12 || z.abs() > 3.0 {
        return Err(format!(
            "density off by {off}, Monte Carlo by {z} standard errors"
        ));
    }
    match value.pointer("/law/source/flag").and_then(|f| f.as_str()) {
        Some("paper") => Ok(()),
        other => Err(format!("flag {other:?}")),
    }
}

fn named_in_a_case() -> Result<(), String> {
    const T6: &str = include_str!("../../validation/t6-tantalum/case.toml");
    const LAW: &str = "\"chen-2025-tantalum\"";
    let folder = folder()?;
    let path = folder.path().join("case.toml");
    // A porosity that none of them covers: each law must be known and name its own range.
    for id in endplate::lattice::LAW_IDS {
        let law = endplate::lattice::law(id).map_err(|e| e.to_string())?;
        let text = T6.replace(LAW, &format!("\"{id}\""));
        let porous = text.replace("porosity_percent = 80.0", "porosity_percent = 97.0");
        if porous == T6 {
            return Err("the case does not hold its law and porosity".to_owned());
        }
        std::fs::write(&path, porous).map_err(|e| e.to_string())?;
        let output = endplate(folder.path(), &["check", "case.toml"])?;
        let highest = format!("{} %", (1e4 * (1.0 - law.range[0])).round() / 100.0);
        has_words(&refusal(&output, id)?, &["porosity_percent", &highest], id)?;
    }
    Ok(())
}

fn laws() -> Result<(), String> {
    let folder = folder()?;
    let text = printed(folder.path(), &["lattice", "laws"])?;
    let words = [
        "chen-2025-tantalum",
        "porous-ti6al4v",
        "bcc-ti6al4v",
        "2.163 ± 0.475",
        "0.9859",
        "1.5 given",
        "(ρ − 0.0684)^1.5",
        "secondary source",
    ];
    has_words(&text, &words, "laws")?;
    let json = printed(folder.path(), &["lattice", "laws", "--json"])?;
    let value: serde_json::Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
    match value.as_array().map(Vec::len) {
        Some(3) => Ok(()),
        other => Err(format!("{other:?} laws")),
    }
}

/// Names in other capitals give the same; lengths that no one prints may be taken as they are.
fn forgiven() -> Result<(), String> {
    let folder = folder()?;
    let sizes = ["--strut-mm", "0.3", "--cell-mm", "1.5", "--law"];
    let plain = ["lattice", "rhombic-dodecahedron"];
    let typed = ["lattice", "Rhombic Dodecahedron"];
    let one = printed(
        folder.path(),
        &[&plain[..], &sizes, &["chen-2025-tantalum"]].concat(),
    )?;
    let other = printed(
        folder.path(),
        &[&typed[..], &sizes, &["Chen-2025-Tantalum"]].concat(),
    )?;
    if one != other {
        return Err(format!("{one}\nis not\n{other}"));
    }
    let large = [
        "lattice",
        "bcc",
        "--strut-mm",
        "300",
        "--cell-mm",
        "1500",
        "--accept-size",
    ];
    has_words(&printed(folder.path(), &large)?, &["1500"], "accepted")?;
    let paper = endplate(folder.path(), &["reproduce", "chen-2052", "--out", "x"])?;
    has_words(
        &refusal(&paper, "paper")?,
        &["did you mean `chen-2025`?"],
        "paper",
    )
}

fn reproduce() -> Result<(), String> {
    let folder = folder()?;
    let unknown = endplate(folder.path(), &["reproduce", "smith-1999", "--out", "x"])?;
    has_words(
        &refusal(&unknown, "unknown paper")?,
        &["smith-1999", "chen-2025"],
        "unknown paper",
    )?;
    let without = endplate(folder.path(), &["reproduce", "all"])?;
    refusal(&without, "no directory")?;
    let text = printed(folder.path(), &["reproduce", "all", "--out", "out"])?;
    has_words(
        &text,
        &["reproduced", "inconsistent", "not computable", "5913"],
        "all",
    )?;
    let read = |name: &str| {
        let path = folder.path().join("out").join(name);
        std::fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))
    };
    let page = read("reproduction.html")?;
    if page.matches("<svg").count() != 4 || page.contains("<script") {
        return Err("the page has not its four charts".to_owned());
    }
    let value: serde_json::Value =
        serde_json::from_str(&read("reproduction.json")?).map_err(|e| e.to_string())?;
    let rows = value["rows"].as_array().map_or(0, Vec::len);
    if rows < 100 || read("reproduction.csv")?.lines().count() <= rows {
        return Err(format!("{rows} rows"));
    }
    // Again in the same place, then another paper's in it.
    printed(folder.path(), &["reproduce", "all", "--out", "out"])?;
    let other = endplate(folder.path(), &["reproduce", "kim-2017", "--out", "out"])?;
    has_words(
        &refusal(&other, "another paper")?,
        &["reproduction of another"],
        "another paper",
    )
}

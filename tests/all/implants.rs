//! Several implants in one column: each in its place, what lies above moved by all below, and every
//! one carrying the whole load where nothing else does.

use std::path::Path;

use endplate::case::{BodyId, Case};
use endplate::progress::Silent;
use endplate::scene::Scene;
use serde_json::Value;

use crate::pipeline::{check, number, rows, run};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("implants: two in a column are placed one by one", placed),
    (
        "implants: each of two in series carries the whole load",
        in_series,
    ),
    ("implants: two in one place, a graft of neither", refused),
];

/// T5 and T7 replaced between T4 and T8, without rods; the lower cage stands first in the file.
const TWO: &str = r#"
format = 1
title = "two cages"
states = ["fused"]
vertebra = [
    { name = "T4", level = "T4" }, { name = "T5", level = "T5" }, { name = "T6", level = "T6" },
    { name = "T7", level = "T7" }, { name = "T8", level = "T8" },
]
disc = [
    { name = "T4-T5", between = ["T4", "T5"], height_mm = 3.0 },
    { name = "T5-T6", between = ["T5", "T6"], height_mm = 3.1 },
    { name = "T6-T7", between = ["T6", "T7"], height_mm = 3.6 },
    { name = "T7-T8", between = ["T7", "T8"], height_mm = 3.6 },
]
resection.vertebrae = ["T5", "T7"]
rods.kind = "none"
loads.preset = "thoracic"
mesh = { bone_mm = 5.0, endplate_mm = 2.5, implant_mm = 2.5, disc_mm = 2.0, resected_mm = 5.0 }

[[implant]]
name = "lower cage"
between = ["T6", "T8"]
diameter_mm = 15.0
height_mm = 26.0
material = "ti6al4v"

[[implant]]
name = "upper cage"
between = ["T4", "T6"]
diameter_mm = 14.0
height_mm = 25.0
material = "ti6al4v"
"#;

fn read(text: &str) -> Result<Case, String> {
    Case::from_text(Path::new("case.toml"), text.to_owned())
        .map_err(|e| format!("{} {}", e.fault, e.help.unwrap_or_default()))
}

fn placed() -> Result<(), String> {
    let case = read(TWO)?;
    let names: Vec<&str> = case.implants.iter().map(|i| i.name.as_str()).collect();
    check(names == ["upper cage", "lower cage"], format!("{names:?}"))?;
    let scene = Scene::build(&case, None, &Silent).map_err(|e| e.to_string())?;
    let [upper, lower] = [0, 1].map(|i| scene.cages[i].upper_translation);
    check(
        upper.norm() > 0.1 && lower.norm() > 0.1,
        "cages that move nothing prove nothing",
    )?;
    let lift = |body| scene.lift(&case, &case.states[0], body);
    for (body, expected) in [
        (BodyId::Vertebra(0), upper + lower),
        (BodyId::Implant(0), lower),
        (BodyId::Vertebra(2), lower),
        (BodyId::Implant(1), 0.0 * lower),
        (BodyId::Vertebra(4), 0.0 * lower),
    ] {
        let off = (lift(body) - expected).norm();
        check(off < 1e-12, format!("{}: {off}", body.name(&case)))?;
    }
    Ok(())
}

fn in_series() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (_, report) = run(folder.path(), TWO, &["--no-error-bars"])?;
    let shares = rows(&report, &["findings", "load_sharing"])?;
    let cases = rows(&report["states"][0], &["load_cases"])?;
    check(
        shares.len() == 2 * cases.len(),
        format!("{} rows", shares.len()),
    )?;
    for case in cases {
        for (cut, path) in [
            ("middle of upper cage", "upper cage"),
            ("middle of lower cage", "lower cage"),
        ] {
            let here = |r: &&Value| r["load_case"] == case["name"] && r["cut"] == cut;
            let row = shares
                .iter()
                .find(here)
                .ok_or_else(|| format!("no {cut}"))?;
            check(row["path"] == path, format!("{row}"))?;
            // Statics: nothing else crosses the cut.
            let whole = case["applied"]["force_n"].as_array().ok_or("no force")?;
            let whole: f64 = whole.iter().filter_map(Value::as_f64).map(|f| f * f).sum();
            let carried = number(row, "axial_n")?.abs();
            check(
                (carried - whole.sqrt()).abs() < 0.01 * whole.sqrt() + 1e-3,
                format!("{cut}: {carried} N of {} N", whole.sqrt()),
            )?;
        }
    }
    let regions = rows(&report, &["findings", "implant"])?;
    for name in ["upper cage", "lower cage"] {
        let of = regions
            .iter()
            .filter(|r| r["region"].as_str().is_some_and(|s| s.starts_with(name)));
        check(of.count() == cases.len(), format!("strength of {name}"))?;
    }
    let placed = rows(&report, &["placement", "implants"])?;
    check(placed.len() == 2, format!("{placed:?}"))
}

fn refused() -> Result<(), String> {
    let graft = "[[graft]]\nname = \"bone\"\nend = \"superior\"\nmaterial = \"cancellous-bone\"\n";
    for (text, words) in [
        (
            TWO.replace("[\"T6\", \"T8\"]", "[\"T4\", \"T6\"]"),
            "stand in one place",
        ),
        (TWO.replace("upper cage", "lower cage"), "lower cage"),
        (
            TWO.replace("[\"T5\", \"T7\"]", "[\"T5\"]"),
            "the implants replace T5 and T7",
        ),
        (format!("{TWO}\n{graft}"), "one of upper cage, lower cage"),
        (
            format!("{TWO}\n{graft}implant = \"cage\"\n"),
            "no implant \"cage\"",
        ),
        (
            format!("{TWO}ends = \"flat\"\n"),
            "implant = \"upper cage\"",
        ),
    ] {
        let refusal = read(&text).err().unwrap_or_default();
        check(refusal.contains(words), format!("{words}: {refusal}"))?;
    }
    Ok(())
}

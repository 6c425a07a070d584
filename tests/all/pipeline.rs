//! The whole way, as a user goes it: the T6 case on a coarse mesh, from case file to report.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "pipeline: the T6 case from file to report",
        t6_from_file_to_report,
    ),
    (
        "pipeline: without rods the verdict says what that means",
        without_rods,
    ),
    (
        "pipeline: grafts carry what a flat-ended cage carries",
        grafts_under_flat_ends,
    ),
];

const CASE: &str = include_str!("../../validation/t6-tantalum/case.toml");

/// The case as it ships, on a mesh that solves in seconds.
pub fn coarse() -> String {
    let sizes = [
        ("bone_mm", "4.0"),
        ("endplate_mm", "2.0"),
        ("implant_mm", "2.0"),
        ("resected_mm", "4.0"),
        ("disc_mm", "2.0"),
    ];
    CASE.lines()
        .map(|line| {
            let key = line.split('=').next().unwrap_or_default().trim();
            match sizes.iter().find(|(name, _)| *name == key) {
                Some((name, size)) => format!("{name} = {size}\n"),
                None => format!("{line}\n"),
            }
        })
        .collect()
}

fn endplate(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    Command::new(env!("CARGO_BIN_EXE_endplate"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|e| e.to_string())
}

pub fn run(folder: &Path, text: &str, arguments: &[&str]) -> Result<(Output, Value), String> {
    std::fs::write(folder.join("case.toml"), text).map_err(|e| e.to_string())?;
    let mut all = vec!["run", "case.toml", "--out", "out", "--quiet"];
    all.extend(arguments);
    let output = endplate(folder, &all)?;
    let report = std::fs::read_to_string(folder.join("out/report.json")).map_err(|e| {
        format!(
            "no report.json ({e}): {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    Ok((
        output,
        serde_json::from_str(&report).map_err(|e| e.to_string())?,
    ))
}

pub fn rows<'a>(report: &'a Value, path: &[&str]) -> Result<&'a Vec<Value>, String> {
    let found = path.iter().fold(report, |value, key| &value[*key]);
    found
        .as_array()
        .filter(|r| !r.is_empty())
        .ok_or_else(|| format!("{path:?} is empty"))
}

pub fn number(value: &Value, key: &str) -> Result<f64, String> {
    value[key]
        .as_f64()
        .ok_or_else(|| format!("{key} is {}", value[key]))
}

pub fn check(holds: bool, what: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn t6_from_file_to_report() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (output, report) = run(folder.path(), &coarse(), &["--strict"])?;
    check(report["schema"] == 1, "schema is not 1")?;
    check(
        report["verdict"] == "limits exceeded",
        format!("verdict {}", report["verdict"]),
    )?;
    check(
        output.status.code() == Some(1),
        format!("--strict ended with {}", output.status),
    )?;
    solutions_balance(&report)?;
    the_cut_carries_what_is_applied(&report)?;
    intact_segments_move_as_published(&report)?;
    let files = [
        "report.html",
        "endplates.csv",
        "fused-flexion.vtu",
        "intact-flexion.vtu",
    ];
    for file in files {
        let path = folder.path().join("out").join(file);
        let size = std::fs::metadata(&path)
            .map_err(|e| format!("{file}: {e}"))?
            .len();
        check(size > 500, format!("{file} holds {size} bytes"))?;
    }
    Ok(())
}

/// Forces balance to 1e-8 (the solver's own limit), meshes keep their quality.
fn solutions_balance(report: &Value) -> Result<(), String> {
    for state in rows(report, &["states"])? {
        let angle = number(&state["mesh"], "min_dihedral_deg")?;
        check(angle >= 8.0, format!("smallest dihedral angle {angle}"))?;
        for case in rows(state, &["load_cases"])? {
            let imbalance = number(case, "imbalance")?;
            check(
                imbalance < 1e-8,
                format!("imbalance {imbalance:e} in {}", case["name"]),
            )?;
            for k in 0..3 {
                let of = |side: &str| case[side]["force_n"][k].as_f64().unwrap_or(f64::NAN);
                let sum = of("applied") + of("reaction");
                check(
                    sum.abs() < 1e-5,
                    format!("force {k} of {}: {sum}", case["name"]),
                )?;
            }
        }
    }
    Ok(())
}

/// What crosses the middle of the cage through cage and rods is what was applied above it. The
/// interface flux and the rods' forces are recovered apart from the solver's balance.
fn the_cut_carries_what_is_applied(report: &Value) -> Result<(), String> {
    let fused = rows(report, &["states"])?
        .iter()
        .find(|s| s["name"] == "fused")
        .ok_or("no fused state")?;
    for case in rows(fused, &["load_cases"])? {
        let crossing: f64 = rows(report, &["findings", "load_sharing"])?
            .iter()
            .filter(|row| row["load_case"] == case["name"])
            .map(|row| number(row, "axial_n"))
            .sum::<Result<f64, String>>()?;
        let force: Vec<f64> = (0..3)
            .map(|k| case["applied"]["force_n"][k].as_f64().unwrap_or(f64::NAN))
            .collect();
        let applied = force.iter().map(|f| f * f).sum::<f64>().sqrt();
        check(
            (crossing + applied).abs() < 1e-5 * applied,
            format!(
                "{}: {crossing} N cross the cut, {applied} N were applied",
                case["name"]
            ),
        )?;
    }
    Ok(())
}

/// Half of the published total motion at ±7.5 N·m (PLoS ONE e0177823, abstract).
fn intact_segments_move_as_published(report: &Value) -> Result<(), String> {
    let segments = rows(report, &["segment_motion"])?;
    check(
        segments.len() == 6,
        format!("{} motions of two segments", segments.len()),
    )?;
    for segment in segments {
        let band: Vec<f64> = (0..2)
            .map(|k| segment["band_deg"][k].as_f64().unwrap_or(f64::NAN))
            .collect();
        let turned = number(segment, "rotation_deg")?;
        check(
            band[0] <= turned && turned <= band[1],
            format!(
                "{} {}: {turned}°, published {band:?}",
                segment["segment"], segment["motion"]
            ),
        )?;
    }
    Ok(())
}

fn without_rods() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let text = coarse()
        .replace("kind = \"default\"", "kind = \"none\"")
        .replace("[\"intact\", \"fused\"]", "[\"fused\"]");
    let (output, report) = run(folder.path(), &text, &["--no-error-bars"])?;
    check(
        output.status.code() == Some(0),
        format!("ended with {}", output.status),
    )?;
    check(
        report["findings"]["fixation"]
            .as_array()
            .is_some_and(Vec::is_empty),
        "rods found",
    )?;
    let notes = report["verdict_notes"].to_string();
    check(
        notes.contains("not a construct anyone implants"),
        format!("notes: {notes}"),
    )?;
    for row in rows(&report, &["findings", "load_sharing"])? {
        let share = number(row, "share")?;
        check(
            (share - 1.0).abs() < 1e-6,
            format!("the cage alone carries {share}"),
        )?;
    }
    Ok(())
}

/// A flat-ended cage between two grafts: of cancellous bone above, of a material without strength
/// below.
fn grafted() -> String {
    let flat = coarse()
        .replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1)
        .replacen("ends = \"fitted\"", "ends = \"flat\"", 1)
        .replacen("height_mm = 25.0", "height_mm = 23.0", 1);
    flat + "\n[[graft]]\nname = \"chips\"\nend = \"superior\"\nmaterial = \"cancellous-bone\"\n\
            \n[[graft]]\nname = \"paste\"\nend = \"inferior\"\nmin_thickness_mm = 1.5\n\
            material = \"granules\"\n\
            \n[[material]]\nname = \"granules\"\nlaw = \"isotropic\"\nyoungs_modulus_mpa = 150.0\n\
            poisson_ratio = 0.3\n"
}

fn grafts_under_flat_ends() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (_, report) = run(folder.path(), &grafted(), &[])?;
    solutions_balance(&report)?;
    the_cut_carries_what_is_applied(&report)?;
    grafts_stand_as_asked(&report)?;
    interfaces_carry_one_force(&report)?;
    grafts_are_judged_or_said_not_to_be(&report)?;
    let html = std::fs::read_to_string(folder.path().join("out/report.html"))
        .map_err(|e| e.to_string())?;
    for words in [
        "Grafts between the implant",
        "Do the grafts hold?",
        "chips-T5",
    ] {
        check(html.contains(words), format!("report.html without {words}"))?;
    }
    Ok(())
}

/// Each graft is as thin as asked where it is thinnest, and its mesh holds the cylinder's section
/// times a mean thickness between its smallest and its largest.
fn grafts_stand_as_asked(report: &Value) -> Result<(), String> {
    let section = std::f64::consts::PI * 7.5 * 7.5;
    let fused = rows(report, &["states"])?
        .iter()
        .find(|s| s["name"] == "fused")
        .ok_or("no fused state")?;
    let bodies = rows(fused, &["mesh", "bodies"])?;
    let wanted = [("chips", 1.0), ("paste", 1.5)];
    let placed = rows(&report["placement"]["implants"][0], &["grafts"])?;
    check(placed.len() == 2, format!("{} grafts", placed.len()))?;
    let mut on_axis = 0.0;
    for (graft, (name, thinnest)) in placed.iter().zip(wanted) {
        check(graft["body"] == name, format!("graft {}", graft["body"]))?;
        let of = |k: usize| graft["thickness_mm"][k].as_f64().unwrap_or(f64::NAN);
        check(
            (of(0) - thinnest).abs() < 1e-9 && of(1) > of(0) && of(1) < of(0) + 2.0,
            format!("{name} is {} to {} mm thick", of(0), of(1)),
        )?;
        let body = bodies.iter().find(|b| b["name"] == name);
        let mean = number(body.ok_or("no such body")?, "volume_mm3")? / section;
        check(
            mean > of(0) && mean < of(1),
            format!("{name} is {mean} mm thick on the mean"),
        )?;
        on_axis += number(graft, "on_axis_mm")?;
    }
    let placement = &report["placement"]["implants"][0];
    let sum = number(placement, "height_mm")? + on_axis - number(placement, "facing_distance_mm")?;
    let lift = number(placement, "distraction_mm")?;
    check((sum - lift).abs() < 1e-9, format!("{lift}, not {sum} mm"))
}

/// Grafts and cage are in series: what presses on one bone presses on the other, and it is what
/// crosses the cage. The fluxes are recovered by Nitsche's formula at either tie; they agree with
/// each other and with the cut, where only rods and cage carry, to the solver's residual.
fn interfaces_carry_one_force(report: &Value) -> Result<(), String> {
    let endplates = rows(report, &["findings", "endplates"])?;
    let shares = rows(report, &["findings", "load_sharing"])?;
    let at = |interface: &str, case: &Value| {
        endplates
            .iter()
            .find(|r| r["interface"] == interface && &r["load_case"] == case)
            .ok_or(format!("no {interface} under {case}"))
    };
    let mut found = 0;
    for upper in endplates.iter().filter(|r| r["interface"] == "chips-T5") {
        let case = &upper["load_case"];
        let lower = at("paste-T7", case)?;
        let net = |row: &Value, k: usize| row["net_n"][k].as_f64().unwrap_or(f64::NAN);
        let size = (0..3).map(|k| net(upper, k).powi(2)).sum::<f64>().sqrt();
        for k in 0..3 {
            let sum = net(upper, k) + net(lower, k);
            check(
                sum.abs() < 1e-6 * size,
                format!("{case}: {} and {}", upper["net_n"], lower["net_n"]),
            )?;
        }
        let cage = shares
            .iter()
            .find(|r| r["path"] == "cage" && &r["load_case"] == case)
            .ok_or("no share of the cage")?;
        let axial = number(cage, "axial_n")?;
        // Extension may lift the bonded cage.
        check(
            axial.abs() <= size * (1.0 + 1e-9) && (axial < 0.0 || case == "extension"),
            format!("{case}: {axial} N through the cage, {size} N on the bone"),
        )?;
        for row in [upper, lower] {
            let untied = number(row, "untied_area_mm2")? / number(row, "area_mm2")?;
            check(
                untied < 0.01,
                format!("{untied} of {} is untied", row["interface"]),
            )?;
        }
        found += 1;
    }
    check(
        found == 6 && endplates.len() == 12,
        format!("{found} load cases"),
    )
}

/// Cancellous bone is held against yield strain times modulus; a material that has no strength is
/// named among the notes.
fn grafts_are_judged_or_said_not_to_be(report: &Value) -> Result<(), String> {
    let judged: Vec<&Value> = rows(report, &["findings", "implant"])?
        .iter()
        .filter(|r| r["part"] == "graft")
        .collect();
    check(judged.len() == 6, format!("{} rows", judged.len()))?;
    for row in judged {
        check(
            row["region"] == "chips (cancellous-bone)",
            row["region"].to_string(),
        )?;
        let strength = number(row, "strength_mpa")?;
        check(
            (strength - 0.0077 * 300.0).abs() < 1e-9,
            format!("{strength} MPa"),
        )?;
    }
    let said = rows(report, &["not_checked"])?.iter().any(|n| {
        n.as_str()
            .is_some_and(|n| n.starts_with("strength of paste"))
    });
    check(said, "the graft without strength is not spoken of")
}

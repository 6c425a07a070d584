//! No check disappears: every check of every load case is a row, or is listed with its reason; and
//! the band beside a row is what the case itself gives at the ends of the modulus' band.

use serde_json::Value;

use crate::pipeline::{check, coarse, number, rows, run};
use crate::whole_runs;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "checks: each is a row or has its reason",
        each_is_a_row_or_has_its_reason,
    ),
    (
        "checks: a narrow cage under a pull is not within limits without a word",
        a_narrow_cage_under_a_pull,
    ),
    (
        "checks: a pull does not take the compression's place",
        a_pull_beside_the_compression,
    ),
    (
        "checks: the band is what other moduli give",
        the_band_is_what_other_moduli_give,
    ),
];

/// Criteria of each endplate under each load case.
const SUBSIDENCE: [&str; 6] = [
    "patch pressure against yield strength",
    "patch pressure against indentation strength",
    "volume share beyond the yield strain",
    "Pistoia's effective strain",
    "vertebral strength",
    "depth on the foundation of bone",
];

fn list<'a>(report: &'a Value, table: &str) -> Vec<&'a Value> {
    let found = report["findings"][table].as_array();
    found.map(|rows| rows.iter().collect()).unwrap_or_default()
}

/// Rows of a table and unchecked entries for which `is` holds.
fn told(report: &Value, table: &str, is: impl Fn(&Value) -> bool) -> usize {
    let missing = list(report, "not_checked").into_iter();
    list(report, table).len() + missing.filter(|m| is(m)).count()
}

/// Counts every check × load case × place against rows plus entries. `parts` is the number of
/// regions of the implant, grafts and rods.
fn all_are_told(report: &Value, endplates: usize, parts: usize) -> Result<(), String> {
    let cases = rows(report, &["states"])?
        .iter()
        .find(|s| s["name"] == "fused")
        .and_then(|s| s["load_cases"].as_array())
        .ok_or("no fused state")?
        .len();
    for criterion in SUBSIDENCE {
        let of_criterion = |row: &&Value| row["check"] == criterion;
        let found = list(report, "subsidence");
        let count = found.iter().filter(|r| of_criterion(r)).count()
            + told(report, "no such table", |m| of_criterion(&m));
        check(
            count == endplates * cases,
            format!("{criterion}: {count} of {} told", endplates * cases),
        )?;
    }
    let strength =
        told(report, "implant", |m| m["check"] == "strength") + list(report, "fixation").len();
    check(
        strength == parts * cases,
        format!("strength: {strength} of {} told", parts * cases),
    )?;
    for missing in list(report, "not_checked") {
        for key in ["state", "load_case", "check", "place", "reason"] {
            check(
                missing[key].as_str().is_some_and(|t| !t.is_empty()),
                format!("{key} of {missing}"),
            )?;
        }
    }
    Ok(())
}

/// Each zone with a row for all service cases is judged or listed.
fn zones_are_told(report: &Value) -> Result<(), String> {
    let mut judged = 0;
    for row in list(report, "stress_shielding") {
        let zone = row["zone"].as_str().unwrap_or_default();
        if row["load_case"] != "all" || zone == "posterior elements" {
            continue;
        }
        let left = number(row, "volume_mm3")? - number(row, "left_out_volume_mm3")?;
        let decides = !row["resorbing_fraction_s75"].is_null() && left >= 100.0;
        let place = format!("{} {zone}", row["body"].as_str().unwrap_or_default());
        let listed = list(report, "not_checked")
            .iter()
            .any(|m| m["check"] == "stress shielding" && m["place"] == place.as_str());
        check(
            decides != listed,
            format!("{place} is {decides} and {listed}"),
        )?;
        judged += usize::from(decides);
    }
    check(judged > 10, format!("{judged} zones are judged"))?;
    // The zones at the loaded and at the clamped endplate.
    for (body, slice) in [("T5", "superior 0-3 mm"), ("T7", "inferior 0-3 mm")] {
        for quadrant in ["anterior", "posterior", "left", "right"] {
            let (zone, place) = (
                format!("{slice} {quadrant}"),
                format!("{body} {slice} {quadrant}"),
            );
            let rows = list(report, "stress_shielding");
            let row = rows
                .iter()
                .any(|r| r["body"] == body && r["zone"] == zone.as_str());
            let missing = list(report, "not_checked");
            let listed = missing.iter().any(|m| m["place"] == place.as_str());
            check(row || listed, format!("{place} has no row and no reason"))?;
        }
    }
    Ok(())
}

/// A pull and a shear larger than the compression: the bone's foundation is still the compression's.
fn a_pull_beside_the_compression() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let text = whole_runs::coarse().replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1)
        + "\n[[load_case]]\nname = \"pull\"\nforce_n = [0.0, 0.0, 300.0]\n\
           [[load_case]]\nname = \"shear\"\nforce_n = [250.0, 0.0, 0.0]\n";
    let (_, report) = run(folder.path(), &text, &["--no-error-bars"])?;
    let depth = list(&report, "subsidence");
    let depth = depth.iter().filter(|r| r["check"] == SUBSIDENCE[5]).count();
    check(depth == 2 * 8, format!("{depth} rows of depth, not 16"))
}

fn each_is_a_row_or_has_its_reason() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (_, report) = run(folder.path(), &coarse(), &["--no-error-bars"])?;
    all_are_told(&report, 2, 1 + 2 + 4 * 3)?;
    zones_are_told(&report)?;
    // Without the solutions at its ends there is no band, and none is made up; only the strength
    // by indentation has one of its own.
    for row in list(&report, "subsidence") {
        let own = row["check"] == SUBSIDENCE[1];
        check(
            row["ratio_band"][0].is_null() != own,
            format!("band of {}", row["check"]),
        )?;
    }
    Ok(())
}

/// A cage so narrow that its screw tracks leave no room for a disc of 3 mm, pulled: neither patch
/// pressure nor vertebral strength can be judged, and without the intact state no shielding.
fn a_narrow_cage_under_a_pull() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let text = coarse()
        .replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1)
        .replacen("diameter_mm = 15.0", "diameter_mm = 7.0", 1)
        .replace("diameter_mm = 4.0", "diameter_mm = 3.5")
        .replacen("preset = \"thoracic\"\n", "", 1)
        .replacen("implant_mm = 2.0", "implant_mm = 1.2", 1)
        + "\n[[load_case]]\nname = \"pull\"\nforce_n = [0.0, 0.0, 20.0]\n\
           moment_nm = [0.0, 0.0, 0.0]\n";
    let (_, report) = run(folder.path(), &text, &[])?;
    all_are_told(&report, 2, 1 + 2 + 4 * 3)?;
    let reasons: Vec<String> = rows(&report, &["not_checked"])?
        .iter()
        .map(|n| n.as_str().unwrap_or_default().to_owned())
        .collect();
    for expected in [
        "no disc of 3 mm diameter fits",
        "vertebral strength of",
        "stress shielding of T5, T7: it needs the intact state",
    ] {
        check(
            reasons.iter().any(|r| r.contains(expected)),
            format!("{expected}: not in {reasons:?}"),
        )?;
    }
    let html = std::fs::read_to_string(folder.path().join("out/report.html"))
        .map_err(|e| e.to_string())?;
    check(
        !html.contains("Within limits<"),
        "the first screen says \"Within limits\" without a word",
    )
}

/// The same check in another report.
fn same<'a>(report: &'a Value, table: &str, row: &Value) -> Result<&'a Value, String> {
    let keys = ["state", "load_case", "endplate", "check", "part", "region"];
    list(report, table)
        .into_iter()
        .find(|r| keys.iter().all(|k| r[*k] == row[*k]))
        .ok_or_else(|| format!("no row like {row}"))
}

fn ratio(table: &str, row: &Value) -> Result<f64, String> {
    Ok(match table {
        "subsidence" => number(row, "value")? / number(row, "limit")?,
        "implant" => number(row, "stress_mpa")? / number(row, "strength_mpa")?,
        _ => number(row, "utilisation")?,
    })
}

fn the_band_is_what_other_moduli_give() -> Result<(), String> {
    let at = |modulus: &str, options: &[&str]| -> Result<Value, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        // The coarsest mesh will do: each run is held against others on the same.
        let text = whole_runs::coarse().replacen(
            "cancellous_modulus_mpa = 300.0",
            &format!("cancellous_modulus_mpa = {modulus}\ncancellous_band_mpa = [100.0, 450.0]"),
            1,
        );
        Ok(run(folder.path(), &text, options)?.1)
    };
    let report = at("300.0", &[])?;
    let ends = [
        at("100.0", &["--no-error-bars"])?,
        at("450.0", &["--no-error-bars"])?,
    ];
    let (mut compared, mut unlike_scaling) = (0, 0.0_f64);
    for table in ["subsidence", "implant", "fixation"] {
        for row in list(&report, table) {
            if row["check"] == SUBSIDENCE[1] {
                continue;
            }
            let own = ratio(table, row)?;
            let mut span = [own; 2];
            for end in &ends {
                let other = ratio(table, same(end, table, row)?)?;
                span = [span[0].min(other), span[1].max(other)];
            }
            for (k, expected) in span.into_iter().enumerate() {
                let told = row["ratio_band"][k].as_f64().unwrap_or(f64::NAN);
                // Two solutions of one model, each accurate to about 1e-9 of its largest stress.
                check(
                    (told - expected).abs() <= 1e-6 * expected.abs().max(1e-3),
                    format!("{told}, alone {expected}: {row}"),
                )?;
            }
            if row["check"] == SUBSIDENCE[0] {
                unlike_scaling = unlike_scaling.max((span[1] / (3.0 * own) - 1.0).abs());
            }
            compared += 1;
        }
    }
    // 5 criteria at 2 endplates, the implant, 2 rods once and 4 screws three ways, under 6 load cases.
    check(
        compared == 6 * (10 + 1 + 2 + 12),
        format!("{compared} rows compared"),
    )?;
    check(
        unlike_scaling > 0.02,
        format!("scaling by 1/E would have done: off by {unlike_scaling}"),
    )
}

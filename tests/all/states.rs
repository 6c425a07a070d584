//! States of a case's own: the fused spine without its cage, without its rods.

use endplate::case::{BodyId, Case, Preset};
use serde_json::Value;

use crate::pipeline::{check, coarse, number, rows, run};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("states: presets and own states as plans", plans),
    (
        "states: rods alone carry what cage and rods carry",
        rods_alone,
    ),
    (
        "states: right after surgery implant and bone only press",
        right_after_surgery,
    ),
];

const OWN: &str = "[[state]]\nname = \"Rods only\"\nfrom = \"fused\"\nwithout = [\"cage\"]\n";

fn case(tables: &str) -> Result<Case, String> {
    let text = coarse().replacen("[[vertebra]]", &format!("{tables}[[vertebra]]"), 1);
    Case::from_text(std::path::Path::new("case.toml"), text)
        .map_err(|e| format!("{} {:?}", e.fault, e.help))
}

fn plans() -> Result<(), String> {
    let two =
        format!("{OWN}[[state]]\nname = \"cage only\"\nfrom = \"fused\"\nwithout = [\"rods\"]\n");
    let case = case(&two)?;
    let found: Vec<_> = case
        .states
        .iter()
        .map(|p| {
            (
                p.name.as_str(),
                p.from,
                p.present.len(),
                p.joins.len(),
                p.fixation,
            )
        })
        .collect();
    // Three vertebrae and two discs; two vertebrae and the cage, with a join at each end.
    let expected = [
        ("intact", Preset::Intact, 5, 4, false),
        ("fused", Preset::Fused, 3, 2, true),
        ("Rods only", Preset::Fused, 2, 0, true),
        ("cage only", Preset::Fused, 3, 2, false),
    ];
    check(found == expected, format!("{found:?}"))?;
    check(
        !case.states[2].has(BodyId::Implant(0)),
        "the cage is left out and still there",
    )?;
    for (tables, words) in [
        (OWN.replace("cage", "cagee"), "\"cagee\""),
        (OWN.replace("cage", "T5"), "T5 is loaded"),
        (OWN.replace("Rods only", "Fused"), "state \"Fused\""),
        (format!("{OWN}{}", OWN.replace("Rods", "rods")), "rods only"),
        (
            OWN.replace("fused", "immediate"),
            "how implant and bone slide",
        ),
        (
            OWN.replace("fused", "intact").replace("cage", "rods"),
            "has no rods",
        ),
        (
            "[[join]]\nfaces = [\"cage.top\", \"T5.inferior_endplate\"]\nlaw = \"bonded\"\n"
                .to_owned(),
            "cage.superior",
        ),
    ] {
        let refusal = self::case(&tables).err().unwrap_or_default();
        check(refusal.contains(words), format!("{words}: {refusal}"))?;
    }
    Ok(())
}

fn rods_alone() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let text = coarse().replacen("[[vertebra]]", &format!("{OWN}[[vertebra]]"), 1);
    let (_, report) = run(folder.path(), &text, &["--no-error-bars"])?;
    let of = |table: &str| -> Result<usize, String> {
        let all = rows(&report, &["findings", table])?;
        Ok(all.iter().filter(|r| r["state"] == "Rods only").count())
    };
    check(
        of("implant")? == 0 && of("endplates")? == 0,
        "findings of a cage that is not there",
    )?;
    check(
        of("fixation")? == 84,
        "two rods and four screws under six loads",
    )?;
    let turned = |name: &str| -> Result<f64, String> {
        let states = rows(&report, &["states"])?;
        let state = states.iter().find(|s| s["name"] == name);
        let state: &Value = state.ok_or_else(|| format!("no state {name}"))?;
        let flexion = rows(state, &["load_cases"])?
            .iter()
            .find(|l| l["name"] == "flexion");
        let flexion = flexion.ok_or("no flexion")?;
        number(flexion, "imbalance")
            .map(|i| i.abs())
            .and_then(|i| check(i < 1e-6, format!("{name}: imbalance {i}")))?;
        let turn = flexion["loaded_face"]["rotation_deg"][1].as_f64();
        turn.ok_or_else(|| "no rotation".to_owned())
    };
    let (fused, alone) = (turned("fused")?, turned("Rods only")?);
    check(
        alone > 2.0 * fused && fused > 0.0,
        format!("turns {alone} without the cage, {fused} with it"),
    )?;
    check(
        folder.path().join("out").read_dir().is_ok_and(|files| {
            let names = files
                .flatten()
                .map(|f| f.file_name().to_string_lossy().into_owned());
            names.filter(|n| n.starts_with("rods-only")).count() > 0
        }),
        "no files of the state",
    )
}

/// What presses on one end presses on the other, nothing pulls, and what crosses the middle is the load.
fn right_after_surgery() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let text = coarse()
        .replacen("[\"intact\", \"fused\"]", "[\"immediate\"]", 1)
        .replacen("[loads]", "[interface]\nfriction = 0.37\n\n[loads]", 1);
    let (_, report) = run(folder.path(), &text, &["--no-error-bars"])?;
    let faces = rows(&report, &["findings", "endplates"])?;
    check(faces.len() == 12, format!("{} rows of faces", faces.len()))?;
    for face in faces {
        let (load, place) = (&face["load_case"], &face["interface"]);
        check(
            face["kind"] == "contact",
            format!("{place} is {}", face["kind"]),
        )?;
        let pulls = number(face, "tensile_area_mm2")?;
        check(pulls == 0.0, format!("{load}: {pulls} mm² of {place} pull"))?;
        let sliding = number(face, "slip_area_mm2")?;
        let pressed = number(face, "compressive_area_mm2")?;
        check(
            (0.0..=pressed + 1e-9).contains(&sliding),
            format!("{load}: {sliding} of {pressed} mm² slide"),
        )?;
    }
    let axial = |place: &str| -> Result<f64, String> {
        let row = faces
            .iter()
            .find(|f| f["interface"] == place && f["load_case"] == "axial compression");
        number(row.ok_or("no such face")?, "compressive_n")
    };
    let (above, below) = (axial("cage-T5")?, axial("cage-T7")?);
    check(
        (above / below - 1.0).abs() < 0.05 && above > 150.0 && above < 210.0,
        format!("{above} N on T5, {below} N on T7"),
    )?;
    let moved = rows(&report, &["findings", "micromotion"])?;
    check(
        moved.len() == 12,
        format!("{} rows of micromotion", moved.len()),
    )?;
    for row in moved {
        let [mean, p95, max] = ["mean_um", "p95_um", "max_um"].map(|k| number(row, k));
        let (mean, p95, max) = (mean?, p95?, max?);
        check(
            mean <= p95 && p95 <= max,
            format!("{mean}, {p95}, {max} µm"),
        )?;
    }
    Ok(())
}

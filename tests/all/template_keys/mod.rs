//! No key is inert: each key of the template of `endplate new` is changed in turn, and what is
//! built, found or written from the case changes with it.
//!
//! What a key reaches first is rebuilt for it, on everything else as it was: wanted edges and
//! shapes from the case, stiffness on the meshes, ties, rods, supports and loads on the bodies,
//! findings on the solution. Only numbers are compared, but where the key is a name.

mod changes;
mod reached;

use std::collections::BTreeSet;
use std::path::Path;

use endplate::case::Case;
use serde_json::Value;

use crate::errors::{endplate, folder, write};
use changes::{CHANGES, Change, MEASURED, NAMED, RUN, Seen};
use reached::{Alone, Base};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "template: a change of any key changes the model or the report",
        every_key_changes_something,
    ),
    (
        "template: a change of a vertebra's own keys changes the bone",
        a_vertebra_s_keys_change_it,
    ),
    (
        "template: title, threads and method are told by the report",
        what_only_a_run_tells,
    ),
    (
        "names: what bodies and materials are called changes no number",
        names_change_no_number,
    ),
];

/// The template as `endplate new` writes it.
fn template() -> Result<String, String> {
    let folder = folder()?;
    let made = endplate(folder.path(), &["new", "mine", "--level", "T6"])?;
    if made.status.code() != Some(0) {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    std::fs::read_to_string(folder.path().join("mine.toml")).map_err(|e| e.to_string())
}

/// One text put for another, which must be there.
fn replaced(text: &str, from: &str, to: &str) -> Result<String, String> {
    match text.contains(from) {
        true => Ok(text.replace(from, to)),
        false => Err(format!("the template does not say {from:?}")),
    }
}

/// The template with its commented tables in use, on a mesh that is solved in seconds.
fn full() -> Result<String, String> {
    let mut text = template()?;
    for (from, to) in [
        ("# ends = \"fitted\"", "ends = \"flat\""),
        (
            "# [[implant.solid]]\n# kind = \"end_plate\"\n# thickness_mm = 1.0\n# material",
            "[[implant.solid]]\nkind = \"core\"\ndiameter_mm = 8.0\nmaterial",
        ),
        (
            "# [[implant.screw_track]]\n# diameter_mm",
            "[[implant.solid]]\nkind = \"shell\"\nthickness_mm = 3.0\nmaterial = \"peek\"\n\
             [[implant.screw_track]]\ndiameter_mm",
        ),
        ("# angle_deg", "angle_deg"),
        ("# end = ", "end = "),
        ("# exit_mm", "exit_mm"),
        ("# azimuth_deg", "azimuth_deg"),
        ("# [[graft]]", "[[graft]]"),
        ("# name = \"graft", "name = \"graft"),
        ("# name = \"lifting", "name = \"lifting"),
        ("# min_thickness_mm = 1.0", "min_thickness_mm = 2.0"),
        (
            "# material = \"cancellous-bone\"",
            "material = \"cancellous-bone\"",
        ),
        ("# [[load_case]]", "[[load_case]]"),
        ("# force_n = [", "force_n = ["),
        ("# moment_nm", "moment_nm"),
        ("# axes = \"column\"", "axes = \"column\""),
        ("# service", "service"),
        ("# bone_mm = 2.0", "bone_mm = 5.0"),
        ("# endplate_mm = 1.0", "endplate_mm = 3.0"),
        ("# implant_mm = 1.2", "implant_mm = 2.5"),
        ("# disc_mm = 1.5", "disc_mm = 3.0"),
        ("# resected_mm = 3.0", "resected_mm = 6.0"),
    ] {
        text = replaced(&text, from, to)?;
    }
    Ok(text)
}

/// A vertebra that stands alone: the template's first, without the rest of the column.
const ALONE: &str = "format = 1\ntitle = \"alone\"\nstates = [\"intact\"]\n[[vertebra]]\nname = \
                     \"T6\"\nlevel = \"T6\"\n# patches\n[[load_case]]\nname = \"push\"\nforce_n = \
                     [0.0, 0.0, -100.0]\n[mesh]\nbone_mm = 6.0\nendplate_mm = 4.0\n[solver]\n\
                     # method\nthreads = 2\n";

/// The keys that a template shows, in use, commented out or in a comment, as paths.
fn shown_keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut section = String::new();
    for line in text.lines() {
        let words = line.trim_start_matches(['#', ' ']);
        if let Some(head) = words.strip_prefix('[') {
            section = head.trim_matches(['[', ']']).to_owned();
            continue;
        }
        // A measured vertebra is told of before the first table.
        let table = match section.as_str() {
            "" if line.starts_with("#   ") => "vertebra",
            table => table,
        };
        let mut inside = String::new();
        for (at, _) in words.match_indices(" = ") {
            let key = words[..at]
                .rsplit([' ', '(', '{', ','])
                .next()
                .unwrap_or("");
            let is_key = key
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !is_key || key.is_empty() {
                continue;
            }
            let path = match (table, inside.as_str()) {
                ("", "") => key.to_owned(),
                (_, "") => format!("{table}.{key}"),
                _ => format!("{inside}.{key}"),
            };
            if words[at + 3..].starts_with('{') {
                inside = path;
            } else {
                keys.insert(path);
            }
        }
    }
    keys
}

/// A case's text with edits; "@grafts" stands for both tables of grafts.
fn edited(text: &str, edits: &[(&str, &str)]) -> Result<String, String> {
    edits.iter().try_fold(text.to_owned(), |text, (from, to)| {
        if *from != "@grafts" {
            return replaced(&text, from, to);
        }
        let start = text.find("\n[[graft]]").ok_or("no [[graft]]")?;
        let end = text.find("\n[[material]]").ok_or("no [[material]]")?;
        Ok(format!("{}{}", &text[..start], &text[end..]))
    })
}

/// Both cases of a change; the second as it is read, which may refuse it.
fn cases(here: &Path, text: &str, change: &Change) -> Result<(Case, Result<Case, String>), String> {
    let path = here.join("case.toml");
    let read = |text: String| {
        Case::from_text(&path, text).map_err(|e| format!("{} {:?}", e.fault, e.help))
    };
    let before = edited(text, change.room)?;
    let after = edited(&before, change.edits)?;
    Ok((read(before)?, read(after)))
}

/// What a change is not seen by, or how it fails.
fn unseen(
    here: &Path,
    text: &str,
    change: &Change,
    reached: &dyn Fn(Seen, &Case) -> Result<Vec<u64>, String>,
) -> Result<Option<String>, String> {
    let (before, after) = cases(here, text, change)?;
    if let Seen::Refused(words) = change.seen {
        let refusal = match &after {
            Ok(case) => reached(change.seen, case).err().unwrap_or_default(),
            Err(refusal) => refusal.clone(),
        };
        return Ok((!refusal.contains(words)).then(|| format!("is not refused: {refusal}")));
    }
    let (before, after) = (
        reached(change.seen, &before)?,
        reached(change.seen, &after?)?,
    );
    Ok((before == after || before.is_empty())
        .then(|| format!("changes nothing of {:?}", change.seen)))
}

fn all_seen(
    here: &Path,
    text: &str,
    changes: &[Change],
    reached: &dyn Fn(Seen, &Case) -> Result<Vec<u64>, String>,
) -> Result<(), String> {
    let mut inert = Vec::new();
    for change in changes {
        match unseen(here, text, change, reached) {
            Ok(None) => {}
            Ok(Some(how)) => inert.push(format!("{} {how}", change.key)),
            Err(error) => inert.push(format!("{}: {error}", change.key)),
        }
    }
    match inert.is_empty() {
        true => Ok(()),
        false => Err(inert.join("\n")),
    }
}

fn every_key_changes_something() -> Result<(), String> {
    let changed: BTreeSet<&str> = [CHANGES, MEASURED, NAMED]
        .into_iter()
        .flatten()
        .map(|c| c.key)
        .chain(RUN.iter().map(|(key, ..)| *key))
        .collect();
    let shown = shown_keys(&template()?);
    let forgotten: Vec<_> = shown
        .iter()
        .filter(|k| !changed.contains(k.as_str()))
        .collect();
    if !forgotten.is_empty() || shown.len() < 100 {
        return Err(format!("{} keys; no change for {forgotten:?}", shown.len()));
    }
    let folder = folder()?;
    let here = folder.path();
    reached::write_files(here)?;
    let text = full()?;
    let base = Base::build(here, &text)?;
    // The same case again reaches the same, whatever is rebuilt.
    let again = Case::from_text(&here.join("case.toml"), text.clone());
    let again = again.map_err(|e| e.to_string())?;
    for seen in [Seen::Implant, Seen::Elements, Seen::Rods, Seen::Rows] {
        if base.reached(seen, &again)? != base.reached(seen, base.case())? {
            return Err(format!("{seen:?} differ for the same case"));
        }
    }
    all_seen(here, &text, CHANGES, &|seen, case| base.reached(seen, case))
}

fn a_vertebra_s_keys_change_it() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let alone = Alone::build(here, ALONE)?;
    all_seen(here, ALONE, NAMED, &|seen, case| alone.reached(seen, case))?;
    alone.write_surfaces(here)?;
    let measured = "level = \"T6\"\nsurface = \"bone.obj\"\nunit = \"cm\"\naxes = { anterior = \
                    \"+x\", left = \"+y\", cranial = \"+z\" }";
    let measured = replaced(ALONE, "level = \"T6\"", measured)?;
    all_seen(here, &measured, MEASURED, &|seen, case| {
        alone.reached(seen, case)
    })
}

/// Title, threads and method: what they change is told by the report.
fn what_only_a_run_tells() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let told = |text: &str, pointer: &str| -> Result<Value, String> {
        write(&here.join("case.toml"), text)?;
        let run = ["run", "case.toml", "--out", "out", "--quiet", "--force"];
        let output = endplate(here, &[&run[..], &["--no-error-bars"]].concat())?;
        if output.status.code() != Some(0) {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let report = std::fs::read_to_string(here.join("out/report.json"));
        let report: Value =
            serde_json::from_str(&report.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        let value = report.pointer(pointer).cloned();
        value.ok_or_else(|| format!("the report has no {pointer}"))
    };
    for (key, from, to, pointer) in RUN {
        let before = told(ALONE, pointer)?;
        let after = told(&replaced(ALONE, from, to)?, pointer)?;
        if before == after {
            return Err(format!(
                "{key} changes nothing: {pointer} is {before} both times"
            ));
        }
    }
    Ok(())
}

/// The same column with bodies and materials called by names that mean something else elsewhere:
/// every number of the findings is the same, bit for bit.
fn names_change_no_number() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let text = full()?;
    let own = "[[material]]\nname = \"rod metal\"\nlaw = \"isotropic\"\nyoungs_modulus_mpa = \
               100000.0\npoisson_ratio = 0.3\nstrength_mpa = 800.0\n[bone]\n";
    let text = replaced(&text, "[bone]\n", own)?;
    let plain = replaced(
        &text,
        "# material = \"ti6al4v\"\n# screw_diameter_mm",
        "material = \"rod metal\"\n# screw_diameter_mm",
    )?;
    let renamed = edited(
        &plain,
        &[
            ("name = \"T5\"", "name = \"cage_endplate\""),
            ("name = \"T7\"", "name = \"posterior elements\""),
            ("[\"T5\", \"T6\"]", "[\"cage_endplate\", \"T6\"]"),
            ("[\"T6\", \"T7\"]", "[\"T6\", \"posterior elements\"]"),
            (
                "between = [\"T5\", \"T7\"]",
                "between = [\"cage_endplate\", \"posterior elements\"]",
            ),
            ("\"T5.superior", "\"cage_endplate.superior"),
            ("\"T7.inferior", "\"posterior elements.inferior"),
            ("name = \"T5-T6\"", "name = \"implant\""),
            ("name = \"cage\"", "name = \"T5.superior_endplate\""),
            ("\"graft above\"", "\"nucleus\""),
            ("\"porous metal\"", "\"cancellous-bone chips\""),
            ("\"rod metal\"", "\"ti6al4v\""),
        ],
    )?;
    let plain = Base::build(here, &plain)?;
    let renamed = Base::build(here, &renamed)?;
    let rows = |base: &Base| base.reached(Seen::Rows, base.case());
    if rows(&plain)? != rows(&renamed)? {
        return Err("names change numbers of the findings".to_owned());
    }
    Ok(())
}

//! Every row of every findings table.

use maud::{Markup, html};

use super::table::{Cell, Column, number, table, text};
use crate::assessment::Findings;
use crate::report::number::{fixed, percent, short, vector};

const STATE: [Column; 2] = [("state", ""), ("load case", "")];

fn columns(rest: &[Column]) -> Vec<Column> {
    STATE.iter().chain(rest).copied().collect()
}

/// All tables.
pub(super) fn tables(findings: &Findings) -> Markup {
    html! {
        (subsidence(findings))
        (implant(findings))
        (fixation(findings))
        (endplates(findings))
        (load_sharing(findings))
        (shielding(findings))
    }
}

/// A span of ratios, or a dash where it was not solved.
fn band(span: Option<[f64; 2]>) -> String {
    span.map_or_else(
        || "–".to_owned(),
        |[low, high]| format!("{} – {}", percent(low), percent(high)),
    )
}

fn subsidence(findings: &Findings) -> Markup {
    let rows = findings.subsidence.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.endplate),
            text(&r.criterion),
            number(short(r.value)),
            number(short(r.limit)),
            text(r.unit),
            number(percent(r.value / r.limit)),
            number(band(r.ratio_band)),
            Cell::Verdict(r.verdict),
            text(&r.source),
        ]
    });
    let heads = columns(&[
        ("endplate", ""),
        ("criterion", ""),
        ("value", ""),
        ("limit", ""),
        ("unit", ""),
        ("value ÷ limit", ""),
        ("within the band of the modulus", ""),
        ("verdict", ""),
        ("source", ""),
    ]);
    table("Bone under the implant: subsidence", &heads, rows.collect())
}

fn implant(findings: &Findings) -> Markup {
    let rows = findings.implant.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.region),
            number(short(r.stress_mpa)),
            number(short(r.strength_mpa)),
            number(short(r.safety_factor)),
            number(band(r.ratio_band)),
            Cell::Verdict(r.verdict),
            text(&r.law),
            text(&r.source),
        ]
    });
    let heads = columns(&[
        ("region", ""),
        ("stress", "MPa"),
        ("strength", "MPa"),
        ("safety factor", ""),
        ("stress ÷ strength within the band of the modulus", ""),
        ("verdict", ""),
        ("law", ""),
        ("source", ""),
    ]);
    table(
        "Implant and grafts: 99th percentile of the stress averaged over a unit cell",
        &heads,
        rows.collect(),
    )
}

fn fixation(findings: &Findings) -> Markup {
    let rows = findings.fixation.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.part),
            number(short(r.axial_n)),
            number(short(r.shear_n)),
            number(short(r.bending_nm)),
            number(short(r.torsion_nm)),
            number(short(r.stress_mpa)),
            number(short(r.limit_mpa)),
            number(percent(r.utilisation)),
            number(band(r.ratio_band)),
            Cell::Verdict(r.verdict),
            text(&r.source),
        ]
    });
    let heads = columns(&[
        ("part", ""),
        ("axial", "N"),
        ("shear", "N"),
        ("bending", "N·m"),
        ("torsion", "N·m"),
        ("stress", "MPa"),
        ("limit", "MPa"),
        ("stress ÷ limit", ""),
        ("verdict", ""),
        ("source", ""),
    ]);
    table("Rods and screws", &heads, rows.collect())
}

fn endplates(findings: &Findings) -> Markup {
    let rows = findings.endplates.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.interface),
            text(r.kind),
            number(fixed(r.area_mm2, 1)),
            number(fixed(r.untied_area_mm2, 1)),
            number(fixed(r.tensile_area_mm2, 1)),
            number(fixed(r.compressive_area_mm2, 1)),
            number(short(r.compressive_n)),
            number(vector(&r.net_n)),
            number(short(r.mean_mpa)),
            number(short(r.peak_3mm_mpa)),
            number(short(r.peak_raw_mpa)),
            number(r.centre_mm.map(|c| fixed(c, 1)).join(", ")),
        ]
    });
    let heads = columns(&[
        ("interface", ""),
        ("kind", ""),
        ("area", "mm²"),
        ("untied", "mm²"),
        ("in tension", "mm²"),
        ("in compression", "mm²"),
        ("compressive resultant", "N"),
        ("net force on the bone x, y, z", "N"),
        ("mean", "MPa"),
        ("3 mm peak", "MPa"),
        ("raw peak", "MPa"),
        ("centre of pressure x, y, z", "mm"),
    ]);
    html! {
        (table("Traction on the endplates", &heads, rows.collect()))
        p class="small" { "The raw peak grows as the mesh is refined at an edge and decides nothing; the 3 mm peak is the largest mean over a disc of 3 mm." }
    }
}

fn load_sharing(findings: &Findings) -> Markup {
    let rows = findings.load_sharing.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.cut),
            text(&r.path),
            number(short(r.axial_n)),
            number(vector(&r.moment_nm)),
            number(percent(r.share)),
        ]
    });
    let heads = columns(&[
        ("cut", ""),
        ("path", ""),
        ("axial force, compression negative", "N"),
        ("moment x, y, z", "N·m"),
        ("share", ""),
    ]);
    table("Load shares", &heads, rows.collect())
}

fn shielding(findings: &Findings) -> Markup {
    let share = |f: Option<f64>| number(f.map_or("–".to_owned(), percent));
    let rows = findings.stress_shielding.iter().map(|r| {
        vec![
            text(&r.state),
            text(&r.load_case),
            text(&r.body),
            text(&r.zone),
            number(short(r.volume_mm3)),
            number(short(r.sed_ratio)),
            number(short(1e3 * r.intact_sed_mpa)),
            share(r.resorbing_fraction_s50),
            share(r.resorbing_fraction_s75),
            number(short(r.left_out_volume_mm3)),
        ]
    });
    let heads = columns(&[
        ("bone", ""),
        ("zone", ""),
        ("volume", "mm³"),
        ("strain energy ÷ intact", ""),
        ("intact", "kJ/m³"),
        ("volume below ½", ""),
        ("volume below ¼", ""),
        ("left out", "mm³"),
    ]);
    table("Stress shielding by zone", &heads, rows.collect())
}

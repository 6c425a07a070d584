//! Pictures and charts with what they need to be read.

use maud::{Markup, html};

use super::HtmlInput;
use crate::report::chart::round_up;
use crate::report::chart::{self, maps};
use crate::report::decisive::worst_checks;
use crate::report::number::{fixed, short};
use crate::report::picture::TractionPicture;
use crate::report::picture::colour::Ramp;
use crate::report::picture::traction_map::SMOOTHING_MM;
use crate::report::schema::RunReport;

/// Names in order of first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

/// Pressure maps: one block a scale, load cases across, interfaces down.
pub(super) fn tractions(input: &HtmlInput<'_>) -> Markup {
    let maps = &input.pictures.tractions;
    let mut scales: Vec<f64> = Vec::new();
    for map in maps {
        if !scales.contains(&map.full_mpa) {
            scales.push(map.full_mpa);
        }
    }
    html! {
        p {
            "Each disc is a bone's endplate where it meets the implant, seen from above: anterior is up, the patient's left is on the left. "
            "Every point shows the mean over " (fixed(2.0 * SMOOTHING_MM, 1)) " mm. The faces are bonded, as after fusion: what is shown is the traction across the bond, and no contact is modelled."
        }
        @if maps.is_empty() { p class="none" { "No interface was solved." } }
        @else { (maps::key()) }
        @for scale in &scales {
            div class="maps" {
                @for map in maps.iter().filter(|m| m.full_mpa == *scale) { (one_map(input.report, map)) }
            }
            (maps::legend(*scale))
        }
    }
}

fn one_map(report: &RunReport, map: &TractionPicture) -> Markup {
    let row = report.findings.endplates.iter().find(|r| {
        r.state == map.state && r.load_case == map.load_case && r.interface == map.interface
    });
    html! {
        figure {
            (maps::map(map))
            figcaption {
                strong { (map.interface) } ", " (map.load_case)
                @if let Some(row) = row {
                    br; "3 mm peak " (short(row.peak_3mm_mpa)) " MPa, mean " (short(row.mean_mpa)) " MPa"
                }
            }
        }
    }
}

/// Zone charts: the mean of the service cases large, every load case small.
pub(super) fn shielding(report: &RunReport) -> Markup {
    let rows = &report.findings.stress_shielding;
    let cases = distinct(rows.iter().map(|r| r.load_case.as_str()));
    let bodies = distinct(rows.iter().map(|r| r.body.as_str()));
    let states = distinct(rows.iter().map(|r| r.state.as_str()));
    let block = |state: &str, case: &str| {
        html! {
            @for body in &bodies {
                @let of: Vec<_> = rows
                    .iter()
                    .filter(|r| r.state == state && r.load_case == case && r.body == *body)
                    .collect();
                @if !of.is_empty() { div { (chart::zones::zones(body, &of)) } }
            }
        }
    };
    html! {
        p {
            "Bone keeps the strength its load asks for. Shown is the strain energy in each zone of bone, divided by what the same bone held before surgery: "
            "1 is as before, ½ is half. The row next to the implant is the bone that touches it. \"Under half\" is the share of the zone's volume that feels less than half of what it felt before, averaged over the service loads."
        }
        @if rows.is_empty() { p class="none" { "Not assessed in this run." } }
        @else { (chart::zones::legend()) }
        @for state in &states {
            @if cases.contains(&"all") {
                h3 { (state) ": mean of the service loads" }
                div class="zones large" { (block(state, "all")) }
            }
            h3 { (state) ": one by one" }
            div class="zones small" {
                @for case in cases.iter().filter(|c| **c != "all") {
                    figure { figcaption { strong { (case) } } (block(state, case)) }
                }
            }
        }
    }
}

/// Bars against limits.
pub(super) fn margins(report: &RunReport) -> Markup {
    let worst = worst_checks(&report.findings);
    html! {
        p {
            "Value over limit, in the worst load case of each. From 80 % a check counts as caution, from 100 % as exceeded. "
            "The thin line is the band that the uncertainty of the bone's default stiffness gives."
        }
        @if worst.is_empty() { p class="none" { "Nothing was held against a limit." } }
        @else { div class="scroll" { (chart::margins::margins(&worst)) } }
    }
}

/// Stacked shares per state and cut.
pub(super) fn shares(report: &RunReport) -> Markup {
    let rows = &report.findings.load_sharing;
    let states = distinct(rows.iter().map(|r| r.state.as_str()));
    let cuts = distinct(rows.iter().map(|r| r.cut.as_str()));
    html! {
        p {
            "What crosses a cut through the middle of the implant, by path: the share of the axial force where the load case has one, of its main moment otherwise."
        }
        @if rows.is_empty() { p class="none" { "No cut was evaluated." } }
        @for state in &states {
            @for cut in &cuts {
                @let of: Vec<_> =
                    rows.iter().filter(|r| r.state == *state && r.cut == *cut).collect();
                @if !of.is_empty() {
                    h3 { (state) ", " (cut) }
                    div class="scroll" { (chart::shares::shares(&of)) }
                }
            }
        }
    }
}

/// Stress in the cut, each with its scale.
pub(super) fn sections(input: &HtmlInput<'_>) -> Markup {
    let sections = &input.pictures.sections;
    html! {
        p {
            "Von Mises stress in a cut along the middle, seen from the left: anterior is on the left. Each picture has its own scale, reached or exceeded by one element in fifty."
        }
        @if sections.is_empty() { p class="none" { "No fields were written." } }
        div class="sections" {
            @for section in sections {
                figure {
                    img src=(section.image_uri) width=(section.size[0]) height=(section.size[1])
                        alt=(format!("Stress in the cut: {}, {}", section.state, section.load_case));
                    (chart::colour_bar("von Mises stress, MPa", Ramp::Sequential, &section_ticks(section.full_mpa)))
                    figcaption { strong { (section.state) } ", " (section.load_case) }
                }
            }
        }
    }
}

fn section_ticks(full_mpa: f64) -> Vec<(f64, String)> {
    let full = round_up(full_mpa);
    [
        (0.0, "0".to_owned()),
        (0.5, short(0.5 * full)),
        (1.0, format!("≥ {}", short(full))),
    ]
    .to_vec()
}

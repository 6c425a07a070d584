//! Pictures and charts with what they need to be read.

use maud::{Markup, html};

use super::content::HtmlInput;
use crate::report::chart::zones::Layout;
use crate::report::chart::{self, maps};
use crate::report::decisive::worst_checks;
use crate::report::number::{fixed, short};
use crate::report::picture::traction_map::SMOOTHING_MM;
use crate::report::picture::{SectionPicture, TractionPicture};
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

/// What the maps show the traction of.
fn bonded_or_pressing(report: &RunReport) -> &'static str {
    let pressing = report
        .findings
        .endplates
        .iter()
        .any(|row| row.kind == "contact");
    match pressing {
        false => {
            "The faces are bonded, as after fusion: what is shown is the traction across the bond, and no contact is modelled."
        }
        true => {
            "Right after surgery the faces press, slide and part: what is shown is the pressure of contact. In other states they are bonded, and it is the traction across the bond."
        }
    }
}

/// Pressure maps: one block a scale; in it load cases across, interfaces down.
pub(super) fn tractions(input: &HtmlInput<'_>) -> Markup {
    let maps = &input.pictures.tractions;
    let mut blocks: Vec<(&str, f64)> = Vec::new();
    for map in maps {
        let block = (map.state.as_str(), map.full_mpa);
        if !blocks.contains(&block) {
            blocks.push(block);
        }
    }
    html! {
        p {
            "Each disc is a bone's endplate where it meets the implant, seen from above: anterior is up, the patient's left is on the left. "
            "Every point shows the mean over a disc of " (fixed(2.0 * SMOOTHING_MM, 1)) " mm. " (bonded_or_pressing(input.report))
        }
        @if maps.is_empty() { p class="none" { "No interface was solved." } }
        @else { (maps::key()) }
        div class="blocks" {
            @for block in &blocks {
                (map_block(input.report, &maps.iter().filter(|m| (m.state.as_str(), m.full_mpa) == *block).collect::<Vec<_>>()))
            }
        }
    }
}

fn map_block(report: &RunReport, maps: &[&TractionPicture]) -> Markup {
    let cases = distinct(maps.iter().map(|m| m.load_case.as_str()));
    let (columns, state) = (cases.len(), maps.first().map_or("", |m| &m.state));
    html! {
        div class="block" style=(format!("flex-grow:{columns};--columns:{columns}")) {
            div class="maps" {
                @for case in &cases {
                    figure {
                        figcaption { (state) ", " strong { (case) } }
                        @for map in maps.iter().filter(|m| m.load_case == *case) {
                            (maps::map(map))
                            (map_caption(report, map))
                        }
                    }
                }
            }
            @if let Some(map) = maps.first() { (chart::sequential_bar("pressure, MPa", map.full_mpa, columns)) }
        }
    }
}

/// Name and peak of a map.
pub(super) fn map_caption(report: &RunReport, map: &TractionPicture) -> Markup {
    let row = report.findings.endplates.iter().find(|r| {
        r.state == map.state && r.load_case == map.load_case && r.interface == map.interface
    });
    html! {
        p class="under" {
            strong { (map.interface) }
            @if let Some(row) = row {
                br; "3 mm peak " (row.peak_3mm_mpa.map_or("n/a".to_owned(), short)) " MPa"
                br; "mean " (short(row.mean_mpa)) " MPa"
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
    let block = |state: &str, case: &str, layout| {
        html! {
            @for body in &bodies {
                @let of: Vec<_> = rows
                    .iter()
                    .filter(|r| r.state == state && r.load_case == case && r.body == *body)
                    .collect();
                @if !of.is_empty() { div { (chart::zones::zones(body, &of, layout)) } }
            }
        }
    };
    html! {
        p {
            "Bone that carries less than before tends to waste away. Shown is the strain energy in each zone of bone, divided by what the same bone held before surgery: "
            "1 is as before, ½ is half. Rows run down the bone from its upper to its lower endplate; bone beside loads and supports is left out. \"Under half\" is the share of the zone's volume that feels less than half of what it felt before, averaged over the service loads."
        }
        @if rows.is_empty() { p class="none" { "Not assessed in this run." } }
        @else { (chart::zones::legend()) }
        @for state in &states {
            @if cases.contains(&"all") {
                h3 { (state) ": mean of the service loads" }
                div class="zones large" { (block(state, "all", Layout::LARGE)) }
            }
            h3 { (state) ": one by one" }
            div class="zones small" {
                @for case in cases.iter().filter(|c| **c != "all") {
                    figure { figcaption { strong { (case) } } (block(state, case, Layout::SMALL)) }
                }
            }
        }
    }
}

/// Bars against limits.
pub(super) fn margins(report: &RunReport) -> Markup {
    let worst = worst_checks(report);
    html! {
        p {
            "Value over limit, in the worst load case of each. From 80 % a check counts as caution, from 100 % as exceeded. "
            "The thin line is the band that the uncertainty of the bone's stiffness gives, solved again at both of its ends; where there is no line it was not solved, or the check cannot be made at an end."
        }
        @if worst.is_empty() { p class="none" { "Nothing was held against a limit." } }
        @else { (chart::margins::margins(&report.findings.groups(), &worst)) }
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

/// Stress in the cut, one block a scale.
pub(super) fn sections(input: &HtmlInput<'_>) -> Markup {
    let sections = &input.pictures.sections;
    let mut blocks: Vec<(&str, f64)> = Vec::new();
    for section in sections {
        let block = (section.state.as_str(), section.full_mpa);
        if !blocks.contains(&block) {
            blocks.push(block);
        }
    }
    html! {
        p {
            "Von Mises stress in a cut along the middle, seen from the left: anterior is on the left. The scale ends where one element in fifty exceeds it."
        }
        @if sections.is_empty() { p class="none" { "No fields were written." } }
        div class="blocks" {
            @for block in &blocks {
                (section_block(&sections.iter().filter(|s| (s.state.as_str(), s.full_mpa) == *block).collect::<Vec<_>>()))
            }
        }
    }
}

fn section_block(sections: &[&SectionPicture]) -> Markup {
    let columns = sections.len();
    html! {
        div class="block" style=(format!("flex-grow:{columns};--columns:{columns}")) {
            div class="maps" {
                @for section in sections {
                    figure {
                        figcaption { (section.state) ", " strong { (section.load_case) } }
                        img src=(section.image_uri) width=(section.size[0]) height=(section.size[1])
                            alt=(format!("Stress in the cut: {}, {}", section.state, section.load_case));
                    }
                }
            }
            @if let Some(section) = sections.first() {
                (chart::sequential_bar("von Mises stress, MPa", section.full_mpa, columns))
            }
        }
    }
}

//! Porosity of the implant: a cut, its run along a coordinate, and the sizes for the printer.

use maud::{Markup, html};

use super::table::{number, table, text};
use crate::assessment::porosity::{LatticeReport, PorosityReport};
use crate::report::chart::porosity as chart;
use crate::report::number::{fixed, whole};
use crate::report::schema::RunReport;

/// One block for each graded material, or one whose lattice is written out.
pub(super) fn porosity(report: &RunReport) -> Markup {
    html! {
        @if report.porosity.is_empty() {
            p class="none" { "No material of the implant is graded, and none has its lattice written out." }
        }
        @for material in &report.porosity { (of_material(material)) }
    }
}

fn of_material(report: &PorosityReport) -> Markup {
    html! {
        h3 { (report.material) " of " (report.implant) ": " (report.field) }
        p {
            "Porosity runs from " strong { (fixed(report.lowest_percent, 1)) " to " (fixed(report.highest_percent, 1)) " %" }
            ", " (fixed(report.mean_percent, 1)) " % on the mean. Within one element it changes by at most "
            (fixed(report.largest_change_in_an_element_percent, 1))
            " percentage points; stiffness is taken at four points of each element."
        }
        div class="graded" {
            figure {
                figcaption { "The implant cut along its axis, anterior on the left, over the middle of its inferior end" }
                (chart::section(report))
            }
            figure {
                figcaption { "Porosity over the " (report.curve_along) ": mean in each band, and its range" }
                (chart::curve(report))
            }
        }
        @if let Some(lattice) = &report.lattice { (printed(lattice)) }
    }
}

fn printed(lattice: &LatticeReport) -> Markup {
    let row = |what: &str, [low, high]: [f64; 2]| {
        vec![text(what), number(fixed(low, 3)), number(fixed(high, 3))]
    };
    let rows = vec![
        row("unit cell", lattice.cell_mm),
        row("strut or wall", lattice.strut_mm),
        row("pore body", lattice.pore_body_mm),
        row("pore window", lattice.pore_window_mm),
    ];
    let heads = [("size", ""), ("smallest", "mm"), ("largest", "mm")];
    let caption = format!("Printed as {}, {}", lattice.cell, lattice.kept);
    html! {
        (table(&caption, &heads, rows))
        p class="small" {
            code { (lattice.file) } " holds the sizes at " (whole(lattice.places)) " places, "
            (fixed(lattice.spacing_mm, 2)) " mm apart. Frame: " (lattice.frame) "."
        }
        @for note in &lattice.notes { p class="small" { (note) "." } }
    }
}

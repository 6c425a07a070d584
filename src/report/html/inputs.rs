//! What went in and how it was solved: placement, mesh, loads, solver, materials, defaults,
//! limits of the method, time.

use maud::{Markup, html};

use super::content::HtmlInput;
use super::table::{Cell, number, table, table_of, text};
use super::top::model_pictures;
use crate::report::number::{fixed, percent, short, vector, whole};
use crate::report::schema::{ImplantPlacement, Placement, RunReport, StateReport};
use crate::source::Source;

fn cited(source: &Source) -> String {
    format!("{} ({})", source.citation, source.flag.words())
}

/// Heights, overlaps, gaps.
pub(super) fn placement(report: &RunReport) -> Markup {
    html! {
        @match &report.placement {
            None => p class="none" { "No implant was placed." },
            Some(placement) => {
                @for implant in &placement.implants { (placed(implant)) }
                (overlaps_and_gaps(placement))
            }
        }
    }
}

fn placed(implant: &ImplantPlacement) -> Markup {
    let distraction = implant.distraction_mm;
    let grafts = table_of(
        "Grafts between the implant's flat ends and the bones",
        &implant.grafts,
        &[
            ("graft", "", |g| text(&g.body)),
            ("end", "", |g| text(g.end)),
            ("material", "", |g| text(&g.material)),
            ("on the axis", "mm", |g| number(fixed(g.on_axis_mm, 2))),
            ("thinnest", "mm", |g| number(fixed(g.thickness_mm[0], 2))),
            ("thickest", "mm", |g| number(fixed(g.thickness_mm[1], 2))),
        ],
    );
    html! {
        p {
            "The endplates that face " (implant.body) " stand " strong { (fixed(implant.facing_distance_mm, 1)) " mm" }
            " apart on its axis; it is " strong { (fixed(implant.height_mm, 1)) " mm" } " high"
            @if implant.grafts.is_empty() { ": it " } @else { ", the grafts at its flat ends come on top: it " }
            @if distraction > 0.05 { "spreads them by " (fixed(distraction, 1)) " mm." }
            @else if distraction < -0.05 { "falls short by " (fixed(-distraction, 1)) " mm." }
            @else { "fits." }
        }
        @if !implant.grafts.is_empty() { (grafts) }
    }
}

fn overlaps_and_gaps(placement: &Placement) -> Markup {
    let overlaps = table_of(
        "Bodies that share space",
        &placement.overlaps,
        &[
            ("bodies", "", |o| text(o.bodies.join(" and "))),
            ("depth", "mm", |o| number(fixed(o.depth_mm, 2))),
            ("volume", "mm³", |o| {
                number(o.volume_mm3.map_or("–".to_owned(), short))
            }),
        ],
    );
    let gaps = table_of(
        "Gaps between faces that should meet",
        &placement.gaps,
        &[
            ("bodies", "", |g| text(g.bodies.join(" to "))),
            ("mean", "mm", |g| number(fixed(g.mean_mm, 2))),
            ("largest", "mm", |g| number(fixed(g.largest_mm, 2))),
        ],
    );
    html! {
        (overlaps)
        (gaps)
    }
}

/// Per state: model, mesh, loads and reactions, solver; then time and memory.
pub(super) fn solution(input: &HtmlInput<'_>) -> Markup {
    let report = input.report;
    // The last two are on the first screen.
    let models = &input.pictures.model;
    let others = &models[..models.len().saturating_sub(2)];
    html! {
        (model_pictures("models", others))
        @if !report.surfaces.is_empty() { (surfaces(report)) }
        @for state in &report.states { (mesh(state)) }
        @for state in &report.states { (loads(state)) }
        @for state in &report.states { (solver(state)) }
        (timing(report))
    }
}

/// What the surface files were like.
fn surfaces(report: &RunReport) -> Markup {
    table_of(
        "Surface files",
        &report.surfaces,
        &[
            ("body", "", |s| text(&s.body)),
            ("file", "", |s| text(&s.file)),
            ("triangles", "", |s| number(whole(s.triangles))),
            ("found (triangles of the file, counted from 0)", "", |s| {
                text(match s.found.is_empty() {
                    true => "sound".to_owned(),
                    false => s.found.join("; "),
                })
            }),
            ("done", "", |s| text(s.done.join("; "))),
        ],
    )
}

fn mesh(state: &StateReport) -> Markup {
    let mesh = &state.mesh;
    let caption = format!(
        "Mesh, {}: {} nodes, {} quadratic tetrahedra, {} unknowns, smallest dihedral angle {}°",
        state.name,
        whole(mesh.nodes),
        whole(mesh.elements),
        whole(mesh.dofs),
        fixed(mesh.min_dihedral_deg, 1)
    );
    table_of(
        &caption,
        &mesh.bodies,
        &[
            ("body", "", |b| text(&b.name)),
            ("elements", "", |b| number(whole(b.elements))),
            ("volume", "mm³", |b| number(short(b.volume_mm3))),
            ("smallest dihedral angle", "°", |b| {
                number(fixed(b.min_dihedral_deg, 1))
            }),
            ("distance to the input surface", "mm", |b| {
                number(
                    b.surface_distance_mm
                        .map_or("–".to_owned(), |d| fixed(d, 2)),
                )
            }),
        ],
    )
}

/// Three components with so many decimals.
fn components(v: &[f64; 3], decimals: usize) -> Cell {
    number(v.map(|v| fixed(v, decimals)).join(", "))
}

fn loads(state: &StateReport) -> Markup {
    let caption = format!(
        "Loads, reactions and motion, {}, in the global axes x anterior, y left, z cranial",
        state.name
    );
    table_of(
        &caption,
        &state.load_cases,
        &[
            ("load case", "", |c| text(&c.name)),
            ("counts as", "", |c| {
                text(if c.service { "service" } else { "strength" })
            }),
            ("force", "N", |c| number(vector(&c.applied.force_n))),
            ("moment", "N·m", |c| number(vector(&c.applied.moment_nm))),
            ("at", "mm", |c| components(&c.applied.at_mm, 1)),
            ("reaction force", "N", |c| {
                number(vector(&c.reaction.force_n))
            }),
            ("reaction moment", "N·m", |c| {
                number(vector(&c.reaction.moment_nm))
            }),
            ("imbalance", "", |c| number(short(c.imbalance))),
            ("loaded face moves", "mm", |c| {
                components(&c.loaded_face.displacement_mm, 3)
            }),
            ("and turns", "°", |c| {
                components(&c.loaded_face.rotation_deg, 2)
            }),
        ],
    )
}

/// A number of bytes, GiB.
fn gibibytes(bytes: u64) -> String {
    fixed(bytes as f64 / f64::from(1 << 30), 2)
}

fn solver(state: &StateReport) -> Markup {
    table_of(
        &format!("Solver, {}", state.name),
        &state.load_cases,
        &[
            ("load case", "", |c| text(&c.name)),
            ("method", "", |c| text(&c.solver.method)),
            ("steps or iterations", "", |c| {
                number(c.solver.iterations.to_string())
            }),
            ("residual ‖b−Ax‖/‖b‖", "", |c| {
                number(short(c.solver.true_residual))
            }),
            ("backward error", "", |c| {
                number(short(c.solver.backward_error))
            }),
            ("time", "s", |c| number(fixed(c.solver.seconds, 2))),
            ("its memory", "GiB", |c| {
                number(gibibytes(c.solver.peak_bytes))
            }),
            ("fields in", "", |c| text(&c.vtu)),
        ],
    )
}

fn timing(report: &RunReport) -> Markup {
    let total: f64 = report.timing.iter().map(|t| t.seconds).sum();
    let rows = report.timing.iter().map(|t| {
        vec![
            text(&t.stage),
            number(fixed(t.seconds, 2)),
            number(percent(t.seconds / total.max(f64::MIN_POSITIVE))),
        ]
    });
    let memory = report.peak_memory_bytes.map_or(String::new(), |bytes| {
        format!(", at most {} GiB of memory", gibibytes(bytes))
    });
    let caption = format!(
        "Time: {} s on {} before this report was written{memory}",
        fixed(total, 1),
        match report.threads {
            1 => "one thread".to_owned(),
            many => format!("{many} threads"),
        }
    );
    table(
        &caption,
        &[("stage", ""), ("time", "s"), ("share", "")],
        rows.collect(),
    )
}

/// Every law with its numbers.
pub(super) fn materials(report: &RunReport) -> Markup {
    let rows = report.materials.iter().flat_map(|m| {
        m.parameters.iter().enumerate().map(move |(k, p)| {
            let first = |s: &str| text(if k == 0 { s } else { "" });
            vec![
                first(&m.name),
                first(&m.law),
                text(&p.key),
                number(short(p.value)),
                text(&p.unit),
                first(&m.valid_range),
                text(cited(p.source.as_ref().unwrap_or(&m.source))),
            ]
        })
    });
    let heads = [
        ("material", ""),
        ("law", ""),
        ("number", ""),
        ("value", ""),
        ("unit", ""),
        ("valid for", ""),
        ("source (how far to trust it)", ""),
    ];
    table("Every number the model used", &heads, rows.collect())
}

/// What the case left open.
pub(super) fn defaults(report: &RunReport) -> Markup {
    table_of(
        "Values the case left to the program",
        &report.defaults,
        &[
            ("key", "", |d| text(&d.key)),
            ("value", "", |d| text(&d.value)),
            ("unit", "", |d| text(&d.unit)),
            ("source (how far to trust it)", "", |d| {
                text(cited(&d.source))
            }),
        ],
    )
}

/// What no run of this program contains.
pub(super) fn method(report: &RunReport) -> Markup {
    html! {
        ul class="limits" { @for limit in &report.limits_of_the_method { li { (limit) } } }
    }
}

//! What went in and how it was solved: placement, mesh, loads, solver, materials, defaults,
//! limits of the method, time.

use maud::{Markup, html};

use super::content::HtmlInput;
use super::table::{number, table, text};
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
    let grafts = implant.grafts.iter().map(|g| {
        vec![
            text(&g.body),
            text(g.end),
            text(&g.material),
            number(fixed(g.on_axis_mm, 2)),
            number(fixed(g.thickness_mm[0], 2)),
            number(fixed(g.thickness_mm[1], 2)),
        ]
    });
    let heads = [
        ("graft", ""),
        ("end", ""),
        ("material", ""),
        ("on the axis", "mm"),
        ("thinnest", "mm"),
        ("thickest", "mm"),
    ];
    html! {
        p {
            "The endplates that face " (implant.body) " stand " strong { (fixed(implant.facing_distance_mm, 1)) " mm" }
            " apart on its axis; it is " strong { (fixed(implant.height_mm, 1)) " mm" } " high"
            @if implant.grafts.is_empty() { ": it " } @else { ", the grafts at its flat ends come on top: it " }
            @if distraction > 0.05 { "spreads them by " (fixed(distraction, 1)) " mm." }
            @else if distraction < -0.05 { "falls short by " (fixed(-distraction, 1)) " mm." }
            @else { "fits." }
        }
        @if !implant.grafts.is_empty() {
            (table("Grafts between the implant's flat ends and the bones", &heads, grafts.collect()))
        }
    }
}

fn overlaps_and_gaps(placement: &Placement) -> Markup {
    let overlaps = placement.overlaps.iter().map(|o| {
        vec![
            text(o.bodies.join(" and ")),
            number(fixed(o.depth_mm, 2)),
            number(o.volume_mm3.map_or("–".to_owned(), short)),
        ]
    });
    let gaps = placement.gaps.iter().map(|g| {
        vec![
            text(g.bodies.join(" to ")),
            number(fixed(g.mean_mm, 2)),
            number(fixed(g.largest_mm, 2)),
        ]
    });
    html! {
        (table("Bodies that share space", &[("bodies", ""), ("depth", "mm"), ("volume", "mm³")], overlaps.collect()))
        (table("Gaps between faces that should meet", &[("bodies", ""), ("mean", "mm"), ("largest", "mm")], gaps.collect()))
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
    let rows = report.surfaces.iter().map(|s| {
        let found = match s.found.is_empty() {
            true => "sound".to_owned(),
            false => s.found.join("; "),
        };
        vec![
            text(&s.body),
            text(&s.file),
            number(whole(s.triangles)),
            text(found),
            text(s.done.join("; ")),
        ]
    });
    let heads = [
        ("body", ""),
        ("file", ""),
        ("triangles", ""),
        ("found (triangles of the file, counted from 0)", ""),
        ("done", ""),
    ];
    table("Surface files", &heads, rows.collect())
}

fn mesh(state: &StateReport) -> Markup {
    let mesh = &state.mesh;
    let rows = mesh.bodies.iter().map(|b| {
        vec![
            text(&b.name),
            number(whole(b.elements)),
            number(short(b.volume_mm3)),
            number(fixed(b.min_dihedral_deg, 1)),
            number(
                b.surface_distance_mm
                    .map_or("–".to_owned(), |d| fixed(d, 2)),
            ),
        ]
    });
    let caption = format!(
        "Mesh, {}: {} nodes, {} quadratic tetrahedra, {} unknowns, smallest dihedral angle {}°",
        state.name,
        whole(mesh.nodes),
        whole(mesh.elements),
        whole(mesh.dofs),
        fixed(mesh.min_dihedral_deg, 1)
    );
    let heads = [
        ("body", ""),
        ("elements", ""),
        ("volume", "mm³"),
        ("smallest dihedral angle", "°"),
        ("distance to the input surface", "mm"),
    ];
    table(&caption, &heads, rows.collect())
}

fn loads(state: &StateReport) -> Markup {
    let rows = state.load_cases.iter().map(|c| {
        vec![
            text(&c.name),
            text(if c.service { "service" } else { "strength" }),
            number(vector(&c.applied.force_n)),
            number(vector(&c.applied.moment_nm)),
            number(c.applied.at_mm.map(|v| fixed(v, 1)).join(", ")),
            number(vector(&c.reaction.force_n)),
            number(vector(&c.reaction.moment_nm)),
            number(short(c.imbalance)),
            number(
                c.loaded_face
                    .displacement_mm
                    .map(|v| fixed(v, 3))
                    .join(", "),
            ),
            number(c.loaded_face.rotation_deg.map(|v| fixed(v, 2)).join(", ")),
        ]
    });
    let heads = [
        ("load case", ""),
        ("counts as", ""),
        ("force", "N"),
        ("moment", "N·m"),
        ("at", "mm"),
        ("reaction force", "N"),
        ("reaction moment", "N·m"),
        ("imbalance", ""),
        ("loaded face moves", "mm"),
        ("and turns", "°"),
    ];
    let caption = format!(
        "Loads, reactions and motion, {}, in the global axes x anterior, y left, z cranial",
        state.name
    );
    table(&caption, &heads, rows.collect())
}

fn solver(state: &StateReport) -> Markup {
    let rows = state.load_cases.iter().map(|c| {
        let s = &c.solver;
        vec![
            text(&c.name),
            text(&s.method),
            number(s.iterations.to_string()),
            number(short(s.true_residual)),
            number(short(s.backward_error)),
            number(fixed(s.seconds, 2)),
            number(fixed(s.peak_bytes as f64 / f64::from(1 << 30), 2)),
            text(&c.vtu),
        ]
    });
    let heads = [
        ("load case", ""),
        ("method", ""),
        ("steps or iterations", ""),
        ("residual ‖b−Ax‖/‖b‖", ""),
        ("backward error", ""),
        ("time", "s"),
        ("its memory", "GiB"),
        ("fields in", ""),
    ];
    table(&format!("Solver, {}", state.name), &heads, rows.collect())
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
        format!(
            ", at most {} GiB of memory",
            fixed(bytes as f64 / f64::from(1 << 30), 2)
        )
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
    let rows = report.defaults.iter().map(|d| {
        vec![
            text(&d.key),
            text(&d.value),
            text(&d.unit),
            text(cited(&d.source)),
        ]
    });
    let heads = [
        ("key", ""),
        ("value", ""),
        ("unit", ""),
        ("source (how far to trust it)", ""),
    ];
    table(
        "Values the case left to the program",
        &heads,
        rows.collect(),
    )
}

/// What no run of this program contains.
pub(super) fn method(report: &RunReport) -> Markup {
    html! {
        ul class="limits" { @for limit in &report.limits_of_the_method { li { (limit) } } }
    }
}

//! What `endplate check` prints of the built models: sizes, shapes, how the bodies lie to each
//! other.

use endplate::assessment::solid_parts::{SolidPartVolume, solid_parts};
use endplate::case::{BodyId, Case};
use endplate::geometry::End;
use endplate::geometry::implant::Cage;
use endplate::report::number::{fixed, whole};
use endplate::scene::measured::FileAccount;
use endplate::spine::Prepared;
use endplate::spine::bodies::MeshedBody;
use endplate::spine::clearance::{TOUCH_MM, clearances};

use super::table::Table;

/// Pairs of bodies further apart than this are not listed, mm.
const NEAR_MM: f64 = 1.0;

/// The tables, each with its head and an empty line before it.
pub fn sizes(case: &Case, built: &Prepared) -> String {
    let mut text = section("Meshes", &meshes(built));
    for sentence in built.bodies.iter().filter_map(MeshedBody::finer_sentence) {
        text += &format!("  {sentence}\n");
    }
    text += &surface_files(case, built);
    let head = "Endplates in the intact state (x anterior, y left, z cranial, mm)";
    text += &section(head, &endplates(built));
    let head = "Posterior walls: what lies before them is body";
    text += &section(head, &posterior_walls(case, built));
    for (i, cage) in built.scene.cages.iter().enumerate() {
        let name = &case.implants[i].name;
        let head = format!("Implant \"{name}\" in its place");
        text += &section(&head, &placement(case, i, cage));
        if !cage.tracks.is_empty() {
            let head =
                "Screw tracks, where their axes enter the side (x anterior, y left, z cranial, mm)";
            text += &section(head, &tracks(cage));
        }
    }
    let parts = case.implants.iter().zip(&built.scene.cages).enumerate();
    let parts = parts.filter_map(|(i, (implant, cage))| {
        let body = built.bodies.iter().find(|b| b.role == BodyId::Implant(i))?;
        Some(solid_parts(case, implant, cage, &body.mesh))
    });
    let parts: Vec<SolidPartVolume> = parts.flatten().collect();
    if !parts.is_empty() {
        text += &section("Solid parts", &part_volumes(&parts));
    }
    text += &section("States", &states(built));
    text += &section(
        "Tied faces (gap at the tied points along the normal; negative: overlap)",
        &ties(built),
    );
    let head = format!(
        "Bodies within {NEAR_MM} mm of each other (smallest distance of a boundary corner of one from \
         the other;\nnegative: it lies that deep inside; corners deeper than {TOUCH_MM} mm are \
         counted)"
    );
    text + &section(&head, &near(case, built))
}

fn section(head: &str, table: &Table) -> String {
    if table.is_empty() {
        return format!("\n{head}\n  none\n");
    }
    format!("\n{head}\n{}", table.text())
}

/// One line per surface file; nothing where all bodies were made.
fn surface_files(case: &Case, built: &Prepared) -> String {
    let line = |f: &FileAccount| {
        let state = f.account.sentence().unwrap_or_else(|| "sound".to_owned());
        let (name, triangles) = (f.role.name(case), whole(f.account.triangles));
        format!("  {name}: {triangles} triangles: {state}\n")
    };
    let lines: String = built.scene.files.iter().map(line).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\nSurface files\n{lines}"),
    }
}

fn meshes(built: &Prepared) -> Table {
    let mut table = Table::new(&[
        "body",
        "volume mm³",
        "elements",
        "nodes",
        "smallest dihedral °",
        "above 15° %",
        "exempt",
        "off the body mm",
    ]);
    for body in &built.bodies {
        let (report, quality) = (&body.report, &body.report.quality);
        table.row([
            body.name.clone(),
            fixed(report.volume_mm3, 1),
            whole(report.elements),
            whole(report.nodes),
            fixed(quality.min_dihedral_deg, 1),
            fixed(100.0 * quality.share_above_15_deg, 2),
            whole(quality.exempt.len()),
            fixed(report.boundary_distance_mm, 3),
        ]);
    }
    table
}

fn part_volumes(parts: &[SolidPartVolume]) -> Table {
    let mut table = Table::new(&["implant", "part", "drawn mm³", "meshed mm³", ""]);
    for part in parts {
        let remark = if part.warning().is_some() {
            "too thin for mesh.implant_mm"
        } else {
            ""
        };
        table.row([
            part.implant.clone(),
            part.name.clone(),
            fixed(part.drawn_mm3, 1),
            fixed(part.meshed_mm3, 1),
            remark.to_owned(),
        ]);
    }
    table
}

/// Who chose a place: the program, or the case.
fn source(is_named: bool) -> String {
    if is_named { "case" } else { "found" }.to_owned()
}

/// A number as a case file takes it, so that it can be copied there: with a hyphen for minus.
fn plain(number: f64) -> String {
    format!("{number:.3}")
}

fn endplates(built: &Prepared) -> Table {
    let mut table = Table::new(&[
        "endplate",
        "source",
        "area mm²",
        "x",
        "y",
        "z",
        "normal x",
        "normal y",
        "normal z",
    ]);
    for vertebra in &built.scene.landmarks.vertebrae {
        let sides = [
            ("superior", &vertebra.superior),
            ("inferior", &vertebra.inferior),
        ];
        for (side, patch) in sides {
            let (centre, normal) = (&patch.centroid, &patch.normal);
            table.row([
                format!("{} {side}", vertebra.name),
                source(patch.is_named),
                fixed(patch.area, 1),
                plain(centre.x),
                plain(centre.y),
                plain(centre.z),
                plain(normal.x),
                plain(normal.y),
                plain(normal.z),
            ]);
        }
    }
    table
}

fn posterior_walls(case: &Case, built: &Prepared) -> Table {
    let mut table = Table::new(&["vertebra", "source", "x", "y", "z"]);
    let found = &built.scene.landmarks.vertebrae;
    for (vertebra, found) in case.vertebrae.iter().zip(found) {
        let wall = &found.posterior_wall;
        table.row([
            vertebra.name.clone(),
            source(vertebra.named.posterior_wall.is_some()),
            plain(wall.x),
            plain(wall.y),
            plain(wall.z),
        ]);
    }
    table
}

fn placement(case: &Case, implant: usize, cage: &Cage) -> Table {
    let mut table = Table::new(&["", "mm"]);
    let rows = [
        (
            "distance of the endplates on its axis",
            cage.facing_distance,
        ),
        ("height on its axis", cage.height),
        ("distraction (negative: falls short)", cage.distraction),
    ];
    for (name, mm) in rows {
        table.row([name.to_owned(), fixed(mm, 2)]);
    }
    for graft in case.grafts.iter().filter(|g| g.implant == implant) {
        // The grafts were made from the same bones: they are met.
        if let Ok([thinnest, thickest]) = cage.graft_thickness(graft.end) {
            table.row([format!("{}, thinnest", graft.name), fixed(thinnest, 2)]);
            table.row([format!("{}, thickest", graft.name), fixed(thickest, 2)]);
        }
    }
    table
}

fn tracks(cage: &Cage) -> Table {
    let mut table = Table::new(&[
        "end",
        "diameter mm",
        "angle °",
        "x",
        "y",
        "z",
        "above the base",
    ]);
    for placed in &cage.tracks {
        let end = match placed.track.end {
            End::Superior => "superior",
            End::Inferior => "inferior",
        };
        let above = (placed.entry - cage.base).dot(&cage.axis);
        table.row([
            end.to_owned(),
            fixed(placed.track.diameter, 1),
            fixed(placed.track.angle_deg, 1),
            fixed(placed.entry.x, 2),
            fixed(placed.entry.y, 2),
            fixed(placed.entry.z, 2),
            fixed(above, 2),
        ]);
    }
    table
}

fn states(built: &Prepared) -> Table {
    let mut table = Table::new(&[
        "state", "bodies", "elements", "dofs", "fixed", "ties", "rods", "loads",
    ]);
    for state in &built.states {
        let model = &state.model;
        table.row([
            model.name.clone(),
            whole(model.bodies.len()),
            whole(model.mesh.element_count()),
            whole(model.dof_count()),
            whole(model.supports.len()),
            whole(model.ties.len()),
            whole(model.rods.len()),
            whole(model.load_cases.len()),
        ]);
    }
    table
}

fn ties(built: &Prepared) -> Table {
    let mut table = Table::new(&[
        "interface",
        "state",
        "face mm²",
        "untied mm²",
        "smallest gap mm",
        "largest gap mm",
    ]);
    for state in &built.states {
        for tie in &state.model.ties {
            let gaps = || tie.pieces.iter().flat_map(|p| p.gaps);
            table.row([
                tie.name.clone(),
                state.model.name.clone(),
                fixed(tie.area, 1),
                fixed(tie.untied_area, 1),
                fixed(gaps().fold(f64::INFINITY, f64::min), 3),
                fixed(gaps().fold(f64::NEG_INFINITY, f64::max), 3),
            ]);
        }
    }
    table
}

fn near(case: &Case, built: &Prepared) -> Table {
    let mut table = Table::new(&["bodies", "state", "distance mm", "corners inside"]);
    for pair in clearances(case, &built.scene, &built.bodies, NEAR_MM) {
        table.row([
            pair.bodies.join(" and "),
            pair.state.clone(),
            fixed(pair.smallest_mm, 2),
            whole(pair.inside),
        ]);
    }
    table
}

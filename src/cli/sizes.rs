//! What `endplate check` prints of the built models: sizes, shapes, how the bodies lie to each
//! other.

use endplate::assessment::solid_parts::{SolidPartVolume, solid_parts};
use endplate::case::{BodyId, Case};
use endplate::contact::Tie;
use endplate::geometry::End;
use endplate::geometry::implant::Cage;
use endplate::report::number::{fixed, whole};
use endplate::scene::measured::FileAccount;
use endplate::spine::Prepared;
use endplate::spine::bodies::MeshedBody;
use endplate::spine::clearance::{TOUCH_MM, clearances};
use endplate::tensor::Point;

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
    if !case.fixation.is_empty() {
        let head = "Screws after surgery (x anterior, y left, z cranial, mm)";
        text += &section(head, &screws(case, built));
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
    Table::by_column(
        &built.bodies,
        &[
            ("body", &|b| b.name.clone()),
            ("volume mm³", &|b| fixed(b.report.volume_mm3, 1)),
            ("elements", &|b| whole(b.report.elements)),
            ("nodes", &|b| whole(b.report.nodes)),
            ("smallest dihedral °", &|b| {
                fixed(b.report.quality.min_dihedral_deg, 1)
            }),
            ("above 15° %", &|b| {
                fixed(100.0 * b.report.quality.share_above_15_deg, 2)
            }),
            ("exempt", &|b| whole(b.report.quality.exempt.len())),
            ("off the body mm", &|b| {
                fixed(b.report.boundary_distance_mm, 3)
            }),
        ],
    )
}

fn part_volumes(parts: &[SolidPartVolume]) -> Table {
    Table::by_column(
        parts,
        &[
            ("implant", &|p| p.implant.clone()),
            ("part", &|p| p.name.clone()),
            ("drawn mm³", &|p| fixed(p.drawn_mm3, 1)),
            ("meshed mm³", &|p| fixed(p.meshed_mm3, 1)),
            ("", &|p| match p.warning() {
                Some(_) => "too thin for mesh.implant_mm".to_owned(),
                None => String::new(),
            }),
        ],
    )
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
    let vertebrae = built.scene.landmarks.vertebrae.iter();
    let rows = vertebrae.flat_map(|v| {
        [("superior", &v.superior), ("inferior", &v.inferior)].map(|(side, patch)| (v, side, patch))
    });
    Table::by_column(
        rows,
        &[
            ("endplate", &|(v, side, _)| format!("{} {side}", v.name)),
            ("source", &|(_, _, patch)| source(patch.is_named)),
            ("area mm²", &|(_, _, patch)| fixed(patch.area, 1)),
            ("x", &|(_, _, patch)| plain(patch.centroid.x)),
            ("y", &|(_, _, patch)| plain(patch.centroid.y)),
            ("z", &|(_, _, patch)| plain(patch.centroid.z)),
            ("normal x", &|(_, _, patch)| plain(patch.normal.x)),
            ("normal y", &|(_, _, patch)| plain(patch.normal.y)),
            ("normal z", &|(_, _, patch)| plain(patch.normal.z)),
        ],
    )
}

fn posterior_walls(case: &Case, built: &Prepared) -> Table {
    Table::by_column(
        case.vertebrae.iter().zip(&built.scene.landmarks.vertebrae),
        &[
            ("vertebra", &|(v, _)| v.name.clone()),
            ("source", &|(v, _)| source(v.named.posterior_wall.is_some())),
            ("x", &|(_, found)| plain(found.posterior_wall.x)),
            ("y", &|(_, found)| plain(found.posterior_wall.y)),
            ("z", &|(_, found)| plain(found.posterior_wall.z)),
        ],
    )
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
    Table::by_column(
        &cage.tracks,
        &[
            ("end", &|t| match t.track.end {
                End::Superior => "superior".to_owned(),
                End::Inferior => "inferior".to_owned(),
            }),
            ("diameter mm", &|t| fixed(t.track.diameter, 1)),
            ("angle °", &|t| fixed(t.track.angle_deg, 1)),
            ("x", &|t| fixed(t.entry.x, 2)),
            ("y", &|t| fixed(t.entry.y, 2)),
            ("z", &|t| fixed(t.entry.z, 2)),
            ("above the base", &|t| {
                fixed((t.entry - cage.base).dot(&cage.axis), 2)
            }),
        ],
    )
}

fn screws(case: &Case, built: &Prepared) -> Table {
    let place = |p: &Point| {
        let [x, y, z] = [p.x, p.y, p.z].map(|v| fixed(v, 1));
        format!("{x}, {y}, {z}")
    };
    Table::by_column(
        case.fixation
            .screws
            .iter()
            .zip(&built.scene.fixation.screws),
        &[
            ("screw", &|(s, _)| s.name.clone()),
            ("diameter", &|(_, p)| fixed(p.diameter, 2)),
            ("length", &|(_, p)| fixed((p.entry - p.tip).norm(), 1)),
            ("tip", &|(_, p)| place(&p.tip)),
            ("entry", &|(_, p)| place(&p.entry)),
            ("head", &|(_, p)| place(&p.head)),
        ],
    )
}

fn states(built: &Prepared) -> Table {
    Table::by_column(
        built.states.iter().map(|s| &s.model),
        &[
            ("state", &|m| m.name.clone()),
            ("bodies", &|m| whole(m.bodies.len())),
            ("elements", &|m| whole(m.mesh.element_count())),
            ("dofs", &|m| whole(m.dof_count())),
            ("fixed", &|m| whole(m.supports.len())),
            ("ties", &|m| whole(m.ties.len())),
            ("screws and rods", &|m| whole(m.construct.parts.len())),
            ("loads", &|m| whole(m.load_cases.len())),
        ],
    )
}

fn ties(built: &Prepared) -> Table {
    let models = built.states.iter().map(|s| &s.model);
    let rows = models.flat_map(|m| m.ties.iter().map(move |tie| (m, tie)));
    fn gaps(tie: &Tie) -> impl Iterator<Item = f64> {
        tie.pieces.iter().flat_map(|p| p.gaps)
    }
    Table::by_column(
        rows,
        &[
            ("interface", &|(_, tie)| tie.name.clone()),
            ("state", &|(model, _)| model.name.clone()),
            ("face mm²", &|(_, tie)| fixed(tie.area, 1)),
            ("untied mm²", &|(_, tie)| fixed(tie.untied_area, 1)),
            ("smallest gap mm", &|(_, tie)| {
                fixed(gaps(tie).fold(f64::INFINITY, f64::min), 3)
            }),
            ("largest gap mm", &|(_, tie)| {
                fixed(gaps(tie).fold(f64::NEG_INFINITY, f64::max), 3)
            }),
        ],
    )
}

fn near(case: &Case, built: &Prepared) -> Table {
    Table::by_column(
        clearances(case, &built.scene, &built.bodies, NEAR_MM),
        &[
            ("bodies", &|pair| pair.bodies.join(" and ")),
            ("state", &|pair| pair.state.clone()),
            ("distance mm", &|pair| fixed(pair.smallest_mm, 2)),
            ("corners inside", &|pair| whole(pair.inside)),
        ],
    )
}

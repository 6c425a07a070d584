//! The meshes in meshes/: what its README says of them, what they are for, and where those come
//! from that this program makes.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use endplate::analysis::AnalysisSettings;
use endplate::bench::Stack;
use endplate::deck::model::DeckModel;
use endplate::deck::write::{DeckSettings, Dialect, write_deck};
use endplate::deck::{DeckSolution, read_deck, solve_deck};
use endplate::geometry::TriSurface;
use endplate::geometry::inspect::inspect;
use endplate::geometry::mend::mended;
use endplate::geometry::surface_file::{LengthUnit, read_surface};
use endplate::mesh::Mesh;
use endplate::mesh::quality::dihedral_angles;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::solver::choice::Method;
use endplate::tensor::{Point, Vec3};

use crate::errors::has_words;
use crate::kidney_cage::{kidney_cage, stl};
use crate::meshes::straighten;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("meshes: the README tells what is there", the_readme_tells),
    ("meshes: each faulty surface has its own fault", faulty),
    ("meshes: the unit tetrahedra shrink evenly", unit_tetrahedra),
    ("meshes: what is made here is what is stored", made_here),
    ("meshes: the stack shortens as the bench's does", stack),
    ("meshes: both solvers move the spine the same", spine),
];

/// Most that the folder may hold, bytes.
const LARGEST: u64 = 1_000_000;

/// Free dofs of the stored stack.
const STACK_DOFS: usize = 6_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("meshes")
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn bytes(name: &str) -> Result<Vec<u8>, String> {
    std::fs::read(folder().join(name)).map_err(|e| format!("{name}: {e}"))
}

/// Elements or triangles, smallest angle between two faces of an element (degrees), volume (mm³).
pub struct Measures {
    cells: usize,
    angle: Option<f64>,
    pub volume: f64,
}

pub fn measures(name: &str) -> Result<Measures, String> {
    match Path::new(name).extension().and_then(|e| e.to_str()) {
        Some("stl") => {
            let surface = surface(name)?;
            Ok(Measures {
                cells: surface.triangles.len(),
                angle: None,
                volume: surface.volume(),
            })
        }
        Some("inp") => {
            let deck = read_deck(&folder().join(name)).map_err(text)?;
            Ok(tetrahedra(&DeckModel::new(&deck).map_err(text)?.mesh))
        }
        Some("msh") => hexahedra(&String::from_utf8(bytes(name)?).map_err(text)?),
        _ => Err(format!("{name}: what is it?")),
    }
}

fn surface(name: &str) -> Result<TriSurface, String> {
    read_surface(&folder().join(name), LengthUnit::Millimetre).map_err(text)
}

pub fn tetrahedra(mesh: &Mesh) -> Measures {
    let all = 0..mesh.element_count();
    let angles = all.clone().flat_map(|e| dihedral_angles(&mesh.corners(e)));
    Measures {
        cells: mesh.element_count(),
        angle: Some(angles.fold(f64::INFINITY, f64::min)),
        volume: all.map(|e| mesh.volume(e)).sum(),
    }
}

/// Of hexahedra with flat faces, in version 2.2 of Gmsh's format.
fn hexahedra(msh: &str) -> Result<Measures, String> {
    let section = |name: &str| {
        let begins = msh.split_once(&format!("${name}\n")).ok_or("a section")?;
        let ends = begins.1.split_once("$End").ok_or("its end")?;
        let rows = ends.0.lines().skip(1);
        let numbers = rows.map(|l| l.split(' ').map(str::parse).collect());
        let all: Result<Vec<Vec<f64>>, _> = numbers.collect();
        all.map_err(text)
    };
    let nodes = section("Nodes")?;
    let point = |n: f64| Point::from_slice(&nodes[n as usize - 1][1..]);
    let mut found = Measures {
        cells: 0,
        angle: Some(f64::INFINITY),
        volume: 0.0,
    };
    // Gmsh's element 5 has eight nodes, the last in its row; here with the neighbours of each.
    const NEIGHBOURS: [[usize; 3]; 8] = [
        [1, 3, 4],
        [2, 0, 5],
        [3, 1, 6],
        [0, 2, 7],
        [7, 5, 0],
        [4, 6, 1],
        [5, 7, 2],
        [6, 4, 3],
    ];
    for row in section("Elements")?.iter().filter(|row| row[1] == 5.0) {
        let corners: Vec<Point> = row[row.len() - 8..].iter().map(|&n| point(n)).collect();
        for (k, near) in NEIGHBOURS.iter().enumerate() {
            let [a, b, c] = near.map(|n| corners[n]);
            let angles = dihedral_angles(&[corners[k], a, b, c]);
            // The first three are those at this corner's edges.
            let least = angles[..3].iter().copied().fold(180.0, f64::min);
            found.angle = found.angle.map(|angle| angle.min(least));
        }
        // Six tetrahedra around the diagonal from corner 0 to corner 6.
        for ring in [1, 2, 3, 7, 4, 5].windows(2).chain([[5, 1].as_slice()]) {
            let [p, q] = [corners[ring[0]], corners[ring[1]]].map(|p| p - corners[0]);
            found.volume += p.cross(&q).dot(&(corners[6] - corners[0])) / 6.0;
        }
        found.cells += 1;
    }
    Ok(found)
}

/// Rows of the README's table: name, bytes, cells, angle, volume, SHA-256; what it is for is left.
fn the_readme_tells() -> Result<(), String> {
    let readme = String::from_utf8(bytes("README.md")?).map_err(text)?;
    let mut stored: Vec<(String, u64)> = Vec::new();
    for entry in std::fs::read_dir(folder()).map_err(text)? {
        let entry = entry.map_err(text)?;
        let size = entry.metadata().map_err(text)?.len();
        stored.push((entry.file_name().to_string_lossy().into_owned(), size));
    }
    stored.sort();
    let total: u64 = stored.iter().map(|f| f.1).sum();
    if total >= LARGEST {
        return Err(format!("meshes/ holds {total} bytes"));
    }
    let told: Vec<&str> = readme.lines().filter(|l| l.starts_with("| `")).collect();
    let mut wrong = Vec::new();
    for (name, size) in stored.iter().filter(|f| f.0 != "README.md") {
        let found = measures(name)?;
        let angle = found.angle.map_or("–".to_owned(), |a| format!("{a:.1}"));
        let digest = Sha256::digest(bytes(name)?);
        let digest: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        let (cells, volume) = (found.cells, found.volume);
        let row = format!("| `{name}` | {size} | {cells} | {angle} | {volume:.3} | `{digest}` |");
        if !told.iter().any(|l| l.starts_with(&row)) {
            wrong.push(row);
        }
    }
    match wrong.is_empty() && told.len() + 1 == stored.len() {
        true => Ok(()),
        false => Err(format!(
            "{} rows; these are missing:\n{}",
            told.len(),
            wrong.join("\n")
        )),
    }
}

fn faulty() -> Result<(), String> {
    let sound = inspect(&surface("ball.stl")?);
    let kidney = inspect(&surface("kidney-cage.stl")?);
    if !sound.is_clean() || !kidney.is_clean() {
        return Err("a sound surface is not".to_owned());
    }
    // Holes, turned over, cutting through itself, more than two triangles at an edge; what is said.
    for (name, faults, words) in [
        ("open.stl", [true, false, false, false], "open edges"),
        ("inside-out.stl", [false, true, false, false], "inside out"),
        (
            "self-intersecting.stl",
            [false, false, true, false],
            "over itself",
        ),
        (
            "non-manifold.stl",
            [false, false, false, true],
            "edges of more than two triangles",
        ),
    ] {
        let surface = surface(name)?;
        let found = inspect(&surface);
        let own = [
            !found.open.is_empty(),
            surface.volume() < 0.0,
            !found.self_intersecting.is_empty(),
            !found.non_manifold.is_empty(),
        ];
        if own != faults {
            return Err(format!("{name} has {own:?}"));
        }
        let told = match mended(surface) {
            Ok(mended) => mended.account.sentence().unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        has_words(&told, &[words], name)?;
    }
    Ok(())
}

fn solved(name: &str, method: Method) -> Result<DeckSolution, String> {
    let deck = read_deck(&folder().join(name)).map_err(text)?;
    let settings = AnalysisSettings {
        method,
        ..AnalysisSettings::default()
    };
    solve_deck(&deck, &settings, &Silent).map_err(text)
}

/// −10 MPa (1 − 2 ν) / E, everywhere and in every direction.
fn unit_tetrahedra() -> Result<(), String> {
    for name in ["unit-tet4.inp", "unit-tet10.inp"] {
        let solution = solved(name, Method::Auto)?;
        let moved = &solution.steps[0].displacement;
        for (p, u) in solution.model.mesh.nodes.iter().zip(moved) {
            if (u + 0.005 * p.coords).amax() > 1e-12 {
                return Err(format!("{name}: {p} moves by {u:?}"));
            }
        }
    }
    Ok(())
}

/// The stack of the benches, its corners on thousandths of a millimetre.
fn stack_model() -> Model {
    let rounded = |mesh: &mut Mesh, to: f64| {
        let nodes = mesh.nodes.iter_mut();
        nodes.for_each(|p| *p = p.map(|x| (to * x).round() / to));
    };
    let mut model = Stack::with_free_dofs(STACK_DOFS).model();
    rounded(&mut model.mesh, 1e3);
    straighten(&mut model.mesh);
    rounded(&mut model.mesh, 1e4);
    model
}

/// A model as the deck of that name in a folder of the build.
pub fn written(stem: &str, model: &Model) -> Result<PathBuf, String> {
    let settings = DeckSettings {
        dialect: Dialect::Abaqus,
        tie_gap_mm: 0.1,
    };
    let made = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let deck = write_deck(made, stem, model, &settings).map_err(text)?;
    Ok(made.join(deck.file))
}

fn made_here() -> Result<(), String> {
    let kidney = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kidney-cage.stl");
    let title = "A kidney-shaped cage, tests/all/kidney_cage.rs";
    std::fs::write(&kidney, stl(&kidney_cage(5, 24), title)).map_err(text)?;
    for made in [kidney, written("stack", &stack_model())?] {
        let name = made.file_name().unwrap_or_default().to_string_lossy();
        if std::fs::read(&made).map_err(text)? != bytes(&name)? {
            return Err(format!("meshes/{name} is not as made: {}", made.display()));
        }
    }
    Ok(())
}

/// The mean motion of the loaded nodes, from the deck against the bench's own model, whose nodes
/// are nowhere further than 0.0005 mm.
fn stack() -> Result<(), String> {
    let model = Stack::with_free_dofs(STACK_DOFS).model();
    let direct = endplate::analysis::solve(&model, &AnalysisSettings::default(), &Silent);
    let direct = &direct.map_err(text)?.cases[0].displacement;
    let sinks = |moved: &[Vec3]| -> f64 {
        let loaded = &model.load_cases[0].forces;
        loaded.iter().map(|(n, f)| f.z * moved[*n as usize].z).sum()
    };
    for method in [Method::Cholesky, Method::Cg] {
        let through_deck = solved("stack.inp", method)?;
        let share = sinks(&through_deck.steps[0].displacement) / sinks(direct);
        if (share - 1.0).abs() > 1e-4 {
            return Err(format!("{method:?}: {share} of the bench's work"));
        }
    }
    Ok(())
}

fn spine() -> Result<(), String> {
    let direct = solved("t5-t7.inp", Method::Cholesky)?;
    let iterated = solved("t5-t7.inp", Method::Cg)?;
    let [a, b] = [&direct, &iterated].map(|s| &s.steps[0]);
    let largest = |u: &mut dyn Iterator<Item = Vec3>| u.fold(0.0, |m: f64, u| m.max(u.amax()));
    let size = largest(&mut a.displacement.iter().copied());
    let pairs = a.displacement.iter().zip(&b.displacement);
    let apart = largest(&mut pairs.map(|(a, b)| a - b));
    let carried = a.reaction.force - Vec3::new(0.0, 0.0, 500.0);
    let bound = direct
        .model
        .ties
        .iter()
        .all(|t| t.untied_area < 0.1 * t.area);
    match apart < 1e-5 * size && carried.amax() < 1e-5 && bound && direct.model.ties.len() == 4 {
        true => Ok(()),
        false => Err(format!(
            "apart by {apart:e} of {size} mm, {carried} left over"
        )),
    }
}

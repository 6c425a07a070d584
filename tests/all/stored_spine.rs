//! Where meshes/t5-t7.inp comes from: the intact state of the T6 case on long edges, with corners
//! alone, bones and discs of one modulus each, and 500 N down on T5.

use endplate::contact::{TieSettings, TieSpec, build_tie};
use endplate::deck::model::DeckModel;
use endplate::deck::read_deck;
use endplate::material::MaterialField;
use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::{Blocks, ElementKind, Facet, TetMesh};
use endplate::model::{BodyRange, Model};
use endplate::tensor::{Elasticity, Vec3, Wrench};

use crate::round_trip::{models, t6};
use crate::stored_meshes::{measures, tetrahedra, written};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "meshes: the spine is the parametric T5 to T7",
    spine_from_its_case,
)];

/// Lengths of edges, mm.
const SIZES: &[(&str, &str)] = &[
    ("bone_mm", "12.0"),
    ("endplate_mm", "6.0"),
    ("implant_mm", "4.0"),
    ("resected_mm", "12.0"),
    ("disc_mm", "4.0"),
];

/// Moduli (MPa) and Poisson ratios: round numbers, for solvers.
const BONE: (f64, f64) = (300.0, 0.3);
const DISC: (f64, f64) = (10.0, 0.45);

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Another mesher makes other elements, but the same bodies.
fn spine_from_its_case() -> Result<(), String> {
    let made = written("t5-t7", &spine(&models(&t6(SIZES, "")?)?[0])?)?;
    let deck = read_deck(&made).map_err(text)?;
    let anew = tetrahedra(&DeckModel::new(&deck).map_err(text)?.mesh).volume;
    let stored = measures("t5-t7.inp")?.volume;
    match (anew / stored - 1.0).abs() < 0.01 {
        true => Ok(()),
        false => Err(format!(
            "{anew:.1} mm³ anew, {stored:.1} stored; {}",
            made.display()
        )),
    }
}

/// Numbers of the nodes that are corners, rising.
fn corners(mesh: &TetMesh) -> Vec<u32> {
    let elements = 0..mesh.element_count();
    let mut numbers: Vec<u32> = elements
        .flat_map(|e| mesh.element(e)[..4].iter().copied())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The model on linear elements, its nodes on thousandths of a millimetre.
fn spine(quadratic: &Model) -> Result<Model, String> {
    let old = &quadratic.mesh;
    let kept = corners(old);
    let before = |n: usize| kept.partition_point(|&m| (m as usize) < n);
    let elements = (0..old.element_count()).flat_map(|e| &old.element(e)[..4]);
    let rounded = |&n: &u32| old.nodes[n as usize].map(|x| (1e3 * x).round() / 1e3);
    let mesh = TetMesh {
        nodes: kept.iter().map(rounded).collect(),
        blocks: Blocks::of(
            ElementKind::Tet4,
            elements.map(|&n| before(n as usize) as u32).collect(),
        ),
        ..old.clone()
    };
    let bone = Elasticity::isotropic(BONE.0, BONE.1);
    let mut materials = MaterialField::uniform(bone, mesh.element_count());
    materials.table.push(Elasticity::isotropic(DISC.0, DISC.1));
    // Side A of every tie is a disc's.
    let discs = quadratic.ties.iter();
    let discs = discs.filter_map(|t| quadratic.bodies.iter().find(|b| b.name == t.bodies[0]));
    for e in discs.flat_map(|d| d.elements.clone()) {
        materials.of_element[e] = 1;
    }
    let bodies = quadratic.bodies.iter().map(|b| BodyRange {
        nodes: before(b.nodes.start)..before(b.nodes.end),
        ..b.clone()
    });
    let push = Wrench::of_force(Vec3::new(0.0, 0.0, -500.0));
    let linear = Model::solid(mesh, materials)
        .with_bodies(bodies.collect())
        .named("intact")
        .held("T7.inferior_endplate", &[0, 1, 2])
        .and_then(|m| m.loaded("T5.superior_endplate", "push", push))
        .map_err(text)?;
    tied(linear, quadratic)
}

/// Ties what `like` ties: whatever of two bodies faces each other.
fn tied(mut model: Model, like: &Model) -> Result<Model, String> {
    let outside = boundary_facets(&model.mesh);
    let settings = TieSettings::default();
    for tie in &like.ties {
        let [a, b] = tie.bodies.each_ref().map(|name| {
            let body = model
                .bodies
                .iter()
                .find(|b| b.name == *name)
                .map_or(0..0, |b| b.elements.clone());
            let own = |f: &&Facet| body.contains(&(f.element as usize));
            outside.iter().filter(own).copied().collect::<Vec<_>>()
        });
        let spec = TieSpec {
            name: tie.name.clone(),
            bodies: tie.bodies.clone(),
            surfaces: [&a, &b],
        };
        let built = build_tie(&spec, &model.mesh, &model.materials, &settings);
        model.ties.push(built.map_err(text)?);
    }
    Ok(model)
}

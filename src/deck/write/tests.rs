use super::*;
use crate::analysis::AnalysisSettings;
use crate::analysis::tests::{block, run};
use crate::assembly::MembraneSheet;
use crate::boundary::FixedDof;
use crate::contact::{TieSettings, TieSpec, build_tie};
use crate::deck::number::LONGEST;
use crate::deck::{read_deck, solve_deck};
use crate::fixation::{Builder, CircularSection, PartKind, RodLine};
use crate::material::MaterialField;
use crate::material::membrane::MembraneMaterial;
use crate::mesh::boundary::boundary_facets;
use crate::mesh::combine::concatenate;
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, Facet, Mesh};
use crate::progress::Silent;
use crate::tensor::tests::{orthotropic, turned_orthotropic};
use crate::tensor::{Elasticity, Point, Vec3};

const GAP: f64 = 0.1;

/// Displacements of the model and of its deck, by step.
fn both(model: &Model, dialect: Dialect) -> Vec<[Vec<Vec3>; 2]> {
    let dir = tempfile::tempdir().unwrap();
    let settings = DeckSettings {
        dialect,
        tie_gap_mm: GAP,
    };
    let written = write_deck(dir.path(), "model", model, &settings).unwrap();
    let path = dir.path().join(&written.file);
    fields_are_short(&std::fs::read_to_string(&path).unwrap());
    let deck = read_deck(&path).unwrap();
    let solved = solve_deck(&deck, &AnalysisSettings::default(), &Silent).unwrap();
    let direct = run(model).unwrap();
    let steps = solved.steps.into_iter().zip(direct.cases);
    steps
        .map(|(step, case)| [step.displacement, case.displacement])
        .collect()
}

fn fields_are_short(text: &str) {
    let lines = text.lines().filter(|l| !l.starts_with("**"));
    for field in lines.flat_map(|l| l.split([',', '='])) {
        assert!(field.len() <= LONGEST, "{field}");
    }
}

/// Largest difference over the largest displacement, over all steps.
fn difference(steps: &[[Vec<Vec3>; 2]]) -> f64 {
    assert!(!steps.is_empty());
    let of_step = |[deck, direct]: &[Vec<Vec3>; 2]| {
        let largest = direct.iter().map(Vec3::norm).fold(0.0, f64::max);
        let pairs = deck.iter().zip(direct);
        pairs.map(|(a, b)| (a - b).norm()).fold(0.0, f64::max) / largest
    };
    steps.iter().map(of_step).fold(0.0, f64::max)
}

/// Its deck must have the same displacements in both dialects, but for the solver's round-off.
fn same(model: &Model) {
    for dialect in [Dialect::Calculix, Dialect::Abaqus] {
        let off = difference(&both(model, dialect));
        assert!(off < 1e-9, "{off:e} for {}", dialect.program());
    }
}

#[test]
fn a_model_written_as_a_deck_and_read_again_has_the_same_displacements() {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        let mut model = block(kind);
        model.materials.table.push(orthotropic());
        model.materials.of_element[0] = 1;
        model.materials.table.push(turned_orthotropic());
        model.materials.of_element[2] = 2;
        // A body of another modulus is a class of its own.
        model.materials.factor[1] = [1.234_567; 4];
        model.supports.push(FixedDof {
            node: model.load_cases[0].forces[0].0,
            axis: 1,
            value: 1.0e-3 / 3.0,
        });
        same(&model);
    }
}

/// Every node at z = 0, held.
fn held_below(mesh: &Mesh) -> Vec<FixedDof> {
    let below = (0..).zip(&mesh.nodes).filter(|(_, p)| p.z == 0.0);
    let held = |node| {
        (0..3).map(move |axis| FixedDof {
            node,
            axis,
            value: 0.0,
        })
    };
    below.flat_map(|(node, _)| held(node)).collect()
}

/// Two blocks of different meshes, tied; the upper face of the lower one leans.
fn tied(gap: f64) -> Model {
    let lower = box_mesh(ElementKind::Tet10, [2, 3, 2], |p| {
        Point::new(4.0 * p[0], 4.0 * p[1], p[2] * (3.0 + 0.02 * p[0]))
    });
    let upper = box_mesh(ElementKind::Tet10, [3, 2, 2], |p| {
        let bottom = 3.0 + gap;
        Point::new(4.0 * p[0], 4.0 * p[1], bottom + p[2] * 2.0)
    });
    let (mesh, ranges) = concatenate(&[("lower", &lower), ("upper", &upper)]).unwrap();
    let mut model = block(ElementKind::Tet10);
    model.bodies = ["lower", "upper"]
        .iter()
        .zip(ranges)
        .map(|(name, range)| crate::model::BodyRange {
            name: (*name).to_owned(),
            elements: range.elements,
            nodes: range.nodes,
        })
        .collect();
    let count = mesh.element_count();
    model.materials = MaterialField::uniform(Elasticity::isotropic(500.0, 0.3), count);
    model
        .materials
        .table
        .push(Elasticity::isotropic(50.0, 0.45));
    for e in model.bodies[1].elements.clone() {
        model.materials.of_element[e] = 1;
    }
    let facing = |range: &Range<usize>, up: f64| -> Vec<Facet> {
        let outside = boundary_facets(&mesh).into_iter();
        outside
            .filter(|f| {
                let n = mesh.facet_area_vector(*f).normalize();
                range.contains(&(f.element as usize)) && n.z * up > 0.9
            })
            .collect()
    };
    // The upper block's face is side A, and the whole of the lower one side B.
    let bottom: Vec<Facet> = facing(&model.bodies[1].elements, -1.0);
    let top = facing(&model.bodies[0].elements, 1.0);
    let spec = TieSpec {
        name: "upper-lower".into(),
        bodies: ["upper".into(), "lower".into()],
        surfaces: [&bottom, &top],
    };
    let settings = TieSettings {
        max_gap: GAP,
        ..TieSettings::default()
    };
    model.ties = vec![build_tie(&spec, &mesh, &model.materials, &settings).unwrap()];
    model.supports = held_below(&mesh);
    let loaded = (0..).zip(&mesh.nodes).filter(|(_, p)| p.z > 4.9);
    model.load_cases[0].forces = loaded
        .map(|(n, p)| (n, Vec3::new(0.1 * p.x, -0.05, 0.2)))
        .collect();
    model.mesh = mesh;
    model
}

#[test]
fn a_deck_ties_the_area_that_the_model_ties() {
    for gap in [0.0, 0.05, 0.09] {
        same(&tied(gap));
    }
}

/// The block with a shell on its sides.
fn shelled(kind: ElementKind) -> Model {
    let mut model = block(kind);
    let sides = boundary_facets(&model.mesh).into_iter().filter(|f| {
        let n = model.mesh.facet_area_vector(*f).normalize();
        n.z.abs() < 0.5
    });
    let material = MembraneMaterial::new(12_000.0, 0.3, 0.04).unwrap();
    let sheet = MembraneSheet::on_facets(&model.mesh, sides.collect(), &material);
    model.membranes = vec![sheet.unwrap()];
    model
}

#[test]
fn membranes_are_read_again_as_they_were_written() {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        let model = shelled(kind);
        let off = difference(&both(&model, Dialect::Abaqus));
        assert!(off < 1e-9, "{off:e}");
        let mut bare = model.clone();
        bare.membranes.clear();
        let bare = run(&bare).unwrap().cases[0].displacement.clone();
        let shelled = run(&model).unwrap().cases[0].displacement.clone();
        // The shell carries most of the load, so losing it would show.
        let largest = |u: &[Vec3]| u.iter().map(Vec3::norm).fold(0.0, f64::max);
        assert!(largest(&shelled) < 0.7 * largest(&bare));
    }
}

#[test]
fn flat_solids_stretch_as_the_membranes_do() {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        // Where the strain is uniform in a facet only the square of their height (0.003 mm) over the
        // facet's size (1.5 mm and more) is left, times the shell's share: with three nodes a
        // facet always, with six where the strain is uniform along the block.
        let mut model = shelled(kind);
        if kind == ElementKind::Tet4 {
            let off = difference(&both(&model, Dialect::Calculix));
            assert!(off < 1e-5, "{off:e}");
        }
        model.supports.retain(|s| s.axis == 2);
        let [a, b] = [0, 1].map(|k| model.supports[k].node);
        let held = [(a, 0), (a, 1), (b, 0), (b, 1)];
        let at = |n: u32| model.mesh.nodes[n as usize];
        let across = usize::from(at(a).y == at(b).y);
        assert!(at(a)[across] == at(b)[across]);
        let held = held.into_iter().filter(|d| d.0 == a || d.1 == across as u8);
        let supports = held.map(|(node, axis)| FixedDof {
            node,
            axis,
            value: 0.0,
        });
        model.supports.extend(supports);
        let top = model.load_cases[0].forces.clone();
        model.supports.extend(top.iter().map(|(n, _)| FixedDof {
            node: *n,
            axis: 2,
            value: -0.01,
        }));
        model.load_cases[0].forces.clear();
        let off = difference(&both(&model, Dialect::Calculix));
        assert!(off < 1e-5, "{off:e}");
    }
}

#[test]
fn what_a_deck_lacks_is_said_and_a_deck_without_rods_is_named_so() {
    let dir = tempfile::tempdir().unwrap();
    let settings = DeckSettings {
        dialect: Dialect::Abaqus,
        tie_gap_mm: GAP,
    };
    let mut model = block(ElementKind::Tet10);
    let whole = write_deck(dir.path(), "fused", &model, &settings).unwrap();
    assert_eq!(whole.file, "fused.inp");
    assert_eq!(whole.line(), "fused.inp (Abaqus) holds the whole model");
    let section = CircularSection {
        diameter: 5.5,
        youngs_modulus: 110e3,
        poisson_ratio: 0.3,
    };
    let mut builder = Builder::new(&mut model.mesh);
    let nodes = [0.0, 40.0].map(|z| builder.node(Point::new(-40.0, 0.0, z)));
    builder.rod(&RodLine {
        name: "rod left".to_owned(),
        kind: PartKind::Rod,
        nodes: nodes.to_vec(),
        section,
    });
    model.construct = builder.finish(&model.materials).unwrap();
    // Neighbours that are graded to different values at the nodes they share.
    model.materials.factor[0] = [1.0, 1.0, 1.0, 1.5];
    model.materials.factor[1] = [2.0, 2.0, 2.0, 3.0];
    let part = write_deck(dir.path(), "fused", &model, &settings).unwrap();
    assert_eq!(part.file, "fused-without-rods.inp");
    let text = std::fs::read_to_string(dir.path().join(&part.file)).unwrap();
    assert_eq!(part.lacks.len(), 2);
    for missing in &part.lacks {
        assert!(text.contains(&format!("** LEFT OUT: {missing}\n")));
        assert!(part.line().contains(missing.as_str()));
    }
}

//! Hexahedra and wedges: patches of distorted elements, kinds that share faces, the solvers, modes
//! without energy. What CalculiX prints for them stands in `validation/deck-hex8` and its like.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use endplate::analysis::{self, AnalysisSettings};
use endplate::boundary::{Coupling, FixedDof, LoadCase, facet_centroid};
use endplate::deck::{read_deck, read_deck_from, solve_deck};
use endplate::element::reference::REFERENCES;
use endplate::mesh::boundary::{boundary_facets, facet_node_set};
use endplate::mesh::quality::total_volume;
use endplate::mesh::{Blocks, ElementKind, TetMesh};
use endplate::method::Method;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::recovery::element_fields;
use endplate::tensor::{Elasticity, OrthotropicConstants, Point, Vec3, Wrench};
use nalgebra::Matrix3;

use crate::decks::refused;

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("elements: distorted patches of every kind", patches),
    (
        "elements: kinds that share faces pass the patch test",
        mixed,
    ),
    ("elements: a wrench on quadrilaterals", wrench_on_faces),
    ("elements: multigrid and Cholesky agree", solvers_agree),
    (
        "elements: modes without energy are refused by name",
        zero_energy,
    ),
    (
        "elements: supported modes without energy are none",
        supported,
    ),
    (
        "elements: half a face, a tie and a face that is none are refused",
        refusals,
    ),
    ("elements: Gmsh's hexahedra and prisms", gmsh),
];

/// Gives every edge of linear elements a node in its middle.
fn with_middles(nodes: &mut Vec<Point>, blocks: &Blocks, quadratic: &[ElementKind]) -> Blocks {
    let mut middles: BTreeMap<[u32; 2], u32> = BTreeMap::new();
    let mut all = Blocks::default();
    for (kind, corners) in blocks.elements() {
        let solid = kind.reference().solid;
        let of_solid = quadratic.iter().find(|k| k.reference().solid == solid);
        let Some(&kind) = of_solid else { continue };
        let mut element = corners.to_vec();
        for &[i, j] in kind.reference().edges() {
            let (a, b) = (corners[i].min(corners[j]), corners[i].max(corners[j]));
            let node = *middles.entry([a, b]).or_insert_with(|| {
                nodes.push(nalgebra::center(&nodes[a as usize], &nodes[b as usize]));
                nodes.len() as u32 - 1
            });
            element.push(node);
        }
        all.push(kind, &element);
    }
    all
}

/// A block of `n` cells along each axis, on a lattice of `side` a cell; `kind_of` says what a cell is
/// made of: a hexahedron, two wedges, six tetrahedra or nothing.
fn cells(n: [usize; 3], kind_of: impl Fn([usize; 3]) -> Option<ElementKind>) -> TetMesh {
    let number = |i: usize, j: usize, k: usize| (i + (n[0] + 1) * (j + (n[1] + 1) * k)) as u32;
    let mut nodes = Vec::new();
    for k in 0..=n[2] {
        for j in 0..=n[1] {
            nodes.extend((0..=n[0]).map(|i| Point::new(i as f64, j as f64, k as f64)));
        }
    }
    let mut blocks = Blocks::default();
    for k in 0..n[2] {
        for j in 0..n[1] {
            for i in 0..n[0] {
                let [a, b, c, d] = [[0, 0], [1, 0], [1, 1], [0, 1]];
                let at = |[x, y]: [usize; 2], z: usize| number(i + x, j + y, k + z);
                let hexahedron: [u32; 8] = [
                    at(a, 0),
                    at(b, 0),
                    at(c, 0),
                    at(d, 0),
                    at(a, 1),
                    at(b, 1),
                    at(c, 1),
                    at(d, 1),
                ];
                let Some(kind) = kind_of([i, j, k]) else {
                    continue;
                };
                let cut: &[&[usize]] = match kind {
                    ElementKind::Wedge6 => &[&[0, 1, 2, 4, 5, 6], &[0, 2, 3, 4, 6, 7]],
                    ElementKind::Tet4 => &[
                        &[0, 1, 2, 6],
                        &[0, 5, 1, 6],
                        &[0, 4, 5, 6],
                        &[0, 2, 3, 6],
                        &[0, 3, 7, 6],
                        &[0, 7, 4, 6],
                    ],
                    _ => &[&[0, 1, 2, 3, 4, 5, 6, 7]],
                };
                for local in cut {
                    let element: Vec<u32> = local.iter().map(|&l| hexahedron[l]).collect();
                    blocks.push(kind, &element);
                }
            }
        }
    }
    mesh(nodes, blocks)
}

/// Nodes that no element uses are left out.
fn mesh(nodes: Vec<Point>, blocks: Blocks) -> TetMesh {
    let mut new: BTreeMap<u32, u32> = blocks.node_numbers().map(|n| (n, 0)).collect();
    let kept: Vec<Point> = new.keys().map(|&n| nodes[n as usize]).collect();
    new.values_mut().zip(0..).for_each(|(new, k)| *new = k);
    let mut renumbered = Blocks::default();
    for (kind, element) in blocks.elements() {
        let element: Vec<u32> = element.iter().map(|n| new[n]).collect();
        renumbered.push(kind, &element);
    }
    TetMesh {
        region_of: vec![0; renumbered.count()],
        nodes: kept,
        blocks: renumbered,
        regions: vec!["block".to_owned()],
        surfaces: Vec::new(),
    }
}

/// The nodes on the outside.
fn outer(mesh: &TetMesh) -> Vec<u32> {
    facet_node_set(mesh, &boundary_facets(mesh))
}

/// Moves inner nodes by up to `by`.
fn distort(mesh: &mut TetMesh, by: f64) {
    let fixed = outer(mesh);
    for n in 0..mesh.nodes.len() {
        if fixed.binary_search(&(n as u32)).is_err() {
            let phase = n as f64;
            let off = Vec3::new(
                (7.3 * phase).sin(),
                (5.1 * phase).cos(),
                (3.7 * phase + 1.0).sin(),
            );
            mesh.nodes[n] += by * off;
        }
    }
}

/// The largest errors of displacement and stress where the outside follows a linear field, over the
/// largest displacement and stress.
fn patch_errors(mesh: TetMesh, elasticity: Elasticity) -> Result<[f64; 2], String> {
    let gradient = Matrix3::new(1.0, 0.4, -0.3, 0.2, -0.5, 0.7, -0.6, 0.1, 0.8) * 1e-3;
    let exact = |p: &Point| Vec3::new(0.01, -0.02, 0.005) + gradient * p.coords;
    let e = 0.5 * (gradient + gradient.transpose());
    let strain = endplate::tensor::Voigt::new(
        e[(0, 0)],
        e[(1, 1)],
        e[(2, 2)],
        2.0 * e[(0, 1)],
        2.0 * e[(1, 2)],
        2.0 * e[(0, 2)],
    );
    let stress = elasticity.stress(&strain);
    let supports: Vec<FixedDof> = outer(&mesh)
        .into_iter()
        .flat_map(|node| {
            let u = exact(&mesh.nodes[node as usize]);
            [0, 1, 2].map(|axis| FixedDof {
                node,
                axis,
                value: u[usize::from(axis)],
            })
        })
        .collect();
    let model = Model::uniform(mesh, elasticity)
        .with_supports(supports)
        .with_load_cases([LoadCase::of_forces("none", Vec::new())]);
    let solution = analysis::solve(&model, &AnalysisSettings::default(), &Silent)
        .map_err(|e| e.to_string())?;
    let u = &solution.cases[0].displacement;
    let mut errors = [0.0f64; 2];
    let mut size = 0.0f64;
    for (p, u) in model.mesh.nodes.iter().zip(u) {
        errors[0] = errors[0].max((u - exact(p)).amax());
        size = size.max(exact(p).amax());
    }
    for found in element_fields(&model, u).stress {
        errors[1] = errors[1].max((found - stress).amax());
    }
    Ok([errors[0] / size, errors[1] / stress.amax()])
}

fn orthotropic() -> Result<Elasticity, String> {
    let constants = OrthotropicConstants {
        youngs_modulus: [900.0, 400.0, 1500.0],
        poisson_ratio: [0.25, 0.2, 0.3],
        shear_modulus: [250.0, 300.0, 200.0],
    };
    let turn = nalgebra::Rotation3::from_euler_angles(0.3, -0.5, 0.8);
    let elasticity = Elasticity::orthotropic(&constants).ok_or("no such material")?;
    Ok(elasticity.rotated(turn.matrix()))
}

fn small(errors: [f64; 2], what: &str) -> Result<(), String> {
    // A NaN is no pass.
    match errors.iter().all(|e| *e < 1e-11) {
        true => Ok(()),
        false => Err(format!("{what}: errors {errors:?}")),
    }
}

/// The linear kind with the same corners.
fn linear(kind: ElementKind) -> ElementKind {
    let of_solid = REFERENCES
        .iter()
        .find(|r| r.solid == kind.reference().solid && !r.quadratic);
    match kind {
        ElementKind::Hex8Incompatible => kind,
        _ => of_solid.map_or(kind, |r| r.kind),
    }
}

fn patches() -> Result<(), String> {
    for table in &REFERENCES {
        let mut mesh = cells([3; 3], |_| Some(linear(table.kind)));
        if table.quadratic {
            mesh.blocks = with_middles(&mut mesh.nodes, &mesh.blocks, &[table.kind]);
        }
        // Middle nodes move on their own: inner edges are curved, and tetrahedra here are straight.
        let straight = table.kind == ElementKind::Tet10;
        distort(&mut mesh, if straight { 0.0 } else { 0.07 });
        for elasticity in [Elasticity::isotropic(1000.0, 0.3), orthotropic()?] {
            small(patch_errors(mesh.clone(), elasticity)?, table.deck_type)?;
        }
    }
    Ok(())
}

/// Hexahedra and wedges side by side, tetrahedra on the wedges' triangles.
fn mixed_cells([_, i, k]: [usize; 3]) -> Option<ElementKind> {
    match (i, k) {
        (0 | 1, 0 | 1) => Some(ElementKind::Hex8),
        (_, 0 | 1) => Some(ElementKind::Wedge6),
        (2 | 3, 2 | 3) => Some(ElementKind::Tet4),
        _ => None,
    }
}

fn mixed() -> Result<(), String> {
    let elasticity = orthotropic()?;
    let mut mesh = cells([3, 4, 4], mixed_cells);
    distort(&mut mesh, 0.06);
    if mesh.blocks.only_kind().is_some() || mesh.blocks.iter().count() < 3 {
        return Err("one kind".into());
    }
    small(patch_errors(mesh, elasticity)?, "linear")?;
    for hexahedron in [ElementKind::Hex20, ElementKind::Hex20Reduced] {
        let mut mesh = cells([3, 4, 4], mixed_cells);
        distort(&mut mesh, 0.06);
        let kinds = [hexahedron, ElementKind::Wedge15, ElementKind::Tet10];
        mesh.blocks = with_middles(&mut mesh.nodes, &mesh.blocks, &kinds);
        small(patch_errors(mesh, elasticity)?, "quadratic")?;
    }
    Ok(())
}

/// A wrench comes in as itself on a face of triangles and quadrilaterals, and a uniform pull stretches
/// a bar by F L / E A.
fn wrench_on_faces() -> Result<(), String> {
    for kinds in [
        [ElementKind::Hex8, ElementKind::Wedge6],
        [ElementKind::Hex20, ElementKind::Wedge15],
    ] {
        let mut mesh = cells([4, 2, 3], |[i, ..]| Some(linear(kinds[i % 2])));
        if kinds[0].is_quadratic() {
            mesh.blocks = with_middles(&mut mesh.nodes, &mesh.blocks, &kinds);
        }
        let top = |p: &Point| p.z > 3.0 - 1e-9;
        let mut facets = boundary_facets(&mesh);
        facets.retain(|&f| {
            facet_node_set(&mesh, &[f])
                .iter()
                .all(|&n| top(&mesh.nodes[n as usize]))
        });
        let (area, centroid) = facet_centroid(&mesh, &facets).map_err(|e| e.to_string())?;
        if (area - 8.0).abs() > 1e-12 || (centroid - Point::new(2.0, 1.0, 3.0)).norm() > 1e-12 {
            return Err(format!("area {area}, centroid {centroid}"));
        }
        let coupling = Coupling::on_surface(&mesh, &facets, centroid).map_err(|e| e.to_string())?;
        let wrench = Wrench {
            force: Vec3::new(1.0, -2.0, 5.0),
            moment: Vec3::new(3.0, 4.0, -6.0),
        };
        let mut sum = Wrench::zero();
        for (n, f) in coupling.forces(&wrench) {
            sum.force += f;
            sum.moment += (mesh.nodes[n as usize] - centroid).cross(&f);
        }
        if (sum.force - wrench.force).norm() + (sum.moment - wrench.moment).norm() > 1e-12 {
            return Err(format!("{sum:?}"));
        }
        let (modulus, pull) = (1000.0, 16.0);
        let rollers = [(0, 0), (1, 1), (2, 2)]
            .into_iter()
            .flat_map(|(axis, a): (u8, usize)| {
                let on = (0u32..)
                    .zip(&mesh.nodes)
                    .filter(move |(_, p)| p[a].abs() < 1e-9);
                on.map(move |(node, _)| FixedDof {
                    node,
                    axis,
                    value: 0.0,
                })
                .collect::<Vec<_>>()
            });
        let rollers: Vec<FixedDof> = rollers.collect();
        let force = Wrench::of_force(Vec3::new(0.0, 0.0, pull));
        let model = Model::uniform(mesh, Elasticity::isotropic(modulus, 0.3))
            .with_supports(rollers)
            .with_load_cases([coupling.load_case("pull", force, true)]);
        let solved = analysis::solve(&model, &AnalysisSettings::default(), &Silent);
        let solved = solved.map_err(|e| e.to_string())?;
        let longer = coupling.mean_motion(&solved.cases[0].displacement)[2];
        let exact = pull * 3.0 / (modulus * area);
        if (longer / exact - 1.0).abs() > 1e-11 {
            return Err(format!("{kinds:?}: {longer}, not {exact}"));
        }
    }
    Ok(())
}

/// A block of 7 × 6 × 9 cells, clamped below and bent.
fn bent(kinds: &[ElementKind]) -> Model {
    let mut mesh = cells([7, 6, 9], |[i, ..]| Some(linear(kinds[i % kinds.len()])));
    if kinds[0].is_quadratic() {
        mesh.blocks = with_middles(&mut mesh.nodes, &mesh.blocks, kinds);
    }
    distort(&mut mesh, 0.05);
    let at = |z: f64| -> Vec<u32> {
        let nodes = (0u32..).zip(&mesh.nodes);
        let there = nodes.filter(|(_, p)| (p.z - z).abs() < 1e-9);
        there.map(|n| n.0).collect()
    };
    let held = |node| {
        [0, 1, 2].map(|axis| FixedDof {
            node,
            axis,
            value: 0.0,
        })
    };
    let supports: Vec<FixedDof> = at(0.0).into_iter().flat_map(held).collect();
    let loads = at(9.0).into_iter();
    let loads = loads.map(|n| (n, Vec3::new(0.3, 0.1, -0.2))).collect();
    Model::uniform(mesh, Elasticity::isotropic(1000.0, 0.3))
        .with_supports(supports)
        .with_load_cases([LoadCase::of_forces("bend", loads)])
}

fn solvers_agree() -> Result<(), String> {
    for kinds in [
        vec![ElementKind::Hex8],
        vec![ElementKind::Hex8Incompatible],
        vec![ElementKind::Hex20],
        vec![ElementKind::Hex20Reduced],
        vec![ElementKind::Wedge6],
        vec![ElementKind::Wedge15],
        vec![ElementKind::Hex20, ElementKind::Wedge15],
    ] {
        let model = bent(&kinds);
        let run = |method| {
            let settings = AnalysisSettings {
                method,
                ..AnalysisSettings::default()
            };
            let solution =
                analysis::solve(&model, &settings, &Silent).map_err(|e| e.to_string())?;
            solution
                .cases
                .into_iter()
                .next()
                .ok_or("no case".to_owned())
        };
        let (exact, other) = (run(Method::Cholesky)?, run(Method::Cg)?);
        let largest = exact
            .displacement
            .iter()
            .map(|u| u.norm())
            .fold(0.0, f64::max);
        let pairs = exact.displacement.iter().zip(&other.displacement);
        let off = pairs.map(|(a, b)| (a - b).norm()).fold(0.0, f64::max) / largest;
        let iterations = other.info.iterations;
        if off > 1e-6 || other.info.method != "cg" || iterations > 80 {
            return Err(format!(
                "{kinds:?}: off by {off:e} after {iterations} iterations"
            ));
        }
    }
    Ok(())
}

/// A deck of a block of `n` cells that hangs in six dofs at three corners of its bottom, or by all of
/// its bottom.
fn hanging(n: [usize; 3], kind: ElementKind, clamped: bool) -> String {
    let mut mesh = cells(n, |_| Some(linear(kind)));
    if kind == ElementKind::Wedge6 && n == [1; 3] && !clamped {
        // One wedge alone.
        let one = mesh.blocks.element(0).to_vec();
        mesh = self::mesh(mesh.nodes, Blocks::of(kind, one));
    }
    if kind.is_quadratic() {
        mesh.blocks = with_middles(&mut mesh.nodes, &mesh.blocks, &[kind]);
    }
    let mut text = String::from("*NODE, NSET=NALL\n");
    for (n, p) in (1..).zip(&mesh.nodes) {
        let _ = writeln!(text, "{n}, {}, {}, {}", p.x, p.y, p.z);
    }
    let _ = writeln!(
        text,
        "*ELEMENT, TYPE={}, ELSET=EALL",
        kind.reference().deck_type
    );
    for (e, (_, nodes)) in (1..).zip(mesh.blocks.elements()) {
        let nodes: Vec<String> = nodes.iter().map(|n| (n + 1).to_string()).collect();
        let _ = writeln!(text, "{e}, {}", nodes.join(", "));
    }
    text += "*MATERIAL, NAME=M\n*ELASTIC\n1000., .3\n*SOLID SECTION, ELSET=EALL, MATERIAL=M\n*BOUNDARY\n";
    let at = |x: f64, y: f64| {
        let places = (1..).zip(&mesh.nodes);
        let mut near = places.filter(|(_, p)| (*p - Point::new(x, y, 0.0)).norm() < 1e-9);
        near.next().map_or(0, |n| n.0)
    };
    match clamped {
        true => {
            for (n, _) in (1..).zip(&mesh.nodes).filter(|(_, p)| p.z < 1e-9) {
                let _ = writeln!(text, "{n}, 1, 3");
            }
        }
        false => {
            let (a, b, c) = (
                at(0.0, 0.0),
                at(n[0] as f64, 0.0),
                at(n[0] as f64, n[1] as f64),
            );
            let _ = writeln!(text, "{a}, 1, 3\n{b}, 2, 3\n{c}, 3");
        }
    }
    text += "*STEP\n*STATIC\n*CLOAD\n";
    let last =
        mesh.blocks.element(mesh.element_count() - 1)[kind.reference().corner_count() - 1] + 1;
    let _ = writeln!(text, "{last}, 1, 1.\n{last}, 3, .5\n*END STEP");
    text
}

fn zero_energy() -> Result<(), String> {
    for (n, kind, name) in [
        ([1; 3], ElementKind::Hex20Reduced, "C3D20R"),
        ([2, 1, 1], ElementKind::Hex20Reduced, "C3D20R"),
        ([1, 1, 12], ElementKind::Hex20Reduced, "C3D20R"),
        ([1; 3], ElementKind::Wedge6, "C3D6"),
    ] {
        let words = ["a zero-energy mode of the", name, "hold more nodes"];
        refused(&hanging(n, kind, false), "*STEP", &words).map_err(|e| format!("{n:?}: {e}"))?;
    }
    Ok(())
}

fn supported() -> Result<(), String> {
    for (n, kind, clamped) in [
        ([1; 3], ElementKind::Hex20Reduced, true),
        ([1, 1, 12], ElementKind::Hex20Reduced, true),
        ([2; 3], ElementKind::Hex20Reduced, false),
        ([5, 4, 6], ElementKind::Hex20Reduced, false),
        ([1; 3], ElementKind::Wedge6, true),
        ([2; 3], ElementKind::Wedge6, false),
        ([1, 1, 30], ElementKind::Hex20, false),
    ] {
        let deck = read_deck_from(Path::new("hanging.inp"), hanging(n, kind, clamped));
        let deck = deck.map_err(|e| e.to_string())?;
        solve_deck(&deck, &AnalysisSettings::default(), &Silent)
            .map_err(|e| format!("{n:?} {kind:?}: {e}"))?;
    }
    Ok(())
}

fn refusals() -> Result<(), String> {
    let linear = hanging([2; 3], ElementKind::Hex8, true);
    let loaded = |from: &str, to: &str| linear.replacen(from, to, 1);
    let seven = loaded("*CLOAD\n", "*DLOAD\n1, P7, 1.\n*CLOAD\n");
    refused(&seven, "P7", &["known: P1, P2, P3, P4, P5, P6, GRAV"])?;
    let tie = "*SURFACE, NAME=A\n1, S2\n*SURFACE, NAME=B\n5, S1\n*TIE, NAME=T\nA, B\n*BOUNDARY\n";
    let tied = loaded("*BOUNDARY\n", tie);
    refused(
        &tied,
        "*TIE",
        &["S2 of C3D8 element 1", "faces of tetrahedra"],
    )?;
    let inverted = loaded(
        "\n1, 1, 2, 5, 4, 10, 11, 14, 13",
        "\n1, 1, 4, 5, 2, 10, 13, 14, 11",
    );
    refused(&inverted, "1, 1, 4, 5", &["element 1", "counter-clockwise"])?;
    let mut half = hanging([1; 3], ElementKind::Hex20, true);
    let more = "*NODE\n101, 2, 0, 0\n102, 2, 1, 0\n103, 2, 0, 1\n104, 2, 1, 1\n\
                *ELEMENT, TYPE=C3D8, ELSET=EALL\n9, 2, 101, 102, 4, 6, 103, 104, 8\n*MATERIAL";
    half = half.replacen("*MATERIAL", more, 1);
    refused(
        &half,
        "9, 2, 101",
        &["C3D20 element 1 and C3D8 element 9", "only one of them"],
    )
}

/// Bodies that Gmsh cut into hexahedra and prisms: volumes, and pressures on physical surfaces.
fn gmsh() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("validation/gmsh-hexahedra");
    for name in ["linear-22", "linear-41", "quadratic-22", "quadratic-41"] {
        let deck = read_deck(&folder.join(format!("{name}.inp"))).map_err(|e| e.to_string())?;
        let solution = solve_deck(&deck, &AnalysisSettings::default(), &Silent);
        let solution = solution.map_err(|e| format!("{name}: {e}"))?;
        let volume = total_volume(&solution.model.mesh);
        // Two boxes of 2 x 3 x 4 mm, side by side.
        if (volume - 48.0).abs() > 1e-9 {
            return Err(format!("{name}: volume {volume}"));
        }
        // 5 MPa on the top of 4 x 3 mm, uniform: the bottom and two sides are on rollers.
        let step = &solution.steps[0];
        if (step.reaction.force - Vec3::new(0.0, 0.0, 60.0)).norm() > 1e-9 {
            return Err(format!("{name}: reaction {:?}", step.reaction.force));
        }
        for e in 0..deck.elements.labels.len() {
            for point in solution.points(e, &step.displacement) {
                if (point.stress.z + 5.0).abs() > 1e-9 {
                    return Err(format!("{name}: stress {}", point.stress));
                }
            }
        }
    }
    Ok(())
}

//! Ties against exact solutions, with the program's own assembly and solver.
//!
//! Each check has its folder in `validation/`: the README says what is modelled and where the
//! expected values come from, `expected.toml` holds value, tolerance and the reason for it.

use crate::expected::Expected;
use endplate::analysis::{AnalysisSettings, CaseSolution, solve};
use endplate::boundary::{Coupling, fix_surface, select_surface};
use endplate::contact::{Tie, TieSettings, TieSpec, build_tie};
use endplate::material::MaterialField;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{Blocks, ElementKind, Facet, Mesh, Surface};
use endplate::model::{BodyRange, Model};
use endplate::progress::Silent;
use endplate::recovery::interface::{interface_tractions, traction_resultant};
use endplate::tensor::{Elasticity, Point, Vec3, Voigt, Wrench, traction};

/// A check with its name.
type Check = (&'static str, fn() -> Result<(), String>);

/// The checks of this file.
pub const TESTS: &[Check] = &[
    ("verification: tie patch test", tie_patch),
    ("verification: tie on a curved interface", tie_curved),
    ("verification: tied halves of a beam", tie_beam),
];

/// A body of a test model.
pub struct Part {
    name: &'static str,
    mesh: Mesh,
    elasticity: Elasticity,
}

pub fn part(name: &'static str, mesh: Mesh, (e, nu): (f64, f64)) -> Part {
    Part {
        name,
        mesh,
        elasticity: Elasticity::isotropic(e, nu),
    }
}

/// Puts bodies into one model; surface "z1" of body "lower" becomes "lower.z1".
pub fn model_of(parts: &[Part]) -> Model {
    let mut mesh = Mesh {
        nodes: Vec::new(),
        blocks: Blocks::default(),
        region_of: Vec::new(),
        regions: Vec::new(),
        surfaces: Vec::new(),
    };
    let mut bodies = Vec::new();
    for (region, part) in parts.iter().enumerate() {
        let (n, e) = (mesh.nodes.len(), mesh.element_count());
        mesh.nodes.extend(&part.mesh.nodes);
        mesh.blocks.append(&part.mesh.blocks, n as u32);
        mesh.region_of
            .extend(vec![region as u32; part.mesh.element_count()]);
        mesh.regions.push(part.name.to_string());
        for surface in &part.mesh.surfaces {
            let shifted = |f: &Facet| Facet {
                element: f.element + e as u32,
                face: f.face,
            };
            mesh.surfaces.push(Surface {
                name: format!("{}.{}", part.name, surface.name),
                facets: surface.facets.iter().map(shifted).collect(),
            });
        }
        bodies.push(BodyRange {
            name: part.name.to_string(),
            elements: e..mesh.element_count(),
            nodes: n..mesh.nodes.len(),
        });
    }
    let mut materials = MaterialField::uniform(parts[0].elasticity, mesh.element_count());
    materials.table = parts.iter().map(|p| p.elasticity).collect();
    materials.of_element.clone_from(&mesh.region_of);
    Model::solid(mesh, materials)
        .named("verification")
        .with_bodies(bodies)
}

pub fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Ties surface `z1` of the lower body to `z0` of the upper one.
fn tie(model: &mut Model, lower: &str, upper: &str) -> Result<(), String> {
    let a = select_surface(&model.mesh, &format!("{lower}.z1")).map_err(text)?;
    let b = select_surface(&model.mesh, &format!("{upper}.z0")).map_err(text)?;
    let spec = TieSpec {
        name: format!("{lower}-{upper}"),
        bodies: [lower.to_string(), upper.to_string()],
        surfaces: [a, b],
    };
    let settings = TieSettings::default();
    let tie = build_tie(&spec, &model.mesh, &model.materials, &settings).map_err(text)?;
    model.ties.push(tie);
    Ok(())
}

pub fn fix(model: &mut Model, surface: &str, axes: &[u8]) -> Result<(), String> {
    let fixed = fix_surface(&model.mesh, surface, axes).map_err(text)?;
    model.supports.extend(fixed);
    Ok(())
}

/// Loads a surface about `reference`, one load case per wrench.
pub fn load(
    model: &mut Model,
    surface: &str,
    at: Point,
    wrenches: &[Wrench],
) -> Result<(), String> {
    let facets = select_surface(&model.mesh, surface).map_err(text)?;
    let face = Coupling::on_surface(&model.mesh, facets, at).map_err(text)?;
    for (i, wrench) in wrenches.iter().enumerate() {
        model
            .load_cases
            .push(face.load_case(&format!("load {i}"), *wrench, true));
    }
    model.loaded_face = Some(face);
    Ok(())
}

pub fn wrench(force: [f64; 3], moment: [f64; 3]) -> Wrench {
    Wrench {
        force: Vec3::from(force),
        moment: Vec3::from(moment),
    }
}

pub fn solved(model: &Model) -> Result<Vec<CaseSolution>, String> {
    let solution = solve(model, &AnalysisSettings::default(), &Silent).map_err(text)?;
    Ok(solution.cases)
}

/// Motion of the loaded face.
pub fn motion(model: &Model, case: &CaseSolution) -> Result<[f64; 6], String> {
    let face = model.loaded_face.as_ref().ok_or("no loaded face")?;
    Ok(face.mean_motion(&case.displacement))
}

/// Two blocks of 10 × 10 mm, 10 mm high together, `n` against `n + 1` cells a side; the upper grid
/// swirled in its plane; the interface at `height(x, y)`.
fn blocks(n: [usize; 2], height: impl Fn(f64, f64) -> f64) -> [Mesh; 2] {
    let lower = box_mesh(ElementKind::Tet10, [n[0], n[0], n[0] / 2], |[x, y, z]| {
        let (x, y) = (10.0 * x, 10.0 * y);
        Point::new(x, y, z * height(x, y))
    });
    let upper = box_mesh(ElementKind::Tet10, [n[1], n[1], n[1] / 2], |[x, y, z]| {
        let bump = (std::f64::consts::PI * x).sin() * (std::f64::consts::PI * y).sin();
        let (x, y) = (10.0 * (x + 0.08 * bump), 10.0 * (y - 0.06 * bump));
        let h = height(x, y);
        Point::new(x, y, h + z * (10.0 - h))
    });
    [lower, upper]
}

/// Rollers on all sides, 1 MPa on the whole top.
fn press(meshes: [Mesh; 2], materials: [(f64, f64); 2]) -> Result<Model, String> {
    let [a, b] = meshes;
    let parts = [
        part("lower", a, materials[0]),
        part("upper", b, materials[1]),
    ];
    let mut model = model_of(&parts);
    tie(&mut model, "lower", "upper")?;
    fix(&mut model, "lower.z0", &[2])?;
    for body in ["lower", "upper"] {
        for (side, axis) in [("x0", 0), ("x1", 0), ("y0", 1), ("y1", 1)] {
            fix(&mut model, &format!("{body}.{side}"), &[axis])?;
        }
    }
    let pressure = wrench([0.0, 0.0, -100.0], [0.0; 3]);
    load(
        &mut model,
        "upper.z1",
        Point::new(5.0, 5.0, 10.0),
        &[pressure],
    )?;
    Ok(model)
}

fn tie_patch() -> Result<(), String> {
    let mut expected = Expected::read("tie-patch")?;
    for (case, materials) in [
        ("bone on tantalum", [(610.0, 0.3), (300.0, 0.2)]),
        ("titanium on soft bone", [(110e3, 0.3), (50.0, 0.3)]),
    ] {
        let model = press(blocks([3, 4], |_, _| 5.0), materials)?;
        let answer = &solved(&model)?[0];
        let stiff = materials.map(|(e, nu)| Elasticity::isotropic(e, nu).0[(0, 0)]);
        let exact = |z: f64| -z.min(5.0) / stiff[0] - (z - 5.0).max(0.0) / stiff[1];
        let error = answer
            .displacement
            .iter()
            .zip(&model.mesh.nodes)
            .map(|(u, p)| (u - Vec3::new(0.0, 0.0, exact(p.z))).amax())
            .fold(0.0, f64::max);
        expected.check(
            &format!("{case}: displacement error"),
            error / exact(10.0).abs(),
        )?;
        let points = interface_tractions(&model, &model.ties[0], &answer.displacement);
        let error = points
            .iter()
            .map(|p| (p.traction - Vec3::new(0.0, 0.0, -1.0)).norm())
            .fold(0.0, f64::max);
        expected.check(&format!("{case}: traction error"), error)?;
        let area: f64 = points.iter().map(|p| p.area).sum();
        expected.check(&format!("{case}: tied area"), area)?;
    }
    expected.finish()
}

/// Root mean square errors of traction (MPa) and of displacement (mm) of the pressed stack with a
/// curved interface, and the untied share of its area.
fn curved_errors(n: usize) -> Result<[f64; 3], String> {
    let material = (300.0, 0.2);
    let bowl = |x: f64, y: f64| 5.0 + ((x - 5.0).powi(2) + (y - 5.0).powi(2)) / 120.0;
    let model = press(blocks([n, n + n / 2], bowl), [material; 2])?;
    let answer = &solved(&model)?[0];
    let c = Elasticity::isotropic(material.0, material.1);
    let strain = Voigt::new(0.0, 0.0, -1.0 / c.0[(0, 0)], 0.0, 0.0, 0.0);
    let stress = c.stress(&strain);
    let (mut square, mut area) = (0.0, 0.0);
    for p in interface_tractions(&model, &model.ties[0], &answer.displacement) {
        square += p.area * (p.traction - traction(&stress, &p.normal)).norm_squared();
        area += p.area;
    }
    let off: f64 = answer
        .displacement
        .iter()
        .zip(&model.mesh.nodes)
        .map(|(u, p)| (u - Vec3::new(0.0, 0.0, strain[2] * p.z)).norm_squared())
        .sum();
    let tie = &model.ties[0];
    Ok([
        (square / area).sqrt(),
        (off / model.mesh.nodes.len() as f64).sqrt(),
        tie.untied_area / tie.area,
    ])
}

fn tie_curved() -> Result<(), String> {
    let mut expected = Expected::read("tie-curved")?;
    let [coarse, fine] = [curved_errors(4)?, curved_errors(8)?];
    expected.check("untied share", fine[2])?;
    expected.check("traction error", fine[0])?;
    expected.rate("traction", [coarse[0], fine[0]], [2.0, 1.0])?;
    expected.rate("displacement", [coarse[1], fine[1]], [2.0, 1.0])?;
    expected.finish()
}

/// Tip motion of a 4 × 4 × 40 mm cantilever in one piece (`cells[1]` empty) or two tied ones,
/// under a moment of 100 N mm and a force of 1 N.
fn beam(cells: [Option<[usize; 3]>; 2], elasticity: (f64, f64)) -> Result<[f64; 2], String> {
    let length = 40.0;
    let count = cells.iter().flatten().count() as f64;
    let mut parts = Vec::new();
    for (i, cells) in cells.iter().flatten().enumerate() {
        let mesh = box_mesh(ElementKind::Tet10, *cells, |[x, y, z]| {
            Point::new(4.0 * x, 4.0 * y, length * (z + i as f64) / count)
        });
        parts.push(part(["lower", "upper"][i], mesh, elasticity));
    }
    let last = parts[parts.len() - 1].name;
    let mut model = model_of(&parts);
    if parts.len() == 2 {
        tie(&mut model, "lower", "upper")?;
    }
    fix(&mut model, "lower.z0", &[0, 1, 2])?;
    let loads = [
        wrench([0.0; 3], [0.0, 100.0, 0.0]),
        wrench([1.0, 0.0, 0.0], [0.0; 3]),
    ];
    let tip = Point::new(2.0, 2.0, length);
    load(&mut model, &format!("{last}.z1"), tip, &loads)?;
    let answers = solved(&model)?;
    for (answer, load) in answers.iter().zip(&loads) {
        if let Some(tie) = model.ties.first() {
            balanced(&model, tie, answer, load, tip)?;
        }
    }
    Ok([
        motion(&model, &answers[0])?[4],
        motion(&model, &answers[1])?[0],
    ])
}

/// The flux of the tie carries the load, in force and moment about the tip.
fn balanced(
    model: &Model,
    tie: &Tie,
    answer: &CaseSolution,
    load: &Wrench,
    tip: Point,
) -> Result<(), String> {
    let points = interface_tractions(model, tie, &answer.displacement);
    let carried = traction_resultant(&points, &tip);
    let force = (carried.force - load.force).norm();
    let moment = (carried.moment - load.moment).norm();
    // Relative to 1 N and 40 N mm, the loads' own size; the solver's backward error is 1e-14.
    if force < 1e-8 && moment < 4e-7 {
        return Ok(());
    }
    Err(format!(
        "the flux misses the load by {force:.1e} N and {moment:.1e} N mm"
    ))
}

fn tie_beam() -> Result<(), String> {
    let mut expected = Expected::read("tie-beam")?;
    let tied = beam([Some([2, 2, 5]), Some([3, 3, 7])], (1000.0, 0.0))?;
    expected.check("rotation under a moment", tied[0])?;
    expected.check("deflection under a force", tied[1])?;
    let tied = beam([Some([4, 4, 10]), Some([6, 6, 14])], (1000.0, 0.3))?;
    let whole = beam([Some([4, 4, 20]), None], (1000.0, 0.3))?;
    expected.check("tied against whole, moment", tied[0] / whole[0])?;
    expected.check("tied against whole, force", tied[1] / whole[1])?;
    expected.finish()
}

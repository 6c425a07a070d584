//! What must hold for any model: symmetry, six rigid motions, balance, energy, reciprocity, and
//! independence of where the model stands and how its nodes are numbered.

use endplate::analysis::CaseSolution;
use endplate::assembly::assemble;
use endplate::material::MaterialField;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, TetMesh};
use endplate::model::Model;
use endplate::recovery::element_fields;
use endplate::tensor::{Elasticity, OrthotropicConstants, Point, Vec3};
use nalgebra::{DMatrix, Rotation3};

use crate::expected::Expected;
use crate::meshes::{assign, facets, hold, load, perturb_interior, solid, solutions, surface_load};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("verification: invariants", invariants)];

const SIZE: Vec3 = Vec3::new(4.0, 3.0, 6.0);

fn irregular(kind: ElementKind) -> TetMesh {
    let mut mesh = box_mesh(kind, [2, 2, 3], |p| {
        Point::from(SIZE.component_mul(&Vec3::from(p)))
    });
    perturb_interior(&mut mesh, 0.2, 5);
    mesh
}

fn bone() -> Result<Elasticity, String> {
    let constants = OrthotropicConstants {
        youngs_modulus: [100.0, 150.0, 300.0],
        shear_modulus: [60.0, 70.0, 80.0],
        poisson_ratio: [0.3, 0.2, 0.15],
    };
    Elasticity::orthotropic(&constants).ok_or_else(|| "singular compliance".to_string())
}

/// Bone with a stiff upper third, graded, clamped below, under two load cases.
fn column(turn: &Rotation3<f64>, shift: &Vec3) -> Result<Model, String> {
    let mut model = solid(
        irregular(ElementKind::Tet10),
        bone()?.rotated(turn.matrix()),
    );
    assign(&mut model, Elasticity::isotropic(3000.0, 0.3), |c| {
        c.z > 4.0
    });
    for (e, factor) in model.materials.factor.iter_mut().enumerate() {
        *factor = [0, 1, 2, 3].map(|q| 1.0 + 0.2 * ((3 * e + q) % 5) as f64);
    }
    for axis in 0..3 {
        hold(&mut model, axis, |p| p.z == 0.0, |_| 0.0);
    }
    let top = facets(&model.mesh, "z1")?.to_vec();
    for push in [Vec3::new(0.3, 0.1, -1.0), Vec3::new(-0.2, 0.5, 0.4)] {
        let traction = |p: &Point, _: &Vec3| turn * (push * (1.0 + 0.3 * p.x));
        let forces = surface_load(&model.mesh, &top, traction);
        load(&mut model, forces);
    }
    for p in &mut model.mesh.nodes {
        *p = turn * *p + shift;
    }
    Ok(model)
}

fn invariants() -> Result<(), String> {
    let mut expected = Expected::read("invariants")?;
    for (name, kind) in [("tet4", ElementKind::Tet4), ("tet10", ElementKind::Tet10)] {
        let [asymmetry, sixth, seventh] = spectrum(kind)?;
        expected.check(&format!("{name}: asymmetry"), asymmetry)?;
        expected.check(&format!("{name}: sixth eigenvalue"), sixth)?;
        expected.check(
            &format!("{name}: flat seventh eigenvalues"),
            f64::from(seventh < 1e-6),
        )?;
    }
    let model = column(&Rotation3::identity(), &Vec3::zeros())?;
    let found = solutions(&model)?;
    let applied: Vec3 = model.load_cases[0].forces.iter().map(|f| f.1).sum();
    let balance = (found[0].reaction.force + applied).norm() / applied.norm();
    expected.check("reactions against loads", balance)?;
    expected.check("energy against work", energy_gap(&model, &found[0]))?;
    let work = |i: usize, j: usize| -> f64 {
        let forces = &model.load_cases[i].forces;
        forces
            .iter()
            .map(|(n, f)| f.dot(&found[j].displacement[*n as usize]))
            .sum()
    };
    let scale = (work(0, 0) * work(1, 1)).sqrt();
    expected.check("reciprocity", (work(0, 1) - work(1, 0)).abs() / scale)?;
    let turn = Rotation3::from_euler_angles(0.4, -0.9, 2.0);
    let turned = solutions(&column(&turn, &Vec3::new(120.0, -40.0, 75.0))?)?;
    let back: Vec<Vec3> = turned[0]
        .displacement
        .iter()
        .map(|u| turn.inverse() * u)
        .collect();
    expected.check(
        "turned and moved",
        difference(&back, &found[0].displacement),
    )?;
    let (renumbered, place) = renumbered(&model);
    let other = solutions(&renumbered)?;
    let back: Vec<Vec3> = place
        .iter()
        .map(|&n| other[0].displacement[n as usize])
        .collect();
    expected.check("renumbered", difference(&back, &found[0].displacement))?;
    expected.finish()
}

/// Asymmetry of the free matrix, and its sixth and seventh smallest eigenvalues over the largest.
fn spectrum(kind: ElementKind) -> Result<[f64; 3], String> {
    let mesh = irregular(kind);
    let materials = MaterialField::uniform(bone()?, mesh.element_count());
    let free = vec![[false; 3]; mesh.nodes.len()];
    let matrix = assemble(&mesh, &materials, &[], &free)
        .map_err(|e| e.to_string())?
        .matrix;
    let mut dense = DMatrix::zeros(3 * matrix.row_count(), 3 * matrix.row_count());
    for r in 0..matrix.row_count() {
        for (&c, block) in matrix.columns(r).iter().zip(matrix.blocks(r)) {
            for (k, v) in block.iter().enumerate() {
                dense[(3 * r + k / 3, 3 * c as usize + k % 3)] = *v;
            }
        }
    }
    let asymmetry = (&dense - dense.transpose()).amax() / dense.amax();
    let mut values: Vec<f64> = dense.symmetric_eigenvalues().iter().copied().collect();
    values.sort_by(f64::total_cmp);
    let largest = values[values.len() - 1];
    Ok([asymmetry, values[5].abs() / largest, values[6] / largest])
}

fn energy_gap(model: &Model, case: &CaseSolution) -> f64 {
    let fields = element_fields(model, &case.displacement);
    let densities = fields.energy_density.iter().enumerate();
    let energy: f64 = densities.map(|(e, u)| u * model.mesh.volume(e)).sum();
    let forces = model.load_cases[0].forces.iter();
    let work: f64 = forces
        .map(|(n, f)| 0.5 * f.dot(&case.displacement[*n as usize]))
        .sum();
    (energy / work - 1.0).abs()
}

/// Largest difference over the largest displacement.
fn difference(a: &[Vec3], b: &[Vec3]) -> f64 {
    let size = b.iter().map(|u| u.amax()).fold(0.0, f64::max);
    let gaps = a.iter().zip(b).map(|(a, b)| (a - b).amax());
    gaps.fold(0.0, f64::max) / size
}

/// The same model with node n at place `place[n]`.
fn renumbered(model: &Model) -> (Model, Vec<u32>) {
    let count = model.mesh.nodes.len();
    // Any step without a common factor with the count visits every place once.
    let step =
        (count / 3..).find(|s| (2..=*s).all(|d| !(s.is_multiple_of(d) && count.is_multiple_of(d))));
    let step = step.unwrap_or(1);
    let place: Vec<u32> = (0..count)
        .map(|n| ((n * step + 7) % count) as u32)
        .collect();
    let mut other = model.clone();
    for (n, &to) in place.iter().enumerate() {
        other.mesh.nodes[to as usize] = model.mesh.nodes[n];
    }
    for e in 0..model.mesh.element_count() {
        let nodes = other.mesh.blocks.element_mut(e).iter_mut();
        nodes.for_each(|n| *n = place[*n as usize]);
    }
    other
        .supports
        .iter_mut()
        .for_each(|s| s.node = place[s.node as usize]);
    let forces = other.load_cases.iter_mut().flat_map(|c| &mut c.forces);
    forces.for_each(|(n, _)| *n = place[*n as usize]);
    (other, place)
}

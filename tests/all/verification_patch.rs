//! Patch tests: fields that the elements contain must come back exactly.

use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::recovery::element_fields;
use endplate::tensor::{Elasticity, OrthotropicConstants, Point, Vec3, Voigt, strain_matrix};
use nalgebra::{Matrix3, Rotation3};

use crate::expected::Expected;
use crate::meshes::{
    assign, body_force, displacement, field_errors, hold, hold_boundary, load, perturb_interior,
    solid,
};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: linear patch test", linear_patch),
    ("verification: quadratic patch test", quadratic_patch),
    ("verification: two materials in series", two_materials),
    (
        "verification: rotated orthotropic patch",
        rotated_orthotropic,
    ),
];

/// A cube of 10 mm with irregular tetrahedra inside.
fn irregular_cube(kind: ElementKind) -> Mesh {
    let mut mesh = box_mesh(kind, [3; 3], |p| Point::from(p.map(|c| 10.0 * c)));
    perturb_interior(&mut mesh, 0.5, 11);
    mesh
}

/// The largest of |found − wanted| over nodes, over the largest |wanted|; the same for stress.
fn largest_errors(
    model: &endplate::model::Model,
    u: &[Vec3],
    exact: impl Fn(&Point) -> Vec3,
    stress: &Voigt,
) -> [f64; 2] {
    let mut error = [0.0f64; 2];
    let mut size = 0.0f64;
    for (p, u) in model.mesh.nodes.iter().zip(u) {
        error[0] = error[0].max((u - exact(p)).amax());
        size = size.max(exact(p).amax());
    }
    for found in element_fields(model, u).stress {
        error[1] = error[1].max((found - stress).amax());
    }
    [error[0] / size, error[1] / stress.amax()]
}

fn linear_patch() -> Result<(), String> {
    let mut expected = Expected::read("patch-linear")?;
    let elasticity = Elasticity::isotropic(1000.0, 0.3);
    for (name, kind) in [("tet4", ElementKind::Tet4), ("tet10", ElementKind::Tet10)] {
        let mut worst = [0.0f64; 2];
        for component in 0..6 {
            let mut strain = Voigt::zeros();
            strain[component] = 1e-3;
            // A rotation and a translation on top must change nothing.
            let turn = Matrix3::new(0.0, -2e-4, 1e-4, 2e-4, 0.0, -3e-4, -1e-4, 3e-4, 0.0);
            let gradient = strain_matrix(&strain) + turn;
            let exact = |p: &Point| Vec3::new(0.01, -0.02, 0.005) + gradient * p.coords;
            let mut model = solid(irregular_cube(kind), elasticity);
            hold_boundary(&mut model, exact);
            let u = displacement(&mut model)?;
            let errors = largest_errors(&model, &u, exact, &elasticity.stress(&strain));
            worst = [0, 1].map(|k| worst[k].max(errors[k]));
        }
        expected.check(&format!("{name}: displacement error"), worst[0])?;
        expected.check(&format!("{name}: stress error"), worst[1])?;
    }
    expected.finish()
}

fn quadratic_patch() -> Result<(), String> {
    let mut expected = Expected::read("patch-quadratic")?;
    let elasticity = Elasticity::isotropic(1000.0, 0.3);
    let (lambda, mu) = elasticity.lame().ok_or("isotropic")?;
    let exact = |p: &Point| 1e-4 * p.coords.component_mul(&p.coords);
    let strain = |p: &Point| {
        let e = 2e-4 * p.coords;
        Voigt::new(e.x, e.y, e.z, 0.0, 0.0, 0.0)
    };
    let mut model = solid(irregular_cube(ElementKind::Tet10), elasticity);
    hold_boundary(&mut model, exact);
    let forces = body_force(&model.mesh, |_| Vec3::repeat(-2e-4 * (lambda + 2.0 * mu)));
    load(&mut model, forces);
    let u = displacement(&mut model)?;
    let errors = field_errors(&model, &u, exact, strain);
    expected.check("displacement error", errors[0])?;
    expected.check("strain error", errors[1])?;
    expected.finish()
}

fn two_materials() -> Result<(), String> {
    let mut expected = Expected::read("patch-two-materials")?;
    let soft = Elasticity::isotropic(100.0, 0.2);
    let stiff = Elasticity::isotropic(110_000.0, 0.35);
    // Uniaxial strain: σzz = M₁ε₁ = M₂ε₂ with M the constrained moduli.
    let (m1, m2) = (soft.0[(2, 2)], stiff.0[(2, 2)]);
    let shortening = -0.05;
    let sigma = shortening / (5.0 / m1 + 5.0 / m2);
    let exact = |p: &Point| {
        let below = p.z.min(0.0) + 5.0;
        Vec3::new(0.0, 0.0, sigma * (below / m1 + p.z.max(0.0) / m2))
    };
    for (name, kind) in [("tet4", ElementKind::Tet4), ("tet10", ElementKind::Tet10)] {
        let mesh = box_mesh(kind, [3, 3, 4], |p| {
            Point::new(10.0 * p[0], 10.0 * p[1], 10.0 * p[2] - 5.0)
        });
        let mut model = solid(mesh, soft);
        assign(&mut model, stiff, |c| c.z > 0.0);
        hold(&mut model, 0, |p| p.x == 0.0 || p.x == 10.0, |_| 0.0);
        hold(&mut model, 1, |p| p.y == 0.0 || p.y == 10.0, |_| 0.0);
        hold(&mut model, 2, |p| p.z == -5.0, |_| 0.0);
        hold(&mut model, 2, |p| p.z == 5.0, |_| shortening);
        let u = displacement(&mut model)?;
        let stress = element_fields(&model, &u).stress;
        let worst = stress
            .iter()
            .map(|s| (s[2] - sigma).abs())
            .fold(0.0, f64::max);
        let moved = model.mesh.nodes.iter().zip(&u);
        let error = moved
            .map(|(p, u)| (u - exact(p)).amax())
            .fold(0.0, f64::max);
        expected.check(
            &format!("{name}: displacement error"),
            error / shortening.abs(),
        )?;
        expected.check(&format!("{name}: axial stress error"), worst / sigma.abs())?;
    }
    expected.finish()
}

fn rotated_orthotropic() -> Result<(), String> {
    let mut expected = Expected::read("patch-orthotropic")?;
    let constants = OrthotropicConstants {
        youngs_modulus: [100.0, 200.0, 400.0],
        shear_modulus: [50.0, 70.0, 90.0],
        poisson_ratio: [0.2, 0.25, 0.1],
    };
    let turn = Rotation3::from_euler_angles(0.3, -0.7, 1.1);
    let elasticity = Elasticity::orthotropic(&constants).ok_or("singular compliance")?;
    // Strain by hand in the material's axes, ε = S (Rᵀσ R), then turned back.
    let stress = Voigt::new(0.0, 0.0, 2.0, 0.0, 0.0, 0.0);
    let axis = turn.inverse() * Vec3::z();
    let local = 2.0 * axis * axis.transpose();
    let [e1, e2, e3] = constants.youngs_modulus;
    let [g12, g23, g31] = constants.shear_modulus;
    let [nu12, nu23, nu13] = constants.poisson_ratio;
    let (s1, s2, s3) = (local[(0, 0)], local[(1, 1)], local[(2, 2)]);
    let strain = Matrix3::new(
        s1 / e1 - nu12 / e1 * s2 - nu13 / e1 * s3,
        0.5 * local[(0, 1)] / g12,
        0.5 * local[(0, 2)] / g31,
        0.5 * local[(0, 1)] / g12,
        s2 / e2 - nu12 / e1 * s1 - nu23 / e2 * s3,
        0.5 * local[(1, 2)] / g23,
        0.5 * local[(0, 2)] / g31,
        0.5 * local[(1, 2)] / g23,
        s3 / e3 - nu13 / e1 * s1 - nu23 / e2 * s2,
    );
    let strain = turn.matrix() * strain * turn.matrix().transpose();
    let exact = |p: &Point| strain * p.coords;
    for (name, kind) in [("tet4", ElementKind::Tet4), ("tet10", ElementKind::Tet10)] {
        let mut model = solid(irregular_cube(kind), elasticity.rotated(turn.matrix()));
        hold_boundary(&mut model, exact);
        let u = displacement(&mut model)?;
        let errors = largest_errors(&model, &u, exact, &stress);
        expected.check(&format!("{name}: displacement error"), errors[0])?;
        expected.check(&format!("{name}: stress error"), errors[1])?;
    }
    expected.finish()
}

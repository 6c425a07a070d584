//! Manufactured solutions on the unit cube: the orders at which errors fall.

use std::f64::consts::PI;

use endplate::mesh::ElementKind;
use endplate::mesh::structured::box_mesh;
use endplate::tensor::{Elasticity, Point, Vec3, Voigt};
use nalgebra::Matrix3;

use crate::expected::Expected;
use crate::meshes::{body_force, displacement, field_errors, hold_boundary, load, solid};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: manufactured gradient field", gradient_field),
    (
        "verification: manufactured isochoric field",
        isochoric_field,
    ),
];

/// Amplitude, mm.
const A: f64 = 1e-3;

struct Field {
    u: fn(&Point) -> Vec3,
    gradient: fn(&Point) -> Matrix3<f64>,
    /// Body force over the displacement, N/mm⁴, from λ and μ.
    force: fn(f64, f64) -> f64,
}

/// Relative L2 errors of displacement and strain on n³ cells.
fn errors(field: &Field, kind: ElementKind, nu: f64, n: usize) -> Result<[f64; 2], String> {
    let elasticity = Elasticity::isotropic(1000.0, nu);
    let (lambda, mu) = elasticity.lame().ok_or("isotropic")?;
    let mut model = solid(box_mesh(kind, [n; 3], Point::from), elasticity);
    hold_boundary(&mut model, field.u);
    let scale = (field.force)(lambda, mu);
    let forces = body_force(&model.mesh, |p| scale * (field.u)(p));
    load(&mut model, forces);
    let u = displacement(&mut model)?;
    let strain = |p: &Point| {
        let g = (field.gradient)(p);
        Voigt::new(
            g[(0, 0)],
            g[(1, 1)],
            g[(2, 2)],
            g[(0, 1)] + g[(1, 0)],
            g[(1, 2)] + g[(2, 1)],
            g[(2, 0)] + g[(0, 2)],
        )
    };
    Ok(field_errors(&model, &u, field.u, strain))
}

fn rates(
    expected: &mut Expected,
    field: &Field,
    (name, kind, nu): (&str, ElementKind, f64),
    n: [usize; 2],
) -> Result<(), String> {
    let found = [
        errors(field, kind, nu, n[0])?,
        errors(field, kind, nu, n[1])?,
    ];
    let sizes = n.map(|n| 1.0 / n as f64);
    for (k, what) in ["displacement", "strain"].into_iter().enumerate() {
        let errors = [found[0][k], found[1][k]];
        expected.rate(&format!("{name}: {what}"), errors, sizes)?;
    }
    Ok(())
}

/// u = A ∇(sin πx sin πy sin πz).
const GRADIENT: Field = Field {
    u: |p| {
        let [(sx, cx), (sy, cy), (sz, cz)] = [p.x, p.y, p.z].map(|c| (PI * c).sin_cos());
        A * Vec3::new(cx * sy * sz, sx * cy * sz, sx * sy * cz)
    },
    gradient: |p| {
        let [(sx, cx), (sy, cy), (sz, cz)] = [p.x, p.y, p.z].map(|c| (PI * c).sin_cos());
        let (d, xy, yz, zx) = (-sx * sy * sz, cx * cy * sz, sx * cy * cz, cx * sy * cz);
        A * PI * Matrix3::new(d, xy, zx, xy, d, yz, zx, yz, d)
    },
    force: |lambda, mu| 3.0 * PI * PI * (lambda + 2.0 * mu),
};

/// u = A (cos πx sin πy sin πz, sin πx cos πy sin πz, −2 sin πx sin πy cos πz), div u = 0.
const ISOCHORIC: Field = Field {
    u: |p| {
        let [(sx, cx), (sy, cy), (sz, cz)] = [p.x, p.y, p.z].map(|c| (PI * c).sin_cos());
        A * Vec3::new(cx * sy * sz, sx * cy * sz, -2.0 * sx * sy * cz)
    },
    gradient: |p| {
        let [(sx, cx), (sy, cy), (sz, cz)] = [p.x, p.y, p.z].map(|c| (PI * c).sin_cos());
        let d = -sx * sy * sz;
        A * PI
            * Matrix3::new(
                d,
                cx * cy * sz,
                cx * sy * cz,
                cx * cy * sz,
                d,
                sx * cy * cz,
                -2.0 * cx * sy * cz,
                -2.0 * sx * cy * cz,
                -2.0 * d,
            )
    },
    force: |_, mu| 3.0 * PI * PI * mu,
};

fn gradient_field() -> Result<(), String> {
    let mut expected = Expected::read("manufactured-gradient")?;
    rates(
        &mut expected,
        &GRADIENT,
        ("tet4", ElementKind::Tet4, 0.3),
        [8, 14],
    )?;
    let tet10 = ("tet10", ElementKind::Tet10, 0.3);
    rates(&mut expected, &GRADIENT, tet10, [4, 8])?;
    expected.finish()
}

fn isochoric_field() -> Result<(), String> {
    let mut expected = Expected::read("manufactured-isochoric")?;
    for (name, nu) in [("nu 0.3", 0.3), ("nu 0.49", 0.49), ("nu 0.4999", 0.4999)] {
        let name = format!("tet10, {name}");
        rates(
            &mut expected,
            &ISOCHORIC,
            (&name, ElementKind::Tet10, nu),
            [8, 12],
        )?;
    }
    // What locking looks like: the same mesh and field, only Poisson's ratio is another.
    let locked = errors(&ISOCHORIC, ElementKind::Tet4, 0.4999, 8)?;
    let free = errors(&ISOCHORIC, ElementKind::Tet4, 0.3, 8)?;
    let ratio = locked[0] / free[0];
    expected.check("tet4 locks at nu 0.4999", f64::from(ratio > 2.0))?;
    expected.finish()
}

//! Columns of graded porosity: along the load a chain of springs, across it a bundle of them.

use std::f64::consts::{FRAC_PI_2, PI};

use endplate::lattice::{PowerLaw, law};
use endplate::material::porosity::{GradedMetal, Profile};
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::recovery::reactions;
use endplate::source::{Source, Sourced};
use endplate::tensor::Point;

use crate::expected::Expected;
use crate::meshes::{displacement, hold, solid};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("verification: graded columns", graded_columns)];

/// Height, mm.
const HEIGHT: f64 = 25.0;
/// Radius of the round column and half width of the square one, mm.
const RADIUS: f64 = 7.5;
/// Porosity at the start and the end of the gradient, per cent.
const PERCENT: [f64; 2] = [60.0, 85.0];

fn metal() -> Result<GradedMetal, String> {
    Ok(GradedMetal {
        law: law("chen-2025-tantalum").map_err(|e| e.to_string())?,
        poisson_ratio: Sourced::new(0.0, Source::case_file("this test")),
        percent: PERCENT,
    })
}

/// Stiffness of a column between frictionless platens, N/mm; `share` runs from 0 to 1 over the
/// gradient. `whole` is the section over the meshed one.
fn stiffness(mesh: Mesh, whole: f64, share: impl Fn(&Point) -> f64) -> Result<f64, String> {
    let metal = metal()?;
    let profile = Profile {
        points: vec![0.0, 1.0],
        percent: PERCENT.to_vec(),
    };
    let elasticity = metal.stiffest().map_err(|e| e.to_string())?;
    let mut model = solid(mesh, elasticity);
    for e in 0..model.mesh.element_count() {
        let sampled = metal.sample(&model.mesh, e, |p| profile.at(share(p)));
        let (factor, density) = sampled.map_err(|e| e.to_string())?;
        model.materials.factor[e] = factor;
        model.materials.relative_density[e] = Some(density);
    }
    hold(&mut model, 0, |p| p.x.abs() < 1e-9, |_| 0.0);
    hold(&mut model, 1, |p| p.y.abs() < 1e-9, |_| 0.0);
    hold(&mut model, 2, |p| p.z == 0.0, |_| 0.0);
    hold(&mut model, 2, |p| p.z == HEIGHT, |_| -1e-3);
    let u = displacement(&mut model)?;
    let held = reactions(&model, &[], &u, &[]).map_err(|e| e.to_string())?;
    let supports = model.supports.iter().zip(&held);
    let top = supports.filter(|(s, _)| s.axis == 2 && s.value != 0.0);
    Ok(-whole * top.map(|(_, r)| r).sum::<f64>() / 1e-3)
}

fn square(cells: [usize; 3]) -> Mesh {
    box_mesh(ElementKind::Tet10, cells, |[u, v, w]| {
        Point::new(RADIUS * u, RADIUS * v, HEIGHT * w)
    })
}

fn round(cells: [usize; 3]) -> Mesh {
    box_mesh(ElementKind::Tet10, cells, |[u, v, w]| {
        let (sin, cos) = (FRAC_PI_2 * v).sin_cos();
        Point::new(RADIUS * u * cos, RADIUS * u * sin, HEIGHT * w)
    })
}

/// With ρ = a + b s linear over 0 ≤ s ≤ 1 and E = P ρⁿ:
/// ∫ds/E, ∫E ds and ∫E 2 s ds.
fn integrals(modulus: &PowerLaw) -> [f64; 3] {
    let (p, n) = (modulus.prefactor, modulus.exponent);
    let [a, end] = PERCENT.map(|percent| 1.0 - percent / 100.0);
    let b = end - a;
    let between = |power: f64| (end.powf(power) - a.powf(power)) / power;
    [
        between(1.0 - n) / (p * b),
        p * between(n + 1.0) / b,
        2.0 * p * (between(n + 2.0) - a * between(n + 1.0)) / (b * b),
    ]
}

fn graded_columns() -> Result<(), String> {
    let mut expected = Expected::read("graded-column")?;
    let [compliance, along_side, along_radius] = integrals(&metal()?.law.modulus.law);
    let section = 4.0 * RADIUS * RADIUS;
    let series = section / (HEIGHT * compliance);
    let mut errors = [0.0; 2];
    for (error, n) in errors.iter_mut().zip([6, 12]) {
        let found = stiffness(square([1, 1, n]), 4.0, |p| p.z / HEIGHT)?;
        *error = (found / series - 1.0).abs();
    }
    expected.check("in series: stiffness error", errors[1])?;
    expected.rate("in series: stiffness", errors, [1.0 / 6.0, 1.0 / 12.0])?;
    let parallel = section * along_side / HEIGHT;
    let found = stiffness(square([12, 1, 3]), 4.0, |p| p.x / RADIUS)?;
    expected.check("in parallel: stiffness error", found / parallel - 1.0)?;
    let radial = PI * RADIUS * RADIUS * along_radius / HEIGHT;
    let found = stiffness(round([12, 24, 2]), 4.0, |p| p.x.hypot(p.y) / RADIUS)?;
    expected.check("by radius: stiffness error", found / radial - 1.0)?;
    expected.finish()
}

//! Pressure vessels and a cavity: exact solutions on curved bodies. Elements have straight sides,
//! so a curved surface is a polyhedron with its corners on the surface, and errors fall with the
//! square of the facet size.

use std::f64::consts::FRAC_PI_2;

use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::model::Model;
use endplate::tensor::{Elasticity, Point, Vec3, Voigt, stress_matrix};

use crate::expected::Expected;
use crate::meshes::{
    displacement, facets, hold, load, nodal_stresses, nodes_where, solid, surface_load,
};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: Lamé sphere", lame_sphere),
    ("verification: Lamé cylinder", lame_cylinder),
    ("verification: spherical cavity", cavity),
];

/// An octant of a shell with radius `r` of the first coordinate.
fn octant(cells: [usize; 3], r: impl Fn(f64) -> f64) -> Mesh {
    box_mesh(ElementKind::Tet10, cells, |[u, v, w]| {
        let (sin_phi, cos_phi) = (FRAC_PI_2 * v).sin_cos();
        let (sin_theta, cos_theta) = (FRAC_PI_2 * w).sin_cos();
        Point::from(r(u) * Vec3::new(sin_theta * cos_phi, sin_theta * sin_phi, cos_theta))
    })
}

/// Symmetry about the planes x = 0 and y = 0, and z = 0 where `octant`.
fn symmetric(model: &mut Model, octant: bool) {
    for axis in 0..if octant { 3 } else { 2 } {
        hold(model, axis, |p| p[axis as usize].abs() < 1e-9, |_| 0.0);
    }
}

/// Mean radial displacement, and mean stress along the given radial direction and in total
/// (trace), over the corner nodes at distance `r` from the axis or centre.
struct Ring {
    u: f64,
    radial: f64,
    axial: f64,
    trace: f64,
}

fn ring(model: &Model, u: &[Vec3], r: f64, mask: Vec3) -> Ring {
    let flat = |p: &Point| p.coords.component_mul(&mask);
    let nodes = nodes_where(&model.mesh, |p| (flat(p).norm() - r).abs() < 1e-9 * r);
    let stresses = nodal_stresses(model, u, &nodes);
    let mut sum = Ring {
        u: 0.0,
        radial: 0.0,
        axial: 0.0,
        trace: 0.0,
    };
    let share = 1.0 / nodes.len() as f64;
    for (&n, s) in nodes.iter().zip(&stresses) {
        let normal = flat(&model.mesh.nodes[n as usize]).normalize();
        sum.u += share * u[n as usize].dot(&normal);
        sum.radial += share * normal.dot(&(stress_matrix(s) * normal));
        sum.axial += share * s[2];
        sum.trace += share * (s[0] + s[1] + s[2]);
    }
    sum
}

const RADII: [f64; 3] = [1.0, 1.5, 2.0];

fn press_inside(model: &mut Model) -> Result<(), String> {
    let inside = facets(&model.mesh, "x0")?;
    let forces = surface_load(&model.mesh, inside, |_, normal| -normal);
    load(model, forces);
    Ok(())
}

fn sphere(n: usize) -> Result<(Model, Vec<Vec3>), String> {
    let mesh = octant([n, n, n], |u| 1.0 + u);
    let mut model = solid(mesh, Elasticity::isotropic(1000.0, 0.3));
    symmetric(&mut model, true);
    press_inside(&mut model)?;
    let u = displacement(&mut model)?;
    Ok((model, u))
}

fn lame_sphere() -> Result<(), String> {
    let mut expected = Expected::read("lame-sphere")?;
    let (model, u) = sphere(12)?;
    for r in RADII {
        let found = ring(&model, &u, r, Vec3::repeat(1.0));
        let hoop = 0.5 * (found.trace - found.radial);
        expected.check(&format!("radial displacement at r = {r}"), found.u)?;
        expected.check(&format!("radial stress at r = {r}"), found.radial)?;
        expected.check(&format!("hoop stress at r = {r}"), hoop)?;
    }
    let (coarse_model, coarse) = sphere(6)?;
    let error = |model: &Model, u: &[Vec3]| (ring(model, u, 1.0, Vec3::repeat(1.0)).u - 8e-4).abs();
    let errors = [error(&coarse_model, &coarse), error(&model, &u)];
    expected.rate(
        "radial displacement at r = 1",
        errors,
        [1.0 / 6.0, 1.0 / 12.0],
    )?;
    expected.finish()
}

fn cylinder(n: usize) -> Result<(Model, Vec<Vec3>), String> {
    let mesh = box_mesh(ElementKind::Tet10, [n, 2 * n, 1], |[u, v, w]| {
        let (sin, cos) = (FRAC_PI_2 * v).sin_cos();
        Point::new((1.0 + u) * cos, (1.0 + u) * sin, 0.2 * w)
    });
    let mut model = solid(mesh, Elasticity::isotropic(1000.0, 0.3));
    symmetric(&mut model, false);
    hold(&mut model, 2, |p| p.z < 1e-9 || p.z > 0.2 - 1e-9, |_| 0.0);
    press_inside(&mut model)?;
    let u = displacement(&mut model)?;
    Ok((model, u))
}

fn lame_cylinder() -> Result<(), String> {
    let mut expected = Expected::read("lame-cylinder")?;
    let (model, u) = cylinder(12)?;
    let across = Vec3::new(1.0, 1.0, 0.0);
    for r in RADII {
        let found = ring(&model, &u, r, across);
        let hoop = found.trace - found.radial - found.axial;
        expected.check(&format!("radial displacement at r = {r}"), found.u)?;
        expected.check(&format!("radial stress at r = {r}"), found.radial)?;
        expected.check(&format!("hoop stress at r = {r}"), hoop)?;
        expected.check(&format!("axial stress at r = {r}"), found.axial)?;
    }
    let (coarse_model, coarse) = cylinder(6)?;
    let error =
        |model: &Model, u: &[Vec3]| (ring(model, u, 1.0, across).u - 1.906_666_667e-3).abs();
    let errors = [error(&coarse_model, &coarse), error(&model, &u)];
    expected.rate(
        "radial displacement at r = 1",
        errors,
        [1.0 / 6.0, 1.0 / 12.0],
    )?;
    expected.finish()
}

/// Stress of the cavity problem at the equator (a mean over its corner nodes) and at the pole. The
/// tension is along x: the mesh has its own pole, with needles, on z.
fn cavity_stress(nu: f64, cells: [usize; 3]) -> Result<[f64; 2], String> {
    let mesh = octant(cells, |u| 10f64.powf(u));
    let mut model = solid(mesh, Elasticity::isotropic(1000.0, nu));
    symmetric(&mut model, true);
    let remote = |_: &Point, normal: &Vec3| Vec3::new(normal.x, 0.0, 0.0);
    let forces = surface_load(&model.mesh, facets(&model.mesh, "x1")?, remote);
    load(&mut model, forces);
    let u = displacement(&mut model)?;
    let on_cavity = |p: &Point| (p.coords.norm() - 1.0).abs() < 1e-9;
    let equator = nodes_where(&model.mesh, |p| on_cavity(p) && p.x.abs() < 1e-9);
    let pole = nodes_where(&model.mesh, |p| on_cavity(p) && p.x > 1.0 - 1e-9);
    let mean = |nodes: &[u32], component: fn(&Voigt) -> f64| {
        let stresses = nodal_stresses(&model, &u, nodes);
        stresses.iter().map(component).sum::<f64>() / nodes.len() as f64
    };
    Ok([
        mean(&equator, |s| s[0]),
        mean(&pole, |s| 0.5 * (s[1] + s[2])),
    ])
}

fn cavity() -> Result<(), String> {
    let mut expected = Expected::read("goodier-cavity")?;
    for nu in [0.2, 0.3] {
        let [equator, pole] = cavity_stress(nu, [14, 12, 12])?;
        expected.check(&format!("equator, nu = {nu}"), equator)?;
        expected.check(&format!("pole, nu = {nu}"), pole)?;
    }
    expected.finish()
}

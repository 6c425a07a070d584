//! Benchmarks of structures: a cantilever, Cook's membrane, the thick plate NAFEMS LE10.

use std::f64::consts::FRAC_PI_2;

use endplate::mesh::ElementKind;
use endplate::mesh::structured::box_mesh;
use endplate::tensor::{Elasticity, Point, Vec3};

use crate::expected::Expected;
use crate::meshes::{
    displacement, facets, hold, load, nodal_stresses, node_at, nodes_where, solid, surface_load,
};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: cantilever", cantilever),
    ("verification: Cook's membrane", cook),
    ("verification: NAFEMS LE10", le10),
];

/// The root does not hold back Poisson's contraction: a beam's end plane stays plane and is free in
/// itself. The shear force enters there as it leaves at the tip, with the parabola of beam theory,
/// so that the supports against sideways motion carry nothing.
fn cantilever() -> Result<(), String> {
    let mut expected = Expected::read("cantilever")?;
    for (name, modulus) in [("1000 MPa", 1000.0), ("110 GPa", 110_000.0)] {
        let mesh = box_mesh(ElementKind::Tet10, [30, 4, 4], |[u, v, w]| {
            Point::new(100.0 * u, 10.0 * v - 5.0, 10.0 * w - 5.0)
        });
        let mut model = solid(mesh, Elasticity::isotropic(modulus, 0.3));
        hold(&mut model, 0, |p| p.x == 0.0, |_| 0.0);
        hold(&mut model, 1, |p| p.x == 0.0 && p.y == 0.0, |_| 0.0);
        hold(&mut model, 2, |p| p.x == 0.0 && p.z == 0.0, |_| 0.0);
        let shear = |p: &Point| 1.5 * (1.0 - (p.z / 5.0).powi(2));
        let (root, tip) = (facets(&model.mesh, "x0")?, facets(&model.mesh, "x1")?);
        let mut forces = surface_load(&model.mesh, root, |p, _| Vec3::new(0.0, 0.0, shear(p)));
        forces.extend(surface_load(&model.mesh, tip, |p, _| {
            Vec3::new(0.0, 0.0, -shear(p))
        }));
        load(&mut model, forces);
        let u = displacement(&mut model)?;
        let end = node_at(&model.mesh, &Point::new(100.0, 0.0, 0.0))?;
        expected.check(&format!("tip deflection, {name}"), -u[end as usize].z)?;
        let top = nodes_where(&model.mesh, |p| p.x == 50.0 && p.z == 5.0);
        let stresses = nodal_stresses(&model, &u, &top);
        let mean = stresses.iter().map(|s| s[0]).sum::<f64>() / top.len() as f64;
        expected.check(&format!("bending stress at mid-length, {name}"), mean)?;
    }
    expected.finish()
}

fn cook() -> Result<(), String> {
    let mut expected = Expected::read("cook-membrane")?;
    let mesh = box_mesh(ElementKind::Tet10, [24, 24, 1], |[u, v, w]| {
        // Finer towards the re-entrant corner at (0, 44).
        let u = u.powf(1.5);
        let v = if v < 0.5 {
            v
        } else {
            1.0 - 0.5 * (2.0 - 2.0 * v).powf(1.5)
        };
        Point::new(48.0 * u, 44.0 * u * (1.0 - v) + (44.0 + 16.0 * u) * v, w)
    });
    let mut model = solid(mesh, Elasticity::isotropic(1.0, 1.0 / 3.0));
    for axis in 0..2 {
        hold(&mut model, axis, |p| p.x == 0.0, |_| 0.0);
    }
    hold(&mut model, 2, |p| p.z == 0.0 || p.z == 1.0, |_| 0.0);
    let right = facets(&model.mesh, "x1")?;
    let forces = surface_load(&model.mesh, right, |_, _| Vec3::new(0.0, 1.0 / 16.0, 0.0));
    load(&mut model, forces);
    let u = displacement(&mut model)?;
    let middle = node_at(&model.mesh, &Point::new(48.0, 52.0, 0.0))?;
    expected.check("uy at (48, 52)", u[middle as usize].y)?;
    expected.finish()
}

fn le10() -> Result<(), String> {
    let mut expected = Expected::read("nafems-le10")?;
    let mesh = box_mesh(ElementKind::Tet10, [16, 24, 6], |[u, v, w]| {
        let (sin, cos) = (FRAC_PI_2 * v).sin_cos();
        Point::new((2.0 + 1.25 * u) * cos, (1.0 + 1.75 * u) * sin, 0.6 * w)
    });
    let mut model = solid(mesh, Elasticity::isotropic(210e3, 0.3));
    hold(&mut model, 1, |p| p.y.abs() < 1e-9, |_| 0.0);
    hold(&mut model, 0, |p| p.x.abs() < 1e-9, |_| 0.0);
    let outer = facets(&model.mesh, "x1")?.to_vec();
    let outer = endplate::mesh::boundary::facet_node_set(&model.mesh, &outer);
    let positions: Vec<Point> = outer
        .iter()
        .map(|&n| model.mesh.nodes[n as usize])
        .collect();
    let on_outer = |p: &Point| positions.contains(p);
    hold(&mut model, 0, on_outer, |_| 0.0);
    hold(&mut model, 1, on_outer, |_| 0.0);
    hold(
        &mut model,
        2,
        |p| on_outer(p) && (p.z - 0.3).abs() < 1e-9,
        |_| 0.0,
    );
    let top = facets(&model.mesh, "z1")?;
    let forces = surface_load(&model.mesh, top, |_, _| Vec3::new(0.0, 0.0, -1.0));
    load(&mut model, forces);
    let u = displacement(&mut model)?;
    let d = node_at(&model.mesh, &Point::new(2.0, 0.0, 0.6))?;
    expected.check("sigma_yy at D", nodal_stresses(&model, &u, &[d])[0][1])?;
    expected.finish()
}

//! Unit cells against exact solutions, an independent study and the limits of slender struts.

use std::collections::HashMap;
use std::f64::consts::PI;

use endplate::homogenise::torus::{Net, TetCell};
use endplate::homogenise::voxels::voxel_cell;
use endplate::homogenise::{MeshKind, Request, Solid, UnitCell};
use endplate::homogenise::{Settings, effective};
use endplate::lattice::{Cell, GivenSizes, sizes};
use endplate::mesh::ElementKind;
use endplate::mesh::structured::box_mesh;
use endplate::progress::Silent;
use endplate::solver::choice::Method;
use endplate::source::{Source, SourceFlag};
use endplate::tensor::{Elasticity, Point};

use crate::expected::Expected;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: laminate homogenised", laminate),
    (
        "verification: unit cells on conforming meshes",
        conforming_meshes,
    ),
    ("verification: slender struts homogenised", slender_struts),
];

/// A whole cube of `count` grid cells a side, six tetrahedra each, of the material that
/// `material` names at their centroid (sides).
fn grid(count: usize, material: impl Fn(&Point) -> u32) -> TetCell {
    let mesh = box_mesh(ElementKind::Tet10, [count; 3], Point::from);
    let steps = 2 * count as i64;
    let mut number = HashMap::new();
    let mut nodes = Vec::new();
    let of_node: Vec<u32> = mesh
        .nodes
        .iter()
        .map(|p| {
            let key = [p.x, p.y, p.z]
                .map(|c| (c * steps as f64).round() as i64)
                .map(|c| c.rem_euclid(steps));
            *number.entry(key).or_insert_with(|| {
                nodes.push(key.map(|c| c as f64 / steps as f64));
                nodes.len() as u32 - 1
            })
        })
        .collect();
    let elements = 0..mesh.element_count();
    let on_torus = mesh.blocks.node_numbers().map(|n| of_node[n as usize]);
    TetCell {
        corners: elements.clone().map(|e| mesh.corners(e)).collect(),
        factor: vec![[1.0; 4]; mesh.element_count()],
        net: Net {
            nodes,
            width: 10,
            connectivity: on_torus.collect(),
            material_of: elements.map(|e| material(&mesh.centroid(e))).collect(),
            translations: vec![[0.0; 3]],
        },
    }
}

fn laminate() -> Result<(), String> {
    let mut expected = Expected::read("homogenisation-laminate")?;
    let table = [
        Elasticity::isotropic(1000.0, 0.3),
        Elasticity::isotropic(100.0, 0.3),
    ];
    let layer = |z: f64| u32::from(z > 0.5);
    let cubes = voxel_cell(6, &[[0.0; 3]], |p| Some(layer(p[2])));
    let tets = grid(6, |p: &Point| layer(p.z));
    for method in [Method::Cholesky, Method::Cg] {
        let settings = Settings {
            method,
            ..Settings::default()
        };
        for found in [
            effective(&cubes, &table, &settings, &Silent).map_err(|e| e.to_string())?,
            effective(&tets, &table, &settings, &Silent).map_err(|e| e.to_string())?,
        ] {
            let c = found.stiffness.0;
            // The two directions of the layers are alike, and nothing else is coupled.
            for (name, entries) in [
                ("C11", &[(0, 0), (1, 1)][..]),
                ("C12", &[(0, 1)]),
                ("C13", &[(0, 2), (1, 2)]),
                ("C33", &[(2, 2)]),
                ("C44", &[(4, 4), (5, 5)]),
                ("C66", &[(3, 3)]),
            ] {
                for &entry in entries {
                    expected.check(name, c[entry])?;
                }
            }
            for entry in [(0, 3), (0, 4), (2, 5), (3, 4), (4, 5)] {
                if c[entry].abs() >= 1e-8 * c[(0, 0)] {
                    return Err(format!("{entry:?} is {}", c[entry]));
                }
            }
        }
    }
    expected.finish()
}

/// A cell of a solid of modulus 1.
fn cell(cell: Cell, relative_density: f64, poisson_ratio: f64) -> Result<UnitCell, String> {
    let request = Request {
        cell,
        relative_density,
        solid: Solid {
            name: "one".to_owned(),
            youngs_modulus: 1.0,
            poisson_ratio,
            source: Source {
                citation: "verification".to_owned(),
                flag: SourceFlag::Derived,
            },
        },
        mesh: MeshKind::Tetrahedra,
        resolution: None,
        settings: Settings::default(),
    };
    UnitCell::homogenise(request, &Silent).map_err(|e| e.to_string())
}

/// Densities and Poisson ratios of the cells that gmsh has meshed.
const CONFORMING: [(Cell, f64, [f64; 4]); 3] = [
    (
        Cell::RhombicDodecahedron,
        0.34,
        [0.1198, 0.1670, 0.2608, 0.5447],
    ),
    (Cell::Bcc, 0.3, [0.2, 0.1, 0.3, 0.5]),
    (Cell::Octet, 0.3, [0.2, 0.1, 0.3, 0.5]),
];

/// Values and bars against limits of conforming meshes, rhombic dodecahedra against voxels as well;
/// of the other cells one density each, all with `ENDPLATE_LONG` set.
fn conforming_meshes() -> Result<(), String> {
    let mut limits = Expected::read("homogenisation-conforming")?;
    let mut voxels = Expected::read("homogenisation-rhombic-dodecahedron")?;
    let long = std::env::var_os("ENDPLATE_LONG").is_some();
    for (net, nu, densities) in CONFORMING {
        let is_printed = net == Cell::RhombicDodecahedron;
        let count = if long || is_printed { 4 } else { 1 };
        for density in &densities[..count] {
            let found = cell(net, *density, nu)?.estimate;
            let name = format!("E100 of {} at {density:.4}", net.name());
            limits.check(&name, found.constants.along[0])?;
            limits.held(&name, found.bar.ok_or("no bar")?.along[0])?;
            if is_printed {
                voxels.check(&format!("E100 at {density:.4}"), found.constants.along[0])?;
                let poisson_ratio = found.constants.poisson_ratio[0];
                voxels.check(&format!("Poisson ratio at {density:.4}"), poisson_ratio)?;
            }
        }
    }
    voxels.finish()?;
    if long { limits.finish() } else { Ok(()) }
}

/// [100] moduli of slender frames (solid 1, x = r/L): Timoshenko beams on rigid nodes for those that
/// bend, the share of the metal that is stretched for the octet truss.
fn frame_modulus(cell: Cell, x: f64, nu: f64) -> f64 {
    let bending = 1.0 + (8.5 + 6.0 * nu) * x * x;
    let root = 3f64.sqrt();
    match cell {
        // ρ = (3√3/4) π x² for diamond, half the rhombic dodecahedron's; E = 2ρ²/(√3π).
        Cell::Diamond => 2.0 * (0.75 * root * PI * x * x).powi(2) / (root * PI) / bending,
        Cell::Bcc => 13.5 * PI / root * x.powi(4) / bending,
        // 24 struts of length side/√2: ρ = 24 π x² L³ = 6√2 π x²; E = ρ/9.
        _ => 6.0 * 2f64.sqrt() * PI * x * x / 9.0,
    }
}

fn slender_struts() -> Result<(), String> {
    let mut expected = Expected::read("homogenisation-slender-struts")?;
    for net in [Cell::Diamond, Cell::Bcc, Cell::Octet] {
        let length = net.strut_length().ok_or("no strut")?;
        let excess = |x: f64| -> Result<f64, String> {
            let given = GivenSizes {
                strut_mm: Some(2.0 * x * length),
                cell_mm: Some(1.0),
                ..GivenSizes::default()
            };
            let density = sizes(net, &given)
                .map_err(|e| e.to_string())?
                .relative_density;
            let found = cell(net, density, 0.3)?;
            Ok(found.estimate.constants.along[0] / frame_modulus(net, x, 0.3) - 1.0)
        };
        let [thick, thin] = [excess(0.1)?, excess(0.05)?];
        expected.rate(
            &format!("{} to its limit", net.name()),
            [thick, thin],
            [0.1, 0.05],
        )?;
    }
    expected.finish()
}

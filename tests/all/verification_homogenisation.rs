//! Unit cells against exact solutions, an independent study and the limits of slender struts.

use std::f64::consts::PI;

use endplate::homogenise::torus::TetCell;
use endplate::homogenise::voxels::voxel_cell;
use endplate::homogenise::{MeshKind, Request, Solid, UnitCell};
use endplate::homogenise::{Settings, effective};
use endplate::lattice::{Cell, GivenSizes, sizes};
use endplate::progress::Silent;
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

fn laminate() -> Result<(), String> {
    let mut expected = Expected::read("homogenisation-laminate")?;
    let table = [
        Elasticity::isotropic(1000.0, 0.3),
        Elasticity::isotropic(100.0, 0.3),
    ];
    let layer = |z: f64| u32::from(z > 0.5);
    let settings = Settings::default();
    let cubes = voxel_cell(6, &[[0.0; 3]], |p| Some(layer(p[2])));
    let tets = TetCell::grid(6, |p: &Point| layer(p.z));
    for found in [
        effective(&cubes, &table, &settings, &Silent).map_err(|e| e.to_string())?,
        effective(&tets, &table, &settings, &Silent).map_err(|e| e.to_string())?,
    ] {
        let c = found.stiffness.0;
        for (name, value) in [
            ("C11", c[(0, 0)]),
            ("C12", c[(0, 1)]),
            ("C13", c[(0, 2)]),
            ("C33", c[(2, 2)]),
            ("C44", c[(4, 4)]),
            ("C66", c[(3, 3)]),
        ] {
            expected.check(name, value)?;
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

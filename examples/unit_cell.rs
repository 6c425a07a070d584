//! The stiffness of a gyroid of titanium at 70 % porosity, held against the bound of Hashin and Shtrikman.

use std::error::Error;

use endplate::homogenise::{MeshKind, Request, Settings, Solid, UnitCell};
use endplate::lattice::Cell;
use endplate::progress::Silent;
use endplate::source::Source;

const MODULUS: f64 = 110e3;
const POISSON_RATIO: f64 = 0.3;
const DENSITY: f64 = 0.3;

fn main() -> Result<(), Box<dyn Error>> {
    let cell = UnitCell::homogenise(
        Request {
            cell: Cell::Gyroid,
            relative_density: DENSITY,
            solid: Solid {
                name: "titanium".to_owned(),
                youngs_modulus: MODULUS,
                poisson_ratio: POISSON_RATIO,
                source: Source::case_file("examples/unit_cell.rs"),
            },
            mesh: MeshKind::Tetrahedra,
            resolution: Some(22),
            settings: Settings::default(),
        },
        &Silent,
    )?;
    let found = &cell.estimate.constants;
    // Hashin and Shtrikman 1963: no isotropic porous solid has more bulk modulus.
    let bulk = MODULUS / (3.0 * (1.0 - 2.0 * POISSON_RATIO));
    let shear = MODULUS / (2.0 * (1.0 + POISSON_RATIO));
    let bound = 4.0 * DENSITY * bulk * shear / (4.0 * shear + 3.0 * (1.0 - DENSITY) * bulk);
    assert!(found.bulk_modulus < bound, "{} {bound}", found.bulk_modulus);
    // Walls bend and lean: the cell keeps less of the metal's modulus than its share of the volume.
    assert!(
        found
            .along
            .iter()
            .all(|e| (0.02..DENSITY).contains(&(e / MODULUS)))
    );
    let last = cell.levels.last().ok_or("no mesh")?;
    assert!((last.effective.relative_density / DENSITY - 1.0).abs() < 1e-3);
    println!(
        "{:.0} MPa along [100], bulk modulus {:.0} of at most {bound:.0} MPa",
        found.along[0], found.bulk_modulus
    );
    Ok(())
}

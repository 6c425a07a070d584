//! Seconds of one homogenisation, six load cases, mesh and all, by size: `cargo bench --bench
//! homogenise -- [CELL] [DENSITY] [RESOLUTION …]`. Without arguments a rhombic dodecahedron of
//! relative density 0.5447 near 0.3 million dofs, three times.

use std::error::Error;
use std::time::Instant;

use endplate::homogenise::lattice_mesh::{Shape, tetrahedra};
use endplate::homogenise::{Settings, effective};
use endplate::lattice::Cell;
use endplate::material::constants::Constants;
use endplate::progress::Silent;
use endplate::tensor::Elasticity;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let cell = arguments
        .next()
        .unwrap_or("rhombic-dodecahedron".to_owned());
    let cell = Cell::from_name(&cell)?;
    let density: f64 = arguments.next().map_or(Ok(0.5447), |a| a.parse())?;
    let mut resolutions: Vec<usize> = arguments.map(|a| a.parse()).collect::<Result<_, _>>()?;
    if resolutions.is_empty() {
        resolutions = vec![36; 3];
    }
    let level = |p: [f64; 3]| cell.distance(p);
    let moves = cell.translations();
    let shape = Shape {
        level: &level,
        translations: &moves,
    };
    let solid = [Elasticity::isotropic(1.0, 0.34)];
    for resolution in resolutions {
        let clock = Instant::now();
        let fitted = tetrahedra(&shape, density, resolution)?;
        let meshed = clock.elapsed().as_secs_f64();
        let mesh = &fitted.mesh.cell;
        let found = effective(mesh, &solid, &Settings::default(), &Silent)?;
        let whole = clock.elapsed().as_secs_f64();
        let modulus = Constants::of(&found.stiffness).map_or(f64::NAN, |c| c.along[0]);
        println!(
            "{} along the side: {} dofs, mesh {meshed:.1} s, solver {:.1} s ({}, {} iterations, \
             residual {:.0e}), whole {whole:.1} s on {} threads; E[100]/Es {modulus:.5}",
            resolution,
            found.dofs,
            found.solved.seconds,
            found.solved.method,
            found.solved.iterations,
            found.solved.true_residual,
            rayon::current_num_threads(),
        );
    }
    Ok(())
}

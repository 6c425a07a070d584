//! Setup and solve of the stack of `endplate bench scaling` by multigrid and by Cholesky, in seconds,
//! iterations and passes over the matrix: `cargo bench --bench multigrid -- [FREE_DOFS] [key=value …]`
//! (100,000 unless given), with the keys cage and bone (MPa), nu (of the cage), residual, columns,
//! cholesky=1, and those of the multigrid settings.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use endplate::assembly::rows::{parents, positions};
use endplate::assembly::{Assembled, assemble};
use endplate::bench::Stack;
use endplate::bench::machine::best_of;
use endplate::mesh::Mesh;
use endplate::model::Model;
use endplate::solver::Backend;
use endplate::solver::cg::{Stop, System, solve};
use endplate::solver::cholesky::Cholesky;
use endplate::solver::multigrid::{Hierarchy, Rows, Settings};
use endplate::solver::refine::{self, Accuracy};
use endplate::sparse::BlockMatrix;
use endplate::tensor::Elasticity;

/// What the command line asks for.
struct Options(BTreeMap<String, f64>);

impl Options {
    /// A bare number is `dofs`.
    fn read() -> Result<Self, Box<dyn Error>> {
        // cargo passes `--bench` along.
        let words = std::env::args().skip(1).filter(|a| a != "--bench");
        let pairs = words.map(|a| {
            let (key, value) = a.split_once('=').unwrap_or(("dofs", &a));
            let value = value.parse().map_err(|_| format!("{a}: not key=value"))?;
            Ok((key.to_owned(), value))
        });
        Ok(Self(pairs.collect::<Result<_, Box<dyn Error>>>()?))
    }

    fn or(&self, key: &str, default: f64) -> f64 {
        self.0.get(key).copied().unwrap_or(default)
    }

    fn multigrid(&self) -> Settings {
        let default = Settings::default();
        let whole = |key: &str, default: usize| self.or(key, default as f64) as usize;
        Settings {
            degree: whole("degree", default.degree),
            coarse_degree: whole("coarse_degree", default.coarse_degree),
            inner_iterations: whole("inner", default.inner_iterations),
            inner_tolerance: self.or("inner_tolerance", default.inner_tolerance),
            weak: self.or("weak", default.weak),
            direct_flops: self.or("direct_flops", default.direct_flops),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    let model = model(&options);
    let mut fixed = vec![[false; 3]; model.mesh.nodes.len()];
    for support in &model.supports {
        fixed[support.node as usize][usize::from(support.axis)] = true;
    }
    let clock = Instant::now();
    let assembled = assemble(&model.mesh, &model.materials, &[], &fixed)?;
    let matrix = &assembled.matrix;
    println!(
        "{} dofs, {:.1} M entries, {:.2} GB; assembly {:.2} s",
        assembled.numbering.free_dof_count(),
        9e-6 * matrix.block_count() as f64,
        1e-9 * matrix.bytes() as f64,
        clock.elapsed().as_secs_f64(),
    );
    let mut load = vec![0.0; 3 * matrix.row_count()];
    let mut nodal = vec![0.0; model.mesh.nodes.len()];
    for (n, f) in &model.load_cases[0].forces {
        nodal[*n as usize] = f.z.signum();
    }
    for r in 0..matrix.row_count() {
        load[3 * r + 2] = nodal[assembled.numbering.node(r) as usize];
    }
    let sides: Vec<Vec<f64>> = (0..options.or("columns", 1.0) as usize)
        .map(|k| {
            (0..load.len())
                .map(|i| load[i] * (1.0 + 0.1 * (k * i % 7) as f64))
                .collect()
        })
        .collect();
    let iterated = by_multigrid(&model.mesh, &assembled, &sides, &options)?;
    if options.0.contains_key("cholesky") {
        by_cholesky(matrix, sides, &iterated[0])?;
    }
    Ok(())
}

/// The stack with the moduli asked for.
fn model(options: &Options) -> Model {
    let mut model = Stack::with_free_dofs(options.or("dofs", 1e5) as usize).model();
    model.materials.table = vec![
        Elasticity::isotropic(options.or("bone", 500.0), 0.3),
        Elasticity::isotropic(options.or("cage", 1280.0), options.or("nu", 0.3)),
    ];
    model
}

/// Times setup and solve, and returns the solutions.
fn by_multigrid(
    mesh: &Mesh,
    assembled: &Assembled,
    sides: &[Vec<f64>],
    options: &Options,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let matrix = &assembled.matrix;
    let mut product = vec![0.0; 3 * matrix.row_count()];
    let pass = best_of(5, || matrix.multiply(&sides[0], &mut product));
    let speed = 1e-9 * matrix.bytes() as f64 / pass;
    println!("one pass {:.1} ms, {speed:.1} GB/s", 1e3 * pass);
    let clock = Instant::now();
    let places = positions(mesh, &assembled.numbering);
    let between = parents(mesh, &assembled.numbering);
    let rows = Rows {
        positions: &places,
        parents: &between,
        turns: &[],
        periods: &[],
    };
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(matrix, rows, &backend, options.multigrid())?;
    let preconditioner = hierarchy.factor()?;
    let setup = clock.elapsed().as_secs_f64();
    println!(
        "levels {:?}, {:.2} GB",
        hierarchy.sizes(),
        1e-9 * hierarchy.bytes() as f64
    );
    let system = System {
        matrix,
        hierarchy: &hierarchy,
        preconditioner: &preconditioner,
    };
    let stop = Stop {
        residual: options.or("residual", 1e-8),
        ..Stop::default()
    };
    let mut solutions = sides.to_vec();
    let clock = Instant::now();
    let quality = solve(&system, &mut solutions, &stop, &Accuracy::default())?;
    let solved = clock.elapsed().as_secs_f64();
    println!(
        "cg: setup {setup:.2} s, solve {solved:.2} s, {:?} iterations, residual {:.1e}, backward \
         {:.1e}; {:.0} + {:.0} passes",
        quality.iter().map(|q| q.steps).collect::<Vec<_>>(),
        quality[0].true_residual,
        quality[0].backward_error,
        setup / pass,
        solved / pass,
    );
    Ok(solutions)
}

/// Times the factor's way and holds the first solution against conjugate gradients'.
fn by_cholesky(
    matrix: &BlockMatrix,
    mut sides: Vec<Vec<f64>>,
    iterated: &[f64],
) -> Result<(), Box<dyn Error>> {
    let clock = Instant::now();
    let symbolic = Cholesky::default().analyse(matrix)?;
    let factor = symbolic.factor(matrix)?;
    let accuracy = Accuracy::default();
    refine::solve(matrix, factor.as_ref(), &mut sides, &accuracy)?;
    let largest = sides[0].iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let apart = sides[0]
        .iter()
        .zip(iterated)
        .fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    println!(
        "cholesky: {:.2} s, {:.1} Gflop, {:.2} GB; cg differs by {:.1e} of the largest",
        clock.elapsed().as_secs_f64(),
        1e-9 * symbolic.flops(),
        1e-9 * symbolic.factor_bytes() as f64,
        apart / largest,
    );
    Ok(())
}

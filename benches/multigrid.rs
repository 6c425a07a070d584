//! Setup and solve of the stack deck by multigrid and by Cholesky, in seconds, iterations and passes
//! over the matrix: `cargo bench --bench multigrid -- DECK.inp [key=value …]`, with the keys cage and
//! bone (MPa), nu (of the cage), residual, columns, cholesky=1, and those of the multigrid settings.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use endplate::assembly::assemble;
use endplate::assembly::rows::{parents, positions};
use endplate::material::MaterialField;
use endplate::mesh::order::renumbered;
use endplate::mesh::{ElementKind, TetMesh};
use endplate::solver::Backend;
use endplate::solver::cg::{Stop, System, solve};
use endplate::solver::cholesky::Cholesky;
use endplate::solver::low_rank::{Corrected, Terms};
use endplate::solver::multigrid::{Hierarchy, Rows, Settings};
use endplate::solver::refine::{self, Accuracy};
use endplate::tensor::{Elasticity, Point};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let Some(path) = arguments.next() else {
        println!("no deck given: nothing measured");
        return Ok(());
    };
    let options: BTreeMap<String, f64> = arguments
        .map(|a| {
            let (key, value) = a.split_once('=').ok_or("options are key=value")?;
            Ok((key.to_owned(), value.parse()?))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let option = |key: &str, default: f64| options.get(key).copied().unwrap_or(default);
    let mesh = renumbered(&stack(&std::fs::read_to_string(path)?)?);
    let nu = option("nu", 0.3);
    let bone = Elasticity::isotropic(option("bone", 500.0), 0.3);
    let mut materials = MaterialField::uniform(bone, mesh.element_count());
    materials
        .table
        .push(Elasticity::isotropic(option("cage", 1280.0), nu));
    materials.of_element = mesh.region_of.iter().map(|&r| u32::from(r == 2)).collect();
    let fixed: Vec<[bool; 3]> = mesh.nodes.iter().map(|p| [p.z.abs() < 1e-6; 3]).collect();
    let clock = Instant::now();
    let assembled = assemble(&mesh, &materials, &[], &fixed)?;
    let matrix = &assembled.matrix;
    println!(
        "{} dofs, {:.1} M entries, {:.2} GB; assembly {:.2} s",
        assembled.numbering.free_dof_count(),
        9e-6 * matrix.block_count() as f64,
        1e-9 * matrix.bytes() as f64,
        clock.elapsed().as_secs_f64(),
    );
    let mut load = vec![0.0; 3 * matrix.row_count()];
    let mut product = load.clone();
    for r in 0..matrix.row_count() {
        let top = (mesh.nodes[assembled.numbering.node(r) as usize].z - 75.0).abs() < 1e-6;
        load[3 * r + 2] = if top { -1.0 } else { 0.0 };
    }
    let pass = (0..5)
        .map(|_| {
            let clock = Instant::now();
            matrix.multiply(&load, &mut product);
            clock.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    let speed = 1e-9 * matrix.bytes() as f64 / pass;
    println!("one pass {:.1} ms, {speed:.1} GB/s", 1e3 * pass);
    let sides: Vec<Vec<f64>> = (0..option("columns", 1.0) as usize)
        .map(|k| {
            (0..load.len())
                .map(|i| load[i] * (1.0 + 0.1 * (k * i % 7) as f64))
                .collect()
        })
        .collect();

    let clock = Instant::now();
    let (places, between) = (
        positions(&mesh, &assembled.numbering),
        parents(&mesh, &assembled.numbering),
    );
    let rows = Rows {
        positions: &places,
        parents: &between,
        periods: &[],
    };
    let default = Settings::default();
    let settings = Settings {
        degree: option("degree", default.degree as f64) as usize,
        coarse_degree: option("coarse_degree", default.coarse_degree as f64) as usize,
        inner_iterations: option("inner", default.inner_iterations as f64) as usize,
        inner_tolerance: option("inner_tolerance", default.inner_tolerance),
        weak: option("weak", default.weak),
        direct_flops: option("direct_flops", default.direct_flops),
    };
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(matrix, rows, &backend, settings)?;
    let preconditioner = Corrected::new(&hierarchy, hierarchy.factor()?, Terms(&[]))?;
    let setup = clock.elapsed().as_secs_f64();
    println!(
        "levels {:?}, {:.2} GB",
        hierarchy.sizes(),
        1e-9 * hierarchy.bytes() as f64
    );
    let system = System {
        matrix,
        terms: Terms(&[]),
        preconditioner: &preconditioner,
    };
    let stop = Stop {
        residual: option("residual", 1e-8),
        ..Stop::default()
    };
    let mut solutions = sides.clone();
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
    if options.contains_key("cholesky") {
        let mut direct = sides;
        let clock = Instant::now();
        let symbolic = backend.analyse(matrix)?;
        let factor = symbolic.factor(matrix)?;
        refine::solve(
            matrix,
            &[],
            factor.as_ref(),
            &mut direct,
            &Accuracy::default(),
        )?;
        let largest = direct[0].iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let apart = direct[0]
            .iter()
            .zip(&solutions[0])
            .fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
        println!(
            "cholesky: {:.2} s, {:.1} Gflop, {:.2} GB; cg differs by {:.1e} of the largest",
            clock.elapsed().as_secs_f64(),
            1e-9 * symbolic.flops(),
            1e-9 * symbolic.factor_bytes() as f64,
            apart / largest,
        );
    }
    Ok(())
}

/// Nodes and elements of a deck that stack_deck.py wrote; regions are its element sets 1 to 3.
fn stack(text: &str) -> Result<TetMesh, Box<dyn Error>> {
    let (mut block, mut region) = (String::new(), 0);
    let mut mesh = TetMesh {
        kind: ElementKind::Tet10,
        nodes: Vec::new(),
        connectivity: Vec::new(),
        region_of: Vec::new(),
        regions: ["none", "below", "cage", "above"]
            .map(str::to_owned)
            .to_vec(),
        surfaces: Vec::new(),
    };
    for line in text.lines() {
        if let Some(keyword) = line.strip_prefix('*') {
            block = keyword.split(',').next().unwrap_or_default().to_owned();
            if let Some(set) = keyword
                .split("ELSET=E")
                .nth(1)
                .filter(|_| block == "ELEMENT")
            {
                region = set.parse()?;
            }
            continue;
        }
        let mut fields = line.split(',').skip(1);
        match block.as_str() {
            "NODE" => {
                let mut next = || -> Result<f64, Box<dyn Error>> {
                    Ok(fields
                        .next()
                        .ok_or("a node has three coordinates")?
                        .trim()
                        .parse()?)
                };
                mesh.nodes.push(Point::new(next()?, next()?, next()?));
            }
            "ELEMENT" => {
                for field in fields {
                    mesh.connectivity.push(field.trim().parse::<u32>()? - 1);
                }
                mesh.region_of.push(region);
            }
            _ => {}
        }
    }
    Ok(mesh)
}

//! The kernels of a solve, one by one, on the stack of `endplate bench scaling`: seconds, bytes
//! and operations per second, and the share of what the machine reads or multiplies at its best.
//! `cargo bench --bench kernels [-- FREE_DOFS]` (100,000 unless given); `RAYON_NUM_THREADS` sets
//! the threads.

use std::error::Error;
use std::time::Instant;

use endplate::assembly::Pattern;
use endplate::bench::machine::best_of;
use endplate::bench::{Machine, Stack};
use endplate::solver::cholesky::Cholesky;
use endplate::solver::{Backend, nested_dissection};
use endplate::sparse::BlockMatrix;

/// Right-hand sides of the solve of many.
const MANY: usize = 32;

/// One line of the table.
struct Kernel {
    name: &'static str,
    seconds: f64,
    /// Bytes that must be read or written at least, 0 where arithmetic limits.
    bytes: f64,
    /// Floating-point operations, 0 where memory limits.
    flops: f64,
}

impl Kernel {
    fn line(&self, machine: &Machine) -> String {
        let (read, product) = (self.bytes / self.seconds, self.flops / self.seconds);
        let rate = |value: f64, unit: &str| match value > 0.0 {
            true => format!("{:.2} {unit}", 1e-9 * value),
            false => String::new(),
        };
        let share = match (self.bytes > 0.0, self.flops > 0.0) {
            (_, true) => format!(
                "{:.0} % product",
                100.0 * product / machine.product_flops_per_s
            ),
            (true, _) => format!("{:.0} % read", 100.0 * read / machine.read_bytes_per_s),
            _ => String::new(),
        };
        format!(
            "{:<32} {:>10.4} s  {:>12}  {:>15}  {share:>14}",
            self.name,
            self.seconds,
            rate(read, "GB/s"),
            rate(product, "GFLOP/s"),
        )
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo passes `--bench` along.
    let asked = std::env::args().skip(1).find_map(|a| a.parse().ok());
    let model = Stack::with_free_dofs(asked.unwrap_or(100_000)).model();
    let machine = Machine::measure();
    println!(
        "{} threads, read {:.1} GB/s, dense product {:.1} GFLOP/s",
        machine.threads,
        1e-9 * machine.read_bytes_per_s,
        1e-9 * machine.product_flops_per_s
    );
    let mut fixed = vec![[false; 3]; model.mesh.nodes.len()];
    for support in &model.supports {
        fixed[support.node as usize][usize::from(support.axis)] = true;
    }
    let mut kernels = Vec::new();
    let clock = Instant::now();
    let pattern = Pattern::new(&model.mesh, &[], &fixed)?;
    let entries = pattern.block_count() as f64;
    kernels.push(memory("assembly, pattern", clock, 4.0 * entries));
    let clock = Instant::now();
    let matrix = pattern.fill(&model.materials)?.matrix;
    kernels.push(memory("assembly, numeric", clock, matrix.bytes() as f64));
    println!(
        "{} dofs, {} elements, matrix {:.3} GB",
        3 * matrix.row_count(),
        model.mesh.element_count(),
        1e-9 * matrix.bytes() as f64
    );

    let rows = 3 * matrix.row_count();
    let load: Vec<f64> = (0..rows).map(|i| ((37 * i) % 101) as f64 - 50.0).collect();
    let mut product = vec![0.0; rows];
    kernels.push(Kernel {
        name: "block product, f64",
        seconds: best_of(10, || matrix.multiply(&load, &mut product)),
        bytes: matrix.bytes() as f64,
        flops: 0.0,
    });

    let [factor_bytes, flops] = factorisation(&matrix, &load, &mut kernels)?;
    for kernel in &kernels {
        println!("{}", kernel.line(&machine));
    }
    println!(
        "factor {:.3} GB, {:.1} Gflop",
        1e-9 * factor_bytes,
        1e-9 * flops
    );
    Ok(())
}

/// Ordering, analysis, factor and solves; bytes of the factor and operations to make it.
fn factorisation(
    matrix: &BlockMatrix,
    load: &[f64],
    kernels: &mut Vec<Kernel>,
) -> Result<[f64; 2], Box<dyn Error>> {
    let clock = Instant::now();
    nested_dissection(matrix)?;
    let ordering = memory("ordering", clock, 0.0);
    let clock = Instant::now();
    let symbolic = Cholesky::default().analyse(matrix)?;
    let mut analysis = memory("symbolic", clock, 0.0);
    analysis.seconds = (analysis.seconds - ordering.seconds).max(0.0);
    kernels.extend([ordering, analysis]);
    let clock = Instant::now();
    let factor = symbolic.factor(matrix)?;
    kernels.push(arithmetic("factor", clock, symbolic.flops()));
    let factor_bytes = symbolic.factor_bytes() as f64;
    let mut x = load.to_vec();
    let clock = Instant::now();
    factor.solve_in_place(&mut x, 1);
    // Once forward, once backward.
    kernels.push(memory("solve, one", clock, 2.0 * factor_bytes));
    let mut many: Vec<f64> = load
        .iter()
        .copied()
        .cycle()
        .take(MANY * load.len())
        .collect();
    let clock = Instant::now();
    factor.solve_in_place(&mut many, MANY);
    let flops = 4.0 * factor_bytes / size_of::<f64>() as f64;
    let mut together = arithmetic("solve, one of 32 together", clock, flops);
    together.seconds /= MANY as f64;
    kernels.push(together);
    Ok([factor_bytes, symbolic.flops()])
}

/// Since `clock`, limited by memory.
fn memory(name: &'static str, clock: Instant, bytes: f64) -> Kernel {
    Kernel {
        name,
        seconds: clock.elapsed().as_secs_f64(),
        bytes,
        flops: 0.0,
    }
}

/// Since `clock`, limited by arithmetic.
fn arithmetic(name: &'static str, clock: Instant, flops: f64) -> Kernel {
    Kernel {
        name,
        seconds: clock.elapsed().as_secs_f64(),
        bytes: 0.0,
        flops,
    }
}

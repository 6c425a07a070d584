//! The runs as CSV: one row a run, keys of [`Run`](super::Run) as headers.

use std::path::Path;

use serde::Serialize;

use super::{BenchError, Machine, Scaling};
use crate::report::csv::write_rows;

/// Writes scaling.csv, threads.csv and machine.csv into `dir`.
///
/// # Errors
/// [`BenchError::Write`].
pub fn write(dir: &Path, scaling: &Scaling) -> Result<(), BenchError> {
    let failed = |file: &str, e: csv::Error| BenchError::Write {
        file: file.to_owned(),
        reason: e.to_string(),
    };
    for (file, runs) in [
        ("scaling.csv", &scaling.sizes),
        ("threads.csv", &scaling.threads),
    ] {
        write_rows(&dir.join(file), runs).map_err(|e| failed(file, e))?;
    }
    let machines: Vec<MachineRow> = scaling.machines.iter().map(MachineRow::from).collect();
    let file = "machine.csv";
    write_rows(&dir.join(file), &machines).map_err(|e| failed(file, e))
}

#[derive(Serialize)]
struct MachineRow {
    threads: usize,
    read_gb_per_s: f64,
    product_gflop_per_s: f64,
}

impl From<&Machine> for MachineRow {
    fn from(machine: &Machine) -> Self {
        Self {
            threads: machine.threads,
            read_gb_per_s: 1e-9 * machine.read_bytes_per_s,
            product_gflop_per_s: 1e-9 * machine.product_flops_per_s,
        }
    }
}

/// A run with easily told numbers, for the tests of what is made of runs.
#[cfg(test)]
pub(super) fn example(free_dofs: usize) -> super::Run {
    let n = free_dofs as f64;
    super::Run {
        solver: crate::solver::choice::Solver::Cholesky,
        threads: 2,
        free_dofs,
        elements: free_dofs / 4,
        matrix_bytes: 700 * free_dofs as u64,
        pattern_s: 1e-7 * n,
        numeric_s: 2e-7 * n,
        product_s: 3e-8 * n,
        setup_s: 1e-5 * n,
        factor_s: 1e-10 * n * n,
        solve_s: 1e-7 * n,
        solve_together_s: Some(2e-8 * n),
        total_s: 1e-10 * n * n,
        solver_bytes: 5_000 * free_dofs as u64,
        predicted_bytes: 6_000 * free_dofs as u64,
        measured_bytes: None,
        factor_gflop: 1e-6 * n,
        iterations: 1,
        true_residual: 1e-12,
        product_share: 0.9,
        factor_share: 0.7,
        solve_share: 0.8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_row_reads_back_with_its_names_and_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let scaling = Scaling {
            machines: vec![Machine {
                threads: 2,
                read_bytes_per_s: 25.5e9,
                product_flops_per_s: 84e9,
            }],
            sizes: vec![example(30_000), example(60_000)],
            threads: Vec::new(),
            stopped: Vec::new(),
        };
        write(dir.path(), &scaling).unwrap();
        let mut reader = csv::Reader::from_path(dir.path().join("scaling.csv")).unwrap();
        let headers = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
        let cell = |row: usize, name: &str| {
            let column = headers.iter().position(|h| h == name).unwrap();
            rows[row][column].to_owned()
        };
        assert_eq!(rows.len(), 2);
        assert_eq!(cell(1, "solver"), "cholesky");
        assert_eq!(cell(1, "free_dofs"), "60000");
        assert_eq!(
            cell(0, "solve_s").parse::<f64>().unwrap(),
            scaling.sizes[0].solve_s
        );
        assert_eq!(cell(0, "measured_bytes"), "");
        let machine = std::fs::read_to_string(dir.path().join("machine.csv")).unwrap();
        assert_eq!(
            machine,
            "threads,read_gb_per_s,product_gflop_per_s\n2,25.5,84.0\n"
        );
    }
}

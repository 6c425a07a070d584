//! Options that several commands have.

use clap::ValueEnum;

use super::ending::CommandError;

/// Uses that many threads from here on.
pub fn use_threads(threads: usize) -> Result<(), CommandError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|e| {
            CommandError::input(
                format!("{threads} threads cannot be used: {e}"),
                "ask for fewer",
            )
        })
}

/// The solvers that can be asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SolverOption {
    /// The program chooses and says why
    Auto,
    /// Sparse Cholesky
    Cholesky,
    /// Conjugate gradients preconditioned by multigrid
    Cg,
}

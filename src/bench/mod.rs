//! How the solvers scale: one body at growing size, time and memory, and every kernel beside what
//! the machine can do. Must not know anatomy, cases or findings.

pub mod machine;
pub mod peak;
pub mod stack;
pub mod scaling;
pub mod chart;
pub mod tables;

pub use machine::Machine;
pub use scaling::{Run, Scaling, Settings};
pub use stack::Stack;

use crate::analysis::AnalysisError;
use crate::assembly::AssemblyError;
use crate::solver::SolverError;
use crate::threads::ThreadsError;

/// Why a benchmark stopped.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The model could not be assembled.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A solver failed for another reason than memory.
    #[error(transparent)]
    Solver(#[from] SolverError),
    /// The analysis failed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A thread pool could not be made.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// Not one size could be solved.
    #[error("none of the sizes asked for fits in memory: the smallest has {free_dofs} dofs")]
    NothingFits {
        /// Free dofs of the smallest.
        free_dofs: usize,
    },
    /// A result could not be written.
    #[error("{file}: {reason}")]
    Write {
        /// File name.
        file: String,
        /// Why.
        reason: String,
    },
}

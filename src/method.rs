//! The wish for a way to solve the equations, in cases, decks and unit cells alike.

/// Which solver is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// By prediction.
    #[default]
    Auto,
    /// Sparse Cholesky.
    Cholesky,
    /// Conjugate gradients preconditioned by multigrid.
    Cg,
}

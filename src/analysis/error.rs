//! Why a model has no solution.

use crate::assembly::AssemblyError;
use crate::solver::SolverError;

/// Why a model has no solution.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// A list of the model does not have one entry per element or per support.
    #[error("the model is inconsistent: {what} has {found} entries, {expected} are needed")]
    Inconsistent {
        /// Which list.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// An elasticity that does not store energy under every strain.
    #[error(
        "the material of {place} is not positive definite (smallest eigenvalue {smallest:.3e} MPa): \
         a modulus is zero or negative, or a Poisson ratio is impossible"
    )]
    Material {
        /// "body T5, element 12".
        place: String,
        /// Smallest eigenvalue of the stiffness, MPa.
        smallest: f64,
    },
    /// A stiffness factor that is not a positive number.
    #[error("the stiffness factor of {place} is {factor}; it must be positive and finite")]
    Factor {
        /// "body T5, element 12".
        place: String,
        /// The factor.
        factor: f64,
    },
    /// A load, support or position that is not a number, or lies on no node.
    #[error("{what} at node {node} is {value}")]
    BadValue {
        /// What it is ("the force of load case flexion").
        what: String,
        /// Node number.
        node: u32,
        /// The value, or "outside the mesh".
        value: String,
    },
    /// The supports leave rigid motions free.
    #[error("{bodies} can move as a rigid body: {motions} of 6 rigid motions are free; {advice}")]
    Unconstrained {
        /// "body cage" or "bodies cage, T5".
        bodies: String,
        /// Free rigid motions.
        motions: usize,
        /// What would help.
        advice: &'static str,
    },
    /// The matrix is singular although the supports hold every group of bodies.
    #[error(
        "the stiffness is singular near {place}: parts of a body may hang together only at a node \
         or an edge, or a tie may cover no area"
    )]
    Singular {
        /// "body T5, node 12".
        place: String,
    },
    /// Applied loads and reactions do not balance.
    #[error(
        "load case {load_case}: loads and reactions differ by {imbalance:.1e} of the load, more \
         than {limit:.0e}"
    )]
    Imbalance {
        /// Load case.
        load_case: String,
        /// Relative imbalance.
        imbalance: f64,
        /// Accepted value.
        limit: f64,
    },
    /// Newton's method finds no displacement at which the forces balance.
    #[error(
        "load case {load_case}: no equilibrium after {steps} steps: {imbalance:.1e} of the load is \
         left over, more than {limit:.0e}; what follows a law may slip, tip or open without end \
         under this load"
    )]
    NoEquilibrium {
        /// Load case.
        load_case: String,
        /// Steps made.
        steps: u32,
        /// What is left at free dofs, over loads and reactions.
        imbalance: f64,
        /// Accepted value.
        limit: f64,
    },
    /// Who of the cables and hooks carries cannot be settled.
    #[error(
        "load case {load_case}: which cables and hooks carry cannot be settled: the model gives way to \
         them without end"
    )]
    OneSided {
        /// Load case.
        load_case: String,
    },
    /// Cables or hooks beside terms that follow the displacement.
    #[error("cables and hooks act on linear models alone; laws of contact stand beside them")]
    OneSidedBesideLaws,
    /// The matrix could not be assembled.
    #[error("{place}{source}")]
    Assembly {
        /// "body T5: " where known, else empty.
        place: String,
        /// Why.
        source: AssemblyError,
    },
    /// The solver failed.
    #[error(transparent)]
    Solver(#[from] SolverError),
}

impl AnalysisError {
    /// Whether the arithmetic failed on input that is sound as far as can be told; a model too
    /// large for memory, a free body or an impossible number is the input's.
    pub fn is_numerical(&self) -> bool {
        match self {
            Self::Singular { .. }
            | Self::OneSided { .. }
            | Self::Imbalance { .. }
            | Self::NoEquilibrium { .. } => true,
            Self::Solver(error) => !matches!(
                error,
                SolverError::TooLarge { .. } | SolverError::NoRoom { .. }
            ),
            _ => false,
        }
    }
}

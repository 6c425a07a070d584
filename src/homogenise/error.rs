//! Why there is no effective stiffness.

use crate::assembly::AssemblyError;
use crate::element::ElementError;
use crate::solver::SolverError;

/// Why there is no effective stiffness.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HomogeniseError {
    /// No element at all.
    #[error("the mesh is empty: no part of the solid is as thick as an element")]
    Empty,
    /// More than one piece.
    #[error(
        "the solid comes apart in {pieces} pieces at this resolution; a finer mesh joins what is \
         thinner than an element"
    )]
    Pieces {
        /// How many.
        pieces: usize,
    },
    /// Struts thinner than the mesh can hold.
    #[error(
        "struts or walls {:.3} of the cell's side thick cannot be meshed by {resolution} elements \
         along it; at least {needed} are needed, an even number",
        2.0 * radius
    )]
    TooCoarse {
        /// Elements along the side.
        resolution: usize,
        /// Elements that are needed.
        needed: usize,
        /// Radius of the struts, half the thickness of walls, sides.
        radius: f64,
    },
    /// A density that no lattice has.
    #[error(
        "the relative density is {density:.4} (porosity {:.2} %), expected {low} to {high} \
         (porosity {:.1} to {:.1} %)",
        100.0 * (1.0 - density), 100.0 * (1.0 - high), 100.0 * (1.0 - low)
    )]
    Density {
        /// The density asked for.
        density: f64,
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// A solid that cannot exist.
    #[error(
        "the solid's Young's modulus is {youngs_modulus} MPa and its Poisson ratio {poisson_ratio}, \
         expected a positive modulus and a ratio between -1 and 0.5"
    )]
    Solid {
        /// Young's modulus, MPa.
        youngs_modulus: f64,
        /// Poisson ratio.
        poisson_ratio: f64,
    },
    /// A mesh that does not fit.
    #[error(
        "{resolution} elements along the side need about {:.2} GiB and {:.2} GiB may be used",
        *needed as f64 / GIB, *allowed as f64 / GIB
    )]
    TooLarge {
        /// Elements along the side.
        resolution: usize,
        /// Bytes needed.
        needed: u64,
        /// Bytes that may be used.
        allowed: u64,
    },
    /// A stiffness without an inverse.
    #[error("the solid carries nothing in some direction: its effective stiffness is singular")]
    NoStiffness,
    /// The assembly refused.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The solver failed.
    #[error(transparent)]
    Solver(#[from] SolverError),
}

const GIB: f64 = 1_073_741_824.0;

impl HomogeniseError {
    /// Whether sound input met the method's limits, not the input its own.
    pub fn is_numerical(&self) -> bool {
        matches!(
            self,
            Self::Empty | Self::Pieces { .. } | Self::NoStiffness | Self::Assembly(_)
        ) || matches!(self, Self::Solver(e) if !matches!(
            e,
            SolverError::TooLarge { .. } | SolverError::NoRoom { .. }
        ))
    }
}

impl From<ElementError> for HomogeniseError {
    fn from(error: ElementError) -> Self {
        Self::Assembly(error.into())
    }
}

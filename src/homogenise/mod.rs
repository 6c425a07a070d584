//! Effective stiffness of a periodic solid by finite elements: a lattice's unit cell, a laminate.
//!
//! ```text
//!   lattice cell, density ─► stuffing (tetrahedra) or voxels ─► mesh on the torus
//!                                     │
//!        K u = −∫ Bᵀ C ε̄, six strains ─► 6×6 stiffness ─► constants, convergence, knock-down
//! ```
//! The mesh is made on the torus: what stands a period apart is one node, so opposite faces match
//! by construction, no constraint ties them, and cells without mirror planes are served as the
//! others are. Stands on assembly and solver. Must not know implants.

mod effective;
pub mod lattice_mesh;
mod pieces;
pub mod stuffing;
mod system;
pub mod torus;
pub mod voxels;

pub use effective::{Effective, Settings, effective};
pub use system::Solved;

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
         along it; at least {needed} are needed",
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
    /// The assembly refused.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The solver failed.
    #[error(transparent)]
    Solver(#[from] SolverError),
}

impl From<ElementError> for HomogeniseError {
    fn from(error: ElementError) -> Self {
        Self::Assembly(error.into())
    }
}

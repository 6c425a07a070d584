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

mod error;
mod request;
pub mod convergence;
pub mod estimate;
mod memory;
pub mod torus;
mod pieces;
mod system;
mod effective;
pub mod voxels;
pub mod stuffing;
pub mod lattice_mesh;
pub mod unit_cell;
pub mod record;
#[cfg(test)]
mod tests;

pub use effective::{Effective, effective};
pub use error::HomogeniseError;
pub use request::{MeshKind, Request, Solid};
pub use system::Solved;
pub use unit_cell::UnitCell;

pub use crate::solver::Settings;

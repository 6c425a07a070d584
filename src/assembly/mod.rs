//! From terms and constraints to one symmetric positive definite block matrix.
//! Knows no physics: not which law, not which contact.
//!
//! Every block row is gathered by one task from the elements and local systems around its node, in
//! their order: no atomics, and the same bits for any number of threads. An element row costs
//! little, so the stiffness is integrated row by row and never stored.

mod connected;
mod elements;
mod law;
mod membrane;
mod numbering;
mod gather;
mod refill;
mod operator;
pub mod rows;

pub use connected::Connected;
pub use elements::{Elements, place_elements};
pub use gather::{Assembled, ElementRow, Pattern, assemble};
pub use law::{Law, State, Trial};
pub use membrane::{MembraneSheet, membrane_system};
pub use numbering::{Incidence, Numbering};
pub use operator::{Operator, Term};
pub use refill::Refill;

use crate::element::ElementError;
use crate::tensor::Vec3;

/// Why no matrix could be assembled.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AssemblyError {
    /// An element or membrane without stiffness.
    #[error(transparent)]
    Element(#[from] ElementError),
    /// A local system whose matrix does not fit its nodes.
    #[error(
        "local system {system} has {nodes} nodes and {entries} stiffness entries, not (3·{nodes})²"
    )]
    SystemShape {
        /// Number of the system.
        system: usize,
        /// Its nodes.
        nodes: usize,
        /// Its entries.
        entries: usize,
    },
    /// A node number that the mesh does not have.
    #[error("{what} names node {node}, but the mesh has {count} nodes")]
    UnknownNode {
        /// What names it.
        what: &'static str,
        /// The number.
        node: u32,
        /// Nodes of the mesh.
        count: usize,
    },
    /// What laws remember is not given for each of them.
    #[error("the states of {found} laws are given, there are {expected}")]
    State {
        /// States given.
        found: usize,
        /// Laws there.
        expected: usize,
    },
    /// A stiffness entry that is not a number.
    #[error("the stiffness at node {node} is not finite")]
    NotFinite {
        /// Node number.
        node: u32,
    },
}

/// A small dense system on a few nodes, added to the global matrix as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalSystem {
    /// Node numbers; the dofs are 3·node + axis, node by node.
    pub nodes: Vec<u32>,
    /// Stiffness, N/mm, row-major, 3·nodes × 3·nodes, symmetric.
    pub stiffness: Vec<f64>,
}

impl LocalSystem {
    /// Adds the forces (N) that hold the nodal displacements `u` (mm).
    pub fn add_force(&self, u: &[Vec3], force: &mut [Vec3]) {
        for (i, &n) in self.nodes.iter().enumerate() {
            force[n as usize] += self.force_at(i, u);
        }
    }

    /// The forces (N) at its nodes that hold the nodal displacements `u` (mm).
    pub fn forces(&self, u: &[Vec3]) -> Vec<Vec3> {
        (0..self.nodes.len()).map(|i| self.force_at(i, u)).collect()
    }

    fn force_at(&self, i: usize, u: &[Vec3]) -> Vec3 {
        let width = 3 * self.nodes.len();
        let rows = &self.stiffness[3 * i * width..3 * (i + 1) * width];
        Vec3::from_fn(|axis, _| {
            let row = rows[axis * width..(axis + 1) * width].chunks_exact(3);
            let product = |(k, &m): (&[f64], &u32)| {
                let v = u[m as usize];
                k[0] * v.x + k[1] * v.y + k[2] * v.z
            };
            row.zip(&self.nodes).map(product).sum()
        })
    }
}

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
pub use numbering::{Incidence, Numbering, ReducedTerm};
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
        let width = 3 * self.nodes.len();
        for (i, &n) in self.nodes.iter().enumerate() {
            let rows = self.stiffness[3 * i * width..3 * (i + 1) * width].chunks_exact(width);
            for (sum, row) in force[n as usize].iter_mut().zip(rows) {
                *sum += row
                    .chunks_exact(3)
                    .zip(&self.nodes)
                    .map(|(k, &m)| {
                        let v = u[m as usize];
                        k[0] * v.x + k[1] * v.y + k[2] * v.z
                    })
                    .sum::<f64>();
            }
        }
    }
}

/// A stiffness W S Wᵀ of low rank between many nodes (a rod between two faces).
#[derive(Debug, Clone, PartialEq)]
pub struct LowRank {
    /// Columns of W: nodal vectors (node, [x, y, z]).
    pub columns: Vec<Vec<(u32, [f64; 3])>>,
    /// S, symmetric, `columns.len()` square; semidefinite but where it takes a spring of the matrix away.
    pub stiffness: nalgebra::DMatrix<f64>,
}

impl LowRank {
    /// Adds W S Wᵀ u to the nodal forces `force` (N), `u` being nodal displacements (mm).
    pub fn add_force(&self, u: &[Vec3], force: &mut [Vec3]) {
        let products = nalgebra::DVector::from_iterator(
            self.columns.len(),
            self.columns.iter().map(|column| {
                column
                    .iter()
                    .map(|(n, w)| Vec3::from(*w).dot(&u[*n as usize]))
                    .sum()
            }),
        );
        let weights = &self.stiffness * products;
        for (column, weight) in self.columns.iter().zip(weights.iter()) {
            for (n, w) in column {
                force[*n as usize] += *weight * Vec3::from(*w);
            }
        }
    }
}

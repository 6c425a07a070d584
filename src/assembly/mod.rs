//! From local systems and constraints to one symmetric positive definite block matrix.
//! Knows no physics: not which law, not which contact.

/// A small dense system on a few nodes, added to the global matrix as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalSystem {
    /// Node numbers; the dofs are 3·node + axis, node by node.
    pub nodes: Vec<u32>,
    /// Stiffness, N/mm, row-major, 3·nodes × 3·nodes, symmetric.
    pub stiffness: Vec<f64>,
}

/// A stiffness W S Wᵀ of low rank between many nodes (a rod between two faces).
#[derive(Debug, Clone, PartialEq)]
pub struct LowRank {
    /// Columns of W: nodal vectors (node, [x, y, z]).
    pub columns: Vec<Vec<(u32, [f64; 3])>>,
    /// S, symmetric positive semidefinite, `columns.len()` square.
    pub stiffness: nalgebra::DMatrix<f64>,
}

//! Elements as the pattern of a matrix sees them.

pub use crate::element::reference::MOST_NODES;
use crate::mesh::TetMesh;

/// Elements as the pattern sees them: which nodes each of them joins.
pub trait Connected: Sync {
    /// Number of nodes.
    fn node_count(&self) -> usize;
    /// Number of elements.
    fn element_count(&self) -> usize;
    /// Node numbers of element `e`, at most `MOST_NODES`; one may come twice.
    fn element(&self, e: usize) -> &[u32];
}

impl Connected for TetMesh {
    fn node_count(&self) -> usize {
        self.nodes.len()
    }

    fn element_count(&self) -> usize {
        self.region_of.len()
    }

    fn element(&self, e: usize) -> &[u32] {
        Self::element(self, e)
    }
}

//! Which nodes have a row in the reduced matrix, and who meets at a node.

use super::{AssemblyError, Connected, LocalSystem};
use crate::tensor::Vec3;

/// A node without a row.
const ABSENT: u32 = u32::MAX;

/// For each node, who touches it: (number of the element or system, place of the node in it), in
/// ascending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidence {
    start: Vec<usize>,
    entries: Vec<(u32, u32)>,
}

impl Incidence {
    /// From the node lists of all elements or systems; nodes below `node_count`.
    pub fn new<'a, I>(node_count: usize, members: I) -> Self
    where
        I: Iterator<Item = &'a [u32]> + Clone,
    {
        let mut start = vec![0usize; node_count + 1];
        for nodes in members.clone() {
            for &n in nodes {
                start[n as usize + 1] += 1;
            }
        }
        for n in 0..node_count {
            start[n + 1] += start[n];
        }
        let mut next = start.clone();
        let mut entries = vec![(0, 0); start[node_count]];
        for (member, nodes) in members.enumerate() {
            for (place, &n) in nodes.iter().enumerate() {
                let slot = &mut next[n as usize];
                entries[*slot] = (member as u32, place as u32);
                *slot += 1;
            }
        }
        Self { start, entries }
    }

    /// Who touches node `n`.
    pub fn of(&self, n: usize) -> &[(u32, u32)] {
        &self.entries[self.start[n]..self.start[n + 1]]
    }
}

/// Rows of the reduced matrix: nodes with at least one free dof that some element, system or law uses.
/// A fixed dof of such a node keeps its diagonal and loses all coupling.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbering {
    row_of: Vec<u32>,
    node_of: Vec<u32>,
    fixed: Vec<[bool; 3]>,
}

impl Numbering {
    /// Numbers the rows in node order; `users` touch them. `fixed` has one entry per node.
    pub(super) fn new(fixed: &[[bool; 3]], users: [&Incidence; 3]) -> Self {
        let mut row_of = vec![ABSENT; fixed.len()];
        let mut node_of = Vec::with_capacity(fixed.len());
        for (n, axes) in fixed.iter().enumerate() {
            let used = users.iter().any(|touching| !touching.of(n).is_empty());
            if used && axes.contains(&false) {
                row_of[n] = node_of.len() as u32;
                node_of.push(n as u32);
            }
        }
        Self {
            row_of,
            node_of,
            fixed: fixed.to_vec(),
        }
    }

    /// Row of node `n`, if it has one.
    pub fn row(&self, n: u32) -> Option<usize> {
        let row = self.row_of[n as usize];
        (row != ABSENT).then_some(row as usize)
    }

    /// Node of row `r`.
    pub fn node(&self, r: usize) -> u32 {
        self.node_of[r]
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.node_of.len()
    }

    /// Which axes of node `n` are fixed.
    pub fn fixed(&self, n: usize) -> [bool; 3] {
        self.fixed[n]
    }

    /// Number of free dofs.
    pub fn free_dof_count(&self) -> usize {
        self.node_of
            .iter()
            .map(|&n| self.fixed[n as usize].iter().filter(|f| !**f).count())
            .sum()
    }

    /// Nodal vectors → reduced vector, zero at fixed dofs.
    pub fn reduce(&self, nodal: &[Vec3]) -> Vec<f64> {
        let mut reduced = vec![0.0; 3 * self.row_count()];
        for (values, &n) in reduced.chunks_exact_mut(3).zip(&self.node_of) {
            let (fixed, v) = (self.fixed[n as usize], nodal[n as usize]);
            for a in 0..3 {
                if !fixed[a] {
                    values[a] = v[a];
                }
            }
        }
        reduced
    }

    /// Writes the free dofs of a reduced vector into nodal vectors that already hold the
    /// prescribed values.
    pub fn expand_into(&self, reduced: &[f64], nodal: &mut [Vec3]) {
        for (values, &n) in reduced.chunks_exact(3).zip(&self.node_of) {
            let fixed = self.fixed[n as usize];
            for a in 0..3 {
                if !fixed[a] {
                    nodal[n as usize][a] = values[a];
                }
            }
        }
    }
}

/// Refuses node numbers and shapes that do not fit.
pub(super) fn check_systems<M: Connected>(
    mesh: &M,
    systems: &[&LocalSystem],
) -> Result<(), AssemblyError> {
    for (s, system) in systems.iter().enumerate() {
        let (nodes, entries) = (system.nodes.len(), system.stiffness.len());
        if entries != 9 * nodes * nodes {
            return Err(AssemblyError::SystemShape {
                system: s,
                nodes,
                entries,
            });
        }
        for &n in &system.nodes {
            check_node("a local system", n, mesh.node_count())?;
        }
    }
    for e in 0..mesh.element_count() {
        for &n in mesh.element(e) {
            check_node("an element", n, mesh.node_count())?;
        }
    }
    Ok(())
}

pub(super) fn check_node(what: &'static str, node: u32, count: usize) -> Result<(), AssemblyError> {
    if (node as usize) < count {
        Ok(())
    } else {
        Err(AssemblyError::UnknownNode { what, node, count })
    }
}

//! The reduced matrix, gathered row by row.

use rayon::prelude::*;

use super::connected::{Connected, MOST_NODES};
use super::elements::stiffnesses;
use super::numbering::{check_node, check_systems};
use super::{AssemblyError, Incidence, LocalSystem, Numbering, place_elements};
use crate::element::{Kernel, Placement, Tet4, block_row, quadratic_block_row};
use crate::material::MaterialField;
use crate::mesh::{ElementKind, TetMesh};
use crate::sparse::{BlockMatrix, ROWS_PER_TASK};

/// The reduced stiffness and the meaning of its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembled {
    /// Stiffness between free dofs, N/mm; a fixed dof of a partly fixed node keeps only its
    /// diagonal.
    pub matrix: BlockMatrix,
    /// Which node each row is.
    pub numbering: Numbering,
}

/// Assembles elements and local systems; dofs with `fixed[node][axis]` are eliminated on both
/// sides.
///
/// # Errors
/// [`AssemblyError`] where an element is inverted, a system does not fit, or an entry is not
/// finite.
pub fn assemble(
    mesh: &TetMesh,
    materials: &MaterialField,
    systems: &[&LocalSystem],
    fixed: &[[bool; 3]],
) -> Result<Assembled, AssemblyError> {
    Pattern::new(mesh, systems, fixed)?.fill(materials)
}

/// A row of an element's stiffness, N/mm: its 3×3 blocks with the element's nodes, in their order.
pub type ElementRow = [[f64; 9]; MOST_NODES];

/// Where the entries of the reduced stiffness stand, before any has a value.
#[derive(Debug, Clone)]
pub struct Pattern<'a, M = TetMesh> {
    mesh: &'a M,
    systems: &'a [&'a LocalSystem],
    around: Incidence,
    coupled: Incidence,
    pieces: &'a [&'a [u32]],
    met: Incidence,
    numbering: Numbering,
    row_start: Vec<usize>,
    columns: Vec<u32>,
}

impl Pattern<'_> {
    /// Integrates the stiffness into the pattern.
    ///
    /// # Errors
    /// [`AssemblyError`] where an element is inverted or an entry is not finite.
    pub fn fill(self, materials: &MaterialField) -> Result<Assembled, AssemblyError> {
        match self.mesh.blocks.only_kind() {
            Some(ElementKind::Tet10) => {
                let integrals = Integrals::new(self.mesh, materials)?;
                self.fill_with(|e, i, row| {
                    row[..10].copy_from_slice(&integrals.tet10_row(e, i));
                })
            }
            Some(ElementKind::Tet4) => {
                let integrals = Integrals::new(self.mesh, materials)?;
                self.fill_with(|e, i, row| {
                    row[..4].copy_from_slice(&integrals.tet4_row(e, i));
                })
            }
            // A row of these costs as much as the whole: they are integrated once, and kept until
            // the matrix stands.
            _ => {
                let stiffness = stiffnesses(self.mesh, materials)?;
                self.fill_with(|e, i, row| dense_row(&stiffness[e], i, row))
            }
        }
    }
}

impl<'a, M: Connected> Pattern<'a, M> {
    /// Finds who meets whom.
    ///
    /// # Errors
    /// [`AssemblyError`] where a system does not fit or names a node that is not there.
    pub fn new(
        mesh: &'a M,
        systems: &'a [&'a LocalSystem],
        fixed: &[[bool; 3]],
    ) -> Result<Self, AssemblyError> {
        Self::with_room(mesh, systems, &[], fixed)
    }

    /// The same, with room for values that come later between the nodes of each piece.
    ///
    /// # Errors
    /// [`AssemblyError`] where a system does not fit or names a node that is not there, or a piece
    /// does.
    pub fn with_room(
        mesh: &'a M,
        systems: &'a [&'a LocalSystem],
        pieces: &'a [&'a [u32]],
        fixed: &[[bool; 3]],
    ) -> Result<Self, AssemblyError> {
        check_systems(mesh, systems)?;
        let count = mesh.node_count();
        for &n in pieces.iter().copied().flatten() {
            check_node("a law", n, count)?;
        }
        let around = Incidence::new(count, (0..mesh.element_count()).map(|e| mesh.element(e)));
        let coupled = Incidence::new(count, systems.iter().map(|s| s.nodes.as_slice()));
        let met = Incidence::new(count, pieces.iter().copied());
        let mut pattern = Self {
            mesh,
            systems,
            numbering: Numbering::new(fixed, [&around, &coupled, &met]),
            around,
            coupled,
            pieces,
            met,
            row_start: Vec::new(),
            columns: Vec::new(),
        };
        pattern.find_columns();
        Ok(pattern)
    }

    /// Blocks of the matrix.
    pub fn block_count(&self) -> usize {
        self.columns.len()
    }

    /// Puts the stiffness into the pattern: `element(e, i, row)` writes what node `i` of element `e`
    /// gives.
    ///
    /// # Errors
    /// [`AssemblyError::NotFinite`].
    pub fn fill_with<F>(mut self, element: F) -> Result<Assembled, AssemblyError>
    where
        F: Fn(usize, usize, &mut ElementRow) + Sync,
    {
        let row_start = std::mem::take(&mut self.row_start);
        let columns = std::mem::take(&mut self.columns);
        let mut matrix = BlockMatrix::from_pattern(row_start, columns);
        matrix.fill_rows(|r, columns, blocks| self.fill_row(&element, r, (columns, blocks)));
        let broken = (0..matrix.row_count())
            .into_par_iter()
            .find_first(|&r| !matrix.blocks(r).iter().flatten().all(|v| v.is_finite()));
        match broken {
            Some(r) => Err(AssemblyError::NotFinite {
                node: self.numbering.node(r),
            }),
            None => Ok(Assembled {
                matrix,
                numbering: self.numbering,
            }),
        }
    }

    fn find_columns(&mut self) {
        let rows = self.numbering.row_count();
        let parts: Vec<(Vec<usize>, Vec<u32>)> = (0..rows.div_ceil(ROWS_PER_TASK))
            .into_par_iter()
            .map(|task| {
                let mut lengths = Vec::with_capacity(ROWS_PER_TASK);
                let mut columns = Vec::with_capacity(32 * ROWS_PER_TASK);
                let mut neighbours = Vec::new();
                for r in task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(rows) {
                    self.neighbours(r, &mut neighbours);
                    lengths.push(neighbours.len());
                    columns.extend_from_slice(&neighbours);
                }
                (lengths, columns)
            })
            .collect();
        self.row_start = Vec::with_capacity(rows + 1);
        self.row_start.push(0);
        let mut end = 0;
        self.columns = Vec::with_capacity(parts.iter().map(|p| p.1.len()).sum());
        for (lengths, part) in parts {
            for length in lengths {
                end += length;
                self.row_start.push(end);
            }
            self.columns.extend(part);
        }
    }

    fn neighbours(&self, r: usize, found: &mut Vec<u32>) {
        found.clear();
        let n = self.numbering.node(r) as usize;
        let elements = self
            .around
            .of(n)
            .iter()
            .map(|e| self.mesh.element(e.0 as usize));
        let systems = self
            .coupled
            .of(n)
            .iter()
            .map(|s| &*self.systems[s.0 as usize].nodes);
        let pieces = self.met.of(n).iter().map(|p| self.pieces[p.0 as usize]);
        for nodes in elements.chain(systems).chain(pieces) {
            found.extend(
                nodes
                    .iter()
                    .filter_map(|&m| self.numbering.row(m).map(|r| r as u32)),
            );
        }
        found.sort_unstable();
        found.dedup();
    }

    fn fill_row<F>(&self, element: &F, r: usize, row: (&[u32], &mut [[f64; 9]]))
    where
        F: Fn(usize, usize, &mut ElementRow),
    {
        let (columns, blocks) = row;
        let n = self.numbering.node(r) as usize;
        let slots = Slots::new(columns);
        let mut add = |m: u32, values: &[f64; 9]| {
            let place = self.numbering.row(m).and_then(|c| slots.find(c as u32));
            if let Some(sum) = place.and_then(|place| blocks.get_mut(place)) {
                for (sum, v) in sum.iter_mut().zip(values) {
                    *sum += v;
                }
            }
        };
        let mut row = [[0.0; 9]; MOST_NODES];
        for &(e, i) in self.around.of(n) {
            element(e as usize, i as usize, &mut row);
            for (&m, block) in self.mesh.element(e as usize).iter().zip(&row) {
                add(m, block);
            }
        }
        for &(s, i) in self.coupled.of(n) {
            let system = self.systems[s as usize];
            let width = 3 * system.nodes.len();
            for (j, &m) in system.nodes.iter().enumerate() {
                let entry = |k: usize| (3 * i as usize + k / 3) * width + 3 * j + k % 3;
                add(m, &std::array::from_fn(|k| system.stiffness[entry(k)]));
            }
        }
        eliminate(&self.numbering, n, columns, blocks);
    }
}

/// Places of the hash table of a row.
const SLOTS: usize = 512;

/// Finds columns in a row: a small open hash, since a row is asked ten times for each element
/// around its node and a binary search is mostly branches that cannot be foreseen.
struct Slots<'a> {
    columns: &'a [u32],
    /// Place in the row plus one, 0 where empty; not used for rows too long for it.
    table: [u16; SLOTS],
}

impl<'a> Slots<'a> {
    fn new(columns: &'a [u32]) -> Self {
        let mut table = [0; SLOTS];
        if columns.len() <= SLOTS / 2 {
            for (k, &c) in columns.iter().enumerate() {
                let mut at = Self::hash(c);
                while table[at] != 0 {
                    at = (at + 1) % SLOTS;
                }
                table[at] = k as u16 + 1;
            }
        }
        Self { columns, table }
    }

    fn hash(column: u32) -> usize {
        (column.wrapping_mul(0x9e37_79b1) >> 23) as usize % SLOTS
    }

    fn find(&self, column: u32) -> Option<usize> {
        if self.columns.len() > SLOTS / 2 {
            return self.columns.binary_search(&column).ok();
        }
        let mut at = Self::hash(column);
        loop {
            let place = usize::from(self.table[at]).checked_sub(1)?;
            if self.columns[place] == column {
                return Some(place);
            }
            at = (at + 1) % SLOTS;
        }
    }
}

/// Row `i` of an element's stiffness.
fn dense_row(stiffness: &[f64], i: usize, row: &mut ElementRow) {
    let width = stiffness.len().isqrt();
    for (j, block) in row[..width / 3].iter_mut().enumerate() {
        for (ab, value) in block.iter_mut().enumerate() {
            *value = stiffness[(3 * i + ab / 3) * width + 3 * j + ab % 3];
        }
    }
}

/// What tetrahedra are made of and how they lie.
struct Integrals<'a> {
    placements: Vec<Placement>,
    kernels: Vec<Kernel>,
    materials: &'a MaterialField,
}

impl<'a> Integrals<'a> {
    fn new(mesh: &TetMesh, materials: &'a MaterialField) -> Result<Self, AssemblyError> {
        Ok(Self {
            placements: place_elements(mesh)?,
            kernels: materials.table.iter().map(Kernel::from).collect(),
            materials,
        })
    }

    fn of(&self, e: usize) -> (&Placement, &Kernel, &[f64; 4]) {
        let kernel = &self.kernels[self.materials.of_element[e] as usize];
        (&self.placements[e], kernel, &self.materials.factor[e])
    }

    fn tet10_row(&self, e: usize, i: usize) -> [[f64; 9]; 10] {
        let (place, kernel, factor) = self.of(e);
        quadratic_block_row(place, kernel, factor, i)
    }

    fn tet4_row(&self, e: usize, i: usize) -> [[f64; 9]; 4] {
        let (place, kernel, factor) = self.of(e);
        block_row::<Tet4, 4>(place, kernel, factor, i)
    }
}

/// Takes the coupling of fixed dofs out of the row of node `n`, keeping their diagonal.
fn eliminate(numbering: &Numbering, n: usize, columns: &[u32], blocks: &mut [[f64; 9]]) {
    let mine = numbering.fixed(n);
    for (&c, block) in columns.iter().zip(blocks) {
        let m = numbering.node(c as usize) as usize;
        let theirs = numbering.fixed(m);
        for a in 0..3 {
            for b in 0..3 {
                let diagonal = m == n && a == b;
                if (mine[a] || theirs[b]) && !diagonal {
                    block[3 * a + b] = 0.0;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_short_and_long_rows_is_found_and_no_other() {
        for length in [0usize, 1, 27, 256, 257, 900] {
            let columns: Vec<u32> = (0..length as u32)
                .map(|k| 7 * k * k % 65_521 * 3 + 1)
                .collect();
            let mut columns = columns;
            columns.sort_unstable();
            columns.dedup();
            let slots = Slots::new(&columns);
            for (k, &c) in columns.iter().enumerate() {
                assert_eq!(slots.find(c), Some(k));
                assert_eq!(slots.find(c + 1), None);
            }
            assert_eq!(slots.find(0), None);
        }
    }
}

//! The reduced matrix, gathered row by row.

use rayon::prelude::*;

use super::numbering::check_systems;
use super::{AssemblyError, Incidence, LocalSystem, Numbering, place_elements};
use crate::element::{Kernel, Placement, Tet4, Tet10, block_row};
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
    check_systems(mesh, systems)?;
    let count = mesh.nodes.len();
    let gather = Gather {
        mesh,
        materials,
        systems,
        placements: place_elements(mesh)?,
        kernels: materials.table.iter().map(Kernel::from).collect(),
        around: Incidence::new(count, (0..mesh.element_count()).map(|e| mesh.element(e))),
        coupled: Incidence::new(count, systems.iter().map(|s| s.nodes.as_slice())),
    };
    let numbering = Numbering::new(fixed, &gather.around, &gather.coupled);
    let mut matrix = gather.pattern(&numbering);
    matrix.fill_rows(|r, columns, blocks| gather.fill(&numbering, r, (columns, blocks)));
    let broken = (0..matrix.row_count())
        .into_par_iter()
        .find_first(|&r| !matrix.blocks(r).iter().flatten().all(|v| v.is_finite()));
    match broken {
        Some(r) => Err(AssemblyError::NotFinite {
            node: numbering.node(r),
        }),
        None => Ok(Assembled { matrix, numbering }),
    }
}

struct Gather<'a> {
    mesh: &'a TetMesh,
    materials: &'a MaterialField,
    systems: &'a [&'a LocalSystem],
    placements: Vec<Placement>,
    kernels: Vec<Kernel>,
    around: Incidence,
    coupled: Incidence,
}

impl Gather<'_> {
    fn pattern(&self, numbering: &Numbering) -> BlockMatrix {
        let rows = numbering.row_count();
        let parts: Vec<(Vec<usize>, Vec<u32>)> = (0..rows.div_ceil(ROWS_PER_TASK))
            .into_par_iter()
            .map(|task| {
                let mut lengths = Vec::with_capacity(ROWS_PER_TASK);
                let mut columns = Vec::with_capacity(32 * ROWS_PER_TASK);
                let mut neighbours = Vec::new();
                for r in task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(rows) {
                    self.neighbours(numbering, r, &mut neighbours);
                    lengths.push(neighbours.len());
                    columns.extend_from_slice(&neighbours);
                }
                (lengths, columns)
            })
            .collect();
        let mut row_start = Vec::with_capacity(rows + 1);
        row_start.push(0);
        let mut end = 0;
        let mut columns = Vec::with_capacity(parts.iter().map(|p| p.1.len()).sum());
        for (lengths, part) in parts {
            for length in lengths {
                end += length;
                row_start.push(end);
            }
            columns.extend(part);
        }
        BlockMatrix::from_pattern(row_start, columns)
    }

    fn neighbours(&self, numbering: &Numbering, r: usize, found: &mut Vec<u32>) {
        found.clear();
        let n = numbering.node(r) as usize;
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
        for nodes in elements.chain(systems) {
            found.extend(
                nodes
                    .iter()
                    .filter_map(|&m| numbering.row(m).map(|r| r as u32)),
            );
        }
        found.sort_unstable();
        found.dedup();
    }

    fn fill(&self, numbering: &Numbering, r: usize, row: (&[u32], &mut [[f64; 9]])) {
        let (columns, blocks) = row;
        let n = numbering.node(r) as usize;
        let mut add = |m: u32, values: &[f64; 9]| {
            let place = numbering
                .row(m)
                .and_then(|c| columns.binary_search(&(c as u32)).ok());
            if let Some(place) = place {
                for (sum, v) in blocks[place].iter_mut().zip(values) {
                    *sum += v;
                }
            }
        };
        for &(e, i) in self.around.of(n) {
            let (e, i) = (e as usize, i as usize);
            let place = &self.placements[e];
            let kernel = &self.kernels[self.materials.of_element[e] as usize];
            let factor = &self.materials.factor[e];
            let nodes = self.mesh.element(e).iter();
            match self.mesh.kind {
                ElementKind::Tet10 => nodes
                    .zip(&block_row::<Tet10, 10>(place, kernel, factor, i))
                    .for_each(|(&m, b)| add(m, b)),
                ElementKind::Tet4 => nodes
                    .zip(&block_row::<Tet4, 4>(place, kernel, factor, i))
                    .for_each(|(&m, b)| add(m, b)),
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
        eliminate(numbering, n, columns, blocks);
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

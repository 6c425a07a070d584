//! Smoothed aggregation (Vaněk, Mandel & Brezina 1996): strongly coupled nodes become one coarse
//! node with six dofs, on which the given near-nullspace vectors are exact; one Jacobi step makes
//! the prolongation smooth.
//!
//! A node is one block row on the finest of these levels (three dofs) and two on the others (six).
//! Per aggregate the near-nullspace B is factored as Q R: Q is the prolongation before smoothing, R
//! the near-nullspace of the coarse node.

use rayon::prelude::*;

use crate::solver::SolverError;
use crate::sparse::BlockMatrix;
use crate::sparse::product::{gathered, multiplied, transposed};

use super::smoother::inverses;

/// Near-nullspace: per scalar row its six values.
pub type Modes = Vec<[f64; 6]>;

/// A column whose part orthogonal to those before it is smaller than this share is dependent.
const DEPENDENT: f64 = 1e-3;

/// Of Jacobi's step on the prolongation, times 1/λ.
const JACOBI: f64 = 4.0 / 3.0;

const UNDECIDED: u32 = u32::MAX;

/// Mean position, and the largest distance from it along an axis.
fn centre_and_size(positions: &[[f64; 3]]) -> ([f64; 3], f64) {
    let count = positions.len().max(1) as f64;
    let mut centre = [0.0; 3];
    for p in positions {
        (0..3).for_each(|k| centre[k] += p[k] / count);
    }
    let size = positions
        .iter()
        .flat_map(|p| (0..3).map(|k| (p[k] - centre[k]).abs()).collect::<Vec<_>>())
        .fold(f64::MIN_POSITIVE, f64::max);
    (centre, size)
}

/// Rigid-body modes at the positions: three translations and three rotations about their mean,
/// lengths over the largest distance from it. `turns` lists the rows that are rotations, each with the
/// length that multiplies it.
pub fn rigid_modes(positions: &[[f64; 3]], turns: &[(u32, f64)]) -> Modes {
    let (centre, size) = centre_and_size(positions);
    let mut modes: Modes = positions
        .iter()
        .flat_map(|p| {
            let [x, y, z]: [f64; 3] = std::array::from_fn(|k| (p[k] - centre[k]) / size);
            [
                [1.0, 0.0, 0.0, 0.0, z, -y],
                [0.0, 1.0, 0.0, -z, 0.0, x],
                [0.0, 0.0, 1.0, y, -x, 0.0],
            ]
        })
        .collect();
    for &(row, length) in turns {
        for axis in 0..3 {
            let mode = &mut modes[3 * row as usize + axis];
            *mode = [0.0; 6];
            mode[3 + axis] = length / size;
        }
    }
    modes
}

/// Where the nodes of a level stand, and by what they are repeated.
///
/// On a periodic body rigid rotations are none: they jump at the seam. But they are near-nullspace of
/// every part of it, so the members of an aggregate are first moved by whole periods to stand
/// together. A move by s turns a rotation about x into itself plus s_y along z less s_z along y, and
/// so on.
pub struct Frame<'a> {
    positions: Vec<[f64; 3]>,
    periods: &'a [[f64; 3]],
    size: f64,
}

impl<'a> Frame<'a> {
    /// Of the positions that [`rigid_modes`] are made from.
    pub fn new(positions: Vec<[f64; 3]>, periods: &'a [[f64; 3]]) -> Self {
        let (_, size) = centre_and_size(&positions);
        Self {
            positions,
            periods,
            size,
        }
    }

    /// The period that brings node `n` nearest to node `to`, in the units of the modes.
    fn shift(&self, n: usize, to: usize) -> [f64; 3] {
        let way: [f64; 3] = std::array::from_fn(|k| self.positions[to][k] - self.positions[n][k]);
        let apart = |s: &[f64; 3]| (0..3).map(|k| (way[k] - s[k]).powi(2)).sum::<f64>();
        let nearest = self
            .periods
            .iter()
            .min_by(|a, b| apart(a).total_cmp(&apart(b)));
        nearest.map_or([0.0; 3], |s| s.map(|c| c / self.size))
    }

    /// The modes of a dof of node `n`, moved to stand beside node `to`.
    fn moved(&self, modes: &[f64; 6], n: usize, to: usize) -> [f64; 6] {
        let [x, y, z] = self.shift(n, to);
        let [a, b, c, p, q, r] = *modes;
        [
            a,
            b,
            c,
            p + y * c - z * b,
            q + z * a - x * c,
            r + x * b - y * a,
        ]
    }

    /// The aggregates' own frame: each stands where its first member does.
    fn coarsen(&mut self, first: &[usize]) {
        self.positions = first.iter().map(|&n| self.positions[n]).collect();
    }
}

/// Coarse space of one level.
pub struct Aggregated {
    /// Prolongation; two block columns per aggregate.
    pub prolongation: BlockMatrix,
    /// Number of aggregates.
    pub count: usize,
    /// Near-nullspace on the coarse rows.
    pub modes: Modes,
}

/// Aggregates `matrix`, whose nodes have `width` block rows; `largest` bounds the eigenvalues of
/// D⁻¹A. Couplings weaker than `weak` times the geometric mean of the diagonals don't aggregate.
///
/// `frame` is that of the nodes before, of the aggregates after.
///
/// # Errors
/// [`SolverError::NotPositiveDefinite`] where a diagonal block is not.
pub fn aggregated(
    matrix: &BlockMatrix,
    (width, modes): (usize, &Modes),
    frame: &mut Frame<'_>,
    (largest, weak): (f64, f64),
) -> Result<Aggregated, SolverError> {
    let graph = Graph::new(matrix, width, weak);
    let (of_node, count) = graph.aggregates();
    let (tentative, coarse_modes) = tentative(&of_node, count, (width, modes), frame);
    let prolongation = smoothed(matrix, &tentative, 2 * count, JACOBI / largest)?;
    Ok(Aggregated {
        prolongation,
        count,
        modes: coarse_modes,
    })
}

/// PᵀAP and Pᵀ.
pub fn galerkin(
    matrix: &BlockMatrix,
    p: &BlockMatrix,
    coarse: usize,
) -> (BlockMatrix, BlockMatrix) {
    let transpose = transposed(p, coarse);
    let product = multiplied(matrix, p, coarse);
    (multiplied(&transpose, &product, coarse), transpose)
}

/// Strong couplings between nodes.
struct Graph {
    start: Vec<usize>,
    /// (node, strength: share of the geometric mean of the diagonals).
    links: Vec<(u32, f32)>,
}

impl Graph {
    fn new(matrix: &BlockMatrix, width: usize, weak: f64) -> Self {
        let nodes = matrix.row_count() / width;
        let norms: Vec<Vec<(u32, f64)>> = (0..nodes)
            .into_par_iter()
            .map(|n| {
                let mut found: Vec<(u32, f64)> = Vec::new();
                for r in width * n..width * (n + 1) {
                    for (&c, block) in matrix.columns(r).iter().zip(matrix.blocks(r)) {
                        let square: f64 = block.iter().map(|v| v * v).sum();
                        found.push((c / width as u32, square));
                    }
                }
                found.sort_by_key(|f| f.0);
                found.dedup_by(|next, kept| {
                    let same = next.0 == kept.0;
                    if same {
                        kept.1 += next.1;
                    }
                    same
                });
                found
            })
            .collect();
        let own = |n: usize| {
            norms[n]
                .binary_search_by_key(&(n as u32), |f| f.0)
                .map_or(0.0, |k| norms[n][k].1)
        };
        let diagonal: Vec<f64> = (0..nodes).map(own).collect();
        let mut start = vec![0];
        let mut links = Vec::new();
        for (n, row) in norms.iter().enumerate() {
            for &(m, square) in row {
                let scale = (diagonal[n] * diagonal[m as usize]).sqrt();
                if m as usize != n && square > weak * weak * scale && square > 0.0 {
                    links.push((m, (square / scale) as f32));
                }
            }
            start.push(links.len());
        }
        Self { start, links }
    }

    fn of(&self, n: usize) -> &[(u32, f32)] {
        &self.links[self.start[n]..self.start[n + 1]]
    }

    /// Aggregate of every node, and how many there are. First whole neighbourhoods that are free,
    /// then each leftover to the neighbour it hangs on most, then what is left by itself.
    fn aggregates(&self) -> (Vec<u32>, usize) {
        let nodes = self.start.len() - 1;
        let mut of_node = vec![UNDECIDED; nodes];
        let mut count = 0u32;
        for n in 0..nodes {
            let free = |m: u32| of_node[m as usize] == UNDECIDED;
            if free(n as u32) && self.of(n).iter().all(|l| free(l.0)) && !self.of(n).is_empty() {
                of_node[n] = count;
                for l in self.of(n) {
                    of_node[l.0 as usize] = count;
                }
                count += 1;
            }
        }
        let roots = of_node.clone();
        for n in (0..nodes).filter(|&n| roots[n] == UNDECIDED) {
            let strongest = self
                .of(n)
                .iter()
                .filter(|l| roots[l.0 as usize] != UNDECIDED)
                .fold(None, |best: Option<&(u32, f32)>, l| match best {
                    Some(b) if b.1 >= l.1 => Some(b),
                    _ => Some(l),
                });
            if let Some(l) = strongest {
                of_node[n] = roots[l.0 as usize];
            }
        }
        for n in 0..nodes {
            if of_node[n] == UNDECIDED {
                of_node[n] = count;
                for l in self.of(n) {
                    if of_node[l.0 as usize] == UNDECIDED {
                        of_node[l.0 as usize] = count;
                    }
                }
                count += 1;
            }
        }
        (of_node, count as usize)
    }
}

/// Q of every aggregate, and R as the modes of the coarse rows.
fn tentative(
    of_node: &[u32],
    count: usize,
    (width, modes): (usize, &Modes),
    frame: &mut Frame<'_>,
) -> (BlockMatrix, Modes) {
    let mut start = vec![0usize; count + 1];
    for &a in of_node {
        start[a as usize + 1] += 1;
    }
    for a in 0..count {
        start[a + 1] += start[a];
    }
    let mut next = start.clone();
    let mut place = vec![0usize; of_node.len()];
    let mut members = vec![0usize; of_node.len()];
    for (n, &a) in of_node.iter().enumerate() {
        place[n] = next[a as usize] - start[a as usize];
        members[next[a as usize]] = n;
        next[a as usize] += 1;
    }
    let dofs = 3 * width;
    let held: &Frame<'_> = frame;
    let factored: Vec<(Modes, [[f64; 6]; 6])> = (0..count)
        .into_par_iter()
        .map(|a| {
            let members = &members[start[a]..start[a + 1]];
            let mut q: Modes = members
                .iter()
                .flat_map(|&n| {
                    let own = modes[dofs * n..dofs * (n + 1)].iter();
                    own.map(move |m| held.moved(m, n, members[0]))
                })
                .collect();
            let r = orthonormal(&mut q);
            (q, r)
        })
        .collect();
    let p = gathered(width * of_node.len(), 2 * count, |row, sum| {
        let (n, part) = (row / width, row % width);
        let a = of_node[n] as usize;
        let first = dofs * place[n] + 3 * part;
        for half in 0..2 {
            let block = std::array::from_fn(|k| factored[a].0[first + k / 3][3 * half + k % 3]);
            sum.add((2 * a + half) as u32, 1.0, &block);
        }
    });
    let coarse = factored.iter().flat_map(|f| f.1).collect();
    let first: Vec<usize> = (0..count).map(|a| members[start[a]]).collect();
    frame.coarsen(&first);
    (p, coarse)
}

/// B = Q R by modified Gram-Schmidt, twice; a dependent column becomes zero.
fn orthonormal(columns: &mut Modes) -> [[f64; 6]; 6] {
    let mut r = [[0.0; 6]; 6];
    for j in 0..6 {
        let length = |c: &Modes| c.iter().map(|v| v[j] * v[j]).sum::<f64>().sqrt();
        let before = length(columns);
        for _ in 0..2 {
            for i in 0..j {
                let dot: f64 = columns.iter().map(|v| v[i] * v[j]).sum();
                columns.iter_mut().for_each(|v| v[j] -= dot * v[i]);
                r[i][j] += dot;
            }
        }
        let after = length(columns);
        if after > DEPENDENT * before && after > 0.0 {
            r[j][j] = after;
            columns.iter_mut().for_each(|v| v[j] /= after);
        } else {
            columns.iter_mut().for_each(|v| v[j] = 0.0);
        }
    }
    r
}

/// (1 − ω D⁻¹A) P.
fn smoothed(
    matrix: &BlockMatrix,
    tentative: &BlockMatrix,
    coarse: usize,
    omega: f64,
) -> Result<BlockMatrix, SolverError> {
    let inverse = inverses(&matrix.diagonal())?;
    let product = multiplied(matrix, tentative, coarse);
    Ok(gathered(matrix.row_count(), coarse, |r, sum| {
        for (&c, block) in product.columns(r).iter().zip(product.blocks(r)) {
            let d = &inverse[r];
            let scaled = std::array::from_fn(|k| {
                let (i, j) = (k / 3, k % 3);
                d[3 * i] * block[j] + d[3 * i + 1] * block[3 + j] + d[3 * i + 2] * block[6 + j]
            });
            sum.add(c, -omega, &scaled);
        }
        for (&c, block) in tentative.columns(r).iter().zip(tentative.blocks(r)) {
            sum.add(c, 1.0, block);
        }
    }))
}

//! Multigrid as a preconditioner, in single precision: quadratic elements → linear ones → smoothed
//! aggregates → sparse Cholesky.
//!
//! ```text
//!   level 0   all rows, 3×3 blocks        Chebyshev on block Jacobi
//!      │ mid-edge = mean of its parents
//!   level 1   kept rows                   a few steps of conjugate gradients, each one V-cycle below
//!      │ smoothed aggregation, rigid modes
//!   level 2…  two block rows a node       Chebyshev
//!      │
//!   bottom    sparse Cholesky, f64
//! ```
//! The linear level is what limits (it holds the long waves), and it costs a fifteenth of level 0:
//! so it is solved well. Its conjugate gradients make the whole preconditioner slightly nonlinear;
//! the outer iteration allows for that. Must not know nodes or millimetres: it is given positions
//! of rows, and which rows lie between which.

mod held;
mod refined;
pub mod vectors;
mod smoother;
mod aggregate;
mod cycle;
#[cfg(test)]
mod tests;

pub use cycle::Work;

use super::{Backend, Factor, SolverError, Symbolic};
use crate::sparse::BlockMatrix;
use aggregate::{Frame, Modes, aggregated, galerkin, rigid_modes};
use held::{Held, hold};
use refined::Refined;
use smoother::Smoother;

/// What multigrid knows of the rows beside the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Position of each row; the rigid motions follow from it.
    pub positions: &'a [[f64; 3]],
    /// The two rows each row lies between ([`crate::sparse::ABSENT`] where one is fixed); itself twice for a row
    /// that lies between none.
    pub parents: &'a [[u32; 2]],
    /// The rows that are rotations, ascending, each with the length (of the positions' unit) that
    /// multiplies it: what a rigid motion is there follows from it.
    pub turns: &'a [(u32, f64)],
    /// Where the rows are those of a periodic body, the translations from a row to its copies, zero
    /// among them; else empty. Rows that meet across the seam then turn about a common centre.
    pub periods: &'a [[f64; 3]],
}

/// Choices, each by measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Degree of the smoother on quadratic elements.
    pub degree: usize,
    /// Degree of the smoother on all other levels.
    pub coarse_degree: usize,
    /// Largest number of inner iterations on the linear level.
    pub inner_iterations: usize,
    /// Relative residual at which they stop.
    pub inner_tolerance: f64,
    /// Couplings weaker than this share of the diagonals don't aggregate.
    pub weak: f64,
    /// Operations up to which a level is factored instead of coarsened.
    pub direct_flops: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            degree: 3,
            coarse_degree: 2,
            inner_iterations: 2,
            inner_tolerance: 0.25,
            weak: 0.02,
            direct_flops: 3e8,
        }
    }
}

/// Block rows above which a level is not even looked at for a direct solve.
const DIRECT_ROWS: usize = 20_000;

/// A level that coarsens by less than this is the last one.
const STUCK: f64 = 0.8;

struct Level {
    matrix: BlockMatrix<f32>,
    smoother: Smoother,
    transfer: Transfer,
    /// Whether the level below is solved by conjugate gradients of its cycle.
    inner: bool,
}

enum Transfer {
    Refined(Refined),
    Aggregates {
        prolongation: BlockMatrix<f32>,
        restriction: BlockMatrix<f32>,
    },
}

/// All levels; the bottom is analysed, not yet factored.
pub struct Hierarchy {
    levels: Vec<Level>,
    bottom: BlockMatrix,
    symbolic: Box<dyn Symbolic>,
    settings: Settings,
}

/// A hierarchy ready to precondition.
pub struct Multigrid<'a> {
    hierarchy: &'a Hierarchy,
    factor: Box<dyn Factor + 'a>,
}

impl Hierarchy {
    /// Coarsens `matrix` until a level is cheap to factor by `backend`.
    ///
    /// # Errors
    /// [`SolverError::NotPositiveDefinite`] where a diagonal block is not; what the backend says.
    pub fn new(
        matrix: &BlockMatrix,
        rows: Rows<'_>,
        backend: &dyn Backend,
        settings: Settings,
    ) -> Result<Self, SolverError> {
        let mut levels = Vec::new();
        let quadratic = (0u32..).zip(rows.parents).any(|(r, p)| *p != [r; 2]);
        let mut positions = rows.positions.to_vec();
        let mut turns = rows.turns.to_vec();
        let mut current = if quadratic {
            let held = Held::uncoupled(matrix);
            let refined = Refined::new(rows.parents, &held);
            let coarse = refined.galerkin(matrix, &held);
            positions = refined
                .kept
                .iter()
                .map(|&r| positions[r as usize])
                .collect();
            // A rotation lies between no two rows, so it is kept.
            for (row, _) in &mut turns {
                *row = refined.kept.partition_point(|r| r < row) as u32;
            }
            let single = matrix.to_single();
            levels.push(Level {
                smoother: Smoother::new(&single, &matrix.diagonal(), settings.degree)?,
                matrix: single,
                transfer: Transfer::Refined(refined),
                inner: true,
            });
            coarse
        } else {
            matrix.clone()
        };
        let mut modes = rigid_modes(&positions, &turns);
        clear_held(&current, &mut modes);
        let mut frame = Frame::new(positions, rows.periods);
        let mut width = 1;
        let symbolic = loop {
            if let Some(symbolic) = direct(&current, backend, &settings)? {
                break symbolic;
            }
            let (level, coarse, coarse_modes) =
                coarsen(&current, (width, &modes), &mut frame, &settings)
                    .map_err(|e| at_level(levels.len(), e))?;
            let stuck =
                coarse.row_count() as f64 > STUCK * 2.0 * current.row_count() as f64 / width as f64;
            levels.push(level);
            (current, modes, width) = (coarse, coarse_modes, 2);
            if stuck {
                break backend.analyse(&current)?;
            }
        };
        Ok(Self {
            levels,
            bottom: current,
            symbolic,
            settings,
        })
    }

    /// Factors the bottom.
    ///
    /// # Errors
    /// What the backend says.
    pub fn factor(&self) -> Result<Multigrid<'_>, SolverError> {
        Ok(Multigrid {
            hierarchy: self,
            factor: self
                .symbolic
                .factor(&self.bottom)
                .map_err(|e| at_level(self.levels.len(), e))?,
        })
    }

    /// Bytes held, the bottom's factor included.
    pub fn bytes(&self) -> u64 {
        let levels: u64 = self.levels.iter().map(Level::bytes).sum();
        levels + self.bottom.bytes() + self.symbolic.peak_bytes()
    }

    /// Block rows and blocks of every level, the bottom last.
    pub fn sizes(&self) -> Vec<(usize, usize)> {
        let levels = self.levels.iter().map(|l| &l.matrix);
        levels
            .map(|m| (m.row_count(), m.block_count()))
            .chain([(self.bottom.row_count(), self.bottom.block_count())])
            .collect()
    }
}

impl Level {
    fn bytes(&self) -> u64 {
        let transfer = match &self.transfer {
            Transfer::Refined(refined) => refined.bytes(),
            Transfer::Aggregates {
                prolongation,
                restriction,
                ..
            } => prolongation.bytes() + restriction.bytes(),
        };
        self.matrix.bytes() + self.smoother.bytes() + transfer
    }
}

/// A row means something to the caller on level 0 only.
fn at_level(level: usize, error: SolverError) -> SolverError {
    match error {
        SolverError::NotPositiveDefinite { .. } if level > 0 => {
            SolverError::CoarseIndefinite { level }
        }
        other => other,
    }
}

/// Held dofs have no part in the near-nullspace.
fn clear_held(matrix: &BlockMatrix, modes: &mut Modes) {
    for (r, axes) in Held::uncoupled(matrix).listed() {
        for a in (0..3).filter(|&a| axes[a]) {
            modes[3 * r as usize + a] = [0.0; 6];
        }
    }
}

/// The analysed level where factoring it is cheap.
fn direct(
    matrix: &BlockMatrix,
    backend: &dyn Backend,
    settings: &Settings,
) -> Result<Option<Box<dyn Symbolic>>, SolverError> {
    if matrix.row_count() > DIRECT_ROWS {
        return Ok(None);
    }
    let symbolic = backend.analyse(matrix)?;
    Ok((symbolic.flops() <= settings.direct_flops).then_some(symbolic))
}

fn coarsen(
    matrix: &BlockMatrix,
    (width, modes): (usize, &Modes),
    frame: &mut Frame<'_>,
    settings: &Settings,
) -> Result<(Level, BlockMatrix, Modes), SolverError> {
    let single = matrix.to_single();
    let smoother = Smoother::new(&single, &matrix.diagonal(), settings.coarse_degree)?;
    let weights = (smoother.largest, settings.weak);
    let found = aggregated(matrix, (width, modes), frame, weights)?;
    let coarse_rows = 2 * found.count;
    let (mut coarse, transpose) = galerkin(matrix, &found.prolongation, coarse_rows);
    let empty = Held::empty(&coarse);
    hold(&mut coarse, &empty);
    let level = Level {
        matrix: single,
        smoother,
        transfer: Transfer::Aggregates {
            prolongation: found.prolongation.to_single(),
            restriction: transpose.to_single(),
        },
        inner: false,
    };
    Ok((level, coarse, found.modes))
}

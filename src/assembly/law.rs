//! What pushes back otherwise than in proportion to the displacement, as the assembly sees it: pieces
//! that meet nodes, and what each answers at a displacement that is tried. Knows no law.

use std::fmt::Debug;

use crate::tensor::Vec3;

/// A displacement that is tried, with what a law remembers there.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// Displacement of every node, mm.
    pub displacement: &'a [Vec3],
    /// The law's trial state, as long as its [`Law::initial_state`].
    pub state: &'a [f64],
}

/// What the laws remember in one load case: a list for each, in the order of the operator's terms.
pub type State = Vec<Vec<f64>>;

/// A term whose force follows the displacement by a law of its own: a contact, a part that only pulls.
///
/// At a fixed state the force of each piece is the derivative of a convex energy and the tangent the
/// force's, so that the matrix stays positive definite and a search along a line has one end. How
/// the state follows the displacement is free; the loop of `analysis` moves it between its steps and accepts it
/// with the equilibrium. A law holds no body by itself, but where it says so.
pub trait Law: Debug + Send + Sync {
    /// Whether it keeps a matrix for bodies that nothing else holds: whether they stand still is then found
    /// on the way to equilibrium.
    fn holds(&self) -> bool {
        false
    }

    /// The nodes that meet in each piece, each node once: they place its tangent in the matrix and
    /// never change.
    fn pieces(&self) -> &[Vec<u32>];

    /// What a load case remembers before anything has moved.
    fn initial_state(&self) -> Vec<f64>;

    /// Moves the trial state on to a displacement (mm, every node). `trial` comes as the last
    /// step left it, `accepted` as the last equilibrium did.
    fn update(&self, displacement: &[Vec3], accepted: &[f64], trial: &mut [f64]);

    /// Forces (N) that hold a piece's nodes, in their order, against what it answers: written into
    /// zeros.
    fn force(&self, piece: usize, trial: Trial<'_>, force: &mut [Vec3]);

    /// A piece's tangent, N/mm, row-major and symmetric, 3·nodes × 3·nodes, node by node: written
    /// into zeros.
    fn tangent(&self, piece: usize, trial: Trial<'_>, tangent: &mut [f64]);
}

//! Screws and rods, condensed to stiffness on the nodes of their hosts.
//! Must not know the mesh's materials.

use crate::assembly::LowRank;
use crate::boundary::Coupling;
use crate::tensor::{Point, Vec3};

/// A posterior rod between two bodies, condensed: a Timoshenko beam with a joint spring at each
/// end, held by distributing couplings.
#[derive(Debug, Clone, PartialEq)]
pub struct Rod {
    /// Name ("rod left").
    pub name: String,
    /// Names of the bodies at its two ends.
    pub bodies: [String; 2],
    /// Ends of the rod, mm.
    pub ends: [Point; 2],
    /// Unit vector along the rod, first end to second.
    pub direction: Vec3,
    /// Couplings to the bodies, reference points at the ends.
    pub couplings: [Coupling; 2],
    /// Condensed 12×12 stiffness on [translation, rotation] of end 1, then of end 2 (N/mm,
    /// N, N·mm), in the global frame.
    pub stiffness: nalgebra::SMatrix<f64, 12, 12>,
    /// The same as a term of the global system.
    pub term: LowRank,
}

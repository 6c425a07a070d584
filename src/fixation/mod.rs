//! Screws and rods, condensed to stiffness on the nodes of their hosts.
//! Must not know the mesh's materials.

pub mod beam;
pub mod rod;

pub use beam::CircularSection;
pub use rod::{RodSettings, RodSpec, build_rod};

use crate::assembly::LowRank;
use crate::boundary::{BoundaryError, Coupling};
use crate::tensor::{Point, Vec3};

/// Why a rod cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FixationError {
    /// The facets that hold an end cannot be coupled.
    #[error("{rod} cannot be held on {body}: {source}")]
    Seat {
        /// Rod name.
        rod: String,
        /// Body at that end.
        body: String,
        /// What is wrong with the facets.
        source: BoundaryError,
    },
    /// Length, section or stiffness from which no beam can be made.
    #[error(
        "{rod}: a beam of length {length_mm} mm, diameter {diameter_mm} mm, modulus \
         {youngs_modulus_mpa} MPa on joints of {joint_stiffness_n_per_mm} N/mm has no stiffness; \
         all four must be positive"
    )]
    Beam {
        /// Rod name.
        rod: String,
        /// Distance between its ends, mm.
        length_mm: f64,
        /// Diameter, mm.
        diameter_mm: f64,
        /// Young's modulus, MPa.
        youngs_modulus_mpa: f64,
        /// Joint stiffness, N/mm.
        joint_stiffness_n_per_mm: f64,
    },
}

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

//! Screws and rods, condensed to stiffness on the nodes of their hosts.
//! Must not know the mesh's materials.

pub mod beam;
pub mod grip;
pub mod construct;
pub mod one_sided;
pub mod rod;
pub mod screw;

pub use beam::CircularSection;
pub use construct::{Builder, Construct, PartKind, RodLine, ScrewLine};
pub use one_sided::OneSided;
pub use rod::{RodSettings, RodSpec, build_rod};
pub use screw::Screw;

use crate::assembly::LowRank;
use crate::boundary::{BoundaryError, Coupling};
use crate::tensor::{Point, Vec3};

/// Why a rod cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FixationError {
    /// What holds an end cannot be coupled.
    #[error("{rod} cannot be held on {body}: {source}")]
    Seat {
        /// Rod name.
        rod: String,
        /// Body at that end.
        body: String,
        /// What is wrong with it.
        source: BoundaryError,
    },
    /// A screw that mostly misses the bone.
    #[error(
        "a screw of {diameter_mm:.1} mm by {length_mm:.1} mm has only {held_percent:.0} % of \
         itself in bone; {least_percent:.0} % is the least that holds"
    )]
    LooseScrew {
        /// Diameter, mm.
        diameter_mm: f64,
        /// Length, mm.
        length_mm: f64,
        /// Share of it in bone, percent: of the volume of a screw that springs stand for, of the skin
        /// of one that is a beam.
        held_percent: f64,
        /// The least that holds, percent.
        least_percent: f64,
    },
    /// A piece of a part without stiffness.
    #[error(
        "{part}: a beam of length {length_mm} mm, diameter {diameter_mm} mm and modulus \
         {youngs_modulus_mpa} MPa has no stiffness; all three must be positive"
    )]
    NoBeam {
        /// Name of the part.
        part: String,
        /// Length, mm.
        length_mm: f64,
        /// Diameter, mm.
        diameter_mm: f64,
        /// Young's modulus that it adds, MPa.
        youngs_modulus_mpa: f64,
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
/// end, held by distributing couplings on the bone along its screws.
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
    /// Couplings to the bone along the screws, reference points at the rod's ends: between the two
    /// the screw's head is rigid.
    pub couplings: [Coupling; 2],
    /// Condensed 12×12 stiffness on [translation, rotation] of end 1, then of end 2 (N/mm,
    /// N, N·mm), in the global frame.
    pub stiffness: nalgebra::SMatrix<f64, 12, 12>,
    /// The same as a term of the global system.
    pub term: LowRank,
}

#[cfg(test)]
mod tests;

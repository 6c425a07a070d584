//! Screws, rods and what joins and helps them, as stiffness on the nodes of their hosts.
//! Must not know the mesh's materials.

pub mod beam;
pub mod grip;
pub mod construct;
pub mod one_sided;
pub mod cylinder;

pub use beam::CircularSection;
pub use construct::{Builder, Construct, PartKind, RodLine, ScrewLine};
pub use cylinder::Cylinder;
pub use one_sided::OneSided;

/// Why a rod cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FixationError {
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
}

#[cfg(test)]
mod tests;

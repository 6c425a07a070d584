//! What is tested, and its closed form with rigid blocks.

use crate::fixation::CircularSection;
use crate::material::library::LibraryMaterial;
use crate::virtual_test::VirtualTestError;
use crate::virtual_test::error::within;

/// Half the distance of the rods, mm.
pub(super) const HALF_SPACING: f64 = 20.0;
/// Width and height of a block, mm.
pub(super) const BLOCK: [f64; 2] = [60.0, 30.0];
/// Block before the hinge, mm.
pub(super) const AHEAD: f64 = 10.0;
/// The hinge's pin: steel, Ø 10 mm.
pub(super) const PIN: CircularSection = CircularSection {
    diameter: 10.0,
    youngs_modulus: 200e3,
    poisson_ratio: 0.3,
};
/// Poisson ratio of polyethylene.
pub(super) const BLOCK_POISSON: f64 = 0.4;
/// How far rods overlap beside each other, and how far apart, mm.
pub(super) const OVERLAP: f64 = 20.0;
pub(super) const BESIDE: f64 = 8.0;
/// How much stiffer than a rod a connector is taken.
pub(super) const RIGID: f64 = 100.0;

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Diameter of the rods, mm.
    pub rod: f64,
    /// Metal of rods and screws.
    pub metal: &'static LibraryMaterial,
    /// Diameter of the screws, mm.
    pub screw: f64,
    /// Their length in the block, mm.
    pub screw_length: f64,
    /// From the block's face to the rod's axis, mm.
    pub free_screw: f64,
    /// From the block's face to the hinge's axis, mm.
    pub block_arm: f64,
    /// Between the screws, mm.
    pub active_length: f64,
    /// Rods in two pieces, joined beside each other in the middle.
    pub side_by_side: bool,
    /// Young's modulus of the blocks, MPa.
    pub block_modulus: f64,
    /// Edge of the blocks' elements, mm.
    pub edge: f64,
}

impl Settings {
    /// The standard's construct as far as it is known, in this metal.
    pub fn new(metal: &'static LibraryMaterial) -> Self {
        Self {
            rod: 5.5,
            metal,
            screw: 5.5,
            screw_length: 40.0,
            free_screw: 10.0,
            block_arm: 40.0,
            active_length: 76.0,
            side_by_side: false,
            block_modulus: 1000.0,
            edge: 3.0,
        }
    }

    pub(super) fn check(&self) -> Result<(), VirtualTestError> {
        within("the rod's diameter", "mm", self.rod, [2.0, 10.0])?;
        within("the screw's diameter", "mm", self.screw, [2.0, 10.0])?;
        within("the screw's length", "mm", self.screw_length, [10.0, 70.0])?;
        within("the free screw", "mm", self.free_screw, [1.0, 40.0])?;
        within("the block's arm", "mm", self.block_arm, [10.0, 100.0])?;
        within("the active length", "mm", self.active_length, [40.0, 500.0])?;
        within(
            "the block's modulus",
            "MPa",
            self.block_modulus,
            [10.0, 300e3],
        )?;
        within("the elements' edge", "mm", self.edge, [1.0, 6.0])?;
        let room = self.block_arm + AHEAD - 1.0;
        within("the screw's length", "mm", self.screw_length, [10.0, room])
    }

    pub(super) fn section(&self, diameter: f64) -> CircularSection {
        CircularSection {
            diameter,
            youngs_modulus: self.metal.youngs_modulus,
            poisson_ratio: self.metal.poisson_ratio,
        }
    }
}

/// Stiffness between the hinges with rigid blocks, N/mm, and load at the rods' first yield, N, at a
/// yield strength in MPa.
pub fn rigid_blocks(settings: &Settings, yield_strength: f64) -> [f64; 2] {
    let (rod, screw) = (
        settings.section(settings.rod),
        settings.section(settings.screw),
    );
    let (arm, length) = (settings.block_arm, settings.active_length);
    let a = arm + settings.free_screw;
    let e = settings.metal.youngs_modulus;
    let give = a * a * length / (2.0 * e * rod.second_moment())
        + length / (2.0 * e * rod.area())
        + (a.powi(3) - arm.powi(3)) / (3.0 * e * screw.second_moment());
    let stress = 0.25 * a * rod.diameter / rod.second_moment() + 0.5 / rod.area();
    [1.0 / give, yield_strength / stress]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::material::library::library_material;

    fn settings() -> Settings {
        Settings::new(library_material("ti6al4v").unwrap())
    }

    #[test]
    fn rigid_blocks_are_the_closed_form_of_the_reference() {
        let at = |free_screw, active_length| {
            let settings = Settings {
                free_screw,
                active_length,
                ..settings()
            };
            rigid_blocks(&settings, 880.0)
        };
        for ([s, l], k) in [
            ([10.0, 76.0], 42.81),
            ([8.0, 76.0], 47.90),
            ([12.0, 76.0], 38.49),
            // The reference has 10.08, without the stretch of the rods in its own formula.
            ([10.0, 376.0], 10.07),
        ] {
            assert!((at(s, l)[0] - k).abs() < 0.006, "{s} {l}");
        }
        assert!((at(10.0, 76.0)[1] - 567.0).abs() < 0.5);
    }
}

//! The vertebrectomy construct of ASTM F1717: two polyethylene blocks on hinges, four screws, two
//! rods, nothing between the blocks. Compression bending, tension bending, torsion.
//!
//! The rods run `free screw` behind the blocks' faces, the hinges lie `arm` before them. With rigid
//! blocks the flexibility between the hinges is a²L/2EI + L/2EA + (a³ − arm³)/3EI, a = arm + free: two
//! rods bent by F a/2 each and pressed, four screws' free ends bent. The blocks are softer than that.
//! Rod and screw are beams held on the block's material, as in a case ([`crate::fixation`]).

mod rig;
mod tables;

pub use rig::{Tested, test};

use super::error::{VirtualTestError, within};
use super::outcome::Outcome;
use crate::fixation::CircularSection;
use crate::material::library::LibraryMaterial;
use crate::progress::Progress;
use crate::report::number::{fixed, short, tick};

/// Half the distance of the rods, mm.
const HALF_SPACING: f64 = 20.0;
/// Width and height of a block, mm.
const BLOCK: [f64; 2] = [60.0, 30.0];
/// Block before the hinge, mm.
const AHEAD: f64 = 10.0;
/// The hinge's pin: steel, Ø 10 mm.
const PIN: CircularSection = CircularSection {
    diameter: 10.0,
    youngs_modulus: 200e3,
    poisson_ratio: 0.3,
};
/// Poisson ratio of polyethylene.
const BLOCK_POISSON: f64 = 0.4;
/// How far rods overlap beside each other, and how far apart, mm.
const OVERLAP: f64 = 20.0;
const BESIDE: f64 = 8.0;
/// How much stiffer than a rod a connector is taken.
const RIGID: f64 = 100.0;

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

    fn check(&self) -> Result<(), VirtualTestError> {
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

    fn section(&self, diameter: f64) -> CircularSection {
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

/// Runs the test.
///
/// # Errors
/// [`VirtualTestError`].
pub fn run(settings: &Settings, progress: &dyn Progress) -> Result<Outcome, VirtualTestError> {
    settings.check()?;
    let tested = test(settings, progress)?;
    let strength = settings.metal.strength;
    let first_yield = strength.map(|s| {
        let [rod, screw] = tested.sections[0];
        s / rod.von_mises.max(screw.von_mises)
    });
    Ok(Outcome {
        test: "f1717",
        title: format!(
            "ASTM F1717: two rods of {} mm between four screws of {} mm, {}",
            tick(settings.rod),
            tick(settings.screw),
            settings.metal.name
        ),
        answer: answer(settings, &tested, first_yield),
        quantities: tables::quantities(settings, &tested, first_yield),
        assumptions: tables::assumptions(settings),
        limits: LIMITS,
        solver: tested.effort,
        tables: vec![
            tables::stiffness_table(settings, &tested, first_yield),
            tables::section_table(&tested),
        ],
        charts: vec![tables::chart(settings, &tested)],
    })
}

fn answer(settings: &Settings, tested: &Tested, first_yield: Option<f64>) -> Vec<String> {
    let mut lines = vec![format!(
        "{} N/mm between the hinges, in compression bending and in tension bending alike: the model is \
         linear. Torsion {} N·m per degree.",
        fixed(tested.bending, 1),
        short(tested.torsion)
    )];
    lines.push(match first_yield {
        Some(load) => format!(
            "The first fibre yields at {} N. The standard's yield load, read off at an \
             offset of displacement, is another number.",
            fixed(load, 0)
        ),
        None => format!("No yield strength is known for {}.", settings.metal.name),
    });
    lines
}

/// What the test leaves out.
const LIMITS: &[&str] = &[
    "Linear: nothing yields, and tension bends as compression does. The load at first yield is where the \
     first fibre of a rod or screw reaches the yield strength; the standard reads its yield load off at an \
     offset of displacement.",
    "Screws and rods are locked in their heads and have no thread, no notch and no set screw's dent.",
    "Static: fatigue, which the standard runs to five million cycles, is not in it.",
];

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

//! The vertebrectomy construct of ASTM F1717: two polyethylene blocks on hinges, four screws, two
//! rods, nothing between the blocks. Compression bending, tension bending, torsion.
//!
//! The rods run `free screw` behind the blocks' faces, the hinges lie `arm` before them. With rigid
//! blocks the flexibility between the hinges is a²L/2EI + L/2EA + (a³ − arm³)/3EI, a = arm + free: two
//! rods bent by F a/2 each and pressed, four screws' free ends bent. The blocks are softer than that.
//! Rod and screw are beams held on the block's material, as in a case ([`crate::fixation`]).

mod settings;
mod rig;
mod tables;

pub use rig::{Tested, test};
pub use settings::{Settings, rigid_blocks};

use super::error::VirtualTestError;
use super::outcome::Outcome;
use crate::progress::Progress;
use crate::report::number::{fixed, short, tick};

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

//! The pedicle screws that hold the rods, found once for all that ask for them.

use crate::anatomy::landmarks::VertebraLandmarks;
use crate::anatomy::pedicle::{PedicleScrew, Side, pedicle_screw};
use crate::case::{Case, CaseError, CaseFault};
use crate::geometry::SharedField;

/// A screw where its vertebra stands before surgery.
#[derive(Debug, Clone)]
pub struct PlacedScrew {
    /// Number of the vertebra.
    pub vertebra: usize,
    /// Its side.
    pub side: Side,
    /// Its place, mm.
    pub path: PedicleScrew,
}

/// Both screws of each vertebra that rods hold; none without rods.
///
/// # Errors
/// A vertebra without a pedicle for one.
pub(super) fn screws(
    case: &Case,
    vertebrae: &[SharedField],
    landmarks: &[VertebraLandmarks],
) -> Result<Vec<PlacedScrew>, CaseError> {
    let Some(rods) = &case.rods else {
        return Ok(Vec::new());
    };
    let wanted = [rods.screw_diameter_mm.value, rods.screw_length_mm.value];
    let sides = |vertebra| [Side::Left, Side::Right].map(|side| (vertebra, side));
    let placed = rods.between.into_iter().flat_map(sides);
    placed
        .map(|(vertebra, side)| {
            let (field, marks) = (vertebrae[vertebra].as_ref(), &landmarks[vertebra]);
            let path = pedicle_screw(field, marks, side, wanted)
                .map_err(|e| refuse(case, (vertebra, side), &e.to_string()))?;
            Ok(PlacedScrew {
                vertebra,
                side,
                path,
            })
        })
        .collect()
}

/// A screw that its vertebra does not take.
pub fn refuse(case: &Case, (vertebra, side): (usize, Side), reason: &str) -> CaseError {
    let name = &case.vertebrae[vertebra].name;
    let fault = CaseFault::model(format!("rod {} at {name}: {reason}", side.word()));
    let help = "a thinner `screw_diameter_mm`, or `kind = \"none\"` to leave the rods out";
    let error = case.places.error("rods.screw_diameter_mm", fault);
    error.with_help(help)
}

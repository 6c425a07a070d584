//! What can go wrong while bodies are made or landmarks sought.

use super::level::{Level, UnknownLevel};
use crate::tensor::Point;

/// What can go wrong while bodies are made or landmarks sought.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnatomyError {
    /// A word that is no level.
    #[error(transparent)]
    UnknownLevel(#[from] UnknownLevel),
    /// The table lacks a number that the body needs.
    #[error("the morphometry table has no {quantity} for {level}")]
    NoData {
        /// The level asked for.
        level: Level,
        /// The missing number.
        quantity: &'static str,
    },
    /// Two levels were stacked that do not follow each other.
    #[error("{below} does not follow {above}: levels are stacked from the top down without gaps")]
    NotAdjacent {
        /// The upper level.
        above: Level,
        /// The level given as the next one down.
        below: Level,
    },
    /// A column needs at least one level.
    #[error("a column of vertebrae needs at least one level")]
    EmptyColumn,
    /// A vertebra was asked for by a name that no surface has.
    #[error("there is no vertebra named \"{name}\"; known are {}", known.join(", "))]
    UnknownVertebra {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Looking along the column no hole was found in a vertebra.
    #[error(
        "no spinal canal found in {vertebra}: seen along the column, as far as its axis is found, its surface has \
         no hole of at least 50 mm²; do its axes say which way is cranial and which anterior? A body alone \
         needs its posterior wall named"
    )]
    NoCanal {
        /// The vertebra.
        vertebra: String,
    },
    /// No part of a vertebra's surface faces along the column in front of the canal.
    #[error("no {side} endplate found on {vertebra}: no face in front of its canal looks that way")]
    NoEndplate {
        /// The vertebra.
        vertebra: String,
        /// "superior" or "inferior".
        side: &'static str,
    },
    /// Nothing of the surface lies in the patch a person named, or it faces another way.
    #[error(
        "nothing of {vertebra}'s surface that faces the {side} endplate's way lies within \
         {radius_mm} mm of its centre; the nearest surface is {nearest_mm:.1} mm away"
    )]
    NothingInPatch {
        /// The vertebra.
        vertebra: String,
        /// "superior" or "inferior".
        side: &'static str,
        /// Radius of the patch, mm.
        radius_mm: f64,
        /// Distance of the nearest vertex of the surface, whichever way it faces, mm.
        nearest_mm: f64,
    },
    /// Two vertebrae, or a vertebra's two endplates, stand the wrong way round.
    #[error("the column axis would point down: {}", caudal(upper, lower))]
    UpsideDown {
        /// The vertebra named as the upper one.
        upper: String,
        /// The vertebra named as the lower one; the same where it stands alone.
        lower: String,
    },
    /// The column axis kept turning.
    #[error("the column axis did not settle in {iterations} iterations")]
    AxisUnsettled {
        /// Iterations made.
        iterations: usize,
    },
    /// The middle of a disc does not lie inside it.
    #[error(
        "the disc at ({:.1}, {:.1}, {:.1}) mm does not surround its middle: do the two vertebrae \
         face each other?", centre.x, centre.y, centre.z
    )]
    DiscNotClosed {
        /// Where its middle should be, mm.
        centre: Point,
    },
    /// No way for a screw through a pedicle.
    #[error(
        "no way for a screw through the {side} pedicle of {vertebra}: behind the posterior wall no \
         bone at least 2 mm wide leads forward into the body, {clearance_mm:.1} mm clear of both \
         endplates"
    )]
    NoPedicle {
        /// The vertebra.
        vertebra: String,
        /// "left" or "right".
        side: &'static str,
        /// How far the screw's axis must stay from the endplates, mm.
        clearance_mm: f64,
    },
    /// A screw wider than the pedicle it was to go through.
    #[error(
        "the {side} pedicle of {vertebra} is {width_mm:.1} mm wide where it is narrowest: a screw of \
         {diameter_mm:.1} mm breaks out of it"
    )]
    NarrowPedicle {
        /// The vertebra.
        vertebra: String,
        /// "left" or "right".
        side: &'static str,
        /// Width of the pedicle, mm.
        width_mm: f64,
        /// Diameter of the screw, mm.
        diameter_mm: f64,
    },
    /// No bone behind the canal.
    #[error("no lamina was found on the {side} of {vertebra}: no bone 2 mm thick behind its canal")]
    NoLamina {
        /// The vertebra.
        vertebra: String,
        /// "left" or "right".
        side: &'static str,
    },
}

/// What lies caudal that should not.
fn caudal(upper: &str, lower: &str) -> String {
    match upper == lower {
        true => format!(
            "what was found as {upper}'s upper endplate lies caudal of its lower one; do its axes say which \
             way is cranial and which anterior?"
        ),
        false => format!("seen from {lower}, the endplate of {upper} lies caudal"),
    }
}

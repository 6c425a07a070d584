//! What can go wrong with a shape, carrying the place, the value and what was expected.

use crate::tensor::Point;

/// Why a shape was refused.
#[derive(Debug, thiserror::Error)]
pub enum GeometryError {
    /// A number that describes a shape is out of its range.
    #[error("{shape}: {quantity} is {value}, expected {expected}")]
    Parameter {
        /// Which shape ("cylinder").
        shape: &'static str,
        /// Which number of it, with its unit ("radius_mm").
        quantity: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed ("greater than 0").
        expected: &'static str,
    },
    /// A solid has no finite box around it.
    #[error("the solid has no finite bounding box (from {min:?} to {max:?} mm)")]
    Unbounded {
        /// Smallest coordinates of the box, mm.
        min: Point,
        /// Largest coordinates of the box, mm.
        max: Point,
    },
    /// A field has no zero between its box's sides that the grid could see.
    #[error(
        "no surface found between {min:?} and {max:?} mm: the solid is empty or thinner than the mesh can show"
    )]
    NoSurface {
        /// Smallest coordinates searched, mm.
        min: Point,
        /// Largest coordinates searched, mm.
        max: Point,
    },
}

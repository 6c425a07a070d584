//! What can go wrong with a shape, carrying the place, the value and what was expected.

use std::path::PathBuf;

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
    /// A file could not be read.
    #[error("{}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is not what its format asks for.
    #[error("{}: {place}: found {found}, expected {expected}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Line or byte.
        place: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A file's surface is too small or too large for a bone or an implant.
    #[error(
        "{}: the surface is {extent} mm long when read in {unit}, expected 2 to 2000 mm: its unit would fit {hint}",
        path.display()
    )]
    Size {
        /// The file.
        path: PathBuf,
        /// Its longest side as read, mm.
        extent: f64,
        /// The unit it was read in.
        unit: &'static str,
        /// The unit that would fit.
        hint: &'static str,
    },
    /// Text that names no three axes.
    #[error(
        "axes {text:?}: expected three different signed axes for anterior, left and cranial, such as \"-y,+x,+z\""
    )]
    Axes {
        /// What was given.
        text: String,
    },
    /// A surface encloses nothing that could be meshed.
    #[error(
        "the surface encloses {volume} mm³, expected more than 0 ({triangles} triangles; first ones {first:?}): {hint}"
    )]
    NoVolume {
        /// Volume, mm³; negative where the surface is inside out.
        volume: f64,
        /// Number of triangles.
        triangles: usize,
        /// Numbers of triangles to look at.
        first: Vec<u32>,
        /// The likely reason.
        hint: &'static str,
    },
    /// A surface so broken that inside and outside cannot be told apart.
    #[error(
        "the surface's inside cannot be told: {reason}; {share_percent:.0} % of the area is doubtful, at most {limit_percent:.0} % can be; look at triangles {first:?}"
    )]
    Hopeless {
        /// Share of the area at fault, percent.
        share_percent: f64,
        /// Largest share that is put up with, percent.
        limit_percent: f64,
        /// The first triangles concerned.
        first: Vec<u32>,
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The mesh made of a solid's surface is not sound.
    #[error("the surface mesh of the solid is not sound at ({:.2}, {:.2}, {:.2}) mm: {reason}", at.x, at.y, at.z)]
    BadMesh {
        /// Where, mm.
        at: Point,
        /// What is wrong there.
        reason: String,
    },
    /// Looking along a line for a bone's surface, none was met from outside.
    #[error("the point ({:.1}, {:.1}, {:.1}) mm of the implant's footprint {what}", place.x, place.y, place.z)]
    NoFacingSurface {
        /// Where the search began, mm.
        place: Point,
        /// What was wrong there.
        what: &'static str,
    },
}

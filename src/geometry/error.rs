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
        "no surface found between ({:.1}, {:.1}, {:.1}) and ({:.1}, {:.1}, {:.1}) mm: the solid is empty or thinner than the mesh can show",
        min.x, min.y, min.z, max.x, max.y, max.z
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
        "{}: the surface is {extent:.3} mm long when read in {unit}, expected 2 to 600 mm: its unit would fit {hint}",
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
        "the surface's inside cannot be told: {reason}; {share_percent:.0} % of the area is doubtful, at most {limit_percent:.0} % can be; look at triangles {first:?}, counted from 0"
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
    /// A hole too wide to be closed without inventing the shape.
    #[error(
        "the surface has a hole {width:.1} mm wide ({edges} edges, at triangles {first:?} of the file, counted from 0), and at most {widest} mm is closed: more would invent the bone's shape"
    )]
    WideHole {
        /// Its widest gap, mm.
        width: f64,
        /// Widest one that is closed, mm.
        widest: f64,
        /// Edges of its rim.
        edges: usize,
        /// The first triangles at the rim.
        first: Vec<u32>,
    },
    /// A surface that holds most of its solid more than once.
    #[error(
        "the surface lies over itself: {share_percent:.0} % of what it encloses is enclosed twice, at most {limit_percent:.0} % may be ({}, in {shells} connected parts)", cuts(*pairs, first)
    )]
    Doubled {
        /// Share of the solid that is enclosed more than once, percent.
        share_percent: f64,
        /// Largest share that is put up with, percent.
        limit_percent: f64,
        /// Pairs of triangles that cut each other.
        pairs: usize,
        /// The first of them.
        first: Vec<[u32; 2]>,
        /// Connected parts of the surface.
        shells: usize,
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

/// How often triangles cut each other, and where first.
fn cuts(pairs: usize, first: &[[u32; 2]]) -> String {
    match pairs {
        0 => "no two of its triangles cut each other".to_owned(),
        _ => format!(
            "{pairs} pairs of its triangles cut each other, the first {first:?}, counted from 0"
        ),
    }
}

impl GeometryError {
    /// What is wrong, without the path of the file it is wrong with: for messages that name the
    /// file themselves.
    pub fn reason(&self) -> String {
        let whole = self.to_string();
        let path = match self {
            Self::Read { path, .. } | Self::Format { path, .. } | Self::Size { path, .. } => path,
            _ => return whole,
        };
        match whole.strip_prefix(&format!("{}: ", path.display())) {
            Some(rest) => rest.to_owned(),
            None => whole,
        }
    }
}

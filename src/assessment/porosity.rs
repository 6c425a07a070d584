//! How porosity runs in an implant, and the sizes of its lattice for the printer: the rows of
//! report.json and lattice-sizes.csv. Computes nothing.

use serde::Serialize;

/// Name of the table with the sizes of the lattice at each place.
pub const LATTICE_FILE: &str = "lattice-sizes.csv";

/// Porosity of one material of an implant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PorosityReport {
    /// The implant.
    pub implant: String,
    /// Its name.
    pub material: String,
    /// How porosity runs, in words.
    pub field: String,
    /// Lowest porosity in the implant's mesh, per cent.
    pub lowest_percent: f64,
    /// Its mean over the volume, per cent.
    pub mean_percent: f64,
    /// Highest, per cent.
    pub highest_percent: f64,
    /// Largest difference of porosity between two corners of an element, percentage points.
    pub largest_change_in_an_element_percent: f64,
    /// What the curve runs along, in words.
    pub curve_along: String,
    /// Porosity in bands of that coordinate.
    pub curve: Vec<PorosityBand>,
    /// The lattice it is printed as, where the case gives one.
    pub lattice: Option<LatticeReport>,
    /// For the picture; not in report.json.
    #[serde(skip)]
    pub section: PorositySection,
}

/// Porosity in one band of a coordinate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PorosityBand {
    /// Middle of the band, mm.
    pub at_mm: f64,
    /// Lowest porosity in it, per cent.
    pub lowest_percent: f64,
    /// Mean over its volume, per cent.
    pub mean_percent: f64,
    /// Highest, per cent.
    pub highest_percent: f64,
}

/// A lattice and the range of its sizes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatticeReport {
    /// Unit cell.
    pub cell: String,
    /// What is the same everywhere, in words.
    pub kept: String,
    /// The table with one row a place.
    pub file: String,
    /// Its rows of this material.
    pub places: usize,
    /// Distance between the places, mm.
    pub spacing_mm: f64,
    /// The frame of their coordinates, in words.
    pub frame: String,
    /// Smallest and largest cell, mm.
    pub cell_mm: [f64; 2],
    /// Thinnest and thickest strut or wall, mm.
    pub strut_mm: [f64; 2],
    /// Smallest and largest pore body, mm.
    pub pore_body_mm: [f64; 2],
    /// Smallest and largest window, mm.
    pub pore_window_mm: [f64; 2],
    /// What a printer should know.
    pub notes: Vec<String>,
    /// The rows of the table.
    #[serde(skip)]
    pub rows: Vec<LatticePlace>,
}

/// Sizes of the lattice at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatticePlace {
    /// Anterior of the implant's axis, mm.
    pub x_mm: f64,
    /// Left of it, mm.
    pub y_mm: f64,
    /// Above the middle of the implant's inferior end, mm.
    pub z_mm: f64,
    /// Porosity, per cent.
    pub porosity_percent: f64,
    /// Solid share of the volume.
    pub relative_density: f64,
    /// Strut diameter or wall thickness, mm.
    pub strut_mm: f64,
    /// Side of the unit cell, mm.
    pub cell_mm: f64,
    /// Largest sphere in a pore, mm.
    pub pore_body_mm: f64,
    /// Largest sphere that passes between pores, mm.
    pub pore_window_mm: f64,
    /// The material.
    pub material: String,
    /// The implant, in whose frame the place is.
    pub implant: String,
}

/// The implant cut along its axis, x anterior, z up the axis: squares of `step_mm`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PorositySection {
    /// Side of a square, mm.
    pub step_mm: f64,
    /// Middle of each square \[x, z\], mm, and the porosity there, per cent.
    pub squares: Vec<([f64; 2], f64)>,
}

//! How porous a metal is and where: one number, a profile along a coordinate of the implant, or a
//! file with a grid. Knows neither the implant's place nor what is in the file.

use std::ops::RangeInclusive;

use super::error::{CaseError, CaseFault, FaultKind};
use super::raw::{Section, both};
use crate::lattice::Cell;

/// Porosity of a material.
#[derive(Debug, Clone, PartialEq)]
pub enum Porosity {
    /// The same relative density (solid share of the volume) everywhere.
    Uniform(f64),
    /// Piecewise linear along a coordinate of the implant.
    Profile(PorosityProfile),
    /// A grid in a file.
    Grid(PorosityFile),
}

impl Porosity {
    /// Whether it changes from place to place.
    pub fn is_graded(&self) -> bool {
        !matches!(self, Self::Uniform(_))
    }
}

/// The coordinate of the implant that a profile runs along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Along the implant's axis, from the middle of its inferior end.
    Height,
    /// From the implant's axis.
    Radius,
    /// Along the implant's axis to the nearer of its two end surfaces.
    EndplateDistance,
}

impl Along {
    /// The word of a case file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Height => "height",
            Self::Radius => "radius",
            Self::EndplateDistance => "endplate-distance",
        }
    }

    /// What is measured from where.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Height => "height along the implant's axis above the middle of its inferior end",
            Self::Radius => "radius from the implant's axis",
            Self::EndplateDistance => {
                "distance along the implant's axis to the nearer of its two end surfaces"
            }
        }
    }
}

/// Porosity at points of a coordinate: linear between them, constant beyond the first and the
/// last.
#[derive(Debug, Clone, PartialEq)]
pub struct PorosityProfile {
    /// The coordinate.
    pub along: Along,
    /// Rising, mm.
    pub points_mm: Vec<f64>,
    /// Porosity at each point, per cent.
    pub percent: Vec<f64>,
}

/// The frame of a grid's coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridFrame {
    /// Origin in the middle of the implant's inferior end; z its axis, cranial, x anterior across
    /// it, y left.
    Implant,
    /// The program's: x anterior, y left, z cranial.
    Program,
}

impl GridFrame {
    /// The frame in words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Implant => {
                "the implant's frame: origin in the middle of its inferior end, z along its axis, x \
                 anterior, y left"
            }
            Self::Program => "the program's frame: x anterior, y left, z cranial",
        }
    }
}

/// The lattice that porous metal is printed as; its sizes are written out for each place.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// Key path, for errors.
    pub key: String,
    /// Unit cell.
    pub cell: Cell,
    /// What is the same everywhere.
    pub kept: KeptSize,
    /// Thinnest strut or wall that can be printed, mm, where it is given.
    pub min_strut_mm: Option<f64>,
    /// Smallest window that lets powder out, mm, where it is given.
    pub min_window_mm: Option<f64>,
}

/// The size of a lattice that stays the same where porosity changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeptSize {
    /// Side of the unit cell, mm.
    Cell(f64),
    /// Strut diameter or wall thickness, mm.
    Strut(f64),
}

/// A file with porosity on a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PorosityFile {
    /// Key path of the file's name, for errors.
    pub key: String,
    /// Its name, beside the case file or in the folder of surfaces.
    pub file: String,
    /// What its coordinates are.
    pub frame: GridFrame,
    /// Whether a place outside the grid has the porosity of the nearest place inside; else such
    /// a place is refused.
    pub nearest_outside: bool,
    /// What porosity may be, per cent.
    pub percent_range: RangeInclusive<f64>,
}

const KEYS: &[&str] = &["by", "points_mm", "percent", "file", "frame", "outside"];
const PROFILE_KEYS: [&str; 2] = ["points_mm", "percent"];
const GRID_KEYS: [&str; 3] = ["file", "frame", "outside"];
const BY: &[(&str, Option<Along>)] = &[
    ("height", Some(Along::Height)),
    ("radius", Some(Along::Radius)),
    ("endplate-distance", Some(Along::EndplateDistance)),
    ("grid", None),
];

/// The range of porosity in per cent of a range of relative density.
pub(super) fn percent_range([low, high]: [f64; 2]) -> RangeInclusive<f64> {
    let percent = |density: f64| (1e4 * (1.0 - density)).round() / 100.0;
    percent(high)..=percent(low)
}

/// Reads the table `porosity` of a material; `help` is for a porosity outside `range`.
pub(super) fn read(
    material: &Section<'_>,
    range: RangeInclusive<f64>,
    help: &str,
) -> Result<Porosity, CaseError> {
    if material.is_number("porosity") {
        let found = "`porosity` names no unit".to_owned();
        let expected = "`porosity_percent` (%), or a table `porosity = { by = ... }`".to_owned();
        return Err(material.error("porosity", CaseFault::Unit { found, expected }));
    }
    let section = material.section("porosity", KEYS)?;
    let by = section.choice("by", "way to give porosity", BY)?;
    let Some(by) = by else {
        let help = "for example `porosity = { by = \"height\", points_mm = [0.0, 5.0], percent = \
                    [60.0, 80.0] }`; by: height, radius, endplate-distance, grid";
        return Err(section.missing("by").with_help(help));
    };
    let stray = if by.is_some() {
        GRID_KEYS.iter().find(|k| section.has(k))
    } else {
        PROFILE_KEYS.iter().find(|k| section.has(k))
    };
    if let Some(key) = stray {
        let word = section.required_text("by")?;
        let fault = CaseFault::KeysTogether {
            message: format!("porosity by \"{word}\" does not use `{key}`"),
        };
        let used = match by {
            Some(_) => PROFILE_KEYS.join(", "),
            None => GRID_KEYS.join(", "),
        };
        return Err(section
            .error(key, fault)
            .with_help(format!("it uses {used}")));
    }
    match by {
        Some(along) => read_profile(&section, along, (range, help)).map(Porosity::Profile),
        None => read_grid(&section, range).map(Porosity::Grid),
    }
}

fn read_profile(
    section: &Section<'_>,
    along: Along,
    (range, help): (RangeInclusive<f64>, &str),
) -> Result<PorosityProfile, CaseError> {
    let points_mm = section.number_list("points_mm", 2, -300.0..=300.0)?;
    let percent = section.number_list("percent", 2, range);
    let percent = percent.map_err(|e| e.with_help_for(FaultKind::Range, help))?;
    if points_mm.len() != percent.len() {
        let fault = CaseFault::WrongType {
            key: "percent".to_owned(),
            found: format!("a list of {}", percent.len()),
            expected: format!("{} numbers, one for each of `points_mm`", points_mm.len()),
        };
        return Err(section.error("percent", fault));
    }
    if let Some(i) = (1..points_mm.len()).find(|&i| points_mm[i] <= points_mm[i - 1]) {
        let fault = CaseFault::Range {
            key: format!("points_mm[{i}]"),
            value: format!("{} mm", points_mm[i]),
            expected: format!("more than the {} mm before it", points_mm[i - 1]),
        };
        let help = "list the points from the smallest to the largest; porosity is linear between \
                    them and constant beyond the first and the last";
        return Err(section
            .error(&format!("points_mm[{i}]"), fault)
            .with_help(help));
    }
    Ok(PorosityProfile {
        along,
        points_mm,
        percent,
    })
}

fn read_grid(
    section: &Section<'_>,
    percent_range: RangeInclusive<f64>,
) -> Result<PorosityFile, CaseError> {
    const FRAMES: &[(&str, GridFrame)] = &[
        ("implant", GridFrame::Implant),
        ("program", GridFrame::Program),
    ];
    const OUTSIDE: &[(&str, bool)] = &[("refuse", false), ("nearest", true)];
    let file = section.required_text("file")?.to_owned();
    let frame = section.choice("frame", "frame of a grid", FRAMES)?;
    let frame = frame.ok_or_else(|| {
        let help = "\"implant\": from the middle of its inferior end, z along its axis; or \
                    \"program\"; both x anterior, y left";
        section.missing("frame").with_help(help)
    })?;
    let outside = section.choice("outside", "way to treat places outside a grid", OUTSIDE)?;
    Ok(PorosityFile {
        key: section.key("file"),
        file,
        frame,
        nearest_outside: outside.unwrap_or(false),
        percent_range,
    })
}

const LATTICE_KEYS: &[&str] = &[
    "cell",
    "cell_mm",
    "strut_mm",
    "min_strut_mm",
    "min_window_mm",
];

/// Reads the table `lattice` of a material, if there is one.
pub(super) fn read_lattice(material: &Section<'_>) -> Result<Option<Lattice>, CaseError> {
    if !material.has("lattice") {
        return Ok(None);
    }
    let section = material.section("lattice", LATTICE_KEYS)?;
    let cells = Cell::ALL.map(|cell| (cell.name(), cell));
    let cell = section.choice("cell", "unit cell", &cells)?;
    let side = section.number("cell_mm", 0.05..=20.0)?;
    let strut = section.number("strut_mm", 0.01..=10.0)?;
    let kept = match (side, strut) {
        (Some(_), Some(_)) => return Err(both(&section, "cell_mm", "strut_mm")),
        (Some(side), None) => KeptSize::Cell(side),
        (None, Some(strut)) => KeptSize::Strut(strut),
        (None, None) => {
            let help = "give `cell_mm`, or `strut_mm`: what stays the same; porosity settles the \
                        other sizes at each place";
            return Err(section.missing("cell_mm").with_help(help));
        }
    };
    Ok(Some(Lattice {
        key: section.path().to_owned(),
        cell: cell.ok_or_else(|| section.missing("cell"))?,
        kept,
        min_strut_mm: section.number("min_strut_mm", 0.01..=5.0)?,
        min_window_mm: section.number("min_window_mm", 0.01..=5.0)?,
    }))
}

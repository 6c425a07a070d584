//! The implant, what fills gaps under it, and the rods.

use super::bodies::{Vertebra, read_between};
use super::defaults;
use super::error::{CaseError, CaseFault};
use super::materials::Materials;
use super::raw::{Section, both, duplicate};
use crate::geometry::implant::screw_track::{ScrewTrack as Bore, TRACK_ANGLES_DEG, WIDEST_TRACK};
use crate::geometry::{self, End};
use crate::source::Sourced;

pub(super) const ENDS: &[(&str, End)] = &[("superior", End::Superior), ("inferior", End::Inferior)];

/// How high the implant is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ImplantHeight {
    /// Given, on the axis, mm.
    Millimetres(f64),
    /// The one that fits between the endplates without moving them.
    Fit,
}

/// How the ends of the implant are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImplantEnds {
    /// Fitted to the endplates: the implant minus the bone.
    Fitted,
    /// Plane.
    Flat,
}

/// A solid part of a porous implant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SolidKind {
    /// A layer at both ends.
    EndPlate {
        /// Thickness on the axis, mm.
        thickness_mm: f64,
    },
    /// A cylinder on the axis.
    Core {
        /// Diameter, mm.
        diameter_mm: f64,
    },
    /// The layer under the side wall.
    Shell {
        /// Thickness, mm.
        thickness_mm: f64,
    },
}

/// A solid part and what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct SolidPart {
    /// Key path, for errors.
    pub key: String,
    /// Its shape.
    pub kind: SolidKind,
    /// Number in [`Case::materials`](super::Case::materials).
    pub material: usize,
}

impl SolidKind {
    /// The solid regions of a cage that one entry makes; end plates are two.
    pub fn parts(&self) -> Vec<geometry::implant::SolidPart> {
        use geometry::implant::SolidPart;
        match *self {
            Self::EndPlate { thickness_mm } => [End::Superior, End::Inferior]
                .map(|end| SolidPart::Plate(end, thickness_mm))
                .to_vec(),
            Self::Core { diameter_mm } => vec![SolidPart::Core(diameter_mm)],
            Self::Shell { thickness_mm } => vec![SolidPart::Side(thickness_mm)],
        }
    }
}

impl Implant {
    /// The vertebrae it stands in the place of.
    pub fn replaced(&self) -> std::ops::Range<usize> {
        let [upper, lower] = self.between;
        upper + 1..lower
    }

    /// How far it reaches from its axis, mm.
    pub fn half_width_mm(&self) -> f64 {
        0.5 * self.diameter_mm
    }

    /// The material of each region of the implant, as cages number them: its own, then those of its
    /// solid parts.
    pub fn region_materials(&self) -> Vec<usize> {
        let solids = self.solids.iter();
        let of_parts = solids.flat_map(|s| vec![s.material; s.kind.parts().len()]);
        std::iter::once(self.material).chain(of_parts).collect()
    }
}

/// A straight hole for a screw from the side wall out through one end.
#[derive(Debug, Clone, PartialEq)]
pub struct ScrewTrack {
    /// Key path, for errors.
    pub key: String,
    /// Diameter, mm.
    pub diameter_mm: Sourced<f64>,
    /// Angle to the plane square to the implant's axis, degrees.
    pub angle_deg: f64,
    /// The end it leaves through.
    pub end: End,
    /// Where its axis leaves that end: before and left of the implant's axis, in the plane square
    /// to it through the end's middle, mm.
    pub exit_mm: Sourced<[f64; 2]>,
    /// Side it enters from, seen from its exit: 0 anterior, 90 left, counted about the cranial
    /// direction, degrees.
    pub azimuth_deg: Sourced<f64>,
}

/// A cylindrical implant between two vertebrae.
#[derive(Debug, Clone, PartialEq)]
pub struct Implant {
    /// Name, unique among the bodies.
    pub name: String,
    /// Key path, for errors.
    pub key: String,
    /// Numbers of the vertebra above and the one below.
    pub between: [usize; 2],
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Height on the axis.
    pub height: ImplantHeight,
    /// Angle between its ends in the sagittal plane, degrees; positive is lower in front (kyphosis).
    pub sagittal_angle_deg: Sourced<f64>,
    /// Its ends.
    pub ends: ImplantEnds,
    /// Number in [`Case::materials`](super::Case::materials).
    pub material: usize,
    /// Solid parts; where they overlap the first one named wins.
    pub solids: Vec<SolidPart>,
    /// Screw tracks.
    pub screw_tracks: Vec<ScrewTrack>,
}

/// A body that fills the gap between a flat end and the endplate. The implant's diameter wide, it
/// reaches from the end's plane to the bone.
#[derive(Debug, Clone, PartialEq)]
pub struct Graft {
    /// Name, unique among the bodies.
    pub name: String,
    /// Key path, for errors.
    pub key: String,
    /// Number of the implant.
    pub implant: usize,
    /// The end of the implant it lies on.
    pub end: End,
    /// Thickness along the axis where end and endplate come nearest, mm.
    pub min_thickness_mm: Sourced<f64>,
    /// Number in [`Case::materials`](super::Case::materials).
    pub material: usize,
}

const IMPLANT_KEYS: &[&str] = &[
    "name",
    "between",
    "diameter_mm",
    "height_mm",
    "height",
    "sagittal_angle_deg",
    "ends",
    "material",
    "solid",
    "screw_track",
];
const SOLID_KEYS: &[&str] = &["kind", "thickness_mm", "diameter_mm", "material"];
const TRACK_KEYS: &[&str] = &["diameter_mm", "angle_deg", "end", "exit_mm", "azimuth_deg"];
const GRAFT_KEYS: &[&str] = &["name", "implant", "end", "min_thickness_mm", "material"];

/// Reads `[implant]`, or each `[[implant]]`, from the top down.
pub(super) fn read_implants(
    top: &Section<'_>,
    vertebrae: &[Vertebra],
    taken: &[&str],
    materials: &mut Materials,
) -> Result<Vec<Implant>, CaseError> {
    let mut implants: Vec<Implant> = Vec::new();
    for section in top.one_or_more("implant", IMPLANT_KEYS)? {
        let implant = read_implant(&section, vertebrae, materials)?;
        let name = implant.name.as_str();
        if taken.contains(&name) || implants.iter().any(|other| other.name == name) {
            return Err(duplicate(&section, "body", name));
        }
        let in_the_way = |other: &&Implant| {
            let ([upper, lower], [above, below]) = (implant.between, other.between);
            upper < below && above < lower
        };
        if let Some(other) = implants.iter().find(in_the_way) {
            let reason = format!("\"{name}\" and \"{}\" stand in one place", other.name);
            return Err(section.error("between", CaseFault::model(reason)));
        }
        implants.push(implant);
    }
    implants.sort_by_key(|implant| implant.between);
    Ok(implants)
}

fn read_implant(
    section: &Section<'_>,
    vertebrae: &[Vertebra],
    materials: &mut Materials,
) -> Result<Implant, CaseError> {
    let diameter_mm = section.required_number("diameter_mm", 4.0..=60.0)?;
    let solids = section
        .sections("solid", SOLID_KEYS)?
        .iter()
        .map(|s| read_solid(s, diameter_mm, materials))
        .collect::<Result<_, _>>()?;
    let screw_tracks = section
        .sections("screw_track", TRACK_KEYS)?
        .iter()
        .map(|s| read_track(s, diameter_mm))
        .collect::<Result<_, _>>()?;
    let name = match section.text("name")? {
        Some(name) => name.to_owned(),
        None => {
            let usual = defaults::IMPLANT_NAME.value;
            section
                .left_out(&defaults::IMPLANT_NAME, usual.to_owned(), usual)
                .value
        }
    };
    Ok(Implant {
        name,
        key: section.path().to_owned(),
        between: read_between(section, vertebrae)?,
        diameter_mm,
        height: read_height(section)?,
        sagittal_angle_deg: section.number_or(&defaults::SAGITTAL_ANGLE)?,
        ends: read_ends(section)?,
        material: materials.reference(section, "material")?,
        solids,
        screw_tracks,
    })
}

fn read_ends(section: &Section<'_>) -> Result<ImplantEnds, CaseError> {
    const CHOICES: &[(&str, ImplantEnds)] =
        &[("fitted", ImplantEnds::Fitted), ("flat", ImplantEnds::Flat)];
    section.choice_or("kind of end", CHOICES, &defaults::ENDS)
}

fn read_height(section: &Section<'_>) -> Result<ImplantHeight, CaseError> {
    let number = section.number("height_mm", 3.0..=200.0)?;
    match (number, section.has("height")) {
        (Some(_), true) => Err(both(section, "height_mm", "height")),
        (Some(height), false) => Ok(ImplantHeight::Millimetres(height)),
        (None, true) => fit_height(section),
        (None, false) => {
            let help = "give `height_mm = 25.0`, or `height = \"fit\"` for the one that fits";
            Err(section.missing("height_mm").with_help(help))
        }
    }
}

fn fit_height(section: &Section<'_>) -> Result<ImplantHeight, CaseError> {
    if let Ok(Some(number)) = section.number("height", f64::MIN..=f64::MAX) {
        let fault = CaseFault::Unit {
            found: "`height` names no unit".to_owned(),
            expected: "`height_mm` (mm), or `height = \"fit\"`".to_owned(),
        };
        let help = format!("write `height_mm = {number}` if it is in mm");
        return Err(section.error("height", fault).with_help(help));
    }
    let fit = section.choice("height", "way to choose the height", &[("fit", ())]);
    fit.map(|_| ImplantHeight::Fit)
        .map_err(|e| e.with_help("`height = \"fit\"`, or a number as `height_mm = 25.0`"))
}

fn read_solid(
    section: &Section<'_>,
    implant_diameter: f64,
    materials: &mut Materials,
) -> Result<SolidPart, CaseError> {
    const KINDS: &[(&str, &str)] = &[
        ("end_plate", "thickness_mm"),
        ("core", "diameter_mm"),
        ("shell", "thickness_mm"),
    ];
    let kind = section.required_text("kind")?;
    let choice = section.choice("kind", "kind of solid part", KINDS)?;
    let size_key = choice.unwrap_or("thickness_mm");
    for (_, other) in KINDS {
        if *other != size_key && section.has(other) {
            let fault = CaseFault::KeysTogether {
                message: format!("a {kind} has `{size_key}`, not `{other}`"),
            };
            return Err(section.error(other, fault));
        }
    }
    let largest = match kind {
        "shell" => 0.5 * implant_diameter,
        "core" => implant_diameter,
        _ => 20.0,
    };
    let size = section.required_number(size_key, 0.1..=largest)?;
    let kind = match kind {
        "end_plate" => SolidKind::EndPlate { thickness_mm: size },
        "core" => SolidKind::Core { diameter_mm: size },
        _ => SolidKind::Shell { thickness_mm: size },
    };
    Ok(SolidPart {
        key: section.path().to_owned(),
        kind,
        material: materials.reference(section, "material")?,
    })
}

fn read_track(section: &Section<'_>, implant_diameter: f64) -> Result<ScrewTrack, CaseError> {
    let diameter = 0.5..=WIDEST_TRACK * implant_diameter;
    let diameter_mm = section.number_within_or(diameter, &defaults::TRACK_DIAMETER)?;
    let angle_deg = section.required_number("angle_deg", TRACK_ANGLES_DEG)?;
    let end = section.choice("end", "end", ENDS)?;
    Ok(ScrewTrack {
        key: section.path().to_owned(),
        exit_mm: read_exit(section, [diameter_mm.value, implant_diameter])?,
        diameter_mm,
        angle_deg,
        end: end.ok_or_else(|| section.missing("end"))?,
        azimuth_deg: section.number_or(&defaults::TRACK_AZIMUTH)?,
    })
}

/// Where a track leaves its end, with its whole bore on the end.
fn read_exit(
    section: &Section<'_>,
    [diameter, implant]: [f64; 2],
) -> Result<Sourced<[f64; 2]>, CaseError> {
    let radius = 0.5 * implant;
    let default = &defaults::TRACK_EXIT;
    let Some([x, y]) = section.numbers(default.local_key(), -radius..=radius)? else {
        let usual = default.value.usual;
        return Ok(section.left_out(default, usual, format!("{usual:?}")));
    };
    let (off, most) = (x.hypot(y), Bore::furthest_exit(diameter, radius));
    if off <= most {
        return Ok(section.given(default.local_key(), [x, y]));
    }
    let fault = CaseFault::Range {
        key: "exit_mm".to_owned(),
        value: format!("{off:.2} mm from the middle of the end"),
        expected: format!("at most {most:.2} mm, so that the whole hole is on the end"),
    };
    let help = "[x, y] in mm from the implant's axis: x anterior, y left";
    Err(section.error("exit_mm", fault).with_help(help))
}

/// Reads the `[[graft]]` bodies.
pub(super) fn read_grafts(
    top: &Section<'_>,
    implants: &[Implant],
    taken: &[&str],
    materials: &mut Materials,
) -> Result<Vec<Graft>, CaseError> {
    let mut grafts: Vec<Graft> = Vec::new();
    for section in top.sections("graft", GRAFT_KEYS)? {
        let name = section.required_text("name")?.to_owned();
        if taken.contains(&name.as_str()) || grafts.iter().any(|g| g.name == name) {
            return Err(duplicate(&section, "body", &name));
        }
        let end = section.choice("end", "end", ENDS)?;
        let end = end.ok_or_else(|| section.missing("end"))?;
        let implant = read_bearer(&section, implants)?;
        if grafts.iter().any(|g| (g.implant, g.end) == (implant, end)) {
            let reason = format!("a second graft at the {} end", end.word());
            return Err(section.error("end", CaseFault::model(reason)));
        }
        grafts.push(Graft {
            name,
            key: section.path().to_owned(),
            implant,
            end,
            min_thickness_mm: section.number_or(&defaults::GRAFT_THICKNESS)?,
            material: materials.uniform_reference(&section, "material")?,
        });
    }
    Ok(grafts)
}

/// The implant that a graft lies on: the one it names, or the only one there is.
fn read_bearer(section: &Section<'_>, implants: &[Implant]) -> Result<usize, CaseError> {
    let known: Vec<&str> = implants.iter().map(|i| i.name.as_str()).collect();
    match section.text("implant")? {
        Some(name) => section.reference("implant", "implant", name, &known),
        None if known.len() > 1 => {
            let help = format!("one of {}", known.join(", "));
            Err(section.missing("implant").with_help(help))
        }
        None => Ok(0),
    }
}

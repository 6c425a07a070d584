//! Whether a measured bone is like a vertebra of its level: as large, as high, with endplates above and
//! below.
//!
//! The bands hold every vertebra from C3 to L5 of one man (BodyParts3D) with room on either side, and
//! nothing that stands in the wrong unit (factors of 10 and more) or turned by a right angle: his boxes
//! are 1.9 to 3.0 times as large as body width, depth and height (cube roots of the products), 1.8 to
//! 3.5 times as high as the body, his endplates 1.0 to 1.6 times the table's areas, his bodies 1.0 to
//! 1.2 times its heights; turned by 90°, lumbar and thoracic endplates come out at 0.2 to 0.35, a
//! cervical one at 0.6; a sacrum is 5.9 times as high as L5's body. Seen from above, his discs' boxes are 0.37
//! to 0.69 times as wide and deep as those of their bones.
//!
//! A vertebra's endplates look alike from above and below, its processes do not: what lies 18 mm and more
//! behind the canal's front (laminae, spinous process, lower facets) stands below the body's middle, by 0.16
//! (L5) to 1.02 (T1) of the body's height in him from C3 to L5, by 0.13 (T12) to 0.80 in the made ones; with
//! all of the posterior part, or 8 mm behind, the thoracic ones lie on either side. Must not know cases.

use std::f64::consts::FRAC_PI_4;

use super::landmarks::VertebraLandmarks;
use super::level::Level;
use super::morphometry::{Morphometry, morphometry};
use crate::geometry::TriSurface;
use crate::geometry::surface_file::LengthUnit;
use crate::tensor::{Point, Vec3};

/// Cube root of the box's volume over that of body width times depth times height.
pub const BOX_OVER_BODY: [f64; 2] = [1.0, 6.0];
/// What it is in the middle of those measured.
const USUAL_BOX: f64 = 2.4;
/// Height of the box over that of the body.
pub const BOX_HEIGHT_OVER_BODY: [f64; 2] = [1.2, 5.0];
/// Mean area of both endplates over that of the table's ellipses.
pub const AREA_OVER_TABLE: [f64; 2] = [0.65, 2.5];
/// Distance of the endplates' middles over the body's height.
pub const HEIGHT_OVER_TABLE: [f64; 2] = [0.6, 1.7];

/// What is usual of those two: a bone is like a level where both are so.
const USUAL_AREA: [f64; 2] = [0.9, 1.8];
const USUAL_HEIGHT: [f64; 2] = [0.9, 1.35];
/// Root of width times depth of a disc's box over the mean of its bones' ones.
pub const DISC_OVER_BONES: [f64; 2] = [0.15, 1.5];
/// What it is in the middle of those measured.
const USUAL_DISC: f64 = 0.5;
/// Processes begin this far behind the posterior wall, mm.
const PROCESSES_MM: f64 = 18.0;
/// The processes of a bone that stands upright lie no higher than this above the middle of its body, over
/// the body's height: well above all that do, and below all that are upside down.
pub const HIGHEST_PROCESSES: f64 = 0.05;
/// Processes of less than this share of the surface, cut off or left out, tell nothing.
const LEAST_PROCESSES: f64 = 0.03;

/// What a surface is held against where its vertebra has a level, and a case may accept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// As large as a bone of that level.
    Size,
    /// Endplates of the area that they have seen from above and below.
    Frame,
    /// As high as a vertebra of that level.
    Level,
}

impl Doubt {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Size, Self::Frame, Self::Level];

    /// The word for it in a case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Frame => "frame",
            Self::Level => "level",
        }
    }
}

/// In what a bone is unlike its level.
#[derive(Debug, Clone, PartialEq)]
pub struct Unlike {
    /// What is in doubt.
    pub doubt: Doubt,
    /// What was found, and what was expected.
    pub reason: String,
    /// What it may be.
    pub question: String,
}

/// Holds the box around a bone, mm in the program's axes, against its level. `unit` is the one it was
/// read in.
pub fn unlike_box(level: &Morphometry, extent: &Vec3, unit: LengthUnit) -> Option<Unlike> {
    let name = level.level;
    let body = [
        level.upper_width.mm,
        level.upper_depth.mm,
        level.mean_height(),
    ];
    let mean_side = body.iter().product::<f64>().cbrt();
    let ratio = extent.product().cbrt() / mean_side;
    if !is_within(BOX_OVER_BODY, ratio) {
        let [least, most] = BOX_OVER_BODY.map(|r| r * mean_side);
        return Some(Unlike {
            doubt: Doubt::Size,
            reason: format!(
                "its box of {:.1} by {:.1} by {:.1} mm, read in {}, is not that of a {name}, expected \
                 {least:.0} to {most:.0} mm in the mean of its sides",
                extent.x,
                extent.y,
                extent.z,
                unit.name()
            ),
            question: unit_question(ratio / unit.in_mm(), BOX_OVER_BODY, USUAL_BOX),
        });
    }
    let high = extent.z / level.mean_height();
    (!is_within(BOX_HEIGHT_OVER_BODY, high)).then(|| {
        let [least, most] = BOX_HEIGHT_OVER_BODY.map(|r| r * level.mean_height());
        Unlike {
            doubt: Doubt::Level,
            reason: format!(
                "it is {:.0} mm high, expected {least:.0} to {most:.0} mm of a {name}",
                extent.z
            ),
            question: format!("is it a {name}, or a sacrum, and is its z axis cranial?"),
        }
    })
}

/// Holds the box around a disc against those around the bones above and below, mm. `unit` is the one it
/// was read in.
pub fn unlike_disc(extent: &Vec3, bones: &[Vec3; 2], unit: LengthUnit) -> Option<Unlike> {
    let side = |size: &Vec3| (size.x * size.y).sqrt();
    let bone = 0.5 * (side(&bones[0]) + side(&bones[1]));
    let ratio = side(extent) / bone;
    (!is_within(DISC_OVER_BONES, ratio)).then(|| {
        let [least, most] = DISC_OVER_BONES.map(|r| r * bone);
        Unlike {
            doubt: Doubt::Size,
            reason: format!(
                "it is {:.1} mm deep and {:.1} mm wide, read in {}, between bones of {bone:.0} mm in the mean of \
                 depth and width, expected {least:.0} to {most:.0} mm",
                extent.x,
                extent.y,
                unit.name()
            ),
            question: unit_question(ratio / unit.in_mm(), DISC_OVER_BONES, USUAL_DISC),
        }
    })
}

/// Asks for the unit in which a size, so many times what it is held against in the file's own lengths, would
/// be usual.
fn unit_question(ratio: f64, band: [f64; 2], usual: f64) -> String {
    let units = [
        LengthUnit::Millimetre,
        LengthUnit::Centimetre,
        LengthUnit::Metre,
        LengthUnit::Inch,
    ];
    let off = |unit: &LengthUnit| (ratio * unit.in_mm() / usual).ln().abs();
    let best = units.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    match best.filter(|unit| is_within(band, ratio * unit.in_mm())) {
        Some(unit) => format!("is its unit {}?", unit.name()),
        None => "was it scaled twice?".to_owned(),
    }
}

/// Holds the endplates found on a bone, and how its processes hang, against its level; `surface` is the one
/// they were found on. What may be another level is asked first.
pub fn unlike_ends(
    level: &Morphometry,
    found: &VertebraLandmarks,
    surface: &TriSurface,
) -> Vec<Unlike> {
    let name = level.level;
    let area = 0.5 * (found.superior.area + found.inferior.area);
    let height = (found.superior.centroid - found.inferior.centroid).norm();
    let others = levels_like(area, height);
    let mut all = Vec::new();
    if !is_within(AREA_OVER_TABLE, area / endplate_area(level)) {
        let [least, most] = AREA_OVER_TABLE.map(|r| r * endplate_area(level));
        let (doubt, question) = match others.is_empty() {
            true => (
                Doubt::Frame,
                "do `axes` say which way it is turned?".to_owned(),
            ),
            false => (Doubt::Level, level_question(name, &others)),
        };
        all.push(Unlike {
            doubt,
            reason: format!(
                "its endplates have {area:.0} mm² in the mean, expected {least:.0} to {most:.0} mm² of a \
                 {name}"
            ),
            question,
        });
    }
    if !is_within(HEIGHT_OVER_TABLE, height / level.mean_height()) {
        let [least, most] = HEIGHT_OVER_TABLE.map(|r| r * level.mean_height());
        all.push(Unlike {
            doubt: Doubt::Level,
            reason: format!(
                "its endplates are {height:.1} mm apart, expected {least:.0} to {most:.0} mm of a {name}"
            ),
            question: level_question(name, &others),
        });
    }
    all.extend(upside_down(found, surface));
    all
}

/// Area of the table's endplates, mean of both, mm².
fn endplate_area(level: &Morphometry) -> f64 {
    let upper = level.upper_width.mm * level.upper_depth.mm;
    let lower = level.lower_width.mm * level.lower_depth.mm;
    FRAC_PI_4 * 0.5 * (upper + lower)
}

/// The levels whose bones have endplates of that area, mm², so far apart, mm.
fn levels_like(area: f64, height: f64) -> Vec<Level> {
    let is_like = |level: &Level| {
        morphometry(*level).is_ok_and(|m| {
            is_within(USUAL_AREA, area / endplate_area(&m))
                && is_within(USUAL_HEIGHT, height / m.mean_height())
        })
    };
    Level::ALL.into_iter().filter(is_like).collect()
}

fn level_question(name: Level, others: &[Level]) -> String {
    match others {
        [] => format!("is it a {name}?"),
        [only] => format!("is it a {name}? It is as large as a {only}"),
        [first, .., last] => format!("is it a {name}? It is as large as {first} to {last}"),
    }
}

/// A bone whose processes stand up instead of hanging down.
fn upside_down(found: &VertebraLandmarks, surface: &TriSurface) -> Option<Unlike> {
    let up = found.superior.centroid - found.inferior.centroid;
    let middle = nalgebra::center(&found.superior.centroid, &found.inferior.centroid);
    let (mut area, mut moment) = (0.0, 0.0);
    for t in 0..surface.triangles.len() {
        let [a, b, c] = surface.corners(t);
        let centre = Point::from((a.coords + b.coords + c.coords) / 3.0);
        if (centre - found.posterior_wall).dot(&found.anterior) < -PROCESSES_MM {
            let own = 0.5 * (b - a).cross(&(c - a)).norm();
            area += own;
            moment += own * (centre - middle).dot(&up) / up.norm_squared();
        }
    }
    let rise = moment / area;
    let is_upright = area < LEAST_PROCESSES * surface.area() || rise <= HIGHEST_PROCESSES;
    (!is_upright).then(|| Unlike {
        doubt: Doubt::Frame,
        reason: format!(
            "its processes, {PROCESSES_MM} mm and more behind its canal's front, stand {:.1} mm above the \
             middle of its body in the mean, expected below",
            rise * up.norm()
        ),
        question: "is it upside down?".to_owned(),
    })
}

fn is_within([least, most]: [f64; 2], ratio: f64) -> bool {
    (least..=most).contains(&ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::Level;
    use crate::anatomy::morphometry::morphometry;

    /// Boxes measured on BodyParts3D, mm: anterior, left, cranial.
    const MEASURED: [(Level, [f64; 3]); 5] = [
        (Level::C3, [52.5, 55.0, 25.9]),
        (Level::C7, [68.3, 66.3, 27.0]),
        (Level::T6, [64.6, 69.8, 61.4]),
        (Level::T12, [78.4, 45.3, 52.8]),
        (Level::L5, [80.3, 100.8, 49.1]),
    ];

    #[test]
    fn measured_boxes_are_like_their_levels_in_their_unit_only() {
        for (level, sides) in MEASURED {
            let table = morphometry(level).unwrap();
            let right = Vec3::from(sides);
            assert_eq!(
                unlike_box(&table, &right, LengthUnit::Millimetre),
                None,
                "{level}"
            );
            for (unit, meant) in [
                (LengthUnit::Inch, "is its unit inch?"),
                (LengthUnit::Centimetre, "is its unit cm?"),
                (LengthUnit::Metre, "is its unit m?"),
            ] {
                let found = unlike_box(&table, &(right / unit.in_mm()), LengthUnit::Millimetre);
                let found = found.unwrap();
                assert_eq!(
                    (found.doubt, found.question.as_str()),
                    (Doubt::Size, meant),
                    "{level}"
                );
            }
        }
    }

    #[test]
    fn a_sacrum_is_no_l5() {
        let table = morphometry(Level::L5).unwrap();
        let sacrum = Vec3::new(88.9, 122.3, 145.3);
        let found = unlike_box(&table, &sacrum, LengthUnit::Millimetre).unwrap();
        assert_eq!(found.doubt, Doubt::Level);
        assert!(found.question.contains("a sacrum"), "{found:?}");
    }
}

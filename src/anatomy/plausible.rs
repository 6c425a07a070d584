//! Whether a measured bone is like a vertebra of its level: as large, as high, with endplates above and
//! below.
//!
//! The bands hold every vertebra from C3 to L5 of one man (BodyParts3D) with room on either side, and
//! nothing that stands in the wrong unit (factors of 10 and more) or turned by a right angle: his boxes
//! are 1.9 to 3.0 times as large as body width, depth and height (cube roots of the products), 1.8 to
//! 3.5 times as high as the body, his endplates 1.0 to 1.6 times the table's areas, his bodies 1.0 to
//! 1.2 times its heights; turned by 90°, lumbar and thoracic endplates come out at 0.2 to 0.35, a
//! cervical one at 0.6; a sacrum is 5.9 times as high as L5's body. Must not know cases.

use std::f64::consts::FRAC_PI_4;

use super::landmarks::VertebraLandmarks;
use super::morphometry::Morphometry;
use crate::geometry::surface_file::LengthUnit;
use crate::tensor::Vec3;

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
            question: match likelier_unit(ratio / unit.in_mm()) {
                Some(other) => format!("is its unit {}?", other.name()),
                None => "was it scaled twice?".to_owned(),
            },
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

/// The unit in which a box so many times as large as the body in the file's own lengths would be usual.
fn likelier_unit(ratio: f64) -> Option<LengthUnit> {
    let units = [
        LengthUnit::Millimetre,
        LengthUnit::Centimetre,
        LengthUnit::Metre,
        LengthUnit::Inch,
    ];
    let off = |unit: LengthUnit| (ratio * unit.in_mm() / USUAL_BOX).ln().abs();
    let best = units
        .into_iter()
        .min_by(|a, b| off(*a).total_cmp(&off(*b)))?;
    is_within(BOX_OVER_BODY, ratio * best.in_mm()).then_some(best)
}

/// Holds the endplates found on a bone against its level.
pub fn unlike_ends(level: &Morphometry, found: &VertebraLandmarks) -> Option<Unlike> {
    let name = level.level;
    let expected = FRAC_PI_4
        * 0.5
        * (level.upper_width.mm * level.upper_depth.mm
            + level.lower_width.mm * level.lower_depth.mm);
    let area = 0.5 * (found.superior.area + found.inferior.area);
    if !is_within(AREA_OVER_TABLE, area / expected) {
        let [least, most] = AREA_OVER_TABLE.map(|r| r * expected);
        return Some(Unlike {
            doubt: Doubt::Frame,
            reason: format!(
                "its endplates have {area:.0} mm² in the mean, expected {least:.0} to {most:.0} mm² of a \
                 {name}"
            ),
            question: "do `axes` say which way it is turned?".to_owned(),
        });
    }
    let height = (found.superior.centroid - found.inferior.centroid).norm();
    (!is_within(HEIGHT_OVER_TABLE, height / level.mean_height())).then(|| {
        let [least, most] = HEIGHT_OVER_TABLE.map(|r| r * level.mean_height());
        Unlike {
            doubt: Doubt::Level,
            reason: format!(
                "its endplates are {height:.1} mm apart, expected {least:.0} to {most:.0} mm of a {name}"
            ),
            question: format!("is it a {name}?"),
        }
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

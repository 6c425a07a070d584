//! Where a pedicle screw goes: straight ahead through the pedicle into the body.
//!
//! The isthmus is the narrowest of the widest places: in each plane parallel to the posterior wall,
//! 1 to 6 mm behind it, the points deepest in the bone on that side of the canal are the pedicle's
//! middle, and the plane where that depth is least is the isthmus. Through it the screw runs
//! parallel to the midline and to the bisector of the endplates (the "straight-forward" path), from
//! where it enters the bone behind to its tip. It fills at most 80 % of the pedicle's width and ends
//! at 80 % of the body's depth: surgical practice, recalled. It does not converge as a body does
//! toward its front, so the side of a tip may break out by half a millimetre; what lies outside the
//! bone holds nothing.
//! Must not know elements.

use super::AnatomyError;
use super::landmarks::{EndplatePatch, VertebraLandmarks};
use crate::geometry::Field;
use crate::tensor::{Point, Vec3};

/// Planes in which the isthmus is sought, mm behind the posterior wall.
const BEHIND_WALL_MM: [f64; 2] = [1.0, 6.0];
/// How far from the midline a pedicle may lie, mm.
const BESIDE_MM: [f64; 2] = [2.0, 30.0];
/// Spacing of the search, mm.
const GRID_MM: f64 = 0.5;
/// Depths that differ by less are alike, mm: what the field's interpolation and the search leave.
const ALIKE_MM: f64 = 0.2;
/// Step along the axis, mm.
const STEP_MM: f64 = 0.1;
/// The entry is sought so far behind the isthmus, mm.
const ENTRY_REACH_MM: f64 = 15.0;
/// The front of the body is sought so far ahead of the isthmus, mm.
const FRONT_REACH_MM: f64 = 80.0;
/// Half the width of the thinnest pedicle that takes a screw, mm.
const LEAST_DEPTH_MM: f64 = 1.0;
/// Bone left between the screw and the planes of the endplates, mm.
const ENDPLATE_ROOM_MM: f64 = 2.0;
/// Largest share of the pedicle's width that a screw fills.
const WIDTH_SHARE: f64 = 0.8;
/// Share of the body's depth at which a screw ends.
const DEPTH_SHARE: f64 = 0.8;

/// Side of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl Side {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// +1 on the left, −1 on the right: the sign of y.
    pub fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

/// A screw in its pedicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PedicleScrew {
    /// Where it enters the bone behind, mm.
    pub entry: Point,
    /// Its tip, mm.
    pub tip: Point,
    /// Diameter, mm.
    pub diameter: f64,
}

/// Directions of a vertebra, seen from one of its sides.
pub(super) struct Frame {
    /// Anterior, between both endplates.
    pub forward: Vec3,
    /// Cranial.
    pub up: Vec3,
    /// Away from the midline.
    pub out: Vec3,
}

/// The screw of one side of this \[diameter, length\] (mm), or where `at_most` says so, with that as
/// the most that is taken.
///
/// # Errors
/// [`AnatomyError::NoPedicle`] where no bone wide enough leads into the body,
/// [`AnatomyError::NarrowPedicle`] for a diameter that is given and does not fit.
pub fn pedicle_screw(
    field: &dyn Field,
    marks: &VertebraLandmarks,
    side: Side,
    [diameter, length]: [f64; 2],
    at_most: [bool; 2],
) -> Result<PedicleScrew, AnatomyError> {
    let clearance = 0.5 * diameter + ENDPLATE_ROOM_MM;
    let none = || AnatomyError::NoPedicle {
        vertebra: marks.name.clone(),
        side: side.word(),
        clearance_mm: clearance,
    };
    let frame = Frame::of(marks, side).ok_or_else(none)?;
    let (isthmus, depth) = isthmus(field, marks, &frame, clearance).ok_or_else(none)?;
    let reach = |direction: Vec3, limit: f64| {
        let steps = (limit / STEP_MM) as usize;
        let outside = |k: &usize| field.value(&(isthmus + direction * (*k as f64 * STEP_MM))) > 0.0;
        (1..=steps).find(outside).unwrap_or(steps) as f64 * STEP_MM
    };
    let back = reach(-frame.forward, ENTRY_REACH_MM);
    let front = reach(frame.forward, FRONT_REACH_MM);
    let wall =
        (marks.posterior_wall - isthmus).dot(&marks.anterior) / frame.forward.dot(&marks.anterior);
    let deepest = wall + DEPTH_SHARE * (front - wall);
    let tip = match at_most[1] {
        true => (length - back).min(deepest),
        false => length - back,
    };
    if tip <= wall {
        return Err(none());
    }
    let width = 2.0 * depth;
    if !at_most[0] && diameter > width {
        return Err(AnatomyError::NarrowPedicle {
            vertebra: marks.name.clone(),
            side: side.word(),
            width_mm: width,
            diameter_mm: diameter,
        });
    }
    Ok(PedicleScrew {
        entry: isthmus - frame.forward * back,
        tip: isthmus + frame.forward * tip,
        diameter: match at_most[0] {
            true => diameter.min(WIDTH_SHARE * width),
            false => diameter,
        },
    })
}

impl Frame {
    /// Of a vertebra whose endplates face away from each other.
    pub fn of(marks: &VertebraLandmarks, side: Side) -> Option<Self> {
        let up = (marks.superior.normal - marks.inferior.normal).try_normalize(1e-6)?;
        let forward = marks.anterior - up * up.dot(&marks.anterior);
        let forward = forward.try_normalize(1e-6)?;
        Some(Self {
            forward,
            up,
            out: up.cross(&forward) * side.sign(),
        })
    }
}

/// The middle of the pedicle at its narrowest and its depth below the surface there, mm.
fn isthmus(
    field: &dyn Field,
    marks: &VertebraLandmarks,
    frame: &Frame,
    clearance: f64,
) -> Option<(Point, f64)> {
    let midline = marks.canal.unwrap_or(marks.posterior_wall);
    let wall = (marks.posterior_wall - midline).dot(&marks.anterior);
    let height = (marks.superior.centroid - marks.inferior.centroid).norm();
    let body_depth = 2.0 * (marks.superior.area / std::f64::consts::PI).sqrt();
    let range = |[from, to]: [f64; 2]| {
        let count = ((to - from) / GRID_MM).round() as usize;
        (0..=count).map(move |k| from + k as f64 * GRID_MM)
    };
    let clear = |p: &Point| {
        let away = |patch: &EndplatePatch| {
            let depth = |q: Point| (patch.centroid - q).dot(&patch.normal);
            depth(*p).min(depth(p + frame.forward * body_depth)) >= clearance
        };
        away(&marks.superior) && away(&marks.inferior)
    };
    let mut narrowest: Option<(Point, f64)> = None;
    for behind in range(BEHIND_WALL_MM) {
        let middle = midline + frame.forward * (wall - behind);
        let grid = range(BESIDE_MM).flat_map(|beside| {
            range([-0.5 * height, 0.5 * height])
                .map(move |above| middle + frame.out * beside + frame.up * above)
        });
        let depths: Vec<(Point, f64)> = grid.filter(clear).map(|p| (p, -field.value(&p))).collect();
        let widest = middle_of_deepest(&depths)?;
        if narrowest.is_none_or(|(_, d)| widest.1 < d) {
            narrowest = Some(widest);
        }
    }
    narrowest.filter(|(_, depth)| *depth >= LEAST_DEPTH_MM)
}

/// The mean of the places about as deep as the deepest, and its depth: a pedicle is higher than
/// wide, and along its height no place is deeper than another.
fn middle_of_deepest(depths: &[(Point, f64)]) -> Option<(Point, f64)> {
    let deepest = depths.iter().map(|d| d.1).max_by(f64::total_cmp)?;
    let (mut sum, mut count) = (Vec3::zeros(), 0.0);
    for (p, _) in depths.iter().filter(|d| d.1 > deepest - ALIKE_MM) {
        sum += p.coords;
        count += 1.0;
    }
    Some((Point::from(sum / count), deepest))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::anatomy::landmarks::{Landmarks, VertebraSurface, find_column};
    use crate::anatomy::{Level, column, vertebra::Vertebra};
    use crate::geometry::field::Offset;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use crate::geometry::{SharedField, SizeField};

    fn made() -> (Vec<Arc<Vertebra>>, Landmarks) {
        let stack = column::stack(&[Level::T5, Level::T6, Level::T7], &[]).unwrap();
        let surfaces = [&stack[0], &stack[2]].map(|v| {
            let size = SizeField::uniform(2.5);
            polygonise(v.as_ref(), &size, &PolygoniseSettings::default()).unwrap()
        });
        let chain =
            [("T5", &surfaces[0]), ("T7", &surfaces[1])].map(|(name, surface)| VertebraSurface {
                name,
                surface,
                steps: 0.0,
                disc_above: None,
                disc_below: None,
                named: Default::default(),
            });
        let marks = find_column(&chain, "T5", "T7").unwrap();
        (vec![stack[0].clone(), stack[2].clone()], marks)
    }

    #[test]
    fn screws_run_through_the_pedicles_of_made_vertebrae_beside_the_canal_and_end_in_the_body() {
        let (stack, marks) = made();
        for (v, name) in stack.iter().zip(["T5", "T7"]) {
            let marks = marks.vertebrae.iter().find(|v| v.name == name).unwrap();
            let m = v.morphometry();
            let local = |p: &Point| v.placement().inverse() * p;
            let mut entries = Vec::new();
            for side in [Side::Left, Side::Right] {
                let screw = pedicle_screw(v.as_ref(), marks, side, [5.5, 40.0], [true; 2]).unwrap();
                let axis = screw.tip - screw.entry;
                // The drawn pedicle is as wide as the table says; where it melts into the body and
                // the arch it swells by up to a quarter of its blend of 2.5 mm on either side.
                let widest = m.pedicle_width.mm + 1.25;
                assert!(screw.diameter <= 5.5 && screw.diameter <= 0.8 * widest + 1e-9);
                assert!(
                    screw.diameter >= (0.8 * m.pedicle_width.mm - 0.4).min(5.5),
                    "{name}"
                );
                assert!(axis.norm() <= 40.0 + 1e-9 && axis.norm() > 20.0, "{name}");
                // The axis lies inside the bone; the side of the tip may break out of a tapering
                // body: a screw straight ahead does not converge as the body does.
                for k in 1..100 {
                    let p = screw.entry + axis * (f64::from(k) / 100.0);
                    assert!(v.value(&p) < 0.0, "{name} {k}");
                }
                let (entry, tip) = (local(&screw.entry), local(&screw.tip));
                // Behind the pedicle; beside the canal; not beyond 80 % of the body's depth, give
                // or take the landmark's 1.5 mm.
                assert!(entry.x < -0.5 * m.upper_depth.mm - 6.0);
                assert!(side.sign() * entry.y > 8.0 && side.sign() * entry.y < 16.0);
                assert!(tip.x < 0.3 * m.upper_depth.mm + 1.5);
                assert!(marks.is_body(&screw.tip) && !marks.is_body(&screw.entry));
                entries.push(entry);
            }
            // Right is left mirrored, to the spacing of the search.
            assert!(
                (entries[0].y + entries[1].y).abs() <= 2.0 * GRID_MM,
                "{entries:?}"
            );
        }
    }

    #[test]
    fn a_vertebra_whose_pedicles_are_worn_away_is_refused_by_name_and_side() {
        let (stack, marks) = made();
        let worn = Offset(stack[0].clone() as SharedField, -3.0);
        let marks = &marks.vertebrae[0];
        for side in [Side::Left, Side::Right] {
            let refused = pedicle_screw(&worn, marks, side, [5.5, 40.0], [true; 2]).unwrap_err();
            let text = refused.to_string();
            assert!(text.contains("T5") && text.contains(side.word()), "{text}");
        }
        // A screw that must be as wide as given is not drawn in.
        let wide = pedicle_screw(
            stack[0].as_ref(),
            marks,
            Side::Left,
            [7.0, 40.0],
            [false, true],
        );
        assert!(matches!(wide, Err(AnatomyError::NarrowPedicle { .. })));
        // A screw so thick that it cannot clear both endplates has no way either.
        let thick = pedicle_screw(
            stack[0].as_ref(),
            marks,
            Side::Left,
            [16.0, 40.0],
            [true; 2],
        );
        assert!(matches!(thick, Err(AnatomyError::NoPedicle { .. })));
    }
}

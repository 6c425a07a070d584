//! Where a pedicle screw goes: straight ahead through the pedicle into the body.
//!
//! The isthmus is the narrowest of the widest places: in each plane parallel to the posterior wall,
//! 1 to 6 mm behind it, the point deepest in the bone on that side of the canal is the pedicle's
//! middle, and the plane where that depth is least is the isthmus. Through it the screw runs
//! parallel to the midline and to the bisector of the endplates (the "straight-forward" path), from
//! where it enters the bone behind to its tip. It fills at most 80 % of the pedicle's width and ends
//! at 80 % of the body's depth: surgical practice, recalled.
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

/// Directions of the screw and of the search for it.
struct Frame {
    forward: Vec3,
    up: Vec3,
    /// Away from the midline.
    out: Vec3,
}

/// The screw of one side, `wanted` \[diameter, length\] (mm) at most.
///
/// # Errors
/// [`AnatomyError::NoPedicle`] where no bone wide enough leads into the body.
pub fn pedicle_screw(
    field: &dyn Field,
    marks: &VertebraLandmarks,
    side: Side,
    [diameter, length]: [f64; 2],
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
    let tip = (length - back).min(wall + DEPTH_SHARE * (front - wall));
    if tip <= wall {
        return Err(none());
    }
    Ok(PedicleScrew {
        entry: isthmus - frame.forward * back,
        tip: isthmus + frame.forward * tip,
        diameter: diameter.min(WIDTH_SHARE * 2.0 * depth),
    })
}

impl Frame {
    fn of(marks: &VertebraLandmarks, side: Side) -> Option<Self> {
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
    let wall = (marks.posterior_wall - marks.canal).dot(&marks.anterior);
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
        let middle = marks.canal + frame.forward * (wall - behind);
        let mut widest: Option<(Point, f64)> = None;
        for beside in range(BESIDE_MM) {
            for above in range([-0.5 * height, 0.5 * height]) {
                let p = middle + frame.out * beside + frame.up * above;
                let depth = -field.value(&p);
                if widest.is_none_or(|(_, d)| depth > d) && clear(&p) {
                    widest = Some((p, depth));
                }
            }
        }
        let widest = widest?;
        if narrowest.is_none_or(|(_, d)| widest.1 < d) {
            narrowest = Some(widest);
        }
    }
    narrowest.filter(|(_, depth)| *depth >= LEAST_DEPTH_MM)
}

//! Screw tracks of a cage: bores from its side out through one end.
//!
//! A track rises from its entry on the side, at an azimuth about the axis (0 in front, positive to
//! the left), to the named end at an angle measured to the plane square to the axis. Where it leaves
//! the end is given, the middle as a rule; with w the way from there to the side at its azimuth (R
//! from the middle), its entry lies w tan(angle) from the end. Must not know bones.

use std::ops::RangeInclusive;

use crate::geometry::End;
use crate::geometry::error::GeometryError;
use crate::geometry::primitive::Capsule;
use crate::tensor::Point;

/// Angles of a screw track to the plane square to the axis, degrees: flatter ones run along the end,
/// steeper ones along the side.
pub const TRACK_ANGLES_DEG: RangeInclusive<f64> = 10.0..=80.0;
/// The widest screw track, as a share of the cage's diameter: a wider one leaves no cage around it.
pub const WIDEST_TRACK: f64 = 0.5;

/// A bore for a screw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScrewTrack {
    /// Diameter, mm.
    pub diameter: f64,
    /// Angle of its axis to the plane square to the cage's axis, degrees, in [`TRACK_ANGLES_DEG`].
    pub angle_deg: f64,
    /// The end it leaves through.
    pub end: End,
    /// Where its axis leaves the end: before and left of the cage's axis, in the plane square to it
    /// through the end's middle, mm.
    pub exit: [f64; 2],
    /// The side it enters from as seen from its exit: degrees about the axis from the front,
    /// positive to the left.
    pub azimuth_deg: f64,
}

impl ScrewTrack {
    /// Distance across the axis from where it leaves the end to where it enters the side of a
    /// cylinder of `radius`, mm.
    pub fn way_to_side(&self, radius: f64) -> f64 {
        let (sin, cos) = self.azimuth_deg.to_radians().sin_cos();
        let [x, y] = self.exit;
        let along = x * cos + y * sin;
        (along * along + radius * radius - x * x - y * y)
            .max(0.0)
            .sqrt()
            - along
    }

    /// How far its exit may lie from the middle of an end of `radius` so that its bore stays on it,
    /// mm.
    pub fn furthest_exit(diameter: f64, radius: f64) -> f64 {
        radius - 0.5 * diameter
    }
}

/// A track with its places in space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedTrack {
    /// As asked for.
    pub track: ScrewTrack,
    /// Where its axis enters the cylinder's side, mm.
    pub entry: Point,
    /// Where its axis leaves through the end, mm.
    pub exit: Point,
}

/// The bore of a track, long enough to pass both the side and the end.
pub(super) fn bore(placed: &PlacedTrack) -> Result<Capsule, GeometryError> {
    let along = (placed.exit - placed.entry).normalize();
    let angle = placed.track.angle_deg.to_radians();
    // Its own width passes a plane that it meets under `angle` within d/(2 tan angle); as much
    // again for the tilt and the hollow of the ends.
    let slack = placed.track.diameter * (1.0 / angle.tan() + angle.tan() + 1.0);
    Capsule::new(
        placed.entry - along * slack,
        placed.exit + along * slack,
        0.5 * placed.track.diameter,
    )
}

/// Refuses a track that a cage of a diameter (mm) cannot have.
pub(super) fn check_track(track: &ScrewTrack, cage: f64) -> Result<(), GeometryError> {
    let within = |quantity: &'static str, value: f64, holds: bool, expected: &'static str| {
        holds.then_some(()).ok_or(GeometryError::Parameter {
            shape: "cage",
            quantity,
            value,
            expected,
        })
    };
    let (diameter, angle) = (track.diameter, track.angle_deg);
    within(
        "screw track diameter_mm",
        diameter,
        diameter > 0.0 && diameter <= WIDEST_TRACK * cage,
        "more than 0 and at most half the cage's diameter",
    )?;
    within(
        "screw track angle_deg",
        angle,
        TRACK_ANGLES_DEG.contains(&angle),
        "between 10 and 80",
    )?;
    let off = track.exit[0].hypot(track.exit[1]);
    within(
        "screw track exit_mm",
        off,
        off <= ScrewTrack::furthest_exit(diameter, 0.5 * cage),
        "a place on the end with the whole bore",
    )
}

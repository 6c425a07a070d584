//! Where in a vertebra a piece of bone lies, for findings that are reported zone by zone.
//!
//! Slices 0–3 mm, 3–8 mm and 8 mm to mid-height from the nearer endplate, each cut into
//! anterior, posterior, left and right by the two planes at 45° through the column axis. Bone
//! within 5 mm of loads and supports is left out: there the answer is the load's, not the
//! implant's. So is what a pedicle screw fills: after surgery there is no bone. Must not know how distances were measured.

use std::fmt;

/// Bone nearer than this to a load or a support is left out, mm.
pub const LOAD_MARGIN: f64 = 5.0;

/// Where a point lies in its vertebra.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Depth below the superior endplate, mm.
    pub below_superior: f64,
    /// Height above the inferior endplate, mm.
    pub above_inferior: f64,
    /// Offset from the column axis toward anterior, mm.
    pub anterior: f64,
    /// Offset from the column axis toward the left, mm.
    pub left: f64,
    /// Distance to the nearest loaded or supported face, mm; very large where there is none.
    pub to_load: f64,
    /// Whether it belongs to the posterior elements.
    pub posterior_elements: bool,
}

/// Which endplate is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endplate {
    /// The upper one.
    Superior,
    /// The lower one.
    Inferior,
}

/// Slice by distance from the endplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slice {
    /// 0–3 mm.
    Outer,
    /// 3–8 mm.
    Middle,
    /// 8 mm to mid-height.
    Core,
}

/// Quadrant about the column axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quadrant {
    /// Front.
    Anterior,
    /// Back.
    Posterior,
    /// Left.
    Left,
    /// Right.
    Right,
}

/// A zone of a vertebra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// Part of the vertebral body.
    Body(Endplate, Slice, Quadrant),
    /// Pedicles, laminae and processes.
    PosteriorElements,
}

impl fmt::Display for Zone {
    /// "superior 0-3 mm anterior".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Body(endplate, slice, quadrant) = self else {
            return f.write_str("posterior elements");
        };
        let endplate = match endplate {
            Endplate::Superior => "superior",
            Endplate::Inferior => "inferior",
        };
        let slice = match slice {
            Slice::Outer => "0-3 mm",
            Slice::Middle => "3-8 mm",
            Slice::Core => "8 mm-mid-height",
        };
        let quadrant = match quadrant {
            Quadrant::Anterior => "anterior",
            Quadrant::Posterior => "posterior",
            Quadrant::Left => "left",
            Quadrant::Right => "right",
        };
        write!(f, "{endplate} {slice} {quadrant}")
    }
}

/// The zone of a point; `None` where it is too near a load or a support.
pub fn zone_of(place: &Place) -> Option<Zone> {
    if place.to_load < LOAD_MARGIN {
        return None;
    }
    if place.posterior_elements {
        return Some(Zone::PosteriorElements);
    }
    let (endplate, depth) = if place.below_superior <= place.above_inferior {
        (Endplate::Superior, place.below_superior)
    } else {
        (Endplate::Inferior, place.above_inferior)
    };
    let slice = match depth {
        d if d < 3.0 => Slice::Outer,
        d if d < 8.0 => Slice::Middle,
        _ => Slice::Core,
    };
    let quadrant = if place.anterior.abs() >= place.left.abs() {
        if place.anterior >= 0.0 {
            Quadrant::Anterior
        } else {
            Quadrant::Posterior
        }
    } else if place.left > 0.0 {
        Quadrant::Left
    } else {
        Quadrant::Right
    };
    Some(Zone::Body(endplate, slice, quadrant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(below_superior: f64, anterior: f64, left: f64) -> Place {
        Place {
            below_superior,
            above_inferior: 18.0 - below_superior,
            anterior,
            left,
            to_load: f64::INFINITY,
            posterior_elements: false,
        }
    }

    #[test]
    fn zones_are_named_by_the_nearer_endplate_the_slice_and_the_quadrant() {
        let cases = [
            (1.0, 5.0, 1.0, "superior 0-3 mm anterior"),
            (3.0, -5.0, 1.0, "superior 3-8 mm posterior"),
            (8.5, 1.0, 5.0, "superior 8 mm-mid-height left"),
            (9.5, 1.0, -5.0, "inferior 8 mm-mid-height right"),
            (11.0, 2.0, 2.0, "inferior 3-8 mm anterior"),
            (17.0, -2.0, 1.9, "inferior 0-3 mm posterior"),
        ];
        for (below, anterior, left, name) in cases {
            assert_eq!(
                zone_of(&place(below, anterior, left)).unwrap().to_string(),
                name
            );
        }
    }

    #[test]
    fn bone_at_a_load_is_left_out_and_posterior_elements_are_their_own_zone() {
        let near = Place {
            to_load: 4.9,
            ..place(1.0, 1.0, 0.0)
        };
        assert_eq!(zone_of(&near), None);
        let arch = Place {
            posterior_elements: true,
            ..place(1.0, -30.0, 0.0)
        };
        assert_eq!(zone_of(&arch), Some(Zone::PosteriorElements));
        let clamped_arch = Place {
            to_load: 1.0,
            ..arch
        };
        assert_eq!(zone_of(&clamped_arch), None);
    }
}

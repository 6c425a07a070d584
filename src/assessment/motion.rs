//! How far bodies turn and strain: whether the intact spine moves as published, and whether the
//! answer has left the range in which a linear model means anything.
//!
//! The rotation of a body is that of the rigid motion nearest to its displacements in the least
//! squares sense: ω from (Σ |r|² I − r rᵀ) ω = Σ r × u, with r from the nodes' centroid.
//! Must not know loads.

use serde::Serialize;

use super::error::AssessmentError;
use super::implant::volume_percentile;
use super::inputs::Inputs;
use crate::case::BodyId;
use crate::model::BodyRange;
use crate::tensor::{Point, Vec3, Voigt, principal, strain_matrix};
use nalgebra::Matrix3;

/// How far a linear model reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearRange {
    /// A body that turns further is outside, degrees.
    pub rotation_deg: f64,
    /// A body that strains further is outside, per cent.
    pub strain_percent: f64,
}

impl Default for LinearRange {
    fn default() -> Self {
        Self {
            rotation_deg: 5.0,
            strain_percent: 5.0,
        }
    }
}

/// Where the bands of segment motion come from.
pub const SEGMENT_MOTION_CITATION: &str =
    "half of the published total motion at +-7.5 N m, PLoS ONE e0177823 (abstract)";

/// The moment that the bands of segment motion were published for, N·mm.
pub const PUBLISHED_NMM: f64 = 7500.0;

/// The motions a segment is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// Flexion, one way.
    Flexion,
    /// Lateral bending, one way.
    LateralBending,
    /// Axial rotation, one way.
    AxialRotation,
}

impl Motion {
    /// "lateral bending".
    pub fn words(self) -> &'static str {
        match self {
            Self::Flexion => "flexion",
            Self::LateralBending => "lateral bending",
            Self::AxialRotation => "axial rotation",
        }
    }

    /// The motion that a pure moment (N·mm; x anterior, y left, z cranial) of [`PUBLISHED_NMM`] asks
    /// for, with its axis; `None` for other loads, extension included (the published bands are totals
    /// of both ways, halved).
    pub fn asked_for(moment: &Vec3) -> Option<(Self, Vec3)> {
        let along = |axis: Vec3| {
            (moment.dot(&axis) - PUBLISHED_NMM).abs() < 1e-6 * PUBLISHED_NMM
                && (moment - axis * moment.dot(&axis)).norm() < 1e-6 * PUBLISHED_NMM
        };
        [
            (Self::Flexion, Vec3::y()),
            (Self::LateralBending, Vec3::x()),
            (Self::AxialRotation, Vec3::z()),
        ]
        .into_iter()
        .find(|(_, axis)| along(*axis))
    }

    /// Published motion of one mid-thoracic segment at 7.5 N·m, degrees.
    pub fn band_deg(self) -> [f64; 2] {
        match self {
            Self::Flexion => [3.0, 4.0],
            Self::LateralBending | Self::AxialRotation => [5.0, 6.0],
        }
    }
}

/// One segment of the intact spine against the published motion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentMotion {
    /// Segment, "T5-T6".
    pub segment: String,
    /// Motion.
    pub motion: Motion,
    /// Rotation between its vertebrae, degrees, unsigned.
    pub rotation_deg: f64,
    /// Published band, degrees.
    pub band_deg: [f64; 2],
    /// Whether the rotation lies in the band.
    pub inside: bool,
}

/// Compares the relative rotation of two vertebrae (rad, about the axis of the motion) with the
/// published band.
pub fn check_segment_motion(segment: &str, motion: Motion, rotation: f64) -> SegmentMotion {
    let rotation_deg = rotation.to_degrees().abs();
    let band_deg = motion.band_deg();
    SegmentMotion {
        segment: segment.to_owned(),
        motion,
        rotation_deg,
        band_deg,
        inside: (band_deg[0]..=band_deg[1]).contains(&rotation_deg),
    }
}

/// A body that turned or strained out of the linear range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinearRangeWarning {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Body.
    pub body: String,
    /// Rotation of the body, degrees.
    pub rotation_deg: f64,
    /// Principal strain that 1 % of the body's volume exceeds in size, per cent.
    pub strain_percent: f64,
}

/// Motion and strain of one body under one load case.
#[derive(Debug, Clone, Copy)]
pub struct BodyMotion<'a> {
    /// Body.
    pub body: &'a str,
    /// Node positions, mm.
    pub nodes: &'a [Point],
    /// Displacements, mm.
    pub displacement: &'a [Vec3],
    /// Element volumes, mm³.
    pub volume: &'a [f64],
    /// Mean strain of each element, engineering shear.
    pub strain: &'a [Voigt],
}

/// A warning where the body turned too far or where the principal strain that 1 % of its volume
/// exceeds is too large; a single element at a sharp edge says nothing of the model.
///
/// # Errors
/// Lengths that differ, a body without nodes or elements.
pub fn check_linear_range(
    (state, load_case): (&str, &str),
    body: &BodyMotion,
    range: &LinearRange,
) -> Result<Option<LinearRangeWarning>, AssessmentError> {
    let length = |what: &'static str, found: usize, expected: usize| {
        let body = body.body.to_owned();
        if found == expected {
            Ok(())
        } else {
            Err(AssessmentError::Length {
                body,
                what,
                found,
                expected,
            })
        }
    };
    length("displacements", body.displacement.len(), body.nodes.len())?;
    length("strains", body.strain.len(), body.volume.len())?;
    let empty = || AssessmentError::Empty {
        what: body.body.to_owned(),
    };
    let rotation = mean_rotation(body.nodes, body.displacement).ok_or_else(empty)?;
    let largest: Vec<f64> = body
        .strain
        .iter()
        .map(|e| principal(&strain_matrix(e)))
        .map(|[low, _, high]| high.max(-low))
        .collect();
    let strain_percent =
        100.0 * volume_percentile(&largest, body.volume, 0.99).ok_or_else(empty)?;
    let rotation_deg = rotation.norm().to_degrees();
    let outside = rotation_deg > range.rotation_deg || strain_percent > range.strain_percent;
    Ok(outside.then(|| LinearRangeWarning {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        body: body.body.to_owned(),
        rotation_deg,
        strain_percent,
    }))
}

/// Rotation vector (rad) of the rigid motion nearest to the displacements; `None` where the nodes
/// are too few or on a line.
pub fn mean_rotation(nodes: &[Point], displacement: &[Vec3]) -> Option<Vec3> {
    let count = nodes.len() as f64;
    let centre: Vec3 = nodes.iter().map(|p| p.coords).sum::<Vec3>() / count;
    let (mut inertia, mut spin) = (Matrix3::zeros(), Vec3::zeros());
    for (p, u) in nodes.iter().zip(displacement) {
        let r = p.coords - centre;
        inertia += Matrix3::from_diagonal_element(r.norm_squared()) - r * r.transpose();
        spin += r.cross(u);
    }
    inertia.try_inverse().map(|inverse| inverse * spin)
}

/// Relative rotation of neighbouring vertebrae in the intact state under pure directions.
pub fn segment_motion(inputs: &Inputs<'_>) -> Vec<SegmentMotion> {
    let Some(intact) = inputs.intact() else {
        return Vec::new();
    };
    let model = &intact.built.model;
    let frame = inputs.scene.frame();
    let mut rows = Vec::new();
    for case in &intact.cases {
        let moment = frame.to_local(&case.load.wrench.moment);
        let Some((motion, axis)) = Motion::asked_for(&moment) else {
            continue;
        };
        let turn = |body: &BodyRange| {
            let range = body.nodes.clone();
            let moved = &case.solution.displacement[range.clone()];
            mean_rotation(&model.mesh.nodes[range], moved)
        };
        for disc in &inputs.case.discs {
            let [upper, lower] = disc.between.map(|v| intact.built.body(BodyId::Vertebra(v)));
            let (Some(a), Some(b)) = (upper, lower) else {
                continue;
            };
            if let (Some(a), Some(b)) = (turn(a), turn(b)) {
                let relative = (a - b).dot(&frame.to_global(&axis));
                rows.push(check_segment_motion(&disc.name, motion, relative));
            }
        }
    }
    rows
}

/// Bodies that leave the linear range, in any state and load case.
///
/// # Errors
/// Fields that do not fit their body.
pub fn linear_range(inputs: &Inputs<'_>) -> Result<Vec<LinearRangeWarning>, AssessmentError> {
    let limits = &inputs.case.limits;
    let range = LinearRange {
        rotation_deg: limits.rotation_deg.value,
        strain_percent: limits.strain_percent.value,
    };
    let mut warnings = Vec::new();
    for state in inputs.states {
        let model = &state.built.model;
        for body in &model.bodies {
            let volume: Vec<f64> = body
                .elements
                .clone()
                .map(|e| model.mesh.volume(e))
                .collect();
            for case in &state.cases {
                let motion = BodyMotion {
                    body: &body.name,
                    nodes: &model.mesh.nodes[body.nodes.clone()],
                    displacement: &case.solution.displacement[body.nodes.clone()],
                    volume: &volume,
                    strain: &case.fields.strain[body.elements.clone()],
                };
                let at = state.at(case);
                warnings.extend(check_linear_range(at, &motion, &range)?);
            }
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud() -> Vec<Point> {
        (0..50)
            .map(f64::from)
            .map(|i| {
                Point::new(
                    (i * 0.7).sin() * 12.0,
                    (i * 1.3).cos() * 9.0,
                    100.0 + 0.3 * i,
                )
            })
            .collect()
    }

    #[test]
    fn a_rigid_motion_gives_its_own_rotation() {
        let nodes = cloud();
        let omega = Vec3::new(0.01, -0.02, 0.005);
        let shift = Vec3::new(3.0, -1.0, 0.5);
        let displacement: Vec<Vec3> = nodes
            .iter()
            .map(|p| shift + omega.cross(&p.coords))
            .collect();
        let got = mean_rotation(&nodes, &displacement).unwrap();
        assert!((got - omega).norm() < 1e-14, "{got}");
        assert!(mean_rotation(&nodes[..1], &displacement[..1]).is_none());
        assert!(mean_rotation(&[], &[]).is_none());
    }

    #[test]
    fn turning_or_straining_too_far_is_told_and_a_single_element_is_not() {
        let nodes = cloud();
        let volume = vec![1.0; 200];
        let case = |angle: f64, strained: usize| {
            let displacement: Vec<Vec3> = nodes
                .iter()
                .map(|p| Vec3::new(0.0, angle, 0.0).cross(&p.coords))
                .collect();
            let mut strain = vec![Voigt::zeros(); 200];
            for e in strain.iter_mut().take(strained) {
                e[2] = -0.06;
            }
            let body = BodyMotion {
                body: "disc",
                nodes: &nodes,
                displacement: &displacement,
                volume: &volume,
                strain: &strain,
            };
            check_linear_range(("intact", "flexion"), &body, &LinearRange::default()).unwrap()
        };
        assert_eq!(case(4.9f64.to_radians(), 2), None);
        let turned = case(5.1f64.to_radians(), 0).unwrap();
        assert!((turned.rotation_deg - 5.1).abs() < 1e-9);
        let strained = case(0.0, 3).unwrap();
        assert!((strained.strain_percent - 6.0).abs() < 1e-9);
    }

    #[test]
    fn segment_motion_is_judged_by_its_band_without_sign() {
        for (motion, degrees, inside) in [
            (Motion::Flexion, -3.5, true),
            (Motion::Flexion, 4.2, false),
            (Motion::LateralBending, 5.5, true),
            (Motion::AxialRotation, 4.9, false),
        ] {
            let check = check_segment_motion("T5-T6", motion, f64::to_radians(degrees));
            assert!((check.rotation_deg - degrees.abs()).abs() < 1e-12);
            assert_eq!(check.inside, inside, "{motion:?} {degrees}");
        }
    }
}

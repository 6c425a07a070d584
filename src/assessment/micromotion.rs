//! How far implant and bone move along each other right after surgery: relative tangential displacement from
//! the unloaded to the loaded state in one step, without history; all of the relative displacement where the
//! faces part.
//!
//! Bone grows into a surface that moves by little: up to 28 µm (Pilliar 1986, recalled), not above 40 µm in a
//! part and 150 µm at all (Jasty 1997, abstract). What is found is a lower bound: porous metal creeps 50 to
//! 400 µm along bone before friction is full (Shirazi-Adl 1993, abstract), and nothing here creeps.

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::contact::InterfacePoint;
use crate::contact::unilateral::ContactPoint;
use crate::recovery::solved::SolvedState;

/// Motions that areas are told beyond, µm.
pub const BOUNDS_UM: [f64; 3] = [28.0, 40.0, 150.0];

/// Motion between two faces under a load case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MicromotionRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Interface, "cage-T5".
    pub interface: String,
    /// Mean over the face, µm.
    pub mean_um: f64,
    /// What 5 % of the face exceeds, µm.
    pub p95_um: f64,
    /// Largest, µm.
    pub max_um: f64,
    /// Area beyond 28 µm, mm².
    pub area_over_28_mm2: f64,
    /// Area beyond 40 µm, mm².
    pub area_over_40_mm2: f64,
    /// Area beyond 150 µm, mm².
    pub area_over_150_mm2: f64,
    /// Area that has parted, mm².
    pub open_area_mm2: f64,
    /// Largest gap, µm.
    pub largest_gap_um: f64,
}

impl Finding for MicromotionRow {
    const LAYOUT: &'static Layout = &Layout {
        caption: "Micromotion of implant against bone",
        note: Some(
            "A lower bound: porous metal creeps 50-400 µm along bone before friction is full \
             (Shirazi-Adl 1993, abstract). Bone grows into what moves up to 28 µm (Pilliar 1986, recalled), \
             not fully above 40 µm and not above 150 µm (Jasty 1997, abstract).",
        ),
        shown: Shown::Explains,
        groups: &[],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("interface", "", |r| Cell::Text(&r.interface)),
        column("mean", "µm", |r| Cell::Number(r.mean_um)),
        column("95 % are below", "µm", |r| Cell::Number(r.p95_um)),
        column("largest", "µm", |r| Cell::Number(r.max_um)),
        column("over 28 µm", "mm²", |r| Cell::Tenths(r.area_over_28_mm2)),
        column("over 40 µm", "mm²", |r| Cell::Tenths(r.area_over_40_mm2)),
        column("over 150 µm", "mm²", |r| {
            Cell::Tenths(r.area_over_150_mm2)
        }),
        column("parted", "mm²", |r| Cell::Tenths(r.open_area_mm2)),
        column("largest gap", "µm", |r| Cell::Number(r.largest_gap_um)),
    ];
}

/// Motion at every face that presses.
///
/// # Errors
/// A face without points.
pub fn find(
    _: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<MicromotionRow>, AssessmentError> {
    let mut checked = Checked::default();
    for faces in &state.built.model.contacts {
        let tie = &state.built.model.ties[faces.tie];
        for case in &state.cases {
            let (name, load_case) = state.at(case);
            let row = of_face(&tie.points, &case.contacts[faces.tie]);
            let row = row.ok_or_else(|| AssessmentError::Empty {
                what: tie.name.clone(),
            })?;
            checked.rows.push(MicromotionRow {
                state: name.to_owned(),
                load_case: load_case.to_owned(),
                interface: tie.name.clone(),
                ..row
            });
        }
    }
    Ok(checked)
}

/// The numbers of a face; `None` without points.
fn of_face(places: &[InterfacePoint], now: &[ContactPoint]) -> Option<MicromotionRow> {
    let mut motions: Vec<(f64, f64)> = Vec::with_capacity(now.len());
    let (mut open, mut gap) = (0.0, 0.0_f64);
    for (place, now) in places.iter().zip(now) {
        motions.push((1000.0 * now.motion, place.area));
        if now.pressure == 0.0 {
            open += place.area;
            gap = gap.max(1000.0 * now.gap);
        }
    }
    motions.sort_by(|a, b| a.0.total_cmp(&b.0));
    let area: f64 = motions.iter().map(|m| m.1).sum();
    let mut below = 0.0;
    let p95 = motions.iter().find(|(_, own)| {
        below += own;
        below >= 0.95 * area
    });
    let beyond = |bound: f64| {
        let over = motions.iter().filter(|m| m.0 > bound);
        over.map(|m| m.1).sum::<f64>()
    };
    let [over_28, over_40, over_150] = BOUNDS_UM.map(beyond);
    Some(MicromotionRow {
        mean_um: motions.iter().map(|(m, own)| m * own).sum::<f64>() / area,
        p95_um: p95?.0,
        max_um: motions.last()?.0,
        area_over_28_mm2: over_28,
        area_over_40_mm2: over_40,
        area_over_150_mm2: over_150,
        open_area_mm2: open,
        largest_gap_um: gap,
        ..MicromotionRow::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Point, Vec3};

    #[test]
    fn areas_means_and_percentiles_are_by_area() {
        let place = |area: f64| InterfacePoint {
            position: Point::origin(),
            normal: Vec3::z(),
            area,
            gap: 0.0,
            elements: [0, 1],
            barycentric: [[0.25; 4]; 2],
            flux_weights: [0.5; 2],
            penalty: 1.0,
        };
        let now = |motion_um: f64, pressure: f64| ContactPoint {
            pressure,
            traction: Vec3::zeros(),
            gap: 0.001 * (1.0 - pressure),
            motion: 0.001 * motion_um,
            slides: false,
        };
        let places = [place(1.0), place(3.0), place(16.0)];
        let points = [now(200.0, 0.0), now(30.0, 1.0), now(10.0, 1.0)];
        let row = of_face(&places, &points).unwrap();
        assert!((row.mean_um - (200.0 + 90.0 + 160.0) / 20.0).abs() < 1e-9);
        assert_eq!((row.p95_um, row.max_um), (30.0, 200.0));
        assert_eq!((row.area_over_28_mm2, row.area_over_40_mm2), (4.0, 1.0));
        assert_eq!((row.area_over_150_mm2, row.open_area_mm2), (1.0, 1.0));
        assert_eq!(row.largest_gap_um, 1.0);
        assert!(of_face(&[], &[]).is_none());
    }
}

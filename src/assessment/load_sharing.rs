//! Which path carries how much across a cut: the cage and the rods at mid-cage, and whatever crosses a
//! cut that the case names.
//!
//! Every path is given as what the part above the cut exerts on it, moments about the cut's centre.
//! Compression is negative along the column axis, which points cranially. Must not know how the forces
//! were found.

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::case::BodyId;
use crate::case::cut::CutPlace;
use crate::recovery::cut::{Crossing, crossings};
use crate::recovery::solved::SolvedState;
use crate::tensor::{Point, Vec3};

/// Share of one path in what crosses a cut.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LoadSharingRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Cut, "mid-cage".
    pub cut: String,
    /// Path, "cage" or "rod left".
    pub path: String,
    /// Axial force along the column axis carried by the path, N, compression negative.
    pub axial_n: f64,
    /// Moment about the cut's centre, N·m.
    pub moment_nm: [f64; 3],
    /// Share of the axial force, for cases with one; of the dominant moment otherwise.
    pub share: f64,
}

impl Finding for LoadSharingRow {
    const LAYOUT: &'static Layout = &Layout {
        caption: "Load shares",
        note: None,
        shown: Shown::Explains,
        groups: &[],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("cut", "", |r| Cell::Text(&r.cut)),
        column("path", "", |r| Cell::Text(&r.path)),
        column("axial force, compression negative", "N", |r| {
            Cell::Number(r.axial_n)
        }),
        column("moment x, y, z", "N·m", |r| Cell::Vector(r.moment_nm)),
        column("share", "", |r| Cell::Share(r.share)),
    ];
}

/// A plane across the construct.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut<'a> {
    /// Name ("mid-cage").
    pub name: &'a str,
    /// Its centre, mm: moments are taken about it.
    pub centre: Point,
    /// Column axis, unit, cranial.
    pub axis: Vec3,
}

/// An axial total below this share of what the paths carry one against the other is none: it is
/// the round-off of a pure moment.
const NO_AXIAL: f64 = 1e-6;

/// Shares of the paths across one cut under one load case.
///
/// The share is of the axial force where the paths together carry one, else of the largest
/// component of their moment about the cut's centre. Shares sum to 1; one is above 1 where
/// another path pulls the other way.
///
/// # Errors
/// No paths.
pub fn assess_load_sharing(
    (state, load_case): (&str, &str),
    cut: &Cut,
    paths: &[Crossing],
) -> Result<Vec<LoadSharingRow>, AssessmentError> {
    if paths.is_empty() {
        return Err(AssessmentError::Empty {
            what: cut.name.to_owned(),
        });
    }
    let axial: Vec<f64> = paths
        .iter()
        .map(|p| p.wrench.force.dot(&cut.axis))
        .collect();
    let moments: Vec<Vec3> = paths.iter().map(|p| p.wrench.moment).collect();
    let total: f64 = axial.iter().sum();
    let carried: f64 = axial.iter().map(|n| n.abs()).sum();
    let total_moment: Vec3 = moments.iter().sum();
    let dominant = total_moment.iamax();
    let by_axial = total.abs() > NO_AXIAL * carried;
    Ok(paths
        .iter()
        .enumerate()
        .map(|(i, path)| LoadSharingRow {
            state: state.to_owned(),
            load_case: load_case.to_owned(),
            cut: cut.name.to_owned(),
            path: path.name.clone(),
            axial_n: axial[i],
            moment_nm: (moments[i] / 1000.0).into(),
            share: if by_axial {
                axial[i] / total
            } else {
                moments[i][dominant] / total_moment[dominant]
            },
        })
        .collect())
}

/// What crosses the middle of each implant's place and each cut of the case, path by path.
///
/// # Errors
/// Nothing that crosses a cut, an inverted element.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<LoadSharingRow>, AssessmentError> {
    let mut checked = Checked::default();
    let model = &state.built.model;
    for (name, centre, axis) in cuts(inputs, state) {
        let cut = Cut {
            name: &name,
            centre,
            axis,
        };
        for case in &state.cases {
            let solution = &case.solution;
            let plane = (&centre, &axis);
            let paths = crossings(model, &solution.displacement, &solution.one_sided, plane)?;
            let rows = assess_load_sharing(state.at(case), &cut, &paths)?;
            checked.rows.extend(rows);
        }
    }
    Ok(checked)
}

/// Names, middles (mm) and directions of the cuts of a state.
fn cuts(inputs: &Inputs<'_>, state: &SolvedState) -> Vec<(String, Point, Vec3)> {
    let (case, scene) = (inputs.case, inputs.scene);
    let axis = scene.landmarks.axis.direction;
    let middle = |i: usize| {
        let cage = &scene.cages[i];
        let lift = scene.lift(case, &state.built.plan, BodyId::Implant(i));
        cage.base + 0.5 * cage.height * cage.axis + lift
    };
    let mut all = Vec::new();
    if state.built.plan.from.is_operated() {
        for (i, implant) in case.implants.iter().enumerate() {
            let name = match case.implants.len() {
                1 => "mid-cage".to_owned(),
                _ => format!("middle of {}", implant.name),
            };
            all.push((name, middle(i), scene.cages[i].axis));
        }
    }
    all.extend(case.cuts.iter().map(|cut| {
        let at = match cut.at {
            CutPlace::Point(at) => Point::from(at),
            CutPlace::Implant(i) => middle(i),
            CutPlace::Vertebra(v) => {
                let body = BodyId::Vertebra(v);
                scene.mid_body(v) + scene.lift(case, &state.built.plan, body)
            }
        };
        (cut.name.clone(), at, axis)
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Wrench;

    const CUT: Cut = Cut {
        name: "mid-cage",
        centre: Point::new(0.0, 0.0, 12.5),
        axis: Vec3::new(0.0, 0.0, 1.0),
    };

    fn path(name: &str, at: Point, force: Vec3, moment: Vec3) -> Crossing {
        let moment = moment + (at - CUT.centre).cross(&force);
        Crossing {
            name: name.to_owned(),
            wrench: Wrench { force, moment },
        }
    }

    #[test]
    fn an_axial_load_is_shared_as_the_forces_are() {
        let down = |n: f64| Vec3::new(0.0, 0.0, -n);
        let paths = [
            path(
                "cage",
                Point::new(2.0, 0.0, 25.0),
                down(150.0),
                Vec3::zeros(),
            ),
            path(
                "rod left",
                Point::new(-45.0, 18.0, 40.0),
                down(25.0),
                Vec3::zeros(),
            ),
            path(
                "rod right",
                Point::new(-45.0, -18.0, 40.0),
                down(25.0),
                Vec3::zeros(),
            ),
        ];
        let rows = assess_load_sharing(("fused", "axial"), &CUT, &paths).unwrap();
        let shares: Vec<f64> = rows.iter().map(|r| r.share).collect();
        assert_eq!(shares, [0.75, 0.125, 0.125]);
        assert_eq!(rows[0].axial_n, -150.0);
        // x × F: (2, 0) × −150 ẑ = +300 N·mm about y; rods (−45) × −25 = −1125 each.
        assert!((rows[0].moment_nm[1] - 0.3).abs() < 1e-12);
        assert!((rows[1].moment_nm[1] + 1.125).abs() < 1e-12);
        assert!((rows[1].moment_nm[0] + 0.45).abs() < 1e-12);
    }

    #[test]
    fn a_pure_moment_is_shared_by_its_dominant_component() {
        // 7.5 N·m of flexion: the cage pushes 100 N, the rods pull 50 N each, 45 mm behind.
        let rod = |y: f64| {
            path(
                "rod",
                Point::new(-45.0, y, 40.0),
                Vec3::new(0.0, 0.0, 50.0),
                Vec3::zeros(),
            )
        };
        let cage = path(
            "cage",
            Point::new(0.0, 0.0, 25.0),
            Vec3::new(0.0, 0.0, -100.0),
            Vec3::new(0.0, 3000.0, 0.0),
        );
        let rows = assess_load_sharing(("fused", "flexion"), &CUT, &[cage, rod(18.0), rod(-18.0)])
            .unwrap();
        // Rods: −(−45)·50 = 2250 N·mm each; with the cage's 3000 the total is 7500.
        let shares: Vec<f64> = rows.iter().map(|r| r.share).collect();
        assert!((shares[0] - 0.4).abs() < 1e-12 && (shares[1] - 0.3).abs() < 1e-12);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(assess_load_sharing(("f", "a"), &CUT, &[]).is_err());
    }
}

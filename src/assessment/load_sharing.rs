//! Which path carries how much across a cut: the cage and the rods at mid-cage.
//!
//! Every path that crosses the cut is given as what the part above it exerts on the part below,
//! at some point of the path above the cut (for the cage the resultant of the bone's traction on
//! its upper end, for a rod the force on its upper end): nothing else acts on the pieces in
//! between, so statics carries the wrench down to the cut. Compression is negative along the
//! column axis, which points cranially. Must not know where the wrenches come from.

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::case::Join;
use crate::recovery::interface::traction_resultant;
use crate::recovery::solved::SolvedState;
use crate::tensor::{Point, Vec3, Wrench};

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

/// One path across the cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path<'a> {
    /// Name ("cage", "rod left").
    pub name: &'a str,
    /// What the part above exerts on the path: force, N, and moment about `at`, N·mm.
    pub wrench: Wrench,
    /// Where the moment is taken, mm.
    pub at: Point,
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
    paths: &[Path],
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
    let moments: Vec<Vec3> = paths
        .iter()
        .map(|p| p.wrench.moment + (p.at - cut.centre).cross(&p.wrench.force))
        .collect();
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
            path: path.name.to_owned(),
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

/// What crosses the middle of each implant in a state, path by path.
///
/// # Errors
/// Nothing that crosses a cut.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<LoadSharingRow>, AssessmentError> {
    let mut checked = Checked::default();
    for number in 0..inputs.case.implants.len() {
        checked.rows.extend(shared_beside(inputs, state, number)?);
    }
    Ok(checked)
}

/// What the cut through the middle of an implant carries.
fn shared_beside(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    number: usize,
) -> Result<Vec<LoadSharingRow>, AssessmentError> {
    let (implant, cage) = (&inputs.case.implants[number], &inputs.scene.cages[number]);
    let model = &state.built.model;
    let upper = |join: &Join| {
        let is_own = join.faces[0].body.implant(inputs.case) == Some(number);
        is_own && join.implant_on_bone() == Some(implant.between[0])
    };
    let Some(t) = state.built.plan.joins.iter().position(upper) else {
        return Ok(Vec::new());
    };
    let name = match inputs.case.implants.len() {
        1 => "mid-cage".to_owned(),
        _ => format!("middle of {}", implant.name),
    };
    let cut = Cut {
        name: &name,
        centre: cage.base + 0.5 * cage.height * cage.axis,
        axis: cage.axis,
    };
    let top = cage.base + cage.height * cage.axis;
    let mut rows = Vec::new();
    for case in &state.cases {
        let mut paths = vec![Path {
            name: &implant.name,
            wrench: traction_resultant(&case.tractions[t], &top),
            at: top,
        }];
        paths.extend(model.rods.iter().zip(&case.fixation).map(|(rod, forces)| {
            let on_upper = forces.on_bodies[1];
            Path {
                name: &rod.name,
                wrench: Wrench {
                    force: -on_upper.force,
                    moment: -on_upper.moment,
                },
                at: rod.ends[1],
            }
        }));
        rows.extend(assess_load_sharing(state.at(case), &cut, &paths)?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut {
        name: "mid-cage",
        centre: Point::new(0.0, 0.0, 12.5),
        axis: Vec3::new(0.0, 0.0, 1.0),
    };

    fn path(name: &str, at: Point, force: Vec3, moment: Vec3) -> Path<'_> {
        Path {
            name,
            wrench: Wrench { force, moment },
            at,
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

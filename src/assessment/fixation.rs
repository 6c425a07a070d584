//! Rods against what their metal bears, from the forces and the stress that recovery found.
//! Must not know how the rod is held or how its stress follows from its forces.

use std::borrow::Cow;

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::judged::{Check, Group, Judged, Site, Verdict};
use super::missing::nulls;
use super::table::{Access, Cell, Column, Finding, Layout, Shown, column, judged};
use super::unchecked::Unchecked;
use crate::recovery::rod::RodForces;
use crate::recovery::solved::SolvedState;
use crate::source::Sourced;

/// Rods and screws.
const GROUP: Group = Group {
    name: "fixation",
    question: "Are the rods strong enough?",
    meaning: "Past its limit a rod may crack under loads that recur, or bend for good under a single one.",
    heading: "Rods and screws",
};

/// Forces and stress in a rod or screw.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FixationRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Part, "rod left".
    pub part: String,
    /// "rod" or "screw".
    pub kind: &'static str,
    /// Axial force, N, tension positive.
    pub axial_n: f64,
    /// Shear force, N.
    pub shear_n: f64,
    /// Largest bending moment, N·m.
    pub bending_nm: f64,
    /// Torsion, N·m.
    pub torsion_nm: f64,
    /// Largest von Mises stress by beam theory, MPa.
    pub stress_mpa: f64,
    /// Limit, MPa.
    pub limit_mpa: f64,
    /// Stress over limit.
    pub utilisation: f64,
    /// Lowest and highest utilisation within the band of the cancellous modulus of bone, where it
    /// was solved.
    #[serde(serialize_with = "nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
    /// Citation with its flag.
    pub source: String,
}

impl Judged for FixationRow {
    fn site(&self) -> Site<'_> {
        Site {
            group: &GROUP,
            state: &self.state,
            load_case: &self.load_case,
            check: "strength",
            place: Cow::Borrowed(&self.part),
        }
    }

    fn check(&self) -> Option<Check> {
        Some(Check {
            group: &GROUP,
            state: self.state.clone(),
            load_case: self.load_case.clone(),
            place: self.part.clone(),
            criterion: "largest von Mises stress".to_owned(),
            value: self.stress_mpa,
            limit: self.limit_mpa,
            unit: "MPa",
            ratio: self.utilisation,
            band: self.ratio_band,
            verdict: self.verdict,
            source: self.source.clone(),
        })
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }
}

impl Finding for FixationRow {
    const JUDGED: Option<Access<Self>> = judged();
    const LAYOUT: &'static Layout = &Layout {
        caption: "Rods and screws",
        note: None,
        shown: Shown::Holds,
        groups: &[&GROUP],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("part", "", |r| Cell::Text(&r.part)),
        column("axial", "N", |r| Cell::Number(r.axial_n)),
        column("shear", "N", |r| Cell::Number(r.shear_n)),
        column("bending", "N·m", |r| Cell::Number(r.bending_nm)),
        column("torsion", "N·m", |r| Cell::Number(r.torsion_nm)),
        column("stress", "MPa", |r| Cell::Number(r.stress_mpa)),
        column("limit", "MPa", |r| Cell::Number(r.limit_mpa)),
        column("stress ÷ limit", "", |r| Cell::Share(r.utilisation)),
        column("within the band of the modulus", "", |r| {
            Cell::Span(r.ratio_band)
        }),
        column("verdict", "", |r| Cell::Verdict(r.verdict)),
        column("source", "", |r| Cell::Text(&r.source)),
    ];
}

/// Forces, stress and utilisation of one rod, named as in "rod left".
///
/// # Errors
/// A limit that is not positive.
pub fn assess_rod(
    (state, load_case): (&str, &str),
    part: &str,
    forces: &RodForces,
    limit: &Sourced<f64>,
) -> Result<FixationRow, AssessmentError> {
    if !(limit.value > 0.0 && limit.value.is_finite()) {
        return Err(AssessmentError::NotPositive {
            body: part.to_owned(),
            what: "stress limit",
            value: limit.value,
        });
    }
    let utilisation = forces.von_mises / limit.value;
    Ok(FixationRow {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        part: part.to_owned(),
        kind: "rod",
        axial_n: forces.axial,
        shear_n: forces.shear,
        bending_nm: forces.bending / 1000.0,
        torsion_nm: forces.torsion / 1000.0,
        stress_mpa: forces.von_mises,
        limit_mpa: limit.value,
        utilisation,
        ratio_band: None,
        verdict: Verdict::of_ratio(utilisation),
        source: limit.source.cited(),
    })
}

/// Every rod of a state.
///
/// # Errors
/// A limit that is not positive.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<FixationRow>, AssessmentError> {
    let mut checked = Checked::default();
    let Some(rods) = &inputs.case.rods else {
        return Ok(checked);
    };
    let metal = &inputs.materials[rods.material];
    for (r, rod) in state.built.model.rods.iter().enumerate() {
        for case in &state.cases {
            let at = state.at(case);
            match metal.rod_limit(case.load.service) {
                Some(limit) => {
                    let row = assess_rod(at, &rod.name, &case.fixation[r], &limit)?;
                    checked.rows.push(row);
                }
                None => {
                    checked
                        .not_checked
                        .push(Unchecked::no_strength(at, &rod.name, &metal.name))
                }
            }
        }
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, SourceFlag};
    use crate::tensor::{Vec3, Wrench};

    fn forces(von_mises: f64) -> RodForces {
        let none = Wrench {
            force: Vec3::zeros(),
            moment: Vec3::zeros(),
        };
        RodForces {
            on_bodies: [none; 2],
            axial: -50.0,
            shear: 100.0,
            bending: 3000.0,
            torsion: -400.0,
            von_mises,
        }
    }

    fn limit(mpa: f64) -> Sourced<f64> {
        let source = Source {
            citation: "endurance limit".to_owned(),
            flag: SourceFlag::RecalledUnverified,
        };
        Sourced::new(mpa, source)
    }

    #[test]
    fn stress_is_held_against_the_limit_given() {
        let judged = |stress, mpa| {
            let at = ("fused", "flexion");
            assess_rod(at, "rod left", &forces(stress), &limit(mpa)).unwrap()
        };
        let row = judged(450.0, 500.0);
        assert_eq!(
            (row.axial_n, row.shear_n, row.bending_nm, row.torsion_nm),
            (-50.0, 100.0, 3.0, -0.4)
        );
        assert_eq!(
            (row.limit_mpa, row.utilisation, row.verdict),
            (500.0, 0.9, Verdict::Caution)
        );
        assert_eq!(row.source, "endurance limit (recalled, unverified)");
        assert_eq!(judged(450.0, 795.0).verdict, Verdict::Within);
        assert_eq!(judged(500.0, 500.0).verdict, Verdict::Exceeded);
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        for mpa in [0.0, f64::NAN] {
            let refused = assess_rod(("f", "a"), "rod", &forces(1.0), &limit(mpa));
            assert!(matches!(refused, Err(AssessmentError::NotPositive { .. })));
        }
    }
}

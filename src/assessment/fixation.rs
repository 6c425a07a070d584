//! Rods against what their metal bears, from the forces and the stress that recovery found.
//! Must not know how the rod is held or how its stress follows from its forces.

use super::{AssessmentError, FixationRow, Verdict};
use crate::recovery::rod::RodForces;
use crate::source::Sourced;

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

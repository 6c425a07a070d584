//! Rods against what their metal bears, from the forces and the stress that recovery found.
//! Must not know how the rod is held or how its stress follows from its forces.

use super::{AssessmentError, FixationRow, Verdict};
use crate::recovery::rod::RodForces;
use crate::source::{Source, SourceFlag};

/// Yield strength of wrought Ti-6Al-4V ELI, MPa: the low end of 795–880.
pub const TITANIUM_YIELD: f64 = 795.0;

/// Endurance limit of polished wrought Ti-6Al-4V, MPa: the low end of 500–600.
pub const TITANIUM_ENDURANCE: f64 = 500.0;

/// A stress a rod may reach, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct RodLimit {
    /// Limit, MPa.
    pub limit: f64,
    /// Citation with its flag.
    pub source: Source,
}

/// Limit of a titanium rod: the endurance limit for loads that recur, the yield strength for a
/// single overload.
pub fn titanium_limit(service: bool) -> RodLimit {
    let (limit, what) = if service {
        (
            TITANIUM_ENDURANCE,
            "endurance limit of polished wrought Ti-6Al-4V, 500-600 MPa",
        )
    } else {
        (
            TITANIUM_YIELD,
            "yield strength of wrought Ti-6Al-4V ELI (ASTM F136), 795-880 MPa",
        )
    };
    let source = Source {
        citation: what.to_owned(),
        flag: SourceFlag::RecalledUnverified,
    };
    RodLimit { limit, source }
}

/// Forces, stress and utilisation of one rod, named as in "rod left".
///
/// # Errors
/// A limit that is not positive.
pub fn assess_rod(
    (state, load_case): (&str, &str),
    part: &str,
    forces: &RodForces,
    limit: &RodLimit,
) -> Result<FixationRow, AssessmentError> {
    if !(limit.limit > 0.0 && limit.limit.is_finite()) {
        return Err(AssessmentError::NotPositive {
            body: part.to_owned(),
            what: "stress limit",
            value: limit.limit,
        });
    }
    let utilisation = forces.von_mises / limit.limit;
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
        limit_mpa: limit.limit,
        utilisation,
        ratio_band: None,
        verdict: Verdict::of_ratio(utilisation),
        source: super::cited(&limit.source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn service_loads_are_held_against_endurance_and_an_overload_against_yield() {
        let row = assess_rod(
            ("fused", "flexion"),
            "rod left",
            &forces(450.0),
            &titanium_limit(true),
        );
        let row = row.unwrap();
        assert_eq!(
            (row.axial_n, row.shear_n, row.bending_nm, row.torsion_nm),
            (-50.0, 100.0, 3.0, -0.4)
        );
        assert_eq!(
            (row.limit_mpa, row.utilisation, row.verdict),
            (500.0, 0.9, Verdict::Caution)
        );
        assert!(
            row.source.contains("recalled, unverified"),
            "{}",
            row.source
        );
        let once = assess_rod(
            ("fused", "1650 N"),
            "rod left",
            &forces(450.0),
            &titanium_limit(false),
        );
        assert_eq!(once.unwrap().verdict, Verdict::Within);
        let broken = assess_rod(
            ("fused", "flexion"),
            "rod left",
            &forces(500.0),
            &titanium_limit(true),
        );
        assert_eq!(broken.unwrap().verdict, Verdict::Exceeded);
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        for limit in [0.0, f64::NAN] {
            let limit = RodLimit {
                limit,
                ..titanium_limit(true)
            };
            let refused = assess_rod(("f", "a"), "rod", &forces(1.0), &limit);
            assert!(matches!(refused, Err(AssessmentError::NotPositive { .. })));
        }
    }
}

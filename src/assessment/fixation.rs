//! Rods by beam theory, from the forces at their ends.
//!
//! Circular section of diameter d: σ = |N|/A + 32 M/(πd³), τ = 16 T/(πd³), and at the neutral
//! axis τ = 4V/(3A) + 16 T/(πd³) with |N|/A; the larger von Mises stress counts. Shear is constant
//! along a rod loaded at its ends only, so the bending moment is largest at an end.
//! Must not know how the rod is held.

use super::{AssessmentError, FixationRow, Verdict};
use crate::source::{Source, SourceFlag};
use crate::tensor::{Vec3, Wrench};

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

/// A rod and what its two ends feel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RodEnds<'a> {
    /// Part ("rod left").
    pub part: &'a str,
    /// Diameter, mm.
    pub diameter: f64,
    /// Unit vector along the rod, first end to second.
    pub direction: Vec3,
    /// Force and moment on the rod at its first and second end, each about that end, in the
    /// global frame.
    pub ends: [Wrench; 2],
}

/// Forces and stress in one rod.
///
/// # Errors
/// A diameter or a limit that is not positive.
pub fn assess_rod(
    (state, load_case): (&str, &str),
    rod: &RodEnds,
    limit: &RodLimit,
) -> Result<FixationRow, AssessmentError> {
    for (what, value) in [("diameter", rod.diameter), ("limit", limit.limit)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(AssessmentError::NotPositive {
                body: rod.part.to_owned(),
                what,
                value,
            });
        }
    }
    let along = |v: &Vec3| v.dot(&rod.direction);
    let across = |v: &Vec3| (v - along(v) * rod.direction).norm();
    let larger = |of: &dyn Fn(&Wrench) -> f64| of(&rod.ends[0]).max(of(&rod.ends[1]));
    let axial = along(&rod.ends[1].force);
    let shear = larger(&|end| across(&end.force));
    let bending = larger(&|end| across(&end.moment));
    let torsion = larger(&|end| along(&end.moment).abs());
    let stress = circular_section_stress(rod.diameter, [axial, shear, bending, torsion]);
    Ok(FixationRow {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        part: rod.part.to_owned(),
        kind: "rod",
        axial_n: axial,
        shear_n: shear,
        bending_nm: bending / 1000.0,
        torsion_nm: torsion / 1000.0,
        stress_mpa: stress,
        limit_mpa: limit.limit,
        utilisation: stress / limit.limit,
        verdict: Verdict::of_ratio(stress / limit.limit),
        source: super::cited(&limit.source),
    })
}

/// Largest von Mises stress, MPa, of a circular section of `diameter` mm under axial force and
/// shear (N), bending and torsion (N·mm).
pub fn circular_section_stress(diameter: f64, [axial, shear, bending, torsion]: [f64; 4]) -> f64 {
    let area = std::f64::consts::PI * diameter * diameter / 4.0;
    let modulus = std::f64::consts::PI * diameter.powi(3) / 32.0;
    let direct = axial.abs() / area;
    let twist = torsion / (2.0 * modulus);
    let at_surface = (direct + bending / modulus).hypot(3f64.sqrt() * twist);
    let at_axis = direct.hypot(3f64.sqrt() * (4.0 * shear / (3.0 * area) + twist));
    at_surface.max(at_axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cantilever_rod_has_the_root_stress_of_beam_theory() {
        // 5.5 mm, 100 N across at 30 mm: M = 3000 N·mm, W = π·5.5³/32 = 16.3338 mm³.
        let rod = RodEnds {
            part: "rod left",
            diameter: 5.5,
            direction: Vec3::z(),
            ends: [
                Wrench {
                    force: Vec3::new(-100.0, 0.0, 0.0),
                    moment: Vec3::new(0.0, -3000.0, 0.0),
                },
                Wrench {
                    force: Vec3::new(100.0, 0.0, 0.0),
                    moment: Vec3::zeros(),
                },
            ],
        };
        let row = assess_rod(("fused", "flexion"), &rod, &titanium_limit(true)).unwrap();
        assert!((row.stress_mpa - 183.67).abs() < 0.01, "{}", row.stress_mpa);
        assert_eq!(
            (row.axial_n, row.shear_n, row.bending_nm, row.torsion_nm),
            (0.0, 100.0, 3.0, 0.0)
        );
        assert!((row.utilisation - row.stress_mpa / 500.0).abs() < 1e-15);
        assert_eq!(row.verdict, Verdict::Within);
        assert!(row.source.contains("recalled, unverified"));
    }

    #[test]
    fn each_load_alone_gives_its_own_stress() {
        let area = std::f64::consts::PI * 25.0 / 4.0;
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b, "{a} {b}");
        close(
            circular_section_stress(5.0, [-200.0, 0.0, 0.0, 0.0]),
            200.0 / area,
        );
        // Solid circle in shear: 4/3 of the mean; torsion: 16 T/πd³; von Mises √3 τ.
        close(
            circular_section_stress(5.0, [0.0, 90.0, 0.0, 0.0]),
            3f64.sqrt() * 120.0 / area,
        );
        let twist = 16.0 * 1000.0 / (std::f64::consts::PI * 125.0);
        close(
            circular_section_stress(5.0, [0.0, 0.0, 0.0, 1000.0]),
            3f64.sqrt() * twist,
        );
    }

    #[test]
    fn tension_is_positive_and_a_rod_without_thickness_is_refused() {
        let pull = |n: f64| Wrench {
            force: n * Vec3::x(),
            moment: Vec3::zeros(),
        };
        let mut rod = RodEnds {
            part: "rod",
            diameter: 5.5,
            direction: Vec3::x(),
            ends: [pull(-50.0), pull(50.0)],
        };
        let limit = titanium_limit(false);
        assert_eq!(assess_rod(("f", "a"), &rod, &limit).unwrap().axial_n, 50.0);
        rod.diameter = 0.0;
        assert!(matches!(
            assess_rod(("f", "a"), &rod, &limit),
            Err(AssessmentError::NotPositive {
                what: "diameter",
                ..
            })
        ));
    }
}

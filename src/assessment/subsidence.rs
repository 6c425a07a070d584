//! Whether the implant sinks into the bone: several published criteria side by side.
//!
//! They disagree, none is a probability, and each stands with its own limit and source:
//! patch pressure over yield strength σ_c = ε_y E; patch pressure over indentation strength;
//! volume share of bone near the interface beyond the yield strain; Pistoia's effective strain;
//! load over vertebral strength F = 0.0068 H K; depth on an elastic foundation.
//!
//! The cancellous modulus is a default with a wide band, and every verdict hangs on it: the case is
//! solved again at both of its ends ([`super::band`]).
//! Must not know meshes: strains come in per element.

use super::criterion::{Criterion, SubsidenceRow};
use super::error::AssessmentError;
use super::implant::volume_percentile;
use super::judged::Verdict;
use super::unchecked::Unchecked;
use crate::source::Sourced;
use crate::tensor::{Voigt, principal, strain_matrix};

/// The numbers the criteria stand on that a case may give, each with its source.
#[derive(Debug, Clone, PartialEq)]
pub struct SubsidenceLimits {
    /// Compressive yield strain of vertebral bone.
    pub yield_strain: Sourced<f64>,
    /// Smallest local failure load under a 3 mm indenter, N.
    pub indentation_n: Sourced<f64>,
    /// Effective strain of Pistoia's criterion.
    pub pistoia_strain: Sourced<f64>,
    /// Volume share of Pistoia's criterion, also the limit of the share beyond yield strain.
    pub volume_share: Sourced<f64>,
    /// Depth on the foundation that counts as subsidence, mm.
    pub depth_mm: Sourced<f64>,
}

/// Largest local failure load under a 3 mm indenter, N: the high end of Grant et al. 2001.
const INDENTATION_HIGH_N: f64 = 250.0;

/// Area of the indenter, mm².
const INDENTER_AREA: f64 = 7.07;

/// Strain in F = strain · H · K.
const VERTEBRAL_STRAIN: f64 = 0.0068;

/// Bone within 3 mm of an interface, element by element.
#[derive(Debug, Clone, Copy)]
pub struct NearBone<'a> {
    /// Volume, mm³.
    pub volume: &'a [f64],
    /// Mean strain, engineering shear.
    pub strain: &'a [Voigt],
    /// Mean strain energy density, MPa.
    pub energy_density: &'a [f64],
    /// Mean Young's modulus, MPa.
    pub modulus: &'a [f64],
}

/// The vertebra as a column, from the solved model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VertebralColumn {
    /// Height H, mm.
    pub height: f64,
    /// Axial stiffness K between its endplates, N/mm.
    pub stiffness: f64,
    /// Axial compression it carries in the load case, N; negative where it is pulled.
    pub compression: f64,
}

/// The bone under the implant as an elastic foundation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foundation {
    /// k: mean traction over mean indentation relative to the slice 10 mm away, MPa/mm.
    pub modulus: f64,
    /// Mean compressive traction in the load case, MPa.
    pub pressure: f64,
}

/// One endplate under one load case. What is not known is the reason why.
#[derive(Debug, Clone)]
pub struct Seat<'a> {
    /// State.
    pub state: &'a str,
    /// Load case.
    pub load_case: &'a str,
    /// Endplate ("T5 inferior").
    pub endplate: &'a str,
    /// Largest mean pressure over a 3 mm patch, MPa.
    pub patch_pressure: Result<f64, String>,
    /// Bone near the interface.
    pub bone: NearBone<'a>,
    /// The vertebra as a column.
    pub column: Result<VertebralColumn, String>,
    /// The foundation.
    pub foundation: Result<Foundation, String>,
    /// Cancellous modulus that the model was solved with, MPa.
    pub modulus: f64,
}

/// k of a foundation, MPa/mm, from the mean traction (MPa) and the mean indentation (mm) relative
/// to the slice 10 mm away, both in one axial load case; `None` where it is not pressed in.
pub fn foundation_modulus(mean_traction: f64, mean_indentation: f64) -> Option<f64> {
    (mean_traction > 0.0 && mean_indentation > 0.0).then(|| mean_traction / mean_indentation)
}

/// All criteria, in a fixed order: each as a row, or with the reason why it is none.
///
/// # Errors
/// Lengths that differ, no bone near the interface, a modulus that is not positive.
pub fn assess_subsidence(
    seat: &Seat,
    limits: &SubsidenceLimits,
) -> Result<(Vec<SubsidenceRow>, Vec<Unchecked>), AssessmentError> {
    check(seat)?;
    let (mut rows, mut not_checked) = (Vec::new(), Vec::new());
    for criterion in Criterion::ALL {
        match judge(criterion, seat, limits) {
            Ok(finding) => rows.push(finding.row(criterion, seat)),
            Err(reason) => not_checked.push(Unchecked {
                state: seat.state.to_owned(),
                load_case: seat.load_case.to_owned(),
                check: criterion.name().to_owned(),
                place: seat.endplate.to_owned(),
                reason,
            }),
        }
    }
    Ok((rows, not_checked))
}

/// What one criterion finds.
fn judge(criterion: Criterion, seat: &Seat, limits: &SubsidenceLimits) -> Result<Finding, String> {
    match criterion {
        Criterion::Yield => yield_strength(seat, limits),
        Criterion::Indentation => indentation(seat, limits),
        Criterion::StrainShare => Ok(strain_share(seat, limits)),
        Criterion::EffectiveStrain => effective_strain(seat, limits),
        Criterion::VertebralStrength => vertebral_strength(seat),
        Criterion::Depth => depth(seat, limits),
    }
}

/// What a criterion found, before it is a row.
struct Finding {
    words: String,
    value: f64,
    unit: &'static str,
    limit: f64,
    /// Value over limit at both ends of the limit's own band.
    own_band: Option<[f64; 2]>,
    source: String,
}

impl Finding {
    fn row(self, criterion: Criterion, seat: &Seat) -> SubsidenceRow {
        SubsidenceRow {
            state: seat.state.to_owned(),
            load_case: seat.load_case.to_owned(),
            endplate: seat.endplate.to_owned(),
            kind: criterion,
            criterion: self.words,
            value: self.value,
            unit: self.unit,
            limit: self.limit,
            ratio_band: self.own_band,
            verdict: Verdict::of_ratio(self.value / self.limit),
            source: self.source,
        }
    }
}

fn yield_strength(seat: &Seat, limits: &SubsidenceLimits) -> Result<Finding, String> {
    let strain = &limits.yield_strain;
    Ok(Finding {
        words: format!(
            "patch pressure against yield strength of cancellous bone, {} E",
            strain.value
        ),
        value: seat.patch_pressure.clone()?,
        unit: "MPa",
        limit: strain.value * seat.modulus,
        own_band: None,
        source: strain.source.cited(),
    })
}

fn indentation(seat: &Seat, limits: &SubsidenceLimits) -> Result<Finding, String> {
    let low = limits.indentation_n.value;
    let high = INDENTATION_HIGH_N.max(low);
    let strength = low / INDENTER_AREA;
    let pressure = seat.patch_pressure.clone()?;
    let ratio = pressure / strength;
    Ok(Finding {
        words: format!(
            "patch pressure against indentation strength, {low}-{high} N over {INDENTER_AREA} mm2 \
             (lumbar; limit from the low end; the band is that of the strength and the modulus)"
        ),
        value: pressure,
        unit: "MPa",
        limit: strength,
        own_band: Some([ratio * low / high, ratio]),
        source: limits.indentation_n.source.cited(),
    })
}

/// −ε_min, the greatest compressive principal strain.
pub fn compressive_strain(strain: &Voigt) -> f64 {
    -principal(&strain_matrix(strain))[0]
}

fn strain_share(seat: &Seat, limits: &SubsidenceLimits) -> Finding {
    let bone = &seat.bone;
    let total: f64 = bone.volume.iter().sum();
    let beyond: f64 = bone
        .strain
        .iter()
        .zip(bone.volume)
        .filter(|(strain, _)| compressive_strain(strain) > limits.yield_strain.value)
        // An empty sum would be −0.
        .fold(0.0, |sum, (_, v)| sum + v);
    Finding {
        words: format!(
            "volume share within 3 mm beyond {:.2} % compressive principal strain",
            100.0 * limits.yield_strain.value
        ),
        value: 100.0 * beyond / total,
        unit: "%",
        limit: 100.0 * limits.volume_share.value,
        own_band: None,
        source: format!(
            "{}; no share is published for it, the limit is taken over from the effective strain: {}",
            limits.yield_strain.source.cited(),
            limits.volume_share.source.cited()
        ),
    }
}

fn effective_strain(seat: &Seat, limits: &SubsidenceLimits) -> Result<Finding, String> {
    let bone = &seat.bone;
    let effective: Vec<f64> = bone
        .energy_density
        .iter()
        .zip(bone.modulus)
        .map(|(u, e)| (2.0 * u.max(0.0) / e).sqrt())
        .collect();
    let (limit, share) = (&limits.pistoia_strain, &limits.volume_share);
    let strain = volume_percentile(&effective, bone.volume, 1.0 - share.value)
        .ok_or("there is too little bone near the interface for a percentile")?;
    let mut source = limit.source.cited();
    if share.source != limit.source {
        source += &format!("; share: {}", share.source.cited());
    }
    Ok(Finding {
        words: format!(
            "Pistoia: effective strain that {} % of the bone within 3 mm exceeds",
            100.0 * share.value
        ),
        value: 1e6 * strain,
        unit: "microstrain",
        limit: 1e6 * limit.value,
        own_band: None,
        source,
    })
}

fn vertebral_strength(seat: &Seat) -> Result<Finding, String> {
    let column = seat.column.clone()?;
    // Zero is not compressed either: a pure moment.
    if column.compression.is_nan() || column.compression <= 0.0 {
        return Err(
            "the load does not compress the vertebra, and its strength is one in compression"
                .to_owned(),
        );
    }
    Ok(Finding {
        words: format!("axial load against vertebral strength, {VERTEBRAL_STRAIN} H K"),
        value: column.compression,
        unit: "N",
        limit: VERTEBRAL_STRAIN * column.height * column.stiffness,
        own_band: None,
        source: "linear strength at 0.68 % strain, checked on the table of Walle et al. 2025 (160 \
                 vertebrae) (derived)"
            .to_owned(),
    })
}

fn depth(seat: &Seat, limits: &SubsidenceLimits) -> Result<Finding, String> {
    let foundation = seat.foundation.clone()?;
    Ok(Finding {
        words: "elastic depth on the foundation of bone, relative to 10 mm away".to_owned(),
        value: foundation.pressure.max(0.0) / foundation.modulus,
        unit: "mm",
        limit: limits.depth_mm.value,
        own_band: None,
        source: limits.depth_mm.source.cited(),
    })
}

fn check(seat: &Seat) -> Result<(), AssessmentError> {
    let bone = &seat.bone;
    let expected = bone.volume.len();
    for (what, found) in [
        ("strains", bone.strain.len()),
        ("strain energies", bone.energy_density.len()),
        ("moduli", bone.modulus.len()),
    ] {
        if found != expected {
            let body = seat.endplate.to_owned();
            return Err(AssessmentError::Length {
                body,
                what,
                found,
                expected,
            });
        }
    }
    if expected == 0 {
        return Err(AssessmentError::Empty {
            what: format!("bone under {}", seat.endplate),
        });
    }
    let mut positive = vec![("cancellous modulus", seat.modulus)];
    positive.extend(bone.modulus.iter().map(|&e| ("modulus of an element", e)));
    positive.extend(bone.volume.iter().map(|&v| ("volume of an element", v)));
    positive.extend(
        seat.foundation
            .iter()
            .map(|f| ("foundation modulus", f.modulus)),
    );
    positive.extend(
        seat.column
            .iter()
            .map(|c| ("height times stiffness", c.height * c.stiffness)),
    );
    match positive
        .into_iter()
        .find(|(_, value)| !(*value > 0.0 && value.is_finite()))
    {
        Some((what, value)) => Err(AssessmentError::NotPositive {
            body: seat.endplate.to_owned(),
            what,
            value,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn published() -> SubsidenceLimits {
        use crate::case::defaults::{
            EFFECTIVE_STRAIN, EFFECTIVE_VOLUME, INDENTATION, SUBSIDENCE_DEPTH, YIELD_STRAIN,
        };
        SubsidenceLimits {
            yield_strain: Sourced::new(0.0077, YIELD_STRAIN.source()),
            indentation_n: Sourced::new(50.0, INDENTATION.source()),
            pistoia_strain: Sourced::new(0.007, EFFECTIVE_STRAIN.source()),
            volume_share: Sourced::new(0.02, EFFECTIVE_VOLUME.source()),
            depth_mm: Sourced::new(2.0, SUBSIDENCE_DEPTH.source()),
        }
    }

    /// A limit that the case gives is cited as the case's, and above the published range it has no
    /// band of its own.
    #[test]
    fn a_given_limit_is_told_as_given() {
        let bone = bone(&[0.002], &[10.0]);
        let given = |key: &str, value| Sourced::new(value, Source::case_file(key));
        let limits = SubsidenceLimits {
            indentation_n: given("limits.indentation_force_n", 300.0),
            volume_share: given("limits.effective_volume_percent", 0.05),
            ..published()
        };
        let (rows, _) = assess_subsidence(&bone.seat(), &limits).unwrap();
        assert_eq!(rows[1].source, "limits.indentation_force_n (case file)");
        assert_eq!(rows[1].ratio_band, Some([2.0 / (300.0 / 7.07); 2]));
        assert!(rows[0].source.contains("Morgan"));
        for row in &rows[2..4] {
            assert!(
                row.source
                    .contains("limits.effective_volume_percent (case file)")
            );
        }
    }

    /// Bone in uniaxial compression to each of `strains` at E = 300 MPa and ν = 0.
    struct Bone {
        volume: Vec<f64>,
        strain: Vec<Voigt>,
        energy: Vec<f64>,
        modulus: Vec<f64>,
    }

    fn bone(strains: &[f64], volume: &[f64]) -> Bone {
        Bone {
            volume: volume.to_vec(),
            strain: strains
                .iter()
                .map(|e| Voigt::new(0.0, 0.0, -e, 0.0, 0.0, 0.0))
                .collect(),
            energy: strains.iter().map(|e| 150.0 * e * e).collect(),
            modulus: vec![300.0; strains.len()],
        }
    }

    impl Bone {
        fn seat(&self) -> Seat<'_> {
            Seat {
                state: "fused",
                load_case: "axial",
                endplate: "T5 inferior",
                patch_pressure: Ok(2.0),
                bone: NearBone {
                    volume: &self.volume,
                    strain: &self.strain,
                    energy_density: &self.energy,
                    modulus: &self.modulus,
                },
                column: Ok(VertebralColumn {
                    height: 16.2,
                    stiffness: 9_000.0,
                    compression: 200.0,
                }),
                foundation: Ok(Foundation {
                    modulus: 30.0,
                    pressure: 1.13,
                }),
                modulus: 300.0,
            }
        }
    }

    #[test]
    fn every_criterion_has_the_value_and_limit_worked_out_by_hand() {
        let bone = bone(&[0.002, 0.006, 0.009], &[95.0, 4.0, 1.0]);
        let (rows, missing) = assess_subsidence(&bone.seat(), &published()).unwrap();
        assert!(missing.is_empty());
        let expected = [
            // σ_c = 0.0077 · 300 = 2.31.
            (2.0, 2.31, Verdict::Caution),
            // 50 N / 7.07 mm² = 7.072 MPa, 250 N five times that.
            (2.0, 50.0 / 7.07, Verdict::Within),
            // 1 % beyond 0.77 %.
            (1.0, 2.0, Verdict::Within),
            // Uniaxial with ν = 0: ε_eff = |ε|; 2 % of the volume exceeds 0.6 %.
            (6000.0, 7000.0, Verdict::Caution),
            // 0.0068 · 16.2 · 9000 = 991.44 N.
            (200.0, 991.44, Verdict::Within),
            // 1.13 / 30 = 0.03767 mm against 2 mm.
            (0.037_666_7, 2.0, Verdict::Within),
        ];
        assert_eq!(rows.len(), expected.len());
        for (row, (value, limit, verdict)) in rows.iter().zip(expected) {
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs();
            assert!(close(row.value, value), "{} {value}", row.value);
            assert!(close(row.limit, limit), "{} {limit}", row.limit);
            assert_eq!(row.verdict, verdict, "{}", row.criterion);
            assert!(row.source.ends_with(')'));
        }
        // Only the indentation strength has a band without another solution: 50 to 250 N.
        let bands: Vec<bool> = rows.iter().map(|r| r.ratio_band.is_some()).collect();
        assert_eq!(bands, [false, true, false, false, false, false]);
        let [low, high] = rows[1].ratio_band.unwrap();
        assert!((low - 0.05656).abs() < 1e-5 && (high - 0.2828).abs() < 1e-4);
    }

    #[test]
    fn shear_strains_the_bone_in_compression_along_its_diagonal() {
        // γ = 0.02 in xy: principal strains ±0.01.
        let shear = Voigt::new(0.0, 0.0, 0.0, 0.02, 0.0, 0.0);
        assert!((compressive_strain(&shear) - 0.01).abs() < 1e-15);
    }

    /// Every criterion is a row or has its reason, whatever is missing.
    #[test]
    fn what_is_not_known_gives_a_reason_and_no_row() {
        let bone = bone(&[0.002], &[10.0]);
        let mut seat = bone.seat();
        seat.patch_pressure = Err("no patch fits".to_owned());
        seat.foundation = Err("not pressed".to_owned());
        seat.column = seat.column.map(|c| VertebralColumn {
            compression: -200.0,
            ..c
        });
        let (rows, missing) = assess_subsidence(&seat, &published()).unwrap();
        assert_eq!((rows.len(), missing.len()), (2, 4));
        let said: Vec<&str> = missing.iter().map(|m| m.check.as_str()).collect();
        let kinds = [
            Criterion::Yield,
            Criterion::Indentation,
            Criterion::VertebralStrength,
            Criterion::Depth,
        ];
        assert_eq!(said, kinds.map(Criterion::name));
        assert!(missing[2].reason.contains("does not compress"));
        assert_eq!(foundation_modulus(1.2, 0.04), Some(1.2 / 0.04));
        assert_eq!(foundation_modulus(1.2, -0.04), None);
        assert_eq!(foundation_modulus(f64::NAN, 0.04), None);
    }

    #[test]
    fn wrong_lengths_no_bone_and_impossible_moduli_are_refused() {
        let bone = bone(&[0.002], &[10.0]);
        let limits = published();
        let mut short = bone.seat();
        short.bone.modulus = &[];
        let short = assess_subsidence(&short, &limits);
        assert!(matches!(
            short,
            Err(AssessmentError::Length { what: "moduli", .. })
        ));
        let mut soft = bone.seat();
        soft.modulus = 0.0;
        assert!(assess_subsidence(&soft, &limits).is_err());
        let mut loose = bone.seat();
        loose.foundation = Ok(Foundation {
            modulus: f64::NAN,
            pressure: 1.0,
        });
        assert!(assess_subsidence(&loose, &limits).is_err());
        let nothing = super::tests::bone(&[], &[]);
        assert!(matches!(
            assess_subsidence(&nothing.seat(), &limits),
            Err(AssessmentError::Empty { .. })
        ));
    }
}

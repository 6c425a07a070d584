//! Whether the implant sinks into the bone: several published criteria side by side.
//!
//! They disagree, none is a probability, and each stands with its own limit and source:
//! patch pressure over yield strength σ_c = ε_y E; patch pressure over indentation strength;
//! volume share of bone near the interface beyond the yield strain; Pistoia's effective strain;
//! load over vertebral strength F = 0.0068 H K; depth on an elastic foundation.
//!
//! The cancellous modulus is a default with a wide band, and every verdict hangs on it, so each
//! row carries the ratio at both ends of the band. These are scaled, not solved again: what the
//! implant presses with is held (statics fixes it), strains and the foundation's depth go as 1/E,
//! strengths as E. With rods the true change is smaller, since softer bone hands load to them.
//! Must not know meshes: strains come in per element.

use super::implant::volume_percentile;
use super::{AssessmentError, SubsidenceRow, Verdict};
use crate::source::SourceFlag;
use crate::tensor::{Voigt, principal, strain_matrix};

/// The numbers the criteria stand on. The defaults are the published ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubsidenceLimits {
    /// Compressive yield strain of vertebral bone.
    pub yield_strain: f64,
    /// Local failure load under a 3 mm indenter, low and high end, N.
    pub indentation_n: [f64; 2],
    /// Area of the indenter, mm².
    pub indenter_area: f64,
    /// Effective strain of Pistoia's criterion.
    pub pistoia_strain: f64,
    /// Volume share of Pistoia's criterion, also the limit of the share beyond yield strain.
    pub volume_share: f64,
    /// Strain in F = strain · H · K.
    pub vertebral_strain: f64,
    /// Depth on the foundation that counts as subsidence, mm.
    pub depth_mm: f64,
}

impl Default for SubsidenceLimits {
    fn default() -> Self {
        Self {
            yield_strain: 0.0077,
            indentation_n: [50.0, 250.0],
            indenter_area: 7.07,
            pistoia_strain: 0.007,
            volume_share: 0.02,
            vertebral_strain: 0.0068,
            depth_mm: 2.0,
        }
    }
}

/// The cancellous modulus used and the ends of its band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModulusBand {
    /// Young's modulus the model was solved with, MPa.
    pub modulus: f64,
    /// Low end, MPa.
    pub low: f64,
    /// High end, MPa.
    pub high: f64,
}

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

/// One endplate under one load case.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    /// State.
    pub state: &'a str,
    /// Load case.
    pub load_case: &'a str,
    /// Endplate ("T5 inferior").
    pub endplate: &'a str,
    /// Largest mean pressure over a 3 mm patch, MPa; NaN where no patch fits.
    pub patch_pressure: f64,
    /// Bone near the interface.
    pub bone: NearBone<'a>,
    /// The vertebra as a column, where its stiffness is known.
    pub column: Option<VertebralColumn>,
    /// The foundation, where it is known.
    pub foundation: Option<Foundation>,
    /// Cancellous modulus and its band.
    pub band: ModulusBand,
}

/// k of a foundation, MPa/mm, from the mean traction (MPa) and the mean indentation (mm) relative
/// to the slice 10 mm away, both in one axial load case; `None` where it is not pressed in.
pub fn foundation_modulus(mean_traction: f64, mean_indentation: f64) -> Option<f64> {
    (mean_traction > 0.0 && mean_indentation > 0.0).then(|| mean_traction / mean_indentation)
}

/// All criteria that the numbers at hand allow, in a fixed order.
///
/// # Errors
/// Lengths that differ, no bone near the interface, a modulus that is not positive.
pub fn assess_subsidence(
    seat: &Seat,
    limits: &SubsidenceLimits,
) -> Result<Vec<SubsidenceRow>, AssessmentError> {
    check(seat)?;
    let mut rows = Vec::new();
    if seat.patch_pressure.is_finite() {
        rows.push(yield_row(seat, limits));
        rows.push(indentation_row(seat, limits));
    }
    rows.push(strain_share_row(seat, limits));
    rows.extend(pistoia_row(seat, limits));
    rows.extend(
        seat.column
            .and_then(|column| vertebra_row(seat, &column, limits)),
    );
    if let Some(foundation) = &seat.foundation {
        rows.push(depth_row(seat, foundation, limits));
    }
    Ok(rows)
}

/// What a criterion found, before it is a row.
struct Finding {
    criterion: String,
    value: f64,
    unit: &'static str,
    limit: f64,
    ratio_band: [f64; 2],
    citation: &'static str,
    flag: SourceFlag,
}

impl Finding {
    fn row(self, seat: &Seat) -> SubsidenceRow {
        let [low, high] = self.ratio_band;
        SubsidenceRow {
            state: seat.state.to_owned(),
            load_case: seat.load_case.to_owned(),
            endplate: seat.endplate.to_owned(),
            criterion: self.criterion,
            value: self.value,
            unit: self.unit,
            limit: self.limit,
            ratio_band: [low.min(high), low.max(high)],
            verdict: Verdict::of_ratio(self.value / self.limit),
            source: format!("{} ({})", self.citation, self.flag.words()),
        }
    }
}

/// A ratio that goes as 1/E, at the low and the high end of the band.
fn inverse_band(ratio: f64, band: &ModulusBand) -> [f64; 2] {
    [
        ratio * band.modulus / band.low,
        ratio * band.modulus / band.high,
    ]
}

fn yield_row(seat: &Seat, limits: &SubsidenceLimits) -> SubsidenceRow {
    let strength = limits.yield_strain * seat.band.modulus;
    Finding {
        criterion: format!(
            "patch pressure against yield strength of cancellous bone, {} E",
            limits.yield_strain
        ),
        value: seat.patch_pressure,
        unit: "MPa",
        limit: strength,
        ratio_band: inverse_band(seat.patch_pressure / strength, &seat.band),
        citation: "yield strain 0.77 +- 0.06 %, Morgan & Keaveny 2001, J Biomech 34:569",
        flag: SourceFlag::RecalledUnverified,
    }
    .row(seat)
}

fn indentation_row(seat: &Seat, limits: &SubsidenceLimits) -> SubsidenceRow {
    let [low, high] = limits.indentation_n;
    let strength = low / limits.indenter_area;
    let ratio = seat.patch_pressure / strength;
    Finding {
        criterion: format!(
            "patch pressure against indentation strength, {low}-{high} N over {} mm2 (lumbar; \
             limit from the low end; the band is that of the strength)",
            limits.indenter_area
        ),
        value: seat.patch_pressure,
        unit: "MPa",
        limit: strength,
        ratio_band: [ratio, ratio * low / high],
        citation: "local failure 50-250 N under a 3 mm indenter, L3-S1, Grant et al. 2001, Spine \
                   26:889",
        flag: SourceFlag::RecalledUnverified,
    }
    .row(seat)
}

/// −ε_min, the greatest compressive principal strain.
pub fn compressive_strain(strain: &Voigt) -> f64 {
    -principal(&strain_matrix(strain))[0]
}

fn strain_share_row(seat: &Seat, limits: &SubsidenceLimits) -> SubsidenceRow {
    let bone = &seat.bone;
    let compressive: Vec<f64> = bone.strain.iter().map(compressive_strain).collect();
    let total: f64 = bone.volume.iter().sum();
    let share = |scale: f64| {
        let beyond = compressive.iter().zip(bone.volume);
        let volume: f64 = beyond
            .filter(|(e, _)| **e * scale > limits.yield_strain)
            .map(|(_, v)| v)
            .sum();
        // An empty sum is −0.
        volume.abs() / total
    };
    let band = &seat.band;
    let ratio = |modulus: f64| share(band.modulus / modulus) / limits.volume_share;
    Finding {
        criterion: format!(
            "volume share within 3 mm beyond {:.2} % compressive principal strain",
            100.0 * limits.yield_strain
        ),
        value: 100.0 * share(1.0),
        unit: "%",
        limit: 100.0 * limits.volume_share,
        ratio_band: [ratio(band.low), ratio(band.high)],
        citation: "yield strain of Morgan & Keaveny 2001, J Biomech 34:569; no share is published \
                   for it, the limit is Pistoia's 2 % taken over",
        flag: SourceFlag::RecalledUnverified,
    }
    .row(seat)
}

fn pistoia_row(seat: &Seat, limits: &SubsidenceLimits) -> Option<SubsidenceRow> {
    let bone = &seat.bone;
    let effective: Vec<f64> = bone
        .energy_density
        .iter()
        .zip(bone.modulus)
        .map(|(u, e)| (2.0 * u.max(0.0) / e).sqrt())
        .collect();
    let strain = volume_percentile(&effective, bone.volume, 1.0 - limits.volume_share)?;
    Some(
        Finding {
            criterion: format!(
                "Pistoia: effective strain that {} % of the bone within 3 mm exceeds",
                100.0 * limits.volume_share
            ),
            value: 1e6 * strain,
            unit: "microstrain",
            limit: 1e6 * limits.pistoia_strain,
            ratio_band: inverse_band(strain / limits.pistoia_strain, &seat.band),
            citation: "Pistoia et al. 2002, Bone 30:842; tuned for the distal radius, not for \
                       vertebrae",
            flag: SourceFlag::RecalledUnverified,
        }
        .row(seat),
    )
}

/// `None` where the vertebra is not compressed: there is nothing to compare with.
fn vertebra_row(
    seat: &Seat,
    column: &VertebralColumn,
    limits: &SubsidenceLimits,
) -> Option<SubsidenceRow> {
    let strength = limits.vertebral_strain * column.height * column.stiffness;
    (column.compression > 0.0).then(|| {
        Finding {
            criterion: format!(
                "axial load against vertebral strength, {} H K",
                limits.vertebral_strain
            ),
            value: column.compression,
            unit: "N",
            limit: strength,
            ratio_band: inverse_band(column.compression / strength, &seat.band),
            citation: "linear strength at 0.68 % strain, checked on the table of Walle et al. \
                       2025 (160 vertebrae)",
            flag: SourceFlag::Derived,
        }
        .row(seat)
    })
}

fn depth_row(seat: &Seat, foundation: &Foundation, limits: &SubsidenceLimits) -> SubsidenceRow {
    let depth = foundation.pressure.max(0.0) / foundation.modulus;
    Finding {
        criterion: "elastic depth on the foundation of bone, relative to 10 mm away".to_owned(),
        value: depth,
        unit: "mm",
        limit: limits.depth_mm,
        ratio_band: inverse_band(depth / limits.depth_mm, &seat.band),
        citation: "clinical grades: up to 2 mm none, 2-4 mm mild, above 4 mm severe (preprint \
                   rs-853052, 242 patients)",
        flag: SourceFlag::SecondarySource,
    }
    .row(seat)
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
    let band = &seat.band;
    let mut positive = vec![
        ("cancellous modulus", band.modulus),
        ("low end of the modulus", band.low),
        ("high end of the modulus", band.high),
    ];
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

    const BAND: ModulusBand = ModulusBand {
        modulus: 300.0,
        low: 100.0,
        high: 450.0,
    };

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
                patch_pressure: 2.0,
                bone: NearBone {
                    volume: &self.volume,
                    strain: &self.strain,
                    energy_density: &self.energy,
                    modulus: &self.modulus,
                },
                column: Some(VertebralColumn {
                    height: 16.2,
                    stiffness: 9_000.0,
                    compression: 200.0,
                }),
                foundation: Some(Foundation {
                    modulus: 30.0,
                    pressure: 1.13,
                }),
                band: BAND,
            }
        }
    }

    #[test]
    fn every_criterion_has_the_value_limit_and_band_worked_out_by_hand() {
        let bone = bone(&[0.002, 0.006, 0.009], &[95.0, 4.0, 1.0]);
        let rows = assess_subsidence(&bone.seat(), &SubsidenceLimits::default()).unwrap();
        let expected = [
            // σ_c = 0.0077 · 300 = 2.31; the band is ×3 and ×2/3.
            (
                2.0,
                2.31,
                [2.0 / 3.0 * 2.0 / 2.31, 3.0 * 2.0 / 2.31],
                Verdict::Caution,
            ),
            // 50 N / 7.07 mm² = 7.072 MPa, 250 N five times that.
            (2.0, 50.0 / 7.07, [0.05656, 0.2828], Verdict::Within),
            // 1 % beyond 0.77 %; at 100 MPa strains triple: 0.6, 1.8, 2.7 %: 5 %; at 450 MPa 0.6 %.
            (1.0, 2.0, [0.0, 2.5], Verdict::Within),
            // Uniaxial with ν = 0: ε_eff = |ε|; 2 % of the volume exceeds 0.6 %.
            (6000.0, 7000.0, [4.0 / 7.0, 18.0 / 7.0], Verdict::Caution),
            // 0.0068 · 16.2 · 9000 = 991.44 N.
            (200.0, 991.44, [0.134485, 0.605180], Verdict::Within),
            // 1.13 / 30 = 0.03767 mm against 2 mm.
            (0.037_666_7, 2.0, [0.0125556, 0.0565], Verdict::Within),
        ];
        assert_eq!(rows.len(), expected.len());
        for (row, (value, limit, band, verdict)) in rows.iter().zip(expected) {
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs();
            assert!(close(row.value, value), "{} {value}", row.value);
            assert!(close(row.limit, limit), "{} {limit}", row.limit);
            assert!(
                close(row.ratio_band[0], band[0]),
                "{:?} {band:?}",
                row.ratio_band
            );
            assert!(
                close(row.ratio_band[1], band[1]),
                "{:?} {band:?}",
                row.ratio_band
            );
            assert_eq!(row.verdict, verdict, "{}", row.criterion);
            assert!(row.source.ends_with(')'));
        }
    }

    #[test]
    fn shear_strains_the_bone_in_compression_along_its_diagonal() {
        // γ = 0.02 in xy: principal strains ±0.01.
        let shear = Voigt::new(0.0, 0.0, 0.0, 0.02, 0.0, 0.0);
        assert!((compressive_strain(&shear) - 0.01).abs() < 1e-15);
    }

    #[test]
    fn what_is_not_known_gives_no_row() {
        let bone = bone(&[0.002], &[10.0]);
        let mut seat = bone.seat();
        seat.patch_pressure = f64::NAN;
        seat.foundation = None;
        seat.column = seat.column.map(|c| VertebralColumn {
            compression: -200.0,
            ..c
        });
        let rows = assess_subsidence(&seat, &SubsidenceLimits::default()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(foundation_modulus(1.2, 0.04), Some(1.2 / 0.04));
        assert_eq!(foundation_modulus(1.2, -0.04), None);
        assert_eq!(foundation_modulus(f64::NAN, 0.04), None);
    }

    #[test]
    fn wrong_lengths_no_bone_and_impossible_moduli_are_refused() {
        let bone = bone(&[0.002], &[10.0]);
        let limits = SubsidenceLimits::default();
        let mut short = bone.seat();
        short.bone.modulus = &[];
        let short = assess_subsidence(&short, &limits);
        assert!(matches!(
            short,
            Err(AssessmentError::Length { what: "moduli", .. })
        ));
        let mut soft = bone.seat();
        soft.band.low = 0.0;
        assert!(assess_subsidence(&soft, &limits).is_err());
        let mut loose = bone.seat();
        loose.foundation = Some(Foundation {
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

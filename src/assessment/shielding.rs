//! Stress shielding: strain energy of the bone against the same bone before surgery.
//!
//! Per load case and zone, sed_ratio = Σ U V / Σ U₀ V. For "all", the stimulus
//! S = mean of U over the service cases (÷ ρ where the density is known; Huiskes 1987) against
//! the same mean S₀ of the intact state on the same bone; bone resorbs where
//! S < (1 − s) S₀, with the dead zones s = 0.5 and 0.75 side by side. Bone whose S₀ is below
//! 1 % of the vertebral body's mean is left out of the fractions and its volume is reported:
//! what carried nothing has no stimulus to lose. The bone comes in pieces, a quadrature point of
//! an element each, cut where zones meet.
//!
//! A series path (a cage that replaces the whole body) cannot be shielded in axial load; it
//! redistributes. That is the reader's to know and the report's to say.
//! Must not know meshes or file formats: energies come in per piece.

use std::collections::BTreeMap;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::resorption::{ALL_CASES, ShieldingRow, shielding_unchecked};
use super::unchecked::Unchecked;
use super::zones::Zone;
use crate::case::{BodyId, Case};
use crate::recovery::solved::SolvedState;

/// Dead zones of the resorption rule: s, and the ratio S/S₀ = 1 − s below which bone resorbs.
pub const DEAD_ZONES: [f64; 2] = [0.5, 0.75];

/// Elements with a reference stimulus below this share of the body's mean are left out.
pub const NEGLIGIBLE_STIMULUS: f64 = 0.01;

/// A zone with less bone than this gets no row, mm³: what is left of the innermost slice where a
/// body is hardly 16 mm high is an element or two, and their ratio would be noise.
pub const SLIVER: f64 = 10.0;

/// The bone whose energy is compared, piece by piece.
#[derive(Debug, Clone, Copy)]
pub struct BonePieces<'a> {
    /// Name of the body.
    pub body: &'a str,
    /// Volume of each piece, mm³.
    pub volume: &'a [f64],
    /// Zone of each piece; `None` is left out of everything.
    pub zone: &'a [Option<Zone>],
    /// Apparent density of each piece, g/cm³, where it is known.
    pub density: Option<&'a [f64]>,
}

/// One load case solved in the state and in the intact state.
#[derive(Debug, Clone, Copy)]
pub struct EnergyPair<'a> {
    /// Name of the load case.
    pub load_case: &'a str,
    /// Whether it counts in the mean over service cases.
    pub service: bool,
    /// Strain energy density of each piece in the state, MPa.
    pub energy_density: &'a [f64],
    /// The same, intact.
    pub intact_energy_density: &'a [f64],
}

/// Shielding of one body in one state: rows per load case and zone, then the rows for "all",
/// zones in their own order.
///
/// # Errors
/// Slices of different lengths; an energy that is not a number ≥ 0; a zone without any reference
/// energy.
pub fn assess_shielding(
    state: &str,
    bone: &BonePieces,
    cases: &[EnergyPair],
) -> Result<Vec<ShieldingRow>, AssessmentError> {
    check(bone, cases)?;
    let zones = zone_pieces(bone);
    let mut rows = Vec::new();
    for case in cases {
        for (&zone, pieces) in &zones {
            let energies = (case.energy_density, case.intact_energy_density);
            rows.push(row(state, case.load_case, bone, (zone, pieces), energies)?);
        }
    }
    let service: Vec<&EnergyPair> = cases.iter().filter(|c| c.service).collect();
    if service.is_empty() {
        return Ok(rows);
    }
    let mean = |of: &dyn Fn(&EnergyPair) -> f64| {
        service.iter().map(|case| of(case)).sum::<f64>() / service.len() as f64
    };
    let pieces = 0..bone.volume.len();
    let after: Vec<f64> = pieces
        .clone()
        .map(|e| mean(&|c| c.energy_density[e]))
        .collect();
    let before: Vec<f64> = pieces
        .map(|e| mean(&|c| c.intact_energy_density[e]))
        .collect();
    let floor = NEGLIGIBLE_STIMULUS * mean_stimulus(bone, &before);
    for (&zone, pieces) in &zones {
        let mut all = row(state, ALL_CASES, bone, (zone, pieces), (&after, &before))?;
        let counted: Vec<usize> = pieces
            .iter()
            .copied()
            .filter(|&e| stimulus(bone, &before, e) >= floor)
            .collect();
        let volume_of = |chosen: &dyn Fn(usize) -> bool| -> f64 {
            counted
                .iter()
                .filter(|&&e| chosen(e))
                .map(|&e| bone.volume[e])
                // An empty sum would be −0.
                .fold(0.0, |sum, v| sum + v)
        };
        let counted_volume = volume_of(&|_| true);
        all.left_out_volume_mm3 = all.volume_mm3 - counted_volume;
        if counted_volume > 0.0 {
            let fraction = |s: f64| {
                volume_of(&|e| stimulus(bone, &after, e) < (1.0 - s) * stimulus(bone, &before, e))
                    / counted_volume
            };
            all.resorbing_fraction_s50 = Some(fraction(DEAD_ZONES[0]));
            all.resorbing_fraction_s75 = Some(fraction(DEAD_ZONES[1]));
        }
        rows.push(all);
    }
    Ok(rows)
}

/// U, or U/ρ where the density is known.
fn stimulus(bone: &BonePieces, energy: &[f64], e: usize) -> f64 {
    bone.density
        .map_or(energy[e], |density| energy[e] / density[e])
}

/// Volume mean of the stimulus over the zones of the vertebral body (the posterior pieces,
/// stiff and idle, would pull it down).
fn mean_stimulus(bone: &BonePieces, energy: &[f64]) -> f64 {
    let (mut sum, mut volume) = (0.0, 0.0);
    for (e, zone) in bone.zone.iter().enumerate() {
        if matches!(zone, Some(Zone::Body(..))) {
            sum += bone.volume[e] * stimulus(bone, energy, e);
            volume += bone.volume[e];
        }
    }
    if volume > 0.0 { sum / volume } else { 0.0 }
}

fn zone_pieces(bone: &BonePieces) -> BTreeMap<Zone, Vec<usize>> {
    let mut zones: BTreeMap<Zone, Vec<usize>> = BTreeMap::new();
    for (e, zone) in bone.zone.iter().enumerate() {
        if let Some(zone) = zone {
            zones.entry(*zone).or_default().push(e);
        }
    }
    zones.retain(|_, pieces| pieces.iter().map(|&p| bone.volume[p]).sum::<f64>() >= SLIVER);
    zones
}

fn row(
    state: &str,
    load_case: &str,
    bone: &BonePieces,
    (zone, pieces): (Zone, &[usize]),
    (after, before): (&[f64], &[f64]),
) -> Result<ShieldingRow, AssessmentError> {
    let total = |u: &[f64]| pieces.iter().map(|&e| u[e] * bone.volume[e]).sum::<f64>();
    let reference = total(before);
    if reference <= 0.0 {
        return Err(AssessmentError::NoReferenceEnergy {
            body: bone.body.to_owned(),
            zone: zone.to_string(),
            load_case: load_case.to_owned(),
        });
    }
    let volume: f64 = pieces.iter().map(|&e| bone.volume[e]).sum();
    Ok(ShieldingRow {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        body: bone.body.to_owned(),
        zone: zone.to_string(),
        volume_mm3: volume,
        sed_ratio: total(after) / reference,
        intact_sed_mpa: reference / volume,
        resorbing_fraction_s50: None,
        resorbing_fraction_s75: None,
        resorbing_fraction_s75_band: None,
        left_out_volume_mm3: 0.0,
    })
}

fn check(bone: &BonePieces, cases: &[EnergyPair]) -> Result<(), AssessmentError> {
    let pieces = bone.volume.len();
    let length = |what: &'static str, found: usize| {
        if found == pieces {
            Ok(())
        } else {
            let body = bone.body.to_owned();
            Err(AssessmentError::Length {
                body,
                what,
                found,
                expected: pieces,
            })
        }
    };
    length("zones", bone.zone.len())?;
    length("densities", bone.density.map_or(pieces, <[f64]>::len))?;
    for case in cases {
        length("strain energies", case.energy_density.len())?;
        length("intact strain energies", case.intact_energy_density.len())?;
        for energy in [case.energy_density, case.intact_energy_density] {
            if let Some(index) = energy.iter().position(|u| !(*u >= 0.0 && u.is_finite())) {
                return Err(AssessmentError::NotAnEnergy {
                    body: bone.body.to_owned(),
                    load_case: case.load_case.to_owned(),
                    index,
                    value: energy[index],
                });
            }
        }
    }
    Ok(())
}

/// Shielding of every vertebra that stays, in a state.
///
/// # Errors
/// Energies that cannot be.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<ShieldingRow>, AssessmentError> {
    match inputs.intact() {
        Some(intact) => against_intact(inputs, state, intact),
        None => Ok(without_reference(inputs.case, state)),
    }
}

/// Without the intact state no vertebra that stays has a reference.
fn without_reference(case: &Case, state: &SolvedState) -> Checked<ShieldingRow> {
    let stay = case.vertebrae.iter().enumerate();
    let names = stay
        .filter(|(v, _)| !case.is_resected(*v))
        .map(|(_, vertebra)| &vertebra.name);
    let not_checked = names.map(|name| Unchecked {
        state: state.name().to_owned(),
        load_case: ALL_CASES.to_owned(),
        check: "stress shielding".to_owned(),
        place: name.clone(),
        reason: "it needs the intact state beside the fused one".to_owned(),
    });
    Checked {
        rows: Vec::new(),
        not_checked: not_checked.collect(),
    }
}

fn against_intact(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    intact: &SolvedState,
) -> Result<Checked<ShieldingRow>, AssessmentError> {
    let mut checked = Checked::default();
    for place in &inputs.places {
        let role = BodyId::Vertebra(place.vertebra);
        let (Some(after), Some(before)) = (state.built.body(role), intact.built.body(role)) else {
            continue;
        };
        let energies: Vec<[Vec<f64>; 2]> = state
            .cases
            .iter()
            .zip(&intact.cases)
            .map(|(now, then)| {
                [(now, after), (then, before)]
                    .map(|(case, body)| place.pick(&case.fields.energy_at_points, body))
            })
            .collect();
        let cases: Vec<EnergyPair<'_>> = state
            .cases
            .iter()
            .zip(&energies)
            .map(|(case, [now, then])| EnergyPair {
                load_case: &case.load.name,
                service: case.load.service,
                energy_density: now,
                intact_energy_density: then,
            })
            .collect();
        let bone = BonePieces {
            body: &after.name,
            volume: &place.pieces.iter().map(|p| p.volume).collect::<Vec<_>>(),
            zone: &place.pieces.iter().map(|p| p.zone).collect::<Vec<_>>(),
            density: None,
        };
        let rows = assess_shielding(state.name(), &bone, &cases)?;
        let missing = shielding_unchecked(state.name(), &after.name, &rows, &place.near_loads);
        checked.not_checked.extend(missing);
        checked.rows.extend(rows);
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::super::zones::{Endplate, Quadrant, Slice};
    use super::*;

    const FRONT: Zone = Zone::Body(Endplate::Superior, Slice::Outer, Quadrant::Anterior);
    const BACK: Zone = Zone::Body(Endplate::Superior, Slice::Outer, Quadrant::Posterior);

    fn bone<'a>(volume: &'a [f64], zone: &'a [Option<Zone>]) -> BonePieces<'a> {
        BonePieces {
            body: "T5",
            volume,
            zone,
            density: None,
        }
    }

    fn pair<'a>(
        name: &'a str,
        service: bool,
        after: &'a [f64],
        before: &'a [f64],
    ) -> EnergyPair<'a> {
        EnergyPair {
            load_case: name,
            service,
            energy_density: after,
            intact_energy_density: before,
        }
    }

    /// Parallel column of bone (E_b) with an implant (E_i) over a share φ of the section, the same
    /// total force: ε/ε₀ = 1/[1 + φ(E_i/E_b − 1)] and the energy ratio of the bone its square.
    #[test]
    fn a_parallel_column_is_shielded_as_the_closed_form_says_and_a_series_one_is_not() {
        let (modulus, share, force, area) = (300.0, 0.3, 200.0, 500.0);
        // Printed strain ratios of the worked example: titanium 0.0090, PEEK 0.2326.
        for (implant, printed) in [(110_000.0, 0.0090), (3_600.0, 0.2326)] {
            let strain = |stiffness: f64| force / (area * stiffness);
            let intact = strain(modulus);
            let shielded = strain((1.0 - share) * modulus + share * implant);
            let energy = |strain: f64| [0.5 * modulus * strain * strain; 3];
            let (after, before) = (energy(shielded), energy(intact));
            let zones = [Some(FRONT); 3];
            let volumes = [10.0, 20.0, 30.0];
            let rows = assess_shielding(
                "fused",
                &bone(&volumes, &zones),
                &[pair("axial", true, &after, &before)],
            )
            .unwrap();
            assert_eq!(rows.len(), 2);
            for row in &rows {
                let strain_ratio = row.sed_ratio.sqrt();
                assert!((strain_ratio - printed).abs() < 0.5e-4, "{strain_ratio}");
                assert_eq!(row.volume_mm3, 60.0);
                assert!((row.intact_sed_mpa / before[0] - 1.0).abs() < 1e-15);
            }
            assert_eq!(rows[0].resorbing_fraction_s50, None);
            assert_eq!(rows[1].resorbing_fraction_s75, Some(1.0));
            let series = assess_shielding(
                "fused",
                &bone(&volumes, &zones),
                &[pair("axial", true, &before, &before)],
            )
            .unwrap();
            assert!(series.iter().all(|r| r.sed_ratio == 1.0));
            assert_eq!(series[1].resorbing_fraction_s50, Some(0.0));
        }
    }

    #[test]
    fn the_row_for_all_cases_is_the_mean_over_service_cases_element_by_element() {
        let volumes = [10.0, 30.0, 100.0];
        let zones = [Some(FRONT), Some(FRONT), Some(BACK)];
        let cases = [
            pair("flexion", true, &[0.4, 1.0, 1.0], &[1.0, 1.0, 2.0]),
            pair("extension", true, &[0.0, 1.0, 1.0], &[1.0, 1.0, 2.0]),
            pair("1650 N", false, &[9.0, 9.0, 9.0], &[1.0, 1.0, 1.0]),
        ];
        let rows = assess_shielding("fused", &bone(&volumes, &zones), &cases).unwrap();
        assert_eq!(rows.len(), 8);
        let front = &rows[6];
        assert_eq!(
            (front.load_case.as_str(), front.zone.as_str()),
            (ALL_CASES, "superior 0-3 mm anterior")
        );
        // S/S₀ = 0.2 on 10 mm³ and 1.0 on 30 mm³.
        assert!((front.sed_ratio - 0.8).abs() < 1e-15);
        assert_eq!(front.resorbing_fraction_s50, Some(0.25));
        assert_eq!(front.resorbing_fraction_s75, Some(0.25));
        // S/S₀ = 0.5 exactly is not below 0.5.
        assert_eq!(rows[7].resorbing_fraction_s50, Some(0.0));
        assert!((rows[5].sed_ratio - 9.0).abs() < 1e-15);
    }

    #[test]
    fn idle_bone_and_left_out_bone_do_not_count_as_resorbing() {
        let volumes = [10.0, 10.0, 20.0, 50.0];
        let zones = [Some(FRONT), Some(FRONT), Some(FRONT), None];
        let before = [1.0, 1.0, 0.004, 100.0];
        let after = [1.0, 0.3, 0.0, 0.0];
        let rows = assess_shielding(
            "fused",
            &bone(&volumes, &zones),
            &[pair("axial", true, &after, &before)],
        )
        .unwrap();
        // Mean of the body is (1 + 1 + 0.008)/4; 1 % of it is 0.00502, above 0.004.
        assert_eq!(rows[1].left_out_volume_mm3, 20.0);
        assert_eq!(rows[1].resorbing_fraction_s50, Some(0.5));
        assert_eq!(rows[1].resorbing_fraction_s75, Some(0.0));
        assert_eq!(rows[1].volume_mm3, 40.0);
    }

    #[test]
    fn a_sliver_of_a_zone_has_no_row() {
        let (volumes, zones) = ([20.0, 0.9 * SLIVER], [Some(FRONT), Some(BACK)]);
        let energies = [1.0, 1.0];
        let cases = [pair("axial", true, &energies, &energies)];
        let rows = assess_shielding("fused", &bone(&volumes, &zones), &cases).unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|r| r.zone == FRONT.to_string()));
    }

    #[test]
    fn density_divides_the_stimulus_and_so_decides_what_is_idle() {
        let volumes = [10.0, 10.0];
        let zones = [Some(FRONT), Some(FRONT)];
        let density = [0.001, 1.0];
        let bone = BonePieces {
            density: Some(&density),
            ..bone(&volumes, &zones)
        };
        let cases = [pair("axial", true, &[1.0, 1.0], &[1.0, 1.0])];
        let rows = assess_shielding("fused", &bone, &cases).unwrap();
        // S₀ = 1000 and 1: the dense element is below 1 % of the mean 500.5.
        assert_eq!(rows[1].left_out_volume_mm3, 10.0);
    }

    #[test]
    fn wrong_lengths_and_energies_are_refused() {
        let (volumes, zones) = ([10.0, 10.0], [Some(FRONT), Some(FRONT)]);
        let bone = bone(&volumes, &zones);
        let short = assess_shielding("f", &bone, &[pair("a", true, &[1.0], &[1.0, 1.0])]);
        assert!(matches!(
            short,
            Err(AssessmentError::Length {
                found: 1,
                expected: 2,
                ..
            })
        ));
        let nan = assess_shielding(
            "f",
            &bone,
            &[pair("a", true, &[1.0, f64::NAN], &[1.0, 1.0])],
        );
        assert!(matches!(
            nan,
            Err(AssessmentError::NotAnEnergy { index: 1, .. })
        ));
        let none = assess_shielding("f", &bone, &[pair("a", true, &[1.0, 1.0], &[0.0, 0.0])]);
        assert!(matches!(
            none,
            Err(AssessmentError::NoReferenceEnergy { .. })
        ));
    }
}

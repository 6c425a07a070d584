//! Strength of the implant and its grafts, judged on stress averaged over a unit cell.
//!
//! A porous metal has no stress below the size of its cell: the stress of each element is
//! averaged (volume-weighted, component by component) over a ball of one unit cell, at least
//! 2 mm, within its own region, and held against the compressive yield strength at its place. The
//! 99th volume percentile of that utilisation is judged, and the stress and strength of its place
//! are told; where strength is the same everywhere it is the percentile of the stress. The measure is the larger of von Mises and the greatest
//! compressive principal stress of the averaged tensor: equal in uniaxial compression, and a
//! porous metal also yields under pressure from all sides, where von Mises sees nothing. There is
//! no tension law; tension is judged by the compressive one, and the row says so.
//! Must not know meshes.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::judged::{Check, Group, Judged, Site, Verdict};
use super::missing::nulls;
use super::neighbours::PointGrid;
use super::table::{Access, Cell, Column, Finding, Layout, Shown, column, judged};
use super::unchecked::Unchecked;
use crate::case::BodyId;
use crate::material::ready::graft_strength;
use crate::material::strength::{LocalStrength, Strength};
use crate::recovery::solved::SolvedState;
use crate::tensor::{Point, Voigt, principal, stress_matrix, von_mises};

/// Smallest ball, mm (diameter).
pub const SMALLEST_CELL: f64 = 2.0;

/// Volume share whose stress stays below the value reported.
pub const PERCENTILE: f64 = 0.99;

/// The implant itself.
const IMPLANT: Group = Group {
    name: "implant",
    question: "Is the implant strong enough?",
    meaning: "Past its limit the implant is permanently crushed.",
    heading: "Implant",
};

/// What fills the gaps between the implant and the bones.
const GRAFT: Group = Group {
    name: "graft",
    question: "Do the grafts hold?",
    meaning: "Past its limit a graft is crushed and the implant settles.",
    heading: "Grafts between implant and bone",
};

/// What of the construct between the bones is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImplantPart {
    /// The implant.
    #[default]
    Implant,
    /// A graft between the implant and a bone.
    Graft,
}

impl ImplantPart {
    fn group(self) -> &'static Group {
        match self {
            Self::Implant => &IMPLANT,
            Self::Graft => &GRAFT,
        }
    }
}

/// Strength of one region of the implant, or of a graft.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImplantRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// What the region belongs to.
    pub part: ImplantPart,
    /// Region of the implant, or the graft.
    pub region: String,
    /// 99th volume percentile of the stress averaged over a unit cell (≥ 2 mm), MPa.
    pub stress_mpa: f64,
    /// Strength, MPa.
    pub strength_mpa: f64,
    /// Strength over stress.
    pub safety_factor: f64,
    /// Lowest and highest stress over strength within the band of the cancellous modulus of bone,
    /// where it was solved.
    #[serde(serialize_with = "nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Law the strength comes from.
    pub law: String,
    /// Citation with its flag.
    pub source: String,
    /// Verdict on stress over strength.
    pub verdict: Verdict,
}

impl ImplantRow {
    fn ratio(&self) -> f64 {
        self.stress_mpa / self.strength_mpa
    }
}

impl Judged for ImplantRow {
    fn site(&self) -> Site<'_> {
        Site {
            group: self.part.group(),
            state: &self.state,
            load_case: &self.load_case,
            check: "strength",
            place: Cow::Borrowed(&self.region),
        }
    }

    fn check(&self) -> Option<Check> {
        Some(Check {
            group: self.part.group(),
            state: self.state.clone(),
            load_case: self.load_case.clone(),
            place: self.region.clone(),
            criterion: "stress over strength".to_owned(),
            value: self.stress_mpa,
            limit: self.strength_mpa,
            unit: "MPa",
            ratio: self.ratio(),
            band: self.ratio_band,
            verdict: self.verdict,
            source: self.source.clone(),
        })
    }

    fn because(&self, _check: &Check) -> String {
        format!("{}: {}", self.region, self.law)
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }
}

impl Finding for ImplantRow {
    const JUDGED: Option<Access<Self>> = judged();
    const LAYOUT: &'static Layout = &Layout {
        caption: "Implant and grafts: 99th percentile of the stress averaged over a unit cell",
        note: None,
        shown: Shown::Holds,
        groups: &[&IMPLANT, &GRAFT],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("region", "", |r| Cell::Text(&r.region)),
        column("stress", "MPa", |r| Cell::Number(r.stress_mpa)),
        column("strength", "MPa", |r| Cell::Number(r.strength_mpa)),
        column("safety factor", "", |r| Cell::Number(r.safety_factor)),
        column(
            "stress ÷ strength within the band of the modulus",
            "",
            |r| Cell::Span(r.ratio_band),
        ),
        column("verdict", "", |r| Cell::Verdict(r.verdict)),
        column("law", "", |r| Cell::Text(&r.law)),
        column("source", "", |r| Cell::Text(&r.source)),
    ];
}

/// The elements of one region of an implant, or of a graft.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a> {
    /// What it belongs to.
    pub part: ImplantPart,
    /// Name ("porous core").
    pub name: &'a str,
    /// Centroids, mm.
    pub centroid: &'a [Point],
    /// Volumes, mm³.
    pub volume: &'a [f64],
    /// Size of the unit cell, mm; what is below 2 mm counts as 2 mm.
    pub unit_cell: f64,
}

/// One strength for each element, or one for all; each of them positive.
fn check_strength(strength: &LocalStrength, region: &Region) -> Result<(), AssessmentError> {
    let elements = region.centroid.len();
    let values = match strength {
        LocalStrength::Uniform(strength) => std::slice::from_ref(strength),
        LocalStrength::Local(strengths) if strengths.len() == elements => strengths,
        LocalStrength::Local(strengths) => {
            return Err(AssessmentError::Length {
                body: region.name.to_owned(),
                what: "strengths",
                found: strengths.len(),
                expected: elements,
            });
        }
    };
    match values.iter().find(|s| !(**s > 0.0 && s.is_finite())) {
        None => Ok(()),
        Some(&value) => Err(AssessmentError::NotPositive {
            body: region.name.to_owned(),
            what: "strength",
            value,
        }),
    }
}

/// Strength of one region in one state under one load case.
///
/// `stress` holds the mean stress of each element of the region.
///
/// # Errors
/// An empty region, lengths that differ, a strength that is not positive.
pub fn assess_implant(
    (state, load_case): (&str, &str),
    region: &Region,
    stress: &[Voigt],
    strength: &Strength,
) -> Result<ImplantRow, AssessmentError> {
    check_strength(&strength.strength, region)?;
    let averaged = cell_average(region, stress)?;
    let measures: Vec<f64> = averaged.iter().map(yield_measure).collect();
    let utilisation: Vec<f64> = (0..measures.len())
        .map(|e| measures[e] / strength.strength.at(e))
        .collect();
    let judged = percentile_place(&utilisation, region.volume, PERCENTILE);
    let e = judged.ok_or_else(|| AssessmentError::Empty {
        what: region.name.to_owned(),
    })?;
    let (value, limit) = (measures[e], strength.strength.at(e));
    Ok(ImplantRow {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        part: region.part,
        region: region.name.to_owned(),
        stress_mpa: value,
        strength_mpa: limit,
        safety_factor: limit / value,
        ratio_band: None,
        law: format!(
            "{}; compressive, applied to tension too for want of a tension law",
            strength.law
        ),
        source: strength.source.cited(),
        verdict: Verdict::of_ratio(value / limit),
    })
}

/// The larger of von Mises and the greatest compressive principal stress, MPa.
pub fn yield_measure(stress: &Voigt) -> f64 {
    von_mises(stress).max(-principal(&stress_matrix(stress))[0])
}

/// Stress averaged over a ball of one unit cell about each element's centroid, within the region.
/// An element that straddles the ball counts with the share of its radius inside.
///
/// # Errors
/// Lengths that differ, an empty region, a volume that is not positive.
pub fn cell_average(region: &Region, stress: &[Voigt]) -> Result<Vec<Voigt>, AssessmentError> {
    let elements = region.centroid.len();
    let lengths = [("volumes", region.volume.len()), ("stresses", stress.len())];
    for (what, found) in lengths {
        if found != elements {
            let body = region.name.to_owned();
            return Err(AssessmentError::Length {
                body,
                what,
                found,
                expected: elements,
            });
        }
    }
    if let Some(&value) = region.volume.iter().find(|v| !(**v > 0.0 && v.is_finite())) {
        let body = region.name.to_owned();
        return Err(AssessmentError::NotPositive {
            body,
            what: "volume of an element",
            value,
        });
    }
    if elements == 0 {
        return Err(AssessmentError::Empty {
            what: region.name.to_owned(),
        });
    }
    let own_radius = |v: f64| (0.75 * v / std::f64::consts::PI).cbrt();
    let radius = 0.5 * region.unit_cell.max(SMALLEST_CELL);
    let reach = radius
        + region
            .volume
            .iter()
            .map(|&v| own_radius(v))
            .fold(0.0, f64::max);
    let grid = PointGrid::new(region.centroid, reach);
    let average = |centre: &Point| {
        let (mut sum, mut weight) = (Voigt::zeros(), 0.0);
        grid.visit(centre, reach, |e| {
            let own = own_radius(region.volume[e]);
            let distance = (region.centroid[e] - centre).norm();
            let inside = ((radius + own - distance) / (2.0 * own)).clamp(0.0, 1.0);
            sum += inside * region.volume[e] * stress[e];
            weight += inside * region.volume[e];
        });
        sum / weight
    };
    Ok(region.centroid.par_iter().map(average).collect())
}

/// The smallest value that at least the share `share` of the volume does not exceed; `None` where
/// there is no volume.
pub fn volume_percentile(values: &[f64], volumes: &[f64], share: f64) -> Option<f64> {
    percentile_place(values, volumes, share).map(|i| values[i])
}

/// The number of that value.
fn percentile_place(values: &[f64], volumes: &[f64], share: f64) -> Option<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let total: f64 = order.iter().map(|&i| volumes[i]).sum();
    let mut below = 0.0;
    order.into_iter().find(|&i| {
        below += volumes[i];
        below >= share * total * (1.0 - 1e-12)
    })
}

/// Strength of the implants' regions and of the grafts.
///
/// # Errors
/// Strengths and stresses that cannot be.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<ImplantRow>, AssessmentError> {
    let mut checked = Checked::default();
    for number in 0..inputs.case.implants.len() {
        implant(inputs, state, number, &mut checked)?;
    }
    Ok(checked)
}

fn implant(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    number: usize,
    checked: &mut Checked<ImplantRow>,
) -> Result<(), AssessmentError> {
    let case = inputs.case;
    let (implant, cage) = (&case.implants[number], &inputs.scene.cages[number]);
    let model = &state.built.model;
    let Some(body) = state.built.body(BodyId::Implant(number)) else {
        return Ok(());
    };
    for (region, material) in implant.region_materials().into_iter().enumerate() {
        let elements: Vec<usize> = body
            .elements
            .clone()
            .filter(|e| cage.region(&model.mesh.centroid(*e)) == region)
            .collect();
        let material = &inputs.materials[material];
        let name = match region {
            0 => format!("{} ({})", implant.name, material.name),
            k => format!("{} solid part {k} ({})", implant.name, material.name),
        };
        let densities = |e: &usize| model.materials.relative_density[*e];
        let strength = material.local_strength(elements.iter().map(densities));
        let place = (ImplantPart::Implant, name.as_str());
        let metal = (strength, material.name.as_str());
        judge_region(state, place, (&elements, metal), checked)?;
    }
    let grafts = case.grafts.iter().enumerate();
    for (g, graft) in grafts.filter(|(_, graft)| graft.implant == number) {
        let material = &inputs.materials[graft.material];
        let name = format!("{} ({})", graft.name, material.name);
        let body = state.built.body(BodyId::Graft(g));
        let elements: Vec<usize> = body.into_iter().flat_map(|b| b.elements.clone()).collect();
        let strength = graft_strength(case, inputs.materials, graft);
        let place = (ImplantPart::Graft, name.as_str());
        let metal = (strength, material.name.as_str());
        judge_region(state, place, (&elements, metal), checked)?;
    }
    Ok(())
}

/// The rows of one region, or why it has none.
fn judge_region(
    state: &SolvedState,
    place: (ImplantPart, &str),
    (elements, (strength, material)): (&[usize], (Option<Strength>, &str)),
    checked: &mut Checked<ImplantRow>,
) -> Result<(), AssessmentError> {
    if let Some(strength) = strength.as_ref().filter(|_| !elements.is_empty()) {
        let rows = region_strength(state, place, elements, strength)?;
        checked.rows.extend(rows);
        return Ok(());
    }
    let missing = state.cases.iter().map(|case| {
        let at = state.at(case);
        match &strength {
            None => Unchecked::no_strength(at, place.1, material),
            Some(_) => Unchecked {
                reason: "no element of the mesh lies in it: the mesh is too coarse for it"
                    .to_owned(),
                ..Unchecked::no_strength(at, place.1, material)
            },
        }
    });
    checked.not_checked.extend(missing);
    Ok(())
}

/// The rows of one region that has elements.
fn region_strength(
    state: &SolvedState,
    (part, name): (ImplantPart, &str),
    elements: &[usize],
    strength: &Strength,
) -> Result<Vec<ImplantRow>, AssessmentError> {
    let mesh = &state.built.model.mesh;
    let centroid: Vec<Point> = elements.iter().map(|e| mesh.centroid(*e)).collect();
    let volume: Vec<f64> = elements.iter().map(|e| mesh.volume(*e)).collect();
    let place = Region {
        part,
        name,
        centroid: &centroid,
        volume: &volume,
        unit_cell: SMALLEST_CELL,
    };
    let rows = state.cases.iter().map(|case| {
        let stress: Vec<Voigt> = elements.iter().map(|e| case.fields.stress[*e]).collect();
        assess_implant(state.at(case), &place, &stress, strength)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::source::SourceFlag;

    /// A bar of 0.5 mm cubes, 6 × 6 × 20 mm.
    fn bar() -> (Vec<Point>, Vec<f64>) {
        let mut centroids = Vec::new();
        for k in 0..40 {
            for j in 0..12 {
                for i in 0..12 {
                    let at = |n: i32| 0.5 * (f64::from(n) + 0.5);
                    centroids.push(Point::new(at(i) - 3.0, at(j) - 3.0, at(k)));
                }
            }
        }
        let volumes = vec![0.125; centroids.len()];
        (centroids, volumes)
    }

    fn yield_of(strength: f64) -> Strength {
        let source = Source {
            citation: "test".to_owned(),
            flag: SourceFlag::Derived,
        };
        Strength {
            strength: LocalStrength::Uniform(strength),
            law: "law".to_owned(),
            source,
        }
    }

    #[test]
    fn a_uniform_stress_is_its_own_average_and_percentile() {
        let (centroid, volume) = bar();
        let region = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &centroid,
            volume: &volume,
            unit_cell: 2.0,
        };
        let stress = vec![Voigt::new(0.0, 0.0, -5.5, 0.0, 0.0, 0.0); centroid.len()];
        let row = assess_implant(("fused", "axial"), &region, &stress, &yield_of(6.6)).unwrap();
        assert!((row.stress_mpa - 5.5).abs() < 1e-12);
        assert!((row.safety_factor - 1.2).abs() < 1e-12);
        assert_eq!(row.verdict, Verdict::Caution);
        assert!(row.law.contains("no tension") || row.law.contains("want of a tension law"));
    }

    #[test]
    fn the_average_of_a_linear_stress_is_the_stress_at_the_centre_of_the_ball() {
        let (centroid, volume) = bar();
        let region = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &centroid,
            volume: &volume,
            unit_cell: 3.0,
        };
        let stress: Vec<Voigt> = centroid
            .iter()
            .map(|p| Voigt::new(0.0, 0.0, p.x, p.y, 0.0, p.z))
            .collect();
        let averaged = cell_average(&region, &stress).unwrap();
        for (p, s) in centroid.iter().zip(&averaged) {
            let inner = p.x.abs() < 1.2 && p.y.abs() < 1.2 && (p.z - 10.0).abs() < 8.0;
            if inner {
                assert!((s - Voigt::new(0.0, 0.0, p.x, p.y, 0.0, p.z)).amax() < 1e-12);
            }
        }
    }

    /// The same stress everywhere: the half with half the strength decides, at 1 % of the volume
    /// and more.
    #[test]
    fn the_utilisation_is_judged_not_the_stress() {
        let (centroid, volume) = bar();
        let region = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &centroid,
            volume: &volume,
            unit_cell: 2.0,
        };
        // Twice the stress where the strength is three times as high.
        let dense = |p: &Point| p.z > 10.0;
        let stress: Vec<Voigt> = centroid
            .iter()
            .map(|p| if dense(p) { -8.0 } else { -4.0 })
            .map(|s| Voigt::new(0.0, 0.0, s, 0.0, 0.0, 0.0))
            .collect();
        let mut limit = yield_of(0.0);
        let of = |p: &Point| if dense(p) { 24.0 } else { 8.0 };
        let mut strengths: Vec<f64> = centroid.iter().map(of).collect();
        // Near the step the average mixes both stresses; strength does not step there.
        for (s, p) in strengths.iter_mut().zip(&centroid) {
            if (p.z - 10.0).abs() < 1.5 {
                *s = 24.0;
            }
        }
        limit.strength = LocalStrength::Local(strengths.clone());
        let row = assess_implant(("f", "a"), &region, &stress, &limit).unwrap();
        assert!((row.stress_mpa - 4.0).abs() < 1e-12 && row.strength_mpa == 8.0);
        assert!((row.safety_factor - 2.0).abs() < 1e-12);
        let uniform = assess_implant(("f", "a"), &region, &stress, &yield_of(24.0)).unwrap();
        assert!((uniform.stress_mpa - 8.0).abs() < 1e-12);
        strengths.pop();
        limit.strength = LocalStrength::Local(strengths);
        let short = assess_implant(("f", "a"), &region, &stress, &limit);
        let what = "strengths";
        assert!(matches!(short, Err(AssessmentError::Length { what: w, .. }) if w == what));
    }

    #[test]
    fn a_single_hot_element_is_spread_over_the_volume_of_its_cell() {
        let (centroid, volume) = bar();
        let region = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &centroid,
            volume: &volume,
            unit_cell: 3.0,
        };
        let hot = (20 * 12 + 6) * 12 + 6;
        let mut stress = vec![Voigt::zeros(); centroid.len()];
        stress[hot][2] = -100.0;
        let averaged = cell_average(&region, &stress).unwrap();
        // 0.125 mm³ of the ball's 14.1 mm³; the ramp of own radius o widens R³ to R³ + R o². A sum
        // over half-millimetre cubes knows that to 3 %.
        let (radius, own) = (1.5f64, (0.75 * 0.125 / std::f64::consts::PI).cbrt());
        let ball = 4.0 / 3.0 * std::f64::consts::PI * (radius.powi(3) + radius * own * own);
        let ratio = averaged[hot][2] / (-100.0 * 0.125 / ball);
        assert!((ratio - 1.0).abs() < 0.03, "{ratio}");
        let far = averaged
            .iter()
            .zip(&centroid)
            .filter(|(_, p)| (*p - centroid[hot]).norm() > 2.0);
        assert!(far.into_iter().all(|(s, _)| s.amax() == 0.0));
        let row = assess_implant(("f", "a"), &region, &stress, &yield_of(100.0)).unwrap();
        assert!(row.stress_mpa < 1.0);
    }

    #[test]
    fn confined_pressure_is_judged_by_its_principal_stress() {
        let confined = Voigt::new(-4.0, -4.0, -5.0, 0.0, 0.0, 0.0);
        assert!((von_mises(&confined) - 1.0).abs() < 1e-12);
        assert!((yield_measure(&confined) - 5.0).abs() < 1e-12);
        let pulled = Voigt::new(0.0, 0.0, 7.0, 0.0, 0.0, 0.0);
        assert!((yield_measure(&pulled) - 7.0).abs() < 1e-12);
    }

    #[test]
    fn the_percentile_counts_volume_not_elements() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(
            volume_percentile(&values, &[1.0, 97.0, 1.0, 1.0], 0.99),
            Some(3.0)
        );
        assert_eq!(
            volume_percentile(&values, &[2.0, 96.0, 1.0, 1.0], 0.99),
            Some(4.0)
        );
        assert_eq!(volume_percentile(&values, &[1.0; 4], 0.5), Some(2.0));
        assert_eq!(volume_percentile(&[], &[], 0.5), None);
    }

    #[test]
    fn empty_regions_wrong_lengths_and_no_strength_are_refused() {
        let (centroid, volume) = bar();
        let region = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &centroid,
            volume: &volume,
            unit_cell: 2.0,
        };
        let short = cell_average(&region, &[Voigt::zeros()]);
        assert!(matches!(
            short,
            Err(AssessmentError::Length {
                what: "stresses",
                ..
            })
        ));
        let empty = Region {
            part: ImplantPart::Implant,
            name: "core",
            centroid: &[],
            volume: &[],
            unit_cell: 2.0,
        };
        assert!(matches!(
            cell_average(&empty, &[]),
            Err(AssessmentError::Empty { .. })
        ));
        let stress = vec![Voigt::zeros(); centroid.len()];
        for strength in [0.0, f64::NAN] {
            assert!(assess_implant(("f", "a"), &region, &stress, &yield_of(strength)).is_err());
        }
    }
}

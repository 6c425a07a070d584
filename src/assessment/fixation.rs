//! Screws and rods against what their metal bears, and screws against what the bone around them bears,
//! from the forces that recovery found.
//!
//! * Strength: the largest von Mises stress on the skin at the worst section.
//! * Pull-out: the force that draws a screw out, over the skin that holds it, against the shear strength
//!   of cancellous bone (Chapman 1996), 21.6 ρ^1.65 MPa (Stone 1983), ρ in g/cm³ from the modulus of the
//!   core by Morgan's law. The thread is left out: the skin is that of the core, which is too little.
//! * Bearing: what the bone pushes sideways on a screw over 5 mm of its length, over its diameter,
//!   against yield strain times the modulus of the bone there.
//!
//! Must not know how stress follows from forces.

use std::borrow::Cow;

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::judged::{Check, Group, Judged, Site, Verdict};
use super::missing::nulls;
use super::table::{Access, Cell, Column, Finding, Layout, Shown, column, judged};
use super::unchecked::Unchecked;
use crate::case::materials::morgan_density;
use crate::fixation::{Construct, PartKind};
use crate::recovery::beam::{PartForces, Section};
use crate::recovery::solved::{SolvedCase, SolvedState};
use crate::source::{Source, SourceFlag, Sourced};
use crate::tensor::{Point, Vec3};

/// Length over which what bears on a screw is averaged, mm.
pub const BEARING_MM: f64 = 5.0;
/// Where the shear strength that a screw is pulled out against comes from.
pub const HOLDING_CITATION: &str = "pull-out: π d L times the shear strength of cancellous bone (Chapman \
     1996, J Biomech Eng 118:391, without its thread factor), 21.6 ρ^1.65 MPa (Stone 1983, J Biomech \
     16:743), ρ from the core's modulus (Morgan 2003)";

/// Why the pressure beside screws has no verdict.
const BEARING_NOTE: &str = "Pressure beside a screw is told, not judged: bone that yields over 5 mm hands its \
     load on along the screw. Screws have failed under 184 N across them, over and over (Weiser 2020, Eur \
     Spine J 29:1297, abstract); what is beyond the bone's strength here may hold for long.";

/// Rods and screws.
const GROUP: Group = Group {
    name: "fixation",
    question: "Do screws and rods hold?",
    meaning: "Past its limit a rod or screw may crack under loads that recur, or bend for good under a \
              single one; a screw may cut through the bone beside it or come out.",
    heading: "Rods and screws",
};

/// What a part is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// The metal's strength.
    #[default]
    Strength,
    /// The bone's shear strength along a screw.
    PullOut,
    /// The bone's strength beside a screw.
    Bearing,
}

impl Held {
    /// As a table has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Strength => "strength",
            Self::PullOut => "pull-out",
            Self::Bearing => "bearing",
        }
    }
}

/// Forces and stress in a rod or screw.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FixationRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Part, "rod left".
    pub part: String,
    /// "rod", "screw" or "cross-link".
    pub kind: &'static str,
    /// What it is held against.
    pub check: Held,
    /// Axial force at the worst section, N, tension positive.
    pub axial_n: f64,
    /// Shear force there, N.
    pub shear_n: f64,
    /// Bending moment there, N·m.
    pub bending_nm: f64,
    /// Torsion there, N·m.
    pub torsion_nm: f64,
    /// Where that section is, mm, before the load.
    pub at_mm: [f64; 3],
    /// Bending moment of a screw where it enters the bone, N·m: what makes it toggle.
    pub entry_bending_nm: Option<f64>,
    /// What is held against the limit, MPa: largest von Mises stress by beam theory, shear stress on a
    /// screw's skin, pressure beside it.
    pub stress_mpa: f64,
    /// Limit, MPa.
    pub limit_mpa: f64,
    /// Stress over limit.
    pub utilisation: f64,
    /// Lowest and highest utilisation within the band of the cancellous modulus of bone, where it
    /// was solved.
    #[serde(serialize_with = "nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Verdict; none of the pressure beside a screw, which is told and not judged.
    pub verdict: Option<Verdict>,
    /// Citation with its flag.
    pub source: String,
}

impl Judged for FixationRow {
    fn site(&self) -> Site<'_> {
        Site {
            group: &GROUP,
            state: &self.state,
            load_case: &self.load_case,
            check: self.check.word(),
            place: Cow::Borrowed(&self.part),
        }
    }

    fn check(&self) -> Option<Check> {
        Some(Check {
            group: &GROUP,
            state: self.state.clone(),
            load_case: self.load_case.clone(),
            place: self.part.clone(),
            criterion: match self.check {
                Held::Strength => "largest von Mises stress",
                Held::PullOut => "shear stress on the skin of a screw pulled on",
                Held::Bearing => "pressure beside a screw",
            }
            .to_owned(),
            value: self.stress_mpa,
            limit: self.limit_mpa,
            unit: "MPa",
            ratio: self.utilisation,
            band: self.ratio_band,
            verdict: self.verdict?,
            source: self.source.clone(),
        })
    }

    /// The ratio itself, judged or only told.
    fn spread(&self) -> Option<[f64; 2]> {
        Some([self.utilisation; 2])
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }
}

impl Finding for FixationRow {
    const JUDGED: Option<Access<Self>> = judged();
    const LAYOUT: &'static Layout = &Layout {
        caption: "Rods and screws",
        note: Some(BEARING_NOTE),
        shown: Shown::Holds,
        groups: &[&GROUP],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("part", "", |r| Cell::Text(&r.part)),
        column("held against", "", |r| Cell::Text(r.check.word())),
        column("axial", "N", |r| Cell::Number(r.axial_n)),
        column("shear", "N", |r| Cell::Number(r.shear_n)),
        column("bending", "N·m", |r| Cell::Number(r.bending_nm)),
        column("torsion", "N·m", |r| Cell::Number(r.torsion_nm)),
        column("bending at the entry", "N·m", |r| {
            r.entry_bending_nm.map_or(Cell::Blank, Cell::Number)
        }),
        column("stress", "MPa", |r| Cell::Number(r.stress_mpa)),
        column("limit", "MPa", |r| Cell::Number(r.limit_mpa)),
        column("stress ÷ limit", "", |r| Cell::Share(r.utilisation)),
        column("within the band of the modulus", "", |r| {
            Cell::Span(r.ratio_band)
        }),
        column("verdict", "", |r| {
            r.verdict.map_or(Cell::Blank, Cell::Verdict)
        }),
        column("source", "", |r| Cell::Text(&r.source)),
    ];
}

/// A part under a load case.
struct Loaded<'a> {
    state: &'a SolvedState,
    case: &'a SolvedCase,
    /// Number of the part.
    part: usize,
}

impl Loaded<'_> {
    fn construct(&self) -> &Construct {
        &self.state.built.model.construct
    }

    fn kind(&self) -> PartKind {
        self.construct().parts[self.part].kind
    }

    fn forces(&self) -> &PartForces {
        &self.case.fixation[self.part]
    }

    /// The section of a screw where it enters the bone, and where that is.
    fn entry(&self) -> Option<(Section, Point)> {
        if self.kind() != PartKind::Screw {
            return None;
        }
        let construct = self.construct();
        let beams = construct.parts[self.part].beams.clone();
        let last = beams
            .clone()
            .rev()
            .find(|b| construct.beams[*b].bone > 0.0)?;
        let section = self.forces().0[last - beams.start][1];
        Some((section, construct.nodes[construct.beams[last].ends[1]].at))
    }

    /// A row: at the worst section where none is named.
    fn row(
        &self,
        check: Held,
        (section, at): (Section, Point),
        stress: f64,
        limit: &Sourced<f64>,
    ) -> Result<FixationRow, AssessmentError> {
        let part = &self.construct().parts[self.part];
        if !(limit.value > 0.0 && limit.value.is_finite()) {
            return Err(AssessmentError::NotPositive {
                body: part.name.clone(),
                what: "stress limit",
                value: limit.value,
            });
        }
        let (state, load_case) = self.state.at(self.case);
        let utilisation = stress / limit.value;
        Ok(FixationRow {
            state: state.to_owned(),
            load_case: load_case.to_owned(),
            part: part.name.clone(),
            kind: part.kind.word(),
            check,
            axial_n: section.axial,
            shear_n: section.shear,
            bending_nm: section.bending / 1000.0,
            torsion_nm: section.torsion / 1000.0,
            at_mm: at.coords.into(),
            entry_bending_nm: self.entry().map(|(entry, _)| entry.bending / 1000.0),
            stress_mpa: stress,
            limit_mpa: limit.value,
            utilisation,
            ratio_band: None,
            verdict: (check != Held::Bearing).then(|| Verdict::of_ratio(utilisation)),
            source: limit.source.cited(),
        })
    }

    fn worst(&self) -> (Section, Point) {
        let construct = self.construct();
        let (beam, end, section) = self.forces().worst();
        let beam = &construct.beams[construct.parts[self.part].beams.start + beam];
        (section, construct.nodes[beam.ends[end]].at)
    }

    fn strength(&self, limit: &Sourced<f64>) -> Result<FixationRow, AssessmentError> {
        let worst = self.worst();
        self.row(Held::Strength, worst, worst.0.von_mises, limit)
    }

    /// What draws a screw out, over its skin in bone.
    fn pull_out(&self, limit: &Sourced<f64>) -> Result<Option<FixationRow>, AssessmentError> {
        let Some((section, at)) = self.entry() else {
            return Ok(None);
        };
        let construct = self.construct();
        let part = &construct.parts[self.part];
        let held = part
            .beams
            .clone()
            .filter(|b| construct.beams[*b].bone > 0.0);
        let length: f64 = held.map(|b| construct.axis(b).norm()).sum();
        let skin = std::f64::consts::PI * part.section.diameter * length;
        let stress = section.axial.max(0.0) / skin;
        self.row(Held::PullOut, (section, at), stress, limit)
            .map(Some)
    }

    /// What the bone pushes sideways on a screw, where that is nearest to what the bone bears.
    fn bearing(&self, yield_strain: &Sourced<f64>) -> Result<Option<FixationRow>, AssessmentError> {
        if self.kind() != PartKind::Screw {
            return Ok(None);
        }
        let diameter = self.construct().parts[self.part].section.diameter;
        let windows = self.windows().into_iter().filter(|w| w.bone > 0.0);
        let ratio = |w: &Window| w.line_load / w.bone;
        let Some(worst) = windows.max_by(|a, b| ratio(a).total_cmp(&ratio(b))) else {
            return Ok(None);
        };
        let source = Source {
            citation: format!(
                "yield strain {} % times the modulus of {:.0} MPa there; {}",
                yield_strain.value, worst.bone, yield_strain.source.citation
            ),
            ..yield_strain.source.clone()
        };
        let limit = Sourced::new(0.01 * yield_strain.value * worst.bone, source);
        let place = (worst.section, worst.at);
        self.row(Held::Bearing, place, worst.line_load / diameter, &limit)
            .map(Some)
    }

    /// Pieces of a screw in bone as long as [`BEARING_MM`], or the whole of a shorter one.
    fn windows(&self) -> Vec<Window> {
        let construct = self.construct();
        let first = construct.parts[self.part].beams.start;
        let beams = construct.parts[self.part].beams.clone();
        let held: Vec<usize> = beams.filter(|b| construct.beams[*b].bone > 0.0).collect();
        let (Some(&tip), Some((entry, _))) = (held.first(), self.entry()) else {
            return Vec::new();
        };
        let along = construct.axis(tip).normalize();
        let across = |f: Vec3| f - along * along.dot(&f);
        // What crosses the middles of the beams, nothing at the tip, the head's force at the entry.
        let mut places = vec![(0.0, Vec3::zeros())];
        let mut s = 0.0;
        for &b in &held {
            let length = construct.axis(b).norm();
            let [one, other] = self.forces().0[b - first];
            places.push((s + 0.5 * length, across(0.5 * (one.force + other.force))));
            s += length;
        }
        let beyond = self.forces().0.get(held[held.len() - 1] + 1 - first);
        let head = beyond.map_or(entry.force, |pair| pair[0].force);
        places.push((s, across(head)));
        let long = |from: usize| {
            let reach = places[from].0 + BEARING_MM.min(s) - 1e-9;
            places.iter().position(|(at, _)| *at >= reach)
        };
        let window = |(i, j): (usize, usize)| {
            let middle = (i + j) / 2;
            let beam = held[middle.saturating_sub(1).min(held.len() - 1)];
            Window {
                line_load: (places[j].1 - places[i].1).norm() / (places[j].0 - places[i].0),
                bone: construct.beams[beam].bone,
                section: self.forces().0[beam - first][0],
                at: construct.nodes[construct.beams[beam].ends[0]].at,
            }
        };
        let pairs = (0..places.len()).filter_map(|i| Some((i, long(i)?)));
        pairs.map(window).collect()
    }
}

/// A piece of a screw.
struct Window {
    /// What bears on it, N/mm.
    line_load: f64,
    /// Modulus of the bone in its middle, MPa.
    bone: f64,
    section: Section,
    at: Point,
}

/// The shear strength that a screw is pulled out against.
fn holding(core_modulus: f64) -> Sourced<f64> {
    let source = Source {
        citation: HOLDING_CITATION.to_owned(),
        flag: SourceFlag::RecalledUnverified,
    };
    Sourced::new(21.6 * morgan_density(core_modulus).powf(1.65), source)
}

/// Every screw, rod and bar of a state.
///
/// # Errors
/// A limit that is not positive.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<FixationRow>, AssessmentError> {
    let mut checked = Checked::default();
    let parts = &state.built.model.construct.parts;
    let materials = inputs.case.fixation.materials();
    let holding = holding(inputs.case.bone.cancellous_modulus_mpa.value);
    let yield_strain = &inputs.case.limits.yield_strain_percent;
    for ((part, named), material) in parts.iter().enumerate().zip(materials) {
        let Some(metal) = material.map(|m| &inputs.materials[m]) else {
            continue;
        };
        for case in &state.cases {
            let loaded = Loaded { state, case, part };
            match metal.rod_limit(case.load.service) {
                Some(limit) => checked.rows.push(loaded.strength(&limit)?),
                None => checked.not_checked.push(Unchecked::no_strength(
                    state.at(case),
                    &named.name,
                    &metal.name,
                )),
            }
            checked.rows.extend(loaded.pull_out(&holding)?);
            checked.rows.extend(loaded.bearing(yield_strain)?);
        }
    }
    Ok(checked)
}

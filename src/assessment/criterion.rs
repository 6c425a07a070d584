//! The rows on subsidence: one criterion at one endplate under one load case, how it stands and
//! how its table is laid out.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::judged::{Check, Group, Judged, Site, Verdict};
use super::missing::nulls;
use super::table::{Access, Cell, Column, Finding, Layout, Shown, column, judged};

/// The bone under the implant.
pub const GROUP: Group = Group {
    name: "subsidence",
    question: "Can the bone carry the implant?",
    meaning: "Past its limit the bone under the implant crushes and the implant sinks in.",
    heading: "Bone under the implant",
};

/// The criteria, each with its own limit and source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Criterion {
    /// Patch pressure over σ_c = ε_y E.
    #[default]
    Yield,
    /// Patch pressure over indentation strength.
    Indentation,
    /// Volume share of bone beyond the yield strain.
    StrainShare,
    /// Pistoia's effective strain.
    EffectiveStrain,
    /// Load over F = 0.0068 H K.
    VertebralStrength,
    /// Depth on the elastic foundation.
    Depth,
}

impl Criterion {
    /// All of them, in the order of the rows.
    pub const ALL: [Self; 6] = [
        Self::Yield,
        Self::Indentation,
        Self::StrainShare,
        Self::EffectiveStrain,
        Self::VertebralStrength,
        Self::Depth,
    ];

    /// A short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yield => "patch pressure against yield strength",
            Self::Indentation => "patch pressure against indentation strength",
            Self::StrainShare => "volume share beyond the yield strain",
            Self::EffectiveStrain => "Pistoia's effective strain",
            Self::VertebralStrength => "vertebral strength",
            Self::Depth => "depth on the foundation of bone",
        }
    }
}

impl Serialize for Criterion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One subsidence criterion.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SubsidenceRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Endplate, "T5 inferior".
    pub endplate: String,
    /// Which criterion.
    #[serde(rename = "check")]
    pub kind: Criterion,
    /// The criterion in words, with its numbers.
    pub criterion: String,
    /// Value.
    pub value: f64,
    /// Unit of value and limit.
    pub unit: &'static str,
    /// Limit.
    pub limit: f64,
    /// Lowest and highest value over limit within the band of the cancellous modulus, where it was
    /// solved; of the strength too, where the criterion has a band of its own and says so.
    #[serde(serialize_with = "nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
    /// Citation with its flag.
    pub source: String,
}

impl SubsidenceRow {
    fn ratio(&self) -> f64 {
        self.value / self.limit
    }
}

impl Judged for SubsidenceRow {
    fn site(&self) -> Site<'_> {
        Site {
            group: &GROUP,
            state: &self.state,
            load_case: &self.load_case,
            check: self.kind.name(),
            place: Cow::Borrowed(&self.endplate),
        }
    }

    fn check(&self) -> Option<Check> {
        Some(Check {
            group: &GROUP,
            state: self.state.clone(),
            load_case: self.load_case.clone(),
            place: self.endplate.clone(),
            criterion: self.criterion.clone(),
            value: self.value,
            limit: self.limit,
            unit: self.unit,
            ratio: self.ratio(),
            band: self.ratio_band,
            verdict: self.verdict,
            source: self.source.clone(),
        })
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }
}

impl Finding for SubsidenceRow {
    const JUDGED: Option<Access<Self>> = judged();
    const LAYOUT: &'static Layout = &Layout {
        caption: "Bone under the implant: subsidence",
        note: None,
        shown: Shown::Holds,
        groups: &[&GROUP],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("endplate", "", |r| Cell::Text(&r.endplate)),
        column("criterion", "", |r| Cell::Text(&r.criterion)),
        column("value", "", |r| Cell::Number(r.value)),
        column("limit", "", |r| Cell::Number(r.limit)),
        column("unit", "", |r| Cell::Text(r.unit)),
        column("value ÷ limit", "", |r| Cell::Share(r.ratio())),
        column("within the band of the modulus", "", |r| {
            Cell::Span(r.ratio_band)
        }),
        column("verdict", "", |r| Cell::Verdict(r.verdict)),
        column("source", "", |r| Cell::Text(&r.source)),
    ];
}

//! What the fields mean for the bone and the implant: findings, each with its formula, limit and
//! source. Must not know file formats; the rows below derive `Serialize` because the row itself
//! is what scripts rely on (schema 1).

pub mod neighbours;
pub mod zones;
pub mod places;
pub mod shielding;
pub mod subsidence;
pub mod unchecked;
pub mod endplate;
pub mod implant;
pub mod fixation;
pub mod load_sharing;
pub mod motion;
pub mod solid_parts;
pub mod porosity;
pub mod lattice_sizes;
pub mod porosity_fields;
pub mod verdict;
pub mod band;

use serde::Serialize;

pub use unchecked::Unchecked;

use subsidence::Criterion;

/// What the assessment can refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AssessmentError {
    /// Numbers per element that do not match the body.
    #[error("{what} of `{body}`: {found} given where {expected} were expected")]
    Length {
        /// Body or interface.
        body: String,
        /// What was given.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A strain energy that cannot be.
    #[error("strain energy density no. {index} of `{body}` in `{load_case}` is {value}")]
    NotAnEnergy {
        /// Body.
        body: String,
        /// Load case.
        load_case: String,
        /// Number of the element or the piece of bone in its body.
        index: usize,
        /// The value, MPa.
        value: f64,
    },
    /// A zone that stores nothing in the intact state.
    #[error("zone `{zone}` of `{body}` stores no energy in the intact state under `{load_case}`")]
    NoReferenceEnergy {
        /// Body.
        body: String,
        /// Zone.
        zone: String,
        /// Load case.
        load_case: String,
    },
    /// An interface, region or body without anything to judge.
    #[error("`{what}` is empty: there is nothing to assess")]
    Empty {
        /// What is empty.
        what: String,
    },
    /// A number that must be positive.
    #[error("{what} of `{body}` is {value}; it must be positive")]
    NotPositive {
        /// Body, part or interface.
        body: String,
        /// What it is.
        what: &'static str,
        /// Its value.
        value: f64,
    },
}

/// Everything found in one run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Findings {
    /// Stress shielding by zone.
    pub stress_shielding: Vec<ShieldingRow>,
    /// Interface traction (or contact) at each endplate.
    pub endplates: Vec<EndplateRow>,
    /// Subsidence criteria.
    pub subsidence: Vec<SubsidenceRow>,
    /// Implant strength.
    pub implant: Vec<ImplantRow>,
    /// Rods and screws.
    pub fixation: Vec<FixationRow>,
    /// Load shares at cuts.
    pub load_sharing: Vec<LoadSharingRow>,
    /// Checks that could not be made.
    pub not_checked: Vec<Unchecked>,
}

/// How a value stands against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below 80 % of the limit.
    Within,
    /// From 80 % of the limit up to it.
    Caution,
    /// At or above the limit.
    Exceeded,
}

impl Verdict {
    /// within < 0.8 ≤ caution < 1 ≤ exceeded, for `value / limit`.
    pub fn of_ratio(ratio: f64) -> Self {
        match ratio {
            r if r < 0.8 => Self::Within,
            r if r < 1.0 => Self::Caution,
            _ => Self::Exceeded,
        }
    }
}

/// Strain energy in a zone of bone against the intact bone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShieldingRow {
    /// State compared with intact.
    pub state: String,
    /// Load case, or "all" for the equal-weight mean of the service cases.
    pub load_case: String,
    /// Bone.
    pub body: String,
    /// Zone, "superior 0-3 mm anterior".
    pub zone: String,
    /// Volume of the zone, mm³.
    pub volume_mm3: f64,
    /// Σ U V / Σ U₀ V.
    pub sed_ratio: f64,
    /// Σ U₀ V / Σ V, the intact state's mean strain energy density, MPa.
    pub intact_sed_mpa: f64,
    /// Volume share with S < 0.50 S₀ (s = 0.5); only for "all".
    pub resorbing_fraction_s50: Option<f64>,
    /// Volume share with S < 0.25 S₀ (s = 0.75); only for "all".
    pub resorbing_fraction_s75: Option<f64>,
    /// Lowest and highest `resorbing_fraction_s75` within the band of the cancellous modulus, where
    /// it was solved.
    #[serde(serialize_with = "band_or_nulls")]
    pub resorbing_fraction_s75_band: Option<[f64; 2]>,
    /// Volume left out because S₀ is below 1 % of the body's mean, mm³.
    pub left_out_volume_mm3: f64,
}

/// Traction on one endplate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndplateRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Interface, "cage-T5".
    pub interface: String,
    /// "traction" where tied, "contact" where unilateral.
    pub kind: &'static str,
    /// Area of the face, mm².
    pub area_mm2: f64,
    /// Part of it that found no partner, mm².
    pub untied_area_mm2: f64,
    /// Area under tension, mm².
    pub tensile_area_mm2: f64,
    /// ∫ max(p, 0), N.
    pub compressive_n: f64,
    /// Area under compression, mm².
    pub compressive_area_mm2: f64,
    /// Resultant on the bone, N.
    pub net_n: [f64; 3],
    /// Compressive resultant over compressive area, MPa.
    pub mean_mpa: f64,
    /// Largest mean of max(p, 0) over discs of 3 mm diameter wholly inside the face, MPa; NaN
    /// (written as null) where no disc fits.
    #[serde(serialize_with = "null_for_nan")]
    pub peak_3mm_mpa: f64,
    /// Centre of that disc, mm: the nearest quadrature point; NaN (null) where no disc fits.
    #[serde(serialize_with = "nulls_for_nan")]
    pub peak_3mm_at_mm: [f64; 3],
    /// Largest single value, MPa: grows with refinement at an edge.
    pub peak_raw_mpa: f64,
    /// Centre of pressure, mm; NaN (written as null) where nothing is compressed.
    #[serde(serialize_with = "nulls_for_nan")]
    pub centre_mm: [f64; 3],
}

/// "There is none" is null in a file; an infinity stays one and is refused there.
fn null_for_nan<S: serde::Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    (!value.is_nan()).then_some(value).serialize(serializer)
}

/// A band that was not solved is two nulls, so that a table keeps its columns.
fn band_or_nulls<S: serde::Serializer>(
    band: &Option<[f64; 2]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match band {
        Some(band) => band.map(Some),
        None => [None; 2],
    }
    .serialize(serializer)
}

fn nulls_for_nan<S: serde::Serializer>(
    values: &[f64; 3],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    values
        .map(|v| (!v.is_nan()).then_some(v))
        .serialize(serializer)
}

/// One subsidence criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(serialize_with = "band_or_nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
    /// Citation with its flag.
    pub source: String,
}

/// What of the construct between the bones is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImplantPart {
    /// The implant.
    Implant,
    /// A graft between the implant and a bone.
    Graft,
}

impl ImplantPart {
    /// The word that rows print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Implant => "implant",
            Self::Graft => "graft",
        }
    }
}

/// Strength of one region of the implant, or of a graft.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(serialize_with = "band_or_nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Law the strength comes from.
    pub law: String,
    /// Citation with its flag.
    pub source: String,
    /// Verdict on stress over strength.
    pub verdict: Verdict,
}

/// Forces and stress in a rod or screw.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(serialize_with = "band_or_nulls")]
    pub ratio_band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
    /// Citation with its flag.
    pub source: String,
}

/// Share of one path in what crosses a cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadSharingRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Cut, "mid-cage".
    pub cut: String,
    /// Path, "cage" or "rod left".
    pub path: String,
    /// Axial force along the column axis carried by the path, N, compression negative.
    pub axial_n: f64,
    /// Moment about the cut's centre, N·m.
    pub moment_nm: [f64; 3],
    /// Share of the axial force, for cases with one; of the dominant moment otherwise.
    pub share: f64,
}

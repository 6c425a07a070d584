//! The one answer: within limits, or which limits are exceeded.
//!
//! Only `exceeded` counts; `caution` is said and changes nothing. Subsidence, implant and
//! fixation rows carry their own verdicts. Shielding is decided by its rows for all service
//! cases: no volume of resorbing bone is published as tolerable, so the limit is this program's
//! own and is printed with the answer: a zone in which at least half of the bone falls below a
//! quarter of its intact stimulus (s = 0.75, the widest published dead zone). Posterior elements
//! do not decide: without muscles and facets their intact stimulus means little. Nor do slivers of
//! zones of a few elements.
//! The intact state is the reference and is not judged.

use serde::Serialize;

use super::shielding::ALL_CASES;
use super::zones::{LOAD_MARGIN, Zone};
use super::{Findings, ShieldingRow, Unchecked, Verdict};

/// Zone fraction that may resorb at s = 0.75 before the limit is exceeded.
pub const RESORBING_LIMIT: f64 = 0.5;

/// A zone with less bone than this to judge does not decide, mm³: a dozen elements of 4 mm.
pub const SMALLEST_ZONE: f64 = 100.0;

/// What the limit on resorption stands on.
pub const RESORBING_CITATION: &str = "limit chosen for this program (derived): half of a zone; dead zone s = 0.75 of Huiskes et al. \
     1987 (recalled, unverified)";

/// State that serves as the reference.
pub const INTACT: &str = "intact";

/// OverallVerdict verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OverallVerdict {
    /// No limit is exceeded.
    #[serde(rename = "within limits")]
    WithinLimits,
    /// At least one limit is exceeded.
    #[serde(rename = "limits exceeded")]
    LimitsExceeded,
    /// Nothing was held against a limit: there is no answer.
    #[serde(rename = "nothing assessed")]
    NothingAssessed,
}

impl OverallVerdict {
    /// The words scripts rely on.
    pub fn words(self) -> &'static str {
        match self {
            Self::WithinLimits => "within limits",
            Self::LimitsExceeded => "limits exceeded",
            Self::NothingAssessed => "nothing assessed",
        }
    }
}

/// A row that is at caution or beyond its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Kind of finding ("subsidence").
    pub finding: &'static str,
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Where and by which criterion, in words.
    pub what: String,
    /// Value over limit.
    pub ratio: f64,
    /// Caution or exceeded.
    pub verdict: Verdict,
}

/// The overall verdict and every row that is not within its limit, worst first.
pub fn overall(findings: &Findings, resorbing_limit: f64) -> (OverallVerdict, Vec<Reason>) {
    let mut reasons: Vec<Reason> = findings
        .stress_shielding
        .iter()
        .filter_map(|row| shielding_reason(row, resorbing_limit))
        .collect();
    reasons.extend(findings.subsidence.iter().map(|row| Reason {
        finding: "subsidence",
        state: row.state.clone(),
        load_case: row.load_case.clone(),
        what: format!("{}: {}", row.endplate, row.criterion),
        ratio: row.value / row.limit,
        verdict: row.verdict,
    }));
    reasons.extend(findings.implant.iter().map(|row| Reason {
        finding: row.part.word(),
        state: row.state.clone(),
        load_case: row.load_case.clone(),
        what: format!("{}: {}", row.region, row.law),
        ratio: row.stress_mpa / row.strength_mpa,
        verdict: row.verdict,
    }));
    reasons.extend(findings.fixation.iter().map(|row| Reason {
        finding: "fixation",
        state: row.state.clone(),
        load_case: row.load_case.clone(),
        what: format!("{}: largest von Mises stress", row.part),
        ratio: row.utilisation,
        verdict: row.verdict,
    }));
    reasons.retain(|reason| reason.state != INTACT);
    let assessed = !reasons.is_empty();
    reasons.retain(|reason| reason.verdict != Verdict::Within);
    reasons.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    let exceeded = reasons
        .iter()
        .any(|reason| reason.verdict == Verdict::Exceeded);
    let overall = match (assessed, exceeded) {
        (false, _) => OverallVerdict::NothingAssessed,
        (true, true) => OverallVerdict::LimitsExceeded,
        (true, false) => OverallVerdict::WithinLimits,
    };
    (overall, reasons)
}

/// How a shielding row stands: only the rows for all service cases in the vertebral body decide.
pub fn shielding_verdict(row: &ShieldingRow, resorbing_limit: f64) -> Option<Verdict> {
    shielding_ratio(row, resorbing_limit).map(Verdict::of_ratio)
}

/// The zones of a body whose rows do not decide, each with its reason; one entry for the body
/// where no load case counts. Posterior elements are never judged and are not listed.
pub fn shielding_unchecked(
    state: &str,
    body: &str,
    rows: &[ShieldingRow],
    near_loads: &[Zone],
) -> Vec<Unchecked> {
    let unchecked = |place: String, reason: String| Unchecked {
        state: state.to_owned(),
        load_case: ALL_CASES.to_owned(),
        check: "stress shielding".to_owned(),
        place,
        reason,
    };
    let all = rows.iter().filter(|row| row.load_case == ALL_CASES);
    let decided: Vec<&ShieldingRow> = all.collect();
    if decided.is_empty() {
        let reason = "it needs a load case that counts as service";
        return vec![unchecked(body.to_owned(), reason.to_owned())];
    }
    let has_row = |zone: &String| decided.iter().any(|row| row.zone == *zone);
    let near = near_loads
        .iter()
        .map(Zone::to_string)
        .filter(|z| !has_row(z));
    let near = near.map(|zone| {
        let reason =
            format!("all of it lies within {LOAD_MARGIN} mm of the loaded or the clamped face");
        unchecked(format!("{body} {zone}"), reason)
    });
    let near: Vec<Unchecked> = near.collect();
    let small = decided
        .iter()
        .filter(|row| row.zone != Zone::PosteriorElements.to_string())
        .filter(|row| shielding_ratio(row, RESORBING_LIMIT).is_none())
        .map(|row| {
            unchecked(
                format!("{body} {}", row.zone),
                format!("less than {SMALLEST_ZONE} mm³ of bone can be judged there"),
            )
        });
    small.chain(near).collect()
}

fn shielding_ratio(row: &ShieldingRow, resorbing_limit: f64) -> Option<f64> {
    let judged = row.volume_mm3 - row.left_out_volume_mm3;
    let decides = row.load_case == ALL_CASES
        && row.zone != Zone::PosteriorElements.to_string()
        && judged >= SMALLEST_ZONE;
    let fraction = row.resorbing_fraction_s75.filter(|_| decides)?;
    Some(fraction / resorbing_limit)
}

fn shielding_reason(row: &ShieldingRow, resorbing_limit: f64) -> Option<Reason> {
    let ratio = shielding_ratio(row, resorbing_limit)?;
    Some(Reason {
        finding: "stress shielding",
        state: row.state.clone(),
        load_case: row.load_case.clone(),
        what: format!(
            "{} {}: share of bone below a quarter of its intact stimulus, against {} % \
             ({RESORBING_CITATION})",
            row.body,
            row.zone,
            100.0 * resorbing_limit
        ),
        ratio,
        verdict: Verdict::of_ratio(ratio),
    })
}

#[cfg(test)]
mod tests {
    use super::super::subsidence::Criterion;
    use super::super::{ImplantPart, ImplantRow, SubsidenceRow};
    use super::*;

    fn shielding(load_case: &str, zone: &str, fraction: Option<f64>) -> ShieldingRow {
        ShieldingRow {
            state: "fused".to_owned(),
            load_case: load_case.to_owned(),
            body: "T5".to_owned(),
            zone: zone.to_owned(),
            volume_mm3: 100.0,
            sed_ratio: 0.1,
            intact_sed_mpa: 1e-3,
            resorbing_fraction_s50: fraction,
            resorbing_fraction_s75: fraction,
            resorbing_fraction_s75_band: None,
            left_out_volume_mm3: 0.0,
        }
    }

    fn subsidence(state: &str, ratio: f64) -> SubsidenceRow {
        SubsidenceRow {
            state: state.to_owned(),
            load_case: "axial".to_owned(),
            endplate: "T5 inferior".to_owned(),
            kind: Criterion::Yield,
            criterion: "patch".to_owned(),
            value: 2.0 * ratio,
            unit: "MPa",
            limit: 2.0,
            ratio_band: None,
            verdict: Verdict::of_ratio(ratio),
            source: String::new(),
        }
    }

    fn implant(ratio: f64) -> ImplantRow {
        ImplantRow {
            state: "fused".to_owned(),
            load_case: "axial".to_owned(),
            part: ImplantPart::Implant,
            region: "core".to_owned(),
            stress_mpa: 6.0 * ratio,
            strength_mpa: 6.0,
            safety_factor: 1.0 / ratio,
            ratio_band: None,
            law: String::new(),
            source: String::new(),
            verdict: Verdict::of_ratio(ratio),
        }
    }

    #[test]
    fn a_run_that_holds_nothing_against_a_limit_has_no_verdict() {
        let nothing = (OverallVerdict::NothingAssessed, Vec::new());
        assert_eq!(overall(&Findings::default(), RESORBING_LIMIT), nothing);
        let mut only_the_reference = Findings::default();
        only_the_reference.subsidence.push(subsidence(INTACT, 2.0));
        assert_eq!(overall(&only_the_reference, RESORBING_LIMIT), nothing);
    }

    #[test]
    fn caution_is_said_and_only_exceeded_counts() {
        let mut findings = Findings {
            subsidence: vec![subsidence("fused", 0.85), subsidence("intact", 7.0)],
            implant: vec![implant(0.95), implant(0.2)],
            ..Findings::default()
        };
        let (verdict, reasons) = overall(&findings, RESORBING_LIMIT);
        assert_eq!(verdict.words(), "within limits");
        let said: Vec<&str> = reasons.iter().map(|r| r.finding).collect();
        assert_eq!(said, ["implant", "subsidence"]);
        findings.subsidence.push(subsidence("fused", 1.0));
        let (verdict, reasons) = overall(&findings, RESORBING_LIMIT);
        assert_eq!(verdict.words(), "limits exceeded");
        assert_eq!((reasons.len(), reasons[0].verdict), (3, Verdict::Exceeded));
    }

    #[test]
    fn shielding_decides_by_the_mean_over_service_cases_in_the_body() {
        let zone = "superior 0-3 mm anterior";
        let whole = shielding(ALL_CASES, zone, Some(1.0));
        for (row, exceeded) in [
            (shielding(ALL_CASES, zone, Some(0.5)), true),
            (shielding(ALL_CASES, zone, Some(0.49)), false),
            (shielding("flexion", zone, Some(1.0)), false),
            (shielding(ALL_CASES, "posterior elements", Some(1.0)), false),
            (shielding(ALL_CASES, zone, None), false),
            (
                ShieldingRow {
                    left_out_volume_mm3: 1.0,
                    ..whole.clone()
                },
                false,
            ),
        ] {
            let findings = Findings {
                stress_shielding: vec![row.clone()],
                ..Findings::default()
            };
            let (verdict, _) = overall(&findings, RESORBING_LIMIT);
            assert_eq!(
                verdict == OverallVerdict::LimitsExceeded,
                exceeded,
                "{row:?}"
            );
        }
        let caution = shielding(ALL_CASES, zone, Some(0.45));
        assert_eq!(
            shielding_verdict(&caution, RESORBING_LIMIT),
            Some(Verdict::Caution)
        );
    }
}

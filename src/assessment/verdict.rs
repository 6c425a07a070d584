//! The one answer: within limits, or which limits are exceeded.
//!
//! Only `exceeded` counts; `caution` is said and changes nothing. Every row says itself how it
//! stands; the intact state is the reference and is not judged.

use serde::Serialize;

use super::Findings;
use super::judged::{Judged, Verdict};

/// The answer.
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
pub fn overall(findings: &Findings) -> (OverallVerdict, Vec<Reason>) {
    let judged = findings.judged();
    let mut reasons: Vec<Reason> = judged.into_iter().filter_map(reason).collect();
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

fn reason(row: &dyn Judged) -> Option<Reason> {
    let (site, check) = (row.site(), row.check()?);
    Some(Reason {
        finding: site.group.name,
        state: site.state.to_owned(),
        load_case: site.load_case.to_owned(),
        what: row.because(&check),
        ratio: check.ratio,
        verdict: check.verdict,
    })
}

#[cfg(test)]
mod tests {
    use super::super::criterion::{Criterion, SubsidenceRow};
    use super::super::implant::{ImplantPart, ImplantRow};
    use super::super::judged::INTACT;
    use super::*;

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
        assert_eq!(overall(&Findings::default()), nothing);
        let mut only_the_reference = Findings::default();
        only_the_reference.subsidence.push(subsidence(INTACT, 2.0));
        assert_eq!(overall(&only_the_reference), nothing);
    }

    #[test]
    fn caution_is_said_and_only_exceeded_counts() {
        let mut findings = Findings {
            subsidence: vec![subsidence("fused", 0.85), subsidence("intact", 7.0)],
            implant: vec![implant(0.95), implant(0.2)],
            ..Findings::default()
        };
        let (verdict, reasons) = overall(&findings);
        assert_eq!(verdict.words(), "within limits");
        let said: Vec<&str> = reasons.iter().map(|r| r.finding).collect();
        assert_eq!(said, ["implant", "subsidence"]);
        findings.subsidence.push(subsidence("fused", 1.0));
        let (verdict, reasons) = overall(&findings);
        assert_eq!(verdict.words(), "limits exceeded");
        assert_eq!((reasons.len(), reasons[0].verdict), (3, Verdict::Exceeded));
    }
}

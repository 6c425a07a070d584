//! Which rows to show first: the worst of each kind of finding, in words for a person who never
//! saw the program. It chooses and words; it computes no more than value over limit.

use super::number::{percent, short};
use crate::assessment::{Findings, Verdict};

/// One row that is held against a limit, whatever table it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// What it protects.
    pub kind: CheckKind,
    /// Where ("T7 superior", "porous core", "rod left").
    pub place: String,
    /// What is compared.
    pub criterion: String,
    /// Value.
    pub value: f64,
    /// Limit.
    pub limit: f64,
    /// Unit of both.
    pub unit: String,
    /// Value over limit.
    pub ratio: f64,
    /// The ratio at both ends of the default modulus, where there is a band.
    pub band: Option<[f64; 2]>,
    /// Verdict.
    pub verdict: Verdict,
}

/// What a check protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    /// The bone under the implant.
    Subsidence,
    /// The implant.
    Implant,
    /// Rods and screws.
    Fixation,
}

impl CheckKind {
    /// The question a person asks.
    pub fn question(self) -> &'static str {
        match self {
            Self::Subsidence => "Can the bone carry the implant?",
            Self::Implant => "Is the implant strong enough?",
            Self::Fixation => "Are the rods strong enough?",
        }
    }

    /// What happens where the limit is exceeded.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Subsidence => {
                "Past its limit the bone under the implant crushes and the implant sinks in."
            }
            Self::Implant => "Past its limit the implant is permanently crushed.",
            Self::Fixation => "Past its limit a rod bends for good.",
        }
    }

    /// Heading of the group in charts.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Subsidence => "Bone under the implant",
            Self::Implant => "Implant",
            Self::Fixation => "Rods and screws",
        }
    }
}

/// All rows with a limit, in the order of the tables.
pub fn checks(findings: &Findings) -> Vec<Check> {
    let subsidence = findings.subsidence.iter().map(|r| Check {
        state: r.state.clone(),
        load_case: r.load_case.clone(),
        kind: CheckKind::Subsidence,
        place: r.endplate.clone(),
        criterion: r.criterion.clone(),
        value: r.value,
        limit: r.limit,
        unit: r.unit.to_owned(),
        ratio: r.value / r.limit,
        band: Some(r.ratio_band),
        verdict: r.verdict,
    });
    let implant = findings.implant.iter().map(|r| Check {
        state: r.state.clone(),
        load_case: r.load_case.clone(),
        kind: CheckKind::Implant,
        place: r.region.clone(),
        criterion: "stress over strength".to_owned(),
        value: r.stress_mpa,
        limit: r.strength_mpa,
        unit: "MPa".to_owned(),
        ratio: r.stress_mpa / r.strength_mpa,
        band: None,
        verdict: r.verdict,
    });
    let fixation = findings.fixation.iter().map(|r| Check {
        state: r.state.clone(),
        load_case: r.load_case.clone(),
        kind: CheckKind::Fixation,
        place: r.part.clone(),
        criterion: "stress over limit".to_owned(),
        value: r.stress_mpa,
        limit: r.limit_mpa,
        unit: "MPa".to_owned(),
        ratio: r.utilisation,
        band: None,
        verdict: r.verdict,
    });
    subsidence.chain(implant).chain(fixation).collect()
}

/// The check with the largest ratio of each (state, kind, place, criterion), in table order.
pub fn worst_checks(findings: &Findings) -> Vec<Check> {
    let mut worst: Vec<Check> = Vec::new();
    for check in checks(findings) {
        let same = |w: &&mut Check| {
            w.kind == check.kind
                && w.state == check.state
                && w.place == check.place
                && w.criterion == check.criterion
        };
        match worst.iter_mut().find(same) {
            Some(w) if check.ratio > w.ratio => *w = check,
            Some(_) => {}
            None => worst.push(check),
        }
    }
    worst
}

/// One of the few numbers of the first screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The question a person asks.
    pub question: &'static str,
    /// The number that answers it.
    pub answer: String,
    /// Unit or reference of the number ("of the limit").
    pub of: String,
    /// Verdict, where there is a limit.
    pub verdict: Option<Verdict>,
    /// Where and under what.
    pub place: String,
    /// What it means.
    pub meaning: String,
}

/// The decisive numbers: the worst check of each kind, then the most relieved bone.
pub fn headlines(findings: &Findings) -> Vec<Headline> {
    let worst = worst_checks(findings);
    let mut headlines = Vec::new();
    for kind in [
        CheckKind::Subsidence,
        CheckKind::Implant,
        CheckKind::Fixation,
    ] {
        let decisive = worst
            .iter()
            .filter(|c| c.kind == kind)
            .max_by(|a, b| a.ratio.total_cmp(&b.ratio));
        if let Some(check) = decisive {
            headlines.push(check_headline(check));
        }
    }
    headlines.extend(shielding_headline(findings));
    headlines
}

fn check_headline(check: &Check) -> Headline {
    let unit = match check.unit.as_str() {
        "" => String::new(),
        unit => format!("\u{202f}{unit}"),
    };
    Headline {
        question: check.kind.question(),
        answer: percent(check.ratio),
        of: "of the limit".to_owned(),
        verdict: Some(check.verdict),
        place: format!(
            "{}, {}: {}, {}{unit} against {}{unit}",
            check.place,
            check.load_case,
            check.criterion,
            short(check.value),
            short(check.limit)
        ),
        meaning: check.kind.meaning().to_owned(),
    }
}

fn shielding_headline(findings: &Findings) -> Option<Headline> {
    let row = findings
        .stress_shielding
        .iter()
        .filter(|r| r.load_case == "all")
        .min_by(|a, b| a.sed_ratio.total_cmp(&b.sed_ratio))?;
    let resorbing = row.resorbing_fraction_s50.map_or(String::new(), |f| {
        format!(
            " There, {} of the bone feels less than half of what it felt before.",
            percent(f)
        )
    });
    Some(Headline {
        question: "Is bone relieved of its load?",
        answer: percent(row.sed_ratio),
        of: "of the load energy before surgery".to_owned(),
        verdict: None,
        place: format!(
            "{}, {}: the most relieved zone, mean of the service loads",
            row.body, row.zone
        ),
        meaning: format!("Bone that carries far less than before tends to waste away.{resorbing}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn the_worst_load_case_of_every_place_is_kept() {
        let findings = example::findings();
        let worst = worst_checks(&findings);
        assert_eq!(worst.len(), 2 * 4 + 2 + 2);
        for kept in &worst {
            let same = checks(&findings).into_iter().filter(|c| {
                c.kind == kept.kind && c.place == kept.place && c.criterion == kept.criterion
            });
            assert!(same.map(|c| c.ratio).fold(0.0, f64::max) == kept.ratio);
        }
    }

    #[test]
    fn every_kind_of_finding_has_its_headline_and_an_empty_run_has_none() {
        let found = headlines(&example::findings());
        assert_eq!(found.len(), 4);
        assert!(found[0].verdict.is_some() && found[3].verdict.is_none());
        assert!(headlines(&Findings::default()).is_empty());
    }
}

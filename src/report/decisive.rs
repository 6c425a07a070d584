//! Which rows to show first: the worst of each kind of finding, in words for a person who never
//! saw the program. It chooses and words; it computes no more than value over limit.

use super::number::{percent, short};
use super::schema::RunReport;
use crate::assessment::verdict::{INTACT, shielding_verdict};
use crate::assessment::{ImplantPart, ShieldingRow, Verdict};

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
    /// Lowest and highest ratio within the band of the cancellous modulus, where it was solved.
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
    /// What fills the gaps between the implant and the bones.
    Graft,
    /// Rods and screws.
    Fixation,
    /// The bone's own strength in years to come.
    Shielding,
}

impl CheckKind {
    /// The question a person asks.
    pub fn question(self) -> &'static str {
        match self {
            Self::Subsidence => "Can the bone carry the implant?",
            Self::Implant => "Is the implant strong enough?",
            Self::Graft => "Do the grafts hold?",
            Self::Fixation => "Are the rods strong enough?",
            Self::Shielding => "Does the bone keep its load?",
        }
    }

    /// What happens where the limit is exceeded.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Subsidence => {
                "Past its limit the bone under the implant crushes and the implant sinks in."
            }
            Self::Implant => "Past its limit the implant is permanently crushed.",
            Self::Graft => "Past its limit a graft is crushed and the implant settles.",
            Self::Fixation => {
                "Past its limit a rod may crack under loads that recur, or bend for good under a single one."
            }
            Self::Shielding => "Bone that carries far less than before tends to waste away.",
        }
    }

    /// Heading of the group in charts.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Subsidence => "Bone under the implant",
            Self::Implant => "Implant",
            Self::Graft => "Grafts between implant and bone",
            Self::Fixation => "Rods and screws",
            Self::Shielding => "Bone relieved of its load",
        }
    }
}

impl CheckKind {
    /// All kinds, in the order they are shown.
    pub const ALL: [Self; 5] = [
        Self::Subsidence,
        Self::Implant,
        Self::Graft,
        Self::Fixation,
        Self::Shielding,
    ];
}

/// All rows that the verdict looks at, in the order of the tables; the intact state is the
/// reference and is not judged.
pub fn checks(report: &RunReport) -> Vec<Check> {
    let findings = &report.findings;
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
        band: r.ratio_band,
        verdict: r.verdict,
    });
    let implant = findings.implant.iter().map(|r| Check {
        state: r.state.clone(),
        load_case: r.load_case.clone(),
        kind: match r.part {
            ImplantPart::Implant => CheckKind::Implant,
            ImplantPart::Graft => CheckKind::Graft,
        },
        place: r.region.clone(),
        criterion: "stress over strength".to_owned(),
        value: r.stress_mpa,
        limit: r.strength_mpa,
        unit: "MPa".to_owned(),
        ratio: r.stress_mpa / r.strength_mpa,
        band: r.ratio_band,
        verdict: r.verdict,
    });
    let fixation = findings.fixation.iter().map(|r| Check {
        state: r.state.clone(),
        load_case: r.load_case.clone(),
        kind: CheckKind::Fixation,
        place: r.part.clone(),
        criterion: "largest von Mises stress".to_owned(),
        value: r.stress_mpa,
        limit: r.limit_mpa,
        unit: "MPa".to_owned(),
        ratio: r.utilisation,
        band: r.ratio_band,
        verdict: r.verdict,
    });
    let shielding = findings.stress_shielding.iter();
    let shielding = shielding.filter_map(|r| shielding_check(r, report.resorbing_limit));
    let mut checks: Vec<Check> = subsidence
        .chain(implant)
        .chain(fixation)
        .chain(shielding)
        .collect();
    checks.retain(|c| c.state != INTACT);
    checks
}

fn shielding_check(row: &ShieldingRow, limit: f64) -> Option<Check> {
    let verdict = shielding_verdict(row, limit)?;
    let fraction = row.resorbing_fraction_s75?;
    Some(Check {
        state: row.state.clone(),
        load_case: format!("mean of the service loads, {}", row.zone),
        kind: CheckKind::Shielding,
        place: row.body.clone(),
        criterion: "share of a zone's bone that keeps less than a quarter of its load".to_owned(),
        value: 100.0 * fraction,
        limit: 100.0 * limit,
        unit: "%".to_owned(),
        ratio: fraction / limit,
        band: row
            .resorbing_fraction_s75_band
            .map(|b| b.map(|f| f / limit)),
        verdict,
    })
}

/// The check with the largest ratio of each (state, kind, place, criterion), in table order.
pub fn worst_checks(report: &RunReport) -> Vec<Check> {
    let mut worst: Vec<Check> = Vec::new();
    for check in checks(report) {
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
    /// What it is about.
    pub kind: CheckKind,
    /// The question a person asks.
    pub question: &'static str,
    /// The number that answers it.
    pub answer: String,
    /// What the number is a share of ("of the limit").
    pub of: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Where and under what.
    pub place: String,
    /// What it means.
    pub meaning: String,
}

/// The decisive numbers: the worst check of each kind.
pub fn headlines(report: &RunReport) -> Vec<Headline> {
    let worst = worst_checks(report);
    let decisive = |kind| {
        worst
            .iter()
            .filter(|c| c.kind == kind)
            .max_by(|a, b| a.ratio.total_cmp(&b.ratio))
    };
    let mut headlines: Vec<Headline> = CheckKind::ALL
        .into_iter()
        .filter_map(decisive)
        .map(check_headline)
        .collect();
    for headline in &mut headlines {
        if headline.kind == CheckKind::Shielding {
            headline.meaning.push_str(&energy_range(report));
        }
    }
    headlines
}

/// " Load energy in the zones: 23 % to 310 % of what it was." for the mean of the service loads.
fn energy_range(report: &RunReport) -> String {
    let ratios = report
        .findings
        .stress_shielding
        .iter()
        .filter(|r| shielding_verdict(r, report.resorbing_limit).is_some())
        .map(|r| r.sed_ratio);
    let (low, high) = ratios.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), r| {
        (low.min(r), high.max(r))
    });
    format!(
        " The zones of bone hold {} to {} of the load energy they held before.",
        percent(low),
        percent(high)
    )
}

fn check_headline(check: &Check) -> Headline {
    let unit = match check.unit.as_str() {
        "" => String::new(),
        unit => format!("\u{202f}{unit}"),
    };
    Headline {
        kind: check.kind,
        question: check.kind.question(),
        answer: percent(check.ratio),
        of: "of the limit".to_owned(),
        verdict: check.verdict,
        place: format!(
            "{}, {}: {}, {}{unit} against {}{unit}",
            check.place,
            check.load_case,
            check.criterion,
            short(check.value),
            short(check.limit)
        ),
        meaning: format!("{}{}", check.kind.meaning(), band_sentence(check.band)),
    }
}

/// " As bone is softer or stiffer: 80 % to 140 % of the limit." where the band was solved.
fn band_sentence(band: Option<[f64; 2]>) -> String {
    band.map_or_else(String::new, |[low, high]| {
        format!(
            " Over the band of the bone's modulus: {} to {} of the limit.",
            percent(low),
            percent(high)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::Findings;
    use crate::report::example;

    #[test]
    fn the_worst_load_case_of_every_place_is_kept() {
        let report = example::report();
        let worst = worst_checks(&report);
        assert_eq!(worst.len(), 2 * 4 + 2 + 1 + 2 + 2);
        for kept in &worst {
            let same = checks(&report).into_iter().filter(|c| {
                c.kind == kept.kind && c.place == kept.place && c.criterion == kept.criterion
            });
            assert!(same.map(|c| c.ratio).fold(0.0, f64::max) == kept.ratio);
        }
    }

    #[test]
    fn what_is_not_within_its_limit_is_what_the_verdict_lists() {
        let mut report = example::report();
        let listed = |report: &RunReport| {
            let checks = checks(report);
            let count = checks
                .iter()
                .filter(|c| c.verdict != Verdict::Within)
                .count();
            assert_eq!(count, report.reasons.len());
            count
        };
        let before = listed(&report);
        assert!(before > 0);
        // A row of the intact state is no check, whatever its verdict.
        let mut row = report.findings.subsidence[0].clone();
        row.state = INTACT.to_owned();
        row.verdict = Verdict::Exceeded;
        report.findings.subsidence.push(row);
        assert_eq!(listed(&report), before);
    }

    #[test]
    fn every_kind_of_finding_has_its_headline_and_an_empty_run_has_none() {
        let mut report = example::report();
        let kinds: Vec<CheckKind> = headlines(&report).iter().map(|h| h.kind).collect();
        assert_eq!(kinds, CheckKind::ALL);
        // The band is told where it was solved, and not made up where it was not.
        let told = |headline: &Headline| headline.meaning.contains("Over the band");
        let bands = headlines(&report);
        assert!(told(&bands[0]) && !told(&bands[1]));
        report.findings = Findings::default();
        assert!(headlines(&report).is_empty());
    }
}

//! Which rows to show first: the worst of each kind of finding, in words for a person who never
//! saw the program. It chooses and words; it computes no more than value over limit.

use super::number::{percent, short};
use super::schema::RunReport;
use crate::assessment::Table;
use crate::assessment::Verdict;
use crate::assessment::judged::{Check, Group};
use crate::assessment::table::Remark;

/// All rows that the verdict looks at.
pub fn checks(report: &RunReport) -> Vec<Check> {
    let rows = report.findings.judged().into_iter();
    rows.filter_map(|row| row.check()).collect()
}

/// The check with the largest ratio of each (state, group, place, criterion), in table order.
pub fn worst_checks(report: &RunReport) -> Vec<Check> {
    let mut worst: Vec<Check> = Vec::new();
    for check in checks(report) {
        let same = |w: &&mut Check| {
            w.group == check.group
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
    /// What the number is a share of ("of the limit").
    pub of: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Where and under what.
    pub place: String,
    /// What it means.
    pub meaning: String,
}

/// The check that decides about a group: the last of those with the largest ratio.
pub fn decisive<'a>(worst: &'a [Check], group: &Group) -> Option<&'a Check> {
    let own = worst.iter().filter(|c| c.group == group);
    own.max_by(|a, b| a.ratio.total_cmp(&b.ratio))
}

/// The decisive numbers: the worst check of each group.
pub fn headlines(report: &RunReport) -> Vec<Headline> {
    let worst = worst_checks(report);
    let of_table = |table: &Table<'_>| -> Vec<Headline> {
        let groups = table.rows.layout().groups.iter();
        let remark = table.rows.remark();
        groups
            .filter_map(|group| decisive(&worst, group))
            .map(|check| headline(check, remark.as_ref()))
            .collect()
    };
    report.findings.shown().iter().flat_map(of_table).collect()
}

/// " The zones of bone hold 23 % to 310 % of the load energy they held before."
fn remark_sentence(remark: &Remark) -> String {
    let [low, high] = remark.range.map(percent);
    format!(" {} {low} to {high} {}", remark.before, remark.after)
}

fn headline(check: &Check, remark: Option<&Remark>) -> Headline {
    let unit = match check.unit {
        "" => String::new(),
        unit => format!("\u{202f}{unit}"),
    };
    let band = band_sentence(check.band);
    let remark = remark.map_or_else(String::new, remark_sentence);
    Headline {
        question: check.group.question,
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
        meaning: format!("{}{band}{remark}", check.group.meaning),
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
    use crate::assessment::judged::INTACT;
    use crate::report::tests::example;

    #[test]
    fn the_worst_load_case_of_every_place_is_kept() {
        let report = example::report();
        let worst = worst_checks(&report);
        assert_eq!(worst.len(), 2 * 4 + 2 + 1 + 2 + 2);
        for kept in &worst {
            let same = checks(&report).into_iter().filter(|c| {
                c.group == kept.group && c.place == kept.place && c.criterion == kept.criterion
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
    fn every_group_of_checks_has_its_headline_and_an_empty_run_has_none() {
        let mut report = example::report();
        let asked: Vec<&str> = headlines(&report).iter().map(|h| h.question).collect();
        let groups = report.findings.groups();
        assert_eq!(asked, groups.iter().map(|g| g.question).collect::<Vec<_>>());
        // The band is told where it was solved, and not made up where it was not.
        let told = |headline: &Headline| headline.meaning.contains("Over the band");
        let bands = headlines(&report);
        assert!(told(&bands[0]) && !told(&bands[1]));
        report.findings = Findings::default();
        assert!(headlines(&report).is_empty());
    }
}

//! What the uncertainty of the bone's modulus does to each check: the case is solved again at both
//! ends of the modulus' band, and every row takes the span of its ratio over the three solutions.
//! Nothing is scaled: with rods, or with stiff endplates that do not soften along, strains and
//! pressures go by no power of the modulus. Must not know how the ends were solved.

use super::Findings;
use super::judged::{Judged, Site};
use super::unchecked::Unchecked;

/// Gives every row the band that it spans over its own solution and those at the ends. A row that
/// cannot be made at an end gets none, and is listed among what was not checked.
pub fn add_bands(findings: &mut Findings, ends: &[Findings]) {
    if ends.is_empty() {
        return;
    }
    let mut missing = Vec::new();
    let tables = findings.tables_mut().into_iter();
    let mut tables: Vec<_> = tables.enumerate().collect();
    tables.sort_by_key(|(_, rows)| rows.layout().shown);
    for (number, rows) in tables {
        let others: Vec<Vec<&dyn Judged>> = ends
            .iter()
            .map(|end| end.tables()[number].rows.judged())
            .collect();
        for row in rows.judged_mut() {
            let Some(own) = row.spread() else {
                continue;
            };
            let band = span(row, own, &others);
            if band.is_none() {
                missing.push(without_band(&row.site()));
            }
            row.set_band(band);
        }
    }
    findings.not_checked.extend(missing);
}

/// What a row spans over its own solution and those at the ends; `None` where an end lacks it.
fn span(row: &dyn Judged, own: [f64; 2], ends: &[Vec<&dyn Judged>]) -> Option<[f64; 2]> {
    let site = row.site();
    ends.iter().try_fold(own, |band, end| {
        let other = end.iter().find(|r| r.site() == site)?.spread()?;
        Some([band[0].min(other[0]), band[1].max(other[1])])
    })
}

/// A check whose band has an end at which it cannot be made.
fn without_band(site: &Site<'_>) -> Unchecked {
    Unchecked {
        state: site.state.to_owned(),
        load_case: site.load_case.to_owned(),
        check: format!("band of {}", site.check),
        place: site.place.to_string(),
        reason: "the check cannot be made at an end of the band of the bone's modulus".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::Verdict;
    use crate::assessment::criterion::{Criterion, SubsidenceRow};

    fn row(load_case: &str, ratio: f64, own: Option<[f64; 2]>) -> SubsidenceRow {
        SubsidenceRow {
            state: "fused".to_owned(),
            load_case: load_case.to_owned(),
            endplate: "T5 inferior".to_owned(),
            kind: Criterion::Yield,
            criterion: String::new(),
            value: 2.0 * ratio,
            unit: "MPa",
            limit: 2.0,
            ratio_band: own,
            verdict: Verdict::of_ratio(ratio),
            source: String::new(),
        }
    }

    fn findings(rows: Vec<SubsidenceRow>) -> Findings {
        Findings {
            subsidence: rows,
            ..Findings::default()
        }
    }

    #[test]
    fn a_band_spans_all_solutions_and_a_row_missing_at_an_end_has_none() {
        let mut found = findings(vec![row("axial", 0.5, None), row("pull", 0.1, None)]);
        let ends = [
            findings(vec![row("axial", 0.9, None), row("pull", 0.2, None)]),
            findings(vec![row("axial", 0.6, None)]),
        ];
        add_bands(&mut found, &ends);
        assert_eq!(found.subsidence[0].ratio_band, Some([0.5, 0.9]));
        assert_eq!(found.subsidence[1].ratio_band, None);
        let told: Vec<&str> = found.not_checked.iter().map(|m| m.check.as_str()).collect();
        assert_eq!(told, ["band of patch pressure against yield strength"]);
        // A limit with a band of its own keeps it, widened by what the modulus does.
        let mut found = findings(vec![row("axial", 0.5, Some([0.1, 0.5]))]);
        let ends = [findings(vec![row("axial", 0.6, Some([0.12, 0.6]))])];
        add_bands(&mut found, &ends);
        assert_eq!(found.subsidence[0].ratio_band, Some([0.1, 0.6]));
        // Nothing solved again: what is there stays.
        add_bands(&mut found, &[]);
        assert_eq!(found.subsidence[0].ratio_band, Some([0.1, 0.6]));
    }
}

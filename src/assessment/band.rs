//! What the uncertainty of the bone's modulus does to each check: the case is solved again at both
//! ends of the modulus' band, and every row takes the span of its ratio over the three solutions.
//! Nothing is scaled: with rods, or with stiff endplates that do not soften along, strains and
//! pressures go by no power of the modulus. Must not know how the ends were solved.

use super::shielding::ALL_CASES;
use super::{Findings, FixationRow, ImplantRow, ShieldingRow, SubsidenceRow, Unchecked};

/// A row that is held against a limit and can be found again in another solution.
trait Banded: Sized {
    /// Whether it is the same check of the same place under the same load.
    fn is_same(&self, other: &Self) -> bool;
    /// Lowest and highest value over limit in its own solution: two of one, unless the limit has
    /// a band of its own.
    fn range(&self) -> Option<[f64; 2]>;
    /// Keeps the band.
    fn set_band(&mut self, band: Option<[f64; 2]>);
    /// State, load case, check and place.
    fn named(&self) -> [String; 4];
}

/// Gives every row the band that it spans over its own solution and those at the ends. A row that
/// cannot be made at an end gets none, and is listed among what was not checked.
pub fn add_bands(findings: &mut Findings, ends: &[Findings]) {
    if ends.is_empty() {
        return;
    }
    let missing = &mut findings.not_checked;
    span(&mut findings.subsidence, ends, |f| &f.subsidence, missing);
    span(&mut findings.implant, ends, |f| &f.implant, missing);
    span(&mut findings.fixation, ends, |f| &f.fixation, missing);
    let shielding = &mut findings.stress_shielding;
    span(shielding, ends, |f| &f.stress_shielding, missing);
}

fn span<R: Banded>(
    rows: &mut [R],
    ends: &[Findings],
    of: impl Fn(&Findings) -> &Vec<R>,
    missing: &mut Vec<Unchecked>,
) {
    for row in rows {
        let Some(own) = row.range() else {
            continue;
        };
        let band = ends.iter().try_fold(own, |band, end| {
            let other = of(end).iter().find(|r| r.is_same(row))?.range()?;
            Some([band[0].min(other[0]), band[1].max(other[1])])
        });
        if band.is_none() {
            missing.push(without_band(row.named()));
        }
        row.set_band(band);
    }
}

/// A check whose band has an end at which it cannot be made.
fn without_band([state, load_case, check, place]: [String; 4]) -> Unchecked {
    Unchecked {
        state,
        load_case,
        check: format!("band of {check}"),
        place,
        reason: "the check cannot be made at an end of the band of the bone's modulus".to_owned(),
    }
}

impl Banded for SubsidenceRow {
    fn is_same(&self, other: &Self) -> bool {
        (&self.state, &self.load_case, &self.endplate, self.kind)
            == (&other.state, &other.load_case, &other.endplate, other.kind)
    }

    fn range(&self) -> Option<[f64; 2]> {
        Some(self.ratio_band.unwrap_or([self.value / self.limit; 2]))
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }

    fn named(&self) -> [String; 4] {
        [
            &self.state,
            &self.load_case,
            self.kind.name(),
            &self.endplate,
        ]
        .map(str::to_owned)
    }
}

impl Banded for ImplantRow {
    fn is_same(&self, other: &Self) -> bool {
        (&self.state, &self.load_case, self.part, &self.region)
            == (&other.state, &other.load_case, other.part, &other.region)
    }

    fn range(&self) -> Option<[f64; 2]> {
        Some([self.stress_mpa / self.strength_mpa; 2])
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }

    fn named(&self) -> [String; 4] {
        [&self.state, &self.load_case, "strength", &self.region].map(str::to_owned)
    }
}

impl Banded for FixationRow {
    fn is_same(&self, other: &Self) -> bool {
        (&self.state, &self.load_case, &self.part) == (&other.state, &other.load_case, &other.part)
    }

    fn range(&self) -> Option<[f64; 2]> {
        Some([self.utilisation; 2])
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.ratio_band = band;
    }

    fn named(&self) -> [String; 4] {
        [&self.state, &self.load_case, "strength", &self.part].map(str::to_owned)
    }
}

impl Banded for ShieldingRow {
    fn is_same(&self, other: &Self) -> bool {
        (&self.state, &self.load_case, &self.body, &self.zone)
            == (&other.state, &other.load_case, &other.body, &other.zone)
    }

    fn range(&self) -> Option<[f64; 2]> {
        self.resorbing_fraction_s75.map(|f| [f; 2])
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.resorbing_fraction_s75_band = band;
    }

    fn named(&self) -> [String; 4] {
        // Only the rows over all service cases have a fraction.
        let place = format!("{} {}", self.body, self.zone);
        [&self.state, ALL_CASES, "stress shielding", &place].map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::Verdict;
    use crate::assessment::subsidence::Criterion;

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

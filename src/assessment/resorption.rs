//! The rows on stress shielding: how much bone of a zone keeps too little of its load, what that
//! is held against, how the table is laid out.
//!
//! Shielding is decided by its rows for all service cases: no volume of resorbing bone is
//! published as tolerable, so the limit is this program's own and is printed with the answer: a
//! zone in which at least half of the bone falls below a quarter of its intact stimulus (s = 0.75,
//! the widest published dead zone). Posterior elements do not decide: without muscles and facets
//! their intact stimulus means little. Nor do slivers of zones of a few elements.

use std::borrow::Cow;

use serde::Serialize;

use super::judged::{Check, Group, Judged, Site, Verdict};
use super::missing::nulls;
use super::table::{Access, Cell, Column, Finding, Layout, Remark, Shown, column, judged};
use super::unchecked::Unchecked;
use super::zones::{LOAD_MARGIN, Zone};

/// Name of the rows over all service cases.
pub const ALL_CASES: &str = crate::case::loads::MEAN_OF_SERVICE;

/// Zone fraction that may resorb at s = 0.75 before the limit is exceeded.
pub const RESORBING_LIMIT: f64 = 0.5;

/// A zone with less bone than this to judge does not decide, mm³: a dozen elements of 4 mm.
pub const SMALLEST_ZONE: f64 = 100.0;

/// What the limit on resorption stands on.
pub const RESORBING_CITATION: &str = "limit chosen for this program (derived): half of a zone; dead zone s = 0.75 of Huiskes et al. \
     1987 (recalled, unverified)";

/// The bone's own strength in years to come.
const GROUP: Group = Group {
    name: "stress shielding",
    question: "Does the bone keep its load?",
    meaning: "Bone that carries far less than before tends to waste away.",
    heading: "Bone relieved of its load",
};

/// Strain energy in a zone of bone against the intact bone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    #[serde(serialize_with = "nulls")]
    pub resorbing_fraction_s75_band: Option<[f64; 2]>,
    /// Volume left out because S₀ is below 1 % of the body's mean, mm³.
    pub left_out_volume_mm3: f64,
}

impl ShieldingRow {
    /// The fraction that decides: only rows for all service cases in the vertebral body do.
    fn deciding_fraction(&self) -> Option<f64> {
        let judged = self.volume_mm3 - self.left_out_volume_mm3;
        let decides = self.load_case == ALL_CASES
            && self.zone != Zone::PosteriorElements.to_string()
            && judged >= SMALLEST_ZONE;
        self.resorbing_fraction_s75.filter(|_| decides)
    }
}

impl Judged for ShieldingRow {
    fn site(&self) -> Site<'_> {
        Site {
            group: &GROUP,
            state: &self.state,
            load_case: &self.load_case,
            check: "stress shielding",
            place: Cow::Owned(format!("{} {}", self.body, self.zone)),
        }
    }

    fn check(&self) -> Option<Check> {
        let fraction = self.deciding_fraction()?;
        let band = self.resorbing_fraction_s75_band;
        let ratio = fraction / RESORBING_LIMIT;
        Some(Check {
            group: &GROUP,
            state: self.state.clone(),
            load_case: format!("mean of the service loads, {}", self.zone),
            place: self.body.clone(),
            criterion: "share of a zone's bone that keeps less than a quarter of its load"
                .to_owned(),
            value: 100.0 * fraction,
            limit: 100.0 * RESORBING_LIMIT,
            unit: "%",
            ratio,
            band: band.map(|b| b.map(|f| f / RESORBING_LIMIT)),
            verdict: Verdict::of_ratio(ratio),
            source: RESORBING_CITATION.to_owned(),
        })
    }

    fn because(&self, check: &Check) -> String {
        format!(
            "{} {}: share of bone below a quarter of its intact stimulus, against {} % \
             ({RESORBING_CITATION})",
            self.body, self.zone, check.limit
        )
    }

    /// The fraction itself, of every zone that has one.
    fn spread(&self) -> Option<[f64; 2]> {
        self.resorbing_fraction_s75.map(|f| [f; 2])
    }

    fn set_band(&mut self, band: Option<[f64; 2]>) {
        self.resorbing_fraction_s75_band = band;
    }
}

impl Finding for ShieldingRow {
    const JUDGED: Option<Access<Self>> = judged();
    const LAYOUT: &'static Layout = &Layout {
        caption: "Stress shielding by zone",
        note: None,
        shown: Shown::InYears,
        groups: &[&GROUP],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("bone", "", |r| Cell::Text(&r.body)),
        column("zone", "", |r| Cell::Text(&r.zone)),
        column("volume", "mm³", |r| Cell::Number(r.volume_mm3)),
        column("strain energy ÷ intact", "", |r| Cell::Number(r.sed_ratio)),
        column("intact", "kJ/m³", |r| Cell::Number(1e3 * r.intact_sed_mpa)),
        column("volume below ½", "", |r| {
            r.resorbing_fraction_s50.map_or(Cell::Blank, Cell::Share)
        }),
        column("volume below ¼", "", |r| {
            r.resorbing_fraction_s75.map_or(Cell::Blank, Cell::Share)
        }),
        column("left out", "mm³", |r| Cell::Number(r.left_out_volume_mm3)),
    ];

    fn remark(rows: &[Self]) -> Option<Remark> {
        let decide = rows.iter().filter(|row| row.deciding_fraction().is_some());
        let mut ratios = decide.map(|row| row.sed_ratio);
        let first = ratios.next()?;
        let wider = |[low, high]: [f64; 2], r: f64| [low.min(r), high.max(r)];
        Some(Remark {
            before: "The zones of bone hold",
            range: ratios.fold([first; 2], wider),
            after: "of the load energy they held before.",
        })
    }
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
        .filter(|row| row.deciding_fraction().is_none())
        .map(|row| {
            unchecked(
                format!("{body} {}", row.zone),
                format!("less than {SMALLEST_ZONE} mm³ of bone can be judged there"),
            )
        });
    small.chain(near).collect()
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn the_mean_over_service_cases_in_the_body_decides() {
        let zone = "superior 0-3 mm anterior";
        let stands = |row: &ShieldingRow| row.check().map(|check| check.verdict);
        for (load_case, zone, fraction, verdict) in [
            (ALL_CASES, zone, Some(0.5), Some(Verdict::Exceeded)),
            (ALL_CASES, zone, Some(0.49), Some(Verdict::Caution)),
            (ALL_CASES, zone, Some(0.3), Some(Verdict::Within)),
            ("flexion", zone, Some(1.0), None),
            (ALL_CASES, "posterior elements", Some(1.0), None),
            (ALL_CASES, zone, None, None),
        ] {
            let row = shielding(load_case, zone, fraction);
            assert_eq!(stands(&row), verdict, "{row:?}");
        }
        let sliver = ShieldingRow {
            left_out_volume_mm3: 1.0,
            ..shielding(ALL_CASES, zone, Some(1.0))
        };
        assert_eq!(stands(&sliver), None);
    }
}

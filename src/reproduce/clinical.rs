//! Computable numbers of the case reports: Rim et al. 2022, Kim et al. 2017, Lv et al. 2023.

use std::f64::consts::PI;

use super::paper::Paper;
use super::row::{Printed, Row};

/// Rim et al. 2022.
pub(super) fn rim() -> Vec<Row> {
    let at = |place, quantity: &str| Printed::new(Paper::Rim2022, place, quantity);
    // Far above the largest doses given in one session, about 24 Gy (recalled, unverified).
    const LARGEST_GY: f64 = 30.0;
    let dose = |quantity: &str, printed: f64| {
        at("Case 1", quantity).unit("Gy").statement(
            &format!("{printed:.0}"),
            format!("{:.0} if cGy", printed / 100.0),
            printed <= LARGEST_GY,
            "any dose of one session, at most about 24 Gy (recalled, unverified): centigray meant",
        )
    };
    vec![
        dose("daily fraction to L4", 600.0),
        dose("daily fraction to T1-T2", 500.0),
        at("Case 1", "forward displacement of the cage at 1 month")
            .unit("mm")
            .not_computable(
                "slight",
                "no displacement, loads or dimensions of the cage are printed",
            ),
        at("Case 2", "stability at 7 months").not_computable("stable", "no numbers are printed"),
    ]
}

/// Volume of an ellipsoid by its three diameters.
fn ellipsoid(diameters: [f64; 3]) -> f64 {
    PI / 6.0 * diameters.iter().product::<f64>()
}

/// Kim et al. 2017.
pub(super) fn kim() -> Vec<Row> {
    const BEFORE: [f64; 3] = [3.4, 4.7, 5.0];
    const AFTER: [f64; 3] = [4.4, 3.2, 4.2];
    let at = |quantity: &str| Printed::new(Paper::Kim2017, "Case report", quantity);
    let [before, after] = [BEFORE, AFTER].map(ellipsoid);
    let printed = [362.0, 248.0];
    let shrunk = 100.0 * (1.0 - printed[1] / printed[0]);
    vec![
        at("tumour volume before chemotherapy, 3.4 × 4.7 × 5 cm")
            .unit("cm³")
            .number(
                printed[0],
                0,
                before,
                "an ellipsoid of the printed diameters, π/6 abc",
            )
            .remark(&format!(
                "even 4π/3 abc, eight times too much, gives {:.0}; 362 needs 5.4 cm for the 5",
                8.0 * before
            )),
        at("tumour volume after chemotherapy, 4.4 × 3.2 × 4.2 cm")
            .unit("cm³")
            .number(
                printed[1],
                0,
                after,
                "an ellipsoid of the printed diameters, π/6 abc",
            )
            .remark(&format!(
                "diameters taken for half axes give {:.0}",
                8.0 * after
            )),
        at("reduction of the mass")
            .unit("%")
            .number(32.0, 0, shrunk, "its own two printed volumes")
            .remark(&format!(
                "the printed diameters give {:.0} %",
                100.0 * (1.0 - after / before)
            )),
        at("strength of the implant")
            .not_computable("–", "no loads, porosity or stresses are printed"),
    ]
}

/// Patients of Lv et al. 2023.
const PATIENTS: f64 = 12.0;

/// Parts that must sum to the patients of Lv et al. 2023.
fn parts(place: &'static str, quantity: &str, parts: &[f64]) -> Row {
    let words: Vec<String> = parts.iter().map(|p| format!("{p:.0}")).collect();
    let sum: f64 = parts.iter().sum();
    Printed::new(Paper::Lv2023, place, quantity).statement(
        &format!("{} of {PATIENTS:.0}", words.join(" + ")),
        format!("{sum:.0}"),
        sum == PATIENTS,
        "the number of patients, 12",
    )
}

/// A mean of whole numbers over twelve patients, which is a twelfth of a whole number.
fn twelfth(quantity: &str, unit: &'static str, printed: f64, decimals: usize) -> Row {
    let total = (printed * PATIENTS).round();
    Printed::new(Paper::Lv2023, "Abstract", quantity)
        .unit(unit)
        .number(
            printed,
            decimals,
            total / PATIENTS,
            "whole numbers over 12 patients",
        )
        .remark(&format!(
            "a total of {total:.0}; the patients' own values are an image"
        ))
}

/// Lv et al. 2023.
pub(super) fn lv() -> Vec<Row> {
    let at = |place, quantity: &str| Printed::new(Paper::Lv2023, place, quantity);
    vec![
        parts("Abstract", "men and women", &[5.0, 7.0]),
        parts("Abstract", "diagnoses", &[7.0, 3.0, 1.0, 1.0]),
        parts(
            "Abstract",
            "margins in the abstract: wide and marginal",
            &[11.0, 1.0],
        ),
        parts(
            "Results",
            "margins in the text: wide and marginal",
            &[12.0, 1.0],
        ),
        parts(
            "Abstract",
            "no disease, died, alive with disease",
            &[9.0, 2.0, 1.0],
        ),
        parts(
            "Results",
            "walking at the last follow-up: alone and with aids",
            &[12.0, 2.0],
        )
        .remark("two of the twelve had died"),
        at("Abstract", "overall survival at 24 months")
            .unit("%")
            .number(83.33, 2, 100.0 * 10.0 / PATIENTS, "two deaths among 12"),
        twelfth("mean age", "years", 58.25, 2),
        twelfth("average blood loss", "mL", 3875.0, 0),
        twelfth("average surgical time", "min", 520.0, 0),
        twelfth("mean follow-up", "months", 38.5, 1),
        at("Methods", "finite-element evaluation").not_computable(
            "neither fractures nor stress shielding",
            "no loads, materials, stresses or shielding ratios are printed",
        ),
    ]
}

//! Chen et al. 2025: what the text says, held against its own tables.

use super::chen::{at, fit};
use super::error::ReproduceError;
use super::row::Row;
use super::statistics::{mean, range};
use crate::lattice::PowerFit;
use crate::lattice::samples::{CHEN_TANTALUM, QUANTITIES, Sample};

/// A patient of Table 3: follow-up (months), operation (min), blood loss (mL), stay (days).
const TABLE_3: [[f64; 4]; 3] = [
    [25.0, 188.0, 300.0, 33.0],
    [24.0, 450.0, 785.0, 36.0],
    [24.0, 525.0, 1000.0, 21.0],
];

/// Table 1, ppm: element, upper limit of ISO 13782, powder. Niobium is not measured.
const TABLE_1: [(&str, f64, f64); 8] = [
    ("C", 100.0, 10.0),
    ("O", 150.0, 60.0),
    ("N", 100.0, 10.0),
    ("H", 15.0, 5.0),
    ("Fe", 100.0, 46.0),
    ("Ti", 100.0, 4.0),
    ("Mo", 200.0, 70.0),
    ("Ni", 100.0, 1.0),
];

/// Moduli that the paper gives for cancellous bone, GPa.
const CANCELLOUS: [f64; 2] = [3.0, 4.0];

/// Where the text sends the reader for the fits, and the figure whose caption says it holds them.
const CITED: &str = "Figures 6A, B";
const CAPTION: &str = "Figures 5A, B";

/// All statements.
pub(super) fn rows() -> Result<Vec<Row>, ReproduceError> {
    let [modulus, strength, plateau] = [
        fit(&QUANTITIES[0])?,
        fit(&QUANTITIES[1])?,
        fit(&QUANTITIES[2])?,
    ];
    let mut rows = patients();
    rows.push(powder());
    rows.extend(stiffness(&modulus));
    rows.extend(plateaus(&plateau));
    rows.extend(porosities());
    rows.push(exponents([modulus, strength, plateau]));
    rows.extend(bending());
    rows.extend(unsupported());
    Ok(rows)
}

fn patients() -> Vec<Row> {
    let column = |k: usize| TABLE_3.map(|row| row[k]);
    let average = |quantity: &str, unit, k, printed| {
        at("Table 3", quantity)
            .unit(unit)
            .number(printed, 1, mean(&column(k)), "its own Table 3")
    };
    let spread = |quantity: &str, unit, k, printed: [f64; 2]| {
        let own = range(&column(k));
        at("Table 3", quantity).unit(unit).statement(
            &format!("{}–{}", printed[0], printed[1]),
            format!("{}–{}", own[0], own[1]),
            own == printed,
            "its own Table 3",
        )
    };
    vec![
        average("average operation time", "min", 1, 387.7),
        spread("operation time, range", "min", 1, [188.0, 525.0]),
        average("average blood loss", "mL", 2, 695.0),
        spread("blood loss, range", "mL", 2, [300.0, 1000.0]),
        average("average stay in hospital", "days", 3, 30.0),
        spread("stay in hospital, range", "days", 3, [21.0, 36.0]),
        average("average follow-up", "months", 0, 24.3),
        spread("follow-up, range", "months", 0, [24.0, 25.0]),
    ]
}

fn powder() -> Row {
    let inside = TABLE_1
        .iter()
        .filter(|(_, limit, own)| own <= limit)
        .count();
    at("Table 1", "impurities of the powder against ISO 13782").statement(
        "below the limits",
        format!("{inside} of {} below", TABLE_1.len()),
        inside == TABLE_1.len(),
        "its own Table 1",
    )
}

fn within([low, high]: [f64; 2], value: f64) -> bool {
    (low..=high).contains(&value)
}

/// Porosity, per cent, at which a law gives a value.
fn porosity_of(fit: &PowerFit, value: f64) -> f64 {
    100.0 * (1.0 - (value / fit.law.prefactor).powf(1.0 / fit.law.exponent))
}

fn stiffness(fit: &PowerFit) -> Vec<Row> {
    let moduli: Vec<f64> = CHEN_TANTALUM.iter().map(|s| s.modulus_gpa).collect();
    let [low, high] = range(&moduli);
    let similar = moduli.iter().filter(|&&e| within(CANCELLOUS, e)).count();
    vec![
        at("Discussion", "range of the modulus").unit("GPa").statement(
            "0.17–4.71",
            format!("{low}–{high}"),
            [low, high] == [0.17, 4.71],
            "its own Table 2",
        ),
        at("Discussion", "modulus highly similar to cancellous bone's, 3–4 GPa")
            .statement(
                "0.17–4.71 GPa",
                format!("{similar} of 5 samples inside 3–4 GPa"),
                similar > 2,
                "its own Table 2: at 74 to 88 % porosity 1.28 to 0.17 GPa",
            )
            .remark(&format!(
                "3 to 4 GPa takes a porosity of {:.0} to {:.0} % (our fit); vertebral cancellous bone has 0.1 to 0.5 GPa (secondary source)",
                porosity_of(fit, 3.0),
                porosity_of(fit, 4.0)
            )),
        at("Discussion", "modulus of PEEK significantly different from cancellous bone's").unit("GPa").statement(
            "3.8 against 3–4",
            "3.8 lies inside".to_owned(),
            !within(CANCELLOUS, 3.8),
            "the sentence itself",
        ),
    ]
}

fn plateaus(fit: &PowerFit) -> Vec<Row> {
    let at_percent = |porosity: f64| fit.law.value(1.0 - porosity / 100.0);
    let ends = [at_percent(85.0), at_percent(70.0)];
    vec![
        at("Discussion", "plateau stress at 70–85 % porosity").unit("MPa").statement(
            "10–23",
            format!("{:.1}–{:.1}", ends[0], ends[1]),
            (ends[0] - 10.0).abs() < 1.0 && (ends[1] - 23.0).abs() < 1.0,
            "a power law through its own Table 2",
        )
        .remark(&format!(
            "10 to 23 MPa are at {:.0} to {:.0} %",
            porosity_of(fit, 10.0),
            porosity_of(fit, 23.0)
        )),
        at("Discussion", "plateau stress of PEEK up to 50 MPa").not_computable(
            "50 MPa",
            "a dense polymer yields (about 90–120 MPa; recalled, unverified) and has no plateau: not a comparable quantity",
        ),
    ]
}

fn porosities() -> Vec<Row> {
    let inside = |range: [f64; 2]| {
        let test = |s: &&Sample| within(range, s.porosity_percent);
        CHEN_TANTALUM.iter().filter(test).count()
    };
    let row = |place, quantity: &str, printed: &str, range| {
        let count = inside(range);
        at(place, quantity).statement(
            printed,
            format!("{count} of 5 samples inside"),
            count == CHEN_TANTALUM.len(),
            "its own Table 2: 45.54, 73.92, 83.29, 86.94 and 88.02 %",
        )
    };
    vec![
        row(
            "Methods",
            "porosities of the mechanical specimens",
            "70–85 %",
            [70.0, 85.0],
        ),
        row(
            "Discussion",
            "high porosity of porous tantalum",
            "75–85 %",
            [75.0, 85.0],
        ),
    ]
}

fn exponents([modulus, strength, plateau]: [PowerFit; 3]) -> Row {
    let holds = |fit: &PowerFit, n: f64| (fit.law.exponent - n).abs() <= fit.exponent_ci95;
    let text = |fit: &PowerFit| format!("{:.2} ± {:.2}", fit.law.exponent, fit.exponent_ci95);
    at("Results", "exponents differ from the classical 2 (modulus) and 1.5 (strength)")
        .statement(
            "they differ",
            format!("{}, {}, {}", text(&modulus), text(&strength), text(&plateau)),
            !(holds(&modulus, 2.0) || holds(&strength, 1.5) || holds(&plateau, 1.5)),
            "our 95 % intervals, which hold 2 for the modulus and 1.5 for the yield strength; only the plateau's excludes 1.5",
        )
        .remark("what is far from classical is the modulus's prefactor: a tenth of the solid's, not all of it")
}

fn bending() -> Vec<Row> {
    // F = σ · 2bh²/(3L) at mid-span.
    let force = |span: f64| 48.0 * 2.0 * 10.0 * 100.0 / (3.0 * span);
    vec![
        at("Results", "force at a bending strength of 48 MPa").unit("N").not_computable(
            "–",
            &format!(
                "the span is not printed: {:.0} N over 64 mm, {:.0} N over 60 mm; nor is the bar's porosity",
                force(64.0),
                force(60.0)
            ),
        ),
        at("Discussion", "bending strength significantly higher than PEEK's, 20–30 MPa").not_computable(
            "48 MPa",
            "solid PEEK bends to 140–170 MPa (recalled, unverified): the comparator is wrong or porous",
        ),
    ]
}

fn unsupported() -> Vec<Row> {
    vec![
        at("Discussion", "friction coefficient, range").statement(
            "0.80–0.74",
            "0.74–0.80".to_owned(),
            range(&[0.80, 0.74]) == [0.80, 0.74],
            "the order of a range",
        ),
        at("Discussion", "cell survival (MTT) above 75 %")
            .not_computable("> 75 %", "no such method or result is in the paper"),
        at("Results", "figure of the fits").statement(
            CITED,
            CAPTION.to_owned(),
            CITED == CAPTION,
            "the captions: fits and bending are in Figure 5, microscopy in Figure 6",
        ),
    ]
}

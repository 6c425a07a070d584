//! Wei et al. 2020: Table 1 and what the text says of it.

use super::error::ReproduceError;
use super::paper::Paper;
use super::row::{Derived, Printed, Row};
use super::statistics::{deviation, mean, median, range};

/// A patient of Table 1.
struct Patient {
    age: f64,
    male: bool,
    histology: &'static str,
    c2_alone: bool,
    stage: &'static str,
    asia_before: char,
    ecog_after: f64,
    vas_before: f64,
    /// None: died.
    vas_after: Option<f64>,
    follow_up: f64,
    minutes: f64,
    blood_ml: f64,
    chemotherapy: bool,
    /// Segment height right after the operation and at the final follow-up, mm.
    height: [f64; 2],
}

/// What stands in place of a pain score for a patient who died.
const DIED: &str = "–";

/// Table 1, typed as it is printed: age/sex, histology, level, stage, ASIA, final ECOG, VAS before
/// and after (– died), follow-up, minutes, blood loss, adjuvant therapy, heights.
const TABLE_1: &str = "\
12/M;Ewing sarcoma;C2;IIB;D;5;8;–;15;541;1400;RT and CHT;53.1;53.2
24/F;GCT;C2;S3;D;0;5;0;42;395;300;RT;45.3;45.0
17/F;GCT;C2;S3;E;0;10;1;41;451;3300;RT;50.5;50.1
47/F;Paraganglioma;C2;IIB;E;1;6;2;39;356;1600;RT and CHT;54.5;54.4
44/M;Hemangioendothelioma;C2-C3;IIB;E;1;9;2;34;559;6400;RT;52.9;52.6
18/F;GCT;C2;S3;E;0;6;0;32;366;750;RT;43.1;43.0
59/F;Chordoma;C2;IB;E;1;7;2;27;456;1100;RT;51.3;51.0
16/F;GCT;C2;S3;E;0;9;0;15;432;500;RT;48.9;48.4
46/F;Chordoma;C2-C3;IB;E;0;4;0;12;485;1700;RT;66.8;66.0";

/// The patients of Table 1; a cell that does not hold what its column does is a slip in typing it.
fn patients() -> Result<Vec<Patient>, ReproduceError> {
    let patient = |line: &'static str| {
        let cell: Vec<&'static str> = line.split(';').collect();
        let number = |text: &str| {
            let slip = |_| ReproduceError::Mistyped { line };
            text.parse::<f64>().map_err(slip)
        };
        let text = |k: usize| cell.get(k).copied().unwrap_or_default();
        let (age, sex) = text(0).split_once('/').unwrap_or_default();
        let of = |k: usize| number(text(k));
        Ok(Patient {
            age: number(age)?,
            male: sex == "M",
            histology: text(1),
            c2_alone: text(2) == "C2",
            stage: text(3),
            asia_before: text(4).chars().next().unwrap_or(' '),
            ecog_after: of(5)?,
            vas_before: of(6)?,
            vas_after: (text(7) != DIED).then(|| of(7)).transpose()?,
            follow_up: of(8)?,
            minutes: of(9)?,
            blood_ml: of(10)?,
            chemotherapy: text(11).contains("CHT"),
            height: [of(12)?, of(13)?],
        })
    };
    TABLE_1.lines().map(patient).collect()
}

const TABLE: &str = "its own Table 1";

/// All rows.
///
/// # Errors
/// A slip in the table.
pub(super) fn rows() -> Result<Vec<Row>, ReproduceError> {
    let patients = patients()?;
    let mut rows = means(&patients);
    rows.extend(counts(&patients));
    rows.extend(heights_rows(&patients));
    Ok(rows)
}

fn at(place: &'static str, quantity: &str) -> Printed {
    Printed::new(Paper::Wei2020, place, quantity)
}

fn spread(
    place: &'static str,
    quantity: &str,
    unit: &'static str,
    printed: [f64; 2],
    own: &[f64],
) -> Row {
    let own = range(own);
    at(place, quantity).unit(unit).statement(
        &format!("{}–{}", printed[0], printed[1]),
        format!("{}–{}", own[0], own[1]),
        own == printed,
        TABLE,
    )
}

fn means(patients: &[Patient]) -> Vec<Row> {
    let all = |value: fn(&Patient) -> f64| patients.iter().map(value).collect::<Vec<f64>>();
    let [age, follow_up] = [all(|p| p.age), all(|p| p.follow_up)];
    let [minutes, blood] = [all(|p| p.minutes), all(|p| p.blood_ml)];
    let after: Vec<f64> = patients.iter().filter_map(|p| p.vas_after).collect();
    vec![
        at("Results", "mean age")
            .unit("years")
            .number(31.4, 1, mean(&age), TABLE),
        spread("Results", "age, range", "years", [12.0, 59.0], &age),
        at("Abstract", "mean follow-up")
            .unit("months")
            .number(28.6, 1, mean(&follow_up), TABLE),
        at("Outcomes", "median follow-up").unit("months").number(
            28.6,
            1,
            median(&follow_up),
            "its own Table 1: the printed number is the mean",
        ),
        spread(
            "Outcomes",
            "follow-up, range",
            "months",
            [12.0, 42.0],
            &follow_up,
        ),
        at("Results", "mean operative time")
            .unit("min")
            .number(449.0, 0, mean(&minutes), TABLE),
        spread(
            "Results",
            "operative time, range",
            "min",
            [356.0, 559.0],
            &minutes,
        ),
        at("Results", "mean blood loss")
            .unit("mL")
            .number(1894.0, 0, mean(&blood), TABLE),
        spread(
            "Results",
            "blood loss, range",
            "mL",
            [300.0, 6400.0],
            &blood,
        ),
        at("Results", "mean pain before (VAS)").number(7.1, 1, mean(&all(|p| p.vas_before)), TABLE),
        at("Outcomes", "average pain at the last follow-up (VAS)").number(
            0.9,
            1,
            mean(&after),
            TABLE,
        ),
        at("Results", "average duration of symptoms")
            .unit("months")
            .not_computable("2.7", "the patients' own durations are not printed"),
        at("Results", "average interval between the operations")
            .unit("days")
            .not_computable("14.4", "the patients' own intervals are not printed"),
    ]
}

/// Place, what is counted, as printed, and who counts.
type Count = (&'static str, &'static str, f64, fn(&Patient) -> bool);

const COUNTS: [Count; 15] = [
    ("Results", "patients", 9.0, |_| true),
    ("Results", "males", 2.0, |p| p.male),
    ("Results", "females", 7.0, |p| !p.male),
    ("Abstract", "tumours located in C2", 7.0, |p| p.c2_alone),
    ("Results", "tumours of C2 alone", 6.0, |p| p.c2_alone),
    ("Results", "tumours of C2 and C3", 2.0, |p| !p.c2_alone),
    ("Results", "giant cell tumours", 4.0, |p| {
        p.histology == "GCT"
    }),
    ("Results", "chordomas", 2.0, |p| p.histology == "Chordoma"),
    ("Results", "Enneking S3", 4.0, |p| p.stage == "S3"),
    ("Results", "Enneking IIB", 3.0, |p| p.stage == "IIB"),
    ("Results", "Enneking IB", 2.0, |p| p.stage == "IB"),
    ("Results", "ASIA D before", 2.0, |p| p.asia_before == 'D'),
    ("Outcomes", "ECOG 1 at the last follow-up", 3.0, |p| {
        p.ecog_after == 1.0
    }),
    ("Outcomes", "ECOG 0 at the last follow-up", 5.0, |p| {
        p.ecog_after == 0.0
    }),
    ("Outcomes", "patients with chemotherapy", 2.0, |p| {
        p.chemotherapy
    }),
];

fn counts(patients: &[Patient]) -> Vec<Row> {
    let row = |place, quantity: &str, printed: f64, ours: usize| {
        at(place, quantity).number(printed, 0, ours as f64, TABLE)
    };
    let counted = COUNTS.map(|(place, quantity, printed, test)| {
        let ours = patients.iter().filter(|p| test(p)).count();
        row(place, quantity, printed, ours)
    });
    let others = row(
        "Postoperative recovery",
        "patients other than the first",
        7.0,
        patients.len() - 1,
    );
    counted.into_iter().chain([others]).collect()
}

fn changes(patients: &[Patient]) -> Vec<f64> {
    patients.iter().map(|p| p.height[1] - p.height[0]).collect()
}

fn heights_rows(patients: &[Patient]) -> Vec<Row> {
    let own = range(&changes(patients));
    let loss = |p: &Patient| 100.0 * (p.height[0] - p.height[1]) / p.height[0];
    let worst = patients.iter().map(loss).fold(0.0, f64::max);
    vec![at("Table 1", "segment height: displacement or subsidence of the implant")
        .unit("mm")
        .statement(
            "no sign",
            format!("change {:+.1} to {:+.1}, at most {worst:.1} % of the height", own[0], own[1]),
            own[0] > -1.0,
            "a loss of a whole size step of the implants, 1 mm",
        )
        .remark("held against the 1 mm between the three sizes made for each patient; one pixel of CT is of that order")]
}

/// Segment heights and their changes.
///
/// # Errors
/// A slip in the table.
pub(super) fn heights() -> Result<Derived, ReproduceError> {
    let patients = patients()?;
    let changes = changes(&patients);
    let column = |k: usize| patients.iter().map(|p| p.height[k]).collect::<Vec<f64>>();
    let cells = |name: String, a: f64, b: f64, change: f64, digits: usize| {
        vec![
            name,
            format!("{a:.digits$}"),
            format!("{b:.digits$}"),
            format!("{change:+.digits$}"),
            format!("{:+.2}", 100.0 * change / a),
        ]
    };
    let mut rows: Vec<Vec<String>> = patients
        .iter()
        .zip(&changes)
        .enumerate()
        .map(|(k, (p, change))| cells((k + 1).to_string(), p.height[0], p.height[1], *change, 1))
        .collect();
    let [first, last] = [column(0), column(1)];
    rows.push(cells(
        "mean".to_owned(),
        mean(&first),
        mean(&last),
        mean(&changes),
        2,
    ));
    let spread = [&first, &last, &changes].map(|v| format!("{:.2}", deviation(v)));
    rows.push([vec!["SD".to_owned()], spread.to_vec(), vec![String::new()]].concat());
    Ok(Derived {
        paper: Paper::Wei2020.key(),
        title: "Segment heights of Table 1 and how they changed".to_owned(),
        heads: vec![
            "patient",
            "postoperative, mm",
            "last, mm",
            "change, mm",
            "change, %",
        ],
        rows,
        note: "Heights as printed; changes, means and standard deviations (n − 1) are ours. The \
               paper prints no mean."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heights_change_as_the_reference_says() {
        let patients = patients().unwrap();
        assert_eq!(patients.len(), 9);
        let changes = changes(&patients);
        assert!((mean(&changes) + 0.30).abs() < 0.005, "{}", mean(&changes));
        assert!((deviation(&changes) - 0.26).abs() < 0.005);
        let [low, high] = range(&changes);
        assert!((low + 0.8).abs() < 1e-9 && (high - 0.1).abs() < 1e-9);
    }

    #[test]
    fn the_typed_table_holds_numbers_only() {
        for p in patients().unwrap() {
            let numbers = [
                p.age,
                p.follow_up,
                p.minutes,
                p.blood_ml,
                p.height[0],
                p.height[1],
                p.ecog_after,
            ];
            assert!(numbers.iter().all(|n| n.is_finite()));
        }
        assert_eq!(
            patients()
                .unwrap()
                .iter()
                .filter(|p| p.vas_after.is_none())
                .count(),
            1
        );
    }
}

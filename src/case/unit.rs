//! Units in keys: every key that holds a quantity ends in its unit (`diameter_mm`). Recognises a
//! key or a value whose unit is another or missing, and says what to write instead.

use super::error::CaseFault;

/// A unit as it ends a key: what it measures, its name, and its size in the file's unit.
struct Unit {
    suffix: &'static str,
    words: &'static str,
    measures: &'static str,
    size: f64,
}

const fn unit(
    suffix: &'static str,
    words: &'static str,
    measures: &'static str,
    size: f64,
) -> Unit {
    Unit {
        suffix,
        words,
        measures,
        size,
    }
}

/// Longer suffixes first where one ends in another.
const UNITS: &[Unit] = &[
    unit("n_per_mm", "N/mm", "stiffness", 1.0),
    unit("n_per_m", "N/m", "stiffness", 1e-3),
    unit("kn_per_mm", "kN/mm", "stiffness", 1e3),
    unit("um", "µm", "length", 1e-3),
    unit("mm", "mm", "length", 1.0),
    unit("cm", "cm", "length", 10.0),
    unit("m", "m", "length", 1e3),
    unit("inch", "inch", "length", 25.4),
    unit("in", "inch", "length", 25.4),
    unit("kpa", "kPa", "stress", 1e-3),
    unit("mpa", "MPa", "stress", 1.0),
    unit("gpa", "GPa", "stress", 1e3),
    unit("pa", "Pa", "stress", 1e-6),
    unit("n", "N", "force", 1.0),
    unit("kn", "kN", "force", 1e3),
    unit("nm", "N·m", "moment", 1.0),
    unit("nmm", "N·mm", "moment", 1e-3),
    unit("deg", "°", "angle", 1.0),
    unit("degrees", "°", "angle", 1.0),
    unit("rad", "rad", "angle", 180.0 / std::f64::consts::PI),
    unit("percent", "%", "share", 1.0),
    unit("fraction", "as a fraction", "share", 100.0),
    unit("microstrain", "µε", "strain", 1.0),
];

/// A unit that is wrong or missing, and what to do.
pub(super) struct UnitMistake {
    /// The fault.
    pub fault: CaseFault,
    /// What to write.
    pub help: String,
}

/// Stem and unit of a key: "diameter_mm" is diameter in mm.
fn split(key: &str) -> Option<(&str, &'static Unit)> {
    UNITS
        .iter()
        .filter_map(|u| {
            let stem = key.strip_suffix(u.suffix)?.strip_suffix('_')?;
            Some((stem, u))
        })
        .min_by_key(|(stem, _)| stem.len())
}

/// The words of the unit that a key names; `percent` alone is a key of profiles.
fn words(key: &str) -> Option<&'static str> {
    match key {
        "percent" => Some("%"),
        _ => split(key).map(|(_, u)| u.words),
    }
}

/// " mm" for "diameter_mm", nothing for a key without a unit.
pub(super) fn suffix_words(key: &str) -> String {
    words(key).map_or_else(String::new, |unit| format!(" {unit}"))
}

/// " in mm" for "diameter_mm", nothing for a key without a unit.
pub(super) fn of_words(key: &str) -> String {
    words(key).map_or_else(String::new, |unit| format!(" in {unit}"))
}

/// Whether an unknown key is a known one with another unit, or with none.
pub(super) fn mistake_in_key(key: &str, value: Option<f64>, keys: &[&str]) -> Option<UnitMistake> {
    let given = split(key);
    let stem = given.map_or(key, |(stem, _)| stem);
    let (known, (_, expected)) = keys
        .iter()
        .filter_map(|k| Some((*k, split(k)?)))
        .find(|(_, (s, u))| *s == stem && given.is_none_or(|(_, g)| g.measures == u.measures))?;
    let found = match given {
        Some((_, unit)) => format!("`{key}` is in {}", unit.words),
        None => format!("`{key}` names no unit"),
    };
    let help = match (value, given) {
        (Some(v), Some((_, g))) => {
            format!("write `{known} = {}`", rounded(v * g.size / expected.size))
        }
        (Some(v), None) => format!("write `{known} = {}` if it is in {}", v, expected.words),
        _ => format!("write `{known}`, in {}", expected.words),
    };
    Some(UnitMistake {
        fault: CaseFault::Unit {
            found,
            expected: format!("`{known}` ({})", expected.words),
        },
        help,
    })
}

/// Whether a text where a number is wanted is a number with a unit ("15 mm").
pub(super) fn mistake_in_value(key: &str, text: &str) -> Option<UnitMistake> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let named = text[end..].trim().to_lowercase();
    let expected = split(key).map(|(_, u)| u);
    let found = UNITS
        .iter()
        .find(|u| u.suffix == named || u.words.to_lowercase() == named);
    let number = match (found, expected) {
        (Some(f), Some(e)) if f.measures == e.measures => rounded(number * f.size / e.size),
        _ => number,
    };
    let name = expected.map_or_else(String::new, |e| format!(" in {}", e.words));
    Some(UnitMistake {
        fault: CaseFault::Unit {
            found: format!("`{key}` is the text \"{text}\""),
            expected: format!("a bare number{name}, the unit stands in the key"),
        },
        help: format!("write `{key} = {number}`"),
    })
}

/// Without the last bits that a conversion leaves.
fn rounded(value: f64) -> f64 {
    const DIGITS: f64 = 1e9;
    (value * DIGITS).round() / DIGITS
}

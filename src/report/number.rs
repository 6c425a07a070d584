//! Numbers as a person reads them: three significant digits, thousands parted by thin spaces, a
//! true minus sign.

/// Three significant digits: "1 650", "23.8", "0.0413", "4.2·10⁻¹³".
pub fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !value.is_finite() {
        "n/a".to_owned()
    } else if !(1e-3..1e7).contains(&size) {
        power_of_ten(value)
    } else {
        // Rounding first: 9.996 is 10.0, not 10.00.
        let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
        let decimals = (2 - rounded.abs().log10().floor() as i32).max(0) as usize;
        signed(grouped(&format!("{:.decimals$}", rounded.abs())), value)
    }
}

/// "1 state", "6 load cases".
pub fn counted(count: usize, what: &str) -> String {
    format!(
        "{} {what}{}",
        whole(count),
        if count == 1 { "" } else { "s" }
    )
}

/// As [`short`], without zeros at the end: for marks on an axis.
pub fn tick(value: f64) -> String {
    let text = short(value);
    if text.contains('.') && !text.contains('·') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Four significant digits, for numbers that are read again: "19.80", "0.1065".
pub fn significant(value: f64) -> String {
    let decimals = (3 - value.abs().log10().floor() as i32).max(0) as usize;
    format!("{value:.decimals$}")
}

/// A fixed number of decimals.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    signed(grouped(&text), if is_zero { 0.0 } else { value })
}

/// A whole number with its thousands parted.
pub fn whole(value: usize) -> String {
    grouped(&value.to_string())
}

/// A ratio as a percentage, whole from 10 % on.
pub fn percent(ratio: f64) -> String {
    let decimals = usize::from(ratio.abs() < 0.0995 && ratio != 0.0);
    format!("{}\u{202f}%", fixed(100.0 * ratio, decimals))
}

/// Three components.
pub fn vector(v: &[f64; 3]) -> String {
    v.map(short).join(", ")
}

fn signed(text: String, value: f64) -> String {
    if value < 0.0 {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

fn power_of_ten(value: f64) -> String {
    let text = format!("{:.1e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised: String = exponent
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
        })
        .collect();
    signed(format!("{mantissa}·10{raised}"), value)
}

/// Parts the thousands of a decimal number without a sign, from five digits on.
fn grouped(text: &str) -> String {
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    for (k, digit) in whole.chars().enumerate() {
        if k > 0 && whole.len() > 4 && (whole.len() - k).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ at or above `value`; 1 for nothing positive.
pub fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|m| m * power)
        .find(|m| *m >= value * (1.0 - 1e-12))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits_and_no_more() {
        let cases = [
            (0.0, "0"),
            (23.84, "23.8"),
            (9.996, "10.0"),
            (-0.04134, "\u{2212}0.0413"),
            (1650.4, "1650"),
            (258_936.0, "259\u{202f}000"),
            (4.2e-13, "4.2·10⁻¹³"),
            (f64::NAN, "n/a"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
        assert_eq!([0.75, 3.0, 20.0].map(tick), ["0.75", "3", "20"]);
        assert_eq!(
            [19.8024, 0.106464, 407.15, 19802.4].map(significant),
            ["19.80", "0.1065", "407.1", "19802"]
        );
        assert_eq!(whole(258_936), "258\u{202f}936");
        assert_eq!(fixed(-0.001, 1), "0.0");
        assert_eq!(percent(1.168), "117\u{202f}%");
        assert_eq!(percent(0.0312), "3.1\u{202f}%");
    }

    #[test]
    fn scales_end_at_round_numbers_no_smaller_than_the_value() {
        for (value, end) in [
            (0.93, 1.0),
            (1.01, 1.5),
            (2.31, 2.5),
            (8.1, 10.0),
            (0.0, 1.0),
            (60.0, 60.0),
        ] {
            assert!(
                (round_up(value) - end).abs() < 1e-9 * end,
                "{value}: {}",
                round_up(value)
            );
        }
    }
}

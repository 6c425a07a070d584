//! Numbers as the fields of a deck. CalculiX 2.20 reads twenty characters of a number: a longer one
//! it refuses, or takes without the end of its exponent (6.1e-17 becomes 0.61).

/// Longest number in a written deck, characters.
pub const LONGEST: usize = 20;

/// A number in at most [`LONGEST`] characters: exactly where they suffice, else rounded to as many
/// digits as fit, thirteen at least.
pub fn number(value: f64) -> String {
    let exact = [format!("{value:?}"), format!("{value:e}")];
    if let Some(text) = exact.into_iter().find(|t| t.len() <= LONGEST) {
        return text;
    }
    for decimals in (13..=15).rev() {
        let text = format!("{value:.decimals$e}");
        // Near the largest number fewer digits may round to infinity.
        if text.len() <= LONGEST && text.parse::<f64>().is_ok_and(f64::is_finite) {
            return text;
        }
    }
    // -d.dddddddddddde-ddd
    format!("{value:.12e}")
}

/// A finite number as Fortran reads it: the exponent's letter may be D, or left out before a sign
/// (`1.0+3` is a thousand).
pub fn finite(text: &str) -> Option<f64> {
    let value = text.parse::<f64>().or_else(|error| {
        let spelt = text.replace(['d', 'D'], "e");
        let bytes = spelt.as_bytes();
        let signs = (1..bytes.len()).filter(|&k| matches!(bytes[k], b'+' | b'-'));
        let bare = signs.into_iter().find(|&k| is_digit_or_point(bytes[k - 1]));
        match bare {
            Some(at) if !spelt.contains(['e', 'E']) => {
                format!("{}e{}", &spelt[..at], &spelt[at..]).parse()
            }
            _ if spelt != text => spelt.parse(),
            _ => Err(error),
        }
    });
    value.ok().filter(|v| v.is_finite())
}

fn is_digit_or_point(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_read_as_fortran_reads_them() {
        for (text, value) in [
            ("1.0+3", 1000.0),
            ("-2.5-2", -0.025),
            ("1d3", 1000.0),
            ("1.D-3", 0.001),
            ("+7", 7.0),
            ("1e+3", 1000.0),
            ("3.+0", 3.0),
        ] {
            assert_eq!(finite(text), Some(value), "{text}");
        }
        for text in [
            "", "+", "1+", "1-2-3", "--1", "1.0+3e2", "nan", "inf", "+-1", "e5",
        ] {
            assert_eq!(finite(text), None, "{text}");
        }
    }

    fn check(value: f64) {
        let text = number(value);
        assert!(text.len() <= LONGEST, "{text}");
        let back: f64 = text.parse().unwrap();
        // Half a unit of the thirteenth digit; below the normal numbers half a unit of the last bit.
        let error = (back - value).abs();
        assert!(
            error <= 5e-13 * value.abs() && back.is_finite(),
            "{value:e} {text}"
        );
        assert_eq!(back.is_sign_negative(), value.is_sign_negative(), "{text}");
        let digits = text.split('e').next().unwrap();
        let digits = digits.bytes().filter(u8::is_ascii_digit).count();
        assert!(back == value || digits >= 13, "{text}");
    }

    #[test]
    fn every_number_fits_and_keeps_thirteen_digits() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -1.0 / 3.0,
            6.123_233_995_736_766e-17,
            -1.234_567_890_123_456_7e-300,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            -f64::MIN_POSITIVE,
            f64::from_bits(1),
            -f64::from_bits(0x000f_ffff_ffff_ffff),
            9_999_999_999_999_999.0,
            -0.000_123_456_789_012_345_67,
            1e15,
            1e16,
        ] {
            check(value);
        }
        // Bits as they come: all exponents, three-digit and negative ones, subnormal numbers.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut checked = 0;
        while checked < 300_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let any = f64::from_bits(state);
            if any.is_finite() {
                check(any);
                // And of the size of coordinates and moduli.
                check(any.clamp(-1e9, 1e9) * 1e-3);
                check((state >> 11) as f64 * 1e-15 - 4.0);
                checked += 1;
            }
        }
    }

    #[test]
    fn what_fits_is_exact_and_the_rest_is_rounded() {
        assert_eq!(number(0.1), "0.1");
        assert_eq!(number(-123.456_789_012_345_67), "-123.45678901234567");
        assert_eq!(number(6.123_233_995_736_766e-17), "6.12323399573677e-17");
    }
}

//! Colours that mean numbers.
//!
//! Ramps are straight pieces between control points in Oklab (Ottosson 2020), with lightness
//! linear along the ramp: equal steps of the value look like equal steps, in print and to
//! colour-blind eyes. Sequential runs from pale to dark, diverging from blue over near-white to
//! orange.

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// `#rrggbb`.
    pub fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// A colour ramp over 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramp {
    /// Pale yellow to dark violet.
    Sequential,
    /// Dark blue over near-white (at ½) to dark orange.
    Diverging,
}

/// Control points (L, a, b), evenly spaced.
const SEQUENTIAL: [[f64; 3]; 5] = [
    [0.97, -0.010, 0.035],
    [0.80, 0.060, 0.115],
    [0.63, 0.165, 0.085],
    [0.46, 0.145, -0.040],
    [0.29, 0.050, -0.100],
];
const DIVERGING: [[f64; 3]; 7] = [
    [0.40, -0.020, -0.125],
    [0.59, -0.045, -0.110],
    [0.78, -0.032, -0.058],
    [0.97, 0.000, 0.000],
    [0.78, 0.050, 0.085],
    [0.59, 0.095, 0.105],
    [0.40, 0.090, 0.080],
];

impl Ramp {
    /// Colour at `t`, clamped to 0..1.
    pub fn at(self, t: f64) -> Rgb {
        let points: &[[f64; 3]] = match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        };
        let last = points.len() - 1;
        let place = t.clamp(0.0, 1.0) * last as f64;
        let k = (place as usize).min(last - 1);
        let f = place - k as f64;
        let mix = |c: usize| points[k][c] * (1.0 - f) + points[k + 1][c] * f;
        srgb_of_oklab([mix(0), mix(1), mix(2)])
    }
}

/// Oklab to sRGB, clamped to the gamut.
fn srgb_of_oklab([l, a, b]: [f64; 3]) -> Rgb {
    let cube = |x: f64| x * x * x;
    let long = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let medium = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cube(l - 0.089_484_177_5 * a - 1.291_485_548 * b);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
    ];
    Rgb(linear.map(|x| (255.0 * gamma(x.clamp(0.0, 1.0))).round() as u8))
}

/// The sRGB transfer function.
fn gamma(x: f64) -> f64 {
    if x <= 0.003_130_8 {
        12.92 * x
    } else {
        1.055 * x.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE L* of an sRGB colour: another measure of lightness than the one the ramps are made in.
    fn lightness(colour: Rgb) -> f64 {
        let linear = colour.0.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        let y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        if y > 0.008_856 {
            116.0 * y.cbrt() - 16.0
        } else {
            903.3 * y
        }
    }

    #[test]
    fn white_black_and_grey_have_no_hue() {
        assert_eq!(srgb_of_oklab([1.0, 0.0, 0.0]), Rgb([255, 255, 255]));
        assert_eq!(srgb_of_oklab([0.0, 0.0, 0.0]), Rgb([0, 0, 0]));
        let Rgb([r, g, b]) = srgb_of_oklab([0.6, 0.0, 0.0]);
        assert!(r == g && g == b);
    }

    #[test]
    fn a_larger_value_is_always_darker_by_about_the_same_step() {
        let steps: Vec<f64> = (0..10)
            .map(|k| {
                let at = |k: i32| lightness(Ramp::Sequential.at(f64::from(k) / 10.0));
                at(k) - at(k + 1)
            })
            .collect();
        let mean = steps.iter().sum::<f64>() / 10.0;
        // L* and Oklab's L differ by up to a third over saturated hues.
        assert!(
            steps.iter().all(|s| (s / mean - 1.0).abs() < 0.4),
            "{steps:?}"
        );
    }

    #[test]
    fn the_diverging_ramp_is_as_dark_on_both_sides() {
        for k in 0..=10 {
            let t = f64::from(k) / 20.0;
            let (low, high) = (Ramp::Diverging.at(t), Ramp::Diverging.at(1.0 - t));
            assert!(
                (lightness(low) - lightness(high)).abs() < 6.0,
                "{t}: {low:?} {high:?}"
            );
        }
    }
}

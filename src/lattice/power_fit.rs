//! Power laws y = P ρⁿ fitted to measurements in logarithmic space.
//!
//! Least squares of ln y = ln P + n ln ρ. Linear least squares would follow the largest value and
//! be wrong by half or more on the porous samples that implants are made of. The 95 % intervals
//! are Student's t with m − 2 degrees of freedom for m samples. Knows no material.

use super::LatticeError;

/// y = P ρⁿ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// P, in the unit of y.
    pub prefactor: f64,
    /// n.
    pub exponent: f64,
}

impl PowerLaw {
    /// P ρⁿ, in the unit of P; the caller answers for the range of ρ.
    pub fn value(&self, relative_density: f64) -> f64 {
        self.prefactor * relative_density.powf(self.exponent)
    }
}

/// A fitted power law and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerFit {
    /// The law.
    pub law: PowerLaw,
    /// 95 % confidence interval of the prefactor, in the unit of y.
    pub prefactor_ci95: [f64; 2],
    /// Half width of the 95 % confidence interval of the exponent.
    pub exponent_ci95: f64,
    /// R² in logarithmic space.
    pub r_squared: f64,
    /// Fit over measurement minus one, per cent, sample by sample.
    pub residual_percent: Vec<f64>,
}

/// Fits y = P ρⁿ to samples `(ρ, y)` in logarithmic space.
///
/// # Errors
/// Fewer than three samples or no spread in ρ; a number that has no logarithm.
pub fn fit_power_law(samples: &[[f64; 2]]) -> Result<PowerFit, LatticeError> {
    for (sample, &[x, y]) in samples.iter().enumerate() {
        if !(x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite()) {
            return Err(LatticeError::NotPositive { sample, x, y });
        }
    }
    let count = samples.len();
    let m = count as f64;
    let mean_u = samples.iter().map(|s| s[0].ln()).sum::<f64>() / m;
    let mean_v = samples.iter().map(|s| s[1].ln()).sum::<f64>() / m;
    let (mut suu, mut suv, mut svv) = (0.0, 0.0, 0.0);
    for &[x, y] in samples {
        let (u, v) = (x.ln() - mean_u, y.ln() - mean_v);
        suu += u * u;
        suv += u * v;
        svv += v * v;
    }
    if count < 3 || suu <= 0.0 {
        return Err(LatticeError::TooFewSamples { samples: count });
    }
    let exponent = suv / suu;
    let intercept = mean_v - exponent * mean_u;
    let law = PowerLaw {
        prefactor: intercept.exp(),
        exponent,
    };
    let residual = |&[x, y]: &[f64; 2]| (law.value(x) / y).ln();
    let squares: f64 = samples.iter().map(|s| residual(s).powi(2)).sum();
    let variance = squares / (m - 2.0);
    let t = student_t_975(count - 2);
    let half_intercept = t * (variance * (1.0 / m + mean_u * mean_u / suu)).sqrt();
    Ok(PowerFit {
        law,
        prefactor_ci95: [
            (intercept - half_intercept).exp(),
            (intercept + half_intercept).exp(),
        ],
        exponent_ci95: t * (variance / suu).sqrt(),
        r_squared: if svv > 0.0 { 1.0 - squares / svv } else { 1.0 },
        residual_percent: samples
            .iter()
            .map(|s| 100.0 * residual(s).exp_m1())
            .collect(),
    })
}

/// The 97.5 % quantile of Student's t: P(|T| < t) = 0.95, by bisection on θ = atan(t/√ν) of the
/// finite sums for whole degrees of freedom (Abramowitz & Stegun 26.7.3–4).
fn student_t_975(degrees: usize) -> f64 {
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if two_sided_probability(middle, degrees) < 0.95 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.tan() * (degrees as f64).sqrt()
}

/// P(|T| < √ν tan θ).
fn two_sided_probability(theta: f64, degrees: usize) -> f64 {
    let (sin, cos) = theta.sin_cos();
    let odd = degrees % 2 == 1;
    let mut term = if odd { cos } else { 1.0 };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    let mut k = if odd { 3 } else { 2 };
    while k < degrees {
        term *= cos * cos * (k - 1) as f64 / k as f64;
        sum += term;
        k += 2;
    }
    if odd {
        (theta + sin * sum) * std::f64::consts::FRAC_2_PI
    } else {
        sin * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_t_quantiles_agree_with_the_printed_tables() {
        // Printed to four digits in any table of Student's t (two-sided 5 %).
        let table = [
            (1, 12.706),
            (2, 4.303),
            (3, 3.182),
            (4, 2.776),
            (5, 2.571),
            (10, 2.228),
        ];
        for (degrees, t) in table {
            assert!((student_t_975(degrees) - t).abs() < 6e-4, "{degrees}");
        }
    }

    #[test]
    fn samples_of_a_power_law_give_it_back() {
        let samples: Vec<[f64; 2]> = [0.1, 0.2, 0.4, 0.5]
            .iter()
            .map(|&x: &f64| [x, 7.0 * x.powf(2.5)])
            .collect();
        let fit = fit_power_law(&samples).unwrap();
        assert!((fit.law.prefactor - 7.0).abs() < 1e-12 && (fit.law.exponent - 2.5).abs() < 1e-12);
        assert!(fit.r_squared > 1.0 - 1e-12 && fit.exponent_ci95 < 1e-10);
    }

    #[test]
    fn samples_without_logarithm_or_spread_are_refused() {
        let negative = fit_power_law(&[[0.1, 1.0], [0.2, -1.0], [0.3, 2.0]]);
        assert!(matches!(
            negative,
            Err(LatticeError::NotPositive { sample: 1, .. })
        ));
        let nan = fit_power_law(&[[f64::NAN, 1.0], [0.2, 1.0], [0.3, 2.0]]);
        assert!(matches!(
            nan,
            Err(LatticeError::NotPositive { sample: 0, .. })
        ));
        let two = fit_power_law(&[[0.1, 1.0], [0.2, 1.0]]);
        assert!(matches!(
            two,
            Err(LatticeError::TooFewSamples { samples: 2 })
        ));
        let same = fit_power_law(&[[0.1, 1.0]; 4]);
        assert!(matches!(
            same,
            Err(LatticeError::TooFewSamples { samples: 4 })
        ));
    }
}

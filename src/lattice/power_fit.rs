//! Power laws y = P ρⁿ fitted to measurements: in logarithmic space, linearly, or above a threshold.
//!
//! In logarithmic space least squares of ln y = ln P + n ln ρ, which weighs all samples alike by
//! their relative error; linearly least squares of y, which follows the largest value and may be
//! wrong by half or more on the porous samples that implants are made of. The 95 % intervals are
//! Student's t with m − k degrees of freedom for m samples and k fitted parameters, from the
//! linearised covariance. Knows no material.

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

/// In which space the squares are least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitSpace {
    /// Of ln y.
    Logarithmic,
    /// Of y.
    Linear,
}

impl FitSpace {
    /// In a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Logarithmic => "log",
            Self::Linear => "linear",
        }
    }
}

/// A fitted power law and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerFit {
    /// The law.
    pub law: PowerLaw,
    /// Where its squares are least.
    pub space: FitSpace,
    /// 95 % confidence interval of the prefactor, in the unit of y.
    pub prefactor_ci95: [f64; 2],
    /// Standard error of the prefactor over the prefactor.
    pub prefactor_relative_error: f64,
    /// Half width of the 95 % confidence interval of the exponent; 0 where the exponent was given.
    pub exponent_ci95: f64,
    /// Standard error of the exponent; 0 where the exponent was given.
    pub exponent_error: f64,
    /// R² in the space of the fit.
    pub r_squared: f64,
    /// R² of y itself.
    pub r_squared_linear: f64,
    /// Fit over measurement minus one, per cent, sample by sample.
    pub residual_percent: Vec<f64>,
}

/// Fits y = P ρⁿ to samples `(ρ, y)` in logarithmic space.
///
/// # Errors
/// Fewer than three samples or no spread in ρ; a number that has no logarithm.
pub fn fit_power_law(samples: &[[f64; 2]]) -> Result<PowerFit, LatticeError> {
    fit_power_law_in(FitSpace::Logarithmic, samples, None)
}

/// Fits y = P ρⁿ to samples `(ρ, y)`, both P and n, or P alone where the exponent is given.
///
/// # Errors
/// As [`fit_power_law`].
pub fn fit_power_law_in(
    space: FitSpace,
    samples: &[[f64; 2]],
    exponent: Option<f64>,
) -> Result<PowerFit, LatticeError> {
    check(samples)?;
    let law = match (space, exponent) {
        (FitSpace::Logarithmic, None) => logarithmic(samples),
        (FitSpace::Logarithmic, Some(exponent)) => {
            let mean = samples.iter().map(|&[x, y]| y.ln() - exponent * x.ln());
            PowerLaw {
                prefactor: (mean.sum::<f64>() / samples.len() as f64).exp(),
                exponent,
            }
        }
        (FitSpace::Linear, None) => linear(samples, logarithmic(samples).exponent),
        (FitSpace::Linear, Some(exponent)) => linear_prefactor(samples, exponent),
    };
    Ok(judged(law, space, samples, exponent.is_some()))
}

fn check(samples: &[[f64; 2]]) -> Result<(), LatticeError> {
    for (sample, &[x, y]) in samples.iter().enumerate() {
        if !(x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite()) {
            return Err(LatticeError::NotPositive { sample, x, y });
        }
    }
    if samples.len() < 3 || samples.iter().all(|s| s[0] == samples[0][0]) {
        return Err(LatticeError::TooFewSamples {
            samples: samples.len(),
        });
    }
    Ok(())
}

/// Least squares of ln y.
fn logarithmic(samples: &[[f64; 2]]) -> PowerLaw {
    let m = samples.len() as f64;
    let mean_u = samples.iter().map(|s| s[0].ln()).sum::<f64>() / m;
    let mean_v = samples.iter().map(|s| s[1].ln()).sum::<f64>() / m;
    let (mut suu, mut suv) = (0.0, 0.0);
    for &[x, y] in samples {
        let (u, v) = (x.ln() - mean_u, y.ln() - mean_v);
        suu += u * u;
        suv += u * v;
    }
    let exponent = suv / suu;
    PowerLaw {
        prefactor: (mean_v - exponent * mean_u).exp(),
        exponent,
    }
}

/// The prefactor of least squares of y at an exponent.
fn linear_prefactor(samples: &[[f64; 2]], exponent: f64) -> PowerLaw {
    let (mut up, mut down) = (0.0, 0.0);
    for &[x, y] in samples {
        let power = x.powf(exponent);
        up += y * power;
        down += power * power;
    }
    PowerLaw {
        prefactor: up / down,
        exponent,
    }
}

/// Least squares of y: the best prefactor of each exponent, searched about the logarithmic one.
fn linear(samples: &[[f64; 2]], about: f64) -> PowerLaw {
    let squares = |exponent: f64| {
        let law = linear_prefactor(samples, exponent);
        let residual = |&[x, y]: &[f64; 2]| (law.value(x) - y).powi(2);
        samples.iter().map(residual).sum::<f64>()
    };
    linear_prefactor(samples, lowest(squares, [about - 3.0, about + 3.0]))
}

/// Where a function of one valley is lowest, by golden sections.
fn lowest(f: impl Fn(f64) -> f64, [mut low, mut high]: [f64; 2]) -> f64 {
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    for _ in 0..100 {
        let reach = golden * (high - low);
        if f(high - reach) < f(low + reach) {
            high = low + reach;
        } else {
            low = high - reach;
        }
    }
    0.5 * (low + high)
}

/// What is said of a fitted law: scatter, errors, intervals.
fn judged(law: PowerLaw, space: FitSpace, samples: &[[f64; 2]], given: bool) -> PowerFit {
    let count = samples.len();
    let m = count as f64;
    let parameters = if given { 1 } else { 2 };
    // Sensitivities of ln y (of y, relative to it) to ln P and n are 1 and ln ρ.
    let (mut s0, mut s1, mut s2, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for &[x, y] in samples {
        let weight = match space {
            FitSpace::Logarithmic => 1.0,
            FitSpace::Linear => law.value(x).powi(2),
        };
        s0 += weight;
        s1 += weight * x.ln();
        s2 += weight * x.ln().powi(2);
        squares += match space {
            FitSpace::Logarithmic => (law.value(x) / y).ln().powi(2),
            FitSpace::Linear => (law.value(x) - y).powi(2),
        };
    }
    let variance = squares / (m - f64::from(parameters));
    let determinant = s0 * s2 - s1 * s1;
    let (log_prefactor, exponent_variance) = match given {
        true => (variance / s0, 0.0),
        false => (variance * s2 / determinant, variance * s0 / determinant),
    };
    let t = student_t_975(count - parameters as usize);
    let relative = log_prefactor.sqrt();
    let spread = match space {
        FitSpace::Logarithmic => [(-t * relative).exp(), (t * relative).exp()],
        FitSpace::Linear => [1.0 - t * relative, 1.0 + t * relative],
    };
    let fits = || samples.iter().map(|&[x, y]| [law.value(x), y]);
    let r_squared_linear = determination(fits());
    PowerFit {
        law,
        space,
        prefactor_ci95: spread.map(|s| s * law.prefactor),
        prefactor_relative_error: relative,
        exponent_ci95: t * exponent_variance.sqrt(),
        exponent_error: exponent_variance.sqrt(),
        r_squared: match space {
            FitSpace::Logarithmic => determination(fits().map(|pair| pair.map(f64::ln))),
            FitSpace::Linear => r_squared_linear,
        },
        r_squared_linear,
        residual_percent: fits().map(|[fit, y]| 100.0 * (fit / y - 1.0)).collect(),
    }
}

/// R² of pairs (fit, measurement): 1 − Σ(y − f)²/Σ(y − ȳ)²; 1 where nothing varies.
fn determination(pairs: impl Iterator<Item = [f64; 2]>) -> f64 {
    let pairs: Vec<[f64; 2]> = pairs.collect();
    let mean = pairs.iter().map(|p| p[1]).sum::<f64>() / pairs.len() as f64;
    let around: f64 = pairs.iter().map(|p| (p[1] - mean).powi(2)).sum();
    let left: f64 = pairs.iter().map(|p| (p[1] - p[0]).powi(2)).sum();
    if around > 0.0 {
        1.0 - left / around
    } else {
        1.0
    }
}

/// y = P (ρ − ρ₀)ⁿ: a power of what exceeds a threshold, with a given exponent.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdFit {
    /// P, in the unit of y.
    pub prefactor: f64,
    /// ρ₀, below which nothing is carried.
    pub threshold: f64,
    /// n, as given.
    pub exponent: f64,
    /// R² in logarithmic space, where it was fitted.
    pub r_squared: f64,
    /// Fit over measurement minus one, per cent, sample by sample.
    pub residual_percent: Vec<f64>,
}

/// Fits P and ρ₀ of y = P (ρ − ρ₀)ⁿ in logarithmic space, 0 ≤ ρ₀ < the least density.
///
/// # Errors
/// As [`fit_power_law`].
pub fn fit_threshold_law(
    samples: &[[f64; 2]],
    exponent: f64,
) -> Result<ThresholdFit, LatticeError> {
    check(samples)?;
    let least = samples.iter().map(|s| s[0]).fold(f64::INFINITY, f64::min);
    let at = |threshold: f64| {
        let above = samples.iter().map(|&[x, y]| [x - threshold, y]);
        let above: Vec<[f64; 2]> = above.collect();
        fit_power_law_in(FitSpace::Logarithmic, &above, Some(exponent))
    };
    let unexplained =
        |threshold: f64| at(threshold).map_or(f64::INFINITY, |fit| 1.0 - fit.r_squared);
    let threshold = lowest(unexplained, [0.0, least * (1.0 - 1e-9)]);
    let fit = at(threshold)?;
    Ok(ThresholdFit {
        prefactor: fit.law.prefactor,
        threshold,
        exponent,
        r_squared: fit.r_squared,
        residual_percent: fit.residual_percent,
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
    fn every_fit_gives_a_law_back_from_samples_of_it() {
        let at = |f: &dyn Fn(f64) -> f64| [0.1, 0.2, 0.4, 0.5].map(|x| [x, f(x)]);
        let power = at(&|x| 7.0 * x.powf(2.5));
        for space in [FitSpace::Logarithmic, FitSpace::Linear] {
            for exponent in [None, Some(2.5)] {
                let fit = fit_power_law_in(space, &power, exponent).unwrap();
                assert!((fit.law.prefactor - 7.0).abs() < 1e-6, "{fit:?}");
                assert!((fit.law.exponent - 2.5).abs() < 1e-7, "{fit:?}");
            }
        }
        let fit = fit_threshold_law(&at(&|x| 3.0 * (x - 0.06).powf(1.5)), 1.5).unwrap();
        assert!((fit.prefactor - 3.0).abs() < 1e-6 && (fit.threshold - 0.06).abs() < 1e-7);
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

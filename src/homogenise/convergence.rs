//! From meshes to the limit, with a bar.
//!
//! A unit cell's energy on a mesh is too large by a h^p + b h², a and b ≥ 0: where struts meet in a
//! groove the stress is singular, and an energy converges at twice the singularity's exponent, p ≥ 1,
//! since no groove is sharper than a crack (Szabó & Babuška 1991); straight sides on a round surface and all
//! that is smooth converge at 2 or faster. Whatever the shares of the two, the limit lies between
//! those that rate 1 and rate 2 give to the two finest meshes. Meshes differ in which vertex lies where,
//! which scatters their values; the scatter is seen in a cubic cell's three axes, which should be alike.

/// Rates that theory allows.
pub const ALLOWED: [f64; 2] = [1.0, 2.0];

/// Rates that are looked for: scatter can make one that is not even positive.
const OBSERVABLE: [f64; 2] = [-1.0, 8.0];

const HALVINGS: usize = 80;

/// Two-sided 95 % of Student's t at six degrees of freedom: three meshes of three axes.
const STUDENT: f64 = 2.447;

/// Where a limit lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// The least it may be.
    pub low: f64,
    /// The best estimate.
    pub value: f64,
    /// The most it may be.
    pub high: f64,
}

/// How three meshes approach a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approach {
    /// The rate that their values show; `None` where they do not come nearer to anything from one side.
    pub observed: Option<f64>,
    /// Whether they show an asymptotic rate: fall one after the other, by steps that within their
    /// scatter are those of a rate that theory allows.
    pub asymptotic: bool,
}

impl Approach {
    /// Of values on three meshes (elements along the side), coarse to fine, with the standard
    /// deviation by which each scatters.
    pub fn of(resolutions: [usize; 3], values: [f64; 3], scatter: f64) -> Self {
        let steps = [values[0] - values[1], values[1] - values[2]];
        // How far the first step is beyond the ratio of a rate, in standard deviations.
        let beyond = |rate| {
            let ratio = step_ratio(resolutions, rate);
            let deviation = scatter * (1.0 + (1.0 + ratio).powi(2) + ratio * ratio).sqrt();
            (steps[0] - ratio * steps[1], STUDENT * deviation)
        };
        let [(slow, slack), (fast, room)] = ALLOWED.map(beyond);
        let falling = steps.iter().all(|s| *s > 0.0);
        Self {
            observed: observed_rate(resolutions, values),
            asymptotic: falling && slow >= -slack && fast <= room,
        }
    }
}

/// The rate of three values, if they have one.
fn observed_rate(resolutions: [usize; 3], values: [f64; 3]) -> Option<f64> {
    let wanted = (values[0] - values[1]) / (values[1] - values[2]);
    let [mut low, mut high] = OBSERVABLE;
    if !(step_ratio(resolutions, low)..f64::INFINITY).contains(&wanted) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if step_ratio(resolutions, middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(0.5 * (low + high))
}

/// First step over second, at a rate.
fn step_ratio(resolutions: [usize; 3], rate: f64) -> f64 {
    let [a, b, c] = resolutions.map(|n| (n as f64).powf(-rate));
    (a - b) / (b - c)
}

/// The limit of a quantity by its values on the two finest meshes. Where the meshes are asymptotic the
/// estimate is the middle of what theory allows, else the finest mesh's value; the bar holds both
/// ends of theory, with the scatter that each end makes of the values'.
pub fn bracket(
    resolutions: [usize; 2],
    [coarse, fine]: [f64; 2],
    scatter: f64,
    asymptotic: bool,
) -> Bracket {
    let ends = ALLOWED.map(|rate| {
        let [c, f] = resolutions.map(|n| (n as f64).powf(-rate));
        let weight = f / (c - f);
        let spread = scatter * ((1.0 + weight).powi(2) + weight * weight).sqrt();
        (fine + weight * (fine - coarse), STUDENT * spread)
    });
    let value = match asymptotic {
        true => 0.5 * (ends[0].0 + ends[1].0),
        false => fine,
    };
    let finest = (!asymptotic).then_some((fine, STUDENT * scatter));
    let all = || ends.into_iter().chain(finest);
    Bracket {
        low: all().map(|(end, s)| end - s).fold(value, f64::min),
        value,
        high: all().map(|(end, s)| end + s).fold(value, f64::max),
    }
}

/// The standard deviation of means over three axes, as a share of the mean: from the spread of the
/// axes on all meshes together.
pub fn relative_scatter(meshes: &[[f64; 3]]) -> f64 {
    let variance = |axes: &[f64; 3]| {
        let mean = axes.iter().sum::<f64>() / 3.0;
        let squares: f64 = axes.iter().map(|a| (a / mean - 1.0).powi(2)).sum();
        // Of one axis by three, of their mean by a third of it.
        squares / 2.0 / 3.0
    };
    let sum: f64 = meshes.iter().map(variance).sum();
    (sum / meshes.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: [usize; 3] = [22, 32, 44];

    fn values(a: f64, b: f64) -> [f64; 3] {
        N.map(|n| 3.0 + a / n as f64 + b / (n * n) as f64)
    }

    #[test]
    fn a_rate_is_observed_and_what_theory_does_not_allow_is_not_asymptotic() {
        for (rate, allowed) in [
            (0.5, false),
            (1.0, true),
            (1.5, true),
            (2.0, true),
            (3.0, false),
        ] {
            let values = N.map(|n| 3.0 + 5.0 * (n as f64).powf(-rate));
            // Scatter of a few ulps, for the rates at the ends.
            let found = Approach::of(N, values, 1e-14);
            assert!((found.observed.unwrap() - rate).abs() < 1e-6, "{found:?}");
            assert_eq!(found.asymptotic, allowed, "{rate}");
        }
    }

    #[test]
    fn steps_that_scatter_alone_explains_are_asymptotic() {
        let mut values = values(2.0, 0.0);
        values[1] -= 0.01;
        let with = |scatter| Approach::of(N, values, scatter).asymptotic;
        // Rate 2 would have a first step 2.37 of the second, found is 0.0384/0.0070: 0.0218 too much,
        // for which Student allows 2.447 times 4.23 scatters.
        assert!(!with(0.002) && with(0.0022));
    }

    #[test]
    fn what_does_not_converge_is_not_asymptotic() {
        for values in [
            [1.0, 0.9, 0.95],
            [1.0, 0.9, 0.7],
            [1.0, 1.0, 1.0],
            [0.7, 0.8, 0.85],
            [1.0, f64::NAN, 1.0],
        ] {
            assert!(!Approach::of(N, values, 1e-3).asymptotic, "{values:?}");
        }
    }

    #[test]
    fn every_mixture_that_theory_allows_lies_in_the_bar() {
        for (a, b) in [(1.0, 0.0), (0.0, 30.0), (1.0, 30.0), (0.2, 4.0)] {
            let [_, coarse, fine] = values(a, b);
            for asymptotic in [true, false] {
                let found = bracket([N[1], N[2]], [coarse, fine], 0.0, asymptotic);
                assert!(
                    found.low <= 3.0 + 1e-12 && found.high >= 3.0 - 1e-12,
                    "{found:?}"
                );
                assert_eq!(found.value == fine, !asymptotic);
            }
        }
    }

    #[test]
    fn the_bar_grows_with_the_scatter_as_the_ends_do() {
        let at = |scatter| bracket([32, 44], [3.2, 3.1], scatter, true);
        let (still, shaken) = (at(0.0), at(0.01));
        // 32 over 44 − 32.
        let slack = |w: f64| STUDENT * 0.01 * ((1.0 + w).powi(2) + w * w).sqrt();
        assert!((still.low - shaken.low - slack(8.0 / 3.0)).abs() < 1e-12);
        // 32² over 44² − 32².
        let fast = 1024.0 / 912.0;
        assert!((shaken.high - still.high - slack(fast)).abs() < 1e-12);
        assert_eq!(still.value, shaken.value);
    }

    #[test]
    fn a_value_that_rises_has_its_bar_on_both_sides() {
        let found = bracket([32, 44], [3.0, 3.1], 0.0, false);
        assert!(found.low == 3.1 && found.value == 3.1 && found.high > 3.36);
    }

    #[test]
    fn scatter_is_the_error_of_the_mean_over_the_axes() {
        // Sample standard deviation 0.1 of 10, over √3.
        let found = relative_scatter(&[[9.9, 10.0, 10.1]]);
        assert!((found - 0.01 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!(relative_scatter(&[[2.0; 3], [1.0; 3]]), 0.0);
    }
}

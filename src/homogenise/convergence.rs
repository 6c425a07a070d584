//! From three resolutions to the limit: f(h) = f₀ + a hᵖ through all three (Richardson's
//! extrapolation with the rate observed).

/// A limit and how it is approached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Observed rate p.
    pub rate: f64,
    /// f₀ = fine + weight (fine − coarse); the same weight serves every quantity with this rate.
    pub weight: f64,
}

/// Rates within which a limit is believed. A solid with re-entrant edges is approached more slowly
/// than quadratic elements could.
pub const BELIEVED: [f64; 2] = [0.4, 4.0];

const HALVINGS: usize = 80;

impl Limit {
    /// From values at three resolutions (elements along the side), coarse to fine; `None` where
    /// they do not approach anything at a rate in [`BELIEVED`].
    pub fn through(resolutions: [usize; 3], values: [f64; 3]) -> Option<Self> {
        let h = resolutions.map(|n| 1.0 / n as f64);
        let wanted = (values[0] - values[1]) / (values[1] - values[2]);
        let ratio = |p: f64| {
            let [a, b, c] = h.map(|h| h.powf(p));
            (a - b) / (b - c)
        };
        let [mut low, mut high] = BELIEVED;
        if !(ratio(low)..=ratio(high)).contains(&wanted) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if ratio(middle) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        let rate = 0.5 * (low + high);
        let [coarse, fine] = [h[0], h[2]].map(|h| h.powf(rate));
        Some(Self {
            rate,
            weight: fine / (coarse - fine),
        })
    }

    /// The limit of a quantity from its values on the coarsest and the finest mesh.
    pub fn of(&self, coarse: f64, fine: f64) -> f64 {
        fine + self.weight * (fine - coarse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_of_the_spacing_is_found_with_its_limit() {
        for rate in [0.7, 1.3, 2.0] {
            let n = [10, 14, 20];
            let value = |n: usize| 3.0 + 5.0 * (n as f64).powf(-rate);
            let limit = Limit::through(n, n.map(value)).unwrap();
            assert!((limit.rate - rate).abs() < 1e-9);
            assert!((limit.of(value(10), value(20)) - 3.0).abs() < 1e-9);
        }
    }

    #[test]
    fn what_does_not_converge_has_no_limit() {
        assert_eq!(Limit::through([10, 14, 20], [1.0, 0.9, 0.95]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, 0.9, 0.7]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, 1.0, 1.0]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, f64::NAN, 1.0]), None);
    }
}

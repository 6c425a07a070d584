//! From three resolutions to the limit: f(h) = f₀ + a hᵖ (Richardson's extrapolation).
//!
//! The rate is observed on all three, and told. Between meshes that differ in which vertex lies where
//! it scatters, so what is used is the observed rate held between what theory allows: 1, the order of
//! the energy at a groove as sharp as a crack, and 2, the order of straight sides on a round surface.

/// A limit and how it is approached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Observed rate p.
    pub observed: f64,
    /// The rate used: the observed one held in [`ALLOWED`].
    pub used: f64,
    /// f₀ = fine + weight (fine − coarse); the same weight serves every quantity with this rate.
    pub weight: f64,
}

/// Rates that are used.
pub const ALLOWED: [f64; 2] = [1.0, 2.0];

/// Rates that are looked for: scatter can make one that is not even positive.
const OBSERVABLE: [f64; 2] = [-1.0, 8.0];

const HALVINGS: usize = 80;

impl Limit {
    /// From values at three resolutions (elements along the side), coarse to fine; `None` where
    /// they do not come nearer to anything from one side.
    pub fn through(resolutions: [usize; 3], values: [f64; 3]) -> Option<Self> {
        let h = resolutions.map(|n| 1.0 / n as f64);
        let wanted = (values[0] - values[1]) / (values[1] - values[2]);
        let ratio = |p: f64| {
            let [a, b, c] = h.map(|h| h.powf(p));
            (a - b) / (b - c)
        };
        let [mut low, mut high] = OBSERVABLE;
        if !(ratio(low)..f64::INFINITY).contains(&wanted) {
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
        let observed = 0.5 * (low + high);
        let used = observed.clamp(ALLOWED[0], ALLOWED[1]);
        let [coarse, fine] = [h[0], h[2]].map(|h| h.powf(used));
        Some(Self {
            observed,
            used,
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
        for rate in [1.0, 1.3, 2.0] {
            let n = [10, 14, 20];
            let value = |n: usize| 3.0 + 5.0 * (n as f64).powf(-rate);
            let limit = Limit::through(n, n.map(value)).unwrap();
            assert!((limit.observed - rate).abs() < 1e-9 && (limit.used - rate).abs() < 1e-9);
            assert!((limit.of(value(10), value(20)) - 3.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_rate_beyond_theory_is_told_and_not_used() {
        let n = [10, 14, 20];
        let value = |rate: f64| move |n: usize| 3.0 + (n as f64).powf(-rate);
        let slow = Limit::through(n, n.map(value(0.5))).unwrap();
        assert!((slow.observed - 0.5).abs() < 1e-9 && slow.used == 1.0);
        let fast = Limit::through(n, n.map(value(3.0))).unwrap();
        assert!((fast.observed - 3.0).abs() < 1e-9 && fast.used == 2.0);
        assert!((fast.weight - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_converge_has_no_limit() {
        assert_eq!(Limit::through([10, 14, 20], [1.0, 0.9, 0.95]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, 0.9, 0.7]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, 1.0, 1.0]), None);
        assert_eq!(Limit::through([10, 14, 20], [1.0, f64::NAN, 1.0]), None);
    }
}

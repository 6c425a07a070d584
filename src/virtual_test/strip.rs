//! A long strip under a line load: what plane elasticity adds to beam theory near the load.
//!
//! Height 2c, unit width, load P across it on one side. With the Airy functions of a load cos αx,
//! k = αc, s = sinh k cosh k, integrated over all α (Filon's solution, see Timoshenko & Goodier):
//!
//! ```text
//! stress opposite the load   σ = M/W + K P/c,
//!     K = 1/(2π) ∫₀^∞ [(s+k)/(s−k) − (s−k)/(s+k) − 3/k²] dk = −0.1307
//! deflection of the middle layer: bending, shear with 1.2 + 0.75 ν in the place of
//!     1.2 (1 + ν), and w P/E under each line load,
//!     w = 1/π ∫₀^∞ [(2 cosh k + (1+ν) k sinh k)/(2k (s−k)) − 3/(2k⁴) − (1.2 + 0.75ν)/k²] dk
//! ```
//!
//! Timoshenko & Goodier print −0.133 for K, and for ν = 0.3 the deflection
//! P L³/(48 E I) [1 + 2.85 (h/L)² − 0.84 (h/L)³], which is w = −0.21.

use std::f64::consts::PI;

/// End of the integrals: beyond it hyperbolic terms are below round-off.
const END: f64 = 40.0;
/// Intervals of Simpson's rule, even.
const STEPS: u32 = 8000;

/// K, the stress opposite the load in P/c.
pub fn opposite_stress() -> f64 {
    let integral = simpson(|k| {
        if k < 0.1 {
            stress_near_zero(k)
        } else {
            stress_integrand(k)
        }
    });
    (integral - 3.0 / END) / (2.0 * PI)
}

/// w, the deflection of the middle layer under a load beyond bending and shear, in P/E.
pub fn local_deflection(poisson_ratio: f64) -> f64 {
    let nu = poisson_ratio;
    let integral = simpson(|k| {
        if k < 0.3 {
            deflection_near_zero(k, nu)
        } else {
            deflection_integrand(k, nu)
        }
    });
    (integral - shear_factor(nu) / END - 0.5 / END.powi(3)) / PI
}

/// E A / (2 κ G A) of the middle layer: 1.2 + 0.75 ν.
pub fn shear_factor(poisson_ratio: f64) -> f64 {
    1.2 + 0.75 * poisson_ratio
}

fn simpson(f: impl Fn(f64) -> f64) -> f64 {
    let h = END / f64::from(STEPS);
    let weight = |i: u32| match i {
        0 | STEPS => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=STEPS).map(|i| weight(i) * f(h * f64::from(i))).sum();
    sum * h / 3.0
}

fn stress_integrand(k: f64) -> f64 {
    let s = k.sinh() * k.cosh();
    (s + k) / (s - k) - (s - k) / (s + k) - 3.0 / (k * k)
}

/// The same from the series s = k + 2k³/3 + 2k⁵/15 + 4k⁷/315 + …, where the differences would
/// lose digits.
fn stress_near_zero(k: f64) -> f64 {
    let k2 = k * k;
    let above = 1.0 + k2 / 3.0 + k2 * k2 / 15.0 + 2.0 * k2.powi(3) / 315.0;
    let below = 1.0 + k2 / 5.0 + 2.0 * k2 * k2 / 105.0 + k2.powi(3) / 945.0;
    let ratio = above / below;
    // (ratio − 1)/k², without the difference.
    let rest = (2.0 / 15.0 + k2 / 21.0 + k2 * k2 / 189.0) / below;
    3.0 * rest - k2 / (3.0 * ratio)
}

fn deflection_integrand(k: f64, nu: f64) -> f64 {
    let s = k.sinh() * k.cosh();
    let whole = (2.0 * k.cosh() + (1.0 + nu) * k * k.sinh()) / (2.0 * k * (s - k));
    whole - 1.5 / k.powi(4) - shear_factor(nu) / (k * k)
}

/// The same from the series of numerator and s − k, with the two poles taken out exactly.
fn deflection_near_zero(k: f64, nu: f64) -> f64 {
    let k2 = k * k;
    let n2 = 2.0 + nu;
    let n4 = 1.0 / 12.0 + (1.0 + nu) / 6.0;
    let n6 = 1.0 / 360.0 + (1.0 + nu) / 120.0;
    let below = 1.0 + k2 / 5.0 + 2.0 * k2 * k2 / 105.0 + k2.powi(3) / 945.0;
    let pole = n2 - 0.4;
    let fourth = n4 - 4.0 / 105.0 - pole / 5.0;
    let sixth = n6 - 2.0 / 945.0 - 2.0 * pole / 105.0;
    0.75 * (fourth + k2 * sixth) / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_terms_are_those_that_timoshenko_and_goodier_print() {
        // They print −0.133 (two terms of a series) and, for ν = 0.3, 2.85 and −0.84 = 4 w.
        assert!((opposite_stress() + 0.133).abs() < 0.003);
        assert!((4.0 * local_deflection(0.3) + 0.84).abs() < 0.005);
        assert!((2.0 * shear_factor(0.3) - 2.85).abs() < 1e-12);
    }

    #[test]
    fn series_and_closed_form_meet() {
        assert!((stress_near_zero(0.1) - stress_integrand(0.1)).abs() < 1e-6);
        for nu in [0.0, 0.3, 0.46] {
            // Cut after k⁶ of terms that fall by about k²/10 each.
            let gap = deflection_near_zero(0.3, nu) - deflection_integrand(0.3, nu);
            assert!(gap.abs() < 1e-4, "{gap}");
        }
    }
}

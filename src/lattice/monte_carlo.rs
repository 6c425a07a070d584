//! Relative density of a unit cell by Monte Carlo: the check of the closed forms.
//!
//! Points fill the cell at random; the share in the solid is the density, with the standard error
//! √(ρ(1−ρ)/n) of n independent points. Must not know how the closed forms are made.

use super::cell::Cell;

/// A density found by counting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Relative density.
    pub density: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Points thrown.
    pub points: u32,
}

/// Counts random points in the solid of struts of radius `s` (a wall of half thickness `s`) over
/// the cell's side. The same seed gives the same points.
pub fn estimate_density(cell: Cell, s: f64, points: u32, seed: u64) -> Estimate {
    let mut state = seed;
    let mut solid = 0_u32;
    for _ in 0..points {
        let p = [(); 3].map(|()| uniform(&mut state));
        solid += u32::from(cell.is_solid(p, s));
    }
    let n = f64::from(points.max(1));
    let density = f64::from(solid) / n;
    Estimate {
        density,
        standard_error: (density * (1.0 - density) / n).sqrt(),
        points,
    }
}

/// The next number in [0, 1) of SplitMix64 (Steele, Lea & Flood 2014).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    // The upper 53 bits fill a double's mantissa.
    (z >> 11) as f64 * 2f64.powi(-53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_fill_the_unit_interval_evenly() {
        let mut state = 7;
        let numbers: Vec<f64> = (0..20_000).map(|_| uniform(&mut state)).collect();
        let mean = numbers.iter().sum::<f64>() / 20_000.0;
        let square = numbers.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        // Four standard errors of the mean, √(1/12/n), and of the square's, √(4/45/n).
        assert!((mean - 0.5).abs() < 0.0082 && (square - 1.0 / 3.0).abs() < 0.0085);
        assert!(numbers.iter().all(|x| (0.0..1.0).contains(x)));
    }

    #[test]
    fn a_crossing_of_cylinders_is_found_within_its_standard_error() {
        // Three cylinders of radius s along the edges: 3π s² − 8√2 s³.
        let found = estimate_density(Cell::SimpleCubic, 0.2, 100_000, 1);
        let exact = 0.12 * std::f64::consts::PI - 0.064 * 2f64.sqrt();
        assert!((found.density - exact).abs() < 3.0 * found.standard_error);
        assert!((found.standard_error - (exact * (1.0 - exact) / 1e5).sqrt()).abs() < 1e-5);
    }
}

//! How far to go along a step: to where the energy is least.

/// A full step stands where no more than this part of the slope is left behind it: near the end
/// Newton's own step is the best one.
const FULL_STEP: f64 = 0.1;

/// The part of the slope that counts as none.
const FLAT: f64 = 1e-6;

/// Tries after which the place is known to a billionth whatever the slope says.
const MOST_TRIES: usize = 60;

/// The fraction of a step, at most 1, at which a convex energy is least: where its slope along the step,
/// `start` < 0 at 0 and nowhere falling, is zero. Chords, exact between kinks, take turns with halvings,
/// which shut the kinks out.
pub(super) fn lowest<E>(start: f64, slope: impl Fn(f64) -> Result<f64, E>) -> Result<f64, E> {
    let end = slope(1.0)?;
    // What is not a number takes the full step and is found there.
    if end.is_nan() || end <= -FULL_STEP * start {
        return Ok(1.0);
    }
    let (mut low, mut high) = ((0.0, start), (1.0, end));
    for attempt in 0..MOST_TRIES {
        let at = match attempt % 2 {
            0 => low.0 - low.1 * (high.0 - low.0) / (high.1 - low.1),
            _ => 0.5 * (low.0 + high.0),
        };
        let here = slope(at)?;
        if here.abs() <= -FLAT * start {
            return Ok(at);
        }
        if here < 0.0 {
            low = (at, here);
        } else {
            high = (at, here);
        }
    }
    Ok(low.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(slope: impl Fn(f64) -> f64) -> f64 {
        lowest::<()>(slope(0.0), |t| Ok(slope(t))).unwrap_or(f64::NAN)
    }

    #[test]
    fn the_lowest_place_is_found_across_kinks_and_steep_walls() {
        assert_eq!(found(|t| t - 1.0), 1.0);
        assert_eq!(found(|t| t - 3.0), 1.0);
        assert!((found(|t| 4.0 * t - 1.0) - 0.25).abs() < 1e-6);
        let kinked = |t: f64| t - 1.0 + 1e4 * (t - 0.3).max(0.0);
        assert!((found(kinked) - (1.0 + 3000.0) / 10_001.0).abs() < 1e-6);
        let wall = |t: f64| -1.0 + 1e6 * t.powi(9);
        assert!((found(wall) - 1e-6_f64.powf(1.0 / 9.0)).abs() < 1e-6);
    }
}

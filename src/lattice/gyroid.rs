//! The gyroid's mid-surface g = sin X cos Y + sin Y cos Z + sin Z cos X = 0, X = 2πx.
//!
//! Lengths over the side of the cubic cell. Must not know walls in millimetres.

use std::f64::consts::TAU;

/// Where a step of the search stops: far below any printable length.
const STEP: f64 = 1e-12;
const MOST_STEPS: usize = 60;

/// g and its gradient at a point.
pub fn level_and_gradient(p: [f64; 3]) -> (f64, [f64; 3]) {
    let [s, c] = sines(p);
    let level = s[0] * c[1] + s[1] * c[2] + s[2] * c[0];
    let gradient = [
        c[0] * c[1] - s[2] * s[0],
        c[1] * c[2] - s[0] * s[1],
        c[2] * c[0] - s[1] * s[2],
    ];
    (level, gradient.map(|g| TAU * g))
}

fn sines(p: [f64; 3]) -> [[f64; 3]; 2] {
    let pairs = p.map(|c| (TAU * c).sin_cos());
    [pairs.map(|p| p.0), pairs.map(|p| p.1)]
}

/// Distance from a point to the surface: |g|/|∇g| leads to a foot, which then slides along the
/// surface until the way to it is a normal.
///
/// Within the surface's smallest radius of curvature that is the nearest point; farther off the
/// foot may be another one, and the distance is too long, never too short.
pub fn distance(p: [f64; 3]) -> f64 {
    let mut foot = drop_to_surface(p);
    for _ in 0..MOST_STEPS {
        let (_, gradient) = level_and_gradient(foot);
        let square = dot(gradient, gradient);
        let way = [0, 1, 2].map(|k| p[k] - foot[k]);
        let along = dot(way, gradient) / square;
        let slide = [0, 1, 2].map(|k| way[k] - along * gradient[k]);
        if dot(slide, slide) < STEP * STEP {
            break;
        }
        foot = drop_to_surface([0, 1, 2].map(|k| foot[k] + 0.7 * slide[k]));
    }
    let way = [0, 1, 2].map(|k| p[k] - foot[k]);
    dot(way, way).sqrt()
}

/// Newton steps along the gradient; none longer than a tenth of the side, as the gradient vanishes
/// at the highest and lowest levels.
pub(super) fn drop_to_surface(mut p: [f64; 3]) -> [f64; 3] {
    for _ in 0..MOST_STEPS {
        let (level, gradient) = level_and_gradient(p);
        let size = dot(gradient, gradient).sqrt();
        if size < 1e-6 {
            // An extremum: any way off it leads down.
            p = [p[0] + 1e-4, p[1] - 2e-4, p[2] + 3e-4];
            continue;
        }
        let step = (level / size).clamp(-0.1, 0.1);
        p = [0, 1, 2].map(|k| p[k] - step * gradient[k] / size);
        if step.abs() < STEP {
            break;
        }
    }
    p
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(p: [f64; 3]) -> f64 {
        level_and_gradient(p).0
    }

    #[test]
    fn a_point_set_off_the_surface_by_its_normal_is_that_far_from_it() {
        // The surface's smallest radius of curvature is above a tenth of the side.
        for i in 0..200_u32 {
            let start =
                [0.754_877_666, 0.569_840_291, 0.819_172_513].map(|s| (s * f64::from(i)).fract());
            let foot = drop_to_surface(start);
            assert!(level(foot).abs() < 1e-9);
            let (_, gradient) = level_and_gradient(foot);
            let size = dot(gradient, gradient).sqrt();
            for off in [-0.09, -0.03, 0.001, 0.05, 0.09] {
                let p = [0, 1, 2].map(|k| foot[k] + off * gradient[k] / size);
                assert!(
                    (distance(p) - f64::abs(off)).abs() < 1e-9,
                    "{i} {off} {}",
                    distance(p)
                );
            }
        }
    }

    #[test]
    fn the_gradient_is_the_levels_change() {
        let (p, h) = ([0.21, 0.47, 0.83], 1e-6);
        let (_, gradient) = level_and_gradient(p);
        for k in 0..3 {
            let (mut low, mut high) = (p, p);
            low[k] -= h;
            high[k] += h;
            let slope = (level(high) - level(low)) / (2.0 * h);
            assert!((slope - gradient[k]).abs() < 1e-7, "{k}");
        }
    }
}

//! One stiffness from those of all meshes, with a bar.
//!
//! Bulk modulus K, C' = (C11 − C12)/2 and C44 of a cubic solid are energies under strains of their own,
//! so each approaches its limit as [`super::convergence`] says. Young's moduli grow with all three.

use super::HomogeniseError;
use super::convergence::{Approach, Bracket, bracket, relative_scatter};
use crate::material::constants::{Constants, cubic_moduli, cubic_of};
use crate::tensor::Elasticity;

/// The best estimate and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Cubic stiffness, MPa: the middle of the limits that theory allows where three meshes show an
    /// asymptotic rate, else that of the finest mesh.
    pub stiffness: Elasticity,
    /// Its constants.
    pub constants: Constants,
    /// Where the limits lie; `None` for a single mesh, whose error is not known.
    pub bar: Option<Bar>,
    /// How the `[100]` moduli of three meshes approach their limit.
    pub approach: Option<Approach>,
    /// Standard deviation of a mesh's `[100]` modulus, as a share of it, by the spread of the axes.
    pub scatter: f64,
}

/// Least and most, MPa.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Of Young's moduli along `[100]`, `[110]`, `[111]`.
    pub along: [[f64; 2]; 3],
    /// Of the shear modulus.
    pub shear_modulus: [f64; 2],
    /// Of the bulk modulus.
    pub bulk_modulus: [f64; 2],
}

/// What an estimate needs of a mesh.
#[derive(Debug, Clone, Copy)]
pub struct Mesh<'a> {
    /// Elements along the side.
    pub resolution: usize,
    /// Stiffness, MPa.
    pub stiffness: &'a Elasticity,
    /// Its constants.
    pub constants: &'a Constants,
}

impl Estimate {
    /// From meshes, coarse to fine.
    ///
    /// # Errors
    /// [`HomogeniseError::Empty`] without a mesh, [`HomogeniseError::NoStiffness`].
    pub fn of(meshes: &[Mesh<'_>]) -> Result<Self, HomogeniseError> {
        let axes: Vec<[f64; 3]> = meshes.iter().map(|m| m.constants.youngs_modulus).collect();
        let scatter = relative_scatter(&axes);
        let approach = match meshes {
            [a, b, c] => {
                let values = [a, b, c].map(|m| m.constants.along[0]);
                let resolutions = [a, b, c].map(|m| m.resolution);
                Some(Approach::of(resolutions, values, scatter * values[2]))
            }
            _ => None,
        };
        let asymptotic = approach.is_some_and(|a| a.asymptotic);
        let finest = meshes.last().ok_or(HomogeniseError::Empty)?;
        let moduli = cubic_moduli(&finest.stiffness.0);
        let brackets = match meshes {
            [.., coarse, fine] => {
                let resolutions = [coarse.resolution, fine.resolution];
                let before = cubic_moduli(&coarse.stiffness.0);
                Some([0, 1, 2].map(|k| {
                    let values = [before[k], moduli[k]];
                    bracket(resolutions, values, scatter * moduli[k], asymptotic)
                }))
            }
            _ => None,
        };
        let values = brackets.map_or(moduli, |b| b.map(|b| b.value));
        let stiffness = cubic_of(values);
        let constants = Constants::of(&stiffness).filter(|_| values.iter().all(|v| *v > 0.0));
        Ok(Self {
            stiffness,
            constants: constants.ok_or(HomogeniseError::NoStiffness)?,
            bar: brackets.map(Bar::of),
            approach,
            scatter,
        })
    }
}

impl Bar {
    fn of(brackets: [Bracket; 3]) -> Self {
        let ends: [fn(&Bracket) -> f64; 2] = [|b| b.low, |b| b.high];
        // A bar that reaches down to nothing ends there.
        let constants = ends.map(|end| {
            let moduli = brackets.map(|b| end(&b));
            let possible = moduli.iter().all(|m| *m > 0.0);
            possible.then(|| Constants::of(&cubic_of(moduli))).flatten()
        });
        let both = |value: fn(&Constants) -> f64| constants.map(|c| c.as_ref().map_or(0.0, value));
        Self {
            along: [
                both(|c| c.along[0]),
                both(|c| c.along[1]),
                both(|c| c.along[2]),
            ],
            shear_modulus: both(|c| c.shear_modulus[0]),
            bulk_modulus: both(|c| c.bulk_modulus),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meshes whose moduli K, C', C44 are too large by shares a/n + b/n².
    fn estimate(truth: [f64; 3], [a, b]: [f64; 2], resolutions: &[usize]) -> Estimate {
        let stiffness: Vec<Elasticity> = resolutions
            .iter()
            .map(|n| {
                let h = 1.0 / *n as f64;
                cubic_of(truth.map(|m| m * (1.0 + a * h + b * h * h)))
            })
            .collect();
        let constants: Vec<Constants> = stiffness
            .iter()
            .map(|s| Constants::of(s).unwrap())
            .collect();
        let meshes: Vec<Mesh<'_>> = (0..resolutions.len())
            .map(|k| Mesh {
                resolution: resolutions[k],
                stiffness: &stiffness[k],
                constants: &constants[k],
            })
            .collect();
        Estimate::of(&meshes).unwrap()
    }

    const TRUTH: [f64; 3] = [9.0, 1.0, 2.0];

    fn holds(bar: [f64; 2], value: f64) -> bool {
        (bar[0] * (1.0 - 1e-12)..=bar[1] * (1.0 + 1e-12)).contains(&value)
    }

    #[test]
    fn three_asymptotic_meshes_are_extrapolated_and_their_bar_holds_the_truth() {
        let truth = Constants::of(&cubic_of(TRUTH)).unwrap();
        for error in [[1.0, 5.0], [1.0, 0.1], [0.1, 20.0]] {
            let found = estimate(TRUTH, error, &[22, 32, 44]);
            assert!(found.approach.unwrap().asymptotic && found.scatter < 1e-12);
            let bar = found.bar.unwrap();
            for k in 0..3 {
                assert!(holds(bar.along[k], truth.along[k]), "{error:?}: {bar:?}");
                assert!(holds(bar.along[k], found.constants.along[k]));
            }
            assert!(holds(bar.bulk_modulus, 9.0) && holds(bar.shear_modulus, 2.0));
            // Of an error of about 2 %, the estimate leaves less than the bar is wide.
            assert!((found.constants.along[0] / truth.along[0] - 1.0).abs() < 0.012);
        }
    }

    #[test]
    fn meshes_that_show_no_rate_are_not_extrapolated() {
        let two = estimate(TRUTH, [1.0, 0.0], &[32, 44]);
        let finest = Constants::of(&cubic_of(TRUTH.map(|m| m * (1.0 + 1.0 / 44.0)))).unwrap();
        assert_eq!((two.approach, two.constants), (None, finest));
        let bar = two.bar.unwrap().along[0];
        assert!(holds(bar, finest.along[0]) && holds(bar, finest.along[0] * 44.0 / 45.0));
        let one = estimate(TRUTH, [1.0, 0.0], &[44]);
        assert_eq!((one.bar, one.constants), (None, finest));
        // A rate of three.
        let fast = [22, 32, 44].map(|n: i32| 1.0 + 500.0 / f64::from(n.pow(3)));
        let stiffness = fast.map(|share| cubic_of(TRUTH.map(|m| m * share)));
        let constants = stiffness.map(|s| Constants::of(&s).unwrap());
        let meshes = [0, 1, 2].map(|k| Mesh {
            resolution: [22, 32, 44][k],
            stiffness: &stiffness[k],
            constants: &constants[k],
        });
        let found = Estimate::of(&meshes).unwrap();
        assert!(!found.approach.unwrap().asymptotic);
        assert!((found.constants.along[0] / constants[2].along[0] - 1.0).abs() < 1e-14);
        assert!(matches!(Estimate::of(&[]), Err(HomogeniseError::Empty)));
    }

    #[test]
    fn a_bar_that_reaches_below_nothing_ends_at_nothing() {
        let below = [5.0, -1.0, 1.0].map(|low| Bracket {
            low,
            value: 6.0,
            high: 7.0,
        });
        let bar = Bar::of(below);
        assert!(bar.along.iter().all(|b| b[0] == 0.0 && b[1] > 0.0));
    }
}

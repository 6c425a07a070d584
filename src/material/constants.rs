//! What an engineer reads in a 6×6 stiffness: moduli along directions, shear moduli, Poisson ratios,
//! how far it is from cubic and from isotropic.
//!
//! Under uniaxial stress along n the strain along n is mᵀ S m, m = [n_x², n_y², n_z², n_x n_y,
//! n_y n_z, n_z n_x], S = C⁻¹: Young's modulus is its inverse.

use nalgebra::{Matrix6, Vector6};

use crate::tensor::{Elasticity, Vec3};

/// Engineering constants in the cell's axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constants {
    /// Young's moduli along x, y, z, MPa.
    pub youngs_modulus: [f64; 3],
    /// Shear moduli xy, yz, zx, MPa.
    pub shear_modulus: [f64; 3],
    /// Poisson ratios xy, yz, zx: contraction along the second under stress along the first.
    pub poisson_ratio: [f64; 3],
    /// Mean Young's moduli over the directions of the forms `[100]`, `[110]`, `[111]`, MPa.
    pub along: [f64; 3],
    /// Bulk modulus under equal strain, MPa: the mean of the nine normal stiffnesses.
    pub bulk_modulus: f64,
    /// Zener's ratio 2 C44/(C11 − C12) of the nearest cubic stiffness; 1 is isotropic.
    pub zener: f64,
    /// Largest entry of the difference to that cubic stiffness, over C11.
    pub off_cubic: f64,
}

impl Constants {
    /// Of a stiffness; `None` where it is singular.
    pub fn of(stiffness: &Elasticity) -> Option<Self> {
        let c = stiffness.0;
        let s = c.try_inverse()?;
        let (c11, c12, c44) = cubic_means(&c);
        let mean = |directions: &[Vec3]| {
            let sum: f64 = directions.iter().map(|n| modulus_along(&s, n)).sum();
            sum / directions.len() as f64
        };
        Some(Self {
            youngs_modulus: [0, 1, 2].map(|k| 1.0 / s[(k, k)]),
            shear_modulus: [3, 4, 5].map(|k| 1.0 / s[(k, k)]),
            poisson_ratio: [0, 1, 2].map(|k| -s[((k + 1) % 3, k)] / s[(k, k)]),
            along: [mean(&EDGES), mean(&FACES), mean(&CORNERS)],
            bulk_modulus: (c11 + 2.0 * c12) / 3.0,
            zener: 2.0 * c44 / (c11 - c12),
            off_cubic: (c - cubic(c11, c12, c44)).amax() / c11,
        })
    }
}

const EDGES: [Vec3; 3] = [
    Vec3::new(1.0, 0.0, 0.0),
    Vec3::new(0.0, 1.0, 0.0),
    Vec3::new(0.0, 0.0, 1.0),
];
const FACES: [Vec3; 6] = [
    Vec3::new(1.0, 1.0, 0.0),
    Vec3::new(1.0, -1.0, 0.0),
    Vec3::new(0.0, 1.0, 1.0),
    Vec3::new(0.0, 1.0, -1.0),
    Vec3::new(1.0, 0.0, 1.0),
    Vec3::new(-1.0, 0.0, 1.0),
];
const CORNERS: [Vec3; 4] = [
    Vec3::new(1.0, 1.0, 1.0),
    Vec3::new(-1.0, 1.0, 1.0),
    Vec3::new(1.0, -1.0, 1.0),
    Vec3::new(1.0, 1.0, -1.0),
];

/// Young's modulus along a direction of any length, from the compliance (1/MPa).
pub fn modulus_along(compliance: &Matrix6<f64>, direction: &Vec3) -> f64 {
    let n = direction.normalize();
    let m = Vector6::new(
        n.x * n.x,
        n.y * n.y,
        n.z * n.z,
        n.x * n.y,
        n.y * n.z,
        n.z * n.x,
    );
    1.0 / m.dot(&(compliance * m))
}

/// Bulk modulus, C' = (C11 − C12)/2 and C44 of the nearest cubic stiffness.
pub(crate) fn cubic_moduli(c: &Matrix6<f64>) -> [f64; 3] {
    let (c11, c12, c44) = cubic_means(c);
    [(c11 + 2.0 * c12) / 3.0, 0.5 * (c11 - c12), c44]
}

/// The cubic stiffness of those three moduli.
pub(crate) fn cubic_of([bulk, prime, c44]: [f64; 3]) -> Elasticity {
    Elasticity(cubic(
        bulk + 4.0 / 3.0 * prime,
        bulk - 2.0 / 3.0 * prime,
        c44,
    ))
}

/// C11, C12, C44 averaged over the axes.
fn cubic_means(c: &Matrix6<f64>) -> (f64, f64, f64) {
    let mean = |values: [f64; 3]| values.iter().sum::<f64>() / 3.0;
    (
        mean([c[(0, 0)], c[(1, 1)], c[(2, 2)]]),
        mean([c[(0, 1)], c[(1, 2)], c[(2, 0)]]),
        mean([c[(3, 3)], c[(4, 4)], c[(5, 5)]]),
    )
}

fn cubic(c11: f64, c12: f64, c44: f64) -> Matrix6<f64> {
    Matrix6::from_fn(|i, j| match (i, j) {
        _ if i == j && i < 3 => c11,
        _ if i == j => c44,
        _ if i < 3 && j < 3 => c12,
        _ => 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isotropic_solid_has_one_modulus_in_every_direction() {
        let found = Constants::of(&Elasticity::isotropic(1000.0, 0.3)).unwrap();
        for modulus in found.youngs_modulus.iter().chain(&found.along) {
            assert!((modulus - 1000.0).abs() < 1e-9);
        }
        assert!((found.zener - 1.0).abs() < 1e-12 && found.off_cubic < 1e-15);
        assert!(
            found
                .poisson_ratio
                .iter()
                .all(|nu| (nu - 0.3).abs() < 1e-12)
        );
        assert!(
            found
                .shear_modulus
                .iter()
                .all(|g| (g - 1000.0 / 2.6).abs() < 1e-9)
        );
        assert!((found.bulk_modulus - 1000.0 / 1.2).abs() < 1e-9);
    }

    #[test]
    fn the_modulus_along_a_diagonal_is_that_of_the_turned_stiffness() {
        // C11, C12, C44 of the rhombic dodecahedron's frame at r/L = 0.1 (verification B14).
        let c = Elasticity(cubic(9.569_13e-3, 8.818_93e-3, 1.066_48e-3));
        let s = c.0.try_inverse().unwrap();
        let third = Vec3::new(1.0, 1.0, 1.0).normalize();
        let first = Vec3::new(1.0, -1.0, 0.0).normalize();
        let axes = nalgebra::Matrix3::from_columns(&[first, third.cross(&first), third]);
        let turned = c.rotated(&axes.transpose()).0.try_inverse().unwrap();
        let along = modulus_along(&s, &Vec3::new(1.0, 1.0, 1.0));
        assert!((along - 1.0 / turned[(2, 2)]).abs() < 1e-14);
        // E100, E111 and the Poisson ratio of the same line of the table.
        let found = Constants::of(&c).unwrap();
        assert!((found.along[0] / 1.109_99e-3 - 1.0).abs() < 1e-4);
        assert!((found.along[2] / 3.0787e-3 - 1.0).abs() < 1e-4);
        assert!((found.poisson_ratio[0] - 0.4796).abs() < 1e-4);
    }
}

//! The linear hexahedron as a cube: one voxel.
//!
//! ```text
//!        7-------6        corners in the order of VTK_HEXAHEDRON and Abaqus C3D8:
//!       /|      /|          bottom 0 1 2 3, counter-clockwise seen from above
//!      4-------5 |          top    4 5 6 7, each above its bottom one
//!      | 3-----|-2
//!      |/      |/         z  y
//!      0-------1          |/
//!                         +-- x
//! ```
//! With ξ the place of corner i in the unit cube, N = Π (ξₖ = 1 ? xₖ : 1 − xₖ). Eight Gauss points
//! make the stiffness of a cube exact. It bends too stiffly: a strut wants several voxels across.
//! All cubes of one size and material have the same stiffness, which is therefore computed once.
//! Must not know which voxels are solid.

use super::{add_general, weighted_rows};
use crate::tensor::{Elasticity, Vec3};

/// Places of the corners in the unit cube.
pub const CORNERS: [[u32; 3]; 8] = [
    [0, 0, 0],
    [1, 0, 0],
    [1, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 1],
    [1, 1, 1],
    [0, 1, 1],
];

/// Stiffness of a cube, N/mm: block (i, j), row-major.
pub type CubeStiffness = [[[f64; 9]; 8]; 8];

/// Gauss points of a unit interval, of equal weight.
const GAUSS: [f64; 2] = [0.211_324_865_405_187_1, 0.788_675_134_594_812_9];

/// Gradients of the shape functions, 1/mm, at a place `at` of the unit cube; the cube's side in mm.
pub fn shape_gradients(at: [f64; 3], side: f64) -> [Vec3; 8] {
    CORNERS.map(|corner| {
        let value = |k: usize| [1.0 - at[k], at[k]][corner[k] as usize];
        let slope = |k: usize| [-1.0, 1.0][corner[k] as usize] / side;
        Vec3::new(
            slope(0) * value(1) * value(2),
            value(0) * slope(1) * value(2),
            value(0) * value(1) * slope(2),
        )
    })
}

/// The stiffness of a cube of that side (mm): Σ Bᵢᵀ C Bⱼ over the eight points.
pub fn cube_stiffness(elasticity: &Elasticity, side: f64) -> Box<CubeStiffness> {
    let mut stiffness = Box::new([[[0.0; 9]; 8]; 8]);
    let weight = side.powi(3) / 8.0;
    for point in 0..8 {
        let at = std::array::from_fn(|k| GAUSS[point >> k & 1]);
        let g = shape_gradients(at, side);
        for (row, gi) in stiffness.iter_mut().zip(&g) {
            let left = weighted_rows(gi, &elasticity.0, weight);
            for (block, gj) in row.iter_mut().zip(&g) {
                add_general(block, &left, gj);
            }
        }
    }
    stiffness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Voigt;
    use crate::tensor::tests::turned_orthotropic;
    use nalgebra::DMatrix;

    #[test]
    fn a_cube_is_symmetric_and_has_exactly_six_zero_modes() {
        for elasticity in [Elasticity::isotropic(300.0, 0.3), turned_orthotropic()] {
            let k = cube_stiffness(&elasticity, 0.7);
            let k = DMatrix::from_fn(24, 24, |r, c| k[r / 3][c / 3][3 * (r % 3) + c % 3]);
            assert!((&k - k.transpose()).amax() < 1e-13 * k.amax());
            let mut values: Vec<f64> = k.symmetric_eigenvalues().iter().copied().collect();
            values.sort_by(f64::total_cmp);
            let largest = values[23];
            assert!(values[..6].iter().all(|v| v.abs() < 1e-13 * largest));
            assert!(values[6] > 1e-3 * largest, "{values:?}");
        }
    }

    #[test]
    fn a_uniform_strain_stores_the_energy_of_its_volume() {
        let (side, elasticity) = (0.7, turned_orthotropic());
        let k = cube_stiffness(&elasticity, side);
        let gradient = nalgebra::Matrix3::new(1.0, 2.0, -3.0, 0.5, -1.0, 4.0, 2.0, 0.1, 3.0) * 1e-3;
        let strain = Voigt::new(1.0, -1.0, 3.0, 2.5, 4.1, -1.0) * 1e-3;
        let u = CORNERS.map(|c| gradient * (side * Vec3::from(c.map(f64::from))));
        let mut twice = 0.0;
        for i in 0..8 {
            for j in 0..8 {
                for a in 0..9 {
                    twice += u[i][a / 3] * k[i][j][a] * u[j][a % 3];
                }
            }
        }
        let expected = strain.dot(&elasticity.stress(&strain)) * side.powi(3);
        assert!((twice - expected).abs() < 1e-13 * expected);
    }
}

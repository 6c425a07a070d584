//! The quadratic membrane triangle: plane stress with a thickness, on the face of a tet10.
//!
//! ```text
//!            2               corners 0 1 2, mid-edge 3 on 0-1, 4 on 1-2, 5 on 2-0:
//!           / \              the order of `mesh::FACES_QUADRATIC`
//!          5   4
//!         /     \            flat triangle in space with unit normal n; resists stretching and
//!        0---3---1           shear in its plane only: no bending, no normal stiffness
//! ```
//! With in-plane gradients g and P = I − n nᵀ, the 3×3 block of nodes i and j is
//! t ∫ λ* gᵢ gⱼᵀ + μ (gⱼ gᵢᵀ + (gᵢ·gⱼ) P), where λ* = Eν/(1 − ν²) is plane stress.
//! g is linear in the triangle: the three-point rule of degree 2 is exact. A thin cortical shell
//! on the surface of a bone is such a membrane. Must not know the mesh around it.

use super::ElementError;
use crate::tensor::{Point, Vec3};
use nalgebra::Matrix3;

/// A thin elastic layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membrane {
    /// Thickness, mm.
    pub thickness: f64,
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
}

/// Barycentric coordinates of the three-point rule of degree 2; each point weighs A/3.
const POINTS: [[f64; 3]; 3] = {
    const A: f64 = 2.0 / 3.0;
    const B: f64 = 1.0 / 6.0;
    [[A, B, B], [B, A, B], [B, B, A]]
};

/// Stiffness of a membrane on the straight-sided triangle `corners` (mm) with six nodes: 18×18,
/// row-major, N/mm. `first_node` names the facet in errors.
///
/// # Errors
/// [`ElementError::FlatFacet`] and [`ElementError::Membrane`].
pub fn membrane_stiffness(
    corners: &[Point; 3],
    membrane: &Membrane,
    first_node: u32,
) -> Result<Vec<f64>, ElementError> {
    let [a, b, c] = corners;
    let (u, v) = (b - a, c - a);
    let twice_area = u.cross(&v);
    let double = twice_area.norm();
    if !(double > 1e-12 * u.norm().max(v.norm()).powi(2) && double.is_finite()) {
        return Err(ElementError::FlatFacet { node: first_node });
    }
    let normal = twice_area / double;
    // ∇L opposite edge: normal × edge / 2A.
    let grad_l = [
        normal.cross(&(c - b)) / double,
        normal.cross(&(a - c)) / double,
        normal.cross(&(b - a)) / double,
    ];
    let (lambda, mu) = plane_stress(membrane)?;
    let weight = membrane.thickness * 0.5 * double / 3.0;
    let in_plane = Matrix3::identity() - normal * normal.transpose();
    let mut k = vec![0.0; 18 * 18];
    for l in &POINTS {
        let g = gradients(l, &grad_l);
        for (i, gi) in g.iter().enumerate() {
            for (j, gj) in g.iter().enumerate() {
                let block = lambda * gi * gj.transpose()
                    + mu * (gj * gi.transpose() + gi.dot(gj) * in_plane);
                for r in 0..3 {
                    for s in 0..3 {
                        k[18 * (3 * i + r) + 3 * j + s] += weight * block[(r, s)];
                    }
                }
            }
        }
    }
    Ok(k)
}

/// The same for a triangle with its three corner nodes only: 9×9. Displacements linear in the
/// triangle are quadratic ones whose mid-edge values are means, K₃ = PᵀK₆P.
///
/// # Errors
/// [`ElementError::FlatFacet`] and [`ElementError::Membrane`].
pub fn linear_membrane_stiffness(
    corners: &[Point; 3],
    membrane: &Membrane,
    first_node: u32,
) -> Result<Vec<f64>, ElementError> {
    const MEANS: [[f64; 3]; 6] = [
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [0.5, 0.5, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
    ];
    let quadratic = membrane_stiffness(corners, membrane, first_node)?;
    let mut k = vec![0.0; 9 * 9];
    for (row, values) in quadratic.chunks_exact(18).enumerate() {
        for (column, value) in values.iter().enumerate() {
            for (i, left) in MEANS[row / 3].iter().enumerate() {
                for (j, right) in MEANS[column / 3].iter().enumerate() {
                    k[9 * (3 * i + row % 3) + 3 * j + column % 3] += left * right * value;
                }
            }
        }
    }
    Ok(k)
}

/// λ* and μ of plane stress, MPa.
fn plane_stress(membrane: &Membrane) -> Result<(f64, f64), ElementError> {
    let Membrane {
        thickness,
        youngs_modulus: e,
        poisson_ratio: nu,
    } = *membrane;
    let sound = thickness > 0.0 && e > 0.0 && nu > -1.0 && nu < 0.5;
    if !(sound && thickness.is_finite() && e.is_finite()) {
        return Err(ElementError::Membrane {
            thickness,
            youngs_modulus: e,
            poisson_ratio: nu,
        });
    }
    Ok((e * nu / (1.0 - nu * nu), e / (2.0 * (1.0 + nu))))
}

fn gradients(l: &[f64; 3], grad_l: &[Vec3; 3]) -> [Vec3; 6] {
    let mid = |i: usize, j: usize| 4.0 * (l[i] * grad_l[j] + l[j] * grad_l[i]);
    let corner = |i: usize| (4.0 * l[i] - 1.0) * grad_l[i];
    [
        corner(0),
        corner(1),
        corner(2),
        mid(0, 1),
        mid(1, 2),
        mid(2, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector, Rotation3};

    const STEEL: Membrane = Membrane {
        thickness: 0.4,
        youngs_modulus: 12_000.0,
        poisson_ratio: 0.3,
    };

    fn placed() -> ([Point; 3], Rotation3<f64>) {
        let turn = Rotation3::from_euler_angles(0.4, -1.2, 0.9);
        let flat = [
            Point::new(0.0, 0.0, 0.0),
            Point::new(2.0, 0.2, 0.0),
            Point::new(0.5, 1.5, 0.0),
        ];
        (flat.map(|p| turn * p), turn)
    }

    fn nodes(c: &[Point; 3]) -> [Point; 6] {
        let mid = |i: usize, j: usize| nalgebra::center(&c[i], &c[j]);
        [c[0], c[1], c[2], mid(0, 1), mid(1, 2), mid(2, 0)]
    }

    #[test]
    fn uniaxial_stretch_stores_the_energy_of_plane_stress() {
        let (corners, turn) = placed();
        let k = DMatrix::from_row_slice(18, 18, &membrane_stiffness(&corners, &STEEL, 0).unwrap());
        let strain = 1e-3;
        // Free to contract sideways: ε_y = −ν ε_x, so the energy is E ε²/2 · t A.
        let u = DVector::from_iterator(
            18,
            nodes(&corners).iter().flat_map(|p| {
                let q = turn.inverse() * p;
                let local = Vec3::new(strain * q.x, -0.3 * strain * q.y, 0.0);
                let v = turn * local;
                [v.x, v.y, v.z]
            }),
        );
        let area = 0.5 * (2.0 * 1.5 - 0.2 * 0.5);
        let energy = 0.5 * (u.transpose() * &k * &u)[(0, 0)];
        let exact = 0.5 * 12_000.0 * strain * strain * 0.4 * area;
        assert!((energy / exact - 1.0).abs() < 1e-12);
    }

    #[test]
    fn only_in_plane_deformation_is_resisted() {
        let (corners, _) = placed();
        let k = DMatrix::from_row_slice(18, 18, &membrane_stiffness(&corners, &STEEL, 0).unwrap());
        let mut values: Vec<f64> = k.symmetric_eigenvalues().iter().copied().collect();
        values.sort_by(f64::total_cmp);
        // 12 in-plane dofs less 3 rigid motions resist; 6 normal ones and the 3 do not.
        assert!(values[..9].iter().all(|v| v.abs() < 1e-12 * values[17]));
        assert!(values[9] > 1e-3 * values[17], "{values:?}");
    }

    #[test]
    fn a_facet_without_area_and_an_impossible_material_are_refused() {
        let (mut corners, _) = placed();
        let nothing = Membrane {
            thickness: 0.0,
            ..STEEL
        };
        assert!(membrane_stiffness(&corners, &nothing, 0).is_err());
        corners[2] = nalgebra::center(&corners[0], &corners[1]);
        assert_eq!(
            membrane_stiffness(&corners, &STEEL, 7),
            Err(ElementError::FlatFacet { node: 7 })
        );
    }
}

//! Finite elements: shape functions, quadrature, stiffness kernels. One element at a time; must
//! not know the mesh around it, sparse matrices, or where its stiffness goes.
//!
//! With gᵢ the gradient of shape function i, the 3×3 block between nodes i and j is
//! ∫ Bᵢᵀ C Bⱼ; for an isotropic C it is ∫ λ gᵢ gⱼᵀ + μ (gⱼ gᵢᵀ + (gᵢ·gⱼ) I).
//! The stiffness at quadrature point q is `factor[q] * C`, so that a graded material is
//! integrated, not sampled at the centroid.

pub mod reference;
pub mod tet10;
pub mod curved;
pub mod hex8;
pub mod tet4;
pub mod tri6;
pub mod solid;
pub mod face;

use crate::tensor::{Elasticity, Point, Vec3, Voigt};
use nalgebra::Matrix6;

/// Why an element has no stiffness.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ElementError {
    /// The corners enclose no volume, or are left-handed.
    #[error(
        "element {element} is inverted or flat: volume {volume:.3e} mm³ for edges of about {edge:.3e} mm"
    )]
    Inverted {
        /// Element number.
        element: usize,
        /// Signed volume, mm³.
        volume: f64,
        /// Longest edge from the first corner, mm.
        edge: f64,
    },
    /// The facet of a membrane has no area.
    #[error("facet with corner {node} has no area")]
    FlatFacet {
        /// Node number of its first corner.
        node: u32,
    },
    /// A membrane needs positive thickness and modulus and −1 < ν < 0.5.
    #[error(
        "membrane of thickness {thickness} mm, modulus {youngs_modulus} MPa, Poisson ratio {poisson_ratio} is no material"
    )]
    Membrane {
        /// Thickness, mm.
        thickness: f64,
        /// Young's modulus, MPa.
        youngs_modulus: f64,
        /// Poisson ratio.
        poisson_ratio: f64,
    },
}

/// A straight-sided tetrahedron in space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Gradients of the four barycentric coordinates, 1/mm.
    pub grad_l: [Vec3; 4],
    /// Volume, mm³, positive.
    pub volume: f64,
}

impl Placement {
    /// Smallest volume over longest edge cubed that is still an element; a sliver with a dihedral
    /// angle of 1e-6 degrees lies below it.
    const FLAT: f64 = 1e-9;

    /// Places element `element` on its corners (mm).
    ///
    /// # Errors
    /// [`ElementError::Inverted`] where the corners are left-handed, flat or not finite.
    pub fn new(corners: &[Point; 4], element: usize) -> Result<Self, ElementError> {
        let (grad_l, volume) = tet10::barycentric_gradients(corners);
        let edge = (1..4)
            .map(|i| (corners[i] - corners[0]).norm())
            .fold(0.0, f64::max);
        if volume.is_finite() && volume > Self::FLAT * edge.powi(3) {
            Ok(Self { grad_l, volume })
        } else {
            Err(ElementError::Inverted {
                element,
                volume,
                edge,
            })
        }
    }
}

/// An elasticity in the form that is quickest to integrate.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// Isotropic: Lamé's λ and μ, MPa.
    Isotropic {
        /// λ, MPa.
        lambda: f64,
        /// μ, MPa.
        mu: f64,
    },
    /// Anything else: the 6×6 stiffness, MPa.
    General(Box<Matrix6<f64>>),
}

impl From<&Elasticity> for Kernel {
    fn from(elasticity: &Elasticity) -> Self {
        match elasticity.lame() {
            Some((lambda, mu)) => Self::Isotropic { lambda, mu },
            None => Self::General(Box::new(elasticity.0)),
        }
    }
}

/// A tetrahedral element with `N` nodes.
pub trait Element<const N: usize> {
    /// Barycentric coordinates of the quadrature points; all weigh the same.
    const POINTS: &'static [[f64; 4]];

    /// Gradients of the shape functions, 1/mm, at barycentric coordinates `l`.
    fn gradients(l: &[f64; 4], grad_l: &[Vec3; 4]) -> [Vec3; N];

    /// Stiffness factor at quadrature point `q`, from the four stored per element.
    fn factor(stored: &[f64; 4], q: usize) -> f64;
}

/// The quadratic tetrahedron with the four-point rule.
pub struct Tet10;

impl Element<10> for Tet10 {
    const POINTS: &'static [[f64; 4]] = &tet10::POINTS;

    fn gradients(l: &[f64; 4], grad_l: &[Vec3; 4]) -> [Vec3; 10] {
        tet10::shape_gradients(l, grad_l)
    }

    fn factor(stored: &[f64; 4], q: usize) -> f64 {
        stored[q]
    }
}

/// The linear tetrahedron with the one-point rule.
pub struct Tet4;

impl Element<4> for Tet4 {
    const POINTS: &'static [[f64; 4]] = &tet4::POINTS;

    fn gradients(_l: &[f64; 4], grad_l: &[Vec3; 4]) -> [Vec3; 4] {
        *grad_l
    }

    fn factor(stored: &[f64; 4], _q: usize) -> f64 {
        // Constant strain: the four-point rule on the factor and the one-point rule agree.
        stored.iter().sum::<f64>() / 4.0
    }
}

/// Row `i` of the element stiffness, N/mm: its 3×3 blocks (row-major) with every node.
pub fn block_row<E: Element<N>, const N: usize>(
    place: &Placement,
    kernel: &Kernel,
    factor: &[f64; 4],
    i: usize,
) -> [[f64; 9]; N] {
    let mut row = [[0.0; 9]; N];
    for (q, l) in E::POINTS.iter().enumerate() {
        let g = E::gradients(l, &place.grad_l);
        let weight = E::factor(factor, q) * place.volume / E::POINTS.len() as f64;
        match kernel {
            Kernel::Isotropic { lambda, mu } => {
                let (lambda, mu) = (weight * lambda, weight * mu);
                for (block, gj) in row.iter_mut().zip(&g) {
                    add_isotropic(block, lambda, mu, [&g[i], gj]);
                }
            }
            Kernel::General(c) => {
                let left = weighted_rows(&g[i], c, weight);
                for (block, gj) in row.iter_mut().zip(&g) {
                    add_general(block, &left, gj);
                }
            }
        }
    }
    row
}

/// Row `i` of the stiffness of a [`Tet10`], N/mm, as [`block_row`] gives it, with an eighth of the
/// work: the shape gradients are linear in the barycentric coordinates, so every block is a sum of
/// the sixteen blocks G_ab between ∇L_a and ∇L_b, weighted by moments of the factor.
pub fn quadratic_block_row(
    place: &Placement,
    kernel: &Kernel,
    factor: &[f64; 4],
    i: usize,
) -> [[f64; 9]; 10] {
    moment_block_row(place, kernel, &tet10::Moments::new(factor), i)
}

/// Row `i` of the stiffness of a region that the functions of a [`Tet10`] are extended to, N/mm;
/// `moments` are those of the region.
pub fn moment_block_row(
    place: &Placement,
    kernel: &Kernel,
    moments: &tet10::Moments,
    i: usize,
) -> [[f64; 9]; 10] {
    let mut row = [[0.0; 9]; 10];
    for (a, mine) in tet10::gradient_terms(i).into_iter().flatten() {
        let g: [[f64; 9]; 4] = gradient_blocks(place, kernel, a);
        for (j, block) in row.iter_mut().enumerate() {
            for (b, theirs) in tet10::gradient_terms(j).into_iter().flatten() {
                let weight = moments.of_product(mine, theirs);
                for (sum, v) in block.iter_mut().zip(&g[b]) {
                    *sum += weight * v;
                }
            }
        }
    }
    row
}

/// The blocks V Bₐᵀ C B_b of the gradients of the barycentric coordinates a and every b.
fn gradient_blocks(place: &Placement, kernel: &Kernel, a: usize) -> [[f64; 9]; 4] {
    let mut blocks = [[0.0; 9]; 4];
    let (g, volume) = (&place.grad_l, place.volume);
    match kernel {
        Kernel::Isotropic { lambda, mu } => {
            for (block, gb) in blocks.iter_mut().zip(g) {
                add_isotropic(block, volume * lambda, volume * mu, [&g[a], gb]);
            }
        }
        Kernel::General(c) => {
            let left = weighted_rows(&g[a], c, volume);
            for (block, gb) in blocks.iter_mut().zip(g) {
                add_general(block, &left, gb);
            }
        }
    }
    blocks
}

/// Adds λ gᵢ gⱼᵀ + μ (gⱼ gᵢᵀ + (gᵢ·gⱼ) I), `g` being [gᵢ, gⱼ].
fn add_isotropic(block: &mut [f64; 9], lambda: f64, mu: f64, g: [&Vec3; 2]) {
    let [gi, gj] = g;
    let shear = mu * gi.dot(gj);
    for a in 0..3 {
        for b in 0..3 {
            block[3 * a + b] += lambda * gi[a] * gj[b] + mu * gj[a] * gi[b];
        }
        block[4 * a] += shear;
    }
}

/// w Bᵢᵀ C: three rows of six.
fn weighted_rows(g: &Vec3, c: &Matrix6<f64>, weight: f64) -> [[f64; 6]; 3] {
    let g = weight * g;
    let mut rows = [[0.0; 6]; 3];
    for k in 0..6 {
        rows[0][k] = g.x * c[(0, k)] + g.y * c[(3, k)] + g.z * c[(5, k)];
        rows[1][k] = g.y * c[(1, k)] + g.x * c[(3, k)] + g.z * c[(4, k)];
        rows[2][k] = g.z * c[(2, k)] + g.y * c[(4, k)] + g.x * c[(5, k)];
    }
    rows
}

fn add_general(block: &mut [f64; 9], left: &[[f64; 6]; 3], g: &Vec3) {
    for (a, r) in left.iter().enumerate() {
        block[3 * a] += r[0] * g.x + r[3] * g.y + r[5] * g.z;
        block[3 * a + 1] += r[1] * g.y + r[3] * g.x + r[4] * g.z;
        block[3 * a + 2] += r[2] * g.z + r[4] * g.y + r[5] * g.x;
    }
}

/// Strain (engineering shear) from shape gradients and nodal displacements.
pub fn strain<const N: usize>(g: &[Vec3; N], u: &[Vec3; N]) -> Voigt {
    let mut e = Voigt::zeros();
    for (g, u) in g.iter().zip(u) {
        e[0] += g.x * u.x;
        e[1] += g.y * u.y;
        e[2] += g.z * u.z;
        e[3] += g.y * u.x + g.x * u.y;
        e[4] += g.z * u.y + g.y * u.z;
        e[5] += g.z * u.x + g.x * u.z;
    }
    e
}

/// Nodal forces (N) that hold the element in the displacement `u` (mm): ∫ Bᵢᵀ σ.
pub fn internal_force<E: Element<N>, const N: usize>(
    place: &Placement,
    elasticity: &Elasticity,
    factor: &[f64; 4],
    u: &[Vec3; N],
) -> [Vec3; N] {
    let mut force = [Vec3::zeros(); N];
    for (q, l) in E::POINTS.iter().enumerate() {
        let g = E::gradients(l, &place.grad_l);
        let weight = E::factor(factor, q) * place.volume / E::POINTS.len() as f64;
        let s = weight * elasticity.stress(&strain(&g, u));
        for (f, g) in force.iter_mut().zip(&g) {
            f.x += g.x * s[0] + g.y * s[3] + g.z * s[5];
            f.y += g.y * s[1] + g.x * s[3] + g.z * s[4];
            f.z += g.z * s[2] + g.y * s[4] + g.x * s[5];
        }
    }
    force
}

#[cfg(test)]
mod tests {
    use super::reference::EDGES;
    use super::*;
    use crate::tensor::tests::turned_orthotropic;
    use nalgebra::DMatrix;

    fn corners() -> [Point; 4] {
        [
            Point::new(0.1, 0.0, -0.2),
            Point::new(2.0, 0.3, 0.1),
            Point::new(0.4, 1.7, 0.0),
            Point::new(0.2, 0.5, 1.9),
        ]
    }

    fn dense<E: Element<N>, const N: usize>(kernel: &Kernel, factor: &[f64; 4]) -> DMatrix<f64> {
        let place = Placement::new(&corners(), 0).unwrap();
        let mut k = DMatrix::zeros(3 * N, 3 * N);
        for i in 0..N {
            for (j, block) in block_row::<E, N>(&place, kernel, factor, i)
                .iter()
                .enumerate()
            {
                for a in 0..3 {
                    for b in 0..3 {
                        k[(3 * i + a, 3 * j + b)] = block[3 * a + b];
                    }
                }
            }
        }
        k
    }

    #[test]
    fn both_elements_have_exactly_six_zero_modes_and_are_symmetric() {
        for elasticity in [Elasticity::isotropic(300.0, 0.3), turned_orthotropic()] {
            let kernel = Kernel::from(&elasticity);
            let factor = [1.0, 0.5, 2.0, 1.5];
            for k in [
                dense::<Tet4, 4>(&kernel, &factor),
                dense::<Tet10, 10>(&kernel, &factor),
            ] {
                assert!((&k - k.transpose()).amax() < 1e-12 * k.amax());
                let mut values: Vec<f64> = k.symmetric_eigenvalues().iter().copied().collect();
                values.sort_by(f64::total_cmp);
                let largest = values[values.len() - 1];
                assert!(values[..6].iter().all(|v| v.abs() < 1e-12 * largest));
                assert!(values[6] > 1e-4 * largest, "{values:?}");
            }
        }
    }

    #[test]
    fn the_isotropic_path_agrees_with_the_general_one() {
        let elasticity = Elasticity::isotropic(300.0, 0.3);
        let factor = [1.0, 0.5, 2.0, 1.5];
        let fast = dense::<Tet10, 10>(&Kernel::from(&elasticity), &factor);
        let general = dense::<Tet10, 10>(&Kernel::General(Box::new(elasticity.0)), &factor);
        assert!((&fast - general).amax() < 1e-13 * fast.amax());
    }

    #[test]
    fn the_quick_row_is_the_integrated_one() {
        let place = Placement::new(&corners(), 0).unwrap();
        for elasticity in [Elasticity::isotropic(300.0, 0.3), turned_orthotropic()] {
            let kernel = Kernel::from(&elasticity);
            for factor in [[1.0; 4], [1.0, 0.5, 2.0, 1.5]] {
                for i in 0..10 {
                    let slow = block_row::<Tet10, 10>(&place, &kernel, &factor, i);
                    let quick = quadratic_block_row(&place, &kernel, &factor, i);
                    let largest = slow.iter().flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
                    for (a, b) in slow.iter().flatten().zip(quick.iter().flatten()) {
                        assert!((a - b).abs() < 1e-14 * largest, "{i}: {a} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn linear_displacements_see_the_linear_element_inside_the_quadratic_one() {
        // P: corner values, mid-edge means. PᵀK₁₀P = K₄ for straight sides, graded or not.
        let mut p = DMatrix::zeros(30, 12);
        for a in 0..3 {
            for i in 0..4 {
                p[(3 * i + a, 3 * i + a)] = 1.0;
            }
            for (e, [i, j]) in EDGES.into_iter().enumerate() {
                p[(3 * (4 + e) + a, 3 * i + a)] = 0.5;
                p[(3 * (4 + e) + a, 3 * j + a)] = 0.5;
            }
        }
        for elasticity in [Elasticity::isotropic(300.0, 0.3), turned_orthotropic()] {
            let kernel = Kernel::from(&elasticity);
            let factor = [1.0, 0.5, 2.0, 1.5];
            let k4 = dense::<Tet4, 4>(&kernel, &factor);
            let galerkin = p.transpose() * dense::<Tet10, 10>(&kernel, &factor) * &p;
            assert!((&k4 - galerkin).amax() < 1e-12 * k4.amax());
        }
    }

    #[test]
    fn a_linear_field_gives_its_strain_and_the_internal_force_is_the_stiffness_times_it() {
        let elasticity = turned_orthotropic();
        let place = Placement::new(&corners(), 0).unwrap();
        let gradient = nalgebra::Matrix3::new(1.0, 2.0, -3.0, 0.5, -1.0, 4.0, 2.0, 0.1, 3.0) * 1e-3;
        let mut nodes = corners().to_vec();
        for [i, j] in EDGES {
            nodes.push(nalgebra::center(&nodes[i], &nodes[j]));
        }
        let u: [Vec3; 10] = std::array::from_fn(|i| gradient * nodes[i].coords);
        let expected = Voigt::new(1.0, -1.0, 3.0, 2.5, 4.1, -1.0) * 1e-3;
        for l in &tet10::POINTS {
            let e = strain(&tet10::shape_gradients(l, &place.grad_l), &u);
            assert!((e - expected).amax() < 1e-15);
        }
        let factor = [1.0, 0.5, 2.0, 1.5];
        let force = internal_force::<Tet10, 10>(&place, &elasticity, &factor, &u);
        let k = dense::<Tet10, 10>(&Kernel::from(&elasticity), &factor);
        let flat = nalgebra::DVector::from_iterator(30, u.iter().flat_map(|v| [v.x, v.y, v.z]));
        let product = k * flat;
        for (i, f) in force.iter().enumerate() {
            for a in 0..3 {
                assert!((f[a] - product[3 * i + a]).abs() < 1e-12 * product.amax());
            }
        }
    }

    #[test]
    fn inverted_flat_and_nan_elements_are_refused_with_their_number() {
        let mut swapped = corners();
        swapped.swap(0, 1);
        let mut flat = corners();
        flat[3] = nalgebra::center(&flat[0], &flat[1]);
        let mut broken = corners();
        broken[2].x = f64::NAN;
        for bad in [swapped, flat, broken] {
            let error = Placement::new(&bad, 17).unwrap_err();
            assert!(error.to_string().contains("element 17"), "{error}");
        }
    }
}

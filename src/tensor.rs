//! Small tensors of linear elasticity, in Voigt notation.
//!
//! Order everywhere: `[xx, yy, zz, xy, yz, zx]`. Strains carry engineering shear
//! (γ = 2ε), so `σ = C ε` and `σ·ε` is twice the strain energy density.
//! This leaf knows no mesh and no material data.

use nalgebra::{Matrix3, Matrix6, Point3, Vector3, Vector6};

/// A point in space, mm.
pub type Point = Point3<f64>;
/// A vector in space: displacement in mm, force in N, or a direction.
pub type Vec3 = Vector3<f64>;
/// Stress (MPa) or strain (engineering shear) in the order `[xx, yy, zz, xy, yz, zx]`.
pub type Voigt = Vector6<f64>;

/// A force and a moment about a stated point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wrench {
    /// Force, N.
    pub force: Vec3,
    /// Moment about the reference point, N·mm.
    pub moment: Vec3,
}

impl Wrench {
    /// No force, no moment.
    pub fn zero() -> Self {
        Self::of_force(Vec3::zeros())
    }

    /// A force (N) that acts at the reference point.
    pub fn of_force(force: Vec3) -> Self {
        Self {
            force,
            moment: Vec3::zeros(),
        }
    }
}

/// Elastic stiffness, MPa: a symmetric 6×6 matrix in Voigt notation with engineering shear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elasticity(pub Matrix6<f64>);

/// The nine constants of an orthotropic solid, axes 1, 2, 3.
///
/// `nu_12` is −ε₂/ε₁ under stress along 1; ν₂₁ follows from symmetry, ν₁₂/E₁ = ν₂₁/E₂.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrthotropicConstants {
    /// Young's moduli E₁, E₂, E₃, MPa.
    pub youngs_modulus: [f64; 3],
    /// Shear moduli G₁₂, G₂₃, G₃₁, MPa.
    pub shear_modulus: [f64; 3],
    /// Poisson ratios ν₁₂, ν₂₃, ν₁₃.
    pub poisson_ratio: [f64; 3],
}

impl Elasticity {
    /// Isotropic solid from Young's modulus (MPa) and Poisson ratio.
    pub fn isotropic(youngs_modulus: f64, poisson_ratio: f64) -> Self {
        let (e, nu) = (youngs_modulus, poisson_ratio);
        let lambda = e * nu / ((1.0 + nu) * (1.0 - 2.0 * nu));
        let mu = e / (2.0 * (1.0 + nu));
        let mut c = Matrix6::zeros();
        for i in 0..3 {
            for j in 0..3 {
                c[(i, j)] = lambda;
            }
            c[(i, i)] = lambda + 2.0 * mu;
            c[(i + 3, i + 3)] = mu;
        }
        Self(c)
    }

    /// Orthotropic solid; `None` where the constants give a singular compliance.
    ///
    /// Whether the result is a possible material is asked with
    /// [`is_positive_definite`](Self::is_positive_definite).
    pub fn orthotropic(constants: &OrthotropicConstants) -> Option<Self> {
        let [e1, e2, e3] = constants.youngs_modulus;
        let [g12, g23, g31] = constants.shear_modulus;
        let [nu12, nu23, nu13] = constants.poisson_ratio;
        let mut s = Matrix6::zeros();
        s[(0, 0)] = 1.0 / e1;
        s[(1, 1)] = 1.0 / e2;
        s[(2, 2)] = 1.0 / e3;
        s[(0, 1)] = -nu12 / e1;
        s[(1, 2)] = -nu23 / e2;
        s[(0, 2)] = -nu13 / e1;
        s[(1, 0)] = s[(0, 1)];
        s[(2, 1)] = s[(1, 2)];
        s[(2, 0)] = s[(0, 2)];
        s[(3, 3)] = 1.0 / g12;
        s[(4, 4)] = 1.0 / g23;
        s[(5, 5)] = 1.0 / g31;
        s.try_inverse().map(Self)
    }

    /// The same material with its axes turned: column `k` of `axes` is material axis `k` in the
    /// global frame. C' = T C Tᵀ with T the stress transformation.
    pub fn rotated(&self, axes: &Matrix3<f64>) -> Self {
        let t = stress_transformation(axes);
        Self(t * self.0 * t.transpose())
    }

    /// Stress (MPa) of a strain (engineering shear).
    pub fn stress(&self, strain: &Voigt) -> Voigt {
        self.0 * strain
    }

    /// Lamé's λ and μ (MPa) if the stiffness is isotropic to a relative 1e-12.
    pub fn lame(&self) -> Option<(f64, f64)> {
        let (lambda, mu) = (self.0[(0, 1)], self.0[(3, 3)]);
        let mut iso = Matrix6::zeros();
        for i in 0..3 {
            for j in 0..3 {
                iso[(i, j)] = lambda;
            }
            iso[(i, i)] += 2.0 * mu;
            iso[(i + 3, i + 3)] = mu;
        }
        ((self.0 - iso).amax() <= 1e-12 * self.0.amax()).then_some((lambda, mu))
    }

    /// Young's modulus (MPa) and Poisson ratio if the stiffness is isotropic.
    pub fn isotropic_constants(&self) -> Option<(f64, f64)> {
        let (lambda, mu) = self.lame()?;
        let e = mu * (3.0 * lambda + 2.0 * mu) / (lambda + mu);
        Some((e, lambda / (2.0 * (lambda + mu))))
    }

    /// Young's modulus (MPa) of the isotropic solid nearest to this one: of Voigt's means of bulk and
    /// shear modulus, exact where it is isotropic.
    pub fn mean_youngs_modulus(&self) -> f64 {
        let c = &self.0;
        let direct = c[(0, 0)] + c[(1, 1)] + c[(2, 2)];
        let cross = c[(0, 1)] + c[(1, 2)] + c[(2, 0)];
        let shear = c[(3, 3)] + c[(4, 4)] + c[(5, 5)];
        let bulk = (direct + 2.0 * cross) / 9.0;
        let shear = (direct - cross + 3.0 * shear) / 15.0;
        9.0 * bulk * shear / (3.0 * bulk + shear)
    }

    /// Whether every strain stores energy: all eigenvalues positive and finite.
    pub fn is_positive_definite(&self) -> bool {
        // Below this, in any unit a person would take, displacements leave the range of numbers.
        const LEAST: f64 = 1e-100;
        self.0.iter().all(|v| v.is_finite())
            && self.0.amax() >= LEAST
            && self.0.cholesky().is_some()
    }

    /// The largest eigenvalue in the Mandel scaling (shear × √2 on both sides), MPa: the largest
    /// of |σ|²/(σ·ε) with |σ|² the full contraction σ:σ.
    pub fn largest_eigenvalue(&self) -> f64 {
        let mut mandel = self.0;
        for i in 0..6 {
            for j in 0..6 {
                let scale = |k: usize| if k < 3 { 1.0 } else { std::f64::consts::SQRT_2 };
                mandel[(i, j)] *= scale(i) * scale(j);
            }
        }
        mandel.symmetric_eigenvalues().max()
    }
}

/// The 6×6 matrix that takes Voigt stress from the material axes (columns of `r`) to the frame.
pub fn stress_transformation(r: &Matrix3<f64>) -> Matrix6<f64> {
    const PAIRS: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0)];
    let mut t = Matrix6::zeros();
    for (row, &(i, j)) in PAIRS.iter().enumerate() {
        for (col, &(k, l)) in PAIRS.iter().enumerate() {
            t[(row, col)] = if k == l {
                r[(i, k)] * r[(j, k)]
            } else {
                r[(i, k)] * r[(j, l)] + r[(i, l)] * r[(j, k)]
            };
        }
    }
    t
}

/// Traction σ·n (MPa) of a Voigt stress on the plane with unit normal `n`.
pub fn traction(stress: &Voigt, n: &Vec3) -> Vec3 {
    stress_matrix(stress) * n
}

/// The symmetric 3×3 matrix of a Voigt stress.
pub fn stress_matrix(s: &Voigt) -> Matrix3<f64> {
    Matrix3::new(s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2])
}

/// The symmetric 3×3 matrix of a Voigt strain (engineering shear halved).
pub fn strain_matrix(e: &Voigt) -> Matrix3<f64> {
    let (xy, yz, zx) = (0.5 * e[3], 0.5 * e[4], 0.5 * e[5]);
    Matrix3::new(e[0], xy, zx, xy, e[1], yz, zx, yz, e[2])
}

/// Von Mises stress, MPa.
pub fn von_mises(s: &Voigt) -> f64 {
    let (a, b, c) = (s[0] - s[1], s[1] - s[2], s[2] - s[0]);
    let shear = s[3] * s[3] + s[4] * s[4] + s[5] * s[5];
    (0.5 * (a * a + b * b + c * c) + 3.0 * shear).sqrt()
}

/// Principal values of a symmetric matrix, smallest first.
pub fn principal(matrix: &Matrix3<f64>) -> [f64; 3] {
    let mut values: [f64; 3] = matrix.symmetric_eigenvalues().into();
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A material with three moduli in its own axes.
    pub(crate) fn orthotropic() -> Elasticity {
        let constants = OrthotropicConstants {
            youngs_modulus: [100.0, 200.0, 400.0],
            shear_modulus: [50.0, 70.0, 90.0],
            poisson_ratio: [0.2, 0.25, 0.1],
        };
        Elasticity::orthotropic(&constants).unwrap()
    }

    /// The same turned out of the frame about all three axes.
    pub(crate) fn turned_orthotropic() -> Elasticity {
        let turn = nalgebra::Rotation3::from_euler_angles(0.3, -0.7, 1.1);
        orthotropic().rotated(turn.matrix())
    }

    #[test]
    fn uniaxial_stress_of_an_isotropic_solid_gives_its_modulus_and_poisson_ratio() {
        let c = Elasticity::isotropic(1000.0, 0.3);
        let strain = Voigt::new(1.0, -0.3, -0.3, 0.0, 0.0, 0.0);
        let stress = c.stress(&strain);
        assert!((stress - Voigt::new(1000.0, 0.0, 0.0, 0.0, 0.0, 0.0)).amax() < 1e-10);
        let (e, nu) = c.isotropic_constants().unwrap();
        assert!((e - 1000.0).abs() < 1e-9 && (nu - 0.3).abs() < 1e-12);
    }

    #[test]
    fn a_rotated_orthotropic_solid_answers_a_rotated_stress_with_the_rotated_strain() {
        let constants = OrthotropicConstants {
            youngs_modulus: [100.0, 200.0, 400.0],
            shear_modulus: [50.0, 70.0, 90.0],
            poisson_ratio: [0.2, 0.25, 0.1],
        };
        let c = Elasticity::orthotropic(&constants).unwrap();
        assert!(c.is_positive_definite() && c.lame().is_none());
        let r = *nalgebra::Rotation3::from_euler_angles(0.3, -0.7, 1.1).matrix();
        let local = Voigt::new(1e-3, -2e-3, 5e-4, 4e-4, -3e-4, 2e-4);
        let global = r * strain_matrix(&local) * r.transpose();
        let global = Voigt::new(
            global[(0, 0)],
            global[(1, 1)],
            global[(2, 2)],
            2.0 * global[(0, 1)],
            2.0 * global[(1, 2)],
            2.0 * global[(2, 0)],
        );
        let expected = r * stress_matrix(&c.stress(&local)) * r.transpose();
        let got = stress_matrix(&c.rotated(&r).stress(&global));
        assert!((expected - got).amax() < 1e-12 * expected.amax());
    }

    #[test]
    fn von_mises_of_pure_shear_is_root_three_times_the_shear() {
        let shear = Voigt::new(0.0, 0.0, 0.0, 2.0, 0.0, 0.0);
        assert!((von_mises(&shear) - 2.0 * 3f64.sqrt()).abs() < 1e-14);
        assert!((principal(&stress_matrix(&shear))[2] - 2.0).abs() < 1e-14);
    }

    #[test]
    fn an_impossible_poisson_ratio_is_not_positive_definite() {
        assert!(!Elasticity::isotropic(100.0, 0.6).is_positive_definite());
        assert!(!Elasticity::isotropic(0.0, 0.3).is_positive_definite());
        assert!(Elasticity::isotropic(100.0, 0.4999).is_positive_definite());
    }
}

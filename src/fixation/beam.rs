//! A straight Timoshenko beam of circular section as the 12×12 stiffness of the two places it is fixed to.
//!
//! With L = x₂ − x₁, the beam deforms by the motion of end 2 relative to end 1 carried rigidly
//! along, q = [t₂ − t₁ − θ₁ × L, θ₂ − θ₁] = R z. The flexibility F of q is that of a cantilever
//! clamped at end 1; then S = Rᵀ F⁻¹ R has the six rigid-body motions as exact zero modes and is
//! semidefinite by construction. Knows no mesh.

use nalgebra::{Matrix3, Matrix6, SMatrix, Vector6};

use crate::tensor::Vec3;

/// Section and material of a rod.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircularSection {
    /// Diameter, mm.
    pub diameter: f64,
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
}

impl CircularSection {
    /// Area A = πd²/4, mm².
    pub fn area(&self) -> f64 {
        0.25 * std::f64::consts::PI * self.diameter * self.diameter
    }

    /// Second moment of area I = πd⁴/64, mm⁴.
    pub fn second_moment(&self) -> f64 {
        std::f64::consts::PI * self.diameter.powi(4) / 64.0
    }

    /// Polar moment J = 2I, mm⁴.
    pub fn polar_moment(&self) -> f64 {
        2.0 * self.second_moment()
    }

    /// Shear modulus E/2(1+ν), MPa.
    pub fn shear_modulus(&self) -> f64 {
        self.youngs_modulus / (2.0 * (1.0 + self.poisson_ratio))
    }

    /// Shear coefficient of a full circle, κ = 6(1+ν)/(7+6ν) (Cowper 1966).
    pub fn shear_coefficient(&self) -> f64 {
        6.0 * (1.0 + self.poisson_ratio) / (7.0 + 6.0 * self.poisson_ratio)
    }

    /// Flexibility of a cantilever of length `length` (mm) along its axis 1: motion of the free
    /// end [translations 1 2 3 (mm), rotations 1 2 3 (rad)] per force (N) and moment (N·mm) there.
    pub fn cantilever_flexibility(&self, length: f64) -> Matrix6<f64> {
        let l = length;
        let ei = self.youngs_modulus * self.second_moment();
        let shear = self.shear_coefficient() * self.shear_modulus() * self.area();
        let mut f = Matrix6::zeros();
        f[(0, 0)] = l / (self.youngs_modulus * self.area());
        f[(3, 3)] = l / (self.shear_modulus() * self.polar_moment());
        // A force along 2 turns the end about +3, a force along 3 about −2.
        for (t, r, sign) in [(1, 5, 1.0), (2, 4, -1.0)] {
            f[(t, t)] = l * l * l / (3.0 * ei) + l / shear;
            f[(r, r)] = l / ei;
            f[(t, r)] = sign * l * l / (2.0 * ei);
            f[(r, t)] = f[(t, r)];
        }
        f
    }
}

/// Stiffness of a beam along `axis` (end 1 to end 2, mm) on [translation (mm), rotation (rad)] of end 1,
/// then of end 2: N/mm, N and N·mm, in the global frame, symmetric to the bit.
///
/// `None` for an axis without length, or a section without stiffness.
pub fn beam_stiffness(section: &CircularSection, axis: &Vec3) -> Option<SMatrix<f64, 12, 12>> {
    let frame = frame_along(axis)?;
    let mut turn = Matrix6::zeros();
    turn.fixed_view_mut::<3, 3>(0, 0).copy_from(&frame);
    turn.fixed_view_mut::<3, 3>(3, 3).copy_from(&frame);
    let flexibility = turn * section.cantilever_flexibility(axis.norm()) * turn.transpose();
    if !flexibility.iter().all(|v| v.is_finite()) {
        return None;
    }
    let inverse = scaled_inverse(&((flexibility + flexibility.transpose()) * 0.5))?;
    let mut relative = SMatrix::<f64, 6, 12>::zeros();
    relative
        .fixed_view_mut::<6, 6>(0, 0)
        .copy_from(&-Matrix6::identity());
    relative
        .fixed_view_mut::<6, 6>(0, 6)
        .copy_from(&Matrix6::identity());
    // −θ₁ × L = L × θ₁.
    relative
        .fixed_view_mut::<3, 3>(0, 3)
        .copy_from(&axis.cross_matrix());
    let stiffness = relative.transpose() * inverse * relative;
    Some((stiffness + stiffness.transpose()) * 0.5)
}

/// Inverse of a positive definite matrix whose rows differ in units, by Cholesky after scaling
/// the diagonal to one; symmetric to the bit.
fn scaled_inverse(matrix: &Matrix6<f64>) -> Option<Matrix6<f64>> {
    let scale: Vector6<f64> = matrix.diagonal().map(|d| 1.0 / d.sqrt());
    let scale = Matrix6::from_diagonal(&scale);
    let inverse = (scale * matrix * scale).cholesky()?.inverse();
    let inverse = scale * ((inverse + inverse.transpose()) * 0.5) * scale;
    Some((inverse + inverse.transpose()) * 0.5)
}

/// Right-handed frame with its first column along `axis`.
fn frame_along(axis: &Vec3) -> Option<Matrix3<f64>> {
    let first = axis.try_normalize(0.0)?;
    let side = first
        .cross(&Vec3::ith(first.iamin(), 1.0))
        .try_normalize(0.0)?;
    Some(Matrix3::from_columns(&[first, side, first.cross(&side)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::SVector;

    const TITANIUM: CircularSection = CircularSection {
        diameter: 5.5,
        youngs_modulus: 110e3,
        poisson_ratio: 0.3,
    };

    #[test]
    fn a_titanium_rod_has_the_stiffnesses_of_the_reference_table() {
        // EI 4.941e6 N mm², EA 2.613e6 N, GJ 3.801e6 N mm², each printed to four digits: half of the last one.
        let s = TITANIUM;
        assert!((s.youngs_modulus * s.second_moment() / 4.941e6 - 1.0).abs() < 2e-4);
        assert!((s.youngs_modulus * s.area() / 2.613e6 - 1.0).abs() < 2e-4);
        assert!((s.shear_modulus() * s.polar_moment() / 3.801e6 - 1.0).abs() < 2e-4);
    }

    #[test]
    fn rigid_motions_store_no_energy_and_everything_else_does() {
        let axis = Vec3::new(3.0, -4.0, 60.0);
        let s = beam_stiffness(&TITANIUM, &axis).unwrap();
        assert_eq!(s, s.transpose());
        for k in 0..6 {
            let (t, w) = if k < 3 {
                (Vec3::ith(k, 1.0), Vec3::zeros())
            } else {
                (Vec3::zeros(), Vec3::ith(k - 3, 0.01))
            };
            let second = t + w.cross(&axis);
            let mut z = SVector::<f64, 12>::zeros();
            z.fixed_rows_mut::<3>(0).copy_from(&t);
            z.fixed_rows_mut::<3>(3).copy_from(&w);
            z.fixed_rows_mut::<3>(6).copy_from(&second);
            z.fixed_rows_mut::<3>(9).copy_from(&w);
            assert!((s * z).amax() < 1e-13 * s.amax(), "{k}");
        }
        let values = s.symmetric_eigenvalues();
        let mut values: Vec<f64> = values.iter().copied().collect();
        values.sort_by(f64::total_cmp);
        assert!(values[5].abs() < 1e-10 * values[11] && values[6] > 1e-6 * values[11]);
    }

    #[test]
    fn a_cantilever_along_any_direction_sags_by_bending_and_shear() {
        let direction = Vec3::new(1.0, 2.0, -2.0) / 3.0;
        let length = 40.0;
        let s = beam_stiffness(&TITANIUM, &(direction * length)).unwrap();
        let free = s.fixed_view::<6, 6>(6, 6).into_owned();
        let across = Vec3::new(2.0, -2.0, -1.0) / 3.0;
        let mut load = Vector6::zeros();
        load.fixed_rows_mut::<3>(0).copy_from(&(across * 100.0));
        let end = free.try_inverse().unwrap() * load;
        let sag = end.fixed_rows::<3>(0).dot(&across);
        let bending = 100.0 * length.powi(3) / (3.0 * 110e3 * TITANIUM.second_moment());
        let shear = 100.0 * length
            / (TITANIUM.shear_coefficient() * TITANIUM.shear_modulus() * TITANIUM.area());
        let expected = bending + shear;
        assert!(
            (sag - expected).abs() < 1e-10 * expected,
            "{sag} {expected}"
        );
        let slope = end.fixed_rows::<3>(3).dot(&direction.cross(&across));
        let expected = 100.0 * length * length / (2.0 * 110e3 * TITANIUM.second_moment());
        assert!((slope - expected).abs() < 1e-10 * expected);
    }

    #[test]
    fn a_beam_without_length_or_stiffness_is_refused() {
        let axis = Vec3::new(0.0, 0.0, 40.0);
        assert!(beam_stiffness(&TITANIUM, &Vec3::zeros()).is_none());
        let soft = CircularSection {
            youngs_modulus: 0.0,
            ..TITANIUM
        };
        assert!(beam_stiffness(&soft, &axis).is_none());
    }
}

//! The intervertebral disc in a linear model: an annulus with fibres and a soft nucleus.
//!
//! An isotropic annulus of the published ground substance turns by tens of degrees under a few
//! N·m, so the fibres are smeared into it: in local axes (radial, circumferential, axial)
//!
//! C = C_matrix + ½ V_f E_f Σ± a⊗a⊗a⊗a, a = cos 30° e_c ± sin 30° e_z,
//!
//! then one factor per direction is calibrated so that a segment moves as published: at the angle
//! θ from anterior the fibres and the axial normal stiffness are multiplied by
//! g = f_flexion cos²θ + f_lateral sin²θ, the circumferential–axial shear by f_rotation. The
//! couplings of a scaled row follow with the square root (C' = D C D), which keeps the stiffness
//! positive definite whatever the factors.
//! Must not know how a disc lies in the spine: place and axes come in as functions.

use super::field::positive;
use super::{MaterialError, MaterialField, library};
use crate::case;
use crate::mesh::TetMesh;
use crate::tensor::{Elasticity, Point, Vec3, Voigt};
use nalgebra::{Matrix3, Matrix6};

/// A disc's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscModel {
    /// Young's modulus of the annulus matrix, MPa.
    pub matrix_modulus: f64,
    /// Poisson ratio of the annulus matrix.
    pub matrix_poisson_ratio: f64,
    /// Volume share of the fibres times their modulus, both families together, MPa.
    pub fibre_modulus: f64,
    /// Angle of the fibres to the disc's plane, degrees.
    pub fibre_angle_deg: f64,
    /// Young's modulus of the nucleus, MPa.
    pub nucleus_modulus: f64,
    /// Poisson ratio of the nucleus.
    pub nucleus_poisson_ratio: f64,
    /// Calibration.
    pub factors: DiscFactors,
}

impl DiscModel {
    /// The discs of a case, with these factors on what resists flexion, lateral bending and rotation.
    pub fn of(given: &case::DiscMaterial, [flexion, lateral, rotation]: [f64; 3]) -> Self {
        Self {
            matrix_modulus: given.matrix_modulus_mpa.value,
            matrix_poisson_ratio: given.matrix_poisson_ratio.value,
            fibre_modulus: given.fibre_modulus_mpa.value,
            fibre_angle_deg: given.fibre_angle_deg.value,
            nucleus_modulus: given.nucleus_modulus_mpa.value,
            nucleus_poisson_ratio: given.nucleus_poisson_ratio.value,
            factors: DiscFactors {
                flexion,
                lateral,
                rotation,
            },
        }
    }
}

/// Calibration of a disc, one factor per direction of motion; 1 is uncalibrated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscFactors {
    /// On what resists flexion and extension: front and back of the annulus.
    pub flexion: f64,
    /// On what resists lateral bending: its sides.
    pub lateral: f64,
    /// On what resists axial rotation: shear between circumferential and axial direction.
    pub rotation: f64,
}

impl Default for DiscFactors {
    fn default() -> Self {
        Self {
            flexion: 1.0,
            lateral: 1.0,
            rotation: 1.0,
        }
    }
}

/// The disc's own axes at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscAxes {
    /// Outward across the annulus, unit.
    pub radial: Vec3,
    /// Along the annulus in the disc's plane, unit.
    pub circumferential: Vec3,
    /// Along the column, unit.
    pub axial: Vec3,
    /// Angle about the column axis from anterior, radians.
    pub angle: f64,
}

impl DiscAxes {
    /// Axes at a point of a disc whose axis runs through `centre` along `axial` (unit) and whose
    /// front is `anterior`: radial away from the axis, the angle counted from anterior. On the
    /// axis itself, where there is no radius, radial is anterior.
    pub fn about(centre: &Point, axial: &Vec3, anterior: &Vec3, point: &Point) -> Self {
        let flat = |v: Vec3| v - v.dot(axial) * axial;
        let front = flat(*anterior).normalize();
        let left = axial.cross(&front);
        let arm = flat(point - centre);
        let radial = arm.try_normalize(1e-12).unwrap_or(front);
        Self {
            radial,
            circumferential: axial.cross(&radial),
            axial: *axial,
            angle: radial.dot(&left).atan2(radial.dot(&front)),
        }
    }
}

impl DiscModel {
    /// Stiffness of the annulus in its own axes (radial, circumferential, axial) at the angle
    /// `angle` from anterior.
    ///
    /// # Errors
    /// A factor that is not positive, a negative fibre stiffness, a Poisson ratio outside
    /// (−1, 0.5).
    pub fn annulus(&self, angle: f64) -> Result<Elasticity, MaterialError> {
        if !(self.fibre_modulus >= 0.0 && self.fibre_modulus.is_finite()) {
            return Err(MaterialError::Setting {
                setting: "disc fibre stiffness",
                value: self.fibre_modulus,
            });
        }
        positive("disc factor flexion", self.factors.flexion)?;
        positive("disc factor lateral", self.factors.lateral)?;
        positive("disc factor rotation", self.factors.rotation)?;
        let matrix = library::isotropic(
            "annulus matrix",
            self.matrix_modulus,
            self.matrix_poisson_ratio,
        )?;
        let fibres = self.fibres();
        let sector =
            self.factors.flexion * angle.cos().powi(2) + self.factors.lateral * angle.sin().powi(2);
        let scaled = matrix.0 + sector * fibres;
        let plain = matrix.0 + fibres;
        // Axial normal stiffness becomes g times the uncalibrated one, the shear f_rotation times.
        let mut d = Matrix6::identity();
        d[(2, 2)] = (sector * plain[(2, 2)] / scaled[(2, 2)]).sqrt();
        d[(4, 4)] = (self.factors.rotation * plain[(4, 4)] / scaled[(4, 4)]).sqrt();
        let annulus = Elasticity(d * scaled * d);
        if !annulus.is_positive_definite() {
            return Err(MaterialError::Indefinite {
                name: "annulus".to_owned(),
            });
        }
        Ok(annulus)
    }

    /// ½ V_f E_f Σ± a⊗a⊗a⊗a in the annulus' own axes, MPa.
    fn fibres(&self) -> Matrix6<f64> {
        let (sin, cos) = self.fibre_angle_deg.to_radians().sin_cos();
        let mut sum = Matrix6::zeros();
        for sign in [1.0, -1.0] {
            let a = [0.0, cos, sign * sin];
            let strain_along = Voigt::new(
                a[0] * a[0],
                a[1] * a[1],
                a[2] * a[2],
                a[0] * a[1],
                a[1] * a[2],
                a[2] * a[0],
            );
            sum += 0.5 * self.fibre_modulus * strain_along * strain_along.transpose();
        }
        sum
    }
}

/// The field of one disc: nucleus where `in_nucleus` says so of an element's centroid, annulus in
/// the axes that `axes` gives there.
///
/// # Errors
/// Numbers no elastic solid can have.
pub fn disc(
    mesh: &TetMesh,
    model: &DiscModel,
    in_nucleus: impl Fn(&Point) -> bool,
    axes: impl Fn(&Point) -> DiscAxes,
) -> Result<MaterialField, MaterialError> {
    let nucleus = library::isotropic(
        "nucleus",
        model.nucleus_modulus,
        model.nucleus_poisson_ratio,
    )?;
    let elements = mesh.element_count();
    let mut field = MaterialField::uniform(nucleus, elements);
    for e in 0..elements {
        let centroid = mesh.centroid(e);
        if in_nucleus(&centroid) {
            continue;
        }
        let at = axes(&centroid);
        let turn = Matrix3::from_columns(&[at.radial, at.circumferential, at.axial]);
        field.of_element[e] = field.table.len() as u32;
        field.table.push(model.annulus(at.angle)?.rotated(&turn));
    }
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::{Blocks, ElementKind};
    use std::f64::consts::{FRAC_PI_2, PI};

    /// Annulus matrix and nucleus of the library, fibres of 72 MPa at ±30°, uncalibrated.
    fn model() -> DiscModel {
        DiscModel {
            matrix_modulus: 4.2,
            matrix_poisson_ratio: 0.45,
            fibre_modulus: 72.0,
            fibre_angle_deg: 30.0,
            nucleus_modulus: 1.0,
            nucleus_poisson_ratio: 0.49,
            factors: DiscFactors::default(),
        }
    }

    fn calibrated(flexion: f64, lateral: f64, rotation: f64) -> DiscModel {
        DiscModel {
            factors: DiscFactors {
                flexion,
                lateral,
                rotation,
            },
            ..model()
        }
    }

    #[test]
    fn the_uncalibrated_annulus_is_matrix_plus_fibres_written_out() {
        // c⁴ = 9/16, s⁴ = 1/16, c²s² = 3/16 at 30°, times 72 MPa.
        let c = model().annulus(0.3).unwrap().0;
        let matrix = Elasticity::isotropic(4.2, 0.45).0;
        let fibres = c - matrix;
        let expected = [
            (1, 1, 40.5),
            (2, 2, 4.5),
            (1, 2, 13.5),
            (2, 1, 13.5),
            (4, 4, 13.5),
        ];
        let mut rest = fibres;
        for (i, j, value) in expected {
            assert!((fibres[(i, j)] - value).abs() < 1e-12, "{i} {j}");
            rest[(i, j)] = 0.0;
        }
        assert!(rest.amax() < 1e-12);
    }

    #[test]
    fn without_fibres_and_calibration_the_annulus_is_its_matrix() {
        let bare = DiscModel {
            fibre_modulus: 0.0,
            ..model()
        };
        let c = bare.annulus(1.0).unwrap();
        assert!((c.0 - Elasticity::isotropic(4.2, 0.45).0).amax() < 1e-12);
        let negative = DiscModel {
            fibre_modulus: -1.0,
            ..bare
        };
        assert!(matches!(
            negative.annulus(1.0),
            Err(MaterialError::Setting { .. })
        ));
    }

    #[test]
    fn each_factor_scales_the_stiffness_it_is_named_for() {
        let plain = model().annulus(0.0).unwrap().0;
        let model = calibrated(3.0, 7.0, 5.0);
        for (angle, sector) in [(0.0, 3.0), (PI, 3.0), (FRAC_PI_2, 7.0), (PI / 4.0, 5.0)] {
            let c = model.annulus(angle).unwrap().0;
            assert!((c[(2, 2)] / plain[(2, 2)] - sector).abs() < 1e-12);
            assert!((c[(4, 4)] / plain[(4, 4)] - 5.0).abs() < 1e-12);
            assert!((c[(0, 0)] - plain[(0, 0)]).abs() < 1e-12);
            assert!((c[(1, 1)] - plain[(1, 1)] - 40.5 * (sector - 1.0)).abs() < 1e-10);
        }
    }

    #[test]
    fn no_positive_factors_make_the_annulus_indefinite() {
        for flexion in [0.01, 1.0, 300.0] {
            for lateral in [0.01, 1.0, 300.0] {
                for rotation in [0.01, 1.0, 300.0] {
                    for i in 0..8 {
                        let c = calibrated(flexion, lateral, rotation).annulus(f64::from(i) * 0.4);
                        assert!(c.unwrap().is_positive_definite());
                    }
                }
            }
        }
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(calibrated(bad, 1.0, 1.0).annulus(0.0).is_err());
            assert!(calibrated(1.0, bad, 1.0).annulus(0.0).is_err());
            assert!(calibrated(1.0, 1.0, bad).annulus(0.0).is_err());
        }
    }

    #[test]
    fn fibres_answer_stretch_along_themselves_with_their_own_modulus() {
        // A unit stretch along one family: that family stores ½·½·72, the other ½·½·72·cos⁴60°.
        let model = model();
        let (sin, cos) = 30f64.to_radians().sin_cos();
        let strain = Voigt::new(0.0, cos * cos, sin * sin, 0.0, 2.0 * cos * sin, 0.0);
        let energy = 0.5 * strain.dot(&(model.fibres() * strain));
        assert!((energy - 18.0 * (1.0 + 0.0625)).abs() < 1e-12, "{energy}");
    }

    #[test]
    fn axes_turn_with_the_point_and_are_right_handed() {
        let (centre, axial) = (Point::new(1.0, 2.0, 3.0), Vec3::z());
        for (offset, angle) in [
            (Vec3::new(5.0, 0.0, 1.0), 0.0),
            (Vec3::new(0.0, 4.0, -1.0), FRAC_PI_2),
            (Vec3::new(-3.0, 0.0, 0.0), PI),
            (Vec3::new(0.0, -4.0, 0.0), -FRAC_PI_2),
        ] {
            let at = DiscAxes::about(&centre, &axial, &Vec3::x(), &(centre + offset));
            assert!((at.angle - angle).abs() < 1e-12, "{} {angle}", at.angle);
            assert!((at.radial.cross(&at.circumferential) - axial).norm() < 1e-12);
            assert!(at.radial.dot(&offset) > 0.0);
        }
        let on_axis = DiscAxes::about(&centre, &axial, &Vec3::x(), &centre);
        assert!((on_axis.radial - Vec3::x()).norm() < 1e-12);
    }

    #[test]
    fn a_disc_has_a_nucleus_and_an_annulus_whose_fibres_follow_the_rim() {
        let tet = |x: f64, y: f64| {
            let base = Vec3::new(x, y, 0.0);
            [Vec3::zeros(), Vec3::x(), Vec3::y(), Vec3::z()].map(|v| Point::from(base + 0.1 * v))
        };
        let nodes = [tet(0.0, 0.0), tet(10.0, 0.0), tet(0.0, 10.0)].concat();
        let mesh = TetMesh {
            blocks: Blocks::of(ElementKind::Tet4, (0..12).collect()),
            nodes,
            region_of: vec![0; 3],
            regions: vec!["disc".to_owned()],
            surfaces: Vec::new(),
        };
        let axes = |p: &Point| DiscAxes::about(&Point::origin(), &Vec3::z(), &Vec3::x(), p);
        let field = disc(&mesh, &model(), |p| p.coords.norm() < 5.0, axes).unwrap();
        let (e, nu) = field.elasticity(0).isotropic_constants().unwrap();
        assert!((e - 1.0).abs() < 1e-10 && (nu - 0.49).abs() < 1e-10);
        // In front the fibres run along y, at the side along x.
        let (front, side) = (field.elasticity(1).0, field.elasticity(2).0);
        assert!(front[(1, 1)] > 2.5 * front[(0, 0)] && side[(0, 0)] > 2.5 * side[(1, 1)]);
        assert!((0..3).all(|e| field.elasticity(e).is_positive_definite()));
    }
}

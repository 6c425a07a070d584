//! Builders of the material field of one body, and the joining of bodies.
//!
//! A material that varies is sampled at the quadrature points of the tetrahedron: bone under an
//! endplate changes by a factor of three within a millimetre, less than an element.
//! Where a point lies (depth below the endplate, behind the pedicles) comes in as a function, so
//! this module must not know how anatomy is described.

use super::library;
use super::{MaterialError, MaterialField};
use crate::case;
use crate::element::tet10::POINTS;
use crate::mesh::TetMesh;
use crate::tensor::{Point, Vec3};

/// Bone as a body is given it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoneModel {
    /// Young's modulus of the cancellous bone, MPa.
    pub cancellous_modulus: f64,
    /// Poisson ratio of cancellous bone and of the endplate layer.
    pub cancellous_poisson_ratio: f64,
    /// Young's modulus of the posterior elements, MPa.
    pub posterior_modulus: f64,
    /// Poisson ratio of the posterior elements.
    pub posterior_poisson_ratio: f64,
    /// The bony endplate.
    pub endplate: EndplateLayer,
}

impl BoneModel {
    /// The bone of a case.
    pub fn of(bone: &case::Bone) -> Self {
        Self {
            cancellous_modulus: bone.cancellous_modulus_mpa.value,
            cancellous_poisson_ratio: bone.poisson_ratio.value,
            posterior_modulus: bone.posterior_modulus_mpa.value,
            posterior_poisson_ratio: bone.posterior_poisson_ratio.value,
            endplate: EndplateLayer {
                youngs_modulus: bone.endplate_modulus_mpa.value,
                thickness: bone.endplate_thickness_mm.value,
                grading: bone.endplate_grading_mm.value,
            },
        }
    }
}

/// The bony endplate as a solid layer graded into cancellous bone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndplateLayer {
    /// Young's modulus at the surface, MPa.
    pub youngs_modulus: f64,
    /// Thickness of the layer, mm: the depth at which the modulus is half way to cancellous; 0
    /// leaves it out.
    pub thickness: f64,
    /// Depth over which it falls linearly to cancellous, centred on `thickness`, mm.
    pub grading: f64,
}

impl EndplateLayer {
    /// Young's modulus, MPa, at a depth below the endplate (mm), over cancellous bone of
    /// `cancellous` MPa. Points above the surface (negative depth) belong to the layer. The excess
    /// over cancellous bone, integrated over the depth, is that of a full layer of `thickness`
    /// however it is graded.
    pub fn modulus_at(&self, depth: f64, cancellous: f64) -> f64 {
        let start = self.thickness - 0.5 * self.grading;
        let share = if self.grading > 0.0 {
            1.0 - ((depth - start) / self.grading).clamp(0.0, 1.0)
        } else if depth < self.thickness && self.thickness > 0.0 {
            1.0
        } else {
            0.0
        };
        cancellous + share * (self.youngs_modulus - cancellous)
    }

    fn check(&self) -> Result<(), MaterialError> {
        positive("endplate_modulus_mpa", self.youngs_modulus)?;
        if !(self.thickness >= 0.0 && self.thickness.is_finite()) {
            return Err(MaterialError::Setting {
                setting: "endplate_thickness_mm",
                value: self.thickness,
            });
        }
        if !(self.grading >= 0.0 && self.grading <= 2.0 * self.thickness) {
            return Err(MaterialError::Setting {
                setting: "endplate_grading_mm",
                value: self.grading,
            });
        }
        Ok(())
    }
}

/// Refuses what is not a positive number.
pub(super) fn positive(setting: &'static str, value: f64) -> Result<(), MaterialError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(MaterialError::Setting { setting, value })
    }
}

/// The four quadrature points of element `e`, mm.
pub fn quadrature_points(mesh: &TetMesh, e: usize) -> [Point; 4] {
    let corners = mesh.corners(e);
    POINTS.map(|l| {
        let sum: Vec3 = l.iter().zip(&corners).map(|(l, c)| *l * c.coords).sum();
        Point::from(sum)
    })
}

/// A vertebra: cancellous bone, stiffened within the endplate layer, and posterior elements.
///
/// `depth` gives the depth of a point below the nearest bony endplate, mm; `is_posterior` whether
/// a point belongs to the posterior elements (asked of an element's centroid).
///
/// # Errors
/// A modulus, Poisson ratio or thickness that cannot be; a depth that is not a number.
pub fn bone(
    mesh: &TetMesh,
    model: &BoneModel,
    depth: impl Fn(&Point) -> f64,
    is_posterior: impl Fn(&Point) -> bool,
) -> Result<MaterialField, MaterialError> {
    model.endplate.check()?;
    let cancellous = model.cancellous_modulus;
    let soft = library::isotropic(
        "cancellous bone",
        cancellous,
        model.cancellous_poisson_ratio,
    )?;
    let hard = library::isotropic(
        "posterior elements",
        model.posterior_modulus,
        model.posterior_poisson_ratio,
    )?;
    let elements = mesh.element_count();
    let mut field = MaterialField::uniform(soft, elements);
    field.table.push(hard);
    for e in 0..elements {
        if is_posterior(&mesh.centroid(e)) {
            field.of_element[e] = 1;
            continue;
        }
        let factor = quadrature_points(mesh, e)
            .map(|p| model.endplate.modulus_at(depth(&p), cancellous) / cancellous);
        field.factor[e] = factor;
        if let Some(&factor) = factor.iter().find(|f| !(**f > 0.0 && f.is_finite())) {
            let name = "cancellous bone".to_owned();
            return Err(MaterialError::Factor {
                name,
                element: e,
                factor,
            });
        }
    }
    Ok(field)
}

/// The fields of several bodies, one after the other as their meshes are.
pub fn concatenate(fields: &[MaterialField]) -> MaterialField {
    let mut whole = MaterialField {
        table: Vec::new(),
        of_element: Vec::new(),
        factor: Vec::new(),
        relative_density: Vec::new(),
    };
    for field in fields {
        let offset = whole.table.len() as u32;
        whole.table.extend_from_slice(&field.table);
        whole
            .of_element
            .extend(field.of_element.iter().map(|i| i + offset));
        whole.factor.extend_from_slice(&field.factor);
        whole
            .relative_density
            .extend_from_slice(&field.relative_density);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::{Blocks, ElementKind};
    use crate::tensor::Elasticity;

    /// A column of `n` flat tetrahedra, one per layer of height 0.1 mm, from z = 0 downward.
    fn column(n: usize) -> TetMesh {
        let mut nodes = Vec::new();
        for i in 0..n {
            let z = -0.1 * i as f64;
            nodes.push(Point::new(0.0, 0.0, z - 0.1));
            nodes.push(Point::new(1.0, 0.0, z - 0.1));
            nodes.push(Point::new(0.0, 1.0, z - 0.1));
            nodes.push(Point::new(0.0, 0.0, z));
        }
        TetMesh {
            blocks: Blocks::of(ElementKind::Tet4, (0..4 * n as u32).collect()),
            nodes,
            region_of: vec![0; n],
            regions: vec!["body".to_owned()],
            surfaces: Vec::new(),
        }
    }

    fn model() -> BoneModel {
        BoneModel {
            cancellous_modulus: 300.0,
            cancellous_poisson_ratio: 0.3,
            posterior_modulus: 3_500.0,
            posterior_poisson_ratio: 0.25,
            endplate: EndplateLayer {
                youngs_modulus: 1_000.0,
                thickness: 1.0,
                grading: 1.0,
            },
        }
    }

    /// Thickness and grading apart: full down to t − g/2, cancellous from t + g/2, linear between.
    #[test]
    fn the_layer_falls_linearly_over_its_grading_about_its_thickness() {
        let layer = EndplateLayer {
            youngs_modulus: 1000.0,
            thickness: 0.8,
            grading: 0.4,
        };
        for (depth, modulus) in [
            (0.0, 1000.0),
            (0.59, 1000.0),
            (0.7, 825.0),
            (0.8, 650.0),
            (0.95, 387.5),
            (1.01, 300.0),
        ] {
            let found = layer.modulus_at(depth, 300.0);
            assert!((found - modulus).abs() < 1e-9, "{found} at {depth}");
        }
    }

    #[test]
    fn the_endplate_layer_holds_as_much_stiffness_as_an_ungraded_one() {
        for grading in [0.0, 0.5, 1.0, 2.0] {
            let layer = EndplateLayer {
                youngs_modulus: 1000.0,
                thickness: 1.0,
                grading,
            };
            let n = 4000;
            let excess: f64 = (0..n)
                .map(|i| layer.modulus_at((f64::from(i) + 0.5) * 4.0 / f64::from(n), 300.0))
                .map(|e| (e - 300.0) * 4.0 / f64::from(n))
                .sum();
            // 700 MPa over 1 mm; the midpoint sum is within half a cell of it.
            assert!((excess - 700.0).abs() < 0.7, "{excess} at {grading}");
            assert_eq!(layer.modulus_at(-0.1, 300.0), 1000.0);
        }
        let none = EndplateLayer {
            youngs_modulus: 1000.0,
            thickness: 0.0,
            grading: 0.0,
        };
        assert_eq!(
            (none.modulus_at(-0.1, 300.0), none.modulus_at(0.1, 300.0)),
            (300.0, 300.0)
        );
    }

    #[test]
    fn bone_is_graded_inside_elements_and_jumps_at_the_posterior_elements() {
        let mesh = column(20);
        let model = model();
        let field = bone(&mesh, &model, |p| -p.z, |p| p.z < -1.85).unwrap();
        let at_surface = field.factor[0];
        assert!(
            at_surface
                .iter()
                .all(|f| (f - 1000.0 / 300.0).abs() < 1e-12)
        );
        // Half way at 1 mm: 650 MPa; the layer there spans depth 0.9 to 1.0.
        let graded = field.factor[9];
        let expected = quadrature_points(&mesh, 9).map(|p| (300.0 + 700.0 * (1.5 + p.z)) / 300.0);
        assert!(
            graded
                .iter()
                .zip(expected)
                .all(|(f, e)| (f - e).abs() < 1e-12)
        );
        assert!(field.factor[17].iter().all(|f| (f - 1.0).abs() < 1e-12));
        let (e, nu) = field.elasticity(19).isotropic_constants().unwrap();
        assert!((e - 3500.0).abs() < 1e-8 && (nu - 0.25).abs() < 1e-12);
        assert!(field.relative_density.iter().all(Option::is_none));
    }

    #[test]
    fn a_depth_that_is_no_number_or_a_negative_setting_is_refused() {
        let mesh = column(2);
        let model = model();
        let nan = bone(&mesh, &model, |_| f64::NAN, |_| false);
        assert!(matches!(nan, Err(MaterialError::Factor { element: 0, .. })));
        let mut thin = model;
        thin.endplate.thickness = -1.0;
        assert!(bone(&mesh, &thin, |p| -p.z, |_| false).is_err());
        let mut wide = model;
        wide.endplate.grading = 2.5;
        assert!(bone(&mesh, &wide, |p| -p.z, |_| false).is_err());
        let mut soft = model;
        soft.cancellous_modulus = 0.0;
        assert!(bone(&mesh, &soft, |p| -p.z, |_| false).is_err());
    }

    #[test]
    fn joined_fields_keep_every_element_s_own_material() {
        let tantalum = Elasticity::isotropic(610.0, 0.3);
        let steel = Elasticity::isotropic(193_000.0, 0.3);
        let mut cage = MaterialField::uniform(tantalum, 3);
        cage.table.push(steel);
        (cage.of_element[2], cage.relative_density[1]) = (1, Some(0.2));
        let disc = MaterialField::uniform(Elasticity::isotropic(4.2, 0.45), 2);
        let whole = concatenate(&[disc.clone(), cage.clone(), disc]);
        assert_eq!(whole.of_element.len(), 7);
        assert_eq!(whole.elasticity(2), &tantalum);
        assert_eq!(whole.elasticity(4), &steel);
        assert_eq!(whole.elasticity(6), &Elasticity::isotropic(4.2, 0.45));
        assert_eq!(whole.relative_density[3], Some(0.2));
        assert!(whole.relative_density[4].is_none() && whole.relative_density[0].is_none());
    }
}

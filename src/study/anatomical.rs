//! The material of each body: bone by depth and part, discs by their own axes, the implant by its
//! regions, a graft of one.

use crate::case::{self, Case};
use crate::geometry::Field;
use crate::material::disc::{DiscAxes, DiscFactors, DiscModel, disc};
use crate::material::field::{BoneModel, EndplateLayer, bone};
use crate::material::{MaterialError, MaterialField};
use crate::mesh::TetMesh;
use crate::tensor::{Point, Vec3};

use super::StudyError;
use super::bodies::Role;
use super::materials::ReadyMaterial;
use super::porosity::PorositySampler;
use super::scene::{Scene, solid_materials};

/// The materials of one body's elements.
///
/// # Errors
/// Numbers no elastic solid can have.
pub fn body_materials(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    role: Role,
    mesh: &TetMesh,
) -> Result<MaterialField, StudyError> {
    let field = match role {
        Role::Vertebra(v) => vertebra(case, scene, v, mesh),
        Role::Disc(d) => disc_field(case, scene, d, mesh),
        Role::Implant => return implant(case, scene, materials, mesh),
        Role::Graft(g) => Ok(graft(&materials[case.grafts[g].material], mesh)),
    };
    field.map_err(|source| StudyError::Material {
        body: role.name(case).to_owned(),
        source,
    })
}

/// The bone of the case.
pub fn bone_model(case: &Case) -> BoneModel {
    let bone = &case.bone;
    BoneModel {
        cancellous_modulus: bone.cancellous_modulus_mpa,
        cancellous_poisson_ratio: bone.poisson_ratio,
        posterior_modulus: bone.posterior_modulus_mpa,
        posterior_poisson_ratio: bone.posterior_poisson_ratio,
        endplate: EndplateLayer {
            youngs_modulus: bone.endplate_modulus_mpa,
            thickness: bone.endplate_thickness_mm,
            grading: bone.endplate_thickness_mm,
        },
    }
}

/// A disc of the case.
pub fn disc_model(case: &Case, disc: &case::Disc) -> DiscModel {
    let given = &case.disc_material;
    let ([flexion, lateral, rotation], _) = case.disc_factors(disc);
    DiscModel {
        matrix_modulus: given.matrix_modulus_mpa,
        matrix_poisson_ratio: given.matrix_poisson_ratio,
        fibre_modulus: given.fibre_modulus_mpa,
        fibre_angle_deg: given.fibre_angle_deg,
        nucleus_modulus: given.nucleus_modulus_mpa,
        nucleus_poisson_ratio: given.nucleus_poisson_ratio,
        factors: DiscFactors {
            flexion,
            lateral,
            rotation,
        },
    }
}

fn vertebra(
    case: &Case,
    scene: &Scene,
    v: usize,
    mesh: &TetMesh,
) -> Result<MaterialField, MaterialError> {
    let field = scene.vertebrae[v].as_ref();
    let axis = scene.frame().axis();
    let model = bone_model(case);
    let reach = model.endplate.thickness + model.endplate.grading;
    bone(
        mesh,
        &model,
        |p| depth_below_endplate(field, p, &axis, reach),
        |p| !scene.is_body(v, p),
    )
}

/// Depth of a point below the bone's surface where that surface is an endplate: within `reach`,
/// and with the nearest surface's normal within 45° of the column axis. Elsewhere `reach`.
fn depth_below_endplate(field: &dyn Field, p: &Point, axis: &Vec3, reach: f64) -> f64 {
    let depth = -field.value(p);
    if depth >= reach {
        return reach;
    }
    let normal = field.gradient(p).normalize();
    if normal.dot(axis).abs() > std::f64::consts::FRAC_1_SQRT_2 {
        depth
    } else {
        reach
    }
}

fn disc_field(
    case: &Case,
    scene: &Scene,
    d: usize,
    mesh: &TetMesh,
) -> Result<MaterialField, MaterialError> {
    let model = disc_model(case, &case.discs[d]);
    let outline = scene.discs[d].outline();
    let centre = Point::from(outline.pose().translation.vector);
    let front = outline.pose() * Vec3::x();
    disc(
        mesh,
        &model,
        |p| outline.relative_radius(p) < case.disc_material.nucleus_scale,
        |p| {
            let [radial, circumferential, axial] = outline.axes(p);
            let angle = DiscAxes::about(&centre, &axial, &front, p).angle;
            DiscAxes {
                radial,
                circumferential,
                axial,
                angle,
            }
        },
    )
}

fn implant(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    mesh: &TetMesh,
) -> Result<MaterialField, StudyError> {
    let mut of_region = vec![case.implant.as_ref().map_or(0, |i| i.material)];
    of_region.extend(solid_materials(case));
    let of_region: Vec<&ReadyMaterial> = of_region.iter().map(|m| &materials[*m]).collect();
    let samplers = of_region
        .iter()
        .map(|m| match m.graded() {
            Some(_) => PorositySampler::of(case, scene, m),
            None => Ok(None),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let elements = mesh.element_count();
    let mut field = MaterialField::uniform(of_region[0].elasticity, elements);
    field.table = of_region.iter().map(|m| m.elasticity).collect();
    for e in 0..elements {
        let region = scene
            .cage
            .as_ref()
            .map_or(0, |cage| cage.region(&mesh.centroid(e)));
        field.of_element[e] = region as u32;
        match &samplers[region] {
            Some(sampler) => {
                (field.factor[e], field.relative_density[e]) = sampler.sample(case, mesh, e)?;
            }
            None => {
                let density = of_region[region].relative_density;
                field.relative_density[e] = density.unwrap_or(f64::NAN);
            }
        }
    }
    Ok(field)
}

fn graft(material: &ReadyMaterial, mesh: &TetMesh) -> MaterialField {
    let mut field = MaterialField::uniform(material.elasticity, mesh.element_count());
    let density = material.relative_density.unwrap_or(f64::NAN);
    field.relative_density.fill(density);
    field
}

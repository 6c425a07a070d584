//! The material of each body: bone by depth and part, discs by their own axes, the implant by its
//! regions, a graft of one.

use crate::case::{self, BodyId, Case};
use crate::geometry::Field;
use crate::geometry::implant::Cage;
use crate::material::disc::{DiscAxes, DiscModel, disc};
use crate::material::field::{BoneModel, bone};
use crate::material::porous::{PorositySampler, SampleError};
use crate::material::ready::ReadyMaterial;
use crate::material::{MaterialError, MaterialField};
use crate::mesh::Mesh;
use crate::scene::Scene;
use crate::tensor::{Point, Vec3};

use super::SpineError;

/// The materials of one body's elements.
///
/// # Errors
/// Numbers no elastic solid can have.
pub fn body_materials(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    role: BodyId,
    mesh: &Mesh,
) -> Result<MaterialField, SpineError> {
    let field = match role {
        BodyId::Vertebra(v) => vertebra(case, scene, v, mesh),
        BodyId::Disc(d) => disc_field(case, scene, d, mesh),
        BodyId::Implant(i) => return implant(case, (i, &scene.cages[i]), materials, mesh),
        BodyId::Graft(g) => Ok(graft(&materials[case.grafts[g].material], mesh)),
    };
    field.map_err(|source| SpineError::Material {
        body: role.name(case).to_owned(),
        source,
    })
}

fn vertebra(
    case: &Case,
    scene: &Scene,
    v: usize,
    mesh: &Mesh,
) -> Result<MaterialField, MaterialError> {
    let field = scene.vertebrae[v].as_ref();
    let axis = scene.frame().axis();
    let model = BoneModel::of(&case.bone);
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
    mesh: &Mesh,
) -> Result<MaterialField, MaterialError> {
    let model = DiscModel::of(&case.disc_material, case.disc_factors(&case.discs[d]).value);
    let outline = scene.discs[d].outline();
    let centre = Point::from(outline.pose().translation.vector);
    let front = outline.pose() * Vec3::x();
    disc(
        mesh,
        &model,
        |p| outline.relative_radius(p) < case.disc_material.nucleus_scale.value,
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
    (number, cage): (usize, &Cage),
    materials: &[ReadyMaterial],
    mesh: &Mesh,
) -> Result<MaterialField, SpineError> {
    let implant = &case.implants[number];
    let regions = implant.region_materials();
    let of_region: Vec<&ReadyMaterial> = regions.iter().map(|m| &materials[*m]).collect();
    let samplers = of_region
        .iter()
        .map(|m| {
            m.graded()
                .map(|porous| PorositySampler::of(case, (implant, cage), porous))
        })
        .map(Option::transpose)
        .collect::<Result<Vec<_>, _>>()?;
    let elements = mesh.element_count();
    let mut field = MaterialField::uniform(of_region[0].elasticity, elements);
    field.table = of_region.iter().map(|m| m.elasticity).collect();
    for e in 0..elements {
        let region = cage.region(&mesh.centroid(e));
        field.of_element[e] = region as u32;
        match &samplers[region] {
            Some(sampler) => {
                let sampled = sampler
                    .sample(case, mesh, e)
                    .map_err(|e| not_sampled(implant, e))?;
                (field.factor[e], field.relative_density[e]) = (sampled.0, Some(sampled.1));
            }
            None => {
                field.relative_density[e] = of_region[region].relative_density;
            }
        }
    }
    Ok(field)
}

fn not_sampled(implant: &case::Implant, error: SampleError) -> SpineError {
    match error {
        SampleError::Case(error) => error.into(),
        SampleError::Material(source) => SpineError::Material {
            body: implant.name.clone(),
            source,
        },
    }
}

fn graft(material: &ReadyMaterial, mesh: &Mesh) -> MaterialField {
    let mut field = MaterialField::uniform(material.elasticity, mesh.element_count());
    field.relative_density.fill(material.relative_density);
    field
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::material::field::EndplateLayer;

    fn layer(bone: &str) -> EndplateLayer {
        let text = include_str!("../../validation/t6-tantalum/case.toml");
        let text = text.replacen("cancellous_modulus_mpa = 300.0", bone, 1);
        let case = Case::from_text(Path::new("case.toml"), text).unwrap();
        BoneModel::of(&case.bone).endplate
    }

    /// The excess over cancellous bone, half way down the grading and at both of its ends.
    #[test]
    fn the_endplate_grades_over_the_length_the_case_gives() {
        let given = layer("endplate_thickness_mm = 0.8\nendplate_grading_mm = 0.4");
        for (depth, share) in [(0.6, 1.0), (0.7, 0.75), (0.8, 0.5), (1.0, 0.0)] {
            let modulus = given.modulus_at(depth, 300.0);
            let expected = 300.0 + share * 700.0;
            assert!((modulus - expected).abs() < 1e-9, "{modulus} at {depth}");
        }
        assert_eq!(layer("").grading, 1.0);
        // Left out, it follows the thickness: 1 mm would begin above a thinner layer.
        assert_eq!(layer("endplate_thickness_mm = 0.4").grading, 0.4);
    }
}

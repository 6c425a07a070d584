//! From placed fields to meshed bodies with their materials and named faces.
//!
//! Every body is polygonised and filled on its own, several at a time: TetGen runs in child
//! processes. Faces are named here, once: endplates of vertebrae, the faces of discs, implant and
//! grafts that lie on another body.

use std::time::Instant;

use rayon::prelude::*;

use crate::case::{BodyId, Case, CaseFault, End, FaceId};
use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
use crate::geometry::{Field, GeometryError, SizeField};
use crate::material::MaterialField;
use crate::material::ready::ReadyMaterial;
use crate::mesh::body::{MeshReport, mesh_body};
use crate::mesh::boundary::boundary_facets;
use crate::mesh::tetgen::Mesher;
use crate::mesh::{Facet, Mesh, MeshError, Surface};
use crate::progress::Progress;
use crate::scene::Scene;
use crate::scene::placed::at_body;
use crate::tensor::{Point, Vec3};

use super::SpineError;
use super::anatomical::body_materials;
use super::placed;
use super::plan::BodyPlan;

/// No more elements than this are meshed: 21 million dofs, whose factor no workstation holds.
const MOST_ELEMENTS: f64 = 5e6;

/// Edge lengths that are tried, relative to the wanted ones.
const EDGE_SHARES: [f64; 5] = [1.0, 0.9, 0.8, 0.65, 0.5];

/// A body had to be meshed with shorter edges than wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Finer {
    /// Its edge lengths relative to the wanted ones.
    pub share: f64,
    /// Why the wanted ones did not do.
    pub reason: String,
}

impl MeshedBody {
    /// What a reader should know of shorter edges than wanted, in a sentence.
    pub fn finer_sentence(&self) -> Option<String> {
        let Finer { share, reason } = self.finer.as_ref()?;
        Some(format!(
            "{} is meshed with edges {share} times as long as [mesh] asks for, since those do not \
             follow its shape: {reason}",
            self.name
        ))
    }
}

/// A meshed body.
pub struct MeshedBody {
    /// Name.
    pub name: String,
    /// What it is.
    pub role: BodyId,
    /// Quadratic mesh with named faces; what lies above the implant stands where it is in the
    /// intact state.
    pub mesh: Mesh,
    /// Materials of its elements.
    pub materials: MaterialField,
    /// Sizes and quality.
    pub report: MeshReport,
    /// Where the edges are shorter than wanted.
    pub finer: Option<Finer>,
}

/// Meshes all bodies and gives them their materials.
///
/// # Errors
/// The first body, in order, that cannot be polygonised, meshed or given a material.
pub fn mesh_bodies(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    mesher: &dyn Mesher,
    progress: &dyn Progress,
) -> Result<Vec<MeshedBody>, SpineError> {
    let plans = scene.plans(case);
    refuse_too_many_elements(case, &plans)?;
    progress.stage("Mesh the bodies", plans.len() as u64);
    plans
        .par_iter()
        .map(|plan| {
            let body = mesh_one(case, scene, materials, plan, mesher)?;
            progress.note(&line(&body));
            if let Some(sentence) = body.finer_sentence() {
                progress.note(&sentence);
            }
            progress.advance();
            Ok(body)
        })
        .collect::<Vec<Result<_, SpineError>>>()
        .into_iter()
        .collect()
}

/// Refuses mesh sizes that would take hours before the solver finds that memory does not do.
fn refuse_too_many_elements(case: &Case, plans: &[BodyPlan]) -> Result<(), SpineError> {
    let counts: Vec<f64> = plans.par_iter().map(expected_elements).collect();
    let total: f64 = counts.iter().sum();
    if total <= MOST_ELEMENTS {
        return Ok(());
    }
    let reason = format!(
        "these edge lengths make about {:.0} million elements, at most {:.0} million are meshed",
        total / 1e6,
        MOST_ELEMENTS / 1e6
    );
    let help = "the defaults of [mesh] make about 0.06 million elements of three vertebrae";
    let error = case.places.error("mesh", CaseFault::model(reason));
    Err(error.with_help(help).into())
}

/// Elements of a body by its volume and wanted edge length h, on a grid: a regular tetrahedron
/// holds h³/(6√2).
fn expected_elements(plan: &BodyPlan) -> f64 {
    const STEPS: usize = 24;
    let bounds = plan.field.bounds();
    let step = bounds.size() / STEPS as f64;
    let cell = step.x * step.y * step.z;
    let mut count = 0.0;
    for i in 0..STEPS.pow(3) {
        let at = [i % STEPS, i / STEPS % STEPS, i / (STEPS * STEPS)];
        let p = bounds.min + Vec3::from_fn(|k, _| (at[k] as f64 + 0.5) * step[k]);
        if plan.field.value(&p) < 0.0 {
            count += cell * 6.0 * std::f64::consts::SQRT_2 / plan.size.at(&p).powi(3);
        }
    }
    count
}

fn line(body: &MeshedBody) -> String {
    let report = &body.report;
    format!(
        "{}: {} tets, {:.0} mm³, smallest dihedral {:.1}°, {:.1} s",
        body.name,
        report.elements,
        report.volume_mm3,
        report.quality.min_dihedral_deg,
        report.seconds
    )
}

fn mesh_one(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    plan: &BodyPlan,
    mesher: &dyn Mesher,
) -> Result<MeshedBody, SpineError> {
    let clock = Instant::now();
    let (mut mesh, mut report, finer) = mesh_finer_if_need_be(case, scene, plan, mesher)?;
    mesh.surfaces = faces(case, scene, plan, &mesh);
    let materials = body_materials(case, scene, materials, plan.role, &mesh)?;
    report.seconds = clock.elapsed().as_secs_f64();
    Ok(MeshedBody {
        name: plan.name.clone(),
        role: plan.role,
        mesh,
        materials,
        report,
        finer,
    })
}

/// Meshes a body with the wanted edge lengths; where that fails, since its surface turns or thins
/// faster than they can follow, with shorter ones.
fn mesh_finer_if_need_be(
    case: &Case,
    scene: &Scene,
    plan: &BodyPlan,
    mesher: &dyn Mesher,
) -> Result<(Mesh, MeshReport, Option<Finer>), SpineError> {
    let mut first: Option<Unmeshed> = None;
    for share in EDGE_SHARES {
        let failure = match mesh_with(plan, &plan.size.scaled(share), mesher) {
            Ok((mesh, report)) => {
                let finer = first.map(|e| Finer {
                    share,
                    reason: e.to_string(),
                });
                return Ok((mesh, report, finer));
            }
            Err(failure) => failure,
        };
        let hopeless = failure.is_hopeless();
        first.get_or_insert(failure);
        if hopeless {
            break;
        }
    }
    Err(match first {
        Some(Unmeshed::Surface(error)) => {
            placed::polygonised(case, &scene.files, plan.role, &error)
        }
        Some(Unmeshed::Mesh(error)) => placed::unmeshed(case, &scene.files, plan.role, error),
        None => at_body(case, plan.role, "no edge length was tried").into(),
    })
}

fn mesh_with(
    plan: &BodyPlan,
    size: &SizeField,
    mesher: &dyn Mesher,
) -> Result<(Mesh, MeshReport), Unmeshed> {
    let field = plan.field.as_ref();
    let surface = polygonise(field, size, &PolygoniseSettings::default())?;
    Ok(mesh_body(&plan.name, field, &surface, size, mesher)?)
}

/// Why a body was not meshed with given edge lengths.
#[derive(Debug, thiserror::Error)]
enum Unmeshed {
    #[error(transparent)]
    Surface(#[from] GeometryError),
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

impl Unmeshed {
    /// Whether shorter edges would fail as well, or take longer than what took too long already.
    fn is_hopeless(&self) -> bool {
        matches!(
            self,
            Self::Mesh(MeshError::MesherNotRun { .. } | MeshError::MesherTimedOut { .. })
        )
    }
}

fn faces(case: &Case, scene: &Scene, plan: &BodyPlan, mesh: &Mesh) -> Vec<Surface> {
    let facets = boundary_facets(mesh);
    let body = plan.role;
    let select = |face: FaceId, wanted: &dyn Fn(Facet) -> bool| Surface {
        name: face.name(case),
        facets: facets.iter().copied().filter(|f| wanted(*f)).collect(),
    };
    if let BodyId::Vertebra(_) = body {
        let patches = [End::Superior, End::Inferior]
            .into_iter()
            .filter_map(|end| {
                let patch = scene.patch(body, end)?;
                Some(select(FaceId { body, end }, &|f| {
                    let [a, b, c] = mesh.facet_corners(f).map(|p| p.coords);
                    let normal = mesh.facet_area_vector(f).normalize();
                    patch.contains(&Point::from((a + b + c) / 3.0), &normal)
                }))
            });
        return patches.collect();
    }
    let seats = body.seats(case).into_iter().map(|[own, other]| {
        let solid = scene.seat_field(case, body, other.body);
        select(own, &|f| lies_on(solid.as_ref(), mesh, f))
    });
    seats.collect()
}

/// Whether a facet lies on a solid: all its corners do, as the surface's vertices do, and it faces
/// the solid, its normal within 60° of opposite.
fn lies_on(solid: &dyn Field, mesh: &Mesh, facet: Facet) -> bool {
    const ON_SOLID_MM: f64 = 0.02;
    let corners = mesh.facet_corners(facet);
    let [a, b, c] = corners.map(|p| p.coords);
    let normal = mesh.facet_area_vector(facet).normalize();
    let middle = Point::from((a + b + c) / 3.0);
    corners.iter().all(|p| solid.value(p).abs() < ON_SOLID_MM)
        && solid.gradient(&middle).normalize().dot(&normal) < -0.5
}

//! One model per state from the meshed bodies: who is there, what ties to what, what carries load.
//!
//! Intact: all vertebrae and discs. Fused: the resected vertebrae and the discs beside them give
//! way to the implants; everything above one moves with its lift, mesh and all, so that the bones'
//! elements are the same in both states.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::assembly::MembraneSheet;
use crate::boundary::{BoundaryError, Coupling, LoadCase, clamp_surface, select_surface};
use crate::case::{BodyId, Case, End, FaceId, JoinLaw, LoadFrame, StatePlan};
use crate::contact::{Contact, ContactError, Tie, TieSettings, TieSpec, build_tie};
use crate::fixation::Construct;
use crate::material::MaterialField;
use crate::material::field::concatenate as concatenate_fields;
use crate::material::membrane::MembraneMaterial;
use crate::material::ready::ReadyMaterial;
use crate::mesh::boundary::boundary_facets;
use crate::mesh::combine::concatenate;
use crate::mesh::{Facet, Mesh, Surface};
use crate::model::state::{BuiltState, body_of};
use crate::model::{BodyRange, Model, TouchingFaces};
use crate::scene::{Scene, placed};
use crate::tensor::{Point, Vec3, Wrench};

use super::SpineError;
use super::bodies::MeshedBody;
use super::fixation::{self, Ground};
use crate::anatomy::frame::ColumnFrame;

/// A load farther from the middle of its face than this is refused, mm: half a trunk's depth and
/// more; its moment would be an accident of units or frames.
const FARTHEST_LOAD_MM: f64 = 200.0;

/// Ties and ranges of a state before it is a model.
struct Draft {
    plan: StatePlan,
    mesh: Mesh,
    bodies: Vec<BodyRange>,
    materials: MaterialField,
    ties: Vec<Tie>,
    contacts: Vec<TouchingFaces>,
}

/// Builds all states the case asks for. Membranes are left out where any state ties a face, so
/// that the bone is the same body in all of them.
///
/// # Errors
/// A tie without facing area, an empty face, a rod without a screw in bone.
pub fn build_states(
    case: &Case,
    scene: &Scene,
    bodies: &[MeshedBody],
    materials: &[ReadyMaterial],
) -> Result<Vec<BuiltState>, SpineError> {
    let drafts: Vec<Draft> = case
        .states
        .iter()
        .map(|plan| draft(case, scene, bodies, plan))
        .collect::<Result<_, _>>()?;
    let tied = tied_elements(&drafts);
    drafts
        .into_iter()
        .map(|draft| finish(case, scene, materials, draft, &tied))
        .collect()
}

fn draft(
    case: &Case,
    scene: &Scene,
    bodies: &[MeshedBody],
    plan: &StatePlan,
) -> Result<Draft, SpineError> {
    let present: Vec<&MeshedBody> = bodies.iter().filter(|b| plan.has(b.role)).collect();
    let moved: Vec<Mesh> = present
        .iter()
        .map(|b| b.mesh.clone().translated(scene.lift(case, plan, b.role)))
        .collect();
    let named: Vec<(&str, &Mesh)> = present
        .iter()
        .zip(&moved)
        .map(|(b, m)| (b.name.as_str(), m))
        .collect();
    let (mesh, ranges) = concatenate(&named).map_err(|source| SpineError::Mesh {
        body: plan.name.clone(),
        source,
        help: None,
    })?;
    let fields: Vec<MaterialField> = present.iter().map(|b| b.materials.clone()).collect();
    let mut draft = Draft {
        plan: plan.clone(),
        mesh,
        bodies: present
            .iter()
            .zip(ranges)
            .map(|(b, range)| BodyRange {
                name: b.name.clone(),
                elements: range.elements,
                nodes: range.nodes,
            })
            .collect(),
        materials: concatenate_fields(&fields),
        ties: Vec::new(),
        contacts: Vec::new(),
    };
    let (ties, contacts) = interfaces(case, &draft)?;
    draft.ties = ties;
    draft.contacts = contacts;
    Ok(draft)
}

/// One interface for each join of the plan, and those that press: side A is the face of the body that is cut to the other, side B
/// all of the other's surface.
fn interfaces(case: &Case, draft: &Draft) -> Result<(Vec<Tie>, Vec<TouchingFaces>), SpineError> {
    let settings = TieSettings {
        max_gap: case.interface.gap_tolerance_mm.value,
        ..TieSettings::default()
    };
    let facets = boundary_facets(&draft.mesh);
    let of_body = |body: BodyId| -> Vec<Facet> {
        let range = body_of(&draft.plan, &draft.bodies, body).map(|b| &b.elements);
        let own = |f: &&Facet| range.is_some_and(|r| r.contains(&(f.element as usize)));
        facets.iter().filter(own).copied().collect()
    };
    let (mut ties, mut contacts) = (Vec::new(), Vec::new());
    for join in &draft.plan.joins {
        let [own, other] = join.faces;
        let names = join.faces.map(|face| face.body.name(case));
        let refuse = |reason: String| SpineError::from(placed::at_body(case, own.body, &reason));
        let a = select_surface(&draft.mesh, &own.name(case)).map_err(|e| refuse(e.to_string()))?;
        let b = of_body(other.body);
        let spec = TieSpec {
            name: names.join("-"),
            bodies: names.map(str::to_owned),
            surfaces: [a, &b],
        };
        let (mesh, materials) = (&draft.mesh, &draft.materials);
        let refuse = |e: ContactError| refuse(e.to_string());
        match join.law {
            JoinLaw::Bonded => {
                ties.push(build_tie(&spec, mesh, materials, &settings).map_err(refuse)?);
            }
            JoinLaw::Contact(sliding) => {
                // What the mesh leaves of faces that are cut to each other is no gap.
                let law = (sliding, settings.max_gap);
                let built = Contact::build(&spec, mesh, materials, &settings, law);
                let (tie, contact) = built.map_err(refuse)?;
                contacts.push(TouchingFaces {
                    tie: ties.len(),
                    contact: Arc::new(contact),
                });
                ties.push(tie);
            }
        }
    }
    Ok((ties, contacts))
}

/// Elements that touch a tie in any state, numbered within their body.
fn tied_elements(drafts: &[Draft]) -> BTreeSet<(BodyId, usize)> {
    let mut tied = BTreeSet::new();
    for draft in drafts {
        for point in draft.ties.iter().flat_map(|tie| &tie.points) {
            for element in point.elements {
                let e = element as usize;
                let mut bodies = draft.plan.present.iter().zip(&draft.bodies);
                let body = bodies.find(|(_, b)| b.elements.contains(&e));
                tied.extend(body.map(|(role, b)| (*role, e - b.elements.start)));
            }
        }
    }
    tied
}

fn finish(
    case: &Case,
    scene: &Scene,
    materials: &[ReadyMaterial],
    mut draft: Draft,
    tied: &BTreeSet<(BodyId, usize)>,
) -> Result<BuiltState, SpineError> {
    let membranes = membranes(case, &draft, tied)?;
    let face = &case.loads.face;
    let at_face = |e: BoundaryError| placed::at_key(case, "loads.loaded_face", e.to_string());
    let facets = select_surface(&draft.mesh, &face.name(&case.vertebrae)).map_err(at_face)?;
    let bone = BodyId::Vertebra(face.vertebra);
    let reference = load_point(case, scene)? + scene.lift(case, &draft.plan, bone);
    let coupling = Coupling::on_surface(&draft.mesh, facets, reference).map_err(at_face)?;
    let supports = clamp_surface(&draft.mesh, &case.loads.clamped.name(&case.vertebrae))
        .map_err(|e| placed::at_key(case, "support.clamped", e.to_string()))?;
    let load_cases = load_cases(case, &scene.frame(), &coupling);
    let (construct, one_sided) = match draft.plan.fixation {
        false => (Construct::default(), Vec::new()),
        true => {
            let ground = Ground {
                case,
                scene,
                materials,
                plan: &draft.plan,
                bodies: &draft.bodies,
                field: &draft.materials,
            };
            fixation::build(&ground, &mut draft.mesh)?
        }
    };
    Ok(BuiltState {
        model: Model {
            name: draft.plan.name.clone(),
            mesh: draft.mesh,
            bodies: draft.bodies,
            materials: draft.materials,
            membranes,
            extra_systems: Vec::new(),
            ties: draft.ties,
            contacts: draft.contacts,
            construct,
            one_sided,
            laws: Vec::new(),
            supports,
            loaded_face: Some(coupling),
            load_cases,
        },
        plan: draft.plan,
    })
}

/// Where the loads act in the intact state, mm.
fn load_point(case: &Case, scene: &Scene) -> Result<Point, SpineError> {
    let centroid = scene.endplate(&case.loads.face).centroid;
    let Some([x, y, z]) = case.loads.at_mm else {
        return Ok(centroid);
    };
    let point = Point::new(x, y, z);
    let away = (point - centroid).norm();
    if away > FARTHEST_LOAD_MM {
        let reason = format!(
            "the load acts {away:.0} mm from the middle of its face, which lies at [{:.1}, {:.1}, {:.1}] mm; \
             {FARTHEST_LOAD_MM} mm at most are plausible",
            centroid.x, centroid.y, centroid.z
        );
        return Err(placed::at_key(case, "loads.at_mm", reason).into());
    }
    Ok(point)
}

/// The cortical shell: membranes on the vertebrae, away from endplates and tied faces.
fn membranes(
    case: &Case,
    draft: &Draft,
    tied: &BTreeSet<(BodyId, usize)>,
) -> Result<Vec<MembraneSheet>, SpineError> {
    if case.bone.cortical_thickness_mm.value <= 0.0 {
        return Ok(Vec::new());
    }
    let bodies = draft.plan.present.iter().copied().zip(&draft.bodies);
    let vertebrae: Vec<(BodyId, &BodyRange)> = bodies
        .filter(|(role, _)| matches!(role, BodyId::Vertebra(_)))
        .collect();
    let on_endplates: BTreeSet<Facet> = vertebrae
        .iter()
        .flat_map(|(role, _)| {
            let name = |end| FaceId { body: *role, end }.name(case);
            [End::Superior, End::Inferior].map(name)
        })
        .filter_map(|name| draft.mesh.surface(&name))
        .flat_map(|s: &Surface| s.facets.iter().copied())
        .collect();
    let facets: Vec<Facet> = boundary_facets(&draft.mesh)
        .into_iter()
        .filter(|f| {
            let e = f.element as usize;
            vertebrae.iter().any(|(role, b)| {
                b.elements.contains(&e)
                    && !on_endplates.contains(f)
                    && !tied.contains(&(*role, e - b.elements.start))
            })
        })
        .collect();
    let bone = &case.bone;
    let membrane = MembraneMaterial::new(
        bone.cortical_modulus_mpa.value,
        bone.cortical_poisson_ratio.value,
        bone.cortical_thickness_mm.value,
    )
    .map_err(|source| SpineError::Material {
        body: "cortical shell".to_owned(),
        source,
    })?;
    let sheet = MembraneSheet::on_facets(&draft.mesh, facets, &membrane)?;
    Ok(vec![sheet])
}

fn load_cases(case: &Case, frame: &ColumnFrame, coupling: &Coupling) -> Vec<LoadCase> {
    case.loads
        .cases
        .iter()
        .map(|load| {
            let turn = |v: [f64; 3], scale: f64| {
                let v = scale * Vec3::from(v);
                match load.frame {
                    LoadFrame::Column => frame.to_global(&v),
                    LoadFrame::Global => v,
                }
            };
            let wrench = Wrench {
                force: turn(load.force_n, 1.0),
                moment: turn(load.moment_nm, 1000.0),
            };
            coupling.load_case(&load.name, wrench, load.service)
        })
        .collect()
}

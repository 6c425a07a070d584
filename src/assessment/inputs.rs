//! What findings are made of: the solved states of a case, and what several findings stand on.

use super::endplate::{EndplateRow, Interface, assess_endplate};
use super::error::AssessmentError;
use super::places::{Part, VertebraFaces, VertebraPlaces};
use super::unchecked::Unchecked;
use crate::boundary::{BoundaryError, select_surface};
use crate::case::{BodyId, Case, End, FaceId};
use crate::contact::InterfacePoint;
use crate::contact::unilateral::ContactPoint;
use crate::fixation::Cylinder;
use crate::material::ready::ReadyMaterial;
use crate::mesh::Facet;
use crate::recovery::solved::SolvedState;
use crate::scene::Scene;
use crate::tensor::Point;

/// What one check found in a state: its rows, and what could not be checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// What could not be checked.
    pub not_checked: Vec<Unchecked>,
}

/// Everything that is judged from.
pub struct Inputs<'a> {
    /// The case.
    pub case: &'a Case,
    /// Where everything stands.
    pub scene: &'a Scene,
    /// Materials of the case.
    pub materials: &'a [ReadyMaterial],
    /// Solved states.
    pub states: &'a [SolvedState],
    /// The zones of the vertebrae that stay, of the intact state where it was solved.
    pub places: Vec<VertebraPlaces>,
    /// Traction at each seat of an implant in all states that are judged.
    pub seats: Vec<EndplateRow>,
}

impl<'a> Inputs<'a> {
    /// The inputs of a case's findings.
    ///
    /// # Errors
    /// A surface or a seat without facets.
    pub fn new(
        case: &'a Case,
        scene: &'a Scene,
        materials: &'a [ReadyMaterial],
        states: &'a [SolvedState],
    ) -> Result<Self, AssessmentError> {
        let mut inputs = Self {
            case,
            scene,
            materials,
            states,
            places: Vec::new(),
            seats: Vec::new(),
        };
        if let Some(intact) = inputs.intact() {
            inputs.places = vertebra_places(case, scene, intact)?;
        }
        for state in inputs.judged() {
            inputs.seats.extend(seats(state)?);
        }
        Ok(inputs)
    }

    /// The state that is the reference, where it was solved.
    pub fn intact(&self) -> Option<&'a SolvedState> {
        self.states.iter().find(|s| s.built.plan.is_reference())
    }

    /// The states that are held against limits.
    pub fn judged(&self) -> impl Iterator<Item = &'a SolvedState> + use<'a> {
        let states = self.states.iter();
        states.filter(|s| !s.built.plan.is_reference())
    }

    /// Traction at a seat of a state under a load case.
    pub fn seat(&self, (state, load_case): (&str, &str), interface: &str) -> Option<&EndplateRow> {
        let same = |row: &&EndplateRow| {
            row.state == state && row.load_case == load_case && row.interface == interface
        };
        self.seats.iter().find(same)
    }
}

/// Traction at every seat of the implants.
fn seats(state: &SolvedState) -> Result<Vec<EndplateRow>, AssessmentError> {
    let mut rows = Vec::new();
    for t in state.implant_seats() {
        let tie = &state.built.model.ties[t];
        for case in &state.cases {
            rows.push(assess_endplate(&Interface {
                state: state.name(),
                load_case: &case.load.name,
                name: &tie.name,
                kind: match case.contacts[t].is_empty() {
                    true => "traction",
                    false => "contact",
                },
                slip_area: slip_area(&tie.points, &case.contacts[t]),
                points: &case.tractions[t],
                bone_is_side_a: false,
                area: tie.area,
                untied_area: tie.untied_area,
            })?);
        }
    }
    Ok(rows)
}

/// Area of an interface that presses and slides, mm²; `None` of one that is bonded.
fn slip_area(points: &[InterfacePoint], now: &[ContactPoint]) -> Option<f64> {
    let sliding = points.iter().zip(now).filter(|(_, now)| now.slides);
    (!now.is_empty()).then(|| sliding.map(|(point, _)| point.area).sum())
}

/// The interface traction of a state.
///
/// # Errors
/// None: the rows are there.
pub fn endplates(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<EndplateRow>, AssessmentError> {
    let rows = inputs.seats.iter().filter(|r| r.state == state.name());
    Ok(Checked {
        rows: rows.cloned().collect(),
        not_checked: Vec::new(),
    })
}

/// The zones of all vertebrae that stay, in the intact state.
fn vertebra_places(
    case: &Case,
    scene: &Scene,
    intact: &SolvedState,
) -> Result<Vec<VertebraPlaces>, AssessmentError> {
    let mesh = &intact.built.model.mesh;
    let frame = scene.frame();
    let local = |p: &Point| {
        let off = frame.to_local(&(p - frame.origin));
        [off.x, off.y]
    };
    let stay = (0..case.vertebrae.len()).filter(|v| !case.is_resected(*v));
    let mut all = Vec::new();
    for v in stay {
        let id = BodyId::Vertebra(v);
        let Some(body) = intact.built.body(id) else {
            continue;
        };
        let [superior, inferior] = endplate_faces(intact, case, id)?;
        let held = [case.loads.face, case.loads.clamped].into_iter();
        let held = held.filter(|held| held.vertebra == v);
        let faces = VertebraFaces {
            superior,
            inferior,
            held: held
                .map(|held| match held.end {
                    End::Superior => superior,
                    End::Inferior => inferior,
                })
                .collect(),
        };
        let placed = case.fixation.screws.iter().zip(&scene.fixation.screws);
        let own = placed.filter(|(screw, _)| screw.bodies.contains(&id));
        let screws = own.map(|(_, placed)| Cylinder {
            entry: placed.entry - placed.lift,
            tip: placed.tip - placed.lift,
            diameter: placed.diameter,
        });
        let screws: Vec<Cylinder> = screws.collect();
        let part = |p: &Point| match screws.iter().any(|s| s.contains(p)) {
            true => Part::Screw,
            false if scene.is_body(v, p) => Part::Body,
            false => Part::PosteriorElements,
        };
        all.push(VertebraPlaces::new(v, mesh, body, &faces, local, part));
    }
    Ok(all)
}

/// The superior and the inferior endplate of a vertebra in a state's mesh.
pub fn endplate_faces<'a>(
    state: &'a SolvedState,
    case: &Case,
    body: BodyId,
) -> Result<[&'a [Facet]; 2], BoundaryError> {
    let mesh = &state.built.model.mesh;
    let face = |end| select_surface(mesh, &FaceId { body, end }.name(case));
    Ok([face(End::Superior)?, face(End::Inferior)?])
}

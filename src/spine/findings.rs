//! From solved states to findings: gathers, per row, the plain numbers that `assessment` judges.

use crate::assessment::endplate::{Interface, assess_endplate};
use crate::assessment::fixation::assess_rod;
use crate::assessment::implant::{Region, SMALLEST_CELL, assess_implant};
use crate::assessment::load_sharing::{Cut, Path, assess_load_sharing};
use crate::assessment::motion::{
    BodyMotion, LinearRange, LinearRangeWarning, Motion, SegmentMotion, check_linear_range,
    check_segment_motion, mean_rotation,
};
use crate::assessment::places::{Part, VertebraFaces, VertebraPlaces, near_interface};
use crate::assessment::resorption::{ALL_CASES, shielding_unchecked};
use crate::assessment::shielding::{BonePieces, EnergyPair, assess_shielding};
use crate::assessment::subsidence::{
    Foundation, NearBone, Seat, SubsidenceLimits, VertebralColumn, assess_subsidence,
    foundation_modulus,
};
use crate::assessment::{EndplateRow, Findings, ImplantPart, ImplantRow, Unchecked};
use crate::boundary::{BoundaryError, select_surface};
use crate::case::{BodyId, Case, End, FaceId};
use crate::material::ready::{ReadyMaterial, graft_strength};
use crate::material::strength::Strength;
use crate::mesh::Facet;
use crate::model::BodyRange;
use crate::recovery::column::{ColumnPiece, column_piece};
use crate::recovery::indentation::{FAR_BELOW_MM, indentation};
use crate::recovery::interface::traction_resultant;
use crate::tensor::{Point, Vec3, Voigt, Wrench};

use super::SpineError;
use super::rods::screws;
use super::scene::Scene;
use super::solved::{Solved, SolvedCase, SolvedState};

/// What one run found.
pub struct Found {
    /// The rows.
    pub findings: Findings,
    /// Motion of the intact segments.
    pub motion: Vec<SegmentMotion>,
    /// Bodies outside the linear range.
    pub outside_linear_range: Vec<LinearRangeWarning>,
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
}

impl Solved {
    /// What findings are made of.
    pub fn inputs<'a>(&'a self, case: &'a Case) -> Inputs<'a> {
        Inputs {
            case,
            scene: &self.scene,
            materials: &self.materials,
            states: &self.states,
        }
    }
}

impl Inputs<'_> {
    /// The state that is the reference, where it was solved.
    fn intact(&self) -> Option<&SolvedState> {
        self.states.iter().find(|s| s.built.plan.is_reference())
    }
}

/// All findings of the states at hand, and how they move.
///
/// # Errors
/// Fields that cannot be assessed; an empty surface.
pub fn find(inputs: &Inputs<'_>) -> Result<Found, SpineError> {
    Ok(Found {
        findings: judge(inputs)?,
        motion: inputs
            .intact()
            .map_or_else(Vec::new, |s| segment_motion(inputs, s)),
        outside_linear_range: linear_range(inputs)?,
    })
}

/// Every check of every state but the intact one: a row, or the reason why there is none.
///
/// # Errors
/// Fields that cannot be assessed; an empty surface.
pub fn judge(inputs: &Inputs<'_>) -> Result<Findings, SpineError> {
    let intact = inputs.intact();
    let places = match intact {
        Some(state) => vertebra_places(inputs.case, inputs.scene, state)?,
        None => Vec::new(),
    };
    let mut findings = Findings::default();
    for state in inputs
        .states
        .iter()
        .filter(|s| !s.built.plan.is_reference())
    {
        match intact {
            Some(intact) => shielding(state, intact, &places, &mut findings)?,
            None => no_shielding(inputs.case, state, &mut findings),
        }
        seats(inputs, state, intact, &mut findings)?;
        implant(inputs, state, &mut findings)?;
        fixation(inputs, state, &mut findings)?;
        load_sharing(inputs, state, &mut findings)?;
    }
    Ok(findings)
}

/// Without the intact state no vertebra that stays has a reference.
fn no_shielding(case: &Case, state: &SolvedState, findings: &mut Findings) {
    let stay = case.vertebrae.iter().enumerate();
    let names = stay
        .filter(|(v, _)| !case.is_resected(*v))
        .map(|(_, vertebra)| &vertebra.name);
    findings.not_checked.extend(names.map(|name| Unchecked {
        state: state.name().to_owned(),
        load_case: ALL_CASES.to_owned(),
        check: "stress shielding".to_owned(),
        place: name.clone(),
        reason: "it needs the intact state beside the fused one".to_owned(),
    }));
}

fn shielding(
    state: &SolvedState,
    intact: &SolvedState,
    places: &[VertebraPlaces],
    findings: &mut Findings,
) -> Result<(), SpineError> {
    for place in places {
        let role = BodyId::Vertebra(place.vertebra);
        let (Some(after), Some(before)) = (state.built.body(role), intact.built.body(role)) else {
            continue;
        };
        let energies: Vec<[Vec<f64>; 2]> = state
            .cases
            .iter()
            .zip(&intact.cases)
            .map(|(now, then)| {
                [(now, after), (then, before)]
                    .map(|(case, body)| place.pick(&case.fields.energy_at_points, body))
            })
            .collect();
        let cases: Vec<EnergyPair<'_>> = state
            .cases
            .iter()
            .zip(&energies)
            .map(|(case, [now, then])| EnergyPair {
                load_case: &case.load.name,
                service: case.load.service,
                energy_density: now,
                intact_energy_density: then,
            })
            .collect();
        let bone = BonePieces {
            body: &after.name,
            volume: &place.pieces.iter().map(|p| p.volume).collect::<Vec<_>>(),
            zone: &place.pieces.iter().map(|p| p.zone).collect::<Vec<_>>(),
            density: None,
        };
        let rows = assess_shielding(state.name(), &bone, &cases)?;
        let missing = shielding_unchecked(state.name(), &after.name, &rows, &place.near_loads);
        findings.not_checked.extend(missing);
        findings.stress_shielding.extend(rows);
    }
    Ok(())
}

/// The zones of all vertebrae that stay, in the intact state.
fn vertebra_places(
    case: &Case,
    scene: &Scene,
    intact: &SolvedState,
) -> Result<Vec<VertebraPlaces>, SpineError> {
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
        let [superior, inferior] = endplates(intact, case, id)?;
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
        let screws = screws(case, scene, v)?;
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
fn endplates<'a>(
    state: &'a SolvedState,
    case: &Case,
    body: BodyId,
) -> Result<[&'a [Facet]; 2], BoundaryError> {
    let mesh = &state.built.model.mesh;
    let face = |end| select_surface(mesh, &FaceId { body, end }.name(case));
    Ok([face(End::Superior)?, face(End::Inferior)?])
}

/// Interface traction and subsidence at both ends of the implant.
fn seats(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    intact: Option<&SolvedState>,
    findings: &mut Findings,
) -> Result<(), SpineError> {
    for t in state.implant_seats() {
        let tie = &state.built.model.ties[t];
        let rows: Vec<EndplateRow> = state
            .cases
            .iter()
            .map(|case| {
                assess_endplate(&Interface {
                    state: state.name(),
                    load_case: &case.load.name,
                    name: &tie.name,
                    kind: "traction",
                    points: &case.tractions[t],
                    bone_is_side_a: false,
                    area: tie.area,
                    untied_area: tie.untied_area,
                })
            })
            .collect::<Result<_, _>>()?;
        seat_in_bone(inputs, state, intact, t, &rows, findings)?;
        findings.endplates.extend(rows);
    }
    Ok(())
}

/// Subsidence at one end of the implant, whose pressures are `rows`.
fn seat_in_bone(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    intact: Option<&SolvedState>,
    t: usize,
    rows: &[EndplateRow],
    findings: &mut Findings,
) -> Result<(), SpineError> {
    let case = inputs.case;
    let model = &state.built.model;
    let (tie, on) = (&model.ties[t], state.built.plan.joins[t].faces[1]);
    let (Some(bone), BodyId::Vertebra(v)) = (state.built.body(on.body), on.body) else {
        return Ok(());
    };
    let endplate = format!("{} {}", tie.bodies[1], on.end.word());
    let shift = match state.built.plan.is_moved(case, on.body) {
        true => state.built.lift,
        false => Vec3::zeros(),
    };
    let near = near_interface(model, bone, tie, |p| inputs.scene.is_body(v, &(p - shift)));
    let axis = inputs.scene.frame().axis();
    let column = intact
        .ok_or_else(|| "it needs the intact state".to_owned())
        .and_then(|s| column_stiffness(s, case, on.body, &axis));
    let foundation = foundation(inputs, state, t, rows);
    for (solved, row) in state.cases.iter().zip(rows) {
        let seat = Seat {
            state: state.name(),
            load_case: &solved.load.name,
            endplate: &endplate,
            patch_pressure: patch_pressure(row),
            bone: NearBone {
                volume: &near.volume,
                strain: &near.pick(&solved.fields.strain),
                energy_density: &near.pick(&solved.fields.energy_density),
                modulus: &near.modulus,
            },
            column: column.clone().map(|piece| VertebralColumn {
                height: piece.height,
                stiffness: piece.stiffness,
                compression: -solved.load.wrench.force.dot(&axis),
            }),
            foundation: foundation.clone().map(|modulus| Foundation {
                modulus,
                pressure: row.mean_mpa,
            }),
            modulus: case.bone.cancellous_modulus_mpa.value,
        };
        let (judged, missing) = assess_subsidence(&seat, &limits(case))?;
        findings.subsidence.extend(judged);
        findings.not_checked.extend(missing);
    }
    Ok(())
}

/// The 3 mm peak of an endplate, MPa, or why there is none.
fn patch_pressure(row: &EndplateRow) -> Result<f64, String> {
    let none = || "no disc of 3 mm diameter fits inside the tied face".to_owned();
    row.peak_3mm_mpa.ok_or_else(none)
}

fn limits(case: &Case) -> SubsidenceLimits {
    let given = &case.limits;
    SubsidenceLimits {
        yield_strain: given.yield_strain_percent.map(|percent| percent / 100.0),
        indentation_n: given.indentation_force_n.clone(),
        pistoia_strain: given.effective_strain_microstrain.map(|micro| micro * 1e-6),
        volume_share: given
            .effective_volume_percent
            .map(|percent| percent / 100.0),
        depth_mm: given.subsidence_depth_mm.clone(),
    }
}

/// The service load case without moment that compresses most along the column's axis.
fn axial_case<'a>(state: &'a SolvedState, axis: &Vec3) -> Result<(usize, &'a SolvedCase), String> {
    let compression = |case: &SolvedCase| -case.load.wrench.force.dot(axis);
    let is_axial = |case: &SolvedCase| {
        let Wrench { force, moment } = case.load.wrench;
        case.load.service && moment.norm() <= 1e-6 * force.norm() && compression(case) > 0.0
    };
    let cases = state.cases.iter().enumerate();
    cases
        .filter(|(_, case)| is_axial(case))
        .max_by(|a, b| compression(a.1).total_cmp(&compression(b.1)))
        .ok_or_else(|| "it needs a service load case without moment that compresses".to_owned())
}

/// Height and axial stiffness of a vertebra between its endplates, from the intact state's pure
/// compression.
fn column_stiffness(
    intact: &SolvedState,
    case: &Case,
    body: BodyId,
    axis: &Vec3,
) -> Result<ColumnPiece, String> {
    let (_, solved) = axial_case(intact, axis)?;
    let mesh = &intact.built.model.mesh;
    let displacement = &solved.solution.displacement;
    let piece = endplates(intact, case, body)
        .and_then(|faces| column_piece(mesh, faces, displacement, &solved.load.wrench.force));
    let none = || "no service load case compresses the intact vertebra".to_owned();
    piece.map_err(|e| e.to_string())?.ok_or_else(none)
}

/// Modulus of the foundation under one end of the implant (MPa/mm): mean traction over mean
/// indentation, in pure compression.
fn foundation(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    t: usize,
    rows: &[EndplateRow],
) -> Result<f64, String> {
    let axis = inputs.scene.frame().axis();
    let (i, solved) = axial_case(state, &axis)?;
    let model = &state.built.model;
    let tie = &model.ties[t];
    let bone = state.built.body(state.built.plan.joins[t].faces[1].body);
    let bone = bone.ok_or_else(|| format!("{} is not in the model", tie.bodies[1]))?;
    let radius = inputs
        .scene
        .cage
        .as_ref()
        .map_or(0.0, |c| 0.5 * c.diameter());
    let displacement = &solved.solution.displacement;
    let nodes = bone.nodes.clone();
    let sunk = indentation(&model.mesh, tie, displacement, &axis, nodes, radius);
    let sunk = sunk.ok_or_else(|| {
        let [from, to] = FAR_BELOW_MM;
        format!("no node of the bone lies {from} to {to} mm below the implant")
    })?;
    foundation_modulus(rows[i].mean_mpa, sunk).ok_or_else(|| {
        let load = &solved.load.name;
        format!("under {load} the implant is not pressed into the bone")
    })
}

/// Strength of the implant's regions and of its grafts.
fn implant(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    findings: &mut Findings,
) -> Result<(), SpineError> {
    let case = inputs.case;
    let (Some(implant), Some(cage)) = (&case.implant, &inputs.scene.cage) else {
        return Ok(());
    };
    let model = &state.built.model;
    let Some(body) = state.built.body(BodyId::Implant) else {
        return Ok(());
    };
    for (region, material) in implant.region_materials().into_iter().enumerate() {
        let elements: Vec<usize> = body
            .elements
            .clone()
            .filter(|e| cage.region(&model.mesh.centroid(*e)) == region)
            .collect();
        let material = &inputs.materials[material];
        let name = match region {
            0 => format!("{} ({})", implant.name, material.name),
            k => format!("{} solid part {k} ({})", implant.name, material.name),
        };
        let densities = |e: &usize| model.materials.relative_density[*e];
        let strength = material.local_strength(elements.iter().map(densities));
        let place = (ImplantPart::Implant, name.as_str());
        let metal = (strength, material.name.as_str());
        judge_region(state, place, (&elements, metal), findings)?;
    }
    for (g, graft) in case.grafts.iter().enumerate() {
        let material = &inputs.materials[graft.material];
        let name = format!("{} ({})", graft.name, material.name);
        let body = state.built.body(BodyId::Graft(g));
        let elements: Vec<usize> = body.into_iter().flat_map(|b| b.elements.clone()).collect();
        let strength = graft_strength(case, inputs.materials, graft);
        let place = (ImplantPart::Graft, name.as_str());
        let metal = (strength, material.name.as_str());
        judge_region(state, place, (&elements, metal), findings)?;
    }
    Ok(())
}

/// The rows of one region, or why it has none.
fn judge_region(
    state: &SolvedState,
    place: (ImplantPart, &str),
    (elements, (strength, material)): (&[usize], (Option<Strength>, &str)),
    findings: &mut Findings,
) -> Result<(), SpineError> {
    if let Some(strength) = strength.as_ref().filter(|_| !elements.is_empty()) {
        let rows = region_strength(state, place, elements, strength)?;
        findings.implant.extend(rows);
        return Ok(());
    }
    let missing = state.cases.iter().map(|case| {
        let at = state.at(case);
        match &strength {
            None => no_strength(at, place.1, material),
            Some(_) => Unchecked {
                reason: "no element of the mesh lies in it: the mesh is too coarse for it"
                    .to_owned(),
                ..no_strength(at, place.1, material)
            },
        }
    });
    findings.not_checked.extend(missing);
    Ok(())
}

/// A part whose material has no strength.
fn no_strength((state, load_case): (&str, &str), place: &str, material: &str) -> Unchecked {
    Unchecked {
        state: state.to_owned(),
        load_case: load_case.to_owned(),
        check: "strength".to_owned(),
        place: place.to_owned(),
        reason: format!("its material \"{material}\" has none (`strength_mpa` gives one)"),
    }
}

/// The rows of one region that has elements.
fn region_strength(
    state: &SolvedState,
    (part, name): (ImplantPart, &str),
    elements: &[usize],
    strength: &Strength,
) -> Result<Vec<ImplantRow>, SpineError> {
    let mesh = &state.built.model.mesh;
    let centroid: Vec<Point> = elements.iter().map(|e| mesh.centroid(*e)).collect();
    let volume: Vec<f64> = elements.iter().map(|e| mesh.volume(*e)).collect();
    let place = Region {
        part,
        name,
        centroid: &centroid,
        volume: &volume,
        unit_cell: SMALLEST_CELL,
    };
    let rows = state.cases.iter().map(|case| {
        let stress: Vec<Voigt> = elements.iter().map(|e| case.fields.stress[*e]).collect();
        Ok(assess_implant(state.at(case), &place, &stress, strength)?)
    });
    rows.collect()
}

fn fixation(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    findings: &mut Findings,
) -> Result<(), SpineError> {
    let Some(rods) = &inputs.case.rods else {
        return Ok(());
    };
    let metal = &inputs.materials[rods.material];
    for (r, rod) in state.built.model.rods.iter().enumerate() {
        for case in &state.cases {
            let at = state.at(case);
            match metal.rod_limit(case.load.service) {
                Some(limit) => {
                    let row = assess_rod(at, &rod.name, &case.fixation[r], &limit)?;
                    findings.fixation.push(row);
                }
                None => findings
                    .not_checked
                    .push(no_strength(at, &rod.name, &metal.name)),
            }
        }
    }
    Ok(())
}

fn load_sharing(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    findings: &mut Findings,
) -> Result<(), SpineError> {
    let (Some(implant), Some(cage)) = (&inputs.case.implant, &inputs.scene.cage) else {
        return Ok(());
    };
    let model = &state.built.model;
    let upper = Some(implant.between[0]);
    let mut joins = state.built.plan.joins.iter();
    let Some(t) = joins.position(|join| join.implant_on_bone() == upper) else {
        return Ok(());
    };
    let cut = Cut {
        name: "mid-cage",
        centre: cage.base + 0.5 * cage.height * cage.axis,
        axis: cage.axis,
    };
    let top = cage.base + cage.height * cage.axis;
    for case in &state.cases {
        let mut paths = vec![Path {
            name: &implant.name,
            wrench: traction_resultant(&case.tractions[t], &top),
            at: top,
        }];
        paths.extend(model.rods.iter().zip(&case.fixation).map(|(rod, forces)| {
            let on_upper = forces.on_bodies[1];
            Path {
                name: &rod.name,
                wrench: Wrench {
                    force: -on_upper.force,
                    moment: -on_upper.moment,
                },
                at: rod.ends[1],
            }
        }));
        let rows = assess_load_sharing(state.at(case), &cut, &paths)?;
        findings.load_sharing.extend(rows);
    }
    Ok(())
}

/// Relative rotation of neighbouring vertebrae in the intact state under pure directions.
fn segment_motion(inputs: &Inputs<'_>, intact: &SolvedState) -> Vec<SegmentMotion> {
    let model = &intact.built.model;
    let frame = inputs.scene.frame();
    let mut rows = Vec::new();
    for case in &intact.cases {
        let moment = frame.to_local(&case.load.wrench.moment);
        let Some((motion, axis)) = Motion::asked_for(&moment) else {
            continue;
        };
        let turn = |body: &BodyRange| {
            let range = body.nodes.clone();
            let moved = &case.solution.displacement[range.clone()];
            mean_rotation(&model.mesh.nodes[range], moved)
        };
        for disc in &inputs.case.discs {
            let [upper, lower] = disc.between.map(|v| intact.built.body(BodyId::Vertebra(v)));
            let (Some(a), Some(b)) = (upper, lower) else {
                continue;
            };
            if let (Some(a), Some(b)) = (turn(a), turn(b)) {
                let relative = (a - b).dot(&frame.to_global(&axis));
                rows.push(check_segment_motion(&disc.name, motion, relative));
            }
        }
    }
    rows
}

fn linear_range(inputs: &Inputs<'_>) -> Result<Vec<LinearRangeWarning>, SpineError> {
    let limits = &inputs.case.limits;
    let range = LinearRange {
        rotation_deg: limits.rotation_deg.value,
        strain_percent: limits.strain_percent.value,
    };
    let mut warnings = Vec::new();
    for state in inputs.states {
        let model = &state.built.model;
        for body in &model.bodies {
            let volume: Vec<f64> = body
                .elements
                .clone()
                .map(|e| model.mesh.volume(e))
                .collect();
            for case in &state.cases {
                let motion = BodyMotion {
                    body: &body.name,
                    nodes: &model.mesh.nodes[body.nodes.clone()],
                    displacement: &case.solution.displacement[body.nodes.clone()],
                    volume: &volume,
                    strain: &case.fields.strain[body.elements.clone()],
                };
                let at = state.at(case);
                warnings.extend(check_linear_range(at, &motion, &range)?);
            }
        }
    }
    Ok(warnings)
}

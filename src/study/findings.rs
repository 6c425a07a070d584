//! From solved states to findings: gathers, per row, the plain numbers that `assessment` judges.

use crate::analysis::Solution;
use crate::assessment::endplate::{Interface, assess_endplate};
use crate::assessment::fixation::assess_rod;
use crate::assessment::implant::{Region, SMALLEST_CELL, Strength, assess_implant};
use crate::assessment::load_sharing::{Cut, Path, assess_load_sharing};
use crate::assessment::motion::{
    BodyMotion, LinearRange, LinearRangeWarning, Motion, SegmentMotion, check_linear_range,
    check_segment_motion, mean_rotation,
};
use crate::assessment::shielding::{ALL_CASES, BonePieces, EnergyPair, assess_shielding};
use crate::assessment::subsidence::{
    Foundation, NearBone, Seat, SubsidenceLimits, VertebralColumn, assess_subsidence,
    foundation_modulus,
};
use crate::assessment::verdict::shielding_unchecked;
use crate::assessment::{EndplateRow, Findings, ImplantPart, ImplantRow, Unchecked};
use crate::boundary::{Coupling, LoadCase, select_surface};
use crate::case::{Case, End, State};
use crate::model::BodyRange;
use crate::recovery::interface::{interface_tractions, traction_resultant};
use crate::recovery::rod::rod_forces;
use crate::recovery::{ElementFields, TractionPoint, element_fields};
use crate::tensor::{Point, Vec3, Voigt};

use super::StudyError;
use super::bodies::Role;
use super::materials::{ReadyMaterial, graft_strength};
use super::places::{NearElements, VertebraPlaces, near_interface};
use super::scene::{Scene, solid_materials};
use super::states::{BuiltState, endplate_surface};

/// A solved state with its recovered fields.
pub struct SolvedState {
    /// The state and its model.
    pub built: BuiltState,
    /// Displacements and what the solver said.
    pub solution: Solution,
    /// Fields of each load case.
    pub fields: Vec<ElementFields>,
    /// Tractions of each load case at each tie.
    pub tractions: Vec<Vec<Vec<TractionPoint>>>,
}

impl SolvedState {
    /// Recovers the fields of a solution.
    pub fn recover(built: BuiltState, solution: Solution) -> Self {
        let model = &built.model;
        let fields = solution
            .cases
            .iter()
            .map(|c| element_fields(model, &c.displacement))
            .collect();
        let tractions = solution
            .cases
            .iter()
            .map(|c| {
                let at = |tie| interface_tractions(model, tie, &c.displacement);
                model.ties.iter().map(at).collect()
            })
            .collect();
        Self {
            built,
            solution,
            fields,
            tractions,
        }
    }

    fn name(&self) -> &str {
        &self.built.model.name
    }

    fn load_cases(&self) -> impl Iterator<Item = (usize, &LoadCase)> {
        self.built.model.load_cases.iter().enumerate()
    }

    /// Numbers of the ties between the implant, or its grafts, and bone.
    pub fn implant_seats(&self) -> Vec<usize> {
        let joins = self.built.joins.iter().enumerate();
        joins
            .filter(|(_, join)| join.implant_on_bone().is_some())
            .map(|(t, _)| t)
            .collect()
    }
}

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

impl Inputs<'_> {
    /// The state that is the reference, where it was solved.
    fn intact(&self) -> Option<&SolvedState> {
        self.states.iter().find(|s| s.built.state == State::Intact)
    }
}

/// All findings of the states at hand, and how they move.
///
/// # Errors
/// Fields that cannot be assessed; an empty surface.
pub fn find(inputs: &Inputs<'_>) -> Result<Found, StudyError> {
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
pub fn judge(inputs: &Inputs<'_>) -> Result<Findings, StudyError> {
    let intact = inputs.intact();
    let places = match intact {
        Some(state) => VertebraPlaces::all(inputs.case, inputs.scene, &state.built)?,
        None => Vec::new(),
    };
    let mut findings = Findings::default();
    for state in inputs
        .states
        .iter()
        .filter(|s| s.built.state != State::Intact)
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
) -> Result<(), StudyError> {
    for place in places {
        let role = Role::Vertebra(place.vertebra);
        let (Some(after), Some(before)) = (state.built.body(role), intact.built.body(role)) else {
            continue;
        };
        let energies: Vec<[Vec<f64>; 2]> = state
            .load_cases()
            .map(|(i, _)| {
                [(state, after), (intact, before)]
                    .map(|(s, body)| place.pick(&s.fields[i].energy_at_points, body))
            })
            .collect();
        let cases: Vec<EnergyPair<'_>> = state
            .load_cases()
            .zip(&energies)
            .map(|((_, load), [now, then])| EnergyPair {
                load_case: &load.name,
                service: load.service,
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
        let missing = shielding_unchecked(state.name(), &after.name, &rows);
        findings.not_checked.extend(missing);
        findings.stress_shielding.extend(rows);
    }
    Ok(())
}

/// Interface traction and subsidence at both ends of the implant.
fn seats(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    intact: Option<&SolvedState>,
    findings: &mut Findings,
) -> Result<(), StudyError> {
    let model = &state.built.model;
    let Some(implant) = &inputs.case.implant else {
        return Ok(());
    };
    for t in state.implant_seats() {
        let (tie, on) = (&model.ties[t], state.built.joins[t].seat.on);
        let upper = on == Role::Vertebra(implant.between[0]);
        let end = if upper { End::Inferior } else { End::Superior };
        let rows: Vec<EndplateRow> = state
            .load_cases()
            .map(|(i, load)| {
                assess_endplate(&Interface {
                    state: state.name(),
                    load_case: &load.name,
                    name: &tie.name,
                    kind: "traction",
                    points: &state.tractions[i][t],
                    bone_is_side_a: false,
                    area: tie.area,
                    untied_area: tie.untied_area,
                })
            })
            .collect::<Result<_, _>>()?;
        let Some(bone) = state.built.body(on) else {
            continue;
        };
        let near = near_interface(model, bone, tie, |p| {
            let at = if upper { p - state.built.lift } else { *p };
            inputs
                .scene
                .is_body(implant.between[usize::from(!upper)], &at)
        });
        let judged = JudgedSeat {
            endplate: format!("{} {}", tie.bodies[1], end.word()),
            column: intact
                .ok_or_else(|| "it needs the intact state".to_owned())
                .and_then(|s| column_stiffness(s, &bone.name)),
            foundation: foundation(inputs, state, t, &rows),
            near,
        };
        judged.judge(inputs, state, &rows, findings)?;
        findings.endplates.extend(rows);
    }
    Ok(())
}

/// What the subsidence criteria of one seat need under every load case alike.
struct JudgedSeat {
    endplate: String,
    near: NearElements,
    /// Height and axial stiffness of the intact vertebra, mm and N/mm.
    column: Result<(f64, f64), String>,
    /// Foundation modulus, MPa/mm.
    foundation: Result<f64, String>,
}

impl JudgedSeat {
    fn judge(
        &self,
        inputs: &Inputs<'_>,
        state: &SolvedState,
        rows: &[EndplateRow],
        findings: &mut Findings,
    ) -> Result<(), StudyError> {
        let (case, near) = (inputs.case, &self.near);
        for (i, load) in state.load_cases() {
            let fields = &state.fields[i];
            let axial = -load.wrench.force.dot(&inputs.scene.frame().axis());
            let seat = Seat {
                state: state.name(),
                load_case: &load.name,
                endplate: &self.endplate,
                patch_pressure: patch_pressure(&rows[i]),
                bone: NearBone {
                    volume: &near.volume,
                    strain: &near.pick(&fields.strain),
                    energy_density: &near.pick(&fields.energy_density),
                    modulus: &near.modulus,
                },
                column: self
                    .column
                    .clone()
                    .map(|(height, stiffness)| VertebralColumn {
                        height,
                        stiffness,
                        compression: axial,
                    }),
                foundation: self.foundation.clone().map(|modulus| Foundation {
                    modulus,
                    pressure: rows[i].mean_mpa,
                }),
                modulus: case.bone.cancellous_modulus_mpa.value,
            };
            let (judged, missing) = assess_subsidence(&seat, &limits(case))?;
            findings.subsidence.extend(judged);
            findings.not_checked.extend(missing);
        }
        Ok(())
    }
}

/// The 3 mm peak of an endplate, MPa, or why there is none.
fn patch_pressure(row: &EndplateRow) -> Result<f64, String> {
    match row.peak_3mm_mpa.is_finite() {
        true => Ok(row.peak_3mm_mpa),
        false => Err("no disc of 3 mm diameter fits inside the tied face".to_owned()),
    }
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

/// The service load case with the largest force and no moment.
fn axial_case(state: &SolvedState) -> Result<usize, String> {
    let pure = |load: &LoadCase| load.wrench.moment.norm() <= 1e-6 * load.wrench.force.norm();
    state
        .load_cases()
        .filter(|(_, load)| load.service && pure(load))
        .max_by(|a, b| a.1.wrench.force.norm().total_cmp(&b.1.wrench.force.norm()))
        .map(|(i, _)| i)
        .ok_or_else(|| "it needs a service load case that is a force without moment".to_owned())
}

/// Height (mm) and axial stiffness (N/mm) of a vertebra between its endplates, from the intact
/// state's pure compression.
fn column_stiffness(intact: &SolvedState, vertebra: &str) -> Result<(f64, f64), String> {
    let i = axial_case(intact)?;
    let model = &intact.built.model;
    let displacement = &intact.solution.cases[i].displacement;
    let face = |end: End| -> Result<(Point, Vec3), String> {
        let named = select_surface(&model.mesh, &endplate_surface(vertebra, end));
        let facets = named.map_err(|e| e.to_string())?;
        let (_, centroid) =
            crate::boundary::facet_centroid(&model.mesh, facets).map_err(|e| e.to_string())?;
        let motion = Coupling::on_surface(&model.mesh, facets, centroid)
            .map_err(|e| e.to_string())?
            .mean_motion(displacement);
        Ok((centroid, Vec3::new(motion[0], motion[1], motion[2])))
    };
    let (top, moved_top) = face(End::Superior)?;
    let (bottom, moved_bottom) = face(End::Inferior)?;
    let along = (top - bottom).normalize();
    let shortening = (moved_bottom - moved_top).dot(&along);
    let force = -model.load_cases[i].wrench.force.dot(&along);
    match force > 0.0 && shortening > 0.0 {
        true => Ok(((top - bottom).norm(), force / shortening)),
        false => Err("no service load case compresses the intact vertebra".to_owned()),
    }
}

/// Modulus of the foundation under one end of the implant (MPa/mm): mean traction over mean
/// indentation relative to the bone 10 mm away under the footprint, in pure compression.
fn foundation(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    t: usize,
    rows: &[EndplateRow],
) -> Result<f64, String> {
    const DEPTH_MM: [f64; 2] = [9.0, 11.0];
    let i = axial_case(state)?;
    let model = &state.built.model;
    let tie = &model.ties[t];
    let axis = inputs.scene.frame().axis();
    let displacement = &state.solution.cases[i].displacement;
    let bone = state.built.joins[t].seat.on;
    let bone = state
        .built
        .body(bone)
        .ok_or_else(|| format!("{} is not in the model", tie.bodies[1]))?;
    let area: f64 = tie.points.iter().map(|p| p.area).sum();
    let centre: Vec3 = tie
        .points
        .iter()
        .map(|p| p.area * p.position.coords)
        .sum::<Vec3>()
        / area;
    let outward: Vec3 = tie.points.iter().map(|p| p.area * p.normal).sum::<Vec3>();
    let into_bone = axis * outward.dot(&axis).signum();
    let sunk: f64 = tie
        .points
        .iter()
        .map(|p| {
            let nodes = model.mesh.element(p.elements[1] as usize);
            let shape = crate::element::tet10::shape(&p.barycentric[1]);
            let u: Vec3 = nodes
                .iter()
                .zip(shape)
                .map(|(n, s)| s * displacement[*n as usize])
                .sum();
            p.area * u.dot(&into_bone)
        })
        .sum::<f64>()
        / area;
    let implant = inputs.case.implant.as_ref();
    let radius = implant.map_or(0.0, |i| 0.5 * i.diameter_mm);
    let deep: Vec<f64> = bone
        .nodes
        .clone()
        .filter(|n| {
            let off = model.mesh.nodes[*n].coords - centre;
            let depth = off.dot(&into_bone);
            let across = (off - depth * into_bone).norm();
            (DEPTH_MM[0]..=DEPTH_MM[1]).contains(&depth) && across < radius
        })
        .map(|n| displacement[n].dot(&into_bone))
        .collect();
    if deep.is_empty() {
        return Err(format!(
            "no node of the bone lies {} to {} mm below the implant",
            DEPTH_MM[0], DEPTH_MM[1]
        ));
    }
    let away = deep.iter().sum::<f64>() / deep.len() as f64;
    let modulus = foundation_modulus(rows[i].mean_mpa, sunk - away);
    modulus.ok_or_else(|| {
        let load = &state.built.model.load_cases[i].name;
        format!("under {load} the implant is not pressed into the bone")
    })
}

/// Strength of the implant's regions and of its grafts.
fn implant(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    findings: &mut Findings,
) -> Result<(), StudyError> {
    let case = inputs.case;
    let (Some(implant), Some(cage)) = (&case.implant, &inputs.scene.cage) else {
        return Ok(());
    };
    let model = &state.built.model;
    let Some(body) = state.built.body(Role::Implant) else {
        return Ok(());
    };
    let solids = solid_materials(case);
    let mut regions: Vec<(usize, usize)> = vec![(0, implant.material)];
    regions.extend(solids.iter().enumerate().map(|(k, m)| (k + 1, *m)));
    for (region, material) in regions {
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
        let body = state.built.body(Role::Graft(g));
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
) -> Result<(), StudyError> {
    if let Some(strength) = strength.as_ref().filter(|_| !elements.is_empty()) {
        let rows = region_strength(state, place, elements, strength)?;
        findings.implant.extend(rows);
        return Ok(());
    }
    let missing = state.load_cases().map(|(_, load)| {
        let at = (state.name(), load.name.as_str());
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
) -> Result<Vec<ImplantRow>, StudyError> {
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
    let rows = state.load_cases().map(|(i, load)| {
        let stress: Vec<Voigt> = elements
            .iter()
            .map(|e| state.fields[i].stress[*e])
            .collect();
        let at = (state.name(), load.name.as_str());
        Ok(assess_implant(at, &place, &stress, strength)?)
    });
    rows.collect()
}

fn fixation(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    findings: &mut Findings,
) -> Result<(), StudyError> {
    let Some(section) = &state.built.rod_section else {
        return Ok(());
    };
    let Some(rods) = &inputs.case.rods else {
        return Ok(());
    };
    let metal = &inputs.materials[rods.material];
    for rod in &state.built.model.rods {
        for (i, load) in state.load_cases() {
            let forces = rod_forces(rod, section, &state.solution.cases[i].displacement);
            let at = (state.name(), load.name.as_str());
            match metal.rod_limit(load.service) {
                Some(limit) => findings
                    .fixation
                    .push(assess_rod(at, &rod.name, &forces, &limit)?),
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
) -> Result<(), StudyError> {
    let (Some(implant), Some(cage)) = (&inputs.case.implant, &inputs.scene.cage) else {
        return Ok(());
    };
    let model = &state.built.model;
    let upper = Some(implant.between[0]);
    let mut joins = state.built.joins.iter();
    let Some(t) = joins.position(|join| join.implant_on_bone() == upper) else {
        return Ok(());
    };
    let cut = Cut {
        name: "mid-cage",
        centre: cage.base + 0.5 * cage.height * cage.axis,
        axis: cage.axis,
    };
    for (i, load) in state.load_cases() {
        let top = cage.base + cage.height * cage.axis;
        let mut paths = vec![Path {
            name: &implant.name,
            wrench: traction_resultant(&state.tractions[i][t], &top),
            at: top,
        }];
        if let Some(section) = &state.built.rod_section {
            for rod in &model.rods {
                let forces = rod_forces(rod, section, &state.solution.cases[i].displacement);
                let on_upper = forces.on_bodies[1];
                paths.push(Path {
                    name: &rod.name,
                    wrench: crate::tensor::Wrench {
                        force: -on_upper.force,
                        moment: -on_upper.moment,
                    },
                    at: rod.ends[1],
                });
            }
        }
        let at = (state.name(), load.name.as_str());
        findings
            .load_sharing
            .extend(assess_load_sharing(at, &cut, &paths)?);
    }
    Ok(())
}

/// Relative rotation of neighbouring vertebrae in the intact state under pure directions.
fn segment_motion(inputs: &Inputs<'_>, intact: &SolvedState) -> Vec<SegmentMotion> {
    let model = &intact.built.model;
    let frame = inputs.scene.frame();
    let mut rows = Vec::new();
    for (i, load) in intact.load_cases() {
        let moment = frame.to_local(&load.wrench.moment);
        let Some((motion, axis)) = direction(&moment) else {
            continue;
        };
        let turn = |body: &BodyRange| {
            let range = body.nodes.clone();
            let moved = &intact.solution.cases[i].displacement[range.clone()];
            mean_rotation(&model.mesh.nodes[range], moved)
        };
        for disc in &inputs.case.discs {
            let [upper, lower] = disc.between.map(|v| intact.built.body(Role::Vertebra(v)));
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

/// The motion a pure moment of 7.5 N·m asks for, with its axis in the column frame; `None` for
/// other loads, extension included (the published bands are totals of both ways, halved).
fn direction(moment: &Vec3) -> Option<(Motion, Vec3)> {
    const PUBLISHED_NMM: f64 = 7500.0;
    let along = |axis: Vec3| {
        (moment.dot(&axis) - PUBLISHED_NMM).abs() < 1e-6 * PUBLISHED_NMM
            && (moment - axis * moment.dot(&axis)).norm() < 1e-6 * PUBLISHED_NMM
    };
    [
        (Motion::Flexion, Vec3::y()),
        (Motion::LateralBending, Vec3::x()),
        (Motion::AxialRotation, Vec3::z()),
    ]
    .into_iter()
    .find(|(_, axis)| along(*axis))
}

fn linear_range(inputs: &Inputs<'_>) -> Result<Vec<LinearRangeWarning>, StudyError> {
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
            for (i, load) in state.load_cases() {
                let motion = BodyMotion {
                    body: &body.name,
                    nodes: &model.mesh.nodes[body.nodes.clone()],
                    displacement: &state.solution.cases[i].displacement[body.nodes.clone()],
                    volume: &volume,
                    strain: &state.fields[i].strain[body.elements.clone()],
                };
                let at = (state.name(), load.name.as_str());
                warnings.extend(check_linear_range(at, &motion, &range)?);
            }
        }
    }
    Ok(warnings)
}

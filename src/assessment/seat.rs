//! The seats of implants as the criteria of subsidence see them: pressure, the bone near them, the
//! vertebra as a column, the bone as a foundation.

use super::criterion::SubsidenceRow;
use super::endplate::EndplateRow;
use super::error::AssessmentError;
use super::inputs::{Checked, Inputs, endplate_faces};
use super::places::near_interface;
use super::subsidence::{
    Foundation, NearBone, Seat, SubsidenceLimits, VertebralColumn, assess_subsidence,
    foundation_modulus,
};
use crate::case::{BodyId, Case};
use crate::recovery::column::{ColumnPiece, column_piece};
use crate::recovery::indentation::{FAR_BELOW_MM, indentation};
use crate::recovery::solved::{SolvedCase, SolvedState};
use crate::tensor::{Vec3, Wrench};

/// Subsidence at every seat of the implants in a state.
///
/// # Errors
/// Strains and pressures that cannot be.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<SubsidenceRow>, AssessmentError> {
    let mut checked = Checked::default();
    for t in state.implant_seats() {
        seat_in_bone(inputs, state, t, &mut checked)?;
    }
    Ok(checked)
}

/// Subsidence at one end of an implant: the tie of number `t`.
fn seat_in_bone(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    t: usize,
    checked: &mut Checked<SubsidenceRow>,
) -> Result<(), AssessmentError> {
    let case = inputs.case;
    let model = &state.built.model;
    let (tie, [of, on]) = (&model.ties[t], state.built.plan.joins[t].faces);
    let (Some(bone), BodyId::Vertebra(v)) = (state.built.body(on.body), on.body) else {
        return Ok(());
    };
    let endplate = format!("{} {}", tie.bodies[1], on.end.word());
    let shift = inputs.scene.lift(case, &state.built.plan, on.body);
    let near = near_interface(model, bone, tie, |p| inputs.scene.is_body(v, &(p - shift)));
    let axis = inputs.scene.frame().axis();
    let column = inputs
        .intact()
        .ok_or_else(|| "it needs the intact state".to_owned())
        .and_then(|s| column_stiffness(s, case, on.body, &axis));
    let foundation = match of.body.implant(case) {
        Some(implant) => foundation(inputs, state, (implant, t)),
        None => return Ok(()),
    };
    for solved in &state.cases {
        let Some(row) = inputs.seat(state.at(solved), &tie.name) else {
            continue;
        };
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
        checked.rows.extend(judged);
        checked.not_checked.extend(missing);
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
fn axial_case<'a>(state: &'a SolvedState, axis: &Vec3) -> Result<&'a SolvedCase, String> {
    let compression = |case: &SolvedCase| -case.load.wrench.force.dot(axis);
    let is_axial = |case: &SolvedCase| {
        let Wrench { force, moment } = case.load.wrench;
        case.load.service && moment.norm() <= 1e-6 * force.norm() && compression(case) > 0.0
    };
    let cases = state.cases.iter().filter(|case| is_axial(case));
    cases
        .max_by(|a, b| compression(a).total_cmp(&compression(b)))
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
    let solved = axial_case(intact, axis)?;
    let mesh = &intact.built.model.mesh;
    let displacement = &solved.solution.displacement;
    let piece = endplate_faces(intact, case, body)
        .and_then(|faces| column_piece(mesh, faces, displacement, &solved.load.wrench.force));
    let none = || "no service load case compresses the intact vertebra".to_owned();
    piece.map_err(|e| e.to_string())?.ok_or_else(none)
}

/// Modulus of the foundation under one end of the implant (MPa/mm): mean traction over mean
/// indentation, in pure compression.
fn foundation(
    inputs: &Inputs<'_>,
    state: &SolvedState,
    (implant, t): (usize, usize),
) -> Result<f64, String> {
    let axis = inputs.scene.frame().axis();
    let solved = axial_case(state, &axis)?;
    let model = &state.built.model;
    let tie = &model.ties[t];
    let bone = state.built.body(state.built.plan.joins[t].faces[1].body);
    let bone = bone.ok_or_else(|| format!("{} is not in the model", tie.bodies[1]))?;
    let radius = inputs.scene.cages[implant].half_width();
    let displacement = &solved.solution.displacement;
    let nodes = bone.nodes.clone();
    let sunk = indentation(&model.mesh, tie, displacement, &axis, nodes, radius);
    let sunk = sunk.ok_or_else(|| {
        let [from, to] = FAR_BELOW_MM;
        format!("no node of the bone lies {from} to {to} mm below the implant")
    })?;
    let row = inputs.seat(state.at(solved), &tie.name);
    let mean = row.ok_or("nothing presses on it")?.mean_mpa;
    foundation_modulus(mean, sunk).ok_or_else(|| {
        let load = &solved.load.name;
        format!("under {load} the implant is not pressed into the bone")
    })
}

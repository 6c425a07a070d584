//! The band of the cancellous modulus, solved: every state again at the low and at the high end,
//! with only that modulus changed, judged by the same checks.

use crate::analysis::{AnalysisSettings, solve};
use crate::assessment::Findings;
use crate::assessment::inputs::Inputs;
use crate::case::{BodyId, Case};
use crate::material::MaterialField;
use crate::model::state::StateError;
use crate::progress::Progress;
use crate::recovery::solved::SolvedState;

use super::SpineError;
use super::anatomical::body_materials;
use super::bodies::MeshedBody;
use super::placed;

/// The findings at both ends of the band; none where the band is the modulus itself.
///
/// # Errors
/// A modulus that gives no stable model, a solver that fails.
pub fn solve_ends(
    inputs: &Inputs<'_>,
    bodies: &[MeshedBody],
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Vec<Findings>, SpineError> {
    let own = inputs.case.bone.cancellous_modulus_mpa.value;
    let ends = inputs.case.bone.cancellous_band_mpa.value.into_iter();
    ends.filter(|modulus| *modulus != own)
        .map(|modulus| {
            progress.note(&format!(
                "cancellous modulus {modulus} MPa instead of {own} MPa"
            ));
            at_modulus(inputs, bodies, modulus, settings, progress)
        })
        .collect()
}

fn at_modulus(
    inputs: &Inputs<'_>,
    bodies: &[MeshedBody],
    modulus: f64,
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Findings, SpineError> {
    let mut case = inputs.case.clone();
    case.bone.cancellous_modulus_mpa.value = modulus;
    let mut states = Vec::with_capacity(inputs.states.len());
    for state in inputs.states {
        let fields = fields(&case, inputs, bodies, state)?;
        let built = state.built.with_materials(&fields)?;
        let solution = solve(&built.model, settings, progress)
            .map_err(|e| placed::analysis(&case, &built.model.name, e))?;
        states.push(SolvedState::recover(built, solution).map_err(StateError::from)?);
    }
    let inputs = Inputs::new(&case, inputs.scene, inputs.materials, &states)?;
    Ok(Findings::of(&inputs)?)
}

/// Materials of a state's bodies, the bones made anew.
fn fields(
    case: &Case,
    inputs: &Inputs<'_>,
    bodies: &[MeshedBody],
    state: &SolvedState,
) -> Result<Vec<MaterialField>, SpineError> {
    let present = state.built.plan.present.iter();
    let meshed = present.filter_map(|role| bodies.iter().find(|b| b.role == *role));
    meshed
        .map(|body| match body.role {
            BodyId::Vertebra(_) => {
                body_materials(case, inputs.scene, inputs.materials, body.role, &body.mesh)
            }
            _ => Ok(body.materials.clone()),
        })
        .collect()
}

//! Reactions from the unreduced rows, and whether they balance the load.

use super::{AnalysisError, check};
use crate::assembly::Operator;
use crate::boundary::LoadCase;
use crate::model::Model;
use crate::tensor::{Point, Vec3, Wrench};

/// Sum of the reactions about the loaded face's reference point, and the relative imbalance.
///
/// The reaction at a fixed dof is internal force less applied force there, the internal force
/// being summed element by element. The imbalance is the larger of |F + R| and |M + M_R|/L over
/// the larger of |F|, |M|/L and Σ|r|, with L the largest distance of a load or support from the
/// reference point.
pub(super) fn reactions(
    model: &Model,
    operator: &Operator,
    case: &LoadCase,
    displacement: &[Vec3],
) -> Result<(Wrench, f64), AnalysisError> {
    let mut internal = operator
        .forces(displacement)
        .map_err(|e| check::at_body(model, e))?;
    for (n, f) in &case.forces {
        internal[*n as usize] -= f;
    }
    let mut at_support = vec![Vec3::zeros(); internal.len()];
    for support in &model.supports {
        let (n, a) = (support.node as usize, support.axis as usize);
        at_support[n][a] = internal[n][a];
    }
    let reference = model
        .loaded_face
        .as_ref()
        .map_or_else(Point::origin, |face| face.reference);
    let held = at_support
        .iter()
        .enumerate()
        .filter(|(_, f)| **f != Vec3::zeros())
        .map(|(n, f)| (n as u32, *f));
    let reaction = resultant(model, &reference, held.clone());
    let applied = resultant(model, &reference, case.forces.iter().copied());
    let length = held
        .clone()
        .chain(case.forces.iter().copied())
        .map(|(n, _)| (model.mesh.nodes[n as usize] - reference).norm())
        .fold(f64::MIN_POSITIVE, f64::max);
    let sum: f64 = held.map(|(_, f)| f.norm()).sum();
    let scale = sum
        .max(applied.force.norm())
        .max(applied.moment.norm() / length);
    let force = (applied.force + reaction.force).norm();
    let moment = (applied.moment + reaction.moment).norm() / length;
    // A NaN must not pass as balance.
    let gap = if moment > force { moment } else { force };
    let imbalance = if scale == 0.0 { gap } else { gap / scale };
    Ok((reaction, imbalance))
}

fn resultant(
    model: &Model,
    reference: &Point,
    forces: impl Iterator<Item = (u32, Vec3)>,
) -> Wrench {
    let mut sum = Wrench {
        force: Vec3::zeros(),
        moment: Vec3::zeros(),
    };
    for (n, f) in forces {
        sum.force += f;
        sum.moment += (model.mesh.nodes[n as usize] - reference).cross(&f);
    }
    sum
}

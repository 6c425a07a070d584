//! A column of vertebrae: levels stacked from the top down at their disc heights.
//!
//! The two endplates at a disc are parallel and their middles lie above one another along their
//! normal, so that the wedge of each body bends the column as it does in life. The middle body of
//! the stack stands upright. Disc heights are measured between the planes of the rims; the hollows
//! come on top. Must not know elements or materials.

use std::sync::Arc;

use nalgebra::Translation3;

use crate::anatomy::AnatomyError;
use crate::anatomy::body_end::Placement;
use crate::anatomy::level::Level;
use crate::anatomy::morphometry::disc_height;
use crate::anatomy::vertebra::Vertebra;

/// Stacks `levels` from the top down; `heights` are the discs' heights in mm between them, by the
/// table where `None`. The middle level (the upper of two) stands upright at the origin.
///
/// # Errors
/// [`AnatomyError::EmptyColumn`], [`AnatomyError::NotAdjacent`], [`AnatomyError::NoData`].
pub fn stack(
    levels: &[Level],
    heights: &[Option<f64>],
) -> Result<Vec<Arc<Vertebra>>, AnatomyError> {
    if levels.is_empty() {
        return Err(AnatomyError::EmptyColumn);
    }
    let mut placements = vec![Placement::identity()];
    for (k, pair) in levels.windows(2).enumerate() {
        let height = match heights.get(k).copied().flatten() {
            Some(height) if pair[0].below() == Some(pair[1]) => height,
            _ => disc_height(pair[0], pair[1])?.mm,
        };
        let above = Vertebra::parametric(pair[0], placements[k])?;
        let below = Vertebra::parametric(pair[1], Placement::identity())?;
        let drop = Translation3::new(0.0, 0.0, -height);
        placements.push(above.lower_endplate() * drop * below.upper_endplate().inverse());
    }
    let upright = placements[(levels.len() - 1) / 2].inverse();
    levels
        .iter()
        .zip(&placements)
        .map(|(level, placement)| Ok(Arc::new(Vertebra::parametric(*level, upright * placement)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Aabb, Field};
    use crate::tensor::{Point, Vec3};

    /// The smallest max(f, g) found by splitting boxes that may hold a smaller one than `enough`:
    /// half the gap between two solids.
    fn half_gap(f: &dyn Field, g: &dyn Field, cell: Aabb, enough: f64) -> (f64, Point) {
        let centre = nalgebra::center(&cell.min, &cell.max);
        let value = f.value(&centre).max(g.value(&centre));
        let radius = 0.5 * cell.size().norm();
        // 1.2 for fields that grow a little faster than distance.
        if value < enough || value > enough + 1.2 * radius || radius < 0.05 {
            return (value, centre);
        }
        let mut worst = (f64::INFINITY, centre);
        for k in 0..8 {
            let mut part = cell;
            for axis in 0..3 {
                if k >> axis & 1 == 0 {
                    part.max[axis] = centre[axis];
                } else {
                    part.min[axis] = centre[axis];
                }
            }
            let found = half_gap(f, g, part, enough);
            if found.0 < worst.0 {
                worst = found;
            }
            if worst.0 < enough {
                break;
            }
        }
        worst
    }

    #[test]
    fn neighbours_keep_a_gap_of_at_least_0_3_mm() {
        let mut close = Vec::new();
        for pair in Level::ALL[1..].windows(2) {
            let stack = stack(pair, &[]).unwrap();
            let (upper, lower) = (&stack[0], &stack[1]);
            let common = upper.bounds().intersection(&lower.bounds());
            let (half, place) = half_gap(upper.as_ref(), lower.as_ref(), common, 0.15);
            if half < 0.15 {
                let at = lower.placement().inverse() * place;
                close.push(format!("{} to {}: {half:.2} at {at:.1?}", pair[0], pair[1]));
            }
        }
        assert!(close.is_empty(), "{}", close.join("\n"));
    }

    #[test]
    fn facing_endplates_are_parallel_at_the_discs_height() {
        let stack = stack(&[Level::T5, Level::T6, Level::T7], &[None, Some(4.0)]).unwrap();
        let upright = stack[1].placement();
        assert!((upright.translation.vector).norm() < 1e-12 && upright.rotation.angle() < 1e-12);
        for (pair, wanted) in stack.windows(2).zip([3.1, 4.0]) {
            let (above, below) = (pair[0].lower_endplate(), pair[1].upper_endplate());
            let gap = below.inverse() * above;
            assert!((gap.translation.vector - Vec3::new(0.0, 0.0, wanted)).norm() < 1e-9);
            assert!(gap.rotation.angle() < 1e-9);
        }
        // Thoracic bodies are lower in front: the column bends forward.
        let up = stack[0].upper_endplate() * Vec3::z();
        assert!(up.x > 0.0 && stack[2].lower_endplate().rotation.angle() > 0.0);
    }

    #[test]
    fn gaps_and_empty_columns_are_refused() {
        assert!(matches!(
            stack(&[Level::T5, Level::T7], &[]),
            Err(AnatomyError::NotAdjacent { .. })
        ));
        assert!(matches!(stack(&[], &[]), Err(AnatomyError::EmptyColumn)));
    }
}

//! A column of vertebrae: levels stacked from the top down at their disc heights.
//!
//! The two endplates at a disc are parallel and their middles lie above one another along their
//! normal, so that the wedge of each body bends the column as it does in life. The middle body of
//! the stack stands upright. Disc heights are measured between the planes of the rims; the hollows
//! come on top. Must not know elements or materials.

use std::sync::Arc;

use nalgebra::Translation3;

use crate::anatomy::AnatomyError;
use crate::anatomy::morphometry::{Level, disc_height};
use crate::anatomy::vertebra::{Placement, Vertebra};

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

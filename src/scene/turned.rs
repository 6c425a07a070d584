//! How a bone would have to be turned to be like its level: for messages on one that is not.

use nalgebra::Matrix3;
use rayon::prelude::*;

use crate::anatomy::Level;
use crate::anatomy::landmarks::{NamedPlaces, VertebraSurface, find_column};
use crate::anatomy::morphometry::{Morphometry, morphometry};
use crate::anatomy::plausible::unlike_ends;
use crate::case::bodies::axes_words;
use crate::case::{Vertebra, VertebraShape};
use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
use crate::geometry::{Field, SizeField, TriSurface};

/// Edge lengths of the surfaces on which landmarks are found, mm: the finer where the column axis does
/// not settle on the coarser, as on the small endplates of the neck.
pub(super) const ROUGH_EDGES_MM: [f64; 2] = [2.0, 1.0];

/// The morphometry of a vertebra's level, where it has one.
pub(super) fn level(vertebra: &Vertebra) -> Option<Morphometry> {
    let level: Level = vertebra.level.as_deref()?.parse().ok()?;
    morphometry(level).ok()
}

/// The axes with which a measured bone is like its level, in words; `None` where no quarter turns make it
/// so, or its level is not known. `bone` is its solid as its axes have it.
pub(super) fn likelier_axes(vertebra: &Vertebra, bone: &dyn Field) -> Option<String> {
    let VertebraShape::Surface(file) = &vertebra.shape else {
        return None;
    };
    let level = level(vertebra)?;
    let turn = ROUGH_EDGES_MM.into_iter().find_map(|edge| {
        let size = SizeField::uniform(edge);
        let rough = polygonise(bone, &size, &PolygoniseSettings::default()).ok()?;
        let like = (quarter_turns().into_par_iter())
            .filter_map(|turn| Some((endplate_area(&level, &rough, &turn)?, turn)));
        let largest = like.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(largest.1)
    })?;
    let axes = axes_words(&(turn * file.axes));
    Some(format!("with `{axes}` it is like a {}", level.level))
}

/// The area of a turned bone's endplates, mm², where they are those of its level.
fn endplate_area(level: &Morphometry, rough: &TriSurface, turn: &Matrix3<f64>) -> Option<f64> {
    let surface = TriSurface {
        vertices: rough.vertices.iter().map(|p| turn * p).collect(),
        ..rough.clone()
    };
    let alone = VertebraSurface {
        name: "",
        surface: &surface,
        steps: 0.0,
        disc_above: None,
        disc_below: None,
        named: NamedPlaces::default(),
    };
    let found = find_column(&[alone], "", "").ok()?.vertebrae.pop()?;
    let is_like = unlike_ends(level, &found, &surface).is_empty();
    is_like.then_some(found.superior.area + found.inferior.area)
}

/// All turns by right angles but the one that turns nothing.
fn quarter_turns() -> Vec<Matrix3<f64>> {
    const ORDERS: [[usize; 3]; 6] = [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
        [0, 2, 1],
        [2, 1, 0],
        [1, 0, 2],
    ];
    let all = ORDERS.iter().flat_map(|order| {
        (0..8).map(move |signs| {
            let mut turn = Matrix3::zeros();
            for (row, column) in order.iter().enumerate() {
                turn[(row, *column)] = if signs >> row & 1 == 1 { -1.0 } else { 1.0 };
            }
            turn
        })
    });
    all.filter(|turn| turn.determinant() > 0.0 && *turn != Matrix3::identity())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_23_turns_and_none_mirrors() {
        let turns = quarter_turns();
        assert_eq!(turns.len(), 23);
        for (n, turn) in turns.iter().enumerate() {
            assert_eq!(turn * turn.transpose(), Matrix3::identity());
            assert!(!turns[..n].contains(turn));
        }
    }
}

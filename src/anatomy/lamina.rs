//! Where the laminae are: the bone behind the canal, half-way to the side, that hooks and cables hold.
//!
//! Rays from the middle of the canal, half-way between backwards and sideways, at all heights of the
//! body: the lamina is crossed where the bone on the way is thickest up and down, that is where its
//! deepest point lies deepest. Must not know elements.

use super::AnatomyError;
use super::landmarks::VertebraLandmarks;
use super::pedicle::{Frame, Side};
use crate::geometry::Field;
use crate::tensor::Point;

/// Directions of the rays, degrees from straight back.
const ANGLES_DEG: [f64; 3] = [35.0, 45.0, 55.0];
/// Spacing of heights and of steps along a ray, mm.
const STEP_MM: f64 = 0.5;
/// How far bone is sought behind the middle of the canal, mm.
const REACH_MM: f64 = 40.0;
/// Bone thinner than this holds nothing, mm.
const LEAST_MM: f64 = 2.0;

/// Where a ray enters the lamina from the canal and where it leaves it behind, mm.
///
/// # Errors
/// [`AnatomyError::NoLamina`] where no bone lies there, or no canal was found.
pub fn lamina(
    field: &dyn Field,
    marks: &VertebraLandmarks,
    side: Side,
) -> Result<[Point; 2], AnatomyError> {
    let none = || AnatomyError::NoLamina {
        vertebra: marks.name.clone(),
        side: side.word(),
    };
    let frame = Frame::of(marks, side).ok_or_else(none)?;
    let canal = marks.canal.ok_or_else(none)?;
    let half = 0.5 * (marks.superior.centroid - marks.inferior.centroid).norm();
    let count = (half / STEP_MM).ceil() as i32;
    let mut deepest: Option<(f64, [Point; 2])> = None;
    for angle in ANGLES_DEG.map(f64::to_radians) {
        let along = frame.out * angle.sin() - frame.forward * angle.cos();
        for k in -count..=count {
            let from = canal + frame.up * (f64::from(k) * STEP_MM);
            let inside = |p: &Point| field.value(p) < 0.0;
            let steps =
                (1..(REACH_MM / STEP_MM) as i32).map(|s| from + along * (f64::from(s) * STEP_MM));
            let crossed: Vec<Point> = steps
                .skip_while(|p| !inside(p))
                .take_while(inside)
                .collect();
            let (Some(first), Some(last)) = (crossed.first(), crossed.last()) else {
                continue;
            };
            if (last - first).norm() < LEAST_MM {
                continue;
            }
            let depth = -field.value(&nalgebra::center(first, last));
            if deepest.is_none_or(|(d, _)| depth > d) {
                deepest = Some((depth, [*first, *last]));
            }
        }
    }
    deepest.map(|(_, ends)| ends).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::landmarks::{VertebraSurface, find_column};
    use crate::anatomy::{Level, column};
    use crate::geometry::SizeField;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};

    #[test]
    fn laminae_of_made_vertebrae_lie_behind_the_canal_on_their_sides_and_mirror_each_other() {
        let stack = column::stack(&[Level::T7, Level::T8, Level::T9], &[]).unwrap();
        let surfaces = [0, 2].map(|v: usize| {
            let size = SizeField::uniform(2.5);
            polygonise(stack[v].as_ref(), &size, &PolygoniseSettings::default()).unwrap()
        });
        let chain = [("T7", &surfaces[0]), ("T9", &surfaces[1])];
        let chain = chain.map(|(name, surface)| VertebraSurface {
            name,
            surface,
            steps: 0.0,
            disc_above: None,
            disc_below: None,
            named: Default::default(),
        });
        let marks = find_column(&chain, "T7", "T9").unwrap().vertebrae;
        for (v, marks) in [&stack[0], &stack[2]].into_iter().zip(&marks) {
            let place = |side| {
                let [inner, outer] = lamina(v.as_ref(), marks, side).unwrap();
                v.placement().inverse() * nalgebra::center(&inner, &outer)
            };
            let (left, right) = (place(Side::Left), place(Side::Right));
            let canal = v.placement().inverse() * marks.canal.unwrap();
            assert!(left.x < canal.x - 4.0 && left.y > 3.0, "{left} {canal}");
            let mirrored = Point::new(right.x, -right.y, right.z);
            assert!((mirrored - left).norm() < 2.5, "{left} {right}");
        }
        let mut blind = marks[0].clone();
        blind.canal = None;
        let text = lamina(stack[0].as_ref(), &blind, Side::Right)
            .unwrap_err()
            .to_string();
        assert!(text.contains("T7") && text.contains("right"), "{text}");
    }
}

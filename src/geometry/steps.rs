//! Surfaces made of steps: the outside of voxels, whose faces lie along x, y and z alone.

use super::TriSurface;
use crate::tensor::Vec3;

/// Share of the area that must lie along the axes.
const ALONG_AXES: f64 = 0.95;
/// cos of the largest angle to an axis that still lies along it.
const PARALLEL: f64 = 0.9999;
/// Fewer levels along an axis are those of a box or a bracket.
const LEAST_LEVELS: usize = 6;
/// Levels nearer than this share of the surface's size are one.
const ONE_LEVEL: f64 = 1e-6;

/// The height of the steps that a surface is made of, in its unit: the middle one of the distances between
/// neighbouring levels. `None` for a surface of any other make.
pub fn step_height(surface: &TriSurface) -> Option<f64> {
    let mut levels: [Vec<f64>; 3] = Default::default();
    let (mut whole, mut along, mut size) = (0.0, 0.0, 0.0_f64);
    for t in 0..surface.triangles.len() {
        let [a, b, c] = surface.corners(t);
        let normal: Vec3 = (b - a).cross(&(c - a));
        let (area, axis) = (normal.norm(), normal.iamax());
        whole += area;
        size = size.max((b - a).amax()).max(a.coords.amax());
        if area > 0.0 && normal[axis].abs() >= PARALLEL * area {
            along += area;
            levels[axis].push(a[axis]);
        }
    }
    if along < ALONG_AXES * whole || whole == 0.0 {
        return None;
    }
    let mut gaps = Vec::new();
    for levels in &mut levels {
        levels.sort_by(f64::total_cmp);
        levels.dedup_by(|next, kept| *next - *kept <= ONE_LEVEL * size);
        if levels.len() < LEAST_LEVELS {
            return None;
        }
        gaps.extend(levels.windows(2).map(|pair| pair[1] - pair[0]));
    }
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Point;

    /// A pyramid of square slabs, each `height` high and smaller than the one below; turned by `angle`
    /// about z.
    fn pyramid(height: f64, angle: f64) -> TriSurface {
        let mut surface = TriSurface {
            vertices: Vec::new(),
            triangles: Vec::new(),
            sharp_edges: Default::default(),
        };
        let (sin, cos) = angle.sin_cos();
        for slab in 0..8 {
            let half = 10.0 - f64::from(slab) * height;
            let low = f64::from(slab) * height;
            let first = surface.vertices.len() as u32;
            for k in 0..8 {
                let side = |bit: u32| if k >> bit & 1 == 1 { half } else { -half };
                let z = low + if k >> 2 & 1 == 1 { height } else { 0.0 };
                let (x, y) = (side(0), side(1));
                surface
                    .vertices
                    .push(Point::new(cos * x - sin * y, sin * x + cos * y, z));
            }
            let faces = [
                [0, 2, 3, 1],
                [4, 5, 7, 6],
                [0, 1, 5, 4],
                [1, 3, 7, 5],
                [3, 2, 6, 7],
                [2, 0, 4, 6],
            ];
            for face in faces {
                let [a, b, c, d] = face.map(|k| first + k);
                surface.triangles.extend([[a, b, c], [a, c, d]]);
            }
        }
        surface
    }

    #[test]
    fn steps_are_told_by_their_height_and_nothing_else_is_steps() {
        for height in [0.5, 1.2] {
            let found = step_height(&pyramid(height, 0.0)).unwrap();
            assert!((found - height).abs() < 1e-9, "{found}");
        }
        assert_eq!(step_height(&pyramid(1.2, 0.1)), None);
        let mut bracket = pyramid(1.2, 0.0);
        bracket.triangles.truncate(2 * 12);
        assert_eq!(step_height(&bracket), None);
    }
}

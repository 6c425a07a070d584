//! Shape functions and their slopes in natural coordinates.
//!
//! Linear: products of the polyhedron's linear functions. Quadratic, with nodes in the middles of
//! edges only (serendipity): on a hexahedron with corner (a, b, c) in ±1
//! N = ⅛ (1 + aξ)(1 + bη)(1 + cζ)(aξ + bη + cζ − 2), in the middle of an edge along ξ
//! ¼ (1 − ξ²)(1 + bη)(1 + cζ); on a wedge ½ L [(2L − 1)(1 + cζ) − (1 − ζ²)] at corners,
//! 2 LᵢLⱼ (1 + cζ) on the triangles' edges and L (1 − ζ²) between them.

use super::topology::{EDGES, HEXAHEDRON_CORNERS, HEXAHEDRON_EDGES, MOST_NODES};
use crate::tensor::Vec3;

/// Values of the shape functions and slopes in natural coordinates; zero past the element's nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shapes {
    /// Values.
    pub values: [f64; MOST_NODES],
    /// Slopes ∂N/∂(natural coordinates).
    pub slopes: [Vec3; MOST_NODES],
}

impl Shapes {
    fn zero() -> Self {
        Self {
            values: [0.0; MOST_NODES],
            slopes: [Vec3::zeros(); MOST_NODES],
        }
    }

    fn set(&mut self, node: usize, (value, slope): (f64, Vec3)) {
        self.values[node] = value;
        self.slopes[node] = slope;
    }
}

/// A function and its gradient.
type Function = (f64, Vec3);

fn times(a: Function, b: Function) -> Function {
    (a.0 * b.0, a.0 * b.1 + b.0 * a.1)
}

fn scaled(factor: f64, a: Function) -> Function {
    (factor * a.0, factor * a.1)
}

/// 1 + sign·x along an axis.
fn line(sign: f64, axis: usize, at: &[f64; 3]) -> Function {
    (1.0 + sign * at[axis], Vec3::ith(axis, sign))
}

/// 1 − x² along an axis.
fn bubble(axis: usize, at: &[f64; 3]) -> Function {
    (1.0 - at[axis] * at[axis], Vec3::ith(axis, -2.0 * at[axis]))
}

/// L₀, L₁, L₂ and, with `count` 4, L₃.
fn barycentric(at: &[f64; 3], count: usize) -> [Function; 4] {
    let mut l = [(0.0, Vec3::zeros()); 4];
    l[0] = (1.0, Vec3::zeros());
    for axis in 0..count - 1 {
        l[axis + 1] = (at[axis], Vec3::ith(axis, 1.0));
        l[0].0 -= at[axis];
        l[0].1[axis] = -1.0;
    }
    l
}

pub(super) fn tetrahedron(at: [f64; 3], quadratic: bool) -> Shapes {
    let l = barycentric(&at, 4);
    let mut shapes = Shapes::zero();
    for (i, &(value, slope)) in l.iter().enumerate() {
        let corner = match quadratic {
            true => (value * (2.0 * value - 1.0), (4.0 * value - 1.0) * slope),
            false => (value, slope),
        };
        shapes.set(i, corner);
    }
    if quadratic {
        for (e, [i, j]) in EDGES.into_iter().enumerate() {
            shapes.set(4 + e, scaled(4.0, times(l[i], l[j])));
        }
    }
    shapes
}

pub(super) fn hexahedron(at: [f64; 3], quadratic: bool) -> Shapes {
    let mut shapes = Shapes::zero();
    let signs = HEXAHEDRON_CORNERS.map(|c| c.map(f64::from));
    for (i, sign) in signs.iter().enumerate() {
        let [x, y, z] = [0, 1, 2].map(|k| line(sign[k], k, &at));
        let mut corner = scaled(0.125, times(times(x, y), z));
        if quadratic {
            let rest: f64 = (0..3).map(|k| sign[k] * at[k]).sum();
            corner = times(corner, (rest - 2.0, Vec3::from(*sign)));
        }
        shapes.set(i, corner);
    }
    if quadratic {
        for (e, [i, j]) in HEXAHEDRON_EDGES.into_iter().enumerate() {
            let factor = |k: usize| match signs[i][k] == signs[j][k] {
                true => line(signs[i][k], k, &at),
                false => bubble(k, &at),
            };
            let [x, y, z] = [0, 1, 2].map(factor);
            shapes.set(8 + e, scaled(0.25, times(times(x, y), z)));
        }
    }
    shapes
}

pub(super) fn wedge(at: [f64; 3], quadratic: bool) -> Shapes {
    let l = barycentric(&at, 3);
    let between = bubble(2, &at);
    let mut shapes = Shapes::zero();
    for (layer, sign) in [-1.0, 1.0].into_iter().enumerate() {
        let height = line(sign, 2, &at);
        for k in 0..3 {
            let corner = match quadratic {
                true => {
                    let (value, slope) = times((2.0 * l[k].0 - 1.0, 2.0 * l[k].1), height);
                    times(l[k], (value - between.0, slope - between.1))
                }
                false => times(l[k], height),
            };
            shapes.set(3 * layer + k, scaled(0.5, corner));
            if quadratic {
                let edge = times(times(l[k], l[(k + 1) % 3]), height);
                shapes.set(6 + 3 * layer + k, scaled(2.0, edge));
            }
        }
    }
    if quadratic {
        for (k, &l) in l[..3].iter().enumerate() {
            shapes.set(12 + k, times(l, between));
        }
    }
    shapes
}

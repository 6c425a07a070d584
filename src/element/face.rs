//! The faces of elements: triangles and quadrilaterals of corner nodes, or with middle nodes too.
//!
//! ```text
//!        2              3----6----2       natural coordinates
//!       / \             |         |         triangle       L₁, L₂ in 0 … 1
//!      5   4            7         5         quadrilateral  ξ, η in −1 … 1
//!     /     \           |         |
//!    0---3---1          0----4----1
//! ```
//! Shape functions are those of the element on its face; the area vector at a point is
//! (∂x/∂ξ × ∂x/∂η) w, outward where the corners run counter-clockwise seen from outside.

use super::reference::ElementKind;
use crate::tensor::{Point, Vec3};

/// Nodes of the largest face.
const MOST: usize = 8;

/// 1/√3.
const TWO: f64 = 0.577_350_269_189_625_8;
/// √(3/5).
const THREE: f64 = 0.774_596_669_241_483_4;

/// A quadrature point of a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacePoint {
    /// Shape functions of the face's nodes; zero past them.
    pub values: [f64; MOST],
    /// Area vector it stands for, mm².
    pub area: Vec3,
}

/// The quadrature points of a face of an element of that kind on its nodes `x` (mm), corners first,
/// by CalculiX's rules: one point for three nodes, three for six, 2 × 2 on quadrilaterals and 3 × 3
/// on those of fully integrated hexahedra of 20 nodes.
pub fn face_points(kind: ElementKind, x: &[Point]) -> Vec<FacePoint> {
    let line: &[[f64; 2]] = match kind {
        ElementKind::Hex20 => &[[-THREE, 5.0 / 9.0], [0.0, 8.0 / 9.0], [THREE, 5.0 / 9.0]],
        _ => &[[-TWO, 1.0], [TWO, 1.0]],
    };
    const A: f64 = 2.0 / 3.0;
    const B: f64 = 1.0 / 6.0;
    let rule: Vec<[f64; 3]> = match x.len() {
        3 => vec![[1.0 / 3.0, 1.0 / 3.0, 0.5]],
        6 => [[B, B], [A, B], [B, A]]
            .map(|[l1, l2]| [l1, l2, B])
            .to_vec(),
        _ => line
            .iter()
            .flat_map(|[eta, v]| line.iter().map(move |[xi, w]| [*xi, *eta, v * w]))
            .collect(),
    };
    let point = |[xi, eta, weight]: [f64; 3]| {
        let functions = shapes(x.len(), xi, eta);
        let mut tangents = [Vec3::zeros(); 2];
        let mut values = [0.0; MOST];
        for ((x, f), value) in x.iter().zip(functions).zip(&mut values) {
            *value = f[0];
            tangents[0] += f[1] * x.coords;
            tangents[1] += f[2] * x.coords;
        }
        FacePoint {
            values,
            area: weight * tangents[0].cross(&tangents[1]),
        }
    };
    rule.into_iter().map(point).collect()
}

/// Value and two slopes of the shape functions of a face of `count` nodes.
fn shapes(count: usize, xi: f64, eta: f64) -> [[f64; 3]; MOST] {
    match count {
        3 | 6 => triangle(count == 6, xi, eta),
        _ => quadrilateral(count == MOST, xi, eta),
    }
}

fn triangle(quadratic: bool, l1: f64, l2: f64) -> [[f64; 3]; MOST] {
    let l = [[1.0 - l1 - l2, -1.0, -1.0], [l1, 1.0, 0.0], [l2, 0.0, 1.0]];
    let mut shapes = [[0.0; 3]; MOST];
    for k in 0..3 {
        let [v, s, t] = l[k];
        shapes[k] = match quadratic {
            true => [
                v * (2.0 * v - 1.0),
                (4.0 * v - 1.0) * s,
                (4.0 * v - 1.0) * t,
            ],
            false => l[k],
        };
        if quadratic {
            let [w, p, q] = l[(k + 1) % 3];
            shapes[3 + k] = [4.0 * v * w, 4.0 * (v * p + w * s), 4.0 * (v * q + w * t)];
        }
    }
    shapes
}

fn quadrilateral(quadratic: bool, xi: f64, eta: f64) -> [[f64; 3]; MOST] {
    const CORNERS: [[f64; 2]; 4] = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
    let mut shapes = [[0.0; 3]; MOST];
    for (k, [a, b]) in CORNERS.into_iter().enumerate() {
        let (x, y) = (1.0 + a * xi, 1.0 + b * eta);
        shapes[k] = match quadratic {
            true => {
                let rest = a * xi + b * eta - 1.0;
                let value = 0.25 * x * y * rest;
                [value, 0.25 * a * y * (rest + x), 0.25 * b * x * (rest + y)]
            }
            false => [0.25 * x * y, 0.25 * a * y, 0.25 * b * x],
        };
    }
    if quadratic {
        for (k, sign) in [(4, -1.0), (6, 1.0)] {
            let y = 1.0 + sign * eta;
            let bubble = 1.0 - xi * xi;
            shapes[k] = [0.5 * bubble * y, -xi * y, 0.5 * sign * bubble];
        }
        for (k, sign) in [(5, 1.0), (7, -1.0)] {
            let x = 1.0 + sign * xi;
            let bubble = 1.0 - eta * eta;
            shapes[k] = [0.5 * bubble * x, 0.5 * sign * bubble, -eta * x];
        }
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::reference::REFERENCES;
    use crate::element::solid::PlacedSolid;
    use nalgebra::Matrix3;

    /// ∫ N n dA over a whole boundary is ∫ ∇N dV: the faces agree with the element, node by node.
    #[test]
    fn the_faces_of_an_element_close_over_its_gradients() {
        let shear = Matrix3::new(1.0, 0.2, -0.1, 0.1, 0.8, 0.3, -0.2, 0.1, 1.2);
        for table in &REFERENCES {
            let x: Vec<Point> = table
                .places()
                .iter()
                .map(|p| Point::from(shear * p))
                .collect();
            let placed = PlacedSolid::new(table.kind, &x, 0).unwrap();
            let mut sums = vec![Vec3::zeros(); x.len()];
            for f in 0..table.face_count() {
                let nodes = table.face(f);
                let corners: Vec<Point> = nodes.iter().map(|&n| x[n]).collect();
                for point in face_points(table.kind, &corners) {
                    for (&n, value) in nodes.iter().zip(point.values) {
                        sums[n] += value * point.area;
                    }
                }
            }
            for (n, sum) in sums.iter().enumerate() {
                let terms = placed.points.iter().map(|p| p.volume * p.gradients[n]);
                let wanted: Vec3 = terms.sum();
                assert!((sum - wanted).norm() < 1e-13, "{table:?} {n}");
            }
        }
    }

    #[test]
    fn a_straight_face_shares_its_area_as_calculix_does() {
        let square = |s: f64, t: f64| Point::new(s, t, 0.3 * s);
        let quad: Vec<Point> = [
            (0., 0.),
            (2., 0.),
            (2., 1.),
            (0., 1.),
            (1., 0.),
            (2., 0.5),
            (1., 1.),
            (0., 0.5),
        ]
        .into_iter()
        .map(|(s, t)| square(s, t))
        .collect();
        let whole = Vec3::new(-0.6, 0.0, 2.0);
        for (kind, x, shares) in [
            (ElementKind::Hex8, &quad[..4], [0.25; 2]),
            (ElementKind::Hex20, &quad[..], [-1.0 / 12.0, 1.0 / 3.0]),
            (
                ElementKind::Hex20Reduced,
                &quad[..],
                [-1.0 / 12.0, 1.0 / 3.0],
            ),
        ] {
            let points = face_points(kind, x);
            for n in 0..x.len() {
                let sum: Vec3 = points.iter().map(|p| p.values[n] * p.area).sum();
                assert!((sum - shares[n / 4] * whole).norm() < 1e-14);
            }
        }
    }
}

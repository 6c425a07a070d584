//! The rim of a hole: how wide it gapes, and the triangles that close a slit.
//!
//! A gap is as wide as the largest circle that fits into the rim, seen along its mean normal: a tear
//! a millimetre wide is that wide however long it is. The circle is found by dividing squares, those
//! first that could hold the largest (Agafonkin's `polylabel`). A slit is closed from one side to the
//! other, by those triangles over the rim that need least area and the shortest edges across it
//! (Barequet & Sharir 1995). Must not know surfaces.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::field::Aabb;
use crate::tensor::{Point, Vec3};

/// The width is found to this share of the rim's extent.
const PRECISION: f64 = 1e-3;
/// A rim whose area is below this share of its extent squared has no side to be seen from.
const EDGE_ON: f64 = 1e-9;
/// Longest rim that is closed from side to side: the work grows with the cube of its edges.
const LONGEST_SLIT: usize = 400;
/// Weight of the squared length of an edge across the rim beside the area of triangles.
const ACROSS: f64 = 0.01;

type Flat = [f64; 2];

/// Diameter of the largest circle that fits between the edges of a rim, mm. The edges run round the
/// hole; there may be several loops.
pub(super) fn widest_gap(rim: &[[Point; 2]]) -> f64 {
    let Some(bounds) = Aabb::around(rim.iter().flatten()) else {
        return 0.0;
    };
    let extent = bounds.size().norm();
    let middle = nalgebra::center(&bounds.min, &bounds.max);
    let area: Vec3 = rim
        .iter()
        .map(|[a, b]| (a - middle).cross(&(b - middle)))
        .sum();
    let Some(normal) = area.try_normalize(EDGE_ON * extent * extent) else {
        return extent;
    };
    let along = if normal.x.abs() < 0.7 {
        Vec3::x()
    } else {
        Vec3::y()
    };
    let u = normal.cross(&along).normalize();
    let v = normal.cross(&u);
    let flat: Vec<[Flat; 2]> = rim
        .iter()
        .map(|edge| edge.map(|p| [(p - middle).dot(&u), (p - middle).dot(&v)]))
        .collect();
    2.0 * largest_radius(&flat, PRECISION * extent)
}

/// A square that may hold the middle of the largest circle.
struct Square {
    middle: Flat,
    half: f64,
    /// Distance of its middle from the rim, negative outside.
    radius: f64,
}

impl Square {
    fn new(rim: &[[Flat; 2]], middle: Flat, half: f64) -> Self {
        Self {
            middle,
            half,
            radius: inner_distance(rim, middle),
        }
    }

    /// No circle about a point of it is larger.
    fn bound(&self) -> f64 {
        self.radius + self.half * std::f64::consts::SQRT_2
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Square {}
impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound().total_cmp(&other.bound())
    }
}

fn largest_radius(rim: &[[Flat; 2]], precision: f64) -> f64 {
    let ends = |k: usize| {
        let all = rim.iter().flatten().map(move |p| p[k]);
        all.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], x| {
            [a.min(x), b.max(x)]
        })
    };
    let [x, y] = [ends(0), ends(1)];
    let half = 0.5 * (x[1] - x[0]).max(y[1] - y[0]);
    let middle = [0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1])];
    let mut best = 0.0f64;
    let mut queue = BinaryHeap::from([Square::new(rim, middle, half)]);
    while let Some(square) = queue.pop() {
        best = best.max(square.radius);
        if square.bound() <= best + 0.5 * precision {
            break;
        }
        let h = 0.5 * square.half;
        for [i, j] in [[-h, -h], [h, -h], [-h, h], [h, h]] {
            let [x, y] = square.middle;
            queue.push(Square::new(rim, [x + i, y + j], h));
        }
    }
    best
}

/// Distance of `p` from the nearest edge, negative outside the rim.
fn inner_distance(rim: &[[Flat; 2]], p: Flat) -> f64 {
    let (mut least, mut inside) = (f64::INFINITY, false);
    for [a, b] in rim {
        let (along, from) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
        let squared = along[0] * along[0] + along[1] * along[1];
        let t = (along[0] * from[0] + along[1] * from[1]) / squared.max(f64::MIN_POSITIVE);
        let t = t.clamp(0.0, 1.0);
        least = least.min((from[0] - t * along[0]).hypot(from[1] - t * along[1]));
        if (a[1] > p[1]) != (b[1] > p[1]) && from[0] < along[0] * from[1] / along[1] {
            inside = !inside;
        }
    }
    if inside { least } else { -least }
}

/// Triangles over a closed rim, as numbers of its points, wound as the rim runs. `None` where the rim
/// is too long or too short.
pub(super) fn side_to_side(rim: &[Point]) -> Option<Vec<[usize; 3]>> {
    let n = rim.len();
    if !(3..=LONGEST_SLIT).contains(&n) {
        return None;
    }
    let across = |i: usize, k: usize| {
        let is_edge = k == i + 1 || (i == 0 && k == n - 1);
        if is_edge {
            0.0
        } else {
            ACROSS * (rim[k] - rim[i]).norm_squared()
        }
    };
    // The least weight over the points from i to k, and the third corner at the edge between them.
    let mut least = vec![0.0; n * n];
    let mut third = vec![0; n * n];
    for span in 2..n {
        for i in 0..n - span {
            let k = i + span;
            let weight = |m: usize| {
                let area = 0.5 * (rim[m] - rim[i]).cross(&(rim[k] - rim[i])).norm();
                least[i * n + m] + least[m * n + k] + area + across(i, m) + across(m, k)
            };
            let weights = (i + 1..k).map(|m| (m, weight(m)));
            let (m, w) = weights.min_by(|a, b| a.1.total_cmp(&b.1))?;
            (least[i * n + k], third[i * n + k]) = (w, m);
        }
    }
    let mut triangles = Vec::with_capacity(n - 2);
    let mut spans = vec![[0, n - 1]];
    while let Some([i, k]) = spans.pop() {
        if k > i + 1 {
            let m = third[i * n + k];
            triangles.push([i, m, k]);
            spans.extend([[i, m], [m, k]]);
        }
    }
    Some(triangles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(points: &[Point]) -> Vec<[Point; 2]> {
        (0..points.len())
            .map(|i| [points[i], points[(i + 1) % points.len()]])
            .collect()
    }

    /// A point of a plane that leans on all axes.
    fn leaning(x: f64, y: f64) -> Point {
        let u = Vec3::new(1.0, 2.0, 2.0) / 3.0;
        let v = Vec3::new(2.0, 1.0, -2.0) / 3.0;
        Point::new(4.0, -7.0, 30.0) + u * x + v * y
    }

    #[test]
    fn a_circle_gapes_by_its_diameter_a_slit_by_its_width() {
        let n = 60;
        let turn = |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
        let circle: Vec<Point> = (0..n)
            .map(|i| leaning(2.0 * turn(i).cos(), 2.0 * turn(i).sin()))
            .collect();
        // The inscribed polygon's own inner circle: 4 cos(π/n).
        let inner = 4.0 * (std::f64::consts::PI / n as f64).cos();
        assert!((widest_gap(&edges(&circle)) - inner).abs() < 0.01);
        let slit = [
            leaning(0.0, 0.0),
            leaning(11.0, 0.0),
            leaning(11.0, 0.8),
            leaning(0.0, 0.8),
        ];
        assert!((widest_gap(&edges(&slit)) - 0.8).abs() < 0.02);
        // A slit around a corner is no wider at the corner than its square's diagonal allows.
        let bent = [
            [0.0, 0.0],
            [9.0, 0.0],
            [9.0, 9.0],
            [8.0, 9.0],
            [8.0, 1.0],
            [0.0, 1.0],
        ];
        let bent: Vec<Point> = bent.iter().map(|[x, y]| leaning(*x, *y)).collect();
        // Touching both outer sides and the inner corner: 2r with r(1 + √2) = √2.
        let corner = 2.0 * std::f64::consts::SQRT_2 / (1.0 + std::f64::consts::SQRT_2);
        assert!((widest_gap(&edges(&bent)) - corner).abs() < 0.02);
    }

    #[test]
    fn a_bent_slit_is_closed_within_itself() {
        let bent = [
            [0.0, 0.0],
            [4.0, 0.0],
            [9.0, 0.0],
            [9.0, 5.0],
            [9.0, 9.0],
            [8.0, 9.0],
            [8.0, 5.0],
            [8.0, 1.0],
            [4.0, 1.0],
            [0.0, 1.0],
        ];
        let points: Vec<Point> = bent.iter().map(|[x, y]| leaning(*x, *y)).collect();
        let triangles = side_to_side(&points).unwrap();
        assert_eq!(triangles.len(), points.len() - 2);
        let area = |t: &[usize; 3]| {
            let [a, b, c] = t.map(|i| points[i]);
            0.5 * (b - a).cross(&(c - a)).norm()
        };
        // 9 by 1 and 8 by 1.
        assert!((triangles.iter().map(area).sum::<f64>() - 17.0).abs() < 1e-9);
        assert!(side_to_side(&points[..2]).is_none());
    }
}

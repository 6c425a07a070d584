//! Convex polygons in a plane: clipping by half planes and integration.
//!
//! Clipping is Sutherland & Hodgman's: vertices with n·x ≤ offset stay, edges that cross get a
//! vertex. Two half planes that share their line (neighbouring facets) cut at the same points, so
//! pieces add up to the whole. Knows no mesh.

use nalgebra::Vector2;

/// A point of the plane, mm.
pub type Point2 = Vector2<f64>;

/// Dunavant's six-point rule, exact for polynomials of degree 4 (Dunavant 1985): weight and the
/// barycentric coordinate that two corners share.
const DEGREE_4: [(f64, f64); 2] = [
    (0.223_381_589_678_011_47, 0.445_948_490_915_964_9),
    (0.109_951_743_655_321_87, 0.091_576_213_509_770_74),
];

/// The part of a convex polygon where `normal`·x ≤ `offset`.
pub fn clip_half_plane(polygon: &[Point2], normal: &Point2, offset: f64) -> Vec<Point2> {
    let depth: Vec<f64> = polygon.iter().map(|p| normal.dot(p) - offset).collect();
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for i in 0..polygon.len() {
        let j = (i + 1) % polygon.len();
        if depth[i] <= 0.0 {
            kept.push(polygon[i]);
        }
        if (depth[i] < 0.0 && depth[j] > 0.0) || (depth[i] > 0.0 && depth[j] < 0.0) {
            let t = depth[i] / (depth[i] - depth[j]);
            kept.push(polygon[i] + (polygon[j] - polygon[i]) * t);
        }
    }
    kept
}

/// The common part of a convex polygon and a triangle, both counter-clockwise.
pub fn clip_triangle(polygon: &[Point2], triangle: &[Point2; 3]) -> Vec<Point2> {
    let mut kept = polygon.to_vec();
    for i in 0..3 {
        let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
        let outward = Point2::new(b.y - a.y, a.x - b.x);
        kept = clip_half_plane(&kept, &outward, outward.dot(&a));
    }
    kept
}

/// Area of a polygon, positive when it is counter-clockwise.
pub fn polygon_area(polygon: &[Point2]) -> f64 {
    fan(polygon).map(|t| triangle_area(&t)).sum()
}

/// Points and weights (area) that integrate polynomials of degree 4 over a convex polygon.
pub fn polygon_quadrature(polygon: &[Point2]) -> Vec<(Point2, f64)> {
    let mut points = Vec::new();
    for [a, b, c] in fan(polygon) {
        let area = triangle_area(&[a, b, c]);
        if area <= 0.0 {
            continue;
        }
        for (weight, shared) in DEGREE_4 {
            let other = 1.0 - 2.0 * shared;
            for [p, q, r] in [[a, b, c], [b, c, a], [c, a, b]] {
                points.push((p * other + (q + r) * shared, weight * area));
            }
        }
    }
    points
}

fn fan(polygon: &[Point2]) -> impl Iterator<Item = [Point2; 3]> {
    polygon
        .windows(2)
        .skip(1)
        .map(|edge| [polygon[0], edge[0], edge[1]])
}

fn triangle_area([a, b, c]: &[Point2; 3]) -> f64 {
    0.5 * (b - a).perp(&(c - a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64) -> Point2 {
        Point2::new(x, y)
    }

    #[test]
    fn the_star_of_two_triangles_is_a_hexagon_of_two_thirds_their_area() {
        let corner = |turn: f64| {
            let angle = turn * std::f64::consts::TAU;
            point(angle.cos(), angle.sin())
        };
        let up = [
            corner(0.25),
            corner(0.25 + 1.0 / 3.0),
            corner(0.25 + 2.0 / 3.0),
        ];
        let down = [
            corner(0.75),
            corner(0.75 + 1.0 / 3.0),
            corner(0.75 + 2.0 / 3.0),
        ];
        let common = clip_triangle(&up, &down);
        assert_eq!(common.len(), 6);
        let ratio = polygon_area(&common) / polygon_area(&up);
        assert!((ratio - 2.0 / 3.0).abs() < 1e-14, "{ratio}");
    }

    #[test]
    fn triangles_that_touch_or_stay_apart_have_no_common_area() {
        let a = [point(0.0, 0.0), point(1.0, 0.0), point(0.0, 1.0)];
        let beside = [point(1.0, 0.0), point(1.0, 1.0), point(0.0, 1.0)];
        let far = [point(5.0, 5.0), point(6.0, 5.0), point(5.0, 6.0)];
        assert!(polygon_area(&clip_triangle(&a, &beside)).abs() < 1e-16);
        assert!(clip_triangle(&a, &far).is_empty());
        assert!((polygon_area(&clip_triangle(&a, &a)) - 0.5).abs() < 1e-16);
    }

    #[test]
    fn a_cut_into_random_triangles_adds_up_to_the_whole() {
        let whole = [point(0.0, 0.0), point(3.0, 0.4), point(0.7, 2.6)];
        // A fan around a point inside, reaching far outside.
        let centre = point(0.9, 0.8);
        let mut sum = 0.0;
        for k in 0..7 {
            let ray = |k: usize| {
                let angle = std::f64::consts::TAU * k as f64 / 7.0;
                centre + point(angle.cos(), angle.sin()) * 20.0
            };
            let piece = clip_triangle(&whole, &[centre, ray(k), ray((k + 1) % 7)]);
            sum += polygon_area(&piece);
        }
        assert!((sum - polygon_area(&whole)).abs() < 1e-13, "{sum}");
    }

    #[test]
    fn quadrature_is_exact_for_degree_four() {
        let square = [
            point(0.0, 0.0),
            point(2.0, 0.0),
            point(2.0, 1.0),
            point(0.0, 1.0),
        ];
        for (i, j) in [(0, 0), (4, 0), (0, 4), (2, 2), (3, 1), (1, 3)] {
            let got: f64 = polygon_quadrature(&square)
                .iter()
                .map(|(p, w)| w * p.x.powi(i) * p.y.powi(j))
                .sum();
            let exact = 2f64.powi(i + 1) / f64::from((i + 1) * (j + 1));
            assert!(
                (got - exact).abs() < 1e-14 * exact.max(1.0),
                "{i} {j}: {got} {exact}"
            );
        }
    }
}

//! Exact formulas on one or two triangles: nearest point, solid angle, intersection.

use crate::tensor::{Point, Vec3};

/// The part of a triangle that a nearest point lies on: corner 0, 1, 2 as 0, 1, 2; the edge from
/// corner k to the next as 3 + k; the inside as 6.
pub(super) type Part = usize;

/// The point of triangle (a, b, c) nearest to `p`, and on which part it lies, by the region that
/// `p` lies over (Ericson, Real-Time Collision Detection, 5.1.5).
pub(crate) fn nearest_point(p: &Point, [a, b, c]: &[Point; 3]) -> (Point, Part) {
    let (ab, ac, ap) = (b - a, c - a, p - a);
    let (d1, d2) = (ab.dot(&ap), ac.dot(&ap));
    if d1 <= 0.0 && d2 <= 0.0 {
        return (*a, 0);
    }
    let bp = p - b;
    let (d3, d4) = (ab.dot(&bp), ac.dot(&bp));
    if d3 >= 0.0 && d4 <= d3 {
        return (*b, 1);
    }
    let vc = d1 * d4 - d3 * d2;
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return (a + ab * ratio(d1, d1 - d3), 3);
    }
    let cp = p - c;
    let (d5, d6) = (ab.dot(&cp), ac.dot(&cp));
    if d6 >= 0.0 && d5 <= d6 {
        return (*c, 2);
    }
    let vb = d5 * d2 - d1 * d6;
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return (a + ac * ratio(d2, d2 - d6), 5);
    }
    let va = d3 * d6 - d5 * d4;
    if va <= 0.0 && d4 >= d3 && d5 >= d6 {
        return (b + (c - b) * ratio(d4 - d3, (d4 - d3) + (d5 - d6)), 4);
    }
    let total = va + vb + vc;
    (a + ab * ratio(vb, total) + ac * ratio(vc, total), 6)
}

/// n/d, 0 where both vanish (a triangle shrunk to a point or a line).
fn ratio(n: f64, d: f64) -> f64 {
    if d != 0.0 { n / d } else { 0.0 }
}

/// The signed solid angle of a triangle seen from `p` over 4π: positive from behind
/// (Van Oosterom & Strackee 1983).
pub(crate) fn winding(p: &Point, [a, b, c]: &[Point; 3]) -> f64 {
    let (a, b, c) = (a - p, b - p, c - p);
    let (la, lb, lc) = (a.norm(), b.norm(), c.norm());
    let determinant = a.dot(&b.cross(&c));
    let denominator = la * lb * lc + a.dot(&b) * lc + b.dot(&c) * la + c.dot(&a) * lb;
    2.0 * determinant.atan2(denominator) / (4.0 * std::f64::consts::PI)
}

/// Whether the segment from `p` to `q` passes through the inside of a triangle (touching its rim
/// or ending on it does not count).
pub(super) fn segment_pierces([p, q]: [&Point; 2], [a, b, c]: &[Point; 3]) -> bool {
    let six_volumes =
        |x: &Point, y: &Point, z: &Point, w: &Point| (y - x).cross(&(z - x)).dot(&(w - x));
    let (from, to) = (six_volumes(a, b, c, p), six_volumes(a, b, c, q));
    // Round-off of a volume of this size.
    let size = [b - a, c - a, q - p, p - a]
        .iter()
        .map(Vec3::norm)
        .fold(0.0, f64::max);
    let tiny = 1e-13 * size * size * size;
    if from.abs() <= tiny || to.abs() <= tiny || (from > 0.0) == (to > 0.0) {
        return false;
    }
    let sides = [
        six_volumes(p, q, a, b),
        six_volumes(p, q, b, c),
        six_volumes(p, q, c, a),
    ];
    sides.iter().all(|&s| s > tiny) || sides.iter().all(|&s| s < -tiny)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIANGLE: [Point; 3] = [
        Point::new(0.0, 0.0, 0.0),
        Point::new(4.0, 0.0, 0.0),
        Point::new(0.0, 3.0, 0.0),
    ];

    #[test]
    fn the_nearest_point_is_nearer_than_a_fine_sampling() {
        for p in [
            Point::new(1.0, 1.0, 2.0),
            Point::new(-1.0, -2.0, 0.5),
            Point::new(6.0, -1.0, 1.0),
            Point::new(-1.0, 5.0, 1.0),
            Point::new(3.0, 3.0, -1.0),
            Point::new(-1.0, 1.0, 0.0),
            Point::new(2.0, -1.0, 0.0),
        ] {
            let got = (nearest_point(&p, &TRIANGLE).0 - p).norm();
            let mut best = f64::INFINITY;
            let n = 400;
            for i in 0..=n {
                for j in 0..=n - i {
                    let (u, v) = (f64::from(i) / f64::from(n), f64::from(j) / f64::from(n));
                    best = best.min((Point::new(4.0 * u, 3.0 * v, 0.0) - p).norm());
                }
            }
            // The samples lie within 0.01 mm of any point of the triangle.
            assert!(got <= best + 1e-12 && got > best - 0.01, "{p} {got} {best}");
        }
    }

    #[test]
    fn the_solid_angle_of_an_octant_is_an_eighth() {
        let far = 1e6;
        let octant = [
            Point::new(far, 0.0, 0.0),
            Point::new(0.0, far, 0.0),
            Point::new(0.0, 0.0, far),
        ];
        let w = winding(&Point::origin(), &octant);
        assert!((w - 0.125).abs() < 1e-12, "{w}");
        assert!((winding(&Point::new(far, far, far), &octant)).is_sign_negative());
    }

    #[test]
    fn a_segment_through_the_inside_pierces_and_one_past_it_does_not() {
        let at = |x: f64, y: f64, z: f64| Point::new(x, y, z);
        let pierces = |p: Point, q: Point| segment_pierces([&p, &q], &TRIANGLE);
        assert!(pierces(at(1.0, 1.0, -1.0), at(1.0, 1.0, 1.0)));
        assert!(pierces(at(1.0, 1.0, 1.0), at(0.5, 1.0, -1.0)));
        assert!(!pierces(at(3.0, 3.0, -1.0), at(3.0, 3.0, 1.0)));
        assert!(!pierces(at(1.0, 1.0, 1.0), at(1.0, 1.0, 2.0)));
        assert!(!pierces(at(1.0, 1.0, 0.0), at(1.0, 1.0, 2.0)));
    }
}

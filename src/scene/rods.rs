//! The lines of rods: through the places they are to run through, in straight pieces or along arcs.

use crate::tensor::{Point, Vec3};

/// Longest piece of a rod, mm.
const LONGEST_MM: f64 = 5.0;
/// A place this near to a node of the rod is that node, mm.
const SAME_MM: f64 = 0.5;

/// A node of a rod.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Where, mm.
    pub at: Point,
    /// Number of the screw whose head holds it here.
    pub head: Option<usize>,
}

/// Stations of a rod through places, no more than [`LONGEST_MM`] apart.
pub fn stations(places: &[Station], arc: bool) -> Vec<Station> {
    let points: Vec<Point> = places.iter().map(|s| s.at).collect();
    let mut all: Vec<Station> = places.iter().take(1).copied().collect();
    for k in 1..places.len() {
        let count = ((points[k] - points[k - 1]).norm() / LONGEST_MM)
            .ceil()
            .max(1.0);
        for i in 1..count as usize {
            let t = i as f64 / count;
            let at = match arc {
                true => on_arc(&points, k - 1, t),
                false => points[k - 1] + (points[k] - points[k - 1]) * t,
            };
            all.push(Station { at, head: None });
        }
        all.push(places[k]);
    }
    all
}

/// The share `t` of the way from point `k` to the next: on the circle through three of them, at either
/// end the one that the piece beyond shares, so that no place is a kink.
fn on_arc(points: &[Point], k: usize, t: f64) -> Point {
    let [from, to] = [points[k], points[k + 1]];
    let before = k
        .checked_sub(1)
        .map(|b| on_circle(points[b], [from, to], t));
    let after = points.get(k + 2).map(|a| on_circle(*a, [from, to], t));
    match (before, after) {
        (Some(b), Some(a)) => b + (a - b) * t,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => from + (to - from) * t,
    }
}

/// On the shorter arc from one point to the next, of the circle through a third.
fn on_circle(third: Point, [from, to]: [Point; 2], t: f64) -> Point {
    let (a, b) = (from - third, to - third);
    let normal = a.cross(&b);
    let straight = from + (to - from) * t;
    if normal.norm() < 1e-6 * a.norm() * b.norm() {
        return straight;
    }
    let centre = (b.norm_squared() * a - a.norm_squared() * b).cross(&normal);
    let centre = third - centre / (2.0 * normal.norm_squared());
    let [u, v] = [from - centre, to - centre];
    let angle = u.angle(&v);
    let share = |s: f64| (s * angle).sin() / angle.sin();
    centre + u * share(1.0 - t) + v * share(t)
}

/// The sharpest turn of a line at its points, degrees, and where.
pub fn sharpest(points: &[Point]) -> Option<(f64, Point)> {
    let turns = points.windows(3).map(|p| {
        let [a, b]: [Vec3; 2] = [p[1] - p[0], p[2] - p[1]];
        (a.angle(&b).to_degrees(), p[1])
    });
    turns.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The place of a rod nearest to a point.
pub fn nearest(stations: &[Station], to: &Point) -> Option<Point> {
    let pieces = stations.windows(2).map(|pair| foot(pair, to));
    pieces.min_by(|a, b| (a - to).norm().total_cmp(&(b - to).norm()))
}

fn foot(pair: &[Station], to: &Point) -> Point {
    let axis = pair[1].at - pair[0].at;
    let t = ((to - pair[0].at).dot(&axis) / axis.norm_squared()).clamp(0.0, 1.0);
    pair[0].at + axis * t
}

/// Where a rod crosses the plane through a point, square to `axis`.
pub fn crossing(stations: &[Station], through: &Point, axis: &Vec3) -> Option<Point> {
    let height = |s: &Station| (s.at - through).dot(axis);
    stations.windows(2).find_map(|pair| {
        let [low, high] = [height(&pair[0]), height(&pair[1])];
        let t = low / (low - high);
        (low * high <= 0.0 && t.is_finite()).then(|| pair[0].at + (pair[1].at - pair[0].at) * t)
    })
}

/// Makes a place of a rod one of its stations; returns where that station is.
pub fn insert(stations: &mut Vec<Station>, at: Point) -> Point {
    let near = stations.iter().find(|s| (s.at - at).norm() < SAME_MM);
    if let Some(station) = near {
        return station.at;
    }
    let off = |pair: &[Station]| (foot(pair, &at) - at).norm();
    let pieces = stations.windows(2).enumerate();
    let nearest = pieces.min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
    let after = nearest.map_or(0, |(k, _)| k + 1);
    stations.insert(after, Station { at, head: None });
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_ring(degrees: f64) -> Point {
        let a = degrees.to_radians();
        Point::new(100.0 * a.cos(), 3.0, 100.0 * a.sin())
    }

    fn through(points: &[Point]) -> Vec<Station> {
        let station = |(k, at): (usize, &Point)| Station {
            at: *at,
            head: Some(k),
        };
        points.iter().enumerate().map(station).collect()
    }

    #[test]
    fn an_arc_through_points_of_a_circle_is_that_circle_and_keeps_its_heads() {
        let places = through(&[0.0, 10.0, 25.0, 40.0].map(on_ring));
        let line = stations(&places, true);
        assert!(
            line.iter()
                .all(|s| (s.at.coords - Vec3::y() * 3.0).norm() - 100.0 < 1e-9)
        );
        assert!(line.windows(2).all(|p| (p[1].at - p[0].at).norm() < 5.3));
        let heads: Vec<usize> = line.iter().filter_map(|s| s.head).collect();
        assert_eq!(heads, [0, 1, 2, 3]);
        let points: Vec<Point> = line.iter().map(|s| s.at).collect();
        assert!(sharpest(&points).unwrap().0 < 3.5);
        let straight = stations(&places, false);
        let points: Vec<Point> = straight.iter().map(|s| s.at).collect();
        assert!((sharpest(&points).unwrap().0 - 15.0).abs() < 1e-9);
    }

    #[test]
    fn an_arc_through_two_points_or_a_line_is_straight() {
        let line = [0.0, 20.0, 50.0].map(|z| Point::new(1.0, 2.0, z));
        for places in [&line[..], &line[..2]] {
            for s in stations(&through(places), true) {
                assert!((s.at - Point::new(1.0, 2.0, s.at.z)).norm() < 1e-12);
            }
        }
    }

    #[test]
    fn places_on_a_rod_are_found_and_become_stations_once() {
        let mut line = stations(
            &through(&[Point::origin(), Point::new(0.0, 0.0, 40.0)]),
            false,
        );
        let count = line.len();
        let at = nearest(&line, &Point::new(7.0, 0.0, 21.3)).unwrap();
        assert!((at - Point::new(0.0, 0.0, 21.3)).norm() < 1e-12);
        assert_eq!(insert(&mut line, at), at);
        assert_eq!(insert(&mut line, at + Vec3::z() * 0.4), at);
        assert_eq!(line.len(), count + 1);
        assert!(line.windows(2).all(|p| p[1].at.z > p[0].at.z));
        let crossed = crossing(&line, &Point::new(9.0, 9.0, 33.0), &Vec3::z()).unwrap();
        assert!((crossed - Point::new(0.0, 0.0, 33.0)).norm() < 1e-12);
        assert!(crossing(&line, &Point::new(0.0, 0.0, 41.0), &Vec3::z()).is_none());
    }
}

//! Changing who is joined to whom: edge removal, face removal and their forms on the boundary.
//!
//! Removing an edge a–b replaces the tetrahedra around it by those over and under a
//! triangulation of its link polygon; the triangulation with the best worst tetrahedron is found
//! by dynamic programming over the polygon (Klincsek 1980; Shewchuk 2002). On the boundary the
//! polygon's closing side becomes the new boundary edge, so the same step is the 2-2 and 4-4
//! flip of a smooth surface, and with a link of two vertices it peels off a tetrahedron that lies
//! flat on the surface. Removing a face joins its two apexes. A change is made only where the
//! worst tetrahedron becomes better; positive volumes then make it valid.

use super::complex::{Complex, Ring};
use crate::geometry::Field;

/// Largest link polygon that is triangulated.
const LARGEST_LINK: usize = 8;

/// Least gain in the worst sine that a change must bring.
const LEAST_GAIN: f64 = 1e-6;

/// Boundary triangles made by a flip may turn by at most this against each other and against
/// those they replace (cosine of 35°).
const FLIP_COS: f64 = 0.819;

/// How much farther than the old edge, relative to its length, a flipped one may lie off the body.
const FLIP_OFF: f64 = 0.01;

/// A change of connectivity and the worst quality after it.
struct Swap {
    old: Vec<u32>,
    new: Vec<[u32; 4]>,
    worst: f64,
}

/// Makes the best single swap around tetrahedron `t` that betters the worst tetrahedron touched;
/// returns the new tetrahedra.
pub fn improve_around(complex: &mut Complex, t: u32, field: &dyn Field) -> Option<Vec<u32>> {
    let tet = complex.tet(t);
    let mut best: Option<Swap> = None;
    let mut offer = |swap: Option<Swap>| {
        if let Some(swap) = swap
            && best.as_ref().is_none_or(|b| swap.worst > b.worst)
        {
            best = Some(swap);
        }
    };
    for i in 0..4 {
        for j in i + 1..4 {
            offer(edge_removal(complex, tet[i], tet[j], field));
        }
        offer(face_removal(complex, t, tet[i]));
    }
    let swap = best?;
    Some(complex.replace(&swap.old, &swap.new))
}

fn edge_removal(complex: &Complex, a: u32, b: u32, field: &dyn Field) -> Option<Swap> {
    if complex.is_sharp(a, b) {
        return None;
    }
    let ring = complex.ring(a, b)?;
    if ring.link.len() > LARGEST_LINK || (ring.closed && ring.link.len() < 3) {
        return None;
    }
    let floor = complex.worst(&ring.tets) + LEAST_GAIN;
    if !ring.closed && !may_flip(complex, a, b, &ring) {
        return None;
    }
    let (new, worst) = triangulate_link(complex, a, b, &ring.link, floor)?;
    if !ring.closed && !keeps_to_body(complex, [a, b], &ring, field) {
        return None;
    }
    Some(Swap {
        old: ring.tets,
        new,
        worst,
    })
}

/// The best tetrahedra over all triangulations of the link polygon, if all are better than
/// `floor`.
fn triangulate_link(
    complex: &Complex,
    a: u32,
    b: u32,
    link: &[u32],
    floor: f64,
) -> Option<(Vec<[u32; 4]>, f64)> {
    let n = link.len();
    let pair = |i: usize, k: usize, j: usize| {
        [
            [link[i], link[k], link[j], b],
            [link[i], link[j], link[k], a],
        ]
    };
    // best[i][j]: worst tetrahedron of the best triangulation of link i..=j, and its apex.
    let mut best = [[(f64::INFINITY, 0usize); LARGEST_LINK]; LARGEST_LINK];
    for span in 2..n {
        for i in 0..n - span {
            let j = i + span;
            let apex = |k: usize| {
                let mut q = f64::min(best[i][k].0, best[k][j].0);
                for tet in pair(i, k, j) {
                    if q > floor {
                        q = q.min(complex.quality_of(tet));
                    }
                }
                (q, k)
            };
            let top = (i + 1..j)
                .map(apex)
                .reduce(|a, b| if b.0 > a.0 { b } else { a });
            best[i][j] = top.unwrap_or((f64::NEG_INFINITY, 0));
        }
    }
    let worst = best[0][n - 1].0;
    if worst <= floor {
        return None;
    }
    let mut new = Vec::with_capacity(2 * n);
    let mut open = vec![(0, n - 1)];
    while let Some((i, j)) = open.pop() {
        if j > i + 1 {
            let k = best[i][j].1;
            new.extend(pair(i, k, j));
            open.extend([(i, k), (k, j)]);
        }
    }
    Some((new, worst))
}

/// Whether the boundary edge a–b may give way to one between the ends of its link.
fn may_flip(complex: &Complex, a: u32, b: u32, ring: &Ring) -> bool {
    let (p, q) = (ring.link[0], ring.link[ring.link.len() - 1]);
    // The new edge must not be a boundary edge already, nor an inner edge elsewhere.
    if ring.tets.len() == 1 {
        if !complex
            .ring(p, q)
            .is_some_and(|r| r.closed && r.tets.len() >= 3)
        {
            return false;
        }
    } else if complex.are_joined(p, q) {
        return false;
    }
    let normal = |x: u32, y: u32, z: u32| {
        let [x, y, z] = [x, y, z].map(|v| complex.point(v));
        (y - x).cross(&(z - x)).try_normalize(1e-300)
    };
    // Tetrahedra (a, b, link[i], link[i + 1]) are right-handed: seen from outside the faces
    // wind (a, b, q) … against (b, a, p).
    let (Some(m1), Some(m2)) = (normal(a, p, b), normal(a, b, q)) else {
        return false;
    };
    let (Some(n1), Some(n2)) = (normal(a, p, q), normal(p, b, q)) else {
        return false;
    };
    [(m1, m2), (n1, n2), (m1, n1), (m1, n2), (m2, n1), (m2, n2)]
        .iter()
        .all(|(x, y)| x.dot(y) > FLIP_COS)
}

/// Whether the boundary edge that a flip makes lies about as close to the body as the old one.
fn keeps_to_body(complex: &Complex, [a, b]: [u32; 2], ring: &Ring, field: &dyn Field) -> bool {
    let (p, q) = (ring.link[0], ring.link[ring.link.len() - 1]);
    let off = |a: u32, b: u32| {
        let middle = nalgebra::center(&complex.point(a), &complex.point(b));
        field.value(&middle).abs()
    };
    let length = (complex.point(p) - complex.point(q)).norm();
    off(p, q) <= 1.1 * off(a, b) + FLIP_OFF * length
}

/// The face of `t` opposite `apex` gives way to an edge between the apexes on both sides.
fn face_removal(complex: &Complex, t: u32, apex: u32) -> Option<Swap> {
    let tet = complex.tet(t);
    let face: Vec<u32> = tet.into_iter().filter(|&v| v != apex).collect();
    let [a, b, c] = [face[0], face[1], face[2]];
    let other = match complex.beside([a, b, c]) {
        (Some(x), Some(y)) => {
            if x == t {
                y
            } else {
                x
            }
        }
        _ => return None,
    };
    let far = complex
        .tet(other)
        .into_iter()
        .find(|v| ![a, b, c].contains(v))?;
    let floor = complex.quality(t).min(complex.quality(other)) + LEAST_GAIN;
    // Right-handed around the new edge whichever way the face winds.
    let around = [[a, b], [b, c], [c, a]];
    let mut new = around.map(|[p, q]| [apex, far, p, q]);
    if complex.quality_of(new[0]) <= 0.0 {
        new = around.map(|[p, q]| [apex, far, q, p]);
    }
    let worst = new
        .iter()
        .map(|&tet| complex.quality_of(tet))
        .fold(f64::INFINITY, f64::min);
    (worst > floor && !complex.are_joined(apex, far)).then(|| Swap {
        old: vec![t, other],
        new: new.to_vec(),
        worst,
    })
}

/// Merges vertex `gone` into `kept` where that betters the worst tetrahedron around `gone`; only
/// vertices inside go. Returns the new tetrahedra.
pub fn contract(complex: &mut Complex, gone: u32, kept: u32) -> Option<Vec<u32>> {
    let old = complex.star(gone).to_vec();
    let floor = complex.worst(&old) + LEAST_GAIN;
    let new: Vec<[u32; 4]> = old
        .iter()
        .map(|&t| complex.tet(t))
        .filter(|tet| !tet.contains(&kept))
        .map(|tet| tet.map(|v| if v == gone { kept } else { v }))
        .collect();
    // A star about a vertex inside is a ball: cones from another vertex of its hull that are all
    // right-handed fill it exactly.
    new.iter()
        .all(|&tet| complex.quality_of(tet) > floor)
        .then(|| complex.replace(&old, &new))
}

/// Splits the edge a–b at the new vertex `v`; the caller has put `v` on it. Returns the new
/// tetrahedra.
pub fn split_edge(complex: &mut Complex, a: u32, b: u32, v: u32) -> Option<Vec<u32>> {
    let ring = complex.ring(a, b)?;
    let mut new = Vec::with_capacity(2 * ring.tets.len());
    for &t in &ring.tets {
        let tet = complex.tet(t);
        new.push(tet.map(|x| if x == a { v } else { x }));
        new.push(tet.map(|x| if x == b { v } else { x }));
    }
    if complex.is_sharp(a, b) {
        complex.set_sharp(a, b, false);
        complex.set_sharp(a, v, true);
        complex.set_sharp(v, b, true);
    }
    Some(complex.replace(&ring.tets, &new))
}

/// Splits tetrahedron `t` into four at the new vertex `v` inside it.
pub fn split_tet(complex: &mut Complex, t: u32, v: u32) -> Vec<u32> {
    let tet = complex.tet(t);
    let new = tet.map(|gone| tet.map(|x| if x == gone { v } else { x }));
    complex.replace(&[t], &new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::complex::Freedom;
    use crate::mesh::tetgen::RawTets;
    use crate::tensor::Point;

    /// Stands for a body whose surface is everywhere: flips are never held back by it.
    struct Anywhere;
    impl Field for Anywhere {
        fn value(&self, _: &Point) -> f64 {
            0.0
        }
        fn bounds(&self) -> crate::geometry::Aabb {
            crate::geometry::field::EVERYWHERE
        }
    }

    /// Poles a (below) and b (above) at height ∓h, and n equator points around the axis, joined
    /// by n tetrahedra around a–b.
    fn spindle(n: u32, h: f64) -> Complex {
        let mut points = vec![Point::new(0.0, 0.0, -h), Point::new(0.0, 0.0, h)];
        for k in 0..n {
            let angle = std::f64::consts::TAU * f64::from(k) / f64::from(n);
            points.push(Point::new(angle.cos(), angle.sin(), 0.0));
        }
        let tets = (0..n).map(|k| [0, 1, 2 + k, 2 + (k + 1) % n]).collect();
        Complex::new(RawTets { points, tets })
    }

    fn volume(complex: &Complex) -> f64 {
        let six = complex.alive().map(|t| {
            let [a, b, c, d] = complex.corners(complex.tet(t));
            (b - a).cross(&(c - a)).dot(&(d - a))
        });
        six.sum::<f64>() / 6.0
    }

    #[test]
    fn the_ring_of_an_edge_is_in_order_and_right_handed() {
        let complex = spindle(6, 1.0);
        let ring = complex.ring(0, 1).unwrap();
        assert!(ring.closed && ring.tets.len() == 6 && ring.link.len() == 6);
        for k in 0..6 {
            let tet = [0, 1, ring.link[k], ring.link[(k + 1) % 6]];
            assert!(complex.quality_of(tet) > 0.0);
        }
        let outer = complex.ring(2, 3).unwrap();
        assert!(!outer.closed && outer.tets.len() == 1);
        assert!(complex.ring(2, 4).is_none());
    }

    #[test]
    fn a_long_edge_with_three_tetrahedra_gives_way_to_a_face() {
        let mut complex = spindle(3, 0.8);
        for v in 0..5 {
            complex.set_freedom(v, Freedom::Surface);
        }
        let before = volume(&complex);
        let first = complex.alive().next().unwrap();
        assert_eq!(
            improve_around(&mut complex, first, &Anywhere)
                .unwrap()
                .len(),
            2
        );
        assert!(complex.ring(0, 1).is_none());
        assert!((volume(&complex) - before).abs() < 1e-14);
        // And back, where the two apexes are close: the spindle is flat.
        let mut complex = spindle(3, 0.1);
        complex.replace(&[0, 1, 2], &[[2, 3, 4, 1], [2, 4, 3, 0]]);
        let first = complex.alive().next().unwrap();
        assert_eq!(
            improve_around(&mut complex, first, &Anywhere)
                .unwrap()
                .len(),
            3
        );
        assert!(complex.ring(0, 1).unwrap().closed);
    }

    #[test]
    fn the_best_triangulation_of_the_link_is_the_one_an_exhaustive_search_finds() {
        // An uneven ring of five: five triangulations, each a fan from one vertex.
        let mut complex = spindle(5, 0.9);
        complex.move_to(3, Point::new(0.5, 1.3, 0.1));
        complex.move_to(5, Point::new(-0.6, -0.9, -0.2));
        let ring = complex.ring(0, 1).unwrap();
        let (new, worst) = triangulate_link(&complex, 0, 1, &ring.link, -1.0).unwrap();
        assert_eq!(new.len(), 6);
        let l = &ring.link;
        let fan = |apex: usize| {
            let at = |k: usize| l[(apex + k) % 5];
            (1..4)
                .flat_map(|k| {
                    [
                        complex.quality_of([at(0), at(k), at(k + 1), 1]),
                        complex.quality_of([at(0), at(k + 1), at(k), 0]),
                    ]
                })
                .fold(f64::INFINITY, f64::min)
        };
        let best = (0..5).map(fan).fold(f64::NEG_INFINITY, f64::max);
        // The corners come in another order: round-off.
        assert!((worst - best).abs() < 1e-14);
    }

    #[test]
    fn sharp_edges_stay_and_changes_can_be_taken_back() {
        let mut complex = spindle(4, 1.5);
        complex.set_sharp(0, 1, true);
        assert!(edge_removal(&complex, 0, 1, &Anywhere).is_none());
        complex.set_sharp(0, 1, false);
        let before: Vec<_> = complex.alive().map(|t| (t, complex.tet(t))).collect();
        complex.mark();
        let v = complex.add_vertex(Point::new(0.0, 0.0, 0.1), Freedom::Inside);
        assert_eq!(split_edge(&mut complex, 0, 1, v).unwrap().len(), 8);
        complex.move_to(v, Point::new(0.1, 0.0, 0.0));
        contract(&mut complex, v, 2);
        complex.take_back();
        let after: Vec<_> = complex.alive().map(|t| (t, complex.tet(t))).collect();
        assert_eq!(before, after);
        assert_eq!(complex.vertex_count(), 6);
        assert!((volume(&complex) - 2.0 * 2.0 * 1.5 / 3.0).abs() < 1e-14);
    }

    #[test]
    fn a_vertex_inside_contracts_into_a_neighbour_without_loss_of_volume() {
        let mut complex = spindle(6, 1.0);
        let v = complex.add_vertex(Point::new(0.0, 0.0, 0.97), Freedom::Inside);
        split_edge(&mut complex, 0, 1, v).unwrap();
        let before = volume(&complex);
        assert!(contract(&mut complex, v, 1).is_some());
        assert_eq!(complex.alive().count(), 6);
        assert!((volume(&complex) - before).abs() < 1e-14);
    }
}

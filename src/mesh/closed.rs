//! Whether a triangle surface encloses a solid: closed, wound one way, without repeats, without
//! triangles that cut each other. What is wrong is named by triangle numbers.
//!
//! The test for cuts works in plain floating point and leaves grazing contacts, within 1e-9 of
//! the surface's size, to the mesher, whose own check follows.

use super::boundary::{ordered, sorted};
use super::error::{LISTED, MeshError};
use crate::geometry::TriSurface;
use crate::tensor::{Point, Vec3};

/// Refuses a surface that no solid can have.
pub fn check_closed(surface: &TriSurface) -> Result<(), MeshError> {
    check_numbers(surface)?;
    check_triangles(surface)?;
    check_edges(surface)?;
    check_cuts(surface)?;
    let volume = surface.volume();
    if volume <= 0.0 {
        return Err(MeshError::InsideOut { volume });
    }
    Ok(())
}

fn check_numbers(surface: &TriSurface) -> Result<(), MeshError> {
    if surface.triangles.len() < 4 {
        return Err(MeshError::TooFewTriangles {
            triangles: surface.triangles.len(),
        });
    }
    let finite = |p: &Point| p.iter().all(|c| c.is_finite());
    if let Some(vertex) = surface.vertices.iter().position(|p| !finite(p)) {
        return Err(MeshError::NotFinite { vertex });
    }
    for (triangle, corners) in surface.triangles.iter().enumerate() {
        for &vertex in corners {
            if vertex as usize >= surface.vertices.len() {
                return Err(MeshError::NoSuchVertex {
                    triangle,
                    vertex,
                    vertices: surface.vertices.len(),
                });
            }
        }
    }
    Ok(())
}

fn check_triangles(surface: &TriSurface) -> Result<(), MeshError> {
    let mut flat = Vec::new();
    for (t, &[a, b, c]) in surface.triangles.iter().enumerate() {
        let [p, q, r] = surface.corners(t);
        let longest = (q - p).norm().max((r - q).norm()).max((p - r).norm());
        let twice_area = (q - p).cross(&(r - p)).norm();
        if a == b || b == c || c == a || twice_area <= 1e-12 * longest * longest {
            flat.push(t as u32);
        }
    }
    if !flat.is_empty() {
        let count = flat.len();
        flat.truncate(LISTED);
        return Err(MeshError::Degenerate {
            count,
            triangles: flat,
        });
    }
    let mut keys: Vec<([u32; 3], u32)> = surface
        .triangles
        .iter()
        .enumerate()
        .map(|(t, &corners)| (sorted(corners), t as u32))
        .collect();
    keys.sort_unstable();
    let repeats: Vec<&[([u32; 3], u32)]> = keys
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 1)
        .collect();
    if !repeats.is_empty() {
        let count = repeats.iter().map(|same| same.len() - 1).sum();
        let triangles = repeats.iter().flat_map(|same| same.iter().map(|k| k.1));
        return Err(MeshError::Duplicate {
            count,
            triangles: triangles.take(LISTED).collect(),
        });
    }
    Ok(())
}

/// A side of a triangle: its edge, whether it runs from the smaller number, and the triangle.
type Side = ([u32; 2], bool, u32);

fn check_edges(surface: &TriSurface) -> Result<(), MeshError> {
    let mut sides: Vec<Side> = Vec::with_capacity(3 * surface.triangles.len());
    for (t, corners) in surface.triangles.iter().enumerate() {
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            sides.push((ordered(a, b), a < b, t as u32));
        }
    }
    sides.sort_unstable();
    let edges: Vec<&[Side]> = sides.chunk_by(|a, b| a.0 == b.0).collect();
    let faults = |wrong: &dyn Fn(&[Side]) -> bool| {
        let found: Vec<_> = edges.iter().filter(|e| wrong(e)).collect();
        let mut triangles: Vec<u32> = found
            .iter()
            .flat_map(|e| e.iter().map(|s| s.2))
            .take(4 * LISTED)
            .collect();
        triangles.sort_unstable();
        triangles.dedup();
        triangles.truncate(LISTED);
        (found.len(), triangles)
    };
    let (count, triangles) = faults(&|e| e.len() > 2);
    if count > 0 {
        return Err(MeshError::NonManifold { count, triangles });
    }
    let (count, triangles) = faults(&|e| e.len() == 1);
    if count > 0 {
        return Err(MeshError::Open { count, triangles });
    }
    let (count, triangles) = faults(&|e| e[0].1 == e[1].1);
    if count > 0 {
        return Err(MeshError::Flipped { count, triangles });
    }
    Ok(())
}

struct Boxed {
    triangle: u32,
    min: Point,
    max: Point,
}

fn check_cuts(surface: &TriSurface) -> Result<(), MeshError> {
    let mut boxes: Vec<Boxed> = (0..surface.triangles.len())
        .map(|t| {
            let [a, b, c] = surface.corners(t);
            Boxed {
                triangle: t as u32,
                min: a.inf(&b).inf(&c),
                max: a.sup(&b).sup(&c),
            }
        })
        .collect();
    boxes.sort_by(|a, b| {
        a.min
            .z
            .total_cmp(&b.min.z)
            .then(a.triangle.cmp(&b.triangle))
    });
    let size = boxes
        .iter()
        .map(|b| (b.max - boxes[0].min).amax())
        .fold(0.0, f64::max);
    let mut pairs = Vec::new();
    let mut count = 0;
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[i + 1..] {
            if b.min.z > a.max.z {
                break;
            }
            let apart = |k: usize| a.min[k] > b.max[k] || b.min[k] > a.max[k];
            if apart(0) || apart(1) || !cut(surface, a.triangle, b.triangle, 1e-9 * size) {
                continue;
            }
            count += 1;
            if pairs.len() < LISTED {
                pairs.push(ordered(a.triangle, b.triangle));
            }
        }
    }
    if count > 0 {
        return Err(MeshError::SelfIntersection { count, pairs });
    }
    Ok(())
}

/// Whether an edge of one triangle passes through the other; edges that start at a shared vertex
/// only touch there.
fn cut(surface: &TriSurface, s: u32, t: u32, grazing: f64) -> bool {
    let through = |s: u32, t: u32| {
        let (edges, face) = (surface.triangles[s as usize], surface.triangles[t as usize]);
        let corners = surface.corners(t as usize);
        (0..3).any(|k| {
            let (a, b) = (edges[k], edges[(k + 1) % 3]);
            !face.contains(&a)
                && !face.contains(&b)
                && pierces(
                    &surface.vertices[a as usize],
                    &surface.vertices[b as usize],
                    &corners,
                    grazing,
                )
        })
    };
    through(s, t) || through(t, s)
}

/// Whether the segment a–b crosses the inside of a triangle, farther than `grazing` mm from its
/// plane on both sides.
fn pierces(a: &Point, b: &Point, corners: &[Point; 3], grazing: f64) -> bool {
    let [p, q, r] = corners;
    let normal: Vec3 = (q - p).cross(&(r - p)).normalize();
    let (da, db) = ((a - p).dot(&normal), (b - p).dot(&normal));
    if da.abs() <= grazing || db.abs() <= grazing || (da > 0.0) == (db > 0.0) {
        return false;
    }
    let at = a + da / (da - db) * (b - a);
    [(p, q), (q, r), (r, p)]
        .iter()
        .all(|(x, y)| (*y - *x).cross(&(at - *x)).dot(&normal) > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::tests::surfaces::{cube, icosphere};

    /// The cube with triangle 17 changed by `change`.
    fn changed(change: impl Fn(&mut TriSurface, usize)) -> TriSurface {
        let mut surface = cube(3, 1.0);
        change(&mut surface, 17);
        surface
    }

    /// Two surfaces in one.
    fn both(mut a: TriSurface, b: &TriSurface) -> TriSurface {
        let first = a.vertices.len() as u32;
        a.vertices.extend_from_slice(&b.vertices);
        a.triangles
            .extend(b.triangles.iter().map(|t| t.map(|v| v + first)));
        a
    }

    fn moved(mut surface: TriSurface, shift: Vec3) -> TriSurface {
        surface.vertices.iter_mut().for_each(|p| *p += shift);
        surface
    }

    #[test]
    fn sound_surfaces_pass_also_several_at_once() {
        assert_eq!(check_closed(&cube(4, 3.0)), Ok(()));
        assert_eq!(check_closed(&icosphere(3, 5.0)), Ok(()));
        let apart = both(cube(2, 1.0), &moved(cube(3, 1.0), Vec3::new(2.0, 0.0, 0.0)));
        assert_eq!(check_closed(&apart), Ok(()));
    }

    #[test]
    fn nothing_and_too_little_are_refused() {
        let few = TriSurface {
            triangles: cube(1, 1.0).triangles[..3].to_vec(),
            ..cube(1, 1.0)
        };
        for surface in [TriSurface::default(), few] {
            let triangles = surface.triangles.len();
            let outcome = check_closed(&surface);
            assert_eq!(outcome, Err(MeshError::TooFewTriangles { triangles }));
        }
    }

    #[test]
    fn numbers_that_are_none_and_vertices_that_are_not_there_are_refused() {
        for value in [f64::NAN, f64::INFINITY] {
            let surface = changed(|s, _| s.vertices[5].y = value);
            let outcome = check_closed(&surface);
            assert_eq!(outcome, Err(MeshError::NotFinite { vertex: 5 }));
        }
        let surface = changed(|s, t| s.triangles[t][1] = 9999);
        let vertices = surface.vertices.len();
        let outcome = check_closed(&surface);
        assert_eq!(
            outcome,
            Err(MeshError::NoSuchVertex {
                triangle: 17,
                vertex: 9999,
                vertices
            })
        );
    }

    #[test]
    fn a_hole_is_refused_by_the_triangles_around_it() {
        let surface = changed(|s, t| {
            s.triangles.remove(t);
        });
        let Err(MeshError::Open { count, triangles }) = check_closed(&surface) else {
            panic!("{:?}", check_closed(&surface));
        };
        assert_eq!((count, triangles.len()), (3, 3));
        // A surface that only seems closed: one vertex has been doubled.
        let surface = changed(|s, t| {
            let v = s.triangles[t][0];
            s.vertices.push(s.vertices[v as usize]);
            s.triangles[t][0] = s.vertices.len() as u32 - 1;
        });
        assert!(matches!(
            check_closed(&surface),
            Err(MeshError::Open { count: 4, triangles }) if triangles.contains(&17)
        ));
    }

    #[test]
    fn a_flipped_triangle_is_among_those_named() {
        let surface = changed(|s, t| s.triangles[t].swap(0, 1));
        assert!(matches!(
            check_closed(&surface),
            Err(MeshError::Flipped { count: 3, triangles }) if triangles.contains(&17)
        ));
    }

    #[test]
    fn a_surface_inside_out_is_refused_by_its_volume() {
        let mut surface = cube(2, 2.0);
        surface.triangles.iter_mut().for_each(|t| t.swap(0, 1));
        let Err(MeshError::InsideOut { volume }) = check_closed(&surface) else {
            panic!("{:?}", check_closed(&surface));
        };
        assert!((volume + 8.0).abs() < 1e-12);
    }

    #[test]
    fn doubled_triangles_are_named_whichever_way_they_wind() {
        for winding in [[0, 1, 2], [0, 2, 1], [1, 2, 0]] {
            let surface = changed(|s, t| {
                let triangle = winding.map(|k| s.triangles[t][k]);
                s.triangles.push(triangle);
            });
            let last = surface.triangles.len() as u32 - 1;
            let outcome = check_closed(&surface);
            assert_eq!(
                outcome,
                Err(MeshError::Duplicate {
                    count: 1,
                    triangles: vec![17, last]
                })
            );
        }
    }

    #[test]
    fn triangles_without_area_are_named() {
        let same = changed(|s, t| s.triangles[t][1] = s.triangles[t][0]);
        // On one line: a vertex moved to the middle of the opposite edge.
        let line = changed(|s, t| {
            let [a, b, c] = s.triangles[t].map(|v| v as usize);
            s.vertices[a] = nalgebra::center(&s.vertices[b], &s.vertices[c]);
        });
        for surface in [same, line] {
            assert!(matches!(
                check_closed(&surface),
                Err(MeshError::Degenerate { triangles, .. }) if triangles.contains(&17)
            ));
        }
    }

    #[test]
    fn a_fin_on_an_edge_is_refused() {
        let surface = changed(|s, t| {
            let [a, b, _] = s.triangles[t];
            s.vertices.push(Point::new(5.0, 5.0, 5.0));
            let top = s.vertices.len() as u32 - 1;
            s.triangles.push([a, b, top]);
        });
        assert!(matches!(
            check_closed(&surface),
            Err(MeshError::NonManifold { count: 1, triangles }) if triangles.contains(&17)
        ));
    }

    #[test]
    fn surfaces_that_cut_each_other_or_themselves_are_refused_by_pairs() {
        let crossing = both(cube(3, 1.0), &moved(icosphere(2, 0.4), Vec3::repeat(0.1)));
        // A vertex of the top face pulled down through the bottom.
        let spike = {
            let mut s = cube(3, 1.0);
            let inner =
                |p: &Point| p.z > 0.99 && (p.x - 0.4).abs() < 0.2 && (p.y - 0.4).abs() < 0.2;
            let at = s.vertices.iter().position(inner).unwrap();
            s.vertices[at].z = -1.0;
            s
        };
        for surface in [crossing, spike] {
            let Err(MeshError::SelfIntersection { count, pairs }) = check_closed(&surface) else {
                panic!("{:?}", check_closed(&surface));
            };
            assert!(count >= pairs.len() && !pairs.is_empty());
            for [a, b] in pairs {
                assert!(cut(&surface, a, b, 1e-9));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_numbers() {
        let surface = changed(|s, t| s.triangles[t].swap(0, 1));
        let text = check_closed(&surface).unwrap_err().to_string();
        assert!(text.contains("17") && text.contains("flipped"), "{text}");
    }
}

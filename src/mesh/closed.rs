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

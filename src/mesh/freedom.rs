//! Which vertices of a fresh mesh lie on the surface, on a sharp edge, or on a corner.
//!
//! Sharp are the edges that the surface lists (also where the mesher has cut them into pieces)
//! and all others that fold by more than [`FOLD_DEG`]. A vertex with two sharp edges that go
//! straight on may slide along them; any other vertex with sharp edges stays.

use super::FACES;
use super::boundary::{ordered, sorted, unshared};
use super::complex::{Complex, Freedom};
use super::tetgen::RawTets;
use crate::geometry::TriSurface;
use crate::tensor::Vec3;

/// Boundary edges that fold by more than this are sharp even if the surface does not say so.
const FOLD_DEG: f64 = 55.0;

/// Two sharp edges that turn by less than this at a vertex are one crease.
const STRAIGHT_DEG: f64 = 50.0;

/// The mesh with its vertices' freedom and sharp edges known.
pub fn classified(raw: RawTets, surface: &TriSurface) -> Complex {
    let faces = boundary_faces(&raw);
    let given = surface.vertices.len();
    let mut complex = Complex::new(raw);
    for v in faces.iter().flatten() {
        complex.set_freedom(*v, Freedom::Surface);
    }
    for [a, b] in folds(&complex, &faces) {
        complex.set_sharp(a, b, true);
    }
    let added: Vec<u32> = (given as u32..complex.vertex_count() as u32)
        .filter(|&v| complex.freedom(v) == Freedom::Surface)
        .collect();
    for &[a, b] in &surface.sharp_edges {
        for [a, b] in pieces(&complex, a, b, &added) {
            complex.set_sharp(a, b, true);
        }
    }
    for v in 0..complex.vertex_count() as u32 {
        if complex.freedom(v) == Freedom::Surface {
            let freedom = freedom_by_edges(&complex, v);
            complex.set_freedom(v, freedom);
        }
    }
    complex
}

/// The outward faces with one tetrahedron only.
fn boundary_faces(raw: &RawTets) -> Vec<[u32; 3]> {
    let faces: Vec<([u32; 3], [u32; 3])> = raw
        .tets
        .iter()
        .flat_map(|tet| FACES.map(|f| f.map(|i| tet[i])))
        .map(|face| (sorted(face), face))
        .collect();
    unshared(faces)
}

fn folds(complex: &Complex, faces: &[[u32; 3]]) -> Vec<[u32; 2]> {
    let mut sides: Vec<([u32; 2], Vec3)> = Vec::with_capacity(3 * faces.len());
    for face in faces {
        let [a, b, c] = face.map(|v| complex.point(v));
        let normal = (b - a)
            .cross(&(c - a))
            .try_normalize(1e-300)
            .unwrap_or_else(Vec3::zeros);
        for k in 0..3 {
            sides.push((ordered(face[k], face[(k + 1) % 3]), normal));
        }
    }
    sides.sort_by_key(|s| s.0);
    let cos = FOLD_DEG.to_radians().cos();
    sides
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|pair| pair.len() != 2 || pair[0].1.dot(&pair[1].1) < cos)
        .map(|pair| pair[0].0)
        .collect()
}

/// The mesh edges that make up the surface edge a–b, which the mesher may have cut at some of
/// the vertices it `added`.
fn pieces(complex: &Complex, a: u32, b: u32, added: &[u32]) -> Vec<[u32; 2]> {
    if complex.are_joined(a, b) {
        return vec![[a, b]];
    }
    let (from, to) = (complex.point(a), complex.point(b));
    let along = to - from;
    let mut stops: Vec<(f64, u32)> = Vec::new();
    for &v in added {
        let offset = complex.point(v) - from;
        let t = offset.dot(&along) / along.norm_squared();
        if t > 0.0 && t < 1.0 && (offset - t * along).norm() < 1e-6 * along.norm() {
            stops.push((t, v));
        }
    }
    stops.sort_by(|x, y| x.0.total_cmp(&y.0));
    let mut chain = vec![a];
    chain.extend(stops.iter().map(|s| s.1));
    chain.push(b);
    chain
        .windows(2)
        .filter(|w| complex.are_joined(w[0], w[1]))
        .map(|w| [w[0], w[1]])
        .collect()
}

fn freedom_by_edges(complex: &Complex, v: u32) -> Freedom {
    match complex.sharp_neighbours(v)[..] {
        [] => Freedom::Surface,
        [a, b] => {
            let here = complex.point(v);
            let (u, w) = (here - complex.point(a), complex.point(b) - here);
            let straight = u.dot(&w) > STRAIGHT_DEG.to_radians().cos() * u.norm() * w.norm();
            if straight {
                Freedom::Crease
            } else {
                Freedom::Corner
            }
        }
        _ => Freedom::Corner,
    }
}

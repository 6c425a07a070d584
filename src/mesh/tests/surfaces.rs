//! Closed surfaces for the tests of this module.

use crate::geometry::TriSurface;
use crate::mesh::boundary::ordered;
use crate::tensor::{Point, Vec3};
use std::collections::BTreeMap;

/// The cube [0, side]³ with n × n × 2 triangles a face and its twelve edges sharp.
pub fn cube(n: usize, side: f64) -> TriSurface {
    let mesh = crate::mesh::structured::box_mesh(crate::mesh::ElementKind::Tet4, [n; 3], |u| {
        Point::from(u.map(|c| c * side))
    });
    surface_of(&mesh, 40.0)
}

/// The cylinder of that radius and height on the xy plane, `n` cells around and about n/3 along
/// the radius, with its two rims sharp.
pub fn cylinder(n: usize, radius: f64, height: f64) -> TriSurface {
    let along = ((n as f64 * height) / (std::f64::consts::TAU * radius)).ceil() as usize;
    // A disc from a square (no pole): the elliptical map, boundary on the circle.
    let side = n / 4;
    let mesh = crate::mesh::structured::box_mesh(
        crate::mesh::ElementKind::Tet4,
        [side, side, along],
        |[u, v, w]| {
            let (x, y) = (2.0 * u - 1.0, 2.0 * v - 1.0);
            let p = x * (1.0 - 0.5 * y * y).sqrt();
            let q = y * (1.0 - 0.5 * x * x).sqrt();
            Point::new(radius * p, radius * q, height * w)
        },
    );
    surface_of(&mesh, 60.0)
}

/// The boundary of a mesh; edges that fold by more than `sharp_deg` are sharp.
pub fn surface_of(mesh: &crate::mesh::Mesh, sharp_deg: f64) -> TriSurface {
    let mut number = BTreeMap::new();
    let mut out = TriSurface::default();
    for facet in crate::mesh::boundary::boundary_facets(mesh) {
        let triangle = mesh.facet_nodes(facet).map(|n| {
            *number.entry(n).or_insert_with(|| {
                out.vertices.push(mesh.nodes[n as usize]);
                out.vertices.len() as u32 - 1
            })
        });
        out.triangles.push(triangle);
    }
    let mut folds: BTreeMap<[u32; 2], Vec<Vec3>> = BTreeMap::new();
    for t in 0..out.triangles.len() {
        let [a, b, c] = out.corners(t);
        let normal = (b - a).cross(&(c - a)).normalize();
        let [a, b, c] = out.triangles[t];
        for edge in [ordered(a, b), ordered(b, c), ordered(c, a)] {
            folds.entry(edge).or_default().push(normal);
        }
    }
    let cos = sharp_deg.to_radians().cos();
    out.sharp_edges = folds
        .into_iter()
        .filter(|(_, n)| n[0].dot(&n[1]) < cos)
        .map(|(edge, _)| edge)
        .collect();
    out
}

/// An icosahedron, subdivided `times` times and put on a sphere about the origin.
pub fn icosphere(times: usize, radius: f64) -> TriSurface {
    let g = 0.5 * (1.0 + 5f64.sqrt());
    let mut out = TriSurface::default();
    for (s, t) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
        out.vertices.push(Point::new(0.0, s, t * g));
        out.vertices.push(Point::new(s, t * g, 0.0));
        out.vertices.push(Point::new(t * g, 0.0, s));
    }
    // Faces of an icosahedron: all triples at mutual distance 2.
    let close = |a: usize, b: usize, v: &[Point]| ((v[a] - v[b]).norm() - 2.0).abs() < 1e-9;
    for a in 0..12 {
        for b in a + 1..12 {
            for c in b + 1..12 {
                let v = &out.vertices;
                if close(a, b, v) && close(b, c, v) && close(c, a, v) {
                    let out_side = (v[b] - v[a]).cross(&(v[c] - v[a])).dot(&v[a].coords) > 0.0;
                    let [b, c] = if out_side { [b, c] } else { [c, b] };
                    out.triangles.push([a as u32, b as u32, c as u32]);
                }
            }
        }
    }
    for _ in 0..times {
        let mut middle = BTreeMap::new();
        let mut finer = Vec::new();
        for [a, b, c] in std::mem::take(&mut out.triangles) {
            let mut mid = |a: u32, b: u32| {
                *middle.entry(ordered(a, b)).or_insert_with(|| {
                    let m = nalgebra::center(&out.vertices[a as usize], &out.vertices[b as usize]);
                    out.vertices.push(m);
                    out.vertices.len() as u32 - 1
                })
            };
            let (ab, bc, ca) = (mid(a, b), mid(b, c), mid(c, a));
            finer.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
        }
        out.triangles = finer;
    }
    for p in &mut out.vertices {
        *p = Point::from(radius * p.coords.normalize());
    }
    out
}

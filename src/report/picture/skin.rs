//! Bodies of a mesh as triangles to look at: their outer faces, cut by a plane, and the cut
//! itself through the elements.

use std::ops::Range;

use super::colour::Rgb;
use super::raster::Triangle;
use crate::mesh::{FACES, Facet, Mesh};
use crate::tensor::{Point, Vec3};

/// Facets that meet at a sharper angle than this keep their own normals (cosine of 35°).
const CREASE_COSINE: f64 = 0.82;

/// A plane that hides what lies on the side its normal points to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// A point of the plane, mm.
    pub point: Point,
    /// Unit normal, to the hidden side.
    pub normal: Vec3,
}

impl Cut {
    /// Distance into the hidden side, mm.
    fn depth(&self, p: &Point) -> f64 {
        self.normal.dot(&(p - self.point))
    }
}

/// Faces of these elements that no two of them share, in a fixed order.
pub fn outer_facets(mesh: &Mesh, elements: Range<usize>) -> Vec<Facet> {
    let mut keyed: Vec<([u32; 3], Facet)> = elements
        .flat_map(|e| {
            (0..FACES.len()).map(move |f| Facet {
                element: e as u32,
                face: f as u8,
            })
        })
        .map(|facet| {
            let mut key = mesh.facet_nodes(facet);
            key.sort_unstable();
            (key, facet)
        })
        .collect();
    keyed.sort_unstable();
    let mut outer = Vec::new();
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, facet)] = same {
            outer.push(*facet);
        }
    }
    outer
}

/// Triangles of facets, shaded smoothly where they meet at a blunt angle.
pub fn skin_triangles(mesh: &Mesh, facets: &[Facet], colour: Rgb, group: u16) -> Vec<Triangle> {
    let areas: Vec<Vec3> = facets.iter().map(|f| mesh.facet_area_vector(*f)).collect();
    let mut around: Vec<(u32, usize)> = facets
        .iter()
        .enumerate()
        .flat_map(|(k, f)| mesh.facet_nodes(*f).map(|n| (n, k)))
        .collect();
    around.sort_unstable();
    let normal_at = |node: u32, own: usize| {
        let first = around.partition_point(|(n, _)| *n < node);
        let own_normal = areas[own].normalize();
        around[first..]
            .iter()
            .take_while(|(n, _)| *n == node)
            .map(|(_, k)| areas[*k])
            .filter(|a| a.normalize().dot(&own_normal) > CREASE_COSINE)
            .sum::<Vec3>()
    };
    facets
        .iter()
        .enumerate()
        .map(|(k, facet)| Triangle {
            corners: mesh.facet_corners(*facet),
            normals: mesh.facet_nodes(*facet).map(|n| normal_at(n, k)),
            colour,
            group,
        })
        .collect()
}

/// The parts of triangles on the visible side of a cut.
pub fn clip_triangles(triangles: &[Triangle], cut: &Cut) -> Vec<Triangle> {
    let mut kept = Vec::with_capacity(triangles.len());
    for triangle in triangles {
        let depth = triangle.corners.map(|p| cut.depth(&p));
        if depth.iter().all(|d| *d <= 0.0) {
            kept.push(*triangle);
        } else if depth.iter().any(|d| *d < 0.0) {
            clip_one(triangle, &depth, &mut kept);
        }
    }
    kept
}

/// Sutherland–Hodgman on one triangle; the polygon is fanned.
fn clip_one(triangle: &Triangle, depth: &[f64; 3], kept: &mut Vec<Triangle>) {
    let mut polygon: Vec<(Point, Vec3)> = Vec::with_capacity(4);
    for i in 0..3 {
        let j = (i + 1) % 3;
        let (p, q) = (triangle.corners[i], triangle.corners[j]);
        let (m, n) = (triangle.normals[i], triangle.normals[j]);
        if depth[i] <= 0.0 {
            polygon.push((p, m));
        }
        if (depth[i] <= 0.0) != (depth[j] <= 0.0) {
            let t = depth[i] / (depth[i] - depth[j]);
            polygon.push((p + t * (q - p), m + t * (n - m)));
        }
    }
    for k in 1..polygon.len().saturating_sub(1) {
        let fan = [polygon[0], polygon[k], polygon[k + 1]];
        kept.push(Triangle {
            corners: fan.map(|f| f.0),
            normals: fan.map(|f| f.1),
            ..*triangle
        });
    }
}

/// Where a cut passes through elements: unshaded triangles, coloured element by element.
pub fn section_triangles(
    mesh: &Mesh,
    elements: Range<usize>,
    cut: &Cut,
    group: u16,
    colour: &dyn Fn(usize) -> Rgb,
) -> Vec<Triangle> {
    let mut triangles = Vec::new();
    for e in elements {
        let corners = mesh.corners(e);
        let depth = corners.map(|p| cut.depth(&p));
        let (hidden, visible): (Vec<usize>, Vec<usize>) = (0..4).partition(|&i| depth[i] > 0.0);
        let between = |i: usize, j: usize| {
            corners[i] + depth[i] / (depth[i] - depth[j]) * (corners[j] - corners[i])
        };
        // One corner apart: a triangle; two and two: a quadrilateral, in order around it.
        let polygon: Vec<Point> = match (hidden.as_slice(), visible.as_slice()) {
            ([a], others @ [_, _, _]) | (others @ [_, _, _], [a]) => {
                others.iter().map(|&b| between(*a, b)).collect()
            }
            ([a, b], [c, d]) => {
                vec![
                    between(*a, *c),
                    between(*a, *d),
                    between(*b, *d),
                    between(*b, *c),
                ]
            }
            _ => continue,
        };
        for k in 1..polygon.len() - 1 {
            triangles.push(Triangle {
                corners: [polygon[0], polygon[k], polygon[k + 1]],
                normals: [Vec3::zeros(); 3],
                colour: colour(e),
                group,
            });
        }
    }
    triangles
}

/// A tube between two points (a rod).
pub fn tube_triangles(ends: &[Point; 2], radius: f64, colour: Rgb, group: u16) -> Vec<Triangle> {
    const SIDES: usize = 24;
    let axis = ends[1] - ends[0];
    let across = axis.cross(&if axis.x.abs() < 0.5 * axis.norm() {
        Vec3::x()
    } else {
        Vec3::y()
    });
    let u = across.normalize();
    let v = axis.cross(&u).normalize();
    let spoke = |k: usize| {
        let angle = std::f64::consts::TAU * k as f64 / SIDES as f64;
        angle.cos() * u + angle.sin() * v
    };
    let mut triangles = Vec::with_capacity(4 * SIDES);
    for k in 0..SIDES {
        let (m, n) = (spoke(k), spoke(k + 1));
        let [a, b] = ends.map(|p| p + radius * m);
        let [d, c] = ends.map(|p| p + radius * n);
        let side = |corners, normals| Triangle {
            corners,
            normals,
            colour,
            group,
        };
        triangles.push(side([a, d, c], [m, n, n]));
        triangles.push(side([a, c, b], [m, n, m]));
        triangles.push(side([ends[0], a, d], [-axis; 3]));
        triangles.push(side([ends[1], b, c], [axis; 3]));
    }
    triangles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    fn area(triangles: &[Triangle]) -> f64 {
        triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.corners;
                0.5 * (b - a).cross(&(c - a)).norm()
            })
            .sum()
    }

    /// Elements of the cylinder (radius 7.5 mm, height 25 mm) of the made-up mesh.
    fn cage(mesh: &Mesh) -> Range<usize> {
        let first = mesh.region_of.iter().position(|r| *r == 1).unwrap();
        first..first + mesh.region_of.iter().filter(|r| **r == 1).count()
    }

    #[test]
    fn the_skin_of_a_cylinder_is_closed_and_has_its_volume() {
        let mesh = example::mesh();
        let elements = cage(&mesh);
        let volume: f64 = elements.clone().map(|e| mesh.volume(e)).sum();
        let facets = outer_facets(&mesh, elements);
        let enclosed: f64 = facets
            .iter()
            .map(|f| {
                let [a, b, c] = mesh.facet_corners(*f).map(|p| p.coords);
                a.dot(&b.cross(&c)) / 6.0
            })
            .sum();
        assert!((volume - enclosed).abs() < 1e-9 * volume);
    }

    #[test]
    fn a_cut_through_the_axis_has_the_area_of_the_rectangle_and_halves_the_skin() {
        let mesh = example::mesh();
        let elements = cage(&mesh);
        // Off the symmetry plane by a hair, so that no node lies in it.
        let cut = Cut {
            point: Point::new(0.0, 1e-7, 0.0),
            normal: Vec3::y(),
        };
        let grey = Rgb([128; 3]);
        let section = section_triangles(&mesh, elements.clone(), &cut, 0, &|_| grey);
        assert!(
            (area(&section) - 15.0 * 25.0).abs() < 1e-4,
            "{}",
            area(&section)
        );
        let facets = outer_facets(&mesh, elements);
        let skin = skin_triangles(&mesh, &facets, grey, 0);
        let half = clip_triangles(&skin, &cut);
        assert!((2.0 * area(&half) / area(&skin) - 1.0).abs() < 1e-6);
        assert!(half.iter().flat_map(|t| &t.corners).all(|p| p.y < 1e-6));
    }

    #[test]
    fn normals_are_smooth_around_the_cylinder_and_kept_apart_at_its_rim() {
        let mesh = example::mesh();
        let facets = outer_facets(&mesh, cage(&mesh));
        for triangle in skin_triangles(&mesh, &facets, Rgb([0; 3]), 0) {
            for (p, n) in triangle.corners.iter().zip(&triangle.normals) {
                let n = n.normalize();
                let radial = Vec3::new(p.x, p.y, 0.0).normalize();
                let on_end = triangle.corners.iter().all(|c| c.z.abs() > 12.499);
                let expected = if on_end {
                    Vec3::z() * p.z.signum()
                } else {
                    radial
                };
                // Facets of 48 sides turn by 7.5°; a smoothed normal errs by less than that.
                assert!(n.dot(&expected) > 7.5f64.to_radians().cos(), "{p:?} {n:?}");
            }
        }
    }
}

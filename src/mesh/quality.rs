//! How well shaped tetrahedra are, and how close a mesh keeps to its body.
//!
//! The dihedral angle at edge ij, between the faces opposite k and l, obeys
//! sin θ_ij = 6V·|ij| / (|n_k| |n_l|) and cos θ_ij = −n_k·n_l / (|n_k| |n_l|), n the outward area
//! vectors (twice the area). The smallest sine of the six is the measure that improvement drives:
//! it punishes both flat and obtuse angles and is negative for inverted tetrahedra (Klingner &
//! Shewchuk 2008). Reports give the angles themselves.

use super::TetMesh;
use super::boundary::{boundary_facets, edges};
use crate::geometry::tetrahedron::EDGE_AND_REST;
use crate::geometry::{Field, TriSurface};
use crate::tensor::{Point, Vec3};

/// Six times the volume, mm³, and twice the outward area vectors opposite each corner, mm².
fn six_volume_and_normals(p: &[Point; 4]) -> (f64, [Vec3; 4]) {
    let (u, v, w) = (p[1] - p[0], p[2] - p[0], p[3] - p[0]);
    let (vw, wu, uv) = (v.cross(&w), w.cross(&u), u.cross(&v));
    (u.dot(&vw), [vw + wu + uv, -vw, -wu, -uv])
}

/// Smallest sine of the six dihedral angles; negative where the corners are left-handed.
pub fn smallest_sine(p: &[Point; 4]) -> f64 {
    let (six_v, n) = six_volume_and_normals(p);
    let a = n.map(|n| n.norm_squared());
    let mut worst = f64::INFINITY;
    for [i, j, k, l] in EDGE_AND_REST {
        worst = worst.min((p[j] - p[i]).norm_squared() / (a[k] * a[l]));
    }
    let sine = six_v * worst.sqrt();
    // A tetrahedron without any extent has no angles: as bad as it gets.
    if sine.is_finite() { sine } else { -1.0 }
}

/// The six dihedral angles, degrees, of a right-handed tetrahedron.
pub fn dihedral_angles(p: &[Point; 4]) -> [f64; 6] {
    let (_, n) = six_volume_and_normals(p);
    EDGE_AND_REST.map(|[_, _, k, l]| {
        let cos = -n[k].dot(&n[l]) / (n[k].norm() * n[l].norm());
        cos.clamp(-1.0, 1.0).acos().to_degrees()
    })
}

/// Degrees per bin of [`Quality::histogram`].
pub const BIN_DEG: f64 = 5.0;

/// The shape of the elements of a mesh.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Smallest dihedral angle of the elements that are not exempt, degrees.
    pub min_dihedral_deg: f64,
    /// One element in a hundred has a smallest dihedral angle below this, degrees.
    pub percentile_1_deg: f64,
    /// Share of the elements, exempt ones left out, whose smallest dihedral angle is above 15°.
    pub share_above_15_deg: f64,
    /// Elements at edges of the input that are sharper than 60°: they cannot do better than the
    /// edge and are left out above.
    pub exempt: Vec<u32>,
    /// Number of elements by smallest dihedral angle, bins of [`BIN_DEG`] degrees from 0.
    pub histogram: [usize; 15],
    /// Shortest edge, mm.
    pub min_edge_mm: f64,
    /// Mean edge, mm.
    pub mean_edge_mm: f64,
}

impl Quality {
    /// Measures `mesh`, leaving out the elements `exempt`.
    pub fn of(mesh: &TetMesh, exempt: Vec<u32>) -> Self {
        let mut counted = vec![true; mesh.element_count()];
        for &e in &exempt {
            counted[e as usize] = false;
        }
        let mut histogram = [0; 15];
        let mut smallest = Vec::with_capacity(mesh.element_count());
        for (e, counted) in counted.into_iter().enumerate() {
            let angles = dihedral_angles(&mesh.corners(e));
            let angle = angles.into_iter().fold(f64::INFINITY, f64::min);
            histogram[((angle / BIN_DEG) as usize).min(14)] += 1;
            if counted {
                smallest.push(angle);
            }
        }
        smallest.sort_by(f64::total_cmp);
        let above = smallest.iter().filter(|a| **a > 15.0).count();
        let lengths: Vec<f64> = edges(mesh)
            .iter()
            .map(|&[a, b]| (mesh.nodes[a as usize] - mesh.nodes[b as usize]).norm())
            .collect();
        Self {
            min_dihedral_deg: smallest.first().copied().unwrap_or(0.0),
            percentile_1_deg: smallest.get(smallest.len() / 100).copied().unwrap_or(0.0),
            share_above_15_deg: above as f64 / smallest.len().max(1) as f64,
            exempt,
            histogram,
            min_edge_mm: lengths.iter().copied().fold(f64::INFINITY, f64::min),
            mean_edge_mm: lengths.iter().sum::<f64>() / lengths.len().max(1) as f64,
        }
    }
}

/// Edges of a closed surface whose inner angle is below `limit_deg`, as vertex pairs.
pub fn acute_edges(surface: &TriSurface, limit_deg: f64) -> Vec<[u32; 2]> {
    let mut sides: Vec<([u32; 2], Vec3, Point)> = Vec::new();
    for (t, triangle) in surface.triangles.iter().enumerate() {
        let p = surface.corners(t);
        let normal = (p[1] - p[0]).cross(&(p[2] - p[0])).normalize();
        for k in 0..3 {
            let edge = super::boundary::ordered(triangle[k], triangle[(k + 1) % 3]);
            sides.push((edge, normal, p[(k + 2) % 3]));
        }
    }
    sides.sort_by_key(|s| s.0);
    let limit = -limit_deg.to_radians().cos();
    let mut acute = Vec::new();
    for pair in sides.chunk_by(|a, b| a.0 == b.0).filter(|p| p.len() == 2) {
        let (edge, n, _) = pair[0];
        let (_, m, across) = pair[1];
        // Convex where the other triangle falls below this one's plane.
        let convex = (across - surface.vertices[edge[0] as usize]).dot(&n) < 0.0;
        // Inner angle θ of a convex edge: n·m = −cos θ.
        if convex && n.dot(&m) < limit {
            acute.push(edge);
        }
    }
    acute
}

/// Elements with a corner on one of the segments `edges` (vertex pairs of `points`).
pub fn elements_at_segments(mesh: &TetMesh, points: &[Point], edges: &[[u32; 2]]) -> Vec<u32> {
    if edges.is_empty() {
        return Vec::new();
    }
    let segments: Vec<[Point; 2]> = edges
        .iter()
        .map(|e| e.map(|v| points[v as usize]))
        .collect();
    let touches = |p: &Point| {
        segments.iter().any(|[a, b]| {
            let (along, to) = (b - a, p - a);
            let t = (to.dot(&along) / along.norm_squared()).clamp(0.0, 1.0);
            (to - t * along).norm() <= 1e-3 * along.norm()
        })
    };
    let mut at_edge = vec![false; mesh.nodes.len()];
    for facet in boundary_facets(mesh) {
        for n in mesh.facet_nodes(facet) {
            let n = n as usize;
            at_edge[n] = at_edge[n] || touches(&mesh.nodes[n]);
        }
    }
    (0..mesh.element_count() as u32)
        .filter(|&e| {
            mesh.element(e as usize)[..4]
                .iter()
                .any(|&n| at_edge[n as usize])
        })
        .collect()
}

/// Largest |field| over the boundary's corners, edge middles and face middles, mm: how far the
/// boundary of the mesh lies from the body, as far as the field is a distance.
pub fn boundary_distance(mesh: &TetMesh, field: &dyn Field) -> f64 {
    let mut farthest = 0.0f64;
    for facet in boundary_facets(mesh) {
        let [a, b, c] = mesh.facet_corners(facet);
        let middle = Point::from((a.coords + b.coords + c.coords) / 3.0);
        let samples = [
            a,
            nalgebra::center(&a, &b),
            nalgebra::center(&b, &c),
            middle,
        ];
        for p in samples {
            farthest = farthest.max(field.value(&p).abs());
        }
    }
    farthest
}

/// Volume of a mesh from its corners, mm³.
pub fn total_volume(mesh: &TetMesh) -> f64 {
    (0..mesh.element_count()).map(|e| mesh.volume(e)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;
    use crate::mesh::tests::surfaces::cube;

    #[test]
    fn a_regular_tetrahedron_has_seventy_and_a_half_degrees_everywhere() {
        let p = [
            Point::new(1.0, 1.0, 1.0),
            Point::new(-1.0, 1.0, -1.0),
            Point::new(1.0, -1.0, -1.0),
            Point::new(-1.0, -1.0, 1.0),
        ];
        // acos(1/3) = 70.528779°.
        for angle in dihedral_angles(&p) {
            assert!((angle - 70.528_779_365_509).abs() < 1e-9);
        }
        assert!((smallest_sine(&p) - 8f64.sqrt() / 3.0).abs() < 1e-14);
        let mirrored = [p[1], p[0], p[2], p[3]];
        assert!(smallest_sine(&mirrored) < -0.9);
        assert_eq!(smallest_sine(&[p[0]; 4]), -1.0);
    }

    #[test]
    fn the_sine_agrees_with_the_angles_and_the_corner_of_a_cube_is_45_degrees() {
        let o = Point::origin();
        let p = [
            o,
            Point::new(1.0, 0.0, 0.0),
            Point::new(0.0, 2.0, 0.0),
            Point::new(0.0, 0.0, 3.0),
        ];
        let angles = dihedral_angles(&p);
        // The three edges at the right-angled corner, and the slanted face x + y/2 + z/3 = 1,
        // whose normal (1, 1/2, 1/3) has length 7/6: acos(6/7 · {1/3, 1/2, 1}).
        for (e, wanted) in [
            (0, 90.0),
            (1, 90.0),
            (2, 90.0),
            (3, (2.0f64 / 7.0).acos().to_degrees()),
            (4, (3.0f64 / 7.0).acos().to_degrees()),
            (5, (6.0f64 / 7.0).acos().to_degrees()),
        ] {
            assert!((angles[e] - wanted).abs() < 1e-9, "{e}: {}", angles[e]);
        }
        let sine = angles
            .iter()
            .map(|a| a.to_radians().sin())
            .fold(1.0, f64::min);
        assert!((smallest_sine(&p) - sine).abs() < 1e-14);
    }

    #[test]
    fn kuhn_tetrahedra_have_45_degrees_and_exempt_ones_do_not_count() {
        let mesh = box_mesh(ElementKind::Tet4, [2, 2, 2], Point::from);
        let quality = Quality::of(&mesh, vec![0, 5]);
        assert!((quality.min_dihedral_deg - 45.0).abs() < 1e-9);
        assert_eq!(quality.share_above_15_deg, 1.0);
        assert_eq!(quality.histogram.iter().sum::<usize>(), 48);
        assert!((quality.min_edge_mm - 0.5).abs() < 1e-12);
        let all = Quality::of(&mesh, (0..48).collect());
        assert_eq!(all.min_dihedral_deg, 0.0);
    }

    #[test]
    fn a_wedge_has_one_acute_edge_and_its_elements_are_found() {
        // A cube sheared so that its edge at x = y = 0 becomes 45° sharp, the opposite one too.
        let mut surface = cube(2, 1.0);
        for p in &mut surface.vertices {
            p.y += p.x;
        }
        let acute = acute_edges(&surface, 60.0);
        assert_eq!(acute.len(), 4);
        let mesh = box_mesh(ElementKind::Tet4, [2, 2, 2], |[u, v, w]| {
            Point::new(u, v + u, w)
        });
        let at = elements_at_segments(&mesh, &surface.vertices, &acute);
        for e in 0..mesh.element_count() as u32 {
            let corners = mesh.corners(e as usize);
            let touches = corners.iter().any(|p| {
                let (u, v) = (p.x, p.y - p.x);
                u.max(v) < 1e-9 || u.min(v) > 1.0 - 1e-9
            });
            assert_eq!(touches, at.contains(&e));
        }
    }
}

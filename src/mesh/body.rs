//! From a body's closed surface to its quadratic mesh: check, tetrahedralise, improve, measure.

use std::time::Instant;

use super::closed::check_closed;
use super::error::MeshError;
use super::improve::{ImproveSettings, improve};
use super::inside::interior_points;
use super::order::renumbered;
use super::quality::{Quality, acute_edges, boundary_distance, elements_at_segments, total_volume};
use super::tet10::to_tet10;
use super::tetgen::{Mesher, RawTets};
use super::{Blocks, ElementKind, TetMesh};
use crate::geometry::{Field, SizeField, TriSurface};

/// Edges of the surface sharper than this exempt the elements that touch them, degrees.
const ACUTE_DEG: f64 = 60.0;

/// What came out of meshing one body.
#[derive(Debug, Clone, PartialEq)]
pub struct MeshReport {
    /// Number of nodes, mid-edge nodes included.
    pub nodes: usize,
    /// Number of elements.
    pub elements: usize,
    /// Shape of the elements.
    pub quality: Quality,
    /// Volume of the mesh, mm³.
    pub volume_mm3: f64,
    /// Volume its surface encloses, mm³.
    pub surface_volume_mm3: f64,
    /// Largest distance of the mesh's boundary from the body, mm.
    pub boundary_distance_mm: f64,
    /// Wall-clock time taken, s.
    pub seconds: f64,
}

/// Meshes one body: `surface` is closed and stands for the solid `field`; elements grow to about
/// `size` inside. The mesh is quadratic with straight sides and has one region called `name`.
pub fn mesh_body(
    name: &str,
    field: &dyn Field,
    surface: &TriSurface,
    size: &SizeField,
    mesher: &dyn Mesher,
) -> Result<(TetMesh, MeshReport), MeshError> {
    let start = Instant::now();
    check_closed(surface)?;
    let raw = mesher.tetrahedralise(surface, &interior_points(surface, field, size))?;
    let raw = improve(raw, surface, field, &ImproveSettings::default());
    let linear = renumbered(&linear_mesh(name, raw));
    let mesh = to_tet10(&linear);
    let mesh = renumbered(&mesh);
    if let Some(e) = (0..mesh.element_count()).find(|&e| mesh.volume(e) <= 0.0) {
        return Err(MeshError::Inverted {
            element: e,
            volume: mesh.volume(e),
        });
    }
    let acute = acute_edges(surface, ACUTE_DEG);
    let exempt = elements_at_segments(&mesh, &surface.vertices, &acute);
    let report = MeshReport {
        nodes: mesh.nodes.len(),
        elements: mesh.element_count(),
        quality: Quality::of(&mesh, exempt),
        volume_mm3: total_volume(&mesh),
        surface_volume_mm3: surface.volume(),
        boundary_distance_mm: boundary_distance(&mesh, field),
        seconds: start.elapsed().as_secs_f64(),
    };
    Ok((mesh, report))
}

fn linear_mesh(name: &str, raw: RawTets) -> TetMesh {
    TetMesh {
        nodes: raw.points,
        region_of: vec![0; raw.tets.len()],
        blocks: Blocks::of(ElementKind::Tet4, raw.tets.into_iter().flatten().collect()),
        regions: vec![name.to_string()],
        surfaces: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Aabb;
    use crate::geometry::primitive::{Sphere, capped_cylinder, cuboid};
    use crate::mesh::boundary::boundary_facets;
    use crate::mesh::tests::surfaces::{cube, cylinder, icosphere};
    use crate::mesh::tetgen::InProcessTetgen;
    use crate::tensor::{Point, Vec3};
    use std::f64::consts::PI;

    fn mesh(field: &dyn Field, surface: &TriSurface, h: f64) -> (TetMesh, MeshReport) {
        let size = SizeField::uniform(h);
        mesh_body("body", field, surface, &size, &InProcessTetgen).unwrap()
    }

    /// Closed, well shaped, and of the volume `exact` mm³ (0.2 % is the project's bound).
    fn is_sound(mesh: &TetMesh, report: &MeshReport, exact: f64, tolerance: f64) {
        let closed: Vec3 = boundary_facets(mesh)
            .iter()
            .map(|&f| mesh.facet_area_vector(f))
            .sum();
        assert!(closed.norm() < 1e-9 * report.volume_mm3.powf(2.0 / 3.0));
        assert!(report.quality.min_dihedral_deg >= 12.0);
        assert!(report.quality.share_above_15_deg >= 0.99);
        assert!((report.volume_mm3 / exact - 1.0).abs() < tolerance);
    }

    #[test]
    fn a_ball_is_meshed_well_and_its_boundary_stays_on_the_sphere() {
        let field = Sphere::new(Point::origin(), 10.0).unwrap();
        let (mesh, report) = mesh(&field, &icosphere(3, 10.0), 1.5);
        is_sound(&mesh, &report, icosphere(3, 10.0).volume(), 2e-3);
        for facet in boundary_facets(&mesh) {
            for p in mesh.facet_corners(facet) {
                assert!((p.coords.norm() - 10.0).abs() < 1e-3);
            }
        }
        // The sagitta at a face's middle, (h/√3)²/(2R) with h = 1.5 mm, doubled for longer chords.
        assert!(report.boundary_distance_mm < 2.0 * 0.75 / 20.0);
    }

    #[test]
    fn a_cube_keeps_its_volume_edges_and_corners_exactly() {
        let bounds = Aabb {
            min: Point::origin(),
            max: Point::new(10.0, 10.0, 10.0),
        };
        let field = cuboid(&bounds).unwrap();
        let (mesh, report) = mesh(&field, &cube(7, 10.0), 1.6);
        is_sound(&mesh, &report, 1e3, 1e-6);
        for corner in 0..8 {
            let p = Point::new(
                10.0 * (corner & 1) as f64,
                10.0 * (corner >> 1 & 1) as f64,
                10.0 * (corner >> 2 & 1) as f64,
            );
            assert!(mesh.nodes.iter().any(|n| (n - p).norm() < 1e-9));
        }
    }

    #[test]
    fn a_cylinder_keeps_its_rims() {
        let top = Point::new(0.0, 0.0, 12.0);
        let field = capped_cylinder(Point::origin(), top, 5.0).unwrap();
        let (mesh, report) = mesh(&field, &cylinder(32, 5.0, 12.0), 1.2);
        is_sound(&mesh, &report, cylinder(32, 5.0, 12.0).volume(), 2e-3);
        // The sagitta of 32 chords on the circle, more where the test surface is uneven.
        assert!(report.boundary_distance_mm < 2.5 * 5.0 * (1.0 - (PI / 32.0).cos()));
    }
}

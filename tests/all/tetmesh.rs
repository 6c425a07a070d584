//! Tetrahedral meshes through the meshing child of the program itself.

use std::path::Path;
use std::time::Duration;

use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::primitive::{capped_cylinder, cuboid};
use endplate::geometry::{Aabb, Field, SizeField, TriSurface};
use endplate::mesh::body::{MeshReport, mesh_body};
use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::tetgen::{ChildTetgen, InProcessTetgen};
use endplate::mesh::{Mesh, MeshError};
use endplate::tensor::{Point, Vec3};

use super::surface::{check, fields, read};

/// Checks that need nothing but the repository.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "tetmesh: the child gives the mesh this process gives, to the bit",
        the_child_gives_the_mesh_this_process_gives_to_the_bit,
    ),
    (
        "tetmesh: surfaces that only the mesher finds broken are refused or filled",
        surfaces_that_only_the_mesher_finds_broken_are_refused_or_filled,
    ),
];

fn child() -> ChildTetgen {
    ChildTetgen {
        program: env!("CARGO_BIN_EXE_endplate").into(),
        timeout: Duration::from_secs(120),
    }
}

fn surface_of(field: &dyn Field, size: f64) -> Result<TriSurface, String> {
    let size = SizeField::uniform(size);
    polygonise(field, &size, &PolygoniseSettings::default()).map_err(|e| e.to_string())
}

/// The boundary is closed, and shape and volume reach the project's measures.
fn is_sound(name: &str, mesh: &Mesh, report: &MeshReport) -> Result<(), String> {
    let facets = boundary_facets(mesh);
    let open: Vec3 = facets.iter().map(|&f| mesh.facet_area_vector(f)).sum();
    check(open.norm() < 1e-6, || format!("{name}: open by {open}"))?;
    let quality = &report.quality;
    check(quality.min_dihedral_deg >= 8.0, || {
        format!("{name}: {}°", quality.min_dihedral_deg)
    })?;
    check(quality.share_above_15_deg >= 0.99, || {
        format!("{name}: {} above 15°", quality.share_above_15_deg)
    })?;
    let ratio = report.volume_mm3 / report.surface_volume_mm3;
    check((ratio - 1.0).abs() < 2e-3, || {
        format!("{name}: volume off by {ratio}")
    })
}

fn the_child_gives_the_mesh_this_process_gives_to_the_bit() -> Result<(), String> {
    let top = Point::new(0.0, 0.0, 20.0);
    let field = capped_cylinder(Point::origin(), top, 7.5).map_err(|e| e.to_string())?;
    let surface = surface_of(&field, 1.5)?;
    let size = SizeField::uniform(1.5);
    let (mesh, report) =
        mesh_body("cage", &field, &surface, &size, &child()).map_err(|e| e.to_string())?;
    is_sound("cage", &mesh, &report)?;
    let (again, _) =
        mesh_body("cage", &field, &surface, &size, &InProcessTetgen).map_err(|e| e.to_string())?;
    check(mesh == again, || "the meshes differ".into())
}

/// Two cubes, the second with its corner at `at`, as one surface.
fn two_cubes(at: Point) -> Result<TriSurface, String> {
    let cube = |min: Point| {
        let max = min + Vec3::repeat(2.0);
        cuboid(&Aabb { min, max }).map_err(|e| e.to_string())
    };
    let mut both = surface_of(&cube(Point::origin())?, 1.0)?;
    let second = surface_of(&cube(at)?, 1.0)?;
    let first = both.vertices.len() as u32;
    both.vertices.extend(second.vertices);
    both.triangles
        .extend(second.triangles.iter().map(|t| t.map(|v| v + first)));
    Ok(both)
}

/// Contacts that graze, on which floating point cannot decide: whatever TetGen makes of them, no
/// crash, no empty mesh, no other volume.
fn surfaces_that_only_the_mesher_finds_broken_are_refused_or_filled() -> Result<(), String> {
    let field = cuboid(&Aabb {
        min: Point::origin(),
        max: Point::new(2.0, 2.0, 2.0),
    })
    .map_err(|e| e.to_string())?;
    for at in [
        Point::new(2.0, 0.0, 0.0),
        Point::new(2.0, 0.7, 0.3),
        Point::new(2.0, 2.0, 0.0),
        Point::new(2.0, 2.0, 2.0),
        Point::new(1e-11, 0.0, 0.0),
        Point::new(2.0 - 1e-11, 0.4, 0.4),
        Point::new(1.0, 1.0, 1.0),
    ] {
        let surface = two_cubes(at)?;
        let size = SizeField::uniform(1.0);
        match mesh_body("two", &field, &surface, &size, &child()) {
            Err(
                MeshError::SelfIntersection { .. }
                | MeshError::MesherFailed { .. }
                | MeshError::VolumeMismatch { .. }
                | MeshError::AreaMismatch { .. },
            ) => {}
            Err(other) => return Err(format!("cubes at {at}: {other}")),
            Ok((mesh, report)) => {
                check(mesh.element_count() > 0, || format!("cubes at {at}: empty"))?;
                let ratio = report.volume_mm3 / surface.volume();
                check((ratio - 1.0).abs() < 2e-3, || {
                    format!("cubes at {at}: {ratio}")
                })?;
            }
        }
    }
    Ok(())
}

/// Surfaces straight from the files, with their uneven triangles.
pub fn files_of_real_bones_are_meshed_as_they_are_or_refused(data: &Path) -> Result<(), String> {
    for name in ["T6_FMA9945.stl", "disc_FMA25058.stl"] {
        let surface = read(data, name)?;
        let (exact, _) = fields(surface.clone())?;
        let size = SizeField::uniform(3.0);
        match mesh_body(name, exact.as_ref(), &surface, &size, &child()) {
            Err(refused) => check(!refused.to_string().is_empty(), || name.into())?,
            Ok((mesh, report)) => {
                let inverted = (0..mesh.element_count()).find(|&e| mesh.volume(e) <= 0.0);
                check(inverted.is_none(), || format!("{name}: {inverted:?}"))?;
                let ratio = report.volume_mm3 / report.surface_volume_mm3;
                check((ratio - 1.0).abs() < 5e-3, || format!("{name}: {ratio}"))?;
            }
        }
    }
    Ok(())
}

/// The measures of shape and volume on surface meshes of real bodies.
pub fn a_real_vertebra_and_disc_reach_the_measures_of_shape(data: &Path) -> Result<(), String> {
    for (name, h) in [("T6_FMA9945.stl", 2.0), ("disc_FMA13502.stl", 1.5)] {
        let (_, field) = fields(read(data, name)?)?;
        let surface = surface_of(field.as_ref(), h)?;
        let size = SizeField::uniform(h);
        let (mesh, report) = mesh_body(name, field.as_ref(), &surface, &size, &child())
            .map_err(|e| format!("{name}: {e}"))?;
        is_sound(name, &mesh, &report)?;
        let mean = report.quality.mean_edge_mm;
        check((0.75 * h..1.25 * h).contains(&mean), || {
            format!("{name}: mean edge {mean} mm for {h} mm")
        })?;
    }
    Ok(())
}

//! Surfaces of real bones: read, signed distance, surface mesh.

use std::path::Path;
use std::sync::Arc;

use endplate::geometry::field::{Complement, Intersection, SharedField};
use endplate::geometry::inspect::{SurfaceDefects, inspect};
use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::primitive::capped_cylinder;
use endplate::geometry::sampled_field::SampledField;
use endplate::geometry::surface_field::SurfaceField;
use endplate::geometry::surface_file::{LengthUnit, read_surface};
use endplate::geometry::{SizeField, TriSurface};
use endplate::tensor::Point;

/// Sample spacing of the bones' fields, mm.
const STEP_MM: f64 = 0.5;

pub fn check(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

pub fn read(data: &Path, name: &str) -> Result<TriSurface, String> {
    let path = data.join("bodyparts3d").join(name);
    let mut surface = read_surface(&path, LengthUnit::Millimetre).map_err(|e| e.to_string())?;
    // BodyParts3D has x left and y posterior.
    for p in &mut surface.vertices {
        *p = Point::new(-p.y, p.x, p.z);
    }
    Ok(surface)
}

/// Leaves out shells of less than `share` of the largest one's volume; how many triangles went.
pub fn drop_small_shells(surface: &mut TriSurface, defects: &SurfaceDefects, share: f64) -> usize {
    let largest = defects.shells.first().map_or(0.0, |s| s.volume_mm3.abs());
    let mut drop = vec![false; surface.triangles.len()];
    for shell in &defects.shells {
        if shell.volume_mm3.abs() < share * largest {
            for &t in &shell.triangles {
                drop[t as usize] = true;
            }
        }
    }
    let before = surface.triangles.len();
    let mut keep = drop.iter().map(|d| !d);
    surface.triangles.retain(|_| keep.next().unwrap_or(true));
    before - surface.triangles.len()
}

/// The bone without stray shells, as an exact and as a sampled field.
pub fn fields(mut surface: TriSurface) -> Result<(SharedField, SharedField), String> {
    let defects = inspect(&surface);
    drop_small_shells(&mut surface, &defects, 0.01);
    let exact: SharedField = Arc::new(SurfaceField::new(surface).map_err(|e| e.to_string())?);
    let sampled = SampledField::new(Arc::clone(&exact), STEP_MM).map_err(|e| e.to_string())?;
    Ok((exact, Arc::new(sampled)))
}

fn smallest_angle(surface: &TriSurface) -> f64 {
    let mut least = 180.0f64;
    for t in 0..surface.triangles.len() {
        let corners = surface.corners(t);
        for k in 0..3 {
            let u = corners[(k + 1) % 3] - corners[k];
            let v = corners[(k + 2) % 3] - corners[k];
            least = least.min(u.angle(&v).to_degrees());
        }
    }
    least
}

/// The disc below T5 comes with a stray shell of eight triangles.
pub fn the_stray_shell_of_a_disc_is_found_and_dropped(data: &Path) -> Result<(), String> {
    let mut surface = read(data, "disc_FMA13502.stl")?;
    let defects = inspect(&surface);
    check(defects.is_clean() && defects.shells.len() == 2, || {
        format!("{} shells", defects.shells.len())
    })?;
    let dropped = drop_small_shells(&mut surface, &defects, 0.01);
    check(dropped == 8, || format!("{dropped} triangles dropped"))
}

/// Three vertebrae and two discs at 2 mm: sound, of the right genus, near the original.
pub fn real_bones_become_sound_surface_meshes(data: &Path) -> Result<(), String> {
    // A vertebra is a ring around the canal, a disc is a ball.
    for (name, genus) in [
        ("T5_FMA9922.stl", 1),
        ("T6_FMA9945.stl", 1),
        ("T7_FMA9968.stl", 1),
        ("disc_FMA13502.stl", 0),
        ("disc_FMA13503.stl", 0),
    ] {
        let original = read(data, name)?;
        let volume = original.volume();
        let (exact, sampled) = fields(original)?;
        let settings = PolygoniseSettings::default();
        let mesh = polygonise(sampled.as_ref(), &SizeField::uniform(2.0), &settings)
            .map_err(|e| format!("{name}: {e}"))?;
        let defects = inspect(&mesh);
        check(defects.is_clean() && defects.shells.len() == 1, || {
            format!("{name}: {} shells", defects.shells.len())
        })?;
        let edges = 3 * mesh.triangles.len() as i64 / 2;
        let euler = mesh.vertices.len() as i64 - edges + mesh.triangles.len() as i64;
        check(euler == 2 - 2 * genus, || format!("{name}: Euler {euler}"))?;
        let angle = smallest_angle(&mesh);
        check(angle > 20.0, || format!("{name}: smallest angle {angle}"))?;
        // Chords of 2 mm lose volume as h²; 2 % is an edge's sagitta over a body of this size.
        let ratio = mesh.volume() / volume;
        check((0.98..1.01).contains(&ratio), || {
            format!("{name}: volume {ratio}")
        })?;
        // Vertices lie on the interpolant; it differs from the bone where that is sharper than
        // the samples resolve.
        let off = mesh.vertices.iter().map(|p| exact.value(p).abs());
        let worst = off.fold(0.0, f64::max);
        check(worst < 0.5 * STEP_MM, || format!("{name}: {worst} mm off"))?;
    }
    Ok(())
}

/// A cage between T5 and T7 with its ends cut to their endplates keeps a sharp rim on both.
pub fn a_cage_fitted_to_real_endplates_has_sharp_rims(data: &Path) -> Result<(), String> {
    let (_, upper) = fields(read(data, "T5_FMA9922.stl")?)?;
    let (_, lower) = fields(read(data, "T7_FMA9968.stl")?)?;
    // Middles of the two discs, 6 mm prolonged into the bones.
    let (top, bottom) = (
        Point::new(49.9, -1.7, 1286.0),
        Point::new(48.3, -1.7, 1248.2),
    );
    let rod = capped_cylinder(bottom, top, 7.5).map_err(|e| e.to_string())?;
    let solid = Intersection(vec![
        Arc::new(rod),
        Arc::new(Complement(Arc::clone(&upper))),
        Arc::new(Complement(Arc::clone(&lower))),
    ]);
    let settings = PolygoniseSettings::default();
    let mesh =
        polygonise(&solid, &SizeField::uniform(1.5), &settings).map_err(|e| e.to_string())?;
    let defects = inspect(&mesh);
    check(defects.is_clean() && defects.shells.len() == 1, || {
        format!("{} shells", defects.shells.len())
    })?;
    let angle = smallest_angle(&mesh);
    check(angle > 20.0, || format!("smallest angle {angle}"))?;
    for bone in [&upper, &lower] {
        let on_bone = |v: u32| bone.value(&mesh.vertices[v as usize]).abs() < 1e-4;
        let rim = mesh
            .sharp_edges
            .iter()
            .filter(|e| e.iter().all(|&v| on_bone(v)));
        let length: f64 = rim
            .map(|e| (mesh.vertices[e[0] as usize] - mesh.vertices[e[1] as usize]).norm())
            .sum();
        // A circle of 7.5 mm, a little longer where the endplate bends.
        let circle = 15.0 * std::f64::consts::PI;
        check((0.95 * circle..1.2 * circle).contains(&length), || {
            format!("rim {length} mm")
        })?;
    }
    Ok(())
}

//! Landmarks and discs on one adult's T5 to T7 (BodyParts3D), against what was measured on the
//! same surfaces for the project's definitions by another program.

use std::path::Path;
use std::sync::Arc;

use endplate::anatomy::disc::Disc;
use endplate::anatomy::landmarks::{
    Landmarks, NamedPlaces, VertebraSurface, disc_pose, facing_distance, find_column,
    footprint_plane,
};
use endplate::geometry::inspect::{drop_small_shells, inspect};
use endplate::geometry::surface_field::SurfaceField;
use endplate::geometry::surface_file::{AxisMapping, LengthUnit, SurfaceSource, read_surface};
use endplate::geometry::{SharedField, TriSurface};
use endplate::tensor::Point;

struct Spine {
    vertebrae: [TriSurface; 3],
    discs: [TriSurface; 2],
}

fn read(data: &Path) -> Result<Spine, String> {
    let source = SurfaceSource {
        unit: LengthUnit::Millimetre,
        axes: AxisMapping::parse("-y,+x,+z").map_err(|e| e.to_string())?,
    };
    let surface = |name: &str| {
        let path = data.join("bodyparts3d").join(format!("{name}.stl"));
        read_surface(&path, &source).map_err(|e| e.to_string())
    };
    Ok(Spine {
        vertebrae: [
            surface("T5_FMA9922")?,
            surface("T6_FMA9945")?,
            surface("T7_FMA9968")?,
        ],
        discs: [surface("disc_FMA13502")?, surface("disc_FMA13503")?],
    })
}

fn landmarks(spine: &Spine) -> Result<Landmarks, String> {
    let [t5, t6, t7] = &spine.vertebrae;
    let [above, below] = &spine.discs;
    let chain = [
        ("T5", t5, None, Some(above)),
        ("T6", t6, Some(above), Some(below)),
        ("T7", t7, Some(below), None),
    ]
    .map(|(name, surface, disc_above, disc_below)| VertebraSurface {
        name,
        surface,
        disc_above,
        disc_below,
        named: NamedPlaces::default(),
    });
    find_column(&chain, "T5", "T7").map_err(|e| e.to_string())
}

fn near(what: &str, got: f64, wanted: f64, tolerance: f64) -> Result<(), String> {
    if (got - wanted).abs() <= tolerance {
        return Ok(());
    }
    Err(format!(
        "{what}: {got:.2}, expected {wanted} within {tolerance}"
    ))
}

/// Tilts, concavity and distances under a 15 mm footprint. The definitions' numbers come from a
/// footprint placed by another script about a millimetre beside this one, on faces that change
/// their slope by about 1° and their height by 0.4 mm over that distance.
pub fn measured_column(data: &Path) -> Result<(), String> {
    let spine = read(data)?;
    let found = landmarks(&spine)?;
    let [t5, t7] = [found.vertebra("T5"), found.vertebra("T7")].map(|v| v.ok_or("not found"));
    let (t5, t7) = (t5?, t7?);
    let plane = |patch| footprint_plane(&found.axis, patch, 15.0).map_err(|e| e.to_string());
    let (above, below) = (plane(&t5.inferior)?, plane(&t7.superior)?);
    // T5's lower face falls towards the front, T7's upper one rises: kyphosis.
    near(
        "tilt of T5's lower face",
        above.sagittal_tilt_deg,
        -5.9,
        1.0,
    )?;
    near("tilt of T7's upper face", below.sagittal_tilt_deg, 2.5, 1.0)?;
    for side in [above, below] {
        near("hollow", side.lowest, -0.4, 0.2)?;
        near("ridge", side.highest, 0.4, 0.2)?;
    }
    let gap = facing_distance(&found.axis, &t7.superior, &t5.inferior, 15.0)
        .map_err(|e| e.to_string())?;
    near("smallest facing distance", gap.min, 30.8, 0.8)?;
    near("largest facing distance", gap.max, 33.5, 0.8)?;
    // The column stands upright in its frame, and the canals lie behind the bodies.
    near("lean of the axis", found.axis.direction.z, 1.0, 0.01)?;
    for v in &found.vertebrae {
        let canal = v.canal.ok_or("a canal is missing")?;
        let depth = (v.superior.centroid - canal).dot(&v.anterior);
        near("endplate before the canal, mm", depth, 19.0, 5.0)?;
        near(
            "canal beside the midline, mm",
            canal.y - v.superior.centroid.y,
            0.0,
            1.5,
        )?;
    }
    Ok(())
}

/// Stepping out of a disc along its axis leads into a bone everywhere, never into a gap.
pub fn measured_discs(data: &Path) -> Result<(), String> {
    let spine = read(data)?;
    let found = landmarks(&spine)?;
    for k in 0..2 {
        let solid = |s: &TriSurface| -> Result<SharedField, String> {
            Ok(Arc::new(
                SurfaceField::new(s.clone()).map_err(|e| e.to_string())?,
            ))
        };
        let bones = [solid(&spine.vertebrae[k])?, solid(&spine.vertebrae[k + 1])?];
        let (above, below) = (
            &found.vertebrae[k].inferior,
            &found.vertebrae[k + 1].superior,
        );
        let pose = disc_pose(above, below);
        let thickness = (above.centroid - below.centroid).norm();
        let mut shell = spine.discs[k].clone();
        let defects = inspect(&shell);
        drop_small_shells(&mut shell, &defects, 0.01);
        let shell = solid(&shell)?;
        let disc = Disc::measured(shell, bones.clone(), pose, thickness, 0.6)
            .map_err(|e| e.to_string())?;
        let field = disc.field();
        let (mut seen, mut open) = (0, 0);
        for i in -20i32..=20 {
            for j in -20i32..=20 {
                let at = |z: f64| pose * Point::new(f64::from(i), f64::from(j), z);
                if disc.outline().relative_radius(&at(0.0)) > 0.8 || field.value(&at(0.0)) > 0.0 {
                    continue;
                }
                seen += 1;
                let end = |side: f64| {
                    (0..200)
                        .map(|k| at(side * 0.05 * f64::from(k)))
                        .find(|p| field.value(p) > 0.0)
                };
                // Stepping out of the disc leads into the bone, not into a gap.
                let met = end(1.0).zip(end(-1.0)).is_some_and(|(top, bottom)| {
                    bones[0].value(&top) < 0.0 && bones[1].value(&bottom) < 0.0
                });
                open += usize::from(!met);
            }
        }
        if seen < 200 || open > 0 {
            return Err(format!(
                "disc {k}: of {seen} lines {open} leave it into a gap"
            ));
        }
    }
    Ok(())
}

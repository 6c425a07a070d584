//! Landmarks and discs on one adult's T5 to T7 (BodyParts3D), against what was measured on the
//! same surfaces for the project's definitions by another program.

use std::path::Path;
use std::sync::Arc;

use endplate::anatomy::disc::Disc;
use endplate::anatomy::landmarks::{
    ColumnAxis, Landmarks, NamedPlaces, VertebraSurface, disc_pose, find_column,
};
use endplate::geometry::inspect::inspect;
use endplate::geometry::surface_field::SurfaceField;
use endplate::geometry::{SharedField, TriSurface};
use endplate::tensor::{Point, Vec3};

struct Spine {
    vertebrae: [TriSurface; 3],
    discs: [TriSurface; 2],
}

fn read(data: &Path) -> Result<Spine, String> {
    let surface = |name: &str| crate::surface::read(data, &format!("{name}.stl"));
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
        steps: 0.0,
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

/// Under a footprint of 15 mm about the axis: places before and left of it and the heights over its
/// origin at which a face is met, mm.
fn footprint(surface: &TriSurface, axis: &ColumnAxis, middle: &Point) -> Vec<[f64; 3]> {
    let front = (Vec3::x() - axis.direction * axis.direction.x).normalize();
    let left = axis.direction.cross(&front);
    let near = (middle - axis.origin).dot(&axis.direction);
    let mut samples = Vec::new();
    // Rings of equal area, so that a mean over the samples is one over the area.
    for (ring, spoke) in (0..8).flat_map(|ring| (0..24).map(move |spoke| (ring, spoke))) {
        let radius = 7.5 * ((f64::from(ring) + 0.5) / 8.0).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * f64::from(spoke) / 24.0).sin_cos();
        let from = axis.origin + radius * (cos * front + sin * left);
        let heights = (0..surface.triangles.len())
            .filter_map(|t| met_at(&surface.corners(t), &from, &axis.direction));
        let height = heights.min_by(|a, b| (a - near).abs().total_cmp(&(b - near).abs()));
        samples.extend(height.map(|height| [radius * cos, radius * sin, height]));
    }
    samples
}

/// How far along a line from `from` a triangle is met, if it is.
fn met_at([a, b, c]: &[Point; 3], from: &Point, along: &Vec3) -> Option<f64> {
    let columns = nalgebra::Matrix3::from_columns(&[b - a, c - a, -along]);
    let [u, v, height] = columns.lu().solve(&(from - a))?.into();
    (u >= 0.0 && v >= 0.0 && u + v <= 1.0).then_some(height)
}

/// The plane that fits a face best under the footprint: its rise towards the front, degrees, and the
/// lowest and the highest place of the face over it, mm.
fn plane(samples: &[[f64; 3]]) -> (f64, [f64; 2]) {
    // The footprint is symmetric: the three normal equations are independent of one another.
    let mean = samples.iter().map(|s| s[2]).sum::<f64>() / samples.len() as f64;
    let square: f64 = samples.iter().map(|s| s[0] * s[0]).sum();
    let slope = |k: usize| samples.iter().map(|s| s[k] * s[2]).sum::<f64>() / square;
    let (front, left) = (slope(0), slope(1));
    let rests = samples
        .iter()
        .map(|s| s[2] - mean - front * s[0] - left * s[1]);
    let ends = [rests.clone().fold(0.0, f64::min), rests.fold(0.0, f64::max)];
    (front.atan().to_degrees(), ends)
}

/// Tilts, concavity and distances under a 15 mm footprint. The definitions' numbers come from a
/// footprint placed by another script about a millimetre beside this one, on faces that change
/// their slope by about 1° and their height by 0.4 mm over that distance.
pub fn measured_column(data: &Path) -> Result<(), String> {
    let spine = read(data)?;
    let found = landmarks(&spine)?;
    let [t5, t7] = [&found.vertebrae[0], &found.vertebrae[2]];
    let middles = [t5.inferior.centroid, t7.superior.centroid];
    let [above, below] =
        [0, 1].map(|k| footprint(&spine.vertebrae[2 * k], &found.axis, &middles[k]));
    if above.len() != 192 || below.len() != 192 {
        return Err("the footprint overhangs".into());
    }
    // T5's lower face falls towards the front, T7's upper one rises: kyphosis.
    for (side, tilt) in [(&above, -5.9), (&below, 2.5)] {
        let (found, [lowest, highest]) = plane(side);
        near("tilt", found, tilt, 1.0)?;
        near("hollow", lowest, -0.4, 0.2)?;
        near("ridge", highest, 0.4, 0.2)?;
    }
    let gaps = || above.iter().zip(&below).map(|(a, b)| a[2] - b[2]);
    let least = gaps().fold(f64::INFINITY, f64::min);
    near("smallest facing distance", least, 30.8, 0.8)?;
    near(
        "largest facing distance",
        gaps().fold(0.0, f64::max),
        33.5,
        0.8,
    )?;
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
        crate::surface::drop_small_shells(&mut shell, &defects, 0.01);
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

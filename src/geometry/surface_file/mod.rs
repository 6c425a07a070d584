//! Triangle surfaces from STL, PLY and OBJ files, in millimetres and in the file's own axes.
//!
//! Files do not know their unit, so the caller states it. Vertices are welded
//! with a tolerance (STL repeats every corner in single precision). Triangles keep the numbers they
//! have in the file, spoilt ones included, so that later findings can name them. Must not judge
//! the surface: that is `inspect`'s.

mod raw;
mod obj;
mod ply;
mod stl;
mod kind;

use std::collections::HashMap;
use std::path::Path;

use raw::{Fault, FileSurface};

use super::field::Aabb;
use super::{GeometryError, TriSurface};
use crate::tensor::Point;

/// The length unit of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Millimetres.
    Millimetre,
    /// Centimetres.
    Centimetre,
    /// Metres.
    Metre,
    /// Inches of 25.4 mm.
    Inch,
}

impl LengthUnit {
    /// The unit of that many millimetres; millimetres where there is none.
    pub fn of_mm(mm: f64) -> Self {
        [Self::Centimetre, Self::Metre, Self::Inch]
            .into_iter()
            .find(|unit| unit.in_mm() == mm)
            .unwrap_or(Self::Millimetre)
    }

    /// Millimetres in one unit.
    pub fn in_mm(self) -> f64 {
        match self {
            Self::Millimetre => 1.0,
            Self::Centimetre => 10.0,
            Self::Metre => 1000.0,
            Self::Inch => 25.4,
        }
    }

    /// Its name as a case writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Millimetre => "mm",
            Self::Centimetre => "cm",
            Self::Metre => "m",
            Self::Inch => "inch",
        }
    }
}

/// Extents a bone or implant may have, mm (the longest bone, a femur, has about 500); outside, the unit is probably wrong.
const PLAUSIBLE_MM: [f64; 2] = [2.0, 600.0];

/// Points closer than this share of the box's diagonal are one: single precision resolves 6e-8.
const WELD: f64 = 1e-6;

/// Reads an STL, PLY or OBJ file (told apart by the content, a spoilt one by its ending), in mm. Triangles
/// keep the order of the file.
///
/// # Errors
/// A file that cannot be read, is not what it says (with line or byte, what was found and what was
/// expected), holds no triangle or a corner that is not finite, or has an implausible size.
pub fn read_surface(path: &Path, unit: LengthUnit) -> Result<TriSurface, GeometryError> {
    let bytes = crate::input::read(path).map_err(|cause| GeometryError::Read {
        path: path.to_owned(),
        cause,
    })?;
    let ending = path
        .extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    let parsed = kind::parse(&bytes, ending.as_deref()).and_then(used);
    let used = parsed.map_err(|fault| GeometryError::Format {
        path: path.to_owned(),
        place: fault.place,
        found: fault.found,
        expected: fault.expected,
    })?;
    in_millimetres(path, used, unit)
}

fn in_millimetres(
    path: &Path,
    (vertices, triangles): (Vec<Point>, Vec<[u32; 3]>),
    unit: LengthUnit,
) -> Result<TriSurface, GeometryError> {
    let scale = unit.in_mm();
    let points: Vec<Point> = vertices.iter().map(|p| p * scale).collect();
    let bounds = Aabb::around(&points);
    let Some(bounds) = bounds else {
        return Err(GeometryError::Format {
            path: path.to_owned(),
            place: "end of file".to_owned(),
            found: "no triangles".to_owned(),
            expected: "at least one".to_owned(),
        });
    };
    let extent = bounds.size().max();
    if !(PLAUSIBLE_MM[0]..=PLAUSIBLE_MM[1]).contains(&extent) {
        return Err(GeometryError::Size {
            path: path.to_owned(),
            extent,
            unit: unit.name(),
            hint: likely_unit(extent / scale),
        });
    }
    let (vertices, number) = weld(&points, WELD * bounds.size().norm());
    let corners = triangles.iter();
    Ok(TriSurface {
        vertices,
        triangles: corners.map(|t| t.map(|v| number[v as usize])).collect(),
        sharp_edges: Vec::new(),
    })
}

/// Vertices and triangles without the vertices that no triangle has: they are no part of the surface,
/// whatever stands there.
///
/// # Errors
/// A vertex of the surface whose coordinates are not finite.
fn used(raw: FileSurface) -> Result<(Vec<Point>, Vec<[u32; 3]>), Fault> {
    let FileSurface {
        mut vertices,
        mut triangles,
        not_finite,
    } = raw;
    let mut is_used = vec![false; vertices.len()];
    for v in triangles.iter().flatten() {
        is_used[*v as usize] = true;
    }
    if let Some((_, fault)) = (not_finite.into_iter()).find(|(v, _)| is_used[*v as usize]) {
        return Err(fault);
    }
    if is_used.iter().all(|u| *u) {
        return Ok((vertices, triangles));
    }
    let mut next = 0;
    let numbers: Vec<u32> = is_used
        .iter()
        .map(|&u| {
            next += u32::from(u);
            next.saturating_sub(1)
        })
        .collect();
    for t in &mut triangles {
        *t = t.map(|v| numbers[v as usize]);
    }
    let mut each = is_used.into_iter();
    vertices.retain(|_| each.next().unwrap_or(true));
    Ok((vertices, triangles))
}

/// The unit in which an extent would be that of a bone.
fn likely_unit(extent: f64) -> &'static str {
    const BONE_MM: [f64; 2] = [10.0, 400.0];
    let units = [
        LengthUnit::Millimetre,
        LengthUnit::Metre,
        LengthUnit::Centimetre,
        LengthUnit::Inch,
    ];
    units
        .into_iter()
        .find(|u| (BONE_MM[0]..=BONE_MM[1]).contains(&(extent * u.in_mm())))
        .map_or(
            "none of mm, m, cm and inch (was it scaled twice, by 25.4 or by 1000?)",
            LengthUnit::name,
        )
}

/// Makes points within `tolerance` mm of one another one: the points kept, and for every old point
/// the number of its new one.
fn weld(points: &[Point], tolerance: f64) -> (Vec<Point>, Vec<u32>) {
    let cell = 8.0 * tolerance;
    let mut kept: Vec<Point> = Vec::new();
    let mut cells: HashMap<[i64; 3], Vec<u32>> = HashMap::new();
    let mut number = Vec::with_capacity(points.len());
    for (p, first) in points.iter().zip(first_alike(points)) {
        // Most corners of an STL file repeat one to the last bit.
        if let Some(known) = number.get(first as usize) {
            number.push(*known);
            continue;
        }
        let low: [i64; 3] = std::array::from_fn(|k| ((p[k] - tolerance) / cell).floor() as i64);
        let high: [i64; 3] = std::array::from_fn(|k| ((p[k] + tolerance) / cell).floor() as i64);
        let mut found = None;
        for i in low[0]..=high[0] {
            for j in low[1]..=high[1] {
                for k in low[2]..=high[2] {
                    let near = cells.get(&[i, j, k]).into_iter().flatten();
                    found = near
                        .copied()
                        .filter(|&v| (kept[v as usize] - p).norm() <= tolerance)
                        .chain(found)
                        .min();
                }
            }
        }
        number.push(found.unwrap_or_else(|| {
            let home: [i64; 3] = std::array::from_fn(|k| (p[k] / cell).floor() as i64);
            let v = kept.len() as u32;
            kept.push(*p);
            cells.entry(home).or_default().push(v);
            v
        }));
    }
    (kept, number)
}

/// For every point the first that has the same coordinates to the last bit.
fn first_alike(points: &[Point]) -> Vec<u32> {
    use rayon::prelude::*;
    let bits = |i: u32| -> [u64; 3] {
        let p = &points[i as usize];
        std::array::from_fn(|k| p[k].to_bits())
    };
    let mut keyed: Vec<([u64; 3], u32)> = (0..points.len() as u32)
        .into_par_iter()
        .map(|i| (bits(i), i))
        .collect();
    keyed.par_sort_unstable();
    let mut first = vec![0; points.len()];
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        for (_, i) in same {
            first[*i as usize] = same[0].1;
        }
    }
    first
}

#[cfg(test)]
mod tests;

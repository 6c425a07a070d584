//! Where meshes/kidney-cage.stl comes from: a free-form implant of our own, kidney-shaped, thicker
//! in front, its ends domed, as triangles.

use std::f64::consts::TAU;

use endplate::geometry::TriSurface;
use endplate::geometry::inspect::inspect;
use endplate::tensor::Point;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "meshes: the kidney-shaped cage has the volume of its formula",
    the_volume_of_its_formula,
)];

/// Distance of the outline from the axis at an angle from anterior, mm: hollow behind.
fn outline(angle: f64) -> f64 {
    10.0 - 2.0 * (2.0 * angle).cos() + 2.0 * angle.cos()
}

/// Thickness at a share of the way to the outline and `x` mm in front of the axis, mm.
fn thickness(share: f64, x: f64) -> f64 {
    10.0 - 2.0 * share.powi(2) + 0.1 * x
}

/// A point of the upper (`side` 1) or lower end (−1), or of the wall between them.
fn point(share: f64, angle: f64, side: f64) -> Point {
    let r = share * outline(angle);
    let (x, y) = (r * angle.cos(), r * angle.sin());
    // A file made on another machine is the same to the last digit.
    Point::new(x, y, 0.5 * side * thickness(share, x)).map(|v| (1e4 * v).round() / 1e4)
}

/// Rows of points from the middle of the upper end down the wall to that of the lower one.
pub fn kidney_cage(rings: usize, sectors: usize) -> TriSurface {
    let share = |k: usize| k as f64 / rings as f64;
    let upper = (1..rings).map(|k| (share(k), 1.0));
    let wall = [1.0, 0.5, 0.0, -0.5, -1.0].map(|side| (1.0, side));
    let lower = (1..rings).rev().map(|k| (share(k), -1.0));
    let rows: Vec<(f64, f64)> = upper.chain(wall).chain(lower).collect();
    let mut surface = TriSurface::default();
    surface.vertices.push(point(0.0, 0.0, 1.0));
    for &(share, side) in &rows {
        let around = (0..sectors).map(|s| point(share, TAU * s as f64 / sectors as f64, side));
        surface.vertices.extend(around);
    }
    surface.vertices.push(point(0.0, 0.0, -1.0));
    let at = |row: usize, sector: usize| (1 + row * sectors + sector % sectors) as u32;
    let (end, last) = (rows.len() - 1, (1 + rows.len() * sectors) as u32);
    for s in 0..sectors {
        surface.triangles.push([0, at(0, s), at(0, s + 1)]);
        for row in 0..end {
            let [a, b] = [at(row, s), at(row, s + 1)];
            let [c, d] = [at(row + 1, s), at(row + 1, s + 1)];
            surface.triangles.extend([[a, c, d], [a, d, b]]);
        }
        surface.triangles.push([last, at(end, s + 1), at(end, s)]);
    }
    surface
}

/// A binary STL file of a surface.
pub fn stl(surface: &TriSurface, title: &str) -> Vec<u8> {
    let mut bytes = format!("{title:<80}").into_bytes();
    bytes.extend((surface.triangles.len() as u32).to_le_bytes());
    for [a, b, c] in (0..surface.triangles.len()).map(|t| surface.corners(t)) {
        let normal = (b - a).cross(&(c - a)).normalize();
        // Far fewer digits than where machines might differ.
        let normal = normal.map(|v| (1e4 * v).round() / 1e4);
        for v in [normal, a.coords, b.coords, c.coords] {
            v.iter()
                .for_each(|x| bytes.extend((*x as f32).to_le_bytes()));
        }
        bytes.extend([0; 2]);
    }
    bytes
}

/// V = ∫∫ t r dr dθ. Flat triangles leave out what lies beyond them, a quarter where their edges are
/// half as long.
fn the_volume_of_its_formula() -> Result<(), String> {
    // Sums over equal steps are exact for these cosines.
    let step = TAU / 720.0;
    let sector = |angle: f64| {
        let r = outline(angle);
        r.powi(2) * (0.5 * 10.0 - 0.25 * 2.0 + 0.1 / 3.0 * r * angle.cos())
    };
    let exact: f64 = (0..720).map(|k| step * sector(step * f64::from(k))).sum();
    let [coarse, fine] = [kidney_cage(5, 24), kidney_cage(10, 48)];
    let [far, near] = [&coarse, &fine].map(|s| (1.0 - s.volume() / exact).abs());
    match inspect(&coarse).is_clean() && far < 0.03 && (3.5..4.5).contains(&(far / near)) {
        true => Ok(()),
        false => Err(format!("{far:e} and {near:e} of {exact} mm³ are missing")),
    }
}

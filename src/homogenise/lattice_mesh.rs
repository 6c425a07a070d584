//! A lattice's unit cell as a mesh of a wanted relative density.
//!
//! Straight elements inscribed in round struts have too little volume. The radius is therefore
//! found on the mesh itself: the one at which the mesh fills the wanted share, which takes most of
//! the error of the geometry away and tends to the true radius with the mesh.

use rayon::prelude::*;

use super::HomogeniseError;
use super::stuffing::{Background, Stuffed, stuff};
use super::torus::{Periodic, VoxelCell};
use super::voxels::{Grid, voxel_cell};

/// The solid { level < threshold } for some threshold.
pub struct Shape<'a> {
    /// Distance to the axes or the mid-surface, sides.
    pub level: &'a (dyn Fn([f64; 3]) -> f64 + Sync),
    /// Translations in halves of a side that leave it as it is, zero among them.
    pub translations: &'a [[f64; 3]],
}

/// Elements that a strut or wall must have across, by their background spacing: fewer and the
/// mesh tears or bends by one element.
pub const LEAST_ACROSS: f64 = 2.0;

/// Fewest cubes along a side, so that no element meets its own copy.
pub const LEAST_RESOLUTION: usize = 6;

/// Shift of the background against the cell, spacings: off the cell's symmetric places, where whole
/// layers of vertices would lie on an axis or not by accident, and the results of different
/// resolutions would scatter instead of converging.
const SHIFT: [f64; 3] = [0.237, 0.411, 0.093];

/// Points among which a radius or a share of the volume is found.
const SAMPLES: u32 = 200_000;

/// Steps of a sequence that fills the cube evenly (Roberts 2018): powers of the real root of
/// g⁴ = g + 1.
const EVEN_STEPS: [f64; 3] = [
    0.819_172_513_396_164_4,
    0.671_043_606_703_789_3,
    0.549_700_477_901_970_1,
];

/// A share of the volume met this well is met.
const VOLUME_TOLERANCE: f64 = 1e-6;
const MOST_MESHES: usize = 8;

/// A mesh and the radius that makes its volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted<M> {
    /// The mesh.
    pub mesh: M,
    /// Radius (half thickness of a wall), sides.
    pub radius: f64,
}

/// The tetrahedral mesh of `resolution` cubes along a side (even) that fills `relative_density`.
///
/// # Errors
/// A strut thinner than [`LEAST_ACROSS`] spacings, with the resolution that it needs.
pub fn tetrahedra(
    shape: &Shape<'_>,
    relative_density: f64,
    resolution: usize,
) -> Result<Fitted<Stuffed>, HomogeniseError> {
    let start = radius_of(shape, relative_density);
    refuse_thin(start, resolution)?;
    let level = shifted(shape, resolution);
    let background = Background::new(resolution, shape.translations, &level);
    let mesh_of = |radius: f64| {
        let mesh = stuff(&background, radius);
        let miss = mesh.cell.filled() - relative_density;
        (Fitted { mesh, radius }, miss)
    };
    let (first, miss) = mesh_of(start);
    let mut best = (first, miss);
    // Volume grows with radius about as its square.
    let mut previous = (start, miss);
    let mut radius = start * (relative_density / (relative_density + miss)).sqrt();
    for _ in 1..MOST_MESHES {
        if best.1.abs() <= VOLUME_TOLERANCE * relative_density {
            break;
        }
        let (mesh, miss) = mesh_of(radius);
        let slope = (miss - previous.1) / (radius - previous.0);
        previous = (radius, miss);
        radius -= miss / slope;
        if miss.abs() < best.1.abs() {
            best = (mesh, miss);
        }
        if !radius.is_finite() || radius <= 0.5 * start || radius >= 2.0 * start {
            break;
        }
    }
    Ok(best.0)
}

/// The voxels of `resolution` along a side (even) whose centres are nearest to the axes, as many as
/// come nearest to `relative_density`.
///
/// # Errors
/// As [`tetrahedra`].
pub fn voxels(
    shape: &Shape<'_>,
    relative_density: f64,
    resolution: usize,
) -> Result<Fitted<VoxelCell>, HomogeniseError> {
    refuse_thin(radius_of(shape, relative_density), resolution)?;
    let grid = Grid::new(resolution, shape.translations);
    let centre = |p: [usize; 3]| p.map(|c| (c as f64 + 0.5) / resolution as f64);
    let level = shifted(shape, resolution);
    let first = grid.points().filter(|&p| grid.canonical(p) == p);
    let mut levels: Vec<f64> = first.map(|p| level(centre(p))).collect();
    levels.sort_by(f64::total_cmp);
    let wanted = (relative_density * levels.len() as f64).round() as usize;
    let around = [wanted.saturating_sub(1), wanted].map(|k| levels.get(k).copied());
    let radius = match around {
        [Some(last), Some(next)] => 0.5 * (last + next),
        _ => f64::INFINITY,
    };
    let mesh = voxel_cell(resolution, shape.translations, |p| {
        (level(p) < radius).then_some(0)
    });
    Ok(Fitted { mesh, radius })
}

/// The level, seen from the shifted background.
fn shifted(shape: &Shape<'_>, resolution: usize) -> impl Fn([f64; 3]) -> f64 + Sync {
    let shift = SHIFT.map(|s| s / resolution as f64);
    let level = shape.level;
    move |p| level([0, 1, 2].map(|k| p[k] + shift[k]))
}

/// Levels at points that fill the cube evenly.
fn sampled(shape: &Shape<'_>) -> Vec<f64> {
    (0..SAMPLES)
        .into_par_iter()
        .map(|i| (shape.level)(EVEN_STEPS.map(|s| (s * f64::from(i)).fract())))
        .collect()
}

/// The radius that fills a share of the volume, to about a thousandth of itself.
pub fn radius_of(shape: &Shape<'_>, relative_density: f64) -> f64 {
    let mut levels = sampled(shape);
    levels.sort_by(f64::total_cmp);
    let place = (relative_density * levels.len() as f64) as usize;
    levels.get(place).copied().unwrap_or(f64::INFINITY)
}

fn refuse_thin(radius: f64, resolution: usize) -> Result<(), HomogeniseError> {
    let needed = needed_resolution(radius);
    if resolution < needed {
        return Err(HomogeniseError::TooCoarse {
            resolution,
            needed,
            radius,
        });
    }
    Ok(())
}

/// Least even resolution for a radius (sides).
pub fn needed_resolution(radius: f64) -> usize {
    let across = (0.5 * LEAST_ACROSS / radius).ceil() as usize;
    across.next_multiple_of(2).max(LEAST_RESOLUTION)
}

//! A lattice's unit cell from its density to its stiffness, on up to three meshes.

use super::effective::{Effective, effective};
use super::estimate::{Estimate, Mesh};
use super::lattice_mesh::{Shape, needed_resolution, radius_of, tetrahedra, voxels};
use super::request::{MeshKind, Request};
use super::{HomogeniseError, memory};
use crate::lattice::samples::CHEN_TANTALUM;
use crate::lattice::{Cell, gibson_ashby};
use crate::material::constants::Constants;
use crate::progress::Progress;
use crate::source::Source;
use crate::tensor::Elasticity;

/// What one mesh gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Elements along the side.
    pub resolution: usize,
    /// Radius of struts, half the thickness of walls on this mesh, over the side.
    pub radius: f64,
    /// Smallest dihedral angle of tetrahedra, degrees.
    pub smallest_dihedral_deg: Option<f64>,
    /// Stiffness, size and what the solver says.
    pub effective: Effective,
    /// Its constants.
    pub constants: Constants,
}

/// The stiffness of a unit cell.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitCell {
    /// What was wanted.
    pub request: Request,
    /// Radius of struts, half the thickness of walls at this density, over the side; found among
    /// points that fill the cell, to about a thousandth of itself.
    pub radius: f64,
    /// Meshes, coarse to fine.
    pub levels: Vec<Level>,
    /// The best estimate and its bar; made cubic, as every one of these nets is and no mesh quite.
    pub estimate: Estimate,
    /// The same cell as it was printed, where samples of it are known.
    pub printed: Option<Printed>,
}

/// Printed samples over the ideal cell at the same density.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// Where the samples come from.
    pub source: Source,
    /// Modulus of the printed metal over that of its solid, by the power law through the samples.
    pub by_law: f64,
    /// `by_law` over the ideal cell's `[100]` modulus over its solid's.
    pub knock_down: f64,
    /// The sample at this very density: its letter, and its own knock-down.
    pub sample: Option<(&'static str, f64)>,
}

/// Radii across the spacing that a mesh chosen by the program has at its finest.
const CHOSEN_ACROSS: f64 = 2.5;

/// Least resolution that the program chooses: with less, meshes scatter by as much as they differ.
const LEAST_CHOSEN: usize = 44;

/// Coarser meshes, as shares of the finest resolution.
const COARSER: [f64; 2] = [0.5, 0.707];

/// Densities as near as this are the same: Table 2 prints porosity to 0.01 %.
const SAME_DENSITY: f64 = 1e-4;

/// Porosities that a cell is made at: beyond, struts are hairs or windows are shut.
pub const DENSITIES: [f64; 2] = [0.001, 0.95];

impl UnitCell {
    /// Meshes, solves and extrapolates.
    ///
    /// # Errors
    /// A density out of range, a resolution too coarse for the struts or too fine for the memory, a
    /// solver that fails.
    pub fn homogenise(request: Request, progress: &dyn Progress) -> Result<Self, HomogeniseError> {
        let [low, high] = DENSITIES;
        let density = request.relative_density;
        if !(low..=high).contains(&density) {
            return Err(HomogeniseError::Density { density, low, high });
        }
        let solid = &request.solid;
        let material = Elasticity::isotropic(solid.youngs_modulus, solid.poisson_ratio);
        if !material.is_positive_definite() {
            return Err(HomogeniseError::Solid {
                youngs_modulus: solid.youngs_modulus,
                poisson_ratio: solid.poisson_ratio,
            });
        }
        let level = |p: [f64; 3]| request.cell.distance(p);
        let translations = request.cell.translations();
        let shape = Shape {
            level: &level,
            translations: &translations,
        };
        let radius = radius_of(&shape, density);
        let resolutions = resolutions(radius, request.resolution)?;
        memory::admit(&request, &resolutions, translations.len())?;
        let mut levels = Vec::new();
        for resolution in resolutions {
            progress.stage(&format!("Mesh of {resolution} elements along the side"), 0);
            levels.push(solve(&request, (&shape, &material), resolution, progress)?);
        }
        Self::from_levels(request, radius, levels)
    }

    fn from_levels(
        request: Request,
        radius: f64,
        levels: Vec<Level>,
    ) -> Result<Self, HomogeniseError> {
        let meshes = levels.iter().map(|l| Mesh {
            resolution: l.resolution,
            stiffness: &l.effective.stiffness,
            constants: &l.constants,
        });
        let meshes: Vec<Mesh<'_>> = meshes.collect();
        let estimate = Estimate::of(&meshes)?;
        let printed = printed(&request, estimate.constants.along[0]);
        Ok(Self {
            request,
            radius,
            levels,
            estimate,
            printed,
        })
    }
}

/// The meshes' resolutions, coarse to fine.
fn resolutions(radius: f64, wanted: Option<usize>) -> Result<Vec<usize>, HomogeniseError> {
    let needed = needed_resolution(radius);
    let even = |n: f64| ((0.5 * n).round() as usize) * 2;
    let chosen = even(CHOSEN_ACROSS / radius)
        .max(2 * needed)
        .max(LEAST_CHOSEN);
    let finest = wanted.unwrap_or(chosen);
    if finest < needed || finest % 2 == 1 {
        return Err(HomogeniseError::TooCoarse {
            resolution: finest,
            needed: needed.max(finest.next_multiple_of(2)),
            radius,
        });
    }
    let coarser = COARSER.map(|share| even(share * finest as f64));
    let mut all: Vec<usize> = coarser.into_iter().filter(|n| *n >= needed).collect();
    all.push(finest);
    all.dedup();
    Ok(all)
}

fn solve(
    request: &Request,
    (shape, material): (&Shape<'_>, &Elasticity),
    resolution: usize,
    progress: &dyn Progress,
) -> Result<Level, HomogeniseError> {
    let (density, settings) = (request.relative_density, &request.settings);
    let materials = [*material];
    let (radius, smallest_dihedral_deg, effective) = match request.mesh {
        MeshKind::Tetrahedra => {
            let fitted = tetrahedra(shape, density, resolution)?;
            let effective = effective(&fitted.mesh.cell, &materials, settings, progress)?;
            (
                fitted.radius,
                Some(fitted.mesh.smallest_dihedral_deg),
                effective,
            )
        }
        MeshKind::Voxels => {
            let fitted = voxels(shape, density, resolution)?;
            let effective = effective(&fitted.mesh, &materials, settings, progress)?;
            (fitted.radius, None, effective)
        }
    };
    let constants = Constants::of(&effective.stiffness).ok_or(HomogeniseError::NoStiffness)?;
    Ok(Level {
        resolution,
        radius,
        smallest_dihedral_deg,
        effective,
        constants,
    })
}

/// What Chen 2025's rhombic dodecahedra of tantalum keep of the ideal [100] modulus.
fn printed(request: &Request, modulus: f64) -> Option<Printed> {
    if request.cell != Cell::RhombicDodecahedron {
        return None;
    }
    let law = gibson_ashby::law(gibson_ashby::LAW_IDS[0]).ok()?;
    let ideal = modulus / request.solid.youngs_modulus;
    let by_law = law.at(request.relative_density).ok()?.youngs_modulus / law.solid_modulus;
    let same = CHEN_TANTALUM
        .iter()
        .find(|s| (s.relative_density() - request.relative_density).abs() < SAME_DENSITY);
    Some(Printed {
        source: law.source,
        by_law,
        knock_down: by_law / ideal,
        sample: same.map(|s| {
            let modulus = 1e3 * s.modulus_gpa / law.solid_modulus;
            (s.name, modulus / ideal)
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_repeats_itself_by_its_translations() {
        for cell in Cell::ALL {
            for t in cell.translations() {
                for i in 0..300 {
                    let p = [0.754_877, 0.569_84, 0.819_17].map(|s| (s * f64::from(i)).fract());
                    let moved = std::array::from_fn(|k| p[k] + t[k]);
                    let miss = (cell.distance(p) - cell.distance(moved)).abs();
                    assert!(miss < 1e-9, "{}: {miss}", cell.name());
                }
            }
        }
    }

    #[test]
    fn meshes_are_even_and_none_is_too_coarse() {
        assert_eq!(resolutions(0.1, None), Ok(vec![22, 32, 44]));
        assert_eq!(resolutions(0.1, Some(12)), Ok(vec![12]));
        let refused = resolutions(0.1, Some(8)).unwrap_err();
        assert!(refused.to_string().contains("at least 10"), "{refused}");
        assert!(resolutions(0.1, Some(13)).is_err());
    }
}

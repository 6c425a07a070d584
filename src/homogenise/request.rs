//! Which unit cell is wanted, of what and how.

use crate::lattice::Cell;
use crate::solver::Settings;
use crate::source::Source;

/// Elements of a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshKind {
    /// Quadratic tetrahedra that follow the surface.
    Tetrahedra,
    /// Cubes, in or out by their centre.
    Voxels,
}

/// The solid that a lattice is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Solid {
    /// Its name.
    pub name: String,
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
    /// Where both come from.
    pub source: Source,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The cell.
    pub cell: Cell,
    /// Share of the volume that is solid.
    pub relative_density: f64,
    /// What it is made of.
    pub solid: Solid,
    /// On which elements.
    pub mesh: MeshKind,
    /// Elements along the side of the finest mesh, even; chosen where `None`.
    pub resolution: Option<usize>,
    /// How to solve.
    pub settings: Settings,
}

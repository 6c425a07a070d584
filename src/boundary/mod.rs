//! Loads, supports and the couplings that carry them onto faces. An empty selection is an error.
//! Must not know the solver.

pub mod coupling;
pub mod equation;
pub mod selection;

pub use coupling::surface_samples;
pub use selection::{clamp_surface, facet_centroid, fix_surface, select_surface};

use crate::tensor::{Point, Vec3, Wrench};

/// Why a load or a support cannot be put on the mesh.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BoundaryError {
    /// A surface that the mesh does not have.
    #[error("there is no surface \"{name}\"; the mesh has {}", .known.join(", "))]
    UnknownSurface {
        /// The name asked for.
        name: String,
        /// Names of the surfaces that exist.
        known: Vec<String>,
    },
    /// A surface without facets: nothing could be loaded or held on it.
    #[error("surface \"{name}\" has no facets; surfaces that have some: {}", .known.join(", "))]
    EmptySurface {
        /// The name asked for.
        name: String,
        /// Names of the surfaces that have facets.
        known: Vec<String>,
    },
    /// An empty list of facets or places.
    #[error("a coupling needs a face or a volume; nothing was found")]
    NothingCoupled,
    /// Facets without area, which have no centroid.
    #[error("the {facets} facets of a face have no area")]
    NoArea {
        /// Number of facets.
        facets: usize,
    },
    /// Places on one line, or that stand for nothing: they cannot take a wrench.
    #[error(
        "the {places} places of a coupling stand for {measure} mm² (mm³ along a screw) or lie on \
         one line: they cannot take a moment"
    )]
    Degenerate {
        /// Number of places.
        places: usize,
        /// Their area (mm²) or volume (mm³).
        measure: f64,
    },
}

/// A fixed or prescribed dof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedDof {
    /// Node number.
    pub node: u32,
    /// Axis 0, 1, 2.
    pub axis: u8,
    /// Prescribed displacement, mm.
    pub value: f64,
}

/// A place in an element, with the area or volume it stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Element number.
    pub element: u32,
    /// Barycentric coordinates in a tetrahedron; in other elements natural ones, and 0.
    pub barycentric: [f64; 4],
    /// Area (mm²) or volume (mm³); one of the two for all samples of a coupling.
    pub weight: f64,
}

/// A distributing coupling (RBE3): carries a wrench onto a face or into a volume as weighted nodal
/// forces and reports the mean motion there; it adds no stiffness.
#[derive(Debug, Clone, PartialEq)]
pub struct Coupling {
    /// Reference point of the wrench, mm.
    pub reference: Point,
    /// Coupled nodes.
    pub nodes: Vec<u32>,
    /// Force on each coupled node for a unit of each wrench component
    /// `[fx, fy, fz (N), mx, my, mz (N·mm)]`; its transpose gives the mean motion
    /// `[translation (mm), rotation (rad)]` of what is coupled, at the reference point.
    pub columns: Vec<[Vec3; 6]>,
}

/// One load case on a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCase {
    /// Name, unique in the model.
    pub name: String,
    /// Wrench at the reference point of the loaded face's coupling.
    pub wrench: Wrench,
    /// Nodal forces, N (node, force); already includes the coupling's share.
    pub forces: Vec<(u32, Vec3)>,
    /// Whether the case counts as service (part of the stress-shielding mean).
    pub service: bool,
}

impl LoadCase {
    /// Forces (N) on single nodes and no wrench on a face.
    pub fn of_forces(name: &str, forces: Vec<(u32, Vec3)>) -> Self {
        Self {
            name: name.to_owned(),
            wrench: Wrench::zero(),
            forces,
            service: true,
        }
    }
}

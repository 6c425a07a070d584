//! Posterior rods: one jointed beam per side between distributing couplings on two bodies.
//!
//! The end motions are z = [Cᵀ₁u, Cᵀ₂u] with the couplings' columns C; the rod's stiffness is
//! C S Cᵀ = (C Rᵀ) F⁻¹ (C Rᵀ)ᵀ (see [`beam`](super::beam)): a term of rank six whose middle is
//! positive definite. Each screw and its grip on the bone is one spring, equal in all directions;
//! rotations pass through the joint to the mean rotation of the bone along the screw.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::beam::{CircularSection, JointedBeam};
use super::{FixationError, Rod};
use crate::assembly::LowRank;
use crate::boundary::{Coupling, Sample};
use crate::mesh::Mesh;
use crate::tensor::Point;

/// Material, section and joints of a rod.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RodSettings {
    /// Section and material.
    pub section: CircularSection,
    /// Stiffness of each screw–bone joint against translation, N/mm.
    pub joint_stiffness: f64,
    /// How far the rod runs behind the column axis, mm.
    pub behind: f64,
    /// How far the rod runs to either side of the column axis, mm.
    pub beside: f64,
}

impl Default for RodSettings {
    /// Ø 5.5 mm titanium (110 GPa, ν 0.3), 3 kN/mm a joint, 45 mm behind and 18 mm beside the axis:
    /// between 1 and 10 kN/mm the joint makes little difference to the construct (derived).
    fn default() -> Self {
        Self {
            section: CircularSection {
                diameter: 5.5,
                youngs_modulus: 110e3,
                poisson_ratio: 0.3,
            },
            joint_stiffness: 3000.0,
            behind: 45.0,
            beside: 18.0,
        }
    }
}

/// Which rod, between what.
#[derive(Debug, Clone)]
pub struct RodSpec<'a> {
    /// Name ("rod left").
    pub name: String,
    /// Names of the bodies at its ends.
    pub bodies: [String; 2],
    /// Ends, mm.
    pub ends: [Point; 2],
    /// What holds the ends in the two bodies: the bone along a screw, or a face.
    pub seats: [&'a [Sample]; 2],
}

/// Builds a rod and its term of the global stiffness.
///
/// # Errors
/// A seat that cannot be coupled, ends at one place, a stiffness that is not positive.
pub fn build_rod(
    spec: &RodSpec,
    settings: &RodSettings,
    mesh: &Mesh,
) -> Result<Rod, FixationError> {
    let couplings = [couple(spec, mesh, 0)?, couple(spec, mesh, 1)?];
    let axis = spec.ends[1] - spec.ends[0];
    let refused = FixationError::Beam {
        rod: spec.name.clone(),
        length_mm: axis.norm(),
        diameter_mm: settings.section.diameter,
        youngs_modulus_mpa: settings.section.youngs_modulus,
        joint_stiffness_n_per_mm: settings.joint_stiffness,
    };
    let sound = |v: f64| v > 0.0 && v.is_finite();
    let section = &settings.section;
    if !(sound(section.diameter)
        && sound(section.youngs_modulus)
        && sound(settings.joint_stiffness))
    {
        return Err(refused);
    }
    let beam = JointedBeam::new(section, &axis, settings.joint_stiffness).ok_or(refused)?;
    Ok(Rod {
        name: spec.name.clone(),
        bodies: spec.bodies.clone(),
        ends: spec.ends,
        direction: axis.normalize(),
        stiffness: beam.end_stiffness(),
        term: low_rank(&couplings, &beam),
        couplings,
    })
}

fn couple(spec: &RodSpec, mesh: &Mesh, end: usize) -> Result<Coupling, FixationError> {
    Coupling::on_samples(mesh, spec.seats[end], spec.ends[end]).map_err(|source| {
        FixationError::Seat {
            rod: spec.name.clone(),
            body: spec.bodies[end].clone(),
            source,
        }
    })
}

/// (C Rᵀ) F⁻¹ (C Rᵀ)ᵀ.
fn low_rank(couplings: &[Coupling; 2], beam: &JointedBeam) -> LowRank {
    let mut columns: Vec<BTreeMap<u32, [f64; 3]>> = vec![BTreeMap::new(); 6];
    for (end, coupling) in couplings.iter().enumerate() {
        for (&node, unit) in coupling.nodes.iter().zip(&coupling.columns) {
            for (j, column) in columns.iter_mut().enumerate() {
                let entry = column.entry(node).or_default();
                for (k, force) in unit.iter().enumerate() {
                    let share = beam.relative[(j, 6 * end + k)];
                    for axis in 0..3 {
                        entry[axis] += share * force[axis];
                    }
                }
            }
        }
    }
    LowRank {
        columns: columns
            .into_iter()
            .map(|column| column.into_iter().collect())
            .collect(),
        stiffness: DMatrix::from_fn(6, 6, |i, j| beam.stiffness[(i, j)]),
    }
}

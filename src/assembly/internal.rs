//! Internal forces element by element: the stiffness without a matrix. Reactions come from here,
//! so that they check the assembled product instead of repeating it.

use rayon::prelude::*;

use super::{AssemblyError, LocalSystem, LowRank};
use crate::element::solid::PlacedSolid;
use crate::element::{Placement, Tet4, Tet10, internal_force};
use crate::material::MaterialField;
use crate::mesh::{ElementKind, TetMesh};
use crate::tensor::Vec3;

/// Places every element.
///
/// # Errors
/// [`ElementError::Inverted`](crate::element::ElementError::Inverted) for the first (lowest
/// numbered) bad element.
pub fn place_elements(mesh: &TetMesh) -> Result<Vec<Placement>, AssemblyError> {
    let placed: Vec<_> = (0..mesh.element_count())
        .into_par_iter()
        .map(|e| Placement::new(&mesh.corners(e), e))
        .collect();
    placed
        .into_iter()
        .map(|p| p.map_err(AssemblyError::from))
        .collect()
}

/// Places an element of any kind.
///
/// # Errors
/// [`ElementError::Inverted`](crate::element::ElementError::Inverted).
fn place_solid(mesh: &TetMesh, e: usize) -> Result<PlacedSolid, AssemblyError> {
    Ok(PlacedSolid::new(mesh.kind_of(e), &mesh.places(e), e)?)
}

/// The stiffness of every element, N/mm, row-major, 3·nodes square.
///
/// # Errors
/// [`ElementError::Inverted`](crate::element::ElementError::Inverted).
pub(super) fn stiffnesses(
    mesh: &TetMesh,
    materials: &MaterialField,
) -> Result<Vec<Vec<f64>>, AssemblyError> {
    (0..mesh.element_count())
        .into_par_iter()
        .map(|e| {
            let factor = materials.at_points(e, mesh.kind_of(e));
            Ok(place_solid(mesh, e)?.stiffness(materials.elasticity(e), &factor))
        })
        .collect()
}

/// Everything with stiffness: elements, local systems, low-rank terms.
#[derive(Debug, Clone)]
pub struct Operator<'a> {
    /// Mesh.
    pub mesh: &'a TetMesh,
    /// Elasticity of its elements.
    pub materials: &'a MaterialField,
    /// Local systems on its nodes.
    pub systems: Vec<&'a LocalSystem>,
    /// Low-rank terms on its nodes.
    pub terms: Vec<&'a LowRank>,
}

impl Operator<'_> {
    /// Nodal forces (N) that hold the nodal displacements `u` (mm), all dofs, no constraint.
    ///
    /// # Errors
    /// [`AssemblyError::Element`] for an inverted element.
    pub fn forces(&self, u: &[Vec3]) -> Result<Vec<Vec3>, AssemblyError> {
        let mut force = vec![Vec3::zeros(); self.mesh.nodes.len()];
        match self.mesh.blocks.only_kind() {
            Some(ElementKind::Tet10) => {
                let placements = place_elements(self.mesh)?;
                self.add_elements(&placements, u, &mut force, Self::tet10);
            }
            Some(ElementKind::Tet4) => {
                let placements = place_elements(self.mesh)?;
                self.add_elements(&placements, u, &mut force, Self::tet4);
            }
            _ => self.add_solids(u, &mut force)?,
        }
        for system in &self.systems {
            add_system(system, u, &mut force);
        }
        for term in &self.terms {
            term.add_force(u, &mut force);
        }
        Ok(force)
    }

    fn add_elements<const N: usize>(
        &self,
        placements: &[Placement],
        u: &[Vec3],
        force: &mut [Vec3],
        one: impl Fn(&Self, &Placement, usize, &[Vec3]) -> [Vec3; N] + Sync,
    ) {
        let parts: Vec<[Vec3; N]> = placements
            .par_iter()
            .enumerate()
            .map(|(e, place)| one(self, place, e, u))
            .collect();
        // Serial, in element order: the same bits for any number of threads.
        for (e, part) in parts.iter().enumerate() {
            for (&n, f) in self.mesh.element(e).iter().zip(part) {
                force[n as usize] += f;
            }
        }
    }

    fn add_solids(&self, u: &[Vec3], force: &mut [Vec3]) -> Result<(), AssemblyError> {
        let one = |e: usize| -> Result<Vec<Vec3>, AssemblyError> {
            let moved = self.mesh.element(e).iter().map(|&n| u[n as usize]);
            let factor = self.materials.at_points(e, self.mesh.kind_of(e));
            let (placed, c) = (place_solid(self.mesh, e)?, self.materials.elasticity(e));
            Ok(placed.internal_force(c, &factor, &moved.collect::<Vec<_>>()))
        };
        let all = (0..self.mesh.element_count()).into_par_iter();
        let parts: Vec<Vec<Vec3>> = all.map(one).collect::<Result<_, _>>()?;
        for (e, part) in parts.iter().enumerate() {
            for (&n, f) in self.mesh.element(e).iter().zip(part) {
                force[n as usize] += f;
            }
        }
        Ok(())
    }

    fn tet10(&self, place: &Placement, e: usize, u: &[Vec3]) -> [Vec3; 10] {
        let nodes = self.mesh.element(e);
        let u = std::array::from_fn(|i| u[nodes[i] as usize]);
        let (c, factor) = (self.materials.elasticity(e), &self.materials.factor[e]);
        internal_force::<Tet10, 10>(place, c, factor, &u)
    }

    fn tet4(&self, place: &Placement, e: usize, u: &[Vec3]) -> [Vec3; 4] {
        let nodes = self.mesh.element(e);
        let u = std::array::from_fn(|i| u[nodes[i] as usize]);
        let (c, factor) = (self.materials.elasticity(e), &self.materials.factor[e]);
        internal_force::<Tet4, 4>(place, c, factor, &u)
    }
}

fn add_system(system: &LocalSystem, u: &[Vec3], force: &mut [Vec3]) {
    let width = 3 * system.nodes.len();
    for (i, &n) in system.nodes.iter().enumerate() {
        let rows = system.stiffness[3 * i * width..3 * (i + 1) * width].chunks_exact(width);
        for (sum, row) in force[n as usize].iter_mut().zip(rows) {
            *sum += row
                .chunks_exact(3)
                .zip(&system.nodes)
                .map(|(k, &m)| {
                    let v = u[m as usize];
                    k[0] * v.x + k[1] * v.y + k[2] * v.z
                })
                .sum::<f64>();
        }
    }
}

//! Internal forces element by element: the stiffness without a matrix. Reactions come from here,
//! so that they check the assembled product instead of repeating it.

use rayon::prelude::*;

use super::AssemblyError;
use crate::element::solid::PlacedSolid;
use crate::element::{Placement, Tet4, Tet10, internal_force};
use crate::material::MaterialField;
use crate::mesh::{ElementKind, Mesh};
use crate::tensor::Vec3;

/// Places every element.
///
/// # Errors
/// [`ElementError::Inverted`](crate::element::ElementError::Inverted) for the first (lowest
/// numbered) bad element.
pub fn place_elements(mesh: &Mesh) -> Result<Vec<Placement>, AssemblyError> {
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
fn place_solid(mesh: &Mesh, e: usize) -> Result<PlacedSolid, AssemblyError> {
    Ok(PlacedSolid::new(mesh.kind_of(e), &mesh.places(e), e)?)
}

/// The stiffness of every element, N/mm, row-major, 3·nodes square.
///
/// # Errors
/// [`ElementError::Inverted`](crate::element::ElementError::Inverted).
pub(super) fn stiffnesses(
    mesh: &Mesh,
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

/// The elements of a mesh with their materials.
#[derive(Debug, Clone, Copy)]
pub struct Elements<'a> {
    /// Mesh.
    pub mesh: &'a Mesh,
    /// Elasticity of its elements.
    pub materials: &'a MaterialField,
}

impl Elements<'_> {
    /// Adds the forces (N) that hold the nodal displacements `u` (mm).
    ///
    /// # Errors
    /// [`AssemblyError::Element`] for an inverted element.
    pub fn add_force(&self, u: &[Vec3], force: &mut [Vec3]) -> Result<(), AssemblyError> {
        match self.mesh.blocks.only_kind() {
            Some(ElementKind::Tet10) => {
                self.add_each(&place_elements(self.mesh)?, u, force, Self::tet10);
            }
            Some(ElementKind::Tet4) => {
                self.add_each(&place_elements(self.mesh)?, u, force, Self::tet4);
            }
            _ => self.add_solids(u, force)?,
        }
        Ok(())
    }

    fn add_each<const N: usize>(
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
        self.sum(&parts, force);
    }

    /// Adds what each element has at its nodes, serially and in the order of the elements: the same
    /// bits for any number of threads.
    fn sum<P: AsRef<[Vec3]>>(&self, parts: &[P], force: &mut [Vec3]) {
        for (e, part) in parts.iter().enumerate() {
            for (&n, f) in self.mesh.element(e).iter().zip(part.as_ref()) {
                force[n as usize] += f;
            }
        }
    }

    fn add_solids(&self, u: &[Vec3], force: &mut [Vec3]) -> Result<(), AssemblyError> {
        let all = (0..self.mesh.element_count()).into_par_iter();
        let one = |e: usize| self.forces_of(e, u);
        let parts: Vec<Vec<Vec3>> = all.map(one).collect::<Result<_, _>>()?;
        self.sum(&parts, force);
        Ok(())
    }

    /// The forces (N) at the nodes of one element that hold the nodal displacements `u` (mm).
    ///
    /// # Errors
    /// [`AssemblyError::Element`] for an inverted element.
    pub fn forces_of(&self, e: usize, u: &[Vec3]) -> Result<Vec<Vec3>, AssemblyError> {
        let moved = self.mesh.element(e).iter().map(|&n| u[n as usize]);
        let factor = self.materials.at_points(e, self.mesh.kind_of(e));
        let (placed, c) = (place_solid(self.mesh, e)?, self.materials.elasticity(e));
        Ok(placed.internal_force(c, &factor, &moved.collect::<Vec<_>>()))
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

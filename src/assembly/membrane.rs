//! Membranes on the facets of a mesh as local systems.

use super::{AssemblyError, LocalSystem};
use crate::element::tri6::{Membrane, linear_membrane_stiffness, membrane_stiffness};
use crate::material::membrane::MembraneMaterial;
use crate::mesh::boundary::all_nodes;
use crate::mesh::{Facet, Mesh};

/// Membranes of one material that share the nodes of facets.
#[derive(Debug, Clone, PartialEq)]
pub struct MembraneSheet {
    /// What they are made of.
    pub material: MembraneMaterial,
    /// The facets they lie on.
    pub facets: Vec<Facet>,
    /// Their stiffness, one system a facet.
    pub systems: Vec<LocalSystem>,
}

impl MembraneSheet {
    /// Membranes on facets: six nodes each on a tet10 mesh, three on a tet4 mesh.
    ///
    /// # Errors
    /// [`AssemblyError::Element`] where a facet has no area or the membrane is no material.
    pub fn on_facets(
        mesh: &Mesh,
        facets: Vec<Facet>,
        material: &MembraneMaterial,
    ) -> Result<Self, AssemblyError> {
        let systems = facets
            .iter()
            .map(|&facet| membrane_system(mesh, &all_nodes(mesh, facet), material))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            material: *material,
            facets,
            systems,
        })
    }
}

/// One membrane on three or six nodes of a mesh, corners first; its sides are straight.
///
/// # Errors
/// [`AssemblyError::Element`] where the triangle has no area or the membrane is no material.
pub fn membrane_system(
    mesh: &Mesh,
    nodes: &[u32],
    material: &MembraneMaterial,
) -> Result<LocalSystem, AssemblyError> {
    let membrane = Membrane {
        thickness: material.thickness,
        youngs_modulus: material.youngs_modulus,
        poisson_ratio: material.poisson_ratio,
    };
    let first = nodes[0];
    let corners = [0, 1, 2].map(|k| mesh.nodes[nodes[k] as usize]);
    let stiffness = match nodes.len() {
        3 => linear_membrane_stiffness(&corners, &membrane, first)?,
        _ => membrane_stiffness(&corners, &membrane, first)?,
    };
    Ok(LocalSystem {
        nodes: nodes.to_vec(),
        stiffness,
    })
}

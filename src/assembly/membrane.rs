//! Membranes on the facets of a mesh as local systems.

use super::{AssemblyError, LocalSystem};
use crate::element::tri6::{Membrane, linear_membrane_stiffness, membrane_stiffness};
use crate::material::membrane::MembraneMaterial;
use crate::mesh::{ElementKind, FACES_QUADRATIC, Facet, TetMesh};

/// One local system per facet: a membrane that shares the facet's nodes, six on a tet10 mesh and
/// three on a tet4 mesh.
///
/// # Errors
/// [`AssemblyError::Element`] where a facet has no area or the membrane is no material.
pub fn membrane_systems(
    mesh: &TetMesh,
    facets: &[Facet],
    material: &MembraneMaterial,
) -> Result<Vec<LocalSystem>, AssemblyError> {
    let membrane = Membrane {
        thickness: material.thickness,
        youngs_modulus: material.youngs_modulus,
        poisson_ratio: material.poisson_ratio,
    };
    facets
        .iter()
        .map(|&facet| {
            let corners = mesh.facet_corners(facet);
            let element = mesh.element(facet.element as usize);
            let nodes = FACES_QUADRATIC[facet.face as usize].map(|i| element.get(i).copied());
            let nodes: Vec<u32> = nodes.into_iter().flatten().collect();
            let first = mesh.facet_nodes(facet)[0];
            let stiffness = match mesh.kind {
                ElementKind::Tet10 => membrane_stiffness(&corners, &membrane, first)?,
                ElementKind::Tet4 => linear_membrane_stiffness(&corners, &membrane, first)?,
            };
            Ok(LocalSystem { nodes, stiffness })
        })
        .collect()
}

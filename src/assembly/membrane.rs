//! Membranes on the facets of a mesh as local systems.

use super::{AssemblyError, LocalSystem};
use crate::element::tri6::{Membrane, membrane_stiffness};
use crate::mesh::{ElementKind, FACES_QUADRATIC, Facet, TetMesh};

/// One local system per facet: a [`Membrane`] that shares the facet's nodes. Facets of a tet4 mesh
/// carry none (the shell would be constant-strain beside locking solids), so the list is empty
/// there.
///
/// # Errors
/// [`AssemblyError::Element`] where a facet has no area or the membrane is no material.
pub fn membrane_systems(
    mesh: &TetMesh,
    facets: &[Facet],
    membrane: &Membrane,
) -> Result<Vec<LocalSystem>, AssemblyError> {
    if mesh.kind == ElementKind::Tet4 {
        return Ok(Vec::new());
    }
    facets
        .iter()
        .map(|&facet| {
            let element = mesh.element(facet.element as usize);
            let nodes = FACES_QUADRATIC[facet.face as usize].map(|i| element[i]);
            let corners = mesh.facet_corners(facet);
            Ok(LocalSystem {
                nodes: nodes.to_vec(),
                stiffness: membrane_stiffness(&corners, membrane, nodes[0])?,
            })
        })
        .collect()
}

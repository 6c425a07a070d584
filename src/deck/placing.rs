//! Elements on their nodes: which are curved, and which have no volume.

use std::collections::BTreeMap;

use super::Deck;
use super::error::{DeckError, DeckFault};
use crate::element::curved::{self, STRAIGHT};
use crate::element::solid::PlacedSolid;
use crate::element::{ElementError, Placement};
use crate::mesh::Mesh;
use crate::tensor::Point;

/// The ten nodes of a quadratic element.
pub(super) fn ten(mesh: &Mesh, e: usize) -> [Point; 10] {
    let nodes = mesh.element(e);
    std::array::from_fn(|i| mesh.nodes[nodes[i] as usize])
}

/// Finds the curved elements, and refuses those without volume.
pub(super) fn place(deck: &Deck, mesh: &Mesh) -> Result<BTreeMap<u32, [Placement; 4]>, DeckError> {
    let mut curved = BTreeMap::new();
    for e in 0..mesh.element_count() {
        let kind = mesh.kind_of(e);
        if !kind.is_tetrahedron() {
            let placed = PlacedSolid::new(kind, &mesh.places(e), e);
            placed.map_err(|error| inverted(deck, e, &error))?;
            continue;
        }
        let bent = kind.is_quadratic() && curved::curvature(&ten(mesh, e)) > STRAIGHT;
        let placed = if bent {
            curved::place(&ten(mesh, e), e).map(|placed| {
                curved.insert(e as u32, placed);
            })
        } else {
            Placement::new(&mesh.corners(e), e).map(|_| ())
        };
        placed.map_err(|_| {
            let volume = match mesh.volume(e) {
                v if bent && v > 0.0 => curved::volume(&ten(mesh, e)),
                v => v,
            };
            let fault = DeckFault::Inverted {
                element: deck.elements.labels[e],
                volume,
            };
            let error = deck.texts.error(deck.elements.spots[e], fault);
            if bent && volume > 0.0 {
                error.with_help("a mid-edge node folds it: the volume at a point is not positive")
            } else {
                error.with_help(
                    "seen from the fourth node, the first three must run counter-clockwise",
                )
            }
        })?;
    }
    Ok(curved)
}

/// A hexahedron or wedge whose volume at a point is not positive.
fn inverted(deck: &Deck, e: usize, error: &ElementError) -> DeckError {
    let ElementError::Inverted { volume, .. } = *error else {
        return deck.texts.refuse(deck.elements.spots[e], error.to_string());
    };
    let fault = DeckFault::Inverted {
        element: deck.elements.labels[e],
        volume,
    };
    deck.texts.error(deck.elements.spots[e], fault).with_help(
        "seen from the opposite face, the nodes of the first face must run counter-clockwise, and \
         no corner or middle node may fold the element",
    )
}

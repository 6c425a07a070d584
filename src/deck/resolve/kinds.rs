//! Kinds of elements beside each other: faces that only one side has middle nodes on, and what other
//! programs make of a type.

use std::collections::BTreeMap;

use super::Resolver;
use crate::deck::error::DeckError;
use crate::mesh::ElementKind;

/// A face of an element: whose it is and whether it has middle nodes.
type Side = (u32, bool);

impl Resolver {
    /// Refuses linear and quadratic elements that share a face; tells what a type means elsewhere.
    ///
    /// # Errors
    /// A face with middle nodes on one of its two sides.
    pub(super) fn check_kinds(&mut self) -> Result<(), DeckError> {
        self.tell_integration();
        let blocks = &self.elements.blocks;
        if blocks.all(ElementKind::is_quadratic) || blocks.all(|k| !k.is_quadratic()) {
            return Ok(());
        }
        let mut sides: BTreeMap<Vec<u32>, Side> = BTreeMap::new();
        for (e, (kind, nodes)) in (0u32..).zip(blocks.elements()) {
            let table = kind.reference();
            for f in 0..table.face_count() {
                let corners = &table.face(f)[..table.face_corner_count(f)];
                let mut corners: Vec<u32> = corners.iter().map(|&i| nodes[i]).collect();
                corners.sort_unstable();
                let first = *sides.entry(corners).or_insert((e, table.quadratic));
                if first.1 != table.quadratic {
                    return Err(self.half_a_face([first.0, e]));
                }
            }
        }
        Ok(())
    }

    fn half_a_face(&self, elements: [u32; 2]) -> DeckError {
        let [a, b] = elements.map(|e| {
            let kind = self.elements.blocks.kind(e as usize).reference().deck_type;
            format!("{kind} element {}", self.elements.labels[e as usize])
        });
        let words = format!("{a} and {b} share a face on which only one of them has middle nodes");
        let spot = self.elements.spots[elements[1] as usize];
        self.texts.refuse(spot, words).with_help(
            "it would open between its corners: use linear or quadratic elements on both sides, or \
             nodes of their own and a *TIE between tetrahedra",
        )
    }

    /// What a type means here, where programs differ on it.
    fn tell_integration(&mut self) {
        for (kind, text) in [
            (
                ElementKind::Hex8,
                "C3D8 are fully integrated, as in CalculiX; Abaqus integrates their change of volume \
                 at the centre, which is softer where the Poisson ratio is near 0.5",
            ),
            (
                ElementKind::Hex8Incompatible,
                "C3D8I pass a uniform stress on distorted elements too; CalculiX's do so on \
                 parallelepipeds only, where both agree",
            ),
        ] {
            let first = self.elements.blocks.iter().find(|b| b.kind == kind);
            if let Some(block) = first {
                self.note(self.elements.spots[block.first], text);
            }
        }
    }
}

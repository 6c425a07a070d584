//! Surfaces without face labels: every face of the elements that no other element shares.

use std::collections::HashMap;

use super::Resolver;
use crate::mesh::Facet;

impl Resolver {
    /// The faces of solid elements that are on the outside of the mesh.
    pub(super) fn exposed(&self, elements: &[u32]) -> Vec<Facet> {
        let mut shared: HashMap<Vec<u32>, u32> = HashMap::new();
        for &element in elements {
            for facet in self.faces(element) {
                shared.insert(self.sorted_nodes(facet), 0);
            }
        }
        for element in 0..self.elements.labels.len() as u32 {
            for facet in self.faces(element) {
                if let Some(count) = shared.get_mut(&self.sorted_nodes(facet)) {
                    *count += 1;
                }
            }
        }
        let all = elements.iter().flat_map(|&element| self.faces(element));
        all.filter(|facet| shared[&self.sorted_nodes(*facet)] == 1)
            .collect()
    }

    fn sorted_nodes(&self, facet: Facet) -> Vec<u32> {
        let mut nodes: Vec<u32> = self.elements.facet_nodes(facet).collect();
        nodes.sort_unstable();
        nodes
    }

    fn faces(&self, element: u32) -> impl Iterator<Item = Facet> + use<> {
        let kind = self.elements.blocks.kind(element as usize);
        let count = kind.reference().face_count() as u8;
        (0..count).map(move |face| Facet { element, face })
    }
}

//! Elements that version 2.2 writes once for each of their groups.

use std::collections::BTreeMap;

use super::sections::Parser;
use crate::mesh::coincident::coincident_of_kinds;

impl Parser<'_> {
    /// The element that each of the `solids` (cell numbers) is, counted in the file's order.
    ///
    /// Copies are on the same nodes of the same entity in different groups. What is there twice in
    /// one group is two elements, and the k-th in one group is the k-th in another.
    pub(super) fn elements_of(&self, solids: &[usize]) -> Vec<u32> {
        let mut leader: Vec<u32> = (0..solids.len() as u32).collect();
        for same in self.copies(solids) {
            let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
            let mut first: BTreeMap<(i64, u32), u32> = BTreeMap::new();
            for s in same {
                let block = self.cells[solids[s as usize]].block;
                let times = seen.entry(block).or_insert(0);
                let entity = self.blocks[block as usize].entity;
                leader[s as usize] = *first.entry((entity, *times)).or_insert(s);
                *times += 1;
            }
        }
        let mut count = 0;
        for s in 0..leader.len() {
            // A leader stands before those it leads.
            leader[s] = if leader[s] as usize == s {
                count += 1;
                count - 1
            } else {
                leader[leader[s] as usize]
            };
        }
        leader
    }

    /// Solids on the same nodes, where there may be copies: where an entity is in several blocks.
    fn copies(&self, solids: &[usize]) -> Vec<Vec<u32>> {
        let volumes = || self.blocks.iter().filter(|b| b.dimension == 3);
        let mut entities: Vec<i64> = volumes().map(|b| b.entity).collect();
        entities.sort_unstable();
        entities.dedup();
        if entities.len() == volumes().count() {
            return Vec::new();
        }
        let elements = solids.iter().map(|&c| {
            let cell = &self.cells[c];
            (cell.kind, &self.cell_nodes[cell.nodes.clone()])
        });
        coincident_of_kinds(elements)
    }
}

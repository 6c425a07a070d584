//! Version 2.2: one physical group an element.

use super::error::MshError;
use super::sections::{Block, Parser};

impl Parser<'_> {
    /// Nodes; parametric ones name the entity they lie on and their parameters there.
    pub(super) fn nodes_22(&mut self, parametric: bool) -> Result<(), MshError> {
        for _ in 0..self.words.count("the number of nodes")? {
            let word = self.words.need("a node number")?;
            let label = self.words.label_of(word, "a node number")?;
            let (x, _) = self.point()?;
            let span = word.start..self.words.at;
            if parametric {
                let dimension = self.dimension()?;
                self.words.signed("the entity of the node")?;
                // In a volume Gmsh gives no parameters: they would be the coordinates.
                let parameters = if dimension < 3 { dimension } else { 0 };
                self.words.skip(u64::from(parameters), "a parameter")?;
            }
            self.add_node(label, x, span)?;
        }
        Ok(())
    }

    /// Elements: number, type, tags (the physical group, the entity, then partitions), nodes.
    pub(super) fn elements_22(&mut self) -> Result<(), MshError> {
        let mut last = None;
        for _ in 0..self.words.count("the number of elements")? {
            let number = self.words.need("an element number")?;
            let kind = self.words.signed("an element type")?;
            let mut tags = [0; 2];
            for k in 0..self.words.count("a number of tags")? {
                let tag = self.words.signed("a tag")?;
                if let Some(place) = tags.get_mut(k as usize) {
                    *place = tag;
                }
            }
            let [group, entity] = tags;
            // Gmsh writes tags without their sign, and the elements of a negative one reversed.
            let dimension = Self::dimension_of(kind);
            let block = match last {
                Some((d, tags, block)) if (d, tags) == (dimension, [group, entity]) => block,
                _ => self.block(Block {
                    dimension,
                    entity,
                    groups: if group == 0 {
                        vec![]
                    } else {
                        vec![group.abs()]
                    },
                }),
            };
            last = Some((dimension, [group, entity], block));
            self.cell(number, kind, block)?;
        }
        Ok(())
    }
}

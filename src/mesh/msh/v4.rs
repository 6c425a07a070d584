//! Version 4.1: groups belong to entities, elements stand in blocks of one entity.

use super::error::MshError;
use super::sections::{Block, Parser};

impl Parser<'_> {
    pub(super) fn entities(&mut self) -> Result<(), MshError> {
        for (dimension, count) in (0u8..).zip(self.entity_counts()?) {
            for _ in 0..count {
                let tag = self.words.signed("an entity")?;
                let groups = self.bounds_and_groups(dimension)?;
                self.entity_groups.insert((dimension, tag), groups);
            }
        }
        Ok(())
    }

    /// The pieces into which entities were cut; a piece is in the groups of its entity.
    pub(super) fn partitioned_entities(&mut self) -> Result<(), MshError> {
        self.words.count("the number of partitions")?;
        for _ in 0..self.words.count("the number of ghost entities")? {
            self.words.signed("a ghost entity")?;
            self.words.signed("a partition")?;
        }
        for (dimension, count) in (0u8..).zip(self.entity_counts()?) {
            for _ in 0..count {
                let tag = self.words.signed("an entity")?;
                let parent_dimension = self.words.signed("the dimension of the parent")?;
                let parent = self.words.signed("the parent")?;
                for _ in 0..self.words.count("the number of partitions")? {
                    self.words.signed("a partition")?;
                }
                let mut groups = self.bounds_and_groups(dimension)?;
                // A cut through a volume is a surface of no group.
                if parent_dimension == i64::from(dimension)
                    && let Some(inherited) = self.entity_groups.get(&(dimension, parent))
                {
                    groups.extend(inherited);
                    groups.sort_unstable();
                    groups.dedup();
                }
                self.entity_groups.insert((dimension, tag), groups);
            }
        }
        Ok(())
    }

    /// Numbers of points, curves, surfaces and volumes.
    fn entity_counts(&mut self) -> Result<[u64; 4], MshError> {
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = self.words.count("a number of entities")?;
        }
        Ok(counts)
    }

    /// The rest of an entity: coordinates or bounding box, physical groups, entities that bound it.
    fn bounds_and_groups(&mut self, dimension: u8) -> Result<Vec<i64>, MshError> {
        self.words
            .skip(if dimension == 0 { 3 } else { 6 }, "a bound")?;
        let mut groups = Vec::new();
        for _ in 0..self.words.count("a number of groups")? {
            groups.push(self.words.signed("a physical group")?);
        }
        groups.sort_unstable();
        groups.dedup();
        if dimension > 0 {
            for _ in 0..self.words.count("a number of bounding entities")? {
                self.words.signed("an entity")?;
            }
        }
        Ok(groups)
    }

    pub(super) fn nodes_41(&mut self) -> Result<(), MshError> {
        let blocks = self.words.count("the number of blocks")?;
        self.words.skip(3, "a number of nodes")?;
        let mut labels = Vec::new();
        for _ in 0..blocks {
            let dimension = self.dimension()?;
            self.words.signed("an entity")?;
            let parametric = self.words.count("0 or 1")? != 0;
            let parameters = if parametric { u64::from(dimension) } else { 0 };
            labels.clear();
            for _ in 0..self.words.count("a number of nodes")? {
                labels.push(self.words.label("a node number")?);
            }
            for &label in &labels {
                let (x, start) = self.point()?;
                let span = start..self.words.at;
                self.words.skip(parameters, "a parameter")?;
                self.add_node(label, x, span)?;
            }
        }
        Ok(())
    }

    pub(super) fn elements_41(&mut self) -> Result<(), MshError> {
        let blocks = self.words.count("the number of blocks")?;
        self.words.skip(3, "a number of elements")?;
        for _ in 0..blocks {
            let dimension = self.dimension()?;
            let entity = self.words.signed("an entity")?;
            let kind = self.words.signed("an element type")?;
            let groups = self.entity_groups.get(&(dimension, entity));
            let groups = groups.cloned().unwrap_or_default();
            let block = self.block(Block {
                dimension,
                entity,
                groups,
            });
            for _ in 0..self.words.count("a number of elements")? {
                let number = self.words.need("an element number")?;
                self.cell(number, kind, block)?;
            }
        }
        Ok(())
    }
}

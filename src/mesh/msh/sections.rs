//! The sections of a file, and what both versions have in common.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{MshError, MshFault, line_of};
use super::words::{Word, Words};
use crate::element::reference::ElementKind;
use crate::tensor::Point;

/// A version that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Two,
    Four,
}

/// A physical group of some dimension.
pub(super) type GroupKey = (u8, i64);

/// Elements of one entity and the groups they are all in; negative tags take surfaces reversed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub(super) dimension: u8,
    pub(super) entity: i64,
    pub(super) groups: Vec<i64>,
}

/// An element as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) span: Range<usize>,
    /// Gmsh's number of a solid element; 0 for others, which need none.
    pub(super) label: u32,
    /// Gmsh's type.
    pub(super) kind: i64,
    pub(super) block: u32,
    /// Into `Parser::cell_nodes`.
    pub(super) nodes: Range<usize>,
}

/// What has been read so far.
pub(super) struct Parser<'a> {
    pub(super) words: Words<'a>,
    /// Names of physical groups.
    pub(super) names: BTreeMap<GroupKey, Word<'a>>,
    /// Groups of entities by dimension and tag (4.1).
    pub(super) entity_groups: BTreeMap<(u8, i64), Vec<i64>>,
    pub(super) node_of: BTreeMap<u32, u32>,
    pub(super) positions: Vec<Point>,
    pub(super) node_labels: Vec<u32>,
    pub(super) node_spans: Vec<Range<usize>>,
    pub(super) blocks: Vec<Block>,
    block_of: BTreeMap<Block, u32>,
    pub(super) cells: Vec<Cell>,
    pub(super) cell_nodes: Vec<u32>,
}

/// Dimension and number of nodes of Gmsh's element types that may stand beside solids, and of these.
pub(super) fn shape(kind: i64) -> Option<(u8, usize)> {
    Some(match kind {
        15 => (0, 1),
        1 => (1, 2),
        8 => (1, 3),
        2 => (2, 3),
        9 => (2, 6),
        3 => (2, 4),
        10 => (2, 9),
        16 => (2, 8),
        _ => (3, ElementKind::of_gmsh(kind)?.node_count()),
    })
}

/// Whether a type is a solid that is read.
pub(super) fn is_solid(kind: i64) -> bool {
    ElementKind::of_gmsh(kind).is_some()
}

/// What is read, where something else is met.
const SOLIDS: &str = "tetrahedra of 4 or 10 nodes, hexahedra of 8 or 20 and prisms of 6 or 15 are \
    (in Gmsh: Mesh.ElementOrder = 1 or 2, with Mesh.SecondOrderIncomplete = 1)";

/// Reads all sections of a text.
pub(super) fn parse(text: &str) -> Result<Parser<'_>, MshError> {
    let mut parser = Parser {
        words: Words::new(text),
        names: BTreeMap::new(),
        entity_groups: BTreeMap::new(),
        node_of: BTreeMap::new(),
        positions: Vec::new(),
        node_labels: Vec::new(),
        node_spans: Vec::new(),
        blocks: Vec::new(),
        block_of: BTreeMap::new(),
        cells: Vec::new(),
        cell_nodes: Vec::new(),
    };
    parser.sections()?;
    Ok(parser)
}

impl<'a> Parser<'a> {
    fn sections(&mut self) -> Result<(), MshError> {
        use Version::{Four, Two};
        let mut version = None;
        while let Some(word) = self.words.next() {
            match (word.text, version) {
                ("$MeshFormat", None) => version = Some(self.format()?),
                ("$PhysicalNames", Some(_)) => self.physical_names()?,
                ("$Entities", Some(Four)) => self.entities()?,
                ("$PartitionedEntities", Some(Four)) => self.partitioned_entities()?,
                ("$Nodes" | "$ParametricNodes", Some(Four)) => self.nodes_41()?,
                ("$Nodes", Some(Two)) => self.nodes_22(false)?,
                ("$ParametricNodes", Some(Two)) => self.nodes_22(true)?,
                ("$Elements", Some(Four)) => self.elements_41()?,
                ("$Elements", Some(Two)) => self.elements_22()?,
                ("$Nodes" | "$Elements" | "$NOD" | "$ELM" | "$Entities", None) => {
                    let wanted = "$MeshFormat with a version before it";
                    return Err(self.words.expected(word.span(), word.text, wanted));
                }
                (section, _) if section.starts_with('$') => {
                    self.skip_section(word)?;
                    continue;
                }
                (found, _) => {
                    let wanted = "a section, `$Nodes` for example";
                    return Err(self.words.expected(word.span(), found, wanted));
                }
            }
            let end = self.words.need("the end of the section")?;
            if !end.text.starts_with("$End") {
                let wanted = "the end of the section";
                return Err(self.words.expected(end.span(), end.text, wanted));
            }
        }
        Ok(())
    }

    /// Comments, periodicity, data on nodes, ghosts of partitions: nothing of the mesh itself.
    fn skip_section(&mut self, begin: Word<'a>) -> Result<(), MshError> {
        let end = format!("$End{}", &begin.text[1..]);
        while let Some(word) = self.words.next() {
            if word.text == end {
                return Ok(());
            }
        }
        Err(self
            .words
            .expected(begin.span(), begin.text, &format!("`{end}` below it")))
    }

    fn format(&mut self) -> Result<Version, MshError> {
        let word = self.words.need("a version")?;
        let binary = self.words.count("0 or 1")? != 0;
        let version = match word.text {
            "2.2" => Version::Two,
            "4.1" => Version::Four,
            _ => {
                let version = word.text.to_owned();
                return Err(self.error(word.span(), MshFault::Version { version }));
            }
        };
        if binary {
            let wanted = "the bytes of a binary file below this line";
            return Err(self.words.expected(word.span(), "none", wanted));
        }
        self.words.count("the size of a number")?;
        Ok(version)
    }

    fn physical_names(&mut self) -> Result<(), MshError> {
        for _ in 0..self.words.count("the number of names")? {
            let dimension = self.dimension()?;
            let tag = self.words.signed("a tag")?;
            let name = self.words.quoted()?;
            self.names.insert((dimension, tag.abs()), name);
        }
        Ok(())
    }

    pub(super) fn dimension(&mut self) -> Result<u8, MshError> {
        let word = self.words.need("a dimension, 0 to 3")?;
        match word.text.parse::<u8>() {
            Ok(dimension @ 0..=3) => Ok(dimension),
            _ => {
                let wanted = "a dimension, 0 to 3";
                Err(self.words.expected(word.span(), word.text, wanted))
            }
        }
    }

    /// Three coordinates and where the first begins.
    pub(super) fn point(&mut self) -> Result<([f64; 3], usize), MshError> {
        let first = self.words.need("a coordinate")?;
        let x = [
            self.words.real_of(first, "a coordinate")?,
            self.words.real("a coordinate")?,
            self.words.real("a coordinate")?,
        ];
        Ok((x, first.start))
    }

    pub(super) fn add_node(
        &mut self,
        label: u32,
        x: [f64; 3],
        span: Range<usize>,
    ) -> Result<(), MshError> {
        let index = self.positions.len() as u32;
        if let Some(old) = self.node_of.insert(label, index) {
            let old = self.node_spans[old as usize].start;
            let fault = MshFault::DuplicateNode {
                node: label,
                first: line_of(self.words.text, old),
            };
            return Err(self.error(span, fault));
        }
        self.positions.push(Point::from(x));
        self.node_labels.push(label);
        self.node_spans.push(span);
        Ok(())
    }

    /// The number of a block with this entity and these groups.
    pub(super) fn block(&mut self, block: Block) -> u32 {
        *self.block_of.entry(block).or_insert_with_key(|block| {
            self.blocks.push(block.clone());
            self.blocks.len() as u32 - 1
        })
    }

    /// Reads the nodes of an element of which the number has been read.
    pub(super) fn cell(&mut self, number: Word<'_>, kind: i64, block: u32) -> Result<(), MshError> {
        let start = number.start;
        let Some((dimension, count)) = shape(kind) else {
            let span = start..self.words.at;
            return Err(self.element_type(span, kind, SOLIDS));
        };
        if dimension != self.blocks[block as usize].dimension {
            let wanted = "elements of their entity's dimension";
            let found = format!("type {kind}");
            return Err(self.words.expected(number.span(), &found, wanted));
        }
        let solid = is_solid(kind);
        let label = if solid {
            self.words.label_of(number, "an element number")?
        } else {
            0
        };
        let first = self.cell_nodes.len();
        for _ in 0..count {
            let word = self.words.need("a node number")?;
            let node = self.words.label_of(word, "a node number")?;
            match self.node_of.get(&node) {
                Some(index) => self.cell_nodes.push(*index),
                None => return Err(self.error(word.span(), MshFault::UnknownNode { node })),
            }
        }
        if !solid && self.blocks[block as usize].groups.is_empty() {
            self.cell_nodes.truncate(first);
            return Ok(());
        }
        if let Some(kind) = ElementKind::of_gmsh(kind) {
            let theirs = self.cell_nodes.split_off(first);
            let order = kind.reference().gmsh_nodes.iter();
            self.cell_nodes.extend(order.map(|&i| theirs[i]));
        }
        self.cells.push(Cell {
            span: start..self.words.at,
            label,
            kind,
            block,
            nodes: first..self.cell_nodes.len(),
        });
        Ok(())
    }

    /// Dimension of a type, 3 for those that are not read.
    pub(super) fn dimension_of(kind: i64) -> u8 {
        shape(kind).map_or(3, |s| s.0)
    }

    pub(super) fn element_type(
        &self,
        span: Range<usize>,
        kind: i64,
        advice: &'static str,
    ) -> MshError {
        self.error(span, MshFault::ElementType { kind, advice })
    }

    pub(super) fn error(&self, span: Range<usize>, fault: MshFault) -> MshError {
        MshError::new(self.words.text, span, fault)
    }
}

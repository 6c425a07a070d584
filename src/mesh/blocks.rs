//! Elements in blocks of one kind, numbered through all blocks. A deck's elements keep its order,
//! so that a kind may have several blocks. Must not know where the nodes lie.

use crate::element::reference::ElementKind;

/// Elements of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Their kind.
    pub kind: ElementKind,
    /// Number of the first.
    pub first: usize,
    /// Node numbers, `kind.node_count()` per element, one element after the other.
    pub connectivity: Vec<u32>,
}

impl Block {
    /// Number of elements.
    pub fn count(&self) -> usize {
        self.connectivity.len() / self.kind.node_count()
    }
}

/// All elements of a mesh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    blocks: Vec<Block>,
}

impl Blocks {
    /// Elements of one kind: `kind.node_count()` node numbers each.
    pub fn of(kind: ElementKind, connectivity: Vec<u32>) -> Self {
        let block = Block {
            kind,
            first: 0,
            connectivity,
        };
        Self {
            blocks: vec![block],
        }
    }

    /// Adds an element behind the others.
    pub fn push(&mut self, kind: ElementKind, nodes: &[u32]) {
        self.block_for(kind).connectivity.extend_from_slice(nodes);
    }

    /// Adds all elements of a mesh whose nodes count from `first_node` here.
    pub fn append(&mut self, other: &Self, first_node: u32) {
        for block in &other.blocks {
            let nodes = block.connectivity.iter().map(|n| n + first_node);
            self.block_for(block.kind).connectivity.extend(nodes);
        }
    }

    /// The last block, if it is of that kind, or a new one.
    fn block_for(&mut self, kind: ElementKind) -> &mut Block {
        let open = self.blocks.last().is_some_and(|b| b.kind == kind);
        if !open {
            let first = self.count();
            self.blocks.push(Block {
                kind,
                first,
                connectivity: Vec::new(),
            });
        }
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }

    /// Number of elements.
    pub fn count(&self) -> usize {
        self.blocks.last().map_or(0, |b| b.first + b.count())
    }

    /// The block that holds element `e`.
    #[inline]
    fn holding(&self, e: usize) -> &Block {
        // One block is the rule, and asked for in the innermost loops.
        match self.blocks.as_slice() {
            [only] => only,
            blocks => &blocks[blocks.partition_point(|b| b.first <= e) - 1],
        }
    }

    /// Node numbers of element `e`.
    #[inline]
    pub fn element(&self, e: usize) -> &[u32] {
        let block = self.holding(e);
        let n = block.kind.node_count();
        &block.connectivity[n * (e - block.first)..][..n]
    }

    /// The same, to be changed.
    pub fn element_mut(&mut self, e: usize) -> &mut [u32] {
        let at = match self.blocks.len() {
            1 => 0,
            _ => self.blocks.partition_point(|b| b.first <= e) - 1,
        };
        let block = &mut self.blocks[at];
        let n = block.kind.node_count();
        &mut block.connectivity[n * (e - block.first)..][..n]
    }

    /// Kind of element `e`.
    pub fn kind(&self, e: usize) -> ElementKind {
        self.holding(e).kind
    }

    /// The kind of all elements, where they have one.
    pub fn only_kind(&self) -> Option<ElementKind> {
        let first = self.blocks.first()?.kind;
        let same = self.blocks.iter().all(|b| b.kind == first);
        same.then_some(first)
    }

    /// Whether every element is of that kind; so are none.
    pub fn all(&self, is: impl Fn(ElementKind) -> bool) -> bool {
        self.blocks.iter().all(|b| is(b.kind))
    }

    /// Node numbers of all elements, one after the other.
    pub fn node_numbers(&self) -> impl Iterator<Item = u32> + Clone + '_ {
        let blocks = self.blocks.iter();
        blocks.flat_map(|b| b.connectivity.iter().copied())
    }

    /// The blocks, in the order of their elements.
    pub fn iter(&self) -> impl Iterator<Item = &Block> + Clone {
        self.blocks.iter()
    }

    /// All elements, in their order.
    pub fn elements(&self) -> impl Iterator<Item = (ElementKind, &[u32])> + Clone {
        self.blocks.iter().flat_map(|b| {
            let nodes = b.connectivity.chunks_exact(b.kind.node_count());
            nodes.map(|nodes| (b.kind, nodes))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_numbers_through_blocks_of_changing_kinds() {
        let mut blocks = Blocks::default();
        assert_eq!((blocks.count(), blocks.only_kind()), (0, None));
        let tet = [0, 1, 2, 3];
        let wedge = [0, 1, 2, 4, 5, 6];
        blocks.push(ElementKind::Tet4, &tet);
        blocks.push(ElementKind::Wedge6, &wedge);
        blocks.push(ElementKind::Wedge6, &wedge.map(|n| n + 1));
        blocks.push(ElementKind::Tet4, &tet.map(|n| n + 2));
        assert_eq!(blocks.iter().count(), 3);
        assert_eq!(blocks.element(2), wedge.map(|n| n + 1));
        assert_eq!(blocks.element(3), tet.map(|n| n + 2));
        assert_eq!(blocks.kind(1), ElementKind::Wedge6);
        let mut twice = blocks.clone();
        twice.append(&blocks, 10);
        assert_eq!(twice.count(), 8);
        assert_eq!(twice.element(5), wedge.map(|n| n + 10));
        // The last block of the one and the first of the other are of one kind.
        assert_eq!(twice.iter().count(), 5);
        let all: Vec<&[u32]> = twice.elements().map(|e| e.1).collect();
        assert!(
            all.iter()
                .enumerate()
                .all(|(e, nodes)| twice.element(e) == *nodes)
        );
        twice.element_mut(5)[0] = 99;
        assert_eq!(twice.element(5)[0], 99);
    }
}

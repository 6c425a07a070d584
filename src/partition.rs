//! Things that belong together, by union and find: nodes of one body, elements of one piece.

/// Numbered things, each in one part. The lowest number of a part stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    parent: Vec<u32>,
}

impl Partition {
    /// Every thing a part of its own.
    pub fn new(count: usize) -> Self {
        Self {
            parent: (0..count as u32).collect(),
        }
    }

    /// What stands for the part of `n`; the way to it is halved.
    pub fn root(&mut self, mut n: u32) -> u32 {
        while self.parent[n as usize] != n {
            let up = self.parent[self.parent[n as usize] as usize];
            self.parent[n as usize] = up;
            n = up;
        }
        n
    }

    /// Makes two parts one; false where they were one already.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
        a != b
    }
}

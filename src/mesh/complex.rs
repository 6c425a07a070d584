//! Tetrahedra that are being changed: each vertex knows the tetrahedra around it, each
//! tetrahedron its quality, and every change since a mark can be taken back.

use std::collections::HashSet;

use super::boundary::{ordered, unshared};
use super::quality::smallest_sine;
use super::tetgen::RawTets;
use crate::tensor::{Point, Vec3};

/// Where a vertex may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freedom {
    /// Anywhere inside.
    Inside,
    /// Along the surface.
    Surface,
    /// Along the sharp edge it lies on.
    Crease,
    /// Nowhere.
    Corner,
}

/// One change, to be taken back.
enum Change {
    Removed([u32; 4]),
    Added(u32),
    Moved(u32, Point),
    Vertex,
    Sharp([u32; 2], bool),
}

const DEAD: [u32; 4] = [u32::MAX; 4];

/// The tetrahedra around an edge a–b, in order: tetrahedron i has the corners
/// (a, b, link[i], link[i + 1]), right-handed.
pub struct Ring {
    /// The tetrahedra.
    pub tets: Vec<u32>,
    /// The other vertices; one more than tetrahedra where the edge lies on the boundary.
    pub link: Vec<u32>,
    /// Whether the ring closes (the edge is inside).
    pub closed: bool,
}

/// A tetrahedral complex under change.
pub struct Complex {
    points: Vec<Point>,
    freedom: Vec<Freedom>,
    tets: Vec<[u32; 4]>,
    quality: Vec<f64>,
    around: Vec<Vec<u32>>,
    free: Vec<u32>,
    /// Looked up, never walked through: its order cannot reach a result.
    sharp: HashSet<[u32; 2]>,
    journal: Vec<Change>,
    recording: bool,
}

impl Complex {
    /// The mesh `raw`, with every vertex inside and no sharp edge until told otherwise.
    pub fn new(raw: RawTets) -> Self {
        let mut around = vec![Vec::new(); raw.points.len()];
        for (t, tet) in raw.tets.iter().enumerate() {
            for &v in tet {
                around[v as usize].push(t as u32);
            }
        }
        let mut complex = Self {
            freedom: vec![Freedom::Inside; raw.points.len()],
            quality: vec![0.0; raw.tets.len()],
            points: raw.points,
            tets: raw.tets,
            around,
            free: Vec::new(),
            sharp: HashSet::new(),
            journal: Vec::new(),
            recording: false,
        };
        for t in 0..complex.tets.len() {
            complex.quality[t] = smallest_sine(&complex.corners(complex.tets[t]));
        }
        complex
    }

    /// The live tetrahedra and the points they use, in order.
    pub fn into_raw(self) -> RawTets {
        let mut number = vec![u32::MAX; self.points.len()];
        let mut raw = RawTets::default();
        for (v, p) in self.points.iter().enumerate() {
            if !self.around[v].is_empty() {
                number[v] = raw.points.len() as u32;
                raw.points.push(*p);
            }
        }
        raw.tets = self
            .tets
            .iter()
            .filter(|t| **t != DEAD)
            .map(|t| t.map(|v| number[v as usize]))
            .collect();
        raw
    }

    /// Number of vertices, unused ones included.
    pub fn vertex_count(&self) -> usize {
        self.points.len()
    }

    /// Numbers of the live tetrahedra.
    pub fn alive(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.tets.len() as u32).filter(|&t| self.is_alive(t))
    }

    /// Whether tetrahedron `t` is in use.
    pub fn is_alive(&self, t: u32) -> bool {
        self.tets[t as usize] != DEAD
    }

    /// Vertices of tetrahedron `t`.
    pub fn tet(&self, t: u32) -> [u32; 4] {
        self.tets[t as usize]
    }

    /// Smallest sine of the dihedral angles of tetrahedron `t`.
    pub fn quality(&self, t: u32) -> f64 {
        self.quality[t as usize]
    }

    /// The tetrahedra around vertex `v`.
    pub fn star(&self, v: u32) -> &[u32] {
        &self.around[v as usize]
    }

    /// Position of vertex `v`, mm.
    pub fn point(&self, v: u32) -> Point {
        self.points[v as usize]
    }

    /// Positions of four vertices.
    pub fn corners(&self, tet: [u32; 4]) -> [Point; 4] {
        tet.map(|v| self.points[v as usize])
    }

    /// Quality that a tetrahedron of these vertices would have.
    pub fn quality_of(&self, tet: [u32; 4]) -> f64 {
        smallest_sine(&self.corners(tet))
    }

    /// The smallest quality of some tetrahedra.
    pub fn worst(&self, tets: &[u32]) -> f64 {
        let qualities = tets.iter().map(|&t| self.quality(t));
        qualities.fold(f64::INFINITY, f64::min)
    }

    /// What vertex `v` may do.
    pub fn freedom(&self, v: u32) -> Freedom {
        self.freedom[v as usize]
    }

    /// Says what vertex `v` may do.
    pub fn set_freedom(&mut self, v: u32, freedom: Freedom) {
        self.freedom[v as usize] = freedom;
    }

    /// Whether the edge is sharp and has to stay.
    pub fn is_sharp(&self, a: u32, b: u32) -> bool {
        self.sharp.contains(&ordered(a, b))
    }

    /// Makes an edge sharp, or no longer so.
    pub fn set_sharp(&mut self, a: u32, b: u32, sharp: bool) {
        let edge = ordered(a, b);
        let changed = if sharp {
            self.sharp.insert(edge)
        } else {
            self.sharp.remove(&edge)
        };
        if changed && self.recording {
            self.journal.push(Change::Sharp(edge, sharp));
        }
    }

    /// A vertex joined to nothing yet.
    pub fn add_vertex(&mut self, p: Point, freedom: Freedom) -> u32 {
        self.points.push(p);
        self.freedom.push(freedom);
        self.around.push(Vec::new());
        if self.recording {
            self.journal.push(Change::Vertex);
        }
        self.points.len() as u32 - 1
    }

    /// Puts `new` tetrahedra in the place of the `old` ones.
    pub fn replace(&mut self, old: &[u32], new: &[[u32; 4]]) -> Vec<u32> {
        for &t in old {
            self.remove(t);
        }
        new.iter().map(|&tet| self.add(tet)).collect()
    }

    fn remove(&mut self, t: u32) {
        let tet = self.tets[t as usize];
        self.take_out(t);
        if self.recording {
            self.journal.push(Change::Removed(tet));
        }
    }

    fn take_out(&mut self, t: u32) {
        for v in self.tets[t as usize] {
            let star = &mut self.around[v as usize];
            if let Some(at) = star.iter().position(|&s| s == t) {
                star.swap_remove(at);
            }
        }
        self.tets[t as usize] = DEAD;
        self.free.push(t);
    }

    fn add(&mut self, tet: [u32; 4]) -> u32 {
        let t = self.put_in(tet);
        if self.recording {
            self.journal.push(Change::Added(t));
        }
        t
    }

    fn put_in(&mut self, tet: [u32; 4]) -> u32 {
        let quality = self.quality_of(tet);
        let t = match self.free.pop() {
            Some(t) => {
                self.tets[t as usize] = tet;
                self.quality[t as usize] = quality;
                t
            }
            None => {
                self.tets.push(tet);
                self.quality.push(quality);
                self.tets.len() as u32 - 1
            }
        };
        for v in tet {
            self.around[v as usize].push(t);
        }
        t
    }

    /// Moves vertex `v` and measures the tetrahedra around it anew.
    pub fn move_to(&mut self, v: u32, p: Point) {
        if self.recording {
            self.journal.push(Change::Moved(v, self.points[v as usize]));
        }
        self.place(v, p);
    }

    fn place(&mut self, v: u32, p: Point) {
        self.points[v as usize] = p;
        for i in 0..self.around[v as usize].len() {
            let t = self.around[v as usize][i] as usize;
            self.quality[t] = smallest_sine(&self.corners(self.tets[t]));
        }
    }

    /// From here on, changes can be taken back.
    pub fn mark(&mut self) {
        self.journal.clear();
        self.recording = true;
    }

    /// Keeps the changes since the mark.
    pub fn keep(&mut self) {
        self.journal.clear();
        self.recording = false;
    }

    /// Takes back the changes since the mark.
    pub fn take_back(&mut self) {
        self.recording = false;
        while let Some(change) = self.journal.pop() {
            match change {
                // The free list is a stack: the number given back last is given out first.
                Change::Added(t) => self.take_out(t),
                Change::Removed(tet) => {
                    self.put_in(tet);
                }
                Change::Moved(v, p) => self.place(v, p),
                Change::Vertex => {
                    self.points.pop();
                    self.freedom.pop();
                    self.around.pop();
                }
                Change::Sharp(edge, true) => {
                    self.sharp.remove(&edge);
                }
                Change::Sharp(edge, false) => {
                    self.sharp.insert(edge);
                }
            }
        }
    }

    /// The tetrahedra around the edge a–b; `None` where there are none or they form no single
    /// ring (an edge where two sheets of the boundary touch).
    pub fn ring(&self, a: u32, b: u32) -> Option<Ring> {
        let mut slices: Vec<(u32, [u32; 2])> = Vec::with_capacity(8);
        for &t in self.star(a) {
            let tet = self.tet(t);
            if tet.contains(&b) {
                slices.push((t, oriented_rest(tet, a, b)));
            }
        }
        let first = slices
            .iter()
            .position(|s| slices.iter().all(|o| o.1[1] != s.1[0]))
            .unwrap_or(0);
        if slices.is_empty() {
            return None;
        }
        let start = slices[first].1[0];
        let mut ring = Ring {
            tets: vec![slices[first].0],
            link: vec![start, slices[first].1[1]],
            closed: false,
        };
        while ring.tets.len() < slices.len() {
            let at = ring.link[ring.link.len() - 1];
            let next = slices.iter().find(|s| s.1[0] == at)?;
            ring.tets.push(next.0);
            if next.1[1] == start && ring.tets.len() == slices.len() {
                ring.closed = true;
                return Some(ring);
            }
            if ring.link.contains(&next.1[1]) {
                return None;
            }
            ring.link.push(next.1[1]);
        }
        Some(ring)
    }

    /// The one or two tetrahedra at the face a b c.
    pub fn beside(&self, face: [u32; 3]) -> (Option<u32>, Option<u32>) {
        let mut found = self.star(face[0]).iter().copied().filter(|&t| {
            let tet = self.tet(t);
            tet.contains(&face[1]) && tet.contains(&face[2])
        });
        (found.next(), found.next())
    }

    /// Whether some tetrahedron has both vertices.
    pub fn are_joined(&self, a: u32, b: u32) -> bool {
        self.star(a).iter().any(|&t| self.tet(t).contains(&b))
    }

    /// The boundary faces around `v` as the two other vertices, so that (v, p, q) winds
    /// counter-clockwise seen from outside.
    pub fn boundary_fan(&self, v: u32) -> Vec<[u32; 2]> {
        if self.freedom(v) == Freedom::Inside {
            return Vec::new();
        }
        let mut faces: Vec<([u32; 2], [u32; 2])> = Vec::with_capacity(3 * self.star(v).len());
        for &t in self.star(v) {
            let [a, b, c] = opposite(self.tet(t), v);
            // Seen from v the face (a, b, c) winds clockwise or not: the faces (v, a, b) etc.
            // below look outward of the tetrahedron.
            for [p, q] in [[a, b], [b, c], [c, a]] {
                faces.push((ordered(p, q), [p, q]));
            }
        }
        unshared(faces)
    }

    /// Outward unit normal at a boundary vertex, weighted by area; zero where there is none.
    pub fn normal(&self, v: u32) -> Vec3 {
        let at = self.point(v);
        let sum: Vec3 = self
            .boundary_fan(v)
            .iter()
            .map(|&[p, q]| (self.point(p) - at).cross(&(self.point(q) - at)))
            .sum();
        sum.try_normalize(1e-300).unwrap_or_else(Vec3::zeros)
    }

    /// Neighbours of `v` along sharp edges, sorted.
    pub fn sharp_neighbours(&self, v: u32) -> Vec<u32> {
        let mut all: Vec<u32> = self
            .star(v)
            .iter()
            .flat_map(|&t| self.tet(t))
            .filter(|&o| o != v && self.is_sharp(v, o))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The two vertices of `tet` besides a and b, in the order that makes (a, b, x, y) right-handed.
fn oriented_rest(tet: [u32; 4], a: u32, b: u32) -> [u32; 2] {
    let [p, q, r] = opposite(tet, a);
    // (a, p, r, q) and its cyclic shifts in the last three are right-handed.
    if b == p {
        [r, q]
    } else if b == q {
        [p, r]
    } else {
        [q, p]
    }
}

/// The face of a right-handed `tet` opposite `v`, so that (v, a, b), (v, b, c) and (v, c, a)
/// wind counter-clockwise seen from outside.
fn opposite(tet: [u32; 4], v: u32) -> [u32; 3] {
    let [a, b, c, d] = tet;
    if v == a {
        [b, d, c]
    } else if v == b {
        [a, c, d]
    } else if v == c {
        [a, d, b]
    } else {
        [a, b, c]
    }
}

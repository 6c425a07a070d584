//! The body-centred cubic lattice on the torus, the level at its vertices, and where a surface
//! cuts its edges.
//!
//! Vertices are integer triples in half spacings: cube corners even, centres odd.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::homogenise::voxels::Grid;
use crate::tensor::Vec3;

/// A vertex of the endless lattice, in half spacings.
pub type Vertex = [i32; 3];

/// An edge: the number of its end inside, and the step to its other end.
type Edge = (u32, [i8; 3]);

/// Where edges are cut, as shares from the end inside.
type Cuts = HashMap<Edge, f64>;

/// Nearer to a vertex than this share of a long edge, a cut moves the vertex (Labelle & Shewchuk:
/// the pair that bounds dihedral angles by 10.7°).
const NEAR_LONG: f64 = 0.24999;
/// The same of a short edge.
const NEAR_SHORT: f64 = 0.41189;

/// Halvings and secants until a cut is found to round-off.
const ROOT_STEPS: usize = 60;
const ROOT_WIDTH: f64 = 1e-13;

/// Steps to the neighbours: six long edges, eight short ones.
const STEPS: [[i8; 3]; 14] = [
    [2, 0, 0],
    [-2, 0, 0],
    [0, 2, 0],
    [0, -2, 0],
    [0, 0, 2],
    [0, 0, -2],
    [1, 1, 1],
    [1, 1, -1],
    [1, -1, 1],
    [1, -1, -1],
    [-1, 1, 1],
    [-1, 1, -1],
    [-1, -1, 1],
    [-1, -1, -1],
];

/// The lattice with the level at every vertex.
pub struct Background<'a> {
    count: usize,
    translations: Vec<[f64; 3]>,
    level: &'a (dyn Fn([f64; 3]) -> f64 + Sync),
    /// Canonical vertices.
    vertices: Vec<Vertex>,
    /// Number of every vertex of the cube.
    number: Vec<u32>,
    values: Vec<f64>,
}

const NONE: u32 = u32::MAX;

impl<'a> Background<'a> {
    /// `count` cubes along the side, even. `translations` (multiples of half a side, zero among
    /// them) leave the level as it is.
    pub fn new(
        count: usize,
        translations: &[[f64; 3]],
        level: &'a (dyn Fn([f64; 3]) -> f64 + Sync),
    ) -> Self {
        let grid = Grid::new(2 * count, translations);
        let mut number = vec![NONE; (2 * count).pow(3)];
        let mut vertices = Vec::new();
        for p in grid
            .points()
            .filter(|p| p.iter().all(|c| c % 2 == p[0] % 2))
        {
            if grid.canonical(p) == p {
                number[index(p, 2 * count)] = vertices.len() as u32;
                vertices.push(p.map(|c| c as i32));
            }
        }
        for p in grid
            .points()
            .filter(|p| p.iter().all(|c| c % 2 == p[0] % 2))
        {
            number[index(p, 2 * count)] = number[index(grid.canonical(p), 2 * count)];
        }
        let half = 0.5 / count as f64;
        let values = vertices
            .par_iter()
            .map(|v| level(v.map(|c| half * f64::from(c))))
            .collect();
        Self {
            count,
            translations: translations.to_vec(),
            level,
            vertices,
            number,
            values,
        }
    }

    /// Translations that make copies.
    pub fn translations(&self) -> &[[f64; 3]] {
        &self.translations
    }

    /// The level at a point.
    pub fn level(&self, p: [f64; 3]) -> f64 {
        (self.level)(p)
    }

    /// Number of a vertex of the endless lattice.
    pub(super) fn number(&self, v: Vertex) -> u32 {
        let count = 2 * self.count;
        self.number[index(v.map(|c| c.rem_euclid(count as i32) as usize), count)]
    }

    /// Place of a vertex, sides.
    pub(super) fn place(&self, v: Vertex) -> Vec3 {
        Vec3::from_fn(|k, _| 0.5 * f64::from(v[k]) / self.count as f64)
    }

    /// The tetrahedra of one period: two centres, two corners.
    pub fn tetrahedra(&self) -> impl Iterator<Item = [Vertex; 4]> + '_ {
        let centres = self.vertices.iter().filter(|v| v[0] % 2 == 1);
        centres.flat_map(|&a| (0..3).flat_map(move |axis| around(a, axis)))
    }

    /// What a threshold makes of the lattice.
    pub fn cut(&self, threshold: f64) -> Cut<'_> {
        let mut inside: Vec<f64> = self.values.iter().map(|v| threshold - v).collect();
        let mut cuts = self.cuts(threshold, &inside);
        let mut moved = HashMap::new();
        for n in 0..inside.len() {
            if let Some(shift) = self.violated(n, &inside, &cuts) {
                inside[n] = 0.0;
                moved.insert(n as u32, shift);
            }
        }
        // A cut whose end came to lie on the surface is none any more.
        cuts.retain(|&(n, step), _| {
            let other = self.number(added(self.vertices[n as usize], step));
            inside[n as usize] > 0.0 && inside[other as usize] < 0.0
        });
        Cut {
            background: self,
            inside,
            moved,
            cuts,
        }
    }

    /// Where edges from inside to outside are cut, as shares of the edge from its end inside.
    fn cuts(&self, threshold: f64, inside: &[f64]) -> Cuts {
        let found: Vec<Vec<(Edge, f64)>> = (0..self.vertices.len())
            .into_par_iter()
            .with_min_len(256)
            .filter(|&n| inside[n] > 0.0)
            .map(|n| {
                let v = self.vertices[n];
                let edges = STEPS.iter().filter_map(|&step| {
                    let end = inside[self.number(added(v, step)) as usize];
                    (end < 0.0).then(|| {
                        let ends = (inside[n], end);
                        ((n as u32, step), self.root(v, step, threshold, ends))
                    })
                });
                edges.collect()
            })
            .collect();
        found.into_iter().flatten().collect()
    }

    /// Where threshold − level, positive at `v` and negative a step on, is zero: the secant between
    /// the ends of a bracket, halving the weight of an end that stays (Illinois).
    fn root(&self, v: Vertex, step: [i8; 3], threshold: f64, ends: (f64, f64)) -> f64 {
        let (from, way) = (self.place(v), self.place(step.map(i32::from)));
        let value = |t: f64| threshold - (self.level)((from + t * way).into());
        let (mut low, mut high) = ((0.0, ends.0), (1.0, ends.1));
        let mut last_low = None;
        for _ in 0..ROOT_STEPS {
            let t = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
            let f = value(t);
            if f == 0.0 || high.0 - low.0 < ROOT_WIDTH {
                return t;
            }
            if f > 0.0 {
                let shrink = if last_low == Some(true) { 0.5 } else { 1.0 };
                (low, high.1) = ((t, f), shrink * high.1);
            } else {
                let shrink = if last_low == Some(false) { 0.5 } else { 1.0 };
                (high, low.1) = ((t, f), shrink * low.1);
            }
            if f.abs() < ROOT_WIDTH * threshold.abs() {
                return t;
            }
            last_low = Some(f > 0.0);
        }
        0.5 * (low.0 + high.0)
    }

    /// How vertex `n` moves onto the nearest cut, if one is too near.
    fn violated(&self, n: usize, inside: &[f64], cuts: &Cuts) -> Option<Vec3> {
        if inside[n] == 0.0 {
            return None;
        }
        let mut nearest: Option<(f64, Vec3)> = None;
        for step in STEPS {
            let other = self.number(added(self.vertices[n], step));
            if inside[n] * inside[other as usize] >= 0.0 {
                continue;
            }
            let share = if inside[n] > 0.0 {
                cuts.get(&(n as u32, step)).copied()
            } else {
                cuts.get(&(other, step.map(|c| -c))).map(|t| 1.0 - t)
            };
            let Some(share) = share else { continue };
            let limit = if is_long(step) { NEAR_LONG } else { NEAR_SHORT };
            let shift = share * self.place(step.map(i32::from));
            let length = shift.norm();
            if share < limit && nearest.as_ref().is_none_or(|(l, _)| length < *l) {
                nearest = Some((length, shift));
            }
        }
        nearest.map(|(_, shift)| shift)
    }
}

/// The lattice cut at a threshold.
pub struct Cut<'a> {
    background: &'a Background<'a>,
    /// Positive inside, zero on the surface, by vertex number.
    inside: Vec<f64>,
    moved: HashMap<u32, Vec3>,
    cuts: Cuts,
}

impl Cut<'_> {
    /// Positive inside, zero on the surface.
    pub fn inside(&self, v: Vertex) -> f64 {
        self.inside[self.background.number(v) as usize]
    }

    /// Which vertex is first on the torus.
    pub fn number(&self, v: Vertex) -> u32 {
        self.background.number(v)
    }

    /// Place of a corner of the mesh, sides.
    pub fn place(&self, corner: &Corner) -> Vec3 {
        let background = self.background;
        match *corner {
            Corner::Vertex(v) => {
                let shift = self.moved.get(&background.number(v));
                background.place(v) + shift.copied().unwrap_or_default()
            }
            Corner::Cut(from, to) => {
                let step: [i8; 3] = std::array::from_fn(|k| (to[k] - from[k]) as i8);
                let share = self.cuts.get(&(background.number(from), step));
                let way = background.place(step.map(i32::from));
                background.place(from) + share.copied().unwrap_or(0.5) * way
            }
        }
    }

    /// What a corner and all its copies are known by.
    pub fn key(&self, corner: &Corner) -> (u32, [i8; 3]) {
        match *corner {
            Corner::Vertex(v) => (self.background.number(v), [0; 3]),
            Corner::Cut(from, to) => {
                let step = std::array::from_fn(|k| (to[k] - from[k]) as i8);
                (self.background.number(from), step)
            }
        }
    }
}

/// Whether a step is along an axis.
pub fn is_long(step: [i8; 3]) -> bool {
    step.iter().filter(|c| **c != 0).count() == 1
}

fn index(p: [usize; 3], count: usize) -> usize {
    p[0] + count * (p[1] + count * p[2])
}

fn added(v: Vertex, step: [i8; 3]) -> Vertex {
    std::array::from_fn(|k| v[k] + i32::from(step[k]))
}

/// The four tetrahedra around the edge from a centre to the next one along an axis, right-handed.
fn around(a: Vertex, axis: usize) -> impl Iterator<Item = [Vertex; 4]> {
    let (i, j) = ((axis + 1) % 3, (axis + 2) % 3);
    let moved = move |da: i32, di: i32, dj: i32| {
        let mut v = a;
        v[axis] += da;
        v[i] += di;
        v[j] += dj;
        v
    };
    let ring = [[1, 1], [-1, 1], [-1, -1], [1, -1]];
    (0..4).map(move |k| {
        let ([pi, pj], [qi, qj]) = (ring[k], ring[(k + 1) % 4]);
        [a, moved(2, 0, 0), moved(1, pi, pj), moved(1, qi, qj)]
    })
}

/// A corner of the mesh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Corner {
    /// A vertex of the lattice, where it has been moved to.
    Vertex(Vertex),
    /// The cut of an edge, from its end inside to its end outside.
    Cut(Vertex, Vertex),
}

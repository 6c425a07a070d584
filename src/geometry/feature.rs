//! Cuts a raw surface along the curves where its field's smooth pieces meet.
//!
//! Every vertex belongs to the piece that decides the field there; the curve between two pieces
//! crosses the edges whose ends differ, and a corner lies in a triangle whose three vertices do.
//! Cutting the triangles there gives patches with one piece each, bounded by closed polylines,
//! whatever the shape: the curve's own points are then found on both pieces at once.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::extract::RawSurface;
use super::field::Field;
use super::patch::Patches;
use super::triangulation::Triangulation;
use crate::tensor::Point;

/// Pieces that meet nowhere at more than this angle (degrees) are one patch: their common curve
/// is no edge, and nearly parallel pieces do not say where it runs.
const SMOOTH_DEG: f64 = 20.0;

/// Splits `raw` into patches; the curves and corners between them come to lie where they belong,
/// moving at most `reach` mm.
pub(super) fn cut_along_features<'a>(
    field: &'a dyn Field,
    raw: RawSurface,
    reach: f64,
) -> (Triangulation, Patches<'a>) {
    let mut patches = Patches::new();
    let mut pieces = label(field, &raw, &mut patches);
    merge_smooth(&raw, &pieces, &mut patches);
    drop_islands(&raw, &mut pieces, &patches);
    let labels: Vec<u32> = pieces.iter().map(|&p| patches.patch_of(p)).collect();
    let mut cutter = Cutter {
        pieces: &pieces,
        patches: &patches,
        vertices: raw.vertices,
        crossings: HashMap::new(),
        triangles: Vec::with_capacity(raw.triangles.len()),
        labels: Vec::with_capacity(raw.triangles.len()),
        reach,
    };
    for corners in raw.triangles {
        cutter.cut(corners, corners.map(|v| labels[v as usize]));
    }
    let surface = RawSurface {
        vertices: cutter.vertices,
        triangles: cutter.triangles,
    };
    (Triangulation::new(surface, cutter.labels), patches)
}

fn label<'a>(field: &'a dyn Field, raw: &RawSurface, patches: &mut Patches<'a>) -> Vec<u32> {
    if !field.is_compound() {
        let only = patches.number(Patches::deciding(field, &raw.vertices[0]));
        return vec![only; raw.vertices.len()];
    }
    let deciding: Vec<_> = raw
        .vertices
        .par_iter()
        .map(|p| Patches::deciding(field, p))
        .collect();
    deciding.into_iter().map(|p| patches.number(p)).collect()
}

/// Gives islands of a few vertices to the patch around them: what is smaller than the grid's step
/// cannot be told from an accident of the grid where patches meet at a shallow angle.
fn drop_islands(raw: &RawSurface, pieces: &mut [u32], patches: &Patches) {
    const FEWEST: usize = 4;
    let mut neighbours = vec![Vec::new(); pieces.len()];
    for corners in &raw.triangles {
        for k in 0..3 {
            neighbours[corners[k] as usize].push(corners[(k + 1) % 3]);
        }
    }
    let mut seen = vec![false; pieces.len()];
    for start in 0..pieces.len() as u32 {
        if seen[start as usize] {
            continue;
        }
        let own = patches.patch_of(pieces[start as usize]);
        let mut island = vec![start];
        let mut shore: Vec<u32> = Vec::new();
        seen[start as usize] = true;
        let mut next = 0;
        while next < island.len() {
            for &w in &neighbours[island[next] as usize] {
                let piece = pieces[w as usize];
                if patches.patch_of(piece) != own {
                    shore.push(piece);
                } else if !seen[w as usize] {
                    seen[w as usize] = true;
                    island.push(w);
                }
            }
            next += 1;
        }
        if island.len() < FEWEST && !shore.is_empty() {
            // The shore's most common piece; the smaller number where two are as common.
            shore.sort_unstable();
            let count = |p: &u32| shore.iter().filter(|q| *q == p).count();
            let most = shore.iter().rev().max_by_key(|p| count(p)).copied();
            for v in island {
                pieces[v as usize] = most.unwrap_or(pieces[v as usize]);
            }
        }
    }
}

/// Joins the patches of pieces that meet without an edge.
fn merge_smooth(raw: &RawSurface, pieces: &[u32], patches: &mut Patches) {
    let mut sharpest: BTreeMap<[u32; 2], f64> = BTreeMap::new();
    for corners in &raw.triangles {
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            let pair = [pieces[a as usize], pieces[b as usize]];
            if a < b && pair[0] != pair[1] {
                let ends = [a, b].map(|v| raw.vertices[v as usize]);
                let p = crossing(patches, pair, ends);
                let [m, n] = pair.map(|piece| patches.piece(piece).gradient(&p));
                let angle = m.angle(&n).to_degrees();
                let key = [pair[0].min(pair[1]), pair[0].max(pair[1])];
                let most = sharpest.entry(key).or_insert(0.0);
                *most = most.max(angle);
            }
        }
    }
    for ([a, b], angle) in sharpest {
        if angle < SMOOTH_DEG {
            patches.merge(a, b);
        }
    }
}

/// Where two pieces are equal on the segment between a point of each.
fn crossing(patches: &Patches, pair: [u32; 2], ends: [Point; 2]) -> Point {
    let at = |t: f64| ends[0] + (ends[1] - ends[0]) * t;
    let difference = |t: f64| {
        let p = at(t);
        patches.piece(pair[0]).value(&p) - patches.piece(pair[1]).value(&p)
    };
    let (mut lo, mut hi) = ((0.0, difference(0.0)), (1.0, difference(1.0)));
    if (lo.1 < 0.0) == (hi.1 < 0.0) {
        return at(0.5);
    }
    for _ in 0..4 {
        let t = (lo.0 * hi.1 - hi.0 * lo.1) / (hi.1 - lo.1);
        let value = difference(t);
        if (value < 0.0) == (lo.1 < 0.0) {
            lo = (t, value);
        } else {
            hi = (t, value);
        }
        if value.abs() < 1e-9 || hi.1 == lo.1 {
            return at(t);
        }
    }
    at((lo.0 * hi.1 - hi.0 * lo.1) / (hi.1 - lo.1))
}

struct Cutter<'b, 'a> {
    /// Piece of each vertex of the raw surface.
    pieces: &'b [u32],
    patches: &'b Patches<'a>,
    vertices: Vec<Point>,
    crossings: HashMap<[u32; 2], u32>,
    triangles: Vec<[u32; 3]>,
    labels: Vec<u32>,
    reach: f64,
}

impl Cutter<'_, '_> {
    fn add(&mut self, corners: [u32; 3], label: u32) {
        self.triangles.push(corners);
        self.labels.push(label);
    }

    /// The vertex on the curve that crosses the edge a–b.
    fn on_edge(&mut self, a: u32, b: u32) -> u32 {
        let edge = [a.min(b), a.max(b)];
        if let Some(&v) = self.crossings.get(&edge) {
            return v;
        }
        let pair = edge.map(|v| self.pieces[v as usize]);
        let ends = edge.map(|v| self.vertices[v as usize]);
        let chord = crossing(self.patches, pair, ends);
        let both = pair.map(|piece| self.patches.patch_of(piece));
        let on_curve = self.patches.onto_all(&both, &chord, self.reach);
        self.vertices.push(on_curve.unwrap_or(chord));
        let v = (self.vertices.len() - 1) as u32;
        self.crossings.insert(edge, v);
        v
    }

    fn cut(&mut self, [a, b, c]: [u32; 3], [la, lb, lc]: [u32; 3]) {
        if la == lb && lb == lc {
            self.add([a, b, c], la);
        } else if lb == lc {
            self.cut_off([a, b, c], [la, lb]);
        } else if lc == la {
            self.cut_off([b, c, a], [lb, lc]);
        } else if la == lb {
            self.cut_off([c, a, b], [lc, la]);
        } else {
            self.cut_in_three([a, b, c], [la, lb, lc]);
        }
    }

    /// Corner `a` belongs to another patch than `b` and `c`.
    fn cut_off(&mut self, [a, b, c]: [u32; 3], [la, lb]: [u32; 2]) {
        let (p, q) = (self.on_edge(a, b), self.on_edge(a, c));
        let at = |v: u32| self.vertices[v as usize];
        let first_diagonal = (at(p) - at(c)).norm() < (at(q) - at(b)).norm();
        self.add([a, p, q], la);
        if first_diagonal {
            self.add([p, b, c], lb);
            self.add([p, c, q], lb);
        } else {
            self.add([p, b, q], lb);
            self.add([b, c, q], lb);
        }
    }

    fn cut_in_three(&mut self, [a, b, c]: [u32; 3], labels: [u32; 3]) {
        let sides = [self.on_edge(a, b), self.on_edge(b, c), self.on_edge(c, a)];
        let sum = sides
            .map(|v| self.vertices[v as usize].coords)
            .iter()
            .sum::<crate::tensor::Vec3>();
        let middle = Point::from(sum / 3.0);
        let corner = self.patches.onto_all(&labels, &middle, self.reach);
        self.vertices.push(corner.unwrap_or(middle));
        let x = (self.vertices.len() - 1) as u32;
        let [ab, bc, ca] = sides;
        for (v, out, back, label) in [
            (a, ab, ca, labels[0]),
            (b, bc, ab, labels[1]),
            (c, ca, bc, labels[2]),
        ] {
            self.add([v, out, x], label);
            self.add([v, x, back], label);
        }
    }
}

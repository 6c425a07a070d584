//! A closed triangle surface that can be changed edge by edge: split, collapse, flip.
//!
//! Every triangle belongs to a patch; an edge between two patches is a feature, and a vertex is
//! smooth (one patch around it), on a curve (two feature edges) or a corner. Every operation keeps
//! the surface a closed oriented 2-manifold or refuses. Must not know fields.

use super::extract::RawSurface;
use crate::tensor::{Point, Vec3};

/// Patch of a triangle that is no more.
const DEAD: u32 = u32::MAX;

/// What a vertex may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VertexKind {
    /// Inside a patch: moves on it.
    Smooth,
    /// On a curve between two patches: moves along it.
    Curve,
    /// Where curves meet: stays.
    Corner,
}

/// The surface.
pub(super) struct Triangulation {
    pub points: Vec<Point>,
    /// Wanted edge length at each vertex, mm.
    pub size: Vec<f64>,
    pub triangles: Vec<[u32; 3]>,
    patches: Vec<u32>,
    fans: Vec<Vec<u32>>,
}

impl Triangulation {
    pub fn new(surface: RawSurface, patches: Vec<u32>) -> Self {
        let mut fans = vec![Vec::with_capacity(8); surface.vertices.len()];
        for (t, corners) in surface.triangles.iter().enumerate() {
            for &v in corners {
                fans[v as usize].push(t as u32);
            }
        }
        Self {
            size: vec![0.0; surface.vertices.len()],
            points: surface.vertices,
            triangles: surface.triangles,
            patches,
            fans,
        }
    }

    pub fn is_alive(&self, t: u32) -> bool {
        self.patches[t as usize] != DEAD
    }

    pub fn patch(&self, t: u32) -> u32 {
        self.patches[t as usize]
    }

    /// Triangles around `v`; empty for a vertex that is no more.
    pub fn fan(&self, v: u32) -> &[u32] {
        &self.fans[v as usize]
    }

    pub fn point(&self, v: u32) -> Point {
        self.points[v as usize]
    }

    pub fn corners(&self, t: u32) -> [Point; 3] {
        self.triangles[t as usize].map(|v| self.point(v))
    }

    /// Twice the area vector of a triangle.
    pub fn area_vector(&self, t: u32) -> Vec3 {
        let [a, b, c] = self.corners(t);
        (b - a).cross(&(c - a))
    }

    /// Where `v` stands in triangle `t`.
    fn slot(&self, t: u32, v: u32) -> usize {
        let corners = self.triangles[t as usize];
        (0..3).find(|&k| corners[k] == v).unwrap_or(0)
    }

    /// The two vertices that follow `v` in triangle `t`.
    pub fn after(&self, t: u32, v: u32) -> [u32; 2] {
        let k = self.slot(t, v);
        let corners = self.triangles[t as usize];
        [corners[(k + 1) % 3], corners[(k + 2) % 3]]
    }

    /// The triangle that runs from `a` to `b`, and its third vertex.
    pub fn beside(&self, a: u32, b: u32) -> Option<(u32, u32)> {
        self.fan(a).iter().find_map(|&t| {
            let [next, last] = self.after(t, a);
            (next == b).then_some((t, last))
        })
    }

    pub fn length(&self, a: u32, b: u32) -> f64 {
        (self.point(a) - self.point(b)).norm()
    }

    pub fn is_feature(&self, a: u32, b: u32) -> bool {
        match (self.beside(a, b), self.beside(b, a)) {
            (Some((s, _)), Some((t, _))) => self.patch(s) != self.patch(t),
            _ => true,
        }
    }

    /// Ends of the feature edges at `v`.
    pub fn feature_neighbours(&self, v: u32) -> Vec<u32> {
        let fan = self.fan(v);
        let Some(&first) = fan.first() else {
            return Vec::new();
        };
        if fan.iter().all(|&t| self.patch(t) == self.patch(first)) {
            return Vec::new();
        }
        fan.iter()
            .map(|&t| self.after(t, v)[0])
            .filter(|&w| self.is_feature(v, w))
            .collect()
    }

    pub fn kind(&self, v: u32) -> VertexKind {
        match self.feature_neighbours(v).len() {
            0 => VertexKind::Smooth,
            2 => VertexKind::Curve,
            _ => VertexKind::Corner,
        }
    }

    /// The patches around `v`, in rising order.
    pub fn patches_at(&self, v: u32) -> Vec<u32> {
        let mut all: Vec<u32> = self.fan(v).iter().map(|&t| self.patch(t)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// All edges, smaller vertex first, in the order of their triangles.
    pub fn edges(&self) -> Vec<[u32; 2]> {
        let mut all = Vec::with_capacity(self.triangles.len() * 3 / 2);
        for (t, corners) in self.triangles.iter().enumerate() {
            if self.is_alive(t as u32) {
                for k in 0..3 {
                    let (a, b) = (corners[k], corners[(k + 1) % 3]);
                    if a < b {
                        all.push([a, b]);
                    }
                }
            }
        }
        all
    }

    pub fn alive_triangles(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.triangles.len() as u32).filter(|&t| self.is_alive(t))
    }

    pub fn are_neighbours(&self, a: u32, b: u32) -> bool {
        self.fan(a).iter().any(|&t| self.after(t, a).contains(&b))
    }

    fn add(&mut self, corners: [u32; 3], patch: u32) {
        let t = self.triangles.len() as u32;
        self.triangles.push(corners);
        self.patches.push(patch);
        for v in corners {
            self.fans[v as usize].push(t);
        }
    }

    fn set(&mut self, t: u32, corners: [u32; 3]) {
        for v in self.triangles[t as usize] {
            if !corners.contains(&v) {
                self.fans[v as usize].retain(|&x| x != t);
            }
        }
        for v in corners {
            if !self.triangles[t as usize].contains(&v) {
                self.fans[v as usize].push(t);
            }
        }
        self.triangles[t as usize] = corners;
    }

    /// Puts a new vertex at `p` on the edge a–b; returns its number.
    pub fn split(&mut self, a: u32, b: u32, p: Point) -> Option<u32> {
        let ((s, c), (t, d)) = (self.beside(a, b)?, self.beside(b, a)?);
        let v = self.add_vertex(p, 0.5 * (self.size[a as usize] + self.size[b as usize]));
        self.set(s, [a, v, c]);
        self.add([v, b, c], self.patch(s));
        self.set(t, [b, v, d]);
        self.add([v, a, d], self.patch(t));
        Some(v)
    }

    fn add_vertex(&mut self, p: Point, size: f64) -> u32 {
        self.points.push(p);
        self.size.push(size);
        self.fans.push(Vec::with_capacity(8));
        (self.points.len() - 1) as u32
    }

    /// Whether pulling `gone` into `kept` keeps a closed manifold: their only common neighbours
    /// are the two across the edge, and those keep at least three triangles.
    pub fn may_collapse(&self, gone: u32, kept: u32) -> bool {
        let (Some((_, c)), Some((_, d))) = (self.beside(gone, kept), self.beside(kept, gone))
        else {
            return false;
        };
        let common = self
            .fan(gone)
            .iter()
            .map(|&t| self.after(t, gone)[0])
            .filter(|&w| w != kept && self.are_neighbours(w, kept))
            .count();
        c != d && common == 2 && self.fan(c).len() > 3 && self.fan(d).len() > 3
    }

    /// Pulls `gone` into `kept`, which comes to lie at `p`. Ask [`may_collapse`] first.
    ///
    /// [`may_collapse`]: Self::may_collapse
    pub fn collapse(&mut self, gone: u32, kept: u32, p: Point) {
        let fan = std::mem::take(&mut self.fans[gone as usize]);
        for t in fan {
            let corners = self.triangles[t as usize];
            if corners.contains(&kept) {
                self.patches[t as usize] = DEAD;
                for v in corners {
                    self.fans[v as usize].retain(|&x| x != t);
                }
            } else {
                self.triangles[t as usize] = corners.map(|v| if v == gone { kept } else { v });
                self.fans[kept as usize].push(t);
            }
        }
        self.points[kept as usize] = p;
    }

    /// Removes connected parts that enclose less than `volume` mm³, the largest one excepted: what
    /// a grid leaves of a part thinner than its step.
    pub fn drop_crumbs(&mut self, volume: f64) {
        let mut parts: Vec<(f64, Vec<u32>)> = Vec::new();
        let mut seen = vec![false; self.triangles.len()];
        for start in 0..self.triangles.len() as u32 {
            if seen[start as usize] || !self.is_alive(start) {
                continue;
            }
            seen[start as usize] = true;
            let origin = self.corners(start)[0];
            let (mut part, mut six, mut next) = (vec![start], 0.0, 0);
            while next < part.len() {
                let t = part[next];
                next += 1;
                let [a, b, c] = self.corners(t).map(|p| p - origin);
                six += a.dot(&b.cross(&c));
                for v in self.triangles[t as usize] {
                    for &s in self.fan(v) {
                        if !std::mem::replace(&mut seen[s as usize], true) {
                            part.push(s);
                        }
                    }
                }
            }
            parts.push((six / 6.0, part));
        }
        let largest = parts.iter().map(|p| p.0.abs()).fold(0.0, f64::max);
        for (enclosed, part) in parts {
            if enclosed.abs() < volume.min(largest) {
                for t in part {
                    self.patches[t as usize] = DEAD;
                    for v in self.triangles[t as usize] {
                        self.fans[v as usize].clear();
                    }
                }
            }
        }
    }

    /// The four vertices of the two triangles at an edge, if turning it keeps the manifold:
    /// (a, b) the edge, (c, d) the corners across, c left of a→b.
    pub fn flippable(&self, a: u32, b: u32) -> Option<[u32; 4]> {
        let ((s, c), (t, d)) = (self.beside(a, b)?, self.beside(b, a)?);
        let allowed = self.patch(s) == self.patch(t)
            && c != d
            && !self.are_neighbours(c, d)
            && self.fan(a).len() > 3
            && self.fan(b).len() > 3;
        allowed.then_some([a, b, c, d])
    }

    /// Replaces the edge a–b by c–d.
    pub fn flip(&mut self, [a, b, c, d]: [u32; 4]) {
        if let (Some((s, _)), Some((t, _))) = (self.beside(a, b), self.beside(b, a)) {
            self.set(s, [a, d, c]);
            self.set(t, [d, b, c]);
        }
    }

    /// The unit normal at `v` of its triangles in `patch`, weighted by area.
    pub fn normal(&self, v: u32, patch: u32) -> Vec3 {
        let sum: Vec3 = self
            .fan(v)
            .iter()
            .filter(|&&t| self.patch(t) == patch)
            .map(|&t| self.area_vector(t))
            .sum();
        sum.try_normalize(1e-300).unwrap_or_else(Vec3::zeros)
    }
}

/// The smallest angle of a triangle, degrees; 0 if it is flat.
pub(super) fn smallest_angle(corners: [Point; 3]) -> f64 {
    let mut least = 180.0f64;
    for k in 0..3 {
        let u = corners[(k + 1) % 3] - corners[k];
        let v = corners[(k + 2) % 3] - corners[k];
        least = least.min(u.cross(&v).norm().atan2(u.dot(&v)).to_degrees());
    }
    least
}

//! Makes the tetrahedra of a fresh mesh well shaped.
//!
//! Rounds of swaps and smoothing work on every tetrahedron below [`ImproveSettings::reach_deg`],
//! worst first, until nothing gets better; what is still below the aim then has edges contracted
//! or vertices inserted, each such attempt kept only if it betters the worst tetrahedron it
//! touched (the schedule of Klingner & Shewchuk 2008). No step inverts a tetrahedron, opens the
//! boundary or moves a corner or sharp edge off its place. One thread, no randomness: the same
//! mesh gives the same bits.

use super::complex::{Complex, Freedom};
use super::freedom::classified;
use super::smooth::{put_on_surface, smooth_vertex};
use super::swap::{contract, improve_around, split_edge, split_tet};
use super::tetgen::RawTets;
use crate::geometry::{Field, TriSurface};

/// A round of contraction and insertion tries this many tetrahedra and one in so many of all: an
/// attempt costs a hundred times a swap, and a surface that leaves more to do is itself at fault.
const TRIED_ALWAYS: usize = 100;
const TRIED_ONE_IN: usize = 100;

/// When to go on and when to stop.
#[derive(Debug, Clone, PartialEq)]
pub struct ImproveSettings {
    /// Contraction and insertion work on tetrahedra whose smallest dihedral sine is below that of
    /// this angle, degrees.
    pub aim_deg: f64,
    /// Swaps and smoothing work on those below this one, degrees.
    pub reach_deg: f64,
    /// Rounds of swaps and smoothing at most.
    pub rounds: usize,
    /// Rounds of contraction and insertion at most.
    pub last_resorts: usize,
}

impl Default for ImproveSettings {
    fn default() -> Self {
        Self {
            aim_deg: 18.0,
            reach_deg: 35.0,
            rounds: 10,
            last_resorts: 4,
        }
    }
}

/// The mesh improved. `surface` is what it was made from, `field` the body that the surface
/// stands for.
pub fn improve(
    raw: RawTets,
    surface: &TriSurface,
    field: &dyn Field,
    settings: &ImproveSettings,
) -> RawTets {
    let given = surface.vertices.len() as u32;
    let mut complex = classified(raw, surface);
    let aim = settings.aim_deg.to_radians().sin();
    let reach = settings.reach_deg.to_radians().sin();
    for v in given..complex.vertex_count() as u32 {
        if complex.freedom(v) != Freedom::Inside {
            put_on_surface(&mut complex, v, field, 0.5 * aim);
        }
    }
    settle(&mut complex, field, reach, settings.rounds);
    for _ in 0..settings.last_resorts {
        let mended = last_resort(&mut complex, field, aim);
        if mended == 0 {
            break;
        }
        settle(&mut complex, field, reach, 2);
    }
    complex.into_raw()
}

/// Rounds of swaps and smoothing until the worst and the number of bad ones stand still.
fn settle(complex: &mut Complex, field: &dyn Field, reach: f64, rounds: usize) {
    let mut last = score(complex, reach);
    for round in 0..rounds {
        let swaps = swap_all(complex, field, reach);
        smooth_all(complex, field, reach, if round < 2 { 2 } else { 4 });
        let now = score(complex, reach);
        // One per mille of the score or of the worst is worth another round.
        let gained = now.1 > last.1 + 1e-3 || now.0 < 0.999 * last.0;
        last = now;
        if !gained || (swaps == 0 && round > 2) {
            break;
        }
    }
}

/// Sum of what tetrahedra lack to the reach, and the worst of all.
fn score(complex: &Complex, reach: f64) -> (f64, f64) {
    complex
        .alive()
        .fold((0.0, f64::INFINITY), |(sum, worst), t| {
            let q = complex.quality(t);
            (sum + (reach - q).max(0.0), worst.min(q))
        })
}

/// Live tetrahedra below `limit`, worst first.
fn below(complex: &Complex, limit: f64) -> Vec<u32> {
    let mut bad: Vec<u32> = complex
        .alive()
        .filter(|&t| complex.quality(t) < limit)
        .collect();
    bad.sort_by(|&a, &b| {
        let order = complex.quality(a).total_cmp(&complex.quality(b));
        order.then(a.cmp(&b))
    });
    bad
}

fn swap_all(complex: &mut Complex, field: &dyn Field, reach: f64) -> usize {
    let mut swaps = 0;
    let mut queue = below(complex, reach);
    queue.reverse();
    while let Some(t) = queue.pop() {
        if !complex.is_alive(t) || complex.quality(t) >= reach {
            continue;
        }
        if let Some(new) = improve_around(complex, t, field) {
            swaps += 1;
            queue.extend(new.into_iter().filter(|&t| complex.quality(t) < reach));
        }
    }
    swaps
}

fn smooth_all(complex: &mut Complex, field: &dyn Field, reach: f64, steps: usize) {
    let mut done = vec![false; complex.vertex_count()];
    for t in below(complex, reach) {
        if complex.quality(t) >= reach {
            continue;
        }
        for v in complex.tet(t) {
            if !std::mem::replace(&mut done[v as usize], true) {
                smooth_vertex(complex, v, field, steps);
            }
        }
    }
}

/// Contraction and insertion at the worst of what is still below `aim`; how many it bettered.
fn last_resort(complex: &mut Complex, field: &dyn Field, aim: f64) -> usize {
    let mut mended = 0;
    let mut attempts = TRIED_ALWAYS + complex.alive().count() / TRIED_ONE_IN;
    for t in below(complex, aim) {
        if attempts == 0 {
            break;
        }
        if !complex.is_alive(t) || complex.quality(t) >= aim {
            continue;
        }
        attempts -= 1;
        mended += usize::from(contract_one(complex, t) || insert_one(complex, field, t));
    }
    mended
}

fn contract_one(complex: &mut Complex, t: u32) -> bool {
    let tet = complex.tet(t);
    for gone in tet {
        if complex.freedom(gone) != Freedom::Inside {
            continue;
        }
        for kept in tet {
            if kept != gone && contract(complex, gone, kept).is_some() {
                return true;
            }
        }
    }
    false
}

/// Tries a new vertex in the middle of `t` and of each of its edges, smooths and swaps around
/// it, and keeps the first that betters the worst tetrahedron.
fn insert_one(complex: &mut Complex, field: &dyn Field, t: u32) -> bool {
    let tet = complex.tet(t);
    let before = complex.quality(t);
    let mut places: Vec<Option<[u32; 2]>> = vec![None];
    for i in 0..4 {
        for j in i + 1..4 {
            places.push(Some([tet[i], tet[j]]));
        }
    }
    for place in places {
        // Taking back gives the same tetrahedron the same number again.
        complex.mark();
        if insert_at(complex, field, t, place) > before + 0.01 {
            complex.keep();
            return true;
        }
        complex.take_back();
    }
    false
}

/// Inserts a vertex and mends its surroundings; the worst quality of all that was touched.
fn insert_at(complex: &mut Complex, field: &dyn Field, t: u32, place: Option<[u32; 2]>) -> f64 {
    let tet = complex.tet(t);
    let (v, new) = match place {
        None => {
            let sum = complex
                .corners(tet)
                .iter()
                .map(|p| p.coords)
                .sum::<crate::tensor::Vec3>();
            let v = complex.add_vertex((sum / 4.0).into(), Freedom::Inside);
            (v, Some(split_tet(complex, t, v)))
        }
        Some([a, b]) => {
            let Some(ring) = complex.ring(a, b) else {
                return f64::NEG_INFINITY;
            };
            let freedom = match (ring.closed, complex.is_sharp(a, b)) {
                (true, _) => Freedom::Inside,
                (false, true) => Freedom::Crease,
                (false, false) => Freedom::Surface,
            };
            let middle = nalgebra::center(&complex.point(a), &complex.point(b));
            let v = complex.add_vertex(middle, freedom);
            let new = split_edge(complex, a, b, v);
            if new.is_some()
                && freedom != Freedom::Inside
                && !put_on_surface(complex, v, field, 0.0)
            {
                return f64::NEG_INFINITY;
            }
            (v, new)
        }
    };
    if new.is_none() {
        return f64::NEG_INFINITY;
    }
    mend_around(complex, field, v)
}

/// Smooths and swaps in the star of `v` and of its neighbours; the worst quality there.
fn mend_around(complex: &mut Complex, field: &dyn Field, v: u32) -> f64 {
    for _ in 0..3 {
        smooth_vertex(complex, v, field, 5);
        let mut star = complex.star(v).to_vec();
        star.sort_by(|&a, &b| {
            complex
                .quality(a)
                .total_cmp(&complex.quality(b))
                .then(a.cmp(&b))
        });
        for t in star {
            if complex.is_alive(t) && complex.tet(t).contains(&v) {
                improve_around(complex, t, field);
            }
        }
        for n in neighbours(complex, v) {
            smooth_vertex(complex, n, field, 2);
        }
    }
    let around = neighbours(complex, v);
    let stars = around.iter().map(|&n| complex.worst(complex.star(n)));
    stars.fold(f64::INFINITY, f64::min)
}

fn neighbours(complex: &Complex, v: u32) -> Vec<u32> {
    let mut all: Vec<u32> = complex
        .star(v)
        .iter()
        .flat_map(|&t| complex.tet(t))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

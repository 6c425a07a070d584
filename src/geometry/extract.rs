//! The zero surface of a field as a closed triangle surface, by marching tetrahedra.
//!
//! Every cube of a grid is cut into six tetrahedra around its main diagonal (Kuhn), the same way
//! everywhere, so that neighbours share faces. In a tetrahedron the sign of four corners leaves
//! no ambiguous case, so the result is a closed 2-manifold whatever the field does between the
//! grid's nodes. Cubes farther from the surface than the field's value allows are never visited.
//! Triangle shapes are poor here; they are the remesher's business.

use std::collections::HashMap;

use rayon::prelude::*;

use super::GeometryError;
use super::field::Field;
use super::tetrahedron::EDGE_AND_REST;
use crate::tensor::{Point, Vec3};

/// The six tetrahedra of a cube, corners numbered by bits x + 2y + 4z; all positively oriented.
const TETS: [[usize; 4]; 6] = [
    [0, 1, 3, 7],
    [0, 3, 2, 7],
    [0, 2, 6, 7],
    [0, 6, 4, 7],
    [0, 4, 5, 7],
    [0, 5, 1, 7],
];

/// Cubes along the edge of a block at the top of the search tree; a power of two.
const BLOCK: i64 = 16;

/// How much steeper than one a field may be before a part of its surface could be overlooked.
const STEEPNESS: f64 = 1.25;

/// Grid nodes along one axis are kept below this (21 bits of a node's key).
const MAX_NODES: f64 = 2e6;

/// A closed triangle soup with shared vertices, mm.
pub(super) struct RawSurface {
    pub vertices: Vec<Point>,
    pub triangles: Vec<[u32; 3]>,
}

struct Grid {
    origin: Point,
    step: f64,
}

impl Grid {
    fn node(&self, n: [i64; 3]) -> Point {
        self.origin + Vec3::new(n[0] as f64, n[1] as f64, n[2] as f64) * self.step
    }
}

/// Extracts the zero surface of `field` on a grid of `step` mm.
pub(super) fn extract(field: &dyn Field, step: f64) -> Result<RawSurface, GeometryError> {
    let bounds = field.bounds();
    let size = bounds.size();
    if !size
        .iter()
        .all(|s| s.is_finite() && *s > 0.0 && s / step < MAX_NODES)
    {
        return Err(GeometryError::Unbounded {
            min: bounds.min,
            max: bounds.max,
        });
    }
    // An uneven shift keeps faces of the solid off the grid's planes.
    let shift = Vec3::new(1.37, 1.41, 1.29) * step;
    let grid = Grid {
        origin: bounds.min - shift,
        step,
    };
    let blocks: Vec<[i64; 3]> = blocks(&size, &shift, step);
    let cells: Vec<[i64; 3]> = blocks
        .par_iter()
        .map(|&b| {
            let mut cells = Vec::new();
            near_surface(field, &grid, b, BLOCK, &mut cells);
            cells
        })
        .flatten_iter()
        .collect();
    if cells.is_empty() {
        return Err(GeometryError::NoSurface {
            min: bounds.min,
            max: bounds.max,
        });
    }
    let surface = march(field, &grid, &cells);
    if surface.triangles.is_empty() {
        return Err(GeometryError::NoSurface {
            min: bounds.min,
            max: bounds.max,
        });
    }
    Ok(surface)
}

fn blocks(size: &Vec3, shift: &Vec3, step: f64) -> Vec<[i64; 3]> {
    let count: [i64; 3] = std::array::from_fn(|k| {
        let cells = ((size[k] + 2.0 * shift[k]) / step).ceil() as i64 + 1;
        (cells + BLOCK - 1) / BLOCK
    });
    let mut all = Vec::new();
    for k in 0..count[2] {
        for j in 0..count[1] {
            for i in 0..count[0] {
                all.push([i * BLOCK, j * BLOCK, k * BLOCK]);
            }
        }
    }
    all
}

fn near_surface(
    field: &dyn Field,
    grid: &Grid,
    block: [i64; 3],
    size: i64,
    cells: &mut Vec<[i64; 3]>,
) {
    let half = 0.5 * size as f64 * grid.step;
    let centre = grid.node(block) + Vec3::repeat(half);
    if field.value(&centre).abs() > STEEPNESS * half * 3f64.sqrt() {
        return;
    }
    if size == 1 {
        cells.push(block);
        return;
    }
    let s = size / 2;
    for n in 0..8 {
        let child = [
            block[0] + s * (n & 1),
            block[1] + s * (n >> 1 & 1),
            block[2] + s * (n >> 2),
        ];
        near_surface(field, grid, child, s, cells);
    }
}

fn key(n: [i64; 3]) -> u64 {
    (n[2] as u64) << 42 | (n[1] as u64) << 21 | n[0] as u64
}

fn cell_node(cell: [i64; 3], corner: usize) -> [i64; 3] {
    let c = corner as i64;
    [
        cell[0] + (c & 1),
        cell[1] + (c >> 1 & 1),
        cell[2] + (c >> 2),
    ]
}

fn march(field: &dyn Field, grid: &Grid, cells: &[[i64; 3]]) -> RawSurface {
    let mut nodes: Vec<(u64, [i64; 3])> = cells
        .iter()
        .flat_map(|&c| (0..8).map(move |k| cell_node(c, k)))
        .map(|n| (key(n), n))
        .collect();
    nodes.par_sort_unstable();
    nodes.dedup();
    let values: Vec<f64> = nodes
        .par_iter()
        .map(|(_, n)| field.value(&grid.node(*n)))
        .collect();
    let number = |n: [i64; 3]| {
        nodes
            .binary_search_by_key(&key(n), |(k, _)| *k)
            .unwrap_or(0)
    };

    let mut edges: Vec<[u32; 2]> = Vec::new();
    let mut edge_of: HashMap<[u32; 2], u32> = HashMap::new();
    let mut triangles = Vec::new();
    for &cell in cells {
        let corners: [usize; 8] = std::array::from_fn(|k| number(cell_node(cell, k)));
        let inside = corners.iter().filter(|&&n| values[n] < 0.0).count();
        if inside == 0 || inside == 8 {
            continue;
        }
        let mut vertex = |a: usize, b: usize| {
            let edge = [a.min(b) as u32, a.max(b) as u32];
            *edge_of.entry(edge).or_insert_with(|| {
                edges.push(edge);
                (edges.len() - 1) as u32
            })
        };
        for tet in TETS {
            let t = tet.map(|c| corners[c]);
            cut_tetrahedron(t, |n| values[n] < 0.0, &mut vertex, &mut triangles);
        }
    }
    let vertices = edges
        .par_iter()
        .map(|&[a, b]| {
            let ends = [a, b].map(|n| grid.node(nodes[n as usize].1));
            root_on_segment(field, ends, [a, b].map(|n| values[n as usize]))
        })
        .collect();
    RawSurface {
        vertices,
        triangles,
    }
}

/// The triangles of one tetrahedron, wound so that the inside is behind them.
fn cut_tetrahedron(
    tet: [usize; 4],
    inside: impl Fn(usize) -> bool,
    vertex: &mut impl FnMut(usize, usize) -> u32,
    out: &mut Vec<[u32; 3]>,
) {
    // Even permutations bring the odd corner (or the pair) to the front.
    const LEAD: [[usize; 4]; 4] = [[0, 1, 2, 3], [1, 0, 3, 2], [2, 0, 1, 3], [3, 0, 2, 1]];
    let sign = tet.map(&inside);
    let count = sign.iter().filter(|&&s| s).count();
    match count {
        1 | 3 => {
            let odd = count == 1;
            let Some(lead) = LEAD.iter().find(|p| sign[p[0]] == odd) else {
                return;
            };
            let [a, b, c, d] = lead.map(|k| tet[k]);
            let (x, y, z) = (vertex(a, b), vertex(a, c), vertex(a, d));
            out.push(if odd { [x, y, z] } else { [x, z, y] });
        }
        2 => {
            let Some(pair) = EDGE_AND_REST.iter().find(|p| sign[p[0]] && sign[p[1]]) else {
                return;
            };
            let [a, b, c, d] = pair.map(|k| tet[k]);
            let (ac, ad, bc, bd) = (vertex(a, c), vertex(a, d), vertex(b, c), vertex(b, d));
            out.push([ac, bd, bc]);
            out.push([ac, ad, bd]);
        }
        _ => {}
    }
}

/// The zero of the field between two grid nodes of different sign: two steps of false position
/// with the Illinois correction, kept off the ends so that no triangle is born flat.
fn root_on_segment(field: &dyn Field, ends: [Point; 2], values: [f64; 2]) -> Point {
    const MARGIN: f64 = 0.02;
    let at = |t: f64| ends[0] + (ends[1] - ends[0]) * t;
    let (mut lo, mut hi) = ((0.0, values[0]), (1.0, values[1]));
    let mut t = 0.5;
    for _ in 0..3 {
        t = (lo.0 * hi.1 - hi.0 * lo.1) / (hi.1 - lo.1);
        if !(MARGIN..=1.0 - MARGIN).contains(&t) {
            break;
        }
        let value = field.value(&at(t));
        if (value < 0.0) == (lo.1 < 0.0) {
            lo = (t, value);
            hi.1 *= 0.5;
        } else {
            hi = (t, value);
            lo.1 *= 0.5;
        }
        if value == 0.0 || hi.1 == lo.1 {
            break;
        }
    }
    at(t.clamp(MARGIN, 1.0 - MARGIN))
}

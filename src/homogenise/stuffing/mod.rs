//! Isosurface stuffing on the torus (Labelle & Shewchuk 2007): tetrahedra of bounded shape that
//! fill { level < threshold }.
//!
//! The background is the body-centred cubic lattice, each tetrahedron between two neighbouring
//! centres and an edge of the face between them. Vertices too near to the surface are moved onto
//! it; the edges still cut are cut there, and each background tetrahedron is filled by one of a few
//! stencils:
//!
//! ```text
//!   inside   on   outside     what is filled
//!      1      k     3−k        a tetrahedron
//!      2      1      1         a pyramid on one cut face
//!      2      0      2         a wedge, its ridge and the cut opposite
//!      3      0      1         a wedge, its ends the face inside and the cut
//!      else no outside         the whole tetrahedron
//! ```
//! The diagonal of a quadrilateral depends on its face alone, so neighbours agree. Everything is
//! said by differences on the lattice, so a period changes nothing. Must not know what the level
//! stands for. Lengths are over the side of the cell.

mod background;
mod stencil;

use std::collections::HashMap;

use rayon::prelude::*;

use super::torus::{Net, TetCell, VOID};
use crate::element::tet10::POINTS;
use crate::mesh::EDGES;
use crate::mesh::order::unit_cube_key;
use crate::mesh::quality::dihedral_angles;
use crate::tensor::{Point, Vec3};

pub use background::Background;
use background::Corner;
use stencil::fill;

/// A filled lattice, and how it is shaped.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuffed {
    /// The mesh.
    pub cell: TetCell,
    /// Smallest dihedral angle, degrees.
    pub smallest_dihedral_deg: f64,
}

/// Fills { level < threshold }.
pub fn stuff(background: &Background<'_>, threshold: f64) -> Stuffed {
    let cut = background.cut(threshold);
    let mut tets: Vec<[Corner; 4]> = Vec::new();
    for tet in background.tetrahedra() {
        fill(&cut, &tet, &mut tets);
    }
    let mut builder = Builder::default();
    let mut smallest = f64::INFINITY;
    let mut corners = Vec::with_capacity(tets.len());
    let mut numbers = Vec::with_capacity(tets.len());
    for tet in tets {
        let places = tet.map(|c| Point::from(cut.place(&c)));
        smallest = dihedral_angles(&places)
            .into_iter()
            .fold(smallest, f64::min);
        numbers.push(std::array::from_fn(|i| {
            builder.number(&cut, &tet[i], places[i].coords)
        }));
        corners.push(places);
    }
    let mut cell = quadratic(builder.nodes, &numbers, corners, background.translations());
    cell.factor = factors(&cell.corners, |p| background.level(p) < threshold);
    Stuffed {
        cell,
        smallest_dihedral_deg: smallest,
    }
}

/// Where struts meet, faces bridge the groove between them and would fillet it. The quadrature
/// points that they cut off from the void count as void: the fillet's stiffness, an error of the
/// first order in the spacing, goes.
fn factors(corners: &[[Point; 4]], is_solid: impl Fn([f64; 3]) -> bool + Sync) -> Vec<[f64; 4]> {
    corners
        .par_iter()
        .map(|corners| {
            POINTS.map(|l| {
                let sum: Vec3 = l.iter().zip(corners).map(|(l, c)| *l * c.coords).sum();
                if is_solid(sum.into()) { 1.0 } else { VOID }
            })
        })
        .collect()
}

/// Numbers the corners of the mesh: copies of one get one number.
#[derive(Default)]
struct Builder {
    number_of: HashMap<(u32, [i8; 3]), u32>,
    nodes: Vec<Vec3>,
}

impl Builder {
    fn number(&mut self, cut: &background::Cut<'_>, corner: &Corner, place: Vec3) -> u32 {
        let nodes = &mut self.nodes;
        *self.number_of.entry(cut.key(corner)).or_insert_with(|| {
            nodes.push(place);
            nodes.len() as u32 - 1
        })
    }
}

/// Adds the middles of the edges and numbers everything along a Hilbert curve.
fn quadratic(
    nodes: Vec<Vec3>,
    corner_nodes: &[[u32; 4]],
    corners: Vec<[Point; 4]>,
    translations: &[[f64; 3]],
) -> TetCell {
    let mut places = nodes;
    let mut middle: HashMap<[u32; 2], u32> = HashMap::new();
    let mut connectivity: Vec<[u32; 10]> = Vec::with_capacity(corners.len());
    for (numbers, tet) in corner_nodes.iter().zip(&corners) {
        connectivity.push(std::array::from_fn(|i| match i {
            0..4 => numbers[i],
            _ => {
                let [a, b] = EDGES[i - 4];
                let (low, high) = (numbers[a].min(numbers[b]), numbers[a].max(numbers[b]));
                *middle.entry([low, high]).or_insert_with(|| {
                    places.push(0.5 * (tet[a].coords + tet[b].coords));
                    places.len() as u32 - 1
                })
            }
        }));
    }
    let wrapped = |v: &Vec3| -> [f64; 3] { [0, 1, 2].map(|k| v[k].rem_euclid(1.0)) };
    let key = |v: &Vec3| unit_cube_key(wrapped(v));
    let mut order: Vec<(u64, u32)> = (0u32..).zip(&places).map(|(n, p)| (key(p), n)).collect();
    order.sort_unstable();
    let mut new = vec![0; places.len()];
    for (n, (_, old)) in (0u32..).zip(&order) {
        new[*old as usize] = n;
    }
    let centre = |tet: &[Point; 4]| tet.iter().map(|p| p.coords).sum::<Vec3>() / 4.0;
    let mut elements: Vec<(u64, usize)> = corners
        .iter()
        .enumerate()
        .map(|(e, tet)| (key(&centre(tet)), e))
        .collect();
    elements.sort_unstable();
    let sorted = elements.iter().flat_map(|(_, e)| connectivity[*e]);
    TetCell {
        net: Net {
            nodes: order
                .iter()
                .map(|(_, n)| wrapped(&places[*n as usize]))
                .collect(),
            width: 10,
            connectivity: sorted.map(|n| new[n as usize]).collect(),
            material_of: vec![0; elements.len()],
            translations: translations.to_vec(),
        },
        corners: elements.iter().map(|(_, e)| corners[*e]).collect(),
        factor: vec![[1.0; 4]; elements.len()],
    }
}

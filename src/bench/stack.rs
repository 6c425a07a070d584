//! The benchmark body: a cylindrical cage between two elliptic vertebral bodies, one conforming
//! mesh, at any size.
//!
//! A disc is a centre point and rings of 6k points, the triangular lattice drawn round; within the
//! cage's radius the rings are circles, outside they pass over to the ellipse. Discs are extruded
//! layer by layer and every prism is cut into three tetrahedra, its vertical faces along the
//! diagonal from the smaller point number below to the larger above: neighbours agree, and cage
//! and bodies share the nodes of their common disc. No mesher and no random number is asked.

use crate::boundary::{FixedDof, LoadCase};
use crate::material::MaterialField;
use crate::mesh::order::renumbered;
use crate::mesh::tet10::to_tet10;
use crate::mesh::{Blocks, ElementKind, TetMesh};
use crate::model::Model;
use crate::tensor::{Elasticity, Point, Vec3, Wrench};

/// Half axes of the vertebral bodies, mm.
const ELLIPSE: [f64; 2] = [20.0, 15.0];
/// Radius of the cage, mm.
const CAGE_RADIUS: f64 = 7.5;
/// Height of each of the three parts, mm.
const HEIGHT: f64 = 25.0;
/// Young's moduli of vertebral bodies and cage, MPa.
const MODULI: [f64; 2] = [500.0, 1280.0];
const POISSON_RATIO: f64 = 0.3;
/// Load on top, down, N.
const LOAD_N: f64 = 500.0;

/// How finely the stack is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    /// Rings of points within the cage's radius.
    cage_rings: usize,
    /// Rings of points of a vertebral body.
    rings: usize,
    /// Layers of elements of each part.
    layers: usize,
}

impl Stack {
    /// Divided into elements of about `size` mm.
    fn with_size(size: f64) -> Self {
        let divide = |length: f64| ((length / size).round() as usize).max(1);
        let outside = 0.5 * (ELLIPSE[0] + ELLIPSE[1]) - CAGE_RADIUS;
        let cage_rings = divide(CAGE_RADIUS);
        Self {
            cage_rings,
            rings: cage_rings + divide(outside),
            layers: divide(HEIGHT),
        }
    }

    /// The division whose free dofs (tet10) come nearest to `free_dofs`.
    pub fn with_free_dofs(free_dofs: usize) -> Self {
        let miss = |stack: &Self| stack.free_dofs().abs_diff(free_dofs);
        let mut best = Self::with_size(HEIGHT);
        let mut size = HEIGHT;
        // Element counts change by the cube: half a per cent of size is finer than they can follow.
        while best.free_dofs() < 2 * free_dofs && size > 1e-3 {
            size *= 0.995;
            let next = Self::with_size(size);
            if miss(&next) < miss(&best) {
                best = next;
            }
            if next.free_dofs() > 2 * free_dofs {
                break;
            }
        }
        best
    }

    /// Dofs of the quadratic mesh that the support leaves free.
    pub fn free_dofs(&self) -> usize {
        let below = [disc_points(self.rings), disc_edges(self.rings)];
        3 * (self.node_count() - below[0] - below[1])
    }

    /// Nodes of the quadratic mesh: points and edges; the cage's end discs count once.
    pub fn node_count(&self) -> usize {
        let part = |rings: usize| {
            let (points, edges) = (disc_points(rings), disc_edges(rings));
            // Corners; edges in the discs, then vertical ones and the diagonals between discs.
            (self.layers + 1) * (points + edges) + self.layers * (points + edges)
        };
        let shared = disc_points(self.cage_rings) + disc_edges(self.cage_rings);
        2 * part(self.rings) + part(self.cage_rings) - 2 * shared
    }

    /// The mesh: regions "lower", "cage", "upper", nodes along a Hilbert curve.
    pub fn mesh(&self) -> TetMesh {
        let levels = 3 * self.layers + 1;
        let in_body = |level: usize| level <= self.layers || level >= 2 * self.layers;
        let rings_at = |level: usize| {
            if in_body(level) {
                self.rings
            } else {
                self.cage_rings
            }
        };
        let mut first = Vec::with_capacity(levels);
        let mut nodes = Vec::new();
        for level in 0..levels {
            first.push(nodes.len());
            let z = HEIGHT * level as f64 / self.layers as f64;
            let plane = (0..=rings_at(level)).flat_map(|ring| self.ring(ring));
            nodes.extend(plane.map(|[x, y]| Point::new(x, y, z)));
        }
        let (mut connectivity, mut region_of) = (Vec::new(), Vec::new());
        for layer in 0..levels - 1 {
            let region = layer / self.layers;
            let rings = if region == 1 {
                self.cage_rings
            } else {
                self.rings
            };
            for triangle in disc_triangles(rings) {
                let below = triangle.map(|p| (first[layer] + p) as u32);
                let above = triangle.map(|p| (first[layer + 1] + p) as u32);
                for tet in cut_prism(&below, &above) {
                    connectivity.extend(right_handed(tet, &nodes));
                    region_of.push(region as u32);
                }
            }
        }
        let corners = TetMesh {
            nodes,
            blocks: Blocks::of(ElementKind::Tet4, connectivity),
            region_of,
            regions: ["lower", "cage", "upper"].map(str::to_owned).to_vec(),
            surfaces: Vec::new(),
        };
        renumbered(&to_tet10(&corners))
    }

    /// Points of one ring, mm.
    fn ring(&self, ring: usize) -> impl Iterator<Item = [f64; 2]> + use<> {
        let (cage, all) = (self.cage_rings as f64, self.rings as f64);
        let k = ring as f64;
        let half_axis = move |outer: f64| match k <= cage {
            true => CAGE_RADIUS * k / cage,
            false => CAGE_RADIUS + (outer - CAGE_RADIUS) * (k - cage) / (all - cage),
        };
        let count = ring_points(ring);
        (0..count).map(move |j| {
            let (s, c) = (std::f64::consts::TAU * j as f64 / count as f64).sin_cos();
            [half_axis(ELLIPSE[0]) * c, half_axis(ELLIPSE[1]) * s]
        })
    }

    /// The model: bottom held, 500 N down on top, the same share on every node there.
    pub fn model(&self) -> Model {
        let mesh = self.mesh();
        let mut materials =
            MaterialField::uniform(Elasticity::isotropic(MODULI[0], POISSON_RATIO), 0);
        materials
            .table
            .push(Elasticity::isotropic(MODULI[1], POISSON_RATIO));
        let elements = mesh.element_count();
        materials.of_element = mesh.region_of.iter().map(|&r| u32::from(r == 1)).collect();
        materials.factor = vec![[1.0; 4]; elements];
        materials.relative_density = vec![None; elements];
        let at = |height: f64| {
            let nodes = mesh.nodes.iter().enumerate();
            nodes
                .filter(move |(_, p)| (p.z - height).abs() < 1e-9 * HEIGHT)
                .map(|(n, _)| n as u32)
        };
        let top: Vec<u32> = at(3.0 * HEIGHT).collect();
        let share = Vec3::new(0.0, 0.0, -LOAD_N / top.len() as f64);
        let held = |node| {
            (0..3).map(move |axis| FixedDof {
                node,
                axis,
                value: 0.0,
            })
        };
        let supports: Vec<FixedDof> = at(0.0).flat_map(held).collect();
        let compression = LoadCase {
            wrench: Wrench::of_force(Vec3::new(0.0, 0.0, -LOAD_N)),
            ..LoadCase::of_forces("compression", top.iter().map(|&n| (n, share)).collect())
        };
        Model::solid(mesh, materials)
            .named("stack")
            .with_supports(supports)
            .with_load_cases([compression])
    }
}

fn ring_points(ring: usize) -> usize {
    (6 * ring).max(1)
}

/// Number of the first point of a ring: the points of a disc of one ring less.
fn ring_start(ring: usize) -> usize {
    match ring {
        0 => 0,
        _ => disc_points(ring - 1),
    }
}

fn disc_points(rings: usize) -> usize {
    1 + 3 * rings * (rings + 1)
}

/// Euler: points − edges + triangles = 1.
fn disc_edges(rings: usize) -> usize {
    disc_points(rings) + 6 * rings.pow(2) - 1
}

/// Triangles of a disc as point numbers: in each of six sectors, ring k has k triangles that
/// stand on it and k − 1 that hang from it.
fn disc_triangles(rings: usize) -> impl Iterator<Item = [usize; 3]> {
    (1..=rings).flat_map(|ring| {
        let outer = move |j: usize| ring_start(ring) + j % ring_points(ring);
        let inner = move |j: usize| ring_start(ring - 1) + j % ring_points(ring - 1);
        (0..6).flat_map(move |sector| {
            let (o, i) = (sector * ring, sector * (ring - 1));
            let standing = (0..ring).map(move |j| [outer(o + j), outer(o + j + 1), inner(i + j)]);
            let hanging = (1..ring).map(move |j| [inner(i + j - 1), outer(o + j), inner(i + j)]);
            standing.chain(hanging)
        })
    })
}

/// Three tetrahedra of a prism; the order of the points below decides the diagonals.
fn cut_prism(below: &[u32; 3], above: &[u32; 3]) -> [[u32; 4]; 3] {
    let mut order = [0, 1, 2];
    order.sort_by_key(|&k| below[k]);
    let [a, b, c] = order.map(|k| below[k]);
    let [d, e, f] = order.map(|k| above[k]);
    [[a, b, c, f], [a, b, e, f], [a, d, e, f]]
}

fn right_handed(mut tet: [u32; 4], nodes: &[Point]) -> [u32; 4] {
    let [a, b, c, d] = tet.map(|n| nodes[n as usize]);
    if (b - a).cross(&(c - a)).dot(&(d - a)) < 0.0 {
        tet.swap(2, 3);
    }
    tet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::boundary::boundary_facets;
    use std::f64::consts::TAU;

    /// Area of a regular polygon of `n` corners on an ellipse of half axes a, b.
    fn polygon(n: usize, a: f64, b: f64) -> f64 {
        0.5 * n as f64 * (TAU / n as f64).sin() * a * b
    }

    #[test]
    fn the_mesh_has_the_volume_of_its_polygons_and_a_closed_boundary() {
        let stack = Stack::with_size(3.0);
        let mesh = stack.mesh();
        let volume = |region: u32| -> f64 {
            let mine = |e: &usize| mesh.region_of[*e] == region;
            (0..mesh.element_count())
                .filter(mine)
                .map(|e| mesh.volume(e))
                .sum()
        };
        let body = HEIGHT * polygon(6 * stack.rings, ELLIPSE[0], ELLIPSE[1]);
        let cage = HEIGHT * polygon(6 * stack.cage_rings, CAGE_RADIUS, CAGE_RADIUS);
        for (region, expected) in [(0, body), (1, cage), (2, body)] {
            assert!(
                (volume(region) - expected).abs() < 1e-9 * expected,
                "{region}"
            );
        }
        assert!((0..mesh.element_count()).all(|e| mesh.volume(e) > 0.0));
        // A mesh that conforms has a boundary without holes: its area vectors cancel, and it is
        // the outside alone.
        let facets = boundary_facets(&mesh);
        let sum: Vec3 = facets.iter().map(|&f| mesh.facet_area_vector(f)).sum();
        assert!(sum.amax() < 1e-9);
        let side: usize = 2 * (2 * 6 * stack.rings + 6 * stack.cage_rings) * stack.layers;
        let ends = 4 * 6 * stack.rings.pow(2) - 2 * 6 * stack.cage_rings.pow(2);
        assert_eq!(facets.len(), side + ends);
    }

    #[test]
    fn nodes_and_free_dofs_are_as_many_as_counted_before() {
        for wanted in [3_000, 30_000] {
            let stack = Stack::with_free_dofs(wanted);
            let model = stack.model();
            assert_eq!(model.mesh.nodes.len(), stack.node_count());
            assert_eq!(model.dof_count() - model.supports.len(), stack.free_dofs());
            let miss = stack.free_dofs() as f64 / wanted as f64;
            assert!((0.8..1.25).contains(&miss), "{miss}");
        }
        let million = Stack::with_free_dofs(1_000_000).free_dofs() as f64;
        assert!((0.9..1.1).contains(&(1e-6 * million)), "{million}");
    }

    #[test]
    fn elements_are_well_shaped() {
        let mesh = Stack::with_free_dofs(30_000).mesh();
        let smallest = (0..mesh.element_count())
            .flat_map(|e| crate::mesh::quality::dihedral_angles(&mesh.corners(e)))
            .fold(f64::INFINITY, f64::min);
        assert!(smallest > 15.0, "{smallest}");
    }

    #[test]
    fn the_load_is_500_newtons_and_its_path_shortens_like_three_columns_in_series() {
        let model = Stack::with_free_dofs(10_000).model();
        let total: f64 = model.load_cases[0].forces.iter().map(|(_, f)| f.z).sum();
        assert!((total + LOAD_N).abs() < 1e-9);
        let silent = crate::progress::Silent;
        let solution = crate::analysis::solve(&model, &Default::default(), &silent).unwrap();
        let loaded = &model.load_cases[0].forces;
        let mean = loaded
            .iter()
            .map(|(n, _)| solution.cases[0].displacement[*n as usize].z)
            .sum::<f64>()
            / loaded.len() as f64;
        // Columns with even stress are a lower bound: bodies also bend over the narrow cage.
        let column = |modulus: f64, area: f64| LOAD_N * HEIGHT / (modulus * area);
        let body = column(MODULI[0], std::f64::consts::PI * ELLIPSE[0] * ELLIPSE[1]);
        let cage = column(MODULI[1], std::f64::consts::PI * CAGE_RADIUS.powi(2));
        let even = 2.0 * body + cage;
        assert!(-mean > even && -mean < 3.0 * even, "{mean} {even}");
    }
}

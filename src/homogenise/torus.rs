//! Meshes of one period of an endless solid. Nodes that differ by a period are one node, so that
//! whatever is built on them is periodic without any constraint.
//!
//! Lengths are over the side of the cubic cell. Corners of an element are kept where they stand
//! beside each other, though their nodes may lie on opposite sides of the cell.

use crate::assembly::{Connected, ElementRow};
use crate::element::hex8::{CORNERS, CubeStiffness, cube_stiffness};
use crate::element::{ElementError, Kernel, Placement, Tet10, internal_force, quadratic_block_row};
use crate::mesh::EDGES;
use crate::tensor::{Elasticity, Point, Vec3};

/// Nodal vectors of one element; those beyond its nodes are not looked at.
pub type Local = [Vec3; 10];

/// Nodes and the elements that join them, on the torus.
#[derive(Debug, Clone, PartialEq)]
pub struct Net {
    /// Position of every node, within one period.
    pub nodes: Vec<[f64; 3]>,
    /// Nodes of an element.
    pub width: usize,
    /// Nodes of all elements, one after the other.
    pub connectivity: Vec<u32>,
    /// Material number of each element.
    pub material_of: Vec<u32>,
    /// All that leaves the solid as it is, as translations, zero among them; whole sides are
    /// understood.
    pub translations: Vec<[f64; 3]>,
}

impl Connected for Net {
    fn node_count(&self) -> usize {
        self.nodes.len()
    }

    fn element_count(&self) -> usize {
        self.material_of.len()
    }

    fn element(&self, e: usize) -> &[u32] {
        &self.connectivity[self.width * e..self.width * (e + 1)]
    }
}

/// A mesh on the torus.
pub trait Periodic: Sync {
    /// Its nodes and elements.
    fn net(&self) -> &Net;

    /// The two nodes that each node lies between; itself twice for one between none.
    fn parents(&self) -> Vec<[u32; 2]>;

    /// Places of an element's nodes beside each other.
    fn places(&self, e: usize) -> Local;

    /// Volume of the solid in an element.
    fn volume(&self, e: usize) -> f64;

    /// The elements' stiffness with a table of materials.
    ///
    /// # Errors
    /// An inverted element.
    fn integrals<'a>(
        &'a self,
        table: &'a [Elasticity],
    ) -> Result<Box<dyn Integrals + 'a>, ElementError>;

    /// Volume of all elements over that of the period.
    fn filled(&self) -> f64 {
        let net = self.net();
        let volume: f64 = (0..net.element_count()).map(|e| self.volume(e)).sum();
        volume * net.translations.len() as f64
    }
}

/// The stiffness of elements.
pub trait Integrals: Sync {
    /// What node `i` of element `e` gives to its row, MPa times sides.
    fn row(&self, e: usize, i: usize, row: &mut ElementRow);

    /// Nodal forces that hold the element in the displacement `u`.
    fn force(&self, e: usize, u: &Local) -> Local;
}

/// Quadratic tetrahedra with straight sides.
#[derive(Debug, Clone, PartialEq)]
pub struct TetCell {
    /// Ten nodes an element, in the order of [`crate::mesh`].
    pub net: Net,
    /// Corners of each element, beside each other.
    pub corners: Vec<[Point; 4]>,
    /// Share of the stiffness at the four quadrature points of each element: 1 in the solid,
    /// [`VOID`] where a face has bridged a groove of the surface.
    pub factor: Vec<[f64; 4]>,
}

/// Stiffness of what an element holds of the void, over the solid's: next to nothing, and enough to
/// keep the matrix positive definite.
pub const VOID: f64 = 1e-3;

impl Periodic for TetCell {
    fn net(&self) -> &Net {
        &self.net
    }

    fn parents(&self) -> Vec<[u32; 2]> {
        let net = &self.net;
        let mut found: Vec<[u32; 2]> = (0..net.nodes.len() as u32).map(|n| [n; 2]).collect();
        for nodes in net.connectivity.chunks_exact(net.width) {
            for (k, [i, j]) in EDGES.into_iter().enumerate() {
                let ends = [nodes[i], nodes[j]];
                found[nodes[4 + k] as usize] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
            }
        }
        found
    }

    fn places(&self, e: usize) -> Local {
        let corners = &self.corners[e];
        std::array::from_fn(|i| match i {
            0..4 => corners[i].coords,
            _ => {
                let [a, b] = EDGES[i - 4];
                0.5 * (corners[a].coords + corners[b].coords)
            }
        })
    }

    fn volume(&self, e: usize) -> f64 {
        let [a, b, c, d] = &self.corners[e];
        let solid = self.factor[e].iter().filter(|f| **f == 1.0).count();
        0.25 * solid as f64 * (b - a).cross(&(c - a)).dot(&(d - a)) / 6.0
    }

    fn integrals<'a>(
        &'a self,
        table: &'a [Elasticity],
    ) -> Result<Box<dyn Integrals + 'a>, ElementError> {
        let corners = self.corners.iter().enumerate();
        Ok(Box::new(TetIntegrals {
            cell: self,
            placements: corners
                .map(|(e, c)| Placement::new(c, e))
                .collect::<Result<_, _>>()?,
            kernels: table.iter().map(Kernel::from).collect(),
            table,
        }))
    }
}

struct TetIntegrals<'a> {
    cell: &'a TetCell,
    placements: Vec<Placement>,
    kernels: Vec<Kernel>,
    table: &'a [Elasticity],
}

impl Integrals for TetIntegrals<'_> {
    fn row(&self, e: usize, i: usize, row: &mut ElementRow) {
        let kernel = &self.kernels[self.cell.net.material_of[e] as usize];
        let blocks = quadratic_block_row(&self.placements[e], kernel, &self.cell.factor[e], i);
        row[..10].copy_from_slice(&blocks);
    }

    fn force(&self, e: usize, u: &Local) -> Local {
        let elasticity = &self.table[self.cell.net.material_of[e] as usize];
        internal_force::<Tet10, 10>(&self.placements[e], elasticity, &self.cell.factor[e], u)
    }
}

/// Equal cubes, `count` along each side.
#[derive(Debug, Clone, PartialEq)]
pub struct VoxelCell {
    /// Voxels along a side.
    pub count: usize,
    /// Eight nodes a voxel, in the order of [`crate::element::hex8`].
    pub net: Net,
    /// Lowest corner of each voxel, in voxels.
    pub origins: Vec<[u32; 3]>,
}

impl Periodic for VoxelCell {
    fn net(&self) -> &Net {
        &self.net
    }

    fn parents(&self) -> Vec<[u32; 2]> {
        (0..self.net.nodes.len() as u32).map(|n| [n; 2]).collect()
    }

    fn places(&self, e: usize) -> Local {
        let side = 1.0 / self.count as f64;
        let origin = self.origins[e];
        std::array::from_fn(|i| match CORNERS.get(i) {
            Some(corner) => side * Vec3::from_fn(|k, _| f64::from(origin[k] + corner[k])),
            None => Vec3::zeros(),
        })
    }

    fn volume(&self, _e: usize) -> f64 {
        (self.count as f64).powi(-3)
    }

    fn integrals<'a>(
        &'a self,
        table: &'a [Elasticity],
    ) -> Result<Box<dyn Integrals + 'a>, ElementError> {
        let side = 1.0 / self.count as f64;
        let stiffness = table.iter().map(|c| cube_stiffness(c, side)).collect();
        Ok(Box::new(VoxelIntegrals {
            cell: self,
            stiffness,
        }))
    }
}

struct VoxelIntegrals<'a> {
    cell: &'a VoxelCell,
    stiffness: Vec<Box<CubeStiffness>>,
}

impl Integrals for VoxelIntegrals<'_> {
    fn row(&self, e: usize, i: usize, row: &mut ElementRow) {
        let stiffness = &self.stiffness[self.cell.net.material_of[e] as usize];
        row[..8].copy_from_slice(&stiffness[i]);
    }

    fn force(&self, e: usize, u: &Local) -> Local {
        let stiffness = &self.stiffness[self.cell.net.material_of[e] as usize];
        std::array::from_fn(|i| {
            let Some(row) = stiffness.get(i) else {
                return Vec3::zeros();
            };
            row.iter()
                .zip(u)
                .map(|(k, u)| {
                    Vec3::from_fn(|a, _| k[3 * a] * u.x + k[3 * a + 1] * u.y + k[3 * a + 2] * u.z)
                })
                .sum()
        })
    }
}

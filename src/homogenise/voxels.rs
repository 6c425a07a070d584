//! Cubes on a regular grid, each of one material or left out.

use std::collections::BTreeMap;

use super::torus::{Net, VoxelCell};
use crate::element::hex8::CORNERS;
use crate::mesh::order::unit_cube_key;

/// The voxels of `count` along each side for which `material` gives a number at their centre
/// (sides), in one of the periods that `translations` (multiples of a voxel) make.
pub fn voxel_cell(
    count: usize,
    translations: &[[f64; 3]],
    material: impl Fn([f64; 3]) -> Option<u32>,
) -> VoxelCell {
    let grid = Grid::new(count, translations);
    let mut origins = Vec::new();
    let mut net = Net {
        nodes: Vec::new(),
        width: CORNERS.len(),
        connectivity: Vec::new(),
        material_of: Vec::new(),
        translations: translations.to_vec(),
    };
    let mut first: Vec<(u64, [usize; 3])> = grid
        .points()
        .filter(|&p| grid.canonical(p) == p)
        .map(|p| (unit_cube_key(p.map(|c| c as f64 / count as f64)), p))
        .collect();
    first.sort_unstable();
    let mut number = BTreeMap::new();
    for (_, origin) in first {
        let centre = origin.map(|c| (c as f64 + 0.5) / count as f64);
        let Some(material) = material(centre) else {
            continue;
        };
        let nodes = CORNERS.map(|corner| {
            let place = std::array::from_fn(|k| origin[k] + corner[k] as usize);
            let place = grid.canonical(place);
            *number.entry(place).or_insert_with(|| {
                net.nodes.push(place.map(|c| c as f64 / count as f64));
                net.nodes.len() as u32 - 1
            })
        });
        net.connectivity.extend(nodes);
        net.material_of.push(material);
        origins.push(origin.map(|c| c as u32));
    }
    VoxelCell {
        count,
        net,
        origins,
    }
}

/// Points of a grid that are one where a translation takes them to each other.
pub struct Grid {
    count: usize,
    steps: Vec<[usize; 3]>,
}

impl Grid {
    /// `count` points along a side; `translations` in sides, multiples of 1/`count`.
    pub fn new(count: usize, translations: &[[f64; 3]]) -> Self {
        let step = |c: f64| (c * count as f64).round().rem_euclid(count as f64) as usize;
        Self {
            count,
            steps: translations.iter().map(|t| t.map(step)).collect(),
        }
    }

    /// All points of the cube.
    pub fn points(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let n = self.count;
        (0..n.pow(3)).map(move |i| [i % n, i / n % n, i / (n * n)])
    }

    /// The one that stands for `p` and all its copies.
    pub fn canonical(&self, p: [usize; 3]) -> [usize; 3] {
        self.steps
            .iter()
            .map(|s| std::array::from_fn(|k| (p[k] + s[k]) % self.count))
            .min()
            .unwrap_or(p)
    }
}

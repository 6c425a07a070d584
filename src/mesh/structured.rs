//! Structured tetrahedral meshes of mapped boxes, for verification and tests: bars, blocks,
//! cylinders, sphere octants.
//!
//! Each cell of a grid on the unit cube is cut into six tetrahedra along its main diagonal
//! (Kuhn's triangulation: one tetrahedron per order of the axes), which conforms across cells
//! and across opposite sides of the cube. Grid points that the map sends to one place become one
//! node, and tetrahedra that collapse with them are left out: so a map may close a ring or
//! shrink a face to an axis.

use super::boundary::boundary_facets;
use super::tet10::to_tet10;
use super::{Blocks, ElementKind, FACES, Surface, TetMesh};
use crate::tensor::{Point, Vec3};

/// The orders of the axes in which a corner path crosses a cell; the first three give
/// right-handed tetrahedra, the others left-handed ones.
const AXIS_ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
    [0, 2, 1],
    [2, 1, 0],
    [1, 0, 2],
];

/// Side names of the cube: where unit coordinate x, y or z is 0 or 1.
const SIDES: [&str; 6] = ["x0", "x1", "y0", "y1", "z0", "z1"];

/// A mesh of the image of the unit cube under `map`, with `cells` grid cells along each axis
/// (zero counts as one), six tetrahedra a cell, one region "box", and the surfaces "x0", "x1",
/// "y0", "y1", "z0", "z1" (empty where the map closes or shrinks that side). Mid-edge nodes lie
/// at the middles of the mapped corners. A map that mirrors is allowed; elements are
/// right-handed either way.
pub fn box_mesh(kind: ElementKind, cells: [usize; 3], map: impl Fn([f64; 3]) -> Point) -> TetMesh {
    let cells = cells.map(|n| n.max(1));
    let grid = grid_points(cells);
    let points: Vec<Point> = grid
        .iter()
        .map(|g| map(std::array::from_fn(|k| g[k] as f64 / cells[k] as f64)))
        .collect();
    let (node_of, nodes) = welded(&points);
    let mut tets = kuhn_tets(cells);
    let six_volume: f64 = tets.iter().map(|t| six_volume(&points, t)).sum();
    if six_volume < 0.0 {
        tets.iter_mut().for_each(|t| t.swap(2, 3));
    }
    tets.retain(|t| {
        let n = t.map(|g| node_of[g]);
        (0..4).all(|i| (0..i).all(|j| n[i] != n[j]))
    });
    let mut mesh = TetMesh {
        nodes,
        blocks: Blocks::of(
            ElementKind::Tet4,
            tets.iter().flatten().map(|&g| node_of[g]).collect(),
        ),
        region_of: vec![0; tets.len()],
        regions: vec!["box".to_string()],
        surfaces: Vec::new(),
    };
    mesh.surfaces = sides(&mesh, &tets, &grid, cells);
    match kind {
        ElementKind::Tet10 => to_tet10(&mesh),
        _ => mesh,
    }
}

fn grid_points(cells: [usize; 3]) -> Vec<[usize; 3]> {
    let mut points = Vec::new();
    for k in 0..=cells[2] {
        for j in 0..=cells[1] {
            for i in 0..=cells[0] {
                points.push([i, j, k]);
            }
        }
    }
    points
}

/// Grid point numbers of all tetrahedra, right-handed on the unmapped grid.
fn kuhn_tets(cells: [usize; 3]) -> Vec<[usize; 4]> {
    let number = |g: [usize; 3]| g[0] + (cells[0] + 1) * (g[1] + (cells[1] + 1) * g[2]);
    let mut tets = Vec::with_capacity(6 * cells.iter().product::<usize>());
    for k in 0..cells[2] {
        for j in 0..cells[1] {
            for i in 0..cells[0] {
                for (o, order) in AXIS_ORDERS.iter().enumerate() {
                    let mut at = [i, j, k];
                    let mut tet = [number(at); 4];
                    for (step, &axis) in order.iter().enumerate() {
                        at[axis] += 1;
                        tet[step + 1] = number(at);
                    }
                    if o >= 3 {
                        tet.swap(2, 3);
                    }
                    tets.push(tet);
                }
            }
        }
    }
    tets
}

fn six_volume(points: &[Point], tet: &[usize; 4]) -> f64 {
    let [a, b, c, d] = tet.map(|g| points[g]);
    (b - a).cross(&(c - a)).dot(&(d - a))
}

/// One node for all points that agree to 1e-9 of the model's size: node number per point, and
/// the nodes in the order in which they first come up.
fn welded(points: &[Point]) -> (Vec<u32>, Vec<Point>) {
    let size = points
        .iter()
        .map(|p| (p - points[0]).amax())
        .fold(0.0, f64::max);
    let tolerance = 1e-9 * size;
    // Sorted along a direction skew to any grid, partners stand close in the list.
    let skew = Vec3::new(0.552_831, 0.317_219, 0.770_565);
    let height: Vec<f64> = points.iter().map(|p| p.coords.dot(&skew)).collect();
    let mut by_height: Vec<usize> = (0..points.len()).collect();
    by_height.sort_by(|&a, &b| height[a].total_cmp(&height[b]).then(a.cmp(&b)));
    let mut first: Vec<usize> = (0..points.len()).collect();
    for (i, &a) in by_height.iter().enumerate() {
        for &b in &by_height[i + 1..] {
            if height[b] - height[a] > 2.0 * tolerance {
                break;
            }
            if (points[b] - points[a]).amax() <= tolerance {
                let lowest = first[a].min(first[b]);
                first[a] = lowest;
                first[b] = lowest;
            }
        }
    }
    let mut node_of = vec![0u32; points.len()];
    let mut nodes = Vec::new();
    for i in 0..points.len() {
        if first[i] == i {
            node_of[i] = nodes.len() as u32;
            nodes.push(points[i]);
        } else {
            node_of[i] = node_of[first[i]];
        }
    }
    (node_of, nodes)
}

fn sides(
    mesh: &TetMesh,
    tets: &[[usize; 4]],
    grid: &[[usize; 3]],
    cells: [usize; 3],
) -> Vec<Surface> {
    let mut surfaces: Vec<Surface> = SIDES
        .iter()
        .map(|name| Surface {
            name: name.to_string(),
            facets: Vec::new(),
        })
        .collect();
    for facet in boundary_facets(mesh) {
        let tet = tets[facet.element as usize];
        let corners = FACES[facet.face as usize].map(|i| grid[tet[i]]);
        for (s, surface) in surfaces.iter_mut().enumerate() {
            let (axis, at) = (s / 2, (s % 2) * cells[s / 2]);
            if corners.iter().all(|g| g[axis] == at) {
                surface.facets.push(facet);
            }
        }
    }
    surfaces
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{PI, TAU};

    fn volume(mesh: &TetMesh) -> f64 {
        (0..mesh.element_count()).map(|e| mesh.volume(e)).sum()
    }

    fn area(mesh: &TetMesh, name: &str) -> f64 {
        let surface = mesh.surface(name).unwrap();
        surface
            .facets
            .iter()
            .map(|&f| mesh.facet_area_vector(f).norm())
            .sum()
    }

    #[test]
    fn a_box_has_its_volume_its_sides_and_right_handed_elements() {
        for mirror in [1.0, -1.0] {
            let mesh = box_mesh(ElementKind::Tet10, [2, 3, 4], |[u, v, w]| {
                Point::new(mirror * 2.0 * u, 3.0 * v, 5.0 * w)
            });
            assert_eq!(mesh.element_count(), 6 * 24);
            assert_eq!(mesh.nodes.len(), 5 * 7 * 9);
            assert!((0..mesh.element_count()).all(|e| mesh.volume(e) > 0.0));
            assert!((volume(&mesh) - 30.0).abs() < 1e-12);
            for (name, wanted) in [("x0", 15.0), ("x1", 15.0), ("y1", 10.0), ("z0", 6.0)] {
                assert!((area(&mesh, name) - wanted).abs() < 1e-12, "{name}");
            }
            let top = mesh.surface("z1").unwrap();
            for &f in &top.facets {
                assert!(mesh.facet_area_vector(f).normalize().z > 1.0 - 1e-12);
            }
        }
    }

    #[test]
    fn a_map_may_close_a_ring_and_shrink_a_side_to_an_axis() {
        // A full cylinder: x → radius (0 on the axis), y → angle (closed), z → height.
        let n = 24;
        let mesh = box_mesh(ElementKind::Tet10, [3, n, 2], |[u, v, w]| {
            let (s, c) = (TAU * v).sin_cos();
            Point::new(u * c, u * s, 2.0 * w)
        });
        // The inscribed prism over a regular n-gon.
        let polygon = 0.5 * n as f64 * (TAU / n as f64).sin();
        assert!((volume(&mesh) - 2.0 * polygon).abs() < 1e-12);
        assert!((0..mesh.element_count()).all(|e| mesh.volume(e) > 0.0));
        assert!((area(&mesh, "z1") - polygon).abs() < 1e-12);
        assert!((area(&mesh, "x1") - 4.0 * n as f64 * (PI / n as f64).sin()).abs() < 1e-12);
        for closed in ["x0", "y0", "y1"] {
            assert!(mesh.surface(closed).unwrap().facets.is_empty(), "{closed}");
        }
        let outside: f64 = boundary_facets(&mesh)
            .iter()
            .map(|&f| mesh.facet_area_vector(f).norm())
            .sum();
        let named = area(&mesh, "x1") + area(&mesh, "z0") + area(&mesh, "z1");
        assert!((outside - named).abs() < 1e-12);
    }
}

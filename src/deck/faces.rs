//! How CalculiX shares a face among its nodes.

use crate::element::face::{FacePoint, face_points};
use crate::mesh::boundary::{all_nodes, facet_places};
use crate::mesh::{ElementKind, Facet, TetMesh};
use crate::tensor::Vec3;

/// ∫ N n dA and ∫ N dA of the nodes of a face by CalculiX's rule: the middle for three nodes,
/// three points for six, [`face_points`] for others. A node comes once for each point.
pub(super) fn face_rule(mesh: &TetMesh, facet: Facet) -> Vec<(u32, Vec3, f64)> {
    match mesh.kind_of(facet.element as usize) {
        ElementKind::Tet10 => quadratic_triangle_rule(mesh, facet),
        ElementKind::Tet4 => {
            let area = mesh.facet_area_vector(facet) / 3.0;
            let nodes = mesh.facet_nodes(facet);
            nodes.map(|n| (n, area, area.norm())).to_vec()
        }
        kind => {
            let nodes = all_nodes(mesh, facet);
            let points = face_points(kind, &facet_places(mesh, facet));
            let of_point = |point: &FacePoint| -> Vec<(u32, Vec3, f64)> {
                let shares = nodes.iter().zip(point.values);
                let one = |(&n, share)| (n, share * point.area, share * point.area.norm());
                shares.map(one).collect()
            };
            points.iter().flat_map(of_point).collect()
        }
    }
}

fn quadratic_triangle_rule(mesh: &TetMesh, facet: Facet) -> Vec<(u32, Vec3, f64)> {
    let nodes = mesh.element(facet.element as usize);
    let local = crate::mesh::FACES_QUADRATIC[facet.face as usize].map(|i| nodes[i]);
    let x = local.map(|n| mesh.nodes[n as usize].coords);
    let mut rule = Vec::with_capacity(18);
    for odd in 0..3 {
        let l: [f64; 3] = std::array::from_fn(|k| if k == odd { 2.0 / 3.0 } else { 1.0 / 6.0 });
        let mut t: [Vec3; 3] = std::array::from_fn(|k| (4.0 * l[k] - 1.0) * x[k]);
        let mut shape = [0.0; 6];
        for k in 0..3 {
            shape[k] = l[k] * (2.0 * l[k] - 1.0);
        }
        for (e, [i, j]) in [[0, 1], [1, 2], [2, 0]].into_iter().enumerate() {
            t[i] += 4.0 * l[j] * x[3 + e];
            t[j] += 4.0 * l[i] * x[3 + e];
            shape[3 + e] = 4.0 * l[i] * l[j];
        }
        let area = (t[1] - t[0]).cross(&(t[2] - t[0])) / 6.0;
        for (n, share) in local.into_iter().zip(shape) {
            rule.push((n, share * area, share * area.norm()));
        }
    }
    rule
}

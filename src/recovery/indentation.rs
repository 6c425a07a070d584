//! How far an implant sinks into the bone that it is tied to.

use std::ops::Range;

use crate::contact::Tie;
use crate::element::tet10;
use crate::mesh::Mesh;
use crate::tensor::Vec3;

/// Depths of the slice of bone that counts as far below an implant, mm. Chosen for this program, from no
/// source: below what the seat itself deforms, above the middle of small vertebrae.
pub const FAR_BELOW_MM: [f64; 2] = [9.0, 11.0];

/// How far the face of side B of a tie sinks, mm, relative to the bone (nodes `bone`) that lies
/// [`FAR_BELOW_MM`] into it within `radius` (mm) of the face's middle; `None` where no node lies there.
/// `axis` is the direction of sinking, either way.
pub fn indentation(
    mesh: &Mesh,
    tie: &Tie,
    displacement: &[Vec3],
    axis: &Vec3,
    bone: Range<usize>,
    radius: f64,
) -> Option<f64> {
    let area: f64 = tie.points.iter().map(|p| p.area).sum();
    let weighted = tie.points.iter().map(|p| p.area * p.position.coords);
    let centre = weighted.sum::<Vec3>() / area;
    let outward: Vec3 = tie.points.iter().map(|p| p.area * p.normal).sum::<Vec3>();
    let into_bone = axis * outward.dot(axis).signum();
    let sunk = tie.points.iter().map(|p| {
        let nodes = mesh.element(p.elements[1] as usize);
        let shape = tet10::shape(&p.barycentric[1]);
        let moved = nodes
            .iter()
            .zip(shape)
            .map(|(n, s)| s * displacement[*n as usize]);
        p.area * moved.sum::<Vec3>().dot(&into_bone)
    });
    let sunk = sunk.sum::<f64>() / area;
    let deep: Vec<f64> = bone
        .filter(|n| {
            let off = mesh.nodes[*n].coords - centre;
            let depth = off.dot(&into_bone);
            let across = (off - depth * into_bone).norm();
            (FAR_BELOW_MM[0]..=FAR_BELOW_MM[1]).contains(&depth) && across < radius
        })
        .map(|n| displacement[n].dot(&into_bone))
        .collect();
    (!deep.is_empty()).then(|| sunk - deep.iter().sum::<f64>() / deep.len() as f64)
}

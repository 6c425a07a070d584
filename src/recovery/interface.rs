//! Traction on tied interfaces: the flux of Nitsche's method, `λ = {σ(u)n} − γ[u]`.
//!
//! It is the flux that the discrete equations themselves balance: for a rigid motion v of one
//! side they read ∫ λ·v = −(loads and reactions of that side)·v, so resultant and moment of λ
//! agree with statics to the accuracy of the solver, where the stress {σn} alone does not.

use crate::contact::Tie;
use crate::contact::operator::{PointOperator, pair_nodes};
use crate::contact::unilateral::ContactPoint;
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::model::Model;
use crate::recovery::TractionPoint;
use crate::tensor::{Point, Vec3, Wrench};

/// Traction at every quadrature point of a tie, from the displacements (mm) of all nodes.
pub fn interface_tractions(model: &Model, tie: &Tie, displacement: &[Vec3]) -> Vec<TractionPoint> {
    tractions(&model.mesh, &model.materials, tie, displacement)
}

/// Traction at every quadrature point of an interface that presses.
pub fn pressing_tractions(tie: &Tie, points: &[ContactPoint]) -> Vec<TractionPoint> {
    let both = tie.points.iter().zip(points);
    both.map(|(point, now)| TractionPoint {
        position: point.position,
        normal: point.normal,
        area: point.area,
        traction: now.traction,
    })
    .collect()
}

/// As [`interface_tractions`], from mesh and materials alone.
pub fn tractions(
    mesh: &Mesh,
    materials: &MaterialField,
    tie: &Tie,
    displacement: &[Vec3],
) -> Vec<TractionPoint> {
    tie.points
        .iter()
        .map(|point| {
            let operator = PointOperator::at(mesh, materials, point);
            let nodes = pair_nodes(mesh, &point.elements);
            let (jump, flux) = operator.jump_and_flux(&nodes, displacement);
            TractionPoint {
                position: point.position,
                normal: point.normal,
                area: point.area,
                traction: flux - jump * point.penalty,
            }
        })
        .collect()
}

/// Resultant force (N) that side B exerts on side A, and its moment (N·mm) about `reference`.
pub fn traction_resultant(points: &[TractionPoint], reference: &Point) -> Wrench {
    let mut wrench = Wrench::zero();
    for point in points {
        let force = point.traction * point.area;
        wrench.force += force;
        wrench.moment += (point.position - reference).cross(&force);
    }
    wrench
}

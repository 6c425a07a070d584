//! Jump and mean flux between two elements that face each other.

use nalgebra::{Matrix3, SMatrix};

use super::interface::InterfacePoint;
use crate::element::tet10;
use crate::material::MaterialField;
use crate::mesh::{ElementKind, Mesh};
use crate::tensor::{Elasticity, Vec3};

/// Most nodes in a pair of elements.
pub(super) const PAIR: usize = 20;

/// Jump and mean flux of the shape functions at one interface point: [u] = Σ jump_k u_k and
/// {σn} = Σ flux_k u_k over the nodes of A's element, then B's.
pub(crate) struct PointOperator {
    /// Nodes in use, at most 20.
    pub(crate) count: usize,
    /// +N on side A, −N on side B.
    pub(crate) jump: [f64; PAIR],
    /// Traction per nodal displacement, MPa/mm.
    pub(crate) flux: [Matrix3<f64>; PAIR],
}

impl PointOperator {
    pub(crate) fn at(mesh: &Mesh, materials: &MaterialField, point: &InterfacePoint) -> Self {
        let kind = mesh.kind_of(point.elements[0] as usize);
        let per_side = kind.node_count();
        let mut operator = Self {
            count: 2 * per_side,
            jump: [0.0; PAIR],
            flux: [Matrix3::zeros(); PAIR],
        };
        for side in 0..2 {
            let e = point.elements[side] as usize;
            let l = &point.barycentric[side];
            let (grad_l, _) = tet10::barycentric_gradients(&mesh.corners(e));
            let (shape, gradient) = shape_and_gradient(kind, l, &grad_l);
            let scale = point.flux_weights[side] * materials.factor_at(e, l);
            let normal_c = traction_operator(materials.elasticity(e), &point.normal) * scale;
            let sign = if side == 0 { 1.0 } else { -1.0 };
            for i in 0..per_side {
                operator.jump[side * per_side + i] = sign * shape[i];
                operator.flux[side * per_side + i] = normal_c * strain_operator(&gradient[i]);
            }
        }
        operator
    }

    /// Jump (mm) and mean flux (MPa) of a displacement field.
    pub(crate) fn jump_and_flux(&self, nodes: &[u32], displacement: &[Vec3]) -> (Vec3, Vec3) {
        let (mut jump, mut flux) = (Vec3::zeros(), Vec3::zeros());
        for k in 0..self.count {
            let u = &displacement[nodes[k] as usize];
            jump += u * self.jump[k];
            flux += self.flux[k] * u;
        }
        (jump, flux)
    }
}

/// Nodes of the two elements of an interface point, A's then B's.
pub(crate) fn pair_nodes(mesh: &Mesh, elements: &[u32; 2]) -> Vec<u32> {
    elements
        .iter()
        .flat_map(|&e| mesh.element(e as usize).iter().copied())
        .collect()
}

/// Shape functions and their gradients at barycentric coordinates; those that the kind does not
/// have are zero.
pub(super) fn shape_and_gradient(
    kind: ElementKind,
    l: &[f64; 4],
    grad_l: &[Vec3; 4],
) -> ([f64; 10], [Vec3; 10]) {
    match kind.is_quadratic() {
        true => (tet10::shape(l), tet10::shape_gradients(l, grad_l)),
        false => {
            let (mut shape, mut gradient) = ([0.0; 10], [Vec3::zeros(); 10]);
            shape[..4].copy_from_slice(l);
            gradient[..4].copy_from_slice(grad_l);
            (shape, gradient)
        }
    }
}

/// B of the displacement `g`⊗u: engineering strain of a shape function with gradient g.
pub(super) fn strain_operator(g: &Vec3) -> SMatrix<f64, 6, 3> {
    let (x, y, z, o) = (g.x, g.y, g.z, 0.0);
    #[rustfmt::skip]
    let b = SMatrix::<f64, 6, 3>::from_row_slice(&[
        x, o, o,
        o, y, o,
        o, o, z,
        y, x, o,
        o, z, y,
        z, o, x,
    ]);
    b
}

/// Traction on the plane with normal n per strain: B(n)ᵀ C.
pub(super) fn traction_operator(elasticity: &Elasticity, normal: &Vec3) -> SMatrix<f64, 3, 6> {
    strain_operator(normal).transpose() * elasticity.0
}

//! The quadratic tetrahedron with curved sides (drawing and node order in [`crate::mesh`]).
//!
//! Isoparametric: x = Σ Nᵢ xᵢ. With tₖ = ∂x/∂Lₖ the gradients of the barycentric coordinates at a
//! point are those of the straight tetrahedron with edges tₖ − t₀, and det/6 weighs the point. The
//! four-point rule is CalculiX's for C3D10; on straight sides all four points give the same.

use super::reference::EDGES;
use super::tet10::{POINTS, barycentric_gradients, shape_gradients};
use super::{ElementError, Placement, strain};
use crate::tensor::{Elasticity, Point, Vec3};

/// Mid-edge nodes nearer to the middle than this, over the length of the edge, are on it.
pub const STRAIGHT: f64 = 1e-6;

/// Largest distance of a mid-edge node from the middle of its edge, over the edge's length.
pub fn curvature(x: &[Point; 10]) -> f64 {
    let mut largest: f64 = 0.0;
    for (e, [i, j]) in EDGES.into_iter().enumerate() {
        let off = (x[4 + e] - nalgebra::center(&x[i], &x[j])).norm();
        let length = (x[i] - x[j]).norm();
        // A NaN or an edge without length is curved, and refused by its volume.
        let ratio = off / length;
        largest = if ratio <= largest { largest } else { ratio };
    }
    largest
}

/// Gradients of the barycentric coordinates and local volume at each quadrature point.
///
/// # Errors
/// [`ElementError::Inverted`] where the volume at a point is not positive.
pub fn place(x: &[Point; 10], element: usize) -> Result<[Placement; 4], ElementError> {
    let mut placed = [Placement {
        grad_l: [Vec3::zeros(); 4],
        volume: 0.0,
    }; 4];
    for (placed, l) in placed.iter_mut().zip(&POINTS) {
        *placed = Placement::new(&tangents(x, l), element)?;
    }
    Ok(placed)
}

/// The tangents ∂x/∂Lₖ at `l`, as corners of the tangent tetrahedron.
fn tangents(x: &[Point; 10], l: &[f64; 4]) -> [Point; 4] {
    let mut t: [Vec3; 4] = std::array::from_fn(|k| (4.0 * l[k] - 1.0) * x[k].coords);
    for (e, [i, j]) in EDGES.into_iter().enumerate() {
        t[i] += 4.0 * l[j] * x[4 + e].coords;
        t[j] += 4.0 * l[i] * x[4 + e].coords;
    }
    t.map(Point::from)
}

/// The volume by the four-point rule, mm³; not positive where the element is inverted.
pub fn volume(x: &[Point; 10]) -> f64 {
    let at = |l| barycentric_gradients(&tangents(x, l)).1;
    POINTS.iter().map(at).sum::<f64>() / 4.0
}

/// The stiffness ∫ Bᵀ C B, N/mm, row-major 30 × 30; `factor` is the share of C at each point.
pub fn stiffness(placed: &[Placement; 4], elasticity: &Elasticity, factor: &[f64; 4]) -> Vec<f64> {
    let mut k = vec![0.0; 900];
    for ((place, l), factor) in placed.iter().zip(&POINTS).zip(factor) {
        let g = shape_gradients(l, &place.grad_l);
        let c = elasticity.0 * (0.25 * place.volume * factor);
        for (j, gj) in g.iter().enumerate() {
            for b in 0..3 {
                let mut u = [Vec3::zeros(); 1];
                u[0][b] = 1.0;
                let s = c * strain(&[*gj], &u);
                for (i, gi) in g.iter().enumerate() {
                    let force = [
                        gi.x * s[0] + gi.y * s[3] + gi.z * s[5],
                        gi.y * s[1] + gi.x * s[3] + gi.z * s[4],
                        gi.z * s[2] + gi.y * s[4] + gi.x * s[5],
                    ];
                    for (a, f) in force.into_iter().enumerate() {
                        k[30 * (3 * i + a) + 3 * j + b] += f;
                    }
                }
            }
        }
    }
    k
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::{Kernel, Tet10, block_row};

    fn straight() -> [Point; 10] {
        let c = [
            Point::new(0.1, 0.0, -0.2),
            Point::new(2.0, 0.3, 0.1),
            Point::new(0.4, 1.7, 0.0),
            Point::new(0.2, 0.5, 1.9),
        ];
        std::array::from_fn(|i| match i {
            0..4 => c[i],
            _ => nalgebra::center(&c[EDGES[i - 4][0]], &c[EDGES[i - 4][1]]),
        })
    }

    #[test]
    fn straight_sides_give_the_straight_element() {
        let x = straight();
        assert!(curvature(&x) < 1e-15);
        let elasticity = Elasticity::isotropic(300.0, 0.3);
        let k = stiffness(&place(&x, 0).unwrap(), &elasticity, &[1.0; 4]);
        let corners = [x[0], x[1], x[2], x[3]];
        let place = Placement::new(&corners, 0).unwrap();
        assert!((volume(&x) - place.volume).abs() < 1e-14);
        for i in 0..10 {
            let row = block_row::<Tet10, 10>(&place, &Kernel::from(&elasticity), &[1.0; 4], i);
            for (j, block) in row.iter().enumerate() {
                for (a, row) in block.chunks_exact(3).enumerate() {
                    for (b, v) in row.iter().enumerate() {
                        assert!((k[30 * (3 * i + a) + 3 * j + b] - v).abs() < 1e-11);
                    }
                }
            }
        }
    }

    #[test]
    fn a_curved_element_passes_the_patch_test_at_its_points_and_keeps_rigid_motions() {
        let mut x = straight();
        for (k, p) in x[4..].iter_mut().enumerate() {
            p.x += 0.05 * (k as f64 - 2.0);
            p.z -= 0.04 * (k as f64 - 3.0);
        }
        assert!(curvature(&x) > 0.01);
        let gradient = nalgebra::Matrix3::new(1.0, 2.0, -3.0, 0.5, -1.0, 4.0, 2.0, 0.1, 3.0);
        let u: [Vec3; 10] = std::array::from_fn(|i| gradient * x[i].coords);
        let placed = place(&x, 0).unwrap();
        for (place, l) in placed.iter().zip(&POINTS) {
            let e = strain(&shape_gradients(l, &place.grad_l), &u);
            assert!((e - crate::tensor::Voigt::new(1.0, -1.0, 3.0, 2.5, 4.1, -1.0)).amax() < 1e-12);
        }
        let k = stiffness(&placed, &Elasticity::isotropic(300.0, 0.3), &[1.0; 4]);
        let turn = Vec3::new(0.3, -0.2, 0.5);
        for row in k.chunks_exact(30) {
            let force: f64 = (0..10)
                .map(|i| {
                    let v = Vec3::new(1.0, 2.0, 3.0) + turn.cross(&x[i].coords);
                    row[3 * i] * v.x + row[3 * i + 1] * v.y + row[3 * i + 2] * v.z
                })
                .sum();
            // Round-off of entries of about 1e3.
            assert!(force.abs() < 1e-9, "{force}");
        }
    }

    #[test]
    fn an_element_folded_by_a_mid_edge_node_is_refused() {
        let mut x = straight();
        x[4] = x[3];
        assert!(place(&x, 7).unwrap_err().to_string().contains("element 7"));
    }
}

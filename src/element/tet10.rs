//! The quadratic tetrahedron (drawing and node order in [`crate::mesh`]).
//!
//! Barycentric coordinates L₀…L₃ with ΣL = 1. Corner i: N = L(2L − 1); mid-edge on (i, j):
//! N = 4 Lᵢ Lⱼ. Sides are straight, so ∇Lᵢ is constant in the element and the stiffness
//! integrand is quadratic: the four-point rule is exact.

use super::reference::EDGES;
use crate::tensor::{Point, Vec3};

/// Barycentric coordinates of the four-point rule of degree 2; each point weighs V/4.
pub const POINTS: [[f64; 4]; 4] = {
    const A: f64 = 0.585_410_196_624_968_5; // (5 + 3√5)/20
    const B: f64 = 0.138_196_601_125_010_5; // (5 − √5)/20
    [[A, B, B, B], [B, A, B, B], [B, B, A, B], [B, B, B, A]]
};

/// Shape functions at barycentric coordinates `l` (outside the element they extrapolate).
pub fn shape(l: &[f64; 4]) -> [f64; 10] {
    let mut n = [0.0; 10];
    for i in 0..4 {
        n[i] = l[i] * (2.0 * l[i] - 1.0);
    }
    for (e, [i, j]) in EDGES.into_iter().enumerate() {
        n[4 + e] = 4.0 * l[i] * l[j];
    }
    n
}

/// Gradients of the shape functions, 1/mm, at barycentric coordinates `l`, given the constant
/// gradients `grad_l` of the barycentric coordinates.
pub fn shape_gradients(l: &[f64; 4], grad_l: &[Vec3; 4]) -> [Vec3; 10] {
    let mut g = [Vec3::zeros(); 10];
    for i in 0..4 {
        g[i] = (4.0 * l[i] - 1.0) * grad_l[i];
    }
    for (e, [i, j]) in EDGES.into_iter().enumerate() {
        g[4 + e] = 4.0 * (l[i] * grad_l[j] + l[j] * grad_l[i]);
    }
    g
}

/// What multiplies a barycentric gradient in the gradient of a shape function: 4 L_at − minus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    at: usize,
    minus: f64,
}

/// ∇N of node `i` as multiples of barycentric gradients, (a, what multiplies ∇L_a): one for a
/// corner, (4 Lᵢ − 1) ∇Lᵢ; two for a mid-edge node, 4 L_q ∇L_p + 4 L_p ∇L_q.
pub fn gradient_terms(i: usize) -> [Option<(usize, Linear)>; 2] {
    let linear = |at, minus| Linear { at, minus };
    match i {
        0..4 => [Some((i, linear(i, 1.0))), None],
        _ => {
            let [p, q] = EDGES[i - 4];
            [Some((p, linear(q, 0.0))), Some((q, linear(p, 0.0)))]
        }
    }
}

/// Means over the element of the stiffness factor f times 1, L_a and L_a L_b, by the four-point
/// rule; or the same of any other region that the element's functions are extended to, over the
/// volume of the element.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    zeroth: f64,
    first: [f64; 4],
    second: [[f64; 4]; 4],
}

impl Moments {
    /// Of the factor at the four points.
    pub fn new(factor: &[f64; 4]) -> Self {
        // At point q, L_q is A and the other three are B.
        const A: f64 = POINTS[0][0];
        const B: f64 = POINTS[0][1];
        let f = factor.map(|f| 0.25 * f);
        let sum: f64 = f.iter().sum();
        let mut second = [[0.0; 4]; 4];
        for (a, row) in second.iter_mut().enumerate() {
            for (b, m) in row.iter_mut().enumerate() {
                *m = match a == b {
                    true => B * B * sum + (A * A - B * B) * f[a],
                    false => B * B * sum + (A * B - B * B) * (f[a] + f[b]),
                };
            }
        }
        Self {
            zeroth: sum,
            first: f.map(|f| B * sum + (A - B) * f),
            second,
        }
    }

    /// Adds a quadrature point of another region: its share of the element's volume (negative
    /// where the region is cut away) times the factor there, and its barycentric coordinates.
    pub fn add(&mut self, weight: f64, l: &[f64; 4]) {
        self.zeroth += weight;
        for (a, la) in l.iter().enumerate() {
            self.first[a] += weight * la;
            for (b, lb) in l.iter().enumerate() {
                self.second[a][b] += weight * la * lb;
            }
        }
    }

    /// Those of a part of the region, spread as the whole is.
    pub fn scaled(&self, share: f64) -> Self {
        Self {
            zeroth: share * self.zeroth,
            first: self.first.map(|m| share * m),
            second: self.second.map(|row| row.map(|m| share * m)),
        }
    }

    /// The factor's mean alone.
    pub fn mean(&self) -> f64 {
        self.zeroth
    }

    /// Mean of the factor times two of the linear functions.
    #[inline]
    pub fn of_product(&self, u: Linear, v: Linear) -> f64 {
        16.0 * self.second[u.at][v.at]
            - 4.0 * (v.minus * self.first[u.at] + u.minus * self.first[v.at])
            + u.minus * v.minus * self.zeroth
    }
}

/// Gradients of the barycentric coordinates (1/mm) and the volume (mm³, negative where the
/// corners are left-handed) of a straight-sided tetrahedron.
pub fn barycentric_gradients(corners: &[Point; 4]) -> ([Vec3; 4], f64) {
    let [a, b, c, d] = corners;
    let (u, v, w) = (b - a, c - a, d - a);
    let six_volume = u.cross(&v).dot(&w);
    let g1 = v.cross(&w) / six_volume;
    let g2 = w.cross(&u) / six_volume;
    let g3 = u.cross(&v) / six_volume;
    ([-(g1 + g2 + g3), g1, g2, g3], six_volume / 6.0)
}

/// Barycentric coordinates of `p`, inside the tetrahedron or not.
pub fn barycentric(corners: &[Point; 4], grad_l: &[Vec3; 4], p: &Point) -> [f64; 4] {
    let d = p - corners[0];
    let l: [f64; 4] = std::array::from_fn(|i| grad_l[i].dot(&d));
    [1.0 + l[0], l[1], l[2], l[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_functions_reproduce_a_quadratic_field_and_its_gradient() {
        let corners = [
            Point::new(0.1, 0.0, -0.2),
            Point::new(2.0, 0.3, 0.1),
            Point::new(0.4, 1.7, 0.0),
            Point::new(0.2, 0.5, 1.9),
        ];
        let f = |p: &Point| 1.0 + p.x * p.y - 2.0 * p.z * p.z + 0.5 * p.x;
        let df = |p: &Point| Vec3::new(p.y + 0.5, p.x, -4.0 * p.z);
        let mut nodal = corners.map(|p| f(&p)).to_vec();
        for [i, j] in EDGES {
            nodal.push(f(&nalgebra::center(&corners[i], &corners[j])));
        }
        let (grad_l, volume) = barycentric_gradients(&corners);
        assert!(volume > 0.0);
        for p in [Point::new(0.5, 0.4, 0.3), Point::new(3.0, -1.0, 2.0)] {
            let l = barycentric(&corners, &grad_l, &p);
            let n = shape(&l);
            let g = shape_gradients(&l, &grad_l);
            let value: f64 = n.iter().zip(&nodal).map(|(n, v)| n * v).sum();
            let gradient: Vec3 = g.iter().zip(&nodal).map(|(g, v)| g * *v).sum();
            assert!((value - f(&p)).abs() < 1e-12, "{value} {}", f(&p));
            assert!((gradient - df(&p)).amax() < 1e-11);
        }
    }
}

//! Tetrahedra before they are a mesh.

use crate::tensor::Point;

/// Tetrahedra as the mesher made them: right-handed, linear.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawTets {
    /// Points, mm; those of the surface come first, then those given inside, in their order.
    pub points: Vec<Point>,
    /// Four point numbers per tetrahedron, positively oriented.
    pub tets: Vec<[u32; 4]>,
}

impl RawTets {
    /// Volume of tetrahedron `t`, mm³.
    pub fn volume(&self, t: usize) -> f64 {
        let [a, b, c, d] = self.tets[t].map(|v| self.points[v as usize]);
        (b - a).cross(&(c - a)).dot(&(d - a)) / 6.0
    }
}

//! The bar itself: beam theory, plane elasticity, and the solver's answer.

use crate::mesh::boundary::elements_of_nodes;
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, Mesh};
use crate::progress::Progress;
use crate::recovery::stress_at;
use crate::tensor::{Elasticity, Point, Vec3};
use crate::virtual_test::rig::{Rig, Tested, line_weights, towards_one};
use crate::virtual_test::{Effort, VirtualTestError, strip};

/// Shear coefficient of a rectangle.
const KAPPA: f64 = 5.0 / 6.0;
/// A bar on two lines, loaded on a third.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Width, height and length, mm.
    pub size: [f64; 3],
    /// Distance between the supports, mm.
    pub span: f64,
    /// Cells over the height; an even number.
    pub cells: usize,
}

/// What the solver finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bent {
    /// Outer-fibre stress at mid-span, mean over the width, MPa.
    pub stress: f64,
    /// Deflection of the middle layer at mid-span, mm.
    pub deflection: f64,
    /// Along the lower face: distance from mid-span (mm), stress (MPa), means over the width.
    pub lower_face: Vec<[f64; 2]>,
    /// What the solver did.
    pub effort: Effort,
}

impl Bar {
    /// F at a given outer-fibre stress by beam theory, N.
    pub fn load(&self, stress: f64) -> f64 {
        let [b, h, _] = self.size;
        4.0 * stress * (b * h * h / 6.0) / self.span
    }

    /// Outer-fibre stress by beam theory and the local term opposite a line load, MPa.
    pub fn stress_with_local_term(&self, load: f64) -> f64 {
        let [b, h, _] = self.size;
        let beam = load * self.span / 4.0 / (b * h * h / 6.0);
        beam + strip::opposite_stress() * load / (b * 0.5 * h)
    }

    /// Deflections by bending and by shear after Timoshenko, mm.
    pub fn timoshenko(&self, load: f64, youngs_modulus: f64, poisson_ratio: f64) -> [f64; 2] {
        let [b, h, _] = self.size;
        let shear_modulus = youngs_modulus / (2.0 * (1.0 + poisson_ratio));
        let bending = load * self.span.powi(3) / (48.0 * youngs_modulus * b * h.powi(3) / 12.0);
        [
            bending,
            load * self.span / (4.0 * KAPPA * shear_modulus * b * h),
        ]
    }

    /// Deflection of the middle layer by plane elasticity, mm.
    pub fn plane_deflection(&self, load: f64, youngs_modulus: f64, poisson_ratio: f64) -> f64 {
        let [b, h, _] = self.size;
        let [bending, _] = self.timoshenko(load, youngs_modulus, poisson_ratio);
        let shear = 0.5 * self.span / h * strip::shear_factor(poisson_ratio);
        let local = 1.5 * strip::local_deflection(poisson_ratio);
        bending + (shear + local) * load / (b * youngs_modulus)
    }

    /// Bends the bar by `load`, N.
    ///
    /// # Errors
    /// What the analysis refuses.
    pub fn bend(
        &self,
        load: f64,
        elasticity: Elasticity,
        progress: &dyn Progress,
    ) -> Result<Bent, VirtualTestError> {
        let [b, h, _] = self.size;
        let mut rig = Rig::new("bar", self.mesh(), elasticity);
        rig.symmetry(0);
        rig.symmetry(1);
        let support = 0.5 * self.span;
        let small = 1e-9 * h;
        rig.hold(2, |p| {
            ((p.x - support).abs() < small && p.z.abs() < small).then_some(0.0)
        });
        let nose = line_weights(&rig.mesh, 1, |p| {
            p.x.abs() < small && (p.z - h).abs() < small
        });
        let per_length = 0.5 * load / b;
        rig.forces = nose
            .iter()
            .map(|&(n, w)| (n, Vec3::new(0.0, 0.0, -per_length * w)))
            .collect();
        let tested = rig.test(progress)?;
        let lower_face = self.lower_face(&tested);
        let middle = |x: f64| {
            let line = line_weights(&tested.model.mesh, 1, |p| {
                (p.x - x).abs() < small && (p.z - 0.5 * h).abs() < small
            });
            let sum = |f: &dyn Fn(u32) -> f64| line.iter().map(|&(n, w)| w * f(n)).sum::<f64>();
            sum(&|n| tested.displacement[n as usize].z) / sum(&|_| 1.0)
        };
        Ok(Bent {
            // At mid-span, where a corner lies.
            stress: lower_face[0][1],
            deflection: middle(support) - middle(0.0),
            lower_face,
            effort: tested.effort,
        })
    }

    /// A quarter: x from mid-span, y from the middle of the width, z from the lower face.
    fn mesh(&self) -> Mesh {
        let [b, h, length] = self.size;
        let (inner, outer) = (0.5 * self.span, 0.5 * (length - self.span));
        let cells = self.cells;
        // As fine at the lines as over the height, twice as coarse between them.
        let along = ((1.2 * cells as f64 * 0.5 * inner / h).ceil() as usize).max(4) * 2;
        let over = ((cells as f64 * outer / h).ceil() as usize).max(2);
        let share = along as f64 / (along + over) as f64;
        let across = (cells / 2).max(1);
        box_mesh(
            ElementKind::Tet10,
            [along + over, across, cells],
            |[u, v, w]| {
                let x = if u <= share {
                    inner * crowded_at_ends(u / share)
                } else {
                    inner + outer * (u - share) / (1.0 - share)
                };
                Point::new(x, 0.5 * b * v, h * crowded_at_ends(w))
            },
        )
    }

    /// Stress along the lower face, mean over the width.
    fn lower_face(&self, tested: &Tested) -> Vec<[f64; 2]> {
        let mesh = &tested.model.mesh;
        let small = 1e-9 * self.size[1];
        let around = elements_of_nodes(mesh);
        let is_corner = |n: u32, e: usize| mesh.element(e)[..4].iter().position(|&m| m == n);
        // Mean over the elements that meet at a corner node.
        let at_node = |n: u32| -> Option<f64> {
            let values: Vec<f64> = around
                .of(n as usize)
                .iter()
                .filter_map(|&e| {
                    let mut l = [0.0; 4];
                    l[is_corner(n, e as usize)?] = 1.0;
                    Some(stress_at(&tested.model, e as usize, &l, &tested.displacement)[0])
                })
                .collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let mut xs: Vec<f64> = mesh
            .nodes
            .iter()
            .filter(|p| p.y.abs() < small && p.z.abs() < small)
            .map(|p| p.x)
            .collect();
        xs.sort_by(f64::total_cmp);
        let mean_over_width = |x: f64| -> Option<[f64; 2]> {
            let mut line: Vec<(f64, f64)> = (0..mesh.nodes.len() as u32)
                .filter(|&n| {
                    let p = mesh.nodes[n as usize];
                    (p.x - x).abs() < small && p.z.abs() < small
                })
                .filter_map(|n| Some((mesh.nodes[n as usize].y, at_node(n)?)))
                .collect();
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            let area: f64 = line
                .windows(2)
                .map(|w| 0.5 * (w[1].0 - w[0].0) * (w[0].1 + w[1].1))
                .sum();
            (line.len() > 1).then(|| [x, area / (0.5 * self.size[0])])
        };
        xs.into_iter().filter_map(mean_over_width).collect()
    }
}

/// From 0 to 1, points crowding towards both ends; the middle stays the middle.
fn crowded_at_ends(t: f64) -> f64 {
    const POWER: f64 = 1.4;
    if t <= 0.5 {
        0.5 * (1.0 - towards_one(1.0 - 2.0 * t, POWER))
    } else {
        0.5 + 0.5 * towards_one(2.0 * t - 1.0, POWER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn loads_and_deflections_are_those_of_the_textbook() {
        let bar = |span| Bar {
            size: [10.0, 10.0, 80.0],
            span,
            cells: 6,
        };
        // Chen's bar at 48 MPa: 533 N on 60 mm, 500 N on 64 mm.
        assert!((bar(64.0).load(48.0) - 500.0).abs() < 1e-9);
        assert!((bar(60.0).load(48.0) - 533.333_333).abs() < 1e-5);
        // Timoshenko & Goodier: 1 + 2.85 (h/L)² − 0.84 (h/L)³ for a load, here with the two
        // supports half as much again.
        let bar = bar(60.0);
        let [bending, _] = bar.timoshenko(500.0, 1000.0, 0.3);
        let slope = 10.0f64 / 60.0;
        let printed = 1.0 + 2.85 * slope.powi(2) - 1.5 * 0.84 * slope.powi(3);
        let found = bar.plane_deflection(500.0, 1000.0, 0.3) / bending;
        assert!((found / printed - 1.0).abs() < 1e-4, "{found} {printed}");
    }

    #[test]
    fn a_bent_bar_agrees_with_plane_elasticity_and_gets_closer_with_the_mesh() {
        let bent = |cells| {
            let bar = Bar {
                size: [10.0, 10.0, 80.0],
                span: 60.0,
                cells,
            };
            let load = bar.load(48.0);
            let found = bar.bend(load, Elasticity::isotropic(1000.0, 0.3), &Silent);
            let found = found.unwrap();
            let stress = found.stress / bar.stress_with_local_term(load) - 1.0;
            let plane = bar.plane_deflection(load, 1000.0, 0.3);
            [stress, found.deflection / plane - 1.0]
        };
        let (coarse, fine) = (bent(4), bent(6));
        // A bar as wide as high is not in plane stress near the load, and its supports stand one
        // height from its ends: a few parts in a thousand remain.
        assert!(fine[0].abs() < 5e-3 && fine[1].abs() < 3e-3, "{fine:?}");
        assert!(fine[0].abs() < coarse[0].abs(), "{coarse:?} {fine:?}");
    }
}

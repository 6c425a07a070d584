//! Grading inside elements, said with temperatures at nodes: the modulus is in proportion to the
//! temperature, which programs interpolate to the integration points, and nothing expands.
//!
//! A node has one temperature and its elements may each have a value of their own there, so that
//! the temperatures are those that fit all integration points best, weighted by volume.

use std::io::{self, Write};

use crate::deck::number::number;
use crate::element::tet10::POINTS;
use crate::mesh::EDGES;
use crate::model::Model;

/// Steps of the fit, by which its errors fall below 1e-7.
const STEPS: usize = 40;

/// Length of a step. The eigenvalues of what the points ask of the nodes, over the nodes' volumes, lie
/// between 1/5, the square of how much nearer to the middle the points lie than the corners, and 1: this takes every error down by a third.
const STEP: f64 = 1.0 / 0.6;

/// No temperature lies below this share of the smallest factor: the modulus stays positive.
const LEAST: f64 = 0.1;

/// Temperatures that grade a model's materials.
pub(super) struct Temperatures {
    /// Which elements they grade.
    pub elements: Vec<bool>,
    /// Of each node of those, its temperature: the factor there.
    of_node: Vec<Option<f64>>,
    /// Lowest and highest.
    pub range: [f64; 2],
    /// Root of the mean square, by volume, of the modulus' error at the integration points, over the mean
    /// modulus of the elements that they grade.
    pub error: f64,
}

impl Temperatures {
    /// Those that fit the model's factors. Anisotropic elements, and those that share a node with
    /// graded elements of another elasticity, are left to one modulus.
    pub fn of(model: &Model) -> Self {
        let elements = graded_elements(model);
        let mut found = Self {
            of_node: vec![None; model.mesh.nodes.len()],
            range: [f64::INFINITY, f64::NEG_INFINITY],
            error: 0.0,
            elements,
        };
        found.fit(model);
        found
    }

    fn fit(&mut self, model: &Model) {
        let factor = &model.materials.factor;
        let graded: Vec<usize> = (0..self.elements.len())
            .filter(|e| self.elements[*e])
            .collect();
        let mut warm = vec![1.0; model.mesh.nodes.len()];
        let mut weight = vec![0.0; warm.len()];
        for &e in &graded {
            for n in corners(model, e) {
                weight[n] += model.mesh.volume(e);
            }
        }
        for _ in 0..STEPS {
            let mut change = vec![0.0; warm.len()];
            for &e in &graded {
                let volume = model.mesh.volume(e);
                for (l, off) in POINTS.iter().zip(self.off(model, &warm, e)) {
                    for (l, n) in l.iter().zip(corners(model, e)) {
                        change[n] += volume * l * off;
                    }
                }
            }
            for ((warm, change), weight) in warm.iter_mut().zip(change).zip(&weight) {
                if *weight > 0.0 {
                    *warm += STEP * change / weight;
                }
            }
        }
        let factors = graded.iter().flat_map(|e| factor[*e]);
        let least = LEAST * factors.fold(f64::INFINITY, f64::min);
        for (warm, _) in warm.iter_mut().zip(&weight).filter(|(_, w)| **w > 0.0) {
            *warm = warm.max(least);
            self.range = [self.range[0].min(*warm), self.range[1].max(*warm)];
        }
        self.error = self.rms(model, &warm, &graded);
        let fitted = warm.into_iter().zip(weight);
        self.of_node = fitted.map(|(t, w)| (w > 0.0).then_some(t)).collect();
        self.add_mid_edges(model);
    }

    /// Half-way along an edge, the mean of its ends: CalculiX reads the mid-edge nodes too.
    fn add_mid_edges(&mut self, model: &Model) {
        let graded = (0..self.elements.len()).filter(|e| self.elements[*e]);
        for e in graded {
            let nodes = model.mesh.element(e);
            for (mid, [a, b]) in nodes.iter().skip(4).zip(EDGES) {
                let ends = [a, b].map(|i| self.of_node[nodes[i] as usize]);
                let [Some(one), Some(other)] = ends else {
                    continue;
                };
                self.of_node[*mid as usize] = Some(0.5 * (one + other));
            }
        }
    }

    /// What the temperatures miss at the four points of an element.
    fn off(&self, model: &Model, warm: &[f64], e: usize) -> [f64; 4] {
        let corners = corners(model, e);
        let factor = &model.materials.factor[e];
        std::array::from_fn(|q| {
            let at: f64 = POINTS[q]
                .iter()
                .zip(corners)
                .map(|(l, n)| l * warm[n])
                .sum();
            factor[q] - at
        })
    }

    fn rms(&self, model: &Model, warm: &[f64], graded: &[usize]) -> f64 {
        let (mut squares, mut factors, mut whole) = (0.0, 0.0, 0.0);
        for &e in graded {
            let volume = model.mesh.volume(e);
            let off = self.off(model, warm, e).map(|off| off * off);
            squares += 0.25 * volume * off.iter().sum::<f64>();
            factors += 0.25 * volume * model.materials.factor[e].iter().sum::<f64>();
            whole += volume;
        }
        match whole > 0.0 {
            true => (squares / whole).sqrt() / (factors / whole),
            false => 0.0,
        }
    }

    /// The lines of *INITIAL CONDITIONS.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.elements.contains(&true) {
            return Ok(());
        }
        writeln!(
            out,
            "** No heat: the modulus of graded elements is in proportion to the temperature.\n\
             *INITIAL CONDITIONS,TYPE=TEMPERATURE"
        )?;
        for (n, temperature) in self.of_node.iter().enumerate() {
            if let Some(t) = temperature {
                writeln!(out, "{},{}", n + 1, number(*t))?;
            }
        }
        Ok(())
    }
}

fn corners(model: &Model, e: usize) -> [usize; 4] {
    std::array::from_fn(|i| model.mesh.element(e)[i] as usize)
}

/// Graded isotropic elements; of those that meet at a node, only those of one elasticity.
fn graded_elements(model: &Model) -> Vec<bool> {
    let field = &model.materials;
    let mut owner: Vec<Option<u32>> = vec![None; model.mesh.nodes.len()];
    (0..model.mesh.element_count())
        .map(|e| {
            let own = field.of_element[e];
            let nodes = corners(model, e);
            let alone = nodes.iter().all(|n| owner[*n].is_none_or(|o| o == own));
            let graded =
                field.is_graded(e) && alone && field.elasticity(e).isotropic_constants().is_some();
            if graded {
                nodes.into_iter().for_each(|n| owner[n] = Some(own));
            }
            graded
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::material::MaterialField;
    use crate::material::field::quadrature_points;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::{Elasticity, Point};

    /// A modulus that is linear in place is written as it is.
    #[test]
    fn a_linear_grading_is_exact() {
        let mesh = box_mesh(ElementKind::Tet10, [3, 2, 4], |[x, y, z]| {
            Point::new(x, y, z)
        });
        let linear = |p: &Point| 1.0 + 0.5 * p.x + 2.0 * p.z;
        let elastic = Elasticity::isotropic(300.0, 0.3);
        let mut materials = MaterialField::uniform(elastic, mesh.element_count());
        for e in 0..mesh.element_count() {
            materials.factor[e] = quadrature_points(&mesh, e).map(|p| linear(&p));
        }
        let nodes = mesh.nodes.clone();
        let model = Model::solid(mesh, materials);
        let found = Temperatures::of(&model);
        assert!(found.elements.iter().all(|graded| *graded));
        assert!(found.error < 1e-7, "{}", found.error);
        for (p, t) in nodes.iter().zip(&found.of_node) {
            assert!(t.is_none_or(|t| (t - linear(p)).abs() < 1e-6), "{p}: {t:?}");
        }
    }
}

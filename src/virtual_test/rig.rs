//! The rig: holds and moves nodes by where they lie, solves, and reads forces back.

use std::collections::BTreeMap;

use super::error::VirtualTestError;
use super::outcome::Effort;
use crate::analysis::{AnalysisSettings, solve};
use crate::boundary::{FixedDof, LoadCase};
use crate::mesh::Mesh;
use crate::model::Model;
use crate::progress::{Progress, Silent};
use crate::recovery::reactions;
use crate::tensor::{Elasticity, Point, Vec3};

/// A specimen in its supports.
#[derive(Debug, Clone)]
pub struct Rig {
    /// Name of the specimen, for progress and errors.
    pub name: String,
    /// Its mesh, mm.
    pub mesh: Mesh,
    /// What it is made of.
    pub elasticity: Elasticity,
    /// Prescribed displacements, mm, by node and axis.
    held: BTreeMap<(u32, u8), f64>,
    /// Nodal forces, N.
    pub forces: Vec<(u32, Vec3)>,
}

/// A specimen after the test.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The model.
    pub model: Model,
    /// Displacement of every node, mm.
    pub displacement: Vec<Vec3>,
    /// What the solver did.
    pub effort: Effort,
    reactions: Vec<f64>,
}

impl Rig {
    /// A specimen that nothing holds yet.
    pub fn new(name: &str, mesh: Mesh, elasticity: Elasticity) -> Self {
        Self {
            name: name.to_owned(),
            mesh,
            elasticity,
            held: BTreeMap::new(),
            forces: Vec::new(),
        }
    }

    /// Prescribes the displacement along `axis` of every node for which `value` gives one, mm.
    /// What was prescribed before at the same place is replaced.
    pub fn hold(&mut self, axis: u8, value: impl Fn(&Point) -> Option<f64>) {
        for (n, p) in self.mesh.nodes.iter().enumerate() {
            if let Some(value) = value(p) {
                self.held.insert((n as u32, axis), value);
            }
        }
    }

    /// Plane of symmetry at coordinate 0 of `axis`.
    pub fn symmetry(&mut self, axis: u8) {
        self.hold(axis, |p| (p[axis as usize].abs() < 1e-9).then_some(0.0));
    }

    /// Runs the test.
    ///
    /// # Errors
    /// What the analysis refuses.
    pub fn test(self, progress: &dyn Progress) -> Result<Tested, VirtualTestError> {
        let supports =
            self.held
                .iter()
                .map(|(&(node, axis), &value)| FixedDof { node, axis, value });
        let model = Model::uniform(self.mesh, self.elasticity)
            .named(&self.name)
            .with_supports(supports)
            .with_load_cases([LoadCase::of_forces("test", self.forces)]);
        finish(model, progress)
    }
}

fn finish(model: Model, progress: &dyn Progress) -> Result<Tested, VirtualTestError> {
    // A test is many small models: what the solver says of each is noise.
    let solution = solve(&model, &AnalysisSettings::default(), &Silent)?;
    progress.advance();
    let mut effort = Effort::default();
    let mut displacement = Vec::new();
    for case in solution.cases {
        effort.add(&Effort {
            models: 1,
            largest_dofs: model.dof_count(),
            backward_error: case.info.backward_error,
            imbalance: case.imbalance,
        });
        displacement = case.displacement;
    }
    let reactions =
        reactions(&model, &model.load_cases[0].forces, &displacement, &[]).map_err(|e| {
            crate::analysis::AnalysisError::Assembly {
                place: String::new(),
                source: e,
            }
        })?;
    Ok(Tested {
        model,
        displacement,
        effort,
        reactions,
    })
}

impl Tested {
    /// Sum of the support reactions along `axis` over the nodes that `there` picks, N.
    pub fn reaction(&self, axis: u8, there: impl Fn(&Point) -> bool) -> f64 {
        self.model
            .supports
            .iter()
            .zip(&self.reactions)
            .filter(|(s, _)| s.axis == axis && there(&self.model.mesh.nodes[s.node as usize]))
            .map(|(_, r)| r)
            .sum()
    }
}

/// Nodes on a straight mesh line with the weights of ∫ f ds along `axis` (mm): Simpson's rule on
/// each quadratic edge. Empty where the line has no edge.
pub fn line_weights(mesh: &Mesh, axis: usize, on_line: impl Fn(&Point) -> bool) -> Vec<(u32, f64)> {
    let mut nodes: Vec<u32> = (0..mesh.nodes.len() as u32)
        .filter(|&n| on_line(&mesh.nodes[n as usize]))
        .collect();
    let place = |n: u32| mesh.nodes[n as usize][axis];
    nodes.sort_by(|&a, &b| place(a).total_cmp(&place(b)));
    let mut weights: BTreeMap<u32, f64> = BTreeMap::new();
    for edge in nodes.windows(3).step_by(2) {
        let length = place(edge[2]) - place(edge[0]);
        for (&n, share) in edge.iter().zip([1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0]) {
            *weights.entry(n).or_insert(0.0) += share * length;
        }
    }
    weights.into_iter().collect()
}

/// From 0 to 1, points crowding towards 1: 1 − (1 − t)^p.
pub fn towards_one(t: f64, power: f64) -> f64 {
    1.0 - (1.0 - t).powf(power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;

    #[test]
    fn line_weights_integrate_a_cubic_exactly() {
        let mesh = box_mesh(ElementKind::Tet10, [2, 3, 2], |[x, y, z]| {
            Point::new(x, 2.0 * y * y, z)
        });
        let line = line_weights(&mesh, 1, |p| p.x == 0.0 && p.z == 1.0);
        let integral: f64 = line
            .iter()
            .map(|&(n, w)| w * mesh.nodes[n as usize].y.powi(3))
            .sum();
        assert!((integral - 4.0).abs() < 1e-12);
    }
}

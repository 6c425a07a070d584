//! Reactions from the unreduced rows, and whether they balance the load.

use super::equilibrium::Rest;
use super::{AnalysisError, check};
use crate::assembly::Operator;
use crate::boundary::LoadCase;
use crate::fixation::construct::TURN_MM;
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::model::Model;
use crate::tensor::{Point, Vec3, Wrench};

/// Applied forces and reactions, and what is left of them together.
///
/// Forces are held against Σ|f|, moments about the middle of the mesh's bounding box against
/// Σ|f||x − c| + Σ|m|, never against the net load: loads that balance among themselves are loads.
#[derive(Debug, Clone)]
pub struct Balance {
    centre: Point,
    /// Half the diagonal of the bounding box, mm.
    reach: f64,
    /// What round-off makes of forces that are zero, N.
    noise: f64,
    rest: Wrench,
    forces: f64,
    moments: f64,
    couples: f64,
}

/// The round-off of a sum of reactions, over C·∛V·max|u| with C the stiffest material's constant
/// and V the bounding box's volume. An element of size h asks C·h·u of its nodes, of which a rigid
/// motion leaves the round-off; over n nodes that adds up to about ε √n C h u = ε n^(1/6) C ∛V u,
/// and n^(1/6) is below 20 for any mesh that fits into memory.
const ROUND_OFF: f64 = 20.0 * f64::EPSILON;

/// The imbalance that stands for round-off where nothing but round-off pushes.
const NOTHING: f64 = 1e-9;

impl Balance {
    /// Nothing pushes yet. `beside` are the nodes that belong to the model and to no element.
    pub fn new(
        mesh: &Mesh,
        beside: &[u32],
        materials: &MaterialField,
        displacement: &[Vec3],
    ) -> Self {
        let mut bounds: Option<(Point, Point)> = None;
        let mut moved = 0.0_f64;
        for n in mesh.blocks.node_numbers().chain(beside.iter().copied()) {
            let p = mesh.nodes[n as usize];
            let (low, high) = bounds.unwrap_or((p, p));
            bounds = Some((low.inf(&p), high.sup(&p)));
            moved = moved.max(displacement[n as usize].norm());
        }
        let (low, high) = bounds.unwrap_or((Point::origin(), Point::origin()));
        let diagonal = high - low;
        let stiffness = materials.table.iter().map(|c| c.0.amax());
        let stiffness = stiffness.fold(0.0, f64::max);
        Self {
            centre: nalgebra::center(&low, &high),
            reach: 0.5 * diagonal.norm(),
            noise: ROUND_OFF * stiffness * diagonal.product().cbrt() * moved,
            rest: Wrench::zero(),
            forces: 0.0,
            moments: 0.0,
            couples: 0.0,
        }
    }

    /// Adds an applied force or a reaction (N) at a place.
    pub fn push(&mut self, at: &Point, force: &Vec3) {
        self.carry(at, force);
        self.forces += force.norm();
        self.moments += force.norm() * (at - self.centre).norm();
    }

    /// Adds an applied moment or one of a reaction, N·mm.
    pub fn turn(&mut self, moment: &Vec3) {
        self.rest.moment += moment;
        self.couples += moment.norm();
    }

    /// Adds a force (N) that is neither applied nor a reaction, but must be in the sum.
    pub fn carry(&mut self, at: &Point, force: &Vec3) {
        self.rest.force += force;
        self.rest.moment += (at - self.centre).cross(force);
    }

    /// Adds such a moment, N·mm.
    pub fn twist(&mut self, moment: &Vec3) {
        self.rest.moment += moment;
    }

    /// The larger of |ΣF|/Σ|f| and |ΣM|/(Σ|f||x − c| + Σ|m|); NaN where a number is.
    ///
    /// Where moments alone push, forces are held against Σ|m| over half the diagonal of the
    /// bounding box. What is as small as round-off counts as nothing.
    pub fn imbalance(&self) -> f64 {
        let nothing = self.noise / NOTHING;
        let forces = self.forces.max(self.couples / self.reach).max(nothing);
        let moments = (self.moments + self.couples).max(nothing * self.reach);
        let force = ratio(self.rest.force.norm(), forces);
        let moment = ratio(self.rest.moment.norm(), moments);
        // A NaN must not pass as balance.
        if moment > force || moment.is_nan() {
            moment
        } else {
            force
        }
    }
}

fn ratio(rest: f64, whole: f64) -> f64 {
    if rest == 0.0 { 0.0 } else { rest / whole }
}

/// Sum of the reactions about the loaded face's reference point, and the relative imbalance.
///
/// The reaction at a fixed dof is internal force less applied force there, the internal force
/// being summed element by element.
pub(super) fn reactions(
    model: &Model,
    operator: &Operator,
    case: &LoadCase,
    Rest {
        displacement,
        state,
        one_sided,
        ..
    }: &Rest,
) -> Result<(Wrench, f64), AnalysisError> {
    let mut internal = operator
        .forces(displacement, state)
        .map_err(|e| check::at_body(model, e))?;
    for (part, force) in model.one_sided.iter().zip(one_sided) {
        part.add_force(*force, &mut internal);
    }
    for (n, f) in &case.forces {
        internal[*n as usize] -= f;
    }
    let mut at_support = vec![Vec3::zeros(); internal.len()];
    for support in &model.supports {
        let (n, a) = (support.node as usize, support.axis as usize);
        at_support[n][a] = internal[n][a];
    }
    let reference = model
        .loaded_face
        .as_ref()
        .map_or_else(Point::origin, |face| face.reference);
    let mut reaction = Wrench::zero();
    let beams = model.construct.translations();
    let mut balance = Balance::new(&model.mesh, &beams, &model.materials, displacement);
    let rotations = model.construct.rotations();
    let turns = |n: u32| rotations.binary_search(&n).is_ok();
    let mut push = |n: u32, f: &Vec3| match turns(n) {
        true => balance.turn(&(f * TURN_MM)),
        false => balance.push(&model.mesh.nodes[n as usize], f),
    };
    for ((n, p), f) in (0u32..).zip(&model.mesh.nodes).zip(&at_support) {
        if turns(n) {
            reaction.moment += f * TURN_MM;
        } else {
            reaction.force += f;
            reaction.moment += (p - reference).cross(f);
        }
        push(n, f);
    }
    for (n, f) in &case.forces {
        push(*n, f);
    }
    Ok((reaction, balance.imbalance()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::Elasticity;

    /// A cube of 10 mm, nothing of it moved.
    fn balance() -> Balance {
        let mesh = box_mesh(ElementKind::Tet4, [1, 1, 1], |x| {
            Point::from(x.map(|c| 10.0 * c))
        });
        let count = mesh.element_count();
        let materials = MaterialField {
            table: vec![Elasticity::isotropic(1000.0, 0.3)],
            of_element: vec![0; count],
            factor: vec![[1.0; 4]; count],
            relative_density: vec![None; count],
        };
        Balance::new(
            &mesh,
            &[],
            &materials,
            &vec![Vec3::zeros(); mesh.nodes.len()],
        )
    }

    fn along_x(balance: &mut Balance, z: f64, force: f64) {
        balance.push(&Point::new(5.0, 5.0, z), &Vec3::new(force, 0.0, 0.0));
    }

    #[test]
    fn a_lost_force_is_told_whole_however_much_balances_beside_it() {
        let mut whole = balance();
        along_x(&mut whole, 5.0, 100.0);
        along_x(&mut whole, 5.0, -100.0);
        assert_eq!(whole.imbalance(), 0.0);
        along_x(&mut whole, 5.0, 50.0);
        assert!((whole.imbalance() - 50.0 / 250.0).abs() < 1e-15);
    }

    #[test]
    fn moments_are_held_against_their_levers_about_the_middle() {
        let mut pair = balance();
        along_x(&mut pair, 6.0, 100.0);
        along_x(&mut pair, 4.0, -100.0);
        // 200 N·mm left of 100 N at 1 mm from the middle, twice.
        assert_eq!(pair.imbalance(), 1.0);
        pair.turn(&Vec3::new(0.0, -200.0, 0.0));
        assert_eq!(pair.imbalance(), 0.0);
    }

    #[test]
    fn moments_alone_are_loads_and_carried_ones_are_none() {
        let mut turned = balance();
        turned.turn(&Vec3::new(0.0, 0.0, 8.0));
        assert_eq!(turned.imbalance(), 1.0);
        turned.twist(&Vec3::new(0.0, 0.0, -8.0));
        turned.carry(&Point::new(5.0, 5.0, 5.0), &Vec3::zeros());
        assert_eq!(turned.imbalance(), 0.0);
    }

    #[test]
    fn what_is_not_a_number_is_no_balance() {
        for force in [f64::NAN, f64::INFINITY] {
            let mut broken = balance();
            along_x(&mut broken, 5.0, 1.0);
            along_x(&mut broken, 5.0, force);
            assert!(broken.imbalance().is_nan());
        }
    }
}

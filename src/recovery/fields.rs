//! Strain, stress and energy of elements; reactions and the motion of a face.
//!
//! Averages are over the volume: the mean over the quadrature points, each with its own stiffness
//! factor. Must not know the solver.

use rayon::prelude::*;

use super::ElementFields;
use crate::assembly::AssemblyError;
use crate::boundary::Coupling;
use crate::element::solid::PlacedSolid;
use crate::element::{Element, Tet4, Tet10, strain, tet10};
use crate::mesh::ElementKind;
use crate::model::Model;
use crate::tensor::{Vec3, Voigt};

/// Volume averages of stress, strain and energy density in every element, and the energy density
/// at its quadrature points.
pub fn element_fields(model: &Model, displacement: &[Vec3]) -> ElementFields {
    let rows: Vec<(Voigt, Voigt, [f64; 4])> = (0..model.mesh.element_count())
        .into_par_iter()
        .map(|e| match model.mesh.kind_of(e) {
            ElementKind::Tet10 => averages::<Tet10, 10>(model, e, displacement),
            ElementKind::Tet4 => averages::<Tet4, 4>(model, e, displacement),
            _ => solid_averages(model, e, displacement),
        })
        .collect();
    let mut fields = ElementFields {
        stress: Vec::with_capacity(rows.len()),
        strain: Vec::with_capacity(rows.len()),
        energy_density: Vec::with_capacity(rows.len()),
        energy_at_points: Vec::with_capacity(rows.len()),
    };
    for (stress, strain, energy) in rows {
        fields.stress.push(stress);
        fields.strain.push(strain);
        fields
            .energy_density
            .push(0.25 * energy.iter().sum::<f64>());
        fields.energy_at_points.push(energy);
    }
    fields
}

fn averages<E: Element<N>, const N: usize>(
    model: &Model,
    e: usize,
    displacement: &[Vec3],
) -> (Voigt, Voigt, [f64; 4]) {
    let (grad_l, _) = tet10::barycentric_gradients(&model.mesh.corners(e));
    let u = nodal::<N>(model, e, displacement);
    let elasticity = model.materials.elasticity(e);
    let factor = &model.materials.factor[e];
    let weight = 1.0 / E::POINTS.len() as f64;
    let mut mean = (Voigt::zeros(), Voigt::zeros());
    let mut energy = [0.0; 4];
    for (q, l) in E::POINTS.iter().enumerate() {
        let strain = strain(&E::gradients(l, &grad_l), &u);
        let stress = E::factor(factor, q) * elasticity.stress(&strain);
        mean.0 += weight * stress;
        mean.1 += weight * strain;
        energy[q] = 0.5 * stress.dot(&strain);
    }
    if let [one] = energy[..E::POINTS.len()] {
        energy = [one; 4];
    }
    (mean.0, mean.1, energy)
}

/// The same of hexahedra and wedges; their mean stands for the four points.
fn solid_averages(model: &Model, e: usize, displacement: &[Vec3]) -> (Voigt, Voigt, [f64; 4]) {
    let kind = model.mesh.kind_of(e);
    let nothing = (Voigt::zeros(), Voigt::zeros(), [0.0; 4]);
    // The assembly has refused what cannot be placed.
    let Ok(placed) = PlacedSolid::new(kind, &model.mesh.places(e), e) else {
        return nothing;
    };
    let nodes = model.mesh.element(e).iter();
    let u: Vec<Vec3> = nodes.map(|&n| displacement[n as usize]).collect();
    let (elasticity, factor) = (
        model.materials.elasticity(e),
        model.materials.at_points(e, kind),
    );
    let volume = placed.volume();
    let (mut stress, mut strain, mut energy) = nothing;
    let strains = placed.strains(elasticity, &factor, &u);
    for ((s, point), factor) in strains.iter().zip(&placed.points).zip(factor) {
        let share = point.volume / volume;
        let there = factor * elasticity.stress(s);
        stress += share * there;
        strain += share * s;
        energy[0] += 0.5 * share * there.dot(s);
    }
    energy = [energy[0]; 4];
    (stress, strain, energy)
}

fn nodal<const N: usize>(model: &Model, e: usize, displacement: &[Vec3]) -> [Vec3; N] {
    let nodes = model.mesh.element(e);
    std::array::from_fn(|i| displacement[nodes[i] as usize])
}

/// Stress (MPa) in element `element` at barycentric coordinates `l`, which may lie a little outside.
pub fn stress_at(model: &Model, element: usize, l: &[f64; 4], displacement: &[Vec3]) -> Voigt {
    let (grad_l, _) = tet10::barycentric_gradients(&model.mesh.corners(element));
    let quadratic = model.mesh.kind_of(element).is_quadratic();
    let strain = match quadratic {
        true => {
            let u = nodal::<10>(model, element, displacement);
            strain(&Tet10::gradients(l, &grad_l), &u)
        }
        false => {
            let u = nodal::<4>(model, element, displacement);
            strain(&Tet4::gradients(l, &grad_l), &u)
        }
    };
    let factor = match quadratic {
        true => model.materials.factor_at(element, l),
        false => model.materials.mean_factor(element),
    };
    factor * model.materials.elasticity(element).stress(&strain)
}

/// Reaction (N) at every support, in the order of the model's supports: the force that holds the
/// dof in place against the applied `forces`, along the support's axis. `state` is what the model's
/// laws remember, empty where it has none.
///
/// # Errors
/// [`AssemblyError`] where an element is inverted or `state` is not one list a law.
pub fn reactions(
    model: &Model,
    forces: &[(u32, Vec3)],
    displacement: &[Vec3],
    state: &[Vec<f64>],
) -> Result<Vec<f64>, AssemblyError> {
    let mut internal = model.operator().forces(displacement, state)?;
    for (n, f) in forces {
        internal[*n as usize] -= f;
    }
    Ok(model
        .supports
        .iter()
        .map(|s| internal[s.node as usize][s.axis as usize])
        .collect())
}

/// Mean translation (mm) of a coupled face at its reference point, and mean rotation (rad).
pub fn face_motion(coupling: &Coupling, displacement: &[Vec3]) -> (Vec3, Vec3) {
    let [x, y, z, rx, ry, rz] = coupling.mean_motion(displacement);
    (Vec3::new(x, y, z), Vec3::new(rx, ry, rz))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tests::{block, run};
    use crate::mesh::ElementKind;

    #[test]
    fn a_clamped_block_balances_and_its_work_is_its_energy() {
        for kind in [ElementKind::Tet4, ElementKind::Tet10] {
            let mut model = block(kind);
            model.materials.factor[3] = [0.5, 1.0, 2.0, 3.0];
            let case = run(&model).unwrap().cases.remove(0);
            let forces = &model.load_cases[0].forces;
            let applied: Vec3 = forces.iter().map(|f| f.1).sum();
            assert!((case.reaction.force + applied).norm() < 1e-9 * applied.norm());
            assert!(case.imbalance < 1e-10 && case.info.backward_error < 1e-15);
            let fields = element_fields(&model, &case.displacement);
            let densities = fields.energy_density.iter().enumerate();
            let energy: f64 = densities.map(|(e, u)| u * model.mesh.volume(e)).sum();
            let work: f64 = forces
                .iter()
                .map(|(n, f)| 0.5 * f.dot(&case.displacement[*n as usize]))
                .sum();
            assert!((energy / work - 1.0).abs() < 1e-10, "{energy} {work}");
            let each = reactions(&model, forces, &case.displacement, &case.state).unwrap();
            let along_z: f64 = each.iter().skip(2).step_by(3).sum();
            assert!((along_z - case.reaction.force.z).abs() < 1e-9);
        }
    }

    #[test]
    fn stress_at_the_quadrature_points_averages_to_the_mean_stress() {
        let mut model = block(ElementKind::Tet10);
        model.materials.factor[7] = [0.5, 1.0, 2.0, 3.0];
        let u = run(&model).unwrap().cases.remove(0).displacement;
        let fields = element_fields(&model, &u);
        let mean: Voigt = tet10::POINTS
            .iter()
            .map(|l| 0.25 * stress_at(&model, 7, l, &u))
            .sum();
        assert!((mean - fields.stress[7]).amax() < 1e-12 * mean.amax());
    }
}

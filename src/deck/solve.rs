//! Solves a deck step by step: steps that share their supports share a factorisation.

use std::collections::BTreeMap;
use std::time::Instant;

use super::error::{DeckError, DeckFault};
use super::model::{DeckModel, Reduced};
use super::placing::ten;
use super::zero_energy::Loose;
use super::{Deck, support};
use crate::analysis::{AnalysisError, AnalysisSettings, Balance, CaseSolution, SolveInfo, solve};
use crate::boundary::equation::NodeDof;
use crate::element::{Placement, curved, strain, tet10};
use crate::mesh::ElementKind;
use crate::progress::Progress;
use crate::tensor::{Vec3, Voigt, Wrench};

/// The load case that finds modes without energy.
const PUSH: &str = "push";

/// A solved deck.
#[derive(Debug, Clone)]
pub struct DeckSolution {
    /// What was solved.
    pub model: DeckModel,
    /// One entry per step.
    pub steps: Vec<StepSolution>,
    /// Seconds spent on meshes, materials, ties and equations.
    pub build_seconds: f64,
    /// Seconds spent on assembly and solving.
    pub solve_seconds: f64,
}

/// The answer at the end of a step.
#[derive(Debug, Clone)]
pub struct StepSolution {
    /// Displacement of every node of the mesh (rotations at the nodes of rotation).
    pub displacement: Vec<Vec3>,
    /// Translation and rotation of the reference nodes of distributing couplings.
    pub coupled: BTreeMap<u32, [f64; 6]>,
    /// What elements and ties ask of every node: reactions where supported, applied loads and what
    /// equations carry elsewhere. Reference nodes show what their dependent nodes ask of them as
    /// well, and so does whatever is held or has no element.
    pub force: Vec<Vec3>,
    /// Reactions at held and prescribed dofs along them, N (N·mm at nodes of rotation).
    pub reactions: BTreeMap<NodeDof, f64>,
    /// Their sum, moments about the origin.
    pub reaction: Wrench,
    /// What loads and reactions together leave, over Σ|f|, or of moments over Σ|f||x − c|
    /// ([`Balance`]).
    pub imbalance: f64,
    /// The solver's report.
    pub info: SolveInfo,
}

/// Stress and strain at one integration point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointFields {
    /// Stress.
    pub stress: Voigt,
    /// Strain, engineering shear.
    pub strain: Voigt,
    /// Volume it stands for.
    pub volume: f64,
}

impl DeckSolution {
    /// The integration points of element `e`, in CalculiX's order.
    pub fn points(&self, e: usize, displacement: &[Vec3]) -> Vec<PointFields> {
        let mesh = &self.model.mesh;
        let nodes = mesh.element(e);
        let elasticity = self.model.materials.elasticity(e);
        let factor = &self.model.materials.factor[e];
        let at = |strain: Voigt, volume: f64, factor: f64| PointFields {
            stress: factor * elasticity.stress(&strain),
            strain,
            volume,
        };
        let kind = mesh.kind_of(e);
        if !kind.is_tetrahedron() {
            let u: Vec<Vec3> = nodes.iter().map(|&n| displacement[n as usize]).collect();
            let shares = self.model.shares(e);
            let Ok(placed) = self.model.placed(e) else {
                return Vec::new();
            };
            let strains = placed.strains(elasticity, &shares, &u);
            let points = strains.into_iter().zip(&placed.points).zip(shares);
            return points
                .map(|((s, p), share)| at(s, p.volume, share))
                .collect();
        }
        let (grad_l, volume) = tet10::barycentric_gradients(&mesh.corners(e));
        if kind == ElementKind::Tet4 {
            let u: [Vec3; 4] = std::array::from_fn(|i| displacement[nodes[i] as usize]);
            return vec![at(strain(&grad_l, &u), volume, factor[0])];
        }
        let u: [Vec3; 10] = std::array::from_fn(|i| displacement[nodes[i] as usize]);
        let straight = [Placement { grad_l, volume }; 4];
        let placed = self.model.curved.get(&(e as u32)).unwrap_or(&straight);
        let points = placed.iter().zip(&tet10::POINTS).zip(factor);
        points
            .map(|((place, l), factor)| {
                let g = tet10::shape_gradients(l, &place.grad_l);
                at(strain(&g, &u), 0.25 * place.volume, *factor)
            })
            .collect()
    }

    /// Volume of element `e`.
    pub fn volume(&self, e: usize) -> f64 {
        match self.model.curved.contains_key(&(e as u32)) {
            true => curved::volume(&ten(&self.model.mesh, e)),
            false => self.model.mesh.volume(e),
        }
    }
}

/// Solves all steps.
///
/// # Errors
/// [`DeckError`]: what [`DeckModel`] refuses, parts that can move, a solver that fails.
pub fn solve_deck(
    deck: &Deck,
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<DeckSolution, DeckError> {
    let clock = Instant::now();
    let model = DeckModel::new(deck)?;
    let mut groups: Vec<(BTreeMap<NodeDof, f64>, Vec<usize>)> = Vec::new();
    for (s, step) in deck.steps.iter().enumerate() {
        let prescribed = model.prescribed(deck, step)?;
        match groups.iter_mut().find(|g| g.0 == prescribed) {
            Some(group) => group.1.push(s),
            None => {
                support::check(deck, &model, &prescribed, (s + 1, step))?;
                groups.push((prescribed, vec![s]));
            }
        }
    }
    let build_seconds = clock.elapsed().as_secs_f64();
    let mut steps: Vec<Option<StepSolution>> = vec![None; deck.steps.len()];
    for (prescribed, members) in &groups {
        let forces = members
            .iter()
            .map(|&s| model.forces(deck, &deck.steps[s]))
            .collect::<Result<Vec<_>, _>>()?;
        let solved = solve_group(
            deck,
            &model,
            prescribed,
            (members, &forces),
            settings,
            progress,
        )?;
        for (&s, solution) in members.iter().zip(solved) {
            steps[s] = Some(solution);
        }
    }
    Ok(DeckSolution {
        model,
        steps: steps.into_iter().flatten().collect(),
        build_seconds,
        solve_seconds: clock.elapsed().as_secs_f64() - build_seconds,
    })
}

fn solve_group(
    deck: &Deck,
    model: &DeckModel,
    prescribed: &BTreeMap<NodeDof, f64>,
    (members, forces): (&[usize], &[Vec<Vec3>]),
    settings: &AnalysisSettings,
    progress: &dyn Progress,
) -> Result<Vec<StepSolution>, DeckError> {
    let mut cases: Vec<(String, Vec<Vec3>)> = members
        .iter()
        .zip(forces)
        .map(|(s, f)| (format!("step {}", s + 1), f.clone()))
        .collect();
    let loose = Loose::of(model);
    cases.extend(loose.iter().map(|l| (PUSH.to_owned(), l.push())));
    let reduced = model.reduced(deck, prescribed, &cases, &[])?;
    let failed = |error: AnalysisError| {
        let step = members.first().copied().unwrap_or(0);
        let fault = DeckFault::Analysis {
            step: step + 1,
            error: Box::new(error),
        };
        deck.texts.error(deck.steps[step].spot, fault)
    };
    // Equations shift forces without their moments; their balance is checked below.
    let settings = AnalysisSettings {
        supports_checked: true,
        imbalance_limit: f64::INFINITY,
        ..settings.clone()
    };
    let first = members.first().copied().unwrap_or(0);
    let place = (first + 1, &deck.steps[first]);
    let solution = match (solve(&reduced.model, &settings, progress), &loose) {
        (Ok(solution), None) => solution,
        (Ok(mut solution), Some(loose)) => {
            if let Some(pushed) = solution.cases.pop() {
                loose.check(deck, &expanded(model, &reduced, pushed), place)?;
            }
            solution
        }
        (Err(error), None) => return Err(failed(error)),
        (Err(error), Some(loose)) => {
            // Singular or nearly so: solved with a trace of more stiffness, a free mode shows.
            let cases = [(PUSH.to_owned(), loose.push())];
            let hinted = model.reduced(deck, prescribed, &cases, &loose.hints())?;
            if let Ok(mut solution) = solve(&hinted.model, &settings, progress)
                && let Some(pushed) = solution.cases.pop()
            {
                loose.check(deck, &expanded(model, &hinted, pushed), place)?;
            }
            return Err(failed(error));
        }
    };
    let mut steps = Vec::with_capacity(members.len());
    for ((case, force), &s) in solution.cases.into_iter().zip(forces).zip(members) {
        let step = complete(model, &reduced, prescribed, (case, force)).map_err(failed)?;
        let limit = AnalysisSettings::default().imbalance_limit;
        if step.imbalance.is_nan() || step.imbalance > limit {
            return Err(failed(AnalysisError::Imbalance {
                load_case: format!("step {}", s + 1),
                imbalance: step.imbalance,
                limit,
            }));
        }
        steps.push(step);
    }
    Ok(steps)
}

/// The displacements of a case, dependent ones too.
fn expanded(model: &DeckModel, reduced: &Reduced, case: CaseSolution) -> Vec<Vec3> {
    let mut displacement = case.displacement;
    reduced.elimination.expand(&mut displacement);
    model.from_frames(&mut displacement);
    displacement
}

/// Dependent dofs, forces and balance of one step.
fn complete(
    model: &DeckModel,
    reduced: &Reduced,
    prescribed: &BTreeMap<NodeDof, f64>,
    (case, applied): (CaseSolution, &[Vec3]),
) -> Result<StepSolution, AnalysisError> {
    let mut displacement = case.displacement;
    reduced.elimination.expand(&mut displacement);
    model.from_frames(&mut displacement);
    let operator = model.operator();
    let forces = operator.linear_forces(&displacement);
    let internal = forces.map_err(|source| AnalysisError::Assembly {
        place: String::new(),
        source,
    })?;
    let mut rest: Vec<Vec3> = internal.iter().zip(applied).map(|(f, l)| f - l).collect();
    model.to_frames(&mut rest);
    let carried = reduced.elimination.reduce_forces(&mut rest);
    // At a free dof the internal force is the load; at a prescribed one the rest is the reaction.
    let mut held = vec![Vec3::zeros(); rest.len()];
    let mut reactions = BTreeMap::new();
    for &(n, a) in prescribed.keys() {
        let value = rest[n as usize][a as usize];
        held[n as usize][a as usize] = value;
        reactions.insert((n, a), value);
    }
    model.from_frames(&mut held);
    let reaction = resultant(model, &held);
    let mut balance = Balance::new(&model.mesh, &[], &model.materials, &displacement);
    weigh(model, &mut balance, [applied, &held], &carried);
    let coupled = model
        .couplings
        .iter()
        .map(|(&n, coupling)| (n, coupling.mean_motion(&displacement)))
        .collect();
    Ok(StepSolution {
        displacement,
        coupled,
        force: shown(model, reduced, prescribed, internal),
        reactions,
        reaction,
        imbalance: balance.imbalance(),
        info: case.info,
    })
}

/// What is printed as RF. As in CalculiX a node shows what its elements and the nodes that follow
/// it rigidly ask of it, but not what the deck's equations bring; where it is held or has no
/// element, that as well.
fn shown(
    model: &DeckModel,
    reduced: &Reduced,
    prescribed: &BTreeMap<NodeDof, f64>,
    internal: Vec<Vec3>,
) -> Vec<Vec3> {
    let (mut shown, mut whole) = (internal.clone(), internal);
    let carried = reduced.elimination.reduce_forces(&mut whole);
    for (k, force) in carried.into_iter().filter(|c| c.0 >= model.equations) {
        for ((n, a), share) in &model.dependences[k].masters {
            shown[*n as usize][*a as usize] += share * force;
        }
    }
    for n in (0..shown.len()).filter(|&n| !model.solid[n]) {
        shown[n] = whole[n];
    }
    for &(n, a) in prescribed.keys() {
        shown[n as usize][a as usize] = whole[n as usize][a as usize];
    }
    shown
}

/// Puts loads and reactions on the balance, and what the deck's equations carry: they shift forces
/// without their moments. The links of rigid bodies carry forces and moments whole, and are left
/// out, so that a force they lose shows.
fn weigh(
    model: &DeckModel,
    balance: &mut Balance,
    pushing: [&[Vec3]; 2],
    carried: &[(usize, f64)],
) {
    let rotations = model.rotations();
    for forces in pushing {
        for (n, f) in (0u32..).zip(forces) {
            match rotations.contains(&n) {
                true => balance.turn(f),
                false => balance.push(&model.mesh.nodes[n as usize], f),
            }
        }
    }
    for &(k, force) in carried.iter().filter(|c| c.0 < model.equations) {
        let equation = &model.dependences[k];
        let ends = equation.masters.iter().map(|&(m, c)| (m, -c));
        for ((n, a), share) in ends.chain([(equation.dof, 1.0)]) {
            let f = Vec3::ith(a as usize, share * force);
            match rotations.contains(&n) {
                true => balance.twist(&f),
                false => balance.carry(&model.mesh.nodes[n as usize], &f),
            }
        }
    }
}

/// Sum of forces, moments about the origin; at nodes of rotation they are moments.
fn resultant(model: &DeckModel, forces: &[Vec3]) -> Wrench {
    let mut sum = Wrench::zero();
    let rotations = model.rotations();
    for (n, f) in (0u32..).zip(forces) {
        if rotations.contains(&n) {
            sum.moment += f;
        } else {
            sum.force += f;
            sum.moment += model.mesh.nodes[n as usize].coords.cross(f);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::read_deck;
    use crate::progress::Silent;
    use std::path::Path;

    #[test]
    fn a_reaction_that_a_rigid_link_loses_is_out_of_balance() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("validation");
        let deck = read_deck(&root.join("deck-kinematic-held/kinematic-held.inp")).unwrap();
        let solution = solve_deck(&deck, &AnalysisSettings::default(), &Silent).unwrap();
        let (model, step) = (&solution.model, &solution.steps[0]);
        let applied = model.forces(&deck, &deck.steps[0]).unwrap();
        let mut held = vec![Vec3::zeros(); model.mesh.nodes.len()];
        for (&(n, a), force) in &step.reactions {
            held[n as usize][a as usize] = *force;
        }
        let imbalance = |held: &[Vec3]| {
            let mut balance = Balance::new(&model.mesh, &[], &model.materials, &step.displacement);
            weigh(model, &mut balance, [&applied, held], &[]);
            balance.imbalance()
        };
        assert!(imbalance(&held) < 1e-12);
        // 24 N down and 2 N aside without an answer, over at most 26 N of nodal forces.
        let none = vec![Vec3::zeros(); held.len()];
        assert!(imbalance(&none) > 0.92);
        // The moments alone: rotations are nodes of their own.
        let mut forces = held.clone();
        for n in model.rotations() {
            forces[n as usize] = Vec3::zeros();
        }
        assert!(imbalance(&forces) > 1e-3);
    }
}

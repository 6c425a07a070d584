//! Newton's loop on a block with one nonlinear part, held against what superposition on the linear
//! block says exactly: u = u₀ − p K⁻¹g, with p from one scalar equation.

use std::sync::Arc;

use super::tests::{block, rod};
use super::*;
use crate::assembly::{Law, LocalSystem, Refill, Trial, assemble};
use crate::boundary::LoadCase;
use crate::mesh::ElementKind;
use crate::progress::Silent;
use crate::solver::choice::Method;

/// What a strut pushes with when it is `w` mm shorter, N, and the slope of that, N/mm.
type Push = fn(f64) -> (f64, f64);

const GAP: f64 = 0.002;
const SPRING: f64 = 5000.0;

/// Pushes once its gap is closed.
fn bump(w: f64) -> (f64, f64) {
    match w > GAP {
        true => (SPRING * (w - GAP), SPRING),
        false => (0.0, 0.0),
    }
}

const CUBIC: f64 = 1e10;

/// The stiffer the further.
fn stiffening(w: f64) -> (f64, f64) {
    (w + CUBIC * w.powi(3), 1.0 + 3.0 * CUBIC * w * w)
}

/// A strut upright between a node of the top and the held one below it. Remembers the updates since
/// the last equilibrium, each counted from what was accepted and from the step before.
#[derive(Debug)]
struct Strut {
    pieces: Vec<Vec<u32>>,
    push: Push,
}

/// Shortening per displacement of the two nodes.
const UPRIGHT: [Vec3; 2] = [Vec3::new(0.0, 0.0, -1.0), Vec3::new(0.0, 0.0, 1.0)];
/// Slip of the upper node past the lower.
const ACROSS: [Vec3; 2] = [Vec3::new(1.0, 0.0, 0.0), Vec3::new(-1.0, 0.0, 0.0)];

fn measure(nodes: &[u32], gradient: &[Vec3; 2], u: &[Vec3]) -> f64 {
    let moved = nodes.iter().zip(gradient);
    moved.map(|(&n, g)| g.dot(&u[n as usize])).sum()
}

fn add_outer(gradient: &[Vec3; 2], slope: f64, tangent: &mut [f64]) {
    let g: Vec<f64> = gradient.iter().flat_map(|g| [g.x, g.y, g.z]).collect();
    for (k, value) in tangent.iter_mut().enumerate() {
        *value += slope * g[k / 6] * g[k % 6];
    }
}

impl Law for Strut {
    fn pieces(&self) -> &[Vec<u32>] {
        &self.pieces
    }

    fn initial_state(&self) -> Vec<f64> {
        vec![0.0; 2]
    }

    fn update(&self, _: &[Vec3], accepted: &[f64], trial: &mut [f64]) {
        trial[0] = accepted[0] + 1.0;
        trial[1] += 1.0;
    }

    fn force(&self, piece: usize, trial: Trial<'_>, force: &mut [Vec3]) {
        let w = measure(&self.pieces[piece], &UPRIGHT, trial.displacement);
        let (push, _) = (self.push)(w);
        force
            .iter_mut()
            .zip(UPRIGHT)
            .for_each(|(f, g)| *f = push * g);
    }

    fn tangent(&self, piece: usize, trial: Trial<'_>, tangent: &mut [f64]) {
        let w = measure(&self.pieces[piece], &UPRIGHT, trial.displacement);
        add_outer(&UPRIGHT, (self.push)(w).1, tangent);
    }
}

/// A foot on the ground: pushes up once its gap is closed, and holds sideways up to friction times what it
/// pushed with at the last step, which it remembers.
#[derive(Debug)]
struct Foot {
    pieces: Vec<Vec<u32>>,
}

const FRICTION: f64 = 0.4;

impl Foot {
    /// Force held sideways and its slope.
    fn grip(nodes: &[u32], trial: Trial<'_>) -> (f64, f64) {
        let (stuck, most) = (
            SPRING * measure(nodes, &ACROSS, trial.displacement),
            trial.state[0],
        );
        match stuck.abs() < most {
            true => (stuck, SPRING),
            false => (most.copysign(stuck), 0.0),
        }
    }
}

impl Law for Foot {
    fn pieces(&self) -> &[Vec<u32>] {
        &self.pieces
    }

    fn initial_state(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn update(&self, displacement: &[Vec3], _: &[f64], trial: &mut [f64]) {
        let w = measure(&self.pieces[0], &UPRIGHT, displacement);
        trial[0] = FRICTION * bump(w).0;
    }

    fn force(&self, piece: usize, trial: Trial<'_>, force: &mut [Vec3]) {
        let nodes = &self.pieces[piece];
        let (push, _) = bump(measure(nodes, &UPRIGHT, trial.displacement));
        let (grip, _) = Self::grip(nodes, trial);
        for (f, (up, across)) in force.iter_mut().zip(UPRIGHT.iter().zip(&ACROSS)) {
            *f = push * up + grip * across;
        }
    }

    fn tangent(&self, piece: usize, trial: Trial<'_>, tangent: &mut [f64]) {
        let nodes = &self.pieces[piece];
        let (_, slope) = bump(measure(nodes, &UPRIGHT, trial.displacement));
        add_outer(&UPRIGHT, slope, tangent);
        add_outer(&ACROSS, Self::grip(nodes, trial).1, tangent);
    }
}

/// A node of the top and the held one below it.
fn upright(model: &Model) -> Vec<u32> {
    let at = |z: f64| {
        let there = |p: &&crate::tensor::Point| p.x == 4.0 && p.y == 3.0 && p.z == z;
        model.mesh.nodes.iter().position(|p| there(&p)).unwrap() as u32
    };
    vec![at(6.0), at(0.0)]
}

/// A load case scaled.
fn scaled(case: &LoadCase, name: &str, scale: f64) -> LoadCase {
    let forces = case.forces.iter().map(|(n, f)| (*n, scale * f)).collect();
    LoadCase::of_forces(name, forces)
}

/// Displacements by which the linear model answers its load cases, and those that unit forces against
/// `gradients` add to any of them.
fn linear(model: &Model, gradients: &[[Vec3; 2]]) -> (Vec<Vec<Vec3>>, Vec<Vec<Vec3>>) {
    let mut model = model.clone();
    let nodes = upright(&model);
    let count = model.load_cases.len();
    let mut add = |forces| model.load_cases.push(LoadCase::of_forces("unit", forces));
    add(Vec::new());
    for gradient in gradients {
        add(nodes.iter().zip(gradient).map(|(n, g)| (*n, -g)).collect());
    }
    let cases = solve(&model, &AnalysisSettings::default(), &Silent)
        .unwrap()
        .cases;
    let mut found: Vec<_> = cases.into_iter().map(|c| c.displacement).collect();
    let mut units = found.split_off(count);
    let nothing = units.remove(0);
    for unit in &mut units {
        unit.iter_mut().zip(&nothing).for_each(|(u, n)| *u -= n);
    }
    (found, units)
}

fn close(found: &[Vec3], exact: impl Fn(usize) -> Vec3, tolerance: f64) {
    let size = found.iter().map(|u| u.amax()).fold(0.0, f64::max);
    for (n, u) in found.iter().enumerate() {
        assert!((u - exact(n)).amax() < tolerance * size, "{u} {}", exact(n));
    }
}

/// Every step solved out, so that steps can be counted.
fn by(method: Method) -> AnalysisSettings {
    AnalysisSettings {
        method,
        newton: Newton {
            step_residual: 1e-10,
            ..Newton::default()
        },
        ..AnalysisSettings::default()
    }
}

/// Pulled, pushed and pushed harder, with a rod and a prescribed motion beside the strut.
fn bumped(kind: ElementKind) -> Model {
    let mut model = block(kind);
    model.extra_systems.push(rod(&model));
    for support in model.supports.iter_mut().filter(|s| s.axis == 1) {
        support.value = 1e-4 * model.mesh.nodes[support.node as usize].x;
    }
    let push = model.load_cases.remove(0);
    let cases = [("pulled", -1.0), ("pushed", 1.0), ("hard", 3.0)];
    model.load_cases = cases.map(|(name, by)| scaled(&push, name, by)).into();
    model
}

fn with_strut(model: &Model, push: Push) -> Model {
    let mut model = model.clone();
    let pieces = vec![upright(&model)];
    model.laws.push(Arc::new(Strut { pieces, push }));
    model
}

#[test]
fn a_strut_that_only_pushes_is_exact_in_every_load_case_of_its_own() {
    for (kind, method) in [
        (ElementKind::Tet4, Method::Cholesky),
        (ElementKind::Tet10, Method::Cg),
    ] {
        let alone = bumped(kind);
        let nodes = upright(&alone);
        let (free, units) = linear(&alone, &[UPRIGHT]);
        let yielding = -measure(&nodes, &UPRIGHT, &units[0]);
        let cases = solve(&with_strut(&alone, bump), &by(method), &Silent)
            .unwrap()
            .cases;
        let mut carried = Vec::new();
        for (case, free) in cases.iter().zip(&free) {
            let past = measure(&nodes, &UPRIGHT, free) - GAP;
            let push = SPRING * past.max(0.0) / (1.0 + SPRING * yielding);
            close(&case.displacement, |n| free[n] + push * units[0][n], 1e-8);
            // Counted once from what was accepted, and once a step and at the start from the trial.
            assert_eq!(case.state, [[1.0, f64::from(case.info.steps) + 1.0]]);
            assert_eq!(
                case.info.steps,
                if push > 0.0 { 2 } else { 1 },
                "{}",
                case.name
            );
            carried.push(push);
        }
        assert!(carried[0] == 0.0 && carried[1] > 1.0 && carried[2] > 3.0 * carried[1]);
    }
}

#[test]
fn a_stiffening_strut_is_exact_where_a_full_step_goes_ten_times_too_far() {
    let mut alone = block(ElementKind::Tet10);
    let nodes = upright(&alone);
    let (free, units) = linear(&alone, &[UPRIGHT]);
    let yielding = -measure(&nodes, &UPRIGHT, &units[0]);
    let unit = alone.load_cases.remove(0);
    // The load at which the strut is shorter by w follows from w in closed form.
    let loads = [1e-4, -2e-4, 1e-3].map(|w| {
        let push = stiffening(w).0;
        (
            w,
            push,
            (w + yielding * push) / measure(&nodes, &UPRIGHT, &free[0]),
        )
    });
    alone.load_cases = loads.map(|(_, _, by)| scaled(&unit, "push", by)).into();
    let cases = solve(&with_strut(&alone, stiffening), &by(Method::Auto), &Silent)
        .unwrap()
        .cases;
    for (case, (w, push, scale)) in cases.iter().zip(loads) {
        let found = measure(&nodes, &UPRIGHT, &case.displacement);
        assert!((found - w).abs() < 1e-7 * w.abs(), "{found} {w}");
        close(
            &case.displacement,
            |n| scale * free[0][n] + push * units[0][n],
            1e-7,
        );
    }
    let (w, _, scale) = loads[2];
    assert!(scale * measure(&nodes, &UPRIGHT, &free[0]) > 10.0 * w);
    assert!(cases[2].info.steps < 15, "{}", cases[2].info.steps);
}

#[test]
fn a_foot_slides_at_friction_times_the_push_it_ends_with() {
    let mut alone = block(ElementKind::Tet10);
    let push = alone.load_cases.remove(0);
    alone.load_cases.push(scaled(&push, "slides", 4.0));
    let nodes = upright(&alone);
    let (free, units) = linear(&alone, &[UPRIGHT, ACROSS]);
    let yielding: Vec<f64> = units
        .iter()
        .map(|u| -measure(&nodes, &UPRIGHT, u))
        .collect();
    let past = measure(&nodes, &UPRIGHT, &free[0]) - GAP;
    let push = SPRING * past / (1.0 + SPRING * (yielding[0] + FRICTION * yielding[1]));
    let mut model = alone;
    model.laws.push(Arc::new(Foot {
        pieces: vec![nodes.clone()],
    }));
    let settings = AnalysisSettings {
        // Its two ends lie apart, and its grip turns them against each other.
        imbalance_limit: 1.0,
        ..AnalysisSettings::default()
    };
    let case = solve(&model, &settings, &Silent).unwrap().cases.remove(0);
    let slid = |n: usize| free[0][n] + push * (units[0][n] + FRICTION * units[1][n]);
    close(&case.displacement, slid, 1e-7);
    assert!(push > 1.0 && measure(&nodes, &ACROSS, &case.displacement) > 0.0);
    assert!((case.state[0][0] - FRICTION * push).abs() < 1e-6 * push);
}

#[test]
fn a_refilled_matrix_is_the_one_assembled_with_the_same_stiffness() {
    for held in [[true; 3], [false, true, false]] {
        let model = with_strut(&block(ElementKind::Tet10), bump);
        let nodes = upright(&model);
        let mut fixed = system::constraints(&model).0;
        fixed[nodes[0] as usize] = [false, false, true];
        fixed[nodes[1] as usize] = held;
        let operator = model.operator();
        let mut assembled = operator.assemble(&fixed).unwrap();
        let refill = Refill::new(&assembled, operator.laws());
        let mut displacement = vec![Vec3::zeros(); model.mesh.nodes.len()];
        for closed in [true, false, true, true] {
            displacement[nodes[0] as usize].z = if closed { -2.0 * GAP } else { 0.0 };
            refill
                .fill(&mut assembled, &displacement, &operator.initial_state())
                .unwrap();
            let mut stiffness = vec![0.0; 36];
            add_outer(&UPRIGHT, if closed { SPRING } else { 0.0 }, &mut stiffness);
            let nodes = nodes.clone();
            let system = LocalSystem { nodes, stiffness };
            let whole = assemble(&model.mesh, &model.materials, &[&system], &fixed).unwrap();
            assert_eq!(assembled, whole);
        }
    }
}

#[test]
fn what_finds_no_equilibrium_or_is_not_given_its_state_is_told() {
    let model = with_strut(&bumped(ElementKind::Tet4), bump);
    let settings = AnalysisSettings {
        newton: Newton {
            max_steps: 1,
            ..Newton::default()
        },
        ..AnalysisSettings::default()
    };
    let error = solve(&model, &settings, &Silent).unwrap_err();
    let text = error.to_string();
    assert!(
        error.is_numerical() && text.contains("no equilibrium after 1 steps"),
        "{text}"
    );
    assert!(text.contains("load case pushed"), "{text}");
    let broken = with_strut(&model, |_| (0.0, f64::NAN));
    let text = solve(&broken, &settings, &Silent).unwrap_err().to_string();
    assert!(text.contains("is not finite"), "{text}");
    let mut astray = model.clone();
    let pieces = vec![vec![1_000_000]];
    astray.laws.push(Arc::new(Strut { pieces, push: bump }));
    let text = solve(&astray, &settings, &Silent).unwrap_err().to_string();
    assert!(text.contains("a law names node 1000000"), "{text}");
    let still = vec![Vec3::zeros(); model.mesh.nodes.len()];
    let text = model
        .operator()
        .forces(&still, &[])
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("the states of 0 laws are given, there are 1"),
        "{text}"
    );
}

#[test]
fn a_law_holds_no_body() {
    let mut model = with_strut(&block(ElementKind::Tet4), stiffening);
    model.supports.clear();
    let text = solve(&model, &by(Method::Auto), &Silent)
        .unwrap_err()
        .to_string();
    assert!(text.contains("6 of 6"), "{text}");
}

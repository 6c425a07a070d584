//! The whole way from a model to a balanced solution, on one small block, and every refusal.

use super::*;
use crate::assembly::{LocalSystem, assemble};
use crate::boundary::{Coupling, FixedDof, LoadCase};
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, Mesh};
use crate::progress::Silent;
use crate::solver::Backend;
use crate::solver::SolverError;
use crate::solver::cg::Stop;
use crate::solver::choice::Method;
use crate::solver::choice::Prediction;
use crate::solver::cholesky::Cholesky;
use crate::sparse::BlockMatrix;
use crate::tensor::{Elasticity, Point};

const SIZE: [f64; 3] = [4.0, 3.0, 6.0];

pub(crate) fn block(kind: ElementKind) -> Model {
    block_of(kind, [2, 2, 3])
}

fn block_of(kind: ElementKind, counts: [usize; 3]) -> Model {
    let mesh = box_mesh(kind, counts, |p| {
        Point::new(SIZE[0] * p[0], SIZE[1] * p[1], SIZE[2] * p[2])
    });
    let cage = Elasticity::isotropic(500.0, 0.3);
    let mut model = Model::uniform(mesh, cage).named("cage");
    for (n, p) in model.mesh.nodes.iter().enumerate() {
        if p.z == 0.0 {
            for axis in 0..3 {
                model.supports.push(FixedDof {
                    node: n as u32,
                    axis,
                    value: 0.0,
                });
            }
        }
    }
    model
        .load_cases
        .push(push(&model.mesh, Vec3::new(0.5, -0.25, -2.0)));
    model
}

/// The force on every node of the top face.
fn push(mesh: &Mesh, force: Vec3) -> LoadCase {
    let top = |n: &u32| mesh.nodes[*n as usize].z == SIZE[2];
    let nodes = (0..mesh.nodes.len() as u32).filter(top);
    LoadCase::of_forces("push", nodes.map(|n| (n, force)).collect())
}

pub(crate) fn run(model: &Model) -> Result<Solution, AnalysisError> {
    solve(model, &AnalysisSettings::default(), &Silent)
}

#[test]
fn rollers_and_a_prescribed_end_give_uniaxial_strain_exactly() {
    let mut model = block(ElementKind::Tet10);
    model.supports.clear();
    model.load_cases[0].forces.clear();
    for (n, p) in model.mesh.nodes.iter().enumerate() {
        let rollers = [
            (p.x == 0.0, 0, 0.0),
            (p.y == 0.0, 1, 0.0),
            (p.z == 0.0, 2, 0.0),
        ];
        let end = (p.z == SIZE[2], 2, -0.06);
        for (there, axis, value) in rollers.into_iter().chain([end]) {
            if there {
                model.supports.push(FixedDof {
                    node: n as u32,
                    axis,
                    value,
                });
            }
        }
    }
    let case = run(&model).unwrap().cases.remove(0);
    for (p, u) in model.mesh.nodes.iter().zip(&case.displacement) {
        let exact = Vec3::new(0.003 * p.x, 0.003 * p.y, -0.01 * p.z);
        assert!((u - exact).amax() < 1e-13, "{u} {exact}");
    }
}

#[test]
fn two_load_cases_add_up_and_the_answer_does_not_depend_on_threads() {
    let mut model = block(ElementKind::Tet10);
    let mesh = model.mesh.clone();
    model.load_cases.push(push(&mesh, Vec3::new(0.0, 1.0, 0.0)));
    model
        .load_cases
        .push(push(&mesh, Vec3::new(0.5, 0.75, -2.0)));
    let pool = |n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .unwrap()
    };
    let one = pool(1).install(|| run(&model)).unwrap();
    let again = pool(1).install(|| run(&model)).unwrap();
    let three = pool(3).install(|| run(&model)).unwrap();
    for n in 0..mesh.nodes.len() {
        let [a, b, c] = [0, 1, 2].map(|k| one.cases[k].displacement[n]);
        assert!((a + b - c).amax() < 1e-13);
        assert_eq!(a, again.cases[0].displacement[n]);
        assert!((a - three.cases[0].displacement[n]).amax() < 1e-13);
    }
}

#[test]
fn the_matrix_has_the_same_bits_for_any_number_of_threads() {
    let model = block(ElementKind::Tet10);
    let fixed = vec![[false; 3]; model.mesh.nodes.len()];
    let pool = |n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .unwrap()
    };
    let built = |n| {
        pool(n).install(|| {
            assemble(&model.mesh, &model.materials, &[], &fixed)
                .unwrap()
                .matrix
        })
    };
    assert_eq!(built(1), built(3));
}

/// Equal springs between the mean motions of two couplings, one a motion.
fn springs(couplings: &[Coupling; 2], spring: f64) -> LocalSystem {
    let mut nodes: Vec<u32> = couplings.iter().flat_map(|c| c.nodes.clone()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let width = 3 * nodes.len();
    let mut stiffness = vec![0.0; width * width];
    for k in 0..6 {
        let mut row = vec![0.0; width];
        for (coupling, sign) in couplings.iter().zip([-1.0, 1.0]) {
            for (n, columns) in coupling.nodes.iter().zip(&coupling.columns) {
                let at = nodes.binary_search(n).unwrap();
                for a in 0..3 {
                    row[3 * at + a] += sign * columns[k][a];
                }
            }
        }
        for (i, r) in row.iter().enumerate() {
            for (j, c) in row.iter().enumerate() {
                stiffness[width * i + j] += spring * (r * c);
            }
        }
    }
    LocalSystem { nodes, stiffness }
}

/// Springs between the mean motions of the top and the bottom, both about one point: then a rigid
/// motion of the whole leaves them unloaded, as it must.
pub(crate) fn rod(model: &Model) -> LocalSystem {
    use crate::mesh::Surface;
    let face = |name: &str| {
        let surface: &Surface = model.mesh.surface(name).unwrap();
        Coupling::on_surface(&model.mesh, &surface.facets, Point::new(2.0, 1.5, 3.0)).unwrap()
    };
    springs(&[face("z0"), face("z1")], 1e4)
}

fn refusal(change: impl FnOnce(&mut Model)) -> String {
    let mut model = block(ElementKind::Tet10);
    change(&mut model);
    run(&model).unwrap_err().to_string()
}

#[test]
fn an_unconstrained_body_is_named_with_the_motions_it_has_left() {
    let text = refusal(|m| m.supports.clear());
    assert!(
        text.contains("body cage") && text.contains("6 of 6"),
        "{text}"
    );
    let text = refusal(|m| m.supports.retain(|s| s.axis == 2));
    assert!(text.contains("3 of 6"), "{text}");
    let text = refusal(|m| m.supports.truncate(3));
    assert!(text.contains("3 of 6"), "{text}");
}

/// A block on another's top, 2 mm above it, with nothing but a spring between their faces.
fn hung(spring: f64) -> (Model, [Coupling; 2]) {
    let below = block(ElementKind::Tet10);
    let above = below
        .mesh
        .clone()
        .translated(Vec3::new(0.0, 0.0, SIZE[2] + 2.0));
    let meshes = [("below", &below.mesh), ("above", &above)];
    let (mesh, ranges) = crate::mesh::combine::concatenate(&meshes).unwrap();
    let facets = crate::mesh::boundary::boundary_facets(&mesh);
    let middle = Point::new(2.0, 1.5, SIZE[2] + 1.0);
    let couplings = [SIZE[2], SIZE[2] + 2.0].map(|z| {
        let on = |f: &&crate::mesh::Facet| mesh.facet_corners(**f).iter().all(|p| p.z == z);
        let face: Vec<_> = facets.iter().filter(on).copied().collect();
        Coupling::on_surface(&mesh, &face, middle).unwrap()
    });
    let held = springs(&couplings, spring);
    let first = ranges[1].nodes.start as u32;
    let lifted = |n: &u32| mesh.nodes[*n as usize].z == 2.0 * SIZE[2] + 2.0;
    let top = (first..mesh.nodes.len() as u32).filter(lifted);
    let load = top.map(|n| (n, Vec3::new(0.5, -0.25, -2.0))).collect();
    let elasticity = Elasticity::isotropic(500.0, 0.3);
    let mut model = Model::uniform(mesh, elasticity).with_supports(below.supports);
    model.extra_systems.push(held);
    model.load_cases.push(LoadCase::of_forces("push", load));
    (model, couplings)
}

/// What a spring alone holds turns and moves by load over spring, whichever way it is solved.
#[test]
fn a_body_held_by_springs_alone_is_solved() {
    const SPRING: f64 = 1e4;
    let (model, couplings) = hung(SPRING);
    let middle = couplings[0].reference;
    for method in [Method::Cholesky, Method::Cg] {
        let settings = AnalysisSettings {
            method,
            ..AnalysisSettings::default()
        };
        let solution = solve(&model, &settings, &Silent).unwrap();
        let moved = &solution.cases[0].displacement;
        let [below, above] = couplings.each_ref().map(|c| c.mean_motion(moved));
        let mut wrench = [0.0; 6];
        for (n, f) in &model.load_cases[0].forces {
            let moment = (model.mesh.nodes[*n as usize] - middle).cross(f);
            for k in 0..3 {
                wrench[k] += f[k];
                wrench[k + 3] += moment[k];
            }
        }
        for k in 0..6 {
            let carried = SPRING * (above[k] - below[k]);
            assert!(
                (carried - wrench[k]).abs() < 1e-5 * 400.0,
                "{method:?} {k}: {carried} {wrench:?}"
            );
        }
        assert!(solution.cases[0].imbalance < 1e-8);
    }
}

#[test]
fn bad_numbers_are_refused_with_their_place() {
    let text = refusal(|m| m.load_cases[0].forces[0].1.y = f64::NAN);
    assert!(
        text.contains("load case push") && text.contains("node"),
        "{text}"
    );
    let text = refusal(|m| m.load_cases[0].forces[0].0 = 1_000_000);
    assert!(text.contains("outside the mesh"), "{text}");
    let text = refusal(|m| m.materials.table[0] = Elasticity::isotropic(0.0, 0.3));
    assert!(
        text.contains("body cage, element 0") && text.contains("zero"),
        "{text}"
    );
    let text = refusal(|m| m.materials.table[0] = Elasticity::isotropic(100.0, 0.6));
    assert!(text.contains("not positive definite"), "{text}");
    let text = refusal(|m| m.materials.factor[5][2] = 0.0);
    assert!(text.contains("element 5"), "{text}");
    let text = refusal(|m| m.mesh.blocks.element_mut(3).swap(0, 1));
    assert!(
        text.contains("body cage") && text.contains("element 3 is inverted"),
        "{text}"
    );
    let text = refusal(|m| m.supports[0].value = f64::INFINITY);
    assert!(text.contains("prescribed displacement"), "{text}");
}

#[test]
fn a_solver_that_does_not_fit_is_refused_before_it_starts() {
    let with = |method| {
        let settings = AnalysisSettings {
            method,
            memory_limit: Some(1000),
            ..AnalysisSettings::default()
        };
        solve(&block(ElementKind::Tet10), &settings, &Silent).unwrap_err()
    };
    let error = with(Method::Cholesky);
    let AnalysisError::Solver(SolverError::TooLarge {
        needed, allowed, ..
    }) = error
    else {
        panic!("{error}");
    };
    assert!(needed > 10_000 && allowed == 1000);
    let error = with(Method::Auto);
    assert!(!error.is_numerical());
    let AnalysisError::Solver(SolverError::NoRoom { needed, allowed }) = error else {
        panic!("{error}");
    };
    assert!(needed > 10_000 && allowed == 1000);
}

/// Bytes in which the factor of a slender body fits and the predicted one, a compact body's, does
/// not: `auto` iterates.
pub(crate) fn room_for_the_factor_alone(matrix: &BlockMatrix, columns: usize) -> u64 {
    let prediction = Prediction::new(matrix, columns);
    let actual = Cholesky::default().analyse(matrix).unwrap().peak_bytes();
    let room = actual.max(prediction.multigrid_bytes as u64 + 1);
    assert!((room as f64) < prediction.factor_bytes, "{room}");
    room
}

#[test]
fn auto_turns_to_the_factor_where_conjugate_gradients_stall_and_says_so() {
    let model = block_of(ElementKind::Tet10, [1, 1, 40]);
    let fixed = system::constraints(&model).0;
    let assembled = assemble(&model.mesh, &model.materials, &[], &fixed).unwrap();
    let with = |method| AnalysisSettings {
        method,
        stop: Stop {
            max_iterations: 1,
            ..Stop::default()
        },
        memory_limit: Some(room_for_the_factor_alone(&assembled.matrix, 1)),
        ..AnalysisSettings::default()
    };
    let error = solve(&model, &with(Method::Cg), &Silent).unwrap_err();
    let stalled = matches!(error, AnalysisError::Solver(SolverError::Stalled { .. }));
    assert!(stalled && error.is_numerical(), "{error}");
    let found = solve(&model, &with(Method::Auto), &Silent).unwrap();
    let direct = solve(&model, &with(Method::Cholesky), &Silent).unwrap();
    let info = &found.cases[0].info;
    assert_eq!(info.method, "cholesky");
    let words = ["gave up", "after 1 iterations"];
    assert!(
        words.iter().all(|w| info.reason.contains(w)),
        "{}",
        info.reason
    );
    assert_eq!(found.cases[0].displacement, direct.cases[0].displacement);
}

#[test]
fn conjugate_gradients_and_cholesky_agree_with_springs_and_prescribed_motions() {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        let mut model = block(kind);
        model.extra_systems.push(rod(&model));
        let mesh = model.mesh.clone();
        model.load_cases.push(push(&mesh, Vec3::new(0.0, 1.0, 0.0)));
        for support in model.supports.iter_mut().filter(|s| s.axis == 1) {
            support.value = 0.01 * mesh.nodes[support.node as usize].x;
        }
        let with = |method| {
            let settings = AnalysisSettings {
                method,
                ..AnalysisSettings::default()
            };
            solve(&model, &settings, &Silent).unwrap()
        };
        let (direct, iterated) = (with(Method::Cholesky), with(Method::Cg));
        for (a, b) in direct.cases.iter().zip(&iterated.cases) {
            assert_eq!((a.info.method, b.info.method), ("cholesky", "cg"));
            assert!(b.info.true_residual <= 1e-10 && b.info.iterations > 0);
            let size = a.displacement.iter().map(|u| u.amax()).fold(0.0, f64::max);
            for (a, b) in a.displacement.iter().zip(&b.displacement) {
                assert!((a - b).amax() < 1e-7 * size);
            }
        }
    }
}

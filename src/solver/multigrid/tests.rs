//! Multigrid against exact relations and against Cholesky, and every refusal.

use super::aggregate::{Frame, Modes, aggregated, galerkin, rigid_modes};
use super::held::Held;
use super::refined::Refined;
use super::*;
use crate::assembly::rows::{parents, positions};
use crate::assembly::{Assembled, assemble};
use crate::material::MaterialField;
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, Mesh};
use crate::solver::cg::{Stop, System, solve};
use crate::solver::cholesky::Cholesky;
use crate::solver::refine::{self, Accuracy, Quality};
use crate::tensor::{Elasticity, Point};

/// A bent bar, 3 × 2 × 6 mm, stiff in its upper half.
fn bar(kind: ElementKind, cells: [usize; 3]) -> Mesh {
    box_mesh(kind, cells, |[x, y, z]| {
        Point::new(3.0 * x + 0.4 * z * z, 2.0 * y + 0.2 * x * z, 6.0 * z)
    })
}

fn materials(mesh: &Mesh, ratio: f64, poisson: f64) -> MaterialField {
    let soft = Elasticity::isotropic(50.0, 0.3);
    let mut field = MaterialField::uniform(soft, mesh.element_count());
    field
        .table
        .push(Elasticity::isotropic(50.0 * ratio, poisson));
    for e in 0..mesh.element_count() {
        field.of_element[e] = u32::from(mesh.centroid(e).z > 3.0);
    }
    field
}

struct Problem {
    assembled: Assembled,
    positions: Vec<[f64; 3]>,
    parents: Vec<[u32; 2]>,
}

impl Problem {
    /// `hold(point)` says which axes are fixed there.
    fn new(mesh: &Mesh, field: &MaterialField, hold: impl Fn(&Point) -> [bool; 3]) -> Self {
        let fixed: Vec<[bool; 3]> = mesh.nodes.iter().map(hold).collect();
        let assembled = assemble(mesh, field, &[], &fixed).unwrap();
        Self {
            positions: positions(mesh, &assembled.numbering),
            parents: parents(mesh, &assembled.numbering),
            assembled,
        }
    }

    fn clamped(kind: ElementKind, ratio: f64, poisson: f64) -> Self {
        let mesh = bar(kind, [5, 4, 9]);
        Self::new(&mesh, &materials(&mesh, ratio, poisson), |p| {
            [p.z == 0.0; 3]
        })
    }

    fn matrix(&self) -> &BlockMatrix {
        &self.assembled.matrix
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            positions: &self.positions,
            parents: &self.parents,
            turns: &[],
            periods: &[],
        }
    }

    /// Smooth loads, `columns` of them, none at fixed dofs.
    fn loads(&self, columns: usize) -> Vec<Vec<f64>> {
        let held = Held::uncoupled(self.matrix());
        (0..columns)
            .map(|k| {
                (0..3 * self.matrix().row_count())
                    .map(|i| match held.of(i / 3)[i % 3] {
                        true => 0.0,
                        false => (0.01 * (k + 1) as f64 * i as f64).sin() + 0.3,
                    })
                    .collect()
            })
            .collect()
    }

    fn iterate(&self, sides: &mut [Vec<f64>]) -> Result<Vec<Quality>, SolverError> {
        iterate(self.matrix(), self, sides)
    }

    fn direct(&self, sides: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let symbolic = Cholesky::default().analyse(self.matrix()).unwrap();
        let factor = symbolic.factor(self.matrix()).unwrap();
        let mut found = sides.to_vec();
        let accuracy = Accuracy::default();
        refine::solve(self.matrix(), factor.as_ref(), &mut found, &accuracy).unwrap();
        found
    }
}

/// Small levels, so that all kinds of levels are there.
const SETTINGS: Settings = Settings {
    degree: 3,
    coarse_degree: 2,
    inner_iterations: 3,
    inner_tolerance: 0.25,
    weak: 0.02,
    direct_flops: 2e5,
};

/// Solves with `matrix`, preconditioned by the multigrid of `problem`.
fn iterate(
    matrix: &BlockMatrix,
    problem: &Problem,
    sides: &mut [Vec<f64>],
) -> Result<Vec<Quality>, SolverError> {
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(problem.matrix(), problem.rows(), &backend, SETTINGS)?;
    let preconditioner = hierarchy.factor()?;
    let system = System {
        matrix,
        hierarchy: &hierarchy,
        preconditioner: &preconditioner,
    };
    solve(&system, sides, &Stop::default(), &Accuracy::default())
}

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m: f64, v| m.max(v.abs()))
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    let most = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    most.fold(0.0, f64::max) / largest(a)
}

#[test]
fn coarsening_quadratic_elements_gives_the_matrix_of_linear_ones() {
    // PᵀK₁₀P = K₄ for straight-sided tetrahedra of constant moduli.
    let free = |_: &Point| [false; 3];
    let quadratic = bar(ElementKind::Tet10, [3, 2, 4]);
    let linear = bar(ElementKind::Tet4, [3, 2, 4]);
    let fine = Problem::new(&quadratic, &materials(&quadratic, 20.0, 0.3), free);
    let coarse = Problem::new(&linear, &materials(&linear, 20.0, 0.3), free);
    let held = Held::default();
    let refined = Refined::new(&fine.parents, &held);
    let product = refined.galerkin(fine.matrix(), &held);
    assert_eq!(product.row_count(), coarse.matrix().row_count());
    let same: Vec<usize> = refined
        .kept
        .iter()
        .map(|&r| {
            let p = fine.positions[r as usize];
            coarse.positions.iter().position(|q| *q == p).unwrap()
        })
        .collect();
    let scale = coarse.matrix().infinity_norm();
    let mut compared = 0;
    for r in 0..product.row_count() {
        for (&c, block) in product.columns(r).iter().zip(product.blocks(r)) {
            let columns = coarse.matrix().columns(same[r]);
            let place = columns.binary_search(&(same[c as usize] as u32)).unwrap();
            for (a, b) in block.iter().zip(&coarse.matrix().blocks(same[r])[place]) {
                assert!((a - b).abs() < 1e-14 * scale, "{a} {b}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, coarse.matrix().block_count());
}

#[test]
fn the_prolongation_reproduces_rigid_motions_in_single_precision() {
    let mesh = bar(ElementKind::Tet4, [6, 5, 9]);
    let free = Problem::new(&mesh, &materials(&mesh, 1000.0, 0.3), |_| [false; 3]);
    let matrix = free.matrix();
    let modes = rigid_modes(&free.positions, &[]);
    let mut frame = Frame::new(free.positions.clone(), &[]);
    let first = aggregated(matrix, (1, &modes), &mut frame, (2.5, 0.02)).unwrap();
    reproduces(&first.prolongation, &first.modes, &modes);
    let (coarse, _) = galerkin(matrix, &first.prolongation, 2 * first.count);
    let second = aggregated(&coarse, (2, &first.modes), &mut frame, (2.5, 0.02)).unwrap();
    assert!(second.count > 1 && 4 * second.count < first.count);
    reproduces(&second.prolongation, &second.modes, &first.modes);
}

/// P Bc = B in f32, where A B = 0 leaves nothing for the smoothing to change.
fn reproduces(p: &BlockMatrix, coarse: &Modes, fine: &Modes) {
    let p = p.to_single();
    for mode in 0..6 {
        let from: Vec<f32> = coarse.iter().map(|v| v[mode] as f32).collect();
        let mut to = vec![0.0; fine.len()];
        p.multiply(&from, &mut to);
        let size = fine.iter().map(|v| v[mode].abs()).fold(0.0, f64::max);
        for (found, exact) in to.iter().zip(fine) {
            assert!((f64::from(*found) - exact[mode]).abs() < 1e-6 * size);
        }
    }
}

#[test]
fn it_agrees_with_cholesky_on_quadratic_and_linear_elements() {
    for (kind, ratio, poisson, most) in [
        (ElementKind::Tet10, 1.0, 0.3, 25),
        (ElementKind::Tet4, 1.0, 0.3, 40),
        (ElementKind::Tet10, 2200.0, 0.3, 40),
        (ElementKind::Tet10, 1.0, 0.49, 90),
    ] {
        let problem = Problem::clamped(kind, ratio, poisson);
        let sides = problem.loads(2);
        let mut found = sides.clone();
        let quality = problem.iterate(&mut found).unwrap();
        for ((found, exact), quality) in found.iter().zip(problem.direct(&sides)).zip(quality) {
            assert!(apart(&exact, found) < 1e-7, "{kind:?} {ratio} {poisson}");
            assert!(
                quality.steps <= most,
                "{kind:?} {ratio} {poisson}: {}",
                quality.steps
            );
        }
    }
}

#[test]
fn rollers_leave_fixed_axes_at_rest() {
    let mesh = bar(ElementKind::Tet10, [4, 3, 6]);
    let problem = Problem::new(&mesh, &materials(&mesh, 1.0, 0.3), |p| {
        [p.x == 0.0, p.y == 0.0, p.z == 0.0]
    });
    let sides = problem.loads(1);
    let mut found = sides.clone();
    problem.iterate(&mut found).unwrap();
    let exact = problem.direct(&sides);
    assert!(apart(&exact[0], &found[0]) < 1e-7);
    let held = Held::uncoupled(problem.matrix()).listed();
    assert!(!held.is_empty());
    for (r, axes) in held {
        for a in (0..3).filter(|&a| axes[a]) {
            assert_eq!(found[0][3 * r as usize + a], 0.0);
        }
    }
}

#[test]
fn columns_side_by_side_and_threads_do_not_change_the_answer() {
    let problem = Problem::clamped(ElementKind::Tet10, 3.0, 0.3);
    let sides = problem.loads(9);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let mut found = sides.clone();
        let run = || problem.iterate(&mut found).map(|_| ());
        pool.build().unwrap().install(run).unwrap();
        found
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(two, on(2));
    for (k, side) in sides.iter().enumerate() {
        assert!(apart(&one[k], &two[k]) < 1e-9);
        let mut alone = [side.clone()];
        problem.iterate(&mut alone).unwrap();
        assert!(apart(&one[k], &alone[0]) < 1e-8);
    }
}

#[test]
fn a_load_that_is_the_sum_of_others_has_the_sum_of_their_solutions() {
    let problem = Problem::clamped(ElementKind::Tet10, 1.0, 0.3);
    let mut sides = problem.loads(2);
    let sum = sides[0].iter().zip(&sides[1]).map(|(a, b)| 8.0 * a - b);
    sides.push(sum.collect());
    let exact = problem.direct(&sides);
    let mut found = sides.clone();
    let quality = problem.iterate(&mut found).unwrap();
    for k in 0..3 {
        assert!(apart(&exact[k], &found[k]) < 1e-7);
        assert!(quality[k].true_residual <= 1e-10);
    }
    for i in 0..found[0].len() {
        let sum = 8.0 * found[0][i] - found[1][i];
        assert!((found[2][i] - sum).abs() < 1e-11 * largest(&found[2]));
    }
}

#[test]
fn nothing_moves_without_load() {
    let problem = Problem::clamped(ElementKind::Tet10, 1.0, 0.3);
    let mut sides = vec![vec![0.0; 3 * problem.matrix().row_count()]];
    let quality = problem.iterate(&mut sides).unwrap();
    assert!(sides[0].iter().all(|v| *v == 0.0));
    assert_eq!((quality[0].steps, quality[0].true_residual), (0, 0.0));
}

#[test]
fn an_indefinite_matrix_and_numbers_that_are_none_are_refused() {
    let problem = Problem::clamped(ElementKind::Tet10, 1.0, 0.3);
    let sides = problem.loads(1);
    let mut turned = problem.matrix().clone();
    turned.fill_rows(|_, _, blocks| blocks.iter_mut().flatten().for_each(|v| *v = -*v));
    let refused = iterate(&turned, &problem, &mut sides.clone()).unwrap_err();
    assert_eq!(
        refused,
        SolverError::Indefinite {
            column: 0,
            iteration: 1
        }
    );
    let mut broken = sides.clone();
    broken[0][7] = f64::NAN;
    let refused = problem.iterate(&mut broken).unwrap_err();
    assert_eq!(refused, SolverError::NotFinite { column: 0 });
    let mut unsound = Problem::clamped(ElementKind::Tet10, 1.0, 0.3);
    unsound.assembled.matrix = turned;
    let refused = unsound.iterate(&mut sides.clone()).unwrap_err();
    assert_eq!(refused, SolverError::NotPositiveDefinite { row: 0 });
}

#[test]
fn an_iteration_that_cannot_reach_the_residual_says_where_it_stands() {
    let problem = Problem::clamped(ElementKind::Tet10, 1.0, 0.3);
    let backend = Cholesky::default();
    let hierarchy = Hierarchy::new(problem.matrix(), problem.rows(), &backend, SETTINGS).unwrap();
    let preconditioner = hierarchy.factor().unwrap();
    let system = System {
        matrix: problem.matrix(),
        hierarchy: &hierarchy,
        preconditioner: &preconditioner,
    };
    let stop = Stop {
        residual: 1e-10,
        max_iterations: 4,
    };
    let refused = solve(&system, &mut problem.loads(1), &stop, &Accuracy::default());
    let Err(SolverError::Stalled {
        residual,
        iterations: 4,
        ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert!(residual > 1e-10 && residual < 1.0);
}

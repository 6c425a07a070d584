//! The tie on small problems with exact answers, solved with dense matrices.

use nalgebra::{DMatrix, DVector, Matrix3};

use crate::assembly::LocalSystem;
use crate::boundary::{Coupling, FixedDof};
use crate::contact::{ContactError, Tie, TieSettings, TieSpec, build_tie};
use crate::element::tet10;
use crate::material::MaterialField;
use crate::mesh::boundary::{boundary_facets, facet_node_set};
use crate::mesh::structured::box_mesh;
use crate::mesh::{Blocks, ElementKind, Facet, Surface, TetMesh};
use crate::recovery::interface::{traction_resultant, tractions};
use crate::tensor::{Elasticity, OrthotropicConstants, Point, Vec3, Voigt, Wrench, traction};

/// Two blocks in one mesh; surfaces "a.z1" and so on.
struct Pair {
    mesh: TetMesh,
    materials: MaterialField,
}

impl Pair {
    fn new(a: &TetMesh, b: &TetMesh, elasticity: [Elasticity; 2]) -> Self {
        let mut mesh = TetMesh {
            nodes: Vec::new(),
            blocks: Blocks::default(),
            region_of: Vec::new(),
            regions: vec!["a".into(), "b".into()],
            surfaces: Vec::new(),
        };
        for (region, (body, part)) in [("a", a), ("b", b)].into_iter().enumerate() {
            let (nodes, elements) = (mesh.nodes.len() as u32, mesh.element_count() as u32);
            mesh.nodes.extend(&part.nodes);
            mesh.blocks.append(&part.blocks, nodes);
            mesh.region_of
                .extend(vec![region as u32; part.element_count()]);
            mesh.surfaces.extend(part.surfaces.iter().map(|s| {
                Surface {
                    name: format!("{body}.{}", s.name),
                    facets: s
                        .facets
                        .iter()
                        .map(|f| Facet {
                            element: f.element + elements,
                            face: f.face,
                        })
                        .collect(),
                }
            }));
        }
        let mut materials = MaterialField::uniform(elasticity[0], mesh.element_count());
        materials.table.push(elasticity[1]);
        materials.of_element.clone_from(&mesh.region_of);
        Self { mesh, materials }
    }

    fn facets(&self, name: &str) -> &[Facet] {
        &self.mesh.surface(name).unwrap().facets
    }

    fn tie(&self) -> Result<Tie, ContactError> {
        let spec = TieSpec {
            name: "a-b".into(),
            bodies: ["a".into(), "b".into()],
            surfaces: [self.facets("a.z1"), self.facets("b.z0")],
        };
        build_tie(&spec, &self.mesh, &self.materials, &TieSettings::default())
    }

    fn stiffness(&self, tie: &Tie) -> DMatrix<f64> {
        let mut k = DMatrix::zeros(3 * self.mesh.nodes.len(), 3 * self.mesh.nodes.len());
        for e in 0..self.mesh.element_count() {
            add(&mut k, &element_stiffness(self, e));
        }
        for system in &tie.systems {
            add(&mut k, system);
        }
        k
    }

    /// Nodes on the outside of both blocks, the rim of the interface included.
    fn outside(&self) -> Vec<u32> {
        let interface: Vec<Facet> = [self.facets("a.z1"), self.facets("b.z0")].concat();
        let mut facets = boundary_facets(&self.mesh);
        facets.retain(|f| !interface.contains(f));
        facet_node_set(&self.mesh, &facets)
    }

    fn rollers(&self, name: &str, axis: u8) -> Vec<FixedDof> {
        facet_node_set(&self.mesh, self.facets(name))
            .into_iter()
            .map(|node| FixedDof {
                node,
                axis,
                value: 0.0,
            })
            .collect()
    }
}

/// ∫ Bᵀ C B of one element, from the volume integral alone (apart from the tie's own flux).
fn element_stiffness(pair: &Pair, e: usize) -> LocalSystem {
    let (mesh, nodes) = (&pair.mesh, pair.mesh.element(e).to_vec());
    let n = 3 * nodes.len();
    let mut stiffness = vec![0.0; n * n];
    let (grad_l, volume) = tet10::barycentric_gradients(&mesh.corners(e));
    for (q, l) in tet10::POINTS.iter().enumerate() {
        let gradients = match mesh.kind_of(e).is_quadratic() {
            true => tet10::shape_gradients(l, &grad_l).to_vec(),
            false => grad_l.to_vec(),
        };
        let strain = |i: usize| {
            let mut u = Matrix3::zeros();
            u.set_row(i % 3, &gradients[i / 3].transpose());
            strain_of(&u)
        };
        let weight = 0.25 * volume * pair.materials.factor[e][q];
        for i in 0..n {
            let stress = pair.materials.elasticity(e).stress(&strain(i)) * weight;
            for j in 0..n {
                stiffness[i * n + j] += stress.dot(&strain(j));
            }
        }
    }
    LocalSystem { nodes, stiffness }
}

/// Voigt strain of a displacement gradient.
fn strain_of(g: &Matrix3<f64>) -> Voigt {
    Voigt::new(
        g[(0, 0)],
        g[(1, 1)],
        g[(2, 2)],
        g[(0, 1)] + g[(1, 0)],
        g[(1, 2)] + g[(2, 1)],
        g[(2, 0)] + g[(0, 2)],
    )
}

fn add(k: &mut DMatrix<f64>, system: &LocalSystem) {
    let n = 3 * system.nodes.len();
    let dof = |i: usize| 3 * system.nodes[i / 3] as usize + i % 3;
    for i in 0..n {
        for j in 0..n {
            k[(dof(i), dof(j))] += system.stiffness[i * n + j];
        }
    }
}

/// Solves K u = f with some dofs prescribed; panics where K is not positive definite on the rest.
fn solve(k: &DMatrix<f64>, fixed: &[FixedDof], loads: &[(u32, Vec3)]) -> Vec<Vec3> {
    let n = k.nrows();
    let mut value = vec![None; n];
    for f in fixed {
        value[3 * f.node as usize + f.axis as usize] = Some(f.value);
    }
    let free: Vec<usize> = (0..n).filter(|&i| value[i].is_none()).collect();
    let mut force = DVector::zeros(n);
    for (node, f) in loads {
        for a in 0..3 {
            force[3 * *node as usize + a] += f[a];
        }
    }
    let known = DVector::from_fn(n, |i, _| value[i].unwrap_or(0.0));
    let rhs = force - k * &known;
    let reduced = k.select_rows(&free).select_columns(&free);
    let factor = reduced.clone().cholesky().expect("positive definite");
    let b = rhs.select_rows(&free);
    let mut x = factor.solve(&b);
    x += factor.solve(&(&b - &reduced * &x));
    let mut u = known;
    for (i, &dof) in free.iter().enumerate() {
        u[dof] = x[i];
    }
    u.as_slice()
        .chunks(3)
        .map(Vec3::from_column_slice)
        .collect()
}

/// Lower and upper block of 10 × 10 × (5 + 5) mm with 3 × 3 against 4 × 4 facets, the upper grid
/// swirled in the plane so that no lines coincide; the interface is z = height(x, y), the upper
/// block starts `gap` above it.
fn blocks(kind: ElementKind, gap: f64, height: impl Fn(f64, f64) -> f64) -> [TetMesh; 2] {
    let lower = box_mesh(kind, [3, 3, 1], |[x, y, z]| {
        let (x, y) = (10.0 * x, 10.0 * y);
        Point::new(x, y, z * height(x, y))
    });
    let upper = box_mesh(kind, [4, 4, 1], |[x, y, z]| {
        let bump = (std::f64::consts::PI * x).sin() * (std::f64::consts::PI * y).sin();
        let (x, y) = (10.0 * (x + 0.08 * bump), 10.0 * (y - 0.06 * bump));
        let h = height(x, y) + gap;
        Point::new(x, y, h + z * (10.0 - h))
    });
    [lower, upper]
}

fn flat(kind: ElementKind) -> [TetMesh; 2] {
    blocks(kind, 0.0, |_, _| 5.0)
}

fn curved() -> [TetMesh; 2] {
    blocks(ElementKind::Tet10, 0.0, |x, y| {
        5.0 + ((x - 5.0).powi(2) + (y - 5.0).powi(2)) / 120.0
    })
}

fn turned_orthotropic() -> Elasticity {
    let constants = OrthotropicConstants {
        youngs_modulus: [300.0, 500.0, 1200.0],
        shear_modulus: [150.0, 200.0, 260.0],
        poisson_ratio: [0.25, 0.3, 0.1],
    };
    let turn = nalgebra::Rotation3::from_euler_angles(0.4, -0.2, 0.9);
    Elasticity::orthotropic(&constants)
        .unwrap()
        .rotated(turn.matrix())
}

/// The linear field that keeps displacement and traction continuous across a plane with normal n:
/// its gradient is G on side A and G + d⊗n on side B.
fn gradient_beyond(n: &Vec3, g: &Matrix3<f64>, c: [&Elasticity; 2]) -> Matrix3<f64> {
    let own = traction(&c[0].stress(&strain_of(g)), n);
    let carried = traction(&c[1].stress(&strain_of(g)), n);
    let acoustic = Matrix3::from_fn(|i, j| {
        let jump = Vec3::ith(j, 1.0) * n.transpose();
        traction(&c[1].stress(&strain_of(&jump)), n)[i]
    });
    g + acoustic.try_inverse().unwrap() * (own - carried) * n.transpose()
}

/// Largest error of displacement (relative to its largest value) and of traction (relative to its
/// size) when the exact piecewise linear field is prescribed on the outside.
fn linear_patch_errors(tilt_deg: f64, kind: ElementKind, c: [Elasticity; 2]) -> [f64; 2] {
    let slope = tilt_deg.to_radians().tan();
    let [a, b] = blocks(kind, 0.0, |x, _| 5.0 + slope * (x - 5.0));
    let pair = Pair::new(&a, &b, c);
    let tie = pair.tie().unwrap();
    assert!(tie.untied_area == 0.0);
    let n = Vec3::new(-slope, 0.0, 1.0).normalize();
    let on_plane = Point::new(5.0, 5.0, 5.0);
    let g = Matrix3::new(1.0, 0.4, -0.3, -0.7, 0.5, 0.8, 0.2, -0.6, -1.3) * 1e-3;
    let beyond = gradient_beyond(&n, &g, [&c[0], &c[1]]);
    let exact = |node: usize| {
        let p = pair.mesh.nodes[node] - on_plane;
        if node < a.nodes.len() {
            g * p
        } else {
            beyond * p
        }
    };
    let fixed: Vec<FixedDof> = pair
        .outside()
        .into_iter()
        .flat_map(|node| {
            let u = exact(node as usize);
            (0..3).map(move |axis| FixedDof {
                node,
                axis,
                value: u[axis as usize],
            })
        })
        .collect();
    let u = solve(&pair.stiffness(&tie), &fixed, &[]);
    let largest = (0..u.len()).map(|i| exact(i).amax()).fold(0.0, f64::max);
    let error = (0..u.len())
        .map(|i| (u[i] - exact(i)).amax())
        .fold(0.0, f64::max);
    let expected = traction(&c[0].stress(&strain_of(&g)), &n);
    let flux_error = tractions(&pair.mesh, &pair.materials, &tie, &u)
        .iter()
        .map(|p| (p.traction - expected).norm())
        .fold(0.0, f64::max);
    [error / largest, flux_error / expected.norm()]
}

// Round-off of a dense solve with stiffness contrasts up to 2200.
const PATCH: f64 = 1e-9;

#[test]
fn a_linear_field_crosses_a_flat_non_matching_interface_exactly() {
    let cases = [
        [
            Elasticity::isotropic(1000.0, 0.3),
            Elasticity::isotropic(1000.0, 0.3),
        ],
        [Elasticity::isotropic(300.0, 0.2), turned_orthotropic()],
        [
            Elasticity::isotropic(110e3, 0.3),
            Elasticity::isotropic(50.0, 0.45),
        ],
    ];
    for kind in [ElementKind::Tet10, ElementKind::Tet4] {
        for c in cases {
            let errors = linear_patch_errors(0.0, kind, c);
            assert!(errors.iter().all(|e| *e < PATCH), "{kind:?} {errors:?}");
        }
    }
}

#[test]
fn a_linear_field_crosses_an_inclined_interface_exactly() {
    let c = [
        Elasticity::isotropic(1280.0, 0.3),
        Elasticity::isotropic(300.0, 0.2),
    ];
    let errors = linear_patch_errors(30.0, ElementKind::Tet10, c);
    assert!(errors.iter().all(|e| *e < PATCH), "{errors:?}");
}

/// A rolled stack of two materials under 1 MPa on the whole top.
fn pressed_stack(pair: &Pair, tie: &Tie) -> Vec<Vec3> {
    let mut fixed = pair.rollers("a.z0", 2);
    for body in ["a", "b"] {
        for (side, axis) in [("x0", 0), ("x1", 0), ("y0", 1), ("y1", 1)] {
            fixed.extend(pair.rollers(&format!("{body}.{side}"), axis));
        }
    }
    let top = Coupling::on_surface(&pair.mesh, pair.facets("b.z1"), Point::new(5.0, 5.0, 10.0));
    let load = Wrench::of_force(Vec3::new(0.0, 0.0, -100.0));
    solve(&pair.stiffness(tie), &fixed, &top.unwrap().forces(&load))
}

#[test]
fn a_rolled_stack_of_two_materials_carries_its_pressure_unchanged() {
    let [a, b] = flat(ElementKind::Tet10);
    let (e, nu) = ([610.0, 300.0], [0.3, 0.2]);
    let c = [0, 1].map(|i| Elasticity::isotropic(e[i], nu[i]));
    let pair = Pair::new(&a, &b, c);
    let tie = pair.tie().unwrap();
    let u = pressed_stack(&pair, &tie);
    // Uniaxial strain: u = −p z / M with M = λ + 2μ in each block.
    for (node, u) in u.iter().enumerate() {
        let z = pair.mesh.nodes[node].z;
        let expected = -z.min(5.0) / c[0].0[(0, 0)] - (z - 5.0).max(0.0) / c[1].0[(0, 0)];
        assert!(
            (u - Vec3::new(0.0, 0.0, expected)).amax() < PATCH * 0.01,
            "{u}"
        );
    }
    for p in tractions(&pair.mesh, &pair.materials, &tie, &u) {
        assert!((p.traction - Vec3::new(0.0, 0.0, -1.0)).norm() < PATCH);
    }
}

#[test]
fn pressure_across_a_curved_interface_gets_better_with_the_mesh() {
    // The facets of the two sides do not coincide: no patch test, but an error that falls.
    let error = |n: usize| {
        let height = |x: f64, y: f64| 5.0 + ((x - 5.0).powi(2) + (y - 5.0).powi(2)) / 120.0;
        let lower = box_mesh(ElementKind::Tet10, [n, n, 1], |[x, y, z]| {
            let (x, y) = (10.0 * x, 10.0 * y);
            Point::new(x, y, z * height(x, y))
        });
        let upper = box_mesh(ElementKind::Tet10, [n + 1, n + 1, 1], |[x, y, z]| {
            let (x, y) = (10.0 * x, 10.0 * y);
            let h = height(x, y);
            Point::new(x, y, h + z * (10.0 - h))
        });
        let c = Elasticity::isotropic(300.0, 0.2);
        let pair = Pair::new(&lower, &upper, [c, c]);
        let tie = pair.tie().unwrap();
        let u = pressed_stack(&pair, &tie);
        let stress = c.stress(&Voigt::new(0.0, 0.0, -1.0 / c.0[(0, 0)], 0.0, 0.0, 0.0));
        let (mut square, mut area) = (0.0, 0.0);
        for p in tractions(&pair.mesh, &pair.materials, &tie, &u) {
            square += p.area * (p.traction - traction(&stress, &p.normal)).norm_squared();
            area += p.area;
        }
        // Nothing of side A is lost although the surfaces overlap and gape.
        assert!((area / tie.area - 1.0).abs() < 1e-3 && tie.untied_area < 1e-3 * tie.area);
        (square / area).sqrt()
    };
    let (coarse, fine) = (error(2), error(4));
    assert!(coarse < 0.1 && fine < 0.6 * coarse, "{coarse} {fine}");
}

fn rigid_motions(mesh: &TetMesh) -> Vec<DVector<f64>> {
    (0..6)
        .map(|k| {
            let unit = Vec3::ith(k % 3, 1.0);
            let motion = |p: &Point| {
                if k < 3 {
                    unit
                } else {
                    unit.cross(&p.coords) / 10.0
                }
            };
            let u: Vec<f64> = mesh
                .nodes
                .iter()
                .flat_map(|p| motion(p).data.0[0])
                .collect();
            DVector::from_vec(u)
        })
        .collect()
}

#[test]
fn a_tie_keeps_six_rigid_body_motions_flat_curved_and_across_a_gap() {
    let c = [
        Elasticity::isotropic(1280.0, 0.3),
        Elasticity::isotropic(300.0, 0.2),
    ];
    let gaping = blocks(ElementKind::Tet10, 0.05, |x, y| 5.0 + 0.02 * x * y);
    for [a, b] in [
        flat(ElementKind::Tet10),
        flat(ElementKind::Tet4),
        curved(),
        gaping,
    ] {
        let pair = Pair::new(&a, &b, c);
        let k = pair.stiffness(&pair.tie().unwrap());
        assert!((&k - k.transpose()).amax() <= 1e-14 * k.amax());
        for u in rigid_motions(&pair.mesh) {
            let force = (&k * &u).amax();
            assert!(force < 1e-10 * k.amax() * u.amax(), "{force}");
        }
        let mut values: Vec<f64> = k.symmetric_eigenvalues().iter().copied().collect();
        values.sort_by(f64::total_cmp);
        let largest = values[values.len() - 1];
        assert!(
            values[5].abs() < 1e-12 * largest && values[6] > 1e-7 * largest,
            "{values:?}"
        );
    }
}

#[test]
fn the_tied_stiffness_is_positive_definite_for_any_contrast() {
    let [a, b] = curved();
    for (c, d) in [
        ((110e3, 0.3), (50.0, 0.49)),
        ((50.0, 0.49), (110e3, 0.3)),
        ((1.0, 0.49), (1.0, 0.49)),
    ] {
        let c = [c, d].map(|(e, nu)| Elasticity::isotropic(e, nu));
        let pair = Pair::new(&a, &b, c);
        let tie = pair.tie().unwrap();
        let k = pair.stiffness(&tie);
        let bottom: Vec<usize> = facet_node_set(&pair.mesh, pair.facets("a.z0"))
            .into_iter()
            .flat_map(|n| (0..3).map(move |a| 3 * n as usize + a))
            .collect();
        let free: Vec<usize> = (0..k.nrows()).filter(|i| !bottom.contains(i)).collect();
        let reduced = k.select_rows(&free).select_columns(&free);
        assert!(reduced.cholesky().is_some());
    }
}

#[test]
fn the_tie_never_takes_more_than_its_share_of_the_strain_energy() {
    // K_bodies/s + K_tie must stay semidefinite: s = 3 is the settings' stability.
    let [a, b] = curved();
    let c = [
        Elasticity::isotropic(110e3, 0.3),
        Elasticity::isotropic(50.0, 0.49),
    ];
    let mut pair = Pair::new(&a, &b, c);
    for (e, factor) in pair.materials.factor.iter_mut().enumerate() {
        // Graded inside the elements, steeply and differently in each.
        *factor = std::array::from_fn(|q| 0.3 + 0.7 * ((5 * e + 3 * q) % 7) as f64 / 6.0);
    }
    let tie = pair.tie().unwrap();
    let untied = Tie {
        systems: Vec::new(),
        ..tie.clone()
    };
    let bodies = pair.stiffness(&untied);
    let ties = pair.stiffness(&tie) - &bodies;
    let left = bodies / TieSettings::default().stability + ties;
    let values = left.symmetric_eigenvalues();
    assert!(
        values.min() > -1e-10 * values.max(),
        "{} {}",
        values.min(),
        values.max()
    );
}

#[test]
fn the_area_without_a_partner_is_exact() {
    let cube = |shift: Vec3, cells: usize, lift: f64| {
        box_mesh(ElementKind::Tet4, [cells, cells, 1], move |[x, y, z]| {
            Point::new(10.0 * x, 10.0 * y, 5.0 * z + lift * x * (1.0 - z)) + shift
        })
    };
    let c = Elasticity::isotropic(1.0, 0.3);
    let lower = cube(Vec3::zeros(), 3, 0.0);
    let shifted = Pair::new(&lower, &cube(Vec3::new(3.0, 2.0, 5.0), 4, 0.0), [c, c]);
    let tie = shifted.tie().unwrap();
    assert!((tie.area - 100.0).abs() < 1e-12);
    assert!(
        (tie.untied_area - 44.0).abs() < 1e-10,
        "{}",
        tie.untied_area
    );
    // The gap opens linearly to 0.25 mm over 10 mm: beyond x = 4 it exceeds 0.1 mm.
    let opening = Pair::new(&lower, &cube(Vec3::new(0.0, 0.0, 5.0), 4, 0.25), [c, c]);
    let tie = opening.tie().unwrap();
    // Along the lower normal; the facets on the edge are 10/4 wide, so 0 to 10 mm at most.
    assert!(
        (tie.untied_area - 60.0).abs() < 1e-10,
        "{}",
        tie.untied_area
    );
    assert!(tie.points.iter().all(|p| p.gap > -1e-12 && p.gap < 0.1));
    let away = Pair::new(&lower, &cube(Vec3::new(0.0, 0.0, 5.2), 4, 0.0), [c, c]);
    assert!(matches!(
        away.tie(),
        Err(ContactError::NothingInReach { .. })
    ));
}

#[test]
fn the_flux_balances_the_load_in_force_and_moment() {
    // Clamped below, a skew wrench on top, gaping and curved: nothing symmetric helps.
    let [a, b] = blocks(ElementKind::Tet10, 0.03, |x, y| 5.0 + 0.01 * x * y);
    let c = [Elasticity::isotropic(1280.0, 0.3), turned_orthotropic()];
    let mut pair = Pair::new(&a, &b, c);
    for (e, factor) in pair.materials.factor.iter_mut().enumerate() {
        *factor = [1.0, 0.8, 0.6, 0.4 + 0.5 * ((e % 7) as f64 / 7.0)];
    }
    let tie = pair.tie().unwrap();
    let mut fixed = Vec::new();
    for axis in 0..3 {
        fixed.extend(pair.rollers("a.z0", axis));
    }
    let reference = Point::new(4.0, 6.0, 30.0);
    let load = Wrench {
        force: Vec3::new(20.0, -5.0, -100.0),
        moment: Vec3::new(300.0, 700.0, 150.0),
    };
    let top = Coupling::on_surface(&pair.mesh, pair.facets("b.z1"), reference).unwrap();
    let u = solve(&pair.stiffness(&tie), &fixed, &top.forces(&load));
    let points = tractions(&pair.mesh, &pair.materials, &tie, &u);
    let carried = traction_resultant(&points, &reference);
    assert!(
        (carried.force - load.force).norm() < 1e-9 * load.force.norm(),
        "{carried:?}"
    );
    assert!(
        (carried.moment - load.moment).norm() < 1e-9 * load.moment.norm(),
        "{carried:?}"
    );
}

#[test]
fn two_tied_halves_of_a_beam_bend_like_one() {
    // 4 × 4 × 40 mm under a pure moment: quadratic displacements, exact in one piece; the halves
    // have different grids. Timoshenko's rotation M L / E I with ν = 0 is exact at a clamp.
    let (e, length, side) = (1000.0, 40.0, 4.0);
    let half = |cells: [usize; 3], from: f64| {
        box_mesh(ElementKind::Tet10, cells, move |[x, y, z]| {
            Point::new(side * x, side * y, from + 0.5 * length * z)
        })
    };
    let c = Elasticity::isotropic(e, 0.0);
    let pair = Pair::new(
        &half([2, 2, 3], 0.0),
        &half([3, 3, 4], 0.5 * length),
        [c, c],
    );
    let tie = pair.tie().unwrap();
    let mut fixed = Vec::new();
    for axis in 0..3 {
        fixed.extend(pair.rollers("a.z0", axis));
    }
    let end = Point::new(2.0, 2.0, length);
    let top = Coupling::on_surface(&pair.mesh, pair.facets("b.z1"), end).unwrap();
    let k = pair.stiffness(&tie);
    let inertia = side.powi(4) / 12.0;
    let moment = Wrench {
        force: Vec3::zeros(),
        moment: Vec3::new(0.0, 100.0, 0.0),
    };
    let motion = top.mean_motion(&solve(&k, &fixed, &top.forces(&moment)));
    let expected = 100.0 * length / (e * inertia);
    assert!(
        (motion[4] / expected - 1.0).abs() < 1e-9,
        "{} {expected}",
        motion[4]
    );
    // A tip force: P L³/3EI + P L/κGA, cubic, so to the mesh's accuracy (1 % at 7 elements).
    let push = Wrench::of_force(Vec3::new(1.0, 0.0, 0.0));
    let motion = top.mean_motion(&solve(&k, &fixed, &top.forces(&push)));
    let expected =
        length.powi(3) / (3.0 * e * inertia) + length * 6.0 / 5.0 / (0.5 * e * side * side);
    assert!(
        (motion[0] / expected - 1.0).abs() < 0.01,
        "{} {expected}",
        motion[0]
    );
}

#[test]
fn empty_sides_and_unusable_settings_are_refused_by_name() {
    let [a, b] = flat(ElementKind::Tet4);
    let c = Elasticity::isotropic(1.0, 0.3);
    let mut pair = Pair::new(&a, &b, [c, c]);
    let build = |pair: &Pair, a: &[Facet], settings: &TieSettings| {
        let spec = TieSpec {
            name: "cage-T5".into(),
            bodies: ["cage".into(), "T5".into()],
            surfaces: [a, pair.facets("b.z0")],
        };
        build_tie(&spec, &pair.mesh, &pair.materials, settings)
    };
    let ok = TieSettings::default();
    let empty = build(&pair, &[], &ok).unwrap_err().to_string();
    assert!(
        empty.contains("cage-T5") && empty.contains("surface of cage"),
        "{empty}"
    );
    for bad in [
        TieSettings {
            max_gap: f64::NAN,
            ..ok
        },
        TieSettings {
            max_angle_deg: 90.0,
            ..ok
        },
        TieSettings {
            stability: 1.0,
            ..ok
        },
    ] {
        let refused = build(&pair, pair.facets("a.z1"), &bad);
        assert!(matches!(refused, Err(ContactError::Settings { .. })));
    }
    pair.materials.table[1] = Elasticity::isotropic(0.0, 0.3);
    let refused = build(&pair, pair.facets("a.z1"), &ok);
    assert!(matches!(refused, Err(ContactError::NoStiffness { .. })));
}

//! Models, loads and errors that the verification problems share.

use std::collections::BTreeMap;

use endplate::analysis::{AnalysisSettings, CaseSolution, solve};
use endplate::boundary::{FixedDof, LoadCase};
use endplate::element::strain;
use endplate::element::tet10::{barycentric, barycentric_gradients, shape, shape_gradients};
use endplate::mesh::boundary::{boundary_facets, facet_node_set};
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{EDGES, ElementKind, FACES_QUADRATIC, Facet, TetMesh};
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::recovery::stress_at;
use endplate::tensor::{Elasticity, Point, Vec3, Voigt};

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "meshes: a perturbed mesh keeps its boundary and its volume",
    a_perturbed_mesh_keeps_its_boundary,
)];

/// A model of one body of one material, without supports or loads.
pub fn solid(mesh: TetMesh, elasticity: Elasticity) -> Model {
    Model::uniform(mesh, elasticity).named("body")
}

/// Gives the elements whose centroid `there` accepts another elasticity.
pub fn assign(model: &mut Model, elasticity: Elasticity, there: impl Fn(&Point) -> bool) {
    let number = model.materials.table.len() as u32;
    model.materials.table.push(elasticity);
    for e in 0..model.mesh.element_count() {
        if there(&model.mesh.centroid(e)) {
            model.materials.of_element[e] = number;
        }
    }
}

/// Fixes one axis of every node that `there` accepts to the value of `value` there.
pub fn hold(
    model: &mut Model,
    axis: u8,
    there: impl Fn(&Point) -> bool,
    value: impl Fn(&Point) -> f64,
) {
    for (n, p) in model.mesh.nodes.iter().enumerate() {
        if there(p) {
            model.supports.push(FixedDof {
                node: n as u32,
                axis,
                value: value(p),
            });
        }
    }
}

/// Prescribes the field `u` on the whole boundary.
pub fn hold_boundary(model: &mut Model, u: impl Fn(&Point) -> Vec3) {
    for n in facet_node_set(&model.mesh, &boundary_facets(&model.mesh)) {
        let value = u(&model.mesh.nodes[n as usize]);
        for axis in 0..3 {
            model.supports.push(FixedDof {
                node: n,
                axis,
                value: value[axis as usize],
            });
        }
    }
}

/// Adds a load case of nodal forces.
pub fn load(model: &mut Model, forces: Vec<(u32, Vec3)>) {
    let name = format!("load {}", model.load_cases.len());
    model.load_cases.push(LoadCase::of_forces(&name, forces));
}

/// The solutions of all load cases.
pub fn solutions(model: &Model) -> Result<Vec<CaseSolution>, String> {
    let solution = solve(model, &AnalysisSettings::default(), &Silent);
    Ok(solution.map_err(|e| e.to_string())?.cases)
}

/// The displacements of the first load case; one without forces where the model has none.
pub fn displacement(model: &mut Model) -> Result<Vec<Vec3>, String> {
    if model.load_cases.is_empty() {
        load(model, Vec::new());
    }
    let first = solutions(model)?.into_iter().next();
    Ok(first.ok_or("no load case")?.displacement)
}

/// Gauss–Legendre points and weights on [0, 1], exact to degree 7.
const GAUSS: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_93),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_07),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_07),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_93),
];

/// Barycentric points and weights (sum 1) of the tetrahedron from the cube collapsed onto it:
/// exact to degree 5, more than any load or error here needs.
pub fn tet_rule() -> Vec<([f64; 4], f64)> {
    let mut rule = Vec::new();
    for (a, wa) in GAUSS {
        for (b, wb) in GAUSS {
            for (c, wc) in GAUSS {
                let (y, z) = (b * (1.0 - a), c * (1.0 - a) * (1.0 - b));
                let weight = 6.0 * wa * wb * wc * (1.0 - a).powi(2) * (1.0 - b);
                rule.push(([1.0 - a - y - z, a, y, z], weight));
            }
        }
    }
    rule
}

/// Values of the shape functions of `kind` at barycentric coordinates.
fn shapes(kind: ElementKind, l: &[f64; 4]) -> Vec<f64> {
    match kind.is_quadratic() {
        true => shape(l).to_vec(),
        false => l.to_vec(),
    }
}

fn position(corners: &[Point; 4], l: &[f64; 4]) -> Point {
    let sum: Vec3 = corners.iter().zip(l).map(|(p, l)| *l * p.coords).sum();
    Point::from(sum)
}

/// Consistent nodal forces of a body force (N/mm³).
pub fn body_force(mesh: &TetMesh, force: impl Fn(&Point) -> Vec3) -> Vec<(u32, Vec3)> {
    let mut nodal = vec![Vec3::zeros(); mesh.nodes.len()];
    let kind = mesh.kind_of(0);
    let rule: Vec<_> = tet_rule()
        .into_iter()
        .map(|(l, w)| (l, shapes(kind, &l), w))
        .collect();
    for e in 0..mesh.element_count() {
        let (corners, volume) = (mesh.corners(e), mesh.volume(e));
        for (l, n, w) in &rule {
            let f = *w * volume * force(&position(&corners, l));
            for (&node, n) in mesh.element(e).iter().zip(n) {
                nodal[node as usize] += *n * f;
            }
        }
    }
    (0..).zip(nodal).collect()
}

/// Consistent nodal forces of a traction (MPa) that may depend on place and outward normal.
pub fn surface_load(
    mesh: &TetMesh,
    facets: &[Facet],
    traction: impl Fn(&Point, &Vec3) -> Vec3,
) -> Vec<(u32, Vec3)> {
    let mut nodal = vec![Vec3::zeros(); mesh.nodes.len()];
    for &facet in facets {
        let area = mesh.facet_area_vector(facet);
        let normal = area.normalize();
        let (corners, element) = (
            mesh.corners(facet.element as usize),
            mesh.element(facet.element as usize),
        );
        let on_face = FACES_QUADRATIC[facet.face as usize];
        for (a, wa) in GAUSS {
            for (b, wb) in GAUSS {
                let mut l = [0.0; 4];
                let (y, z) = (a, b * (1.0 - a));
                l[on_face[0]] = 1.0 - y - z;
                l[on_face[1]] = y;
                l[on_face[2]] = z;
                let weight = 2.0 * wa * wb * (1.0 - a) * area.norm();
                let f = weight * traction(&position(&corners, &l), &normal);
                for (&node, n) in element.iter().zip(shapes(mesh.kind_of(0), &l)) {
                    nodal[node as usize] += n * f;
                }
            }
        }
    }
    (0..).zip(nodal).collect()
}

/// Facets of a named surface.
pub fn facets<'a>(mesh: &'a TetMesh, name: &str) -> Result<&'a [Facet], String> {
    let surface = mesh
        .surface(name)
        .ok_or_else(|| format!("no surface {name}"))?;
    Ok(&surface.facets)
}

/// Relative L2 error of the displacement, and relative L2 error of the strain (engineering shear).
pub fn field_errors(
    model: &Model,
    u: &[Vec3],
    exact_u: impl Fn(&Point) -> Vec3,
    exact_strain: impl Fn(&Point) -> Voigt,
) -> [f64; 2] {
    let mesh = &model.mesh;
    let rule = tet_rule();
    let (mut error, mut size) = ([0.0; 2], [0.0; 2]);
    for e in 0..mesh.element_count() {
        let (corners, volume) = (mesh.corners(e), mesh.volume(e));
        for (l, w) in &rule {
            let p = position(&corners, l);
            let n = shapes(mesh.kind_of(e), l);
            let found: Vec3 = mesh
                .element(e)
                .iter()
                .zip(&n)
                .map(|(&i, n)| *n * u[i as usize])
                .sum();
            let (wanted, strain) = (exact_u(&p), exact_strain(&p));
            error[0] += w * volume * (found - wanted).norm_squared();
            size[0] += w * volume * wanted.norm_squared();
            error[1] += w * volume * (strain_at(mesh, e, l, u) - strain).norm_squared();
            size[1] += w * volume * strain.norm_squared();
        }
    }
    [0, 1].map(|k| (error[k] / size[k]).sqrt())
}

/// Strain in element `e` at barycentric coordinates `l`.
fn strain_at(mesh: &TetMesh, e: usize, l: &[f64; 4], u: &[Vec3]) -> Voigt {
    let (grad_l, _) = barycentric_gradients(&mesh.corners(e));
    let nodes = mesh.element(e);
    match mesh.kind_of(e).is_quadratic() {
        false => strain(&grad_l, &[0, 1, 2, 3].map(|i| u[nodes[i] as usize])),
        true => {
            let u: [Vec3; 10] = std::array::from_fn(|i| u[nodes[i] as usize]);
            strain(&shape_gradients(l, &grad_l), &u)
        }
    }
}

/// Stress at the given nodes, MPa: the mean over the elements that have each.
pub fn nodal_stresses(model: &Model, u: &[Vec3], nodes: &[u32]) -> Vec<Voigt> {
    let mesh = &model.mesh;
    let place: BTreeMap<u32, usize> = nodes.iter().zip(0..).map(|(&n, k)| (n, k)).collect();
    let mut sums = vec![(Voigt::zeros(), 0.0); nodes.len()];
    for e in 0..mesh.element_count() {
        for n in mesh.element(e) {
            let Some(&k) = place.get(n) else { continue };
            let corners = mesh.corners(e);
            let (grad_l, _) = barycentric_gradients(&corners);
            let l = barycentric(&corners, &grad_l, &mesh.nodes[*n as usize]);
            sums[k].0 += stress_at(model, e, &l, u);
            sums[k].1 += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

/// Nodes that `there` accepts.
pub fn nodes_where(mesh: &TetMesh, there: impl Fn(&Point) -> bool) -> Vec<u32> {
    let numbered = (0..).zip(&mesh.nodes);
    numbered.filter(|(_, p)| there(p)).map(|(n, _)| n).collect()
}

/// The node nearest to `p`, which must lie within 1e-6 of the model's size.
pub fn node_at(mesh: &TetMesh, p: &Point) -> Result<u32, String> {
    let distance = |q: &Point| (q - p).norm();
    let size = mesh.nodes.iter().map(distance).fold(0.0, f64::max);
    let nearest = mesh
        .nodes
        .iter()
        .enumerate()
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    match nearest {
        Some((n, q)) if distance(q) <= 1e-6 * size => Ok(n as u32),
        _ => Err(format!("no node at {p}")),
    }
}

/// Moves each interior corner node by up to `amplitude` mm along each axis, the same way for the
/// same `seed`; mid-edge nodes follow. Boundary nodes stay. The caller keeps the amplitude below
/// what inverts elements (about 0.15 of the shortest edge).
pub fn perturb_interior(mesh: &mut TetMesh, amplitude: f64, seed: u64) {
    let mut fixed = vec![false; mesh.nodes.len()];
    for facet in boundary_facets(mesh) {
        mesh.facet_nodes(facet)
            .iter()
            .for_each(|&n| fixed[n as usize] = true);
    }
    let mut is_corner = vec![false; mesh.nodes.len()];
    for e in 0..mesh.element_count() {
        mesh.element(e)[..4]
            .iter()
            .for_each(|&n| is_corner[n as usize] = true);
    }
    let mut state = seed;
    for n in 0..mesh.nodes.len() {
        let step = Vec3::from_fn(|_, _| amplitude * (2.0 * random_unit(&mut state) - 1.0));
        if is_corner[n] && !fixed[n] {
            mesh.nodes[n] += step;
        }
    }
    straighten(mesh);
}

/// Next number of [0, 1) of the SplitMix64 sequence (Steele, Lea & Flood 2014).
fn random_unit(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1u64 << 53) as f64
}

/// Puts every mid-edge node back at the middle of its edge, after corners have moved.
pub fn straighten(mesh: &mut TetMesh) {
    if !mesh.blocks.all(|kind| kind == ElementKind::Tet10) {
        return;
    }
    for e in 0..mesh.element_count() {
        for (k, [i, j]) in EDGES.into_iter().enumerate() {
            let nodes = mesh.blocks.element(e);
            let (a, b, m) = (nodes[i] as usize, nodes[j] as usize, nodes[4 + k] as usize);
            mesh.nodes[m] = nalgebra::center(&mesh.nodes[a], &mesh.nodes[b]);
        }
    }
}

/// A perturbed mesh keeps its boundary and its volume, its mid-edge nodes lie in the middle, and it
/// depends on the seed only.
fn a_perturbed_mesh_keeps_its_boundary() -> Result<(), String> {
    let plain = box_mesh(ElementKind::Tet10, [4, 4, 4], Point::from);
    let perturbed = |seed| {
        let mut mesh = plain.clone();
        perturb_interior(&mut mesh, 0.03, seed);
        mesh
    };
    let mesh = perturbed(7);
    let volumes = || (0..mesh.element_count()).map(|e| mesh.volume(e));
    let inside = |p: &Point| p.iter().all(|c| *c > 1e-12 && *c < 1.0 - 1e-12);
    let mut moved = mesh.nodes.iter().zip(&plain.nodes);
    let mut straight = mesh.clone();
    straighten(&mut straight);
    let sound = mesh == perturbed(7)
        && mesh != perturbed(8)
        && mesh != plain
        && mesh == straight
        && volumes().all(|v| v > 0.0)
        && (volumes().sum::<f64>() - 1.0).abs() < 1e-12
        && moved.all(|(a, b)| inside(a) || a == b);
    match sound {
        true => Ok(()),
        false => Err("the perturbed mesh is not what it should be".to_owned()),
    }
}

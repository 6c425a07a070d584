//! Contact against exact answers: blocks on blocks, wherever they stand.

use std::sync::Arc;

use endplate::analysis::{AnalysisSettings, CaseSolution, solve};
use endplate::boundary::{FixedDof, LoadCase};
use endplate::contact::unilateral::ContactPoint;
use endplate::contact::{Contact, TieSettings, TieSpec};
use endplate::material::MaterialField;
use endplate::mesh::combine::concatenate;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::model::{BodyRange, Model, TouchingFaces};
use endplate::progress::Silent;
use endplate::sliding::Sliding;
use endplate::tensor::{Elasticity, Point, Vec3, Wrench};

use crate::pipeline::check;

type Outcome<T> = Result<T, String>;

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Outcome<()>)] = &[
    ("contact: a pressed stack is the patch it should be", patch),
    ("contact: what is pulled parts at no force", parting),
    (
        "contact: friction holds to its limit and slides beyond it",
        friction,
    ),
    (
        "contact: across a gap forces and moments balance",
        across_a_gap,
    ),
    (
        "contact: what nothing holds in place has no equilibrium",
        tipping,
    ),
];

fn words<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

/// Lower block 10 × 8 × 4 mm, upper one 10 × 8 × 6 mm `gap` mm above it, grids that do not match, turned
/// about a slanting axis.
struct Stack {
    model: Model,
    turn: nalgebra::Rotation3<f64>,
}

const HEIGHTS: [f64; 2] = [4.0, 6.0];

fn stack(
    kind: ElementKind,
    materials: [(f64, f64); 2],
    (sliding, gap): (Sliding, f64),
) -> Outcome<Stack> {
    let turn = nalgebra::Rotation3::from_euler_angles(0.4, -0.7, 1.1);
    let block = |counts: [usize; 3], from: f64, height: f64| {
        box_mesh(kind, counts, move |[x, y, z]| {
            // Inner nodes off their places, so that nothing lines up.
            let bent = 0.2 * (3.0 * x).sin() * (2.0 * y).sin() * (1.0 - z) * z;
            turn * Point::new(10.0 * x, 8.0 * y, from + height * (z + bent))
        })
    };
    let lower = block([3, 2, 2], 0.0, HEIGHTS[0]);
    let upper = block([4, 3, 2], HEIGHTS[0] + gap, HEIGHTS[1]);
    let named: [(&str, &Mesh); 2] = [("lower", &lower), ("upper", &upper)];
    let (mesh, ranges) = concatenate(&named).map_err(words)?;
    let mut field = Vec::new();
    for (mesh, (modulus, ratio)) in [&lower, &upper].into_iter().zip(materials) {
        let elasticity = Elasticity::isotropic(modulus, ratio);
        field.push(MaterialField::uniform(elasticity, mesh.element_count()));
    }
    let materials = endplate::material::field::concatenate(&field);
    let bodies = named
        .iter()
        .zip(ranges)
        .map(|((name, _), range)| BodyRange {
            name: (*name).to_owned(),
            elements: range.elements,
            nodes: range.nodes,
        });
    let mut model = Model::solid(mesh, materials).with_bodies(bodies.collect());
    let face = |name: &str| {
        let surface = model.mesh.surface(name);
        surface
            .map(|s| s.facets.clone())
            .ok_or_else(|| format!("no face {name}"))
    };
    let (a, b) = (face("lower.z1")?, face("upper.z0")?);
    let spec = TieSpec {
        name: "lower-upper".to_owned(),
        bodies: ["lower".to_owned(), "upper".to_owned()],
        surfaces: [&a, &b],
    };
    let settings = TieSettings {
        max_gap: 3.0,
        ..TieSettings::default()
    };
    let built = Contact::build(
        &spec,
        &model.mesh,
        &model.materials,
        &settings,
        (sliding, 1e-3),
    );
    let (tie, contact) = built.map_err(words)?;
    model.ties.push(tie);
    model.contacts.push(TouchingFaces {
        tie: 0,
        contact: Arc::new(contact),
    });
    Ok(Stack { model, turn })
}

impl Stack {
    /// A node's place in the frame of the blocks.
    fn local(&self, n: usize) -> Point {
        self.turn.inverse() * self.model.mesh.nodes[n]
    }

    fn nodes(&self, on: impl Fn(&Point) -> bool) -> Vec<u32> {
        let count = self.model.mesh.nodes.len();
        let chosen = (0..count).filter(|n| on(&self.local(*n)));
        chosen.map(|n| n as u32).collect()
    }

    /// Holds nodes at displacements given in the frame of the blocks, all three axes.
    fn hold(&mut self, nodes: &[u32], moved: impl Fn(&Point) -> Vec3) {
        for &node in nodes {
            let value = self.turn * moved(&self.local(node as usize));
            for axis in 0..3u8 {
                self.model.supports.push(FixedDof {
                    node,
                    axis,
                    value: value[axis as usize],
                });
            }
        }
    }

    /// Spreads a wrench, given in the frame of the blocks about `at`, over the top.
    fn load(&mut self, name: &str, at: Point, force: Vec3, moment: Vec3) -> Outcome<()> {
        let facets = self
            .model
            .mesh
            .surface("upper.z1")
            .map(|s| s.facets.clone());
        let facets = facets.ok_or("no top")?;
        let at = self.turn * at;
        let top = endplate::boundary::Coupling::on_surface(&self.model.mesh, &facets, at);
        let top = top.map_err(words)?;
        let wrench = Wrench {
            force: self.turn * force,
            moment: self.turn * moment,
        };
        self.model
            .load_cases
            .push(top.load_case(name, wrench, true));
        self.model.loaded_face = Some(top);
        Ok(())
    }

    fn solve(&self) -> Outcome<Vec<(CaseSolution, Vec<ContactPoint>)>> {
        let solution = solve(&self.model, &AnalysisSettings::default(), &Silent);
        let solution = solution.map_err(words)?;
        let contact = &self.model.contacts[0].contact;
        let each = solution.cases.into_iter().map(|case| {
            let points = contact.at(&case.displacement, &case.state[0]);
            (case, points)
        });
        Ok(each.collect())
    }

    /// What the lower block puts on the upper one, in the frame of the blocks: force, moment about `at`.
    fn resultant(&self, points: &[ContactPoint], at: &Point) -> [Vec3; 2] {
        let places = &self.model.ties[0].points;
        let (mut force, mut moment) = (Vec3::zeros(), Vec3::zeros());
        for (place, now) in places.iter().zip(points) {
            // The traction is what the upper block, side B, exerts on the lower one.
            let f = self.turn.inverse() * (-now.traction * place.area);
            force += f;
            moment += (self.turn.inverse() * place.position - at).cross(&f);
        }
        [force, moment]
    }
}

/// Uniform pressure through blocks of different moduli and ratios, each free to spread: 110 GPa on 50 MPa.
fn patch() -> Outcome<()> {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        for materials in [[(50.0, 0.45), (110e3, 0.3)], [(1000.0, 0.2), (1000.0, 0.2)]] {
            let mut stack = stack(kind, materials, (Sliding::Frictionless, 0.0))?;
            let pressure = 2.0;
            let moved = |z: f64| {
                let [low, high] = materials.map(|(e, _)| -pressure / e);
                match z <= HEIGHTS[0] + 1e-9 {
                    true => low * z,
                    false => low * HEIGHTS[0] + high * (z - HEIGHTS[0]),
                }
            };
            let exact = |p: &Point, upper: bool| {
                let (e, ratio) = materials[usize::from(upper)];
                let spread = ratio * pressure / e;
                let z = if upper {
                    p.z.max(HEIGHTS[0] + 2e-9)
                } else {
                    p.z
                };
                Vec3::new(spread * p.x, spread * p.y, moved(z))
            };
            let upper = stack.model.bodies[1].nodes.clone();
            // Top and bottom as the exact answer has them, the sides free.
            let bottom = stack.nodes(|p| p.z < 1e-9);
            stack.hold(&bottom, |p| exact(p, false));
            let top = stack.nodes(|p| p.z > HEIGHTS[0] + HEIGHTS[1] - 1e-9);
            stack.hold(&top, |p| exact(p, true));
            stack
                .model
                .load_cases
                .push(LoadCase::of_forces("pressed", Vec::new()));
            let (case, points) = stack.solve()?.remove(0);
            for (n, u) in case.displacement.iter().enumerate() {
                let right = stack.turn * exact(&stack.local(n), upper.contains(&n));
                check(
                    (u - right).norm()
                        < 1e-8 * pressure * 10.0 / materials[0].0.min(materials[1].0),
                    format!("{kind:?} {materials:?} node {n}: {u} against {right}"),
                )?;
            }
            let off = points
                .iter()
                .map(|p| (p.pressure / pressure - 1.0).abs())
                .fold(0.0, f64::max);
            check(
                off < 1e-8,
                format!("{kind:?} {materials:?}: pressure off by {off:.1e}"),
            )?;
            check(case.info.steps <= 10, format!("{} steps", case.info.steps))?;
        }
    }
    Ok(())
}

/// Lifted by its top, the upper block goes as a whole and nothing pulls.
fn parting() -> Outcome<()> {
    for sliding in [
        Sliding::Frictionless,
        Sliding::Friction(0.5),
        Sliding::Rough,
    ] {
        let mut stack = stack(ElementKind::Tet10, [(100.0, 0.3); 2], (sliding, 0.0))?;
        let bottom = stack.nodes(|p| p.z < 1e-9);
        stack.hold(&bottom, |_| Vec3::zeros());
        let top = stack.nodes(|p| p.z > 10.0 - 1e-9);
        stack.hold(&top, |_| Vec3::new(0.02, 0.0, 0.1));
        stack
            .model
            .load_cases
            .push(LoadCase::of_forces("lifted", Vec::new()));
        let (case, points) = stack.solve()?.remove(0);
        let upper = stack.model.bodies[1].nodes.clone();
        let moved = stack.turn * Vec3::new(0.02, 0.0, 0.1);
        for n in upper {
            let off = (case.displacement[n] - moved).norm();
            check(
                off < 1e-8,
                format!("{sliding:?} node {n} is off by {off:.1e} mm"),
            )?;
        }
        let carried = points.iter().map(|p| p.traction.norm()).fold(0.0, f64::max);
        check(
            carried < 1e-8,
            format!("{sliding:?}: {carried:.1e} MPa across a gap"),
        )?;
        let gap = points
            .iter()
            .map(|p| (p.gap - 0.1).abs())
            .fold(0.0, f64::max);
        check(gap < 1e-8, format!("gap off by {gap:.1e}"))?;
    }
    Ok(())
}

/// Pressed with 80 N and pushed sideways by its top, held against turning: what friction can hold is 24 N.
fn friction() -> Outcome<()> {
    let pushed = |sideways: f64, sliding: Sliding| -> Outcome<Vec3> {
        let mut stack = stack(ElementKind::Tet10, [(200.0, 0.3); 2], (sliding, 0.0))?;
        let bottom = stack.nodes(|p| p.z < 1e-9);
        stack.hold(&bottom, |_| Vec3::zeros());
        let top = stack.nodes(|p| p.z > 10.0 - 1e-9);
        stack.hold(&top, |_| Vec3::new(sideways, 0.0, -0.05));
        stack
            .model
            .load_cases
            .push(LoadCase::of_forces("pushed", Vec::new()));
        let (_, points) = stack.solve()?.remove(0);
        let [force, _] = stack.resultant(&points, &Point::origin());
        Ok(-force)
    };
    let little = pushed(0.002, Sliding::Friction(0.3))?;
    check(
        little.x > 0.0 && little.x < 0.3 * -little.z,
        format!("a small push slides: {little}"),
    )?;
    let stuck = pushed(0.002, Sliding::Rough)?;
    check(
        (little.x / stuck.x - 1.0).abs() < 0.2,
        format!("{little} with friction, {stuck} where it never slides"),
    )?;
    let far = pushed(0.5, Sliding::Friction(0.3))?;
    check(
        (far.x / (-0.3 * far.z) - 1.0).abs() < 1e-6,
        format!("slides with {} of its pressure", far.x / -far.z),
    )?;
    let free = pushed(0.5, Sliding::Frictionless)?;
    check(
        free.x.abs() < 1e-8 * free.z.abs(),
        format!("no friction, yet {free}"),
    )
}

/// 1 mm above the lower block the upper one is pushed down until it stands, with friction and a moment: what
/// it stands on and what pushes it are one, moments too.
fn across_a_gap() -> Outcome<()> {
    let mut stack = stack(
        ElementKind::Tet10,
        [(100.0, 0.3), (150.0, 0.2)],
        (Sliding::Friction(0.4), 1.0),
    )?;
    let bottom = stack.nodes(|p| p.z < 1e-9);
    stack.hold(&bottom, |_| Vec3::zeros());
    let top = stack.nodes(|p| p.z > 11.0 - 1e-9);
    stack.hold(&top, |p| Vec3::new(0.03, 0.0, -1.1 - 0.004 * (p.x - 5.0)));
    stack
        .model
        .load_cases
        .push(LoadCase::of_forces("set down", Vec::new()));
    let (case, points) = stack.solve()?.remove(0);
    let at = Point::new(5.0, 4.0, 4.0);
    let [force, moment] = stack.resultant(&points, &at);
    check(force.z > 10.0, format!("stands on {force}"))?;
    // All reactions together are none: nothing else is applied.
    let about = stack.turn * at;
    let whole = case.reaction.moment - about.coords.cross(&case.reaction.force);
    check(
        case.reaction.force.norm() < 1e-8 * force.norm()
            && whole.norm() < 1e-8 * moment.norm().max(force.norm()),
        format!("left over: {} and {whole}", case.reaction.force),
    )
}

/// A block that stands on another with nothing beside it: pressed within its middle it stands, pressed
/// outside it tips.
fn tipping() -> Outcome<()> {
    let stood = |off: f64| -> Outcome<Vec<ContactPoint>> {
        let mut stack = stack(
            ElementKind::Tet10,
            [(500.0, 0.3); 2],
            (Sliding::Friction(0.5), 0.0),
        )?;
        let bottom = stack.nodes(|p| p.z < 1e-9);
        stack.hold(&bottom, |_| Vec3::zeros());
        let at = Point::new(5.0, 4.0, 10.0);
        stack.load(
            "pressed",
            at,
            Vec3::new(0.0, 0.0, -100.0),
            Vec3::new(0.0, 100.0 * off, 0.0),
        )?;
        let (_, points) = stack.solve()?.remove(0);
        let [force, moment] = stack.resultant(&points, &at);
        check((force.z - 100.0).abs() < 1e-5, format!("stands on {force}"))?;
        check(
            (moment.y + 100.0 * off).abs() < 1e-4 * 100.0,
            format!("{moment} at {off}"),
        )?;
        Ok(points)
    };
    let whole = stood(1.0)?;
    let pressed = whole.iter().filter(|p| p.pressure > 0.0).count();
    check(
        pressed > whole.len() * 9 / 10,
        format!("{pressed} of {}", whole.len()),
    )?;
    // Beyond a sixth of its length the far edge lifts; the pressure is a triangle 3 (5 − 3) = 6 mm long.
    let lifted = stood(3.0)?;
    let open = lifted.iter().filter(|p| p.pressure == 0.0).count() as f64 / lifted.len() as f64;
    check(
        (0.25..0.5).contains(&open),
        format!("{open} of the face has lifted"),
    )?;
    let tipped = stood(5.5);
    let refusal = tipped.err().ok_or("what tips over was solved")?;
    check(refusal.contains("no equilibrium"), refusal)
}

//! Screws and rods as beams in the model's matrix: frames against closed forms, by both solvers.
//! Numbers are in `validation/frames`.

use endplate::analysis::{AnalysisSettings, solve};
use endplate::boundary::{FixedDof, LoadCase};
use endplate::fixation::one_sided::Hold;
use endplate::fixation::{Builder, CircularSection, OneSided, PartKind, RodLine};
use endplate::material::MaterialField;
use endplate::mesh::{Blocks, Mesh};
use endplate::method::Method;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::tensor::{Elasticity, Point, Vec3, Wrench};

use crate::expected::Expected;

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("fixation: frames of beams are exact", frames),
    (
        "fixation: a cable beside a spring pulls, and hangs slack where it would push",
        cable,
    ),
    (
        "fixation: cables and hooks that stay taut are springs",
        taut,
    ),
];

/// A rod of 5.5 mm.
pub const TITANIUM: CircularSection = CircularSection {
    diameter: 5.5,
    youngs_modulus: 110e3,
    poisson_ratio: 0.3,
};

const METHODS: [Method; 2] = [Method::Cholesky, Method::Cg];

/// No solid at all.
fn empty() -> Mesh {
    Mesh {
        nodes: Vec::new(),
        blocks: Blocks::default(),
        region_of: Vec::new(),
        regions: Vec::new(),
        surfaces: Vec::new(),
    }
}

/// A node of the mesh that stands still.
pub fn clamped(node: u32) -> impl Iterator<Item = FixedDof> {
    (0..3).map(move |axis| FixedDof {
        node,
        axis,
        value: 0.0,
    })
}

/// What frames are loaded by: their node and the wrench on it.
type Load = (usize, Wrench);

fn force(x: f64, y: f64, z: f64) -> Wrench {
    Wrench::of_force(Vec3::new(x, y, z))
}

/// Motions of the frame through `lines` of points, each point of one place one node, whose `held`
/// points stand still, at every node.
fn frame(
    lines: &[Vec<Point>],
    held: &[Point],
    load: impl Fn(&dyn Fn(Point) -> usize) -> Vec<Load>,
    method: Method,
) -> Result<Vec<(Point, [Vec3; 2])>, String> {
    let mut mesh = empty();
    let mut builder = Builder::new(&mut mesh);
    let mut points: Vec<Point> = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let nodes = line.iter().map(|p| {
            let known = points.iter().position(|q| (p - q).norm() < 1e-9);
            known.unwrap_or_else(|| {
                points.push(*p);
                builder.node(*p)
            })
        });
        let nodes = nodes.collect();
        builder.rod(&RodLine {
            name: format!("rod {k}"),
            kind: PartKind::Rod,
            nodes,
            section: TITANIUM,
        });
    }
    let materials = MaterialField::uniform(Elasticity::isotropic(1.0, 0.3), 0);
    let construct = builder.finish(&materials).map_err(|e| e.to_string())?;
    let find = |p: Point| {
        let found = points.iter().position(|q| (p - q).norm() < 1e-9);
        found.unwrap_or(usize::MAX)
    };
    let mut forces = Vec::new();
    for (node, wrench) in load(&find) {
        forces.extend(construct.forces(node, &wrench));
    }
    let supports = held.iter().flat_map(|p| {
        let node = construct.nodes[find(*p)];
        [node.translation, node.rotation]
            .into_iter()
            .flat_map(clamped)
    });
    let supports: Vec<FixedDof> = supports.collect();
    let mut model = Model::solid(mesh, materials)
        .with_supports(supports)
        .with_load_cases([LoadCase::of_forces("load", forces)]);
    model.construct = construct;
    let settings = AnalysisSettings {
        method,
        ..AnalysisSettings::default()
    };
    let solution = solve(&model, &settings, &Silent).map_err(|e| e.to_string())?;
    let u = &solution.cases[0].displacement;
    let nodes = model.construct.nodes.iter().enumerate();
    Ok(nodes
        .map(|(n, node)| (node.at, model.construct.motion(n, u)))
        .collect())
}

fn at(found: &[(Point, [Vec3; 2])], p: Point) -> [Vec3; 2] {
    let nearest = found
        .iter()
        .min_by(|a, b| (a.0 - p).norm().total_cmp(&(b.0 - p).norm()));
    nearest.map_or([Vec3::repeat(f64::NAN); 2], |(_, motion)| *motion)
}

fn frames() -> Result<(), String> {
    let mut expected = Expected::read("frames")?;
    for method in METHODS {
        cantilever(&mut expected, method)?;
        bent(&mut expected, method)?;
        portal(&mut expected, method)?;
        quarter_circle(&mut expected, method)?;
    }
    expected.finish()
}

fn cantilever(expected: &mut Expected, method: Method) -> Result<(), String> {
    // Along no axis of the frame, in three unequal pieces.
    let along = Vec3::new(2.0, -1.0, 2.0) / 3.0;
    let across = Vec3::new(1.0, 4.0, 1.0) / 18f64.sqrt();
    let line: Vec<Point> = [0.0, 31.0, 50.0, 100.0]
        .map(|s| Point::from(along * s))
        .into();
    let (root, tip) = (line[0], line[3]);
    let sag = |find: &dyn Fn(Point) -> usize| vec![(find(tip), Wrench::of_force(100.0 * across))];
    let found = frame(std::slice::from_ref(&line), &[root], sag, method)?;
    expected.check("cantilever: sag", at(&found, tip)[0].dot(&across))?;
    let twist = |find: &dyn Fn(Point) -> usize| {
        let moment = 1000.0 * along;
        vec![(
            find(tip),
            Wrench {
                force: Vec3::zeros(),
                moment,
            },
        )]
    };
    let found = frame(&[line], &[root], twist, method)?;
    expected.check("cantilever: twist", at(&found, tip)[1].dot(&along))
}

fn bent(expected: &mut Expected, method: Method) -> Result<(), String> {
    let (root, corner) = (Point::origin(), Point::new(60.0, 0.0, 0.0));
    let tip = Point::new(60.0, 40.0, 0.0);
    let load = |find: &dyn Fn(Point) -> usize| vec![(find(tip), force(0.0, 0.0, 100.0))];
    let found = frame(
        &[vec![root, corner], vec![corner, tip]],
        &[root],
        load,
        method,
    )?;
    expected.check("L frame: sag", at(&found, tip)[0].z)
}

fn portal(expected: &mut Expected, method: Method) -> Result<(), String> {
    let feet = [Point::new(0.0, 0.0, 0.0), Point::new(36.0, 0.0, 0.0)];
    let corners = feet.map(|p| p + Vec3::new(0.0, 0.0, 40.0));
    let lines = [
        vec![feet[0], corners[0]],
        vec![feet[1], corners[1]],
        vec![corners[0], corners[1]],
    ];
    let load = |find: &dyn Fn(Point) -> usize| vec![(find(corners[0]), force(100.0, 0.0, 0.0))];
    let found = frame(&lines, &feet, load, method)?;
    let sway = corners.map(|p| at(&found, p)[0].x);
    expected.check("portal: mean sway", 0.5 * (sway[0] + sway[1]))
}

fn quarter_circle(expected: &mut Expected, method: Method) -> Result<(), String> {
    let point = |chord: usize, chords: usize| {
        let angle = std::f64::consts::FRAC_PI_2 * chord as f64 / chords as f64;
        Point::new(100.0 * angle.cos(), 100.0 * angle.sin(), 0.0)
    };
    let tip = Point::new(0.0, 100.0, 0.0);
    let mut sags = Vec::new();
    for chords in [8, 16, 32] {
        let line: Vec<Point> = (0..=chords).map(|k| point(k, chords)).collect();
        let (root, end) = (line[0], line[chords]);
        let load = |find: &dyn Fn(Point) -> usize| vec![(find(end), force(0.0, 0.0, 100.0))];
        let found = frame(std::slice::from_ref(&line), &[root], load, method)?;
        let sag = at(&found, tip)[0].z;
        expected.check(&format!("quarter circle: sag by {chords} chords"), sag)?;
        sags.push(sag);
        if chords == 32 {
            expected.check("quarter circle: sag", sag)?;
            let load = |find: &dyn Fn(Point) -> usize| vec![(find(end), force(100.0, 0.0, 0.0))];
            let found = frame(&[line], &[root], load, method)?;
            expected.check("quarter circle: in plane", at(&found, tip)[0].x)?;
        }
    }
    let exact = 25.284_89;
    let errors = [16, 32].map(|chords: usize| sags[if chords == 16 { 1 } else { 2 }] - exact);
    expected.rate(
        "quarter circle: order",
        errors.map(f64::abs),
        [1.0 / 16.0, 1.0 / 32.0],
    )
}

/// A bar of EA/L = k_s along z, and what holds on its upper end from above or below.
struct Beside {
    model: Model,
    top: usize,
    spring: f64,
}

fn bar(loads: &[f64]) -> Result<Beside, String> {
    let mut mesh = empty();
    let mut builder = Builder::new(&mut mesh);
    let nodes = [0.0, 40.0, 90.0].map(|z| builder.node(Point::new(0.0, 0.0, z)));
    builder.rod(&RodLine {
        name: "bar".to_owned(),
        kind: PartKind::Rod,
        nodes: nodes[..2].to_vec(),
        section: TITANIUM,
    });
    // What cables are fixed to from outside.
    let above = builder.node(Point::new(0.0, 0.0, 95.0));
    builder.rod(&RodLine {
        name: "post".to_owned(),
        kind: PartKind::Pin,
        nodes: vec![nodes[2], above],
        section: TITANIUM,
    });
    let materials = MaterialField::uniform(Elasticity::isotropic(1.0, 0.3), 0);
    let construct = builder.finish(&materials).map_err(|e| e.to_string())?;
    let held = [0, 2, 3].map(|n| construct.nodes[n]);
    let held = held.into_iter().flat_map(|n| [n.translation, n.rotation]);
    let supports: Vec<FixedDof> = held.flat_map(clamped).collect();
    let load = |p: &f64| {
        let forces = construct.forces(nodes[1], &force(0.0, 0.0, *p));
        LoadCase::of_forces(&format!("{p} N"), forces.into())
    };
    let cases: Vec<LoadCase> = loads.iter().map(load).collect();
    let mut model = Model::solid(mesh, materials)
        .with_supports(supports)
        .with_load_cases(cases);
    model.construct = construct;
    Ok(Beside {
        model,
        top: nodes[1],
        spring: TITANIUM.youngs_modulus * TITANIUM.area() / 40.0,
    })
}

fn near(what: &str, got: f64, wanted: f64, size: f64) -> Result<(), String> {
    match (got - wanted).abs() <= 1e-8 * size {
        true => Ok(()),
        false => Err(format!("{what}: {got}, expected {wanted}")),
    }
}

/// T + P k_c/(k_c + k_s) as long as that is positive; beyond, the bar alone. The post stands above, so
/// that a load upwards slackens the cable.
fn cable() -> Result<(), String> {
    let (tension, ea) = (200.0, 1.0e6);
    let stiffness = ea / 50.0;
    let loads = [0.0, -500.0, 300.0, 2000.0, 5000.0];
    for method in METHODS {
        let Beside {
            mut model,
            top,
            spring,
        } = bar(&loads)?;
        let [from, to] = [top, 2].map(|n| model.construct.nodes[n]);
        let holds = [Hold::Frame(&from), Hold::Frame(&to)];
        let cable = OneSided::cable("cable", [&holds[0], &holds[1]], ea, tension);
        model.one_sided = vec![cable.ok_or("a cable without length")?];
        let settings = AnalysisSettings {
            method,
            ..AnalysisSettings::default()
        };
        let solution = solve(&model, &settings, &Silent).map_err(|e| e.to_string())?;
        for (case, load) in solution.cases.iter().zip(loads) {
            // Both hold the end; the cable's pull is upwards.
            let carried = (tension - load * stiffness / (stiffness + spring)).max(0.0);
            near(&case.name, case.one_sided[0], carried, tension)?;
            let moved = model.construct.motion(top, &case.displacement)[0].z;
            near(
                &case.name,
                moved,
                (load + carried) / spring,
                (load + carried).abs() / spring + 1e-3,
            )?;
        }
        let slack = solution
            .cases
            .iter()
            .filter(|c| c.one_sided[0] == 0.0)
            .count();
        if slack != 2 {
            return Err(format!("{slack} of the loads leave the cable slack"));
        }
    }
    Ok(())
}

/// A hook under the bar's end and a cable above it, both pressed on so far that they never let go, add
/// their stiffnesses to the bar's.
fn taut() -> Result<(), String> {
    let Beside {
        mut model,
        top,
        spring,
    } = bar(&[0.0, 100.0, -100.0])?;
    let [from, to] = [top, 2].map(|n| model.construct.nodes[n]);
    let holds = [Hold::Frame(&from), Hold::Frame(&to)];
    let cable = OneSided::cable("cable", [&holds[0], &holds[1]], 1.0e6, 500.0);
    let up = Vec3::new(0.0, 0.0, 1.0);
    // The post is the rod, the bar's end the bone: pushed down.
    let hook = OneSided::hook("hook", [&holds[1], &holds[0]], &-up, [3000.0, 400.0]);
    model.one_sided = vec![cable.ok_or("a cable without length")?, hook];
    let solution =
        solve(&model, &AnalysisSettings::default(), &Silent).map_err(|e| e.to_string())?;
    let moved = |k: usize| model.construct.motion(top, &solution.cases[k].displacement)[0].z;
    let whole = spring + 1.0e6 / 50.0 + 3000.0;
    for (k, load) in [(1, 100.0), (2, -100.0)] {
        near("taut", moved(k) - moved(0), load / whole, 100.0 / whole)?;
    }
    near(
        "cable before loads",
        solution.cases[0].one_sided[0],
        500.0,
        500.0,
    )?;
    near(
        "hook before loads",
        solution.cases[0].one_sided[1],
        400.0,
        400.0,
    )
}

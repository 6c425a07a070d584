//! Screws and rods as beams in the model's matrix: frames against closed forms, by both solvers.
//! Numbers are in `validation/frames`.

use endplate::analysis::{AnalysisSettings, solve};
use endplate::boundary::{FixedDof, LoadCase};
use endplate::fixation::{Builder, CircularSection, PartKind, RodLine};
use endplate::material::MaterialField;
use endplate::mesh::{Blocks, Mesh};
use endplate::method::Method;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::tensor::{Elasticity, Point, Vec3, Wrench};

use crate::expected::Expected;

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("fixation: frames of beams are exact", frames)];

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

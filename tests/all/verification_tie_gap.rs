//! A tie across a gap: the patch test with the two blocks apart (`validation/tie-gap`).

use crate::expected::Expected;
use crate::meshes::perturb_interior;
use crate::verification_ties::{fix, load, model_of, motion, part, solved, text, wrench};
use endplate::contact::{ContactError, Tie, TieSettings, TieSpec, build_tie};
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::model::Model;
use endplate::recovery::interface::interface_tractions;
use endplate::tensor::{Elasticity, Point, Vec3};

/// A check with its name.
type Check = (&'static str, fn() -> Result<(), String>);

/// The checks of this file.
pub const TESTS: &[Check] = &[
    (
        "verification: tie across gaps, overlaps and wedges",
        tie_gap,
    ),
    (
        "verification: overlaps too deep for their elements are told",
        too_deep,
    ),
];

fn tie_gap() -> Result<(), String> {
    let mut expected = Expected::read("tie-gap")?;
    across_a_gap(&mut expected)?;
    across_an_overlap(&mut expected)?;
    across_a_wedge(&mut expected)?;
    expected.finish()
}

/// Height of each block, mm.
const HEIGHT: f64 = 5.0;

/// Blocks of 10 × 10 × 5 mm, the upper one `gap(x)` above the lower; `n` cells a side.
fn apart(n: [usize; 2], distorted: bool, gap: impl Fn(f64) -> f64) -> [Mesh; 2] {
    let mut lower = box_mesh(ElementKind::Tet10, [n[0], n[0], 2], |[x, y, z]| {
        Point::new(10.0 * x, 10.0 * y, HEIGHT * z)
    });
    let mut upper = box_mesh(ElementKind::Tet10, [n[1], n[1], 2], |[x, y, z]| {
        let bump = match distorted {
            true => (std::f64::consts::PI * x).sin() * (std::f64::consts::PI * y).sin(),
            false => 0.0,
        };
        let (x, y) = (10.0 * (x + 0.08 * bump), 10.0 * (y - 0.06 * bump));
        Point::new(x, y, HEIGHT * (1.0 + z) + gap(x))
    });
    if distorted {
        perturb_interior(&mut lower, 0.25, 1);
        perturb_interior(&mut upper, 0.25, 2);
    }
    [lower, upper]
}

/// The two blocks tied, on rollers below, 1 MPa on top; rollers on all sides where `confined`.
fn pressed(meshes: [Mesh; 2], materials: [(f64, f64); 2], confined: bool) -> Result<Model, String> {
    let [a, b] = meshes;
    let parts = [
        part("lower", a, materials[0]),
        part("upper", b, materials[1]),
    ];
    let mut model = model_of(&parts);
    // Far enough for every gap of these checks.
    let settings = TieSettings {
        max_gap: 1.0,
        ..TieSettings::default()
    };
    let tie = tied(&model, &settings).map_err(text)?;
    model.ties.push(tie);
    fix(&mut model, "lower.z0", &[2])?;
    let sides: &[(&str, u8)] = match confined {
        true => &[("x0", 0), ("x1", 0), ("y0", 1), ("y1", 1)],
        false => &[("x0", 0), ("y0", 1)],
    };
    for body in if confined {
        &["lower", "upper"][..]
    } else {
        &["lower"]
    } {
        for (side, axis) in sides {
            fix(&mut model, &format!("{body}.{side}"), &[*axis])?;
        }
    }
    let pressure = wrench([0.0, 0.0, -100.0], [0.0; 3]);
    let top = Point::new(5.0, 5.0, 2.0 * HEIGHT);
    load(&mut model, "upper.z1", top, &[pressure])?;
    Ok(model)
}

fn tied(model: &Model, settings: &TieSettings) -> Result<Tie, ContactError> {
    let facets = |name: &str| {
        let surface = model.mesh.surface(name);
        surface.map(|s| s.facets.clone()).unwrap_or_default()
    };
    let (a, b) = (facets("lower.z1"), facets("upper.z0"));
    let spec = TieSpec {
        name: "lower-upper".into(),
        bodies: ["lower".into(), "upper".into()],
        surfaces: [&a, &b],
    };
    build_tie(&spec, &model.mesh, &model.materials, settings)
}

/// Largest errors of displacement (over the top's) and of traction (over 1 MPa) beside a bar of two
/// layers that fills the gap, and the error that the tie itself admits.
fn errors(
    model: &Model,
    materials: [(f64, f64); 2],
    gap: f64,
    confined: bool,
) -> Result<[f64; 3], String> {
    let answer = &solved(model)?[0];
    let modulus = materials.map(|(e, nu)| match confined {
        true => Elasticity::isotropic(e, nu).0[(0, 0)],
        false => e,
    });
    // A layer ends in the middle of the gap.
    let middle = HEIGHT + 0.5 * gap;
    let exact = |p: &Point, upper: bool| match upper {
        false => -p.z / modulus[0],
        true => -middle / modulus[0] - (p.z - middle) / modulus[1],
    };
    let split = model.bodies[1].nodes.start;
    let nodes = answer
        .displacement
        .iter()
        .zip(&model.mesh.nodes)
        .enumerate();
    let error = nodes
        .map(|(n, (u, p))| (u.z - exact(p, n >= split)).abs())
        .fold(0.0, f64::max);
    let top = Point::new(0.0, 0.0, 2.0 * HEIGHT + gap);
    let points = interface_tractions(model, &model.ties[0], &answer.displacement);
    let traction = points
        .iter()
        .map(|p| (p.traction - Vec3::new(0.0, 0.0, -1.0)).norm())
        .fold(0.0, f64::max);
    Ok([
        error / exact(&top, true).abs(),
        traction,
        model.ties[0].gap_error,
    ])
}

fn across_a_gap(expected: &mut Expected) -> Result<(), String> {
    for gap in [0.0, 0.01, 0.05, 0.09] {
        let mut worst = [0.0_f64; 3];
        for (n, distorted) in [([2, 3], false), ([3, 4], true)] {
            for materials in [
                [(300.0, 0.3); 2],
                [(110e3, 0.3), (50.0, 0.3)],
                [(50.0, 0.3), (110e3, 0.3)],
            ] {
                for confined in [true, false] {
                    let materials = match confined {
                        true => materials,
                        false => materials.map(|(e, _)| (e, 0.0)),
                    };
                    let model = pressed(apart(n, distorted, |_| gap), materials, confined)?;
                    let found = errors(&model, materials, gap, confined)?;
                    // The tie's own bound holds, round-off apart.
                    if found[0].max(found[1]) > found[2] + 1e-9 {
                        return Err(format!("gap {gap}: {found:?} is above the tie's bound"));
                    }
                    for (worst, found) in worst.iter_mut().zip(found) {
                        *worst = worst.max(found);
                    }
                }
            }
        }
        expected.check(&format!("gap {gap} mm: displacement error"), worst[0])?;
        expected.check(&format!("gap {gap} mm: traction error"), worst[1])?;
        expected.check(&format!("gap {gap} mm: share out of balance"), worst[2])?;
    }
    wide(expected)
}

/// A gap that is wide beside the elements: the bound exceeds 1 %, holds, and is told.
fn wide(expected: &mut Expected) -> Result<(), String> {
    let gap = 0.6;
    let materials = [(300.0, 0.3); 2];
    let model = pressed(apart([3, 4], true, |_| gap), materials, true)?;
    let found = errors(&model, materials, gap, true)?;
    expected.check("gap 0.6 mm: share out of balance", found[2])?;
    let told = model.ties[0].cautions();
    if found[0].max(found[1]) > found[2] || found[2] < 0.01 || told.len() != 1 {
        return Err(format!("errors and bound {found:?}, told {told:?}"));
    }
    Ok(())
}

/// Where the blocks overlap, each is cut back to the middle: the same bar, shorter.
fn across_an_overlap(expected: &mut Expected) -> Result<(), String> {
    let mut worst = 0.0_f64;
    for gap in [-0.02, -0.09] {
        for confined in [true, false] {
            let nu = if confined { 0.3 } else { 0.0 };
            let materials = [(300.0, nu), (1200.0, nu)];
            let model = pressed(apart([3, 4], true, |_| gap), materials, confined)?;
            let found = errors(&model, materials, gap, confined)?;
            worst = worst.max(found[0]).max(found[1]);
        }
    }
    expected.check("overlap: largest error", worst)?;
    Ok(())
}

/// A gap that grows from 0 to 0.09 mm: the common surface leans, and what passes is still what is
/// applied: the resultant, and the mean shortening between those of no gap and of the largest.
fn across_a_wedge(expected: &mut Expected) -> Result<(), String> {
    let materials = [(300.0, 0.0); 2];
    let model = pressed(apart([3, 4], true, |x| 0.009 * x), materials, false)?;
    let answer = &solved(&model)?[0];
    let points = interface_tractions(&model, &model.ties[0], &answer.displacement);
    let force: f64 = points.iter().map(|p| p.area * p.traction.z).sum();
    expected.check("wedge: force", force)?;
    // Each strip is a bar of its own length: the mean over the strips, exact where strips do not
    // hinder each other, so to the square of the slope.
    let top = motion(&model, answer)?[2];
    let exact = -(2.0 * HEIGHT + 0.045) / materials[0].0;
    expected.check("wedge: mean shortening", top / exact)?;
    Ok(())
}

/// Elements of 0.25 mm height cannot lose 0.045 mm each and keep their energy: the overlap is cut as far as
/// they bear, the body stays sound, the force passes, and what a uniform stress misses is told.
fn too_deep() -> Result<(), String> {
    let layer = |from: f64| {
        box_mesh(ElementKind::Tet10, [8, 8, 1], move |[x, y, z]| {
            Point::new(10.0 * x, 10.0 * y, from + 0.25 * z)
        })
    };
    let model = pressed([layer(0.0), layer(0.16)], [(300.0, 0.3); 2], true)?;
    let answer = &solved(&model)?[0];
    let tie = &model.ties[0];
    let points = interface_tractions(&model, tie, &answer.displacement);
    let force: f64 = points.iter().map(|p| p.area * p.traction.z).sum();
    let told = tie.cautions();
    // The flux balances the load to the accuracy of the solver.
    if (force + 100.0).abs() > 1e-6 || tie.gap_error < 0.01 || told.len() != 1 {
        return Err(format!("{force} N, bound {}, told {told:?}", tie.gap_error));
    }
    Ok(())
}

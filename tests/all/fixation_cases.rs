//! Screws, rods and what joins and helps them in cases: what is refused, what crosses cuts, what statics
//! says, and the two whole constructs on coarse meshes.

use std::path::Path;

use endplate::case::{BodyId, Case};
use endplate::fixation::Construct;
use endplate::mesh::tetgen::InProcessTetgen;
use endplate::progress::Silent;
use endplate::recovery::cut::{Crossing, crossings};
use endplate::scene::Scene;
use endplate::spine::{self, Solved, Surroundings};
use endplate::tensor::{Point, Vec3};

use crate::expected::Expected;
use crate::pipeline::{check, coarse};

type Outcome<T> = Result<T, String>;

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Outcome<()>)] = &[
    (
        "fixation cases: what does not fit is refused at its line",
        refusals,
    ),
    (
        "fixation cases: what crosses any cut adds up to the load above",
        cuts,
    ),
    (
        "fixation cases: without the cage statics gives each rod its moment",
        statics,
    ),
    (
        "fixation cases: T6 with twelve screws, a cross-link and pre-bent rods",
        t6_full,
    ),
    ("fixation cases: T11 with dominoes and a hook", t11_cage),
    (
        "fixation cases: what hooks alone hold is refused by name",
        hooks_hold_nothing_alone,
    ),
];

/// An error with what caused it.
fn words<E: std::error::Error>(error: E) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}

/// Parts one by one in place of the short form: everything there is.
pub const PARTS: &str = r#"
[screws]
levels = ["T5", "T7"]
diameter_mm = 3.5
length_mm = 28.0
[[rod]]
name = "left"
through = ["T7 left", "T5 left"]
[[rod]]
name = "right"
through = ["T7 right", "T5 right"]
[[connector]]
kind = "cross-link"
rods = ["left", "right"]
[[hook]]
rod = "left"
body = "T5"
side = "left"
pushes = "cranial"
force_n = 30.0
[[cable]]
from = "T7.lamina_right"
to = "T5.lamina_right"
diameter_mm = 1.0
tension_n = 50.0
"#;

fn with_parts(parts: &str) -> String {
    coarse()
        .replacen("[rods]\nkind = \"default\"", parts, 1)
        .replace(
            "          # two titanium rods; \"none\" is not a construct anyone implants",
            "",
        )
}

fn read(text: &str) -> Outcome<Case> {
    Case::from_text(Path::new("case.toml"), text.to_owned())
        .map_err(|e| format!("{} at line {}: {:?}", e.fault, e.place.line(), e.help))
}

/// A text, what takes its place, the line that the message names (a text in it), and words of it.
type Refusal = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[rustfmt::skip]
const REFUSED: &[Refusal] = &[
    ("[screws]", "[rods]\nbehind_axis_mm = 45.0\n[screws]", "behind_axis_mm", &["springs", "head_mm"]),
    ("[screws]", "[rods]\njoint_stiffness_n_per_mm = 3000.0\n[screws]", "joint_stiffness", &["springs", "leave the key out"]),
    ("[screws]", "[rods]\nkind = \"default\"\n[screws]", "kind", &["short form", "keep one"]),
    ("levels = [\"T5\", \"T7\"]", "levels = [\"T5\", \"T6\"]", "levels", &["T6 is resected"]),
    ("levels = [\"T5\", \"T7\"]", "levels = [\"T5\", \"T5\"]", "levels", &["T5"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", \"T4 left\"]", "T4 left", &["no screw \"T4 left\""]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\"]", "through", &["1 place"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", \"T7 left\"]", "through", &["twice"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", [-40.0, 10.0, nan], \"T5 left\"]", "nan", &["NaN"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", [-40.0, 10.0], \"T5 left\"]", "through", &["[x, y, z]"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", [-40.0, 10.0, 20.0]]", "levels", &["no rod runs through the head of screw \"T5 left\""]),
    ("\"T7 right\", \"T5 right\"]", "\"T7 right\", \"T5 right\", \"T5 left\"]", "levels", &["both rods"]),
    ("length_mm = 28.0", "length_mm = 28.0\nhead = \"ball\"", "through", &["turning about itself", "locked"]),
    ("kind = \"cross-link\"", "kind = \"cross-link\"\nname = \"T5 left\"", "name = \"T5 left\"", &["T5 left"]),
    ("kind = \"cross-link\"", "kind = \"cross-link\"\nname = \"cage\"", "name = \"cage\"", &["cage"]),
    ("[\"left\", \"right\"]", "[\"left\", \"left\"]", "rods =", &["not one to itself"]),
    ("kind = \"cross-link\"", "kind = \"domino\"\ndiameter_mm = 3.0", "diameter_mm = 3.0", &["rigid"]),
    ("tension_n = 50.0\n", "", "[[cable]]", &["tension_n", "without tension holds nothing"]),
    ("to = \"T5.lamina_right\"", "to = \"T7.lamina_right\"", "to =", &["one place"]),
    ("to = \"T5.lamina_right\"", "to = \"T5.lamina\"", "to =", &["\"T5.lamina\"", "T5.lamina_left"]),
    ("pushes = \"cranial\"", "pushes = \"up\"", "pushes", &["\"up\""]),
    ("body = \"T5\"", "body = \"T6\"", "body", &["resected"]),
];

/// Of the placed bodies: a further screw, or what makes a sound one not fit.
#[rustfmt::skip]
const UNFIT: &[Refusal] = &[
    ("# more", "[[screw]]\nname = \"T7 third\"\nbody = \"T7\"\nside = \"left\"\n", "name = \"T7 third\"", &["T7 left", "T7 third", "run into each other"]),
    ("# more", "[[screw]]\nname = \"astray\"\nbody = \"T7\"\nentry_mm = [-60.0, 40.0, -20.0]\ntip_mm = [-30.0, 40.0, -20.0]\n", "astray", &["misses T7"]),
    ("# more", "[[screw]]\nname = \"short\"\nbody = \"T7\"\nentry_mm = [-10.0, 0.0, -25.0]\ntip_mm = [25.0, 0.0, -25.0]\ndiameter_mm = 3.0\n", "short", &["lies outside T7", "20 %"]),
    ("# more", "[[screw]]\nname = \"medial\"\nbody = \"T7\"\nentry_mm = [-29.0, -7.0, -20.0]\ntip_mm = [2.0, -7.0, -19.0]\ndiameter_mm = 2.0\n", "medial", &["into the canal of T7"]),
    ("# more", "[[screw]]\nname = \"high\"\nbody = \"T7\"\nentry_mm = [-4.0, 0.0, -29.0]\ntip_mm = [-4.0, 0.0, -9.0]\ndiameter_mm = 3.0\n", "high", &["meets cage", "does not name"]),
    ("# more", "[[screw]]\nname = \"deep\"\nbody = \"T7\"\nentry_mm = [-5.0, 5.0, -21.0]\ntip_mm = [9.0, 5.0, -21.0]\ndiameter_mm = 2.0\n", "deep", &["from the surface of its bone", "entry_mm"]),
    ("# more", "[[screw]]\nname = \"beside\"\nbody = [\"T7\", \"cage\"]\nentry_mm = [-4.0, 0.0, -29.0]\ntip_mm = [-4.0, 0.0, -16.0]\ndiameter_mm = 2.0\n", "beside", &["never meets"]),
    ("# more", "[[screw]]\nname = \"T7 wide\"\nbody = \"T7\"\nside = \"left\"\ndiameter_mm = 9.0\n", "diameter_mm = 9.0", &["left pedicle of T7", "breaks out"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", [-50.0, 10.0, 0.0], \"T5 left\"]", "-50.0", &["turns by", "30°"]),
    ("\"T7 left\", \"T5 left\"]", "\"T7 left\", \"T5 left\", [-37.0, 10.0, 5000.0]]", "5000", &["mm from one place to the next"]),
    ("kind = \"cross-link\"", "kind = \"domino\"", "[[connector]]", &["off its rods", "mm apart"]),
];

fn refusals() -> Outcome<()> {
    let text = with_parts(PARTS);
    let case = read(&text)?;
    check(case.fixation.screws.len() == 4, "four screws")?;
    for (from, to, at, expected) in REFUSED {
        let changed = text.replacen(from, to, 1);
        let refused = Case::from_text(Path::new("case.toml"), changed.clone());
        told(&changed, refused.map(|_| ()), at, expected)?;
    }
    let scene = Scene::build(&case, None, &Silent).map_err(words)?;
    let text = format!("{text}\n# more");
    for (from, to, at, expected) in UNFIT.iter().filter(|u| !u.3.is_empty()) {
        let mut changed = text.replacen(from, to, 1);
        if to.starts_with("[[screw]]") {
            let name = to.split('"').nth(1).unwrap_or_default();
            let rod = format!(
                "through = [\"T7 left\", \"T5 left\"]\n[[rod]]\nname = \"third\"\nthrough = [\"{name}\", \"T5 other\"]\n"
            );
            changed = changed.replacen("through = [\"T7 left\", \"T5 left\"]\n", &rod, 1);
            changed += "[[screw]]\nname = \"T5 other\"\nbody = \"T5\"\nentry_mm = [-9.0, 0.0, 18.0]\ntip_mm = [2.0, 0.0, 18.0]\ndiameter_mm = 3.0\n";
        }
        let refused = Case::from_text(Path::new("case.toml"), changed.clone());
        let refused = refused.and_then(|case| scene.refitted(&case).map(|_| ()));
        told(&changed, refused, at, expected)?;
    }
    Ok(())
}

/// A refusal that names its line and says the words.
fn told(
    text: &str,
    refused: Result<(), endplate::case::CaseError>,
    at: &str,
    expected: &[&str],
) -> Outcome<()> {
    let Err(error) = refused else {
        return Err(format!("{at}: not refused"));
    };
    let message = format!("{} {:?}", error.fault, error.help);
    let line = text.lines().nth(error.place.line() - 1).unwrap_or_default();
    let near = text.lines().skip(error.place.line() - 1).take(2);
    check(
        near.clone().any(|l| l.contains(at)),
        format!("{at}: at {line:?}: {message}"),
    )?;
    for word in expected {
        check(
            message.contains(word),
            format!("{at}: {word:?} not in {message}"),
        )?;
    }
    Ok(())
}

/// Prepares and solves a case.
fn solved(text: &str) -> Outcome<(Case, Solved)> {
    let case = read(text)?;
    let around = Surroundings {
        surfaces: None,
        mesher: &InProcessTetgen,
        progress: &Silent,
        error_bars: false,
    };
    let prepared = spine::prepare(&case, &around).map_err(words)?;
    let solved = spine::solve(&case, prepared, &Silent).map_err(words)?;
    Ok((case, solved))
}

/// What crosses a plane under each load case of a state.
fn crossing(
    solved: &Solved,
    state: &str,
    centre: &Point,
    axis: &Vec3,
) -> Outcome<Vec<(String, Vec<Crossing>)>> {
    let state = solved.states.iter().find(|s| s.name() == state);
    let state = state.ok_or("no such state")?;
    let each = state.cases.iter().map(|case| {
        let (u, forces) = (&case.solution.displacement, &case.solution.one_sided);
        let paths = crossings(&state.built.model, u, forces, (centre, axis)).map_err(words)?;
        Ok((case.load.name.clone(), paths))
    });
    each.collect()
}

/// Elements, ties, shell, screws, rods, cross-link, hook and cable together carry what is applied above,
/// force and moment, wherever the cut is and however it leans.
fn cuts() -> Outcome<()> {
    let (case, solved) = solved(&with_parts(PARTS))?;
    let axis = solved.scene.landmarks.axis.direction;
    let lean = (axis + 0.3 * Vec3::x() - 0.2 * Vec3::y()).normalize();
    let face = solved.scene.endplate(&case.loads.face).centroid;
    let state = solved
        .states
        .iter()
        .find(|s| s.name() == "fused")
        .ok_or("no fused state")?;
    let lift = solved.scene.lift(
        &case,
        &state.built.plan,
        BodyId::Vertebra(case.loads.face.vertebra),
    );
    let mut named = std::collections::BTreeSet::new();
    let beside = solved.scene.fixation.screws[2];
    let through_a_screw = nalgebra::center(&beside.entry, &beside.tip);
    let on_axis = |z: f64| solved.scene.frame().origin + axis * z;
    let planes = [
        (through_a_screw, axis),
        (on_axis(-4.0), axis),
        (on_axis(4.0), axis),
        (on_axis(12.0), axis),
        (on_axis(15.0), lean),
        (on_axis(30.0), axis),
        (on_axis(37.0), axis),
    ];
    for (centre, normal) in planes {
        for (load_case, paths) in crossing(&solved, "fused", &centre, &normal)? {
            let load = state.cases.iter().find(|c| c.load.name == load_case);
            let wrench = load.ok_or("no load")?.load.wrench;
            let applied = wrench.moment + (face + lift - centre).cross(&wrench.force);
            let force: Vec3 = paths.iter().map(|p| p.wrench.force).sum();
            let moment: Vec3 = paths.iter().map(|p| p.wrench.moment).sum();
            let size = applied.norm().max(10.0 * wrench.force.norm());
            check(
                (force - wrench.force).norm() < 1e-6 * wrench.force.norm(),
                format!("{load_case} at {centre}: {force} against {}", wrench.force),
            )?;
            check(
                (moment - applied).norm() < 1e-6 * size,
                format!("{load_case} at {centre}: {moment} against {applied}"),
            )?;
            named.extend(paths.into_iter().map(|p| p.name));
        }
    }
    let missing: Vec<&str> = CROSSING
        .iter()
        .filter(|n| !named.contains(**n))
        .copied()
        .collect();
    check(
        missing.is_empty(),
        format!("{missing:?} cross no cut: {named:?}"),
    )
}

/// Paths of every kind that the cuts meet.
const CROSSING: &[&str] = &[
    "cage",
    "T5",
    "T7",
    "rod left",
    "rod right",
    "screw T7 left",
    "hook T5 left",
    "cable T7.lamina_right to T5.lamina_right",
];

/// With nothing between the bones two straight rods beside each other halve the moment: half of force
/// times arm and of the moment applied, to the asymmetry of the bones.
fn statics() -> Outcome<()> {
    let own = "[[state]]\nname = \"rods only\"\nfrom = \"fused\"\nwithout = [\"cage\"]\n";
    let text = coarse().replacen("[[vertebra]]", &format!("{own}[[vertebra]]"), 1);
    let text = text.replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1);
    let (case, solved) = solved(&text)?;
    let frame = solved.scene.frame();
    let state = solved
        .states
        .iter()
        .find(|s| s.name() == "rods only")
        .ok_or("no state")?;
    let construct = &state.built.model.construct;
    let centre = Point::from(frame.origin + frame.axis() * 12.0);
    let lift = solved
        .scene
        .lift(&case, &state.built.plan, BodyId::Vertebra(0));
    let at = solved.scene.endplate(&case.loads.face).centroid + lift;
    let mut expected = Expected::read("t6-full")?;
    for (load_case, paths) in crossing(&solved, "rods only", &centre, &frame.axis())? {
        if load_case != "flexion" {
            continue;
        }
        let load = state
            .cases
            .iter()
            .find(|c| c.load.name == load_case)
            .ok_or("no load")?;
        let wrench = load.load.wrench;
        for name in ["rod left", "rod right"] {
            let place = where_it_crosses(construct, name, &centre, &frame.axis())?;
            let path = paths.iter().find(|p| p.name == name);
            let path = path.ok_or("rod does not cross")?;
            let own = path.wrench.moment - (place - centre).cross(&path.wrench.force);
            let whole = wrench.moment + (at - place).cross(&wrench.force);
            let along = |m: &Vec3| m.dot(&frame.axes.column(1));
            let share = along(&own) / (0.5 * along(&whole));
            let quantity = format!("{name}, bending over half of what statics gives");
            expected.check(&quantity, share)?;
        }
    }
    expected.finish()
}

/// Where a straight part of the construct crosses a plane.
fn where_it_crosses(
    construct: &Construct,
    name: &str,
    centre: &Point,
    axis: &Vec3,
) -> Outcome<Point> {
    let part = construct.parts.iter().find(|p| p.name == name);
    let beams = part.ok_or("no such part")?.beams.clone();
    let height = |p: &Point| (p - centre).dot(axis);
    for b in beams {
        let [low, high] = construct.beams[b].ends.map(|n| construct.nodes[n].at);
        if height(&low) * height(&high) <= 0.0 {
            let t = height(&low) / (height(&low) - height(&high));
            return Ok(low + (high - low) * t);
        }
    }
    Err(format!("{name} does not cross"))
}

/// A case of `validation/` with edges so long that it is solved in seconds, in the states fused and
/// without rods.
fn coarse_case(text: &str) -> String {
    let kept = text.lines().filter(|l| {
        let sizes = [
            "bone_mm",
            "resected_mm",
            "endplate_mm",
            "implant_mm",
            "disc_mm",
        ];
        !sizes.iter().any(|k| l.starts_with(k))
    });
    let kept: Vec<&str> = kept.collect();
    let sizes = "[mesh]\nbone_mm = 6.0\nresected_mm = 7.0\nendplate_mm = 3.0\nimplant_mm = 3.0\ndisc_mm = 3.0\n[solver]\nmethod = \"cg\"";
    let text = kept.join("\n").replace("[mesh]", sizes);
    text.replacen("[\"intact\", \"fused\"]", "[\"fused\"]", 1)
}

/// Iterations with the construct over those without it.
fn iterations(solved: &Solved) -> f64 {
    let most = |name: &str| {
        let state = solved.states.iter().filter(|s| s.name() == name);
        let cases = state.flat_map(|s| &s.cases);
        f64::from(cases.map(|c| c.solution.info.iterations).max().unwrap_or(0))
    };
    most("fused") / most("without rods")
}

fn t6_full() -> Outcome<()> {
    let text = include_str!("../../validation/t6-full/case.toml");
    let (_, solved) = solved(&coarse_case(text))?;
    let fused = &solved.states[0];
    let parts = &fused.built.model.construct.parts;
    check(parts.len() == 15, format!("{} parts", parts.len()))?;
    let ratio = iterations(&solved);
    check(
        ratio <= 1.2,
        format!("{ratio:.2} times the iterations with screws and rods"),
    )
}

fn t11_cage() -> Outcome<()> {
    let text = include_str!("../../validation/t11-cage/case.toml");
    let (_, solved) = solved(&coarse_case(text))?;
    let fused = &solved.states[0];
    let model = &fused.built.model;
    check(
        model.construct.parts.len() == 16 && model.one_sided.len() == 1,
        "ten screws, four rods, two dominoes, a hook",
    )?;
    let carried: Vec<f64> = fused
        .cases
        .iter()
        .map(|c| c.solution.one_sided[0])
        .collect();
    check(
        carried.iter().all(|n| *n >= 0.0) && carried.iter().any(|n| *n > 0.0),
        format!("{carried:?}"),
    )?;
    let ratio = iterations(&solved);
    check(
        ratio <= 1.2,
        format!("{ratio:.2} times the iterations with screws and rods"),
    )
}

/// T8 without the disc below it has a hook alone, which only pushes.
fn hooks_hold_nothing_alone() -> Outcome<()> {
    let text = include_str!("../../validation/t11-cage/case.toml");
    let own = "name = \"loose\"\nfrom = \"fused\"\nwithout = [\"T8-T9\"]\n#";
    let text = coarse_case(text).replacen("name = \"without rods\"", own, 1);
    let text = text.replacen("\nfrom = \"fused\"\nwithout = [\"rods\"]", "", 1);
    let refused = solved(&text).err().ok_or("what nothing holds was solved")?;
    for words in ["T8", "hooks and cables act one way"] {
        check(
            refused.contains(words),
            format!("{words:?} not in {refused}"),
        )?;
    }
    Ok(())
}

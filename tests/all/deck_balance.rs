//! Decks whose answers need no other program: loads that balance among themselves, held reference
//! nodes, gravity in a later step, the patch test of a tie. Numbers are in
//! `validation/decks-exact/`.

use std::path::Path;

use endplate::analysis::AnalysisSettings;
use endplate::deck::output::{Clocks, summary};
use endplate::deck::{Deck, DeckSolution, read_deck, solve_deck};
use endplate::material::field::quadrature_points;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, TetMesh};
use endplate::progress::Silent;
use endplate::tensor::{Point, Vec3};

use crate::decks::refused;
use crate::errors::{endplate, folder, has_words, write};
use crate::expected::Expected;

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "decks: balance, held reference nodes, gravity and a tie's patch test are exact",
        all,
    ),
    ("decks: a tie that binds a part says so", loose_tie),
    ("decks: temperatures grade a modulus", graded),
    ("decks: a backward range of dofs is refused", backward_range),
];

fn all() -> Result<(), String> {
    let mut expected = Expected::read("decks-exact")?;
    one_tetrahedron(&mut expected)?;
    self_balanced(&mut expected)?;
    nothing_pushes(&mut expected)?;
    pure_moments(&mut expected)?;
    held_reference(&mut expected)?;
    gravity(&mut expected)?;
    tie_patch(&mut expected)?;
    expected.finish()
}

fn solved(path: &Path) -> Result<(Deck, DeckSolution), String> {
    let deck = read_deck(path).map_err(|e| e.to_string())?;
    let solution = solve_deck(&deck, &AnalysisSettings::default(), &Silent);
    let solution = solution.map_err(|e| e.to_string())?;
    balanced(&solution)?;
    Ok((deck, solution))
}

fn solved_text(text: &str) -> Result<DeckSolution, String> {
    let dir = folder()?;
    let path = dir.path().join("deck.inp");
    write(&path, text)?;
    Ok(solved(&path)?.1)
}

/// Reactions balance loads to 1e-9 in every step.
pub fn balanced(solution: &DeckSolution) -> Result<(), String> {
    for (s, step) in solution.steps.iter().enumerate() {
        // Not `>`: a NaN is no balance.
        if step.imbalance.is_nan() || step.imbalance > 1e-9 {
            return Err(format!("step {}: imbalance {:e}", s + 1, step.imbalance));
        }
    }
    Ok(())
}

/// A mesh in a deck's lines, numbers raised by `first`, its sides as surfaces.
fn lines(mesh: &TetMesh, name: &str, first: usize) -> String {
    let kind = mesh.kind_of(0).reference().deck_type;
    let mut text = format!("*NODE, NSET=N{name}\n");
    for (n, p) in mesh.nodes.iter().enumerate() {
        text += &format!("{}, {}, {}, {}\n", first + n + 1, p.x, p.y, p.z);
    }
    text += &format!("*ELEMENT, TYPE={kind}, ELSET=E{name}\n");
    for e in 0..mesh.element_count() {
        let nodes = mesh.element(e).iter();
        let nodes: Vec<String> = nodes
            .map(|&n| (first + n as usize + 1).to_string())
            .collect();
        text += &format!("{}, {}\n", first + e + 1, nodes.join(", "));
    }
    for surface in &mesh.surfaces {
        text += &format!("*SURFACE, NAME={name}{}\n", surface.name);
        for facet in &surface.facets {
            let element = first + facet.element as usize + 1;
            text += &format!("{element}, S{}\n", facet.face + 1);
        }
    }
    text
}

/// The numbers of the nodes for which `wanted` holds.
fn numbers(mesh: &TetMesh, first: usize, wanted: impl Fn(&Point) -> bool) -> Vec<usize> {
    let nodes = mesh.nodes.iter().enumerate();
    let found = nodes.filter(|(_, p)| wanted(p));
    found.map(|(n, _)| first + n + 1).collect()
}

fn node_set(name: &str, numbers: &[usize]) -> String {
    let rows: Vec<String> = numbers.iter().map(usize::to_string).collect();
    format!("*NSET, NSET={name}\n{}\n", rows.join("\n"))
}

const MODULUS: f64 = 500.0;
const POISSON: f64 = 0.3;

fn material(sets: &str) -> String {
    let mut text = format!("*MATERIAL, NAME=M\n*ELASTIC\n{MODULUS}, {POISSON}\n*DENSITY\n2.\n");
    for set in sets.split_whitespace() {
        text += &format!("*SOLID SECTION, ELSET={set}, MATERIAL=M\n");
    }
    text
}

fn cube() -> TetMesh {
    box_mesh(ElementKind::Tet4, [2, 2, 2], |x| {
        Point::from(x.map(|c| 2.0 * c))
    })
}

/// The cube, its sets BOT and TOP, its material.
fn cube_lines() -> String {
    let mesh = cube();
    let ends = [("BOT", 0.0), ("TOP", 2.0)].map(|(name, z)| {
        let numbers = numbers(&mesh, 0, |p| p.z == z);
        node_set(name, &numbers)
    });
    lines(&mesh, "A", 0) + &ends.concat() + &material("EA")
}

/// Corner 1 held along all axes, one beside it along two, one along the last.
fn determinate(mesh: &TetMesh) -> String {
    let at = |x: [f64; 3]| numbers(mesh, 0, |p| *p == Point::from(x));
    let corners = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]].map(at);
    format!(
        "*BOUNDARY\n{}, 1, 3\n{}, 2, 3\n{}, 3\n",
        corners[0][0], corners[1][0], corners[2][0]
    )
}

/// Largest |u − exact| over the largest displacement.
fn difference(mesh: &TetMesh, u: &[Vec3], exact: impl Fn(&Point) -> Vec3) -> f64 {
    let largest = u.iter().map(Vec3::norm).fold(f64::MIN_POSITIVE, f64::max);
    let pairs = mesh.nodes.iter().zip(u);
    pairs
        .map(|(p, u)| (u - exact(p)).norm())
        .fold(0.0, f64::max)
        / largest
}

/// One tetrahedron pulled along an edge by two opposite forces.
fn one_tetrahedron(expected: &mut Expected) -> Result<(), String> {
    let solution = solved_text(
        "*NODE\n1, 0., 0., 0.\n2, 1., 0., 0.\n3, 0., 1., 0.\n4, .1, .2, .7\n\
         *ELEMENT, TYPE=C3D4, ELSET=E\n1, 1, 2, 3, 4\n*MATERIAL, NAME=M\n*ELASTIC\n1000., .3\n\
         *SOLID SECTION, ELSET=E, MATERIAL=M\n*BOUNDARY\n1, 1, 3\n2, 2, 3\n3, 3\n\
         *STEP\n*STATIC\n*CLOAD\n4, 1, .1\n4, 2, .2\n4, 3, .7\n1, 1, -.1\n1, 2, -.2\n1, 3, -.7\n\
         *END STEP\n",
    )?;
    let u = solution.steps[0].displacement[3];
    expected.check("self-balanced: u1", u.x)?;
    expected.check("self-balanced: u2", u.y)?;
    expected.check("self-balanced: u3", u.z)
}

/// Pressure from all sides, and from two.
fn self_balanced(expected: &mut Expected) -> Result<(), String> {
    let mesh = cube();
    let with = |loads: &str| {
        solved_text(&format!(
            "{}{}*STEP\n*STATIC\n*DSLOAD\n{loads}*END STEP\n",
            cube_lines(),
            determinate(&mesh)
        ))
    };
    let all: Vec<String> = mesh
        .surfaces
        .iter()
        .map(|s| format!("A{}, P, 3.\n", s.name))
        .collect();
    let solution = with(&all.concat())?;
    let strain = -3.0 * (1.0 - 2.0 * POISSON) / MODULUS;
    let off = difference(&mesh, &solution.steps[0].displacement, |p| {
        strain * p.coords
    });
    expected.check("hydrostatic: strain", off)?;
    let solution = with("Az0, P, 3.\nAz1, P, 3.\n")?;
    let along = Vec3::new(POISSON, POISSON, -1.0) * 3.0 / MODULUS;
    let exact = |p: &Point| p.coords.component_mul(&along);
    let off = difference(&mesh, &solution.steps[0].displacement, exact);
    expected.check("squeezed: strain", off)
}

/// Prescribed displacements alone, with and without strain, and nothing at all.
fn nothing_pushes(expected: &mut Expected) -> Result<(), String> {
    let mesh = cube();
    let with = |supports: &str| {
        solved_text(&format!(
            "{}{supports}*STEP\n*STATIC\n*END STEP\n",
            cube_lines()
        ))
    };
    let held = determinate(&mesh);
    let solution = with(&format!("*BOUNDARY\nBOT, 3\nTOP, 3, 3, .02\n{held}"))?;
    let along = Vec3::new(-POISSON, -POISSON, 1.0) * 0.01;
    let exact = |p: &Point| p.coords.component_mul(&along);
    let off = difference(&mesh, &solution.steps[0].displacement, exact);
    expected.check("stretched: strain", off)?;
    let solution = with("*BOUNDARY\nBOT, 1, 1, .3\nBOT, 2, 2, -.2\nBOT, 3, 3, .4\n")?;
    let exact = |_: &Point| Vec3::new(0.3, -0.2, 0.4);
    let off = difference(&mesh, &solution.steps[0].displacement, exact);
    expected.check("shifted: translation", off)?;
    let solution = with(&held)?;
    match solution.steps[0]
        .displacement
        .iter()
        .all(|u| *u == Vec3::zeros())
    {
        true => Ok(()),
        false => Err("without load something moves".to_owned()),
    }
}

/// Two rigid ends turned against each other by moments, held where nothing is asked.
fn pure_moments(expected: &mut Expected) -> Result<(), String> {
    let text = format!(
        "{}*NODE\n101, 1., 1., 3.\n102, 1., 1., 3.\n103, 1., 1., -1.\n104, 1., 1., -1.\n\
         *RIGID BODY, NSET=TOP, REF NODE=101, ROT NODE=102\n\
         *RIGID BODY, NSET=BOT, REF NODE=103, ROT NODE=104\n\
         *BOUNDARY\n103, 1, 3\n104, 1, 3\n*STEP\n*STATIC\n\
         *CLOAD\n102, 1, 7.\n102, 3, 4.\n104, 1, -7.\n104, 3, -4.\n*END STEP\n",
        cube_lines()
    );
    let solution = solved_text(&text)?;
    let reaction = &solution.steps[0].reaction;
    let size = (reaction.force.norm() + reaction.moment.norm()) / 65f64.sqrt();
    expected.check("turned: reactions", size)
}

/// What summary.json says of the clamped reference node.
fn held_reference(expected: &mut Expected) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("validation");
    let path = root.join("deck-kinematic-held/kinematic-held.inp");
    let (deck, solution) = solved(&path)?;
    let clocks = Clocks {
        read: 0.0,
        total: 0.0,
        write: 0.0,
    };
    let value = summary(&deck, &path, &solution, &clocks);
    let node = &value["steps"][0]["reference_nodes"][0];
    let number = |key: &str, axis: usize| {
        let number = node["reaction"][key][axis].as_f64();
        number.ok_or_else(|| format!("no {key} in {value:#}"))
    };
    if node["node"] != 28 {
        return Err(format!("{node}"));
    }
    expected.check("held: force x", number("force_n", 0)?)?;
    expected.check("held: force z", number("force_n", 2)?)?;
    expected.check("held: moment y", number("moment_nm", 1)?)
}

/// Gravity of another direction in a later step is added or replaces where the step says so, and
/// refused where it does not.
fn gravity(expected: &mut Expected) -> Result<(), String> {
    let with = |second: &str| {
        format!(
            "{}*BOUNDARY\nBOT, 1, 3\n*STEP\n*STATIC\n*DLOAD\nEA, GRAV, 3., 0., 0., -1.\n\
             *END STEP\n*STEP\n*STATIC\n{second}\n*END STEP\n",
            cube_lines()
        )
    };
    let turned = "EA, GRAV, 2., 1., 0., 0.";
    for again in ["", "EA, GRAV, 1., 0., 0., 1.\n"] {
        let words = ["gravity on EA turns", "add up or", "repeat", "OP=NEW"];
        refused(
            &with(&format!("*DLOAD\n{again}{turned}")),
            "EA, GRAV",
            &words,
        )?;
    }
    for (way, load) in [
        (
            "added",
            format!("*DLOAD\n{turned}\nEA, GRAV, 3., 0., 0., -2."),
        ),
        ("replaced", format!("*DLOAD, OP=NEW\n{turned}")),
    ] {
        let reaction = solved_text(&with(&load))?.steps[1].reaction.force;
        expected.check(&format!("gravity {way}: reaction x"), reaction.x)?;
        expected.check(&format!("gravity {way}: reaction z"), reaction.z)?;
    }
    // The same direction with another size is another size.
    let reaction = solved_text(&with("*DLOAD\nEA, GRAV, 1., 0., 0., -5."))?.steps[1]
        .reaction
        .force;
    match (reaction.z - 16.0).abs() < 1e-9 {
        true => Ok(()),
        false => Err(format!("{reaction} where a mass of 16 is pulled at 1")),
    }
}

/// A block with 3 × 3 squares under one with 2 × 2, tied with this tolerance and pressed; the gap between
/// them grows to `wedge` along x.
fn tied_blocks(tolerance: &str, wedge: f64) -> String {
    let block = |cells: usize, place: &dyn Fn([f64; 3]) -> Point| {
        box_mesh(ElementKind::Tet10, [cells, cells, 2], place)
    };
    let meshes = [
        block(3, &|x| Point::new(10.0 * x[0], 10.0 * x[1], 5.0 * x[2])),
        block(2, &|x| {
            let z = 5.0 + 5.0 * x[2] + wedge * x[0];
            Point::new(10.0 * x[0], 10.0 * x[1], z)
        }),
    ];
    let first = meshes[0].nodes.len();
    let bottom = numbers(&meshes[0], 0, |p| p.z == 0.0);
    let corner = |x: f64| numbers(&meshes[0], 0, |p| *p == Point::new(x, 0.0, 0.0))[0];
    format!(
        "{}{}{}{}*TIE, NAME=T{tolerance}\nBz0, Az1\n\
         *BOUNDARY\nBOT, 3\n{}, 1, 2\n{}, 2\n*STEP\n*STATIC\n*DSLOAD\nBz1, P, 1.\n*END STEP\n",
        lines(&meshes[0], "A", 0),
        lines(&meshes[1], "B", first),
        node_set("BOT", &bottom),
        material("EA EB"),
        corner(0.0),
        corner(10.0)
    )
}

/// A gap from 0 to 0.3 across the face: the default tolerance binds a third of it and is refused; a
/// tolerance of the deck's own binds what it reaches and says what it leaves.
fn loose_tie() -> Result<(), String> {
    refused(
        &tied_blocks("", 0.3),
        "*TIE, NAME=T",
        &[
            "tie T binds 33.3",
            "further than 0.1",
            "largest distance is 0.299",
            "POSITION TOLERANCE",
        ],
    )?;
    let dir = folder()?;
    write(
        &dir.path().join("d.inp"),
        tied_blocks(", POSITION TOLERANCE=.1", 0.3),
    )?;
    let output = endplate(dir.path(), &["solve", "d.inp", "--out", "o", "--quiet"])?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = ["tie T: 33.3", "of 100.0", "warning: interface T: 66.7 mm²"];
    has_words(&said, &words, "a tie of a third")?;
    let text = std::fs::read_to_string(dir.path().join("o/summary.json"));
    let summary: serde_json::Value =
        serde_json::from_str(&text.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let tie = &summary["ties"][0];
    let untied = tie["untied_area_mm2"].as_f64().unwrap_or(f64::NAN);
    // Two thirds of a face that leans by 0.03.
    if tie["name"] != "T" || (untied - 66.7).abs() > 0.05 {
        return Err(format!("{tie}"));
    }
    // All of it within reach: the whole face, and a bar with the mean gap.
    let solution = solved_text(&tied_blocks(", POSITION TOLERANCE=.31", 0.3))?;
    let account = &solution.model.ties[0];
    let (mut top, mut count) = (0.0, 0.0);
    let nodes = &solution.model.mesh.nodes;
    for (p, u) in nodes.iter().zip(&solution.steps[0].displacement) {
        if (p.z - 10.0 - 0.03 * p.x).abs() < 1e-9 {
            (top, count) = (top + u.z, count + 1.0);
        }
    }
    let bar = -(10.0 + 0.15) / MODULUS;
    // The face leans by 0.03 and stands 0.3 off at its end, so that 0.009 of its length face nothing.
    let untied = account.untied_area - 0.3 * 0.03 * 10.0;
    // The top leans, so that its pressure pushes sideways by 0.03 of itself.
    let off = top / count / bar - 1.0;
    match untied.abs() < 1e-3 && off.abs() < 0.02 {
        true => Ok(()),
        false => Err(format!("{account:?}, off by {off}")),
    }
}

/// A block whose modulus changes across the pull, with a kink where elements meet: it strains alike
/// everywhere, and carries the integral of its modulus.
fn graded() -> Result<(), String> {
    let mesh = box_mesh(ElementKind::Tet10, [2, 1, 2], |x| {
        Point::new(10.0 * x[0], 10.0 * x[1], 10.0 * x[2])
    });
    let on = |z: f64| numbers(&mesh, 0, |p| p.z == z);
    let origin = numbers(&mesh, 0, |p| *p == Point::origin())[0];
    let side = numbers(&mesh, 0, |p| *p == Point::new(0.0, 10.0, 0.0))[0];
    let warm: String = (1..)
        .zip(&mesh.nodes)
        .map(|(n, p)| format!("{n}, {}\n", p.x))
        .collect();
    let with = |rows: &str, warm: &str| {
        format!(
            "{}{}{}*MATERIAL, NAME=M\n*ELASTIC\n{rows}*SOLID SECTION, ELSET=EA, MATERIAL=M\n{warm}\
             *BOUNDARY\nBOT, 3\nTOP, 3, 3, .1\n{origin}, 1, 2\n{side}, 1\n*STEP\n*STATIC\n\
             *NODE PRINT, NSET=BOT\nRF\n*END STEP\n",
            lines(&mesh, "A", 0),
            node_set("BOT", &on(0.0)),
            node_set("TOP", &on(10.0)),
        )
    };
    let rows = "100., 0., 0.\n200., 0., 5.\n600., 0., 10.\n";
    let warm = format!("*INITIAL CONDITIONS, TYPE=TEMPERATURE\n{warm}");
    let solution = solved_text(&with(rows, &warm))?;
    let u = &solution.steps[0].displacement;
    let held: f64 = solution.steps[0].reaction.force.z;
    let mut off = 0.0_f64;
    for e in 0..solution.model.mesh.element_count() {
        for (point, at) in solution
            .points(e, u)
            .iter()
            .zip(quadrature_points(&mesh, e))
        {
            let modulus = 100.0 + 20.0 * at.x.min(5.0) + 80.0 * (at.x - 5.0).max(0.0);
            off = off.max((point.stress[2] / (0.01 * modulus) - 1.0).abs());
        }
    }
    // Pulled at the top by what holds the bottom: both ends are prescribed, so the sum is nothing.
    let force = &solution.steps[0].force;
    let pulled: f64 = on(10.0).iter().map(|n| force[*n - 1].z).sum();
    if off > 1e-10 || held.abs() > 1e-9 || (pulled / 275.0 - 1.0).abs() > 1e-10 {
        return Err(format!(
            "stress off by {off:e}, {held:e} in all, {pulled} N"
        ));
    }
    let falling = "200., 0., 5.\n100., 0., 0.\n";
    refused(
        &with(falling, &warm),
        "100., 0., 0.",
        &["rise from line to line"],
    )?;
    let ratio = "100., 0., 0.\n200., 0.1, 5.\n";
    refused(
        &with(ratio, &warm),
        "200., 0.1, 5.",
        &["same Poisson ratio"],
    )?;
    refused(
        &with(rows, ""),
        "*MATERIAL, NAME=M",
        &["node 1 of element", "INITIAL CONDITIONS"],
    )
}

/// A range of degrees of freedom that runs backwards holds nothing in CalculiX; here it is refused.
fn backward_range() -> Result<(), String> {
    let text = tied_blocks(", POSITION TOLERANCE=.1", 0.0).replace("BOT, 3\n", "BOT, 3, 1\n");
    refused(&text, "BOT, 3, 1", &["not below the first"])
}

/// What a tie passes where the nodes do not coincide.
fn tie_patch(expected: &mut Expected) -> Result<(), String> {
    let text = tied_blocks(", POSITION TOLERANCE=.1", 0.0);
    let solution = solved_text(&text)?;
    let u = &solution.steps[0].displacement;
    let mut stress = 0.0_f64;
    for e in 0..solution.model.mesh.element_count() {
        for point in solution.points(e, u) {
            let mut off = point.stress;
            off[2] += 1.0;
            stress = stress.max(off.amax());
        }
    }
    expected.check("tie patch: stress", stress)?;
    let along = Vec3::new(POISSON, POISSON, -1.0) / MODULUS;
    let off = difference(&solution.model.mesh, u, |p| p.coords.component_mul(&along));
    expected.check("tie patch: displacement", off)
}

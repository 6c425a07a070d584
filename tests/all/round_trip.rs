//! Models as decks: written, read again and solved by this program, and by CalculiX where it is
//! installed, against the model solved directly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use endplate::analysis::{AnalysisSettings, solve};
use endplate::case::Case;
use endplate::deck::number::LONGEST;
use endplate::deck::write::{DeckSettings, Dialect, write_deck};
use endplate::deck::{read_deck, solve_deck};
use endplate::mesh::ElementKind;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::tetgen::ChildTetgen;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::solver::choice::Method;
use endplate::spine::{Surroundings, prepare};
use endplate::tensor::{Elasticity, OrthotropicConstants, Point, Vec3};

use crate::errors::{endplate, folder, has_words, write};
use crate::meshes::{hold, load, solid};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "round trip: a spine of one modulus a body moves the same through its deck",
        one_modulus_a_body,
    ),
    (
        "round trip: a spine with its cortical shell moves the same through its deck",
        with_shell,
    ),
    (
        "round trip: run names its decks and says what they lack",
        run_says_what_decks_lack,
    ),
];

/// Checks that take more than a minute.
pub const LONG_TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "round trip: the T6 case through its decks within 1 %",
    t6_as_it_ships,
)];

/// Checks that need CalculiX, and whether they take more than a minute.
pub const CCX_TESTS: &[(&str, bool, fn(&Path) -> Result<(), String>)] = &[
    (
        "round trip: CalculiX moves a block without ties the same",
        false,
        ccx_without_ties,
    ),
    (
        "round trip: the T6 case through CalculiX within 1 %",
        true,
        ccx_t6,
    ),
];

const CASE: &str = include_str!("../../validation/t6-tantalum/case.toml");

/// The T6 case without rods, with these keys of [mesh] and these lines more under [bone].
pub fn t6(sizes: &[(&str, &str)], bone: &str) -> Result<Case, String> {
    let lines = CASE.lines().map(|line| {
        let key = line.split('=').next().unwrap_or_default().trim();
        match (sizes.iter().find(|(name, _)| *name == key), key) {
            (Some((name, size)), _) => format!("{name} = {size}\n"),
            (_, "[bone]") => format!("[bone]\n{bone}\n"),
            (_, "kind") => "kind = \"none\"\n".to_owned(),
            _ => format!("{line}\n"),
        }
    });
    Case::from_text(Path::new("case.toml"), lines.collect()).map_err(|e| e.to_string())
}

/// Edges so long that both states solve in seconds.
const COARSE: &[(&str, &str)] = &[
    ("bone_mm", "6.0"),
    ("endplate_mm", "3.0"),
    ("implant_mm", "2.5"),
    ("resected_mm", "7.0"),
    ("disc_mm", "2.5"),
];

/// The models of all states.
pub fn models(case: &Case) -> Result<Vec<Model>, String> {
    let mesher = ChildTetgen {
        program: env!("CARGO_BIN_EXE_endplate").into(),
        timeout: Duration::from_secs(300),
    };
    let around = Surroundings {
        surfaces: None,
        mesher: &mesher,
        progress: &Silent,
        error_bars: false,
    };
    let built = prepare(case, &around).map_err(|e| e.to_string())?;
    Ok(built.states.into_iter().map(|s| s.model).collect())
}

/// A factor is exact to round-off; conjugate gradients would only be to their tolerance.
fn exactly() -> AnalysisSettings {
    AnalysisSettings {
        method: Method::Cholesky,
        ..AnalysisSettings::default()
    }
}

/// Displacements of the model's own nodes, by load case.
type Motion = Vec<Vec<Vec3>>;

fn directly(model: &Model) -> Result<Motion, String> {
    let solution = solve(model, &exactly(), &Silent).map_err(|e| e.to_string())?;
    Ok(solution.cases.into_iter().map(|c| c.displacement).collect())
}

fn written(model: &Model, case: &Case, dialect: Dialect, dir: &Path) -> Result<PathBuf, String> {
    let settings = DeckSettings {
        dialect,
        tie_gap_mm: case.interface.gap_tolerance_mm.value,
    };
    let deck = write_deck(dir, "model", model, &settings).map_err(|e| e.to_string())?;
    let path = dir.join(deck.file);
    fields_are_short(&path)?;
    Ok(path)
}

/// No field of a data line and no value of a parameter is longer than CalculiX reads.
fn fields_are_short(deck: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(deck).map_err(|e| e.to_string())?;
    let lines = text.lines().filter(|l| !l.starts_with("**"));
    let fields = lines.flat_map(|l| l.split([',', '=']));
    match fields.max_by_key(|f| f.len()) {
        Some(field) if field.len() > LONGEST => Err(format!("a field of {:?}", field)),
        _ => Ok(()),
    }
}

fn through_the_deck(deck: &Path) -> Result<Motion, String> {
    let deck = read_deck(deck).map_err(|e| e.to_string())?;
    let solved = solve_deck(&deck, &exactly(), &Silent).map_err(|e| e.to_string())?;
    Ok(solved.steps.into_iter().map(|s| s.displacement).collect())
}

/// Largest difference over the largest displacement, worst of the load cases. A deck may have nodes
/// beyond the model's.
fn difference(direct: &Motion, other: &Motion) -> Result<f64, String> {
    difference_at(direct, other, &|_| true)
}

/// The same at some of the nodes only.
fn difference_at(
    direct: &Motion,
    other: &Motion,
    counts: &dyn Fn(usize) -> bool,
) -> Result<f64, String> {
    if direct.is_empty() || direct.len() != other.len() {
        return Err(format!("{} steps for {}", other.len(), direct.len()));
    }
    let mut worst: f64 = 0.0;
    for (direct, other) in direct.iter().zip(other) {
        if other.len() < direct.len() {
            return Err(format!("{} nodes for {}", other.len(), direct.len()));
        }
        let largest = direct.iter().map(Vec3::norm).fold(0.0, f64::max);
        let pairs = direct.iter().zip(other).enumerate();
        for (_, (a, b)) in pairs.filter(|(n, _)| counts(*n)) {
            let off = (a - b).norm() / largest;
            worst = if off <= worst { worst } else { off };
        }
    }
    Ok(worst)
}

/// No layer under the endplates: a body, or a part of it, has one modulus.
const ONE_MODULUS: &str = "endplate_modulus_mpa = 300.0";

fn one_modulus_a_body() -> Result<(), String> {
    let bone = format!("{ONE_MODULUS}\ncortical_thickness_mm = 0.0");
    within(&t6(COARSE, &bone)?, [1e-9, 1e-9])
}

fn with_shell() -> Result<(), String> {
    // For CalculiX the shell is flat solids, which weigh strains that change along a facet
    // otherwise than a membrane does.
    within(&t6(COARSE, ONE_MODULUS)?, [0.01, 1e-9])
}

/// The case as it ships, graded layers and shell, but for the rods: one modulus an element is
/// another model, as far apart as the mesh is coarse.
fn t6_as_it_ships() -> Result<(), String> {
    within(&t6(&[], "")?, [0.01, 0.01])
}

/// The decks for CalculiX and for Abaqus move as the model does in both states, but for these
/// shares of the largest displacement.
fn within(case: &Case, most: [f64; 2]) -> Result<(), String> {
    let dir = folder()?;
    for model in models(case)? {
        let direct = directly(&model)?;
        for (dialect, most) in [Dialect::Calculix, Dialect::Abaqus].into_iter().zip(most) {
            let deck = written(&model, case, dialect, dir.path())?;
            let off = difference(&direct, &through_the_deck(&deck)?)?;
            let (state, program) = (&model.name, dialect.program());
            println!("{state} for {program}: off by {off:.1e}");
            if off.is_nan() || off > most {
                let text = format!("{state} for {program}: off by {off:.2e}, {most:e} at most");
                return Err(text);
            }
        }
    }
    Ok(())
}

fn run_says_what_decks_lack() -> Result<(), String> {
    let dir = folder()?;
    let coarse = CASE.lines().map(|line| {
        let key = line.split('=').next().unwrap_or_default().trim();
        match COARSE.iter().find(|(name, _)| *name == key) {
            Some((name, size)) => format!("{name} = {size}\n"),
            None => format!("{line}\n"),
        }
    });
    let with_rods: String = coarse.collect();
    let without = with_rods.replace("kind = \"default\"", "kind = \"none\"");
    let out = dir.path().join("o");
    let run = |case: &str, option: &str, decks: [&str; 2]| -> Result<(), String> {
        write(&dir.path().join("case.toml"), case)?;
        let quick = ["--quiet", "--no-error-bars", option];
        let arguments = [&["run", "case.toml", "--out", "o"], &quick[..]].concat();
        let output = endplate(dir.path(), &arguments)?;
        has_words(&String::from_utf8_lossy(&output.stdout), &decks, option)?;
        // "Deck: FILE (..."
        for file in decks.iter().filter_map(|line| line.split(' ').nth(1)) {
            fields_are_short(&out.join(file))?;
        }
        Ok(())
    };
    let decks = [
        "Deck: intact.inp (CalculiX) lacks steps of a modulus",
        "Deck: fused-without-rods.inp (CalculiX) lacks the 4 screws; the 2 rods; steps of a modulus",
    ];
    run(&with_rods, "--write-deck", decks)?;
    let decks = [
        "Deck: intact.inp (Abaqus) lacks steps of a modulus",
        "Deck: fused.inp (Abaqus) lacks steps of a modulus",
    ];
    run(&without, "--write-deck=abaqus", decks)?;
    if out.join("fused-without-rods.inp").exists() {
        return Err("a deck of an earlier run stays beside the new report".into());
    }
    Ok(())
}

/// A block of three materials, one of them turned out of its axes, under two load cases.
fn block() -> Result<Model, String> {
    let mesh = box_mesh(ElementKind::Tet10, [3, 3, 4], |p| {
        Point::new(3.0 * p[0], 3.1 * p[1], 7.0 * p[2])
    });
    let mut model = solid(mesh, Elasticity::isotropic(500.0, 0.3));
    let constants = OrthotropicConstants {
        youngs_modulus: [100.0, 200.0, 400.0],
        shear_modulus: [50.0, 70.0, 90.0],
        poisson_ratio: [0.2, 0.25, 0.1],
    };
    let orthotropic = Elasticity::orthotropic(&constants).ok_or("no such material")?;
    let turn = nalgebra::Rotation3::from_euler_angles(0.3, -0.7, 1.1);
    let turned = orthotropic.rotated(turn.matrix());
    model.materials.table.extend([orthotropic, turned]);
    for e in 0..model.mesh.element_count() {
        model.materials.of_element[e] = (model.mesh.centroid(e).z / 2.4) as u32;
    }
    for axis in 0..3 {
        hold(&mut model, axis, |p| p.z == 0.0, |_| 0.0);
    }
    let top = (0u32..).zip(&model.mesh.nodes).filter(|(_, p)| p.z == 7.0);
    let top: Vec<u32> = top.map(|(n, _)| n).collect();
    for force in [Vec3::new(0.1 / 3.0, -0.02, 0.0), Vec3::new(0.0, 0.0, -1.0)] {
        load(&mut model, top.iter().map(|&n| (n, force)).collect());
    }
    Ok(model)
}

/// Solves a deck with CalculiX; displacements of the node set NALL, by step.
fn through_ccx(ccx: &Path, deck: &Path, nodes: usize) -> Result<Motion, String> {
    let text = std::fs::read_to_string(deck).map_err(|e| e.to_string())?;
    // Tables have seven digits, results files six.
    let text = text.replace("*NODE FILE\n", "*NODE PRINT,NSET=NALL\nU\n*NODE FILE\n");
    let dir = folder()?;
    write(&dir.path().join("job.inp"), text)?;
    let output = Command::new(ccx)
        .args(["-i", "job"])
        .current_dir(dir.path())
        .output()
        .map_err(|e| format!("cannot start {}: {e}", ccx.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if said.contains("*ERROR") || !said.contains("Job finished") {
        return Err(said);
    }
    let tables = std::fs::read_to_string(dir.path().join("job.dat")).map_err(|e| e.to_string())?;
    let mut steps: Motion = Vec::new();
    let mut inside = false;
    for line in tables.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if line.contains("displacements") {
            steps.push(vec![Vec3::from_element(f64::NAN); nodes]);
            inside = true;
        } else if line.contains("force") {
            inside = false;
        } else if let ([n, x, y, z], true, Some(step)) = (&fields[..], inside, steps.last_mut()) {
            let number = |text: &str| text.parse::<f64>().map_err(|e| format!("{line}: {e}"));
            let n: usize = n.parse().map_err(|e| format!("{line}: {e}"))?;
            let u = Vec3::new(number(x)?, number(y)?, number(z)?);
            *step.get_mut(n - 1).ok_or(line)? = u;
        }
    }
    Ok(steps)
}

fn ccx_without_ties(ccx: &Path) -> Result<(), String> {
    let model = block()?;
    let case = t6(COARSE, "")?;
    let dir = folder()?;
    let direct = directly(&model)?;
    let deck = written(&model, &case, Dialect::Calculix, dir.path())?;
    let ours = difference(&direct, &through_the_deck(&deck)?)?;
    let theirs = difference(&direct, &through_ccx(ccx, &deck, direct[0].len())?)?;
    if ours < 1e-9 && theirs < 1e-5 {
        Ok(())
    } else {
        Err(format!("off by {ours:e} here and {theirs:e} in CalculiX"))
    }
}

/// The case as it ships, but for the rods: bones and implant. Discs are told and not judged: their
/// rims leave the bones, CalculiX ties nodes there or leaves them free, endplate ties the part of a
/// face that is within reach, and a soft rim shows the difference.
fn ccx_t6(ccx: &Path) -> Result<(), String> {
    let case = t6(&[], "")?;
    let dir = folder()?;
    for mut model in models(&case)? {
        // CalculiX factors the matrix again for every step.
        model.load_cases.truncate(2);
        let direct = directly(&model)?;
        let deck = written(&model, &case, Dialect::Calculix, dir.path())?;
        let theirs = through_ccx(ccx, &deck, direct[0].len())?;
        let is_disc = |name: &str| case.discs.iter().any(|d| d.name == name);
        let in_disc = |n: usize| {
            let mut bodies = model.bodies.iter();
            bodies.any(|b| is_disc(&b.name) && b.nodes.contains(&n))
        };
        let hard = difference_at(&direct, &theirs, &|n| !in_disc(n))?;
        let all = difference(&direct, &theirs)?;
        println!(
            "{} through CalculiX: bones and implant off by {hard:.1e}, all by {all:.1e}",
            model.name
        );
        if hard.is_nan() || hard > 0.01 {
            return Err(format!("{}: off by {hard:.4} in CalculiX", model.name));
        }
    }
    Ok(())
}

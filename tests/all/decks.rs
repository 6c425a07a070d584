//! Decks: the tables of our own decks against CalculiX's, kept beside them in
//! `validation/deck-*/`, the decks of its test set that are in range, and what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use endplate::analysis::AnalysisSettings;
use endplate::deck::keywords::{KEYWORDS, ParameterKind, SKIPPED as READ_OVER};
use endplate::deck::lines::read_cards;
use endplate::deck::print::tables;
use endplate::deck::{read_deck, solve_deck};
use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::progress::Silent;
use endplate::tensor::Point;

use crate::deck_balance::balanced;
use crate::errors::{endplate, folder, refusal, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("decks: DECKS.md names what is read and skipped", documented),
    (
        "decks: our own agree with CalculiX to print precision",
        our_own_agree_with_calculix,
    ),
    (
        "decks: together they use every keyword",
        every_keyword_is_used,
    ),
    (
        "decks: what is broken is refused with its place",
        broken_decks,
    ),
    (
        "decks: dependent dofs used twice are refused",
        bad_equations,
    ),
    ("decks: membranes that cannot be are refused", bad_membranes),
    ("decks: includes that fail are refused", bad_includes),
    ("decks: a mark of encoding is no text", mark_of_encoding),
    ("decks: a mesh of Gmsh's is included", gmsh_include),
    ("decks: random bytes are refused", random_bytes),
    ("decks: the results of another deck stay", output_directory),
];

/// Tests on CalculiX's own decks.
pub const DATA_TESTS: &[(&str, fn(&Path) -> Result<(), String>)] = &[(
    "decks: CalculiX's test decks agree or are refused by name",
    calculix_test_decks,
)];

fn validation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("validation")
}

/// The deck of every `validation/deck-<name>/`.
fn own_decks() -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(validation()).map_err(|e| e.to_string())?;
    let mut decks: Vec<PathBuf> = entries
        .flatten()
        .filter_map(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            let stem = name.strip_prefix("deck-")?;
            Some(e.path().join(format!("{stem}.inp")))
        })
        .collect();
    decks.sort();
    Ok(decks)
}

fn our_tables(deck: &Path) -> Result<String, String> {
    let deck = read_deck(deck).map_err(|e| e.to_string())?;
    let settings = AnalysisSettings::default();
    let solution = solve_deck(&deck, &settings, &Silent).map_err(|e| e.to_string())?;
    balanced(&solution)?;
    Ok(tables(&deck, &solution))
}

fn our_own_agree_with_calculix() -> Result<(), String> {
    let decks = own_decks()?;
    if decks.len() < 20 {
        return Err(format!("only {} decks", decks.len()));
    }
    for deck in decks {
        let ours = our_tables(&deck)?;
        let path = deck.with_extension("dat");
        let theirs = std::fs::read_to_string(&path).map_err(|e| format!("{path:?}: {e}"))?;
        compare(&ours, &theirs).map_err(|e| format!("{}: {e}", deck.display()))?;
    }
    Ok(())
}

/// A table: its heading and its rows.
type Table<'a> = (&'a str, Vec<&'a str>);

/// Titles of steps are left out: CalculiX prints them since 2.21.
fn parse(text: &str) -> Vec<Table<'_>> {
    let mut found: Vec<Table> = Vec::new();
    for line in text.lines() {
        let heading = line.starts_with(' ') && line[1..].starts_with(|c: char| c.is_lowercase());
        if heading {
            found.push((line, Vec::new()));
        } else if line.contains("S T E P") || line.contains("INCREMENT") {
        } else if let (false, Some(table)) = (line.trim().is_empty(), found.last_mut()) {
            table.1.push(line);
        }
    }
    found
}

/// Same tables in the same layout, numbers equal within one unit of the last printed digit (both
/// are rounded) and the round-off of the largest number of that kind: CalculiX does not refine its
/// solution, and with equations its stresses are off by up to 4e-11 of the largest.
fn compare(ours: &str, theirs: &str) -> Result<(), String> {
    let (ours, theirs) = (parse(ours), parse(theirs));
    let headings = |tables: &[Table]| -> Vec<String> {
        tables.iter().map(|t| t.0.trim_end().to_owned()).collect()
    };
    if headings(&ours) != headings(&theirs) || theirs.is_empty() {
        return Err(format!("{:?} and {:?}", headings(&ours), headings(&theirs)));
    }
    let kind = |heading: &str| heading.trim().trim_start_matches("total ")[..5].to_owned();
    let mut largest: BTreeMap<String, f64> = BTreeMap::new();
    for (heading, rows) in &theirs {
        let entry = largest.entry(kind(heading)).or_insert(0.0);
        for value in rows.iter().flat_map(|r| r.split_whitespace()) {
            if let (true, Ok(v)) = (value.contains('E'), value.parse::<f64>()) {
                *entry = entry.max(v.abs());
            }
        }
    }
    for ((heading, a), (_, b)) in ours.iter().zip(&theirs) {
        if a.len() != b.len() {
            return Err(format!("{heading}: {} and {} rows", a.len(), b.len()));
        }
        let noise = 1e-10 * largest[&kind(heading)];
        for (a, b) in a.iter().zip(b) {
            if !same_row(a, b, noise) {
                return Err(format!("{heading}:\n{a}\n{b}"));
            }
        }
    }
    Ok(())
}

fn same_row(a: &str, b: &str, noise: f64) -> bool {
    let (x, y): (Vec<&str>, Vec<&str>) = (
        a.split_whitespace().collect(),
        b.split_whitespace().collect(),
    );
    a.trim_end().len() == b.trim_end().len()
        && x.len() == y.len()
        && x.iter().zip(&y).all(|(x, y)| {
            let exponent = y.split_once('E').and_then(|e| e.1.parse::<i32>().ok());
            match (exponent, x.parse::<f64>(), y.parse::<f64>()) {
                (Some(e), Ok(u), Ok(v)) => (u - v).abs() <= 1.01 * 10f64.powi(e - 6) + noise,
                _ => x == y,
            }
        })
}

/// What CalculiX does not know, so that no deck beside its tables can use it.
const NOT_CALCULIX: [&str; 6] = [
    "PART",
    "END PART",
    "ASSEMBLY",
    "END ASSEMBLY",
    "INSTANCE",
    "END INSTANCE",
];

fn every_keyword_is_used() -> Result<(), String> {
    let mut used = BTreeSet::from(["INCLUDE"]);
    used.extend(NOT_CALCULIX);
    for deck in own_decks()? {
        let cards = read_cards(&deck).map_err(|e| e.to_string())?.cards;
        used.extend(cards.iter().map(|c| c.keyword.name));
    }
    let unused: Vec<&str> = KEYWORDS
        .iter()
        .map(|k| k.name)
        .filter(|k| !used.contains(k))
        .collect();
    let includes = std::fs::read_to_string(validation().join("deck-include/include.inp"));
    let includes = includes.map_err(|e| e.to_string())?;
    if unused.is_empty() && includes.contains("*Include") {
        Ok(())
    } else {
        Err(format!("no deck uses {unused:?}"))
    }
}

/// What is read and has no effect, because it cannot change the answer of linear statics.
const SKIPPED: &[(&str, &str)] = &[
    (
        "comments, blank lines, *HEADING",
        "say nothing about the model",
    ),
    ("SOLVER and DIRECT of *STATIC", "choose how, not what"),
    (
        "first increment and its bounds on the line below *STATIC",
        "one increment is exact",
    ),
    (
        "NAME, INC, AMPLITUDE, EXTRAPOLATION and UNSYMM of *STEP",
        "one increment is made, and matrices are symmetric",
    ),
    ("INTERNAL, DESCRIPTION, UNSORTED", "labels"),
    ("SMOOTH of *AMPLITUDE", "rounds its corners, not its end"),
    (
        "degrees of freedom 4 to 6 of a solid's node held at zero by *BOUNDARY",
        "solids have no rotations",
    ),
    (
        "the number on the line below *SOLID SECTION",
        "a thickness, which solids do not have",
    ),
    (
        "the temperature of a single line of *ELASTIC or *DENSITY",
        "constants of one temperature hold at all",
    ),
    (
        "*NODE FILE and *EL FILE",
        "solution.vtu always holds displacements, stresses and energy",
    ),
    (
        "numbers in a GENERATE range that no node or element has",
        "they name nothing",
    ),
    (
        "materials, sets, surfaces and orientations that nothing uses",
        "they name nothing",
    ),
];

fn documented() -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("DECKS.md");
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let keywords = KEYWORDS.iter().map(|k| format!("*{}", k.name));
    let parameters = KEYWORDS.iter().flat_map(|k| k.parameters);
    let parameters = parameters.filter(|p| p.kind != ParameterKind::Skipped);
    let parameters = parameters.map(|p| p.name.to_owned());
    let skipped = SKIPPED
        .iter()
        .map(|(what, why)| format!("- {what}: {why}."));
    let read_over = READ_OVER.iter().map(|(name, _)| format!("*{name}"));
    let reasons = READ_OVER.iter().map(|(_, why)| format!(": {why}"));
    let mut words = (keywords.chain(parameters).chain(skipped)).chain(read_over.chain(reasons));
    let text = text.replace("\n  ", " ");
    match words.find(|w| !text.contains(w.as_str())) {
        None => Ok(()),
        Some(word) => Err(format!("DECKS.md does not say {word:?}")),
    }
}

fn calculix_test_decks(data: &Path) -> Result<(), String> {
    let folder = data.join("calculix/decks");
    let mut agree = Vec::new();
    let entries = std::fs::read_dir(&folder).map_err(|e| e.to_string())?;
    let mut decks: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    decks.retain(|p| p.extension().is_some_and(|e| e == "inp"));
    decks.sort();
    for deck in &decks {
        let name = deck.file_stem().unwrap_or_default().to_string_lossy();
        match read_deck(deck) {
            Ok(_) => {
                let theirs = std::fs::read_to_string(deck.with_extension("dat.ref"));
                let theirs = theirs.map_err(|e| e.to_string())?;
                // What *SECTION PRINT asks for is read over; it stands last.
                let theirs = theirs.split("\n statistics for surface set").next();
                let theirs = theirs.unwrap_or_default();
                compare(&our_tables(deck)?, theirs).map_err(|e| format!("{name}: {e}"))?;
                agree.push(name.into_owned());
            }
            Err(error) => {
                let message = error.to_string();
                let named = ["is not supported", "there is no", "faces are needed"];
                if !named.iter().any(|w| message.contains(w)) {
                    return Err(format!("{name}: {message}"));
                }
            }
        }
    }
    let solids = ["achteld", "beam10p", "beam20p", "beampo1", "coupling1"];
    if solids.iter().all(|s| agree.iter().any(|a| a == s)) && decks.len() > 10 {
        Ok(())
    } else {
        Err(format!("{agree:?} agree, of {} decks", decks.len()))
    }
}

/// A change that breaks the tet4 deck, what the marked line must hold, words of the message.
type Broken = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const BROKEN: &[Broken] = &[
    (
        "100., .25",
        "0., .25",
        "0., .25",
        &["SOFT", "positive definite"],
    ),
    (
        "100., .25",
        "-100., .25",
        "-100., .25",
        &["SOFT", "positive definite"],
    ),
    (
        "100., .25",
        "1e-300, .25",
        "1e-300",
        &["SOFT", "positive definite"],
    ),
    ("100., .25", "100., .5", "100., .5", &["SOFT"]),
    (
        "HIGH, GENERATE\n25, 48",
        "HIGH, GENERATE\n48, 25",
        "48, 25",
        &["a range", "not below the first"],
    ),
    ("100., .25", "NaN, .25", "NaN", &["finite number"]),
    ("100., .25", "100.", "*ELASTIC", &["2 constants"]),
    (
        "     1, 0, 0, 0",
        "     1, 0, inf, 0",
        "inf",
        &["a coordinate", "finite"],
    ),
    (
        "     2, 0, 0, 1",
        "     1, 0, 0, 1",
        "1, 0, 0, 1",
        &["node 1 is defined twice", "line 2"],
    ),
    (
        "1, 1, 10, 13, 14",
        "1, 10, 1, 13, 14",
        "1, 10, 1, 13",
        &["element 1 is inverted"],
    ),
    (
        "1, 1, 10, 13, 14",
        "1, 1, 10, 13, 10",
        "1, 1, 10, 13",
        &["element 1 is inverted"],
    ),
    (
        "1, 1, 10, 13, 14",
        "1, 1, 10, 13, 99",
        "99",
        &["no node 99"],
    ),
    (
        "1, 1, 10, 13, 14",
        "1, 1, 10, 13",
        "1, 1, 10",
        &["4 nodes for each element"],
    ),
    (
        "NAME=HARD",
        "NAME=soft",
        "NAME=soft",
        &["material soft is defined twice"],
    ),
    (
        "FIX, 1, 3",
        "FIX, 3",
        "*STEP",
        &[
            "the part with element 1",
            "3 of its rigid motions",
            "step 1",
        ],
    ),
    (
        "FIX, 1, 3",
        "FIX, 1, 7",
        "7",
        &["degree of freedom", "1 to 6"],
    ),
    (
        "FIX, 1, 3",
        "FIXX, 1, 3",
        "FIXX",
        &["no node set `FIXX`", "did you mean `FIX`?"],
    ),
    ("FIX, 1, 3", "FIX, 4, 4, .1", "FIX, 4", &["no rotations"]),
    (
        "FIX, 1, 3",
        "FIX, 1, 3\nFIX, 2, 2, .1",
        "FIX, 2",
        &["defined twice"],
    ),
    (
        "*STATIC",
        "*DYNAMIC",
        "*DYNAMIC",
        &["*DYNAMIC", "not supported", "known: HEADING"],
    ),
    (
        "*STATIC",
        "*STATIC\n*CLOAD, FOLLOWER=A",
        "FOLLOWER=A",
        &["parameter `FOLLOWER` of *CLOAD"],
    ),
    ("*STATIC", "", "*STEP", &["*STEP needs a *STATIC"]),
    (
        "*STATIC",
        "*STATIC\n*NSET, NSET=LATE\n1",
        "*NSET",
        &["inside a step", "before the first *STEP"],
    ),
    ("*STEP", "*STEP, NLGEOM", "NLGEOM", &["NLGEOM of *STEP"]),
    ("*END STEP", "", "*STEP", &["an *END STEP"]),
    (
        "TYPE=C3D4",
        "TYPE=C3D8R",
        "C3D8R",
        &["TYPE of *ELEMENT", "known: C3D4, C3D10"],
    ),
    (
        "MATERIAL=HARD",
        "MATERIAL=HARDER",
        "HARDER",
        &["no material `HARDER`"],
    ),
    (
        "ELSET=HIGH, MATERIAL",
        "ELSET=LOW, MATERIAL",
        "*SOLID SECTION",
        &["two sections"],
    ),
    (
        "25, 48\n",
        "26, 48\n",
        "25, ",
        &["element 25 has no section"],
    ),
    ("S, E", "S, PEEQ", "PEEQ", &["known: S, E, ENER"]),
    (
        "*DLOAD",
        "*DLOAD\nEALL, GRAV, 9810., 0., 0., -1.",
        "EALL, GRAV",
        &["without *DENSITY"],
    ),
    (
        "*DLOAD",
        "*DLOAD\n1, P5, 1.",
        "P5",
        &["known: P1, P2, P3, P4, GRAV"],
    ),
    ("*DLOAD", "*CLOAD\n28, 1, 1.\n*DLOAD", "28", &["no node 28"]),
    (
        "*MATERIAL, NAME=SOFT",
        "*NODE\n999, 5., 5., 5.\n*MATERIAL, NAME=SOFT",
        "999, 1, 2.",
        &["node 999 is loaded", "no element"],
    ),
];

fn broken_decks() -> Result<(), String> {
    let sound = std::fs::read_to_string(validation().join("deck-tet4/tet4.inp"));
    let sound = sound.map_err(|e| e.to_string())?;
    for (from, to, at, words) in BROKEN {
        if !sound.contains(from) {
            return Err(format!("the deck does not hold {from:?}"));
        }
        let mut text = sound.replacen(from, to, 1);
        if *at == "999, 1, 2." {
            text = text.replacen("*DLOAD", "*CLOAD\n999, 1, 2.\n*DLOAD", 1);
        }
        refused(&text, at, words).map_err(|e| format!("{to:?}: {e}"))?;
    }
    Ok(())
}

/// The deck is refused at a line that holds `at`, in these words.
pub fn refused(text: &str, at: &str, words: &[&str]) -> Result<(), String> {
    let dir = folder()?;
    write(&dir.path().join("broken.inp"), text)?;
    let output = endplate(
        dir.path(),
        &["solve", "broken.inp", "--out", "out", "--quiet"],
    )?;
    let message = refusal(&output, "a broken deck")?;
    let place = message.lines().find_map(|l| l.split_once("broken.inp:"));
    let line = place.and_then(|p| p.1.split(':').next()?.parse::<usize>().ok());
    let marked = line.and_then(|l| text.lines().nth(l - 1));
    if !marked.is_some_and(|l| l.contains(at)) {
        return Err(format!("the caret is not at {at:?}:\n{message}"));
    }
    match words.iter().find(|w| !message.contains(**w)) {
        None => Ok(()),
        Some(word) => Err(format!("no {word:?} in:\n{message}")),
    }
}

const FIRST: &str = "49, 1, 10, 11, 28, 35, 34";
const SECTION: &str = "*MEMBRANE SECTION, ELSET=SKIN, MATERIAL=CORTEX\n.1";

const MEMBRANES: [Broken; 10] = [
    (
        SECTION,
        "**",
        FIRST,
        &["element 49 has no section", "*MEMBRANE SECTION"],
    ),
    (
        "MATERIAL=CORTEX\n.1",
        "MATERIAL=CORTEX",
        "*MEMBRANE SECTION",
        &["a thickness"],
    ),
    (
        "MATERIAL=CORTEX\n.1",
        "MATERIAL=CORTEX\n0.",
        "0.",
        &["carries nothing"],
    ),
    (
        "MATERIAL=CORTEX\n.1",
        "MATERIAL=CORTEX\n.1, 5",
        "5",
        &["nothing more"],
    ),
    // Constants with directions.
    (
        "*ELASTIC\n2000., .3",
        "*ELASTIC, TYPE=ORTHO\n9., 0., 8., 0., 0., 7., 1., 1.\n1.",
        "*MEMBRANE SECTION",
        &["CORTEX has directions"],
    ),
    // Two mid-edge nodes in each other's place.
    (
        FIRST,
        "49, 1, 10, 11, 35, 28, 34",
        "49, 1, 10, 11, 35, 28, 34",
        &["membrane 49 has curved sides"],
    ),
    (
        SECTION,
        "*SOLID SECTION, ELSET=SKIN, MATERIAL=CORTEX",
        "SKIN",
        &["element 49 is a membrane"],
    ),
    (
        "ELSET=SKIN, MATERIAL",
        "ELSET=EALL, MATERIAL",
        "*MEMBRANE",
        &["element 1 is no membrane"],
    ),
    (
        "*CLOAD",
        "*DLOAD\nSKIN, P1, 1.\n*CLOAD",
        "SKIN, P1",
        &["element 49 is a membrane"],
    ),
    (
        "*NSET, NSET=FIX",
        "*NODE\n900, 9, 9, 9\n901, 9, 8, 9\n902, 8, 8, 9\n*ELEMENT, TYPE=M3D3, ELSET=SKIN\n900, 900, 901, 902\n*NSET, NSET=FIX",
        "900, 900",
        &["node 900, which is of no solid"],
    ),
];

fn bad_membranes() -> Result<(), String> {
    let sound = std::fs::read_to_string(validation().join("deck-membrane/membrane.inp"));
    let sound = sound.map_err(|e| e.to_string())?;
    for (from, to, at, words) in MEMBRANES {
        if !sound.contains(from) {
            return Err(format!("the deck does not hold {from:?}"));
        }
        let text = sound.replacen(from, to, 1);
        refused(&text, at, words).map_err(|e| format!("{to:?}: {e}"))?;
    }
    Ok(())
}

fn bad_equations() -> Result<(), String> {
    let sound = std::fs::read_to_string(validation().join("deck-tet4/tet4.inp"));
    let sound = sound.map_err(|e| e.to_string())?;
    let cases: [(&str, &str, &[&str]); 5] = [
        (
            "*EQUATION\n2\n9, 3, 1., 18, 3, -1.\n2\n9, 3, 1., 27, 3, -1.",
            "2",
            &["node 9", "already depends on others by line"],
        ),
        (
            "*EQUATION\n2\n9, 3, 1., 18, 3, -1.\n2\n18, 3, 1., 9, 3, -2.",
            "2",
            &["depends on itself"],
        ),
        (
            "*EQUATION\n2\n1, 3, 1., 18, 3, -1.",
            "2",
            &["node 1", "also prescribed"],
        ),
        (
            "*EQUATION\n2\n9, 3, 0., 18, 3, -1.",
            "9, 3, 0.",
            &["the first coefficient"],
        ),
        ("*EQUATION\n2\n9, 3, 1.", "*EQUATION", &["2 terms"]),
    ];
    for (equations, at, words) in cases {
        let text = sound.replacen("*BOUNDARY", &format!("{equations}\n*BOUNDARY"), 1);
        refused(&text, at, words).map_err(|e| format!("{equations}: {e}"))?;
    }
    Ok(())
}

fn bad_includes() -> Result<(), String> {
    let dir = folder()?;
    write(
        &dir.path().join("a.inp"),
        "*HEADING\n*INCLUDE, INPUT=b.inp\n",
    )?;
    write(&dir.path().join("b.inp"), "** b\n*INCLUDE, INPUT=a.inp\n")?;
    write(&dir.path().join("c.inp"), "*INCLUDE, INPUT=nowhere.inp\n")?;
    let cases: [(&str, &[&str]); 3] = [
        ("a.inp", &["a.inp includes itself", "b.inp:2:"]),
        ("c.inp", &["nowhere.inp", "c.inp:1:"]),
        ("missing.inp", &["missing.inp"]),
    ];
    for (deck, words) in cases {
        let output = endplate(dir.path(), &["solve", deck, "--out", "out"])?;
        let message = refusal(&output, deck)?;
        if let Some(word) = words.iter().find(|w| !message.contains(**w)) {
            return Err(format!("no {word:?} in:\n{message}"));
        }
    }
    Ok(())
}

/// Editors on some systems begin a file with U+FEFF.
fn mark_of_encoding() -> Result<(), String> {
    let dir = folder()?;
    let sound = std::fs::read_to_string(validation().join("deck-tet4/tet4.inp"));
    let sound = sound.map_err(|e| e.to_string())?;
    let marked = dir.path().join("tet4.inp");
    write(&marked, format!("\u{feff}{sound}"))?;
    match our_tables(&marked)? == our_tables(&validation().join("deck-tet4/tet4.inp"))? {
        true => Ok(()),
        false => Err("the tables differ".to_owned()),
    }
}

/// A mesh of the unit cube as Gmsh writes it, with physical groups.
fn cube_with_groups(mesh: &Mesh) -> String {
    let mut text = String::from("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n3\n");
    text.push_str("2 1 \"bottom\"\n2 2 \"top\"\n3 3 \"bone\"\n$EndPhysicalNames\n$Nodes\n");
    text.push_str(&format!("{}\n", mesh.nodes.len()));
    for (n, p) in mesh.nodes.iter().enumerate() {
        text.push_str(&format!("{} {} {} {}\n", n + 1, p.x, p.y, p.z));
    }
    let mut cells = Vec::new();
    for facet in boundary_facets(mesh) {
        let [a, b, c] = mesh.facet_nodes(facet).map(|n| n + 1);
        let z = mesh.facet_corners(facet).map(|p| p.z);
        for (group, height) in [(1, 0.0), (2, 1.0)] {
            if z == [height; 3] {
                cells.push(format!("2 2 {group} {group} {a} {b} {c}"));
            }
        }
    }
    for e in 0..mesh.element_count() {
        let nodes: Vec<String> = mesh
            .element(e)
            .iter()
            .map(|n| (n + 1).to_string())
            .collect();
        cells.push(format!("4 2 3 3 {}", nodes.join(" ")));
    }
    text.push_str(&format!("$EndNodes\n$Elements\n{}\n", cells.len()));
    for (k, cell) in cells.iter().enumerate() {
        text.push_str(&format!("{} {cell}\n", k + 1));
    }
    text + "$EndElements\n"
}

/// A unit cube with Gmsh's physical groups, pulled at its top face: u = p z / E.
fn gmsh_include() -> Result<(), String> {
    let mesh = box_mesh(ElementKind::Tet4, [2, 2, 2], Point::from);
    let dir = folder()?;
    write(&dir.path().join("cube.msh"), cube_with_groups(&mesh))?;
    let (origin, beside) = (mesh.nodes.iter())
        .enumerate()
        .fold((0, 0), |found, (n, p)| match [p.x, p.y, p.z] {
            [0.0, 0.0, 0.0] => (n + 1, found.1),
            [1.0, 0.0, 0.0] => (found.0, n + 1),
            _ => found,
        });
    let deck = format!(
        "*INCLUDE, INPUT=cube.msh\n*MATERIAL, NAME=M\n*ELASTIC\n500, 0.3\n\
         *SOLID SECTION, ELSET=bone, MATERIAL=M\n*BOUNDARY\nbottom, 3\n{origin}, 1, 2\n{beside}, 2\n\
         *STEP\n*STATIC\n*DSLOAD\ntop, P, -2\n*NODE PRINT, NSET=top\nU\n*END STEP\n"
    );
    let path = dir.path().join("cube.inp");
    write(&path, &deck)?;
    let deck = read_deck(&path).map_err(|e| e.to_string())?;
    let settings = AnalysisSettings::default();
    let solution = solve_deck(&deck, &settings, &Silent).map_err(|e| e.to_string())?;
    for (u, p) in solution.steps[0].displacement.iter().zip(&mesh.nodes) {
        let exact = 2.0 / 500.0 * p.z;
        // A linear field is exact but for the solver's round-off.
        if (u.z - exact).abs() > 1e-12 {
            return Err(format!("{p}: {} against {exact}", u.z));
        }
    }
    write(&dir.path().join("cube.msh"), "$MeshFormat\n3 0 8\n")?;
    let message = refusal(
        &endplate(dir.path(), &["solve", "cube.inp", "--out", "o"])?,
        "msh",
    )?;
    for word in ["cube.msh", "version 3", "cube.inp:1:"] {
        if !message.contains(word) {
            return Err(format!("no {word:?} in:\n{message}"));
        }
    }
    Ok(())
}

/// A million bytes of any value, of printable characters, and of keywords and numbers.
fn random_bytes() -> Result<(), String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let any: Vec<u8> = (0..1_000_000).map(|_| next() as u8).collect();
    let printable: Vec<u8> = (0..1_000_000)
        .map(|_| match next() % 97 {
            96 => b'\n',
            c => 32 + c as u8,
        })
        .collect();
    let words = [
        "*NODE\n",
        "*ELEMENT,TYPE=C3D4\n",
        "1,",
        "7",
        "\n",
        "2.5,",
        "*NSET,NSET=A\n",
    ];
    let mut deck = String::new();
    while deck.len() < 1_000_000 {
        deck.push_str(words[next() as usize % words.len()]);
    }
    let dir = folder()?;
    let path = dir.path().join("random.inp");
    for bytes in [any, printable, deck.into_bytes()] {
        write(&path, &bytes)?;
        let clock = Instant::now();
        let output = endplate(dir.path(), &["solve", "random.inp", "--out", "out"])?;
        refusal(&output, "random bytes")?;
        // Hanging is what this looks for; a loaded machine needs a second.
        if clock.elapsed() > Duration::from_secs(60) {
            return Err("a million random bytes took more than a minute".into());
        }
    }
    Ok(())
}

fn output_directory() -> Result<(), String> {
    let dir = folder()?;
    for name in ["tet4", "gravity"] {
        let from = validation().join(format!("deck-{name}/{name}.inp"));
        std::fs::copy(from, dir.path().join(format!("{name}.inp"))).map_err(|e| e.to_string())?;
    }
    let solve = |deck: &str| endplate(dir.path(), &["solve", deck, "--out", "out", "--quiet"]);
    for again in 0..2 {
        let output = solve("tet4.inp")?;
        if output.status.code() != Some(0) {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("run {again}: {message}"));
        }
    }
    for file in ["summary.json", "solution.vtu", "tet4.dat"] {
        if !dir.path().join("out").join(file).is_file() {
            return Err(format!("no {file}"));
        }
    }
    let text = std::fs::read_to_string(dir.path().join("out/summary.json"));
    let text = text.map_err(|e| e.to_string())?;
    let keys = [
        "nodes",
        "elements",
        "dofs",
        "solver",
        "reaction",
        "imbalance",
        "seconds",
    ];
    if let Some(key) = keys.iter().find(|k| !text.contains(&format!("\"{k}\""))) {
        return Err(format!("summary.json has no {key}"));
    }
    let message = refusal(&solve("gravity.inp")?, "another deck's directory")?;
    if message.contains("--force") && message.contains("tet4.inp") {
        Ok(())
    } else {
        Err(message)
    }
}

//! Gmsh's meshes in decks: physical groups as Gmsh has them, both versions alike, names of any
//! character, and faults told at the line of the .msh. Inputs and what Gmsh says of them stand in
//! `validation/gmsh-groups/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use endplate::analysis::AnalysisSettings;
use endplate::deck::lines::folded;
use endplate::deck::{Deck, DeckSolution, DeckSurface, read_deck, read_deck_from, solve_deck};
use endplate::mesh::FACES;
use endplate::mesh::msh::{parse_msh, text_of_binary};
use endplate::progress::Silent;
use endplate::tensor::Vec3;

use crate::errors::{folder, has_words, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("gmsh: groups are what Gmsh says", groups_are_gmshs),
    ("gmsh: both versions solve alike", both_versions_solve_alike),
    (
        "gmsh: decks that failed give their values",
        decks_that_failed,
    ),
    (
        "gmsh: a copy is one element, a double is two",
        copies_and_doubles,
    ),
    (
        "gmsh: faults are told at the line of the mesh",
        faults_in_the_mesh,
    ),
    ("gmsh: names a deck cannot tell apart", names_alike),
    ("gmsh: a mesh is told by its content", told_by_content),
    ("gmsh: numbers are Gmsh's own", own_numbers),
    ("gmsh: damaged meshes end without a panic", damaged),
    (
        "gmsh: damaged binary meshes end without a panic",
        damaged_binary,
    ),
];

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("validation/gmsh-groups")
}

/// A row of groups.csv.
struct Row {
    mesh: String,
    dimension: u8,
    name: String,
    elements: usize,
    /// Volume or area.
    size: f64,
    /// Of a surface, with the sign of the tag.
    vector: Vec3,
    nodes: usize,
    /// Sum of the nodes' positions.
    place: Vec3,
}

fn rows() -> Result<Vec<Row>, String> {
    let path = inputs().join("groups.csv");
    let mut reader = csv::Reader::from_path(path).map_err(|e| e.to_string())?;
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|e| e.to_string())?;
        let real = |k: usize| record[k].parse::<f64>().map_err(|e| e.to_string());
        Ok(Row {
            mesh: record[0].to_owned(),
            dimension: real(1)? as u8,
            name: record[2].to_owned(),
            elements: real(3)? as usize,
            size: real(4)?,
            vector: Vec3::new(real(5)?, real(6)?, real(7)?),
            nodes: real(8)? as usize,
            place: Vec3::new(real(9)?, real(10)?, real(11)?),
        })
    };
    reader.records().map(row).collect()
}

/// A deck on a mesh, which names every volume in a section and every surface in a load.
fn deck_on(file: &str, rows: &[&Row]) -> String {
    let of = |dimension: u8| rows.iter().filter(move |r| r.dimension == dimension);
    // A line break cannot stand in a line; blanks do not count.
    let quoted = |row: &Row| format!("\"{}\"", row.name.replace(['\n', '"'], ""));
    let sections: String = of(3)
        .map(|r| format!("*SOLID SECTION, ELSET={}, MATERIAL=M\n", quoted(r)))
        .collect();
    let loads: String = of(2).map(|r| format!("{}, P, 0.5\n", quoted(r))).collect();
    let mut surfaces = of(2);
    let held = surfaces.next_back().map_or_else(String::new, |r| quoted(r));
    format!(
        "*INCLUDE, INPUT={file}\n*MATERIAL, NAME=M\n*ELASTIC\n500, 0.3\n{sections}*BOUNDARY\n\
         {held}, 1, 3\n*STEP\n*STATIC\n*DSLOAD\n{loads}*END STEP\n"
    )
}

fn read(text: String) -> Result<Deck, String> {
    read_deck_from(&inputs().join("deck.inp"), text).map_err(|e| e.to_string())
}

fn solved(deck: &Deck) -> Result<DeckSolution, String> {
    solve_deck(deck, &AnalysisSettings::default(), &Silent).map_err(|e| e.to_string())
}

/// The rows of each mesh.
fn by_mesh(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut meshes: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        meshes.entry(&row.mesh).or_default().push(row);
    }
    meshes
}

fn groups_are_gmshs() -> Result<(), String> {
    let rows = rows()?;
    let mut seen = 0;
    for (mesh, rows) in by_mesh(&rows) {
        for version in ["22", "41", "22b", "41b"] {
            let file = format!("{mesh}-{version}.msh");
            if !inputs().join(&file).exists() {
                continue;
            }
            let deck = read(deck_on(&file, &rows)).map_err(|e| format!("{file}: {e}"))?;
            for row in &rows {
                check_group(&deck, row).map_err(|e| format!("{file}, {}: {e}", row.name))?;
                seen += 1;
            }
        }
    }
    // 9 meshes, all but one in two versions, each as text and binary.
    if seen < 280 {
        Err(format!("only {seen} groups"))
    } else {
        Ok(())
    }
}

/// Counts are Gmsh's; sizes to the round-off of sums over at most a hundred elements of 10 mm.
fn check_group(deck: &Deck, row: &Row) -> Result<(), String> {
    let name = folded(&row.name);
    let (count, size, nodes) = match row.dimension {
        3 => {
            let set = deck.element_sets.get(&name).ok_or("no element set")?;
            let nodes = set.iter().flat_map(|&e| deck.elements.nodes(e as usize));
            let nodes = nodes.copied().collect();
            (
                set.len(),
                set.iter().map(|&e| volume(deck, e)).sum(),
                distinct(nodes),
            )
        }
        2 => {
            let Some(DeckSurface::Facets(facets)) = deck.surfaces.get(&name) else {
                return Err("no surface".to_owned());
            };
            let areas: Vec<Vec3> = facets.iter().map(|f| area(deck, *f)).collect();
            let vector: Vec3 = areas.iter().sum();
            // Faces inside a body are those of the side that the group's triangles face.
            if row.name.starts_with("mid") && (vector - row.vector).norm() > 1e-9 {
                return Err(format!("faces {vector}, expected {}", row.vector));
            }
            let nodes = deck.node_sets.get(&name).ok_or("no node set")?;
            (
                facets.len(),
                areas.iter().map(|a| a.norm()).sum(),
                nodes.clone(),
            )
        }
        _ => {
            let nodes = deck.node_sets.get(&name).ok_or("no node set")?;
            (row.elements, 0.0, nodes.clone())
        }
    };
    if (count, nodes.len()) != (row.elements, row.nodes) {
        return Err(format!("{count} elements, {} nodes", nodes.len()));
    }
    let at = |n: &u32| deck.nodes.positions[*n as usize].coords;
    let place: Vec3 = nodes.iter().map(at).sum();
    if (place - row.place).norm() > 1e-8 {
        return Err(format!("nodes at {place}, expected {}", row.place));
    }
    if (size - row.size).abs() > 1e-11 * row.size {
        return Err(format!("size {size}, expected {}", row.size));
    }
    Ok(())
}

fn distinct(mut nodes: Vec<u32>) -> Vec<u32> {
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

fn volume(deck: &Deck, element: u32) -> f64 {
    let nodes = deck.elements.nodes(element as usize);
    let p = |k: usize| deck.nodes.positions[nodes[k] as usize];
    let (a, b, c) = (p(1) - p(0), p(2) - p(0), p(3) - p(0));
    a.cross(&b).dot(&c) / 6.0
}

/// Outward.
fn area(deck: &Deck, facet: endplate::mesh::Facet) -> Vec3 {
    let nodes = deck.elements.nodes(facet.element as usize);
    let p = FACES[facet.face as usize].map(|k| deck.nodes.positions[nodes[k] as usize]);
    (p[1] - p[0]).cross(&(p[2] - p[0])) / 2.0
}

/// The same elements and loads in another order: the same answer but for round-off.
fn both_versions_solve_alike() -> Result<(), String> {
    let rows = rows()?;
    for (mesh, rows) in by_mesh(&rows) {
        if mesh == "save-all" {
            continue;
        }
        let mut fields = Vec::new();
        for version in ["22", "41"] {
            let deck = read(deck_on(&format!("{mesh}-{version}.msh"), &rows))?;
            let solution = solved(&deck)?;
            // Version 2.2 numbers the nodes of a partitioned mesh anew: compared place by place.
            let places = deck
                .nodes
                .positions
                .iter()
                .map(|p| [p.x, p.y, p.z].map(f64::to_bits));
            let u = solution.steps[0].displacement.iter().copied();
            fields.push(places.zip(u).collect::<BTreeMap<[u64; 3], Vec3>>());
        }
        let largest = fields[0].values().map(Vec3::norm).fold(0.0, f64::max);
        let off = |(place, u): (&[u64; 3], &Vec3)| {
            let twin = fields[1].get(place);
            twin.map_or(f64::INFINITY, |v| (u - v).norm())
        };
        let difference = fields[0].iter().map(off).fold(0.0, f64::max);
        if largest == 0.0 || difference > 1e-12 * largest || fields[0].len() != fields[1].len() {
            return Err(format!("{mesh}: {difference:e} of {largest:e}"));
        }
    }
    Ok(())
}

/// Deck, twin with the same answer to the last bit, largest displacement, reaction along z.
const FAILED: &[(&str, &str, f64, f64)] = &[
    ("twice22", "once22", 0.006, -1.0),
    ("tags41", "once22", 0.006, -1.0),
    ("output", "once22", 0.006, -1.0),
    ("cgx", "once22", 0.006, -1.0),
    ("press22", "press41", 0.256_070_24, 100.0),
    ("hydro41", "hydro22", 0.006_059_163_7, 0.0),
    ("neg41", "neg22", 0.009_846_680_9, 100.0),
];

fn decks_that_failed() -> Result<(), String> {
    for &(deck, twin, displacement, reaction) in FAILED {
        let ours = [deck, twin].map(|name| {
            let path = inputs().join(format!("{name}.inp"));
            solved(&read_deck(&path).map_err(|e| e.to_string())?)
        });
        let [ours, twin] = ours;
        let (ours, twin) = (&ours?.steps[0], &twin?.steps[0]);
        let largest = ours
            .displacement
            .iter()
            .map(|u| u.norm())
            .fold(0.0, f64::max);
        // CalculiX prints seven digits of each component: half a unit of the last in three of them.
        if (largest - displacement).abs() > 3.5e-7 * displacement {
            return Err(format!("{deck}: {largest} against {displacement}"));
        }
        if (ours.reaction.force.z - reaction).abs() > 1e-9 {
            return Err(format!("{deck}: reaction {}", ours.reaction.force.z));
        }
        if ours.displacement != twin.displacement {
            return Err(format!("{deck}: not as its twin"));
        }
    }
    Ok(())
}

/// A tetrahedron with `cells` for elements, all in groups named "a" to "c".
fn tetrahedron(cells: &[&str]) -> String {
    format!(
        "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n3\n3 1 \"a\"\n3 2 \"b\"\n2 3 \"c\"\n\
         $EndPhysicalNames\n$Nodes\n4\n1 0 0 0\n2 1 0 0\n3 0 1 0\n4 0 0 1\n$EndNodes\n$Elements\n\
         {}\n{}\n$EndElements\n",
        cells.len(),
        cells.join("\n")
    )
}

const ON_A_TETRAHEDRON: &str = "*INCLUDE, INPUT=m.msh\n*MATERIAL, NAME=M\n*ELASTIC\n1000, 0\n\
    *SOLID SECTION, ELSET=a, MATERIAL=M\n*BOUNDARY\n1, 1, 3\n2, 1, 3\n3, 1, 3\n\
    *STEP\n*STATIC\n*CLOAD\n4, 3, 1\n*END STEP\n";

fn copies_and_doubles() -> Result<(), String> {
    // Elements, their sizes of a and b, words of the note.
    type Case = (&'static [&'static str], [usize; 3], &'static [&'static str]);
    let cases: [Case; 6] = [
        (&["7 4 2 1 1 1 2 3 4"], [1, 1, 0], &[]),
        // A copy for another group, reversed where that has a negative tag; partitions in the tags.
        (&["7 4 2 1 1 1 2 3 4", "8 4 2 2 1 2 1 3 4"], [1, 1, 1], &[]),
        (
            &["7 4 4 1 1 1 2 2 1 3 4", "8 4 4 2 1 1 2 1 2 3 4"],
            [1, 1, 1],
            &[],
        ),
        // Two elements in one group, or of two entities.
        (
            &["7 4 2 1 1 1 2 3 4", "8 4 2 1 1 2 3 1 4"],
            [2, 2, 0],
            &["m.msh:20: elements 7 and 8 lie on the same nodes"],
        ),
        (
            &[
                "7 4 2 1 1 1 2 3 4",
                "8 4 2 1 2 2 3 1 4",
                "9 4 2 2 1 2 3 1 4",
            ],
            [2, 2, 1],
            &["elements 7 and 8 lie on"],
        ),
        // A face that two triangles of a group lie on.
        (
            &["1 2 2 3 1 1 2 3", "2 2 2 3 2 1 3 2", "7 4 2 1 1 1 2 3 4"],
            [1, 1, 0],
            &["m.msh:8: surface c lists more than once: face S1 of element 7"],
        ),
    ];
    for (cells, [all, a, b], words) in cases {
        let dir = folder()?;
        write(&dir.path().join("m.msh"), tetrahedron(cells))?;
        let deck = read_deck_from(&dir.path().join("m.inp"), ON_A_TETRAHEDRON.to_owned())
            .map_err(|e| format!("{cells:?}: {e}"))?;
        let size = |set: &str| deck.element_sets.get(set).map_or(0, Vec::len);
        let found = [deck.elements.labels.len(), size("A"), size("B")];
        if found != [all, a, b] || deck.elements.labels[0] != 7 {
            return Err(format!("{cells:?}: {found:?}"));
        }
        if deck.notes.len() != usize::from(!words.is_empty()) {
            return Err(format!("{cells:?}: {:?}", deck.notes));
        }
        has_words(&deck.notes.concat(), words, "notes")?;
        // Each element adds its stiffness: 1 N / (E V) = 0.006 mm for one of them.
        let u = solved(&deck)?.steps[0].displacement[3].z;
        if (u - 0.006 / all as f64).abs() > 1e-15 {
            return Err(format!("{cells:?}: {u}"));
        }
    }
    Ok(())
}

fn faults_in_the_mesh() -> Result<(), String> {
    // In overlap-22.msh: what is replaced, by what, words of the message.
    const BROKEN: &[(&str, &str, &[&str])] = &[
        ("2.2 0 8", "2.2 1 8", &["the bytes of a binary file"]),
        ("2.2 0 8", "4.0 0 8", &["version 4.0", "2.2 and 4.1"]),
        ("\"left\"", "left", &["found `left`", "a name in quotes"]),
        (
            "\n3 0 10 10\n",
            "\n3 0 nan 10\n",
            &["found `nan`", "a coordinate"],
        ),
        ("\n3 0 10 10\n", "\n4 0 10 10\n", &["node 4 is given twice"]),
        (
            "\n3 0 10 10\n",
            "\n0 0 10 10\n",
            &["found `0`", "a node number"],
        ),
        ("\n50 2 2 4 ", "\n50 7 2 4 ", &["type 7"]),
        ("\n50 2 2 4 ", "\n50 3 2 4 ", &["there is no node 51"]),
        (
            "$EndNodes\n",
            "$EndElements\n$EndNodes\n",
            &["found `$EndNodes`"],
        ),
    ];
    let whole = std::fs::read_to_string(inputs().join("overlap-22.msh"));
    let whole = whole.map_err(|e| e.to_string())?;
    let rows = rows()?;
    let deck = deck_on("m.msh", &by_mesh(&rows)["overlap"]);
    let broken = BROKEN.iter().copied().map(|(from, to, words)| {
        let text = whole.replacen(from, to, 1);
        (text, words)
    });
    for (text, words) in broken {
        let message = refused(&text, &deck)?;
        has_words(&message, words, "mesh")?;
        if text == whole || !message.contains("m.msh:") {
            return Err(message);
        }
    }
    lines_of_one_tetrahedron()
}

/// The message with which a mesh under a deck is refused, and its help.
fn refused(mesh: &str, deck: &str) -> Result<String, String> {
    let dir = folder()?;
    write(&dir.path().join("m.msh"), mesh)?;
    match read_deck_from(&dir.path().join("m.inp"), deck.to_owned()) {
        Ok(_) => Err(format!("nothing wrong with\n{deck}\n{mesh}")),
        Err(error) => Ok(format!("{error}\n{}", error.help.as_deref().unwrap_or(""))),
    }
}

const TET: &str = "7 4 2 1 1 1 2 3 4";

/// Elements of a mesh, words of the message.
const ELEMENTS: &[(&[&str], &[&str])] = &[
    (
        &["7 4 2 1 1 1 2 3 9"],
        &[
            "m.msh:19:17: there is no node 9",
            "included by",
            "m.inp:1:17",
        ],
    ),
    (
        &[TET, "8 4 2 1 1 1 2 4 3"],
        &["m.msh:20:1: element 8 is inverted"],
    ),
    (
        &[TET, "8 4 2 1 1 1 1 2 3"],
        &["m.msh:20:1: element 8 is inverted or flat"],
    ),
    (
        &[TET, "8 2 2 3 1 1 2 2"],
        &["m.msh:20:1: this is no face of any solid"],
    ),
    (
        &[TET, "8 3 2 3 1 1 2 3 4"],
        &["m.msh:20:1: this is no face of any solid"],
    ),
    (
        &[TET, "7 4 2 1 2 2 3 1 4"],
        &["m.msh:20:1: element 7 is defined twice, first in line 19"],
    ),
    (
        &[TET, "8 11 2 1 1 1 2 3 4 1 2 3 4 1 2"],
        &["m.msh:20:1: C3D4 element 7 and C3D10 element 8 share a face"],
    ),
    (
        &["4294967296 4 2 1 1 1 2 3 4"],
        &["m.msh:19:1: found `4294967296`"],
    ),
    (
        &["7 4 2 2 1 1 2 3 4", "8 4 2 1 2 1 2 3 4"],
        &["m.msh:19:1: element 7 has no section"],
    ),
    (
        &["7 4 2 1 1 1 2 3"],
        &["m.msh:20:1: found `$EndElements`, expected a node number"],
    ),
    (
        &["7 2 2 3 1 1 2 3"],
        &["m.msh:1:1: the file holds no solid elements"],
    ),
];

/// What in the deck becomes what, words of the message.
const DECKS: &[(&str, &str, &[&str])] = &[
    (
        "*MATERIAL",
        "*NODE\n3, 1, 1, 1\n*MATERIAL",
        &["m.inp:3:1: node 3", "line 14 of ", "m.msh"],
    ),
    (
        "*MATERIAL",
        "3, 1, 1, 1\n*MATERIAL",
        &["m.inp:2:1: `3, 1, 1, 1` stands where a keyword"],
    ),
    (
        "*STATIC",
        "*STATIC\n*INCLUDE, INPUT=m.msh",
        &["m.inp:12:17: *INCLUDE stands inside a step"],
    ),
];

/// Lines are those of the .msh, also where the fault shows in the deck only.
fn lines_of_one_tetrahedron() -> Result<(), String> {
    for (cells, words) in ELEMENTS {
        let message = refused(&tetrahedron(cells), ON_A_TETRAHEDRON)?;
        has_words(&message, words, "mesh")?;
    }
    let mesh = tetrahedron(&[TET]);
    for (from, to, words) in DECKS {
        let message = refused(&mesh, &ON_A_TETRAHEDRON.replacen(from, to, 1))?;
        has_words(&message, words, "deck")?;
    }
    let message = refused("$NOD\n1\n1 0 0 0\n$ENDNOD\n", ON_A_TETRAHEDRON)?;
    has_words(&message, &["m.msh:1:1", "$MeshFormat"], "version 1")?;
    let message = refused(
        "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Periodic\n0\n",
        ON_A_TETRAHEDRON,
    )?;
    has_words(&message, &["m.msh:4:1", "$EndPeriodic"], "an open section")
}

fn names_alike() -> Result<(), String> {
    let named = |from: &str, to: &str, cells: &[&str]| tetrahedron(cells).replacen(from, to, 1);
    let copy = "8 4 2 2 1 1 2 3 4";
    let message = refused(&named("\"b\"", "\" A\"", &[TET, copy]), ON_A_TETRAHEDRON)?;
    has_words(
        &message,
        &["m.msh:6:6", "`a`", "` A`", "rename one"],
        "volumes",
    )?;
    let face = "8 2 2 3 1 1 2 3";
    let message = refused(&named("\"c\"", "\"nall\"", &[TET, face]), ON_A_TETRAHEDRON)?;
    has_words(&message, &["m.msh:8:6", "set of all nodes"], "all nodes")?;
    // A curve with the name of a surface: the node set is the surface's, and that is told.
    let edge = "9 1 2 4 1 1 2";
    let both = named("3\n3 1", "4\n1 4 \"C\"\n3 1", &[TET, face, edge]);
    let dir = folder()?;
    write(&dir.path().join("m.msh"), both)?;
    let deck = read_deck_from(&dir.path().join("m.inp"), ON_A_TETRAHEDRON.to_owned());
    let deck = deck.map_err(|e| e.to_string())?;
    has_words(
        &deck.notes.concat(),
        &["m.msh:6: ", "higher dimension"],
        "notes",
    )?;
    match deck.node_sets["C"].len() {
        3 => Ok(()),
        other => Err(format!("{other} nodes")),
    }
}

/// A .msh that holds a deck's lines is a deck; a mesh of any other name is a mesh.
fn told_by_content() -> Result<(), String> {
    let dir = folder()?;
    write(
        &dir.path().join("m.msh"),
        "*NODE\n1,0,0,0\n2,1,0,0\n3,0,1,0\n4,0,0,1\n*ELEMENT, TYPE=C3D4, ELSET=a\n1,1,2,3,4\n",
    )?;
    let mesh = tetrahedron(&["1 4 2 1 1 1 2 3 4"]);
    write(&dir.path().join("mesh.txt"), format!("\u{feff}\n{mesh}"))?;
    for file in ["m.msh", "mesh.txt"] {
        let text = ON_A_TETRAHEDRON.replacen("m.msh", file, 1);
        let deck = read_deck_from(&dir.path().join("m.inp"), text);
        let deck = deck.map_err(|e| format!("{file}: {e}"))?;
        if deck.elements.labels != [1] || deck.nodes.labels != [1, 2, 3, 4] {
            return Err(format!("{file}: {:?}", deck.elements.labels));
        }
    }
    Ok(())
}

/// make.py numbers the nodes of `gaps` backwards in steps of 7 from 107 on; Gmsh keeps that in 4.1
/// and counts from 1 in 2.2. Elements begin behind the triangles.
fn own_numbers() -> Result<(), String> {
    let rows = rows()?;
    for (version, first, step) in [("22", 1, 1), ("41", 107, 7)] {
        let deck = read(deck_on(
            &format!("gaps-{version}.msh"),
            &by_mesh(&rows)["gaps"],
        ))?;
        let mut labels = deck.nodes.labels.clone();
        labels.sort_unstable();
        let right: Vec<u32> = (0..14).map(|k| first + step * k).collect();
        if labels != right || deck.elements.labels[0] != 25 {
            let first = deck.elements.labels[0];
            return Err(format!("{version}: {labels:?}, elements from {first}"));
        }
    }
    Ok(())
}

/// Bytes changed, words and lines left out: a fault or a sound mesh, never a panic.
fn damaged() -> Result<(), String> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let mut refused = 0;
    for file in [
        "overlap-22.msh",
        "cut-41.msh",
        "parametric-22.msh",
        "names-41.msh",
    ] {
        let whole = std::fs::read_to_string(inputs().join(file)).map_err(|e| e.to_string())?;
        for round in 0..1000 {
            let text = match round % 3 {
                0 => {
                    let mut bytes = whole.clone().into_bytes();
                    let at = next(bytes.len());
                    bytes[at] = b"0123456789 -.$\"\nx"[next(17)];
                    String::from_utf8_lossy(&bytes).into_owned()
                }
                1 => {
                    let left_out = next(whole.lines().count());
                    let kept = whole.lines().enumerate().filter(|(k, _)| *k != left_out);
                    kept.map(|(_, line)| format!("{line}\n")).collect()
                }
                _ => whole.chars().take(next(whole.len())).collect(),
            };
            match parse_msh(&text) {
                Ok(read) if (0..read.mesh.element_count()).all(|e| read.mesh.volume(e) > 0.0) => {}
                Ok(_) => return Err(format!("{file}: a mesh without volume")),
                Err(error) if error.line <= text.lines().count().max(1) => refused += 1,
                Err(error) => return Err(format!("{file}: {error} beyond the end")),
            }
        }
    }
    match refused {
        1000.. => Ok(()),
        few => Err(format!(
            "only {few} of 4000 refused: the damage does nothing"
        )),
    }
}

/// Bytes changed and files cut off.
fn damaged_binary() -> Result<(), String> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let mut refused = 0;
    for file in ["overlap-22b.msh", "cut-41b.msh", "parametric-22b.msh"] {
        let whole = std::fs::read(inputs().join(file)).map_err(|e| e.to_string())?;
        for round in 0..600 {
            let mut bytes = whole.clone();
            match round % 2 {
                0 => {
                    let at = next(bytes.len());
                    bytes[at] = [0, 1, 7, 127, 255][next(5)];
                }
                _ => bytes.truncate(next(whole.len())),
            }
            refused += match text_of_binary(&bytes) {
                Some(Ok(text)) => usize::from(parse_msh(&text).is_err()),
                Some(Err(_)) | None => 1,
            };
        }
    }
    // Half of them are cut off; a byte of a coordinate changes little.
    match refused {
        850.. => Ok(()),
        few => Err(format!("only {few} of 1800 refused")),
    }
}

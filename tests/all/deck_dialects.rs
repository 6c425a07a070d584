//! Decks and meshes as other programs write them, generated here: a block of known volume under a
//! uniform stress, u = σ/E (−ν x, −ν y, z), whatever the dialect, or a refusal by name.

use std::fmt::Write as _;

use endplate::analysis::AnalysisSettings;
use endplate::deck::{Deck, DeckError, read_deck, solve_deck};
use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::progress::Silent;
use endplate::tensor::{Point, Vec3};
use nalgebra::{Isometry3, Rotation3, Translation3, Unit, UnitQuaternion};

use crate::deck_meshes::{Width, msh_22, msh_41};
use crate::errors::{folder, has_words, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("dialects: decks of other programs", programs),
    ("dialects: ways to write a deck", spellings),
    ("dialects: binary meshes of Gmsh's", binary_meshes),
    ("dialects: instances stand where they are put", instances),
    ("dialects: exposed faces are a surface", exposed),
    ("dialects: supports have names", named_supports),
    ("dialects: what cannot be read is refused by name", refusals),
    (
        "dialects: all that is not supported is told at once",
        all_at_once,
    ),
];

const SIZE: [f64; 3] = [2.0, 3.0, 4.0];
const MODULUS: f64 = 500.0;
const RATIO: f64 = 0.3;
const STRESS: f64 = 2.0;

fn pulled(p: Point) -> Vec3 {
    STRESS / MODULUS * Vec3::new(-RATIO * p.x, -RATIO * p.y, p.z)
}

/// The block, its corner at the origin.
pub fn block(kind: ElementKind) -> Mesh {
    box_mesh(kind, [2, 2, 2], |p| {
        Point::new(SIZE[0] * p[0], SIZE[1] * p[1], SIZE[2] * p[2])
    })
}

/// Numbers, from 1, of the nodes on a side.
pub fn side(mesh: &Mesh, axis: usize, at: f64) -> Vec<usize> {
    let nodes = mesh.nodes.iter().enumerate();
    nodes
        .filter(|(_, p)| p[axis] == at)
        .map(|(n, _)| n + 1)
        .collect()
}

/// Element and face, from 1, of the faces on a side.
fn faces(mesh: &Mesh, axis: usize, at: f64) -> Vec<(u32, u8)> {
    let facets = boundary_facets(mesh);
    let on = |f: &_| mesh.facet_corners(*f).iter().all(|p| p[axis] == at);
    let on = facets.into_iter().filter(on);
    on.map(|f| (f.element + 1, f.face + 1)).collect()
}

fn node_lines(mesh: &Mesh) -> String {
    let lines = mesh.nodes.iter().enumerate();
    lines
        .map(|(n, p)| format!("{}, {:?}, {:?}, {:?}\n", n + 1, p.x, p.y, p.z))
        .collect()
}

fn element_lines(mesh: &Mesh) -> String {
    let line = |e: usize| {
        let nodes: Vec<String> = mesh
            .element(e)
            .iter()
            .map(|n| (n + 1).to_string())
            .collect();
        format!("{}, {}\n", e + 1, nodes.join(", "))
    };
    (0..mesh.element_count()).map(line).collect()
}

fn list(numbers: &[usize]) -> String {
    let lines = numbers.chunks(8).map(|line| {
        let words: Vec<String> = line.iter().map(usize::to_string).collect();
        format!("{},\n", words.join(", "))
    });
    lines.collect()
}

/// Node sets X0, Y0 and Z0.
fn side_sets(mesh: &Mesh) -> String {
    let set = |(axis, name): (usize, &str)| {
        format!("*NSET, NSET={name}\n{}", list(&side(mesh, axis, 0.0)))
    };
    [(0, "X0"), (1, "Y0"), (2, "Z0")].map(set).concat()
}

fn top_surface(mesh: &Mesh, name: &str) -> String {
    let faces = faces(mesh, 2, SIZE[2]);
    let lines: String = faces.iter().map(|(e, f)| format!("{e}, S{f}\n")).collect();
    format!("*SURFACE, NAME={name}\n{lines}")
}

const MATERIAL: &str = "*MATERIAL, NAME=BONE\n*ELASTIC\n500., .3\n";
const SUPPORTS: &str = "*BOUNDARY\nX0, 1, 1\nY0, 2, 2\nZ0, 3, 3\n";
const STEP: &str = "*STEP\n*STATIC\n*DSLOAD\nTOP, P, -2.\n*END STEP\n";

/// The block in the plainest words.
fn plain(mesh: &Mesh) -> String {
    let kind = match mesh.kind_of(0) {
        ElementKind::Tet4 => "C3D4",
        _ => "C3D10",
    };
    format!(
        "*NODE\n{}*ELEMENT, TYPE={kind}, ELSET=EALL\n{}{}{}{MATERIAL}\
         *SOLID SECTION, ELSET=EALL, MATERIAL=BONE\n{SUPPORTS}{STEP}",
        node_lines(mesh),
        element_lines(mesh),
        side_sets(mesh),
        top_surface(mesh, "TOP"),
    )
}

fn volume(deck: &Deck) -> f64 {
    let at = |n: u32| deck.nodes.positions[n as usize];
    let of = |e: usize| {
        let n = deck.elements.nodes(e);
        let edge = |k: usize| at(n[k]) - at(n[0]);
        edge(1).cross(&edge(2)).dot(&edge(3)) / 6.0
    };
    (0..deck.elements.labels.len()).map(of).sum()
}

/// Volume and displacements of a deck, which lies in a folder with other files.
fn check(
    files: &[(&str, &[u8])],
    expected: f64,
    exact: impl Fn(Point) -> Vec3,
) -> Result<Deck, String> {
    let deck = read(files)?.map_err(|e| e.to_string())?;
    let found = volume(&deck);
    if (found - expected).abs() > 1e-9 {
        return Err(format!("volume {found}, expected {expected}"));
    }
    let settings = AnalysisSettings::default();
    let solution = solve_deck(&deck, &settings, &Silent).map_err(|e| e.to_string())?;
    for (u, &p) in solution.steps[0]
        .displacement
        .iter()
        .zip(&deck.nodes.positions)
    {
        // A linear field is exact but for the solver's round-off, on displacements of 0.016.
        if (u - exact(p)).norm() > 1e-11 {
            return Err(format!("{p}: {u:?} against {:?}", exact(p)));
        }
    }
    Ok(deck)
}

/// Writes the files and reads the first of them.
fn read(files: &[(&str, &[u8])]) -> Result<Result<Deck, DeckError>, String> {
    let dir = folder()?;
    for (name, bytes) in files {
        write(&dir.path().join(name), bytes)?;
    }
    Ok(read_deck(&dir.path().join(files[0].0)))
}

/// Why the first of the files is refused.
fn refusal(files: &[(&str, &[u8])], what: &str) -> Result<DeckError, String> {
    let read = read(files)?;
    read.err().ok_or_else(|| format!("{what} is read"))
}

fn block_volume() -> f64 {
    SIZE.iter().product()
}

fn sound(name: &str, text: &str) -> Result<Deck, String> {
    let files: &[(&str, &[u8])] = &[("block.inp", text.as_bytes())];
    check(files, block_volume(), pulled).map_err(|e| format!("{name}: {e}"))
}

/// As FreeCAD 1.0 writes it: faces with their loads, everything in capitals and small letters.
fn freecad(mesh: &Mesh) -> String {
    let loads: String = (faces(mesh, 2, SIZE[2]).iter())
        .map(|(e, f)| format!("{e},P{f},-2.0\n"))
        .collect();
    format!(
        "** written by FreeCAD inp file writer for CalculiX,Abaqus meshes\n*Node, NSET=Nall\n{}\n\n\
         ** Volume elements\n*Element, TYPE=C3D10, ELSET=Evolumes\n{}\n** Define element set Eall\n\
         *ELSET, ELSET=Eall\nEvolumes\n\n***\n** Element sets for materials and FEM element type\n\
         *ELSET,ELSET=M0Body\nEvolumes\n\n{}\n\
         *PHYSICAL CONSTANTS, ABSOLUTE ZERO=0, STEFAN BOLTZMANN=5.670374419e-11\n\n\
         *MATERIAL, NAME=M0Body\n*ELASTIC\n500,0.300\n*DENSITY\n7.900e-09\n*EXPANSION\n1.2E-05\n\n\
         ** Sections\n*SOLID SECTION, ELSET=M0Body, MATERIAL=M0Body\n\n\
         *STEP, INC=2000\n*STATIC\n1.0,1.0,1e-05,1.0\n\n\
         *BOUNDARY\nX0,1\n\nY0,2\n\nZ0,3\n\n*DLOAD\n** on the face\n{loads}\n\
         *NODE FILE\nU\n*EL FILE\nS, E\n*OUTPUT, FREQUENCY=1\n\
         ** outputs --> dat file\n*NODE PRINT, NSET=Z0, TOTALS=ONLY\nRF\n\n*END STEP\n",
        node_lines(mesh),
        element_lines(mesh),
        side_sets(mesh),
    )
}

/// As PrePoMax 2 writes it: surfaces of element sets, OP=NEW, amplitudes, restart.
fn prepomax(mesh: &Mesh) -> String {
    let mut surface = String::new();
    let mut lines = String::new();
    for face in 1..=4 {
        let found = faces(mesh, 2, SIZE[2]).into_iter().filter(|f| f.1 == face);
        let found: Vec<usize> = found.map(|f| f.0 as usize).collect();
        if !found.is_empty() {
            let _ = write!(surface, "*Elset, Elset=Top_S{face}\n{}", list(&found));
            let _ = writeln!(lines, "Top_S{face}, S{face}");
        }
    }
    format!(
        "************************************************************\n*Heading\n\
         Hash: 4F2A, Date: 11/28/2026, Unit system: MM_TON_S_C\n\
         *Node\n{}*Element, Type=C3D10, Elset=Solid_part-1\n{}{}{surface}\
         *Surface, Name=Top, Type=Element\n{lines}\
         *Material, Name=Bone\n*Density\n1.8E-09\n*Elastic\n500, 0.3\n*Expansion, Zero=20\n1E-05\n\
         *Solid section, Elset=Solid_part-1, Material=Bone\n\
         *Amplitude, Name=Amplitude-1\n0, 0\n1, 1\n\
         *Step, Inc=100\n*Static, Solver=Pardiso\n1, 1, 1E-05, 1E+30\n*Output, Frequency=1\n\
         *Boundary, Op=New, Amplitude=Amplitude-1\nX0, 1, 1, 0\nY0, 2, 2, 0\nZ0, 3, 3, 0\n\
         *Cload, Op=New\n*Dload, Op=New\n*Dsload, Amplitude=Amplitude-1\nTop, P, -2\n\
         *Node file\nRF, U\n*El file\nS, E, NOE\n*Contact file\nCDIS, CSTR\n\
         *Restart, Write, Frequency=1\n*End step\n",
        node_lines(mesh),
        element_lines(mesh),
        side_sets(mesh),
    )
}

/// As Gmsh 4.15 exports it: the skin and the edges beside the solid, groups that begin with digits.
fn gmsh_inp(mesh: &Mesh) -> String {
    let (mut skin, mut label) = (String::new(), 1000);
    let mut bottom = Vec::new();
    for facet in boundary_facets(mesh) {
        let nodes = endplate::mesh::FACES_QUADRATIC[facet.face as usize];
        let nodes = nodes.map(|i| mesh.element(facet.element as usize)[i] + 1);
        let words: Vec<String> = nodes.iter().map(u32::to_string).collect();
        let _ = writeln!(skin, "{label}, {}", words.join(", "));
        if mesh.facet_corners(facet).iter().all(|p| p.z == 0.0) {
            bottom.push(label);
        }
        label += 1;
    }
    format!(
        "*Heading\n block.inp\n*NODE\n{}******* E L E M E N T S *************\n\
         *ELEMENT, type=T3D3, ELSET=Line1\n900, 1, 2, 3\n\
         *ELEMENT, type=CPS6, ELSET=Surface1\n{skin}*ELEMENT, type=C3D10, ELSET=Volume1\n{}\
         *ELSET,ELSET=0bottom\n{}*ELSET,ELSET=bone\n{}*NSET,NSET=0bottom\n{}",
        node_lines(mesh),
        element_lines(mesh),
        list(&bottom),
        list(&(1..=mesh.element_count()).collect::<Vec<_>>()),
        list(&side(mesh, 2, 0.0)),
    )
}

/// As meshio 5.3.5 writes a mesh that it read from Gmsh's 4.1.
fn meshio(mesh: &Mesh) -> String {
    let nodes = mesh.nodes.iter().enumerate();
    let nodes: String = nodes
        .map(|(n, p)| format!("{}, {:.16e}, {:.16e}, {:.16e}\n", n + 1, p.x, p.y, p.z))
        .collect();
    format!(
        "*HEADING\nAbaqus DataFile Version 6.14\nwritten by meshio v5.3.5\n*NODE\n{nodes}\
         *ELEMENT, TYPE=CPE6\n900,1,2,3,4,5,6\n*ELEMENT, TYPE=C3D10MH\n{}\
         *ELSET, ELSET=bone\n{}*ELSET, ELSET=gmsh:bounding_entities\n1,-2,0,4000\n",
        element_lines(mesh),
        list(&(1..=mesh.element_count()).collect::<Vec<_>>()),
    )
}

fn programs() -> Result<(), String> {
    let mesh = block(ElementKind::Tet10);
    let deck = sound("FreeCAD", &freecad(&mesh))?;
    let notes = deck.notes.concat();
    has_words(
        &notes,
        &[
            "*PHYSICAL CONSTANTS (line",
            "*EXPANSION (line",
            "*OUTPUT (line",
        ],
        "FreeCAD",
    )?;
    let deck = sound("PrePoMax", &prepomax(&mesh))?;
    has_words(&deck.notes.concat(), &["*CONTACT FILE (line"], "PrePoMax")?;
    let rest = format!(
        "{}{}{MATERIAL}*SOLID SECTION, ELSET=bone, MATERIAL=BONE\n{SUPPORTS}{STEP}",
        side_sets(&mesh),
        top_surface(&mesh, "TOP")
    );
    let deck = sound("Gmsh", &format!("{}{rest}", gmsh_inp(&mesh)))?;
    let skin = boundary_facets(&mesh).len();
    let words = format!("1 T3D3, {skin} CPS6 of no section are left out");
    has_words(&deck.notes.concat(), &[&words], "Gmsh")?;
    if deck.node_sets["0BOTTOM"].len() != side(&mesh, 2, 0.0).len() {
        return Err("Gmsh: the set that begins with a digit".to_owned());
    }
    let deck = sound("meshio", &format!("{}{rest}", meshio(&mesh)))?;
    has_words(
        &deck.notes.concat(),
        &[
            "C3D10MH elements are read as C3D10",
            "1 CPE6",
            "bounding_entities",
        ],
        "meshio",
    )
}

/// What does not count: ends of lines, case, blanks, comments, encodings, spellings of numbers.
fn spellings() -> Result<(), String> {
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        let mesh = block(kind);
        let text = plain(&mesh);
        let renamed = |x: &str, y: &str| text.replace("X0", x).replace("Y0", y);
        let latin = renamed("Fl\u{e4}che", "Fl\u{f6}che");
        let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
        let perturbation = text.replace("*STEP\n", "*STEP, PERTURBATION, NLGEOM=NO\n");
        let tables: [(&str, Vec<u8>); 13] = [
            ("plain", text.clone().into()),
            ("ends of lines", text.replace('\n', "\r\n").into()),
            ("old ends of lines", text.replace('\n', "\r").into()),
            ("mark of encoding", format!("\u{feff}{text}").into()),
            ("Latin-1", latin),
            ("small letters", text.to_lowercase().into()),
            (
                "blanks",
                text.replace(", ", " \t,  ").replace('\n', " \t\n\n").into(),
            ),
            ("comments", text.replace('\n', "\n**, a comment\n").into()),
            (
                "goes on",
                text.replace(", ELSET=EALL", ",\n  ELSET = EALL").into(),
            ),
            ("no end", text.trim_end().to_owned().into()),
            ("digits", renamed("1X", "2.5").into()),
            ("quoted", renamed("\"a, b\"", "\"-7\"").into()),
            ("perturbation", perturbation.into()),
        ];
        for (name, bytes) in tables {
            let files: &[(&str, &[u8])] = &[("block.inp", &bytes)];
            check(files, block_volume(), pulled).map_err(|e| format!("{name}: {e}"))?;
        }
        let mut nodes = String::new();
        for (n, p) in mesh.nodes.iter().enumerate() {
            let _ = writeln!(
                nodes,
                "{},{:?}+0,{:?}D0,{:?}-1",
                n + 1,
                p.x,
                p.y,
                10.0 * p.z
            );
        }
        let fortran = text.replacen(&node_lines(&mesh), &nodes, 1);
        let fortran = fortran.replace("500., .3", "5.0+2, 3.-1");
        sound("Fortran's numbers", &fortran)?;
        let alias = text.replace("C3D10", "C3D10M");
        let deck = sound("C3D10M", &alias)?;
        if kind == ElementKind::Tet10 {
            has_words(
                &deck.notes.concat(),
                &["C3D10M elements are read as C3D10"],
                "alias",
            )?;
        }
    }
    Ok(())
}

fn binary_meshes() -> Result<(), String> {
    let text = format!(
        "*INCLUDE, INPUT=block.msh\n{MATERIAL}*SOLID SECTION, ELSET=bone, MATERIAL=BONE\n\
         {SUPPORTS}{STEP}"
    );
    for kind in [ElementKind::Tet4, ElementKind::Tet10] {
        let mesh = block(kind);
        for width in [Width::Native, Width::Swapped] {
            let meshes = [
                ("2.2", msh_22(&mesh, SIZE, width)),
                ("4.1", msh_41(&mesh, SIZE, width, 8)),
                ("4.1 of short counts", msh_41(&mesh, SIZE, width, 4)),
            ];
            for (name, bytes) in &meshes {
                let files: &[(&str, &[u8])] =
                    &[("block.inp", text.as_bytes()), ("block.msh", bytes)];
                check(files, block_volume(), pulled).map_err(|e| format!("{name}: {e}"))?;
                // A mesh that is cut off says where, and that it is binary.
                let files = [files[0], ("block.msh", &bytes[..bytes.len() * 2 / 3])];
                let error = refusal(&files, "a mesh that is cut off")?;
                let message = format!("{error} {}", error.help.clone().unwrap_or_default());
                has_words(
                    &message,
                    &["block.msh:", "expected", "the file is binary"],
                    name,
                )?;
            }
        }
    }
    Ok(())
}

/// A deck of Abaqus/CAE's: a part, its instances, sets in the assembly.
fn cae(mesh: &Mesh, instances: &str, assembly: &str, rest: &str) -> String {
    format!(
        "*Heading\n** Job name: Job-1 Model name: Model-1\n\
         *Preprint, echo=NO, model=NO, history=NO, contact=NO\n**\n** PARTS\n**\n\
         *Part, name=Block\n*Node\n{}*Element, type=C3D10\n{}*Nset, nset=Set-1, generate\n1, {}, 1\n\
         *Elset, elset=Set-1, generate\n1, {}, 1\n{}{}*Surface, type=ELEMENT, name=Bottom\n{}\
         ** Section: Section-1\n*Solid Section, elset=Set-1, material=Bone\n,\n*End Part\n**\n\
         ** ASSEMBLY\n*Assembly, name=Assembly\n**\n{instances}{assembly}*End Assembly\n\
         *Material, name=Bone\n*Elastic\n500., 0.3\n{rest}",
        node_lines(mesh),
        element_lines(mesh),
        mesh.nodes.len(),
        mesh.element_count(),
        side_sets(mesh),
        top_surface(mesh, "Top"),
        (faces(mesh, 2, 0.0).iter())
            .map(|(e, f)| format!("{e}, S{f}\n"))
            .collect::<String>(),
    )
}

fn cae_step(surface: &str) -> String {
    format!(
        "*Step, name=Step-1, nlgeom=NO\n*Static\n1., 1., 1e-05, 1.\n*Dsload\n{surface}, P, -2.\n\
         *Restart, write, frequency=0\n*Output, field, variable=PRESELECT\n\
         *Output, history, variable=PRESELECT\n*Node Output\nU,\n*Element Output, directions=YES\nS,\n\
         *End Step\n"
    )
}

fn instances() -> Result<(), String> {
    let mesh = block(ElementKind::Tet10);
    turned_instance(&mesh)?;
    // Two of one part, one on the other and tied; one more on the model's own node.
    let two = "*Instance, name=Low-1, part=Block\n*End Instance\n\
               *Instance, name=High-1, part=Block\n0., 0., 4.\n*End Instance\n\
               *Node\n1, 9., 9., 9.\n";
    let sets = "*Nset, nset=_X, instance=Low-1\nX0\n*Nset, nset=_X, instance=High-1\nX0\n\
                *Nset, nset=Corner, instance=High-1\n1\n\
                *Tie, name=Bond, adjust=NO\nLow-1.Top, High-1.Bottom\n";
    let rest = format!(
        "*Boundary\n_X, XSYMM\nLow-1.Y0, 2\nHigh-1.Y0, 2\nLow-1.Z0, 3\n{}",
        cae_step("High-1.Top")
    );
    let text = cae(&mesh, two, sets, &rest);
    let lonely = Point::new(9.0, 9.0, 9.0);
    let exact = |p: Point| {
        if p == lonely {
            Vec3::zeros()
        } else {
            pulled(p)
        }
    };
    let files: &[(&str, &[u8])] = &[("two.inp", text.as_bytes())];
    let deck = check(files, 2.0 * block_volume(), exact)?;
    has_words(
        &deck.notes.concat(),
        &[
            "instance High-1 are taken",
            "nodes by 200",
            "the assembly's own nodes",
        ],
        "two instances",
    )?;
    let corner = deck.node_sets["CORNER"][0] as usize;
    match (deck.nodes.labels[corner], deck.nodes.positions[corner].z) {
        (201, 4.0) => Ok(()),
        other => Err(format!("the corner is {other:?}")),
    }
}

/// Moved and turned about an axis off the origin, held and loaded in axes of its own.
fn turned_instance(mesh: &Mesh) -> Result<(), String> {
    let (shift, angle) = (Vec3::new(5.0, -3.0, 1.0), 40.0f64);
    let (a, b) = (Point::new(1.0, 2.0, 0.5), Point::new(2.0, 4.0, 3.0));
    let instance = format!(
        "*Instance, name=Block-1, part=Block\n{}, {}, {}\n{}, {}, {}, {}, {}, {}, {angle}\n\
         *End Instance\n",
        shift.x, shift.y, shift.z, a.x, a.y, a.z, b.x, b.y, b.z
    );
    // First moved, then turned.
    let turn = Rotation3::from_axis_angle(&Unit::new_normalize(b - a), angle.to_radians());
    let moved = Isometry3::from_parts(Translation3::from(shift), UnitQuaternion::identity());
    let place = |p: Point| a + turn * (moved * p - a);
    let back = |p: Point| moved.inverse_transform_point(&(a + turn.inverse() * (p - a)));
    let (x, y) = (turn * Vec3::x(), turn * Vec3::y());
    let assembly = format!(
        "*Transform, nset=Block-1.Set-1\n{:?}, {:?}, {:?}, {:?}, {:?}, {:?}\n",
        x.x, x.y, x.z, y.x, y.y, y.z
    );
    let rest = format!(
        "*Boundary\nBlock-1.X0, XSYMM\nBlock-1.Y0, YSYMM\nBlock-1.Z0, ZSYMM\n{}",
        cae_step("Block-1.Top")
    );
    let text = cae(mesh, &instance, &assembly, &rest);
    let files: &[(&str, &[u8])] = &[("turned.inp", text.as_bytes())];
    let deck = check(files, block_volume(), |p| turn * pulled(back(p)))?;
    for (found, own) in deck.nodes.positions.iter().zip(&mesh.nodes) {
        if (found - place(*own)).norm() > 1e-12 {
            return Err(format!("{found} for {own}, expected {}", place(*own)));
        }
    }
    Ok(())
}

/// All faces of the block, and of its lower half those that the upper half leaves free.
fn exposed() -> Result<(), String> {
    let mesh = block(ElementKind::Tet4);
    let low: Vec<usize> = (0..mesh.element_count())
        .filter(|&e| mesh.corners(e).iter().all(|p| p.z <= SIZE[2] / 2.0))
        .map(|e| e + 1)
        .collect();
    let sets = format!(
        "*ELSET, ELSET=LOW\n{}*SURFACE, NAME=ALL\nEALL\n*SURFACE, NAME=PART\nLOW,\n\
         *NSET, NSET=OF_LOW, ELSET=LOW\n*MATERIAL",
        list(&low)
    );
    let deck = sound("exposed", &plain(&mesh).replacen("*MATERIAL", &sets, 1))?;
    let area = |name: &str| -> Result<f64, String> {
        let Some(endplate::deck::DeckSurface::Facets(facets)) = deck.surfaces.get(name) else {
            return Err(format!("no surface {name}"));
        };
        let of = |f: &endplate::mesh::Facet| mesh.facet_area_vector(*f).norm();
        Ok(facets.iter().map(of).sum())
    };
    let [x, y, z] = SIZE;
    let right = [
        ("ALL", 2.0 * (x * y + y * z + z * x)),
        ("PART", x * y + (x + y) * z),
    ];
    for (name, expected) in right {
        let found = area(name)?;
        if (found - expected).abs() > 1e-12 * expected {
            return Err(format!("{name}: {found}, expected {expected}"));
        }
    }
    // Nodes of the lower half: two layers of cells, three of nodes in each direction.
    match deck.node_sets["OF_LOW"].len() {
        18 => Ok(()),
        other => Err(format!("{other} nodes of the lower half")),
    }
}

/// The words of Abaqus and the degrees of freedom that they hold.
fn named_supports() -> Result<(), String> {
    let mesh = block(ElementKind::Tet4);
    for (word, held) in [
        ("ENCASTRE", &[0, 1, 2][..]),
        ("pinned", &[0, 1, 2]),
        ("XSYMM", &[0]),
        ("YSYMM", &[1]),
        ("ZSYMM", &[2]),
        ("XASYMM", &[1, 2]),
        ("YASYMM", &[0, 2]),
        ("ZASYMM", &[0, 1]),
    ] {
        let text = plain(&mesh).replace("Z0, 3, 3\n", &format!("Z0, 3, 3\n27, {word}\n"));
        let files: &[(&str, &[u8])] = &[("block.inp", text.as_bytes())];
        let deck = read(files)?.map_err(|e| format!("{word}: {e}"))?;
        let corner = deck.nodes.labels.iter().position(|l| *l == 27);
        let corner = corner.ok_or("no node 27")? as u32;
        let found: Vec<u8> = (0..6)
            .filter(|a| deck.steps[0].boundary.contains_key(&(corner, *a)))
            .collect();
        if found != held {
            return Err(format!("{word} holds {found:?}, expected {held:?}"));
        }
    }
    Ok(())
}

/// What becomes what in the plain deck, words of the message.
const REFUSED: &[(&str, &str, &[&str])] = &[
    (
        "*END STEP",
        "*END STEP\n*STEP, PERTURBATION\n*STATIC\n*END STEP",
        &["PERTURBATION", "several steps"],
    ),
    (
        "*STATIC",
        "*STATIC\n*RESTART, READ",
        &["parameter `READ` of *RESTART"],
    ),
    (
        "*DSLOAD",
        "*AMPLITUDE, NAME=A\n0., 0., 1., .5\n*DSLOAD, AMPLITUDE=A",
        &["amplitude A is 0.5 at the end of the step"],
    ),
    (
        "*DSLOAD",
        "*DSLOAD, AMPLITUDE=B",
        &["there is no amplitude `B`"],
    ),
    (
        "*ELASTIC\n500., .3",
        "*ELASTIC\n500., .4999",
        &["C3D10MH", "BONE is nearly incompressible"],
    ),
    (
        "*BOUNDARY",
        "*TRANSFORM, NSET=X0\n1, 1, 0, 0, 1, 0\n*EQUATION\n2\n1, 1, 1., 2, 1, -1.\n*BOUNDARY",
        &["of a *TRANSFORM is also in an equation"],
    ),
    (
        "*BOUNDARY",
        "*TRANSFORM, NSET=X0\n1, 1, 0, 2, 2, 0\n*BOUNDARY",
        &["the transform", "not on one line"],
    ),
    (
        "*MATERIAL",
        "*ELEMENT, TYPE=CPS3, ELSET=EALL\n900, 1, 2, 3\n*MATERIAL",
        &["element 900 is of type CPS3, which carries nothing here"],
    ),
    (
        "*NODE\n",
        "*PART, NAME=P\n*NODE\n",
        &["*MATERIAL stands inside a part"],
    ),
    (
        "*MATERIAL",
        "*ASSEMBLY\n*INSTANCE, NAME=I, PART=P\n*END INSTANCE\n*END ASSEMBLY\n*MATERIAL",
        &["there is no part `P`"],
    ),
    (
        "*MATERIAL",
        "*END PART\n*MATERIAL",
        &["*END PART stands outside"],
    ),
    (
        "*MATERIAL",
        "*NSET, NSET=Q, INSTANCE=I\n1\n*MATERIAL",
        &["there is no instance `I`"],
    ),
    (
        "X0, 1, 1",
        "X0, NOWARP",
        &["the degree of freedom is `NOWARP`"],
    ),
    ("X0, 1, 1", "1X0, 1, 1", &["there is no node set `1X0`"]),
];

fn refusals() -> Result<(), String> {
    for (from, to, words) in REFUSED {
        let mut text = plain(&block(ElementKind::Tet10));
        if words[0] == "C3D10MH" {
            text = text.replace("C3D10", "C3D10MH");
        }
        if !text.contains(from) {
            return Err(format!("the deck does not hold {from:?}"));
        }
        let text = text.replacen(from, to, 1);
        let files: &[(&str, &[u8])] = &[("block.inp", text.as_bytes())];
        let error = refusal(files, to)?;
        has_words(&error.to_string(), words, to)?;
    }
    let deck = b"*INCLUDE, INPUT=m.msh\n";
    let old = b"$MeshFormat\n4.0 0 8\n$EndMeshFormat\n";
    let files: &[(&str, &[u8])] = &[("a.inp", deck), ("m.msh", old)];
    let error = refusal(files, "version 4.0")?.to_string();
    has_words(
        &error,
        &["m.msh:2", "version 4.0", "2.2 and 4.1"],
        "version 4.0",
    )?;
    let bytes = b"\x00\x01\x02stl";
    let error = refusal(&[("a.inp", bytes)], "bytes")?;
    has_words(&error.to_string(), &["no text file"], "bytes")
}

fn all_at_once() -> Result<(), String> {
    let text = plain(&block(ElementKind::Tet4));
    let text = text.replacen(
        "*MATERIAL",
        "*PLASTIC\n1., 0.\n*CREEP\n2.\n*NSET, NSET=Q, FOO\n1\n*MATERIAL",
        1,
    );
    let text = text.replacen("*STATIC", "*DYNAMIC", 1);
    let files: &[(&str, &[u8])] = &[("block.inp", text.as_bytes())];
    let error = refusal(files, "the deck")?;
    let line = |at: &str| {
        let found = text.lines().position(|l| l.starts_with(at));
        found.map_or(0, |k| k + 1)
    };
    let words = [
        format!("block.inp:{}:1: keyword `*PLASTIC`", line("*PLASTIC")),
        "3 more".to_owned(),
        format!("block.inp:{}:1: keyword `*CREEP`", line("*CREEP")),
        "parameter `FOO` of *NSET".to_owned(),
        format!("block.inp:{}:1: keyword `*DYNAMIC`", line("*DYNAMIC")),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    has_words(&error.to_string(), &words, "all at once")?;
    // A file that is no deck at all does not say so a million times.
    let noise = "*nothing of this\n".repeat(100_000);
    let error = refusal(&[("a.inp", noise.as_bytes())], "noise")?;
    match error.to_string().lines().count() {
        ..=101 => Ok(()),
        many => Err(format!("{many} lines")),
    }
}

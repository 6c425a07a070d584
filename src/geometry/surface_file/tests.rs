use std::path::PathBuf;

use super::*;

/// A corner tetrahedron of the size of a bone.
const CORNERS: [[f64; 3]; 4] = [
    [0.0, 0.0, 0.0],
    [30.0, 0.0, 0.0],
    [0.0, 40.0, 0.0],
    [0.0, 0.0, 50.0],
];
const TRIANGLES: [[usize; 3]; 4] = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]];
const VOLUME: f64 = 10_000.0;

fn written(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn read(name: &str, content: &[u8]) -> Result<TriSurface, GeometryError> {
    let (_folder, path) = written(name, content);
    read_surface(&path, LengthUnit::Millimetre)
}

fn stl_binary() -> Vec<u8> {
    let mut out = vec![b' '; 80];
    out.extend((TRIANGLES.len() as u32).to_le_bytes());
    for t in TRIANGLES {
        out.extend([0u8; 12]);
        for v in t {
            for x in CORNERS[v] {
                out.extend((x as f32).to_le_bytes());
            }
        }
        out.extend([0u8; 2]);
    }
    out
}

fn stl_ascii() -> String {
    let mut out = "solid bone\n".to_owned();
    for t in TRIANGLES {
        out += "facet normal 0 0 0\n outer loop\n";
        for v in t {
            let [x, y, z] = CORNERS[v];
            out += &format!("  vertex {x:e} {y} {z}\n");
        }
        out += " endloop\nendfacet\n";
    }
    out + "endsolid bone\n"
}

fn ply(format: &str) -> Vec<u8> {
    let mut out = format!(
        "ply\nformat {format} 1.0\ncomment made by hand\nelement vertex 4\n\
         property double x\nproperty float y\nproperty float z\nproperty uchar red\n\
         element face 4\nproperty list uchar int vertex_indices\nend_header\n"
    )
    .into_bytes();
    let big = format == "binary_big_endian";
    for p in CORNERS {
        if format == "ascii" {
            out.extend(format!("{} {} {} 255\n", p[0], p[1], p[2]).bytes());
            continue;
        }
        let x = p[0].to_le_bytes();
        out.extend(if big { p[0].to_be_bytes() } else { x });
        for y in [p[1] as f32, p[2] as f32] {
            out.extend(if big {
                y.to_be_bytes()
            } else {
                y.to_le_bytes()
            });
        }
        out.push(255);
    }
    for t in TRIANGLES {
        if format == "ascii" {
            out.extend(format!("3 {} {} {}\n", t[0], t[1], t[2]).bytes());
            continue;
        }
        out.push(3);
        for v in t {
            let v = v as i32;
            out.extend(if big {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            });
        }
    }
    out
}

const OBJ: &str = "# a corner\nv 0 0 0\nv 30 0 0\nv 0 40 0\nv 0 0 50\nvn 0 0 1\n\
                   f 1//1 3//1 2//1\nf 1 2 4\nf 2 3 -1\nf 1/1/1 4/1/1 3/1/1\n";

#[test]
fn every_format_gives_the_same_solid() {
    let files: [(&str, Vec<u8>); 6] = [
        ("a.stl", stl_binary()),
        ("a.STL", stl_ascii().into_bytes()),
        ("a.ply", ply("ascii")),
        ("a.ply", ply("binary_little_endian")),
        ("a.ply", ply("binary_big_endian")),
        ("a.obj", OBJ.as_bytes().to_vec()),
    ];
    for (name, content) in files {
        let surface = read(name, &content).unwrap();
        assert_eq!((surface.vertices.len(), surface.triangles.len()), (4, 4));
        assert!((surface.volume() - VOLUME).abs() < 1e-9 * VOLUME, "{name}");
    }
}

#[test]
fn the_kind_of_a_file_is_told_by_its_content_and_not_by_its_name() {
    let marked = |text: &[u8]| [b"\xEF\xBB\xBF", text].concat();
    let files = [
        stl_binary(),
        [stl_binary(), b"\r\n\x1a".to_vec()].concat(),
        stl_ascii().into_bytes(),
        ply("ascii"),
        ply("binary_little_endian"),
        ply("binary_big_endian"),
        OBJ.as_bytes().to_vec(),
        marked(OBJ.as_bytes()),
        marked(&ply("ascii")),
        marked(stl_ascii().as_bytes()),
    ];
    for ending in ["stl", "ply", "obj", "msh", "inp", "dat", ""] {
        for (k, content) in files.iter().enumerate() {
            let surface = read(&format!("a.{ending}"), content);
            let surface = surface.unwrap_or_else(|e| panic!("{k} as .{ending}: {e}"));
            assert!((surface.volume() - VOLUME).abs() < 1e-9 * VOLUME);
        }
    }
}

#[test]
fn other_files_are_named_and_no_message_holds_what_is_no_text() {
    let refused = |name: &str, content: &[u8]| read(name, content).unwrap_err().reason();
    let mesh = b"$MeshFormat\n2.2 0 8\n$EndMeshFormat\n";
    let deck = b"** made by hand\n*NODE\n1, 0., 0., 0.\n";
    for ending in ["stl", "ply", "obj", "msh", "inp"] {
        let name = format!("a.{ending}");
        for (content, kind) in [(&mesh[..], "a Gmsh mesh"), (&deck[..], "a deck (.inp)")] {
            let told = refused(&name, content);
            let words = format!("found {kind}, expected an STL, PLY or OBJ surface");
            assert!(told.ends_with(&words), "{told}");
        }
        let mut short = stl_binary();
        short.truncate(200);
        short[20] = 7;
        for content in [
            &short[..],
            &short[..90],
            &short[..30],
            b"ply\n\x01\x02\0\0\n",
        ] {
            let told = refused(&name, content);
            assert!(!told.chars().any(char::is_control), "{told:?}");
            assert!(!told.contains("\\0") && !told.contains("\\u"), "{told}");
            assert!(told.len() < 200, "{told}");
        }
    }
    let page = refused(
        "a.stl",
        format!("<html>{}</html>", "404 ".repeat(99)).as_bytes(),
    );
    assert!(
        page.contains("found \"<html>404 404") && page.len() < 250,
        "{page}"
    );
}

#[test]
fn only_what_a_triangle_has_must_be_finite() {
    let text = String::from_utf8(ply("ascii")).unwrap();
    let ply_unused = text
        .replace("vertex 4", "vertex 5")
        .replace("\n3 0 2 1", "\nnan nan -inf 0\n3 0 2 1");
    let ply_used = text.replace("0 40 0 255", "0 nan 0 255");
    let obj_unused = OBJ.replace("vn ", "v nan 0 inf\nvn ").replace("-1", "-2");
    let obj_used = OBJ.replace("v 0 40 0", "v 0 nan 0");
    for (name, unused, used, words) in [
        (
            "a.ply",
            ply_unused,
            ply_used,
            "line 14: found (0, NaN, 0) of vertex 2, counted from 0",
        ),
        (
            "a.obj",
            obj_unused,
            obj_used,
            "line 4: found (0, NaN, 0) of vertex 3, counted from 1",
        ),
    ] {
        let surface = read(name, unused.as_bytes()).unwrap();
        assert!(surface.vertices.len() == 4 && (surface.volume() - VOLUME).abs() < 1e-9 * VOLUME);
        let told = read(name, used.as_bytes()).unwrap_err().reason();
        assert!(told.starts_with(words), "{told}");
    }
}

#[test]
fn units_scale() {
    let (_folder, path) = written("a.stl", &stl_binary());
    let surface = read_surface(&path, LengthUnit::Centimetre).unwrap();
    assert!((surface.volume() - VOLUME * 1e3).abs() < 1e-6 * VOLUME * 1e3);
}

fn fault_of(name: &str, content: &[u8]) -> (String, String) {
    match read(name, content) {
        Err(GeometryError::Format {
            place, expected, ..
        }) => (place, expected),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn broken_files_name_the_place() {
    let mut short = stl_binary();
    short.truncate(200);
    let (place, expected) = fault_of("a.stl", &short);
    assert!(
        place == "byte 200" && expected.contains("284 bytes"),
        "{place} {expected}"
    );

    let mut nan = stl_binary();
    nan[84 + 50 + 12..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(fault_of("a.stl", &nan).0, "byte 146");

    let text = stl_ascii().replace("0 50", "0 fifty");
    assert_eq!(fault_of("a.stl", text.as_bytes()).0, "line 13");
    let text = stl_ascii().replace("endsolid bone", "");
    assert!(fault_of("a.stl", text.as_bytes()).1.contains("endsolid"));

    let text = String::from_utf8(ply("ascii")).unwrap();
    assert_eq!(
        fault_of("a.ply", text.replace("3 0 2 1", "3 0 9 1").as_bytes()).0,
        "line 16"
    );
    let mut cut = ply("binary_big_endian");
    cut.truncate(cut.len() - 2);
    assert!(fault_of("a.ply", &cut).0.starts_with("byte"));
    assert_eq!(fault_of("a.ply", b"plyx\n").0, "line 1");
    assert!(
        fault_of("a.ply", b"ply\nformat ascii 1.0\n")
            .1
            .contains("end_header")
    );

    assert_eq!(
        fault_of("a.obj", OBJ.replace("f 1 2 4", "f 1 2 5").as_bytes()).0,
        "line 8"
    );
    assert_eq!(fault_of("a.obj", b"v 1 2 3\n").0, "end of file");
    assert_eq!(fault_of("a.vtk", b"").0, "byte 0");
    let without_z = text.replace("property float z\n", "property float w\n");
    assert_eq!(fault_of("a.ply", without_z.as_bytes()).0, "line 11");
}

#[test]
fn a_file_in_metres_read_as_millimetres_is_noticed() {
    let text = OBJ
        .replace("30", "0.03")
        .replace("40", "0.04")
        .replace("50", "0.05");
    match read("a.obj", text.as_bytes()) {
        Err(GeometryError::Size { extent, hint, .. }) => {
            assert!((extent - 0.05).abs() < 1e-12);
            assert_eq!(hint, "m");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        read_surface(&PathBuf::from("nowhere.stl"), LengthUnit::Metre),
        Err(GeometryError::Read { .. })
    ));
}

#[test]
fn welding_joins_what_rounding_parted() {
    let text = "v 0 0 0\nv 30 0 0\nv 0 40 0\nv 0 0 50\nv 0.00001 0 0\nv 30 0 0.00001\n\
                f 1 3 2\nf 5 6 4\nf 2 3 4\nf 1 4 3\n";
    let surface = read("a.obj", text.as_bytes()).unwrap();
    assert_eq!(surface.vertices.len(), 4);
    assert_eq!(surface.triangles[1], [0, 1, 3]);
}

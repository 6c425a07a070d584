//! Surface files as others write them. Each is made here by a small writer of its own, of one solid whose
//! volume is known, and read to that volume or refused by name.

use std::fmt::Write;

use endplate::geometry::mend::mended;
use endplate::geometry::surface_file::{LengthUnit, read_surface};

use crate::errors::{folder, write};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("dialects: ASCII STL", ascii_stl),
    ("dialects: binary STL", binary_stl),
    ("dialects: OBJ", obj),
    ("dialects: PLY as text", ascii_ply),
    ("dialects: PLY in binary", binary_ply),
    ("dialects: what is refused, by name", refused),
    (
        "dialects: two cubes that share an edge are as large as two cubes",
        two_cubes,
    ),
];

/// A box of 20 by 30 by 40 mm with a corner cut off by half of each edge.
const VERTICES: [[f64; 3]; 10] = [
    [0.0, 0.0, 0.0],
    [20.0, 0.0, 0.0],
    [20.0, 30.0, 0.0],
    [0.0, 30.0, 0.0],
    [0.0, 0.0, 40.0],
    [20.0, 0.0, 40.0],
    [0.0, 30.0, 40.0],
    [10.0, 30.0, 40.0],
    [20.0, 15.0, 40.0],
    [20.0, 30.0, 20.0],
];
/// Its faces from outside, counter-clockwise.
const FACES: [&[usize]; 7] = [
    &[0, 3, 2, 1],
    &[4, 5, 8, 7, 6],
    &[0, 1, 5, 4],
    &[1, 2, 9, 8, 5],
    &[2, 3, 6, 7, 9],
    &[0, 4, 6, 3],
    &[7, 8, 9],
];
/// 20·30·40 less the cut corner, 10·15·20/6.
const VOLUME: f64 = 24_000.0 - 500.0;

fn triangles() -> Vec<[usize; 3]> {
    let fan = |f: &'static [usize]| f[1..].windows(2).map(move |w| [f[0], w[0], w[1]]);
    FACES.into_iter().flat_map(fan).collect()
}

/// The volume of the mended surface of a file, mm³.
fn volume(name: &str, content: &[u8]) -> Result<f64, String> {
    let folder = folder()?;
    let path = folder.path().join(name);
    write(&path, content)?;
    let surface = read_surface(&path, LengthUnit::Millimetre).map_err(|e| e.reason())?;
    let mended = mended(surface).map_err(|e| e.reason())?;
    Ok(mended.surface.volume())
}

/// Every file must enclose `wanted` mm³.
fn all_enclose(wanted: f64, files: Vec<(&str, &str, Vec<u8>)>) -> Result<(), String> {
    for (what, name, content) in files {
        let found = volume(name, &content).map_err(|e| format!("{what}: {e}"))?;
        if (found / wanted - 1.0).abs() > 1e-9 {
            return Err(format!("{what}: {found} mm³, expected {wanted}"));
        }
    }
    Ok(())
}

/// An ASCII STL file, its solid called `name`.
fn stl(name: &str) -> String {
    let mut text = format!("solid {name}\n");
    for t in triangles() {
        text += "  facet normal 0 0 0\n    outer loop\n";
        for v in t {
            let [x, y, z] = VERTICES[v];
            let _ = writeln!(text, "      vertex {x} {y} {z}");
        }
        text += "    endloop\n  endfacet\n";
    }
    text + &format!("endsolid {name}\n")
}

#[rustfmt::skip]
fn ascii_stl() -> Result<(), String> {
    let plain = stl("bone");
    let marked = |text: &str| [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let mut latin = b"solid Wirbelk\xF6rper \xE9\n".to_vec();
    latin.extend(
        plain
            .lines()
            .skip(1)
            .flat_map(|l| format!("{l}\n").into_bytes()),
    );
    let halves: Vec<String> = plain.lines().map(str::to_owned).collect();
    // After the first facet, seven lines, another solid begins.
    let two = [
        &halves[..8],
        &["endsolid bone".to_owned(), "solid more".to_owned()],
        &halves[8..],
    ];
    let numbers = plain
        .replace("20 ", "+2.0E+01 ")
        .replace("vertex 0 ", "vertex -.0e0 ");
    let files: Vec<(&str, &str, Vec<u8>)> = vec![
        ("plain", "a.stl", plain.clone().into_bytes()),
        ("in capitals", "a.stl", plain.to_uppercase().into_bytes()),
        ("capital ending", "a.STL", plain.clone().into_bytes()),
        ("with `end solid`", "a.stl", plain.replace("endsolid", "end solid").into_bytes()),
        ("every end in two words", "a.stl", plain.replace("end", "end ").into_bytes()),
        ("a byte-order mark", "a.stl", marked(&plain)),
        ("a Latin-1 name", "a.stl", latin),
        ("no name", "a.stl", plain.replace(" bone", "").into_bytes()),
        ("a name of keywords", "a.stl", stl("facet vertex 1 2").into_bytes()),
        ("zeros behind", "a.stl", [plain.as_bytes(), &[0; 30]].concat()),
        ("an end-of-file byte behind", "a.stl", [plain.as_bytes(), b"\x1a"].concat()),
        ("words behind", "a.stl", format!("{plain}written by hand\n").into_bytes()),
        ("blank lines", "a.stl", plain.replace('\n', "\n\n").into_bytes()),
        ("Windows lines", "a.stl", plain.replace('\n', "\r\n").into_bytes()),
        ("old Mac lines", "a.stl", plain.replace('\n', "\r").into_bytes()),
        ("tabs", "a.stl", plain.replace("  ", "\t").into_bytes()),
        ("a facet a line", "a.stl", plain.replace("\n    ", " ").into_bytes()),
        ("normals that are no numbers", "a.stl", plain.replace("l 0 0 0", "l nan -nan inf").into_bytes()),
        ("several solids", "a.stl", two.concat().join("\n").into_bytes()),
        ("numbers in all ways", "a.stl", numbers.into_bytes()),
        ("called .ply", "a.ply", plain.into_bytes()),
    ];
    all_enclose(VOLUME, files)
}

/// A binary STL file with this header text and count, `attribute` behind each triangle.
fn binary(title: &str, count: u32, attribute: u16) -> Vec<u8> {
    let mut bytes = title.as_bytes().to_vec();
    bytes.resize(80, b' ');
    bytes.extend(count.to_le_bytes());
    for t in triangles() {
        bytes.extend([0; 12]);
        for x in t.into_iter().flat_map(|v| VERTICES[v]) {
            bytes.extend((x as f32).to_le_bytes());
        }
        bytes.extend(attribute.to_le_bytes());
    }
    bytes
}

fn binary_stl() -> Result<(), String> {
    let count = triangles().len() as u32;
    let plain = binary("made by hand", count, 0);
    let behind = |bytes: &[u8]| [&plain[..], bytes].concat();
    let files = vec![
        ("plain", "a.stl", plain.clone()),
        (
            "a header that begins with solid",
            "a.stl",
            binary("solid bone", count, 0),
        ),
        (
            "a header of facets",
            "a.stl",
            binary("solid facet endsolid", count, 0),
        ),
        ("colours", "a.stl", binary("COLOR=", count, 0x7FFF)),
        ("two bytes behind", "a.stl", behind(b"ab")),
        ("padding behind", "a.stl", behind(&[0; 512])),
        (
            "solid, and a line end behind",
            "a.stl",
            [&binary("solid", count, 0)[..], b"\r\n"].concat(),
        ),
    ];
    all_enclose(VOLUME, files)
}

/// An OBJ file whose corners are written by `corner` from numbers counted from 1.
fn obj_with(corner: impl Fn(usize) -> String) -> String {
    let mut text = "# made by hand\nmtllib bone.mtl\no bone\n".to_owned();
    for [x, y, z] in VERTICES {
        let _ = writeln!(text, "v {x} {y} {z}");
    }
    text += "vt 0 0\nvn 0 0 1\ng all\nusemtl ivory\ns off\n";
    for face in FACES {
        let corners: Vec<String> = face.iter().map(|&v| corner(v + 1)).collect();
        let _ = writeln!(text, "f {}", corners.join(" "));
    }
    text
}

#[rustfmt::skip]
fn obj() -> Result<(), String> {
    let plain = obj_with(|v| v.to_string());
    let last = VERTICES.len();
    // A concave side: the edge from 1 to 2 is bent in, which a fan from any other corner crosses.
    let hollow = "v 0 0 0\nv 20 0 0\nv 10 10 0\nv 20 30 0\nv 0 30 0\n\
                  v 0 0 40\nv 20 0 40\nv 10 10 40\nv 20 30 40\nv 0 30 40\n\
                  f 4 3 2 1 5\nf 9 10 6 7 8\nf 1 2 7 6\nf 2 3 8 7\nf 3 4 9 8\nf 4 5 10 9\nf 5 1 6 10\n";
    let mut latin = b"# K\xF6rper\no Wirbel\xE9\n".to_vec();
    latin.extend(plain.bytes());
    let files = vec![
        ("plain", "a.obj", plain.clone().into_bytes()),
        ("counted backwards", "a.obj", obj_with(|v| format!("-{}", last + 1 - v)).into_bytes()),
        ("with textures and normals", "a.obj", obj_with(|v| format!("{v}/1/1")).into_bytes()),
        ("with normals", "a.obj", obj_with(|v| format!("{v}//1")).into_bytes()),
        ("faces continued", "a.obj", obj_with(|v| format!("\\\n {v}")).into_bytes()),
        ("vertices continued", "a.obj", plain.replace("v 20 ", "v 20 \\\r\n").into_bytes()),
        ("remarks behind lines", "a.obj", plain.replace(" 40\n", " 40 # top \\\n").into_bytes()),
        ("colours behind vertices", "a.obj", plain.replace(" 40\n", " 40 0.5 0.5 0.5\n").into_bytes()),
        ("Latin-1", "a.obj", latin),
        ("a byte-order mark", "a.obj", [b"\xEF\xBB\xBF", plain.as_bytes()].concat()),
        ("a vertex of no face", "a.obj", format!("{plain}v 9000 0 0\n").into_bytes()),
        ("Windows lines", "a.obj", plain.replace('\n', "\r\n").into_bytes()),
    ];
    all_enclose(VOLUME, files)?;
    // 20 by 30 less the triangle bent in, 10·30/2, times 40.
    all_enclose(
        450.0 * 40.0,
        vec![("a hollow face", "a.obj", hollow.as_bytes().to_vec())],
    )
}

/// A PLY header; `list` is the type of a face's list, `more` further lines.
fn ply_header(format: &str, list: &str, more: &str) -> String {
    format!(
        "ply\nformat {format} 1.0\ncomment made by hand\n{more}element vertex {}\nproperty double x\n\
         property double y\nproperty double z\nelement face {}\nproperty list {list} vertex_indices\n\
         end_header\n",
        VERTICES.len(),
        FACES.len()
    )
}

fn ply_lines(list: &str) -> String {
    let mut text = ply_header("ascii", list, "");
    for [x, y, z] in VERTICES {
        let _ = writeln!(text, "{x} {y} {z}");
    }
    text + &ply_faces()
}

fn ply_faces() -> String {
    let mut text = String::new();
    for face in FACES {
        let corners: Vec<String> = face.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "{} {}", face.len(), corners.join(" "));
    }
    text
}

#[rustfmt::skip]
fn ascii_ply() -> Result<(), String> {
    let plain = ply_lines("uchar int");
    let faces_first = {
        let header = ply_header("ascii", "uchar int", "");
        let [vertex, face] =
            ["element vertex", "element face"].map(|w| header.find(w).unwrap_or(0));
        let end = header.find("end_header").unwrap_or(0);
        let lines: String = VERTICES
            .iter()
            .map(|[x, y, z]| format!("{x} {y} {z}\n"))
            .collect();
        let order = [
            &header[..vertex],
            &header[face..end],
            &header[vertex..face],
            &header[end..],
        ];
        order.concat() + &ply_faces() + &lines
    };
    let coloured = plain
        .replace("element face", "property uchar red\nelement face")
        .replace("property list", "property float quality\nproperty list")
        .replace(
            "end_header",
            "property int flags\nelement edge 1\nproperty int vertex1\nend_header",
        );
    let end = coloured.find("end_header\n").unwrap_or(0) + 11;
    let mut body = String::new();
    for (n, line) in coloured[end..].lines().enumerate() {
        let (before, behind) = if n < VERTICES.len() {
            ("", " 255")
        } else {
            ("0.5 ", " 7")
        };
        let _ = writeln!(body, "{before}{line}{behind}");
    }
    let coloured = format!("{}{body}3\n", &coloured[..end]);
    let strips = format!(
        "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\n\
         property float z\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n\
         0 0 0\n30 0 0\n0 40 0\n0 0 50\n{}\n",
        // Three of the four in one strip, the last by itself.
        "9 0 2 1 3 0 -1 0 3 2"
    );
    let files = vec![
        ("plain", "a.ply", plain.clone().into_bytes()),
        ("vertex_index", "a.ply", plain.replace("vertex_indices", "vertex_index").into_bytes()),
        ("other names of types", "a.ply", ply_lines("uint8 uint32").replace("double", "float64").into_bytes()),
        ("faces first", "a.ply", faces_first.into_bytes()),
        ("more properties and elements", "a.ply", coloured.into_bytes()),
        ("Windows lines", "a.ply", plain.replace('\n', "\r\n").into_bytes()),
        ("old Mac lines", "a.ply", plain.replace('\n', "\r").into_bytes()),
        ("remarks and object information", "a.ply", plain.replace("comment", "obj_info n 1\ncomment \u{e9}").into_bytes()),
        ("an element without properties", "a.ply", plain.replace("end_header", "element camera 999999999999\nend_header").into_bytes()),
        ("called .stl", "a.stl", plain.into_bytes()),
    ];
    all_enclose(VOLUME, files)?;
    let tetrahedron = 30.0 * 40.0 * 50.0 / 6.0;
    all_enclose(tetrahedron, vec![("strips", "a.ply", strips.into_bytes())])
}

/// A binary PLY file, big-endian or not, with the header's lines ended by `end` and `size` bytes a
/// vertex number.
fn ply_bytes(big: bool, end: &str, size: usize, count: usize) -> Vec<u8> {
    let name = |size: usize| ["", "uchar", "ushort", "", "int"][size];
    let format = if big {
        "binary_big_endian"
    } else {
        "binary_little_endian"
    };
    let list = format!("{} {}", name(count), name(size));
    let mut bytes = ply_header(format, &list, "")
        .replace('\n', end)
        .into_bytes();
    for x in VERTICES.iter().flatten() {
        bytes.extend(if big {
            x.to_be_bytes()
        } else {
            x.to_le_bytes()
        });
    }
    let mut push = |value: usize, size: usize| {
        let all = if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        };
        bytes.extend(if big { &all[8 - size..] } else { &all[..size] });
    };
    for face in FACES {
        push(face.len(), count);
        face.iter().for_each(|&v| push(v, size));
    }
    bytes
}

fn binary_ply() -> Result<(), String> {
    let files = vec![
        ("little-endian", "a.ply", ply_bytes(false, "\n", 4, 1)),
        ("big-endian", "a.ply", ply_bytes(true, "\n", 4, 1)),
        ("bytes for numbers", "a.ply", ply_bytes(false, "\n", 1, 1)),
        (
            "short numbers, long counts",
            "a.ply",
            ply_bytes(true, "\n", 2, 4),
        ),
        (
            "a header of Windows lines",
            "a.ply",
            ply_bytes(false, "\r\n", 4, 1),
        ),
        (
            "a header of old Mac lines",
            "a.ply",
            ply_bytes(true, "\r", 4, 1),
        ),
        (
            "bytes behind",
            "a.ply",
            [&ply_bytes(false, "\n", 4, 1)[..], b"\0\0\n"].concat(),
        ),
    ];
    all_enclose(VOLUME, files)
}

/// What a file is, its name, its bytes, words of the refusal.
type Refused = (&'static str, &'static str, Vec<u8>, &'static [&'static str]);

#[rustfmt::skip]
fn refused() -> Result<(), String> {
    let count = triangles().len() as u32;
    let wide: Vec<u8> = stl("bone")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let table: Vec<Refused> = vec![
        ("UTF-16", "a.stl", [b"\xFF\xFE", &wide[..]].concat(), &["UTF-16 text", "Latin-1 or UTF-8"]),
        ("a count of none", "a.stl", binary("x", 0, 0), &["84 bytes, as its triangle count says"]),
        ("a count too small", "a.stl", binary("x", count - 3, 0), &["as its triangle count says"]),
        ("a count too large", "a.stl", binary("x", count + 1, 0), &["as its triangle count says"]),
        ("commas for points", "a.stl", stl("x").replace("20 ", "20,0 ").into_bytes(), &["line ", "\"20,0\"", "a finite number"]),
        ("a square facet", "a.stl", stl("x").replacen("    endloop", "vertex 1 1 1\nendloop", 1).into_bytes(), &["line 9", "a facet of 4 vertices"]),
        ("no end", "a.stl", stl("x").replace("endsolid", "").into_bytes(), &["\"x\""]),
        ("a face of two", "a.obj", obj_with(|v| v.to_string()).replace("f 8 9 10", "f 8 9").into_bytes(), &["a face of 2 corners"]),
        ("a vertex too many", "a.obj", obj_with(|v| v.to_string()).replace("f 8 9 10", "f 8 9 11").into_bytes(), &["\"11\"", "1 to 10"]),
        ("points only", "a.obj", b"v 0 0 0\nv 1 1 1\n".to_vec(), &["no triangles"]),
        ("an unknown type", "a.ply", ply_lines("uchar int128").into_bytes(), &["line 9", "a property of a known type"]),
        ("no faces", "a.ply", ply_lines("uchar int").replace("element face 7", "element face 0").into_bytes(), &["no triangles"]),
        ("cut short", "a.ply", ply_bytes(true, "\n", 4, 1)[..300].to_vec(), &["the end of the file"]),
    ];
    for (what, name, content, words) in table {
        let message = match volume(name, &content) {
            Err(message) => message,
            Ok(volume) => return Err(format!("{what}: read as {volume} mm³")),
        };
        for word in words {
            if !message.contains(word) {
                return Err(format!("{what}: no {word:?} in {message}"));
            }
        }
    }
    Ok(())
}

fn two_cubes() -> Result<(), String> {
    let cube = |x: f64, y: f64| {
        let corner = |c: usize| [c & 1, c >> 1 & 1, c >> 2].map(|bit| 20.0 * bit as f64);
        let squares = [
            [0, 2, 3, 1],
            [4, 5, 7, 6],
            [0, 1, 5, 4],
            [2, 6, 7, 3],
            [0, 4, 6, 2],
            [1, 3, 7, 5],
        ];
        let triangles = squares
            .into_iter()
            .flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]]);
        triangles.flatten().fold(String::new(), move |text, c| {
            let p = corner(c);
            text + &format!("v {} {} {}\n", p[0] + x, p[1] + y, p[2])
        })
    };
    let mut text = cube(0.0, 0.0) + &cube(20.0, 20.0);
    for t in 0..24 {
        let _ = writeln!(text, "f {} {} {}", 3 * t + 1, 3 * t + 2, 3 * t + 3);
    }
    all_enclose(16_000.0, vec![("two cubes", "a.obj", text.into_bytes())])
}

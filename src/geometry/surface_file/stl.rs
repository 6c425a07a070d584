//! STL, binary and ASCII. A binary file is known by its length, since some begin with "solid" too.

use super::raw::{Fault, FileSurface, lines, point};
use crate::tensor::Point;

const HEADER: usize = 84;
const RECORD: usize = 50;

pub(super) fn parse(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let count = bytes
        .get(80..HEADER)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let expected = count.map(|n| HEADER + n * RECORD);
    if expected == Some(bytes.len()) {
        return binary(bytes);
    }
    let begins_solid = bytes.trim_ascii_start().starts_with(b"solid");
    match std::str::from_utf8(bytes) {
        Ok(text) if begins_solid => ascii(text),
        _ => Err(Fault::at_byte(
            bytes.len(),
            "the end of the file",
            expected.map_or_else(
                || "a binary STL's 84 bytes of header, or an ASCII STL's \"solid\"".to_owned(),
                |n| format!("a binary STL of {n} bytes, as its triangle count says"),
            ),
        )),
    }
}

fn binary(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let mut surface = FileSurface {
        vertices: Vec::new(),
        triangles: Vec::new(),
    };
    for (t, record) in bytes[HEADER..].chunks_exact(RECORD).enumerate() {
        let first = surface.vertices.len() as u32;
        for corner in 0..3 {
            let coordinates: [f64; 3] = std::array::from_fn(|k| {
                let at = 12 + 12 * corner + 4 * k;
                let four = [record[at], record[at + 1], record[at + 2], record[at + 3]];
                f64::from(f32::from_le_bytes(four))
            });
            let p = Point::from(coordinates);
            if !p.iter().all(|x| x.is_finite()) {
                let byte = HEADER + t * RECORD + 12 + 12 * corner;
                return Err(Fault::at_byte(
                    byte,
                    format!("corner ({}, {}, {}) of triangle {t}", p.x, p.y, p.z),
                    "finite numbers",
                ));
            }
            surface.vertices.push(p);
        }
        surface.triangles.push([first, first + 1, first + 2]);
    }
    Ok(surface)
}

fn ascii(text: &str) -> Result<FileSurface, Fault> {
    let mut surface = FileSurface {
        vertices: Vec::new(),
        triangles: Vec::new(),
    };
    let mut corners_of_facet = 0;
    let mut ended = false;
    for (line, words) in lines(text) {
        match words[0] {
            "vertex" => {
                surface.vertices.push(point(&words[1..], line)?);
                corners_of_facet += 1;
            }
            "endfacet" => {
                if corners_of_facet != 3 {
                    return Err(Fault::at_line(
                        line,
                        format!("a facet of {corners_of_facet} vertices"),
                        "three vertices",
                    ));
                }
                let n = surface.vertices.len() as u32;
                surface.triangles.push([n - 3, n - 2, n - 1]);
                corners_of_facet = 0;
            }
            "endsolid" => ended = true,
            "solid" | "facet" | "outer" | "endloop" => {}
            other => {
                return Err(Fault::at_line(
                    line,
                    format!("{other:?}"),
                    "an ASCII STL keyword",
                ));
            }
        }
    }
    if !ended || corners_of_facet != 0 {
        return Err(Fault::at_line(
            text.lines().count(),
            "the end of the file",
            "\"endsolid\"",
        ));
    }
    Ok(surface)
}

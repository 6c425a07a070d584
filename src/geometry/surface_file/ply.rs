//! PLY, ASCII and binary of either byte order: elements `vertex` (x, y, z), `face` (one list of
//! vertex numbers, called `vertex_indices` or `vertex_index`) and `tristrips` (the same, strips of
//! triangles parted by −1), in any order and of any type. Everything else is skipped over.

use super::raw::{Fault, FileSurface, shown, without_mark};
use crate::tensor::Point;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Ascii,
    Little,
    Big,
}

#[derive(Clone, Copy)]
enum Scalar {
    Int(usize, bool),
    Float(usize),
}

struct Property {
    name: String,
    scalar: Scalar,
    /// Type of the count, where the property is a list.
    count: Option<Scalar>,
}

struct Element {
    name: String,
    count: usize,
    properties: Vec<Property>,
}

struct Header {
    encoding: Encoding,
    elements: Vec<Element>,
    /// First byte of the body and the lines before it.
    body: usize,
    lines: usize,
}

/// Corners of a face or of a strip, and where they stand.
struct Corners {
    place: String,
    numbers: Vec<f64>,
    is_strip: bool,
}

/// Whether a file begins as PLY files do.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ply\n") || bytes.starts_with(b"ply\r")
}

pub(super) fn parse(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let bytes = without_mark(bytes)?;
    let header = header(bytes)?;
    let mut reader = Reader {
        bytes,
        at: header.body,
        line: header.lines + 1,
        encoding: header.encoding,
    };
    let mut surface = FileSurface::default();
    let mut faces = Vec::new();
    for element in header.elements.iter().filter(|e| !e.properties.is_empty()) {
        let columns = match element.name.as_str() {
            "vertex" if element.count > 0 => axes(element, header.lines)?,
            _ => [0; 3],
        };
        for _ in 0..element.count {
            let place = reader.place();
            let mut row = element
                .properties
                .iter()
                .map(|p| reader.property(p))
                .collect::<Result<Vec<_>, Fault>>()?;
            match element.name.as_str() {
                "vertex" => {
                    let p = Point::from(columns.map(|c| row[c][0]));
                    surface.add_vertex(p, || place, 0);
                }
                name @ ("face" | "tristrips") => {
                    let is_list =
                        |q: &Property| ["vertex_indices", "vertex_index"].contains(&&*q.name);
                    let column = element.properties.iter().position(is_list);
                    faces.push(Corners {
                        place,
                        numbers: column.map_or_else(Vec::new, |c| std::mem::take(&mut row[c])),
                        is_strip: name == "tristrips",
                    });
                }
                _ => {}
            }
        }
    }
    // Faces may stand before the vertices they join.
    for face in faces {
        add(face, &mut surface)?;
    }
    Ok(surface)
}

/// The columns of x, y and z.
fn axes(element: &Element, line: usize) -> Result<[usize; 3], Fault> {
    let mut columns = [0; 3];
    for (column, axis) in columns.iter_mut().zip(["x", "y", "z"]) {
        let is_axis = |q: &Property| q.name == axis && q.count.is_none();
        let found = element.properties.iter().position(is_axis);
        *column = found.ok_or_else(|| {
            let found = format!("vertices without the property {axis}");
            Fault::at_line(line, found, "x, y and z of each, a number each")
        })?;
    }
    Ok(columns)
}

fn add(face: Corners, surface: &mut FileSurface) -> Result<(), Fault> {
    let count = surface.vertices.len();
    let is_sound = |v: &f64| *v >= 0.0 && (*v as usize) < count && v.fract() == 0.0;
    let ends = |v: &f64| face.is_strip && *v == -1.0;
    let sound = face.numbers.iter().all(|v| is_sound(v) || ends(v));
    if !sound || (face.numbers.len() < 3 && !face.is_strip) {
        return Err(Fault {
            place: face.place,
            found: format!("a face of {}", named(&face.numbers)),
            expected: format!("three or more vertex numbers below {count}"),
        });
    }
    for strip in face.numbers.split(ends) {
        let corners: Vec<u32> = strip.iter().map(|&v| v as u32).collect();
        if !face.is_strip {
            surface.add_polygon(&corners);
            continue;
        }
        for (k, w) in corners.windows(3).enumerate() {
            let [a, b, c] = if k % 2 == 0 {
                [w[0], w[1], w[2]]
            } else {
                [w[1], w[0], w[2]]
            };
            // A strip turns a corner by naming a vertex twice.
            if a != b && b != c && c != a {
                surface.triangles.push([a, b, c]);
            }
        }
    }
    Ok(())
}

/// The first corners of a face as they are written.
fn named(numbers: &[f64]) -> String {
    const NAMED: usize = 6;
    let words: Vec<String> = numbers.iter().take(NAMED).map(f64::to_string).collect();
    let more = if numbers.len() > NAMED { ", …" } else { "" };
    match words.is_empty() {
        true => "no corners".to_owned(),
        false => format!("the vertices {}{more}", words.join(", ")),
    }
}

fn header(bytes: &[u8]) -> Result<Header, Fault> {
    let mut encoding = None;
    let mut elements: Vec<Element> = Vec::new();
    let mut at = 0;
    let mut number = 0;
    // As the first line ends, so do the others: binary data may begin with either byte.
    let end = bytes.iter().find(|b| b"\r\n".contains(b));
    let end = match end {
        Some(b'\r') if !bytes.starts_with(b"ply\r\n") => b'\r',
        _ => b'\n',
    };
    while let Some(length) = bytes[at..].iter().position(|&b| b == end) {
        number += 1;
        let text = String::from_utf8_lossy(&bytes[at..at + length]).into_owned();
        at += length + 1;
        let words: Vec<&str> = text.split_whitespace().collect();
        let wrong = |expected: &str| Fault::at_line(number, shown(text.trim()), expected);
        match words[..] {
            ["ply"] if number == 1 => {}
            _ if number == 1 => return Err(wrong("\"ply\"")),
            ["format", "ascii", _] => encoding = Some(Encoding::Ascii),
            ["format", "binary_little_endian", _] => encoding = Some(Encoding::Little),
            ["format", "binary_big_endian", _] => encoding = Some(Encoding::Big),
            ["element", name, count] => elements.push(Element {
                name: name.to_owned(),
                count: count.parse().map_err(|_| wrong("a count of elements"))?,
                properties: Vec::new(),
            }),
            ["property", ..] => {
                let property =
                    property(&words).ok_or_else(|| wrong("a property of a known type"))?;
                let last = elements.last_mut();
                last.ok_or_else(|| wrong("an element before its properties"))?
                    .properties
                    .push(property);
            }
            ["end_header"] => {
                return Ok(Header {
                    encoding: encoding.ok_or_else(|| wrong("a format line before it"))?,
                    elements,
                    body: at,
                    lines: number,
                });
            }
            ["comment" | "obj_info", ..] | [] => {}
            _ => return Err(wrong("a PLY header line")),
        }
    }
    Err(Fault::at_line(
        number + 1,
        "the end of the file",
        "\"end_header\"",
    ))
}

fn property(words: &[&str]) -> Option<Property> {
    let (scalar, count, name) = match *words {
        ["property", "list", count, item, name] => (scalar(item)?, Some(scalar(count)?), name),
        ["property", item, name] => (scalar(item)?, None, name),
        _ => return None,
    };
    Some(Property {
        name: name.to_owned(),
        scalar,
        count,
    })
}

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "char" | "int8" => Scalar::Int(1, true),
        "uchar" | "uint8" => Scalar::Int(1, false),
        "short" | "int16" => Scalar::Int(2, true),
        "ushort" | "uint16" => Scalar::Int(2, false),
        "int" | "int32" => Scalar::Int(4, true),
        "uint" | "uint32" => Scalar::Int(4, false),
        "float" | "float32" => Scalar::Float(4),
        "double" | "float64" => Scalar::Float(8),
        _ => return None,
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    encoding: Encoding,
}

impl Reader<'_> {
    /// Where the next value stands.
    fn place(&mut self) -> String {
        self.skip_space();
        if self.encoding == Encoding::Ascii {
            format!("line {}", self.line)
        } else {
            format!("byte {}", self.at)
        }
    }

    fn property(&mut self, property: &Property) -> Result<Vec<f64>, Fault> {
        let count = match property.count {
            None => 1,
            Some(scalar) => self.value(scalar)? as usize,
        };
        // A corrupt count must not reserve memory: values are read one by one.
        (0..count).map(|_| self.value(property.scalar)).collect()
    }

    fn value(&mut self, scalar: Scalar) -> Result<f64, Fault> {
        if self.encoding == Encoding::Ascii {
            return self.word();
        }
        let (Scalar::Int(size, _) | Scalar::Float(size)) = scalar;
        let Some(bytes) = self.bytes.get(self.at..self.at + size) else {
            return Err(Fault::at_byte(
                self.bytes.len(),
                "the end of the file",
                format!("{size} more bytes at byte {}", self.at),
            ));
        };
        self.at += size;
        let mut buffer = [0u8; 8];
        // As a little-endian number in the low bytes.
        for (k, &b) in bytes.iter().enumerate() {
            let to = if self.encoding == Encoding::Big {
                size - 1 - k
            } else {
                k
            };
            buffer[to] = b;
        }
        let raw = u64::from_le_bytes(buffer);
        Ok(match scalar {
            Scalar::Float(4) => f64::from(f32::from_bits(raw as u32)),
            Scalar::Float(_) => f64::from_bits(raw),
            Scalar::Int(1, true) => f64::from(raw as u8 as i8),
            Scalar::Int(2, true) => f64::from(raw as u16 as i16),
            Scalar::Int(_, true) => f64::from(raw as u32 as i32),
            Scalar::Int(_, false) => raw as f64,
        })
    }

    /// Between the numbers of an ASCII file; binary ones have none.
    fn skip_space(&mut self) {
        while self.encoding == Encoding::Ascii
            && let Some(b) = self.bytes.get(self.at)
            && b.is_ascii_whitespace()
        {
            let next = self.bytes.get(self.at + 1);
            self.line += usize::from(*b == b'\n' || (*b == b'\r' && next != Some(&b'\n')));
            self.at += 1;
        }
    }

    fn word(&mut self) -> Result<f64, Fault> {
        self.skip_space();
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let length = rest
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(rest.len());
        let word = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length;
        if word.is_empty() {
            return Err(Fault::at_line(self.line, "the end of the file", "a number"));
        }
        word.parse()
            .map_err(|_| Fault::at_line(self.line, shown(&word), "a number"))
    }
}

//! A surface as it stands in a file, and what in it is not as expected.

use std::borrow::Cow;

use super::super::rim::side_to_side;
use crate::tensor::{Point, Vec3};

/// Corners and triangles as they stand in a file.
#[derive(Default)]
pub(super) struct FileSurface {
    pub vertices: Vec<Point>,
    pub triangles: Vec<[u32; 3]>,
    /// Vertices whose coordinates are not finite: a fault where a triangle has them.
    pub not_finite: Vec<(u32, Fault)>,
}

impl FileSurface {
    /// Adds a vertex that is written at `place`, as the file's number `first` more than those before it.
    pub fn add_vertex(&mut self, p: Point, place: impl FnOnce() -> String, first: usize) {
        if !p.iter().all(|x| x.is_finite()) {
            let fault = Fault {
                place: place(),
                found: format!(
                    "({}, {}, {}) of vertex {}, counted from {first}",
                    p.x,
                    p.y,
                    p.z,
                    self.vertices.len() + first
                ),
                expected: "finite numbers where a triangle has the vertex".to_owned(),
            };
            self.not_finite.push((self.vertices.len() as u32, fault));
        }
        self.vertices.push(p);
    }

    /// Adds a polygon of three corners or more, all of them numbers of vertices: fanned from its first
    /// corner, a hollow one cut so that no triangle lies outside it.
    pub fn add_polygon(&mut self, corners: &[u32]) {
        let fan = || corners[1..].windows(2).map(|w| [corners[0], w[0], w[1]]);
        if corners.len() > 3 && self.is_hollow(fan()) {
            let points: Vec<Point> = corners.iter().map(|&v| self.vertices[v as usize]).collect();
            if let Some(cut) = side_to_side(&points) {
                let named = cut.into_iter().map(|t| t.map(|i| corners[i]));
                self.triangles.extend(named);
                return;
            }
        }
        self.triangles.extend(fan());
    }

    /// Whether a triangle of a fan faces against the whole.
    fn is_hollow(&self, fan: impl Iterator<Item = [u32; 3]>) -> bool {
        let normals: Vec<Vec3> = fan
            .map(|t| {
                let [a, b, c] = t.map(|v| self.vertices[v as usize]);
                (b - a).cross(&(c - a))
            })
            .collect();
        let whole: Vec3 = normals.iter().sum();
        normals.iter().any(|n| n.dot(&whole) < 0.0)
    }
}

/// Where and what in a file was not as expected; the path is added by [`read_surface`](super::read_surface).
pub(super) struct Fault {
    pub place: String,
    pub found: String,
    pub expected: String,
}

impl Fault {
    pub fn at_line(line: usize, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            place: format!("line {line}"),
            found: found.into(),
            expected: expected.into(),
        }
    }

    pub fn at_byte(byte: usize, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            place: format!("byte {byte}"),
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// The bytes behind a UTF-8 byte-order mark, if there is one.
///
/// # Errors
/// UTF-16 text, known by its mark.
pub(super) fn without_mark(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Fault::at_byte(0, "UTF-16 text", "ASCII, Latin-1 or UTF-8"));
    }
    Ok(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

/// Bytes as text. Names may be in any encoding that extends ASCII; what is not UTF-8 in them is
/// replaced, since they are not kept.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The lines of a text with their numbers from 1; they end as Unix, Windows or the old Mac end them.
pub(super) fn numbered_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end).enumerate().map(|(n, line)| (n + 1, line))
}

/// A number, finite or not.
pub(super) fn number(word: Option<&&str>, line: usize) -> Result<f64, Fault> {
    let Some(word) = word else {
        return Err(Fault::at_line(line, "end of line", "a number"));
    };
    (word.parse()).map_err(|_| Fault::at_line(line, shown(word), "a finite number"))
}

/// The first three words as a point, its coordinates finite or not.
pub(super) fn point(words: &[&str], line: usize) -> Result<Point, Fault> {
    Ok(Point::new(
        number(words.first(), line)?,
        number(words.get(1), line)?,
        number(words.get(2), line)?,
    ))
}

/// What is shown of what is no text.
pub(super) const BINARY: &str = "binary data";

/// What stands in a file, for a message: in quotes and not longer than a line, or what it is where it is
/// no text.
pub(super) fn shown(words: &str) -> String {
    const LONGEST: usize = 60;
    let is_text = |c: char| c == '\t' || !(c.is_control() || c == char::REPLACEMENT_CHARACTER);
    if !words.chars().all(is_text) {
        return BINARY.to_owned();
    }
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?} …", &words[..end]),
        None => format!("{words:?}"),
    }
}

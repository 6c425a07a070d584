//! STL, binary and ASCII. A binary file is known by its length, since some begin with "solid" too.
//!
//! Words of the ASCII form stand in any case, `end solid` for `endsolid`, on as many lines as the writer
//! likes; names are skipped. What follows the last solid, or the last triangle of a binary file, is not
//! looked at, unless it could be triangles that the count has forgotten.

use super::raw::{BINARY, Fault, FileSurface, number, numbered_lines, shown, text, without_mark};
use crate::tensor::Point;

const HEADER: usize = 84;
const RECORD: usize = 50;

pub(super) fn parse(bytes: &[u8]) -> Result<FileSurface, Fault> {
    if let Some(end) = end_of_binary(bytes) {
        return binary(&bytes[..end]);
    }
    let unmarked = without_mark(bytes)?;
    if is_ascii(unmarked) {
        return ascii(&text(unmarked));
    }
    let form = "a binary STL's 84 bytes of header, or an ASCII STL's \"solid\" and \"facet\"";
    let first = unmarked.split(|b| b"\r\n".contains(b)).next();
    match (said_length(bytes), shown(&text(first.unwrap_or_default()))) {
        (Some(length), words) if bytes.contains(&0) || words == BINARY => Err(Fault::at_byte(
            bytes.len(),
            "the end of the file",
            format!("a binary STL of {length} bytes, as its triangle count says"),
        )),
        (None, _) => Err(Fault::at_byte(bytes.len(), "the end of the file", form)),
        (Some(_), words) => Err(Fault::at_line(1, words, form)),
    }
}

/// Whether a file is an STL, ASCII or binary.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    end_of_binary(bytes).is_some() || without_mark(bytes).is_ok_and(is_ascii)
}

/// The bytes of a binary file with as many triangles as the count behind the header says.
fn said_length(bytes: &[u8]) -> Option<usize> {
    let count = bytes.get(80..HEADER)?;
    let count = u32::from_le_bytes([count[0], count[1], count[2], count[3]]);
    Some(HEADER + count as usize * RECORD)
}

/// Where the triangles of a binary file end, if it is one: behind them nothing that could be another.
fn end_of_binary(bytes: &[u8]) -> Option<usize> {
    let end = said_length(bytes)?;
    let behind = bytes.get(end..)?;
    let is_filling = behind.iter().all(|b| b"\0 \r\n\x1a".contains(b));
    (behind.is_empty() || (!is_ascii(bytes) && (behind.len() < RECORD || is_filling)))
        .then_some(end)
}

/// Whether a file begins with the word `solid` and goes on as an ASCII STL does.
pub(super) fn is_ascii(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 1000;
    let start = bytes.trim_ascii_start();
    let start = text(&start[..start.len().min(LOOKED_AT)]).to_ascii_lowercase();
    let goes_on = ["facet", "endsolid", "end solid"];
    start.starts_with("solid") && goes_on.iter().any(|word| start.contains(word))
}

fn binary(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let mut surface = FileSurface::default();
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
    let mut reader = Ascii::default();
    let mut last = 0;
    for (line, content) in numbered_lines(text) {
        let words: Vec<&str> = content.split_whitespace().collect();
        let mut rest = &words[..];
        while !rest.is_empty() {
            rest = reader.read(rest, line)?;
        }
        last = line;
    }
    if !reader.ended || reader.corners != 0 {
        let expected = "\"endsolid\"";
        return Err(Fault::at_line(last, "the end of the file", expected));
    }
    Ok(reader.surface)
}

/// What has been read of an ASCII file.
#[derive(Default)]
struct Ascii {
    surface: FileSurface,
    /// Vertices of the facet that is being read.
    corners: usize,
    /// Whether the last solid has ended.
    ended: bool,
}

impl Ascii {
    /// Reads one statement; the words of the line after it.
    fn read<'a>(&mut self, words: &'a [&'a str], line: usize) -> Result<&'a [&'a str], Fault> {
        let mut keyword = words[0].to_ascii_lowercase();
        let mut rest = &words[1..];
        if keyword == "end"
            && let Some(what) = rest.first()
        {
            keyword.push_str(&what.to_ascii_lowercase());
            rest = &rest[1..];
        }
        match keyword.as_str() {
            "vertex" => {
                let mut p = Point::origin();
                for k in 0..3 {
                    p[k] = number(rest.get(k), line)?;
                    if !p[k].is_finite() {
                        return Err(Fault::at_line(line, shown(rest[k]), "a finite number"));
                    }
                }
                self.surface.vertices.push(p);
                self.corners += 1;
                rest = &rest[3..];
            }
            // The normal is not needed, and often no number.
            "facet" => rest = &rest[rest.len().min(4)..],
            "endfacet" => self.end_facet(line)?,
            "endsolid" => {
                self.ended = true;
                rest = &[];
            }
            "solid" => {
                self.ended = false;
                rest = &[];
            }
            "outer" | "loop" | "endloop" => {}
            _ if self.ended => rest = &[],
            _ => {
                return Err(Fault::at_line(
                    line,
                    shown(words[0]),
                    "an ASCII STL keyword",
                ));
            }
        }
        Ok(rest)
    }

    fn end_facet(&mut self, line: usize) -> Result<(), Fault> {
        if self.corners != 3 {
            let found = format!("a facet of {} vertices", self.corners);
            return Err(Fault::at_line(line, found, "three vertices"));
        }
        let n = self.surface.vertices.len() as u32;
        self.surface.triangles.push([n - 3, n - 2, n - 1]);
        self.corners = 0;
        Ok(())
    }
}

//! A surface as it stands in a file, and what in it is not as expected.

use crate::tensor::Point;

/// Corners and triangles as they stand in a file.
pub(super) struct FileSurface {
    pub vertices: Vec<Point>,
    pub triangles: Vec<[u32; 3]>,
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

/// The lines of a text with their numbers from 1, split into words; empty lines and comments that
/// begin with `#` are left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.split_whitespace().collect::<Vec<_>>()))
        .filter(|(_, words)| words.first().is_some_and(|w| !w.starts_with('#')))
}

pub(super) fn number(word: Option<&&str>, line: usize) -> Result<f64, Fault> {
    let Some(word) = word else {
        return Err(Fault::at_line(line, "end of line", "a number"));
    };
    match word.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Fault::at_line(line, format!("{word:?}"), "a finite number")),
    }
}

pub(super) fn point(words: &[&str], line: usize) -> Result<Point, Fault> {
    Ok(Point::new(
        number(words.first(), line)?,
        number(words.get(1), line)?,
        number(words.get(2), line)?,
    ))
}

//! Wavefront OBJ: the `v` and `f` lines, which a backslash continues and a `#` ends; everything else is
//! skipped over.

use super::raw::{Fault, FileSurface, numbered_lines, point, shown, text, without_mark};

/// Whether a file is text of which some line begins as a vertex does.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let is_vertex = |line: &[u8]| {
        let line = line.trim_ascii_start();
        line.starts_with(b"v ") || line.starts_with(b"v\t")
    };
    !bytes.contains(&0) && bytes.split(|b| b"\r\n".contains(b)).any(is_vertex)
}

pub(super) fn parse(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let text = text(without_mark(bytes)?);
    let mut surface = FileSurface::default();
    let mut statement: Vec<&str> = Vec::new();
    let mut first = None;
    for (number, line) in numbered_lines(&text) {
        let content = line.split('#').next().unwrap_or("").trim_end();
        let (content, goes_on) = match content.strip_suffix('\\') {
            Some(content) => (content, true),
            None => (content, false),
        };
        statement.extend(content.split_whitespace());
        let at = *first.get_or_insert(number);
        if !goes_on {
            add(&statement, at, &mut surface)?;
            statement.clear();
            first = None;
        }
    }
    add(&statement, first.unwrap_or(0), &mut surface)?;
    Ok(surface)
}

fn add(words: &[&str], line: usize, surface: &mut FileSurface) -> Result<(), Fault> {
    match words {
        ["v", coordinates @ ..] => {
            let place = || format!("line {line}");
            surface.add_vertex(point(coordinates, line)?, place, 1);
        }
        ["f", corners @ ..] => {
            let count = surface.vertices.len();
            let corners = corners
                .iter()
                .map(|w| corner(w, count, line))
                .collect::<Result<Vec<u32>, Fault>>()?;
            if corners.len() < 3 {
                let found = format!("a face of {} corners", corners.len());
                return Err(Fault::at_line(line, found, "three or more"));
            }
            surface.add_polygon(&corners);
        }
        _ => {}
    }
    Ok(())
}

/// A corner `7`, `7/1`, `7//3` or `7/1/3`: from 1, or from the last vertex backwards if negative.
fn corner(word: &str, count: usize, line: usize) -> Result<u32, Fault> {
    let index = word.split('/').next().unwrap_or("");
    let expected = || format!("a vertex number from 1 to {count}");
    let wrong = || Fault::at_line(line, shown(word), expected());
    let n: i64 = index.parse().map_err(|_| wrong())?;
    let zero_based = if n < 0 { count as i64 + n } else { n - 1 };
    if n != 0 && (0..count as i64).contains(&zero_based) {
        u32::try_from(zero_based).map_err(|_| wrong())
    } else {
        Err(wrong())
    }
}

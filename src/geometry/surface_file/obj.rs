//! Wavefront OBJ: the `v` and `f` lines; polygons are fanned from their first corner.

use super::raw::{Fault, FileSurface, lines, point};

pub(super) fn parse(bytes: &[u8]) -> Result<FileSurface, Fault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| Fault::at_byte(e.valid_up_to(), "bytes that are no UTF-8 text", "text"))?;
    let mut surface = FileSurface {
        vertices: Vec::new(),
        triangles: Vec::new(),
    };
    for (line, words) in lines(text) {
        match words[0] {
            "v" => surface.vertices.push(point(&words[1..], line)?),
            "f" => {
                let count = surface.vertices.len();
                let corners = words[1..]
                    .iter()
                    .map(|w| corner(w, count, line))
                    .collect::<Result<Vec<u32>, Fault>>()?;
                if corners.len() < 3 {
                    let found = format!("a face of {} corners", corners.len());
                    return Err(Fault::at_line(line, found, "three or more"));
                }
                for pair in corners[1..].windows(2) {
                    surface.triangles.push([corners[0], pair[0], pair[1]]);
                }
            }
            _ => {}
        }
    }
    Ok(surface)
}

/// A corner `7`, `7/1`, `7//3` or `7/1/3`: from 1, or from the last vertex backwards if negative.
fn corner(word: &str, count: usize, line: usize) -> Result<u32, Fault> {
    let index = word.split('/').next().unwrap_or("");
    let expected = || format!("a vertex number from 1 to {count}");
    let wrong = || Fault::at_line(line, format!("{word:?}"), expected());
    let n: i64 = index.parse().map_err(|_| wrong())?;
    let zero_based = if n < 0 { count as i64 + n } else { n - 1 };
    if n != 0 && (0..count as i64).contains(&zero_based) {
        u32::try_from(zero_based).map_err(|_| wrong())
    } else {
        Err(wrong())
    }
}

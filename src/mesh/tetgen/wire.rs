//! The bytes between the program and its meshing child.
//!
//! A question is `MAGIC`, the number of surface vertices, the counts, the points (surface first)
//! and the triangles; an answer is `MAGIC`, the counts, the points and the tetrahedra,
//! all little-endian. TetGen may print before the answer or, when its buffers are flushed at the
//! end, after it, never in the middle: so the reader looks for `MAGIC` and takes what follows.

use super::raw_tets::RawTets;
use crate::geometry::TriSurface;
use crate::tensor::Point;

const MAGIC: &[u8; 16] = b"\x7fendplate-tets\x01\n";

/// Surface and points inside as bytes.
pub fn question(surface: &TriSurface, inside: &[Point]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend((surface.vertices.len() as u64).to_le_bytes());
    let points: Vec<Point> = surface.vertices.iter().chain(inside).copied().collect();
    write_lists(&mut bytes, &points, &surface.triangles);
    bytes
}

/// Surface and points inside from bytes; `None` where they are not a whole question.
pub fn read_question(bytes: &[u8]) -> Option<(TriSurface, Vec<Point>)> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (given, rest) = rest.split_at_checked(8)?;
    let given = usize::try_from(u64::from_le_bytes(given.try_into().ok()?)).ok()?;
    let (mut vertices, triangles, rest) = read_lists::<3>(rest)?;
    if given > vertices.len() || !rest.is_empty() {
        return None;
    }
    let inside = vertices.split_off(given);
    let surface = TriSurface {
        vertices,
        triangles,
        sharp_edges: Vec::new(),
    };
    Some((surface, inside))
}

/// Tetrahedra as bytes.
pub fn answer(raw: &RawTets) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    write_lists(&mut bytes, &raw.points, &raw.tets);
    bytes
}

/// Tetrahedra from bytes with any text around them; `None` where there is no whole answer.
pub fn read_answer(bytes: &[u8]) -> Option<RawTets> {
    let at = bytes.windows(MAGIC.len()).position(|w| w == MAGIC)?;
    let (points, tets, _) = read_lists::<4>(&bytes[at + MAGIC.len()..])?;
    Some(RawTets { points, tets })
}

/// The last printed line or two, for an error message.
pub fn last_words(bytes: &[u8]) -> String {
    const KEPT: usize = 300;
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(KEPT)..]);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    lines[lines.len().saturating_sub(2)..].join(" ")
}

fn write_lists<const N: usize>(bytes: &mut Vec<u8>, points: &[Point], cells: &[[u32; N]]) {
    for count in [points.len(), cells.len()] {
        bytes.extend((count as u64).to_le_bytes());
    }
    for coordinate in points.iter().flat_map(|p| p.iter()) {
        bytes.extend(coordinate.to_le_bytes());
    }
    for number in cells.iter().flatten() {
        bytes.extend(number.to_le_bytes());
    }
}

type Lists<'a, const N: usize> = (Vec<Point>, Vec<[u32; N]>, &'a [u8]);

fn read_lists<const N: usize>(bytes: &[u8]) -> Option<Lists<'_, N>> {
    let (counts, rest) = bytes.split_at_checked(16)?;
    let count = |at: usize| -> Option<usize> {
        let eight = counts[at..at + 8].try_into().ok()?;
        usize::try_from(u64::from_le_bytes(eight)).ok()
    };
    let (points, cells) = (count(0)?, count(8)?);
    let (point_bytes, rest) = rest.split_at_checked(points.checked_mul(24)?)?;
    let (cell_bytes, rest) = rest.split_at_checked(cells.checked_mul(4 * N)?)?;
    let points = point_bytes
        .chunks_exact(24)
        .map(|p| Point::from(std::array::from_fn::<f64, 3, _>(|k| eight_bytes(p, k))))
        .collect();
    let cells = cell_bytes
        .chunks_exact(4 * N)
        .map(|c| std::array::from_fn(|k| four_bytes(c, k)))
        .collect();
    Some((points, cells, rest))
}

fn eight_bytes(bytes: &[u8], k: usize) -> f64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[8 * k..8 * (k + 1)]);
    f64::from_le_bytes(word)
}

fn four_bytes(bytes: &[u8], k: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[4 * k..4 * (k + 1)]);
    u32::from_le_bytes(word)
}

//! What is filled of one background tetrahedron.

use super::background::{Corner, Cut, Vertex, is_long};
use crate::tensor::{Point, Vec3};

/// Adds the tetrahedra that fill the part of `tet` inside.
pub fn fill(cut: &Cut<'_>, tet: &[Vertex; 4], found: &mut Vec<[Corner; 4]>) {
    let (mut inside, mut on, mut outside) = (Vec::new(), Vec::new(), Vec::new());
    for &v in tet {
        match cut.inside(v) {
            s if s > 0.0 => inside.push(v),
            s if s < 0.0 => outside.push(v),
            _ => on.push(v),
        }
    }
    let vertex = Corner::Vertex;
    let added = match (&inside[..], &on[..], &outside[..]) {
        ([], _, _) => Vec::new(),
        (_, _, []) => vec![tet.map(vertex)],
        (&[p], on, outside) => {
            let rest = on.iter().map(|&v| vertex(v));
            let rest: Vec<Corner> = rest
                .chain(outside.iter().map(|&m| Corner::Cut(p, m)))
                .collect();
            vec![[vertex(p), rest[0], rest[1], rest[2]]]
        }
        (&[p, q], &[tip], &[m]) => pyramid(cut, [p, q, m], tip),
        (&[p, q], _, &[m, n]) => ridge(cut, [p, q], [m, n]),
        (&[p, q, r], _, &[m]) => truncated(cut, [p, q, r], m),
        _ => Vec::new(),
    };
    found.extend(added.into_iter().map(|t| right_handed(cut, t)));
}

/// Whether the diagonal of the cut face p q m runs from `p` to the cut of the edge q m; otherwise
/// it runs from `q` to the cut of p m.
fn from_first(cut: &Cut<'_>, [p, q, m]: [Vertex; 3]) -> bool {
    let long = |a: Vertex, b: Vertex| is_long(std::array::from_fn(|k| (b[k] - a[k]) as i8));
    match (long(p, m), long(q, m)) {
        // The diagonal meets the cut of the long edge.
        (true, false) => false,
        (false, true) => true,
        _ => cut.number(p) < cut.number(q),
    }
}

fn pyramid(cut: &Cut<'_>, face: [Vertex; 3], tip: Vertex) -> Vec<[Corner; 4]> {
    let [p, q, m] = face;
    let (cp, cq) = (Corner::Cut(p, m), Corner::Cut(q, m));
    let (p, q, tip) = (Corner::Vertex(p), Corner::Vertex(q), Corner::Vertex(tip));
    match from_first(cut, face) {
        true => vec![[p, q, cq, tip], [p, cq, cp, tip]],
        false => vec![[q, p, cp, tip], [q, cp, cq, tip]],
    }
}

/// Wedge between the triangles p and its two cuts, q and its two.
fn ridge(cut: &Cut<'_>, [p, q]: [Vertex; 2], [m, n]: [Vertex; 2]) -> Vec<[Corner; 4]> {
    let one = [Corner::Vertex(p), Corner::Cut(p, m), Corner::Cut(p, n)];
    let other = [Corner::Vertex(q), Corner::Cut(q, m), Corner::Cut(q, n)];
    let first = from_first(cut, [p, q, m]);
    let second = from_first(cut, [p, q, n]);
    // The cut quadrilateral is nobody else's: its shorter diagonal, where both leave the choice.
    let length = |a: Corner, b: Corner| (cut.place(&a) - cut.place(&b)).norm();
    let shorter = length(one[1], other[2]) < length(one[2], other[1]);
    // Pillar i stands before j where the diagonal runs from one[i] to other[j].
    let third = match (first, second) {
        (true, false) => false,
        (false, true) => true,
        _ => shorter,
    };
    wedge(one, other, [first, second, third])
}

fn truncated(cut: &Cut<'_>, inside: [Vertex; 3], m: Vertex) -> Vec<[Corner; 4]> {
    let base = inside.map(Corner::Vertex);
    let top = inside.map(|p| Corner::Cut(p, m));
    let [p, q, r] = inside;
    let before = |a, b| from_first(cut, [a, b, m]);
    wedge(base, top, [before(p, q), before(p, r), before(q, r)])
}

/// Three tetrahedra of the wedge between two triangles. `before` says for the pillars (0, 1),
/// (0, 2), (1, 2) whether the diagonal between them runs from the base of the first to the top of the
/// second; they must not go round in a ring.
fn wedge(base: [Corner; 3], top: [Corner; 3], before: [bool; 3]) -> Vec<[Corner; 4]> {
    let [ab, ac, bc] = before;
    let mut order = [0, 1, 2];
    // How many pillars stand before each.
    let rank = [
        usize::from(!ab) + usize::from(!ac),
        usize::from(ab) + usize::from(!bc),
        usize::from(ac) + usize::from(bc),
    ];
    order.sort_by_key(|&k| rank[k]);
    let [a, b, c] = order.map(|k| base[k]);
    let [d, e, f] = order.map(|k| top[k]);
    vec![[a, b, c, f], [a, b, e, f], [a, d, e, f]]
}

fn right_handed(cut: &Cut<'_>, mut tet: [Corner; 4]) -> [Corner; 4] {
    let [a, b, c, d]: [Vec3; 4] = tet.map(|corner| cut.place(&corner));
    let [a, b, c, d] = [a, b, c, d].map(Point::from);
    if (b - a).cross(&(c - a)).dot(&(d - a)) < 0.0 {
        tet.swap(2, 3);
    }
    tet
}

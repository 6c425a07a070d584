//! Changing who is joined to whom: edge removal, face removal and their forms on the boundary.
//!
//! Removing an edge a–b replaces the tetrahedra around it by those over and under a
//! triangulation of its link polygon; the triangulation with the best worst tetrahedron is found
//! by dynamic programming over the polygon (Klincsek 1980; Shewchuk 2002). On the boundary the
//! polygon's closing side becomes the new boundary edge, so the same step is the 2-2 and 4-4
//! flip of a smooth surface, and with a link of two vertices it peels off a tetrahedron that lies
//! flat on the surface. Removing a face joins its two apexes. A change is made only where the
//! worst tetrahedron becomes better; positive volumes then make it valid.

use super::complex::{Complex, Ring};

/// Largest link polygon that is triangulated.
const LARGEST_LINK: usize = 8;

/// Least gain in the worst sine that a change must bring.
const LEAST_GAIN: f64 = 1e-6;

/// Boundary triangles made by a flip may turn by at most this against each other and against
/// those they replace (cosine of 35°).
const FLIP_COS: f64 = 0.819;

/// A change of connectivity and the worst quality after it.
struct Swap {
    old: Vec<u32>,
    new: Vec<[u32; 4]>,
    worst: f64,
}

/// Makes the best single swap around tetrahedron `t` that betters the worst tetrahedron touched;
/// returns the new tetrahedra.
pub fn improve_around(complex: &mut Complex, t: u32) -> Option<Vec<u32>> {
    let tet = complex.tet(t);
    let mut best: Option<Swap> = None;
    let mut offer = |swap: Option<Swap>| {
        if let Some(swap) = swap
            && best.as_ref().is_none_or(|b| swap.worst > b.worst)
        {
            best = Some(swap);
        }
    };
    for i in 0..4 {
        for j in i + 1..4 {
            offer(edge_removal(complex, tet[i], tet[j]));
        }
        offer(face_removal(complex, t, tet[i]));
    }
    let swap = best?;
    Some(complex.replace(&swap.old, &swap.new))
}

fn edge_removal(complex: &Complex, a: u32, b: u32) -> Option<Swap> {
    if complex.is_sharp(a, b) {
        return None;
    }
    let ring = complex.ring(a, b)?;
    if ring.link.len() > LARGEST_LINK || (ring.closed && ring.link.len() < 3) {
        return None;
    }
    let floor = complex.worst(&ring.tets) + LEAST_GAIN;
    if !ring.closed && !may_flip(complex, a, b, &ring) {
        return None;
    }
    let (new, worst) = triangulate_link(complex, a, b, &ring.link, floor)?;
    Some(Swap {
        old: ring.tets,
        new,
        worst,
    })
}

/// The best tetrahedra over all triangulations of the link polygon, if all are better than
/// `floor`.
fn triangulate_link(
    complex: &Complex,
    a: u32,
    b: u32,
    link: &[u32],
    floor: f64,
) -> Option<(Vec<[u32; 4]>, f64)> {
    let n = link.len();
    let pair = |i: usize, k: usize, j: usize| {
        [
            [link[i], link[k], link[j], b],
            [link[i], link[j], link[k], a],
        ]
    };
    // best[i][j]: worst tetrahedron of the best triangulation of link i..=j, and its apex.
    let mut best = [[(f64::INFINITY, 0usize); LARGEST_LINK]; LARGEST_LINK];
    for span in 2..n {
        for i in 0..n - span {
            let j = i + span;
            let apex = |k: usize| {
                let mut q = f64::min(best[i][k].0, best[k][j].0);
                for tet in pair(i, k, j) {
                    if q > floor {
                        q = q.min(complex.quality_of(tet));
                    }
                }
                (q, k)
            };
            let top = (i + 1..j)
                .map(apex)
                .reduce(|a, b| if b.0 > a.0 { b } else { a });
            best[i][j] = top.unwrap_or((f64::NEG_INFINITY, 0));
        }
    }
    let worst = best[0][n - 1].0;
    if worst <= floor {
        return None;
    }
    let mut new = Vec::with_capacity(2 * n);
    let mut open = vec![(0, n - 1)];
    while let Some((i, j)) = open.pop() {
        if j > i + 1 {
            let k = best[i][j].1;
            new.extend(pair(i, k, j));
            open.extend([(i, k), (k, j)]);
        }
    }
    Some((new, worst))
}

/// Whether the boundary edge a–b may give way to one between the ends of its link.
fn may_flip(complex: &Complex, a: u32, b: u32, ring: &Ring) -> bool {
    let (p, q) = (ring.link[0], ring.link[ring.link.len() - 1]);
    // The new edge must not be a boundary edge already, nor an inner edge elsewhere.
    if ring.tets.len() == 1 {
        if !complex
            .ring(p, q)
            .is_some_and(|r| r.closed && r.tets.len() >= 3)
        {
            return false;
        }
    } else if complex.are_joined(p, q) {
        return false;
    }
    let normal = |x: u32, y: u32, z: u32| {
        let [x, y, z] = [x, y, z].map(|v| complex.point(v));
        (y - x).cross(&(z - x)).try_normalize(1e-300)
    };
    // Tetrahedra (a, b, link[i], link[i + 1]) are right-handed: seen from outside the faces
    // wind (a, b, q) … against (b, a, p).
    let (Some(m1), Some(m2)) = (normal(a, p, b), normal(a, b, q)) else {
        return false;
    };
    let (Some(n1), Some(n2)) = (normal(a, p, q), normal(p, b, q)) else {
        return false;
    };
    [(m1, m2), (n1, n2), (m1, n1), (m1, n2), (m2, n1), (m2, n2)]
        .iter()
        .all(|(x, y)| x.dot(y) > FLIP_COS)
}

/// The face of `t` opposite `apex` gives way to an edge between the apexes on both sides.
fn face_removal(complex: &Complex, t: u32, apex: u32) -> Option<Swap> {
    let tet = complex.tet(t);
    let face: Vec<u32> = tet.into_iter().filter(|&v| v != apex).collect();
    let [a, b, c] = [face[0], face[1], face[2]];
    let other = match complex.beside([a, b, c]) {
        (Some(x), Some(y)) => {
            if x == t {
                y
            } else {
                x
            }
        }
        _ => return None,
    };
    let far = complex
        .tet(other)
        .into_iter()
        .find(|v| ![a, b, c].contains(v))?;
    let floor = complex.quality(t).min(complex.quality(other)) + LEAST_GAIN;
    // Right-handed around the new edge whichever way the face winds.
    let around = [[a, b], [b, c], [c, a]];
    let mut new = around.map(|[p, q]| [apex, far, p, q]);
    if complex.quality_of(new[0]) <= 0.0 {
        new = around.map(|[p, q]| [apex, far, q, p]);
    }
    let worst = new
        .iter()
        .map(|&tet| complex.quality_of(tet))
        .fold(f64::INFINITY, f64::min);
    (worst > floor && !complex.are_joined(apex, far)).then(|| Swap {
        old: vec![t, other],
        new: new.to_vec(),
        worst,
    })
}

/// Merges vertex `gone` into `kept` where that betters the worst tetrahedron around `gone`; only
/// vertices inside go. Returns the new tetrahedra.
pub fn contract(complex: &mut Complex, gone: u32, kept: u32) -> Option<Vec<u32>> {
    let old = complex.star(gone).to_vec();
    let floor = complex.worst(&old) + LEAST_GAIN;
    let new: Vec<[u32; 4]> = old
        .iter()
        .map(|&t| complex.tet(t))
        .filter(|tet| !tet.contains(&kept))
        .map(|tet| tet.map(|v| if v == gone { kept } else { v }))
        .collect();
    // A star about a vertex inside is a ball: cones from another vertex of its hull that are all
    // right-handed fill it exactly.
    new.iter()
        .all(|&tet| complex.quality_of(tet) > floor)
        .then(|| complex.replace(&old, &new))
}

/// Splits the edge a–b at the new vertex `v`; the caller has put `v` on it. Returns the new
/// tetrahedra.
pub fn split_edge(complex: &mut Complex, a: u32, b: u32, v: u32) -> Option<Vec<u32>> {
    let ring = complex.ring(a, b)?;
    let mut new = Vec::with_capacity(2 * ring.tets.len());
    for &t in &ring.tets {
        let tet = complex.tet(t);
        new.push(tet.map(|x| if x == a { v } else { x }));
        new.push(tet.map(|x| if x == b { v } else { x }));
    }
    if complex.is_sharp(a, b) {
        complex.set_sharp(a, b, false);
        complex.set_sharp(a, v, true);
        complex.set_sharp(v, b, true);
    }
    Some(complex.replace(&ring.tets, &new))
}

/// Splits tetrahedron `t` into four at the new vertex `v` inside it.
pub fn split_tet(complex: &mut Complex, t: u32, v: u32) -> Vec<u32> {
    let tet = complex.tet(t);
    let new = tet.map(|gone| tet.map(|x| if x == gone { v } else { x }));
    complex.replace(&[t], &new)
}

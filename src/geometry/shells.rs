//! The shells of a surface: what hangs together, which way it is wound, what it encloses.
//!
//! Triangles hang together across edges that exactly two of them have; such a sheet is wound alike
//! throughout. Where more meet at one edge, nothing says which of them belong together, so nothing is
//! handed on there. A sheet on whose every edge as many triangles run one way as the other is a shell by
//! itself: its winding number is a whole number everywhere. Sheets that are not closed make one
//! shell with those that they meet at such edges. Must not judge: that is `inspect`'s and `mend`'s.

use rayon::prelude::*;

use super::TriSurface;
use super::field::Aabb;
use super::triangle::winding;
use crate::partition::Partition;
use crate::tensor::Point;

/// No triangle.
const NONE: u32 = u32::MAX;

/// A connected part of a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Shell {
    /// Its triangles, rising.
    pub triangles: Vec<u32>,
    /// Volume enclosed once its triangles are wound alike, mm³; negative for a cavity.
    pub volume_mm3: f64,
    /// Whether it is closed and every edge is passed as often one way as the other.
    pub is_closed: bool,
    /// Shells around it.
    pub depth: usize,
    /// The first of the shells that it shares edges with, itself among them: one piece of solid,
    /// however thin where they touch.
    pub piece: usize,
    /// Triangles wound against the larger part of their sheet, rising.
    pub inconsistent: Vec<u32>,
    /// Whether all of it, once wound alike, has to be turned to enclose what it does.
    pub is_inside_out: bool,
}

/// An edge as one triangle has it.
#[derive(Clone, Copy)]
pub(super) struct EdgeUse {
    /// Its vertices, smaller number first.
    pub ends: [u32; 2],
    /// The triangle.
    pub triangle: u32,
    /// Which of the triangle's edges it is.
    pub slot: u8,
    /// Whether the triangle runs from the smaller vertex.
    pub forward: bool,
}

/// All edges of a surface, the uses of one edge beside each other.
pub(super) struct Edges(Vec<EdgeUse>);

impl Edges {
    pub fn of(surface: &TriSurface) -> Self {
        let mut uses: Vec<EdgeUse> = (surface.triangles.par_iter().enumerate())
            .flat_map_iter(|(t, corners)| {
                (0..3).filter_map(move |k| {
                    let (a, b) = (corners[k], corners[(k + 1) % 3]);
                    (a != b).then_some(EdgeUse {
                        ends: [a.min(b), a.max(b)],
                        triangle: t as u32,
                        slot: k as u8,
                        forward: a < b,
                    })
                })
            })
            .collect();
        uses.par_sort_unstable_by_key(|u| (u.ends, u.triangle, u.slot));
        Self(uses)
    }

    /// The uses of each edge.
    pub fn each(&self) -> impl Iterator<Item = &[EdgeUse]> {
        self.0.chunk_by(|a, b| a.ends == b.ends)
    }
}

/// Triangles that hang together across edges of two.
struct Sheets {
    /// The sheet of each triangle.
    of: Vec<u32>,
    /// Whether a triangle is wound like the first of its sheet.
    alike: Vec<bool>,
    /// Whether a sheet is closed by itself; a one-sided one is not.
    closed: Vec<bool>,
}

/// The shells, largest volume first. `cutting` are the pairs of triangles that cut each other.
pub(super) fn shells(surface: &TriSurface, edges: &Edges, cutting: &[[u32; 2]]) -> Vec<Shell> {
    let sheets = sheets(surface, edges);
    let mut joined = Partition::new(sheets.closed.len());
    for uses in edges.each().filter(|uses| uses.len() > 2) {
        let open = uses.iter().map(|u| sheets.of[u.triangle as usize]);
        let mut open = open.filter(|&s| !sheets.closed[s as usize]);
        if let Some(first) = open.next() {
            open.for_each(|s| {
                joined.join(first, s);
            });
        }
    }
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); sheets.closed.len()];
    for (t, &sheet) in sheets.of.iter().enumerate() {
        members[joined.root(sheet) as usize].push(t as u32);
    }
    let mut all: Vec<Shell> = members
        .into_iter()
        .filter(|triangles| !triangles.is_empty())
        .map(|triangles| shell(surface, &sheets, triangles))
        .collect();
    all.sort_by(|a, b| b.volume_mm3.abs().total_cmp(&a.volume_mm3.abs()));
    let mut shell_of = vec![0; surface.triangles.len()];
    for (i, shell) in all.iter().enumerate() {
        for &t in &shell.triangles {
            shell_of[t as usize] = i as u32;
        }
    }
    let mut cut = Partition::new(all.len());
    let mut cuts_another = vec![false; all.len()];
    let pairs = cutting
        .iter()
        .map(|pair| pair.map(|t| shell_of[t as usize]));
    for [a, b] in pairs.filter(|[a, b]| a != b) {
        cut.join(a, b);
        cuts_another[a as usize] = true;
        cuts_another[b as usize] = true;
    }
    find_depths(surface, &mut all, &cuts_another);
    wind(&mut all, &mut cut);
    find_pieces(edges, &shell_of, &mut all);
    all
}

fn find_pieces(edges: &Edges, shell_of: &[u32], shells: &mut [Shell]) {
    let mut pieces = Partition::new(shells.len());
    for uses in edges.each().filter(|uses| uses.len() > 2) {
        for u in &uses[1..] {
            let pair = [uses[0].triangle, u.triangle].map(|t| shell_of[t as usize]);
            pieces.join(pair[0], pair[1]);
        }
    }
    for (i, shell) in shells.iter_mut().enumerate() {
        shell.piece = pieces.root(i as u32) as usize;
    }
}

fn sheets(surface: &TriSurface, edges: &Edges) -> Sheets {
    let count = surface.triangles.len();
    // Beside each edge of a triangle: the one other, and whether both run alike.
    let mut beside = vec![[(NONE, true); 3]; count];
    for uses in edges.each() {
        if let [a, b] = uses {
            let alike = a.forward != b.forward;
            beside[a.triangle as usize][a.slot as usize] = (b.triangle, alike);
            beside[b.triangle as usize][b.slot as usize] = (a.triangle, alike);
        }
    }
    let mut sheets = Sheets {
        of: vec![NONE; count],
        alike: vec![true; count],
        closed: Vec::new(),
    };
    for start in 0..count {
        if sheets.of[start] == NONE {
            spread(&beside, start as u32, &mut sheets);
        }
    }
    for uses in edges.each().filter(|uses| uses.len() != 2) {
        for of in uses.iter().map(|u| sheets.of[u.triangle as usize]) {
            let same = uses.iter().filter(|u| sheets.of[u.triangle as usize] == of);
            let net = same.map(|u| match sheets.alike[u.triangle as usize] == u.forward {
                true => 1,
                false => -1,
            });
            sheets.closed[of as usize] &= net.sum::<i32>() == 0;
        }
    }
    sheets
}

/// Makes the sheet of `start`. It is closed until an edge says otherwise; where the way round it leads
/// back to a triangle the other way up, it is one-sided.
fn spread(beside: &[[(u32, bool); 3]], start: u32, sheets: &mut Sheets) {
    let number = sheets.closed.len() as u32;
    let mut is_two_sided = true;
    sheets.of[start as usize] = number;
    let mut stack = vec![start];
    while let Some(t) = stack.pop() {
        for (other, alike) in beside[t as usize] {
            if other == NONE {
                continue;
            }
            let wanted = sheets.alike[t as usize] == alike;
            if sheets.of[other as usize] == NONE {
                sheets.of[other as usize] = number;
                sheets.alike[other as usize] = wanted;
                stack.push(other);
            } else {
                is_two_sided &= sheets.alike[other as usize] == wanted;
            }
        }
    }
    sheets.closed.push(is_two_sided);
}

fn shell(surface: &TriSurface, sheets: &Sheets, triangles: Vec<u32>) -> Shell {
    let sheet = |t: u32| sheets.of[t as usize];
    let is_closed = triangles.iter().all(|&t| sheets.closed[sheet(t) as usize]);
    let mut in_order = triangles.clone();
    in_order.sort_by_key(|&t| sheet(t));
    let mut inconsistent = Vec::new();
    for own in in_order.chunk_by(|a, b| sheet(*a) == sheet(*b)) {
        let alike = own.iter().filter(|&&t| sheets.alike[t as usize]).count();
        let most = 2 * alike >= own.len();
        let against = own.iter().filter(|&&t| sheets.alike[t as usize] != most);
        inconsistent.extend(against);
    }
    inconsistent.sort_unstable();
    // About a point of the shell: far from the origin round-off would drown a stray one.
    let origin = surface.corners(triangles[0] as usize)[0];
    let six: f64 = triangles
        .iter()
        .map(|&t| {
            let [a, b, c] = surface.corners(t as usize).map(|p| p - origin);
            let six = a.dot(&b.cross(&c));
            let against = !inconsistent.is_empty() && inconsistent.binary_search(&t).is_ok();
            if against { -six } else { six }
        })
        .sum();
    Shell {
        triangles,
        volume_mm3: six / 6.0,
        is_closed,
        depth: 0,
        piece: 0,
        inconsistent,
        is_inside_out: false,
    }
}

/// Points of a shell that cuts others of which most must lie in another for it to do so.
const LOOKED_AT: usize = 31;

/// Finds what lies in what. A shell with holes encloses what its winding number is nearer to one at.
fn find_depths(surface: &TriSurface, shells: &mut [Shell], cuts_another: &[bool]) {
    let boxes: Vec<Option<Aabb>> = shells
        .iter()
        .map(|s| {
            Aabb::around(
                s.triangles
                    .iter()
                    .flat_map(|&t| &surface.triangles[t as usize])
                    .map(|&v| &surface.vertices[v as usize]),
            )
        })
        .collect();
    let depths: Vec<usize> = (0..shells.len())
        .into_par_iter()
        .map(|i| {
            let own = &shells[i].triangles;
            let points: Vec<Point> = match cuts_another[i] {
                false => vec![middle_of_largest(surface, &shells[i])],
                true => (own.iter().step_by(own.len().div_ceil(LOOKED_AT)))
                    .map(|&t| middle(surface, t))
                    .collect(),
            };
            let around = (0..shells.len()).filter(|&k| {
                let within = |p: &&Point| {
                    boxes[k].is_some_and(|b| b.contains(p)) && encloses(surface, &shells[k], p)
                };
                k != i
                    && shells[k].volume_mm3.abs() > shells[i].volume_mm3.abs()
                    && 2 * points.iter().filter(within).count() > points.len()
            });
            around.count()
        })
        .collect();
    for (shell, depth) in shells.iter_mut().zip(depths) {
        shell.depth = depth;
    }
}

/// Finds which closed shells are inside out: outermost ones, and those within an even number of others,
/// enclose what is solid, those within an odd number a cavity. One that cuts the shell around it lies only
/// partly within: it is taken as it is wound beside that one, as a fold of the solid or a cavity that breaks
/// out. `cut` are those that cut each other.
fn wind(shells: &mut [Shell], cut: &mut Partition) {
    for i in 0..shells.len() {
        // The largest of them comes first.
        let around = &shells[cut.root(i as u32) as usize];
        let (depth, turned) = (around.depth, around.is_inside_out);
        let shell = &mut shells[i];
        let breaks_out = shell.depth > depth && shell.inconsistent.is_empty();
        let is_solid = shell.depth.is_multiple_of(2);
        shell.is_inside_out = shell.is_closed
            && match breaks_out {
                true => turned,
                false => is_solid == (shell.volume_mm3 < 0.0),
            };
        if shell.is_inside_out {
            shell.volume_mm3 = -shell.volume_mm3;
        }
    }
}

/// A point on a shell that is not on its rim.
fn middle_of_largest(surface: &TriSurface, shell: &Shell) -> Point {
    let area = |t: u32| {
        let [a, b, c] = surface.corners(t as usize);
        (b - a).cross(&(c - a)).norm_squared()
    };
    let largest = shell
        .triangles
        .iter()
        .max_by(|a, b| area(**a).total_cmp(&area(**b)));
    middle(surface, largest.map_or(0, |&t| t))
}

fn middle(surface: &TriSurface, t: u32) -> Point {
    let [a, b, c] = surface.corners(t as usize);
    Point::from((a.coords + b.coords + c.coords) / 3.0)
}

fn encloses(surface: &TriSurface, shell: &Shell, p: &Point) -> bool {
    let turns = shell.triangles.iter().map(|&t| {
        let w = winding(p, &surface.corners(t as usize));
        let against = shell.inconsistent.binary_search(&t).is_ok();
        if against { -w } else { w }
    });
    turns.sum::<f64>().abs() > 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corners of a cube of side 2·`half` about `centre`, and its triangles, outward.
    fn cube(centre: [f64; 3], half: f64) -> TriSurface {
        let vertices = (0..8)
            .map(|c| {
                Point::from(std::array::from_fn::<f64, 3, _>(|k| {
                    centre[k] + if c >> k & 1 == 1 { half } else { -half }
                }))
            })
            .collect();
        let squares = [
            [0, 2, 3, 1],
            [4, 5, 7, 6],
            [0, 1, 5, 4],
            [2, 6, 7, 3],
            [0, 4, 6, 2],
            [1, 3, 7, 5],
        ];
        TriSurface {
            vertices,
            triangles: squares
                .iter()
                .flat_map(|[a, b, c, d]| [[*a, *b, *c], [*a, *c, *d]])
                .collect(),
            sharp_edges: Vec::new(),
        }
    }

    fn joined(parts: &[TriSurface]) -> TriSurface {
        let mut all = TriSurface::default();
        for part in parts {
            let first = all.vertices.len() as u32;
            all.vertices.extend(&part.vertices);
            all.triangles
                .extend(part.triangles.iter().map(|t| t.map(|v| v + first)));
        }
        all
    }

    fn found(surface: &TriSurface) -> Vec<Shell> {
        shells(surface, &Edges::of(surface), &[])
    }

    fn turn_over(surface: &mut TriSurface, every: impl Fn(usize) -> bool) {
        for (_, t) in surface
            .triangles
            .iter_mut()
            .enumerate()
            .filter(|(t, _)| every(*t))
        {
            t.swap(1, 2);
        }
    }

    #[test]
    fn a_cube_is_one_shell_however_it_is_wound() {
        let mut cube = cube([0.0; 3], 5.0);
        assert_eq!(found(&cube)[0].volume_mm3, 1000.0);
        turn_over(&mut cube, |t| t == 4);
        let one = &found(&cube)[0];
        assert_eq!(
            (one.volume_mm3, &one.inconsistent[..], one.is_inside_out),
            (1000.0, &[4][..], false)
        );
        turn_over(&mut cube, |_| true);
        let one = &found(&cube)[0];
        assert_eq!(
            (one.volume_mm3, one.inconsistent.len(), one.is_inside_out),
            (1000.0, 1, true)
        );
    }

    #[test]
    fn cubes_that_share_an_edge_are_two_shells_and_neither_turns_the_other() {
        let mut two = joined(&[cube([0.0; 3], 10.0), cube([20.0, 20.0, 0.0], 10.0)]);
        // The edge x = y = 10: vertices 3 and 7 of the first, 0 and 4 of the second.
        for t in &mut two.triangles {
            *t = t.map(|v| match v {
                8 => 3,
                12 => 7,
                v => v,
            });
        }
        let shells = found(&two);
        assert_eq!(shells.len(), 2);
        assert!(shells.iter().all(|s| s.piece == 0));
        for shell in shells {
            assert_eq!(
                (shell.volume_mm3, shell.is_closed, shell.inconsistent.len()),
                (8000.0, true, 0)
            );
        }
    }

    #[test]
    fn depth_tells_cavities_from_parts_and_which_way_they_should_be_wound() {
        let mut cavity = cube([0.0; 3], 5.0);
        turn_over(&mut cavity, |_| true);
        let (outer, island, beside) = (
            cube([0.0; 3], 10.0),
            cube([0.0; 3], 2.0),
            cube([30.0, 0.0, 0.0], 1.0),
        );
        let sound = joined(&[
            outer.clone(),
            cavity.clone(),
            island.clone(),
            beside.clone(),
        ]);
        let told = |s: &TriSurface| -> Vec<(f64, usize, bool)> {
            found(s)
                .iter()
                .map(|s| (s.volume_mm3, s.depth, s.is_inside_out))
                .collect()
        };
        let right = [
            (8000.0, 0, false),
            (-1000.0, 1, false),
            (64.0, 2, false),
            (8.0, 0, false),
        ];
        assert_eq!(told(&sound), right);
        // Everything but the cavity inside out; of the cavity every other triangle.
        let mut turned = joined(&[outer, cavity, island, beside]);
        turn_over(&mut turned, |t| !(12..24).contains(&t) || t % 2 == 0);
        for ((volume, depth, turned), (v, d, _)) in told(&turned).into_iter().zip(right) {
            assert_eq!((volume, depth), (v, d));
            assert!(turned || depth == 1);
        }
    }

    #[test]
    fn what_lies_within_a_solid_is_a_cavity_however_it_is_wound() {
        let right = joined(&[
            cube([0.0; 3], 10.0),
            cube([-5.0, 0.0, 0.0], 3.0),
            cube([5.0, 0.0, 0.0], 2.0),
        ]);
        for n in 0..8 {
            let mut surface = right.clone();
            // Of the outer cube, of either cavity.
            let turned = [n & 1 == 1, n & 2 == 2, n & 4 == 4];
            turn_over(&mut surface, |t| turned[t / 12]);
            let told: Vec<(f64, bool)> = found(&surface)
                .iter()
                .map(|s| (s.volume_mm3, s.is_inside_out))
                .collect();
            let expected = [
                (8000.0, turned[0]),
                (-216.0, !turned[1]),
                (-64.0, !turned[2]),
            ];
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn a_cavity_stays_one_where_a_triangle_is_missing_around_it() {
        let mut cavity = cube([0.0; 3], 5.0);
        turn_over(&mut cavity, |_| true);
        let mut open = joined(&[cube([0.0; 3], 10.0), cavity]);
        // Not the triangle whose plane holds the origin that volumes are taken about.
        open.triangles.remove(5);
        let shells = found(&open);
        assert!(!shells[0].is_closed && shells[1].is_closed);
        assert_eq!(
            (
                shells[1].volume_mm3,
                shells[1].depth,
                shells[1].is_inside_out
            ),
            (-1000.0, 1, false)
        );
    }

    #[test]
    fn what_breaks_out_of_a_solid_is_taken_as_it_is_wound_beside_it() {
        // All but the side at x = 11 of the small cube lies within the large one, and cuts its side.
        let two = joined(&[cube([0.0; 3], 10.0), cube([6.0, 0.0, 0.0], 5.0)]);
        // Each turned or not: a fold of the solid where they are wound alike, else a cavity.
        for n in 0..4 {
            let mut surface = two.clone();
            let turned = [n & 1 == 1, n & 2 == 2];
            turn_over(&mut surface, |t| turned[t / 12]);
            let shells = shells(&surface, &Edges::of(&surface), &[[2, 16]]);
            let volume = if turned[0] == turned[1] {
                1000.0
            } else {
                -1000.0
            };
            let told: Vec<(f64, bool)> = (shells.iter())
                .map(|s| (s.volume_mm3, s.is_inside_out))
                .collect();
            assert_eq!(told, [(8000.0, turned[0]), (volume, turned[0])]);
        }
    }

    #[test]
    fn a_wall_inside_a_box_belongs_to_it_and_an_open_box_is_not_closed() {
        let mut walled = cube([0.0; 3], 5.0);
        walled.triangles.extend([[0, 1, 7], [0, 7, 6]]);
        let shells = found(&walled);
        assert!(
            !shells.is_empty() && shells.iter().all(|s| !s.is_closed),
            "{shells:?}"
        );
        let mut open = cube([0.0; 3], 5.0);
        open.triangles.pop();
        let shells = found(&open);
        assert!(shells.len() == 1 && !shells[0].is_closed);
    }
}

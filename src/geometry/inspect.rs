//! What is wrong with a triangle surface, by triangle number.
//!
//! Open, non-manifold and inconsistently wound edges from counting directed edges; degenerate and
//! duplicate triangles; pairs that cut each other, by a tree of boxes; and the connected shells.
//! [`SurfaceDefects::refuse_if_hopeless`] says where the winding number no longer tells inside from
//! outside. Must not mend anything but shells the caller drops.

use std::collections::{BTreeMap, HashMap};

use super::bvh::Bvh;
use super::field::Aabb;
use super::holes::{Hole, WIDEST_HOLE_MM, holes};
use super::triangle::segment_pierces;
use super::{GeometryError, TriSurface};
use crate::tensor::Point;

/// A connected part of a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Shell {
    /// Its triangles, rising.
    pub triangles: Vec<u32>,
    /// Volume enclosed, mm³ (negative for a cavity or a shell that is inside out).
    pub volume_mm3: f64,
}

/// Everything found; triangle numbers are those of the surface (and of its file).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurfaceDefects {
    /// Triangles with an edge that no other triangle shares.
    pub open: Vec<u32>,
    /// The holes, widest first.
    pub holes: Vec<Hole>,
    /// Triangles with an edge that more than two share.
    pub non_manifold: Vec<u32>,
    /// Triangles that repeat an earlier one's corners, in any order.
    pub duplicate: Vec<u32>,
    /// Triangles without area (relative to their longest edge).
    pub degenerate: Vec<u32>,
    /// Triangles wound against a neighbour; of the two sides, the smaller one is listed.
    pub inconsistent: Vec<u32>,
    /// Pairs of triangles that cut through each other, smaller number first.
    pub self_intersecting: Vec<[u32; 2]>,
    /// Triangles with a corner that is not finite.
    pub not_finite: Vec<u32>,
    /// Connected shells, largest volume first.
    pub shells: Vec<Shell>,
    /// Share of the area that belongs to open, non-manifold or inconsistent triangles.
    pub doubtful_area_share: f64,
}

/// Above this share of doubtful area the winding number is ambiguous over whole regions.
pub const HOPELESS_AREA_SHARE: f64 = 0.25;

/// Height over longest edge below which a triangle has no area to speak of.
const FLAT: f64 = 1e-7;

/// The triangles at each undirected edge; `true` where they run from the smaller vertex.
type EdgeMap = HashMap<[u32; 2], Vec<(u32, bool)>>;

/// Looks for every kind of defect.
pub fn inspect(surface: &TriSurface) -> SurfaceDefects {
    let count = surface.triangles.len() as u32;
    let mut defects = SurfaceDefects {
        not_finite: (0..count)
            .filter(|&t| !is_finite(&surface.corners(t as usize)))
            .collect(),
        ..SurfaceDefects::default()
    };
    if !defects.not_finite.is_empty() {
        return defects;
    }
    defects.degenerate = (0..count)
        .filter(|&t| is_flat(&surface.corners(t as usize)))
        .collect();
    defects.duplicate = duplicates(surface);
    let edges = edge_map(surface);
    let (shells, inconsistent) = shells(surface, &edges);
    defects.shells = shells;
    defects.inconsistent = inconsistent;
    for sharing in edges.values() {
        let list = match sharing.len() {
            1 => &mut defects.open,
            2 => continue,
            _ => &mut defects.non_manifold,
        };
        list.extend(sharing.iter().map(|s| s.0));
    }
    for list in [&mut defects.open, &mut defects.non_manifold] {
        list.sort_unstable();
        list.dedup();
    }
    defects.holes = holes(surface, &open_edges(surface, &edges));
    defects.self_intersecting = self_intersections(surface);
    defects.doubtful_area_share = doubtful_share(surface, &defects);
    defects
}

impl SurfaceDefects {
    /// Whether nothing is wrong, so that the surface bounds a solid in the strict sense.
    pub fn is_clean(&self) -> bool {
        self.open.is_empty()
            && self.non_manifold.is_empty()
            && self.duplicate.is_empty()
            && self.degenerate.is_empty()
            && self.inconsistent.is_empty()
            && self.self_intersecting.is_empty()
            && self.not_finite.is_empty()
    }

    /// The same with triangle `t` called `numbers[t]`; triangles beyond are left out.
    #[must_use]
    pub fn renumbered(mut self, numbers: &[u32]) -> Self {
        let number = |t: u32| numbers.get(t as usize).copied();
        let each = |list: &mut Vec<u32>| *list = list.iter().filter_map(|&t| number(t)).collect();
        each(&mut self.open);
        each(&mut self.non_manifold);
        each(&mut self.duplicate);
        each(&mut self.degenerate);
        each(&mut self.inconsistent);
        each(&mut self.not_finite);
        self.holes.iter_mut().for_each(|h| each(&mut h.triangles));
        self.shells.iter_mut().for_each(|s| each(&mut s.triangles));
        let pairs = self.self_intersecting.iter();
        self.self_intersecting = pairs
            .filter_map(|[s, t]| Some([number(*s)?, number(*t)?]))
            .collect();
        self
    }

    /// Refuses a surface whose inside cannot be told.
    ///
    /// # Errors
    /// Corners that are not finite; more than [`HOPELESS_AREA_SHARE`] of the area doubtful; a hole
    /// wider than [`WIDEST_HOLE_MM`]; no enclosed volume. The error names the first triangles concerned.
    pub fn refuse_if_hopeless(&self) -> Result<(), GeometryError> {
        let first = |list: &[u32]| list.iter().copied().take(10).collect::<Vec<_>>();
        let refuse = |share: f64, list: &[u32], reason: &'static str| {
            Err(GeometryError::Hopeless {
                share_percent: 100.0 * share,
                limit_percent: 100.0 * HOPELESS_AREA_SHARE,
                first: first(list),
                reason,
            })
        };
        if !self.not_finite.is_empty() {
            return refuse(1.0, &self.not_finite, "corners that are not finite");
        }
        if self.doubtful_area_share > HOPELESS_AREA_SHARE {
            let lists = [
                (&self.open, "open edges"),
                (&self.non_manifold, "edges of more than two triangles"),
                (
                    &self.inconsistent,
                    "triangles wound against their neighbours",
                ),
            ];
            let most = lists.iter().max_by_key(|(list, _)| list.len());
            if let Some((list, reason)) = most {
                return refuse(self.doubtful_area_share, list, reason);
            }
        }
        if let Some(hole) = self.holes.iter().find(|h| h.is_too_wide()) {
            return Err(GeometryError::WideHole {
                width: hole.width_mm,
                widest: WIDEST_HOLE_MM,
                edges: hole.rim.len(),
                first: first(&hole.triangles),
            });
        }
        let volume: f64 = self.shells.iter().map(|s| s.volume_mm3).sum();
        if volume.is_nan() || volume <= 0.0 {
            return Err(GeometryError::NoVolume {
                volume,
                triangles: self.shells.iter().map(|s| s.triangles.len()).sum(),
                first: self
                    .shells
                    .first()
                    .map_or_else(Vec::new, |s| first(&s.triangles)),
                hint: "it is inside out, or a sheet",
            });
        }
        Ok(())
    }
}

fn is_finite(corners: &[Point; 3]) -> bool {
    corners.iter().all(|p| p.iter().all(|x| x.is_finite()))
}

fn is_flat([a, b, c]: &[Point; 3]) -> bool {
    let longest = (b - a).norm().max((c - b).norm()).max((a - c).norm());
    (b - a).cross(&(c - a)).norm() <= FLAT * longest * longest
}

/// Triangles that repeat an earlier one's corners, in any order.
pub(super) fn duplicates(surface: &TriSurface) -> Vec<u32> {
    let mut first: HashMap<[u32; 3], u32> = HashMap::new();
    let mut found = Vec::new();
    for (t, corners) in surface.triangles.iter().enumerate() {
        let mut key = *corners;
        key.sort_unstable();
        if *first.entry(key).or_insert(t as u32) != t as u32 {
            found.push(t as u32);
        }
    }
    found
}

fn edge_map(surface: &TriSurface) -> EdgeMap {
    let mut edges = EdgeMap::with_capacity(surface.triangles.len() * 3 / 2);
    for (t, corners) in surface.triangles.iter().enumerate() {
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            if a != b {
                let sharing = edges.entry([a.min(b), a.max(b)]).or_default();
                sharing.push((t as u32, a < b));
            }
        }
    }
    edges
}

/// Triangle and edge, in the triangle's sense, wherever no other triangle has the edge.
fn open_edges(surface: &TriSurface, edges: &EdgeMap) -> Vec<(u32, [u32; 2])> {
    let mut open: Vec<(u32, [u32; 2])> = edges
        .iter()
        .filter_map(|(&[a, b], sharing)| match sharing[..] {
            [(t, true)] => Some((t, [a, b])),
            [(t, false)] => Some((t, [b, a])),
            _ => None,
        })
        .filter(|(t, _)| !is_flat(&surface.corners(*t as usize)))
        .collect();
    open.sort_unstable();
    open
}

/// Connected shells, and the triangles that are wound against the larger part of their shell.
fn shells(surface: &TriSurface, edges: &EdgeMap) -> (Vec<Shell>, Vec<u32>) {
    let count = surface.triangles.len();
    // 0: not reached; +1 and −1: wound like, or against, the shell's first triangle.
    let mut side = vec![0i8; count];
    let mut all = Vec::new();
    let mut inconsistent = Vec::new();
    for start in 0..count {
        if side[start] != 0 {
            continue;
        }
        side[start] = 1;
        let mut triangles = vec![start as u32];
        let mut next = 0;
        while next < triangles.len() {
            let t = triangles[next];
            next += 1;
            let corners = surface.triangles[t as usize];
            for k in 0..3 {
                let (a, b) = (corners[k], corners[(k + 1) % 3]);
                let Some(sharing) = edges.get(&[a.min(b), a.max(b)]) else {
                    continue;
                };
                for &(s, forward) in sharing {
                    if side[s as usize] == 0 {
                        let alike = forward != (a < b);
                        side[s as usize] = if alike {
                            side[t as usize]
                        } else {
                            -side[t as usize]
                        };
                        triangles.push(s);
                    }
                }
            }
        }
        triangles.sort_unstable();
        let sum: i64 = triangles.iter().map(|&t| i64::from(side[t as usize])).sum();
        let minority = if sum >= 0 { -1 } else { 1 };
        let wrong = triangles.iter().filter(|&&t| side[t as usize] == minority);
        inconsistent.extend(wrong);
        all.push(shell(surface, triangles));
    }
    all.sort_by(|a, b| b.volume_mm3.abs().total_cmp(&a.volume_mm3.abs()));
    inconsistent.sort_unstable();
    (all, inconsistent)
}

fn shell(surface: &TriSurface, triangles: Vec<u32>) -> Shell {
    // About a point of the shell: far from the origin round-off would drown a stray one.
    let origin = surface.corners(triangles[0] as usize)[0];
    let six: f64 = triangles
        .iter()
        .map(|&t| {
            let [a, b, c] = surface.corners(t as usize).map(|p| p - origin);
            a.dot(&b.cross(&c))
        })
        .sum();
    Shell {
        triangles,
        volume_mm3: six / 6.0,
    }
}

fn doubtful_share(surface: &TriSurface, defects: &SurfaceDefects) -> f64 {
    let area = |t: u32| {
        let [a, b, c] = surface.corners(t as usize);
        (b - a).cross(&(c - a)).norm()
    };
    let lists = [&defects.open, &defects.non_manifold, &defects.inconsistent];
    let doubtful: BTreeMap<u32, f64> = lists.into_iter().flatten().map(|&t| (t, area(t))).collect();
    let total: f64 = (0..surface.triangles.len() as u32).map(area).sum();
    if total > 0.0 {
        doubtful.values().sum::<f64>() / total
    } else {
        1.0
    }
}

/// Pairs of triangles that cut through each other, smaller number first, in rising order.
/// Triangles that share corners are tested with the edges that do not.
pub fn self_intersections(surface: &TriSurface) -> Vec<[u32; 2]> {
    use rayon::prelude::*;
    let boxes: Vec<Aabb> = (0..surface.triangles.len())
        .filter_map(|t| Aabb::around(&surface.corners(t)))
        .collect();
    let Some(tree) = Bvh::new(&boxes) else {
        return Vec::new();
    };
    let mut pairs: Vec<[u32; 2]> = (0..boxes.len() as u32)
        .into_par_iter()
        .flat_map_iter(|s| {
            let mut found = Vec::new();
            tree.overlapping(&boxes[s as usize], |t| {
                if s < t && (cuts(surface, s, t) || cuts(surface, t, s)) {
                    found.push([s, t]);
                }
            });
            found
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Whether an edge of triangle `s` that has no corner in common with `t` passes through `t`.
fn cuts(surface: &TriSurface, s: u32, t: u32) -> bool {
    let (own, other) = (surface.triangles[s as usize], surface.triangles[t as usize]);
    let corners = surface.corners(t as usize);
    (0..3).any(|k| {
        let edge = [own[k], own[(k + 1) % 3]];
        let ends = edge.map(|v| &surface.vertices[v as usize]);
        !edge.iter().any(|v| other.contains(v)) && segment_pierces(ends, &corners)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::SizeField;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use crate::geometry::primitive::Sphere;
    use crate::tensor::Vec3;

    fn ball(centre: Point, radius: f64) -> TriSurface {
        let sphere = Sphere::new(centre, radius).unwrap();
        polygonise(
            &sphere,
            &SizeField::uniform(0.4 * radius),
            &PolygoniseSettings::default(),
        )
        .unwrap()
    }

    fn join(a: &TriSurface, b: &TriSurface) -> TriSurface {
        let mut all = a.clone();
        let first = a.vertices.len() as u32;
        all.vertices.extend(&b.vertices);
        all.triangles
            .extend(b.triangles.iter().map(|t| t.map(|v| v + first)));
        all
    }

    #[test]
    fn a_ball_is_clean() {
        let defects = inspect(&ball(Point::origin(), 5.0));
        assert!(defects.is_clean() && defects.shells.len() == 1);
        assert_eq!(defects.doubtful_area_share, 0.0);
        defects.refuse_if_hopeless().unwrap();
    }

    #[test]
    fn every_kind_of_defect_is_named_by_its_triangles() {
        let good = ball(Point::origin(), 5.0);
        let n = good.triangles.len() as u32;

        let mut hole = good.clone();
        hole.triangles.remove(7);
        let defects = inspect(&hole);
        assert!(!defects.is_clean() && defects.open.len() == 3);

        let mut flipped = good.clone();
        flipped.triangles[11].swap(0, 1);
        assert_eq!(inspect(&flipped).inconsistent, [11]);

        let mut doubled = good.clone();
        doubled.triangles.push(good.triangles[3]);
        let defects = inspect(&doubled);
        assert_eq!(defects.duplicate, [n]);
        assert!(defects.non_manifold.contains(&3) && defects.non_manifold.contains(&n));

        let mut flat = good.clone();
        let [a, b, _] = good.triangles[5];
        flat.triangles.push([a, b, b]);
        assert_eq!(inspect(&flat).degenerate, [n]);

        let mut infinite = good.clone();
        infinite.vertices[good.triangles[0][0] as usize].y = f64::INFINITY;
        let defects = inspect(&infinite);
        assert!(defects.not_finite.contains(&0));
        assert!(defects.refuse_if_hopeless().is_err());
    }

    #[test]
    fn bodies_that_cut_each_other_and_stray_shells_are_found() {
        let far = Point::new(1000.0, 0.0, 1300.0);
        let (large, small) = (ball(far, 5.0), ball(far + Vec3::new(5.0, 0.0, 0.0), 0.5));
        let defects = inspect(&join(&large, &small));
        assert!(!defects.self_intersecting.is_empty());
        let n = large.triangles.len() as u32;
        assert!(
            defects
                .self_intersecting
                .iter()
                .all(|[s, t]| *s < n && *t >= n)
        );
        assert_eq!(defects.shells.len(), 2);
        let share = defects.shells[1].volume_mm3 / defects.shells[0].volume_mm3;
        // The balls are similar, with tenfold radii; their meshes differ a little.
        assert!((share - 1e-3).abs() < 1e-4);
    }

    #[test]
    fn a_surface_that_is_mostly_open_or_inside_out_is_refused() {
        let mut shreds = ball(Point::origin(), 5.0);
        let mut keep = [true, false].into_iter().cycle();
        shreds.triangles.retain(|_| keep.next().unwrap());
        assert!(matches!(
            inspect(&shreds).refuse_if_hopeless(),
            Err(GeometryError::Hopeless { .. })
        ));
        let mut inverted = ball(Point::origin(), 5.0);
        inverted.triangles.iter_mut().for_each(|t| t.swap(0, 1));
        assert!(matches!(
            inspect(&inverted).refuse_if_hopeless(),
            Err(GeometryError::NoVolume { .. })
        ));
    }
}

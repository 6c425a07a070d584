//! What is wrong with a triangle surface, by triangle number.
//!
//! Open, non-manifold and inconsistently wound edges from counting directed edges; degenerate and
//! duplicate triangles; pairs that cut each other, by a tree of boxes; and the connected shells.
//! [`SurfaceDefects::refuse_if_hopeless`] says where the winding number no longer tells inside from
//! outside. Must not mend anything but shells the caller drops.

use super::bvh::Bvh;
use super::field::Aabb;
use super::holes::{Hole, WIDEST_HOLE_MM, holes};
use super::shells::{Edges, Shell, shells};
use super::triangle::segment_pierces;
use super::{GeometryError, TriSurface};
use crate::tensor::Point;

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
    /// Triangles of closed shells that, wound alike, are inside out.
    pub inside_out: Vec<u32>,
    /// Pairs of triangles that cut through each other, smaller number first.
    pub self_intersecting: Vec<[u32; 2]>,
    /// Triangles with a corner that is not finite.
    pub not_finite: Vec<u32>,
    /// Connected shells, largest volume first.
    pub shells: Vec<Shell>,
    /// Share of the area that belongs to triangles at open edges, at edges of more than two that do
    /// not cancel, and to inconsistent ones of shells that are not closed.
    pub doubtful_area_share: f64,
}

/// Above this share of doubtful area the winding number is ambiguous over whole regions.
pub const HOPELESS_AREA_SHARE: f64 = 0.25;

/// Height over longest edge below which a triangle has no area to speak of.
const FLAT: f64 = 1e-7;

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
    let edges = Edges::of(surface);
    defects.self_intersecting = self_intersections(surface);
    defects.shells = shells(surface, &edges, &defects.self_intersecting);
    for shell in &defects.shells {
        defects.inconsistent.extend(&shell.inconsistent);
        if shell.is_inside_out {
            defects.inside_out.extend(&shell.triangles);
        }
    }
    for uses in edges.each() {
        let list = match uses.len() {
            1 => &mut defects.open,
            2 => continue,
            _ => &mut defects.non_manifold,
        };
        list.extend(uses.iter().map(|u| u.triangle));
    }
    for list in [
        &mut defects.open,
        &mut defects.non_manifold,
        &mut defects.inconsistent,
        &mut defects.inside_out,
    ] {
        list.sort_unstable();
        list.dedup();
    }
    defects.holes = holes(surface, &open_edges(surface, &edges));
    defects.doubtful_area_share = doubtful_share(surface, &defects, &edges);
    defects
}

impl SurfaceDefects {
    /// Whether nothing is wrong, so that the surface bounds a solid in the strict sense.
    pub fn is_clean(&self) -> bool {
        self.is_clean_once_turned() && self.inconsistent.is_empty() && self.inside_out.is_empty()
    }

    /// Whether nothing is wrong but how triangles are wound, which turning them over mends.
    pub(super) fn is_clean_once_turned(&self) -> bool {
        self.open.is_empty()
            && self.non_manifold.is_empty()
            && self.duplicate.is_empty()
            && self.degenerate.is_empty()
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
        each(&mut self.inside_out);
        each(&mut self.not_finite);
        self.holes.iter_mut().for_each(|h| each(&mut h.triangles));
        for shell in &mut self.shells {
            each(&mut shell.triangles);
            each(&mut shell.inconsistent);
        }
        let pairs = self.self_intersecting.iter();
        self.self_intersecting = pairs
            .filter_map(|[s, t]| Some([number(*s)?, number(*t)?]))
            .collect();
        self
    }

    /// Triangles that must be turned over for all to be wound as they should, rising.
    pub fn to_turn(&self) -> Vec<u32> {
        let only = |a: &[u32], b: &[u32]| -> Vec<u32> {
            let alone = a.iter().filter(|t| b.binary_search(t).is_err());
            alone.copied().collect()
        };
        let mut all = only(&self.inconsistent, &self.inside_out);
        all.extend(only(&self.inside_out, &self.inconsistent));
        all.sort_unstable();
        all
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
                hint: "it is a sheet, or open and inside out",
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
    use rayon::prelude::*;
    let mut keyed: Vec<([u32; 3], u32)> = (surface.triangles.par_iter().enumerate())
        .map(|(t, corners)| {
            let mut key = *corners;
            key.sort_unstable();
            (key, t as u32)
        })
        .collect();
    keyed.par_sort_unstable();
    let same = keyed.chunk_by(|a, b| a.0 == b.0);
    let mut found: Vec<u32> = same.flat_map(|s| s[1..].iter().map(|k| k.1)).collect();
    found.sort_unstable();
    found
}

/// Triangle and edge, in the triangle's sense, wherever no other triangle has the edge.
fn open_edges(surface: &TriSurface, edges: &Edges) -> Vec<(u32, [u32; 2])> {
    let mut open: Vec<(u32, [u32; 2])> = edges
        .each()
        .filter_map(|uses| match uses {
            [only] => {
                let [a, b] = only.ends;
                Some((only.triangle, if only.forward { [a, b] } else { [b, a] }))
            }
            _ => None,
        })
        .filter(|(t, _)| !is_flat(&surface.corners(*t as usize)))
        .collect();
    open.sort_unstable();
    open
}

fn doubtful_share(surface: &TriSurface, defects: &SurfaceDefects, edges: &Edges) -> f64 {
    let area = |t: usize| {
        let [a, b, c] = surface.corners(t);
        (b - a).cross(&(c - a)).norm()
    };
    let mut against = vec![false; surface.triangles.len()];
    for shell in defects.shells.iter().filter(|s| s.is_closed) {
        for &t in &shell.inconsistent {
            against[t as usize] = true;
        }
    }
    let mut doubtful = vec![false; surface.triangles.len()];
    let open_shells = defects.shells.iter().filter(|s| !s.is_closed);
    let inconsistent = open_shells.flat_map(|s| &s.inconsistent);
    for &t in defects.open.iter().chain(inconsistent) {
        doubtful[t as usize] = true;
    }
    for uses in edges.each().filter(|uses| uses.len() > 2) {
        let runs_forward = uses
            .iter()
            .filter(|u| u.forward != against[u.triangle as usize]);
        if 2 * runs_forward.count() != uses.len() {
            for u in uses {
                doubtful[u.triangle as usize] = true;
            }
        }
    }
    let total: f64 = (0..doubtful.len()).map(area).sum();
    if total > 0.0 {
        let at_fault = (0..doubtful.len()).filter(|&t| doubtful[t]);
        at_fault.map(area).sum::<f64>() / total
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
        // Inside out it can be turned over, unless a triangle is missing as well.
        let mut inverted = ball(Point::origin(), 5.0);
        inverted.triangles.iter_mut().for_each(|t| t.swap(0, 1));
        let all: Vec<u32> = (0..inverted.triangles.len() as u32).collect();
        assert_eq!(inspect(&inverted).to_turn(), all);
        inspect(&inverted).refuse_if_hopeless().unwrap();
        inverted.triangles.pop();
        assert!(matches!(
            inspect(&inverted).refuse_if_hopeless(),
            Err(GeometryError::NoVolume { .. })
        ));
    }
}

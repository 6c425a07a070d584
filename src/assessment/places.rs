//! Where bone lies in its vertebra, and which bone lies near an interface.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::neighbours::PointGrid;
use super::zones::{Place, Zone, zone_of};
use crate::contact::Tie;
use crate::geometry::triangle::nearest_point;
use crate::mesh::{Facet, Mesh};
use crate::model::{BodyRange, Model};
use crate::tensor::{Point, Vec3};

/// Bone within this distance of an interface is judged for subsidence, mm.
pub const NEAR_MM: f64 = 3.0;

/// Distance to the loads where there are none, mm: finite, so that it can be averaged.
const FAR_MM: f64 = 1e6;

/// Samples along each edge of an element, by which its quarters are shared out among zones.
const SAMPLES: usize = 4;

/// A piece of an element in one zone: what lies nearest one of its quadrature points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Element, numbered in its body.
    pub element: usize,
    /// Its quadrature point.
    pub point: usize,
    /// Volume, mm³.
    pub volume: f64,
    /// Where it lies.
    pub zone: Option<Zone>,
}

/// What a point of a vertebra belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The vertebral body.
    Body,
    /// Pedicles, laminae and processes.
    PosteriorElements,
    /// A pedicle screw: after surgery there is no bone.
    Screw,
}

/// The faces of a vertebra that zones are measured from.
pub struct VertebraFaces<'a> {
    /// Its superior endplate.
    pub superior: &'a [Facet],
    /// Its inferior endplate.
    pub inferior: &'a [Facet],
    /// Faces of it that are loaded or clamped.
    pub held: Vec<&'a [Facet]>,
}

/// One vertebra that stays, in pieces that lie in one zone each. An element at a border belongs
/// to both sides: whole elements would move from zone to zone with every change of the mesh.
pub struct VertebraPlaces {
    /// Its number.
    pub vertebra: usize,
    /// The pieces, in the order of the elements.
    pub pieces: Vec<Piece>,
    /// Zones of the body that a load or a support makes no use of, in part or whole.
    pub near_loads: Vec<Zone>,
}

impl VertebraPlaces {
    /// The places of a vertebra, `body` of `mesh`. `local` gives a point's place before and left of
    /// the column's axis, mm; `part` what it belongs to.
    pub fn new(
        vertebra: usize,
        mesh: &Mesh,
        body: &BodyRange,
        faces: &VertebraFaces<'_>,
        local: impl Fn(&Point) -> [f64; 2] + Sync,
        part: impl Fn(&Point) -> Part + Sync,
    ) -> Self {
        let places = corner_places(mesh, body, faces, local);
        let samples = samples();
        let pieces = body.elements.clone().into_par_iter().map(|e| {
            let zones = element_zones(mesh, e, &samples, &places, &part);
            zones.map(move |(point, zone, share)| Piece {
                element: e - body.elements.start,
                point,
                volume: share * mesh.volume(e),
                zone,
            })
        });
        Self {
            vertebra,
            near_loads: near_loads(mesh, &places, |p| part(p) == Part::Body),
            pieces: pieces.flatten_iter().collect(),
        }
    }

    /// The pieces' values of a field given at the quadrature points of every element; `body` is
    /// this vertebra in the field's model.
    pub fn pick(&self, field: &[[f64; 4]], body: &BodyRange) -> Vec<f64> {
        let start = body.elements.start;
        let at = |p: &Piece| field[start + p.element][p.point];
        self.pieces.iter().map(at).collect()
    }
}

/// Zones of the body with corners that lie too near a load or a support to be judged.
fn near_loads(
    mesh: &Mesh,
    places: &BTreeMap<u32, Place>,
    is_body: impl Fn(&Point) -> bool,
) -> Vec<Zone> {
    let near = places
        .iter()
        .filter(|(n, place)| zone_of(place).is_none() && is_body(&mesh.nodes[**n as usize]));
    let far = |place: &Place| Place {
        to_load: FAR_MM,
        ..*place
    };
    let zones: BTreeSet<Zone> = near.filter_map(|(_, place)| zone_of(&far(place))).collect();
    zones.into_iter().collect()
}

/// Distances of the corners of a vertebra's elements from its faces and the loads on it.
fn corner_places(
    mesh: &Mesh,
    body: &BodyRange,
    faces: &VertebraFaces<'_>,
    local: impl Fn(&Point) -> [f64; 2] + Sync,
) -> BTreeMap<u32, Place> {
    let superior = FaceDistance::new(mesh, faces.superior);
    let inferior = FaceDistance::new(mesh, faces.inferior);
    let held = faces.held.iter();
    let loads: Vec<FaceDistance> = held.map(|held| FaceDistance::new(mesh, held)).collect();
    let corners: BTreeSet<u32> = body
        .elements
        .clone()
        .flat_map(|e| mesh.element(e)[..4].iter().copied())
        .collect();
    let place = |n: u32| {
        let p = mesh.nodes[n as usize];
        let [anterior, left] = local(&p);
        let to_load = loads.iter().map(|l| l.distance(&p));
        Place {
            below_superior: superior.below(&p),
            above_inferior: inferior.below(&p),
            anterior,
            left,
            to_load: to_load.fold(FAR_MM, f64::min),
            posterior_elements: false,
        }
    };
    corners.into_par_iter().map(|n| (n, place(n))).collect()
}

/// Places inside an element, barycentric, and the quadrature points each is nearest to.
pub fn samples() -> Vec<([f64; 4], Vec<usize>)> {
    let mut samples = Vec::new();
    for i in 0..=SAMPLES {
        for j in 0..=SAMPLES - i {
            for k in 0..=SAMPLES - i - j {
                let steps = [i, j, k, SAMPLES - i - j - k];
                let l = steps.map(|s| (s as f64 + 0.25) / (SAMPLES as f64 + 1.0));
                let most = steps.into_iter().max().unwrap_or(0);
                let nearest = (0..4).filter(|q| steps[*q] == most).collect();
                samples.push((l, nearest));
            }
        }
    }
    samples
}

/// Share of an element's volume by quadrature point and zone; distances between corners are
/// linear.
fn element_zones(
    mesh: &Mesh,
    e: usize,
    samples: &[([f64; 4], Vec<usize>)],
    places: &BTreeMap<u32, Place>,
    part: impl Fn(&Point) -> Part,
) -> impl Iterator<Item = (usize, Option<Zone>, f64)> {
    let corners = mesh.corners(e);
    let at: Vec<&Place> = mesh.element(e)[..4]
        .iter()
        .filter_map(|n| places.get(n))
        .collect();
    let mut shares: BTreeMap<(usize, Option<Zone>), f64> = BTreeMap::new();
    for (l, nearest) in samples {
        let mean = |of: &dyn Fn(&Place) -> f64| -> f64 {
            l.iter().zip(&at).map(|(l, place)| l * of(place)).sum()
        };
        let p: Vec3 = l.iter().zip(&corners).map(|(l, c)| *l * c.coords).sum();
        let part = part(&Point::from(p));
        let place = Place {
            below_superior: mean(&|p| p.below_superior),
            above_inferior: mean(&|p| p.above_inferior),
            anterior: mean(&|p| p.anterior),
            left: mean(&|p| p.left),
            to_load: mean(&|p| p.to_load),
            posterior_elements: part == Part::PosteriorElements,
        };
        let zone = (part != Part::Screw).then(|| zone_of(&place)).flatten();
        let share = 1.0 / (samples.len() * nearest.len()) as f64;
        for q in nearest {
            *shares.entry((*q, zone)).or_default() += share;
        }
    }
    shares
        .into_iter()
        .map(|((q, zone), share)| (q, zone, share))
}

/// Distances to a face.
struct FaceDistance {
    /// Corners of its facets, mm.
    triangles: Vec<[Point; 3]>,
    /// The same, laid on the plane through the origin square to the mean normal.
    laid: Vec<[Point; 3]>,
    /// Mean normal, out of the body.
    normal: Vec3,
}

impl FaceDistance {
    fn new(mesh: &Mesh, facets: &[Facet]) -> Self {
        let triangles: Vec<[Point; 3]> = facets.iter().map(|f| mesh.facet_corners(*f)).collect();
        let area: Vec3 = facets.iter().map(|f| mesh.facet_area_vector(*f)).sum();
        let normal = area.normalize();
        let lay = |p: Point| p - normal * p.coords.dot(&normal);
        Self {
            laid: triangles.iter().map(|t| t.map(lay)).collect(),
            triangles,
            normal,
        }
    }

    /// Depth below the face along its mean normal, mm; beside it, below the nearest part of its
    /// rim. It follows the face's shape, not the tilt of single facets, which the mesh decides.
    fn below(&self, p: &Point) -> f64 {
        let flat = p - self.normal * p.coords.dot(&self.normal);
        let Some((t, at)) = nearest(&self.laid, &flat) else {
            return f64::INFINITY;
        };
        let [a, b, c] = self.laid[t];
        let (ab, ac, ap) = (b - a, c - a, at - a);
        let twice = ab.cross(&ac).dot(&self.normal);
        let along_b = ap.cross(&ac).dot(&self.normal) / twice;
        let along_c = ab.cross(&ap).dot(&self.normal) / twice;
        let [a, b, c] = self.triangles[t].map(|q| (q - p).dot(&self.normal));
        (a + along_b * (b - a) + along_c * (c - a)).max(0.0)
    }

    /// Distance to the face, mm.
    fn distance(&self, p: &Point) -> f64 {
        nearest(&self.triangles, p).map_or(f64::INFINITY, |(_, at)| (at - p).norm())
    }
}

/// The nearest of the triangles and the point on it.
fn nearest(triangles: &[[Point; 3]], p: &Point) -> Option<(usize, Point)> {
    let mut best: Option<(usize, Point)> = None;
    let mut least = f64::INFINITY;
    for (t, corners) in triangles.iter().enumerate() {
        let [a, b, c] = corners;
        // No point of a triangle is farther from a corner than the longer side there.
        let reach = (b - a).norm_squared().max((c - a).norm_squared()).sqrt();
        if (a - p).norm_squared() > (least + reach).powi(2) {
            continue;
        }
        let (at, _) = nearest_point(p, corners);
        let distance = (at - p).norm();
        if distance < least {
            (least, best) = (distance, Some((t, at)));
        }
    }
    best
}

/// Elements of one bone near an interface.
pub struct NearElements {
    elements: Vec<usize>,
    /// Volumes, mm³.
    pub volume: Vec<f64>,
    /// Mean Young's moduli, MPa.
    pub modulus: Vec<f64>,
}

impl NearElements {
    /// The near elements' share of a field over all elements.
    pub fn pick<T: Copy>(&self, field: &[T]) -> Vec<T> {
        self.elements.iter().map(|e| field[*e]).collect()
    }
}

/// Elements of `bone` whose centroids lie within 3 mm of the tie and for which `wanted` holds.
pub fn near_interface(
    model: &Model,
    bone: &BodyRange,
    tie: &Tie,
    wanted: impl Fn(&Point) -> bool,
) -> NearElements {
    let points: Vec<Point> = tie.points.iter().map(|p| p.position).collect();
    let grid = PointGrid::new(&points, NEAR_MM);
    let is_near = |p: &Point| {
        let mut near = false;
        grid.visit(p, NEAR_MM, |i| near |= (points[i] - p).norm() <= NEAR_MM);
        near
    };
    let elements: Vec<usize> = bone
        .elements
        .clone()
        .filter(|e| {
            let p = model.mesh.centroid(*e);
            wanted(&p) && is_near(&p)
        })
        .collect();
    let modulus = |e: usize| {
        let (young, _) = model
            .materials
            .elasticity(e)
            .isotropic_constants()
            .unwrap_or((f64::NAN, 0.0));
        young * model.materials.mean_factor(e)
    };
    NearElements {
        volume: elements.iter().map(|e| model.mesh.volume(*e)).collect(),
        modulus: elements.iter().map(|e| modulus(*e)).collect(),
        elements,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::boundary::boundary_facets;
    use crate::mesh::structured::box_mesh;

    /// A block 12 × 12 × 16 mm about the axis: slices and quadrants have volumes by hand, and
    /// elements of 2 mm fit neither.
    #[test]
    fn zones_have_their_volume_although_elements_do_not_fit_them() {
        let mesh = box_mesh(ElementKind::Tet10, [6, 6, 8], |[x, y, z]| {
            Point::new(12.0 * x - 6.0, 12.0 * y - 6.0, 16.0 * z)
        });
        let places: BTreeMap<u32, Place> = (0..mesh.nodes.len())
            .map(|n| (n as u32, mesh.nodes[n]))
            .map(|(n, p)| {
                let place = Place {
                    below_superior: 16.0 - p.z,
                    above_inferior: p.z,
                    anterior: p.x,
                    left: p.y,
                    to_load: FAR_MM,
                    posterior_elements: false,
                };
                (n, place)
            })
            .collect();
        let samples = samples();
        let mut volumes: BTreeMap<String, f64> = BTreeMap::new();
        for e in 0..mesh.element_count() {
            let mut of_element = 0.0;
            for (_, zone, share) in element_zones(&mesh, e, &samples, &places, |_| Part::Body) {
                let name = zone.map_or_else(String::new, |z| z.to_string());
                *volumes.entry(name).or_default() += share * mesh.volume(e);
                of_element += share;
            }
            assert!((of_element - 1.0).abs() < 1e-12);
        }
        assert_eq!(volumes.len(), 16);
        for (zone, volume) in volumes {
            let depth = if zone.contains("0-3") { 3.0 } else { 5.0 };
            let exact = 36.0 * depth;
            // Samples are 0.4 mm apart: a slice is known to half of that.
            let tolerance = 0.2 / depth;
            assert!(
                (volume / exact - 1.0).abs() < tolerance,
                "{zone}: {volume} {exact}"
            );
        }
    }

    /// A block 12 mm wide with a screw of 6 mm through it along y: the zones lose its volume.
    #[test]
    fn bone_in_a_screw_has_no_zone() {
        let mesh = box_mesh(ElementKind::Tet10, [12, 6, 12], |[x, y, z]| {
            Point::new(12.0 * x - 6.0, 12.0 * y - 6.0, 12.0 * z - 6.0)
        });
        let place = Place {
            below_superior: 1.0,
            above_inferior: 20.0,
            anterior: 5.0,
            left: 0.0,
            to_load: FAR_MM,
            posterior_elements: false,
        };
        let places = (0..mesh.nodes.len()).map(|n| (n as u32, place)).collect();
        let part = |p: &Point| match p.x.hypot(p.z) <= 3.0 {
            true => Part::Screw,
            false => Part::Body,
        };
        let samples = samples();
        let (mut lost, mut kept) = (0.0, 0.0);
        for e in 0..mesh.element_count() {
            for (_, zone, share) in element_zones(&mesh, e, &samples, &places, part) {
                match zone {
                    None => lost += share * mesh.volume(e),
                    Some(_) => kept += share * mesh.volume(e),
                }
            }
        }
        let cylinder = std::f64::consts::PI * 9.0 * 12.0;
        // Samples are 0.2 mm apart across: the border of a circle averages out far below that.
        assert!((lost / cylinder - 1.0).abs() < 0.02, "{lost} {cylinder}");
        assert!((lost + kept - 1728.0).abs() < 1e-9);
    }

    /// A roof of two slopes of 45° over the square |x|, |y| ≤ 3, its ridge along y at z = 0.
    #[test]
    fn depth_follows_the_face_and_beyond_it_the_rim() {
        let mesh = box_mesh(ElementKind::Tet4, [2, 2, 1], |[x, y, z]| {
            let (x, y) = (6.0 * x - 3.0, 6.0 * y - 3.0);
            Point::new(x, y, 8.0 * (z - 1.0) - x.abs())
        });
        let top: Vec<Facet> = boundary_facets(&mesh)
            .into_iter()
            .filter(|f| mesh.facet_corners(*f).iter().all(|p| p.z > -3.5))
            .collect();
        let face = FaceDistance::new(&mesh, &top);
        assert!((face.normal - Vec3::z()).norm() < 1e-12 && top.len() == 8);
        for (p, depth, distance) in [
            (Point::new(0.0, 1.0, -5.0), 5.0, 5.0 / 2f64.sqrt()),
            (Point::new(2.0, -1.0, -4.0), 2.0, 2.0 / 2f64.sqrt()),
            // Beside the face: below the rim at z = −3.
            (Point::new(7.0, 0.0, -6.0), 3.0, 5.0),
            (Point::new(0.0, 0.0, 1.0), 0.0, 1.0),
        ] {
            assert!(
                (face.below(&p) - depth).abs() < 1e-12,
                "{p}: {}",
                face.below(&p)
            );
            assert!((face.distance(&p) - distance).abs() < 1e-12, "{p}");
        }
    }

    #[test]
    fn every_quadrature_point_stands_for_a_quarter_of_its_element() {
        let mut quarters = [0.0; 4];
        let samples = samples();
        for (l, nearest) in &samples {
            assert!((l.iter().sum::<f64>() - 1.0).abs() < 1e-15);
            for q in nearest {
                quarters[*q] += 1.0 / (samples.len() * nearest.len()) as f64;
            }
        }
        assert!(quarters.iter().all(|q| (q - 0.25).abs() < 1e-15));
    }
}

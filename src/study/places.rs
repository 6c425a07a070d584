//! Where bone lies in its vertebra, and which bone lies near an interface.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::assessment::neighbours::PointGrid;
use crate::assessment::zones::{LOAD_MARGIN, Place, Zone, zone_of};
use crate::boundary::select_surface;
use crate::case::{Case, End};
use crate::contact::Tie;
use crate::mesh::{Facet, TetMesh};
use crate::model::{BodyRange, Model};
use crate::tensor::{Point, Vec3};

use super::StudyError;
use super::scene::Scene;
use super::states::endplate_surface;

/// Bone within this distance of an interface is judged for subsidence, mm.
const NEAR_MM: f64 = 3.0;

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

/// One vertebra that stays, in pieces that lie in one zone each. An element at a border belongs
/// to both sides: whole elements would move from zone to zone with every change of the mesh.
pub struct VertebraPlaces {
    /// Its name.
    pub name: String,
    /// The pieces, in the order of the elements.
    pub pieces: Vec<Piece>,
}

impl VertebraPlaces {
    /// The places of all vertebrae that stay, in the intact model.
    ///
    /// # Errors
    /// A vertebra without a named endplate.
    pub fn all(case: &Case, scene: &Scene, intact: &Model) -> Result<Vec<Self>, StudyError> {
        let mesh = &intact.mesh;
        let mut all = Vec::new();
        for (v, vertebra) in case.vertebrae.iter().enumerate() {
            let Some(body) = intact.body(&vertebra.name).filter(|_| !case.is_resected(v)) else {
                continue;
            };
            let places = corner_places(case, scene, mesh, v, body)?;
            let samples = samples();
            let pieces = body.elements.clone().into_par_iter().map(|e| {
                let is_body = |p: &Point| scene.is_body(v, p);
                let zones = element_zones(mesh, e, &samples, &places, is_body);
                zones.map(move |(point, zone, share)| Piece {
                    element: e - body.elements.start,
                    point,
                    volume: share * mesh.volume(e),
                    zone,
                })
            });
            all.push(Self {
                name: vertebra.name.clone(),
                pieces: pieces.flatten_iter().collect(),
            });
        }
        Ok(all)
    }

    /// The pieces' values of a field given at the quadrature points of every element; `body` is
    /// this vertebra in the field's model.
    pub fn pick(&self, field: &[[f64; 4]], body: &BodyRange) -> Vec<f64> {
        let start = body.elements.start;
        let at = |p: &Piece| field[start + p.element][p.point];
        self.pieces.iter().map(at).collect()
    }
}

/// Distances of the corners of a vertebra's elements from its faces and the loads on it.
fn corner_places(
    case: &Case,
    scene: &Scene,
    mesh: &TetMesh,
    v: usize,
    body: &BodyRange,
) -> Result<BTreeMap<u32, Place>, StudyError> {
    let vertebra = &case.vertebrae[v].name;
    let face = |name: &str| -> Result<FaceDistance, StudyError> {
        Ok(FaceDistance::new(mesh, select_surface(mesh, name)?))
    };
    let superior = face(&endplate_surface(vertebra, End::Superior))?;
    let inferior = face(&endplate_surface(vertebra, End::Inferior))?;
    let held = [case.loads.face, case.loads.clamped].into_iter();
    let loads: Vec<FaceDistance> = held
        .filter(|held| held.vertebra == v)
        .map(|held| face(&held.name(&case.vertebrae)))
        .collect::<Result<_, _>>()?;
    let frame = scene.frame();
    let corners: BTreeSet<u32> = body
        .elements
        .clone()
        .flat_map(|e| mesh.element(e)[..4].iter().copied())
        .collect();
    let place = |n: u32| {
        let p = mesh.nodes[n as usize];
        let off = frame.to_local(&(p - frame.origin));
        let to_load = loads.iter().map(|l| l.to_facets(&p, LOAD_MARGIN));
        Place {
            below_superior: superior.below(&p),
            above_inferior: inferior.below(&p),
            anterior: off.x,
            left: off.y,
            to_load: to_load.fold(FAR_MM, f64::min),
            posterior_elements: false,
        }
    };
    Ok(corners.into_par_iter().map(|n| (n, place(n))).collect())
}

/// Places inside an element, barycentric, and the quadrature points each is nearest to.
fn samples() -> Vec<([f64; 4], Vec<usize>)> {
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
    mesh: &TetMesh,
    e: usize,
    samples: &[([f64; 4], Vec<usize>)],
    places: &BTreeMap<u32, Place>,
    is_body: impl Fn(&Point) -> bool,
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
        let zone = zone_of(&Place {
            below_superior: mean(&|p| p.below_superior),
            above_inferior: mean(&|p| p.above_inferior),
            anterior: mean(&|p| p.anterior),
            left: mean(&|p| p.left),
            to_load: mean(&|p| p.to_load),
            posterior_elements: !is_body(&Point::from(p)),
        });
        let share = 1.0 / (samples.len() * nearest.len()) as f64;
        for q in nearest {
            *shares.entry((*q, zone)).or_default() += share;
        }
    }
    shares
        .into_iter()
        .map(|((q, zone), share)| (q, zone, share))
}

/// Distances to a face, by its facets.
struct FaceDistance {
    facets: Vec<(Point, Vec3)>,
    reach: f64,
}

impl FaceDistance {
    fn new(mesh: &TetMesh, facets: &[Facet]) -> Self {
        let middle = |f: &Facet| {
            let sum: Vec3 = mesh.facet_corners(*f).iter().map(|p| p.coords).sum();
            Point::from(sum / 3.0)
        };
        let reach = facets
            .iter()
            .flat_map(|f| mesh.facet_corners(*f).map(|c| (c - middle(f)).norm()))
            .fold(0.0, f64::max);
        let facets = facets
            .iter()
            .map(|f| (middle(f), mesh.facet_area_vector(*f).normalize()))
            .collect();
        Self { facets, reach }
    }

    fn nearest(&self, p: &Point) -> Option<&(Point, Vec3)> {
        self.facets.iter().min_by(|a, b| {
            (a.0 - p)
                .norm_squared()
                .total_cmp(&(b.0 - p).norm_squared())
        })
    }

    /// Depth below the plane of the nearest facet, mm.
    fn below(&self, p: &Point) -> f64 {
        self.nearest(p)
            .map_or(f64::INFINITY, |(c, n)| (c - p).dot(n).max(0.0))
    }

    /// Distance to the face where it is below `limit`; anything above it otherwise, mm.
    fn to_facets(&self, p: &Point, limit: f64) -> f64 {
        let Some((c, n)) = self.nearest(p) else {
            return f64::INFINITY;
        };
        let straight = (c - p).norm();
        if straight > limit + self.reach {
            straight
        } else {
            (c - p).dot(n).abs().max(straight - self.reach)
        }
    }
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
            for (_, zone, share) in element_zones(&mesh, e, &samples, &places, |_| true) {
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

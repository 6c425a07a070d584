//! Where elements lie in their vertebra, and which bone lies near an interface.

use crate::assessment::neighbours::PointGrid;
use crate::assessment::zones::{ElementPlace, LOAD_MARGIN, Zone, zone_of};
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

/// Volume and zone of every element of one vertebra that stays.
pub struct VertebraPlaces {
    /// Its name.
    pub name: String,
    /// Volume of each element, mm³.
    pub volume: Vec<f64>,
    /// Zone of each element.
    pub zone: Vec<Option<Zone>>,
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
            let face = |end: End| -> Result<FaceDistance, StudyError> {
                let name = endplate_surface(&vertebra.name, end);
                Ok(FaceDistance::new(mesh, select_surface(mesh, &name)?))
            };
            let (superior, inferior) = (face(End::Superior)?, face(End::Inferior)?);
            let mut loads = Vec::new();
            for held in [case.loads.face, case.loads.clamped] {
                if held.vertebra == v {
                    let name = held.name(&case.vertebrae);
                    loads.push(FaceDistance::new(mesh, select_surface(mesh, &name)?));
                }
            }
            let frame = scene.frame();
            let places = body.elements.clone().map(|e| {
                let p = mesh.centroid(e);
                let off = frame.to_local(&(p - frame.origin));
                let to_load = loads.iter().map(|l| l.to_facets(&p, LOAD_MARGIN));
                ElementPlace {
                    below_superior: superior.below(&p),
                    above_inferior: inferior.below(&p),
                    anterior: off.x,
                    left: off.y,
                    to_load: to_load.fold(f64::INFINITY, f64::min),
                    posterior_elements: !scene.is_body(v, &p),
                }
            });
            all.push(Self {
                name: vertebra.name.clone(),
                zone: places.map(|place| zone_of(&place)).collect(),
                volume: body.elements.clone().map(|e| mesh.volume(e)).collect(),
            });
        }
        Ok(all)
    }
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

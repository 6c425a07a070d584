//! The distributing coupling: a wrench onto a face, or onto the bone along a screw.
//!
//! What is coupled is a set of places in elements, each with the area or volume it stands for.
//! With their sum A, centroid x̄ and second moment T = ∫ |r|² I − r rᵀ dA (r = x − x̄), a wrench
//! (F, M) about the reference point goes in as the load density that is linear in space,
//!
//! ```text
//! t(x) = F/A + (T⁻¹ M̄) × r,    M̄ = M + (reference − x̄) × F,
//! ```
//!
//! and the force on node a is its work-equivalent ∫ Nₐ t dA over the same places. The shape
//! functions reproduce 1 and x, so these forces have the resultant F and the moment M to
//! round-off, whatever the places; on facets the rule is of degree 4, enough for a quadratic Nₐ
//! times a linear t, and a uniform or linear stress over a face is reproduced exactly. On a
//! quadratic facet the corners then get no force from a uniform traction, which is what the
//! weights of a quadratic triangle are: positive lumped weights would spread the same wrench with
//! a local, wrong stress.
//! The transpose is the weighted mean motion of what is coupled:
//! translation ū = ∫u dA/A carried to the reference point, rotation T⁻¹ ∫ r × u dA.

use std::collections::BTreeMap;

use nalgebra::Matrix3;

use super::{BoundaryError, Coupling, LoadCase, Sample};
use crate::element::face::{FacePoint, face_points};
use crate::element::tet10::shape;
use crate::mesh::boundary::facet_places;
use crate::mesh::{ElementKind, FACES, Facet, Mesh};
use crate::tensor::{Point, Vec3, Wrench};

/// Smallest admitted ratio of the least to the largest second moment of what is coupled: below it
/// the face is a line and cannot take a moment about itself.
const LINE_LIMIT: f64 = 1e-9;

/// Two orbits of three points, [coordinate of the pair of equal ones, weight]: the triangle rule
/// of degree 4 with six points (Strang & Fix 1973).
const TRIANGLE_RULE: [[f64; 2]; 2] = [
    [0.445_948_490_915_964_9, 0.223_381_589_678_011_47],
    [0.091_576_213_509_770_74, 0.109_951_743_655_321_87],
];

/// Measure, centroid and second moment of what is coupled.
struct Moments {
    measure: f64,
    centroid: Point,
    inverse_inertia: Matrix3<f64>,
}

/// The places of a rule of degree 4 on facets; weights are areas, mm².
pub fn surface_samples(mesh: &Mesh, facets: &[Facet]) -> Vec<Sample> {
    let mut samples = Vec::with_capacity(6 * facets.len());
    for facet in facets {
        if !mesh.kind_of(facet.element as usize).is_tetrahedron() {
            samples.extend(polygon_samples(mesh, *facet));
            continue;
        }
        let area = mesh.facet_area_vector(*facet).norm();
        let corners = FACES[facet.face as usize];
        for [pair, weight] in TRIANGLE_RULE {
            for odd in 0..3 {
                let mut barycentric = [0.0; 4];
                for (k, corner) in corners.into_iter().enumerate() {
                    barycentric[corner] = if k == odd { 1.0 - 2.0 * pair } else { pair };
                }
                samples.push(Sample {
                    element: facet.element,
                    barycentric,
                    weight: weight * area,
                });
            }
        }
    }
    samples
}

/// The quadrature points of a face of a hexahedron or wedge.
fn polygon_samples(mesh: &Mesh, facet: Facet) -> Vec<Sample> {
    let kind = mesh.kind_of(facet.element as usize);
    let table = kind.reference();
    let (places, local) = (table.places(), table.face(facet.face as usize));
    // One point cannot carry a moment about itself: quadrilaterals of linear wedges take four.
    let rule = match kind {
        ElementKind::Wedge6 => ElementKind::Hex8,
        _ => kind,
    };
    let points = face_points(rule, &facet_places(mesh, facet));
    let sample = |point: &FacePoint| {
        let terms = local.iter().zip(point.values);
        let at: Vec3 = terms.map(|(&i, share)| share * places[i]).sum();
        Sample {
            element: facet.element,
            barycentric: [at.x, at.y, at.z, 0.0],
            weight: point.area.norm(),
        }
    };
    points.iter().map(sample).collect()
}

impl Coupling {
    /// Couples the nodes of `facets` to a reference point (mm).
    ///
    /// # Errors
    /// No facets; facets without area or all on one line.
    pub fn on_surface(
        mesh: &Mesh,
        facets: &[Facet],
        reference: Point,
    ) -> Result<Self, BoundaryError> {
        Self::on_samples(mesh, &surface_samples(mesh, facets), reference)
    }

    /// Couples the nodes around `samples` to a reference point (mm).
    ///
    /// # Errors
    /// No samples; samples without weight or all on one line.
    pub fn on_samples(
        mesh: &Mesh,
        samples: &[Sample],
        reference: Point,
    ) -> Result<Self, BoundaryError> {
        let places: Vec<(Point, f64)> = samples
            .iter()
            .map(|s| (s.position(mesh), s.weight))
            .collect();
        let moments = moments(&places)?;
        let mut columns: BTreeMap<u32, [Vec3; 6]> = BTreeMap::new();
        for sample in samples {
            let density = moments.density(&reference, &sample.position(mesh));
            for (node, share) in sample.shares(mesh) {
                let entry = columns.entry(node).or_insert([Vec3::zeros(); 6]);
                for (column, t) in entry.iter_mut().zip(&density) {
                    *column += t * (share * sample.weight);
                }
            }
        }
        let (nodes, columns) = columns.into_iter().unzip();
        Ok(Self {
            reference,
            nodes,
            columns,
        })
    }

    /// Couples single nodes with weights to a reference point (mm), as CalculiX's and Abaqus's
    /// distributing couplings do: the force on a node is its weight times the load density there.
    /// A uniform traction is the same as [`on_surface`](Self::on_surface)'s where the weights are
    /// the areas ∫Nₐ; a moment is spread more coarsely.
    ///
    /// # Errors
    /// No nodes; nodes without weight or all on one line.
    pub fn on_nodes(
        mesh: &Mesh,
        weights: &[(u32, f64)],
        reference: Point,
    ) -> Result<Self, BoundaryError> {
        let position = |n: u32| mesh.nodes[n as usize];
        let places: Vec<(Point, f64)> = weights.iter().map(|&(n, w)| (position(n), w)).collect();
        let moments = moments(&places)?;
        let column = |&(n, w): &(u32, f64)| {
            let density = moments.density(&reference, &position(n));
            (n, density.map(|t| t * w))
        };
        let (nodes, columns) = weights.iter().map(column).unzip();
        Ok(Self {
            reference,
            nodes,
            columns,
        })
    }

    /// Nodal forces (N) of a wrench about the reference point.
    pub fn forces(&self, wrench: &Wrench) -> Vec<(u32, Vec3)> {
        let (f, m) = (&wrench.force, &wrench.moment);
        let amounts = [f.x, f.y, f.z, m.x, m.y, m.z];
        self.nodes
            .iter()
            .zip(&self.columns)
            .map(|(&node, column)| {
                let force = column.iter().zip(amounts).map(|(c, w)| c * w).sum();
                (node, force)
            })
            .collect()
    }

    /// Mean translation (mm) of the face at the reference point and mean rotation (rad), from the
    /// displacements of all nodes of the mesh.
    pub fn mean_motion(&self, displacement: &[Vec3]) -> [f64; 6] {
        let mut motion = [0.0; 6];
        for (&node, column) in self.nodes.iter().zip(&self.columns) {
            let u = &displacement[node as usize];
            for (value, c) in motion.iter_mut().zip(column) {
                *value += c.dot(u);
            }
        }
        motion
    }

    /// The load case that puts a wrench on the coupled face.
    pub fn load_case(&self, name: &str, wrench: Wrench, service: bool) -> LoadCase {
        LoadCase {
            name: name.to_string(),
            wrench,
            forces: self.forces(&wrench),
            service,
        }
    }
}

impl Sample {
    /// Where it lies, mm.
    pub fn position(&self, mesh: &Mesh) -> Point {
        let e = self.element as usize;
        if !mesh.kind_of(e).is_tetrahedron() {
            let terms = self.shares(mesh).into_iter();
            let terms = terms.map(|(n, share)| share * mesh.nodes[n as usize].coords);
            return Point::from(terms.sum::<Vec3>());
        }
        let corners = mesh.corners(e);
        let terms = corners.iter().zip(self.barycentric);
        Point::from(terms.map(|(p, l)| p.coords * l).sum::<Vec3>())
    }

    /// The nodes that move it, with their shape functions there.
    pub fn shares(&self, mesh: &Mesh) -> Vec<(u32, f64)> {
        let nodes = mesh.element(self.element as usize).iter().copied();
        let [a, b, c, _] = self.barycentric;
        let all: Vec<(u32, f64)> = match mesh.kind_of(self.element as usize) {
            ElementKind::Tet10 => nodes.zip(shape(&self.barycentric)).collect(),
            ElementKind::Tet4 => nodes.zip(self.barycentric).collect(),
            kind => nodes
                .zip(kind.reference().shapes([a, b, c]).values)
                .collect(),
        };
        // On a facet the nodes off it have no share.
        all.into_iter().filter(|(_, share)| *share != 0.0).collect()
    }
}

impl Moments {
    /// Load density of the six unit wrenches about `reference` at `position`, per mm² or mm³.
    fn density(&self, reference: &Point, position: &Point) -> [Vec3; 6] {
        let arm = reference - self.centroid;
        let r = position - self.centroid;
        std::array::from_fn(|k| {
            let unit = Vec3::ith(k % 3, 1.0);
            let (force, moment) = if k < 3 {
                (unit, arm.cross(&unit))
            } else {
                (Vec3::zeros(), unit)
            };
            force / self.measure + (self.inverse_inertia * moment).cross(&r)
        })
    }
}

fn moments(places: &[(Point, f64)]) -> Result<Moments, BoundaryError> {
    if places.is_empty() {
        return Err(BoundaryError::NothingCoupled);
    }
    let measure: f64 = places.iter().map(|p| p.1).sum();
    let degenerate = BoundaryError::Degenerate {
        places: places.len(),
        measure,
    };
    let sane = measure > 0.0 && measure.is_finite();
    if !sane {
        return Err(degenerate);
    }
    let first: Vec3 = places.iter().map(|(p, w)| p.coords * *w).sum();
    let centroid = Point::from(first / measure);
    let mut spread = Matrix3::zeros();
    for (p, w) in places {
        let r = p - centroid;
        spread += r * r.transpose() * *w;
    }
    let inertia = Matrix3::identity() * spread.trace() - spread;
    let values = inertia.symmetric_eigenvalues();
    if values.min() <= LINE_LIMIT * values.max() {
        return Err(degenerate);
    }
    let inverse_inertia = inertia.try_inverse().ok_or(degenerate)?;
    Ok(Moments {
        measure,
        centroid,
        inverse_inertia,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::Blocks;

    /// One tet10 with an irregular shape; faces 1 and 2 stand at an angle.
    fn tet10() -> Mesh {
        let corners = [
            Point::new(0.1, 0.0, -0.2),
            Point::new(2.0, 0.3, 0.1),
            Point::new(0.4, 1.7, 0.0),
            Point::new(0.2, 0.5, 1.9),
        ];
        let mut nodes = corners.to_vec();
        for [i, j] in crate::mesh::EDGES {
            nodes.push(nalgebra::center(&corners[i], &corners[j]));
        }
        Mesh {
            nodes,
            blocks: Blocks::of(ElementKind::Tet10, (0..10).collect()),
            region_of: vec![0],
            regions: vec!["tet".into()],
            surfaces: Vec::new(),
        }
    }

    const FACES: [Facet; 2] = [
        Facet {
            element: 0,
            face: 1,
        },
        Facet {
            element: 0,
            face: 2,
        },
    ];

    fn tet4() -> Mesh {
        let mut mesh = tet10();
        mesh.nodes.truncate(4);
        mesh.blocks = Blocks::of(ElementKind::Tet4, (0..4).collect());
        mesh
    }

    #[test]
    fn nodal_forces_have_the_resultant_and_the_moment_of_the_wrench() {
        let reference = Point::new(30.0, -12.0, 45.0);
        let wrench = Wrench {
            force: Vec3::new(10.0, -200.0, 3.0),
            moment: Vec3::new(7500.0, 120.0, -900.0),
        };
        for mesh in [tet10(), tet4()] {
            let coupling = Coupling::on_surface(&mesh, &FACES, reference).unwrap();
            let forces = coupling.forces(&wrench);
            let force: Vec3 = forces.iter().map(|(_, f)| f).sum();
            let moment: Vec3 = forces
                .iter()
                .map(|(n, f)| (mesh.nodes[*n as usize] - reference).cross(f))
                .sum();
            // Round-off of forces of order moment/size = 2e4 N at arms of 60 mm.
            assert!((force - wrench.force).norm() < 1e-9, "{force}");
            assert!((moment - wrench.moment).norm() < 1e-8, "{moment}");
        }
    }

    #[test]
    fn weighted_nodes_carry_the_wrench_too() {
        let mesh = tet10();
        let weights = [(4, 1.0), (5, 0.5), (7, 2.0), (3, 0.0)];
        let reference = Point::new(3.0, -1.0, 4.0);
        let wrench = Wrench {
            force: Vec3::new(1.0, -2.0, 3.0),
            moment: Vec3::new(7.0, 1.0, -9.0),
        };
        let coupling = Coupling::on_nodes(&mesh, &weights, reference).unwrap();
        let forces = coupling.forces(&wrench);
        let force: Vec3 = forces.iter().map(|(_, f)| f).sum();
        let moment: Vec3 = forces
            .iter()
            .map(|(n, f)| (mesh.nodes[*n as usize] - reference).cross(f))
            .sum();
        assert!((force - wrench.force).norm() < 1e-12, "{force}");
        assert!((moment - wrench.moment).norm() < 1e-12, "{moment}");
        assert_eq!(forces[3].1, Vec3::zeros());
    }

    #[test]
    fn a_rigid_motion_is_reported_as_it_is() {
        let reference = Point::new(3.0, 4.0, -5.0);
        let (t, w) = (Vec3::new(0.1, -0.2, 0.3), Vec3::new(0.01, 0.02, -0.03));
        for mesh in [tet10(), tet4()] {
            let coupling = Coupling::on_surface(&mesh, &FACES, reference).unwrap();
            let u: Vec<Vec3> = mesh
                .nodes
                .iter()
                .map(|p| t + w.cross(&(p - reference)))
                .collect();
            let motion = coupling.mean_motion(&u);
            for k in 0..3 {
                assert!((motion[k] - t[k]).abs() < 1e-14);
                assert!((motion[3 + k] - w[k]).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn a_force_at_the_centroid_gives_the_nodal_forces_of_a_uniform_traction() {
        let mesh = tet10();
        let face = [FACES[0]];
        let sum: Vec3 = mesh.facet_corners(face[0]).iter().map(|p| p.coords).sum();
        let coupling = Coupling::on_surface(&mesh, &face, Point::from(sum / 3.0)).unwrap();
        let load = Wrench::of_force(Vec3::new(0.0, 0.0, 3.0));
        for (node, force) in coupling.forces(&load) {
            let expected = if node < 4 { 0.0 } else { 1.0 };
            assert!((force - Vec3::new(0.0, 0.0, expected)).norm() < 1e-14);
        }
    }

    #[test]
    fn faces_that_cannot_carry_a_moment_are_refused() {
        let mut mesh = tet10();
        assert!(matches!(
            Coupling::on_surface(&mesh, &[], Point::origin()),
            Err(BoundaryError::NothingCoupled)
        ));
        for node in &mut mesh.nodes {
            *node = Point::new(node.x, 0.0, 0.0);
        }
        assert!(matches!(
            Coupling::on_surface(&mesh, &FACES, Point::origin()),
            Err(BoundaryError::Degenerate { places: 12, .. })
        ));
    }
}

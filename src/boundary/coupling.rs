//! The distributing coupling of a face.
//!
//! With area A, centroid x̄ and second moment T = ∫ |r|² I − r rᵀ dA of the facets (r = x − x̄), a
//! wrench (F, M) about the reference point goes in as the traction that is linear over the face,
//!
//! ```text
//! t(x) = F/A + (T⁻¹ M̄) × r,    M̄ = M + (reference − x̄) × F,
//! ```
//!
//! and the force on node a is its work-equivalent ∫ Nₐ t dA, in closed form. The shape functions
//! reproduce 1 and x, so these forces have the resultant F and the moment M to round-off, and a
//! uniform or linear stress over the face is reproduced exactly. On a quadratic facet the corners
//! then get no force from a uniform traction, which is what the weights of a quadratic triangle
//! are: positive lumped weights would spread the same wrench with a local, wrong stress.
//! The transpose is the area-weighted mean motion of the face:
//! translation ū = ∫u dA/A carried to the reference point, rotation T⁻¹ ∫ r × u dA.

use std::collections::BTreeMap;

use nalgebra::Matrix3;

use super::{BoundaryError, Coupling, LoadCase, facet_centroid};
use crate::mesh::{ElementKind, FACES_QUADRATIC, Facet, TetMesh};
use crate::tensor::{Point, Vec3, Wrench};

/// Smallest admitted ratio of the least to the largest second moment of a coupled face: below it
/// the face is a line and cannot take a moment about itself.
const LINE_LIMIT: f64 = 1e-9;

/// Area, centroid and second moment of a set of facets.
struct FaceMoments {
    area: f64,
    centroid: Point,
    inverse_inertia: Matrix3<f64>,
}

impl Coupling {
    /// Couples the nodes of `facets` to a reference point (mm).
    ///
    /// # Errors
    /// No facets; facets without area or all on one line.
    pub fn on_surface(
        mesh: &TetMesh,
        facets: &[Facet],
        reference: Point,
    ) -> Result<Self, BoundaryError> {
        let moments = face_moments(mesh, facets)?;
        let mut columns: BTreeMap<u32, [Vec3; 6]> = BTreeMap::new();
        for &facet in facets {
            add_facet(mesh, facet, &moments, &reference, &mut columns);
        }
        let (nodes, columns) = columns.into_iter().unzip();
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

/// ∫ over a triangle of r_i r_j from the three corners: A/12 (Σ rᵃrᵃᵀ + (Σr)(Σr)ᵀ).
fn second_moment(area: f64, r: &[Vec3; 3]) -> Matrix3<f64> {
    let sum: Vec3 = r.iter().sum();
    let own: Matrix3<f64> = r.iter().map(|v| v * v.transpose()).sum();
    (own + sum * sum.transpose()) * (area / 12.0)
}

fn face_moments(mesh: &TetMesh, facets: &[Facet]) -> Result<FaceMoments, BoundaryError> {
    let (area, centroid) = facet_centroid(mesh, facets)?;
    let mut spread = Matrix3::zeros();
    for &facet in facets {
        let a = mesh.facet_area_vector(facet).norm();
        let r = mesh.facet_corners(facet).map(|p| p - centroid);
        spread += second_moment(a, &r);
    }
    let inertia = Matrix3::identity() * spread.trace() - spread;
    let moments = inertia.symmetric_eigenvalues();
    let degenerate = BoundaryError::DegenerateFace {
        facets: facets.len(),
        area_mm2: area,
    };
    if moments.min() <= LINE_LIMIT * moments.max() {
        return Err(degenerate);
    }
    let inverse_inertia = inertia.try_inverse().ok_or(degenerate)?;
    Ok(FaceMoments {
        area,
        centroid,
        inverse_inertia,
    })
}

/// Adds ∫ Nₐ t dA of one facet for the six unit wrenches.
fn add_facet(
    mesh: &TetMesh,
    facet: Facet,
    face: &FaceMoments,
    reference: &Point,
    columns: &mut BTreeMap<u32, [Vec3; 6]>,
) {
    let area = mesh.facet_area_vector(facet).norm();
    let corners = mesh.facet_corners(facet);
    let arm = reference - face.centroid;
    // Traction of each unit wrench at each corner.
    let traction: [[Vec3; 6]; 3] = std::array::from_fn(|b| {
        let r = corners[b] - face.centroid;
        std::array::from_fn(|k| {
            let unit = Vec3::ith(k % 3, 1.0);
            let (force, moment) = if k < 3 {
                (unit, arm.cross(&unit))
            } else {
                (Vec3::zeros(), unit)
            };
            force / face.area + (face.inverse_inertia * moment).cross(&r)
        })
    });
    for (node, weights) in facet_weights(mesh, facet) {
        let entry = columns.entry(node).or_insert([Vec3::zeros(); 6]);
        for (b, w) in weights.into_iter().enumerate() {
            for k in 0..6 {
                entry[k] += traction[b][k] * (w * area);
            }
        }
    }
}

/// Each node of a facet with ∫ Nₐ L_b dA / area for the three corners b.
fn facet_weights(mesh: &TetMesh, facet: Facet) -> Vec<(u32, [f64; 3])> {
    match mesh.kind {
        ElementKind::Tet4 => {
            let nodes = mesh.facet_nodes(facet);
            let weight = |a, b| if a == b { 1.0 / 6.0 } else { 1.0 / 12.0 };
            (0..3)
                .map(|a| (nodes[a], std::array::from_fn(|b| weight(a, b))))
                .collect()
        }
        ElementKind::Tet10 => {
            let element = mesh.element(facet.element as usize);
            let nodes = FACES_QUADRATIC[facet.face as usize].map(|i| element[i]);
            let corner = |a, b| if a == b { 1.0 / 30.0 } else { -1.0 / 60.0 };
            // Mid-edge a lies on corners a and a + 1.
            let middle = |a: usize, b| {
                if b == (a + 2) % 3 {
                    1.0 / 15.0
                } else {
                    2.0 / 15.0
                }
            };
            (0..3)
                .map(|a| (nodes[a], std::array::from_fn(|b| corner(a, b))))
                .chain((0..3).map(|a| (nodes[3 + a], std::array::from_fn(|b| middle(a, b)))))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One tet10 with an irregular shape; faces 1 and 2 stand at an angle.
    fn tet10() -> TetMesh {
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
        TetMesh {
            kind: ElementKind::Tet10,
            nodes,
            connectivity: (0..10).collect(),
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

    fn tet4() -> TetMesh {
        let mut mesh = tet10();
        mesh.kind = ElementKind::Tet4;
        mesh.nodes.truncate(4);
        mesh.connectivity.truncate(4);
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
        let load = Wrench {
            force: Vec3::new(0.0, 0.0, 3.0),
            moment: Vec3::zeros(),
        };
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
            Err(BoundaryError::NoFacets)
        ));
        for node in &mut mesh.nodes {
            *node = Point::new(node.x, 0.0, 0.0);
        }
        assert!(matches!(
            Coupling::on_surface(&mesh, &FACES, Point::origin()),
            Err(BoundaryError::DegenerateFace { facets: 2, .. })
        ));
    }
}

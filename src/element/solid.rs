//! Any kind of element by its table: isoparametric, integrated at its own points.
//!
//! With J = ∂x/∂ξ the gradients are g = J⁻ᵀ ∂N/∂ξ and a point stands for w det J. The hexahedron
//! with incompatible modes adds u += Σ aₘ (1 − ξₘ²) for m = 1, 2, 3. Their gradients are taken with
//! the Jacobian at the centre and the factor det J₀ / det J (Taylor, Beresford and Wilson 1976), so
//! that ∫ ∇(1 − ξₘ²) dV = 0 and a uniform stress does no work on them, on distorted elements too;
//! it is the element of nine enhanced strains of Simo and Rifai (1990). The nine amplitudes are
//! condensed: K = Kᵤᵤ − Kᵤₐ Kₐₐ⁻¹ Kₐᵤ. Tetrahedra have quicker ways of their own.

use nalgebra::{DMatrix, DVector, Matrix3};

use super::reference::{ElementKind, MOST_NODES};
use super::{ElementError, add_general, weighted_rows};
use crate::tensor::{Elasticity, Point, Vec3, Voigt};

/// Smallest determinant over the cube of the longest tangent that is still a volume.
const FLAT: f64 = 1e-9;

/// Amplitudes of the incompatible modes: three functions, three directions.
const MODES: usize = 9;

/// An element in space.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedSolid {
    /// Its kind.
    pub kind: ElementKind,
    /// Its quadrature points, in the order of the rule.
    pub points: Vec<PlacedPoint>,
}

/// A quadrature point in space.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedPoint {
    /// Shape functions; zero past the element's nodes.
    pub values: [f64; MOST_NODES],
    /// Their gradients, 1/mm.
    pub gradients: [Vec3; MOST_NODES],
    /// Gradients of the incompatible modes, 1/mm; zero where the kind has none.
    modes: [Vec3; 3],
    /// Volume it stands for, mm³, positive.
    pub volume: f64,
}

impl PlacedSolid {
    /// Places element `element` on its nodes (mm).
    ///
    /// # Errors
    /// [`ElementError::Inverted`] where the volume at a point is not positive.
    pub fn new(kind: ElementKind, x: &[Point], element: usize) -> Result<Self, ElementError> {
        Self::with_points(kind, x, kind.reference().points, element)
    }

    /// The same with other points than the kind's own, natural coordinates and weights.
    ///
    /// # Errors
    /// As [`PlacedSolid::new`].
    pub fn with_points(
        kind: ElementKind,
        x: &[Point],
        rule: &[[f64; 4]],
        element: usize,
    ) -> Result<Self, ElementError> {
        let table = kind.reference();
        let jacobian = |at: [f64; 3]| {
            let shapes = table.shapes(at);
            let terms = x.iter().zip(&shapes.slopes);
            let j: Matrix3<f64> = terms.map(|(x, s)| x.coords * s.transpose()).sum();
            (shapes, j)
        };
        let centre = match kind {
            ElementKind::Hex8Incompatible => Some(inverse(&jacobian([0.0; 3]).1, element)?),
            _ => None,
        };
        let mut points = Vec::with_capacity(rule.len());
        for &[a, b, c, weight] in rule {
            let (shapes, j) = jacobian([a, b, c]);
            let (inverse, determinant) = inverse(&j, element)?;
            let modes = centre.map_or([Vec3::zeros(); 3], |(centre, at_centre)| {
                let slope = |m: usize| Vec3::ith(m, -2.0 * [a, b, c][m]);
                [0, 1, 2].map(|m| centre.transpose() * slope(m) * (at_centre / determinant))
            });
            points.push(PlacedPoint {
                values: shapes.values,
                gradients: shapes.slopes.map(|s| inverse.tr_mul(&s)),
                modes,
                volume: weight * determinant,
            });
        }
        Ok(Self { kind, points })
    }

    /// Its volume by its own rule, mm³.
    pub fn volume(&self) -> f64 {
        self.points.iter().map(|p| p.volume).sum()
    }

    /// Its stiffness, N/mm, row-major, 3·nodes square; `factor` is the share of the elasticity at
    /// each point.
    pub fn stiffness(&self, elasticity: &Elasticity, factor: &[f64]) -> Vec<f64> {
        let whole = self.integrated(elasticity, factor);
        let width = 3 * self.kind.node_count();
        let condensed = match self.kind {
            ElementKind::Hex8Incompatible => {
                let coupled = whole.view((0, width), (width, MODES));
                let amplitudes = amplitudes(&whole, width);
                whole.view((0, 0), (width, width)) + coupled * amplitudes
            }
            _ => whole,
        };
        // Symmetric, so the order of rows and columns is one.
        condensed.as_slice().to_vec()
    }

    /// ∫ Bᵀ C B over the nodes and, behind them, the modes.
    fn integrated(&self, elasticity: &Elasticity, factor: &[f64]) -> DMatrix<f64> {
        let count = self.kind.node_count() + self.mode_count();
        let mut k = DMatrix::zeros(3 * count, 3 * count);
        for (point, factor) in self.points.iter().zip(factor) {
            let weight = point.volume * factor;
            let g = self.functions(point);
            for i in 0..count {
                let left = weighted_rows(&g[i], &elasticity.0, weight);
                for j in i..count {
                    let mut block = [0.0; 9];
                    add_general(&mut block, &left, &g[j]);
                    for (ab, value) in block.into_iter().enumerate() {
                        k[(3 * i + ab / 3, 3 * j + ab % 3)] += value;
                    }
                }
            }
        }
        k.fill_lower_triangle_with_upper_triangle();
        k
    }

    fn mode_count(&self) -> usize {
        match self.kind {
            ElementKind::Hex8Incompatible => 3,
            _ => 0,
        }
    }

    /// Gradients at a point of all functions that displacements are made of.
    fn functions(&self, point: &PlacedPoint) -> [Vec3; MOST_NODES] {
        let mut g = point.gradients;
        let first = self.kind.node_count();
        g[first..first + self.mode_count()].copy_from_slice(&point.modes[..self.mode_count()]);
        g
    }

    /// Strain at each point (engineering shear) of the nodal displacements `u` (mm), incompatible
    /// modes included.
    pub fn strains(&self, elasticity: &Elasticity, factor: &[f64], u: &[Vec3]) -> Vec<Voigt> {
        let mut moved = [Vec3::zeros(); MOST_NODES];
        let count = self.kind.node_count();
        moved[..count].copy_from_slice(u);
        if self.mode_count() > 0 {
            let whole = self.integrated(elasticity, factor);
            let nodal = DVector::from_iterator(3 * count, u.iter().flat_map(|v| [v.x, v.y, v.z]));
            let a = amplitudes(&whole, 3 * count) * nodal;
            for m in 0..3 {
                moved[count + m] = Vec3::new(a[3 * m], a[3 * m + 1], a[3 * m + 2]);
            }
        }
        let strain = |point| super::strain(&self.functions(point), &moved);
        self.points.iter().map(strain).collect()
    }

    /// Nodal forces (N) that hold the element in the displacements `u` (mm): ∫ Bᵀ σ.
    pub fn internal_force(&self, elasticity: &Elasticity, factor: &[f64], u: &[Vec3]) -> Vec<Vec3> {
        let mut force = vec![Vec3::zeros(); self.kind.node_count()];
        let strains = self.strains(elasticity, factor, u);
        for ((point, factor), strain) in self.points.iter().zip(factor).zip(&strains) {
            let s = point.volume * factor * elasticity.stress(strain);
            for (f, g) in force.iter_mut().zip(&point.gradients) {
                f.x += g.x * s[0] + g.y * s[3] + g.z * s[5];
                f.y += g.y * s[1] + g.x * s[3] + g.z * s[4];
                f.z += g.z * s[2] + g.y * s[4] + g.x * s[5];
            }
        }
        force
    }
}

/// The volume of an element by its own rule, mm³; negative where it is inside out.
pub fn signed_volume(kind: ElementKind, x: &[Point]) -> f64 {
    let table = kind.reference();
    let at = |&[a, b, c, weight]: &[f64; 4]| {
        let slopes = table.shapes([a, b, c]).slopes;
        let terms = x.iter().zip(&slopes);
        let j: Matrix3<f64> = terms.map(|(x, s)| x.coords * s.transpose()).sum();
        weight * j.determinant()
    };
    table.points.iter().map(at).sum()
}

/// −Kₐₐ⁻¹ Kₐᵤ: the amplitudes of the modes that nodal displacements call up.
fn amplitudes(whole: &DMatrix<f64>, width: usize) -> DMatrix<f64> {
    let own = whole.view((width, width), (MODES, MODES)).into_owned();
    let coupled = whole.view((width, 0), (MODES, width)).into_owned();
    // The modes strain the element, so their stiffness is positive definite where the material's is.
    own.cholesky().map_or_else(
        || DMatrix::zeros(MODES, width),
        |factor| -factor.solve(&coupled),
    )
}

/// J⁻¹ and det J.
fn inverse(j: &Matrix3<f64>, element: usize) -> Result<(Matrix3<f64>, f64), ElementError> {
    let determinant = j.determinant();
    let edge = j.column_iter().map(|c| c.norm()).fold(0.0, f64::max);
    let sound = determinant.is_finite() && determinant > FLAT * edge.powi(3);
    match j.try_inverse().filter(|_| sound) {
        Some(inverse) => Ok((inverse, determinant)),
        None => Err(ElementError::Inverted {
            element,
            volume: determinant,
            edge,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::reference::{REFERENCES, Reference};
    use crate::tensor::tests::turned_orthotropic;

    /// Nodes of an element that is turned, sheared and has every node off its place.
    fn distorted(table: &Reference, by: f64) -> Vec<Point> {
        let shear = Matrix3::new(1.0, 0.2, -0.1, 0.1, 0.8, 0.3, -0.2, 0.1, 1.2);
        let places = table.places();
        let off = |k: usize| {
            let k = k as f64;
            by * Vec3::new(
                (7.0 * k + 1.0).sin(),
                (5.0 * k + 2.0).sin(),
                (3.0 * k).cos(),
            )
        };
        let moved = places.iter().enumerate();
        moved
            .map(|(k, p)| Point::from(shear * p + off(k)))
            .collect()
    }

    #[test]
    fn a_uniform_strain_is_met_at_every_point_and_stores_its_energy() {
        let gradient = Matrix3::new(1.0, 2.0, -3.0, 0.5, -1.0, 4.0, 2.0, 0.1, 3.0) * 1e-3;
        let strain = Voigt::new(1.0, -1.0, 3.0, 2.5, 4.1, -1.0) * 1e-3;
        let elasticity = turned_orthotropic();
        for table in &REFERENCES {
            let x = distorted(table, 0.06);
            let placed = PlacedSolid::new(table.kind, &x, 0).unwrap();
            let factor = vec![1.0; table.points.len()];
            let u: Vec<Vec3> = x.iter().map(|p| gradient * p.coords).collect();
            for found in placed.strains(&elasticity, &factor, &u) {
                assert!((found - strain).amax() < 1e-15, "{table:?} {found}");
            }
            let k = placed.stiffness(&elasticity, &factor);
            let force = placed.internal_force(&elasticity, &factor, &u);
            let width = 3 * u.len();
            let mut twice = 0.0;
            for (i, f) in force.iter().enumerate() {
                for a in 0..3 {
                    let row = &k[(3 * i + a) * width..][..width];
                    let product: f64 = (0..width).map(|c| row[c] * u[c / 3][c % 3]).sum();
                    assert!((product - f[a]).abs() < 1e-12 * k[0].abs(), "{table:?}");
                    twice += product * u[i][a];
                }
            }
            let energy = strain.dot(&elasticity.stress(&strain)) * placed.volume();
            assert!((twice - energy).abs() < 1e-12 * energy, "{table:?}");
        }
    }

    #[test]
    fn six_modes_are_rigid_and_reduced_integration_leaves_its_own() {
        for (table, zero) in REFERENCES.iter().zip([6, 6, 6, 6, 6, 12, 7, 6]) {
            let x = distorted(table, 0.04);
            let placed = PlacedSolid::new(table.kind, &x, 0).unwrap();
            let factor = vec![1.0; table.points.len()];
            let k = placed.stiffness(&Elasticity::isotropic(300.0, 0.3), &factor);
            let width = 3 * x.len();
            let k = DMatrix::from_row_slice(width, width, &k);
            assert!((&k - k.transpose()).amax() < 1e-13 * k.amax());
            let values = k.symmetric_eigenvalues();
            let largest = values.max();
            let found = values.iter().filter(|v| v.abs() < 1e-12 * largest).count();
            assert_eq!(found, zero, "{table:?}");
            assert!(values.min() > -1e-12 * largest);
            assert_eq!(table.kind.has_zero_energy_modes(), zero > 6);
        }
    }

    #[test]
    fn a_cube_of_eight_nodes_is_the_voxel() {
        let side = 0.7;
        let corners = ElementKind::Hex8.reference().places();
        let x: Vec<Point> = corners
            .iter()
            .map(|p| Point::from(0.5 * side * p))
            .collect();
        let placed = PlacedSolid::new(ElementKind::Hex8, &x, 0).unwrap();
        let elasticity = turned_orthotropic();
        let k = placed.stiffness(&elasticity, &[1.0; 8]);
        let voxel = crate::element::hex8::cube_stiffness(&elasticity, side);
        for i in 0..24 {
            for j in 0..24 {
                let wanted = voxel[i / 3][j / 3][3 * (i % 3) + j % 3];
                assert!((k[24 * i + j] - wanted).abs() < 1e-12 * k[0]);
            }
        }
    }

    #[test]
    fn incompatible_modes_bend_a_brick_as_a_beam_bends() {
        // Pure bending of a parallelepiped: u = (xy, −x²/2 − ν(y² − z²)/2, −ν yz) with σ = E y along x.
        let (modulus, nu) = (300.0, 0.3);
        let corners = ElementKind::Hex8Incompatible.reference().places();
        let half = Vec3::new(5.0, 0.5, 0.5);
        let x: Vec<Point> = corners
            .iter()
            .map(|p| Point::from(p.component_mul(&half)))
            .collect();
        let u: Vec<Vec3> = x
            .iter()
            .map(|p| Vec3::new(p.x * p.y, 0.0, -nu * p.y * p.z))
            .collect();
        let energy = |kind| {
            let placed = PlacedSolid::new(kind, &x, 0).unwrap();
            let force = placed.internal_force(&Elasticity::isotropic(modulus, nu), &[1.0; 8], &u);
            let work = force.iter().zip(&u).map(|(f, u)| f.dot(u));
            0.5 * work.sum::<f64>()
        };
        // ½ E I κ² L with the second moment of a unit square.
        let exact = 0.5 * modulus / 12.0 * 10.0;
        let incompatible = energy(ElementKind::Hex8Incompatible);
        assert!(
            (incompatible / exact - 1.0).abs() < 1e-10,
            "{incompatible} {exact}"
        );
        assert!(energy(ElementKind::Hex8) > 30.0 * exact);
    }

    #[test]
    fn an_element_that_is_inside_out_or_flat_is_refused() {
        for table in REFERENCES
            .iter()
            .filter(|t| t.solid != super::super::reference::Solid::Tetrahedron)
        {
            let mut x = distorted(table, 0.0);
            for p in &mut x {
                p.z = -p.z;
            }
            assert!(
                PlacedSolid::new(table.kind, &x, 7)
                    .unwrap_err()
                    .to_string()
                    .contains("element 7")
            );
            for p in &mut x {
                p.z = 0.0;
            }
            assert!(PlacedSolid::new(table.kind, &x, 7).is_err());
        }
    }
}

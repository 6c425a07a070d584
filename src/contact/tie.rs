//! The bonded law across non-matching facets: Nitsche's method, symmetric and positive definite.
//!
//! ```text
//! K += ∫ −{σ(u)n}·[v] − {σ(v)n}·[u] + γ [u]·[v],   [u] = u_A − u_B,   {σn} = w_A σ_A n + w_B σ_B n
//! ```
//!
//! Both displacements are taken at ONE point, the middle of the gap, with the shape functions of
//! the volume elements, which reproduce rigid motions outside the element too: a tie across a
//! small gap keeps six rigid-body modes, and moments balance exactly (after Puso & Laursen 2004).
//! The elements are stretched to that place (`fill.rs`), so that a uniform stress passes.
//!
//! On an element T of one side, with G = ∫ L Lᵀ over its tied points and M = ∫_T L Lᵀ, linear
//! stresses obey ∫ |σn|² ≤ c a_T(u,u) with c = κ · max(λ_max(M⁻¹G), 8/3 |F|/|T|): the second term
//! is the trace bound of Warburton & Hesthaven 2003, (k+1)(k+d)/d |F|/|T| for k = 1, d = 3, the
//! first the same constant for the points as they are (several faces of one element, points
//! slightly outside it), both over the least share of its energy that is left where an overlap is
//! cut away. κ is the largest eigenvalue of the stiffness. Where the stiffness is
//! graded inside the element by a factor f, κ takes f_max²/f_min. With w_A = c_B/(c_A + c_B) the
//! flux comes from the softer side (Annavarapu, Hautefeuille & Dolbow 2014), Σ w²c is the
//! harmonic mean c_A c_B/(c_A + c_B), and
//! γ = s Σ w²c with s > 1 leaves at least (1 − 1/s) of the strain energy for any contrast of the
//! two sides.

use std::collections::BTreeMap;

use nalgebra::{Matrix3, Matrix4, Vector4};
use rayon::prelude::*;

use super::ContactError;
use super::fill::{self, Stretch, relative};
use super::interface::{InterfacePoint, Tie, TieSettings};
use super::operator::{PointOperator, pair_nodes};
use super::search::{Piece, Reach, find_pieces};
use crate::assembly::LocalSystem;
use crate::element::tet10;
use crate::geometry::Aabb;
use crate::material::MaterialField;
use crate::mesh::{Facet, Mesh};
use crate::tensor::Point;

/// The stress at a point gathers what the nodes around it miss: on patches it was off by 0.4 to 1.06
/// times their unbalanced share, the more the wider the gap beside its elements (up to a quarter).
const SAFETY: f64 = 2.0;

/// The two surfaces of a tie.
#[derive(Debug, Clone)]
pub struct TieSpec<'a> {
    /// Name of the interface.
    pub name: String,
    /// Names of the bodies, A then B.
    pub bodies: [String; 2],
    /// Facets of both sides in one mesh; areas are measured on side A.
    pub surfaces: [&'a [Facet]; 2],
}

/// Ties the facets of side A to those of side B wherever they face each other within the gap.
///
/// # Errors
/// A side without facets, no area within reach, settings that give no stable tie, a material
/// without stiffness.
pub fn build_tie(
    spec: &TieSpec,
    mesh: &Mesh,
    materials: &MaterialField,
    settings: &TieSettings,
) -> Result<Tie, ContactError> {
    check(spec, settings)?;
    let [a, b] = spec.surfaces;
    let reach = Reach {
        gap: settings.max_gap,
        angle_deg: settings.max_angle_deg,
    };
    let pieces = find_pieces(mesh, a, b, &reach);
    if pieces.is_empty() {
        return Err(ContactError::NothingInReach {
            name: spec.name.clone(),
            bodies: spec.bodies.clone(),
            max_gap_mm: settings.max_gap,
        });
    }
    let (area, untied_area) = areas(mesh, a, &pieces);
    let mut tie = Tie {
        name: spec.name.clone(),
        bodies: spec.bodies.clone(),
        settings: *settings,
        gap_error: 0.0,
        pieces,
        points: Vec::new(),
        systems: Vec::new(),
        area,
        untied_area,
    };
    tie.weigh(mesh, materials)?;
    Ok(tie)
}

impl Tie {
    /// The same faces of the same mesh between bodies of other materials.
    ///
    /// # Errors
    /// A material without stiffness.
    pub fn with_materials(
        &self,
        mesh: &Mesh,
        materials: &MaterialField,
    ) -> Result<Self, ContactError> {
        let mut tie = Self {
            name: self.name.clone(),
            bodies: self.bodies.clone(),
            pieces: self.pieces.clone(),
            points: Vec::new(),
            systems: Vec::new(),
            ..*self
        };
        tie.weigh(mesh, materials)?;
        Ok(tie)
    }

    /// What depends on the materials: weights, penalties, systems, and how far overlaps are cut.
    fn weigh(&mut self, mesh: &Mesh, materials: &MaterialField) -> Result<(), ContactError> {
        let stretches = [0, 1].map(|side| fill::stretches(mesh, materials, &self.pieces, side));
        let bounds = [0, 1]
            .map(|side| trace_bounds(mesh, materials, &self.pieces, (side, &stretches[side])));
        let weighted = self.pieces.iter().map(|piece| {
            let points = weighted_points(mesh, piece, &bounds, self.settings.stability);
            points.ok_or_else(|| ContactError::NoStiffness {
                name: self.name.clone(),
                elements: piece.facets.map(|f| f.element),
            })
        });
        let ready: Vec<Vec<InterfacePoint>> = weighted.collect::<Result<_, _>>()?;
        let mut systems: Vec<LocalSystem> = ready
            .par_iter()
            .map(|points| local_system(mesh, materials, points))
            .collect();
        for (side, stretches) in stretches.iter().enumerate() {
            fill::add_to(
                &mut systems,
                (&self.pieces, side),
                stretches,
                mesh,
                materials,
            );
        }
        self.points = ready.into_iter().flatten().collect();
        self.systems = systems;
        self.gap_error = SAFETY * fill::unbalanced_share(mesh, &self.pieces, &stretches);
        Ok(())
    }
}

/// Area of side A that lies opposite side B however far away, up to the size of side A itself, and
/// the largest distance there, mm² and mm.
pub fn facing_area(spec: &TieSpec, mesh: &Mesh, settings: &TieSettings) -> (f64, f64) {
    let [a, b] = spec.surfaces;
    let corners: Vec<Point> = a.iter().flat_map(|f| mesh.facet_corners(*f)).collect();
    let size = Aabb::around(&corners).map_or(0.0, |b| b.size().norm());
    let reach = Reach {
        gap: size,
        angle_deg: settings.max_angle_deg,
    };
    let pieces = find_pieces(mesh, a, b, &reach);
    let (area, untied) = areas(mesh, a, &pieces);
    let gaps = pieces.iter().flat_map(|piece| piece.gaps);
    (area - untied, gaps.map(f64::abs).fold(0.0, f64::max))
}

fn check(spec: &TieSpec, settings: &TieSettings) -> Result<(), ContactError> {
    for side in 0..2 {
        if spec.surfaces[side].is_empty() {
            return Err(ContactError::EmptySide {
                name: spec.name.clone(),
                body: spec.bodies[side].clone(),
            });
        }
    }
    let sound = settings.max_gap >= 0.0
        && settings.max_gap.is_finite()
        && (0.0..90.0).contains(&settings.max_angle_deg)
        && settings.stability > 1.0
        && settings.stability.is_finite();
    if sound {
        Ok(())
    } else {
        Err(ContactError::Settings {
            name: spec.name.clone(),
            max_gap_mm: settings.max_gap,
            max_angle_deg: settings.max_angle_deg,
            stability: settings.stability,
        })
    }
}

/// Area of side A and its part without a partner, mm².
fn areas(mesh: &Mesh, a: &[Facet], pieces: &[Piece]) -> (f64, f64) {
    let mut covered: BTreeMap<Facet, f64> = BTreeMap::new();
    for piece in pieces {
        *covered.entry(piece.facets[0]).or_default() += piece.area;
    }
    let (mut area, mut untied) = (0.0, 0.0);
    for facet in a {
        let own = mesh.facet_area_vector(*facet).norm();
        area += own;
        untied += (own - covered.get(facet).copied().unwrap_or(0.0)).max(0.0);
    }
    // What clipping loses to round-off is not a hole.
    (area, if untied <= 1e-9 * area { 0.0 } else { untied })
}

/// c of every element of one side that is tied.
pub(super) fn trace_bounds(
    mesh: &Mesh,
    materials: &MaterialField,
    pieces: &[Piece],
    (side, stretches): (usize, &BTreeMap<u32, Stretch>),
) -> BTreeMap<u32, f64> {
    let mut tied: BTreeMap<u32, (Matrix4<f64>, f64, f64)> = BTreeMap::new();
    for piece in pieces {
        let facet = piece.facets[side];
        let e = facet.element as usize;
        let corners = mesh.corners(e);
        let (grad_l, volume) = tet10::barycentric_gradients(&corners);
        let entry = tied
            .entry(facet.element)
            .or_insert((Matrix4::zeros(), 0.0, 0.0));
        for p in &piece.points {
            let l = Vector4::from(tet10::barycentric(&corners, &grad_l, &p.position));
            entry.0 += l * l.transpose() * p.area;
        }
        let face_bound = 8.0 / 3.0 * mesh.facet_area_vector(facet).norm() / volume;
        entry.1 = entry.1.max(face_bound);
        // The linear factor is largest at a corner of the face.
        let opposite = 6 - crate::mesh::FACES[facet.face as usize]
            .iter()
            .sum::<usize>();
        for i in (0..4).filter(|&i| i != opposite) {
            let mut l = [0.0; 4];
            l[i] = 1.0;
            entry.2 = entry.2.max(materials.factor_at(e, &l));
        }
    }
    tied.into_iter()
        .map(|(element, (gram, face_bound, factor_max))| {
            let e = element as usize;
            let factor_min = materials.factor[e]
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min);
            let kappa =
                materials.elasticity(e).largest_eigenvalue() * factor_max * factor_max / factor_min;
            let stretch = stretches.get(&element).copied().unwrap_or_default();
            // What is cut away may be the stiffest part.
            let least = match stretch.cut == Matrix4::zeros() {
                true => 1.0,
                false => {
                    let cut = stretch.cut * (factor_max / factor_min);
                    let left = Matrix4::identity() + relative(&cut, mesh.volume(e));
                    left.symmetric_eigenvalues().min()
                }
            };
            let gram = relative(&gram, mesh.volume(e))
                .symmetric_eigenvalues()
                .max();
            (element, kappa * gram.max(face_bound) / least)
        })
        .collect()
}

/// The quadrature points of a piece with weights and penalty; `None` where a side has no
/// stiffness.
fn weighted_points(
    mesh: &Mesh,
    piece: &Piece,
    bounds: &[BTreeMap<u32, f64>; 2],
    stability: f64,
) -> Option<Vec<InterfacePoint>> {
    let elements = piece.facets.map(|f| f.element);
    let [c_a, c_b] = [0, 1].map(|side| bounds[side].get(&elements[side]).copied());
    let (c_a, c_b) = (c_a?, c_b?);
    let sound = |c: f64| c > 0.0 && c.is_finite();
    if !(sound(c_a) && sound(c_b)) {
        return None;
    }
    let sides = elements.map(|e| {
        let corners = mesh.corners(e as usize);
        (corners, tet10::barycentric_gradients(&corners).0)
    });
    // The common surface leans where the gap is a wedge.
    let normal = piece.normal - 0.5 * piece.slope;
    let (normal, stretch) = (normal.normalize(), normal.norm());
    let points = piece
        .points
        .iter()
        .map(|p| InterfacePoint {
            position: p.position,
            normal,
            area: stretch * p.area,
            gap: p.gap,
            elements,
            barycentric: [0, 1].map(|s| tet10::barycentric(&sides[s].0, &sides[s].1, &p.position)),
            flux_weights: [c_b / (c_a + c_b), c_a / (c_a + c_b)],
            penalty: stability * c_a * c_b / (c_a + c_b),
        })
        .collect();
    Some(points)
}

/// The Nitsche terms of one pair of facets.
fn local_system(mesh: &Mesh, materials: &MaterialField, points: &[InterfacePoint]) -> LocalSystem {
    let nodes = points
        .first()
        .map(|p| pair_nodes(mesh, &p.elements))
        .unwrap_or_default();
    let n = 3 * nodes.len();
    let mut stiffness = vec![0.0; n * n];
    for point in points {
        let operator = PointOperator::at(mesh, materials, point);
        for i in 0..operator.count {
            for j in 0..=i {
                let (ji, jj) = (operator.jump[i], operator.jump[j]);
                let block = (operator.flux[j] * ji + operator.flux[i].transpose() * jj)
                    * -point.area
                    + Matrix3::identity() * (point.area * point.penalty * ji * jj);
                for r in 0..3 {
                    for c in 0..3 {
                        stiffness[(3 * i + r) * n + 3 * j + c] += block[(r, c)];
                    }
                }
            }
        }
    }
    for row in 0..n {
        for column in row + 1..n {
            stiffness[row * n + column] = stiffness[column * n + row];
        }
    }
    LocalSystem { nodes, stiffness }
}

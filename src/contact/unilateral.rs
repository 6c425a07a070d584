//! Contact that only presses, with Coulomb friction: Nitsche's method as the derivative of an energy.
//!
//! With n from A to B, closing d = n·(u_A − u_B) − gap, p = −n·{σn}, τ and t the tangential parts of {σn} and
//! of u_A − u_B, a point of area w adds
//!
//! ```text
//! w/2γ · ( max(0, p + γd)² − p² + H_s(τ − γt) − |τ|² ),   H_s(q) = |q|² up to |q| = s, then 2s|q| − s²,
//! ```
//!
//! s the friction coefficient times the pressure of the step before (after Chouly & Hild 2013; the derivative
//! of s is left out, which keeps the tangent symmetric). Where everything is closed and sticks this is the
//! tie's own form, so that its γ leaves the matrix positive definite here too. Without friction the
//! tangential terms are left out.
//!
//! Stress and normal jump are taken at each side's own point on the common normal, where the elements are;
//! the tangential jump is carried to mid-gap by the gradient there. So the two forces of a point lie on one
//! line, and moments balance across any gap.
//!
//! A body that contact alone holds has no matrix of its own: ρ times the tied form, about the last step, is
//! added and falls tenfold a step. It has no force where a step ends.

use std::collections::BTreeMap;
use std::ops::Range;

use nalgebra::Matrix3;

use super::ContactError;
use super::interface::{InterfacePoint, Tie, TieSettings};
use super::operator::{PAIR, pair_nodes, shape_and_gradient, strain_operator, traction_operator};
use super::search::{Piece, PiecePoint};
use super::tie::{TieSpec, build_tie, trace_bounds};
use crate::assembly::{Law, Trial};
use crate::element::tet10;
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::sliding::Sliding;
use crate::tensor::Vec3;

/// Least share of the tied form that stays: what contact does not hold keeps a matrix.
const LEAST_RHO: f64 = 1e-6;
/// Numbers that a point remembers: s, the jump and the flux of the last step, and how far s was from its
/// pressure's then.
const KEPT: usize = 8;
/// Numbers before those of the points: steps made, and the factor on the change of s.
const SHARED: usize = 2;
/// Steps before the change of s is stretched: until then it is mostly who has parted that changes.
const UNSTRETCHED: f64 = 4.0;
/// Least and most that the change of s is stretched by.
const STRETCH: [f64; 2] = [1.0, 4.0];

/// What one point does to two elements.
#[derive(Debug, Clone)]
struct Operator {
    /// Factors of the nodes in the normal jump, A's then B's.
    normal: [f64; PAIR],
    /// The same in the tangential jump.
    tangential: [f64; PAIR],
    /// Traction per nodal displacement, MPa/mm.
    flux: [Matrix3<f64>; PAIR],
}

/// Two faces that press on each other and may part.
#[derive(Debug, Clone)]
pub struct Contact {
    /// How they slide.
    pub sliding: Sliding,
    /// Gaps and overlaps up to this count as none, mm.
    adjust: f64,
    /// Nodes of the two elements of each pair of facets.
    pieces: Vec<Vec<u32>>,
    /// The points of each.
    of_piece: Vec<Range<usize>>,
    points: Vec<InterfacePoint>,
    operators: Vec<Operator>,
}

/// A point at a displacement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContactPoint {
    /// Pressure, MPa; 0 where the faces have parted.
    pub pressure: f64,
    /// Traction that B exerts on A, MPa.
    pub traction: Vec3,
    /// Gap now, mm; below zero by what the penalty of the method leaves.
    pub gap: f64,
    /// Relative tangential displacement, mm; all of the relative displacement where the faces have parted.
    pub motion: f64,
    /// Whether it slides.
    pub slides: bool,
}

/// Flux and jump at a point, and what is tried there.
struct Measure {
    flux: Vec3,
    jump: Vec3,
}

impl Contact {
    /// Contact between the faces of `spec` wherever they are within reach, with the interface's points
    /// (no systems): gaps and overlaps up to `adjust` mm count as none.
    ///
    /// # Errors
    /// As [`build_tie`].
    pub fn build(
        spec: &TieSpec,
        mesh: &Mesh,
        materials: &MaterialField,
        settings: &TieSettings,
        (sliding, adjust): (Sliding, f64),
    ) -> Result<(Tie, Self), ContactError> {
        let mut tie = build_tie(spec, mesh, materials, settings)?;
        let contact = Self::of(&mut tie, mesh, materials, (sliding, adjust))?;
        Ok((tie, contact))
    }

    /// The same contact between other materials; `tie` is its interface with these.
    ///
    /// # Errors
    /// A side without stiffness.
    pub fn with_materials(
        &self,
        tie: &mut Tie,
        mesh: &Mesh,
        materials: &MaterialField,
    ) -> Result<Self, ContactError> {
        Self::of(tie, mesh, materials, (self.sliding, self.adjust))
    }

    /// The contact of an interface's pieces; the interface is left with the points that the contact
    /// integrates and no systems.
    fn of(
        tie: &mut Tie,
        mesh: &Mesh,
        materials: &MaterialField,
        (sliding, adjust): (Sliding, f64),
    ) -> Result<Self, ContactError> {
        tie.systems.clear();
        tie.gap_error = 0.0;
        let closed: Vec<Piece> = tie.pieces.iter().map(|p| adjusted(p, adjust)).collect();
        let none = BTreeMap::new();
        let bounds = [0, 1].map(|side| {
            let own: Vec<Piece> = closed.iter().map(|p| on_side(p, side)).collect();
            trace_bounds(mesh, materials, &own, (side, &none))
        });
        let mut contact = Self {
            sliding,
            adjust,
            pieces: Vec::new(),
            of_piece: Vec::new(),
            points: Vec::new(),
            operators: Vec::new(),
        };
        for piece in &closed {
            let elements = piece.facets.map(|f| f.element);
            let sound = |c: &f64| *c > 0.0 && c.is_finite();
            let bound = |s: usize| bounds[s].get(&elements[s]).copied().filter(sound);
            let (Some(c_a), Some(c_b)) = (bound(0), bound(1)) else {
                return Err(ContactError::NoStiffness {
                    name: tie.name.clone(),
                    elements,
                });
            };
            let first = contact.points.len();
            let weights = [c_b / (c_a + c_b), c_a / (c_a + c_b)];
            let penalty = tie.settings.stability * c_a * c_b / (c_a + c_b);
            for point in &piece.points {
                let point = interface_point(mesh, piece, point, (weights, penalty));
                contact
                    .operators
                    .push(Operator::at(mesh, materials, &point));
                contact.points.push(point);
            }
            contact.pieces.push(pair_nodes(mesh, &elements));
            contact.of_piece.push(first..contact.points.len());
        }
        tie.points.clone_from(&contact.points);
        Ok(contact)
    }

    /// Every point at a displacement (mm, every node) and what is remembered.
    pub fn at(&self, displacement: &[Vec3], state: &[f64]) -> Vec<ContactPoint> {
        let mut found = Vec::with_capacity(self.points.len());
        for (nodes, range) in self.pieces.iter().zip(&self.of_piece) {
            for k in range.clone() {
                found.push(self.point(k, nodes, displacement, state));
            }
        }
        found
    }

    fn point(&self, k: usize, nodes: &[u32], u: &[Vec3], state: &[f64]) -> ContactPoint {
        let point = &self.points[k];
        let measure = self.measure(k, nodes, u);
        let pressure = self.tried(k, &measure).max(0.0);
        let n = &point.normal;
        let shear = across(n, &(measure.flux - measure.jump * point.penalty));
        let (held, slides) = self.held(&shear, self.limit(k, state));
        let open = pressure <= 0.0;
        let motion = match open {
            true => measure.jump,
            false => across(n, &measure.jump),
        };
        ContactPoint {
            pressure,
            traction: held - n * pressure,
            gap: point.gap - measure.jump.dot(n),
            motion: motion.norm(),
            slides: slides && !open,
        }
    }

    fn measure(&self, k: usize, nodes: &[u32], u: &[Vec3]) -> Measure {
        let (operator, n) = (&self.operators[k], &self.points[k].normal);
        let (mut flux, mut normal, mut tangential) = (Vec3::zeros(), 0.0, Vec3::zeros());
        for (i, &node) in nodes.iter().enumerate() {
            let u = &u[node as usize];
            flux += operator.flux[i] * u;
            normal += operator.normal[i] * n.dot(u);
            tangential += operator.tangential[i] * u;
        }
        Measure {
            flux,
            jump: n * normal + across(n, &tangential),
        }
    }

    /// p + γd.
    fn tried(&self, k: usize, measure: &Measure) -> f64 {
        let point = &self.points[k];
        let closing = measure.jump.dot(&point.normal) - point.gap;
        -measure.flux.dot(&point.normal) + point.penalty * closing
    }

    /// The shear (MPa) beyond which a point slides.
    fn limit(&self, k: usize, state: &[f64]) -> f64 {
        state[SHARED + KEPT * k]
    }

    /// The shear that is held of one that is tried, and whether the point slides.
    fn held(&self, shear: &Vec3, limit: f64) -> (Vec3, bool) {
        if self.sliding == Sliding::Frictionless {
            return (Vec3::zeros(), true);
        }
        let size = shear.norm();
        match size > limit {
            true => (shear * (limit / size), true),
            false => (*shear, false),
        }
    }

    /// How far the point is from where the last step ended.
    fn away(&self, k: usize, measure: &Measure, state: &[f64]) -> Measure {
        let kept = &state[SHARED + KEPT * k..];
        Measure {
            jump: measure.jump - Vec3::from_column_slice(&kept[1..4]),
            flux: measure.flux - Vec3::from_column_slice(&kept[4..7]),
        }
    }

    /// Moves every s towards what its pressure asks for: once all of the way, then stretched by Aitken's
    /// factor, since pressure answers to s itself.
    fn follow(&self, wanted: &[f64], trial: &mut [f64]) {
        let steady = matches!(self.sliding, Sliding::Friction(_)) && trial[0] > UNSTRETCHED;
        let (mut product, mut square) = (0.0, 0.0);
        for (k, wanted) in wanted.iter().enumerate() {
            let (s, before) = (trial[SHARED + KEPT * k], trial[SHARED + KEPT * k + 7]);
            let change = wanted - s - before;
            if steady && change.is_finite() {
                product += self.points[k].area * before * change;
                square += self.points[k].area * change * change;
            }
        }
        let factor = match square > 0.0 {
            true => (-trial[1] * product / square).clamp(STRETCH[0], STRETCH[1]),
            false => 1.0,
        };
        trial[1] = factor;
        for (k, wanted) in wanted.iter().enumerate() {
            let kept = &mut trial[SHARED + KEPT * k..SHARED + KEPT * (k + 1)];
            let short = wanted - kept[0];
            match steady && short.is_finite() {
                true => {
                    kept[7] = short;
                    kept[0] = (kept[0] + factor * short).max(0.0);
                }
                false => {
                    kept[7] = 0.0;
                    kept[0] = *wanted;
                }
            }
        }
    }

    /// The tangent of the shear that is held, by the shear that is tried.
    fn softened(&self, shear: &Vec3, limit: f64) -> Matrix3<f64> {
        let size = shear.norm();
        if size <= limit {
            return Matrix3::identity();
        }
        let along = shear / size;
        (Matrix3::identity() - along * along.transpose()) * (limit / size)
    }
}

/// The share of the tied form about the last step, by the number of steps made.
fn rho(steps: f64) -> f64 {
    0.1_f64.powf(steps - 1.0).max(LEAST_RHO)
}

/// What of a vector lies across a unit normal.
fn across(n: &Vec3, v: &Vec3) -> Vec3 {
    v - n * n.dot(v)
}

/// Gaps and overlaps up to `adjust` mm are none.
fn adjusted(piece: &Piece, adjust: f64) -> Piece {
    let mut piece = piece.clone();
    for point in piece.points.iter_mut().filter(|p| p.gap.abs() <= adjust) {
        point.gap = 0.0;
    }
    piece
}

/// The piece's points moved along the normal onto a side's own face.
fn on_side(piece: &Piece, side: usize) -> Piece {
    let mut piece = piece.clone();
    let normal = piece.normal;
    for point in &mut piece.points {
        point.position = own_point(point, &normal, side);
    }
    piece
}

fn own_point(point: &PiecePoint, normal: &Vec3, side: usize) -> crate::tensor::Point {
    let sign = if side == 0 { -0.5 } else { 0.5 };
    point.position + normal * (sign * point.gap)
}

fn interface_point(
    mesh: &Mesh,
    piece: &Piece,
    point: &PiecePoint,
    (flux_weights, penalty): ([f64; 2], f64),
) -> InterfacePoint {
    let elements = piece.facets.map(|f| f.element);
    InterfacePoint {
        position: point.position,
        normal: piece.normal,
        area: point.area,
        gap: point.gap,
        elements,
        barycentric: [0, 1].map(|side| {
            let corners = mesh.corners(elements[side] as usize);
            let (gradients, _) = tet10::barycentric_gradients(&corners);
            let own = own_point(point, &piece.normal, side);
            tet10::barycentric(&corners, &gradients, &own)
        }),
        flux_weights,
        penalty,
    }
}

impl Operator {
    fn at(mesh: &Mesh, materials: &MaterialField, point: &InterfacePoint) -> Self {
        let kind = mesh.kind_of(point.elements[0] as usize);
        let per_side = kind.node_count();
        let mut operator = Self {
            normal: [0.0; PAIR],
            tangential: [0.0; PAIR],
            flux: [Matrix3::zeros(); PAIR],
        };
        for side in 0..2 {
            let e = point.elements[side] as usize;
            let l = &point.barycentric[side];
            let (grad_l, _) = tet10::barycentric_gradients(&mesh.corners(e));
            let (shape, gradient) = shape_and_gradient(kind, l, &grad_l);
            let scale = point.flux_weights[side] * materials.factor_at(e, l);
            let stress = traction_operator(materials.elasticity(e), &point.normal) * scale;
            let sign = if side == 0 { 1.0 } else { -1.0 };
            // From the side's own point to mid-gap.
            let way = point.normal * (sign * 0.5 * point.gap);
            for i in 0..per_side {
                let k = side * per_side + i;
                operator.normal[k] = sign * shape[i];
                operator.tangential[k] = sign * (shape[i] + gradient[i].dot(&way));
                operator.flux[k] = stress * strain_operator(&gradient[i]);
            }
        }
        operator
    }

    /// The jump per displacement of a node, symmetric.
    fn jump(&self, k: usize, n: &Vec3) -> Matrix3<f64> {
        let along = n * n.transpose();
        along * self.normal[k] + (Matrix3::identity() - along) * self.tangential[k]
    }
}

impl Law for Contact {
    fn holds(&self) -> bool {
        true
    }

    fn pieces(&self) -> &[Vec<u32>] {
        &self.pieces
    }

    /// No step made; every point sticks.
    fn initial_state(&self) -> Vec<f64> {
        let mut state = vec![0.0; SHARED + KEPT * self.points.len()];
        state[1] = 1.0;
        for k in 0..self.points.len() {
            state[SHARED + KEPT * k] = f64::INFINITY;
        }
        state
    }

    fn update(&self, displacement: &[Vec3], _: &[f64], trial: &mut [f64]) {
        trial[0] += 1.0;
        let mut wanted = vec![0.0; self.points.len()];
        for (nodes, range) in self.pieces.iter().zip(&self.of_piece) {
            for k in range.clone() {
                let measure = self.measure(k, nodes, displacement);
                let pressure = self.tried(k, &measure).max(0.0);
                wanted[k] = match self.sliding {
                    Sliding::Frictionless => 0.0,
                    Sliding::Friction(coefficient) => coefficient * pressure,
                    Sliding::Rough if pressure > 0.0 => f64::INFINITY,
                    Sliding::Rough => 0.0,
                };
                let kept = &mut trial[SHARED + KEPT * k..SHARED + KEPT * (k + 1)];
                kept[1..4].copy_from_slice(measure.jump.as_slice());
                kept[4..7].copy_from_slice(measure.flux.as_slice());
            }
        }
        if trial[0] > 1.0 {
            self.follow(&wanted, trial);
        }
    }

    fn force(&self, piece: usize, trial: Trial<'_>, force: &mut [Vec3]) {
        let nodes = &self.pieces[piece];
        let rho = rho(trial.state[0]);
        for k in self.of_piece[piece].clone() {
            let (point, operator) = (&self.points[k], &self.operators[k]);
            let (n, w, penalty) = (&point.normal, point.area, point.penalty);
            let measure = self.measure(k, nodes, trial.displacement);
            let own = -measure.flux.dot(n);
            let pressure = self.tried(k, &measure).max(0.0);
            let stress = across(n, &measure.flux);
            let shear = across(n, &(measure.flux - measure.jump * penalty));
            let (held, _) = self.held(&shear, self.limit(k, trial.state));
            let rest = match self.sliding {
                Sliding::Frictionless => Vec3::zeros(),
                _ => held - stress,
            };
            // By the flux, then by the jump.
            let by_flux = (rest - n * (pressure - own)) / penalty;
            let by_jump = n * pressure - held;
            let away = self.away(k, &measure, trial.state);
            let by_flux = by_flux - away.jump * rho;
            let by_jump = by_jump + (away.jump * penalty - away.flux) * rho;
            for (i, f) in force.iter_mut().enumerate() {
                let jump = n * (operator.normal[i] * n.dot(&by_jump))
                    + across(n, &by_jump) * operator.tangential[i];
                *f += w * (operator.flux[i].transpose() * by_flux + jump);
            }
        }
    }

    fn tangent(&self, piece: usize, trial: Trial<'_>, tangent: &mut [f64]) {
        let nodes = &self.pieces[piece];
        let width = 3 * nodes.len();
        let rho = rho(trial.state[0]);
        for k in self.of_piece[piece].clone() {
            let (point, operator) = (&self.points[k], &self.operators[k]);
            let (n, penalty) = (&point.normal, point.penalty);
            let measure = self.measure(k, nodes, trial.displacement);
            let closed = self.tried(k, &measure) > 0.0;
            let shear = across(n, &(measure.flux - measure.jump * penalty));
            let along = n * n.transpose();
            let side = Matrix3::identity() - along;
            let soft = match self.sliding {
                Sliding::Frictionless => None,
                _ => Some(side * self.softened(&shear, self.limit(k, trial.state)) * side),
            };
            let w = point.area / penalty;
            for i in 0..nodes.len() {
                let (fi, ji) = (&operator.flux[i], operator.jump(i, n));
                // δq = −n·δF + γ n·δJ, δr = δτ − γ δt.
                let qi = ji * n * penalty - fi.transpose() * n;
                let pi = fi.transpose() * n;
                let ri = side * (fi - ji * penalty);
                for j in 0..=i {
                    let (fj, jj) = (&operator.flux[j], operator.jump(j, n));
                    let pj = fj.transpose() * n;
                    let mut block = -pi * pj.transpose();
                    if closed {
                        let qj = jj * n * penalty - pj;
                        block += qi * qj.transpose();
                    }
                    if let Some(soft) = &soft {
                        let rj = side * (fj - jj * penalty);
                        block += ri.transpose() * soft * rj - fi.transpose() * side * fj;
                    }
                    let tied = ji * jj * penalty - fi.transpose() * jj - ji * fj;
                    block = (block + tied * (rho * penalty)) * w;
                    for r in 0..3 {
                        for c in 0..3 {
                            tangent[(3 * i + r) * width + 3 * j + c] += block[(r, c)];
                        }
                    }
                }
            }
        }
        for row in 0..width {
            for column in row + 1..width {
                tangent[row * width + column] = tangent[column * width + row];
            }
        }
    }
}

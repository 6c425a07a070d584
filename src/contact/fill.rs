//! The gap of a tie, filled: the elements of both sides are stretched along the normal of side A
//! until they meet in the middle of the gap, and cut back there where the sides overlap.
//!
//! ```text
//! A ──────────── x                       prism of side A: x + s n,      0 < s < g/2
//! ·  ·  ·  ·  ·  x + g n / 2   (Γ)       prism of side B: x + s n,    g/2 < s < g
//! B ──────────── x + g n
//! ```
//!
//! The displacement in a prism is the element's own, extended. Without its energy the flux on Γ
//! would push on a place that the element's stiffness does not reach, and a uniform stress would
//! not pass: with it, ∫ σ:∇v over element and prism is what σn does on Γ (divergence theorem), and a
//! bar of two layers gives −u = σ [(h₁ + a)/M₁ + (h₂ + b)/M₂] with a + b the gap, exactly.
//!
//! What is left: two neighbouring elements extend to two different displacements on the wall between
//! their prisms, so a stress along the faces is out of balance there by the square of gap over
//! element size. [`unbalanced_share`] measures that.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::Matrix4;

use super::operator::shape_and_gradient;
use super::search::{Piece, PiecePoint};
use crate::assembly::LocalSystem;
use crate::element::{Kernel, Placement, Tet4, block_row, moment_block_row, tet10};
use crate::material::MaterialField;
use crate::mesh::TetMesh;
use crate::tensor::{Point, Vec3};

/// Stretches below this share of the element's volume are the round-off of touching faces.
const ROUND_OFF: f64 = 1e-12;

/// Share of its strain energy that an element keeps, in the worst linear strain, where an overlap is
/// cut away. Of a deeper overlap only as much is cut; what is not counts as out of balance.
const LEAST_LEFT: f64 = 0.3;

/// The prisms of one element.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stretch {
    /// Share of the prisms that is taken.
    taken: f64,
    /// Factor times 1, L and L Lᵀ over the prisms, over the element's volume.
    moments: tet10::Moments,
    /// Σ |weight| over the element's volume.
    size: f64,
    /// ∫ L Lᵀ over what is cut away, mm³, negative semidefinite.
    pub cut: Matrix4<f64>,
}

/// Two points along the prism of a side, exact for stress times strain of quadratic elements: how
/// far from the middle of the gap towards the side's face along A's normal, and the share of dA.
fn along(point: &PiecePoint, side: usize) -> [(f64, f64); 2] {
    let half = 0.5 * point.gap;
    let toward = if side == 0 { -half } else { half };
    let gauss = 0.5 / 3f64.sqrt();
    [0.5 - gauss, 0.5 + gauss].map(|t| (t * toward, 0.5 * half))
}

impl Stretch {
    /// Takes as much of the prisms as leaves the element its least share.
    fn limited(self, factor: &[f64; 4], volume: f64) -> Self {
        // Nothing is cut where there is only a gap.
        if self.cut == Matrix4::zeros() {
            return Self { taken: 1.0, ..self };
        }
        let [low, high] = factor.iter().fold([f64::INFINITY, 0.0], |[low, high], f| {
            [f64::min(low, *f), f64::max(high, *f)]
        });
        // What is cut away may be the stiffest part.
        let cut = relative(&self.cut, volume) * (high / low);
        let lost = -cut.symmetric_eigenvalues().min();
        let taken = match lost > 1.0 - LEAST_LEFT {
            true => (1.0 - LEAST_LEFT) / lost,
            false => 1.0,
        };
        Self {
            moments: self.moments.scaled(taken),
            size: self.size * taken,
            cut: self.cut * taken,
            taken,
        }
    }
}

/// The stretch of every tied element of one side.
pub fn stretches(
    mesh: &TetMesh,
    materials: &MaterialField,
    pieces: &[Piece],
    side: usize,
) -> BTreeMap<u32, Stretch> {
    let mut of_element: BTreeMap<u32, Stretch> = BTreeMap::new();
    for piece in pieces {
        let element = piece.facets[side].element;
        let e = element as usize;
        let corners = mesh.corners(e);
        let (grad_l, volume) = tet10::barycentric_gradients(&corners);
        let stretch = of_element.entry(element).or_default();
        for point in &piece.points {
            for (offset, share) in along(point, side) {
                let at = point.position + piece.normal * offset;
                let l = tet10::barycentric(&corners, &grad_l, &at);
                let weight = share * point.area;
                let factor = materials.factor_at(e, &l);
                stretch.moments.add(weight * factor / volume, &l);
                stretch.size += weight.abs() / volume;
                if weight < 0.0 {
                    let l = nalgebra::Vector4::from(l);
                    stretch.cut += weight * l * l.transpose();
                }
            }
        }
    }
    of_element
        .into_iter()
        .map(|(e, stretch)| {
            let volume = mesh.volume(e as usize);
            (e, stretch.limited(&materials.factor[e as usize], volume))
        })
        .collect()
}

/// Adds the stiffness of the prisms of one side to `systems`, one for each piece on the nodes of A's
/// element, then B's: that of an element goes into its first piece, so that it takes no memory.
pub fn add_to(
    systems: &mut [LocalSystem],
    (pieces, side): (&[Piece], usize),
    stretches: &BTreeMap<u32, Stretch>,
    mesh: &TetMesh,
    materials: &MaterialField,
) {
    let mut added = BTreeSet::new();
    for (system, piece) in systems.iter_mut().zip(pieces) {
        let element = piece.facets[side].element;
        let stretch = stretches.get(&element).filter(|s| s.size > ROUND_OFF);
        if let Some(stretch) = stretch.filter(|_| added.insert(element)) {
            add_prisms(system, side, (mesh, materials), (element as usize, stretch));
        }
    }
}

fn add_prisms(
    system: &mut LocalSystem,
    side: usize,
    (mesh, materials): (&TetMesh, &MaterialField),
    (e, stretch): (usize, &Stretch),
) {
    let (grad_l, volume) = tet10::barycentric_gradients(&mesh.corners(e));
    let place = Placement { grad_l, volume };
    let kernel = Kernel::from(materials.elasticity(e));
    let kind = mesh.kind_of(e);
    let count = kind.node_count();
    let width = 3 * system.nodes.len();
    let first = 3 * side * count;
    for i in 0..count {
        let row: Vec<[f64; 9]> = match kind.is_quadratic() {
            true => moment_block_row(&place, &kernel, &stretch.moments, i).to_vec(),
            // Constant strain: only the volume counts.
            false => {
                block_row::<Tet4, 4>(&place, &kernel, &[stretch.moments.mean(); 4], i).to_vec()
            }
        };
        for axis in 0..3 {
            let start = (first + 3 * i + axis) * width + first;
            let blocks = row.iter().flat_map(|b| &b[3 * axis..3 * axis + 3]);
            let entries = &mut system.stiffness[start..start + 3 * count];
            entries.iter_mut().zip(blocks).for_each(|(k, b)| *k += b);
        }
    }
}

/// How much of a uniform stress the filled gap leaves out of balance: over the nodes of a side,
/// Σ|what the stress 1 MPa in all directions leaves| / Σ|what it does on the face|; the larger of
/// the sides'. Zero where the faces touch.
pub fn unbalanced_share(
    mesh: &TetMesh,
    pieces: &[Piece],
    stretches: &[BTreeMap<u32, Stretch>; 2],
) -> f64 {
    let share = |side: usize| {
        let mut nodes: BTreeMap<u32, [Vec3; 2]> = BTreeMap::new();
        for piece in pieces {
            let stretch = stretches[side].get(&piece.facets[side].element);
            let taken = stretch.map_or(1.0, |s| s.taken);
            add_balance(mesh, piece, (side, taken), &mut nodes);
        }
        let [left, whole] =
            [0, 1].map(|k| nodes.values().map(|forces| forces[k].norm()).sum::<f64>());
        if whole > 0.0 { left / whole } else { 0.0 }
    };
    f64::max(share(0), share(1))
}

/// Adds, for each node of the side's element, ∫ ∇(N − N̂) over the prism − ∫ (N − N̂) n on Γ, and
/// ∫ N n on the face. N̂ is constant along A's normal and N on the face: it does not jump between
/// neighbours, so that what is left of it is the rim of the tie, where there is no neighbour and
/// nothing wrong.
fn add_balance(
    mesh: &TetMesh,
    piece: &Piece,
    (side, taken): (usize, f64),
    nodes: &mut BTreeMap<u32, [Vec3; 2]>,
) {
    let e = piece.facets[side].element as usize;
    let corners = mesh.corners(e);
    let (grad_l, _) = tet10::barycentric_gradients(&corners);
    let at = |p: &Point| {
        let l = tet10::barycentric(&corners, &grad_l, p);
        shape_and_gradient(mesh.kind_of(e), &l, &grad_l)
    };
    let sign = if side == 0 { 1.0 } else { -1.0 };
    let middle = piece.normal - 0.5 * piece.slope;
    let face = if side == 0 {
        piece.normal
    } else {
        piece.normal - piece.slope
    };
    for point in &piece.points {
        let foot = point.position - piece.normal * (sign * 0.5 * point.gap);
        let (on_face, face_gradient) = at(&foot);
        let (on_middle, _) = at(&point.position);
        let prism = along(point, side).map(|(offset, share)| {
            let place = point.position + piece.normal * offset;
            (at(&place).1, share * point.area)
        });
        for (i, &n) in mesh.element(e).iter().enumerate() {
            let steep = face_gradient[i].dot(&piece.normal) / face.dot(&piece.normal);
            let constant = face_gradient[i] - steep * face;
            let mut left = -sign * point.area * (on_middle[i] - on_face[i]) * middle;
            for (gradient, weight) in &prism {
                left += *weight * (taken * gradient[i] - constant);
            }
            let sums = nodes.entry(n).or_insert([Vec3::zeros(); 2]);
            sums[0] += left;
            sums[1] += sign * point.area * on_face[i] * face;
        }
    }
}

/// M^(−1/2) G M^(−1/2) with M = |T|/20 (I + 1 1ᵀ): its eigenvalues are those of M⁻¹G.
pub(super) fn relative(gram: &Matrix4<f64>, volume: f64) -> Matrix4<f64> {
    let shift = (1.0 / 5f64.sqrt() - 1.0) / 4.0;
    let root = Matrix4::identity() + Matrix4::repeat(shift);
    root * gram * root * (20.0 / volume)
}

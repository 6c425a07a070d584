//! Cables, which only pull, and hooks, which only push: each one scalar on a linear model.
//!
//! A part carries N = max(0, N₀ + k bᵀu): b takes the displacements to what lengthens it, k is its
//! stiffness. With the linear model's answer u = u₀ − X N, X = K⁻¹ B, who carries what is a
//! complementarity problem of one row a part,
//!
//! ```text
//! N ≥ 0,  M N − q ≥ 0,  N · (M N − q) = 0,    M = k⁻¹ + Bᵀ X,  q = k⁻¹ N₀ + Bᵀ u₀.
//! ```
//! M is symmetric positive definite, so that there is one answer. Where superposition ends, this is
//! why: answers of two loads do not add. Must not know the solver.

use nalgebra::{DMatrix, DVector};

use super::construct::{FrameNode, TURN_MM};
use crate::boundary::Coupling;
use crate::tensor::{Point, Vec3};

/// Which way a part acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneSidedKind {
    /// Pulls its ends towards each other.
    Cable,
    /// Pushes its ends apart.
    Hook,
}

impl OneSidedKind {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cable => "cable",
            Self::Hook => "hook",
        }
    }
}

/// A part that acts one way.
#[derive(Debug, Clone, PartialEq)]
pub struct OneSided {
    /// Name ("cable T8 left").
    pub name: String,
    /// Which way it acts.
    pub kind: OneSidedKind,
    /// b: (node, what a displacement of 1 mm along each axis adds to the part's own displacement, mm).
    pub column: Vec<(u32, Vec3)>,
    /// k, N/mm.
    pub stiffness: f64,
    /// The force after tightening, before any load, N.
    pub tension: f64,
}

/// What a part holds on.
#[derive(Debug, Clone)]
pub enum Hold<'a> {
    /// A node of rods and screws.
    Frame(&'a FrameNode),
    /// A place that moves as one with a node of rods and screws.
    Arm(&'a FrameNode, Point),
    /// A place on a bone, by its mean motion; the coupling's reference is the place.
    Bone(&'a Coupling),
}

impl Hold<'_> {
    /// Where, mm.
    pub fn at(&self) -> Point {
        match self {
            Self::Frame(node) => node.at,
            Self::Arm(_, at) => *at,
            Self::Bone(coupling) => coupling.reference,
        }
    }

    /// What nodes add to its motion along `direction`.
    fn column(&self, direction: &Vec3) -> Vec<(u32, Vec3)> {
        match self {
            Self::Frame(node) => vec![(node.translation, *direction)],
            // θ × r along the direction is θ along r × direction.
            Self::Arm(node, at) => {
                let about = (at - node.at).cross(direction) / TURN_MM;
                vec![(node.translation, *direction), (node.rotation, about)]
            }
            Self::Bone(coupling) => {
                let along =
                    |column: &[Vec3; 6]| (0..3).map(|a| direction[a] * column[a]).sum::<Vec3>();
                let nodes = coupling.nodes.iter().zip(&coupling.columns);
                nodes.map(|(&n, column)| (n, along(column))).collect()
            }
        }
    }
}

impl OneSided {
    /// A part from one hold to another: what its second end moves along `direction` (a unit vector)
    /// ahead of the first.
    fn between(
        (name, kind): (&str, OneSidedKind),
        [from, to]: [&Hold<'_>; 2],
        direction: &Vec3,
        [stiffness, tension]: [f64; 2],
    ) -> Self {
        let mut column = to.column(direction);
        column.extend(from.column(&-direction));
        Self {
            name: name.to_owned(),
            kind,
            column,
            stiffness,
            tension,
        }
    }

    /// A cable of axial stiffness `ea` (N) between two places, tightened to `tension` N. `None` where
    /// they are one.
    pub fn cable(name: &str, ends: [&Hold<'_>; 2], ea: f64, tension: f64) -> Option<Self> {
        let axis = ends[1].at() - ends[0].at();
        let direction = axis.try_normalize(0.0)?;
        let stiffness = ea / axis.norm();
        let kind = (name, OneSidedKind::Cable);
        Some(Self::between(kind, ends, &direction, [stiffness, tension]))
    }

    /// A hook on a rod that pushes a bone along `direction` (a unit vector), of stiffness `stiffness`
    /// N/mm and pressed on with `force` N.
    pub fn hook(
        name: &str,
        [rod, bone]: [&Hold<'_>; 2],
        direction: &Vec3,
        [stiffness, force]: [f64; 2],
    ) -> Self {
        let kind = (name, OneSidedKind::Hook);
        Self::between(kind, [bone, rod], direction, [stiffness, force])
    }

    /// bᵀu, mm.
    pub fn displacement(&self, u: &[Vec3]) -> f64 {
        self.column
            .iter()
            .map(|(n, b)| b.dot(&u[*n as usize]))
            .sum()
    }

    /// Adds the nodal forces (N) that hold the part where it carries `force`.
    pub fn add_force(&self, force: f64, nodal: &mut [Vec3]) {
        for (n, b) in &self.column {
            nodal[*n as usize] += force * b;
        }
    }
}

/// N ≥ 0 with M N − q ≥ 0 and N · (M N − q) = 0, M symmetric positive definite: who carries, and what.
///
/// Rows change sides one at a time, always the first that must (Murty 1974): that ends, since every
/// principal minor of M is positive. `None` for a matrix that is not positive definite, or numbers that
/// are none.
pub fn settle(m: &DMatrix<f64>, q: &DVector<f64>) -> Option<DVector<f64>> {
    let count = q.len();
    if !q.iter().chain(m.iter()).all(|v| v.is_finite()) {
        return None;
    }
    let mut carries = vec![true; count];
    // No more than all sets of parts there are, for as many parts as any construct has.
    for _ in 0..1_usize << count.min(24) {
        let active: Vec<usize> = (0..count).filter(|&i| carries[i]).collect();
        let small = DMatrix::from_fn(active.len(), active.len(), |i, j| m[(active[i], active[j])]);
        let right = DVector::from_fn(active.len(), |i, _| q[active[i]]);
        let found = small.cholesky()?.solve(&right);
        let mut force = DVector::zeros(count);
        for (&i, n) in active.iter().zip(found.iter()) {
            force[i] = *n;
        }
        let slack = m * &force - q;
        let wrong = (0..count).find(|&i| match carries[i] {
            true => force[i] < 0.0,
            false => slack[i] < -ROUND_OFF * q[i].abs(),
        });
        match wrong {
            Some(i) => carries[i] = !carries[i],
            None => return Some(force),
        }
    }
    None
}

/// What round-off may leave of a slack that is zero, over the row's right-hand side.
const ROUND_OFF: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_carries_is_what_trying_all_sets_finds() {
        // A matrix with large couplings: starting from all that carry, rows go and come back.
        for seed in 0..200 {
            let number = |k: usize| {
                let x = (seed as f64 * 12.9898 + k as f64 * 78.233).sin() * 43_758.545_3;
                2.0 * (x - x.floor()) - 1.0
            };
            let a = DMatrix::from_fn(5, 5, |i, j| number(5 * i + j));
            let m = &a * a.transpose() + DMatrix::identity(5, 5) * 0.05;
            let q = DVector::from_fn(5, |i, _| number(40 + i));
            let found = settle(&m, &q).unwrap();
            let slack = &m * &found - &q;
            for i in 0..5 {
                assert!(
                    found[i] >= 0.0 && slack[i] >= -1e-10,
                    "{seed}: {found} {slack}"
                );
                assert!((found[i] * slack[i]).abs() < 1e-9, "{seed}");
            }
        }
    }

    #[test]
    fn nothing_to_settle_is_settled_and_an_indefinite_matrix_is_refused() {
        let none = settle(&DMatrix::zeros(0, 0), &DVector::zeros(0)).unwrap();
        assert_eq!(none.len(), 0);
        let bad = DMatrix::from_element(1, 1, -1.0);
        assert!(settle(&bad, &DVector::from_element(1, 1.0)).is_none());
    }
}

//! Do supports, ties and equations together stop every rigid motion?
//!
//! Each part that elements and ties hold together has six rigid motions, each node of no element
//! three of its own. A support is one linear condition on them, an equation another; what is left
//! of the null space of all conditions can move without strain. With ω̂ = ω·L (L the part's size)
//! all unknowns are lengths, and each condition is scaled to length 1.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::error::DeckFault;
use super::model::DeckModel;
use super::{Deck, StepData};
use crate::boundary::equation::NodeDof;
use crate::partition::Partition;
use crate::tensor::{Point, Vec3};

/// Smallest eigenvalue of the conditions that still counts as held.
const HELD: f64 = 1e-10;

/// More unknowns than this are left to the factorisation, which finds a singular matrix as well.
const MOST: usize = 1200;

/// Refuses supports that leave a part free; `step` counts from 1.
///
/// # Errors
/// [`DeckFault::Unconstrained`].
pub fn check(
    deck: &Deck,
    model: &DeckModel,
    prescribed: &BTreeMap<NodeDof, f64>,
    (number, step): (usize, &StepData),
) -> Result<(), super::DeckError> {
    let mut parts = Parts::new(model);
    let unknowns = parts.unknowns;
    if unknowns > MOST {
        return Ok(());
    }
    let mut gram = DMatrix::zeros(unknowns, unknowns);
    for dof in prescribed.keys().copied().chain(model.idle(prescribed)) {
        let along = model.direction(dof);
        let terms = [0u8, 1, 2].map(|a| ((dof.0, a), along[a as usize]));
        let row = parts.row(model, &terms);
        condition(&mut gram, &row);
    }
    for equation in &model.dependences {
        let mut terms = vec![(equation.dof, -1.0)];
        terms.extend_from_slice(&equation.masters);
        let row = parts.row(model, &terms);
        condition(&mut gram, &row);
    }
    let eigen = gram.symmetric_eigen();
    let limit = HELD * eigen.eigenvalues.amax().max(f64::MIN_POSITIVE);
    let free: Vec<usize> = (0..unknowns)
        .filter(|&k| eigen.eigenvalues[k] <= limit)
        .collect();
    let Some(&first) = free.first() else {
        return Ok(());
    };
    let (root, motions) = parts.moving(&eigen.eigenvectors, &free, first);
    let fault = DeckFault::Unconstrained {
        part: name(deck, model, &mut parts, root),
        motions,
        step: number,
    };
    let error = deck.texts.error(step.spot, fault);
    Err(error.with_help("support it with *BOUNDARY, or tie or couple it to a supported part"))
}

/// "the part with element 12 of EALL".
fn name(deck: &Deck, model: &DeckModel, parts: &mut Parts, root: u32) -> String {
    let element =
        (0..model.mesh.element_count()).find(|&e| parts.root(model.mesh.element(e)[0]) == root);
    match element {
        Some(e) => {
            let sets: Vec<&str> = deck
                .element_sets
                .iter()
                .filter(|(_, set)| set.contains(&(e as u32)))
                .map(|(name, _)| name.as_str())
                .collect();
            let label = deck.elements.labels[e];
            if sets.is_empty() {
                format!("the part with element {label}")
            } else {
                format!("the part with element {label} ({})", sets.join(", "))
            }
        }
        None => match deck.nodes.labels.get(root as usize) {
            Some(label) => format!("node {label}"),
            None => "the rotation of a reference node".into(),
        },
    }
}

fn condition(gram: &mut DMatrix<f64>, row: &BTreeMap<usize, f64>) {
    let length: f64 = row.values().map(|v| v * v).sum();
    if length > 0.0 {
        for (&i, a) in row {
            for (&j, b) in row {
                gram[(i, j)] += a * b / length;
            }
        }
    }
}

/// Nodes joined by elements and systems, and where the motions of each part stand.
struct Parts {
    joined: Partition,
    /// First unknown, centre and size of the part with that root.
    of: BTreeMap<u32, (usize, Point, f64)>,
    unknowns: usize,
}

impl Parts {
    fn new(model: &DeckModel) -> Self {
        let mesh = &model.mesh;
        let count = mesh.nodes.len();
        let mut parts = Self {
            joined: Partition::new(count),
            of: BTreeMap::new(),
            unknowns: 0,
        };
        let mut solid = vec![false; count];
        for e in 0..mesh.element_count() {
            parts.join(mesh.element(e));
            for &n in mesh.element(e) {
                solid[n as usize] = true;
            }
        }
        for system in &model.systems {
            parts.join(&system.nodes);
        }
        let mut used = solid.clone();
        for d in &model.dependences {
            used[d.dof.0 as usize] = true;
            for (m, _) in &d.masters {
                used[m.0 as usize] = true;
            }
        }
        let mut boxes: BTreeMap<u32, (Point, Point)> = BTreeMap::new();
        for n in (0..count).filter(|&n| used[n]) {
            let p = mesh.nodes[n];
            let root = parts.root(n as u32);
            let bounds = boxes.entry(root).or_insert((p, p));
            *bounds = (bounds.0.inf(&p), bounds.1.sup(&p));
        }
        for (root, (low, high)) in boxes {
            let size = if solid[root as usize] {
                (high - low).norm()
            } else {
                0.0
            };
            let entry = (parts.unknowns, nalgebra::center(&low, &high), size);
            parts.of.insert(root, entry);
            parts.unknowns += if size > 0.0 { 6 } else { 3 };
        }
        parts
    }

    fn root(&mut self, n: u32) -> u32 {
        self.joined.root(n)
    }

    fn join(&mut self, nodes: &[u32]) {
        let Some(&first) = nodes.first() else { return };
        for &n in &nodes[1..] {
            self.joined.join(first, n);
        }
    }

    /// Σ factor · u(dof) in the unknowns.
    fn row(&mut self, model: &DeckModel, terms: &[(NodeDof, f64)]) -> BTreeMap<usize, f64> {
        let mut row = BTreeMap::new();
        for &((n, axis), factor) in terms {
            let root = self.root(n);
            let Some(&(first, centre, size)) = self.of.get(&root) else {
                continue;
            };
            let along = Vec3::ith(axis as usize, 1.0);
            *row.entry(first + axis as usize).or_insert(0.0) += factor;
            if size > 0.0 {
                let turn = ((model.mesh.nodes[n as usize] - centre) / size).cross(&along);
                for k in 0..3 {
                    *row.entry(first + 3 + k).or_insert(0.0) += factor * turn[k];
                }
            }
        }
        row
    }

    /// The part that moves most in the first free motion, and how many free motions move it.
    fn moving(&self, vectors: &DMatrix<f64>, free: &[usize], first: usize) -> (u32, usize) {
        let share = |(start, size): (usize, f64), k: usize| {
            let count = if size > 0.0 { 6 } else { 3 };
            let column: DVector<f64> = vectors.column(k).into_owned();
            column.rows(start, count).norm()
        };
        let mut most = (0, 0.0, (0, 0.0));
        for (&root, &(start, _, size)) in &self.of {
            let moved = share((start, size), first);
            if moved > most.1 {
                most = (root, moved, (start, size));
            }
        }
        let motions = free.iter().filter(|&&k| share(most.2, k) > 1e-6).count();
        (most.0, motions)
    }
}

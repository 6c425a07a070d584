//! The effective stiffness of a periodic solid.
//!
//! Under a mean strain ε̄ the displacement is ε̄ x + u with u periodic, and u minimises the energy:
//! K u = −∫ Bᵀ C ε̄ on the torus. With the six unit strains and v_k = ε̄_k x + u_k,
//! C_kl = Σ_e v_kᵀ K_e v_l / V, V the volume of a whole period, voids included. As an energy it is
//! as accurate as the square of the displacements' error, and never below the true one.
//! One node is held: a periodic solid can still drift. Must not know lattices.

use nalgebra::Matrix6;
use rayon::prelude::*;

use super::HomogeniseError;
use super::system::{Solved, solve};
use super::torus::{Integrals, Local, Periodic};
use crate::assembly::{Connected, Numbering, Pattern};
use crate::progress::Progress;
use crate::solver::Settings;
use crate::tensor::{Elasticity, Vec3};

/// What one mesh gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// Effective stiffness, MPa.
    pub stiffness: Elasticity,
    /// Volume of the elements over that of the period.
    pub relative_density: f64,
    /// Nodes of the period.
    pub nodes: usize,
    /// Elements of the period.
    pub elements: usize,
    /// Unknowns.
    pub dofs: usize,
    /// What the solver says.
    pub solved: Solved,
}

/// The six unit strains in Voigt order, engineering shear, as symmetric gradients.
fn unit_strains() -> [nalgebra::Matrix3<f64>; 6] {
    const PAIRS: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0)];
    PAIRS.map(|(i, j)| {
        let mut gradient = nalgebra::Matrix3::zeros();
        gradient[(i, j)] += 0.5;
        gradient[(j, i)] += 0.5;
        gradient
    })
}

/// The effective stiffness of a mesh on the torus, its elements made of `materials`.
///
/// # Errors
/// A solid in several pieces, an inverted element, too little memory, a solver that fails.
pub fn effective<P: Periodic>(
    cell: &P,
    materials: &[Elasticity],
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Effective, HomogeniseError> {
    refuse_pieces(cell)?;
    let integrals = cell.integrals(materials)?;
    let mut fixed = vec![[false; 3]; cell.net().node_count()];
    if let Some(first) = fixed.first_mut() {
        *first = [true; 3];
    }
    let pattern = Pattern::new(cell.net(), &[], &fixed)?;
    let assembled = pattern.fill_with(|e, i, row| integrals.row(e, i, row))?;
    let strains = unit_strains();
    let mut vectors: Vec<Vec<f64>> = strains
        .par_iter()
        .map(|strain| pull(cell, integrals.as_ref(), strain, &assembled.numbering))
        .collect();
    let solved = solve(cell, &assembled, &mut vectors, settings, progress)?;
    let waves: Vec<Vec<Vec3>> = vectors
        .iter()
        .map(|reduced| {
            let mut nodal = vec![Vec3::zeros(); cell.net().node_count()];
            assembled.numbering.expand_into(reduced, &mut nodal);
            nodal
        })
        .collect();
    let energy = energies(cell, integrals.as_ref(), &strains, &waves);
    let whole = cell.net().translations.len() as f64;
    Ok(Effective {
        stiffness: Elasticity(0.5 * whole * (energy + energy.transpose())),
        relative_density: cell.filled(),
        nodes: cell.net().node_count(),
        elements: cell.net().element_count(),
        dofs: assembled.numbering.free_dof_count(),
        solved,
    })
}

/// −∫ Bᵀ C ε̄ on the rows: the forces that a mean strain alone leaves unbalanced.
fn pull<P: Periodic>(
    cell: &P,
    integrals: &dyn Integrals,
    strain: &nalgebra::Matrix3<f64>,
    numbering: &Numbering,
) -> Vec<f64> {
    let mut nodal = vec![Vec3::zeros(); cell.net().node_count()];
    for e in 0..cell.net().element_count() {
        let affine = cell.places(e).map(|x| strain * x);
        let force = integrals.force(e, &affine);
        for (&n, f) in cell.net().element(e).iter().zip(&force) {
            nodal[n as usize] -= f;
        }
    }
    numbering.reduce(&nodal)
}

/// Elements summed by one task.
const ELEMENTS_PER_TASK: usize = 1024;

/// Σ_e v_kᵀ K_e v_l.
fn energies<P: Periodic>(
    cell: &P,
    integrals: &dyn Integrals,
    strains: &[nalgebra::Matrix3<f64>; 6],
    waves: &[Vec<Vec3>],
) -> Matrix6<f64> {
    let count = cell.net().element_count();
    let parts: Vec<Matrix6<f64>> = (0..count.div_ceil(ELEMENTS_PER_TASK))
        .into_par_iter()
        .map(|task| {
            let first = task * ELEMENTS_PER_TASK;
            (first..(first + ELEMENTS_PER_TASK).min(count))
                .map(|e| element_energies(cell, integrals, strains, (waves, e)))
                .sum()
        })
        .collect();
    // Serial, in the order of the elements: the same bits for any number of threads.
    parts.into_iter().sum()
}

fn element_energies<P: Periodic>(
    cell: &P,
    integrals: &dyn Integrals,
    strains: &[nalgebra::Matrix3<f64>; 6],
    (waves, e): (&[Vec<Vec3>], usize),
) -> Matrix6<f64> {
    let (nodes, places) = (cell.net().element(e), cell.places(e));
    let whole: [Local; 6] = std::array::from_fn(|k| {
        std::array::from_fn(|i| match nodes.get(i) {
            Some(&n) => strains[k] * places[i] + waves[k][n as usize],
            None => Vec3::zeros(),
        })
    });
    let forces: [Local; 6] = std::array::from_fn(|k| integrals.force(e, &whole[k]));
    Matrix6::from_fn(|k, l| {
        let pairs = whole[k].iter().zip(&forces[l]);
        pairs.take(nodes.len()).map(|(v, f)| v.dot(f)).sum()
    })
}

/// Refuses a solid whose elements do not all hang together by faces.
fn refuse_pieces<P: Periodic>(cell: &P) -> Result<(), HomogeniseError> {
    let pieces = super::pieces::count(cell);
    match pieces {
        1 => Ok(()),
        0 => Err(HomogeniseError::Empty),
        pieces => Err(HomogeniseError::Pieces { pieces }),
    }
}

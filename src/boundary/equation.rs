//! Linear equations between degrees of freedom, eliminated exactly.
//!
//! A dependent dof is u = Σ c u_m + g over independent ones; with u = T v + g for everything, a
//! local system K becomes Tᵀ K T with the load −Tᵀ K g, and a force f becomes Tᵀ f: the matrix
//! stays symmetric positive definite and knows nothing of equations. Masters that depend on
//! others themselves are followed to the end. A prescribed master goes into g, so that the matrix
//! does not couple to it; forces are handed on equation by equation, to prescribed masters as to
//! free ones: what arrives there is part of their reaction. Rotations of rigid bodies are the dofs
//! of a node of their own.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{DMatrix, DVector};

use crate::assembly::LocalSystem;
use crate::tensor::Vec3;

/// Node and axis 0, 1, 2.
pub type NodeDof = (u32, u8);

/// u(dof) = Σ factor · u(master).
#[derive(Debug, Clone, PartialEq)]
pub struct Dependence {
    /// The dependent dof.
    pub dof: NodeDof,
    /// What it depends on.
    pub masters: Vec<(NodeDof, f64)>,
}

/// Why equations cannot be eliminated; numbers are places in the list given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EquationError {
    /// Two equations make the same dof depend on others.
    #[error("equations {} and {} have the same dependent degree of freedom", .both[0], .both[1])]
    Twice {
        /// The two equations.
        both: [usize; 2],
    },
    /// A dependent dof is also prescribed.
    #[error("the dependent degree of freedom of equation {equation} is also prescribed")]
    Prescribed {
        /// The equation.
        equation: usize,
    },
    /// A dof that depends on itself.
    #[error("the dependent degree of freedom of equation {equation} depends on itself")]
    Circular {
        /// The equation.
        equation: usize,
    },
}

/// Every dependent dof by independent ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Elimination {
    of: BTreeMap<NodeDof, (Vec<(NodeDof, f64)>, f64)>,
    nodes: BTreeSet<u32>,
    /// The equations as given, each before those of its masters, with their places in the list.
    chain: Vec<(usize, Dependence)>,
}

impl Elimination {
    /// Follows all equations to the end.
    ///
    /// # Errors
    /// [`EquationError`].
    pub fn new(
        equations: &[Dependence],
        prescribed: &BTreeMap<NodeDof, f64>,
    ) -> Result<Self, EquationError> {
        let mut place: BTreeMap<NodeDof, usize> = BTreeMap::new();
        for (k, equation) in equations.iter().enumerate() {
            if let Some(first) = place.insert(equation.dof, k) {
                return Err(EquationError::Twice { both: [first, k] });
            }
            if prescribed.contains_key(&equation.dof) {
                return Err(EquationError::Prescribed { equation: k });
            }
        }
        let mut following = Following {
            equations,
            place: &place,
            prescribed,
            done: BTreeMap::new(),
            order: Vec::with_capacity(equations.len()),
        };
        for k in 0..equations.len() {
            following.follow(k)?;
        }
        let (of, order) = (following.done, following.order);
        let nodes = of.keys().map(|d| d.0).collect();
        let last_first = order.into_iter().rev();
        let chain = last_first.map(|k| (k, equations[k].clone())).collect();
        Ok(Self { of, nodes, chain })
    }

    /// Whether there is nothing to eliminate.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether one of these nodes has a dependent dof.
    pub fn touches(&self, nodes: &[u32]) -> bool {
        nodes.iter().any(|n| self.nodes.contains(n))
    }

    /// Whether a dof is dependent.
    pub fn depends(&self, dof: NodeDof) -> bool {
        self.of.contains_key(&dof)
    }

    /// The dependent dofs.
    pub fn dependent(&self) -> impl Iterator<Item = NodeDof> + '_ {
        self.of.keys().copied()
    }

    /// The system on independent dofs, and the forces that the constants put on them. A dependent
    /// dof of a node that stays keeps its diagonal, so that fixing it leaves a sound row.
    pub fn reduced(&self, system: &LocalSystem) -> (LocalSystem, Vec<(u32, Vec3)>) {
        let width = 3 * system.nodes.len();
        let k = DMatrix::from_row_slice(width, width, &system.stiffness);
        let nodes = self.targets(&system.nodes);
        let at = |n: u32| nodes.binary_search(&n).unwrap_or(0);
        let mut t = DMatrix::zeros(width, 3 * nodes.len());
        let mut g = DVector::zeros(width);
        let mut kept = Vec::new();
        for (i, &n) in system.nodes.iter().enumerate() {
            for a in 0..3u8 {
                let row = 3 * i + a as usize;
                match self.of.get(&(n, a)) {
                    None => t[(row, 3 * at(n) + a as usize)] += 1.0,
                    Some((masters, constant)) => {
                        g[row] = *constant;
                        for ((m, b), c) in masters {
                            t[(row, 3 * at(*m) + *b as usize)] += c;
                        }
                        if nodes.binary_search(&n).is_ok() {
                            kept.push((3 * at(n) + a as usize, k[(row, row)]));
                        }
                    }
                }
            }
        }
        let kt = &k * &t;
        let mut reduced = t.transpose() * kt;
        for (d, diagonal) in kept {
            reduced[(d, d)] += diagonal;
        }
        let push = -(t.transpose() * (k * g));
        let forces = nodes
            .iter()
            .enumerate()
            .map(|(i, &n)| (n, Vec3::new(push[3 * i], push[3 * i + 1], push[3 * i + 2])))
            .filter(|(_, f)| *f != Vec3::zeros())
            .collect();
        // Symmetric, so that columns are rows.
        let stiffness = reduced.as_slice().to_vec();
        (LocalSystem { nodes, stiffness }, forces)
    }

    /// The nodes of a reduced system, ascending: those that keep a free dof, and masters.
    fn targets(&self, nodes: &[u32]) -> Vec<u32> {
        let mut targets = BTreeSet::new();
        for &n in nodes {
            for a in 0..3 {
                match self.of.get(&(n, a)) {
                    None => {
                        targets.insert(n);
                    }
                    Some((masters, _)) => targets.extend(masters.iter().map(|m| m.0.0)),
                }
            }
        }
        targets.into_iter().collect()
    }

    /// Tᵀ f: forces at dependent dofs go to their masters, prescribed ones included. Returns what
    /// each equation carried, by its place in the list given.
    pub fn reduce_forces(&self, force: &mut [Vec3]) -> Vec<(usize, f64)> {
        let mut carried = Vec::with_capacity(self.chain.len());
        for (k, equation) in &self.chain {
            let (n, a) = equation.dof;
            let f = std::mem::take(&mut force[n as usize][a as usize]);
            for ((m, b), c) in &equation.masters {
                force[*m as usize][*b as usize] += c * f;
            }
            carried.push((*k, f));
        }
        carried
    }

    /// Fills in the dependent dofs of a displacement.
    pub fn expand(&self, u: &mut [Vec3]) {
        for (&(n, a), (masters, constant)) in &self.of {
            let value = masters
                .iter()
                .map(|((m, b), c)| c * u[*m as usize][*b as usize])
                .sum::<f64>();
            u[n as usize][a as usize] = value + constant;
        }
    }
}

struct Following<'a> {
    equations: &'a [Dependence],
    place: &'a BTreeMap<NodeDof, usize>,
    prescribed: &'a BTreeMap<NodeDof, f64>,
    done: BTreeMap<NodeDof, (Vec<(NodeDof, f64)>, f64)>,
    /// Places in the list, masters' equations first.
    order: Vec<usize>,
}

impl Following<'_> {
    /// Resolves equation `start` and all it stands on, the deepest first, without recursion.
    fn follow(&mut self, start: usize) -> Result<(), EquationError> {
        let mut open = vec![start];
        let mut waiting: BTreeSet<usize> = BTreeSet::new();
        while let Some(&k) = open.last() {
            let equation = &self.equations[k];
            if self.done.contains_key(&equation.dof) {
                open.pop();
                continue;
            }
            waiting.insert(k);
            let unknown: Vec<usize> = equation
                .masters
                .iter()
                .filter(|(m, _)| !self.done.contains_key(m))
                .filter_map(|(m, _)| self.place.get(m).copied())
                .collect();
            if unknown.iter().any(|j| waiting.contains(j)) {
                return Err(EquationError::Circular { equation: k });
            }
            if unknown.is_empty() {
                let resolved = self.resolve(equation);
                self.done.insert(equation.dof, resolved);
                self.order.push(k);
                waiting.remove(&k);
                open.pop();
            } else {
                open.extend(unknown);
            }
        }
        Ok(())
    }

    fn resolve(&self, equation: &Dependence) -> (Vec<(NodeDof, f64)>, f64) {
        let mut masters: BTreeMap<NodeDof, f64> = BTreeMap::new();
        let mut constant = 0.0;
        for (dof, factor) in &equation.masters {
            if let Some((through, g)) = self.done.get(dof) {
                constant += factor * g;
                for (m, c) in through {
                    *masters.entry(*m).or_insert(0.0) += factor * c;
                }
            } else if let Some(value) = self.prescribed.get(dof) {
                constant += factor * value;
            } else {
                *masters.entry(*dof).or_insert(0.0) += factor;
            }
        }
        masters.retain(|_, c| *c != 0.0);
        (masters.into_iter().collect(), constant)
    }
}

/// The three equations that make `node` follow `reference` and the rotation that is the
/// displacement of `rotation`: u = u_r + ω × arm, along the axes wanted.
pub fn rigid_link(
    node: u32,
    arm: &Vec3,
    [reference, rotation]: [u32; 2],
    axes: [bool; 3],
) -> Vec<Dependence> {
    (0..3u8)
        .filter(|&a| axes[a as usize])
        .map(|a| {
            // (ω × r)ₐ = ω_b r_c − ω_c r_b with (a, b, c) cyclic.
            let (b, c) = ((a + 1) % 3, (a + 2) % 3);
            let masters = vec![
                ((reference, a), 1.0),
                ((rotation, b), arm[c as usize]),
                ((rotation, c), -arm[b as usize]),
            ];
            let masters = masters.into_iter().filter(|(_, f)| *f != 0.0).collect();
            Dependence {
                dof: (node, a),
                masters,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependence(dof: NodeDof, masters: &[(NodeDof, f64)]) -> Dependence {
        Dependence {
            dof,
            masters: masters.to_vec(),
        }
    }

    #[test]
    fn chains_are_followed_and_prescribed_masters_become_constants() {
        let equations = [
            dependence((0, 0), &[((1, 0), 2.0), ((2, 1), 1.0)]),
            dependence((1, 0), &[((3, 0), 3.0), ((4, 2), -1.0)]),
        ];
        let prescribed = BTreeMap::from([((4, 2), 0.5)]);
        let elimination = Elimination::new(&equations, &prescribed).unwrap();
        let mut u = vec![Vec3::zeros(); 5];
        u[3].x = 1.0;
        u[2].y = 10.0;
        u[4].z = 0.5;
        elimination.expand(&mut u);
        assert_eq!(u[1].x, 2.5);
        assert_eq!(u[0].x, 15.0);
        // Virtual work: f·T v = (Tᵀ f)·v for any v, that of the prescribed dof included.
        let mut f = vec![Vec3::zeros(); 5];
        f[0].x = 7.0;
        f[1].x = -2.0;
        let carried = elimination.reduce_forces(&mut f);
        assert_eq!(
            (f[3].x, f[2].y, f[0].x, f[1].x),
            (6.0 * 7.0 - 6.0, 7.0, 0.0, 0.0)
        );
        assert_eq!(f[4].z, -2.0 * 7.0 + 2.0);
        assert_eq!(carried, [(0, 7.0), (1, 2.0 * 7.0 - 2.0)]);
    }

    #[test]
    fn circles_doubles_and_prescribed_slaves_are_refused() {
        let none = BTreeMap::new();
        let a = dependence((0, 0), &[((1, 0), 1.0)]);
        let b = dependence((1, 0), &[((2, 0), 1.0)]);
        let c = dependence((2, 0), &[((0, 0), 1.0)]);
        let circle = Elimination::new(&[a.clone(), b.clone(), c], &none);
        assert!(matches!(circle, Err(EquationError::Circular { .. })));
        let twice = Elimination::new(&[a.clone(), b, a.clone()], &none);
        assert_eq!(twice, Err(EquationError::Twice { both: [0, 2] }));
        let held = Elimination::new(&[a], &BTreeMap::from([((0, 0), 0.0)]));
        assert_eq!(held, Err(EquationError::Prescribed { equation: 0 }));
    }

    #[test]
    fn a_reduced_system_stores_the_energy_of_the_whole_one() {
        // A symmetric system on nodes 0 and 1; node 0 follows node 5 rigidly, turned by node 6.
        let mut stiffness = vec![0.0; 36];
        for i in 0..6 {
            for j in 0..6 {
                stiffness[6 * i + j] = if i == j {
                    10.0 + i as f64
                } else {
                    1.0 / (1 + i + j) as f64
                };
            }
        }
        let system = LocalSystem {
            nodes: vec![0, 1],
            stiffness,
        };
        let links = rigid_link(0, &Vec3::new(1.0, 2.0, -3.0), [5, 6], [true; 3]);
        let elimination = Elimination::new(&links, &BTreeMap::new()).unwrap();
        let (reduced, forces) = elimination.reduced(&system);
        assert_eq!(reduced.nodes, [1, 5, 6]);
        assert!(forces.is_empty());
        let mut u = vec![Vec3::zeros(); 7];
        u[1] = Vec3::new(0.3, -0.1, 0.2);
        u[5] = Vec3::new(1.0, 0.5, -0.7);
        u[6] = Vec3::new(0.1, 0.2, -0.3);
        elimination.expand(&mut u);
        assert_eq!(u[0], u[5] + u[6].cross(&Vec3::new(1.0, 2.0, -3.0)));
        let energy = |system: &LocalSystem| {
            let v: Vec<f64> = system
                .nodes
                .iter()
                .flat_map(|&n| u[n as usize].iter().copied().collect::<Vec<_>>())
                .collect();
            let n = v.len();
            (0..n * n)
                .map(|k| system.stiffness[k] * v[k / n] * v[k % n])
                .sum::<f64>()
        };
        assert!((energy(&system) - energy(&reduced)).abs() < 1e-12);
    }
}

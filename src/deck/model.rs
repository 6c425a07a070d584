//! A deck to what is solved. Straight elements stay elements; curved ones and ties become local
//! systems, and so does every element that an equation touches, on the dofs that are left: the
//! assembly behind it knows none of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{DMatrix, Matrix3};

use super::error::{DeckError, DeckFault};
use super::lines::Spot;
use super::ties::{self, TieAccount};
use super::{Deck, Dof, StepData};
use crate::assembly::{Elements, LocalSystem, Operator, Term, membrane_system};
use crate::boundary::equation::{Dependence, Elimination, EquationError, NodeDof, rigid_link};
use crate::boundary::{Coupling, FixedDof, LoadCase};
use crate::element::curved::{self, STRAIGHT};
use crate::element::{Kernel, Placement, Tet4, block_row, tet10};
use crate::material::MaterialField;
use crate::mesh::{ElementKind, Facet, TetMesh};
use crate::model::Model;
use crate::tensor::{Elasticity, Point, Vec3, Wrench};

/// A deck made ready: everything that does not change from step to step.
#[derive(Debug, Clone)]
pub struct DeckModel {
    /// All elements; the deck's nodes and, after them, one for the rotation of each reference
    /// node. Regions are sections.
    pub mesh: TetMesh,
    /// Elasticity of all elements.
    pub materials: MaterialField,
    /// Quadrature points of the curved elements.
    pub curved: BTreeMap<u32, [Placement; 4]>,
    /// Curved elements and ties.
    pub systems: Vec<LocalSystem>,
    /// What each tie binds.
    pub ties: Vec<TieAccount>,
    /// Equations, rigid bodies and kinematic couplings.
    pub dependences: Vec<Dependence>,
    /// How many of them, the first, are the deck's own equations.
    pub equations: usize,
    /// Where each of them stands.
    pub origins: Vec<Spot>,
    /// The node whose displacement is the rotation of a reference node.
    pub rotation_of: BTreeMap<u32, u32>,
    /// Distributing couplings by reference node.
    pub couplings: BTreeMap<u32, Coupling>,
    /// Whether an element uses the node.
    pub solid: Vec<bool>,
    /// Dofs of nodes of no element that an equation uses.
    pub active: BTreeSet<NodeDof>,
    /// Axes, columns, of the nodes whose dofs do not count along the global ones.
    pub frames: BTreeMap<u32, Matrix3<f64>>,
    /// Elements without the curved ones, where there are some.
    straight: Option<(TetMesh, MaterialField)>,
}

/// What is solved for steps that share their supports.
pub struct Reduced {
    /// The model on independent dofs.
    pub model: Model,
    /// How the others follow.
    pub elimination: Elimination,
}

impl DeckModel {
    /// Builds meshes, materials, ties and equations.
    ///
    /// # Errors
    /// Inverted elements, ties and couplings that find nothing, dependent dofs named twice.
    pub fn new(deck: &Deck) -> Result<Self, DeckError> {
        let mesh = mesh(deck);
        let materials = materials(deck);
        let curved = place(deck, &mesh)?;
        let mut model = Self {
            systems: Vec::new(),
            ties: Vec::new(),
            dependences: Vec::new(),
            equations: 0,
            origins: Vec::new(),
            rotation_of: BTreeMap::new(),
            couplings: BTreeMap::new(),
            straight: None,
            solid: Vec::new(),
            active: BTreeSet::new(),
            frames: deck.frames.clone(),
            mesh,
            materials,
            curved,
        };
        for (&e, placed) in &model.curved {
            model.systems.push(LocalSystem {
                nodes: model.mesh.element(e as usize).to_vec(),
                stiffness: curved::stiffness(
                    placed,
                    model.materials.elasticity(e as usize),
                    &model.materials.factor[e as usize],
                ),
            });
        }
        if !model.curved.is_empty() {
            let keep = |e: usize| !model.curved.contains_key(&(e as u32));
            model.straight = Some(model.subset(keep));
        }
        let (ties, systems) = ties::build(deck, &model.mesh, &model.materials)?;
        model.ties = ties;
        model.systems.extend(systems);
        model.add_couplings(deck)?;
        model.add_dependences(deck);
        model.add_membranes(deck)?;
        Ok(model)
    }

    /// The elements for which `keep` holds.
    fn subset(&self, keep: impl Fn(usize) -> bool) -> (TetMesh, MaterialField) {
        let kept: Vec<usize> = (0..self.mesh.element_count())
            .filter(|&e| keep(e))
            .collect();
        let mesh = TetMesh {
            kind: self.mesh.kind,
            nodes: self.mesh.nodes.clone(),
            connectivity: kept
                .iter()
                .flat_map(|&e| self.mesh.element(e).iter().copied())
                .collect(),
            region_of: kept.iter().map(|&e| self.mesh.region_of[e]).collect(),
            regions: self.mesh.regions.clone(),
            surfaces: Vec::new(),
        };
        let all = &self.materials;
        let materials = MaterialField {
            table: all.table.clone(),
            of_element: kept.iter().map(|&e| all.of_element[e]).collect(),
            factor: kept.iter().map(|&e| all.factor[e]).collect(),
            relative_density: kept.iter().map(|&e| all.relative_density[e]).collect(),
        };
        (mesh, materials)
    }

    fn add_membranes(&mut self, deck: &Deck) -> Result<(), DeckError> {
        for membrane in &deck.membranes {
            let refuse = |what: String| {
                deck.texts
                    .refuse(membrane.spot, format!("membrane {} {what}", membrane.label))
            };
            let nodes = &membrane.nodes;
            if let Some(&bare) = nodes.iter().find(|&&n| !self.solid[n as usize]) {
                let label = deck.nodes.labels[bare as usize];
                let error = refuse(format!("has node {label}, which is of no solid element"));
                return Err(error
                    .with_help("a membrane resists nothing across itself: it must lie on solids"));
            }
            if !self.is_straight(nodes) {
                let error = refuse("has curved sides".to_owned());
                return Err(error.with_help("put its mid-edge nodes in the middle of its edges"));
            }
            if let Some(material) = &membrane.material {
                let system = membrane_system(&self.mesh, nodes, material);
                self.systems
                    .push(system.map_err(|e| refuse(format!("cannot be: {e}")))?);
            }
        }
        Ok(())
    }

    /// Whether the mid-edge nodes of a membrane lie in the middle of its edges.
    fn is_straight(&self, nodes: &[u32]) -> bool {
        let at = |n: u32| self.mesh.nodes[n as usize];
        let [a, b, c, middles @ ..] = nodes else {
            return false;
        };
        let edges = [(a, b), (b, c), (c, a)].map(|(i, j)| (at(*i), at(*j)));
        edges.iter().zip(middles).all(|((p, q), &m)| {
            (at(m) - nalgebra::center(p, q)).norm() <= STRAIGHT * (q - p).norm()
        })
    }

    fn add_couplings(&mut self, deck: &Deck) -> Result<(), DeckError> {
        for coupling in &deck.distributing {
            let reference = self.mesh.nodes[coupling.reference as usize];
            let weights = self.areas(&coupling.facets);
            let built = Coupling::on_nodes(&self.mesh, &weights, reference)
                .map_err(|e| deck.texts.refuse(coupling.spot, e.to_string()))?;
            if self.couplings.insert(coupling.reference, built).is_some() {
                let label = deck.nodes.labels[coupling.reference as usize];
                return Err(deck.texts.refuse(
                    coupling.spot,
                    format!("node {label} is the reference of two couplings"),
                ));
            }
        }
        Ok(())
    }

    /// Nodes of faces with their areas ∫N dA.
    fn areas(&self, facets: &[Facet]) -> Vec<(u32, f64)> {
        let mut areas: BTreeMap<u32, f64> = BTreeMap::new();
        for &facet in facets {
            for (n, _, area) in self.face_rule(facet) {
                *areas.entry(n).or_insert(0.0) += area;
            }
        }
        areas.into_iter().collect()
    }

    fn add_dependences(&mut self, deck: &Deck) {
        for equation in &deck.equations {
            let Some(&(dof, first)) = equation.terms.first() else {
                continue;
            };
            let masters = equation.terms[1..]
                .iter()
                .map(|&(m, c)| (m, -c / first))
                .collect();
            self.dependences.push(Dependence { dof, masters });
            self.origins.push(equation.spot);
        }
        self.equations = self.dependences.len();
        for rigid in &deck.rigid {
            let reference = rigid.reference;
            let at = self.mesh.nodes[reference as usize];
            let rotation = match self.rotation_of.get(&reference) {
                Some(&node) => node,
                None => match rigid.rotation {
                    Some(node) => node,
                    None => {
                        self.mesh.nodes.push(at);
                        self.mesh.nodes.len() as u32 - 1
                    }
                },
            };
            self.rotation_of.insert(reference, rotation);
            for &n in &rigid.nodes {
                let arm = self.mesh.nodes[n as usize] - at;
                let links = rigid_link(n, &arm, [reference, rotation], rigid.axes);
                self.origins.extend(links.iter().map(|_| rigid.spot));
                self.dependences.extend(links);
            }
        }
        self.solid = vec![false; self.mesh.nodes.len()];
        for &n in &self.mesh.connectivity {
            self.solid[n as usize] = true;
        }
        let dependences = &self.dependences;
        let of_equations = dependences
            .iter()
            .flat_map(|d| d.masters.iter().map(|m| m.0).chain([d.dof]));
        self.active = of_equations.filter(|d| !self.solid[d.0 as usize]).collect();
        if let Some((mesh, _)) = &mut self.straight {
            mesh.nodes.clone_from(&self.mesh.nodes);
        }
    }

    /// Everything with stiffness, on all dofs.
    pub fn operator(&self) -> Operator<'_> {
        let (mesh, materials) = match &self.straight {
            Some((mesh, materials)) => (mesh, materials),
            None => (&self.mesh, &self.materials),
        };
        Operator::new(
            Elements { mesh, materials },
            vec![Term::Systems(&self.systems)],
        )
    }

    /// The nodes whose displacements are rotations.
    pub fn rotations(&self) -> BTreeSet<u32> {
        self.rotation_of.values().copied().collect()
    }

    /// Where a dof of the deck lives in the mesh.
    pub fn node_dof(&self, (node, axis): Dof) -> NodeDof {
        if axis < 3 {
            return (node, axis);
        }
        let rotation = self.rotation_of.get(&node).copied().unwrap_or(node);
        (rotation, axis - 3)
    }

    /// Where a dof of the mesh points.
    pub fn direction(&self, (node, axis): NodeDof) -> Vec3 {
        match self.frames.get(&node) {
            Some(axes) => axes.column(axis as usize).into_owned(),
            None => Vec3::ith(axis as usize, 1.0),
        }
    }

    /// Vectors of all nodes in the frames of their dofs.
    pub fn to_frames(&self, vectors: &mut [Vec3]) {
        for (&n, axes) in &self.frames {
            vectors[n as usize] = axes.transpose() * vectors[n as usize];
        }
    }

    /// And back along the global axes.
    pub fn from_frames(&self, vectors: &mut [Vec3]) {
        for (&n, axes) in &self.frames {
            vectors[n as usize] = axes * vectors[n as usize];
        }
    }

    /// A system on dofs along the frames of its nodes.
    fn framed<'a>(&self, system: &'a LocalSystem) -> Cow<'a, LocalSystem> {
        if !self.has_frames(&system.nodes) {
            return Cow::Borrowed(system);
        }
        let width = 3 * system.nodes.len();
        let mut turn = DMatrix::identity(width, width);
        for (i, n) in system.nodes.iter().enumerate() {
            if let Some(axes) = self.frames.get(n) {
                turn.fixed_view_mut::<3, 3>(3 * i, 3 * i).copy_from(axes);
            }
        }
        let stiffness = DMatrix::from_row_slice(width, width, &system.stiffness);
        let turned: DMatrix<f64> = turn.transpose() * stiffness * turn;
        Cow::Owned(LocalSystem {
            nodes: system.nodes.clone(),
            // Symmetric: columns are rows.
            stiffness: turned.as_slice().to_vec(),
        })
    }

    fn has_frames(&self, nodes: &[u32]) -> bool {
        !self.frames.is_empty() && nodes.iter().any(|n| self.frames.contains_key(n))
    }

    /// Supports of a step on the dofs of the mesh.
    ///
    /// # Errors
    /// A support on the reference node of a distributing coupling; a rotation prescribed twice.
    pub fn prescribed(
        &self,
        deck: &Deck,
        step: &StepData,
    ) -> Result<BTreeMap<NodeDof, f64>, DeckError> {
        let mut prescribed = BTreeMap::new();
        for (&dof, amount) in &step.boundary {
            if self.couplings.contains_key(&dof.0) {
                let label = deck.nodes.labels[dof.0 as usize];
                let error = deck.texts.refuse(amount.spot, format!(
                    "node {label} is the reference of a distributing coupling: it cannot be held"
                ));
                return Err(error.with_help("a *KINEMATIC coupling holds a surface"));
            }
            let old = prescribed.insert(self.node_dof(dof), amount.value);
            if old.is_some_and(|v| v != amount.value) {
                return Err(deck
                    .texts
                    .refuse(amount.spot, "a rotation is prescribed with two values"));
            }
        }
        Ok(prescribed)
    }

    /// Nodal forces of a step on all nodes of the mesh, N (N·mm at nodes of rotation).
    ///
    /// # Errors
    /// A load on a node that nothing holds.
    pub fn forces(&self, deck: &Deck, step: &StepData) -> Result<Vec<Vec3>, DeckError> {
        let mut force = vec![Vec3::zeros(); self.mesh.nodes.len()];
        self.concentrated(deck, step, &mut force)?;
        for (facet, pressure) in &step.pressure {
            self.add_pressure(*facet, *pressure, &mut force);
        }
        for gravity in &step.gravity {
            for &e in &gravity.elements {
                let section = &deck.sections[deck.section_of[e as usize] as usize];
                let density = deck.materials[section.material].density.unwrap_or(0.0);
                self.add_weight(e as usize, &(density * gravity.acceleration), &mut force);
            }
        }
        Ok(force)
    }

    fn concentrated(
        &self,
        deck: &Deck,
        step: &StepData,
        force: &mut [Vec3],
    ) -> Result<(), DeckError> {
        let mut wrenches: BTreeMap<u32, [f64; 6]> = BTreeMap::new();
        for (&dof, amount) in &step.forces {
            if self.couplings.contains_key(&dof.0) {
                wrenches.entry(dof.0).or_default()[dof.1 as usize] += amount.value;
                continue;
            }
            let (n, a) = self.node_dof(dof);
            let along = self.direction((n, a));
            let held = self.active.contains(&(n, a)) || step.boundary.contains_key(&dof);
            if !self.solid[n as usize] && !held {
                let label = deck.nodes.labels[dof.0 as usize];
                return Err(deck.texts.refuse(
                    amount.spot,
                    format!(
                        "node {label} is loaded along {}, but no element or coupling is there",
                        dof.1 + 1
                    ),
                ));
            }
            force[n as usize] += amount.value * along;
        }
        for (reference, w) in &wrenches {
            let wrench = Wrench {
                force: Vec3::new(w[0], w[1], w[2]),
                moment: Vec3::new(w[3], w[4], w[5]),
            };
            for (n, f) in self.couplings[reference].forces(&wrench) {
                force[n as usize] += f;
            }
        }
        Ok(())
    }

    /// −p ∫ N n dA over a face.
    fn add_pressure(&self, facet: crate::mesh::Facet, pressure: f64, force: &mut [Vec3]) {
        for (n, normal, _) in self.face_rule(facet) {
            force[n as usize] -= pressure * normal;
        }
    }

    /// ∫ N n dA and ∫ N dA of the nodes of a face by CalculiX's rule: the middle for three nodes,
    /// three points for six. A node comes once for each point.
    fn face_rule(&self, facet: Facet) -> Vec<(u32, Vec3, f64)> {
        if self.mesh.kind == ElementKind::Tet4 {
            let area = self.mesh.facet_area_vector(facet) / 3.0;
            let nodes = self.mesh.facet_nodes(facet);
            return nodes.map(|n| (n, area, area.norm())).to_vec();
        }
        let nodes = self.mesh.element(facet.element as usize);
        let local = crate::mesh::FACES_QUADRATIC[facet.face as usize].map(|i| nodes[i]);
        let x = local.map(|n| self.mesh.nodes[n as usize].coords);
        let mut rule = Vec::with_capacity(18);
        for odd in 0..3 {
            let l: [f64; 3] = std::array::from_fn(|k| if k == odd { 2.0 / 3.0 } else { 1.0 / 6.0 });
            let mut t: [Vec3; 3] = std::array::from_fn(|k| (4.0 * l[k] - 1.0) * x[k]);
            let mut shape = [0.0; 6];
            for k in 0..3 {
                shape[k] = l[k] * (2.0 * l[k] - 1.0);
            }
            for (e, [i, j]) in [[0, 1], [1, 2], [2, 0]].into_iter().enumerate() {
                t[i] += 4.0 * l[j] * x[3 + e];
                t[j] += 4.0 * l[i] * x[3 + e];
                shape[3 + e] = 4.0 * l[i] * l[j];
            }
            let area = (t[1] - t[0]).cross(&(t[2] - t[0])) / 6.0;
            for (n, share) in local.into_iter().zip(shape) {
                rule.push((n, share * area, share * area.norm()));
            }
        }
        rule
    }

    /// ∫ N b dV with the element's own rule.
    fn add_weight(&self, e: usize, body_force: &Vec3, force: &mut [Vec3]) {
        let nodes = self.mesh.element(e);
        match self.mesh.kind {
            ElementKind::Tet4 => {
                let share = self.mesh.volume(e) / 4.0 * body_force;
                for &n in nodes {
                    force[n as usize] += share;
                }
            }
            ElementKind::Tet10 => {
                let straight = self.mesh.volume(e);
                let curved = self.curved.get(&(e as u32));
                for (q, l) in crate::element::tet10::POINTS.iter().enumerate() {
                    let volume = curved.map_or(straight, |placed| placed[q].volume);
                    for (&n, share) in nodes.iter().zip(crate::element::tet10::shape(l)) {
                        force[n as usize] += 0.25 * volume * share * body_force;
                    }
                }
            }
        }
    }

    /// The model of steps that share their supports, equations eliminated.
    ///
    /// # Errors
    /// A dof that depends on others twice, on itself, or is prescribed as well.
    pub fn reduced(
        &self,
        deck: &Deck,
        prescribed: &BTreeMap<NodeDof, f64>,
        cases: &[(String, Vec<Vec3>)],
    ) -> Result<Reduced, DeckError> {
        let elimination =
            Elimination::new(&self.dependences, prescribed).map_err(|e| self.refused(deck, e))?;
        let mut extra_systems = Vec::new();
        let mut push = vec![Vec3::zeros(); self.mesh.nodes.len()];
        let mut take = |system: &LocalSystem| {
            let system = self.framed(system);
            if elimination.touches(&system.nodes) {
                let (reduced, forces) = elimination.reduced(&system);
                for (n, f) in forces {
                    push[n as usize] += f;
                }
                extra_systems.push(reduced);
            } else {
                extra_systems.push(system.into_owned());
            }
        };
        self.systems.iter().for_each(&mut take);
        let mut removed: BTreeSet<usize> = self.curved.keys().map(|&e| e as usize).collect();
        if !elimination.is_empty() || !self.frames.is_empty() {
            for e in 0..self.mesh.element_count() {
                let nodes = self.mesh.element(e);
                let apart = elimination.touches(nodes) || self.has_frames(nodes);
                if apart && !removed.contains(&e) {
                    take(&self.dense(e));
                    removed.insert(e);
                }
            }
        }
        let (mesh, materials) = self.subset(|e| !removed.contains(&e));
        extra_systems.extend(self.anchors(prescribed, &elimination));
        let load_cases = cases.iter().map(|(name, forces)| {
            let mut forces = forces.clone();
            self.to_frames(&mut forces);
            load_case(name, forces, &push, &elimination)
        });
        let supports = self.supports(prescribed, &elimination);
        let mut model = Model::solid(mesh, materials)
            .named("deck")
            .with_bodies(Vec::new())
            .with_supports(supports)
            .with_load_cases(load_cases);
        model.extra_systems = extra_systems;
        Ok(Reduced { model, elimination })
    }

    /// Fixed dofs of the reduced model.
    fn supports(
        &self,
        prescribed: &BTreeMap<NodeDof, f64>,
        elimination: &Elimination,
    ) -> Vec<FixedDof> {
        let mut supports: Vec<FixedDof> = prescribed
            .iter()
            .map(|(&(node, axis), &value)| FixedDof { node, axis, value })
            .collect();
        // Their value is filled in afterwards; here they only keep their rows sound.
        supports.extend(elimination.dependent().map(|(node, axis)| FixedDof {
            node,
            axis,
            value: 0.0,
        }));
        supports.extend(self.idle(prescribed).map(|(node, axis)| FixedDof {
            node,
            axis,
            value: 0.0,
        }));
        supports
    }

    /// Dofs of reference nodes that no equation uses and no support holds: they have no stiffness
    /// and no meaning.
    pub fn idle<'a>(
        &'a self,
        prescribed: &'a BTreeMap<NodeDof, f64>,
    ) -> impl Iterator<Item = NodeDof> + 'a {
        let nodes: BTreeSet<u32> = self.active.iter().map(|d| d.0).collect();
        nodes
            .into_iter()
            .flat_map(|n| (0..3).map(move |a| (n, a)))
            .filter(|d| !self.active.contains(d) && !prescribed.contains_key(d))
    }

    /// A diagonal for the fixed dofs of reference nodes, which nothing else gives a stiffness: the
    /// row of a partly fixed node must be sound. Fixed dofs are decoupled, so its size is free.
    fn anchors(
        &self,
        prescribed: &BTreeMap<NodeDof, f64>,
        elimination: &Elimination,
    ) -> Vec<LocalSystem> {
        let size = self.materials.table.first().map_or(1.0, |c| c.0[(0, 0)]);
        let nodes: BTreeSet<u32> = self.active.iter().map(|d| d.0).collect();
        let stiffness = |n: u32| {
            let mut k = vec![0.0; 9];
            for a in 0..3 {
                let dof = (n, a);
                let held = prescribed.contains_key(&dof) || elimination.depends(dof);
                if held || !self.active.contains(&dof) {
                    k[4 * a as usize] = size;
                }
            }
            k
        };
        nodes
            .into_iter()
            .map(|n| LocalSystem {
                nodes: vec![n],
                stiffness: stiffness(n),
            })
            .collect()
    }

    /// The stiffness of a straight element.
    fn dense(&self, e: usize) -> LocalSystem {
        let nodes = self.mesh.element(e).to_vec();
        let (grad_l, volume) = tet10::barycentric_gradients(&self.mesh.corners(e));
        let place = Placement { grad_l, volume };
        let elasticity = self.materials.elasticity(e);
        let factor = &self.materials.factor[e];
        let stiffness = match self.mesh.kind {
            ElementKind::Tet10 => curved::stiffness(&[place; 4], elasticity, factor),
            ElementKind::Tet4 => {
                let kernel = Kernel::from(elasticity);
                let mut k = vec![0.0; 144];
                for i in 0..4 {
                    let row = block_row::<Tet4, 4>(&place, &kernel, factor, i);
                    for (j, block) in row.iter().enumerate() {
                        for (ab, value) in block.iter().enumerate() {
                            k[12 * (3 * i + ab / 3) + 3 * j + ab % 3] = *value;
                        }
                    }
                }
                k
            }
        };
        LocalSystem { nodes, stiffness }
    }

    fn refused(&self, deck: &Deck, error: EquationError) -> DeckError {
        let (k, problem) = match error {
            EquationError::Twice { both: [first, k] } => {
                let line = deck.texts.place(self.origins[first]).line();
                (k, format!("already depends on others by line {line}"))
            }
            EquationError::Prescribed { equation } => {
                (equation, "depends on others and is also prescribed".into())
            }
            EquationError::Circular { equation } => (equation, "depends on itself".into()),
        };
        let (n, axis) = self.dependences[k].dof;
        let fault = DeckFault::Dependent {
            node: deck.nodes.labels.get(n as usize).copied().unwrap_or(0),
            dof: axis + 1,
            problem,
        };
        deck.texts.error(self.origins[k], fault)
    }
}

fn load_case(name: &str, forces: Vec<Vec3>, push: &[Vec3], elimination: &Elimination) -> LoadCase {
    let mut reduced = forces;
    elimination.reduce_forces(&mut reduced);
    for (f, p) in reduced.iter_mut().zip(push) {
        *f += p;
    }
    let loaded = (0..).zip(reduced).filter(|(_, f)| *f != Vec3::zeros());
    LoadCase::of_forces(name, loaded.collect())
}

fn mesh(deck: &Deck) -> TetMesh {
    TetMesh {
        kind: deck.elements.kind,
        nodes: deck.nodes.positions.clone(),
        connectivity: deck.elements.connectivity.clone(),
        region_of: deck.section_of.clone(),
        regions: deck
            .sections
            .iter()
            .map(|s| deck.materials[s.material].name.clone())
            .collect(),
        surfaces: Vec::new(),
    }
}

fn materials(deck: &Deck) -> MaterialField {
    let count = deck.elements.labels.len();
    let table = deck
        .sections
        .iter()
        .map(|s| {
            let elasticity = deck.materials[s.material].elasticity;
            let elasticity = elasticity.unwrap_or(Elasticity(nalgebra::Matrix6::zeros()));
            s.axes
                .as_ref()
                .map_or(elasticity, |o| elasticity.rotated(&o.axes))
        })
        .collect();
    MaterialField {
        table,
        of_element: deck.section_of.clone(),
        factor: (0..count).map(|e| factor(deck, e)).collect(),
        relative_density: vec![None; count],
    }
}

/// Shares of the stiffness at the quadrature points of an element. Temperature goes by the element's
/// shape functions, mid-edge nodes included, as CalculiX has it; a linear element has one point.
fn factor(deck: &Deck, e: usize) -> [f64; 4] {
    let section = &deck.sections[deck.section_of[e] as usize];
    let grading = &deck.materials[section.material].grading;
    if grading.is_empty() {
        return [1.0; 4];
    }
    // The reader has refused nodes without one.
    let warm = |n: &u32| deck.temperatures[*n as usize].unwrap_or(f64::NAN);
    let at = |shape: &[f64]| -> f64 {
        let nodes = shape.iter().zip(deck.elements.nodes(e));
        share(grading, nodes.map(|(s, n)| s * warm(n)).sum())
    };
    match deck.elements.kind {
        ElementKind::Tet4 => [at(&[0.25; 4]); 4],
        ElementKind::Tet10 => tet10::POINTS.map(|l| at(&tet10::shape(&l))),
    }
}

/// The share of the stiffness at a temperature: linear between the lines, constant beyond them.
fn share(grading: &[[f64; 2]], temperature: f64) -> f64 {
    let above = grading.partition_point(|row| row[0] < temperature);
    match (
        above.checked_sub(1).and_then(|k| grading.get(k)),
        grading.get(above),
    ) {
        (Some([t0, f0]), Some([t1, f1])) => f0 + (f1 - f0) * (temperature - t0) / (t1 - t0),
        (Some([_, f]), None) | (None, Some([_, f])) => *f,
        (None, None) => 1.0,
    }
}

/// The ten nodes of a quadratic element.
pub(super) fn ten(mesh: &TetMesh, e: usize) -> [Point; 10] {
    let nodes = mesh.element(e);
    std::array::from_fn(|i| mesh.nodes[nodes[i] as usize])
}

/// Finds the curved elements, and refuses those without volume.
fn place(deck: &Deck, mesh: &TetMesh) -> Result<BTreeMap<u32, [Placement; 4]>, DeckError> {
    let mut curved = BTreeMap::new();
    for e in 0..mesh.element_count() {
        let bent = mesh.kind == ElementKind::Tet10 && curved::curvature(&ten(mesh, e)) > STRAIGHT;
        let placed = if bent {
            curved::place(&ten(mesh, e), e).map(|placed| {
                curved.insert(e as u32, placed);
            })
        } else {
            Placement::new(&mesh.corners(e), e).map(|_| ())
        };
        placed.map_err(|_| {
            let volume = match mesh.volume(e) {
                v if bent && v > 0.0 => curved::volume(&ten(mesh, e)),
                v => v,
            };
            let fault = DeckFault::Inverted {
                element: deck.elements.labels[e],
                volume,
            };
            let error = deck.texts.error(deck.elements.spots[e], fault);
            if bent && volume > 0.0 {
                error.with_help("a mid-edge node folds it: the volume at a point is not positive")
            } else {
                error.with_help(
                    "seen from the fourth node, the first three must run counter-clockwise",
                )
            }
        })?;
    }
    Ok(curved)
}

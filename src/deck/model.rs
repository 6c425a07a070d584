//! A deck to what is solved. Elements stay elements, but for curved tetrahedra and for graded
//! hexahedra and wedges, which have more points than a material field has shares of the stiffness:
//! these and ties become local systems, and so does every element that an equation touches, on the dofs that are left: the
//! assembly behind it knows none of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{DMatrix, Matrix3};

use super::error::{DeckError, DeckFault};
use super::faces::face_rule;
use super::lines::Spot;
use super::placing::place;
use super::shares::{graded, materials};
use super::ties::{self, TieAccount};
use super::{Deck, Dof, StepData};
use crate::assembly::{Elements, LocalSystem, Operator, Term, membrane_system};
use crate::boundary::equation::{Dependence, Elimination, EquationError, NodeDof, rigid_link};
use crate::boundary::{Coupling, FixedDof, LoadCase};
use crate::element::curved::{self, STRAIGHT};
use crate::element::solid::PlacedSolid;
use crate::element::{ElementError, Kernel, Placement, Tet4, block_row, tet10};
use crate::material::MaterialField;
use crate::mesh::{Blocks, Facet, Mesh};
use crate::model::Model;
use crate::tensor::Vec3;

/// A deck made ready: everything that does not change from step to step.
#[derive(Debug, Clone)]
pub struct DeckModel {
    /// All elements; the deck's nodes and, after them, one for the rotation of each reference
    /// node. Regions are sections.
    pub mesh: Mesh,
    /// Elasticity of all elements.
    pub materials: MaterialField,
    /// Quadrature points of the curved elements.
    pub curved: BTreeMap<u32, [Placement; 4]>,
    /// Shares of the stiffness at the quadrature points of graded hexahedra and wedges.
    pub graded: BTreeMap<u32, Vec<f64>>,
    /// Curved and graded elements, ties, membranes.
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
    /// Elements without those that are systems, where there are some.
    plain: Option<(Mesh, MaterialField)>,
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
            plain: None,
            solid: Vec::new(),
            active: BTreeSet::new(),
            frames: deck.frames.clone(),
            graded: graded(deck),
            mesh,
            materials,
            curved,
        };
        let apart = model.apart();
        let systems = apart.iter().map(|&e| model.dense(e));
        model.systems = systems.collect();
        if !apart.is_empty() {
            model.plain = Some(model.subset(|e| !apart.contains(&e)));
        }
        let (ties, systems) = ties::build(deck, &model.mesh, &model.materials)?;
        model.ties = ties;
        model.systems.extend(systems);
        model.add_couplings(deck)?;
        model.add_dependences(deck);
        model.add_membranes(deck)?;
        Ok(model)
    }

    /// The elements that are systems.
    fn apart(&self) -> BTreeSet<usize> {
        let all = self.curved.keys().chain(self.graded.keys());
        all.map(|&e| e as usize).collect()
    }

    /// Shares of the stiffness at the quadrature points of element `e`.
    pub fn shares(&self, e: usize) -> Vec<f64> {
        match self.graded.get(&(e as u32)) {
            Some(shares) => shares.clone(),
            None => self.materials.at_points(e, self.mesh.kind_of(e)),
        }
    }

    /// Element `e` on its nodes.
    ///
    /// # Errors
    /// An inverted element; [`DeckModel::new`] has refused those.
    pub fn placed(&self, e: usize) -> Result<PlacedSolid, ElementError> {
        PlacedSolid::new(self.mesh.kind_of(e), &self.mesh.places(e), e)
    }

    /// The elements for which `keep` holds.
    fn subset(&self, keep: impl Fn(usize) -> bool) -> (Mesh, MaterialField) {
        let kept: Vec<usize> = (0..self.mesh.element_count())
            .filter(|&e| keep(e))
            .collect();
        let mut blocks = Blocks::default();
        for &e in &kept {
            blocks.push(self.mesh.kind_of(e), self.mesh.element(e));
        }
        let mesh = Mesh {
            nodes: self.mesh.nodes.clone(),
            blocks,
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
            for (n, _, area) in face_rule(&self.mesh, facet) {
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
        for n in self.mesh.blocks.node_numbers() {
            self.solid[n as usize] = true;
        }
        let dependences = &self.dependences;
        let of_equations = dependences
            .iter()
            .flat_map(|d| d.masters.iter().map(|m| m.0).chain([d.dof]));
        self.active = of_equations.filter(|d| !self.solid[d.0 as usize]).collect();
        if let Some((mesh, _)) = &mut self.plain {
            mesh.nodes.clone_from(&self.mesh.nodes);
        }
    }

    /// Everything with stiffness, on all dofs.
    pub fn operator(&self) -> Operator<'_> {
        let (mesh, materials) = match &self.plain {
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

    /// The model of steps that share their supports, equations eliminated; `hints` are systems
    /// beside the model's own.
    ///
    /// # Errors
    /// A dof that depends on others twice, on itself, or is prescribed as well.
    pub fn reduced(
        &self,
        deck: &Deck,
        prescribed: &BTreeMap<NodeDof, f64>,
        cases: &[(String, Vec<Vec3>)],
        hints: &[LocalSystem],
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
        self.systems.iter().chain(hints).for_each(&mut take);
        let mut removed = self.apart();
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

    /// The stiffness of an element.
    fn dense(&self, e: usize) -> LocalSystem {
        let nodes = self.mesh.element(e).to_vec();
        let kind = self.mesh.kind_of(e);
        let stiffness = match kind.is_tetrahedron() {
            true => self.tetrahedron(e),
            false => self.placed(e).map_or_else(
                |_| vec![0.0; 9 * nodes.len() * nodes.len()],
                |placed| placed.stiffness(self.materials.elasticity(e), &self.shares(e)),
            ),
        };
        LocalSystem { nodes, stiffness }
    }

    fn tetrahedron(&self, e: usize) -> Vec<f64> {
        let (grad_l, volume) = tet10::barycentric_gradients(&self.mesh.corners(e));
        let place = Placement { grad_l, volume };
        let elasticity = self.materials.elasticity(e);
        let factor = &self.materials.factor[e];
        if let Some(placed) = self.curved.get(&(e as u32)) {
            return curved::stiffness(placed, elasticity, factor);
        }
        match self.mesh.kind_of(e).is_quadratic() {
            true => curved::stiffness(&[place; 4], elasticity, factor),
            false => {
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
        }
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

fn mesh(deck: &Deck) -> Mesh {
    Mesh {
        nodes: deck.nodes.positions.clone(),
        blocks: deck.elements.blocks.clone(),
        region_of: deck.section_of.clone(),
        regions: deck
            .sections
            .iter()
            .map(|s| deck.materials[s.material].name.clone())
            .collect(),
        surfaces: Vec::new(),
    }
}

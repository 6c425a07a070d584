//! Abaqus and CalculiX decks (.inp) of linear statics on solids: reading, solving, printing,
//! writing. A deck is read in four stages: [`lines`] makes cards of it (form), [`parts`] puts the
//! cards of parts in the place of their instances, [`resolve`] gives them meaning ([`Deck`], everything by index, every name found), [`model`] makes what is solved.
//! Anything that is not supported is an error with its place; nothing is skipped but what cannot
//! change the answer (DECKS.md lists it). Units are the deck's own: N, mm and MPa are assumed only
//! where a message names a unit. Must not know findings.

pub mod error;
pub mod keywords;
pub mod lines;
pub mod number;
pub mod parts;
mod mesh_lines;
pub mod resolve;
pub mod ties;
mod faces;
mod shares;
mod placing;
pub mod model;
mod loads;
pub mod support;
mod zero_energy;
pub mod solve;
pub mod print;
pub mod output;
pub mod write;

pub use error::{DeckError, DeckFault};
pub use resolve::{read_deck, read_deck_from};
pub use solve::{DeckSolution, StepSolution, solve_deck};

use std::collections::BTreeMap;

use crate::material::membrane::MembraneMaterial;
use crate::mesh::{Blocks, Facet};
use crate::tensor::{Elasticity, Point, Vec3};
use lines::{Spot, Texts};

/// The constants of *ELASTIC, TYPE=ANISOTROPIC in their order, D₁₁₁₁ to D₂₃₂₃: rows and columns of
/// an [`Elasticity`]. Decks count 11, 22, 33, 12, 13, 23, we xx, yy, zz, xy, yz, zx.
pub(crate) const ANISOTROPIC: [(usize, usize); 21] = {
    const OURS: [usize; 6] = [0, 1, 2, 3, 5, 4];
    let mut places = [(0, 0); 21];
    let (mut k, mut column) = (0, 0);
    while column < 6 {
        let mut row = 0;
        while row <= column {
            places[k] = (OURS[row], OURS[column]);
            k += 1;
            row += 1;
        }
        column += 1;
    }
    places
};

/// The same for TYPE=ORTHOTROPIC.
pub(crate) const ORTHOTROPIC: [(usize, usize); 9] = [
    (0, 0),
    (0, 1),
    (1, 1),
    (0, 2),
    (1, 2),
    (2, 2),
    (3, 3),
    (5, 5),
    (4, 4),
];

/// A number that the deck gives to a node or an element.
pub type Label = u32;

/// A degree of freedom: node index and 0, 1, 2 (translations), 3, 4, 5 (rotations of a reference
/// node).
pub type Dof = (u32, u8);

/// Nodes of a deck.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    /// Their numbers in the deck.
    pub labels: Vec<Label>,
    /// Their positions.
    pub positions: Vec<Point>,
    /// Where they are defined.
    pub spots: Vec<Spot>,
    index: Index,
}

/// Solid elements of a deck.
#[derive(Debug, Clone, Default)]
pub struct Elements {
    /// Their kinds and node indices, in the deck's order.
    pub blocks: Blocks,
    /// Their numbers in the deck.
    pub labels: Vec<Label>,
    /// Where they are defined.
    pub spots: Vec<Spot>,
    index: Index,
}

impl Elements {
    /// Nodes of a face: its corners, then its mid-edge nodes where it has some.
    pub fn facet_nodes(&self, facet: Facet) -> impl Iterator<Item = u32> + '_ {
        let nodes = self.nodes(facet.element as usize);
        let table = self.blocks.kind(facet.element as usize).reference();
        table.face(facet.face as usize).iter().map(|&i| nodes[i])
    }

    /// Node indices of element `e`.
    pub fn nodes(&self, e: usize) -> &[u32] {
        self.blocks.element(e)
    }
}

/// A membrane on nodes of solids. In sets it counts after all solid elements.
#[derive(Debug, Clone, PartialEq)]
pub struct DeckMembrane {
    /// Its number in the deck.
    pub label: Label,
    /// Node indices, three or six, corners first.
    pub nodes: Vec<u32>,
    /// What it is made of; a section has given it before the deck is resolved.
    pub material: Option<MembraneMaterial>,
    /// Where it is defined.
    pub spot: Spot,
}

/// Numbers of the deck to indices.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    dense: Vec<u32>,
    sparse: BTreeMap<Label, u32>,
}

impl Index {
    /// Labels up to this many stand in a table.
    const DENSE: u32 = 1 << 26;

    fn insert(&mut self, label: Label, index: u32) -> Option<u32> {
        if label < Self::DENSE {
            let at = label as usize;
            if self.dense.len() <= at {
                self.dense.resize((at + 1).next_power_of_two(), u32::MAX);
            }
            let old = std::mem::replace(&mut self.dense[at], index);
            (old != u32::MAX).then_some(old)
        } else {
            self.sparse.insert(label, index)
        }
    }

    fn find(&self, label: Label) -> Option<u32> {
        if label < Self::DENSE {
            let index = *self.dense.get(label as usize)?;
            (index != u32::MAX).then_some(index)
        } else {
            self.sparse.get(&label).copied()
        }
    }
}

/// A named surface.
#[derive(Debug, Clone, PartialEq)]
pub enum DeckSurface {
    /// Faces of elements.
    Facets(Vec<Facet>),
    /// Nodes.
    Nodes(Vec<u32>),
}

/// A material.
#[derive(Debug, Clone)]
pub struct DeckMaterial {
    /// Name as written.
    pub name: String,
    /// Elasticity in its own axes; of one graded by temperature, where it is stiffest.
    pub elasticity: Option<Elasticity>,
    /// Of one graded by temperature, the temperatures, rising, and the share of the stiffness above
    /// at each; else empty.
    pub grading: Vec<[f64; 2]>,
    /// Mass density.
    pub density: Option<f64>,
    /// Where it is defined.
    pub spot: Spot,
}

/// What an element is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Material.
    pub material: usize,
    /// Axes of the material, columns; the global ones where none are given.
    pub axes: Option<Orientation>,
}

/// Axes of a material.
#[derive(Debug, Clone, PartialEq)]
pub struct Orientation {
    /// Folded name.
    pub name: String,
    /// Its axes, columns.
    pub axes: nalgebra::Matrix3<f64>,
}

/// Σ cₖ uₖ = 0; the first dof depends on the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Equation {
    /// The terms.
    pub terms: Vec<(Dof, f64)>,
    /// Where it stands.
    pub spot: Spot,
}

/// Nodes that move as a rigid body with their reference node.
#[derive(Debug, Clone, PartialEq)]
pub struct Rigid {
    /// Reference node.
    pub reference: u32,
    /// Node whose translations are the rotations, where one is named.
    pub rotation: Option<u32>,
    /// Dependent nodes.
    pub nodes: Vec<u32>,
    /// Which translations depend.
    pub axes: [bool; 3],
    /// Where it stands.
    pub spot: Spot,
}

/// A reference node whose load is distributed over a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Distributing {
    /// Reference node.
    pub reference: u32,
    /// The surface's faces.
    pub facets: Vec<Facet>,
    /// Where it stands.
    pub spot: Spot,
}

/// Two surfaces that are bonded.
#[derive(Debug, Clone, PartialEq)]
pub struct DeckTie {
    /// Name.
    pub name: String,
    /// Slave and master.
    pub facets: [Vec<Facet>; 2],
    /// Largest gap, where given.
    pub tolerance: Option<f64>,
    /// Where it stands.
    pub spot: Spot,
}

/// Which numbers a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Displacements.
    U,
    /// Forces at nodes: reactions where supported, applied loads elsewhere.
    RF,
    /// Stresses at integration points.
    S,
    /// Strains at integration points.
    E,
    /// Energy density at integration points.
    Ener,
    /// Energy of elements.
    Else,
    /// Volumes of elements.
    Evol,
}

/// How totals are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// Not.
    No,
    /// After the table.
    Yes,
    /// In place of the table.
    Only,
}

/// A table asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    /// What.
    pub quantities: Vec<Quantity>,
    /// Name of the set as written.
    pub set: String,
    /// Nodes or elements, by index, in the order of the set.
    pub members: Vec<u32>,
    /// Totals.
    pub totals: Totals,
    /// Whether tensors are given in the global frame (else in the element's material axes).
    pub global: bool,
}

/// A step: everything that holds at its end.
#[derive(Debug, Clone, Default)]
pub struct StepData {
    /// Time at its end.
    pub time: f64,
    /// Prescribed values.
    pub boundary: BTreeMap<Dof, Amount>,
    /// Concentrated forces and moments.
    pub forces: BTreeMap<Dof, Amount>,
    /// Pressures on faces.
    pub pressure: BTreeMap<Facet, f64>,
    /// Acceleration of elements by gravity.
    pub gravity: Vec<Gravity>,
    /// Tables.
    pub prints: Vec<Print>,
    /// Where it begins.
    pub spot: Spot,
}

/// A prescribed displacement or rotation, a force or a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// Its value.
    pub value: f64,
    /// Where it stands.
    pub spot: Spot,
}

/// Gravity on a set of elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Gravity {
    /// The set's name, by which a later step changes it.
    pub set: String,
    /// Elements.
    pub elements: Vec<u32>,
    /// Acceleration.
    pub acceleration: Vec3,
    /// Its direction as given, of length 1.
    pub direction: Vec3,
    /// Where it stands.
    pub spot: Spot,
}

/// A deck with its names resolved.
#[derive(Debug, Clone)]
pub struct Deck {
    /// The files, for places in messages.
    pub texts: Texts,
    /// Nodes.
    pub nodes: Nodes,
    /// Solid elements.
    pub elements: Elements,
    /// Membranes.
    pub membranes: Vec<DeckMembrane>,
    /// Node sets by folded name.
    pub node_sets: BTreeMap<String, Vec<u32>>,
    /// Element sets by folded name.
    pub element_sets: BTreeMap<String, Vec<u32>>,
    /// Surfaces by folded name.
    pub surfaces: BTreeMap<String, DeckSurface>,
    /// Materials.
    pub materials: Vec<DeckMaterial>,
    /// Distinct sections.
    pub sections: Vec<Section>,
    /// Section of each element.
    pub section_of: Vec<u32>,
    /// Temperature of each node, where the deck gives it one.
    pub temperatures: Vec<Option<f64>>,
    /// Equations.
    pub equations: Vec<Equation>,
    /// Rigid bodies and kinematic couplings.
    pub rigid: Vec<Rigid>,
    /// Distributing couplings.
    pub distributing: Vec<Distributing>,
    /// Ties.
    pub ties: Vec<DeckTie>,
    /// Axes, columns, of the nodes whose supports and loads do not count along the global ones.
    pub frames: BTreeMap<u32, nalgebra::Matrix3<f64>>,
    /// Steps.
    pub steps: Vec<StepData>,
    /// What was read otherwise than another program may read it, with its place, for the user.
    pub notes: Vec<String>,
}

//! What holds the spine from behind, as a case says it: screws, rods, what joins rods, hooks, cables.

use super::body::BodyId;
use crate::anatomy::pedicle::Side;
use crate::geometry::End;
use crate::source::Sourced;

/// All parts; none is no fixation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fixation {
    /// Screws.
    pub screws: Vec<Screw>,
    /// Rods.
    pub rods: Vec<Rod>,
    /// What joins rods.
    pub connectors: Vec<Connector>,
    /// Hooks.
    pub hooks: Vec<Hook>,
    /// Cables.
    pub cables: Vec<Cable>,
}

impl Fixation {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Materials of screws, rods and connectors, in this order; a domino has none.
    pub fn materials(&self) -> impl Iterator<Item = Option<usize>> {
        let screws = self.screws.iter().map(|s| Some(s.material));
        let rods = self.rods.iter().map(|r| Some(r.material));
        let connectors = self.connectors.iter().map(|c| match c.kind {
            ConnectorKind::Domino => None,
            ConnectorKind::CrossLink { material, .. } => Some(material),
        });
        screws.chain(rods).chain(connectors)
    }

    /// What tables call screws and rods.
    pub fn labels(&self) -> impl Iterator<Item = String> {
        let screws = self.screws.iter().map(Screw::label);
        screws.chain(self.rods.iter().map(Rod::label))
    }

    /// The bodies that parts hold on.
    pub fn bodies(&self) -> impl Iterator<Item = BodyId> {
        let screws = self.screws.iter().flat_map(|s| s.bodies.iter().copied());
        let hooks = self.hooks.iter().map(|h| h.lamina.body());
        let cables = self.cables.iter().flat_map(|c| c.ends);
        let laminae = cables.filter_map(|end| match end {
            CableEnd::Lamina(lamina) => Some(lamina.body()),
            CableEnd::Rod(_) => None,
        });
        screws.chain(hooks).chain(laminae)
    }
}

/// A screw.
#[derive(Debug, Clone, PartialEq)]
pub struct Screw {
    /// Its name, "T5 left".
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// The bodies it runs through; the first is the one it moves with.
    pub bodies: Vec<BodyId>,
    /// Where it goes.
    pub path: ScrewPath,
    /// Diameter, mm.
    pub diameter_mm: Sourced<f64>,
    /// From where it enters the bone to the rod's axis, mm.
    pub head_mm: Sourced<f64>,
    /// How its head holds the rod.
    pub head: Head,
    /// Number in [`Case::materials`](super::Case::materials); isotropic.
    pub material: usize,
}

impl Screw {
    /// What tables call it: "screw T5 left".
    pub fn label(&self) -> String {
        label("screw", &self.name)
    }
}

/// "rod left", whether the case says "left" or "rod left".
fn label(kind: &str, name: &str) -> String {
    match name.starts_with(kind) {
        true => name.to_owned(),
        false => format!("{kind} {name}"),
    }
}

/// Where a screw goes.
#[derive(Debug, Clone, PartialEq)]
pub enum ScrewPath {
    /// Straight ahead through a pedicle of its first body, a vertebra.
    Pedicle {
        /// Which one.
        side: Side,
        /// Length, mm.
        length_mm: Sourced<f64>,
        /// Which of diameter and length are the most that is taken: the pedicle and the body's depth
        /// may take less.
        at_most: [bool; 2],
    },
    /// Between two places, mm, with the bones where they stand before surgery.
    Points {
        /// Where it enters the bone.
        entry: [f64; 3],
        /// Its tip.
        tip: [f64; 3],
    },
}

/// How a screw's head holds the rod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// As one with it.
    Locked,
    /// As a ball in its socket.
    Ball,
}

/// A rod.
#[derive(Debug, Clone, PartialEq)]
pub struct Rod {
    /// Its name, "left".
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// What it runs through, in order.
    pub through: Vec<Through>,
    /// Its shape between these.
    pub curve: Curve,
    /// Diameter, mm.
    pub diameter_mm: Sourced<f64>,
    /// Number in [`Case::materials`](super::Case::materials); isotropic.
    pub material: usize,
}

impl Rod {
    /// What tables call it: "rod left".
    pub fn label(&self) -> String {
        label("rod", &self.name)
    }
}

/// A place a rod runs through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Through {
    /// The head of the screw of that number.
    Head(usize),
    /// A place, mm, with the bones where they stand before surgery. It moves with the screw that the
    /// rod runs through before it, or else after it.
    Point([f64; 3]),
}

/// Shape of a rod between the places it runs through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// Straight pieces.
    Straight,
    /// One arc through all of them, bent before it was put in.
    Arc,
}

/// What joins two rods.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// Its name, "domino 1".
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// What it is.
    pub kind: ConnectorKind,
    /// Numbers of the rods.
    pub rods: [usize; 2],
    /// The body at whose height it sits; `None`: the middle of where both rods are beside each other.
    pub level: Option<BodyId>,
}

/// What a connector is.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectorKind {
    /// Holds two rods beside each other as one.
    Domino,
    /// A bar from rod to rod.
    CrossLink {
        /// Diameter, mm.
        diameter_mm: Sourced<f64>,
        /// Number in [`Case::materials`](super::Case::materials); isotropic.
        material: usize,
    },
}

/// One side of a vertebra's arch behind the canal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lamina {
    /// Number of the vertebra.
    pub vertebra: usize,
    /// Which side.
    pub side: Side,
}

impl Lamina {
    /// The vertebra as a body.
    pub fn body(self) -> BodyId {
        BodyId::Vertebra(self.vertebra)
    }
}

/// A hook on a rod that pushes on a lamina.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// Its name, "hook T8 left".
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// Number of the rod.
    pub rod: usize,
    /// What it pushes on.
    pub lamina: Lamina,
    /// Which way: towards the head ([`End::Superior`]) or the feet.
    pub pushes: End,
    /// With what force it was pressed on, N.
    pub force_n: Sourced<f64>,
}

/// A cable.
#[derive(Debug, Clone, PartialEq)]
pub struct Cable {
    /// Its name, "cable T8.lamina_left".
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// What it is fixed to.
    pub ends: [CableEnd; 2],
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Its force after tightening, before any load, N.
    pub tension_n: f64,
    /// Number in [`Case::materials`](super::Case::materials); isotropic.
    pub material: usize,
}

/// What a cable is fixed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CableEnd {
    /// The rod of that number, where it is nearest to the other end.
    Rod(usize),
    /// The middle of a lamina.
    Lamina(Lamina),
}

//! Nodes and elements.

use super::fields::{number, whole};
use super::{Resolver, of};
use crate::deck::DeckMembrane;
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Spot};
use crate::mesh::ElementKind;
use crate::tensor::Point;

impl Resolver {
    pub(super) fn read_mesh(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        for card in of(cards, &["NODE", "INCLUDE"]) {
            match &card.mesh {
                Some(mesh) => self.mesh_nodes(mesh)?,
                None => self.read_nodes(card)?,
            }
        }
        let mut membranes = Vec::new();
        for card in of(cards, &["ELEMENT", "INCLUDE"]) {
            if let Some(mesh) = &card.mesh {
                self.mesh_elements(mesh)?;
                continue;
            }
            let name = card.need(&self.texts, "TYPE")?.value.as_str();
            match ElementKind::of_deck_type(name) {
                Some(kind) => self.read_elements(card, Some(kind), kind.node_count())?,
                None => membranes.push((card, if name == "M3D3" { 3 } else { 6 })),
            }
        }
        for (card, size) in membranes {
            self.read_elements(card, None, size)?;
        }
        Ok(())
    }

    fn read_nodes(&mut self, card: &Card) -> Result<(), DeckError> {
        let first = self.nodes.labels.len();
        for &line in &card.data {
            let mut fields = self.texts.fields(line);
            let Some(field) = fields.next() else { continue };
            let label = whole(&self.texts, "the node number", field)?;
            let mut x = [0.0; 3];
            for (value, field) in x.iter_mut().zip(&mut fields) {
                if !field.0.is_empty() {
                    *value = number(&self.texts, "a coordinate", field)?;
                }
            }
            self.at_most(line, 4, "a node")?;
            self.add_node(label, Point::from(x), line)?;
        }
        if let Some(set) = card.get("NSET") {
            let set = self.node_sets.entry(set.value.clone()).or_default();
            set.extend(first as u32..self.nodes.labels.len() as u32);
        }
        Ok(())
    }

    pub(super) fn add_node(
        &mut self,
        label: u32,
        position: Point,
        spot: Spot,
    ) -> Result<(), DeckError> {
        let index = self.nodes.labels.len() as u32;
        if let Some(old) = self.nodes.index.insert(label, index) {
            let first = self.nodes.spots[old as usize];
            return Err(self.duplicate(format!("node {label}"), first, spot));
        }
        self.nodes.labels.push(label);
        self.nodes.positions.push(position);
        self.nodes.spots.push(spot);
        Ok(())
    }

    /// Elements of `size` nodes; membranes have no kind.
    fn read_elements(
        &mut self,
        card: &Card,
        kind: Option<ElementKind>,
        size: usize,
    ) -> Result<(), DeckError> {
        let first = self.element_count();
        let mut numbers: Vec<u32> = Vec::with_capacity(size + 1);
        let mut start: Option<Spot> = None;
        for &line in &card.data {
            let begin = *start.get_or_insert(line);
            for field in self.texts.fields(line) {
                let what = if numbers.is_empty() {
                    "the element number"
                } else {
                    "a node of the element"
                };
                let value = whole(&self.texts, what, field)?;
                if numbers.len() > size {
                    return Err(self.incomplete(card, begin, size));
                }
                let value = if numbers.is_empty() {
                    value
                } else {
                    self.node(value, field.1)?
                };
                numbers.push(value);
            }
            if numbers.len() == size + 1 {
                self.add_element(kind, numbers[0], &numbers[1..], begin)?;
                numbers.clear();
                start = None;
            }
        }
        if let Some(spot) = start {
            return Err(self.incomplete(card, spot, size));
        }
        if let Some(set) = card.get("ELSET") {
            let read = first as u32..self.element_count() as u32;
            let set = self.element_sets.entry(set.value.clone()).or_default();
            set.extend(read);
        }
        Ok(())
    }

    /// Solid elements and membranes.
    pub(super) fn element_count(&self) -> usize {
        self.elements.labels.len() + self.membranes.len()
    }

    /// The number in the deck of element `e`; membranes count after all solid elements.
    pub(super) fn element_label(&self, e: u32) -> u32 {
        match (e as usize).checked_sub(self.elements.labels.len()) {
            Some(membrane) => self.membranes[membrane].label,
            None => self.elements.labels[e as usize],
        }
    }

    fn element_spot(&self, e: u32) -> Spot {
        match (e as usize).checked_sub(self.elements.labels.len()) {
            Some(membrane) => self.membranes[membrane].spot,
            None => self.elements.spots[e as usize],
        }
    }

    /// An element with fewer or more nodes than it has, which runs into the next one.
    fn incomplete(&self, card: &Card, spot: Spot, size: usize) -> DeckError {
        let fault = DeckFault::Missing {
            keyword: card.keyword.name,
            what: format!("{size} nodes for each element"),
        };
        self.texts.error(spot, fault)
    }

    pub(super) fn add_element(
        &mut self,
        kind: Option<ElementKind>,
        label: u32,
        nodes: &[u32],
        spot: Spot,
    ) -> Result<(), DeckError> {
        let index = self.element_count() as u32;
        if let Some(old) = self.elements.index.insert(label, index) {
            let first = self.element_spot(old);
            return Err(self.duplicate(format!("element {label}"), first, spot));
        }
        let Some(kind) = kind else {
            self.membranes.push(DeckMembrane {
                label,
                nodes: nodes.to_vec(),
                material: None,
                spot,
            });
            return Ok(());
        };
        self.elements.labels.push(label);
        self.elements.blocks.push(kind, nodes);
        self.elements.spots.push(spot);
        Ok(())
    }

    /// Index of node `label`, named at `spot`.
    pub(super) fn node(&self, label: u32, spot: Spot) -> Result<u32, DeckError> {
        self.nodes.index.find(label).ok_or_else(|| {
            let fault = DeckFault::UnknownNumber {
                what: "node",
                number: label,
            };
            self.texts.error(spot, fault)
        })
    }

    /// Index of element `label`, named at `spot`.
    pub(super) fn element(&self, label: u32, spot: Spot) -> Result<u32, DeckError> {
        self.elements.index.find(label).ok_or_else(|| {
            let fault = DeckFault::UnknownNumber {
                what: "element",
                number: label,
            };
            self.texts.error(spot, fault)
        })
    }

    /// Something defined twice.
    pub(super) fn duplicate(&self, what: String, first: Spot, second: Spot) -> DeckError {
        let place = self.texts.place(first);
        let line = place.line();
        let first = match first.file == second.file {
            true => format!("line {line}"),
            false => format!("line {line} of {}", place.file.path.display()),
        };
        let fault = DeckFault::Duplicate { what, first };
        self.texts.error(second, fault)
    }
}

//! Nodes and elements.

use super::fields::{number, whole};
use super::idle::{IdleElement, idle_kind};
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::DeckMembrane;
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Spot};
use crate::mesh::ElementKind;
use crate::tensor::Point;

/// The type that another one is read as.
fn alias(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "C3D10M" | "C3D10H" | "C3D10MH" => "C3D10",
        "C3D4H" => "C3D4",
        "C3D6H" => "C3D6",
        "C3D8H" | "C3D8RH" => "C3D8",
        "C3D8IH" => "C3D8I",
        "C3D15H" => "C3D15",
        "C3D20H" => "C3D20",
        "C3D20RH" => "C3D20R",
        _ => return None,
    })
}

impl Resolver {
    pub(super) fn read_mesh(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        for card in of(cards, &["NODE", "INCLUDE"]) {
            self.scopes.enter(card.scope);
            match &card.mesh {
                Some(mesh) => self.mesh_nodes(mesh)?,
                None => self.read_nodes(card)?,
            }
        }
        let mut membranes = Vec::new();
        let mut idle = Vec::new();
        for card in of(cards, &["ELEMENT", "INCLUDE"]) {
            self.scopes.enter(card.scope);
            if let Some(mesh) = &card.mesh {
                self.mesh_elements(mesh)?;
                continue;
            }
            let given = card.need(&self.texts, "TYPE")?;
            let name = match alias(&given.value) {
                Some(read_as) => {
                    self.tell_alias(&given.value, read_as, given.value_spot);
                    read_as
                }
                None => given.value.as_str(),
            };
            match (ElementKind::of_deck_type(name), idle_kind(name)) {
                (Some(kind), _) => self.read_elements(card, Some(kind), kind.node_count())?,
                (None, Some(kind)) => idle.push((card, kind)),
                (None, None) => membranes.push((card, if name == "M3D3" { 3 } else { 6 })),
            }
        }
        for (card, size) in membranes {
            self.scopes.enter(card.scope);
            self.read_elements(card, None, size)?;
        }
        for (card, (kind, size)) in idle {
            self.scopes.enter(card.scope);
            self.idle_kind = Some(kind);
            self.read_elements(card, None, size)?;
        }
        self.idle_kind = None;
        Ok(())
    }

    /// Tells once of each type that is read as another.
    fn tell_alias(&mut self, kind: &str, read_as: &str, spot: Spot) {
        if self.aliases.iter().any(|a| a.0 == kind) {
            return;
        }
        let hybrid = kind.ends_with('H');
        self.aliases.push((kind.to_owned(), spot));
        let why = match (kind, hybrid) {
            ("C3D8RH", _) => {
                "fully integrated and without pressures of their own, up to a Poisson ratio of 0.4999 \
                 (meshio calls every hexahedron so)"
            }
            (_, true) => "without pressures of their own, up to a Poisson ratio of 0.4999",
            (_, false) => "with their shape functions",
        };
        let text = format!("{kind} elements are read as {read_as}, {why}");
        self.note(spot, &text);
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
            self.add_node(label, self.scopes.placed(Point::from(x)), line)?;
        }
        if let Some(set) = card.get("NSET") {
            let name = self.scopes.own(&set.value);
            let set = self.node_sets.entry(name).or_default();
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
        let label = self.raised(Of::Nodes, label, spot)?;
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
            let name = self.scopes.own(&set.value);
            let set = self.element_sets.entry(name).or_default();
            set.extend(read);
        }
        Ok(())
    }

    /// Solid elements, membranes and what carries nothing.
    pub(super) fn element_count(&self) -> usize {
        self.carrying() + self.idle.len()
    }

    /// The number in the deck of element `e`; membranes count after all solid elements, what
    /// carries nothing after them.
    pub(super) fn element_label(&self, e: u32) -> u32 {
        let e = e as usize;
        if let Some(idle) = e.checked_sub(self.carrying()) {
            return self.idle[idle].label;
        }
        match e.checked_sub(self.elements.labels.len()) {
            Some(membrane) => self.membranes[membrane].label,
            None => self.elements.labels[e],
        }
    }

    fn element_spot(&self, e: u32) -> Spot {
        let e = e as usize;
        if let Some(idle) = e.checked_sub(self.carrying()) {
            return self.idle[idle].spot;
        }
        match e.checked_sub(self.elements.labels.len()) {
            Some(membrane) => self.membranes[membrane].spot,
            None => self.elements.spots[e],
        }
    }

    /// The nodes of element `e`, of whatever kind.
    pub(super) fn element_nodes(&self, e: u32) -> &[u32] {
        let e = e as usize;
        if let Some(idle) = e.checked_sub(self.carrying()) {
            return &self.idle[idle].nodes;
        }
        match e.checked_sub(self.elements.labels.len()) {
            Some(membrane) => &self.membranes[membrane].nodes,
            None => self.elements.nodes(e),
        }
    }

    /// The number that a node or element gets which is defined here as `label`.
    fn raised(&mut self, what: Of, label: u32, spot: Spot) -> Result<u32, DeckError> {
        let noun = what.noun();
        self.scopes.take(what, label).ok_or_else(|| {
            let text =
                format!("{noun} {label} of this instance would get a number above 4294967295");
            let error = self.texts.refuse(spot, text);
            error.with_help("number the parts' nodes and elements lower")
        })
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
        let label = self.raised(Of::Elements, label, spot)?;
        if let Some(old) = self.elements.index.insert(label, index) {
            let first = self.element_spot(old);
            return Err(self.duplicate(format!("element {label}"), first, spot));
        }
        if let Some(kind) = self.idle_kind {
            self.idle.push(IdleElement {
                label,
                kind,
                nodes: nodes.to_vec(),
                spot,
            });
            return Ok(());
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
        let number = self.scopes.number(Of::Nodes, label);
        number
            .and_then(|n| self.nodes.index.find(n))
            .ok_or_else(|| {
                let fault = DeckFault::UnknownNumber {
                    what: "node",
                    number: label,
                };
                self.texts.error(spot, fault)
            })
    }

    /// Index of element `label`, named at `spot`.
    pub(super) fn element(&self, label: u32, spot: Spot) -> Result<u32, DeckError> {
        let number = self.scopes.number(Of::Elements, label);
        let found = number.and_then(|n| self.elements.index.find(n));
        found.ok_or_else(|| {
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

    /// The number of elements that carry.
    pub(super) fn carrying(&self) -> usize {
        self.elements.labels.len() + self.membranes.len()
    }

    /// Takes the elements that carry nothing out of the sets, and tells how many there were.
    pub(super) fn leave_out_idle(&mut self) {
        let Some(first) = self.idle.first() else {
            return;
        };
        let spot = first.spot;
        let carrying = self.carrying() as u32;
        for set in self.element_sets.values_mut() {
            set.retain(|e| *e < carrying);
        }
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for element in &self.idle {
            match counts.iter_mut().find(|c| c.0 == element.kind) {
                Some(count) => count.1 += 1,
                None => counts.push((element.kind, 1)),
            }
        }
        let words: Vec<String> = counts.iter().map(|(k, n)| format!("{n} {k}")).collect();
        let text = format!(
            "{} of no section are left out: they carry nothing here",
            words.join(", ")
        );
        self.note(spot, &text);
    }
}

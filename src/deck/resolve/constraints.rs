//! Equations, rigid bodies, couplings and ties.

use super::fields::{number, whole, wrong};
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Given, Spot};
use crate::deck::{DeckTie, Distributing, Equation, Rigid};

const CONSTRAINTS: &[&str] = &[
    "EQUATION",
    "RIGID BODY",
    "COUPLING",
    "DISTRIBUTING",
    "KINEMATIC",
    "TIE",
];

impl Resolver {
    pub(super) fn read_constraints(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        let mut coupling: Option<&Card> = None;
        for card in of(cards, CONSTRAINTS) {
            self.scopes.enter(card.scope);
            let kind = card.keyword.name;
            let completes = matches!(kind, "DISTRIBUTING" | "KINEMATIC");
            match (coupling.take(), completes) {
                (Some(open), true) => {
                    self.add_coupling(open, card)?;
                    continue;
                }
                (Some(open), false) => {
                    let what = "a *KINEMATIC or *DISTRIBUTING below it";
                    return Err(open.missing(&self.texts, what));
                }
                (None, true) => {
                    let fault = DeckFault::Order {
                        keyword: kind,
                        found: "without a coupling",
                        expected: "below a *COUPLING",
                    };
                    return Err(self.texts.error(card.spot, fault));
                }
                (None, false) => {}
            }
            match kind {
                "EQUATION" => self.add_equations(card)?,
                "RIGID BODY" => self.add_rigid_body(card)?,
                "COUPLING" => coupling = Some(card),
                _ => self.add_tie(card)?,
            }
        }
        match coupling {
            Some(open) => Err(open.missing(&self.texts, "a *KINEMATIC or *DISTRIBUTING below it")),
            None => Ok(()),
        }
    }

    fn add_equations(&mut self, card: &Card) -> Result<(), DeckError> {
        let mut lines = card.data.iter();
        while let Some(&line) = lines.next() {
            let Some(first) = self.texts.fields(line).next() else {
                continue;
            };
            let count = whole(&self.texts, "the number of terms", first)? as usize;
            self.at_most(line, 1, "the number of terms")?;
            let mut fields: Vec<(&str, Spot)> = Vec::new();
            while fields.len() < 3 * count {
                let Some(&line) = lines.next() else {
                    return Err(card.missing(&self.texts, format!("{count} terms")));
                };
                fields.extend(self.texts.fields(line));
            }
            if let Some(&field) = fields.get(3 * count) {
                let what = format!("a field after {count} terms");
                return Err(wrong(
                    &self.texts,
                    &what,
                    field,
                    "nothing more on this line",
                ));
            }
            let mut terms = Vec::with_capacity(count);
            for term in fields.chunks_exact(3) {
                let node = self.one_node(term[0])?;
                let dof = self.dof(term[1], 3)?;
                let factor = number(&self.texts, "a coefficient", term[2])?;
                terms.push(((node, dof), factor));
            }
            if terms.first().is_none_or(|t| t.1 == 0.0) {
                let place = fields.get(2).copied().unwrap_or(first);
                let expected = "not zero: the first term depends on the others";
                return Err(wrong(&self.texts, "the first coefficient", place, expected));
            }
            self.equations.push(Equation { terms, spot: line });
        }
        Ok(())
    }

    /// A degree of freedom 1..=most, as 0-based.
    pub(super) fn dof(&self, field: (&str, Spot), most: u8) -> Result<u8, DeckError> {
        match field.0.parse::<u8>() {
            Ok(dof) if (1..=most).contains(&dof) => Ok(dof - 1),
            _ => Err(wrong(
                &self.texts,
                "the degree of freedom",
                field,
                &format!("1 to {most}"),
            )),
        }
    }

    /// The node that a parameter names.
    fn named_node(&self, card: &Card, parameter: &str) -> Result<u32, DeckError> {
        let given = card.need(&self.texts, parameter)?;
        self.one_node((&given.written, given.value_spot))
    }

    /// A node by its number, or by a set that holds it alone.
    fn one_node(&self, field: (&str, Spot)) -> Result<u32, DeckError> {
        match self.members(Of::Nodes, field)?.as_slice() {
            &[node] => Ok(node),
            many => {
                let text = format!(
                    "node set `{}` has {} nodes, one is needed",
                    field.0,
                    many.len()
                );
                Err(self.texts.refuse(field.1, text))
            }
        }
    }

    fn add_rigid_body(&mut self, card: &Card) -> Result<(), DeckError> {
        let reference = self.named_node(card, "REF NODE")?;
        let rotation = match card.get("ROT NODE") {
            Some(_) => Some(self.named_node(card, "ROT NODE")?),
            None => None,
        };
        // Solids have no rotations, so that what is tied is as good as pinned.
        let sets = ["NSET", "PIN NSET", "TIE NSET", "ELSET"];
        let given = sets.iter().filter_map(|key| Some((*key, card.get(key)?)));
        let given: Vec<(&str, &Given)> = given.collect();
        if given.is_empty() {
            return Err(card.missing(&self.texts, "NSET or ELSET"));
        }
        let mut nodes = Vec::new();
        for (key, set) in given {
            match key {
                "ELSET" => {
                    for e in self.named_members(Of::Elements, set)? {
                        nodes.extend_from_slice(self.element_nodes(e));
                    }
                }
                _ => nodes.extend(self.named_members(Of::Nodes, set)?),
            }
        }
        self.push_rigid(Rigid {
            reference,
            rotation,
            nodes,
            axes: [true; 3],
            spot: card.spot,
        });
        Ok(())
    }

    fn push_rigid(&mut self, mut rigid: Rigid) {
        rigid.nodes.sort_unstable();
        rigid.nodes.dedup();
        rigid
            .nodes
            .retain(|&n| n != rigid.reference && Some(n) != rigid.rotation);
        self.rigid.push(rigid);
    }

    fn add_coupling(&mut self, card: &Card, kind: &Card) -> Result<(), DeckError> {
        let reference = self.named_node(card, "REF NODE")?;
        let surface = card.need(&self.texts, "SURFACE")?;
        let mut listed = [false; 6];
        for &line in &kind.data {
            let fields = self.all(line);
            let Some(&first) = fields.first() else {
                continue;
            };
            let low = self.dof(first, 6)?;
            let high = match fields.get(1) {
                Some(&last) => self.dof(last, 6)?,
                None => low,
            };
            self.at_most(line, 2, "a range of degrees of freedom")?;
            for listed in listed.iter_mut().take(high as usize + 1).skip(low as usize) {
                *listed = true;
            }
        }
        if listed == [false; 6] {
            listed = [true; 6];
        }
        if kind.keyword.name == "KINEMATIC" {
            let nodes = self.surface_nodes(&surface.written, surface.value_spot)?;
            self.push_rigid(Rigid {
                reference,
                rotation: None,
                nodes,
                axes: [listed[0], listed[1], listed[2]],
                spot: card.spot,
            });
            return Ok(());
        }
        if listed[..3] != [true; 3] {
            return Err(self.texts.refuse(
                kind.spot,
                "a distributing coupling needs the dofs 1, 2 and 3",
            ));
        }
        let facets = self.facets(&surface.written, surface.value_spot)?;
        self.distributing.push(Distributing {
            reference,
            facets,
            spot: card.spot,
        });
        Ok(())
    }

    fn add_tie(&mut self, card: &Card) -> Result<(), DeckError> {
        let name = card.get("NAME").map_or("tie", |n| n.written.as_str());
        let tolerance = match card.get("POSITION TOLERANCE") {
            Some(given) => {
                let field = (given.written.as_str(), given.value_spot);
                Some(number(&self.texts, "POSITION TOLERANCE", field)?)
            }
            None => None,
        };
        let Some(&line) = card.data.first() else {
            return Err(card.missing(&self.texts, "a slave and a master surface"));
        };
        if let Some(&second) = card.data.get(1) {
            let field = (self.texts.text(second), second);
            let more = "one pair of surfaces for each *TIE";
            return Err(wrong(&self.texts, "a second line of *TIE", field, more));
        }
        let fields = self.all(line);
        let &[slave, master] = fields.as_slice() else {
            return Err(card.missing(&self.texts, "a slave and a master surface"));
        };
        let facets = [
            self.facets(slave.0, slave.1)?,
            self.facets(master.0, master.1)?,
        ];
        if let Some(adjust) = card.get("ADJUST").filter(|a| a.value == "YES") {
            let text = "ADJUST=YES moves no nodes here: a gap within the tolerance is filled";
            self.note(adjust.value_spot, text);
        }
        self.ties.push(DeckTie {
            name: name.to_owned(),
            facets,
            tolerance,
            spot: card.spot,
        });
        Ok(())
    }
}

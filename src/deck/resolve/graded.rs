//! Materials whose modulus depends on temperature, and the temperatures at nodes: the way decks
//! grade a material inside an element. Nothing expands; a temperature is a coordinate of the modulus.

use super::fields::{number, wrong};
use super::materials::isotropic;
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::error::DeckError;
use crate::deck::lines::{Card, Spot};

impl Resolver {
    /// Several lines of modulus, Poisson ratio and temperature.
    pub(super) fn add_graded(&mut self, card: &Card, material: usize) -> Result<(), DeckError> {
        let mut rows: Vec<[f64; 3]> = Vec::new();
        for &line in &card.data {
            let values = self.numbers("an elastic constant", line)?;
            let &[modulus, ratio, temperature] = values.as_slice() else {
                let text = self.texts.text(line);
                let expected = "modulus, Poisson ratio, temperature: there are several lines";
                return Err(wrong(&self.texts, "a line", (text, line), expected));
            };
            self.check_row(rows.last(), [modulus, ratio, temperature], line)?;
            rows.push([modulus, ratio, temperature]);
        }
        let stiffest = rows.iter().map(|r| r[0]).fold(0.0, f64::max);
        let ratio = rows.first().map_or(0.0, |r| r[1]);
        let material = &mut self.materials[material];
        material.elasticity = isotropic(stiffest, ratio);
        material.grading = rows.iter().map(|r| [r[2], r[0] / stiffest]).collect();
        Ok(())
    }

    fn check_row(
        &self,
        before: Option<&[f64; 3]>,
        [modulus, ratio, temperature]: [f64; 3],
        line: Spot,
    ) -> Result<(), DeckError> {
        let refuse = |what: &str, expected: &str| {
            Err(wrong(
                &self.texts,
                what,
                (self.texts.text(line), line),
                expected,
            ))
        };
        match before {
            _ if isotropic(modulus, ratio).is_none() => refuse(
                "constants",
                "a positive modulus and a Poisson ratio between -1 and 0.5",
            ),
            Some(before) if temperature <= before[2] => {
                refuse("a temperature", "temperatures that rise from line to line")
            }
            Some(before) if ratio != before[1] => refuse(
                "a Poisson ratio",
                "the same Poisson ratio at all temperatures",
            ),
            _ => Ok(()),
        }
    }

    /// Temperatures at nodes; a later one replaces an earlier.
    pub(super) fn read_temperatures(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        let mut temperatures = vec![None; self.nodes.labels.len()];
        for card in of(cards, &["INITIAL CONDITIONS"]) {
            self.scopes.enter(card.scope);
            card.need(&self.texts, "TYPE")?;
            for &line in &card.data {
                self.at_most(line, 2, "a temperature")?;
                let fields = self.all(line);
                let &[node, value] = fields.as_slice() else {
                    return Err(card.missing(&self.texts, "a node or set and its temperature"));
                };
                let value = number(&self.texts, "a temperature", value)?;
                for n in self.members(Of::Nodes, node)? {
                    temperatures[n as usize] = Some(value);
                }
            }
        }
        self.temperatures = temperatures;
        self.check_temperatures()
    }

    /// Every node of an element of a graded material has a temperature.
    fn check_temperatures(&self) -> Result<(), DeckError> {
        for (e, section) in self.section_of.iter().enumerate() {
            let material = &self.materials[self.sections[*section as usize].material];
            if material.grading.is_empty() {
                continue;
            }
            let corners = &self.elements.nodes(e)[..4];
            let cold = corners
                .iter()
                .find(|n| self.temperatures[**n as usize].is_none());
            if let Some(&n) = cold {
                let help = "*INITIAL CONDITIONS, TYPE=TEMPERATURE gives nodes or sets theirs";
                return Err(self.texts.refuse(material.spot, format!(
                    "material {} depends on temperature, and node {} of element {} has none",
                    material.name, self.nodes.labels[n as usize], self.elements.labels[e]
                )).with_help(help));
            }
        }
        Ok(())
    }
}

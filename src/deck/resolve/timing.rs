//! *AMPLITUDE: the share of a load over the time of a step. One that is 1 where the step ends
//! changes nothing, as only the end of a step is solved; any other is refused.

use std::collections::BTreeMap;

use super::amplitude::Amplitude;
use super::fields::wrong;
use super::{Resolver, of};
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::keywords::ParameterKind;
use crate::deck::lines::{Card, Given, Spot};

impl Resolver {
    pub(super) fn read_amplitudes(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        let mut places: BTreeMap<String, Spot> = BTreeMap::new();
        for card in of(cards, &["AMPLITUDE"]) {
            let name = card.need(&self.texts, "NAME")?;
            if let Some(first) = places.insert(name.value.clone(), card.spot) {
                let what = format!("amplitude {}", name.written);
                return Err(self.duplicate(what, first, card.spot));
            }
            let amplitude = Amplitude {
                name: name.written.clone(),
                points: self.amplitude_points(card)?,
                total: card.get("TIME").is_some_and(|t| t.value == "TOTALTIME"),
            };
            self.amplitudes.insert(name.value.clone(), amplitude);
        }
        Ok(())
    }

    /// Pairs of time and share, up to four on a line.
    fn amplitude_points(&self, card: &Card) -> Result<Vec<[f64; 2]>, DeckError> {
        let mut points: Vec<[f64; 2]> = Vec::new();
        for &line in &card.data {
            let values = self.numbers("a time or share of the amplitude", line)?;
            let refuse = |expected: &str| {
                let field = (self.texts.text(line), line);
                Err(wrong(
                    &self.texts,
                    "a line of the amplitude",
                    field,
                    expected,
                ))
            };
            let pairs = values.chunks_exact(2);
            if !pairs.remainder().is_empty() {
                return refuse("pairs of time and share");
            }
            for pair in pairs {
                if points.last().is_some_and(|last| pair[0] <= last[0]) {
                    return refuse("times that rise");
                }
                points.push([pair[0], pair[1]]);
            }
        }
        match points.is_empty() {
            true => Err(card.missing(&self.texts, "times and shares")),
            false => Ok(points),
        }
    }

    /// The folded name of the amplitude of a load, if it has one.
    pub(super) fn amplitude_of(&self, card: &Card) -> Result<Option<(String, Spot)>, DeckError> {
        // That of *STEP says how loads grow, and is read over.
        let named = |g: &&Given| g.parameter.kind == ParameterKind::Name;
        let Some(given) = card.get("AMPLITUDE").filter(named) else {
            return Ok(None);
        };
        match self.amplitudes.contains_key(&given.value) {
            true => Ok(Some((given.value.clone(), given.value_spot))),
            false => {
                let fault = DeckFault::UnknownName {
                    what: "amplitude",
                    name: given.written.clone(),
                    known: self.amplitudes.values().map(|a| a.name.clone()).collect(),
                };
                Err(self.texts.error(given.value_spot, fault))
            }
        }
    }

    /// Refuses amplitudes in use that are not 1 where a step ends; `times` is the end of the step
    /// from its own beginning and from that of the first.
    pub(super) fn amplitudes_end_at_one(
        &self,
        used: &BTreeMap<String, Spot>,
        times: [f64; 2],
    ) -> Result<(), DeckError> {
        for (name, spot) in used {
            let amplitude = &self.amplitudes[name];
            let time = times[usize::from(amplitude.total)];
            let share = amplitude.at(time);
            if (share - 1.0).abs() > 1e-9 {
                let text = format!(
                    "amplitude {} is {share} at the end of the step (time {time}), where 1 is read",
                    amplitude.name
                );
                let error = self.texts.refuse(*spot, text);
                return Err(error.with_help(
                    "only the end of a step is solved: leave the amplitude out and give the load \
                     its size there",
                ));
            }
        }
        Ok(())
    }
}

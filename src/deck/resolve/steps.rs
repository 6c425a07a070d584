//! Supports, loads and tables, step by step. What a step does not change holds on.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{number, wrong};
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Spot, folded};
use crate::deck::{Amount, Dof, Gravity, Print, Quantity, StepData, Totals};
use crate::mesh::Facet;
use crate::tensor::Vec3;

/// The step that is read: what holds so far and what this step has touched.
#[derive(Default)]
struct Reading {
    data: StepData,
    touched: Touched,
    /// How long the step is.
    period: f64,
    /// Amplitudes of what holds, by folded name, with a place that names them.
    amplitudes: BTreeMap<String, Spot>,
}

/// What has been touched in the step that is read, and so adds up or may not be said twice.
#[derive(Default)]
struct Touched {
    boundary: BTreeSet<Dof>,
    forces: BTreeSet<Dof>,
    pressure: BTreeSet<Facet>,
    gravity: Vec<String>,
    /// What held on from earlier steps until this one named its set.
    replaced: Vec<Gravity>,
    /// By the kind of what is said: whether its blocks so far are OP=NEW.
    blocks: BTreeMap<Kind, bool>,
    /// What has begun anew.
    anew: BTreeSet<Kind>,
    node_print: bool,
    el_print: bool,
    is_static: bool,
}

/// What a block of a step says anew or in addition; *DLOAD and *DSLOAD are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Supports,
    Forces,
    Pressures,
}

/// What stands in the place of degrees of freedom, and those it holds.
const HELD: &[(&str, &[u8])] = &[
    ("ENCASTRE", &[0, 1, 2, 3, 4, 5]),
    ("PINNED", &[0, 1, 2]),
    ("XSYMM", &[0, 4, 5]),
    ("YSYMM", &[1, 3, 5]),
    ("ZSYMM", &[2, 3, 4]),
    ("XASYMM", &[1, 2, 3]),
    ("YASYMM", &[0, 2, 4]),
    ("ZASYMM", &[0, 1, 5]),
];

impl Resolver {
    pub(super) fn read_steps(&self, cards: &[Card]) -> Result<Vec<StepData>, DeckError> {
        let mut steps: Vec<StepData> = Vec::new();
        let mut step = Reading::default();
        self.perturbation(cards)?;
        for card in cards {
            step.amplitudes.extend(self.amplitude_of(card)?);
            match card.keyword.name {
                "BOUNDARY" => self.boundary(card, &mut step)?,
                "STEP" => {
                    step.data.spot = card.spot;
                    step.touched = Touched::default();
                }
                "STATIC" => self.statics(card, &mut step)?,
                "CLOAD" => self.cload(card, &mut step)?,
                "DLOAD" => self.dload(card, &mut step)?,
                "DSLOAD" => self.dsload(card, &mut step)?,
                "NODE PRINT" => {
                    if !std::mem::replace(&mut step.touched.node_print, true) {
                        step.data.prints.retain(|p| !is_nodal(p));
                    }
                    self.print(card, Of::Nodes, &mut step.data.prints)?;
                }
                "EL PRINT" => {
                    if !std::mem::replace(&mut step.touched.el_print, true) {
                        step.data.prints.retain(is_nodal);
                    }
                    self.print(card, Of::Elements, &mut step.data.prints)?;
                }
                "END STEP" => {
                    if !step.touched.is_static {
                        let fault = DeckFault::Missing {
                            keyword: "STEP",
                            what: "a *STATIC".into(),
                        };
                        return Err(self.texts.error(step.data.spot, fault));
                    }
                    self.directions(&step)?;
                    let times = [step.period, step.data.time];
                    self.amplitudes_end_at_one(&step.amplitudes, times)?;
                    steps.push(step.data.clone());
                }
                _ => {}
            }
        }
        Ok(steps)
    }

    fn statics(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        step.touched.is_static = true;
        let mut period = 1.0;
        if let Some(&line) = card.data.first() {
            let values = self.numbers("a time", line)?;
            period = values.get(1).copied().filter(|t| *t > 0.0).unwrap_or(1.0);
        }
        step.data.time += period;
        step.period = period;
        Ok(())
    }

    /// Refuses a linear perturbation beside other steps: its loads would not hold on in the next.
    fn perturbation(&self, cards: &[Card]) -> Result<(), DeckError> {
        let mut steps = of(cards, &["STEP"]);
        let found = steps.find_map(|card| card.get("PERTURBATION"));
        match found {
            Some(given) if of(cards, &["STEP"]).count() > 1 => {
                let text = "PERTURBATION stands in a deck of several steps";
                let error = self.texts.refuse(given.value_spot, text);
                Err(error.with_help(
                    "loads of a perturbation end with its step, those here hold on: leave the \
                     word out, or make a deck of each step",
                ))
            }
            _ => Ok(()),
        }
    }

    fn is_reference(&self, node: u32) -> bool {
        self.rigid.iter().any(|r| r.reference == node)
    }

    fn boundary(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        if self.begins_anew(card, Kind::Supports, step)? {
            step.data.boundary.clear();
        }
        for &line in &card.data {
            let fields = self.all(line);
            let Some(&first) = fields.first() else {
                continue;
            };
            let nodes = self.members(Of::Nodes, first)?;
            let Some(&low) = fields.get(1) else {
                return Err(card.missing(&self.texts, "degrees of freedom on each line"));
            };
            if let Some(held) = held(low.0) {
                self.at_most(line, 2, "a support by name")?;
                self.hold(&nodes, held, line, step)?;
                continue;
            }
            let from = self.dof(low, 6)?;
            let to = match fields.get(2) {
                Some(&field) if !field.0.is_empty() => {
                    let to = self.dof(field, 6)?;
                    if to < from {
                        let expected = "a last degree of freedom that is not below the first";
                        return Err(wrong(&self.texts, "a range", field, expected));
                    }
                    to
                }
                _ => from,
            };
            let value = match fields.get(3) {
                Some(&field) if !field.0.is_empty() => {
                    number(&self.texts, "the prescribed displacement", field)?
                }
                _ => 0.0,
            };
            self.at_most(line, 4, "a support")?;
            for node in nodes {
                for axis in from..=to {
                    if axis >= 3 && !self.is_reference(node) {
                        if value == 0.0 {
                            continue;
                        }
                        return Err(self.no_rotation(node, line));
                    }
                    self.support((node, axis), Amount { value, spot: line }, step)?;
                }
            }
        }
        Ok(())
    }

    /// Supports by name, at zero; solids have no rotations to hold.
    fn hold(
        &self,
        nodes: &[u32],
        axes: &[u8],
        line: Spot,
        step: &mut Reading,
    ) -> Result<(), DeckError> {
        let amount = Amount {
            value: 0.0,
            spot: line,
        };
        for &node in nodes {
            let turns = self.is_reference(node);
            for &axis in axes.iter().filter(|a| **a < 3 || turns) {
                self.support((node, axis), amount, step)?;
            }
        }
        Ok(())
    }

    fn support(&self, dof: Dof, prescribed: Amount, step: &mut Reading) -> Result<(), DeckError> {
        let again = !step.touched.boundary.insert(dof);
        let old = step.data.boundary.insert(dof, prescribed);
        match old {
            Some(old) if again && old.value != prescribed.value => {
                let label = self.nodes.labels[dof.0 as usize];
                let what = format!("the support of node {label} along {}", dof.1 + 1);
                Err(self.duplicate(what, old.spot, prescribed.spot))
            }
            _ => Ok(()),
        }
    }

    fn no_rotation(&self, node: u32, spot: Spot) -> DeckError {
        let label = self.nodes.labels[node as usize];
        self.texts
            .refuse(spot, format!("node {label} has no rotations"))
            .with_help("degrees of freedom 4 to 6 belong to the reference node of a coupling")
    }

    fn cload(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        if self.begins_anew(card, Kind::Forces, step)? {
            step.data.forces.clear();
        }
        for &line in &card.data {
            let fields = self.all(line);
            let Some(&first) = fields.first() else {
                continue;
            };
            let (Some(&dof), Some(&value)) = (fields.get(1), fields.get(2)) else {
                return Err(card.missing(&self.texts, "node, degree of freedom and force"));
            };
            self.at_most(line, 3, "a load")?;
            let dof = self.dof(dof, 6)?;
            let value = number(&self.texts, "the force", value)?;
            for node in self.members(Of::Nodes, first)? {
                let coupled = self.distributing.iter().any(|d| d.reference == node);
                if dof >= 3 && !self.is_reference(node) && !coupled {
                    return Err(self.no_rotation(node, line));
                }
                let sum = step.data.forces.entry((node, dof)).or_insert(Amount {
                    value: 0.0,
                    spot: line,
                });
                if step.touched.forces.insert((node, dof)) {
                    sum.value = 0.0;
                }
                sum.value += value;
                sum.spot = line;
            }
        }
        Ok(())
    }

    fn dload(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        self.renew(card, step)?;
        for &line in &card.data {
            let fields = self.all(line);
            let (Some(&first), Some(&label)) = (fields.first(), fields.get(1)) else {
                return Err(card.missing(&self.texts, "elements, a label and a value"));
            };
            let Some(&value) = fields.get(2) else {
                return Err(card.missing(&self.texts, "elements, a label and a value"));
            };
            let value = number(&self.texts, "the load", value)?;
            let is_gravity = folded(label.0) == "GRAV";
            let elements = match first.0.is_empty() && is_gravity {
                true => (0..self.elements.labels.len() as u32).collect(),
                false => self.members(Of::Elements, first)?,
            };
            if is_gravity {
                let direction = self.direction(line, &fields)?;
                let gravity = Gravity {
                    set: folded(first.0),
                    elements,
                    acceleration: value * direction,
                    direction,
                    spot: line,
                };
                self.has_density(&gravity.elements, line)?;
                self.gravity(gravity, step);
                continue;
            }
            let face = self.face(label, 'P', &elements).map_err(|_| {
                let mut known = self.face_labels('P', &elements);
                known.push("GRAV".to_owned());
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.texts.unknown("the load label", label, &known)
            })?;
            self.at_most(line, 3, "a face load")?;
            for element in elements {
                let facet = Facet { element, face };
                push(step, facet, value);
            }
        }
        Ok(())
    }

    fn renew(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        if self.begins_anew(card, Kind::Pressures, step)? {
            step.data.pressure.clear();
            step.data.gravity.clear();
        }
        Ok(())
    }

    /// Whether a block is the first with OP=NEW of its kind in a step, so that what held ends.
    ///
    /// # Errors
    /// OP=NEW behind a block of the same step and kind without it.
    fn begins_anew(&self, card: &Card, kind: Kind, step: &mut Reading) -> Result<bool, DeckError> {
        let new = is_new(card);
        let before = *step.touched.blocks.entry(kind).or_insert(new);
        match (before, new, card.get("OP")) {
            (false, true, Some(given)) => {
                let text = format!(
                    "OP=NEW stands behind a *{} of the same step without it: CalculiX overlooks it \
                     there, and Abaqus refuses it",
                    card.keyword.name
                );
                let error = self.texts.refuse(given.value_spot, text);
                Err(error.with_help(
                    "give OP=NEW on the first block of its kind in the step, or on none",
                ))
            }
            _ => {
                let first = new && step.touched.anew.insert(kind);
                Ok(first)
            }
        }
    }

    fn direction(&self, line: Spot, fields: &[(&str, Spot)]) -> Result<Vec3, DeckError> {
        let mut v = Vec3::zeros();
        for (value, field) in v.iter_mut().zip(fields.iter().skip(3)) {
            *value = number(&self.texts, "the direction of gravity", *field)?;
        }
        self.at_most(line, 6, "gravity")?;
        let length = v.norm();
        if length > 0.0 && length.is_finite() {
            Ok(v / length)
        } else {
            let field = (self.texts.text(line), line);
            let expected = "three numbers that are not all zero";
            Err(wrong(
                &self.texts,
                "the direction of gravity",
                field,
                expected,
            ))
        }
    }

    fn has_density(&self, elements: &[u32], line: Spot) -> Result<(), DeckError> {
        let bare = elements
            .iter()
            .map(|&e| self.sections[self.section_of[e as usize] as usize].material)
            .find(|&m| self.materials[m].density.is_none());
        match bare {
            None => Ok(()),
            Some(m) => {
                let name = &self.materials[m].name;
                Err(self
                    .texts
                    .refuse(line, format!("gravity on material {name} without *DENSITY")))
            }
        }
    }

    fn gravity(&self, gravity: Gravity, step: &mut Reading) {
        if !step.touched.gravity.contains(&gravity.set) {
            step.touched.gravity.push(gravity.set.clone());
            let old = step.data.gravity.extract_if(.., |g| g.set == gravity.set);
            step.touched.replaced.extend(old);
        }
        step.data.gravity.push(gravity);
    }

    /// Refuses gravity that a step turns: CalculiX keeps a set's gravity of another direction
    /// beside the new one, other programs replace a load of the same set and label.
    fn directions(&self, step: &Reading) -> Result<(), DeckError> {
        for old in &step.touched.replaced {
            let of_set: Vec<&Gravity> = step
                .data
                .gravity
                .iter()
                .filter(|g| g.set == old.set)
                .collect();
            let again = of_set.iter().any(|g| along(g, old));
            let Some(turned) = of_set.iter().find(|g| !again && !along(g, old)) else {
                continue;
            };
            return Err(self.texts.refuse(turned.spot, format!(
                "gravity on {} turns away from that of line {}, in an earlier step: programs differ \
                 on whether the two add up or the new one replaces the old",
                old.set,
                self.texts.place(old.spot).line()
            )).with_help(
                "to add, repeat the earlier gravity in this step; to replace, give all pressures \
                 and gravity of this step under *DLOAD, OP=NEW",
            ));
        }
        Ok(())
    }

    fn dsload(&self, card: &Card, step: &mut Reading) -> Result<(), DeckError> {
        self.renew(card, step)?;
        for &line in &card.data {
            let fields = self.all(line);
            let whole = "a surface, P and a pressure on each line";
            let (Some(&surface), Some(&label)) = (fields.first(), fields.get(1)) else {
                return Err(card.missing(&self.texts, whole));
            };
            if folded(label.0) != "P" {
                return Err(self.texts.unknown("the load label", label, &["P"]));
            }
            let Some(&value) = fields.get(2) else {
                return Err(card.missing(&self.texts, whole));
            };
            self.at_most(line, 3, "a pressure")?;
            let value = number(&self.texts, "the pressure", value)?;
            for facet in self.facets(surface.0, surface.1)? {
                push(step, facet, value);
            }
        }
        Ok(())
    }

    fn print(&self, card: &Card, what: Of, prints: &mut Vec<Print>) -> Result<(), DeckError> {
        // FREQ is how old files of Abaqus/CAE write it.
        for given in ["FREQUENCY", "FREQ"].iter().filter_map(|key| card.get(key)) {
            let field = (given.written.as_str(), given.value_spot);
            if number(&self.texts, "FREQUENCY", field)? == 0.0 {
                return Ok(());
            }
        }
        let key = if what == Of::Nodes { "NSET" } else { "ELSET" };
        if card.get(key).is_none() && card.data.is_empty() {
            // Abaqus/CAE's way to ask for no table.
            return Ok(());
        }
        let set = card.need(&self.texts, key)?;
        let members = self.set(what, &set.written, set.value_spot)?;
        self.only_solids(what, members, set.value_spot)?;
        let members = self.as_listed(what, &set.written, members).to_vec();
        let totals = match card.get("TOTALS").map(|t| t.value.as_str()) {
            Some("YES") => Totals::Yes,
            Some("ONLY") => Totals::Only,
            _ => Totals::No,
        };
        let known: &[(&str, Quantity)] = match what {
            Of::Nodes => &[("U", Quantity::U), ("RF", Quantity::RF)],
            Of::Elements => &[
                ("S", Quantity::S),
                ("E", Quantity::E),
                ("ENER", Quantity::Ener),
                ("ELSE", Quantity::Else),
                ("EVOL", Quantity::Evol),
            ],
        };
        let mut quantities = Vec::new();
        for field in card.data.iter().flat_map(|&line| self.texts.fields(line)) {
            let name = folded(field.0);
            match known.iter().find(|(k, _)| *k == name) {
                Some((_, quantity)) => quantities.push(*quantity),
                None => {
                    let what = format!("a table of *{}", card.keyword.name);
                    let known: Vec<&str> = known.iter().map(|(k, _)| *k).collect();
                    return Err(self.texts.unknown(&what, field, &known));
                }
            }
        }
        prints.push(Print {
            quantities,
            set: set.value.clone(),
            members,
            totals,
            global: card.get("GLOBAL").is_some_and(|g| g.value == "YES"),
        });
        Ok(())
    }
}

/// Whether two accelerations point the same way, by CalculiX's measure.
fn along(a: &Gravity, b: &Gravity) -> bool {
    (a.direction.dot(&b.direction) - 1.0).abs() <= 1e-10
}

/// The degrees of freedom that a word such as ENCASTRE holds.
fn held(word: &str) -> Option<&'static [u8]> {
    let word = folded(word);
    HELD.iter().find(|h| h.0 == word).map(|h| h.1)
}

fn is_new(card: &Card) -> bool {
    card.get("OP").is_some_and(|o| o.value == "NEW")
}

fn is_nodal(print: &Print) -> bool {
    print
        .quantities
        .iter()
        .all(|q| matches!(q, Quantity::U | Quantity::RF))
}

/// Pressures on one face add up within a step; a later step's replaces an earlier one's.
fn push(step: &mut Reading, facet: Facet, value: f64) {
    let sum = step.data.pressure.entry(facet).or_insert(0.0);
    if step.touched.pressure.insert(facet) {
        *sum = 0.0;
    }
    *sum += value;
}

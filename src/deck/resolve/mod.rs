//! Cards to meaning. Nodes and elements come first, then sets in their order, then everything that
//! names them, whatever order the deck has them in; steps last, in order.

mod scope;
mod idle;
mod amplitude;
mod fields;
mod twice;
mod sets;
mod exposed;
mod mesh;
mod kinds;
mod gmsh;
mod materials;
mod graded;
mod constraints;
mod frames;
mod timing;
mod steps;

use std::collections::BTreeMap;
use std::path::Path;

use super::error::{DeckError, DeckFault};
use super::keywords::Level;
use super::lines::{Card, Cards, Spot, Texts, read_cards, read_cards_from};
use super::parts::flatten;
use super::{
    Deck, DeckMaterial, DeckMembrane, DeckSurface, DeckTie, Distributing, Elements, Equation,
    Nodes, Rigid, Section,
};
use amplitude::Amplitude;
use idle::IdleElement;
use scope::{Of, Scopes};

/// What a deck must have some of.
const SOLIDS: &[&str] = &[
    "C3D4", "C3D10", "C3D8", "C3D8I", "C3D20", "C3D20R", "C3D6", "C3D15",
];

/// Reads a deck file and resolves it.
///
/// # Errors
/// [`DeckError`] with the place of what is wrong.
pub fn read_deck(path: &Path) -> Result<Deck, DeckError> {
    resolve(path, read_cards(path)?)
}

/// The same from a text, named `path` in messages.
///
/// # Errors
/// As [`read_deck`].
pub fn read_deck_from(path: &Path, text: String) -> Result<Deck, DeckError> {
    resolve(path, read_cards_from(path, text)?)
}

/// What is known so far.
struct Resolver {
    texts: Texts,
    nodes: Nodes,
    elements: Elements,
    membranes: Vec<DeckMembrane>,
    idle: Vec<IdleElement>,
    /// The type of the elements that are read, where they carry nothing.
    idle_kind: Option<&'static str>,
    /// Types of elements that are read as C3D10, and where.
    aliases: Vec<(String, Spot)>,
    scopes: Scopes,
    frames: BTreeMap<u32, nalgebra::Matrix3<f64>>,
    amplitudes: BTreeMap<String, Amplitude>,
    node_sets: BTreeMap<String, Vec<u32>>,
    element_sets: BTreeMap<String, Vec<u32>>,
    /// Sets whose cards list them in another order than that of their numbers: tables follow it.
    listed: BTreeMap<(Of, String), Vec<u32>>,
    surfaces: BTreeMap<String, DeckSurface>,
    surface_places: BTreeMap<String, Spot>,
    materials: Vec<DeckMaterial>,
    orientations: BTreeMap<String, (nalgebra::Matrix3<f64>, Spot)>,
    sections: Vec<Section>,
    section_of: Vec<u32>,
    temperatures: Vec<Option<f64>>,
    equations: Vec<Equation>,
    rigid: Vec<Rigid>,
    distributing: Vec<Distributing>,
    ties: Vec<DeckTie>,
    notes: Vec<String>,
}

impl Resolver {
    fn new(texts: Texts, scopes: Scopes) -> Self {
        Self {
            texts,
            scopes,
            frames: BTreeMap::new(),
            amplitudes: BTreeMap::new(),
            idle: Vec::new(),
            idle_kind: None,
            aliases: Vec::new(),
            nodes: Nodes::default(),
            elements: Elements::default(),
            membranes: Vec::new(),
            node_sets: BTreeMap::new(),
            element_sets: BTreeMap::new(),
            listed: BTreeMap::new(),
            surfaces: BTreeMap::new(),
            surface_places: BTreeMap::new(),
            materials: Vec::new(),
            orientations: BTreeMap::new(),
            sections: Vec::new(),
            section_of: Vec::new(),
            temperatures: Vec::new(),
            equations: Vec::new(),
            rigid: Vec::new(),
            distributing: Vec::new(),
            ties: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Refuses a deck without solid elements.
    fn has_solids(&self, path: &Path) -> Result<(), DeckError> {
        match (self.elements.labels.is_empty(), self.idle.first()) {
            (false, _) => Ok(()),
            (true, None) => Err(self.lacks(path, "no elements")),
            (true, Some(idle)) => {
                let field = (idle.kind, idle.spot);
                Err(self
                    .texts
                    .unknown("TYPE of the only elements", field, SOLIDS))
            }
        }
    }

    /// A deck as a whole that has none of something.
    fn lacks(&self, path: &Path, what: &str) -> DeckError {
        let first_line = Spot {
            file: 0,
            start: 0,
            end: self.texts.first_line_length(),
        };
        let text = format!("{} has {what}", path.display());
        self.texts.refuse(first_line, text)
    }

    /// Tells of keywords that were read over.
    fn tell_skipped(&mut self, skipped: &[(&'static str, Spot)]) {
        let Some(&(_, first)) = skipped.first() else {
            return;
        };
        let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
        for &(name, spot) in skipped {
            let place = self.texts.place(spot);
            let line = match spot.file == first.file {
                true => place.line().to_string(),
                false => format!("{}:{}", place.file.path.display(), place.line()),
            };
            match lines.iter_mut().find(|l| l.0 == name) {
                Some(found) => found.1.push(line),
                None => lines.push((name, vec![line])),
            }
        }
        let words = lines.iter().map(|(name, at)| match at.as_slice() {
            [line] => format!("*{name} (line {line})"),
            many => format!("*{name} (lines {})", many.join(", ")),
        });
        let words: Vec<String> = words.collect();
        let text = format!("read over, as it changes no answer: {}", words.join(", "));
        self.note(first, &text);
    }

    /// Tells of parts that no instance names.
    fn tell_unused(&mut self, unused: &[(String, Spot)]) {
        for (name, spot) in unused {
            let text = format!("part {name} has no instance and is left out");
            self.note(*spot, &text);
        }
    }

    /// Tells the user something about a place.
    fn note(&mut self, spot: Spot, text: &str) {
        let place = self.texts.place(spot);
        let (file, line) = (place.file.path.display(), place.line());
        self.notes.push(format!("{file}:{line}: {text}"));
    }
}

fn resolve(path: &Path, read: Cards) -> Result<Deck, DeckError> {
    let flat = flatten(&read.texts, read.cards)?;
    let (texts, cards) = (read.texts, flat.cards.as_slice());
    check_order(&texts, cards)?;
    let mut r = Resolver::new(texts, Scopes::new(flat.instances));
    r.tell_skipped(&read.skipped);
    r.tell_unused(&flat.unused);
    r.read_mesh(cards)?;
    r.has_solids(path)?;
    r.tell_coincident();
    r.check_kinds()?;
    for (spot, text) in r.scopes.told() {
        r.note(spot, &text);
    }
    r.read_sets(cards)?;
    r.read_surfaces(cards)?;
    r.read_materials(cards)?;
    r.read_sections(cards)?;
    r.read_membrane_sections(cards)?;
    r.read_temperatures(cards)?;
    r.read_constraints(cards)?;
    r.read_frames(cards)?;
    r.read_amplitudes(cards)?;
    r.scopes.enter(0);
    let steps = r.read_steps(cards)?;
    if steps.is_empty() {
        return Err(r.lacks(path, "no *STEP"));
    }
    r.leave_out_idle();
    Ok(Deck {
        texts: r.texts,
        nodes: r.nodes,
        elements: r.elements,
        membranes: r.membranes,
        node_sets: r.node_sets,
        element_sets: r.element_sets,
        surfaces: r.surfaces,
        materials: r.materials,
        sections: r.sections,
        section_of: r.section_of,
        temperatures: r.temperatures,
        equations: r.equations,
        rigid: r.rigid,
        distributing: r.distributing,
        ties: r.ties,
        frames: r.frames,
        steps,
        notes: r.notes,
    })
}

/// Refuses keywords where they cannot stand.
fn check_order(texts: &Texts, cards: &[Card]) -> Result<(), DeckError> {
    let (mut inside, mut after) = (false, false);
    for card in cards {
        let name = card.keyword.name;
        let level = match card.mesh {
            Some(_) => Level::Model,
            None => card.keyword.level,
        };
        let wrong = match (level, name) {
            (_, "STEP") if inside => Some(("inside a step", "after *END STEP")),
            (_, "STEP") => {
                (inside, after) = (true, true);
                None
            }
            (Level::Model, _) if inside => Some(("inside a step", "before the first *STEP")),
            (Level::Model, _) if after => Some(("after a step", "before the first *STEP")),
            (Level::Both, _) if after && !inside => Some(("between steps", "into a step")),
            (Level::Step, _) if !inside => Some(("outside a step", "into a step")),
            (_, "END STEP") => {
                inside = false;
                None
            }
            _ => None,
        };
        if let Some((found, expected)) = wrong {
            let fault = DeckFault::Order {
                keyword: name,
                found,
                expected,
            };
            return Err(texts.error(card.spot, fault));
        }
    }
    match cards.iter().rev().find(|c| c.keyword.name == "STEP") {
        Some(card) if inside => {
            let fault = DeckFault::Missing {
                keyword: "STEP",
                what: "an *END STEP".into(),
            };
            Err(texts.error(card.spot, fault))
        }
        _ => Ok(()),
    }
}

/// Cards of these keywords, in order.
fn of<'a>(cards: &'a [Card], names: &'static [&'static str]) -> impl Iterator<Item = &'a Card> {
    cards.iter().filter(|c| names.contains(&c.keyword.name))
}

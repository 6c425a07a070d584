//! Sets and surfaces.

use std::collections::BTreeMap;

use super::fields::whole;
use super::scope::Of;
use super::twice::each_once;
use super::{Resolver, of};
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Given, Spot, folded};
use crate::deck::number::finite;
use crate::deck::{DeckSurface, Index};
use crate::mesh::Facet;

/// What meshio calls the tags of the surfaces that bound a volume in MSH 4.1; no elements.
const BOUNDING: &str = "GMSH:BOUNDING_ENTITIES";

impl Resolver {
    pub(super) fn read_sets(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        let mut places: BTreeMap<(Of, String), Spot> = BTreeMap::new();
        let mut bounding = None;
        for card in of(cards, &["NSET", "ELSET"]) {
            let (what, key) = match card.keyword.name {
                "NSET" => (Of::Nodes, "NSET"),
                _ => (Of::Elements, "ELSET"),
            };
            let given = card.need(&self.texts, key)?;
            if given.value == BOUNDING {
                bounding.get_or_insert(given.value_spot);
                continue;
            }
            self.scopes.enter(card.scope);
            let name = self.scopes.own(&given.value);
            self.scopes.enter(self.data_scope(card)?);
            let generate = card.get("GENERATE").is_some();
            let mut members = match card.get("ELSET") {
                Some(elements) if what == Of::Nodes => self.nodes_of(elements)?,
                _ => Vec::new(),
            };
            for &line in &card.data {
                if generate {
                    self.generate(what, line, &mut members)?;
                } else {
                    for field in self.texts.fields(line) {
                        self.member(what, field, &mut members)?;
                    }
                }
            }
            self.list_members(what, (&given.written, given.value_spot), &mut members);
            self.sets_mut(what)
                .entry(name.clone())
                .or_default()
                .extend(members);
            places.entry((what, name)).or_insert(given.value_spot);
        }
        if let Some(spot) = bounding {
            let text = "sets gmsh:bounding_entities hold tags of surfaces and are left out";
            self.note(spot, text);
        }
        self.sort_sets(&places);
        Ok(())
    }

    /// The scope of the numbers in a set: that of its INSTANCE where it names one.
    fn data_scope(&self, card: &Card) -> Result<usize, DeckError> {
        let Some(instance) = card.get("INSTANCE") else {
            return Ok(card.scope);
        };
        self.scopes.named(&instance.value).ok_or_else(|| {
            let fault = DeckFault::UnknownName {
                what: "instance",
                name: instance.written.clone(),
                known: self.scopes.names(),
            };
            self.texts.error(instance.value_spot, fault)
        })
    }

    /// The nodes of the elements of a set, each once.
    fn nodes_of(&self, elements: &Given) -> Result<Vec<u32>, DeckError> {
        let elements = self.named_members(Of::Elements, elements)?;
        let nodes = elements.iter().flat_map(|&e| self.element_nodes(e));
        let mut nodes: Vec<u32> = nodes.copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    /// Sets are sets: in the order of their numbers, each once, whatever the cards that make them. How
    /// they were listed is kept for tables.
    fn sort_sets(&mut self, places: &BTreeMap<(Of, String), Spot>) {
        for what in [Of::Nodes, Of::Elements] {
            let mut sets = std::mem::take(self.sets_mut(what));
            for (name, set) in &mut sets {
                let key = (what, name.clone());
                let place = places.get(&key).copied().unwrap_or_default();
                let mut listed = set.clone();
                each_once(&mut listed);
                self.sort_members(what, (name, place), set);
                set.shrink_to_fit();
                if listed != *set {
                    self.listed.insert(key, listed);
                }
            }
            *self.sets_mut(what) = sets;
        }
    }

    fn sets_mut(&mut self, what: Of) -> &mut BTreeMap<String, Vec<u32>> {
        match what {
            Of::Nodes => &mut self.node_sets,
            Of::Elements => &mut self.element_sets,
        }
    }

    fn sets(&self, what: Of) -> &BTreeMap<String, Vec<u32>> {
        match what {
            Of::Nodes => &self.node_sets,
            Of::Elements => &self.element_sets,
        }
    }

    fn generate(&self, what: Of, line: Spot, found: &mut Vec<u32>) -> Result<(), DeckError> {
        let noun = what.number();
        let numbers: Vec<u32> = self
            .texts
            .fields(line)
            .map(|f| whole(&self.texts, noun, f))
            .collect::<Result<_, _>>()?;
        let (first, last, by) = match *numbers.as_slice() {
            [first, last] => (first, last, 1),
            [first, last, by] => (first, last, by),
            _ => {
                let expected = "first, last, increment";
                let field = (self.texts.text(line), line);
                return Err(super::fields::wrong(
                    &self.texts,
                    "a range",
                    field,
                    expected,
                ));
            }
        };
        if last < first {
            let field = (self.texts.text(line), line);
            let expected = "a last number that is not below the first";
            return Err(super::fields::wrong(
                &self.texts,
                "a range",
                field,
                expected,
            ));
        }
        let raised = |label: u32| {
            self.scopes.number(what, label).ok_or_else(|| {
                let field = (self.texts.text(line), line);
                super::fields::wrong(&self.texts, "a range", field, "lower numbers")
            })
        };
        let (first, last) = (raised(first)?, raised(last)?);
        let index: &Index = match what {
            Of::Nodes => &self.nodes.index,
            Of::Elements => &self.elements.index,
        };
        let count = match what {
            Of::Nodes => self.nodes.labels.len(),
            Of::Elements => self.element_count(),
        };
        let label = |i: u32| match what {
            Of::Nodes => self.nodes.labels[i as usize],
            Of::Elements => self.element_label(i),
        };
        // Numbers may be sparse: go over whichever is shorter, the range or what there is.
        if u64::from(last.saturating_sub(first)) / u64::from(by) < count as u64 {
            let range = (u64::from(first)..=u64::from(last)).step_by(by as usize);
            found.extend(range.filter_map(|n| index.find(n as u32)));
        } else {
            found.extend((0..count as u32).filter(|&i| {
                let n = label(i);
                (first..=last).contains(&n) && (n - first) % by == 0
            }));
        }
        Ok(())
    }

    /// A number, or the name of a set defined above. A name may begin with a digit.
    pub(super) fn member(
        &self,
        what: Of,
        field: (&str, Spot),
        found: &mut Vec<u32>,
    ) -> Result<(), DeckError> {
        let (text, spot) = field;
        if text.is_empty() {
            return Ok(());
        }
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let name = folded(text);
        if let (false, Some(set)) = (digits, self.find_set(what, &name)) {
            found.extend_from_slice(set);
            return Ok(());
        }
        if let Some(number) = self.scopes.dotted(what, &name) {
            let index = match what {
                Of::Nodes => self.nodes.index.find(number),
                Of::Elements => self.elements.index.find(number),
            };
            if let Some(index) = index {
                found.push(index);
                return Ok(());
            }
        }
        if finite(text).is_some() {
            let label = whole(&self.texts, what.number(), field)?;
            found.push(match what {
                Of::Nodes => self.node(label, spot)?,
                Of::Elements => self.element(label, spot)?,
            });
            return Ok(());
        }
        found.extend_from_slice(self.set(what, text, spot)?);
        Ok(())
    }

    /// The set of a folded name: the instance's own before the model's.
    fn find_set(&self, what: Of, name: &str) -> Option<&[u32]> {
        let sets = self.sets(what);
        let own = sets.get(&self.scopes.own(name));
        own.or_else(|| sets.get(name)).map(Vec::as_slice)
    }

    /// The members of a set that is known, in the order in which its cards list them.
    pub(super) fn as_listed<'a>(&'a self, what: Of, name: &str, set: &'a [u32]) -> &'a [u32] {
        let name = folded(name);
        let own = self.scopes.own(&name);
        let known = self.sets(what).contains_key(&own);
        let key = (what, if known { own } else { name });
        self.listed.get(&key).map_or(set, Vec::as_slice)
    }

    /// The set of that name.
    pub(super) fn set(&self, what: Of, name: &str, spot: Spot) -> Result<&[u32], DeckError> {
        match self.find_set(what, &folded(name)) {
            Some(set) => Ok(set),
            None => {
                let fault = DeckFault::UnknownName {
                    what: what.set(),
                    name: name.to_owned(),
                    known: self.sets(what).keys().cloned().collect(),
                };
                Err(self.texts.error(spot, fault))
            }
        }
    }

    /// A number or set name, with at least one member, all of them nodes or solid elements.
    pub(super) fn members(&self, what: Of, field: (&str, Spot)) -> Result<Vec<u32>, DeckError> {
        let found = self.members_of_any_kind(what, field)?;
        self.only_solids(what, &found, field.1)?;
        Ok(found)
    }

    /// Refuses membranes, which carry no pressure, no weight and no tables of their own.
    pub(super) fn only_solids(
        &self,
        what: Of,
        members: &[u32],
        spot: Spot,
    ) -> Result<(), DeckError> {
        let solids = self.elements.labels.len();
        let mut membranes = members.iter().filter(|&&e| e as usize >= solids);
        match membranes.next() {
            Some(&e) if what == Of::Elements => {
                let label = self.element_label(e);
                if let Some(idle) = (e as usize).checked_sub(self.carrying()) {
                    let kind = self.idle[idle].kind;
                    let text =
                        format!("element {label} is of type {kind}, which carries nothing here");
                    let error = self.texts.refuse(spot, text);
                    return Err(error.with_help("name a set of solid elements only"));
                }
                let error = self
                    .texts
                    .refuse(spot, format!("element {label} is a membrane"));
                Err(error
                    .with_help("name solid elements only; a *MEMBRANE SECTION takes membranes"))
            }
            _ => Ok(()),
        }
    }

    /// A number or set name, with at least one member.
    pub(super) fn members_of_any_kind(
        &self,
        what: Of,
        field: (&str, Spot),
    ) -> Result<Vec<u32>, DeckError> {
        let mut found = Vec::new();
        self.member(what, field, &mut found)?;
        self.not_empty(what, field, found)
    }

    /// The members of the set that a parameter names, at least one. A number is a name there.
    pub(super) fn named_members(&self, what: Of, given: &Given) -> Result<Vec<u32>, DeckError> {
        let set = self.set(what, &given.written, given.value_spot)?;
        self.not_empty(what, (&given.written, given.value_spot), set.to_vec())
    }

    fn not_empty(
        &self,
        what: Of,
        field: (&str, Spot),
        found: Vec<u32>,
    ) -> Result<Vec<u32>, DeckError> {
        if found.is_empty() {
            return Err(self
                .texts
                .refuse(field.1, format!("{} `{}` is empty", what.set(), field.0)));
        }
        Ok(found)
    }

    pub(super) fn read_surfaces(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        for card in of(cards, &["SURFACE"]) {
            self.scopes.enter(card.scope);
            let name = card.need(&self.texts, "NAME")?;
            let own = self.scopes.own(&name.value);
            self.new_surface(&own, &name.written, card.spot)?;
            let nodal = card.get("TYPE").is_some_and(|t| t.value == "NODE");
            let surface = if nodal {
                self.nodal_surface(card, (&name.written, name.value_spot))?
            } else {
                self.face_surface(card, (&name.written, name.value_spot))?
            };
            self.surfaces.insert(own, surface);
        }
        Ok(())
    }

    /// Refuses a surface whose name is taken.
    pub(super) fn new_surface(
        &mut self,
        name: &str,
        written: &str,
        spot: Spot,
    ) -> Result<(), DeckError> {
        match self.surface_places.insert(name.to_owned(), spot) {
            None => Ok(()),
            Some(first) => Err(self.duplicate(format!("surface {written}"), first, spot)),
        }
    }

    fn nodal_surface(&mut self, card: &Card, name: (&str, Spot)) -> Result<DeckSurface, DeckError> {
        let mut nodes = Vec::new();
        for &line in &card.data {
            if let Some(field) = self.texts.fields(line).next() {
                nodes.extend(self.members(Of::Nodes, field)?);
            }
        }
        self.sort_surface_nodes(name, &mut nodes);
        Ok(DeckSurface::Nodes(nodes))
    }

    /// Faces of elements; all that are exposed of elements without a label.
    fn face_surface(&mut self, card: &Card, name: (&str, Spot)) -> Result<DeckSurface, DeckError> {
        let mut facets = Vec::new();
        for &line in &card.data {
            let fields = self.all(line);
            let Some(&first) = fields.first() else {
                continue;
            };
            let elements = self.members(Of::Elements, first)?;
            let Some(&label) = fields.get(1).filter(|label| !label.0.is_empty()) else {
                facets.extend(self.exposed(&elements));
                continue;
            };
            let face = self.face(label, 'S', &elements)?;
            facets.extend(elements.into_iter().map(|element| Facet { element, face }));
            self.at_most(line, 2, "a face of a surface")?;
        }
        self.sort_facets(name, &mut facets);
        Ok(DeckSurface::Facets(facets))
    }

    /// Number, from 0, of the face "S3" or "P3" that all of the `elements` have.
    pub(super) fn face(
        &self,
        field: (&str, Spot),
        letter: char,
        elements: &[u32],
    ) -> Result<u8, DeckError> {
        let label = folded(field.0);
        let known = self.face_labels(letter, elements);
        if let Some(face) = known.iter().position(|k| *k == label) {
            return Ok(face as u8);
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(self.texts.unknown("the face", field, &known))
    }

    /// The labels of the faces that all of the `elements` have.
    pub(super) fn face_labels(&self, letter: char, elements: &[u32]) -> Vec<String> {
        let kinds = elements
            .iter()
            .map(|&e| self.elements.blocks.kind(e as usize));
        let count = kinds.map(|k| k.reference().face_count()).min().unwrap_or(4);
        (1..=count).map(|k| format!("{letter}{k}")).collect()
    }

    /// The surface of that name.
    pub(super) fn surface(&self, name: &str, spot: Spot) -> Result<&DeckSurface, DeckError> {
        let key = folded(name);
        let own = self.surfaces.get(&self.scopes.own(&key));
        own.or_else(|| self.surfaces.get(&key)).ok_or_else(|| {
            let fault = DeckFault::UnknownName {
                what: "surface",
                name: name.to_owned(),
                known: self.surfaces.keys().cloned().collect(),
            };
            self.texts.error(spot, fault)
        })
    }

    /// Faces of the surface of that name.
    pub(super) fn facets(&self, name: &str, spot: Spot) -> Result<Vec<Facet>, DeckError> {
        match self.surface(name, spot)? {
            DeckSurface::Facets(facets) if !facets.is_empty() => Ok(facets.clone()),
            DeckSurface::Facets(_) => Err(self
                .texts
                .refuse(spot, format!("surface `{name}` has no faces"))),
            DeckSurface::Nodes(_) => {
                let error = self.texts.refuse(
                    spot,
                    format!("surface `{name}` is made of nodes, faces are needed"),
                );
                Err(error.with_help("define it with element faces, *SURFACE, TYPE=ELEMENT"))
            }
        }
    }

    /// Nodes of the surface of that name.
    pub(super) fn surface_nodes(&self, name: &str, spot: Spot) -> Result<Vec<u32>, DeckError> {
        Ok(match self.surface(name, spot)? {
            DeckSurface::Nodes(nodes) => nodes.clone(),
            DeckSurface::Facets(facets) => {
                let mut nodes: Vec<u32> = facets
                    .iter()
                    .flat_map(|f| self.elements.facet_nodes(*f))
                    .collect();
                nodes.sort_unstable();
                nodes.dedup();
                nodes
            }
        })
    }
}

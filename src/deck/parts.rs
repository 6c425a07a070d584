//! Parts and instances to one list of cards: every *INSTANCE is replaced by the cards of its part,
//! each marked with the instance. Abaqus numbers and names within a part; which node 12 is meant is
//! known by the mark. Must not know what the cards mean.

use std::collections::BTreeMap;

use nalgebra::{Isometry3, Translation3, UnitQuaternion, UnitVector3};

use super::error::{DeckError, DeckFault};
use super::lines::{Card, Spot, Texts};
use super::number::finite;
use crate::tensor::{Point, Vec3};

/// A part put in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Folded name.
    pub name: String,
    /// Name as written.
    pub written: String,
    /// From the part's coordinates to the model's.
    pub placed: Isometry3<f64>,
    /// Where it stands.
    pub spot: Spot,
}

/// Cards without parts, and the instances that they name by `scope`.
#[derive(Debug, Clone, Default)]
pub struct Flat {
    /// The cards.
    pub cards: Vec<Card>,
    /// Instances; the first is scope 1.
    pub instances: Vec<Instance>,
    /// Parts that no instance names, with their places.
    pub unused: Vec<(String, Spot)>,
}

/// Puts the cards of parts in the place of their instances.
///
/// # Errors
/// A part that is not there or twice; blocks that do not close or stand in one another.
pub fn flatten(texts: &Texts, cards: Vec<Card>) -> Result<Flat, DeckError> {
    let mut flattening = Flattening {
        texts,
        flat: Flat::default(),
        parts: BTreeMap::new(),
        open: Vec::new(),
    };
    for card in cards {
        flattening.take(card)?;
    }
    if let Some(open) = flattening.open.last() {
        let what = format!("an *END {}", open.keyword.name);
        return Err(open.missing(texts, what));
    }
    let unused = flattening.parts.into_values().filter(|p| !p.used);
    flattening.flat.unused = unused.map(|p| (p.name, p.spot)).collect();
    Ok(flattening.flat)
}

struct Part {
    name: String,
    spot: Spot,
    cards: Vec<Card>,
    used: bool,
}

struct Flattening<'a> {
    texts: &'a Texts,
    flat: Flat,
    /// By folded name.
    parts: BTreeMap<String, Part>,
    /// The *PART, *ASSEMBLY and *INSTANCE that are open, from outside in.
    open: Vec<Card>,
}

impl Flattening<'_> {
    fn take(&mut self, card: Card) -> Result<(), DeckError> {
        let inside = self.open.last().map(|c| c.keyword.name);
        match (card.keyword.name, inside) {
            ("PART", None) => self.begin_part(card),
            ("ASSEMBLY", None) => {
                self.open.push(card);
                Ok(())
            }
            ("INSTANCE", Some("ASSEMBLY")) => self.begin_instance(card),
            ("END PART", Some("PART"))
            | ("END ASSEMBLY", Some("ASSEMBLY"))
            | ("END INSTANCE", Some("INSTANCE")) => {
                self.open.pop();
                Ok(())
            }
            (
                "PART" | "ASSEMBLY" | "INSTANCE" | "END PART" | "END ASSEMBLY" | "END INSTANCE",
                _,
            ) => Err(self.misplaced(&card, inside)),
            ("STEP" | "MATERIAL" | "AMPLITUDE" | "BOUNDARY", Some(_)) => {
                Err(self.misplaced(&card, inside))
            }
            (_, Some("PART")) => {
                if let Some(part) = self.open.last().and_then(|p| p.get("NAME"))
                    && let Some(part) = self.parts.get_mut(&part.value)
                {
                    part.cards.push(card);
                }
                Ok(())
            }
            (_, Some("INSTANCE")) => self.add(card, self.flat.instances.len()),
            _ => self.add(card, 0),
        }
    }

    fn begin_part(&mut self, card: Card) -> Result<(), DeckError> {
        let name = card.need(self.texts, "NAME")?;
        if let Some(first) = self.parts.get(&name.value) {
            let line = self.texts.place(first.spot).line();
            let fault = DeckFault::Duplicate {
                what: format!("part {}", name.written),
                first: format!("line {line}"),
            };
            return Err(self.texts.error(card.spot, fault));
        }
        let part = Part {
            name: name.written.clone(),
            spot: card.spot,
            cards: Vec::new(),
            used: false,
        };
        self.parts.insert(name.value.clone(), part);
        self.open.push(card);
        Ok(())
    }

    fn begin_instance(&mut self, card: Card) -> Result<(), DeckError> {
        let name = card.need(self.texts, "NAME")?;
        if let Some(first) = self.flat.instances.iter().find(|i| i.name == name.value) {
            let line = self.texts.place(first.spot).line();
            let fault = DeckFault::Duplicate {
                what: format!("instance {}", name.written),
                first: format!("line {line}"),
            };
            return Err(self.texts.error(card.spot, fault));
        }
        let part = card.need(self.texts, "PART")?;
        let instance = Instance {
            name: name.value.clone(),
            written: name.written.clone(),
            placed: self.placed(&card)?,
            spot: card.spot,
        };
        let known = self.parts.values().map(|p| p.name.clone()).collect();
        let Some(found) = self.parts.get_mut(&part.value) else {
            let fault = DeckFault::UnknownName {
                what: "part",
                name: part.written.clone(),
                known,
            };
            return Err(self.texts.error(part.value_spot, fault));
        };
        found.used = true;
        let cards = found.cards.clone();
        self.flat.instances.push(instance);
        for card in cards {
            self.add(card, self.flat.instances.len())?;
        }
        self.open.push(card);
        Ok(())
    }

    fn add(&mut self, card: Card, scope: usize) -> Result<(), DeckError> {
        if card.mesh.is_some() && scope > 0 {
            let error = self
                .texts
                .refuse(card.spot, "a mesh of Gmsh's stands in a part");
            return Err(error.with_help("include it outside of *PART and *ASSEMBLY"));
        }
        self.flat.cards.push(Card { scope, ..card });
        Ok(())
    }

    /// The lines of an instance: a translation, and a rotation that follows it, by an angle in
    /// degrees about the axis from one point to another.
    fn placed(&self, card: &Card) -> Result<Isometry3<f64>, DeckError> {
        let lines: Vec<Vec<f64>> = (card.data.iter())
            .map(|&line| self.numbers(line))
            .collect::<Result<_, _>>()?;
        let expected = "a line of 3 numbers (translation), another of 7 (axis from point to \
                        point, degrees)";
        let shift = match lines.first().map(Vec::as_slice) {
            None | Some([]) => Vec3::zeros(),
            Some(&[x, y, z]) => Vec3::new(x, y, z),
            Some(_) => return Err(card.missing(self.texts, expected)),
        };
        let moved = Isometry3::from_parts(Translation3::from(shift), UnitQuaternion::identity());
        let (axis, angle) = match lines.get(1).map(Vec::as_slice) {
            None => return Ok(moved),
            Some(&[ax, ay, az, bx, by, bz, angle]) if lines.len() == 2 => {
                ([Point::new(ax, ay, az), Point::new(bx, by, bz)], angle)
            }
            Some(_) => return Err(card.missing(self.texts, expected)),
        };
        let Some(about) = UnitVector3::try_new(axis[1] - axis[0], f64::MIN_POSITIVE) else {
            let what = "the two points of an instance's axis are one";
            return Err(self.texts.refuse(card.data[1], what));
        };
        let turn = UnitQuaternion::from_axis_angle(&about, angle.to_radians());
        let turned = Isometry3::rotation_wrt_point(turn, axis[0]);
        Ok(turned * moved)
    }

    fn numbers(&self, line: Spot) -> Result<Vec<f64>, DeckError> {
        let number = |(text, spot): (&str, Spot)| {
            finite(text).ok_or_else(|| {
                let fault = DeckFault::Value {
                    what: "a number of the instance's place".into(),
                    found: text.to_owned(),
                    expected: "a finite number".into(),
                };
                self.texts.error(spot, fault)
            })
        };
        self.texts.fields(line).map(number).collect()
    }

    fn misplaced(&self, card: &Card, inside: Option<&'static str>) -> DeckError {
        let found = match inside {
            Some("PART") => "inside a part",
            Some("ASSEMBLY") => "inside the assembly",
            Some(_) => "inside an instance",
            None => "outside of them",
        };
        let expected = match card.keyword.name {
            "PART" | "ASSEMBLY" => "behind *END PART and *END ASSEMBLY",
            "INSTANCE" => "between *ASSEMBLY and *END ASSEMBLY",
            "STEP" | "MATERIAL" | "AMPLITUDE" | "BOUNDARY" => "behind *END ASSEMBLY",
            _ => "at the end of the block that it closes",
        };
        let fault = DeckFault::Order {
            keyword: card.keyword.name,
            found,
            expected,
        };
        self.texts.error(card.spot, fault)
    }
}

//! Materials, orientations and sections.

use nalgebra::{Matrix3, Matrix6, Rotation3, Unit};

use super::fields::{number, wrong};
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Card, Spot, folded};
use crate::deck::{ANISOTROPIC, DeckMaterial, ORTHOTROPIC, Orientation, Section};
use crate::material::membrane::MembraneMaterial;
use crate::tensor::{Elasticity, OrthotropicConstants, Vec3};

/// Poisson ratio from which hybrid elements are not read as others.
const INCOMPRESSIBLE: f64 = 0.4999;

impl Resolver {
    pub(super) fn read_materials(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        // *ELASTIC and *DENSITY belong to the *MATERIAL above them.
        let mut open = None;
        for card in of(cards, &["MATERIAL", "ELASTIC", "DENSITY", "ORIENTATION"]) {
            self.scopes.enter(card.scope);
            match card.keyword.name {
                "MATERIAL" => open = Some(self.add_material(card)?),
                "ORIENTATION" => self.add_orientation(card)?,
                name => {
                    let material = open.ok_or_else(|| {
                        let fault = DeckFault::Order {
                            keyword: card.keyword.name,
                            found: "without a material",
                            expected: "below a *MATERIAL",
                        };
                        self.texts.error(card.spot, fault)
                    })?;
                    if name == "ELASTIC" {
                        self.add_elastic(card, material)?;
                    } else {
                        self.add_density(card, material)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add_material(&mut self, card: &Card) -> Result<usize, DeckError> {
        let name = card.need(&self.texts, "NAME")?;
        if let Some(first) = self
            .materials
            .iter()
            .find(|m| folded(&m.name) == name.value)
        {
            let what = format!("material {}", name.written);
            return Err(self.duplicate(what, first.spot, card.spot));
        }
        self.materials.push(DeckMaterial {
            name: name.written.clone(),
            elasticity: None,
            grading: Vec::new(),
            density: None,
            spot: card.spot,
        });
        Ok(self.materials.len() - 1)
    }

    fn add_elastic(&mut self, card: &Card, material: usize) -> Result<(), DeckError> {
        if self.materials[material].elasticity.is_some() {
            let what = format!("*ELASTIC of material {}", self.materials[material].name);
            return Err(self.duplicate(what, self.materials[material].spot, card.spot));
        }
        let kind = card.get("TYPE").map_or("ISOTROPIC", |t| t.value.as_str());
        let (needed, lines) = match kind {
            "ISOTROPIC" | "ISO" => (2, 1),
            "ANISOTROPIC" | "ANISO" => (21, 3),
            _ => (9, 2),
        };
        if card.data.len() > 1 && lines == 1 {
            return self.add_graded(card, material);
        }
        if let Some(&line) = card.data.get(lines) {
            let text = self.texts.text(line);
            let what = "a second line of constants (temperature dependence)";
            return Err(wrong(
                &self.texts,
                what,
                (text, line),
                "one temperature only",
            ));
        }
        let mut values = Vec::new();
        for &line in &card.data {
            values.extend(self.numbers("an elastic constant", line)?);
        }
        if values.len() < needed {
            return Err(card.missing(&self.texts, format!("{needed} constants")));
        }
        let elasticity = match kind {
            "ISOTROPIC" | "ISO" => isotropic(values[0], values[1]),
            "ENGINEERINGCONSTANTS" => engineering(&values),
            "ANISOTROPIC" | "ANISO" => Some(stiffnesses(&ANISOTROPIC, &values)),
            _ => Some(stiffnesses(&ORTHOTROPIC, &values)),
        };
        let place = card.data.first().copied().unwrap_or(card.spot);
        match elasticity {
            Some(elasticity) if elasticity.is_positive_definite() => {
                self.materials[material].elasticity = Some(elasticity);
                Ok(())
            }
            _ => Err(self
                .texts
                .refuse(
                    place,
                    format!(
                        "material {} cannot exist: its stiffness is not positive definite",
                        self.materials[material].name
                    ),
                )
                .with_help(
                    "moduli must be positive, an isotropic Poisson ratio between -1 and 0.5",
                )),
        }
    }

    fn add_density(&mut self, card: &Card, material: usize) -> Result<(), DeckError> {
        if let Some(&line) = card.data.get(1) {
            let field = (self.texts.text(line), line);
            return Err(wrong(
                &self.texts,
                "a second line of densities (temperature dependence)",
                field,
                "one temperature only",
            ));
        }
        let field = card.data.first().and_then(|&l| self.texts.fields(l).next());
        let Some(field) = field else {
            return Err(card.missing(&self.texts, "a density"));
        };
        let density = number(&self.texts, "the density", field)?;
        if density < 0.0 {
            return Err(wrong(
                &self.texts,
                "the density",
                field,
                "no negative number",
            ));
        }
        self.materials[material].density = Some(density);
        Ok(())
    }

    fn add_orientation(&mut self, card: &Card) -> Result<(), DeckError> {
        let name = card.need(&self.texts, "NAME")?;
        let what = "a coordinate of the orientation";
        let Some(&line) = card.data.first() else {
            return Err(card.missing(&self.texts, "two points, six numbers"));
        };
        let v = self.numbers(what, line)?;
        if v.len() != 6 {
            return Err(card.missing(&self.texts, "two points, six numbers"));
        }
        let (a, b) = (Vec3::new(v[0], v[1], v[2]), Vec3::new(v[3], v[4], v[5]));
        let x = a.normalize();
        let z = x.cross(&b).normalize();
        let mut axes = Matrix3::from_columns(&[x, z.cross(&x), z]);
        if !axes.iter().all(|v| v.is_finite()) {
            let field = (self.texts.text(line), line);
            let expected = "two points that are not on one line with the origin";
            return Err(wrong(&self.texts, "the orientation", field, expected));
        }
        if let Some(&line) = card.data.get(1) {
            axes = self.turned(line, &axes)?;
        }
        let entry = (self.scopes.turned(axes), card.spot);
        let own = self.scopes.own(&name.value);
        if let Some((_, first)) = self.orientations.insert(own, entry) {
            return Err(self.duplicate(format!("orientation {}", name.written), first, card.spot));
        }
        Ok(())
    }

    /// The second line: a rotation (degrees) about one of the axes.
    fn turned(&self, line: Spot, axes: &Matrix3<f64>) -> Result<Matrix3<f64>, DeckError> {
        let v = self.numbers("the axis and angle of the orientation", line)?;
        let field = (self.texts.text(line), line);
        let (axis, angle) = match v.as_slice() {
            [axis, angle] if [1.0, 2.0, 3.0].contains(axis) => (*axis as usize - 1, *angle),
            _ => {
                let expected = "axis 1, 2 or 3 and an angle in degrees";
                return Err(wrong(&self.texts, "the rotation", field, expected));
            }
        };
        let about = Unit::new_normalize(Vec3::from(axes.column(axis)));
        Ok(Rotation3::from_axis_angle(&about, angle.to_radians()).matrix() * axes)
    }

    pub(super) fn read_sections(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        const NONE: u32 = u32::MAX;
        self.section_of = vec![NONE; self.elements.labels.len()];
        for card in of(cards, &["SOLID SECTION"]) {
            self.scopes.enter(card.scope);
            let set = card.need(&self.texts, "ELSET")?;
            let elements = self.named_members(Of::Elements, set)?;
            self.only_solids(Of::Elements, &elements, set.value_spot)?;
            let section = self.section(card)?;
            let number = match self.sections.iter().position(|s| *s == section) {
                Some(number) => number,
                None => {
                    self.sections.push(section);
                    self.sections.len() - 1
                }
            };
            for e in elements {
                let of = &mut self.section_of[e as usize];
                if *of != NONE && *of != number as u32 {
                    let label = self.elements.labels[e as usize];
                    return Err(self
                        .texts
                        .refuse(card.spot, format!("element {label} has two sections")));
                }
                *of = number as u32;
            }
        }
        match self.section_of.iter().position(|s| *s == NONE) {
            None => self.check_hybrids(),
            Some(e) => {
                let label = self.elements.labels[e];
                let error = self.texts.refuse(
                    self.elements.spots[e],
                    format!("element {label} has no section"),
                );
                Err(error.with_help("name its set in a *SOLID SECTION"))
            }
        }
    }

    /// Refuses hybrid elements of a nearly incompressible material: read as C3D10 they lock.
    fn check_hybrids(&self) -> Result<(), DeckError> {
        let Some(&(ref kind, spot)) = self.aliases.iter().find(|a| a.0.ends_with('H')) else {
            return Ok(());
        };
        let ratio = |m: &DeckMaterial| m.elasticity.and_then(|c| c.isotropic_constants());
        let close = |m: &&DeckMaterial| ratio(m).is_some_and(|(_, nu)| nu > INCOMPRESSIBLE - 1e-6);
        let used = self.sections.iter().map(|s| &self.materials[s.material]);
        match used.into_iter().find(close) {
            None => Ok(()),
            Some(material) => {
                let text = format!(
                    "{kind} elements are read as C3D10, but material {} is nearly incompressible",
                    material.name
                );
                let error = self.texts.refuse(spot, text);
                Err(error.with_help("give it a Poisson ratio below 0.4999"))
            }
        }
    }

    /// The material that a section names.
    fn material_of(&self, card: &Card) -> Result<usize, DeckError> {
        let name = card.need(&self.texts, "MATERIAL")?;
        let known = || self.materials.iter().map(|m| m.name.clone()).collect();
        let found = self
            .materials
            .iter()
            .position(|m| folded(&m.name) == name.value);
        let material = found.ok_or_else(|| {
            let fault = unknown("material", &name.written, known());
            self.texts.error(name.value_spot, fault)
        })?;
        if self.materials[material].elasticity.is_none() {
            return Err(self.texts.refuse(
                self.materials[material].spot,
                format!("material {} has no *ELASTIC", name.written),
            ));
        }
        Ok(material)
    }

    /// Membranes get their material; every one must have some.
    pub(super) fn read_membrane_sections(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        let solids = self.elements.labels.len();
        for card in of(cards, &["MEMBRANE SECTION"]) {
            self.scopes.enter(card.scope);
            let set = card.need(&self.texts, "ELSET")?;
            let field = (set.written.as_str(), set.value_spot);
            let members = self.members_of_any_kind(Of::Elements, field)?;
            let material = self.membrane(card)?;
            for e in members {
                let refuse = |what: &str| {
                    let label = self.element_label(e);
                    self.texts
                        .refuse(card.spot, format!("element {label} {what}"))
                };
                let m = (e as usize).checked_sub(solids);
                let Some(m) = m.filter(|m| *m < self.membranes.len()) else {
                    return Err(refuse("is no membrane"));
                };
                let old = self.membranes[m].material;
                if old.is_some_and(|old| old != material) {
                    return Err(refuse("has two sections"));
                }
                self.membranes[m].material = Some(material);
            }
        }
        match self.membranes.iter().find(|m| m.material.is_none()) {
            None => Ok(()),
            Some(bare) => {
                let error = self
                    .texts
                    .refuse(bare.spot, format!("element {} has no section", bare.label));
                Err(error.with_help("name its set in a *MEMBRANE SECTION"))
            }
        }
    }

    /// What a *MEMBRANE SECTION makes membranes of.
    fn membrane(&self, card: &Card) -> Result<MembraneMaterial, DeckError> {
        let of = &self.materials[self.material_of(card)?];
        if !of.grading.is_empty() {
            let what = format!("the membrane's material {} depends on temperature", of.name);
            return Err(self.texts.refuse(card.spot, what));
        }
        let constants = of.elasticity.and_then(|c| c.isotropic_constants());
        let Some((modulus, ratio)) = constants else {
            let error = self.texts.refuse(
                card.spot,
                format!("the membrane's material {} has directions", of.name),
            );
            return Err(error.with_help("membranes are isotropic: *ELASTIC with two constants"));
        };
        let field = card.data.first().and_then(|&l| self.texts.fields(l).next());
        let (Some(field), Some(&line)) = (field, card.data.first()) else {
            return Err(card.missing(&self.texts, "a thickness"));
        };
        self.at_most(line, 1, "a membrane's section")?;
        let thickness = number(&self.texts, "the thickness", field)?;
        MembraneMaterial::new(modulus, ratio, thickness)
            .map_err(|e| self.texts.refuse(field.1, e.to_string()))
    }

    /// The axes of an orientation: the instance's own before the model's.
    fn orientation(&self, name: &str) -> Option<Matrix3<f64>> {
        let own = self.orientations.get(&self.scopes.own(name));
        let found = own.or_else(|| self.orientations.get(name));
        found.map(|(axes, _)| *axes)
    }

    fn section(&self, card: &Card) -> Result<Section, DeckError> {
        let material = self.material_of(card)?;
        let axes = match card.get("ORIENTATION") {
            None => None,
            Some(given) => match self.orientation(&given.value) {
                Some(axes) => Some(Orientation {
                    name: given.value.clone(),
                    axes,
                }),
                None => {
                    let known = self.orientations.keys().cloned().collect();
                    let fault = unknown("orientation", &given.written, known);
                    return Err(self.texts.error(given.value_spot, fault));
                }
            },
        };
        for &line in &card.data {
            self.numbers("the thickness of the section", line)?;
        }
        Ok(Section { material, axes })
    }
}

fn unknown(what: &'static str, name: &str, known: Vec<String>) -> DeckFault {
    DeckFault::UnknownName {
        what,
        name: name.to_owned(),
        known,
    }
}

/// From Young's modulus and Poisson ratio, if they can be.
pub(super) fn isotropic(e: f64, nu: f64) -> Option<Elasticity> {
    (e > 0.0 && nu > -1.0 && nu < 0.5).then(|| Elasticity::isotropic(e, nu))
}

/// E₁, E₂, E₃, ν₁₂, ν₁₃, ν₂₃, G₁₂, G₁₃, G₂₃.
fn engineering(v: &[f64]) -> Option<Elasticity> {
    Elasticity::orthotropic(&OrthotropicConstants {
        youngs_modulus: [v[0], v[1], v[2]],
        shear_modulus: [v[6], v[8], v[7]],
        poisson_ratio: [v[3], v[5], v[4]],
    })
}

/// From stiffnesses at these places of the upper triangle.
fn stiffnesses(places: &[(usize, usize)], v: &[f64]) -> Elasticity {
    let mut c = Matrix6::zeros();
    for (&(i, j), value) in places.iter().zip(v) {
        c[(i, j)] = *value;
        c[(j, i)] = *value;
    }
    Elasticity(c)
}

//! Reads what holds the spine from behind: `[rods]` in short, or `[screws]`, `[[screw]]`, `[[rod]]`,
//! `[[connector]]`, `[[hook]]`, `[[cable]]` part by part.

use super::bodies::{Vertebra, read_between};
use super::body::BodyId;
use super::defaults::{self, NumberDefault, WordDefault};
use super::error::{CaseError, CaseFault};
use super::fixation::{
    Cable, CableEnd, Connector, ConnectorKind, Curve, Fixation, Head, Hook, Lamina, Rod, Screw,
    ScrewPath, Through,
};
use super::implant::Implant;
use super::materials::{LibrarySolid, Materials};
use super::raw::{Entry, Section, both};
use crate::anatomy::pedicle::Side;
use crate::geometry::End;
use crate::source::Sourced;

const ROD_KEYS: &[&str] = &[
    "kind",
    "between",
    "diameter_mm",
    "material",
    "screw_diameter_mm",
    "screw_length_mm",
    "head_mm",
];
/// What rods on springs had, and what says it now.
const RETIRED: &[(&str, &str)] = &[
    (
        "behind_axis_mm",
        "rods run through the heads of their screws: `head_mm` is how far behind the bone that \
         is",
    ),
    (
        "beside_axis_mm",
        "rods run through the heads of their screws, which lie in line with the pedicles; `entry_mm` \
         and `tip_mm` of a [[screw]] put one elsewhere",
    ),
    (
        "joint_stiffness_n_per_mm",
        "screws are beams in the bone now and need no spring: leave the key out",
    ),
];
const PRESET_KEYS: &[&str] = &[
    "levels",
    "diameter_mm",
    "length_mm",
    "head_mm",
    "head",
    "material",
];
const SCREW_KEYS: &[&str] = &[
    "name",
    "body",
    "side",
    "entry_mm",
    "tip_mm",
    "diameter_mm",
    "length_mm",
    "head_mm",
    "head",
    "material",
];
const LONG_ROD_KEYS: &[&str] = &["name", "through", "curve", "diameter_mm", "material"];
const CONNECTOR_KEYS: &[&str] = &["name", "kind", "rods", "level", "diameter_mm", "material"];
const HOOK_KEYS: &[&str] = &["name", "rod", "body", "side", "pushes", "force_n"];
const CABLE_KEYS: &[&str] = &["name", "from", "to", "diameter_mm", "tension_n", "material"];
/// Tables that name parts one by one.
const LISTS: [&str; 6] = ["screws", "screw", "rod", "connector", "hook", "cable"];

const SIDES: &[(&str, Side)] = &[("left", Side::Left), ("right", Side::Right)];
const HEADS: &[(&str, Head)] = &[("locked", Head::Locked), ("ball", Head::Ball)];

/// What stands before the parts in a case.
pub(super) struct Bones<'a> {
    /// Vertebrae.
    pub vertebrae: &'a [Vertebra],
    /// Numbers of those that are taken out.
    pub resected: &'a [usize],
    /// Implants.
    pub implants: &'a [Implant],
    /// Names of all bodies.
    pub taken: &'a [&'a str],
}

impl Bones<'_> {
    fn names(&self) -> Vec<&str> {
        self.vertebrae.iter().map(|v| v.name.as_str()).collect()
    }

    /// A vertebra that stays, by its name.
    fn vertebra(&self, section: &Section<'_>, key: &str, name: &str) -> Result<usize, CaseError> {
        let v = section.reference(key, "vertebra", name, &self.names())?;
        if self.resected.contains(&v) {
            let reason = format!("{name} is resected: nothing holds on it");
            return Err(section.error(key, CaseFault::model(reason)));
        }
        Ok(v)
    }

    /// A vertebra that stays or an implant, by its name.
    fn body(&self, section: &Section<'_>, key: &str, name: &str) -> Result<BodyId, CaseError> {
        if let Some(i) = self.implants.iter().position(|i| i.name == name) {
            return Ok(BodyId::Implant(i));
        }
        let mut known = self.names();
        known.extend(self.implants.iter().map(|i| i.name.as_str()));
        section.reference(key, "body", name, &known)?;
        self.vertebra(section, key, name).map(BodyId::Vertebra)
    }
}

/// Reads all parts.
pub(super) fn read(
    top: &Section<'_>,
    bones: &Bones<'_>,
    materials: &mut Materials,
) -> Result<Fixation, CaseError> {
    refuse_retired(top)?;
    let section = top.section("rods", ROD_KEYS)?;
    let listed = LISTS.iter().find(|key| top.has(key));
    if bones.implants.is_empty() {
        return refuse_without_implant(top, &section, listed).map(|()| Fixation::default());
    }
    let Some(list) = listed else {
        return read_short(&section, bones, materials);
    };
    if let Some(key) = ROD_KEYS.iter().find(|k| section.has(k)) {
        let message = format!("[rods] is the short form, but `{list}` lists parts one by one");
        let help = "keep one of the two; `endplate check` lists the parts of the short form";
        let error = section.error(key, CaseFault::KeysTogether { message });
        return Err(error.with_help(help));
    }
    read_long(top, bones, materials)
}

fn refuse_retired(top: &Section<'_>) -> Result<(), CaseError> {
    let Some((key, help)) = RETIRED.iter().find(|(key, _)| top.table_has("rods", key)) else {
        return Ok(());
    };
    let reason = format!("`{key}` described springs that rods no longer stand on");
    let error = top.error(&format!("rods.{key}"), CaseFault::model(reason));
    Err(error.with_help(*help))
}

/// Without an implant there is nothing for rods to hold: whatever describes them is refused.
fn refuse_without_implant(
    top: &Section<'_>,
    section: &Section<'_>,
    listed: Option<&&str>,
) -> Result<(), CaseError> {
    let reason = "rods and screws hold a fused segment, but there is no [implant]";
    if let Some(list) = listed {
        return Err(top.error(list, CaseFault::model(reason)));
    }
    let none = section.text("kind")? == Some("none");
    let stray = ROD_KEYS.iter().find(|k| section.has(k));
    match stray.filter(|key| !none || **key != "kind") {
        None => Ok(()),
        Some(key) => Err(section.error(key, CaseFault::model(reason))),
    }
}

// [rods]

/// Two rods between pedicle screws at both ends.
fn read_short(
    section: &Section<'_>,
    bones: &Bones<'_>,
    materials: &mut Materials,
) -> Result<Fixation, CaseError> {
    let kinds = [("default", true), ("none", false)];
    if !section.choice_or("kind of rods", &kinds, &defaults::ROD_KIND)? {
        if let Some(key) = ROD_KEYS[1..].iter().find(|k| section.has(k)) {
            let message = format!("`{key}` describes rods, but `kind` is \"none\"");
            return Err(section.error(key, CaseFault::KeysTogether { message }));
        }
        return Ok(Fixation::default());
    }
    let held = read_held(section, bones)?;
    let diameter_mm = section.number_or(&defaults::ROD_DIAMETER)?;
    let material = read_material(section, &defaults::ROD_MATERIAL, materials)?;
    let kind = ScrewKind {
        diameter_mm: section.number_or(&defaults::SCREW_DIAMETER)?,
        length_mm: section.number_or(&defaults::SCREW_LENGTH)?,
        head_mm: section.number_or(&defaults::ROD_HEAD)?,
        head: Head::Locked,
        material,
    };
    let mut fixation = Fixation::default();
    for v in held {
        fixation.screws.extend(kind.both_sides(bones, v, section));
    }
    for (s, (word, _)) in SIDES.iter().enumerate() {
        // From the lower vertebra up, so that the rod points as the axis does.
        fixation.rods.push(Rod {
            name: (*word).to_owned(),
            key: section.path().to_owned(),
            through: vec![Through::Head(2 + s), Through::Head(s)],
            curve: Curve::Straight,
            diameter_mm: diameter_mm.clone(),
            material,
        });
    }
    Ok(fixation)
}

/// The vertebrae that the rods hold: those given, or the outermost that implants stand between.
fn read_held(section: &Section<'_>, bones: &Bones<'_>) -> Result<[usize; 2], CaseError> {
    if section.has(defaults::ROD_BETWEEN.local_key()) {
        let held = read_between(section, bones.vertebrae)?;
        if let Some(v) = held.iter().find(|v| bones.resected.contains(v)) {
            let name = &bones.vertebrae[*v].name;
            let reason = format!("the rods hold {name}, which is resected");
            return Err(section.error("between", CaseFault::model(reason)));
        }
        return Ok(held);
    }
    let ends = |i: &Implant| i.between;
    let [first, last] = [bones.implants.first(), bones.implants.last()].map(|i| i.map(ends));
    let outermost = [first.map_or(0, |b| b[0]), last.map_or(0, |b| b[1])];
    let words = outermost.map(|v| bones.vertebrae[v].name.as_str());
    let words = words.join(", ");
    Ok(section
        .left_out(&defaults::ROD_BETWEEN, outermost, words)
        .value)
}

/// The material named, or the program's titanium.
fn read_material(
    section: &Section<'_>,
    default: &WordDefault,
    materials: &mut Materials,
) -> Result<usize, CaseError> {
    if section.has(default.local_key()) {
        return materials.uniform_reference(section, default.local_key());
    }
    let solid = LibrarySolid::named(default.value);
    let solid = solid.ok_or_else(|| section.missing(default.local_key()))?;
    let material = materials.library(solid);
    Ok(section.left_out(default, material, default.value).value)
}

// [screws], [[screw]]

/// What screws of a kind have in common.
struct ScrewKind {
    diameter_mm: Sourced<f64>,
    length_mm: Sourced<f64>,
    head_mm: Sourced<f64>,
    head: Head,
    material: usize,
}

/// The defaults of a table of screws.
struct ScrewDefaults {
    diameter: &'static NumberDefault,
    length: &'static NumberDefault,
    head_length: &'static NumberDefault,
    head: &'static WordDefault,
    material: &'static WordDefault,
}

const PRESET: ScrewDefaults = ScrewDefaults {
    diameter: &defaults::PRESET_DIAMETER,
    length: &defaults::PRESET_LENGTH,
    head_length: &defaults::PRESET_HEAD_LENGTH,
    head: &defaults::PRESET_HEAD,
    material: &defaults::PRESET_MATERIAL,
};
const OWN: ScrewDefaults = ScrewDefaults {
    diameter: &defaults::OWN_DIAMETER,
    length: &defaults::OWN_LENGTH,
    head_length: &defaults::HEAD_LENGTH,
    head: &defaults::OWN_HEAD,
    material: &defaults::OWN_MATERIAL,
};

impl ScrewKind {
    fn read(
        section: &Section<'_>,
        of: &ScrewDefaults,
        length_mm: Sourced<f64>,
        materials: &mut Materials,
    ) -> Result<Self, CaseError> {
        Ok(Self {
            diameter_mm: section.number_or(of.diameter)?,
            length_mm,
            head_mm: section.number_or(of.head_length)?,
            head: section.choice_or("kind of head", HEADS, of.head)?,
            material: read_material(section, of.material, materials)?,
        })
    }

    /// The pedicle screws of a vertebra, left first, as wide and long as it takes.
    fn both_sides(&self, bones: &Bones<'_>, v: usize, section: &Section<'_>) -> [Screw; 2] {
        [Side::Left, Side::Right].map(|side| Screw {
            name: format!("{} {}", bones.vertebrae[v].name, side.word()),
            key: section.path().to_owned(),
            bodies: vec![BodyId::Vertebra(v)],
            path: ScrewPath::Pedicle {
                side,
                length_mm: self.length_mm.clone(),
                at_most: [true; 2],
            },
            diameter_mm: self.diameter_mm.clone(),
            head_mm: self.head_mm.clone(),
            head: self.head,
            material: self.material,
        })
    }
}

fn read_screws(
    top: &Section<'_>,
    bones: &Bones<'_>,
    materials: &mut Materials,
) -> Result<Vec<Screw>, CaseError> {
    let mut screws = Vec::new();
    if top.has("screws") {
        let section = top.section("screws", PRESET_KEYS)?;
        let names = section.texts("levels")?;
        let names = names.ok_or_else(|| section.missing("levels"))?;
        let length = section.number_or(PRESET.length)?;
        let kind = ScrewKind::read(&section, &PRESET, length, materials)?;
        for (i, name) in names.iter().enumerate() {
            let key = format!("levels[{i}]");
            let v = bones.vertebra(&section, &key, name)?;
            if names[..i].contains(name) {
                let (what, name) = ("level".to_owned(), (*name).to_owned());
                return Err(section.error(&key, CaseFault::Duplicate { what, name }));
            }
            screws.extend(kind.both_sides(bones, v, &section));
        }
    }
    for section in top.sections("screw", SCREW_KEYS)? {
        let screw = read_screw(&section, bones, materials)?;
        screws.push(screw);
    }
    Ok(screws)
}

fn read_screw(
    section: &Section<'_>,
    bones: &Bones<'_>,
    materials: &mut Materials,
) -> Result<Screw, CaseError> {
    let name = section.required_text("name")?.to_owned();
    let given = section.one_or_more_texts("body")?;
    let names = given.ok_or_else(|| section.missing("body"))?;
    if let Some(i) = (0..names.len()).find(|i| names[..*i].contains(&names[*i])) {
        let (what, name) = ("body of the screw".to_owned(), names[i].to_owned());
        return Err(section.error("body", CaseFault::Duplicate { what, name }));
    }
    if names.is_empty() {
        let reason = "a screw in no body: name the bone that it holds on";
        return Err(section.error("body", CaseFault::model(reason)));
    }
    let bodies = names.iter().enumerate().map(|(i, name)| {
        let key = match names.len() {
            1 => "body".to_owned(),
            _ => format!("body[{i}]"),
        };
        bones.body(section, &key, name)
    });
    let bodies: Vec<BodyId> = bodies.collect::<Result<_, _>>()?;
    let (path, length) = read_path(section, bodies.first())?;
    let kind = ScrewKind::read(section, &OWN, length, materials)?;
    Ok(Screw {
        name,
        key: section.path().to_owned(),
        bodies,
        path,
        diameter_mm: kind.diameter_mm,
        head_mm: kind.head_mm,
        head: kind.head,
        material: kind.material,
    })
}

/// A side's pedicle, or two places.
fn read_path(
    section: &Section<'_>,
    first: Option<&BodyId>,
) -> Result<(ScrewPath, Sourced<f64>), CaseError> {
    const ANYWHERE: std::ops::RangeInclusive<f64> = -1e4..=1e4;
    let entry = section.numbers::<3>("entry_mm", ANYWHERE)?;
    let tip = section.numbers::<3>("tip_mm", ANYWHERE)?;
    if let (None, None) = (entry, tip) {
        let side = section.choice("side", "side", SIDES)?;
        let help = "`side = \"left\"` for the pedicle there, or `entry_mm` and `tip_mm`";
        let side = side.ok_or_else(|| section.missing("side").with_help(help))?;
        if !matches!(first, Some(BodyId::Vertebra(_))) {
            let reason =
                "a pedicle is sought in the first body of the screw: it must be a vertebra";
            return Err(section.error("body", CaseFault::model(reason)));
        }
        let length_mm = section.number_or(OWN.length)?;
        let at_most = ["diameter_mm", "length_mm"].map(|key| !section.has(key));
        let path = ScrewPath::Pedicle {
            side,
            length_mm: length_mm.clone(),
            at_most,
        };
        return Ok((path, length_mm));
    }
    let entry = entry.ok_or_else(|| section.missing("entry_mm"))?;
    let tip = tip.ok_or_else(|| section.missing("tip_mm"))?;
    for key in ["side", "length_mm"] {
        if section.has(key) {
            return Err(both(section, "entry_mm", key));
        }
    }
    let length = (0..3)
        .map(|k| (tip[k] - entry[k]).powi(2))
        .sum::<f64>()
        .sqrt();
    let [least, most] = OWN.length.value.range;
    if !(least..=most).contains(&length) {
        let fault = CaseFault::Range {
            key: "tip_mm".to_owned(),
            value: format!("a screw of {length:.1} mm"),
            expected: format!("{least} to {most} mm from `entry_mm`"),
        };
        return Err(section.error("tip_mm", fault));
    }
    let length = section.given("tip_mm", length);
    Ok((ScrewPath::Points { entry, tip }, length))
}

// [[rod]], [[connector]], [[hook]], [[cable]]

fn read_long(
    top: &Section<'_>,
    bones: &Bones<'_>,
    materials: &mut Materials,
) -> Result<Fixation, CaseError> {
    let screws = read_screws(top, bones, materials)?;
    for (k, screw) in screws.iter().enumerate() {
        if screws[..k].iter().any(|other| other.name == screw.name) {
            let (what, name) = ("screw".to_owned(), screw.name.clone());
            let key = format!("{}.name", screw.key);
            return Err(top.error(&key, CaseFault::Duplicate { what, name }));
        }
    }
    let rods = top.sections("rod", LONG_ROD_KEYS)?;
    let rods = rods.iter().map(|s| read_rod(s, &screws, materials));
    let rods: Vec<Rod> = rods.collect::<Result<_, _>>()?;
    check_held(top, &screws, &rods)?;
    let connectors = top.sections("connector", CONNECTOR_KEYS)?;
    let connectors = (1..)
        .zip(&connectors)
        .map(|(n, s)| read_connector(s, n, bones, &rods, materials));
    let connectors: Vec<Connector> = connectors.collect::<Result<_, _>>()?;
    let hooks = top.sections("hook", HOOK_KEYS)?;
    let hooks = hooks.iter().map(|s| read_hook(s, bones, &rods));
    let hooks: Vec<Hook> = hooks.collect::<Result<_, _>>()?;
    let cables = top.sections("cable", CABLE_KEYS)?;
    let cables = cables
        .iter()
        .map(|s| read_cable(s, bones, &rods, materials));
    let cables: Vec<Cable> = cables.collect::<Result<_, _>>()?;
    let fixation = Fixation {
        screws,
        rods,
        connectors,
        hooks,
        cables,
    };
    check_names(top, &fixation, bones)?;
    Ok(fixation)
}

/// No part is called as another or as a body.
fn check_names(top: &Section<'_>, fixation: &Fixation, bones: &Bones<'_>) -> Result<(), CaseError> {
    let screws = fixation.screws.iter().map(|s| (&s.key, &s.name));
    let rods = fixation.rods.iter().map(|r| (&r.key, &r.name));
    let connectors = fixation.connectors.iter().map(|c| (&c.key, &c.name));
    let hooks = fixation.hooks.iter().map(|h| (&h.key, &h.name));
    let cables = fixation.cables.iter().map(|c| (&c.key, &c.name));
    let mut taken = bones.taken.to_vec();
    for (key, name) in screws
        .chain(rods)
        .chain(connectors)
        .chain(hooks)
        .chain(cables)
    {
        if taken.contains(&name.as_str()) {
            let (what, name) = ("part or body".to_owned(), name.clone());
            return Err(top.error(&format!("{key}.name"), CaseFault::Duplicate { what, name }));
        }
        taken.push(name);
    }
    Ok(())
}

fn read_rod(
    section: &Section<'_>,
    screws: &[Screw],
    materials: &mut Materials,
) -> Result<Rod, CaseError> {
    const CURVES: &[(&str, Curve)] = &[("straight", Curve::Straight), ("arc", Curve::Arc)];
    let name = section.required_text("name")?.to_owned();
    let known: Vec<&str> = screws.iter().map(|s| s.name.as_str()).collect();
    let given = section.names_or_points("through")?;
    let given = given.ok_or_else(|| section.missing("through"))?;
    let through = given.iter().enumerate().map(|(i, entry)| match entry {
        Entry::Name(name) => {
            let key = format!("through[{i}]");
            section
                .reference(&key, "screw", name, &known)
                .map(Through::Head)
        }
        Entry::Point(point) => Ok(Through::Point(*point)),
    });
    let through: Vec<Through> = through.collect::<Result<_, _>>()?;
    let heads = through.iter().filter_map(|t| match t {
        Through::Head(screw) => Some(*screw),
        Through::Point(_) => None,
    });
    let heads: Vec<usize> = heads.collect();
    let fail = |reason: String, help: &str| {
        let error = section.error("through", CaseFault::model(reason));
        Err(error.with_help(help))
    };
    if through.len() < 2 {
        let found = through.len();
        return fail(
            format!("a rod runs through {found} place: it has no length"),
            "name the screws whose heads it runs through, in order",
        );
    }
    if let Some(k) = (1..heads.len()).find(|k| heads[..*k].contains(&heads[*k])) {
        let reason = format!("the rod runs twice through the head of {}", known[heads[k]]);
        return fail(reason, "name each screw once, in order");
    }
    if !heads.iter().any(|s| screws[*s].head == Head::Locked) {
        return fail(
            format!("no locked head keeps the rod \"{name}\" from turning about itself"),
            "one screw at least with `head = \"locked\"`",
        );
    }
    Ok(Rod {
        name,
        key: section.path().to_owned(),
        through,
        curve: section.choice_or("curve", CURVES, &defaults::ROD_CURVE)?,
        diameter_mm: section.number_or(&defaults::LONG_ROD_DIAMETER)?,
        material: read_material(section, &defaults::LONG_ROD_MATERIAL, materials)?,
    })
}

/// Each screw holds one rod, and there is one.
fn check_held(top: &Section<'_>, screws: &[Screw], rods: &[Rod]) -> Result<(), CaseError> {
    if rods.is_empty() {
        let help =
            "for example [[rod]] with `name = \"left\"` and `through = [\"T5 left\", \"T7 left\"]`";
        return Err(top.missing("rod").with_help(help));
    }
    for (s, screw) in screws.iter().enumerate() {
        let holds = |r: &&Rod| r.through.contains(&Through::Head(s));
        let held: Vec<&str> = rods.iter().filter(holds).map(|r| r.name.as_str()).collect();
        let reason = match held.as_slice() {
            [_] => continue,
            [] => format!("no rod runs through the head of screw \"{}\"", screw.name),
            [one, other, ..] => format!(
                "both rods \"{one}\" and \"{other}\" run through the head of screw \"{}\"",
                screw.name
            ),
        };
        let help = "`through` of one [[rod]] names it; a [[connector]] joins rods";
        return Err(top
            .error(&screw.key, CaseFault::model(reason))
            .with_help(help));
    }
    Ok(())
}

fn rod_number(
    section: &Section<'_>,
    key: &str,
    name: &str,
    rods: &[Rod],
) -> Result<usize, CaseError> {
    let known: Vec<&str> = rods.iter().map(|r| r.name.as_str()).collect();
    section.reference(key, "rod", name, &known)
}

fn read_connector(
    section: &Section<'_>,
    number: usize,
    bones: &Bones<'_>,
    rods: &[Rod],
    materials: &mut Materials,
) -> Result<Connector, CaseError> {
    let kinds = [("domino", true), ("cross-link", false)];
    let domino = section.choice("kind", "kind of connector", &kinds)?;
    let domino = domino.ok_or_else(|| section.missing("kind"))?;
    let given = section
        .texts("rods")?
        .ok_or_else(|| section.missing("rods"))?;
    let [one, other] = given[..] else {
        return Err(section.wrong_type("rods", "the names of two rods"));
    };
    let joined = [
        rod_number(section, "rods[0]", one, rods)?,
        rod_number(section, "rods[1]", other, rods)?,
    ];
    if joined[0] == joined[1] {
        let reason = "a connector joins two rods, not one to itself";
        return Err(section.error("rods", CaseFault::model(reason)));
    }
    let level = section.text("level")?;
    let level = level.map(|name| {
        let all = bones.vertebrae.iter().position(|v| v.name == name);
        all.map_or_else(
            || bones.body(section, "level", name),
            |v| Ok(BodyId::Vertebra(v)),
        )
    });
    let kind = if domino {
        if let Some(key) = ["diameter_mm", "material"].iter().find(|k| section.has(k)) {
            let message = format!("`{key}` describes a bar, but a domino is rigid");
            return Err(section.error(key, CaseFault::KeysTogether { message }));
        }
        ConnectorKind::Domino
    } else {
        ConnectorKind::CrossLink {
            diameter_mm: section.number_or(&defaults::CROSS_LINK_DIAMETER)?,
            material: read_material(section, &defaults::CROSS_LINK_MATERIAL, materials)?,
        }
    };
    let word = if domino { "domino" } else { "cross-link" };
    let name = section.text("name")?;
    Ok(Connector {
        name: name.map_or_else(|| format!("{word} {number}"), str::to_owned),
        key: section.path().to_owned(),
        kind,
        rods: joined,
        level: level.transpose()?,
    })
}

fn read_hook(section: &Section<'_>, bones: &Bones<'_>, rods: &[Rod]) -> Result<Hook, CaseError> {
    const WAYS: &[(&str, End)] = &[("cranial", End::Superior), ("caudal", End::Inferior)];
    let rod = rod_number(section, "rod", section.required_text("rod")?, rods)?;
    let body = section.required_text("body")?;
    let side = section.choice("side", "side", SIDES)?;
    let side = side.ok_or_else(|| section.missing("side"))?;
    let lamina = Lamina {
        vertebra: bones.vertebra(section, "body", body)?,
        side,
    };
    let pushes = section.choice("pushes", "way to push", WAYS)?;
    let name = section.text("name")?;
    Ok(Hook {
        name: name.map_or_else(|| format!("hook {body} {}", side.word()), str::to_owned),
        key: section.path().to_owned(),
        rod,
        lamina,
        pushes: pushes.ok_or_else(|| section.missing("pushes"))?,
        force_n: section.number_or(&defaults::HOOK_FORCE)?,
    })
}

fn read_cable(
    section: &Section<'_>,
    bones: &Bones<'_>,
    rods: &[Rod],
    materials: &mut Materials,
) -> Result<Cable, CaseError> {
    let ends = [
        read_cable_end(section, "from", bones, rods)?,
        read_cable_end(section, "to", bones, rods)?,
    ];
    if ends[0] == ends[1] {
        let reason = "the cable begins and ends at one place";
        return Err(section.error("to", CaseFault::model(reason)));
    }
    let help = "a cable without tension holds nothing yet: its force after tightening, in N";
    let tension = section.number("tension_n", 1.0..=2000.0)?;
    let tension_n = tension.ok_or_else(|| section.missing("tension_n").with_help(help))?;
    let words = [section.required_text("from")?, section.required_text("to")?];
    let name = section.text("name")?;
    Ok(Cable {
        name: name.map_or_else(|| format!("cable {}", words.join(" to ")), str::to_owned),
        key: section.path().to_owned(),
        ends,
        diameter_mm: section.required_number("diameter_mm", 0.3..=5.0)?,
        tension_n,
        material: read_material(section, &defaults::CABLE_MATERIAL, materials)?,
    })
}

/// "T8.lamina_left", or the name of a rod.
fn read_cable_end(
    section: &Section<'_>,
    key: &str,
    bones: &Bones<'_>,
    rods: &[Rod],
) -> Result<CableEnd, CaseError> {
    let word = section.required_text(key)?;
    let place = |side: Side| format!(".lamina_{}", side.word());
    for side in [Side::Left, Side::Right] {
        if let Some(body) = word.strip_suffix(&place(side)) {
            let vertebra = bones.vertebra(section, key, body)?;
            return Ok(CableEnd::Lamina(Lamina { vertebra, side }));
        }
    }
    let mut known: Vec<String> = rods.iter().map(|r| r.name.clone()).collect();
    let stay = (0..bones.vertebrae.len()).filter(|v| !bones.resected.contains(v));
    for v in stay {
        let name = &bones.vertebrae[v].name;
        known.extend([Side::Left, Side::Right].map(|side| format!("{name}{}", place(side))));
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    section
        .reference(key, "place or rod", word, &known)
        .map(CableEnd::Rod)
}

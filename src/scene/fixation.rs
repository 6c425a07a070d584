//! Screws, rods and what joins and helps them, in their places after surgery: bones above an implant
//! have moved with it. What does not fit is told at its key.
//!
//! Screws are held against the fields of bodies, so that what is refused does not hang on a mesh.

use super::implants::lift;
use super::placed::at_key;
use super::rods::{Station, crossing, insert, nearest, sharpest, stations};
use crate::anatomy::lamina::lamina;
use crate::anatomy::landmarks::{Landmarks, VertebraLandmarks};
use crate::anatomy::pedicle::pedicle_screw;
use crate::case::fixation::{
    Cable, CableEnd, Connector, ConnectorKind, Curve, Hook, Lamina, Rod, Screw, ScrewPath, Through,
};
use crate::case::{BodyId, Case, CaseError, CaseFault};
use crate::geometry::implant::Cage;
use crate::geometry::{Field, SharedField};
use crate::tensor::{Point, Vec3};

/// Share of a screw's skin that may lie outside its bones.
pub const LOOSE_SHARE: f64 = 0.2;
/// A screw may stand so far out of the bone into the canal, mm: what a field between samples leaves.
const CANAL_ROOM_MM: f64 = 0.3;
/// Within this the bone around the canal is met in every direction, mm.
const CANAL_WIDTH_MM: f64 = 30.0;
/// An entry may lie so far from the surface of the bone, mm.
const COUNTERSUNK_MM: f64 = 4.0;
/// The axis of a rod may lie so deep in bone that stays, mm: what a surgeon takes off a process.
const IN_BONE_MM: f64 = 3.0;
/// Longest way of a rod from place to place, mm.
const LONGEST_WAY_MM: f64 = 300.0;
/// Sharpest turn of a rod at a place it runs through, degrees.
pub const SHARPEST_DEG: f64 = 30.0;
/// Most between two rods that a domino joins, mm, axis to axis.
pub const DOMINO_REACH_MM: f64 = 20.0;
/// Most between a rod and a lamina that its hook holds, mm.
pub const HOOK_REACH_MM: f64 = 40.0;

/// A screw after surgery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedScrew {
    /// Where it enters the bone, mm.
    pub entry: Point,
    /// Its tip, mm.
    pub tip: Point,
    /// On the rod's axis, mm.
    pub head: Point,
    /// Diameter, mm.
    pub diameter: f64,
    /// How far its first body has been moved, mm.
    pub lift: Vec3,
}

/// A lamina after surgery: where a line across it enters and leaves it, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedLamina {
    /// Which one.
    pub lamina: Lamina,
    /// On its sides to the canal and to the skin.
    pub ends: [Point; 2],
}

impl PlacedLamina {
    /// The middle, mm.
    pub fn middle(&self) -> Point {
        nalgebra::center(&self.ends[0], &self.ends[1])
    }
}

/// All parts after surgery, each list in the order of the case's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlacedFixation {
    /// Screws.
    pub screws: Vec<PlacedScrew>,
    /// Stations of rods.
    pub rods: Vec<Vec<Station>>,
    /// Stations of two rods that each connector joins.
    pub connectors: Vec<[Point; 2]>,
    /// Station of its rod and what it pushes on, of each hook.
    pub hooks: Vec<(Point, PlacedLamina)>,
    /// The ends of cables.
    pub cables: Vec<[PlacedEnd; 2]>,
}

/// The end of a cable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlacedEnd {
    /// A station of the rod of that number.
    Rod(usize, Point),
    /// A lamina.
    Lamina(PlacedLamina),
}

impl PlacedEnd {
    /// Where, mm.
    pub fn at(&self) -> Point {
        match self {
            Self::Rod(_, at) => *at,
            Self::Lamina(placed) => placed.middle(),
        }
    }
}

/// What parts are put on.
pub(super) struct Site<'a> {
    /// The case.
    pub case: &'a Case,
    /// Fields of vertebrae before surgery.
    pub vertebrae: &'a [SharedField],
    /// Landmarks before surgery.
    pub landmarks: &'a Landmarks,
    /// Implants.
    pub cages: &'a [Cage],
}

/// Places everything.
///
/// # Errors
/// What does not fit, at its key.
pub(super) fn place(site: &Site<'_>) -> Result<PlacedFixation, CaseError> {
    let fixation = &site.case.fixation;
    let screws = fixation.screws.iter().map(|s| site.screw(s));
    let screws: Vec<PlacedScrew> = screws.collect::<Result<_, _>>()?;
    site.check_screws(&screws)?;
    let rods = fixation.rods.iter().map(|r| site.rod(r, &screws));
    let mut placed = PlacedFixation {
        rods: rods.collect::<Result<_, _>>()?,
        screws,
        ..PlacedFixation::default()
    };
    site.check_rods(&placed.rods)?;
    for connector in &fixation.connectors {
        let ends = site.connector(connector, &mut placed.rods)?;
        placed.connectors.push(ends);
    }
    for hook in &fixation.hooks {
        let held = site.hook(hook, &mut placed.rods)?;
        placed.hooks.push(held);
    }
    for cable in &fixation.cables {
        let ends = site.cable(cable, &mut placed.rods)?;
        placed.cables.push(ends);
    }
    Ok(placed)
}

impl Site<'_> {
    fn lift(&self, body: BodyId) -> Vec3 {
        lift(self.case, self.cages, body)
    }

    fn refuse(&self, key: &str, reason: String, help: &str) -> CaseError {
        at_key(self.case, key, reason).with_help(help)
    }

    fn marks(&self, v: usize) -> &VertebraLandmarks {
        &self.landmarks.vertebrae[v]
    }

    /// The field of a bone or an implant, and how far it has been moved.
    fn field(&self, body: BodyId) -> Option<(&dyn Field, Vec3)> {
        let field: &SharedField = match body {
            BodyId::Implant(i) => &self.cages[i].field,
            BodyId::Vertebra(v) => &self.vertebrae[v],
            BodyId::Disc(_) | BodyId::Graft(_) => return None,
        };
        Some((field.as_ref(), self.lift(body)))
    }

    /// The middle of a bone or an implant after surgery, mm.
    fn middle(&self, body: BodyId) -> Option<Point> {
        let before = match body {
            BodyId::Implant(i) => {
                let cage = &self.cages[i];
                cage.base + 0.5 * cage.height * cage.axis
            }
            BodyId::Vertebra(v) => {
                let marks = self.marks(v);
                nalgebra::center(&marks.superior.centroid, &marks.inferior.centroid)
            }
            BodyId::Disc(_) | BodyId::Graft(_) => return None,
        };
        Some(before + self.lift(body))
    }

    fn screw(&self, screw: &Screw) -> Result<PlacedScrew, CaseError> {
        let lift = screw
            .bodies
            .first()
            .map_or(Vec3::zeros(), |b| self.lift(*b));
        let (entry, tip, diameter) = match &screw.path {
            ScrewPath::Points { entry, tip } => (
                Point::from(*entry),
                Point::from(*tip),
                screw.diameter_mm.value,
            ),
            ScrewPath::Pedicle {
                side,
                length_mm,
                at_most,
            } => {
                let Some(BodyId::Vertebra(v)) = screw.bodies.first().copied() else {
                    let reason = format!("screw \"{}\" has no vertebra", screw.name);
                    return Err(at_key(self.case, &screw.key, reason));
                };
                let wanted = [screw.diameter_mm.value, length_mm.value];
                let field = self.vertebrae[v].as_ref();
                let path = pedicle_screw(field, self.marks(v), *side, wanted, *at_most);
                let path = path.map_err(|e| {
                    let key = match screw.key.as_str() {
                        "rods" => "rods.screw_diameter_mm".to_owned(),
                        key => format!("{key}.diameter_mm"),
                    };
                    let help = "a thinner screw, `entry_mm` and `tip_mm` of a [[screw]] for a way of \
                                your own, or `kind = \"none\"` in [rods] to leave them out";
                    self.refuse(&key, format!("screw \"{}\": {e}", screw.name), help)
                })?;
                (path.entry, path.tip, path.diameter)
            }
        };
        let back = (entry - tip).normalize() * screw.head_mm.value;
        Ok(PlacedScrew {
            entry: entry + lift,
            tip: tip + lift,
            head: entry + back + lift,
            diameter,
            lift,
        })
    }

    fn check_screws(&self, screws: &[PlacedScrew]) -> Result<(), CaseError> {
        let said = &self.case.fixation.screws;
        for (k, (screw, placed)) in said.iter().zip(screws).enumerate() {
            self.check_hold(screw, placed)?;
            self.check_way(screw, placed)?;
            self.check_entry(screw, placed)?;
            for (other, beside) in said[..k].iter().zip(screws) {
                let apart = between([placed.entry, placed.tip], [beside.entry, beside.tip]);
                let needed = 0.5 * (placed.diameter + beside.diameter);
                if apart < needed {
                    let reason = format!(
                        "screws \"{}\" and \"{}\" run into each other: their axes come within \
                         {apart:.1} mm, {needed:.1} mm at least are needed",
                        other.name, screw.name
                    );
                    let help = "thinner or shorter screws, or another way for one of them";
                    return Err(self.refuse(&screw.key, reason, help));
                }
            }
        }
        Ok(())
    }

    /// Refuses a screw that lies outside its bones by more than a fifth.
    fn check_hold(&self, screw: &Screw, placed: &PlacedScrew) -> Result<(), CaseError> {
        let own: Vec<(&dyn Field, Vec3)> =
            screw.bodies.iter().filter_map(|b| self.field(*b)).collect();
        let skin = placed.skin();
        let inside = |p: &&Point| own.iter().any(|(f, lift)| f.value(&(**p - lift)) < 0.0);
        let share = 1.0 - skin.iter().filter(inside).count() as f64 / skin.len() as f64;
        if share <= LOOSE_SHARE {
            return Ok(());
        }
        let names: Vec<&str> = screw.bodies.iter().map(|b| b.name(self.case)).collect();
        let percent = 100.0 * share;
        let names = names.join(" and ");
        let reason = match share > 0.99 {
            true => format!("screw \"{}\" misses {names}", screw.name),
            false => format!(
                "{percent:.0} % of screw \"{}\" lies outside {names}; {:.0} % at most may",
                screw.name,
                100.0 * LOOSE_SHARE
            ),
        };
        let help = "a shorter screw, or another way: `endplate check` prints where screws go";
        Err(self.refuse(&screw.key, reason, help))
    }

    /// Refuses a screw that never meets a body it names, or whose entry lies deep in the bone.
    fn check_entry(&self, screw: &Screw, placed: &PlacedScrew) -> Result<(), CaseError> {
        let skin = placed.skin();
        let mut depth = f64::INFINITY;
        for body in &screw.bodies {
            let Some((field, lift)) = self.field(*body) else {
                continue;
            };
            if skin.iter().all(|p| field.value(&(p - lift)) > 0.0) {
                let name = body.name(self.case);
                let reason = format!(
                    "screw \"{}\" names {name}, which it never meets",
                    screw.name
                );
                let help = "leave it out of `body`, or a longer screw";
                return Err(self.refuse(&screw.key, reason, help));
            }
            depth = depth.min(field.value(&(placed.entry - lift)).abs());
        }
        if depth <= COUNTERSUNK_MM {
            return Ok(());
        }
        let reason = format!(
            "the entry of screw \"{}\" lies {depth:.1} mm from the surface of its bone; {COUNTERSUNK_MM} mm at most \
             is a sunk head",
            screw.name
        );
        let help =
            "`entry_mm` is where the screw enters the bone: its head stands `head_mm` behind it";
        Err(self.refuse(&screw.key, reason, help))
    }

    /// Refuses a screw that meets the canal, an implant or a bone it does not name.
    fn check_way(&self, screw: &Screw, placed: &PlacedScrew) -> Result<(), CaseError> {
        for body in &screw.bodies {
            if let BodyId::Vertebra(v) = *body {
                self.check_canal(screw, placed, v)?;
            }
        }
        let bones = (0..self.case.vertebrae.len()).filter(|v| !self.case.is_resected(*v));
        let implants = (0..self.case.implants.len()).map(BodyId::Implant);
        let others = bones.map(BodyId::Vertebra).chain(implants);
        let skin = placed.skin();
        for body in others.filter(|b| !screw.bodies.contains(b)) {
            let Some((field, lift)) = self.field(body) else {
                continue;
            };
            let deepest = skin
                .iter()
                .map(|p| -field.value(&(p - lift)))
                .fold(0.0, f64::max);
            if deepest > 0.0 {
                let name = body.name(self.case);
                let reason = format!(
                    "screw \"{}\" meets {name}, {deepest:.1} mm deep, which its `body` does not name",
                    screw.name
                );
                let help = format!(
                    "a list `body = [..., \"{name}\"]` where it is meant to hold on it, else a shorter \
                     screw or another way"
                );
                return Err(self.refuse(&screw.key, reason, &help));
            }
        }
        Ok(())
    }

    /// Refuses a screw of which some lies in the canal: outside the bone, with bone before and behind it and
    /// on both sides.
    fn check_canal(&self, screw: &Screw, placed: &PlacedScrew, v: usize) -> Result<(), CaseError> {
        let marks = self.marks(v);
        let Some((field, lift)) = self.field(BodyId::Vertebra(v)) else {
            return Ok(());
        };
        let across = self.landmarks.axis.direction.cross(&marks.anterior);
        let ways = [across, -across, marks.anterior, -marks.anterior];
        let closed = |p: &Point| {
            ways.iter().all(|way| {
                let steps = (1..=CANAL_WIDTH_MM as i32).map(|k| p + way * f64::from(k));
                steps.into_iter().any(|q| field.value(&q) < 0.0)
            })
        };
        let skin = placed.skin().into_iter().map(|p| p - lift);
        let outside = skin
            .map(|p| (field.value(&p), p))
            .filter(|(d, _)| *d > CANAL_ROOM_MM);
        let deepest = outside
            .filter(|(_, p)| closed(p))
            .map(|(d, _)| d)
            .fold(0.0, f64::max);
        if deepest == 0.0 {
            return Ok(());
        }
        let reason = format!(
            "screw \"{}\" runs {deepest:.1} mm into the canal of {}",
            screw.name, marks.name
        );
        let help = "a thinner screw, or an entry farther from the midline";
        Err(self.refuse(&screw.key, reason, help))
    }

    fn rod(&self, rod: &Rod, screws: &[PlacedScrew]) -> Result<Vec<Station>, CaseError> {
        let key = match rod.key.as_str() {
            "rods" => rod.key.clone(),
            key => format!("{key}.through"),
        };
        let heads = |t: &Through| match t {
            Through::Head(screw) => Some(*screw),
            Through::Point(_) => None,
        };
        if rod.through.iter().filter_map(heads).count() < 2 {
            let reason = format!("the rod \"{}\" runs through fewer than two heads", rod.name);
            let help = "a rod holds two screws at least, in one piece";
            return Err(self.refuse(&key, reason, help));
        }
        let first = rod.through.iter().find_map(heads).map_or(0, |s| s);
        let mut lift = screws[first].lift;
        let mut places = Vec::new();
        for through in &rod.through {
            places.push(match through {
                Through::Head(screw) => {
                    lift = screws[*screw].lift;
                    let (at, head) = (screws[*screw].head, Some(*screw));
                    Station { at, head }
                }
                Through::Point(point) => Station {
                    at: Point::from(*point) + lift,
                    head: None,
                },
            });
        }
        let points: Vec<Point> = places.iter().map(|s| s.at).collect();
        let ways = points.windows(2).map(|p| (p[1] - p[0]).norm());
        if let Some(way) = ways
            .into_iter()
            .find(|w| !(1.0..=LONGEST_WAY_MM).contains(w))
        {
            let reason = format!(
                "the rod \"{}\" goes {way:.1} mm from one place to the next; 1 to {LONGEST_WAY_MM} mm are rods",
                rod.name
            );
            let help = "each place once, in order, in mm";
            return Err(self.refuse(&key, reason, help));
        }
        if let Some((turn, at)) = sharpest(&points).filter(|(turn, _)| *turn > SHARPEST_DEG) {
            let reason = format!(
                "the rod \"{}\" turns by {turn:.0}° at [{:.1}, {:.1}, {:.1}] mm; {SHARPEST_DEG}° are the \
                 most",
                rod.name, at.x, at.y, at.z
            );
            let help = "heads in another order or elsewhere, or two rods with a [[connector]]";
            return Err(self.refuse(&key, reason, help));
        }
        let line = stations(&places, rod.curve == Curve::Arc);
        self.check_clear(rod, &key, &line)?;
        Ok(line)
    }

    /// Refuses rods that run into each other.
    fn check_rods(&self, rods: &[Vec<Station>]) -> Result<(), CaseError> {
        let said = &self.case.fixation.rods;
        for (k, line) in rods.iter().enumerate() {
            for (other, beside) in rods[..k].iter().enumerate() {
                let needed = 0.5 * (said[k].diameter_mm.value + said[other].diameter_mm.value);
                let pieces = line
                    .windows(2)
                    .flat_map(|a| beside.windows(2).map(move |b| (a, b)));
                let apart = pieces
                    .map(|(a, b)| between([a[0].at, a[1].at], [b[0].at, b[1].at]))
                    .fold(f64::INFINITY, f64::min);
                if apart < needed - 0.01 {
                    let reason = format!(
                        "the rods \"{}\" and \"{}\" run into each other: their axes come within {apart:.1} mm, \
                         {needed:.1} mm at least are needed",
                        said[other].name, said[k].name
                    );
                    let help = "rods beside each other; a [[connector]] joins them";
                    return Err(self.refuse(&said[k].key, reason, help));
                }
            }
        }
        Ok(())
    }

    /// Refuses a rod through an implant or through bone that stays.
    fn check_clear(&self, rod: &Rod, key: &str, line: &[Station]) -> Result<(), CaseError> {
        let radius = 0.5 * rod.diameter_mm.value;
        for (i, cage) in self.cages.iter().enumerate() {
            let lift = self.lift(BodyId::Implant(i));
            let depths = line
                .iter()
                .map(|s| radius - cage.field.value(&(s.at - lift)));
            let deepest = depths.fold(0.0, f64::max);
            if deepest > 0.0 {
                let reason = format!(
                    "the rod \"{}\" runs {deepest:.1} mm into {}",
                    rod.name, self.case.implants[i].name
                );
                let help = "heads farther behind: a larger `head_mm`";
                return Err(self.refuse(key, reason, help));
            }
        }
        for v in (0..self.vertebrae.len()).filter(|v| !self.case.is_resected(*v)) {
            let lift = self.lift(BodyId::Vertebra(v));
            let depths = line
                .iter()
                .map(|s| -self.vertebrae[v].value(&(s.at - lift)));
            let deepest = depths.fold(0.0, f64::max);
            if deepest > IN_BONE_MM {
                let name = &self.case.vertebrae[v].name;
                let reason = format!(
                    "the rod \"{}\" runs {deepest:.1} mm deep through {name}",
                    rod.name
                );
                let help =
                    "heads farther behind or beside: a larger `head_mm`, or places around the bone";
                return Err(self.refuse(key, reason, help));
            }
        }
        Ok(())
    }

    fn connector(
        &self,
        connector: &Connector,
        rods: &mut [Vec<Station>],
    ) -> Result<[Point; 2], CaseError> {
        let name = &connector.name;
        let said = connector.rods.map(|r| &self.case.fixation.rods[r]);
        let axis = self.landmarks.axis.direction;
        let level = self.level(connector, rods)?;
        let found = connector.rods.map(|r| crossing(&rods[r], &level, &axis));
        let [Some(a), Some(b)] = found else {
            let off = if found[0].is_none() { said[0] } else { said[1] };
            let reason = format!(
                "{name}: the rod \"{}\" does not run past its place",
                off.name
            );
            let help = "a longer rod, or another `level`";
            return Err(self.refuse(&connector.key, reason, help));
        };
        let apart = (a - b).norm();
        let touching = 0.5 * said.iter().map(|r| r.diameter_mm.value).sum::<f64>();
        let [least, most] = match connector.kind {
            ConnectorKind::Domino => [touching, DOMINO_REACH_MM],
            ConnectorKind::CrossLink { .. } => [touching, f64::INFINITY],
        };
        if !(least - 0.01..=most).contains(&apart) {
            let reason = format!(
                "{name} is off its rods: the axes of \"{}\" and \"{}\" are {apart:.1} mm apart there",
                said[0].name, said[1].name
            );
            let help = format!(
                "rods beside each other, {least:.1} mm from axis to axis at least where they touch and \
                 {DOMINO_REACH_MM} mm at most for a domino"
            );
            return Err(self.refuse(&connector.key, reason, &help));
        }
        let [one, other] = connector.rods;
        Ok([insert(&mut rods[one], a), insert(&mut rods[other], b)])
    }

    /// A point at the height of a connector.
    fn level(&self, connector: &Connector, rods: &[Vec<Station>]) -> Result<Point, CaseError> {
        let axis = &self.landmarks.axis;
        if let Some(middle) = connector.level.and_then(|body| self.middle(body)) {
            return Ok(middle);
        }
        let spans = connector.rods.map(|r| {
            let heights = rods[r]
                .iter()
                .map(|s| (s.at - axis.origin).dot(&axis.direction));
            heights.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], z| {
                [low.min(z), high.max(z)]
            })
        });
        let low = spans[0][0].max(spans[1][0]);
        let high = spans[0][1].min(spans[1][1]);
        if low >= high {
            let reason = format!(
                "{} is off its rods: they end {:.1} mm from each other along the column",
                connector.name,
                low - high
            );
            let help = "rods that run past each other: a place [x, y, z] at the end of `through` makes \
                        one longer";
            return Err(self.refuse(&connector.key, reason, help));
        }
        Ok(axis.origin + axis.direction * (0.5 * (low + high)))
    }

    fn lamina(&self, of: Lamina, key: &str) -> Result<PlacedLamina, CaseError> {
        let field = self.vertebrae[of.vertebra].as_ref();
        let found = lamina(field, self.marks(of.vertebra), of.side);
        let help = "hooks and cables hold on the bone behind the canal";
        let ends = found.map_err(|e| self.refuse(key, e.to_string(), help))?;
        let lift = self.lift(of.body());
        Ok(PlacedLamina {
            lamina: of,
            ends: ends.map(|p| p + lift),
        })
    }

    fn hook(
        &self,
        hook: &Hook,
        rods: &mut [Vec<Station>],
    ) -> Result<(Point, PlacedLamina), CaseError> {
        let lamina = self.lamina(hook.lamina, &hook.key)?;
        let line = &mut rods[hook.rod];
        let at = nearest(line, &lamina.middle()).unwrap_or(lamina.middle());
        let apart = (at - lamina.middle()).norm();
        if apart > HOOK_REACH_MM {
            let reason = format!(
                "{}: its rod passes {apart:.1} mm from the lamina; {HOOK_REACH_MM} mm at most are bridged",
                hook.name
            );
            let help = "a rod that runs past the hook's vertebra on its side";
            return Err(self.refuse(&hook.key, reason, help));
        }
        Ok((insert(line, at), lamina))
    }

    fn cable(&self, cable: &Cable, rods: &mut [Vec<Station>]) -> Result<[PlacedEnd; 2], CaseError> {
        let fixed = |end: CableEnd, key: &str| match end {
            CableEnd::Lamina(of) => {
                let key = format!("{}.{key}", cable.key);
                self.lamina(of, &key).map(|l| Some(PlacedEnd::Lamina(l)))
            }
            CableEnd::Rod(_) => Ok(None),
        };
        let ends = [fixed(cable.ends[0], "from")?, fixed(cable.ends[1], "to")?];
        // A rod is held where it is nearest to the other end, of two rods where both are.
        let middle = |r: usize| rods[r][rods[r].len() / 2].at;
        let towards = |k: usize| match (ends[1 - k], cable.ends[1 - k]) {
            (Some(end), _) => end.at(),
            (None, CableEnd::Rod(r)) => middle(r),
            (None, CableEnd::Lamina(_)) => Point::origin(),
        };
        let targets = [towards(0), towards(1)];
        let mut on = |k: usize| match (ends[k], cable.ends[k]) {
            (Some(end), _) => end,
            (None, CableEnd::Rod(r)) => {
                let at = nearest(&rods[r], &targets[k]).unwrap_or(targets[k]);
                PlacedEnd::Rod(r, insert(&mut rods[r], at))
            }
            (None, CableEnd::Lamina(lamina)) => PlacedEnd::Lamina(PlacedLamina {
                lamina,
                ends: [targets[k]; 2],
            }),
        };
        let placed = [on(0), on(1)];
        if (placed[0].at() - placed[1].at()).norm() < 1.0 {
            let fault = CaseFault::model(format!("{} has no length", cable.name));
            return Err(self.case.places.error(&cable.key, fault));
        }
        Ok(placed)
    }
}

impl PlacedScrew {
    /// Places all over its skin in bone, mm, each of about the same area.
    fn skin(&self) -> Vec<Point> {
        const ANGLES: usize = 12;
        let axis = self.entry - self.tip;
        let along = axis.normalize();
        let side = along.cross(&Vec3::ith(along.iamin(), 1.0)).normalize();
        let other = along.cross(&side);
        let count = axis.norm().ceil() as usize;
        let mut skin = Vec::with_capacity(count * ANGLES);
        for k in 0..count {
            let middle = self.tip + axis * ((k as f64 + 0.5) / count as f64);
            for a in 0..ANGLES {
                let angle = std::f64::consts::TAU * a as f64 / ANGLES as f64;
                let off = side * angle.cos() + other * angle.sin();
                skin.push(middle + off * (0.5 * self.diameter));
            }
        }
        skin
    }
}

/// Distance between two segments, mm.
fn between([a, b]: [Point; 2], [c, d]: [Point; 2]) -> f64 {
    // The distance is convex along either segment: nested thirds.
    let to_second = |t: f64| {
        let p = a + (b - a) * t;
        let axis = d - c;
        let s = ((p - c).dot(&axis) / axis.norm_squared().max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        (p - (c + axis * s)).norm()
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let [one, two] = [low + (high - low) / 3.0, high - (high - low) / 3.0];
        if to_second(one) < to_second(two) {
            high = two;
        } else {
            low = one;
        }
    }
    to_second(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_between_segments_is_that_of_points_tried_on_both() {
        let p = |x: f64, y: f64, z: f64| Point::new(x, y, z);
        let pairs = [
            (
                [p(0., 0., 0.), p(10., 0., 0.)],
                [p(5., -3., 2.), p(5., 4., 2.)],
                2.0,
            ),
            (
                [p(0., 0., 0.), p(10., 0., 0.)],
                [p(13., 4., 0.), p(20., 9., 0.)],
                5.0,
            ),
            (
                [p(0., 0., 0.), p(10., 0., 0.)],
                [p(-2., 1., 0.), p(30., 1., 0.)],
                1.0,
            ),
        ];
        for (one, other, expected) in pairs {
            assert!(
                (between(one, other) - expected).abs() < 1e-6,
                "{one:?} {other:?}"
            );
            assert!((between(other, one) - expected).abs() < 1e-6);
        }
    }
}

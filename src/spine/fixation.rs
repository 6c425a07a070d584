//! Screws, rods, connectors, hooks and cables of a state, on its mesh.

use crate::boundary::Coupling;
use crate::case::fixation::{ConnectorKind, Head};
use crate::case::{BodyId, Case, CaseError, End, StatePlan};
use crate::fixation::one_sided::Hold;
use crate::fixation::{
    Builder, CircularSection, Construct, Cylinder, OneSided, PartKind, RodLine, ScrewLine,
};
use crate::material::MaterialField;
use crate::material::ready::ReadyMaterial;
use crate::mesh::Mesh;
use crate::model::BodyRange;
use crate::model::state::body_of;
use crate::scene::Scene;
use crate::scene::fixation::{PlacedEnd, PlacedLamina};
use crate::scene::placed::at_key;
use crate::tensor::{Point, Vec3};

/// What a domino is stiffer than its rods: a tenth of a millimetre of rod. A thousand costs conjugate gradients a sixth more.
const RIGID: f64 = 100.0;
/// Width of the bone that a hook or a cable holds on a lamina, mm.
const FOOT_MM: f64 = 6.0;

/// What parts of a state stand on.
pub struct Ground<'a> {
    /// The case.
    pub case: &'a Case,
    /// Everything in its place.
    pub scene: &'a Scene,
    /// Materials of the case.
    pub materials: &'a [ReadyMaterial],
    /// Who is there.
    pub plan: &'a StatePlan,
    /// Which elements are whose.
    pub bodies: &'a [BodyRange],
    /// Materials of the elements.
    pub field: &'a MaterialField,
}

/// A rod's stations and the frame's nodes there.
type Stations = Vec<(Point, usize)>;

/// All parts, on nodes added to the mesh.
///
/// # Errors
/// What does not hold on the mesh, a material that is not isotropic, at the part's key.
pub fn build(
    ground: &Ground<'_>,
    mesh: &mut Mesh,
) -> Result<(Construct, Vec<OneSided>), CaseError> {
    let mut builder = Builder::new(mesh);
    let heads = ground.screws(&mut builder)?;
    let rods = ground.rods(&mut builder, &heads)?;
    ground.connectors(&mut builder, &rods)?;
    let construct = builder.finish(ground.field);
    let construct = construct.map_err(|e| at_key(ground.case, "rods", e.to_string()))?;
    let mut one_sided = ground.hooks(mesh, &construct, &rods)?;
    one_sided.extend(ground.cables(mesh, &construct, &rods)?);
    Ok((construct, one_sided))
}

impl Ground<'_> {
    fn refuse(&self, key: &str, reason: impl std::fmt::Display) -> CaseError {
        at_key(self.case, key, reason.to_string())
    }

    fn section(
        &self,
        key: &str,
        material: usize,
        diameter: f64,
    ) -> Result<CircularSection, CaseError> {
        let metal = &self.materials[material];
        if metal.rod_limit(false).is_none() {
            let reason = format!(
                "\"{}\" has no yield strength that a screw, rod or cable could be held against",
                metal.name
            );
            let error = self.refuse(&format!("{key}.material"), reason);
            return Err(error.with_help("`strength_mpa` in its [[material]] gives one"));
        }
        let constants = metal.elasticity.isotropic_constants();
        let (youngs_modulus, poisson_ratio) = constants.ok_or_else(|| {
            self.refuse(
                &format!("{key}.material"),
                "a screw's or rod's material is isotropic",
            )
        })?;
        Ok(CircularSection {
            diameter,
            youngs_modulus,
            poisson_ratio,
        })
    }

    fn elements(&self, body: BodyId) -> std::ops::Range<usize> {
        body_of(self.plan, self.bodies, body).map_or(0..0, |b| b.elements.clone())
    }

    /// The nodes of the heads.
    fn screws(&self, builder: &mut Builder<'_>) -> Result<Vec<usize>, CaseError> {
        let said = self.case.fixation.screws.iter();
        let both = said.zip(&self.scene.fixation.screws);
        both.map(|(screw, placed)| {
            let line = ScrewLine {
                name: screw.label(),
                tip: placed.tip,
                entry: placed.entry,
                head: placed.head,
                section: self.section(&screw.key, screw.material, placed.diameter)?,
            };
            let hosts: Vec<_> = screw.bodies.iter().map(|b| self.elements(*b)).collect();
            let head = builder.screw(&line, &hosts);
            head.map_err(|e| self.refuse(&screw.key, format!("{}: {e}", line.name)))
        })
        .collect()
    }

    fn rods(&self, builder: &mut Builder<'_>, heads: &[usize]) -> Result<Vec<Stations>, CaseError> {
        let fixation = &self.case.fixation;
        let mut all = Vec::new();
        for (rod, line) in fixation.rods.iter().zip(&self.scene.fixation.rods) {
            let mut stations = Stations::new();
            for station in line {
                let node = match station.head {
                    None => builder.node(station.at),
                    Some(s) => match fixation.screws[s].head {
                        Head::Locked => heads[s],
                        Head::Ball => builder.hinge(heads[s]),
                    },
                };
                stations.push((station.at, node));
            }
            builder.rod(&RodLine {
                name: rod.label(),
                kind: PartKind::Rod,
                nodes: stations.iter().map(|(_, node)| *node).collect(),
                section: self.section(&rod.key, rod.material, rod.diameter_mm.value)?,
            });
            all.push(stations);
        }
        Ok(all)
    }

    fn connectors(&self, builder: &mut Builder<'_>, rods: &[Stations]) -> Result<(), CaseError> {
        let fixation = &self.case.fixation;
        let placed = self.scene.fixation.connectors.iter();
        for (connector, ends) in fixation.connectors.iter().zip(placed) {
            let [one, other] = connector.rods;
            let rod = &fixation.rods[one];
            let (kind, section) = match connector.kind {
                ConnectorKind::Domino => {
                    let own = self.section(&rod.key, rod.material, rod.diameter_mm.value)?;
                    let youngs_modulus = RIGID * own.youngs_modulus;
                    let section = CircularSection {
                        youngs_modulus,
                        ..own
                    };
                    (PartKind::Domino, section)
                }
                ConnectorKind::CrossLink {
                    ref diameter_mm,
                    material,
                } => {
                    let section = self.section(&connector.key, material, diameter_mm.value)?;
                    (PartKind::CrossLink, section)
                }
            };
            builder.rod(&RodLine {
                name: connector.name.clone(),
                kind,
                nodes: vec![
                    node_at(&rods[one], &ends[0]),
                    node_at(&rods[other], &ends[1]),
                ],
                section,
            });
        }
        Ok(())
    }

    /// The bone that a hook or a cable holds.
    fn foot(&self, mesh: &Mesh, key: &str, placed: &PlacedLamina) -> Result<Coupling, CaseError> {
        let cylinder = Cylinder {
            entry: placed.ends[0],
            tip: placed.ends[1],
            diameter: FOOT_MM,
        };
        let elements = self.elements(placed.lamina.body());
        let bone = cylinder.bone_along(mesh, elements);
        let bone = bone.map_err(|e| self.refuse(key, format!("its lamina: {e}")))?;
        Coupling::on_samples(mesh, &bone, placed.middle()).map_err(|e| self.refuse(key, e))
    }

    fn hooks(
        &self,
        mesh: &Mesh,
        construct: &Construct,
        rods: &[Stations],
    ) -> Result<Vec<OneSided>, CaseError> {
        let fixation = &self.case.fixation;
        let both = fixation.hooks.iter().zip(&self.scene.fixation.hooks);
        both.map(|(hook, (station, lamina))| {
            let foot = self.foot(mesh, &hook.key, lamina)?;
            let node = &construct.nodes[node_at(&rods[hook.rod], station)];
            let rod = &fixation.rods[hook.rod];
            let section = self.section(&rod.key, rod.material, rod.diameter_mm.value)?;
            let cranial = self.scene.landmarks.axis.direction;
            let direction = match hook.pushes {
                End::Superior => cranial,
                End::Inferior => -cranial,
            };
            // It gives as a cantilever of the rod's section from the rod to the lamina.
            let reach = (lamina.middle() - station).norm().max(section.diameter);
            let give = 3.0 * section.youngs_modulus * section.second_moment() / reach.powi(3);
            let holds = [Hold::Arm(node, lamina.middle()), Hold::Bone(&foot)];
            let [rod, bone] = &holds;
            let force = hook.force_n.value;
            Ok(OneSided::hook(
                &hook.name,
                [rod, bone],
                &direction,
                [give, force],
            ))
        })
        .collect()
    }

    fn cables(
        &self,
        mesh: &Mesh,
        construct: &Construct,
        rods: &[Stations],
    ) -> Result<Vec<OneSided>, CaseError> {
        let both = self
            .case
            .fixation
            .cables
            .iter()
            .zip(&self.scene.fixation.cables);
        both.map(|(cable, ends)| {
            let section = self.section(&cable.key, cable.material, cable.diameter_mm)?;
            let feet = ends.iter().map(|end| match end {
                PlacedEnd::Lamina(lamina) => self.foot(mesh, &cable.key, lamina).map(Some),
                PlacedEnd::Rod(..) => Ok(None),
            });
            let feet: Vec<Option<Coupling>> = feet.collect::<Result<_, _>>()?;
            let hold = |k: usize| match (&feet[k], &ends[k]) {
                (None, PlacedEnd::Rod(r, at)) => {
                    Some(Hold::Frame(&construct.nodes[node_at(&rods[*r], at)]))
                }
                (foot, _) => foot.as_ref().map(Hold::Bone),
            };
            let ea = section.youngs_modulus * section.area();
            let made = hold(0).zip(hold(1)).and_then(|(from, to)| {
                OneSided::cable(&cable.name, [&from, &to], ea, cable.tension_n)
            });
            made.ok_or_else(|| self.refuse(&cable.key, format!("{} has no length", cable.name)))
        })
        .collect()
    }
}

/// The frame's node nearest to a place of a rod.
fn node_at(stations: &Stations, at: &Point) -> usize {
    let off = |s: &&(Point, usize)| -> f64 { Vec3::norm(&(s.0 - at)) };
    let nearest = stations.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    nearest.map_or(0, |(_, node)| *node)
}

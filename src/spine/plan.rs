//! What is meshed: the field of every body and the edge lengths wanted on it, fine where bodies meet
//! and where loads act.

use std::sync::Arc;

use crate::case::{BodyId, Case, MeshSizes};
use crate::geometry::field::Offset;
use crate::geometry::primitive::capped_cylinder;
use crate::geometry::{SharedField, SizeField};
use crate::scene::Scene;

/// A solid to be meshed.
pub struct BodyPlan {
    /// Name.
    pub name: String,
    /// What it is.
    pub role: BodyId,
    /// Its field; what lies above the implant stands where it is in the intact state.
    pub field: SharedField,
    /// Wanted edge lengths.
    pub size: SizeField,
}

impl Scene {
    /// All bodies to be meshed, in the order of the case.
    pub fn plans(&self, case: &Case) -> Vec<BodyPlan> {
        let sizes = &case.mesh;
        let mut plans = Vec::new();
        for (v, vertebra) in case.vertebrae.iter().enumerate() {
            let mut near = self.disc_zones(case, v);
            let mut coarse = sizes.resected_mm.value;
            if !case.is_resected(v) {
                near.extend(self.cages.iter().filter_map(|cage| cage.space.clone()));
                near.extend(self.held_zones(case, v));
                near.extend(self.screw_zones(case, v));
                coarse = sizes.bone_mm.value;
            }
            plans.push(BodyPlan {
                name: vertebra.name.clone(),
                role: BodyId::Vertebra(v),
                field: self.vertebrae[v].clone(),
                size: SizeField {
                    coarse,
                    fine: sizes.endplate_mm.value,
                    growth: sizes.growth.value,
                    near,
                },
            });
        }
        for (d, disc) in case.discs.iter().enumerate() {
            plans.push(BodyPlan {
                name: disc.name.clone(),
                role: BodyId::Disc(d),
                field: self.discs[d].field(),
                size: SizeField::uniform(sizes.disc_mm.value),
            });
        }
        for (i, implant) in case.implants.iter().enumerate() {
            plans.push(BodyPlan {
                name: implant.name.clone(),
                role: BodyId::Implant(i),
                field: self.cages[i].field.clone(),
                size: SizeField::uniform(sizes.implant_mm.value),
            });
        }
        for (g, graft) in case.grafts.iter().enumerate() {
            // The surface is found on a grid that a thinner graft would slip through.
            let size = sizes.implant_mm.value.min(graft.min_thickness_mm.value);
            plans.push(BodyPlan {
                name: graft.name.clone(),
                role: BodyId::Graft(g),
                field: self.grafts[g].clone(),
                size: SizeField::uniform(size),
            });
        }
        plans
    }

    /// The discs on a vertebra, drawn in so far that the wanted length has grown to the discs' own
    /// on their faces: the facets of two bodies that are tied should be alike.
    fn disc_zones(&self, case: &Case, v: usize) -> Vec<SharedField> {
        let depth = disc_depth(&case.mesh);
        let beside = case.discs.iter().zip(&self.discs);
        beside
            .filter(|(disc, _)| disc.between.contains(&v))
            .map(|(_, disc)| Arc::new(Offset(disc.field(), -depth)) as SharedField)
            .collect()
    }

    /// The screws in a vertebra where its bone would be coarser than they are thick, drawn in so far that the
    /// wanted length has grown to their diameter on their skin. Where bones stand before surgery, in all states.
    fn screw_zones(&self, case: &Case, v: usize) -> Vec<SharedField> {
        let sizes = &case.mesh;
        let own = |bodies: &[BodyId]| bodies.contains(&BodyId::Vertebra(v));
        let both = case.fixation.screws.iter().zip(&self.fixation.screws);
        let coarse = both
            .filter(|(screw, placed)| own(&screw.bodies) && placed.diameter < sizes.bone_mm.value);
        coarse
            .filter_map(|(_, placed)| {
                let ends = [placed.tip, placed.entry].map(|p| p - placed.lift);
                let skin = capped_cylinder(ends[0], ends[1], 0.5 * placed.diameter).ok()?;
                let above = (placed.diameter - sizes.endplate_mm.value).max(0.0);
                let depth = above / sizes.growth.value;
                Some(Arc::new(Offset(Arc::new(skin), -depth)) as SharedField)
            })
            .collect()
    }

    /// What stands on the loaded and the clamped endplate of a vertebra, as fine as a disc: the bony
    /// endplate is a millimetre thick there too.
    fn held_zones(&self, case: &Case, v: usize) -> Vec<SharedField> {
        let depth = disc_depth(&case.mesh);
        let held = [case.loads.face, case.loads.clamped].into_iter();
        held.filter(|face| face.vertebra == v)
            .filter_map(|face| {
                let patch = self.endplate(&face);
                let end = patch.centroid + patch.normal * (2.0 * depth + 1.0);
                let radius = (patch.area / std::f64::consts::PI).sqrt();
                let zone = capped_cylinder(patch.centroid, end, radius).ok()?;
                Some(Arc::new(Offset(Arc::new(zone), -depth)) as SharedField)
            })
            .collect()
    }
}

/// How far inside a disc the endplates' edge length holds, mm: on the disc's faces it has grown to
/// the disc's own.
fn disc_depth(sizes: &MeshSizes) -> f64 {
    ((sizes.disc_mm.value - sizes.endplate_mm.value) / sizes.growth.value).max(0.0)
}

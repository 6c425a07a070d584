//! The rods of the fused state and the screws that hold them.

use crate::anatomy::pedicle::Side;
use crate::boundary::Sample;
use crate::case::implant::ROD_NAMES;
use crate::case::{self, BodyId, Case, CaseError, StatePlan};
use crate::fixation::beam::CircularSection;
use crate::fixation::{Rod, RodSettings, RodSpec, Screw, build_rod};
use crate::material::ready::ReadyMaterial;
use crate::mesh::Mesh;
use crate::model::BodyRange;
use crate::scene::screws::refuse;
use crate::scene::{Scene, placed};
use crate::tensor::{Point, Vec3};

/// The bodies of a state.
pub struct Standing<'a> {
    /// The mesh of all of them.
    pub mesh: &'a Mesh,
    /// Which elements are whose.
    pub bodies: &'a [BodyRange],
    /// What each of them is.
    pub plan: &'a StatePlan,
}

/// Both rods, left first, with their section.
///
/// # Errors
/// A vertebra without a pedicle for the screw, a screw that misses the meshed bone, a rod that is
/// no beam.
pub fn build_rods(
    case: &Case,
    settings: &case::Rods,
    scene: &Scene,
    materials: &[ReadyMaterial],
    standing: &Standing<'_>,
) -> Result<(Vec<Rod>, CircularSection), CaseError> {
    let metal = &materials[settings.material];
    let (youngs_modulus, poisson_ratio) = metal
        .elasticity
        .isotropic_constants()
        .ok_or_else(|| placed::at_key(case, "rods.material", "a rod's material is isotropic"))?;
    let rod_settings = RodSettings {
        section: CircularSection {
            diameter: settings.diameter_mm.value,
            youngs_modulus,
            poisson_ratio,
        },
        joint_stiffness: settings.joint_stiffness_n_per_mm.value,
        behind: settings.behind_axis_mm.value,
        beside: settings.beside_axis_mm.value,
    };
    // From the lower vertebra up, so that the rod points as the axis does.
    let [upper, lower] = settings.between;
    let rods = [Side::Left, Side::Right].into_iter().map(|side| {
        let end = |vertebra: usize| rod_end(case, settings, scene, standing, (vertebra, side));
        let ((low, low_hold), (high, high_hold)) = (end(lower)?, end(upper)?);
        let spec = RodSpec {
            name: match side {
                Side::Left => ROD_NAMES[0].to_owned(),
                Side::Right => ROD_NAMES[1].to_owned(),
            },
            bodies: [lower, upper].map(|v| case.vertebrae[v].name.clone()),
            ends: [low, high],
            seats: [&low_hold, &high_hold],
        };
        build_rod(&spec, &rod_settings, standing.mesh)
            .map_err(|e| placed::at_key(case, "rods", e.to_string()))
    });
    Ok((rods.collect::<Result<_, _>>()?, rod_settings.section))
}

/// Where a rod ends at a vertebra, mm, and the bone along the screw that holds it there.
fn rod_end(
    case: &Case,
    settings: &case::Rods,
    scene: &Scene,
    standing: &Standing<'_>,
    (vertebra, side): (usize, Side),
) -> Result<(Point, Vec<Sample>), CaseError> {
    let lift = scene.lift(case, standing.plan, BodyId::Vertebra(vertebra));
    let (behind, beside) = (settings.behind_axis_mm.value, settings.beside_axis_mm.value);
    let offset = Vec3::new(-behind, side.sign() * beside, 0.0);
    let end = scene.mid_body(vertebra) + scene.frame().to_global(&offset) + lift;
    let mut screws = scene.screws.iter();
    let placed = screws.find(|s| (s.vertebra, s.side) == (vertebra, side));
    let placed = placed.ok_or_else(|| refuse(case, (vertebra, side), "no screw was placed"))?;
    let before = Screw::from(&placed.path);
    let screw = Screw {
        entry: before.entry + lift,
        tip: before.tip + lift,
        ..before
    };
    let mut bodies = standing.plan.present.iter().zip(standing.bodies);
    let body = bodies.find(|(role, _)| **role == BodyId::Vertebra(vertebra));
    let elements = body.map_or(0..0, |(_, b)| b.elements.clone());
    let hold = screw
        .bone_along(standing.mesh, elements)
        .map_err(|e| refuse(case, (vertebra, side), &e.to_string()))?;
    Ok((end, hold))
}

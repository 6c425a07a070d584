//! Forces and stress of rods, by beam theory.
//!
//! The forces on the rod's ends are S z. Between its ends nothing acts on a rod, so axial force,
//! shear and torsion are constant and the bending moment is linear: largest at an end.

use nalgebra::SVector;

use crate::fixation::Rod;
use crate::fixation::beam::CircularSection;
use crate::tensor::{Vec3, Wrench};

/// What a rod carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RodForces {
    /// What the rod exerts on the bodies at its ends, about the rod's ends.
    pub on_bodies: [Wrench; 2],
    /// Axial force, N; tension positive.
    pub axial: f64,
    /// Shear force, N.
    pub shear: f64,
    /// Larger bending moment of the two ends, N·mm.
    pub bending: f64,
    /// Torsion about the rod, N·mm, signed by the direction first end to second.
    pub torsion: f64,
    /// Largest von Mises stress in the rod, MPa.
    pub von_mises: f64,
}

/// Forces and stress of a rod from the displacements (mm) of all nodes.
pub fn rod_forces(rod: &Rod, section: &CircularSection, displacement: &[Vec3]) -> RodForces {
    let mut motion = SVector::<f64, 12>::zeros();
    for (end, coupling) in rod.couplings.iter().enumerate() {
        for (k, value) in coupling.mean_motion(displacement).into_iter().enumerate() {
            motion[6 * end + k] = value;
        }
    }
    let ends = rod.stiffness * motion;
    let part = |at: usize| Vec3::new(ends[at], ends[at + 1], ends[at + 2]);
    let d = &rod.direction;
    let across = |v: &Vec3| (v - d * d.dot(v)).norm();
    let force = part(6);
    let axial = force.dot(d);
    let torsion = part(9).dot(d);
    let shear = across(&force);
    let bending = across(&part(3)).max(across(&part(9)));
    RodForces {
        on_bodies: [0, 1].map(|end| Wrench {
            force: -part(6 * end),
            moment: -part(6 * end + 3),
        }),
        axial,
        shear,
        bending,
        torsion,
        von_mises: largest_von_mises(section, axial, shear, bending, torsion),
    }
}

/// The larger of the von Mises stress at the fibre that bending stretches most, √((N/A + Mr/I)² +
/// 3(Tr/J)²), and at the neutral axis, where shear is 4V/3A: √((N/A)² + 3(Tr/J + 4V/3A)²).
fn largest_von_mises(
    section: &CircularSection,
    axial: f64,
    shear: f64,
    bending: f64,
    torsion: f64,
) -> f64 {
    let r = 0.5 * section.diameter;
    let direct = axial.abs() / section.area();
    let twist = torsion.abs() * r / section.polar_moment();
    let fibre = direct + bending * r / section.second_moment();
    let neutral = twist + 4.0 * shear / (3.0 * section.area());
    let of = |s: f64, t: f64| (s * s + 3.0 * t * t).sqrt();
    of(fibre, twist).max(of(direct, neutral))
}

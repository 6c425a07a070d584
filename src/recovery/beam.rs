//! Forces and stress of screws and rods, by beam theory.
//!
//! What a beam's nodes exert on it is S z. Between its ends nothing acts on a rod, so axial force,
//! shear and torsion are constant along a beam and the bending moment is linear: largest at an end.
//! A screw's beam is what it has more than the bone in its place; the screw itself, which strains as
//! the beam does, carries that over its share ([`Beam::added`](crate::fixation::construct::Beam)).

use nalgebra::SVector;

use crate::fixation::beam::CircularSection;
use crate::fixation::{Construct, FixationError};
use crate::tensor::{Vec3, Wrench};

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Section {
    /// Axial force, N; tension positive.
    pub axial: f64,
    /// Shear force, N.
    pub shear: f64,
    /// Bending moment, N·mm.
    pub bending: f64,
    /// Torsion, N·mm, signed by the direction first end to second.
    pub torsion: f64,
    /// Largest von Mises stress, MPa.
    pub von_mises: f64,
}

/// What the nodes at a beam's ends exert on it, moments about them (N, N·mm).
///
/// # Errors
/// [`FixationError::NoBeam`].
pub fn end_wrenches(
    construct: &Construct,
    beam: usize,
    displacement: &[Vec3],
) -> Result<[Wrench; 2], FixationError> {
    let mut motion = SVector::<f64, 12>::zeros();
    for (k, node) in construct.beams[beam].ends.into_iter().enumerate() {
        let [translation, rotation] = construct.motion(node, displacement);
        motion.fixed_rows_mut::<3>(6 * k).copy_from(&translation);
        motion.fixed_rows_mut::<3>(6 * k + 3).copy_from(&rotation);
    }
    let forces = construct.beam_stiffness(beam)? * motion;
    Ok([0, 6].map(|k| Wrench {
        force: forces.fixed_rows::<3>(k).into_owned(),
        moment: forces.fixed_rows::<3>(k + 3).into_owned(),
    }))
}

/// The sections at both ends of a beam, of the whole part.
///
/// # Errors
/// [`FixationError::NoBeam`].
pub fn sections(
    construct: &Construct,
    beam: usize,
    displacement: &[Vec3],
) -> Result<[Section; 2], FixationError> {
    let ends = end_wrenches(construct, beam, displacement)?;
    let along = construct.axis(beam).normalize();
    let whole = 1.0 / construct.beams[beam].added;
    let part = &construct.parts[construct.beams[beam].part];
    // The first end is pulled backwards where the second is pulled ahead.
    Ok([(ends[0], -whole), (ends[1], whole)].map(|(end, sign)| {
        let (force, moment) = (sign * end.force, sign * end.moment);
        let across = |v: &Vec3| (v - along * along.dot(v)).norm();
        let section = Section {
            axial: force.dot(&along),
            shear: across(&force),
            bending: across(&moment),
            torsion: moment.dot(&along),
            von_mises: 0.0,
        };
        Section {
            von_mises: largest_von_mises(&part.section, &section),
            ..section
        }
    }))
}

/// The section of a part that is stressed most, and its beam.
///
/// # Errors
/// [`FixationError::NoBeam`].
pub fn worst_section(
    construct: &Construct,
    part: usize,
    displacement: &[Vec3],
) -> Result<(usize, Section), FixationError> {
    let mut worst = (construct.parts[part].beams.start, Section::default());
    for beam in construct.parts[part].beams.clone() {
        for section in sections(construct, beam, displacement)? {
            if section.von_mises > worst.1.von_mises {
                worst = (beam, section);
            }
        }
    }
    Ok(worst)
}

/// The larger of the von Mises stress at the fibre that bending stretches most, √((N/A + Mr/I)² +
/// 3(Tr/J)²), and at the neutral axis, where shear is 4V/3A: √((N/A)² + 3(Tr/J + 4V/3A)²).
pub fn largest_von_mises(section: &CircularSection, carried: &Section) -> f64 {
    let r = 0.5 * section.diameter;
    let direct = carried.axial.abs() / section.area();
    let twist = carried.torsion.abs() * r / section.polar_moment();
    let fibre = direct + carried.bending * r / section.second_moment();
    let neutral = twist + 4.0 * carried.shear / (3.0 * section.area());
    let of = |s: f64, t: f64| (s * s + 3.0 * t * t).sqrt();
    of(fibre, twist).max(of(direct, neutral))
}

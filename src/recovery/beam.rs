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
    /// The force with which what lies beyond the section, towards the beam's second end, pulls on what
    /// lies before it, N.
    pub force: Vec3,
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
            force,
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

/// What a part carries: the sections at both ends of each of its beams.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartForces(pub Vec<[Section; 2]>);

impl PartForces {
    /// Of the part of that number.
    ///
    /// # Errors
    /// [`FixationError::NoBeam`].
    pub fn of(
        construct: &Construct,
        part: usize,
        displacement: &[Vec3],
    ) -> Result<Self, FixationError> {
        let beams = construct.parts[part].beams.clone();
        let both = beams.map(|beam| sections(construct, beam, displacement));
        both.collect::<Result<_, _>>().map(Self)
    }

    /// The section that is stressed most, the number of its beam in the part and which of its ends
    /// that is.
    pub fn worst(&self) -> (usize, usize, Section) {
        let all = self.0.iter().enumerate();
        let ends = all.flat_map(|(b, pair)| [(b, 0, pair[0]), (b, 1, pair[1])]);
        let worst = ends.max_by(|a, b| a.2.von_mises.total_cmp(&b.2.von_mises));
        worst.unwrap_or_default()
    }
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

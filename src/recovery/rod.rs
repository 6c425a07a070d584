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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::surface_samples;
    use crate::fixation::{RodSettings, RodSpec, build_rod};
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::Point;

    #[test]
    fn the_stress_of_a_rod_is_that_of_the_text_book_in_each_pure_load() {
        let section = RodSettings::default().section;
        let d: f64 = section.diameter;
        let pi = std::f64::consts::PI;
        let near = |got: f64, expected: f64| assert!((got / expected - 1.0).abs() < 1e-12);
        near(
            largest_von_mises(&section, -500.0, 0.0, 0.0, 0.0),
            2000.0 / (pi * d * d),
        );
        near(
            largest_von_mises(&section, 0.0, 0.0, 700.0, 0.0),
            700.0 * 32.0 / (pi * d.powi(3)),
        );
        let torsion = 3f64.sqrt() * 700.0 * 16.0 / (pi * d.powi(3));
        near(largest_von_mises(&section, 0.0, 0.0, 0.0, -700.0), torsion);
        let shear = 3f64.sqrt() * 4.0 / 3.0 * 60.0 / (0.25 * pi * d * d);
        near(largest_von_mises(&section, 0.0, 60.0, 0.0, 0.0), shear);
    }

    #[test]
    fn what_a_rod_exerts_balances_and_a_stretched_rod_pulls_its_ends_together() {
        let mesh = box_mesh(ElementKind::Tet10, [1, 1, 4], |[x, y, z]| {
            Point::new(10.0 * x, 10.0 * y, 40.0 * z)
        });
        let seats =
            ["z0", "z1"].map(|name| surface_samples(&mesh, &mesh.surface(name).unwrap().facets));
        let ends = [Point::new(-6.0, 2.0, 5.0), Point::new(-4.0, 3.0, 36.0)];
        let spec = RodSpec {
            name: "rod".into(),
            bodies: ["below".into(), "above".into()],
            ends,
            seats: [&seats[0], &seats[1]],
        };
        let settings = RodSettings::default();
        let rod = build_rod(&spec, &settings, &mesh).unwrap();
        let pulled: Vec<Vec3> = mesh
            .nodes
            .iter()
            .map(|p| Vec3::new(0.0, 0.0, 1e-3 * p.z))
            .collect();
        let forces = rod_forces(&rod, &settings.section, &pulled);
        assert!(forces.axial > 0.0 && forces.on_bodies[0].force.dot(&rod.direction) > 0.0);
        let [a, b] = forces.on_bodies;
        assert!((a.force + b.force).norm() < 1e-12 * a.force.norm());
        let about_a = a.moment + b.moment + (ends[1] - ends[0]).cross(&b.force);
        assert!(about_a.norm() < 1e-10 * b.force.norm() * 40.0, "{about_a}");
        // The low-rank term of the global stiffness does the same work: uᵀ W S Wᵀ u = 2 energies.
        let w = nalgebra::DVector::from_iterator(
            6,
            rod.term.columns.iter().map(|column| {
                let dot = |(n, c): &(u32, [f64; 3])| Vec3::from(*c).dot(&pulled[*n as usize]);
                column.iter().map(dot).sum::<f64>()
            }),
        );
        let term = w.dot(&(&rod.term.stiffness * &w));
        let motions = [0, 1].map(|end| rod.couplings[end].mean_motion(&pulled));
        let work: f64 = [0, 1]
            .iter()
            .map(|&end| {
                let m = &motions[end];
                let on = &forces.on_bodies[end];
                -(0..3)
                    .map(|k| m[k] * on.force[k] + m[3 + k] * on.moment[k])
                    .sum::<f64>()
            })
            .sum();
        assert!((term / work - 1.0).abs() < 1e-11, "{term} {work}");
    }

    #[test]
    fn a_rod_without_a_seat_or_a_length_is_refused_by_name() {
        let mesh = box_mesh(ElementKind::Tet10, [1, 1, 1], |[x, y, z]| {
            Point::new(x, y, z)
        });
        let seat = surface_samples(&mesh, &mesh.surface("z0").unwrap().facets);
        let build = |ends: [Point; 2], seats| {
            let spec = RodSpec {
                name: "rod left".into(),
                bodies: ["T7".into(), "T5".into()],
                ends,
                seats,
            };
            build_rod(&spec, &RodSettings::default(), &mesh)
                .unwrap_err()
                .to_string()
        };
        let apart = [Point::origin(), Point::new(0.0, 0.0, 9.0)];
        let unseated = build(apart, [&seat, &[]]);
        assert!(
            unseated.contains("rod left") && unseated.contains("T5"),
            "{unseated}"
        );
        let short = build([Point::origin(); 2], [&seat, &seat]);
        assert!(
            short.contains("rod left") && short.contains("length 0 mm"),
            "{short}"
        );
    }
}

//! Rigid motions store nothing.

use super::{Builder, CircularSection, PartKind, RodLine, ScrewLine};
use crate::assembly::LocalSystem;
use crate::fixation::construct::TURN_MM;
use crate::material::MaterialField;
use crate::mesh::ElementKind;
use crate::mesh::structured::box_mesh;
use crate::tensor::{Elasticity, Point, Vec3};

const TITANIUM: CircularSection = CircularSection {
    diameter: 5.5,
    youngs_modulus: 110e3,
    poisson_ratio: 0.3,
};

/// uᵀ K u over Σ |K| |u|².
fn energy(systems: &[LocalSystem], u: &[Vec3]) -> f64 {
    let (mut stored, mut size) = (0.0, 0.0);
    for system in systems {
        let moved = system
            .nodes
            .iter()
            .flat_map(|n| u[*n as usize].iter().copied());
        let moved: Vec<f64> = moved.collect();
        for (row, a) in system.stiffness.chunks_exact(moved.len()).zip(&moved) {
            for (k, b) in row.iter().zip(&moved) {
                stored += a * k * b;
                size += (a * k * b).abs();
            }
        }
    }
    stored.abs() / size
}

#[test]
fn a_block_with_a_screw_and_a_rod_stores_nothing_in_rigid_motions_and_something_in_others() {
    let mut mesh = box_mesh(ElementKind::Tet10, [5, 4, 3], |[x, y, z]| {
        Point::new(50.0 * x, 30.0 * y, 24.0 * z)
    });
    let elements = mesh.element_count();
    let materials = MaterialField::uniform(Elasticity::isotropic(300.0, 0.3), elements);
    let mut builder = Builder::new(&mut mesh);
    let screw = ScrewLine {
        name: "screw".to_owned(),
        tip: Point::new(40.0, 16.0, 13.0),
        entry: Point::new(0.0, 14.0, 11.0),
        head: Point::new(-10.0, 13.5, 10.5),
        section: TITANIUM,
    };
    let bone = 0..elements;
    let head = builder.screw(&screw, std::slice::from_ref(&bone)).unwrap();
    let hinge = builder.hinge(head);
    let end = builder.node(Point::new(-8.0, 15.0, 60.0));
    builder.rod(&RodLine {
        name: "rod".to_owned(),
        kind: PartKind::Rod,
        nodes: vec![hinge, end],
        section: TITANIUM,
    });
    let construct = builder.finish(&materials).unwrap();
    assert!(construct.grips.len() > 180);
    let turned = construct.rotations();
    let motion = |shift: Vec3, turn: Vec3| -> Vec<Vec3> {
        let all = (0u32..).zip(&mesh.nodes);
        all.map(|(n, p)| match turned.binary_search(&n) {
            Ok(_) => turn * TURN_MM,
            Err(_) => shift + turn.cross(&p.coords),
        })
        .collect()
    };
    for k in 0..3 {
        let unit = Vec3::ith(k, 1.0);
        for u in [
            motion(unit, Vec3::zeros()),
            motion(Vec3::zeros(), 0.01 * unit),
        ] {
            let stored = energy(&construct.systems, &u);
            assert!(stored < 1e-12, "{k}: {stored:e}");
        }
    }
    let mut bent = motion(Vec3::x(), Vec3::zeros());
    bent[construct.nodes[head].translation as usize] = Vec3::zeros();
    assert!(energy(&construct.systems, &bent) > 1e-3);
}

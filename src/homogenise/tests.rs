//! Against exact solutions and bounds, on small meshes.

use crate::solver::SolverError;
use nalgebra::Matrix6;

use super::lattice_mesh::{Shape, tetrahedra, voxels};
use super::stuffing::{Background, stuff};
use super::torus::Periodic;
use super::unit_cell::{self};
use super::voxels::voxel_cell;
use super::*;
use crate::analysis::tests::room_for_the_factor_alone;
use crate::assembly::Pattern;
use crate::lattice::Cell;
use crate::progress::Silent;
use crate::solver::cg::Stop;
use crate::solver::choice::Method;
use crate::source::{Source, SourceFlag};
use crate::tensor::Elasticity;
use crate::tensor::tests::turned_orthotropic;

fn stiffness<P: Periodic>(cell: &P, table: &[Elasticity]) -> Matrix6<f64> {
    let found = effective(cell, table, &Settings::default(), &Silent).unwrap();
    found.stiffness.0
}

#[test]
fn a_homogeneous_cell_is_its_own_material() {
    // A level below the threshold everywhere fills the whole background lattice as well.
    let full = |_: [f64; 3]| -1.0;
    let background = Background::new(6, &[[0.0; 3]], &full);
    for material in [turned_orthotropic(), Elasticity::isotropic(1000.0, 0.3)] {
        let table = [material];
        for found in [
            stiffness(&voxel_cell(3, &[[0.0; 3]], |_| Some(0)), &table),
            stiffness(&stuff(&background, 0.0).cell, &table),
        ] {
            let miss = (found - material.0).amax() / material.0.amax();
            assert!(miss < 1e-10, "{miss:e}");
        }
    }
}

#[test]
fn a_stall_or_too_little_memory_ends_as_it_does_for_every_other_model() {
    // A column along z, of two column.
    let column = voxel_cell(24, &[[0.0; 3]], |p| {
        let inside = p[0] < 0.1 && p[1] < 0.1;
        inside.then_some(u32::from(p[2] > 0.5))
    });
    let table = [1000.0, 10.0].map(|e| Elasticity::isotropic(e, 0.3));
    let few = Stop {
        max_iterations: 1,
        ..Stop::default()
    };
    let settings = |method, memory_limit| Settings {
        method,
        stop: few,
        memory_limit: Some(memory_limit),
        ..Settings::default()
    };
    let with = |settings: &Settings| effective(&column, &table, settings, &Silent);
    let mut fixed = vec![[false; 3]; column.net.nodes.len()];
    fixed[0] = [true; 3];
    let pattern = Pattern::new(&column.net, &[], &fixed).unwrap();
    let integrals = column.integrals(&table).unwrap();
    let assembled = pattern
        .fill_with(|e, i, row| integrals.row(e, i, row))
        .unwrap();
    let room = room_for_the_factor_alone(&assembled.matrix, 6);

    let stalled = with(&settings(Method::Cg, room)).unwrap_err();
    let kind = matches!(
        stalled,
        HomogeniseError::Solver(SolverError::Stalled { .. })
    );
    assert!(kind && stalled.is_numerical(), "{stalled}");
    let found = with(&settings(Method::Auto, room)).unwrap();
    let direct = with(&settings(Method::Cholesky, room)).unwrap();
    assert!(found.solved.fell_back && !direct.solved.fell_back);
    assert_eq!(found.solved.method, "cholesky");
    let reason = &found.solved.reason;
    assert!(
        reason.contains("gave up") && reason.contains("after 1 iterations"),
        "{reason}"
    );
    assert_eq!(found.stiffness, direct.stiffness);

    let refused = |method| with(&settings(method, 1000)).unwrap_err();
    for (error, needed) in [
        (refused(Method::Auto), "multigrid needs"),
        (refused(Method::Cg), "multigrid needs"),
        (refused(Method::Cholesky), "the factorisation needs"),
    ] {
        assert!(
            !error.is_numerical() && error.to_string().contains(needed),
            "{error}"
        );
    }
}

/// Fills the cell with either kind of element.
fn both(cell: Cell, density: f64, resolution: usize, nu: f64) -> [Effective; 2] {
    let level = |p: [f64; 3]| cell.distance(p);
    let moves = cell.translations();
    let shape = Shape {
        level: &level,
        translations: &moves,
    };
    let table = [Elasticity::isotropic(1.0, nu)];
    let settings = Settings::default();
    let tets = tetrahedra(&shape, density, resolution).unwrap();
    let cubes = voxels(&shape, density, resolution).unwrap();
    [
        effective(&tets.mesh.cell, &table, &settings, &Silent).unwrap(),
        effective(&cubes.mesh, &table, &settings, &Silent).unwrap(),
    ]
}

#[test]
fn no_cell_is_stiffer_than_hashin_and_shtrikman_allow() {
    for cell in Cell::ALL {
        for found in both(cell, 0.3, 24, 0.3) {
            let (rho, constants) = (
                found.relative_density,
                crate::material::constants::Constants::of(&found.stiffness).unwrap(),
            );
            let (k, g) = (1.0 / 1.2, 1.0 / 2.6);
            let bulk = k + (1.0 - rho) / (3.0 * rho / (3.0 * k + 4.0 * g) - 1.0 / k);
            let share = constants.bulk_modulus / bulk;
            assert!(share > 0.05 && share < 1.0, "{}: {share}", cell.name());
            assert!(found.stiffness.is_positive_definite());
            // The mesh is not cubic; voxels least of all.
            assert!(
                constants.off_cubic < 0.1,
                "{}: {}",
                cell.name(),
                constants.off_cubic
            );
        }
    }
}

#[test]
fn one_copy_of_a_cell_is_as_stiff_as_the_whole_cube() {
    let cell = Cell::Diamond;
    let level = |p: [f64; 3]| cell.distance(p);
    let table = [Elasticity::isotropic(1.0, 0.3)];
    let [one, whole] = [cell.translations(), vec![[0.0; 3]]].map(|moves| {
        let shape = Shape {
            level: &level,
            translations: &moves,
        };
        let mesh = tetrahedra(&shape, 0.3, 12).unwrap().mesh;
        assert!(
            mesh.smallest_dihedral_deg > 10.7,
            "{}",
            mesh.smallest_dihedral_deg
        );
        effective(&mesh.cell, &table, &Settings::default(), &Silent).unwrap()
    });
    assert!((whole.elements as f64 / one.elements as f64 - 4.0).abs() < 0.02);
    let apart = (one.stiffness.0 - whole.stiffness.0).amax() / one.stiffness.0.amax();
    // Which of two vertices is moved onto the surface first differs from copy to copy.
    assert!(apart < 5e-3, "{apart}");
}

#[test]
fn a_mesh_holds_the_density_and_its_faces_close() {
    for cell in [Cell::RhombicDodecahedron, Cell::Gyroid] {
        let level = |p: [f64; 3]| cell.distance(p);
        let moves = cell.translations();
        let shape = Shape {
            level: &level,
            translations: &moves,
        };
        let fitted = tetrahedra(&shape, 0.25, 28).unwrap();
        assert!((fitted.mesh.cell.filled() / 0.25 - 1.0).abs() < 1e-3);
        assert!(fitted.mesh.smallest_dihedral_deg > 10.7);
        // Every face is inside, met twice, or on the surface, whose area vectors cancel.
        let mut faces = std::collections::HashMap::new();
        let mesh = &fitted.mesh.cell;
        for (nodes, corners) in mesh.net.connectivity.chunks_exact(10).zip(&mesh.corners) {
            for face in crate::mesh::FACES {
                let [a, b, c] = face.map(|i| corners[i]);
                let mut key = face.map(|i| nodes[i]);
                key.sort_unstable();
                let entry = faces.entry(key).or_insert((0, nalgebra::Vector3::zeros()));
                entry.0 += 1;
                entry.1 += 0.5 * (b - a).cross(&(c - a));
            }
        }
        assert!(faces.values().all(|f| f.0 <= 2));
        let inner = faces.values().filter(|f| f.0 == 2);
        assert!(inner.clone().all(|f| f.1.norm() < 1e-14) && inner.count() > 1000);
        let sum: nalgebra::Vector3<f64> = faces.values().map(|f| f.1).sum();
        let area: f64 = faces.values().map(|f| f.1.norm()).sum();
        assert!(sum.norm() < 1e-10 * area);
    }
}

#[test]
fn multigrid_turns_parts_of_a_periodic_body_across_the_seam() {
    let cell = Cell::RhombicDodecahedron;
    let level = |p: [f64; 3]| cell.distance(p);
    let moves = cell.translations();
    let shape = Shape {
        level: &level,
        translations: &moves,
    };
    let mesh = tetrahedra(&shape, 0.1198, 32).unwrap().mesh.cell;
    let table = [Elasticity::isotropic(1.0, 0.34)];
    let solved = |method| {
        let settings = Settings {
            method,
            ..Settings::default()
        };
        effective(&mesh, &table, &settings, &Silent).unwrap()
    };
    let (direct, iterated) = (solved(Method::Cholesky), solved(Method::Cg));
    assert!(iterated.solved.true_residual <= 1e-10);
    assert!(
        iterated.solved.iterations < 25,
        "{}",
        iterated.solved.iterations
    );
    let apart = (direct.stiffness.0 - iterated.stiffness.0).amax();
    assert!(apart < 1e-9 * direct.stiffness.0.amax(), "{apart}");
}

pub(super) fn request(cell: Cell, relative_density: f64, resolution: Option<usize>) -> Request {
    Request {
        cell,
        relative_density,
        solid: Solid {
            name: "one".to_owned(),
            youngs_modulus: 1.0,
            poisson_ratio: 0.34,
            source: Source {
                citation: "test".to_owned(),
                flag: SourceFlag::CaseFile,
            },
        },
        mesh: MeshKind::Tetrahedra,
        resolution,
        settings: Settings::default(),
    }
}

#[test]
fn a_cell_comes_with_its_bar_and_with_what_a_printed_sample_keeps() {
    let request = request(Cell::RhombicDodecahedron, 0.2608, Some(28));
    let found = UnitCell::homogenise(request, &Silent).unwrap();
    let moduli: Vec<f64> = found.levels.iter().map(|l| l.constants.along[0]).collect();
    assert!(moduli.is_sorted_by(|a, b| a > b), "{moduli:?}");
    let modulus = found.estimate.constants.along[0];
    let [low, high] = found.estimate.bar.unwrap().along[0];
    // Voxels, extrapolated: 0.0335 within 5 %.
    assert!(low < modulus && modulus < high && (low..high).contains(&0.0335));
    // Sample B keeps 0.006882 of its solid.
    let (sample, keeps) = found.printed.unwrap().sample.unwrap();
    assert!(sample == "B" && (keeps * modulus / 0.006_882 - 1.0).abs() < 1e-3);
}

#[test]
fn what_cannot_be_meshed_is_refused_with_what_is_needed() {
    let refuse = |density, resolution| {
        let request = request(Cell::Bcc, density, resolution);
        UnitCell::homogenise(request, &Silent).unwrap_err()
    };
    assert!(matches!(refuse(1.2, None), HomogeniseError::Density { .. }));
    assert!(matches!(
        refuse(f64::NAN, None),
        HomogeniseError::Density { .. }
    ));
    let coarse = refuse(0.05, Some(8));
    assert!(
        matches!(coarse, HomogeniseError::TooCoarse { needed: 12..30, .. }),
        "{coarse}"
    );
    let mut small = request(Cell::Bcc, 0.3, Some(40));
    small.settings.memory_limit = Some(1 << 20);
    let large = UnitCell::homogenise(small, &Silent).unwrap_err();
    assert!(matches!(large, HomogeniseError::TooLarge { .. }), "{large}");
    let mut impossible = request(Cell::Bcc, 0.3, None);
    impossible.solid.poisson_ratio = 0.5;
    let refused = UnitCell::homogenise(impossible, &Silent).unwrap_err();
    assert!(matches!(refused, HomogeniseError::Solid { .. }));
    let [low, high] = unit_cell::DENSITIES;
    assert!(low > 0.0 && high < 1.0);
}

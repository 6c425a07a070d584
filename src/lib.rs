//! Finite-element check of porous spinal implants before they are printed.
//!
//! A solid is a mesh and its materials, what holds it and what loads it:
//!
//! ```
//! use endplate::{analysis, mesh::structured::box_mesh, mesh::ElementKind, model::Model};
//! use endplate::{progress::Silent, recovery::face_motion, tensor::*};
//!
//! // A column of cancellous bone, 10 x 10 x 40 mm, on rollers under 100 N.
//! let place = |[x, y, z]: [f64; 3]| Point::new(10.0 * x, 10.0 * y, 40.0 * z);
//! let mesh = box_mesh(ElementKind::Tet10, [2, 2, 4], place);
//! let column = Model::uniform(mesh, Elasticity::isotropic(300.0, 0.3))
//!     .held("x0", &[0])?.held("y0", &[1])?.held("z0", &[2])?
//!     .loaded("z1", "push", Wrench::of_force(Vec3::new(0.0, 0.0, -100.0)))?;
//! let solution = analysis::solve(&column, &analysis::AnalysisSettings::default(), &Silent)?;
//! let face = column.loaded_face.as_ref().ok_or("no loaded face")?;
//! let (moved, _) = face_motion(face, &solution.cases[0].displacement);
//! assert!((moved.z + 100.0 * 40.0 / (300.0 * 100.0)).abs() < 1e-9); // F L / E A
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A case is a text; [`spine::run`] makes bodies, models and findings of it, and writes nothing:
//!
//! ```
//! use std::path::Path;
//! use endplate::{case::Case, mesh::tetgen::InProcessTetgen, progress::Silent, spine};
//!
//! let case = Case::from_text(Path::new("segment.toml"), r#"
//!     format = 1
//!     title = "T7 on T8"
//!     states = ["intact"]
//!     vertebra = [{ name = "T7", level = "T7" }, { name = "T8", level = "T8" }]
//!     disc = [{ name = "T7-T8", between = ["T7", "T8"], height_mm = 5.0 }]
//!     loads = { preset = "thoracic", loaded_face = "T7.superior_endplate" }
//!     support = { clamped = "T8.inferior_endplate" }
//!     mesh = { bone_mm = 10.0, endplate_mm = 5.0, disc_mm = 3.5 }
//! "#.to_owned())?;
//! let around = spine::Surroundings {
//!     surfaces: None,
//!     mesher: &InProcessTetgen,
//!     progress: &Silent,
//!     error_bars: false,
//! };
//! let report = spine::run(&case, &around)?.report(Vec::new())?;
//! assert!(report.states[0].load_cases.iter().all(|c| c.imbalance < 1e-8));
//! assert_eq!(report.segment_motion.len(), 3); // flexion, bending, rotation of one segment
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Data flows down this list; a module may use what stands before it, never what stands after.

// Leaves.
pub mod tensor;
pub mod source;
pub mod input;
pub mod progress;
pub mod method;
pub mod sliding;
pub mod threads;
pub mod partition;
pub mod names;
pub mod lattice;
pub mod sparse;

// The pipeline.
pub mod geometry;
pub mod anatomy;
pub mod case;
pub mod scene;
pub mod element;
pub mod mesh;
pub mod material;
pub mod assembly;
pub mod solver;
pub mod boundary;
pub mod contact;
pub mod fixation;
pub mod model;
pub mod analysis;
pub mod recovery;
pub mod homogenise;
pub mod assessment;
pub mod report;
pub mod deck;
pub mod spine;
pub mod reproduce;
pub mod virtual_test;
pub mod bench;

/// The README's Rust, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

//! Finite-element check of porous spinal implants before they are printed.
//!
//! Data flows down this list; a module may use what stands before it, never what stands after.

// Leaves.
pub mod tensor;
pub mod source;
pub mod input;
pub mod progress;
pub mod method;
pub mod threads;
pub mod partition;
pub mod lattice;
pub mod sparse;

// The pipeline.
pub mod geometry;
pub mod anatomy;
pub mod case;
pub mod mesh;
pub mod element;
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

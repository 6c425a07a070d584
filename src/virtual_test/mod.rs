//! Mechanical tests of porous metal run on the computer: a specimen is meshed, held and loaded as
//! in the laboratory and handed to the solver; what comes out stands beside its closed form.
//!
//! Porous metal is homogenised: isotropic, with the modulus and strength that the law gives at its
//! porosity. Every specimen is a mapped box of quadratic tetrahedra and uses its planes of
//! symmetry. Must not know cases, anatomy or findings.

mod error;
pub mod chart;
pub mod strip;
pub mod tables;
pub mod outcome;
pub mod metal;
pub mod page;
pub mod rig;
pub mod bending;
pub mod compression;
pub mod implant;
pub mod punch;
pub mod foam_block;
pub mod f1717;

pub use error::VirtualTestError;
pub use metal::{Metal, MetalChoice};
pub use outcome::{Assumption, Effort, Outcome, Quantity, difference_percent};
pub use tables::Table;

//! What the fields mean for the bone and the implant: findings, each with its formula, limit and
//! source. Must not know file formats; the rows derive `Serialize` because the row itself
//! is what scripts rely on (schema 1).
//!
//! A finding is a row of a file of its own: [`Finding`](table::Finding) lays its table out,
//! [`Judged`](judged::Judged) says how it stands against its limit. Its line in [`registry`]
//! brings it into verdict, band, files, tables and charts.

mod missing;
pub mod error;
pub mod judged;
pub mod table;
pub mod unchecked;
pub mod neighbours;
pub mod zones;
pub mod places;
pub mod resorption;
pub mod shielding;
pub mod endplate;
pub mod implant;
pub mod criterion;
pub mod subsidence;
pub mod fixation;
pub mod load_sharing;
pub mod motion;
pub mod solid_parts;
pub mod porosity;
pub mod lattice_sizes;
pub mod porosity_fields;
pub mod registry;
pub mod verdict;
pub mod band;

pub use criterion::SubsidenceRow;
pub use endplate::EndplateRow;
pub use error::AssessmentError;
pub use fixation::FixationRow;
pub use implant::{ImplantPart, ImplantRow};
pub use judged::Verdict;
pub use load_sharing::LoadSharingRow;
pub use registry::Findings;
pub use resorption::ShieldingRow;
pub use unchecked::Unchecked;

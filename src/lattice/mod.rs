//! Lattices: unit cells and their sizes, and how stiff and strong a printed porous metal is at a
//! given density. Pure formulas and data. Must not know meshes or implants.

mod error;
pub mod gyroid;
pub mod cell;
pub mod monte_carlo;
pub mod overlap;
pub mod power_fit;
pub mod samples;
pub mod gibson_ashby;
pub mod sizes;
#[cfg(test)]
mod table_2_tests;

pub use cell::Cell;
pub use error::{Disagreement, LatticeError};
pub use gibson_ashby::{GibsonAshbyLaw, LAW_IDS, PorousProperties, law};
pub use power_fit::{
    FitSpace, PowerFit, PowerLaw, ThresholdFit, fit_power_law, fit_power_law_in, fit_threshold_law,
};
pub use sizes::{GivenSizes, Sizes, sizes};

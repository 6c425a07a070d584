//! Lattices as published: how stiff and strong a printed porous metal is at a given density.
//! Pure formulas and data. Must not know meshes or implants.

pub mod gibson_ashby;
pub mod power_fit;

pub use gibson_ashby::{GibsonAshbyLaw, LAW_IDS, PorousProperties, Sample, chen_2025_samples, law};
pub use power_fit::{PowerFit, PowerLaw, fit_power_law};

/// What a lattice law can refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LatticeError {
    /// No law of that name.
    #[error("there is no lattice law `{id}`; known: {known}")]
    UnknownLaw {
        /// The name asked for.
        id: String,
        /// The names there are, comma separated.
        known: String,
    },
    /// The relative density lies outside the samples the law was fitted to.
    #[error(
        "relative density {relative_density:.4} (porosity {:.2} %) is outside the range {low:.4} \
         to {high:.4} (porosity {:.2} % to {:.2} %) of the law `{law}`; it is not extrapolated",
        100.0 * (1.0 - relative_density), 100.0 * (1.0 - high), 100.0 * (1.0 - low)
    )]
    OutsideRange {
        /// Law.
        law: String,
        /// The relative density asked for.
        relative_density: f64,
        /// Lowest relative density of the samples.
        low: f64,
        /// Highest relative density of the samples.
        high: f64,
    },
    /// A power law needs at least three samples to say anything of its scatter.
    #[error("a power law needs at least 3 samples at different densities, got {samples}")]
    TooFewSamples {
        /// Samples given.
        samples: usize,
    },
    /// Logarithms need positive numbers.
    #[error("sample {sample}: density {x} and value {y} must be positive and finite")]
    NotPositive {
        /// Number of the sample, from 0.
        sample: usize,
        /// Its relative density.
        x: f64,
        /// Its value.
        y: f64,
    },
}

//! What the formulas of lattices refuse.

/// What a lattice law can refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LatticeError {
    /// No unit cell of that name.
    #[error("there is no unit cell `{name}`{known}")]
    UnknownCell {
        /// The name asked for.
        name: String,
        /// The end of the sentence: the name that may be meant and those there are.
        known: String,
    },
    /// No law of that name.
    #[error("there is no lattice law `{id}`{known}")]
    UnknownLaw {
        /// The name asked for.
        id: String,
        /// The end of the sentence: the name that may be meant and those there are.
        known: String,
    },
    /// Two sizes are needed, one of them a length.
    #[error(
        "{given} is given; two sizes settle a lattice: a length and another length or the porosity"
    )]
    TooFewSizes {
        /// What is given.
        given: String,
    },
    /// A size that cannot be.
    #[error("a {name} of {value} is not {expected}")]
    BadSize {
        /// Which size.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// Two sizes that no strut, however thin or thick, has together.
    #[error("a {first} and a {second} contradict each other: no {cell} lattice has both")]
    SizesImpossible {
        /// One size.
        first: String,
        /// The other.
        second: String,
        /// Unit cell.
        cell: &'static str,
    },
    /// A third size that differs from what the first two make it.
    #[error(
        "a {} and a {} make a {}, not a {}: they disagree by {}",
        .0.first, .0.second, .0.derived, .0.given, .0.apart
    )]
    SizesDisagree(Box<Disagreement>),
    /// No pore opens into the next.
    #[error(
        "the windows between the pores are closed: {strut:.4} mm thick in {cell} cells of \
         {side:.4} mm, whose windows are {opening:.4} mm between the mid-lines"
    )]
    WindowsClosed {
        /// Unit cell.
        cell: &'static str,
        /// Strut diameter or wall thickness, mm.
        strut: f64,
        /// Cell size, mm.
        side: f64,
        /// Window without any thickness, mm.
        opening: f64,
    },
    /// Struts so thick that the closed form of the density ends.
    #[error(
        "{strut:.4} mm is too thick in {cell} cells of {side:.4} mm: the density is known in \
         closed form to {largest:.4} mm (porosity {porosity:.2} %)"
    )]
    BeyondClosedForm {
        /// Unit cell.
        cell: &'static str,
        /// Strut diameter or wall thickness, mm.
        strut: f64,
        /// Cell size, mm.
        side: f64,
        /// Largest diameter or thickness, mm.
        largest: f64,
        /// Porosity there, per cent.
        porosity: f64,
    },
    /// A porosity below what the closed form of the cell reaches.
    #[error(
        "a porosity of {porosity_percent} % is outside what {cell} cells have with open windows \
         and a density known in closed form: {lowest:.2} % to 100 %"
    )]
    PorosityOutsideCell {
        /// Unit cell.
        cell: &'static str,
        /// Per cent.
        porosity_percent: f64,
        /// Lowest porosity, per cent.
        lowest: f64,
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

/// A size that differs from what two others make it; each in words with its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The first of the two sizes that settle the lattice.
    pub first: String,
    /// The second.
    pub second: String,
    /// What they make of the third.
    pub derived: String,
    /// What was given.
    pub given: String,
    /// Difference.
    pub apart: String,
}

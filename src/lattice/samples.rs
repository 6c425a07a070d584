//! Compression tests of printed lattices, as published, and the fits that are made of them.
//! Must not know which of the fits is used as a law.

use super::LatticeError;
use super::power_fit::{FitSpace, PowerFit, fit_power_law_in};

/// One compression sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Name in its table.
    pub name: &'static str,
    /// Porosity, per cent.
    pub porosity_percent: f64,
    /// Young's modulus, GPa.
    pub modulus_gpa: f64,
    /// Yield strength, MPa.
    pub yield_mpa: f64,
    /// Plateau stress, MPa, where it was measured.
    pub plateau_mpa: Option<f64>,
}

impl Sample {
    /// 1 − porosity.
    pub fn relative_density(&self) -> f64 {
        1.0 - self.porosity_percent / 100.0
    }
}

/// A sample by name: porosity (%), modulus (GPa), yield strength (MPa).
const fn sample(
    name: &'static str,
    [porosity_percent, modulus_gpa, yield_mpa]: [f64; 3],
) -> Sample {
    Sample {
        name,
        porosity_percent,
        modulus_gpa,
        yield_mpa,
        plateau_mpa: None,
    }
}

const fn with_plateau(sample: Sample, plateau_mpa: f64) -> Sample {
    Sample {
        plateau_mpa: Some(plateau_mpa),
        ..sample
    }
}

/// Chen et al. 2025, Table 2: rhombic dodecahedra of tantalum.
pub const CHEN_TANTALUM: [Sample; 5] = [
    with_plateau(sample("A", [45.54, 4.71, 33.46]), 103.88),
    with_plateau(sample("B", [73.92, 1.28, 13.75]), 23.89),
    with_plateau(sample("C", [83.29, 0.49, 7.42]), 10.19),
    with_plateau(sample("D", [86.94, 0.23, 2.70]), 4.62),
    with_plateau(sample("E", [88.02, 0.17, 2.16]), 3.99),
];

/// Diamond lattices of Ti-6Al-4V as tabulated in PMC7311579, Table 1.
pub const DIAMOND_TITANIUM: [Sample; 4] = [
    sample("64 %", [64.0, 3.70, 70.6]),
    sample("72 %", [72.0, 2.20, 31.7]),
    sample("79 %", [79.0, 1.50, 28.9]),
    sample("89 %", [89.0, 0.50, 6.8]),
];

/// BCC lattices of Ti-6Al-4V as tabulated in PMC7311579, Table 1, without the graded one.
pub const BCC_TITANIUM: [Sample; 3] = [
    sample("33.78 %", [33.78, 9.0, 392.0]),
    sample("53.06 %", [53.06, 4.6, 192.0]),
    sample("71.87 %", [71.87, 1.6, 53.0]),
];

/// A measured quantity of the samples and the laws it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// In words.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Its value, where it was measured.
    pub value: fn(&Sample) -> Option<f64>,
    /// Exponents of open cells (Gibson and Ashby) and others that are tried as given.
    pub given_exponents: &'static [f64],
    /// Exponent of the threshold law y = P (ρ − ρ₀)ⁿ.
    pub threshold_exponent: f64,
}

/// Modulus, yield strength and plateau stress.
pub const QUANTITIES: [Quantity; 3] = [
    Quantity {
        name: "modulus",
        unit: "GPa",
        value: |s| Some(s.modulus_gpa),
        given_exponents: &[2.0],
        threshold_exponent: 1.5,
    },
    Quantity {
        name: "yield strength",
        unit: "MPa",
        value: |s| Some(s.yield_mpa),
        given_exponents: &[1.5],
        threshold_exponent: 1.0,
    },
    Quantity {
        name: "plateau stress",
        unit: "MPa",
        value: |s| s.plateau_mpa,
        given_exponents: &[1.5, 2.0],
        threshold_exponent: 1.5,
    },
];

impl Quantity {
    /// (relative density, value) of the samples that have it.
    pub fn pairs(&self, samples: &[Sample]) -> Vec<[f64; 2]> {
        let pair = |s: &Sample| Some([s.relative_density(), (self.value)(s)?]);
        samples.iter().filter_map(pair).collect()
    }

    /// All power laws fitted to the samples, with free and with given exponents, in both spaces;
    /// beside each whether its exponent was given. The first is the logarithmic one with a free
    /// exponent. Empty where no sample has the quantity.
    ///
    /// # Errors
    /// Too few samples.
    pub fn fits(&self, samples: &[Sample]) -> Result<Vec<(bool, PowerFit)>, LatticeError> {
        let pairs = self.pairs(samples);
        let mut found = Vec::new();
        if pairs.is_empty() {
            return Ok(found);
        }
        let given = self.given_exponents.iter().copied().map(Some);
        for exponent in std::iter::once(None).chain(given) {
            for space in [FitSpace::Logarithmic, FitSpace::Linear] {
                let fit = fit_power_law_in(space, &pairs, exponent)?;
                found.push((exponent.is_some(), fit));
            }
        }
        Ok(found)
    }
}

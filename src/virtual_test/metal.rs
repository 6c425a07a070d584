//! Which porous metal a specimen is made of: the samples of a published table, or any porosity
//! within the range of the law fitted to them.

use super::error::{VirtualTestError, within};
use super::outcome::{Assumption, difference_percent};
use crate::lattice::samples::{CHEN_TANTALUM, Sample};
use crate::lattice::{GibsonAshbyLaw, law};
use crate::source::{Source, SourceFlag};

/// Poisson ratio of porous metal unless given: assumed, no source prints one.
pub const POISSON_RATIO: f64 = 0.3;
/// Poisson ratios of the ideal rhombic dodecahedron over the samples' densities (solid finite
/// elements of the cell).
pub const POISSON_RANGE: [f64; 2] = [0.31, 0.46];

/// A porous metal: what the law says and, for a sample, what the paper prints.
#[derive(Debug, Clone, PartialEq)]
pub struct Metal {
    /// "A" to "E", or the porosity.
    pub name: String,
    /// Solid over whole volume.
    pub relative_density: f64,
    /// Young's modulus by the law, MPa.
    pub law_modulus: f64,
    /// Compressive yield strength by the law, MPa.
    pub law_yield: f64,
    /// [modulus, yield strength] as printed, MPa.
    pub printed: Option<[f64; 2]>,
    /// Where the law comes from.
    pub source: Source,
}

impl Metal {
    /// Porosity as tables print it, per cent.
    pub fn porosity_percent(&self) -> f64 {
        100.0 * (1.0 - self.relative_density)
    }

    /// 100 (law / printed − 1) of modulus and yield strength.
    pub fn residual_percent(&self) -> Option<[f64; 2]> {
        self.printed.map(|[modulus, strength]| {
            [
                difference_percent(self.law_modulus, modulus),
                difference_percent(self.law_yield, strength),
            ]
        })
    }
}

/// Which metals to test.
#[derive(Debug, Clone, PartialEq)]
pub enum MetalChoice {
    /// All samples.
    All,
    /// One sample by its name.
    Sample(String),
    /// Any porosity, per cent.
    Porosity(f64),
}

impl MetalChoice {
    /// The metals chosen.
    ///
    /// # Errors
    /// An unknown sample, a porosity outside the law's range.
    pub fn metals(&self) -> Result<Vec<Metal>, VirtualTestError> {
        let law = law("chen-2025-tantalum")?;
        match self {
            Self::All => CHEN_TANTALUM.iter().map(|s| sample(&law, s)).collect(),
            Self::Sample(name) => {
                let mut samples = CHEN_TANTALUM.iter();
                let found = samples.find(|s| s.name.eq_ignore_ascii_case(name));
                let found = found.ok_or_else(|| VirtualTestError::UnknownSample {
                    found: name.clone(),
                    known: format!("{}, all", CHEN_TANTALUM.map(|s| s.name).join(", ")),
                })?;
                Ok(vec![sample(&law, found)?])
            }
            Self::Porosity(percent) => {
                let density = 1.0 - percent / 100.0;
                Ok(vec![metal(&law, format!("{percent} %"), density, None)?])
            }
        }
    }
}

fn sample(law: &GibsonAshbyLaw, sample: &Sample) -> Result<Metal, VirtualTestError> {
    let printed = [1000.0 * sample.modulus_gpa, sample.yield_mpa];
    metal(
        law,
        sample.name.to_owned(),
        sample.relative_density(),
        Some(printed),
    )
}

fn metal(
    law: &GibsonAshbyLaw,
    name: String,
    relative_density: f64,
    printed: Option<[f64; 2]>,
) -> Result<Metal, VirtualTestError> {
    let at = law.at(relative_density)?;
    Ok(Metal {
        name,
        relative_density,
        law_modulus: at.youngs_modulus,
        law_yield: at.yield_strength,
        printed,
        source: law.source.clone(),
    })
}

/// Refuses a Poisson ratio that no porous metal has.
pub(super) fn check_poisson_ratio(ratio: f64) -> Result<(), VirtualTestError> {
    within("the Poisson ratio", "", ratio, [0.0, 0.49])
}

/// The Poisson ratio as a choice.
pub(super) fn assumed_poisson_ratio(ratio: f64) -> Assumption {
    Assumption::choice(
        "Poisson ratio",
        format!("{ratio}"),
        "no source prints one; the ideal rhombic dodecahedron has 0.31 to 0.46",
    )
}

/// The table as it is printed.
pub fn printed_source() -> Source {
    Source {
        citation: "Chen et al. 2025, Front Bioeng Biotechnol, Table 2".to_owned(),
        flag: SourceFlag::Paper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_carry_the_printed_numbers_and_the_laws_residuals() {
        let all = MetalChoice::All.metals().unwrap();
        assert_eq!(all.len(), 5);
        assert_eq!(all[0].printed, Some([4710.0, 33.46]));
        // The reference fit's residuals of the modulus, per cent, printed to 0.1.
        for (metal, residual) in all.iter().zip([12.9, -15.5, -15.8, 5.3, 18.2]) {
            let [found, _] = metal.residual_percent().unwrap();
            assert!((found - residual).abs() <= 0.0501, "{found} {residual}");
        }
        let one = MetalChoice::Sample("c".to_owned()).metals().unwrap();
        assert_eq!(one, all[2..3]);
        let any = MetalChoice::Porosity(83.29).metals().unwrap();
        assert!((any[0].law_modulus / all[2].law_modulus - 1.0).abs() < 1e-12);
        assert!(any[0].printed.is_none() && any[0].residual_percent().is_none());
    }

    #[test]
    fn unknown_samples_and_porosities_out_of_range_are_refused() {
        let refused = |c: MetalChoice| c.metals().unwrap_err().to_string();
        assert!(refused(MetalChoice::Sample("F".to_owned())).contains("A, B, C, D, E, all"));
        for porosity in [45.0, 90.0, f64::NAN, -3.0] {
            let message = refused(MetalChoice::Porosity(porosity));
            assert!(message.contains("45.54 % to 88.02 %"), "{message}");
        }
    }
}

//! Gibson–Ashby laws: modulus, yield and plateau stress as powers of the relative density.
//!
//! y = P ρⁿ with ρ = 1 − porosity, fitted by the program to the published samples it names. A law
//! holds between its least and its most dense sample and is refused outside. All strengths are
//! from compression tests; there is no tension law.
//! Must not know which implant is made of it.

use super::samples::{BCC_TITANIUM, CHEN_TANTALUM, DIAMOND_TITANIUM, Sample};
use super::{LatticeError, PowerFit, fit_power_law};
use crate::names;
use crate::source::{Source, SourceFlag};

/// Slack on the ends of a law's range: a porosity in per cent, turned into a density, rounds.
const ROUNDING: f64 = 1e-9;

/// Stiffness and strength of one printed lattice against its relative density.
#[derive(Debug, Clone, PartialEq)]
pub struct GibsonAshbyLaw {
    /// Name in a case file.
    pub id: &'static str,
    /// Name in a report.
    pub name: &'static str,
    /// Young's modulus in compression, MPa.
    pub modulus: PowerFit,
    /// Compressive yield strength, MPa.
    pub yield_strength: PowerFit,
    /// Compressive plateau stress, MPa, where it was measured.
    pub plateau: Option<PowerFit>,
    /// Lowest and highest relative density of the samples.
    pub range: [f64; 2],
    /// Young's modulus of the solid metal, MPa.
    pub solid_modulus: f64,
    /// Unit cell.
    pub cell: &'static str,
    /// How the samples were made.
    pub process: &'static str,
    /// The samples it was fitted to.
    pub samples: &'static [Sample],
    /// Where the samples come from.
    pub source: Source,
}

/// What a law says at one relative density.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PorousProperties {
    /// 1 − porosity.
    pub relative_density: f64,
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Compressive yield strength, MPa.
    pub yield_strength: f64,
    /// Compressive plateau stress, MPa.
    pub plateau: Option<f64>,
}

impl GibsonAshbyLaw {
    /// Modulus and strengths at a relative density.
    ///
    /// # Errors
    /// A density outside the samples.
    pub fn at(&self, relative_density: f64) -> Result<PorousProperties, LatticeError> {
        let [low, high] = self.range;
        if !(low - ROUNDING..=high + ROUNDING).contains(&relative_density) {
            let law = self.id.to_owned();
            return Err(LatticeError::OutsideRange {
                law,
                relative_density,
                low,
                high,
            });
        }
        Ok(PorousProperties {
            relative_density,
            youngs_modulus: self.modulus.law.value(relative_density),
            yield_strength: self.yield_strength.law.value(relative_density),
            plateau: self.plateau.as_ref().map(|p| p.law.value(relative_density)),
        })
    }

    /// Modulus over the Hashin–Shtrikman upper bound at that density: above 1 no isotropic porous
    /// solid can be that stiff. `poisson_ratio` is the solid metal's.
    pub fn modulus_over_bound(&self, relative_density: f64, poisson_ratio: f64) -> f64 {
        let bound = hashin_shtrikman_upper(relative_density, poisson_ratio);
        self.modulus.law.value(relative_density) / (self.solid_modulus * bound)
    }
}

/// Upper bound of Hashin and Shtrikman on E/Eₛ of an isotropic porous solid of relative density ρ
/// whose solid has Poisson ratio ν:
/// K₊ = K + (1−ρ)/[−1/K + 3ρ/(3K+4G)], G₊ = G + (1−ρ)/{−1/G + 6ρ(K+2G)/[5G(3K+4G)]}.
pub fn hashin_shtrikman_upper(relative_density: f64, poisson_ratio: f64) -> f64 {
    let (rho, nu) = (relative_density, poisson_ratio);
    let (k, g) = (1.0 / (3.0 * (1.0 - 2.0 * nu)), 1.0 / (2.0 * (1.0 + nu)));
    let stiff = 3.0 * k + 4.0 * g;
    let bulk = k + (1.0 - rho) / (3.0 * rho / stiff - 1.0 / k);
    let shear = g + (1.0 - rho) / (6.0 * rho * (k + 2.0 * g) / (5.0 * g * stiff) - 1.0 / g);
    9.0 * bulk * shear / (3.0 * bulk + shear)
}

/// Names of the laws that ship.
pub const LAW_IDS: [&str; 3] = ["chen-2025-tantalum", "porous-ti6al4v", "bcc-ti6al4v"];

/// The law of that name.
///
/// # Errors
/// An unknown name.
pub fn law(id: &str) -> Result<GibsonAshbyLaw, LatticeError> {
    match names::same(id, LAW_IDS).unwrap_or(id) {
        "chen-2025-tantalum" => from_samples(
            &CHEN_TANTALUM,
            Description {
                id: LAW_IDS[0],
                name: "porous tantalum",
                solid_modulus: 186_000.0,
                cell: "rhombic dodecahedron",
                process: "electron-beam powder-bed fusion",
                citation: "Chen et al. 2025, Front Bioeng Biotechnol, Table 2 (5 samples); power \
                           law fitted by this program in log space",
                flag: SourceFlag::Paper,
            },
        ),
        "porous-ti6al4v" => from_samples(
            &DIAMOND_TITANIUM,
            Description {
                id: LAW_IDS[1],
                name: "porous Ti-6Al-4V",
                solid_modulus: 110_000.0,
                cell: "diamond",
                process: "laser powder-bed fusion",
                citation: "Ahmadi, Amin Yavari et al., as tabulated in PMC7311579, Table 1 (4 \
                           samples); power law fitted by this program in log space",
                flag: SourceFlag::SecondarySource,
            },
        ),
        "bcc-ti6al4v" => from_samples(
            &BCC_TITANIUM,
            Description {
                id: LAW_IDS[2],
                name: "porous Ti-6Al-4V",
                solid_modulus: 110_000.0,
                cell: "bcc",
                process: "laser powder-bed fusion",
                citation: "Onal et al. 2018, as tabulated in PMC7311579, Table 1 (3 samples; \
                           which cell each has is ambiguous there); power law \
                           fitted by this program in log space",
                flag: SourceFlag::SecondarySource,
            },
        ),
        _ => Err(LatticeError::UnknownLaw {
            id: id.to_owned(),
            known: names::known_words(id, &LAW_IDS),
        }),
    }
}

/// What a law is called and where it comes from.
struct Description {
    id: &'static str,
    name: &'static str,
    solid_modulus: f64,
    cell: &'static str,
    process: &'static str,
    citation: &'static str,
    flag: SourceFlag,
}

fn from_samples(
    samples: &'static [Sample],
    about: Description,
) -> Result<GibsonAshbyLaw, LatticeError> {
    let pairs = |value: &dyn Fn(&Sample) -> f64| -> Vec<[f64; 2]> {
        samples
            .iter()
            .map(|s| [s.relative_density(), value(s)])
            .collect()
    };
    let plateau: Vec<[f64; 2]> = samples
        .iter()
        .filter_map(|s| Some([s.relative_density(), s.plateau_mpa?]))
        .collect();
    let densities = samples.iter().map(Sample::relative_density);
    Ok(GibsonAshbyLaw {
        id: about.id,
        name: about.name,
        modulus: fit_power_law(&pairs(&|s| 1000.0 * s.modulus_gpa))?,
        yield_strength: fit_power_law(&pairs(&|s| s.yield_mpa))?,
        plateau: if plateau.is_empty() {
            None
        } else {
            Some(fit_power_law(&plateau)?)
        },
        range: [
            densities.clone().fold(f64::INFINITY, f64::min),
            densities.fold(f64::NEG_INFINITY, f64::max),
        ],
        solid_modulus: about.solid_modulus,
        cell: about.cell,
        process: about.process,
        samples,
        source: Source {
            citation: about.citation.to_owned(),
            flag: about.flag,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a unit in the last printed digit.
    fn close(value: f64, printed: f64, unit: f64) {
        assert!(
            (value - printed).abs() <= 0.5 * unit * (1.0 + 1e-9),
            "{value} against {printed}"
        );
    }

    #[test]
    fn the_tantalum_fit_has_the_digits_of_the_reference_fit() {
        // Reference: an independent fit of the same table, printed to these digits.
        let law = law("chen-2025-tantalum").unwrap();
        let e = &law.modulus;
        close(e.law.prefactor / 1000.0, 19.80, 0.01);
        close(e.law.exponent, 2.163, 0.001);
        close(e.r_squared, 0.9859, 0.0001);
        close(e.exponent_ci95, 0.475, 0.001);
        close(e.prefactor_ci95[0] / 1000.0, 8.94, 0.01);
        close(e.prefactor_ci95[1] / 1000.0, 43.9, 0.1);
        for (residual, printed) in e
            .residual_percent
            .iter()
            .zip([12.9, -15.5, -15.8, 5.3, 18.2])
        {
            close(*residual, printed, 0.1);
        }
        let y = &law.yield_strength;
        close(y.law.prefactor, 118.96, 0.01);
        close(y.law.exponent, 1.772, 0.001);
        close(y.r_squared, 0.9351, 0.0001);
        close(y.exponent_ci95, 0.858, 0.001);
        for (residual, printed) in y
            .residual_percent
            .iter()
            .zip([21.1, -20.0, -32.7, 19.6, 28.3])
        {
            close(*residual, printed, 0.1);
        }
        let plateau = law.plateau.as_ref().unwrap();
        close(plateau.law.prefactor, 407.2, 0.1);
        close(plateau.law.exponent, 2.152, 0.001);
        close(plateau.r_squared, 0.9936, 0.0001);
        close(plateau.prefactor_ci95[0], 239.0, 1.0);
        close(plateau.prefactor_ci95[1], 693.0, 1.0);
        for (residual, printed) in plateau
            .residual_percent
            .iter()
            .zip([6.0, -5.4, -14.9, 10.4, 6.2])
        {
            close(*residual, printed, 0.1);
        }
    }

    #[test]
    fn the_titanium_fit_has_the_digits_of_the_reference_fit() {
        let law = law("porous-ti6al4v").unwrap();
        close(law.modulus.law.prefactor / law.solid_modulus, 0.176, 0.001);
        close(law.modulus.law.exponent, 1.66, 0.01);
        close(law.yield_strength.law.prefactor, 438.0, 1.0);
        close(law.yield_strength.law.exponent, 1.87, 0.01);
        assert!(law.plateau.is_none() && law.source.flag == SourceFlag::SecondarySource);
        let law = super::law("bcc-ti6al4v").unwrap();
        close(law.modulus.law.prefactor / law.solid_modulus, 0.190, 0.001);
        close(law.modulus.law.exponent, 2.02, 0.01);
        close(law.yield_strength.law.prefactor, 1070.0, 10.0);
        close(law.yield_strength.law.exponent, 2.35, 0.01);
    }

    #[test]
    fn the_bound_has_the_digits_of_the_reference_table() {
        let table = [
            (0.1, 0.0525),
            (0.12, 0.0637),
            (0.2, 0.1109),
            (0.261, 0.1498),
        ];
        for (rho, printed) in table.into_iter().chain([(0.3, 0.1761), (0.4, 0.2496)]) {
            close(hashin_shtrikman_upper(rho, 0.3), printed, 0.0001);
        }
        close(hashin_shtrikman_upper(0.545, 0.3), 0.374, 0.001);
        assert!((hashin_shtrikman_upper(1.0, 0.3) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn every_law_stays_below_the_bound_over_its_range() {
        for id in LAW_IDS {
            let law = law(id).unwrap();
            for i in 0..=20 {
                let rho = law.range[0] + (law.range[1] - law.range[0]) * f64::from(i) / 20.0;
                assert!(law.modulus_over_bound(rho, 0.34) < 1.0, "{id} at {rho}");
            }
        }
    }

    #[test]
    fn eighty_per_cent_porous_tantalum_is_as_computed_for_the_column() {
        // 610 MPa and 6.9 MPa: the fit at 80 % porosity as the reference states it.
        let at = law("chen-2025-tantalum").unwrap().at(0.2).unwrap();
        close(at.youngs_modulus, 610.0, 10.0);
        close(at.yield_strength, 6.9, 0.1);
        close(at.plateau.unwrap(), 12.8, 0.1);
    }

    #[test]
    fn outside_the_samples_is_refused_and_names_the_range() {
        let law = law("chen-2025-tantalum").unwrap();
        assert!((law.range[0] - 0.1198).abs() < 1e-12 && (law.range[1] - 0.5446).abs() < 1e-12);
        assert!(law.at(0.1198).is_ok() && law.at(0.5446).is_ok());
        for density in [0.1197, 0.5447, 0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = law.at(density).unwrap_err().to_string();
            assert!(
                error.contains("0.1198") && error.contains("0.5446"),
                "{error}"
            );
        }
        let error = super::law("gyroid").unwrap_err().to_string();
        assert!(
            error.contains("chen-2025-tantalum, porous-ti6al4v, bcc-ti6al4v"),
            "{error}"
        );
    }
}

//! The materials that ship: metals, PEEK, bone and disc, each number with its range and source.
//!
//! These are the only defaults the program has for moduli and strengths. A number that was only
//! seen in a table of the source, or recalled, says so through its flag wherever it is printed.
//! Must not know meshes.

use super::MaterialError;
use crate::case::LibrarySolid;
use crate::lattice::{GibsonAshbyLaw, PorousProperties, PowerFit};
use crate::source::{Source, SourceFlag, Sourced};
use crate::tensor::Elasticity;

/// One number of a material, as a report prints it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Parameter {
    /// Key, with its unit where it has one ("youngs_modulus_mpa").
    pub key: String,
    /// Its value.
    pub value: f64,
    /// Its unit; empty for pure numbers.
    pub unit: String,
    /// Where the number comes from, if from elsewhere than the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A material the model used, for the report: law, numbers, range and origin.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MaterialRecord {
    /// Name.
    pub name: String,
    /// Law ("isotropic", "Gibson-Ashby power law").
    pub law: String,
    /// Its numbers.
    pub parameters: Vec<Parameter>,
    /// Where the numbers hold, in words.
    pub valid_range: String,
    /// Where they come from.
    pub source: Source,
}

/// An isotropic material that ships, with the ranges its source spans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LibraryMaterial {
    /// Name in a case file.
    pub id: &'static str,
    /// Name in a report.
    pub name: &'static str,
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Moduli reported for it, MPa.
    pub modulus_range: [f64; 2],
    /// Poisson ratio.
    pub poisson_ratio: f64,
    /// Poisson ratios reported for it.
    pub poisson_range: [f64; 2],
    /// Strength against yielding, MPa, the low end of the reported range; `None` for bone and
    /// disc, which the assessment judges by strain.
    pub strength: Option<f64>,
    /// Stress that may recur without end, MPa, where it is known.
    pub endurance: Option<Endurance>,
    /// Citation.
    pub citation: &'static str,
    /// How far the numbers may be trusted.
    pub flag: SourceFlag,
}

/// A stress that may recur without end, the low end of the reported range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Endurance {
    /// Stress, MPa.
    pub limit: f64,
    /// Citation.
    pub citation: &'static str,
    /// How far it may be trusted.
    pub flag: SourceFlag,
}

const TITANIUM: LibraryMaterial = LibraryMaterial {
    id: "ti6al4v",
    name: "Ti-6Al-4V, wrought",
    youngs_modulus: 110_000.0,
    modulus_range: [105_000.0, 115_000.0],
    poisson_ratio: 0.3,
    poisson_range: [0.30, 0.34],
    strength: Some(795.0),
    endurance: Some(Endurance {
        limit: 500.0,
        citation: "endurance limit of polished wrought Ti-6Al-4V, 500-600 MPa",
        flag: SourceFlag::RecalledUnverified,
    }),
    citation: "ASTM F136 (wrought ELI: yield 795-880 MPa)",
    flag: SourceFlag::RecalledUnverified,
};

const TANTALUM: LibraryMaterial = LibraryMaterial {
    id: "tantalum",
    name: "tantalum, solid",
    youngs_modulus: 186_000.0,
    modulus_range: [186_000.0, 191_000.0],
    poisson_ratio: 0.34,
    poisson_range: [0.34, 0.35],
    strength: Some(165.0),
    endurance: None,
    citation: "review tabulated in Stem Cell Res Ther, article 1176, Table 1; yield 165-350 \
               MPa, printed up to 600 MPa",
    flag: SourceFlag::SecondarySource,
};

const COBALT_CHROMIUM: LibraryMaterial = LibraryMaterial {
    id: "cocr",
    name: "cobalt-chromium",
    youngs_modulus: 220_000.0,
    modulus_range: [195_000.0, 230_000.0],
    poisson_ratio: 0.3,
    poisson_range: [0.3, 0.3],
    strength: Some(450.0),
    endurance: None,
    citation: "PMC4669019 (yield 450-960 MPa)",
    flag: SourceFlag::SecondarySource,
};

const STAINLESS: LibraryMaterial = LibraryMaterial {
    id: "stainless_316l",
    name: "stainless steel 316L",
    youngs_modulus: 193_000.0,
    modulus_range: [193_000.0, 200_000.0],
    poisson_ratio: 0.3,
    poisson_range: [0.3, 0.3],
    strength: None,
    endurance: None,
    citation: "PMC4669019 (tensile strength 480-620 MPa; no yield strength given)",
    flag: SourceFlag::SecondarySource,
};

const PEEK: LibraryMaterial = LibraryMaterial {
    id: "peek",
    name: "PEEK",
    youngs_modulus: 3_600.0,
    modulus_range: [3_500.0, 4_000.0],
    poisson_ratio: 0.36,
    poisson_range: [0.3, 0.4],
    strength: Some(90.0),
    endurance: None,
    citation: "PMC3489413 (yield 90-100 MPa); Poisson ratio inside the reported 0.3-0.4",
    flag: SourceFlag::SecondarySource,
};

const PMMA: LibraryMaterial = LibraryMaterial {
    id: "pmma",
    name: "bone cement (PMMA)",
    youngs_modulus: 2_450.0,
    modulus_range: [1_800.0, 3_300.0],
    poisson_ratio: 0.3,
    poisson_range: [0.3, 0.3],
    strength: Some(45.0),
    endurance: None,
    citation: "PMC4669019 (compressive strength 45-107 MPa)",
    flag: SourceFlag::SecondarySource,
};

/// Cancellous bone.
pub const CANCELLOUS_BONE: LibraryMaterial = LibraryMaterial {
    id: "cancellous-bone",
    name: "cancellous bone",
    youngs_modulus: 300.0,
    modulus_range: [100.0, 450.0],
    poisson_ratio: 0.3,
    poisson_range: [0.2, 0.315],
    strength: None,
    endurance: None,
    citation: "one stated default inside the 100-450 MPa and 0.2-0.315 of published models \
               (PMC3726285, 100 MPa; PMC12452785, 140-200; BMC Surg s12893-020-00729-4, 450 \
               cervical)",
    flag: SourceFlag::SecondarySource,
};

/// Cortical bone.
pub const CORTICAL_BONE: LibraryMaterial = LibraryMaterial {
    id: "cortical-bone",
    name: "cortical bone",
    youngs_modulus: 12_000.0,
    modulus_range: [4_700.0, 12_000.0],
    poisson_ratio: 0.3,
    poisson_range: [0.3, 0.3],
    strength: None,
    endurance: None,
    citation: "finite-element practice: PMC3726285 (12000 MPa), PMC12452785 (4700-8350 \
               osteoporotic to osteopenic)",
    flag: SourceFlag::SecondarySource,
};

/// The bony endplate of a vertebra.
pub const BONY_ENDPLATE: LibraryMaterial = LibraryMaterial {
    id: "bony-endplate",
    name: "bony endplate",
    youngs_modulus: 1_000.0,
    modulus_range: [500.0, 12_000.0],
    poisson_ratio: 0.3,
    poisson_range: [0.2, 0.4],
    strength: None,
    endurance: None,
    citation: "finite-element practice: J Orthop Surg Res s13018-021-02237-4 (1000 MPa); \
               BioMed Res Int 2013/705185 (rim 12000, centre 2000)",
    flag: SourceFlag::SecondarySource,
};

/// Pedicles, laminae and processes.
pub const POSTERIOR_ELEMENTS: LibraryMaterial = LibraryMaterial {
    id: "posterior-elements",
    name: "posterior elements",
    youngs_modulus: 3_500.0,
    modulus_range: [2_800.0, 3_500.0],
    poisson_ratio: 0.25,
    poisson_range: [0.25, 0.25],
    strength: None,
    endurance: None,
    citation: "finite-element practice: PMC3726285 (3500 MPa, 0.25)",
    flag: SourceFlag::SecondarySource,
};

/// What the fibres of the annulus lie in.
pub const ANNULUS_MATRIX: LibraryMaterial = LibraryMaterial {
    id: "annulus-matrix",
    name: "annulus ground substance",
    youngs_modulus: 4.2,
    modulus_range: [2.5, 4.2],
    poisson_ratio: 0.45,
    poisson_range: [0.40, 0.45],
    strength: None,
    endurance: None,
    citation: "finite-element practice: PMC3726285; degenerated 2.5 MPa and 0.40",
    flag: SourceFlag::SecondarySource,
};

/// The nucleus of a disc.
pub const NUCLEUS: LibraryMaterial = LibraryMaterial {
    id: "nucleus",
    name: "nucleus pulposus",
    youngs_modulus: 1.0,
    modulus_range: [1.0, 2.0],
    poisson_ratio: 0.49,
    poisson_range: [0.49, 0.499],
    strength: None,
    endurance: None,
    citation: "finite-element practice: PMC3726285 (1 MPa, 0.499; degenerated 2 MPa, 0.49); \
               0.49 chosen against locking",
    flag: SourceFlag::SecondarySource,
};

/// Isotropic materials that ship.
pub const LIBRARY: [LibraryMaterial; 12] = [
    TITANIUM,
    TANTALUM,
    COBALT_CHROMIUM,
    STAINLESS,
    PEEK,
    PMMA,
    CANCELLOUS_BONE,
    CORTICAL_BONE,
    BONY_ENDPLATE,
    POSTERIOR_ELEMENTS,
    ANNULUS_MATRIX,
    NUCLEUS,
];

/// The numbers of a solid that a case may name.
pub fn solid(solid: LibrarySolid) -> &'static LibraryMaterial {
    match solid {
        LibrarySolid::Ti6Al4V => &TITANIUM,
        LibrarySolid::Tantalum => &TANTALUM,
        LibrarySolid::CobaltChromium => &COBALT_CHROMIUM,
        LibrarySolid::Stainless316L => &STAINLESS,
        LibrarySolid::Peek => &PEEK,
        LibrarySolid::Pmma => &PMMA,
        LibrarySolid::CancellousBone => &CANCELLOUS_BONE,
        LibrarySolid::CorticalBone => &CORTICAL_BONE,
    }
}

/// The library material of that name.
///
/// # Errors
/// An unknown name.
pub fn library_material(id: &str) -> Result<&'static LibraryMaterial, MaterialError> {
    LIBRARY
        .iter()
        .find(|m| m.id == id)
        .ok_or_else(|| MaterialError::Unknown {
            id: id.to_owned(),
            known: LIBRARY.map(|m| m.id).join(", "),
        })
}

impl LibraryMaterial {
    /// Its stiffness.
    pub fn elasticity(&self) -> Elasticity {
        Elasticity::isotropic(self.youngs_modulus, self.poisson_ratio)
    }

    /// Its source with its flag.
    pub fn source(&self) -> Source {
        Source {
            citation: self.citation.to_owned(),
            flag: self.flag,
        }
    }

    /// Its strength against yielding, MPa, with its source.
    pub fn yield_strength(&self) -> Option<Sourced<f64>> {
        self.strength.map(|mpa| Sourced::new(mpa, self.source()))
    }

    /// The stress that may recur without end, MPa, with its source.
    pub fn endurance_limit(&self) -> Option<Sourced<f64>> {
        self.endurance.map(|endurance| {
            let source = Source {
                citation: endurance.citation.to_owned(),
                flag: endurance.flag,
            };
            Sourced::new(endurance.limit, source)
        })
    }

    /// What the report prints of it.
    pub fn record(&self) -> MaterialRecord {
        let own = |value| Sourced::new(value, self.source());
        let mut record = self.record_as_used(&own(self.youngs_modulus), &own(self.poisson_ratio));
        let mut limits = vec![("yield_strength_mpa", self.yield_strength())];
        limits.push(("endurance_limit_mpa", self.endurance_limit()));
        for (key, limit) in limits {
            record
                .parameters
                .extend(limit.map(|limit| sourced(key, &limit, "MPa")));
        }
        record
    }

    /// What the report prints of tissue whose modulus (MPa) and Poisson ratio a case gives or
    /// leaves to its defaults: each with its own source, beside the ranges reported for it.
    pub fn record_as_used(
        &self,
        youngs_modulus: &Sourced<f64>,
        poisson_ratio: &Sourced<f64>,
    ) -> MaterialRecord {
        let [low, high] = self.modulus_range;
        let [nu_low, nu_high] = self.poisson_range;
        MaterialRecord {
            name: self.name.to_owned(),
            law: "isotropic".to_owned(),
            parameters: vec![
                sourced("youngs_modulus_mpa", youngs_modulus, "MPa"),
                sourced("poisson_ratio", poisson_ratio, ""),
            ],
            valid_range: format!(
                "reported Young's modulus {low}-{high} MPa, Poisson ratio {nu_low}-{nu_high}"
            ),
            source: self.source(),
        }
    }
}

/// The isotropic material a case file gives by its numbers.
///
/// # Errors
/// A modulus that is not positive, a Poisson ratio outside (−1, 0.5).
pub fn user_material(
    name: &str,
    youngs_modulus: f64,
    poisson_ratio: f64,
) -> Result<(Elasticity, MaterialRecord), MaterialError> {
    let elasticity = isotropic(name, youngs_modulus, poisson_ratio)?;
    let record = MaterialRecord {
        name: name.to_owned(),
        law: "isotropic".to_owned(),
        parameters: isotropic_parameters(youngs_modulus, poisson_ratio),
        valid_range: "as given".to_owned(),
        source: Source::case_file("given in the case"),
    };
    Ok((elasticity, record))
}

/// An isotropic stiffness, refused unless every strain stores energy.
///
/// # Errors
/// A modulus that is not positive, a Poisson ratio outside (−1, 0.5).
pub fn isotropic(
    name: &str,
    youngs_modulus: f64,
    poisson_ratio: f64,
) -> Result<Elasticity, MaterialError> {
    let stiff = youngs_modulus > 0.0 && youngs_modulus.is_finite();
    let possible = stiff && poisson_ratio > -1.0 && poisson_ratio < 0.5;
    if !possible {
        return Err(MaterialError::NotElastic {
            name: name.to_owned(),
            youngs_modulus,
            poisson_ratio,
        });
    }
    Ok(Elasticity::isotropic(youngs_modulus, poisson_ratio))
}

/// Poisson ratio of the solid metal in the bound on the modulus; between 0.3 and 0.34 the bound
/// changes by 0.3 %.
const SOLID_POISSON_RATIO: f64 = 0.3;

/// A porous metal at one density, given by `from`: its stiffness, its strength and the record of
/// both.
///
/// # Errors
/// A density outside the law's samples.
pub fn porous_material(
    law: &GibsonAshbyLaw,
    relative_density: f64,
    poisson_ratio: &Sourced<f64>,
    from: &Source,
) -> Result<(Elasticity, PorousProperties, MaterialRecord), MaterialError> {
    let at = law.at(relative_density)?;
    let elasticity = isotropic(law.id, at.youngs_modulus, poisson_ratio.value)?;
    let porosity = Sourced::new(100.0 * (1.0 - relative_density), from.clone());
    let mut parameters = vec![
        sourced("porosity_percent", &porosity, "%"),
        parameter("youngs_modulus_mpa", at.youngs_modulus, "MPa"),
        sourced("poisson_ratio", poisson_ratio, ""),
        parameter("compressive_yield_strength_mpa", at.yield_strength, "MPa"),
    ];
    if let Some(plateau) = at.plateau {
        parameters.push(parameter("plateau_stress_mpa", plateau, "MPa"));
    }
    parameters.extend(fit_parameters(law));
    parameters.push(parameter(
        "modulus_over_hashin_shtrikman_bound",
        law.modulus_over_bound(relative_density, SOLID_POISSON_RATIO),
        "",
    ));
    let record = porous_record(law, parameters);
    Ok((elasticity, at, record))
}

/// The constants of a law's fits and their scatter.
pub(super) fn fit_parameters(law: &GibsonAshbyLaw) -> Vec<Parameter> {
    let of = |(name, fit): (&str, &PowerFit)| {
        let scatter = || fit.residual_percent.iter().copied();
        [
            ("prefactor_mpa", fit.law.prefactor, "MPa"),
            ("exponent", fit.law.exponent, ""),
            ("r_squared", fit.r_squared, ""),
            (
                "fit_over_sample_lowest_percent",
                scatter().fold(0.0, f64::min),
                "%",
            ),
            (
                "fit_over_sample_highest_percent",
                scatter().fold(0.0, f64::max),
                "%",
            ),
        ]
        .map(|(key, value, unit)| parameter(&format!("{name}_{key}"), value, unit))
    };
    let fits = [("modulus", &law.modulus), ("yield", &law.yield_strength)];
    fits.into_iter().flat_map(of).collect()
}

/// The record of a porous metal with these numbers.
pub(super) fn porous_record(law: &GibsonAshbyLaw, parameters: Vec<Parameter>) -> MaterialRecord {
    let [low, high] = law.range;
    MaterialRecord {
        name: law.name.to_owned(),
        law: format!("{}: {}, {}, y = P rho^n", law.id, law.cell, law.process),
        parameters,
        valid_range: format!(
            "relative density {low:.4}-{high:.4}; compression only, no tension law; Poisson ratio \
             chosen (ideal rhombic dodecahedron 0.31-0.46)"
        ),
        source: law.source.clone(),
    }
}

/// One entry of a record, from elsewhere than its law.
pub fn sourced(key: &str, value: &Sourced<f64>, unit: &str) -> Parameter {
    Parameter {
        source: Some(value.source.clone()),
        ..parameter(key, value.value, unit)
    }
}

/// One entry of a record.
pub fn parameter(key: &str, value: f64, unit: &str) -> Parameter {
    Parameter {
        key: key.to_owned(),
        value,
        unit: unit.to_owned(),
        source: None,
    }
}

fn isotropic_parameters(youngs_modulus: f64, poisson_ratio: f64) -> Vec<Parameter> {
    vec![
        parameter("youngs_modulus_mpa", youngs_modulus, "MPa"),
        parameter("poisson_ratio", poisson_ratio, ""),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lattice;

    #[test]
    fn every_shipped_material_is_elastic_inside_its_own_range_and_cited() {
        for (i, material) in LIBRARY.iter().enumerate() {
            assert!(
                material.elasticity().is_positive_definite(),
                "{}",
                material.id
            );
            let inside = |value: f64, [low, high]: [f64; 2]| (low..=high).contains(&value);
            assert!(
                inside(material.youngs_modulus, material.modulus_range),
                "{}",
                material.id
            );
            assert!(
                inside(material.poisson_ratio, material.poisson_range),
                "{}",
                material.id
            );
            assert!(!material.citation.is_empty());
            assert!(LIBRARY[..i].iter().all(|other| other.id != material.id));
            assert_eq!(library_material(material.id).unwrap().id, material.id);
        }
        let error = library_material("unobtainium").unwrap_err().to_string();
        assert!(
            error.contains("ti6al4v") && error.contains("unobtainium"),
            "{error}"
        );
    }

    #[test]
    fn a_number_says_where_it_comes_from_whatever_its_value() {
        let own = CANCELLOUS_BONE.youngs_modulus;
        let given = Sourced::new(own, Source::case_file("bone.cancellous_modulus_mpa"));
        let default = Sourced::new(0.2, crate::case::defaults::BONE_POISSON.source());
        let record = CANCELLOUS_BONE.record_as_used(&given, &default);
        let sources: Vec<Source> = record
            .parameters
            .iter()
            .map(|p| p.source.clone().unwrap())
            .collect();
        // The library's own number, but the case gave it; not the library's, but nobody did.
        assert_eq!(sources, [given.source, default.source]);
        assert_eq!(record.parameters[0].value, own);
        assert!(
            record.valid_range.contains("100-450"),
            "{}",
            record.valid_range
        );
    }

    #[test]
    fn every_solid_a_case_may_name_has_its_own_numbers_here() {
        for named in LibrarySolid::ALL {
            assert_eq!(solid(named).id, named.name());
            assert_eq!(LibrarySolid::named(named.name()), Some(named));
        }
    }

    #[test]
    fn impossible_constants_are_refused() {
        for (e, nu) in [
            (0.0, 0.3),
            (-1.0, 0.3),
            (f64::NAN, 0.3),
            (1.0, 0.5),
            (1.0, -1.0),
        ] {
            assert!(user_material("x", e, nu).is_err(), "{e} {nu}");
        }
        assert!(user_material("x", 1.0, f64::NAN).is_err());
        assert!(user_material("x", f64::INFINITY, 0.3).is_err());
    }

    #[test]
    fn porous_metal_carries_the_law_and_its_scatter_into_the_record() {
        let law = lattice::law("chen-2025-tantalum").unwrap();
        let given = Sourced::new(0.3, Source::case_file("material[0].poisson_ratio"));
        let from = Source::case_file("material[0].porosity_percent");
        let (c, at, record) = porous_material(&law, 0.2, &given, &from).unwrap();
        let (e, nu) = c.isotropic_constants().unwrap();
        assert!((e - at.youngs_modulus).abs() < 1e-9 * e && (nu - 0.3).abs() < 1e-12);
        let names: Vec<&str> = record.parameters.iter().map(|p| p.key.as_str()).collect();
        assert!(names.contains(&"porosity_percent") && names.contains(&"modulus_r_squared"));
        let of = |key: &str| {
            record
                .parameters
                .iter()
                .find(|p| p.key == key)
                .unwrap()
                .value
        };
        // The fit is 32.7 % below sample C and 28.3 % above sample E.
        assert!((of("yield_fit_over_sample_lowest_percent") + 32.7).abs() < 0.05);
        assert!((of("yield_fit_over_sample_highest_percent") - 28.3).abs() < 0.05);
        // 610 MPa of 186 GPa against the bound's 0.1109 of it.
        let share = of("modulus_over_hashin_shtrikman_bound");
        assert!(
            (share - at.youngs_modulus / (186_000.0 * 0.1109)).abs() < 1e-4,
            "{share}"
        );
        assert!(porous_material(&law, 0.05, &given, &from).is_err());
    }
}

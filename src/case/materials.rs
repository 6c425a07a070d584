//! Named materials, bone and disc: which law, with which numbers. Knows no stiffness: what a law
//! gives and where it holds is for `material`.

use std::ops::RangeInclusive;

use nalgebra::Matrix3;

use super::defaults;
use super::error::{CaseError, CaseFault, FaultKind};
use super::homogenised::{self, HomogenisedCell};
use super::porosity::{self, Lattice, Porosity};
use super::raw::{Section, both, duplicate};
use crate::lattice::{self, LAW_IDS};
use crate::names;
use crate::source::{Source, Sourced};
use crate::tensor::{Elasticity, OrthotropicConstants, Vec3};

/// A solid of the program's library: what it is, whatever a case calls its own materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibrarySolid {
    /// Ti-6Al-4V, wrought.
    Ti6Al4V,
    /// Tantalum.
    Tantalum,
    /// Cobalt-chromium.
    CobaltChromium,
    /// Stainless steel 316L.
    Stainless316L,
    /// Poly-ether-ether-ketone.
    Peek,
    /// Bone cement.
    Pmma,
    /// Cancellous bone.
    CancellousBone,
    /// Cortical bone.
    CorticalBone,
}

impl LibrarySolid {
    /// All of them: these can be named without a `[[material]]` of their own.
    pub const ALL: [Self; 8] = [
        Self::Ti6Al4V,
        Self::Tantalum,
        Self::CobaltChromium,
        Self::Stainless316L,
        Self::Peek,
        Self::Pmma,
        Self::CancellousBone,
        Self::CorticalBone,
    ];

    /// Its name in a case file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ti6Al4V => "ti6al4v",
            Self::Tantalum => "tantalum",
            Self::CobaltChromium => "cocr",
            Self::Stainless316L => "stainless_316l",
            Self::Peek => "peek",
            Self::Pmma => "pmma",
            Self::CancellousBone => "cancellous-bone",
            Self::CorticalBone => "cortical-bone",
        }
    }

    /// The solid of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|solid| solid.name() == name)
    }
}

/// Which law a material follows.
#[derive(Debug, Clone, PartialEq)]
pub enum MaterialLaw {
    /// A solid of the program's library.
    Library(LibrarySolid),
    /// Porous metal by a law of relative density.
    Porous {
        /// Id of the law, one of [`LAW_IDS`].
        law: String,
        /// How porous it is, and where.
        porosity: Porosity,
        /// Poisson ratio, the same at every density.
        poisson_ratio: Sourced<f64>,
    },
    /// The same in all directions.
    Isotropic {
        /// Young's modulus, MPa.
        youngs_modulus_mpa: f64,
        /// Poisson ratio.
        poisson_ratio: f64,
    },
    /// The unit cell of a lattice, homogenised by finite elements.
    Homogenised(Box<HomogenisedCell>),
    /// Three planes of symmetry (a transversely isotropic material is one, axis 3 its axis).
    Orthotropic {
        /// The nine constants.
        constants: OrthotropicConstants,
        /// Columns are the material axes 1, 2, 3 in the frame.
        axes: Matrix3<f64>,
    },
}

/// A named material.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Name, unique.
    pub name: String,
    /// Key path, for errors; empty for one of the library.
    pub key: String,
    /// Its law.
    pub law: MaterialLaw,
    /// Compressive yield strength given in the case, MPa; over what the law says.
    pub strength_mpa: Option<Sourced<f64>>,
    /// The lattice a porous metal is printed as, where the case gives it.
    pub lattice: Option<Lattice>,
}

/// Bone of all vertebrae.
#[derive(Debug, Clone, PartialEq)]
pub struct Bone {
    /// Cancellous modulus, MPa.
    pub cancellous_modulus_mpa: Sourced<f64>,
    /// Band of the cancellous modulus that is shown beside verdicts, MPa.
    pub cancellous_band_mpa: Sourced<[f64; 2]>,
    /// Poisson ratio of cancellous bone.
    pub poisson_ratio: Sourced<f64>,
    /// Apparent density, g/cm³, where the case gives it: the modulus then follows the density law.
    pub apparent_density_g_per_cm3: Option<f64>,
    /// Modulus of the cortical shell, MPa.
    pub cortical_modulus_mpa: Sourced<f64>,
    /// Poisson ratio of the cortical shell.
    pub cortical_poisson_ratio: Sourced<f64>,
    /// Thickness of the cortical shell (a membrane), mm; 0 leaves it out.
    pub cortical_thickness_mm: Sourced<f64>,
    /// Modulus of the bony endplate at its surface, MPa.
    pub endplate_modulus_mpa: Sourced<f64>,
    /// Thickness of the bony endplate: the depth at which it is half way to cancellous bone, mm.
    pub endplate_thickness_mm: Sourced<f64>,
    /// Depth over which it grades into cancellous bone, centred on its thickness, mm.
    pub endplate_grading_mm: Sourced<f64>,
    /// Modulus of the posterior elements, MPa.
    pub posterior_modulus_mpa: Sourced<f64>,
    /// Poisson ratio of the posterior elements.
    pub posterior_poisson_ratio: Sourced<f64>,
}

/// What all discs are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscMaterial {
    /// Modulus of the annulus matrix, MPa.
    pub matrix_modulus_mpa: Sourced<f64>,
    /// Poisson ratio of the annulus matrix.
    pub matrix_poisson_ratio: Sourced<f64>,
    /// Volume share of the fibres times their modulus, MPa.
    pub fibre_modulus_mpa: Sourced<f64>,
    /// Angle of the fibres to the endplate, degrees; both signs.
    pub fibre_angle_deg: Sourced<f64>,
    /// Modulus of the nucleus, MPa.
    pub nucleus_modulus_mpa: Sourced<f64>,
    /// Poisson ratio of the nucleus.
    pub nucleus_poisson_ratio: Sourced<f64>,
    /// Outline of the nucleus over the disc's.
    pub nucleus_scale: Sourced<f64>,
    /// Factors on what resists flexion, lateral bending and rotation, of every disc without its
    /// own.
    pub calibration_factors: Sourced<[f64; 3]>,
}

/// All materials read so far; library ones join when first named.
pub(super) struct Materials {
    pub list: Vec<Material>,
}

const MATERIAL_KEYS: &[&str] = &[
    "name",
    "law",
    "porosity_percent",
    "relative_density",
    "porosity",
    "lattice",
    "youngs_modulus_mpa",
    "poisson_ratio",
    "shear_modulus_mpa",
    "axial_modulus_mpa",
    "transverse_modulus_mpa",
    "axial_shear_modulus_mpa",
    "axial_poisson_ratio",
    "transverse_poisson_ratio",
    "axis",
    "axis_1",
    "axis_2",
    "file",
    "knock_down",
    "strength_mpa",
];

const LAWS: [&str; 7] = [
    "chen-2025-tantalum",
    "porous-ti6al4v",
    "homogenised",
    "bcc-ti6al4v",
    "isotropic",
    "transversely-isotropic",
    "orthotropic",
];

impl Materials {
    /// Reads the `[[material]]` tables.
    pub fn read(top: &Section<'_>) -> Result<Self, CaseError> {
        let mut list: Vec<Material> = Vec::new();
        for section in top.sections("material", MATERIAL_KEYS)? {
            let name = section.required_text("name")?.to_owned();
            if list.iter().any(|m| m.name == name) {
                return Err(duplicate(&section, "material", &name));
            }
            let law = read_law(&section)?;
            refuse_one_strength(&section, &law)?;
            let strength = section.number("strength_mpa", 0.001..=1e4)?;
            list.push(Material {
                name,
                key: section.path().to_owned(),
                law,
                strength_mpa: strength.map(|mpa| section.given("strength_mpa", mpa)),
                lattice: porosity::read_lattice(&section)?,
            });
        }
        Ok(Self { list })
    }

    /// The number of the material that `key` names.
    pub fn reference(&mut self, section: &Section<'_>, key: &str) -> Result<usize, CaseError> {
        let name = section.required_text(key)?;
        if let Some(number) = self.list.iter().position(|m| m.name == name) {
            return Ok(number);
        }
        if let Some(solid) = LibrarySolid::named(name) {
            return Ok(self.library(solid));
        }
        let own = self.list.iter().map(|m| m.name.as_str());
        let known: Vec<&str> = own
            .chain(LibrarySolid::ALL.map(LibrarySolid::name))
            .collect();
        Err(section.unknown_name(key, "material", name, &known))
    }

    /// The number of the material that `key` names for a body that has no frame for a graded one.
    pub fn uniform_reference(
        &mut self,
        section: &Section<'_>,
        key: &str,
    ) -> Result<usize, CaseError> {
        let number = self.reference(section, key)?;
        match &self.list[number].law {
            MaterialLaw::Porous { porosity, .. } if porosity.is_graded() => {
                let reason = "only the implant can be of graded porosity";
                let help = "give this part a material with `porosity_percent`";
                Err(section.error(key, CaseFault::model(reason)).with_help(help))
            }
            _ => Ok(number),
        }
    }

    /// The number of a library material, added if need be. Where a material of the case bears its
    /// name, it is called the program's.
    pub fn library(&mut self, solid: LibrarySolid) -> usize {
        let law = MaterialLaw::Library(solid);
        if let Some(number) = self.list.iter().position(|m| m.law == law) {
            return number;
        }
        let mut name = solid.name().to_owned();
        while self.list.iter().any(|m| m.name == name) {
            name.push_str(" (the program's)");
        }
        self.list.push(Material {
            name,
            key: String::new(),
            law,
            strength_mpa: None,
            lattice: None,
        });
        self.list.len() - 1
    }
}

const POISSON: RangeInclusive<f64> = defaults::POISSON[0]..=defaults::POISSON[1];
const MODULUS: RangeInclusive<f64> = 0.01..=500_000.0;

fn read_law(section: &Section<'_>) -> Result<MaterialLaw, CaseError> {
    let law = section.required_text("law")?;
    let law = names::same(law, LAWS)
        .ok_or_else(|| section.unknown_name("law", "material law", law, &LAWS))?;
    refuse_other_keys(section, law)?;
    if LAW_IDS.contains(&law) {
        return Ok(MaterialLaw::Porous {
            law: law.to_owned(),
            porosity: read_porosity(section, law)?,
            poisson_ratio: section.number_or(&defaults::POROUS_POISSON)?,
        });
    }
    match law {
        "isotropic" => Ok(MaterialLaw::Isotropic {
            youngs_modulus_mpa: section.required_number("youngs_modulus_mpa", MODULUS)?,
            poisson_ratio: section.required_number("poisson_ratio", POISSON)?,
        }),
        "homogenised" => Ok(MaterialLaw::Homogenised(Box::new(homogenised::read(
            section,
        )?))),
        "transversely-isotropic" => read_transversely_isotropic(section),
        _ => read_orthotropic(section),
    }
}

/// The keys each law uses, apart from `name`, `law` and `strength_mpa`.
fn keys_of(law: &str) -> &'static [&'static str] {
    match law {
        "isotropic" => &["youngs_modulus_mpa", "poisson_ratio"],
        "homogenised" => &["file", "knock_down"],
        "transversely-isotropic" => &[
            "axial_modulus_mpa",
            "transverse_modulus_mpa",
            "axial_shear_modulus_mpa",
            "axial_poisson_ratio",
            "transverse_poisson_ratio",
            "axis",
        ],
        "orthotropic" => &[
            "youngs_modulus_mpa",
            "shear_modulus_mpa",
            "poisson_ratio",
            "axis_1",
            "axis_2",
        ],
        _ => &[
            "porosity_percent",
            "relative_density",
            "porosity",
            "lattice",
            "poisson_ratio",
        ],
    }
}

fn refuse_other_keys(section: &Section<'_>, law: &str) -> Result<(), CaseError> {
    let used = keys_of(law);
    let common = ["name", "law", "strength_mpa"];
    let stray = MATERIAL_KEYS
        .iter()
        .find(|k| section.has(k) && !used.contains(k) && !common.contains(k));
    let Some(key) = stray else {
        return Ok(());
    };
    let fault = CaseFault::KeysTogether {
        message: format!("the law \"{law}\" does not use `{key}`"),
    };
    let help = format!("it uses {}", used.join(", "));
    Err(section.error(key, fault).with_help(help))
}

/// Porosity within the samples that the law was fitted to.
fn read_porosity(section: &Section<'_>, id: &str) -> Result<Porosity, CaseError> {
    let known = || section.unknown_name("law", "material law", id, &LAWS);
    let [low, high] = lattice::law(id).map_err(|_| known())?.range;
    let percent = porosity::percent_range([low, high]);
    let help = format!("the samples of \"{id}\" reach no further; it is not extrapolated");
    let outside = |e: CaseError| e.with_help_for(FaultKind::Range, &help);
    let given = ["porosity_percent", "relative_density", "porosity"];
    let mut given = given.into_iter().filter(|key| section.has(key));
    if let (Some(one), Some(other)) = (given.next(), given.next()) {
        return Err(both(section, one, other));
    }
    if section.has("porosity") {
        return porosity::read(section, percent, &help);
    }
    let porosity = section.number("porosity_percent", percent);
    let density = section.number("relative_density", low..=high);
    match (porosity.map_err(outside)?, density.map_err(outside)?) {
        (Some(porosity), _) => Ok(Porosity::Uniform(1.0 - porosity / 100.0)),
        (None, Some(density)) => Ok(Porosity::Uniform(density)),
        (None, None) => Err(section.missing("porosity_percent")),
    }
}

/// A graded metal is as strong as its law says at each place.
fn refuse_one_strength(section: &Section<'_>, law: &MaterialLaw) -> Result<(), CaseError> {
    let graded = matches!(law, MaterialLaw::Porous { porosity, .. } if porosity.is_graded());
    if !(graded && section.has("strength_mpa")) {
        return Ok(());
    }
    let fault = CaseFault::KeysTogether {
        message: "one `strength_mpa` cannot hold where `porosity` changes from place to place"
            .to_owned(),
    };
    let help = "leave it out: the law gives the strength at each place";
    Err(section.error("strength_mpa", fault).with_help(help))
}

fn read_transversely_isotropic(section: &Section<'_>) -> Result<MaterialLaw, CaseError> {
    let axial = section.required_number("axial_modulus_mpa", MODULUS)?;
    let across = section.required_number("transverse_modulus_mpa", MODULUS)?;
    let shear = section.required_number("axial_shear_modulus_mpa", MODULUS)?;
    let nu_axial = section.required_number("axial_poisson_ratio", 0.0..=1.5)?;
    let nu_across = section.required_number("transverse_poisson_ratio", 0.0..=0.999)?;
    let axis = match section.numbers::<3>("axis", -1e6..=1e6)? {
        Some(axis) => Vec3::from(axis),
        None => Vec3::z(),
    };
    let third = axis
        .try_normalize(1e-12)
        .ok_or_else(|| section.wrong_type("axis", "a direction that is not zero"))?;
    let helper = if third.x.abs() < 0.9 {
        Vec3::x()
    } else {
        Vec3::y()
    };
    let first = (helper - third * helper.dot(&third)).normalize();
    // ν₁₃ is the contraction along the axis under stress across it: ν₃₁ E₁ / E₃.
    let nu_13 = nu_axial * across / axial;
    let constants = OrthotropicConstants {
        youngs_modulus: [across, across, axial],
        shear_modulus: [0.5 * across / (1.0 + nu_across), shear, shear],
        poisson_ratio: [nu_across, nu_13, nu_13],
    };
    let axes = Matrix3::from_columns(&[first, third.cross(&first), third]);
    checked_orthotropic(section, constants, axes)
}

fn read_orthotropic(section: &Section<'_>) -> Result<MaterialLaw, CaseError> {
    let moduli = section.numbers("youngs_modulus_mpa", MODULUS)?;
    let shears = section.numbers("shear_modulus_mpa", MODULUS)?;
    let ratios = section.numbers("poisson_ratio", -1.0..=2.0)?;
    let constants = OrthotropicConstants {
        youngs_modulus: moduli.ok_or_else(|| section.missing("youngs_modulus_mpa"))?,
        shear_modulus: shears.ok_or_else(|| section.missing("shear_modulus_mpa"))?,
        poisson_ratio: ratios.ok_or_else(|| section.missing("poisson_ratio"))?,
    };
    let first = section.numbers::<3>("axis_1", -1e6..=1e6)?;
    let second = section.numbers::<3>("axis_2", -1e6..=1e6)?;
    let first = first.map_or_else(Vec3::x, Vec3::from);
    let second = second.map_or_else(Vec3::y, Vec3::from);
    let third = first.cross(&second).try_normalize(1e-9);
    let third = third
        .ok_or_else(|| section.wrong_type("axis_2", "a direction across axis_1, not along it"))?;
    let first = first.normalize();
    let axes = Matrix3::from_columns(&[first, third.cross(&first), third]);
    checked_orthotropic(section, constants, axes)
}

fn checked_orthotropic(
    section: &Section<'_>,
    constants: OrthotropicConstants,
    axes: Matrix3<f64>,
) -> Result<MaterialLaw, CaseError> {
    let possible = Elasticity::orthotropic(&constants).is_some_and(|c| c.is_positive_definite());
    if possible {
        return Ok(MaterialLaw::Orthotropic { constants, axes });
    }
    let reason = "these constants make a material that gives energy away when strained";
    Err(section
        .error("law", CaseFault::model(reason))
        .with_help("its Poisson ratios are too large for its moduli"))
}

const BONE_KEYS: &[&str] = &[
    "cancellous_modulus_mpa",
    "cancellous_band_mpa",
    "poisson_ratio",
    "apparent_density_g_per_cm3",
    "cortical_modulus_mpa",
    "cortical_poisson_ratio",
    "cortical_thickness_mm",
    "endplate_modulus_mpa",
    "endplate_thickness_mm",
    "endplate_grading_mm",
    "posterior_modulus_mpa",
    "posterior_poisson_ratio",
];

/// Morgan 2003: E = 4730 ρ^1.56 (MPa, g/cm³).
fn morgan_modulus(density: f64) -> f64 {
    4730.0 * density.powf(1.56)
}

/// The apparent density (g/cm³) that Morgan's law gives a cancellous modulus (MPa).
pub fn morgan_density(modulus: f64) -> f64 {
    (modulus / 4730.0).powf(1.0 / 1.56)
}

/// Reads `[bone]`.
pub(super) fn read_bone(top: &Section<'_>) -> Result<Bone, CaseError> {
    let bone = top.section("bone", BONE_KEYS)?;
    // The range of the law's data.
    let density = bone.number("apparent_density_g_per_cm3", 0.11..=0.35)?;
    let modulus = read_modulus(&bone, density)?;
    let thickness = bone.number_or(&defaults::ENDPLATE_THICKNESS)?;
    Ok(Bone {
        cancellous_band_mpa: read_band(&bone, modulus.value)?,
        cancellous_modulus_mpa: modulus,
        poisson_ratio: bone.number_or(&defaults::BONE_POISSON)?,
        apparent_density_g_per_cm3: density,
        cortical_modulus_mpa: bone.number_or(&defaults::CORTICAL_MODULUS)?,
        cortical_poisson_ratio: bone.number_or(&defaults::CORTICAL_POISSON)?,
        cortical_thickness_mm: bone.number_or(&defaults::CORTICAL_THICKNESS)?,
        endplate_modulus_mpa: bone.number_or(&defaults::ENDPLATE_MODULUS)?,
        endplate_grading_mm: read_grading(&bone, thickness.value)?,
        endplate_thickness_mm: thickness,
        posterior_modulus_mpa: bone.number_or(&defaults::POSTERIOR_MODULUS)?,
        posterior_poisson_ratio: bone.number_or(&defaults::POSTERIOR_POISSON)?,
    })
}

/// The cancellous modulus: given, by the density that is given, or the default.
fn read_modulus(bone: &Section<'_>, density: Option<f64>) -> Result<Sourced<f64>, CaseError> {
    const DENSITY: &str = "apparent_density_g_per_cm3";
    match density {
        Some(_) if bone.has("cancellous_modulus_mpa") => {
            Err(both(bone, "cancellous_modulus_mpa", DENSITY))
        }
        Some(density) => {
            let citation = format!(
                "{}, by E = 4730 ρ^1.56 (Morgan 2003, J Biomech 36:897)",
                bone.key(DENSITY)
            );
            Ok(Sourced::new(
                morgan_modulus(density),
                Source::case_file(citation),
            ))
        }
        None => bone.number_or(&defaults::CANCELLOUS_MODULUS),
    }
}

/// The grading: given, or as long as the layer is thick. Longer than twice that, the layer would
/// begin above the bone.
fn read_grading(bone: &Section<'_>, thickness: f64) -> Result<Sourced<f64>, CaseError> {
    let default = &defaults::ENDPLATE_GRADING;
    let given = bone.number(default.local_key(), 0.0..=2.0 * thickness)?;
    Ok(match given {
        Some(given) => bone.given(default.local_key(), given),
        None => bone.left_out(default, thickness, thickness.to_string()),
    })
}

fn read_band(bone: &Section<'_>, modulus: f64) -> Result<Sourced<[f64; 2]>, CaseError> {
    let default = &defaults::CANCELLOUS_BAND;
    let key = default.local_key();
    if let Some([low, high]) = bone.numbers(key, 0.1..=10_000.0)? {
        if low <= modulus && modulus <= high {
            return Ok(bone.given(key, [low, high]));
        }
        let reason = format!("the band {low} to {high} MPa leaves out the modulus, {modulus} MPa");
        return Err(bone.error(key, CaseFault::model(reason)));
    }
    let band = defaults::BAND_FACTORS.map(|factor| factor * modulus);
    let text = format!("{:.0} to {:.0}", band[0], band[1]);
    Ok(bone.left_out(default, band, text))
}

const DISC_KEYS: &[&str] = &[
    "matrix_modulus_mpa",
    "matrix_poisson_ratio",
    "fibre_modulus_mpa",
    "fibre_angle_deg",
    "nucleus_modulus_mpa",
    "nucleus_poisson_ratio",
    "nucleus_scale",
    "calibration_factors",
];

/// Reads `[disc_material]`.
pub(super) fn read_disc_material(top: &Section<'_>) -> Result<DiscMaterial, CaseError> {
    let disc = top.section("disc_material", DISC_KEYS)?;
    let default = &defaults::CALIBRATION;
    let usual = default.value.usual;
    Ok(DiscMaterial {
        matrix_modulus_mpa: disc.number_or(&defaults::MATRIX_MODULUS)?,
        matrix_poisson_ratio: disc.number_or(&defaults::MATRIX_POISSON)?,
        fibre_modulus_mpa: disc.number_or(&defaults::FIBRE_MODULUS)?,
        fibre_angle_deg: disc.number_or(&defaults::FIBRE_ANGLE)?,
        nucleus_modulus_mpa: disc.number_or(&defaults::NUCLEUS_MODULUS)?,
        nucleus_poisson_ratio: disc.number_or(&defaults::NUCLEUS_POISSON)?,
        nucleus_scale: disc.number_or(&defaults::NUCLEUS_SCALE)?,
        calibration_factors: match read_factors(&disc)? {
            Some(given) => given,
            None => disc.left_out(default, usual, usual.map(|f| f.to_string()).join(", ")),
        },
    })
}

/// The calibration factors of all discs or of one, where its table gives them.
pub(super) fn read_factors(table: &Section<'_>) -> Result<Option<Sourced<[f64; 3]>>, CaseError> {
    let default = &defaults::CALIBRATION;
    let [low, high] = default.value.range;
    let key = default.local_key();
    Ok(table
        .numbers(key, low..=high)?
        .map(|given| table.given(key, given)))
}

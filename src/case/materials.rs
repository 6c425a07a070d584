//! Named materials, bone and disc: which law, with which numbers. Knows no stiffness: what a law
//! gives and where it holds is for `material`.

use std::ops::RangeInclusive;

use nalgebra::Matrix3;

use super::bodies::{both, duplicate};
use super::error::{CaseError, CaseFault, FaultKind};
use super::homogenised::{self, HomogenisedCell};
use super::porosity::{self, Lattice, Porosity};
use super::raw::{NumberDefault, Section};
use crate::lattice::{self, LAW_IDS};
use crate::source::Source;
use crate::source::SourceFlag::{self, Derived, RecalledUnverified, SecondarySource};
use crate::tensor::{Elasticity, OrthotropicConstants, Vec3};

/// Solids that can be named without a `[[material]]` of their own.
pub const LIBRARY: [&str; 8] = [
    "ti6al4v",
    "tantalum",
    "cocr",
    "stainless_316l",
    "peek",
    "pmma",
    "cancellous-bone",
    "cortical-bone",
];

/// Which law a material follows.
#[derive(Debug, Clone, PartialEq)]
pub enum MaterialLaw {
    /// A solid of the program's library, one of [`LIBRARY`].
    Library(String),
    /// Porous metal by a law of relative density.
    Porous {
        /// Id of the law, one of [`LAW_IDS`].
        law: String,
        /// How porous it is, and where.
        porosity: Porosity,
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
    pub strength_mpa: Option<f64>,
    /// Poisson ratio given in the case for a porous law.
    pub poisson_ratio: Option<f64>,
    /// The lattice a porous metal is printed as, where the case gives it.
    pub lattice: Option<Lattice>,
}

/// Bone of all vertebrae.
#[derive(Debug, Clone, PartialEq)]
pub struct Bone {
    /// Cancellous modulus, MPa.
    pub cancellous_modulus_mpa: f64,
    /// Band of the cancellous modulus that is shown beside verdicts, MPa.
    pub cancellous_band_mpa: [f64; 2],
    /// Poisson ratio of cancellous bone.
    pub poisson_ratio: f64,
    /// Apparent density, g/cm³, where the case gives it: the modulus then follows the density law.
    pub apparent_density_g_per_cm3: Option<f64>,
    /// Modulus of the cortical shell, MPa.
    pub cortical_modulus_mpa: f64,
    /// Poisson ratio of the cortical shell.
    pub cortical_poisson_ratio: f64,
    /// Thickness of the cortical shell (a membrane), mm; 0 leaves it out.
    pub cortical_thickness_mm: f64,
    /// Modulus of the bony endplate at its surface, MPa.
    pub endplate_modulus_mpa: f64,
    /// Thickness of the bony endplate: the depth at which it is half way to cancellous bone, mm.
    pub endplate_thickness_mm: f64,
    /// Depth over which it grades into cancellous bone, centred on its thickness, mm.
    pub endplate_grading_mm: f64,
    /// Modulus of the posterior elements, MPa.
    pub posterior_modulus_mpa: f64,
    /// Poisson ratio of the posterior elements.
    pub posterior_poisson_ratio: f64,
}

/// What all discs are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscMaterial {
    /// Modulus of the annulus matrix, MPa.
    pub matrix_modulus_mpa: f64,
    /// Poisson ratio of the annulus matrix.
    pub matrix_poisson_ratio: f64,
    /// Volume share of the fibres times their modulus, MPa.
    pub fibre_modulus_mpa: f64,
    /// Angle of the fibres to the endplate, degrees; both signs.
    pub fibre_angle_deg: f64,
    /// Modulus of the nucleus, MPa.
    pub nucleus_modulus_mpa: f64,
    /// Poisson ratio of the nucleus.
    pub nucleus_poisson_ratio: f64,
    /// Outline of the nucleus over the disc's.
    pub nucleus_scale: f64,
    /// Factors on what resists flexion, lateral bending and rotation, of every disc without its
    /// own.
    pub calibration_factors: [f64; 3],
    /// Where these factors come from.
    pub calibration_source: Source,
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
            let porous = matches!(law, MaterialLaw::Porous { .. });
            list.push(Material {
                name,
                key: section.path().to_owned(),
                law,
                strength_mpa: section.number("strength_mpa", 0.001..=1e4)?,
                poisson_ratio: match porous {
                    true => section.number("poisson_ratio", POISSON)?,
                    false => None,
                },
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
        if LIBRARY.contains(&name) {
            return Ok(self.library(name));
        }
        let own = self.list.iter().map(|m| m.name.as_str());
        let known: Vec<&str> = own.chain(LIBRARY).collect();
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

    /// The number of a library material, added if need be.
    pub fn library(&mut self, id: &str) -> usize {
        if let Some(number) = self.list.iter().position(|m| m.name == id) {
            return number;
        }
        self.list.push(Material {
            name: id.to_owned(),
            key: String::new(),
            law: MaterialLaw::Library(id.to_owned()),
            strength_mpa: None,
            poisson_ratio: None,
            lattice: None,
        });
        self.list.len() - 1
    }
}

const POISSON: std::ops::RangeInclusive<f64> = 0.0..=0.4999;
const MODULUS: std::ops::RangeInclusive<f64> = 0.01..=500_000.0;

fn read_law(section: &Section<'_>) -> Result<MaterialLaw, CaseError> {
    let law = section.required_text("law")?;
    section.reference("law", "material law", law, &LAWS)?;
    refuse_other_keys(section, law)?;
    if LAW_IDS.contains(&law) {
        return Ok(MaterialLaw::Porous {
            law: law.to_owned(),
            porosity: read_porosity(section, law)?,
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

const CANCELLOUS: NumberDefault = NumberDefault::new(
    300.0,
    SecondarySource,
    "between the 100-450 MPa of published models (PMC3726285; bmcsurg s12893-020-00729-4); \
     Morgan 2003, J Biomech 36:897, gives 300 MPa at 0.17 g/cm³",
);
/// Published isotropic models use 100 to 450 MPa: from a third to one and a half of 300 MPa.
const BAND: [f64; 2] = [1.0 / 3.0, 1.5];
const BAND_SOURCE: &str = "a third to one and a half of the stated modulus, the spread of \
                           published models (100-450 MPa about 300)";
const BONE_POISSON: NumberDefault = NumberDefault::new(
    0.2,
    SecondarySource,
    "0.2 (PMC3726285); published models use 0.2 to 0.315",
);
const CORTICAL_MODULUS: NumberDefault = NumberDefault::new(
    12_000.0,
    SecondarySource,
    "isotropic cortical bone in published models (PMC3726285)",
);
const CORTICAL_POISSON: NumberDefault =
    NumberDefault::new(0.3, SecondarySource, "isotropic cortical bone (PMC3726285)");
const CORTICAL_THICKNESS: NumberDefault = NumberDefault::new(
    0.35,
    SecondarySource,
    "L1 shell, measured directly, 0.09-0.86 (Silva 1994, J Bone Miner Res 9:409)",
);
const ENDPLATE_MODULUS: NumberDefault = NumberDefault::new(
    1000.0,
    SecondarySource,
    "bony endplate in published models (JOSR s13018-021-02237-4)",
);
const ENDPLATE_DEPTH_SOURCE: &str =
    "graded over about 1 mm so that the mesh resolves it; measured plates are 0.25-0.5 mm";
const ENDPLATE_THICKNESS: NumberDefault = NumberDefault::new(1.0, Derived, ENDPLATE_DEPTH_SOURCE);
const ENDPLATE_GRADING: NumberDefault = NumberDefault::new(1.0, Derived, ENDPLATE_DEPTH_SOURCE);
const POSTERIOR_MODULUS: NumberDefault =
    NumberDefault::new(3500.0, SecondarySource, "posterior elements (PMC3726285)");
const POSTERIOR_POISSON: NumberDefault =
    NumberDefault::new(0.25, SecondarySource, "posterior elements (PMC3726285)");

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

/// Reads `[bone]`.
pub(super) fn read_bone(top: &Section<'_>) -> Result<Bone, CaseError> {
    let bone = top.section("bone", BONE_KEYS)?;
    // The range of the law's data.
    let density = bone.number("apparent_density_g_per_cm3", 0.11..=0.35)?;
    let modulus = match density {
        Some(_) if bone.has("cancellous_modulus_mpa") => {
            let (one, other) = ("cancellous_modulus_mpa", "apparent_density_g_per_cm3");
            return Err(both(&bone, one, other));
        }
        Some(density) => morgan_modulus(density),
        None => bone.number_or("cancellous_modulus_mpa", 1.0..=5000.0, &CANCELLOUS)?,
    };
    let depth = 0.05..=5.0;
    let thickness = bone.number_or("endplate_thickness_mm", depth, &ENDPLATE_THICKNESS)?;
    Ok(Bone {
        cancellous_modulus_mpa: modulus,
        cancellous_band_mpa: read_band(&bone, modulus)?,
        poisson_ratio: bone.number_or("poisson_ratio", POISSON, &BONE_POISSON)?,
        apparent_density_g_per_cm3: density,
        cortical_modulus_mpa: bone.number_or(
            "cortical_modulus_mpa",
            100.0..=30_000.0,
            &CORTICAL_MODULUS,
        )?,
        cortical_poisson_ratio: bone.number_or(
            "cortical_poisson_ratio",
            POISSON,
            &CORTICAL_POISSON,
        )?,
        cortical_thickness_mm: bone.number_or(
            "cortical_thickness_mm",
            0.0..=3.0,
            &CORTICAL_THICKNESS,
        )?,
        endplate_modulus_mpa: bone.number_or(
            "endplate_modulus_mpa",
            1.0..=30_000.0,
            &ENDPLATE_MODULUS,
        )?,
        endplate_thickness_mm: thickness,
        endplate_grading_mm: bone.number_or(
            "endplate_grading_mm",
            0.0..=2.0 * thickness,
            &ENDPLATE_GRADING,
        )?,
        posterior_modulus_mpa: bone.number_or(
            "posterior_modulus_mpa",
            1.0..=30_000.0,
            &POSTERIOR_MODULUS,
        )?,
        posterior_poisson_ratio: bone.number_or(
            "posterior_poisson_ratio",
            POISSON,
            &POSTERIOR_POISSON,
        )?,
    })
}

fn read_band(bone: &Section<'_>, modulus: f64) -> Result<[f64; 2], CaseError> {
    if let Some([low, high]) = bone.numbers("cancellous_band_mpa", 0.1..=10_000.0)? {
        if low <= modulus && modulus <= high {
            return Ok([low, high]);
        }
        let reason = format!("the band {low} to {high} MPa leaves out the modulus, {modulus} MPa");
        return Err(bone.error("cancellous_band_mpa", CaseFault::model(reason)));
    }
    let band = BAND.map(|factor| factor * modulus);
    let text = format!("{:.0} to {:.0}", band[0], band[1]);
    bone.record_default("cancellous_band_mpa", text, BAND_SOURCE, SecondarySource);
    Ok(band)
}

/// Factors that bring one mid-thoracic segment made by this program into the published range of
/// motion, [flexion, lateral, rotation].
pub const CALIBRATED_FACTORS: [f64; 3] = [6.2, 1.0, 0.76];
/// What a calibration factor may be.
pub(super) const CALIBRATION_RANGE: RangeInclusive<f64> = 0.01..=100.0;
const CALIBRATION_SOURCE: &str = "calibrated: flexion, lateral bending, rotation of a made \
     mid-thoracic segment lie within 3-4, 5-6, 5-6° (half of PLoS ONE e0177823, abstract)";

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
const MATRIX_MODULUS: NumberDefault = NumberDefault::new(
    4.2,
    SecondarySource,
    "annulus ground (PMC3726285; s41598-025-03377-x)",
);
const MATRIX_POISSON: NumberDefault = NumberDefault::new(
    0.45,
    SecondarySource,
    "annulus ground (PMC3726285; s41598-025-03377-x)",
);
const FIBRE_MODULUS: NumberDefault = NumberDefault::new(
    72.0,
    Derived,
    "fibre share times modulus, chosen with the calibration to one segment's motion of 3-4° in \
     flexion, 5-6° in lateral bending and rotation (PLoS ONE e0177823, abstract)",
);
const FIBRE_ANGLE: NumberDefault =
    NumberDefault::new(30.0, RecalledUnverified, "fibres at ±30° to the endplate");
const NUCLEUS_MODULUS: NumberDefault = NumberDefault::new(
    1.0,
    SecondarySource,
    "nucleus (PMC3726285; s41598-025-03377-x)",
);
const NUCLEUS_POISSON: NumberDefault = NumberDefault::new(
    0.49,
    Derived,
    "0.499 in published models (PMC3726285), held below it so that tet10 does not lock",
);
const NUCLEUS_SCALE: NumberDefault = NumberDefault::new(
    0.66,
    Derived,
    "outline of the disc scaled: 44 % of its area",
);

/// Reads `[disc_material]`.
pub(super) fn read_disc_material(top: &Section<'_>) -> Result<DiscMaterial, CaseError> {
    let disc = top.section("disc_material", DISC_KEYS)?;
    let (calibration_factors, calibration_source) = read_calibration(&disc)?;
    Ok(DiscMaterial {
        matrix_modulus_mpa: disc.number_or("matrix_modulus_mpa", 0.05..=500.0, &MATRIX_MODULUS)?,
        matrix_poisson_ratio: disc.number_or("matrix_poisson_ratio", POISSON, &MATRIX_POISSON)?,
        fibre_modulus_mpa: disc.number_or("fibre_modulus_mpa", 0.0..=1000.0, &FIBRE_MODULUS)?,
        fibre_angle_deg: disc.number_or("fibre_angle_deg", 0.0..=90.0, &FIBRE_ANGLE)?,
        nucleus_modulus_mpa: disc.number_or(
            "nucleus_modulus_mpa",
            0.01..=500.0,
            &NUCLEUS_MODULUS,
        )?,
        nucleus_poisson_ratio: disc.number_or(
            "nucleus_poisson_ratio",
            POISSON,
            &NUCLEUS_POISSON,
        )?,
        nucleus_scale: disc.number_or("nucleus_scale", 0.1..=0.95, &NUCLEUS_SCALE)?,
        calibration_factors,
        calibration_source,
    })
}

fn read_calibration(disc: &Section<'_>) -> Result<([f64; 3], Source), CaseError> {
    if let Some(given) = disc.numbers("calibration_factors", CALIBRATION_RANGE)? {
        let citation = disc.key("calibration_factors");
        let flag = SourceFlag::CaseFile;
        return Ok((given, Source { citation, flag }));
    }
    let text = CALIBRATED_FACTORS.map(|f| f.to_string()).join(", ");
    disc.record_default("calibration_factors", text, CALIBRATION_SOURCE, Derived);
    let source = Source {
        citation: CALIBRATION_SOURCE.to_owned(),
        flag: Derived,
    };
    Ok((CALIBRATED_FACTORS, source))
}

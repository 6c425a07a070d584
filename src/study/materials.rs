//! The materials a case names, as stiffness, strength and record.

use std::path::Path;

use super::StudyError;
use super::lattice_sizes;
use super::porosity::{PorosityShape, Porous};
use crate::assessment::implant::{LocalStrength, Strength};
use crate::case::{self, Case, MaterialLaw, Porosity};
use crate::homogenise::constants::Constants;
use crate::lattice::gibson_ashby;
use crate::material::MaterialError;
use crate::material::library::{
    self, MaterialRecord, POROUS_POISSON_RATIO, library_material, porous_material,
};
use crate::material::porosity::{GradedMetal, density};
use crate::source::{Source, SourceFlag};
use crate::tensor::Elasticity;

/// Id of the library's cancellous bone.
const CANCELLOUS: &str = "cancellous-bone";

/// A material ready for use.
#[derive(Debug, Clone)]
pub struct ReadyMaterial {
    /// Name in the case.
    pub name: String,
    /// Stiffness, MPa, in the frame.
    pub elasticity: Elasticity,
    /// Relative density of a porous material.
    pub relative_density: Option<f64>,
    /// Strength, MPa, where it is known.
    pub strength: Option<f64>,
    /// Where the strength comes from: the case where it gives one, else the law.
    pub strength_source: Source,
    /// What the report prints.
    pub record: MaterialRecord,
    /// Of a porous metal, how its porosity runs. Where it is graded, the stiffness above is that
    /// where it is least porous, the strength that where it is most porous.
    pub porous: Option<Porous>,
}

impl ReadyMaterial {
    /// Its law and porosity where that changes from place to place.
    pub fn graded(&self) -> Option<&Porous> {
        self.porous.as_ref().filter(|p| p.shape.is_graded())
    }

    /// The strength that elements of these relative densities are held against: that of each one's
    /// own density where the metal is graded.
    pub fn local_strength(&self, densities: impl Iterator<Item = f64>) -> Option<Strength> {
        let Some(Porous { metal, .. }) = self.graded() else {
            return self.judged_strength();
        };
        let at = |density| metal.law.yield_strength.law.value(density);
        Some(Strength {
            strength: LocalStrength::Local(densities.map(at).collect()),
            law: format!(
                "{}; strength by the density at each place; stress and strength are those of the \
                 place whose utilisation is the 99th volume percentile",
                self.record.law
            ),
            source: self.strength_source.clone(),
        })
    }

    /// The strength it is held against, with where it comes from; `None`: it is not judged.
    pub fn judged_strength(&self) -> Option<Strength> {
        self.strength.map(|strength| Strength {
            strength: LocalStrength::Uniform(strength),
            law: self.record.law.clone(),
            source: self.strength_source.clone(),
        })
    }
}

/// Strength of a graft: its material's own. The program's cancellous bone has none; it is held
/// against yield strain times modulus, as the bone under it is. `None`: it is not judged.
pub fn graft_strength(
    case: &Case,
    materials: &[ReadyMaterial],
    graft: &case::Graft,
) -> Option<Strength> {
    const KEY: &str = "limits.yield_strain_percent";
    let material = &materials[graft.material];
    let is_bone = |law: &MaterialLaw| matches!(law, MaterialLaw::Library(id) if id == CANCELLOUS);
    if material.strength.is_some() || !is_bone(&case.materials[graft.material].law) {
        return material.judged_strength();
    }
    let (modulus, _) = material.elasticity.isotropic_constants()?;
    let strain = case.limits.yield_strain_percent;
    let default = case.defaults.iter().find(|d| d.key == KEY);
    Some(Strength {
        strength: LocalStrength::Uniform(0.01 * strain * modulus),
        law: format!("yield strain {strain} % times modulus {modulus:.0} MPa"),
        source: default.map_or_else(given, |d| d.source.clone()),
    })
}

/// All materials of the case, in its order.
///
/// # Errors
/// A density outside its law's range, numbers no elastic solid can have, a porosity grid that is
/// missing or wrong; at the key's place.
pub fn resolve(case: &Case, files: Option<&Path>) -> Result<Vec<ReadyMaterial>, StudyError> {
    case.materials.iter().map(|m| one(case, m, files)).collect()
}

/// A porous metal, uniform or graded.
fn porous(
    case: &Case,
    (material, law, porosity): (&case::Material, &str, &Porosity),
    files: Option<&Path>,
) -> Result<ReadyMaterial, StudyError> {
    let at = |e: MaterialError| at_key(case, material, &e);
    let law = gibson_ashby::law(law).map_err(|e| at(e.into()))?;
    let nu = material.poisson_ratio.unwrap_or(POROUS_POISSON_RATIO);
    let shape = PorosityShape::read(case, porosity, files)?;
    let percent = shape.percent_range();
    if let Some(lattice) = &material.lattice {
        lattice_sizes::check(case, lattice, percent)?;
    }
    let metal = GradedMetal {
        law: law.clone(),
        poisson_ratio: nu,
        percent,
    };
    let weakest = law.at(density(percent[1])).map_err(|e| at(e.into()))?;
    let (elasticity, relative_density, strength, record) = match porosity {
        Porosity::Uniform(rho) => {
            let (elasticity, own, record) = porous_material(&law, *rho, nu).map_err(at)?;
            (elasticity, Some(*rho), own.yield_strength, record)
        }
        Porosity::Profile(_) | Porosity::Grid(_) => {
            let record = metal.record(&shape.sentence(), &shape.source());
            let elasticity = metal.stiffest().map_err(at)?;
            (
                elasticity,
                None,
                weakest.yield_strength,
                record.map_err(at)?,
            )
        }
    };
    Ok(ReadyMaterial {
        porous: Some(Porous {
            metal,
            shape,
            lattice: material.lattice.clone(),
        }),
        ..ready(
            material,
            (elasticity, relative_density, Some(strength)),
            record,
        )
    })
}

/// A material with the strength that the case gives, or its own.
fn ready(
    material: &case::Material,
    (elasticity, relative_density, strength): (Elasticity, Option<f64>, Option<f64>),
    record: MaterialRecord,
) -> ReadyMaterial {
    ReadyMaterial {
        elasticity,
        relative_density,
        strength: material.strength_mpa.or(strength),
        strength_source: match material.strength_mpa {
            Some(_) => given(),
            None => record.source.clone(),
        },
        record: MaterialRecord {
            name: material.name.clone(),
            ..record
        },
        name: material.name.clone(),
        porous: None,
    }
}

fn at_key(case: &Case, material: &case::Material, error: &MaterialError) -> StudyError {
    let fault = case::CaseFault::model(format!("material \"{}\": {error}", material.name));
    case.places.error(&material.key, fault).into()
}

fn one(
    case: &Case,
    material: &case::Material,
    files: Option<&Path>,
) -> Result<ReadyMaterial, StudyError> {
    let at = |e: MaterialError| at_key(case, material, &e);
    let name = &material.name;
    Ok(match &material.law {
        MaterialLaw::Library(id) => {
            let found = library_material(id).map_err(at)?;
            let own = (found.elasticity(), None, found.strength);
            ready(material, own, found.record())
        }
        MaterialLaw::Porous { law, porosity } => porous(case, (material, law, porosity), files)?,
        MaterialLaw::Isotropic {
            youngs_modulus_mpa,
            poisson_ratio,
        } => {
            let (elasticity, record) =
                library::user_material(name, *youngs_modulus_mpa, *poisson_ratio).map_err(at)?;
            ready(material, (elasticity, None, None), record)
        }
        MaterialLaw::Homogenised(cell) => {
            let elasticity = cell.elasticity();
            if !elasticity.is_positive_definite() {
                return Err(at(MaterialError::Indefinite { name: name.clone() }));
            }
            let record = homogenised_record(name, cell);
            let own = (elasticity, Some(cell.relative_density), None);
            ready(material, own, record)
        }
        MaterialLaw::Orthotropic { constants, axes } => {
            let elasticity = Elasticity::orthotropic(constants)
                .map(|c| c.rotated(axes))
                .filter(Elasticity::is_positive_definite)
                .ok_or_else(|| at(MaterialError::Indefinite { name: name.clone() }))?;
            let record = orthotropic_record(name, constants);
            ready(material, (elasticity, None, None), record)
        }
    })
}

/// The cell's constants as used; its file by name and fingerprint.
fn homogenised_record(name: &str, cell: &case::HomogenisedCell) -> MaterialRecord {
    let parameter = library::parameter;
    let mut knock_down = parameter("knock_down", cell.knock_down, "");
    knock_down.source = Some(given());
    let (solid, modulus) = &cell.solid;
    let mut parameters = vec![
        parameter(
            "porosity_percent",
            100.0 * (1.0 - cell.relative_density),
            "%",
        ),
        parameter("solid_youngs_modulus_mpa", *modulus, "MPa"),
        knock_down,
    ];
    if let Some(used) = Constants::of(&cell.elasticity()) {
        for (key, value) in [
            ("modulus_100_mpa", used.along[0]),
            ("modulus_110_mpa", used.along[1]),
            ("modulus_111_mpa", used.along[2]),
        ] {
            parameters.push(parameter(key, value, "MPa"));
        }
        parameters.push(parameter("poisson_ratio", used.poisson_ratio[0], ""));
        parameters.push(parameter("zener_ratio", used.zener, ""));
    }
    MaterialRecord {
        name: name.to_owned(),
        law: format!(
            "homogenised unit cell: {} of {solid}, edges along x, y, z; ideal stiffness times \
             knock-down",
            cell.cell
        ),
        parameters,
        valid_range: "small strain; structures much larger than the cell".to_owned(),
        source: Source {
            citation: format!(
                "unit cell by finite elements ({}), {}, SHA-256 {}",
                cell.basis, cell.file, cell.sha256
            ),
            flag: SourceFlag::Derived,
        },
    }
}

fn orthotropic_record(
    name: &str,
    constants: &crate::tensor::OrthotropicConstants,
) -> MaterialRecord {
    let mut parameters = Vec::new();
    for (k, axis) in ["1", "2", "3"].into_iter().enumerate() {
        let modulus = constants.youngs_modulus[k];
        parameters.push(library::parameter(
            &format!("youngs_modulus_{axis}"),
            modulus,
            "MPa",
        ));
    }
    for (k, pair) in ["12", "23", "31"].into_iter().enumerate() {
        let modulus = constants.shear_modulus[k];
        parameters.push(library::parameter(
            &format!("shear_modulus_{pair}"),
            modulus,
            "MPa",
        ));
    }
    for (k, pair) in ["12", "23", "13"].into_iter().enumerate() {
        let ratio = constants.poisson_ratio[k];
        parameters.push(library::parameter(
            &format!("poisson_ratio_{pair}"),
            ratio,
            "",
        ));
    }
    MaterialRecord {
        name: name.to_owned(),
        law: "orthotropic".to_owned(),
        parameters,
        valid_range: "as given".to_owned(),
        source: given(),
    }
}

/// The source of a number that the case gives.
fn given() -> Source {
    Source {
        citation: "given in the case".to_owned(),
        flag: SourceFlag::CaseFile,
    }
}

//! The materials a case names, as stiffness, strength and record.

use super::StudyError;
use crate::assessment::implant::Strength;
use crate::case::{self, Case, MaterialLaw};
use crate::homogenise::constants::Constants;
use crate::lattice::gibson_ashby;
use crate::material::MaterialError;
use crate::material::library::{
    self, MaterialRecord, POROUS_POISSON_RATIO, library_material, porous_material,
};
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
}

impl ReadyMaterial {
    /// The strength it is held against, with where it comes from; `None`: it is not judged.
    pub fn judged_strength(&self) -> Option<Strength> {
        self.strength.map(|strength| Strength {
            strength,
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
        strength: 0.01 * strain * modulus,
        law: format!("yield strain {strain} % times modulus {modulus:.0} MPa"),
        source: default.map_or_else(given, |d| d.source.clone()),
    })
}

/// All materials of the case, in its order.
///
/// # Errors
/// A density outside its law's range, numbers no elastic solid can have; at the key's place.
pub fn resolve(case: &Case) -> Result<Vec<ReadyMaterial>, StudyError> {
    case.materials
        .iter()
        .map(|m| one(m).map_err(|e| at_key(case, m, &e)))
        .collect()
}

fn at_key(case: &Case, material: &case::Material, error: &MaterialError) -> StudyError {
    let fault = case::CaseFault::model(format!("material \"{}\": {error}", material.name));
    case.places.error(&material.key, fault).into()
}

fn one(material: &case::Material) -> Result<ReadyMaterial, MaterialError> {
    let name = material.name.clone();
    let ready = |elasticity, relative_density, strength: Option<f64>, record: MaterialRecord| {
        ReadyMaterial {
            elasticity,
            relative_density,
            strength: material.strength_mpa.or(strength),
            strength_source: match material.strength_mpa {
                Some(_) => given(),
                None => record.source.clone(),
            },
            record: MaterialRecord {
                name: name.clone(),
                ..record
            },
            name: name.clone(),
        }
    };
    Ok(match &material.law {
        MaterialLaw::Library(id) => {
            let found = library_material(id)?;
            ready(found.elasticity(), None, found.strength, found.record())
        }
        MaterialLaw::Porous {
            law,
            relative_density,
        } => {
            let law = gibson_ashby::law(law)?;
            let nu = material.poisson_ratio.unwrap_or(POROUS_POISSON_RATIO);
            let (elasticity, at, record) = porous_material(&law, *relative_density, nu)?;
            ready(
                elasticity,
                Some(*relative_density),
                Some(at.yield_strength),
                record,
            )
        }
        MaterialLaw::Isotropic {
            youngs_modulus_mpa,
            poisson_ratio,
        } => {
            let (elasticity, record) =
                library::user_material(&name, *youngs_modulus_mpa, *poisson_ratio)?;
            ready(elasticity, None, None, record)
        }
        MaterialLaw::Homogenised(cell) => {
            let elasticity = cell.elasticity();
            if !elasticity.is_positive_definite() {
                return Err(MaterialError::Indefinite { name });
            }
            let record = homogenised_record(&name, cell);
            ready(elasticity, Some(cell.relative_density), None, record)
        }
        MaterialLaw::Orthotropic { constants, axes } => {
            let elasticity = Elasticity::orthotropic(constants)
                .map(|c| c.rotated(axes))
                .filter(Elasticity::is_positive_definite)
                .ok_or_else(|| MaterialError::Indefinite { name: name.clone() })?;
            ready(elasticity, None, None, orthotropic_record(&name, constants))
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

//! The materials a case names, as stiffness, strength and record.

use std::path::Path;

use super::MaterialError;
use super::constants::Constants;
use super::library::{self, MaterialRecord, porous_material};
use super::porosity::{GradedMetal, density};
use super::porous::{PorosityShape, Porous, check_lattice};
use super::strength::{LocalStrength, Strength};
use crate::case::{self, Case, CaseError, LibrarySolid, MaterialLaw, Porosity};
use crate::lattice::gibson_ashby;
use crate::source::{Source, SourceFlag, Sourced};
use crate::tensor::Elasticity;

/// A material ready for use.
#[derive(Debug, Clone)]
pub struct ReadyMaterial {
    /// Name in the case.
    pub name: String,
    /// Stiffness, MPa, in the frame.
    pub elasticity: Elasticity,
    /// Relative density of a porous material.
    pub relative_density: Option<f64>,
    /// Strength against yielding, MPa, where it is known: the case's where it gives one, else the
    /// law's.
    pub strength: Option<Sourced<f64>>,
    /// Stress that may recur without end, MPa, where it is known.
    pub endurance: Option<Sourced<f64>>,
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
    pub fn local_strength(&self, densities: impl Iterator<Item = Option<f64>>) -> Option<Strength> {
        let Some(Porous { metal, .. }) = self.graded() else {
            return self.judged_strength();
        };
        let at = |density| metal.law.yield_strength.law.value(density);
        Some(Strength {
            strength: LocalStrength::Local(densities.flatten().map(at).collect()),
            law: format!(
                "{}; strength by the density at each place; stress and strength are those of the \
                 place whose utilisation is the 99th volume percentile",
                self.record.law
            ),
            source: self.record.source.clone(),
        })
    }

    /// The strength it is held against, with where it comes from; `None`: it is not judged.
    pub fn judged_strength(&self) -> Option<Strength> {
        self.strength.as_ref().map(|strength| Strength {
            strength: LocalStrength::Uniform(strength.value),
            law: self.record.law.clone(),
            source: strength.source.clone(),
        })
    }

    /// What the stress in a rod of it may reach, MPa: what may recur without end in a load that
    /// counts as service, where that is known, else its strength against yielding. `None`: it is
    /// not judged.
    pub fn rod_limit(&self, service: bool) -> Option<Sourced<f64>> {
        let recurring = self.endurance.as_ref().filter(|_| service);
        recurring.cloned().or_else(|| {
            let strength = self.strength.clone()?;
            let source = Source {
                citation: format!("yield strength; {}", strength.source.citation),
                ..strength.source
            };
            Some(Sourced::new(strength.value, source))
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
    const BONE: MaterialLaw = MaterialLaw::Library(LibrarySolid::CancellousBone);
    let material = &materials[graft.material];
    if material.strength.is_some() || case.materials[graft.material].law != BONE {
        return material.judged_strength();
    }
    let (modulus, _) = material.elasticity.isotropic_constants()?;
    let strain = &case.limits.yield_strain_percent;
    Some(Strength {
        strength: LocalStrength::Uniform(0.01 * strain.value * modulus),
        law: format!(
            "yield strain {} % times modulus {modulus:.0} MPa",
            strain.value
        ),
        source: strain.source.clone(),
    })
}

/// All materials of the case, in its order.
///
/// # Errors
/// A density outside its law's range, numbers no elastic solid can have, a porosity grid that is
/// missing or wrong; at the key's place.
pub fn resolve(case: &Case, files: Option<&Path>) -> Result<Vec<ReadyMaterial>, CaseError> {
    case.materials.iter().map(|m| one(case, m, files)).collect()
}

/// A porous metal, uniform or graded.
fn porous(
    case: &Case,
    (material, law, porosity): (&case::Material, &str, &Porosity),
    nu: &Sourced<f64>,
    files: Option<&Path>,
) -> Result<ReadyMaterial, CaseError> {
    let at = |e: MaterialError| at_key(case, material, &e);
    let law = gibson_ashby::law(law).map_err(|e| at(e.into()))?;
    let shape = PorosityShape::read(case, porosity, files)?;
    let percent = shape.percent_range();
    if let Some(lattice) = &material.lattice {
        check_lattice(case, lattice, percent)?;
    }
    let metal = GradedMetal {
        law: law.clone(),
        poisson_ratio: nu.clone(),
        percent,
    };
    let weakest = law.at(density(percent[1])).map_err(|e| at(e.into()))?;
    let (elasticity, relative_density, strength, record) = match porosity {
        Porosity::Uniform(rho) => {
            let (elasticity, own, record) =
                porous_material(&law, *rho, nu, &shape.source()).map_err(at)?;
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
    let strength = Sourced::new(strength, record.source.clone());
    Ok(ReadyMaterial {
        relative_density,
        strength: given_or(material, Some(strength)),
        porous: Some(Porous {
            metal,
            shape,
            lattice: material.lattice.clone(),
        }),
        ..ready(material, elasticity, record)
    })
}

/// The strength that the case gives, or its own.
fn given_or(material: &case::Material, own: Option<Sourced<f64>>) -> Option<Sourced<f64>> {
    material.strength_mpa.clone().or(own)
}

/// A material of which no more strength is known than the case gives.
fn ready(
    material: &case::Material,
    elasticity: Elasticity,
    mut record: MaterialRecord,
) -> ReadyMaterial {
    record.name.clone_from(&material.name);
    let strength = material.strength_mpa.iter();
    let told = strength.map(|given| library::sourced("strength_mpa", given, "MPa"));
    record.parameters.extend(told);
    ReadyMaterial {
        elasticity,
        relative_density: None,
        strength: given_or(material, None),
        endurance: None,
        record,
        name: material.name.clone(),
        porous: None,
    }
}

fn at_key(case: &Case, material: &case::Material, error: &MaterialError) -> CaseError {
    let fault = case::CaseFault::model(format!("material \"{}\": {error}", material.name));
    case.places.error(&material.key, fault)
}

fn one(
    case: &Case,
    material: &case::Material,
    files: Option<&Path>,
) -> Result<ReadyMaterial, CaseError> {
    let at = |e: MaterialError| at_key(case, material, &e);
    let name = &material.name;
    Ok(match &material.law {
        MaterialLaw::Library(solid) => {
            let found = library::solid(*solid);
            ReadyMaterial {
                strength: found.yield_strength(),
                endurance: found.endurance_limit(),
                ..ready(material, found.elasticity(), found.record())
            }
        }
        MaterialLaw::Porous {
            law,
            porosity,
            poisson_ratio,
        } => porous(case, (material, law, porosity), poisson_ratio, files)?,
        MaterialLaw::Isotropic {
            youngs_modulus_mpa,
            poisson_ratio,
        } => {
            let (elasticity, record) =
                library::user_material(name, *youngs_modulus_mpa, *poisson_ratio).map_err(at)?;
            ready(material, elasticity, record)
        }
        MaterialLaw::Homogenised(cell) => {
            let elasticity = cell.elasticity();
            if !elasticity.is_positive_definite() {
                return Err(at(MaterialError::Indefinite { name: name.clone() }));
            }
            ReadyMaterial {
                relative_density: Some(cell.relative_density),
                ..ready(material, elasticity, homogenised_record(material, cell))
            }
        }
        MaterialLaw::Orthotropic { constants, axes } => {
            let elasticity = Elasticity::orthotropic(constants)
                .map(|c| c.rotated(axes))
                .filter(Elasticity::is_positive_definite)
                .ok_or_else(|| at(MaterialError::Indefinite { name: name.clone() }))?;
            let record = orthotropic_record(name, constants);
            ready(material, elasticity, record)
        }
    })
}

/// The cell's constants as used; its file by name and fingerprint.
fn homogenised_record(material: &case::Material, cell: &case::HomogenisedCell) -> MaterialRecord {
    let parameter = library::parameter;
    let from = Source::case_file(format!("{}.knock_down", material.key));
    let knock_down = Sourced::new(cell.knock_down, from);
    let (solid, modulus) = &cell.solid;
    let mut parameters = vec![
        parameter(
            "porosity_percent",
            100.0 * (1.0 - cell.relative_density),
            "%",
        ),
        parameter("solid_youngs_modulus_mpa", *modulus, "MPa"),
        library::sourced("knock_down", &knock_down, ""),
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
        name: material.name.clone(),
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
    let groups = [
        (
            "youngs_modulus",
            ["1", "2", "3"],
            constants.youngs_modulus,
            "MPa",
        ),
        (
            "shear_modulus",
            ["12", "23", "31"],
            constants.shear_modulus,
            "MPa",
        ),
        (
            "poisson_ratio",
            ["12", "23", "13"],
            constants.poisson_ratio,
            "",
        ),
    ];
    let entries = groups
        .into_iter()
        .flat_map(|(quantity, axes, values, unit)| {
            let each = axes.into_iter().zip(values);
            each.map(move |(axis, value)| {
                library::parameter(&format!("{quantity}_{axis}"), value, unit)
            })
        });
    MaterialRecord {
        name: name.to_owned(),
        law: "orthotropic".to_owned(),
        parameters: entries.collect(),
        valid_range: "as given".to_owned(),
        source: Source::case_file("given in the case"),
    }
}

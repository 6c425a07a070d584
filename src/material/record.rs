//! What the report prints of bone and disc: every number as used, beside the ranges published for
//! it. Must not know meshes.

use super::MaterialError;
use super::disc::{DiscModel, FIBRE_CITATION};
use super::field::BoneModel;
use super::library::{MaterialRecord, library_material, parameter};
use crate::source::{Source, SourceFlag};

/// Records of cancellous bone, bony endplate and posterior elements as a model uses them.
///
/// # Errors
/// None while the library holds these materials.
pub fn bone_records(model: &BoneModel) -> Result<Vec<MaterialRecord>, MaterialError> {
    let nu = model.cancellous_poisson_ratio;
    let cancellous =
        library_material("cancellous-bone")?.record_as_used(model.cancellous_modulus, nu);
    let layer = &model.endplate;
    let mut endplate = library_material("bony-endplate")?.record_as_used(layer.youngs_modulus, nu);
    endplate.law = "isotropic layer, graded linearly into cancellous bone".to_owned();
    for (key, value) in [
        ("thickness_mm", layer.thickness),
        ("grading_mm", layer.grading),
    ] {
        let mut entry = parameter(key, value, "mm");
        entry.source = Some(Source {
            citation: "about 1 mm so that the mesh resolves it; measured plates are 0.25-0.5 mm"
                .to_owned(),
            flag: SourceFlag::Derived,
        });
        endplate.parameters.push(entry);
    }
    let posterior = library_material("posterior-elements")?
        .record_as_used(model.posterior_modulus, model.posterior_poisson_ratio);
    Ok(vec![cancellous, endplate, posterior])
}

/// Records of annulus and nucleus as a model uses them, its calibration factors from `calibration`.
///
/// # Errors
/// None while the library holds these materials.
pub fn disc_records(
    model: &DiscModel,
    calibration: &Source,
) -> Result<Vec<MaterialRecord>, MaterialError> {
    let mut annulus = library_material("annulus-matrix")?
        .record_as_used(model.matrix_modulus, model.matrix_poisson_ratio);
    annulus.name = "annulus fibrosus".to_owned();
    annulus.law =
        "orthotropic: matrix plus smeared fibres, one calibration factor per direction".to_owned();
    for (key, value, unit) in [
        ("fibre_modulus_mpa", model.fibre_modulus, "MPa"),
        ("fibre_angle_deg", model.fibre_angle_deg, "deg"),
        ("factor_flexion", model.factors.flexion, ""),
        ("factor_lateral", model.factors.lateral, ""),
        ("factor_rotation", model.factors.rotation, ""),
    ] {
        let mut entry = parameter(key, value, unit);
        entry.source = Some(match key.starts_with("factor") {
            true => calibration.clone(),
            false => Source {
                citation: FIBRE_CITATION.to_owned(),
                flag: SourceFlag::Derived,
            },
        });
        annulus.parameters.push(entry);
    }
    let nucleus = library_material("nucleus")?
        .record_as_used(model.nucleus_modulus, model.nucleus_poisson_ratio);
    Ok(vec![annulus, nucleus])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_bone_and_disc_is_told_with_a_source() {
        let bone = bone_records(&BoneModel::default()).unwrap();
        let calibration = Source {
            citation: "calibrated".to_owned(),
            flag: SourceFlag::Derived,
        };
        let disc = disc_records(&DiscModel::default(), &calibration).unwrap();
        let value = |records: &[MaterialRecord], name: &str, key: &str| {
            let record = records.iter().find(|r| r.name == name).unwrap();
            assert!(!record.source.citation.is_empty());
            record
                .parameters
                .iter()
                .find(|p| p.key == key)
                .unwrap()
                .value
        };
        assert_eq!(value(&bone, "cancellous bone", "youngs_modulus_mpa"), 300.0);
        assert_eq!(value(&bone, "bony endplate", "thickness_mm"), 1.0);
        assert_eq!(
            value(&bone, "posterior elements", "youngs_modulus_mpa"),
            3500.0
        );
        assert_eq!(value(&disc, "annulus fibrosus", "fibre_modulus_mpa"), 72.0);
        assert_eq!(value(&disc, "nucleus pulposus", "poisson_ratio"), 0.49);
        // Unchanged defaults are not said to come from the case.
        let all = bone.iter().chain(&disc).flat_map(|r| &r.parameters);
        let flags = all.filter_map(|p| p.source.as_ref()).map(|s| s.flag);
        assert!(flags.into_iter().all(|flag| flag == SourceFlag::Derived));
    }
}

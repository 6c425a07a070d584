//! What the report prints of bone and disc: every number as used with its own source, beside the
//! ranges published for it. Must not know meshes.

use super::library::{
    ANNULUS_MATRIX, BONY_ENDPLATE, CANCELLOUS_BONE, CORTICAL_BONE, MaterialRecord, NUCLEUS,
    POSTERIOR_ELEMENTS, sourced,
};
use crate::case::{Bone, Case, DiscMaterial};
use crate::source::Sourced;

/// Records of cancellous bone, bony endplate, posterior elements and cortical shell, where there
/// is one.
pub fn bone_records(bone: &Bone) -> Vec<MaterialRecord> {
    let cancellous =
        CANCELLOUS_BONE.record_as_used(&bone.cancellous_modulus_mpa, &bone.poisson_ratio);
    let mut endplate =
        BONY_ENDPLATE.record_as_used(&bone.endplate_modulus_mpa, &bone.poisson_ratio);
    endplate.law = "isotropic layer, graded linearly into cancellous bone".to_owned();
    endplate.parameters.extend([
        sourced("thickness_mm", &bone.endplate_thickness_mm, "mm"),
        sourced("grading_mm", &bone.endplate_grading_mm, "mm"),
    ]);
    let posterior = POSTERIOR_ELEMENTS
        .record_as_used(&bone.posterior_modulus_mpa, &bone.posterior_poisson_ratio);
    let mut records = vec![cancellous, endplate, posterior];
    if bone.cortical_thickness_mm.value > 0.0 {
        let (modulus, nu) = (&bone.cortical_modulus_mpa, &bone.cortical_poisson_ratio);
        let mut shell = CORTICAL_BONE.record_as_used(modulus, nu);
        shell.name = "cortical shell".to_owned();
        shell.law = "isotropic membrane, plane stress".to_owned();
        let thickness = sourced("thickness_mm", &bone.cortical_thickness_mm, "mm");
        shell.parameters.push(thickness);
        records.push(shell);
    }
    records
}

/// Record of an annulus with these calibration factors.
fn annulus_record(disc: &DiscMaterial, factors: &Sourced<[f64; 3]>) -> MaterialRecord {
    let mut annulus =
        ANNULUS_MATRIX.record_as_used(&disc.matrix_modulus_mpa, &disc.matrix_poisson_ratio);
    annulus.name = "annulus fibrosus".to_owned();
    annulus.law =
        "orthotropic: matrix plus smeared fibres, one calibration factor per direction".to_owned();
    annulus.parameters.extend([
        sourced("fibre_modulus_mpa", &disc.fibre_modulus_mpa, "MPa"),
        sourced("fibre_angle_deg", &disc.fibre_angle_deg, "deg"),
    ]);
    for (k, motion) in ["flexion", "lateral", "rotation"].into_iter().enumerate() {
        let factor = factors.map(|f| f[k]);
        let entry = sourced(&format!("factor_{motion}"), &factor, "");
        annulus.parameters.push(entry);
    }
    annulus
}

/// Record of the nucleus of all discs.
fn nucleus_record(disc: &DiscMaterial) -> MaterialRecord {
    let mut nucleus =
        NUCLEUS.record_as_used(&disc.nucleus_modulus_mpa, &disc.nucleus_poisson_ratio);
    let scale = sourced("outline_over_disc", &disc.nucleus_scale, "");
    nucleus.parameters.push(scale);
    nucleus
}

/// Annulus and nucleus of all discs, then the annulus of each disc with factors of its own.
pub fn disc_records(case: &Case) -> Vec<MaterialRecord> {
    let material = &case.disc_material;
    let mut records = Vec::new();
    if case.discs.iter().any(|d| d.calibration_factors.is_none()) {
        let common = &material.calibration_factors;
        records.push(annulus_record(material, common));
    }
    if !case.discs.is_empty() {
        records.push(nucleus_record(material));
    }
    for disc in &case.discs {
        records.extend(disc.calibration_factors.iter().map(|own| {
            let mut annulus = annulus_record(material, own);
            annulus.name = format!("{} of {}", annulus.name, disc.name);
            annulus
        }));
    }
    records
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Case, defaults};
    use crate::source::{Source, SourceFlag};

    const T6: &str = include_str!("../../validation/t6-tantalum/case.toml");

    fn case(bone: &str) -> Case {
        let text = T6.replacen("cancellous_modulus_mpa = 300.0", bone, 1);
        Case::from_text(Path::new("case.toml"), text).unwrap()
    }

    fn records(case: &Case) -> Vec<MaterialRecord> {
        let mut records = bone_records(&case.bone);
        let disc = &case.disc_material;
        records.push(annulus_record(disc, &disc.calibration_factors));
        records.push(nucleus_record(disc));
        records
    }

    fn entry<'a>(records: &'a [MaterialRecord], name: &str, key: &str) -> (f64, &'a Source) {
        let record = records.iter().find(|r| r.name == name).unwrap();
        let entry = record.parameters.iter().find(|p| p.key == key).unwrap();
        (entry.value, entry.source.as_ref().unwrap())
    }

    /// The program's own 0.2 differs from the library's 0.3: it is the program's all the same.
    #[test]
    fn a_default_is_told_as_one_and_a_given_number_as_given_even_where_it_is_the_default() {
        let plain = records(&case(""));
        let (nu, source) = entry(&plain, "cancellous bone", "poisson_ratio");
        assert_eq!((nu, source), (0.2, &defaults::BONE_POISSON.source()));
        let all = plain.iter().flat_map(|r| &r.parameters);
        let flags = all.map(|p| p.source.as_ref().unwrap().flag);
        assert!(flags.into_iter().all(|flag| flag != SourceFlag::CaseFile));

        let given = "endplate_thickness_mm = 1.0\nendplate_grading_mm = 0.5\n\
                     cortical_thickness_mm = 0.35\npoisson_ratio = 0.3";
        let given = records(&case(given));
        for (name, key, value, path) in [
            (
                "bony endplate",
                "thickness_mm",
                1.0,
                "bone.endplate_thickness_mm",
            ),
            (
                "bony endplate",
                "grading_mm",
                0.5,
                "bone.endplate_grading_mm",
            ),
            (
                "cortical shell",
                "thickness_mm",
                0.35,
                "bone.cortical_thickness_mm",
            ),
            (
                "cancellous bone",
                "poisson_ratio",
                0.3,
                "bone.poisson_ratio",
            ),
        ] {
            let found = entry(&given, name, key);
            assert_eq!(found, (value, &Source::case_file(path)), "{name} {key}");
        }
    }

    #[test]
    fn a_shell_of_no_thickness_is_not_told_and_a_density_is_the_source_of_its_modulus() {
        let case = case("cortical_thickness_mm = 0.0\napparent_density_g_per_cm3 = 0.2");
        let records = records(&case);
        assert!(records.iter().all(|r| r.name != "cortical shell"));
        let (_, source) = entry(&records, "cancellous bone", "youngs_modulus_mpa");
        assert_eq!(source.flag, SourceFlag::CaseFile);
        assert!(
            source
                .citation
                .starts_with("bone.apparent_density_g_per_cm3")
        );
        assert!(source.citation.contains("Morgan"));
    }
}

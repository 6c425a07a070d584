//! The cortical shell as data: thinner than any element, it is carried by membranes on the
//! bone's surface, away from tied and contact faces. Must not know meshes.

use super::library::{MaterialRecord, library_material, parameter};
use super::{MaterialError, library};
use crate::source::{Source, SourceFlag};

/// An isotropic membrane in plane stress.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MembraneMaterial {
    /// Young's modulus, MPa.
    pub youngs_modulus: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
    /// Thickness, mm.
    pub thickness: f64,
}

/// Thickness of the vertebral shell, mm.
pub const CORTEX_THICKNESS: f64 = 0.4;

/// Where the thickness comes from, with its range.
pub const CORTEX_THICKNESS_CITATION: &str = "0.4 mm in finite-element practice (PMC9633244); measured mean at L1 0.35 mm (0.09-0.86), \
     Silva et al. 1994, J Bone Miner Res 9:409";

impl MembraneMaterial {
    /// A membrane, refused unless it can carry load.
    ///
    /// # Errors
    /// A modulus or thickness that is not positive, a Poisson ratio outside (−1, 0.5).
    pub fn new(
        youngs_modulus: f64,
        poisson_ratio: f64,
        thickness: f64,
    ) -> Result<Self, MaterialError> {
        library::isotropic("membrane", youngs_modulus, poisson_ratio)?;
        if !(thickness > 0.0 && thickness.is_finite()) {
            return Err(MaterialError::Thickness { thickness });
        }
        Ok(Self {
            youngs_modulus,
            poisson_ratio,
            thickness,
        })
    }

    /// What the report prints of a cortical shell of these numbers.
    ///
    /// # Errors
    /// None while the library holds cortical bone.
    pub fn cortex_record(&self) -> Result<MaterialRecord, MaterialError> {
        let bone = library_material("cortical-bone")?;
        let mut record = bone.record_as_used(self.youngs_modulus, self.poisson_ratio);
        record.name = "cortical shell".to_owned();
        record.law = "isotropic membrane, plane stress".to_owned();
        let mut thickness = parameter("thickness_mm", self.thickness, "mm");
        thickness.source = Some(Source {
            citation: CORTEX_THICKNESS_CITATION.to_owned(),
            flag: SourceFlag::SecondarySource,
        });
        record.parameters.push(thickness);
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_tells_its_thickness_and_nothing_is_made_of_nothing() {
        let shell = MembraneMaterial::new(12_000.0, 0.3, CORTEX_THICKNESS).unwrap();
        let record = shell.cortex_record().unwrap();
        let thickness = record.parameters.last().unwrap();
        assert_eq!(
            (thickness.key.as_str(), thickness.value),
            ("thickness_mm", 0.4)
        );
        assert!(
            thickness
                .source
                .as_ref()
                .unwrap()
                .citation
                .contains("Silva")
        );
        for (e, nu, t) in [
            (0.0, 0.3, 0.3),
            (1.0, 0.3, 0.0),
            (1.0, 0.6, 0.3),
            (1.0, 0.3, f64::NAN),
        ] {
            assert!(MembraneMaterial::new(e, nu, t).is_err());
        }
    }
}

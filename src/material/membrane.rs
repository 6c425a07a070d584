//! The cortical shell as data: thinner than any element, it is carried by membranes on the
//! bone's surface, away from tied and contact faces. Must not know meshes.

use super::library::{MaterialRecord, library_material, parameter};
use super::{MaterialError, library};

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

/// Mean thickness of the vertebral shell, mm.
pub const CORTEX_THICKNESS: f64 = 0.35;

/// Where the thickness comes from, with its range.
pub const CORTEX_THICKNESS_CITATION: &str =
    "Silva et al. 1994, J Bone Miner Res 9:409: L1 shell 0.35 mm, measured directly (0.09-0.86)";

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

    /// The default cortical shell and its record.
    ///
    /// # Errors
    /// None while the library holds cortical bone.
    pub fn cortex() -> Result<(Self, MaterialRecord), MaterialError> {
        let bone = library_material("cortical-bone")?;
        let shell = Self::new(bone.youngs_modulus, bone.poisson_ratio, CORTEX_THICKNESS)?;
        let mut record = bone.record();
        record.name = "cortical shell".to_owned();
        record.law = "isotropic membrane, plane stress".to_owned();
        record
            .parameters
            .push(parameter("thickness", CORTEX_THICKNESS, "mm"));
        record.source.citation = format!(
            "{}; thickness: {CORTEX_THICKNESS_CITATION}",
            record.source.citation
        );
        Ok((shell, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_shell_is_thin_hard_bone_and_nothing_is_made_of_nothing() {
        let (shell, record) = MembraneMaterial::cortex().unwrap();
        assert_eq!((shell.youngs_modulus, shell.thickness), (12_000.0, 0.35));
        assert!(record.source.citation.contains("Silva"));
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

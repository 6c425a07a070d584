//! The cortical shell as data: thinner than any element, it is carried by membranes on the
//! bone's surface, away from tied and contact faces. Must not know meshes.

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_of_nothing() {
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

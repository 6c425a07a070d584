//! Parts that act one way, on answers of the linear model: one more right-hand side a part, and a
//! small complementarity problem a load case. Nothing is factored again.

use nalgebra::{DMatrix, DVector};

use super::AnalysisError;
use crate::fixation::OneSided;
use crate::fixation::one_sided::settle;
use crate::tensor::Vec3;

/// What parts do to each other and to a load case.
pub(super) struct Influence<'a> {
    parts: &'a [OneSided],
    /// K⁻¹ b of each part, mm per N.
    columns: Vec<Vec<Vec3>>,
    /// k⁻¹ + Bᵀ K⁻¹ B, mm/N.
    matrix: DMatrix<f64>,
    /// N₀, so that each part carries its tension before any load, N.
    from: DVector<f64>,
}

impl<'a> Influence<'a> {
    /// From the linear model's answer to each part's column.
    pub fn new(parts: &'a [OneSided], columns: Vec<Vec<Vec3>>) -> Self {
        let count = parts.len();
        let mutual = DMatrix::from_fn(count, count, |i, j| parts[i].displacement(&columns[j]));
        let mutual = (&mutual + mutual.transpose()) * 0.5;
        let give = DVector::from_fn(count, |i, _| 1.0 / parts[i].stiffness);
        let tension = DVector::from_fn(count, |i, _| parts[i].tension);
        // Tightening moves the model by −K⁻¹ B T.
        let settled = &mutual * &tension;
        let from = DVector::from_fn(count, |i, _| tension[i] + parts[i].stiffness * settled[i]);
        let matrix = mutual + DMatrix::from_diagonal(&give);
        Self {
            parts,
            columns,
            matrix,
            from,
        }
    }

    /// What each part carries (N) under a load case, and the displacement with them in the place of the
    /// linear model's alone.
    ///
    /// # Errors
    /// [`AnalysisError::OneSided`].
    pub fn carried(
        &self,
        load_case: &str,
        displacement: &mut [Vec3],
    ) -> Result<Vec<f64>, AnalysisError> {
        let right = DVector::from_fn(self.parts.len(), |i, _| {
            let part = &self.parts[i];
            self.from[i] / part.stiffness + part.displacement(displacement)
        });
        let forces = settle(&self.matrix, &right).ok_or_else(|| AnalysisError::OneSided {
            load_case: load_case.to_owned(),
        })?;
        for (column, force) in self.columns.iter().zip(forces.iter()) {
            for (u, x) in displacement.iter_mut().zip(column) {
                *u -= *force * x;
            }
        }
        Ok(forces.iter().copied().collect())
    }
}

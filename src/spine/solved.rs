//! A case solved, and what was found in it.

use super::bodies::MeshedBody;
use super::clock::Clock;
use crate::assessment::inputs::Inputs;
use crate::assessment::motion::{LinearRangeWarning, SegmentMotion, linear_range, segment_motion};
use crate::assessment::{AssessmentError, Findings};
use crate::case::Case;
use crate::material::ready::ReadyMaterial;
use crate::recovery::solved::SolvedState;
use crate::scene::Scene;

/// A case, solved.
pub struct Solved {
    /// Where everything stands.
    pub scene: Scene,
    /// Its materials.
    pub materials: Vec<ReadyMaterial>,
    /// The meshed bodies.
    pub bodies: Vec<MeshedBody>,
    /// Its states.
    pub states: Vec<SolvedState>,
    /// How long it took so far.
    pub clock: Clock,
}

impl Solved {
    /// What findings are made of.
    ///
    /// # Errors
    /// Faces and seats that are not there.
    pub fn inputs<'a>(&'a self, case: &'a Case) -> Result<Inputs<'a>, AssessmentError> {
        Inputs::new(case, &self.scene, &self.materials, &self.states)
    }
}

/// What one run found.
pub struct Found {
    /// The rows.
    pub findings: Findings,
    /// Motion of the intact segments.
    pub motion: Vec<SegmentMotion>,
    /// Bodies outside the linear range.
    pub outside_linear_range: Vec<LinearRangeWarning>,
}

impl Found {
    /// All findings of the states at hand, and how they move.
    ///
    /// # Errors
    /// Fields that cannot be assessed.
    pub fn of(inputs: &Inputs<'_>) -> Result<Self, AssessmentError> {
        Ok(Self {
            findings: Findings::of(inputs)?,
            motion: segment_motion(inputs),
            outside_linear_range: linear_range(inputs)?,
        })
    }
}

//! How a model is solved, and how well.

use crate::solver::cg::Stop;
use crate::solver::choice::Method;
use crate::solver::refine::Accuracy;

/// When Newton's method ends, where laws are in the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newton {
    /// What may be left of the forces at free dofs, over loads and reactions.
    pub tolerance: f64,
    /// Most steps of a load case.
    pub max_steps: u32,
    /// Where conjugate gradients end within a step: ‖b − Ax‖₂/‖b‖₂.
    pub step_residual: f64,
}

impl Default for Newton {
    fn default() -> Self {
        Self {
            tolerance: 1e-8,
            max_steps: 60,
            step_residual: 0.05,
        }
    }
}

/// How to solve.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisSettings {
    /// Which solver.
    pub method: Method,
    /// When conjugate gradients end.
    pub stop: Stop,
    /// Bytes the solver may use; what the system says is available where `None`.
    pub memory_limit: Option<u64>,
    /// Accuracy of the linear solver.
    pub accuracy: Accuracy,
    /// When Newton's method ends.
    pub newton: Newton,
    /// Largest accepted imbalance of applied load and reactions.
    pub imbalance_limit: f64,
    /// The caller has made sure that supports and equations, which are not seen here, hold every
    /// body.
    pub supports_checked: bool,
}

impl Default for AnalysisSettings {
    fn default() -> Self {
        Self {
            method: Method::Auto,
            stop: Stop::default(),
            memory_limit: None,
            accuracy: Accuracy::default(),
            newton: Newton::default(),
            imbalance_limit: 1e-8,
            supports_checked: false,
        }
    }
}

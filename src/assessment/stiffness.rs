//! How stiff the construct is as a whole: load over motion of the loaded face against the clamped one.
//!
//! Of a force without a moment, along it. Of a moment beside a force, about it, by what it adds to the
//! motion under the same force alone: a secant where hooks or cables act one way.

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::recovery::face_motion;
use crate::recovery::solved::{SolvedCase, SolvedState};
use crate::tensor::Vec3;

/// Loads that differ by less than this share of their size are one.
const SAME: f64 = 1e-9;

/// Stiffness of a state under a load case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StiffnessRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// The load case whose motion is taken off, empty where none is.
    pub beyond: String,
    /// Force over displacement along it, N/mm; of load cases without a moment.
    pub axial_n_per_mm: Option<f64>,
    /// Moment over rotation about it, N·m/°; of load cases with one.
    pub bending_nm_per_deg: Option<f64>,
}

impl Finding for StiffnessRow {
    const LAYOUT: &'static Layout = &Layout {
        caption: "Stiffness from the loaded to the clamped face",
        note: None,
        shown: Shown::Explains,
        groups: &[],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("beyond", "", |r| Cell::Text(&r.beyond)),
        column("along the force", "N/mm", |r| {
            r.axial_n_per_mm.map_or(Cell::Blank, Cell::Number)
        }),
        column("about the moment", "N·m/°", |r| {
            r.bending_nm_per_deg.map_or(Cell::Blank, Cell::Number)
        }),
    ];
}

/// Stiffness under every load case that has a direction of its own.
///
/// # Errors
/// None: what cannot be told has no row.
pub fn find(_: &Inputs<'_>, state: &SolvedState) -> Result<Checked<StiffnessRow>, AssessmentError> {
    let rows = state.cases.iter().filter_map(|case| row(state, case));
    Ok(Checked {
        rows: rows.collect(),
        not_checked: Vec::new(),
    })
}

fn row(state: &SolvedState, case: &SolvedCase) -> Option<StiffnessRow> {
    let coupling = state.built.model.loaded_face.as_ref()?;
    let motion = |case: &SolvedCase| face_motion(coupling, &case.solution.displacement);
    let (moved, turned) = motion(case);
    let wrench = &case.load.wrench;
    let (name, load_case) = state.at(case);
    let found = StiffnessRow {
        state: name.to_owned(),
        load_case: load_case.to_owned(),
        ..StiffnessRow::default()
    };
    let Some(about) = wrench.moment.try_normalize(0.0) else {
        let along = wrench.force.try_normalize(0.0)?;
        return Some(StiffnessRow {
            axial_n_per_mm: Some(wrench.force.norm() / moved.dot(&along)),
            ..found
        });
    };
    let (beyond, turned) = match wrench.force == Vec3::zeros() {
        true => (String::new(), turned),
        false => {
            let alone = state.cases.iter().find(|other| {
                let (f, m) = (other.load.wrench.force, other.load.wrench.moment);
                m == Vec3::zeros() && (f - wrench.force).norm() <= SAME * wrench.force.norm()
            })?;
            (alone.load.name.clone(), turned - motion(alone).1)
        }
    };
    let degrees = turned.dot(&about).to_degrees();
    Some(StiffnessRow {
        beyond,
        bending_nm_per_deg: Some(wrench.moment.norm() / 1000.0 / degrees),
        ..found
    })
}

//! What hooks and cables carry. A cable's stress is that of its full section: a strand's is higher.

use serde::Serialize;

use super::error::AssessmentError;
use super::inputs::{Checked, Inputs};
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::fixation::one_sided::OneSidedKind;
use crate::recovery::solved::SolvedState;

/// A hook or cable under a load case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OneSidedRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Part, "hook T8 left".
    pub part: String,
    /// "hook" or "cable".
    pub kind: &'static str,
    /// Force after tightening, before any load, N.
    pub tightened_n: f64,
    /// Force now, N: what a hook pushes, what a cable pulls.
    pub force_n: f64,
    /// Whether it carries nothing.
    pub slack: bool,
    /// A cable's force over its full section, MPa.
    pub stress_mpa: Option<f64>,
    /// What its material bears, MPa.
    pub limit_mpa: Option<f64>,
}

impl Finding for OneSidedRow {
    const LAYOUT: &'static Layout = &Layout {
        caption: "Hooks and cables",
        note: Some(
            "Told, not judged: a cable's stress is that of a full section, and a strand bears less than its metal.",
        ),
        shown: Shown::Explains,
        groups: &[],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("part", "", |r| Cell::Text(&r.part)),
        column("kind", "", |r| Cell::Text(r.kind)),
        column("tightened to", "N", |r| Cell::Number(r.tightened_n)),
        column("carries", "N", |r| Cell::Number(r.force_n)),
        column("", "", |r| Cell::Text(if r.slack { "slack" } else { "" })),
        column("stress", "MPa", |r| {
            r.stress_mpa.map_or(Cell::Blank, Cell::Number)
        }),
        column("limit of its metal", "MPa", |r| {
            r.limit_mpa.map_or(Cell::Blank, Cell::Number)
        }),
    ];
}

/// Every hook and cable of a state.
///
/// # Errors
/// None: what is not there has no row.
pub fn find(
    inputs: &Inputs<'_>,
    state: &SolvedState,
) -> Result<Checked<OneSidedRow>, AssessmentError> {
    let mut checked = Checked::default();
    let cables = &inputs.case.fixation.cables;
    for (k, part) in state.built.model.one_sided.iter().enumerate() {
        let cable = match part.kind {
            OneSidedKind::Cable => cables.iter().find(|cable| cable.name == part.name),
            OneSidedKind::Hook => None,
        };
        for case in &state.cases {
            let (name, load_case) = state.at(case);
            let force = case.solution.one_sided[k];
            let area = cable.map(|c| 0.25 * std::f64::consts::PI * c.diameter_mm.powi(2));
            let metal = cable.map(|c| &inputs.materials[c.material]);
            let limit = metal.and_then(|m| m.rod_limit(case.load.service));
            checked.rows.push(OneSidedRow {
                state: name.to_owned(),
                load_case: load_case.to_owned(),
                part: part.name.clone(),
                kind: part.kind.word(),
                tightened_n: part.tension,
                force_n: force,
                slack: force == 0.0,
                stress_mpa: area.map(|area| force / area),
                limit_mpa: limit.map(|limit| limit.value),
            });
        }
    }
    Ok(checked)
}

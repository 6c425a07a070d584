//! What a solved deck leaves in its directory: summary.json, one .vtu a step, the .dat tables.
//! Computes nothing beyond averages over an element.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Deck;
use super::print::tables;
use super::solve::{DeckSolution, StepSolution};
use super::ties::TieAccount;
use crate::mesh::Mesh;
use crate::report::ReportError;
use crate::report::fields::CellValues;
use crate::report::vtu::{DataArray, Values, VtuMesh};
use crate::tensor::Wrench;

/// Seconds spent reading and writing, which the solution does not know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clocks {
    /// Reading and resolving the deck.
    pub read: f64,
    /// The whole run so far, writing included.
    pub total: f64,
    /// Writing.
    pub write: f64,
}

/// Name of the .vtu of step `s` (from 0) of `count`: the last one is `solution.vtu`.
pub fn vtu_name(s: usize, count: usize) -> String {
    if s + 1 == count {
        "solution.vtu".into()
    } else {
        format!("solution-{}.vtu", s + 1)
    }
}

/// Writes the .vtu of every step and the tables, named after the deck.
///
/// # Errors
/// A file that cannot be written, a mesh too large for the format.
pub fn write_fields(
    dir: &Path,
    stem: &str,
    deck: &Deck,
    solution: &DeckSolution,
) -> Result<(), ReportError> {
    let all = &solution.model.mesh;
    // The nodes of rotation are none of the deck's.
    let mesh = Mesh {
        nodes: all.nodes[..deck.nodes.labels.len()].to_vec(),
        surfaces: Vec::new(),
        ..all.clone()
    };
    let vtu = VtuMesh::new(&mesh, mesh.nodes.len())?;
    for (s, step) in solution.steps.iter().enumerate() {
        let path = dir.join(vtu_name(s, solution.steps.len()));
        let (point_data, cell_data) = fields(deck, solution, step);
        vtu.write(&path, &[point_data], &cell_data)?;
    }
    let dat = dir.join(format!("{stem}.dat"));
    fs::write(&dat, tables(deck, solution)).map_err(|source| ReportError::Write {
        what: dat.display().to_string(),
        source,
    })
}

fn fields(
    deck: &Deck,
    solution: &DeckSolution,
    step: &StepSolution,
) -> (DataArray, Vec<DataArray>) {
    let displacement = DataArray {
        name: "displacement_mm",
        components: 3,
        values: Values::F64(
            (0..deck.nodes.labels.len() as u32)
                .flat_map(|n| match step.coupled.get(&n) {
                    Some(m) => [m[0], m[1], m[2]],
                    None => step.displacement[n as usize].into(),
                })
                .collect(),
        ),
    };
    let count = deck.elements.labels.len();
    let (mut stress, mut energy_density) = (Vec::new(), Vec::new());
    for e in 0..count {
        let points = solution.points(e, &step.displacement);
        let volume: f64 = points.iter().map(|p| p.volume).sum();
        stress.push(points.iter().map(|p| p.stress * (p.volume / volume)).sum());
        let energy = points
            .iter()
            .map(|p| 0.5 * p.stress.dot(&p.strain) * p.volume / volume);
        energy_density.push(energy.sum());
    }
    let table = solution.model.materials.table.iter();
    let constants: Vec<_> = table.map(|c| c.isotropic_constants()).collect();
    let of = |section: &u32| constants[*section as usize].map(|(e, nu)| [e, nu]);
    let cells = CellValues {
        body: deck.section_of.iter().map(|s| *s as i32).collect(),
        constants: deck.section_of.iter().map(of).collect(),
        relative_density: vec![None; count],
        stress: &stress,
        energy_density: &energy_density,
    };
    (displacement, cells.arrays())
}

/// The content of summary.json. What stands at the top is the last step's.
pub fn summary(deck: &Deck, file: &Path, solution: &DeckSolution, clocks: &Clocks) -> Value {
    let steps: Vec<Value> = solution
        .steps
        .iter()
        .enumerate()
        .map(|(s, step)| {
            json!({
                "step": s + 1,
                "solver": solver(step),
                "reaction": wrench(&step.reaction),
                "reference_nodes": reference_nodes(deck, solution, step),
                "imbalance": step.imbalance,
                "vtu": vtu_name(s, solution.steps.len()),
            })
        })
        .collect();
    let last = solution.steps.last();
    let peak = solution.steps.iter().map(|s| s.info.peak_bytes).max();
    json!({
        "schema": 1,
        "deck": file.display().to_string(),
        "nodes": deck.nodes.labels.len(),
        "elements": deck.elements.labels.len(),
        "dofs": 3 * deck.nodes.labels.len(),
        "solver": last.map(solver),
        "reaction": last.map(|s| wrench(&s.reaction)),
        "imbalance": last.map(|s| s.imbalance),
        "ties": solution.model.ties.iter().map(tie).collect::<Vec<_>>(),
        "seconds": {
            "read": clocks.read,
            "assemble": solution.build_seconds,
            "solve": solution.solve_seconds,
            "write": clocks.write,
            "total": clocks.total,
        },
        "peak_bytes": peak,
        "steps": steps,
        "notes": deck.notes,
    })
}

fn tie(tie: &TieAccount) -> Value {
    json!({
        "name": tie.name,
        "area_mm2": tie.area,
        "untied_area_mm2": tie.untied_area,
        "largest_gap_mm": tie.largest_gap,
        "deepest_overlap_mm": tie.deepest_overlap,
        "gap_error": tie.gap_error,
    })
}

/// Reactions at the nodes of no element that are held: the moments of reference nodes stand
/// nowhere else.
fn reference_nodes(deck: &Deck, solution: &DeckSolution, step: &StepSolution) -> Vec<Value> {
    let model = &solution.model;
    let rotations = model.rotations();
    let zero = Wrench::zero();
    let mut found = Vec::new();
    for (n, &label) in (0u32..).zip(&deck.nodes.labels) {
        let rotation = model.rotation_of.get(&n);
        if rotations.contains(&n) || (model.solid[n as usize] && rotation.is_none()) {
            continue;
        }
        let mut reaction = zero;
        let mut held = false;
        for axis in 0..3u8 {
            if let Some(force) = step.reactions.get(&(n, axis)) {
                (reaction.force[axis as usize], held) = (*force, true);
            }
            let moment = rotation.and_then(|r| step.reactions.get(&(*r, axis)));
            if let Some(moment) = moment {
                (reaction.moment[axis as usize], held) = (*moment, true);
            }
        }
        if held {
            found.push(json!({ "node": label, "reaction": wrench(&reaction) }));
        }
    }
    found
}

fn solver(step: &StepSolution) -> Value {
    json!({
        "method": step.info.method,
        "iterations": step.info.iterations,
        "true_residual": step.info.true_residual,
        "seconds": step.info.seconds,
        "peak_bytes": step.info.peak_bytes,
    })
}

fn wrench(wrench: &Wrench) -> Value {
    let moment = wrench.moment / 1000.0;
    json!({
        "force_n": [wrench.force.x, wrench.force.y, wrench.force.z],
        "moment_nm": [moment.x, moment.y, moment.z],
    })
}

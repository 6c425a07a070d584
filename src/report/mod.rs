//! Everything found, written: report.json (canonical), CSV, VTU, pictures, one self-contained
//! report.html, and the summary for a terminal.
//!
//! It computes nothing mechanical: it formats what it is given and chooses which rows to show
//! first. It writes into a directory it is handed; that the directory appears under its final
//! name only when complete is the caller's business. Must not know how anything was solved.

mod error;
pub mod finite;
pub mod number;
pub mod csv;
pub mod schema;
pub mod decisive;
pub mod json;
pub mod summary;
pub mod vtu;
pub mod fields;
pub mod picture;
pub mod chart;
pub mod html;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rayon::prelude::*;

pub use error::ReportError;
pub use fields::{BodyKind, CaseFields, InterfaceTraction, StateFields, Tube, vtu_file_name};
use schema::RunReport;

use crate::progress::Progress;

/// Writes every file of a run into `dir`, which exists.
///
/// # Errors
/// A NaN or infinity in the report, by its key; arrays that do not fit their mesh; a file that
/// cannot be written.
pub fn write_all(
    dir: &Path,
    report: &RunReport,
    states: &[StateFields<'_>],
    progress: &dyn Progress,
) -> Result<(), ReportError> {
    let cases: usize = states.iter().map(|s| s.cases.len()).sum();
    progress.stage("Write the report", cases as u64 + 2);
    write_file(&dir.join("report.json"), |out| {
        json::write_json(out, report)
    })?;
    csv::write_tables(dir, &report.findings)?;
    csv::write_lattice_sizes(dir, &report.porosity)?;
    progress.advance();
    write_fields(dir, states, progress)?;
    let pictures = picture::draw_pictures(report, states)?;
    let page = html::page(&html::HtmlInput {
        report,
        pictures: &pictures,
    });
    write_file(&dir.join("report.html"), |out| {
        out.write_all(page.as_bytes())
            .map_err(|source| ReportError::Write {
                what: "report.html".to_owned(),
                source,
            })
    })?;
    progress.advance();
    Ok(())
}

fn write_fields(
    dir: &Path,
    states: &[StateFields<'_>],
    progress: &dyn Progress,
) -> Result<(), ReportError> {
    let mut names = std::collections::BTreeSet::new();
    for state in states {
        for case in &state.cases {
            let file = vtu_file_name(&state.name, &case.name);
            if !names.insert(file.clone()) {
                return Err(ReportError::SameFile { file });
            }
        }
    }
    for state in states {
        let mesh = vtu::VtuMesh::new(state.mesh, state.solid_nodes())?;
        state.cases.par_iter().try_for_each(|case| {
            let path = dir.join(vtu_file_name(&state.name, &case.name));
            mesh.write(&path, &state.point_data(case), &state.cell_data(case))?;
            progress.advance();
            Ok(())
        })?;
    }
    Ok(())
}

fn write_file(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let failed = |source| ReportError::Write {
        what: path.display().to_string(),
        source,
    };
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    fill(&mut out)?;
    out.flush().map_err(failed)
}

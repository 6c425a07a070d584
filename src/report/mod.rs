//! Everything found, written: report.json (canonical), CSV, VTU, pictures, one self-contained
//! report.html, and the summary for a terminal.
//!
//! It computes nothing mechanical: it formats what it is given and chooses which rows to show
//! first. It writes into a directory it is handed; that the directory appears under its final
//! name only when complete is the caller's business. Must not know how anything was solved.

pub mod csv;
pub mod fields;
pub mod finite;
pub mod json;
pub mod schema;
pub mod vtu;

#[cfg(test)]
mod example;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rayon::prelude::*;

pub use fields::{CaseFields, InterfaceTraction, StateFields, vtu_file_name};
use schema::RunReport;

use crate::progress::Progress;

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A number JSON cannot hold.
    #[error("{path} is {value}: a report holds finite numbers only")]
    NotFinite {
        /// Key path.
        path: String,
        /// The number.
        value: f64,
    },
    /// A value no format can hold.
    #[error("a value cannot be written: {message}")]
    Unserialisable {
        /// What the serialiser said.
        message: String,
    },
    /// JSON failed.
    #[error("report.json cannot be written")]
    Json {
        /// Cause.
        source: serde_json::Error,
    },
    /// A table failed.
    #[error("{file} cannot be written")]
    Csv {
        /// File name.
        file: String,
        /// Cause.
        source: ::csv::Error,
    },
    /// A file failed.
    #[error("{what} cannot be written")]
    Write {
        /// File or stream.
        what: String,
        /// Cause.
        source: std::io::Error,
    },
    /// More nodes or elements than the format counts.
    #[error("{elements} elements are more than a VTU file with 32-bit numbers holds")]
    MeshTooLarge {
        /// Elements.
        elements: usize,
    },
    /// An array that does not fit its mesh.
    #[error("array {name} has {length} items, the mesh needs {wanted}")]
    ArrayLength {
        /// Array.
        name: String,
        /// Items it has.
        length: usize,
        /// Items the mesh needs.
        wanted: usize,
    },
    /// Two load cases that would be written to one file.
    #[error(
        "{file} would be written twice: give states and load cases names that differ by more \
             than case and punctuation"
    )]
    SameFile {
        /// File name.
        file: String,
    },
}

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
    progress.advance();
    write_fields(dir, states, progress)?;
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
        let mesh = vtu::VtuMesh::new(state.mesh)?;
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

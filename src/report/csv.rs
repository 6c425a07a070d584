//! One CSV a findings table: the keys of report.json as headers, a vector as three columns
//! (`net_n_x`, `net_n_y`, `net_n_z`). A table without rows is a header line alone.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::ReportError;
use super::finite::check_finite;
use crate::assessment::Findings;
use crate::assessment::porosity::{LATTICE_FILE, LatticePlace, PorosityReport};

/// Writes every findings table into `dir`.
///
/// # Errors
/// A file that cannot be written; a NaN or infinity, by its row and key.
pub fn write_tables(dir: &Path, findings: &Findings) -> Result<(), ReportError> {
    let (rows, blank) = (values(findings)?, values(&Findings::blank())?);
    for table in findings.tables() {
        let headers = keys(&blank[table.key][0]);
        write_table(dir, &table.file(), &headers, &rows[table.key])?;
    }
    Ok(())
}

/// Writes the sizes of the lattices into `dir`; nothing where no material has one.
///
/// # Errors
/// As [`write_tables`].
pub fn write_lattice_sizes(dir: &Path, porosity: &[PorosityReport]) -> Result<(), ReportError> {
    let lattices: Vec<_> = porosity.iter().filter_map(|p| p.lattice.as_ref()).collect();
    if lattices.is_empty() {
        return Ok(());
    }
    let rows: Vec<&LatticePlace> = lattices.iter().flat_map(|l| &l.rows).collect();
    let rows = values(&rows)?;
    write_table(dir, LATTICE_FILE, &keys(&rows[0]), &rows)
}

/// Writes rows under the keys of their type.
///
/// # Errors
/// What the file or the format refuses.
pub fn write_rows<T: Serialize>(file: &Path, rows: &[T]) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_path(file)?;
    rows.iter().try_for_each(|row| writer.serialize(row))?;
    Ok(writer.flush()?)
}

/// What is written, key by key in the order of its fields.
fn values<T: Serialize + ?Sized>(rows: &T) -> Result<Value, ReportError> {
    check_finite(rows)?;
    serde_json::to_value(rows).map_err(|source| ReportError::Json { source })
}

fn write_table(
    dir: &Path,
    name: &str,
    headers: &[String],
    rows: &Value,
) -> Result<(), ReportError> {
    let failed = |source: csv::Error| ReportError::Csv {
        file: name.to_owned(),
        source,
    };
    let mut writer = csv::Writer::from_path(dir.join(name)).map_err(failed)?;
    writer.write_record(headers).map_err(failed)?;
    for row in rows.as_array().into_iter().flatten() {
        let mut cells = Vec::new();
        flatten(row, &mut cells);
        writer.write_record(cells).map_err(failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write {
        what: name.to_owned(),
        source,
    })
}

/// What the columns of a row are called: its keys, bands and vectors flattened.
fn keys(row: &Value) -> Vec<String> {
    let flat = |(key, value): (&String, &Value)| -> Vec<String> {
        let ends: &[&str] = match value {
            Value::Array(list) if list.len() == 2 => &["_low", "_high"],
            Value::Array(_) => &["_x", "_y", "_z"],
            _ => &[""],
        };
        ends.iter().map(|end| format!("{key}{end}")).collect()
    };
    row.as_object()
        .into_iter()
        .flatten()
        .flat_map(flat)
        .collect()
}

/// The values of a row, vectors flattened, in key order.
fn flatten(value: &Value, cells: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|v| flatten(v, cells)),
        Value::Array(list) => list.iter().for_each(|v| flatten(v, cells)),
        Value::Null => cells.push(String::new()),
        Value::String(text) => cells.push(text.clone()),
        other => cells.push(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    #[test]
    fn a_written_table_reads_back_with_the_same_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let findings = example::findings();
        write_tables(dir.path(), &findings).unwrap();
        let mut reader = csv::Reader::from_path(dir.path().join("endplates.csv")).unwrap();
        let headers = reader.headers().unwrap().clone();
        let column = headers.iter().position(|h| h == "centre_mm_y").unwrap();
        let read: Vec<f64> = reader
            .records()
            .map(|r| r.unwrap()[column].parse().unwrap())
            .collect();
        let written: Vec<f64> = findings
            .endplates
            .iter()
            .map(|r| r.centre_mm.unwrap()[1])
            .collect();
        assert_eq!(read, written);
    }

    #[test]
    fn an_empty_table_is_its_header_and_a_nan_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write_tables(dir.path(), &Findings::default()).unwrap();
        let text = std::fs::read_to_string(dir.path().join("fixation.csv")).unwrap();
        assert_eq!(
            text.trim_end(),
            "state,load_case,part,kind,check,axial_n,shear_n,bending_nm,torsion_nm,at_mm_x,at_mm_y,\
             at_mm_z,entry_bending_nm,stress_mpa,limit_mpa,utilisation,ratio_band_low,ratio_band_high,\
             verdict,source"
        );
        let mut findings = example::findings();
        findings.implant[0].safety_factor = f64::INFINITY;
        let error = write_tables(dir.path(), &findings).unwrap_err();
        assert!(error.to_string().contains("safety_factor"), "{error}");
    }
}

//! One CSV a findings table: the keys of report.json as headers, a vector as three columns
//! (`net_n_x`, `net_n_y`, `net_n_z`). A table without rows is a header line alone.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::ReportError;
use super::finite::check_finite;
use crate::assessment::Findings;
use crate::assessment::porosity::{LATTICE_FILE, LatticePlace, PorosityReport};

const LATTICE_SIZES: &[&str] = &[
    "x_mm",
    "y_mm",
    "z_mm",
    "porosity_percent",
    "relative_density",
    "strut_mm",
    "cell_mm",
    "pore_body_mm",
    "pore_window_mm",
    "material",
];

/// Writes every findings table into `dir`.
///
/// # Errors
/// A file that cannot be written; a NaN or infinity, by its row and key.
pub fn write_tables(dir: &Path, findings: &Findings) -> Result<(), ReportError> {
    let values = values(findings)?;
    for table in findings.tables() {
        let keys = table.rows.layout().keys;
        write_table(dir, &table.file(), keys, &values[table.key])?;
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
    write_table(dir, LATTICE_FILE, LATTICE_SIZES, &values(&rows)?)
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

fn write_table(dir: &Path, name: &str, headers: &[&str], rows: &Value) -> Result<(), ReportError> {
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
    use crate::assessment::FixationRow;
    use crate::assessment::table::Finding;
    use crate::report::tests::example;

    /// Key of a flattened cell as the header lists it.
    fn keys(value: &Value) -> Vec<String> {
        let Value::Object(map) = value else {
            panic!("not a row")
        };
        let mut keys = Vec::new();
        for (key, value) in map {
            match value {
                Value::Array(list) if list.len() == 2 => {
                    keys.extend(["low", "high"].map(|s| format!("{key}_{s}")));
                }
                Value::Array(_) => keys.extend(["x", "y", "z"].map(|s| format!("{key}_{s}"))),
                _ => keys.push(key.clone()),
            }
        }
        keys
    }

    #[test]
    fn headers_are_the_keys_of_the_rows() {
        let findings = example::findings();
        let all = values(&findings).unwrap();
        for table in findings.tables() {
            let row = all[table.key].get(0);
            let row = row.unwrap_or_else(|| panic!("the example has no row of {}", table.key));
            assert_eq!(keys(row), table.rows.layout().keys);
        }
        let porosity = example::report().porosity;
        let place = &porosity[0].lattice.as_ref().unwrap().rows[0];
        assert_eq!(keys(&values(place).unwrap()), LATTICE_SIZES);
    }

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
        let fixation = FixationRow::LAYOUT.keys;
        assert_eq!(text.trim_end(), fixation.join(","));
        let mut findings = example::findings();
        findings.implant[0].safety_factor = f64::INFINITY;
        let error = write_tables(dir.path(), &findings).unwrap_err();
        assert!(error.to_string().contains("safety_factor"), "{error}");
    }
}

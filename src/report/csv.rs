//! One CSV a findings table: the keys of report.json as headers, a vector as three columns
//! (`net_n_x`, `net_n_y`, `net_n_z`). A table without rows is a header line alone.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::ReportError;
use super::finite::check_finite;
use crate::assessment::Findings;
use crate::assessment::porosity::{LATTICE_FILE, LatticePlace, PorosityReport};

const SHIELDING: &[&str] = &[
    "state",
    "load_case",
    "body",
    "zone",
    "volume_mm3",
    "sed_ratio",
    "intact_sed_mpa",
    "resorbing_fraction_s50",
    "resorbing_fraction_s75",
    "resorbing_fraction_s75_band_low",
    "resorbing_fraction_s75_band_high",
    "left_out_volume_mm3",
];
const ENDPLATES: &[&str] = &[
    "state",
    "load_case",
    "interface",
    "kind",
    "area_mm2",
    "untied_area_mm2",
    "tensile_area_mm2",
    "compressive_n",
    "compressive_area_mm2",
    "net_n_x",
    "net_n_y",
    "net_n_z",
    "mean_mpa",
    "peak_3mm_mpa",
    "peak_3mm_at_mm_x",
    "peak_3mm_at_mm_y",
    "peak_3mm_at_mm_z",
    "peak_raw_mpa",
    "centre_mm_x",
    "centre_mm_y",
    "centre_mm_z",
];
const SUBSIDENCE: &[&str] = &[
    "state",
    "load_case",
    "endplate",
    "check",
    "criterion",
    "value",
    "unit",
    "limit",
    "ratio_band_low",
    "ratio_band_high",
    "verdict",
    "source",
];
const IMPLANT: &[&str] = &[
    "state",
    "load_case",
    "part",
    "region",
    "stress_mpa",
    "strength_mpa",
    "safety_factor",
    "ratio_band_low",
    "ratio_band_high",
    "law",
    "source",
    "verdict",
];
const FIXATION: &[&str] = &[
    "state",
    "load_case",
    "part",
    "kind",
    "axial_n",
    "shear_n",
    "bending_nm",
    "torsion_nm",
    "stress_mpa",
    "limit_mpa",
    "utilisation",
    "ratio_band_low",
    "ratio_band_high",
    "verdict",
    "source",
];
const LOAD_SHARING: &[&str] = &[
    "state",
    "load_case",
    "cut",
    "path",
    "axial_n",
    "moment_nm_x",
    "moment_nm_y",
    "moment_nm_z",
    "share",
];

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

/// Names of the files [`write_tables`] makes, in the order of the findings.
pub const TABLES: [&str; 6] = [
    "stress_shielding.csv",
    "endplates.csv",
    "subsidence.csv",
    "implant.csv",
    "fixation.csv",
    "load_sharing.csv",
];

/// Writes every findings table into `dir`.
///
/// # Errors
/// A file that cannot be written; a NaN or infinity, by its row and key.
pub fn write_tables(dir: &Path, findings: &Findings) -> Result<(), ReportError> {
    write_table(dir, TABLES[0], SHIELDING, &findings.stress_shielding)?;
    write_table(dir, TABLES[1], ENDPLATES, &findings.endplates)?;
    write_table(dir, TABLES[2], SUBSIDENCE, &findings.subsidence)?;
    write_table(dir, TABLES[3], IMPLANT, &findings.implant)?;
    write_table(dir, TABLES[4], FIXATION, &findings.fixation)?;
    write_table(dir, TABLES[5], LOAD_SHARING, &findings.load_sharing)
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
    write_table(dir, LATTICE_FILE, LATTICE_SIZES, &rows)
}

fn write_table<T: Serialize>(
    dir: &Path,
    name: &str,
    headers: &[&str],
    rows: &[T],
) -> Result<(), ReportError> {
    check_finite(rows)?;
    let failed = |source: csv::Error| ReportError::Csv {
        file: name.to_owned(),
        source,
    };
    let mut writer = csv::Writer::from_path(dir.join(name)).map_err(failed)?;
    writer.write_record(headers).map_err(failed)?;
    for row in rows {
        writer.write_record(cells(row)?).map_err(failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write {
        what: name.to_owned(),
        source,
    })
}

/// The values of a row, vectors flattened, in key order.
fn cells<T: Serialize>(row: &T) -> Result<Vec<String>, ReportError> {
    let value = serde_json::to_value(row).map_err(|source| ReportError::Json { source })?;
    let mut cells = Vec::new();
    flatten(&value, &mut cells);
    Ok(cells)
}

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
    use crate::report::example;

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
        let f = example::findings();
        let value = |row: Value| keys(&row);
        assert_eq!(
            value(serde_json::to_value(&f.stress_shielding[0]).unwrap()),
            SHIELDING
        );
        assert_eq!(
            value(serde_json::to_value(&f.endplates[0]).unwrap()),
            ENDPLATES
        );
        assert_eq!(
            value(serde_json::to_value(&f.subsidence[0]).unwrap()),
            SUBSIDENCE
        );
        assert_eq!(value(serde_json::to_value(&f.implant[0]).unwrap()), IMPLANT);
        let porosity = example::report().porosity;
        let place = &porosity[0].lattice.as_ref().unwrap().rows[0];
        assert_eq!(value(serde_json::to_value(place).unwrap()), LATTICE_SIZES);
        assert_eq!(
            value(serde_json::to_value(&f.fixation[0]).unwrap()),
            FIXATION
        );
        assert_eq!(
            value(serde_json::to_value(&f.load_sharing[0]).unwrap()),
            LOAD_SHARING
        );
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
        let written: Vec<f64> = findings.endplates.iter().map(|r| r.centre_mm[1]).collect();
        assert_eq!(read, written);
    }

    #[test]
    fn an_empty_table_is_its_header_and_a_nan_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write_tables(dir.path(), &Findings::default()).unwrap();
        let text = std::fs::read_to_string(dir.path().join("fixation.csv")).unwrap();
        assert_eq!(text.trim_end(), FIXATION.join(","));
        let mut findings = example::findings();
        findings.implant[0].safety_factor = f64::INFINITY;
        let error = write_tables(dir.path(), &findings).unwrap_err();
        assert!(error.to_string().contains("safety_factor"), "{error}");
    }
}

//! report.json: the canonical report, pretty, keys in the order of the schema.
//!
//! JSON has no NaN and no infinity, and serde writes `null` in their place without a word. A
//! report with such a number in it is not written: [`check_finite`] names the place instead.

use std::io::Write;

use serde::Serialize;

use super::ReportError;
use super::finite::check_finite;
use super::schema::RunReport;

/// Writes the report as pretty JSON.
///
/// # Errors
/// [`ReportError::NotFinite`] with the key path of the first NaN or infinity.
pub fn write_json(out: &mut impl Write, report: &RunReport) -> Result<(), ReportError> {
    check_finite(report)?;
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    report
        .serialize(&mut serializer)
        .map_err(|source| ReportError::Json { source })?;
    out.write_all(b"\n").map_err(|source| ReportError::Write {
        what: "report.json".to_owned(),
        source,
    })
}

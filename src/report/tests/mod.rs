//! A whole report from a made-up run.

pub mod example;

use super::*;
use crate::progress::Silent;

/// Where the variable names a folder the report stays there, to be looked at.
const KEEP: &str = "ENDPLATE_KEEP_REPORT";

#[test]
fn a_whole_report_is_written_and_its_json_has_the_keys_of_the_schema() {
    let temporary = tempfile::tempdir().unwrap();
    let kept = std::env::var_os(KEEP);
    let dir = kept.as_ref().map_or(temporary.path(), Path::new);
    let state = example::ExampleState::fused();
    let report = example::report();
    write_all(dir, &report, &[state.fields()], &Silent).unwrap();
    let text = std::fs::read_to_string(dir.join("report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .take(5)
        .collect();
    assert_eq!(keys, ["schema", "program", "case", "frame", "units"]);
    assert_eq!(json["verdict"], "limits exceeded");
    let case = &json["states"][1]["load_cases"][1];
    assert_eq!(case["applied"]["moment_nm"][1], 7.5);
    assert!(dir.join(case["vtu"].as_str().unwrap()).exists());
    let files = std::fs::read_dir(dir).unwrap();
    let files = files.filter(|e| e.as_ref().unwrap().path().is_file());
    assert_eq!(files.count(), 3 + report.findings.tables().len() + 6);
}

#[test]
fn an_infinity_in_the_report_is_refused_by_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut report = example::report();
    report.states[0].load_cases[2].imbalance = f64::INFINITY;
    let error = write_all(dir.path(), &report, &[], &Silent).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("states[0].load_cases[2].imbalance is inf")
    );
}

#[test]
fn load_cases_that_would_share_a_file_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let state = example::ExampleState::fused();
    let mut fields = state.fields();
    fields.cases[1].name = "Flexion".to_owned();
    fields.cases[2].name = "flexion!".to_owned();
    let error = write_fields(dir.path(), &[fields], &Silent).unwrap_err();
    assert!(matches!(error, ReportError::SameFile { .. }), "{error}");
}

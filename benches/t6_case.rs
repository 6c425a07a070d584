//! The whole T6 case, as a user runs it: seconds by stage, dofs and peak memory, against the aim of
//! 60 s and 4 GiB on two cores. `cargo bench --bench t6_case`

use std::error::Error;
use std::process::Command;

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let case = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/validation/t6-tantalum/case.toml"
    );
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("t6");
    let clock = std::time::Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_endplate"))
        .args(["run", case, "--quiet", "--out"])
        .arg(&out)
        .stdout(std::process::Stdio::null())
        .status()?;
    let seconds = clock.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("the run ended with {status}").into());
    }
    let report: Value = serde_json::from_str(&std::fs::read_to_string(out.join("report.json"))?)?;
    for stage in report["timing"].as_array().into_iter().flatten() {
        let name = stage["stage"].as_str().unwrap_or_default();
        println!(
            "{name:<20} {:>8.1} s",
            stage["seconds"].as_f64().unwrap_or(f64::NAN)
        );
    }
    for state in report["states"].as_array().into_iter().flatten() {
        println!(
            "{:<20} {:>8} dofs",
            state["name"].as_str().unwrap_or_default(),
            state["mesh"]["dofs"]
        );
    }
    let gib = report["peak_memory_bytes"].as_f64().unwrap_or(f64::NAN) / 1024f64.powi(3);
    println!("{:<20} {seconds:>8.1} s    aim 60 s", "whole run");
    println!("{:<20} {gib:>8.2} GiB  aim 4 GiB", "peak memory");
    Ok(())
}

//! `endplate virtual-test`: what comes out of the program, and what it refuses.

use super::errors::{endplate, folder, refusal};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("virtual test: compression as JSON", compression),
    ("virtual test: files of a test", files),
    ("virtual test: refusals", refusals),
];

fn compression() -> Result<(), String> {
    let folder = folder()?;
    let arguments = [
        "virtual-test",
        "compression",
        "--sample",
        "C",
        "--json",
        "--quiet",
    ];
    let output = endplate(folder.path(), &arguments)?;
    let value: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    let rows = value["quantities"].as_array().ok_or("no quantities")?;
    let frictionless = rows
        .iter()
        .find(|r| r["condition"] == "frictionless platens")
        .ok_or("no frictionless test")?;
    let difference = frictionless["difference_percent"].as_f64();
    // The measure: the law's modulus to 1e-6.
    if difference.is_none_or(|d| d.abs() > 1e-4) {
        return Err(format!("{frictionless}"));
    }
    let bonded = rows
        .iter()
        .find(|r| r["condition"] == "bonded platens")
        .and_then(|r| r["difference_percent"].as_f64());
    match bonded {
        Some(d) if (1.0..10.0).contains(&d) => Ok(()),
        other => Err(format!("end effect {other:?} %")),
    }
}

fn files() -> Result<(), String> {
    let folder = folder()?;
    let run = |test: &str| {
        let arguments = [
            "virtual-test",
            test,
            "--sample",
            "B",
            "--out",
            "out",
            "--quiet",
        ];
        endplate(folder.path(), &arguments)
    };
    for _ in 0..2 {
        let output = run("implant")?;
        if output.status.code() != Some(0) {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !text.contains("Axial load at bulk yield, N") {
            return Err(text);
        }
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join("out").join(name));
    let page = read("implant.html").map_err(|e| e.to_string())?;
    let csv = read("implant.csv").map_err(|e| e.to_string())?;
    read("virtual-test.json").map_err(|e| e.to_string())?;
    if page.contains("<script") || !page.contains("<svg") || !page.contains("Rohlmann 2014") {
        return Err("the page lacks something or runs scripts".to_owned());
    }
    if !csv.starts_with("specimen,condition,quantity,value,unit,expected") {
        return Err(csv);
    }
    let message = refusal(&run("compression")?, "another test's directory")?;
    match message.contains("holds the results of another case, implant") {
        true => Ok(()),
        false => Err(message),
    }
}

fn refusals() -> Result<(), String> {
    let folder = folder()?;
    let cases: [(&[&str], &[&str]); 7] = [
        (
            &["compression", "--sample", "F"],
            &["no sample `F`", "A, B, C, D, E, all"],
        ),
        (
            &["implant", "--porosity-percent", "95"],
            &["outside the range", "45.54 % to 88.02 %"],
        ),
        (
            &["compression", "--edge-mm", "0"],
            &["edge of the block is 0 mm", "0.1 to 1000 mm"],
        ),
        (
            &["bending", "--spans-mm", "60,85"],
            &["the span is 85 mm", "40 to 78 mm"],
        ),
        (
            &["bending", "--bar-mm", "10,80"],
            &["--bar-mm needs 3 numbers, 2 are given"],
        ),
        (
            &["foam-block", "--footprint-mm2", "9000"],
            &["footprint's diameter is 107"],
        ),
        (
            &["implant", "--poisson-ratio", "0.5"],
            &["Poisson ratio is 0.5", "0 to 0.49"],
        ),
    ];
    for (arguments, words) in cases {
        let mut all = vec!["virtual-test"];
        all.extend(arguments);
        let message = refusal(&endplate(folder.path(), &all)?, &format!("{arguments:?}"))?;
        if let Some(word) = words.iter().find(|w| !message.contains(**w)) {
            return Err(format!("{arguments:?} lacks `{word}`: {message}"));
        }
    }
    Ok(())
}

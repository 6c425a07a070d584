//! Broken input, in the kinds the program tells apart: each ends with its exit code and a message
//! that names the place and says what was found and what was expected.

use std::path::Path;
use std::process::{Command, Output};

/// The case that every table below breaks in one place.
const T6: &str = include_str!("../../validation/t6-tantalum/case.toml");

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    ("errors: syntax", syntax),
    ("errors: keys", keys),
    ("errors: units", units),
    ("errors: ranges", ranges),
    ("errors: references", references),
    ("errors: files", files),
    ("errors: models", models),
    ("errors: contact without its friction", no_friction),
    ("errors: command line", command_line),
    (
        "errors: a new case is never written over a file",
        new_writes_over_nothing,
    ),
];

/// A change that breaks the case, what the caret's line must hold, and words of the message.
pub struct Broken {
    from: &'static str,
    to: &'static str,
    at: &'static str,
    words: &'static [&'static str],
}

/// One change of the case, see [`Broken`].
pub const fn broken(
    from: &'static str,
    to: &'static str,
    at: &'static str,
    words: &'static [&'static str],
) -> Broken {
    Broken {
        from,
        to,
        at,
        words,
    }
}

/// Runs the program in a folder.
pub fn endplate(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    Command::new(env!("CARGO_BIN_EXE_endplate"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|e| format!("cannot start the program: {e}"))
}

/// A new folder that goes when it is dropped.
pub fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|e| e.to_string())
}

/// Writes a file.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

/// The message of a run that must end with bad input.
pub fn refusal(output: &Output, what: &str) -> Result<String, String> {
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(2) {
        return Err(format!(
            "{what}: exit {:?}\n{message}",
            output.status.code()
        ));
    }
    if message.contains("panic") || message.contains("internal") {
        return Err(format!("{what}: not a refusal\n{message}"));
    }
    Ok(message)
}

/// Every one of the words must be there.
pub fn has_words(message: &str, words: &[&str], what: &str) -> Result<(), String> {
    for word in words {
        if !message.contains(word) {
            return Err(format!("{what}: no {word:?} in\n{message}"));
        }
    }
    Ok(())
}

/// Each change on its own must be refused, at the line that holds `at`.
pub fn refused(table: &[Broken]) -> Result<(), String> {
    if table.len() < 5 {
        return Err(format!("only {} broken inputs of this kind", table.len()));
    }
    for Broken {
        from,
        to,
        at,
        words,
    } in table
    {
        let what = format!("{from:?} -> {to:?}");
        if !T6.contains(from) {
            return Err(format!("{what}: the case does not hold it"));
        }
        let text = T6.replacen(from, to, 1);
        let line = text.lines().position(|l| l.contains(at));
        let line = line.ok_or_else(|| format!("{what}: no line holds {at:?}"))? + 1;
        let folder = folder()?;
        write(&folder.path().join("case.toml"), &text)?;
        let output = endplate(folder.path(), &["check", "case.toml"])?;
        let message = refusal(&output, &what)?;
        has_words(&message, &[&format!("--> case.toml:{line}:")], &what)?;
        has_words(&message, words, &what)?;
    }
    Ok(())
}

const TOML: &str = "not valid TOML";

const SYNTAX: &[Broken] = &[
    broken(
        "title = \"T6",
        "title = T6",
        "title = T6",
        &[TOML, "expected"],
    ),
    broken("format = 1", "format 1", "format 1", &[TOML, "expected"]),
    broken("[rods]", "[rods", "[rods", &[TOML, "expected"]),
    broken(
        "format = 1",
        "format = 1\nformat = 1 # again",
        "# again",
        &[TOML, "duplicate key"],
    ),
    broken(
        "diameter_mm = 15.0",
        "diameter_mm = 15,0",
        "15,0",
        &[TOML, "expected"],
    ),
    broken("height_mm = 25.0", "height_mm =", "height_mm =  ", &[TOML]),
    broken("[rods]", "[bone] # again", "# again", &[TOML]),
];

fn syntax() -> Result<(), String> {
    refused(SYNTAX)
}

const KEYS: &[Broken] = &[
    broken(
        "diameter_mm = 15.0",
        "diamater_mm = 15.0",
        "diamater",
        &[
            "unknown key `diamater_mm` in [implant]",
            "did you mean `diameter_mm`?",
            "known: name,",
        ],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\nsuperior_endplate = { center_mm = [0.0, 0.0, 0.0] }",
        "center_mm",
        &["unknown key `center_mm`", "did you mean `centre_mm`?"],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\nsuperior_endplate = { centre_mm = [0.0, 0.0, 0.0] }",
        "superior_endplate",
        &["superior_endplate] needs `normal`", "for example"],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\nposterior_wall_mm = -12.0",
        "posterior_wall_mm",
        &["is a number", "a list of 3 numbers in mm"],
    ),
    broken(
        "[bone]",
        "[bones]",
        "[bones]",
        &["unknown key `bones`", "did you mean `bone`?"],
    ),
    broken(
        "diameter_mm = 15.0\n",
        "",
        "[implant]",
        &["[implant] needs `diameter_mm`"],
    ),
    broken(
        "[rods]",
        "[[rods]]",
        "[[rods]]",
        &["`rods` is a list", "expected a table [rods]"],
    ),
    broken(
        "material = \"porous tantalum\"",
        "material = 5",
        "material = 5",
        &["`material` is a number", "expected a text"],
    ),
    broken(
        "porosity_percent = 80.0",
        "porosity_percent = 80.0\nrelative_density = 0.2",
        "relative_density",
        &["exclude each other"],
    ),
    broken(
        "porosity_percent = 80.0",
        "porosity_percent = 80.0\nyoungs_modulus_mpa = 600.0",
        "youngs_modulus_mpa",
        &[
            "does not use `youngs_modulus_mpa`",
            "it uses porosity_percent",
        ],
    ),
    broken(
        "name = \"T5-T6\"\n",
        "",
        "[[disc]]",
        &["[[disc]] needs `name`"],
    ),
    broken(
        "[[vertebra]]\nname = \"T6\"\nlevel = \"T6\"",
        "[[vertebra]] # bare\nname = \"T6\"",
        "# bare",
        &["[[vertebra]] needs `level`", "surface"],
    ),
];

fn keys() -> Result<(), String> {
    refused(KEYS)
}

const UNITS: &[Broken] = &[
    broken(
        "diameter_mm = 15.0",
        "diameter_cm = 1.5",
        "diameter_cm",
        &[
            "unit:",
            "`diameter_cm` is in cm",
            "write `diameter_mm = 15`",
        ],
    ),
    broken(
        "diameter_mm = 15.0",
        "diameter_mm = \"15 mm\"",
        "15 mm",
        &[
            "unit:",
            "expected a bare number in mm",
            "write `diameter_mm = 15`",
        ],
    ),
    broken(
        "height_mm = 25.0",
        "height = 25",
        "height = 25",
        &[
            "unit:",
            "names no unit",
            "write `height_mm = 25` if it is in mm",
        ],
    ),
    broken(
        "height_mm = 3.1",
        "height = 3.1",
        "height = 3.1",
        &["unit:", "names no unit", "`height_mm` (mm)"],
    ),
    broken(
        "cancellous_modulus_mpa = 300.0",
        "cancellous_modulus_gpa = 0.3",
        "cancellous_modulus_gpa",
        &["unit:", "is in GPa", "write `cancellous_modulus_mpa = 300`"],
    ),
    broken(
        "sagittal_angle_deg = 3.0",
        "sagittal_angle_deg = \"3°\"",
        "3°",
        &["unit:", "expected a bare number in °"],
    ),
    broken(
        "level = \"T6\"",
        "surface = \"t6.stl\"",
        "t6.stl",
        &["unit:", "has no unit", "mm, cm, m or inch"],
    ),
    broken(
        "level = \"T6\"",
        "surface = \"t6.stl\"\nunit = \"feet\"",
        "feet",
        &["no unit of length \"feet\"", "known: mm, cm, m, inch"],
    ),
];

fn units() -> Result<(), String> {
    refused(UNITS)
}

const RANGES: &[Broken] = &[
    broken(
        "porosity_percent = 80.0",
        "porosity_percent = 20.0",
        "porosity_percent",
        &["is 20 %", "from 45.54 to 88.02 %", "not extrapolated"],
    ),
    broken(
        "diameter_mm = 15.0",
        "diameter_mm = -15.0",
        "-15.0",
        &["`diameter_mm` is -15 mm", "from 4 to 60 mm"],
    ),
    broken(
        "height_mm = 25.0",
        "height_mm = 2500.0",
        "2500",
        &["`height_mm` is 2500 mm", "from 3 to 200 mm"],
    ),
    broken(
        "cancellous_modulus_mpa = 300.0",
        "cancellous_modulus_mpa = nan",
        "= nan",
        &["is NaN MPa", "from 1 to 5000 MPa"],
    ),
    broken(
        "angle_deg = 30.0",
        "angle_deg = 90.0",
        "angle_deg = 90.0",
        &["`angle_deg` is 90 °", "from 10 to 80 °"],
    ),
    broken(
        "diameter_mm = 4.0",
        "diameter_mm = 9.0",
        "diameter_mm = 9.0",
        &["`diameter_mm` is 9 mm", "from 0.5 to 7.5 mm"],
    ),
    broken(
        "angle_deg = 30.0",
        "exit_mm = [4.0, 4.0]\nangle_deg = 30.0",
        "exit_mm",
        &["`exit_mm` is 5.66 mm from the middle", "at most 5.50 mm"],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\nsuperior_endplate = { centre_mm = [0, 0, 9], normal = [0, 0, 1], \
             radius_mm = 1 }",
        "radius_mm = 1",
        &["`radius_mm` is 1 mm", "from 3 to 60 mm"],
    ),
    broken(
        "sagittal_angle_deg = 3.0",
        "sagittal_angle_deg = 45.0",
        "sagittal_angle_deg",
        &["is 45 °", "from -30 to 30 °"],
    ),
    broken(
        "format = 1",
        "format = 2",
        "format = 2",
        &["`format` is 2, expected 1"],
    ),
    broken(
        "cancellous_modulus_mpa = 300.0",
        "cancellous_modulus_mpa = 300.0\npoisson_ratio = 0.5",
        "poisson_ratio",
        &["`poisson_ratio` is 0.5", "from 0 to 0.4999"],
    ),
];

fn ranges() -> Result<(), String> {
    refused(RANGES)
}

const REFERENCES: &[Broken] = &[
    broken(
        "material = \"porous tantalum\"",
        "material = \"porous tantalun\"",
        "tantalun",
        &[
            "no material \"porous tantalun\"",
            "did you mean `porous tantalum`?",
            "ti6al4v",
        ],
    ),
    broken(
        "level = \"T6\"",
        "level = \"T66\"",
        "T66",
        &["no level \"T66\"", "known: C3, C4"],
    ),
    broken(
        "between = [\"T5\", \"T7\"]",
        "between = [\"T5\", \"T8\"]",
        "\"T8\"",
        &["no vertebra \"T8\"", "known: T5, T6, T7"],
    ),
    broken(
        "T5.superior_endplate",
        "T5.superior_endplates",
        "endplates\"",
        &["no face", "did you mean `T5.superior_endplate`?"],
    ),
    broken(
        "law = \"chen-2025-tantalum\"",
        "law = \"chen-2025\"",
        "chen-2025\"",
        &[
            "no material law \"chen-2025\"",
            "did you mean `chen-2025-tantalum`?",
        ],
    ),
    broken(
        "preset = \"thoracic\"",
        "preset = \"thorax\"",
        "thorax",
        &[
            "no load preset \"thorax\"",
            "known: thoracic, lumbar, cervical",
        ],
    ),
    broken(
        "name = \"T6-T7\"",
        "name = \"T5-T6\" # second",
        "# second",
        &["body \"T5-T6\" is given twice"],
    ),
    broken(
        "ends = \"fitted\"",
        "ends = \"fited\"",
        "fited",
        &["did you mean `fitted`?"],
    ),
];

fn references() -> Result<(), String> {
    refused(REFERENCES)
}

/// Ways in which the parts do not make a construct. Surfaces are the other kind whose faults only
/// show when bodies are made.
const MODELS: &[Broken] = &[
    broken(
        "loaded_face = \"T5.superior_endplate\"",
        "loaded_face = \"T5.inferior_endplate\"",
        "loaded_face = ",
        &["does not cross \"cage\"", "away from its seats"],
    ),
    broken(
        "loaded_face = \"T5.superior_endplate\"\n\n[support]\nclamped = \"T7.inferior_endplate\"",
        "loaded_face = \"T7.inferior_endplate\"\n\n[support]\nclamped = \"T5.superior_endplate\"",
        "loaded_face = ",
        &["\"thoracic\" pushes down", "it would pull"],
    ),
    broken(
        "preset = \"thoracic\"",
        "preset = \"thoracic\"\nat_mm = [900.0, 0.0, 0.0]",
        "at_mm = ",
        &["from the middle of its face", "200 mm at most"],
    ),
    broken(
        "kind = \"default\"",
        "kind = \"default\"\nbehind_axis_mm = 6.0\nbeside_axis_mm = 4.0",
        "behind_axis_mm = ",
        &["springs that rods no longer stand on", "`head_mm`"],
    ),
    broken(
        "name = \"cage\"",
        "name = \"T5-T6\" # cage",
        "name = \"T5-T6\" # cage",
        &["body", "\"T5-T6\""],
    ),
    broken(
        "name = \"cage\"",
        "name = \"rod left\"",
        "name = \"rod left\"",
        &["what the tables call a part"],
    ),
    broken(
        "[mesh]",
        "[[load_case]]\nname = \"all\"\nforce_n = [0.0, 0.0, -1.0]\n\n[mesh]",
        "name = \"all\"",
        &["the mean of the loads that count as service"],
    ),
    broken(
        "[mesh]",
        "[[load_case]]\nname = \"AXIAL compression!\"\nforce_n = [0.0, 0.0, -1.0]\n\n[mesh]",
        "name = \"AXIAL",
        &["\"axial compression\" would name the same files"],
    ),
    broken(
        "[mesh]",
        "[[load_case]]\nname = \"...\"\nforce_n = [0.0, 0.0, -1.0]\n\n[mesh]",
        "name = \"...\"",
        &["no letter or digit to name files by"],
    ),
    broken(
        "vertebrae = [\"T6\"]",
        "vertebrae = []",
        "vertebrae = ",
        &["the implant replaces T6"],
    ),
    broken(
        "ends = \"fitted\"",
        "ends = \"flat\"",
        "ends = ",
        &[
            "leave a gap",
            "superior end to T5",
            "inferior end to T7",
            "end = \"superior\"",
            "material = \"cancellous-bone\"",
        ],
    ),
    broken(
        "[mesh]",
        "[[graft]]\nname = \"chips\"\nend = \"superior\"\nmaterial = \"peek\"\n\n[mesh]",
        "[[graft]]",
        &["fitted ends leave no gap for a graft"],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\ninferior_endplate = { centre_mm = [0, 0, 9], normal = [0, 0, 1], \
             radius_mm = 9 }",
        "normal = ",
        &[
            "does not leave the bone at its inferior endplate",
            "must be less than 0",
        ],
    ),
    broken(
        "level = \"T5\"",
        "level = \"T5\"\ninferior_endplate = { centre_mm = [0, 0, 99], normal = [0, 0, -1], \
             radius_mm = 9 }",
        "inferior_endplate = ",
        &[
            "nothing of T5's surface",
            "within 9 mm",
            "prints the endplates",
        ],
    ),
    broken(
        "level = \"T7\"",
        "level = \"T9\"",
        "level = \"T9\"",
        &["below T6 comes T7, not T9"],
    ),
    broken(
        "T7.inferior_endplate",
        "T6.inferior_endplate",
        "clamped",
        &["T6 is resected"],
    ),
    broken(
        "between = [\"T6\", \"T7\"]",
        "between = [\"T5\", \"T7\"]",
        "between = [\"T5\", \"T7\"]",
        &["which are not neighbours"],
    ),
    broken(
        "T7.inferior_endplate",
        "T5.superior_endplate",
        "loaded_face",
        &["the loaded face is the clamped one"],
    ),
    broken(
        "between = [\"T5\", \"T7\"]",
        "between = [\"T7\", \"T5\"]",
        "[\"T7\", \"T5\"]",
        &["the vertebra above comes first"],
    ),
];

fn models() -> Result<(), String> {
    refused(MODELS)
}

fn files() -> Result<(), String> {
    let folder = folder()?;
    let here = folder.path();
    let check = |arguments: &[&str], what: &str, words: &[&str]| {
        let message = refusal(&endplate(here, arguments)?, what)?;
        has_words(&message, words, what)
    };
    let words = &["--> absent.toml", "No such file"];
    check(&["check", "absent.toml"], "no case file", words)?;
    check(&["check", "."], "a folder as the case file", &["--> ."])?;
    write(&here.join("latin.toml"), b"title = \"\xe9\"")?;
    check(
        &["check", "latin.toml"],
        "not UTF-8",
        &["--> latin.toml", "not UTF-8"],
    )?;

    let measured = include_str!("../../validation/t6-bodyparts3d/case.toml");
    let line = measured
        .lines()
        .position(|l| l.contains("T5_FMA9922"))
        .map_or(0, |l| l + 1);
    write(&here.join("case.toml"), measured)?;
    std::fs::create_dir(here.join("bones")).map_err(|e| e.to_string())?;
    let place = format!("--> case.toml:{line}:");
    let words = &[
        place.as_str(),
        "no such surface file",
        "looked in .",
        "looked in bones",
    ];
    let arguments = ["check", "case.toml", "--surfaces", "bones"];
    check(&arguments, "no surface file", words)?;
    check(
        &["check", "case.toml"],
        "no surface folder",
        &[place.as_str(), "--surfaces DIR"],
    )?;
    std::fs::create_dir(here.join("T5_FMA9922.stl")).map_err(|e| e.to_string())?;
    check(
        &arguments,
        "a folder as a surface",
        &[place.as_str(), "no such surface file"],
    )?;
    write(&here.join("bones/T5_FMA9922.stl"), "another bone")?;
    check(
        &arguments,
        "another surface",
        &[place.as_str(), "not the file the case means"],
    )
}

fn no_friction() -> Result<(), String> {
    refused(&[
        broken(
            "\"fused\"]",
            "\"fused\", \"immediate\"]",
            "states =",
            &[
                "how implant and bone slide",
                "`friction = 0.74`",
                "no default",
            ],
        ),
        broken(
            "[loads]",
            "[interface]\ncontact = \"friction\"\n\n[loads]",
            "[interface]",
            &["`friction`"],
        ),
        broken(
            "[loads]",
            "[interface]\nfriction = 2.5\n\n[loads]",
            "friction = 2.5",
            &["2.5", "0 to 2"],
        ),
        broken(
            "[loads]",
            "[interface]\nfriction = -0.1\n\n[loads]",
            "friction = -0.1",
            &["-0.1", "0 to 2"],
        ),
        broken(
            "[loads]",
            "[interface]\ncontact = \"rough\"\nfriction = 0.5\n\n[loads]",
            "friction = 0.5",
            &["freely or never"],
        ),
        broken(
            "[loads]",
            "[interface]\ncontact = \"sticky\"\n\n[loads]",
            "contact = ",
            &["sticky", "frictionless"],
        ),
    ])
}

fn command_line() -> Result<(), String> {
    let folder = folder()?;
    for arguments in [
        &["chek"][..],
        &["check"],
        &["check", "a.toml", "--wrong"],
        &[],
    ] {
        refusal(
            &endplate(folder.path(), arguments)?,
            &format!("{arguments:?}"),
        )?;
    }
    let message = refusal(
        &endplate(folder.path(), &["new", "a", "--level", "L5"])?,
        "new L5",
    )?;
    has_words(&message, &["no level \"L5\"", "levels: C4, C5"], "new L5")?;
    let help = endplate(folder.path(), &["--help"])?;
    let text = String::from_utf8_lossy(&help.stdout);
    has_words(&text, &["check", "new"], "help")?;
    if help.status.code() != Some(0) || text.contains("__") {
        return Err(format!("help ends with {:?}:\n{text}", help.status.code()));
    }
    Ok(())
}

fn new_writes_over_nothing() -> Result<(), String> {
    let folder = folder()?;
    let first = endplate(folder.path(), &["new", "mine", "--level", "L2"])?;
    if first.status.code() != Some(0) {
        return Err(String::from_utf8_lossy(&first.stderr).into_owned());
    }
    let path = folder.path().join("mine.toml");
    let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
    has_words(&text, &["level = \"L2\"", "preset = \"lumbar\""], "new")?;
    let second = endplate(folder.path(), &["new", "mine"])?;
    has_words(
        &refusal(&second, "new again")?,
        &["cannot write mine.toml"],
        "new again",
    )?;
    let kept = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
    if kept != text {
        return Err("the first case was written over".to_owned());
    }
    Ok(())
}

//! The T6 case on a coarse mesh, run from its text, and its findings read.

use std::error::Error;
use std::path::Path;
use std::process::exit;
use std::time::Duration;

use endplate::case::Case;
use endplate::mesh::tetgen::{ChildTetgen, SUBCOMMAND, serve_tetgen};
use endplate::progress::Silent;
use endplate::spine::{Surroundings, run};

const CASE: &str = include_str!("../validation/t6-tantalum/case.toml");

fn main() -> Result<(), Box<dyn Error>> {
    // TetGen runs in a child process: this program, started again with one word.
    if std::env::args().nth(1).as_deref() == Some(SUBCOMMAND) {
        exit(serve_tetgen(std::io::stdin(), std::io::stdout()));
    }
    let mesher = ChildTetgen {
        program: std::env::current_exe()?,
        timeout: Duration::from_secs(60),
    };
    let text = CASE
        .replace("bone_mm = 2.0", "bone_mm = 7.0")
        .replace("endplate_mm = 1.0", "endplate_mm = 3.0")
        .replace("implant_mm = 1.2", "implant_mm = 2.5")
        .replace("resected_mm = 3.0", "resected_mm = 7.0")
        .replace("disc_mm = 1.5", "disc_mm = 3.0");
    let case = Case::from_text(Path::new("case.toml"), text)?;
    let around = Surroundings {
        surfaces: None,
        mesher: &mesher,
        progress: &Silent,
        error_bars: false,
    };
    let folder = tempfile::tempdir()?;
    let report = run(&case, &around)?.write(folder.path(), None, &Silent)?;
    assert!(folder.path().join("report.html").is_file());

    // The weakest place of the implant, over all load cases.
    let rows = &report.findings.implant;
    let weakest = rows
        .iter()
        .min_by(|a, b| a.safety_factor.total_cmp(&b.safety_factor));
    let weakest = weakest.ok_or("no row on the implant's strength")?;
    assert_eq!(weakest.load_case, "strength 1650 N");
    let factor = weakest.strength_mpa / weakest.stress_mpa;
    assert!((weakest.safety_factor / factor - 1.0).abs() < 1e-9 && factor < 1.0);

    // Cage and rods carry together what was applied.
    let paths = report.findings.load_sharing.iter();
    let axial = paths.filter(|p| p.load_case == "axial compression");
    let carried: f64 = axial.map(|p| p.share).sum();
    assert!((carried - 1.0).abs() < 1e-5, "{carried}");
    println!("{}: safety factor {factor:.2}", weakest.region);
    Ok(())
}

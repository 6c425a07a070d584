//! What each fuzz target reads, for `cargo fuzz` and for the test that replays the corpus.

use std::io;
use std::path::{Path, PathBuf};

use endplate::case::Case;
use endplate::deck::read_deck;
use endplate::geometry::mend::mended;
use endplate::geometry::surface_file::{LengthUnit, read_surface};

/// Reads `bytes`, written into `folder`, as a file of a kind ("stl", "deck", …), as far as its meaning is known without a solve.
/// What is refused is refused; nothing else may happen.
///
/// # Errors
/// A kind that there is not, a temporary file that cannot be written: neither is the reader's fault.
pub fn read(folder: &Path, kind: &str, bytes: &[u8]) -> io::Result<()> {
    match kind {
        "stl" | "ply" | "obj" => surface(&written(folder, kind, bytes)?),
        "msh" => {
            written(folder, "msh", bytes)?;
            let deck = "*INCLUDE, INPUT=input.msh\n*STEP\n*STATIC\n*END STEP\n";
            drop(read_deck(&written(folder, "inp", deck.as_bytes())?));
        }
        "deck" => drop(read_deck(&written(folder, "inp", bytes)?)),
        "case" => drop(Case::read(&written(folder, "toml", bytes)?)),
        "porosity" => {
            written(folder, "csv", bytes)?;
            porosity(folder)?;
        }
        other => return Err(io::Error::other(format!("there is no reader of {other}"))),
    }
    Ok(())
}

fn surface(path: &Path) {
    if let Ok(surface) = read_surface(path, LengthUnit::Millimetre) {
        drop(mended(surface));
    }
}

/// The grid of a case's porosity, in `input.csv`.
fn porosity(folder: &Path) -> io::Result<()> {
    const CASE: &str = include_str!("../validation/t6-tantalum/case.toml");
    let grid = "porosity = { by = \"grid\", file = \"input.csv\", frame = \"implant\" }";
    let text = CASE.replacen("porosity_percent = 80.0", grid, 1);
    if let Ok(case) = Case::read(&written(folder, "toml", text.as_bytes())?) {
        drop(endplate::material::ready::resolve(&case, None));
    }
    Ok(())
}

/// A file of these bytes in `folder`.
fn written(folder: &Path, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(format!("input.{ending}"));
    std::fs::write(&path, bytes)?;
    Ok(path)
}

//! Files that a case names: where they are looked for, and whether they are the ones meant.

use std::path::{Path, PathBuf};

use super::bodies::SurfaceFile;
use super::digest::sha256_hex;
use super::error::{CaseError, CaseFault};
use super::places::CasePlaces;

/// Finds a surface file beside the case file, then in `extra`; checks its SHA-256 where given.
///
/// # Errors
/// [`CaseFault::File`] with the places looked in, or where the file is not the expected one.
pub fn find_surface(
    places: &CasePlaces,
    surface: &SurfaceFile,
    extra: Option<&Path>,
) -> Result<PathBuf, CaseError> {
    let path = find_file(places, [&surface.key, &surface.file, "surface"], extra)?;
    let fault = |reason: String| {
        let fault = CaseFault::File {
            path: path.clone(),
            reason,
            looked_in: Vec::new(),
        };
        places.error(&surface.key, fault)
    };
    if let Some(expected) = &surface.sha256 {
        let bytes = crate::input::read(&path).map_err(|e| fault(format!("cannot be read: {e}")))?;
        let found = sha256_hex(&bytes);
        if found != *expected {
            let reason = format!("is not the file the case means: its SHA-256 is {found}");
            return Err(fault(reason));
        }
    }
    Ok(path)
}

/// Finds a file that the case names at `key` beside the case file, then in `extra`; `what` says
/// in a word what it is.
///
/// # Errors
/// [`CaseFault::File`] with the places looked in.
pub(super) fn find_file(
    places: &CasePlaces,
    [key, file, what]: [&str; 3],
    extra: Option<&Path>,
) -> Result<PathBuf, CaseError> {
    let beside = places.file().path.parent().unwrap_or(Path::new(""));
    let mut looked_in = vec![beside.to_owned()];
    looked_in.extend(extra.map(Path::to_owned));
    let mut candidates = looked_in.iter().map(|d| d.join(file));
    if let Some(path) = candidates.find(|p| p.is_file()) {
        return Ok(path);
    }
    let fault = CaseFault::File {
        path: PathBuf::from(file),
        reason: format!("no such {what} file"),
        looked_in,
    };
    let help = "put the file beside the case file or name its folder with `--surfaces DIR`";
    Err(places.error(key, fault).with_help(help))
}

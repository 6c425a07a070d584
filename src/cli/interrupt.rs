//! Ctrl-C: the program ends with code 130 and takes the folder of unfinished files with it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use super::stderr::tell;

/// Interrupted by the user.
pub const INTERRUPTED: u8 = 130;

/// Folders of unfinished files of this process.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static LISTEN: Once = Once::new();

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an interruption removes `folder`.
pub fn watch(folder: &Path) {
    unfinished().push(folder.to_owned());
    // Where no handler can be set, the system ends the process and the next run tidies up.
    LISTEN.call_once(|| {
        let _ = ctrlc::set_handler(end);
    });
}

/// Does what must not be cut in two, such as giving files their names; then `folder` is no longer
/// watched.
pub fn finish<T>(folder: &Path, work: impl FnOnce() -> T) -> T {
    let mut watched = unfinished();
    let result = work();
    watched.retain(|f| f != folder);
    result
}

fn end() {
    let folders = unfinished();
    for folder in folders.iter() {
        // Nothing can be done about a folder that will not go.
        let _ = std::fs::remove_dir_all(folder);
    }
    tell("\ninterrupted: no result was written\n");
    std::process::exit(i32::from(INTERRUPTED));
}

//! The output directory. Files are written into a folder of their own inside DIR and appear under
//! their final names only when all are complete. A DIR that holds the report of the same case is
//! replaced; one that holds anything else is refused, unless it is forced.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ending::CommandError;
use super::interrupt;

/// The file by which a directory of results is known, and where it names what was solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub file: &'static str,
    /// JSON pointer to the input file.
    input: &'static str,
    /// JSON pointer to the list under which the fields are named.
    list: &'static str,
    /// What it is called in messages.
    what: &'static str,
}

/// What `endplate run` leaves.
pub const REPORT: Index = Index {
    file: "report.json",
    input: "/case/file",
    list: "states",
    what: "report",
};

/// What `endplate solve` leaves.
pub const SUMMARY: Index = Index {
    file: "summary.json",
    input: "/deck",
    list: "steps",
    what: "summary",
};

/// What `endplate homogenise` leaves.
pub const CELL: Index = Index {
    file: "cell.json",
    input: "/cell",
    list: "meshes",
    what: "stiffness",
};

/// What `endplate reproduce` leaves.
pub const REPRODUCTION: Index = Index {
    file: "reproduction.json",
    input: "/reproduce",
    list: "rows",
    what: "reproduction",
};

/// What `endplate virtual-test` leaves.
pub const VIRTUAL_TEST: Index = Index {
    file: "virtual-test.json",
    input: "/test",
    list: "fields",
    what: "results",
};

/// How the folder of unfinished files begins.
const STAGING: &str = ".endplate-";

/// A directory that results are being written to; nothing in it changes before
/// [`publish`](Self::publish), and what was staged goes with the value if that is never called.
#[derive(Debug)]
pub struct OutputDirectory {
    index: Index,
    directory: PathBuf,
    staging: PathBuf,
    published: bool,
}

impl OutputDirectory {
    /// Makes sure, before any work, that results can be written to `directory` and may be.
    ///
    /// # Errors
    /// A directory that cannot be written to, or holds something that is not the report of
    /// `case_file` (without `force`).
    pub fn prepare(directory: &Path, case_file: &Path, force: bool) -> Result<Self, CommandError> {
        Self::prepare_for(REPORT, directory, case_file, force)
    }

    /// The same for results known by another file than a report.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn prepare_for(
        index: Index,
        directory: &Path,
        case_file: &Path,
        force: bool,
    ) -> Result<Self, CommandError> {
        if directory.exists() && !directory.is_dir() {
            let message = format!("{} is a file, not a directory", directory.display());
            return Err(CommandError::input(
                message,
                "name another with `--out DIR`",
            ));
        }
        fs::create_dir_all(directory).map_err(|e| cannot("create", directory, &e))?;
        if !force {
            refuse_foreign(index, directory, case_file)?;
        }
        remove_stale(directory);
        let staging = directory.join(format!("{STAGING}{}", std::process::id()));
        fs::create_dir(&staging).map_err(|e| cannot("write to", directory, &e))?;
        interrupt::watch(&staging);
        let output = Self {
            index,
            directory: directory.to_owned(),
            staging,
            published: false,
        };
        output.probe()?;
        Ok(output)
    }

    /// A directory may take a folder and still no bytes.
    fn probe(&self) -> Result<(), CommandError> {
        let probe = self.staging.join("probe");
        let written = fs::File::create(&probe).and_then(|mut f| f.write_all(b"endplate"));
        written.map_err(|e| cannot("write to", &self.directory, &e))?;
        fs::remove_file(&probe).map_err(|e| cannot("write to", &self.directory, &e))
    }

    /// Where to write until all files are complete.
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// Writes a whole file there.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<(), CommandError> {
        let path = self.staging.join(name);
        fs::write(&path, content).map_err(|e| cannot("write", &path, &e))
    }

    /// Gives the files their final names, replacing an earlier report; the fields that only the
    /// earlier report names are removed, and nothing else.
    ///
    /// # Errors
    /// A file that cannot be moved or removed.
    pub fn publish(mut self) -> Result<Vec<PathBuf>, CommandError> {
        let staging = self.staging.clone();
        interrupt::finish(&staging, || self.rename_all())
    }

    fn rename_all(&mut self) -> Result<Vec<PathBuf>, CommandError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.staging).map_err(|e| cannot("read", &self.staging, &e))? {
            let entry = entry.map_err(|e| cannot("read", &self.staging, &e))?;
            names.push(entry.file_name());
        }
        // The report goes last: where it stands, everything it names stands too.
        names.sort_by_key(|n| (n == self.index.file, n.clone()));
        let old = self.directory.join(self.index.file);
        if old.is_file() {
            self.remove_old(&names)?;
        }
        let mut files = Vec::new();
        for name in names {
            let file = self.directory.join(&name);
            fs::rename(self.staging.join(&name), &file).map_err(|e| cannot("write", &file, &e))?;
            files.push(file);
        }
        self.published = true;
        fs::remove_dir(&self.staging).map_err(|e| cannot("tidy up", &self.staging, &e))?;
        Ok(files)
    }

    fn remove_old(&self, new: &[std::ffi::OsString]) -> Result<(), CommandError> {
        // First the report, so that no half-replaced directory looks whole.
        let report = self.directory.join(self.index.file);
        let read = read_report(self.index, &self.directory);
        let fields = read.map_or_else(Vec::new, |r| field_files(self.index, &r));
        fs::remove_file(&report).map_err(|e| cannot("replace", &report, &e))?;
        for name in fields
            .iter()
            .filter(|f| !new.iter().any(|n| n == f.as_str()))
        {
            let path = self.directory.join(name);
            if path.is_file() {
                fs::remove_file(&path).map_err(|e| cannot("replace", &path, &e))?;
            }
        }
        Ok(())
    }
}

/// Removes what runs that were killed left behind, where the system tells which processes live.
fn remove_stale(directory: &Path) {
    let processes = Path::new("/proc");
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    if !processes.join(std::process::id().to_string()).exists() {
        return;
    }
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|n| n.strip_prefix(STAGING));
        let dead = |id: &str| id.parse::<u32>().is_ok() && !processes.join(id).exists();
        if process.is_some_and(dead) {
            // A folder that will not go does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for OutputDirectory {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done about a folder that will not go.
            interrupt::finish(&self.staging, || {
                let _ = fs::remove_dir_all(&self.staging);
            });
        }
    }
}

fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> CommandError {
    let message = format!("cannot {verb} {}: {error}", path.display());
    CommandError::input(message, "name another directory with `--out DIR`")
}

fn read_report(index: Index, directory: &Path) -> Option<Value> {
    let bytes = fs::read(directory.join(index.file)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The names of the field files, of the lattice's sizes and of the decks of a report, those without a
/// folder in them.
fn field_files(index: Index, report: &Value) -> Vec<String> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let entries = list(report, index.list);
    let load_cases = entries.iter().flat_map(|state| list(state, "load_cases"));
    let porosity = list(report, "porosity");
    let lattices = porosity.iter().map(|p| &p["lattice"]["file"]);
    let decks = list(report, "decks");
    let decks = decks.iter().map(|d| &d["file"]);
    let fields = entries.iter().cloned().chain(load_cases);
    let named: Vec<Value> = fields.map(|f| f["vtu"].clone()).collect();
    named
        .iter()
        .chain(lattices)
        .chain(decks)
        .filter_map(|name| name.as_str().map(str::to_owned))
        .filter(|name| {
            Path::new(name)
                .file_name()
                .is_some_and(|f| f == name.as_str())
        })
        .collect()
}

/// Refuses a directory that is neither empty nor holds the report of the same case file.
fn refuse_foreign(index: Index, directory: &Path, case_file: &Path) -> Result<(), CommandError> {
    let entries = fs::read_dir(directory).map_err(|e| cannot("read", directory, &e))?;
    let mut names = entries
        .filter_map(Result::ok)
        .map(|e| e.file_name().to_string_lossy().into_owned())
        // Folders that an interrupted run left behind are no one's work.
        .filter(|n| !n.starts_with(STAGING));
    if names.next().is_none() {
        return Ok(());
    }
    let report = read_report(index, directory);
    let file = report
        .as_ref()
        .and_then(|r| r.pointer(index.input)?.as_str());
    let problem = match file {
        Some(file) if is_same_file(Path::new(file), case_file) => return Ok(()),
        Some(file) => format!("holds the {} of another case, {file}", index.what),
        None => format!("is not empty and holds no {} of this case", index.what),
    };
    let message = format!("{} {problem}", directory.display());
    let help = "name another directory with `--out DIR`, or replace it with `--force`";
    Err(CommandError::input(message, help))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// JSON for a reader.
pub fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Writes a result to stdout. A reader that has seen enough and closed the pipe is no fault.
///
/// # Errors
/// A result that is lost: a full disk behind stdout.
pub fn print_result(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CommandError::input(
            format!("cannot write the result to standard output: {error}"),
            "free space, or send it elsewhere".to_owned(),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_report(directory: &Path, case: &str, vtu: &str) {
        let report = serde_json::json!({
            "case": { "file": case },
            "states": [{ "load_cases": [{ "vtu": vtu }] }],
        });
        fs::write(directory.join(REPORT.file), report.to_string()).unwrap();
        fs::write(directory.join(vtu), "old").unwrap();
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_appears_before_everything_is_complete_and_nothing_is_left_of_a_failed_run() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/out");
        let output = OutputDirectory::prepare(&out, Path::new("case.toml"), false).unwrap();
        fs::write(output.staging().join("report.html"), "half").unwrap();
        assert!(names(&out).iter().all(|n| n.starts_with(STAGING)));
        drop(output);
        assert!(names(&out).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_killed_run_left_goes_and_what_a_living_one_writes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        // No process has a number above 2²².
        let dead = out.join(format!("{STAGING}4194999"));
        let alive = out.join(format!("{STAGING}1"));
        fs::create_dir(&dead).unwrap();
        fs::create_dir(&alive).unwrap();
        fs::write(dead.join("report.html"), "half").unwrap();
        let output = OutputDirectory::prepare(out, Path::new("case.toml"), true).unwrap();
        assert!(!dead.exists() && alive.exists() && output.staging().exists());
    }

    #[test]
    fn the_report_of_the_same_case_is_replaced_and_the_users_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        write_report(out, "case.toml", "fused-old.vtu");
        fs::write(out.join("notes.csv"), "mine").unwrap();
        let output = OutputDirectory::prepare(out, Path::new("case.toml"), false).unwrap();
        fs::write(output.staging().join(REPORT.file), "{}").unwrap();
        fs::write(output.staging().join("fused-new.vtu"), "new").unwrap();
        let files = output.publish().unwrap();
        assert_eq!(files.last().unwrap(), &out.join(REPORT.file));
        assert_eq!(names(out), ["fused-new.vtu", "notes.csv", "report.json"]);
        assert_eq!(fs::read_to_string(out.join(REPORT.file)).unwrap(), "{}");
    }

    #[test]
    fn a_directory_with_anything_else_is_refused_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        let case = Path::new("case.toml");
        fs::write(out.join("thesis.txt"), "mine").unwrap();
        let refused = OutputDirectory::prepare(out, case, false).unwrap_err();
        assert!(refused.to_string().contains("is not empty"));
        write_report(out, "other.toml", "fused-a.vtu");
        let refused = OutputDirectory::prepare(out, case, false).unwrap_err();
        assert!(refused.to_string().contains("another case, other.toml"));
        assert!(OutputDirectory::prepare(out, case, true).is_ok());
        assert!(out.join("thesis.txt").is_file());
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out");
        fs::write(&file, "").unwrap();
        let refused = OutputDirectory::prepare(&file, Path::new("c.toml"), true).unwrap_err();
        assert!(refused.to_string().contains("is a file"));
        let refused = OutputDirectory::prepare(&file.join("x"), Path::new("c.toml"), true);
        assert!(refused.unwrap_err().to_string().contains("cannot create"));
    }
}

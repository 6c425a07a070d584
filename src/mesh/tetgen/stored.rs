//! Meshes kept in a directory by the fingerprint of what made them, so that a body that a change of
//! the case leaves alone is not meshed again.
//!
//! A file is the child's answer ([`wire`]) and the SHA-256 of it. What is cut short, altered or does
//! not fill the surface counts as absent and is made anew. Files get their names when they are
//! whole, so several processes may share a directory. Keeping is a convenience: a mesh that cannot
//! be read or written costs time and never the run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::{Mesher, RADIUS_EDGE_RATIO, RawTets, checked, wire};
use crate::geometry::TriSurface;
use crate::mesh::error::MeshError;
use crate::tensor::Point;

/// What the same question would be answered by; raised whenever TetGen, its switches or the work on
/// its answer change, so that older files are not found any more.
const FORMAT: u32 = 1;

/// What a directory holds at the most unless told otherwise, bytes: the bodies of some hundred cases.
pub const DEFAULT_LIMIT_BYTES: u64 = 1 << 30;

/// How the names of its files begin; no other file is touched.
const PREFIX: &str = "endplate-mesh-";

/// Bytes of a SHA-256.
const DIGEST: usize = 32;

/// Numbers the unfinished files of this process.
static UNFINISHED: AtomicUsize = AtomicUsize::new(0);

/// A mesher that keeps what it made in a directory and finds it there again, to the last bit.
pub struct StoredMeshes<M> {
    mesher: M,
    directory: PathBuf,
    limit_bytes: u64,
    found: AtomicUsize,
    made: AtomicUsize,
}

/// What came out of the directory and what did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCounts {
    /// Meshes that were there.
    pub found: usize,
    /// Meshes that had to be made.
    pub made: usize,
}

impl<M> StoredMeshes<M> {
    /// Keeps the meshes of `mesher` in `directory`, which is made where it is not there, in at most
    /// `limit_bytes`: what was used longest ago goes first.
    ///
    /// # Errors
    /// A directory that cannot be made.
    pub fn open(mesher: M, directory: &Path, limit_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self {
            mesher,
            directory: directory.to_owned(),
            limit_bytes,
            found: AtomicUsize::new(0),
            made: AtomicUsize::new(0),
        })
    }

    /// Where they are kept.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// How often a mesh was there, and how often not, since it was opened.
    pub fn counts(&self) -> StoredCounts {
        StoredCounts {
            found: self.found.load(Ordering::Relaxed),
            made: self.made.load(Ordering::Relaxed),
        }
    }

    /// Puts a mesh into the directory and makes room for it.
    fn keep(&self, file: &Path, tets: &RawTets) -> io::Result<()> {
        let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
        let unfinished = file.with_extension(format!("{}-{number}", std::process::id()));
        let mut bytes = wire::answer(tets);
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, file));
        if written.is_err() {
            // Nothing can be done about a file that will not go.
            let _ = fs::remove_file(&unfinished);
        }
        written.and_then(|()| self.make_room())
    }

    /// Removes what was used longest ago, unfinished files of dead processes among it, until the
    /// limit is kept.
    fn make_room(&self) -> io::Result<()> {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.directory)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                // Another process may have removed it meanwhile.
                let Ok(known) = entry.metadata() else {
                    continue;
                };
                files.push((known.modified()?, known.len(), entry.path()));
            }
        }
        files.sort();
        let mut bytes: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, file) in files {
            if bytes <= self.limit_bytes {
                break;
            }
            fs::remove_file(file)?;
            bytes -= length;
        }
        Ok(())
    }
}

/// The name under which the mesh of a surface with points inside is kept.
fn file_name(surface: &TriSurface, inside: &[Point]) -> String {
    let mut made_from = Sha256::new();
    made_from.update(env!("CARGO_PKG_VERSION"));
    made_from.update(FORMAT.to_le_bytes());
    made_from.update(RADIUS_EDGE_RATIO.to_le_bytes());
    made_from.update(wire::question(surface, inside));
    format!("{PREFIX}{:x}.tets", made_from.finalize())
}

/// The mesh in a file; `None` where there is none, or none that is whole.
fn read(file: &Path) -> Option<RawTets> {
    let mut file = File::open(file).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let (answer, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    if Sha256::digest(answer)[..] != *digest {
        return None;
    }
    // Marks it as used; where that is not allowed it only goes sooner.
    let _ = file.set_modified(SystemTime::now());
    wire::read_answer(answer)
}

impl<M: Mesher> Mesher for StoredMeshes<M> {
    fn tetrahedralise(&self, surface: &TriSurface, inside: &[Point]) -> Result<RawTets, MeshError> {
        let file = self.directory.join(file_name(surface, inside));
        if let Some(tets) = read(&file).and_then(|tets| checked(tets, surface).ok()) {
            self.found.fetch_add(1, Ordering::Relaxed);
            return Ok(tets);
        }
        let tets = self.mesher.tetrahedralise(surface, inside)?;
        self.made.fetch_add(1, Ordering::Relaxed);
        // A mesh that cannot be kept is as good as one that is: the next run makes it again.
        let _ = self.keep(&file, &tets);
        Ok(tets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::tests::surfaces::cube;
    use crate::mesh::tetgen::InProcessTetgen;

    fn opened(directory: &Path, limit_bytes: u64) -> StoredMeshes<InProcessTetgen> {
        StoredMeshes::open(InProcessTetgen, directory, limit_bytes).unwrap()
    }

    fn files(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|e| e.unwrap().path()).collect()
    }

    const NONE: StoredCounts = StoredCounts { found: 0, made: 0 };

    #[test]
    fn the_same_surface_is_meshed_once_and_another_anew() {
        let folder = tempfile::tempdir().unwrap();
        let inside = [Point::new(4.0, 5.0, 6.0)];
        let bare = InProcessTetgen
            .tetrahedralise(&cube(3, 10.0), &inside)
            .unwrap();
        let first = opened(&folder.path().join("new"), DEFAULT_LIMIT_BYTES);
        let made = first.tetrahedralise(&cube(3, 10.0), &inside).unwrap();
        assert_eq!(
            (&made, first.counts()),
            (&bare, StoredCounts { made: 1, ..NONE })
        );
        let second = opened(first.directory(), DEFAULT_LIMIT_BYTES);
        let found = second.tetrahedralise(&cube(3, 10.0), &inside).unwrap();
        assert_eq!(
            (&found, second.counts()),
            (&bare, StoredCounts { found: 1, ..NONE })
        );
        second.tetrahedralise(&cube(3, 10.0), &[]).unwrap();
        second.tetrahedralise(&cube(3, 10.1), &inside).unwrap();
        assert_eq!(second.counts(), StoredCounts { found: 1, made: 2 });
    }

    #[test]
    fn a_file_that_is_cut_altered_or_of_another_surface_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let (surface, other) = (cube(3, 10.0), cube(2, 10.0));
        let whole = opened(folder.path(), DEFAULT_LIMIT_BYTES);
        let bare = whole.tetrahedralise(&surface, &[]).unwrap();
        let file = files(folder.path()).remove(0);
        let bytes = fs::read(&file).unwrap();
        let mut altered = bytes.clone();
        altered[100] ^= 1;
        for damaged in [&[], &bytes[..20], &bytes[..bytes.len() - 1], &altered[..]] {
            fs::write(&file, damaged).unwrap();
            let again = opened(folder.path(), DEFAULT_LIMIT_BYTES);
            assert_eq!(again.tetrahedralise(&surface, &[]).unwrap(), bare);
            assert_eq!(again.counts(), StoredCounts { made: 1, ..NONE });
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        let tets = InProcessTetgen.tetrahedralise(&cube(2, 9.0), &[]).unwrap();
        let name = folder.path().join(file_name(&other, &[]));
        whole.keep(&name, &tets).unwrap();
        let of_its_own = InProcessTetgen.tetrahedralise(&other, &[]).unwrap();
        assert_eq!(whole.tetrahedralise(&other, &[]).unwrap(), of_its_own);
        assert_eq!(whole.counts(), StoredCounts { made: 2, ..NONE });
    }

    #[test]
    fn the_limit_is_kept_and_what_was_used_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let one = opened(folder.path(), DEFAULT_LIMIT_BYTES);
        one.tetrahedralise(&cube(2, 1.0), &[]).unwrap();
        let first = files(folder.path()).remove(0);
        let length = fs::metadata(&first).unwrap().len();
        let mine = folder.path().join("notes.tets");
        fs::write(&mine, vec![0; 10_000]).unwrap();
        let two = opened(folder.path(), 2 * length);
        let age = |file: &Path, seconds| {
            let then = SystemTime::now() - std::time::Duration::from_secs(seconds);
            File::open(file).unwrap().set_modified(then).unwrap();
        };
        age(&first, 200);
        two.tetrahedralise(&cube(2, 2.0), &[]).unwrap();
        age(&folder.path().join(file_name(&cube(2, 2.0), &[])), 100);
        two.tetrahedralise(&cube(2, 1.0), &[]).unwrap();
        two.tetrahedralise(&cube(2, 3.0), &[]).unwrap();
        assert_eq!(two.counts(), StoredCounts { found: 1, made: 2 });
        assert!(first.exists() && mine.exists());
        assert!(!folder.path().join(file_name(&cube(2, 2.0), &[])).exists());
    }

    #[test]
    fn several_writers_share_a_directory() {
        let folder = tempfile::tempdir().unwrap();
        let surface = cube(3, 10.0);
        let bare = InProcessTetgen.tetrahedralise(&surface, &[]).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let own = opened(folder.path(), DEFAULT_LIMIT_BYTES);
                    assert_eq!(own.tetrahedralise(&surface, &[]).unwrap(), bare);
                });
            }
        });
        assert_eq!(files(folder.path()).len(), 1);
        let last = opened(folder.path(), DEFAULT_LIMIT_BYTES);
        last.tetrahedralise(&surface, &[]).unwrap();
        assert_eq!(last.counts(), StoredCounts { found: 1, ..NONE });
    }

    #[test]
    fn a_directory_that_takes_no_file_costs_time_only() {
        let folder = tempfile::tempdir().unwrap();
        let mesher = opened(&folder.path().join("gone"), DEFAULT_LIMIT_BYTES);
        fs::remove_dir(mesher.directory()).unwrap();
        mesher.tetrahedralise(&cube(2, 1.0), &[]).unwrap();
        assert_eq!(mesher.counts(), StoredCounts { made: 1, ..NONE });
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(StoredMeshes::open(InProcessTetgen, &file, 1).is_err());
    }
}

//! What fuzzing of the readers found and began from, read again: no panic, no wait, no memory out of
//! proportion. A test program of its own, since it counts what is allocated.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[path = "../fuzz/readers.rs"]
mod readers;

/// Longest that a file may take to be read or refused.
const LONGEST: Duration = Duration::from_secs(10);

/// Bytes that may be held at once beside those in proportion to the file.
const BASE: usize = 64 << 20;

/// Bytes that may be held at once for each byte of the file.
const PER_BYTE: usize = 50;

/// The system's allocator, with an account of what is held.
struct Counted;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator with what it was given.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

#[test]
fn every_file_of_the_corpus_is_read_or_refused() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let here = tempfile::tempdir()?;
    let mut count = 0;
    for folder in files(&corpus)? {
        let kind = folder.file_name().unwrap_or_default().to_string_lossy();
        for file in files(&folder)? {
            let bytes = std::fs::read(&file)?;
            let before = HELD.load(Ordering::Relaxed);
            PEAK.store(before, Ordering::Relaxed);
            let start = Instant::now();
            readers::read(here.path(), &kind, &bytes)?;
            let (took, file) = (start.elapsed(), file.display());
            assert!(took < LONGEST, "{file} takes {took:?}");
            let held = PEAK.load(Ordering::Relaxed) - before;
            let allowed = BASE + PER_BYTE * bytes.len();
            assert!(
                held < allowed,
                "{file} holds {held} bytes, {allowed} are allowed"
            );
            count += 1;
        }
    }
    assert!(count > 40, "only {count} files");
    Ok(())
}

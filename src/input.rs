//! Reading the files a user names. Must not know what is in them.

use std::io;
use std::path::Path;

/// The bytes of a file. Devices and pipes, which may never end, are refused.
///
/// # Errors
/// Those of the system; [`io::ErrorKind::InvalidInput`] for what is no regular file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.is_file() {
        std::fs::read(path)
    } else {
        let reason = "this is a folder, a device or a pipe, not a file";
        Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a");
        std::fs::write(&file, "text").unwrap();
        assert_eq!(read(&file).unwrap(), b"text");
        let folder = read(dir.path()).unwrap_err();
        assert_eq!(folder.kind(), io::ErrorKind::InvalidInput);
        let missing = read(&dir.path().join("b")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero")).is_err());
    }
}

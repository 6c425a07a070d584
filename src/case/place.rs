//! A place in a case file.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The text of a case file and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseText {
    /// Path as the user gave it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// A place in a case file.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The file it is in.
    pub file: Arc<CaseText>,
    /// Bytes of the key or value.
    pub span: Range<usize>,
}

impl Place {
    /// Line, counted from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// Column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.before()
            .chars()
            .rev()
            .take_while(|&c| c != '\n')
            .count()
            + 1
    }

    fn before(&self) -> &str {
        self.file.text.get(..self.span.start).unwrap_or("")
    }
}

/// A file of which only the path is known (it could not be read).
pub(super) fn whole_file(path: &Path, text: &str) -> Place {
    Place {
        file: Arc::new(CaseText {
            path: path.to_owned(),
            text: text.to_owned(),
        }),
        span: 0..0,
    }
}

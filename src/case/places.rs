//! Where each key of a case file stands: a key path (`implant.diameter_mm`, `vertebra[1].level`)
//! to its place in the file, so that any later stage can point at the line that made it fail.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::error::{CaseError, CaseFault};
use super::place::{CaseText, Place};

/// Spans of one key and of what it is set to.
#[derive(Debug, Clone, PartialEq)]
struct KeySpan {
    key: Range<usize>,
    value: Range<usize>,
}

/// The place of every key path of a case file.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePlaces {
    file: Arc<CaseText>,
    spans: BTreeMap<String, KeySpan>,
}

impl CasePlaces {
    /// The places of all keys of a parsed file.
    pub(super) fn of(file: Arc<CaseText>, table: &DeTable<'_>) -> Self {
        let mut places = Self {
            file,
            spans: BTreeMap::new(),
        };
        places.add_table("", table);
        places
    }

    fn add_table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = join(path, key.get_ref());
            self.add_value(&path, value.get_ref());
            let span = KeySpan {
                key: key.span(),
                value: value.span(),
            };
            self.spans.insert(path, span);
        }
    }

    fn add_value(&mut self, path: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => self.add_table(path, table),
            DeValue::Array(entries) => {
                for (i, entry) in entries.iter().enumerate() {
                    let path = format!("{path}[{i}]");
                    self.add_value(&path, entry.get_ref());
                    let span = KeySpan {
                        key: entry.span(),
                        value: entry.span(),
                    };
                    self.spans.insert(path, span);
                }
            }
            _ => {}
        }
    }

    /// The file.
    pub fn file(&self) -> &Arc<CaseText> {
        &self.file
    }

    /// Where the value of a key path stands. A key that is not in the file (its default was
    /// used) gives the nearest table above it, at last the first line.
    pub fn place(&self, key_path: &str) -> Place {
        self.find(key_path, |s| s.value.clone())
    }

    /// Where the key itself stands; as [`place`](Self::place) for a key that is not there.
    pub fn key_place(&self, key_path: &str) -> Place {
        self.find(key_path, |s| s.key.clone())
    }

    /// Whether the file has that key path.
    pub fn has(&self, key_path: &str) -> bool {
        self.spans.contains_key(key_path)
    }

    /// Bytes of the value of a key that the file sets.
    pub(super) fn value_span(&self, key_path: &str) -> Option<Range<usize>> {
        self.spans.get(key_path).map(|s| s.value.clone())
    }

    /// A fault found by any later stage, placed on a key path.
    pub fn error(&self, key_path: &str, fault: CaseFault) -> CaseError {
        CaseError::new(fault, self.place(key_path))
    }

    fn find(&self, key_path: &str, pick: impl Fn(&KeySpan) -> Range<usize>) -> Place {
        let mut path = key_path;
        let span = loop {
            if let Some(span) = self.spans.get(path) {
                break pick(span);
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => break 0..0,
            }
        };
        Place {
            file: Arc::clone(&self.file),
            span: self.first_line_of(span),
        }
    }

    /// A table's span may cover many lines; a caret wants one.
    fn first_line_of(&self, span: Range<usize>) -> Range<usize> {
        let text = self.file.text.get(span.clone()).unwrap_or("");
        let length = text.find('\n').unwrap_or(text.len());
        span.start..span.start + length
    }
}

/// `table.key`, or `key` at the top of the file.
pub(super) fn join(table: &str, key: &str) -> String {
    if table.is_empty() {
        key.to_owned()
    } else {
        format!("{table}.{key}")
    }
}

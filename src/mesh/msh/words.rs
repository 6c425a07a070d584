//! Words and numbers of a .msh file, with their places.

use std::ops::Range;

use super::error::{MshError, MshFault};

/// What may stand in a field.
const LARGEST: &str = "a whole number from 1 to 4294967295";

/// A word and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Reads a text word by word.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    /// Byte after the last word.
    pub(super) at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn next(&mut self) -> Option<Word<'a>> {
        let rest = &self.text[self.at..];
        let word = rest.trim_start();
        let start = self.at + rest.len() - word.len();
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        self.at = start + end;
        (end > 0).then(|| Word {
            text: &word[..end],
            start,
        })
    }

    pub(super) fn need(&mut self, what: &str) -> Result<Word<'a>, MshError> {
        match self.next() {
            Some(word) => Ok(word),
            None => {
                let end = self.text.trim_end().len();
                Err(self.expected(end..end, "the end of the file", what))
            }
        }
    }

    /// A whole number of either sign.
    pub(super) fn signed(&mut self, what: &str) -> Result<i64, MshError> {
        let word = self.need(what)?;
        let parsed = word.text.parse::<i64>();
        parsed.map_err(|_| self.expected(word.span(), word.text, what))
    }

    /// A number of things.
    pub(super) fn count(&mut self, what: &str) -> Result<u64, MshError> {
        let word = self.need(what)?;
        let parsed = word.text.parse::<u64>();
        parsed.map_err(|_| self.expected(word.span(), word.text, what))
    }

    /// The number of a node or element.
    pub(super) fn label(&mut self, what: &str) -> Result<u32, MshError> {
        let word = self.need(what)?;
        self.label_of(word, what)
    }

    /// A word as the number of a node or element.
    pub(super) fn label_of(&self, word: Word<'_>, what: &str) -> Result<u32, MshError> {
        match word.text.parse::<u32>() {
            Ok(label) if label > 0 => Ok(label),
            _ => {
                let wanted = format!("{what}, {LARGEST}");
                Err(self.expected(word.span(), word.text, &wanted))
            }
        }
    }

    pub(super) fn real(&mut self, what: &str) -> Result<f64, MshError> {
        let word = self.need(what)?;
        self.real_of(word, what)
    }

    /// A word as a finite number.
    pub(super) fn real_of(&self, word: Word<'_>, what: &str) -> Result<f64, MshError> {
        match word.text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.expected(word.span(), word.text, what)),
        }
    }

    /// Reads over `count` numbers.
    pub(super) fn skip(&mut self, count: u64, what: &str) -> Result<(), MshError> {
        for _ in 0..count {
            self.real(what)?;
        }
        Ok(())
    }

    /// A name in quotes and where it stands. It may hold any character: it ends with the quote at the end of a
    /// line, of this one or of one that follows.
    pub(super) fn quoted(&mut self) -> Result<Word<'a>, MshError> {
        let rest = &self.text[self.at..];
        let line = rest.split('\n').next().unwrap_or(rest).trim();
        let open = rest.trim_start_matches([' ', '\t']);
        let start = self.at + rest.len() - open.len();
        if !open.starts_with('"') {
            return Err(self.expected(start..start + line.len(), line, "a name in quotes"));
        }
        let mut end = start;
        for piece in open.split_inclusive('\n') {
            let text = piece.trim_end();
            // The first quote does not close itself.
            if text.ends_with('"') && end + text.len() > start + 1 {
                self.at = end + text.len();
                let name = &self.text[start + 1..self.at - 1];
                return Ok(Word {
                    text: name,
                    start: start + 1,
                });
            }
            end += piece.len();
        }
        let wanted = "a name that ends with a quote at the end of a line";
        Err(self.expected(start..start + line.len(), line, wanted))
    }

    pub(super) fn expected(&self, span: Range<usize>, found: &str, expected: &str) -> MshError {
        let fault = MshFault::Expected {
            found: found.chars().take(40).collect(),
            expected: expected.to_owned(),
        };
        MshError::new(self.text, span, fault)
    }
}

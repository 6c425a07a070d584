//! Fields of data lines to numbers.

use super::Resolver;
use crate::deck::error::{DeckError, DeckFault};
use crate::deck::lines::{Spot, Texts};
use crate::deck::number::finite;

/// A finite number; Fortran's exponents are understood.
pub(super) fn number(texts: &Texts, what: &str, field: (&str, Spot)) -> Result<f64, DeckError> {
    finite(field.0).ok_or_else(|| wrong(texts, what, field, "a finite number"))
}

/// A positive whole number.
pub(super) fn whole(texts: &Texts, what: &str, field: (&str, Spot)) -> Result<u32, DeckError> {
    match field.0.parse::<u32>() {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(wrong(texts, what, field, "a positive whole number")),
    }
}

/// A field that is not what it must be.
pub(super) fn wrong(texts: &Texts, what: &str, field: (&str, Spot), expected: &str) -> DeckError {
    let fault = DeckFault::Value {
        what: what.to_owned(),
        found: field.0.chars().take(40).collect(),
        expected: expected.to_owned(),
    };
    texts.error(field.1, fault)
}

impl Resolver {
    /// All fields of a line.
    pub(super) fn all(&self, line: Spot) -> Vec<(&str, Spot)> {
        self.texts.fields(line).collect()
    }

    /// The numbers of a line; an empty field is 0.
    pub(super) fn numbers(&self, what: &str, line: Spot) -> Result<Vec<f64>, DeckError> {
        self.texts
            .fields(line)
            .map(|f| {
                if f.0.is_empty() {
                    Ok(0.0)
                } else {
                    number(&self.texts, what, f)
                }
            })
            .collect()
    }

    /// Refuses fields after the `most`-th.
    pub(super) fn at_most(&self, line: Spot, most: usize, what: &str) -> Result<(), DeckError> {
        match self.texts.fields(line).nth(most) {
            Some(field) => Err(wrong(&self.texts, what, field, "nothing more on this line")),
            None => Ok(()),
        }
    }
}

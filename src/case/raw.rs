//! The file as written: tables of TOML with the span of every key and value, read key by key.
//!
//! A [`Section`] is opened with the list of keys it may hold and refuses any other before a value
//! is read, so a misspelt key is reported as such and not as a missing one. Every number is read
//! with its range; a default that is used is recorded with its source. Must not know what the
//! keys mean.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::defaults::{KeyDefault, NumberDefault, UsedDefault, WordDefault};
use super::error::{CaseError, CaseFault};
use super::places::{CasePlaces, join};
use super::unit;
use crate::names;
use crate::source::{Source, Sourced};

/// What all sections of one file share.
pub(super) struct Reader<'a> {
    /// Places of all keys.
    pub places: &'a CasePlaces,
    /// Defaults used so far.
    pub defaults: RefCell<Vec<UsedDefault>>,
}

/// An entry of a list that holds names and places.
pub(super) enum Entry<'a> {
    /// A name.
    Name(&'a str),
    /// A place, mm.
    Point([f64; 3]),
}

/// One table of the file.
#[derive(Clone)]
pub(super) struct Section<'a> {
    reader: &'a Reader<'a>,
    table: Option<&'a DeTable<'a>>,
    path: String,
}

impl<'a> Section<'a> {
    /// The top of the file; refuses keys that are not in `keys`.
    pub fn top(
        reader: &'a Reader<'a>,
        table: &'a DeTable<'a>,
        keys: &[&str],
    ) -> Result<Self, CaseError> {
        Self::open(reader, table, String::new(), keys)
    }

    fn open(
        reader: &'a Reader<'a>,
        table: &'a DeTable<'a>,
        path: String,
        keys: &[&str],
    ) -> Result<Self, CaseError> {
        let section = Self {
            reader,
            table: Some(table),
            path,
        };
        for (key, value) in table {
            if !keys.contains(&key.get_ref().as_ref()) {
                return Err(section.refuse(key.get_ref(), value.get_ref(), keys));
            }
        }
        Ok(section)
    }

    fn refuse(&self, key: &str, value: &DeValue<'_>, keys: &[&str]) -> CaseError {
        let place = self.reader.places.key_place(&self.key(key));
        if let Some(mistake) = unit::mistake_in_key(key, number(value), keys) {
            return CaseError::new(mistake.fault, place).with_help(mistake.help);
        }
        let fault = CaseFault::UnknownKey {
            key: key.to_owned(),
            section: self.words(),
            known: keys.iter().map(|&k| k.to_owned()).collect(),
        };
        CaseError::new(fault, place)
    }

    /// The key path of a key of this section.
    pub fn key(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The folder of the case file.
    pub fn folder(&self) -> &'a Path {
        let file = self.reader.places.file().path.parent();
        file.unwrap_or(Path::new(""))
    }

    /// The key path of this section.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The section in words.
    fn words(&self) -> String {
        match self.path.find('[') {
            _ if self.path.is_empty() => "the case file".to_owned(),
            Some(end) if !self.path[end..].contains('.') => format!("[[{}]]", &self.path[..end]),
            _ => format!("[{}]", self.path),
        }
    }

    fn value(&self, key: &str) -> Option<&'a DeValue<'a>> {
        self.table?.get(key).map(toml::Spanned::get_ref)
    }

    /// Whether the file sets the key.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Whether the file sets the key to a number.
    pub fn is_number(&self, key: &str) -> bool {
        self.value(key).is_some_and(|v| number(v).is_some())
    }

    /// A fault on the value of a key.
    pub fn error(&self, key: &str, fault: CaseFault) -> CaseError {
        self.reader.places.error(&self.key(key), fault)
    }

    /// A missing key.
    pub fn missing(&self, key: &str) -> CaseError {
        let fault = CaseFault::MissingKey {
            key: key.to_owned(),
            section: self.words(),
        };
        CaseError::new(fault, self.reader.places.key_place(&self.path))
    }

    /// A value of the wrong kind.
    pub fn wrong_type(&self, key: &str, expected: &str) -> CaseError {
        let found = self.value(key).map_or("nothing", kind_words);
        let fault = CaseFault::WrongType {
            key: key.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        };
        self.error(key, fault)
    }

    /// A text.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, CaseError> {
        match self.value(key) {
            None => Ok(None),
            Some(DeValue::String(s)) if !s.trim().is_empty() => Ok(Some(s.as_ref())),
            Some(DeValue::String(_)) => Err(self.error(
                key,
                CaseFault::WrongType {
                    key: key.to_owned(),
                    found: "an empty text".to_owned(),
                    expected: "a text in quotes".to_owned(),
                },
            )),
            Some(_) => Err(self.wrong_type(key, "a text in quotes")),
        }
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &str) -> Result<&'a str, CaseError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// One of a few words, or `None`.
    pub fn choice<T: Copy>(
        &self,
        key: &str,
        what: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, CaseError> {
        let Some(name) = self.text(key)? else {
            return Ok(None);
        };
        let same = names::same(name, choices.iter().map(|(n, _)| *n));
        let found = choices.iter().find(|(n, _)| Some(*n) == same);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let known: Vec<&str> = choices.iter().map(|(n, _)| *n).collect();
            self.unknown_name(key, what, name, &known)
        })
    }

    /// A name that is not among the known ones.
    pub fn unknown_name(&self, key: &str, what: &str, name: &str, known: &[&str]) -> CaseError {
        let fault = CaseFault::UnknownName {
            what: what.to_owned(),
            name: name.to_owned(),
            known: known.iter().map(|&k| k.to_owned()).collect(),
        };
        self.error(key, fault)
    }

    /// The number of the entry of `names` that `name`, the value of `key`, is.
    pub fn reference(
        &self,
        key: &str,
        what: &str,
        name: &str,
        names: &[&str],
    ) -> Result<usize, CaseError> {
        names
            .iter()
            .position(|n| *n == name)
            .ok_or_else(|| self.unknown_name(key, what, name, names))
    }

    /// The same among words of the program's own, whose capitals are forgiven.
    pub fn word(
        &self,
        key: &str,
        what: &str,
        word: &str,
        words: &[&str],
    ) -> Result<usize, CaseError> {
        let same = names::same(word, words.iter().copied());
        self.reference(key, what, same.unwrap_or(word), words)
    }

    /// true or false.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, CaseError> {
        match self.value(key) {
            None => Ok(None),
            Some(DeValue::Boolean(b)) => Ok(Some(*b)),
            Some(_) => Err(self.wrong_type(key, "true or false")),
        }
    }

    /// A number within its range, in the unit that its key names.
    pub fn number(&self, key: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, CaseError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let found = match (value, number(value)) {
            (_, Some(number)) => number,
            (DeValue::String(text), None) => return Err(self.text_for_number(key, text)),
            _ => return Err(self.wrong_type(key, &format!("a number{}", unit::of_words(key)))),
        };
        self.check(key, found, &range)?;
        Ok(Some(found))
    }

    fn check(&self, key: &str, value: f64, range: &RangeInclusive<f64>) -> Result<(), CaseError> {
        if range.contains(&value) {
            return Ok(());
        }
        let name = key.split('[').next().unwrap_or(key);
        let fault = CaseFault::Range {
            key: key.to_owned(),
            value: format!("{value}{}", unit::suffix_words(name)),
            expected: range_words(range, name),
        };
        Err(self.error(key, fault))
    }

    /// A number that must be there.
    pub fn required_number(&self, key: &str, range: RangeInclusive<f64>) -> Result<f64, CaseError> {
        self.number(key, range)?.ok_or_else(|| self.missing(key))
    }

    /// A number with its source: given within the default's range, or the default, which is then
    /// recorded.
    pub fn number_or(&self, default: &NumberDefault) -> Result<Sourced<f64>, CaseError> {
        let [low, high] = default.value.range;
        self.number_within_or(low..=high, default)
    }

    /// The same, given within a narrower range.
    pub fn number_within_or(
        &self,
        range: RangeInclusive<f64>,
        default: &NumberDefault,
    ) -> Result<Sourced<f64>, CaseError> {
        let usual = default.value.usual;
        Ok(match self.number(default.local_key(), range)? {
            Some(given) => self.given(default.local_key(), given),
            None => self.left_out(default, usual, usual.to_string()),
        })
    }

    /// One of a few words, or the default, which is then recorded.
    pub fn choice_or<T: Copy>(
        &self,
        what: &str,
        choices: &[(&str, T)],
        default: &WordDefault,
    ) -> Result<T, CaseError> {
        let key = default.local_key();
        if let Some(given) = self.choice(key, what, choices)? {
            return Ok(given);
        }
        let usual = choices.iter().find(|(word, _)| *word == default.value);
        let (word, usual) = usual.ok_or_else(|| self.missing(key))?;
        Ok(self.left_out(default, *usual, *word).value)
    }

    /// A value of the case.
    pub fn given<T>(&self, key: &str, value: T) -> Sourced<T> {
        Sourced::new(value, Source::case_file(self.key(key)))
    }

    /// A value for a key that the case leaves out, recorded in these words.
    pub fn left_out<T, V>(
        &self,
        default: &KeyDefault<V>,
        value: T,
        words: impl Into<String>,
    ) -> Sourced<T> {
        let (key, words) = (default.local_key(), words.into());
        let unit = match words.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            true => unit::suffix_words(key).trim_start().to_owned(),
            false => String::new(),
        };
        self.reader.defaults.borrow_mut().push(UsedDefault {
            key: self.key(key),
            value: words,
            unit,
            source: default.source(),
        });
        Sourced::new(value, default.source())
    }

    fn text_for_number(&self, key: &str, text: &str) -> CaseError {
        match unit::mistake_in_value(key, text) {
            Some(mistake) => self.error(key, mistake.fault).with_help(mistake.help),
            None => self.wrong_type(key, &format!("a number{}", unit::of_words(key))),
        }
    }

    /// A list of `N` numbers, each within the range.
    pub fn numbers<const N: usize>(
        &self,
        key: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<[f64; N]>, CaseError> {
        let expected = format!("a list of {N} numbers{}", unit::of_words(key));
        let Some(numbers) = self.entries(key, &expected)? else {
            return Ok(None);
        };
        let found = numbers.len();
        let numbers: [f64; N] = numbers.try_into().map_err(|_| {
            let fault = CaseFault::WrongType {
                key: key.to_owned(),
                found: format!("a list of {found}"),
                expected,
            };
            self.error(key, fault)
        })?;
        self.check_entries(key, &numbers, &range)?;
        Ok(Some(numbers))
    }

    /// A list of at least `least` numbers, each within the range; it must be there.
    pub fn number_list(
        &self,
        key: &str,
        least: usize,
        range: RangeInclusive<f64>,
    ) -> Result<Vec<f64>, CaseError> {
        let expected = format!("a list of at least {least} numbers{}", unit::of_words(key));
        let numbers = self.entries(key, &expected)?;
        let numbers = numbers.ok_or_else(|| self.missing(key))?;
        if numbers.len() < least {
            let fault = CaseFault::WrongType {
                key: key.to_owned(),
                found: format!("a list of {}", numbers.len()),
                expected,
            };
            return Err(self.error(key, fault));
        }
        self.check_entries(key, &numbers, &range)?;
        Ok(numbers)
    }

    fn entries(&self, key: &str, expected: &str) -> Result<Option<Vec<f64>>, CaseError> {
        let entries = match self.value(key) {
            None => return Ok(None),
            Some(DeValue::Array(entries)) => entries,
            Some(DeValue::String(text)) => return Err(self.text_for_number(key, text)),
            Some(_) => return Err(self.wrong_type(key, expected)),
        };
        let entry =
            |entry: &toml::Spanned<DeValue<'_>>| match (number(entry.get_ref()), entry.get_ref()) {
                (Some(n), _) => Ok(n),
                (None, DeValue::String(text)) => Err(self.text_for_number(key, text)),
                _ => Err(self.wrong_type(key, expected)),
            };
        entries
            .iter()
            .map(entry)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn check_entries(
        &self,
        key: &str,
        numbers: &[f64],
        range: &RangeInclusive<f64>,
    ) -> Result<(), CaseError> {
        let mut numbers = numbers.iter().enumerate();
        numbers.try_for_each(|(i, n)| self.check(&format!("{key}[{i}]"), *n, range))
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, CaseError> {
        let entries = match self.value(key) {
            None => return Ok(None),
            Some(DeValue::Array(entries)) => entries,
            Some(_) => return Err(self.wrong_type(key, "a list of texts in quotes")),
        };
        let texts = entries.iter().map(|e| e.get_ref().as_str());
        texts
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or_else(|| self.wrong_type(key, "a list of texts in quotes"))
    }

    /// A text, or a list of texts.
    pub fn one_or_more_texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, CaseError> {
        match self.value(key) {
            Some(DeValue::String(_)) => Ok(self.text(key)?.map(|text| vec![text])),
            _ => self.texts(key),
        }
    }

    /// A list of names and of places `[x, y, z]`, mm.
    pub fn names_or_points(&self, key: &str) -> Result<Option<Vec<Entry<'a>>>, CaseError> {
        let expected = "a list of names in quotes and of places [x, y, z] in mm";
        let entries = match self.value(key) {
            None => return Ok(None),
            Some(DeValue::Array(entries)) => entries,
            Some(_) => return Err(self.wrong_type(key, expected)),
        };
        let entry = |entry: &'a toml::Spanned<DeValue<'a>>| match entry.get_ref() {
            DeValue::String(name) => Some(Entry::Name(name.as_ref())),
            DeValue::Array(numbers) => {
                let numbers = numbers.iter().map(|n| number(n.get_ref()));
                let numbers = numbers.collect::<Option<Vec<f64>>>()?;
                numbers.try_into().ok().map(Entry::Point)
            }
            _ => None,
        };
        let read = entries.iter().map(entry).collect::<Option<Vec<_>>>();
        let read = read.ok_or_else(|| self.wrong_type(key, expected))?;
        for (i, entry) in read.iter().enumerate() {
            if let Entry::Point(point) = entry {
                self.check_entries(&format!("{key}[{i}]"), point, &(-1e4..=1e4))?;
            }
        }
        Ok(Some(read))
    }

    /// Whether the table of that name sets a key, which it need not be allowed to hold.
    pub fn table_has(&self, table: &str, key: &str) -> bool {
        matches!(self.value(table), Some(DeValue::Table(t)) if t.get(key).is_some())
    }

    /// A table that may be missing; a missing one reads as an empty one.
    pub fn section(&self, key: &str, keys: &[&str]) -> Result<Self, CaseError> {
        match self.value(key) {
            None => Ok(Self {
                reader: self.reader,
                table: None,
                path: self.key(key),
            }),
            Some(DeValue::Table(table)) => Self::open(self.reader, table, self.key(key), keys),
            Some(_) => Err(self.wrong_type(key, &format!("a table [{}]", self.key(key)))),
        }
    }

    /// What is one table where there is one of a kind and a list of tables where there are more;
    /// it may be missing.
    pub fn one_or_more(&self, key: &str, keys: &[&str]) -> Result<Vec<Self>, CaseError> {
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(DeValue::Array(_)) => self.sections(key, keys),
            Some(_) => Ok(vec![self.section(key, keys)?]),
        }
    }

    /// The entries of a list of tables.
    pub fn sections(&self, key: &str, keys: &[&str]) -> Result<Vec<Self>, CaseError> {
        let expected = format!("a list of tables [[{}]]", self.key(key));
        let entries = match self.value(key) {
            None => return Ok(Vec::new()),
            Some(DeValue::Array(entries)) => entries,
            Some(_) => return Err(self.wrong_type(key, &expected)),
        };
        let mut sections = Vec::with_capacity(entries.len());
        for (i, entry) in entries.iter().enumerate() {
            let DeValue::Table(table) = entry.get_ref() else {
                return Err(self.wrong_type(key, &expected));
            };
            let path = format!("{}[{i}]", self.key(key));
            sections.push(Self::open(self.reader, table, path, keys)?);
        }
        Ok(sections)
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .map(|i| i as f64),
        _ => None,
    }
}

fn kind_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn range_words(range: &RangeInclusive<f64>, key: &str) -> String {
    let unit = unit::suffix_words(key);
    match (range.start(), range.end()) {
        (low, high) if high.is_infinite() => format!("at least {low}{unit}"),
        (low, high) => format!("a number from {low} to {high}{unit}"),
    }
}

/// Two keys that exclude each other.
pub(super) fn both(section: &Section<'_>, one: &str, other: &str) -> CaseError {
    let fault = CaseFault::KeysTogether {
        message: format!("`{one}` and `{other}` exclude each other"),
    };
    section.error(other, fault)
}

/// A name given twice.
pub(super) fn duplicate(section: &Section<'_>, what: &str, name: &str) -> CaseError {
    let fault = CaseFault::Duplicate {
        what: what.to_owned(),
        name: name.to_owned(),
    };
    section.error("name", fault)
}

//! Files to cards: keyword lines with their parameters, and the data lines below them. Knows the
//! form of a deck, not its meaning.
//!
//! A line that begins with `**` is a comment, one with `*` a keyword; anything else is data of the
//! keyword above. Blanks and the case of letters do not count. A keyword line that ends with a
//! comma goes on in the next line. `*INCLUDE` puts another file in its place.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{DeckError, DeckFault};
use super::keywords::{
    INCLUDE, Keyword, Parameter, ParameterKind, find_keyword, find_skipped, keyword_names,
};
use crate::case::place::{CaseText, Place};
use crate::mesh::msh::{MshMesh, is_msh, parse_msh, text_of_binary};

/// How deep files may include one another.
const DEPTH: usize = 32;

/// As much that is not supported is told; the rest of a file that is no deck says nothing more.
const TOLD: usize = 100;

/// Bytes of one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spot {
    /// Number of the file.
    pub file: u32,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Spot {
    /// These bytes of a file.
    pub fn of(file: u32, Range { start, end }: Range<usize>) -> Self {
        Self { file, start, end }
    }
}

/// The files of a deck.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    files: Vec<Arc<CaseText>>,
}

impl Texts {
    /// The text at a spot.
    pub fn text(&self, spot: Spot) -> &str {
        self.files
            .get(spot.file as usize)
            .and_then(|f| f.text.get(spot.start..spot.end))
            .unwrap_or("")
    }

    /// Bytes of the first line of the first file.
    pub fn first_line_length(&self) -> usize {
        let first = self.files.first().and_then(|f| f.text.lines().next());
        first.map_or(0, str::len)
    }

    /// The place of a spot, for a person.
    pub fn place(&self, spot: Spot) -> Place {
        Place {
            file: Arc::clone(&self.files[spot.file as usize]),
            span: spot.start..spot.end,
        }
    }

    /// A fault at a spot.
    pub fn error(&self, spot: Spot, fault: DeckFault) -> DeckError {
        DeckError::new(fault, self.place(spot))
    }

    /// What makes no model, in words.
    pub fn refuse(&self, spot: Spot, words: impl Into<String>) -> DeckError {
        self.error(spot, DeckFault::model(words))
    }

    /// A field that is none of the values known there.
    pub fn unknown(&self, what: &str, (found, spot): (&str, Spot), known: &[&str]) -> DeckError {
        let fault = DeckFault::UnknownValue {
            what: what.to_owned(),
            found: found.to_owned(),
            known: known.iter().map(|k| (*k).to_owned()).collect(),
        };
        self.error(spot, fault)
    }

    /// The fields of a data line, with their spots; an empty one after a last comma is left out.
    pub fn fields(&self, line: Spot) -> Fields<'_> {
        Fields {
            text: self.text(line),
            file: line.file,
            at: line.start,
            done: false,
        }
    }
}

/// Iterator over the fields of a data line.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    text: &'a str,
    file: u32,
    at: usize,
    done: bool,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Spot);

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (field, rest) = match end_of_field(self.text) {
            Some(comma) => (&self.text[..comma], Some(&self.text[comma + 1..])),
            None => (self.text, None),
        };
        let start = self.at;
        match rest {
            Some(rest) => {
                self.text = rest;
                self.at += field.len() + 1;
                self.done = rest.trim().is_empty();
            }
            None => self.done = true,
        }
        let lead = field.len() - field.trim_start().len();
        let trimmed = field.trim();
        let start = start + lead;
        let spot = Spot {
            file: self.file,
            start,
            end: start + trimmed.len(),
        };
        Some((trimmed, spot))
    }
}

/// The comma that ends the first field: none between quotes, as a name may hold one.
fn end_of_field(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let stop = at + bytes[at..].iter().position(|b| matches!(b, b',' | b'"'))?;
        if bytes[stop] == b',' {
            return Some(stop);
        }
        let close = bytes[stop + 1..].iter().position(|&b| b == b'"');
        // A quote that is never closed quotes nothing.
        at = stop + 1 + close.map_or(0, |c| c + 1);
    }
}

/// A parameter as given.
#[derive(Debug, Clone)]
pub struct Given {
    /// What it is.
    pub parameter: &'static Parameter,
    /// Value without blanks and quotes, in capitals; empty where none is given.
    pub value: String,
    /// Value as written.
    pub written: String,
    /// Where its value stands (the whole where there is none).
    pub value_spot: Spot,
}

/// A keyword with its parameters and data lines.
#[derive(Debug, Clone)]
pub struct Card {
    /// The keyword.
    pub keyword: &'static Keyword,
    /// Where it stands.
    pub spot: Spot,
    /// Its parameters.
    pub given: Vec<Given>,
    /// Its data lines.
    pub data: Vec<Spot>,
    /// The mesh that an *INCLUDE puts here; one of a deck leaves no card.
    pub mesh: Option<Arc<IncludedMesh>>,
    /// The instance of a part that it belongs to, counted from 1; 0 for the model as a whole.
    pub scope: usize,
}

/// A mesh of Gmsh's.
#[derive(Debug)]
pub struct IncludedMesh {
    /// Number of its file.
    pub file: u32,
    /// The mesh.
    pub read: MshMesh,
}

impl Card {
    /// The parameter of that name, if given.
    pub fn get(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|g| g.parameter.name == name)
    }

    /// The parameter of that name.
    ///
    /// # Errors
    /// It is not given.
    pub fn need(&self, texts: &Texts, name: &str) -> Result<&Given, DeckError> {
        self.get(name)
            .ok_or_else(|| self.missing(texts, format!("the parameter {name}")))
    }

    /// Something that the card needs is missing.
    pub fn missing(&self, texts: &Texts, what: impl Into<String>) -> DeckError {
        let fault = DeckFault::Missing {
            keyword: self.keyword.name,
            what: what.into(),
        };
        texts.error(self.spot, fault)
    }
}

/// A name as it is compared: no blanks, no quotes, capitals.
pub fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && *c != '"')
        .flat_map(char::to_uppercase)
        .collect()
}

/// A deck as cards.
#[derive(Debug, Clone)]
pub struct Cards {
    /// Its files.
    pub texts: Texts,
    /// Its keywords with what belongs to them.
    pub cards: Vec<Card>,
    /// Keywords that are read over, with their places.
    pub skipped: Vec<(&'static str, Spot)>,
}

/// Reads a deck and the files it includes.
///
/// # Errors
/// A file that cannot be read or includes itself, unknown keywords or parameters (all of them
/// together), data before the first keyword.
pub fn read_cards(path: &Path) -> Result<Cards, DeckError> {
    let mut reader = Reader::default();
    reader.file(path, None)?;
    reader.finish()
}

/// The same from a text in memory, named `path` in messages; includes are looked for beside it.
///
/// # Errors
/// As [`read_cards`].
pub fn read_cards_from(path: &Path, text: String) -> Result<Cards, DeckError> {
    let mut reader = Reader::default();
    reader.chain.push(path.to_owned());
    reader.text(path, text)?;
    reader.finish()
}

#[derive(Default)]
struct Reader {
    texts: Texts,
    cards: Vec<Card>,
    chain: Vec<PathBuf>,
    skipped: Vec<(&'static str, Spot)>,
    /// Keywords and parameters that are not supported, in the order of the deck.
    unsupported: Vec<DeckError>,
    /// Whether data belong to a keyword that makes no card.
    read_over: bool,
}

impl Reader {
    /// The cards, or everything that is not supported.
    fn finish(self) -> Result<Cards, DeckError> {
        let mut unsupported = self.unsupported.into_iter();
        match unsupported.next() {
            Some(first) => Err(first.and_also(unsupported)),
            None => Ok(Cards {
                texts: self.texts,
                cards: self.cards,
                skipped: self.skipped,
            }),
        }
    }

    fn file(&mut self, path: &Path, from: Option<Spot>) -> Result<(), DeckError> {
        let fail = |reader: &Self, reason: String| {
            let fault = DeckFault::File {
                path: path.display().to_string(),
                reason,
            };
            match from {
                Some(spot) => reader.texts.error(spot, fault),
                None => DeckError::new(fault, unread(path)),
            }
        };
        let known = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let (true, Some(spot)) = (self.chain.contains(&known), from) {
            let mut chain: Vec<String> =
                self.chain.iter().map(|p| p.display().to_string()).collect();
            chain.push(known.display().to_string());
            let fault = DeckFault::CircularInclude {
                path: path.display().to_string(),
                chain,
            };
            return Err(self.texts.error(spot, fault));
        }
        if self.chain.len() >= DEPTH {
            return Err(fail(self, format!("more than {DEPTH} files deep")));
        }
        let bytes = crate::input::read(path).map_err(|e| fail(self, e.to_string()))?;
        // What a file holds is told by its content: decks are called .msh, too.
        if is_msh(&bytes) {
            return self.gmsh(path, bytes, from);
        }
        if bytes.contains(&0) {
            return Err(fail(
                self,
                "this is no text file: it holds zero bytes".into(),
            ));
        }
        self.chain.push(known);
        self.text(path, decoded(bytes))?;
        self.chain.pop();
        Ok(())
    }

    /// A mesh of Gmsh's, kept whole: what it says has its place in the file itself.
    fn gmsh(&mut self, path: &Path, bytes: Vec<u8>, from: Option<Spot>) -> Result<(), DeckError> {
        let (text, binary, ended) = match text_of_binary(&bytes) {
            None => (decoded(bytes), false, Ok(())),
            Some(Ok(text)) => (text, true, Ok(())),
            Some(Err((text, error))) => (text, true, Err(error)),
        };
        let (file, source) = self.add_text(path, text);
        let read = ended.and_then(|()| parse_msh(&source.text));
        let read = read.map_err(|error| {
            let spot = Spot {
                file,
                start: error.span.start,
                end: error.span.end,
            };
            let found = self.texts.error(spot, DeckFault::Msh(error.fault));
            let mut help: Vec<String> = Vec::new();
            if let Some(place) = from.map(|spot| self.texts.place(spot)) {
                let (deck, line) = (place.file.path.display(), place.line());
                help.push(format!("included by {deck}:{line}:{}", place.column()));
            }
            if binary {
                help.push("the file is binary: the line is that of the same mesh as text".into());
            }
            match help.is_empty() {
                true => found,
                false => found.with_help(help.join("; ")),
            }
        })?;
        let whole = Spot {
            file,
            ..Spot::default()
        };
        self.cards.push(Card {
            keyword: &INCLUDE,
            spot: from.unwrap_or(whole),
            given: Vec::new(),
            data: Vec::new(),
            mesh: Some(Arc::new(IncludedMesh { file, read })),
            scope: 0,
        });
        Ok(())
    }

    fn add_text(&mut self, path: &Path, mut text: String) -> (u32, Arc<CaseText>) {
        // Some editors begin a file with a mark of its encoding.
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let source = Arc::new(CaseText {
            path: path.to_owned(),
            text,
        });
        self.texts.files.push(Arc::clone(&source));
        (self.texts.files.len() as u32 - 1, source)
    }

    fn text(&mut self, path: &Path, text: String) -> Result<(), DeckError> {
        let (file, source) = self.add_text(path, text);
        let mut lines = PhysicalLines {
            text: &source.text,
            at: 0,
        };
        while let Some(range) = lines.next() {
            let spot = Spot::of(file, range.clone());
            let line = &source.text[range];
            if line.is_empty() || line.starts_with("**") {
                continue;
            }
            if line.starts_with('*') {
                self.read_over = false;
                self.keyword(spot, &mut lines, path)?;
                continue;
            }
            if self.read_over {
                continue;
            }
            if let Some(card) = self.cards.last_mut().filter(|c| c.mesh.is_none()) {
                card.data.push(spot);
            } else {
                let found = line.chars().take(40).collect();
                return Err(self.texts.error(spot, DeckFault::NoKeyword { found }));
            }
        }
        Ok(())
    }

    /// A keyword line and the lines it goes on in.
    fn keyword(
        &mut self,
        spot: Spot,
        lines: &mut PhysicalLines<'_>,
        path: &Path,
    ) -> Result<(), DeckError> {
        let mut parts: Vec<(String, Spot)> = self.parts(spot);
        let mut open = self.texts.text(spot).ends_with(',');
        while open {
            let Some(range) = lines.next() else { break };
            let next = Spot::of(spot.file, range);
            let line = self.texts.text(next);
            if line.starts_with("**") {
                continue;
            }
            open = line.ends_with(',');
            parts.extend(self.parts(next));
        }
        let mut parts = parts.into_iter();
        let Some((word, word_spot)) = parts.next() else {
            return Ok(());
        };
        let word = word.trim_start_matches('*').trim().to_owned();
        let Some(keyword) = self.known(&word, word_spot) else {
            self.read_over = true;
            return Ok(());
        };
        let mut given = Vec::new();
        for (text, spot) in parts {
            match self.parameter(keyword, &text, spot) {
                Ok(parameter) => given.push(parameter),
                Err(error) => self.tell(error),
            }
        }
        let card = Card {
            keyword,
            spot: word_spot,
            given,
            data: Vec::new(),
            mesh: None,
            scope: 0,
        };
        if keyword.name == "INCLUDE" {
            let input = card.need(&self.texts, "INPUT")?;
            let name = input.written.trim_matches('"').to_owned();
            let spot = input.value_spot;
            let beside = path.parent().unwrap_or(Path::new("")).join(name);
            return self.file(&beside, Some(spot));
        }
        self.cards.push(card);
        Ok(())
    }

    /// The keyword, unless it is read over or not supported; either is written down.
    fn known(&mut self, word: &str, spot: Spot) -> Option<&'static Keyword> {
        let name = folded(word);
        if let Some(skipped) = find_skipped(&name) {
            self.skipped.push((skipped, spot));
            return None;
        }
        let found = find_keyword(&name);
        if found.is_none() {
            let fault = DeckFault::UnknownKeyword {
                keyword: word.to_uppercase(),
                known: keyword_names(),
            };
            self.tell(self.texts.error(spot, fault));
        }
        found
    }

    fn tell(&mut self, unsupported: DeckError) {
        if self.unsupported.len() < TOLD {
            self.unsupported.push(unsupported);
        }
    }

    fn parts(&self, line: Spot) -> Vec<(String, Spot)> {
        self.texts
            .fields(line)
            .filter(|(text, _)| !text.is_empty())
            .map(|(text, spot)| (text.to_owned(), spot))
            .collect()
    }

    fn parameter(
        &self,
        keyword: &'static Keyword,
        text: &str,
        spot: Spot,
    ) -> Result<Given, DeckError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, value.trim()),
            None => (text, ""),
        };
        let key = folded(name);
        let found = keyword
            .parameters
            .iter()
            .find(|p| folded(p.name) == key)
            .ok_or_else(|| {
                let fault = DeckFault::UnknownParameter {
                    parameter: name.trim().to_uppercase(),
                    keyword: keyword.name,
                    known: keyword.parameters.iter().map(|p| p.name.into()).collect(),
                };
                let end = spot.start + name.trim_end().len();
                self.texts.error(Spot { end, ..spot }, fault)
            })?;
        let value_spot = Spot {
            start: if value.is_empty() {
                spot.start
            } else {
                spot.end - value.len()
            },
            ..spot
        };
        let folded_value = folded(value);
        if let ParameterKind::OneOf(values) = found.kind
            && !values.contains(&folded_value.as_str())
        {
            let what = format!("{} of *{}", found.name, keyword.name);
            let field = (folded_value.as_str(), value_spot);
            return Err(self.texts.unknown(&what, field, values));
        }
        if value.is_empty() && found.kind == ParameterKind::Name {
            let fault = DeckFault::Missing {
                keyword: keyword.name,
                what: format!("a value for {}", found.name),
            };
            return Err(self.texts.error(spot, fault));
        }
        Ok(Given {
            parameter: found,
            value: folded_value,
            written: value.to_owned(),
            value_spot,
        })
    }
}

/// What is no UTF-8 is Latin-1: names that differ in a letter of it stay different. Lines may end as the
/// old Mac ends them.
fn decoded(mut bytes: Vec<u8>) -> String {
    if !bytes.contains(&b'\n') {
        let ends = bytes.iter_mut().filter(|b| **b == b'\r');
        ends.for_each(|b| *b = b'\n');
    }
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|b| char::from(*b)).collect())
}

/// A file of which only the path is known.
fn unread(path: &Path) -> Place {
    Place {
        file: Arc::new(CaseText {
            path: path.to_owned(),
            text: String::new(),
        }),
        span: 0..0,
    }
}

/// Byte ranges of lines, without blanks at both ends.
struct PhysicalLines<'a> {
    text: &'a str,
    at: usize,
}

impl PhysicalLines<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        if self.at >= self.text.len() {
            return None;
        }
        let rest = &self.text[self.at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = &rest[..length];
        let lead = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        let start = self.at + lead;
        self.at += length + 1;
        Some(start..start + trimmed.len())
    }
}

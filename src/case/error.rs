//! What can be wrong with a case, and where. Says it in words; how it is drawn is the program's.

use std::path::PathBuf;

use super::place::Place;
use crate::names;

/// The eight kinds of bad input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Not TOML.
    Syntax,
    /// A key that does not exist, is missing, or holds the wrong kind of value.
    Key,
    /// A unit that is missing or not the one of the key.
    Unit,
    /// A number outside its range.
    Range,
    /// A name that does not exist, or exists twice.
    Reference,
    /// A file that is not there or cannot be read or written.
    File,
    /// A surface that cannot be used.
    Surface,
    /// Parts that do not make a model together.
    Model,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CaseFault {
    /// The file is not TOML.
    #[error("the case file is not valid TOML: {message}")]
    Syntax {
        /// What the reader of TOML says.
        message: String,
    },
    /// A key that the section does not know.
    #[error("unknown key `{key}` in {section}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The section in words ("`[implant]`").
        section: String,
        /// The keys it knows.
        known: Vec<String>,
    },
    /// A key that must be there is not.
    #[error("{section} needs `{key}`")]
    MissingKey {
        /// The key.
        key: String,
        /// The section in words.
        section: String,
    },
    /// A value of the wrong kind.
    #[error("`{key}` is {found}, expected {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// The kind of value found.
        found: String,
        /// The kind of value expected.
        expected: String,
    },
    /// Two keys that exclude each other, or one that only makes sense with another.
    #[error("{message}")]
    KeysTogether {
        /// Which keys, and why not.
        message: String,
    },
    /// A unit that is missing or wrong.
    #[error("unit: {found}, expected {expected}")]
    Unit {
        /// What the file says.
        found: String,
        /// What it must say.
        expected: String,
    },
    /// A number outside its range.
    #[error("`{key}` is {value}, expected {expected}")]
    Range {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The range with its unit.
        expected: String,
    },
    /// A name that does not exist.
    #[error("there is no {what} \"{name}\"")]
    UnknownName {
        /// What should have that name ("vertebra").
        what: String,
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A name given twice.
    #[error("{what} \"{name}\" is given twice")]
    Duplicate {
        /// What has that name.
        what: String,
        /// The name.
        name: String,
    },
    /// A file that is not there, or cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// Where it was looked for.
        looked_in: Vec<PathBuf>,
    },
    /// A surface that cannot be used.
    #[error("surface {}: {reason}", path.display())]
    Surface {
        /// The surface file.
        path: PathBuf,
        /// Why it cannot be used.
        reason: String,
    },
    /// Parts that do not make a model together.
    #[error("{reason}")]
    Model {
        /// What does not fit.
        reason: String,
    },
}

impl CaseFault {
    /// Its kind.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Syntax { .. } => FaultKind::Syntax,
            Self::UnknownKey { .. }
            | Self::MissingKey { .. }
            | Self::WrongType { .. }
            | Self::KeysTogether { .. } => FaultKind::Key,
            Self::Unit { .. } => FaultKind::Unit,
            Self::Range { .. } => FaultKind::Range,
            Self::UnknownName { .. } | Self::Duplicate { .. } => FaultKind::Reference,
            Self::File { .. } => FaultKind::File,
            Self::Surface { .. } => FaultKind::Surface,
            Self::Model { .. } => FaultKind::Model,
        }
    }

    /// A fault between parts, in words.
    pub fn model(reason: impl Into<String>) -> Self {
        Self::Model {
            reason: reason.into(),
        }
    }

    /// The word or words under the caret.
    pub fn label(&self) -> String {
        match self {
            Self::Syntax { .. } => "here".into(),
            Self::UnknownKey { .. } => "unknown key".into(),
            Self::MissingKey { key, .. } => format!("`{key}` is missing here"),
            Self::WrongType { expected, .. }
            | Self::Unit { expected, .. }
            | Self::Range { expected, .. } => format!("expected {expected}"),
            Self::KeysTogether { .. } => "this key".into(),
            Self::UnknownName { .. } => "no such name".into(),
            Self::Duplicate { .. } => "second use of the name".into(),
            Self::File { .. } => "named here".into(),
            Self::Surface { .. } => "this surface".into(),
            Self::Model { .. } => "asked for here".into(),
        }
    }

    /// The names known where one was not found, sorted as given.
    pub fn known(&self) -> &[String] {
        match self {
            Self::UnknownKey { known, .. } | Self::UnknownName { known, .. } => known,
            _ => &[],
        }
    }
}

/// A fault with its place and a line of help.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}:{}: {}", place.file.path.display(), place.line(), fault)]
pub struct CaseError {
    /// What is wrong.
    pub fault: Box<CaseFault>,
    /// Where.
    pub place: Place,
    /// What to do about it.
    pub help: Option<String>,
}

impl CaseError {
    /// A fault at a place; names that are nearly right get "did you mean".
    pub fn new(fault: CaseFault, place: Place) -> Self {
        let wrong = match &fault {
            CaseFault::UnknownKey { key, .. } => Some(key.as_str()),
            CaseFault::UnknownName { name, .. } => Some(name.as_str()),
            _ => None,
        };
        let near = wrong.and_then(|w| nearest(w, fault.known()));
        Self {
            help: near.map(|n| format!("did you mean `{n}`?")),
            fault: Box::new(fault),
            place,
        }
    }

    /// The same with a line of help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a line of help where the fault is of that kind.
    #[must_use]
    pub fn with_help_for(self, kind: FaultKind, help: &str) -> Self {
        if self.kind() == kind {
            self.with_help(help)
        } else {
            self
        }
    }

    /// Kind of the fault.
    pub fn kind(&self) -> FaultKind {
        self.fault.kind()
    }
}

/// The known name most like `name`, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    names::nearest(name, known.iter().map(String::as_str))
}

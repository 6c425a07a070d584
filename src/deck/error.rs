//! What can be wrong with a deck, and where. Says it in words; how it is drawn is the program's.

use crate::analysis::AnalysisError;
use crate::case::error::nearest;
use crate::case::place::Place;
use crate::mesh::msh::MshFault;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DeckFault {
    /// A file that is not there, cannot be read, or is no text.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A file that includes itself.
    #[error("{path} includes itself: {}", .chain.join(" -> "))]
    CircularInclude {
        /// The file.
        path: String,
        /// The files from the first to the one that closes the circle.
        chain: Vec<String>,
    },
    /// Something other than a keyword where one must stand.
    #[error("`{found}` stands where a keyword must")]
    NoKeyword {
        /// The beginning of the line.
        found: String,
    },
    /// A keyword that is not read.
    #[error("keyword `*{keyword}` is not supported")]
    UnknownKeyword {
        /// The keyword.
        keyword: String,
        /// The keywords there are.
        known: Vec<String>,
    },
    /// Several things that are not supported; the place is that of the first.
    #[error("{first}, and {} more {} not supported:\n{}", .more.len(), if .more.len() == 1 { "is" } else { "are" }, .more.join("\n"))]
    Several {
        /// The first.
        first: Box<DeckFault>,
        /// The others, each with its place.
        more: Vec<String>,
    },
    /// A parameter that the keyword does not have here.
    #[error("parameter `{parameter}` of *{keyword} is not supported")]
    UnknownParameter {
        /// The parameter.
        parameter: String,
        /// Its keyword.
        keyword: &'static str,
        /// The parameters there are.
        known: Vec<String>,
    },
    /// A value that the parameter, or a data field, does not take.
    #[error("{what} is `{found}`, which is not supported")]
    UnknownValue {
        /// "TYPE of *ELEMENT".
        what: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: Vec<String>,
    },
    /// A parameter or data field that must be there is not.
    #[error("*{keyword} needs {what}")]
    Missing {
        /// The keyword.
        keyword: &'static str,
        /// What is missing.
        what: String,
    },
    /// A field that is not the number it must be.
    #[error("{what} is `{found}`, expected {expected}")]
    Value {
        /// What the field is.
        what: String,
        /// What stands there.
        found: String,
        /// What must stand there.
        expected: String,
    },
    /// A name that does not exist.
    #[error("there is no {what} `{name}`")]
    UnknownName {
        /// "node set".
        what: &'static str,
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A node or element number that does not exist.
    #[error("there is no {what} {number}")]
    UnknownNumber {
        /// "node".
        what: &'static str,
        /// The number.
        number: u32,
    },
    /// Something defined twice.
    #[error("{what} is defined twice, first in {first}")]
    Duplicate {
        /// "node 12".
        what: String,
        /// "line 12", of another file with its name.
        first: String,
    },
    /// A keyword where it cannot stand.
    #[error("*{keyword} stands {found}, it belongs {expected}")]
    Order {
        /// The keyword.
        keyword: &'static str,
        /// "before the first *STEP".
        found: &'static str,
        /// "into a step".
        expected: &'static str,
    },
    /// An element without volume, or inside out.
    #[error("element {element} is inverted or flat: its volume is {volume:.3e} mm³")]
    Inverted {
        /// Element number in the deck.
        element: u32,
        /// Smallest volume seen from its quadrature points, mm³.
        volume: f64,
    },
    /// A degree of freedom with more than one master.
    #[error("node {node}, degree of freedom {dof}, {problem}")]
    Dependent {
        /// Node number in the deck.
        node: u32,
        /// 1, 2, 3.
        dof: u8,
        /// "already depends on others by line 12".
        problem: String,
    },
    /// Something the supports leave free.
    #[error(
        "{part} can move as a rigid body: {motions} of its rigid motions are free in step {step}"
    )]
    Unconstrained {
        /// "the part with elements of EALL".
        part: String,
        /// Free motions.
        motions: usize,
        /// Step, from 1.
        step: usize,
    },
    /// A mesh of Gmsh's that cannot be read.
    #[error(transparent)]
    Msh(#[from] MshFault),
    /// Parts that do not make a model together.
    #[error("{reason}")]
    Model {
        /// What does not fit.
        reason: String,
    },
    /// The model could not be solved.
    #[error("step {step}: {error}")]
    Analysis {
        /// Step, from 1.
        step: usize,
        /// Why not.
        error: Box<AnalysisError>,
    },
}

impl DeckFault {
    /// A fault in words.
    pub fn model(reason: impl Into<String>) -> Self {
        Self::Model {
            reason: reason.into(),
        }
    }

    /// The word or words under the caret.
    pub fn label(&self) -> String {
        match self {
            Self::File { .. } => "named here".into(),
            Self::CircularInclude { .. } => "closes the circle".into(),
            Self::NoKeyword { .. } => "expected a keyword, `*NODE` for example".into(),
            Self::UnknownKeyword { .. } => "this keyword".into(),
            Self::Several { first, .. } => first.label(),
            Self::UnknownParameter { .. } => "this parameter".into(),
            Self::Missing { what, .. } => format!("{what} is missing here"),
            Self::Value { expected, .. } => format!("expected {expected}"),
            Self::UnknownName { .. } => "no such name".into(),
            Self::UnknownNumber { .. } => "no such number".into(),
            Self::Duplicate { .. } => "second definition".into(),
            Self::Order { expected, .. } => format!("belongs {expected}"),
            Self::Unconstrained { .. } | Self::Analysis { .. } => "in this step".into(),
            Self::UnknownValue { .. }
            | Self::Inverted { .. }
            | Self::Dependent { .. }
            | Self::Msh(_)
            | Self::Model { .. } => "here".into(),
        }
    }

    /// What may stand where something unknown was found.
    pub fn known(&self) -> &[String] {
        match self {
            Self::UnknownKeyword { known, .. }
            | Self::UnknownParameter { known, .. }
            | Self::UnknownValue { known, .. }
            | Self::UnknownName { known, .. } => known,
            Self::Several { first, .. } => first.known(),
            _ => &[],
        }
    }

    fn wrong(&self) -> Option<&str> {
        match self {
            Self::UnknownKeyword { keyword, .. } => Some(keyword),
            Self::UnknownParameter { parameter, .. } => Some(parameter),
            Self::UnknownValue { found, .. } => Some(found),
            Self::UnknownName { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// A fault with its place and a line of help.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}:{}:{}: {}", place.file.path.display(), place.line(), place.column(), fault)]
pub struct DeckError {
    /// What is wrong.
    pub fault: Box<DeckFault>,
    /// Where.
    pub place: Place,
    /// What to do about it.
    pub help: Option<String>,
}

impl DeckError {
    /// A fault at a place; names that are nearly right get "did you mean".
    pub fn new(fault: DeckFault, place: Place) -> Self {
        let near = fault.wrong().and_then(|w| nearest(w, fault.known()));
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

    /// The same with others that were found in the same pass.
    #[must_use]
    pub fn and_also(mut self, others: impl Iterator<Item = Self>) -> Self {
        let more: Vec<String> = others.map(|e| e.to_string()).collect();
        if !more.is_empty() {
            let first = self.fault;
            self.fault = Box::new(DeckFault::Several { first, more });
        }
        self
    }

    /// Whether the arithmetic failed on input that is sound as far as can be told.
    pub fn is_numerical(&self) -> bool {
        matches!(&*self.fault, DeckFault::Analysis { error, .. } if error.is_numerical())
    }
}

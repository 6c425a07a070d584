//! What a command ends with: exit codes and errors.

use endplate::case::CaseError;
use endplate::deck::DeckError;
use endplate::homogenise::HomogeniseError;
use endplate::lattice::LatticeError;
use endplate::spine::{FailureKind, SpineError};
use endplate::virtual_test::VirtualTestError;

/// Done.
pub const DONE: u8 = 0;

/// Done, and a limit is exceeded (only with `--strict`).
pub const EXCEEDED: u8 = 1;

/// Bad input.
pub const BAD_INPUT: u8 = 2;

/// The method failed on sound input.
pub const NUMERICAL: u8 = 3;

/// An error inside the program.
pub const INTERNAL: u8 = 4;

/// What a command can end with, apart from success.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A fault in the case file or what it names.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A fault in a deck, or a deck that could not be solved.
    #[error(transparent)]
    Deck(Box<DeckError>),
    /// A case that stopped on the way.
    #[error(transparent)]
    Spine(Box<SpineError>),
    /// A virtual test that was not run.
    #[error(transparent)]
    VirtualTest(#[from] VirtualTestError),
    /// A unit cell without a stiffness.
    #[error("{error}")]
    Homogenise {
        /// Why.
        error: HomogeniseError,
        /// What to do about it.
        help: Option<String>,
    },
    /// Bad input that is not in the case file: an option, a directory.
    #[error("{message}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
}

impl From<SpineError> for CommandError {
    fn from(error: SpineError) -> Self {
        match error {
            SpineError::Case(error) => Self::Case(error),
            error => Self::Spine(Box::new(error)),
        }
    }
}

impl From<DeckError> for CommandError {
    fn from(error: DeckError) -> Self {
        Self::Deck(Box::new(error))
    }
}

impl From<LatticeError> for CommandError {
    fn from(error: LatticeError) -> Self {
        let help = match &error {
            LatticeError::UnknownCell { .. } => {
                "`endplate lattice --help` lists the cells".to_owned()
            }
            LatticeError::UnknownLaw { .. } => {
                "`endplate lattice laws` shows each with its range".to_owned()
            }
            LatticeError::TooFewSizes { .. } => {
                "for example `--strut-mm 0.3 --cell-mm 1.5` or `--porosity 80 --pore-window-mm 0.4`"
                    .to_owned()
            }
            LatticeError::SizesDisagree(_) | LatticeError::SizesImpossible { .. } => {
                "leave one of them out: two settle the lattice".to_owned()
            }
            LatticeError::OutsideRange { .. } => {
                "choose a porosity inside, or another law".to_owned()
            }
            LatticeError::PorosityOutsideCell { .. } => {
                "choose a porosity inside, or another cell".to_owned()
            }
            LatticeError::BadSize { .. } => "give a size that a lattice can have".to_owned(),
            _ => "thinner struts or larger cells open the pores".to_owned(),
        };
        Self::input(error.to_string(), help)
    }
}

impl CommandError {
    /// The exit code it ends the program with.
    pub fn code(&self) -> u8 {
        match self {
            Self::Spine(error) if error.kind() == FailureKind::Numerical => NUMERICAL,
            Self::VirtualTest(error) if error.is_numerical() => NUMERICAL,
            Self::Deck(error) if error.is_numerical() => NUMERICAL,
            Self::Homogenise { error, .. } if error.is_numerical() => NUMERICAL,
            _ => BAD_INPUT,
        }
    }

    /// Bad input outside the case file.
    pub fn input(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

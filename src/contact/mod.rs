//! Interfaces between bodies whose faces do not match: search and clipping apart from the law.
//! Ties are the bonded law. Must not know the global matrix.

mod error;
pub mod clip;
pub mod search;
mod interface;
pub mod operator;
mod fill;
pub mod tie;
pub mod unilateral;

pub use error::ContactError;
pub use interface::{InterfacePoint, Tie, TieSettings, WORTH_SAYING};
pub use tie::{TieSpec, build_tie, facing_area};
pub use unilateral::Contact;

//! Vertebrae and discs: from a spinal level and published morphometry to signed-distance bodies,
//! and from a vertebra's surface back to its landmarks.
//!
//! Frame: x anterior, y left, z cranial, mm. Must not know elements or materials.

pub mod level;
mod error;
pub mod morphometry;
mod body_end;
mod posterior;
pub mod vertebra;
pub mod frame;
pub mod column;
mod silhouette;
pub mod endplate;
pub mod landmarks;
pub mod plausible;
pub mod disc;
pub mod pedicle;
pub mod lamina;

pub use error::AnatomyError;
pub use level::{Level, UnknownLevel};

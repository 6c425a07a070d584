//! What is told beside the results.

use std::io::Write as _;

/// Writes to stderr for a person, who may have closed it: progress and messages never end the work.
pub fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

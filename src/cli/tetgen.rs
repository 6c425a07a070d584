//! TetGen as the program serves and calls it: in a child process of itself.

use std::time::Duration;

use endplate::mesh::tetgen::{ChildTetgen, serve_tetgen};

use super::ending::CommandError;

/// A mesh of one body takes seconds; what takes this long hangs.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The mesher that calls this program's hidden subcommand.
///
/// # Errors
/// A program that cannot find itself.
pub fn mesher() -> Result<ChildTetgen, CommandError> {
    let program = std::env::current_exe().map_err(|e| {
        CommandError::input(
            format!("the program cannot find its own file: {e}"),
            "start it by its path",
        )
    })?;
    Ok(ChildTetgen {
        program,
        timeout: TIMEOUT,
    })
}

/// The hidden subcommand: one surface on stdin, its tetrahedra on stdout.
pub fn serve() -> u8 {
    let code = serve_tetgen(std::io::stdin(), std::io::stdout());
    u8::try_from(code).unwrap_or(super::ending::INTERNAL)
}

//! The program: hands its arguments to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The meshing child (see `endplate::mesh::tetgen`); not for people.
    if std::env::args().nth(1).as_deref() == Some(endplate::mesh::tetgen::SUBCOMMAND) {
        let code = endplate::mesh::tetgen::serve_tetgen(std::io::stdin(), std::io::stdout());
        return ExitCode::from(code as u8);
    }
    ExitCode::SUCCESS
}

//! TetGen as the program serves and calls it: in a child process of itself, with its meshes kept where
//! a directory is named for them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use endplate::mesh::tetgen::{
    ChildTetgen, DEFAULT_LIMIT_BYTES, Mesher, StoredMeshes, serve_tetgen,
};
use endplate::progress::Progress;

use super::ending::CommandError;

/// A mesh of one body takes seconds; what takes this long hangs.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The variable that names a directory for meshes where no option does.
const VARIABLE: &str = "ENDPLATE_MESH_CACHE";

/// Where meshes are kept between runs, if anywhere.
#[derive(Debug, Args)]
pub struct MeshCache {
    /// Keep the bodies' meshes in DIR, up to 1 GiB, and take those of unchanged bodies from there;
    /// the variable ENDPLATE_MESH_CACHE does the same
    #[arg(long, value_name = "DIR")]
    mesh_cache: Option<PathBuf>,
}

impl MeshCache {
    /// The mesher that calls this program's hidden subcommand.
    ///
    /// # Errors
    /// A program that cannot find itself, or a directory that cannot be made.
    pub fn mesher(&self) -> Result<ProgramMesher, CommandError> {
        let program = std::env::current_exe().map_err(|e| {
            CommandError::input(
                format!("the program cannot find its own file: {e}"),
                "start it by its path",
            )
        })?;
        let child = ChildTetgen {
            program,
            timeout: TIMEOUT,
        };
        let Some(directory) = self.directory() else {
            return Ok(ProgramMesher::Child(child));
        };
        match StoredMeshes::open(child, &directory, DEFAULT_LIMIT_BYTES) {
            Ok(stored) => Ok(ProgramMesher::Stored(stored)),
            Err(error) => Err(CommandError::input(
                format!("cannot create {}: {error}", directory.display()),
                format!("name another directory with `--mesh-cache DIR` or {VARIABLE}"),
            )),
        }
    }

    fn directory(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os(VARIABLE).filter(|v| !v.is_empty());
        self.mesh_cache
            .clone()
            .or_else(|| variable().map(Into::into))
    }
}

/// The mesher of a command.
pub enum ProgramMesher {
    /// Every mesh is made.
    Child(ChildTetgen),
    /// Meshes are kept in a directory.
    Stored(StoredMeshes<ChildTetgen>),
}

impl ProgramMesher {
    /// What a case asks for meshes.
    pub fn as_dyn(&self) -> &dyn Mesher {
        match self {
            Self::Child(child) => child,
            Self::Stored(stored) => stored,
        }
    }

    /// Says how many meshes came from the directory, where there is one.
    pub fn tell(&self, progress: &dyn Progress) {
        if let Self::Stored(stored) = self {
            let counts = stored.counts();
            progress.note(&format!(
                "meshes: {} found in {}, {} made",
                counts.found,
                stored.directory().display(),
                counts.made
            ));
        }
    }
}

/// The hidden subcommand: one surface on stdin, its tetrahedra on stdout.
pub fn serve() -> u8 {
    let code = serve_tetgen(std::io::stdin(), std::io::stdout());
    u8::try_from(code).unwrap_or(super::ending::INTERNAL)
}

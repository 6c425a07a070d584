//! Says no before the memory runs out.

use super::HomogeniseError;
use super::request::{MeshKind, Request};
use crate::solver::allowed_bytes;

/// Tetrahedra in a cube of the background, and how many more a surface layer makes.
const TETS: f64 = 12.0 * 1.3;
/// Nodes for each tetrahedron, for each voxel.
const NODES: [f64; 2] = [1.5, 1.3];
/// Bytes a node: about 28 blocks of matrix in double and half again in single precision, and
/// sixty vectors of three numbers.
const BYTES_A_NODE: f64 = 28.0 * 76.0 * 1.6 + 60.0 * 24.0;
/// Bytes a place of the background's double grid.
const BYTES_A_PLACE: f64 = 4.0;

/// Refuses a request whose finest mesh does not fit.
///
/// # Errors
/// [`HomogeniseError::TooLarge`].
pub fn admit(
    request: &Request,
    resolutions: &[usize],
    copies: usize,
) -> Result<(), HomogeniseError> {
    let resolution = resolutions.last().copied().unwrap_or(0);
    let Some(allowed) = allowed_bytes(request.settings.memory_limit) else {
        return Ok(());
    };
    let cubes = (resolution as f64).powi(3);
    let solid = cubes * request.relative_density / copies as f64;
    let needed = match request.mesh {
        MeshKind::Tetrahedra => {
            8.0 * cubes * BYTES_A_PLACE + solid * TETS * NODES[0] * BYTES_A_NODE
        }
        MeshKind::Voxels => cubes * BYTES_A_PLACE + solid * NODES[1] * BYTES_A_NODE,
    };
    match needed > allowed as f64 {
        true => Err(HomogeniseError::TooLarge {
            resolution,
            needed: needed as u64,
            allowed,
        }),
        false => Ok(()),
    }
}

//! What can go wrong between a surface and a mesh.

use thiserror::Error;

/// A surface that cannot be meshed, or a mesh that came out wrong.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum MeshError {
    /// Fewer than four triangles.
    #[error("the surface has {triangles} triangles; a closed one has at least 4")]
    TooFewTriangles {
        /// Number of triangles found.
        triangles: usize,
    },
    /// A vertex with a coordinate that is not a finite number.
    #[error("vertex {vertex} of the surface is not finite")]
    NotFinite {
        /// Vertex number.
        vertex: usize,
    },
    /// A triangle that names a vertex the surface does not have.
    #[error("triangle {triangle} names vertex {vertex}, but there are {vertices}")]
    NoSuchVertex {
        /// Triangle number.
        triangle: usize,
        /// Vertex number it names.
        vertex: u32,
        /// Number of vertices.
        vertices: usize,
    },
    /// Triangles without area.
    #[error("{count} triangles have no area, triangle {} first", listed(triangles))]
    Degenerate {
        /// How many.
        count: usize,
        /// The first of them.
        triangles: Vec<u32>,
    },
    /// The same three vertices twice.
    #[error(
        "{count} triangles repeat another one: triangles {}",
        listed(triangles)
    )]
    Duplicate {
        /// How many.
        count: usize,
        /// The first of them.
        triangles: Vec<u32>,
    },
    /// Edges with one triangle only: holes.
    #[error(
        "the surface has holes: {count} edges belong to one triangle only (triangles {})",
        listed(triangles)
    )]
    Open {
        /// Number of open edges.
        count: usize,
        /// Triangles at the first of them.
        triangles: Vec<u32>,
    },
    /// Edges with more than two triangles.
    #[error(
        "{count} edges belong to more than two triangles (triangles {})",
        listed(triangles)
    )]
    NonManifold {
        /// Number of such edges.
        count: usize,
        /// Triangles at the first of them.
        triangles: Vec<u32>,
    },
    /// Neighbours that wind in opposite senses.
    #[error(
        "{count} edges are run through twice in one sense: flipped triangles among {}",
        listed(triangles)
    )]
    Flipped {
        /// Number of such edges.
        count: usize,
        /// Triangles at the first of them.
        triangles: Vec<u32>,
    },
    /// A closed surface with its inside out.
    #[error("the surface is inside out: it encloses {volume:.4} mm³")]
    InsideOut {
        /// Signed volume, mm³.
        volume: f64,
    },
    /// Triangles that cut through each other.
    #[error(
        "the surface cuts itself in {count} places: triangles {}",
        listed_pairs(pairs)
    )]
    SelfIntersection {
        /// Number of pairs.
        count: usize,
        /// The first of them.
        pairs: Vec<[u32; 2]>,
    },
    /// The mesher's process could not be started or talked to.
    #[error("the mesher `{program}` could not be run: {reason}")]
    MesherNotRun {
        /// The program.
        program: String,
        /// What the system said.
        reason: String,
    },
    /// The mesher ended without a mesh.
    #[error("TetGen gave no mesh: {reason}")]
    MesherFailed {
        /// How it ended and its last words.
        reason: String,
    },
    /// The mesher took too long and was stopped.
    #[error("TetGen was stopped after {seconds:.0} s without a mesh")]
    MesherTimedOut {
        /// The limit, s.
        seconds: f64,
    },
    /// The mesh does not fill the surface.
    #[error("the mesh holds {mesh:.6} mm³, its surface {surface:.6} mm³")]
    VolumeMismatch {
        /// Volume of the mesh, mm³.
        mesh: f64,
        /// Volume the surface encloses, mm³.
        surface: f64,
    },
    /// The outside of the mesh is not the surface.
    #[error("the boundary of the mesh has {mesh:.6} mm², its surface {surface:.6} mm²")]
    AreaMismatch {
        /// Boundary area of the mesh, mm².
        mesh: f64,
        /// Area of the surface, mm².
        surface: f64,
    },
    /// An element without positive volume.
    #[error("element {element} has a volume of {volume:e} mm³")]
    Inverted {
        /// Element number.
        element: usize,
        /// Its volume, mm³.
        volume: f64,
    },
    /// Two meshes of different element kinds cannot become one.
    #[error("mesh `{name}` has another kind of element than the ones before it")]
    MixedKinds {
        /// Name of the mesh.
        name: String,
    },
}

/// How many triangle numbers an error carries.
pub(crate) const LISTED: usize = 8;

fn listed(numbers: &[u32]) -> String {
    let all: Vec<String> = numbers.iter().map(u32::to_string).collect();
    all.join(", ")
}

fn listed_pairs(pairs: &[[u32; 2]]) -> String {
    let all: Vec<String> = pairs.iter().map(|[a, b]| format!("{a} and {b}")).collect();
    all.join(", ")
}

//! Gmsh's .msh files, versions 2.2 and 4.1, ASCII and binary: solids and the physical groups they, their
//! faces and their nodes are in. Groups are no partition: an element may be in any number of them.
//!
//! Gmsh's node orders stand in [`crate::element::reference`].
//! A physical surface is made of triangles and quadrangles; each becomes the facet of the solid it lies on,
//! inside a body of the one whose outward side it winds about (a group of a negative tag takes the
//! surface reversed). Points, lines and surfaces without a physical group say nothing about a solid
//! and are left out; other volume elements are refused.
//!
//! Version 2.2 has one group an element, so Gmsh writes an element once for each group, with a new
//! number each time: such copies are read as one element (`copies`).

pub mod error;
mod words;
mod sections;
mod copies;
mod groups;
mod v2;
mod v4;
mod binary;
#[cfg(test)]
mod tests;

pub use error::{MshError, MshFault};

use std::ops::Range;

use super::{Facet, Mesh};

/// A mesh with Gmsh's numbers and physical groups.
#[derive(Debug, Clone, PartialEq)]
pub struct MshMesh {
    /// Nodes and elements in the file's order; one region, no surfaces: see `groups`.
    pub mesh: Mesh,
    /// Gmsh's numbers of the nodes.
    pub node_labels: Vec<u32>,
    /// Where the nodes stand, bytes of the text.
    pub node_spans: Vec<Range<usize>>,
    /// Gmsh's numbers of the elements; the first one where an element is written several times.
    pub element_labels: Vec<u32>,
    /// Where the elements stand.
    pub element_spans: Vec<Range<usize>>,
    /// Physical groups that hold something, by dimension and tag.
    pub groups: Vec<MshGroup>,
}

/// A physical group.
#[derive(Debug, Clone, PartialEq)]
pub struct MshGroup {
    /// Its name; "surface 7" where it has none, "volume 0" for tetrahedra without a group.
    pub name: String,
    /// Where its name stands; its first element where it has none.
    pub span: Range<usize>,
    /// What is in it.
    pub members: MshMembers,
}

/// What a physical group holds.
#[derive(Debug, Clone, PartialEq)]
pub enum MshMembers {
    /// Elements of a physical volume.
    Elements(Vec<u32>),
    /// Faces of a physical surface; one that two of its triangles lie on stands twice.
    Facets(Vec<Facet>),
    /// Nodes of a physical curve or point.
    Nodes {
        /// 1 for a curve, 0 for a point.
        dimension: u8,
        /// Its nodes.
        nodes: Vec<u32>,
    },
}

/// Whether a text is one of Gmsh's files: these begin with a section.
pub fn is_msh(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.trim_ascii_start().starts_with(b"$")
}

/// The text of a binary file, which says the same; `None` of a file that is text itself.
///
/// # Errors
/// A file that ends too soon: what was read of it, and [`MshError`].
pub fn text_of_binary(bytes: &[u8]) -> Option<Result<String, (String, MshError)>> {
    binary::text_of(bytes)
}

/// Reads the text of a file.
///
/// # Errors
/// [`MshError`] with the line.
pub fn parse_msh(text: &str) -> Result<MshMesh, MshError> {
    sections::parse(text)?.mesh()
}

//! What can be wrong with a .msh file, and in which line.

use std::ops::Range;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MshFault {
    /// A version that is not read.
    #[error(
        "this is version {version}; 2.2 and 4.1 are read, ASCII and binary \
         (in Gmsh: Mesh.MshFileVersion = 4.1)"
    )]
    Version {
        /// Version found.
        version: String,
    },
    /// Something else than what must stand there.
    #[error("found `{found}`, expected {expected}")]
    Expected {
        /// What stands there.
        found: String,
        /// What must stand there.
        expected: String,
    },
    /// A volume element that is not read.
    #[error("elements of Gmsh's type {kind} are not read here; {advice}")]
    ElementType {
        /// Gmsh's number of the type.
        kind: i64,
        /// What is.
        advice: &'static str,
    },
    /// A node that is not there.
    #[error("there is no node {node}")]
    UnknownNode {
        /// Its number.
        node: u32,
    },
    /// A node number given twice.
    #[error("node {node} is given twice, first in line {first}")]
    DuplicateNode {
        /// The number.
        node: u32,
        /// Line that gives it first.
        first: usize,
    },
    /// A triangle or quadrangle of a physical surface that is no face of an element.
    #[error("this is no face of any solid element, though it is in a physical surface")]
    LooseFace,
    /// An element without positive volume.
    #[error("element {element} is inverted or flat: its volume is {volume:.3e} mm³")]
    Inverted {
        /// Gmsh's number of the element.
        element: u32,
        /// Its volume, mm³.
        volume: f64,
    },
    /// No solids.
    #[error("the file holds no solid elements")]
    Empty,
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct MshError {
    /// What is wrong.
    pub fault: MshFault,
    /// Line, from 1.
    pub line: usize,
    /// Bytes of the text.
    pub span: Range<usize>,
}

impl MshError {
    /// A fault at some bytes of a text.
    pub(super) fn new(text: &str, span: Range<usize>, fault: MshFault) -> Self {
        Self {
            fault,
            line: line_of(text, span.start),
            span,
        }
    }
}

/// The line, from 1, in which a byte stands.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte.min(text.len())]
        .iter()
        .filter(|&&b| b == b'\n')
        .count()
        + 1
}

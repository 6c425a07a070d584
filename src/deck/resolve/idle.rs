//! Elements that mesh generators leave on the sides and edges of solids: plane, shell and bar
//! elements of no section. They carry nothing here and are left out and counted; their sets name
//! nodes. One that a section or a load names is refused.

use crate::deck::Label;
use crate::deck::lines::Spot;

/// An element that carries nothing. In sets it counts after all solid elements and membranes.
#[derive(Debug, Clone)]
pub(super) struct IdleElement {
    pub(super) label: Label,
    /// Its type as the table of keywords has it.
    pub(super) kind: &'static str,
    pub(super) nodes: Vec<u32>,
    pub(super) spot: Spot,
}

/// Nodes of an element that carries nothing here, by its type.
pub(super) fn idle_kind(folded: &str) -> Option<(&'static str, usize)> {
    const KINDS: &[(&str, usize)] = &[
        ("T2D2", 2),
        ("T2D3", 3),
        ("T3D2", 2),
        ("T3D3", 3),
        ("CPS3", 3),
        ("CPS4", 4),
        ("CPS6", 6),
        ("CPS8", 8),
        ("CPE3", 3),
        ("CPE4", 4),
        ("CPE6", 6),
        ("CPE8", 8),
        ("S3", 3),
        ("S4", 4),
        ("S6", 6),
        ("S8", 8),
        ("STRI3", 3),
        ("STRI65", 6),
        // meshio's names of what bounds solids: triangles, quadrilaterals, lines of both orders.
        ("R3D3", 3),
        ("R3D4", 4),
        ("CAX4P", 4),
        ("S8R5", 8),
        ("S9R5", 9),
        ("B31H", 2),
        ("B33H", 3),
    ];
    KINDS.iter().copied().find(|kind| kind.0 == folded)
}

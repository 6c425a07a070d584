//! A mesh in the lines of a deck: *NODE, *ELEMENT, *SURFACE, sets. Numbers count from 1, in the
//! mesh's own order. Must not know materials or loads.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::number::number;
use crate::mesh::{Facet, TetMesh};
use crate::tensor::Point;

/// All nodes, as the set NALL.
pub(super) fn nodes(out: &mut impl Write, mesh: &TetMesh) -> io::Result<()> {
    writeln!(out, "*NODE,NSET=NALL")?;
    points(out, 1, &mesh.nodes)
}

/// Nodes numbered from `first`, below their keyword line.
pub(super) fn points(out: &mut impl Write, first: usize, points: &[Point]) -> io::Result<()> {
    for (n, p) in (first..).zip(points) {
        let [x, y, z] = [p.x, p.y, p.z].map(number);
        writeln!(out, "{n},{x},{y},{z}")?;
    }
    Ok(())
}

/// Some elements, as the set `name`.
pub(super) fn elements(
    out: &mut impl Write,
    mesh: &TetMesh,
    name: &str,
    elements: impl IntoIterator<Item = usize>,
) -> io::Result<()> {
    let mut open = None;
    for e in elements {
        let kind = mesh.kind_of(e);
        if open.replace(kind) != Some(kind) {
            let word = kind.reference().deck_type;
            writeln!(out, "*ELEMENT,TYPE={word},ELSET={name}")?;
        }
        element(out, e + 1, mesh.element(e))?;
    }
    Ok(())
}

/// The line of an element; nodes are counted from 0.
pub(super) fn element(out: &mut impl Write, number: usize, nodes: &[u32]) -> io::Result<()> {
    write!(out, "{number}")?;
    for n in nodes {
        write!(out, ",{}", n + 1)?;
    }
    writeln!(out)
}

/// Element faces, as the surface `name`.
pub(super) fn surface<'a>(
    out: &mut impl Write,
    name: &str,
    facets: impl IntoIterator<Item = &'a Facet>,
) -> io::Result<()> {
    writeln!(out, "*SURFACE,NAME={name},TYPE=ELEMENT")?;
    for facet in facets {
        writeln!(out, "{},S{}", facet.element + 1, facet.face + 1)?;
    }
    Ok(())
}

/// Numbers of nodes or elements under a keyword line.
pub(super) fn set(out: &mut impl Write, keyword: &str, members: &BTreeSet<u32>) -> io::Result<()> {
    writeln!(out, "{keyword}")?;
    let members: Vec<String> = members.iter().map(u32::to_string).collect();
    for line in members.chunks(12) {
        writeln!(out, "{},", line.join(","))?;
    }
    Ok(())
}

/// A name that cannot end its line.
pub(super) fn one_line(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

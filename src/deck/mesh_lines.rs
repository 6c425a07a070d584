//! A mesh in the lines of a deck: *NODE, *ELEMENT, *SURFACE, sets. Numbers count from 1, in the
//! mesh's own order. Must not know materials or loads.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::mesh::{ElementKind, Facet, TetMesh};

/// All nodes, as the set NALL.
pub(super) fn nodes(out: &mut impl Write, mesh: &TetMesh) -> io::Result<()> {
    writeln!(out, "*NODE,NSET=NALL")?;
    for (n, p) in mesh.nodes.iter().enumerate() {
        writeln!(out, "{},{:?},{:?},{:?}", n + 1, p.x, p.y, p.z)?;
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
    let kind = match mesh.kind {
        ElementKind::Tet4 => "C3D4",
        ElementKind::Tet10 => "C3D10",
    };
    writeln!(out, "*ELEMENT,TYPE={kind},ELSET={name}")?;
    for e in elements {
        write!(out, "{}", e + 1)?;
        for n in mesh.element(e) {
            write!(out, ",{}", n + 1)?;
        }
        writeln!(out)?;
    }
    Ok(())
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

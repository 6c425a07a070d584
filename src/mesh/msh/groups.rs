//! What was read as a mesh with its physical groups.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{MshError, MshFault};
use super::sections::{Cell, GroupKey, Parser, is_solid};
use super::{MshGroup, MshMembers, MshMesh};
use crate::mesh::boundary::all_nodes;
use crate::mesh::{Blocks, ElementKind, Facet, TetMesh};

/// Groups while they grow.
type Groups = BTreeMap<GroupKey, MshGroup>;

impl Parser<'_> {
    pub(super) fn mesh(self) -> Result<MshMesh, MshError> {
        let solids = self.solids()?;
        let element_of = self.elements_of(&solids);
        let mut read = self.elements(&solids, &element_of)?;
        let mut groups = Groups::new();
        self.volumes(&solids, &element_of, &mut groups);
        self.faces(&read.mesh, &mut groups)?;
        self.points_and_curves(&mut groups);
        read.groups = groups.into_values().collect();
        read.node_labels = self.node_labels;
        read.node_spans = self.node_spans;
        Ok(read)
    }

    /// The solid elements.
    fn solids(&self) -> Result<Vec<usize>, MshError> {
        let all = 0..self.cells.len();
        let solids: Vec<usize> = all.filter(|&c| is_solid(self.cells[c].kind)).collect();
        if solids.is_empty() {
            let line = self.words.text.find('\n').unwrap_or(self.words.text.len());
            return Err(self.error(0..line, MshFault::Empty));
        }
        Ok(solids)
    }

    fn elements(&self, solids: &[usize], element_of: &[u32]) -> Result<MshMesh, MshError> {
        let mut mesh = TetMesh {
            nodes: self.positions.clone(),
            blocks: Blocks::default(),
            region_of: Vec::new(),
            regions: vec!["mesh".into()],
            surfaces: Vec::new(),
        };
        let (mut labels, mut spans) = (Vec::new(), Vec::new());
        for (&c, &e) in solids.iter().zip(element_of) {
            let cell = &self.cells[c];
            let nodes = &self.cell_nodes[cell.nodes.clone()];
            if e as usize == labels.len() {
                if let Some(kind) = ElementKind::of_gmsh(cell.kind) {
                    mesh.blocks.push(kind, nodes);
                }
                mesh.region_of.push(0);
                labels.push(cell.label);
                spans.push(cell.span.clone());
            } else if mesh.volume(e as usize) <= 0.0 {
                // The copy for a group of a negative tag is reversed: another one is not.
                mesh.blocks.element_mut(e as usize).copy_from_slice(nodes);
            }
        }
        for e in 0..labels.len() {
            let volume = mesh.volume(e);
            if volume.is_nan() || volume <= 0.0 {
                let fault = MshFault::Inverted {
                    element: labels[e],
                    volume,
                };
                return Err(self.error(spans[e].clone(), fault));
            }
        }
        Ok(MshMesh {
            mesh,
            node_labels: Vec::new(),
            node_spans: Vec::new(),
            element_labels: labels,
            element_spans: spans,
            groups: Vec::new(),
        })
    }

    fn volumes(&self, solids: &[usize], element_of: &[u32], groups: &mut Groups) {
        let count = element_of.iter().max().map_or(0, |&e| e as usize + 1);
        let mut members: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        let mut first: BTreeMap<i64, usize> = BTreeMap::new();
        let mut grouped = vec![false; count];
        for (&c, &e) in solids.iter().zip(element_of) {
            for tag in &self.blocks[self.cells[c].block as usize].groups {
                members.entry(tag.abs()).or_default().push(e);
                first.entry(tag.abs()).or_insert(c);
                grouped[e as usize] = true;
            }
        }
        for (&c, &e) in solids.iter().zip(element_of) {
            if !grouped[e as usize] {
                members.entry(0).or_default().push(e);
                first.entry(0).or_insert(c);
            }
        }
        for (tag, mut elements) in members {
            elements.sort_unstable();
            elements.dedup();
            let span = self.cells[first[&tag]].span.clone();
            let members = MshMembers::Elements(elements);
            groups.insert((3, tag), self.group((3, tag), span, members));
        }
    }

    fn faces(&self, mesh: &TetMesh, groups: &mut Groups) -> Result<(), MshError> {
        let sides = self.sides(mesh);
        let mut found: BTreeMap<i64, (Range<usize>, Vec<Facet>)> = BTreeMap::new();
        for cell in self.of_dimension(2) {
            let corners = self.corners(cell);
            let facets = sides.get(&key(corners)).map_or(&[][..], Vec::as_slice);
            for &tag in &self.blocks[cell.block as usize].groups {
                let mut wound = corners.to_vec();
                if tag < 0 {
                    wound.reverse();
                }
                let winds = |f: &&Facet| {
                    let mut theirs = facet_corners(mesh, **f);
                    let at = theirs.iter().position(|n| *n == wound[0]).unwrap_or(0);
                    theirs.rotate_left(at);
                    theirs == wound
                };
                let facet = facets.iter().find(winds).or(facets.first());
                let loose = || self.error(cell.span.clone(), MshFault::LooseFace);
                let facet = *facet.ok_or_else(loose)?;
                let group = found.entry(tag.abs());
                let group = group.or_insert_with(|| (cell.span.clone(), Vec::new()));
                group.1.push(facet);
            }
        }
        for (tag, (span, facets)) in found {
            let members = MshMembers::Facets(facets);
            groups.insert((2, tag), self.group((2, tag), span, members));
        }
        Ok(())
    }

    /// The faces of solids that those of physical surfaces lie on, by their corners.
    fn sides(&self, mesh: &TetMesh) -> BTreeMap<[u32; 4], Vec<Facet>> {
        let faces = self.of_dimension(2);
        let mut sides: BTreeMap<[u32; 4], Vec<Facet>> = faces
            .map(|cell| (key(self.corners(cell)), Vec::new()))
            .collect();
        if sides.is_empty() {
            return sides;
        }
        for (element, (kind, _)) in (0u32..).zip(mesh.blocks.elements()) {
            for face in 0..kind.reference().face_count() as u8 {
                let facet = Facet { element, face };
                if let Some(found) = sides.get_mut(&key(&facet_corners(mesh, facet))) {
                    found.push(facet);
                }
            }
        }
        sides
    }

    fn points_and_curves(&self, groups: &mut Groups) {
        for dimension in [0, 1] {
            let mut found: BTreeMap<i64, (Range<usize>, Vec<u32>)> = BTreeMap::new();
            for cell in self.of_dimension(dimension) {
                for tag in &self.blocks[cell.block as usize].groups {
                    let group = found.entry(tag.abs());
                    let group = group.or_insert_with(|| (cell.span.clone(), Vec::new()));
                    group.1.extend(&self.cell_nodes[cell.nodes.clone()]);
                }
            }
            for (tag, (span, mut nodes)) in found {
                nodes.sort_unstable();
                nodes.dedup();
                let members = MshMembers::Nodes { dimension, nodes };
                let key = (dimension, tag);
                groups.insert(key, self.group(key, span, members));
            }
        }
    }

    fn of_dimension(&self, dimension: u8) -> impl Iterator<Item = &Cell> {
        let of = move |c: &&Cell| self.blocks[c.block as usize].dimension == dimension;
        self.cells.iter().filter(of)
    }

    /// Corners of a triangle or quadrangle.
    fn corners(&self, cell: &Cell) -> &[u32] {
        let count = if is_triangle(cell) { 3 } else { 4 };
        &self.cell_nodes[cell.nodes.clone()][..count]
    }

    /// A group with its name; blanks and quotes alone are no name.
    fn group(&self, key: GroupKey, first: Range<usize>, members: MshMembers) -> MshGroup {
        let (dimension, tag) = key;
        let what = ["point", "curve", "surface", "volume"][usize::from(dimension)];
        let says_something = |name: &str| name.contains(|c: char| !c.is_whitespace() && c != '"');
        match self.names.get(&key).filter(|n| says_something(n.text)) {
            Some(name) => MshGroup {
                name: name.text.to_owned(),
                span: name.span(),
                members,
            },
            None => MshGroup {
                name: format!("{what} {tag}"),
                span: first,
                members,
            },
        }
    }
}

fn is_triangle(cell: &Cell) -> bool {
    matches!(cell.kind, 2 | 9)
}

/// The corners of a face in one order; a triangle has no fourth.
fn key(corners: &[u32]) -> [u32; 4] {
    let mut key = [u32::MAX; 4];
    key[..corners.len()].copy_from_slice(corners);
    key.sort_unstable();
    key
}

/// Corners of a facet, counter-clockwise seen from outside.
fn facet_corners(mesh: &TetMesh, facet: Facet) -> Vec<u32> {
    let table = mesh.kind_of(facet.element as usize).reference();
    let mut nodes = all_nodes(mesh, facet);
    nodes.truncate(table.face_corner_count(facet.face as usize));
    nodes
}

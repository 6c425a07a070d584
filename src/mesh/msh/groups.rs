//! What was read as a mesh with its physical groups.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{MshError, MshFault};
use super::sections::{Cell, GroupKey, Parser, TET4, TET10};
use super::{MshGroup, MshMembers, MshMesh};
use crate::mesh::{ElementKind, FACES, Facet, TetMesh};

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

    /// The tetrahedra, all of one kind.
    fn solids(&self) -> Result<Vec<usize>, MshError> {
        let all = (0..self.cells.len()).filter(|&c| matches!(self.cells[c].kind, TET4 | TET10));
        let solids: Vec<usize> = all.collect();
        let Some(&first) = solids.first() else {
            let line = self.words.text.find('\n').unwrap_or(self.words.text.len());
            return Err(self.error(0..line, MshFault::Empty));
        };
        let kind = self.cells[first].kind;
        match solids.iter().find(|&&c| self.cells[c].kind != kind) {
            None => Ok(solids),
            Some(&c) => {
                let cell = &self.cells[c];
                let advice = "one kind of tetrahedra is";
                Err(self.element_type(cell.span.clone(), cell.kind, advice))
            }
        }
    }

    fn elements(&self, solids: &[usize], element_of: &[u32]) -> Result<MshMesh, MshError> {
        let kind = match self.cells[solids[0]].kind {
            TET4 => ElementKind::Tet4,
            _ => ElementKind::Tet10,
        };
        let size = kind.node_count();
        let mut mesh = TetMesh {
            kind,
            nodes: self.positions.clone(),
            connectivity: Vec::new(),
            region_of: Vec::new(),
            regions: vec!["mesh".into()],
            surfaces: Vec::new(),
        };
        let (mut labels, mut spans) = (Vec::new(), Vec::new());
        for (&c, &e) in solids.iter().zip(element_of) {
            let cell = &self.cells[c];
            let nodes = &self.cell_nodes[cell.nodes.clone()];
            if e as usize == labels.len() {
                mesh.connectivity.extend_from_slice(nodes);
                mesh.region_of.push(0);
                labels.push(cell.label);
                spans.push(cell.span.clone());
            } else if mesh.volume(e as usize) <= 0.0 {
                // The copy for a group of a negative tag is reversed: another one is not.
                mesh.connectivity[size * e as usize..][..size].copy_from_slice(nodes);
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
            if !is_triangle(cell) {
                return Err(self.error(cell.span.clone(), MshFault::LooseFace));
            }
            let facets = sides.get(&sorted(corners)).map_or(&[][..], Vec::as_slice);
            for &tag in &self.blocks[cell.block as usize].groups {
                let [a, b, c] = corners;
                let wound = if tag < 0 { [a, c, b] } else { corners };
                let winds = |f: &&Facet| {
                    let [a, b, c] = mesh.facet_nodes(**f);
                    [[a, b, c], [b, c, a], [c, a, b]].contains(&wound)
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

    /// The faces of tetrahedra that triangles of physical surfaces lie on, by their sorted corners.
    fn sides(&self, mesh: &TetMesh) -> BTreeMap<[u32; 3], Vec<Facet>> {
        let triangles = self.of_dimension(2).filter(|c| is_triangle(c));
        let mut sides: BTreeMap<[u32; 3], Vec<Facet>> = triangles
            .map(|cell| (sorted(self.corners(cell)), Vec::new()))
            .collect();
        if sides.is_empty() {
            return sides;
        }
        for element in 0..mesh.element_count() as u32 {
            for face in 0..FACES.len() as u8 {
                let facet = Facet { element, face };
                if let Some(found) = sides.get_mut(&sorted(mesh.facet_nodes(facet))) {
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

    fn corners(&self, cell: &Cell) -> [u32; 3] {
        let nodes = &self.cell_nodes[cell.nodes.clone()];
        [nodes[0], nodes[1], nodes[2]]
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

fn sorted(mut corners: [u32; 3]) -> [u32; 3] {
    corners.sort_unstable();
    corners
}

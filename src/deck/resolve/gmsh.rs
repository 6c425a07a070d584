//! A mesh of Gmsh's: its nodes and elements under Gmsh's numbers, its physical groups as sets and
//! surfaces. Other than the cards of a deck, groups whose names a deck cannot tell apart are refused.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Resolver;
use crate::deck::DeckSurface;
use crate::deck::error::DeckError;
use crate::deck::lines::{IncludedMesh, Spot, folded};
use crate::mesh::Facet;
use crate::mesh::msh::{MshGroup, MshMembers};

/// The set of all nodes of a mesh.
const ALL_NODES: &str = "NALL";

impl IncludedMesh {
    fn spot(&self, span: &Range<usize>) -> Spot {
        Spot {
            file: self.file,
            start: span.start,
            end: span.end,
        }
    }
}

impl Resolver {
    pub(super) fn mesh_nodes(&mut self, mesh: &IncludedMesh) -> Result<(), DeckError> {
        let read = &mesh.read;
        let first = self.nodes.labels.len() as u32;
        let places = read.node_labels.iter().zip(&read.node_spans);
        for ((&label, span), &position) in places.zip(&read.mesh.nodes) {
            self.add_node(label, position, mesh.spot(span))?;
        }
        let all = self.node_sets.entry(ALL_NODES.into()).or_default();
        all.extend(first..self.nodes.labels.len() as u32);
        Ok(())
    }

    pub(super) fn mesh_elements(&mut self, mesh: &IncludedMesh) -> Result<(), DeckError> {
        let read = &mesh.read;
        let indices: Vec<u32> = (read.node_labels.iter().zip(&read.node_spans))
            .map(|(&label, span)| self.node(label, mesh.spot(span)))
            .collect::<Result<_, _>>()?;
        let first = self.elements.labels.len() as u32;
        for (e, (&label, span)) in (read.element_labels.iter().zip(&read.element_spans)).enumerate()
        {
            let nodes = read.mesh.element(e).iter();
            let nodes: Vec<u32> = nodes.map(|&n| indices[n as usize]).collect();
            self.add_element(Some(read.mesh.kind_of(e)), label, &nodes, mesh.spot(span))?;
        }
        self.mesh_groups(mesh, first, &indices)
    }

    /// Groups as sets; `first` and `indices` are the deck's numbers of the mesh's elements and nodes.
    fn mesh_groups(
        &mut self,
        mesh: &IncludedMesh,
        first: u32,
        indices: &[u32],
    ) -> Result<(), DeckError> {
        let (mut volumes, mut surfaces) = (Seen::new(), Seen::new());
        let (mut curves, mut points) = (Seen::new(), Seen::new());
        // From volumes down: a surface's nodes are its set, whatever curve has its name.
        for group in mesh.read.groups.iter().rev() {
            let spot = mesh.spot(&group.span);
            let name = folded(&group.name);
            match &group.members {
                MshMembers::Elements(elements) => {
                    self.unseen(&mut volumes, mesh, group)?;
                    let set = self.element_sets.entry(name).or_default();
                    set.extend(elements.iter().map(|e| first + e));
                }
                MshMembers::Facets(facets) => {
                    self.not_all(mesh, group)?;
                    self.unseen(&mut surfaces, mesh, group)?;
                    self.mesh_surface(group, spot, facets, first)?;
                }
                MshMembers::Nodes { dimension, nodes } => {
                    self.not_all(mesh, group)?;
                    let lower = if *dimension == 1 {
                        &mut curves
                    } else {
                        &mut points
                    };
                    self.unseen(lower, mesh, group)?;
                    let above = [&surfaces, &curves];
                    let above = &above[..usize::from(2 - dimension)];
                    if above.iter().any(|seen| seen.contains_key(&name)) {
                        let text = format!(
                            "another physical group of a higher dimension is called `{}`, too; \
                             the node set has that one's nodes only",
                            group.name
                        );
                        self.note(spot, &text);
                        continue;
                    }
                    let set = self.node_sets.entry(name).or_default();
                    set.extend(nodes.iter().map(|&n| indices[n as usize]));
                }
            }
        }
        Ok(())
    }

    fn mesh_surface(
        &mut self,
        group: &MshGroup,
        spot: Spot,
        facets: &[Facet],
        first: u32,
    ) -> Result<(), DeckError> {
        let mut facets: Vec<Facet> = (facets.iter())
            .map(|f| Facet {
                element: f.element + first,
                face: f.face,
            })
            .collect();
        self.sort_facets((&group.name, spot), &mut facets);
        let nodes = facets.iter().flat_map(|f| self.elements.facet_nodes(*f));
        let mut nodes: Vec<u32> = nodes.collect();
        nodes.sort_unstable();
        nodes.dedup();
        let name = folded(&group.name);
        self.new_surface(&name, &group.name, spot)?;
        self.node_sets
            .entry(name.clone())
            .or_default()
            .extend(nodes);
        self.surfaces.insert(name, DeckSurface::Facets(facets));
        Ok(())
    }

    /// Refuses a second group of one dimension with the same name for a deck.
    fn unseen(
        &self,
        seen: &mut Seen,
        mesh: &IncludedMesh,
        group: &MshGroup,
    ) -> Result<(), DeckError> {
        let spot = mesh.spot(&group.span);
        match seen.insert(folded(&group.name), (group.name.clone(), spot)) {
            None => Ok(()),
            Some((other, first)) => {
                let line = self.texts.place(first).line();
                let error = self.texts.refuse(spot, format!(
                    "the physical groups `{}` and `{other}` (line {line}) have one name in a deck",
                    group.name
                ));
                Err(error.with_help(
                    "letters' case, blanks and quotes do not count there; rename one in Gmsh",
                ))
            }
        }
    }

    /// Refuses a group of nodes that has the name of all nodes.
    fn not_all(&self, mesh: &IncludedMesh, group: &MshGroup) -> Result<(), DeckError> {
        if folded(&group.name) != ALL_NODES {
            return Ok(());
        }
        let error = self.texts.refuse(
            mesh.spot(&group.span),
            format!(
                "the physical group `{}` has the name of the set of all nodes",
                group.name
            ),
        );
        Err(error.with_help("rename it in Gmsh"))
    }
}

/// Folded names of groups of one dimension, as they are written and where.
type Seen = BTreeMap<String, (String, Spot)>;

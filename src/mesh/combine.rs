//! Several bodies in one mesh. Their nodes stay their own: bodies are joined by ties or contact,
//! never by shared nodes.

use std::ops::Range;

use super::error::MeshError;
use super::{Blocks, Surface, TetMesh};
use crate::tensor::Vec3;

/// Where one body of a concatenated mesh lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name of the body.
    pub name: String,
    /// Its elements.
    pub elements: Range<usize>,
    /// Its nodes.
    pub nodes: Range<usize>,
}

/// One mesh of several, in the given order, and where each of them lies. Surfaces are renamed
/// "body.surface", regions "body.region"; names that are the body's, or begin with it already,
/// stay.
pub fn concatenate(meshes: &[(&str, &TetMesh)]) -> Result<(TetMesh, Vec<Part>), MeshError> {
    let mut all = TetMesh {
        nodes: Vec::new(),
        blocks: Blocks::default(),
        region_of: Vec::new(),
        regions: Vec::new(),
        surfaces: Vec::new(),
    };
    let mut parts = Vec::new();
    for (name, mesh) in meshes {
        let kinds = (all.blocks.only_kind(), mesh.blocks.only_kind());
        if all.blocks.count() > 0 && kinds.0 != kinds.1 {
            return Err(MeshError::MixedKinds {
                name: name.to_string(),
            });
        }
        let (nodes, elements) = (all.nodes.len(), all.element_count());
        let regions = all.regions.len() as u32;
        all.nodes.extend_from_slice(&mesh.nodes);
        all.blocks.append(&mesh.blocks, nodes as u32);
        all.region_of
            .extend(mesh.region_of.iter().map(|r| r + regions));
        all.regions
            .extend(mesh.regions.iter().map(|r| prefixed(name, r)));
        all.surfaces.extend(mesh.surfaces.iter().map(|s| {
            let mut facets = s.facets.clone();
            facets.iter_mut().for_each(|f| f.element += elements as u32);
            Surface {
                name: prefixed(name, &s.name),
                facets,
            }
        }));
        parts.push(Part {
            name: name.to_string(),
            elements: elements..all.element_count(),
            nodes: nodes..all.nodes.len(),
        });
    }
    Ok((all, parts))
}

fn prefixed(body: &str, name: &str) -> String {
    let has_it = name
        .strip_prefix(body)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    if has_it {
        name.to_string()
    } else {
        format!("{body}.{name}")
    }
}

impl TetMesh {
    /// The mesh moved by `shift` mm.
    pub fn translated(mut self, shift: Vec3) -> Self {
        self.nodes.iter_mut().for_each(|p| *p += shift);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::structured::box_mesh;
    use crate::tensor::Point;

    #[test]
    fn two_boxes_keep_their_nodes_apart_and_their_names_told_apart() {
        let low = box_mesh(ElementKind::Tet10, [1, 2, 1], Point::from);
        let mut high = low.clone().translated(Vec3::new(0.0, 0.0, 1.0));
        high.regions[0] = "cage".to_string();
        high.surfaces[0].name = "cage.side".to_string();
        let (all, parts) = concatenate(&[("bone", &low), ("cage", &high)]).unwrap();
        assert_eq!(all.regions, ["bone.box", "cage"]);
        assert_eq!(parts[1].nodes, low.nodes.len()..2 * low.nodes.len());
        assert_eq!(parts[1].elements, 12..24);
        let top = all.surface("cage.z1").unwrap();
        for &f in &top.facets {
            assert!(parts[1].elements.contains(&(f.element as usize)));
            assert!(
                all.facet_corners(f)
                    .iter()
                    .all(|p| (p.z - 2.0).abs() < 1e-12)
            );
        }
        assert!(all.surface("cage.side").is_some());
        assert!(all.surface("bone.x0").is_some());
        for e in 0..all.element_count() {
            let part = &parts[all.region_of[e] as usize];
            assert!(
                all.element(e)
                    .iter()
                    .all(|&n| part.nodes.contains(&(n as usize)))
            );
        }
    }

    #[test]
    fn linear_and_quadratic_meshes_do_not_mix() {
        let linear = box_mesh(ElementKind::Tet4, [1, 1, 1], Point::from);
        let quadratic = box_mesh(ElementKind::Tet10, [1, 1, 1], Point::from);
        let outcome = concatenate(&[("a", &linear), ("b", &quadratic)]);
        assert_eq!(outcome, Err(MeshError::MixedKinds { name: "b".into() }));
    }
}

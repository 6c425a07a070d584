//! Named surfaces to facets, nodes and supports. A selection that finds nothing is an error that
//! names what there is.

use super::{BoundaryError, FixedDof};
use crate::element::face::face_points;
use crate::mesh::boundary::{facet_node_set, facet_places};
use crate::mesh::{Facet, TetMesh};
use crate::tensor::{Point, Vec3};

/// Facets of the surface called `name`.
///
/// # Errors
/// No such surface, or one without facets.
pub fn select_surface<'a>(mesh: &'a TetMesh, name: &str) -> Result<&'a [Facet], BoundaryError> {
    let surface = mesh
        .surface(name)
        .ok_or_else(|| BoundaryError::UnknownSurface {
            name: name.to_string(),
            known: mesh.surfaces.iter().map(|s| s.name.clone()).collect(),
        })?;
    if surface.facets.is_empty() {
        return Err(BoundaryError::EmptySurface {
            name: name.to_string(),
            known: mesh
                .surfaces
                .iter()
                .filter(|s| !s.facets.is_empty())
                .map(|s| s.name.clone())
                .collect(),
        });
    }
    Ok(&surface.facets)
}

/// Fixes the three dofs of every node of the surface called `name`.
///
/// # Errors
/// As [`select_surface`].
pub fn clamp_surface(mesh: &TetMesh, name: &str) -> Result<Vec<FixedDof>, BoundaryError> {
    fix_surface(mesh, name, &[0, 1, 2])
}

/// Fixes the dofs along `axes` of every node of the surface called `name` (a roller for one axis).
///
/// # Errors
/// As [`select_surface`].
pub fn fix_surface(
    mesh: &TetMesh,
    name: &str,
    axes: &[u8],
) -> Result<Vec<FixedDof>, BoundaryError> {
    let facets = select_surface(mesh, name)?;
    let fixed = facet_node_set(mesh, facets)
        .into_iter()
        .flat_map(|node| {
            axes.iter().map(move |&axis| FixedDof {
                node,
                axis,
                value: 0.0,
            })
        })
        .collect();
    Ok(fixed)
}

/// Area (mm²) and centroid (mm) of facets.
///
/// # Errors
/// No facets, or facets without area.
pub fn facet_centroid(mesh: &TetMesh, facets: &[Facet]) -> Result<(f64, Point), BoundaryError> {
    if facets.is_empty() {
        return Err(BoundaryError::NothingCoupled);
    }
    let (mut area, mut first) = (0.0, Vec3::zeros());
    for &facet in facets {
        let kind = mesh.kind_of(facet.element as usize);
        if kind.is_tetrahedron() {
            let a = mesh.facet_area_vector(facet).norm();
            let sum: Vec3 = mesh.facet_corners(facet).iter().map(|p| p.coords).sum();
            area += a;
            first += sum * (a / 3.0);
            continue;
        }
        let x = facet_places(mesh, facet);
        for point in face_points(kind, &x) {
            let a = point.area.norm();
            area += a;
            for (x, share) in x.iter().zip(point.values) {
                first += a * share * x.coords;
            }
        }
    }
    if area > 0.0 {
        Ok((area, Point::from(first / area)))
    } else {
        Err(BoundaryError::NoArea {
            facets: facets.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::{Blocks, ElementKind, Surface};

    fn two_tets() -> TetMesh {
        let facet = |element, face| Facet { element, face };
        TetMesh {
            nodes: vec![
                Point::new(0.0, 0.0, 0.0),
                Point::new(1.0, 0.0, 0.0),
                Point::new(0.0, 1.0, 0.0),
                Point::new(0.0, 0.0, 1.0),
                Point::new(0.0, 0.0, -3.0),
            ],
            blocks: Blocks::of(ElementKind::Tet4, vec![0, 1, 2, 3, 0, 2, 1, 4]),
            region_of: vec![0; 2],
            regions: vec!["r".into()],
            surfaces: vec![
                Surface {
                    name: "top".into(),
                    facets: vec![facet(0, 2), facet(0, 1)],
                },
                Surface {
                    name: "nothing".into(),
                    facets: Vec::new(),
                },
            ],
        }
    }

    #[test]
    fn a_clamp_holds_every_node_of_the_surface_along_every_axis() {
        let fixed = clamp_surface(&two_tets(), "top").unwrap();
        let dofs: Vec<(u32, u8)> = fixed.iter().map(|f| (f.node, f.axis)).collect();
        let expected: Vec<(u32, u8)> = (0..4).flat_map(|n| (0..3).map(move |a| (n, a))).collect();
        assert_eq!(dofs, expected);
        let roller = fix_surface(&two_tets(), "top", &[2]).unwrap();
        assert!(roller.len() == 4 && roller.iter().all(|f| f.axis == 2 && f.value == 0.0));
    }

    #[test]
    fn an_empty_or_unknown_surface_is_refused_with_the_names_there_are() {
        let unknown = clamp_surface(&two_tets(), "bottom")
            .unwrap_err()
            .to_string();
        assert!(unknown.contains("\"bottom\"") && unknown.contains("top, nothing"));
        let empty = clamp_surface(&two_tets(), "nothing").unwrap_err();
        assert!(
            matches!(empty, BoundaryError::EmptySurface { ref known, .. } if known == &["top"])
        );
    }

    #[test]
    fn area_and_centroid_of_a_facet_are_those_of_its_triangle() {
        let facet = Facet {
            element: 0,
            face: 1,
        };
        let (area, centroid) = facet_centroid(&two_tets(), &[facet]).unwrap();
        assert!((area - 0.5).abs() < 1e-15);
        assert!((centroid - Point::new(1.0 / 3.0, 0.0, 1.0 / 3.0)).norm() < 1e-15);
    }
}

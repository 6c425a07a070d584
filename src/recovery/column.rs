//! How stiff a vertebra is as a piece of the column.

use crate::boundary::{BoundaryError, Coupling, facet_centroid};
use crate::mesh::{Facet, Mesh};
use crate::tensor::{Point, Vec3};

/// A vertebra between its endplates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnPiece {
    /// Distance of the endplates' centroids, mm.
    pub height: f64,
    /// Force along it over its shortening, N/mm.
    pub stiffness: f64,
}

/// Height and stiffness of a vertebra under `force` (N), by the mean motion of its superior and its
/// inferior endplate; `None` where the force does not shorten it.
///
/// # Errors
/// An endplate without facets or area.
pub fn column_piece(
    mesh: &Mesh,
    [superior, inferior]: [&[Facet]; 2],
    displacement: &[Vec3],
    force: &Vec3,
) -> Result<Option<ColumnPiece>, BoundaryError> {
    let face = |facets: &[Facet]| -> Result<(Point, Vec3), BoundaryError> {
        let (_, centroid) = facet_centroid(mesh, facets)?;
        let motion = Coupling::on_surface(mesh, facets, centroid)?.mean_motion(displacement);
        Ok((centroid, Vec3::new(motion[0], motion[1], motion[2])))
    };
    let (top, moved_top) = face(superior)?;
    let (bottom, moved_bottom) = face(inferior)?;
    let along = (top - bottom).normalize();
    let shortening = (moved_bottom - moved_top).dot(&along);
    let force = -force.dot(&along);
    Ok((force > 0.0 && shortening > 0.0).then(|| ColumnPiece {
        height: (top - bottom).norm(),
        stiffness: force / shortening,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::ElementKind;
    use crate::mesh::boundary::boundary_facets;
    use crate::mesh::structured::box_mesh;

    /// A bar of 2 × 3 × 5 mm shortened by 0.01 mm under 60 N, moved sideways and turned besides.
    #[test]
    fn a_bar_has_its_height_and_its_stiffness() {
        let mesh = box_mesh(ElementKind::Tet10, [2, 2, 2], |[x, y, z]| {
            Point::new(2.0 * x, 3.0 * y, 5.0 * z)
        });
        let facets = boundary_facets(&mesh);
        let at = |z: f64| -> Vec<Facet> {
            let on = |f: &Facet| mesh.facet_corners(*f).iter().all(|p| p.z == z);
            facets.iter().copied().filter(on).collect()
        };
        let moved: Vec<Vec3> = mesh
            .nodes
            .iter()
            .map(|p| Vec3::new(0.3, -0.1, 0.02 - 0.002 * p.z) + Vec3::z().cross(&p.coords) * 0.01)
            .collect();
        let force = Vec3::new(4.0, 0.0, -60.0);
        let (top, bottom) = (at(5.0), at(0.0));
        let found = column_piece(&mesh, [&top, &bottom], &moved, &force)
            .unwrap()
            .unwrap();
        assert!((found.height - 5.0).abs() < 1e-12);
        assert!(
            (found.stiffness - 6000.0).abs() < 1e-6,
            "{}",
            found.stiffness
        );
        let pulled = column_piece(&mesh, [&top, &bottom], &moved, &-force).unwrap();
        assert_eq!(pulled, None);
    }
}

//! The element kinds, one table a kind: nodes, edges, faces, quadrature points, node orders and
//! names of every format. What serves mesh files, decks, VTU, loads and recovery is read off here,
//! so that another kind is another row.
//!
//! ```text
//!      Hexahedron                      Wedge
//!         7---14----6                     5
//!        /|        /|                    /|\            natural coordinates
//!      15 19     13 18                 11 | 10            hexahedron  ξ, η, ζ in −1 … 1
//!      /  |      /  |                  / 14  \            wedge       L₁, L₂, L₀ = 1 − L₁ − L₂,
//!     4----12---5   |                 3---9---4                       ζ in −1 … 1
//!     |   3--10-|---2                 |   |   |           tetrahedron L₁, L₂, L₃
//!    16  /     17  /                 12   2   13
//!     | 11      | 9                   |  / \  |
//!     |/        |/                    | 8   7 |
//!     0----8----1                     0---6---1
//! ```
//! Corners first, then the middle nodes edge by edge: Abaqus' order, which is CalculiX's and VTK's.
//! Tetrahedra are drawn in [`crate::mesh`]. Must not know any node's place.

use crate::tensor::Vec3;

mod topology;
mod points;
mod shapes;

pub use shapes::Shapes;
pub use topology::{EDGES, FACES, FACES_QUADRATIC, MOST_NODES};
use topology::{
    HEXAHEDRON_CORNERS, HEXAHEDRON_EDGES, HEXAHEDRON_FACES, TETRAHEDRON_CORNERS, TETRAHEDRON_FACES,
    WEDGE_CORNERS, WEDGE_EDGES, WEDGE_FACES,
};

/// A kind of element: a shape, its nodes and how it is integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ElementKind {
    /// Linear tetrahedron, 4 nodes.
    Tet4,
    /// Quadratic tetrahedron, 10 nodes.
    Tet10,
    /// Linear hexahedron, full integration.
    Hex8,
    /// Linear hexahedron with nine incompatible modes.
    Hex8Incompatible,
    /// Quadratic hexahedron without nodes on faces, full integration.
    Hex20,
    /// The same with the eight points of the linear one.
    Hex20Reduced,
    /// Linear wedge, two points.
    Wedge6,
    /// Quadratic wedge, nine points.
    Wedge15,
}

/// Which polyhedron an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solid {
    /// Four corners.
    Tetrahedron,
    /// Eight corners.
    Hexahedron,
    /// Six corners.
    Wedge,
}

/// What is known of a kind of element.
#[derive(Debug)]
pub struct Reference {
    /// The kind.
    pub kind: ElementKind,
    /// Its polyhedron.
    pub solid: Solid,
    /// Whether its edges have middle nodes.
    pub quadratic: bool,
    /// Its type in decks.
    pub deck_type: &'static str,
    /// Its cell type in VTK.
    pub vtk: i32,
    /// Its element type in Gmsh; kinds that differ in their integration share it.
    pub gmsh: i64,
    /// Which of Gmsh's nodes each of ours is.
    pub gmsh_nodes: &'static [usize],
    /// Quadrature points in natural coordinates and their weights, in CalculiX's order.
    pub points: &'static [[f64; 4]],
}

/// Gmsh's order of a hexahedron's twenty nodes.
const GMSH_HEXAHEDRON_20: [usize; 20] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 9, 16, 18, 19, 17, 10, 12, 14, 15,
];

/// Every kind.
pub const REFERENCES: [Reference; 8] = [
    Reference {
        kind: ElementKind::Tet4,
        solid: Solid::Tetrahedron,
        quadratic: false,
        deck_type: "C3D4",
        vtk: 10,
        gmsh: 4,
        gmsh_nodes: &[0, 1, 2, 3],
        points: &points::TETRAHEDRON_1,
    },
    Reference {
        kind: ElementKind::Tet10,
        solid: Solid::Tetrahedron,
        quadratic: true,
        deck_type: "C3D10",
        vtk: 24,
        gmsh: 11,
        gmsh_nodes: &[0, 1, 2, 3, 4, 5, 6, 7, 9, 8],
        points: &points::TETRAHEDRON_4,
    },
    Reference {
        kind: ElementKind::Hex8,
        solid: Solid::Hexahedron,
        quadratic: false,
        deck_type: "C3D8",
        vtk: 12,
        gmsh: 5,
        gmsh_nodes: &[0, 1, 2, 3, 4, 5, 6, 7],
        points: &points::HEXAHEDRON_8,
    },
    Reference {
        kind: ElementKind::Hex8Incompatible,
        solid: Solid::Hexahedron,
        quadratic: false,
        deck_type: "C3D8I",
        vtk: 12,
        gmsh: 5,
        gmsh_nodes: &[0, 1, 2, 3, 4, 5, 6, 7],
        points: &points::HEXAHEDRON_8,
    },
    Reference {
        kind: ElementKind::Hex20,
        solid: Solid::Hexahedron,
        quadratic: true,
        deck_type: "C3D20",
        vtk: 25,
        gmsh: 17,
        gmsh_nodes: &GMSH_HEXAHEDRON_20,
        points: &points::HEXAHEDRON_27,
    },
    Reference {
        kind: ElementKind::Hex20Reduced,
        solid: Solid::Hexahedron,
        quadratic: true,
        deck_type: "C3D20R",
        vtk: 25,
        gmsh: 17,
        gmsh_nodes: &GMSH_HEXAHEDRON_20,
        points: &points::HEXAHEDRON_8,
    },
    Reference {
        kind: ElementKind::Wedge6,
        solid: Solid::Wedge,
        quadratic: false,
        deck_type: "C3D6",
        vtk: 13,
        gmsh: 6,
        gmsh_nodes: &[0, 1, 2, 3, 4, 5],
        points: &points::WEDGE_2,
    },
    Reference {
        kind: ElementKind::Wedge15,
        solid: Solid::Wedge,
        quadratic: true,
        deck_type: "C3D15",
        vtk: 26,
        gmsh: 18,
        gmsh_nodes: &[0, 1, 2, 3, 4, 5, 6, 9, 7, 12, 14, 13, 8, 10, 11],
        points: &points::WEDGE_9,
    },
];

impl ElementKind {
    /// Its table.
    pub const fn reference(self) -> &'static Reference {
        &REFERENCES[self as usize]
    }

    /// Nodes per element.
    pub const fn node_count(self) -> usize {
        let reference = self.reference();
        let corners = reference.corner_count();
        match reference.quadratic {
            true => corners + reference.edges().len(),
            false => corners,
        }
    }

    /// Whether it is a tetrahedron.
    pub const fn is_tetrahedron(self) -> bool {
        matches!(self, Self::Tet4 | Self::Tet10)
    }

    /// Whether its edges have middle nodes.
    pub const fn is_quadratic(self) -> bool {
        self.reference().quadratic
    }

    /// Whether it can deform without energy other than as a rigid body.
    pub const fn has_zero_energy_modes(self) -> bool {
        matches!(self, Self::Hex20Reduced | Self::Wedge6)
    }

    /// The kind of that type in decks.
    pub fn of_deck_type(name: &str) -> Option<Self> {
        let mut all = REFERENCES.iter();
        all.find(|r| r.deck_type == name).map(|r| r.kind)
    }

    /// The kind of Gmsh's type; full integration where several have it.
    pub fn of_gmsh(number: i64) -> Option<Self> {
        let mut all = REFERENCES.iter();
        all.find(|r| r.gmsh == number).map(|r| r.kind)
    }
}

impl Reference {
    /// Number of corners.
    pub const fn corner_count(&self) -> usize {
        match self.solid {
            Solid::Tetrahedron => 4,
            Solid::Hexahedron => 8,
            Solid::Wedge => 6,
        }
    }

    /// Corner pairs of the edges; middle node `corner_count() + e` lies on edge e.
    pub const fn edges(&self) -> &'static [[usize; 2]] {
        match self.solid {
            Solid::Tetrahedron => &EDGES,
            Solid::Hexahedron => &HEXAHEDRON_EDGES,
            Solid::Wedge => &WEDGE_EDGES,
        }
    }

    /// The edges that have a middle node, with it.
    pub fn middles(&self) -> impl Iterator<Item = (usize, [usize; 2])> {
        let first = self.corner_count();
        let edges = if self.quadratic { self.edges() } else { &[] };
        (first..).zip(edges.iter().copied())
    }

    /// Number of faces.
    pub const fn face_count(&self) -> usize {
        match self.solid {
            Solid::Tetrahedron => 4,
            Solid::Hexahedron => 6,
            Solid::Wedge => 5,
        }
    }

    /// Local nodes of face `f`, which decks call S(f + 1): corners counter-clockwise seen from
    /// outside, then the middle nodes behind each of them.
    pub fn face(&self, f: usize) -> &'static [usize] {
        let all: &[&'static [usize]] = match self.solid {
            Solid::Tetrahedron => &TETRAHEDRON_FACES,
            Solid::Hexahedron => &HEXAHEDRON_FACES,
            Solid::Wedge => &WEDGE_FACES,
        };
        match self.quadratic {
            true => all[f],
            false => &all[f][..all[f].len() / 2],
        }
    }

    /// Number of corners of face `f`.
    pub fn face_corner_count(&self, f: usize) -> usize {
        let nodes = self.face(f).len();
        if self.quadratic { nodes / 2 } else { nodes }
    }

    /// Shape functions and their slopes at natural coordinates.
    pub fn shapes(&self, at: [f64; 3]) -> Shapes {
        match self.solid {
            Solid::Tetrahedron => shapes::tetrahedron(at, self.quadratic),
            Solid::Hexahedron => shapes::hexahedron(at, self.quadratic),
            Solid::Wedge => shapes::wedge(at, self.quadratic),
        }
    }

    /// Points that see every deformation: those of the full rule where the kind's own are too few.
    pub const fn enough_points(&self) -> &'static [[f64; 4]] {
        match self.kind {
            ElementKind::Hex20Reduced => &points::HEXAHEDRON_27,
            ElementKind::Wedge6 => &points::WEDGE_6,
            _ => self.points,
        }
    }

    /// Natural coordinates of the nodes.
    pub fn places(&self) -> Vec<Vec3> {
        let corners: &[[i8; 3]] = match self.solid {
            Solid::Tetrahedron => &TETRAHEDRON_CORNERS,
            Solid::Hexahedron => &HEXAHEDRON_CORNERS,
            Solid::Wedge => &WEDGE_CORNERS,
        };
        let mut places: Vec<Vec3> = corners
            .iter()
            .map(|c| Vec3::from(c.map(f64::from)))
            .collect();
        for (_, [i, j]) in self.middles() {
            places.push(0.5 * (places[i] + places[j]));
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_table_stands_at_the_place_of_its_kind_and_counts_its_nodes() {
        let counts = [4, 10, 8, 8, 20, 20, 6, 15];
        for (reference, count) in REFERENCES.iter().zip(counts) {
            assert_eq!(reference.kind.reference().deck_type, reference.deck_type);
            assert_eq!(reference.kind.node_count(), count);
            assert_eq!(reference.places().len(), count);
            let gmsh: BTreeSet<usize> = reference.gmsh_nodes.iter().copied().collect();
            assert_eq!(gmsh, (0..count).collect());
            assert_eq!(
                ElementKind::of_deck_type(reference.deck_type),
                Some(reference.kind)
            );
        }
    }

    #[test]
    fn shape_functions_are_one_at_their_node_and_their_slopes_are_differences() {
        for reference in &REFERENCES {
            let places = reference.places();
            for (i, place) in places.iter().enumerate() {
                let at = reference.shapes((*place).into());
                for j in 0..places.len() {
                    let wanted = f64::from(i == j);
                    assert!(
                        (at.values[j] - wanted).abs() < 1e-14,
                        "{reference:?} {i} {j}"
                    );
                }
            }
            let (place, step) = (Vec3::new(0.21, 0.33, 0.17), 1e-5);
            for axis in 0..3 {
                let off = Vec3::ith(axis, step);
                let [low, high] = [place - off, place + off].map(|p| reference.shapes(p.into()));
                let at = reference.shapes(place.into());
                for j in 0..places.len() {
                    let slope = (high.values[j] - low.values[j]) / (2.0 * step);
                    assert!(
                        (at.slopes[j][axis] - slope).abs() < 1e-9,
                        "{reference:?} {j}"
                    );
                }
            }
        }
    }

    #[test]
    fn faces_are_wound_outward_and_close_and_their_middles_lie_on_their_edges() {
        for reference in &REFERENCES {
            let places = reference.places();
            let centre = places.iter().sum::<Vec3>() / places.len() as f64;
            let mut sum = Vec3::zeros();
            for f in 0..reference.face_count() {
                let (nodes, corners) = (reference.face(f), reference.face_corner_count(f));
                let mut area = Vec3::zeros();
                for k in 0..corners {
                    let (a, b) = (places[nodes[k]], places[nodes[(k + 1) % corners]]);
                    area += 0.5 * a.cross(&b);
                    if let Some(&m) = nodes.get(corners + k) {
                        assert!((places[m] - 0.5 * (a + b)).norm() < 1e-15);
                    }
                }
                assert!(
                    area.dot(&(places[nodes[0]] - centre)) > 0.0,
                    "{reference:?} {f}"
                );
                sum += area;
            }
            assert!(sum.norm() < 1e-14);
        }
    }

    #[test]
    fn points_weigh_the_volume_and_integrate_quadratics_where_they_should() {
        for reference in &REFERENCES {
            let volume = match reference.solid {
                Solid::Tetrahedron => 1.0 / 6.0,
                Solid::Hexahedron => 8.0,
                Solid::Wedge => 1.0,
            };
            let sum: f64 = reference.points.iter().map(|p| p[3]).sum();
            assert!((sum - volume).abs() < 1e-14);
            // ζ² over −1 … 1 has the mean 1/3.
            if reference.solid != Solid::Tetrahedron {
                let second: f64 = reference.points.iter().map(|p| p[3] * p[2] * p[2]).sum();
                assert!((second - volume / 3.0).abs() < 1e-14);
            }
        }
    }
}

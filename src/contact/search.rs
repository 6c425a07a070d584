//! Which parts of two surfaces face each other.
//!
//! Every facet of side A is the plane of its own search: the facets of side B whose normals
//! oppose it are projected onto it along its normal and clipped against it. So the pieces of one
//! facet of A lie side by side, and where B covers A their areas add up to A's area, flat or
//! curved. Over a piece the gap along the normal is linear; the piece is cut where it leaves the
//! allowed gap. The law that acts on the pieces is not known here.

use rayon::prelude::*;

use super::clip::{Point2, clip_half_plane, clip_triangle, polygon_area, polygon_quadrature};
use crate::geometry::Aabb;
use crate::mesh::{Facet, Mesh};
use crate::tensor::{Point, Vec3};

/// Pieces below this share of their facet's area are left out: round-off of touching triangles.
const SLIVER: f64 = 1e-12;

/// Boxes in a leaf of the tree.
const LEAF: usize = 4;

/// How far and how oblique two facets may face each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Largest gap (or overlap) along the normal of side A, mm.
    pub gap: f64,
    /// Largest angle between one normal and the other reversed, degrees.
    pub angle_deg: f64,
}

/// A place on a piece: where, its area (mm²) and the gap there (mm).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PiecePoint {
    /// The middle of the gap, mm.
    pub position: Point,
    /// Integration weight, mm² on side A.
    pub area: f64,
    /// Gap along the normal of side A, mm.
    pub gap: f64,
}

/// The part of a facet of side A that faces one facet of side B.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Facets of side A and B.
    pub facets: [Facet; 2],
    /// Unit outward normal of A's facet.
    pub normal: Vec3,
    /// Gradient of the gap in the plane of A's facet, mm/mm.
    pub slope: Vec3,
    /// Quadrature points, exact to degree 4 on the piece.
    pub points: Vec<PiecePoint>,
    /// Area, mm².
    pub area: f64,
    /// Smallest and largest gap, at its corners, mm.
    pub gaps: [f64; 2],
}

/// A facet's own plane with two axes in it.
struct Plane {
    origin: Point,
    axes: [Vec3; 2],
    normal: Vec3,
}

impl Plane {
    /// `None` for a facet without area.
    fn of(corners: &[Point; 3]) -> Option<Self> {
        let [a, b, c] = corners;
        let normal = (b - a).cross(&(c - a)).try_normalize(0.0)?;
        let first = (b - a).try_normalize(0.0)?;
        Some(Self {
            origin: *a,
            axes: [first, normal.cross(&first)],
            normal,
        })
    }

    fn project(&self, p: &Point) -> Point2 {
        let d = p - self.origin;
        Point2::new(self.axes[0].dot(&d), self.axes[1].dot(&d))
    }

    fn lift(&self, p: &Point2) -> Point {
        self.origin + self.axes[0] * p.x + self.axes[1] * p.y
    }
}

/// All pieces of side A that face side B within reach, in the order of A's facets, then B's.
pub fn find_pieces(mesh: &Mesh, a: &[Facet], b: &[Facet], reach: &Reach) -> Vec<Piece> {
    let boxes: Vec<Aabb> = b
        .iter()
        .filter_map(|f| Aabb::around(&mesh.facet_corners(*f)))
        .collect();
    let tree = BoxTree::build(&boxes);
    a.par_iter()
        .flat_map_iter(|&facet| {
            let near = Aabb::around(&mesh.facet_corners(facet))
                .map(|own| tree.overlapping(&own.grown(reach.gap)))
                .unwrap_or_default();
            near.into_iter()
                .filter_map(move |i| facing_piece(mesh, [facet, b[i as usize]], reach))
        })
        .collect()
}

/// The piece of two facets; `None` where they do not face each other.
fn facing_piece(mesh: &Mesh, facets: [Facet; 2], reach: &Reach) -> Option<Piece> {
    let [own, other] = facets.map(|f| mesh.facet_corners(f));
    let plane = Plane::of(&own)?;
    let other_normal = Plane::of(&other)?.normal;
    let facing = plane.normal.dot(&other_normal);
    if -facing < reach.angle_deg.to_radians().cos() {
        return None;
    }
    // gap(x) = (b₀ − x)·n_B / (n_A·n_B), linear in the plane of A: g₀ + slope·x.
    let slope = Point2::new(
        plane.axes[0].dot(&other_normal),
        plane.axes[1].dot(&other_normal),
    ) / -facing;
    let at_origin = (other[0] - plane.origin).dot(&other_normal) / facing;
    let own = own.map(|p| plane.project(&p));
    // Seen along A's normal the other facet winds the wrong way round.
    let other = [0, 2, 1].map(|i| plane.project(&other[i]));
    let mut polygon = clip_triangle(&own, &other);
    polygon = clip_half_plane(&polygon, &slope, reach.gap - at_origin);
    polygon = clip_half_plane(&polygon, &-slope, reach.gap + at_origin);
    let area = polygon_area(&polygon);
    if area <= SLIVER * polygon_area(&own) {
        return None;
    }
    let points = polygon_quadrature(&polygon)
        .into_iter()
        .map(|(p, area)| {
            let gap = at_origin + slope.dot(&p);
            PiecePoint {
                position: plane.lift(&p) + plane.normal * (0.5 * gap),
                area,
                gap,
            }
        })
        .collect();
    let corner_gaps = polygon.iter().map(|p| at_origin + slope.dot(p));
    let gaps = corner_gaps.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], gap| {
        [low.min(gap), high.max(gap)]
    });
    Some(Piece {
        gaps,
        facets,
        normal: plane.normal,
        slope: plane.axes[0] * slope.x + plane.axes[1] * slope.y,
        points,
        area,
    })
}

/// A binary tree of boxes, split at the median along the longest side.
struct BoxTree {
    nodes: Vec<TreeNode>,
    boxes: Vec<(u32, Aabb)>,
}

struct TreeNode {
    bounds: Aabb,
    /// Range of boxes of a leaf, or the two children.
    content: Content,
}

enum Content {
    Leaf(std::ops::Range<usize>),
    Children([usize; 2]),
}

fn overlap(a: &Aabb, b: &Aabb) -> bool {
    (0..3).all(|k| a.min[k] <= b.max[k] && b.min[k] <= a.max[k])
}

impl BoxTree {
    fn build(boxes: &[Aabb]) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            boxes: (0..).zip(boxes.iter().copied()).collect(),
        };
        let all = 0..boxes.len();
        tree.split(all);
        tree
    }

    /// Adds the node of a range of boxes and all below it; its number, or `None` for no boxes.
    fn split(&mut self, range: std::ops::Range<usize>) -> Option<usize> {
        let bounds = self.boxes[range.clone()]
            .iter()
            .map(|(_, b)| *b)
            .reduce(|a, b| a.union(&b))?;
        let number = self.nodes.len();
        self.nodes.push(TreeNode {
            bounds,
            content: Content::Leaf(range.clone()),
        });
        if range.len() > LEAF {
            let axis = bounds.size().imax();
            let middle = range.len() / 2;
            let centre = |b: &Aabb| b.min[axis] + b.max[axis];
            self.boxes[range.clone()]
                .sort_by(|(i, a), (j, b)| centre(a).total_cmp(&centre(b)).then(i.cmp(j)));
            let left = self.split(range.start..range.start + middle);
            let right = self.split(range.start + middle..range.end);
            if let (Some(left), Some(right)) = (left, right) {
                self.nodes[number].content = Content::Children([left, right]);
            }
        }
        Some(number)
    }

    /// Numbers of the boxes that overlap `query`, rising.
    fn overlapping(&self, query: &Aabb) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open: Vec<usize> = (!self.nodes.is_empty()).then_some(0).into_iter().collect();
        while let Some(number) = open.pop() {
            let node = &self.nodes[number];
            if !overlap(&node.bounds, query) {
                continue;
            }
            match &node.content {
                Content::Children(children) => open.extend(children),
                Content::Leaf(range) => found.extend(
                    self.boxes[range.clone()]
                        .iter()
                        .filter(|(_, b)| overlap(b, query))
                        .map(|(i, _)| *i),
                ),
            }
        }
        found.sort_unstable();
        found
    }
}

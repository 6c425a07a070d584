//! The solid inside a triangle surface as a signed-distance field.
//!
//! The distance is exact (nearest triangle by a tree of boxes). Where the surface is sound, the
//! sign is that of (p − q)·n with q the nearest point and n the angle-weighted normal of the
//! triangle, edge or corner that q lies on (Bærentzen & Aanæs 2005). Elsewhere it is that of
//! w(p) − ½ with the generalised winding number w(p) = Σ Ω_t(p)/4π, which stays near 1 inside and
//! 0 outside where a file has holes, self-intersections or stray sheets (Jacobson, Kavan &
//! Sorkine-Hornung 2013). Far groups of triangles count as one dipole, N·(c − p)/(4π |c − p|³)
//! (Barill et al. 2018).
//!
//! The field is one smooth piece by its own account, although it is creased at every triangle's
//! edge by as much as the triangles are.

use std::collections::HashMap;

use super::bvh::Bvh;
use super::field::{Aabb, Field};
use super::inspect::{SurfaceDefects, inspect};
use super::triangle::{Part, nearest_point, winding};
use super::{GeometryError, TriSurface};
use crate::tensor::{Point, Vec3};

/// A group this many of its radii away counts as a dipole.
const FAR: f64 = 2.0;

/// Closer than this to a triangle the direction to it is round-off, mm.
const TOUCHING_MM: f64 = 1e-7;

#[derive(Clone, Copy)]
struct Dipole {
    centre: Point,
    area: Vec3,
    /// Radius about the centre that holds all triangles below, mm.
    radius: f64,
}

/// Outward directions at the seven parts of a triangle (corners, edges, inside), any length.
type Normals = [Vec3; 7];

/// The field; see the module.
pub struct SurfaceField {
    tree: Bvh,
    /// Corners in the order of the tree.
    corners: Vec<[Point; 3]>,
    dipoles: Vec<Dipole>,
    /// In the order of the tree; only for a sound surface.
    normals: Option<Vec<Normals>>,
}

impl SurfaceField {
    /// The solid inside `surface`. Triangles wound against their shell are turned over, as are closed
    /// shells that are inside out; doubled ones and those without area are left out.
    ///
    /// # Errors
    /// A surface whose inside cannot be told: a corner that is not finite, too much of the area
    /// open or doubtful, or no enclosed volume.
    pub fn new(surface: TriSurface) -> Result<Self, GeometryError> {
        let defects = inspect(&surface);
        Self::inspected(surface, &defects)
    }

    /// The same where the surface has been inspected already.
    pub(super) fn inspected(
        mut surface: TriSurface,
        defects: &SurfaceDefects,
    ) -> Result<Self, GeometryError> {
        let turned = defects.to_turn();
        for &t in &turned {
            surface.triangles[t as usize].swap(1, 2);
        }
        let mut use_triangle = vec![true; surface.triangles.len()];
        for &t in defects.duplicate.iter().chain(&defects.degenerate) {
            use_triangle[t as usize] = false;
        }
        let mut keep = use_triangle.into_iter();
        surface.triangles.retain(|_| keep.next().unwrap_or(true));
        let left_out = !(defects.duplicate.is_empty() && defects.degenerate.is_empty());
        if left_out && defects.not_finite.is_empty() {
            inspect(&surface).refuse_if_hopeless()?;
        } else {
            defects.refuse_if_hopeless()?;
        }
        let is_sound = defects.is_clean_once_turned();
        let boxes: Vec<Aabb> = (0..surface.triangles.len())
            .filter_map(|t| Aabb::around(&surface.corners(t)))
            .collect();
        let Some(tree) = Bvh::new(&boxes) else {
            return Err(GeometryError::NoVolume {
                volume: 0.0,
                triangles: 0,
                first: Vec::new(),
                hint: "no triangle has an area",
            });
        };
        let corners: Vec<[Point; 3]> = tree
            .order
            .iter()
            .map(|&t| surface.corners(t as usize))
            .collect();
        let dipoles = tree
            .nodes
            .iter()
            .map(|n| dipole(&corners[n.items[0] as usize..n.items[1] as usize]))
            .collect();
        let normals = is_sound.then(|| {
            let all = pseudonormals(&surface);
            tree.order.iter().map(|&t| all[t as usize]).collect()
        });
        Ok(Self {
            tree,
            corners,
            dipoles,
            normals,
        })
    }

    fn nearest(&self, p: &Point) -> Nearest {
        let mut best = Nearest {
            point: *p,
            triangle: 0,
            part: 6,
            squared: f64::INFINITY,
        };
        let mut stack = [(0u32, 0.0f64); 64];
        stack[0] = (0, self.tree.nodes[0].distance_squared(p));
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let (n, bound) = stack[top];
            if bound >= best.squared {
                continue;
            }
            let node = &self.tree.nodes[n as usize];
            if node.is_leaf() {
                for t in node.items[0] as usize..node.items[1] as usize {
                    let (point, part) = nearest_point(p, &self.corners[t]);
                    let squared = (point - p).norm_squared();
                    if squared < best.squared {
                        best = Nearest {
                            point,
                            triangle: t,
                            part,
                            squared,
                        };
                    }
                }
                continue;
            }
            let children = [node.child, node.child + 1];
            let near = children.map(|c| (c, self.tree.nodes[c as usize].distance_squared(p)));
            let (close, away) = if near[0].1 <= near[1].1 {
                (near[0], near[1])
            } else {
                (near[1], near[0])
            };
            for child in [away, close] {
                if child.1 < best.squared {
                    stack[top] = child;
                    top += 1;
                }
            }
        }
        best
    }

    /// The generalised winding number at `p`: near 1 inside, near 0 outside.
    pub fn winding_number(&self, p: &Point) -> f64 {
        let mut sum = 0.0;
        let mut stack = [0u32; 64];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let n = stack[top] as usize;
            let dipole = &self.dipoles[n];
            let to = dipole.centre - p;
            let distance_squared = to.norm_squared();
            if distance_squared > FAR * FAR * dipole.radius * dipole.radius {
                let cube = distance_squared * distance_squared.sqrt();
                sum += dipole.area.dot(&to) / (4.0 * std::f64::consts::PI * cube);
                continue;
            }
            let node = &self.tree.nodes[n];
            if node.is_leaf() {
                for t in node.items[0] as usize..node.items[1] as usize {
                    sum += winding(p, &self.corners[t]);
                }
            } else {
                stack[top] = node.child;
                stack[top + 1] = node.child + 1;
                top += 2;
            }
        }
        sum
    }

    fn sign(&self, p: &Point, nearest: &Nearest) -> f64 {
        let inside = match &self.normals {
            Some(normals) => {
                let n = normals[nearest.triangle][nearest.part];
                (p - nearest.point).dot(&n) < 0.0
            }
            None => self.tree.nodes[0].bounds.contains(p) && self.winding_number(p) > 0.5,
        };
        if inside { -1.0 } else { 1.0 }
    }
}

/// The nearest point of a surface.
struct Nearest {
    point: Point,
    /// Its triangle, in the tree's order, and the part of it.
    triangle: usize,
    part: Part,
    /// Squared distance, mm².
    squared: f64,
}

impl Field for SurfaceField {
    fn value(&self, p: &Point) -> f64 {
        let nearest = self.nearest(p);
        self.sign(p, &nearest) * nearest.squared.sqrt()
    }
    fn bounds(&self) -> Aabb {
        self.tree.nodes[0].bounds
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        let nearest = self.nearest(p);
        let distance = nearest.squared.sqrt();
        if distance < TOUCHING_MM {
            return twice_area(&self.corners[nearest.triangle]).normalize();
        }
        (p - nearest.point) * (self.sign(p, &nearest) / distance)
    }
}

/// Angle-weighted normals at the parts of every triangle of a sound surface.
fn pseudonormals(surface: &TriSurface) -> Vec<Normals> {
    let mut at_vertex = vec![Vec3::zeros(); surface.vertices.len()];
    let mut at_edge: HashMap<[u32; 2], Vec3> = HashMap::new();
    let unit = |t: usize| twice_area(&surface.corners(t)).normalize();
    for (t, corners) in surface.triangles.iter().enumerate() {
        let n = unit(t);
        let p = surface.corners(t);
        for k in 0..3 {
            let angle = (p[(k + 1) % 3] - p[k]).angle(&(p[(k + 2) % 3] - p[k]));
            at_vertex[corners[k] as usize] += n * angle;
            *at_edge.entry(edge(corners, k)).or_insert_with(Vec3::zeros) += n;
        }
    }
    (0..surface.triangles.len())
        .map(|t| {
            let corners = &surface.triangles[t];
            let inside = unit(t);
            std::array::from_fn(|part| match part {
                0..3 => at_vertex[corners[part] as usize],
                3..6 => at_edge
                    .get(&edge(corners, part - 3))
                    .copied()
                    .unwrap_or(inside),
                _ => inside,
            })
        })
        .collect()
}

fn edge(corners: &[u32; 3], k: usize) -> [u32; 2] {
    let (a, b) = (corners[k], corners[(k + 1) % 3]);
    [a.min(b), a.max(b)]
}

/// Normal of a triangle, twice its area long.
fn twice_area([a, b, c]: &[Point; 3]) -> Vec3 {
    (b - a).cross(&(c - a))
}

fn dipole(triangles: &[[Point; 3]]) -> Dipole {
    let (mut area, mut moment, mut weight) = (Vec3::zeros(), Vec3::zeros(), 0.0);
    for corners in triangles {
        let n = 0.5 * twice_area(corners);
        let middle: Vec3 = corners.iter().map(|p| p.coords).sum::<Vec3>() / 3.0;
        area += n;
        moment += middle * n.norm();
        weight += n.norm();
    }
    let centre = Point::from(moment / weight);
    let radius = triangles
        .iter()
        .flatten()
        .map(|p| (p - centre).norm())
        .fold(0.0, f64::max);
    Dipole {
        centre,
        area,
        radius,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::SizeField;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use crate::geometry::primitive::{Sphere, cuboid};

    fn bounds() -> Aabb {
        Aabb {
            min: Point::new(-4.0, -3.0, -2.0),
            max: Point::new(4.0, 3.0, 2.0),
        }
    }

    fn surface_of(field: &dyn Field, size: f64) -> TriSurface {
        let settings = PolygoniseSettings::default();
        polygonise(field, &SizeField::uniform(size), &settings).unwrap()
    }

    /// Points of a shifted lattice around the test bodies.
    fn lattice() -> impl Iterator<Item = Point> {
        (0..1000).map(|n| {
            let at = |k: i32| f64::from(k) * 1.3 - 5.83;
            Point::new(at(n % 10), at(n / 10 % 10), at(n / 100))
        })
    }

    /// Exact signed distance of a box (the value of `cuboid` is only a bound near its corners).
    fn box_distance(p: &Point) -> f64 {
        let q = p.coords.abs() - bounds().max.coords;
        q.map(|x| x.max(0.0)).norm() + q.max().min(0.0)
    }

    #[test]
    fn a_triangulated_box_has_the_exact_distance_everywhere() {
        let field = SurfaceField::new(surface_of(&cuboid(&bounds()).unwrap(), 1.0)).unwrap();
        for p in lattice() {
            let exact = box_distance(&p);
            assert!((field.value(&p) - exact).abs() < 1e-6, "{p} {exact}");
            if exact > 0.1 {
                let step = field.gradient(&p) * field.value(&p);
                assert!(box_distance(&(p - step)).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_fast_winding_number_is_near_the_exact_sum() {
        let surface = surface_of(&Sphere::new(Point::origin(), 4.0).unwrap(), 0.8);
        let field = SurfaceField::new(surface.clone()).unwrap();
        for p in lattice() {
            let exact: f64 = (0..surface.triangles.len())
                .map(|t| winding(&p, &surface.corners(t)))
                .sum();
            // Dipoles at two radii are good to a few per cent of their solid angle.
            assert!((field.winding_number(&p) - exact).abs() < 0.05);
        }
    }

    #[test]
    fn holes_and_doubled_triangles_change_no_sign_away_from_them() {
        let sphere = Sphere::new(Point::origin(), 4.0).unwrap();
        let mut surface = surface_of(&sphere, 0.8);
        surface.triangles.remove(17);
        let again = surface.triangles[40];
        surface.triangles.push(again);
        let field = SurfaceField::new(surface).unwrap();
        for p in lattice().filter(|p| sphere.value(p).abs() > 0.4) {
            assert_eq!(field.value(&p) < 0.0, sphere.value(&p) < 0.0, "{p}");
        }
    }

    #[test]
    fn a_surface_inside_out_bounds_the_same_solid() {
        let mut surface = surface_of(&cuboid(&bounds()).unwrap(), 1.0);
        for t in &mut surface.triangles {
            t.swap(1, 2);
        }
        let field = SurfaceField::new(surface).unwrap();
        for p in lattice() {
            assert!((field.value(&p) - box_distance(&p)).abs() < 1e-6, "{p}");
        }
    }

    #[test]
    fn surfaces_that_enclose_nothing_are_refused() {
        let mut surface = surface_of(&cuboid(&bounds()).unwrap(), 1.0);
        let sheet = TriSurface {
            triangles: surface.triangles[..1].to_vec(),
            ..surface.clone()
        };
        assert!(SurfaceField::new(sheet).is_err());
        surface.vertices[3].x = f64::NAN;
        assert!(SurfaceField::new(surface).is_err());
        assert!(SurfaceField::new(TriSurface::default()).is_err());
    }
}

//! Moving vertices so that the worst tetrahedron around them becomes better.
//!
//! The smallest sine over a star is not smooth in the vertex. Its steepest ascent goes along the
//! shortest vector of the convex hull of the gradients of the worst tetrahedra (Freitag &
//! Ollivier-Gooch 1997); a step is taken only where the worst really gets better, so a
//! right-handed tetrahedron stays right-handed. Vertices on the surface slide along it and are
//! put back on the body's field; those on a sharp edge slide along it and are put back on the
//! two pieces that make it.

use super::complex::{Complex, Freedom};
use super::quality::smallest_sine;
use crate::geometry::Field;
use crate::geometry::field::active_pieces;
use crate::tensor::{Point, Vec3};

/// Tetrahedra within this of the worst sine take part in choosing the direction.
const ACTIVE_BAND: f64 = 0.06;
/// Gain below which a vertex is left alone.
const LEAST_GAIN: f64 = 1e-4;
/// A vertex may lie this far off the body, relative to its shortest edge.
const OFF_SURFACE: f64 = 1e-4;

/// A tetrahedron around a vertex: its corners and which of them is the vertex.
type Corner = ([Point; 4], usize);

/// Moves `v` where that betters the worst tetrahedron around it, `steps` times at most. Returns
/// whether it moved.
pub fn smooth_vertex(complex: &mut Complex, v: u32, field: &dyn Field, steps: usize) -> bool {
    if complex.freedom(v) == Freedom::Corner || complex.star(v).is_empty() {
        return false;
    }
    let mut star: Vec<Corner> = complex
        .star(v)
        .iter()
        .map(|&t| corner(complex, t, v))
        .collect();
    let slide = Slide::of(complex, v, &star, field);
    if slide.frozen {
        return false;
    }
    let start = complex.point(v);
    let mut at = start;
    let mut worst = lowest(&star, &at, f64::NEG_INFINITY);
    if complex.freedom(v) == Freedom::Inside {
        let middle = neighbours_middle(&star);
        let q = lowest(&star, &middle, worst);
        if q > worst + LEAST_GAIN {
            (at, worst) = (middle, q);
        }
    }
    let mut length = 0.2 * slide.size;
    for _ in 0..steps {
        let direction = ascent(&mut star, &at, worst, &slide);
        let Some(direction) = direction.try_normalize(1e-9) else {
            break;
        };
        let Some((p, q)) = search(&star, &slide, &at, worst, length * direction) else {
            break;
        };
        length = (2.0 * (p - at).norm()).min(0.4 * slide.size);
        (at, worst) = (p, q);
    }
    if at == start {
        return false;
    }
    complex.move_to(v, at);
    true
}

/// Puts a boundary vertex on the body, if the tetrahedra around it stay above `floor`.
pub fn put_on_surface(complex: &mut Complex, v: u32, field: &dyn Field, floor: f64) -> bool {
    let star: Vec<Corner> = complex
        .star(v)
        .iter()
        .map(|&t| corner(complex, t, v))
        .collect();
    let slide = Slide::of(complex, v, &star, field);
    let at = complex.point(v);
    let Some(p) = slide.put_back(&at) else {
        return false;
    };
    let before = complex.worst(complex.star(v));
    let fine = lowest(&star, &p, f64::NEG_INFINITY) > floor.min(0.7 * before);
    if fine && p != at {
        complex.move_to(v, p);
    }
    fine
}

fn corner(complex: &Complex, t: u32, v: u32) -> Corner {
    let tet = complex.tet(t);
    let at = tet.iter().position(|&x| x == v).unwrap_or(0);
    (complex.corners(tet), at)
}

fn with(corner: &Corner, p: &Point) -> [Point; 4] {
    let mut corners = corner.0;
    corners[corner.1] = *p;
    corners
}

/// Worst sine of the star with its vertex at `p`; stops looking at or below `enough`.
fn lowest(star: &[Corner], p: &Point, enough: f64) -> f64 {
    let mut worst = f64::INFINITY;
    for c in star {
        worst = worst.min(smallest_sine(&with(c, p)));
        if worst <= enough {
            break;
        }
    }
    worst
}

fn neighbours_middle(star: &[Corner]) -> Point {
    let mut sum = Vec3::zeros();
    for (corners, at) in star {
        for (i, p) in corners.iter().enumerate() {
            if i != *at {
                sum += p.coords;
            }
        }
    }
    Point::from(sum / (3 * star.len()) as f64)
}

/// How a vertex may move.
struct Slide<'a> {
    field: &'a dyn Field,
    freedom: Freedom,
    /// Unit normal (surface) or tangent (crease).
    axis: Vec3,
    /// Shortest edge at the vertex, mm.
    size: f64,
    frozen: bool,
}

impl<'a> Slide<'a> {
    fn of(complex: &Complex, v: u32, star: &[Corner], field: &'a dyn Field) -> Self {
        let here = complex.point(v);
        let size = star
            .iter()
            .flat_map(|(corners, at)| {
                let at = *at;
                corners.iter().enumerate().filter(move |(i, _)| *i != at)
            })
            .map(|(_, p)| (p - here).norm())
            .fold(f64::INFINITY, f64::min);
        let freedom = complex.freedom(v);
        let mut frozen = freedom == Freedom::Corner;
        let axis = match freedom {
            Freedom::Inside | Freedom::Corner => Vec3::zeros(),
            Freedom::Surface => complex.normal(v),
            Freedom::Crease => match complex.sharp_neighbours(v)[..] {
                [a, b] => (complex.point(b) - complex.point(a))
                    .try_normalize(1e-300)
                    .unwrap_or_else(Vec3::zeros),
                _ => Vec3::zeros(),
            },
        };
        frozen = frozen || (freedom != Freedom::Inside && axis == Vec3::zeros());
        Self {
            field,
            freedom,
            axis,
            size,
            frozen,
        }
    }

    /// The part of `g` along which the vertex may move.
    fn allowed(&self, g: Vec3) -> Vec3 {
        match self.freedom {
            Freedom::Inside => g,
            Freedom::Surface => g - self.axis.dot(&g) * self.axis,
            Freedom::Crease => self.axis.dot(&g) * self.axis,
            Freedom::Corner => Vec3::zeros(),
        }
    }

    /// `p` put back on the body.
    fn put_back(&self, p: &Point) -> Option<Point> {
        match self.freedom {
            Freedom::Inside => Some(*p),
            Freedom::Surface => along_normal(p, &self.axis, self.field, self.size),
            Freedom::Crease => onto_crease(p, self.field, self.size),
            Freedom::Corner => None,
        }
    }
}

/// The root of the field on the line through `p` along `n`, by the secant method.
fn along_normal(p: &Point, n: &Vec3, field: &dyn Field, size: f64) -> Option<Point> {
    let mut f = field.value(p);
    let (mut t, mut slope) = (0.0, 1.0);
    for _ in 0..6 {
        if f.abs() < OFF_SURFACE * size {
            return Some(p + t * n);
        }
        let step = (-f / slope).clamp(-0.3 * size, 0.3 * size);
        let next = field.value(&(p + (t + step) * n));
        slope = (next - f) / step;
        // Along a normal the field rises by about its gradient's length, one.
        if !(0.2..5.0).contains(&slope) {
            return None;
        }
        t += step;
        f = next;
    }
    None
}

/// The nearest place where both pieces that meet near `p` vanish: least-norm Newton steps.
fn onto_crease(p: &Point, field: &dyn Field, size: f64) -> Option<Point> {
    let pieces = active_pieces(field, p, 0.3 * size);
    let [first, second] = pieces[..] else {
        return None;
    };
    let mut at = *p;
    for _ in 0..6 {
        let (f, g) = (first.value(&at), second.value(&at));
        if f.abs().max(g.abs()) < OFF_SURFACE * size {
            return ((at - p).norm() < size).then_some(at);
        }
        let (n, m) = (first.gradient(&at), second.gradient(&at));
        let (nn, nm, mm) = (n.dot(&n), n.dot(&m), m.dot(&m));
        let det = nn * mm - nm * nm;
        if det < 1e-3 * nn * mm {
            return None;
        }
        let (x, y) = ((mm * f - nm * g) / det, (nn * g - nm * f) / det);
        at -= x * n + y * m;
    }
    None
}

/// The direction in which the worst tetrahedra all get better: the shortest vector of the convex
/// hull of their gradients, found by Gilbert's iteration; near zero at an optimum.
fn ascent(star: &mut [Corner], at: &Point, worst: f64, slide: &Slide) -> Vec3 {
    let size = slide.size;
    let step = 1e-5 * size;
    let mut gradients = Vec::with_capacity(8);
    for c in star.iter_mut() {
        c.0[c.1] = *at;
        let q = smallest_sine(&c.0);
        if q > worst + ACTIVE_BAND {
            continue;
        }
        let gradient = Vec3::from_fn(|k, _| {
            let mut moved = *at;
            moved[k] += step;
            (smallest_sine(&with(c, &moved)) - q) / step
        });
        gradients.push(slide.allowed(gradient));
    }
    let Some(mut d) = gradients.first().copied() else {
        return Vec3::zeros();
    };
    for _ in 0..24 {
        let low = gradients
            .iter()
            .min_by(|a, b| a.dot(&d).total_cmp(&b.dot(&d)));
        let Some(low) = low else { break };
        let edge = low - d;
        let span = edge.norm_squared();
        let t = if span > 0.0 {
            -d.dot(&edge) / span
        } else {
            0.0
        };
        if t <= 1e-6 {
            break;
        }
        d += t.min(1.0) * edge;
    }
    // In units of sine per shortest edge: what is flat at that scale is flat.
    if d.norm() * size < 1e-3 {
        Vec3::zeros()
    } else {
        d
    }
}

/// Halves the step until the worst gets better, and on while it gets better still: the new
/// place and its worst sine.
fn search(
    star: &[Corner],
    slide: &Slide,
    at: &Point,
    worst: f64,
    mut step: Vec3,
) -> Option<(Point, f64)> {
    let mut found: Option<(Point, f64)> = None;
    for _ in 0..7 {
        let guess = at + step;
        let p = match slide.freedom {
            Freedom::Inside => Some(guess),
            // Only a step worth taking is worth a look at the field.
            _ if lowest(star, &guess, worst) > worst => slide.put_back(&guess),
            _ => None,
        };
        let reached = p.map(|p| (p, lowest(star, &p, worst + LEAST_GAIN)));
        match (found, reached) {
            (Some(best), Some((_, q))) if best.1 >= q => return found,
            (_, Some((p, q))) if q > worst + LEAST_GAIN => found = Some((p, q)),
            (Some(_), _) => return found,
            _ => {}
        }
        step *= 0.5;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::primitive::{Sphere, cuboid};
    use crate::geometry::{Aabb, TriSurface};
    use crate::mesh::freedom::classified;
    use crate::mesh::structured::box_mesh;
    use crate::mesh::tests::surfaces::{cube, icosphere};
    use crate::mesh::tetgen::{InProcessTetgen, Mesher, RawTets};
    use crate::mesh::{ElementKind, Mesh};

    fn worst_of_all(complex: &Complex) -> f64 {
        complex
            .alive()
            .map(|t| complex.quality(t))
            .fold(1.0, f64::min)
    }

    /// The cube of side 2 in 2 × 2 × 2 cells, numbered like its surface where it has one.
    fn cube_mesh() -> (Complex, Mesh) {
        let mesh = box_mesh(ElementKind::Tet4, [2; 3], |u| {
            Point::from(u.map(|c| 2.0 * c))
        });
        let raw = RawTets {
            points: mesh.nodes.clone(),
            tets: (0..mesh.element_count())
                .map(|e| std::array::from_fn(|i| mesh.element(e)[i]))
                .collect(),
        };
        // No listed edges: all twelve are found by their fold.
        (classified(raw, &TriSurface::default()), mesh)
    }

    fn number(mesh: &Mesh, p: [f64; 3]) -> u32 {
        let p = Point::from(p);
        mesh.nodes
            .iter()
            .position(|n| (n - p).norm() < 1e-12)
            .unwrap() as u32
    }

    #[test]
    fn vertices_of_a_cube_are_told_apart() {
        let (complex, mesh) = cube_mesh();
        for (v, p) in mesh.nodes.iter().enumerate() {
            let on = p.iter().filter(|c| c.fract() == 0.0 && **c != 1.0).count();
            let wanted = [
                Freedom::Inside,
                Freedom::Surface,
                Freedom::Crease,
                Freedom::Corner,
            ][on];
            assert_eq!(complex.freedom(v as u32), wanted, "{p}");
        }
    }

    #[test]
    fn displaced_vertices_come_back_each_within_its_freedom() {
        let bounds = Aabb {
            min: Point::origin(),
            max: Point::new(2.0, 2.0, 2.0),
        };
        let field = cuboid(&bounds).unwrap();
        for (place, shift) in [
            ([1.0, 1.0, 1.0], Vec3::new(0.5, 0.3, 0.45)),
            ([1.0, 1.0, 2.0], Vec3::new(0.4, 0.3, 0.0)),
            ([1.0, 0.0, 2.0], Vec3::new(-0.7, 0.0, 0.0)),
        ] {
            let (mut complex, mesh) = cube_mesh();
            let v = number(&mesh, place);
            let placed = complex.point(v);
            complex.move_to(v, placed + shift);
            let before = worst_of_all(&complex);
            assert!(before > 0.0);
            for _ in 0..4 {
                smooth_vertex(&mut complex, v, &field, 4);
            }
            assert!(worst_of_all(&complex) > before + 0.1, "{place:?}");
            let now = complex.point(v);
            for k in 0..3 {
                // The coordinates that hold it on a face or an edge have not changed.
                if place[k] != 1.0 {
                    assert!((now[k] - place[k]).abs() < 1e-9);
                }
            }
        }
        let (mut complex, mesh) = cube_mesh();
        let corner = number(&mesh, [0.0, 2.0, 0.0]);
        assert!(!smooth_vertex(&mut complex, corner, &field, 4));
    }

    #[test]
    fn surface_vertices_slide_on_the_sphere() {
        let field = Sphere::new(Point::origin(), 5.0).unwrap();
        let surface = icosphere(2, 5.0);
        let raw = InProcessTetgen
            .tetrahedralise(&surface, &[Point::origin()])
            .unwrap();
        let mut complex = classified(raw, &surface);
        let mut moved = 0;
        for v in 0..surface.vertices.len() as u32 {
            let before = complex.worst(complex.star(v));
            moved += usize::from(smooth_vertex(&mut complex, v, &field, 3));
            assert!(complex.worst(complex.star(v)) >= before);
            assert!(field.value(&complex.point(v)).abs() < 1e-3);
        }
        assert!(moved > 0);
    }

    #[test]
    fn listed_sharp_edges_are_found_where_the_mesher_has_cut_them() {
        let surface = cube(2, 1.0);
        let mut raw = InProcessTetgen.tetrahedralise(&surface, &[]).unwrap();
        // Cut one listed edge by hand.
        let [a, b] = surface.sharp_edges[0];
        let v = raw.points.len() as u32;
        let middle = nalgebra::center(&raw.points[a as usize], &raw.points[b as usize]);
        raw.points.push(middle);
        for tet in std::mem::take(&mut raw.tets) {
            if tet.contains(&a) && tet.contains(&b) {
                raw.tets.push(tet.map(|x| if x == a { v } else { x }));
                raw.tets.push(tet.map(|x| if x == b { v } else { x }));
            } else {
                raw.tets.push(tet);
            }
        }
        let complex = classified(raw, &surface);
        assert!(complex.is_sharp(a, v) && complex.is_sharp(v, b) && !complex.is_sharp(a, b));
        assert_eq!(complex.freedom(v), Freedom::Crease);
    }
}

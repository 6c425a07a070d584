//! Relative density of a unit cell in closed form, the struts' overlap at nodes included.
//!
//! A strut of radius r loses to its neighbours at a node what lies beyond the bisecting planes,
//! (r³/3) ∮ max_j [cot(θ_j/2) cos(φ − φ_j)]₊ dφ, with θ_j the angle to neighbour j and φ_j its
//! azimuth about the strut. Hence ρ = c₂ s² − c₃ s³ for the radius s over the cell's side: exact
//! until the cuts of a strut's two ends meet or struts that share no node touch. A wall of half
//! thickness s on a surface of area A and Euler characteristic χ a cell has
//! ρ = 2 A s + (2/3)·2πχ s³ (Steiner, Gauss–Bonnet): exact until s is the surface's smallest
//! radius of curvature. Must not know millimetres or metals.

use std::f64::consts::{PI, TAU};
use std::sync::OnceLock;

use super::cell::{Axis, Cell};

/// Area of sin X cos Y + sin Y cos Z + sin Z cos X = 0 in a cell of side 1.
const GYROID_AREA: f64 = 3.091_645_5;
/// Its smallest radius of curvature.
const GYROID_REACH: f64 = 0.183_776;
/// Its Euler characteristic a cubic cell: two primitive cells of genus 3.
const GYROID_EULER: f64 = -8.0;

/// What turns the strut's radius (a wall's half thickness) over the cell's side, s, into sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// ρ = c₁ s + c₂ s² + c₃ s³.
    pub coefficients: [f64; 3],
    /// Largest s for which that is exact.
    pub largest: f64,
    /// Diameter of the largest sphere among the axes (walls of no thickness), over the side.
    pub body: f64,
    /// Diameter of the largest sphere that passes from pore to pore.
    pub window: f64,
}

impl Shape {
    /// The shape of a cell.
    pub fn of(cell: Cell) -> Self {
        static FOUND: [OnceLock<Shape>; Cell::ALL.len()] =
            [const { OnceLock::new() }; Cell::ALL.len()];
        *FOUND[cell as usize].get_or_init(|| Self::work_out(cell))
    }

    fn work_out(cell: Cell) -> Self {
        let [body, window] = cell.openings();
        let Some(length) = cell.strut_length() else {
            return Self {
                coefficients: [2.0 * GYROID_AREA, 0.0, 4.0 / 3.0 * PI * GYROID_EULER],
                largest: GYROID_REACH,
                body,
                window,
            };
        };
        let struts = cell.struts();
        let ends = |strut: &Axis| [Cuts::at(cell, strut, 0), Cuts::at(cell, strut, 1)];
        let cuts: Vec<[Cuts; 2]> = struts.iter().map(ends).collect();
        let lost: f64 = cuts.iter().flatten().map(|c| c.integral() / 3.0).sum();
        let deepest = cuts.iter().map(|[a, b]| a.deepest_with(b));
        let together = length / deepest.fold(0.0, f64::max);
        Self {
            coefficients: [0.0, struts.len() as f64 * PI * length, -lost],
            largest: together.min(0.5 * apart(cell, &struts)),
            body,
            window,
        }
    }

    /// Relative density at a radius (half thickness) over the side.
    pub fn density(&self, s: f64) -> f64 {
        let [c1, c2, c3] = self.coefficients;
        s * (c1 + s * (c2 + s * c3))
    }

    /// Surface over volume times the cell's side: the density's rate, as the surface moves by ds.
    pub fn surface(&self, s: f64) -> f64 {
        let [c1, c2, c3] = self.coefficients;
        c1 + s * (2.0 * c2 + s * 3.0 * c3)
    }

    /// The radius over the side at a relative density between 0 and that of [`Self::largest`];
    /// `None` outside.
    pub fn radius_of_density(&self, density: f64) -> Option<f64> {
        if !(density > 0.0 && density <= self.density(self.largest)) {
            return None;
        }
        let (mut low, mut high) = (0.0, self.largest);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if self.density(middle) < density {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(0.5 * (low + high))
    }
}

/// How neighbours cut one end of a strut: depth cot(θ/2) and azimuth of each.
struct Cuts(Vec<[f64; 2]>);

impl Cuts {
    fn at(cell: Cell, strut: &Axis, end: usize) -> Self {
        let (node, own) = (strut[end], minus(strut[1 - end], strut[end]));
        let own = scaled(own, 1.0 / norm(own));
        // Two axes across the strut, the same for both its ends: azimuths must be comparable.
        let line = minus(strut[1], strut[0]);
        let thin = (0..3)
            .min_by(|&a, &b| line[a].abs().total_cmp(&line[b].abs()))
            .unwrap_or(0);
        let mut helper = [0.0; 3];
        helper[thin] = 1.0;
        let first = cross(line, helper);
        let first = scaled(first, 1.0 / norm(first));
        let second = cross(line, first);
        let second = scaled(second, 1.0 / norm(second));
        let mut cuts = Vec::new();
        for other in neighbours(cell, node) {
            let along = dot(own, other);
            let across = minus(other, scaled(own, along));
            let sine = norm(across);
            // Itself, and a strut straight on, cut nothing.
            if sine > 1e-9 {
                let azimuth = dot(across, second).atan2(dot(across, first));
                cuts.push([sine / (1.0 - along), azimuth]);
            }
        }
        Self(cuts)
    }

    /// The cut's depth over the radius at an azimuth on the strut's surface.
    fn depth(&self, azimuth: f64) -> f64 {
        let depths = self.0.iter().map(|[c, at]| c * (azimuth - at).cos());
        depths.fold(0.0, f64::max)
    }

    /// ∮ depth dφ: between azimuths where another neighbour takes over it is one cosine.
    fn integral(&self) -> f64 {
        let mut turns = vec![0.0, TAU];
        let zero = [[0.0, 0.0]];
        for (i, a) in self.0.iter().enumerate() {
            for b in zero.iter().chain(&self.0[..i]) {
                let difference = [
                    a[0] * a[1].cos() - b[0] * b[1].cos(),
                    a[0] * a[1].sin() - b[0] * b[1].sin(),
                ];
                let crossing = (-difference[0]).atan2(difference[1]);
                turns.extend([crossing, crossing + PI].map(|t| t.rem_euclid(TAU)));
            }
        }
        turns.sort_unstable_by(f64::total_cmp);
        let piece = |w: &[f64]| {
            let middle = 0.5 * (w[0] + w[1]);
            let highest = self.0.iter().max_by(|a, b| {
                let at = |c: &[f64; 2]| c[0] * (middle - c[1]).cos();
                at(a).total_cmp(&at(b))
            });
            match highest {
                Some([c, at]) if c * (middle - at).cos() > 0.0 => {
                    c * ((w[1] - at).sin() - (w[0] - at).sin())
                }
                _ => 0.0,
            }
        };
        turns.windows(2).map(piece).sum()
    }

    /// The deepest sum of both ends' cuts at one azimuth, over the radius.
    fn deepest_with(&self, other: &Self) -> f64 {
        // Both are made of cosines, whose sums peak where one of them does, where a neighbour
        // takes over, or, rarely, between; the last is what the fine steps are for.
        let steps = (0..7200).map(|k| TAU * f64::from(k) / 7200.0);
        let peaks = self.0.iter().chain(&other.0).map(|c| c[1]);
        let sum = |azimuth| self.depth(azimuth) + other.depth(azimuth);
        steps.chain(peaks).map(sum).fold(0.0, f64::max)
    }
}

/// Unit directions of the struts that leave a node.
fn neighbours(cell: Cell, node: [f64; 3]) -> Vec<[f64; 3]> {
    let mut found = Vec::new();
    for axis in cell.struts_around() {
        for (from, to) in [(axis[0], axis[1]), (axis[1], axis[0])] {
            if from == node {
                let way = minus(to, from);
                found.push(scaled(way, 1.0 / norm(way)));
            }
        }
    }
    found
}

/// Smallest distance between axes that share no node.
fn apart(cell: Cell, struts: &[Axis]) -> f64 {
    let around = cell.struts_around();
    let mut nearest = f64::INFINITY;
    for one in struts {
        for other in &around {
            let shared = one.iter().any(|a| other.contains(a));
            if !shared {
                nearest = nearest.min(between(one, other));
            }
        }
    }
    nearest
}

/// Distance between two segments: the squared distance is convex in both places, so that turning
/// from one to the other leads to the minimum.
fn between(one: &Axis, other: &Axis) -> f64 {
    let at = |axis: &Axis, t: f64| [0, 1, 2].map(|k| axis[0][k] + t * (axis[1][k] - axis[0][k]));
    let nearest = |p: [f64; 3], axis: &Axis| {
        let way = minus(axis[1], axis[0]);
        (dot(minus(p, axis[0]), way) / dot(way, way)).clamp(0.0, 1.0)
    };
    let mut t = 0.5;
    let mut p = at(one, t);
    for _ in 0..200 {
        let q = at(other, nearest(p, other));
        t = nearest(q, one);
        p = at(one, t);
    }
    norm(minus(p, at(other, nearest(p, other))))
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn scaled(a: [f64; 3], factor: f64) -> [f64; 3] {
    a.map(|c| factor * c)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

#[cfg(test)]
mod tests {
    use super::super::monte_carlo::estimate_density;
    use super::*;

    #[test]
    fn the_rhombic_dodecahedron_has_the_coefficients_of_the_printed_equation() {
        // Chen et al. 2025, equation (1): (3√3/2)π (r/a)² − (27√2/4) (r/a)³, here over the side
        // M = 4a/√3; the window closes at r/a = √2/3.
        let shape = Shape::of(Cell::RhombicDodecahedron);
        let a = Cell::RhombicDodecahedron.strut_length().unwrap();
        let [_, c2, c3] = shape.coefficients;
        assert!((c2 * a * a - 1.5 * 3f64.sqrt() * PI).abs() < 1e-13);
        assert!((c3 * a * a * a + 6.75 * 2f64.sqrt()).abs() < 1e-13);
        assert!((shape.largest / a - 2f64.sqrt() / 3.0).abs() < 1e-12);
        assert!((shape.largest - 0.5 * shape.window).abs() < 1e-12);
    }

    #[test]
    fn known_nodes_lose_what_is_known() {
        // Three cylinders crossing at right angles: ρ = 3π s² − 8√2 s³ (Steinmetz).
        let [_, c2, c3] = Shape::of(Cell::SimpleCubic).coefficients;
        assert!((c2 - 3.0 * PI).abs() < 1e-13 && (c3 + 8.0 * 2f64.sqrt()).abs() < 1e-13);
        // A tetrahedral node loses 2√6 r³, eight of them a cube of diamond; an eightfold one 8√6.
        assert!((Shape::of(Cell::Diamond).coefficients[2] + 16.0 * 6f64.sqrt()).abs() < 1e-12);
        assert!((Shape::of(Cell::Bcc).coefficients[2] + 16.0 * 6f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn the_closed_form_agrees_with_monte_carlo_for_every_cell_up_to_its_limit() {
        for (seed, cell) in Cell::ALL.into_iter().enumerate() {
            let shape = Shape::of(cell);
            assert!(
                2.0 * shape.largest <= shape.window + 1e-12,
                "{}",
                cell.name()
            );
            for (k, part) in [0.2, 0.4, 0.6, 0.8, 1.0].into_iter().enumerate() {
                let s = part * shape.largest;
                let seed = (10 * seed + k) as u64;
                let found = estimate_density(cell, s, 40_000, seed);
                let z = (shape.density(s) - found.density) / found.standard_error;
                assert!(z.abs() < 3.5, "{} at {s}: {z}", cell.name());
            }
        }
    }

    #[test]
    fn bodies_and_windows_are_distances_at_their_places() {
        let places: [(Cell, [f64; 3], [f64; 3]); 6] = [
            (Cell::RhombicDodecahedron, [0.5; 3], [0.25, 0.25, 0.5]),
            (Cell::Diamond, [0.5; 3], [0.625; 3]),
            (Cell::Bcc, [0.5, 0.5, 0.0], [0.5, 0.25, 0.0]),
            (Cell::Octet, [0.5; 3], [1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]),
            (Cell::Kelvin, [0.0; 3], [0.25; 3]),
            (Cell::SimpleCubic, [0.5; 3], [0.5, 0.5, 0.0]),
        ];
        for (cell, body, window) in places {
            let shape = Shape::of(cell);
            let name = cell.name();
            assert!(
                (2.0 * cell.distance(body) - shape.body).abs() < 1e-12,
                "{name}"
            );
            assert!(
                (2.0 * cell.distance(window) - shape.window).abs() < 1e-12,
                "{name}: {}",
                2.0 * cell.distance(window)
            );
        }
    }

    #[test]
    fn the_gyroids_area_is_that_of_the_integral_over_its_shadow() {
        // ∫ dA = 3 ∫ n_z² dA = 3 ∫∫ Σ |n_z| dx dy, as the axes are alike: for each (x, y) the
        // two z at which sin Y cos Z + cos X sin Z = −sin X cos Y.
        let steps = 600;
        let mut sum = 0.0;
        for i in 0..steps {
            for j in 0..steps {
                let [x, y] = [i, j].map(|k| (f64::from(k) + 0.5) / f64::from(steps));
                let [(sx, cx), (sy, cy)] = [x, y].map(|c| (TAU * c).sin_cos());
                let cosine = -sx * cy / sy.hypot(cx);
                if cosine.abs() >= 1.0 {
                    continue;
                }
                for side in [-1.0, 1.0] {
                    let z = (cx.atan2(sy) + side * cosine.acos()) / TAU;
                    let (level, gradient) = super::super::gyroid::level_and_gradient([x, y, z]);
                    assert!(level.abs() < 1e-9);
                    sum += gradient[2].abs() / norm(gradient);
                }
            }
        }
        let area = 3.0 * sum / f64::from(steps * steps);
        assert!((area - GYROID_AREA).abs() < 2e-5, "{area}");
    }

    #[test]
    fn the_gyroids_openings_are_distances_to_points_of_its_surface() {
        let [body, window] = Cell::Gyroid.openings();
        // The middle of a branch and a junction of the labyrinth.
        for (centre, opening) in [([0.25, 0.125, 0.0], body), ([0.125; 3], window)] {
            let mut nearest = f64::INFINITY;
            for i in 0..40_000_u32 {
                let steps = [0.754_877_666, 0.569_840_291, 0.819_172_513];
                let start = [0, 1, 2].map(|k| centre[k] + (steps[k] * f64::from(i)).fract() - 0.5);
                let foot = super::super::gyroid::drop_to_surface(start);
                nearest = nearest.min(norm(minus(foot, centre)));
            }
            // Sampled feet are no nearer than the nearest, and dense.
            let off = 2.0 * nearest - opening;
            assert!((-1e-6..2e-3).contains(&off), "{centre:?}: {off}");
        }
    }
}

//! Unit cells of printed lattices: the net of strut axes, or the mid-surface of a wall.
//!
//! Every length here is over the side of the conventional cubic cell, whose corner is the origin.
//! A strut cell's solid is the set of points nearer than the strut's radius to an axis: nodes are
//! rounded off by spheres, which in all these nets lie inside the struts that meet there. The
//! gyroid's mid-surface is sin X cos Y + sin Y cos Z + sin Z cos X = 0 with X = 2πx, the usual
//! level-set form of the minimal surface. Must not know millimetres, porosity or metals.

use std::sync::OnceLock;

use super::LatticeError;
use super::gyroid;
use crate::names;

/// A unit cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Edges of rhombic dodecahedra that fill space: the net of fluorite. Four dodecahedra a cube.
    RhombicDodecahedron,
    /// Bonds of diamond.
    Diamond,
    /// From the cube's centre to its corners.
    Bcc,
    /// Edges between nearest sites of the face-centred cubic lattice.
    Octet,
    /// Edges of truncated octahedra that fill space. Two octahedra a cube.
    Kelvin,
    /// The cube's edges.
    SimpleCubic,
    /// A wall on the gyroid.
    Gyroid,
}

/// The axis of a strut, by its two ends.
pub type Axis = [[f64; 3]; 2];

/// Sites of a net on the grid of quarters of the side.
type Site = [i32; 3];

impl Cell {
    /// All cells, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::RhombicDodecahedron,
        Self::Diamond,
        Self::Bcc,
        Self::Octet,
        Self::Kelvin,
        Self::SimpleCubic,
        Self::Gyroid,
    ];

    /// Its name as typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::RhombicDodecahedron => "rhombic-dodecahedron",
            Self::Diamond => "diamond",
            Self::Bcc => "bcc",
            Self::Octet => "octet",
            Self::Kelvin => "kelvin",
            Self::SimpleCubic => "simple-cubic",
            Self::Gyroid => "gyroid",
        }
    }

    /// The cell of that name.
    ///
    /// # Errors
    /// An unknown name.
    pub fn from_name(name: &str) -> Result<Self, LatticeError> {
        let known = Self::ALL.map(Self::name);
        let same = names::same(name, known);
        let cell = Self::ALL.into_iter().find(|c| Some(c.name()) == same);
        cell.ok_or_else(|| LatticeError::UnknownCell {
            name: name.to_owned(),
            known: names::known_words(name, &known),
        })
    }

    /// Whether the solid is a wall, not struts.
    pub fn is_wall(self) -> bool {
        self == Self::Gyroid
    }

    /// Length of a strut between its nodes; `None` for a wall.
    pub fn strut_length(self) -> Option<f64> {
        let quarters = f64::from(self.squared_quarters()?).sqrt();
        Some(0.25 * quarters)
    }

    /// Square of the strut's length in quarters of the side.
    fn squared_quarters(self) -> Option<i32> {
        match self {
            Self::RhombicDodecahedron | Self::Diamond => Some(3),
            Self::Bcc => Some(12),
            Self::Octet => Some(8),
            Self::Kelvin => Some(2),
            Self::SimpleCubic => Some(16),
            Self::Gyroid => None,
        }
    }

    /// Diameters, over the side, of the largest sphere that fits among the axes and of the largest
    /// that passes from one pore to the next.
    pub(super) fn openings(self) -> [f64; 2] {
        let root = f64::sqrt;
        match self {
            // Midsphere of the dodecahedron; circle in its rhombus.
            Self::RhombicDodecahedron => [root(2.0 / 3.0), root(1.0 / 6.0)],
            // Centre of the adamantane cage; centre of the six-ring.
            Self::Diamond => [root(2.0 / 3.0), root(0.5)],
            // Octahedral site; tetrahedral site.
            Self::Bcc => [root(2.0 / 3.0), root(0.5)],
            // Midsphere of the octahedron; circle in the triangle.
            Self::Octet => [root(0.5), root(1.0 / 6.0)],
            // Midsphere of the truncated octahedron; circle in the hexagon.
            Self::Kelvin => [root(1.125), root(0.375)],
            Self::SimpleCubic => [root(2.0), 1.0],
            // Middles of the labyrinth's branches; its threefold junctions, √3/8 off the surface.
            Self::Gyroid => [0.459_315_579, root(3.0) / 4.0],
        }
    }

    /// Translations by which a net repeats itself within the cube, zero among them: a mesh needs only
    /// one of the copies.
    pub fn translations(self) -> Vec<[f64; 3]> {
        const FACES: [[f64; 3]; 3] = [[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]];
        let mut found = vec![[0.0; 3]];
        match self {
            Self::RhombicDodecahedron | Self::Diamond | Self::Octet => found.extend(FACES),
            Self::Bcc | Self::Kelvin | Self::Gyroid => found.push([0.5; 3]),
            Self::SimpleCubic => {}
        }
        found
    }

    /// Whether a strut joins two sites: their kinds; the distance is asked apart.
    fn joins(self, one: Site, other: Site) -> bool {
        let even = |s: Site| s.iter().all(|c| c.rem_euclid(2) == 0);
        let sum = |s: Site| s.iter().sum::<i32>().rem_euclid(4);
        let fcc = |s: Site| even(s) && sum(s) == 0;
        let corner = |s: Site| s.iter().all(|c| c.rem_euclid(4) == 0);
        // Tetrahedral sites are odd in all three; diamond holds every other of them: those a
        // quarter of the body diagonal from a site of the face-centred lattice.
        let tetrahedral = |s: Site| s.iter().all(|c| c.rem_euclid(2) == 1);
        let quarter = |s: Site| tetrahedral(s) && fcc(s.map(|c| c - 1));
        let centre = |s: Site| s.iter().all(|c| c.rem_euclid(4) == 2);
        let kelvin = |s: Site| {
            let mut kinds = s
                .map(|c| c.rem_euclid(4))
                .map(|c| if c == 3 { 1 } else { c });
            kinds.sort_unstable();
            kinds == [0, 1, 2]
        };
        match self {
            Self::RhombicDodecahedron => fcc(one) && tetrahedral(other),
            Self::Diamond => fcc(one) && quarter(other),
            Self::Bcc => corner(one) && centre(other),
            Self::Octet => fcc(one) && fcc(other) && one < other,
            Self::Kelvin => kelvin(one) && kelvin(other) && one < other,
            Self::SimpleCubic => corner(one) && corner(other) && one < other,
            Self::Gyroid => false,
        }
    }

    /// All struts between sites of `low..=high` quarters along each axis.
    fn struts_between(self, low: i32, high: i32) -> Vec<[Site; 2]> {
        let Some(length) = self.squared_quarters() else {
            return Vec::new();
        };
        let mut ways = grid(-4, 4);
        ways.retain(|w| w.iter().map(|c| c * c).sum::<i32>() == length);
        let mut found = Vec::new();
        for one in grid(low, high) {
            let others = ways.iter().map(|w| [0, 1, 2].map(|k| one[k] + w[k]));
            let inside = |other: &Site| other.iter().all(|c| (low..=high).contains(c));
            let joined = others.filter(|&other| inside(&other) && self.joins(one, other));
            found.extend(joined.map(|other| [one, other]));
        }
        found
    }

    /// The struts of one period: each once, both ends in [0, 1]³; none for a wall.
    pub fn struts(self) -> Vec<Axis> {
        // Of a strut on a face and its copy on the opposite face, the one at 0 counts.
        self.struts_between(0, 4)
            .into_iter()
            .filter(|[a, b]| (0..3).all(|k| a[k] + b[k] < 8))
            .map(in_sides)
            .collect()
    }

    /// The struts of the cube and of all cubes around it, copies of one another included.
    pub(super) fn struts_around(self) -> Vec<Axis> {
        let struts = self.struts_between(-4, 8);
        struts.into_iter().map(in_sides).collect()
    }

    /// Whether the planes x, y, z = 0 and ½ are mirrors of the net.
    pub fn has_mirrors(self) -> bool {
        !matches!(self, Self::Diamond | Self::Gyroid)
    }

    /// The struts among which the nearest to any point is found: of the octant [0, ½]³ where
    /// mirrors fold every point into it, else of the cube and its surroundings.
    fn candidates(self) -> &'static [Axis] {
        static FOUND: [OnceLock<Vec<Axis>>; Cell::ALL.len()] =
            [const { OnceLock::new() }; Cell::ALL.len()];
        FOUND[self as usize].get_or_init(|| {
            let in_octant = |[a, b]: &[Site; 2]| (0..3).all(|k| (0..=4).contains(&(a[k] + b[k])));
            let struts = if self.has_mirrors() {
                let mut struts = self.struts_between(0, 4);
                struts.retain(in_octant);
                struts
            } else {
                // No point is farther than 0.41 sides from an axis of diamond.
                self.struts_between(-2, 6)
            };
            struts.into_iter().map(in_sides).collect()
        })
    }

    /// Distance from a point to the nearest strut axis, or to the mid-surface of a wall, over all
    /// periods; point and distance over the cell's side.
    pub fn distance(&self, p: [f64; 3]) -> f64 {
        if self.is_wall() {
            return gyroid::distance(p);
        }
        let mut q = p.map(|c| c.rem_euclid(1.0));
        if self.has_mirrors() {
            q = q.map(|c| c.min(1.0 - c));
        }
        let squared = |axis: &Axis| squared_distance(q, axis);
        self.candidates()
            .iter()
            .map(squared)
            .fold(f64::INFINITY, f64::min)
            .sqrt()
    }

    /// Whether a point lies in the solid of struts of that radius (a wall of that half thickness);
    /// all over the cell's side.
    pub fn is_solid(&self, p: [f64; 3], radius: f64) -> bool {
        self.distance(p) < radius
    }
}

/// All sites whose coordinates are `low..=high`.
fn grid(low: i32, high: i32) -> Vec<Site> {
    let side = || low..=high;
    let plane = |x| side().flat_map(move |y| side().map(move |z| [x, y, z]));
    side().flat_map(plane).collect()
}

fn in_sides(strut: [Site; 2]) -> Axis {
    strut.map(|site| site.map(|c| 0.25 * f64::from(c)))
}

/// Squared distance from a point to a segment.
fn squared_distance(p: [f64; 3], [a, b]: &Axis) -> f64 {
    let (mut along, mut length) = (0.0, 0.0);
    for k in 0..3 {
        along += (p[k] - a[k]) * (b[k] - a[k]);
        length += (b[k] - a[k]).powi(2);
    }
    let t = (along / length).clamp(0.0, 1.0);
    (0..3)
        .map(|k| (p[k] - a[k] - t * (b[k] - a[k])).powi(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRUTS: [(Cell, usize, f64); 6] = [
        (Cell::RhombicDodecahedron, 32, 0.433_012_701_892),
        (Cell::Diamond, 16, 0.433_012_701_892),
        (Cell::Bcc, 8, 0.866_025_403_784),
        (Cell::Octet, 24, std::f64::consts::FRAC_1_SQRT_2),
        (Cell::Kelvin, 24, 0.353_553_390_593),
        (Cell::SimpleCubic, 3, 1.0),
    ];

    /// Points that fill the cube evenly: multiples of irrational steps.
    fn points(count: u32) -> impl Iterator<Item = [f64; 3]> {
        (0..count).map(|i| {
            [0.754_877_666, 0.569_840_291, 0.819_172_513].map(|s| (s * f64::from(i)).fract())
        })
    }

    #[test]
    fn every_net_has_its_struts_each_once_and_inside_the_cube() {
        for (cell, count, length) in STRUTS {
            let struts = cell.struts();
            assert_eq!(struts.len(), count, "{}", cell.name());
            assert!((cell.strut_length().unwrap() - length).abs() < 1e-12);
            let mut middles = Vec::new();
            for [a, b] in struts {
                let apart = (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt();
                assert!((apart - length).abs() < 1e-12);
                assert!(a.iter().chain(&b).all(|c| (0.0..=1.0).contains(c)));
                middles.push([0, 1, 2].map(|k| (0.5 * (a[k] + b[k])).rem_euclid(1.0)));
            }
            // No strut is the copy of another by a whole period.
            for (i, one) in middles.iter().enumerate() {
                assert!(
                    middles[..i].iter().all(|other| one != other),
                    "{}",
                    cell.name()
                );
            }
        }
        assert!(Cell::Gyroid.struts().is_empty() && Cell::Gyroid.strut_length().is_none());
    }

    #[test]
    fn as_many_struts_meet_at_the_nodes_as_the_nets_are_known_for() {
        // Struts at a node, and how many such nodes a cube holds.
        let known: [(Cell, &[(usize, usize)]); 6] = [
            (Cell::RhombicDodecahedron, &[(4, 8), (8, 4)]),
            (Cell::Diamond, &[(4, 8)]),
            (Cell::Bcc, &[(8, 2)]),
            (Cell::Octet, &[(12, 4)]),
            (Cell::Kelvin, &[(4, 12)]),
            (Cell::SimpleCubic, &[(6, 1)]),
        ];
        for (cell, nodes) in known {
            let mut met = std::collections::BTreeMap::new();
            for end in cell.struts().into_iter().flatten() {
                let key = end.map(|c| (4.0 * c) as i64 % 4);
                *met.entry(key).or_insert(0_usize) += 1;
            }
            let mut counts = std::collections::BTreeMap::new();
            for valence in met.into_values() {
                *counts.entry(valence).or_insert(0_usize) += 1;
            }
            assert_eq!(
                counts.into_iter().collect::<Vec<_>>(),
                nodes,
                "{}",
                cell.name()
            );
        }
    }

    #[test]
    fn folding_finds_the_same_distance_as_all_copies_around_the_cube() {
        for (cell, _, _) in STRUTS {
            let all = cell.struts_around();
            for p in points(400) {
                let nearest = all.iter().map(|s| squared_distance(p, s));
                let direct = nearest.fold(f64::INFINITY, f64::min).sqrt();
                let shifted = [p[0] + 3.0, p[1] - 2.0, p[2]];
                assert!((cell.distance(p) - direct).abs() < 1e-14, "{}", cell.name());
                assert!(
                    (cell.distance(shifted) - direct).abs() < 1e-12,
                    "{}",
                    cell.name()
                );
            }
        }
    }

    #[test]
    fn the_solid_ends_at_the_radius() {
        // Beside the middle of the cube's edge, at a right angle to it.
        let cell = Cell::SimpleCubic;
        assert!(cell.is_solid([0.5, 0.09, 0.0], 0.1) && !cell.is_solid([0.5, 0.11, 0.0], 0.1));
        assert!((cell.distance([0.5, 0.5, 0.5]) - 0.5_f64.sqrt()).abs() < 1e-15);
        // Fluorite: the octahedral site sees the edges of its dodecahedron at the midsphere.
        let centre = Cell::RhombicDodecahedron.distance([0.5, 0.5, 0.5]);
        assert!((centre - (1.0_f64 / 6.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn names_lead_back_to_their_cells() {
        for cell in Cell::ALL {
            assert_eq!(Cell::from_name(cell.name()), Ok(cell));
        }
        assert_eq!(Cell::from_name("Simple cubic"), Ok(Cell::SimpleCubic));
        let error = Cell::from_name("fcc").unwrap_err().to_string();
        assert!(
            error.contains("fcc") && error.contains("simple-cubic"),
            "{error}"
        );
    }
}

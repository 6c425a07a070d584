//! Gmsh's .msh files, ASCII, versions 2.2 and 4.1: tetrahedra, with physical volumes as regions
//! and physical surfaces as surfaces.
//!
//! Gmsh numbers the mid-edge nodes of a tet10 01 12 20 30 32 31: the last two change places here.
//! A physical surface is made of triangles; each becomes the facet of the tetrahedron it lies on,
//! inside a body of the one whose outward side it winds about. Points, lines and surfaces without
//! a physical group say nothing about a solid and are left out; other volume elements are refused.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ElementKind, FACES, Facet, Surface, TetMesh};
use crate::tensor::Point;

/// Why a file gives no mesh; lines count from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MshError {
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A version or an encoding that is not read.
    #[error(
        "line {line}: this is version {version}, {encoding}; ASCII 2.2 and 4.1 are read (in Gmsh: Mesh.Binary = 0)"
    )]
    Version {
        /// Line.
        line: usize,
        /// Version found.
        version: String,
        /// "ASCII" or "binary".
        encoding: &'static str,
    },
    /// Something else than what must stand there.
    #[error("line {line}: found `{found}`, expected {expected}")]
    Expected {
        /// Line.
        line: usize,
        /// What stands there.
        found: String,
        /// What must stand there.
        expected: &'static str,
    },
    /// A volume element other than tetrahedra, or both kinds of them.
    #[error("line {line}: elements of Gmsh's type {kind} are not read here; {advice}")]
    ElementType {
        /// Line.
        line: usize,
        /// Gmsh's number of the type.
        kind: u32,
        /// What is.
        advice: &'static str,
    },
    /// A node that is not there.
    #[error("line {line}: there is no node {node}")]
    UnknownNode {
        /// Line.
        line: usize,
        /// Its number.
        node: u64,
    },
    /// A node or element number given twice.
    #[error("line {line}: {what} {number} is given twice")]
    Duplicate {
        /// Line.
        line: usize,
        /// "node".
        what: &'static str,
        /// The number.
        number: u64,
    },
    /// A triangle of a physical surface that is no face of a tetrahedron.
    #[error("line {line}: the triangle is no face of any tetrahedron")]
    LooseTriangle {
        /// Line.
        line: usize,
    },
    /// An element without positive volume.
    #[error("line {line}: element {element} is inverted or flat: its volume is {volume:.3e} mm³")]
    Inverted {
        /// Line.
        line: usize,
        /// Gmsh's number of the element.
        element: u64,
        /// Its volume, mm³.
        volume: f64,
    },
    /// No tetrahedra.
    #[error("the file holds no tetrahedra")]
    Empty,
}

/// Reads a file.
///
/// # Errors
/// [`MshError`].
pub fn read_msh(path: &Path) -> Result<TetMesh, MshError> {
    let bytes = crate::input::read(path).map_err(|e| MshError::File {
        path: path.display().to_string(),
        reason: e.to_string(),
    })?;
    // A binary file says so in its second line, which is text.
    parse_msh(&String::from_utf8_lossy(&bytes))
}

/// Reads the text of a file.
///
/// # Errors
/// [`MshError`].
pub fn parse_msh(text: &str) -> Result<TetMesh, MshError> {
    let mut parser = Parser {
        words: Words::new(text),
        modern: false,
        names: BTreeMap::new(),
        physical: BTreeMap::new(),
        nodes: BTreeMap::new(),
        positions: Vec::new(),
        cells: Vec::new(),
    };
    parser.sections()?;
    parser.mesh()
}

/// A tetrahedron or triangle as it stands in the file.
struct Cell {
    line: usize,
    label: u64,
    kind: u32,
    /// Physical group, 0 for none.
    group: i64,
    nodes: Vec<u32>,
}

struct Parser<'a> {
    words: Words<'a>,
    modern: bool,
    /// Names of physical groups by dimension and tag.
    names: BTreeMap<(u32, i64), String>,
    /// Physical group of surfaces and volumes by dimension and tag (4.1).
    physical: BTreeMap<(u32, i64), i64>,
    nodes: BTreeMap<u64, u32>,
    positions: Vec<Point>,
    cells: Vec<Cell>,
}

/// Nodes of Gmsh's element types that may stand in a file beside tetrahedra.
fn node_count(kind: u32) -> Option<usize> {
    Some(match kind {
        15 => 1,
        1 => 2,
        8 => 3,
        2 => 3,
        9 => 6,
        3 => 4,
        10 => 9,
        16 => 8,
        4 => 4,
        11 => 10,
        _ => return None,
    })
}

impl Parser<'_> {
    fn sections(&mut self) -> Result<(), MshError> {
        while let Some((line, word)) = self.words.next() {
            match word {
                "$MeshFormat" => self.format()?,
                "$PhysicalNames" => self.physical_names()?,
                "$Entities" => self.entities()?,
                "$Nodes" if self.modern => self.nodes_41()?,
                "$Nodes" => self.nodes_22()?,
                "$Elements" if self.modern => self.elements_41()?,
                "$Elements" => self.elements_22()?,
                section if section.starts_with('$') => {
                    let end = format!("$End{}", &section[1..]);
                    while self.words.next().is_some_and(|(_, w)| w != end) {}
                    continue;
                }
                found => return Err(expected(line, found, "a section, `$Nodes` for example")),
            }
            let (line, found) = self.words.need("the end of the section")?;
            if !found.starts_with("$End") {
                return Err(expected(line, found, "the end of the section"));
            }
        }
        Ok(())
    }

    fn format(&mut self) -> Result<(), MshError> {
        let (line, version) = self.words.need("a version")?;
        let binary = self.words.whole("0 or 1")? != 0;
        self.words.whole("the size of a number")?;
        self.modern = version == "4.1";
        if binary || !["2.2", "4.1"].contains(&version) {
            return Err(MshError::Version {
                line,
                version: version.to_owned(),
                encoding: if binary { "binary" } else { "ASCII" },
            });
        }
        Ok(())
    }

    fn physical_names(&mut self) -> Result<(), MshError> {
        for _ in 0..self.words.whole("the number of names")? {
            let dimension = self.words.whole("a dimension")? as u32;
            let tag = self.words.whole("a tag")?;
            let name = self.words.quoted()?;
            self.names.insert((dimension, tag), name);
        }
        Ok(())
    }

    fn entities(&mut self) -> Result<(), MshError> {
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = self.words.whole("a number of entities")?;
        }
        for (dimension, count) in (0u32..).zip(counts) {
            for _ in 0..count {
                let tag = self.words.whole("a tag")?;
                for _ in 0..if dimension == 0 { 3 } else { 6 } {
                    self.words.real("a bound")?;
                }
                for k in 0..self.words.whole("a number of groups")? {
                    let group = self.words.whole("a group")?;
                    if k == 0 {
                        self.physical.insert((dimension, tag), group);
                    }
                }
                if dimension > 0 {
                    for _ in 0..self.words.whole("a number of bounds")? {
                        self.words.whole("a tag")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add_node(&mut self, line: usize, label: u64, x: [f64; 3]) -> Result<(), MshError> {
        let index = self.positions.len() as u32;
        if self.nodes.insert(label, index).is_some() {
            return Err(MshError::Duplicate {
                line,
                what: "node",
                number: label,
            });
        }
        self.positions.push(Point::from(x));
        Ok(())
    }

    fn point(&mut self) -> Result<[f64; 3], MshError> {
        let mut x = [0.0; 3];
        for x in &mut x {
            *x = self.words.real("a coordinate")?;
        }
        Ok(x)
    }

    fn nodes_22(&mut self) -> Result<(), MshError> {
        for _ in 0..self.words.whole("the number of nodes")? {
            let label = self.words.whole("a node number")? as u64;
            let x = self.point()?;
            self.add_node(self.words.line, label, x)?;
        }
        Ok(())
    }

    fn nodes_41(&mut self) -> Result<(), MshError> {
        let blocks = self.words.whole("the number of blocks")?;
        for _ in 0..3 {
            self.words.whole("a number of nodes")?;
        }
        for _ in 0..blocks {
            let dimension = self.words.whole("a dimension")?;
            self.words.whole("an entity")?;
            let parameters = match self.words.whole("0 or 1")? {
                0 => 0,
                _ => dimension,
            };
            let count = self.words.whole("a number of nodes")?;
            let mut labels = Vec::new();
            for _ in 0..count {
                labels.push(self.words.whole("a node number")? as u64);
            }
            for label in labels {
                let x = self.point()?;
                for _ in 0..parameters {
                    self.words.real("a parameter")?;
                }
                self.add_node(self.words.line, label, x)?;
            }
        }
        Ok(())
    }

    fn elements_22(&mut self) -> Result<(), MshError> {
        for _ in 0..self.words.whole("the number of elements")? {
            let label = self.words.whole("an element number")? as u64;
            let kind = self.words.whole("an element type")? as u32;
            let mut group = 0;
            for k in 0..self.words.whole("a number of tags")? {
                let tag = self.words.whole("a tag")?;
                if k == 0 {
                    group = tag;
                }
            }
            self.cell(label, kind, group)?;
        }
        Ok(())
    }

    fn elements_41(&mut self) -> Result<(), MshError> {
        let blocks = self.words.whole("the number of blocks")?;
        for _ in 0..3 {
            self.words.whole("a number of elements")?;
        }
        for _ in 0..blocks {
            let dimension = self.words.whole("a dimension")? as u32;
            let entity = self.words.whole("an entity")?;
            let kind = self.words.whole("an element type")? as u32;
            let group = self.physical.get(&(dimension, entity)).copied();
            for _ in 0..self.words.whole("a number of elements")? {
                let label = self.words.whole("an element number")? as u64;
                self.cell(label, kind, group.unwrap_or(0))?;
            }
        }
        Ok(())
    }

    fn cell(&mut self, label: u64, kind: u32, group: i64) -> Result<(), MshError> {
        let line = self.words.line;
        let Some(count) = node_count(kind) else {
            return Err(MshError::ElementType {
                line,
                kind,
                advice: "tetrahedra of 4 or 10 nodes are",
            });
        };
        let mut nodes = Vec::with_capacity(count);
        for _ in 0..count {
            let node = self.words.whole("a node number")? as u64;
            let found = self.nodes.get(&node).copied();
            nodes.push(found.ok_or(MshError::UnknownNode { line, node })?);
        }
        let solid = matches!(kind, 4 | 11);
        if solid || (matches!(kind, 2 | 9) && group != 0) {
            if kind == 11 {
                nodes.swap(8, 9);
            }
            self.cells.push(Cell {
                line,
                label,
                kind,
                group,
                nodes,
            });
        }
        Ok(())
    }

    fn name(&self, dimension: u32, group: i64) -> String {
        let what = if dimension == 3 { "volume" } else { "surface" };
        match self.names.get(&(dimension, group)) {
            Some(name) => name.clone(),
            None => format!("{what} {group}"),
        }
    }

    fn mesh(self) -> Result<TetMesh, MshError> {
        let tets: Vec<&Cell> = self
            .cells
            .iter()
            .filter(|c| matches!(c.kind, 4 | 11))
            .collect();
        let first = tets.first().ok_or(MshError::Empty)?.kind;
        if let Some(other) = tets.iter().find(|c| c.kind != first) {
            return Err(MshError::ElementType {
                line: other.line,
                kind: other.kind,
                advice: "one kind of tetrahedra is",
            });
        }
        let groups: std::collections::BTreeSet<i64> = tets.iter().map(|c| c.group).collect();
        let groups: Vec<i64> = groups.into_iter().collect();
        let region = |c: &&Cell| groups.binary_search(&c.group).unwrap_or(0) as u32;
        let mut mesh = TetMesh {
            kind: match first {
                4 => ElementKind::Tet4,
                _ => ElementKind::Tet10,
            },
            nodes: self.positions.clone(),
            connectivity: tets.iter().flat_map(|c| c.nodes.iter().copied()).collect(),
            region_of: tets.iter().map(region).collect(),
            regions: groups.iter().map(|&g| self.name(3, g)).collect(),
            surfaces: Vec::new(),
        };
        for (e, cell) in tets.iter().enumerate() {
            let volume = mesh.volume(e);
            if volume.is_nan() || volume <= 0.0 {
                return Err(MshError::Inverted {
                    line: cell.line,
                    element: cell.label,
                    volume,
                });
            }
        }
        mesh.surfaces = self.surfaces(&mesh)?;
        Ok(mesh)
    }

    fn surfaces(&self, mesh: &TetMesh) -> Result<Vec<Surface>, MshError> {
        let mut sides: BTreeMap<[u32; 3], Vec<Facet>> = BTreeMap::new();
        for e in 0..mesh.element_count() {
            for face in 0..FACES.len() {
                let facet = Facet {
                    element: e as u32,
                    face: face as u8,
                };
                let mut corners = mesh.facet_nodes(facet);
                corners.sort_unstable();
                sides.entry(corners).or_default().push(facet);
            }
        }
        let mut found: BTreeMap<i64, Vec<Facet>> = BTreeMap::new();
        for cell in self.cells.iter().filter(|c| matches!(c.kind, 2 | 9)) {
            let corners = [cell.nodes[0], cell.nodes[1], cell.nodes[2]];
            let mut sorted = corners;
            sorted.sort_unstable();
            let facets = sides.get(&sorted).map_or(&[][..], Vec::as_slice);
            let winds = |f: &&Facet| {
                let [a, b, c] = mesh.facet_nodes(**f);
                [[a, b, c], [b, c, a], [c, a, b]].contains(&corners)
            };
            let facet = facets.iter().find(winds).or(facets.first());
            let facet = facet.ok_or(MshError::LooseTriangle { line: cell.line })?;
            found.entry(cell.group).or_default().push(*facet);
        }
        Ok(found
            .into_iter()
            .map(|(group, mut facets)| {
                facets.sort_unstable();
                facets.dedup();
                Surface {
                    name: self.name(2, group),
                    facets,
                }
            })
            .collect())
    }
}

fn expected(line: usize, found: &str, expected: &'static str) -> MshError {
    MshError::Expected {
        line,
        found: found.chars().take(40).collect(),
        expected,
    }
}

/// Words of a text with their lines.
struct Words<'a> {
    lines: std::str::Lines<'a>,
    rest: &'a str,
    line: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines: text.lines(),
            rest: "",
            line: 0,
        }
    }

    fn next(&mut self) -> Option<(usize, &'a str)> {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.is_empty() {
                let end = self.rest.find(char::is_whitespace);
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                return Some((self.line, word));
            }
            self.rest = self.lines.next()?;
            self.line += 1;
        }
    }

    fn need(&mut self, what: &'static str) -> Result<(usize, &'a str), MshError> {
        let line = self.line;
        self.next()
            .ok_or_else(|| expected(line, "the end of the file", what))
    }

    fn whole(&mut self, what: &'static str) -> Result<i64, MshError> {
        let (line, word) = self.need(what)?;
        match word.parse::<i64>() {
            Ok(value) if value >= 0 || what == "a tag" => Ok(value),
            _ => Err(expected(line, word, what)),
        }
    }

    fn real(&mut self, what: &'static str) -> Result<f64, MshError> {
        let (line, word) = self.need(what)?;
        match word.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(expected(line, word, what)),
        }
    }

    /// A name in quotes, blanks and all.
    fn quoted(&mut self) -> Result<String, MshError> {
        let text = self.rest.trim();
        let name = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let name = name.ok_or_else(|| expected(self.line, text, "a name in quotes"))?;
        self.rest = "";
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::EDGES;

    /// A tetrahedron with a face in a physical surface.
    const OLD: &str = "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n2\n2 7 \"the base\"\n\
        3 5 \"bone\"\n$EndPhysicalNames\n$Nodes\n5\n1 0 0 0\n2 1 0 0\n4 0 1 0\n9 0 0 1\n12 1 1 1\n\
        $EndNodes\n$Elements\n4\n1 15 2 0 1 1\n2 2 2 7 3 1 4 2\n3 4 2 5 1 1 2 4 9\n\
        8 4 2 5 1 2 4 9 12\n$EndElements\n";

    const NEW: &str = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$PhysicalNames\n1\n2 7 \"the base\"\n\
        $EndPhysicalNames\n$Entities\n1 0 1 1\n1 0 0 0 0\n3 0 0 0 1 1 0 1 7 0\n\
        1 0 0 0 1 1 1 1 5 1 3\n$EndEntities\n$Nodes\n2 5 1 12\n2 3 0 3\n1\n2\n4\n0 0 0\n1 0 0\n\
        0 1 0\n3 1 0 2\n9\n12\n0 0 1\n1 1 1\n$EndNodes\n$Elements\n2 3 2 8\n2 3 2 1\n2 1 4 2\n\
        3 1 4 2\n3 1 2 4 9\n8 2 4 9 12\n$EndElements\n";

    #[test]
    fn both_versions_give_the_same_mesh() {
        let old = parse_msh(OLD).unwrap();
        let mut new = parse_msh(NEW).unwrap();
        assert_eq!(old.regions, ["bone"]);
        assert_eq!(new.regions, ["volume 5"]);
        new.regions.clone_from(&old.regions);
        assert_eq!(old, new);
        assert_eq!(old.surfaces[0].name, "the base");
        assert_eq!(
            old.surfaces[0].facets,
            [Facet {
                element: 0,
                face: 0
            }]
        );
        assert!((old.volume(0) - 1.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn a_tet10_gets_its_mid_edge_nodes_where_they_belong() {
        let corners = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
        let gmsh = [[0, 1], [1, 2], [2, 0], [3, 0], [3, 2], [3, 1]];
        let mut text = String::from("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n10\n");
        let mut points = corners.to_vec();
        for [i, j] in gmsh {
            points.push(std::array::from_fn(|k| {
                0.5 * (corners[i][k] + corners[j][k])
            }));
        }
        for (n, [x, y, z]) in points.iter().enumerate() {
            text.push_str(&format!("{} {x} {y} {z}\n", n + 1));
        }
        text.push_str("$EndNodes\n$Elements\n1\n1 11 0 1 2 3 4 5 6 7 8 9 10\n$EndElements\n");
        let mesh = parse_msh(&text).unwrap();
        let nodes = mesh.element(0);
        for (e, [i, j]) in EDGES.into_iter().enumerate() {
            let at = |k: usize| mesh.nodes[nodes[k] as usize];
            assert_eq!(at(4 + e), nalgebra::center(&at(i), &at(j)));
        }
    }

    #[test]
    fn what_is_broken_is_refused_with_its_line() {
        let cases = [
            ("2.2 0 8", "2.2 1 8", "line 2"),
            ("2.2 0 8", "3.0 0 8", "version 3.0"),
            ("4 0 1 0", "4 0 nan 0", "line 13"),
            ("4 0 1 0", "2 0 1 0", "node 2 is given twice"),
            ("1 1 2 4 9", "1 2 1 4 9", "element 3 is inverted"),
            ("1 1 2 4 9", "1 1 2 4 8", "no node 8"),
            ("3 4 2 5", "3 5 2 5", "type 5"),
            ("7 3 1 4 2", "7 3 1 4 12", "no face"),
            ("$EndElements\n", "", "end of the section"),
        ];
        for (from, to, words) in cases {
            let error = parse_msh(&OLD.replacen(from, to, 1))
                .unwrap_err()
                .to_string();
            assert!(error.contains(words), "{to}: {error}");
        }
        assert_eq!(parse_msh(""), Err(MshError::Empty));
    }
}

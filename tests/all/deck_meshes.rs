//! Small writers of Gmsh's binary meshes, in either order of bytes: a block with the groups bone,
//! X0, Y0, Z0 and TOP.

use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::{ElementKind, Mesh};

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// As this machine has it.
    Native,
    /// The other way round.
    Swapped,
}

struct Writer {
    bytes: Vec<u8>,
    order: Width,
    /// Bytes of a count.
    wide: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn put<const N: usize>(&mut self, mut number: [u8; N]) {
        if self.order == Width::Swapped {
            number.reverse();
        }
        self.bytes.extend_from_slice(&number);
    }

    fn ints(&mut self, values: &[i32]) {
        for value in values {
            self.put(value.to_ne_bytes());
        }
    }

    fn sizes(&mut self, values: &[usize]) {
        for &value in values {
            match self.wide {
                4 => self.put((value as u32).to_ne_bytes()),
                _ => self.put((value as u64).to_ne_bytes()),
            }
        }
    }

    fn reals(&mut self, values: &[f64]) {
        for value in values {
            self.put(value.to_ne_bytes());
        }
    }

    fn begin(version: &str, order: Width, wide: usize) -> Self {
        let mut writer = Self {
            bytes: Vec::new(),
            order,
            wide,
        };
        writer.text(&format!("$MeshFormat\n{version} 1 {wide}\n"));
        writer.ints(&[1]);
        writer.text(
            "\n$EndMeshFormat\n$PhysicalNames\n5\n2 2 \"X0\"\n2 3 \"Y0\"\n2 4 \"Z0\"\n2 5 \"TOP\"\n\
             3 1 \"bone\"\n$EndPhysicalNames\n",
        );
        writer
    }
}

/// Triangles of the sides, numbered from 1, that are X0, Y0, Z0 and TOP.
fn triangles(mesh: &Mesh, size: [f64; 3]) -> [Vec<[u32; 3]>; 4] {
    [(0, 0.0), (1, 0.0), (2, 0.0), (2, size[2])].map(|(axis, at)| {
        let facets = boundary_facets(mesh).into_iter();
        let on = facets.filter(|f| mesh.facet_corners(*f).iter().all(|p| p[axis] == at));
        on.map(|f| mesh.facet_nodes(f).map(|n| n + 1)).collect()
    })
}

/// Nodes of a tetrahedron from 1, as Gmsh has them.
fn tetrahedron(mesh: &Mesh, e: usize) -> Vec<u32> {
    let mut nodes: Vec<u32> = mesh.element(e).iter().map(|n| n + 1).collect();
    if nodes.len() == 10 {
        nodes.swap(8, 9);
    }
    nodes
}

fn kind(mesh: &Mesh) -> i32 {
    match mesh.kind_of(0) {
        ElementKind::Tet4 => 4,
        _ => 11,
    }
}

/// Version 2.2.
pub fn msh_22(mesh: &Mesh, size: [f64; 3], order: Width) -> Vec<u8> {
    let mut w = Writer::begin("2.2", order, 8);
    w.text(&format!("$Nodes\n{}\n", mesh.nodes.len()));
    for (n, p) in (1i32..).zip(&mesh.nodes) {
        w.ints(&[n]);
        w.reals(&[p.x, p.y, p.z]);
    }
    let sides = triangles(mesh, size);
    let flat: usize = sides.iter().map(Vec::len).sum();
    let count = mesh.element_count();
    w.text(&format!("\n$EndNodes\n$Elements\n{}\n", flat + count));
    let mut label = 1000;
    for (group, side) in (2i32..).zip(&sides) {
        w.ints(&[2, side.len() as i32, 2]);
        for nodes in side {
            w.ints(&[label, group, group]);
            w.ints(&nodes.map(|n| n as i32));
            label += 1;
        }
    }
    // One by one, as Gmsh also writes them.
    for e in 0..count {
        w.ints(&[kind(mesh), 1, 2, e as i32 + 1, 1, 1]);
        let nodes: Vec<i32> = tetrahedron(mesh, e).iter().map(|n| *n as i32).collect();
        w.ints(&nodes);
    }
    w.text("\n$EndElements\n");
    w.bytes
}

/// Version 4.1, with counts of so many bytes.
pub fn msh_41(mesh: &Mesh, size: [f64; 3], order: Width, wide: usize) -> Vec<u8> {
    let mut w = Writer::begin("4.1", order, wide);
    w.text("$Entities\n");
    w.sizes(&[0, 0, 4, 1]);
    let [x, y, z] = size;
    for tag in 2..=5 {
        w.ints(&[tag]);
        w.reals(&[0.0, 0.0, 0.0, x, y, z]);
        w.sizes(&[1]);
        w.ints(&[tag]);
        w.sizes(&[0]);
    }
    w.ints(&[1]);
    w.reals(&[0.0, 0.0, 0.0, x, y, z]);
    w.sizes(&[1]);
    w.ints(&[1]);
    w.sizes(&[4]);
    w.ints(&[2, 3, -4, 5]);
    let count = mesh.nodes.len();
    w.text("\n$EndEntities\n$Nodes\n");
    w.sizes(&[1, count, 1, count]);
    w.ints(&[3, 1, 0]);
    w.sizes(&[count]);
    w.sizes(&(1..=count).collect::<Vec<_>>());
    for p in &mesh.nodes {
        w.reals(&[p.x, p.y, p.z]);
    }
    let sides = triangles(mesh, size);
    let flat: usize = sides.iter().map(Vec::len).sum();
    let solid = mesh.element_count();
    w.text("\n$EndNodes\n$Elements\n");
    w.sizes(&[5, flat + solid, 1, 1000 + flat]);
    let mut label = 1000;
    for (tag, side) in (2i32..).zip(&sides) {
        w.ints(&[2, tag, 2]);
        w.sizes(&[side.len()]);
        for nodes in side {
            w.sizes(&[label]);
            w.sizes(&nodes.map(|n| n as usize));
            label += 1;
        }
    }
    w.ints(&[3, 1, kind(mesh)]);
    w.sizes(&[solid]);
    for e in 0..solid {
        w.sizes(&[e + 1]);
        let nodes: Vec<usize> = tetrahedron(mesh, e).iter().map(|n| *n as usize).collect();
        w.sizes(&nodes);
    }
    w.text("\n$EndElements\n");
    w.bytes
}

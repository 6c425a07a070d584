//! Membranes as flat solids, for a program whose membrane elements are not right.
//!
//! ```text
//!             s                on each facet a b c of a solid stands a flat tetrahedron whose top s
//!         _.-´|`-._            is a node of its own, and a second one hangs below it: neighbours
//!      a ´----+----` b         share the facet's nodes and nothing else, so they are hinged as
//!        `-._ | _.-´           membranes are
//!            `c´
//! ```
//! The two have the volume of a membrane n times thinner and a modulus n times larger. Tops are
//! free, so the stress across vanishes as in plane stress. What is left over falls with the square
//! of height over facet, and, where strains change along a facet, with the mesh: the middle weighs
//! more than the rim. With one tetrahedron alone it would fall as the height, as it pulls beside
//! the facet's plane.

use std::io::{self, Write};

use super::materials::elastic;
use crate::deck::mesh_lines::{element, points};
use crate::mesh::boundary::all_nodes;
use crate::mesh::{Facet, TetMesh};
use crate::model::Model;
use crate::tensor::{Elasticity, Point};

/// How much thinner, and stiffer, than its membrane. On a coarse box whose shell carries most, 10
/// leaves 0.1 % and 30 leaves 0.01 % of a uniform strain; the round-off of forces grows with the
/// square.
const THINNER: f64 = 20.0;

/// The membranes of a model as nodes, elements, materials and sections, numbered after those of
/// the mesh.
pub(super) fn write(out: &mut impl Write, model: &Model) -> io::Result<()> {
    let mesh = &model.mesh;
    let Some(kind) = mesh.blocks.only_kind() else {
        return Ok(());
    };
    let kind = kind.reference().deck_type;
    let mut next_node = mesh.nodes.len();
    let mut next_element = mesh.element_count() + 1;
    for (k, sheet) in (1..).zip(&model.membranes) {
        let first = next_node;
        let (mut tops, mut elements) = (Vec::new(), Vec::new());
        // Each holds half the volume, a third of base times height.
        let height = 1.5 * sheet.material.thickness / THINNER;
        for &facet in &sheet.facets {
            for height in [height, -height] {
                let (new, nodes) = roof(mesh, facet, height, next_node as u32);
                next_node += new.len();
                tops.extend(new);
                elements.push(nodes);
            }
        }
        writeln!(
            out,
            "** cortical shell as flat solids, {THINNER} times thinner and stiffer\n*NODE"
        )?;
        points(out, first + 1, &tops)?;
        writeln!(out, "*ELEMENT,TYPE={kind},ELSET=MEMBRANE{k}")?;
        for nodes in &elements {
            element(out, next_element, nodes)?;
            next_element += 1;
        }
        let material = &sheet.material;
        let stiffness = Elasticity::isotropic(material.youngs_modulus, material.poisson_ratio);
        writeln!(out, "*MATERIAL,NAME=MEMBRANE{k}")?;
        elastic(out, &stiffness, THINNER)?;
        writeln!(out, "*SOLID SECTION,ELSET=MEMBRANE{k},MATERIAL=MEMBRANE{k}")?;
    }
    Ok(())
}

/// The tetrahedron on a facet, outside it or, with a negative height, inside: its new nodes,
/// numbered from `first`, and all its nodes.
fn roof(mesh: &TetMesh, facet: Facet, height: f64, first: u32) -> (Vec<Point>, Vec<u32>) {
    let corners = mesh.facet_corners(facet);
    let normal = mesh.facet_area_vector(facet).normalize();
    let middle = (corners[0].coords + corners[1].coords + corners[2].coords) / 3.0;
    let top = Point::from(middle + height * normal);
    // Inside it is seen the other way round: b a c, with the middles of b-a, a-c, c-b.
    let order = if height > 0.0 {
        [0, 1, 2, 3, 4, 5]
    } else {
        [1, 0, 2, 3, 5, 4]
    };
    let all = all_nodes(mesh, facet);
    let at = |place: &usize| all.get(*place).copied();
    let mut new = vec![top];
    let mut nodes: Vec<u32> = order[..3].iter().filter_map(at).collect();
    let base = nodes.clone();
    nodes.push(first);
    if mesh.kind_of(facet.element as usize).is_quadratic() {
        nodes.extend(order[3..].iter().filter_map(at));
        for (corner, number) in base.iter().zip(first + 1..) {
            new.push(nalgebra::center(&mesh.nodes[*corner as usize], &top));
            nodes.push(number);
        }
    }
    (new, nodes)
}

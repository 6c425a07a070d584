//! Both versions, node orders, names, what is refused.

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
    let new = parse_msh(NEW).unwrap();
    let names =
        |read: &MshMesh| -> Vec<String> { read.groups.iter().map(|g| g.name.clone()).collect() };
    assert_eq!(names(&old), ["the base", "bone"]);
    assert_eq!(names(&new), ["the base", "volume 5"]);
    let members = |read: &MshMesh| -> Vec<MshMembers> {
        read.groups.iter().map(|g| g.members.clone()).collect()
    };
    assert_eq!(members(&old), members(&new));
    let base = Facet {
        element: 0,
        face: 0,
    };
    assert_eq!(members(&old)[0], MshMembers::Facets(vec![base]));
    assert_eq!(members(&old)[1], MshMembers::Elements(vec![0, 1]));
    assert_eq!(old.mesh, new.mesh);
    assert_eq!(old.node_labels, [1, 2, 4, 9, 12]);
    assert_eq!(old.element_labels, [3, 8]);
    assert_eq!(&OLD[old.node_spans[2].clone()], "4 0 1 0");
    assert_eq!(&NEW[new.node_spans[2].clone()], "0 1 0");
    assert_eq!(&NEW[new.element_spans[1].clone()], "8 2 4 9 12");
    assert!((old.mesh.volume(0) - 1.0 / 6.0).abs() < 1e-15);
}

#[test]
fn an_entity_keeps_all_its_groups_and_their_signs() {
    // The face between both tetrahedra, in a group each way, and a piece that inherits its volume's.
    let text = NEW
        .replace("0 1 7 0\n", "0 3 7 8 -9 0\n")
        .replace("1 0 0 0 1 1 1 1 5 1 3\n", "1 0 0 0 1 1 1 2 5 6 1 3\n")
        .replace("2 3 2 1\n2 1 4 2\n3 1 4 2\n", "2 3 2 1\n2 2 4 9\n3 7 4 2\n")
        .replace(
            "$EndEntities\n",
            "$EndEntities\n$PartitionedEntities\n2\n1\n4 1\n0 0 1 1\n\
             11 3 1 2 1 2 0 0 0 1 1 0 0 0\n7 3 1 1 2 0 0 0 1 1 0 0 1 3\n$EndPartitionedEntities\n",
        );
    let read = parse_msh(&text).unwrap();
    let find = |name: &str| read.groups.iter().find(|g| g.name == name);
    let facet = |element, face| MshMembers::Facets(vec![Facet { element, face }]);
    assert_eq!(find("the base").unwrap().members, facet(0, 2));
    assert_eq!(find("surface 8").unwrap().members, facet(0, 2));
    assert_eq!(find("surface 9").unwrap().members, facet(1, 0));
    for name in ["volume 5", "volume 6"] {
        assert_eq!(
            find(name).unwrap().members,
            MshMembers::Elements(vec![0, 1])
        );
    }
    assert_eq!(read.groups.len(), 5);
}

#[test]
fn names_end_with_the_quote_at_the_end_of_a_line() {
    let named = |name: &str| {
        let text = OLD.replace("the base", name);
        parse_msh(&text).map(|read| read.groups[0].name.clone())
    };
    for name in ["a,b", "*a", "a\"b", "é 骨", "a\nb", "a\" c"] {
        assert_eq!(named(name).unwrap(), name);
    }
    for name in ["", " ", "\" \""] {
        assert_eq!(named(name).unwrap(), "surface 7");
    }
    let open = OLD.replace("the base\"\n3 5 \"bone\"\n", "the base\n3 5 bone\n");
    let error = parse_msh(&open).unwrap_err();
    assert!(error.to_string().contains("ends with a quote"), "{error}");
}

#[test]
fn nodes_may_carry_parameters() {
    let old = OLD.replace(
        "$Nodes\n5\n1 0 0 0\n2 1 0 0\n4 0 1 0\n9 0 0 1\n12 1 1 1\n$EndNodes",
        "$ParametricNodes\n5\n1 0 0 0 0 3\n2 1 0 0 1 4 0.5\n4 0 1 0 2 3 0.1 0.2\n\
         9 0 0 1 3 1\n12 1 1 1 3 1\n$EndParametricNodes",
    );
    let new = NEW.replace(
        "2 3 0 3\n1\n2\n4\n0 0 0\n1 0 0\n0 1 0\n",
        "2 3 1 3\n1\n2\n4\n0 0 0 7 7\n1 0 0 7 7\n0 1 0 7 7\n",
    );
    assert_ne!((old.as_str(), new.as_str()), (OLD, NEW));
    assert_eq!(parse_msh(&old).unwrap().mesh, parse_msh(OLD).unwrap().mesh);
    assert_eq!(parse_msh(&new).unwrap().mesh, parse_msh(NEW).unwrap().mesh);
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
    let mesh = parse_msh(&text).unwrap().mesh;
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
        ("3 4 2 5", "3 7 2 5", "type 7"),
        ("7 3 1 4 2", "7 3 1 4 12", "no face"),
        ("$EndElements\n", "", "end of the section"),
        ("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n", "", "$MeshFormat"),
    ];
    for (from, to, words) in cases {
        let error = parse_msh(&OLD.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
    assert_eq!(parse_msh("").unwrap_err().fault, MshFault::Empty);
}

"""Meshes of Gmsh 4.15 (pip install gmsh) in both versions of .msh, as text and
binary (`b`), and what Gmsh itself says is in
their physical groups, groups.csv. Run here: python make.py"""

import csv
import pathlib

import gmsh
import numpy as np

ROWS = []
# Entities with their signs by dimension and tag; Gmsh gives them back without.
GROUPS = {}
NAMES = ['bo"ne, *left\\ é骨 =x', "a,b", "**c", "12", "-3", "line\nbreak", "  ", "=", "'q'"]


def begin(order=1):
    GROUPS.clear()
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMin", 10)
    gmsh.option.setNumber("Mesh.MeshSizeMax", 10)
    gmsh.option.setNumber("Mesh.ElementOrder", order)
    gmsh.model.add("model")


def group(dimension, entities, tag, name=""):
    gmsh.model.addPhysicalGroup(dimension, entities, tag, name)
    GROUPS[dimension, tag] = entities


def two_boxes():
    """Boxes 0..10 and 10..20 along x with one face between them; groups that overlap."""
    gmsh.model.occ.addBox(0, 0, 0, 10, 10, 10)
    gmsh.model.occ.addBox(10, 0, 0, 10, 10, 10)
    gmsh.model.occ.fragment([(3, 1)], [(3, 2)])
    gmsh.model.occ.synchronize()
    gmsh.model.mesh.generate(3)

    def at(x):
        return gmsh.model.getEntitiesInBoundingBox(x - 1e-3, -1, -1, x + 1e-3, 11, 11, 2)[0][1]

    outer = [t for _, t in gmsh.model.getBoundary([(3, 1), (3, 2)], oriented=False)]
    group(3, [1], 1, "left")
    group(3, [2], 2, "right")
    # A negative tag: version 2.2 writes this volume inside out, and once more for "right".
    group(3, [1, -2], 3, "all of it")
    group(2, outer, 4, "skin")
    group(2, [at(0)], 5, "fixed")
    group(2, [-at(0), at(20)], 6, "ends")
    group(2, [at(10)], 7, "mid")
    group(2, [-at(10)], 8, "mid reversed")
    group(2, [at(20)], 9)
    group(1, [1, 2], 4, "edges")
    group(0, [1, 3], 4, "corners")


def one_box(names=None):
    gmsh.model.occ.addBox(0, 0, 0, 10, 10, 10)
    gmsh.model.occ.synchronize()
    names = names or ["bone"] + [f"side {k}" for k in range(1, 7)]
    group(3, [1], 1, names[0])
    for k, name in enumerate(names[1:]):
        group(2, [k % 6 + 1], 11 + k, name)


def end(stem, versions=("22", "41"), ungrouped=False, node_data=False):
    rows(stem, ungrouped)
    if node_data:
        view = gmsh.view.add("temperature")
        nodes = gmsh.model.mesh.getNodes()[0]
        gmsh.view.addModelData(view, 0, "model", "NodeData", nodes, [[1.5]] * len(nodes))
    for version in versions:
        gmsh.option.setNumber("Mesh.MshFileVersion", float(version) / 10)
        gmsh.option.setNumber("PostProcessing.SaveMesh", 0)
        for binary, suffix in ((0, ""), (1, "b")):
            gmsh.option.setNumber("Mesh.Binary", binary)
            gmsh.write(f"{stem}-{version}{suffix}.msh")
        gmsh.option.setNumber("Mesh.Binary", 0)
        if node_data:
            gmsh.view.write(view, f"{stem}-{version}.msh", append=True)
    gmsh.finalize()


def rows(stem, ungrouped):
    """One row a group: elements, volume or area, vector area with the sign of the tag, nodes and the
    sum of their positions."""
    for (dimension, tag), signed in sorted(GROUPS.items()):
        name = gmsh.model.getPhysicalName(dimension, tag)
        if not name.strip():
            name = f"{('point', 'curve', 'surface', 'volume')[dimension]} {tag}"
        found = gmsh.model.mesh.getNodesForPhysicalGroup(dimension, tag)[0]
        add_row(stem, dimension, name, signed, found)
    if ungrouped:
        used = {abs(e) for (d, _), group in GROUPS.items() if d == 3 for e in group}
        rest = [t for _, t in gmsh.model.getEntities(3) if t not in used]
        found = {n for t in rest for n in gmsh.model.mesh.getNodes(3, t, True)[0]}
        add_row(stem, 3, "volume 0", rest, found)


def add_row(stem, dimension, name, signed, found):
    count, size, vector = measure(dimension, signed)
    points = dict(zip(*nodes()))
    # Numbers change from version to version, positions do not.
    place = sum(points[int(n)] for n in found).round(9) + 0.0
    ROWS.append([stem, dimension, name, count, size, *vector, len(found), *place])


def elements(dimension, entity):
    """Those of an entity and of the pieces it was cut into."""
    pieces = [(dimension, entity)]
    if gmsh.model.getNumberOfPartitions():
        entities = gmsh.model.getEntities(dimension)
        pieces += [e for e in entities if gmsh.model.getParent(*e) == (dimension, entity)]
    for piece in pieces:
        yield gmsh.model.mesh.getElements(*piece)


def measure(dimension, entities):
    points = dict(zip(*nodes()))
    count, size, vector = 0, 0.0, np.zeros(3)
    cells_of = [(e, kinds, cells) for e in entities for kinds, _, cells in elements(dimension, abs(e))]
    for entity, kinds, cells in cells_of:
        for kind, flat in zip(kinds, cells):
            width = gmsh.model.mesh.getElementProperties(kind)[3]
            for cell in flat.reshape(-1, width):
                p = [points[int(n)] for n in cell]
                count += 1
                if dimension == 3:
                    size += np.linalg.det(np.array(p[1:4]) - p[0]) / 6
                elif dimension == 2:
                    area = np.cross(p[1] - p[0], p[2] - p[0]) / 2
                    size += np.linalg.norm(area)
                    vector += np.sign(entity) * area
    return count, size, vector.round(9) + 0.0


def nodes():
    tags, x, _ = gmsh.model.mesh.getNodes()
    return [int(t) for t in tags], np.array(x).reshape(-1, 3)


for stem, order in (("overlap", 1), ("quadratic", 2)):
    begin(order)
    two_boxes()
    end(stem)

for stem, topology, ghosts in (("cut", 1, 0), ("ghosts", 0, 1)):
    begin()
    two_boxes()
    gmsh.option.setNumber("Mesh.PartitionCreateTopology", topology)
    gmsh.option.setNumber("Mesh.PartitionCreateGhostCells", ghosts)
    gmsh.model.mesh.partition(3)
    end(stem)

begin()
gmsh.model.occ.addCylinder(0, 0, 0, 0, 0, 10, 5)
gmsh.model.occ.synchronize()
group(3, [1], 1, "rod")
for tag in (1, 2, 3):
    group(2, [tag], 10 + tag, f"face {tag}")
gmsh.option.setNumber("Mesh.SaveParametric", 1)
gmsh.option.setNumber("Mesh.MeshSizeMax", 4)
gmsh.option.setNumber("Mesh.MeshSizeMin", 4)
gmsh.model.mesh.generate(3)
end("parametric")

begin()
one_box()
shift = [1, 0, 0, 10, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
gmsh.model.mesh.setPeriodic(2, [2], [1], shift)
gmsh.model.mesh.generate(3)
end("periodic", node_data=True)

begin()
one_box()
gmsh.model.mesh.generate(3)
old = nodes()[0]
gmsh.model.mesh.renumberNodes(old, [7 * (len(old) - k) + 100 for k in range(len(old))])
end("gaps")

begin()
one_box(NAMES)
gmsh.model.mesh.generate(3)
end("names")

begin()
gmsh.option.setNumber("Mesh.SaveAll", 1)
two_boxes()
for tag in (2, 3):
    gmsh.model.removePhysicalGroups([(3, tag)])
    del GROUPS[3, tag]
# Version 2.2 has no groups then.
end("save-all", versions=("41",), ungrouped=True)

for version in ("22", "41"):
    path = pathlib.Path(f"gaps-{version}.msh")
    path.write_text("$Comments\n$Nodes and 3 \" signs, any text\n$EndComments\n" + path.read_text())

with open("groups.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow("mesh dimension name elements size x y z nodes sum_x sum_y sum_z".split())
    writer.writerows(ROWS)
